/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_NET_DNS_WIRE_H
#define HL_NET_DNS_WIRE_H

#include "net/addr.h"

/*
 * Reading one DNS answer message (RFC 1035 clause 4). Pure; allocates
 * nothing; hostile bytes welcome.
 */
#define HL_NET_NAME_MAX 256

enum {
	HL_NET_DNS_A = 1,
	HL_NET_DNS_CNAME = 5,
	HL_NET_DNS_AAAA = 28,
};

enum {
	HL_NET_RCODE_OK = 0,
	HL_NET_RCODE_SERVFAIL = 2,
	HL_NET_RCODE_NXDOMAIN = 3,
	HL_NET_RCODE_REFUSED = 5,
};

struct hl_net_dns_rr {
	char owner[HL_NET_NAME_MAX]; /* lower case, no dot at the end */
	uint16_t type;               /* A, AAAA or CNAME; others are left out */
	uint32_t ttl_s;
	struct hl_net_addr addr;      /* A, AAAA */
	char target[HL_NET_NAME_MAX]; /* CNAME */
};

#define HL_NET_DNS_RRS 48
struct hl_net_dns_answer {
	int rcode;
	bool truncated; /* the TC bit */
	bool more;      /* records beyond HL_NET_DNS_RRS were left out */
	size_t n_rrs;
	struct hl_net_dns_rr rrs[HL_NET_DNS_RRS];
};

/* HL_E_INVALID for bytes that are no complete answer message. Bytes of a
 * name that are not letters, digits, '-' or '_' come out as \DDD. */
int hl_net_dns_parse(
	const uint8_t *msg, size_t n, struct hl_net_dns_answer *out);

/* A name that may be asked for: 1 to 253 letters, digits, '-', '_' and dots
 * with labels of 1 to 63; one dot at the end is allowed. Copies it in lower
 * case without that dot. HL_E_INVALID else. */
int hl_net_dns_name(struct hl_str name, char out[HL_NET_NAME_MAX]);

#endif
