/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A draft's plain form is two lines: the report's JSON, then the contact's or
 * nothing. JSON has no line break of its own here, since line breaks in
 * strings are escaped. A draft that was sent holds the symbols of its receipt
 * instead, under another label.
 */
#include "intake/draft.h"

#include <sodium.h>

#include "base/time.h"
#include "intake/inner.h"
#include "seal/box.h"
#include "store/sql.h"

#define PLAIN_MAX (HL_INTAKE_JSON_MAX + 1024)
#define SEALED_MAX ((size_t)160 * 1024)

static const struct hl_seal_label answers_label = {
	.kind = "draft", .field = "answers", .schema = HL_REPORT_SCHEMA};
static const struct hl_seal_label receipt_label = {
	.kind = "draft", .field = "receipt", .schema = 1};

void hl_intake_draft_init(struct hl_intake_draft *draft)
{
	*draft = (struct hl_intake_draft){0};
	hl_seal_token_new(HL_SEAL_TOKEN_DRAFT, &draft->token);
}

void hl_intake_draft_wipe(struct hl_intake_draft *draft)
{
	sodium_memzero(draft, sizeof(*draft));
}

struct hl_str hl_intake_token_hash(
	const struct hl_intake_at *at, const struct hl_seal_token *token)
{
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];

	hl_seal_token_hash(token, hash);
	return hl_arena_dup(at->arena, hl_str_mem(hash, sizeof(hash)));
}

int hl_intake_size_check(const struct hl_report *report, struct hl_err *err)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(HL_INTAKE_JSON_MAX);

	hl_report_put_json(&plain, report);
	hl_report_put_contact_json(&plain, report);
	if (plain.fault) {
		return HL_FAIL(err, plain.fault, "the answers are too long");
	}
	return 0;
}

static int put_plain(struct hl_buf *plain, const struct hl_intake_draft *draft,
	struct hl_err *err)
{
	int r = hl_intake_size_check(&draft->report, err);

	hl_report_put_json(plain, &draft->report);
	hl_buf_put_c(plain, '\n');
	if (draft->report.contact.n) {
		hl_report_put_contact_json(plain, &draft->report);
	}
	if (!r && plain->fault) {
		return HL_FAIL(err, plain->fault, "a draft cannot be written");
	}
	return r;
}

/* Under the token's key, into the arena. */
static int seal_up(const struct hl_intake_at *at,
	const struct hl_seal_token *token, const struct hl_seal_label *label,
	struct hl_str plain, struct hl_str *out, struct hl_err *err)
{
	HL_SEAL_KEY_AUTO key;
	HL_BUF_AUTO sealed = HL_BUF_INIT(SEALED_MAX);

	hl_seal_token_key(token, &key);
	int r = hl_seal_sym(&key, label, plain, &sealed, err);
	if (r) {
		return r;
	}
	*out = hl_arena_dup(at->arena, hl_buf_str(&sealed));
	return out->p ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for a draft");
}

int hl_intake_receipt_seal(const struct hl_intake_at *at,
	const struct hl_seal_token *token,
	const struct hl_seal_receipt *receipt, struct hl_str *out,
	struct hl_err *err)
{
	return seal_up(at, token, &receipt_label,
		hl_str_mem(receipt->symbols, sizeof(receipt->symbols)), out,
		err);
}

static int parse_answers(const struct hl_intake_at *at, struct hl_str plain,
	struct hl_intake_draft *draft, struct hl_err *err)
{
	struct hl_str report, contact;

	if (!hl_str_next(&plain, '\n', &report) ||
		!hl_str_next(&plain, '\n', &contact) || plain.n) {
		return HL_FAIL(err, HL_E_CORRUPT, "a draft has no such form");
	}
	int r = hl_report_parse_json(at->arena, report, &draft->report, err);
	if (!r && contact.n) {
		r = hl_report_parse_json(
			at->arena, contact, &draft->report, err);
	}
	return r;
}

static int parse_receipt(
	struct hl_str plain, struct hl_intake_draft *draft, struct hl_err *err)
{
	if (plain.n != sizeof(draft->receipt.symbols)) {
		return HL_FAIL(err, HL_E_CORRUPT, "a draft's receipt is short");
	}
	memcpy(draft->receipt.symbols, plain.p, plain.n);
	return 0;
}

static int open_row(const struct hl_intake_at *at,
	const struct hl_row_draft_get *row, struct hl_intake_draft *draft,
	struct hl_err *err)
{
	HL_SEAL_KEY_AUTO key;
	HL_BUF_AUTO plain = HL_BUF_SECRET(PLAIN_MAX * 2);

	draft->version = row->version;
	draft->submitted = row->submitted != 0;
	draft->expires_at_us = row->expires_at_us;
	hl_seal_token_key(&draft->token, &key);
	int r = hl_seal_sym_open(&key,
		draft->submitted ? &receipt_label : &answers_label,
		row->answers_sealed, &plain, err);
	if (r) {
		return r;
	}
	return draft->submitted
		       ? parse_receipt(hl_buf_str(&plain), draft, err)
		       : parse_answers(at, hl_buf_str(&plain), draft, err);
}

int hl_intake_draft_read(const struct hl_intake_at *at,
	struct hl_intake_draft *draft, struct hl_err *err)
{
	struct hl_in_draft_get in = {
		.token_hash = hl_intake_token_hash(at, &draft->token),
		.now_us = hl_time_now_us()};
	struct hl_row_draft_get *rows;
	size_t n;

	draft->report = (struct hl_report){0};
	int r = hl_get_draft_get(at->store, at->arena, &in, &rows, &n, err);
	if (r) {
		return r;
	}
	return n ? open_row(at, &rows[0], draft, err) : HL_NOTFOUND;
}

int hl_intake_draft_load(const struct hl_intake_at *at, struct hl_str cookie,
	struct hl_intake_draft *draft, struct hl_err *err)
{
	*draft = (struct hl_intake_draft){0};
	if (hl_seal_token_parse(HL_SEAL_TOKEN_DRAFT, cookie, &draft->token)) {
		return HL_NOTFOUND;
	}
	return hl_intake_draft_read(at, draft, err);
}

static int insert(const struct hl_intake_at *at,
	const struct hl_intake_draft *draft, struct hl_str sealed,
	struct hl_err *err)
{
	return hl_do_draft_new(at->store, at->arena,
		&(struct hl_in_draft_new){
			.token_hash = hl_intake_token_hash(at, &draft->token),
			.submitted = 0,
			.answers_sealed = sealed,
			.expires_at_us = draft->expires_at_us},
		err);
}

static int update(const struct hl_intake_at *at,
	const struct hl_intake_draft *draft, struct hl_str sealed,
	struct hl_err *err)
{
	return hl_do_draft_save(at->store, at->arena,
		&(struct hl_in_draft_save){.submitted = 0,
			.answers_sealed = sealed,
			.expires_at_us = draft->expires_at_us,
			.token_hash = hl_intake_token_hash(at, &draft->token),
			.version = draft->version},
		err);
}

int hl_intake_draft_save(const struct hl_intake_at *at,
	struct hl_intake_draft *draft, struct hl_err *err)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(PLAIN_MAX);
	struct hl_str sealed;
	int r = put_plain(&plain, draft, err);

	if (!r) {
		r = seal_up(at, &draft->token, &answers_label,
			hl_buf_str(&plain), &sealed, err);
	}
	if (r) {
		return r;
	}
	draft->expires_at_us =
		hl_time_now_us() + hl_intake_draft_ttl_us(at->intake);
	r = draft->version ? update(at, draft, sealed, err)
			   : insert(at, draft, sealed, err);
	if (!r) {
		draft->version++;
	}
	return r;
}

int hl_intake_draft_keep(const struct hl_intake_at *at,
	struct hl_intake_draft *draft, struct hl_err *err)
{
	draft->expires_at_us =
		hl_time_now_us() + hl_intake_draft_ttl_us(at->intake);
	return hl_do_draft_keep(at->store, at->arena,
		&(struct hl_in_draft_keep){
			.expires_at_us = draft->expires_at_us,
			.token_hash = hl_intake_token_hash(at, &draft->token)},
		err);
}

int hl_intake_draft_drop(
	const struct hl_intake_at *at, struct hl_str cookie, struct hl_err *err)
{
	HL_SEAL_TOKEN_AUTO token;

	if (hl_seal_token_parse(HL_SEAL_TOKEN_DRAFT, cookie, &token)) {
		return 0;
	}
	return hl_do_draft_drop(at->store, at->arena,
		&(struct hl_in_draft_drop){hl_intake_token_hash(at, &token)},
		err);
}
