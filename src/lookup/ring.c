/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rates are counted by the time at which all that was taken would have been
 * earned: taking n moves it on by n times what one costs, and a key may be
 * ahead of the clock by a second, or by what 1,000 cost. So a slot is one
 * number that threads change without a lock.
 */
#include "lookup/ring.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "accounts/apikey.h"
#include "base/time.h"

#define N_SLOTS HL_ACCOUNTS_KEYS_MAX
#define NS_PER_S INT64_C(1000000000)
#define BURST_LEAST 1000

struct slot {
	int64_t id; /* 0: free */
	_Atomic int64_t earned_ns;
	_Atomic int64_t used_day, told_day;
};

struct held {
	struct hl_lookup_key key;
	size_t slot;
};

struct hl_lookup_ring {
	pthread_rwlock_t lock;
	char tag[HL_LOOKUP_TAG_TEXT];
	struct held *held; /* by hash */
	size_t n;
	_Atomic int64_t until_us;
	struct slot slots[N_SLOTS];
};

int hl_lookup_ring_new(struct hl_lookup_ring **out, struct hl_err *err)
{
	struct hl_lookup_ring *r = calloc(1, sizeof(*r));

	if (!r) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for keys");
	}
	pthread_rwlock_init(&r->lock, NULL);
	*out = r;
	return 0;
}

void hl_lookup_ring_free(struct hl_lookup_ring *r)
{
	if (r) {
		pthread_rwlock_destroy(&r->lock);
		free(r->held);
		free(r);
	}
}

static int by_hash(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	return memcmp(x->key.hash, y->key.hash, sizeof(x->key.hash));
}

static bool has(const struct held *held, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (held[i].key.id == id) {
			return true;
		}
	}
	return false;
}

/* There are as many slots as keys at most. */
static size_t slot_for(struct hl_lookup_ring *r, int64_t id)
{
	size_t free_slot = 0;

	for (size_t i = 0; i < N_SLOTS; i++) {
		if (r->slots[i].id == id) {
			return i;
		}
		if (!r->slots[i].id) {
			free_slot = i;
		}
	}
	struct slot *s = &r->slots[free_slot];
	s->id = id;
	s->earned_ns = s->used_day = s->told_day = 0;
	return free_slot;
}

static void give_slots(struct hl_lookup_ring *r, struct held *held, size_t n)
{
	for (size_t i = 0; i < N_SLOTS; i++) {
		if (r->slots[i].id && !has(held, n, r->slots[i].id)) {
			r->slots[i].id = 0;
		}
	}
	for (size_t i = 0; i < n; i++) {
		held[i].slot = slot_for(r, held[i].key.id);
	}
}

int hl_lookup_ring_put(struct hl_lookup_ring *r,
	const struct hl_lookup_keys *keys, struct hl_err *err)
{
	size_t n = keys->n < N_SLOTS ? keys->n : N_SLOTS;
	struct held *held = calloc(n ? n : 1, sizeof(*held));

	if (!held) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for keys");
	}
	for (size_t i = 0; i < n; i++) {
		held[i].key = keys->list[i];
	}
	qsort(held, n, sizeof(*held), by_hash);
	pthread_rwlock_wrlock(&r->lock);
	give_slots(r, held, n);
	struct held *before = r->held;
	r->held = held;
	r->n = n;
	memcpy(r->tag, keys->tag, sizeof(r->tag));
	pthread_rwlock_unlock(&r->lock);
	free(before);
	return 0;
}

void hl_lookup_ring_heard(struct hl_lookup_ring *r, int64_t now_us)
{
	r->until_us = now_us + HL_US_PER_DAY;
}

void hl_lookup_ring_tag(struct hl_lookup_ring *r, char out[HL_LOOKUP_TAG_TEXT])
{
	pthread_rwlock_rdlock(&r->lock);
	memcpy(out, r->tag, sizeof(r->tag));
	pthread_rwlock_unlock(&r->lock);
}

int hl_lookup_ring_find(struct hl_lookup_ring *r, const uint8_t hash[32],
	int64_t now_us, struct hl_lookup_pass *out)
{
	struct held wanted;
	int found = HL_NOTFOUND;

	memcpy(wanted.key.hash, hash, sizeof(wanted.key.hash));
	if (now_us >= r->until_us) {
		return HL_NOTFOUND;
	}
	pthread_rwlock_rdlock(&r->lock);
	const struct held *h =
		r->n ? bsearch(&wanted, r->held, r->n, sizeof(wanted), by_hash)
		     : NULL;
	if (h && (!h->key.until_us || now_us < h->key.until_us)) {
		*out = (struct hl_lookup_pass){
			h->key.id, h->key.scopes, h->key.rate, h->slot};
		r->slots[h->slot].used_day = now_us / HL_US_PER_DAY;
		found = 0;
	}
	pthread_rwlock_unlock(&r->lock);
	return found;
}

static int64_t cost_ns(const struct hl_lookup_pass *pass)
{
	return NS_PER_S / (pass->rate > 0 ? pass->rate : 1);
}

int64_t hl_lookup_ring_take(struct hl_lookup_ring *r,
	const struct hl_lookup_pass *pass, uint64_t n, int64_t mono_us)
{
	_Atomic int64_t *earned = &r->slots[pass->slot].earned_ns;
	const int64_t cost = cost_ns(pass);
	const int64_t now = mono_us * 1000;
	int64_t ahead = cost * BURST_LEAST;
	int64_t before = atomic_load(earned), after;

	ahead = ahead > NS_PER_S ? ahead : NS_PER_S;
	do {
		after = (before > now ? before : now) + cost * (int64_t)n;
		if (after > now + ahead) {
			return (after - now - ahead) / NS_PER_S + 1;
		}
	} while (!atomic_compare_exchange_weak(earned, &before, after));
	return 0;
}

void hl_lookup_ring_owe(struct hl_lookup_ring *r,
	const struct hl_lookup_pass *pass, uint64_t n, int64_t mono_us)
{
	struct slot *s = &r->slots[pass->slot];
	const int64_t cost = cost_ns(pass) * (int64_t)n;
	const int64_t now = mono_us * 1000;

	pthread_rwlock_rdlock(&r->lock); /* slots change hands */
	if (s->id == pass->id) {
		int64_t before = atomic_load(&s->earned_ns), after;

		do {
			after = (before > now ? before : now) + cost;
		} while (!atomic_compare_exchange_weak(
			&s->earned_ns, &before, after));
	}
	pthread_rwlock_unlock(&r->lock);
}

size_t hl_lookup_ring_used(
	struct hl_lookup_ring *r, int64_t day, int64_t *ids, size_t n_most)
{
	size_t n = 0;

	pthread_rwlock_rdlock(&r->lock);
	for (size_t i = 0; i < N_SLOTS && n < n_most; i++) {
		struct slot *s = &r->slots[i];

		if (s->id && s->used_day == day && s->told_day != day) {
			s->told_day = day;
			ids[n++] = s->id;
		}
	}
	pthread_rwlock_unlock(&r->lock);
	return n;
}
