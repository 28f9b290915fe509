/* SPDX-License-Identifier: Apache-2.0 */
/* What people ask of the trace, and what they know better. */
#include "trace/record.h"

#include "base/json.h"
#include "base/rand.h"
#include "base/time.h"
#include "casefile/casefile.h"
#include "casefile/sealed.h"
#include "store/sql.h"

#define NETWORK_MAX 200
#define ASN_MAX INT64_C(4294967294)

static int allowed(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err)
{
	struct hl_casefile c;
	int r = hl_casefile_load_item(who->store, who->arena, item_id, &c, err);

	if (r && r != HL_NOTFOUND) {
		return r;
	}
	struct hl_authz_object object =
		hl_casefile_object(r ? NULL : &c, hl_time_now_us());
	return hl_authz_check(&who->actor, HL_AUTHZ_CASE_TRACE, &object, why);
}

int hl_trace_want(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err)
{
	struct hl_str sealed;
	int r = allowed(who, item_id, why, err);

	if (!r) {
		r = hl_casefile_share_url(who, item_id, &sealed, err);
	}
	if (r) {
		return r;
	}
	r = hl_do_trace_want(who->store, who->arena,
		&(struct hl_in_trace_want){sealed, hl_time_now_us(), item_id},
		err);
	return r == HL_CONFLICT ? HL_NOTFOUND : r; /* erased meanwhile */
}

static int load_provider(const struct hl_who *who, int64_t item_id,
	int64_t *provider_id, struct hl_err *err)
{
	struct hl_in_trace_provider in = {item_id};
	struct hl_row_trace_provider *row;
	size_t n;
	int r = hl_get_trace_provider(
		who->store, who->arena, &in, &row, &n, err);

	if (!r && n) {
		*provider_id = row->provider_id;
	}
	return r ? r : (n ? 0 : HL_NOTFOUND);
}

static bool typed_ok(const struct hl_trace_typed *t)
{
	bool country =
		t->country.n == 0 ||
		(t->country.n == 2 && t->country.p[0] >= 'A' &&
			t->country.p[0] <= 'Z' && t->country.p[1] >= 'A' &&
			t->country.p[1] <= 'Z');

	return country && t->network.n <= NETWORK_MAX && t->asn >= 0 &&
	       t->asn <= ASN_MAX;
}

static int check_recipient(
	const struct hl_who *who, int64_t id, struct hl_err *err)
{
	struct hl_in_trace_recipient in = {id};
	struct hl_row_trace_recipient *row;
	size_t n;
	int r = id ? hl_get_trace_recipient(
			     who->store, who->arena, &in, &row, &n, err)
		   : 0;

	return r || !id || n ? r
			     : HL_FAIL(err, HL_E_INVALID,
				       "no recipient %lld that could answer",
				       (long long)id);
}

/* The same members as a look-up's record has, and who says so. */
static void put_typed(struct hl_buf *out, const struct hl_trace_typed *t)
{
	hl_buf_put_c(out, '{');
	hl_json_put_member_bool(out, "typed_in", true);
	hl_json_put_member_i64(out, "at", hl_time_now_us());
	hl_json_put_member(out, "country", t->country);
	hl_json_put_member(out, "network", t->network);
	hl_json_put_member_i64(out, "asn", t->asn);
	hl_buf_put_c(out, '}');
}

static int add_typed(const struct hl_who *who, struct hl_tx *tx,
	int64_t item_id, const struct hl_trace_typed *t, struct hl_err *err)
{
	HL_BUF_AUTO json = HL_BUF_SECRET(4096);
	struct hl_in_trace_add in = {.id = hl_rand_id(),
		.item_id = item_id,
		.at_us = hl_time_now_us(),
		.source = 2,
		.country = t->country,
		.asn = t->asn,
		.network = t->network};
	struct hl_seal_label label = HL_LABEL_TRACE(in.id);
	struct hl_casefile_keys keys;

	put_typed(&json, t);
	int r = hl_casefile_keys(who->store, who->arena, &keys, err);
	if (!r) {
		in.epoch = keys.queue_epoch;
		r = hl_casefile_seal(who->arena, &keys.queue, &label,
			hl_buf_str(&json), &in.facts_sealed, err);
	}
	if (!r) {
		hl_tx_trace_add(tx, &in);
	}
	return r;
}

static void set_place(struct hl_tx *tx, int64_t item_id,
	const struct hl_trace_typed *place, int64_t traced_at_us,
	int64_t due_us)
{
	hl_tx_trace_set_place(
		tx, &(struct hl_in_trace_set_place){.country = place->country,
			    .asn = place->asn,
			    .network = place->network,
			    .provider_id = place->provider_id,
			    .traced_at_us = traced_at_us,
			    .trace_due_us = due_us,
			    .id = item_id});
}

static int check_typed(const struct hl_who *who, int64_t item_id,
	const struct hl_trace_typed *typed, enum hl_authz_why *why,
	struct hl_err *err)
{
	int r = allowed(who, item_id, why, err);

	if (!r && !typed_ok(typed)) {
		r = HL_FAIL(err, HL_E_INVALID, "host facts out of form");
	}
	return r ? r : check_recipient(who, typed->provider_id, err);
}

int hl_trace_type_in(const struct hl_who *who, int64_t item_id,
	const struct hl_trace_typed *typed, enum hl_authz_why *why,
	struct hl_err *err)
{
	struct hl_trace_typed place = *typed;
	int64_t known = 0;
	int r = check_typed(who, item_id, typed, why, err);

	if (!r) {
		r = load_provider(who, item_id, &known, err);
	}
	if (r) {
		return r;
	}
	place.provider_id = typed->provider_id ? typed->provider_id : known;
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_trace_drop_typed(tx, &(struct hl_in_trace_drop_typed){item_id});
	r = add_typed(who, tx, item_id, typed, err);
	if (r) {
		hl_tx_drop(tx);
		return r;
	}
	set_place(tx, item_id, &place, hl_time_now_us(), 0);
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_ITEM_HOST_TYPED,
		item_id, 0, typed->provider_id);
	r = hl_tx_run(tx, err);
	return r == HL_CONFLICT ? HL_NOTFOUND : r; /* erased meanwhile */
}

/* What look-ups said last; *at_us 0 if none found a place. */
static int load_found(const struct hl_who *who, int64_t item_id,
	struct hl_trace_typed *place, int64_t *at_us, struct hl_err *err)
{
	struct hl_in_trace_found in = {item_id};
	struct hl_row_trace_found *row;
	size_t n;
	int r = hl_get_trace_found(who->store, who->arena, &in, &row, &n, err);

	*at_us = !r && n ? row->at_us : 0;
	if (!r && n) {
		place->country = row->country;
		place->asn = row->asn;
		place->network = row->network;
	}
	return r ? r : load_provider(who, item_id, &place->provider_id, err);
}

int hl_trace_drop_typed(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err)
{
	struct hl_in_trace_typed in = {item_id};
	struct hl_row_trace_typed *typed;
	struct hl_trace_typed place = {.country = HL_STR("")};
	int64_t at_us;
	size_t n;
	int r = allowed(who, item_id, why, err);

	if (!r) {
		r = hl_get_trace_typed(
			who->store, who->arena, &in, &typed, &n, err);
	}
	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	place.network = HL_STR("");
	r = load_found(who, item_id, &place, &at_us, err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_trace_drop_typed(tx, &(struct hl_in_trace_drop_typed){item_id});
	set_place(tx, item_id, &place, at_us, hl_time_now_us());
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_ITEM_HOST_DROPPED,
		item_id, 0, 0);
	r = hl_tx_run(tx, err);
	return r == HL_CONFLICT ? HL_NOTFOUND : r; /* erased meanwhile */
}
