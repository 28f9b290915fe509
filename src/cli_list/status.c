/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list status */
#include "cli_list/status.h"

#include <stdio.h>

#include "base/file.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli_list/commands.h"
#include "consume/setup.h"
#include "consume/standing.h"

static const char help[] =
	"usage: hotline list status FOLDER\n"
	"       hotline list status\n"
	"\n"
	"With FOLDER, at a consumer: how the follower of its list stands, as "
	"it wrote\n"
	"down in the last minutes. The first line is for monitoring: LIST OK, "
	"WARNING,\n"
	"CRITICAL or UNKNOWN, the alarm, and what to do. What else it tells:\n"
	"version, rows, root and epoch of the list, when it was made and "
	"expires, when\n"
	"the hotline was asked with success, is asked next, and took "
	"counters.\n"
	"\n"
	"Exit status with FOLDER: 0 fine, 1 warning, 2 critical, 3 not known, "
	"64 the\n"
	"command line makes no sense. The alarms:\n"
	"\n"
	"  1  empty, counters; for 2 hours unreachable, and no list where one "
	"was\n"
	"  2  unreachable, no list, token, revoked, mixed up, forged, rolled "
	"back,\n"
	"     fast-forward, frozen, clock, expired root, canon, form, disk "
	"full,\n"
	"     damaged, stopped\n"
	"\n"
	"Without, at a hotline: what is published, as JSON lines: the hotline, "
	"the\n"
	"newest edition, what waits for a person, and for each consumer its "
	"newest\n"
	"version. Exit status: 0 told, 1 failed, 3 no installation, 4 the "
	"store cannot\n"
	"be reached, 64 the command line makes no sense.\n";

int hl_list_status_print(const char *folder)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_CONSUME_STANDING_MAX);
	HL_BUF_AUTO out = HL_BUF_INIT(HL_CONSUME_STANDING_MAX * 2);
	struct hl_consume_standing s;
	struct hl_err err = {0};
	char path[PATH_MAX];
	int r = hl_consume_setup_path(
		folder, HL_CONSUME_SETUP_STATUS, path, &err);

	if (!r) {
		r = hl_file_read(path, &text, &err);
	}
	if (r == HL_NOTFOUND) {
		HL_FAIL(&err, r, "nobody has followed a list in this folder");
	}
	if (!r) {
		r = hl_consume_standing_parse(hl_buf_str(&text), &s, &err);
	}
	if (r) {
		printf("LIST UNKNOWN - %s\n", err.msg);
		return HL_CONSUME_UNKNOWN;
	}
	enum hl_consume_grade grade = hl_consume_standing_print(
		&s, hl_time_wall_us() / HL_US_PER_S, &out);
	printf("%.*s", HL_STR_ARG(hl_buf_str(&out)));
	return (int)grade;
}

int hl_cli_list_standing(int argc, char **argv)
{
	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	/* without a folder it is the hotline's own */
	if (argc == 1) {
		return hl_cli_list_status(argc, argv);
	}
	if (argc != 2 || argv[1][0] == '-') {
		fputs(help, stderr);
		return HL_LIST_STATUS_USAGE;
	}
	return hl_list_status_print(argv[1]);
}
