/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/totp.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "seal_test.h"

/* "12345678901234567890", the secret of RFC 6238, appendix B. */
static struct hl_seal_totp rfc_secret(void)
{
	struct hl_seal_totp t;

	memcpy(t.b, "12345678901234567890", sizeof(t.b));
	return t;
}

/* Appendix B, SHA-1 rows, the last six of their eight digits. */
static void rfc6238_vectors(void **state)
{
	static const struct {
		int64_t at_s;
		const char *code;
	} rows[] = {{59, "287082"}, {1111111109, "081804"},
		{1111111111, "050471"}, {1234567890, "005924"},
		{2000000000, "279037"}, {20000000000, "353130"}};
	struct hl_seal_totp t = rfc_secret();

	(void)state;
	assert_int_equal(0, hl_seal_totp_init(NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t now = rows[i].at_s * HL_US_PER_S, last = 0;
		char code[7];

		hl_seal_totp_code(&t, hl_seal_totp_step(now), code);
		if (strcmp(code, rows[i].code) != 0 ||
			hl_seal_totp_check(&t, now, hl_str_c(code), &last) ||
			last != rows[i].at_s / 30) {
			fail_msg("row %zu: %s", i, code);
		}
	}
}

static void one_step_around(void **state)
{
	struct hl_seal_totp t = rfc_secret();

	(void)state;
	for (int64_t away = -3; away <= 3; away++) {
		int64_t now = 1234567890 * HL_US_PER_S, last = 0;
		char code[7];

		hl_seal_totp_code(&t, hl_seal_totp_step(now) + away, code);
		int r = hl_seal_totp_check(&t, now, hl_str_c(code), &last);
		bool near = away >= -1 && away <= 1;
		if (r != (near ? 0 : HL_DENIED) || (!near && last != 0)) {
			fail_msg("%d steps away: %d", (int)away, r);
		}
	}
}

/* The same code is of the same step, whenever within a minute it comes; so who
 * keeps the used steps refuses it. */
static void a_code_is_of_one_step(void **state)
{
	struct hl_seal_totp t = rfc_secret();
	int64_t now = 1234567890 * HL_US_PER_S;
	int64_t step = hl_seal_totp_step(now);

	(void)state;
	for (int away = -2; away <= 2; away++) {
		int64_t got = -7, at = now + away * 30 * HL_US_PER_S;
		char code[7];

		hl_seal_totp_code(&t, step, code);
		int r = hl_seal_totp_check(&t, at, hl_str_c(code), &got);
		bool near = away >= -1 && away <= 1;
		if (r != (near ? 0 : HL_DENIED) || got != (near ? step : -7)) {
			fail_msg("%d steps later: %d, %d", away, r, (int)got);
		}
	}
}

static void odd_input(void **state)
{
	static const struct {
		const char *typed;
		int want;
	} rows[] = {{"005924", 0}, {"005 924", 0}, {" 005-924 ", 0},
		{"5924", HL_DENIED}, {"", HL_DENIED}, {"0059241", HL_DENIED},
		{"00592", HL_DENIED}, {"005925", HL_DENIED},
		{"００5924", HL_DENIED}, {"+05924", HL_DENIED},
		{"------", HL_DENIED}, {"0x5924", HL_DENIED}};
	struct hl_seal_totp t = rfc_secret();

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t last = 0;
		int r = hl_seal_totp_check(&t, 1234567890 * HL_US_PER_S,
			hl_str_c(rows[i].typed), &last);

		if (r != rows[i].want) {
			fail_msg("row \"%s\": %d", rows[i].typed, r);
		}
	}
}

static void for_the_app(void **state)
{
	struct hl_seal_totp t = rfc_secret();
	HL_BUF_AUTO uri = HL_BUF_SECRET(1000);
	char text[HL_SEAL_TOTP_BASE32];

	(void)state;
	assert_int_equal(32, hl_seal_totp_base32(&t, text).n);
	assert_string_equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", text);
	hl_seal_totp_uri(&t, HL_STR("Børne & Hotline"), HL_STR("a.b@c"), &uri);
	assert_string_equal("otpauth://totp/B%C3%B8rne%20%26%20Hotline:a.b%40c"
			    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
			    "&issuer=B%C3%B8rne%20%26%20Hotline"
			    "&algorithm=SHA1&digits=6&period=30",
		uri.p);
}

enum { SIDE = 200 };

/* Draws the path's bars on a grid; fails for anything but bars inside. */
static void draw(const char *d, int size, char grid[SIDE][SIDE])
{
	int x, y, w, v;

	memset(grid, 0, SIDE * SIDE);
	while (*d) {
		char *end;

		assert_int_equal('M', *d);
		x = (int)strtol(d + 1, &end, 10);
		y = (int)strtol(end, &end, 10);
		assert_int_equal('h', *end);
		w = (int)strtol(end + 1, &end, 10);
		assert_memory_equal("v1h-", end, 4);
		v = (int)strtol(end + 4, &end, 10);
		assert_int_equal(w, v);
		assert_int_equal('z', *end);
		assert_true(x >= 4 && y >= 4 && w > 0);
		assert_true(x + w <= size - 4 && y < size - 4);
		memset(&grid[y][x], 1, (size_t)w);
		d = end + 1;
	}
}

/* The three finders and the timing line, where the standard has them. */
static void qr_path(void **state)
{
	static const char finder[7][8] = {"#######", "#.....#", "#.###.#",
		"#.###.#", "#.###.#", "#.....#", "#######"};
	static char grid[SIDE][SIDE];
	HL_BUF_AUTO d = HL_BUF_SECRET(65536);
	int size = 0;

	(void)state;
	assert_int_equal(
		0, hl_seal_qr_path(HL_STR("otpauth://totp/Example:anna?secret="
					  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
			   &d, &size, NULL));
	assert_true(size > 29 && size < SIDE && (size - 8) % 4 == 1);
	draw(d.p, size, grid);
	for (int corner = 0; corner < 3; corner++) {
		int x0 = corner == 1 ? size - 11 : 4;
		int y0 = corner == 2 ? size - 11 : 4;

		for (int y = 0; y < 7; y++) {
			for (int x = 0; x < 7; x++) {
				assert_int_equal(finder[y][x] == '#',
					grid[y0 + y][x0 + x]);
			}
		}
	}
	for (int x = 12; x < size - 12; x++) {
		assert_int_equal(x % 2 == 0, grid[10][x]);
	}
}

static void qr_limits(void **state)
{
	static char text[4000];
	HL_BUF_AUTO d = HL_BUF_SECRET(1 << 20), tiny = HL_BUF_SECRET(20);
	int size = 0;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(
		0, hl_seal_qr_path(hl_str_mem(text, 2331), &d, &size, NULL));
	assert_int_equal(185, size);
	assert_int_equal(HL_E_LIMIT,
		hl_seal_qr_path(hl_str_mem(text, 2332), &d, &size, NULL));
	assert_int_equal(
		HL_E_LIMIT, hl_seal_qr_path(HL_STR(""), &d, &size, NULL));
	assert_int_equal(
		HL_E_LIMIT, hl_seal_qr_path(HL_STR("x"), &tiny, &size, NULL));
}

static void recovery_codes(void **state)
{
	struct hl_seal_key key, other;
	char text[HL_SEAL_RECOVERY_CODES][HL_SEAL_RECOVERY_TEXT], typed[40];
	uint8_t hashes[HL_SEAL_RECOVERY_CODES][HL_SEAL_RECOVERY_HASH];
	size_t index;

	(void)state;
	hl_seal_key_new(&key);
	hl_seal_key_new(&other);
	for (size_t i = 0; i < HL_SEAL_RECOVERY_CODES; i++) {
		struct hl_str code = hl_seal_recovery_new(text[i]);

		assert_int_equal(11, code.n);
		assert_int_equal('-', text[i][5]);
		assert_int_equal(
			0, hl_seal_recovery_hash(&key, code, hashes[i]));
	}
	for (size_t i = 0; i < HL_SEAL_RECOVERY_CODES; i++) {
		index = 99;
		assert_int_equal(
			0, hl_seal_recovery_match(&key, hl_str_c(text[i]),
				   (const uint8_t(*)[32])hashes, 10, &index));
		assert_int_equal(i, index);
		/* used ones are no longer among the hashes */
		assert_int_equal(HL_DENIED,
			hl_seal_recovery_match(&key, hl_str_c(text[i]),
				(const uint8_t(*)[32])hashes, i, &index));
		assert_int_equal(HL_DENIED,
			hl_seal_recovery_match(&other, hl_str_c(text[i]),
				(const uint8_t(*)[32])hashes, 10, &index));
	}
	snprintf(typed, sizeof(typed), " %.5s %.5s ", text[3], text[3] + 6);
	for (size_t i = 0; typed[i]; i++) {
		if (typed[i] >= 'A' && typed[i] <= 'Z') {
			typed[i] = (char)(typed[i] + 32);
		}
	}
	assert_int_equal(0, hl_seal_recovery_match(&key, hl_str_c(typed),
				    (const uint8_t(*)[32])hashes, 10, &index));
	assert_int_equal(3, index);
}

static void recovery_forms(void **state)
{
	static const char *const rows[] = {"", "ABCDE", "ABCDE-FGHJ",
		"ABCDE-FGHJKM", "ABCDE-FGHJU", "ABCDE-FGHJ!"};
	struct hl_seal_key key = {{1}};
	uint8_t hash[32];
	size_t index;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_str s = hl_str_c(rows[i]);

		if (hl_seal_recovery_hash(&key, s, hash) != HL_E_INVALID ||
			hl_seal_recovery_match(&key, s, NULL, 0, &index) !=
				HL_DENIED) {
			fail_msg("row %s", rows[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc6238_vectors),
		cmocka_unit_test(one_step_around),
		cmocka_unit_test(a_code_is_of_one_step),
		cmocka_unit_test(odd_input),
		cmocka_unit_test(for_the_app),
		cmocka_unit_test(qr_path),
		cmocka_unit_test(qr_limits),
		cmocka_unit_test(recovery_codes),
		cmocka_unit_test(recovery_forms),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
