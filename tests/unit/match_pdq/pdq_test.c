/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference's hashes of generated patterns, and what the hasher does
 * with wrong calls.
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

/* What the reference says of test_pattern(). */
static const struct {
	unsigned kind;
	uint32_t width, height;
	enum hl_match_pixels pixels;
	enum hl_match_path path;
	int quality;
	const char *hash;
} vectors[] = {
	{0, 5, 5, HL_MATCH_GREY8, HL_MATCH_FULLRES, 5,
		"94a59b763b0ece6391a46b5b398e709c6c5b3f0e695a318c9b2664d9398e99"
		"26"},
	{0, 5, 5, HL_MATCH_GREY8, HL_MATCH_CLI512, 5,
		"94a59b763b0ece6391a46b5b398e709c6c5b3f0e695a318c9b2664d9398e99"
		"26"},
	{3, 64, 64, HL_MATCH_GREY8, HL_MATCH_FULLRES, 100,
		"e056b0d36056b0d3a25720fb55a2f70345863503458621035556fffceba9ff"
		"7c"},
	{3, 64, 64, HL_MATCH_GREY8, HL_MATCH_CLI512, 100,
		"e056b0d36056b0d3a25720fb55a2f70345863503458621035556fffceba9ff"
		"7c"},
	{3, 64, 64, HL_MATCH_RGB24, HL_MATCH_FULLRES, 100,
		"e046b0d3e05630d3aa5720fb55a2f70345863503458621035556fffceba9ff"
		"7c"},
	{3, 64, 64, HL_MATCH_RGB24, HL_MATCH_CLI512, 100,
		"e046b0d3e05630d3aa5720fb55a2f70345863503458621035556fffceba9ff"
		"7c"},
	{3, 100, 80, HL_MATCH_GREY8, HL_MATCH_FULLRES, 100,
		"6056b0d3025720f3225720fb55a277035586b503558621035556fffcefa9ff"
		"7c"},
	{3, 100, 80, HL_MATCH_GREY8, HL_MATCH_CLI512, 100,
		"6056b0d3025720f3225720fb55a277035586b503558621035556fffcefa9ff"
		"7c"},
	{1, 128, 128, HL_MATCH_GREY8, HL_MATCH_FULLRES, 100,
		"772220f5f720085d572802550055287f085dd728dd2057007d085528752055"
		"80"},
	{1, 128, 128, HL_MATCH_GREY8, HL_MATCH_CLI512, 100,
		"772220f5f720085d572802550055287f085dd728dd2057007d085528752055"
		"80"},
	{3, 129, 127, HL_MATCH_RGB24, HL_MATCH_FULLRES, 100,
		"4a56e0c34a57e0c30a5720f355a2e7035586e103559620035556fffcefa9ff"
		"7c"},
	{3, 129, 127, HL_MATCH_RGB24, HL_MATCH_CLI512, 100,
		"4a56e0c34a57e0c30a5720f355a2e7035586e103559620035556fffcefa9ff"
		"7c"},
	{3, 256, 256, HL_MATCH_GREY8, HL_MATCH_FULLRES, 100,
		"4a56e0834a57e0e30a5720fb5582ef035586e303551620035556fffceba9ff"
		"7c"},
	{3, 256, 256, HL_MATCH_GREY8, HL_MATCH_CLI512, 100,
		"4a56e0834a57e0e30a5720fb5582ef035586e303551620035556fffceba9ff"
		"7c"},
	{3, 512, 512, HL_MATCH_RGB24, HL_MATCH_FULLRES, 100,
		"4a56e0c34a57e0e30a5720fb5582ef035586e103551620035556fffceba9ff"
		"7c"},
	{3, 512, 512, HL_MATCH_RGB24, HL_MATCH_CLI512, 100,
		"4a56e0c34a57e0e30a5720fb5582ef035586e103551620035556fffceba9ff"
		"7c"},
	{3, 640, 480, HL_MATCH_GREY8, HL_MATCH_FULLRES, 100,
		"4a56e0c34a57e0e30a5720fb55a2ef0355866103551620035556fffceba9ff"
		"7c"},
	{3, 640, 480, HL_MATCH_GREY8, HL_MATCH_CLI512, 100,
		"4a56e0c34857e0e30a5720fb55a2ef035586e103551620035556fffceba9ff"
		"7c"},
	{3, 640, 480, HL_MATCH_RGB24, HL_MATCH_FULLRES, 100,
		"4a56e0c34a57e0e30a5720fb55a2ef0355866103551620035556fffceba9ff"
		"7c"},
	{3, 640, 480, HL_MATCH_RGB24, HL_MATCH_CLI512, 100,
		"4a56e0c34857e0e30a5720fb55a2ef035586e103551620035556fffceba9ff"
		"7c"},
	{3, 1920, 1080, HL_MATCH_RGB24, HL_MATCH_FULLRES, 100,
		"4a56e0c34257a0e30a5720fb55a2ff035586e103551620035556fffceba9ff"
		"7c"},
	{3, 1920, 1080, HL_MATCH_RGB24, HL_MATCH_CLI512, 100,
		"4a56e0c34a57e0e30a5720fb5582ef035586e103551620035556fffceba9ff"
		"7c"},
	{3, 4000, 3000, HL_MATCH_RGB24, HL_MATCH_FULLRES, 100,
		"4a56e0c34857e0e30a5720fb55a2ef035586e103551620035556fffceba9ff"
		"7c"},
	{3, 4000, 3000, HL_MATCH_RGB24, HL_MATCH_CLI512, 100,
		"4a56e0c34857e0e30a5720fb5582ef035586e303551620035556fffceba9ff"
		"7c"},
};

static void of_the_reference(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct hl_match_pdq_options options = {
			.size_of = sizeof(options), .path = vectors[i].path};
		struct hl_match_picture p = {.width = vectors[i].width,
			.height = vectors[i].height,
			.pixels = vectors[i].pixels};
		struct hl_match_pdq_result result;
		struct hl_match_error err;
		uint8_t *rows = test_pattern(vectors[i].kind, &p);
		char text[65];

		if (hl_match_pdq_image(&p, &options, &result, &err)) {
			fail_msg("vector %zu: %s", i, err.text);
		}
		hl_match_hash_format(&result.hash, text);
		if (strcmp(text, vectors[i].hash) != 0 ||
			result.quality != vectors[i].quality) {
			fail_msg("vector %zu: %s %d", i, text, result.quality);
		}
		free(rows);
	}
}

static struct hl_match_pdq *hasher(uint32_t width, uint32_t height)
{
	struct hl_match_pdq *pdq = NULL;

	assert_int_equal(hl_match_pdq_new(width, height, HL_MATCH_GREY8, NULL,
				 &pdq, NULL),
		0);
	return pdq;
}

static void refuses_wrong_pictures(void **state)
{
	static const struct {
		uint32_t width, height;
		int pixels, path, kernel;
	} rows[] = {
		{0, 9, HL_MATCH_GREY8, 0, 0},
		{9, 0, HL_MATCH_GREY8, 0, 0},
		{HL_MATCH_SIDE_MAX + 1, 9, HL_MATCH_GREY8, 0, 0},
		{9, HL_MATCH_SIDE_MAX + 1, HL_MATCH_GREY8, 0, 0},
		{UINT32_MAX, UINT32_MAX, HL_MATCH_RGB24, 0, 0},
		{9, 9, 0, 0, 0},
		{9, 9, 5, 0, 0},
		{9, 9, -1, 0, 0},
		{9, 9, HL_MATCH_GREY8, 2, 0},
		{9, 9, HL_MATCH_GREY8, 0, 6},
		{9, 9, HL_MATCH_GREY8, 0, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hl_match_pdq_options options = {
			.size_of = sizeof(options),
			.path = (enum hl_match_path)rows[i].path,
			.kernel = (enum hl_match_kernel)rows[i].kernel,
		};
		struct hl_match_pdq *pdq = NULL;
		struct hl_match_error err;
		int rc = hl_match_pdq_new(rows[i].width, rows[i].height,
			(enum hl_match_pixels)rows[i].pixels, &options, &pdq,
			&err);

		if (rc != HL_MATCH_E_ARG || pdq || err.code != rc ||
			!err.text[0]) {
			fail_msg("row %zu: %d", i, rc);
		}
	}
}

static void wants_its_rows_in_order(void **state)
{
	struct hl_match_pdq *pdq = hasher(7, 9);
	struct hl_match_pdq_result result, forms[8], before;
	uint8_t grey[70] = {0};

	(void)state;
	memset(&result, 7, sizeof(result));
	before = result;
	assert_int_equal(hl_match_pdq_finish(pdq, &result), HL_MATCH_E_STATE);
	assert_int_equal(hl_match_pdq_dihedral(pdq, forms), HL_MATCH_E_STATE);
	assert_memory_equal(&result, &before, sizeof(result));
	assert_int_equal(hl_match_pdq_rows(pdq, grey, 6, 1), HL_MATCH_E_ARG);
	assert_int_equal(hl_match_pdq_rows(pdq, NULL, 7, 1), HL_MATCH_E_ARG);
	assert_int_equal(hl_match_pdq_rows(NULL, grey, 7, 1), HL_MATCH_E_ARG);
	assert_int_equal(hl_match_pdq_rows(pdq, NULL, 0, 0), 0);
	assert_int_equal(hl_match_pdq_rows(pdq, grey, 7, 10), HL_MATCH_E_STATE);
	assert_int_equal(
		hl_match_pdq_rows(pdq, grey, 7, SIZE_MAX), HL_MATCH_E_STATE);
	assert_int_equal(hl_match_pdq_rows(pdq, grey, 7, 8), 0);
	assert_int_equal(hl_match_pdq_finish(pdq, &result), HL_MATCH_E_STATE);
	assert_int_equal(hl_match_pdq_rows(pdq, grey, 7, 1), 0);
	assert_int_equal(hl_match_pdq_rows(pdq, grey, 7, 1), HL_MATCH_E_STATE);
	assert_int_equal(hl_match_pdq_finish(pdq, &result), 0);
	assert_int_equal(hl_match_pdq_finish(pdq, &before), 0);
	assert_memory_equal(&result, &before, sizeof(result));
	assert_int_equal(hl_match_pdq_finish(pdq, NULL), HL_MATCH_E_ARG);
	assert_int_equal(hl_match_pdq_dihedral(pdq, NULL), HL_MATCH_E_ARG);
	hl_match_pdq_free(pdq);
	hl_match_pdq_free(NULL);
	hl_match_pdq_reset(NULL);
}

static void forgets_when_reset(void **state)
{
	struct hl_match_picture a = {
		.width = 300, .height = 200, .pixels = HL_MATCH_GREY8};
	struct hl_match_picture b = a;
	struct hl_match_pdq *pdq = hasher(a.width, a.height);
	struct hl_match_pdq_result once, again;
	uint8_t *noise = test_pattern(2, &a), *hills = test_pattern(3, &b);

	(void)state;
	assert_int_equal(hl_match_pdq_image(&b, NULL, &once, NULL), 0);
	hl_match_pdq_rows(pdq, noise, a.stride, 177);
	hl_match_pdq_reset(pdq);
	assert_int_equal(hl_match_pdq_rows(pdq, hills, b.stride, b.height), 0);
	assert_int_equal(hl_match_pdq_finish(pdq, &again), 0);
	assert_memory_equal(&once, &again, sizeof(once));
	hl_match_pdq_free(pdq);
	free(noise);
	free(hills);
}

/* All eight of a picture with no symmetry differ, the first is the hash. */
static void turns_to_eight_forms(void **state)
{
	struct hl_match_picture p = {
		.width = 200, .height = 300, .pixels = HL_MATCH_RGB24};
	uint8_t *rows = test_pattern(3, &p);
	struct hl_match_pdq_result forms[8], hash;
	struct hl_match_pdq *pdq = NULL;

	(void)state;
	hl_match_pdq_new(p.width, p.height, p.pixels, NULL, &pdq, NULL);
	hl_match_pdq_rows(pdq, rows, p.stride, p.height);
	assert_int_equal(hl_match_pdq_dihedral(pdq, forms), 0);
	assert_int_equal(hl_match_pdq_finish(pdq, &hash), 0);
	assert_memory_equal(&hash, &forms[0], sizeof(hash));
	for (int i = 0; i < 8; i++) {
		assert_int_equal(forms[i].quality, hash.quality);
		for (int j = 0; j < i; j++) {
			assert_true(hl_match_hash_distance(&forms[i].hash,
					    &forms[j].hash) > 31);
		}
	}
	hl_match_pdq_free(pdq);
	free(rows);
}

static void no_hash_of_a_tiny_picture(void **state)
{
	static const struct {
		uint32_t width, height;
	} rows[] = {
		{1, 1}, {4, 4}, {4, 5}, {5, 4}, {1, 512}, {512, 4}, {4, 60000}};
	static const struct hl_match_pdq_result none;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hl_match_picture p = {.width = rows[i].width,
			.height = rows[i].height,
			.pixels = HL_MATCH_RGBA32};
		uint8_t *noise = test_pattern(2, &p);
		struct hl_match_pdq_result result;

		memset(&result, 7, sizeof(result));
		assert_int_equal(
			hl_match_pdq_image(&p, NULL, &result, NULL), 0);
		if (memcmp(&result, &none, sizeof(none)) != 0) {
			fail_msg("row %zu has a hash", i);
		}
		free(noise);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_the_reference),
		cmocka_unit_test(refuses_wrong_pictures),
		cmocka_unit_test(wants_its_rows_in_order),
		cmocka_unit_test(forgets_when_reset),
		cmocka_unit_test(turns_to_eight_forms),
		cmocka_unit_test(no_hash_of_a_tiny_picture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
