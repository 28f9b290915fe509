/* SPDX-License-Identifier: Apache-2.0 */
/* hotline registry: lists of known hashes, read in and given out. Who may
 * use what is on them is decided in the workbench. */
#include "cli_hash/registry.h"

#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cli_hash/commands.h"
#include "cli/common.h"
#include "store/sql.h"

static const char help[] =
	"usage: hotline registry lists [--json]\n"
	"       hotline registry import LIST FILE... [--format FORMAT]\n"
	"               [--kind KIND] [--label LABEL] [--version TEXT]\n"
	"       hotline registry export LIST [--format FORMAT]\n"
	"       hotline registry hash CASE FILE... [--dry-run] [--json]\n"
	"\n"
	"lists prints the lists of known hashes. import reads a partner's "
	"list\n"
	"in; LIST is its name or reference, L-XXXX-XXXX-X. A supervisor makes\n"
	"the list in the workbench, and another approves it: before that\n"
	"nothing on it counts. What is unchanged is left alone, so that the\n"
	"same file may be read in again. FILE is - for standard input.\n"
	"export prints a list of ours, without what somebody doubts.\n"
	"hash puts the hashes of files that the police or a provider handed\n"
	"over onto the item of CASE, C-XXXX-XXXX-X: SHA-256, SHA-1, MD5, and\n"
	"PDQ of pictures and of frames of films. Nothing else of a file is\n"
	"kept, not its name either. --dry-run writes nothing.\n"
	"\n"
	"FORMAT is lines, csv, vics1, vics2, ncmec, tx or hash; import tells "
	"it "
	"from\n"
	"the file, export takes csv. KIND is pdq, md5, sha1 or sha256, for\n"
	"lines without one. LABEL is that of entries without one.\n"
	"\n"
	"exit status: 0 done, 1 failed, or something could not be read,\n"
	"             2 usage, 3 no such list, case or file, 4 the store\n"
	"             cannot be reached, or no decoder started\n";

static void put_list_json(
	struct hl_buf *out, const struct hl_row_hash_lists *row)
{
	char ref[HL_REF_MAX], at[HL_TIME_ISO_MAX];

	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(
		out, "ref", hl_ref_print(HL_REF_HASH_LIST, row->id, ref));
	hl_json_put_member_i64(out, "id", row->id);
	hl_json_put_member(out, "name", row->name);
	hl_json_put_member(out, "owner", row->owner);
	hl_json_put_member(out, "kind",
		hl_str_c(hl_vocab_name(
			&hl_vocab_hash_list_kind, (int)row->kind)));
	hl_json_put_member(out, "state",
		hl_str_c(hl_vocab_name(
			&hl_vocab_hash_list_state, (int)row->state)));
	hl_json_put_member_bool(out, "negative", row->negative != 0);
	hl_json_put_member_bool(out, "resolves", row->resolve != 0);
	hl_json_put_member_i64(out, "entries", row->n_active);
	hl_json_put_member_i64(out, "version", row->version);
	if (row->imported_at_us) {
		hl_json_put_member(out, "imported",
			hl_time_iso_s(row->imported_at_us, at));
		hl_json_put_member(out, "owner_version", row->owner_version);
	}
	hl_buf_put_c(out, '}');
}

static void put_list(struct hl_buf *out, const struct hl_row_hash_lists *row)
{
	char ref[HL_REF_MAX];

	hl_buf_printf(out, "%.*s  %-8s %-8s %10lld  %.*s%s%s\n",
		HL_STR_ARG(hl_ref_print(HL_REF_HASH_LIST, row->id, ref)),
		hl_vocab_name(&hl_vocab_hash_list_kind, (int)row->kind),
		hl_vocab_name(&hl_vocab_hash_list_state, (int)row->state),
		(long long)row->n_active, HL_STR_ARG(row->name),
		row->negative ? " (harmless)" : "",
		row->resolve ? " (resolves)" : "");
}

static int print(const struct hl_buf *out, struct hl_err *err)
{
	if (!out->fault && fwrite(out->p, 1, out->n, stdout) == out->n) {
		return 0;
	}
	return HL_FAIL(err, out->fault ? out->fault : HL_E_IO,
		"the answer could not be printed");
}

static int lists(struct hl_cli_registry *c, bool json, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT(1 << 20);
	struct hl_row_hash_lists *rows;
	size_t n;
	int r = hl_get_hash_lists(c->store, c->arena, &rows, &n, err);

	if (r) {
		return r;
	}
	hl_buf_put(&out, json ? HL_STR("{\"lists\":[") : HL_STR(""));
	for (size_t i = 0; i < n; i++) {
		if (json) {
			put_list_json(&out, &rows[i]);
		} else {
			put_list(&out, &rows[i]);
		}
	}
	hl_buf_put(&out, json ? HL_STR("]}\n") : HL_STR(""));
	return print(&out, err);
}

static void say_counts(
	const struct hl_cli_registry *c, const struct hl_registry_loaded *n)
{
	printf("written             %lld\n"
	       "unchanged           %lld\n"
	       "withdrawn by owner  %lld\n",
		(long long)n->n_put, (long long)n->n_same,
		(long long)n->n_gone);
	if (n->n_kept) {
		printf("withdrawn here      %lld (stay so)\n",
			(long long)n->n_kept);
	}
	if (n->n_torn) {
		printf("not read whole      %lld (stay as they were)\n",
			(long long)n->n_torn);
	}
	if (n->n_empty) {
		printf("without a hash      %lld (left out)\n",
			(long long)n->n_empty);
	}
	if (n->n_void) {
		printf("of no content       %lld (left out)\n",
			(long long)n->n_void);
	}
	if (c->n_weak) {
		printf("low quality         %llu (hashes left out)\n",
			(unsigned long long)c->n_weak);
	}
	if (c->n_bad) {
		printf("not readable        %llu\n",
			(unsigned long long)c->n_bad);
	}
}

static int is_approved(struct hl_cli_registry *c, struct hl_err *err)
{
	struct hl_row_hash_lists *rows;
	size_t n;
	int r = hl_get_hash_lists(c->store, c->arena, &rows, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		if (rows[i].id != c->list_id) {
			continue;
		}
		c->negative = rows[i].negative != 0;
		if (rows[i].state == HL_HASH_LIST_PROPOSED) {
			fputs("hotline registry: nothing on this list counts "
			      "before another supervisor\nhas approved it in "
			      "the workbench.\n",
				stderr);
		}
	}
	return r;
}

static int import(struct hl_cli_registry *c, int n_files, char **files,
	struct hl_err *err)
{
	HL_REGISTRY_LOADING_AUTO *loading = NULL;
	int r = is_approved(c, err);

	if (!r) {
		r = hl_registry_load_begin(c->store, c->list_id, &loading, err);
	}
	for (int i = 0; i < n_files && !r; i++) {
		r = hl_cli_registry_read(c, loading, files[i], err);
	}
	if (!r) {
		r = hl_registry_load_end(
			loading, hl_str_c(c->version ? c->version : ""), err);
	}
	if (loading) {
		say_counts(c, hl_registry_load_counts(loading));
	}
	return r;
}

static int export(struct hl_cli_registry *c, struct hl_err *err)
{
	struct hl_tx *tx;
	int64_t n = 0;
	int r = hl_cli_registry_write(c, &n, err);

	if (r) {
		return r;
	}
	tx = hl_tx_begin(c->store, c->arena);
	hl_tx_event(tx,
		&(struct hl_store_event){.kind = HL_EVENT_HASH_LIST_EXPORTED,
			.object_kind = HL_OBJECT_HASH_LIST,
			.object_id = c->list_id,
			.a = n});
	return hl_tx_run(tx, err);
}

static int run(struct hl_cli_registry *c, int argc, char **argv, bool json,
	struct hl_err *err)
{
	if (strcmp(argv[1], "lists") == 0) {
		return lists(c, json, err);
	}
	int r = hl_registry_load_find(
		c->store, c->arena, hl_str_c(argv[2]), &c->list_id, err);
	if (r) {
		return r;
	}
	return strcmp(argv[1], "import") == 0
		       ? import(c, argc - 3, argv + 3, err)
		       : export(c, err);
}

static bool is_sensible(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	return (strcmp(verb, "lists") == 0 && argc == 2) ||
	       (strcmp(verb, "import") == 0 && argc > 3) ||
	       (strcmp(verb, "export") == 0 && argc == 3) ||
	       (strcmp(verb, "hash") == 0 && argc > 3);
}

/* "" for a value that is missing is no format and no kind either. */
static bool read_options(struct hl_cli_registry *c, int *argc, char **argv)
{
	const char *format = hl_cli_option(argc, argv, "--format");
	const char *kind = hl_cli_option(argc, argv, "--kind");

	c->label = hl_cli_option(argc, argv, "--label");
	c->version = hl_cli_option(argc, argv, "--version");
	c->options.format =
		format ? hl_hashlist_format_of(hl_str_c(format)) : 0;
	c->options.kind = kind ? hl_hashlist_kind_of(hl_str_c(kind)) : 0;
	return (!format || c->options.format) && (!kind || c->options.kind);
}

int hl_cli_registry(int argc, char **argv)
{
	struct hl_cli_registry c = {0};
	struct hl_err err = {0};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	bool json = hl_cli_flag(&argc, argv, "--json");
	bool dry_run = hl_cli_flag(&argc, argv, "--dry-run");
	if (!read_options(&c, &argc, argv) || hl_cli_unknown(argc, argv) ||
		!is_sensible(argc, argv) ||
		(dry_run && strcmp(argv[1], "hash") != 0)) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	if (strcmp(argv[1], "hash") == 0) {
		return hl_cli_registry_hash(
			&(struct hl_cli_registry_hash){json, dry_run}, argc - 2,
			argv + 2);
	}
	int r = hl_cli_store(&c.store, &err);
	if (!r) {
		c.arena = hl_arena_new((size_t)64 << 20, false);
		r = c.arena ? run(&c, argc, argv, json, &err)
			    : HL_FAIL(&err, HL_E_NOMEM, "no memory");
	}
	hl_arena_free(c.arena);
	hl_store_close(c.store);
	if (r) {
		return hl_cli_fail("registry", r, &err);
	}
	return c.n_bad || c.n_torn ? HL_CLI_FAILED : HL_CLI_OK;
}
