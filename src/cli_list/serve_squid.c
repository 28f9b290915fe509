/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list serve-squid */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/common.h"
#include "cli_list/commands.h"
#include "cli_list/source.h"
#include "consume/squid.h"

static const char help[] =
	"usage: hotline list serve-squid --list FOLDER|--file LIST\n"
	"                                [--format CODES] [--any]\n"
	"                                [--no-channels] [--threads N]\n"
	"                                [--user NAME]\n"
	"\n"
	"Answers squid on standard input and output as a helper of "
	"external_acl_type\n"
	"does: OK for what is listed, with the entry's number as message, ERR "
	"for all\n"
	"else, also for what cannot be asked about now.\n"
	"\n" HL_LIST_SOURCE_HELP
	"  --format CODES  the codes of squid.conf, \"%URI\" unless said; "
	"with\n"
	"                  %DST instead whole domains are found only; %SRC is\n"
	"                  used to count people, and not kept\n"
	"  --any           tells of hosts, and blocks nothing: OK where "
	"anything "
	"is\n"
	"                  listed or it cannot be asked about now; for a first "
	"rule\n"
	"                  by %DST, which saves squid the second by %URI\n"
	"  --no-channels   squid has concurrency=0\n"
	"  --threads N     that ask the hotline at a time (16)\n"
	"\n"
	"Exit status: 0 squid closed the helper, 1 failed, 2 the command line\n"
	"makes no sense, 3 there is no such LIST. What is wrong in FOLDER ends "
	"nothing:\n"
	"all is let through, and it is looked at each second.\n";

static int run(struct hl_list_source *source,
	const struct hl_consume_squid_format *format, size_t n_threads,
	struct hl_err *err)
{
	const struct hl_consume_pool_config pool_config = {
		.consume = &source->consume, .n_threads = n_threads};
	struct hl_consume_pool *pool = NULL;
	int r = hl_list_source_open(source, err);

	if (!r) {
		r = hl_list_source_enter(source, err);
	}
	if (!r && !format->no_channels) {
		r = hl_consume_pool_new(&pool_config, &pool, err);
	}
	if (!r) {
		const struct hl_consume_squid_config config = {
			.consume = &source->consume,
			.pool = pool,
			.format = format};

		r = hl_consume_squid_run(
			&config, STDIN_FILENO, STDOUT_FILENO, err);
	}
	hl_consume_pool_free(pool);
	return r;
}

int hl_cli_list_serve_squid(int argc, char **argv)
{
	struct hl_list_source source = {.hup_fd = -1};
	struct hl_consume_squid_format format;
	struct hl_err err = {0};
	size_t n_threads;

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	const char *codes = hl_cli_option(&argc, argv, "--format");
	if (hl_consume_squid_format_parse(
		    hl_str_c(codes ? codes : "%URI"), &format, &err)) {
		hl_cli_fail("list serve-squid", HL_E_INVALID, &err);
		return HL_CLI_USAGE;
	}
	format.any = hl_cli_flag(&argc, argv, "--any");
	format.no_channels = hl_cli_flag(&argc, argv, "--no-channels");
	if (!hl_list_source_take(&source, "serve-squid", &argc, argv) ||
		!hl_list_threads_take("serve-squid", &argc, argv, &n_threads)) {
		return HL_CLI_USAGE;
	}
	if (argc != 1) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	hl_log_init("squid", HL_LOG_INFO);
	signal(SIGPIPE, SIG_IGN);
	int r = run(&source, &format, n_threads, &err);
	hl_list_source_close(&source);
	return r ? hl_cli_fail("list serve-squid", r, &err) : HL_CLI_OK;
}
