/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LOOKUP_RING_H
#define HL_LOOKUP_RING_H

#include "lookup/feed.h"

/*
 * The keys that are good, in memory, and what each may still ask. Any
 * thread. Keys are put as a whole; one that stays keeps its count.
 */
struct hl_lookup_ring;
int hl_lookup_ring_new(struct hl_lookup_ring **out, struct hl_err *err);
void hl_lookup_ring_free(struct hl_lookup_ring *r);

/* Copies. HL_E_NOMEM leaves the ring as it was. */
int hl_lookup_ring_put(struct hl_lookup_ring *r,
	const struct hl_lookup_keys *keys, struct hl_err *err);
/* Heard from who makes the keys: those known are good for another day. */
void hl_lookup_ring_heard(struct hl_lookup_ring *r, int64_t now_us);
/* The tag of what was put last; "" before. */
void hl_lookup_ring_tag(struct hl_lookup_ring *r, char out[HL_LOOKUP_TAG_TEXT]);

/* Who asks. */
struct hl_lookup_pass {
	int64_t id;
	unsigned scopes;
	int64_t rate;
	size_t slot;
};
/* HL_NOTFOUND: no key that is good now. */
int hl_lookup_ring_find(struct hl_lookup_ring *r, const uint8_t hash[32],
	int64_t now_us, struct hl_lookup_pass *out);

/* Takes n look-ups of the key's; 0, or after how many whole seconds it may
 * ask again, and nothing was taken. What is earned hangs on time that passes,
 * whatever the clock is set to: mono_us is of hl_time_mono_us(). */
int64_t hl_lookup_ring_take(struct hl_lookup_ring *r,
	const struct hl_lookup_pass *pass, uint64_t n, int64_t mono_us);

/* Takes n look-ups more, of what was done already: the key may then owe, and
 * asks again when it has earned it. Nothing if the key is not good any more. */
void hl_lookup_ring_owe(struct hl_lookup_ring *r,
	const struct hl_lookup_pass *pass, uint64_t n, int64_t mono_us);

/* The ids of keys that were used on a day of which nobody was told yet; at
 * most n_most. Tells of each once. */
size_t hl_lookup_ring_used(
	struct hl_lookup_ring *r, int64_t day, int64_t *ids, size_t n_most);

#endif
