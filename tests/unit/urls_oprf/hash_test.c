/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_oprf/hash.h"

#include "oprf_test.h"

#define NONE ""
#define ABC "abc"
#define HEX16 "abcdef0123456789"
#define Q32 "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
#define Q128 "q128_" Q32 Q32 Q32 Q32
#define A32 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A128 A32 A32 A32 A32
#define A512 "a512_" A128 A128 A128 A128

/* RFC 9380, appendix K.3. */
static void expands_as_the_rfc_does(void **state)
{
	static const struct {
		const char *message, *hex;
	} rows[] = {
		{NONE, "6b9a7312411d92f921c6f68ca0b6380730a1a4d982c507211a90964"
		       "c394179ba"},
		{ABC, "0da749f12fbe5483eb066a5f595055679b976e93abe9be6f0f6318bc"
		      "e7aca8dc"},
		{HEX16, "087e45a86e2939ee8b91100af1583c4938e0f5fc6c9db4b107b833"
			"46bc967f58"},
		{Q128, "7336234ee9983902440f6bc35b348352013becd88938d2afec44311"
		       "caf8356b3"},
		{A512, "57b5f7e766d5be68a6bfe1768e3c2b7f1228b3e4b3134956dd73a59"
		       "b954c66f4"},
		{NONE, "41b037d1734a5f8df225dd8c7de38f851efdb45c372887be655212d"
		       "07251b921"
		       "b052b62eaed99b46f72f2ef4cc96bfaf254ebbbec091e1a3b9e4fb5"
		       "e5b619d2e"
		       "0c5414800a1d882b62bb5cd1778f098b8eb6cb399d5d9d18f5d5842"
		       "cf5d13d7e"
		       "b00a7cff859b605da678b318bd0e65ebff70bec88c753b159a805d2"
		       "c89c55961"},
		{ABC, "7f1dddd13c08b543f2e2037b14cefb255b44c83cc397c1786d975653"
		      "e36a6b11"
		      "bdd7732d8b38adb4a0edc26a0cef4bb45217135456e58fbca1703cd6"
		      "032cb134"
		      "7ee720b87972d63fbf232587043ed2901bce7f22610c0419751c0659"
		      "22b48843"
		      "1851041310ad659e4b23520e1772ab29dcdeb2002222a363f0c2b1c9"
		      "72b3efe1"},
		{HEX16, "3f721f208e6199fe903545abc26c837ce59ac6fa45733f1baaf022"
			"2f8b7acb04"
			"24814fcb5eecf6c1d38f06e9d0a6ccfbf85ae612ab8735dfdf9ce8"
			"4c372a77c8"
			"f9e1c1e952c3a61b7567dd0693016af51d2745822663d0c2367e3f"
			"4f0bed827f"
			"eecc2aaf98c949b5ed0d35c3f1023d64ad1407924288d366ea159f"
			"46287e61ac"},
		{Q128, "b799b045a58c8d2b4334cf54b78260b45eec544f9f2fb5bd12fb603"
		       "eaee70db7"
		       "317bf807c406e26373922b7b8920fa29142703dd52bdf280084fb7e"
		       "f69da78af"
		       "df80b3586395b433dc66cde048a258e476a561e9deba7060af40adf"
		       "30c64249c"
		       "a7ddea79806ee5beb9a1422949471d267b21bc88e688e4014087a0b"
		       "592b695ed"},
		{A512, "05b0bfef265dcee87654372777b7c44177e2ae4c13a27f103340d9c"
		       "d11c86cb2"
		       "426ffcad5bd964080c2aee97f03be1ca18e30a1f14e27bc11ebbd65"
		       "0f305269c"
		       "c9fb1db08bf90bfc79b42a952b46daf810359e7bc36452684784a64"
		       "952c343c5"
		       "2e5124cd1f71d474d5197fefc571a92929c9084ffe1112cf5eea519"
		       "2ebff330b"},
	};
	const struct hl_oprf_view tag =
		text("QUUX-V01-CS02-with-expander-SHA512-256");

	for (size_t i = 0; i < N_OF(rows); i++) {
		uint8_t wanted[128], out[128];
		size_t n = from_hex(rows[i].hex, wanted, sizeof(wanted));
		struct hl_oprf_view whole = text(rows[i].message);

		assert_int_equal(hl_oprf_expand(&whole, 1, tag, out, n), 0);
		if (memcmp(out, wanted, n) != 0) {
			fail_msg("row %zu", i);
		}
	}
}

static void parts_count_as_one_message(void **state)
{
	const struct hl_oprf_view tag = text("a tag");
	const struct hl_oprf_view whole = text("openhotline");
	const struct hl_oprf_view parts[] = {
		text("open"), {NULL, 0}, text(""), text("hotline")};
	uint8_t one[200], many[200];

	assert_int_equal(hl_oprf_expand(&whole, 1, tag, one, sizeof(one)), 0);
	assert_int_equal(
		hl_oprf_expand(parts, N_OF(parts), tag, many, sizeof(many)), 0);
	assert_memory_equal(one, many, sizeof(one));
	assert_int_equal(hl_oprf_expand(NULL, 0, tag, many, sizeof(many)), 0);
	assert_memory_not_equal(one, many, sizeof(one));
}

static void refuses_what_has_no_expansion(void **state)
{
	static uint8_t out[HL_OPRF_EXPAND_MAX + 1];
	static const char long_tag[256] = {1};
	const struct hl_oprf_view message = text("abc"), bad = {NULL, 3};
	const struct {
		const struct hl_oprf_view *parts;
		struct hl_oprf_view tag;
		uint8_t *out;
		size_t n_out;
		int code;
	} rows[] = {
		{&message, {long_tag, 255}, out, 1, 0},
		{&message, {long_tag, 1}, out, HL_OPRF_EXPAND_MAX, 0},
		{&message, {long_tag, 256}, out, 1, HL_OPRF_E_LENGTH},
		{&message, {long_tag, 0}, out, 1, HL_OPRF_E_LENGTH},
		{&message, {NULL, 0}, out, 1, HL_OPRF_E_ARG},
		{&message, {long_tag, 1}, out, 0, HL_OPRF_E_LENGTH},
		{&message, {long_tag, 1}, out, HL_OPRF_EXPAND_MAX + 1,
			HL_OPRF_E_LENGTH},
		{&message, {long_tag, 1}, NULL, 1, HL_OPRF_E_ARG},
		{&bad, {long_tag, 1}, out, 1, HL_OPRF_E_ARG},
		{NULL, {long_tag, 1}, out, 1, HL_OPRF_E_ARG},
	};

	for (size_t i = 0; i < N_OF(rows); i++) {
		if (hl_oprf_expand(rows[i].parts, 1, rows[i].tag, rows[i].out,
			    rows[i].n_out) != rows[i].code) {
			fail_msg("row %zu", i);
		}
	}
	assert_int_equal(hl_oprf_hash_to_group(&message, 1, message, NULL),
		HL_OPRF_E_ARG);
	assert_int_equal(hl_oprf_hash_to_scalar(&message, 1, message, NULL),
		HL_OPRF_E_ARG);
}

static void contexts_and_tags(void **state)
{
	struct hl_oprf_context context;
	struct hl_oprf_tag tag;

	assert_int_equal(hl_oprf_context_of(HL_OPRF_MODE_VOPRF, &context), 0);
	struct hl_oprf_view view =
		hl_oprf_tag_of("HashToGroup-", &context, &tag);
	assert_int_equal(view.n, 40);
	assert_memory_equal(
		view.p, "HashToGroup-OPRFV1-\1-ristretto255-SHA512", view.n);
	assert_int_equal(hl_oprf_context_of((enum hl_oprf_mode)2, &context),
		HL_OPRF_E_ARG);
	assert_int_equal(
		hl_oprf_context_of(HL_OPRF_MODE_OPRF, NULL), HL_OPRF_E_ARG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expands_as_the_rfc_does),
		cmocka_unit_test(parts_count_as_one_message),
		cmocka_unit_test(refuses_what_has_no_expansion),
		cmocka_unit_test(contexts_and_tags),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
