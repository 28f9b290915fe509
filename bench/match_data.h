/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BENCH_MATCH_DATA_H
#define HL_BENCH_MATCH_DATA_H

/*
 * Hashes made of a seed, in the ways in which real lists are not uniform.
 * uniform: every bit a coin. clustered: groups of 1 to 64 that differ from
 * their base in up to 40 bits. leaf: 500 templates whose bits have a bias
 * each and follow their neighbour, as hashes of documents, letterboxes and
 * templates do. attack: a fifth has the same 128 bits, those of the first
 * eight slots of 16, as somebody would make them who wants look-ups to be
 * slow.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum match_data { UNIFORM, CLUSTERED, LEAF, ATTACK, N_DATA };
static const char *const match_data_name[] = {
	"uniform", "clustered", "leaf", "attack"};

enum { TEMPLATES = 500 };

struct match_source {
	uint64_t seed;
	enum match_data kind;
	uint8_t base[32];
	unsigned left; /* of the cluster */
	uint8_t (*bias)[256];
};

static inline uint64_t match_draw(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static inline void match_draw_hash(uint64_t *seed, uint8_t out[32])
{
	for (int i = 0; i < 32; i += 8) {
		uint64_t v = match_draw(seed);

		memcpy(out + i, &v, 8);
	}
}

/* Flips exactly n bits. */
static inline void match_flip(uint64_t *seed, uint8_t hash[32], unsigned n)
{
	uint8_t done[32] = {0};

	while (n > 0) {
		unsigned bit = (unsigned)(match_draw(seed) >> 56);

		if (!(done[bit / 8] >> bit % 8 & 1)) {
			done[bit / 8] |= (uint8_t)(1 << bit % 8);
			hash[bit / 8] ^= (uint8_t)(1 << bit % 8);
			n--;
		}
	}
}

static inline int match_source_init(
	struct match_source *s, enum match_data kind, uint64_t seed)
{
	memset(s, 0, sizeof(*s));
	s->seed = seed * 1000003 + kind;
	s->kind = kind;
	match_draw_hash(&s->seed, s->base);
	if (kind != LEAF) {
		return 0;
	}
	s->bias = malloc(TEMPLATES * sizeof(*s->bias));
	for (int t = 0; s->bias && t < TEMPLATES; t++) {
		for (int b = 0; b < 256; b++) {
			/* Between 1/8 and 7/8. */
			s->bias[t][b] =
				(uint8_t)(32 + match_draw(&s->seed) % 192);
		}
	}
	return s->bias ? 0 : -1;
}

static inline void match_source_fini(struct match_source *s)
{
	free(s->bias);
}

static inline void match_leaf(struct match_source *s, uint8_t out[32])
{
	const uint8_t *bias = s->bias[match_draw(&s->seed) % TEMPLATES];
	unsigned last = 0;

	memset(out, 0, 32);
	for (unsigned b = 0; b < 256; b += 4) {
		uint64_t word = match_draw(&s->seed);

		for (unsigned k = 0; k < 4; k++, word >>= 16) {
			unsigned follows = (word & 255) < 64;
			unsigned own = (word >> 8 & 255) < bias[b + k];

			last = follows ? last : own;
			out[(b + k) / 8] |=
				(uint8_t)(last << (7 - (b + k) % 8));
		}
	}
}

static inline void match_source_next(struct match_source *s, uint8_t out[32])
{
	switch (s->kind) {
	case CLUSTERED:
		if (s->left == 0) {
			match_draw_hash(&s->seed, s->base);
			s->left = 1 + (unsigned)(match_draw(&s->seed) % 64);
		}
		s->left--;
		memcpy(out, s->base, 32);
		match_flip(
			&s->seed, out, (unsigned)(match_draw(&s->seed) % 41));
		break;
	case LEAF:
		match_leaf(s, out);
		break;
	case ATTACK:
		match_draw_hash(&s->seed, out);
		if (match_draw(&s->seed) % 5 == 0) {
			memcpy(out, s->base, 16);
		}
		break;
	case UNIFORM:
	case N_DATA:
	default:
		match_draw_hash(&s->seed, out);
	}
}

#endif
