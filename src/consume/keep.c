/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each thread that asks has a reader of its own, made when it first asks and
 * given back when it ends. Confirming is by whoever is there: a thread that
 * finds a connection free takes what waits, its own address among it, asks,
 * and hands out the answers; the others sleep until theirs is there.
 */
#include "consume/keep.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "consume/keep_inner.h"
#include "url/cut.h"

#define CONNECTIONS_DEFAULT 4u
#define CONNECTIONS_MOST 16u
#define REFRESH_MS 1000
#define FLUSH_MS 200

/* ---- Readers ---------------------------------------------------------- */

struct seat {
	struct seat *next; /* of those that nobody sits on */
	struct hl_consume_keep *keep;
	struct hl_urls_reader *reader;
};

static void seat_leave(void *arg)
{
	struct seat *seat = arg;
	struct hl_consume_keep *k = seat->keep;

	pthread_mutex_lock(&k->lock);
	seat->next = k->free_seats;
	k->free_seats = seat;
	pthread_mutex_unlock(&k->lock);
}

static struct seat *seat_new(struct hl_consume_keep *k)
{
	struct seat *seat = calloc(1, sizeof(*seat));

	if (seat && hl_urls_reader_new(k->list, &seat->reader, NULL)) {
		free(seat);
		return NULL;
	}
	if (seat) {
		seat->keep = k;
	}
	return seat;
}

struct hl_urls_reader *hl_consume_keep_reader(struct hl_consume_keep *k)
{
	struct seat *seat = pthread_getspecific(k->mine);

	if (seat) {
		return seat->reader;
	}
	pthread_mutex_lock(&k->lock);
	seat = k->free_seats;
	if (seat) {
		k->free_seats = seat->next;
	}
	pthread_mutex_unlock(&k->lock);
	if (!seat) {
		seat = seat_new(k);
	}
	if (!seat || pthread_setspecific(k->mine, seat)) {
		if (seat) {
			seat_leave(seat);
		}
		return NULL;
	}
	return seat->reader;
}

static void free_seats(struct hl_consume_keep *k)
{
	struct seat *mine = pthread_getspecific(k->mine);

	if (mine) { /* of who frees: no destructor runs for it any more */
		pthread_setspecific(k->mine, NULL);
		seat_leave(mine);
	}
	while (k->free_seats) {
		struct seat *seat = k->free_seats;

		k->free_seats = seat->next;
		hl_urls_reader_free(seat->reader);
		free(seat);
	}
}

/* ---- Answers ---------------------------------------------------------- */

void hl_consume_keep_decide(
	const struct hl_urls_decision *from, struct hl_consume_decision *out)
{
	static const enum hl_consume_what whats[] = {
		[HL_URLS_CLEAR] = HL_CONSUME_CLEAR,
		[HL_URLS_LISTED] = HL_CONSUME_LISTED,
		[HL_URLS_UNSURE] = HL_CONSUME_UNSURE,
		[HL_URLS_UNREADABLE] = HL_CONSUME_UNREADABLE,
	};
	static const enum hl_consume_reason reasons[] = {
		[HL_URLS_SCOPE_PAGE] = HL_CONSUME_PAGE,
		[HL_URLS_SCOPE_PATH] = HL_CONSUME_PAGE,
		[HL_URLS_SCOPE_FOLDER] = HL_CONSUME_DIRECTORY,
		[HL_URLS_SCOPE_DOMAIN] = HL_CONSUME_DOMAIN,
	};

	*out = (struct hl_consume_decision){
		.what = from->verdict < HL_ARRAY_LEN(whats)
				? whats[from->verdict]
				: HL_CONSUME_N_WHATS,
		.keep_s = from->keep,
		.host_only = out->host_only,
		.any = out->any};
	if (out->what == HL_CONSUME_LISTED) {
		out->entry = from->entry;
		out->is_ref = true;
		out->reason = from->scope < HL_ARRAY_LEN(reasons)
				      ? reasons[from->scope]
				      : 0;
	}
}

/* The host of whatever a program gives for one. Views of room. */
struct hl_str hl_consume_keep_host(struct hl_str url, struct hl_buf *room)
{
	enum hl_url_cut cut;

	hl_buf_reset(room);
	return hl_url_canon_cut(url, room, &cut, NULL)
		       ? HL_STR_NONE
		       : hl_url_host_of(hl_buf_str(room));
}

static int check_host(struct hl_urls_reader *reader, struct hl_str url,
	bool any, struct hl_urls_decision *out)
{
	char space[HL_URL_MAX + 64];
	struct hl_buf room = {
		.p = space, .cap = sizeof(space), .max = sizeof(space) - 1};
	struct hl_str host = hl_consume_keep_host(url, &room);

	if (!host.n) {
		out->verdict = HL_URLS_UNREADABLE;
		return 0;
	}
	return (any ? hl_urls_check_any : hl_urls_check_host)(
		reader, host.p, host.n, hl_consume_keep_now(), out);
}

static int check(void *arg, struct hl_str url, struct hl_consume_decision *out)
{
	struct hl_urls_decision d = {.size_of = sizeof(d)};
	struct hl_consume_keep *k = arg;

	if (!atomic_load(&k->has_list)) { /* confirm() says why */
		out->what = HL_CONSUME_UNSURE;
		return 0;
	}
	struct hl_urls_reader *reader = hl_consume_keep_reader(k);
	if (!reader) {
		return HL_E_NOMEM;
	}
	int r = hl_consume_keep_kind(out)
			? check_host(reader, url, out->any, &d)
			: hl_urls_check(reader, url.p, url.n,
				  hl_consume_keep_now(), &d);
	if (r < 0) {
		return HL_E_INVALID;
	}
	hl_consume_keep_decide(&d, out);
	return 0;
}

/* ---- Keeping fresh ---------------------------------------------------- */

int hl_consume_keep_refresh(struct hl_consume_keep *k, struct hl_err *err)
{
	struct hl_urls_error why = {0};

	if (!atomic_load(&k->is_open)) {
		return hl_consume_keep_find(k);
	}
	int r = hl_urls_refresh(k->list, &why);
	if (r == HL_URLS_NOTFOUND) {
		return HL_NOTFOUND;
	}
	hl_consume_keep_look(k); /* what was cut off is no list any more */
	return r < 0 ? HL_FAIL(err, HL_E_CORRUPT, "the list: %s: %s",
			       hl_urls_code_name(r), why.text)
		     : 0;
}

/* Loudly, since nothing is blocked: at once, and each minute. */
static void tell_missing(struct hl_consume_keep *k)
{
	struct hl_err why = {0};
	int64_t now_us = hl_time_mono_us();

	if (k->judge.ready(k, &why) && now_us >= k->tell_at_us) {
		hl_log_err(HL_LOG_ERROR, "list.missing", &why);
		k->tell_at_us = now_us + HL_US_PER_MIN;
	}
}

static void refresh(struct hl_consume_keep *k)
{
	struct hl_err err = {0};
	int r = hl_consume_keep_refresh(k, &err);

	if (r < 0 && !k->is_bad) {
		hl_log_err(HL_LOG_ERROR, "list.refresh", &err);
	} else if (!r && atomic_load(&k->has_list)) {
		struct hl_consume_keep_stats stats;

		hl_consume_keep_stats(k, &stats);
		hl_log(HL_LOG_INFO, "list.refresh", "answering by version %llu",
			(unsigned long long)stats.version);
	}
	k->is_bad = r < 0;
	tell_missing(k);
}

static void *watch(void *arg)
{
	struct hl_consume_keep *k = arg;
	struct pollfd end = {.fd = k->end_fd, .events = POLLIN};
	int64_t next_us = 0;

	while (poll(&end, 1, FLUSH_MS) <= 0) {
		int64_t now_us = hl_time_mono_us();

		if (k->config.hits) {
			hl_consume_hits_flush(k->config.hits);
		}
		if (now_us >= next_us) {
			refresh(k);
			next_us = now_us + REFRESH_MS * 1000;
		}
	}
	return NULL;
}

int hl_consume_keep_watch(struct hl_consume_keep *k, struct hl_err *err)
{
	sigset_t all, old;

	k->end_fd = eventfd(0, EFD_CLOEXEC);
	if (k->end_fd < 0) {
		return HL_FAIL_SYS(err, "eventfd");
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	k->watching = pthread_create(&k->watcher, NULL, watch, k) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return k->watching ? 0
			   : HL_FAIL(err, HL_E_NOMEM, "no thread to watch by");
}

void hl_consume_keep_stats(
	struct hl_consume_keep *k, struct hl_consume_keep_stats *out)
{
	struct hl_urls_stats stats = {.size_of = sizeof(stats)};

	if (atomic_load(&k->is_open)) {
		hl_urls_stats(k->list, hl_consume_keep_now(), &stats);
	}
	*out = (struct hl_consume_keep_stats){.version = stats.version,
		.rows = stats.n_rows,
		.requests = atomic_load(&k->n_requests),
		.gathered = atomic_load(&k->n_gathered),
		.at_once = atomic_load(&k->n_at_once),
		.failed = atomic_load(&k->n_failed),
		.is_open = hl_time_mono_us() < atomic_load(&k->open_until_us)};
}

/* ---- Beginning and end ------------------------------------------------ */

int hl_consume_keep_new(const struct hl_consume_keep_config *config,
	struct hl_consume_keep **out, struct hl_err *err)
{
	struct hl_consume_keep *k = calloc(1, sizeof(*k));

	*out = NULL;
	if (!k || pthread_key_create(&k->mine, seat_leave)) {
		free(k);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a list");
	}
	k->config = *config;
	unsigned n = config->n_connections;
	k->config.n_connections = !n                     ? CONNECTIONS_DEFAULT
				  : n < CONNECTIONS_MOST ? n
							 : CONNECTIONS_MOST;
	k->end_fd = -1;
	k->last = &k->first;
	k->judge = (struct hl_consume_judge){
		k, check, hl_consume_keep_confirm, hl_consume_keep_ready};
	pthread_mutex_init(&k->lock, NULL);
	if (config->find) {
		hl_consume_keep_find(k);
	} else {
		int r = hl_consume_keep_open(k, err);

		if (r) {
			hl_consume_keep_free(k);
			return r;
		}
	}
	*out = k;
	return 0;
}

void hl_consume_keep_free(struct hl_consume_keep *k)
{
	if (!k) {
		return;
	}
	if (k->watching) {
		uint64_t one = 1;

		(void)!write(k->end_fd, &one, sizeof(one));
		pthread_join(k->watcher, NULL);
	}
	hl_file_closep(&k->end_fd);
	free_seats(k);
	pthread_key_delete(k->mine);
	hl_consume_keep_drop_lines(k);
	hl_urls_close(k->list);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

const struct hl_consume_judge *hl_consume_keep_judge(
	const struct hl_consume_keep *k)
{
	return &k->judge;
}
