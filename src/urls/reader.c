/* SPDX-License-Identifier: Apache-2.0 */
#include "urls/folder.h"

#include <sodium.h>
#include <stdlib.h>

int hl_urls_reader_new(struct hl_urls_list *list, struct hl_urls_reader **out,
	struct hl_urls_error *err)
{
	struct hl_urls_reader *reader;

	if (!list || !out) {
		return hl_urls_fault(err, HL_URLS_E_ARG, "no list");
	}
	reader = calloc(1, sizeof(*reader));
	if (reader) {
		reader->asked =
			calloc(HL_URLS_ASKED_MAX, sizeof(*reader->asked));
	}
	if (!reader || !reader->asked) {
		free(reader);
		return hl_urls_fault_memory(err);
	}
	reader->list = list;
	pthread_mutex_lock(&list->lock);
	reader->next = list->readers;
	list->readers = reader;
	pthread_mutex_unlock(&list->lock);
	*out = reader;
	return 0;
}

void hl_urls_reader_free(struct hl_urls_reader *reader)
{
	struct hl_urls_reader **at;
	struct hl_urls_list *list;

	if (!reader) {
		return;
	}
	list = reader->list;
	pthread_mutex_lock(&list->lock);
	for (at = &list->readers; *at != reader;) {
		at = &(*at)->next;
	}
	*at = reader->next;
	for (int i = 0; i < HL_URLS_N_COUNTS; i++) {
		list->counted[i] += reader->count[i];
	}
	list->n_bad_before += reader->n_bad;
	pthread_mutex_unlock(&list->lock);
	sodium_memzero(
		reader->asked, HL_URLS_ASKED_MAX * sizeof(*reader->asked));
	free(reader->asked);
	sodium_memzero(reader, sizeof(*reader));
	free(reader);
}

void hl_urls_reader_add(
	struct hl_urls_reader *reader, enum hl_urls_count what, uint64_t n)
{
	uint64_t now = atomic_load_explicit(
		&reader->count[what], memory_order_relaxed);

	atomic_store_explicit(
		&reader->count[what], now + n, memory_order_relaxed);
}

static uint64_t heap_of(const struct hl_urls_list *list)
{
	const struct hl_urls_view *view = atomic_load(&list->view);
	uint64_t n = sizeof(*list) + hl_urls_cache_bytes(list->cache) +
		     list->known.root_text.cap + list->known.manifest_text.cap +
		     list->known.under_text.cap;

	for (const struct hl_urls_reader *r = list->readers; r; r = r->next) {
		n += sizeof(*r) + HL_URLS_ASKED_MAX * sizeof(*r->asked);
	}
	return view ? n + sizeof(*view) + view->file.n_pages / 4 : n;
}

static void count(const struct hl_urls_list *list, struct hl_urls_stats *out)
{
	uint64_t sum[HL_URLS_N_COUNTS];

	memcpy(sum, list->counted, sizeof(sum));
	out->n_bad_pages += list->n_bad_before;
	for (const struct hl_urls_reader *r = list->readers; r; r = r->next) {
		for (int i = 0; i < HL_URLS_N_COUNTS; i++) {
			sum[i] += atomic_load_explicit(
				&r->count[i], memory_order_relaxed);
		}
		out->n_bad_pages +=
			atomic_load_explicit(&r->n_bad, memory_order_relaxed);
	}
	for (const struct hl_urls_view *v = list->retired; v; v = v->next) {
		out->n_bad_pages += v->file.n_bad;
	}
	out->n_checked = sum[HL_URLS_N_CHECKED];
	out->n_listed = sum[HL_URLS_N_LISTED];
	out->n_unsure = sum[HL_URLS_N_UNSURE];
	out->n_unreadable = sum[HL_URLS_N_UNREADABLE];
	out->n_confirmed = sum[HL_URLS_N_CONFIRMED];
	out->n_failed = sum[HL_URLS_N_FAILED];
	out->n_cache_hits = sum[HL_URLS_N_CACHE_HITS];
}

static void tell_known(
	const struct hl_urls_list *list, int64_t now, struct hl_urls_stats *out)
{
	const struct hl_urls_known *known = &list->known;

	out->consumer = known->consumer;
	out->root = known->root.version;
	out->made = known->manifest.made;
	out->expires = known->manifest.expires;
	out->frozen =
		hl_urls_known_manifest(known) && known->manifest.expires <= now;
	out->alarm = (uint32_t)-list->alarm;
}

static void tell_view(
	const struct hl_urls_view *view, struct hl_urls_stats *out)
{
	const struct hl_urls_file *file = &view->file;

	out->tier = file->head.tier;
	out->version = file->head.version;
	out->epoch = file->head.epoch;
	out->n_rows = file->head.n;
	out->bytes_mapped = file->n_bytes;
	out->bytes_resident = file->rows;
	out->n_bad_pages += file->n_bad;
}

int hl_urls_stats(
	struct hl_urls_list *list, int64_t now, struct hl_urls_stats *out)
{
	struct hl_urls_stats told = {0};

	if (!list || !out || out->size_of < sizeof(out->size_of)) {
		return HL_URLS_E_ARG;
	}
	told.size_of = out->size_of;
	/* No view is freed while the lock is held. */
	pthread_mutex_lock(&list->lock);
	tell_known(list, hl_urls_now(now), &told);
	if (atomic_load(&list->view)) {
		tell_view(atomic_load(&list->view), &told);
	}
	told.bytes_heap = heap_of(list);
	count(list, &told);
	pthread_mutex_unlock(&list->lock);
	memcpy(out, &told,
		out->size_of < sizeof(told) ? out->size_of : sizeof(told));
	return 0;
}

int hl_urls_verify(struct hl_urls_list *list, struct hl_urls_error *err)
{
	struct hl_urls_view *view;
	struct hl_err why = {0};
	int rc = HL_URLS_NOTFOUND;

	if (!list) {
		return hl_urls_fault(err, HL_URLS_E_ARG, "no list");
	}
	pthread_mutex_lock(&list->changing);
	view = atomic_load(&list->view);
	if (view) {
		/* As it is now, not as it was when it was first read. */
		hl_urls_file_doubt(&view->file);
		rc = hl_urls_file_check(&view->file, &why)
			     ? hl_urls_fault(err, HL_URLS_E_CORRUPT,
				       "the list is damaged: %s; take it anew",
				       why.msg)
			     : 0;
	}
	if (rc < 0 && list->flags & HL_URLS_OPEN_KEEP) {
		hl_urls_is_damaged(list);
	}
	pthread_mutex_unlock(&list->changing);
	return rc;
}
