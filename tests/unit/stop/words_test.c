/* SPDX-License-Identifier: Apache-2.0 */
#include "stop/words.h"

/* clang-format off */
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "base/utf8.h"

static const char *const languages[] = {"en", "ar", "da", "de", "es", "fi",
	"fr", "it", "nb", "nl", "pl", "pt", "sv", "uk"};

static size_t count(const char *text, const char *piece)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, piece)); at++) {
		n++;
	}
	return n;
}

static void all_are_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(languages); i++) {
		assert_non_null(hl_stop_language_tag(i));
		assert_string_equal(languages[i], hl_stop_language_tag(i));
		assert_int_equal(
			!strcmp(languages[i], "ar"), hl_stop_is_rtl(i));
	}
	assert_null(hl_stop_language_tag(HL_ARRAY_LEN(languages)));
	assert_null(hl_stop_language_tag(SIZE_MAX));
}

/* Each place to fill stands in each language as often as in English. */
static void same_places(size_t i, enum hl_stop_word w)
{
	static const char *const places[] = {
		"{hotline}", "{consumer}", "{ref}", "{contact}", "{link}"};
	const char *english = hl_stop_words(0, w);
	const char *words = hl_stop_words(i, w);

	size_t n = 0;

	for (size_t k = 0; k < HL_ARRAY_LEN(places); k++) {
		size_t here = count(words, places[k]);

		if (here != count(english, places[k])) {
			fail_msg("%s, word %d: %s", languages[i], (int)w,
				places[k]);
		}
		n += here;
	}
	if (count(words, "{") != n || count(words, "}") != n) {
		fail_msg("%s, word %d: another place", languages[i], (int)w);
	}
}

static void every_word_in_every_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(languages); i++) {
		for (int w = 0; w < HL_STOP_N_WORDS; w++) {
			const char *words =
				hl_stop_words(i, (enum hl_stop_word)w);
			size_t n = words ? strlen(words) : 0;

			if (n < 4 || n > 1000 ||
				!hl_utf8_valid(hl_str_c(words))) {
				fail_msg("%s: word %d has %zu bytes",
					languages[i], w, n);
			}
			if (i &&
				!strcmp(words, hl_stop_words(0,
						       (enum hl_stop_word)w))) {
				fail_msg("%s: word %d is English", languages[i],
					w);
			}
			same_places(i, (enum hl_stop_word)w);
		}
	}
}

/* In a title there is room for so much, in a button for less. */
static void lengths(void **state)
{
	static const struct {
		enum hl_stop_word word;
		size_t most;
	} rows[] = {
		{HL_STOP_W_TITLE, 40},
		{HL_STOP_W_WHO_HEADING, 40},
		{HL_STOP_W_RECORD_HEADING, 40},
		{HL_STOP_W_APPEAL_HEADING, 50},
		{HL_STOP_W_HELP_HEADING, 40},
		{HL_STOP_W_APPEAL_LINK, 40},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(languages); i++) {
		for (size_t k = 0; k < HL_ARRAY_LEN(rows); k++) {
			size_t n = hl_utf8_count(
				hl_str_c(hl_stop_words(i, rows[k].word)));

			if (n > rows[k].most) {
				fail_msg("%s: word %d has %zu characters",
					languages[i], (int)rows[k].word, n);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_there),
		cmocka_unit_test(every_word_in_every_language),
		cmocka_unit_test(lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
