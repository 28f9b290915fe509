/* SPDX-License-Identifier: Apache-2.0 */
/* The statistics page and its downloads. */
#include "world.h"

static void says(const struct world *w, const char *words)
{
	if (!memmem(w->body.p, w->body.n, words, strlen(words))) {
		fail_msg("no \"%s\" in\n%.*s", words,
			HL_STR_ARG(hl_buf_str(&w->body)));
	}
}

static void hides(const struct world *w, const char *words)
{
	if (memmem(w->body.p, w->body.n, words, strlen(words))) {
		fail_msg("\"%s\" in\n%.*s", words,
			HL_STR_ARG(hl_buf_str(&w->body)));
	}
}

/* The word "Duplicates" alone could be of the reports above it. */
static void the_rate_of_duplicates_says_of_what(void **state)
{
	struct world *w = *state;

	world_ask(w, SOFIE, "/statistics", NULL);
	assert_int_equal(200, w->status);
	says(w, "Duplicates among the addresses");
	hides(w, ">Duplicates<");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rate_of_duplicates_says_of_what),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
