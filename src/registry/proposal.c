/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes of lists in use that wait for a second supervisor. A list that
 * counts for less stops cases from being resolved without a view, which is
 * the safe direction and one person's; a list that counts for more decides
 * cases that nobody will look at, which takes two, as bringing it in did. Of
 * harmless things it is the other way round: what goes of them holds no case
 * back any more. The statements that approve repeat that they are two, so that
 * no race gets around it.
 */
#include "registry/inner.h"

#define APPROVED 2 /* hash_list_proposal.state */
#define REFUSED 3
#define WITHDRAWN 4

static struct hl_authz_object object_of(const struct hl_registry_proposal *p)
{
	return (struct hl_authz_object){.exists = true,
		.state = HL_HASH_LIST_PROPOSED,
		.drafted_by = p->proposed_by};
}

static void fill(const struct hl_who *who,
	const struct hl_row_hash_proposal_list *row,
	struct hl_registry_proposal *out)
{
	*out = (struct hl_registry_proposal){.id = row->id,
		.list_id = row->list_id,
		.label = (int)row->label,
		.list_name = row->list_name,
		.label_text = row->label_text,
		.radius = (int)row->radius,
		.resolve_radius = (int)row->resolve_radius,
		.resolve = row->resolve != 0,
		.outcome = (int)row->outcome,
		.retire = row->retire != 0,
		.entry_id = row->entry_id,
		.reason = (enum hl_hash_reason)row->reason,
		.proposed_by = row->proposed_by,
		.proposed_at_us = row->proposed_at_us,
		.proposed_name = row->proposed_name,
		.mine = row->proposed_by == who->actor.user_id};
	struct hl_authz_object object = object_of(out);
	out->may_approve =
		hl_authz_check(&who->actor, HL_AUTHZ_HASHLIST_APPROVE, &object,
			NULL) == 0;
	out->may_drop = hl_authz_check(&who->actor, HL_AUTHZ_HASHLIST_MANAGE,
				NULL, NULL) == 0;
}

int hl_registry_proposals(const struct hl_who *who, int64_t list_id,
	const struct hl_registry_proposal **out, size_t *n, struct hl_err *err)
{
	struct hl_in_hash_proposal_list in = {list_id};
	struct hl_row_hash_proposal_list *rows;
	struct hl_registry_proposal *made;

	*n = 0;
	*out = NULL;
	if (hl_authz_check(&who->actor, HL_AUTHZ_HASH_READ, NULL, NULL)) {
		return HL_DENIED;
	}
	int r = hl_get_hash_proposal_list(
		who->store, who->arena, &in, &rows, n, err);
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for proposals");
	}
	for (size_t i = 0; i < *n; i++) {
		fill(who, &rows[i], &made[i]);
	}
	*out = made;
	return 0;
}

struct hl_registry_proposal hl_registry_as_it_is(int64_t list_id)
{
	return (struct hl_registry_proposal){.list_id = list_id,
		.radius = -1,
		.resolve_radius = -1,
		.outcome = -1};
}

struct hl_registry_proposal hl_registry_more(const struct hl_registry_list *now,
	const struct hl_registry_list *wanted)
{
	struct hl_registry_proposal more = hl_registry_as_it_is(now->id);

	more.resolve = wanted->resolve && !now->resolve;
	if (wanted->radius > now->radius ||
		(now->negative && wanted->radius != now->radius)) {
		more.radius = wanted->radius;
	}
	if (wanted->resolve_radius > now->resolve_radius) {
		more.resolve_radius = wanted->resolve_radius;
	}
	if (wanted->outcome && wanted->outcome != now->outcome) {
		more.outcome = (int)wanted->outcome;
	}
	return more;
}

static int64_t parts_of(const struct hl_registry_proposal *p)
{
	return (p->radius >= 0 ? HL_REGISTRY_PART_RADIUS : 0) |
	       (p->resolve ? HL_REGISTRY_PART_RESOLVE : 0) |
	       (p->resolve_radius >= 0 ? HL_REGISTRY_PART_RESOLVE_RADIUS : 0) |
	       (p->outcome >= 0 ? HL_REGISTRY_PART_OUTCOME : 0) |
	       (p->retire ? HL_REGISTRY_PART_USE : 0) |
	       (p->entry_id ? HL_REGISTRY_PART_ENTRY : 0);
}

static void tell(struct hl_tx *tx, const struct hl_who *who,
	enum hl_event event, const struct hl_registry_proposal *p)
{
	hl_tx_happened(tx, who->actor.user_id, event, p->list_id, parts_of(p),
		p->entry_id ? p->entry_id : p->label);
}

bool hl_registry_is_more(const struct hl_registry_proposal *p)
{
	return parts_of(p) != 0;
}

int hl_registry_proposal_add(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_registry_proposal *p, int64_t version,
	enum hl_registry_why *why, struct hl_err *err)
{
	const struct hl_registry_proposal *there;
	size_t n;
	int r = hl_registry_proposals(who, p->list_id, &there, &n, err);

	for (size_t i = 0; !r && i < n; i++) {
		if (there[i].label == p->label &&
			there[i].entry_id == p->entry_id) {
			r = hl_registry_refuse(why, HL_REGISTRY_WAITS);
		}
	}
	if (r) {
		return r;
	}
	hl_tx_hash_proposal_add(
		tx, &(struct hl_in_hash_proposal_add){.label = p->label,
			    .radius = p->radius,
			    .resolve = p->resolve,
			    .resolve_radius = p->resolve_radius,
			    .outcome = p->outcome,
			    .retire = p->retire,
			    .entry_id = p->entry_id,
			    .reason = p->reason,
			    .proposed_by = who->actor.user_id,
			    .proposed_at_us = hl_time_now_us(),
			    .list_id = p->list_id,
			    .version = version});
	tell(tx, who, HL_EVENT_HASH_LIST_CHANGE_PROPOSED, p);
	return 0;
}

int hl_registry_wait(const struct hl_who *who,
	const struct hl_registry_proposal *p, int64_t version,
	enum hl_registry_why *why, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	int r = hl_registry_proposal_add(tx, who, p, version, why, err);

	if (r) {
		hl_tx_drop(tx);
		return r;
	}
	return hl_registry_run(tx, why, err);
}

/* One that has been decided meanwhile is a change that somebody else made. */
static int find(const struct hl_who *who,
	const struct hl_registry_decision *decision,
	struct hl_registry_proposal *out, enum hl_registry_why *why,
	struct hl_err *err)
{
	const struct hl_registry_proposal *all;
	size_t n;
	int r = hl_registry_check(who, HL_AUTHZ_HASHLIST_MANAGE, NULL, why);

	if (!r) {
		r = hl_registry_proposals(
			who, decision->list_id, &all, &n, err);
	}
	if (r) {
		return r;
	}
	for (size_t i = 0; i < n; i++) {
		if (all[i].id == decision->id) {
			*out = all[i];
			return 0;
		}
	}
	return hl_registry_refuse(why, HL_REGISTRY_CHANGED);
}

static void end(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_registry_proposal *p, int state)
{
	static const enum hl_event events[] = {
		[APPROVED] = HL_EVENT_HASH_LIST_CHANGE_APPROVED,
		[REFUSED] = HL_EVENT_HASH_LIST_CHANGE_REFUSED,
		[WITHDRAWN] = HL_EVENT_HASH_LIST_CHANGE_WITHDRAWN};

	hl_tx_hash_proposal_end(
		tx, &(struct hl_in_hash_proposal_end){.state = state,
			    .decided_by = who->actor.user_id,
			    .decided_at_us = hl_time_now_us(),
			    .id = p->id});
	tell(tx, who, events[state], p);
}

static void apply(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_registry_proposal *p, int64_t version)
{
	int64_t me = who->actor.user_id;

	hl_tx_hash_proposal_apply(
		tx, &(struct hl_in_hash_proposal_apply){p->id, me, version});
	hl_tx_hash_proposal_apply_label(
		tx, &(struct hl_in_hash_proposal_apply_label){p->id, me});
	if (p->entry_id) {
		hl_tx_hash_proposal_apply_entry(
			tx, &(struct hl_in_hash_proposal_apply_entry){
				    me, hl_time_now_us(), p->id});
		hl_tx_happened(tx, who->actor.user_id, HL_EVENT_HASH_WITHDRAWN,
			p->entry_id, HL_HASH_ACTIVE, p->reason);
	}
	hl_registry_changed(tx, p->list_id, p->entry_id);
	if (p->outcome >= 0) {
		hl_registry_outcome_changed(tx, p->list_id, p->label);
	}
	hl_tx_item_hash_all_again(tx);
}

int hl_registry_proposal_approve(const struct hl_who *who,
	const struct hl_registry_decision *decision, enum hl_registry_why *why,
	struct hl_err *err)
{
	struct hl_registry_proposal p;
	int r = find(who, decision, &p, why, err);

	if (r) {
		return r;
	}
	struct hl_authz_object object = object_of(&p);
	r = hl_registry_check(who, HL_AUTHZ_HASHLIST_APPROVE, &object, why);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	apply(tx, who, &p, decision->version);
	end(tx, who, &p, APPROVED);
	if (p.retire) {
		hl_registry_retired(tx, who, p.list_id);
	}
	return hl_registry_run(tx, why, err);
}

int hl_registry_proposal_drop(const struct hl_who *who,
	const struct hl_registry_decision *decision, enum hl_registry_why *why,
	struct hl_err *err)
{
	struct hl_registry_proposal p;
	int r = find(who, decision, &p, why, err);

	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	end(tx, who, &p, p.mine ? WITHDRAWN : REFUSED);
	return hl_registry_run(tx, why, err);
}
