/* SPDX-License-Identifier: Apache-2.0 */
#include "lists.h"

#include "urls_file/bytes.h"

static void found_again(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 63, 64, 65, 3000};

	for (size_t s = 0; s < HL_ARRAY_LEN(sizes); s++) {
		HL_BUF_AUTO bytes = HL_BUF_INIT(LIST_MAX);
		struct hl_urls_head head = head_of(3, hl_urls_bits(sizes[s]));
		struct rows rows = rows_of(&head, 0, sizes[s], 0, 2);
		struct hl_urls_walk walk = {0};
		struct hl_urls_made made;
		struct hl_urls_file file;
		struct hl_urls_row row, last = {0};
		struct hl_err err = {0};
		size_t n = 0;

		list_of(&head, &rows, &bytes, &made);
		open_made(&file, &bytes, &made);
		head.n = (uint32_t)sizes[s];
		assert_memory_equal(&head, &file.head, sizeof(head));
		if (hl_urls_file_check(&file, &err)) {
			fail_msg("%zu: %s", sizes[s], err.msg);
		}
		for (uint64_t i = 0; i < sizes[s] + 100; i++) {
			assert_int_equal(i < sizes[s], is_listed(&file, i));
		}
		for (; hl_urls_file_next(&file, &walk, &row); n++) {
			assert_true(n == 0 || last.v < row.v ||
				    (last.v == row.v &&
					    memcmp(last.tag, row.tag, 16) < 0));
			last = row;
		}
		assert_int_equal(n, sizes[s]);
		assert_int_equal(0, file.n_bad);
		hl_urls_file_fini(&file);
		rows_fini(&rows);
	}
}

static void same_bytes_whatever_the_order(void **state)
{
	HL_BUF_AUTO a = HL_BUF_INIT(LIST_MAX), b = HL_BUF_INIT(LIST_MAX);
	struct hl_urls_head head = head_of(1, 14);
	struct rows rows = rows_of(&head, 0, 500, 0, 0);
	struct hl_urls_made made;

	for (size_t i = 0; i < rows.n / 2; i++) {
		struct hl_urls_row row = rows.row[i];

		rows.row[i] = rows.row[rows.n - 1 - i];
		rows.row[rows.n - 1 - i] = row;
	}
	list_of(&head, &rows, &a, &made);
	list_of(&head, &rows, &b, &made);
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.p, b.p, a.n);
	rows_fini(&rows);
}

static void refused_rows(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(LIST_MAX);
	const struct hl_urls_sink sink = {&out, hl_urls_sink_buf};
	struct hl_urls_head head = head_of(1, 12);
	struct rows rows = rows_of(&head, 0, 2, 0, 0);
	struct hl_urls_row one[2] = {rows.row[0], rows.row[0]};
	struct hl_urls_made made;

	assert_int_equal(HL_E_INVALID,
		hl_urls_list_make(&head, one, 2, &sink, &made, NULL));
	one[0].v = 1 << 12;
	assert_int_equal(HL_E_INVALID,
		hl_urls_list_make(&head, one, 1, &sink, &made, NULL));
	one[0] = rows.row[0];
	one[0].units = 4;
	assert_int_equal(HL_E_INVALID,
		hl_urls_list_make(&head, one, 1, &sink, &made, NULL));
	head.tier = 1; /* with a k0 */
	assert_int_equal(HL_E_INVALID,
		hl_urls_list_make(&head, rows.row, 1, &sink, &made, NULL));
	head = head_of(1, 37);
	assert_int_equal(HL_E_INVALID,
		hl_urls_list_make(&head, rows.row, 0, &sink, &made, NULL));
	out.max = 100;
	head = head_of(1, 12);
	assert_int_equal(HL_E_LIMIT,
		hl_urls_list_make(&head, rows.row, 2, &sink, &made, NULL));
	rows_fini(&rows);
}

/* Each byte counts: a page, the section of pages, the header. */
static void every_byte(void **state)
{
	HL_BUF_AUTO bytes = HL_BUF_INIT(LIST_MAX);
	struct hl_urls_head head = head_of(1, 12);
	struct rows rows = rows_of(&head, 0, 12, 0, 0);
	struct hl_urls_made made;
	struct hl_urls_file file;

	list_of(&head, &rows, &bytes, &made);
	for (size_t i = 0; i < bytes.n; i++) {
		bytes.p[i] ^= 1;
		assert_true(hl_urls_file_open(&file, bytes.p, bytes.n,
				    made.root, NULL) < 0);
		bytes.p[i] ^= 1;
	}
	for (size_t n = 0; n < bytes.n; n++) {
		assert_true(hl_urls_file_open(
				    &file, bytes.p, n, made.root, NULL) < 0);
	}
	rows_fini(&rows);
}

/* A bad page that is not the first is found when it is wanted, and then its
 * rows are not there; the others are. */
static void bad_page(void **state)
{
	HL_BUF_AUTO bytes = HL_BUF_INIT(LIST_MAX);
	struct hl_urls_head head = head_of(1, 21);
	struct rows rows = rows_of(&head, 0, 3000, 0, 0);
	struct hl_urls_made made;
	struct hl_urls_file file;
	size_t listed = 0;

	list_of(&head, &rows, &bytes, &made);
	open_made(&file, &bytes, &made);
	bytes.p[file.rows + 3 * HL_URLS_PAGE] ^= 1;
	for (uint64_t i = 0; i < 3000; i++) {
		char host[64];
		struct hl_urls_keys keys;
		uint32_t from, to, row, units;
		const uint8_t *sealed;
		struct hl_str name = host_of(i, host);

		hl_urls_keys_tier0(file.head.k0, name, &keys);
		assert_true(hl_urls_file_find(&file,
			hl_urls_prefilter(head.prefilter, 21, name), &from,
			&to));
		assert_true(
			hl_urls_file_tagged(&file, from, to, keys.tag, &row));
		listed += hl_urls_file_sealed(&file, row, &sealed, &units);
	}
	assert_int_equal(1, file.n_bad);
	assert_in_range(listed, 2700, 2999);
	assert_int_equal(HL_E_CRYPTO, hl_urls_file_check(&file, NULL));
	hl_urls_file_fini(&file);
	rows_fini(&rows);
}

/* Digests and root as if a hotline had made it so. */
static void forge(struct hl_buf *bytes, const struct hl_urls_file *file)
{
	for (uint64_t i = 0; i < file->n_pages; i++) {
		uint64_t at = i * HL_URLS_PAGE, n = file->pages - at;

		crypto_hash_sha256((uint8_t *)bytes->p + file->pages + 32 * i,
			(uint8_t *)bytes->p + at,
			n < HL_URLS_PAGE ? n : HL_URLS_PAGE);
	}
}

static void what_a_hotline_made_wrong(void **state)
{
	HL_BUF_AUTO bytes = HL_BUF_INIT(LIST_MAX);
	struct hl_urls_head head = head_of(1, 13);
	struct rows rows = rows_of(&head, 0, 130, 0, 0);
	struct hl_urls_file f, again;
	struct hl_urls_made made;

	list_of(&head, &rows, &bytes, &made);
	open_made(&f, &bytes, &made);
	const struct {
		const char *name;
		uint64_t at;
	} wrong[] = {{"first bucket", f.buckets}, {"bucket", f.buckets + 4},
		{"last bucket", f.buckets + 8},
		{"remainder", f.rests + 2 * 40 + 1},
		{"order of remainders", f.rests + 2 * 20},
		{"units", f.units + 5}, {"place", f.places + 4},
		{"padding", f.rests - 1}, {"row's version", f.rows + 7},
		{"row's end", f.rows + 32 * (uint64_t)f.p[f.units] - 1}};

	for (size_t i = 0; i < HL_ARRAY_LEN(wrong); i++) {
		char was = bytes.p[wrong[i].at];

		bytes.p[wrong[i].at] = (char)0xf7;
		forge(&bytes, &f);
		assert_int_equal(0, hl_urls_file_open(&again, bytes.p, bytes.n,
					    NULL, NULL));
		if (hl_urls_file_check(&again, NULL) != HL_E_INVALID) {
			fail_msg("%s passes", wrong[i].name);
		}
		for (uint64_t v = 0; v < 1 << 13; v++) {
			uint32_t from, to, units;
			const uint8_t *sealed;

			if (hl_urls_file_find(&again, v, &from, &to)) {
				hl_urls_file_sealed(
					&again, from, &sealed, &units);
			}
		}
		hl_urls_file_fini(&again);
		bytes.p[wrong[i].at] = was;
	}
	hl_urls_file_fini(&f);
	rows_fini(&rows);
}

static void header(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t byte;
	} wrong[] = {{"magic", 0, 'h'}, {"form", 8, 2}, {"tier", 12, 2},
		{"a k0 in tier 1", 12, 1}, {"too many rows", 107, 2},
		{"bits", 108, 11}, {"bits", 108, 37}, {"q", 109, 2},
		{"bytes of rows", 112, 1}, {"bytes of rows", 119, 1},
		{"last word", 127, 1}};
	HL_BUF_AUTO bytes = HL_BUF_INIT(LIST_MAX);
	struct hl_urls_head head = head_of(1, 13);
	struct rows rows = rows_of(&head, 0, 9, 0, 0);
	struct hl_urls_file f, again;
	struct hl_urls_made made;

	list_of(&head, &rows, &bytes, &made);
	open_made(&f, &bytes, &made);
	for (size_t i = 0; i < HL_ARRAY_LEN(wrong); i++) {
		char was = bytes.p[wrong[i].at];

		bytes.p[wrong[i].at] = (char)wrong[i].byte;
		forge(&bytes, &f);
		if (hl_urls_file_open(&again, bytes.p, bytes.n, NULL, NULL) !=
			HL_E_INVALID) {
			fail_msg("%s passes", wrong[i].name);
		}
		bytes.p[wrong[i].at] = was;
	}
	hl_urls_file_fini(&f);
	rows_fini(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_again),
		cmocka_unit_test(same_bytes_whatever_the_order),
		cmocka_unit_test(refused_rows),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(bad_page),
		cmocka_unit_test(what_a_hotline_made_wrong),
		cmocka_unit_test(header),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
