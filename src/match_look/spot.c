/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the live row of a key, the newest place first. */
#include "match_look/index.h"

static bool spot_in_segment(struct hl_match_segment *segment,
	const struct hl_match_key *key, struct hl_match_spot *out)
{
	unsigned kind = key->kind - 1u;
	const struct hl_match_rows *rows = &segment->map->rows[kind];
	uint32_t row = hl_match_rows_from(rows, key->list, key->id, key->part);

	if (!hl_match_rows_of_entry(rows, row, key->list, key->id) ||
		(rows->part ? rows->part[row] : 0) != key->part ||
		hl_match_deaths_when(&segment->dead[kind], row) !=
			HL_MATCH_NEVER) {
		return false;
	}
	*out = (struct hl_match_spot){
		.segment = segment, .kind = kind, .row = row};
	return true;
}

bool hl_match_spot_find(const struct hl_match_index *index,
	const struct hl_match_key *key, struct hl_match_spot *out)
{
	const struct hl_match_view *view = index->draft;

	for (size_t i = view->n_tables; i-- > 0;) {
		uint32_t row = hl_match_table_find(view->table[i], key);

		if (row != UINT32_MAX) {
			*out = (struct hl_match_spot){
				.table = view->table[i], .row = row};
			return true;
		}
	}
	for (size_t i = 0; i < view->n_segments; i++) {
		if (spot_in_segment(view->segment[i], key, out)) {
			return true;
		}
	}
	return false;
}

static bool lives_in_rows(const struct hl_match_rows *rows,
	const struct hl_match_deaths *dead, uint32_t list, uint64_t id)
{
	uint32_t row = hl_match_rows_from(rows, list, id, 0);

	for (; hl_match_rows_of_entry(rows, row, list, id); row++) {
		if (hl_match_deaths_when(dead, row) == HL_MATCH_NEVER) {
			return true;
		}
	}
	return false;
}

bool hl_match_entry_lives(
	const struct hl_match_index *index, uint32_t list, uint64_t id)
{
	const struct hl_match_view *view = index->draft;

	for (size_t i = view->n_tables; i-- > 0;) {
		if (hl_match_table_next(view->table[i], list, id, UINT32_MAX) !=
			UINT32_MAX) {
			return true;
		}
	}
	for (size_t i = 0; i < view->n_segments; i++) {
		struct hl_match_segment *segment = view->segment[i];

		for (unsigned k = 0; k < HL_MATCH_KINDS; k++) {
			if (lives_in_rows(&segment->map->rows[k],
				    &segment->dead[k], list, id)) {
				return true;
			}
		}
	}
	return false;
}

void hl_match_spot_kill(const struct hl_match_spot *spot, uint64_t change)
{
	if (spot->table) {
		hl_match_table_kill(spot->table, spot->row, change);
	} else {
		hl_match_deaths_kill(
			&spot->segment->dead[spot->kind], spot->row, change);
	}
}
