/* SPDX-License-Identifier: Apache-2.0 */
#include "site/inner.h"

#include "base/time.h"
#include "intake/status.h"
#include "web/templates.h"

static int show_form(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	struct hl_str typed, struct hl_str error)
{
	struct hl_site_status p = {.typed = typed, .error = error};
	struct hl_site_problem link = {HL_STR("#receipt"), error};

	hl_site_page_init(
		ctx, &p.page, hl_web_tr(HL_TR("Check a report or an appeal")));
	p.page.web.back_href = HL_STR("/");
	hl_site_page_errors(&p.page, &link, error.n > 0);
	hl_web_respond(resp, error.n ? 422 : 200, "text/html");
	hl_tmpl_site_status(&resp->body, &p);
	return 0;
}

int hl_site_status_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return show_form(ctx, resp, HL_STR_NONE, HL_STR_NONE);
}

static struct hl_str fault_text(enum hl_seal_receipt_fault fault)
{
	switch (fault) {
	case HL_SEAL_RECEIPT_EMPTY:
		return hl_web_tr(HL_TR("Enter your receipt"));
	case HL_SEAL_RECEIPT_SHORT:
		return hl_web_tr(
			HL_TR("This receipt is too short. It has 21 letters "
			      "and numbers, such as "
			      "ABCDE-FGHJK-MNPQR-STVWX-0"));
	case HL_SEAL_RECEIPT_LONG:
		return hl_web_tr(
			HL_TR("This receipt is too long. It has 21 letters "
			      "and numbers, such as "
			      "ABCDE-FGHJK-MNPQR-STVWX-0"));
	case HL_SEAL_RECEIPT_SYMBOL:
		return hl_web_tr(HL_TR("This has a character that no receipt "
				       "has. It is made of letters, without U, "
				       "and numbers"));
	case HL_SEAL_RECEIPT_CHECK:
	case HL_SEAL_RECEIPT_OK:
	default:
		return hl_web_tr(HL_TR("One of the characters is not right, "
				       "or two stand in each other’s place. "
				       "Compare it with what you saved"));
	}
}

static struct hl_str explain(enum hl_public_status status)
{
	switch (status) {
	case HL_STATUS_RECEIVED:
		return hl_web_tr(HL_TR("It waits for an analyst."));
	case HL_STATUS_ASSESSING:
		return hl_web_tr(HL_TR("An analyst looks at it, or will soon. "
				       "If it seems illegal, a second one "
				       "looks too."));
	case HL_STATUS_TO_POLICE:
	case HL_STATUS_TO_PROVIDER:
	case HL_STATUS_TO_PARTNER:
		return hl_web_tr(HL_TR("It is with those who can act. This "
				       "page says when it is gone."));
	case HL_STATUS_REMOVED:
		return hl_web_tr(HL_TR("It is no longer there. If it comes "
				       "back, please report it again."));
	case HL_STATUS_NOT_ILLEGAL:
		return hl_web_tr(HL_TR("Under the law here it may stay, "
				       "however bad it is. You did right to "
				       "report it."));
	case HL_STATUS_UNREACHABLE:
		return hl_web_tr(HL_TR("We could not get to it. If you still "
				       "can, please report it again and "
				       "describe the way."));
	case HL_STATUS_OUT_OF_REMIT:
		return hl_web_tr(HL_TR("This is not something that we may "
				       "work on. The help page says who may."));
	case HL_STATUS_INSUFFICIENT:
		return hl_web_tr(HL_TR("We could not find the place from what "
				       "you wrote. If you know more, please "
				       "send a new report."));
	case HL_STATUS_UNANSWERED:
	default:
		return HL_STR("");
	}
}

static struct hl_str colour(enum hl_public_status status)
{
	switch (status) {
	case HL_STATUS_REMOVED:
		return HL_STR("green");
	case HL_STATUS_ASSESSING:
		return HL_STR("blue");
	case HL_STATUS_TO_POLICE:
	case HL_STATUS_TO_PROVIDER:
	case HL_STATUS_TO_PARTNER:
		return HL_STR("purple");
	case HL_STATUS_UNANSWERED:
	case HL_STATUS_RECEIVED:
	case HL_STATUS_NOT_ILLEGAL:
	case HL_STATUS_UNREACHABLE:
	case HL_STATUS_OUT_OF_REMIT:
	case HL_STATUS_INSUFFICIENT:
	default:
		return HL_STR("grey");
	}
}

/* "Police, Hosting provider" */
static struct hl_str passed_to(struct hl_arena *arena, uint32_t set)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1024);

	for (size_t i = 0; i < hl_vocab_recipient.n_words; i++) {
		const struct hl_vocab_word *word = &hl_vocab_recipient.words[i];

		if (set & hl_vocab_bit(word->value)) {
			hl_buf_printf(&text, "%s", text.n ? ", " : "");
			hl_buf_put(&text, hl_web_tr(word->label));
		}
	}
	return text.n ? hl_arena_dup(arena, hl_buf_str(&text)) : HL_STR_NONE;
}

struct hl_str hl_site_day(struct hl_arena *arena, int64_t day_us)
{
	char text[HL_TIME_ISO_MAX];
	struct hl_str human = hl_time_human(day_us, text);

	return hl_arena_dup(
		arena, hl_str_sub(human, 0, hl_str_find_char(human, ',')));
}

static struct hl_site_result_row row_of(
	struct hl_arena *arena, const struct hl_intake_status_address *address)
{
	return (struct hl_site_result_row){.position = address->position,
		.status = hl_web_tr(hl_vocab_label(
			&hl_vocab_public_status, (int)address->status)),
		.explanation = explain(address->status),
		.passed_to = passed_to(arena, address->passed_to),
		.day = hl_site_day(arena, address->day_us),
		.colour = colour(address->status)};
}

static int show_result(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	const struct hl_intake_status *status)
{
	const struct hl_intake_status_address all = {
		.status = status->all, .day_us = status->all_day_us};
	size_t n = status->n_addresses ? status->n_addresses : 1;
	struct hl_site_result_row *rows =
		hl_arena_array(ctx->arena, n, sizeof(*rows));
	struct hl_site_result p = {
		.received = hl_site_day(ctx->arena, status->received_day_us),
		.erased = status->erased,
		.rows = rows,
		.n_rows = n};

	if (!rows) {
		return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
	}
	for (size_t i = 0; i < n; i++) {
		rows[i] = row_of(ctx->arena,
			status->n_addresses ? &status->addresses[i] : &all);
	}
	hl_site_page_init(
		ctx, &p.page, hl_web_tr(HL_TR("Status of your report")));
	p.page.web.back_href = HL_STR("/status");
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_site_result(&resp->body, &p);
	return 0;
}

/* The origin is not checked: whoever sends the receipt may see its status,
 * and the page shows nothing of anybody else. */
int hl_site_status_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	HL_SEAL_RECEIPT_AUTO receipt;
	enum hl_seal_receipt_fault fault;
	struct hl_intake_status status;
	struct hl_web_form form = {0};
	struct hl_intake_at at = hl_site_at(ctx);
	int r = hl_web_form_read(ctx, req, &form);

	if (r && r != HL_E_INVALID) {
		return r;
	}
	struct hl_str typed = hl_web_form_get(&form, "receipt");
	if (r || hl_seal_receipt_parse(typed, &receipt, &fault)) {
		return show_form(ctx, resp, hl_str_sub(typed, 0, 200),
			fault_text(r ? HL_SEAL_RECEIPT_SYMBOL : fault));
	}
	r = hl_intake_status(&at, &receipt, &status, &ctx->err);
	if (r == HL_NOTFOUND) {
		r = hl_site_appeal_status(ctx, resp, &receipt);
		if (r == 0) {
			return 0;
		}
	}
	if (r == HL_NOTFOUND) {
		return show_form(ctx, resp, typed,
			hl_web_tr(HL_TR("We have no report with this receipt. "
					"Compare it with what you saved")));
	}
	if (r == HL_E_UNAVAILABLE || r == HL_E_FULL) {
		return hl_site_say_unavailable(ctx, req, resp);
	}
	return r ? r : show_result(ctx, resp, &status);
}
