/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_NET_DNS_ASK_H
#define HL_NET_DNS_ASK_H

#include "net/dns.h"

/* One name asked for, of the servers in their order: the part of a look-up
 * that c-ares does. */
struct hl_net_question {
	enum hl_net_dns_status status;
	bool answered; /* the status is final: no other server is asked */
	bool waiting;
	struct hl_net_dns_answer answer;
};

struct hl_net_lookup {
	const struct hl_net_dns_config *config;
	int64_t deadline_us; /* monotonic */
	struct hl_net_question a, aaaa;
};

/* Fills l->a and l->aaaa. Lack of memory is the only fault. */
int hl_net_dns_ask(
	struct hl_net_lookup *l, const char *name, struct hl_err *err);

#endif
