/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a second, a third and any other person says to an entry. Who approves
 * opens the address anew and makes the place, its hash and its commitment
 * from it: so they sign what they saw, not what the first one wrote, and the
 * place that is published is sealed by them. The statements repeat who must
 * be somebody else, so that no race gets around it.
 */
#include "publish/inner.h"

struct hl_authz_object hl_publish_object(
	const struct hl_row_list_entry_get *row)
{
	return (struct hl_authz_object){.exists = true,
		.state = (int)row->state,
		.first_assessor = row->first_by,
		.second_assessor = row->second_by,
		.adjudicator = row->judged_by,
		.drafted_by = row->proposed_by,
		.approved_by = row->approved_by,
		.third_by = row->third_by};
}

struct hl_publish_statement hl_publish_statement_of(
	const struct hl_row_list_entry_get *row, struct hl_str hotline)
{
	return (struct hl_publish_statement){hotline, row->id,
		(enum hl_list_scope)row->scope, row->commitment};
}

int hl_publish_begin(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_authz_action action,
	struct hl_row_list_entry_get **row, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_in_list_entry_get in = {decision->id};
	struct hl_authz_object o = {0};
	size_t n;
	int r = hl_get_list_entry_get(
		who->store, who->arena, &in, row, &n, err);

	if (r) {
		return r;
	}
	if (n) {
		o = hl_publish_object(*row);
	}
	r = hl_publish_check(who, action, &o, why);
	if (r) {
		return r;
	}
	if ((*row)->kind != HL_LIST_OF_CASE) {
		return hl_publish_no(why, HL_PUBLISH_WRONG_STATE);
	}
	return (*row)->version == decision->version
		       ? 0
		       : hl_publish_no(why, HL_PUBLISH_CHANGED);
}

/* The place, made anew from the address, is the one that was proposed. */
static int see(const struct hl_who *who, const struct hl_publish_setup *setup,
	const struct hl_row_list_entry_get *row, struct hl_publish_place *out,
	enum hl_publish_why *why, struct hl_err *err)
{
	const struct hl_publish_item item = {
		row->item_id, row->epoch, row->url_sealed};
	const struct hl_publish_place *place;
	struct hl_publish_places places;
	struct hl_publish_mark mark;
	struct hl_str address;
	int r = hl_publish_address(who, &item, &address, why, err);

	if (r) {
		return r;
	}
	r = hl_publish_places(setup->popular, address, &places, NULL);
	place = r ? NULL
		  : hl_publish_place_find(&places,
			    (enum hl_list_scope)row->scope, (int)row->keep);
	if (!place) {
		return hl_publish_no(why, HL_PUBLISH_CHANGED);
	}
	r = hl_publish_mark(setup->commit, place, &mark, err);
	if (r) {
		return r;
	}
	if (!hl_str_eq(row->place_hash,
		    hl_str_mem(mark.hash, sizeof(mark.hash))) ||
		!hl_str_eq(row->commitment,
			hl_str_mem(mark.commitment, sizeof(mark.commitment)))) {
		return hl_publish_no(why, HL_PUBLISH_CHANGED);
	}
	*out = *place;
	return place->why ? hl_publish_no(why, place->why) : 0;
}

/* What a yes of any person needs. */
static int prepare(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_row_list_entry_get *row, struct hl_publish_bench *bench,
	struct hl_publish_place *place, enum hl_publish_why *why,
	struct hl_err *err)
{
	const struct hl_publish_seen seen = {.item_state = (int)row->item_state,
		.by_watch_us = row->seen_at_us,
		.by_person_us = row->looked_at_us};
	int r = hl_publish_bench(who, setup, bench, why, err);

	if (!r) {
		r = see(who, setup, row, place, why, err);
	}
	if (!r && !hl_publish_is_fresh(&seen, hl_time_now_us())) {
		r = hl_publish_no(why, HL_PUBLISH_NOT_SEEN);
	}
	if (r) {
		return r;
	}
	const struct hl_publish_statement what =
		hl_publish_statement_of(row, bench->head->hotline);
	return hl_publish_verify(
		&what, row->proposed_key, row->proposed_sig, err);
}

static void add_leaf(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_bench *bench,
	const struct hl_row_list_entry_get *row)
{
	const struct hl_publish_leaf leaf = {
		.what = hl_publish_statement_of(row, bench->head->hotline),
		.keys = {row->proposed_key, row->approved_key},
		.sigs = {row->proposed_sig, row->approved_sig}};

	hl_publish_leaf_begin(tx, who->arena, &leaf);
}

int hl_publish_approve(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err)
{
	enum hl_list_state to = HL_LIST_PROPOSED;
	struct hl_publish_signature signature;
	struct hl_row_list_entry_get *row;
	struct hl_publish_bench bench;
	struct hl_publish_place place;
	struct hl_str sealed;
	int r = hl_publish_begin(
		who, decision, HL_AUTHZ_LIST_APPROVE, &row, why, err);

	if (!r) {
		r = prepare(who, setup, row, &bench, &place, why, err);
	}
	if (!r) {
		r = hl_publish_seal_place(
			who, &bench, row->id, &place, &sealed, err);
	}
	if (r) {
		return r;
	}
	bool popular = place.popular || row->popular;
	const struct hl_publish_statement what =
		hl_publish_statement_of(row, bench.head->hotline);
	hl_publish_sign(setup->secret, &what, &signature);
	row->approved_key =
		hl_str_mem(signature.key.b, sizeof(signature.key.b));
	row->approved_sig = hl_str_mem(signature.sig, sizeof(signature.sig));
	if (hl_list_next((enum hl_list_state)row->state,
		    popular ? HL_LIST_ACT_APPROVE_POPULAR : HL_LIST_ACT_APPROVE,
		    &to)) {
		return hl_publish_no(why, HL_PUBLISH_WRONG_STATE);
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_publish_put_key(tx, who, &signature.key, who->arena);
	hl_tx_list_entry_approve(
		tx, &(struct hl_in_list_entry_approve){.state = to,
			    .approved_by = who->actor.user_id,
			    .approved_at_us = hl_time_now_us(),
			    .approved_key = row->approved_key,
			    .approved_sig = row->approved_sig,
			    .place_sealed = sealed,
			    .id = row->id,
			    .version = row->version});
	if (to == HL_LIST_ACTIVE) {
		add_leaf(tx, who, &bench, row);
	}
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_LIST_APPROVED, row->id,
		row->proposed_by, (int64_t)to);
	return hl_publish_run(tx, why, err);
}

int hl_publish_third(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_row_list_entry_get *row;
	struct hl_publish_bench bench;
	struct hl_publish_place place;
	int r = hl_publish_begin(
		who, decision, HL_AUTHZ_LIST_THIRD, &row, why, err);

	if (!r) {
		r = prepare(who, setup, row, &bench, &place, why, err);
	}
	if (r) {
		return r;
	}
	const struct hl_publish_statement what =
		hl_publish_statement_of(row, bench.head->hotline);
	r = hl_publish_verify(&what, row->approved_key, row->approved_sig, err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_entry_third(
		tx, &(struct hl_in_list_entry_third){who->actor.user_id,
			    hl_time_now_us(), row->id, row->version});
	add_leaf(tx, who, &bench, row);
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_LIST_THIRD, row->id,
		row->approved_by, 0);
	return hl_publish_run(tx, why, err);
}

int hl_publish_refuse(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_row_list_entry_get *row;
	int r = hl_publish_begin(
		who, decision, HL_AUTHZ_LIST_REFUSE, &row, why, err);

	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_entry_refuse(
		tx, &(struct hl_in_list_entry_refuse){who->actor.user_id,
			    hl_time_now_us(), row->id, row->version});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_LIST_REFUSED, row->id,
		row->proposed_by, 0);
	return hl_publish_run(tx, why, err);
}

void hl_publish_end_in(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_row_list_entry_get *row, enum hl_list_end why)
{
	hl_tx_list_entry_end(tx,
		&(struct hl_in_list_entry_end){.ended_by = who->actor.user_id,
			.ended_at_us = hl_time_now_us(),
			.ended_why = why,
			.id = row->id,
			.version = row->version});
	if (row->state == HL_LIST_ACTIVE) {
		hl_publish_leaf_end(tx, who->arena, row->id, why);
	}
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_LIST_ENDED, row->id,
		row->state, why);
}

int hl_publish_end(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_list_end reason,
	enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_row_list_entry_get *row;
	int r = hl_publish_begin(
		who, decision, HL_AUTHZ_LIST_END, &row, why, err);

	if (r) {
		return r;
	}
	if (!hl_list_end_by_person(reason)) {
		return HL_FAIL(err, HL_E_INVALID, "ending has a reason");
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_publish_end_in(tx, who, row, reason);
	return hl_publish_run(tx, why, err);
}

bool hl_publish_counts_still(
	const struct hl_row_list_entry_get *row, int64_t now_us)
{
	int64_t over_us = hl_publish_over_us(now_us);

	return row->seen_at_us > over_us || row->looked_at_us > over_us;
}

/* One person keeps an entry there, but does not bring it back. */
int hl_publish_looked(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_row_list_entry_get *row;
	int r = hl_publish_begin(
		who, decision, HL_AUTHZ_LIST_LOOK, &row, why, err);

	if (r) {
		return r;
	}
	int64_t now_us = hl_time_now_us();
	if (hl_publish_watch_tells(row->watched, row->seen_at_us, now_us)) {
		return hl_publish_no(why, HL_PUBLISH_WATCHED);
	}
	if (!hl_publish_counts_still(row, now_us)) {
		return hl_publish_no(why, HL_PUBLISH_RAN_OUT);
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_entry_look(
		tx, &(struct hl_in_list_entry_look){now_us, row->id,
			    row->version, hl_publish_soon_us(now_us),
			    hl_publish_over_us(now_us)});
	hl_tx_happened(
		tx, who->actor.user_id, HL_EVENT_LIST_LOOKED, row->id, 0, 0);
	return hl_publish_run(tx, why, err);
}
