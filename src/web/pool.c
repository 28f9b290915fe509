/* SPDX-License-Identifier: Apache-2.0 */
#include "web/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct worker {
	struct hl_web_pool *pool;
	size_t index;
	pthread_t thread;
};

struct hl_web_pool {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	void **ring;
	size_t head, n, cap;
	bool ending;
	void (*work)(void *arg, size_t thread, void *job);
	void *arg;
	size_t n_workers; /* running */
	struct worker *workers;
};

/* NULL at the end of the pool's life. */
static void *take(struct hl_web_pool *p)
{
	void *job = NULL;

	pthread_mutex_lock(&p->lock);
	while (p->n == 0 && !p->ending) {
		pthread_cond_wait(&p->filled, &p->lock);
	}
	if (p->n) {
		job = p->ring[p->head];
		p->head = (p->head + 1) % p->cap;
		p->n--;
	}
	pthread_mutex_unlock(&p->lock);
	return job;
}

static void *run(void *arg)
{
	struct worker *w = arg;
	void *job;

	while ((job = take(w->pool))) {
		w->pool->work(w->pool->arg, w->index, job);
	}
	return NULL;
}

bool hl_web_pool_put(struct hl_web_pool *p, void *job)
{
	pthread_mutex_lock(&p->lock);
	bool room = p->n < p->cap && !p->ending;
	if (room) {
		p->ring[(p->head + p->n) % p->cap] = job;
		p->n++;
		pthread_cond_signal(&p->filled);
	}
	pthread_mutex_unlock(&p->lock);
	return room;
}

/* The threads take no signals: those belong to the main thread. */
static int start(struct hl_web_pool *p, size_t n_threads)
{
	sigset_t all, before;
	int failed = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (p->n_workers < n_threads && !failed) {
		struct worker *w = &p->workers[p->n_workers];

		*w = (struct worker){.pool = p, .index = p->n_workers};
		failed = pthread_create(&w->thread, NULL, run, w);
		p->n_workers += failed ? 0 : 1;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

int hl_web_pool_new(size_t n_threads, size_t n_queue,
	void (*work)(void *arg, size_t thread, void *job), void *arg,
	struct hl_web_pool **out, struct hl_err *err)
{
	struct hl_web_pool *p = calloc(1, sizeof(*p));

	if (!p) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for threads");
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->filled, NULL);
	p->work = work;
	p->arg = arg;
	p->cap = n_queue;
	p->ring = calloc(n_queue, sizeof(*p->ring));
	p->workers = calloc(n_threads, sizeof(*p->workers));
	errno = p->ring && p->workers ? start(p, n_threads) : ENOMEM;
	if (errno) {
		int r = HL_FAIL_SYS(err, "cannot start threads");

		hl_web_pool_free(p);
		return r;
	}
	*out = p;
	return 0;
}

void hl_web_pool_free(struct hl_web_pool *p)
{
	if (!p) {
		return;
	}
	pthread_mutex_lock(&p->lock);
	p->ending = true;
	pthread_cond_broadcast(&p->filled);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < p->n_workers; i++) {
		pthread_join(p->workers[i].thread, NULL);
	}
	pthread_cond_destroy(&p->filled);
	pthread_mutex_destroy(&p->lock);
	free(p->workers);
	free(p->ring);
	free(p);
}
