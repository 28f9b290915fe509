/* SPDX-License-Identifier: Apache-2.0 */
/* Editions that were held back, halting, rolling back. A person's yes is to
 * the digest of a set: the publisher compares before it publishes. */
#include "publish/edition.h"

#include "base/rand.h"
#include "publish/inner.h"

enum { APPROVED = 2, REFUSED = 3, WITHDRAWN = 4 };

static int involvement(
	const struct hl_who *who, int64_t *n_involved, struct hl_err *err)
{
	struct hl_in_list_edition_involves in = {who->actor.user_id};
	struct hl_row_list_edition_involves *row;
	size_t n;
	int r = hl_get_list_edition_involves(
		who->store, who->arena, &in, &row, &n, err);

	*n_involved = !r && n ? row->n : 0;
	return r;
}

/* A person was asked about it; what goes out meanwhile makes a yes no older. */
static bool was_asked_about(const struct hl_row_list_editions *row)
{
	return row->state == HL_LIST_EDITION_HELD ||
	       row->state == HL_LIST_EDITION_REFUSED ||
	       row->state == HL_LIST_EDITION_RELEASED;
}

static void fill(const struct hl_who *who,
	const struct hl_row_list_editions *row, bool newest,
	struct hl_publish_edition *out)
{
	const struct hl_authz_object o = {
		.exists = true, .state = (int)row->state};

	*out = (struct hl_publish_edition){.id = row->id,
		.at_us = row->at_us,
		.n_entries = row->n_entries,
		.n_hosts = row->n_hosts,
		.n_added = row->n_added,
		.n_removed = row->n_removed,
		.held = (unsigned)row->held,
		.state = (enum hl_list_edition_state)row->state,
		.digest = row->digest,
		.decided_by = row->decided_by,
		.decided_at_us = row->decided_at_us,
		.decided_name = row->decided_name};
	out->may_decide =
		!hl_publish_check(who, HL_AUTHZ_EDITION_DECIDE, &o, &out->why);
	if (out->may_decide && !newest) {
		out->may_decide = false;
		out->why = HL_PUBLISH_CHANGED;
	}
}

int hl_publish_editions(const struct hl_who *who, size_t n_most,
	const struct hl_publish_edition **out, size_t *n, struct hl_err *err)
{
	struct hl_in_list_editions in = {(int64_t)n_most};
	struct hl_row_list_editions *rows;
	struct hl_publish_edition *made;
	int64_t involved = 0;

	*n = 0;
	*out = NULL;
	if (hl_authz_check(&who->actor, HL_AUTHZ_LIST_READ, NULL, NULL)) {
		return HL_DENIED;
	}
	int r = hl_get_list_editions(
		who->store, who->arena, &in, &rows, n, err);
	if (!r) {
		r = involvement(who, &involved, err);
	}
	made = r ? NULL : hl_arena_array(who->arena, *n, sizeof(*made));
	if (!made) {
		return r ? r : HL_FAIL(err, HL_E_NOMEM, "no memory for a list");
	}
	bool newest = true;
	for (size_t i = 0; i < *n; i++) {
		fill(who, &rows[i], newest, &made[i]);
		newest = newest && !was_asked_about(&rows[i]);
		if (made[i].may_decide && involved) {
			made[i].why = HL_PUBLISH_INVOLVED;
		}
	}
	*out = made;
	return 0;
}

/* The edition, if this person may decide on it. */
static int begin(const struct hl_who *who, int64_t id,
	const struct hl_publish_edition **out, enum hl_publish_why *why,
	struct hl_err *err)
{
	const struct hl_publish_edition *all;
	const struct hl_authz_object none = {0};
	size_t n = 0;
	int r = hl_publish_editions(who, 100, &all, &n, err);

	if (r == HL_DENIED) {
		return hl_publish_no(why, HL_PUBLISH_NOT_PERMITTED);
	}
	for (size_t i = 0; i < n && !r; i++) {
		if (all[i].id == id) {
			*out = &all[i];
			return all[i].may_decide
				       ? 0
				       : hl_publish_no(why, all[i].why);
		}
	}
	return r ? r
		 : hl_publish_check(who, HL_AUTHZ_EDITION_DECIDE, &none, why);
}

int hl_publish_release(const struct hl_who *who, int64_t id,
	struct hl_str digest, enum hl_publish_why *why, struct hl_err *err)
{
	const struct hl_publish_edition *e;
	int r = begin(who, id, &e, why, err);

	if (r) {
		return r;
	}
	if (e->why == HL_PUBLISH_INVOLVED) {
		return hl_publish_no(why, HL_PUBLISH_INVOLVED);
	}
	if (!hl_str_eq(e->digest, digest)) {
		return hl_publish_no(why, HL_PUBLISH_CHANGED);
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_edition_release(
		tx, &(struct hl_in_list_edition_release){
			    who->actor.user_id, hl_time_now_us(), id, digest});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_EDITION_RELEASED, id,
		e->held, 0);
	return hl_publish_run(tx, why, err);
}

int hl_publish_edition_refuse(const struct hl_who *who, int64_t id,
	enum hl_publish_why *why, struct hl_err *err)
{
	const struct hl_publish_edition *e;
	int r = begin(who, id, &e, why, err);

	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_edition_refuse(
		tx, &(struct hl_in_list_edition_refuse){
			    who->actor.user_id, hl_time_now_us(), id});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_EDITION_REFUSED, id,
		e->held, 0);
	return hl_publish_run(tx, why, err);
}

static int read_rollback(const struct hl_who *who,
	struct hl_publish_status *out, struct hl_err *err)
{
	struct hl_row_list_rollback_get *row;
	size_t n;
	int r = hl_get_list_rollback_get(who->store, who->arena, &row, &n, err);

	if (r || !n) {
		return r;
	}
	out->rollback_id = row->id;
	out->rollback_to = row->edition_id;
	out->rollback_by = row->proposed_by;
	out->rollback_at_us = row->proposed_at_us;
	out->rollback_n = row->n;
	out->rollback_name = row->proposed_name;
	return 0;
}

int hl_publish_status(const struct hl_who *who, struct hl_publish_status *out,
	struct hl_err *err)
{
	bool may = !hl_authz_check(&who->actor, HL_AUTHZ_LIST_HALT, NULL, NULL);
	int64_t me = who->actor.user_id;
	struct hl_row_list_head_get *row;
	size_t n;

	*out = (struct hl_publish_status){0};
	if (hl_authz_check(&who->actor, HL_AUTHZ_LIST_READ, NULL, NULL)) {
		return HL_DENIED;
	}
	int r = hl_get_list_head_get(who->store, who->arena, &row, &n, err);
	if (r || !n || row->hotline.n != sizeof(out->hotline)) {
		return r ? r : HL_FAIL(err, HL_E_CORRUPT, "list_head");
	}
	memcpy(out->hotline, row->hotline.p, sizeof(out->hotline));
	out->ready = row->public_key.n > 0;
	out->root_version = row->root_version;
	out->root_expires_us = row->root_expires_us;
	out->halted_by = row->halted_by;
	out->halted_at_us = row->halted_at_us;
	out->halted_name = row->halted_name;
	out->resume_by = row->resume_by;
	out->resume_at_us = row->resume_at_us;
	out->resume_name = row->resume_name;
	r = read_rollback(who, out, err);
	bool waits = out->rollback_id != 0;
	out->may_halt = may && !out->halted_by;
	out->may_resume = may && out->halted_by && out->resume_by != me;
	out->may_roll_back = may && !waits;
	out->may_approve_rollback = may && waits && out->rollback_by != me;
	out->may_drop_rollback = may && waits;
	return r;
}

/* The state as it is, for whoever may change it. */
static int begin_status(const struct hl_who *who, struct hl_publish_status *out,
	enum hl_publish_why *why, struct hl_err *err)
{
	int r = hl_publish_check(who, HL_AUTHZ_LIST_HALT, NULL, why);

	return r ? r : hl_publish_status(who, out, err);
}

int hl_publish_halt(
	const struct hl_who *who, enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_publish_status now;
	int r = begin_status(who, &now, why, err);

	if (!r && now.halted_by) {
		return hl_publish_no(why, HL_PUBLISH_WRONG_STATE);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_halt(tx, &(struct hl_in_list_halt){
				    who->actor.user_id, hl_time_now_us()});
	hl_tx_happened(
		tx, who->actor.user_id, HL_EVENT_EDITION_HALTED, 0, 0, 0);
	return hl_publish_run(tx, why, err);
}

int hl_publish_resume(const struct hl_who *who, bool *waits,
	enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_publish_status now;
	int64_t me = who->actor.user_id;
	int r = begin_status(who, &now, why, err);

	*waits = false;
	if (!r && !now.halted_by) {
		return hl_publish_no(why, HL_PUBLISH_WRONG_STATE);
	}
	if (!r && now.resume_by == me) {
		return hl_publish_no(why, HL_PUBLISH_SAME_PERSON);
	}
	if (r) {
		return r;
	}
	bool first = !now.resume_by;
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	if (first) {
		hl_tx_list_resume_propose(
			tx, &(struct hl_in_list_resume_propose){
				    me, hl_time_now_us()});
	} else {
		hl_tx_list_resume(tx, &(struct hl_in_list_resume){me});
	}
	hl_tx_happened(tx, who->actor.user_id,
		first ? HL_EVENT_EDITION_RESUMING : HL_EVENT_EDITION_RESUMED, 0,
		now.halted_by, now.resume_by);
	r = hl_publish_run(tx, why, err);
	*waits = !r && first;
	return r;
}

int hl_publish_rollback_propose(const struct hl_who *who, int64_t edition_id,
	enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_publish_status now;
	int r = begin_status(who, &now, why, err);

	if (!r && now.rollback_id) {
		return hl_publish_no(why, HL_PUBLISH_WAITS);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_rollback_add(
		tx, &(struct hl_in_list_rollback_add){hl_rand_id(),
			    who->actor.user_id, hl_time_now_us(), edition_id});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_EDITION_ROLLING_BACK,
		edition_id, 0, 0);
	return hl_publish_run(tx, why, err);
}

static int end_rollback(const struct hl_who *who, int64_t id, bool approves,
	enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_publish_status now;
	int r = begin_status(who, &now, why, err);

	if (!r && (!id || now.rollback_id != id)) {
		return hl_publish_no(why, HL_PUBLISH_CHANGED);
	}
	if (!r && approves && !now.may_approve_rollback) {
		return hl_publish_no(why, HL_PUBLISH_SAME_PERSON);
	}
	if (r) {
		return r;
	}
	bool mine = now.rollback_by == who->actor.user_id;
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_rollback_end(tx,
		&(struct hl_in_list_rollback_end){.state = approves ? APPROVED
							   : mine   ? WITHDRAWN
								    : REFUSED,
			.decided_by = who->actor.user_id,
			.decided_at_us = hl_time_now_us(),
			.id = id});
	hl_tx_happened(tx, who->actor.user_id,
		approves ? HL_EVENT_EDITION_ROLLED_BACK
			 : HL_EVENT_EDITION_NOT_ROLLED_BACK,
		now.rollback_to, now.rollback_by, now.rollback_n);
	return hl_publish_run(tx, why, err);
}

int hl_publish_rollback_approve(const struct hl_who *who, int64_t rollback_id,
	enum hl_publish_why *why, struct hl_err *err)
{
	return end_rollback(who, rollback_id, true, why, err);
}

int hl_publish_rollback_drop(const struct hl_who *who, int64_t rollback_id,
	enum hl_publish_why *why, struct hl_err *err)
{
	return end_rollback(who, rollback_id, false, why, err);
}
