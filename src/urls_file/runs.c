/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/merge.h"

#include "urls_file/bytes.h"

#include <stdlib.h>

int hl_urls_row_order(const struct hl_urls_row *a, const struct hl_urls_row *b)
{
	if (a->v != b->v) {
		return a->v < b->v ? -1 : 1;
	}
	return memcmp(a->tag, b->tag, HL_URLS_TAG);
}

uint32_t hl_urls_merge_removed(const struct hl_urls_merge *m, uint32_t i)
{
	return i < m->n_removed ? hl_urls_get32(m->removed + 4 * (uint64_t)i)
				: UINT32_MAX;
}

uint32_t hl_urls_merge_bucket(const struct hl_urls_merge *m, uint64_t i)
{
	return m->old ? hl_urls_get32(m->old->p + m->old->buckets + 4 * i) : 0;
}

static void old_key(
	const struct hl_urls_file *old, uint32_t i, struct hl_urls_row *out)
{
	out->v = hl_urls_get16(old->p + old->rests + 2 * (uint64_t)i);
	memcpy(out->tag, old->p + old->tags + HL_URLS_TAG * (uint64_t)i,
		HL_URLS_TAG);
}

/* The first old row behind where a new one belongs; *same: the one before is
 * of the same host. */
static bool place_of(const struct hl_urls_merge *m,
	const struct hl_urls_row *row, uint32_t *at, bool *same)
{
	uint64_t bucket = row->v >> HL_URLS_REST_BITS;
	uint32_t lo = hl_urls_merge_bucket(m, bucket),
		 hi = hl_urls_merge_bucket(m, bucket + 1);
	struct hl_urls_row key = *row, old;

	*same = false;
	if (lo > hi || hi > (m->old ? m->old->head.n : 0)) {
		return false;
	}
	key.v &= (1u << HL_URLS_REST_BITS) - 1;
	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;
		int order;

		old_key(m->old, middle, &old);
		order = hl_urls_row_order(&old, &key);
		*same |= order == 0;
		if (order <= 0) {
			lo = middle + 1;
		} else {
			hi = middle;
		}
	}
	*at = lo;
	return true;
}

static void add_run(
	struct hl_urls_runs *runs, bool is_added, uint32_t from, uint32_t to)
{
	struct hl_urls_run *last = runs->n ? &runs->run[runs->n - 1] : NULL;

	if (from == to) {
		return;
	}
	if (last && last->is_added == is_added &&
		last->from + last->n == from) {
		last->n += to - from;
		return;
	}
	runs->run[runs->n++] = (struct hl_urls_run){is_added, from, to - from};
}

static bool row_good(const struct hl_urls_merge *m, uint32_t i)
{
	const struct hl_urls_row *row = &m->added[i];

	return row->v >> m->head.bits == 0 && hl_urls_units_good(row->units) &&
	       (i == 0 || hl_urls_row_order(row - 1, row) < 0);
}

static bool is_removed(const struct hl_urls_merge *m, uint32_t row)
{
	uint32_t lo = 0, hi = m->n_removed;

	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;

		if (hl_urls_merge_removed(m, middle) < row) {
			lo = middle + 1;
		} else {
			hi = middle;
		}
	}
	return lo < m->n_removed && hl_urls_merge_removed(m, lo) == row;
}

/* Where the next added row belongs; UINT32_MAX when there is none. */
static int next_place(const struct hl_urls_merge *m, uint32_t i, uint32_t *at,
	struct hl_err *err)
{
	bool same;

	*at = UINT32_MAX;
	if (i == m->n_added) {
		return 0;
	}
	if (!row_good(m, i)) {
		return HL_FAIL(err, HL_E_INVALID,
			"row %u that is added is out of form or order", i);
	}
	if (!place_of(m, &m->added[i], at, &same)) {
		return HL_FAIL(err, HL_E_CORRUPT,
			"the old list's buckets are out of order");
	}
	if (same && !is_removed(m, *at - 1)) {
		return HL_FAIL(err, HL_E_INVALID,
			"row %u that is added is there already", i);
	}
	return 0;
}

static int find(const struct hl_urls_merge *m, struct hl_urls_runs *runs,
	struct hl_err *err)
{
	uint32_t n_old = m->old ? m->old->head.n : 0;
	uint32_t done = 0, removed = 0, added = 0, at;
	int rc = next_place(m, 0, &at, err);

	while (!rc && (removed < m->n_removed || added < m->n_added)) {
		uint32_t gone = hl_urls_merge_removed(m, removed);

		if (added < m->n_added && at <= gone) {
			if (at < done) {
				return HL_FAIL(err, HL_E_CORRUPT,
					"the old list is out of order");
			}
			add_run(runs, false, done, at);
			add_run(runs, true, added, added + 1);
			done = at;
			rc = next_place(m, ++added, &at, err);
			continue;
		}
		if (gone < done || gone >= n_old) {
			return HL_FAIL(err, HL_E_INVALID,
				"removed row %u is out of order or not there",
				removed);
		}
		add_run(runs, false, done, gone);
		done = gone + 1;
		removed++;
	}
	if (!rc) {
		add_run(runs, false, done, n_old);
	}
	return rc;
}

int hl_urls_runs_find(const struct hl_urls_merge *merge,
	struct hl_urls_runs *out, struct hl_err *err)
{
	/* Each that is removed or added begins at most two. */
	size_t most = 2 * ((size_t)merge->n_removed + merge->n_added) + 1;

	out->n = 0;
	out->run = malloc(most * sizeof(*out->run));
	return out->run ? find(merge, out, err)
			: HL_FAIL(err, HL_E_NOMEM, "no memory");
}

void hl_urls_runs_free(struct hl_urls_runs *runs)
{
	free(runs->run);
	runs->run = NULL;
}
