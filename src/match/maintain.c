/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frozen tables become segments, and segments fewer. A turn is: choose what to
 * merge (locked), write the new segment (not locked), exchange it for its
 * sources (locked), then write removal files and the manifest for the state
 * that it has, and delete what that no longer names. If a step fails, the
 * files still tell the state of the last manifest, and the log the rest.
 */
#include "match/merge.h"
#include "match_rows/fault.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FREEZE_ROWS = 4096,
	FREEZE_LOG = 4 << 20,
	SMALL = 65536 /* a segment of so many is small in any index */
};

/* Removal files for what died up to the checkpoint. */
static int write_removals(const struct hl_match_index *index,
	const struct hl_match_view *view, struct hl_match_removed *removed,
	struct hl_match_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < view->n_segments && !rc; i++) {
		const struct hl_match_segment *segment = view->segment[i];

		if (removed[i].number != segment->removal.number) {
			rc = hl_match_removal_write(segment, index->folder,
				index->identity, index->checkpoint.change,
				&removed[i], err);
		}
	}
	return rc;
}

/* The manifest's segments; those with more dead rows than their removal file
 * has get a number for a new one. */
static void list_segments(struct hl_match_index *index,
	struct hl_match_listed *listed, struct hl_match_removed *removed)
{
	const struct hl_match_view *view = index->draft;

	for (size_t i = 0; i < view->n_segments; i++) {
		const struct hl_match_segment *segment = view->segment[i];

		removed[i] = segment->removal;
		if (removed[i].n_dead != hl_match_segment_dead(segment)) {
			removed[i].number = index->next_number++;
		}
		listed[i] = (struct hl_match_listed){
			.number = segment->map->number,
			.bytes = segment->map->bytes,
			.check = segment->map->check,
		};
	}
}

static int write_files(struct hl_match_index *index,
	const struct hl_match_view *view, struct hl_match_manifest *m,
	struct hl_match_removed *removed, struct hl_match_error *err)
{
	int rc = write_removals(index, view, removed, err);

	for (size_t i = 0; i < m->n_segments; i++) {
		m->segment[i].removal = removed[i].number;
		m->segment[i].removal_check = removed[i].check;
	}
	return rc ? rc : hl_match_manifest_write(index->folder, m, err);
}

/* What the manifest rests on; gives the lock back meanwhile. */
static int sync_log(struct hl_match_index *index, struct hl_match_error *err)
{
	struct hl_match_syncing syncing;
	int rc = hl_match_log_sync_start(&index->log, &syncing, err);

	if (rc) {
		index->broken = index->log.failed;
		return rc;
	}
	pthread_mutex_unlock(&index->lock);
	rc = hl_match_log_sync_wait(&syncing, err);
	pthread_mutex_lock(&index->lock);
	if (rc) {
		index->broken = true;
	} else {
		hl_match_log_sync_done(&index->log, &syncing);
	}
	return rc;
}

static int write_checkpoint(
	struct hl_match_index *index, struct hl_match_error *err)
{
	const struct hl_match_frozen *at = &index->checkpoint;
	struct hl_match_view *view =
		hl_match_view_new(index, NULL, NULL, 0, NULL, 0);
	struct hl_match_manifest m = {.generation = index->generation + 1,
		.position = at->position,
		.log_number = at->log_number,
		.log_offset = at->log_offset,
		.synced_number = index->commit_number,
		.synced_offset = index->commit_offset,
		.catalog = at->catalog,
		.counts = at->counts};
	struct hl_match_removed *removed;
	int rc = view ? sync_log(index, err) : hl_match_fault_memory(err);

	if (rc) {
		hl_match_view_free(view);
		return rc;
	}
	memcpy(m.identity, index->identity, sizeof(m.identity));
	memcpy(m.order, index->shuffle.order, sizeof(m.order));
	m.n_segments = view->n_segments;
	m.segment = calloc(m.n_segments + 1, sizeof(*m.segment));
	removed = calloc(m.n_segments + 1, sizeof(*removed));
	if (m.segment && removed) {
		list_segments(index, m.segment, removed);
		m.next_number = index->next_number;
		/* The view keeps its segments, `maintaining` the checkpoint. */
		pthread_mutex_unlock(&index->lock);
		rc = write_files(index, view, &m, removed, err);
		if (!rc) {
			hl_match_sweep(index, &m, true);
		}
		pthread_mutex_lock(&index->lock);
	} else {
		rc = hl_match_fault_memory(err);
	}
	if (!rc) {
		index->generation++;
		index->unwritten = false;
		for (size_t i = 0; i < m.n_segments; i++) {
			view->segment[i]->removal = removed[i];
		}
	}
	free(m.segment);
	free(removed);
	hl_match_view_free(view);
	return rc;
}

static bool among(void *const *some, size_t n, const void *one)
{
	for (size_t i = 0; i < n; i++) {
		if (some[i] == one) {
			return true;
		}
	}
	return false;
}

/* The draft without the sources, with the new segment if there is one. */
static int exchange(struct hl_match_index *index,
	const struct hl_match_sources *from, struct hl_match_segment *made)
{
	const struct hl_match_view *old = index->draft;
	size_t n = 0, k = 0;
	struct hl_match_segment **segments =
		calloc(old->n_segments + 1, sizeof(*segments));
	struct hl_match_table **tables =
		calloc(old->n_tables + 1, sizeof(*tables));
	struct hl_match_view *view = NULL;

	for (size_t i = 0; segments && i < old->n_segments; i++) {
		if (!among((void *const *)from->segment, from->n_segments,
			    old->segment[i])) {
			segments[n++] = old->segment[i];
		}
	}
	if (segments && made) {
		segments[n++] = made;
	}
	for (size_t i = 0; tables && i < old->n_tables; i++) {
		if (!among((void *const *)from->table, from->n_tables,
			    old->table[i])) {
			tables[k++] = old->table[i];
		}
	}
	if (segments && tables) {
		view = hl_match_view_new(index, NULL, segments, n, tables, k);
	}
	free(segments);
	free(tables);
	if (view) {
		hl_match_view_adopt(index, view);
	}
	return view ? 0 : HL_MATCH_E_NOMEM;
}

/* The sources must stay while the lock is given back: they are in a view of
 * our own. */
static int build_file(struct hl_match_index *index,
	const struct hl_match_sources *from, uint64_t change, uint32_t number,
	struct hl_match_segment **out, struct hl_match_error *err)
{
	struct hl_match_build build;
	struct hl_match_map *map = NULL;
	int rc = 0;

	*out = NULL;
	for (size_t i = 0; i < from->n_segments && !rc; i++) {
		rc = hl_match_map_verify(from->segment[i]->map, false, err);
	}
	if (rc) {
		return rc;
	}
	hl_match_build_init(&build);
	rc = hl_match_merge(from, change, &build);
	if (rc) {
		hl_match_fault_memory(err);
	} else if (hl_match_build_rows(&build) > 0) {
		rc = hl_match_build_write(
			&build, index->folder, number, index->identity, err);
		if (!rc) {
			rc = hl_match_map_open(index->folder, number,
				index->identity, true, &map, err);
		}
		if (!rc && hl_match_segment_new(map, out)) {
			rc = hl_match_fault_memory(err);
		}
	}
	hl_match_build_fini(&build);
	return rc;
}

static int state_copy(
	const struct hl_match_frozen *from, struct hl_match_frozen *to)
{
	*to = *from;
	to->counts = hl_match_counts_copy(from->counts, from->catalog->n);
	if (!to->counts) {
		return HL_MATCH_E_NOMEM;
	}
	hl_match_catalog_ref(to->catalog);
	return 0;
}

static int install(struct hl_match_index *index,
	const struct hl_match_sources *from,
	const struct hl_match_frozen *state, struct hl_match_segment *made)
{
	struct hl_match_frozen kept;
	int rc = state_copy(state, &kept);

	if (rc) {
		return rc;
	}
	if (made) {
		rc = hl_match_merge_deaths(from, state->change, made);
	}
	if (!rc) {
		rc = exchange(index, from, made);
	}
	if (rc) {
		hl_match_frozen_fini(&kept);
		return rc;
	}
	hl_match_frozen_fini(&index->checkpoint);
	index->checkpoint = kept;
	index->unwritten = true;
	return 0;
}

int hl_match_turn(struct hl_match_index *index,
	const struct hl_match_sources *from,
	const struct hl_match_frozen *state, struct hl_match_error *err)
{
	struct hl_match_view *pin =
		hl_match_view_new(index, NULL, NULL, 0, NULL, 0);
	struct hl_match_segment *made = NULL;
	uint32_t number;
	int rc;

	if (!pin) {
		return hl_match_fault_memory(err);
	}
	number = index->next_number++;
	pthread_mutex_unlock(&index->lock);
	rc = build_file(index, from, state->change, number, &made, err);
	pthread_mutex_lock(&index->lock);
	if (!rc) {
		rc = install(index, from, state, made);
		if (rc) {
			hl_match_fault_memory(err);
		}
	}
	hl_match_segment_unref(made);
	hl_match_view_free(pin);
	return rc ? rc : write_checkpoint(index, err);
}

static bool much_dead(const struct hl_match_segment *segment)
{
	return 4 * hl_match_segment_dead(segment) > segment->map->n_rows;
}

static uint64_t dead_by(const struct hl_match_segment *segment, uint64_t change)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < HL_MATCH_KINDS; i++) {
		n += hl_match_deaths_write(&segment->dead[i], change, NULL);
	}
	return n;
}

static uint64_t live_rows(const struct hl_match_segment *segment)
{
	return segment->map->n_rows - hl_match_segment_dead(segment);
}

/* 0 small, 1 middle, 2 large, against all rows there are. */
static unsigned size_class(uint64_t rows, uint64_t all)
{
	if (rows <= SMALL || rows <= all / 64) {
		return 0;
	}
	return rows <= 8 * SMALL || rows <= all / 4 ? 1 : 2;
}

/* Which segments a turn takes: the small ones with what is new; else two of a
 * class; else one that is dead by a quarter. */
static size_t choose_segments(const struct hl_match_view *view, bool fresh,
	bool everything, uint64_t change, struct hl_match_segment **out)
{
	uint64_t all = 0;
	size_t n = 0;

	for (size_t i = 0; i < view->n_segments; i++) {
		all += live_rows(view->segment[i]);
	}
	for (unsigned class = 0; class < 3; class ++) {
		n = 0;
		for (size_t i = 0; i < view->n_segments; i++) {
			uint64_t rows = live_rows(view->segment[i]);

			if (everything || size_class(rows, all) == class) {
				out[n++] = view->segment[i];
			}
		}
		if (n > 1 || fresh || everything) {
			return n;
		}
	}
	for (size_t i = 0; i < view->n_segments; i++) {
		struct hl_match_segment *segment = view->segment[i];

		if (much_dead(segment) &&
			4 * dead_by(segment, change) > segment->map->n_rows) {
			out[0] = segment;
			return 1;
		}
	}
	return 0;
}

static bool wants_freeze(const struct hl_match_index *index, bool everything)
{
	const struct hl_match_table *last = hl_match_view_last(index->draft);
	uint32_t n = atomic_load(&last->n);
	uint64_t end = hl_match_log_end(&index->log);

	const struct hl_match_view *view = index->draft;
	uint64_t frozen = index->checkpoint.change;

	if (view->n_tables > 1) {
		frozen = view->table[view->n_tables - 2]->state.change;
	}
	if (index->committed != index->change || frozen == index->change) {
		return false;
	}
	for (size_t i = 0; i < view->n_segments; i++) {
		if (much_dead(view->segment[i])) {
			return true;
		}
	}
	/* After the log turned to a new file its bytes count from there. */
	return everything || n >= FREEZE_ROWS ||
	       end > (index->frozen_bytes < end ? index->frozen_bytes : 0) +
			       FREEZE_LOG;
}

/* One step; HL_MATCH_MORE if it did one. Both locks are held. */
static int step(struct hl_match_index *index, bool everything,
	struct hl_match_error *err)
{
	const struct hl_match_view *view;
	struct hl_match_sources from = {0};
	struct hl_match_frozen state;
	bool dead = false;
	int rc = 0;

	if (wants_freeze(index, everything)) {
		rc = hl_match_freeze(index, err);
		if (rc) {
			return rc;
		}
	}
	view = index->draft;
	state = index->checkpoint;
	while (from.n_tables + 1 < view->n_tables &&
		view->table[from.n_tables]->state.change <= index->committed) {
		state = view->table[from.n_tables++]->state;
	}
	from.segment = calloc(view->n_segments + 1, sizeof(*from.segment));
	from.table = calloc(view->n_tables, sizeof(*from.table));
	if (!from.segment || !from.table) {
		rc = hl_match_fault_memory(err);
	} else {
		memcpy(from.table, view->table,
			from.n_tables * sizeof(struct hl_match_table *));
		from.n_segments = choose_segments(view, from.n_tables > 0,
			everything, state.change, from.segment);
		for (size_t i = 0; i < from.n_segments; i++) {
			dead |= hl_match_segment_dead(from.segment[i]) > 0;
		}
		if (everything && from.n_segments == 1 && !dead &&
			from.n_tables == 0) {
			from.n_segments = 0;
		}
		if (from.n_tables + from.n_segments > 0) {
			rc = hl_match_turn(index, &from, &state, err);
			rc = rc ? rc : HL_MATCH_MORE;
		} else if (index->unwritten) {
			rc = write_checkpoint(index, err);
		}
	}
	free(from.segment);
	free(from.table);
	hl_match_view_reclaim(index);
	return rc;
}

static int maintain(struct hl_match_index *index, bool everything,
	struct hl_match_error *err)
{
	bool bulk;
	int rc = 0;

	if (!index || !(index->flags & HL_MATCH_OPEN_WRITE)) {
		return hl_match_fault(
			err, HL_MATCH_E_STATE, "not open to write");
	}
	bulk = index->flags & HL_MATCH_OPEN_BULK;
	pthread_mutex_lock(&index->maintaining);
	pthread_mutex_lock(&index->lock);
	if (index->broken) {
		rc = hl_match_fault(err, HL_MATCH_E_IO,
			"a sync failed before; open it again");
	} else if (!bulk || index->committed == index->change) {
		index->quiet = false;
		rc = step(index, everything, err);
		index->quiet = bulk;
	}
	pthread_mutex_unlock(&index->lock);
	pthread_mutex_unlock(&index->maintaining);
	return rc;
}

int hl_match_index_maintain(
	struct hl_match_index *index, struct hl_match_error *err)
{
	return maintain(index, false, err);
}

int hl_match_index_compact(
	struct hl_match_index *index, struct hl_match_error *err)
{
	int rc = maintain(index, true, err);

	return rc == HL_MATCH_MORE ? 0 : rc;
}
