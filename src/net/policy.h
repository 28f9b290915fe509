/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_NET_POLICY_H
#define HL_NET_POLICY_H

#include "net/addr.h"

/*
 * The one rule for all outgoing traffic (docs/egress.md): ordinary public
 * addresses only, ports and host names by rule, an optional proxy. It is
 * asked about the host before the look-up and about each address at the
 * moment of connecting, so that a name cannot change its meaning between.
 * Immutable once made; threads may share it.
 */
struct hl_net_policy;

/* Empty texts mean the defaults. Lists are separated by commas. */
struct hl_net_policy_config {
	/* "PREFIX:PORT, …": places allowed in spite of the address rule, for
	 * tests and for an operator's own resolver; "[::1]/128:8080" */
	struct hl_str allow;
	/* ports to allow instead of the default rule */
	struct hl_str ports;
	/* host names never to ask, each with all below it */
	struct hl_str deny_hosts;
	/* "http://HOST:PORT" or "socks5://HOST:PORT" */
	struct hl_str proxy;
};

/* *out is owned: hl_net_policy_free(). HL_E_INVALID names the list and the
 * entry's number. */
int hl_net_policy_new(const struct hl_net_policy_config *config,
	struct hl_net_policy **out, struct hl_err *err);
/* NULL is allowed. */
void hl_net_policy_free(struct hl_net_policy *p);
void hl_net_policy_freep(struct hl_net_policy **p);

/* Before a look-up: 0, or HL_DENIED with a static sentence in *why. A host
 * that is an address is judged by its address. */
int hl_net_policy_check_host(const struct hl_net_policy *p, struct hl_str host,
	uint16_t port, const char **why);
/* Before connecting: 0, or HL_DENIED with a static sentence in *why. */
int hl_net_policy_check_addr(const struct hl_net_policy *p,
	const struct hl_net_endpoint *to, const char **why);
/* True for a place that the allow list names: plain http may go there. */
bool hl_net_policy_is_allowance(
	const struct hl_net_policy *p, const struct hl_net_endpoint *to);
/* The proxy's URL, or NULL. Borrowed from the policy. */
const char *hl_net_policy_proxy(const struct hl_net_policy *p);

#endif
