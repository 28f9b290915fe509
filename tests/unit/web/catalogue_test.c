/* SPDX-License-Identifier: Apache-2.0 */
#include "web/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "web/plural.h"
#include "web/tr.h"

/* An invented language with three forms. */
#define HEADER                       \
	"Content-Type: text/plain\n" \
	"Plural-Forms: nplurals=3; " \
	"plural=(n==1 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\n"

struct entry {
	struct hl_str key, value;
};

/* Sorted by key, as msgfmt writes them. */
static const struct entry entries[] = {
	{HL_STR_INIT(""), HL_STR_INIT(HEADER)},
	{HL_STR_INIT("Continue"), HL_STR_INIT("Dal")},
	{HL_STR_INIT("One\0{n} of them"), HL_STR_INIT("Eka\0{n} eky\0{n} ek")},
	{HL_STR_INIT("state\004Open"), HL_STR_INIT("Otv")},
};

static void put32(struct hl_buf *b, uint32_t v, bool swap)
{
	v = swap ? __builtin_bswap32(v) : v;
	hl_buf_put_mem(b, &v, sizeof(v));
}

static void build(struct hl_buf *b, bool swap)
{
	uint32_t n = HL_ARRAY_LEN(entries), at = 28 + 16 * n;
	const uint32_t head[] = {0x950412de, 0, n, 28, 28 + 8 * n, 0, 0};

	for (size_t i = 0; i < HL_ARRAY_LEN(head); i++) {
		put32(b, head[i], swap);
	}
	for (int table = 0; table < 2; table++) {
		for (uint32_t i = 0; i < n; i++) {
			struct hl_str s =
				table ? entries[i].value : entries[i].key;

			put32(b, (uint32_t)s.n, swap);
			put32(b, at, swap);
			at += (uint32_t)s.n + 1;
		}
	}
	for (int table = 0; table < 2; table++) {
		for (uint32_t i = 0; i < n; i++) {
			hl_buf_put(
				b, table ? entries[i].value : entries[i].key);
			hl_buf_put_c(b, '\0');
		}
	}
}

static void expect(struct hl_str got, const char *want)
{
	if (!hl_str_eq(got, hl_str_c(want))) {
		fail_msg("got %.*s, want %s", HL_STR_ARG(got), want);
	}
}

static void looks_up_in_both_byte_orders(void **state)
{
	(void)state;
	for (int swap = 0; swap < 2; swap++) {
		HL_BUF_AUTO mo = HL_BUF_INIT(10000);
		struct hl_web_catalogue *c = NULL;

		build(&mo, swap);
		assert_int_equal(
			0, hl_web_catalogue_new(hl_buf_str(&mo), &c, NULL));
		expect(hl_web_tr("Continue"), "Continue");
		hl_web_tr_bind(c);
		expect(hl_web_tr("Continue"), "Dal");
		expect(hl_web_tr("Not there"), "Not there");
		expect(hl_web_tr("state\004Open"), "Otv");
		expect(hl_web_tr("other\004Open"), "Open");
		expect(hl_web_tr_n("One", "{n} of them", 1), "Eka");
		expect(hl_web_tr_n("One", "{n} of them", 23), "{n} eky");
		expect(hl_web_tr_n("One", "{n} of them", 7), "{n} ek");
		expect(hl_web_tr_n("Two", "{n} twos", 1), "Two");
		hl_web_tr_bind(NULL);
		expect(hl_web_tr_n("One", "{n} of them", 2), "{n} of them");
		hl_web_catalogue_free(c);
	}
}

/* Cut anywhere, or with any byte changed, it is refused or still safe. */
static void broken_files_are_refused(void **state)
{
	HL_BUF_AUTO mo = HL_BUF_INIT(10000);
	struct hl_web_catalogue *c = NULL;

	(void)state;
	build(&mo, false);
	for (size_t n = 0; n < mo.n; n++) {
		if (!hl_web_catalogue_new(hl_str_mem(mo.p, n), &c, NULL)) {
			fail_msg("cut at %zu accepted", n);
		}
	}
	for (size_t at = 0; at < mo.n; at++) {
		for (int bit = 0; bit < 8; bit++) {
			mo.p[at] = (char)(mo.p[at] ^ (1 << bit));
			if (!hl_web_catalogue_new(hl_buf_str(&mo), &c, NULL)) {
				hl_web_tr_bind(c);
				hl_web_tr("Continue");
				hl_web_tr_n("One", "{n} of them", 5);
				hl_web_tr_bind(NULL);
				hl_web_catalogue_free(c);
			}
			mo.p[at] = (char)(mo.p[at] ^ (1 << bit));
		}
	}
}

static void plural_rules(void **state)
{
	static const struct {
		const char *rule;
		uint64_t n;
		int64_t want; /* -1: refused */
	} rows[] = {
		{"0", 5, 0},
		{"n != 1", 1, 0},
		{"n != 1", 2, 1},
		{"n>1", 2, 1},
		{"n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
		 "(n%100<10 || n%100>=20) ? 1 : 2",
			21, 0},
		{"n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
		 "(n%100<10 || n%100>=20) ? 1 : 2",
			12, 2},
		{"2+3*4-1", 0, 13},
		{"10-2-3", 0, 5},
		{"!n", 0, 1},
		{"n/0", 3, 0},
		{"n<=2 == 1", 2, 1},
		{"n ? 1 : 0 ? 2 : 3", 0, 3},
		{"", 0, -1},
		{"n n", 0, -1},
		{"(n", 0, -1},
		{"n)", 0, -1},
		{"n ? 1", 0, -1},
		{"n=1", 0, -1},
		{"x", 0, -1},
		{"n & 1", 0, -1},
		{"((((((((((((((((((((((((n))))))))))))))))))))))))", 0, -1},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint64_t got = 0;
		int r = hl_web_plural_eval(
			hl_str_c(rows[i].rule), rows[i].n, &got);

		if ((r ? -1 : (int64_t)got) != rows[i].want) {
			fail_msg("%s: %d, %d", rows[i].rule, r, (int)got);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_up_in_both_byte_orders),
		cmocka_unit_test(broken_files_are_refused),
		cmocka_unit_test(plural_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
