/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The appeal is one page, and needs no cookie. Its origin is not checked:
 * nothing of a visitor goes with it, and the answer is a receipt that only
 * this answer shows.
 */
#include "site/appeal.h"

#include "base/rand.h"
#include "base/text.h"
#include "base/utf8.h"
#include "intake/appeal.h"
#include "site/inner.h"
#include "web/templates.h"

#define ONCE_BYTES 32
#define ERRORS_MAX 4

/* One read form. */
struct sent {
	struct hl_site_appeal p;
	struct hl_intake_appeal appeal;
	struct hl_site_problem errors[ERRORS_MAX];
	size_t n_errors;
};

static struct hl_str fresh_once(struct hl_arena *arena)
{
	uint8_t bytes[ONCE_BYTES];
	HL_BUF_AUTO text = HL_BUF_SECRET(64);

	hl_rand_bytes(bytes, sizeof(bytes));
	hl_text_put_base64url(&text, bytes, sizeof(bytes));
	return hl_arena_dup(arena, hl_buf_str(&text));
}

static int show(
	struct hl_web_ctx *ctx, struct hl_web_response *resp, struct sent *s)
{
	hl_site_page_init(ctx, &s->p.page,
		hl_web_tr(HL_TR("Appeal against a blocked address")));
	hl_site_page_errors(&s->p.page, s->errors, s->n_errors);
	hl_web_respond(resp, s->n_errors ? 422 : 200, "text/html");
	hl_tmpl_site_appeal(&resp->body, &s->p);
	return 0;
}

/* A reference that is none is shown as it came: who typed it may see why. */
int hl_site_appeal_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct sent s = {.p.once = fresh_once(ctx->arena)};
	struct hl_web_form query = {0};

	if (hl_web_query_read(ctx, req, &query) == 0) {
		s.p.entry =
			hl_str_sub(hl_site_query_entry(&query), 0, HL_REF_MAX);
	}
	ctx->err = (struct hl_err){0};
	return show(ctx, resp, &s);
}

static void refuse(struct sent *s, const char *href, struct hl_str *error,
	struct hl_str text)
{
	*error = text;
	s->errors[s->n_errors++] =
		(struct hl_site_problem){hl_str_c(href), text};
}

static void check_entry(struct sent *s)
{
	if (s->p.entry.n &&
		hl_ref_parse(HL_REF_LIST_ENTRY, s->p.entry, &s->appeal.entry)) {
		s->appeal.entry = 0;
		refuse(s, "#entry", &s->p.entry_error,
			hl_web_tr(HL_TR("This is not a reference of an entry. "
					"It looks like E-7K3Q-X9M2-C. You can "
					"leave it out and give the address")));
	} else if (!s->p.entry.n && !s->p.address.n) {
		refuse(s, "#entry", &s->p.entry_error,
			hl_web_tr(HL_TR("Enter the reference of the entry or "
					"the address that is blocked")));
	}
}

static void check_lengths(struct sent *s)
{
	if (hl_utf8_count(s->p.address) > HL_INTAKE_APPEAL_ADDRESS_CHARS) {
		refuse(s, "#address", &s->p.address_error,
			hl_web_tr(HL_TR("The address is too long: 2,000 "
					"characters at most")));
	}
	if (!s->p.words.n) {
		refuse(s, "#words", &s->p.words_error,
			hl_web_tr(HL_TR("Say why it should not be blocked")));
	} else if (hl_utf8_count(s->p.words) > HL_INTAKE_APPEAL_WORDS_CHARS) {
		refuse(s, "#words", &s->p.words_error,
			hl_web_tr(HL_TR("This is too long: 2,000 characters "
					"at most")));
	}
	if (hl_utf8_count(s->p.contact) > HL_INTAKE_APPEAL_CONTACT_CHARS) {
		refuse(s, "#contact", &s->p.contact_error,
			hl_web_tr(HL_TR("The contact is too long: 200 "
					"characters at most")));
	}
}

static int read_form(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct sent *s)
{
	struct hl_web_form form = {0};
	uint8_t once[ONCE_BYTES];
	int r = hl_web_form_read(ctx, req, &form);

	if (r) {
		return r;
	}
	s->p.entry = hl_web_form_get(&form, "entry");
	s->p.address = hl_web_form_get(&form, "address");
	s->p.words = hl_web_form_get(&form, "words");
	s->p.contact = hl_web_form_get(&form, "contact");
	s->p.once = hl_web_form_get(&form, "once");
	if (hl_text_parse_base64url(s->p.once, once, sizeof(once))) {
		s->p.once = fresh_once(ctx->arena);
	}
	check_entry(s);
	check_lengths(s);
	s->appeal.address = s->p.address;
	s->appeal.words = s->p.words;
	s->appeal.contact = s->p.contact;
	return 0;
}

static int show_receipt(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	const struct hl_seal_receipt *receipt)
{
	char text[HL_SEAL_RECEIPT_TEXT];
	struct hl_site_appealed p = {
		.receipt = hl_arena_dup(
			ctx->arena, hl_seal_receipt_print(receipt, text)),
		.status_url = hl_arena_printf(ctx->arena, "%s/status",
			hl_site_of(ctx)->settings->public_url)};

	if (!p.receipt.p || !p.status_url.p) {
		return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
	}
	hl_site_page_init(
		ctx, &p.page, hl_web_tr(HL_TR("We have your appeal")));
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_site_appealed(&resp->body, &p);
	return 0;
}

int hl_site_appeal_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_intake_at at = hl_site_at(ctx);
	HL_SEAL_RECEIPT_AUTO receipt = {0};
	struct sent s = {0};
	int r = read_form(ctx, req, &s);

	if (r || s.n_errors) {
		return r ? r : show(ctx, resp, &s);
	}
	r = hl_site_limit(ctx, req, resp);
	if (r || resp->status) {
		return r;
	}
	r = hl_intake_appeal(&at, &s.appeal, s.p.once, &receipt, &ctx->err);
	if (r == HL_E_LIMIT) {
		ctx->err = (struct hl_err){0};
		refuse(&s, "#words", &s.p.words_error,
			hl_web_tr(HL_TR("All of it together is too long: "
					"shorten it")));
		return show(ctx, resp, &s);
	}
	if (r == HL_E_UNAVAILABLE || r == HL_E_FULL) {
		return hl_site_say_unavailable(ctx, req, resp);
	}
	return r ? r : show_receipt(ctx, resp, &receipt);
}

/* ---- What became of it ------------------------------------------------- */

static struct hl_str explain(const struct hl_intake_appeal_status *status)
{
	switch (status->why) {
	case HL_LIST_APPEAL_NOT_ILLEGAL:
		return hl_web_tr(HL_TR("What is there is not illegal under the "
				       "law here."));
	case HL_LIST_APPEAL_GONE:
		return hl_web_tr(HL_TR("What was illegal is no longer there."));
	case HL_LIST_APPEAL_WIDE:
		return hl_web_tr(
			HL_TR("The entry blocked more than it should."));
	case HL_LIST_APPEAL_OTHER:
		return hl_web_tr(
			HL_TR("Something else is at this address now."));
	case HL_LIST_APPEAL_STANDS:
		return hl_web_tr(HL_TR("Somebody who had not decided about it "
				       "before looked again: the entry is "
				       "right."));
	case HL_LIST_APPEAL_NOT_LISTED:
		return hl_web_tr(
			HL_TR("No entry of our list blocks this address."));
	case HL_LIST_APPEAL_NO_GROUNDS:
		return hl_web_tr(HL_TR("What was written says nothing that "
				       "can be judged. You can appeal again."));
	case HL_LIST_APPEAL_WHY_NONE:
	default:
		return hl_web_tr(HL_TR("Somebody who has not decided about it "
				       "before will look at it."));
	}
}

static void put_state(
	enum hl_list_appeal_state state, struct hl_site_appeal_result *p)
{
	switch (state) {
	case HL_LIST_APPEAL_UPHELD:
		p->status = hl_web_tr(HL_TR("Taken off the list"));
		p->colour = HL_STR("green");
		break;
	case HL_LIST_APPEAL_REJECTED:
		p->status = hl_web_tr(HL_TR("Appeal rejected"));
		p->colour = HL_STR("grey");
		break;
	case HL_LIST_APPEAL_OPEN:
	default:
		p->status = hl_web_tr(HL_TR("Not decided yet"));
		p->colour = HL_STR("blue");
		break;
	}
}

int hl_site_appeal_status(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	const struct hl_seal_receipt *receipt)
{
	struct hl_intake_at at = hl_site_at(ctx);
	struct hl_intake_appeal_status status;
	struct hl_site_appeal_result p = {0};
	int r = hl_intake_appeal_status(&at, receipt, &status, &ctx->err);

	if (r) {
		return r;
	}
	put_state(status.state, &p);
	p.explanation = explain(&status);
	p.received = hl_site_day(ctx->arena, status.received_day_us);
	if (status.decided_day_us) {
		p.decided = hl_site_day(ctx->arena, status.decided_day_us);
	}
	hl_site_page_init(
		ctx, &p.page, hl_web_tr(HL_TR("Status of your appeal")));
	p.page.web.back_href = HL_STR("/status");
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_site_appeal_result(&resp->body, &p);
	return 0;
}
