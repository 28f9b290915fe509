/* SPDX-License-Identifier: Apache-2.0 */
/* hotline stats: the numbers of docs/statistics.md. */
#include "cli/commands.h"

#include <stdio.h>

#include "base/time.h"
#include "cli/common.h"
#include "insight/insight.h"

static const char help[] =
	"usage: hotline stats [--from DAY] [--to DAY] [--json|--csv] "
	"[--suppress]\n"
	"\n"
	"Statistics of a period; DAY is 2026-11-22, --to is not included. The\n"
	"default is the last 30 days with today, by UTC. --suppress hides\n"
	"small numbers and what gives them away, for publication.\n"
	"docs/statistics.md defines each number.\n"
	"\n"
	"exit status: 0 printed, 1 failed, 2 usage, 3 no installation,\n"
	"             4 the store cannot be reached\n";

static bool parse_day(const char *text, int64_t *at_us)
{
	char full[HL_TIME_ISO_MAX];
	int n = snprintf(full, sizeof(full), "%sT00:00:00Z", text);

	return n == 20 && hl_time_parse_iso(hl_str_c(full), at_us) == 0;
}

static bool parse_period(
	const char *from, const char *to, int64_t *from_us, int64_t *to_us)
{
	*to_us = hl_insight_today_end(hl_time_now_us());
	if (to && !parse_day(to, to_us)) {
		return false;
	}
	*from_us = *to_us - HL_INSIGHT_DAYS * HL_US_PER_DAY;
	return !from || parse_day(from, from_us);
}

struct format {
	bool json, csv, suppress;
};

static int print(struct hl_insight *in, const struct format *format)
{
	HL_BUF_AUTO out = HL_BUF_INIT(16 << 20);

	if (format->suppress) {
		hl_insight_suppress(in);
	}
	if (format->json) {
		hl_insight_put_json(&out, in);
	} else if (format->csv) {
		hl_insight_put_csv(&out, in);
	} else {
		hl_insight_put_text(&out, in);
	}
	if (!out.fault && fwrite(out.p, 1, out.n, stdout) != out.n) {
		return HL_E_IO;
	}
	return out.fault;
}

static int run(int64_t from_us, int64_t to_us, const struct format *format,
	struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(64 << 20, false);
	struct hl_store *store = NULL;
	struct hl_insight in;
	int r = arena ? hl_cli_store(&store, err)
		      : HL_FAIL(err, HL_E_NOMEM, "no memory");

	if (!r) {
		r = hl_insight_collect(store, arena, from_us, to_us, &in, err);
	}
	hl_store_close(store);
	return r ? r : print(&in, format);
}

int hl_cli_stats(int argc, char **argv)
{
	struct hl_err err = {0};
	struct format format;
	int64_t from_us, to_us;

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	format.json = hl_cli_flag(&argc, argv, "--json");
	format.csv = hl_cli_flag(&argc, argv, "--csv");
	format.suppress = hl_cli_flag(&argc, argv, "--suppress");
	const char *from = hl_cli_option(&argc, argv, "--from");
	const char *to = hl_cli_option(&argc, argv, "--to");
	if (argc > 1 || (format.json && format.csv) ||
		(format.suppress && !format.json && !format.csv) ||
		!parse_period(from, to, &from_us, &to_us)) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	int r = run(from_us, to_us, &format, &err);
	return r ? hl_cli_fail("stats", r, &err) : HL_CLI_OK;
}
