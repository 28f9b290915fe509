/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list check */
#include <signal.h>
#include <stdio.h>

#include "cli/common.h"
#include "cli_list/commands.h"
#include "cli_list/source.h"

static const char help[] =
	"usage: hotline list check [--host] FOLDER ADDRESS...\n"
	"\n"
	"Asks the list of a folder about addresses, and the hotline where the "
	"list\n"
	"alone cannot tell; for trying. A line for each, in their order:\n"
	"\n"
	"  listed E-7K3Q-X9M2-C page    or directory, domain\n"
	"  clear\n"
	"  unknown                      the hotline does not answer: let "
	"through\n"
	"  unknown: ...                 there is no list yet, and what to do\n"
	"  unreadable                   no web address\n"
	"\n"
	"  --host   as if the host alone were known, as with HTTPS\n"
	"\n"
	"Nothing is counted. Exit status: 0 all were decided, 1 failed, 2 the "
	"command\n"
	"line makes no sense, 3 the folder is not set up, 4 the hotline does "
	"not\n"
	"answer.\n";

/* True: it could not be decided. */
static bool check_one(
	const struct hl_consume_judge *judge, const char *address, bool host)
{
	struct hl_consume_decision d = {.host_only = host};
	struct hl_err err = {0};
	struct hl_str url = hl_str_c(address);
	char text[HL_CONSUME_ENTRY_TEXT];
	int r = judge->check(judge->arg, url, &d);

	if (!r && d.what == HL_CONSUME_UNSURE) {
		d.host_only = host;
		r = judge->confirm(judge->arg, url, &d, &err);
	}
	if (judge->ready(judge->arg, &err)) {
		printf("unknown: %s\n", err.msg);
		return true;
	}
	if (r || d.what == HL_CONSUME_UNSURE) {
		puts("unknown");
		return true;
	}
	if (d.what == HL_CONSUME_LISTED) {
		printf("listed %.*s %s\n",
			HL_STR_ARG(hl_consume_entry_text(&d, text)),
			hl_consume_reason_name(d.reason));
	} else {
		puts(hl_consume_what_name(d.what));
	}
	return false;
}

int hl_cli_list_check(int argc, char **argv)
{
	struct hl_list_source source = {.hup_fd = -1};
	struct hl_err err = {0};
	bool unknown = false;

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	bool host = hl_cli_flag(&argc, argv, "--host");
	if (argc < 3 || hl_cli_unknown(argc, argv)) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	signal(SIGPIPE, SIG_IGN); /* a connection that was cut */
	source.list = argv[1];
	int r = hl_list_keep_open(&source, 1, &err);
	if (!r) {
		const struct hl_consume_judge *judge =
			hl_consume_keep_judge(source.keep);

		for (int i = 2; i < argc; i++) {
			unknown |= check_one(judge, argv[i], host);
		}
	}
	hl_list_source_close(&source);
	if (r) {
		return hl_cli_fail("list check", r, &err);
	}
	return unknown ? HL_CLI_UNAVAILABLE : HL_CLI_OK;
}
