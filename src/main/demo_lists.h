/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_DEMO_LISTS_H
#define HL_MAIN_DEMO_LISTS_H

#include "main/demo_inner.h"
#include "publish/entry.h"
#include "seal/listkey.h"

/*
 * The invented side of lists of addresses that others block: a root, who
 * blocks, entries in every state, appeals, counters. Inside demo*.c only.
 */
#define HL_DEMO_LIST_ENTRIES 13
#define HL_DEMO_LIST_CONSUMERS 2 /* in use */

/* An entry while it is lived. */
struct hl_main_demo_listed {
	int64_t case_id, judged_us, due_us; /* due_us 0: nothing is to come */
	int64_t id, from_us, to_us;         /* in force; to_us 0: still */
	int next;
};
struct hl_main_demo_lists {
	struct hl_main_demo *demo;
	struct hl_popular *popular;
	struct hl_seal_list_commit commit;
	struct hl_publish_setup setup; /* without a person's secret */
	struct hl_main_demo_listed at[HL_DEMO_LIST_ENTRIES];
	int64_t consumers[HL_DEMO_LIST_CONSUMERS];
};

/* Names a popular host, installs a root and brings the consumers in. *out is
 * owned. */
int hl_main_demo_lists_new(struct hl_main_demo *demo,
	struct hl_main_demo_lists **out, struct hl_err *err);
/* NULL is allowed. */
void hl_main_demo_lists_free(struct hl_main_demo_lists *lists);
/* The setup with which that person signs. */
struct hl_publish_setup hl_main_demo_lists_setup(
	const struct hl_main_demo_lists *lists, enum hl_main_demo_person who);

/* Two people have found the case of that address illegal, now. */
void hl_main_demo_lists_judged(struct hl_main_demo_lists *lists,
	const char *addresses, int64_t case_id);
/* Does what is due before then, in the order of time. */
int hl_main_demo_lists_until(
	struct hl_main_demo_lists *lists, int64_t at_us, struct hl_err *err);
/* After the history: appeals, and what consumers told of what they
 * blocked. */
int hl_main_demo_lists_told(
	struct hl_main_demo_lists *lists, struct hl_err *err);

/* Draws up a root with three keys that are forgotten, signs it with two of
 * them, and installs it. */
int hl_main_demo_root(struct hl_main_demo *demo, struct hl_err *err);
/* The root's text, for who follows the list of a demonstration. */
#define HL_MAIN_DEMO_ROOT "demo-root.txt"

#endif
