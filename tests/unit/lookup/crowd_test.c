/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers while the follower takes up changes, loads again and drops
 * registries: each sees whole batches only. Two entries are always changed
 * together, so one question must find both with the same distance, or, while
 * there is no index, nothing.
 */
#include "town.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { N_READERS = 3, N_ROUNDS = 120 };

struct reader {
	struct hl_lookup_seat seat;
	const _Atomic bool *end;
	uint64_t n_asked, n_torn, n_back, position;
	unsigned version;
};

static int distance_of(const struct hl_match_answer *a)
{
	return a->n ? a->matches[0].distance : -1;
}

static void ask(struct reader *r)
{
	struct hl_match_found found[2][4];
	struct hl_match_answer a[2] = {{.matches = found[0], .n_max = 4},
		{.matches = found[1], .n_max = 4}};
	uint8_t hashes[64];

	if (hl_lookup_seat_take(&r->seat, NULL)) {
		return;
	}
	uint64_t now = hl_match_index_position(r->seat.view->index);
	town_hash(1, 0, hashes);
	town_hash(2, 0, hashes + 32);
	r->n_torn += 0 != (hl_match_reader_batch(
				  r->seat.reader, hashes, 2, NULL, a, NULL));
	r->n_asked++;
	r->n_torn += distance_of(&a[0]) != distance_of(&a[1]) ||
		     a[0].n_found != a[1].n_found;
	/* another index may be one of an older state */
	r->n_back += r->seat.version == r->version && now < r->position;
	r->position = now;
	r->version = r->seat.version;
}

static void *read_on(void *arg)
{
	struct reader *r = arg;
	while (!*r->end) {
		ask(r);
	}
	hl_lookup_seat_fini(&r->seat);
	return NULL;
}

/* Both entries, and some more so that there is something to merge. */
static void change_both(struct town *t, unsigned round)
{
	town_entry(t, 1, 1, round % 30);
	town_entry(t, 1, 2, round % 30);
	for (uint64_t i = 0; i < 10; i++) {
		town_entry(t, 1, 100 + round * 10 + i, 0);
	}
}

static void step_all(struct town *t, unsigned round)
{
	if (t->n + 20 > TOWN_MOST || round % 40 == 39) {
		t->registry[0] = (char)('a' + round / 40 % 6);
		t->n = 0;
		town_list(t, 1, false);
	}
	if (round % 25 == 24) {
		t->spoil = SPOIL_OLD;
		town_step(t);
		t->spoil = WHOLE;
	}
	change_both(t, round);
	town_catch_up(t);
}

static void readers_see_whole_batches_only(void **state)
{
	struct town *t = *state;
	static _Atomic bool end;
	static struct reader readers[N_READERS];
	pthread_t threads[N_READERS];
	uint64_t n_asked = 0;

	end = false;
	town_list(t, 1, false);
	for (size_t i = 0; i < N_READERS; i++) {
		readers[i] = (struct reader){
			.seat = {.shelf = t->shelf}, .end = &end};
		assert_int_equal(0, pthread_create(&threads[i], NULL, read_on,
					    &readers[i]));
	}
	for (unsigned round = 0; round < N_ROUNDS; round++) {
		step_all(t, round);
	}
	end = true;
	for (size_t i = 0; i < N_READERS; i++) {
		pthread_join(threads[i], NULL);
		n_asked += readers[i].n_asked;
		if (readers[i].n_torn || readers[i].n_back) {
			fail_msg("%lu torn, %lu back, of %lu",
				(unsigned long)readers[i].n_torn,
				(unsigned long)readers[i].n_back,
				(unsigned long)readers[i].n_asked);
		}
	}
	printf("# %lu questions in %d rounds\n", (unsigned long)n_asked,
		N_ROUNDS);
	assert_true(n_asked > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(readers_see_whole_batches_only,
			town_set_up, town_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
