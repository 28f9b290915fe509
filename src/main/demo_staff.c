/* SPDX-License-Identifier: Apache-2.0 */
/* The people of a demonstration. Each gets a first password, sets up a code
 * and chooses a password of their own, as at any first login. */
#include "main/demo_inner.h"

#include "base/time.h"

static const struct hl_accounts_limits limits = {
	.idle_minutes = 60, .max_hours = 12};
/* of the password that is replaced a moment later */
static const struct hl_seal_cost cheap = {
	.mem_kib = 64, .passes = 1, .allow_weak = true};

struct hl_who hl_main_demo_who(
	const struct hl_main_demo *demo, enum hl_main_demo_person person)
{
	return (struct hl_who){.actor = {.user_id = demo->staff_id[person],
				       .roles = demo->logins.at[person].roles,
				       .enabled = true,
				       .full_login = true},
		.ring = &demo->session[person].ring,
		.store = demo->made->store,
		.arena = demo->arena};
}

static int create(struct hl_main_demo *demo, enum hl_main_demo_person person,
	struct hl_str first, struct hl_err *err)
{
	const struct hl_main_demo_login *login = &demo->logins.at[person];
	struct hl_who host = {.ring = &demo->made->ring,
		.store = demo->made->store,
		.arena = demo->arena};
	struct hl_accounts_user user = {.login = hl_str_c(login->login),
		.display_name = hl_str_c(login->name),
		.roles = login->roles};
	int r = hl_accounts_create(&host, &user, first, &cheap, err);

	demo->staff_id[person] = user.id;
	if (!r && login->roles & HL_ROLE_CONTENT) {
		r = hl_accounts_grant(&host, user.id, err);
	}
	return r;
}

static int open_session(struct hl_main_demo *demo,
	enum hl_main_demo_person person, const struct hl_seal_token *token,
	struct hl_err *err)
{
	return hl_accounts_open(demo->made->store, demo->arena, token, &limits,
		&demo->session[person], err);
}

/* The second factor; *token becomes that of the full session. */
static int enrol(struct hl_main_demo *demo, enum hl_main_demo_person person,
	struct hl_seal_token *token, struct hl_err *err)
{
	HL_BUF_AUTO codes = HL_BUF_SECRET(4096);
	HL_SEAL_TOKEN_AUTO fresh = {0};
	struct hl_seal_totp *totp = &demo->logins.at[person].totp;
	char code[7];
	int r = open_session(demo, person, token, err);

	if (r) {
		return r;
	}
	hl_accounts_enrol_secret(token, totp);
	hl_seal_totp_code(totp, hl_seal_totp_step(hl_time_now_us()), code);
	const struct hl_accounts_step step = {
		token, &demo->session[person], &limits, hl_str_c(code), NULL};
	r = hl_accounts_enrol(
		demo->made->store, demo->arena, &step, &fresh, &codes, err);
	hl_accounts_session_wipe(&demo->session[person]);
	*token = fresh;
	return r ? r : open_session(demo, person, token, err);
}

static int choose_password(struct hl_main_demo *demo,
	enum hl_main_demo_person person, const struct hl_seal_token *token,
	struct hl_str first, struct hl_err *err)
{
	struct hl_main_demo_login *login = &demo->logins.at[person];
	enum hl_seal_password_fault fault;
	struct hl_accounts_new_password change = {.token = token,
		.before = first,
		.after = hl_seal_password_random(login->password),
		.cost = &HL_SEAL_COST_DEFAULT};

	return hl_accounts_password(demo->made->store, demo->arena,
		&demo->session[person], &change, &fault, err);
}

static int come_in(struct hl_main_demo *demo, enum hl_main_demo_person person,
	struct hl_err *err)
{
	HL_SEAL_TOKEN_AUTO token = {0};
	char first[HL_SEAL_PASSWORD_RANDOM];
	struct hl_accounts_typed typed = {
		hl_str_c(demo->logins.at[person].login),
		hl_seal_password_random(first)};
	int r = create(demo, person, typed.password, err);

	if (!r) {
		r = hl_accounts_login(demo->made->store, demo->arena, &typed,
			&limits, &token, err);
	}
	if (!r) {
		r = enrol(demo, person, &token, err);
	}
	if (!r) {
		r = choose_password(demo, person, &token, typed.password, err);
	}
	explicit_bzero(first, sizeof(first));
	return r > 0 ? HL_FAIL(err, HL_E_INTERNAL, "%s could not come in: %s",
			       demo->logins.at[person].login, hl_err_name(r))
		     : r;
}

int hl_main_demo_staff(struct hl_main_demo *demo, struct hl_err *err)
{
	int r = hl_seal_totp_init(err);

	for (int i = 0; i < HL_DEMO_PEOPLE && !r; i++) {
		r = come_in(demo, (enum hl_main_demo_person)i, err);
	}
	return r;
}
