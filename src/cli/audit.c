/* SPDX-License-Identifier: Apache-2.0 */
/* hotline audit: looks at the log; never changes it. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/common.h"
#include "domain/event.h"
#include "seal/key.h"
#include "store/sql.h"

#define CHECKPOINTS_MAX (64u << 20)

static const char help[] =
	"usage: hotline audit verify [--checkpoints FILE] [--key FILE] "
	"[--json]\n"
	"       hotline audit list [--from SEQ] [--most N] [--json]\n"
	"       hotline audit checkpoint\n"
	"\n"
	"verify recomputes the chain of the audit log and compares it with "
	"the\n"
	"signed checkpoints: audit.checkpoints in the installation's folder, "
	"or\n"
	"a copy that was kept elsewhere. list prints entries. checkpoint "
	"signs\n"
	"the newest entry now instead of at the full hour.\n"
	"\n"
	"exit status of verify: 0 sound, 1 a fault was found, 2 usage,\n"
	"3 no installation, 4 it could not look: no store, a damaged one, no\n"
	"key or checkpoints where they were said to be\n";

struct run {
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_settings *settings;
	const char *checkpoints, *key;
	int64_t from, most;
	bool json;
};

static void show_progress(void *arg, int64_t done)
{
	(void)arg;
	if (isatty(STDERR_FILENO)) {
		fprintf(stderr, "\r%lld entries", (long long)done);
	}
}

/* --key names a public key file; else the installation's own. */
static int load_pub(
	const struct run *run, struct hl_seal_sign_pub *pub, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1024);
	char dir[HL_CLI_PATH_MAX], path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(hl_cli_dir(), run->settings->keys_dir, dir, err);

	if (!r) {
		r = hl_cli_path(dir, "sign.pub", path, err);
	}
	if (!r) {
		r = hl_file_read(run->key ? run->key : path, &text, err);
	}
	if (r == HL_NOTFOUND) {
		HL_FAIL(err, r, "no public key %s", run->key ? run->key : path);
	}
	if (!r && hl_seal_sign_pub_parse(hl_buf_str(&text), pub)) {
		r = HL_FAIL(err, HL_E_INVALID, "no public key in the file");
	}
	return r;
}

static int load_checkpoints(
	const struct run *run, struct hl_buf *text, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(hl_cli_dir(), "audit.checkpoints", path, err);

	if (!r) {
		r = hl_file_read(
			run->checkpoints ? run->checkpoints : path, text, err);
	}
	if (r == HL_NOTFOUND && run->checkpoints) {
		HL_FAIL(err, r, "no file %s", run->checkpoints);
		return r;
	}
	return r == HL_NOTFOUND ? 0 : r;
}

static void print_result(const struct hl_audit_result *found, bool json)
{
	const char *text = hl_audit_fault_text(found->fault);
	HL_BUF_AUTO out = HL_BUF_INIT(4096);

	if (json) {
		hl_buf_put_c(&out, '{');
		hl_json_put_member_bool(
			&out, "sound", found->fault == HL_AUDIT_SOUND);
		hl_json_put_member(&out, "text", hl_str_c(text));
		hl_json_put_member_i64(&out, "entry", found->seq);
		hl_json_put_member_i64(&out, "entries", found->n_entries);
		hl_json_put_member_i64(
			&out, "checkpoints", found->n_checkpoints);
		hl_json_put_member_i64(&out, "covered_to", found->covered_seq);
		hl_buf_put(&out, HL_STR("}\n"));
	} else if (found->fault == HL_AUDIT_SOUND) {
		hl_buf_printf(&out,
			"%s: %lld entries, %lld checkpoints, covered up to "
			"entry %lld\n",
			text, (long long)found->n_entries,
			(long long)found->n_checkpoints,
			(long long)found->covered_seq);
	} else {
		hl_buf_printf(&out, "FAULT at entry %lld: %s\n",
			(long long)found->seq, text);
	}
	fwrite(out.p, 1, out.n, stdout);
}

static int verify(struct run *run, int *status, struct hl_err *err)
{
	HL_BUF_AUTO checkpoints = HL_BUF_INIT(CHECKPOINTS_MAX);
	struct hl_seal_sign_pub pub;
	struct hl_audit_result found;
	int64_t newest = 0;
	int r = load_pub(run, &pub, err);

	if (!r) {
		r = hl_audit_newest(run->store, run->arena, &newest, err);
	}
	if (!r) {
		r = load_checkpoints(run, &checkpoints, err);
	}
	if (r) {
		return r;
	}
	struct hl_audit_verify v = {.store = run->store,
		.checkpoints = hl_buf_str(&checkpoints),
		.pub = &pub,
		.complete_to = run->checkpoints ? 0 : newest,
		.progress = show_progress};
	r = hl_audit_verify(&v, &found, err);
	if (isatty(STDERR_FILENO)) {
		fputc('\n', stderr);
	}
	if (!r) {
		print_result(&found, run->json);
		*status = found.fault ? HL_CLI_FAILED : HL_CLI_OK;
	}
	return r;
}

static void put_entry(
	struct hl_buf *out, const struct hl_row_event_page *row, bool json)
{
	const char *kind = hl_vocab_name(&hl_vocab_event, (int)row->kind);
	const char *object =
		hl_vocab_name(&hl_vocab_object, (int)row->object_kind);
	char at[HL_TIME_ISO_MAX], actor[HL_REF_MAX];
	struct hl_str when = hl_time_iso(row->at_us, at);
	struct hl_str who =
		row->actor ? hl_ref_print(HL_REF_STAFF, row->actor, actor)
			   : HL_STR("-");

	if (!json) {
		hl_buf_printf(out, "%lld %.*s %.*s %s %s %lld %lld %lld\n",
			(long long)row->seq, HL_STR_ARG(when), HL_STR_ARG(who),
			kind, object, (long long)row->object_id,
			(long long)row->a, (long long)row->b);
		return;
	}
	hl_buf_put_c(out, '{');
	hl_json_put_member_i64(out, "seq", row->seq);
	hl_json_put_member(out, "at", when);
	hl_json_put_member(out, "actor", who);
	hl_json_put_member(out, "kind", hl_str_c(kind));
	hl_json_put_member(out, "object", hl_str_c(object));
	hl_json_put_member_i64(out, "object_id", row->object_id);
	hl_json_put_member_i64(out, "a", row->a);
	hl_json_put_member_i64(out, "b", row->b);
	hl_buf_put(out, HL_STR("}\n"));
}

static int list(struct run *run, struct hl_err *err)
{
	size_t n = 1;
	int r = 0;

	while (!r && n && run->most > 0) {
		struct hl_in_event_page in = {
			run->from, run->most < 500 ? run->most : 500};
		HL_BUF_AUTO out = HL_BUF_INIT(1 << 20);
		struct hl_row_event_page *rows;

		hl_arena_reset(run->arena);
		r = hl_get_event_page(
			run->store, run->arena, &in, &rows, &n, err);
		for (size_t i = 0; !r && i < n; i++) {
			put_entry(&out, &rows[i], run->json);
			run->from = rows[i].seq + 1;
		}
		run->most -= r ? 0 : (int64_t)n;
		fwrite(hl_buf_str(&out).p, 1, out.n, stdout);
	}
	return r;
}

static int checkpoint(struct run *run, struct hl_err *err)
{
	char dir[HL_CLI_PATH_MAX], path[HL_CLI_PATH_MAX];
	HL_SEAL_SIGN_KEY_AUTO key = {0};
	int r = hl_cli_path(hl_cli_dir(), run->settings->keys_dir, dir, err);

	if (!r) {
		r = hl_cli_path(dir, "sign.key", path, err);
	}
	if (!r) {
		r = hl_seal_sign_load(path, &key, err);
	}
	if (!r) {
		r = hl_cli_path(hl_cli_dir(), "audit.checkpoints", path, err);
	}
	return r ? r
		 : hl_audit_checkpoint(run->store, run->arena, &key, path, err);
}

static int64_t number(const char *text, int64_t otherwise)
{
	int64_t v;

	if (!text || hl_str_to_i64(hl_str_c(text), &v) == false) {
		return text ? -1 : otherwise;
	}
	return v;
}

static int run_verb(
	struct run *run, const char *verb, int *status, struct hl_err *err)
{
	int r = hl_seal_init(err);

	if (!r) {
		r = hl_cli_settings(&run->settings, err);
	}
	if (!r) {
		r = hl_cli_store(&run->store, err);
	}
	run->arena = hl_arena_new(16 << 20, false);
	if (r || !run->arena) {
		return r ? r : HL_E_NOMEM;
	}
	if (strcmp(verb, "verify") == 0) {
		return verify(run, status, err);
	}
	return strcmp(verb, "list") == 0 ? list(run, err)
					 : checkpoint(run, err);
}

/* 1 is kept for a log in which a fault was found: whatever keeps verify from
 * looking has another status. */
static int give_up(const struct run *run, const char *verb, int r,
	const struct hl_err *err)
{
	int status = hl_cli_fail("audit", r, err);

	if (strcmp(verb, "verify") != 0 ||
		(r == HL_NOTFOUND && !run->settings)) {
		return status;
	}
	return HL_CLI_UNAVAILABLE;
}

int hl_cli_audit(int argc, char **argv)
{
	struct run run = {0};
	struct hl_err err = {0};
	int status = HL_CLI_OK;

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	run.json = hl_cli_flag(&argc, argv, "--json");
	run.checkpoints = hl_cli_option(&argc, argv, "--checkpoints");
	run.key = hl_cli_option(&argc, argv, "--key");
	run.from = number(hl_cli_option(&argc, argv, "--from"), 1);
	run.most = number(hl_cli_option(&argc, argv, "--most"), INT64_MAX);
	if (argc != 2 || hl_cli_unknown(argc, argv) || run.from < 1 ||
		run.most < 0 ||
		(strcmp(argv[1], "verify") != 0 &&
			strcmp(argv[1], "list") != 0 &&
			strcmp(argv[1], "checkpoint") != 0)) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	int r = run_verb(&run, argv[1], &status, &err);
	if (r) {
		status = give_up(&run, argv[1], r, &err);
	}
	hl_arena_free(run.arena);
	hl_store_close(run.store);
	hl_settings_free(run.settings);
	return status;
}
