/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door of the workbench. Each request goes through hl_desk_handle():
 * find the route, open the session, check what the route needs, check that
 * a POST comes from one of our forms, and only then call the handler.
 */
#include "desk/apikey.h"
#include "desk/extra.h"
#include "desk/hash.h"
#include "desk/refer.h"
#include "desk/work.h"

#include <errno.h>

#include "base/log.h"
#include "web/cookie.h"
#include "web/csrf.h"
#include "web/static.h"
#include "web/templates.h"

/* As many passwords at a time; 64 MiB each while it lasts. */
#define PASSWORDS_AT_ONCE 2

int hl_desk_init(struct hl_desk_app *app, const struct hl_settings *settings,
	struct hl_err *err)
{
	app->settings = settings;
	if (sem_init(&app->passwords, 0, PASSWORDS_AT_ONCE) < 0) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for the door");
	}
	return hl_seal_totp_init(err);
}

void hl_desk_password_begin(struct hl_web_ctx *ctx)
{
	while (sem_wait(&hl_desk_of(ctx)->passwords) < 0 && errno == EINTR) {
		continue;
	}
}

void hl_desk_password_end(struct hl_web_ctx *ctx)
{
	sem_post(&hl_desk_of(ctx)->passwords);
}

void hl_desk_fini(struct hl_desk_app *app)
{
	sem_destroy(&app->passwords);
}

static const struct hl_web_route rows[] = {
	{HL_WEB_GET, "/static/:file", HL_DESK_OPEN, hl_web_static_serve},
	{HL_WEB_GET, "/login", HL_DESK_OPEN, hl_desk_login_get},
	{HL_WEB_POST, "/login", HL_DESK_OPEN, hl_desk_login_post},
	{HL_WEB_GET, "/login/code", HL_DESK_HALF, hl_desk_code_get},
	{HL_WEB_POST, "/login/code", HL_DESK_HALF, hl_desk_code_post},
	{HL_WEB_GET, "/login/setup", HL_DESK_HALF, hl_desk_enrol_get},
	{HL_WEB_POST, "/login/setup", HL_DESK_HALF, hl_desk_enrol_post},
	{HL_WEB_POST, "/logout", HL_DESK_HALF, hl_desk_logout_post},
	{HL_WEB_GET, "/", HL_DESK_SELF, hl_desk_home_get},
	{HL_WEB_GET, "/help", HL_DESK_SELF, hl_desk_help_get},
	{HL_WEB_GET, "/account", HL_DESK_SELF, hl_desk_account_get},
	{HL_WEB_GET, "/account/password", HL_DESK_SELF, hl_desk_password_get},
	{HL_WEB_POST, "/account/password", HL_DESK_SELF, hl_desk_password_post},
	{HL_WEB_GET, "/account/generator", HL_DESK_SELF, hl_desk_replace_get},
	{HL_WEB_POST, "/account/generator", HL_DESK_SELF, hl_desk_replace_post},
	{HL_WEB_GET, "/account/recovery", HL_DESK_SELF, hl_desk_recovery_get},
	{HL_WEB_POST, "/account/recovery", HL_DESK_SELF, hl_desk_recovery_post},
	{HL_WEB_GET, "/staff", HL_DESK_SELF, hl_desk_users_get},
	{HL_WEB_GET, "/staff/add", HL_AUTHZ_USER_MANAGE, hl_desk_user_add_get},
	{HL_WEB_POST, "/staff/add", HL_AUTHZ_USER_MANAGE,
		hl_desk_user_add_post},
	{HL_WEB_GET, "/staff/:ref", HL_DESK_SELF, hl_desk_user_get},
	{HL_WEB_POST, "/staff/:ref", HL_AUTHZ_USER_MANAGE, hl_desk_user_post},
	{HL_WEB_POST, "/staff/:ref/reset", HL_AUTHZ_USER_MANAGE,
		hl_desk_user_reset_post},
	{HL_WEB_POST, "/staff/:ref/keys", HL_AUTHZ_KEY_GRANT,
		hl_desk_user_grant_post},
	{HL_WEB_GET, "/audit", HL_AUTHZ_AUDIT_READ, hl_desk_audit_get},
	{HL_WEB_POST, "/audit/verify", HL_AUTHZ_AUDIT_VERIFY,
		hl_desk_audit_verify_post},
	{HL_WEB_GET, "/statistics", HL_AUTHZ_STATS_READ, hl_desk_stats_get},
	{HL_WEB_GET, "/statistics.csv", HL_AUTHZ_STATS_READ,
		hl_desk_stats_csv_get},
	{HL_WEB_GET, "/statistics.json", HL_AUTHZ_STATS_READ,
		hl_desk_stats_json_get},
	{HL_WEB_GET, "/settings", HL_AUTHZ_SETTINGS_READ, hl_desk_settings_get},
	{HL_WEB_GET, "/api-keys", HL_AUTHZ_USER_MANAGE, hl_desk_apikeys_get},
	{HL_WEB_GET, "/api-keys/add", HL_AUTHZ_USER_MANAGE,
		hl_desk_apikey_add_get},
	{HL_WEB_POST, "/api-keys/add", HL_AUTHZ_USER_MANAGE,
		hl_desk_apikey_add_post},
	{HL_WEB_GET, "/api-key/:ref/revoke", HL_AUTHZ_USER_MANAGE,
		hl_desk_apikey_revoke_get},
	{HL_WEB_POST, "/api-key/:ref/revoke", HL_AUTHZ_USER_MANAGE,
		hl_desk_apikey_revoke_post},

	{HL_WEB_GET, "/queue", HL_AUTHZ_QUEUE_VIEW, hl_desk_queue_get},
	{HL_WEB_POST, "/queue/next", HL_AUTHZ_CASE_LEASE, hl_desk_next_post},
	{HL_WEB_GET, "/find", HL_AUTHZ_QUEUE_VIEW, hl_desk_find_get},
	{HL_WEB_GET, "/approvals", HL_AUTHZ_ERASE_APPROVE,
		hl_desk_approvals_get},
	{HL_WEB_GET, "/reports/waiting", HL_AUTHZ_REPORT_TRIAGE,
		hl_desk_waiting_get},
	{HL_WEB_GET, "/report/:ref", HL_AUTHZ_REPORT_READ, hl_desk_report_get},
	{HL_WEB_POST, "/report/:ref/decide", HL_AUTHZ_REPORT_TRIAGE,
		hl_desk_decide_post},
	{HL_WEB_POST, "/report/:ref/address", HL_AUTHZ_REPORT_TRIAGE,
		hl_desk_address_post},
	{HL_WEB_POST, "/report/:ref/place", HL_AUTHZ_REPORT_TRIAGE,
		hl_desk_place_post},
	{HL_WEB_POST, "/report/:ref/undecide", HL_AUTHZ_REPORT_TRIAGE,
		hl_desk_undecide_post},
	{HL_WEB_POST, "/report/:ref/contact", HL_AUTHZ_CONTACT_REQUEST,
		hl_desk_contact_post},
	{HL_WEB_POST, "/report/:ref/contact/grant", HL_AUTHZ_CONTACT_GRANT,
		hl_desk_contact_grant_post},
	{HL_WEB_POST, "/report/:ref/contact/refuse", HL_AUTHZ_CONTACT_GRANT,
		hl_desk_contact_refuse_post},
	{HL_WEB_POST, "/report/:ref/contact/read", HL_AUTHZ_CONTACT_READ,
		hl_desk_contact_read_post},
	{HL_WEB_GET, "/case/:ref", HL_AUTHZ_CASE_READ, hl_desk_case_get},
	{HL_WEB_POST, "/case/:ref/take", HL_AUTHZ_CASE_LEASE,
		hl_desk_take_post},
	{HL_WEB_POST, "/case/:ref/renew", HL_AUTHZ_CASE_RELEASE,
		hl_desk_renew_post},
	{HL_WEB_POST, "/case/:ref/release", HL_AUTHZ_CASE_RELEASE,
		hl_desk_release_post},
	{HL_WEB_GET, "/case/:ref/assign", HL_AUTHZ_CASE_REASSIGN,
		hl_desk_assign_get},
	{HL_WEB_POST, "/case/:ref/assign", HL_AUTHZ_CASE_REASSIGN,
		hl_desk_assign_post},
	{HL_WEB_POST, "/case/:ref/note", HL_AUTHZ_CASE_NOTE, hl_desk_note_post},
	{HL_WEB_POST, "/case/:ref/view/start", HL_AUTHZ_CASE_VIEWING,
		hl_desk_view_start_post},
	{HL_WEB_POST, "/case/:ref/view/stop", HL_AUTHZ_CASE_VIEWING,
		hl_desk_view_stop_post},
	{HL_WEB_GET, "/case/:ref/assess", HL_AUTHZ_CASE_ASSESS,
		hl_desk_assess_get},
	{HL_WEB_POST, "/case/:ref/assess", HL_AUTHZ_CASE_ASSESS,
		hl_desk_assess_post},
	{HL_WEB_GET, "/case/:ref/verify", HL_AUTHZ_CASE_VERIFY,
		hl_desk_verify_get},
	{HL_WEB_POST, "/case/:ref/verify", HL_AUTHZ_CASE_VERIFY,
		hl_desk_verify_post},
	{HL_WEB_GET, "/case/:ref/adjudicate", HL_AUTHZ_CASE_ADJUDICATE,
		hl_desk_adjudicate_get},
	{HL_WEB_POST, "/case/:ref/adjudicate", HL_AUTHZ_CASE_ADJUDICATE,
		hl_desk_adjudicate_post},
	{HL_WEB_GET, "/case/:ref/close", HL_AUTHZ_CASE_CLOSE,
		hl_desk_close_get},
	{HL_WEB_POST, "/case/:ref/close", HL_AUTHZ_CASE_CLOSE,
		hl_desk_close_post},
	{HL_WEB_POST, "/case/:ref/reopen", HL_AUTHZ_CASE_REOPEN,
		hl_desk_reopen_post},
	{HL_WEB_POST, "/case/:ref/hold", HL_AUTHZ_CASE_LEGAL_HOLD,
		hl_desk_hold_post},
	{HL_WEB_POST, "/case/:ref/unhold", HL_AUTHZ_CASE_LEGAL_HOLD,
		hl_desk_unhold_post},
	{HL_WEB_GET, "/case/:ref/erase", HL_AUTHZ_ERASE_PROPOSE,
		hl_desk_erase_get},
	{HL_WEB_POST, "/case/:ref/erase", HL_AUTHZ_ERASE_PROPOSE,
		hl_desk_erase_post},
	{HL_WEB_POST, "/case/:ref/erase/approve", HL_AUTHZ_ERASE_APPROVE,
		hl_desk_erase_approve_post},
	{HL_WEB_POST, "/case/:ref/erase/refuse", HL_AUTHZ_ERASE_PROPOSE,
		hl_desk_erase_refuse_post},

	{HL_WEB_GET, "/case/:ref/refer", HL_AUTHZ_REFERRAL_DRAFT,
		hl_desk_plan_get},
	{HL_WEB_POST, "/case/:ref/refer", HL_AUTHZ_REFERRAL_DRAFT,
		hl_desk_plan_post},
	{HL_WEB_GET, "/referrals", HL_AUTHZ_RECIPIENT_READ,
		hl_desk_referrals_get},
	{HL_WEB_GET, "/referral/:ref", HL_AUTHZ_REFERRAL_READ,
		hl_desk_referral_get},
	{HL_WEB_GET, "/referral/:ref/document", HL_AUTHZ_REFERRAL_READ,
		hl_desk_preview_get},
	{HL_WEB_POST, "/referral/:ref/approve", HL_AUTHZ_REFERRAL_APPROVE,
		hl_desk_approve_post},
	{HL_WEB_POST, "/referral/:ref/release", HL_AUTHZ_REFERRAL_RELEASE,
		hl_desk_hold_release_post},
	{HL_WEB_GET, "/referral/:ref/override", HL_AUTHZ_REFERRAL_OVERRIDE,
		hl_desk_override_get},
	{HL_WEB_POST, "/referral/:ref/override", HL_AUTHZ_REFERRAL_OVERRIDE,
		hl_desk_override_post},
	{HL_WEB_POST, "/referral/:ref/close", HL_AUTHZ_REFERRAL_SEND,
		hl_desk_referral_close_post},
	{HL_WEB_POST, "/referral/:ref/retry", HL_AUTHZ_REFERRAL_SEND,
		hl_desk_retry_post},
	{HL_WEB_POST, "/referral/:ref/remind", HL_AUTHZ_REFERRAL_SEND,
		hl_desk_remind_post},
	{HL_WEB_POST, "/referral/:ref/recall", HL_AUTHZ_REFERRAL_SEND,
		hl_desk_recall_post},
	{HL_WEB_POST, "/referral/:ref/bounced", HL_AUTHZ_REFERRAL_SEND,
		hl_desk_bounced_post},
	{HL_WEB_POST, "/referral/:ref/bundle", HL_AUTHZ_REFERRAL_SEND,
		hl_desk_download_post},
	{HL_WEB_POST, "/referral/:ref/handed-over", HL_AUTHZ_REFERRAL_SEND,
		hl_desk_handed_post},
	{HL_WEB_POST, "/referral/:ref/removed", HL_AUTHZ_WATCH_PAUSE,
		hl_desk_removed_post},
	{HL_WEB_GET, "/referral/:ref/answer", HL_AUTHZ_ANSWER_RECORD,
		hl_desk_answer_get},
	{HL_WEB_POST, "/referral/:ref/answer", HL_AUTHZ_ANSWER_RECORD,
		hl_desk_answer_post},
	{HL_WEB_POST, "/referral/:ref/follow", HL_AUTHZ_CASE_FOLLOW,
		hl_desk_follow_post},
	{HL_WEB_GET, "/recipients", HL_AUTHZ_RECIPIENT_READ,
		hl_desk_recipients_get},
	{HL_WEB_GET, "/recipients/add", HL_AUTHZ_RECIPIENT_CHANGE,
		hl_desk_recipient_add_get},
	{HL_WEB_POST, "/recipients/add", HL_AUTHZ_RECIPIENT_CHANGE,
		hl_desk_recipient_add_post},
	{HL_WEB_GET, "/recipient/:ref", HL_AUTHZ_RECIPIENT_READ,
		hl_desk_recipient_get},
	{HL_WEB_POST, "/recipient/:ref", HL_AUTHZ_RECIPIENT_CHANGE,
		hl_desk_recipient_post},
	{HL_WEB_POST, "/recipient/:ref/approve", HL_AUTHZ_RECIPIENT_APPROVE,
		hl_desk_recipient_approve_post},
	{HL_WEB_POST, "/recipient/:ref/reject", HL_AUTHZ_RECIPIENT_APPROVE,
		hl_desk_recipient_reject_post},
	{HL_WEB_POST, "/recipient/:ref/retire", HL_AUTHZ_RECIPIENT_CHANGE,
		hl_desk_recipient_retire_post},

	{HL_WEB_POST, "/case/:ref/hash", HL_AUTHZ_CASE_HASH,
		hl_desk_hash_add_post},
	{HL_WEB_POST, "/case/:ref/hash/drop", HL_AUTHZ_CASE_HASH,
		hl_desk_hash_drop_post},
	{HL_WEB_POST, "/case/:ref/hash/recognise", HL_AUTHZ_CASE_HASH,
		hl_desk_hash_recognise_post},
	{HL_WEB_POST, "/case/:ref/hash/propose", HL_AUTHZ_HASH_PROPOSE,
		hl_desk_hash_propose_post},
	{HL_WEB_GET, "/hashes", HL_AUTHZ_HASH_READ, hl_desk_hash_lists_get},
	{HL_WEB_POST, "/hashes/switch", HL_AUTHZ_HASHLIST_MANAGE,
		hl_desk_hash_switch_post},
	{HL_WEB_GET, "/hashes/lists/add", HL_AUTHZ_HASHLIST_MANAGE,
		hl_desk_hash_list_add_get},
	{HL_WEB_POST, "/hashes/lists/add", HL_AUTHZ_HASHLIST_MANAGE,
		hl_desk_hash_list_add_post},
	{HL_WEB_GET, "/hashes/entries", HL_AUTHZ_HASH_READ,
		hl_desk_hash_entries_get},
	{HL_WEB_GET, "/hashes/add", HL_AUTHZ_HASHLIST_MANAGE,
		hl_desk_hash_type_get},
	{HL_WEB_POST, "/hashes/add", HL_AUTHZ_HASHLIST_MANAGE,
		hl_desk_hash_type_post},
	{HL_WEB_GET, "/hash-list/:ref", HL_AUTHZ_HASH_READ,
		hl_desk_hash_list_get},
	{HL_WEB_POST, "/hash-list/:ref", HL_AUTHZ_HASHLIST_MANAGE,
		hl_desk_hash_list_post},
	{HL_WEB_POST, "/hash-list/:ref/approve", HL_AUTHZ_HASHLIST_APPROVE,
		hl_desk_hash_list_approve_post},
	{HL_WEB_POST, "/hash-list/:ref/retire", HL_AUTHZ_HASHLIST_MANAGE,
		hl_desk_hash_list_retire_post},
	{HL_WEB_POST, "/hash-list/:ref/label", HL_AUTHZ_HASHLIST_MANAGE,
		hl_desk_hash_label_post},
	{HL_WEB_POST, "/hash-list/:ref/change/approve",
		HL_AUTHZ_HASHLIST_APPROVE, hl_desk_hash_change_approve_post},
	{HL_WEB_POST, "/hash-list/:ref/change/drop", HL_AUTHZ_HASHLIST_MANAGE,
		hl_desk_hash_change_drop_post},
	{HL_WEB_GET, "/hash/:ref", HL_AUTHZ_HASH_READ, hl_desk_hash_entry_get},
	{HL_WEB_POST, "/hash/:ref/approve", HL_AUTHZ_HASH_APPROVE,
		hl_desk_hash_approve_post},
	{HL_WEB_POST, "/hash/:ref/withdraw", HL_AUTHZ_HASH_WITHDRAW,
		hl_desk_hash_withdraw_post},
	{HL_WEB_POST, "/hash/:ref/opinion", HL_AUTHZ_HASH_OPINION,
		hl_desk_hash_opinion_post},

	{HL_WEB_GET, "/watch", HL_AUTHZ_WATCH_PAUSE, hl_desk_watch_get},
	{HL_WEB_POST, "/case/:ref/watch/pause", HL_AUTHZ_WATCH_PAUSE,
		hl_desk_watch_pause_post},
	{HL_WEB_POST, "/case/:ref/watch/resume", HL_AUTHZ_WATCH_PAUSE,
		hl_desk_watch_resume_post},
	{HL_WEB_POST, "/case/:ref/watch/gone", HL_AUTHZ_WATCH_PAUSE,
		hl_desk_watch_gone_post},
	{HL_WEB_POST, "/case/:ref/trace", HL_AUTHZ_CASE_TRACE,
		hl_desk_trace_post},
	{HL_WEB_GET, "/case/:ref/host", HL_AUTHZ_CASE_TRACE, hl_desk_host_get},
	{HL_WEB_POST, "/case/:ref/host", HL_AUTHZ_CASE_TRACE,
		hl_desk_host_post},
	{HL_WEB_POST, "/case/:ref/host/drop", HL_AUTHZ_CASE_TRACE,
		hl_desk_host_drop_post},
};
const struct hl_web_routes hl_desk_routes = {rows, HL_ARRAY_LEN(rows)};

struct hl_store *hl_desk_store(const struct hl_web_ctx *ctx)
{
	const struct hl_desk_thread *thread = ctx->thread;

	return thread->store;
}

struct hl_accounts_limits hl_desk_limits(const struct hl_web_ctx *ctx)
{
	const struct hl_settings *settings = hl_desk_of(ctx)->settings;

	return (struct hl_accounts_limits){
		.idle_minutes = settings->session_idle_minutes,
		.max_hours = settings->session_max_hours};
}

/* A form's token follows from the cookie: it needs no key of the process and
 * holds over restarts. */
static void csrf_key(
	const struct hl_seal_token *token, uint8_t key[HL_WEB_CSRF_KEY_BYTES])
{
	hl_seal_hkdf(&(struct hl_seal_hkdf){.ikm = hl_str_mem(
						    token->b, sizeof(token->b)),
			     .salt = HL_STR("OpenHotline v1 workbench"),
			     .info = HL_STR("csrf")},
		key, HL_WEB_CSRF_KEY_BYTES);
}

static void fill_csrf(struct hl_web_ctx *ctx, struct hl_desk_session *s)
{
	uint8_t key[HL_WEB_CSRF_KEY_BYTES];
	char text[HL_WEB_CSRF_MAX], printed[HL_SEAL_TOKEN_TEXT];

	csrf_key(&s->token, key);
	s->csrf = hl_arena_dup(ctx->arena,
		hl_web_csrf_token(
			key, hl_seal_token_print(&s->token, printed), text));
}

void hl_desk_session_renew(
	struct hl_web_ctx *ctx, const struct hl_seal_token *fresh)
{
	struct hl_desk_session *s = hl_desk_session_of(ctx);

	s->token = *fresh;
	fill_csrf(ctx, s);
}

static int check_form(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_desk_session *s)
{
	uint8_t key[HL_WEB_CSRF_KEY_BYTES];
	char printed[HL_SEAL_TOKEN_TEXT];
	int r = hl_web_form_read(ctx, req, &s->form);

	if (r) {
		return r;
	}
	csrf_key(&s->token, key);
	return hl_web_csrf_check(req, key,
		hl_seal_token_print(&s->token, printed),
		hl_web_form_get(&s->form, HL_WEB_CSRF_FIELD));
}

/* HL_NOTFOUND: nobody is logged in. */
static int open_session(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_desk_session *s)
{
	struct hl_accounts_limits limits = hl_desk_limits(ctx);
	struct hl_str cookie = hl_web_cookie_get(req, HL_DESK_COOKIE);

	if (hl_seal_token_parse(HL_SEAL_TOKEN_SESSION, cookie, &s->token)) {
		return HL_NOTFOUND;
	}
	int r = hl_accounts_open(hl_desk_store(ctx), ctx->arena, &s->token,
		&limits, &s->account, &ctx->err);
	if (r) {
		return r;
	}
	s->who = (struct hl_who){
		.actor = {.user_id = s->account.staff_id,
			.roles = s->account.roles,
			.enabled = true,
			.full_login = s->account.stage == HL_ACCOUNTS_FULL &&
				      !s->account.must_change},
		.ring = &s->account.ring,
		.store = hl_desk_store(ctx),
		.arena = ctx->arena};
	fill_csrf(ctx, s);
	return 0;
}

static bool may(const struct hl_desk_session *s, int need)
{
	enum hl_authz_action action = (enum hl_authz_action)need;

	if (need < 0) {
		return true;
	}
	if (hl_authz_object_kind(action) == HL_OBJECT_NONE) {
		return hl_authz_check(&s->who.actor, action, NULL, NULL) == 0;
	}
	return hl_authz_may_ever(&s->who.actor, action);
}

/* Where somebody has to go first, or NULL when they may go on. */
static const char *detour(
	const struct hl_desk_session *s, const struct hl_web_route *route)
{
	if (route->action == HL_DESK_HALF) {
		return NULL;
	}
	if (s->account.stage != HL_ACCOUNTS_FULL) {
		return s->account.has_totp ? "/login/code" : "/login/setup";
	}
	if (s->account.must_change && route->handler != hl_desk_password_get &&
		route->handler != hl_desk_password_post) {
		return "/account/password";
	}
	return NULL;
}

static int note_denied(
	struct hl_web_ctx *ctx, const struct hl_desk_session *s, int need)
{
	struct hl_tx *tx = hl_tx_begin(hl_desk_store(ctx), ctx->arena);

	hl_tx_event(tx, &(struct hl_store_event){.kind = HL_EVENT_SYSTEM_DENIED,
				.actor = s->account.staff_id,
				.object_kind = HL_OBJECT_SYSTEM,
				.a = need});
	int r = hl_tx_run(tx, &ctx->err);
	return r ? r : HL_DENIED;
}

static int enter(struct hl_web_ctx *ctx, const struct hl_web_match *m,
	struct hl_web_response *resp, struct hl_desk_session *s)
{
	int r = open_session(ctx, &m->req, s);

	if (r == HL_NOTFOUND) {
		return hl_desk_sign_in_first(ctx, &m->req, resp, "/login");
	}
	if (r) {
		return r;
	}
	ctx->session = s;
	if (m->req.method == HL_WEB_POST) {
		r = check_form(ctx, &m->req, s);
		if (r) {
			s->form_refused = true;
			return r;
		}
	}
	const char *first = detour(s, m->route);
	if (first) {
		return hl_desk_sign_in_first(ctx, &m->req, resp, first);
	}
	if (!may(s, m->route->action)) {
		return note_denied(ctx, s, m->route->action);
	}
	return m->route->handler(ctx, &m->req, resp);
}

/* Who may not see a thing learns no more than that it is not theirs. */
static int same_answer(int r)
{
	return r == HL_DENIED ? HL_NOTFOUND : r;
}

/* Pages of rooms above come last, and refuse a path that is nowhere. */
static int find(const struct hl_desk_app *app, const struct hl_web_request *req,
	struct hl_arena *arena, struct hl_web_match *m)
{
	int r = hl_web_route_find(&hl_desk_routes, req, arena, m);

	if (r && app->extra && !m->allowed) {
		r = hl_web_route_find(&app->extra->routes, req, arena, m);
	}
	return r;
}

int hl_desk_handle(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_session s = {0};
	struct hl_web_match m;

	if (find(hl_desk_of(ctx), req, ctx->arena, &m)) {
		return hl_web_route_refuse(&m, ctx, req, resp);
	}
	if (m.route->action == HL_DESK_OPEN) {
		return m.route->handler(ctx, &m.req, resp);
	}
	int r = enter(ctx, &m, resp, &s);
	if (!s.form_refused) { /* a forged or outdated form says so */
		r = same_answer(r);
	}
	if (r) {
		/* the page is made here, while there is a session */
		int status = r == HL_NOTFOUND   ? 404
			     : r == HL_DENIED   ? 403
			     : r == HL_CONFLICT ? 409
						: 0;
		if (status) {
			r = hl_web_error(ctx, req, resp, status);
		}
	}
	if (s.notice_shown && resp->status != 303) {
		hl_desk_notice_drop(ctx, req, resp);
	}
	ctx->session = NULL;
	hl_accounts_session_wipe(&s.account);
	hl_seal_token_wipe(&s.token);
	return r;
}
