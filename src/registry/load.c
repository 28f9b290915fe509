/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records to rows. One process reads lists in at a time (the administrator's
 * command); should there be two, the number of the next entry is taken, the
 * batch ends in a conflict, and the record is tried again.
 */
#include "registry/load.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/time.h"
#include "store/sql.h"

#define BATCH_OPS 200
#define BATCH_BYTES ((size_t)100 * 1024)
#define ARENA_MAX ((size_t)64 * 1024 * 1024)
#define LABELS_MAX 65535
#define TRIES 4

struct label {
	struct hl_str text;
	int number;
};

struct hl_registry_loading {
	struct hl_store *store;
	struct hl_arena *kept;  /* labels */
	struct hl_arena *arena; /* of a batch */
	int64_t list_id;
	bool fresh; /* nothing was on the list: nothing to compare with */
	int64_t next_id;
	struct label *labels;
	size_t n_labels, labels_room;
	struct hl_registry_loaded counts;
	int64_t n_put_said, n_gone_said; /* in the audit log so far */
	struct hl_tx *tx;
	size_t ops, bytes;
};

static int read_labels(struct hl_registry_loading *l, struct hl_err *err)
{
	struct hl_in_hash_labels in = {l->list_id};
	struct hl_row_hash_labels *rows;
	size_t n;
	int r = hl_get_hash_labels(l->store, l->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	l->labels_room = n + 64;
	l->labels = calloc(l->labels_room, sizeof(*l->labels));
	if (!l->labels) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for labels");
	}
	for (size_t i = 0; i < n; i++) {
		l->labels[i] =
			(struct label){hl_arena_dup(l->kept, rows[i].text),
				(int)rows[i].label};
	}
	l->n_labels = n;
	return 0;
}

static int read_next(struct hl_registry_loading *l, struct hl_err *err)
{
	struct hl_row_hash_list_next *row;
	size_t n;
	int r = hl_get_hash_list_next(l->store, l->arena, &row, &n, err);

	if (!r) {
		l->next_id = row->entry_id;
	}
	return r;
}

static int read_list(struct hl_registry_loading *l, struct hl_err *err)
{
	struct hl_row_hash_lists *rows;
	size_t n;
	int r = hl_get_hash_lists(l->store, l->arena, &rows, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		if (rows[i].id != l->list_id) {
			continue;
		}
		l->fresh = !rows[i].n_active && !rows[i].n_withdrawn;
		if (rows[i].kind == HL_HASH_LIST_PARTNER &&
			rows[i].state != HL_HASH_LIST_RETIRED) {
			return 0;
		}
		HL_FAIL(err, HL_DENIED,
			"only a partner's list that is in use is read in");
		return HL_DENIED;
	}
	if (!r) {
		HL_FAIL(err, HL_NOTFOUND, "there is no such list");
	}
	return r ? r : HL_NOTFOUND;
}

int hl_registry_load_begin(struct hl_store *store, int64_t list_id,
	struct hl_registry_loading **out, struct hl_err *err)
{
	HL_REGISTRY_LOADING_AUTO *l = calloc(1, sizeof(*l));

	*out = NULL;
	if (!l) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to read a list in");
	}
	l->store = store;
	l->list_id = list_id;
	l->arena = hl_arena_new(ARENA_MAX, false);
	l->kept = hl_arena_new(ARENA_MAX, false);
	int r = l->arena && l->kept
			? 0
			: HL_FAIL(err, HL_E_NOMEM, "no memory to read a list");
	if (!r) {
		r = read_list(l, err);
	}
	if (!r) {
		r = read_labels(l, err);
	}
	if (!r) {
		r = read_next(l, err);
	}
	if (!r) {
		*out = l;
		l = NULL;
	}
	return r;
}

static void open_batch(struct hl_registry_loading *l)
{
	l->tx = hl_tx_begin(l->store, l->arena);
	l->ops = 0;
	l->bytes = 0;
}

static int keep_label(
	struct hl_registry_loading *l, struct hl_str text, int number)
{
	if (l->n_labels == l->labels_room) {
		size_t room = 2 * l->labels_room;
		struct label *more =
			reallocarray(l->labels, room, sizeof(*more));

		if (!more) {
			return HL_E_NOMEM;
		}
		l->labels = more;
		l->labels_room = room;
	}
	l->labels[l->n_labels++] =
		(struct label){hl_arena_dup(l->kept, text), number};
	return 0;
}

static int label_of(struct hl_registry_loading *l, struct hl_str text,
	int *number, struct hl_err *err)
{
	int highest = 0;

	*number = 0;
	if (!text.n) {
		return 0;
	}
	for (size_t i = 0; i < l->n_labels; i++) {
		if (hl_str_eq(l->labels[i].text, text)) {
			*number = l->labels[i].number;
			return 0;
		}
		highest = l->labels[i].number > highest ? l->labels[i].number
							: highest;
	}
	if (highest >= LABELS_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "the list has too many labels");
	}
	*number = highest + 1;
	hl_tx_hash_label_add(l->tx,
		&(struct hl_in_hash_label_add){l->list_id, *number, text});
	l->ops++;
	return keep_label(l, text, *number)
		       ? HL_FAIL(err, HL_E_NOMEM, "no memory for labels")
		       : 0;
}

/* What can be used of a record, and what it is called. */
struct reading {
	const struct hl_registry_record *from;
	struct hl_str foreign_id;
	const struct hl_hash **values;
	int *parts;
	size_t n;
};

static int name_it(
	struct hl_registry_loading *l, struct reading *r, struct hl_err *err)
{
	HL_BUF_AUTO name = HL_BUF_INIT(128);

	r->foreign_id = r->from->foreign_id;
	if (r->foreign_id.n || !r->from->n_values) {
		return 0;
	}
	hl_buf_printf(&name, "%s:",
		hl_vocab_name(
			&hl_vocab_hash_kind, (int)r->from->values[0].kind));
	hl_hash_put(&name, &r->from->values[0]);
	r->foreign_id = hl_arena_dup(l->arena, hl_buf_str(&name));
	return r->foreign_id.p ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory");
}

static bool is_there(const struct reading *r, const struct hl_hash *v, int part)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->values[i]->kind == v->kind && r->parts[i] == part) {
			return true;
		}
	}
	return false;
}

static int read_record(struct hl_registry_loading *l,
	const struct hl_registry_record *from, struct reading *r,
	struct hl_err *err)
{
	size_t n = from->n_values;

	*r = (struct reading){.from = from,
		.values = hl_arena_array(l->arena, n, sizeof(*r->values)),
		.parts = hl_arena_array(l->arena, n, sizeof(*r->parts))};
	if (n > HL_REGISTRY_VALUES_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "an entry has too many hashes");
	}
	if (!r->values || !r->parts) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for an entry");
	}
	for (size_t i = 0; i < n; i++) {
		const struct hl_hash *v = &from->values[i];
		int part = from->parts ? from->parts[i] : 0;

		if (hl_hash_is_void(v)) {
			l->counts.n_void++;
		} else if (!is_there(r, v, part)) {
			r->values[r->n] = v;
			r->parts[r->n++] = part;
		}
	}
	return name_it(l, r, err);
}

enum values { VALUES_SAME, VALUES_MORE, VALUES_TAKEN };

static bool has_value(
	const struct reading *r, const struct hl_row_hash_values *row)
{
	size_t k = 0;

	while (k < r->n && ((int)r->values[k]->kind != (int)row->kind ||
				   r->parts[k] != row->part)) {
		k++;
	}
	return k < r->n && hl_str_eq(hl_hash_str(r->values[k]), row->value);
}

/* What becomes of the entry's hashes with those of the record. */
static int compare_values(struct hl_registry_loading *l, int64_t id,
	const struct reading *r, enum values *out, struct hl_err *err)
{
	struct hl_in_hash_values in = {id};
	struct hl_row_hash_values *rows;
	size_t n;
	int rc = hl_get_hash_values(l->store, l->arena, &in, &rows, &n, err);

	*out = n == r->n ? VALUES_SAME : VALUES_MORE;
	for (size_t i = 0; i < n && !rc && *out != VALUES_TAKEN; i++) {
		*out = has_value(r, &rows[i]) ? *out : VALUES_TAKEN;
	}
	return rc;
}

/* The batch with its entry in the audit log. */
static int close_batch(struct hl_registry_loading *l, struct hl_err *err)
{
	struct hl_registry_loaded *c = &l->counts;

	if (!l->ops) {
		hl_tx_drop(l->tx);
		return 0;
	}
	hl_tx_hash_list_usable(
		l->tx, &(struct hl_in_hash_list_usable){l->list_id});
	hl_tx_event(l->tx,
		&(struct hl_store_event){.kind = HL_EVENT_HASH_LIST_IMPORTED,
			.object_kind = HL_OBJECT_HASH_LIST,
			.object_id = l->list_id,
			.a = c->n_put - l->n_put_said,
			.b = c->n_gone - l->n_gone_said});
	int r = hl_tx_run(l->tx, err);
	l->n_put_said = r ? l->n_put_said : c->n_put;
	l->n_gone_said = r ? l->n_gone_said : c->n_gone;
	return r;
}

/* The hashes of a film may take several batches: a crash in between leaves
 * fewer of them, which the next reading finds. */
static int put_values(struct hl_registry_loading *l, int64_t id,
	const struct reading *r, struct hl_err *err)
{
	int rc = 0;

	l->ops += 2;
	l->bytes += 512 + r->foreign_id.n + r->from->series.n;
	for (size_t i = 0; i < r->n && !rc; i++) {
		if (l->ops > BATCH_OPS + 20) {
			rc = close_batch(l, err);
			open_batch(l);
		}
		hl_tx_hash_value_add(
			l->tx, &(struct hl_in_hash_value_add){.entry_id = id,
				       .kind = r->values[i]->kind,
				       .part = r->parts[i],
				       .value = hl_hash_str(r->values[i]),
				       .quality = r->values[i]->quality});
		l->ops++;
		l->bytes += 128;
	}
	hl_tx_hash_changed(l->tx, &(struct hl_in_hash_changed){l->list_id, id});
	return rc;
}

static int put_new(struct hl_registry_loading *l, const struct reading *r,
	struct hl_err *err)
{
	int label;
	int rc = label_of(l, r->from->label, &label, err);

	if (rc) {
		return rc;
	}
	hl_tx_hash_entry_add(
		l->tx, &(struct hl_in_hash_entry_add){.id = l->next_id,
			       .list_id = l->list_id,
			       .state = HL_HASH_ACTIVE,
			       .label = label,
			       .series = r->from->series,
			       .foreign_id = r->foreign_id,
			       .origin = HL_HASH_FROM_PARTNER,
			       .proposed_at_us = hl_time_now_us()});
	l->counts.n_put++;
	return put_values(l, l->next_id++, r, err);
}

static int put_known(struct hl_registry_loading *l,
	const struct hl_row_hash_load_get *row, const struct reading *r,
	struct hl_err *err)
{
	enum values values;
	int label;
	int rc = label_of(l, r->from->label, &label, err);

	if (!rc) {
		rc = compare_values(l, row->id, r, &values, err);
	}
	if (rc) {
		return rc;
	}
	if (r->from->incomplete && values == VALUES_TAKEN &&
		row->state == HL_HASH_ACTIVE) {
		l->counts.n_torn++;
		return 0;
	}
	if (values == VALUES_SAME && row->state == HL_HASH_ACTIVE &&
		row->label == label &&
		hl_str_eq(row->series, r->from->series)) {
		l->counts.n_same++;
		return 0;
	}
	hl_tx_hash_load_again(l->tx, &(struct hl_in_hash_load_again){
					     label, r->from->series, row->id});
	hl_tx_hash_load_clear(l->tx, &(struct hl_in_hash_load_clear){row->id});
	l->counts.n_put++;
	return put_values(l, row->id, r, err);
}

static void put_gone(
	struct hl_registry_loading *l, const struct hl_row_hash_load_get *row)
{
	if (row->state == HL_HASH_WITHDRAWN) {
		l->counts.n_same++;
		return;
	}
	hl_tx_hash_load_gone(
		l->tx, &(struct hl_in_hash_load_gone){hl_time_now_us(),
			       HL_HASH_REASON_OWNER, row->id});
	hl_tx_hash_changed(
		l->tx, &(struct hl_in_hash_changed){l->list_id, row->id});
	l->ops += 2;
	l->counts.n_gone++;
}

static int put_record(struct hl_registry_loading *l,
	const struct hl_registry_record *record, struct hl_err *err)
{
	struct hl_row_hash_load_get *row = NULL;
	struct reading reading;
	size_t n = 0;
	int r = read_record(l, record, &reading, err);

	if (r) {
		return r;
	}
	struct hl_in_hash_load_get in = {l->list_id, reading.foreign_id};
	if (!l->fresh && in.foreign_id.n) {
		r = hl_get_hash_load_get(
			l->store, l->arena, &in, &row, &n, err);
	}
	if (r) {
		return r;
	}
	if (record->gone) {
		if (n) {
			put_gone(l, row);
		}
		return 0;
	}
	if (!reading.n || !reading.foreign_id.n) {
		l->counts.n_empty++;
		return 0;
	}
	if (n && row->withdrawn_by) {
		l->counts.n_kept++;
		return 0;
	}
	return n ? put_known(l, row, &reading, err) : put_new(l, &reading, err);
}

/* As many records as fit a batch; *n of them were taken. */
static int put_batch(struct hl_registry_loading *l,
	const struct hl_registry_record *records, size_t *n, struct hl_err *err)
{
	size_t most = *n;
	int r = 0;

	*n = 0;
	open_batch(l);
	while (*n < most && !r) {
		const struct hl_registry_record *next = &records[*n];

		if (*n && (l->ops + next->n_values + 6 > BATCH_OPS ||
				  l->bytes + 160 * next->n_values + 1024 >
					  BATCH_BYTES)) {
			break;
		}
		r = put_record(l, next, err);
		*n += !r;
	}
	if (r) {
		hl_tx_drop(l->tx);
		return r;
	}
	return close_batch(l, err);
}

/* The same owner's name twice in one batch is a conflict that no second try
 * mends: then one record a batch, which sees the one before. */
static int put_some(struct hl_registry_loading *l,
	const struct hl_registry_record *records, size_t *n, struct hl_err *err)
{
	struct hl_registry_loaded before = l->counts;
	size_t most = *n, n_labels = l->n_labels;
	int r = HL_CONFLICT;

	for (int i = 0; i < TRIES && r == HL_CONFLICT; i++) {
		*n = i ? 1 : most;
		l->fresh &= i == 0;
		hl_arena_reset(l->arena);
		r = i ? read_next(l, err) : 0;
		if (!r) {
			r = put_batch(l, records, n, err);
		}
		if (r) {
			l->counts = before;
			l->n_labels = n_labels;
		}
	}
	return r == HL_CONFLICT ? HL_FAIL(err, HL_E_UNAVAILABLE,
					  "somebody else changes the list")
				: r;
}

int hl_registry_load_put(struct hl_registry_loading *l,
	const struct hl_registry_record *records, size_t n, struct hl_err *err)
{
	int r = 0;

	while (n && !r) {
		size_t done = n;

		r = put_some(l, records, &done, err);
		records += done;
		n -= r ? 0 : done;
	}
	return r;
}

int hl_registry_load_end(struct hl_registry_loading *l,
	struct hl_str owner_version, struct hl_err *err)
{
	hl_arena_reset(l->arena);
	open_batch(l);
	hl_tx_hash_list_imported(
		l->tx, &(struct hl_in_hash_list_imported){
			       hl_time_now_us(), owner_version, l->list_id});
	hl_tx_hash_changed(l->tx, &(struct hl_in_hash_changed){l->list_id, 0});
	hl_tx_item_hash_all_again(l->tx);
	return hl_tx_run(l->tx, err);
}

const struct hl_registry_loaded *hl_registry_load_counts(
	const struct hl_registry_loading *loading)
{
	return &loading->counts;
}

void hl_registry_load_free(struct hl_registry_loading *loading)
{
	if (!loading) {
		return;
	}
	hl_arena_free(loading->arena);
	hl_arena_free(loading->kept);
	free(loading->labels);
	free(loading);
}

void hl_registry_load_freep(struct hl_registry_loading **loading)
{
	hl_registry_load_free(*loading);
	*loading = NULL;
}

int hl_registry_load_find(struct hl_store *store, struct hl_arena *arena,
	struct hl_str name, int64_t *id, struct hl_err *err)
{
	struct hl_row_hash_lists *rows;
	int64_t ref = 0;
	size_t n;
	int r = hl_get_hash_lists(store, arena, &rows, &n, err);

	if (r) {
		return r;
	}
	hl_ref_parse(HL_REF_HASH_LIST, name, &ref);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].id == ref || hl_str_eq(rows[i].name, name)) {
			*id = rows[i].id;
			return 0;
		}
	}
	HL_FAIL(err, HL_NOTFOUND, "there is no list of that name");
	return HL_NOTFOUND;
}
