/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_AUTHZ_H
#define HL_DOMAIN_AUTHZ_H

#include "base/buf.h"
#include "base/err.h"
#include "domain/authz_user.h"
#include "domain/event.h"
#include "domain/flow.h"
#include "domain/state.h"

/*
 * Who may do what to which object: one matrix (authz.c, docs/roles.md),
 * asked at every use. What the matrix does not grant is denied. A thing
 * that does not exist is denied exactly as one that is another's.
 */
enum hl_authz_action {
	/* without an object */
	HL_AUTHZ_QUEUE_VIEW = 1, /* references, states, priority; no content */
	HL_AUTHZ_STATS_READ,
	HL_AUTHZ_AUDIT_READ,
	HL_AUTHZ_AUDIT_VERIFY,
	HL_AUTHZ_USER_MANAGE,
	HL_AUTHZ_SETTINGS_READ,
	HL_AUTHZ_SETTINGS_CHANGE,
	HL_AUTHZ_RECIPIENT_READ,
	HL_AUTHZ_WATCH_SWITCH, /* the whole watch */
	HL_AUTHZ_HASH_READ,    /* the registry of known hashes */
	HL_AUTHZ_HASHLIST_MANAGE,
	HL_AUTHZ_LIST_READ, /* lists of addresses; places only with the key */
	HL_AUTHZ_CONSUMER_MANAGE, /* propose, change, end; tokens */
	HL_AUTHZ_LIST_HALT,       /* and resume, roll back */
	HL_AUTHZ_APPEAL_READ,
	/* on a report */
	HL_AUTHZ_REPORT_READ,
	HL_AUTHZ_REPORT_TRIAGE,
	HL_AUTHZ_CONTACT_REQUEST,
	HL_AUTHZ_CONTACT_GRANT,
	HL_AUTHZ_CONTACT_READ,
	/* on a case and its items */
	HL_AUTHZ_CASE_LEASE,
	HL_AUTHZ_CASE_RELEASE,
	HL_AUTHZ_CASE_READ,
	HL_AUTHZ_FIRST_READ, /* the first assessment's answers */
	HL_AUTHZ_CASE_NOTE,
	HL_AUTHZ_CASE_VIEWING, /* start and stop the viewing clock */
	HL_AUTHZ_CASE_ASSESS,
	HL_AUTHZ_CASE_VERIFY,
	HL_AUTHZ_CASE_ADJUDICATE,
	HL_AUTHZ_CASE_REASSIGN,
	HL_AUTHZ_CASE_TRACE, /* ask for a fresh look-up */
	HL_AUTHZ_CASE_CLOSE,
	HL_AUTHZ_CASE_REOPEN,
	HL_AUTHZ_CASE_LEGAL_HOLD,
	HL_AUTHZ_ERASE_PROPOSE,
	HL_AUTHZ_ERASE_APPROVE,
	HL_AUTHZ_WATCH_PAUSE, /* of one item; also resume, declare gone */
	HL_AUTHZ_EXPORT_DOWNLOAD,
	HL_AUTHZ_CASE_FOLLOW,  /* make a case of a recipient's new address */
	HL_AUTHZ_CASE_HASH,    /* put hashes on its item, take them off */
	HL_AUTHZ_HASH_PROPOSE, /* its item's hashes for our own list */
	HL_AUTHZ_LIST_PROPOSE, /* its address for the list */
	HL_AUTHZ_REFERRAL_DRAFT,
	/* on a referral, with its case's fields */
	HL_AUTHZ_REFERRAL_READ,
	HL_AUTHZ_REFERRAL_APPROVE,
	HL_AUTHZ_REFERRAL_SEND, /* queue, send again, remind, cancel, close */
	HL_AUTHZ_REFERRAL_RELEASE,  /* release a police hold */
	HL_AUTHZ_REFERRAL_OVERRIDE, /* the same before the police were told */
	HL_AUTHZ_ANSWER_RECORD,     /* an answer that came by other ways */
	/* on a recipient */
	HL_AUTHZ_RECIPIENT_APPROVE,
	HL_AUTHZ_RECIPIENT_CHANGE,
	/* on a user */
	HL_AUTHZ_KEY_GRANT, /* wrap the queue key to somebody */
	/* on a hash list */
	HL_AUTHZ_HASHLIST_APPROVE,
	/* on an entry of one */
	HL_AUTHZ_HASH_APPROVE,
	HL_AUTHZ_HASH_WITHDRAW,
	HL_AUTHZ_HASH_OPINION, /* confirm, doubt */
	/* on a list of addresses: entry, consumer, edition, appeal */
	HL_AUTHZ_LIST_APPROVE,
	HL_AUTHZ_LIST_THIRD, /* for a popular host */
	HL_AUTHZ_LIST_REFUSE,
	HL_AUTHZ_LIST_LOOK, /* say that it is still there */
	HL_AUTHZ_LIST_END,
	HL_AUTHZ_CONSUMER_APPROVE,
	HL_AUTHZ_EDITION_DECIDE,
	HL_AUTHZ_APPEAL_DECIDE,
	HL_AUTHZ_ACTION_LAST = HL_AUTHZ_APPEAL_DECIDE,
};
extern const struct hl_vocab hl_vocab_authz_action;
enum hl_object hl_authz_object_kind(enum hl_authz_action action);

struct hl_authz_actor {
	int64_t user_id;
	unsigned roles; /* mask of enum hl_role */
	bool enabled;
	bool full_login; /* password and second factor both passed */
};

/* Ids of 0 mean nobody. Fill what the kind of object has. */
struct hl_authz_object {
	bool exists;
	int state;      /* of the object's own machine */
	int case_state; /* report and referral: of the case they belong to */
	int64_t now_us;
	int64_t assigned_to; /* holder of the lease, of the case's too */
	int64_t lease_until_us;
	int64_t first_assessor;
	int64_t second_assessor;
	int64_t adjudicator;
	int64_t drafted_by;  /* referral, recipient, lists, their entries */
	int64_t approved_by; /* hashes, addresses */
	int64_t third_by;    /* addresses */
	int64_t erase_proposed_by;
	int64_t contact_requested_by;
	int64_t contact_granted_to;
	int64_t user_id; /* of a user object */
	bool legal_hold;
	bool illegal; /* the case's outcome */
};

/* Why not. Only the first is ever given to somebody who may not read the
 * object, so that an answer never tells whether it exists. */
enum hl_authz_why {
	HL_AUTHZ_ALLOWED = 0,
	HL_AUTHZ_NOT_PERMITTED = 1,
	HL_AUTHZ_NOT_HELD = 2,    /* take the case first; the lease ran out */
	HL_AUTHZ_SAME_PERSON = 3, /* another person must do this */
	HL_AUTHZ_WRONG_STATE = 4,
	HL_AUTHZ_ON_HOLD = 5, /* a legal hold forbids it */
	HL_AUTHZ_BLIND = 6,   /* not before the second assessment is in */
	HL_AUTHZ_TAKEN = 7,   /* somebody else holds it */
};
extern const struct hl_vocab hl_vocab_authz_why;

/* HL_DENIED; why may be NULL. object may be NULL for actions without one. */
int hl_authz_check(const struct hl_authz_actor *actor,
	enum hl_authz_action action, const struct hl_authz_object *object,
	enum hl_authz_why *why);
/* Whether any object could be allowed: for menus, never for access. */
bool hl_authz_may_ever(
	const struct hl_authz_actor *actor, enum hl_authz_action action);

/* The text of docs/roles.md. */
void hl_authz_put_doc(struct hl_buf *out);

#endif
