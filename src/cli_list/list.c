/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/common.h"
#include "cli_list/commands.h"

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
};

static const struct verb verbs[] = {
	{"begin", hl_cli_list_begin, "sets up a folder for a hotline's list"},
	{"follow", hl_cli_list_follow, "keeps the list of a folder in step"},
	{"check", hl_cli_list_check, "asks the list about addresses"},
	{"serve-squid", hl_cli_list_serve_squid,
		"a helper of squid's external_acl_type"},
	{"serve-icap", hl_cli_list_serve_icap,
		"an ICAP service for proxies: REQMOD"},
	{"serve-http", hl_cli_list_serve_http,
		"answers over HTTP: nginx, HAProxy, search engines"},
	{"init", hl_cli_list_init, "keys of lists for a hotline without"},
	{"root", hl_cli_list_root,
		"the root that people sign: new, sign, install"},
	{"status", hl_cli_list_standing,
		"what is published and what waits; with FOLDER, how it stands"},
	{"approvers", hl_cli_list_approvers, "public keys of who approves"},
	{"bundle", hl_cli_list_bundle,
		"the proof that two approved each row of a list"},
	{"whose", hl_cli_list_whose, "to whom a list that leaked was given"},
	{"audit", hl_cli_list_audit, "checks such a proof, for anybody"},
};

static void print_help(FILE *to)
{
	fputs("usage: hotline list VERB [OPTION...]\n\n"
	      "Lists of addresses that are blocked while they are being taken "
	      "down.\n\n",
		to);
	for (size_t i = 0; i < HL_ARRAY_LEN(verbs); i++) {
		fprintf(to, "  %-12s %s\n", verbs[i].name, verbs[i].what);
	}
	fputs("\nhotline list VERB --help tells more.\n", to);
}

int hl_cli_list(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return HL_CLI_USAGE;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) == 0) {
			return verbs[i].run(argc - 1, argv + 1);
		}
	}
	if (hl_cli_help(argc, argv, "")) {
		print_help(stdout);
		return HL_CLI_OK;
	}
	fprintf(stderr,
		"hotline list: no verb \"%s\"; \"hotline list --help\" lists "
		"them\n",
		argv[1]);
	return HL_CLI_USAGE;
}
