/* SPDX-License-Identifier: Apache-2.0 */
/* What an index holds. */
#include "match/change.h"

#include <string.h>

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
