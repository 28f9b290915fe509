/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_ASK_H
#define HL_CONSUME_ASK_H

#include <stdatomic.h>

#include "consume/judge.h"

/*
 * Asking a judge by the rules that hold for every program: what cannot be
 * found out is clear, hits are counted once an answer, faults are logged
 * without the address and once a minute at most. Any thread.
 *
 * Who asks for any is about to ask for the address itself where it is listed:
 * then nothing is counted but the answer, and what cannot be found out is
 * listed, so that the second question decides.
 */
struct hl_consume {
	const struct hl_consume_judge *judge; /* borrowed */
	const struct hl_consume_count *count; /* may be NULL */
	/* The rest is zeroed by who makes it, and read for the metrics. */
	atomic_ullong n_asked;   /* answers given */
	atomic_ullong n_listed;  /* of them */
	atomic_ullong n_open;    /* clear because of a fault or a full pool */
	atomic_ullong n_confirm; /* calls of confirm() */
	atomic_llong logged_us;  /* when a fault was last logged */
};

/* Clear, listed, unsure or unreadable. Of all but unsure this is the answer,
 * and it is counted. */
enum hl_consume_what hl_consume_check(struct hl_consume *c,
	const struct hl_consume_question *q, struct hl_consume_decision *out);
/* The answer for what was unsure: clear, listed or unreadable. May wait. */
void hl_consume_confirm(struct hl_consume *c,
	const struct hl_consume_question *q, struct hl_consume_decision *out);
/* The same in two steps, for who may have answered before it comes: what the
 * judge says, or unsure, and nothing is counted; then what was answered, where
 * unsure becomes clear. */
void hl_consume_find_out(struct hl_consume *c,
	const struct hl_consume_question *q, struct hl_consume_decision *out);
void hl_consume_settle(struct hl_consume *c,
	const struct hl_consume_question *q, struct hl_consume_decision *out);

#endif
