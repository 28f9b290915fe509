/* SPDX-License-Identifier: Apache-2.0 */
#include "publish/appeal.h"

#include "base/json.h"
#include "publish/inner.h"

#define BLOCKING_MOST HL_PUBLISH_PLACES

/* One form for both statements that read appeals. */
static struct hl_publish_appeal appeal_of(
	const struct hl_who *who, const struct hl_row_list_appeals *row)
{
	const struct hl_authz_object o = {.exists = true,
		.state = (int)row->state,
		.drafted_by = row->proposed_by,
		.approved_by = row->approved_by,
		.third_by = row->third_by};
	struct hl_publish_appeal out = {.id = row->id,
		.version = row->version,
		.received_at_us = row->received_at_us,
		.decided_at_us = row->decided_at_us,
		.state = (enum hl_list_appeal_state)row->state,
		.reason = (enum hl_list_appeal_why)row->why,
		.entry_id = row->entry_id,
		.entry_state = (enum hl_list_state)row->entry_state,
		.decided_by = row->decided_by,
		.decided_name = row->decided_name};

	out.may_decide =
		!hl_publish_check(who, HL_AUTHZ_APPEAL_DECIDE, &o, &out.why);
	return out;
}

int hl_publish_appeals(const struct hl_who *who, size_t n_most,
	const struct hl_publish_appeal **out, size_t *n, struct hl_err *err)
{
	struct hl_in_list_appeals in = {(int64_t)n_most};
	struct hl_row_list_appeals *rows;
	struct hl_publish_appeal *made;

	*n = 0;
	*out = NULL;
	if (hl_authz_check(&who->actor, HL_AUTHZ_APPEAL_READ, NULL, NULL)) {
		return HL_DENIED;
	}
	int r = hl_get_list_appeals(who->store, who->arena, &in, &rows, n, err);
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for appeals");
	}
	for (size_t i = 0; i < *n; i++) {
		made[i] = appeal_of(who, &rows[i]);
	}
	*out = made;
	return 0;
}

static struct hl_row_list_appeals short_of(
	const struct hl_row_list_appeal_get *row)
{
	return (struct hl_row_list_appeals){.id = row->id,
		.version = row->version,
		.entry_id = row->entry_id,
		.received_at_us = row->received_at_us,
		.state = row->state,
		.decided_by = row->decided_by,
		.decided_name = row->decided_name,
		.decided_at_us = row->decided_at_us,
		.why = row->why,
		.entry_state = row->entry_state,
		.proposed_by = row->proposed_by,
		.approved_by = row->approved_by,
		.third_by = row->third_by};
}

static int get(const struct hl_who *who, int64_t id,
	struct hl_row_list_appeal_get **row, struct hl_err *err)
{
	struct hl_in_list_appeal_get in = {id};
	size_t n;
	int r = hl_get_list_appeal_get(
		who->store, who->arena, &in, row, &n, err);

	return r || n ? r : HL_NOTFOUND;
}

/* A member that is not there is an empty one. */
static bool take_str(const struct hl_who *who, const json_t *json,
	const char *name, struct hl_str *out)
{
	struct hl_str s = hl_json_str(json, name);

	*out = s.n ? hl_arena_dup(who->arena, s) : HL_STR("");
	return out->p != NULL;
}

static int take(const struct hl_who *who, struct hl_str text,
	struct hl_publish_appeal *out, struct hl_err *err)
{
	HL_JSON_AUTO *json = NULL;

	if (hl_json_parse(text, HL_PUBLISH_APPEAL_BYTES, &json, NULL)) {
		out->broken = true;
		return 0;
	}
	return take_str(who, json, "address", &out->address) &&
			       take_str(who, json, "words", &out->words) &&
			       take_str(who, json, "contact", &out->contact)
		       ? 0
		       : HL_FAIL(err, HL_E_NOMEM, "no memory for an appeal");
}

/* This person may not decide, for this reason and not for one of before. */
static void bar(struct hl_publish_appeal *out, enum hl_publish_why why)
{
	if (out->may_decide) {
		out->may_decide = false;
		out->why = why;
	}
}

static int open_body(const struct hl_who *who,
	const struct hl_row_list_appeal_get *row, struct hl_publish_appeal *out,
	struct hl_err *err)
{
	const struct hl_seal_secret *secret =
		hl_seal_ring_find(&who->ring->queue, row->epoch);
	struct hl_seal_label label = HL_LABEL_LIST_APPEAL(row->id);
	HL_BUF_AUTO plain = HL_BUF_SECRET(4 * HL_PUBLISH_APPEAL_BYTES);

	if (!secret) {
		/* what nobody read cannot be compared with what is listed */
		bar(out, HL_PUBLISH_NO_KEY);
		return 0;
	}
	int r = hl_seal_report_open(secret, &label, row->key_sealed,
		row->body_sealed, &plain, NULL);
	if (r == HL_E_NOMEM) {
		return HL_FAIL(err, r, "no memory for an appeal");
	}
	if (r) {
		out->broken = true;
		return 0;
	}
	return take(who, hl_buf_str(&plain), out, err);
}

static void add_blocking(const struct hl_who *who,
	const struct hl_row_list_entry_at *row, int64_t *found,
	struct hl_publish_appeal *out)
{
	const struct hl_authz_object o = {.exists = true,
		.state = (int)out->state,
		.drafted_by = row->proposed_by,
		.approved_by = row->approved_by,
		.third_by = row->third_by};
	enum hl_publish_why why = HL_PUBLISH_ALLOWED;

	found[out->n_blocking++] = row->id;
	if (hl_publish_check(who, HL_AUTHZ_APPEAL_DECIDE, &o, &why)) {
		bar(out, why);
	}
}

/* The places of the address that it tells; none of one that has no canonical
 * form, which nobody can block. */
static int places_of(const struct hl_publish_setup *setup,
	struct hl_str address, struct hl_buf *canon,
	struct hl_publish_places *out, struct hl_err *err)
{
	int r = hl_url_canon(address, canon, NULL);

	out->n = 0;
	if (!r) {
		r = hl_publish_places(
			setup->popular, hl_buf_str(canon), out, NULL);
	}
	return r == HL_E_NOMEM ? HL_FAIL(err, r, "no memory for an address")
			       : 0;
}

/* Which entries in force block the address that it tells. Who stands behind
 * any of them may not decide, whichever entry they or the appeal name. */
static int find_blocking(const struct hl_who *who,
	const struct hl_publish_setup *setup, struct hl_publish_appeal *out,
	struct hl_err *err)
{
	HL_BUF_AUTO canon = HL_BUF_SECRET(HL_URL_MAX);
	struct hl_publish_places places;
	int64_t *found =
		hl_arena_array(who->arena, BLOCKING_MOST, sizeof(*found));

	if (!found) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a list");
	}
	out->blocking = found;
	if (!out->address.n) {
		return 0;
	}
	if (!setup->popular || !setup->commit) {
		bar(out, HL_PUBLISH_NO_PUBLISHER);
		return 0;
	}
	int r = places_of(setup, out->address, &canon, &places, err);
	for (size_t i = 0; !r && i < places.n; i++) {
		uint8_t hash[HL_PUBLISH_HASH_BYTES];
		struct hl_row_list_entry_at *row;
		size_t n;

		hl_publish_hash(setup->commit, &places.at[i], hash);
		struct hl_in_list_entry_at in = {
			hl_str_mem(hash, sizeof(hash)), 0};
		r = hl_get_list_entry_at(
			who->store, who->arena, &in, &row, &n, err);
		if (!r && n && row->state == HL_LIST_ACTIVE) {
			add_blocking(who, row, found, out);
		}
	}
	return r;
}

/* All of an appeal, opened; may_decide for its own entry and for each that
 * blocks its address. */
static int look(const struct hl_who *who, const struct hl_publish_setup *setup,
	const struct hl_row_list_appeal_get *row, struct hl_publish_appeal *out,
	struct hl_err *err)
{
	const struct hl_row_list_appeals as = short_of(row);

	*out = appeal_of(who, &as);
	int r = open_body(who, row, out, err);
	return r ? r : find_blocking(who, setup, out, err);
}

int hl_publish_appeal(const struct hl_who *who,
	const struct hl_publish_setup *setup, int64_t id,
	struct hl_publish_appeal *out, struct hl_err *err)
{
	struct hl_row_list_appeal_get *row;

	*out = (struct hl_publish_appeal){0};
	if (hl_authz_check(&who->actor, HL_AUTHZ_APPEAL_READ, NULL, NULL)) {
		return HL_NOTFOUND;
	}
	int r = get(who, id, &row, err);
	if (r) {
		return r;
	}
	r = look(who, setup, row, out, err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_APPEAL_READ, id, 0, 0);
	return hl_tx_run(tx, err);
}

/* The entry that a ruling is about; absent: there is none. HL_NOTFOUND also of
 * one that neither the appeal named nor blocks its address, and of a canary,
 * which blocks nobody. */
static int entry_of(const struct hl_who *who, int64_t id,
	const struct hl_publish_appeal *appeal,
	struct hl_row_list_entry_get **row, struct hl_err *err)
{
	struct hl_in_list_entry_get in = {id};
	bool known = id == appeal->entry_id;
	size_t n = 0;

	*row = NULL;
	if (!id) {
		return 0;
	}
	for (size_t i = 0; i < appeal->n_blocking; i++) {
		known |= appeal->blocking[i] == id;
	}
	if (!known) {
		return HL_NOTFOUND;
	}
	int r = hl_get_list_entry_get(
		who->store, who->arena, &in, row, &n, err);
	if (r || !n || (*row)->kind != HL_LIST_OF_CASE) {
		*row = NULL;
		return r ? r : HL_NOTFOUND;
	}
	return 0;
}

/* What came with the ruling fits what is known of the appeal. */
static int check_ruling(const struct hl_publish_ruling *ruling,
	const struct hl_publish_appeal *appeal,
	const struct hl_row_list_entry_get *entry, enum hl_publish_why *why,
	struct hl_err *err)
{
	if (!hl_list_appeal_fits(ruling->state, ruling->reason)) {
		return HL_FAIL(err, HL_E_INVALID, "a decision has its reason");
	}
	bool blocks =
		appeal->n_blocking || (entry && entry->state == HL_LIST_ACTIVE);
	if (ruling->reason == HL_LIST_APPEAL_NOT_LISTED && blocks) {
		return hl_publish_no(why, HL_PUBLISH_BLOCKS);
	}
	if (!entry && (ruling->state == HL_LIST_APPEAL_UPHELD ||
			      appeal->n_blocking)) {
		return hl_publish_no(why, HL_PUBLISH_NO_PLACE);
	}
	return appeal->version == ruling->version
		       ? 0
		       : hl_publish_no(why, HL_PUBLISH_CHANGED);
}

/* The appeal, and the entry that the ruling is about, for whoever may decide
 * on it in this way. */
static int begin(const struct hl_who *who, const struct hl_publish_setup *setup,
	const struct hl_publish_ruling *ruling,
	struct hl_row_list_entry_get **entry, enum hl_publish_why *why,
	struct hl_err *err)
{
	const struct hl_authz_object none = {0};
	struct hl_row_list_appeal_get *row;
	struct hl_publish_appeal appeal;
	int r = get(who, ruling->id, &row, err);

	if (r == HL_NOTFOUND ||
		hl_authz_check(&who->actor, HL_AUTHZ_APPEAL_READ, NULL, NULL)) {
		return hl_publish_check(
			who, HL_AUTHZ_APPEAL_DECIDE, &none, why);
	}
	if (!r) {
		r = look(who, setup, row, &appeal, err);
	}
	if (!r && !appeal.may_decide) {
		return hl_publish_no(why, appeal.why);
	}
	if (!r) {
		r = entry_of(who,
			ruling->entry_id ? ruling->entry_id : appeal.entry_id,
			&appeal, entry, err);
	}
	if (r == HL_NOTFOUND) {
		return hl_publish_no(why, HL_PUBLISH_NO_PLACE);
	}
	return r ? r : check_ruling(ruling, &appeal, *entry, why, err);
}

int hl_publish_appeal_decide(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_ruling *ruling, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_row_list_entry_get *entry = NULL;
	int r = begin(who, setup, ruling, &entry, why, err);

	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_appeal_decide(
		tx, &(struct hl_in_list_appeal_decide){.state = ruling->state,
			    .entry_id = entry ? entry->id : 0,
			    .decided_by = who->actor.user_id,
			    .decided_at_us = hl_time_now_us(),
			    .why = ruling->reason,
			    .id = ruling->id,
			    .version = ruling->version});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_APPEAL_DECIDED,
		ruling->id, (int64_t)ruling->state, (int64_t)ruling->reason);
	if (ruling->state == HL_LIST_APPEAL_UPHELD &&
		(entry->state == HL_LIST_ACTIVE ||
			entry->state == HL_LIST_PROPOSED ||
			entry->state == HL_LIST_THIRD)) {
		hl_publish_end_in(tx, who, entry, HL_LIST_END_APPEAL);
	}
	return hl_publish_run(tx, why, err);
}
