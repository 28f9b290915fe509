/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The breaker: a request without a good answer sets a time before which
 * nobody is asked. When it is over, who comes first sets it anew, so that the
 * others go on without waiting, and tries; a good answer ends it.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "consume/keep_inner.h"
#include "url/url.h"

#define OPEN_MS 5000u
#define RETRY_MOST_S 300u /* a budget is asked about again so often */
#define EPOCH_MS 1000u    /* the follower fetches the new list meanwhile */
#define REFUSED_MS 30000u /* token, agreement */

#define TYPE "application/octet-stream"

static void open_for(struct hl_consume_keep *k, uint64_t ms)
{
	atomic_store(&k->open_until_us, hl_time_mono_us() + (int64_t)ms * 1000);
}

/* True: ask. */
static bool may_ask(struct hl_consume_keep *k)
{
	int64_t now_us = hl_time_mono_us();
	int64_t until_us = atomic_load(&k->open_until_us);

	if (!until_us) {
		return true;
	}
	return now_us >= until_us &&
	       atomic_compare_exchange_strong(&k->open_until_us, &until_us,
		       now_us + k->answer_ms * 1000);
}

static unsigned open_ms(const struct hl_consume_keep *k)
{
	return k->config.open_ms ? k->config.open_ms : OPEN_MS;
}

/* What came instead of an answer. */
static void refused(
	struct hl_consume_keep *k, const struct hl_consume_response *answer)
{
	uint64_t retry_s =
		answer->retry_s < RETRY_MOST_S ? answer->retry_s : RETRY_MOST_S;

	switch (answer->status) {
	case 409:
		if (k->config.hits) {
			hl_consume_hits_stale(k->config.hits);
		}
		open_for(k, EPOCH_MS);
		break;
	case 401:
	case 403:
		open_for(k, REFUSED_MS);
		break;
	default:
		open_for(k, retry_s * 1000 > open_ms(k) ? retry_s * 1000
							: open_ms(k));
		break;
	}
}

/* Called by hl_urls_confirm() with the line that it was given. */
static int send_request(void *arg, const void *request, size_t n, void *answer,
	size_t n_max, size_t *n_answer)
{
	struct hl_consume_line *line = arg;
	struct hl_consume_keep *k = line->keep;
	struct hl_consume_response got;
	struct hl_err err = {0};

	if (!may_ask(k)) {
		atomic_fetch_add(&k->n_at_once, 1);
		return -1;
	}
	atomic_fetch_add(&k->n_requests, 1);
	int r = hl_consume_remote_ask(line->remote,
		&(struct hl_consume_request){.path = "/v1/lists/confirm",
			.type = TYPE,
			.body = hl_str_mem(request, n),
			.most = n_max},
		&got, &err);
	if (r || got.status != 200 || got.body.n > n_max) {
		atomic_fetch_add(&k->n_failed, 1);
		if (r) {
			open_for(k, open_ms(k));
			return -1;
		}
		refused(k, &got);
		return got.status == 200 ? -1 : got.status;
	}
	atomic_store(&k->open_until_us, 0);
	memcpy(answer, got.body.p, got.body.n);
	*n_answer = got.body.n;
	return 0;
}

/* ---- Gathering -------------------------------------------------------- */

struct batch {
	struct hl_consume_waiter *waiters[HL_URLS_CONFIRM_MAX];
	struct hl_urls_address addresses[HL_URLS_CONFIRM_MAX];
	struct hl_urls_decision decisions[HL_URLS_CONFIRM_MAX];
	size_t n;
};

/* With the lock held. */
static void gather(struct hl_consume_keep *k, struct batch *b)
{
	b->n = 0;
	while (k->first && b->n < HL_URLS_CONFIRM_MAX) {
		struct hl_consume_waiter *w = k->first;

		k->first = w->next;
		b->waiters[b->n] = w;
		b->addresses[b->n] = w->address;
		b->decisions[b->n] = w->decision;
		b->n++;
	}
	if (!k->first) {
		k->last = &k->first;
	}
}

static int ask(struct hl_consume_keep *k, struct hl_consume_line *line,
	struct batch *b)
{
	const struct hl_urls_transport transport = {line, send_request};
	struct hl_urls_reader *reader = hl_consume_keep_reader(k);

	atomic_fetch_add(&k->n_gathered, b->n);
	return reader ? hl_urls_confirm(reader, &transport, b->addresses, b->n,
				hl_consume_keep_now(), b->decisions, NULL)
		      : HL_URLS_E_NOMEM;
}

/* With the lock held, and again when it gives back. */
static void serve_all(struct hl_consume_keep *k, struct hl_consume_line *line)
{
	struct batch b;

	gather(k, &b);
	pthread_mutex_unlock(&k->lock);
	int r = ask(k, line, &b);
	pthread_mutex_lock(&k->lock);
	for (size_t i = 0; i < b.n; i++) {
		b.waiters[i]->decision = b.decisions[i];
		b.waiters[i]->outcome = r;
		b.waiters[i]->done = true;
		pthread_cond_signal(&b.waiters[i]->changed);
	}
}

/* Until the waiter is done; by this thread if a connection is free. */
static void wait_for(struct hl_consume_keep *k, struct hl_consume_waiter *w)
{
	pthread_mutex_lock(&k->lock);
	*k->last = w;
	k->last = &w->next;
	while (!w->done) {
		struct hl_consume_line *line = k->idle;

		if (!line || !k->first) { /* or it is under way */
			pthread_cond_wait(&w->changed, &k->lock);
			continue;
		}
		k->idle = line->next;
		serve_all(k, line);
		line->next = k->idle;
		k->idle = line;
		if (k->first) { /* came meanwhile, and nobody asks for it */
			pthread_cond_signal(&k->first->changed);
		}
	}
	pthread_mutex_unlock(&k->lock);
}

/* While the breaker is open nothing is blinded for nothing. */
static bool is_open(const struct hl_consume_keep *k)
{
	return hl_time_mono_us() < atomic_load(&k->open_until_us);
}

static bool take_address(struct hl_consume_waiter *w, struct hl_str url,
	uint32_t kind, struct hl_buf *room)
{
	if (kind) {
		url = hl_consume_keep_host(url, room);
	}
	w->address = (struct hl_urls_address){url.p, url.n, kind};
	return url.n > 0;
}

int hl_consume_keep_confirm(void *arg, struct hl_str url,
	struct hl_consume_decision *out, struct hl_err *err)
{
	struct hl_consume_keep *k = arg;
	struct hl_consume_waiter w = {.decision.size_of = sizeof(w.decision)};
	char space[HL_URL_MAX + 64];
	struct hl_buf room = {
		.p = space, .cap = sizeof(space), .max = sizeof(space) - 1};

	if (!atomic_load(&k->has_list)) {
		return hl_consume_keep_ready(k, err);
	}
	if (!take_address(&w, url, hl_consume_keep_kind(out), &room)) {
		out->what = HL_CONSUME_UNREADABLE;
		return 0;
	}
	if (is_open(k)) {
		/* perhaps it was confirmed for somebody else meanwhile */
		int r = k->judge.check(k->judge.arg, url, out);

		if (r || out->what == HL_CONSUME_UNSURE) {
			atomic_fetch_add(&k->n_at_once, 1);
			return HL_FAIL(err, HL_E_UNAVAILABLE,
				"the hotline does not answer; addresses that "
				"it did not confirm before are let through");
		}
		return 0;
	}
	pthread_cond_init(&w.changed, NULL);
	wait_for(k, &w);
	pthread_cond_destroy(&w.changed);
	hl_consume_keep_decide(&w.decision, out);
	if (w.outcome && out->what == HL_CONSUME_CLEAR && !out->keep_s) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"the hotline did not confirm an address: %s",
			hl_urls_code_name(w.outcome));
	}
	return 0;
}
