/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_LOOKUP_TOWN_H
#define HL_TEST_LOOKUP_TOWN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lookup/follow.h"

/*
 * A registry in memory that a test writes to, and a follower of it with its
 * folder. What the source gives can be spoilt.
 */
enum spoil {
	WHOLE,
	SPOIL_UNAVAILABLE,
	SPOIL_AFTER,  /* answers another question */
	SPOIL_ORDER,  /* two changes in each other's place */
	SPOIL_REPEAT, /* the answer before, once more */
	SPOIL_OLD,    /* has forgotten what was asked for */
};

#define TOWN_MOST 4000
struct town {
	char dir[64], registry[HL_LOOKUP_REGISTRY_TEXT];
	struct hl_lookup_change changes[TOWN_MOST];
	struct hl_lookup_hash hashes[TOWN_MOST];
	size_t n, n_at_once;
	uint64_t floor;
	bool equal_only; /* what town_list() makes from now on */
	enum spoil spoil;
	uint64_t repeat_after;
	int n_asked;
	struct hl_lookup_keys keys;
	struct hl_lookup_key key;
	struct hl_lookup_source source;
	struct hl_lookup_shelf *shelf;
	struct hl_lookup_ring *ring;
	struct hl_lookup_follower *follower;
	struct hl_lookup_seat seat;
};

int town_set_up(void **state);
int town_tear_down(void **state);

/* All that lies in a folder, what is in folders before them. */
void town_files(const char *dir,
	void (*visit)(const char *path, bool folder, void *arg), void *arg);

/* Starts the follower again, as after a kill. */
void town_restart(struct town *t);
/* Steps until all is taken up; fails the test if that never comes. */
void town_catch_up(struct town *t);
int town_step(struct town *t);

void town_list(struct town *t, uint32_t list, bool negative);
void town_list_gone(struct town *t, uint32_t list);
/* An entry whose one PDQ hash is that of its id; flip changes so many bits. */
void town_entry(struct town *t, uint32_t list, uint64_t entry, unsigned flip);
void town_gone(struct town *t, uint32_t list, uint64_t entry);
void town_hash(uint64_t entry, unsigned flip, uint8_t out[32]);

/* What readers see: how many entries are within 31 of the hash of an entry;
 * -1 when there is no index. */
int town_found(struct town *t, uint64_t entry);
uint64_t town_position(struct town *t);

#endif
