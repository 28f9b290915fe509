/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/answer.h"
#include "store/sql.h"
#include "tally/record.h"

enum { IN_ONE = 250, CELL_MIN = 5 };
#define AHEAD_US (2 * HL_US_PER_HOUR)

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

static void put_total(struct hl_tx *tx, const struct hl_tally_record *rec,
	const uint8_t digest[32])
{
	hl_tx_lists_count_add(
		tx, &(struct hl_in_lists_count_add){
			    .consumer_id = (int64_t)rec->consumer,
			    .hour = rec->hour_us / HL_TALLY_HOUR_US,
			    .hits = (int64_t)rec->hits,
			    .clients = (int64_t)rec->clients,
			    .entries = (int64_t)rec->entries,
			    .failed = (int64_t)rec->failed,
			    .digest = hl_str_mem(digest, 32)});
}

static void put_entry(struct hl_tx *tx, const struct hl_tally_record *rec,
	const struct hl_tally_entry *entry)
{
	hl_tx_lists_count_entry_add(
		tx, &(struct hl_in_lists_count_entry_add){
			    .consumer_id = (int64_t)rec->consumer,
			    .hour = rec->hour_us / HL_TALLY_HOUR_US,
			    .entry_id = (int64_t)entry->id,
			    .hits = (int64_t)entry->hits,
			    .clients = (int64_t)entry->clients});
}

/* The digest goes with the first of the batches: after a fault between them no
 * other text is taken for this hour, and the same one again, as consumers send
 * it until it is taken, puts all its lines in their place. */
static int keep(struct hl_web_ctx *ctx, const struct hl_tally_record *rec,
	const uint8_t digest[32], bool is_new)
{
	size_t i = 0;
	int r = 0;

	while (!r && (is_new || i < rec->n_entry)) {
		struct hl_tx *tx =
			hl_tx_begin(hl_lists_of(ctx)->store, ctx->arena);
		size_t end =
			i + IN_ONE < rec->n_entry ? i + IN_ONE : rec->n_entry;

		if (is_new) {
			put_total(tx, rec, digest);
			is_new = false;
		}
		for (; i < end; i++) {
			put_entry(tx, rec, &rec->entry[i]);
		}
		r = hl_tx_run(tx, &ctx->err);
	}
	return r;
}

static int take(struct hl_web_ctx *ctx, const struct hl_tally_record *rec,
	struct hl_str text)
{
	struct hl_lists_app *app = hl_lists_of(ctx);
	uint8_t digest[HL_SEAL_SHA256_BYTES];

	hl_seal_sha256(text, digest);
	pthread_mutex_lock(&app->store_lock);
	int r = look_for(ctx, rec, digest);
	if (!r || r == HL_NOTFOUND) {
		r = keep(ctx, rec, digest, !r);
	}
	pthread_mutex_unlock(&app->store_lock);
	return r;
}

/* So large that nobody has it, and a sum of it over years is still a number:
 * what a consumer tells must not break the figures of all. */
static const char *too_large(const struct hl_tally_record *rec)
{
	const struct {
		uint64_t n;
		const char *at;
	} totals[] = {{rec->hits, "/hits"}, {rec->clients, "/clients"},
		{rec->entries, "/entries"}, {rec->failed, "/failed"}};
	uint64_t told = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(totals); i++) {
		if (totals[i].n > HL_TALLY_NUMBER_MAX) {
			return totals[i].at;
		}
	}
	for (size_t i = 0; i < rec->n_entry; i++) {
		if (rec->entry[i].hits > HL_TALLY_NUMBER_MAX - told) {
			return "/entry";
		}
		told += rec->entry[i].hits;
	}
	return NULL;
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
	/* Smaller numbers would tell of single people; and who is a client of
	 * an entry has hit it. A total may have clients of hours before. */
	for (size_t i = 0; i < rec->n_entry; i++) {
		if (rec->entry[i].clients < CELL_MIN ||
			rec->entry[i].clients > rec->entry[i].hits) {
			return "/entry";
		}
	}
	return rec->clients && rec->clients < CELL_MIN ? "/clients"
						       : too_large(rec);
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
