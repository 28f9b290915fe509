/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two harms are weighed. A list that grows at once by a mistake blocks what
 * nobody meant to block, so growth waits. A list that shrinks at once by a
 * mistake (a watch that has lost its network sees everything gone) stops
 * protecting, so that waits as well, but only what went by itself: what a
 * person took off, an appeal above all, leaves at once whatever is held, and
 * what waits still runs out by its own minute.
 *
 * Entries are approved one by one, and end one by one, so what happens from
 * one look to the next is always little. Compared is therefore what came and
 * what went within a day, but for what a person let through.
 */
#include "lists/judge.h"

#include <stdlib.h>

#include "seal/sign.h"
#include "urls_file/bytes.h"

enum { DELTA_LEAST = 20, DELTA_PART = 20, LOSS_LEAST = 5, LOSS_PART = 5 };

/* A host of either set. */
struct seen {
	const uint8_t *host;
	bool now, wanted;
	bool of_day;    /* published now, or it was within the day */
	bool old;       /* published for longer than that, or a day ago */
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

static void note_old(
	struct seen *s, size_t *n, const struct hl_lists_member *m, bool wanted)
{
	note(s, n, m,
		&(struct seen){.now = !m->went,
			.wanted = wanted,
			.of_day = true,
			.old = !m->young,
			.by_itself = !wanted && !m->leaves});
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
			out->loses |= !a->leaves && !a->canary && !a->went;
			note_old(s, &n, a, false);
			i++;
		} else if (i == now->n || b->id < a->id) {
			out->adds |= !b->canary;
			note(s, &n, b, &(struct seen){.wanted = true});
			k++;
		} else {
			out->adds |= !a->canary && a->went;
			note_old(s, &n, a, true);
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
			all.of_day |= s[i].of_day;
			all.old |= s[i].old;
			all.by_itself |= s[i].by_itself;
		}
		bool went = !all.wanted && all.by_itself;

		out->n_hosts += all.now;
		out->n_added += all.wanted && !all.now;
		out->n_removed += all.now && went;
		out->n_came += all.wanted && !all.old;
		out->n_came_of += all.old;
		out->n_went += all.of_day && went;
		out->n_went_of += all.of_day;
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

static bool floods(const struct hl_lists_change *c)
{
	return too_many(c->n_came, DELTA_LEAST, DELTA_PART, c->n_came_of);
}

static bool drains(const struct hl_lists_change *c)
{
	return too_many(c->n_went, DELTA_LEAST, DELTA_PART, c->n_went_of);
}

unsigned hl_lists_breakers(const struct hl_lists_change *c, bool halted)
{
	unsigned held = halted ? HL_LIST_BREAKER_HALTED : 0;

	if (floods(c) || drains(c)) {
		held |= HL_LIST_BREAKER_DELTA;
	}
	if (too_many(c->n_went, LOSS_LEAST, LOSS_PART, c->n_went_of) ||
		(c->n_went > 1 && c->n_went == c->n_went_of)) {
		held |= HL_LIST_BREAKER_LOSS;
	}
	return held;
}

bool hl_lists_holds_new(unsigned held, const struct hl_lists_change *c)
{
	return (held & HL_LIST_BREAKER_HALTED) ||
	       ((held & HL_LIST_BREAKER_DELTA) && floods(c));
}

bool hl_lists_holds_gone(unsigned held, const struct hl_lists_change *c)
{
	return (held & HL_LIST_BREAKER_LOSS) ||
	       ((held & HL_LIST_BREAKER_DELTA) && drains(c));
}

void hl_lists_set_digest(const struct hl_lists_set *set, uint8_t out[32])
{
	struct hl_seal_sha256 h;

	hl_seal_sha256_init(&h);
	hl_seal_sha256_add(&h, HL_STR("openhotline list set 1\n"));
	for (size_t i = 0; i < set->n; i++) {
		uint8_t le[8];

		hl_urls_put64(le, (uint64_t)set->at[i].id);
		hl_seal_sha256_add(&h, hl_str_mem(le, sizeof(le)));
		hl_seal_sha256_add(
			&h, hl_str_mem(set->at[i].host, HL_LISTS_HOST_BYTES));
	}
	hl_seal_sha256_end(&h, out);
}
