/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that makes bundles: begun when one is wanted, over when none is.
 */
#include "base/log.h"
#include "lists/bundle.h"

void hl_lists_bench_init(struct hl_lists_bench *b)
{
	pthread_mutex_init(&b->lock, NULL);
	b->joinable = b->running = b->stop = false;
	b->n = 0;
}

void hl_lists_bench_fini(struct hl_lists_bench *b)
{
	b->stop = true;
	if (b->joinable) {
		pthread_join(b->thread, NULL);
	}
	pthread_mutex_destroy(&b->lock);
}

static void make_one(struct hl_lists_bench *b)
{
	struct hl_lists_prover prover = b->prover;
	uint64_t consumer = b->wanted[0].consumer,
		 version = b->wanted[0].version;
	struct hl_err err = {0};

	pthread_mutex_unlock(&b->lock);
	int64_t began_us = hl_time_mono_us();
	int r = hl_lists_bundle_keep(&prover, consumer, version, &err);
	if (!r) {
		hl_log(HL_LOG_INFO, "lists.audit",
			"the proof of version %llu of consumer %llu is made, "
			"%lld ms",
			(unsigned long long)version,
			(unsigned long long)consumer,
			(long long)((hl_time_mono_us() - began_us) / 1000));
	} else if (r != HL_NOTFOUND && !b->stop) {
		err.code = err.code ? err.code : r;
		hl_log_err(HL_LOG_ERROR, "lists.audit", &err);
	}
	pthread_mutex_lock(&b->lock);
	b->n--;
	memmove(b->wanted, b->wanted + 1, b->n * sizeof(b->wanted[0]));
}

static void *work(void *arg)
{
	struct hl_lists_bench *b = arg;

	pthread_mutex_lock(&b->lock);
	while (b->n && !b->stop) {
		make_one(b);
	}
	b->running = false;
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

/* Under the lock. */
static bool start(struct hl_lists_bench *b)
{
	if (b->running) {
		return true;
	}
	if (b->joinable) {
		/* it is over but for its return */
		pthread_join(b->thread, NULL);
	}
	b->joinable = b->running =
		pthread_create(&b->thread, NULL, work, b) == 0;
	return b->running;
}

bool hl_lists_bench_want(struct hl_lists_bench *b,
	const struct hl_lists_prover *prover, uint64_t consumer,
	uint64_t version)
{
	bool waits = false;

	pthread_mutex_lock(&b->lock);
	/* one of each consumer, so that nobody fills it */
	for (size_t i = 0; i < b->n; i++) {
		waits |= b->wanted[i].consumer == consumer;
	}
	if (!waits && b->n < HL_LISTS_BENCH_MAX) {
		b->prover = *prover;
		b->prover.stop = &b->stop;
		b->wanted[b->n].consumer = consumer;
		b->wanted[b->n].version = version;
		b->n++;
		waits = true;
	}
	waits = waits && start(b);
	pthread_mutex_unlock(&b->lock);
	return waits;
}
