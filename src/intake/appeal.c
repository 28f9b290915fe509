/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As submit.c, without a draft: the form is one page, and what makes sending
 * it twice harmless is the receipt, which follows from the form. The look-up
 * value is unique in the store, so that the second batch meets the first.
 */
#include "intake/appeal.h"

#include <sodium.h>

#include "base/json.h"
#include "base/rand.h"
#include "base/text.h"
#include "base/time.h"
#include "casefile/label.h"
#include "domain/event.h"
#include "intake/inner.h"
#include "seal/box.h"
#include "seal/sign.h"
#include "store/sql.h"

#define TRIES 5
#define SEALED_MAX ((size_t)160 * 1024)

static void put_member(struct hl_buf *out, const char *name, struct hl_str s)
{
	if (s.n) {
		hl_json_put_member(out, name, s);
	}
}

static int put_json(struct hl_buf *out, const struct hl_intake_appeal *appeal,
	struct hl_err *err)
{
	hl_buf_put_c(out, '{');
	put_member(out, "address", appeal->address);
	put_member(out, "words", appeal->words);
	put_member(out, "contact", appeal->contact);
	hl_buf_put_c(out, '}');
	return out->fault ? HL_FAIL(err, out->fault, "the appeal is too long")
			  : 0;
}

/* The text is part of it: the same form with other words is another appeal,
 * and a token that somebody saw leads to no receipt without the words. */
static void make_receipt(struct hl_str once, int64_t entry, struct hl_str json,
	struct hl_seal_receipt *receipt)
{
	uint8_t bytes[HL_SEAL_RECEIPT_SYMBOLS];
	char number[24];
	struct hl_seal_sha256 hash;
	uint8_t digest[HL_SEAL_SHA256_BYTES];

	if (!once.n) {
		hl_seal_receipt_new(receipt);
		return;
	}
	int n = snprintf(number, sizeof(number), "%lld\n", (long long)entry);
	hl_seal_sha256_init(&hash);
	hl_seal_sha256_add(&hash, hl_str_mem(number, (size_t)n));
	hl_seal_sha256_add(&hash, json);
	hl_seal_sha256_end(&hash, digest);
	hl_seal_hkdf(&(struct hl_seal_hkdf){.ikm = once,
			     .salt = hl_str_mem(digest, sizeof(digest)),
			     .info = HL_STR("OpenHotline v1 appeal")},
		bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		receipt->symbols[i] = hl_text_crockford[bytes[i] & 31];
	}
	sodium_memzero(bytes, sizeof(bytes));
}

static int seal(const struct hl_intake_at *at, const struct hl_intake_keys *k,
	struct hl_str json, struct hl_in_list_appeal_add *in,
	struct hl_err *err)
{
	HL_BUF_AUTO key = HL_BUF_INIT(4096);
	HL_BUF_AUTO body = HL_BUF_INIT(SEALED_MAX);
	struct hl_seal_label label = HL_LABEL_LIST_APPEAL(in->id);
	int r = hl_seal_report(&k->queue, &label, json, &key, &body, err);

	if (r) {
		return r;
	}
	in->kind = HL_KEY_QUEUE;
	in->epoch = k->queue_epoch;
	in->key_sealed = hl_arena_dup(at->arena, hl_buf_str(&key));
	in->body_sealed = hl_arena_dup(at->arena, hl_buf_str(&body));
	return in->key_sealed.p && in->body_sealed.p
		       ? 0
		       : HL_FAIL(err, HL_E_NOMEM, "no memory for an appeal");
}

static int try_once(const struct hl_intake_at *at,
	const struct hl_intake_keys *keys, struct hl_str json,
	struct hl_in_list_appeal_add *in, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(at->store, at->arena);
	int r;

	in->id = hl_rand_id();
	in->received_at_us = hl_time_now_us();
	r = seal(at, keys, json, in, err);
	if (r) {
		return r;
	}
	hl_tx_list_appeal_add(tx, in);
	hl_tx_event(
		tx, &(struct hl_store_event){.kind = HL_EVENT_APPEAL_RECEIVED,
			    .object_kind = HL_OBJECT_APPEAL,
			    .object_id = in->id,
			    .b = HL_LIST_APPEAL_OPEN});
	r = hl_tx_run(tx, err);
	return r == HL_DENIED ? HL_FAIL(err, HL_E_INTERNAL,
					"the store refuses appeals")
			      : r;
}

int hl_intake_appeal(const struct hl_intake_at *at,
	const struct hl_intake_appeal *appeal, struct hl_str once,
	struct hl_seal_receipt *receipt, struct hl_err *err)
{
	HL_BUF_AUTO json = HL_BUF_SECRET(HL_INTAKE_APPEAL_JSON_MAX);
	struct hl_intake_appeal_status there;
	struct hl_in_list_appeal_add in = {.entry_id = appeal->entry};
	struct hl_intake_keys keys;
	uint8_t lookup[HL_SEAL_LOOKUP_BYTES] = {0};
	int r = put_json(&json, appeal, err);

	if (r) {
		return r;
	}
	make_receipt(once, appeal->entry, hl_buf_str(&json), receipt);
	hl_seal_receipt_lookup(receipt, lookup);
	in.lookup = hl_str_mem(lookup, sizeof(lookup));
	r = HL_CONFLICT;
	for (int i = 0; i < TRIES && r == HL_CONFLICT; i++) {
		/* Appeals are rare: the keys are always those of now. */
		r = hl_intake_keys(at, true, &keys, err);
		r = r ? r : try_once(at, &keys, hl_buf_str(&json), &in, err);
		if (r == HL_CONFLICT &&
			!hl_intake_appeal_status(at, receipt, &there, err)) {
			r = 0; /* sent before */
		}
	}
	return r == HL_CONFLICT ? HL_FAIL(err, HL_E_UNAVAILABLE,
					  "the store met conflicts without end")
				: r;
}

static int64_t day_of(int64_t at_us)
{
	return at_us - at_us % HL_US_PER_DAY;
}

int hl_intake_appeal_status(const struct hl_intake_at *at,
	const struct hl_seal_receipt *receipt,
	struct hl_intake_appeal_status *out, struct hl_err *err)
{
	uint8_t lookup[HL_SEAL_LOOKUP_BYTES] = {0};
	struct hl_in_list_appeal_status in = {
		hl_str_mem(lookup, sizeof(lookup))};
	struct hl_row_list_appeal_status *rows;
	size_t n;

	hl_seal_receipt_lookup(receipt, lookup);
	int r = hl_get_list_appeal_status(
		at->store, at->arena, &in, &rows, &n, err);
	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	*out = (struct hl_intake_appeal_status){
		.received_day_us = day_of(rows[0].received_at_us),
		.decided_day_us = day_of(rows[0].decided_at_us),
		.state = (enum hl_list_appeal_state)rows[0].state,
		.why = (enum hl_list_appeal_why)rows[0].why};
	return 0;
}
