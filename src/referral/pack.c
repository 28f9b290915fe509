/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/pack.h"

#include "referral/bundle.h"
#include "referral/header.h"
#include "referral/mail.h"
#include "base/rand.h"
#include "base/text.h"
#include "seal/token.h"

/*
 * A pack is "HLP1", the lengths of its six parts (32 bits, little end
 * first) and the parts. The worker's message is "from LF to LF" and the
 * bytes of the mail.
 */
enum { PARTS = 6, HEAD = 4 + 4 * PARTS };
static const char magic[4] = {'H', 'L', 'P', '1'};

_Static_assert(sizeof(HL_REFERRAL_NO_TOKEN) - 1 == 27, "a token's length");

/* One batch holds it with the rest, padded to the next power of two. */
#define MAIL_MAX ((size_t)HL_REFERRAL_PACK_MAX)

static void parts_of(
	const struct hl_referral_pack *p, const struct hl_str *parts[PARTS])
{
	const struct hl_str *all[PARTS] = {
		&p->json, &p->html, &p->text, &p->subject, &p->mail, &p->xarf};

	memcpy(parts, all, sizeof(all));
}

void hl_referral_pack_put(struct hl_buf *out, const struct hl_referral_pack *p)
{
	const struct hl_str *parts[PARTS];

	parts_of(p, parts);
	hl_buf_put_mem(out, magic, sizeof(magic));
	for (int i = 0; i < PARTS; i++) {
		for (unsigned shift = 0; shift < 32; shift += 8) {
			hl_buf_put_c(out, (char)(parts[i]->n >> shift & 0xff));
		}
	}
	for (int i = 0; i < PARTS; i++) {
		hl_buf_put(out, *parts[i]);
	}
}

int hl_referral_pack_read(
	struct hl_str bytes, struct hl_referral_pack *out, struct hl_err *err)
{
	struct hl_str part[PARTS];
	size_t at = HEAD;

	if (bytes.n < HEAD || memcmp(bytes.p, magic, sizeof(magic)) != 0) {
		return HL_FAIL(err, HL_E_CORRUPT, "no pack");
	}
	for (int i = 0; i < PARTS; i++) {
		size_t n = 0;

		for (size_t k = 4; k > 0; k--) {
			n = n << 8 |
			    (unsigned char)bytes.p[4 + 4 * (size_t)i + k - 1];
		}
		if (n > bytes.n - at) {
			return HL_FAIL(err, HL_E_CORRUPT, "a pack is short");
		}
		part[i] = hl_str_sub(bytes, at, n);
		at += n;
	}
	*out = (struct hl_referral_pack){
		part[0], part[1], part[2], part[3], part[4], part[5], 0};
	return at == bytes.n ? 0
			     : HL_FAIL(err, HL_E_CORRUPT, "a pack is too long");
}

int hl_referral_pack_open(const struct hl_who *who, int64_t id,
	struct hl_referral_pack *out, enum hl_referral_why *why,
	struct hl_err *err)
{
	struct hl_in_referral_document in = {id};
	struct hl_seal_label label = HL_LABEL_REFERRAL(id);
	struct hl_row_referral_document *row;
	struct hl_str plain;
	size_t n;
	int r = hl_get_referral_document(
		who->store, who->arena, &in, &row, &n, err);

	if (r || !n || !row->document_sealed.n) {
		return r ? r : hl_referral_refuse(why, HL_REFERRAL_NO_ADDRESS);
	}
	r = hl_casefile_open(
		who, row->epoch, &label, row->document_sealed, &plain, err);
	if (r == HL_DENIED) {
		return hl_referral_refuse(why, HL_REFERRAL_NO_KEY);
	}
	return r ? r : hl_referral_pack_read(plain, out, err);
}

static int fill(struct hl_str part, struct hl_str token, struct hl_arena *arena,
	struct hl_str *out)
{
	static const struct hl_str mark = HL_STR_INIT(HL_REFERRAL_NO_TOKEN);
	char *copy = hl_arena_alloc(arena, part.n + 1);
	size_t at = 0;

	if (!copy) {
		return HL_E_NOMEM;
	}
	if (part.n) {
		memcpy(copy, part.p, part.n);
	}
	while (at < part.n) {
		at += hl_str_find(hl_str_sub(part, at, part.n), mark);
		if (at < part.n) {
			memcpy(copy + at, token.p, token.n);
			at += token.n;
		}
	}
	*out = hl_str_mem(copy, part.n);
	return 0;
}

int hl_referral_pack_fill(const struct hl_referral_pack *p, struct hl_str token,
	struct hl_arena *arena, struct hl_referral_pack *out,
	struct hl_err *err)
{
	int r = 0;

	if (token.n != sizeof(HL_REFERRAL_NO_TOKEN) - 1) {
		return HL_FAIL(err, HL_E_INTERNAL, "a token of %zu", token.n);
	}
	*out = *p;
	r = r ? r : fill(p->json, token, arena, &out->json);
	r = r ? r : fill(p->html, token, arena, &out->html);
	r = r ? r : fill(p->text, token, arena, &out->text);
	r = r ? r : fill(p->mail, token, arena, &out->mail);
	r = r ? r : fill(p->xarf, token, arena, &out->xarf);
	return r ? HL_FAIL(err, r, "a referral's parts") : 0;
}

int hl_referral_pack_bundle(const struct hl_referral_pack *p,
	const struct hl_referral_record *f, const struct hl_referral_desk *desk,
	struct hl_buf *out, struct hl_err *err)
{
	char ref[HL_REF_MAX], case_ref[HL_REF_MAX];
	struct hl_referral_bundle b = {
		.ref = hl_ref_print(HL_REF_REFERRAL, f->now.id, ref),
		.case_ref = hl_ref_print(HL_REF_CASE, f->now.case_id, case_ref),
		.hotline = hl_str_c(desk->settings->service_name),
		.test = f->now.is_test != 0,
		.created_at_us = f->now.created_at_us,
		.parts = {p->json, p->html, p->text}};

	return hl_referral_bundle_write(&b, desk->bundle_key, out, err);
}

/* The police get the bundle, everybody else the XARF document. */
static int attach(const struct hl_referral_job *job,
	const struct hl_referral_pack *p, struct hl_buf *data,
	struct hl_referral_attachment *file, struct hl_err *err)
{
	char ref[HL_REF_MAX];

	if (job->f.now.kind != HL_RECIPIENT_POLICE) {
		*file = (struct hl_referral_attachment){
			HL_STR("xarf.json"), "application/json", p->xarf};
		return 0;
	}
	int r = hl_referral_pack_bundle(p, &job->f, job->desk, data, err);

	file->name = hl_arena_printf(job->who->arena, "%.*s.zip",
		HL_STR_ARG(hl_ref_print(HL_REF_REFERRAL, job->f.now.id, ref)));
	file->type = "application/zip";
	file->data = hl_buf_str(data);
	return r;
}

static int build_mail(const struct hl_referral_job *job,
	const struct hl_referral_pack *p, bool reminder, struct hl_buf *out,
	struct hl_err *err)
{
	const struct hl_settings *s = job->desk->settings;
	const struct hl_row_referral_get *f = &job->f.now;
	struct hl_arena *arena = job->who->arena;
	HL_BUF_AUTO data = HL_BUF_SECRET(MAIL_MAX);
	struct hl_referral_attachment file = {0};
	uint8_t key[16];
	char ref[HL_REF_MAX];
	int r = attach(job, p, &data, &file, err);

	if (r) {
		return r;
	}
	hl_rand_bytes(key, sizeof(key));
	struct hl_referral_mail m = {.from_name = hl_str_c(s->service_name),
		.from = hl_str_c(s->mail_from),
		.to_name = f->name,
		.to = f->mail,
		.reply_to = hl_str_c(s->operator_mail),
		.subject = reminder ? hl_arena_printf(arena, "Reminder: %.*s",
					      HL_STR_ARG(p->subject))
				    : p->subject,
		.ref = hl_ref_print(HL_REF_REFERRAL, f->id, ref),
		.idempotency_key = hl_str_mem(key, sizeof(key)),
		.at_us = job->now_us,
		.test = f->is_test != 0,
		.text = p->mail,
		.attachments = &file,
		.n_attachments = file.data.n ? 1 : 0};
	if (!hl_referral_address_ok(m.reply_to)) {
		m.reply_to = HL_STR_NONE;
	}
	hl_buf_printf(out, "%s\n%.*s\n", s->mail_from, HL_STR_ARG(f->mail));
	return hl_referral_mail_build(&m, out, err);
}

static int ready(const struct hl_referral_job *job)
{
	const struct hl_row_referral_get *f = &job->f.now;

	if (f->contact != HL_CONTACT_APPROVED) {
		return HL_REFERRAL_CONTACT;
	}
	if (!hl_referral_address_ok(f->mail)) {
		return HL_REFERRAL_NO_MAIL;
	}
	if (!hl_referral_address_ok(hl_str_c(job->desk->settings->mail_from))) {
		return HL_REFERRAL_NO_SENDER;
	}
	return f->kind == HL_RECIPIENT_POLICE && !job->desk->bundle_key
		       ? HL_REFERRAL_NO_BUNDLE
		       : 0;
}

static int seal_mail(struct hl_referral_job *job, struct hl_str plain,
	const struct hl_seal_token *token, struct hl_err *err)
{
	struct hl_seal_label label = HL_LABEL_REFERRAL_MAIL(job->f.now.id);
	struct hl_casefile_keys keys;
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];
	const struct hl_row_referral_get *f = &job->f.now;
	struct hl_in_referral_seal in = {
		.has_link = f->state == HL_REFERRAL_SENT ||
			    f->state == HL_REFERRAL_ACKED,
		.id = f->id};
	int r = hl_casefile_keys(job->who->store, job->who->arena, &keys, err);

	if (!r && !keys.worker_epoch) {
		return hl_referral_refuse(job->why, HL_REFERRAL_NO_WORKER);
	}
	if (!r) {
		r = hl_casefile_seal(job->who->arena, &keys.worker, &label,
			plain, &in.worker_sealed, err);
	}
	hl_seal_token_hash(token, hash);
	in.answer_hash = hl_str_mem(hash, sizeof(hash));
	if (!r) {
		hl_tx_referral_seal(job->tx, &in); /* copies */
	}
	return r;
}

int hl_referral_pack_send(
	struct hl_referral_job *job, bool reminder, struct hl_err *err)
{
	HL_SEAL_TOKEN_AUTO token;
	char text[HL_SEAL_TOKEN_TEXT];
	struct hl_referral_pack sealed, filled;
	HL_BUF_AUTO mail = HL_BUF_SECRET(MAIL_MAX);
	int w = ready(job);
	int r;

	if (w) {
		return hl_referral_refuse(job->why, (enum hl_referral_why)w);
	}
	r = hl_referral_pack_open(
		job->who, job->f.now.id, &sealed, job->why, err);
	if (r) {
		return r;
	}
	hl_seal_token_new(HL_SEAL_TOKEN_ANSWER, &token);
	r = hl_referral_pack_fill(&sealed, hl_seal_token_print(&token, text),
		job->who->arena, &filled, err);
	if (!r) {
		r = build_mail(job, &filled, reminder, &mail, err);
	}
	explicit_bzero(text, sizeof(text));
	if (r == HL_E_LIMIT) {
		return hl_referral_refuse(job->why, HL_REFERRAL_TOO_LARGE);
	}
	return r ? r : seal_mail(job, hl_buf_str(&mail), &token, err);
}

int hl_referral_sealed_read(struct hl_str bytes,
	struct hl_referral_sealed_mail *out, struct hl_err *err)
{
	struct hl_str rest = bytes;

	if (!hl_str_next(&rest, '\n', &out->from) ||
		!hl_str_next(&rest, '\n', &out->to) || !rest.n) {
		return HL_FAIL(err, HL_E_CORRUPT, "no sealed mail");
	}
	out->message = rest;
	return 0;
}
