/* SPDX-License-Identifier: Apache-2.0 */
#include "media/turn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"

/* The letters "abc" over "def" as each orientation shows them; EXIF 2.32
 * tells by the sides where row 0 and column 0 belong. */
static const struct {
	unsigned orientation;
	const char *shown;
} rows[] = {
	{1, "abcdef"}, {2, "cbafed"}, /* row 0 top, column 0 right */
	{3, "fedcba"},                /* bottom, right */
	{4, "defabc"},                /* bottom, left */
	{5, "adbecf"},                /* left, top */
	{6, "daebfc"},                /* right, top */
	{7, "fcebda"},                /* right, bottom */
	{8, "cfbead"},                /* left, bottom */
};

static void turns_as_exif_says(void **state)
{
	static const uint8_t stored[] = "abc..def..";
	const struct hl_media_plane plane = {stored, 5, 3, 2, 1};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		unsigned o = rows[i].orientation;
		uint32_t width = hl_media_turn_swaps(o) ? 2 : 3;
		uint32_t height = 6 / width;

		for (uint32_t at_once = 1; at_once <= height; at_once++) {
			uint8_t out[7] = "";

			for (uint32_t y = 0; y < height; y += at_once) {
				uint32_t n = height - y < at_once ? height - y
								  : at_once;

				hl_media_turn_rows(
					&plane, o, y, n, out + y * width);
			}
			if (strcmp((char *)out, rows[i].shown) != 0) {
				fail_msg("orientation %u, %u rows: %s", o,
					at_once, (char *)out);
			}
		}
	}
}

static void keeps_pixels_whole(void **state)
{
	static const uint8_t stored[] = "aaabbbcccdddeeefff";
	const struct hl_media_plane plane = {stored, 9, 3, 2, 3};
	uint8_t out[19] = "";

	(void)state;
	hl_media_turn_rows(&plane, 6, 0, 3, out);
	assert_string_equal("dddaaaeeebbbfffccc", (char *)out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_as_exif_says),
		cmocka_unit_test(keeps_pixels_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
