/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_TALLY_TEST_H
#define HL_TESTS_TALLY_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "tally/tally.h"

/* A folder and a key; time is the test's. */
struct desk {
	char folder[64];
	uint8_t pub[HL_TALLY_PUB_BYTES];
	struct hl_tally_config config;
	struct hl_tally *t;
	struct hl_arena *arena;
};

#define NOON INT64_C(1795348800000000) /* 2026-11-22T12:00:00Z */

static inline void desk_open(struct desk *d, int64_t now_us)
{
	assert_int_equal(0, hl_tally_new(&d->config, now_us, &d->t, NULL));
}

static inline int desk_set_up(void **state)
{
	static struct desk d;
	static const uint8_t seed[crypto_sign_SEEDBYTES] = "seed";

	d = (struct desk){.folder = "/tmp/tally-XXXXXX"};
	assert_true(sodium_init() >= 0);
	assert_non_null(mkdtemp(d.folder));
	d.config = (struct hl_tally_config){.hotline = "hotline",
		.consumer = 4711,
		.folder = d.folder,
		.n_entries = 1600};
	crypto_sign_seed_keypair(d.pub, d.config.secret, seed);
	d.arena = hl_arena_new((size_t)64 << 20, false);
	desk_open(&d, NOON);
	*state = &d;
	return 0;
}

static inline int desk_remove(
	const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline int desk_tear_down(void **state)
{
	struct desk *d = *state;

	hl_tally_free(d->t);
	hl_arena_free(d->arena);
	return nftw(d->folder, desk_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* n hits, each of another client, numbered from `from` on. */
static inline void desk_hit(
	struct desk *d, uint64_t entry, uint32_t from, uint32_t n)
{
	for (uint32_t i = from; i < from + n; i++) {
		hl_tally_add(d->t, entry, hl_str_mem(&i, sizeof(i)));
	}
}

/* Takes the oldest record, as the hotline would. */
static inline struct hl_tally_record desk_take(struct desk *d)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_TALLY_TEXT_MAX);
	struct hl_tally_record r;
	int64_t hour;

	assert_int_equal(0, hl_tally_waiting(d->t, &text, &hour, NULL));
	struct hl_str s = hl_arena_dup(d->arena, hl_buf_str(&text));
	assert_int_equal(0, hl_tally_read(s, d->pub, d->arena, &r, NULL));
	assert_int_equal(hour, r.hour_us);
	assert_int_equal(0, hl_tally_taken(d->t, hour, NULL));
	return r;
}

static inline size_t desk_waiting(struct desk *d)
{
	struct hl_tally_now now;

	hl_tally_now(d->t, &now);
	return now.n_waiting;
}

#endif
