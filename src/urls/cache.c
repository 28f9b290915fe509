/* SPDX-License-Identifier: Apache-2.0 */
#include "urls/cache.h"

#include "base/rand.h"

#include <sched.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

/*
 * Sets of four places, each set under a number that is odd while somebody
 * writes: a reader copies what it wants and looks whether the number is still
 * the same. All words are atomic, so nothing is torn that counts.
 */
enum { WAYS = 4, WORDS = 11, TRIES = 64, YIELDS = 16 };

struct set {
	_Atomic uint32_t number;
	_Atomic uint32_t hand; /* of the places, who goes next */
	_Atomic uint64_t word[WAYS][WORDS];
	uint64_t filler[3]; /* to whole cache lines */
};
_Static_assert(sizeof(struct set) % 64 == 0, "cache lines");

struct hl_urls_cache {
	uint8_t key[crypto_shorthash_KEYBYTES];
	uint64_t mask;
	size_t n_bytes;
	struct set *sets;
};

#define LISTED (UINT64_C(1) << 63)

struct hl_urls_cache *hl_urls_cache_new(uint32_t n_hosts)
{
	struct hl_urls_cache *cache = calloc(1, sizeof(*cache));
	uint64_t n = 1;
	void *p;

	if (!cache) {
		return NULL;
	}
	while (n * WAYS < n_hosts) {
		n *= 2;
	}
	cache->mask = n - 1;
	cache->n_bytes = n * sizeof(struct set);
	/* Whole pages, which come when they are used, and not in a dump. */
	p = mmap(NULL, cache->n_bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		free(cache);
		return NULL;
	}
	(void)madvise(p, cache->n_bytes, MADV_DONTDUMP);
	cache->sets = p;
	hl_rand_bytes(cache->key, sizeof(cache->key));
	return cache;
}

void hl_urls_cache_free(struct hl_urls_cache *cache)
{
	if (!cache) {
		return;
	}
	/* The system clears pages before anybody else has them. */
	munmap(cache->sets, cache->n_bytes);
	sodium_memzero(cache, sizeof(*cache));
	free(cache);
}

uint64_t hl_urls_cache_bytes(const struct hl_urls_cache *cache)
{
	return cache->n_bytes;
}

uint64_t hl_urls_cache_host(
	const struct hl_urls_cache *cache, struct hl_str host)
{
	return hl_urls_path(cache->key, host);
}

static struct set *set_of(const struct hl_urls_cache *cache, uint64_t host)
{
	return &cache->sets[host & cache->mask];
}

static uint64_t get(const struct set *set, int way, int word)
{
	return atomic_load_explicit(
		&set->word[way][word], memory_order_relaxed);
}

/* True: found and copied, as far as nobody wrote meanwhile. */
static bool look(
	const struct set *set, int64_t now, struct hl_urls_remembered *out)
{
	for (int way = 0; way < WAYS; way++) {
		uint64_t until = get(set, way, 2), keys[WORDS - 3];

		if (get(set, way, 0) != out->host ||
			get(set, way, 1) != out->mark ||
			(int64_t)(until & ~LISTED) <= now) {
			continue;
		}
		for (int i = 0; i < WORDS - 3; i++) {
			keys[i] = get(set, way, 3 + i);
		}
		_Static_assert(sizeof(keys) == sizeof(out->keys), "words");
		memcpy(&out->keys, keys, sizeof(keys));
		out->until = (int64_t)(until & ~LISTED);
		out->is_listed = until & LISTED;
		sodium_memzero(keys, sizeof(keys));
		return true;
	}
	return false;
}

bool hl_urls_cache_get(const struct hl_urls_cache *cache, int64_t now,
	struct hl_urls_remembered *out)
{
	const struct set *set = set_of(cache, out->host);

	for (int i = 0; i < TRIES + YIELDS; i++) {
		uint32_t number = atomic_load_explicit(
			&set->number, memory_order_acquire);
		bool found = !(number & 1) && look(set, now, out);

		atomic_thread_fence(memory_order_acquire);
		if (!(number & 1) && atomic_load_explicit(&set->number,
					     memory_order_relaxed) == number) {
			return found;
		}
		if (i >= TRIES) {
			sched_yield();
		}
	}
	return false;
}

/* The same host's place, else one that counts no more, else one that is not
 * listed, else any, in turn. */
static int choose(
	struct set *set, int64_t now, const struct hl_urls_remembered *what)
{
	uint32_t hand =
		atomic_fetch_add_explicit(&set->hand, 1, memory_order_relaxed);
	int spent = -1, unlisted = -1;

	for (int i = 0; i < WAYS; i++) {
		int way = (int)((hand + (uint32_t)i) % WAYS);
		uint64_t until = get(set, way, 2);

		if (get(set, way, 0) == what->host) {
			return way;
		}
		if (spent < 0 && (get(set, way, 1) != what->mark ||
					 (int64_t)(until & ~LISTED) <= now)) {
			spent = way;
		}
		if (unlisted < 0 && !(until & LISTED)) {
			unlisted = way;
		}
	}
	if (spent >= 0) {
		return spent;
	}
	return unlisted >= 0 ? unlisted : (int)(hand % WAYS);
}

void hl_urls_cache_put(struct hl_urls_cache *cache, int64_t now,
	const struct hl_urls_remembered *what)
{
	struct set *set = set_of(cache, what->host);
	uint32_t number =
		atomic_load_explicit(&set->number, memory_order_relaxed);
	uint64_t words[WORDS] = {what->host, what->mark,
		(uint64_t)what->until | (what->is_listed ? LISTED : 0)};
	int way;

	if (number & 1 || what->until <= now ||
		!atomic_compare_exchange_strong_explicit(&set->number, &number,
			number + 1, memory_order_acquire,
			memory_order_relaxed)) {
		return;
	}
	atomic_thread_fence(memory_order_release);
	memcpy(words + 3, &what->keys, sizeof(what->keys));
	way = choose(set, now, what);
	for (int i = 0; i < WORDS; i++) {
		atomic_store_explicit(
			&set->word[way][i], words[i], memory_order_relaxed);
	}
	atomic_store_explicit(&set->number, number + 2, memory_order_release);
	sodium_memzero(words, sizeof(words));
}
