/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_CATALOG_H
#define HL_MATCH_CATALOG_H

/*
 * The lists and their labels. A catalog never changes: a change makes a new
 * one that shares what stayed. Counts of references are the writer's, under
 * its lock.
 */
#include "match/inner.h"

struct hl_match_text {
	unsigned refs;
	uint16_t n;
	char text[64];
};

struct hl_match_labels {
	unsigned refs;
	struct hl_match_text *text[256];
};

struct hl_match_entered {
	unsigned refs;
	struct hl_match_list list;
	struct hl_match_labels *labels[256];
	uint32_t n_labels;
};

struct hl_match_catalog {
	unsigned refs;
	uint32_t radius_max;
	uint32_t n_labels;
	size_t n;
	struct hl_match_entered *list[]; /* ascending */
};

struct hl_match_catalog *hl_match_catalog_new(void);
struct hl_match_catalog *hl_match_catalog_ref(struct hl_match_catalog *c);
void hl_match_catalog_unref(struct hl_match_catalog *c);

/* Place of a list, or of the one that would come after it. */
size_t hl_match_catalog_place(const struct hl_match_catalog *c, uint32_t id);
const struct hl_match_entered *hl_match_catalog_find(
	const struct hl_match_catalog *c, uint32_t id);
const char *hl_match_catalog_label(
	const struct hl_match_catalog *c, uint32_t list, uint16_t label);

/* Changed copies; NULL: no memory. The list must be there for the last two. */
struct hl_match_catalog *hl_match_catalog_put(
	const struct hl_match_catalog *c, const struct hl_match_list *list);
struct hl_match_catalog *hl_match_catalog_remove(
	const struct hl_match_catalog *c, uint32_t id);
struct hl_match_catalog *hl_match_catalog_label_put(
	const struct hl_match_catalog *c, uint32_t list, uint16_t label,
	const char *text);

#endif
