/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_OUTBOX_H
#define HL_REFERRAL_OUTBOX_H

#include "domain/flow.h"
#include "domain/settings.h"
#include "referral/send.h"
#include "seal/key.h"
#include "store/store.h"

/* The worker's side: docs/referral.md, "The outbox". Each function does a
 * bounded amount of work. */

/* The answer of the look just before sending. */
enum hl_referral_host {
	HL_REFERRAL_HOST_OK = 0,
	HL_REFERRAL_HOST_CHANGED = 1,     /* plan again; not sent */
	HL_REFERRAL_HOST_UNAVAILABLE = 2, /* later; after an hour as it is */
};

struct hl_referral_parcel {
	int64_t referral_id, case_id, item_id;
	enum hl_recipient kind;
	bool is_test;
	int64_t attempts; /* before this one */
};

struct hl_referral_outbox {
	struct hl_store *store; /* role worker */
	const struct hl_settings *settings;
	const struct hl_seal_secret *worker; /* opens the mails */
	void *ctx;
	/* NULL: no look. Asked for providers and partner hotlines. */
	enum hl_referral_host (*before_send)(
		void *ctx, const struct hl_referral_parcel *parcel);
	/* As hl_referral_mail_send(), which the caller sets up. */
	int (*send)(void *ctx, const struct hl_referral_envelope *envelope,
		struct hl_str message, struct hl_referral_sent *result,
		struct hl_err *err);
};

struct hl_referral_round {
	int n_sent, n_retried, n_failed, n_skipped, n_superseded;
	bool more;   /* there is more to do now */
	bool config; /* the administrator should look: config_reply */
	char reply[HL_REFERRAL_REPLY_MAX];
};

/* Sends what is due, at most n_most. A fault is the store's: nothing is
 * lost, call again. */
int hl_referral_outbox_run(const struct hl_referral_outbox *o,
	struct hl_arena *arena, int n_most, struct hl_referral_round *out,
	struct hl_err *err);
/* Police holds: those cleared by the police or past their deadline go to the
 * outbox; those that the police asked to keep stay longer. */
int hl_referral_holds_run(const struct hl_referral_outbox *o,
	struct hl_arena *arena, int n_most, int *n_released,
	struct hl_err *err);
/* Forgets the hashes of answer links that have expired. */
int hl_referral_links_run(const struct hl_referral_outbox *o,
	struct hl_arena *arena, struct hl_err *err);

#endif
