/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PUBLISH_CANARY_H
#define HL_PUBLISH_CANARY_H

#include "publish/consumer.h"
#include "publish/inner.h"

/* Inside the room: canaries (consumer.h) as entries. They follow from the
 * secret s, so that who approves makes them anew. */

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
