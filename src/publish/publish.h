/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PUBLISH_PUBLISH_H
#define HL_PUBLISH_PUBLISH_H

#include "domain/list.h"
#include "domain/popular.h"
#include "store/who.h"

struct hl_seal_list_commit; /* seal/listkey.h */

/*
 * What people decide about lists of addresses: docs/publish.md. Entries are
 * in entry.h, consumers in consumer.h, editions in edition.h, appeals in
 * appeal.h, what ends by itself in sweep.h. Building and answering is the
 * process `lists`.
 *
 * Each function that takes a `who` decides for itself whether they may, for
 * the object as it is at that moment; what is handed out lives in
 * who->arena. HL_NOTFOUND and HL_DENIED with HL_PUBLISH_NOT_PERMITTED are the
 * same page to the person. Changes are guarded by the version that the person
 * saw: who was slower gets HL_DENIED and HL_PUBLISH_CHANGED. Statements of
 * the store repeat who must be somebody else.
 */

/* Why HL_DENIED. 1 to 7 are those of enum hl_authz_why. */
enum hl_publish_why {
	HL_PUBLISH_ALLOWED = 0,
	HL_PUBLISH_NOT_PERMITTED = HL_AUTHZ_NOT_PERMITTED,
	HL_PUBLISH_SAME_PERSON = HL_AUTHZ_SAME_PERSON,
	HL_PUBLISH_WRONG_STATE = HL_AUTHZ_WRONG_STATE,
	HL_PUBLISH_CHANGED = 40,      /* somebody was faster: look again */
	HL_PUBLISH_LISTED = 41,       /* that place is listed, or waits */
	HL_PUBLISH_COVERED = 42,      /* an entry in force covers it */
	HL_PUBLISH_POPULAR = 43,      /* a popular host, never as a whole */
	HL_PUBLISH_NOT_SEEN = 44,     /* nobody saw it there of late */
	HL_PUBLISH_NOT_JUDGED = 45,   /* not by two people of ours */
	HL_PUBLISH_NO_ADDRESS = 46,   /* no web address, or erased */
	HL_PUBLISH_NO_KEY = 47,       /* who has not been handed the key */
	HL_PUBLISH_NO_PLACE = 48,     /* it has no such folder or domain */
	HL_PUBLISH_REASON = 49,       /* needs a reason, or another one */
	HL_PUBLISH_TEST = 50,         /* a test case is never listed */
	HL_PUBLISH_WATCHED = 51,      /* the watch looks; no person needs to */
	HL_PUBLISH_WAITS = 52,        /* a change of it waits already */
	HL_PUBLISH_NAME_TAKEN = 53,   /* another consumer is called so */
	HL_PUBLISH_RISK = 54,         /* tier 0: nobody signed off the risk */
	HL_PUBLISH_NO_CANARIES = 55,  /* lists.canary_domain is not set */
	HL_PUBLISH_NO_PUBLISHER = 56, /* it has no key yet: start it first */
	HL_PUBLISH_INVOLVED = 57,     /* stands behind one of the entries */
	HL_PUBLISH_RAN_OUT = 59,      /* it counts no more: propose it anew */
	HL_PUBLISH_BLOCKS = 58,       /* an entry blocks what is said not to */
};
/* Labels are whole sentences for the person. */
extern const struct hl_vocab hl_vocab_publish_why;

/*
 * What proposing and approving need beside the person: made once a process,
 * but for `secret`, the person's own of this session, which signs. Pages do
 * without the secret. NULL stands for what is not there; then proposing and
 * approving are HL_PUBLISH_NO_PUBLISHER or HL_PUBLISH_NO_CANARIES.
 */
struct hl_publish_setup {
	const struct hl_seal_list_commit *commit; /* lists-commit.key */
	const struct hl_popular *popular;
	struct hl_str canary_domain; /* lists.canary_domain; may be empty */
	const struct hl_seal_secret *secret;
};

/* The public half of what this person signs with: follows from their secret,
 * stands in staff.sign_key. At login; proposing and approving also do it. */
int hl_publish_sign_key_put(const struct hl_who *who,
	const struct hl_seal_secret *secret, struct hl_err *err);

/* What waits for people, for the menu; zeros where they may not. */
struct hl_publish_counts {
	int64_t n_proposed, n_third, n_active;
	int64_t n_looks; /* entries that end soon unless somebody looks */
	int64_t n_consumers, n_changes; /* that wait for a second one */
	int64_t n_held, n_rollbacks, n_appeals;
	bool halted;
};
int hl_publish_counts(const struct hl_who *who, struct hl_publish_counts *out,
	struct hl_err *err);

#endif
