/* SPDX-License-Identifier: Apache-2.0 */
/* Consumers changed: what is less, or about people, is one supervisor's and
 * done at once; what lets more names out waits for a second one. */
#include "base/rand.h"
#include "base/text.h"
#include "publish/canary.h"

enum { APPROVED = 2, REFUSED = 3, WITHDRAWN = 4 };
enum { PART_NAME = 1, PART_BUDGET = 2, PART_TIER = 4, PART_STAGE = 8 };

static bool is_more(const struct hl_publish_change *more)
{
	return more->tier >= 0 || more->stage >= 0 || more->budget >= 0;
}

static int64_t parts_of(const struct hl_publish_change *more)
{
	return (more->budget >= 0 ? PART_BUDGET : 0) |
	       (more->tier >= 0 ? PART_TIER : 0) |
	       (more->stage >= 0 ? PART_STAGE : 0);
}

/* What of `wanted` waits for a second supervisor. */
static struct hl_publish_change more_of(const struct hl_publish_consumer *now,
	const struct hl_publish_consumer *wanted)
{
	struct hl_publish_change more = {.consumer_id = now->id,
		.tier = -1,
		.stage = -1,
		.budget = -1,
		.risk = HL_STR("")};

	if (wanted->tier != now->tier && wanted->tier != HL_LIST_TIER_ASKS) {
		more.tier = (int)wanted->tier;
	}
	if (wanted->stage != now->stage) {
		more.stage = (int)wanted->stage;
	}
	if (wanted->budget > now->budget) {
		more.budget = wanted->budget;
	}
	if (more.tier == HL_LIST_TIER_OFFLINE) {
		more.risk = hl_str_trim(wanted->risk);
	}
	return more;
}

static struct hl_str raw_key(struct hl_arena *arena, struct hl_str text)
{
	uint8_t key[HL_SEAL_SIGN_PUB_BYTES];

	return text.n && !hl_text_parse_base64url(text, key, sizeof(key))
		       ? hl_arena_dup(arena, hl_str_mem(key, sizeof(key)))
		       : HL_STR("");
}

static bool same(const struct hl_publish_consumer *now,
	const struct hl_publish_consumer *wanted,
	const struct hl_publish_change *more)
{
	return hl_str_eq(now->name, hl_str_trim(wanted->name)) &&
	       hl_str_eq(now->contact, hl_str_trim(wanted->contact)) &&
	       hl_str_eq(now->notify, hl_str_trim(wanted->notify)) &&
	       hl_str_eq(now->sign_key, wanted->sign_key) &&
	       (more->budget >= 0 || now->budget == wanted->budget) &&
	       (more->tier >= 0 || now->tier == wanted->tier);
}

static void set_row(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_consumer *now,
	const struct hl_publish_consumer *wanted,
	const struct hl_publish_change *more)
{
	hl_tx_list_consumer_set(
		tx, &(struct hl_in_list_consumer_set){
			    .name = hl_str_trim(wanted->name),
			    .contact = hl_str_trim(wanted->contact),
			    .notify = hl_str_trim(wanted->notify),
			    .sign_key = raw_key(who->arena, wanted->sign_key),
			    .budget = more->budget >= 0 ? now->budget
							: wanted->budget,
			    .tier = more->tier >= 0 ? now->tier : wanted->tier,
			    .id = now->id,
			    .version = now->version});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_CONSUMER_CHANGED,
		now->id,
		(hl_str_eq(now->name, hl_str_trim(wanted->name)) ? 0
								 : PART_NAME) |
			(wanted->budget < now->budget ? PART_BUDGET : 0) |
			(more->tier < 0 && wanted->tier != now->tier ? PART_TIER
								     : 0),
		0);
}

static void add_change(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_change *more, int64_t version)
{
	hl_tx_list_change_add(
		tx, &(struct hl_in_list_change_add){.id = hl_rand_id(),
			    .tier = more->tier,
			    .stage = more->stage,
			    .budget = more->budget,
			    .risk = more->risk,
			    .proposed_by = who->actor.user_id,
			    .proposed_at_us = hl_time_now_us(),
			    .consumer_id = more->consumer_id,
			    .version = version});
	hl_tx_happened(tx, who->actor.user_id,
		HL_EVENT_CONSUMER_CHANGE_PROPOSED, more->consumer_id,
		parts_of(more), 0);
}

/* Nothing waits yet, and no other one is called so. */
static int is_free(const struct hl_who *who,
	const struct hl_publish_consumer *wanted,
	const struct hl_publish_change *more, enum hl_publish_why *why,
	struct hl_err *err)
{
	const struct hl_publish_consumer *all;
	const struct hl_publish_change *waiting;
	size_t n = 0;
	int r = hl_publish_changes(who, wanted->id, &waiting, &n, err);

	if (!r && n && is_more(more)) {
		return hl_publish_no(why, HL_PUBLISH_WAITS);
	}
	if (!r) {
		r = hl_publish_consumers(who, &all, &n, err);
	}
	for (size_t i = 0; !r && i < n; i++) {
		if (all[i].id != wanted->id &&
			all[i].state <= HL_LIST_CONSUMER_ACTIVE &&
			hl_str_eq_nocase(
				all[i].name, hl_str_trim(wanted->name))) {
			r = hl_publish_no(why, HL_PUBLISH_NAME_TAKEN);
		}
	}
	return r;
}

int hl_publish_consumer_change(const struct hl_who *who,
	const struct hl_publish_consumer *consumer, bool *waits,
	enum hl_publish_why *why, struct hl_err *err)
{
	const struct hl_publish_decision seen = {
		consumer->id, consumer->version};
	const char *fault = hl_publish_consumer_fault(consumer);
	struct hl_publish_consumer now;
	int r = hl_publish_consumer_begin(
		who, &seen, HL_LIST_CONSUMER_ACTIVE, &now, why, err);

	*waits = false;
	if (r) {
		return r;
	}
	if (fault) {
		return HL_FAIL(err, HL_E_INVALID, "%s", fault);
	}
	struct hl_publish_change more = more_of(&now, consumer);
	if (more.tier == HL_LIST_TIER_OFFLINE && !more.risk.n) {
		return hl_publish_no(why, HL_PUBLISH_RISK);
	}
	r = is_free(who, consumer, &more, why, err);
	bool at_once = !same(&now, consumer, &more);
	if (r || (!at_once && !is_more(&more))) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	if (at_once) {
		set_row(tx, who, &now, consumer, &more);
	}
	if (is_more(&more)) {
		add_change(tx, who, &more, now.version + at_once);
	}
	r = hl_publish_run(tx, why, err);
	*waits = !r && is_more(&more);
	return r;
}

static void fill(const struct hl_who *who,
	const struct hl_row_list_changes *row, struct hl_publish_change *out)
{
	const struct hl_authz_object o = {.exists = true,
		.state = HL_LIST_CONSUMER_PROPOSED,
		.drafted_by = row->proposed_by};

	*out = (struct hl_publish_change){.id = row->id,
		.consumer_id = row->consumer_id,
		.consumer_name = row->name,
		.consumer_version = row->version,
		.tier = (int)row->tier,
		.stage = (int)row->stage,
		.budget = row->budget,
		.risk = row->risk,
		.proposed_by = row->proposed_by,
		.proposed_at_us = row->proposed_at_us,
		.proposed_name = row->proposed_name,
		.mine = row->proposed_by == who->actor.user_id};
	out->may_approve = !hl_authz_check(
		&who->actor, HL_AUTHZ_CONSUMER_APPROVE, &o, NULL);
	out->may_drop = !hl_authz_check(
		&who->actor, HL_AUTHZ_CONSUMER_MANAGE, NULL, NULL);
}

int hl_publish_changes(const struct hl_who *who, int64_t consumer_id,
	const struct hl_publish_change **out, size_t *n, struct hl_err *err)
{
	struct hl_in_list_changes in = {consumer_id};
	struct hl_row_list_changes *rows;
	struct hl_publish_change *made;

	*n = 0;
	*out = NULL;
	if (hl_authz_check(&who->actor, HL_AUTHZ_LIST_READ, NULL, NULL)) {
		return HL_DENIED;
	}
	int r = hl_get_list_changes(who->store, who->arena, &in, &rows, n, err);
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for changes");
	}
	for (size_t i = 0; i < *n; i++) {
		fill(who, &rows[i], &made[i]);
	}
	*out = made;
	return 0;
}

/* One that has been decided meanwhile is somebody else's change. */
static int find(const struct hl_who *who, int64_t id,
	struct hl_publish_change *out, enum hl_publish_why *why,
	struct hl_err *err)
{
	const struct hl_publish_change *all;
	size_t n = 0;
	int r = hl_publish_check(who, HL_AUTHZ_CONSUMER_MANAGE, NULL, why);

	if (!r) {
		r = hl_publish_changes(who, 0, &all, &n, err);
	}
	for (size_t i = 0; !r && i < n; i++) {
		if (all[i].id == id) {
			*out = all[i];
			return 0;
		}
	}
	return r ? r : hl_publish_no(why, HL_PUBLISH_CHANGED);
}

static void end(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_change *c, int state)
{
	hl_tx_list_change_end(
		tx, &(struct hl_in_list_change_end){.state = state,
			    .decided_by = who->actor.user_id,
			    .decided_at_us = hl_time_now_us(),
			    .id = c->id});
	hl_tx_happened(tx, who->actor.user_id,
		state == APPROVED ? HL_EVENT_CONSUMER_CHANGE_APPROVED
				  : HL_EVENT_CONSUMER_CHANGE_REFUSED,
		c->consumer_id, parts_of(c), c->proposed_by);
}

int hl_publish_change_approve(const struct hl_who *who,
	const struct hl_publish_changing *changing, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_publish_change c;
	int r = find(who, changing->id, &c, why, err);

	if (r) {
		return r;
	}
	if (!c.may_approve) {
		return hl_publish_no(why, HL_PUBLISH_SAME_PERSON);
	}
	if (c.tier == HL_LIST_TIER_OFFLINE && !changing->signs_off) {
		return hl_publish_no(why, HL_PUBLISH_RISK);
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_change_apply(
		tx, &(struct hl_in_list_change_apply){
			    c.id, who->actor.user_id, changing->version});
	end(tx, who, &c, APPROVED);
	return hl_publish_run(tx, why, err);
}

int hl_publish_change_drop(const struct hl_who *who, int64_t change_id,
	enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_publish_change c;
	int r = find(who, change_id, &c, why, err);

	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	end(tx, who, &c, c.mine ? WITHDRAWN : REFUSED);
	return hl_publish_run(tx, why, err);
}
