/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_REFERRAL_WORLD_H
#define HL_TEST_REFERRAL_WORLD_H

#include "../casework/fixture.h"

#include "referral/answers.h"
#include "referral/draft.h"
#include "referral/outbox.h"
#include "referral/plan.h"
#include "referral/send.h"
#include "seal/sign.h"

/* A case that was found illegal, hosted in another country, with people to
 * tell; and a mail folder. */
struct world {
	struct fixture *f;
	struct hl_seal_sign_key key;
	struct hl_referral_desk desk;
	struct hl_referral_outbox outbox;
	struct hl_referral_transport via;
	char folder[96];
	int64_t case_id, item_id;
	int64_t police, provider, partner; /* recipients */
	/* what the outbox asked for and was told */
	enum hl_referral_host host;
	int n_looks, n_sends;
	int fail_status; /* enum hl_referral_sent_status instead of sending */
	void (*before)(struct world *w);
};

void world_begin(struct world *w, struct fixture *f);
void world_end(struct world *w);
void world_set(struct world *w, const char *key, const char *value);

/* A recipient that Sofie typed in and Simon approved. */
int64_t world_recipient(struct world *w, enum hl_recipient kind,
	const char *mail, const char *country);
/* As Rikke: a draft; a draft that is approved. */
int64_t world_draft(struct world *w, int64_t recipient);
int64_t world_approved(struct world *w, int64_t recipient);
/* One round of the outbox, which must not fault. */
struct hl_referral_round world_send(struct world *w);
int world_holds(struct world *w);
enum hl_referral_state world_state(struct world *w, int64_t id);
struct hl_referral_view world_view(struct world *w, int64_t id);
/* How many messages are in the folder; the n-th of them, by name. */
int world_mails(struct world *w);
void world_mail(struct world *w, int i, struct hl_buf *out);
/* The token in a mail's text. */
struct hl_str world_token(struct world *w, int i);

#endif
