/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/duplicate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define NOW (100000 * HL_US_PER_HOUR)
#define DAYS(n) ((n)*HL_US_PER_DAY)

static void addresses(void **state)
{
	static const struct {
		const char *rule;
		struct hl_duplicate_item item;
		int64_t window_us;
		enum hl_duplicate_link link;
	} rows[] = {
		{"A1", {.known = false}, 0, HL_DUPLICATE_NEW},
		{"A1, whatever else is set",
			{.case_open = true, .last_report_at_us = NOW}, 0,
			HL_DUPLICATE_NEW},
		{"A2, long ago",
			{.known = true,
				.case_open = true,
				.state = HL_ITEM_ONLINE,
				.last_report_at_us = NOW - DAYS(400)},
			0, HL_DUPLICATE_COUNTS},
		{"A7",
			{.known = true,
				.case_open = true,
				.state = HL_ITEM_OFFLINE,
				.last_report_at_us = NOW},
			0, HL_DUPLICATE_REAPPEARED},
		{"A3",
			{.known = true,
				.state = HL_ITEM_OFFLINE,
				.outcome = HL_OUTCOME_NATIONAL,
				.last_report_at_us = NOW - DAYS(1)},
			0, HL_DUPLICATE_REAPPEARED},
		{"A4",
			{.known = true,
				.state = HL_ITEM_OFFLINE,
				.outcome = HL_OUTCOME_LEGAL,
				.last_report_at_us = NOW - DAYS(1)},
			0, HL_DUPLICATE_STALE},
		{"A4, never decided",
			{.known = true,
				.state = HL_ITEM_OFFLINE,
				.last_report_at_us = NOW - DAYS(1)},
			0, HL_DUPLICATE_STALE},
		{"A5, the last moment",
			{.known = true,
				.state = HL_ITEM_ONLINE,
				.outcome = HL_OUTCOME_LEGAL,
				.last_report_at_us = NOW - DAYS(90)},
			0, HL_DUPLICATE_COUNTS},
		{"A6, a moment later",
			{.known = true,
				.state = HL_ITEM_ONLINE,
				.outcome = HL_OUTCOME_LEGAL,
				.last_report_at_us = NOW - DAYS(90) - 1},
			0, HL_DUPLICATE_STALE},
		{"A6, another window",
			{.known = true,
				.state = HL_ITEM_UNCHECKED,
				.outcome = HL_OUTCOME_LEGAL,
				.last_report_at_us = NOW - DAYS(8)},
			DAYS(7), HL_DUPLICATE_STALE},
		{"A5, the clock was set back",
			{.known = true,
				.state = HL_ITEM_ONLINE,
				.last_report_at_us = NOW + DAYS(500)},
			0, HL_DUPLICATE_COUNTS},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		enum hl_duplicate_link link = hl_duplicate_address(
			&rows[i].item, NOW, rows[i].window_us);

		if (link != rows[i].link) {
			fail_msg("%s: %d", rows[i].rule, link);
		}
	}
}

#define N HL_DUPLICATE_NEW
#define C HL_DUPLICATE_COUNTS

static void reports(void **state)
{
	static const struct {
		const char *rule;
		enum hl_duplicate_link links[3];
		size_t n;
		int64_t earlier_at_us;
		enum hl_duplicate_verdict verdict;
		bool independent;
	} rows[] = {
		{"R1", {N, N}, 2, NOW - 1, HL_DUPLICATE_RESENT, false},
		{"R1, a day", {C}, 1, NOW - DAYS(1), HL_DUPLICATE_RESENT,
			false},
		{"R1, no address", {0}, 0, NOW - 5, HL_DUPLICATE_RESENT, false},
		{"a day and a bit", {C}, 1, NOW - DAYS(1) - 1,
			HL_DUPLICATE_REPORT, true},
		{"R2", {0}, 0, 0, HL_DUPLICATE_UNDECIDED, false},
		{"R3", {C, C, C}, 3, 0, HL_DUPLICATE_REPORT, true},
		{"R4", {C, N, C}, 3, 0, HL_DUPLICATE_FRESH, true},
		{"R4, back", {HL_DUPLICATE_REAPPEARED}, 1, 0,
			HL_DUPLICATE_FRESH, true},
		{"R4, stale", {C, HL_DUPLICATE_STALE}, 2, 0, HL_DUPLICATE_FRESH,
			true},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		enum hl_duplicate_verdict v = hl_duplicate_report(
			rows[i].links, rows[i].n, rows[i].earlier_at_us, NOW);

		if (v != rows[i].verdict ||
			hl_duplicate_independent(v) != rows[i].independent) {
			fail_msg("%s: %d", rows[i].rule, v);
		}
	}
}

static struct hl_report sample(void)
{
	struct hl_report r = {.danger = HL_YNU_NO,
		.place = HL_PLACE_FORUM,
		.addresses_text = HL_STR("see https://a.example.org/1"),
		.where = HL_STR("third picture"),
		.seen = HL_SEEN_TODAY,
		.words = HL_STR("please look"),
		.contact = HL_STR("me@example.org"),
		.language = HL_STR("en")};

	r.addresses[0] = HL_STR("https://a.example.org/1");
	r.addresses[1] = HL_STR("https://b.example.org/2");
	r.n_addresses = 2;
	return r;
}

static bool same(const struct hl_report *a, const struct hl_report *b)
{
	HL_BUF_AUTO x = HL_BUF_INIT(10000), y = HL_BUF_INIT(10000);

	hl_duplicate_put_digest_input(&x, a);
	hl_duplicate_put_digest_input(&y, b);
	assert_int_equal(0, x.fault | y.fault);
	return hl_str_eq(hl_buf_str(&x), hl_buf_str(&y));
}

static void what_makes_no_other_report(void **state)
{
	struct hl_report a = sample(), b = sample();

	(void)state;
	assert_true(same(&a, &b));
	b.contact = HL_STR("other@example.org");
	b.language = HL_STR("da");
	b.words = HL_STR("  please \t\r\n  look ");
	b.addresses[0] = a.addresses[1];
	b.addresses[1] = a.addresses[0];
	b.addresses_text = HL_STR("other words around the same addresses");
	assert_true(same(&a, &b));
}

static void what_makes_another_report(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		struct hl_report a = sample(), b = sample();

		b.danger = i == 0 ? HL_YNU_YES : a.danger;
		b.place = i == 1 ? HL_PLACE_CHAT : a.place;
		b.where = i == 2 ? HL_STR("fourth picture") : a.where;
		b.seen = i == 3 ? HL_SEEN_WEEK : a.seen;
		b.seen_note = i == 4 ? HL_STR("at noon") : a.seen_note;
		b.pay = i == 5 ? HL_YNU_YES : a.pay;
		b.pay_note = i == 6 ? HL_STR("card") : a.pay_note;
		b.words = i == 7 ? HL_STR("pleaselook") : a.words;
		b.n_addresses = i == 8 ? 1 : a.n_addresses;
		if (i == 9) {
			b.addresses[1] = HL_STR("https://b.example.org/3");
		}
		if (same(&a, &b)) {
			fail_msg("change %d is not seen", i);
		}
	}
}

/* What stands in one field never looks like another field's. */
static void fields_do_not_run_together(void **state)
{
	struct hl_report a = {.where = HL_STR("x"), .words = HL_STR("y z")};
	struct hl_report b = {.where = HL_STR("x y"), .words = HL_STR("z")};
	struct hl_report c = {.seen_note = HL_STR("x"), .words = HL_STR("y z")};
	struct hl_report d = {.where = HL_STR("x\n\n\ny z")};
	struct hl_report e = {.addresses_text = HL_STR("u")}, f = {0};

	(void)state;
	f.addresses[0] = HL_STR("u");
	f.n_addresses = 1;
	assert_false(same(&a, &b));
	assert_false(same(&a, &c));
	assert_false(same(&a, &d));
	assert_false(same(&e, &f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(reports),
		cmocka_unit_test(what_makes_no_other_report),
		cmocka_unit_test(what_makes_another_report),
		cmocka_unit_test(fields_do_not_run_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
