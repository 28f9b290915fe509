/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_LISTS_LISTS_H
#define HL_DESK_LISTS_LISTS_H

#include "desk/extra.h"
#include "publish/publish.h"

/*
 * The workbench's pages of lists of addresses that others block
 * (docs/workbench.md, "Block lists"). They come into the workbench as its
 * `extra`: hl_desk_app.extra points to that of this struct, which is constant
 * while the process serves.
 */
/* Where consumers find us, for what they copy; each may be "". */
struct hl_desk_lists_reach {
	const char *url;
	const char *rpz_listen, *rpz_zone; /* of tier 2 */
};
struct hl_desk_lists {
	struct hl_desk_extra extra;    /* first: found by what it is in */
	struct hl_publish_setup setup; /* all but the person's secret */
	struct hl_desk_lists_reach reach;
};

/* setup is copied, what it points to is borrowed. */
void hl_desk_lists_init(struct hl_desk_lists *lists,
	const struct hl_publish_setup *setup,
	const struct hl_desk_lists_reach *reach);

/* The pages, for tests that walk them. */
extern const struct hl_web_routes hl_desk_lists_routes;

#endif
