/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/answer.h"
#include "store/sql.h"
#include "tally/record.h"

enum { IN_ONE = 250, CELL_MIN = 5 };
#define AHEAD_US (2 * HL_US_PER_HOUR)

static int64_t number(uint64_t v)
{
	return v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

/* 0: it is new; HL_CONFLICT: another text was taken; HL_NOTFOUND: the same. */
static int look_for(struct hl_web_ctx *ctx, const struct hl_tally_record *rec,
	const uint8_t digest[32])
{
	const struct hl_in_lists_count_digest in = {
		.consumer_id = (int64_t)rec->consumer,
		.hour = rec->hour_us / HL_TALLY_HOUR_US};
	struct hl_row_lists_count_digest *row;
	size_t n;
	int r = hl_get_lists_count_digest(
		hl_lists_of(ctx)->store, ctx->arena, &in, &row, &n, &ctx->err);

	if (r || !n) {
		return r;
	}
	return hl_str_eq(row->digest, hl_str_mem(digest, 32)) ? HL_NOTFOUND
							      : HL_CONFLICT;
}

/* The entries in batches before the row that says that the hour was taken: an
 * hour whose row is missing is taken anew, over the same numbers. */
static int keep(struct hl_web_ctx *ctx, const struct hl_tally_record *rec,
	const uint8_t digest[32])
{
	struct hl_store *store = hl_lists_of(ctx)->store;
	const int64_t hour = rec->hour_us / HL_TALLY_HOUR_US;
	size_t i = 0;

	for (;;) {
		struct hl_tx *tx = hl_tx_begin(store, ctx->arena);
		size_t end =
			i + IN_ONE < rec->n_entry ? i + IN_ONE : rec->n_entry;

		for (; i < end; i++) {
			hl_tx_lists_count_entry_add(tx,
				&(struct hl_in_lists_count_entry_add){
					.consumer_id = (int64_t)rec->consumer,
					.hour = hour,
					.entry_id = (int64_t)rec->entry[i].id,
					.hits = number(rec->entry[i].hits),
					.clients =
						number(rec->entry[i].clients)});
		}
		if (i == rec->n_entry) {
			hl_tx_lists_count_add(tx,
				&(struct hl_in_lists_count_add){
					.consumer_id = (int64_t)rec->consumer,
					.hour = hour,
					.hits = number(rec->hits),
					.clients = number(rec->clients),
					.entries = number(rec->entries),
					.failed = number(rec->failed),
					.digest = hl_str_mem(digest, 32)});
			return hl_tx_run(tx, &ctx->err);
		}
		int r = hl_tx_run(tx, &ctx->err);
		if (r) {
			return r;
		}
	}
}

static int take(struct hl_web_ctx *ctx, const struct hl_tally_record *rec,
	struct hl_str text)
{
	struct hl_lists_app *app = hl_lists_of(ctx);
	uint8_t digest[HL_SEAL_SHA256_BYTES];

	hl_seal_sha256(text, digest);
	pthread_mutex_lock(&app->store_lock);
	int r = look_for(ctx, rec, digest);
	if (!r) {
		r = keep(ctx, rec, digest);
	}
	pthread_mutex_unlock(&app->store_lock);
	return r == HL_NOTFOUND ? 0 : r;
}

static const char *wrong(
	const struct hl_web_ctx *ctx, const struct hl_tally_record *rec)
{
	const struct hl_lists_asking *asking = hl_lists_asking(ctx);

	if (memcmp(rec->hotline, asking->view->hotline, sizeof(rec->hotline)) !=
		0) {
		return "/hotline";
	}
	if (rec->consumer != asking->seat->who.id) {
		return "/consumer";
	}
	if (rec->hour_us > ctx->now_us + AHEAD_US ||
		rec->hour_us < ctx->now_us - HL_TALLY_OLDEST_US) {
		return "/hour";
	}
	/* smaller numbers would tell of single people */
	for (size_t i = 0; i < rec->n_entry; i++) {
		if (rec->entry[i].clients < CELL_MIN) {
			return "/entry";
		}
	}
	return rec->clients && rec->clients < CELL_MIN ? "/clients" : NULL;
}

int hl_lists_counters_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_lists_seat *seat = hl_lists_asking(ctx)->seat;
	struct hl_tally_record rec;
	const char *at = "/signature";

	if (!seat->who.has_sign_key) {
		return HL_LISTS_REFUSE(ctx, resp, 400, "malformed",
			"The hotline has no key of yours for counters.", at, 0);
	}
	int r = hl_tally_read(
		req->body, seat->who.sign_key, ctx->arena, &rec, &ctx->err);
	if (r && r != HL_E_INVALID && r != HL_E_LIMIT && r != HL_DENIED) {
		return r;
	}
	if (r != HL_DENIED) {
		at = r ? "/" : wrong(ctx, &rec);
	}
	if (r || at) {
		return HL_LISTS_REFUSE(ctx, resp, 400, "malformed",
			"The counters break their form.", at, 0);
	}
	r = take(ctx, &rec, req->body);
	if (r == HL_CONFLICT) {
		return HL_LISTS_REFUSE(ctx, resp, 409, "counted",
			"Counters of this hour were taken already.", NULL, 0);
	}
	if (!r) {
		hl_web_respond(resp, 204, "text/plain");
	}
	return r;
}
