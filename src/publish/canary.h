/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PUBLISH_CANARY_H
#define HL_PUBLISH_CANARY_H

#include "publish/consumer.h"
#include "publish/inner.h"

/* Inside the room: the harmless hosts that stand on one consumer's list only.
 * They follow from the secret s, so that who approves makes them anew. */

/* The i-th of a consumer; HL_PUBLISH_NO_CANARIES without a domain. */
int hl_publish_canary(const struct hl_who *who,
	const struct hl_publish_setup *setup, int64_t consumer_id, size_t i,
	struct hl_publish_place *out, enum hl_publish_why *why);
/* All of them, signed, as proposed entries; in a batch. */
int hl_publish_canaries_add(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_bench *bench, int64_t consumer_id,
	enum hl_publish_why *why, struct hl_err *err);
/* All of them in force, with their leaves; HL_PUBLISH_CHANGED when they are
 * not those that follow from the setup. */
int hl_publish_canaries_approve(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_bench *bench, int64_t consumer_id,
	enum hl_publish_why *why, struct hl_err *err);

/* Consumers, inside the room. */
/* What of it is out of form; NULL: nothing. */
const char *hl_publish_consumer_fault(const struct hl_publish_consumer *c);
/* The consumer for CONSUMER_MANAGE at that version, in that state. */
int hl_publish_consumer_begin(const struct hl_who *who,
	const struct hl_publish_decision *decision,
	enum hl_list_consumer_state state, struct hl_publish_consumer *out,
	enum hl_publish_why *why, struct hl_err *err);

#endif
