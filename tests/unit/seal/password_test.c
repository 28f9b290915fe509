/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/password.h"

#include "seal_test.h"

static const struct hl_str anna = HL_STR_INIT("anna");

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
		{"anna.berglund", "anna.berglund", HL_SEAL_PASSWORD_OWN},
		{"anna.berglund", "AnnaBerglund1", HL_SEAL_PASSWORD_OWN},
		{"anna.berglund", "2026annaberglund", HL_SEAL_PASSWORD_OWN},
		{"anna", "Anna!!!!!!!!!", HL_SEAL_PASSWORD_OWN},
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
		/* a few pieces, put together */
		{"anna", "password123456", HL_SEAL_PASSWORD_COMMON},
		{"anna", "password19840517", HL_SEAL_PASSWORD_COMMON},
		{"anna", "password839201746512", HL_SEAL_PASSWORD_COMMON},
		{"anna", "p@$$w0rd-p@$$w0rd!", HL_SEAL_PASSWORD_COMMON},
		{"anna", "Welcome2Hotline!", HL_SEAL_PASSWORD_OWN},
		{"anna", "sommer2026sommer", HL_SEAL_PASSWORD_COMMON},
		{"anna", "iloveyouiloveyou", HL_SEAL_PASSWORD_COMMON},
		{"anna", "Admin123Admin!", HL_SEAL_PASSWORD_COMMON},
		{"anna", "qwertyuiop12", HL_SEAL_PASSWORD_COMMON},
		{"anna", "poiuytrewq12", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "1qaz2wsx3edc", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "1q2w3e4r5t6y", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "zxcvbnm12345", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "aaaabbbbcccc", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "112233445566", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "198405171984", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "!@#$%^&*()_+", HL_SEAL_PASSWORD_PATTERN},
		{"anna", "4711-0815-4711-0815", HL_SEAL_PASSWORD_PATTERN},
		/* own names and the hotline's */
		{"anna", "anna12345678", HL_SEAL_PASSWORD_OWN},
		{"anna", "anna19840517", HL_SEAL_PASSWORD_OWN},
		{"anna", "839201746512anna", HL_SEAL_PASSWORD_OWN},
		{"anna", "BlueLantern2026", HL_SEAL_PASSWORD_OWN},
		{"anna", "blue-lantern-blue-lantern", HL_SEAL_PASSWORD_OWN},
		{"anna", "annalantern!!", HL_SEAL_PASSWORD_OWN},
		{"", "12345678901234", HL_SEAL_PASSWORD_PATTERN},
		/* words are enough, common ones too */
		{"anna", "garden window ticket marble", 0},
		{"anna", "gardenwindowticket", 0},
		{"anna", "four small red boats", 0},
		{"anna", "sunshine football princess computer", 0},
		{"anna", "anna likes green tea", 0},
		{"anna", "k#8$!x@9%w&2", 0},
		{"anna", "xq7vbt2mzk9d", 0},
		{"anna", "68402957139153", 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		const struct hl_str own[] = {hl_str_c(rows[i].login),
			HL_STR("Hotline of the Blue Lantern")};
		enum hl_seal_password_fault got = hl_seal_password_check(
			own, HL_ARRAY_LEN(own), hl_str_c(rows[i].password));
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
			&anna, 1, hl_str_mem(text, sizeof(text) - 1)));
	assert_int_equal(
		HL_SEAL_PASSWORD_LONG, hl_seal_password_check(&anna, 1,
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
			hl_seal_password_check(&anna, 1, s));
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
