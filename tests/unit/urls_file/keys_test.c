/* SPDX-License-Identifier: Apache-2.0 */
#include "lists.h"

#include "base/text.h"
#include "urls_oprf/oprf.h"

/* What was computed by other code from the page's formulas. */

static void same(const char *hex, const void *p, size_t n)
{
	HL_BUF_AUTO got = HL_BUF_INIT(256);

	hl_text_put_hex(&got, p, n);
	assert_string_equal(hex, got.p);
}

static void count(uint8_t *p, size_t n, uint8_t from)
{
	for (size_t i = 0; i < n; i++) {
		p[i] = (uint8_t)(from + i);
	}
}

static void tier0(void **state)
{
	struct hl_urls_keys keys;
	uint8_t k0[HL_URLS_ELEMENT];

	count(k0, sizeof(k0), 0);
	hl_urls_keys_tier0(k0, HL_STR("example.org"), &keys);
	same("367544c8f34d3afe91488e52f576cde4", keys.tag, sizeof(keys.tag));
	same("402e12f7a736f99c077ec00033ff467be895626667087d7c57fb744d151f4088",
		keys.seal, sizeof(keys.seal));
	same("d20ec4657e9442982f665fdd3a6ee03d", keys.path, sizeof(keys.path));
}

static void tier1_of_n(void **state)
{
	struct hl_urls_keys keys;
	uint8_t n[HL_URLS_ELEMENT], tag[HL_URLS_TAG];

	count(n, sizeof(n), 100);
	assert_true(hl_urls_keys_of(n, HL_STR("example.org"), &keys));
	same("b655e0603399cf149077fa0824f13059", keys.tag, sizeof(keys.tag));
	same("aecfc474cbcdf7e6e6f7e0ec571d663379bc7c2725bc2021765fc201b7c3936f",
		keys.seal, sizeof(keys.seal));
	same("ac1d9aeb4f15c4ed5975be6540dbbe7b", keys.path, sizeof(keys.path));
	hl_urls_tag(n, tag);
	assert_memory_equal(tag, keys.tag, sizeof(tag));
	assert_false(hl_urls_keys_of(n, hl_str_mem(n, 65536), &keys));
}

/* The hotline, who has the key, and the consumer, who asks, come to the same
 * keys. */
static void both_sides_agree(void **state)
{
	static const char host[] = "www.example.org";
	struct hl_oprf_view view = {host, sizeof(host) - 1};
	struct hl_oprf_scalar k, blind;
	struct hl_oprf_element x, n;
	struct hl_urls_keys ours, theirs;
	uint8_t direct[HL_URLS_ELEMENT];

	assert_int_equal(0, hl_oprf_key_new(&k, &x));
	assert_true(hl_urls_keys_make(k.b, hl_str_c(host), direct, &ours));
	assert_int_equal(0, hl_oprf_blind(HL_OPRF_MODE_OPRF, view, &blind, &x));
	assert_int_equal(0, hl_oprf_evaluate(&k, &x, &n));
	assert_int_equal(0, hl_oprf_unblind(&blind, &n, &n));
	assert_memory_equal(direct, n.b, sizeof(direct));
	assert_true(hl_urls_keys_of(n.b, hl_str_c(host), &theirs));
	assert_memory_equal(&ours, &theirs, sizeof(ours));
	memset(&k, 0, sizeof(k));
	assert_false(hl_urls_keys_make(k.b, hl_str_c(host), NULL, &ours));
}

static void prefilter(void **state)
{
	uint8_t key[HL_URLS_PREFILTER_KEY], in[15];

	count(key, sizeof(key), 0);
	count(in, sizeof(in), 0);
	/* The vector of SipHash's paper. */
	assert_int_equal(UINT64_C(0xa129ca6149be45e5),
		hl_urls_path(key, hl_str_mem(in, sizeof(in))));
	assert_int_equal(
		UINT64_C(0x3f53833666994c42), hl_urls_path(key, HL_STR("/a/")));
	assert_int_equal(
		0x1a725b, hl_urls_prefilter(key, 21, HL_STR("example.org")));
}

static void bits(void **state)
{
	static const struct {
		uint64_t n;
		unsigned bits;
	} rows[] = {{0, 12}, {1, 12}, {12, 12}, {13, 13}, {6000, 21},
		{1000000, 29}, {1 << 24, 33}, {UINT64_C(1) << 40, 36}};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_urls_bits(rows[i].n) != rows[i].bits) {
			fail_msg("%llu rows: %u bits",
				(unsigned long long)rows[i].n,
				hl_urls_bits(rows[i].n));
		}
	}
	for (uint64_t n = 1; n < 1 << 20; n = n * 5 / 4 + 1) {
		assert_true(n * 250 <= UINT64_C(1) << hl_urls_bits(n));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tier0),
		cmocka_unit_test(tier1_of_n),
		cmocka_unit_test(both_sides_agree),
		cmocka_unit_test(prefilter),
		cmocka_unit_test(bits),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
