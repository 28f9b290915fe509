/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the files to a draft: the segments that the manifest names, then the
 * log up to its last commit. Reading the log takes two passes, so that what
 * was not committed is never applied.
 */
#include "match/change.h"
#include "match_rows/fault.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The map of that number in the draft, or NULL. */
static struct hl_match_map *map_there(const struct hl_match_index *index,
	const struct hl_match_listed *listed)
{
	const struct hl_match_view *view = index->draft;

	for (size_t i = 0; view && i < view->n_segments; i++) {
		struct hl_match_map *map = view->segment[i]->map;

		if (map->number == listed->number &&
			map->check == listed->check &&
			map->bytes == listed->bytes) {
			return map;
		}
	}
	return NULL;
}

static int load_segment(const struct hl_match_index *index,
	const struct hl_match_listed *listed, struct hl_match_segment **out,
	struct hl_match_error *err)
{
	const struct hl_match_opening how = {
		.folder = index->folder,
		.identity = index->identity,
		.populate = !(index->flags & HL_MATCH_OPEN_NO_POPULATE),
		.verify = index->flags & HL_MATCH_OPEN_VERIFY,
	};

	return hl_match_listed_open(
		&how, listed, map_there(index, listed), out, err);
}

/* Counts and checkpoint are those of the manifest. */
static int take_state(struct hl_match_index *index,
	const struct hl_match_manifest *m, struct hl_match_error *err)
{
	size_t n = m->catalog->n;
	struct hl_match_counts *counts = hl_match_counts_copy(m->counts, n);
	struct hl_match_counts *kept = hl_match_counts_copy(m->counts, n);

	if (!counts || !kept) {
		free(counts);
		free(kept);
		return hl_match_fault_memory(err);
	}
	free(index->counts);
	index->counts = counts;
	index->counts_room = n + 1;
	hl_match_frozen_fini(&index->checkpoint);
	index->checkpoint = (struct hl_match_frozen){
		.change = index->change,
		.position = m->position,
		.log_number = m->log_number,
		.log_offset = m->log_offset,
		.catalog = hl_match_catalog_ref(m->catalog),
		.counts = kept,
	};
	index->generation = m->generation;
	index->next_number = m->next_number;
	index->place_number = m->log_number;
	index->place_offset = m->log_offset;
	index->frozen_bytes = m->log_offset;
	atomic_store(&index->position, m->position);
	return 0;
}

/* What the manifest names becomes the draft. */
static int load_listed(struct hl_match_index *index,
	const struct hl_match_manifest *m, struct hl_match_error *err)
{
	struct hl_match_segment **segments =
		calloc(m->n_segments + 1, sizeof(*segments));
	struct hl_match_table *table = hl_match_table_new(index->change);
	struct hl_match_view *view = NULL;
	int rc = segments && table ? 0 : hl_match_fault_memory(err);

	for (size_t i = 0; i < m->n_segments && !rc; i++) {
		rc = load_segment(index, &m->segment[i], &segments[i], err);
	}
	if (!rc) {
		view = hl_match_view_new(
			index, m->catalog, segments, m->n_segments, &table, 1);
		rc = view ? take_state(index, m, err)
			  : hl_match_fault_memory(err);
	}
	for (size_t i = 0; segments && i < m->n_segments; i++) {
		hl_match_segment_unref(segments[i]);
	}
	free(segments);
	hl_match_table_unref(table);
	if (rc) {
		hl_match_view_free(view);
		return rc;
	}
	hl_match_view_adopt(index, view);
	return 0;
}

/* The tape of the file in which the log goes on. NOTFOUND: not there yet. */
static int go_on(
	struct hl_match_tape *tape, uint64_t number, struct hl_match_error *err)
{
	struct hl_match_tape next;
	int rc;

	if (number != tape->number + 1ull) {
		return hl_match_fault(
			err, HL_MATCH_E_CORRUPT, "log: goes on elsewhere");
	}
	rc = hl_match_tape_open(&next, tape->folder, tape->identity,
		tape->number + 1, HL_MATCH_LOG_HEAD, err);
	if (!rc) {
		hl_match_tape_close(tape);
		*tape = next;
	}
	return rc;
}

struct place {
	uint32_t number;
	uint64_t offset;
};

static bool before(struct place a, struct place b)
{
	return a.number < b.number ||
	       (a.number == b.number && a.offset < b.offset);
}

/* Where the last commit from the tape's place on ends. With a manifest, which
 * a writer has, behind the SYNCED that follows it: so the usual end of a log is
 * no tail to be cut off. */
static int last_commit(struct hl_match_tape *tape,
	const struct hl_match_manifest *m, struct place *end,
	struct hl_match_error *err)
{
	struct hl_match_op op;
	int rc;

	*end = (struct place){tape->number, tape->at};
	for (;;) {
		uint64_t at = tape->at;

		rc = hl_match_tape_next(tape, &op, err);
		if (!rc && (op.type == HL_MATCH_LOG_COMMIT ||
				   (op.type == HL_MATCH_LOG_SYNCED && m &&
					   tape->number == end->number &&
					   at == end->offset))) {
			*end = (struct place){tape->number, tape->at};
		} else if (!rc && op.type == HL_MATCH_LOG_NEXT) {
			rc = go_on(tape, op.number, err);
			if (rc) {
				/* The new file's head did not get to the disk:
				 * damage if what comes later says it did. */
				tape->at = at;
				rc = rc == HL_MATCH_E_IO ||
						     rc == HL_MATCH_E_NOMEM
					     ? rc
					     : HL_MATCH_NOTFOUND;
			}
		}
		if (rc) {
			break;
		}
	}
	if (rc != HL_MATCH_NOTFOUND) {
		return rc;
	}
	rc = hl_match_tape_judge(tape, err);
	if (!rc && m &&
		before((struct place){tape->number, tape->at},
			(struct place){m->synced_number, m->synced_offset})) {
		char name[HL_MATCH_NAME_BYTES];

		hl_match_log_name(name, tape->number);
		rc = hl_match_fault_at(err, name, tape->at, "record");
	}
	return rc;
}

static int tape_at(struct hl_match_tape *tape, int folder,
	const uint8_t identity[16], struct place place,
	struct hl_match_error *err)
{
	char name[HL_MATCH_NAME_BYTES];
	int rc = hl_match_tape_open(
		tape, folder, identity, place.number, place.offset, err);

	if (rc == HL_MATCH_NOTFOUND) {
		hl_match_log_name(name, place.number);
		rc = hl_match_fault_at(err, name, 0, "missing");
	}
	return rc;
}

static int tape_at_place(const struct hl_match_index *index,
	struct hl_match_tape *tape, struct hl_match_error *err)
{
	const struct place place = {index->place_number, index->place_offset};

	return tape_at(tape, index->folder, index->identity, place, err);
}

int hl_match_log_read(int folder, const struct hl_match_manifest *m,
	struct hl_match_error *err)
{
	const struct place start = {m->log_number, m->log_offset};
	struct hl_match_tape tape;
	struct place end;
	int rc = tape_at(&tape, folder, m->identity, start, err);

	if (!rc) {
		rc = last_commit(&tape, m, &end, err);
		hl_match_tape_close(&tape);
	}
	return rc;
}

static int apply_until(struct hl_match_index *index, struct hl_match_tape *tape,
	struct place end, struct hl_match_error *err)
{
	struct hl_match_op op;
	int rc = 0;

	while (!rc && before((struct place){tape->number, tape->at}, end)) {
		index->place_number = tape->number;
		index->place_offset = tape->at;
		rc = hl_match_tape_next(tape, &op, err);
		if (!rc && op.type == HL_MATCH_LOG_NEXT) {
			rc = go_on(tape, op.number, err);
		} else if (!rc) {
			rc = hl_match_apply(index, &op, err);
			rc = rc == HL_MATCH_NOTFOUND ? 0 : rc;
			rc = rc == HL_MATCH_E_ARG ? HL_MATCH_E_CORRUPT : rc;
		} else if (rc == HL_MATCH_NOTFOUND) {
			rc = hl_match_fault(err, HL_MATCH_E_IO,
				"log: changed while it was read");
		}
	}
	if (!rc) {
		index->place_number = end.number;
		index->place_offset = end.offset;
	}
	return rc;
}

int hl_match_replay(struct hl_match_index *index,
	const struct hl_match_manifest *m, struct hl_match_error *err)
{
	struct hl_match_tape tape;
	struct place end, start = {index->place_number, index->place_offset};
	int rc = tape_at_place(index, &tape, err);

	if (rc) {
		return rc;
	}
	rc = last_commit(&tape, m, &end, err);
	hl_match_tape_close(&tape);
	if (rc || !before(start, end)) {
		return rc ? rc : HL_MATCH_NOTFOUND;
	}
	rc = tape_at_place(index, &tape, err);
	if (!rc) {
		rc = apply_until(index, &tape, end, err);
		hl_match_tape_close(&tape);
	}
	return rc;
}

int hl_match_load(struct hl_match_index *index,
	const struct hl_match_manifest *m, struct hl_match_error *err)
{
	int rc;

	index->quiet = true;
	rc = load_listed(index, m, err);
	if (!rc) {
		rc = hl_match_replay(index, m, err);
	}
	return rc == HL_MATCH_NOTFOUND ? 0 : rc;
}

static bool listed(const struct hl_match_manifest *m, const char *name)
{
	uint32_t number;
	bool segment = hl_match_file_number(name, "seg", &number);

	if (!segment && !hl_match_file_number(name, "rem", &number)) {
		return !hl_match_file_number(name, "log", &number) ||
		       number >= m->log_number;
	}
	for (size_t i = 0; i < m->n_segments; i++) {
		if (number == (segment ? m->segment[i].number
				       : m->segment[i].removal)) {
			return true;
		}
	}
	return false;
}

void hl_match_sweep(struct hl_match_index *index,
	const struct hl_match_manifest *m, bool safe)
{
	DIR *dir = hl_match_folder_names(index->folder);
	const struct dirent *entry;

	if (!dir) {
		return; /* the next one will */
	}
	while ((entry = readdir(dir)) != NULL) {
		if (listed(m, entry->d_name)) {
			continue;
		}
		/* Who put the manifest here may have died before its name was
		 * safe, and the one before it needs what is deleted. */
		safe = safe || !hl_match_folder_sync(index->folder, NULL);
		if (!safe) {
			break;
		}
		(void)unlinkat(index->folder, entry->d_name, 0);
	}
	closedir(dir);
}
