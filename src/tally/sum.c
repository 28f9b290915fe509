/* SPDX-License-Identifier: Apache-2.0 */
#include "tally/sum.h"

#include <stdlib.h>

struct hl_tally_sum {
	struct hl_tally_totals totals;
	uint64_t told;
	struct hl_tally_entry *entries;
};

int hl_tally_sum_new(struct hl_tally_sum **out, struct hl_err *err)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for sums");
}

void hl_tally_sum_free(struct hl_tally_sum *s)
{
	if (s) {
		free(s->entries);
		free(s);
	}
}

static void add(uint64_t *to, uint64_t n)
{
	*to = *to > UINT64_MAX - n ? UINT64_MAX : *to + n;
}

static void add_entry(struct hl_tally_entry *to, const struct hl_tally_entry *e)
{
	to->id = e->id;
	add(&to->hits, e->hits);
	add(&to->clients, e->clients);
}

/* Both ascend; so does what comes of it. */
static size_t merge(const struct hl_tally_sum *s,
	const struct hl_tally_record *r, struct hl_tally_entry *to)
{
	size_t i = 0, k = 0, n = 0;

	while (i < s->totals.n_entries || k < r->n_entry) {
		const struct hl_tally_entry *a =
			i < s->totals.n_entries ? &s->entries[i] : NULL;
		const struct hl_tally_entry *b =
			k < r->n_entry ? &r->entry[k] : NULL;
		bool take_a = a && (!b || a->id <= b->id);
		bool take_b = b && (!a || b->id <= a->id);

		if (take_a) {
			add_entry(&to[n], a);
			i++;
		}
		if (take_b) {
			add_entry(&to[n], b);
			k++;
		}
		n++;
	}
	return n;
}

int hl_tally_sum_add(struct hl_tally_sum *s,
	const struct hl_tally_record *record, struct hl_err *err)
{
	size_t most = s->totals.n_entries + record->n_entry;

	if (record->n_entry) {
		struct hl_tally_entry *to = calloc(most, sizeof(*to));

		if (!to) {
			return HL_FAIL(err, HL_E_NOMEM, "no memory for sums");
		}
		s->totals.n_entries = merge(s, record, to);
		free(s->entries);
		s->entries = to;
	}
	for (size_t i = 0; i < record->n_entry; i++) {
		add(&s->told, record->entry[i].hits);
	}
	s->totals.n_records++;
	add(&s->totals.hits, record->hits);
	add(&s->totals.clients, record->clients);
	add(&s->totals.failed, record->failed);
	return 0;
}

void hl_tally_sum_totals(
	const struct hl_tally_sum *s, struct hl_tally_totals *out)
{
	*out = s->totals;
	/* A line may tell hits of hours whose records are not here. */
	out->untold = s->totals.hits > s->told ? s->totals.hits - s->told : 0;
}

const struct hl_tally_entry *hl_tally_sum_entries(
	const struct hl_tally_sum *s, size_t *n)
{
	*n = s->totals.n_entries;
	return s->entries;
}
