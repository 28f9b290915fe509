/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#define THREADS_DEFAULT 16
#define WAITING_DEFAULT 4096

struct job {
	struct job *next;
	struct hl_consume_teller teller;
	struct hl_consume_question q; /* of text */
	char text[];
};

struct hl_consume_pool {
	struct hl_consume *consume;
	size_t n_threads, n_started, n_most;
	pthread_mutex_t lock;
	pthread_cond_t work, idle;
	struct job *first, **last;
	size_t n_waiting, n_under_way;
	bool ending;
	pthread_t threads[];
};

static void tell(struct hl_consume_pool *p, const struct hl_consume_question *q,
	const struct hl_consume_teller *teller, struct hl_consume_decision *d)
{
	if (!teller->settles) {
		hl_consume_settle(p->consume, q, d);
	}
	teller->done(teller->arg, teller->id, d);
}

static void answer(struct hl_consume_pool *p, struct job *job, bool let_through)
{
	struct hl_consume_decision d = {.what = HL_CONSUME_UNSURE};

	if (!let_through) {
		hl_consume_find_out(p->consume, &job->q, &d);
	}
	tell(p, &job->q, &job->teller, &d);
	free(job);
}

/* With the lock held; given back with it held. */
static void work_one(struct hl_consume_pool *p)
{
	struct job *job = p->first;
	bool let_through = p->ending;

	p->first = job->next;
	if (!p->first) {
		p->last = &p->first;
	}
	p->n_waiting--;
	p->n_under_way++;
	pthread_mutex_unlock(&p->lock);
	answer(p, job, let_through);
	pthread_mutex_lock(&p->lock);
	p->n_under_way--;
	if (!p->first && !p->n_under_way) {
		pthread_cond_broadcast(&p->idle);
	}
}

static void *work(void *arg)
{
	struct hl_consume_pool *p = arg;

	pthread_mutex_lock(&p->lock);
	while (p->first || !p->ending) {
		if (p->first) {
			work_one(p);
		} else {
			pthread_cond_wait(&p->work, &p->lock);
		}
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Signals are for the thread that made the pool. */
static int start(struct hl_consume_pool *p, struct hl_err *err)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (p->n_started < p->n_threads &&
		pthread_create(&p->threads[p->n_started], NULL, work, p) == 0) {
		p->n_started++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return p->n_started ? 0
			    : HL_FAIL(err, HL_E_NOMEM, "no thread to ask by");
}

int hl_consume_pool_new(const struct hl_consume_pool_config *config,
	struct hl_consume_pool **out, struct hl_err *err)
{
	size_t n = config->n_threads ? config->n_threads : THREADS_DEFAULT;
	struct hl_consume_pool *p =
		calloc(1, sizeof(*p) + n * sizeof(p->threads[0]));

	*out = NULL;
	if (!p) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for threads");
	}
	p->consume = config->consume;
	p->n_threads = n;
	p->n_most = config->n_waiting ? config->n_waiting : WAITING_DEFAULT;
	p->last = &p->first;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->idle, NULL);
	int r = start(p, err);
	if (r) {
		hl_consume_pool_free(p);
		return r;
	}
	*out = p;
	return 0;
}

void hl_consume_pool_free(struct hl_consume_pool *p)
{
	if (!p) {
		return;
	}
	pthread_mutex_lock(&p->lock);
	p->ending = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < p->n_started; i++) {
		pthread_join(p->threads[i], NULL);
	}
	pthread_cond_destroy(&p->idle);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

static bool enqueue(struct hl_consume_pool *p, struct job *job)
{
	pthread_mutex_lock(&p->lock);
	bool room = p->n_waiting < p->n_most && !p->ending;

	if (room) {
		*p->last = job;
		p->last = &job->next;
		p->n_waiting++;
		pthread_cond_signal(&p->work);
	}
	pthread_mutex_unlock(&p->lock);
	return room;
}

static struct hl_str copy(char *to, struct hl_str s)
{
	if (s.n) {
		memcpy(to, s.p, s.n);
	}
	return s.p ? hl_str_mem(to, s.n) : HL_STR_NONE;
}

void hl_consume_pool_put(struct hl_consume_pool *p,
	const struct hl_consume_question *q, struct hl_consume_teller teller)
{
	struct job *job = malloc(sizeof(*job) + q->url.n + q->client.n);

	if (job) {
		*job = (struct job){.teller = teller,
			.q = {.host_only = q->host_only, .any = q->any}};
		job->q.url = copy(job->text, q->url);
		job->q.client = copy(job->text + q->url.n, q->client);
		if (enqueue(p, job)) {
			return;
		}
	}
	struct hl_consume_decision d = {.what = HL_CONSUME_UNSURE};

	free(job);
	tell(p, q, &teller, &d);
}

void hl_consume_pool_drain(struct hl_consume_pool *p)
{
	pthread_mutex_lock(&p->lock);
	while (p->first || p->n_under_way) {
		pthread_cond_wait(&p->idle, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
}
