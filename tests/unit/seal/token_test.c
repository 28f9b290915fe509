/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/token.h"

#include "seal_test.h"

static const enum hl_seal_token_kind kinds[] = {HL_SEAL_TOKEN_SESSION,
	HL_SEAL_TOKEN_ANSWER, HL_SEAL_TOKEN_DRAFT, HL_SEAL_TOKEN_API,
	HL_SEAL_TOKEN_LIST};

static void round_trip(void **state)
{
	(void)state;
	for (size_t k = 0; k < HL_ARRAY_LEN(kinds); k++) {
		for (int i = 0; i < 200; i++) {
			struct hl_seal_token t, back;
			char text[HL_SEAL_TOKEN_TEXT];

			hl_seal_token_new(kinds[k], &t);
			struct hl_str s = hl_seal_token_print(&t, text);
			assert_int_equal(
				kinds[k] == HL_SEAL_TOKEN_ANSWER ? 27 : 43,
				s.n);
			assert_int_equal(
				0, hl_seal_token_parse(kinds[k], s, &back));
			assert_memory_equal(&t, &back, sizeof(t));
		}
	}
}

static void other_forms_are_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", /* bits left */
		"AAAAAAAAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAA",
	};
	struct hl_seal_token t;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_seal_token_parse(HL_SEAL_TOKEN_SESSION,
			    hl_str_c(rows[i]), &t) != HL_E_INVALID) {
			fail_msg("row %zu", i);
		}
	}
}

/* Same bytes, another kind: another hash and another key. */
static void kinds_are_apart(void **state)
{
	struct hl_seal_token t = {.kind = HL_SEAL_TOKEN_SESSION, .b = {1}};
	uint8_t hash[3][32];
	struct hl_seal_key key[3];

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		t.kind = kinds[k];
		hl_seal_token_hash(&t, hash[k]);
		hl_seal_token_key(&t, &key[k]);
		assert_memory_not_equal(hash[k], key[k].b, 32);
		assert_memory_not_equal(hash[k], t.b, 32);
	}
	for (size_t k = 0; k < 3; k++) {
		assert_memory_not_equal(hash[k], hash[(k + 1) % 3], 32);
		assert_memory_not_equal(&key[k], &key[(k + 1) % 3], 32);
	}
}

static void frozen(void **state)
{
	struct hl_seal_token t = {.kind = HL_SEAL_TOKEN_ANSWER};
	struct hl_seal_key key;
	uint8_t hash[32], want[32];

	(void)state;
	for (uint8_t i = 0; i < 20; i++) {
		t.b[i] = i;
	}
	hl_seal_token_hash(&t, hash);
	from_hex("57753d51c3f08196dd6f5a0beb4d6685"
		 "3709a63b8b467a46de8ec2599bb35096",
		want, 32);
	assert_memory_equal(want, hash, 32);
	hl_seal_token_key(&t, &key);
	from_hex("b42f0cde9350e2d1b6bdb8b446ad308f"
		 "719c2ce837ff4b72077f3cd640b5539c",
		want, 32);
	assert_memory_equal(want, key.b, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(other_forms_are_refused),
		cmocka_unit_test(kinds_are_apart),
		cmocka_unit_test(frozen),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
