/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealing and storing a report. Everything is one batch, which either is on
 * the disk or never happened. A conflict has several causes (docs/intake.md);
 * settle() finds out which: either the report is already there, and then its
 * receipt is known, or nothing was stored and the next try has new ids and
 * fresh keys.
 */
#include "intake/submit.h"

#include <sodium.h>

#include "base/rand.h"
#include "base/time.h"
#include "domain/event.h"
#include "domain/state.h"
#include "intake/inner.h"
#include "seal/box.h"
#include "seal/sign.h"
#include "store/sql.h"

#define TRIES 5
#define SEALED_MAX ((size_t)160 * 1024)

/* One report on its way, over all tries. */
struct sending {
	const struct hl_report *report;
	enum hl_intake_channel channel;
	struct hl_intake_draft *draft; /* NULL: there is none */
	bool new_draft;                /* the draft is made by this batch */
};

/* What one try has made. */
struct made {
	int64_t id;
	struct hl_seal_receipt receipt;
	struct hl_intake_keys keys;
};

static int dup_to(const struct hl_intake_at *at, const struct hl_buf *from,
	struct hl_str *out, struct hl_err *err)
{
	*out = hl_arena_dup(at->arena, hl_buf_str(from));
	return out->p ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for a report");
}

static int seal_part(const struct hl_intake_at *at,
	const struct hl_seal_pub *to, const struct hl_seal_label *label,
	struct hl_str plain, struct hl_in_report_part_put *out,
	struct hl_err *err)
{
	HL_BUF_AUTO key = HL_BUF_INIT(4096);
	HL_BUF_AUTO body = HL_BUF_INIT(SEALED_MAX);
	int r = hl_seal_report(to, label, plain, &key, &body, err);

	if (!r) {
		r = dup_to(at, &key, &out->key_sealed, err);
	}
	return r ? r : dup_to(at, &body, &out->body_sealed, err);
}

static int add_body(const struct hl_intake_at *at, struct hl_tx *tx,
	const struct made *made, const struct hl_report *report,
	struct hl_err *err)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(HL_INTAKE_JSON_MAX);
	struct hl_seal_label label = HL_INTAKE_LABEL_BODY(made->id);
	struct hl_in_report_part_put in = {.report_id = made->id,
		.part = HL_INTAKE_PART_ANSWERS,
		.kind = HL_KEY_QUEUE,
		.epoch = made->keys.queue_epoch};

	hl_report_put_json(&plain, report);
	if (plain.fault) {
		return HL_FAIL(err, plain.fault, "the answers are too long");
	}
	int r = seal_part(
		at, &made->keys.queue, &label, hl_buf_str(&plain), &in, err);
	if (!r) {
		hl_tx_report_part_put(tx, &in);
	}
	return r;
}

static int add_contact(const struct hl_intake_at *at, struct hl_tx *tx,
	const struct made *made, const struct hl_report *report,
	struct hl_err *err)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(HL_INTAKE_JSON_MAX);
	struct hl_seal_label label = HL_INTAKE_LABEL_CONTACT(made->id);
	struct hl_in_report_part_put in = {.report_id = made->id,
		.part = HL_INTAKE_PART_CONTACT,
		.kind = HL_KEY_IDENTITY,
		.epoch = made->keys.identity_epoch};

	if (!report->contact.n) {
		return 0;
	}
	hl_report_put_contact_json(&plain, report);
	if (plain.fault) {
		return HL_FAIL(err, plain.fault, "the contact is too long");
	}
	int r = seal_part(
		at, &made->keys.identity, &label, hl_buf_str(&plain), &in, err);
	if (!r) {
		hl_tx_report_part_put(tx, &in);
	}
	return r;
}

static int add_report(const struct hl_intake_at *at, struct hl_tx *tx,
	const struct sending *sending, const struct made *made,
	struct hl_err *err)
{
	const struct hl_report *report = sending->report;
	uint8_t lookup[HL_SEAL_LOOKUP_BYTES];
	struct hl_seal_pub mailbox;

	hl_seal_receipt_lookup(&made->receipt, lookup);
	hl_seal_receipt_mailbox(&made->receipt, &mailbox, NULL);
	hl_tx_report_put(
		tx, &(struct hl_in_report_put){.id = made->id,
			    .lookup = hl_arena_dup(at->arena,
				    hl_str_mem(lookup, sizeof(lookup))),
			    .mailbox_key = hl_arena_dup(
				    at->arena, hl_seal_pub_str(&mailbox)),
			    .received_at_us = hl_time_now_us(),
			    .channel = sending->channel,
			    .danger = report->danger,
			    .place = report->place,
			    .has_contact = report->contact.n > 0,
			    .is_test = hl_intake_is_test(at->intake),
			    .sender = at->sender});
	int r = add_body(at, tx, made, report, err);
	return r ? r : add_contact(at, tx, made, report, err);
}

/* The draft keeps nothing but the receipt. */
static int add_draft(const struct hl_intake_at *at, struct hl_tx *tx,
	const struct sending *sending, const struct made *made,
	struct hl_err *err)
{
	const struct hl_intake_draft *draft = sending->draft;
	struct hl_str sealed;

	if (!draft) {
		return 0;
	}
	int r = hl_intake_receipt_seal(
		at, &draft->token, &made->receipt, &sealed, err);
	if (r) {
		return r;
	}
	struct hl_str hash = hl_intake_token_hash(at, &draft->token);
	if (sending->new_draft) {
		hl_tx_draft_new(
			tx, &(struct hl_in_draft_new){.token_hash = hash,
				    .submitted = 1,
				    .answers_sealed = sealed,
				    .expires_at_us = draft->expires_at_us});
	} else {
		hl_tx_draft_save(
			tx, &(struct hl_in_draft_save){.submitted = 1,
				    .answers_sealed = sealed,
				    .expires_at_us = draft->expires_at_us,
				    .token_hash = hash,
				    .version = draft->version});
	}
	return 0;
}

/* Outcomes of hl_tx_run(). */
static int try_once(const struct hl_intake_at *at,
	const struct sending *sending, const struct made *made,
	struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(at->store, at->arena);
	int r = add_report(at, tx, sending, made, err);

	if (!r) {
		r = add_draft(at, tx, sending, made, err);
	}
	if (r) {
		return r;
	}
	hl_tx_event(
		tx, &(struct hl_store_event){.kind = HL_EVENT_REPORT_RECEIVED,
			    .object_kind = HL_OBJECT_REPORT,
			    .object_id = made->id,
			    .b = hl_state_first(HL_MACHINE_REPORT)});
	return hl_tx_run(tx, err);
}

/* Is the report of this try there? HL_NOTFOUND: no. */
static int find_own(const struct hl_intake_at *at, const struct made *made,
	struct hl_err *err)
{
	uint8_t lookup[HL_SEAL_LOOKUP_BYTES];
	struct hl_row_report_by_lookup *rows;
	size_t n;

	hl_seal_receipt_lookup(&made->receipt, lookup);
	struct hl_in_report_by_lookup in = {hl_str_mem(lookup, sizeof(lookup))};
	int r = hl_get_report_by_lookup(
		at->store, at->arena, &in, &rows, &n, err);
	if (r) {
		return r;
	}
	return n && rows[0].id == made->id ? 0 : HL_NOTFOUND;
}

enum settled { SETTLED_AGAIN, SETTLED_SENT, SETTLED_NOTFOUND, SETTLED_CHANGED };

/* After a conflict: what is true now? A negative result is a fault. */
static int settle(const struct hl_intake_at *at, const struct sending *sending,
	struct made *made, struct hl_err *err)
{
	struct hl_intake_draft *draft = sending->draft;

	if (!draft) {
		int r = find_own(at, made, err);

		return r == 0 ? SETTLED_SENT : r < 0 ? r : SETTLED_AGAIN;
	}
	HL_INTAKE_DRAFT_AUTO now = {.token = draft->token};
	int r = hl_intake_draft_read(at, &now, err);
	if (r < 0) {
		return r;
	}
	if (r == 0 && now.submitted) {
		made->receipt = now.receipt;
		return SETTLED_SENT;
	}
	if (sending->new_draft) {
		return SETTLED_AGAIN;
	}
	if (r) {
		return SETTLED_NOTFOUND;
	}
	return now.version == draft->version ? SETTLED_AGAIN : SETTLED_CHANGED;
}

static int send_report(const struct hl_intake_at *at,
	const struct sending *sending, struct hl_seal_receipt *receipt,
	struct hl_err *err)
{
	struct made made = {0};
	int r = HL_CONFLICT, found = SETTLED_AGAIN;

	for (int i = 0; i < TRIES && found == SETTLED_AGAIN; i++) {
		r = hl_intake_keys(at, i > 0, &made.keys, err);
		if (r) {
			return r;
		}
		made.id = hl_rand_id();
		hl_seal_receipt_new(&made.receipt);
		r = try_once(at, sending, &made, err);
		if (r == HL_CONFLICT) {
			found = settle(at, sending, &made, err);
		} else {
			found = SETTLED_SENT;
		}
	}
	*receipt = made.receipt;
	hl_seal_receipt_wipe(&made.receipt);
	if (found < 0 || r < 0) {
		return found < 0 ? found : r;
	}
	switch ((enum settled)found) {
	case SETTLED_SENT:
		return r == HL_DENIED ? HL_FAIL(err, HL_E_INTERNAL,
						"the store refuses reports")
				      : 0;
	case SETTLED_NOTFOUND:
		return HL_NOTFOUND;
	case SETTLED_CHANGED:
		return HL_CONFLICT;
	case SETTLED_AGAIN:
	default:
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"the store met conflicts without end");
	}
}

int hl_intake_submit_draft(const struct hl_intake_at *at,
	struct hl_intake_draft *draft, struct hl_err *err)
{
	struct sending sending = {.report = &draft->report,
		.channel = HL_INTAKE_FORM,
		.draft = draft};

	if (draft->submitted) {
		return 0;
	}
	draft->expires_at_us =
		hl_time_now_us() + hl_intake_draft_ttl_us(at->intake);
	int r = send_report(at, &sending, &draft->receipt, err);
	draft->submitted = r == 0;
	return r;
}

/*
 * A token that follows from key and report. The report is part of it so that
 * a guessable key never shows anybody the receipt of another's report.
 */
static int repeat_token(const struct hl_report *report, struct hl_str key,
	struct hl_seal_token *token, struct hl_err *err)
{
	HL_BUF_AUTO all = HL_BUF_SECRET(HL_INTAKE_JSON_MAX + 1024);
	uint8_t digest[HL_SEAL_SHA256_BYTES];

	hl_report_put_json(&all, report);
	hl_report_put_contact_json(&all, report);
	if (all.fault || key.n > HL_INTAKE_REPEAT_KEY_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "the answers are too long");
	}
	hl_seal_sha256(hl_buf_str(&all), digest);
	token->kind = HL_SEAL_TOKEN_DRAFT;
	hl_seal_hkdf(&(struct hl_seal_hkdf){.ikm = key,
			     .salt = hl_str_mem(digest, sizeof(digest)),
			     .info = HL_STR("OpenHotline v1 idempotency")},
		token->b, sizeof(token->b));
	return 0;
}

int hl_intake_submit(const struct hl_intake_at *at,
	const struct hl_report *report, struct hl_str idempotency_key,
	struct hl_seal_receipt *receipt, struct hl_err *err)
{
	HL_INTAKE_DRAFT_AUTO memory = {
		.expires_at_us = hl_time_now_us() + HL_INTAKE_REPEAT_US};
	struct sending sending = {.report = report, .channel = HL_INTAKE_API};

	if (idempotency_key.p) {
		int r = repeat_token(
			report, idempotency_key, &memory.token, err);

		if (r) {
			return r;
		}
		sending.draft = &memory;
		sending.new_draft = true;
	}
	return send_report(at, &sending, receipt, err);
}
