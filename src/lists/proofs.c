/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that makes bundles: begun when one is wanted, over when none is.
 */
#include "base/log.h"
#include "base/text.h"
#include "lists/bundle.h"

void hl_lists_proofs_init(struct hl_lists_proofs *all)
{
	pthread_mutex_init(&all->lock, NULL);
	all->joinable = all->running = false;
	all->stop = false;
	all->n = 0;
}

void hl_lists_proofs_fini(struct hl_lists_proofs *all)
{
	all->stop = true;
	if (all->joinable) {
		pthread_join(all->thread, NULL);
	}
	pthread_mutex_destroy(&all->lock);
}

static void make_one(struct hl_lists_proofs *all)
{
	struct hl_lists_prover prover = all->prover;
	uint64_t consumer = all->wanted[0].consumer,
		 version = all->wanted[0].version;
	struct hl_err err = {0};

	pthread_mutex_unlock(&all->lock);
	int64_t began_us = hl_time_mono_us();
	int r = hl_lists_bundle_keep(&prover, consumer, version, &err);
	if (!r) {
		hl_log(HL_LOG_INFO, "lists.audit",
			"the proof of version %llu of consumer %s is made, "
			"%lld ms",
			(unsigned long long)version,
			HL_REF_TEXT(HL_REF_CONSUMER, consumer),
			(long long)((hl_time_mono_us() - began_us) / 1000));
	} else if (r != HL_NOTFOUND && !all->stop) {
		err.code = err.code ? err.code : r;
		hl_log_err(HL_LOG_ERROR, "lists.audit", &err);
	}
	pthread_mutex_lock(&all->lock);
	all->n--;
	memmove(all->wanted, all->wanted + 1, all->n * sizeof(all->wanted[0]));
}

static void *work(void *arg)
{
	struct hl_lists_proofs *all = arg;

	pthread_mutex_lock(&all->lock);
	while (all->n && !all->stop) {
		make_one(all);
	}
	all->running = false;
	pthread_mutex_unlock(&all->lock);
	return NULL;
}

/* Under the lock. */
static bool start(struct hl_lists_proofs *all)
{
	if (all->running) {
		return true;
	}
	if (all->joinable) {
		/* it is over but for its return */
		pthread_join(all->thread, NULL);
	}
	all->joinable = all->running =
		pthread_create(&all->thread, NULL, work, all) == 0;
	return all->running;
}

bool hl_lists_proofs_want(struct hl_lists_proofs *all,
	const struct hl_lists_prover *prover, uint64_t consumer,
	uint64_t version)
{
	bool waits = false;

	pthread_mutex_lock(&all->lock);
	/* one of each consumer, so that nobody fills it */
	for (size_t i = 0; i < all->n; i++) {
		waits |= all->wanted[i].consumer == consumer;
	}
	if (!waits && all->n < HL_LISTS_PROOFS_MAX) {
		all->prover = *prover;
		all->prover.stop = &all->stop;
		all->wanted[all->n].consumer = consumer;
		all->wanted[all->n].version = version;
		all->n++;
		waits = true;
	}
	waits = waits && start(all);
	pthread_mutex_unlock(&all->lock);
	return waits;
}
