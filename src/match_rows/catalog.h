/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_ROWS_CATALOG_H
#define HL_MATCH_ROWS_CATALOG_H

/*
 * The lists and their labels. A catalog never changes: a change makes a new
 * one that shares what stayed. Counts of references are the writer's, under
 * its lock.
 */
#include "hotline/match.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	unsigned reach; /* of the list that reaches farthest */
	uint32_t n_labels;
	size_t n;
	struct hl_match_entered *list[]; /* ascending */
};

/* What the radius of a list may be where it is kept: 0 is not kept. */
static inline bool hl_match_radius_fits(uint32_t radius)
{
	return radius == HL_MATCH_RADIUS_EQUAL ||
	       (radius > 0 && radius <= HL_MATCH_RADIUS_MAX);
}

/* The farthest distance of a match of the list. */
static inline unsigned hl_match_list_reach(const struct hl_match_list *list)
{
	return list->radius == HL_MATCH_RADIUS_EQUAL ? 0 : list->radius;
}

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
