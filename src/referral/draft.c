/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/draft.h"

#include "base/rand.h"
#include "base/time.h"
#include "base/utf8.h"
#include "referral/bundle.h"
#include "referral/pack.h"
#include "seal/token.h"

/*
 * What officers do with a referral: docs/referral.md, "A referral's life".
 * Reading again within this span leaves no second event.
 */
#define READ_US (5 * HL_US_PER_MIN)

static bool has_key(const struct hl_who *who)
{
	return who->ring->queue.n > 0;
}

/* The recipient of a new referral. Analysts, who may not list recipients,
 * may draft to one that was proposed to them. */
static int find_recipient(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	struct hl_referral_recipient *out, enum hl_referral_why *why,
	struct hl_err *err)
{
	struct hl_in_recipient_list in = {.id = id ? id : -1};
	struct hl_row_recipient_list *row;
	size_t n;
	int r = hl_get_recipient_list(
		who->store, who->arena, &in, &row, &n, err);

	if (r) {
		return r;
	}
	if (!n || row->state != HL_CONTACT_APPROVED) {
		return hl_referral_refuse(why, HL_REFERRAL_CONTACT);
	}
	*out = hl_referral_recipient_row(row);
	/* the notice names its sender, also where a program reads it */
	return out->channel == HL_REFERRAL_BY_MAIL &&
			       !hl_referral_mail_plain(
				       hl_str_c(desk->settings->mail_from))
		       ? hl_referral_refuse(why, HL_REFERRAL_NO_SENDER)
		       : 0;
}

/* Of case, cycle, recipient and how many were closed before: a second click
 * makes the same one, which the store refuses. */
static int name_of(const struct hl_who *who, const struct hl_casefile *c,
	int64_t recipient_id, struct hl_str *out, struct hl_err *err)
{
	struct hl_in_referral_count in = {c->id, recipient_id};
	struct hl_row_referral_count *row;
	uint8_t *hash = hl_arena_alloc(who->arena, HL_SEAL_SHA256_BYTES);
	size_t n;
	int r = hl_get_referral_count(
		who->store, who->arena, &in, &row, &n, err);

	if (r) {
		return r;
	}
	struct hl_str text =
		hl_arena_printf(who->arena, "referral/%lld/%lld/%lld/%lld",
			(long long)c->id, (long long)c->now.reopened,
			(long long)recipient_id, (long long)row->n_closed);
	if (!hash || !text.p) {
		return HL_FAIL(err, HL_E_NOMEM, "a referral's name");
	}
	hl_seal_sha256(text, hash);
	*out = hl_str_mem(hash, HL_SEAL_SHA256_BYTES);
	return 0;
}

static int seal_pack(const struct hl_who *who,
	const struct hl_referral_pack *pack, struct hl_in_referral_add *in,
	enum hl_referral_why *why, struct hl_err *err)
{
	HL_BUF_AUTO bytes = HL_BUF_SECRET(HL_REFERRAL_PACK_MAX);
	struct hl_seal_label label = HL_LABEL_REFERRAL(in->id);
	struct hl_casefile_keys keys;
	int r = hl_casefile_keys(who->store, who->arena, &keys, err);

	hl_referral_pack_put(&bytes, pack);
	if (bytes.fault == HL_E_LIMIT) {
		return hl_referral_refuse(why, HL_REFERRAL_TOO_LARGE);
	}
	in->epoch = keys.queue_epoch;
	return r ? r
		 : hl_casefile_seal(who->arena, &keys.queue, &label,
			   hl_buf_str(&bytes), &in->document_sealed, err);
}

static int store_draft(const struct hl_referral_build *b,
	const struct hl_referral_pack *pack, enum hl_referral_why *why,
	struct hl_err *err)
{
	const struct hl_who *who = b->who;
	struct hl_in_referral_add in = {.id = b->id,
		.case_id = b->c->id,
		.item_id = b->c->item_id,
		.recipient_id = b->recipient->id,
		.kind = b->recipient->kind,
		.channel = b->recipient->channel,
		.state = HL_REFERRAL_DRAFT,
		.is_test = !b->desk->settings->mail_production ||
			   b->c->now.is_test,
		.created_by = who->actor.user_id,
		.created_at_us = b->now_us};
	int r = name_of(who, b->c, b->recipient->id, &in.idempotency, err);

	r = r ? r : seal_pack(who, pack, &in, why, err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_referral_add(tx, &in);
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_REFERRAL_DRAFTED, in.id,
		in.kind, in.case_id);
	if (pack->report_id) {
		/* a = 1: opened by the program, for the spelling alone */
		hl_tx_happened(tx, who->actor.user_id, HL_EVENT_REPORT_READ,
			pack->report_id, 1, in.case_id);
	}
	r = hl_tx_run(tx, err);
	return r == HL_CONFLICT ? hl_referral_refuse(why, HL_REFERRAL_EXISTS)
				: r;
}

int hl_referral_draft(const struct hl_who *who,
	const struct hl_referral_desk *desk,
	const struct hl_referral_draft_input *in, int64_t *id,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_casefile c;
	struct hl_referral_recipient recipient;
	struct hl_referral_pack pack;
	struct hl_referral_build b = {.who = who,
		.desk = desk,
		.c = &c,
		.recipient = &recipient,
		.id = hl_rand_id(),
		.note = hl_str_trim(in->note),
		.now_us = hl_time_now_us()};
	int r = hl_casefile_load(who->store, who->arena, in->case_id, &c, err);

	if (r < 0) {
		return r;
	}
	struct hl_authz_object o = hl_casefile_object(r ? NULL : &c, b.now_us);
	r = hl_referral_check(who, HL_AUTHZ_REFERRAL_DRAFT, &o, why);
	if (!r && !has_key(who)) {
		r = hl_referral_refuse(why, HL_REFERRAL_NO_KEY);
	}
	if (!r &&
		(!hl_utf8_valid(b.note) ||
			hl_utf8_count(b.note) > HL_REFERRAL_DRAFT_NOTE_CHARS)) {
		return HL_FAIL(err, HL_E_INVALID, "the note is too long");
	}
	r = r ? r
	      : find_recipient(
			who, desk, in->recipient_id, &recipient, why, err);
	r = r ? r : hl_referral_build(&b, &pack, why, err);
	r = r ? r : store_draft(&b, &pack, why, err);
	*id = r ? 0 : b.id;
	return r;
}

static int check_read(const struct hl_who *who, int64_t id,
	struct hl_referral_record *f, enum hl_referral_why *why,
	struct hl_err *err)
{
	int r = hl_referral_record_load(who->store, who->arena, id, f, err);

	if (r < 0) {
		return r;
	}
	struct hl_authz_object o =
		hl_referral_record_object(r ? NULL : f, hl_time_now_us());
	r = hl_referral_check(who, HL_AUTHZ_REFERRAL_READ, &o, why);
	return r ? HL_NOTFOUND : 0;
}

static int note_read(const struct hl_who *who, int64_t id, struct hl_err *err)
{
	struct hl_in_referral_read_since in = {
		id, who->actor.user_id, hl_time_now_us() - READ_US};
	struct hl_row_referral_read_since *row;
	size_t n;
	int r = hl_get_referral_read_since(
		who->store, who->arena, &in, &row, &n, err);

	if (r || row->n) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_happened(
		tx, who->actor.user_id, HL_EVENT_REFERRAL_READ, id, 0, 0);
	return hl_tx_run(tx, err);
}

int hl_referral_preview(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	struct hl_referral_preview *out, enum hl_referral_why *why,
	struct hl_err *err)
{
	struct hl_referral_record f;
	struct hl_referral_pack p;
	int r = check_read(who, id, &f, why, err);

	/* the entry is in the log before the words are on the page */
	r = r ? r : note_read(who, id, err);
	r = r ? r : hl_referral_pack_open(who, id, &p, why, err);
	if (r) {
		return r;
	}
	*out = (struct hl_referral_preview){.html = p.html,
		.text = p.text,
		.json = p.json,
		.subject = p.subject,
		.mail = p.mail,
		.xarf = p.xarf.n ? p.xarf : HL_STR_NONE,
		.from = hl_str_c(desk->settings->mail_from),
		.to = f.now.mail};
	return 0;
}
