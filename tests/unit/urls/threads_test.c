/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

/* Readers under ten updates: each answer is right for the version that it
 * names, also in the process that follows. Host i is listed in version v when
 * bit v of i is set. */
enum { HOSTS = 64, UPDATES = 10, THREADS = 3, LEAST = 200 };

struct shared {
	struct world *w;
	struct hl_urls_list *list;
	_Atomic bool ends;
	_Atomic unsigned n_wrong, n_unsure;
	_Atomic uint64_t n_right;
};

static bool is_listed(unsigned i, uint64_t version)
{
	return i >> version % 6 & 1;
}

static void publish(struct world *w)
{
	for (unsigned i = 0; i < HOSTS; i++) {
		char host[64];

		(void)snprintf(host, sizeof(host), "h%u.example.org", i);
		if (is_listed(i, w->head.version + 1)) {
			world_put(w, host, "/", 4, i + 1);
		} else {
			world_remove(w, i + 1);
		}
	}
	world_publish(w);
}

static void *read_on(void *arg)
{
	struct shared *s = arg;
	struct hl_urls_reader *reader = NULL;
	unsigned round = 0;

	if (hl_urls_reader_new(s->list, &reader, NULL)) {
		atomic_fetch_add(&s->n_wrong, 1);
		return NULL;
	}
	for (; !atomic_load(&s->ends) || round < LEAST; round++) {
		unsigned i = round * 7 % HOSTS;
		struct hl_urls_decision d = {.size_of = sizeof(d)};
		char address[64];
		int n = snprintf(address, sizeof(address),
			"http://h%u.example.org/x", i);

		if (hl_urls_check(reader, address, (size_t)n, s->w->now, &d)) {
			atomic_fetch_add(&s->n_wrong, 1);
		} else if (d.verdict == HL_URLS_UNSURE) {
			atomic_fetch_add(&s->n_unsure, 1);
		} else if ((d.verdict == HL_URLS_LISTED) !=
			   is_listed(i, d.version)) {
			atomic_fetch_add(&s->n_wrong, 1);
		} else {
			atomic_fetch_add(&s->n_right, 1);
		}
	}
	hl_urls_reader_free(reader);
	return NULL;
}

/* Those that are listed, and those that pass the prefilter by chance, are
 * confirmed; who is asked for the first time later is not sure until then. */
static void confirm_all(struct shared *s)
{
	struct hl_urls_reader *reader = NULL;

	assert_int_equal(0, hl_urls_reader_new(s->list, &reader, NULL));
	for (unsigned i = 0; i < HOSTS; i++) {
		char address[64];
		struct hl_urls_decision d;

		(void)snprintf(address, sizeof(address), "h%u.example.org", i);
		d = world_ask(s->w, reader, address);
		assert_int_equal(
			HL_URLS_LISTED == d.verdict, is_listed(i, d.version));
	}
	hl_urls_reader_free(reader);
}

static void run(struct shared *s, struct hl_urls_list *keeper)
{
	pthread_t thread[THREADS];
	unsigned elements;

	confirm_all(s);
	elements = s->w->n_elements;
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(
			0, pthread_create(&thread[i], NULL, read_on, s));
	}
	for (int i = 0; i < UPDATES; i++) {
		uint64_t before = atomic_load(&s->n_right);

		publish(s->w);
		assert_int_equal(0, world_follow(s->w, keeper));
		if (keeper != s->list) {
			assert_int_equal(0, hl_urls_refresh(s->list, NULL));
		}
		while (atomic_load(&s->n_right) < before + THREADS) {
			sched_yield();
		}
	}
	atomic_store(&s->ends, true);
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(0, pthread_join(thread[i], NULL));
	}
	assert_int_equal(0, s->n_wrong);
	assert_int_equal(elements, s->w->n_elements);
	assert_int_equal(
		world_stats(s->w, s->list).version, s->w->head.version);
}

static void the_keeper(void **state)
{
	struct shared s = {.w = world_new(1)};

	publish(s.w);
	s.list = world_keep(s.w, 0);
	run(&s, s.list);
	hl_urls_close(s.list);
	world_free(s.w);
}

static void one_who_follows(void **state)
{
	struct shared s = {.w = world_new(1)};
	struct hl_urls_list *keeper;

	publish(s.w);
	keeper = world_keep(s.w, 0);
	s.list = world_open(s.w, 0);
	run(&s, keeper);
	hl_urls_close(s.list);
	hl_urls_close(keeper);
	world_free(s.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_keeper),
		cmocka_unit_test(one_who_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
