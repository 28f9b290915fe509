/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_RPZ_NOTIFY_H
#define HL_RPZ_NOTIFY_H

#include "rpz/table.h"

/* Telling consumers that there is a version (RFC 1996), signed, repeated
 * until they answer. For the loop's thread. */
struct hl_rpz_notifier {
	struct hl_rpz_table *table;
	int64_t first_us; /* to the first repetition; doubles */
	unsigned n_tries;
	/* sends one datagram; whether it left is the network's affair */
	void (*send)(void *arg, const struct hl_net_endpoint *to,
		const struct hl_rpz_out *o);
	void *arg;
};

/* Begins what changed, sends what is due. Gives the monotonic time when it
 * wants to be called again; 0: not by itself. */
int64_t hl_rpz_notify_run(const struct hl_rpz_notifier *n, int64_t now_us);
/* An answer that came. False if it is to nothing that was sent, or not
 * signed as it must be. */
bool hl_rpz_notify_answered(const struct hl_rpz_notifier *n,
	const struct hl_rpz_msg *m, const struct hl_net_endpoint *from);

#endif
