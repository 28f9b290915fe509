/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hasher allocates when it is made and never again, and says so when it
 * cannot. The linker hands its allocations to the functions below.
 */
#include "hotline/match.h"
#include "pictures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static size_t n_calls, n_bytes, failing; /* failing: which call, from 1 */

void *__real_malloc(size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n);

void *__wrap_malloc(size_t n)
{
	n_bytes += n;
	return ++n_calls == failing ? NULL : __real_malloc(n);
}

void *__wrap_aligned_alloc(size_t align, size_t n)
{
	n_bytes += n;
	return ++n_calls == failing ? NULL : __real_aligned_alloc(align, n);
}

static void begin(size_t fail)
{
	n_calls = n_bytes = 0;
	failing = fail;
}

static void tells_of_no_memory(void **state)
{
	struct hl_match_picture p = {
		.width = 700, .height = 50, .pixels = HL_MATCH_RGB24};
	uint8_t *rows = test_pattern(3, &p);
	size_t n_failed = 0;

	(void)state;
	for (size_t fail = 1;; fail++) {
		struct hl_match_pdq_result result, before;
		struct hl_match_error err = {0};
		int rc;

		memset(&result, 7, sizeof(result));
		before = result;
		begin(fail);
		rc = hl_match_pdq_image(&p, NULL, &result, &err);
		if (rc == 0) {
			assert_true(n_calls < fail);
			break;
		}
		n_failed++;
		assert_int_equal(rc, HL_MATCH_E_NOMEM);
		assert_int_equal(err.code, HL_MATCH_E_NOMEM);
		assert_true(err.text[0]);
		assert_memory_equal(&result, &before, sizeof(result));
	}
	assert_int_equal(n_failed, 2);
	begin(0);
	free(rows);
}

static void allocates_when_made_only(void **state)
{
	struct hl_match_picture p = {
		.width = 700, .height = 300, .pixels = HL_MATCH_GREY8};
	uint8_t *rows = test_pattern(2, &p);
	struct hl_match_pdq_result out[8];
	struct hl_match_pdq *pdq = NULL;

	(void)state;
	hl_match_pdq_new(p.width, p.height, p.pixels, NULL, &pdq, NULL);
	begin(1);
	for (uint32_t y = 0; y < p.height; y++) {
		hl_match_pdq_rows(pdq, rows + y * p.stride, p.stride, 1);
	}
	assert_int_equal(hl_match_pdq_finish(pdq, out), 0);
	assert_int_equal(hl_match_pdq_dihedral(pdq, out), 0);
	hl_match_pdq_reset(pdq);
	assert_int_equal(n_calls, 0);
	begin(0);
	hl_match_pdq_free(pdq);
	free(rows);
}

/* About a window of rows in floats, however high the picture is. */
static void memory_is_a_window_of_rows(void **state)
{
	static const struct {
		uint32_t width, height, window;
	} rows[] = {{4000, 3000, 24}, {4000, 65535, 512}, {65535, 5, 1},
		{512, 512, 4}, {64, 65535, 512}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t row = sizeof(float) * rows[i].width;
		struct hl_match_pdq *pdq = NULL;

		begin(0);
		assert_int_equal(hl_match_pdq_new(rows[i].width, rows[i].height,
					 HL_MATCH_RGB24, NULL, &pdq, NULL),
			0);
		/* Sums, a band of bytes; 64 columns and a chunk beside. */
		if (n_bytes > (rows[i].window + 32) * row +
				      rows[i].window * 1024 + 500000) {
			fail_msg("row %zu: %zu bytes", i, n_bytes);
		}
		hl_match_pdq_free(pdq);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_no_memory),
		cmocka_unit_test(allocates_when_made_only),
		cmocka_unit_test(memory_is_a_window_of_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
