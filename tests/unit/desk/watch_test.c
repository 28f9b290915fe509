/* SPDX-License-Identifier: Apache-2.0 */
/* Switching the watch on: who opens the queue gives the worker addresses. */
#include "world.h"

static bool says(const struct world *w, const char *words)
{
	struct hl_str all = hl_buf_str(&w->body);

	return hl_str_find(all, hl_str_c(words)) < all.n;
}

static void set_watch(struct world *w, const char *value)
{
	ok(hl_settings_set(w->f->settings, HL_STR("watch.enabled"),
		hl_str_c(value), NULL));
}

static void be_watched(struct world *w)
{
	change(w->f, "UPDATE item SET worker_sealed = x'';"
		     "INSERT INTO watch (item_id, active, stage, misses, "
		     "last_miss_us, last_at_us, last_verdict, next_at_us, "
		     "lease_until_us, started_at_us) SELECT i.id, 1, 0, 0, 0, "
		     "0, 0, 1795345600000000, 0, 1 FROM item i JOIN cases c "
		     "ON c.id = i.case_id WHERE c.state = 8");
}

static void see(struct world *w, int person, const char *path)
{
	world_ask(w, person, path, NULL);
	assert_int_equal(200, w->status);
}

static int64_t n_shared(struct world *w)
{
	return number(w->f, "SELECT count(*) FROM item WHERE worker_sealed <> "
			    "x''");
}

static void the_queue_gives_the_worker_its_addresses(void **state)
{
	static const int people[] = {ANNA, VERA, RIKKE, SOFIE};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(people); i++) {
		be_watched(w);
		see(w, people[i], "/queue");
		assert_int_equal(0, n_shared(w)); /* the watch is off */
		see(w, SOFIE, "/watch");
		assert_true(says(w, "1 address is not checked yet"));
		assert_false(says(w, "waits for its address"));
		set_watch(w, "yes");
		see(w, SOFIE, "/watch");
		assert_true(says(w, "1 address is not checked yet"));
		assert_true(says(w, "waits for its address"));
		see(w, people[i], "/queue");
		if (n_shared(w) != 1) {
			fail_msg("person %d", people[i]);
		}
		see(w, SOFIE, "/watch");
		assert_false(says(w, "not checked yet"));
		assert_false(says(w, "waits for its address"));
		set_watch(w, "no");
		world_restore(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_queue_gives_the_worker_its_addresses),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
