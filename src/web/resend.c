/* SPDX-License-Identifier: Apache-2.0 */
#include "web/resend.h"

#include "web/csrf.h"
#include "web/form.h"

static bool is_secret(const struct hl_web_form *form)
{
	static const char *const names[] = {
		"password", "before", "after", "again", "code", "now"};

	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		if (hl_web_form_get(form, names[i]).n) {
			return true;
		}
	}
	return false;
}

/* The values of choices and hidden fields have neither. */
static bool is_words(struct hl_str value)
{
	return hl_str_find_char(value, ' ') < value.n ||
	       hl_str_find_char(value, '\n') < value.n;
}

/* What is worth giving back: anything but the token. */
static bool fill(struct hl_arena *arena, const struct hl_web_form *form,
	struct hl_w_resend *out)
{
	struct hl_w_resend_field *fields =
		hl_arena_array(arena, form->n + 1, sizeof(*fields));
	struct hl_str *words =
		hl_arena_array(arena, form->n + 1, sizeof(*words));
	bool any = false;

	if (!fields || !words) {
		return false;
	}
	for (size_t i = 0; i < form->n; i++) {
		const struct hl_web_field *f = &form->fields[i];

		if (hl_str_eq(f->name, HL_STR(HL_WEB_CSRF_FIELD))) {
			continue;
		}
		fields[out->n_fields++] =
			(struct hl_w_resend_field){f->name, f->value};
		any = any || f->value.n > 0;
		if (is_words(f->value)) {
			words[out->n_words++] = f->value;
		}
	}
	out->fields = fields;
	out->words = words;
	return any;
}

static struct hl_str target(
	struct hl_arena *arena, const struct hl_web_request *req)
{
	if (!req->query.n) {
		return req->path;
	}
	return hl_arena_printf(arena, "%.*s?%.*s", HL_STR_ARG(req->path),
		HL_STR_ARG(req->query));
}

bool hl_web_resend(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_str csrf, struct hl_w_resend *out)
{
	struct hl_web_form form;

	*out = (struct hl_w_resend){0};
	if (!req || req->method != HL_WEB_POST || !req->body.n ||
		!hl_web_request_is_type(
			req, "application/x-www-form-urlencoded") ||
		hl_web_csrf_check_origin(req) ||
		hl_web_form_parse(ctx->arena, req->body, &form, NULL) ||
		is_secret(&form) || !fill(ctx->arena, &form, out)) {
		return false;
	}
	if (hl_str_eq(hl_web_request_header(req, "Sec-Fetch-Site"),
		    HL_STR("same-origin"))) {
		out->action = target(ctx->arena, req);
		out->csrf = csrf.n ? csrf
				   : hl_web_form_get(&form, HL_WEB_CSRF_FIELD);
	}
	return out->action.n || out->n_words;
}
