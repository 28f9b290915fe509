/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_DECIDE_H
#define HL_LISTS_DECIDE_H

#include "lists/inner.h"

/* What one look decides on, for the two files that do. */
struct hl_lists_deciding {
	struct hl_lists_look *look;
	struct hl_lists_entries *wanted, *next;
	struct hl_lists_entries *seen; /* by a person, or will be; NULL: none */
	struct hl_lists_change change;
	struct hl_lists_edition_row *editions;
	size_t n_editions;
	unsigned held;
	bool holds_new, holds_gone;
	int64_t released; /* an edition that a person let go out; 0 none */
	bool withdrawn;   /* a person ended some of what was held */
	bool differs;     /* next is another set than what is published */
	bool alters;      /* or says something else of an entry */
};

/* Fills next; what is held, and what a person released, is known. */
int hl_lists_merge(struct hl_lists_deciding *d, struct hl_err *err);

#endif
