/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_VIEW_H
#define HL_LISTS_VIEW_H

#include <pthread.h>

#include "lists/budget.h"
#include "lists/world.h"
#include "urls_oprf/oprf.h"

/*
 * What those who answer consumers see: one state of things, made by the
 * publisher, never changed, and taken by each request for as long as it
 * lasts.
 */
struct hl_lists_seat {
	struct hl_lists_consumer who;
	uint64_t version; /* 0: it has no list yet */
	uint64_t epoch;
	int64_t expires_at_us; /* of its manifest */
	struct hl_oprf_scalar k, k_before;
	int64_t before_until_us; /* the epoch before is answered until then */
	struct hl_str manifest;
	char etag[24]; /* with its quotes */
};

struct hl_lists_view {
	_Atomic unsigned n_users;
	struct hl_arena *arena; /* secret */
	uint8_t hotline[16];
	struct hl_lists_seat *seats; /* ascending by token hash */
	size_t n_seats;
	struct hl_str *roots; /* roots[0] is version 1 */
	size_t n_roots;
};

struct hl_lists_shelf {
	pthread_mutex_t lock;
	struct hl_lists_view *view;
};
void hl_lists_shelf_init(struct hl_lists_shelf *s);
void hl_lists_shelf_fini(struct hl_lists_shelf *s);
/* Takes over the caller's use of the view. */
void hl_lists_shelf_put(struct hl_lists_shelf *s, struct hl_lists_view *view);
/* NULL: there is none yet. Given back with hl_lists_view_drop(). */
struct hl_lists_view *hl_lists_shelf_take(struct hl_lists_shelf *s);

/* With one user. HL_E_NOMEM. */
int hl_lists_view_new(struct hl_lists_view **out, struct hl_err *err);
void hl_lists_view_drop(struct hl_lists_view *view);
void hl_lists_view_sort(struct hl_lists_view *view);
/* NULL: nobody has this token. */
const struct hl_lists_seat *hl_lists_view_find(
	const struct hl_lists_view *view, const uint8_t token_hash[32]);

/*
 * Who asked how much: kept over all views, written to the store now and then.
 * Thread-safe.
 */
struct hl_lists_uses;
int hl_lists_uses_new(struct hl_lists_uses **out, struct hl_err *err);
void hl_lists_uses_free(struct hl_lists_uses *u);
/* As hl_lists_budget_take(). HL_E_NOMEM counts as 60 seconds. */
uint32_t hl_lists_uses_take(struct hl_lists_uses *u,
	const struct hl_lists_consumer *who, uint64_t n, int64_t now_us);
/* It fetched a manifest. */
void hl_lists_uses_fetched(
	struct hl_lists_uses *u, uint64_t consumer, int64_t now_us);
/* Before the first request: what was used of this day. */
int hl_lists_uses_load(struct hl_lists_uses *u, struct hl_store *store,
	int64_t now_us, struct hl_err *err);
/* Writes what was counted since; after a fault it is counted again. */
int hl_lists_uses_save(struct hl_lists_uses *u, struct hl_store *store,
	int64_t now_us, struct hl_err *err);

#endif
