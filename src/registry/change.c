/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of a list and of what its labels mean: done at once when nothing
 * counts for more by them, else proposed (proposal.c). */
#include "registry/inner.h"

bool hl_registry_radius_fits(int radius)
{
	return radius >= 0 && radius <= HL_HASH_RADIUS_MAX;
}

bool hl_registry_outcome_fits(enum hl_outcome outcome)
{
	return !outcome || hl_vocab_find(&hl_vocab_outcome, (int)outcome);
}

static int64_t parts_between(
	const struct hl_registry_list *a, const struct hl_registry_list *b)
{
	return (hl_str_eq(a->source, b->source) ? 0 : HL_REGISTRY_PART_SOURCE) |
	       (a->radius == b->radius ? 0 : HL_REGISTRY_PART_RADIUS) |
	       (a->resolve == b->resolve ? 0 : HL_REGISTRY_PART_RESOLVE) |
	       (a->resolve_radius == b->resolve_radius
			       ? 0
			       : HL_REGISTRY_PART_RESOLVE_RADIUS) |
	       (a->outcome == b->outcome ? 0 : HL_REGISTRY_PART_OUTCOME);
}

/* A list that waits: whoever changes it proposes it from now on. */
static void put_draft(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_registry_list *list)
{
	hl_tx_hash_list_draft(
		tx, &(struct hl_in_hash_list_draft){.source = list->source,
			    .radius = list->radius,
			    .resolve = list->resolve,
			    .resolve_radius = list->resolve_radius,
			    .outcome = list->outcome,
			    .proposed_by = who->actor.user_id,
			    .proposed_at_us = hl_time_now_us(),
			    .id = list->id,
			    .version = list->version});
}

static void put_less(struct hl_tx *tx, const struct hl_registry_list *now,
	const struct hl_registry_list *list)
{
	hl_tx_hash_list_lessen(
		tx, &(struct hl_in_hash_list_lessen){.source = list->source,
			    .radius = list->radius,
			    .resolve = list->resolve,
			    .resolve_radius = list->resolve_radius,
			    .outcome = list->outcome,
			    .id = list->id,
			    .version = list->version});
	if (now->outcome != list->outcome) {
		hl_registry_outcome_changed(tx, list->id, 0);
	}
}

/* Done at once, of a list that waits or is in use. */
static void put(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_registry_list *now, const struct hl_registry_list *list)
{
	if (now->state == HL_HASH_LIST_PROPOSED) {
		put_draft(tx, who, list);
	} else {
		put_less(tx, now, list);
	}
	hl_registry_changed(tx, list->id, 0);
	hl_tx_item_hash_all_again(tx);
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_HASH_LIST_CHANGED,
		list->id, parts_between(now, list), 0);
}

/* Leaves in `list` what needs no second person. */
static void take_out(struct hl_registry_list *list,
	const struct hl_registry_list *now,
	const struct hl_registry_proposal *more)
{
	list->radius = more->radius >= 0 ? now->radius : list->radius;
	list->resolve = more->resolve ? now->resolve : list->resolve;
	list->resolve_radius = more->resolve_radius >= 0 ? now->resolve_radius
							 : list->resolve_radius;
	list->outcome = more->outcome >= 0 ? now->outcome : list->outcome;
}

static bool change_fits(
	const struct hl_registry_list *now, const struct hl_registry_list *list)
{
	return hl_registry_is_line(list->source, HL_REGISTRY_SOURCE_CHARS) &&
	       hl_registry_radius_fits(list->radius) &&
	       hl_registry_radius_fits(list->resolve_radius) &&
	       hl_registry_outcome_fits(list->outcome) &&
	       !(now->negative && list->resolve);
}

int hl_registry_list_change(const struct hl_who *who,
	const struct hl_registry_list *list, bool *waits,
	enum hl_registry_why *why, struct hl_err *err)
{
	struct hl_registry_list now, wanted = *list;
	int r = hl_registry_list_live(who, list->id, &now, why, err);

	*waits = false;
	if (r) {
		return r;
	}
	if (list->version != now.version) {
		return hl_registry_refuse(why, HL_REGISTRY_CHANGED);
	}
	if (!change_fits(&now, list)) {
		return HL_FAIL(err, HL_E_INVALID, "the list is out of form");
	}
	struct hl_registry_proposal more = hl_registry_more(&now, list);
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	bool adds =
		now.state == HL_HASH_LIST_ACTIVE && hl_registry_is_more(&more);
	if (adds) {
		take_out(&wanted, &now, &more);
		r = hl_registry_proposal_add(
			tx, who, &more, now.version, why, err);
	}
	bool puts = parts_between(&now, &wanted) != 0;
	if (r || (!adds && !puts)) {
		hl_tx_drop(tx);
		return r;
	}
	if (puts) {
		put(tx, who, &now, &wanted);
	}
	r = hl_registry_run(tx, why, err);
	*waits = !r && adds;
	return r;
}

int hl_registry_labels(const struct hl_who *who, int64_t list_id,
	const struct hl_registry_label **out, size_t *n, struct hl_err *err)
{
	struct hl_in_hash_labels in = {list_id};
	struct hl_row_hash_labels *rows;
	struct hl_registry_label *made;

	*n = 0;
	*out = NULL;
	if (hl_authz_check(&who->actor, HL_AUTHZ_HASH_READ, NULL, NULL)) {
		return HL_DENIED;
	}
	int r = hl_get_hash_labels(who->store, who->arena, &in, &rows, n, err);
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for labels");
	}
	for (size_t i = 0; i < *n; i++) {
		made[i] = (struct hl_registry_label){.list_id = rows[i].list_id,
			.label = (int)rows[i].label,
			.text = rows[i].text,
			.outcome = (enum hl_outcome)rows[i].outcome,
			.n = rows[i].n};
	}
	*out = made;
	return 0;
}

static int find_label(const struct hl_who *who,
	const struct hl_registry_label *label, struct hl_registry_label *out,
	enum hl_registry_why *why, struct hl_err *err)
{
	const struct hl_registry_label *all;
	size_t n;
	int r = hl_registry_labels(who, label->list_id, &all, &n, err);

	for (size_t i = 0; !r && i < n; i++) {
		if (all[i].label == label->label) {
			*out = all[i];
			return 0;
		}
	}
	return r ? r : hl_registry_refuse(why, HL_REGISTRY_CHANGED);
}

static void put_label(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_registry_list *now,
	const struct hl_registry_label *label)
{
	if (now->state == HL_HASH_LIST_PROPOSED) {
		put_draft(tx, who, now);
	} else {
		hl_tx_hash_list_touch(tx,
			&(struct hl_in_hash_list_touch){now->id, now->version});
	}
	hl_tx_hash_label_put(tx, &(struct hl_in_hash_label_put){label->outcome,
					 now->id, label->label});
	hl_registry_changed(tx, now->id, 0);
	hl_registry_outcome_changed(tx, now->id, label->label);
	hl_tx_item_hash_all_again(tx);
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_HASH_LIST_CHANGED,
		now->id, HL_REGISTRY_PART_OUTCOME, label->label);
}

int hl_registry_label_put(const struct hl_who *who,
	const struct hl_registry_label *label, bool *waits,
	enum hl_registry_why *why, struct hl_err *err)
{
	struct hl_registry_list now;
	struct hl_registry_label before = {0};
	int r = hl_registry_list_live(who, label->list_id, &now, why, err);

	*waits = false;
	if (!r) {
		r = find_label(who, label, &before, why, err);
	}
	if (r || before.outcome == label->outcome) {
		return r;
	}
	if (!hl_registry_outcome_fits(label->outcome)) {
		return HL_FAIL(err, HL_E_INVALID, "there is no such outcome");
	}
	if (label->outcome && now.state == HL_HASH_LIST_ACTIVE) {
		struct hl_registry_proposal more = hl_registry_as_it_is(now.id);

		more.label = label->label;
		more.outcome = (int)label->outcome;
		r = hl_registry_wait(who, &more, now.version, why, err);
		*waits = !r;
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	put_label(tx, who, &now, label);
	return hl_registry_run(tx, why, err);
}
