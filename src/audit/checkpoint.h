/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_AUDIT_CHECKPOINT_H
#define HL_AUDIT_CHECKPOINT_H

#include "audit/audit.h"
#include "store/chain.h"

/* One line of the checkpoint file; inside the room only. */
struct hl_audit_line {
	int64_t seq;
	unsigned char hash[HL_STORE_HASH_BYTES];
};

/* Parses and checks the signature: HL_E_INVALID, or HL_DENIED when it is not
 * the key's. */
int hl_audit_line_parse(struct hl_str text, const struct hl_seal_sign_pub *pub,
	struct hl_audit_line *out);

#endif
