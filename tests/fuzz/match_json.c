/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/ask.h"
#include "lookup/feed.h"

#include <assert.h>

/*
 * What is taken as a question keeps to its limits; what is refused says why,
 * in words of ours.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct hl_lookup_question *q)
{
	assert(q->n <= HL_LOOKUP_BATCH_MAX);
	assert(q->n_lists <= HL_LOOKUP_ASKED_LISTS_MAX);
	assert(q->n_most >= 1 && q->n_most <= HL_LOOKUP_MATCHES_MAX);
	assert(q->radius >= -1 && q->radius <= HL_MATCH_RADIUS_MAX);
	for (size_t i = 0; i < q->n; i++) {
		size_t n = hl_lookup_kind_bytes(q->asked[i].kind);

		assert(n > 0);
		for (; n < sizeof(q->asked[i].bytes); n++) {
			assert(q->asked[i].bytes[n] == 0);
		}
	}
	for (size_t i = 0; i < q->n_lists; i++) {
		assert(q->lists[i] >= 1 && q->lists[i] <= HL_MATCH_LISTS_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)4 << 20, false);
	struct hl_lookup_wrong wrong = {.detail = NULL};
	struct hl_str text = hl_str_mem(data, size);
	struct hl_lookup_question q;

	assert(arena);
	int r = hl_lookup_question_parse(text, arena, &q, &wrong);
	if (r == 0) {
		assert(q.n > 0);
		check(&q);
	} else {
		assert(r == HL_E_INVALID && wrong.detail);
	}
	wrong.detail = NULL;
	r = hl_lookup_question_query(text, arena, &q, &wrong);
	if (r == 0) {
		check(&q);
	} else {
		assert(r == HL_E_INVALID && wrong.detail);
	}
	return 0;
}
