/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_FOLLOW_INNER_H
#define HL_CONSUME_FOLLOW_INNER_H

#include "consume/follow.h"

/* Inside the room: what follow*.c share. */
struct hl_consume_follow {
	struct hl_consume_follow_config config;
	char etag[HL_CONSUME_ETAG_MAX]; /* of the manifest in force */
	struct hl_buf manifest;         /* that is looked at */
	uint32_t wait_s;                /* as the last manifest says */
	uint32_t retry_s;               /* as the last refusal says */
	enum hl_consume_alarm raised;   /* in this round */
	enum hl_consume_alarm counters; /* FINE, or COUNTERS */
	bool is_damaged;                /* the folder, when last looked at */
	int64_t read_all_us;            /* every byte of the list; 0: never */
	struct hl_consume_standing standing;
};

/* Each notes the alarm and gives the fault. */
int hl_consume_follow_raise(struct hl_consume_follow *f,
	enum hl_consume_alarm alarm, int code, struct hl_err *err);
int hl_consume_follow_status(struct hl_consume_follow *f,
	const struct hl_consume_response *answer, const char *what,
	struct hl_err *err);
int hl_consume_follow_ask(struct hl_consume_follow *f,
	const struct hl_consume_request *q, struct hl_consume_response *out,
	struct hl_err *err);

/* Looks at the folder. True: it is damaged, and was not before. */
bool hl_consume_follow_mend(struct hl_consume_follow *f);
/* At a round's end: 0, or what is damaged still. */
int hl_consume_follow_mended(struct hl_consume_follow *f, struct hl_err *err);

/* Sends the counters that wait, the oldest first, until none is left or the
 * hotline does not take one. Faults are logged; sets f->counters. */
void hl_consume_follow_tell(struct hl_consume_follow *f);

#endif
