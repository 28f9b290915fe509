/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a folder, following who keeps it, closing. */
#include "url/url.h"
#include "urls/folder.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

enum { CACHE_HOSTS = 16384, CACHE_HOSTS_MAX = 1 << 26, TRIES = 20 };

/* The state, and the list that it names. While we read, who keeps the folder
 * may exchange both: then it is read again. */
static int load_once(const struct hl_urls_list *list,
	struct hl_urls_known *known, struct hl_urls_view **view,
	struct stat *st, struct hl_urls_error *err)
{
	int rc = hl_urls_folder_read(list->folder, known, st, err);

	if (rc || !known->list) {
		return rc;
	}
	if (known->manifest.canon != HL_URL_CANON_VERSION) {
		return hl_urls_fault(err, HL_URLS_E_CANON,
			"the list is of canonical form %u; this library "
			"makes %u",
			known->manifest.canon, HL_URL_CANON_VERSION);
	}
	rc = hl_urls_folder_map(list, known->list, &known->manifest, view, err);
	if (!rc && list->flags & HL_URLS_OPEN_VERIFY) {
		struct hl_err why = {0};

		if (hl_urls_file_check(&(*view)->file, &why)) {
			rc = hl_urls_fault(err, HL_URLS_E_CORRUPT,
				"the list is damaged: %s; take it anew",
				why.msg);
			hl_urls_view_free(*view);
			*view = NULL;
		}
	}
	return rc;
}

static int load(const struct hl_urls_list *list, struct hl_urls_known *known,
	struct hl_urls_view **view, struct stat *st, struct hl_urls_error *err)
{
	int rc = 0;

	for (int tries = 0;; tries++) {
		memset(st, 0, sizeof(*st));
		*view = NULL;
		hl_urls_known_init(known);
		rc = load_once(list, known, view, st, err);
		if (rc >= 0 || rc == HL_URLS_E_NOMEM || tries + 1 == TRIES ||
			!hl_urls_folder_changed(list->folder, st)) {
			break;
		}
		hl_urls_known_fini(known);
	}
	return rc;
}

/* What was read becomes what is known. */
static void adopt(struct hl_urls_list *list, struct hl_urls_known *known,
	const struct stat *st)
{
	pthread_mutex_lock(&list->lock);
	hl_urls_known_fini(&list->known);
	list->known = *known;
	list->state = *st;
	pthread_mutex_unlock(&list->lock);
}

/* Who keeps the folder may mend it: a damaged list is wanted anew, a damaged
 * state must be begun anew. Others are told. */
static int open_damaged(struct hl_urls_list *list, struct hl_urls_known *known,
	const struct stat *st, int rc)
{
	if (!(list->flags & HL_URLS_OPEN_KEEP) ||
		(rc != HL_URLS_E_CORRUPT && rc != HL_URLS_E_CANON)) {
		hl_urls_known_fini(known);
		return rc;
	}
	list->alarm = rc;
	if (!hl_urls_known_manifest(known)) {
		hl_urls_known_fini(known);
		hl_urls_known_init(known);
	}
	adopt(list, known, st);
	return 0;
}

static int open_all(struct hl_urls_list *list, const char *folder,
	struct hl_urls_error *err)
{
	struct hl_urls_known known;
	struct hl_urls_view *view = NULL;
	struct stat st;
	int rc = 0;

	list->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (list->folder < 0) {
		return hl_urls_fault_io(err, folder, "open folder");
	}
	if (list->flags & HL_URLS_OPEN_KEEP) {
		rc = hl_urls_folder_lock(list, err);
	}
	if (rc) {
		return rc;
	}
	rc = load(list, &known, &view, &st, err);
	if (rc < 0) {
		return open_damaged(list, &known, &st, rc);
	}
	if (list->flags & HL_URLS_OPEN_KEEP) {
		hl_urls_folder_sweep(list->folder, known.list);
	}
	adopt(list, &known, &st);
	atomic_store(&list->view, view);
	return 0;
}

static int options_check(const struct hl_urls_options *options,
	struct hl_urls_options *set, struct hl_urls_error *err)
{
	memset(set, 0, sizeof(*set));
	if (options) {
		memcpy(set, options,
			options->size_of < sizeof(*set) ? options->size_of
							: sizeof(*set));
	}
	if (set->flags & ~(uint32_t)(HL_URLS_OPEN_KEEP | HL_URLS_OPEN_VERIFY)) {
		return hl_urls_fault(err, HL_URLS_E_ARG, "wrong flags");
	}
	if (set->cache_hosts > CACHE_HOSTS_MAX) {
		return hl_urls_fault(err, HL_URLS_E_ARG,
			"at most %d hosts are remembered", CACHE_HOSTS_MAX);
	}
	if (!set->cache_hosts) {
		set->cache_hosts = CACHE_HOSTS;
	}
	return 0;
}

int hl_urls_open(const char *folder, const struct hl_urls_options *options,
	struct hl_urls_list **out, struct hl_urls_error *err)
{
	struct hl_urls_options set;
	struct hl_urls_list *list;
	int rc;

	if (!folder || !out) {
		return hl_urls_fault(err, HL_URLS_E_ARG, "no folder");
	}
	rc = options_check(options, &set, err);
	if (rc) {
		return rc;
	}
	if (sodium_init() < 0) {
		return hl_urls_fault(err, HL_URLS_E_IO, "no libsodium");
	}
	list = calloc(1, sizeof(*list));
	if (!list) {
		return hl_urls_fault_memory(err);
	}
	list->folder = list->lock_file = -1;
	list->flags = set.flags;
	list->pending_text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	hl_urls_known_init(&list->known);
	pthread_mutex_init(&list->changing, NULL);
	pthread_mutex_init(&list->lock, NULL);
	list->cache = hl_urls_cache_new(set.cache_hosts);
	rc = list->cache ? open_all(list, folder, err)
			 : hl_urls_fault_memory(err);
	if (rc) {
		hl_urls_close(list);
		return rc;
	}
	*out = list;
	return 0;
}

void hl_urls_close(struct hl_urls_list *list)
{
	if (!list) {
		return;
	}
	hl_urls_view_free(atomic_load(&list->view));
	while (list->retired) {
		struct hl_urls_view *next = list->retired->next;

		hl_urls_view_free(list->retired);
		list->retired = next;
	}
	hl_urls_known_fini(&list->known);
	hl_buf_fini(&list->pending_text);
	hl_urls_cache_free(list->cache);
	if (list->lock_file >= 0) {
		close(list->lock_file);
	}
	if (list->folder >= 0) {
		close(list->folder);
	}
	pthread_mutex_destroy(&list->changing);
	pthread_mutex_destroy(&list->lock);
	free(list);
}

static bool same_identity(
	const struct hl_urls_known *a, const struct hl_urls_known *b)
{
	return a->consumer == b->consumer &&
	       memcmp(a->root.hotline, b->root.hotline, HL_URLS_HOTLINE) == 0;
}

static int follow(struct hl_urls_list *list, struct hl_urls_error *err)
{
	struct hl_urls_known known;
	struct hl_urls_view *view = NULL;
	struct stat st;
	int rc = load(list, &known, &view, &st, err);

	if (!rc && known.serial < list->known.serial) {
		rc = hl_urls_fault(err, HL_URLS_E_ROLLBACK,
			"the folder was put back to an older state");
	}
	if (rc) {
		hl_urls_view_free(view);
		hl_urls_known_fini(&known);
		return rc;
	}
	if (!same_identity(&known, &list->known)) {
		list->identity++;
		if (view) {
			view->mark = hl_urls_mark_of(&view->file.head, list);
		}
	}
	adopt(list, &known, &st);
	hl_urls_view_retire(list, hl_urls_view_swap(list, view));
	return 0;
}

/* The list file may be broken beside the state. What is mapped is answered by
 * as long as it is there: its rows are sealed, and what was written over it is
 * not believed any more once it is mapped anew. */
static int refresh(struct hl_urls_list *list, struct hl_urls_error *err)
{
	const struct hl_urls_view *view = atomic_load(&list->view);
	enum hl_urls_touched touched =
		view ? hl_urls_folder_touched(list, view) : HL_URLS_UNTOUCHED;
	bool lost = !view && list->known.list;
	int rc;

	if (touched == HL_URLS_UNTOUCHED && !lost &&
		!hl_urls_folder_changed(list->folder, &list->state)) {
		return HL_URLS_NOTFOUND;
	}
	rc = follow(list, err);
	list->alarm = rc < 0 ? rc : 0;
	if (rc < 0 && touched == HL_URLS_CUT) {
		hl_urls_view_retire(list, hl_urls_view_swap(list, NULL));
	}
	return rc;
}

int hl_urls_refresh(struct hl_urls_list *list, struct hl_urls_error *err)
{
	int rc;

	if (!list) {
		return hl_urls_fault(err, HL_URLS_E_ARG, "no list");
	}
	pthread_mutex_lock(&list->changing);
	rc = list->flags & HL_URLS_OPEN_KEEP ? hl_urls_mend(list, err)
					     : refresh(list, err);
	hl_urls_view_reclaim(list);
	pthread_mutex_unlock(&list->changing);
	return rc;
}
