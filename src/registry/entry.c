/* SPDX-License-Identifier: Apache-2.0 */
/* Entries: proposed by one, approved by another, judged by others. */
#include "registry/inner.h"

#include "base/rand.h"

#define USES_MOST 50
#define TRIES 4

static struct hl_registry_list list_of(const struct hl_row_hash_entry_get *row)
{
	return (struct hl_registry_list){.id = row->list_id,
		.version = row->list_version,
		.kind = (enum hl_hash_list_kind)row->list_kind,
		.state = (enum hl_hash_list_state)row->list_state,
		.name = row->list_name,
		.owner = row->list_owner,
		.negative = row->negative != 0,
		.radius = (int)row->radius,
		.resolve = row->resolve != 0,
		.resolve_radius = (int)row->resolve_radius,
		.outcome = (enum hl_outcome)row->list_outcome,
		.proposed_name = row->list_proposed,
		.approved_name = row->list_approved,
		.approved_at_us = row->list_approved_at_us};
}

static enum hl_outcome outcome_of(const struct hl_row_hash_entry_get *row)
{
	return (enum hl_outcome)(row->outcome ? row->outcome
				 : row->label ? row->label_outcome
					      : row->list_outcome);
}

int hl_registry_load(struct hl_store *store, struct hl_arena *arena, int64_t id,
	struct hl_registry_entry *out, struct hl_err *err)
{
	struct hl_in_hash_entry_get in = {id};
	struct hl_row_hash_entry_get *row;
	size_t n;
	int r = hl_get_hash_entry_get(store, arena, &in, &row, &n, err);

	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	*out = (struct hl_registry_entry){.id = row->id,
		.version = row->version,
		.state = (enum hl_hash_state)row->state,
		.list = list_of(row),
		.outcome = outcome_of(row),
		.label = row->label_text,
		.profile = row->profile,
		.facts = row->facts,
		.series = row->series,
		.foreign_id = row->foreign_id,
		.origin = (enum hl_hash_origin)row->origin,
		.case_id = row->case_id,
		.assessors = {row->first_by, row->second_by, row->third_by},
		.proposed_by = row->proposed_by,
		.approved_by = row->approved_by,
		.withdrawn_by = row->withdrawn_by,
		.proposed_name = row->proposed_name,
		.approved_name = row->approved_name,
		.withdrawn_name = row->withdrawn_name,
		.proposed_at_us = row->proposed_at_us,
		.approved_at_us = row->approved_at_us,
		.withdrawn_at_us = row->withdrawn_at_us,
		.withdrawn_reason = (enum hl_hash_reason)row->withdrawn_reason,
		.n_confirmed = row->n_confirmed,
		.n_deconfirmed = row->n_deconfirmed};
	return 0;
}

static int read_values(const struct hl_who *who, struct hl_registry_page *out,
	struct hl_err *err)
{
	struct hl_in_hash_values in = {out->entry.id};
	struct hl_row_hash_values *rows;
	size_t n;
	int r = hl_get_hash_values(who->store, who->arena, &in, &rows, &n, err);
	struct hl_hash *values;
	int *parts;

	if (r) {
		return r;
	}
	values = hl_arena_array(who->arena, n, sizeof(*values));
	parts = hl_arena_array(who->arena, n, sizeof(*parts));
	if (!values || !parts) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for hashes");
	}
	for (size_t i = 0; i < n; i++) {
		parts[i] = (int)rows[i].part;
		if (hl_hash_from((enum hl_hash_kind)rows[i].kind, rows[i].value,
			    (int)rows[i].quality, &values[i])) {
			return HL_FAIL(err, HL_E_CORRUPT,
				"entry %lld: a hash is none",
				(long long)in.entry_id);
		}
	}
	out->values = values;
	out->parts = parts;
	out->n_values = n;
	return 0;
}

static int read_opinions(const struct hl_who *who, struct hl_registry_page *out,
	struct hl_err *err)
{
	struct hl_in_hash_opinions in = {out->entry.id};
	struct hl_row_hash_opinions *rows;
	struct hl_registry_opinion *made;
	size_t n;
	int r = hl_get_hash_opinions(
		who->store, who->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, n, sizeof(*made));
	for (size_t i = 0; made && i < n; i++) {
		made[i] = (struct hl_registry_opinion){
			.opinion = (enum hl_hash_opinion)rows[i].opinion,
			.reason = (enum hl_hash_reason)rows[i].reason,
			.hotline = rows[i].hotline,
			.name = rows[i].name,
			.at_us = rows[i].at_us,
			.stands = rows[i].stands != 0};
	}
	out->opinions = made;
	out->n_opinions = n;
	return made ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for opinions");
}

static int read_uses(const struct hl_who *who, struct hl_registry_page *out,
	struct hl_err *err)
{
	struct hl_in_hash_resolved_by in = {out->entry.id, USES_MOST};
	struct hl_row_hash_resolved_by *rows;
	struct hl_registry_use *made;
	size_t n;
	int r = hl_get_hash_resolved_by(
		who->store, who->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, n, sizeof(*made));
	for (size_t i = 0; made && i < n; i++) {
		made[i] = (struct hl_registry_use){.case_id = rows[i].case_id,
			.at_us = rows[i].at_us,
			.kind = (enum hl_hash_kind)rows[i].kind,
			.distance = (int)rows[i].distance,
			.undone = rows[i].undone_by != 0};
	}
	out->uses = made;
	out->n_uses = n;
	return made ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for uses");
}

/* Whether somebody has proposed to withdraw it. */
static int read_waiting(const struct hl_who *who, struct hl_registry_page *out,
	struct hl_err *err)
{
	const struct hl_registry_proposal *all;
	size_t n;
	int r = hl_registry_proposals(who, out->entry.list.id, &all, &n, err);

	for (size_t i = 0; !r && i < n; i++) {
		out->withdrawing |= all[i].entry_id == out->entry.id;
	}
	return r;
}

static void read_rights(const struct hl_who *who, struct hl_registry_page *out)
{
	struct hl_authz_object o = hl_registry_object(&out->entry);

	out->may_approve = !hl_authz_check(
		&who->actor, HL_AUTHZ_HASH_APPROVE, &o, &out->approve_why);
	out->may_withdraw =
		!hl_authz_check(&who->actor, HL_AUTHZ_HASH_WITHDRAW, &o, NULL);
	out->may_say = !hl_authz_check(
		&who->actor, HL_AUTHZ_HASH_OPINION, &o, &out->say_why);
}

int hl_registry_page(const struct hl_who *who, int64_t id,
	struct hl_registry_page *out, struct hl_err *err)
{
	int r = hl_authz_check(&who->actor, HL_AUTHZ_HASH_READ, NULL, NULL);

	*out = (struct hl_registry_page){0};
	if (!r) {
		r = hl_registry_load(
			who->store, who->arena, id, &out->entry, err);
	}
	if (!r) {
		r = read_values(who, out, err);
	}
	if (!r) {
		r = read_opinions(who, out, err);
	}
	if (!r) {
		r = hl_store_history(who, HL_OBJECT_HASH, out->entry.id,
			&out->events, &out->n_events, err);
	}
	if (!r) {
		r = read_uses(who, out, err);
	}
	if (!r) {
		r = read_waiting(who, out, err);
	}
	if (!r) {
		read_rights(who, out);
	}
	return r;
}

int hl_registry_entries(const struct hl_who *who,
	const struct hl_registry_filter *filter,
	const struct hl_registry_row **out, size_t *n, struct hl_err *err)
{
	struct hl_in_hash_entry_list in = {.by = filter->doubted   ? 3
						 : filter->list_id ? 2
								   : 1,
		.list_id = filter->list_id,
		.state = filter->state,
		.n_most = (int64_t)filter->n_most,
		.n_skip = (int64_t)filter->n_skip};
	struct hl_row_hash_entry_list *rows;
	struct hl_registry_row *made;
	int r = hl_authz_check(&who->actor, HL_AUTHZ_HASH_READ, NULL, NULL);

	*n = 0;
	*out = NULL;
	if (!r) {
		r = hl_get_hash_entry_list(
			who->store, who->arena, &in, &rows, n, err);
	}
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	for (size_t i = 0; made && i < *n; i++) {
		made[i] = (struct hl_registry_row){.id = rows[i].id,
			.list_id = rows[i].list_id,
			.proposed_by = rows[i].proposed_by,
			.proposed_at_us = rows[i].proposed_at_us,
			.list_name = rows[i].list_name,
			.label = rows[i].label_text,
			.series = rows[i].series,
			.proposed_name = rows[i].proposed_name,
			.state = (enum hl_hash_state)rows[i].state,
			.outcome = (enum hl_outcome)rows[i].outcome,
			.origin = (enum hl_hash_origin)rows[i].origin,
			.n_values = rows[i].n_values,
			.n_confirmed = rows[i].n_confirmed,
			.n_deconfirmed = rows[i].n_deconfirmed,
			.n_resolved = rows[i].n_resolved};
	}
	*out = made;
	return made ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for entries");
}

int hl_registry_counts(const struct hl_who *who, struct hl_registry_counts *out,
	struct hl_err *err)
{
	struct hl_row_hash_entry_count *row;
	size_t n;
	int r = hl_authz_check(&who->actor, HL_AUTHZ_HASH_READ, NULL, NULL);

	*out = (struct hl_registry_counts){0};
	if (!r) {
		r = hl_get_hash_entry_count(
			who->store, who->arena, &row, &n, err);
	}
	if (!r && n) {
		*out = (struct hl_registry_counts){row->n_proposed,
			row->n_disputed, row->n_lists, row->n_changes};
	}
	return r;
}

/* A list of ours that is in use, and has none of the hashes. */
static int check_list(const struct hl_who *who,
	const struct hl_registry_entry *entry, const struct hl_hash_set *values,
	enum hl_registry_why *why, struct hl_err *err)
{
	struct hl_registry_list list;
	int r = hl_registry_list(who, entry->list.id, &list, err);

	if (r == HL_NOTFOUND ||
		(!r && (list.kind != HL_HASH_LIST_OWN ||
			       list.state != HL_HASH_LIST_ACTIVE))) {
		return hl_registry_refuse(why, HL_REGISTRY_LIST_CLOSED);
	}
	for (size_t i = 0; i < values->n && !r; i++) {
		struct hl_in_hash_value_taken in = {entry->list.id,
			values->at[i].kind, hl_hash_str(&values->at[i])};
		struct hl_row_hash_value_taken *row;
		size_t n;

		r = hl_get_hash_value_taken(
			who->store, who->arena, &in, &row, &n, err);
		if (!r && n) {
			r = hl_registry_refuse(why, HL_REGISTRY_TAKEN);
		}
	}
	return r;
}

static bool is_sound(
	const struct hl_registry_entry *entry, const struct hl_hash_set *values)
{
	if (!values->n ||
		!hl_vocab_find(&hl_vocab_outcome, (int)entry->outcome) ||
		(entry->series.n && !hl_registry_is_line(entry->series,
					    HL_REGISTRY_NAME_CHARS))) {
		return false;
	}
	for (size_t i = 0; i < values->n; i++) {
		if (hl_hash_is_void(&values->at[i])) {
			return false;
		}
	}
	return true;
}

/* One of a kind is part 0; more of it are parts of the same. */
static void put_values(
	struct hl_tx *tx, int64_t id, const struct hl_hash_set *values)
{
	int64_t parts[HL_HASH_SHA256 + 1] = {0};

	for (size_t i = 0; i < values->n; i++) {
		const struct hl_hash *v = &values->at[i];

		hl_tx_hash_value_add(
			tx, &(struct hl_in_hash_value_add){.entry_id = id,
				    .kind = v->kind,
				    .part = parts[v->kind]++,
				    .value = hl_hash_str(v),
				    .quality = v->quality});
	}
}

static int propose_once(const struct hl_who *who,
	struct hl_registry_entry *entry, const struct hl_hash_set *values,
	enum hl_registry_why *why, struct hl_err *err)
{
	struct hl_row_hash_list_next *next;
	size_t n;
	int r = check_list(who, entry, values, why, err);

	if (!r) {
		r = hl_get_hash_list_next(
			who->store, who->arena, &next, &n, err);
	}
	if (r) {
		return r;
	}
	entry->id = next->entry_id;
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_hash_entry_add(tx, &(struct hl_in_hash_entry_add){.id = entry->id,
					 .list_id = entry->list.id,
					 .state = HL_HASH_PROPOSED,
					 .outcome = entry->outcome,
					 .profile = entry->profile,
					 .facts = entry->facts,
					 .series = hl_str_trim(entry->series),
					 .origin = entry->origin,
					 .case_id = entry->case_id,
					 .proposed_by = who->actor.user_id,
					 .proposed_at_us = hl_time_now_us()});
	put_values(tx, entry->id, values);
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_HASH_PROPOSED,
		entry->id, entry->case_id, (int64_t)values->n);
	return hl_tx_run(tx, err);
}

int hl_registry_propose(const struct hl_who *who,
	struct hl_registry_entry *entry, const struct hl_hash_set *values,
	enum hl_registry_why *why, struct hl_err *err)
{
	int r = HL_CONFLICT;

	if (!is_sound(entry, values)) {
		return HL_FAIL(err, HL_E_INVALID, "the entry is out of form");
	}
	for (int i = 0; i < TRIES && r == HL_CONFLICT; i++) {
		r = propose_once(who, entry, values, why, err);
	}
	return r == HL_CONFLICT ? hl_registry_refuse(why, HL_REGISTRY_CHANGED)
				: r;
}

int hl_registry_type(const struct hl_who *who, struct hl_registry_entry *entry,
	const struct hl_hash_set *values, enum hl_registry_why *why,
	struct hl_err *err)
{
	int r = hl_registry_check(who, HL_AUTHZ_HASHLIST_MANAGE, NULL, why);

	entry->case_id = 0;
	return r ? r : hl_registry_propose(who, entry, values, why, err);
}

/* Loads and asks; what does not exist is refused as what is not theirs. */
static int begin(const struct hl_who *who, int64_t id,
	enum hl_authz_action action, struct hl_registry_entry *out,
	enum hl_registry_why *why, struct hl_err *err)
{
	struct hl_authz_object o = {0};
	int r = hl_registry_load(who->store, who->arena, id, out, err);

	if (r < 0) {
		return r;
	}
	if (!r) {
		o = hl_registry_object(out);
	}
	return hl_registry_check(who, action, &o, why);
}

int hl_registry_approve(const struct hl_who *who, int64_t id,
	enum hl_registry_why *why, struct hl_err *err)
{
	struct hl_registry_entry e;
	int r = begin(who, id, HL_AUTHZ_HASH_APPROVE, &e, why, err);

	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_hash_entry_approve(tx, &(struct hl_in_hash_entry_approve){
					     .approved_by = who->actor.user_id,
					     .approved_at_us = hl_time_now_us(),
					     .id = id,
					     .version = e.version});
	hl_registry_changed(tx, e.list.id, id);
	hl_tx_item_hash_again(tx, &(struct hl_in_item_hash_again){id});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_HASH_APPROVED, id,
		e.proposed_by, 0);
	return hl_registry_run(tx, why, err);
}

/* One of harmless things: it holds cases back. */
static bool holds_back(const struct hl_registry_entry *e)
{
	return e->state == HL_HASH_ACTIVE && e->list.negative &&
	       e->list.state == HL_HASH_LIST_ACTIVE;
}

int hl_registry_withdraw(const struct hl_who *who, int64_t id,
	enum hl_hash_reason reason, bool *waits, enum hl_registry_why *why,
	struct hl_err *err)
{
	struct hl_registry_entry e;
	int r = begin(who, id, HL_AUTHZ_HASH_WITHDRAW, &e, why, err);

	*waits = false;
	if (r) {
		return r;
	}
	if (!hl_hash_reason_fits(0, reason)) {
		return HL_FAIL(err, HL_E_INVALID, "withdrawing has a reason");
	}
	if (holds_back(&e)) {
		struct hl_registry_proposal p = hl_registry_as_it_is(e.list.id);

		p.entry_id = id;
		p.reason = reason;
		r = hl_registry_wait(who, &p, e.list.version, why, err);
		*waits = !r;
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_hash_entry_withdraw(
		tx, &(struct hl_in_hash_entry_withdraw){
			    .withdrawn_by = who->actor.user_id,
			    .withdrawn_at_us = hl_time_now_us(),
			    .withdrawn_reason = reason,
			    .id = id,
			    .version = e.version});
	hl_registry_changed(tx, e.list.id, id);
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_HASH_WITHDRAWN, id,
		e.state, reason);
	return hl_registry_run(tx, why, err);
}

int hl_registry_say(const struct hl_who *who, int64_t id,
	const struct hl_registry_saying *saying, enum hl_registry_why *why,
	struct hl_err *err)
{
	struct hl_str hotline = hl_str_trim(saying->hotline);
	bool doubts = saying->opinion == HL_HASH_DECONFIRM;
	struct hl_registry_entry e;
	int r = begin(who, id, HL_AUTHZ_HASH_OPINION, &e, why, err);

	if (r) {
		return r;
	}
	if (!hl_vocab_find(&hl_vocab_hash_opinion, (int)saying->opinion) ||
		!hl_hash_reason_fits((int)saying->opinion, saying->reason) ||
		(hotline.n && !hl_registry_is_line(
				      hotline, HL_REGISTRY_NAME_CHARS))) {
		return HL_FAIL(err, HL_E_INVALID, "an opinion has a reason");
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_hash_entry_version(
		tx, &(struct hl_in_hash_entry_version){id, e.version});
	hl_tx_hash_opinion_outdate(tx, &(struct hl_in_hash_opinion_outdate){id,
					       hotline, who->actor.user_id});
	hl_tx_hash_opinion_add(
		tx, &(struct hl_in_hash_opinion_add){.id = hl_rand_id(),
			    .entry_id = id,
			    .opinion = saying->opinion,
			    .reason = saying->reason,
			    .hotline = hotline,
			    .staff_id = who->actor.user_id,
			    .at_us = hl_time_now_us()});
	hl_tx_hash_opinion_count(tx, &(struct hl_in_hash_opinion_count){id});
	hl_registry_changed(tx, e.list.id, id);
	hl_tx_item_hash_again(tx, &(struct hl_in_item_hash_again){id});
	hl_tx_happened(tx, who->actor.user_id,
		doubts ? HL_EVENT_HASH_DOUBTED : HL_EVENT_HASH_CONFIRMED, id,
		saying->reason, hotline.n > 0);
	return hl_registry_run(tx, why, err);
}
