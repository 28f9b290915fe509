/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/set.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "urls_oprf/oprf.h"

#define ARENA_MAX ((size_t)4 << 30)

int hl_lists_entries_new(struct hl_lists_entries **out, struct hl_err *err)
{
	struct hl_lists_entries *e = calloc(1, sizeof(*e));

	if (e) {
		e->arena = hl_arena_new(ARENA_MAX, true);
	}
	if (!e || !e->arena) {
		free(e);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for entries");
	}
	*out = e;
	return 0;
}

void hl_lists_entries_free(struct hl_lists_entries *e)
{
	if (e) {
		hl_arena_free(e->arena);
		free(e->at);
		free(e->gone);
		free(e);
	}
}

void hl_lists_entries_freep(struct hl_lists_entries **e)
{
	hl_lists_entries_free(*e);
	*e = NULL;
}

static bool keep(struct hl_lists_entries *e, struct hl_str *s)
{
	if (s->p) {
		*s = hl_arena_dup(e->arena, *s);
		return s->p != NULL;
	}
	return true;
}

int hl_lists_entries_add(struct hl_lists_entries *e,
	const struct hl_lists_entry *entry, struct hl_err *err)
{
	if (e->n == e->cap) {
		size_t cap = e->cap ? 2 * e->cap : 256;
		void *more = realloc(e->at, cap * sizeof(*e->at));

		if (!more) {
			return HL_FAIL(
				err, HL_E_NOMEM, "no memory for entries");
		}
		e->at = more;
		e->cap = cap;
	}
	struct hl_lists_entry *to = &e->at[e->n];
	*to = *entry;
	if (!keep(e, &to->sealed) || !keep(e, &to->host) ||
		!keep(e, &to->path)) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for entries");
	}
	e->n++;
	return 0;
}

int hl_lists_entries_add_gone(struct hl_lists_entries *e,
	const struct hl_lists_gone *gone, struct hl_err *err)
{
	if (e->n_gone == e->cap_gone) {
		size_t cap = e->cap_gone ? 2 * e->cap_gone : 64;
		void *more = realloc(e->gone, cap * sizeof(*e->gone));

		if (!more) {
			return HL_FAIL(
				err, HL_E_NOMEM, "no memory for entries");
		}
		e->gone = more;
		e->cap_gone = cap;
	}
	e->gone[e->n_gone++] = *gone;
	return 0;
}

struct hl_lists_entry *hl_lists_entries_find(
	const struct hl_lists_entries *e, int64_t id)
{
	size_t from = 0, to = e->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (e->at[mid].id < id) {
			from = mid + 1;
		} else {
			to = mid;
		}
	}
	return from < e->n && e->at[from].id == id ? &e->at[from] : NULL;
}

static struct hl_lists_member member_of(
	const struct hl_lists_entry *e, int64_t day_us)
{
	struct hl_lists_member m = {.id = e->id,
		.canary = e->canary,
		.leaves = e->leaves,
		.young = e->since_us > day_us};

	memcpy(m.host, e->host_c, sizeof(m.host));
	return m;
}

static struct hl_lists_member member_gone(
	const struct hl_lists_gone *g, int64_t day_us)
{
	struct hl_lists_member m = {
		.id = g->id, .young = g->since_us > day_us, .went = true};

	memcpy(m.host, g->host_c, sizeof(m.host));
	return m;
}

const struct hl_lists_member *hl_lists_entries_members(
	const struct hl_lists_entries *e, int64_t now_us, size_t *n)
{
	int64_t day_us = now_us ? now_us - HL_LISTS_DAY_US : INT64_MAX;
	struct hl_lists_member *m =
		hl_arena_array(e->arena, e->n + e->n_gone + 1, sizeof(*m));
	size_t k = 0;

	*n = 0;
	for (size_t i = 0; m && (i < e->n || k < e->n_gone);) {
		const struct hl_lists_gone *g = &e->gone[k];

		if (k == e->n_gone || (i < e->n && e->at[i].id <= g->id)) {
			m[(*n)++] = member_of(&e->at[i++], day_us);
			continue;
		}
		if (g->gone_at_us > day_us) {
			m[(*n)++] = member_gone(g, day_us);
		}
		k++;
	}
	return m;
}

/* C = s X of the host. */
static bool commits(
	const struct hl_lists_entry *e, const struct hl_seal_list_commit *key)
{
	const struct hl_oprf_view host = {e->host.p, e->host.n};
	struct hl_oprf_scalar s;
	struct hl_oprf_element c;

	memcpy(s.b, key->s, sizeof(s.b));
	int r = hl_oprf_direct(HL_OPRF_MODE_OPRF, &s, host, &c);
	explicit_bzero(&s, sizeof(s));
	return r == 0 && memcmp(c.b, e->host_c, sizeof(c.b)) == 0;
}

static bool open_one(struct hl_lists_entries *all, struct hl_lists_entry *e,
	const struct hl_lists_opening *how)
{
	HL_BUF_AUTO place = HL_BUF_SECRET(65536);
	const struct hl_seal_label label = HL_LABEL_LIST_PLACE(e->id);

	if (hl_seal_open(how->place, &label, e->sealed, &place, NULL)) {
		return false;
	}
	struct hl_str text = hl_arena_dup(all->arena, hl_buf_str(&place));
	if (!text.p || !hl_str_next(&text, '\n', &e->host) || !e->host.n) {
		return false;
	}
	e->path = text;
	return commits(e, how->commit);
}

static bool take_over(struct hl_lists_entries *all, struct hl_lists_entry *e,
	const struct hl_lists_entries *before)
{
	const struct hl_lists_entry *old =
		before ? hl_lists_entries_find(before, e->id) : NULL;

	if (!old || !old->host.p ||
		memcmp(old->host_c, e->host_c, sizeof(e->host_c)) != 0 ||
		!hl_str_eq(old->sealed, e->sealed)) {
		return false;
	}
	e->host = hl_arena_dup(all->arena, old->host);
	e->path = hl_arena_dup(all->arena, old->path);
	return e->host.p && e->path.p;
}

int hl_lists_entries_open(struct hl_lists_entries *e,
	const struct hl_lists_opening *how, struct hl_err *err)
{
	size_t n = 0;

	(void)err;
	for (size_t i = 0; i < e->n; i++) {
		struct hl_lists_entry *at = &e->at[i];

		if (!at->host.p && !take_over(e, at, how->before) &&
			!open_one(e, at, how)) {
			hl_log(HL_LOG_ERROR, "lists.entry",
				"entry %s does not open, or its commitment "
				"is not of its host: it is not published",
				HL_REF_TEXT(HL_REF_LIST_ENTRY, at->id));
			continue;
		}
		e->at[n++] = *at;
	}
	e->n = n;
	return 0;
}
