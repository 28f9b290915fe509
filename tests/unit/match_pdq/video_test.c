/* SPDX-License-Identifier: Apache-2.0 */
#include "hotline/match.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))
#define HASH "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"
#define CAPS "D8F8F0CEE0F4A84F0637022A078F67F0B36E2ED596621E1D33E6339C4E9C9B22"

/* A frame whose hash has its first n bits set. */
static struct hl_match_frame frame_of(unsigned n_bits, int quality)
{
	struct hl_match_frame f = {.quality = quality};

	for (unsigned i = 0; i < n_bits; i++) {
		f.hash.bytes[i / 8] |= (uint8_t)(1 << i % 8);
	}
	return f;
}

struct side {
	unsigned bits[4];
	int quality[4];
	size_t n;
};

static size_t frames_of(const struct side *s, struct hl_match_frame out[4])
{
	for (size_t i = 0; i < s->n; i++) {
		out[i] = frame_of(s->bits[i], s->quality[i]);
	}
	return s->n;
}

static const struct {
	const char *name;
	struct side query, compared;
	int quality_min, radius;
	double query_percent, compared_percent;
	uint32_t n_query, n_compared;
} compared[] = {
	{"same", {{0, 80}, {99, 99}, 2}, {{80, 0}, {99, 99}, 2}, 0, 0, 100, 100,
		2, 2},
	{"31 is near", {{0}, {99}, 1}, {{31}, {99}, 1}, 0, 0, 100, 100, 1, 1},
	{"32 is not", {{0}, {99}, 1}, {{32}, {99}, 1}, 0, 0, 0, 0, 1, 1},
	{"by radius", {{0}, {99}, 1}, {{32}, {99}, 1}, 0, 32, 100, 100, 1, 1},
	{"beyond radius", {{0}, {99}, 1}, {{6}, {99}, 1}, 0, 5, 0, 0, 1, 1},
	{"equal only", {{0, 9}, {99, 99}, 2}, {{0, 10}, {99, 99}, 2}, 0, -1, 50,
		50, 2, 2},
	{"any", {{0}, {99}, 1}, {{256}, {99}, 1}, 0, 256, 100, 100, 1, 1},
	{"a part of a longer one", {{0, 70}, {99, 99}, 2},
		{{0, 70, 140, 210}, {99, 99, 99, 99}, 4}, 0, 0, 100, 50, 2, 4},
	{"one frame again and again", {{0, 0, 0, 90}, {99, 99, 99, 99}, 4},
		{{0}, {99}, 1}, 0, 0, 75, 100, 4, 1},
	{"49 does not count", {{0, 90}, {49, 50}, 2}, {{0, 90}, {50, 50}, 2}, 0,
		0, 100, 50, 1, 2},
	{"another least", {{0, 90}, {49, 50}, 2}, {{0, 90}, {50, 50}, 2}, 49, 0,
		100, 100, 2, 2},
	{"all count", {{0, 90}, {0, 50}, 2}, {{0, 90}, {50, 0}, 2}, -1, 0, 100,
		100, 2, 2},
	{"none counts", {{0, 90}, {0, 49}, 2}, {{0, 90}, {99, 99}, 2}, 0, 0, 0,
		0, 0, 2},
	{"none of the other", {{0, 90}, {99, 99}, 2}, {{0, 90}, {9, 9}, 2}, 0,
		0, 0, 0, 2, 0},
	{"no frames", {{0}, {0}, 0}, {{0}, {99}, 1}, 0, 0, 0, 0, 0, 1},
	{"nothing at all", {{0}, {0}, 0}, {{0}, {0}, 0}, 0, 0, 0, 0, 0, 0},
};

static void shares_of_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(compared); i++) {
		struct hl_match_video_options options = {
			.size_of = sizeof(options),
			.quality_min = compared[i].quality_min,
			.radius = compared[i].radius};
		struct hl_match_frame a[4], b[4];
		size_t n_a = frames_of(&compared[i].query, a);
		size_t n_b = frames_of(&compared[i].compared, b);
		struct hl_match_video_result r, back;

		memset(&r, 7, sizeof(r));
		if (hl_match_video_compare(a, n_a, b, n_b, &options, &r) ||
			hl_match_video_compare(
				b, n_b, a, n_a, &options, &back) ||
			r.query_percent != compared[i].query_percent ||
			r.compared_percent != compared[i].compared_percent ||
			r.n_query != compared[i].n_query ||
			r.n_compared != compared[i].n_compared) {
			fail_msg("%s: %g %g %u %u", compared[i].name,
				r.query_percent, r.compared_percent, r.n_query,
				r.n_compared);
		}
		assert_true(back.query_percent == r.compared_percent);
		assert_true(back.compared_percent == r.query_percent);
	}
}

static void takes_nothing_for_default(void **state)
{
	struct hl_match_frame a = frame_of(0, 50), b = frame_of(31, 50);
	struct hl_match_video_result r;

	(void)state;
	assert_int_equal(hl_match_video_compare(&a, 1, &b, 1, NULL, &r), 0);
	assert_true(r.query_percent == 100);
	assert_int_equal(hl_match_video_compare(NULL, 0, NULL, 0, NULL, &r), 0);
	assert_int_equal(r.n_query, 0);
}

static void refuses_wrong_calls(void **state)
{
	static const struct {
		int quality_min, radius;
	} rows[] = {{-2, 0}, {101, 0}, {0, -2}, {0, 257}};
	struct hl_match_frame f = frame_of(0, 50);
	struct hl_match_video_result r;

	(void)state;
	assert_int_equal(hl_match_video_compare(NULL, 1, &f, 1, NULL, &r),
		HL_MATCH_E_ARG);
	assert_int_equal(hl_match_video_compare(&f, 1, NULL, 1, NULL, &r),
		HL_MATCH_E_ARG);
	assert_int_equal(hl_match_video_compare(&f, 1, &f, 1, NULL, NULL),
		HL_MATCH_E_ARG);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hl_match_video_options options = {
			.size_of = sizeof(options),
			.quality_min = rows[i].quality_min,
			.radius = rows[i].radius};

		if (hl_match_video_compare(&f, 1, &f, 1, &options, &r) !=
			HL_MATCH_E_ARG) {
			fail_msg("row %zu was taken", i);
		}
	}
}

static const struct {
	const char *text;
	uint32_t number;
	int quality;
	double seconds;
	const char *again; /* as it is written; NULL: as it was read */
} lines[] = {
	{"0,100," HASH ",0.000", 0, 100, 0, NULL},
	{"12,0," HASH ",0.417", 12, 0, 0.417, NULL},
	{"4294967295,7," HASH ",9999999999.999", UINT32_MAX, 7, 9999999999.999,
		NULL},
	{"7,7," HASH ",1234567.891", 7, 7, 1234567.891, NULL},
	{"007,010," CAPS ",0005", 7, 10, 5, "7,10," HASH ",5.000"},
	{"1,1," HASH ",1.23e+03", 1, 1, 1230, "1,1," HASH ",1230.000"},
	{"1,1," HASH ",5E-1", 1, 1, 0.5, "1,1," HASH ",0.500"},
	{"1,1," HASH ",0.00000000000000000000000001e30", 1, 1, 10000,
		"1,1," HASH ",10000.000"},
	{"1,1," HASH ",1e9", 1, 1, 1e9, "1,1," HASH ",1000000000.000"},
	{"1,1," HASH ",0e99", 1, 1, 0, "1,1," HASH ",0.000"},
	{"1,1," HASH ",3e-99", 1, 1, 0, "1,1," HASH ",0.000"},
	{"1,1," HASH ",2.9999999999999999999999", 1, 1, 2.99999999999999,
		"1,1," HASH ",3.000"},
};

static void reads_and_writes_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++) {
		const char *again =
			lines[i].again ? lines[i].again : lines[i].text;
		struct hl_match_frame f;
		char out[128];
		int n;

		if (hl_match_frame_parse(
			    lines[i].text, strlen(lines[i].text), &f) ||
			f.number != lines[i].number ||
			f.quality != lines[i].quality ||
			f.seconds != lines[i].seconds ||
			f.hash.bytes[31] != 0x22) {
			fail_msg("row %zu: %u %d %.17g", i, f.number, f.quality,
				f.seconds);
		}
		n = hl_match_frame_format(&f, out, sizeof(out));
		if (n != (int)strlen(again) || strcmp(out, again) != 0) {
			fail_msg("row %zu: %d %s", i, n, out);
		}
	}
}

static void refuses_other_lines(void **state)
{
	static const char *const rows[] = {"", ",", ",,,", "1", "1,2",
		"1,2," HASH, "1,2," HASH ",", "1,101," HASH ",1.000",
		"4294967296,2," HASH ",1.000",
		"99999999999999999999,2," HASH ",1.000", "-1,2," HASH ",1.000",
		"+1,2," HASH ",1.000", "1,-2," HASH ",1.000",
		" 1,2," HASH ",1.000", "1, 2," HASH ",1.000",
		"1,2,0x" HASH ",1.000", "1,2,0" HASH ",1.000",
		"1,2,f" HASH "1.000", "1;2;" HASH ";1.000",
		"1,2," HASH ",-1.000", "1,2," HASH ",1.", "1,2," HASH ",.5",
		"1,2," HASH ",1,5", "1,2," HASH ",1e", "1,2," HASH ",1e+",
		"1,2," HASH ",1e+-1", "1,2," HASH ",1e100", "1,2," HASH ",1e10",
		"1,2," HASH ",10000000000",
		"1,2," HASH ",99999999999999999999999999999999999999",
		"1,2," HASH ",nan", "1,2," HASH ",inf", "1,2," HASH ",0x1p3",
		"1,2," HASH ",1.000 ", "1,2," HASH ",1.000\n",
		"1,2," HASH ",1.000\r", "1,2," HASH ",1.000,"};
	struct hl_match_frame f, before;
	char zeros[257];

	(void)state;
	memset(&f, 7, sizeof(f));
	before = f;
	memset(zeros, '0', sizeof(zeros));
	memcpy(zeros, "1,1," HASH ",", 69);
	assert_int_equal(
		hl_match_frame_parse(zeros, sizeof(zeros), &f), HL_MATCH_E_ARG);
	for (size_t i = 0; i < ROWS(rows); i++) {
		if (hl_match_frame_parse(rows[i], strlen(rows[i]), &f) !=
			HL_MATCH_E_ARG) {
			fail_msg("row %zu was taken: %s", i, rows[i]);
		}
	}
	assert_int_equal(hl_match_frame_parse(NULL, 0, &f), HL_MATCH_E_ARG);
	assert_int_equal(hl_match_frame_parse("1", 1, NULL), HL_MATCH_E_ARG);
	assert_memory_equal(&f, &before, sizeof(f));
}

/* No end of a line but its last byte makes it whole. */
static void reads_no_half_lines(void **state)
{
	static const char text[] = "12,34," HASH ",56.789";
	struct hl_match_frame f;

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 5; n++) {
		if (hl_match_frame_parse(text, n, &f) == 0 &&
			n < sizeof(text) - 7) {
			fail_msg("%zu bytes were taken", n);
		}
	}
	assert_int_equal(hl_match_frame_parse("12,34," HASH ",5\0.1", 74, &f),
		HL_MATCH_E_ARG);
}

static void writes_only_what_is_read(void **state)
{
	const double seconds[] = {
		-1, -0.001, NAN, INFINITY, 1e10, 9999999999.9996, 1e300};
	struct hl_match_frame f = frame_of(9, 50);
	char out[128] = "kept";

	(void)state;
	for (size_t i = 0; i < ROWS(seconds); i++) {
		f.seconds = seconds[i];
		if (hl_match_frame_format(&f, out, sizeof(out)) !=
			HL_MATCH_E_ARG) {
			fail_msg("row %zu was taken", i);
		}
	}
	f.seconds = -0.0;
	f.quality = 101;
	assert_int_equal(hl_match_frame_format(&f, out, 128), HL_MATCH_E_ARG);
	f.quality = -1;
	assert_int_equal(hl_match_frame_format(&f, out, 128), HL_MATCH_E_ARG);
	f.quality = 5;
	assert_int_equal(hl_match_frame_format(&f, NULL, 0), HL_MATCH_E_ARG);
	assert_int_equal(hl_match_frame_format(NULL, out, 128), HL_MATCH_E_ARG);
	assert_int_equal(hl_match_frame_format(&f, out, 0), HL_MATCH_E_LIMIT);
	assert_int_equal(hl_match_frame_format(&f, out, 74), HL_MATCH_E_LIMIT);
	assert_string_equal(out, "kept");
	assert_int_equal(hl_match_frame_format(&f, out, 75), 74);
	assert_string_equal(out + 68, ",0.000");
}

/* With a comma where a locale is installed that has one. */
static void asks_no_locale(void **state)
{
	struct hl_match_frame f = frame_of(9, 50);
	char out[128];

	(void)state;
	if (!setlocale(LC_NUMERIC, "de_DE.UTF-8")) {
		print_message("no locale with a comma is installed\n");
	}
	f.seconds = 1.5;
	assert_int_equal(hl_match_frame_format(&f, out, sizeof(out)), 75);
	assert_int_equal(hl_match_frame_parse(out, 75, &f), 0);
	setlocale(LC_NUMERIC, "C");
	assert_string_equal(strrchr(out, ','), ",1.500");
	assert_true(f.seconds == 1.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_of_frames),
		cmocka_unit_test(takes_nothing_for_default),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(reads_and_writes_lines),
		cmocka_unit_test(refuses_other_lines),
		cmocka_unit_test(reads_no_half_lines),
		cmocka_unit_test(writes_only_what_is_read),
		cmocka_unit_test(asks_no_locale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
