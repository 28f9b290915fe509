/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_COMPOSE_H
#define HL_REFERRAL_COMPOSE_H

#include "referral/document.h"
#include "seal/sign.h"

/* From a document to what leaves: the bundle, and the whole mail. */

struct hl_referral_letter {
	const struct hl_referral_doc *doc;
	struct hl_str from;            /* mail.from, local@domain */
	struct hl_str to;              /* local@domain */
	struct hl_str idempotency_key; /* of the outbox row */
	/* To the police: the bundle is attached if there is a key, else it
	 * waits for download. Others get XARF instead, and no bundle. */
	const struct hl_seal_sign_key *bundle_key;
};

/* The three documents of d, signed. Faults as hl_referral_bundle_write(). */
int hl_referral_compose_bundle(const struct hl_referral_doc *d,
	const struct hl_seal_sign_key *key, struct hl_buf *out,
	struct hl_err *err);

/*
 * The mail's bytes; call it once a message, since each XARF document gets a
 * random id. An outcome without a class in XARF goes with addresses.json
 * instead. HL_E_INVALID
 * as hl_referral_mail_build() and hl_referral_xarf_put(); HL_E_LIMIT: more
 * than HL_REFERRAL_ATTACHMENTS_MAX addresses, or too large.
 */
int hl_referral_compose_mail(const struct hl_referral_letter *letter,
	struct hl_buf *out, struct hl_err *err);

#endif
