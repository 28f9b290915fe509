/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/authz_matrix.h"

#include "domain/hash.h"
#include "domain/list.h"

/*
 * The matrix. A row grants an action to some roles under conditions; an
 * action is allowed if one row allows it. Conditions are checked in the
 * order state, legal hold, person, scope, and of several rows that fail the
 * one that came furthest gives the reason. Reasons other than NOT_PERMITTED
 * go only to somebody to whom the object is no secret.
 */

#define R(state) (1u << HL_REPORT_##state)
#define C(state) (1u << HL_CASE_##state)
#define F(state) (1u << HL_REFERRAL_##state)

#define TRIAGE_STATES (R(RECEIVED) | R(TRIAGED))
/* The second assessment is in: its answers may be compared. */
#define DECIDED                                                     \
	(C(AGREED) | C(DISAGREED) | C(ADJUDICATED) | C(ACTIONING) | \
		C(MONITORING) | C(CLOSED))
/* What a referral officer works on; with the condition ILLEGAL. */
#define APPROVED \
	(C(AGREED) | C(ADJUDICATED) | C(ACTIONING) | C(MONITORING) | C(CLOSED))
#define ACTIVE (C(AGREED) | C(ADJUDICATED) | C(ACTIONING) | C(MONITORING))
#define CLOSEABLE (C(NEW) | C(ASSIGNED) | C(ASSESSED) | ACTIVE)
#define KEEPABLE (CLOSEABLE | C(VERIFYING) | C(DISAGREED) | C(CLOSED))
#define DELIVERED (F(SENT) | F(ACKED) | F(BOUNCED) | F(CLOSED))
#define SENDABLE                                                      \
	(F(APPROVED) | F(LEA_HOLD) | F(QUEUED) | F(SENT) | F(ACKED) | \
		F(BOUNCED) | F(RETRYING) | F(PERMANENT_ERROR))

#define H(state) (1u << HL_HASH_##state)
#define L(state) (1u << HL_LIST_##state)

enum {
	AN = HL_ROLE_ANALYST,
	VE = HL_ROLE_VERIFIER,
	SU = HL_ROLE_SUPERVISOR,
	RO = HL_ROLE_REFERRAL,
	AD = HL_ROLE_ADMIN,
};

#define G(action, roles, needs, states, case_states)                         \
	{                                                                    \
		HL_AUTHZ_##action, (roles), (needs), (states), (case_states) \
	}

const struct hl_authz_grant hl_authz_grants[] = {
	G(QUEUE_VIEW, AN | VE | SU | RO, 0, 0, 0),
	G(STATS_READ, SU | RO, 0, 0, 0),
	G(AUDIT_READ, SU, 0, 0, 0),
	G(AUDIT_VERIFY, SU | AD, 0, 0, 0),
	G(USER_MANAGE, AD, 0, 0, 0),
	G(SETTINGS_READ, SU | AD, 0, 0, 0),
	G(SETTINGS_CHANGE, AD, 0, 0, 0),
	G(RECIPIENT_READ, SU | RO, 0, 0, 0),
	G(WATCH_SWITCH, SU, 0, 0, 0),
	G(HASH_READ, AN | VE | SU | RO, 0, 0, 0),
	G(HASHLIST_MANAGE, SU, 0, 0, 0),
	G(LIST_READ, AN | VE | SU | RO, 0, 0, 0),
	G(CONSUMER_MANAGE, SU, 0, 0, 0),
	G(LIST_HALT, SU, 0, 0, 0),
	G(APPEAL_READ, VE | SU, 0, 0, 0),

	G(REPORT_READ, AN, 0, TRIAGE_STATES, 0),
	G(REPORT_READ, AN | VE, NEED_HELD, 0, 0),
	G(REPORT_READ, AN | VE, NEED_PART, 0, 0),
	G(REPORT_READ, SU, 0, 0, 0),
	G(REPORT_READ, RO, NEED_ILLEGAL, 0, APPROVED),
	G(REPORT_TRIAGE, AN | SU, 0, TRIAGE_STATES, 0),
	G(REPORT_TRIAGE, SU, 0, R(FEEDBACK_READY), 0),
	G(CONTACT_REQUEST, AN, NEED_HELD, 0, 0),
	G(CONTACT_REQUEST, SU, 0, 0, 0),
	G(CONTACT_REQUEST, RO, NEED_ILLEGAL, 0, APPROVED),
	G(CONTACT_GRANT, SU, NEED_REQUESTED | NEED_NOT_REQUESTER, 0, 0),
	G(CONTACT_READ, AN | SU | RO, NEED_GRANTED, 0, 0),

	G(CASE_LEASE, AN, NEED_FREE, C(NEW) | C(ASSIGNED), 0),
	G(CASE_LEASE, VE, NEED_FREE | NEED_NOT_FIRST, C(VERIFYING), 0),
	G(CASE_LEASE, SU, NEED_FREE | NEED_NOT_FIRST | NEED_NOT_SECOND,
		C(DISAGREED), 0),
	G(CASE_RELEASE, AN | VE | SU, NEED_HELD, 0, 0),
	G(CASE_READ, AN | VE, NEED_HELD, 0, 0),
	G(CASE_READ, AN | VE, NEED_PART, 0, 0),
	G(CASE_READ, SU, 0, 0, 0),
	G(CASE_READ, RO, NEED_ILLEGAL, APPROVED, 0),
	G(FIRST_READ, AN | VE | SU, NEED_FIRST, 0, 0),
	G(FIRST_READ, AN | VE, NEED_PART, DECIDED, 0),
	G(FIRST_READ, SU, 0, DECIDED, 0),
	G(FIRST_READ, RO, NEED_ILLEGAL, APPROVED, 0),
	G(CASE_NOTE, AN | VE, NEED_HELD, 0, 0),
	G(CASE_NOTE, SU, 0, KEEPABLE, 0),
	G(CASE_NOTE, RO, NEED_ILLEGAL, APPROVED, 0),
	G(CASE_VIEWING, AN | VE | SU, NEED_HELD, 0, 0),
	G(CASE_ASSESS, AN, NEED_HELD, C(ASSIGNED), 0),
	G(CASE_VERIFY, VE, NEED_HELD | NEED_NOT_FIRST, C(VERIFYING), 0),
	G(CASE_ADJUDICATE, SU, NEED_NOT_FIRST | NEED_NOT_SECOND, C(DISAGREED),
		0),
	G(CASE_REASSIGN, SU, 0,
		C(NEW) | C(ASSIGNED) | C(VERIFYING) | C(DISAGREED), 0),
	G(CASE_TRACE, AN | VE, NEED_HELD, 0, 0),
	G(CASE_TRACE, SU, 0, KEEPABLE, 0),
	G(CASE_TRACE, RO, NEED_ILLEGAL, APPROVED, 0),
	G(CASE_CLOSE, SU, 0, CLOSEABLE, 0),
	G(CASE_CLOSE, RO, NEED_ILLEGAL, ACTIVE, 0),
	G(CASE_REOPEN, SU, 0, C(CLOSED) | ACTIVE, 0),
	G(CASE_LEGAL_HOLD, SU, 0, KEEPABLE, 0),
	G(ERASE_PROPOSE, SU, NEED_NO_HOLD, C(CLOSED), 0),
	G(ERASE_APPROVE, SU, NEED_NO_HOLD | NEED_PROPOSED | NEED_NOT_PROPOSER,
		C(CLOSED), 0),
	G(WATCH_PAUSE, SU, 0, ACTIVE, 0),
	G(WATCH_PAUSE, RO, NEED_ILLEGAL, ACTIVE, 0),
	G(EXPORT_DOWNLOAD, SU | RO, NEED_ILLEGAL, APPROVED, 0),
	G(CASE_FOLLOW, SU | RO, NEED_ILLEGAL, APPROVED, 0),
	G(CASE_HASH, AN | VE, NEED_HELD, 0, 0),
	G(CASE_HASH, AN | VE, NEED_PART | NEED_ILLEGAL, APPROVED, 0),
	G(CASE_HASH, SU, 0, KEEPABLE, 0),
	G(HASH_PROPOSE, AN | VE, NEED_PART | NEED_ILLEGAL, APPROVED, 0),
	G(HASH_PROPOSE, SU, NEED_ILLEGAL, APPROVED, 0),
	G(LIST_PROPOSE, AN | VE, NEED_PART | NEED_ILLEGAL, APPROVED, 0),
	G(LIST_PROPOSE, SU | RO, NEED_ILLEGAL, APPROVED, 0),
	G(REFERRAL_DRAFT, AN, NEED_PART | NEED_ILLEGAL, ACTIVE, 0),
	G(REFERRAL_DRAFT, SU | RO, NEED_ILLEGAL, ACTIVE, 0),

	G(REFERRAL_READ, SU, 0, 0, 0),
	G(REFERRAL_READ, RO, NEED_ILLEGAL, 0, APPROVED),
	G(REFERRAL_READ, AN, NEED_PART, 0, 0),
	G(REFERRAL_APPROVE, SU | RO, NEED_ILLEGAL, F(DRAFT), ACTIVE),
	G(REFERRAL_SEND, SU | RO, NEED_ILLEGAL, SENDABLE, APPROVED),
	G(REFERRAL_RELEASE, SU | RO, NEED_ILLEGAL, F(LEA_HOLD), APPROVED),
	G(REFERRAL_OVERRIDE, SU, NEED_ILLEGAL, F(LEA_HOLD), APPROVED),
	G(ANSWER_RECORD, SU | RO, NEED_ILLEGAL, DELIVERED, APPROVED),

	G(RECIPIENT_APPROVE, SU | RO, NEED_NOT_DRAFTER, 0, 0),
	G(RECIPIENT_CHANGE, SU | RO, 0, 0, 0),

	G(KEY_GRANT, SU, NEED_NOT_SELF, 0, 0),

	G(HASHLIST_APPROVE, SU, NEED_NOT_DRAFTER, 1u << HL_HASH_LIST_PROPOSED,
		0),
	G(HASH_APPROVE, AN | VE, NEED_PART | NEED_NOT_DRAFTER, H(PROPOSED), 0),
	G(HASH_APPROVE, SU, NEED_NOT_DRAFTER, H(PROPOSED), 0),
	G(HASH_WITHDRAW, SU, 0, H(PROPOSED) | H(ACTIVE), 0),
	G(HASH_OPINION, VE | SU, NEED_NOT_DRAFTER | NEED_NOT_APPROVER,
		H(ACTIVE), 0),

	G(LIST_APPROVE, AN | VE, NEED_PART | NEED_NOT_DRAFTER, L(PROPOSED), 0),
	G(LIST_APPROVE, SU | RO, NEED_NOT_DRAFTER, L(PROPOSED), 0),
	G(LIST_THIRD, SU, NEED_NOT_DRAFTER | NEED_NOT_APPROVER, L(THIRD), 0),
	G(LIST_REFUSE, AN | VE, NEED_PART, L(PROPOSED) | L(THIRD), 0),
	G(LIST_REFUSE, SU | RO, 0, L(PROPOSED) | L(THIRD), 0),
	G(LIST_LOOK, AN | VE, NEED_PART, L(ACTIVE), 0),
	G(LIST_LOOK, SU | RO, 0, L(ACTIVE), 0),
	G(LIST_END, SU, 0, L(ACTIVE), 0),
	G(CONSUMER_APPROVE, SU, NEED_NOT_DRAFTER, L(CONSUMER_PROPOSED), 0),
	G(EDITION_DECIDE, SU, 0, L(EDITION_HELD), 0),
	G(APPEAL_DECIDE, VE | SU, NEED_NOT_DRAFTER | NEED_NOT_APPROVER,
		L(APPEAL_OPEN), 0),
};
const size_t hl_authz_n_grants = HL_ARRAY_LEN(hl_authz_grants);

enum hl_object hl_authz_object_kind(enum hl_authz_action action)
{
	if (action <= HL_AUTHZ_APPEAL_READ) {
		return HL_OBJECT_NONE;
	}
	if (action <= HL_AUTHZ_CONTACT_READ) {
		return HL_OBJECT_REPORT;
	}
	if (action <= HL_AUTHZ_REFERRAL_DRAFT) {
		return HL_OBJECT_CASE;
	}
	if (action <= HL_AUTHZ_ANSWER_RECORD) {
		return HL_OBJECT_REFERRAL;
	}
	if (action <= HL_AUTHZ_RECIPIENT_CHANGE) {
		return HL_OBJECT_RECIPIENT;
	}
	if (action <= HL_AUTHZ_KEY_GRANT) {
		return HL_OBJECT_USER;
	}
	if (action <= HL_AUTHZ_HASHLIST_APPROVE) {
		return HL_OBJECT_HASH_LIST;
	}
	if (action <= HL_AUTHZ_HASH_OPINION) {
		return HL_OBJECT_HASH;
	}
	if (action <= HL_AUTHZ_LIST_END) {
		return HL_OBJECT_LIST_ENTRY;
	}
	if (action <= HL_AUTHZ_CONSUMER_APPROVE) {
		return HL_OBJECT_CONSUMER;
	}
	return action <= HL_AUTHZ_EDITION_DECIDE ? HL_OBJECT_EDITION
						 : HL_OBJECT_APPEAL;
}

static bool mask_has(unsigned mask, int state)
{
	return !mask || (state > 0 && state < 32 && (mask >> state & 1));
}

static bool leased(const struct hl_authz_object *o)
{
	return o->assigned_to && o->lease_until_us > o->now_us;
}

/* Conditions about which person it is, "nobody" being neither. */
static bool is_wrong_person(
	unsigned needs, int64_t me, const struct hl_authz_object *o)
{
	return ((needs & NEED_NOT_FIRST) && o->first_assessor == me) ||
	       ((needs & NEED_NOT_SECOND) && o->second_assessor == me) ||
	       ((needs & NEED_NOT_PROPOSER) && o->erase_proposed_by == me) ||
	       ((needs & NEED_NOT_REQUESTER) &&
		       o->contact_requested_by == me) ||
	       ((needs & NEED_NOT_DRAFTER) && o->drafted_by == me) ||
	       ((needs & NEED_NOT_APPROVER) &&
		       (o->approved_by == me || o->third_by == me)) ||
	       ((needs & NEED_NOT_SELF) && o->user_id == me);
}

static bool is_in_scope(
	unsigned needs, int64_t me, const struct hl_authz_object *o)
{
	bool part = o->first_assessor == me || o->second_assessor == me ||
		    o->adjudicator == me;

	return (!(needs & NEED_PART) || part) &&
	       (!(needs & NEED_FIRST) || o->first_assessor == me) &&
	       (!(needs & NEED_ILLEGAL) || o->illegal) &&
	       (!(needs & NEED_GRANTED) || o->contact_granted_to == me);
}

/* Reasons in the order of how far a row came. */
enum depth { SCOPE, STATE, HOLD, PERSON, HELD, PASSED };

static enum depth try_row(const struct hl_authz_grant *g, int64_t me,
	const struct hl_authz_object *o)
{
	bool waits = ((g->needs & NEED_PROPOSED) && !o->erase_proposed_by) ||
		     ((g->needs & NEED_REQUESTED) && !o->contact_requested_by);

	if (!is_in_scope(g->needs, me, o)) {
		return SCOPE;
	}
	if (waits || !mask_has(g->states, o->state) ||
		!mask_has(g->case_states, o->case_state)) {
		return STATE;
	}
	if ((g->needs & NEED_NO_HOLD) && o->legal_hold) {
		return HOLD;
	}
	if (is_wrong_person(g->needs, me, o)) {
		return PERSON;
	}
	if ((g->needs & NEED_HELD) && !(leased(o) && o->assigned_to == me)) {
		return HELD;
	}
	if ((g->needs & NEED_FREE) && leased(o) && o->assigned_to != me) {
		return HELD;
	}
	return PASSED;
}

static enum hl_authz_why why_of(enum depth depth, enum hl_authz_action action,
	const struct hl_authz_object *o)
{
	switch (depth) {
	case SCOPE:
		break;
	case STATE:
		return action == HL_AUTHZ_FIRST_READ &&
				       (o->state == HL_CASE_ASSESSED ||
					       o->state == HL_CASE_VERIFYING)
			       ? HL_AUTHZ_BLIND
			       : HL_AUTHZ_WRONG_STATE;
	case HOLD:
		return HL_AUTHZ_ON_HOLD;
	case PERSON:
		return HL_AUTHZ_SAME_PERSON;
	case HELD:
		return action == HL_AUTHZ_CASE_LEASE ? HL_AUTHZ_TAKEN
						     : HL_AUTHZ_NOT_HELD;
	case PASSED:
		return HL_AUTHZ_ALLOWED;
	}
	return HL_AUTHZ_NOT_PERMITTED;
}

static bool actor_is_sound(const struct hl_authz_actor *a)
{
	return a->user_id > 0 && a->enabled && a->full_login &&
	       !((a->roles & HL_ROLE_ADMIN) && (a->roles & HL_ROLE_CONTENT));
}

/* The matrix's answer, whoever may learn it. */
static enum hl_authz_why ask(const struct hl_authz_actor *actor,
	enum hl_authz_action action, const struct hl_authz_object *object)
{
	static const struct hl_authz_object nothing = {0};
	bool with_object = hl_authz_object_kind(action) != HL_OBJECT_NONE;
	const struct hl_authz_object *o = with_object ? object : &nothing;
	enum depth best = SCOPE;

	if (!actor_is_sound(actor) || !o || (with_object && !o->exists)) {
		return HL_AUTHZ_NOT_PERMITTED;
	}
	for (size_t i = 0; i < hl_authz_n_grants; i++) {
		const struct hl_authz_grant *g = &hl_authz_grants[i];

		if (g->action == action && (g->roles & actor->roles)) {
			enum depth d = try_row(g, actor->user_id, o);

			best = d > best ? d : best;
		}
	}
	return why_of(best, action, o);
}

/* Whether the actor may know that the object is there. A case that waits
 * for the actor's role stands in the queue that they see anyway. */
static bool is_visible(const struct hl_authz_actor *actor, enum hl_object kind,
	const struct hl_authz_object *o)
{
	enum hl_authz_why lease;

	switch (kind) {
	case HL_OBJECT_NONE:
	case HL_OBJECT_SYSTEM:
	case HL_OBJECT_ITEM:
		return false;
	case HL_OBJECT_REPORT:
		return ask(actor, HL_AUTHZ_REPORT_READ, o) == 0;
	case HL_OBJECT_CASE:
		lease = ask(actor, HL_AUTHZ_CASE_LEASE, o);
		return ask(actor, HL_AUTHZ_CASE_READ, o) == 0 || !lease ||
		       lease == HL_AUTHZ_TAKEN || lease == HL_AUTHZ_SAME_PERSON;
	case HL_OBJECT_REFERRAL:
		return ask(actor, HL_AUTHZ_REFERRAL_READ, o) == 0;
	case HL_OBJECT_RECIPIENT:
		return ask(actor, HL_AUTHZ_RECIPIENT_READ, NULL) == 0;
	case HL_OBJECT_USER:
		return hl_authz_may_ever(actor, HL_AUTHZ_KEY_GRANT);
	case HL_OBJECT_HASH_LIST:
	case HL_OBJECT_HASH:
		return ask(actor, HL_AUTHZ_HASH_READ, NULL) == 0;
	case HL_OBJECT_LIST_ENTRY:
	case HL_OBJECT_CONSUMER:
	case HL_OBJECT_EDITION:
		return ask(actor, HL_AUTHZ_LIST_READ, NULL) == 0;
	case HL_OBJECT_APPEAL:
		return ask(actor, HL_AUTHZ_APPEAL_READ, NULL) == 0;
	}
	return false;
}

int hl_authz_check(const struct hl_authz_actor *actor,
	enum hl_authz_action action, const struct hl_authz_object *object,
	enum hl_authz_why *why)
{
	enum hl_authz_why w = ask(actor, action, object);

	if (w > HL_AUTHZ_NOT_PERMITTED &&
		!is_visible(actor, hl_authz_object_kind(action), object)) {
		w = HL_AUTHZ_NOT_PERMITTED;
	}
	if (why) {
		*why = w;
	}
	return w == HL_AUTHZ_ALLOWED ? 0 : HL_DENIED;
}

bool hl_authz_may_ever(
	const struct hl_authz_actor *actor, enum hl_authz_action action)
{
	if (!actor_is_sound(actor)) {
		return false;
	}
	for (size_t i = 0; i < hl_authz_n_grants; i++) {
		if (hl_authz_grants[i].action == action &&
			(hl_authz_grants[i].roles & actor->roles)) {
			return true;
		}
	}
	return false;
}

/*
 * Changes of users. They are apart from the matrix because what they must
 * keep true is about all users together: somebody who can hand out work and
 * somebody who can mend the installation always remain, and so does a way to
 * every key.
 */

static bool loses(const struct hl_authz_user *u, unsigned role)
{
	bool had = u->enabled_before && (u->roles_before & role);
	bool has = u->enabled_after && (u->roles_after & role);

	return had && !has;
}

static enum hl_authz_user_why judge(
	const struct hl_authz_actor *actor, const struct hl_authz_user *u)
{
	if (actor && hl_authz_check(actor, HL_AUTHZ_USER_MANAGE, NULL, NULL)) {
		return HL_AUTHZ_USER_NOT_PERMITTED;
	}
	if (actor && actor->user_id == u->user_id) {
		return HL_AUTHZ_USER_SELF;
	}
	if (u->roles_after & ~(unsigned)(HL_ROLE_CONTENT | HL_ROLE_ADMIN)) {
		return HL_AUTHZ_USER_BAD_ROLE;
	}
	if (!u->roles_after) {
		return HL_AUTHZ_USER_NO_ROLE;
	}
	if ((u->roles_after & HL_ROLE_ADMIN) &&
		(u->roles_after & HL_ROLE_CONTENT)) {
		return HL_AUTHZ_USER_MIXED;
	}
	if (loses(u, HL_ROLE_SUPERVISOR) && u->n_other_supervisors < 1) {
		return HL_AUTHZ_USER_LAST_SUPERVISOR;
	}
	if (loses(u, HL_ROLE_ADMIN) && u->n_other_admins < 1) {
		return HL_AUTHZ_USER_LAST_ADMIN;
	}
	if (u->keys == HL_AUTHZ_KEYS_LOST) {
		return HL_AUTHZ_USER_LAST_KEYS;
	}
	if (u->keys == HL_AUTHZ_KEYS_ON_SHEETS && !u->from_sheets) {
		return HL_AUTHZ_USER_KEYS_ON_SHEETS;
	}
	return HL_AUTHZ_USER_ALLOWED;
}

int hl_authz_user_change(const struct hl_authz_actor *actor,
	const struct hl_authz_user *user, enum hl_authz_user_why *why)
{
	enum hl_authz_user_why w = judge(actor, user);

	if (why) {
		*why = w;
	}
	return w == HL_AUTHZ_USER_ALLOWED ? 0 : HL_DENIED;
}
