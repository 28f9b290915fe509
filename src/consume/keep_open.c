/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who serves a proxy stays up whatever state the folder is in: it may not be
 * mounted yet, or damaged, or without a list. Until there is one everything is
 * let through, and the watching thread tries again each second. list and lines
 * are made by one thread and used by the others once is_open is set.
 */
#include <stdlib.h>

#include "consume/keep_inner.h"

#define ANSWER_MS 3000L

void hl_consume_keep_drop_lines(struct hl_consume_keep *k)
{
	for (unsigned i = 0; k->lines && i < k->config.n_connections; i++) {
		hl_consume_remote_free(k->lines[i].remote);
	}
	free(k->lines);
	k->lines = k->idle = NULL;
}

static int make_lines(struct hl_consume_keep *k, struct hl_err *err)
{
	struct hl_consume_remote_config remote = k->config.remote;
	int r = 0;

	remote.answer_ms = remote.answer_ms ? remote.answer_ms : ANSWER_MS;
	remote.connect_ms =
		remote.connect_ms ? remote.connect_ms : remote.answer_ms;
	k->answer_ms = remote.answer_ms;
	k->lines = calloc(k->config.n_connections, sizeof(*k->lines));
	if (!k->lines) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to ask by");
	}
	for (unsigned i = 0; !r && i < k->config.n_connections; i++) {
		struct hl_consume_line *line = &k->lines[i];

		line->keep = k;
		r = hl_consume_remote_new(&remote, &line->remote, err);
		if (!r) {
			line->next = k->idle;
			k->idle = line;
		}
	}
	if (r) {
		hl_consume_keep_drop_lines(k);
	}
	return r;
}

static int open_list(struct hl_consume_keep *k, struct hl_err *err)
{
	const struct hl_urls_options options = {.size_of = sizeof(options),
		.cache_hosts = k->config.cache_hosts};
	struct hl_urls_error why = {0};
	int r = hl_urls_open(k->config.folder, &options, &k->list, &why);

	return r < 0 ? HL_FAIL(err, r == HL_URLS_E_IO ? HL_E_IO : HL_E_CORRUPT,
			       "the list: %s: %s; hotline list follow "
			       "fetches it anew within two minutes: does it "
			       "run?",
			       hl_urls_code_name(r), why.text)
		     : 0;
}

void hl_consume_keep_look(struct hl_consume_keep *k)
{
	struct hl_urls_stats stats = {.size_of = sizeof(stats)};

	hl_urls_stats(k->list, hl_consume_keep_now(), &stats);
	atomic_store(&k->has_list, stats.version != 0);
}

int hl_consume_keep_open(struct hl_consume_keep *k, struct hl_err *err)
{
	int r = k->list ? 0 : open_list(k, err);

	if (!r && !k->lines) {
		r = make_lines(k, err);
	}
	k->config.folder = NULL; /* the caller's, as the token */
	k->config.remote.token = HL_STR_NONE;
	if (!r) {
		hl_consume_keep_look(k);
		atomic_store(&k->is_open, true);
	}
	return r;
}

int hl_consume_keep_find(struct hl_consume_keep *k)
{
	struct hl_err err = {0};
	int r = k->config.find(k->config.arg, &k->config, &err);

	if (!r) {
		r = hl_consume_keep_open(k, &err);
	}
	if (r && err.code) { /* else nothing is new */
		pthread_mutex_lock(&k->lock);
		k->why = err;
		pthread_mutex_unlock(&k->lock);
	}
	return r ? HL_NOTFOUND : 0;
}

static bool is_damaged(struct hl_consume_keep *k)
{
	struct hl_urls_stats stats = {.size_of = sizeof(stats)};

	hl_urls_stats(k->list, hl_consume_keep_now(), &stats);
	return stats.alarm != 0;
}

int hl_consume_keep_ready(void *arg, struct hl_err *err)
{
	struct hl_consume_keep *k = arg;
	struct hl_err why;

	if (atomic_load(&k->has_list)) {
		return 0;
	}
	if (atomic_load(&k->is_open)) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"%s: does hotline list follow run, and what does "
			"hotline list status say?",
			is_damaged(k) ? "the list is damaged"
				      : "no list was fetched yet");
	}
	pthread_mutex_lock(&k->lock);
	why = k->why;
	pthread_mutex_unlock(&k->lock);
	return HL_FAIL(
		err, HL_E_UNAVAILABLE, "nothing is blocked: %s", why.msg);
}
