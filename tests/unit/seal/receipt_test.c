/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/receipt.h"

#include <stdio.h>

#include "seal_test.h"

static const char good[] = "ABCDE-FGHJK-MNPQR-STVWX";

/* The one check symbol that fits good, found through the public function. */
static void complete(char out[HL_SEAL_RECEIPT_TEXT])
{
	struct hl_seal_receipt r = {0};

	memcpy(r.symbols, "ABCDEFGHJKMNPQRSTVWX", sizeof(r.symbols));
	hl_seal_receipt_print(&r, out);
}

static void round_trip(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct hl_seal_receipt r, back;
		char text[HL_SEAL_RECEIPT_TEXT];

		hl_seal_receipt_new(&r);
		struct hl_str s = hl_seal_receipt_print(&r, text);
		assert_int_equal(25, s.n);
		assert_int_equal(0, hl_seal_receipt_parse(s, &back, NULL));
		assert_memory_equal(&r, &back, sizeof(r));
	}
}

static void what_people_type(void **state)
{
	static const struct {
		const char *name, *text;
		enum hl_seal_receipt_fault want;
	} rows[] = {
		{"as printed", "01234-56789-ABCDE-FGHJK-@", 0},
		{"lower case", "01234-56789-abcde-fghjk-@", 0},
		{"no hyphens", "0123456789ABCDEFGHJK@", 0},
		{"spaces", "  01234 56789 ABCDE FGHJK @\r\n", 0},
		{"tabs and lines", "01234\t56789\nABCDE\nFGHJK\n@", 0},
		{"O and I", "OI234-56789-ABCDE-FGHJK-@", 0},
		{"o and l", "ol234-56789-ABCDE-FGHJK-@", 0},
		{"en dashes", "01234–56789–ABCDE–FGHJK–@", 0},
		{"no-break spaces", "01234\u00a056789\u00a0ABCDE\u00a0FGHJK@",
			0},
		{"dots", "01234.56789.ABCDE.FGHJK.@", 0},
		{"odd groups", "0-1-2-3-4 567 89ABCDEFGHJK@", 0},
		{"nothing", "", HL_SEAL_RECEIPT_EMPTY},
		{"only hyphens", " -- -", HL_SEAL_RECEIPT_EMPTY},
		{"no check", "01234-56789-ABCDE-FGHJK", HL_SEAL_RECEIPT_SHORT},
		{"a group missing", "01234-56789-ABCDE-@",
			HL_SEAL_RECEIPT_SHORT},
		{"one too many", "01234-56789-ABCDE-FGHJK-@0",
			HL_SEAL_RECEIPT_LONG},
		{"U is no symbol", "U1234-56789-ABCDE-FGHJK-@",
			HL_SEAL_RECEIPT_SYMBOL},
		{"punctuation", "01234-56789-ABCDE-FGHJK-@!",
			HL_SEAL_RECEIPT_SYMBOL},
		{"another script", "А1234-56789-ABCDE-FGHJK-@",
			HL_SEAL_RECEIPT_SYMBOL},
		{"bad UTF-8",
			"\xff"
			"1234-56789-ABCDE-FGHJK-@",
			HL_SEAL_RECEIPT_SYMBOL},
		{"a wrong symbol", "01235-56789-ABCDE-FGHJK-@",
			HL_SEAL_RECEIPT_CHECK},
		{"neighbours swapped", "10234-56789-ABCDE-FGHJK-@",
			HL_SEAL_RECEIPT_CHECK},
	};
	struct hl_seal_receipt right = {0}, r;
	char printed[HL_SEAL_RECEIPT_TEXT];

	(void)state;
	memcpy(right.symbols, "0123456789ABCDEFGHJK", sizeof(right.symbols));
	hl_seal_receipt_print(&right, printed);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		enum hl_seal_receipt_fault fault = 99;
		char text[80];

		snprintf(text, sizeof(text), "%s", rows[i].text);
		char *check = strchr(text, '@');
		if (check) {
			*check = printed[24];
		}
		int res = hl_seal_receipt_parse(hl_str_c(text), &r, &fault);
		if (fault != rows[i].want ||
			res != (rows[i].want ? HL_E_INVALID : 0)) {
			fail_msg("row %s: fault %d", rows[i].name, (int)fault);
		}
		if (!res) {
			assert_memory_equal(&right, &r, sizeof(r));
		}
	}
}

/* Every wrong symbol at every place, the check's place too. */
static void each_wrong_symbol_is_found(void **state)
{
	char right[HL_SEAL_RECEIPT_TEXT], text[HL_SEAL_RECEIPT_TEXT];
	struct hl_seal_receipt r;
	enum hl_seal_receipt_fault fault;

	(void)state;
	complete(right);
	assert_memory_equal(good, right, sizeof(good) - 1);
	for (size_t at = 0; right[at]; at++) {
		for (size_t v = 0; v < 32 && right[at] != '-'; v++) {
			memcpy(text, right, sizeof(text));
			text[at] = hl_text_crockford[v];
			int res = hl_seal_receipt_parse(
				hl_str_c(text), &r, &fault);
			if (text[at] == right[at]) {
				assert_int_equal(0, res);
			} else if (fault != HL_SEAL_RECEIPT_CHECK) {
				fail_msg("%s taken for %s", text, right);
			}
		}
	}
}

/* Any two symbols that differ, not only neighbours. */
static void each_swap_is_found(void **state)
{
	(void)state;
	for (int round = 0; round < 50; round++) {
		char text[HL_SEAL_RECEIPT_TEXT];
		struct hl_seal_receipt r;

		hl_seal_receipt_new(&r);
		size_t n = hl_seal_receipt_print(&r, text).n;
		for (size_t i = 0; i < n; i++) {
			for (size_t k = i + 1; k < n; k++) {
				char a = text[i], b = text[k];

				if (a == b || a == '-' || b == '-') {
					continue;
				}
				text[i] = b;
				text[k] = a;
				if (hl_seal_receipt_parse(hl_str_c(text), &r,
					    NULL) != HL_E_INVALID) {
					fail_msg("swap %zu %zu in %s", i, k,
						text);
				}
				text[i] = a;
				text[k] = b;
			}
		}
	}
}

static void derived_apart(void **state)
{
	struct hl_seal_receipt r, other;
	struct hl_seal_pub pub, pub2, of_secret;
	struct hl_seal_secret secret;
	uint8_t lookup[16], lookup2[16];

	(void)state;
	hl_seal_receipt_new(&r);
	other = r;
	other.symbols[19] = r.symbols[19] == '0' ? '1' : '0';
	hl_seal_receipt_lookup(&r, lookup);
	hl_seal_receipt_mailbox(&r, &pub, &secret);
	hl_seal_pub_of(&secret, &of_secret);
	assert_memory_equal(&pub, &of_secret, sizeof(pub));
	assert_memory_not_equal(lookup, secret.b, 16);
	assert_memory_not_equal(lookup, pub.b, 16);

	hl_seal_receipt_mailbox(&r, &pub2, NULL);
	assert_memory_equal(&pub, &pub2, sizeof(pub));
	hl_seal_receipt_lookup(&other, lookup2);
	hl_seal_receipt_mailbox(&other, &pub2, NULL);
	assert_memory_not_equal(lookup, lookup2, 16);
	assert_memory_not_equal(&pub, &pub2, sizeof(pub));
}

/* Computed by an independent HKDF (Python's hmac); a change of these would
 * lock out every receipt in the world. */
static void frozen(void **state)
{
	struct hl_seal_receipt r;
	struct hl_seal_secret secret;
	uint8_t lookup[16], want[32];

	(void)state;
	memcpy(r.symbols, "ABCDEFGHJKMNPQRSTVWX", sizeof(r.symbols));
	hl_seal_receipt_lookup(&r, lookup);
	from_hex("8b16a4b63bae06d78a82c77e6da174dd", want, 16);
	assert_memory_equal(want, lookup, 16);
	hl_seal_receipt_mailbox(&r, NULL, &secret);
	from_hex("fa980a59903bddca27d09d205949987f"
		 "2f6faaa38e32b2334e8897ddbba55178",
		want, 32);
	assert_memory_equal(want, secret.b, 32);
	char text[HL_SEAL_RECEIPT_TEXT];
	complete(text);
	assert_string_equal("ABCDE-FGHJK-MNPQR-STVWX-V", text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(what_people_type),
		cmocka_unit_test(each_wrong_symbol_is_found),
		cmocka_unit_test(each_swap_is_found),
		cmocka_unit_test(derived_apart),
		cmocka_unit_test(frozen),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
