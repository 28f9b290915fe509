/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeping a folder: roots and manifests are judged, a list is made beside the
 * one that is there, readers answer by it, and then it is written down. What
 * fails on the way leaves the list and the folder as they were.
 */
#include "urls/folder.h"
#include "urls/judge.h"

#include <sodium.h>
#include <stdlib.h>

static int keeper(struct hl_urls_list *list, const void *p, size_t n,
	struct hl_urls_error *err)
{
	if (!list || (n && !p)) {
		return hl_urls_fault(err, HL_URLS_E_ARG, "no list or bytes");
	}
	return list->flags & HL_URLS_OPEN_KEEP
		       ? 0
		       : hl_urls_fault(err, HL_URLS_E_STATE,
				 "the folder is not open to be kept");
}

/* Of what the protocol refuses, the last is kept for people to see. */
static int told(struct hl_urls_list *list, int rc)
{
	if (rc >= 0) {
		list->alarm = list->is_damaged ? HL_URLS_E_CORRUPT : 0;
	} else if ((rc <= HL_URLS_E_FORM && rc >= HL_URLS_E_CANON) ||
		   rc == HL_URLS_E_OTHER) {
		list->alarm = rc;
	}
	return rc;
}

static void forget_pending(struct hl_urls_list *list)
{
	memset(&list->pending, 0, sizeof(list->pending));
	hl_buf_reset(&list->pending_text);
}

static int begin(struct hl_urls_list *list, uint64_t consumer,
	struct hl_str root, int64_t now, struct hl_urls_error *err)
{
	struct hl_urls_known known;
	bool there;
	int rc;

	hl_urls_known_init(&known);
	rc = hl_urls_judge_first(root, now, &known.root, err);
	if (rc) {
		return rc;
	}
	known.serial = hl_urls_folder_serial(&list->known);
	known.consumer = consumer;
	hl_buf_put(&known.root_text, root);
	rc = known.root_text.fault
		     ? hl_urls_fault_memory(err)
		     : hl_urls_folder_commit(list, &known, &there, err);
	hl_urls_known_fini(&known);
	if (rc && !there) {
		return rc;
	}
	list->identity++;
	list->is_damaged = false;
	forget_pending(list);
	hl_urls_view_retire(list, hl_urls_view_swap(list, NULL));
	hl_urls_folder_sweep(list->folder, 0);
	return rc;
}

int hl_urls_begin(struct hl_urls_list *list, uint64_t consumer,
	const void *root, size_t n, int64_t now, struct hl_urls_error *err)
{
	int rc = keeper(list, root, n, err);

	if (rc) {
		return rc;
	}
	pthread_mutex_lock(&list->changing);
	rc = begin(list, consumer, hl_str_mem(root, n), hl_urls_now(now), err);
	rc = told(list, rc);
	pthread_mutex_unlock(&list->changing);
	return rc;
}

static int need_root(const struct hl_urls_list *list, struct hl_urls_error *err)
{
	return hl_urls_known_root(&list->known)
		       ? 0
		       : hl_urls_fault(err, HL_URLS_E_STATE,
				 "no root is known: begin with one");
}

static int take_root(struct hl_urls_list *list, struct hl_str root, int64_t now,
	struct hl_urls_error *err)
{
	struct hl_urls_known known;
	struct hl_urls_root next;
	bool there = false;
	int rc = need_root(list, err);

	rc = rc ? rc : hl_urls_judge_root(&list->known, root, now, &next, err);
	if (rc) {
		return rc;
	}
	hl_urls_known_init(&known);
	rc = hl_urls_known_copy(&list->known, &known, err);
	if (!rc) {
		known.serial = hl_urls_folder_serial(&list->known);
		known.root = next;
		known.root_text.n = 0;
		hl_buf_put(&known.root_text, root);
		rc = known.root_text.fault
			     ? hl_urls_fault_memory(err)
			     : hl_urls_folder_commit(list, &known, &there, err);
	}
	hl_urls_known_fini(&known);
	if (there) {
		/* It was made under the root before. */
		forget_pending(list);
	}
	return rc;
}

int hl_urls_take_root(struct hl_urls_list *list, const void *root, size_t n,
	int64_t now, struct hl_urls_error *err)
{
	int rc = keeper(list, root, n, err);

	if (rc) {
		return rc;
	}
	pthread_mutex_lock(&list->changing);
	rc = take_root(list, hl_str_mem(root, n), hl_urls_now(now), err);
	rc = told(list, rc);
	pthread_mutex_unlock(&list->changing);
	return rc;
}

static const struct hl_urls_delta_ref *delta_of(struct hl_urls_list *list)
{
	const struct hl_urls_view *view = atomic_load(&list->view);
	const struct hl_urls_manifest *m = &list->pending;

	for (uint32_t i = 0; view && !list->wants_whole && i < m->n_deltas;
		i++) {
		if (m->delta[i].from == view->file.head.version) {
			return &m->delta[i];
		}
	}
	return NULL;
}

static void tell_wanted(struct hl_urls_list *list, struct hl_urls_wanted *out)
{
	const struct hl_urls_delta_ref *delta = delta_of(list);
	struct hl_urls_wanted told = {.size_of = out->size_of,
		.version = list->pending.version,
		.bytes = list->pending.list_bytes,
		.wait = list->pending.wait_s};

	if (delta) {
		told.is_delta = 1;
		told.from = delta->from;
		told.bytes = delta->bytes;
	}
	memcpy(out, &told,
		out->size_of < sizeof(told) ? out->size_of : sizeof(told));
}

static void tell_short(
	struct hl_urls_wanted *out, uint32_t wait, uint32_t root_first)
{
	struct hl_urls_wanted told = {.size_of = out->size_of,
		.wait = wait,
		.root_first = root_first};

	memcpy(out, &told,
		out->size_of < sizeof(told) ? out->size_of : sizeof(told));
}

static int look(struct hl_urls_list *list, struct hl_str bytes, int64_t now,
	struct hl_urls_wanted *out, struct hl_urls_error *err)
{
	const struct hl_urls_view *view = atomic_load(&list->view);
	struct hl_urls_judged judged;
	int rc = need_root(list, err);

	forget_pending(list);
	rc = rc ? rc
		: hl_urls_judge_manifest(
			  &list->known, bytes, now, &judged, err);
	if (rc < 0) {
		return rc;
	}
	if (rc == HL_URLS_NOTFOUND && view && !list->is_damaged) {
		tell_short(out, judged.manifest.wait_s, 0);
		return rc;
	}
	if (judged.root_first) {
		tell_short(out, judged.manifest.wait_s, 1);
		return 0;
	}
	hl_buf_put(&list->pending_text, bytes);
	if (list->pending_text.fault) {
		forget_pending(list);
		return hl_urls_fault_memory(err);
	}
	list->pending = judged.manifest;
	memcpy(list->pending_digest, judged.digest, HL_URLS_DIGEST);
	list->wants_whole = judged.is_reset || !view || list->is_damaged ||
			    judged.manifest.epoch != view->file.head.epoch ||
			    judged.manifest.tier != view->file.head.tier;
	tell_wanted(list, out);
	return 0;
}

int hl_urls_look(struct hl_urls_list *list, const void *manifest, size_t n,
	int64_t now, struct hl_urls_wanted *out, struct hl_urls_error *err)
{
	int rc = keeper(list, manifest, n, err);

	if (rc) {
		return rc;
	}
	if (!out || out->size_of < sizeof(out->size_of)) {
		return hl_urls_fault(err, HL_URLS_E_ARG, "no place to tell");
	}
	pthread_mutex_lock(&list->changing);
	rc = look(list, hl_str_mem(manifest, n), hl_urls_now(now), out, err);
	if (rc < 0) {
		rc = told(list, rc);
	} else if (rc == HL_URLS_NOTFOUND) {
		list->alarm = 0;
	}
	pthread_mutex_unlock(&list->changing);
	return rc;
}

int hl_urls_whole(struct hl_urls_list *list, struct hl_urls_wanted *out)
{
	int rc = keeper(list, NULL, 0, NULL);

	if (rc || !out || out->size_of < sizeof(out->size_of)) {
		return rc ? rc : HL_URLS_E_ARG;
	}
	pthread_mutex_lock(&list->changing);
	if (list->pending.version) {
		list->wants_whole = true;
		tell_wanted(list, out);
	} else {
		rc = HL_URLS_E_STATE;
	}
	pthread_mutex_unlock(&list->changing);
	return rc;
}

/* --- taking --- */

static int write_whole(struct hl_urls_list *list, struct hl_str bytes,
	struct hl_urls_out *out, struct hl_urls_error *err)
{
	struct hl_urls_file file;
	struct hl_err why = {0};
	int rc = 0;

	if (bytes.n != list->pending.list_bytes) {
		return hl_urls_fault(err, HL_URLS_E_FORGED,
			"list: has %zu bytes, not %llu as the manifest says",
			bytes.n, (unsigned long long)list->pending.list_bytes);
	}
	if (hl_urls_file_open(
		    &file, bytes.p, bytes.n, list->pending.list_root, &why)) {
		return hl_urls_fault_of(err, &why, "list");
	}
	if (!hl_urls_head_fits(&file.head, &list->pending)) {
		rc = hl_urls_fault(err, HL_URLS_E_FORGED,
			"list: header and manifest differ");
	} else if (hl_urls_file_check(&file, &why) ||
		   hl_urls_out_put(out, bytes.p, bytes.n, &why)) {
		rc = hl_urls_fault_of(err, &why, "list");
	}
	hl_urls_file_fini(&file);
	return rc;
}

static int write_merged(struct hl_urls_list *list, struct hl_str bytes,
	struct hl_urls_out *out, struct hl_urls_error *err)
{
	const struct hl_urls_delta_ref *ref = delta_of(list);
	struct hl_urls_view *view = atomic_load(&list->view);
	struct hl_urls_sink sink = {out, hl_urls_out_put};
	struct hl_urls_made made = {0};
	struct hl_err why = {0};
	uint8_t digest[HL_URLS_DIGEST];

	crypto_hash_sha256(digest, (const uint8_t *)bytes.p, bytes.n);
	if (bytes.n != ref->bytes ||
		memcmp(digest, ref->digest, sizeof(digest)) != 0) {
		return hl_urls_fault(err, HL_URLS_E_FORGED,
			"delta: is not the one that is signed");
	}
	if (hl_urls_delta_apply(
		    &view->file, bytes.p, bytes.n, &sink, &made, &why)) {
		return hl_urls_fault_of(err, &why, "delta");
	}
	if (made.bytes != list->pending.list_bytes ||
		memcmp(made.root, list->pending.list_root, HL_URLS_DIGEST)) {
		return hl_urls_fault(err, HL_URLS_E_FORGED,
			"delta: makes another list than the one that is "
			"signed");
	}
	return 0;
}

/* The new file, mapped, its structure checked; it is not on the disk yet. */
static int make_view(struct hl_urls_list *list, struct hl_str bytes,
	uint64_t name, struct hl_urls_out *out, struct hl_urls_view **view,
	struct hl_urls_error *err)
{
	struct hl_err why = {0};
	int rc = delta_of(list) ? write_merged(list, bytes, out, err)
				: write_whole(list, bytes, out, err);

	rc = rc ? rc
		: hl_urls_folder_map(list, name, &list->pending, view, err);
	if (rc) {
		return rc;
	}
	/* Its bytes were digested on their way into the file. */
	hl_urls_file_believe(&(*view)->file);
	if (hl_urls_file_check(&(*view)->file, &why)) {
		hl_urls_view_free(*view);
		return hl_urls_fault_of(err, &why, "list");
	}
	return 0;
}

static int next_known(struct hl_urls_list *list, struct hl_urls_known *known,
	uint64_t name, struct hl_urls_error *err)
{
	int rc = hl_urls_known_copy(&list->known, known, err);

	if (rc) {
		return rc;
	}
	known->serial = name;
	known->list = name;
	known->manifest = list->pending;
	known->under = known->root;
	memcpy(known->digest, list->pending_digest, HL_URLS_DIGEST);
	known->manifest_text.n = known->under_text.n = 0;
	hl_buf_put(&known->manifest_text, hl_buf_str(&list->pending_text));
	hl_buf_put(&known->under_text, hl_buf_str(&known->root_text));
	return known->manifest_text.fault || known->under_text.fault
		       ? hl_urls_fault_memory(err)
		       : 0;
}

/* Readers answer by the view while it is written down; by the one before if
 * that fails. */
static int put_in_place(struct hl_urls_list *list, struct hl_urls_view *view,
	struct hl_urls_known *known, struct hl_urls_out *out,
	struct hl_urls_error *err)
{
	struct hl_urls_view *before = hl_urls_view_swap(list, view);
	bool there = false;
	int rc = hl_urls_out_sync(out, err);

	rc = rc ? rc : hl_urls_folder_commit(list, known, &there, err);
	if (!there) {
		hl_urls_view_swap(list, before);
		hl_urls_view_retire(list, view);
		return rc;
	}
	hl_urls_out_close(out);
	list->is_damaged = false;
	hl_urls_view_retire(list, before);
	if (!rc) {
		hl_urls_folder_sweep(list->folder, list->known.list);
	}
	forget_pending(list);
	return rc;
}

static int take(struct hl_urls_list *list, struct hl_str bytes, int64_t now,
	struct hl_urls_error *err)
{
	uint64_t name = hl_urls_folder_serial(&list->known);
	struct hl_urls_out out = {.fd = -1};
	struct hl_urls_known known;
	struct hl_urls_view *view;
	int rc;

	if (!list->pending.version) {
		return hl_urls_fault(
			err, HL_URLS_E_STATE, "no manifest was looked at");
	}
	if (list->pending.expires <= now) {
		return hl_urls_fault(err, HL_URLS_E_FROZEN,
			"the manifest expired before its list came");
	}
	hl_urls_known_init(&known);
	rc = next_known(list, &known, name, err);
	rc = rc ? rc : hl_urls_out_open(&out, list->folder, name, err);
	rc = rc ? rc : make_view(list, bytes, name, &out, &view, err);
	rc = rc ? rc : put_in_place(list, view, &known, &out, err);
	hl_urls_known_fini(&known);
	hl_urls_out_drop(&out);
	return rc;
}

int hl_urls_take(struct hl_urls_list *list, const void *bytes, size_t n,
	int64_t now, struct hl_urls_error *err)
{
	int rc = keeper(list, bytes, n, err);

	if (rc) {
		return rc;
	}
	pthread_mutex_lock(&list->changing);
	rc = take(list, hl_str_mem(bytes, n), hl_urls_now(now), err);
	rc = told(list, rc);
	hl_urls_view_reclaim(list);
	pthread_mutex_unlock(&list->changing);
	return rc;
}
