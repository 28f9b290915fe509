/* SPDX-License-Identifier: Apache-2.0 */
/* What counting a blocked request costs, and the end of an hour. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/time.h"
#include "measure.h"
#include "tally/tally.h"

enum { ADDS = 4000000, CLIENTS = 65536, ROUNDS = 5 };

struct run {
	struct hl_tally *t;
	uint32_t entries;
	pthread_barrier_t *together;
	double ns; /* of wall time, for each */
};

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void *add_many(void *arg)
{
	struct run *r = arg;
	uint32_t x = 1;

	pthread_barrier_wait(r->together);
	double from = now_ns();
	for (int i = 0; i < ADDS; i++) {
		uint32_t client;

		x = x * 1664525u + 1013904223u;
		client = x % CLIENTS;
		hl_tally_add(r->t, 1 + (x >> 16) % r->entries,
			hl_str_mem(&client, sizeof(client)));
	}
	r->ns = (now_ns() - from) / ADDS;
	return NULL;
}

/* The best of some rounds: others use the machine as well. */
static double measure(struct hl_tally *t, uint32_t entries, unsigned threads)
{
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		struct run runs[2];
		pthread_t thread[2];
		pthread_barrier_t together;
		double worst = 0;

		pthread_barrier_init(&together, NULL, threads);
		for (unsigned k = 0; k < threads; k++) {
			runs[k] = (struct run){t, entries, &together, 0};
			if (pthread_create(
				    &thread[k], NULL, add_many, &runs[k])) {
				abort();
			}
		}
		for (unsigned k = 0; k < threads; k++) {
			pthread_join(thread[k], NULL);
			worst = runs[k].ns > worst ? runs[k].ns : worst;
		}
		pthread_barrier_destroy(&together);
		best = worst < best ? worst : best;
	}
	return best;
}

int main(void)
{
	char folder[] = "/tmp/tally-bench-XXXXXX";
	struct hl_tally_config config = {.consumer = 1, .folder = folder};
	struct hl_tally *t;
	int64_t start = hl_time_now_us();

	if (!mkdtemp(folder) || hl_tally_new(&config, start, &t, NULL)) {
		fprintf(stderr, "tally_bench: cannot start\n");
		return 1;
	}
	bench_tell("tally.add_6000_entries", measure(t, 6000, 1), "ns");
	bench_tell("tally.add_one_entry", measure(t, 1, 1), "ns");
	bench_tell("tally.add_2_threads", measure(t, 6000, 2), "ns");
	bench_tell("tally.add_2_threads_one_entry", measure(t, 1, 2), "ns");
	double from = now_ns();
	if (hl_tally_tick(t, start + 2 * HL_TALLY_HOUR_US, NULL)) {
		fprintf(stderr, "tally_bench: cannot end an hour\n");
		return 1;
	}
	bench_tell(
		"tally.end_hour_6000_entries", (now_ns() - from) / 1e6, "ms");
	hl_tally_free(t);
	return 0;
}
