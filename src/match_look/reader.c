/* SPDX-License-Identifier: Apache-2.0 */
#include "match_look/reader.h"
#include "match_rows/fault.h"

#include <stdlib.h>
#include <string.h>

int hl_match_reader_new(struct hl_match_index *index,
	struct hl_match_reader **out, struct hl_match_error *err)
{
	struct hl_match_reader *reader;

	if (!index || !out) {
		return hl_match_fault(err, HL_MATCH_E_ARG, "no index");
	}
	reader = calloc(1, sizeof(*reader));
	if (!reader) {
		return hl_match_fault_memory(err);
	}
	reader->index = index;
	reader->found_room = HL_MATCH_RECENT;
	reader->found = malloc(reader->found_room * sizeof(*reader->found));
	reader->near = malloc(HL_MATCH_RECENT * sizeof(*reader->near));
	if (!reader->found || !reader->near) {
		free(reader->found);
		free(reader->near);
		free(reader);
		return hl_match_fault_memory(err);
	}
	pthread_mutex_lock(&index->readers_lock);
	reader->next = index->readers;
	index->readers = reader;
	pthread_mutex_unlock(&index->readers_lock);
	*out = reader;
	return 0;
}

void hl_match_reader_free(struct hl_match_reader *reader)
{
	struct hl_match_reader **at;

	if (!reader) {
		return;
	}
	pthread_mutex_lock(&reader->index->readers_lock);
	for (at = &reader->index->readers; *at != reader;) {
		at = &(*at)->next;
	}
	*at = reader->next;
	pthread_mutex_unlock(&reader->index->readers_lock);
	free(reader->lists);
	free(reader->found);
	free(reader->near);
	free(reader->payloads);
	free(reader->walk.order);
	free(reader->walk.at);
	free(reader);
}

static void search_table(
	struct hl_match_pick *pick, const struct hl_match_table *table)
{
	uint32_t n = atomic_load_explicit(&table->n, memory_order_acquire);
	uint32_t *maybe = pick->reader->found;
	size_t k = pick->index->kernels->peek(
		table->high, table->low, n, pick->hash, pick->farthest, maybe);

	for (size_t i = 0; i < k; i++) {
		const struct hl_match_recent *row = &table->row[maybe[i]];
		struct hl_match_row found;
		unsigned d;

		if (row->key.kind != pick->kind ||
			!hl_match_table_live(table, maybe[i], pick->change)) {
			continue;
		}
		d = hl_pdq_distance(row->hash, pick->hash);
		if (d <= pick->farthest) {
			found = hl_match_table_row(table, maybe[i]);
			hl_match_pick_row(pick, &found, d);
		}
	}
}

static int search(struct hl_match_pick *pick)
{
	const struct hl_match_view *view = pick->view;
	unsigned kind = pick->kind - 1;
	int rc = 0;

	for (size_t i = 0; i < view->n_segments && !rc; i++) {
		const struct hl_match_segment *segment = view->segment[i];
		const struct hl_match_rows *rows = &segment->map->rows[kind];

		if (rows->n > 0) {
			rc = kind + 1 == HL_MATCH_PDQ
				     ? hl_match_slots_search(
					       pick, rows, &segment->dead[kind])
				     : hl_match_exact_search(pick, rows,
					       &segment->dead[kind]);
		}
	}
	for (size_t i = 0; i < view->n_tables && !rc; i++) {
		search_table(pick, view->table[i]);
	}
	return rc;
}

/* Payloads move from where they are mapped to the reader's own memory. */
static int keep_payloads(struct hl_match_reader *reader,
	struct hl_match_answer *answers, size_t n, size_t bytes)
{
	uint8_t *to = reader->payloads;

	if (bytes > reader->payloads_room) {
		to = realloc(to, bytes);
		if (!to) {
			return HL_MATCH_E_NOMEM;
		}
		reader->payloads = to;
		reader->payloads_room = bytes;
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < answers[i].n; k++) {
			struct hl_match_found *found = &answers[i].matches[k];

			if (found->payload_bytes > 0) {
				memcpy(to, found->payload,
					found->payload_bytes);
				found->payload = to;
				to += found->payload_bytes;
			}
		}
	}
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int take_lists(
	struct hl_match_reader *reader, const struct hl_match_query *query)
{
	size_t n = query->lists ? query->n_lists : 0;

	if (n > reader->lists_room) {
		uint32_t *lists = realloc(reader->lists, n * sizeof(*lists));

		if (!lists) {
			return HL_MATCH_E_NOMEM;
		}
		reader->lists = lists;
		reader->lists_room = n;
	}
	if (n > 0) {
		memcpy(reader->lists, query->lists, n * sizeof(uint32_t));
		qsort(reader->lists, n, sizeof(uint32_t), by_number);
	}
	reader->n_lists = n;
	return 0;
}

static int query_check(const struct hl_match_query *query, uint32_t *kind,
	struct hl_match_query *set)
{
	*set = (struct hl_match_query){0};
	if (query) {
		memcpy(set, query,
			query->size_of < sizeof(*set) ? query->size_of
						      : sizeof(*set));
	}
	*kind = set->kind ? set->kind : HL_MATCH_PDQ;
	return hl_match_width(*kind) == 0 || set->radius < -1 ||
			       set->radius > HL_MATCH_RADIUS_MAX
		       ? HL_MATCH_E_ARG
		       : 0;
}

static int search_all(struct hl_match_pick *pick, const uint8_t *hashes,
	size_t n, struct hl_match_answer *answers)
{
	uint32_t width = hl_match_width(pick->kind);
	size_t payloads = 0;
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++) {
		pick->answer = &answers[i];
		hl_match_pick_start(pick);
		hl_match_hash_store(&pick->index->shuffle, pick->kind,
			hashes + i * width, pick->hash);
		rc = search(pick);
		if (!rc) {
			rc = hl_match_pick_finish(pick, &payloads);
		}
	}
	return rc ? rc : keep_payloads(pick->reader, answers, n, payloads);
}

int hl_match_reader_batch(struct hl_match_reader *reader, const uint8_t *hashes,
	size_t n, const struct hl_match_query *query,
	struct hl_match_answer *answers, struct hl_match_error *err)
{
	struct hl_match_pick pick = {.reader = reader};
	struct hl_match_query set;
	int rc;

	if (!reader || (n > 0 && (!hashes || !answers)) ||
		query_check(query, &pick.kind, &set)) {
		return hl_match_fault(
			err, HL_MATCH_E_ARG, "query breaks its description");
	}
	for (size_t i = 0; i < n; i++) {
		if (answers[i].n_max > 0 && !answers[i].matches) {
			return hl_match_fault(
				err, HL_MATCH_E_ARG, "no place for matches");
		}
	}
	pick.index = reader->index;
	pick.radius = set.radius;
	pick.some_lists = set.lists != NULL;
	if (take_lists(reader, &set)) {
		return hl_match_fault_memory(err);
	}
	pick.view = hl_match_reader_take(reader);
	pick.change = atomic_load_explicit(
		&hl_match_view_last(pick.view)->change, memory_order_acquire);
	rc = search_all(&pick, hashes, n, answers);
	hl_match_reader_release(reader);
	return rc ? hl_match_fault_memory(err) : 0;
}

int hl_match_reader_query(struct hl_match_reader *reader, const uint8_t *hash,
	const struct hl_match_query *query, struct hl_match_answer *answer,
	struct hl_match_error *err)
{
	return hl_match_reader_batch(reader, hash, 1, query, answer, err);
}
