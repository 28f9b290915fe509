/* SPDX-License-Identifier: Apache-2.0 */
/* Entries as pages show them. */

#include "casefile/casefile.h"
#include "publish/inner.h"

#define TOLD_HOURS (30 * 24)

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static struct hl_publish_row row_of(const struct hl_row_list_entries *row)
{
	int64_t seen = later(row->seen_at_us, row->looked_at_us);
	bool counts =
		row->state == HL_LIST_ACTIVE && row->kind == HL_LIST_OF_CASE;

	return (struct hl_publish_row){.id = row->id,
		.version = row->version,
		.item_id = row->item_id,
		.case_id = row->case_id,
		.consumer_id = row->consumer_id,
		.kind = (enum hl_list_kind)row->kind,
		.scope = (enum hl_list_scope)row->scope,
		.reason = (enum hl_list_reason)row->reason,
		.state = (enum hl_list_state)row->state,
		.popular = row->popular != 0,
		.proposed_by = row->proposed_by,
		.approved_by = row->approved_by,
		.third_by = row->third_by,
		.ended_by = row->ended_by,
		.proposed_name = row->proposed_name,
		.approved_name = row->approved_name,
		.third_name = row->third_name,
		.ended_name = row->ended_name,
		.proposed_at_us = row->proposed_at_us,
		.approved_at_us = row->approved_at_us,
		.third_at_us = row->third_at_us,
		.ended_at_us = row->ended_at_us,
		.ended_why = (enum hl_list_end)row->ended_why,
		.watched = hl_publish_watch_tells(
			row->watched, row->seen_at_us, hl_time_now_us()),
		.seen_at_us = seen,
		.expires_at_us = counts ? seen + HL_LIST_FRESH_US : 0,
		.first_edition = row->first_edition,
		.released_at_us = row->released_at_us};
}

int hl_publish_rows(const struct hl_who *who,
	const struct hl_publish_asked *asked, const struct hl_publish_row **out,
	size_t *n, struct hl_err *err)
{
	const struct hl_in_list_entries in = {.state = asked->state,
		.consumer_id = asked->consumer_id,
		.case_id = asked->case_id,
		.seen_before_us = asked->seen_before_us,
		.seen_after_us = asked->seen_after_us,
		.n_most = (int64_t)asked->n_most,
		.n_skip = (int64_t)asked->n_skip};
	struct hl_row_list_entries *rows;
	struct hl_publish_row *made;
	int r = hl_get_list_entries(who->store, who->arena, &in, &rows, n, err);

	*out = NULL;
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for entries");
	}
	for (size_t i = 0; i < *n; i++) {
		made[i] = row_of(&rows[i]);
	}
	*out = made;
	return 0;
}

int hl_publish_entries(const struct hl_who *who,
	const struct hl_publish_filter *filter,
	const struct hl_publish_row **out, size_t *n, struct hl_err *err)
{
	int64_t now_us = hl_time_now_us();
	struct hl_publish_asked asked = {.state = filter->state,
		.consumer_id = filter->consumer_id,
		.n_skip = filter->n_skip,
		.n_most = filter->n_most};

	*n = 0;
	*out = NULL;
	if (hl_authz_check(&who->actor, HL_AUTHZ_LIST_READ, NULL, NULL)) {
		return HL_DENIED;
	}
	if (filter->looks) {
		asked.state = HL_LIST_ACTIVE;
		asked.seen_before_us = hl_publish_soon_us(now_us);
		asked.seen_after_us = hl_publish_over_us(now_us);
	}
	return hl_publish_rows(who, &asked, out, n, err);
}

static struct hl_publish_row row_of_one(const struct hl_row_list_entry_get *row)
{
	const struct hl_row_list_entries as = {.id = row->id,
		.version = row->version,
		.kind = row->kind,
		.item_id = row->item_id,
		.case_id = row->case_id,
		.consumer_id = row->consumer_id,
		.scope = row->scope,
		.reason = row->reason,
		.popular = row->popular,
		.state = row->state,
		.proposed_by = row->proposed_by,
		.proposed_name = row->proposed_name,
		.proposed_at_us = row->proposed_at_us,
		.approved_by = row->approved_by,
		.approved_name = row->approved_name,
		.approved_at_us = row->approved_at_us,
		.third_by = row->third_by,
		.third_name = row->third_name,
		.third_at_us = row->third_at_us,
		.looked_at_us = row->looked_at_us,
		.ended_by = row->ended_by,
		.ended_name = row->ended_name,
		.ended_at_us = row->ended_at_us,
		.ended_why = row->ended_why,
		.first_edition = row->first_edition,
		.released_at_us = row->released_at_us,
		.watched = row->watched,
		.seen_at_us = row->seen_at_us};

	return row_of(&as);
}

/* Who may read the case may read the address. */
int hl_publish_may_read(const struct hl_who *who, int64_t case_id, bool *may,
	struct hl_err *err)
{
	struct hl_casefile c;
	int r = case_id ? hl_casefile_load(
				  who->store, who->arena, case_id, &c, err)
			: HL_NOTFOUND;

	*may = false;
	if (r) {
		return r == HL_NOTFOUND ? 0 : r;
	}
	struct hl_authz_object o = hl_casefile_object(&c, hl_time_now_us());
	*may = !hl_authz_check(&who->actor, HL_AUTHZ_CASE_READ, &o, NULL);
	return 0;
}

/* The place as it follows from the address. */
static int open_place(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_row_list_entry_get *row, struct hl_publish_entry *out,
	struct hl_err *err)
{
	const struct hl_publish_item item = {
		row->item_id, row->epoch, row->url_sealed};
	const struct hl_publish_place *place = NULL;
	struct hl_publish_places places;
	bool may;
	int r = hl_publish_may_read(who, row->case_id, &may, err);

	if (r || !may || !row->url_sealed.n) {
		return r;
	}
	r = hl_publish_address(who, &item, &out->address, NULL, err);
	if (r == HL_DENIED || hl_casefile_unreadable(r)) {
		out->broken = r < 0;
		return 0;
	}
	if (r || !setup->popular) {
		return r;
	}
	if (!hl_publish_places(setup->popular, out->address, &places, NULL)) {
		place = hl_publish_place_find(&places,
			(enum hl_list_scope)row->scope, (int)row->keep);
	}
	if (place && setup->commit && row->place_hash.n) {
		uint8_t hash[HL_PUBLISH_HASH_BYTES];

		hl_publish_hash(setup->commit, place, hash);
		out->broken = !hl_str_eq(
			row->place_hash, hl_str_mem(hash, sizeof(hash)));
	}
	out->broken |= !place;
	if (place) {
		out->host = place->host;
		out->path = place->path;
	}
	return 0;
}

static int read_told(const struct hl_who *who, int64_t id,
	struct hl_publish_entry *out, struct hl_err *err)
{
	struct hl_in_list_entry_told in = {
		id, hl_time_now_us() / HL_US_PER_HOUR - TOLD_HOURS};
	struct hl_row_list_entry_told *row;
	size_t n;
	int r = hl_get_list_entry_told(
		who->store, who->arena, &in, &row, &n, err);

	if (!r && n) {
		out->n_hits = row->hits;
		out->n_clients = row->clients;
		out->n_appeals = row->appeals;
	}
	return r;
}

static bool allows(const struct hl_who *who, enum hl_authz_action action,
	const struct hl_authz_object *o, enum hl_publish_why *why)
{
	return hl_publish_check(who, action, o, why) == 0;
}

static void fill_may(const struct hl_who *who,
	const struct hl_row_list_entry_get *row, struct hl_publish_entry *out)
{
	const struct hl_authz_object o = hl_publish_object(row);
	int64_t now_us = hl_time_now_us();
	bool looks = !hl_publish_watch_tells(
			     row->watched, row->seen_at_us, now_us) &&
		     hl_publish_counts_still(row, now_us);

	if (row->kind != HL_LIST_OF_CASE) {
		out->approve_why = out->third_why = HL_PUBLISH_WRONG_STATE;
		return;
	}
	out->may_approve =
		allows(who, HL_AUTHZ_LIST_APPROVE, &o, &out->approve_why);
	out->may_third = allows(who, HL_AUTHZ_LIST_THIRD, &o, &out->third_why);
	out->may_refuse = allows(who, HL_AUTHZ_LIST_REFUSE, &o, NULL);
	out->may_end = allows(who, HL_AUTHZ_LIST_END, &o, NULL);
	out->may_look = looks && allows(who, HL_AUTHZ_LIST_LOOK, &o, NULL);
}

static int note_read(const struct hl_who *who, int64_t id, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);

	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_LIST_READ, id, 0, 0);
	return hl_tx_run(tx, err);
}

int hl_publish_entry(const struct hl_who *who,
	const struct hl_publish_setup *setup, int64_t id,
	struct hl_publish_entry *out, struct hl_err *err)
{
	struct hl_in_list_entry_get in = {id};
	struct hl_row_list_entry_get *row;
	size_t n;

	*out = (struct hl_publish_entry){0};
	if (hl_authz_check(&who->actor, HL_AUTHZ_LIST_READ, NULL, NULL)) {
		return HL_NOTFOUND;
	}
	int r = hl_get_list_entry_get(
		who->store, who->arena, &in, &row, &n, err);
	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	out->row = row_of_one(row);
	out->keep = (int)row->keep;
	fill_may(who, row, out);
	r = open_place(who, setup, row, out, err);
	if (!r && out->address.n) {
		r = note_read(who, id, err);
	}
	if (!r) {
		r = hl_store_history(who, HL_OBJECT_LIST_ENTRY, id,
			&out->events, &out->n_events, err);
	}
	return r ? r : read_told(who, id, out, err);
}
