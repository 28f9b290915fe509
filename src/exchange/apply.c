/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each record is compared with what the index has of its entry, and only
 * what differs is written: a list that comes again unchanged costs reading.
 * An entry that loses hashes is removed and put anew, within one commit; by
 * an incomplete record it loses none.
 */
#include "exchange/apply.h"

#include <stdlib.h>

enum { ARENA_MAX = 256 << 20 };

struct hl_apply {
	struct hl_apply_options options;
	struct hl_match_reader *reader; /* NULL for an empty index */
	struct hl_labels *labels;
	struct hl_arena *arena;
	struct hl_apply_counts counts;
	uint64_t *seen;
	size_t n_seen, cap_seen;
};

int hl_apply_fail(
	struct hl_err *err, int code, const struct hl_match_error *why)
{
	static const struct {
		int theirs, ours;
	} codes[] = {
		{HL_MATCH_NOTFOUND, HL_NOTFOUND},
		{HL_MATCH_E_ARG, HL_E_INVALID},
		{HL_MATCH_E_NOMEM, HL_E_NOMEM},
		{HL_MATCH_E_IO, HL_E_IO},
		{HL_MATCH_E_CORRUPT, HL_E_CORRUPT},
		{HL_MATCH_E_BUSY, HL_E_UNAVAILABLE},
		{HL_MATCH_E_LIMIT, HL_E_LIMIT},
		{HL_MATCH_E_VERSION, HL_E_CORRUPT},
		{HL_MATCH_E_FULL, HL_E_FULL},
	};
	int ours = HL_E_INTERNAL;

	for (size_t i = 0; i < HL_ARRAY_LEN(codes); i++) {
		ours = codes[i].theirs == code ? codes[i].ours : ours;
	}
	return HL_FAIL(err, ours, "%s",
		why && why->text[0] ? why->text : hl_match_code_name(code));
}

int hl_apply_new(const struct hl_apply_options *options, struct hl_apply **out,
	struct hl_err *err)
{
	struct hl_apply *a = calloc(1, sizeof(*a));
	struct hl_match_error why = {.code = 0};
	int rc = 0;

	*out = NULL;
	if (!a) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to import");
	}
	a->options = *options;
	a->arena = hl_arena_new(ARENA_MAX, true);
	if (options->index) {
		rc = hl_match_reader_new(options->index, &a->reader, &why);
		rc = rc ? hl_apply_fail(err, rc, &why) : 0;
	}
	if (rc == 0) {
		rc = hl_labels_new(a->reader, options->list, &a->labels, err);
	}
	if (rc == 0 && !a->arena) {
		rc = HL_FAIL(err, HL_E_NOMEM, "no memory to import");
	}
	if (rc) {
		hl_apply_free(a);
		return rc;
	}
	*out = a;
	return 0;
}

void hl_apply_free(struct hl_apply *a)
{
	if (!a) {
		return;
	}
	hl_match_reader_free(a->reader);
	hl_labels_free(a->labels);
	hl_arena_free(a->arena);
	free(a->seen);
	free(a);
}

struct hl_apply_counts *hl_apply_counts(struct hl_apply *a)
{
	return &a->counts;
}

static void tell(
	struct hl_apply *a, enum hl_apply_change what, struct hl_str id)
{
	if (a->options.changed) {
		a->options.changed(a->options.arg, what, id);
	}
}

static int mark(struct hl_apply *a, uint64_t id, struct hl_err *err)
{
	if (!a->options.track) {
		return 0;
	}
	if (a->n_seen == a->cap_seen) {
		size_t more = a->cap_seen ? 2 * a->cap_seen : 4096;
		uint64_t *bigger = reallocarray(a->seen, more, sizeof(*bigger));

		if (!bigger) {
			return HL_FAIL(err, HL_E_NOMEM,
				"no memory for the ids of a list");
		}
		a->seen = bigger;
		a->cap_seen = more;
	}
	a->seen[a->n_seen++] = id;
	return 0;
}

int hl_apply_mark(struct hl_apply *a, struct hl_str id, struct hl_err *err)
{
	return mark(a, hl_entry_id(id), err);
}

static int remove_entry(struct hl_apply *a, uint64_t id, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	int rc;

	if (a->options.dry) {
		return 0;
	}
	rc = hl_match_index_remove(a->options.index, a->options.list, id, &why);
	return rc < 0 ? hl_apply_fail(err, rc, &why) : 0;
}

static int label_of(struct hl_apply *a, struct hl_str text, uint16_t *number,
	struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	char copy[64];
	int rc;

	*number = 0;
	if (text.n == 0 || hl_labels_find(a->labels, text, number) == 0 ||
		!*number) {
		return 0;
	}
	if (!a->options.dry) {
		snprintf(copy, sizeof(copy), "%.*s", HL_STR_ARG(text));
		rc = hl_match_label_put(
			a->options.index, a->options.list, *number, copy, &why);
		if (rc < 0) {
			return hl_apply_fail(err, rc, &why);
		}
	}
	return hl_labels_add(a->labels, text);
}

/* What e has of the hash's kind and part; NULL. */
static const struct hl_match_entry *at_place(
	const struct hl_entry *e, const struct hl_match_entry *hash)
{
	size_t low = 0, high = e->n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct hl_match_entry *at = &e->hashes[middle];
		bool below = at->kind != hash->kind ? at->kind < hash->kind
						    : at->part < hash->part;

		if (at->kind == hash->kind && at->part == hash->part) {
			return at;
		}
		low = below ? middle + 1 : low;
		high = below ? high : middle;
	}
	return NULL;
}

static bool has_all(const struct hl_entry *new, const struct hl_entry *old)
{
	for (size_t i = 0; i < old->n; i++) {
		const struct hl_match_entry *hash = &old->hashes[i];
		const struct hl_match_entry *at = at_place(new, hash);

		if (!at || memcmp(at->hash, hash->hash,
				   hl_hashlist_kind_bytes(hash->kind)) != 0) {
			return false;
		}
	}
	return true;
}

static int put_entry(struct hl_apply *a, const struct hl_entry *old,
	const struct hl_entry *new, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	bool loses = false;
	int rc = 0;

	if (a->options.dry) {
		return 0;
	}
	for (size_t i = 0; i < old->n && !loses; i++) {
		loses = !at_place(new, &old->hashes[i]);
	}
	if (loses) {
		rc = remove_entry(a, new->id, err);
	}
	for (size_t i = 0; i < new->n &&rc == 0; i++) {
		rc = hl_match_index_put(
			a->options.index, &new->hashes[i], &why);
		rc = rc < 0 ? hl_apply_fail(err, rc, &why) : 0;
	}
	return rc;
}

/* What the index has of an id; old->n is 0 for nothing. */
static int find(struct hl_apply *a, uint64_t id, struct hl_entry *old,
	struct hl_err *err)
{
	uint32_t list = a->options.list;
	int rc = HL_NOTFOUND;

	if (!a->options.dry) {
		rc = hl_entry_written(
			a->options.index, a->arena, list, id, old);
	} else if (a->reader) {
		rc = hl_entry_find(a->reader, a->arena, list, id, old);
	}
	if (rc == HL_NOTFOUND) {
		*old = (struct hl_entry){.id = id};
		return 0;
	}
	return rc ? HL_FAIL(err, rc, "the index cannot be read") : 0;
}

static int take_back(struct hl_apply *a, const struct hl_entry *old,
	struct hl_str id, struct hl_err *err)
{
	if (old->n == 0) {
		return 0;
	}
	a->counts.n_removed++;
	tell(a, HL_APPLY_REMOVED, id);
	return remove_entry(a, old->id, err);
}

static int put_record(struct hl_apply *a, const struct hl_entry *old,
	const struct hl_hashlist_record *record, struct hl_err *err)
{
	struct hl_hashlist_record own = *record;
	struct hl_entry new;
	uint16_t label;
	int rc;

	if (own.label.n == 0) {
		own.label = a->options.label;
	}
	rc = label_of(a, own.label, &label, err);
	if (rc == 0) {
		rc = hl_entry_of(
			a->arena, &own, a->options.list, label, &new, err);
	}
	if (rc) {
		return rc;
	}
	a->counts.n_cut += new.n_cut > 0;
	rc = mark(a, new.id, err);
	if (rc || hl_entry_same(old, &new)) {
		a->counts.n_same++;
		return rc;
	}
	if (record->incomplete && !has_all(&new, old)) {
		a->counts.n_kept++;
		return 0;
	}
	*(old->n ? &a->counts.n_changed : &a->counts.n_added) += 1;
	tell(a, old->n ? HL_APPLY_CHANGED : HL_APPLY_ADDED, record->id);
	return put_entry(a, old, &new, err);
}

int hl_apply_record(struct hl_apply *a, const struct hl_hashlist_record *record,
	struct hl_err *err)
{
	bool harmless =
		(record->set & HL_HASHLIST_HARMLESS) && !a->options.negative;
	struct hl_entry old;
	int rc;

	hl_arena_reset(a->arena);
	rc = find(a, hl_entry_id(record->id), &old, err);
	if (rc) {
		return rc;
	}
	if (old.n && !hl_str_eq(hl_entry_text(a->arena, &old), record->id)) {
		a->counts.n_collided++;
		return mark(a, old.id, err);
	}
	if (record->deleted) {
		a->counts.n_absent += old.n == 0;
		return take_back(a, &old, record->id, err);
	}
	if (harmless) {
		a->counts.n_harmless++;
		return take_back(a, &old, record->id, err);
	}
	/* Who misreads a file finds hashes of no kind in it; its owner says
	 * what is taken back. */
	if (record->n_hashes == 0) {
		a->counts.n_useless++;
		return mark(a, old.id, err);
	}
	return put_record(a, &old, record, err);
}

static int by_number(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return a < b ? -1 : a > b;
}

static bool was_seen(const struct hl_apply *a, uint64_t id)
{
	return a->n_seen &&
	       bsearch(&id, a->seen, a->n_seen, sizeof(id), by_number) != NULL;
}

int hl_apply_sweep(struct hl_apply *a, struct hl_err *err)
{
	struct hl_entry e = {.id = 0};
	bool first = true;
	int rc = 0;

	if (a->n_seen) {
		qsort(a->seen, a->n_seen, sizeof(*a->seen), by_number);
	}
	while (a->reader && rc == 0) {
		hl_arena_reset(a->arena);
		rc = hl_entry_next(
			a->reader, a->arena, a->options.list, e.id, first, &e);
		first = false;
		if (rc == 0 && !was_seen(a, e.id)) {
			rc = take_back(a, &e, hl_entry_text(a->arena, &e), err);
		} else if (rc < 0) {
			HL_FAIL(err, rc, "the index cannot be read");
		}
	}
	return rc == HL_NOTFOUND ? 0 : rc;
}
