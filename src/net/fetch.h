/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_NET_FETCH_H
#define HL_NET_FETCH_H

#include "net/dns.h"
#include "net/policy.h"

/*
 * One HTTP question that obeys the outgoing policy at every step: each host
 * of a redirect chain is judged, looked up through our own resolvers, and
 * connected to at an address that was judged. No cookies, no credentials,
 * no compression, nothing kept between questions; identity is a neutral
 * User-Agent.
 */
struct hl_net_client {
	const struct hl_net_policy *policy;
	const struct hl_net_dns_config *dns;
	const char *ca_file;    /* NULL: the system's */
	const char *user_agent; /* NULL: none is sent */
};

struct hl_net_ask {
	struct hl_str url;
	bool head;
	const char *accept; /* NULL: any */
	/* The body is kept up to max_bytes, more is HL_NET_TOO_BIG; without
	 * keep it is discarded and the reading ends after max_bytes. */
	bool keep;
	size_t max_bytes;
	int connect_ms;
	int total_ms;
	int max_redirects;
	/* plain http only to places that the policy's allow list names */
	bool https_only;
	/* accept any certificate; the caller must not believe the answer */
	bool tls_unverified;
};

/* How a question ended. Stable: the names are stored. */
enum hl_net_end {
	HL_NET_DONE,   /* an HTTP status came */
	HL_NET_DENIED, /* the policy refused; nothing was sent there */
	HL_NET_BAD_URL,
	HL_NET_NO_HOST,       /* see dns.status */
	HL_NET_NO_CONNECTION, /* refused or no route */
	HL_NET_SLOW,          /* not finished in time */
	HL_NET_BAD_TLS,       /* certificate or handshake */
	HL_NET_BROKEN,        /* reset, or not HTTP */
	HL_NET_TOO_BIG,
	HL_NET_TOO_MANY_REDIRECTS,
	HL_NET_N_ENDS,
};

/* How far a redirect leads from what was asked. The worst of a chain
 * counts. */
enum hl_net_move {
	HL_NET_STAYED,    /* no redirect */
	HL_NET_SAME_PAGE, /* http to https, "www.", a slash at the end */
	HL_NET_SAME_HOST, /* another page */
	HL_NET_OTHER_HOST,
};

#define HL_NET_HOPS_MAX 8
struct hl_net_got {
	enum hl_net_end end;
	const char *why; /* a static sentence when it did not end well */
	int status;      /* the last HTTP status, 0 if none */
	bool connected;
	struct hl_net_endpoint to; /* of the last connection */
	enum hl_net_move move;
	size_t n_redirects;
	struct hl_str url; /* the last one asked for */
	struct hl_str body;
	int64_t bytes; /* of the last body, read */
	int64_t took_us;
	struct hl_net_dns dns; /* the first host's look-up */
};

/* Blocks for at most ask->total_ms. Every outcome of the network is 0 with
 * out->end; only lack of memory is a fault. Strings are in the arena. Any
 * thread. */
int hl_net_fetch(const struct hl_net_client *client,
	const struct hl_net_ask *ask, struct hl_arena *arena,
	struct hl_net_got *out, struct hl_err *err);

/*
 * The host of a web address as libcurl reads it, or the whole of what is no
 * web address. IPv6 without brackets. Absent when there is no host in it;
 * a copy in the arena.
 */
struct hl_str hl_net_host_of(struct hl_str url, struct hl_arena *arena);

/*
 * The files and folders that look-ups read while they run, ended by NULL,
 * for the sandbox of a process that makes them: random numbers, without
 * which c-ares falls back to guessable query ids, and the system's
 * certificates. Static.
 */
const char *const *hl_net_read_paths(void);

/* "no-connection"; static. */
const char *hl_net_end_name(enum hl_net_end e);

#endif
