/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PUBLISH_CONSUMER_H
#define HL_PUBLISH_CONSUMER_H

#include "publish/entry.h"
#include "seal/token.h"

/* Who blocks: brought in by one supervisor, in use when another approved. */

#define HL_PUBLISH_NAME_CHARS 60
#define HL_PUBLISH_CONTACT_CHARS 200
#define HL_PUBLISH_RISK_CHARS 300
#define HL_PUBLISH_BUDGET_MAX 100000000
#define HL_PUBLISH_NOTIFY_MAX 8
#define HL_PUBLISH_CANARIES 5

struct hl_publish_consumer {
	int64_t id, version;
	struct hl_str name, contact;
	enum hl_list_tier tier;
	enum hl_list_stage stage;
	enum hl_list_consumer_state state;
	int64_t budget;         /* hosts it may ask for in a day */
	struct hl_str risk;     /* tier 0: why the risk is taken */
	struct hl_str notify;   /* tier 2: ADDRESS:PORT, one a line */
	struct hl_str sign_key; /* of its counters, base64url; "" none */
	struct hl_str tsig_name;
	bool has_token;
	int64_t proposed_by, approved_by, ended_by;
	struct hl_str proposed_name, approved_name, ended_name;
	int64_t proposed_at_us, approved_at_us, ended_at_us;
	/* what it has and does */
	int64_t list_version, made_at_us, expires_at_us, n_rows;
	int64_t asked_today, refused_today; /* hosts; a UTC day */
	int64_t refused_hour;               /* the last of today; 0 none */
	int64_t asked_before;               /* a day, mean of 7 before */
	int64_t counted_hour;               /* hours since 1970; 0 never */
	int64_t fetched_hour;               /* its manifest, likewise */
	bool may_approve, may_refuse, may_change, may_end, may_token;
	enum hl_publish_why approve_why;
};
/* Those that wait first, those that ended last. HL_DENIED. */
int hl_publish_consumers(const struct hl_who *who,
	const struct hl_publish_consumer **out, size_t *n, struct hl_err *err);
/* HL_NOTFOUND. */
int hl_publish_consumer(const struct hl_who *who, int64_t id,
	struct hl_publish_consumer *out, struct hl_err *err);

/* What is shown once and kept nowhere. The caller wipes it. */
#define HL_PUBLISH_TOKEN_TEXT 48
struct hl_publish_shown {
	char token[HL_PUBLISH_TOKEN_TEXT]; /* "hl_…" */
	char tsig[48];                     /* tier 2: base64; "" else */
};
void hl_publish_shown_wipe(struct hl_publish_shown *shown);

/* What the store keeps of a token "hl_…"; HL_E_INVALID for another form. */
int hl_publish_token_hash(
	struct hl_str text, uint8_t out[HL_SEAL_TOKEN_HASH_BYTES]);

/* What of a consumer is out of form, as bits; 0: all of it can be taken. */
enum {
	HL_PUBLISH_BAD_NAME = 1,
	HL_PUBLISH_BAD_CONTACT = 2,
	HL_PUBLISH_BAD_KIND = 4, /* tier or stage */
	HL_PUBLISH_BAD_BUDGET = 8,
	HL_PUBLISH_BAD_RISK = 16,
	HL_PUBLISH_BAD_NOTIFY = 32,
	HL_PUBLISH_BAD_KEY = 64, /* of its counters */
};
unsigned hl_publish_consumer_bad(const struct hl_publish_consumer *consumer);

/* name, contact, tier, stage, budget, risk, notify and sign_key are taken;
 * the id is given. Signs its canaries. HL_E_INVALID: one is out of form. */
int hl_publish_consumer_propose(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	struct hl_publish_consumer *consumer, enum hl_publish_why *why,
	struct hl_err *err);
/* By another supervisor: signs the canaries, which are in force then. For
 * tier 0 signs_off has to be true. */
struct hl_publish_joining {
	struct hl_publish_decision decision;
	bool signs_off;                /* the risk of tier 0 */
	struct hl_publish_shown shown; /* out; wipe it */
};
int hl_publish_consumer_approve(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	struct hl_publish_joining *joining, enum hl_publish_why *why,
	struct hl_err *err);
int hl_publish_consumer_refuse(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err);
/* The old one, and the old TSIG secret, are good no more. */
int hl_publish_consumer_token(const struct hl_who *who,
	const struct hl_publish_decision *decision,
	struct hl_publish_shown *shown, enum hl_publish_why *why,
	struct hl_err *err);
/* At once, by one: no answers and no lists any more, its canaries end. */
int hl_publish_consumer_end(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err);

/*
 * The same members as for propose, and version. Name, contact, notify,
 * sign_key, less budget and tier 1 are done at once. More budget, tier 0 or
 * 2 and another stage wait for a second supervisor, and *waits is set;
 * HL_PUBLISH_WAITS: such a change waits already, nothing was changed.
 */
int hl_publish_consumer_change(const struct hl_who *who,
	const struct hl_publish_consumer *consumer, bool *waits,
	enum hl_publish_why *why, struct hl_err *err);
struct hl_publish_change {
	int64_t id, consumer_id;
	struct hl_str consumer_name;
	int64_t consumer_version; /* give it back in the decision */
	int tier, stage;          /* -1: as it is */
	int64_t budget;           /* -1: as it is */
	struct hl_str risk;       /* of tier 0 */
	int64_t proposed_by, proposed_at_us;
	struct hl_str proposed_name;
	bool may_approve, may_drop, mine;
};
/* Those that wait, oldest first; consumer 0: of all. HL_DENIED. */
int hl_publish_changes(const struct hl_who *who, int64_t consumer_id,
	const struct hl_publish_change **out, size_t *n, struct hl_err *err);
struct hl_publish_changing {
	int64_t id;      /* of the change */
	int64_t version; /* of the consumer, as it was seen */
	bool signs_off;  /* the risk of tier 0 */
};
int hl_publish_change_approve(const struct hl_who *who,
	const struct hl_publish_changing *changing, enum hl_publish_why *why,
	struct hl_err *err);
/* Refused, or withdrawn by who proposed it. */
int hl_publish_change_drop(const struct hl_who *who, int64_t change_id,
	enum hl_publish_why *why, struct hl_err *err);

/* The i-th canary of a consumer: a harmless host that stands on its list only.
 * HL_PUBLISH_NO_CANARIES without a domain. */
int hl_publish_canary(const struct hl_who *who,
	const struct hl_publish_setup *setup, int64_t consumer_id, size_t i,
	struct hl_publish_place *out, enum hl_publish_why *why);

#endif
