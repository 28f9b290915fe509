/* SPDX-License-Identifier: Apache-2.0 */
/* hotline hashlist diff: a list against a newer file or another list. */
#include "cli_hash/hashlist.h"
#include "cli_hash/hashlist_report.h"

#include <stdio.h>

#include "base/json.h"
#include "base/utf8.h"
#include "cli/common.h"

struct diff {
	const char *folder, *list_name, *with;
	bool json;
	struct hl_cli_hashlist_file file;
	struct hl_match_index *index;
	struct hl_apply *apply;
	struct hl_cli_hashlist_report reports;
};

static void on_change(void *arg, enum hl_apply_change what, struct hl_str id)
{
	static const char *const words[] = {"added", "changed", "removed"};
	static const char marks[] = "+~-";
	const struct diff *d = arg;
	HL_BUF_AUTO b = HL_BUF_INIT(16 << 10);

	if (d->json) {
		hl_buf_put_c(&b, '{');
		hl_json_put_member(&b, "change", hl_str_c(words[what]));
		hl_json_put_member(&b, "id", id);
		hl_buf_put(&b, HL_STR("}\n"));
	} else {
		hl_buf_printf(&b, "%c ", marks[what]);
		hl_buf_put(&b, id);
		b.n = hl_utf8_clean(b.p, b.n);
		hl_buf_put_c(&b, '\n');
	}
	fwrite(b.p, 1, b.n, stdout);
}

static int with_file(struct diff *d, struct hl_err *err)
{
	struct hl_hashlist_record record;
	int rc = hl_cli_hashlist_file_open(&d->file, HL_STR_NONE, err);

	while (rc == 0) {
		rc = hl_cli_hashlist_file_next(&d->file, &record, err);
		if (rc == 0) {
			rc = hl_apply_record(d->apply, &record, err);
		}
	}
	return rc == HL_HASHLIST_END ? 0 : rc;
}

static int with_list(struct diff *d, struct hl_err *err)
{
	struct hl_match_list list;
	struct hl_cli_hashlist_walk walk = {.reader = NULL};
	struct hl_hashlist_record record;
	int rc = hl_cli_hashlist_find(d->index, d->with, &list, err);

	if (rc) {
		return rc;
	}
	rc = hl_cli_hashlist_walk_open(&walk, d->index, list.id, err);
	while (rc == 0) {
		rc = hl_cli_hashlist_walk_next(&walk, &record, err);
		if (rc == 0) {
			rc = hl_apply_record(d->apply, &record, err);
		}
	}
	hl_cli_hashlist_walk_close(&walk);
	return rc == HL_NOTFOUND ? 0 : rc;
}

static int run(struct diff *d, struct hl_err *err)
{
	struct hl_match_list list;
	struct hl_apply_options options = {
		.dry = true, .track = true, .changed = on_change, .arg = d};
	int rc = hl_cli_hashlist_open(d->folder, 0, &d->index, err);

	if (rc == 0) {
		rc = hl_cli_hashlist_find(d->index, d->list_name, &list, err);
	}
	if (rc) {
		return rc;
	}
	options.index = d->index;
	options.list = list.id;
	options.negative = list.flags & HL_MATCH_LIST_NEGATIVE;
	rc = hl_apply_new(&options, &d->apply, err);
	if (rc == 0) {
		rc = d->with ? with_list(d, err) : with_file(d, err);
	}
	return rc ? rc : hl_apply_sweep(d->apply, err);
}

static const char *options(struct diff *d, int *argc, char **argv)
{
	const char *format = hl_cli_option(argc, argv, "--format");
	const char *kind = hl_cli_option(argc, argv, "--kind");

	d->folder = hl_cli_option(argc, argv, "--index");
	d->list_name = hl_cli_option(argc, argv, "--list");
	d->with = hl_cli_option(argc, argv, "--with");
	d->json = hl_cli_flag(argc, argv, "--json");
	if (!hl_cli_hashlist_format(format, &d->file.options.format)) {
		return "--format: no such format";
	}
	if (!hl_cli_hashlist_kind(kind, &d->file.options.kind)) {
		return "--kind: no such kind";
	}
	if (!d->folder || !*d->folder || !d->list_name) {
		return "diff wants --index and --list";
	}
	if (hl_cli_unknown(*argc, argv) || *argc != (d->with ? 1 : 2)) {
		return "diff wants one FILE or --with LIST";
	}
	d->file.path = argv[1];
	return NULL;
}

int hl_cli_hashlist_diff(int argc, char **argv)
{
	struct diff d = {.file = {.fd = -1}, .reports = {.fd = -1}};
	struct hl_err err = {.msg = ""};
	const char *why = options(&d, &argc, argv);
	bool differs = false;
	int rc;

	if (why) {
		return hl_cli_hashlist_usage(why);
	}
	d.file.options.report = hl_cli_hashlist_report_one;
	d.file.options.arg = &d.reports;
	rc = run(&d, &err);
	if (rc == 0) {
		const struct hl_apply_counts *c = hl_apply_counts(d.apply);

		differs = c->n_added + c->n_changed + c->n_removed > 0 ||
			  d.reports.n_shown > 0;
	}
	hl_apply_free(d.apply);
	hl_match_index_close(d.index);
	hl_cli_hashlist_file_close(&d.file);
	if (rc || fflush(stdout) != 0) {
		return hl_cli_hashlist_fail(rc ? rc : HL_E_IO, &err);
	}
	return differs ? HL_CLI_FAILED : HL_CLI_OK;
}
