/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hotline hashlist import. What was read is committed every so many hashes,
 * together with the place in the file, so that a stopped import goes on.
 */
#include "cli_hash/hashlist.h"
#include "cli_hash/hashlist_nature.h"
#include "cli_hash/hashlist_report.h"
#include "cli_hash/hashlist_state.h"

#include <stdlib.h>

#include "cli/common.h"

enum { BATCH = 50000 };

struct import {
	const char *folder, *list_name, *label, *report;
	struct hl_cli_hashlist_nature nature;
	bool replace, dry, resume;
	uint64_t batch;
	struct hl_cli_hashlist_file file;
	struct hl_match_index *index;
	struct hl_match_list list;
	struct hl_apply *apply;
	struct hl_cli_hashlist_state state;
	struct hl_cli_hashlist_report reports;
	struct hl_cli_hashlist_progress progress;
	uint64_t position;
	uint64_t n_open; /* hashes since the last commit */
	uint64_t n_kept; /* records of the file that are committed */
	bool new_list;
};

/* ---- The list --------------------------------------------------------- */

static int put_list(struct import *im, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	int rc = hl_match_list_put(im->index, &im->list, &why);

	return rc < 0 ? hl_apply_fail(err, rc, &why) : 0;
}

static int set_list(struct import *im, struct hl_err *err)
{
	hl_cli_hashlist_nature_put(&im->nature, &im->list);
	if (!im->list.name[0]) {
		snprintf(im->list.name, sizeof(im->list.name), "list %u",
			im->list.id);
	}
	return im->dry ? 0 : put_list(im, err);
}

static int open_index(struct import *im, struct hl_err *err)
{
	uint32_t flags = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE;
	int rc = hl_cli_hashlist_open_own(
		im->folder, im->dry ? 0 : flags, &im->index, err);

	if (rc == HL_NOTFOUND && im->dry) {
		im->list = (struct hl_match_list){
			.size_of = sizeof(im->list), .id = 1};
		return 0;
	}
	if (rc) {
		return rc;
	}
	im->position = hl_match_index_position(im->index);
	if (!im->dry) {
		hl_cli_hashlist_state_clean(im->folder);
	}
	rc = hl_cli_hashlist_find(im->index, im->list_name, &im->list, err);
	im->new_list = rc == HL_NOTFOUND;
	return im->new_list ? 0
	       : rc         ? rc
		    : hl_cli_hashlist_nature_check(&im->nature, &im->list, err);
}

/* Before the file is looked at, or an index made. */
static int check_nature(struct import *im, struct hl_err *err)
{
	struct hl_match_index *index = NULL;
	struct hl_match_list list;
	int rc = HL_NOTFOUND;

	if (hl_cli_hashlist_nature_said(&im->nature)) {
		rc = hl_cli_hashlist_open_own(im->folder, 0, &index, err);
	}
	if (rc == 0) {
		rc = hl_cli_hashlist_find(index, im->list_name, &list, err);
	}
	if (rc == 0) {
		rc = hl_cli_hashlist_nature_check(&im->nature, &list, err);
	}
	hl_match_index_close(index);
	return rc == HL_NOTFOUND ? 0 : rc;
}

/* ---- Going on --------------------------------------------------------- */

static int find_state(struct import *im, struct hl_buf *reader,
	struct hl_apply_counts *counts, struct hl_err *err)
{
	uint64_t report_bytes = 0;
	int rc = HL_NOTFOUND;

	if (im->resume) {
		rc = hl_cli_hashlist_state_load(&im->state, im->position,
			reader, counts, &report_bytes, err);
	}
	if (rc == HL_NOTFOUND) {
		if (im->resume) {
			fputs("hotline hashlist: nothing to go on from; from "
			      "the beginning\n",
				stderr);
		}
		hl_buf_reset(reader);
		rc = 0;
	}
	return rc ? rc
		  : hl_cli_hashlist_report_open(
			    &im->reports, im->report, report_bytes, err);
}

/* Ids of what was read before the stop, for --replace. */
static int mark_again(struct import *im, uint64_t n_records, struct hl_err *err)
{
	struct hl_cli_hashlist_file file = {.path = im->file.path,
		.fd = -1,
		.options = {.format = im->file.options.format,
			.kind = im->file.options.kind}};
	struct hl_hashlist_record record;
	int rc = hl_cli_hashlist_file_open(&file, HL_STR_NONE, err);

	for (uint64_t i = 0; i < n_records && rc == 0; i++) {
		rc = hl_cli_hashlist_file_next(&file, &record, err);
		if (rc == 0) {
			rc = hl_apply_mark(im->apply, record.id, err);
		}
	}
	hl_cli_hashlist_file_close(&file);
	return rc > 0 ? HL_FAIL(err, HL_E_INVALID,
				"the file is shorter than it was")
		      : rc;
}

static int start_apply(struct import *im, const struct hl_apply_counts *counts,
	struct hl_err *err)
{
	struct hl_apply_options options = {
		.index = im->index,
		.list = im->list.id,
		.negative = im->list.flags & HL_MATCH_LIST_NEGATIVE,
		.dry = im->dry,
		.track = im->replace,
		.label = hl_str_c(im->label),
	};
	int rc = hl_apply_new(&options, &im->apply, err);

	if (rc == 0) {
		*hl_apply_counts(im->apply) = *counts;
	}
	return rc;
}

static int start(struct import *im, struct hl_err *err)
{
	HL_BUF_AUTO state = HL_BUF_INIT(64 << 10);
	struct hl_apply_counts counts = {.n_added = 0};
	int rc = check_nature(im, err);

	if (rc == 0) {
		rc = hl_cli_hashlist_file_open(&im->file, HL_STR_NONE, err);
	}
	if (rc == 0) {
		rc = open_index(im, err);
	}
	if (rc) {
		return rc;
	}
	im->state.folder = im->folder;
	im->state.list = im->list.id;
	im->state.replace = im->replace;
	rc = hl_cli_hashlist_state_init(&im->state, &im->file, err);
	if (rc == 0) {
		rc = find_state(im, &state, &counts, err);
	}
	if (rc == 0 && state.n) {
		hl_cli_hashlist_file_close(&im->file);
		rc = hl_cli_hashlist_file_open(
			&im->file, hl_buf_str(&state), err);
	}
	if (rc == 0) {
		rc = set_list(im, err);
	}
	if (rc == 0) {
		rc = start_apply(im, &counts, err);
	}
	if (rc == 0 && state.n) {
		im->n_kept =
			hl_hashlist_reader_totals(im->file.reader)->n_records;
	}
	if (rc == 0 && state.n && im->replace) {
		rc = mark_again(im, im->n_kept, err);
	}
	return rc;
}

/* ---- Reading ---------------------------------------------------------- */

static int commit(struct import *im, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	int rc = hl_match_index_commit(
		im->index, im->position, HL_MATCH_DURABLE, &why);

	while (rc >= 0 && (rc = hl_match_index_maintain(im->index, &why)) ==
				  HL_MATCH_MORE) {
	}
	im->n_open = 0;
	return rc < 0 ? hl_apply_fail(err, rc, &why) : 0;
}

/* The state is on the disk before the commit that it belongs to. */
static int batch(struct import *im, struct hl_err *err)
{
	int rc = hl_cli_hashlist_report_sync(&im->reports, err);

	im->position = hl_cli_hashlist_position_new();
	if (rc == 0 && im->file.size) {
		rc = hl_cli_hashlist_state_save(&im->state, im->position,
			im->file.reader, hl_apply_counts(im->apply),
			im->reports.n_bytes, err);
	}
	if (rc == 0) {
		rc = commit(im, err);
	}
	if (rc == 0) {
		im->n_kept =
			hl_hashlist_reader_totals(im->file.reader)->n_records;
	}
	return rc;
}

static int read_all(struct import *im, struct hl_err *err)
{
	struct hl_hashlist_record record;
	int rc;

	while ((rc = hl_cli_hashlist_file_next(&im->file, &record, err)) == 0) {
		rc = hl_apply_record(im->apply, &record, err);
		im->n_open += record.n_hashes + 1;
		if (rc == 0 && !im->dry && im->n_open >= im->batch) {
			rc = batch(im, err);
		}
		if (rc) {
			return rc;
		}
		hl_cli_hashlist_progress_show(&im->progress, im->file.done,
			im->file.size, "records",
			hl_hashlist_reader_totals(im->file.reader)->n_records);
	}
	return rc == HL_HASHLIST_END ? 0 : rc;
}

static bool has_hash(const struct hl_hashlist_totals *t)
{
	uint64_t n = 0;

	for (unsigned kind = 1; kind < HL_HASHLIST_KINDS; kind++) {
		n += t->n_hashes[kind];
	}
	return n > 0;
}

/* An entry that could not be read, or that stands on the next page, is not
 * known to be gone; and a file without hashes was perhaps taken for what it
 * is not. */
static const char *why_not_sweep(const struct import *im)
{
	const struct hl_hashlist_totals *t =
		hl_hashlist_reader_totals(im->file.reader);

	return t->n_bad ? "records were bad"
	       : t->n_incomplete
		       ? "a hash or frame of a record could not be read"
	       : hl_hashlist_reader_next_page(im->file.reader).p
		       ? "the file says that more pages follow"
	       : t->n_records == 0 ? "the file has no records"
	       : !has_hash(t) ? "no record has a hash that can be looked up; "
				"if it should, name another --format"
			      : NULL;
}

/* A list of which this file was to be the first, and none of it could be put
 * on it, is not left behind empty. */
static int drop_empty(struct import *im, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	int rc;

	if (im->dry || !im->new_list ||
		hl_apply_counts(im->apply)->n_added > 0) {
		return 0;
	}
	fprintf(stderr,
		"hotline hashlist: the list was not made: nothing could be "
		"put on it\n");
	rc = hl_match_list_remove(im->index, im->list.id, &why);
	return rc < 0 ? hl_apply_fail(err, rc, &why) : 0;
}

/* A file without a record, and none refused, makes an empty list. */
static bool is_fruitless(const struct import *im)
{
	const struct hl_hashlist_totals *t =
		hl_hashlist_reader_totals(im->file.reader);

	return hl_apply_counts(im->apply)->n_added == 0 &&
	       t->n_records + t->n_bad + t->n_notes + t->n_weak > 0;
}

static int finish(struct import *im, bool *bad, struct hl_err *err)
{
	const char *why = im->replace ? why_not_sweep(im) : NULL;
	const struct hl_apply_counts *c = hl_apply_counts(im->apply);
	int rc = 0;

	if (why) {
		fprintf(stderr,
			"hotline hashlist: nothing was removed for --replace, "
			"since %s\n",
			why);
		*bad = true;
	} else if (im->replace) {
		rc = hl_apply_sweep(im->apply, err);
	}
	if (rc || im->dry) {
		return rc;
	}
	if (c->n_added + c->n_changed + c->n_removed) {
		im->list.version++;
		rc = put_list(im, err);
	} else if (is_fruitless(im)) {
		rc = drop_empty(im, err);
	}
	im->position = hl_cli_hashlist_position_new();
	if (rc == 0) {
		rc = commit(im, err);
	}
	if (rc == 0) {
		hl_cli_hashlist_state_drop(&im->state);
	}
	return rc;
}

/* The file ends where its nesting breaks; what came before stays. */
static int broken(struct import *im, int rc)
{
	if (!im->dry && drop_empty(im, NULL) == 0) {
		commit(im, NULL);
	}
	hl_cli_hashlist_summary(&im->reports, im->file.reader,
		hl_apply_counts(im->apply), im->dry);
	return rc;
}

/* A full disk or the like: what was committed stays. */
static void say_kept(const struct import *im)
{
	if (im->n_kept) {
		fprintf(stderr,
			"hotline hashlist: the first %llu records are kept%s\n",
			(unsigned long long)im->n_kept,
			im->file.size ? "; with --resume it goes on there"
				      : "");
	}
}

static int run(struct import *im, bool *bad, struct hl_err *err)
{
	int rc = start(im, err);

	if (rc) {
		return rc;
	}
	rc = read_all(im, err);
	hl_cli_hashlist_progress_clear(&im->progress);
	if (rc == HL_E_INVALID || rc == HL_E_LIMIT) {
		return broken(im, rc);
	}
	if (rc == 0) {
		rc = finish(im, bad, err);
	}
	if (rc == 0) {
		*bad |= hl_cli_hashlist_summary(&im->reports, im->file.reader,
			hl_apply_counts(im->apply), im->dry);
		rc = hl_cli_hashlist_report_sync(&im->reports, err);
	}
	return rc;
}

static void fini(struct import *im)
{
	hl_apply_free(im->apply);
	hl_match_index_close(im->index);
	hl_cli_hashlist_file_close(&im->file);
	hl_cli_hashlist_state_fini(&im->state);
	hl_cli_hashlist_report_close(&im->reports);
}

static const char *numbers(struct import *im, const char *text)
{
	int64_t n = BATCH;

	if (text && (!hl_str_to_i64(hl_str_c(text), &n) || n < 1)) {
		return "--batch wants a number";
	}
	im->batch = (uint64_t)n;
	return NULL;
}

static const char *options(struct import *im, int *argc, char **argv)
{
	const char *format = hl_cli_option(argc, argv, "--format");
	const char *kind = hl_cli_option(argc, argv, "--kind");
	const char *batch_text = hl_cli_option(argc, argv, "--batch");
	const char *why =
		hl_cli_hashlist_nature_options(&im->nature, argc, argv);

	im->folder = hl_cli_option(argc, argv, "--index");
	im->list_name = hl_cli_option(argc, argv, "--list");
	im->label = hl_cli_option(argc, argv, "--label");
	im->report = hl_cli_option(argc, argv, "--report");
	im->replace = hl_cli_flag(argc, argv, "--replace");
	im->dry = hl_cli_flag(argc, argv, "--dry-run");
	im->resume = hl_cli_flag(argc, argv, "--resume");
	if (!hl_cli_hashlist_format(format, &im->file.options.format)) {
		return "--format: no such format";
	}
	if (!hl_cli_hashlist_kind(kind, &im->file.options.kind)) {
		return "--kind: no such kind";
	}
	if (!im->folder || !*im->folder || !im->list_name) {
		return "import wants --index and --list";
	}
	if (hl_cli_unknown(*argc, argv) || *argc != 2) {
		return "import wants one FILE, and options as --help tells";
	}
	im->file.path = argv[1];
	if (im->resume && (im->dry || strcmp(im->file.path, "-") == 0)) {
		return "--resume wants a file, and no --dry-run";
	}
	return why ? why : numbers(im, batch_text);
}

int hl_cli_hashlist_import(int argc, char **argv)
{
	struct import im = {.file = {.fd = -1}, .reports = {.fd = -1}};
	struct hl_err err = {.msg = ""};
	const char *why = options(&im, &argc, argv);
	bool bad = false;
	int rc;

	if (why) {
		return hl_cli_hashlist_usage(why);
	}
	im.file.options.report = hl_cli_hashlist_report_one;
	im.file.options.arg = &im.reports;
	rc = run(&im, &bad, &err);
	if (rc < 0 && rc != HL_E_INVALID && rc != HL_E_LIMIT) {
		say_kept(&im);
	}
	fini(&im);
	if (rc == HL_CONFLICT) {
		return hl_cli_hashlist_usage(err.msg);
	}
	if (rc) {
		return hl_cli_hashlist_fail(rc, &err);
	}
	return bad ? HL_CLI_FAILED : HL_CLI_OK;
}
