/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_DEMO_WALK_H
#define HL_MAIN_DEMO_WALK_H

#include <jansson.h>
#include <sys/types.h>

#include "base/text.h"
#include "domain/settings.h"
#include "domain/state.h"
#include "main/demo_browser.h"
#include "main/demo_logins.h"

/*
 * `hotline demo walk`: the whole story against a running server, through the
 * pages that people use. Inside demo_walk*.c only.
 *
 * A step does something in a browser and says what should come of it. When
 * something else comes the walk is over: it has said what it expected and
 * what came.
 */
#define HL_WALK_ADDRESSES 3
#define HL_WALK_TEXT 512

struct hl_walk {
	const char *dir; /* of the installation: logins, delivered mail */
	struct hl_settings *settings;
	struct hl_main_demo_logins logins;
	int step;

	struct hl_main_browser *reporter, *provider;
	struct hl_main_browser *staff[HL_DEMO_PEOPLE];

	unsigned tag; /* makes this walk's addresses its own */
	char typed[HL_WALK_ADDRESSES][HL_WALK_TEXT];
	char read[HL_WALK_ADDRESSES][HL_WALK_TEXT]; /* as understood */
	char receipt[64];
	char cases[HL_WALK_ADDRESSES][HL_REF_MAX];
	char before[8192]; /* references that were in the queue already */
	char police[HL_REF_MAX], notice[HL_REF_MAX];
	char answer[HL_WALK_TEXT]; /* the provider's link */
	json_t *stats;             /* before the walk */
	char entry[HL_REF_MAX];    /* of the list of addresses */
	char school[32];           /* its folder; "": there is none */
	pid_t school_pid;          /* of what follows the list there */
};

/* "3. Anna looks" and what comes under it. */
void hl_walk_step(struct hl_walk *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void hl_walk_tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Says what was expected and what the browser shows, and gives -1. */
int hl_walk_odd(const struct hl_main_browser *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* All below: 0, or -1 when something else came, which has been said. */
int hl_walk_open(struct hl_main_browser *b, const char *path);
int hl_walk_send(struct hl_main_browser *b, const char *action,
	const struct hl_main_field *fields, size_t n);
/* The page says these words. */
int hl_walk_says(const struct hl_main_browser *b, const char *words);
/* Comes in as that person, or is in already. */
int hl_walk_login(struct hl_walk *w, enum hl_main_demo_person person);

/* What the receipt says of each address. */
int hl_walk_status(
	struct hl_walk *w, const enum hl_public_status is[HL_WALK_ADDRESSES]);
/* The statistics now; *out is owned. */
int hl_walk_count(struct hl_walk *w, json_t **out);

/* The command; URLs may be NULL for those of the settings. Gives the exit
 * status. */
int hl_main_demo_walk(const char *public_url, const char *staff_url);

/* The parts of the story, in their order. */
int hl_walk_look_around(struct hl_walk *w);
int hl_walk_report(struct hl_walk *w);
int hl_walk_triage(struct hl_walk *w);
int hl_walk_assess(struct hl_walk *w);
int hl_walk_block(struct hl_walk *w);
int hl_walk_plan(struct hl_walk *w);
int hl_walk_police(struct hl_walk *w);
int hl_walk_provider(struct hl_walk *w);
int hl_walk_removed(struct hl_walk *w);
int hl_walk_unblock(struct hl_walk *w);
int hl_walk_numbers(struct hl_walk *w);
int hl_walk_known(struct hl_walk *w);

/* Ends what the school runs and takes its folder away; may be done twice. */
void hl_walk_school_close(struct hl_walk *w);

#endif
