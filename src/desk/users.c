/* SPDX-License-Identifier: Apache-2.0 */
/* Staff: who there is, what they may, who holds keys. */
#include "desk/inner.h"

#include "seal/password.h"
#include "store/sql.h"
#include "web/templates.h"

static bool manages(const struct hl_web_ctx *ctx)
{
	return hl_authz_check(&hl_desk_who(ctx)->actor, HL_AUTHZ_USER_MANAGE,
		       NULL, NULL) == 0;
}

static bool grants(const struct hl_web_ctx *ctx)
{
	return hl_authz_may_ever(
		       &hl_desk_who(ctx)->actor, HL_AUTHZ_KEY_GRANT) &&
	       hl_desk_who(ctx)->ring->queue.n > 0;
}

static struct hl_desk_user_row row_of(
	struct hl_arena *arena, const struct hl_row_staff_list *u)
{
	bool content = ((unsigned)u->roles & HL_ROLE_CONTENT) != 0;

	return (struct hl_desk_user_row){.id = u->id,
		.login = u->login,
		.name = u->display_name,
		.roles = hl_desk_roles_text(arena, (unsigned)u->roles),
		.active = u->active != 0,
		.has_totp = u->has_totp != 0,
		.holds_keys = u->n_keys > 0,
		.wants_keys = u->active && content && u->n_keys == 0,
		.last_login_us = u->last_login_us};
}

int hl_desk_users_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_row_staff_list *users;
	struct hl_desk_users v = {0};
	size_t n;
	int r = hl_get_staff_list(
		hl_desk_store(ctx), ctx->arena, &users, &n, &ctx->err);

	if (r) {
		return r;
	}
	struct hl_desk_user_row *rows =
		hl_arena_array(ctx->arena, n, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		rows[i] = row_of(ctx->arena, &users[i]);
		v.n_waiting += rows[i].wants_keys;
	}
	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("Staff")), "/staff");
	v.page.web.wide = true;
	v.rows = rows;
	v.n_rows = rows ? n : 0;
	v.may_manage = manages(ctx);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_users(&resp->body, &v);
	return 0;
}

/* Role words are bits themselves; a mask of 1 << value would not do. */
static const struct hl_w_option *role_options(
	struct hl_arena *arena, unsigned roles, size_t *n)
{
	const struct hl_w_option *given =
		hl_desk_options(arena, &hl_vocab_role, 0, false, n);
	struct hl_w_option *options =
		hl_arena_array(arena, *n, sizeof(*options));

	for (size_t i = 0; options && given && i < *n; i++) {
		int role = 0;

		options[i] = given[i];
		hl_vocab_parse(&hl_vocab_role, given[i].value, &role);
		options[i].checked = (roles & (unsigned)role) != 0;
	}
	return options;
}

static unsigned roles_of(const struct hl_web_form *form)
{
	struct hl_str name;
	unsigned roles = 0;
	size_t at = 0;

	while (hl_web_form_next(form, "roles", &at, &name)) {
		int role;

		if (hl_vocab_parse(&hl_vocab_role, name, &role) == 0) {
			roles |= (unsigned)role;
		}
	}
	return roles;
}

static int show_add(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_desk_user_add *v,
	unsigned roles)
{
	struct hl_w_error errors[3];
	size_t n = 0;

	if (v->login_error.n) {
		errors[n++] =
			(struct hl_w_error){v->login_error, HL_STR("login")};
	}
	if (v->name_error.n) {
		errors[n++] =
			(struct hl_w_error){v->name_error, HL_STR("name")};
	}
	if (v->roles_error.n) {
		errors[n++] =
			(struct hl_w_error){v->roles_error, HL_STR("roles")};
	}
	hl_desk_page_init(
		ctx, req, &v->page, hl_web_tr(HL_TR("Add a person")), "/staff");
	v->page.web.back_href = HL_STR("/staff");
	hl_desk_page_errors(&v->page, errors, n);
	v->roles = role_options(ctx->arena, roles, &v->n_roles);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_user_add(&resp->body, v);
	return 0;
}

int hl_desk_user_add_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_user_add v = {0};

	return show_add(ctx, req, resp, &v, 0);
}

/* The first password, in the answer itself: it is kept nowhere. */
static int show_password(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp,
	struct hl_str login, struct hl_str password)
{
	struct hl_desk_password_once v = {
		.login = login, .password = password, .href = HL_STR("/staff")};

	hl_desk_page_init(ctx, req, &v.page,
		hl_web_tr(HL_TR("Hand over the first password")), "/staff");
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_password_once(&resp->body, &v);
	return 0;
}

static struct hl_str roles_fault(const struct hl_web_ctx *ctx, unsigned roles)
{
	struct hl_authz_user user = {
		.roles_after = roles, .enabled_after = true};
	enum hl_authz_user_why why = HL_AUTHZ_USER_ALLOWED;

	if (hl_authz_user_change(&hl_desk_who(ctx)->actor, &user, &why)) {
		return hl_web_tr(
			hl_vocab_label(&hl_vocab_authz_user_why, (int)why));
	}
	return HL_STR_NONE;
}

int hl_desk_user_add_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	char password[HL_SEAL_PASSWORD_RANDOM];
	struct hl_desk_user_add v = {.login = hl_web_form_get(form, "login"),
		.name = hl_web_form_get(form, "name")};
	struct hl_accounts_user user = {.login = v.login,
		.display_name = v.name,
		.roles = roles_of(form)};

	v.roles_error = roles_fault(ctx, user.roles);
	if (!hl_accounts_login_valid(user.login)) {
		v.login_error = hl_web_tr(
			HL_TR("Use 2 to 32 small letters, digits, dots or "
			      "hyphens, a letter first"));
	}
	if (!user.display_name.n) {
		v.name_error = hl_web_tr(HL_TR("Enter a name"));
	}
	if (v.roles_error.n || v.login_error.n || v.name_error.n) {
		return show_add(ctx, req, resp, &v, user.roles);
	}
	int r = hl_accounts_create(hl_desk_who(ctx), &user,
		hl_seal_password_random(password), &HL_SEAL_COST_DEFAULT,
		&ctx->err);
	if (r == HL_CONFLICT) {
		v.login_error = hl_web_tr(HL_TR("This login is taken"));
	} else if (r == HL_E_INVALID) {
		v.name_error = hl_web_tr(HL_TR("This name has characters that "
					       "cannot be shown"));
	} else if (r) {
		return r;
	}
	if (r) {
		return show_add(ctx, req, resp, &v, user.roles);
	}
	r = show_password(ctx, req, resp, user.login, hl_str_c(password));
	explicit_bzero(password, sizeof(password));
	return r;
}

static int find_user(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_row_staff_list **user)
{
	struct hl_row_staff_list *users;
	int64_t id;
	size_t n;
	int r = hl_desk_param(req, 0, HL_REF_STAFF, &id);

	if (!r) {
		r = hl_get_staff_list(
			hl_desk_store(ctx), ctx->arena, &users, &n, &ctx->err);
	}
	for (size_t i = 0; !r && i < n; i++) {
		if (users[i].id == id) {
			*user = &users[i];
			return 0;
		}
	}
	return r ? r : HL_NOTFOUND;
}

static int show_user(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_row_staff_list *user,
	const struct hl_w_error *problem)
{
	struct hl_desk_user v = {.row = row_of(ctx->arena, user),
		.may_manage = manages(ctx),
		.may_grant = grants(ctx)};
	enum hl_authz_keys keys;
	int r = hl_accounts_keys(hl_desk_who(ctx), user->id, &keys, &ctx->err);

	if (r) {
		return r;
	}
	v.keys_on_sheets = keys == HL_AUTHZ_KEYS_ON_SHEETS;
	v.keys_last = keys == HL_AUTHZ_KEYS_LOST;
	if (problem && hl_str_eq(problem->field, HL_STR("roles"))) {
		v.roles_error = problem->text;
	}
	hl_desk_page_init(ctx, req, &v.page, user->display_name, "/staff");
	v.page.web.back_href = HL_STR("/staff");
	hl_desk_page_errors(&v.page, problem, problem ? 1 : 0);
	v.roles = role_options(ctx->arena, (unsigned)user->roles, &v.n_roles);
	hl_web_respond(resp, problem ? 422 : 200, "text/html");
	hl_tmpl_desk_user(&resp->body, &v);
	return 0;
}

int hl_desk_user_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_row_staff_list *user;
	int r = find_user(ctx, req, &user);

	return r ? r : show_user(ctx, req, resp, user, NULL);
}

static struct hl_w_error problem_of(
	enum hl_authz_user_why why, const char *target)
{
	return (struct hl_w_error){
		hl_web_tr(hl_vocab_label(&hl_vocab_authz_user_why, (int)why)),
		hl_str_c(target)};
}

static struct hl_str saved_text(bool before, bool after)
{
	if (!after) {
		return hl_web_tr(HL_TR("Saved. The person has been signed out "
				       "and cannot sign in any more. Cases "
				       "that they held are free."));
	}
	return before ? hl_web_tr(HL_TR("Saved. The person has been signed "
					"out and can come in again."))
		      : hl_web_tr(HL_TR("Saved. The person can sign in "
					"again."));
}

int hl_desk_user_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	enum hl_authz_user_why why = HL_AUTHZ_USER_ALLOWED;
	struct hl_row_staff_list *user;
	int r = find_user(ctx, req, &user);

	if (r) {
		return r;
	}
	bool active = hl_web_form_has(form, "active", "yes");
	r = hl_accounts_change(hl_desk_who(ctx), user->id,
		&(struct hl_accounts_standing){roles_of(form), active,
			hl_web_form_has(form, "from_sheets", "yes")},
		&why, &ctx->err);
	if (r == HL_DENIED && why) {
		struct hl_w_error problem = problem_of(why, "roles");

		return show_user(ctx, req, resp, user, &problem);
	}
	return r ? r
		 : hl_desk_go(ctx, req, resp,
			   hl_desk_path(ctx->arena, "/staff/", HL_REF_STAFF,
				   user->id, ""),
			   saved_text(user->active != 0, active));
}

int hl_desk_user_reset_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	enum hl_authz_user_why why = HL_AUTHZ_USER_ALLOWED;
	char password[HL_SEAL_PASSWORD_RANDOM];
	struct hl_row_staff_list *user;
	int r = find_user(ctx, req, &user);

	if (!r) {
		r = hl_accounts_reset(hl_desk_who(ctx), user->id,
			&(struct hl_accounts_first){
				hl_seal_password_random(password),
				&HL_SEAL_COST_DEFAULT,
				hl_web_form_has(form, "from_sheets", "yes")},
			&why, &ctx->err);
	}
	if (r == HL_DENIED && why) {
		struct hl_w_error problem = problem_of(why, "reset");

		return show_user(ctx, req, resp, user, &problem);
	}
	if (!r) {
		r = show_password(
			ctx, req, resp, user->login, hl_str_c(password));
		explicit_bzero(password, sizeof(password));
	}
	return r;
}

int hl_desk_user_grant_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_row_staff_list *user;
	int r = find_user(ctx, req, &user);

	if (!r) {
		r = hl_accounts_grant(hl_desk_who(ctx), user->id, &ctx->err);
	}
	return r ? r
		 : hl_desk_go(ctx, req, resp, HL_STR("/staff"),
			   hl_web_tr(
				   HL_TR("The keys have been handed over. "
					 "They work from the next page on.")));
}
