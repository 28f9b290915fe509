/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LOOKUP_SERVICE_H
#define HL_LOOKUP_SERVICE_H

#include <pthread.h>

#include "lookup/follow.h"
#include "media/pool.h"
#include "web/server.h"

/*
 * The match service, docs/protocol/match.md: handlers for a hl_web_server.
 * Nothing that is asked is logged.
 */
#define HL_LOOKUP_PICTURE_MAX (32u << 20)

enum hl_lookup_route {
	HL_LOOKUP_R_MATCH,
	HL_LOOKUP_R_HASH,
	HL_LOOKUP_R_READY,
	HL_LOOKUP_R_METRICS,
	HL_LOOKUP_R_FEED,
	HL_LOOKUP_R_OTHER,
	HL_LOOKUP_N_ROUTES,
};
#define HL_LOOKUP_N_BUCKETS 12

/* Counted by all threads. */
struct hl_lookup_counts {
	_Atomic uint64_t requests[HL_LOOKUP_N_ROUTES][6]; /* by status / 100 */
	_Atomic uint64_t took[HL_LOOKUP_N_BUCKETS + 1];   /* of matches */
	_Atomic uint64_t took_us;
	_Atomic uint64_t lookups, matches, cleared, truncated;
	_Atomic uint64_t pictures[HL_MEDIA_N_STATUSES], pictures_us;
};

struct hl_lookup_app {
	struct hl_lookup_shelf *shelf;
	struct hl_lookup_ring *ring;
	struct hl_lookup_follower *follower;
	struct hl_media_pool *media; /* NULL: does not decode pictures */
	/* Whose changes GET /v1/feed tells; NULL: there is no such page.
	 * Used by one thread at a time. */
	const struct hl_lookup_source *feed;
	size_t n_pictures_most;             /* under way at a time */
	const struct hl_web_server *server; /* for its counts; may be NULL */
	pthread_mutex_t feed_lock;
	_Atomic size_t n_pictures;
	struct hl_lookup_counts counts;
};
/* Makes what is not given; the members before feed_lock are the caller's. */
void hl_lookup_app_init(struct hl_lookup_app *app);
void hl_lookup_app_fini(struct hl_lookup_app *app);

/* For hl_web_config: thread_new, thread_free, handler, error_page. The app is
 * a struct hl_lookup_app. */
int hl_lookup_thread_new(
	void *app, size_t index, void **thread, struct hl_err *err);
void hl_lookup_thread_free(void *app, void *thread);
hl_web_handler hl_lookup_handle, hl_lookup_error;

#endif
