/* SPDX-License-Identifier: Apache-2.0 */
/* docs/protocol/report.md */
#include "site/inner.h"

#include "accounts/apikey.h"
#include "base/json.h"
#include "base/log.h"
#include "base/time.h"
#include "intake/status.h"
#include "intake/submit.h"
#include "url/extract.h"

static void say(struct hl_web_response *resp, int status)
{
	hl_web_respond(resp, status, "application/json");
}

static int refuse(struct hl_web_response *resp, int status, const char *error,
	const char *message)
{
	say(resp, status);
	hl_buf_put_c(&resp->body, '{');
	hl_json_put_member(&resp->body, "error", hl_str_c(error));
	hl_json_put_member(&resp->body, "message", hl_str_c(message));
	hl_buf_put(&resp->body, HL_STR("}\n"));
	return 0;
}

/* A fault of ours or of the store. Logged, since nobody else will. */
static int refuse_fault(
	struct hl_web_ctx *ctx, struct hl_web_response *resp, int r)
{
	ctx->err.code = r;
	hl_log_err(HL_LOG_ERROR, "api.fault", &ctx->err);
	if (r == HL_E_UNAVAILABLE || r == HL_E_FULL || r == HL_E_TIMEOUT) {
		hl_web_header_add(resp, "Retry-After", HL_STR("10"));
		return refuse(resp, 503, "unavailable",
			"the store cannot take this now; send it again");
	}
	return refuse(resp, 500, "fault", "a fault here; send it again later");
}

/* What is not decided here: no such page, a wrong method, a fault. */
int hl_site_api_error(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	static const struct {
		int status;
		const char *error, *message;
	} rows[] = {
		{400, "malformed", "this is no well-formed request"},
		{404, "not_found", "there is no such address here"},
		{405, "method", "use POST"},
		{411, "length", "say how long it is"},
		{413, "too_large", "at most 256 KiB"},
		{415, "media_type", "send it without compression"},
		{429, "busy", "too many; try again later"},
		{503, "unavailable",
			"the store cannot take this now; send it again"},
		{0, "fault", "a fault here; send it again later"},
	};
	size_t i = 0;

	while (rows[i].status && rows[i].status != ctx->status) {
		i++;
	}
	return refuse(resp, ctx->status, rows[i].error, rows[i].message);
}

static int refuse_fields(struct hl_web_response *resp,
	const struct hl_report_fault *faults, size_t n)
{
	struct hl_buf *b = &resp->body;
	const struct hl_vocab *fields = &hl_vocab_report_field;
	const struct hl_vocab *problems = &hl_vocab_report_problem;

	say(resp, 422);
	hl_buf_put(b, HL_STR("{\"error\":\"invalid\",\"message\":\""));
	hl_buf_printf(b, "%s: %s\",\"fields\":[",
		hl_vocab_name(fields, (int)faults[0].field),
		hl_vocab_label(problems, (int)faults[0].problem));
	for (size_t i = 0; i < n; i++) {
		hl_json_put_sep(b);
		hl_buf_put_c(b, '{');
		hl_json_put_member(b, "field",
			hl_str_c(hl_vocab_name(fields, (int)faults[i].field)));
		hl_json_put_member(b, "problem",
			hl_str_c(hl_vocab_name(
				problems, (int)faults[i].problem)));
		hl_buf_put_c(b, '}');
	}
	hl_buf_put(b, HL_STR("]}\n"));
	return 0;
}

/* The list becomes part of the text, one address a line: from here on there
 * is one form of them, whoever sent it. */
static int join_addresses(struct hl_web_ctx *ctx, struct hl_report *report)
{
	HL_BUF_AUTO text = HL_BUF_SECRET(HL_REPORT_JSON_MAX);

	if (!report->n_addresses) {
		return 0;
	}
	hl_buf_put(&text, report->addresses_text);
	for (size_t i = 0; i < report->n_addresses; i++) {
		hl_buf_put(&text, text.n ? HL_STR("\n") : HL_STR(""));
		hl_buf_put(&text, report->addresses[i]);
	}
	report->addresses_text = hl_arena_dup(ctx->arena, hl_buf_str(&text));
	report->n_addresses = 0;
	return report->addresses_text.p && !text.fault
		       ? 0
		       : HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
}

static size_t check(struct hl_web_ctx *ctx, const struct hl_report *report,
	struct hl_report_fault faults[HL_FIELD_LAST])
{
	struct hl_url_list list;
	size_t n = hl_report_check(report, HL_FIELD_ALL, faults);

	if (n) {
		return n;
	}
	if (hl_intake_size_check(report, NULL)) {
		faults[0] = (struct hl_report_fault){
			HL_FIELD_ADDRESSES, HL_PROBLEM_TOO_LONG};
		return 1;
	}
	if (hl_url_extract(report->addresses_text, ctx->arena, &list, NULL) ==
		HL_E_LIMIT) {
		faults[0] = (struct hl_report_fault){
			HL_FIELD_ADDRESSES, HL_PROBLEM_TOO_MANY};
		return 1;
	}
	return 0;
}

static bool key_is_good(struct hl_str key)
{
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] <= ' ' || key.p[i] > '~') {
			return false;
		}
	}
	return !key.p || (key.n > 0 && key.n <= HL_INTAKE_REPEAT_KEY_MAX);
}

/* Zero, or resp has the refusal and the outcome is HL_DENIED. */
static int open_json(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	if (!hl_web_request_is_type(req, "application/json")) {
		refuse(resp, 415, "type", "send application/json");
		return HL_DENIED;
	}
	return 0;
}

/* "Authorization: Bearer hl_…": who vouches for the hashes. A key that is no
 * good is refused: its sender believes that it is. */
static int find_sender(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	int64_t *sender, struct hl_web_response *resp)
{
	const struct hl_str bearer = HL_STR("Bearer ");
	struct hl_str value = hl_web_request_header(req, "Authorization");
	struct hl_intake_at at = hl_site_at(ctx);
	int r = HL_NOTFOUND;

	*sender = 0;
	if (!value.p) {
		return 0;
	}
	if (hl_str_starts(value, bearer)) {
		r = hl_accounts_apikey_sender(at.store, at.arena,
			hl_str_sub(value, bearer.n, value.n), sender,
			&ctx->err);
	}
	if (r == HL_NOTFOUND) {
		hl_web_header_add(resp, "WWW-Authenticate", HL_STR("Bearer"));
		return refuse(resp, 401, "key",
			"this key is not good for reports; leave it out to "
			"report without one");
	}
	return r ? refuse_fault(ctx, resp, r) : 0;
}

static int submit(struct hl_web_ctx *ctx, const struct hl_report *report,
	struct hl_str key, int64_t sender, struct hl_web_response *resp)
{
	HL_SEAL_RECEIPT_AUTO receipt;
	char text[HL_SEAL_RECEIPT_TEXT];
	struct hl_intake_at at = hl_site_at(ctx);

	at.sender = sender;
	int r = hl_intake_submit(&at, report, key, &receipt, &ctx->err);

	if (r) {
		return refuse_fault(ctx, resp, r);
	}
	say(resp, 201);
	hl_buf_put_c(&resp->body, '{');
	hl_json_put_member(
		&resp->body, "receipt", hl_seal_receipt_print(&receipt, text));
	hl_buf_put(&resp->body, HL_STR("}\n"));
	return 0;
}

int hl_site_api_report_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_report_fault faults[HL_FIELD_LAST];
	struct hl_str key = hl_web_request_header(req, "Idempotency-Key");
	struct hl_report *report = hl_arena_alloc(ctx->arena, sizeof(*report));
	int64_t sender = 0;
	size_t n;
	int r = open_json(ctx, req, resp);

	if (r) {
		return 0;
	}
	r = hl_site_limit(ctx, req, resp);
	if (r || resp->status) {
		return r;
	}
	if (!key_is_good(key)) {
		return refuse(resp, 400, "malformed",
			"Idempotency-Key: 1 to 128 visible characters");
	}
	r = find_sender(ctx, req, &sender, resp);
	if (r || resp->status) {
		return r;
	}
	r = report ? hl_report_parse_json(
			     ctx->arena, req->body, report, &ctx->err)
		   : HL_E_NOMEM;
	if (r == HL_E_INVALID || r == HL_E_LIMIT) {
		return refuse(resp, 400, "malformed", ctx->err.msg);
	}
	r = r ? r : join_addresses(ctx, report);
	if (r) {
		return refuse_fault(ctx, resp, r);
	}
	n = check(ctx, report, faults);
	return n ? refuse_fields(resp, faults, n)
		 : submit(ctx, report, key, sender, resp);
}

static void put_day(struct hl_buf *b, const char *name, int64_t day_us)
{
	char text[HL_TIME_ISO_MAX];

	hl_json_put_member(
		b, name, hl_str_sub(hl_time_iso_s(day_us, text), 0, 10));
}

static void put_address(
	struct hl_buf *b, const struct hl_intake_status_address *a)
{
	hl_json_put_sep(b);
	hl_buf_put_c(b, '{');
	hl_json_put_member_i64(b, "position", a->position);
	hl_json_put_member(b, "status",
		hl_str_c(hl_vocab_name(
			&hl_vocab_public_status, (int)a->status)));
	put_day(b, "since", a->day_us);
	hl_json_put_name(b, "passed_to");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < hl_vocab_recipient.n_words; i++) {
		const struct hl_vocab_word *word = &hl_vocab_recipient.words[i];

		if (a->passed_to & hl_vocab_bit(word->value)) {
			hl_json_put_sep(b);
			hl_json_put_str(b, hl_str_c(word->name));
		}
	}
	hl_buf_put(b, HL_STR("]}"));
}

static void put_status(struct hl_buf *b, const struct hl_intake_status *status)
{
	hl_buf_put_c(b, '{');
	put_day(b, "received", status->received_day_us);
	hl_json_put_member(b, "status",
		hl_str_c(hl_vocab_name(
			&hl_vocab_public_status, (int)status->all)));
	hl_json_put_member_bool(b, "erased", status->erased);
	hl_json_put_name(b, "addresses");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < status->n_addresses; i++) {
		put_address(b, &status->addresses[i]);
	}
	hl_buf_put(b, HL_STR("]}\n"));
}

int hl_site_api_status_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	HL_SEAL_RECEIPT_AUTO receipt;
	HL_JSON_AUTO *root = NULL;
	struct hl_intake_status status;
	struct hl_intake_at at = hl_site_at(ctx);

	if (open_json(ctx, req, resp)) {
		return 0;
	}
	if (hl_json_parse(req->body, 4096, &root, &ctx->err) ||
		hl_seal_receipt_parse(
			hl_json_str(root, "receipt"), &receipt, NULL)) {
		return refuse(resp, 400, "malformed",
			"send {\"receipt\":\"…\"} with a whole receipt");
	}
	int r = hl_intake_status(&at, &receipt, &status, &ctx->err);
	if (r == HL_NOTFOUND) {
		return refuse(
			resp, 404, "not_found", "no report has this receipt");
	}
	if (r) {
		return refuse_fault(ctx, resp, r);
	}
	say(resp, 200);
	put_status(&resp->body, &status);
	return 0;
}
