/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_XARF_H
#define HL_REFERRAL_XARF_H

#include "referral/document.h"

/*
 * XARF 4.2 documents of category content, type csam: one an address. They
 * hold the exact address and what a provider's abuse desk needs to act, never
 * content, pictures or hashes. docs/referral.md, "XARF".
 */
#define HL_REFERRAL_XARF_MAX (64 * 1024)
#define HL_REFERRAL_XARF_ID_BYTES 16

/*
 * Appends the document of d->addresses[i]. id is 16 random bytes; the UUID's
 * version and variant are set over them. HL_NOTFOUND, nothing put: the
 * outcome has no class in XARF. HL_E_INVALID: the address is no URI, or the
 * hotline lacks name or mail.
 */
int hl_referral_xarf_put(const struct hl_referral_doc *d, size_t i,
	const uint8_t id[HL_REFERRAL_XARF_ID_BYTES], struct hl_buf *out,
	struct hl_err *err);

/* The value of XARF's "classification"; "" when none fits. */
const char *hl_referral_xarf_class(
	enum hl_outcome outcome, const struct hl_facts *facts);

/*
 * Whether json is a document as we send it: the rules of the public schemas
 * for the fields that we use, and no other fields. HL_E_INVALID names the
 * field.
 */
int hl_referral_xarf_check(struct hl_str json, struct hl_err *err);

#endif
