/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_NET_DNS_H
#define HL_NET_DNS_H

#include "base/arena.h"
#include "base/json.h"
#include "net/dns_wire.h"

/*
 * Asks the operator's resolvers where a name leads: the CNAME chain and all
 * A and AAAA addresses with their times to live. The kinds of failure stay
 * apart, since "the name is gone" ends a case and "no resolver answered"
 * says nothing.
 */
#define HL_NET_DNS_SERVERS 4
struct hl_net_dns_config {
	struct hl_net_endpoint servers[HL_NET_DNS_SERVERS];
	size_t n_servers;
	int timeout_ms;  /* one question to one server */
	int deadline_ms; /* the whole look-up */
};

/* servers: "192.0.2.53, [2001:db8::53]:5353"; empty takes those of
 * /etc/resolv.conf, so call it before the sandbox closes. Sets the times to
 * 2 s and 8 s. HL_E_INVALID for an entry that cannot be read. */
int hl_net_dns_config_init(
	struct hl_net_dns_config *c, struct hl_str servers, struct hl_err *err);

/* Stable: the names are stored. */
enum hl_net_dns_status {
	HL_NET_DNS_OK,          /* at least one address */
	HL_NET_DNS_NXDOMAIN,    /* the name, or what it leads to, is gone */
	HL_NET_DNS_NODATA,      /* the name is there without an address */
	HL_NET_DNS_SERVFAIL,    /* the resolver could not find out */
	HL_NET_DNS_REFUSED,     /* the resolver does not serve us, or this */
	HL_NET_DNS_TIMEOUT,     /* no answer in time */
	HL_NET_DNS_UNREACHABLE, /* no resolver is there, or none configured */
	HL_NET_DNS_LOOP,        /* CNAMEs that go round, or too many */
	HL_NET_DNS_MALFORMED,   /* an answer that is none */
	HL_NET_DNS_BAD_NAME,    /* not a name that can be asked for */
	HL_NET_DNS_N_STATUSES,
};

struct hl_net_dns_hop {
	struct hl_str from;
	struct hl_str to;
	uint32_t ttl_s;
};

struct hl_net_dns_host {
	struct hl_net_addr addr;
	uint32_t ttl_s;
};

#define HL_NET_DNS_HOPS 8
#define HL_NET_DNS_HOSTS 32
struct hl_net_dns {
	int64_t at_us;
	int64_t took_us;
	struct hl_str name; /* as asked: lower case, no dot at the end */
	enum hl_net_dns_status status;
	/* of the two questions alone; when one failed and the other did not,
	 * there may be more addresses than these */
	enum hl_net_dns_status status_a, status_aaaa;
	size_t n_hops;
	struct hl_net_dns_hop hops[HL_NET_DNS_HOPS];
	size_t n_hosts; /* in the order of hl_net_addr_cmp(), each once */
	struct hl_net_dns_host hosts[HL_NET_DNS_HOSTS];
	bool more; /* addresses beyond HL_NET_DNS_HOSTS were left out */
};

/*
 * Blocks for at most config->deadline_ms. Every outcome of the DNS is 0
 * with out->status; only lack of memory is a fault. Strings are in the
 * arena. Any thread.
 */
int hl_net_dns_resolve(const struct hl_net_dns_config *config,
	struct hl_str name, struct hl_arena *arena, struct hl_net_dns *out,
	struct hl_err *err);

/* "nxdomain"; static. */
const char *hl_net_dns_status_name(enum hl_net_dns_status s);
/* HL_E_INVALID for no such name. */
int hl_net_dns_status_parse(struct hl_str s, enum hl_net_dns_status *out);
/* "The name does not exist."; static. */
const char *hl_net_dns_status_text(enum hl_net_dns_status s);
/* True when the DNS itself says that there is no such host: not a failure
 * to find out. */
bool hl_net_dns_is_gone(enum hl_net_dns_status s);

/* An object: status, asked-at, chain, addresses. */
void hl_net_dns_put_json(struct hl_buf *b, const struct hl_net_dns *dns);
/* What hl_net_dns_put_json() wrote, parsed. Unknown members are passed over;
 * HL_E_INVALID for another form. Strings are copied into the arena. */
int hl_net_dns_read_json(const json_t *json, struct hl_arena *arena,
	struct hl_net_dns *out, struct hl_err *err);

#endif
