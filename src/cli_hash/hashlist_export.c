/* SPDX-License-Identifier: Apache-2.0 */
/* hotline hashlist export: a list of an index as a file. */
#include "cli_hash/hashlist.h"

#include <errno.h>
#include <unistd.h>

#include "base/file_out.h"
#include "cli/common.h"

enum { FLUSH = 1 << 18 };

struct output {
	const char *path; /* NULL: standard output */
	struct hl_file_out file;
	struct hl_buf buf;
};

struct export
{
	const char *folder, *list_name;
	struct hl_hashlist_options options;
	struct output out;
	uint64_t n_lost;
};

static int open_output(struct output *out, struct hl_err *err)
{
	out->buf = HL_BUF_SECRET((size_t)64 << 20);
	if (out->path) {
		return hl_file_out_open(&out->file, out->path, 0600, err);
	}
	out->file = (struct hl_file_out){
		.fd = dup(STDOUT_FILENO), .path = "standard output"};
	return out->file.fd < 0 ? HL_FAIL_SYS(err, "standard output") : 0;
}

static int flush(struct output *out, struct hl_err *err)
{
	int rc = out->buf.fault;

	if (rc) {
		HL_FAIL(err, rc, "an entry is too large");
	} else if (hl_file_write_fd(
			   out->file.fd, hl_buf_str(&out->buf), NULL)) {
		rc = HL_FAIL_SYS(err, "write %s", out->file.path);
	}
	hl_buf_reset(&out->buf);
	return rc;
}

static int close_output(struct output *out, int rc, struct hl_err *err)
{
	if (rc == 0) {
		rc = flush(out, err);
	}
	hl_buf_fini(&out->buf);
	return hl_file_out_close(&out->file, rc, err);
}

/* NCMEC wants pictures and videos apart: two walks, one for each. */
static bool is_of(const struct hl_hashlist_record *record, int pass)
{
	bool video = record->media == HL_HASHLIST_VIDEO;

	return pass < 0 || (int)video == pass;
}

static int write_pass(struct export *ex, struct hl_match_index *index,
	uint32_t list, struct hl_hashlist_writer *w, int pass,
	struct hl_err *err)
{
	struct hl_cli_hashlist_walk walk;
	struct hl_hashlist_record record;
	int rc = hl_cli_hashlist_walk_open(&walk, index, list, err);

	while (rc == 0) {
		rc = hl_cli_hashlist_walk_next(&walk, &record, err);
		if (rc == 0 && is_of(&record, pass)) {
			hl_hashlist_writer_put(w, &record);
		}
		if (rc == 0 && ex->out.buf.n > FLUSH) {
			rc = flush(&ex->out, err);
		}
	}
	hl_cli_hashlist_walk_close(&walk);
	return rc == HL_NOTFOUND ? 0 : rc;
}

static int write_all(struct export *ex, struct hl_match_index *index,
	uint32_t list, struct hl_err *err)
{
	bool apart = ex->options.format == HL_HASHLIST_NCMEC;
	struct hl_hashlist_writer *w;
	int rc = hl_hashlist_writer_new(&ex->options, &ex->out.buf, &w, err);

	for (int pass = apart ? 0 : -1; pass < (apart ? 2 : 0) && rc == 0;
		pass++) {
		rc = write_pass(ex, index, list, w, pass, err);
	}
	if (rc == 0) {
		hl_hashlist_writer_end(w);
		ex->n_lost = hl_hashlist_writer_lost(w);
	}
	hl_hashlist_writer_free(w);
	return rc;
}

static int run(struct export *ex, struct hl_err *err)
{
	struct hl_match_index *index = NULL;
	struct hl_match_list list;
	int rc = hl_cli_hashlist_open(ex->folder, 0, &index, err);

	if (rc == 0) {
		rc = hl_cli_hashlist_choose(index, ex->list_name, &list, err);
	}
	if (rc == 0) {
		rc = open_output(&ex->out, err);
		if (rc == 0) {
			rc = write_all(ex, index, list.id, err);
			rc = close_output(&ex->out, rc, err);
		}
	}
	hl_match_index_close(index);
	return rc;
}

static const char *options(struct export *ex, int *argc, char **argv)
{
	const char *format = hl_cli_option(argc, argv, "--format");
	const char *kind = hl_cli_option(argc, argv, "--kind");

	ex->folder = hl_cli_option(argc, argv, "--index");
	ex->list_name = hl_cli_option(argc, argv, "--list");
	if (!hl_cli_hashlist_format(
		    format ? format : "csv", &ex->options.format)) {
		return "--format: no such format";
	}
	if (!hl_cli_hashlist_kind(kind, &ex->options.kind)) {
		return "--kind: no such kind";
	}
	if (!ex->folder || !*ex->folder) {
		return "export wants --index";
	}
	if (hl_cli_unknown(*argc, argv) || *argc > 2) {
		return "export wants one FILE or none, and options as --help "
		       "tells";
	}
	if (*argc == 2 && strcmp(argv[1], "-") != 0) {
		ex->out.path = argv[1];
	}
	return NULL;
}

int hl_cli_hashlist_export(int argc, char **argv)
{
	struct export ex = {.out = {.path = NULL}};
	struct hl_err err = {.msg = ""};
	const char *why = options(&ex, &argc, argv);
	int rc;

	if (why) {
		return hl_cli_hashlist_usage(why);
	}
	rc = run(&ex, &err);
	if (rc) {
		return hl_cli_hashlist_fail(rc, &err);
	}
	if (ex.n_lost) {
		fprintf(stderr,
			"hotline hashlist: %llu hashes were left out, which "
			"%s cannot hold or --kind did not ask for\n",
			(unsigned long long)ex.n_lost,
			hl_hashlist_format_name(ex.options.format));
	}
	return HL_CLI_OK;
}
