/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of programs: which there are, a new one, the end of one. */
#include "desk/apikey.h"

#include "accounts/apikey.h"
#include "base/time.h"
#include "store/sql.h"
#include "web/templates.h"

#define RATE_DEFAULT "1000"
#define DAYS_DEFAULT "365"
#define DAYS_MAX 36500
#define LIST "/api-keys"

static struct hl_str day(struct hl_arena *arena, int64_t at_us)
{
	char text[HL_TIME_ISO_MAX];

	return at_us ? hl_arena_dup(arena,
			       hl_str_sub(hl_time_iso_s(at_us, text), 0, 10))
		     : HL_STR_NONE;
}

static struct hl_str scopes_text(struct hl_arena *arena, int64_t scopes)
{
	HL_BUF_AUTO text = HL_BUF_INIT(256);

	for (size_t i = 0; i < hl_accounts_scopes.n_words; i++) {
		const struct hl_vocab_word *w = &hl_accounts_scopes.words[i];

		if (scopes & w->value) {
			hl_buf_printf(
				&text, "%s%s", text.n ? ", " : "", w->name);
		}
	}
	return hl_arena_dup(arena, hl_buf_str(&text));
}

static struct hl_w_tag tag_of(const struct hl_row_apikey_list *k)
{
	if (k->revoked_at_us) {
		return (struct hl_w_tag){
			hl_web_tr(HL_TR("Revoked")), HL_STR("grey")};
	}
	if (k->expires_at_us && k->expires_at_us <= hl_time_now_us()) {
		return (struct hl_w_tag){
			hl_web_tr(HL_TR("Run out")), HL_STR("grey")};
	}
	return (struct hl_w_tag){hl_web_tr(HL_TR("Good")), HL_STR("green")};
}

static struct hl_desk_apikey_row row_of(
	struct hl_arena *arena, const struct hl_row_apikey_list *k)
{
	return (struct hl_desk_apikey_row){.id = k->id,
		.rate = k->rate,
		.name = k->name,
		.scopes = scopes_text(arena, k->scopes),
		.until = day(arena, k->expires_at_us),
		.used = day(arena, k->used_day * HL_US_PER_DAY),
		.revoked = day(arena, k->revoked_at_us),
		.tag = tag_of(k)};
}

int hl_desk_apikeys_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_apikeys v = {0};
	struct hl_row_apikey_list *keys;
	struct hl_web_form query;
	size_t n, all;
	int r = hl_web_query_read(ctx, req, &query);

	if (!r) {
		r = hl_get_apikey_list(
			hl_desk_store(ctx), ctx->arena, &keys, &all, &ctx->err);
	}
	if (r) {
		return r;
	}
	size_t page = hl_desk_page_no(&query), skip = hl_desk_page_skip(page);

	n = skip < all ? all - skip : 0;
	v.pages = hl_desk_pages(ctx->arena, HL_STR(LIST), page, &n);
	struct hl_desk_apikey_row *rows =
		hl_arena_array(ctx->arena, n, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		rows[i] = row_of(ctx->arena, &keys[skip + i]);
	}
	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("API keys")), LIST);
	v.page.web.wide = true;
	v.rows = rows;
	v.n_rows = rows ? n : 0;
	v.listens = *hl_desk_of(ctx)->settings->api_listen != '\0';
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_apikeys(&resp->body, &v);
	return 0;
}

static const struct hl_w_option *scope_options(
	struct hl_arena *arena, unsigned chosen, size_t *n)
{
	struct hl_w_option *options = hl_arena_array(
		arena, hl_accounts_scopes.n_words, sizeof(*options));

	*n = options ? hl_accounts_scopes.n_words : 0;
	for (size_t i = 0; i < *n; i++) {
		const struct hl_vocab_word *w = &hl_accounts_scopes.words[i];

		options[i] = (struct hl_w_option){.value = hl_str_c(w->name),
			.text = hl_str_c(w->name),
			.hint = hl_web_tr(w->label),
			.checked = (chosen & (unsigned)w->value) != 0};
	}
	return options;
}

static unsigned scopes_of(const struct hl_web_form *form)
{
	struct hl_str name;
	unsigned scopes = 0;
	size_t at = 0;

	while (hl_web_form_next(form, "scopes", &at, &name)) {
		int scope;

		if (hl_vocab_parse(&hl_accounts_scopes, name, &scope) == 0) {
			scopes |= (unsigned)scope;
		}
	}
	return scopes;
}

static size_t collect(
	const struct hl_desk_apikey_add *v, struct hl_w_error errors[4])
{
	const struct hl_w_error all[] = {{v->name_error, HL_STR("name")},
		{v->scopes_error, HL_STR("scopes")},
		{v->rate_error, HL_STR("rate")},
		{v->days_error, HL_STR("days")}};
	size_t n = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		if (all[i].text.n) {
			errors[n++] = all[i];
		}
	}
	return n;
}

static int show_add(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_desk_apikey_add *v,
	unsigned scopes)
{
	struct hl_w_error errors[4];
	size_t n = collect(v, errors);

	hl_desk_page_init(
		ctx, req, &v->page, hl_web_tr(HL_TR("Add an API key")), LIST);
	v->page.web.back_href = HL_STR(LIST);
	hl_desk_page_errors(&v->page, errors, n);
	v->scopes = scope_options(ctx->arena, scopes, &v->n_scopes);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_apikey_add(&resp->body, v);
	return 0;
}

int hl_desk_apikey_add_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_apikey_add v = {
		.rate = HL_STR(RATE_DEFAULT), .days = HL_STR(DAYS_DEFAULT)};

	return show_add(ctx, req, resp, &v, 0);
}

/* The key, in the answer itself: it is kept nowhere. */
static int show_once(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str name, const char *text)
{
	struct hl_desk_apikey_once v = {.name = name, .key = hl_str_c(text)};

	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("Hand over the key")), LIST);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_apikey_once(&resp->body, &v);
	return 0;
}

static void read_form(const struct hl_web_form *form,
	struct hl_desk_apikey_add *v, struct hl_accounts_apikey *key)
{
	int64_t days = 0;

	v->name = key->name = hl_web_form_get(form, "name");
	v->rate = hl_web_form_get(form, "rate");
	v->days = hl_web_form_get(form, "days");
	key->scopes = scopes_of(form);
	if (!v->name.n) {
		v->name_error = hl_web_tr(HL_TR("Enter a name"));
	}
	if (!key->scopes) {
		v->scopes_error =
			hl_web_tr(HL_TR("Choose what the key is for"));
	}
	if (!hl_str_to_i64(v->rate, &key->rate) || key->rate < 1 ||
		key->rate > HL_ACCOUNTS_RATE_MAX) {
		v->rate_error =
			hl_web_tr(HL_TR("Enter a number from 1 to 1000000"));
	}
	if (!hl_str_to_i64(v->days, &days) || days < 0 || days > DAYS_MAX) {
		v->days_error =
			hl_web_tr(HL_TR("Enter a number from 0 to 36500"));
		days = 0;
	}
	key->expires_at_us = days ? hl_time_now_us() + days * HL_US_PER_DAY : 0;
}

int hl_desk_apikey_add_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	char text[HL_ACCOUNTS_KEY_TEXT];
	struct hl_accounts_apikey key = {0};
	struct hl_desk_apikey_add v = {0};
	struct hl_w_error errors[4];

	read_form(&hl_desk_session_of(ctx)->form, &v, &key);
	if (collect(&v, errors)) {
		return show_add(ctx, req, resp, &v, key.scopes);
	}
	int r = hl_accounts_apikey_create(
		hl_desk_who(ctx), &key, text, &ctx->err);
	if (r == HL_E_INVALID) {
		v.name_error = hl_web_tr(
			HL_TR("Use 1 to 80 characters on one line, that can be "
			      "shown"));
	} else if (r == HL_CONFLICT) {
		v.name_error = hl_web_tr(
			HL_TR("There are 1000 keys that are good. Revoke one "
			      "first"));
	} else if (r) {
		return r;
	}
	if (r) {
		return show_add(ctx, req, resp, &v, key.scopes);
	}
	r = show_once(ctx, req, resp, key.name, text);
	explicit_bzero(text, sizeof(text));
	return r;
}

static int find(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_row_apikey_list **key)
{
	struct hl_row_apikey_list *keys;
	int64_t id;
	size_t n = 0;
	int r = hl_desk_param(req, 0, HL_REF_API_KEY, &id);

	if (!r) {
		r = hl_get_apikey_list(
			hl_desk_store(ctx), ctx->arena, &keys, &n, &ctx->err);
	}
	for (size_t i = 0; !r && i < n; i++) {
		if (keys[i].id == id) {
			*key = &keys[i];
			return 0;
		}
	}
	return r ? r : HL_NOTFOUND;
}

static int already(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return hl_desk_refuse(ctx, req, resp, HL_STR(LIST),
		hl_web_tr(HL_TR("This key has been revoked already.")));
}

int hl_desk_apikey_revoke_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_row_apikey_list *key;
	struct hl_desk_apikey v = {0};
	int r = find(ctx, req, &key);

	if (r) {
		return r;
	}
	if (key->revoked_at_us) {
		return already(ctx, req, resp);
	}
	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("Revoke a key")), LIST);
	v.page.web.back_href = HL_STR(LIST);
	v.row = row_of(ctx->arena, key);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_apikey_revoke(&resp->body, &v);
	return 0;
}

int hl_desk_apikey_revoke_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_row_apikey_list *key;
	int r = find(ctx, req, &key);

	if (r) {
		return r;
	}
	r = hl_accounts_apikey_revoke(hl_desk_who(ctx), key->id, &ctx->err);
	if (r == HL_NOTFOUND) { /* somebody was faster */
		return already(ctx, req, resp);
	}
	return r ? r
		 : hl_desk_go(ctx, req, resp, HL_STR(LIST),
			   hl_web_tr(HL_TR("The key has been revoked. It is "
					   "refused within two seconds.")));
}
