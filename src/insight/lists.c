/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What consumers of lists of addresses counted. They tell it by the hour, so
 * a period begins and ends with whole hours; a day without a word of theirs
 * is no row.
 */
#include "insight/inner.h"

#include "base/time.h"
#include "store/sql.h"

static int64_t hour_of(int64_t at_us)
{
	return at_us / HL_US_PER_S / 3600;
}

/* Room for n counts. */
static int room(
	struct hl_arena *arena, struct hl_insight_counts *counts, size_t n)
{
	counts->n = n;
	counts->at = hl_arena_array(arena, n + 1, sizeof(*counts->at));
	return counts->at ? 0 : HL_E_NOMEM;
}

static void set(
	struct hl_insight_counts *counts, size_t i, int64_t day, int64_t n)
{
	counts->at[i] = (struct hl_insight_count){.value = day, .n = n};
}

void hl_insight_ask_lists(struct hl_tx *tx, const struct hl_insight *in)
{
	int64_t from = hour_of(in->from_us), to = hour_of(in->to_us);

	hl_tx_insight_blocked(tx, &(struct hl_in_insight_blocked){from, to});
	hl_tx_insight_blocked_entries(
		tx, &(struct hl_in_insight_blocked_entries){from, to});
}

int hl_insight_take_lists(
	struct hl_tx *tx, struct hl_arena *arena, struct hl_insight *in)
{
	struct hl_row_insight_blocked *rows;
	struct hl_row_insight_blocked_entries *entries;
	size_t n = 0, n_entries = 0;
	int r = hl_tx_rows_insight_blocked(tx, &rows, &n);

	if (!r) {
		r = hl_tx_rows_insight_blocked_entries(
			tx, &entries, &n_entries);
	}
	if (r || (r = room(arena, &in->blocked, n)) ||
		(r = room(arena, &in->clients, n)) ||
		(r = room(arena, &in->let_through, n)) ||
		(r = room(arena, &in->entries_hit, n_entries))) {
		return r;
	}
	for (size_t i = 0; i < n; i++) {
		set(&in->blocked, i, rows[i].day, rows[i].hits);
		set(&in->clients, i, rows[i].day, rows[i].clients);
		set(&in->let_through, i, rows[i].day, rows[i].failed);
	}
	for (size_t i = 0; i < n_entries; i++) {
		set(&in->entries_hit, i, entries[i].day, entries[i].n);
	}
	return 0;
}

int hl_insight_list_use(struct hl_store *store, struct hl_arena *arena,
	int64_t consumer_id, const struct hl_insight *period,
	struct hl_insight_use *out, struct hl_err *err)
{
	struct hl_row_insight_list_use *rows;
	size_t n = 0;
	int r;

	if (period->from_us >= period->to_us) {
		return HL_FAIL(
			err, HL_E_INVALID, "the period ends before it begins");
	}
	r = hl_get_insight_list_use(store, arena,
		&(struct hl_in_insight_list_use){consumer_id,
			hour_of(period->from_us), hour_of(period->to_us)},
		&rows, &n, err);
	if (r || (r = room(arena, &out->asked, n)) ||
		(r = room(arena, &out->refused, n))) {
		return r;
	}
	for (size_t i = 0; i < n; i++) {
		set(&out->asked, i, rows[i].day, rows[i].asked);
		set(&out->refused, i, rows[i].day, rows[i].refused);
	}
	return 0;
}
