/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A case whose item has a known hash is resolved in one batch: the reason is
 * written beside it, the case goes to "agreed" and on, in nobody's name. The
 * reason's statement holds only while the entry and its list are as they were
 * read, the list may resolve, the switch is on, and nothing of the registry
 * has changed since the look-up began; so what is withdrawn, doubted, lessened
 * or found to be harmless meanwhile resolves nothing. It is looked up again
 * then.
 */
#include "casework/recognise.h"

#include "base/time.h"

int hl_casework_item_hashes(const struct hl_who *who, int64_t case_id,
	struct hl_casework_item_hashes *out, struct hl_err *err)
{
	struct hl_in_item_hashes in = {case_id};
	struct hl_row_item_hashes *rows;
	int r = hl_get_item_hashes(
		who->store, who->arena, &in, &rows, &out->n, err);

	if (r) {
		return r;
	}
	out->rows = rows;
	out->latest_us = 0;
	out->asked = hl_arena_array(who->arena, out->n, sizeof(*out->asked));
	if (!out->asked) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for hashes");
	}
	for (size_t i = 0; i < out->n; i++) {
		out->asked[i].vouched = rows[i].vouched != 0;
		out->latest_us = rows[i].at_us > out->latest_us
					 ? rows[i].at_us
					 : out->latest_us;
		if (hl_hash_from((enum hl_hash_kind)rows[i].kind, rows[i].value,
			    (int)rows[i].quality, &out->asked[i].hash)) {
			return HL_FAIL(err, HL_E_CORRUPT,
				"case %lld: a hash is none",
				(long long)case_id);
		}
	}
	return 0;
}

int hl_casework_look_up(const struct hl_who *who,
	const struct hl_casework_known *known,
	const struct hl_casework_item_hashes *hashes,
	struct hl_registry_known *out, struct hl_err *err)
{
	return hl_registry_look_up(
		&(struct hl_registry_look){.store = who->store,
			.arena = who->arena,
			.near = known->near,
			.laws = known->laws->at,
			.n_laws = known->laws->n},
		hashes->asked, hashes->n, out, err);
}

bool hl_casework_recognisable(const struct hl_casefile *c)
{
	int to;

	return hl_state_next(HL_MACHINE_CASE, c->now.state, HL_ACTION_RECOGNISE,
		       &to) == 0;
}

/* What a supervisor took back once is for people from then on. */
static int was_undone(const struct hl_who *who, int64_t case_id, bool *undone,
	struct hl_err *err)
{
	struct hl_in_resolution_list in = {case_id};
	struct hl_row_resolution_list *rows;
	size_t n;
	int r = hl_get_resolution_list(
		who->store, who->arena, &in, &rows, &n, err);

	*undone = false;
	for (size_t i = 0; i < n && !r; i++) {
		*undone |= rows[i].undone_by != 0;
	}
	return r;
}

static int put_reason(struct hl_tx *tx, const struct hl_casefile *c,
	const struct hl_casework_known *known,
	const struct hl_registry_known *found, struct hl_err *err)
{
	const struct hl_registry_match *by = found->by;
	HL_BUF_AUTO profile = HL_BUF_INIT(1024);
	HL_BUF_AUTO facts = HL_BUF_INIT(8192);
	HL_BUF_AUTO rules = HL_BUF_INIT(4096);
	struct hl_facts none = {0};

	hl_registry_put_profile(&profile, known->laws->at, known->laws->n);
	hl_facts_put_json(&facts, &none);
	for (size_t i = 0; i < found->law.n_rules; i++) {
		hl_buf_printf(
			&rules, "%s%s", i ? "," : "", found->law.rules[i]->id);
	}
	if (profile.fault || facts.fault || rules.fault) {
		return HL_FAIL(err, HL_E_LIMIT, "a resolution is too long");
	}
	hl_tx_resolution_add(
		tx, &(struct hl_in_resolution_add){.case_id = c->id,
			    .cycle = c->now.reopened,
			    .kind = by->hash.kind,
			    .distance = by->distance,
			    .outcome = by->entry.outcome,
			    .profile = hl_buf_str(&profile),
			    .facts = by->entry.facts.n ? by->entry.facts
						       : hl_buf_str(&facts),
			    .rules = hl_buf_str(&rules),
			    .at_us = hl_time_now_us(),
			    .entry_id = by->entry.id,
			    .entry_version = by->entry.version,
			    .list_version = by->entry.list.version,
			    .as_of = found->as_of});
	hl_tx_happened(tx, 0, HL_EVENT_HASH_RESOLVED, by->entry.id, c->id,
		(int)by->hash.kind * 1000 + by->distance);
	return 0;
}

static void reweigh(const struct hl_who *who, struct hl_casefile *c,
	const struct hl_settings *settings, struct hl_str entry_facts)
{
	struct hl_casework_urgency more = {.known = true};
	struct hl_facts facts = {0};

	if (entry_facts.n &&
		!hl_facts_parse_json(who->arena, entry_facts, &facts, NULL)) {
		more.youngest = facts.value[HL_FACT_AGE];
		more.live = facts.value[HL_FACT_MATERIAL] == HL_MATERIAL_LIVE;
	}
	if (settings) {
		hl_casework_reweigh(c, settings, &more);
	}
}

static int move(
	struct hl_casefile *c, enum hl_outcome outcome, struct hl_err *err)
{
	int r = hl_casefile_act(
		c, HL_ACTION_RECOGNISE, HL_EVENT_CASE_RECOGNISED, err);

	if (!r) {
		c->now.outcome = (int)outcome;
		c->now.holder = 0;
		c->now.lease_until_us = 0;
		r = hl_casefile_act(
			c, HL_ACTION_ACT, HL_EVENT_CASE_ACTIONING, err);
	}
	return r;
}

static int write(const struct hl_who *who,
	const struct hl_casework_known *known, struct hl_casefile *c,
	const struct hl_registry_known *found, int64_t latest_us,
	struct hl_err *err)
{
	struct hl_tx *tx;
	int r;

	if (found->no_index && !found->by) {
		return HL_NOTFOUND; /* the next triage asks again */
	}
	tx = hl_tx_begin(who->store, who->arena);
	hl_tx_item_hash_looked(
		tx, &(struct hl_in_item_hash_looked){c->item_id, latest_us});
	if (!found->by) {
		r = hl_tx_run(tx, err);
		return r ? r : HL_NOTFOUND;
	}
	r = put_reason(tx, c, known, found, err);
	if (!r) {
		r = move(c, found->by->entry.outcome, err);
	}
	if (r) {
		hl_tx_drop(tx);
		return r == HL_DENIED ? HL_NOTFOUND : r;
	}
	reweigh(who, c, known->laws->settings, found->by->entry.facts);
	hl_casefile_put(tx, c, 0);
	return hl_tx_run(tx, err);
}

static int resolve_once(const struct hl_who *who,
	const struct hl_casework_known *known, int64_t case_id, bool only_new,
	struct hl_err *err)
{
	struct hl_casework_item_hashes hashes;
	struct hl_registry_known found = {0};
	struct hl_casefile c;
	bool undone = false;
	int r = hl_casefile_load(who->store, who->arena, case_id, &c, err);

	if (r) {
		return r;
	}
	if (!hl_casework_recognisable(&c) ||
		(only_new && c.now.state != HL_CASE_NEW)) {
		return HL_NOTFOUND;
	}
	r = hl_casework_item_hashes(who, case_id, &hashes, err);
	if (!r) {
		r = was_undone(who, case_id, &undone, err);
	}
	if (!r && !undone) {
		r = hl_casework_look_up(who, known, &hashes, &found, err);
	}
	return r ? r : write(who, known, &c, &found, hashes.latest_us, err);
}

int hl_casework_resolve(const struct hl_who *who,
	const struct hl_casework_known *known, int64_t case_id, bool only_new,
	struct hl_err *err)
{
	int r = HL_CONFLICT;

	for (int i = 0; i < HL_CASEWORK_TRIES && r == HL_CONFLICT; i++) {
		r = resolve_once(who, known, case_id, only_new, err);
	}
	/* busy: it waits for the next triage, or for a person */
	return r == HL_CONFLICT ? HL_NOTFOUND : r;
}

int hl_casework_recognise(const struct hl_who *who,
	const struct hl_casework_known *known, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casefile c;
	struct hl_casework_question question = {case_id, HL_AUTHZ_CASE_HASH};
	int r = hl_casework_ask(who, &question, &c, why, err);

	if (!r && !hl_casework_recognisable(&c)) {
		r = hl_casework_refuse(why, HL_CASEWORK_WRONG_STATE);
	}
	return r ? r : hl_casework_resolve(who, known, case_id, false, err);
}

int hl_casework_recognise_new(const struct hl_who *who,
	const struct hl_casework_known *known, size_t n_most, size_t *n_done,
	struct hl_err *err)
{
	struct hl_in_recognise_list in = {(int64_t)n_most};
	struct hl_row_recognise_list *rows;
	size_t n;

	*n_done = 0;
	if (!hl_authz_may_ever(&who->actor, HL_AUTHZ_REPORT_TRIAGE)) {
		return HL_DENIED;
	}
	int r = hl_get_recognise_list(
		who->store, who->arena, &in, &rows, &n, err);
	for (size_t i = 0; i < n && !r; i++) {
		r = hl_casework_resolve(who, known, rows[i].case_id, true, err);
		*n_done += r == 0;
		r = r == HL_NOTFOUND ? 0 : r;
	}
	return r;
}
