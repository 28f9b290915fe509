/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "lists/view.h"
#include "store/sql.h"

/* A consumer; they are few, and stay for the life of the process. */
struct use {
	struct use *next;
	uint64_t consumer;
	struct hl_lists_budget budget;
	uint64_t asked, refused;    /* not in the store yet */
	int64_t fetch, fetch_saved; /* hours since 1970 */
};

struct hl_lists_uses {
	pthread_mutex_t lock;
	struct use *first;
};

int hl_lists_uses_new(struct hl_lists_uses **out, struct hl_err *err)
{
	struct hl_lists_uses *u = calloc(1, sizeof(*u));

	if (!u) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to count");
	}
	pthread_mutex_init(&u->lock, NULL);
	*out = u;
	return 0;
}

void hl_lists_uses_free(struct hl_lists_uses *u)
{
	if (!u) {
		return;
	}
	while (u->first) {
		struct use *next = u->first->next;

		free(u->first);
		u->first = next;
	}
	pthread_mutex_destroy(&u->lock);
	free(u);
}

/* Under the lock. */
static struct use *find(struct hl_lists_uses *u, uint64_t consumer)
{
	struct use *at = u->first;

	while (at && at->consumer != consumer) {
		at = at->next;
	}
	if (!at) {
		at = calloc(1, sizeof(*at));
		if (at) {
			at->consumer = consumer;
			at->next = u->first;
			u->first = at;
		}
	}
	return at;
}

uint32_t hl_lists_uses_take(struct hl_lists_uses *u,
	const struct hl_lists_consumer *who, uint64_t n, int64_t now_us)
{
	uint32_t wait_s = 60;

	pthread_mutex_lock(&u->lock);
	struct use *at = find(u, who->id);
	if (at) {
		wait_s = hl_lists_budget_take(
			&at->budget, who->budget, n, now_us / HL_US_PER_S);
		at->asked += wait_s ? 0 : n;
		at->refused += wait_s ? n : 0;
	}
	pthread_mutex_unlock(&u->lock);
	return wait_s;
}

void hl_lists_uses_fetched(
	struct hl_lists_uses *u, uint64_t consumer, int64_t now_us)
{
	pthread_mutex_lock(&u->lock);
	struct use *at = find(u, consumer);
	if (at) {
		at->fetch = now_us / HL_US_PER_HOUR;
	}
	pthread_mutex_unlock(&u->lock);
}

int hl_lists_uses_load(struct hl_lists_uses *u, struct hl_store *store,
	int64_t now_us, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)16 << 20, false);
	const struct hl_in_lists_use_since in = {
		.hour = now_us / HL_US_PER_DAY * 24 - 1};
	struct hl_row_lists_use_since *rows;
	size_t n;
	int r = arena ? hl_get_lists_use_since(
				store, arena, &in, &rows, &n, err)
		      : HL_FAIL(err, HL_E_NOMEM, "no memory to read");

	if (r) {
		return r;
	}
	pthread_mutex_lock(&u->lock);
	for (size_t i = 0; i < n; i++) {
		struct use *at = find(u, (uint64_t)rows[i].consumer_id);

		if (at) {
			hl_lists_budget_load(&at->budget, rows[i].hour,
				(uint64_t)rows[i].asked, now_us / HL_US_PER_S);
		}
	}
	pthread_mutex_unlock(&u->lock);
	return 0;
}

struct part {
	struct use *of;
	uint64_t asked, refused;
	int64_t fetch; /* 0: that hour is in the store */
};

/* At most so many in a batch; the others the next time. */
static size_t collect(struct hl_lists_uses *u, struct part *parts, size_t max)
{
	size_t n = 0;

	pthread_mutex_lock(&u->lock);
	for (struct use *at = u->first; at && n < max; at = at->next) {
		bool fetched = at->fetch > at->fetch_saved;

		if (at->asked || at->refused || fetched) {
			parts[n++] = (struct part){at, at->asked, at->refused,
				fetched ? at->fetch : 0};
		}
	}
	pthread_mutex_unlock(&u->lock);
	return n;
}

static void put(struct hl_tx *tx, const struct part *part, int64_t now_us)
{
	int64_t id = (int64_t)part->of->consumer;

	if (part->asked || part->refused) {
		hl_tx_lists_use_add(
			tx, &(struct hl_in_lists_use_add){.consumer_id = id,
				    .hour = now_us / HL_US_PER_HOUR,
				    .asked = (int64_t)part->asked,
				    .refused = (int64_t)part->refused});
	}
	if (part->fetch) {
		hl_tx_lists_fetched(
			tx, &(struct hl_in_lists_fetched){part->fetch, id});
	}
}

int hl_lists_uses_save(struct hl_lists_uses *u, struct hl_store *store,
	int64_t now_us, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)4 << 20, false);
	struct part parts[HL_TX_MAX_OPS / 2];
	size_t n = collect(u, parts, HL_ARRAY_LEN(parts));

	if (!n) {
		return 0;
	}
	struct hl_tx *tx = arena ? hl_tx_begin(store, arena) : NULL;
	for (size_t i = 0; tx && i < n; i++) {
		put(tx, &parts[i], now_us);
	}
	int r = hl_tx_run(tx, err);
	if (r) {
		return r;
	}
	pthread_mutex_lock(&u->lock);
	for (size_t i = 0; i < n; i++) {
		struct use *at = parts[i].of;

		at->fetch_saved =
			parts[i].fetch ? parts[i].fetch : at->fetch_saved;
		at->asked -=
			parts[i].asked < at->asked ? parts[i].asked : at->asked;
		at->refused -= parts[i].refused < at->refused ? parts[i].refused
							      : at->refused;
	}
	pthread_mutex_unlock(&u->lock);
	return 0;
}
