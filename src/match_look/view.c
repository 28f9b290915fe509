/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader announces the view that it took and looks whether it still is the
 * view; then the writer sees the announcement before it frees. So a reader
 * never waits, and starts again only if a view was published at that moment.
 */
#include "match_look/index.h"
#include "match_look/reader.h"

#include <stdlib.h>

struct hl_match_view *hl_match_view_new(struct hl_match_index *index,
	struct hl_match_catalog *catalog, struct hl_match_segment **segments,
	size_t n_segments, struct hl_match_table **tables, size_t n_tables)
{
	const struct hl_match_view *old = index->draft;
	struct hl_match_view *view;

	if (!segments && old) {
		segments = old->segment;
		n_segments = old->n_segments;
	}
	if (!tables) {
		tables = old->table;
		n_tables = old->n_tables;
	}
	view = calloc(
		1, sizeof(*view) + (n_segments + n_tables) * sizeof(void *));
	if (!view) {
		return NULL;
	}
	view->number = ++index->n_views;
	view->catalog = hl_match_catalog_ref(catalog ? catalog : old->catalog);
	view->segment = (struct hl_match_segment **)(void *)view->slot;
	view->table =
		(struct hl_match_table **)(void *)(view->slot + n_segments);
	view->n_segments = n_segments;
	view->n_tables = n_tables;
	for (size_t i = 0; i < n_segments; i++) {
		view->segment[i] = segments[i];
		segments[i]->refs++;
	}
	for (size_t i = 0; i < n_tables; i++) {
		view->table[i] = tables[i];
		tables[i]->refs++;
	}
	return view;
}

void hl_match_view_free(struct hl_match_view *view)
{
	if (!view) {
		return;
	}
	for (size_t i = 0; i < view->n_segments; i++) {
		hl_match_segment_unref(view->segment[i]);
	}
	for (size_t i = 0; i < view->n_tables; i++) {
		hl_match_table_unref(view->table[i]);
	}
	hl_match_catalog_unref(view->catalog);
	free(view);
}

void hl_match_view_publish(struct hl_match_index *index)
{
	struct hl_match_view *old = atomic_load(&index->view);

	if (old != index->draft) {
		atomic_store(&index->view, index->draft);
		if (old) {
			old->next = index->retired;
			index->retired = old;
		}
	}
	atomic_store_explicit(&hl_match_view_last(index->draft)->change,
		index->change, memory_order_release);
	/* Last: who knows a position must find all that belongs to it. */
	atomic_store(&index->shown, atomic_load(&index->position));
}

void hl_match_view_adopt(
	struct hl_match_index *index, struct hl_match_view *view)
{
	if (index->draft != atomic_load(&index->view)) {
		hl_match_view_free(index->draft);
	}
	index->draft = view;
	if (!index->quiet) {
		hl_match_view_publish(index);
	}
}

static bool announced(
	struct hl_match_index *index, const struct hl_match_view *view)
{
	const struct hl_match_reader *reader;
	bool found = false;

	pthread_mutex_lock(&index->readers_lock);
	for (reader = index->readers; reader && !found; reader = reader->next) {
		found = atomic_load(&reader->announced) == view;
	}
	pthread_mutex_unlock(&index->readers_lock);
	return found;
}

void hl_match_view_reclaim(struct hl_match_index *index)
{
	struct hl_match_view **at = &index->retired;

	while (*at) {
		struct hl_match_view *view = *at;

		if (announced(index, view)) {
			at = &view->next;
		} else {
			*at = view->next;
			hl_match_view_free(view);
		}
	}
}
