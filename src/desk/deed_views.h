/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_DEED_VIEWS_H
#define HL_DESK_DEED_VIEWS_H

#include "web/widgets.h"

/* What can be done now with what a page is about, as buttons. */

/* A button or a link among what can be done now. */
struct hl_desk_deed {
	struct hl_str text, href; /* href: a link; else: */
	struct hl_str action;     /* POST there */
	struct hl_str ask;        /* what it means, before it is done */
	enum hl_w_button_kind kind;
};
struct hl_desk_deeds {
	const struct hl_desk_deed *at;
	size_t n, n_asked;
	struct hl_str csrf;
};
struct hl_desk_ask {
	struct hl_desk_deed deed;
	struct hl_str csrf;
};

#endif
