/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/world.h"

#include <stdio.h>

#include "store/sql.h"

enum { PAGE = 400, LEAVES = 2000, ENDS = 200 };

static bool copy(struct hl_str from, void *to, size_t n)
{
	if (from.n != n) {
		return false;
	}
	memcpy(to, from.p, n);
	return true;
}

int hl_lists_head(struct hl_store *store, struct hl_arena *arena,
	struct hl_lists_head *out, struct hl_err *err)
{
	struct hl_row_lists_head *row;
	size_t n;
	int r = hl_get_lists_head(store, arena, &row, &n, err);

	if (r) {
		return r;
	}
	*out = (struct hl_lists_head){0};
	if (n != 1 || !copy(row->hotline, out->hotline, 16)) {
		return HL_FAIL(err, HL_E_CORRUPT, "the store has no list head");
	}
	out->has_key = row->public_key.n > 0;
	out->halted = row->halted_by != 0;
	out->seq = row->seq;
	return 0;
}

int hl_lists_consumers(struct hl_store *store, struct hl_arena *arena,
	struct hl_lists_consumer **out, size_t *n, struct hl_err *err)
{
	struct hl_row_lists_consumers *rows;
	int r = hl_get_lists_consumers(store, arena, &rows, n, err);

	if (r) {
		return r;
	}
	*out = hl_arena_array(arena, *n + 1, sizeof(**out));
	if (!*out) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for consumers");
	}
	for (size_t i = 0; i < *n; i++) {
		struct hl_lists_consumer *c = &(*out)[i];

		c->id = (uint64_t)rows[i].id;
		c->name = rows[i].name;
		c->tier = (int)rows[i].tier;
		c->stage = (int)rows[i].stage;
		c->ended = rows[i].state != HL_LIST_CONSUMER_ACTIVE;
		c->budget = (uint64_t)rows[i].budget;
		c->tsig_name = rows[i].tsig_name;
		c->tsig_sealed = rows[i].tsig_sealed;
		c->notify = rows[i].notify;
		c->has_token = copy(rows[i].token_hash, c->token_hash, 32);
		c->has_sign_key = copy(rows[i].sign_key, c->sign_key, 32);
	}
	return 0;
}

int hl_lists_versions(struct hl_store *store, struct hl_arena *arena,
	struct hl_lists_version **out, size_t *n, struct hl_err *err)
{
	struct hl_row_lists_versions *rows;
	int r = hl_get_lists_versions(store, arena, &rows, n, err);

	if (r) {
		return r;
	}
	*out = hl_arena_array(arena, *n + 1, sizeof(**out));
	if (!*out) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for versions");
	}
	for (size_t i = 0; i < *n; i++) {
		struct hl_lists_version *v = &(*out)[i];

		*v = (struct hl_lists_version){
			.consumer = (uint64_t)rows[i].consumer_id,
			.version = (uint64_t)rows[i].version,
			.epoch = (uint64_t)rows[i].epoch,
			.n_rows = (uint64_t)rows[i].n_rows,
			.bytes = (uint64_t)rows[i].size_bytes,
			.edition = rows[i].edition_id,
			.made_at_us = rows[i].made_at_us,
			.expires_at_us = rows[i].expires_at_us,
			.epoch_at_us = rows[i].epoch_at_us,
			.manifest = rows[i].manifest};
		copy(rows[i].root, v->root, sizeof(v->root));
	}
	return 0;
}

int hl_lists_editions(struct hl_store *store, struct hl_arena *arena,
	struct hl_lists_edition_row **out, size_t *n, struct hl_err *err)
{
	struct hl_row_lists_editions *rows;
	int r = hl_get_lists_editions(store, arena, &rows, n, err);

	if (r) {
		return r;
	}
	*out = hl_arena_array(arena, *n + 1, sizeof(**out));
	if (!*out) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for editions");
	}
	for (size_t i = 0; i < *n; i++) {
		(*out)[i].id = rows[i].id;
		(*out)[i].n_hosts = rows[i].n_hosts;
		(*out)[i].held = (unsigned)rows[i].held;
		(*out)[i].state = (int)rows[i].state;
		copy(rows[i].digest, (*out)[i].digest, 32);
	}
	return 0;
}

static int take(struct hl_lists_entries *to,
	const struct hl_row_lists_entries *row, int64_t now_us,
	size_t *n_popular, struct hl_err *err)
{
	struct hl_lists_entry e = {.id = row->id,
		.consumer_id = row->consumer_id,
		.scope = (uint32_t)row->scope,
		.canary = row->kind == HL_LIST_CANARY,
		.leaf = (uint32_t)row->place,
		.released_at_us = row->released_at_us,
		.sealed = row->place_sealed};

	/* nothing goes away from a host of our own */
	e.seen_at_us = e.canary ? now_us : row->seen_at_us;
	if (!copy(row->commitment, e.host_c, sizeof(e.host_c)) ||
		e.seen_at_us + HL_LIST_FRESH_US <= now_us) {
		return 0;
	}
	if (row->popular && !row->third_by) {
		++*n_popular;
		return 0;
	}
	return hl_lists_entries_add(to, &e, err);
}

int hl_lists_wanted(struct hl_store *store, int64_t now_us,
	struct hl_lists_entries **out, size_t *n_popular, struct hl_err *err)
{
	HL_LISTS_ENTRIES_AUTO *to = NULL;
	struct hl_in_lists_entries in = {.n_most = PAGE};
	size_t n = PAGE;
	int r = hl_lists_entries_new(&to, err);

	*n_popular = 0;
	while (!r && n == PAGE) {
		HL_ARENA_AUTO *arena = hl_arena_new((size_t)32 << 20, true);
		struct hl_row_lists_entries *rows = NULL;

		r = arena ? hl_get_lists_entries(
				    store, arena, &in, &rows, &n, err)
			  : HL_FAIL(err, HL_E_NOMEM, "no memory to read");
		for (size_t i = 0; !r && i < n; i++) {
			in.id = rows[i].id;
			r = take(to, &rows[i], now_us, n_popular, err);
		}
	}
	if (!r) {
		*out = to;
		to = NULL;
	}
	return r;
}

/* By a person: by their name in the row, or for a reason that only people
 * have. */
static bool ended_by_person(const struct hl_row_lists_entry_end *row)
{
	switch ((enum hl_list_end)row->ended_why) {
	case HL_LIST_END_NOT:
	case HL_LIST_END_GONE:
	case HL_LIST_END_CASE:
	case HL_LIST_END_ERASED:
		return row->ended_by != 0;
	case HL_LIST_END_APPEAL:
	case HL_LIST_END_PERSON:
	case HL_LIST_END_ROLLBACK:
	case HL_LIST_END_CONSUMER:
	case HL_LIST_END_MISTAKE:
	case HL_LIST_END_WIDE:
	case HL_LIST_END_ASKED:
	case HL_LIST_END_UNSEEN:
		break;
	}
	return true;
}

static int mark_one(struct hl_store *store, struct hl_lists_entry *e,
	int64_t now_us, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(65536, true);
	const struct hl_in_lists_entry_end in = {.id = e->id};
	struct hl_row_lists_entry_end *row = NULL;
	size_t n = 0;
	int r = arena ? hl_get_lists_entry_end(store, arena, &in, &row, &n, err)
		      : HL_FAIL(err, HL_E_NOMEM, "no memory to read");

	if (!r) {
		e->leaves = (int64_t)e->minute * HL_US_PER_MIN <= now_us ||
			    (n == 1 && row->state == HL_LIST_ENDED &&
				    ended_by_person(row));
	}
	return r;
}

int hl_lists_mark_ends(struct hl_store *store,
	struct hl_lists_entries *published,
	const struct hl_lists_entries *wanted, int64_t now_us,
	struct hl_err *err)
{
	int r = 0;

	for (size_t i = 0; i < published->n && !r; i++) {
		struct hl_lists_entry *e = &published->at[i];

		e->leaves = false;
		if (!hl_lists_entries_find(wanted, e->id)) {
			r = mark_one(store, e, now_us, err);
		}
	}
	return r;
}

int hl_lists_grow(
	struct hl_store *store, struct hl_lists_tree *tree, struct hl_err *err)
{
	size_t n = LEAVES;
	int r = 0;

	while (!r && n == LEAVES) {
		HL_ARENA_AUTO *arena = hl_arena_new((size_t)8 << 20, true);
		const struct hl_in_lists_leaves in = {
			.place = (int64_t)tree->n, .n_most = LEAVES};
		struct hl_row_lists_leaves *rows = NULL;

		r = arena ? hl_get_lists_leaves(
				    store, arena, &in, &rows, &n, err)
			  : HL_FAIL(err, HL_E_NOMEM, "no memory to read");
		for (size_t i = 0; !r && i < n; i++) {
			if (rows[i].place != (int64_t)tree->n) {
				return HL_FAIL(err, HL_E_CORRUPT,
					"the log of approvals has a gap before "
					"leaf %lld",
					(long long)rows[i].place);
			}
			hl_lists_tree_add(tree, rows[i].leaf);
		}
	}
	return r;
}

struct hl_str hl_lists_root_key(uint64_t version, char out[HL_LISTS_ROOT_KEY])
{
	int n = snprintf(out, HL_LISTS_ROOT_KEY, "lists.root.%llu",
		(unsigned long long)version);

	return (struct hl_str){out, (size_t)n};
}

int hl_lists_root_text(struct hl_store *store, struct hl_arena *arena,
	uint64_t version, struct hl_str *out, struct hl_err *err)
{
	char key[HL_LISTS_ROOT_KEY];
	const struct hl_in_lists_root in = {
		.key = hl_lists_root_key(version, key)};
	struct hl_row_lists_root *row;
	size_t n;
	int r = hl_get_lists_root(store, arena, &in, &row, &n, err);

	if (!r && !n) {
		return HL_NOTFOUND;
	}
	if (!r) {
		*out = row->value;
	}
	return r;
}
