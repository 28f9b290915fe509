/* SPDX-License-Identifier: Apache-2.0 */
#include "web/limit.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/rand.h"
#include "base/time.h"

/*
 * Token buckets in a table of fixed size: eight places for each value of the
 * key's low bits. When all eight are taken, the one with the most tokens
 * goes, since it is the one whose loss changes least.
 */
#define SALT_LIFE_US (10 * HL_US_PER_MIN)
#define WAYS 8u

struct hl_web_salt {
	pthread_mutex_t lock;
	unsigned char key[crypto_shorthash_KEYBYTES];
	int64_t until_us;
};

struct bucket {
	uint64_t key; /* 0: free */
	uint32_t tokens;
	int64_t at_us; /* when tokens was right */
};

struct hl_web_limiter {
	pthread_mutex_t lock;
	struct hl_web_limit_config config;
	struct bucket *buckets;
};

int hl_web_salt_new(struct hl_web_salt **out, struct hl_err *err)
{
	struct hl_web_salt *s = calloc(1, sizeof(*s));

	if (!s) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a salt");
	}
	pthread_mutex_init(&s->lock, NULL);
	*out = s;
	return 0;
}

void hl_web_salt_free(struct hl_web_salt *s)
{
	if (s) {
		pthread_mutex_destroy(&s->lock);
		explicit_bzero(s, sizeof(*s));
		free(s);
	}
}

uint64_t hl_web_salt_hash(
	struct hl_web_salt *s, struct hl_str who, int64_t now_us)
{
	uint64_t hash = 0;
	_Static_assert(sizeof(hash) == crypto_shorthash_BYTES, "siphash");

	pthread_mutex_lock(&s->lock);
	if (now_us >= s->until_us) {
		hl_rand_bytes(s->key, sizeof(s->key));
		s->until_us = now_us + SALT_LIFE_US;
	}
	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)who.p,
		who.n, s->key);
	pthread_mutex_unlock(&s->lock);
	return hash ? hash : 1;
}

int hl_web_limiter_new(const struct hl_web_limit_config *config,
	struct hl_web_limiter **out, struct hl_err *err)
{
	struct hl_web_limiter *l = calloc(1, sizeof(*l));

	if (config->n_slots < WAYS || config->refill_us <= 0 ||
		(config->n_slots & (config->n_slots - 1))) {
		free(l);
		return HL_FAIL(err, HL_E_INVALID, "wrong limits");
	}
	if (l) {
		l->buckets = calloc(config->n_slots, sizeof(*l->buckets));
	}
	if (!l || !l->buckets) {
		free(l);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for limits");
	}
	pthread_mutex_init(&l->lock, NULL);
	l->config = *config;
	*out = l;
	return 0;
}

void hl_web_limiter_free(struct hl_web_limiter *l)
{
	if (l) {
		pthread_mutex_destroy(&l->lock);
		free(l->buckets);
		free(l);
	}
}

static void refill(
	const struct hl_web_limiter *l, struct bucket *b, int64_t now_us)
{
	int64_t gained = (now_us - b->at_us) / l->config.refill_us;

	if (gained <= 0) {
		return;
	}
	if (gained >= l->config.burst - b->tokens) {
		b->tokens = l->config.burst;
		b->at_us = now_us;
	} else {
		b->tokens += (uint32_t)gained;
		b->at_us += gained * l->config.refill_us;
	}
}

/* The place of key, taken from somebody else if need be. */
static struct bucket *find(
	struct hl_web_limiter *l, uint64_t key, int64_t now_us)
{
	size_t n_sets = l->config.n_slots / WAYS;
	struct bucket *set = l->buckets + (key % n_sets) * WAYS;
	struct bucket *best = set;

	for (size_t i = 0; i < WAYS; i++) {
		refill(l, &set[i], now_us);
		if (set[i].key == key) {
			return &set[i];
		}
		if (best->key &&
			(!set[i].key || set[i].tokens > best->tokens)) {
			best = &set[i];
		}
	}
	*best = (struct bucket){key, l->config.burst, now_us};
	return best;
}

bool hl_web_limiter_take(struct hl_web_limiter *l, uint64_t key, int64_t now_us)
{
	if (l->config.burst == 0 || key == 0) {
		return true;
	}
	pthread_mutex_lock(&l->lock);
	struct bucket *b = find(l, key, now_us);
	bool may = b->tokens > 0;
	b->tokens -= may ? 1 : 0;
	pthread_mutex_unlock(&l->lock);
	return may;
}
