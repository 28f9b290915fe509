/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_NET_ADDR_H
#define HL_NET_ADDR_H

#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Network addresses as plain values. They name servers that are looked at
 * or spoken to; the address of a person who reports never becomes one.
 */
struct hl_net_addr {
	uint8_t b[16]; /* network order; IPv4 fills the first four */
	bool v6;
};

struct hl_net_prefix {
	struct hl_net_addr addr;
	unsigned bits;
};

/* An address with a port: where a server listens. */
struct hl_net_endpoint {
	struct hl_net_addr addr;
	uint16_t port;
};

#define HL_NET_ADDR_MAX 46

/* Four decimal numbers, or RFC 4291 clause 2.2 with or without brackets; no
 * zone, no white space. HL_E_INVALID else. */
int hl_net_addr_parse(struct hl_str s, struct hl_net_addr *out);
/* RFC 5952 form; gives a view of out. */
struct hl_str hl_net_addr_print(
	const struct hl_net_addr *a, char out[HL_NET_ADDR_MAX]);
/* IPv4 first, then by bytes: <0, 0, >0. */
int hl_net_addr_cmp(const struct hl_net_addr *a, const struct hl_net_addr *b);

/* "ADDRESS/BITS", or an address alone for all its bits. HL_E_INVALID if
 * bits behind the length are set. */
int hl_net_prefix_parse(struct hl_str s, struct hl_net_prefix *out);
bool hl_net_prefix_has(
	const struct hl_net_prefix *p, const struct hl_net_addr *a);

/* "192.0.2.1:53", "[2001:db8::1]:53"; without a port, otherwise. An IPv6
 * address with a port needs its brackets. HL_E_INVALID else. */
int hl_net_endpoint_parse(
	struct hl_str s, uint16_t otherwise, struct hl_net_endpoint *out);
/* A port, 1..65535. HL_E_INVALID else. */
int hl_net_port_parse(struct hl_str s, uint16_t *out);

/* HL_E_INVALID for a family that is neither IPv4 nor IPv6. */
int hl_net_endpoint_from_sockaddr(
	const struct sockaddr *sa, struct hl_net_endpoint *out);

/* What an address is for, by the IANA special-purpose registries. */
enum hl_net_class {
	HL_NET_PUBLIC, /* ordinary unicast, the only kind to connect to */
	HL_NET_UNSPECIFIED,
	HL_NET_LOOPBACK,
	HL_NET_PRIVATE,
	HL_NET_SHARED, /* carrier-grade NAT, RFC 6598 */
	HL_NET_LINK_LOCAL,
	HL_NET_MULTICAST,
	HL_NET_BROADCAST,
	HL_NET_DOCUMENTATION,
	HL_NET_BENCHMARK,
	HL_NET_TUNNEL,  /* Teredo, 6to4 relays, local NAT64: no fixed end */
	HL_NET_SPECIAL, /* protocol assignments, AS112, discard */
	HL_NET_RESERVED,
	HL_NET_N_CLASSES,
};

/* An address that carries an IPv4 address (mapped, NAT64, 6to4, ISATAP) has
 * the class of the one inside when that is not public. */
enum hl_net_class hl_net_addr_class(const struct hl_net_addr *a);
/* "a private address"; static. */
const char *hl_net_class_name(enum hl_net_class c);

/* A host as an address names it, which is this machine and can be no other:
 * 127.0.0.0/8, [::1], "localhost". "127.example.org" is a name as others. */
bool hl_net_is_this_host(struct hl_str host);

#endif
