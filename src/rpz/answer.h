/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_RPZ_ANSWER_H
#define HL_RPZ_ANSWER_H

#include "rpz/table.h"
#include "rpz/xfer.h"

/* What one message gets, by its bytes alone. No I/O. */
struct hl_rpz_asker {
	struct hl_net_addr from;
	bool tcp;
	uint64_t now_s;
	const struct hl_rpz_zone *known; /* set when it had a good key of it */
};

enum hl_rpz_reply {
	HL_RPZ_SILENCE,
	HL_RPZ_MESSAGE,  /* it is in o */
	HL_RPZ_TRANSFER, /* x has begun; over TCP only */
};

/* q and form are what hl_rpz_msg_read() gave; o holds 65,535 bytes. */
enum hl_rpz_reply hl_rpz_answer(struct hl_rpz_table *t,
	struct hl_rpz_asker *who, const struct hl_rpz_msg *q,
	struct hl_rpz_out *o, struct hl_rpz_xfer *x);

/* The same for a message that broke its form: HL_E_INVALID. */
enum hl_rpz_reply hl_rpz_answer_malformed(struct hl_rpz_table *t,
	const struct hl_rpz_msg *q, struct hl_rpz_out *o);

#endif
