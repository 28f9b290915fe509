/* SPDX-License-Identifier: Apache-2.0 */
/* hotline hashlist stats and verify. */
#include "cli_hash/hashlist.h"

#include <stdio.h>

#include "base/json.h"
#include "base/utf8.h"
#include "cli/common.h"

struct stats {
	const char *folder, *list_name;
	bool json, kinds;
	struct hl_match_index *index;
	struct hl_match_reader *reader;
};

static int count_kinds(const struct stats *s, uint32_t list, uint64_t kinds[5],
	struct hl_err *err)
{
	struct hl_match_entry at = {.list = list};
	int rc;

	while ((rc = hl_match_reader_next(s->reader, &at)) == 0 &&
		at.list == list) {
		kinds[at.kind < 5 ? at.kind : 0]++;
	}
	return rc < 0 ? HL_FAIL(err, HL_E_CORRUPT, "the index cannot be read")
		      : 0;
}

static void put_json(struct hl_buf *b, const struct hl_match_list *list,
	const struct hl_match_stats *st)
{
	hl_buf_put_c(b, '{');
	hl_json_put_member_i64(b, "list", list->id);
	hl_json_put_member(b, "name", hl_str_c(list->name));
	hl_json_put_member(b, "owner", hl_str_c(list->owner));
	hl_json_put_member_bool(
		b, "negative", list->flags & HL_MATCH_LIST_NEGATIVE);
	hl_json_put_member_i64(b, "radius",
		list->radius ? list->radius : HL_MATCH_RADIUS_DEFAULT);
	hl_json_put_member_i64(b, "version", (int64_t)list->version);
	hl_json_put_member_i64(b, "entries", (int64_t)st->n_entries);
	hl_json_put_member_i64(b, "hashes", (int64_t)st->n_hashes);
}

static void put_text(struct hl_buf *b, const struct hl_match_list *list,
	const struct hl_match_stats *st)
{
	hl_buf_printf(b, "%5u  %10llu entries %10llu hashes  %s%s%s%s\n",
		list->id, (unsigned long long)st->n_entries,
		(unsigned long long)st->n_hashes, list->name,
		list->owner[0] ? ", of " : "", list->owner,
		list->flags & HL_MATCH_LIST_NEGATIVE ? ", negative" : "");
	b->n = hl_utf8_clean(b->p, b->n);
}

static int show(
	struct stats *s, const struct hl_match_list *list, struct hl_err *err)
{
	struct hl_match_stats st = {.size_of = sizeof(st)};
	HL_BUF_AUTO b = HL_BUF_INIT(4096);
	uint64_t kinds[5] = {0};
	int rc = hl_match_index_stats(s->index, list->id, &st);

	if (rc) {
		return HL_FAIL(err, HL_E_CORRUPT, "the index cannot be read");
	}
	if (s->kinds && count_kinds(s, list->id, kinds, err)) {
		return HL_E_CORRUPT;
	}
	(s->json ? put_json : put_text)(&b, list, &st);
	for (unsigned k = 1; s->kinds && k < 5; k++) {
		const char *name = hl_hashlist_kind_name(k);

		if (s->json) {
			hl_json_put_member_i64(&b, name, (int64_t)kinds[k]);
		} else if (kinds[k]) {
			hl_buf_printf(&b, "%7s%10llu %s\n", "",
				(unsigned long long)kinds[k], name);
		}
	}
	hl_buf_put(&b, s->json ? HL_STR("}\n") : HL_STR(""));
	fwrite(b.p, 1, b.n, stdout);
	return 0;
}

static int show_all(struct stats *s, struct hl_err *err)
{
	struct hl_match_list list = {.size_of = sizeof(list)};
	int rc = 0;

	while (rc == 0 &&
		hl_match_reader_next_list(s->reader, list.id, &list) == 0) {
		rc = show(s, &list, err);
	}
	return rc;
}

static int run(struct stats *s, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	struct hl_match_list list;
	int rc = hl_cli_hashlist_open(s->folder, 0, &s->index, err);

	if (rc) {
		return rc;
	}
	rc = hl_match_reader_new(s->index, &s->reader, &why);
	if (rc) {
		return hl_apply_fail(err, rc, &why);
	}
	if (!s->list_name) {
		return show_all(s, err);
	}
	rc = hl_cli_hashlist_find(s->index, s->list_name, &list, err);
	return rc ? rc : show(s, &list, err);
}

int hl_cli_hashlist_stats(int argc, char **argv)
{
	struct stats s = {.folder = hl_cli_option(&argc, argv, "--index"),
		.list_name = hl_cli_option(&argc, argv, "--list"),
		.json = hl_cli_flag(&argc, argv, "--json"),
		.kinds = hl_cli_flag(&argc, argv, "--kinds")};
	struct hl_err err = {.msg = ""};
	int rc;

	if (!s.folder || !*s.folder || argc != 1) {
		return hl_cli_hashlist_usage("stats wants --index");
	}
	rc = run(&s, &err);
	hl_match_reader_free(s.reader);
	hl_match_index_close(s.index);
	return rc || fflush(stdout) != 0
		       ? hl_cli_hashlist_fail(rc ? rc : HL_E_IO, &err)
		       : HL_CLI_OK;
}

/* ---- verify ----------------------------------------------------------- */

struct verifying {
	struct hl_cli_hashlist_progress progress;
	uint64_t n_damaged;
};

static int on_progress(void *arg, uint64_t done, uint64_t total)
{
	struct verifying *v = arg;

	hl_cli_hashlist_progress_show(&v->progress, done, total, "bytes", done);
	return 0;
}

static void on_damage(void *arg, const struct hl_match_error *place)
{
	struct verifying *v = arg;

	hl_cli_hashlist_progress_clear(&v->progress);
	fprintf(stderr, "hotline hashlist: %s\n", place->text);
	v->n_damaged++;
}

/* What is damaged was told. */
static int say_damage(const struct verifying *v)
{
	fprintf(stderr,
		"hotline hashlist: %llu damaged files: make the index anew "
		"from where its lists came\n",
		(unsigned long long)v->n_damaged);
	return HL_CLI_FAILED;
}

int hl_cli_hashlist_verify(int argc, char **argv)
{
	const char *folder = hl_cli_option(&argc, argv, "--index");
	struct verifying v = {.n_damaged = 0};
	struct hl_match_error why = {.code = 0};
	struct hl_err err = {.msg = ""};
	int rc;

	if (!folder || !*folder || argc != 1) {
		return hl_cli_hashlist_usage("verify wants --index");
	}
	rc = hl_match_index_verify_all(
		folder, on_progress, on_damage, &v, &why);
	hl_cli_hashlist_progress_clear(&v.progress);
	if (rc == HL_MATCH_E_CORRUPT && v.n_damaged) {
		return say_damage(&v);
	}
	if (rc) {
		rc = rc == HL_MATCH_NOTFOUND
			     ? HL_FAIL(&err, HL_NOTFOUND,
				       "there is no index in %s", folder)
			     : hl_apply_fail(&err, rc, &why);
		return hl_cli_hashlist_fail(rc, &err);
	}
	puts("every byte of the index is as it was written");
	return HL_CLI_OK;
}
