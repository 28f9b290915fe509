/* SPDX-License-Identifier: Apache-2.0 */
/* What each format is read as: a file, and what comes of it. Every row is
 * read in one piece, byte by byte, and in pieces of other sizes. */
#include "dump.h"

#include <stdio.h>

#include "base/file.h"
#include "base/text.h"

struct row {
	char *name;
	struct hl_hashlist_options options;
	struct hl_str file, want;
};
enum { ROWS_MAX = 128 };
static struct row *rows;
static size_t n_rows;
static struct hl_buf rows_text;

/* "{{0d}}" into the byte, in place. */
static struct hl_str unfold(struct hl_str s)
{
	char *p = rows_text.p + (s.p - rows_text.p);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t byte;

		if (hl_str_starts(hl_str_sub(s, i, 2), HL_STR("{{")) &&
			hl_text_parse_hex(hl_str_sub(s, i + 2, 2), &byte, 1) ==
				0) {
			p[n++] = (char)byte;
			i += 5;
		} else {
			p[n++] = s.p[i];
		}
	}
	return hl_str_mem(p, n);
}

static void read_row(struct hl_str text)
{
	struct row *row = &rows[n_rows++];
	struct hl_str head, name, format, kind;
	size_t middle = hl_str_find(text, HL_STR("\n---\n"));
	size_t begin = hl_str_find_char(text, '\n') + 1;

	assert_true(n_rows <= ROWS_MAX && middle < text.n);
	head = hl_str_sub(text, 0, begin - 1);
	row->want = hl_str_sub(text, middle + 5, text.n);
	row->file = unfold(hl_str_sub(text, begin, middle - begin));
	hl_str_next(&head, '|', &name);
	hl_str_next(&head, '|', &format);
	hl_str_next(&head, '|', &kind);
	name = hl_str_trim(name);
	row->name = strndup(name.p, name.n);
	row->options.format = hl_hashlist_format_of(hl_str_trim(format));
	row->options.kind = hl_hashlist_kind_of(hl_str_trim(kind));
	assert_int_not_equal(row->options.format, 0);
}

static int read_rows(void **state)
{
	struct hl_str rest;

	(void)state;
	rows = calloc(ROWS_MAX, sizeof(*rows));
	rows_text = HL_BUF_INIT(1 << 20);
	assert_int_equal(hl_file_read(getenv("HL_ROWS"), &rows_text, NULL), 0);
	rest = hl_buf_str(&rows_text);
	rest = hl_str_sub(
		rest, hl_str_find(rest, HL_STR("\n=== ")) + 5, rest.n);
	while (rest.n) {
		size_t n = hl_str_find(rest, HL_STR("\n=== "));

		read_row(hl_str_sub(rest, 0, n + 1));
		rest = hl_str_sub(rest, n + 5, rest.n);
	}
	return n_rows > 40 ? 0 : -1;
}

static int free_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_rows; i++) {
		free(rows[i].name);
	}
	free(rows);
	hl_buf_fini(&rows_text);
	return 0;
}

static void rows_as_expected(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_rows; i++) {
		HL_BUF_AUTO got = HL_BUF_INIT(1 << 20);

		dump_file(&got, &rows[i].options, rows[i].file, 0);
		if (getenv("HL_SHOW")) {
			printf("### %s\n%.*s", rows[i].name,
				HL_STR_ARG(hl_buf_str(&got)));
			continue;
		}
		dump_same(rows[i].name, hl_buf_str(&got), rows[i].want);
	}
}

static void pieces_of_any_size(void **state)
{
	static const size_t steps[] = {1, 2, 3, 7, 64};

	(void)state;
	for (size_t i = 0; i < n_rows; i++) {
		HL_BUF_AUTO want = HL_BUF_INIT(1 << 20);

		dump_file(&want, &rows[i].options, rows[i].file, 0);
		for (size_t s = 0; s < HL_ARRAY_LEN(steps); s++) {
			HL_BUF_AUTO got = HL_BUF_INIT(1 << 20);

			dump_file(
				&got, &rows[i].options, rows[i].file, steps[s]);
			dump_same(rows[i].name, hl_buf_str(&got),
				hl_buf_str(&want));
		}
	}
}

static void put16(struct hl_buf *out, struct hl_str text, bool big)
{
	hl_buf_put_mem(out, big ? "\xfe\xff" : "\xff\xfe", 2);
	for (size_t i = 0; i < text.n; i++) {
		char pair[2] = {big ? 0 : text.p[i], big ? text.p[i] : 0};

		hl_buf_put_mem(out, pair, 2);
	}
}

static bool is_ascii(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] & 0x80) {
			return false;
		}
	}
	return true;
}

/* Without the places, which are other bytes of the file. */
static void strip_places(struct hl_buf *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (b->p[i] == '@') {
			while (i + 1 < b->n && b->p[i + 1] >= '0' &&
				b->p[i + 1] <= '9') {
				i++;
			}
			continue;
		}
		b->p[to++] = b->p[i];
	}
	b->n = to;
}

static void utf16_gives_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * n_rows; i++) {
		const struct row *row = &rows[i / 2];
		HL_BUF_AUTO want = HL_BUF_INIT(1 << 20);
		HL_BUF_AUTO got = HL_BUF_INIT(1 << 20);
		HL_BUF_AUTO wide = HL_BUF_INIT(1 << 20);

		if (!is_ascii(row->file) ||
			hl_str_find(row->want, HL_STR("FAULT")) < row->want.n) {
			continue; /* its words have a place */
		}
		put16(&wide, row->file, i & 1);
		dump_file(&want, &row->options, row->file, 0);
		dump_file(&got, &row->options, hl_buf_str(&wide), 5);
		strip_places(&want);
		strip_places(&got);
		dump_same(row->name, hl_buf_str(&got), hl_buf_str(&want));
	}
}

/* Behind each record the reading is stopped and begun anew. */
static void read_from(struct hl_buf *out, const struct hl_hashlist_options *o,
	struct hl_str file, struct hl_buf *state)
{
	struct hl_hashlist_reader *r;
	struct hl_hashlist_record record;
	struct hl_err err = {.msg = ""};
	uint64_t offset = 0;
	int rc;

	assert_int_equal(hl_hashlist_reader_new(o, &r, &err), 0);
	if (state->n) {
		rc = hl_hashlist_reader_resume(
			r, hl_buf_str(state), &offset, &err);
		assert_int_equal(rc, 0);
	}
	hl_buf_reset(state);
	hl_hashlist_reader_feed(r, hl_str_sub(file, offset, file.n));
	while ((rc = hl_hashlist_reader_next(r, &record, &err)) ==
		HL_HASHLIST_MORE) {
		hl_hashlist_reader_feed(r, HL_STR(""));
	}
	if (rc == 0) {
		dump_record(out, &record, true);
		assert_int_equal(
			hl_hashlist_reader_checkpoint(r, state, &offset, &err),
			0);
	} else {
		const struct hl_hashlist_totals *t =
			hl_hashlist_reader_totals(r);

		hl_buf_printf(out, "%d %llu %llu %llu\n", rc,
			(unsigned long long)t->n_records,
			(unsigned long long)t->n_bad,
			(unsigned long long)t->n_hashes[HL_MATCH_PDQ]);
	}
	hl_hashlist_reader_free(r);
}

static void in_one_go(struct hl_buf *out, const struct hl_hashlist_options *o,
	struct hl_str file)
{
	struct hl_hashlist_reader *r;
	struct hl_hashlist_record record;
	int rc;

	assert_int_equal(hl_hashlist_reader_new(o, &r, NULL), 0);
	hl_hashlist_reader_feed(r, file);
	while ((rc = hl_hashlist_reader_next(r, &record, NULL)) == 0 ||
		rc == HL_HASHLIST_MORE) {
		if (rc == 0) {
			dump_record(out, &record, true);
		} else {
			hl_hashlist_reader_feed(r, HL_STR(""));
		}
	}
	const struct hl_hashlist_totals *t = hl_hashlist_reader_totals(r);
	hl_buf_printf(out, "%d %llu %llu %llu\n", rc,
		(unsigned long long)t->n_records, (unsigned long long)t->n_bad,
		(unsigned long long)t->n_hashes[HL_MATCH_PDQ]);
	hl_hashlist_reader_free(r);
}

static void goes_on_behind_every_record(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_rows; i++) {
		struct hl_str file = rows[i].file;
		HL_BUF_AUTO want = HL_BUF_INIT(1 << 20);
		HL_BUF_AUTO got = HL_BUF_INIT(1 << 20);
		HL_BUF_AUTO at = HL_BUF_INIT(16 << 10);

		in_one_go(&want, &rows[i].options, file);
		do {
			read_from(&got, &rows[i].options, file, &at);
		} while (at.n);
		dump_same(rows[i].name, hl_buf_str(&got), hl_buf_str(&want));
	}
}

/* Cut anywhere, a file gives a part of its records and then an end, or a
 * fault of an expected kind. */
static void cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_rows; i++) {
		struct hl_str file = rows[i].file;

		for (size_t n = 0; n < file.n; n++) {
			HL_BUF_AUTO got = HL_BUF_INIT(1 << 20);

			dump_file(&got, &rows[i].options,
				hl_str_sub(file, 0, n), 0);
		}
	}
}

static void marks_are_no_content(void **state)
{
	struct hl_hashlist_options options = {.format = HL_HASHLIST_LINES};
	HL_BUF_AUTO got = HL_BUF_INIT(1 << 20);

	(void)state;
	dump_file(&got, &options, HL_STR("\xef\xbb\xbf" MD5_A), 1);
	dump_same("mark", hl_buf_str(&got),
		HL_STR("1@3 " MD5_A " md5:" MD5_A
		       "\nend\nrecords 1 deleted 0 bad 0 notes 0 md5 1\n"));
	hl_buf_reset(&got);
	dump_file(&got, &options, HL_STR("\xff\xfe\0\0a\0\0\0"), 1);
	dump_same("UTF-32", hl_buf_str(&got),
		HL_STR("FAULT the file is UTF-32 or binary; UTF-8 and UTF-16 "
		       "are read\nrecords 0 deleted 0 bad 0 notes 0\n"));
	hl_buf_reset(&got);
	dump_file(&got, &options,
		HL_STR("\xff\xfe"
		       "a"),
		1);
	dump_same("half", hl_buf_str(&got),
		HL_STR("FAULT the file ends inside a character of UTF-16\n"
		       "records 0 deleted 0 bad 0 notes 0\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_as_expected),
		cmocka_unit_test(pieces_of_any_size),
		cmocka_unit_test(utf16_gives_the_same),
		cmocka_unit_test(goes_on_behind_every_record),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(marks_are_no_content),
	};

	return cmocka_run_group_tests(tests, read_rows, free_rows);
}
