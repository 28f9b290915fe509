/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "media/decode.h"

static void every_name_is_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < HL_MEDIA_N_STATUSES; i++) {
		const char *name = hl_media_status_name(i);

		assert_string_not_equal("unknown", name);
		for (int k = 0; k < i; k++) {
			assert_string_not_equal(hl_media_status_name(k), name);
		}
	}
	for (int i = 1; i < HL_MEDIA_N_FORMATS; i++) {
		assert_string_not_equal("unknown", hl_media_format_name(i));
	}
	assert_string_equal("unknown", hl_media_status_name(1000));
	assert_string_equal("unknown", hl_media_format_name(1000));
}

static void limits_have_defaults_and_tops(void **state)
{
	struct hl_media_limits l = {.side_max = 100000, .frames_max = 3};

	(void)state;
	hl_media_limits_default(&l);
	assert_int_equal(65535, l.side_max);
	assert_int_equal(3, l.frames_max);
	assert_int_equal(1 << 28, l.pixels_max);
	assert_int_equal(60, l.seconds_max);
	assert_true(l.bytes_max > 0 && l.memory_max > 0);
}

static const struct {
	uint64_t width, height;
	int status;
	const char *says;
} sizes[] = {
	{1, 1, 0, ""},
	{100, 50, 0, ""},
	{0, 1, HL_MEDIA_DAMAGED, "no pixels"},
	{1, 0, HL_MEDIA_DAMAGED, "no pixels"},
	{101, 1, HL_MEDIA_REFUSED, "101 x 1 pixels, a side may have 100"},
	{1, 101, HL_MEDIA_REFUSED, "1 x 101"},
	{100, 51, HL_MEDIA_REFUSED, "a picture may have 5000"},
	{UINT64_MAX, UINT64_MAX, HL_MEDIA_REFUSED, "a side may have 100"},
};

static void sizes_are_checked(void **state)
{
	const struct hl_media_input in = {
		.limits = {.side_max = 100, .pixels_max = 5000}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(sizes); i++) {
		struct hl_media_sink sink = {0};
		int r = hl_media_check_size(
			&in, &sink, sizes[i].width, sizes[i].height);

		if (r != sizes[i].status || !strstr(sink.note, sizes[i].says)) {
			fail_msg("row %zu: %d %s", i, r, sink.note);
		}
	}
}

static void reduction_keeps_768(void **state)
{
	static const struct {
		uint32_t width, height;
		unsigned by;
	} rows[] = {
		{512, 512, 1},
		{1535, 4000, 1},
		{1536, 4000, 2},
		{4000, 3000, 2},
		{3072, 3072, 4},
		{6143, 9000, 4},
		{6144, 6144, 8},
		{65535, 65535, 8},
	};
	struct hl_media_input in = {.flags = HL_MEDIA_SCREENING};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		assert_int_equal(rows[i].by,
			hl_media_reduction(&in, rows[i].width, rows[i].height));
	}
	in.flags = 0;
	assert_int_equal(1, hl_media_reduction(&in, 65535, 65535));
}

static void notes_are_cut_and_cleaned(void **state)
{
	struct hl_media_sink sink = {0};
	char longer[400];

	(void)state;
	assert_int_equal(7, hl_media_note(&sink, 7, "a\n\x1b[31mb\xc3%d", 5));
	assert_string_equal("a??[31mb?5", sink.note);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	hl_media_note(&sink, 0, "%s", longer);
	assert_int_equal(HL_MEDIA_NOTE_MAX - 1, strlen(sink.note));
}

/* What each first bytes are taken for, and by one decoder only. */
static void formats_are_told_apart(void **state)
{
	static const struct {
		const char *head;
		size_t n;
		enum hl_media_format format;
	} rows[] = {
		{"\xff\xd8\xff\xe0", 4, HL_MEDIA_JPEG},
		{"\xff\xd8\xff", 3, HL_MEDIA_JPEG},
		{"\xff\xd8", 2, HL_MEDIA_UNKNOWN},
		{"\x89PNG\r\n\x1a\n", 8, HL_MEDIA_PNG},
		{"\x89PNG\r\n\x1a", 7, HL_MEDIA_UNKNOWN},
		{"\x89PNG\n\x1a\n\n", 8, HL_MEDIA_UNKNOWN},
		{"", 0, HL_MEDIA_UNKNOWN},
		{"plain text, no picture", 22, HL_MEDIA_UNKNOWN},
		{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, HL_MEDIA_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		const uint8_t *head = (const uint8_t *)rows[i].head;
		enum hl_media_format found = HL_MEDIA_UNKNOWN;

		for (const struct hl_media_decoder *const *d =
				hl_media_decoders();
			*d; d++) {
			if ((*d)->knows(head, rows[i].n)) {
				assert_int_equal(HL_MEDIA_UNKNOWN, found);
				found = (*d)->format;
			}
		}
		assert_int_equal(rows[i].format, found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_its_own),
		cmocka_unit_test(limits_have_defaults_and_tops),
		cmocka_unit_test(sizes_are_checked),
		cmocka_unit_test(reduction_keeps_768),
		cmocka_unit_test(notes_are_cut_and_cleaned),
		cmocka_unit_test(formats_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
