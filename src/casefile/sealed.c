/* SPDX-License-Identifier: Apache-2.0 */
#include "casefile/sealed.h"

#include "store/sql.h"

#define PLAIN_MAX ((size_t)4 * 1024 * 1024)

static int take(const struct hl_row_casefile_keys *row,
	struct hl_casefile_keys *out, struct hl_err *err)
{
	struct hl_seal_pub *pub = &out->worker;
	int64_t *epoch = &out->worker_epoch;

	if (row->kind == HL_KEY_QUEUE) {
		pub = &out->queue;
		epoch = &out->queue_epoch;
	} else if (row->kind == HL_KEY_IDENTITY) {
		pub = &out->identity;
		epoch = &out->identity_epoch;
	}
	*epoch = row->epoch;
	return hl_seal_pub_from(row->public_key, pub)
		       ? HL_FAIL(err, HL_E_CORRUPT, "public key %lld/%lld",
				 (long long)row->kind, (long long)row->epoch)
		       : 0;
}

int hl_casefile_keys(struct hl_store *store, struct hl_arena *arena,
	struct hl_casefile_keys *out, struct hl_err *err)
{
	struct hl_row_casefile_keys *rows;
	size_t n;
	int r = hl_get_casefile_keys(store, arena, &rows, &n, err);

	*out = (struct hl_casefile_keys){0};
	for (size_t i = 0; i < n && !r; i++) {
		r = take(&rows[i], out, err);
	}
	if (!r && !out->queue_epoch) {
		r = HL_FAIL(err, HL_E_UNAVAILABLE, "there is no queue key");
	}
	return r;
}

int hl_casefile_seal(struct hl_arena *arena, const struct hl_seal_pub *to,
	const struct hl_seal_label *label, struct hl_str plain,
	struct hl_str *out, struct hl_err *err)
{
	HL_BUF_AUTO sealed = HL_BUF_INIT(2 * PLAIN_MAX);
	int r = hl_seal_to(to, label, plain, &sealed, err);

	if (r) {
		return r;
	}
	*out = hl_arena_dup(arena, hl_buf_str(&sealed));
	return out->p ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for a seal");
}

int hl_casefile_open(const struct hl_who *who, int64_t epoch,
	const struct hl_seal_label *label, struct hl_str sealed,
	struct hl_str *out, struct hl_err *err)
{
	const struct hl_seal_secret *secret =
		hl_seal_ring_find(&who->ring->queue, epoch);
	HL_BUF_AUTO plain = HL_BUF_SECRET(2 * PLAIN_MAX);

	*out = HL_STR_NONE;
	if (!sealed.n) {
		return 0;
	}
	if (!secret) {
		HL_FAIL(err, HL_DENIED, "no queue key of epoch %lld",
			(long long)epoch);
		return HL_DENIED;
	}
	int r = hl_seal_open(secret, label, sealed, &plain, err);
	if (r) {
		return r;
	}
	*out = hl_arena_dup(who->arena, hl_buf_str(&plain));
	return out->p ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory to open");
}

static int seal_again(const struct hl_who *who, int64_t item_id,
	const struct hl_row_casefile_url *url, struct hl_str *out,
	struct hl_err *err)
{
	struct hl_seal_label label = HL_LABEL_ITEM_URL(item_id);
	struct hl_seal_label to = HL_LABEL_ITEM_URL_WORKER(item_id);
	struct hl_casefile_keys keys;
	struct hl_str plain;
	int r = hl_casefile_open(
		who, url->epoch, &label, url->url_sealed, &plain, err);

	if (!r) {
		r = hl_casefile_keys(who->store, who->arena, &keys, err);
	}
	if (!r && !keys.worker_epoch) {
		return HL_NOTFOUND;
	}
	return r ? r
		 : hl_casefile_seal(
			   who->arena, &keys.worker, &to, plain, out, err);
}

int hl_casefile_share_url(const struct hl_who *who, int64_t item_id,
	struct hl_str *out, struct hl_err *err)
{
	struct hl_in_casefile_url in = {item_id};
	struct hl_row_casefile_url *url;
	size_t n;
	int r = hl_get_casefile_url(who->store, who->arena, &in, &url, &n, err);

	*out = HL_STR_NONE;
	if (r || !n || !url->url_sealed.n) {
		return r ? r : HL_NOTFOUND;
	}
	*out = url->worker_sealed;
	return out->n ? 0 : seal_again(who, item_id, url, out, err);
}

bool hl_casefile_unreadable(int r)
{
	return r == HL_DENIED || r == HL_NOTFOUND || r == HL_E_CRYPTO ||
	       r == HL_E_CORRUPT;
}
