/* SPDX-License-Identifier: Apache-2.0 */
/* hotline init: a new installation with its first supervisor and its first
 * administrator, whose passwords are printed once. */
#include "main/commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "accounts/accounts.h"
#include "base/json.h"
#include "cli/common.h"
#include "cli/escrow.h"
#include "main/demo.h"
#include "main/install.h"
#include "seal/password.h"

#define SET_MAX 64

static const char help[] =
	"usage: hotline init [--dir DIR] [--set KEY=VALUE]... [--user NAME]\n"
	"                    [--escrow K/N] [--demo] [--json]\n"
	"\n"
	"Makes a new installation in DIR (default ./var or /var/lib/hotline):\n"
	"settings, keys, law profiles, an empty store, a first supervisor who\n"
	"holds the keys and a first administrator who holds none. Their first\n"
	"passwords are printed once and kept nowhere.\n"
	"\n"
	"  --set KEY=VALUE  a setting, as in hotline.conf; may be repeated\n"
	"  --user NAME      owner of the files, and as whom it will run, when\n"
	"                   root makes it; without it that is root\n"
	"  --escrow K/N     print N sheets with shares of the keys, of which "
	"K\n"
	"                   bring them back (hotline user recover)\n"
	"  --demo           with invented data and invented staff\n"
	"  --json           print the logins as JSON\n"
	"\n"
	"The law profiles come from the program's own data: the clone it was\n"
	"built in, or where ninja install put them; $HOTLINE_DATA names "
	"another\n"
	"folder. What cannot be right is refused before anything is made.\n"
	"\n"
	"exit status: 0 made, 1 failed, 2 usage, 4 there is one already,\n"
	"             or a store\n";

struct login {
	const char *login, *display_name;
	unsigned roles;
	char password[HL_SEAL_PASSWORD_RANDOM];
};

static int add_login(
	const struct hl_who *who, struct login *login, struct hl_err *err)
{
	struct hl_accounts_user user = {.login = hl_str_c(login->login),
		.display_name = hl_str_c(login->display_name),
		.roles = login->roles};
	struct hl_str password = hl_seal_password_random(login->password);
	int r = hl_accounts_create(
		who, &user, password, &HL_SEAL_COST_DEFAULT, err);

	if (!r && login->roles & HL_ROLE_CONTENT) {
		r = hl_accounts_grant(who, user.id, err);
	}
	return r;
}

static void print_logins(const struct login *logins, size_t n, bool json)
{
	HL_BUF_AUTO out = HL_BUF_SECRET(8192);

	if (json) {
		hl_buf_put(&out, HL_STR("{\"logins\":["));
		for (size_t i = 0; i < n; i++) {
			hl_json_put_sep(&out);
			hl_buf_put_c(&out, '{');
			hl_json_put_member(
				&out, "login", hl_str_c(logins[i].login));
			hl_json_put_member(
				&out, "password", hl_str_c(logins[i].password));
			hl_buf_put_c(&out, '}');
		}
		hl_buf_put(&out, HL_STR("]}\n"));
	} else {
		hl_buf_put(
			&out, HL_STR("First logins (shown once; each chooses a "
				     "password and sets up a code at the first "
				     "login):\n"));
		for (size_t i = 0; i < n; i++) {
			hl_buf_printf(&out, "  %-12s %s\n", logins[i].login,
				logins[i].password);
		}
	}
	fwrite(out.p, 1, out.n, stdout);
}

static int populate(struct hl_main_install *made, bool json, struct hl_err *err)
{
	struct login logins[] = {
		{"supervisor", "First supervisor", HL_ROLE_SUPERVISOR, ""},
		{"admin", "First administrator", HL_ROLE_ADMIN, ""},
	};
	HL_ARENA_AUTO *arena = hl_arena_new(4 << 20, true);
	struct hl_who who = {
		.ring = &made->ring, .store = made->store, .arena = arena};
	int r = arena ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory");

	for (size_t i = 0; i < HL_ARRAY_LEN(logins) && !r; i++) {
		r = add_login(&who, &logins[i], err);
	}
	if (!r) {
		print_logins(logins, HL_ARRAY_LEN(logins), json);
	}
	explicit_bzero(logins, sizeof(logins));
	return r;
}

struct options {
	bool demo, json;
	const char *escrow; /* NULL: no sheets */
	struct hl_cli_escrow_size sheets;
};

/* Sheets go to standard output alone: nothing of them stays on the disk. */
static int print_sheets(const struct hl_main_install *made,
	const struct options *options, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_SECRET(64 * 1024);
	struct hl_cli_escrow_order order = {
		made->store, &made->ring, options->sheets, 0};
	int r = hl_cli_escrow_make(&order, &out, err);

	if (!r) {
		fwrite(out.p, 1, out.n, stdout);
	}
	return r;
}

static int fill(struct hl_main_install *made, const char *dir,
	const struct options *options, struct hl_err *err)
{
	int r = options->demo ? hl_main_demo_fill(made, dir, options->json, err)
			      : populate(made, options->json, err);

	return r || !options->escrow ? r : print_sheets(made, options, err);
}

static void warn_of_root(const struct hl_main_new *given)
{
	if (geteuid() == 0 && !given->user) {
		fprintf(stderr,
			"\nhotline init: the files belong to root, and hotline "
			"serve would run as root.\nGive them to a user of "
			"their own before it starts:\n"
			"  adduser --system --group --no-create-home hotline\n"
			"  chown -R hotline: %s\n"
			"(or the next time: hotline init --user hotline)\n\n",
			given->dir);
	}
}

static void warn_of_urls(const struct hl_settings *settings)
{
	HL_BUF_AUTO text = HL_BUF_INIT(2048);
	struct hl_str rest, line;

	hl_settings_put_misled(&text, settings);
	rest = hl_buf_str(&text);
	while (rest.n && hl_str_next(&rest, '\n', &line)) {
		fprintf(stderr, "hotline init: %.*s\n", HL_STR_ARG(line));
	}
}

static int make(const struct hl_main_new *given, const struct options *options)
{
	struct hl_main_install made;
	struct hl_err err = {0};

	if (options->demo) {
		hl_main_demo_begin();
	}
	int r = hl_main_install(given, &made, &err);
	if (r) {
		return hl_cli_fail("init", r, &err);
	}
	warn_of_urls(made.settings);
	r = fill(&made, given->dir, options, &err);
	hl_main_install_fini(&made);
	if (!r) {
		r = hl_main_own(given->dir, given->user, &err);
	}
	if (r) {
		return hl_cli_fail("init", r, &err);
	}
	warn_of_root(given);
	fprintf(options->json ? stderr : stdout,
		"Made %s. Look at %s/hotline.conf, then: hotline serve "
		"--dir %s\n",
		given->dir, given->dir, given->dir);
	return HL_CLI_OK;
}

int hl_main_init(int argc, char **argv)
{
	const char *set[SET_MAX], *one;
	struct hl_main_new given = {.dir = hl_cli_dir(), .set = set};
	struct options options = {0};
	struct hl_err err = {0};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	options.demo = hl_cli_flag(&argc, argv, "--demo");
	options.json = hl_cli_flag(&argc, argv, "--json");
	options.escrow = hl_cli_option(&argc, argv, "--escrow");
	given.user = hl_cli_option(&argc, argv, "--user");
	if (options.demo) {
		const char *const *first = hl_main_demo_settings(&given.n_set);

		memcpy(set, first, given.n_set * sizeof(*set));
	}
	while ((one = hl_cli_option(&argc, argv, "--set"))) {
		if (given.n_set == SET_MAX) {
			fputs("hotline init: too many --set\n", stderr);
			return HL_CLI_USAGE;
		}
		set[given.n_set++] = one;
	}
	if (argc > 1) {
		fprintf(stderr, "hotline init: unknown argument %s\n%s",
			argv[1], help);
		return HL_CLI_USAGE;
	}
	if (options.escrow &&
		(options.json || hl_cli_escrow_parse(options.escrow,
					 &options.sheets, &err))) {
		fprintf(stderr, "hotline init: %s\n",
			options.json ? "--escrow is for paper, not for --json"
				     : err.msg);
		return HL_CLI_USAGE;
	}
	return make(&given, &options);
}
