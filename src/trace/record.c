/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker's side. A trace blocks for seconds, so nothing is locked while
 * it runs: the item is leased, looked up, and written in one batch. A lease
 * that a crash left behind runs out by itself.
 */
#include "trace/record.h"

#include "base/log.h"
#include "base/rand.h"
#include "base/time.h"
#include "casefile/casefile.h"
#include "casefile/sealed.h"
#include "store/sql.h"

#define LEASE_US (3 * HL_US_PER_MIN)
#define RETRY_US HL_US_PER_HOUR
#define RETRY_FOR_US (2 * HL_US_PER_DAY)
/* Sealed, it is padded to 16 KiB; two copies fit a batch. */
#define JSON_MAX (16u * 1024 - 4)

/* One item on its way through a trace. */
struct job {
	const struct hl_trace_worker *w;
	struct hl_arena *arena;
	int64_t item_id;
	struct hl_row_trace_item *item;
	struct hl_trace now;
	bool found; /* a place */
	struct hl_str country, network;
	int64_t asn;
};

static int open_url(const struct job *j, struct hl_buf *url, struct hl_err *err)
{
	struct hl_seal_label label = HL_LABEL_ITEM_URL_WORKER(j->item_id);

	return hl_seal_open(
		j->w->secret, &label, j->item->worker_sealed, url, err);
}

static void settle(struct job *j)
{
	j->country = hl_str_c(hl_trace_country(&j->now));
	j->network = hl_trace_provider(&j->now);
	j->asn = hl_trace_asn(&j->now);
	j->found = j->country.n || j->asn || j->network.n;
}

/* Why a trace may come again: nothing was found, and the item is new. */
static int64_t next_due(const struct job *j)
{
	int64_t now = hl_time_now_us();
	bool known = *hl_trace_country(&j->now) != '\0';

	return known || now - j->item->first_at_us > RETRY_FOR_US
		       ? 0
		       : now + RETRY_US;
}

/* In another network than before, whose provider is not known to answer. */
static bool is_elsewhere(const struct job *j)
{
	int64_t asn = hl_trace_asn(&j->now);

	return asn && j->item->asn && asn != j->item->asn;
}

static int find_contact(
	struct job *j, struct hl_tx *tx, int64_t *provider, struct hl_err *err)
{
	const struct hl_trace_contact *c = hl_trace_contact(&j->now);
	struct hl_row_trace_contact *known;
	struct hl_str name = hl_trace_provider(&j->now);
	size_t n;

	*provider = is_elsewhere(j) ? 0 : j->item->provider_id;
	if (!c) {
		return 0;
	}
	/* whom a person approved stays until they approve another */
	bool stays = *provider && j->item->contact == HL_CONTACT_APPROVED;
	int r = hl_get_trace_contact(j->w->store, j->arena,
		&(struct hl_in_trace_contact){HL_RECIPIENT_PROVIDER, c->mail},
		&known, &n, err);
	if (r || n) {
		bool takes =
			!r && (!stays || known[0].state == HL_CONTACT_APPROVED);

		*provider = takes ? known[0].id : *provider;
		return r;
	}
	int64_t id = hl_rand_id();
	*provider = stays ? *provider : id;
	hl_tx_trace_propose(tx,
		&(struct hl_in_trace_propose){.id = id,
			.kind = HL_RECIPIENT_PROVIDER,
			.name = name.n ? name : (c->name.n ? c->name : c->mail),
			.mail = c->mail,
			.country = hl_str_c(hl_trace_country(&j->now)),
			.asn = hl_trace_asn(&j->now),
			.state = HL_CONTACT_PROPOSED,
			.created_at_us = hl_time_now_us()});
	hl_tx_happened(tx, 0, HL_EVENT_RECIPIENT_PROPOSED, id, 0, 0);
	return 0;
}

static void drop_record(struct hl_trace *t)
{
	t->n_records--;
	for (size_t i = 0; i < t->n_hosts; i++) {
		if (t->hosts[i].record == (int)t->n_records) {
			t->hosts[i].record = -1;
		}
	}
}

/* A registry decides how long its answers are. Rather than lose the look-up,
 * the last of them are left out, and it says so. */
static int put_facts(
	struct hl_buf *json, struct hl_trace *t, struct hl_err *err)
{
	bool told = t->n_missing == HL_TRACE_MISSING;

	hl_trace_put_json(json, t);
	while (json->fault == HL_E_LIMIT && t->n_records) {
		drop_record(t);
		if (!told) {
			t->missing[t->n_missing++] = HL_STR(
				"The registries' answers are too long to be "
				"kept in full.");
			told = true;
		}
		hl_buf_reset(json);
		hl_trace_put_json(json, t);
	}
	return json->fault ? HL_FAIL(err, json->fault,
				     "a trace is too long to keep")
			   : 0;
}

static int add_trace(struct job *j, struct hl_tx *tx, struct hl_err *err)
{
	HL_BUF_AUTO json = HL_BUF_SECRET(JSON_MAX);
	struct hl_in_trace_add in = {.id = hl_rand_id(),
		.item_id = j->item_id,
		.at_us = j->now.at_us,
		.source = 1,
		.country = j->country,
		.asn = j->asn,
		.network = j->network};
	struct hl_seal_label label = HL_LABEL_TRACE(in.id);
	struct hl_seal_label own = HL_LABEL_TRACE_WORKER(in.id);
	struct hl_casefile_keys keys;

	int r = put_facts(&json, &j->now, err);
	if (!r) {
		r = hl_casefile_keys(j->w->store, j->arena, &keys, err);
	}
	if (!r) {
		in.missing = (int64_t)j->now.n_missing;
		in.epoch = keys.queue_epoch;
		r = hl_casefile_seal(j->arena, &keys.queue, &label,
			hl_buf_str(&json), &in.facts_sealed, err);
	}
	if (!r) {
		r = hl_casefile_seal(j->arena, j->w->pub, &own,
			hl_buf_str(&json), &in.worker_sealed, err);
	}
	if (!r) {
		hl_tx_trace_add(tx, &in);
		hl_tx_trace_forget_older(tx,
			&(struct hl_in_trace_forget_older){j->item_id, in.id});
	}
	return r;
}

/* The case may have been closed long before, or while this ran. */
static void forget_closed(struct hl_tx *tx, int64_t item_id)
{
	hl_tx_trace_forget_closed(
		tx, &(struct hl_in_trace_forget_closed){item_id});
	hl_tx_trace_forget_facts(
		tx, &(struct hl_in_trace_forget_facts){item_id});
}

/* A look that found no place says nothing about the place known before. */
static void put_place(const struct job *j, struct hl_tx *tx, int64_t provider)
{
	if (j->found) {
		hl_tx_trace_place(
			tx, &(struct hl_in_trace_place){.country = j->country,
				    .asn = j->asn,
				    .network = j->network,
				    .id = j->item_id});
	}
	hl_tx_trace_answerer(
		tx, &(struct hl_in_trace_answerer){provider, j->item_id});
}

static int record(struct job *j, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(j->w->store, j->arena);
	struct hl_in_trace_done done = {.traced_at_us = j->now.at_us,
		.trace_due_us = next_due(j),
		.id = j->item_id};
	int64_t provider;
	int r = find_contact(j, tx, &provider, err);

	settle(j);
	if (!r) {
		r = add_trace(j, tx, err);
	}
	if (r) {
		hl_tx_drop(tx);
		return r;
	}
	put_place(j, tx, provider);
	hl_tx_trace_done(tx, &done);
	hl_tx_happened(tx, 0, HL_EVENT_ITEM_TRACED, j->item_id,
		(int64_t)j->now.n_hosts, (int64_t)j->now.n_missing);
	forget_closed(tx, j->item_id);
	return hl_tx_run(tx, err);
}

static int look_up(struct job *j, struct hl_err *err)
{
	HL_BUF_AUTO url = HL_BUF_SECRET(64u * 1024);
	int r = open_url(j, &url, err);

	return r ? r
		 : hl_trace_run(hl_buf_str(&url),
			   hl_trace_setup_config(j->w->setup), j->arena,
			   &j->now, err);
}

static int load_item(struct job *j, struct hl_err *err)
{
	struct hl_in_trace_item in = {j->item_id};
	size_t n;
	int r = hl_get_trace_item(
		j->w->store, j->arena, &in, &j->item, &n, err);

	if (!r && (!n || !j->item->worker_sealed.n)) {
		r = HL_NOTFOUND;
		HL_FAIL(err, r, "item %lld has no address for the worker",
			(long long)j->item_id);
	}
	return r;
}

/* An address that has no host is not asked for again; all else is, later. */
static int put_off(
	struct job *j, int why, const struct hl_err *fault, struct hl_err *err)
{
	struct hl_in_trace_give_up in = {
		why == HL_E_INVALID ? 0 : hl_time_now_us() + RETRY_US,
		j->item_id};

	if (why != HL_E_INVALID) {
		hl_log_err(HL_LOG_WARN, "trace.put_off", fault);
	}
	struct hl_tx *tx = hl_tx_begin(j->w->store, j->arena);
	hl_tx_trace_give_up(tx, &in);
	forget_closed(tx, j->item_id);
	return hl_tx_run(tx, err);
}

int hl_trace_next(
	const struct hl_trace_worker *w, bool *found, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(2 * HL_TRACE_ARENA_BYTES, true);
	struct job j = {.w = w, .arena = arena};
	int64_t now = hl_time_now_us();
	struct hl_in_trace_take in = {now + LEASE_US, now, now + 2 * RETRY_US,
		now, now + 2 * LEASE_US};
	struct hl_row_trace_take *taken;
	struct hl_err fault = {0};
	size_t n = 0;

	*found = false;
	if (!arena) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a trace");
	}
	int r = hl_get_trace_take(w->store, arena, &in, &taken, &n, err);
	if (r || n == 0) {
		return r;
	}
	*found = true;
	j.item_id = taken[0].id;
	r = load_item(&j, &fault);
	if (!r) {
		r = look_up(&j, &fault);
	}
	if (!r) {
		r = record(&j, &fault);
	}
	return r ? put_off(&j, r, &fault, err) : 0;
}

static int load_before(
	struct job *j, struct hl_trace *before, bool *has, struct hl_err *err)
{
	HL_BUF_AUTO json = HL_BUF_SECRET(4 * JSON_MAX);
	struct hl_in_trace_last in = {j->item_id};
	struct hl_row_trace_last *last;
	size_t n;
	int r = hl_get_trace_last(j->w->store, j->arena, &in, &last, &n, err);

	*has = false;
	if (r || n == 0) {
		return r;
	}
	struct hl_seal_label label = HL_LABEL_TRACE_WORKER(last[0].id);
	r = hl_seal_open(
		j->w->secret, &label, last[0].worker_sealed, &json, err);
	if (!r) {
		struct hl_str text = hl_arena_dup(j->arena, hl_buf_str(&json));

		r = text.p ? hl_trace_read_json(text, j->arena, before, err)
			   : HL_FAIL(err, HL_E_NOMEM, "no memory");
	}
	*has = r == 0;
	return r;
}

int hl_trace_again(const struct hl_trace_worker *w, int64_t item_id,
	enum hl_trace_change *change, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(3 * HL_TRACE_ARENA_BYTES, true);
	struct job j = {.w = w, .arena = arena, .item_id = item_id};
	struct hl_trace before;
	bool has = false;

	*change = HL_TRACE_UNKNOWN;
	int r = arena ? load_item(&j, err)
		      : HL_FAIL(err, HL_E_NOMEM, "no memory for a trace");
	if (!r) {
		r = load_before(&j, &before, &has, err);
	}
	if (!r) {
		r = look_up(&j, err);
	}
	if (r) {
		return r;
	}
	if (has) {
		*change = hl_trace_changed(&before, &j.now);
	}
	r = record(&j, err);
	return r == HL_CONFLICT ? HL_NOTFOUND : r; /* erased meanwhile */
}
