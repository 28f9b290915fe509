/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes on a case's item: put there, taken off, shown, proposed. */
#include "casework/hashes.h"

#include "base/time.h"
#include "casework/recognise.h"

static int change_add(struct hl_casework_job *job, struct hl_err *err)
{
	const struct hl_hash_set *set = job->with;
	struct hl_casework_item_hashes now;
	size_t fresh = set->n;
	int r = set->n ? hl_casework_item_hashes(job->who, job->c.id, &now, err)
		       : HL_FAIL(err, HL_E_INVALID, "there is no hash");

	if (r) {
		return r;
	}
	for (size_t i = 0; i < set->n; i++) {
		for (size_t k = 0; k < now.n; k++) {
			fresh -= hl_hash_same(&set->at[i], &now.asked[k].hash);
		}
	}
	if (now.n + fresh > HL_CASEWORK_HASHES_MAX) {
		return HL_FAIL(err, HL_E_INVALID, "an item has many hashes");
	}
	for (size_t i = 0; i < set->n; i++) {
		const struct hl_hash *hash = &set->at[i];

		hl_tx_item_hash_put(job->tx,
			&(struct hl_in_item_hash_put){.item_id = job->c.item_id,
				.kind = hash->kind,
				.value = hl_hash_str(hash),
				.quality = hash->quality,
				.how = HL_HASH_TYPED,
				.vouched = 1,
				.added_by = job->who->actor.user_id,
				.at_us = job->now_us});
	}
	hl_tx_happened(job->tx, job->who->actor.user_id,
		HL_EVENT_ITEM_HASH_ADDED, job->c.item_id, (int64_t)set->n,
		HL_HASH_TYPED);
	return 0;
}

int hl_casework_hash_add(const struct hl_who *who,
	const struct hl_casework_known *known, int64_t case_id,
	const struct hl_hash_set *hashes, bool *recognised,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casework_deed deed = {
		HL_AUTHZ_CASE_HASH, change_add, hashes, NULL};

	*recognised = false;
	int r = hl_casework_do(who, case_id, &deed, why, err);
	if (r) {
		return r;
	}
	r = hl_casework_resolve(who, known, case_id, false, err);
	*recognised = r == 0;
	return r == HL_NOTFOUND ? 0 : r;
}

/* One's own, what a report brought, or anybody's for a supervisor. */
static bool may_remove(
	const struct hl_who *who, const struct hl_row_item_hashes *row)
{
	return !row->added_by || row->added_by == who->actor.user_id ||
	       (who->actor.roles & HL_ROLE_SUPERVISOR);
}

static int change_remove(struct hl_casework_job *job, struct hl_err *err)
{
	const struct hl_hash *hash = job->with;
	struct hl_casework_item_hashes now;
	int r = hl_casework_item_hashes(job->who, job->c.id, &now, err);
	size_t i = 0;

	while (!r && i < now.n && !hl_hash_same(&now.asked[i].hash, hash)) {
		i++;
	}
	if (r || i == now.n) {
		return r ? r : HL_NOTFOUND;
	}
	if (!may_remove(job->who, &now.rows[i])) {
		return hl_casework_refuse(job->why, HL_CASEWORK_SAME_PERSON);
	}
	hl_tx_item_hash_drop(
		job->tx, &(struct hl_in_item_hash_drop){job->c.item_id,
				 hash->kind, hl_hash_str(hash)});
	hl_tx_happened(job->tx, job->who->actor.user_id,
		HL_EVENT_ITEM_HASH_REMOVED, job->c.item_id, hash->kind, 0);
	return 0;
}

int hl_casework_hash_remove(const struct hl_who *who, int64_t case_id,
	const struct hl_hash *hash, enum hl_casework_why *why,
	struct hl_err *err)
{
	struct hl_casework_deed deed = {
		HL_AUTHZ_CASE_HASH, change_remove, hash, NULL};

	return hl_casework_do(who, case_id, &deed, why, err);
}

static int show_hashes(const struct hl_who *who,
	const struct hl_casework_item_hashes *from,
	struct hl_casework_hashes *out, struct hl_err *err)
{
	struct hl_casework_hash *made =
		hl_arena_array(who->arena, from->n, sizeof(*made));

	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for hashes");
	}
	for (size_t i = 0; i < from->n; i++) {
		const struct hl_row_item_hashes *row = &from->rows[i];

		made[i] = (struct hl_casework_hash){.hash = from->asked[i].hash,
			.how = (enum hl_hash_how)row->how,
			.vouched = row->vouched != 0,
			.may_remove = out->may_change && may_remove(who, row),
			.added_by = row->added_by,
			.report_id = row->report_id,
			.at_us = row->at_us,
			.name = row->name};
	}
	out->at = made;
	out->n = from->n;
	return 0;
}

static int show_resolution(const struct hl_who *who,
	const struct hl_row_resolution_list *row,
	struct hl_casework_resolution *out, struct hl_err *err)
{
	*out = (struct hl_casework_resolution){.cycle = row->cycle,
		.at_us = row->at_us,
		.undone_by = row->undone_by,
		.kind = (enum hl_hash_kind)row->kind,
		.distance = (int)row->distance,
		.outcome = (enum hl_outcome)row->outcome,
		.undone_name = row->undone_name};
	int r = hl_registry_load(
		who->store, who->arena, row->entry_id, &out->entry, err);
	if (r) {
		return r;
	}
	r = hl_facts_parse_json(who->arena, row->facts, &out->facts, NULL);
	return r == HL_E_NOMEM ? r : 0;
}

static int show_resolutions(const struct hl_who *who,
	const struct hl_casefile *c, struct hl_casework_hashes *out,
	struct hl_err *err)
{
	struct hl_in_resolution_list in = {c->id};
	struct hl_row_resolution_list *rows;
	struct hl_casework_resolution *made;
	size_t n;
	int r = hl_get_resolution_list(
		who->store, who->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a list");
	}
	for (size_t i = 0; i < n && !r; i++) {
		r = show_resolution(who, &rows[i], &made[i], err);
	}
	out->resolutions = made;
	out->n_resolutions = n;
	out->in_force =
		n && !rows[0].undone_by && c->now.outcome && !c->now.first_by;
	return r;
}

static int show_entries(const struct hl_who *who, int64_t case_id,
	struct hl_casework_hashes *out, struct hl_err *err)
{
	struct hl_in_hash_entries_of_case in = {case_id};
	struct hl_row_hash_entries_of_case *rows;
	struct hl_casework_entry *made;
	size_t n;
	int r = hl_get_hash_entries_of_case(
		who->store, who->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, n, sizeof(*made));
	for (size_t i = 0; made && i < n; i++) {
		made[i] = (struct hl_casework_entry){rows[i].id,
			rows[i].list_name, (enum hl_hash_state)rows[i].state};
	}
	out->entries = made;
	out->n_entries = n;
	return made ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for a list");
}

/* By people, not by the registry. */
static bool is_judged(const struct hl_casefile *c)
{
	return hl_outcome_illegal((enum hl_outcome)c->now.outcome) &&
	       (c->now.second_by || c->now.third_by);
}

int hl_casework_hashes(const struct hl_who *who,
	const struct hl_casework_known *known, int64_t case_id,
	struct hl_casework_hashes *out, struct hl_err *err)
{
	struct hl_casework_item_hashes hashes;
	struct hl_casefile c;
	int r = hl_casefile_load(who->store, who->arena, case_id, &c, err);

	*out = (struct hl_casework_hashes){0};
	if (r) {
		return r;
	}
	struct hl_authz_object o = hl_casefile_object(&c, hl_time_now_us());
	if (hl_authz_check(&who->actor, HL_AUTHZ_CASE_READ, &o, NULL)) {
		return HL_NOTFOUND;
	}
	out->may_change =
		!hl_authz_check(&who->actor, HL_AUTHZ_CASE_HASH, &o, NULL);
	out->may_propose =
		is_judged(&c) &&
		!hl_authz_check(&who->actor, HL_AUTHZ_HASH_PROPOSE, &o, NULL);
	r = hl_casework_item_hashes(who, case_id, &hashes, err);
	if (!r) {
		r = show_hashes(who, &hashes, out, err);
	}
	if (!r) {
		r = hl_casework_look_up(who, known, &hashes, &out->known, err);
	}
	if (!r) {
		r = show_resolutions(who, &c, out, err);
	}
	if (!r) {
		r = show_entries(who, case_id, out, err);
	}
	out->may_recognise = !r && out->may_change && out->known.by &&
			     hl_casework_recognisable(&c);
	for (size_t i = 0; i < out->n_resolutions; i++) {
		out->may_recognise &= !out->resolutions[i].undone_by;
	}
	return r;
}

/* What the people who judged it recorded: of the round that decided. */
static int read_facts(const struct hl_who *who, const struct hl_casefile *c,
	struct hl_registry_entry *entry, struct hl_err *err)
{
	struct hl_in_assessment_list in = {c->id};
	struct hl_row_assessment_list *rows;
	struct hl_str facts = HL_STR_NONE;
	struct hl_facts all = {0};
	size_t n;
	int r = hl_get_assessment_list(
		who->store, who->arena, &in, &rows, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		if (rows[i].cycle <= c->now.reopened) {
			facts = rows[i].facts;
			entry->profile = rows[i].profile;
		}
	}
	if (!r) {
		r = facts.n ? hl_facts_parse_json(who->arena, facts, &all, err)
			    : HL_FAIL(err, HL_E_CORRUPT,
				      "case %lld: no assessment",
				      (long long)c->id);
	}
	if (r) {
		return r;
	}
	HL_BUF_AUTO text = HL_BUF_INIT(8192);
	all = hl_registry_facts_of(&all);
	hl_facts_put_json(&text, &all);
	entry->facts = hl_arena_dup(who->arena, hl_buf_str(&text));
	return text.fault || !entry->facts.p
		       ? HL_FAIL(err, HL_E_NOMEM, "no memory for facts")
		       : 0;
}

/* Of the chosen, those that the item has and that somebody vouches for: what
 * an unknown sender says could be the hash of anything. */
static int choose(const struct hl_who *who, int64_t case_id,
	const struct hl_hash_set *chosen, struct hl_hash_set *out,
	struct hl_err *err)
{
	struct hl_casework_item_hashes have;
	int r = hl_casework_item_hashes(who, case_id, &have, err);

	*out = (struct hl_hash_set){0};
	for (size_t i = 0; i < have.n && !r; i++) {
		for (size_t k = 0; k < chosen->n; k++) {
			if (have.asked[i].vouched &&
				hl_hash_same(
					&chosen->at[k], &have.asked[i].hash)) {
				out->at[out->n++] = have.asked[i].hash;
				break;
			}
		}
	}
	return r || out->n ? r
			   : HL_FAIL(err, HL_E_INVALID,
				     "the item has none of these hashes");
}

int hl_casework_hash_propose(const struct hl_who *who, int64_t case_id,
	const struct hl_casework_proposing *proposing, int64_t *entry_id,
	struct hl_casework_proposed_why *why, struct hl_err *err)
{
	struct hl_registry_entry entry = {.list = {.id = proposing->list_id},
		.series = proposing->series,
		.origin = HL_HASH_FROM_CASE,
		.case_id = case_id};
	struct hl_hash_set hashes;
	struct hl_casefile c;
	struct hl_casework_question question = {case_id, HL_AUTHZ_HASH_PROPOSE};
	int r = hl_casework_ask(who, &question, &c, &why->of_case, err);

	if (!r && !is_judged(&c)) {
		r = hl_casework_refuse(&why->of_case, HL_CASEWORK_WRONG_STATE);
	}
	if (!r) {
		r = choose(who, case_id, proposing->hashes, &hashes, err);
	}
	if (!r) {
		r = read_facts(who, &c, &entry, err);
	}
	if (r) {
		return r;
	}
	entry.outcome = (enum hl_outcome)c.now.outcome;
	r = hl_registry_propose(who, &entry, &hashes, &why->of_list, err);
	*entry_id = r ? 0 : entry.id;
	return r == HL_DENIED
		       ? hl_casework_refuse(&why->of_case, HL_CASEWORK_REGISTRY)
		       : r;
}
