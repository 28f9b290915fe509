/* SPDX-License-Identifier: Apache-2.0 */
/* What the door and the account page ask for. */
#include <stdio.h>

#include "world.h"

static bool says(const struct world *w, const char *words)
{
	struct hl_str all = hl_buf_str(&w->body);

	return hl_str_find(all, hl_str_c(words)) < all.n;
}

/* Through the pages; what is behind them is tested with the accounts. */
static void the_second_factor_is_not_changed_by_a_click(void **state)
{
	static const struct {
		const char *path, *fields;
	} rows[] = {{"/account/recovery", ""},
		{"/account/recovery", "&password=&now=000000"},
		{"/account/recovery", "&password=first+words&now=000000"},
		{"/account/generator", ""},
		{"/account/generator", "&code=000000"},
		{"/account/generator",
			"&password=first+words&now=000000&code=000000"}};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char body[256];

		world_ask(w, ANNA, rows[i].path, NULL);
		if (w->status != 200 || !says(w, "name=\"password\"") ||
			!says(w, "name=\"now\"")) {
			fail_msg("%s asks for nothing", rows[i].path);
		}
		snprintf(body, sizeof(body), "csrf=%s%s", w->csrf[ANNA],
			rows[i].fields);
		world_ask(w, ANNA, rows[i].path, body);
		if (w->status != 422 || says(w, "hl-codes") ||
			!says(w, "There is a problem")) {
			fail_msg("%s%s gives %d", rows[i].path, rows[i].fields,
				w->status);
		}
		world_restore(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_second_factor_is_not_changed_by_a_click),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
