/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "media/decode.h"
#include "picture.h"

/* A copy of just its length, so that a read behind it is seen. */
static unsigned read_copy(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, p, n);
	unsigned v = hl_media_exif_orientation(copy, n);
	free(copy);
	return v;
}

static void reads_each_orientation(void **state)
{
	uint8_t exif[EXIF_BYTES];

	(void)state;
	for (unsigned v = 0; v < 256; v++) {
		unsigned expected = v >= 1 && v <= 8 ? v : 0;

		exif_make(v, true, exif);
		assert_int_equal(expected, read_copy(exif, sizeof(exif)));
		exif_make(v, false, exif);
		assert_int_equal(expected, read_copy(exif, sizeof(exif)));
	}
}

/* Cut anywhere before the value is none; the rest is not looked at. */
static void is_content_with_any_length(void **state)
{
	uint8_t exif[EXIF_BYTES];

	(void)state;
	exif_make(6, false, exif);
	for (size_t n = 0; n <= sizeof(exif); n++) {
		assert_int_equal(n >= 20 ? 6 : 0, read_copy(exif, n));
	}
}

static void refuses_other_forms(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t value;
	} rows[] = {
		{"byte order", 0, 'X'},
		{"mixed byte order", 1, 'I'},
		{"not 42", 3, 43},
		{"directory outside", 4, 0xff},
		{"another tag", 11, 0x13},
		{"another type", 13, 4},
		{"no entries", 9, 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint8_t exif[EXIF_BYTES];

		exif_make(3, false, exif);
		exif[rows[i].at] = rows[i].value;
		if (read_copy(exif, sizeof(exif)) != 0) {
			fail_msg("%s", rows[i].name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_each_orientation),
		cmocka_unit_test(is_content_with_any_length),
		cmocka_unit_test(refuses_other_forms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
