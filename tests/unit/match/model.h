/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_MODEL_H
#define HL_TEST_MODEL_H

/*
 * An index as simple as can be, an array that is searched from end to end,
 * and what must be the same in both.
 */
#include "folder.h"

struct model {
	struct hl_match_list list[64];
	size_t n_lists;
	struct hl_match_entry *entry;
	uint8_t (*payload)[16];
	size_t n, room;
};

void model_fini(struct model *m);
struct hl_match_list *model_list(struct model *m, uint32_t id);
void model_list_put(struct model *m, const struct hl_match_list *list);
void model_put(struct model *m, const struct hl_match_entry *e);
void model_drop(struct model *m, size_t i);
size_t model_remove(struct model *m, uint32_t list, uint64_t id);
void model_unlist(struct model *m, uint32_t list);
unsigned far_apart(const uint8_t a[32], const uint8_t b[32]);
/* What the model says of a query: matches in order; n_found is returned. */
size_t model_find(struct model *m, const uint8_t hash[32],
	const struct hl_match_query *q, struct hl_match_found *out,
	int *cleared);
void same_found(const struct hl_match_found *a, const struct hl_match_found *b,
	size_t i);
/* One query against the model. Returns how many it found. */
size_t same_answer(struct model *m, struct hl_match_reader *reader,
	const uint8_t hash[32], const struct hl_match_query *q, size_t n_max);
int model_order(const void *a, const void *b);
/* Every entry, every list and the counts. */
void same_content(struct model *m, struct hl_match_index *index,
	struct hl_match_reader *r);

#endif
