/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From hashes to matches: equal ones from the store, near ones from the
 * index. The index may be behind, so what it finds is read in the store as
 * well, and equal ones are looked for there in any case: what was withdrawn a
 * moment ago does not resolve, and what was approved a moment ago does.
 */
#include "registry/known.h"

#include <stdlib.h>

#include "base/log.h"
#include "registry/short.h"
#include "store/sql.h"

#define EXACT_MOST 20
#define NEAR_MOST 20

struct looking {
	const struct hl_registry_look *look;
	bool resolve;
	struct hl_registry_match *at;
	bool *vouched;
	size_t n;
	int64_t as_of;
	bool truncated, no_index;
};

static int distance_of(const struct hl_hash *a, struct hl_str b)
{
	int n = 0;

	for (size_t i = 0; i < b.n && i < sizeof(a->value); i++) {
		n += __builtin_popcount(
			(unsigned)(a->value[i] ^ (uint8_t)b.p[i]));
	}
	return n;
}

/* One row an entry and a hash of ours: the nearest. */
static int add(struct looking *l, const struct hl_registry_asked *asked,
	int64_t entry_id, int distance, int quality, struct hl_err *err)
{
	struct hl_registry_match *m = NULL;

	for (size_t i = 0; i < l->n && !m; i++) {
		if (l->at[i].entry.id == entry_id &&
			hl_hash_same(&l->at[i].hash, &asked->hash)) {
			m = &l->at[i];
		}
	}
	if (m) {
		if (distance < m->distance) {
			m->distance = distance;
			m->quality = quality;
		}
		return 0;
	}
	if (l->n == HL_REGISTRY_MATCHES_MAX) {
		l->truncated = true;
		return 0;
	}
	m = &l->at[l->n];
	int r = hl_registry_load(
		l->look->store, l->look->arena, entry_id, &m->entry, err);
	if (r == HL_NOTFOUND) {
		return 0;
	}
	if (r) {
		return r;
	}
	m->hash = asked->hash;
	m->distance = distance;
	m->quality = quality;
	l->vouched[l->n] = asked->vouched;
	l->n += distance <= m->entry.list.radius;
	return 0;
}

static int look_exact(struct looking *l, const struct hl_registry_asked *asked,
	struct hl_err *err)
{
	struct hl_in_hash_exact in = {
		asked->hash.kind, hl_hash_str(&asked->hash), EXACT_MOST + 1};
	struct hl_row_hash_exact *rows;
	size_t n;
	int r = hl_get_hash_exact(
		l->look->store, l->look->arena, &in, &rows, &n, err);

	for (size_t i = 0; i < n && i < EXACT_MOST && !r; i++) {
		r = add(l, asked, rows[i].entry_id, 0, (int)rows[i].quality,
			err);
	}
	l->truncated |= !r && n > EXACT_MOST;
	return r;
}

static int take_hit(struct looking *l, const struct hl_registry_asked *asked,
	const struct hl_registry_hit *hit, struct hl_err *err)
{
	struct hl_in_hash_near_one in = {hit->entry_id, HL_HASH_PDQ, hit->part};
	struct hl_row_hash_near_one *row;
	size_t n;
	int r = hl_get_hash_near_one(
		l->look->store, l->look->arena, &in, &row, &n, err);

	if (r || !n || row->value.n != HL_HASH_BYTES) {
		return r;
	}
	return add(l, asked, hit->entry_id,
		distance_of(&asked->hash, row->value), (int)row->quality, err);
}

static int look_near(struct looking *l, const struct hl_registry_asked *asked,
	struct hl_err *err)
{
	const struct hl_registry_near *near = l->look->near;
	struct hl_registry_hit hits[NEAR_MOST + 1];
	size_t n = 0;

	if (!near || asked->hash.kind != HL_HASH_PDQ) {
		return 0;
	}
	struct hl_err why = {0};
	int r = near->find(near->ctx, asked->hash.value, hits,
		HL_ARRAY_LEN(hits), &n, &why);
	if (r) {
		hl_log_err(HL_LOG_ERROR, "registry.index", &why);
		l->no_index = true;
		return 0;
	}
	for (size_t i = 0; i < n && i < NEAR_MOST && !r; i++) {
		r = take_hit(l, asked, &hits[i], err);
	}
	l->truncated |= !r && n > NEAR_MOST;
	return r;
}

static int by_distance(const void *left, const void *right)
{
	const struct hl_registry_match *a = left, *b = right;

	if (a->distance != b->distance) {
		return a->distance < b->distance ? -1 : 1;
	}
	if (a->entry.list.id != b->entry.list.id) {
		return a->entry.list.id < b->entry.list.id ? -1 : 1;
	}
	if (a->entry.id != b->entry.id) {
		return a->entry.id < b->entry.id ? -1 : 1;
	}
	return (a->hash.kind < b->hash.kind) - (a->hash.kind > b->hash.kind);
}

/* An item may show several things; what is said to be harmless at least as
 * near as what is said to be illegal is for a person to tell apart. */
static void clear(struct looking *l)
{
	int nearest = -1;

	for (size_t i = 0; i < l->n; i++) {
		const struct hl_registry_match *m = &l->at[i];

		if (m->lacks == HL_REGISTRY_NEGATIVE &&
			(nearest < 0 || m->distance < nearest)) {
			nearest = m->distance;
		}
	}
	for (size_t i = 0; i < l->n && nearest >= 0; i++) {
		struct hl_registry_match *m = &l->at[i];

		if (!m->lacks && m->distance >= nearest) {
			m->lacks = HL_REGISTRY_CLEARED;
		}
	}
}

static enum hl_outcome resolved_as(const struct looking *l, bool *differ)
{
	enum hl_outcome outcome = HL_OUTCOME_UNANSWERED;

	*differ = false;
	for (size_t i = 0; i < l->n; i++) {
		const struct hl_registry_match *m = &l->at[i];

		if (!m->lacks) {
			*differ |= outcome && outcome != m->entry.outcome;
			outcome = m->entry.outcome;
		}
	}
	return outcome;
}

/* What keeps all of them from it. Of an answer that is not whole nobody knows
 * whether the rest is harmless, or says something else. */
static enum hl_registry_short lack_of_all(const struct looking *l)
{
	bool differ;

	resolved_as(l, &differ);
	return l->no_index    ? HL_REGISTRY_NO_INDEX
	       : differ       ? HL_REGISTRY_DIFFER
	       : l->truncated ? HL_REGISTRY_CUT
			      : HL_REGISTRY_RESOLVES;
}

static void decide(struct looking *l, struct hl_registry_known *out)
{
	clear(l);
	enum hl_registry_short all = lack_of_all(l);
	for (size_t i = 0; i < l->n; i++) {
		struct hl_registry_match *m = &l->at[i];

		m->lacks = m->lacks ? m->lacks : all;
		if (!m->lacks && !out->by) {
			out->by = m;
		}
	}
}

static int begin(struct looking *l, struct hl_err *err)
{
	const struct hl_registry_look *look = l->look;
	struct hl_row_hash_feed_head *head;
	struct hl_row_hash_policy *policy;
	size_t n = 0, most = HL_REGISTRY_MATCHES_MAX;
	/* before all else, so that what changes from here on shows */
	int r = hl_get_hash_feed_head(look->store, look->arena, &head, &n, err);

	l->as_of = !r && n ? head->seq : 0;
	if (!r) {
		r = hl_get_hash_policy(
			look->store, look->arena, &policy, &n, err);
	}
	l->resolve = !r && n && policy->resolve;
	l->at = hl_arena_array(look->arena, most, sizeof(*l->at));
	l->vouched = hl_arena_array(look->arena, most, sizeof(*l->vouched));
	if (!r && (!l->at || !l->vouched)) {
		r = HL_FAIL(err, HL_E_NOMEM, "no memory to look up hashes");
	}
	return r;
}

static enum hl_registry_short judge(
	const struct looking *l, size_t i, struct hl_law_result *law)
{
	struct hl_registry_terms terms = {
		l->resolve, l->vouched[i], l->look->laws, l->look->n_laws};

	return hl_registry_lacks(&l->at[i], &terms, law);
}

int hl_registry_look_up(const struct hl_registry_look *look,
	const struct hl_registry_asked *asked, size_t n,
	struct hl_registry_known *out, struct hl_err *err)
{
	struct looking l = {.look = look};
	int r;

	*out = (struct hl_registry_known){0};
	if (!n) {
		return 0;
	}
	r = begin(&l, err);
	l.truncated = n > HL_REGISTRY_ASKED_MAX;
	for (size_t i = 0; i < n && i < HL_REGISTRY_ASKED_MAX && !r; i++) {
		r = look_exact(&l, &asked[i], err);
		if (!r) {
			r = look_near(&l, &asked[i], err);
		}
	}
	if (r) {
		return r;
	}
	for (size_t i = 0; i < l.n; i++) {
		struct hl_law_result law;

		l.at[i].lacks = judge(&l, i, &law);
	}
	qsort(l.at, l.n, sizeof(*l.at), by_distance);
	decide(&l, out);
	if (out->by) {
		judge(&l, (size_t)(out->by - l.at), &out->law);
	}
	out->at = l.at;
	out->n = l.n;
	out->truncated = l.truncated;
	out->no_index = l.no_index;
	out->as_of = l.as_of;
	return 0;
}
