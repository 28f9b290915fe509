/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/compose.h"

#include "base/json.h"
#include "base/rand.h"
#include "referral/bundle.h"
#include "referral/mail.h"
#include "referral/xarf.h"

int hl_referral_compose_bundle(const struct hl_referral_doc *d,
	const struct hl_seal_sign_key *key, struct hl_buf *out,
	struct hl_err *err)
{
	HL_BUF_AUTO json = HL_BUF_SECRET(HL_REFERRAL_DOC_MAX);
	HL_BUF_AUTO html = HL_BUF_SECRET(HL_REFERRAL_DOC_MAX);
	HL_BUF_AUTO text = HL_BUF_SECRET(HL_REFERRAL_DOC_MAX);
	int r = hl_referral_doc_json(d, &json);

	r = r ? r : hl_referral_doc_html(d, &html);
	r = r ? r : hl_referral_doc_text(d, &text);
	if (r) {
		return HL_FAIL(err, r, "documents of referral %.*s",
			HL_STR_ARG(d->ref));
	}
	struct hl_referral_bundle b = {.ref = d->ref,
		.case_ref = d->case_ref,
		.hotline = d->hotline.name,
		.test = d->test,
		.created_at_us = d->created_at_us,
		.parts = {hl_buf_str(&json), hl_buf_str(&html),
			hl_buf_str(&text)}};
	return hl_referral_bundle_write(&b, key, out, err);
}

/* What is attached; `data` holds all of it and `name` the names, so that
 * both are done growing before views of them are taken. */
struct enclosures {
	struct hl_buf data;
	struct hl_buf name;
	size_t n;
	size_t data_end[HL_REFERRAL_ATTACHMENTS_MAX];
	size_t name_end[HL_REFERRAL_ATTACHMENTS_MAX];
	const char *type;
};

static void enclosures_fini(struct enclosures *e)
{
	hl_buf_fini(&e->data);
	hl_buf_fini(&e->name);
}

static void end_enclosure(struct enclosures *e)
{
	e->data_end[e->n] = e->data.n;
	e->name_end[e->n] = e->name.n;
	e->n++;
}

static int enclose_bundle(const struct hl_referral_letter *letter,
	struct enclosures *e, struct hl_err *err)
{
	int r = hl_referral_compose_bundle(
		letter->doc, letter->bundle_key, &e->data, err);

	hl_buf_put(&e->name, letter->doc->ref);
	hl_buf_put(&e->name, HL_STR(".zip"));
	e->type = "application/zip";
	end_enclosure(e);
	return r;
}

/* An outcome that XARF has no class for: the exact addresses alone, which a
 * notice owes its reader (Regulation (EU) 2022/2065, Article 16(2)(b)). */
static void enclose_addresses(
	const struct hl_referral_doc *d, struct enclosures *e)
{
	struct hl_buf *b = &e->data;

	hl_buf_put_c(b, '{');
	hl_json_put_member(b, "format", HL_STR("openhotline-addresses/1"));
	hl_json_put_member(b, "referral", d->ref);
	hl_json_put_member(
		b, "mode", d->test ? HL_STR("test") : HL_STR("production"));
	hl_json_put_name(b, "addresses");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < d->n_addresses; i++) {
		hl_json_put_sep(b);
		hl_json_put_str(b, d->addresses[i].canonical);
	}
	hl_buf_put(b, HL_STR("]}\n"));
	hl_buf_put(&e->name, HL_STR("addresses.json"));
	end_enclosure(e);
}

static int enclose_xarf(const struct hl_referral_doc *d, struct enclosures *e,
	struct hl_err *err)
{
	if (d->n_addresses > HL_REFERRAL_ATTACHMENTS_MAX) {
		return HL_FAIL(err, HL_E_LIMIT,
			"%zu addresses in a notice, at most %d", d->n_addresses,
			HL_REFERRAL_ATTACHMENTS_MAX);
	}
	e->type = "application/json";
	if (!hl_referral_xarf_class(d->outcome, d->facts)[0]) {
		enclose_addresses(d, e);
		return 0;
	}
	for (size_t i = 0; i < d->n_addresses; i++) {
		uint8_t id[HL_REFERRAL_XARF_ID_BYTES];

		hl_rand_bytes(id, sizeof(id));
		int r = hl_referral_xarf_put(d, i, id, &e->data, err);
		if (r) {
			return r;
		}
		if (d->n_addresses == 1) {
			hl_buf_put(&e->name, HL_STR("xarf.json"));
		} else {
			hl_buf_printf(&e->name, "xarf-%zu.json", i + 1);
		}
		end_enclosure(e);
	}
	return 0;
}

static int enclose(const struct hl_referral_letter *letter,
	struct enclosures *e, struct hl_err *err)
{
	int r = 0;

	if (letter->doc->recipient_kind != HL_RECIPIENT_POLICE) {
		r = enclose_xarf(letter->doc, e, err);
	} else if (letter->bundle_key) {
		r = enclose_bundle(letter, e, err);
	}
	if (!r && (e->data.fault || e->name.fault)) {
		r = HL_FAIL(err, HL_E_NOMEM, "attachments");
	}
	return r;
}

static void list(const struct enclosures *e, struct hl_referral_attachment *out)
{
	size_t data = 0, name = 0;

	for (size_t i = 0; i < e->n; i++) {
		out[i] = (struct hl_referral_attachment){
			.name = hl_str_sub(hl_buf_str(&e->name), name,
				e->name_end[i] - name),
			.type = e->type,
			.data = hl_str_sub(hl_buf_str(&e->data), data,
				e->data_end[i] - data)};
		data = e->data_end[i];
		name = e->name_end[i];
	}
}

int hl_referral_compose_mail(const struct hl_referral_letter *letter,
	struct hl_buf *out, struct hl_err *err)
{
	const struct hl_referral_doc *d = letter->doc;
	__attribute__((cleanup(enclosures_fini))) struct enclosures e = {
		.data = HL_BUF_SECRET(HL_REFERRAL_BUNDLE_MAX),
		.name = HL_BUF_INIT(4096)};
	struct hl_referral_attachment files[HL_REFERRAL_ATTACHMENTS_MAX];
	HL_BUF_AUTO text = HL_BUF_SECRET(HL_REFERRAL_DOC_MAX);
	HL_BUF_AUTO subject = HL_BUF_INIT(1024);
	int r = hl_referral_mail_text(d, &text);

	r = r ? r : hl_referral_mail_subject(d, &subject);
	if (r) {
		return HL_FAIL(
			err, r, "mail of referral %.*s", HL_STR_ARG(d->ref));
	}
	r = enclose(letter, &e, err);
	if (r) {
		return r;
	}
	list(&e, files);
	struct hl_referral_mail m = {.from_name = d->hotline.name,
		.from = letter->from,
		.to_name = d->recipient.name,
		.to = letter->to,
		.reply_to = d->hotline.mail,
		.subject = hl_buf_str(&subject),
		.ref = d->ref,
		.idempotency_key = letter->idempotency_key,
		.at_us = d->created_at_us,
		.test = d->test,
		.text = hl_buf_str(&text),
		.attachments = files,
		.n_attachments = e.n};
	return hl_referral_mail_build(&m, out, err);
}
