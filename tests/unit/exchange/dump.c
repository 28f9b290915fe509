/* SPDX-License-Identifier: Apache-2.0 */
#include "dump.h"

#include "base/text.h"

static void put(struct hl_buf *out, const char *name, struct hl_str text)
{
	if (text.p) {
		hl_buf_printf(out, " %s=%.*s", name, HL_STR_ARG(text));
	}
}

static void put_hash(struct hl_buf *out, const struct hl_hashlist_hash *hash)
{
	hl_buf_printf(out, " %s:", hl_hashlist_kind_name(hash->kind));
	hl_text_put_hex(out, hash->bytes, hl_hashlist_kind_bytes(hash->kind));
	if (hash->quality >= 0) {
		hl_buf_printf(out, " q%d", hash->quality);
	}
	if (hash->part) {
		hl_buf_printf(out, " p%u", hash->part);
	}
	if (hash->at_ms >= 0) {
		hl_buf_printf(out, " t%lld", (long long)hash->at_ms);
	}
}

void dump_record(
	struct hl_buf *out, const struct hl_hashlist_record *record, bool place)
{
	static const char *const media[] = {"", " picture", " video"};

	if (place) {
		hl_buf_printf(out, "%llu@%llu ",
			(unsigned long long)record->line,
			(unsigned long long)record->offset);
	}
	hl_buf_printf(out, "%.*s%s%s", HL_STR_ARG(record->id),
		record->deleted ? " deleted" : "", media[record->media]);
	for (size_t i = 0; i < record->n_hashes; i++) {
		put_hash(out, &record->hashes[i]);
	}
	for (size_t i = 0; i < record->n_others; i++) {
		hl_buf_printf(out, " (%.*s:%.*s)",
			HL_STR_ARG(record->others[i].name),
			HL_STR_ARG(record->others[i].value));
	}
	put(out, "label", record->label);
	put(out, "series", record->series);
	put(out, "tags", record->tags);
	put(out, "owner", record->owner);
	put(out, "mime", record->mime);
	put(out, "updated", record->updated);
	if (record->size_bytes) {
		hl_buf_printf(out, " size=%llu",
			(unsigned long long)record->size_bytes);
	}
	if (record->known) {
		hl_buf_printf(out, " flags=%x/%x", record->set, record->known);
	}
	hl_buf_put_c(out, '\n');
}

static void on_report(void *arg, const struct hl_hashlist_report *report)
{
	hl_buf_printf(arg, "%s %llu@%llu %s\n", report->whole ? "BAD" : "note",
		(unsigned long long)report->line,
		(unsigned long long)report->offset, report->what);
}

static void put_totals(struct hl_buf *out, const struct hl_hashlist_totals *t)
{
	hl_buf_printf(out, "records %llu deleted %llu bad %llu notes %llu",
		(unsigned long long)t->n_records,
		(unsigned long long)t->n_deleted, (unsigned long long)t->n_bad,
		(unsigned long long)t->n_notes);
	if (t->n_incomplete) {
		hl_buf_printf(out, " incomplete %llu",
			(unsigned long long)t->n_incomplete);
	}
	if (t->n_weak) {
		hl_buf_printf(out, " weak %llu", (unsigned long long)t->n_weak);
	}
	for (unsigned kind = 1; kind <= HL_HASHLIST_KINDS; kind++) {
		unsigned k = kind % HL_HASHLIST_KINDS;

		if (t->n_hashes[k]) {
			hl_buf_printf(out, " %s %llu", hl_hashlist_kind_name(k),
				(unsigned long long)t->n_hashes[k]);
		}
	}
	for (size_t i = 0; i < t->n_others; i++) {
		hl_buf_printf(out, " (%s %llu)", t->others[i].name,
			(unsigned long long)t->others[i].n);
	}
	hl_buf_put_c(out, '\n');
}

/* Bytes in a block of their own, so that a sanitizer sees a read behind
 * them. */
static int feed_next(struct hl_hashlist_reader *r, struct hl_str *file,
	size_t step, char **piece)
{
	size_t n = step && step < file->n ? step : file->n;

	free(*piece);
	*piece = malloc(n ? n : 1);
	assert_non_null(*piece);
	if (n) {
		memcpy(*piece, file->p, n);
	}
	hl_hashlist_reader_feed(r, hl_str_mem(*piece, n));
	*file = hl_str_sub(*file, n, file->n);
	return 0;
}

void dump_file(struct hl_buf *out, const struct hl_hashlist_options *options,
	struct hl_str file, size_t step)
{
	struct hl_hashlist_options own = *options;
	struct hl_hashlist_reader *r;
	struct hl_hashlist_record record;
	struct hl_err err = {.msg = ""};
	char *piece = NULL;
	int rc;

	own.report = on_report;
	own.arg = out;
	assert_int_equal(hl_hashlist_reader_new(&own, &r, &err), 0);
	while ((rc = hl_hashlist_reader_next(r, &record, &err)) == 0 ||
		rc == HL_HASHLIST_MORE) {
		if (rc == 0) {
			dump_record(out, &record, true);
		} else {
			feed_next(r, &file, step, &piece);
		}
	}
	hl_buf_printf(out, "%s%s\n", rc == HL_HASHLIST_END ? "end" : "FAULT ",
		err.msg);
	assert_int_equal(hl_hashlist_reader_next(r, &record, &err), rc);
	put_totals(out, hl_hashlist_reader_totals(r));
	if (hl_hashlist_reader_next_page(r).p) {
		hl_buf_printf(out, "next %.*s\n",
			HL_STR_ARG(hl_hashlist_reader_next_page(r)));
	}
	assert_false(out->fault);
	hl_hashlist_reader_free(r);
	free(piece);
}

void dump_same(const char *what, struct hl_str got, struct hl_str want)
{
	if (!hl_str_eq(got, want)) {
		fail_msg("%s: got\n%.*s\nwant\n%.*s", what, HL_STR_ARG(got),
			HL_STR_ARG(want));
	}
}
