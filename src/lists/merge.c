/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The set that is published next, of what is published and what is wanted,
 * both side by side. It remembers since when each entry is there, and for a
 * day what went by itself, so that what happens slowly is seen, and a restart
 * forgets none of it.
 */
#include <stdlib.h>

#include "lists/decide.h"

#define KEEP_US (24 * HL_US_PER_HOUR)

/* The minute of before, until less than a day of it is left, so that a look
 * that confirms does not change every row. */
static void set_minute(struct hl_lists_entry *e,
	const struct hl_lists_entry *old, int64_t now_us)
{
	uint32_t minute =
		(uint32_t)((e->seen_at_us + HL_LIST_FRESH_US) / HL_US_PER_MIN);

	e->minute = minute;
	if (old && old->minute <= minute &&
		(int64_t)old->minute * HL_US_PER_MIN - now_us >= KEEP_US) {
		e->minute = old->minute;
	}
}

static int by_id(const void *a, const void *b)
{
	const struct hl_lists_gone *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static const struct hl_lists_gone *find_gone(
	const struct hl_lists_entries *e, int64_t id)
{
	const struct hl_lists_gone key = {.id = id};

	return e->n_gone ? bsearch(&key, e->gone, e->n_gone, sizeof(key), by_id)
			 : NULL;
}

/* A person said yes to this entry's being there, or not. */
static bool is_agreed(const struct hl_lists_deciding *d, int64_t id, bool there)
{
	return d->released && (!d->seen || (hl_lists_entries_find(d->seen,
						    id) != NULL) == there);
}

static int64_t since(const struct hl_lists_deciding *d, int64_t id,
	const struct hl_lists_entry *old)
{
	if (is_agreed(d, id, true)) {
		return 0;
	}
	if (old) {
		return old->since_us;
	}
	const struct hl_lists_gone *gone = find_gone(d->look->p->published, id);
	return gone ? gone->since_us : d->look->now_us;
}

static bool is_as_before(
	const struct hl_lists_entry *e, const struct hl_lists_entry *old)
{
	return e->minute == old->minute && e->staged == old->staged &&
	       e->leaf == old->leaf && e->since_us == old->since_us &&
	       e->released_at_us == old->released_at_us &&
	       hl_str_eq(e->sealed, old->sealed);
}

static int add_wanted(struct hl_lists_deciding *d,
	const struct hl_lists_entry *from, const struct hl_lists_entry *old,
	struct hl_err *err)
{
	struct hl_lists_entry e = *from;
	const struct hl_lists_publisher *p = d->look->p;
	int64_t stage_us = p->config.stage_minutes * HL_US_PER_MIN;

	e.leaves = false;
	set_minute(&e, old, d->look->now_us);
	e.staged = e.canary || (old && old->staged);
	e.untold = !from->released_at_us;
	if (old && old->released_at_us) {
		e.released_at_us = old->released_at_us;
	} else if (!e.released_at_us) {
		e.released_at_us = d->look->now_us;
	}
	if (!p->head.halted && e.released_at_us + stage_us <= d->look->now_us) {
		e.staged = true;
	}
	e.since_us = since(d, e.id, old);
	d->differs |= !old;
	d->alters |= !old || !is_as_before(&e, old);
	return hl_lists_entries_add(d->next, &e, err);
}

/* It stays though it should go, or it goes: for a day it is remembered what
 * went by itself. */
static int add_unwanted(struct hl_lists_deciding *d,
	const struct hl_lists_entry *old, struct hl_err *err)
{
	bool alone = !old->leaves && !old->canary;

	if (d->holds_gone && alone) {
		return hl_lists_entries_add(d->next, old, err);
	}
	d->differs = true;
	if (!alone || is_agreed(d, old->id, false)) {
		return 0;
	}
	struct hl_lists_gone gone = {.id = old->id,
		.since_us = old->since_us,
		.gone_at_us = d->look->now_us};

	memcpy(gone.host_c, old->host_c, sizeof(gone.host_c));
	return hl_lists_entries_add_gone(d->next, &gone, err);
}

/* What went before, within the day, and is not back. */
static int keep_gone(struct hl_lists_deciding *d, struct hl_err *err)
{
	const struct hl_lists_entries *now = d->look->p->published;
	int64_t day_us = d->look->now_us - HL_LISTS_DAY_US;
	int r = 0;

	for (size_t i = 0; i < now->n_gone && !r; i++) {
		const struct hl_lists_gone *g = &now->gone[i];

		if (!d->released && g->gone_at_us > day_us &&
			!hl_lists_entries_find(d->next, g->id)) {
			r = hl_lists_entries_add_gone(d->next, g, err);
		}
	}
	if (d->next->n_gone) {
		qsort(d->next->gone, d->next->n_gone, sizeof(*d->next->gone),
			by_id);
	}
	d->alters |= now->n_gone != d->next->n_gone;
	return r;
}

int hl_lists_merge(struct hl_lists_deciding *d, struct hl_err *err)
{
	const struct hl_lists_entries *now = d->look->p->published;
	const struct hl_lists_entries *wanted = d->wanted;
	size_t i = 0, k = 0;
	int r = 0;

	while (!r && (i < now->n || k < wanted->n)) {
		const struct hl_lists_entry *a = now->at + i;
		const struct hl_lists_entry *b = wanted->at + k;

		if (k == wanted->n || (i < now->n && a->id < b->id)) {
			r = add_unwanted(d, a, err);
			i++;
		} else if (i == now->n || b->id < a->id) {
			if (!d->holds_new || b->canary) {
				r = add_wanted(d, b, NULL, err);
			}
			k++;
		} else {
			r = add_wanted(d, b, a, err);
			i++;
			k++;
		}
	}
	return r ? r : keep_gone(d, err);
}
