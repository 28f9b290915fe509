/* SPDX-License-Identifier: Apache-2.0 */
#include "lists.h"

struct list {
	struct hl_buf bytes;
	struct rows rows;
	struct hl_urls_made made;
	struct hl_urls_file file;
};

static void list_new(struct list *list, uint64_t version, uint64_t to,
	uint64_t skip, uint64_t again)
{
	struct hl_urls_head head = head_of(version, 17);

	list->bytes = HL_BUF_INIT(LIST_MAX);
	list->rows = rows_of(&head, 0, to, skip, again);
	list_of(&head, &list->rows, &list->bytes, &list->made);
	open_made(&list->file, &list->bytes, &list->made);
}

static void list_free(struct list *list)
{
	hl_urls_file_fini(&list->file);
	hl_buf_fini(&list->bytes);
	rows_fini(&list->rows);
}

static void leads_to_the_same_bytes(void **state)
{
	static const struct {
		uint64_t to[2], skip[2], again;
	} rows[] = {
		{{300, 300}, {0, 0}, 0}, /* nothing changes */
		{{300, 0}, {0, 0}, 0},   /* all goes */
		{{0, 300}, {0, 0}, 0},   /* all comes */
		{{300, 310}, {0, 7}, 0}, /* some go, some come */
		{{300, 300}, {7, 3}, 5}, /* and some change */
		{{300, 300}, {0, 0}, 1}, /* all change */
		{{301, 299}, {2, 11}, 13},
		{{2000, 2000}, {0, 997}, 0},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO delta = HL_BUF_INIT(LIST_MAX);
		HL_BUF_AUTO got = HL_BUF_INIT(LIST_MAX);
		const struct hl_urls_sink to_delta = {&delta, hl_urls_sink_buf};
		const struct hl_urls_sink to_got = {&got, hl_urls_sink_buf};
		struct hl_urls_made made, applied;
		struct hl_err err = {0};
		struct list a, b;
		uint8_t digest[32];

		list_new(&a, 5, rows[i].to[0], rows[i].skip[0], 0);
		list_new(&b, 9, rows[i].to[1], rows[i].skip[1], rows[i].again);
		if (hl_urls_delta_make(
			    &a.file, &b.file, &to_delta, &made, &err) ||
			hl_urls_delta_apply(&a.file, delta.p, delta.n, &to_got,
				&applied, &err)) {
			fail_msg("%zu: %s", i, err.msg);
		}
		assert_int_equal(made.bytes, delta.n);
		crypto_hash_sha256(digest, (uint8_t *)delta.p, delta.n);
		assert_memory_equal(digest, made.digest, sizeof(digest));
		assert_int_equal(got.n, b.bytes.n);
		assert_memory_equal(got.p, b.bytes.p, got.n);
		assert_memory_equal(
			applied.root, b.made.root, sizeof(applied.root));
		list_free(&a);
		list_free(&b);
	}
}

static void not_between_these(void **state)
{
	HL_BUF_AUTO delta = HL_BUF_INIT(LIST_MAX);
	const struct hl_urls_sink sink = {&delta, hl_urls_sink_buf};
	struct hl_urls_made made;
	struct list a, b;

	list_new(&a, 5, 10, 0, 0);
	list_new(&b, 6, 10, 3, 0);
	assert_int_equal(HL_E_INVALID,
		hl_urls_delta_make(&b.file, &a.file, &sink, &made, NULL));
	assert_int_equal(HL_E_INVALID,
		hl_urls_delta_make(&a.file, &a.file, &sink, &made, NULL));
	b.file.head.epoch++;
	assert_int_equal(HL_E_INVALID,
		hl_urls_delta_make(&a.file, &b.file, &sink, &made, NULL));
	b.file.head.epoch--;
	b.file.head.prefilter[3] ^= 1;
	assert_int_equal(HL_E_INVALID,
		hl_urls_delta_make(&a.file, &b.file, &sink, &made, NULL));
	assert_int_equal(0, delta.n);
	list_free(&a);
	list_free(&b);
}

/* Each bit of a delta turned: refused, or another list than the one that is
 * signed; and each length. */
static void every_bit(void **state)
{
	HL_BUF_AUTO delta = HL_BUF_INIT(LIST_MAX);
	HL_BUF_AUTO got = HL_BUF_INIT(LIST_MAX);
	const struct hl_urls_sink to_delta = {&delta, hl_urls_sink_buf};
	const struct hl_urls_sink to_got = {&got, hl_urls_sink_buf};
	struct hl_urls_made made;
	struct list a, b;

	list_new(&a, 5, 40, 0, 0);
	list_new(&b, 6, 44, 7, 20);
	assert_int_equal(0,
		hl_urls_delta_make(&a.file, &b.file, &to_delta, &made, NULL));
	for (size_t bit = 0; bit < 8 * delta.n; bit++) {
		struct hl_urls_made other;

		delta.p[bit / 8] ^= (char)(1 << bit % 8);
		got.n = 0;
		if (hl_urls_delta_apply(&a.file, delta.p, delta.n, &to_got,
			    &other, NULL) == 0) {
			assert_memory_not_equal(
				other.root, b.made.root, sizeof(other.root));
		}
		delta.p[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t n = 0; n < delta.n; n++) {
		assert_int_equal(
			HL_E_INVALID, hl_urls_delta_apply(&a.file, delta.p, n,
					      &to_got, &made, NULL));
	}
	/* To a list that has it already. */
	assert_int_equal(HL_E_INVALID, hl_urls_delta_apply(&b.file, delta.p,
					       delta.n, &to_got, &made, NULL));
	list_free(&a);
	list_free(&b);
}

static void bad_page(void **state)
{
	HL_BUF_AUTO delta = HL_BUF_INIT(LIST_MAX);
	const struct hl_urls_sink sink = {&delta, hl_urls_sink_buf};
	struct hl_urls_made made;
	struct list a, b;

	list_new(&a, 5, 3000, 0, 0);
	list_new(&b, 6, 3000, 7, 0);
	a.bytes.p[a.file.rows + 2 * HL_URLS_PAGE] ^= 1;
	assert_int_equal(HL_E_CRYPTO,
		hl_urls_delta_make(&a.file, &b.file, &sink, &made, NULL));
	assert_int_equal(0, delta.n);
	list_free(&a);
	list_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leads_to_the_same_bytes),
		cmocka_unit_test(not_between_these),
		cmocka_unit_test(every_bit),
		cmocka_unit_test(bad_page),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
