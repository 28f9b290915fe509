/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting has no clock: hl_tally_tick() ends hours and days. An hour is
 * written once: the hour that is counted for is one that no record has. The
 * end of the program is no end of an hour: what it counted is kept (part.c),
 * and the next start goes on with it. A clock that is put back lets the hour
 * go on until it has caught up; one that jumped by more than a day was wrong
 * before, and is believed now.
 */
#include "tally/tally.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/rand.h"
#include "base/time.h"
#include "tally/inner.h"

#define ENTRIES_DEFAULT 16384u
#define ENTRIES_MAX 524288u /* 16 shards of 32,768: index is 16 bits */
#define KEEP_US HL_US_PER_MIN

static int64_t hour_start(int64_t now_us)
{
	return now_us - now_us % HL_TALLY_HOUR_US;
}

void hl_tally_forget(struct hl_tally *t)
{
	uint8_t salt[HL_TALLY_SALT_BYTES];

	hl_rand_bytes(salt, sizeof(salt));
	for (size_t i = 0; i < HL_TALLY_SHARDS; i++) {
		struct hl_tally_shard *s = &t->shards[i];

		pthread_mutex_lock(&s->lock);
		memcpy(s->salt, salt, sizeof(salt));
		sodium_memzero(s->registers, sizeof(s->registers));
		sodium_memzero(s->cells, s->n * sizeof(s->cells[0]));
		memset(s->index, 0, (s->mask + 1) * sizeof(s->index[0]));
		s->n = 0;
		pthread_mutex_unlock(&s->lock);
	}
	sodium_memzero(salt, sizeof(salt));
	sodium_memzero(t->told_registers, sizeof(t->told_registers));
	t->told = 0;
}

static bool shard_new(struct hl_tally_shard *s, size_t n_max)
{
	size_t slots = 8;

	while (slots < n_max * 2) {
		slots *= 2;
	}
	pthread_mutex_init(&s->lock, NULL);
	s->n_max = n_max;
	s->mask = slots - 1;
	s->index = calloc(slots, sizeof(s->index[0]));
	s->cells = calloc(n_max, sizeof(s->cells[0]));
	return s->index && s->cells;
}

/* The hour to count for at this time: one that was not written. */
static int64_t free_hour(const struct hl_tally *t, int64_t now_us)
{
	int64_t hour = hour_start(now_us);

	while (hl_tally_keep_is_used(t->keep, hour) ||
		(t->stuck.n && hour == t->stuck_hour_us)) {
		hour += HL_TALLY_HOUR_US;
	}
	return hour;
}

static int start(struct hl_tally *t, int64_t now_us, struct hl_err *err)
{
	size_t n = t->config.n_entries ? t->config.n_entries : ENTRIES_DEFAULT;

	n = n < ENTRIES_MAX ? n : ENTRIES_MAX;
	for (size_t i = 0; i < HL_TALLY_SHARDS; i++) {
		if (!shard_new(&t->shards[i],
			    (n + HL_TALLY_SHARDS - 1) / HL_TALLY_SHARDS)) {
			return HL_FAIL(err, HL_E_NOMEM, "no memory to count");
		}
	}
	int r = hl_tally_keep_open(t->config.folder, &t->keep, err);
	if (r) {
		return r;
	}
	t->config.folder = NULL; /* the caller's */
	t->kept_us = now_us;
	t->day = now_us / HL_US_PER_DAY;
	hl_tally_forget(t);
	if (hl_tally_part_resume(t, now_us)) {
		t->hour_us = free_hour(t, now_us);
	}
	return 0;
}

int hl_tally_new(const struct hl_tally_config *config, int64_t now_us,
	struct hl_tally **out, struct hl_err *err)
{
	struct hl_tally *t;

	if (sodium_init() < 0) {
		return HL_FAIL(err, HL_E_INTERNAL, "libsodium does not start");
	}
	if (!config->consumer || config->consumer > HL_TALLY_ID_MAX ||
		!config->folder || now_us < 0) {
		return HL_FAIL(err, HL_E_INVALID,
			"counters need a consumer and a folder");
	}
	t = aligned_alloc(64, sizeof(*t));
	if (!t) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to count");
	}
	memset(t, 0, sizeof(*t));
	t->config = *config;
	t->stuck = HL_BUF_INIT(HL_TALLY_TEXT_MAX);
	pthread_mutex_init(&t->lock, NULL);
	int r = start(t, now_us, err);
	if (r) {
		hl_tally_free(t);
		return r;
	}
	*out = t;
	return 0;
}

void hl_tally_free(struct hl_tally *t)
{
	if (!t) {
		return;
	}
	for (size_t i = 0; i < HL_TALLY_SHARDS; i++) {
		struct hl_tally_shard *s = &t->shards[i];

		if (s->cells) {
			sodium_memzero(s->cells, s->n * sizeof(s->cells[0]));
		}
		free(s->cells);
		free(s->index);
	}
	hl_tally_keep_free(t->keep);
	hl_buf_fini(&t->stuck);
	sodium_memzero(t, sizeof(*t));
	free(t);
}

/* ---- Counting --------------------------------------------------------- */

/* splitmix64's last steps: ids are random, but nobody promises that. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* NULL when this day has as many as are counted. */
static struct hl_tally_cell *cell_of(
	struct hl_tally_shard *s, uint64_t id, uint64_t hash)
{
	size_t at = (hash >> 4) & s->mask;

	while (s->index[at]) {
		struct hl_tally_cell *c = &s->cells[s->index[at] - 1];

		if (c->id == id) {
			return c;
		}
		at = (at + 1) & s->mask;
	}
	if (s->n == s->n_max) {
		return NULL;
	}
	s->cells[s->n].id = id;
	s->index[at] = (uint16_t)++s->n;
	return &s->cells[s->n - 1];
}

void hl_tally_add(struct hl_tally *t, uint64_t entry, struct hl_str client)
{
	uint64_t which = mix(entry), hash;
	struct hl_tally_shard *s = &t->shards[which % HL_TALLY_SHARDS];
	struct hl_tally_cell *c = NULL;

	pthread_mutex_lock(&s->lock);
	s->hits++;
	if (entry && entry <= HL_TALLY_ID_MAX) {
		c = cell_of(s, entry, which);
	}
	if (c) {
		c->untold++;
		c->hit = true;
	}
	if (client.p) {
		crypto_shorthash((uint8_t *)&hash, (const uint8_t *)client.p,
			client.n, s->salt);
		hl_tally_sketch_add(s->registers, HL_TALLY_ALL_REGISTERS, hash);
		if (c) {
			c->fresh += hl_tally_sketch_add(
				c->registers, HL_TALLY_ENTRY_REGISTERS, hash);
		}
	}
	pthread_mutex_unlock(&s->lock);
}

void hl_tally_add_due(struct hl_tally *t, const struct hl_tally_entry *e)
{
	uint64_t which = mix(e->id);
	struct hl_tally_shard *s = &t->shards[which % HL_TALLY_SHARDS];

	pthread_mutex_lock(&s->lock);
	struct hl_tally_cell *c = cell_of(s, e->id, which);
	if (c) {
		c->due_hits = e->hits;
		c->due_clients = e->clients;
	}
	pthread_mutex_unlock(&s->lock);
}

uint64_t hl_tally_hits(struct hl_tally *t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < HL_TALLY_SHARDS; i++) {
		pthread_mutex_lock(&t->shards[i].lock);
		n += t->shards[i].hits;
		pthread_mutex_unlock(&t->shards[i].lock);
	}
	return n;
}

void hl_tally_add_failed(struct hl_tally *t)
{
	atomic_fetch_add_explicit(&t->failed, 1, memory_order_relaxed);
}

/* ---- Hours and days --------------------------------------------------- */

/* Clients of the day that no record told stay a number. */
static void end_day(struct hl_tally *t)
{
	uint8_t all[HL_TALLY_ALL_REGISTERS] = {0};

	for (size_t i = 0; i < HL_TALLY_SHARDS; i++) {
		struct hl_tally_shard *s = &t->shards[i];

		pthread_mutex_lock(&s->lock);
		hl_tally_sketch_merge(
			all, s->registers, HL_TALLY_ALL_REGISTERS);
		pthread_mutex_unlock(&s->lock);
	}
	uint64_t n = hl_tally_sketch_count(all, HL_TALLY_ALL_REGISTERS);
	t->carried += n > t->told ? n - t->told : 0;
	sodium_memzero(all, sizeof(all));
	hl_tally_forget(t);
}

/* Writes the record that waits in memory. */
static int put_stuck(struct hl_tally *t, struct hl_err *err)
{
	int r = hl_tally_keep_put(
		t->keep, t->stuck_hour_us, hl_buf_str(&t->stuck), err);

	if (r == HL_CONFLICT) {
		r = HL_FAIL(err, HL_E_IO,
			"another program writes into the folder of counters");
	}
	if (!r) {
		hl_buf_reset(&t->stuck);
		t->stuck_hits = 0;
	}
	return r;
}

/* Once its record is made, the hour is over, on the disk or not. */
static int close_hour(struct hl_tally *t, int64_t now_us, struct hl_err *err)
{
	int r = hl_tally_close(t, err);

	if (r) {
		return r;
	}
	t->hour_us = free_hour(t, now_us);
	t->kept_us = now_us;
	return put_stuck(t, err);
}

static bool hour_is_over(const struct hl_tally *t, int64_t now_us)
{
	return now_us >= t->hour_us + HL_TALLY_HOUR_US ||
	       now_us < t->hour_us - HL_TALLY_BACK_MAX;
}

static bool day_is_over(const struct hl_tally *t, int64_t now_us)
{
	return now_us >= (t->day + 1) * HL_US_PER_DAY ||
	       now_us < t->day * HL_US_PER_DAY - HL_TALLY_BACK_MAX;
}

/* Each minute, also when nothing was counted: its time tells nothing. */
static bool part_is_due(const struct hl_tally *t, int64_t now_us)
{
	return !t->stuck.n &&
	       (now_us >= t->kept_us + KEEP_US || now_us < t->kept_us);
}

static int tick(struct hl_tally *t, int64_t now_us, struct hl_err *err)
{
	bool day = day_is_over(t, now_us);
	int r = t->stuck.n ? put_stuck(t, err) : HL_NOTFOUND;

	if (r >= 0 && hour_is_over(t, now_us)) {
		r = close_hour(t, now_us, err);
	}
	if (day) {
		end_day(t);
		t->day = now_us / HL_US_PER_DAY;
		r = r == HL_NOTFOUND ? 0 : r;
	}
	if (r >= 0 && part_is_due(t, now_us)) {
		t->kept_us = now_us;
		int kept = hl_tally_part_keep(t, err);
		r = kept ? kept : r;
	}
	return r;
}

int hl_tally_tick(struct hl_tally *t, int64_t now_us, struct hl_err *err)
{
	pthread_mutex_lock(&t->lock);
	int r = tick(t, now_us < 0 ? 0 : now_us, err);
	pthread_mutex_unlock(&t->lock);
	return r;
}

int hl_tally_end(struct hl_tally *t, struct hl_err *err)
{
	struct hl_err why = {0};

	pthread_mutex_lock(&t->lock);
	int r = t->stuck.n ? put_stuck(t, &why) : 0;
	if (!r) {
		r = hl_tally_part_keep(t, &why);
	}
	if (r) {
		r = HL_FAIL(err, r, "%" PRIu64 " blocked requests are lost: %s",
			t->stuck_hits + hl_tally_hits(t) - t->kept_hits,
			why.msg);
	}
	pthread_mutex_unlock(&t->lock);
	return r;
}

/* ---- What waits ------------------------------------------------------- */

int hl_tally_waiting(struct hl_tally *t, struct hl_buf *out, int64_t *hour_us,
	struct hl_err *err)
{
	pthread_mutex_lock(&t->lock);
	int r = hl_tally_keep_oldest(t->keep, out, hour_us, err);
	pthread_mutex_unlock(&t->lock);
	return r;
}

int hl_tally_taken(struct hl_tally *t, int64_t hour_us, struct hl_err *err)
{
	pthread_mutex_lock(&t->lock);
	int r = hl_tally_keep_remove(t->keep, hour_us, err);
	pthread_mutex_unlock(&t->lock);
	return r;
}

void hl_tally_now(struct hl_tally *t, struct hl_tally_now *out)
{
	*out = (struct hl_tally_now){0};
	pthread_mutex_lock(&t->lock);
	out->hour_us = t->hour_us;
	out->failed = atomic_load(&t->failed);
	out->n_waiting = hl_tally_keep_waiting(t->keep);
	out->stuck = t->stuck.n > 0;
	out->hits = hl_tally_hits(t);
	for (size_t i = 0; i < HL_TALLY_SHARDS; i++) {
		struct hl_tally_shard *s = &t->shards[i];

		pthread_mutex_lock(&s->lock);
		out->n_entries += s->n;
		pthread_mutex_unlock(&s->lock);
	}
	pthread_mutex_unlock(&t->lock);
}
