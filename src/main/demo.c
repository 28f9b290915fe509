/* SPDX-License-Identifier: Apache-2.0 */
/* hotline demo */
#include "main/demo.h"

#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "cli/common.h"
#include "main/commands.h"
#include "main/demo_logins.h"
#include "main/demo_walk.h"

static const char help[] =
	"usage: hotline demo code LOGIN\n"
	"       hotline demo walk [--public URL] [--staff URL]\n"
	"\n"
	"For an installation made with \"hotline init --demo\", and for no "
	"other.\n"
	"\n"
	"  code LOGIN    the six digits that the workbench asks LOGIN for now\n"
	"  walk          plays the whole story against the running server,\n"
	"                through its pages, and tells each step\n"
	"  --public URL  where the reporting form is, if not at public.url\n"
	"  --staff URL   where the workbench is, if not at staff.url\n"
	"\n"
	"exit status: 0 done, 1 failed or not as expected, 2 usage, 3 no such\n"
	"             login, or no demonstration\n";

static const struct hl_main_demo_login *find(
	const struct hl_main_demo_logins *logins, const char *login)
{
	for (size_t i = 0; i < HL_DEMO_PEOPLE; i++) {
		if (strcmp(logins->at[i].login, login) == 0) {
			return &logins->at[i];
		}
	}
	return NULL;
}

static int code(int argc, char **argv)
{
	HL_MAIN_DEMO_LOGINS_AUTO logins;
	struct hl_err err = {0};
	char digits[7];

	hl_main_demo_logins_init(&logins);
	if (argc != 2) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	int r = hl_seal_totp_init(&err);
	if (!r) {
		r = hl_main_demo_logins_load(hl_cli_dir(), &logins, &err);
	}
	if (r) {
		return hl_cli_fail("demo", r, &err);
	}
	const struct hl_main_demo_login *who = find(&logins, argv[1]);
	if (!who) {
		fprintf(stderr,
			"hotline demo: nobody is called %s; there are sofie, "
			"simon, anna, ben, rita and adam\n",
			argv[1]);
		return HL_CLI_NOT_FOUND;
	}
	hl_seal_totp_code(
		&who->totp, hl_seal_totp_step(hl_time_now_us()), digits);
	puts(digits);
	return HL_CLI_OK;
}

static int walk(int argc, char **argv)
{
	const char *public_url = hl_cli_option(&argc, argv, "--public");
	const char *staff_url = hl_cli_option(&argc, argv, "--staff");

	if (argc != 1) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	return hl_main_demo_walk(public_url, staff_url);
}

int hl_main_demo(int argc, char **argv)
{
	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	if (argc > 1 && strcmp(argv[1], "code") == 0) {
		return code(argc - 1, argv + 1);
	}
	if (argc > 1 && strcmp(argv[1], "walk") == 0) {
		return walk(argc - 1, argv + 1);
	}
	fputs(help, stderr);
	return HL_CLI_USAGE;
}
