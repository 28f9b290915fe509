/* SPDX-License-Identifier: Apache-2.0 */
/* hotline user: what the host's administrator may do to logins. No key can
 * be handed over from here; that is a supervisor's, in the workbench. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "accounts/accounts.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli/escrow.h"
#include "cli/recover.h"
#include "seal/password.h"
#include "store/sql.h"

static const char help[] =
	"usage: hotline user list [--json]\n"
	"       hotline user add LOGIN NAME ROLE[,ROLE...]\n"
	"       hotline user roles LOGIN ROLE[,ROLE...] [--from-sheets]\n"
	"       hotline user disable LOGIN [--from-sheets]\n"
	"       hotline user enable LOGIN\n"
	"       hotline user reset LOGIN [--from-sheets]\n"
	"       hotline user recover LOGIN [FILE...]\n"
	"       hotline user escrow LOGIN K/N\n"
	"\n"
	"Roles: analyst, verifier, supervisor, referral, administrator; the\n"
	"last one stands alone. add and reset print a first password once.\n"
	"Somebody who is new or was reset holds no key until a supervisor\n"
	"hands the keys over in the workbench (Staff). recover gives the keys\n"
	"on escrow sheets (hotline init --escrow), typed into files or\n"
	"standard input, to a supervisor who holds none. escrow prints new\n"
	"sheets of all keys that a supervisor holds, who types the password;\n"
	"they take the place of older ones.\n"
	"\n"
	"Keys that nobody else holds are not taken from anybody: reports "
	"could\n"
	"never be opened again. --from-sheets says that enough escrow sheets\n"
	"are at hand and that recover will bring the keys back.\n"
	"\n"
	"exit status: 0 done, 1 refused, 2 usage, 3 no such login,\n"
	"             4 the store cannot be reached\n";

struct session {
	struct hl_cli_session in;
	bool from_sheets;
};

static int parse_roles(struct session *s, const char *text, unsigned *roles,
	struct hl_err *err)
{
	struct hl_str rest = hl_str_c(text), one;

	*roles = 0;
	while (hl_str_next(&rest, ',', &one)) {
		int role;

		if (hl_vocab_parse(&hl_vocab_role, hl_str_trim(one), &role)) {
			s->in.usage = true;
			return HL_FAIL(err, HL_E_INVALID,
				"no role \"%.*s\"; --help lists them",
				HL_STR_ARG(one));
		}
		*roles |= (unsigned)role;
	}
	return 0;
}

static void put_roles(struct hl_buf *out, unsigned roles)
{
	bool first = true;

	for (size_t i = 0; i < hl_vocab_role.n_words; i++) {
		int role = hl_vocab_role.words[i].value;

		if (role && roles & (unsigned)role) {
			hl_buf_printf(out, "%s%s", first ? "" : ",",
				hl_vocab_role.words[i].name);
			first = false;
		}
	}
}

static void put_json(struct hl_buf *out, const struct hl_row_staff_list *u)
{
	HL_BUF_AUTO roles = HL_BUF_INIT(256);
	char ref[HL_REF_MAX], at[HL_TIME_ISO_MAX];

	put_roles(&roles, (unsigned)u->roles);
	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "ref", hl_ref_print(HL_REF_STAFF, u->id, ref));
	hl_json_put_member(out, "login", u->login);
	hl_json_put_member(out, "name", u->display_name);
	hl_json_put_member(out, "roles", hl_buf_str(&roles));
	hl_json_put_member_bool(out, "active", u->active != 0);
	hl_json_put_member_bool(out, "second_factor", u->has_totp != 0);
	hl_json_put_member_bool(out, "holds_keys", u->n_keys > 0);
	if (u->last_login_us) {
		hl_json_put_member(
			out, "last_login", hl_time_iso_s(u->last_login_us, at));
	}
	hl_buf_put_c(out, '}');
}

static void put_line(struct hl_buf *out, const struct hl_row_staff_list *u)
{
	size_t at = out->n;

	hl_buf_printf(out, "%-16.*s ", HL_STR_ARG(u->login));
	put_roles(out, (unsigned)u->roles);
	while (out->n - at < 46 && !out->fault) {
		hl_buf_put_c(out, ' ');
	}
	hl_buf_printf(out, " %-8s %-9s %s\n", u->active ? "active" : "disabled",
		u->has_totp ? "code set" : "no code",
		u->n_keys ? "holds keys" : "no keys");
}

static int list(struct session *s, bool json, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT(4 << 20);
	struct hl_row_staff_list *users;
	size_t n;
	int r = hl_get_staff_list(s->in.store, s->in.arena, &users, &n, err);

	if (r) {
		return r;
	}
	hl_buf_put(&out, json ? HL_STR("{\"users\":[") : HL_STR(""));
	for (size_t i = 0; i < n; i++) {
		if (json) {
			put_json(&out, &users[i]);
		} else {
			put_line(&out, &users[i]);
		}
	}
	hl_buf_put(&out, json ? HL_STR("]}\n") : HL_STR(""));
	fwrite(hl_buf_str(&out).p, 1, out.n, stdout);
	return out.fault;
}

static int find(struct session *s, const char *login,
	struct hl_row_staff_by_login **user, struct hl_err *err)
{
	struct hl_in_staff_by_login in = {hl_str_c(login)};
	size_t n;
	int r = hl_get_staff_by_login(
		s->in.store, s->in.arena, &in, user, &n, err);

	if (!r && n == 0) {
		HL_FAIL(err, HL_NOTFOUND, "no login \"%s\"", login);
		return HL_NOTFOUND;
	}
	return r;
}

static void print_password(
	const char *login, const char *password, unsigned roles)
{
	printf("%s can come in with the first password %s\n", login, password);
	if (roles & HL_ROLE_CONTENT) {
		puts("A supervisor hands over the keys in the workbench.");
	}
}

/* Why not, and how to go on where there is a way. */
static void tell_why(enum hl_authz_user_why why, struct hl_err *err)
{
	HL_FAIL(err, HL_DENIED, "%s%s",
		hl_vocab_label(&hl_vocab_authz_user_why, (int)why),
		why == HL_AUTHZ_USER_KEYS_ON_SHEETS ? ": --from-sheets" : "");
}

static int add(struct session *s, char **argv, struct hl_err *err)
{
	struct hl_accounts_user user = {
		.login = hl_str_c(argv[2]), .display_name = hl_str_c(argv[3])};
	char password[HL_SEAL_PASSWORD_RANDOM];
	int r = parse_roles(s, argv[4], &user.roles, err);

	if (r) {
		return r;
	}
	r = hl_accounts_create(&s->in.who, &user,
		hl_seal_password_random(password), &HL_SEAL_COST_DEFAULT, err);
	if (!r) {
		print_password(argv[2], password, user.roles);
	} else if (r == HL_CONFLICT) {
		HL_FAIL(err, r, "the login \"%s\" is taken", argv[2]);
	} else if (r == HL_DENIED) {
		HL_FAIL(err, r, "these roles do not go together");
	}
	explicit_bzero(password, sizeof(password));
	return r;
}

static int change(struct session *s, const char *login, const char *roles,
	int active, struct hl_err *err)
{
	enum hl_authz_user_why why = HL_AUTHZ_USER_ALLOWED;
	struct hl_row_staff_by_login *user;
	int r = find(s, login, &user, err);

	if (r) {
		return r;
	}
	unsigned mask = (unsigned)user->roles;
	if (roles) {
		r = parse_roles(s, roles, &mask, err);
	}
	if (r) {
		return r;
	}
	r = hl_accounts_change(&s->in.who, user->id,
		&(struct hl_accounts_standing){mask,
			active < 0 ? user->active != 0 : active,
			s->from_sheets},
		&why, err);
	if (r == HL_DENIED) {
		tell_why(why, err);
	}
	return r;
}

static int reset(struct session *s, const char *login, struct hl_err *err)
{
	enum hl_authz_user_why why = HL_AUTHZ_USER_ALLOWED;
	char password[HL_SEAL_PASSWORD_RANDOM];
	struct hl_row_staff_by_login *user;
	int r = find(s, login, &user, err);

	if (r) {
		return r;
	}
	r = hl_accounts_reset(&s->in.who, user->id,
		&(struct hl_accounts_first){hl_seal_password_random(password),
			&HL_SEAL_COST_DEFAULT, s->from_sheets},
		&why, err);
	if (!r) {
		print_password(login, password, (unsigned)user->roles);
	} else if (r == HL_DENIED) {
		tell_why(why, err);
	}
	explicit_bzero(password, sizeof(password));
	return r;
}

static int run(
	struct session *s, int argc, char **argv, bool json, struct hl_err *err)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (strcmp(verb, "list") == 0 && argc == 2) {
		return list(s, json, err);
	}
	if (strcmp(verb, "add") == 0 && argc == 5) {
		return add(s, argv, err);
	}
	if (strcmp(verb, "roles") == 0 && argc == 4) {
		return change(s, argv[2], argv[3], -1, err);
	}
	if (strcmp(verb, "disable") == 0 && argc == 3) {
		return change(s, argv[2], NULL, 0, err);
	}
	if (strcmp(verb, "enable") == 0 && argc == 3) {
		return change(s, argv[2], NULL, 1, err);
	}
	if (strcmp(verb, "reset") == 0 && argc == 3) {
		return reset(s, argv[2], err);
	}
	if (strcmp(verb, "recover") == 0 && argc > 2) {
		return hl_cli_recover(
			s->in.store, s->in.arena, argc - 2, argv + 2, err);
	}
	if (strcmp(verb, "escrow") == 0 && argc == 4) {
		return hl_cli_escrow(s->in.store, s->in.arena, argv + 2, err);
	}
	s->in.usage = true;
	return HL_FAIL(err, HL_E_INVALID, "see \"hotline user --help\"");
}

int hl_cli_user(int argc, char **argv)
{
	struct session s = {0};
	struct hl_err err = {0};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	bool json = hl_cli_flag(&argc, argv, "--json");
	s.from_sheets = hl_cli_flag(&argc, argv, "--from-sheets");
	if (argc < 2 || hl_cli_unknown(argc, argv)) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	int r = hl_cli_session_open(&s.in, &err);
	if (!r) {
		r = run(&s, argc, argv, json, &err);
	}
	return hl_cli_session_close(&s.in, "user", r, &err);
}
