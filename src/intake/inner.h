/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_INTAKE_INNER_H
#define HL_INTAKE_INNER_H

#include "intake/draft.h"

/* Inside the room only. */

bool hl_intake_is_test(const struct hl_intake *intake);

/* The row of a token; HL_NOTFOUND. Reads the receipt of one that was sent,
 * else the answers. */
int hl_intake_draft_read(const struct hl_intake_at *at,
	struct hl_intake_draft *draft, struct hl_err *err);

/* A receipt sealed under the draft's token, in its arena. */
int hl_intake_receipt_seal(const struct hl_intake_at *at,
	const struct hl_seal_token *token,
	const struct hl_seal_receipt *receipt, struct hl_str *out,
	struct hl_err *err);

/* What the batches carry. */
struct hl_str hl_intake_token_hash(
	const struct hl_intake_at *at, const struct hl_seal_token *token);

#endif
