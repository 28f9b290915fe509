/* SPDX-License-Identifier: Apache-2.0 */
/* hotline: one binary, a subcommand each, as git has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli_doctor/commands.h"
#include "cli_hash/commands.h"
#include "cli_list/commands.h"
#include "cli/common.h"
#include "main/commands.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
};

static const struct command commands[] = {
	{"init", hl_main_init, "make a new installation"},
	{"serve", hl_main_serve, "run the hotline"},
	{"match-serve", hl_main_match_serve,
		"answer from a replica of a hotline's registry"},
	{"demo", hl_main_demo, "codes and a tour of a demonstration"},
	{"user", hl_cli_user, "list and manage staff logins"},
	{"apikey", hl_cli_apikey, "keys with which programs ask the registry"},
	{"registry", hl_cli_registry,
		"lists of known hashes: read in, give out"},
	{"report", hl_cli_report, "how far reports are, without content"},
	{"case", hl_cli_case, "where cases stand, without content"},
	{"refer", hl_cli_refer, "list referrals, retry, verify bundles"},
	{"watch", hl_cli_watch, "what is watched, in numbers; pause, resume"},
	{"stats", hl_cli_stats, "statistics as text, CSV or JSON"},
	{"audit", hl_cli_audit, "list and verify the audit log"},
	{"backup", hl_cli_backup, "copy the installation while it runs"},
	{"doctor", hl_cli_doctor, "check the installation, say what to do"},
	{"hash", hl_cli_hash, "hashes of pictures and videos"},
	{"match", hl_cli_match, "look hashes and files up in lists"},
	{"hashlist", hl_cli_hashlist, "lists of hashes in an index folder"},
	{"list", hl_cli_list, "lists of addresses to block: ask, serve"},
	{"url", hl_cli_url, "canonical URLs and look-up expressions"},
};

static void print_help(FILE *to)
{
	fputs("usage: hotline [--dir DIR] COMMAND [ARGUMENTS]\n\n", to);
	for (size_t i = 0; i < HL_ARRAY_LEN(commands); i++) {
		fprintf(to, "  %-11s %s\n", commands[i].name, commands[i].what);
	}
	fputs("\nhotline COMMAND --help tells more; so does the manual page "
	      "hotline-COMMAND.\n"
	      "DIR is the folder of the installation: --dir, $HOTLINE_DIR, "
	      "./var or\n/var/lib/hotline.\n",
		to);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].name, name) == 0) {
			return &commands[i];
		}
	}
	return NULL;
}

/* --dir may stand before or behind the command. */
static int take_dir(int *argc, char **argv)
{
	const char *dir = hl_cli_option(argc, argv, "--dir");

	if (!dir) {
		return 0;
	}
	return *dir ? setenv("HOTLINE_DIR", dir, 1) : -1;
}

int main(int argc, char **argv)
{
	if (take_dir(&argc, argv)) {
		fputs("hotline: --dir wants a folder\n", stderr);
		return HL_CLI_USAGE;
	}
	if (argc < 2) {
		print_help(stderr);
		return HL_CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return HL_CLI_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("hotline " HL_MAIN_VERSION);
		return HL_CLI_OK;
	}
	const struct command *command = find(argv[1]);
	if (!command) {
		fprintf(stderr,
			"hotline: no command \"%s\"; \"hotline --help\" "
			"lists them\n",
			argv[1]);
		return HL_CLI_USAGE;
	}
	return command->run(argc - 1, argv + 1);
}
