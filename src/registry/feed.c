/* SPDX-License-Identifier: Apache-2.0 */
/* One batch reads the changes, another what has become of their objects; what
 * changes in between is told again, by a number behind `last`. */
#include "registry/feed.h"

#include "store/sql.h"

struct feeding {
	struct hl_store *store;
	struct hl_arena *arena;
	const struct hl_row_hash_feed *rows;
	size_t n_rows;
	struct hl_registry_feed_list *lists;
	size_t n_lists;
	struct hl_registry_feed_entry *entries;
	size_t n_entries;
};

static int read_changes(struct feeding *f, int64_t after, size_t n_most,
	struct hl_registry_feed *out, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);
	struct hl_row_hash_feed_head *head;
	struct hl_row_hash_feed *rows;
	size_t n;

	hl_tx_hash_feed(tx, &(struct hl_in_hash_feed){after, (int64_t)n_most});
	hl_tx_hash_feed_head(tx);
	int r = hl_tx_run(tx, err);
	if (!r) {
		r = hl_tx_rows_hash_feed(tx, &rows, &f->n_rows);
	}
	if (!r) {
		r = hl_tx_rows_hash_feed_head(tx, &head, &n);
	}
	if (r) {
		return r;
	}
	f->rows = rows;
	out->head = n ? head->seq : 0;
	out->last = f->n_rows ? rows[f->n_rows - 1].seq : after;
	return 0;
}

static int take_lists(struct feeding *f, const struct hl_tx *tx)
{
	struct hl_row_hash_feed_lists *rows;
	size_t n;
	int r = hl_tx_rows_hash_feed_lists(tx, &rows, &n);

	if (r) {
		return r;
	}
	f->lists = hl_arena_array(f->arena, n, sizeof(*f->lists));
	for (size_t i = 0; f->lists && i < n; i++) {
		f->lists[i] = (struct hl_registry_feed_list){.id = rows[i].id,
			.version = rows[i].version,
			.name = rows[i].name,
			.owner = rows[i].owner,
			.negative = rows[i].negative != 0,
			.radius = (int)rows[i].radius};
	}
	f->n_lists = n;
	return f->lists ? 0 : HL_E_NOMEM;
}

static int take_entries(struct feeding *f, const struct hl_tx *tx)
{
	struct hl_row_hash_feed_entries *rows;
	size_t n;
	int r = hl_tx_rows_hash_feed_entries(tx, &rows, &n);

	if (r) {
		return r;
	}
	f->entries = hl_arena_array(f->arena, n, sizeof(*f->entries));
	for (size_t i = 0; f->entries && i < n; i++) {
		f->entries[i] =
			(struct hl_registry_feed_entry){.id = rows[i].id,
				.list_id = rows[i].list_id,
				.label = (int)rows[i].label,
				.label_text = rows[i].label_text,
				.outcome = (enum hl_outcome)rows[i].outcome,
				.series = rows[i].series,
				.foreign_id = rows[i].foreign_id,
				.origin = (enum hl_hash_origin)rows[i].origin,
				.n_confirmed = rows[i].n_confirmed,
				.n_deconfirmed = rows[i].n_deconfirmed};
	}
	f->n_entries = n;
	return f->entries ? 0 : HL_E_NOMEM;
}

/* Both come by ascending id of the entry. */
static int take_values(struct feeding *f, const struct hl_tx *tx)
{
	struct hl_row_hash_feed_values *rows;
	size_t n, e = 0;
	int r = hl_tx_rows_hash_feed_values(tx, &rows, &n);
	struct hl_hash *values;
	int *parts;

	if (r) {
		return r;
	}
	values = hl_arena_array(f->arena, n, sizeof(*values));
	parts = hl_arena_array(f->arena, n, sizeof(*parts));
	if (!values || !parts) {
		return HL_E_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		struct hl_registry_feed_entry *entry;

		while (e < f->n_entries &&
			f->entries[e].id < rows[i].entry_id) {
			e++;
		}
		if (e == f->n_entries || f->entries[e].id != rows[i].entry_id ||
			hl_hash_from((enum hl_hash_kind)rows[i].kind,
				rows[i].value, (int)rows[i].quality,
				&values[i])) {
			return HL_E_CORRUPT;
		}
		parts[i] = (int)rows[i].part;
		entry = &f->entries[e];
		if (!entry->n_values) {
			entry->values = &values[i];
			entry->parts = &parts[i];
		}
		entry->n_values++;
	}
	return 0;
}

static int read_objects(
	struct feeding *f, int64_t after, int64_t last, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);

	hl_tx_hash_feed_lists(tx);
	hl_tx_hash_feed_entries(
		tx, &(struct hl_in_hash_feed_entries){after, last});
	hl_tx_hash_feed_values(
		tx, &(struct hl_in_hash_feed_values){after, last});
	int r = hl_tx_run(tx, err);
	if (r) {
		return r;
	}
	r = take_lists(f, tx);
	if (!r) {
		r = take_entries(f, tx);
	}
	if (!r) {
		r = take_values(f, tx);
	}
	return r ? HL_FAIL(err, r, "the feed behind %lld cannot be read",
			   (long long)after)
		 : 0;
}

static const struct hl_registry_feed_list *find_list(
	const struct feeding *f, int64_t id)
{
	for (size_t i = 0; i < f->n_lists; i++) {
		if (f->lists[i].id == id) {
			return &f->lists[i];
		}
	}
	return NULL;
}

static const struct hl_registry_feed_entry *find_entry(
	const struct feeding *f, int64_t id)
{
	size_t low = 0, high = f->n_entries;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->entries[mid].id < id) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return low < f->n_entries && f->entries[low].id == id ? &f->entries[low]
							      : NULL;
}

/* An entry that changes several times is told with the last of them; a list
 * is told each time, so that it always stands before its entries. */
static bool is_overtaken(const struct feeding *f, size_t i)
{
	for (size_t k = i + 1; k < f->n_rows && k < i + 64; k++) {
		if (f->rows[k].entry_id == f->rows[i].entry_id &&
			f->rows[k].entry_id) {
			return true;
		}
	}
	return false;
}

/* Entries with the hashes of whole films may be too much for one answer. */
static int read_most(struct feeding *f, int64_t after, size_t most,
	struct hl_registry_feed *out, struct hl_err *err)
{
	int r;

	do {
		*out = (struct hl_registry_feed){.last = after};
		r = read_changes(f, after, most, out, err);
		if (!r && f->n_rows) {
			r = read_objects(f, after, out->last, err);
		}
		most /= 2;
	} while (r == HL_E_LIMIT && most);
	return r;
}

int hl_registry_feed(struct hl_store *store, struct hl_arena *arena,
	int64_t after, size_t n_most, struct hl_registry_feed *out,
	struct hl_err *err)
{
	struct feeding f = {.store = store, .arena = arena};
	struct hl_registry_change *made;
	size_t most =
		n_most < HL_REGISTRY_FEED_MAX ? n_most : HL_REGISTRY_FEED_MAX;
	int r = read_most(&f, after, most, out, err);

	if (r || !f.n_rows) {
		return r;
	}
	made = hl_arena_array(arena, f.n_rows, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to feed");
	}
	for (size_t i = 0; i < f.n_rows; i++) {
		if (is_overtaken(&f, i)) {
			continue;
		}
		made[out->n++] =
			(struct hl_registry_change){.seq = f.rows[i].seq,
				.list_id = f.rows[i].list_id,
				.list = find_list(&f, f.rows[i].list_id),
				.entry_id = f.rows[i].entry_id,
				.entry = find_entry(&f, f.rows[i].entry_id)};
	}
	out->at = made;
	return 0;
}
