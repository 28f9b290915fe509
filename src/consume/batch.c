/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several addresses at once. What waits for the pool is shared with its
 * threads, which may answer when the one who asked has stopped waiting: the
 * last to let go of it frees it. Who asked counts, by what was answered: what
 * comes too late blocked nobody.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "consume/http.h"

struct shared {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t n_refs, n_left;
	struct hl_consume_decision decisions[];
};

static struct shared *shared_new(size_t n)
{
	struct shared *s = calloc(1, sizeof(*s) + n * sizeof(s->decisions[0]));
	pthread_condattr_t attr;

	if (!s) {
		return NULL;
	}
	s->n_refs = 1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &attr);
	pthread_condattr_destroy(&attr);
	for (size_t i = 0; i < n; i++) {
		/* what is still unsure when nobody waits any more */
		s->decisions[i].what = HL_CONSUME_UNSURE;
	}
	return s;
}

/* With the lock held, and given back. */
static void let_go(struct shared *s)
{
	bool last = --s->n_refs == 0;

	pthread_mutex_unlock(&s->lock);
	if (last) {
		pthread_cond_destroy(&s->changed);
		pthread_mutex_destroy(&s->lock);
		free(s);
	}
}

static void confirmed(
	void *arg, uint64_t id, const struct hl_consume_decision *decision)
{
	struct shared *s = arg;

	pthread_mutex_lock(&s->lock);
	s->decisions[id] = *decision;
	if (--s->n_left == 0) {
		pthread_cond_signal(&s->changed);
	}
	let_go(s);
}

static struct timespec until(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	return t;
}

static void wait_for_all(struct shared *s, int ms)
{
	struct timespec end = until(ms);

	while (s->n_left &&
		pthread_cond_timedwait(&s->changed, &s->lock, &end) == 0) {
		continue;
	}
}

static int confirm_some(const struct hl_consume_http *h,
	const struct hl_consume_question *q, size_t n,
	struct hl_consume_decision *out)
{
	struct shared *s = shared_new(n);

	if (!s) {
		return HL_E_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		if (out[i].what != HL_CONSUME_UNSURE) {
			continue;
		}
		pthread_mutex_lock(&s->lock);
		s->n_refs++;
		s->n_left++;
		pthread_mutex_unlock(&s->lock);
		hl_consume_pool_put(h->pool, &q[i],
			(struct hl_consume_teller){confirmed, s, i, true});
	}
	pthread_mutex_lock(&s->lock);
	wait_for_all(
		s, h->confirm_ms ? h->confirm_ms : HL_CONSUME_HTTP_CONFIRM_MS);
	/* what is there by now, and no more */
	for (size_t i = 0; i < n; i++) {
		if (out[i].what == HL_CONSUME_UNSURE &&
			s->decisions[i].what != HL_CONSUME_UNSURE) {
			out[i] = s->decisions[i];
			hl_consume_settle(h->consume, &q[i], &out[i]);
		}
	}
	let_go(s);
	return 0;
}

int hl_consume_batch(struct hl_consume_http *h,
	const struct hl_consume_question *q, size_t n,
	struct hl_consume_decision *out)
{
	size_t n_unsure = 0;

	for (size_t i = 0; i < n; i++) {
		n_unsure += hl_consume_check(h->consume, &q[i], &out[i]) ==
			    HL_CONSUME_UNSURE;
	}
	if (!n_unsure) {
		return 0;
	}
	size_t n_waiting = atomic_fetch_add(&h->n_waiting, 1);
	int r = h->n_waiting_most && n_waiting >= h->n_waiting_most
			? 0
			: confirm_some(h, q, n, out);
	atomic_fetch_sub(&h->n_waiting, 1);
	for (size_t i = 0; i < n; i++) {
		if (out[i].what == HL_CONSUME_UNSURE) {
			hl_consume_settle(h->consume, &q[i], &out[i]);
		}
	}
	return r;
}
