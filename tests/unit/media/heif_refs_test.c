/* SPDX-License-Identifier: Apache-2.0 */
#include "media/heif_refs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"

/* A box iref, as bytes, behind some others. */
struct file {
	uint8_t bytes[4 << 20];
	size_t n;
};

static void put(struct file *f, uint64_t value, size_t n_bytes)
{
	for (size_t i = n_bytes; i-- > 0;) {
		f->bytes[f->n++] = (uint8_t)(value >> 8 * i);
	}
}

static void begin(struct file *f, unsigned version)
{
	f->n = 0;
	put(f, 0x1234567812345678, 8);
	put(f, 0, 4);
	put(f, 0x69726566, 4); /* iref */
	put(f, (uint64_t)version << 24, 4);
}

static void reference(struct file *f, const char *type, unsigned version,
	uint32_t from, const uint32_t *to, size_t n)
{
	size_t n_id = version ? 4 : 2;

	put(f, 10 + n_id * (n + 1), 4);
	memcpy(f->bytes + f->n, type, 4);
	f->n += 4;
	put(f, from, n_id);
	put(f, n, 2);
	for (size_t i = 0; i < n; i++) {
		put(f, to[i], n_id);
	}
}

static void end(struct file *f)
{
	size_t n = f->n - 8;

	f->n = 8;
	put(f, n, 4);
	f->n = n + 8;
}

/* Copies, so that reading behind the end is seen. */
static int ends(const struct file *f, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);
	int rc;

	assert_non_null(exact);
	memcpy(exact, f->bytes, n);
	rc = hl_media_heif_refs_end(exact, n);
	free(exact);
	return rc;
}

static void references_are_followed(void **state)
{
	static const struct {
		const char *name;
		struct {
			const char *type;
			uint32_t from;
			uint32_t to[3];
			size_t n;
		} refs[10];
		int ends;
	} rows[] = {
		{"none", {{0}}, 1},
		{"a grid", {{"dimg", 5, {1, 2, 3}, 3}}, 1},
		{"itself", {{"dimg", 5, {1, 5, 3}, 3}}, 0},
		{"each other", {{"dimg", 5, {6}, 1}, {"dimg", 6, {1, 5}, 2}},
			0},
		{"three",
			{{"dimg", 1, {2}, 1}, {"dimg", 2, {3}, 1},
				{"dimg", 3, {1}, 1}},
			0},
		{"alpha", {{"auxl", 2, {1}, 1}}, 1},
		{"alpha of each other",
			{{"auxl", 2, {1}, 1}, {"auxl", 1, {2}, 1}}, 0},
		{"alpha that is made of the picture",
			{{"auxl", 2, {1}, 1}, {"dimg", 2, {1}, 1}}, 0},
		{"a thumbnail of itself is not decoded",
			{{"thmb", 1, {1}, 1}, {"cdsc", 2, {2}, 1}}, 1},
		{"8 deep",
			{{"dimg", 1, {2}, 1}, {"dimg", 2, {3}, 1},
				{"dimg", 3, {4}, 1}, {"dimg", 4, {5}, 1},
				{"dimg", 5, {6}, 1}, {"dimg", 6, {7}, 1},
				{"dimg", 7, {8}, 1}, {"dimg", 8, {9}, 1}},
			1},
		{"9 deep",
			{{"dimg", 1, {2}, 1}, {"dimg", 2, {3}, 1},
				{"dimg", 3, {4}, 1}, {"dimg", 4, {5}, 1},
				{"dimg", 5, {6}, 1}, {"dimg", 6, {7}, 1},
				{"dimg", 7, {8}, 1}, {"dimg", 8, {9}, 1},
				{"dimg", 9, {10}, 1}},
			0},
		{"one referred to twice",
			{{"dimg", 1, {2, 3}, 2}, {"dimg", 2, {4}, 1},
				{"dimg", 3, {4}, 1}},
			1},
	};
	struct file *f = calloc(1, sizeof(*f));

	(void)state;
	assert_non_null(f);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		for (unsigned version = 0; version < 2; version++) {
			begin(f, version);
			for (size_t k = 0; rows[i].refs[k].type; k++) {
				reference(f, rows[i].refs[k].type, version,
					rows[i].refs[k].from,
					rows[i].refs[k].to, rows[i].refs[k].n);
			}
			end(f);
			if (ends(f, f->n) != rows[i].ends) {
				fail_msg("%s, version %u: not %d", rows[i].name,
					version, rows[i].ends);
			}
			/* Cut anywhere, it is read to there. */
			for (size_t n = 0; n < f->n; n++) {
				assert_true(ends(f, n) >= 0);
			}
		}
	}
	free(f);
}

static void what_takes_too_long_is_refused(void **state)
{
	struct file *f = calloc(1, sizeof(*f));
	uint32_t to[1000];

	(void)state;
	assert_non_null(f);
	/* A grid of 1,000, and grids of 1,000 grids of 1,000. */
	begin(f, 1);
	for (uint32_t i = 0; i < 1000; i++) {
		to[i] = 100 + i;
	}
	reference(f, "dimg", 1, 1, to, 1000);
	end(f);
	assert_int_equal(ends(f, f->n), 1);
	for (uint32_t i = 0; i < 1000; i++) {
		to[i] = 1;
	}
	reference(f, "dimg", 1, 2, to, 1000);
	end(f);
	assert_int_equal(ends(f, f->n), 0);
	/* More references than are kept. */
	begin(f, 1);
	for (uint32_t k = 0; k < 200; k++) {
		for (uint32_t i = 0; i < 1000; i++) {
			to[i] = 1000000 + i;
		}
		reference(f, "dimg", 1, 10 + k, to, 1000);
	}
	end(f);
	assert_int_equal(ends(f, f->n), 0);
	free(f);
}

/* Wherever it lies, and as many as there are. */
static void every_iref_counts(void **state)
{
	static const uint32_t itself[] = {7};
	struct file *f = calloc(1, sizeof(*f));

	(void)state;
	assert_non_null(f);
	begin(f, 0);
	reference(f, "dimg", 0, 5, (const uint32_t[]){1, 2}, 2);
	end(f);
	size_t first = f->n;
	put(f, 1, 4); /* a size of 64 bits */
	put(f, 0x69726566, 4);
	put(f, 0, 4);
	put(f, 34, 4);
	put(f, 0, 4);
	reference(f, "dimg", 0, 7, itself, 1);
	assert_int_equal(ends(f, first), 1);
	assert_int_equal(ends(f, f->n), 0);
	assert_int_equal(ends(f, 0), 1);
	assert_int_equal(
		hl_media_heif_refs_end((const uint8_t *)"iref\0\0\0\0", 8), 1);
	free(f);
}

/* Each is read to the end of the file, unless it says where it ends. */
static void many_iref_are_refused(void **state)
{
	struct file *f = calloc(1, sizeof(*f));

	(void)state;
	assert_non_null(f);
	for (unsigned n = 1; n <= 17; n++) {
		put(f, 0, 4);
		put(f, 0x69726566, 4);
		assert_int_equal(ends(f, f->n), n <= 16);
	}
	while (f->n < sizeof(f->bytes)) {
		put(f, 0x69726566, 4);
	}
	assert_int_equal(ends(f, f->n), 0);
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(references_are_followed),
		cmocka_unit_test(what_takes_too_long_is_refused),
		cmocka_unit_test(every_iref_counts),
		cmocka_unit_test(many_iref_are_refused),
	};

	return cmocka_run_group_tests_name(
		"media/heif_refs", tests, NULL, NULL);
}
