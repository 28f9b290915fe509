/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/judge.h"
#include "lists/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/text.h"

#define D HL_LIST_BREAKER_DELTA
#define L HL_LIST_BREAKER_LOSS
#define H HL_LIST_BREAKER_HALTED

/* Entries first..last, a host each unless hosts says how many share one. */
struct some {
	int first, last, of_host;
	bool leaves, canary, young, went;
};

static struct hl_lists_set make(const struct some *s, size_t n)
{
	struct hl_lists_member *m = calloc(4096, sizeof(*m));
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		for (int id = s[i].first; s[i].first && id <= s[i].last; id++) {
			int host = s[i].of_host ? id / s[i].of_host : id;

			m[k] = (struct hl_lists_member){.id = id,
				.leaves = s[i].leaves,
				.canary = s[i].canary,
				.young = s[i].young,
				.went = s[i].went};
			memcpy(m[k++].host, &host, sizeof(host));
		}
	}
	return (struct hl_lists_set){m, k};
}

static void breakers(void **state)
{
	static const struct {
		const char *what;
		struct some now[2], wanted[2];
		bool halted;
		unsigned held;
		bool holds_new, holds_gone;
	} rows[] = {
		{"nothing at all", {{0}}, {{0}}, false, 0, false, false},
		{"the first twenty", {{0}}, {{1, 20, 0, 0, 0, 0, 0}}, false, 0,
			false, false},
		{"the first twenty-one", {{0}}, {{1, 21, 0, 0, 0, 0, 0}}, false,
			D, true, false},
		{"8,000 by a copied file", {{1, 1000, 0, 0, 0, 0, 0}},
			{{1, 3000, 0, 0, 0, 0, 0}}, false, D, true, false},
		{"5 % more", {{1, 1000, 0, 0, 0, 0, 0}},
			{{1, 1050, 0, 0, 0, 0, 0}}, false, 0, false, false},
		{"a bit more", {{1, 1000, 0, 0, 0, 0, 0}},
			{{1, 1051, 0, 0, 0, 0, 0}}, false, D, true, false},
		{"many pages of one host", {{1, 1000, 0, 0, 0, 0, 0}},
			{{1, 1000, 0, 0, 0, 0, 0},
				{1001, 1900, 1000, 0, 0, 0, 0}},
			false, 0, false, false},
		{"5 gone by themselves of 6", {{1, 6, 0, 0, 0, 0, 0}},
			{{1, 1, 0, 0, 0, 0, 0}}, false, 0, false, false},
		{"6 of 30", {{1, 30, 0, 0, 0, 0, 0}}, {{1, 24, 0, 0, 0, 0, 0}},
			false, 0, false, false},
		{"7 of 30", {{1, 30, 0, 0, 0, 0, 0}}, {{1, 23, 0, 0, 0, 0, 0}},
			false, L, false, true},
		{"the only one", {{1, 1, 0, 0, 0, 0, 0}}, {{0}}, false, 0,
			false, false},
		{"both", {{1, 2, 0, 0, 0, 0, 0}}, {{0}}, false, L, false, true},
		{"the only one, by a person", {{1, 1, 0, 1, 0, 0, 0}}, {{0}},
			false, 0, false, false},
		{"all by people", {{1, 500, 0, 1, 0, 0, 0}}, {{0}}, false, 0,
			false, false},
		{"51 of 1000", {{1, 1000, 0, 0, 0, 0, 0}},
			{{52, 1000, 0, 0, 0, 0, 0}}, false, D, false, true},
		{"a host with a page left", {{1, 100, 50, 0, 0, 0, 0}},
			{{50, 99, 50, 0, 0, 0, 0}}, false, 0, false, false},
		{"canaries count for nothing", {{1, 100, 0, 0, 1, 0, 0}}, {{0}},
			false, 0, false, false},
		{"new canaries too", {{0}}, {{1, 100, 0, 0, 1, 0, 0}}, false, 0,
			false, false},
		{"21 within a day, one of them now", {{1, 20, .young = true}},
			{{1, 21, 0, 0, 0, 0, 0}}, false, D, true, false},
		{"the 20th within a day", {{1, 19, .young = true}},
			{{1, 20, 0, 0, 0, 0, 0}}, false, 0, false, false},
		{"60 within a day",
			{{1, 1000, 0, 0, 0, 0, 0}, {1001, 1059, .young = true}},
			{{1, 1060, 0, 0, 0, 0, 0}}, false, D, true, false},
		{"50 within a day",
			{{1, 1000, 0, 0, 0, 0, 0}, {1001, 1049, .young = true}},
			{{1, 1050, 0, 0, 0, 0, 0}}, false, 0, false, false},
		{"what went is back",
			{{1, 900, 0, 0, 0, 0, 0}, {901, 1000, .went = true}},
			{{1, 1000, 0, 0, 0, 0, 0}}, false, 0, false, false},
		{"came and went, and is back",
			{{1, 100, 0, 0, 0, 0, 0},
				{101, 130, .went = true, .young = true}},
			{{1, 130, 0, 0, 0, 0, 0}}, false, D, true, false},
		{"came and went",
			{{1, 100, 0, 0, 0, 0, 0}, {101, 104, .went = true}},
			{{1, 100, 0, 0, 0, 0, 0}}, false, 0, false, false},
		{"51 within a day, one of them now",
			{{1, 950, 0, 0, 0, 0, 0}, {951, 1000, .went = true}},
			{{1, 949, 0, 0, 0, 0, 0}}, false, D, false, true},
		{"7 of 30 within a day",
			{{1, 24, 0, 0, 0, 0, 0}, {25, 30, .went = true}},
			{{1, 23, 0, 0, 0, 0, 0}}, false, L, false, true},
		{"6 of 30 within a day",
			{{1, 25, 0, 0, 0, 0, 0}, {26, 30, .went = true}},
			{{1, 24, 0, 0, 0, 0, 0}}, false, 0, false, false},
		{"the last of three",
			{{1, 1, 0, 0, 0, 0, 0}, {2, 3, .went = true}}, {{0}},
			false, L, false, true},
		{"7 young ones of 30",
			{{1, 20, 0, 0, 0, 0, 0}, {21, 30, .young = true}},
			{{1, 23, 0, 0, 0, 0, 0}}, false, L, false, true},
		{"a host of which a page is left",
			{{1, 40, 20, 0, 0, 0, 0}, {41, 59, 20, .went = true}},
			{{1, 40, 20, 0, 0, 0, 0}}, false, 0, false, false},
		{"halted", {{1, 30, 0, 0, 0, 0, 0}}, {{1, 31, 0, 0, 0, 0, 0}},
			true, H, true, false},
		{"halted and gone", {{1, 30, 0, 0, 0, 0, 0}},
			{{1, 29, 0, 0, 0, 0, 0}}, true, H, true, false},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_lists_set now = make(rows[i].now, 2);
		struct hl_lists_set wanted = make(rows[i].wanted, 2);
		struct hl_lists_change c;

		assert_int_equal(0, hl_lists_compare(&now, &wanted, &c, NULL));
		unsigned held = hl_lists_breakers(&c, rows[i].halted);
		if (held != rows[i].held ||
			hl_lists_holds_new(held, &c) != rows[i].holds_new ||
			hl_lists_holds_gone(held, &c) != rows[i].holds_gone) {
			fail_msg("%s: held %x, %zu hosts, %zu more, %zu fewer",
				rows[i].what, held, c.n_hosts, c.n_added,
				c.n_removed);
		}
		free((void *)(uintptr_t)now.at);
		free((void *)(uintptr_t)wanted.at);
	}
}

static void a_digest_tells_sets_apart(void **state)
{
	const struct some one = {1, 3, 0, 0, 0, 0, 0},
			  other = {1, 4, 0, 0, 0, 0, 0},
			  shared = {1, 3, 100, 0, 0, 0, 0};
	struct hl_lists_set a = make(&one, 1), b = make(&other, 1),
			    c = make(&shared, 1);
	uint8_t x[32], y[32], z[32];

	(void)state;
	hl_lists_set_digest(&a, x);
	hl_lists_set_digest(&b, y);
	hl_lists_set_digest(&c, z);
	assert_memory_not_equal(x, y, 32);
	assert_memory_not_equal(x, z, 32);
	hl_lists_set_digest(&a, y);
	assert_memory_equal(x, y, 32);
	free((void *)(uintptr_t)a.at);
	free((void *)(uintptr_t)b.at);
	free((void *)(uintptr_t)c.at);
}

/* Made with the test data of RFC 6962's reference implementation, whose tree
 * hash RFC 9162 took over. */
static void tree_heads(void **state)
{
	static const char *const leaves[] = {"", "00", "10", "2021", "3031",
		"40414243", "5051525354555657",
		"606162636465666768696a6b6c6d6e6f"};
	static const char *const heads[] = {"e3b0c44298fc1c149afbf4c8996fb924"
					    "27ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c"
		"78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9d"
		"baf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264"
		"db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398f"
		"a2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3"
		"bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f"
		"98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd7892"
		"9c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2"
		"ab9d823aad2f4960cfe370eff4604328"};
	struct hl_lists_tree t = {0};
	uint8_t want[32], have[32], leaf[16];

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(heads); i++) {
		assert_int_equal(
			0, hl_text_parse_hex(hl_str_c(heads[i]), want, 32));
		hl_lists_tree_head(&t, have);
		if (memcmp(want, have, 32) != 0) {
			fail_msg("of %zu leaves", i);
		}
		if (i < HL_ARRAY_LEN(leaves)) {
			size_t n = strlen(leaves[i]) / 2;

			assert_int_equal(
				0, hl_text_parse_hex(
					   hl_str_c(leaves[i]), leaf, n));
			hl_lists_tree_add(&t, hl_str_mem(leaf, n));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(breakers),
		cmocka_unit_test(a_digest_tells_sets_apart),
		cmocka_unit_test(tree_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
