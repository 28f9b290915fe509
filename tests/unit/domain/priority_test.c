/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/priority.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void scores_and_reasons(void **state)
{
	static const struct {
		const char *what;
		struct hl_priority_input in;
		int score;
		const char *reasons;
	} rows[] = {
		{"nothing", {.known = true}, 0, "none"},
		{"unanswered adds nothing",
			{.known = true, .danger = HL_YNU_UNANSWERED}, 0,
			"none"},
		{"\"I don't know\" adds nothing",
			{.known = true,
				.danger = HL_YNU_UNKNOWN,
				.pay = HL_YNU_UNKNOWN,
				.hosted_home = HL_YNU_NO,
				.youngest = HL_AGE_UNDETERMINED},
			0, "none"},
		{"not assessed before", {.n_independent = 1}, 30,
			"Not assessed before +30"},
		{"danger", {.known = true, .danger = HL_YNU_YES}, 100,
			"Child in danger now +100"},
		{"three reports", {.known = true, .n_independent = 3}, 20,
			"Several independent reports +20"},
		{"fifty reports", {.known = true, .n_independent = 50}, 50,
			"Several independent reports +50"},
		{"no report", {.known = true, .n_independent = 0}, 0, "none"},
		{"a negative count",
			{.known = true, .n_independent = -2147483647}, 0,
			"none"},
		{"infant", {.known = true, .youngest = HL_AGE_INFANT}, 25,
			"Infant or toddler +25"},
		{"all",
			{.danger = HL_YNU_YES,
				.n_independent = 6,
				.hosted_home = HL_YNU_YES,
				.pay = HL_YNU_YES,
				.youngest = HL_AGE_PREPUBESCENT,
				.live = true},
			265,
			"Child in danger now +100, Not assessed before +30, "
			"Several independent reports +50, "
			"Hosted in our country +20, One has to pay +10, "
			"Child before puberty +15, Live stream +40"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO text = HL_BUF_INIT(1000);
		struct hl_priority p =
			hl_priority_of(&rows[i].in, &hl_priority_defaults);

		hl_priority_put_reasons(
			&text, p, &rows[i].in, &hl_priority_defaults);
		if (p.score != rows[i].score ||
			strcmp(text.p, rows[i].reasons) != 0) {
			fail_msg("%s: %d, %s", rows[i].what, p.score, text.p);
		}
	}
}

static void weights_are_the_operators(void **state)
{
	struct hl_priority_weights w = hl_priority_defaults;
	struct hl_priority_input in = {.danger = HL_YNU_YES, .live = true};
	struct hl_priority p;

	(void)state;
	w.points[HL_PRIORITY_DANGER] = 7;
	w.points[HL_PRIORITY_LIVE] = 0;
	p = hl_priority_of(&in, &w);
	assert_int_equal(37, p.score);
	assert_int_equal(hl_vocab_bit(HL_PRIORITY_DANGER) |
				 hl_vocab_bit(HL_PRIORITY_UNKNOWN_CONTENT),
		p.reasons);
	w.points[HL_PRIORITY_DANGER] = -50;
	p = hl_priority_of(&in, &w);
	assert_int_equal(30, p.score);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_and_reasons),
		cmocka_unit_test(weights_are_the_operators),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
