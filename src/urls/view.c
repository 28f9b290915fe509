/* SPDX-License-Identifier: Apache-2.0 */
#include "urls/inner.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

int64_t hl_urls_now(int64_t now)
{
	struct timespec t;

	if (now) {
		return now;
	}
	clock_gettime(CLOCK_REALTIME_COARSE, &t);
	return t.tv_sec;
}

int64_t hl_urls_epoch_end(uint64_t epoch)
{
	return ((int64_t)epoch + 1) * HL_URLS_EPOCH_S + HL_URLS_EPOCH_GRACE_S;
}

void hl_urls_view_free(struct hl_urls_view *view)
{
	if (!view) {
		return;
	}
	hl_urls_file_fini(&view->file);
	if (view->map) {
		munmap(view->map, view->n_map);
	}
	free(view);
}

struct hl_urls_view *hl_urls_view_swap(
	struct hl_urls_list *list, struct hl_urls_view *view)
{
	return atomic_exchange(&list->view, view);
}

void hl_urls_view_retire(struct hl_urls_list *list, struct hl_urls_view *view)
{
	if (view) {
		pthread_mutex_lock(&list->lock);
		view->next = list->retired;
		list->retired = view;
		pthread_mutex_unlock(&list->lock);
	}
	hl_urls_view_reclaim(list);
}

static bool is_read(
	const struct hl_urls_list *list, const struct hl_urls_view *view)
{
	const struct hl_urls_reader *reader = list->readers;

	while (reader && atomic_load(&reader->announced) != view) {
		reader = reader->next;
	}
	return reader != NULL;
}

void hl_urls_view_reclaim(struct hl_urls_list *list)
{
	struct hl_urls_view **at = &list->retired;
	struct hl_urls_view *free_now = NULL;

	pthread_mutex_lock(&list->lock);
	while (*at) {
		struct hl_urls_view *view = *at;

		if (is_read(list, view)) {
			at = &view->next;
			continue;
		}
		*at = view->next;
		list->n_bad_before += view->file.n_bad;
		view->next = free_now;
		free_now = view;
	}
	pthread_mutex_unlock(&list->lock);
	while (free_now) {
		struct hl_urls_view *next = free_now->next;

		hl_urls_view_free(free_now);
		free_now = next;
	}
}
