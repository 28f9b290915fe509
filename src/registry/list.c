/* SPDX-License-Identifier: Apache-2.0 */
/* Lists: made by one supervisor, in use when another has approved. How they
 * are changed is in change.c. */
#include "registry/inner.h"

static int may_read(const struct hl_who *who)
{
	return hl_authz_check(&who->actor, HL_AUTHZ_HASH_READ, NULL, NULL);
}

static int may_manage(const struct hl_who *who, enum hl_registry_why *why)
{
	return hl_registry_check(who, HL_AUTHZ_HASHLIST_MANAGE, NULL, why);
}

static void fill(
	const struct hl_row_hash_lists *row, struct hl_registry_list *out)
{
	*out = (struct hl_registry_list){.id = row->id,
		.version = row->version,
		.kind = (enum hl_hash_list_kind)row->kind,
		.state = (enum hl_hash_list_state)row->state,
		.name = row->name,
		.owner = row->owner,
		.source = row->source,
		.negative = row->negative != 0,
		.radius = (int)row->radius,
		.resolve = row->resolve != 0,
		.resolve_radius = (int)row->resolve_radius,
		.outcome = (enum hl_outcome)row->outcome,
		.proposed_by = row->proposed_by,
		.approved_by = row->approved_by,
		.proposed_name = row->proposed_name,
		.approved_name = row->approved_name,
		.proposed_at_us = row->proposed_at_us,
		.approved_at_us = row->approved_at_us,
		.imported_at_us = row->imported_at_us,
		.owner_version = row->owner_version,
		.n_proposed = row->n_proposed,
		.n_active = row->n_active,
		.n_withdrawn = row->n_withdrawn};
}

int hl_registry_lists(const struct hl_who *who,
	const struct hl_registry_list **out, size_t *n, struct hl_err *err)
{
	struct hl_row_hash_lists *rows;
	struct hl_registry_list *made;

	*n = 0;
	*out = NULL;
	if (may_read(who)) {
		return HL_DENIED;
	}
	int r = hl_get_hash_lists(who->store, who->arena, &rows, n, err);
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for lists");
	}
	for (size_t i = 0; i < *n; i++) {
		fill(&rows[i], &made[i]);
	}
	*out = made;
	return 0;
}

int hl_registry_list(const struct hl_who *who, int64_t id,
	struct hl_registry_list *out, struct hl_err *err)
{
	const struct hl_registry_list *all;
	size_t n;
	int r = hl_registry_lists(who, &all, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		if (all[i].id == id) {
			*out = all[i];
			return 0;
		}
	}
	return r ? r : HL_NOTFOUND;
}

static bool is_sound(const struct hl_registry_list *list)
{
	return hl_vocab_find(&hl_vocab_hash_list_kind, (int)list->kind) &&
	       hl_registry_is_line(list->name, HL_REGISTRY_NAME_CHARS) &&
	       (list->kind == HL_HASH_LIST_OWN ||
		       hl_registry_is_line(
			       list->owner, HL_REGISTRY_NAME_CHARS)) &&
	       hl_registry_is_line(list->source, HL_REGISTRY_SOURCE_CHARS) &&
	       hl_registry_radius_fits(list->radius) &&
	       hl_registry_radius_fits(list->resolve_radius) &&
	       hl_registry_outcome_fits(list->outcome);
}

static int name_is_free(const struct hl_who *who, struct hl_str name,
	enum hl_registry_why *why, struct hl_err *err)
{
	const struct hl_registry_list *all;
	size_t n;
	int r = hl_registry_lists(who, &all, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		if (hl_str_eq_nocase(all[i].name, name)) {
			r = hl_registry_refuse(why, HL_REGISTRY_NAME_TAKEN);
		}
	}
	return r;
}

int hl_registry_list_propose(const struct hl_who *who,
	struct hl_registry_list *list, enum hl_registry_why *why,
	struct hl_err *err)
{
	struct hl_row_hash_list_next *next;
	size_t n;
	int r = may_manage(who, why);

	if (r) {
		return r;
	}
	if (!is_sound(list)) {
		return HL_FAIL(err, HL_E_INVALID, "the list is out of form");
	}
	r = name_is_free(who, list->name, why, err);
	if (!r) {
		r = hl_get_hash_list_next(
			who->store, who->arena, &next, &n, err);
	}
	if (r) {
		return r;
	}
	list->id = next->list_id;
	if (list->id > HL_HASH_LISTS_MAX) {
		return hl_registry_refuse(why, HL_REGISTRY_FULL);
	}
	bool own = list->kind == HL_HASH_LIST_OWN;
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_hash_list_add(tx, &(struct hl_in_hash_list_add){.id = list->id,
					.kind = list->kind,
					.name = list->name,
					.owner = own ? HL_STR("") : list->owner,
					.source = list->source,
					.negative = list->negative,
					.radius = list->radius,
					.resolve_radius = list->resolve_radius,
					.outcome = list->outcome,
					.proposed_by = who->actor.user_id,
					.proposed_at_us = hl_time_now_us()});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_HASH_LIST_PROPOSED,
		list->id, list->kind, list->negative);
	return hl_registry_run(tx, why, err);
}

int hl_registry_list_approve(const struct hl_who *who, int64_t id,
	int64_t version, enum hl_registry_why *why, struct hl_err *err)
{
	struct hl_registry_list list;
	int r = hl_registry_list(who, id, &list, err);

	if (r) {
		return r;
	}
	struct hl_authz_object object = {.exists = true,
		.state = (int)list.state,
		.drafted_by = list.proposed_by};
	r = hl_registry_check(who, HL_AUTHZ_HASHLIST_APPROVE, &object, why);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_hash_list_approve(tx, &(struct hl_in_hash_list_approve){
					    .approved_by = who->actor.user_id,
					    .approved_at_us = hl_time_now_us(),
					    .id = id,
					    .version = version});
	hl_registry_changed(tx, id, 0);
	hl_registry_outcome_changed(tx, id, 0);
	hl_tx_item_hash_all_again(tx);
	hl_tx_happened(
		tx, who->actor.user_id, HL_EVENT_HASH_LIST_APPROVED, id, 0, 0);
	return hl_registry_run(tx, why, err);
}

int hl_registry_list_live(const struct hl_who *who, int64_t id,
	struct hl_registry_list *now, enum hl_registry_why *why,
	struct hl_err *err)
{
	int r = may_manage(who, why);

	if (!r) {
		r = hl_registry_list(who, id, now, err);
	}
	if (!r && now->state == HL_HASH_LIST_RETIRED) {
		r = hl_registry_refuse(why, HL_REGISTRY_WRONG_STATE);
	}
	return r;
}

void hl_registry_retired(
	struct hl_tx *tx, const struct hl_who *who, int64_t list_id)
{
	hl_tx_hash_proposal_end_all(
		tx, &(struct hl_in_hash_proposal_end_all){
			    .decided_by = who->actor.user_id,
			    .decided_at_us = hl_time_now_us(),
			    .list_id = list_id});
	hl_registry_changed(tx, list_id, 0);
	hl_tx_item_hash_all_again(tx);
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_HASH_LIST_RETIRED,
		list_id, 0, 0);
}

/* What holds cases back is in use: without it more are resolved. */
static bool holds_back(const struct hl_registry_list *list)
{
	return list->negative && list->state == HL_HASH_LIST_ACTIVE &&
	       list->n_active > 0;
}

int hl_registry_list_retire(const struct hl_who *who, int64_t id,
	int64_t version, bool *waits, enum hl_registry_why *why,
	struct hl_err *err)
{
	struct hl_registry_list now;
	int r = hl_registry_list_live(who, id, &now, why, err);

	*waits = false;
	if (r) {
		return r;
	}
	if (id <= HL_HASH_LIST_HARMLESS) {
		return hl_registry_refuse(why, HL_REGISTRY_BASIC);
	}
	if (holds_back(&now)) {
		struct hl_registry_proposal p = hl_registry_as_it_is(id);

		p.retire = true;
		r = hl_registry_wait(who, &p, version, why, err);
		*waits = !r;
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_hash_list_retire(
		tx, &(struct hl_in_hash_list_retire){id, version});
	hl_registry_retired(tx, who, id);
	return hl_registry_run(tx, why, err);
}

int hl_registry_policy(const struct hl_who *who, struct hl_registry_policy *out,
	struct hl_err *err)
{
	struct hl_row_hash_policy *row;
	size_t n;

	*out = (struct hl_registry_policy){0};
	if (may_read(who)) {
		return HL_DENIED;
	}
	int r = hl_get_hash_policy(who->store, who->arena, &row, &n, err);
	if (!r && n) {
		*out = (struct hl_registry_policy){
			row->resolve != 0, row->name, row->changed_at_us};
	}
	return r;
}

int hl_registry_switch(const struct hl_who *who, bool resolve,
	enum hl_registry_why *why, struct hl_err *err)
{
	int r = may_manage(who, why);

	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_hash_policy_put(
		tx, &(struct hl_in_hash_policy_put){.resolve = resolve,
			    .changed_by = who->actor.user_id,
			    .changed_at_us = hl_time_now_us(),
			    .before = !resolve});
	hl_tx_item_hash_all_again(tx);
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_HASH_LIST_SWITCHED, 0,
		!resolve, resolve);
	return hl_registry_run(tx, why, err);
}
