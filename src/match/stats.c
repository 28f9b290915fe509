/* SPDX-License-Identifier: Apache-2.0 */
/* What an index holds, and whether its files are whole. */
#include "match/change.h"
#include "match_rows/fault.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void stats_of_files(
	const struct hl_match_index *index, struct hl_match_stats *to)
{
	const struct hl_match_view *view = index->draft;

	to->n_segments = (uint32_t)view->n_segments;
	for (size_t i = 0; i < view->n_segments; i++) {
		const struct hl_match_segment *segment = view->segment[i];

		to->bytes_mapped += segment->map->bytes;
		to->n_removed += hl_match_segment_dead(segment);
		for (unsigned k = 0; k < HL_MATCH_KINDS; k++) {
			to->bytes_heap +=
				hl_match_deaths_bytes(&segment->dead[k]);
		}
	}
	for (size_t i = 0; i < view->n_tables; i++) {
		to->bytes_heap += view->table[i]->bytes;
		to->n_recent += atomic_load(&view->table[i]->n);
	}
	to->bytes_heap += sizeof(*index);
}

static int stats_of(
	struct hl_match_index *index, uint32_t list, struct hl_match_stats *to)
{
	const struct hl_match_catalog *c = index->draft->catalog;
	const struct hl_match_counts *one =
		list ? hl_match_counts_of(index, list) : NULL;

	if (list && !one) {
		return HL_MATCH_NOTFOUND;
	}
	to->n_lists = list ? 1 : (uint32_t)c->n;
	to->position = atomic_load(&index->position);
	for (size_t i = 0; i < c->n; i++) {
		if (!list || one == &index->counts[i]) {
			to->n_entries += index->counts[i].n_entries;
			to->n_hashes += index->counts[i].n_hashes;
		}
	}
	stats_of_files(index, to);
	return 0;
}

int hl_match_index_stats(
	struct hl_match_index *index, uint32_t list, struct hl_match_stats *out)
{
	struct hl_match_stats stats = {0};
	size_t n;
	int rc;

	if (!index || !out) {
		return HL_MATCH_E_ARG;
	}
	n = out->size_of < sizeof(stats) ? out->size_of : sizeof(stats);
	stats.size_of = out->size_of;
	pthread_mutex_lock(&index->lock);
	rc = stats_of(index, list, &stats);
	pthread_mutex_unlock(&index->lock);
	if (!rc) {
		memcpy(out, &stats, n);
	}
	return rc;
}

struct walk {
	int (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	uint64_t done, total;
};

static int told(struct walk *w, uint64_t more, struct hl_match_error *err)
{
	w->done += more;
	if (w->progress && w->progress(w->arg, w->done, w->total)) {
		return hl_match_fault(err, HL_MATCH_E_STATE, "stopped");
	}
	return 0;
}

static int verify_once(int folder, struct walk *w, uint64_t *generation,
	struct hl_match_error *err)
{
	struct hl_match_manifest m;
	const struct hl_match_opening how = {
		.folder = folder, .identity = m.identity, .verify = true};
	int rc = hl_match_manifest_read(folder, &m, err);

	if (rc) {
		return rc;
	}
	*generation = m.generation;
	w->done = w->total = 0;
	for (size_t i = 0; i < m.n_segments; i++) {
		w->total += m.segment[i].bytes;
	}
	rc = told(w, 0, err);
	for (size_t i = 0; i < m.n_segments && !rc; i++) {
		struct hl_match_segment *segment = NULL;

		rc = hl_match_listed_open(
			&how, &m.segment[i], NULL, &segment, err);
		hl_match_segment_unref(segment);
		rc = rc ? rc : told(w, m.segment[i].bytes, err);
	}
	hl_match_manifest_fini(&m);
	return rc;
}

/* The log is read by opening the index. */
static int verify_log(const char *folder, struct hl_match_error *err)
{
	const struct hl_match_index_options options = {
		.size_of = sizeof(options), .flags = HL_MATCH_OPEN_NO_POPULATE};
	struct hl_match_index *index = NULL;
	int rc = hl_match_index_open(folder, &options, &index, err);

	hl_match_index_close(index);
	return rc;
}

int hl_match_index_verify(const char *folder,
	int (*progress)(void *arg, uint64_t done, uint64_t total), void *arg,
	struct hl_match_error *err)
{
	struct walk w = {.progress = progress, .arg = arg};
	struct hl_match_error why = {0};
	uint64_t was = 0, is = 0;
	int fd, rc = HL_MATCH_E_ARG;

	if (!folder) {
		return hl_match_fault(err, rc, "no folder");
	}
	rc = hl_match_folder_open(folder, &fd, err);
	if (rc) {
		return rc;
	}
	/* A writer may exchange files while they are read. */
	for (int tries = 0; tries < 20; tries++) {
		rc = verify_once(fd, &w, &was, &why);
		if (rc != HL_MATCH_E_CORRUPT ||
			hl_match_manifest_generation(fd, &is) || is == was) {
			break;
		}
	}
	close(fd);
	rc = rc ? rc : verify_log(folder, &why);
	return hl_match_told(err, &why, rc);
}
