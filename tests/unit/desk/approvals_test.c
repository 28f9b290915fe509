/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for a second person: which, since when, asked by whom. */
#include "base/text.h"
#include "base/time.h"
#include "world.h"

static bool says(const struct world *w, struct hl_str words)
{
	struct hl_str all = hl_buf_str(&w->body);

	return words.n && hl_str_find(all, words) < all.n;
}

static int64_t ask_for_contact(struct world *w)
{
	int64_t report = w->reports[HELD_ANNA];
	struct hl_who anna = who(w->f, ANNA);

	ok(hl_casework_contact_request(&anna, report, NULL, NULL));
	return report;
}

static void a_row_tells_which_and_since_when(void **state)
{
	struct world *w = *state;
	char ref[HL_REF_MAX], at[HL_TIME_ISO_MAX];

	hl_time_pretend(hl_time_now_us()); /* one moment for both */
	int64_t report = ask_for_contact(w);

	world_ask(w, SOFIE, "/approvals", NULL);
	assert_int_equal(200, w->status);
	assert_true(says(w, hl_ref_print(HL_REF_REPORT, report, ref)));
	assert_true(says(w, HL_STR("asked by anna")));
	assert_true(says(w, hl_time_human(hl_time_now_us(), at)));
	hl_time_pretend(0);
	world_restore(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_tells_which_and_since_when),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
