/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the numbers of an hour tell. A number of clients, and an entry, is told
 * only when it stands for five clients whom nothing told before: a line with
 * one hit of one client would show what one person did in that hour. What is
 * left at the end of the day is told in the total of hits only.
 *
 * How many clients there were is an estimate, and the more there were, the
 * further one client moves it: among thousands, by more than five. So whether
 * five stand behind a line is not asked of it, but of registers that rose, of
 * which nobody can raise two. Few rise among thousands; then many must come
 * before five are certain, and their hits wait.
 *
 * Each shard is closed under its own lock, so that nobody who counts waits for
 * the others: a hit belongs to the hour that was open when it was counted.
 */
#include <stdlib.h>

#include "tally/inner.h"

struct closing {
	struct hl_tally *t;
	uint8_t registers[HL_TALLY_ALL_REGISTERS];
	uint64_t hits, entries;
	struct hl_tally_entry *found; /* that may be told */
	size_t n;
	bool ends; /* else it is only looked at */
};

/* Between those who are certain and the hits: each client hit it once. */
static uint64_t untold_clients(const struct hl_tally_cell *c)
{
	uint64_t all =
		hl_tally_sketch_count(c->registers, HL_TALLY_ENTRY_REGISTERS);
	uint64_t n = all > c->clients ? all - c->clients : 0;

	n = n > c->fresh ? n : c->fresh;
	return n < c->untold ? n : c->untold;
}

static void look_at(struct closing *c, const struct hl_tally_shard *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct hl_tally_cell *cell = &s->cells[i];

		c->entries += cell->hit;
		if (cell->fresh >= HL_TALLY_CELL_MIN) {
			c->found[c->n++] = (struct hl_tally_entry){cell->id,
				cell->due_hits + cell->untold,
				cell->due_clients + untold_clients(cell)};
		} else if (cell->due_hits) {
			c->found[c->n++] = (struct hl_tally_entry){
				cell->id, cell->due_hits, cell->due_clients};
		}
	}
}

static int by_hits(const void *a, const void *b)
{
	const struct hl_tally_entry *x = a, *y = b;

	return x->hits < y->hits ? 1 : x->hits > y->hits ? -1 : 0;
}

static int by_id(const void *a, const void *b)
{
	const struct hl_tally_entry *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* The most hit; the others wait for the next hour. */
static void choose(struct closing *c)
{
	if (c->n > HL_TALLY_ENTRIES_MAX) {
		qsort(c->found, c->n, sizeof(c->found[0]), by_hits);
		c->n = HL_TALLY_ENTRIES_MAX;
	}
	if (c->n) {
		qsort(c->found, c->n, sizeof(c->found[0]), by_id);
	}
}

static const struct hl_tally_entry *told(const struct closing *c, uint64_t id)
{
	const struct hl_tally_entry key = {.id = id};

	return c->n ? bsearch(&key, c->found, c->n, sizeof(key), by_id) : NULL;
}

/* What was read is subtracted, not zeroed: hits may have come meanwhile. Who
 * is new among those does not count for the five that come next. */
static void mark_cell(
	struct hl_tally_cell *cell, const struct hl_tally_entry *e)
{
	if (e->hits > cell->due_hits) { /* else five were not there */
		cell->untold -= e->hits - cell->due_hits;
		cell->clients += e->clients - cell->due_clients;
		cell->fresh = 0;
	}
	cell->due_hits = cell->due_clients = 0;
}

static void mark_told(struct closing *c)
{
	for (size_t k = 0; k < HL_TALLY_SHARDS; k++) {
		struct hl_tally_shard *s = &c->t->shards[k];

		pthread_mutex_lock(&s->lock);
		for (size_t i = 0; i < s->n; i++) {
			const struct hl_tally_entry *e =
				told(c, s->cells[i].id);

			if (e) {
				mark_cell(&s->cells[i], e);
			}
		}
		pthread_mutex_unlock(&s->lock);
	}
}

static void read_shards(struct closing *c)
{
	for (size_t k = 0; k < HL_TALLY_SHARDS; k++) {
		struct hl_tally_shard *s = &c->t->shards[k];

		pthread_mutex_lock(&s->lock);
		look_at(c, s);
		hl_tally_sketch_merge(
			c->registers, s->registers, HL_TALLY_ALL_REGISTERS);
		c->hits += s->hits;
		if (c->ends) {
			s->hits = 0;
			for (size_t i = 0; i < s->n; i++) {
				s->cells[i].hit = false;
			}
		}
		pthread_mutex_unlock(&s->lock);
	}
}

/* Of the day, that no record told; 0 until five of them are certain. */
static uint64_t new_clients(const struct closing *c)
{
	const struct hl_tally *t = c->t;
	uint64_t all =
		hl_tally_sketch_count(c->registers, HL_TALLY_ALL_REGISTERS);
	uint64_t n = all > t->told ? all - t->told : 0;
	size_t certain = hl_tally_sketch_risen(
		t->told_registers, c->registers, HL_TALLY_ALL_REGISTERS);

	if (certain < HL_TALLY_CELL_MIN) {
		return 0;
	}
	return n > certain ? n : certain;
}

/* Of entries, those before and after a restart may be the same: no fewer. */
static struct hl_tally_record record_of(
	const struct closing *c, uint64_t fresh, uint64_t failed)
{
	const struct hl_tally *t = c->t;
	struct hl_tally_record record = {.consumer = t->config.consumer,
		.hour_us = t->hour_us,
		.hits = c->hits,
		.clients = t->due_clients + (fresh ? fresh + t->carried : 0),
		.entries = c->entries > t->due_entries ? c->entries
						       : t->due_entries,
		.failed = failed,
		.entry = c->found,
		.n_entry = c->n};

	memcpy(record.hotline, t->config.hotline, sizeof(record.hotline));
	return record;
}

static int write_record(struct closing *c, struct hl_err *err)
{
	struct hl_tally *t = c->t;
	uint64_t fresh = new_clients(c);
	uint64_t failed = atomic_exchange(&t->failed, 0);
	struct hl_tally_record record = record_of(c, fresh, failed);
	int r = hl_tally_write(&record, t->config.secret, &t->stuck, err);

	if (r) {
		atomic_fetch_add(&t->failed, failed);
		return r;
	}
	if (fresh) {
		t->told += fresh;
		t->carried = 0;
		memcpy(t->told_registers, c->registers, sizeof(c->registers));
	}
	t->due_clients = t->due_entries = 0;
	return 0;
}

static void closing_free(struct closing *c)
{
	if (c) {
		free(c->found);
	}
	free(c);
}

static int closing_new(
	struct hl_tally *t, bool ends, struct closing **out, struct hl_err *err)
{
	struct closing *c = calloc(1, sizeof(*c));
	size_t most = 0;

	for (size_t i = 0; i < HL_TALLY_SHARDS; i++) {
		most += t->shards[i].n_max;
	}
	if (c) {
		c->t = t;
		c->ends = ends;
		c->found = calloc(most, sizeof(c->found[0]));
	}
	if (!c || !c->found) {
		closing_free(c);
		return HL_FAIL(err, HL_E_NOMEM, "no memory to end an hour");
	}
	*out = c;
	return 0;
}

int hl_tally_close(struct hl_tally *t, struct hl_err *err)
{
	struct closing *c;
	int r = closing_new(t, true, &c, err);

	if (r) {
		return r;
	}
	read_shards(c);
	choose(c);
	r = write_record(c, err);
	if (r) {
		hl_buf_reset(&t->stuck);
		pthread_mutex_lock(&t->shards[0].lock);
		t->shards[0].hits += c->hits;
		pthread_mutex_unlock(&t->shards[0].lock);
	} else {
		t->stuck_hour_us = t->hour_us;
		t->stuck_hits = c->hits - t->kept_hits;
		t->kept_hits = 0;
		mark_told(c);
	}
	closing_free(c);
	return r;
}

int hl_tally_draft(struct hl_tally *t, struct hl_buf *out, struct hl_err *err)
{
	struct closing *c;
	int r = closing_new(t, false, &c, err);

	if (r) {
		return r;
	}
	read_shards(c);
	choose(c);
	struct hl_tally_record record =
		record_of(c, new_clients(c), atomic_load(&t->failed));
	r = hl_tally_write(&record, t->config.secret, out, err);
	closing_free(c);
	return r;
}
