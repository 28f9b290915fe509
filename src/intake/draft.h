/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_INTAKE_DRAFT_H
#define HL_INTAKE_DRAFT_H

#include "intake/intake.h"
#include "seal/receipt.h"
#include "seal/token.h"

/*
 * A form that is being filled in. Its token is the reporter's cookie, the
 * only key to it. The caller wipes it: hl_intake_draft_wipe().
 */
struct hl_intake_draft {
	struct hl_seal_token token;
	int64_t version;         /* 0: not in the store yet */
	int64_t expires_at_us;   /* as far as the store knows */
	struct hl_report report; /* views live in the arena */
	bool submitted;          /* only the receipt is left of it */
	struct hl_seal_receipt receipt;
};

/* An empty one with a fresh token; nothing is stored. */
void hl_intake_draft_init(struct hl_intake_draft *draft);
void hl_intake_draft_wipe(struct hl_intake_draft *draft);
#define HL_INTAKE_DRAFT_AUTO \
	__attribute__((cleanup(hl_intake_draft_wipe))) struct hl_intake_draft

/* By the text of the cookie. HL_NOTFOUND: no such draft, it ran out, or the
 * text is no token. */
int hl_intake_draft_load(const struct hl_intake_at *at, struct hl_str cookie,
	struct hl_intake_draft *draft, struct hl_err *err);

/*
 * Stores the answers and lets the draft live on from now. HL_CONFLICT: it
 * was changed, sent or dropped meanwhile; load it again. HL_E_LIMIT: the
 * answers are too many, hl_intake_size_check().
 */
int hl_intake_draft_save(const struct hl_intake_at *at,
	struct hl_intake_draft *draft, struct hl_err *err);

/* Lets it live on from now, unchanged. */
int hl_intake_draft_keep(const struct hl_intake_at *at,
	struct hl_intake_draft *draft, struct hl_err *err);

/* Forgets it; harmless when there is none. */
int hl_intake_draft_drop(const struct hl_intake_at *at, struct hl_str cookie,
	struct hl_err *err);

#endif
