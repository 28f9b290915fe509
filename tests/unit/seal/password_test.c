/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/password.h"

#include "seal_test.h"

static void judged(void **state)
{
	static const struct {
		const char *login, *password;
		enum hl_seal_password_fault want;
	} rows[] = {
		{"anna", "", HL_SEAL_PASSWORD_SHORT},
		{"anna", "tall ladder", HL_SEAL_PASSWORD_SHORT},
		{"anna", "tall ladders", 0},
		{"anna", "purple kettle over moss", 0},
		{"anna", "vH7#kq2!Lw9z", 0},
		/* twelve characters, not bytes */
		{"anna", "æøåæøåæøå", HL_SEAL_PASSWORD_SHORT},
		{"anna", "rødgrød på bordet", 0},
		{"anna", "зелёный чайник", 0},
		{"anna", "\xff\xfe twelve bytes", HL_SEAL_PASSWORD_TEXT},
		{"anna", "tab\tin between it", HL_SEAL_PASSWORD_TEXT},
		{"anna", "line\nin between it", HL_SEAL_PASSWORD_TEXT},
		/* tried first */
		{"anna", "Password1234", HL_SEAL_PASSWORD_COMMON},
		{"anna", "P a s s w o r d !", HL_SEAL_PASSWORD_COMMON},
		{"anna", "12password34", HL_SEAL_PASSWORD_COMMON},
		{"anna", "correct horse battery staple",
			HL_SEAL_PASSWORD_COMMON},
		{"anna", "Administrator!", HL_SEAL_PASSWORD_COMMON},
		{"anna", "welcome!!!!!", HL_SEAL_PASSWORD_COMMON},
		{"anna", "qwertyuiop[]", HL_SEAL_PASSWORD_COMMON},
		{"anna", "password of my old rowing boat", 0},
		/* the log-in name */
		{"anna.berglund", "anna.berglund", HL_SEAL_PASSWORD_LOGIN},
		{"anna.berglund", "AnnaBerglund1", HL_SEAL_PASSWORD_LOGIN},
		{"anna.berglund", "2026annaberglund", HL_SEAL_PASSWORD_LOGIN},
		{"anna", "Anna!!!!!!!!!", HL_SEAL_PASSWORD_LOGIN},
		{"anna.berglund", "berglund lost a red anchor", 0},
		{"", "tall ladders", 0},
		/* patterns */
		{"anna", "aaaaaaaaaaaa", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "            ", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "xyzwxyzwxyzw", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "ladderladder", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "Ladder-ladder", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "123456789012", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "098765432109", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "1234-5678-9012", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "abcdefghijkl", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "lkjihgfedcba", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "abcd ladder efgh", 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		enum hl_seal_password_fault got = hl_seal_password_check(
			hl_str_c(rows[i].login), hl_str_c(rows[i].password));
		if (got != rows[i].want) {
			fail_msg("row \"%s\": %d", rows[i].password, (int)got);
		}
	}
}

static void long_ones(void **state)
{
	char text[HL_SEAL_PASSWORD_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++) {
		text[i] = (char)('a' + (i * 2654435761u >> 13) % 26);
	}
	assert_int_equal(HL_SEAL_PASSWORD_OK,
		hl_seal_password_check(
			HL_STR("anna"), hl_str_mem(text, sizeof(text) - 1)));
	assert_int_equal(
		HL_SEAL_PASSWORD_LONG, hl_seal_password_check(HL_STR("anna"),
					       hl_str_mem(text, sizeof(text))));
}

static void random_ones(void **state)
{
	char last[HL_SEAL_PASSWORD_RANDOM] = "", text[HL_SEAL_PASSWORD_RANDOM];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct hl_str s = hl_seal_password_random(text);

		assert_int_equal(19, s.n);
		assert_int_equal(HL_SEAL_PASSWORD_OK,
			hl_seal_password_check(HL_STR("anna"), s));
		assert_string_not_equal(last, text);
		for (size_t at = 0; at < s.n; at++) {
			assert_true(at % 5 == 4 ? text[at] == '-'
						: !!strchr(hl_text_crockford,
							  text[at]));
		}
		memcpy(last, text, sizeof(last));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judged),
		cmocka_unit_test(long_ones),
		cmocka_unit_test(random_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
