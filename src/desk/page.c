/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/work.h"

#include "base/log.h"
#include "web/cookie.h"
#include "web/templates.h"

#define NOTICE_COOKIE "notice"
#define NOTICE_MAX 400
#define PAGES_MAX 100000
#define NOTICE_BAD '!' /* before the words of a refusal */

static const struct {
	const char *text, *href;
	int need;
} sections[] = {
	{HL_TR("Queue"), "/queue", HL_AUTHZ_QUEUE_VIEW},
	{HL_TR("Approvals"), "/approvals", HL_AUTHZ_ERASE_APPROVE},
	{HL_TR("Referrals"), "/referrals", HL_AUTHZ_RECIPIENT_READ},
	{HL_TR("Recipients"), "/recipients", HL_AUTHZ_RECIPIENT_READ},
	{HL_TR("Watch"), "/watch", HL_AUTHZ_WATCH_PAUSE},
	{HL_TR("Known hashes"), "/hashes", HL_AUTHZ_HASH_READ},
	{HL_TR("Block lists"), "/lists", HL_AUTHZ_LIST_READ},
	{HL_TR("Statistics"), "/statistics", HL_AUTHZ_STATS_READ},
	{HL_TR("Audit log"), "/audit", HL_AUTHZ_AUDIT_READ},
	{HL_TR("Staff"), "/staff", HL_DESK_SELF},
	{HL_TR("API keys"), "/api-keys", HL_AUTHZ_USER_MANAGE},
	{HL_TR("Settings"), "/settings", HL_AUTHZ_SETTINGS_READ},
	{HL_TR("My account"), "/account", HL_DESK_SELF},
	{HL_TR("Help"), "/help", HL_DESK_SELF},
};

static void add_sections(struct hl_web_ctx *ctx, struct hl_desk_page *page,
	const struct hl_authz_actor *actor, const char *current)
{
	struct hl_w_link *links = hl_arena_array(
		ctx->arena, HL_ARRAY_LEN(sections), sizeof(*links));
	size_t n = 0;

	for (size_t i = 0; links && i < HL_ARRAY_LEN(sections); i++) {
		if (sections[i].need > 0 &&
			!hl_authz_may_ever(actor,
				(enum hl_authz_action)sections[i].need)) {
			continue;
		}
		links[n++] = (struct hl_w_link){
			.text = hl_web_tr(sections[i].text),
			.href = hl_str_c(sections[i].href),
			.current = current &&
				   strcmp(current, sections[i].href) == 0};
	}
	page->web.nav = links;
	page->web.n_nav = n;
}

/* Shown once: who shows it says so, and the door takes the cookie away. */
static struct hl_str take_notice(
	struct hl_web_ctx *ctx, const struct hl_web_request *req)
{
	struct hl_str cookie =
		req ? hl_web_cookie_get(req, NOTICE_COOKIE) : HL_STR_NONE;
	char bytes[NOTICE_MAX];
	size_t n = cookie.n * 3 / 4;

	if (!cookie.n || n > sizeof(bytes) ||
		hl_text_parse_base64url(cookie, bytes, n)) {
		return HL_STR_NONE;
	}
	return hl_arena_dup(ctx->arena, hl_str_mem(bytes, n));
}

void hl_desk_page_init(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_desk_page *page, struct hl_str title, const char *section)
{
	const struct hl_settings *settings = hl_desk_of(ctx)->settings;
	struct hl_desk_session *s = hl_desk_session_of(ctx);

	*page = (struct hl_desk_page){0};
	page->web.title = title;
	page->web.service = hl_str_c(settings->service_name);
	if (!s) {
		return;
	}
	page->csrf = s->csrf;
	page->web.user_name = s->account.display_name;
	page->web.logout_href = HL_STR("/logout");
	page->web.csrf = s->csrf;
	page->notice = take_notice(ctx, req);
	s->notice_shown = page->notice.n > 0;
	if (page->notice.n && page->notice.p[0] == NOTICE_BAD) {
		page->notice = hl_str_sub(page->notice, 1, page->notice.n);
		page->notice_bad = true;
	}
	if (s->who.actor.full_login) {
		add_sections(ctx, page, &s->who.actor, section);
	}
}

void hl_desk_page_errors(
	struct hl_desk_page *page, const struct hl_w_error *errors, size_t n)
{
	page->errors = errors;
	page->n_errors = n;
	page->web.failed = n > 0;
}

int hl_desk_say(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	int status, struct hl_desk_message *m)
{
	(void)ctx;
	hl_web_respond(resp, status, "text/html");
	hl_tmpl_desk_message(&resp->body, m);
	return 0;
}

int hl_desk_go(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str location,
	struct hl_str notice)
{
	HL_BUF_AUTO text = HL_BUF_INIT(2 * NOTICE_MAX);

	if (notice.n) {
		hl_text_put_base64url(&text, notice.p,
			notice.n < NOTICE_MAX ? notice.n : NOTICE_MAX);
		hl_web_cookie_set(ctx, req, resp, NOTICE_COOKIE,
			hl_arena_dup(ctx->arena, hl_buf_str(&text)), 60);
	}
	return hl_web_see_other(resp, location);
}

void hl_desk_notice_drop(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	hl_web_cookie_set(ctx, req, resp, NOTICE_COOKIE, HL_STR("shown"), -1);
}

int hl_desk_refuse(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str location,
	struct hl_str reason)
{
	return hl_desk_go(ctx, req, resp, location,
		hl_arena_printf(
			ctx->arena, "%c%.*s", NOTICE_BAD, HL_STR_ARG(reason)));
}

int hl_desk_param(const struct hl_web_request *req, size_t i,
	enum hl_ref_kind kind, int64_t *id)
{
	if (i >= req->n_params || hl_ref_parse(kind, req->params[i], id)) {
		return HL_NOTFOUND;
	}
	return 0;
}

struct hl_str hl_desk_path(struct hl_arena *arena, const char *prefix,
	enum hl_ref_kind kind, int64_t id, const char *suffix)
{
	char ref[HL_REF_MAX];

	hl_ref_print(kind, id, ref);
	return hl_arena_printf(arena, "%s%s%s", prefix, ref, suffix);
}

void hl_desk_cookie_set(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp,
	const struct hl_seal_token *token)
{
	char printed[HL_SEAL_TOKEN_TEXT];

	hl_web_cookie_set(ctx, req, resp, HL_DESK_COOKIE,
		hl_arena_dup(ctx->arena, hl_seal_token_print(token, printed)),
		0);
}

size_t hl_desk_page_no(const struct hl_web_form *query)
{
	int64_t page = 1;

	if (hl_web_form_get_i64(query, "page", &page) || page < 1 ||
		page > PAGES_MAX) {
		return 1;
	}
	return (size_t)page;
}

size_t hl_desk_page_skip(size_t page)
{
	return (page - 1) * HL_DESK_ROWS;
}

static struct hl_str page_href(
	struct hl_arena *arena, struct hl_str path, size_t page)
{
	char mark = memchr(path.p, '?', path.n) ? '&' : '?';

	return page == 1 ? path
			 : hl_arena_printf(arena, "%.*s%cpage=%zu",
				   HL_STR_ARG(path), mark, page);
}

struct hl_w_pagination hl_desk_pages(
	struct hl_arena *arena, struct hl_str path, size_t page, size_t *n)
{
	struct hl_w_pagination p = {.page = page};

	if (page > 1) {
		p.previous_href = page_href(arena, path, *n ? page - 1 : 1);
	}
	if (*n > HL_DESK_ROWS) {
		*n = HL_DESK_ROWS;
		p.next_href = page_href(arena, path, page + 1);
	}
	return p;
}

const struct hl_w_option *hl_desk_options(struct hl_arena *arena,
	const struct hl_vocab *vocab, uint32_t chosen, bool set, size_t *n)
{
	struct hl_w_option *options =
		hl_arena_array(arena, vocab->n_words, sizeof(*options));

	*n = 0;
	for (size_t i = 0; options && i < vocab->n_words; i++) {
		const struct hl_vocab_word *word = &vocab->words[i];

		if (word->value == 0) {
			continue;
		}
		options[(*n)++] = (struct hl_w_option){
			.value = hl_str_c(word->name),
			.text = hl_web_tr(word->label),
			.checked =
				set ? (chosen & hl_vocab_bit(word->value)) != 0
				    : chosen == (uint32_t)word->value};
	}
	return options;
}
