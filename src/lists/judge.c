/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two harms are weighed. A list that grows at once by a mistake blocks what
 * nobody meant to block, so growth waits. A list that shrinks at once by a
 * mistake (a watch that has lost its network sees everything gone) stops
 * protecting, so that waits as well, but only what went by itself: what a
 * person took off, an appeal above all, leaves at once whatever is held, and
 * what waits still runs out by its own minute.
 */
#include "lists/judge.h"

#include <stdlib.h>

#include "seal/sign.h"

enum { DELTA_LEAST = 20, DELTA_PART = 20, LOSS_LEAST = 5, LOSS_PART = 5 };

/* A host of either set. */
struct seen {
	const uint8_t *host;
	bool now, wanted;
	bool by_itself; /* an entry of it went, and no person took it off */
};

static int by_host(const void *a, const void *b)
{
	return memcmp(((const struct seen *)a)->host,
		((const struct seen *)b)->host, HL_LISTS_HOST_BYTES);
}

static void note(struct seen *s, size_t *n, const struct hl_lists_member *m,
	const struct seen *as)
{
	if (!m->canary) {
		s[*n] = *as;
		s[(*n)++].host = m->host;
	}
}

/* Both sets walked side by side. */
static size_t gather(const struct hl_lists_set *now,
	const struct hl_lists_set *wanted, struct seen *s,
	struct hl_lists_change *out)
{
	size_t n = 0, i = 0, k = 0;

	while (i < now->n || k < wanted->n) {
		const struct hl_lists_member *a = now->at + i;
		const struct hl_lists_member *b = wanted->at + k;

		if (k == wanted->n || (i < now->n && a->id < b->id)) {
			bool alone = !a->leaves;

			out->loses |= alone && !a->canary;
			note(s, &n, a,
				&(struct seen){
					.now = true, .by_itself = alone});
			i++;
		} else if (i == now->n || b->id < a->id) {
			out->adds |= !b->canary;
			note(s, &n, b, &(struct seen){.wanted = true});
			k++;
		} else {
			note(s, &n, a,
				&(struct seen){.now = true, .wanted = true});
			i++;
			k++;
		}
	}
	return n;
}

static void count(struct seen *s, size_t n, struct hl_lists_change *out)
{
	qsort(s, n, sizeof(*s), by_host);
	for (size_t i = 0; i < n;) {
		struct seen all = s[i];

		for (i++; i < n && by_host(&s[i - 1], &s[i]) == 0; i++) {
			all.now |= s[i].now;
			all.wanted |= s[i].wanted;
			all.by_itself |= s[i].by_itself;
		}
		out->n_hosts += all.now;
		out->n_added += !all.now;
		out->n_removed += all.now && !all.wanted && all.by_itself;
	}
}

int hl_lists_compare(const struct hl_lists_set *now,
	const struct hl_lists_set *wanted, struct hl_lists_change *out,
	struct hl_err *err)
{
	struct seen *s = calloc(now->n + wanted->n + 1, sizeof(*s));

	*out = (struct hl_lists_change){0};
	if (!s) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to compare");
	}
	count(s, gather(now, wanted, s, out), out);
	free(s);
	return 0;
}

static bool too_many(size_t n, size_t least, size_t part, size_t of)
{
	return n > least && n * part > of;
}

unsigned hl_lists_breakers(const struct hl_lists_change *c, bool halted)
{
	unsigned held = halted ? HL_LIST_BREAKER_HALTED : 0;

	if (too_many(c->n_added, DELTA_LEAST, DELTA_PART, c->n_hosts) ||
		too_many(c->n_removed, DELTA_LEAST, DELTA_PART, c->n_hosts)) {
		held |= HL_LIST_BREAKER_DELTA;
	}
	if (too_many(c->n_removed, LOSS_LEAST, LOSS_PART, c->n_hosts) ||
		(c->n_removed && c->n_removed == c->n_hosts)) {
		held |= HL_LIST_BREAKER_LOSS;
	}
	return held;
}

bool hl_lists_holds_new(unsigned held, const struct hl_lists_change *c)
{
	return (held & HL_LIST_BREAKER_HALTED) ||
	       ((held & HL_LIST_BREAKER_DELTA) &&
		       too_many(c->n_added, DELTA_LEAST, DELTA_PART,
			       c->n_hosts));
}

bool hl_lists_holds_gone(unsigned held, const struct hl_lists_change *c)
{
	return (held & HL_LIST_BREAKER_LOSS) ||
	       ((held & HL_LIST_BREAKER_DELTA) &&
		       too_many(c->n_removed, DELTA_LEAST, DELTA_PART,
			       c->n_hosts));
}

void hl_lists_set_digest(const struct hl_lists_set *set, uint8_t out[32])
{
	struct hl_seal_sha256 h;

	hl_seal_sha256_init(&h);
	hl_seal_sha256_add(&h, HL_STR("openhotline list set 1\n"));
	for (size_t i = 0; i < set->n; i++) {
		uint64_t id = (uint64_t)set->at[i].id;
		uint8_t le[8];

		for (int k = 0; k < 8; k++, id >>= 8) {
			le[k] = (uint8_t)id;
		}
		hl_seal_sha256_add(&h, hl_str_mem(le, sizeof(le)));
		hl_seal_sha256_add(
			&h, hl_str_mem(set->at[i].host, HL_LISTS_HOST_BYTES));
	}
	hl_seal_sha256_end(&h, out);
}
