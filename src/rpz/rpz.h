/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_RPZ_RPZ_H
#define HL_RPZ_RPZ_H

#include "base/err.h"
#include "net/addr.h"

/*
 * A DNS primary of response policy zones, and nothing else: docs/rpz.md.
 * A zone is one consumer's: its keys open it and no other. The set of names
 * is handed over whole; secondaries fetch it by AXFR or IXFR under TSIG.
 */
enum hl_rpz_alg { HL_RPZ_SHA256 = 1, HL_RPZ_SHA512 };

#define HL_RPZ_KEYS_MAX 4
struct hl_rpz_key {
	struct hl_str name; /* a domain name; unlike every other of a server */
	enum hl_rpz_alg alg;
	struct hl_str secret; /* raw; 16 to 128 bytes */
};

/* Seconds. A secondary that hears nothing for `expire` stops blocking. */
struct hl_rpz_times {
	uint32_t ttl, refresh, retry, expire, minimum;
};

#define HL_RPZ_NOTIFY_MAX 8
#define HL_RPZ_ALLOW_MAX 16
struct hl_rpz_zone_conf {
	struct hl_str origin; /* "block.hotline.example" */
	struct hl_str ns;     /* apex NS and SOA primary; none: "localhost" */
	struct hl_str mbox;   /* SOA contact as a domain name; none: the same */
	struct hl_str stop_host; /* CNAME to it; none: NXDOMAIN */
	struct hl_rpz_times times;
	const struct hl_rpz_key *keys; /* 1 to HL_RPZ_KEYS_MAX */
	size_t n_keys;
	const struct hl_net_endpoint *notify;
	size_t n_notify;
	const struct hl_net_prefix *allow; /* who may ask; none: any address */
	size_t n_allow;
	size_t max_names; /* larger sets are HL_E_LIMIT */
};

/* 60 s, 60 s, 30 s, a day, 60 s; ten million names; nothing else set. */
void hl_rpz_zone_conf_init(struct hl_rpz_zone_conf *c);

struct hl_rpz_zone;

/* Copies everything. HL_E_INVALID says what of the conf is wrong. */
int hl_rpz_zone_new(const struct hl_rpz_zone_conf *c, struct hl_rpz_zone **out,
	struct hl_err *err);
/* Gives it up; a server that has it keeps it until hl_rpz_server_remove().
 * NULL is fine. */
void hl_rpz_zone_free(struct hl_rpz_zone *z);

/* Why a host name cannot be in a zone of that origin, as a static text of
 * what is wrong; NULL if it can. */
const char *hl_rpz_zone_host_fault(
	const struct hl_rpz_zone *z, struct hl_str host);

/*
 * The whole set from now on, in any order; what is there twice counts once.
 * Names are canonical hosts (docs/urls.md). The differences to the sets
 * before are kept while they are fewer than HL_RPZ_HISTORY and shorter than
 * half of the set. Readers never wait for it; consumers are notified. Any
 * thread; callers wait for one another. Nothing changes unless it returns 0.
 *   HL_CONFLICT    serial is not after the last one (RFC 1982); the same
 *                  serial with the same set is 0
 *   HL_E_INVALID   a name cannot be in the DNS or is a network address: err
 *                  has its index and the reason, not the name
 *   HL_E_LIMIT     more than max_names, or more than a GiB
 */
#define HL_RPZ_HISTORY 64
int hl_rpz_zone_set(struct hl_rpz_zone *z, const struct hl_str *names, size_t n,
	uint32_t serial, struct hl_err *err);

/* Forgets the set: SERVFAIL from now on, so that secondaries expire. For a
 * list that is no longer vouched for. Any thread. */
void hl_rpz_zone_clear(struct hl_rpz_zone *z);

struct hl_rpz_zone_stats {
	bool has_set;
	uint32_t serial;
	uint64_t n_names, n_deltas, set_bytes, delta_bytes;
	uint64_t n_soa, n_axfr, n_ixfr, n_current; /* answers begun */
	uint64_t n_done, n_broken;                 /* transfers that ended */
	uint64_t sent_bytes;                       /* of transfers */
	uint64_t n_notify, n_notify_ok, n_notify_lost;
	uint32_t done_serial; /* of the last transfer that was sent whole */
	int64_t done_at_us;   /* 0: none */
	int64_t asked_at_us;  /* last question with a good key; 0: none */
};
/* Any thread. */
void hl_rpz_zone_stats(struct hl_rpz_zone *z, struct hl_rpz_zone_stats *out);

/* Sockets are bound to one address (not to all: answers must come from the
 * one that was asked), the TCP one listens. They stay the caller's. */
struct hl_rpz_listener {
	int udp_fd, tcp_fd;
};

#define HL_RPZ_LISTENERS_MAX 4
struct hl_rpz_server_conf {
	struct hl_rpz_listener listeners[HL_RPZ_LISTENERS_MAX];
	size_t n_listeners;
	int stop_fd;             /* an eventfd: readable ends the run; -1 */
	unsigned n_connections;  /* over TCP, at once */
	unsigned hello_ms;       /* from accepting to a good key */
	unsigned stall_ms;       /* without a byte read or written */
	unsigned transfer_ms;    /* for one question and its answer */
	unsigned notify_ms;      /* to the first repetition; doubles */
	unsigned n_notify_tries; /* for each version and address */
};

/* 64 connections, 10 s, 30 s, 15 min; 2 s and 8 tries. No sockets. */
void hl_rpz_server_conf_init(struct hl_rpz_server_conf *c);

struct hl_rpz_server;
int hl_rpz_server_new(const struct hl_rpz_server_conf *c,
	struct hl_rpz_server **out, struct hl_err *err);
/* Not while it runs. NULL is fine. */
void hl_rpz_server_free(struct hl_rpz_server *s);

/* Serves z from now on. Any thread, also while it runs. HL_CONFLICT: it has
 * a key of that name, or z is or was in a server. */
int hl_rpz_server_add(
	struct hl_rpz_server *s, struct hl_rpz_zone *z, struct hl_err *err);
/* No answer and no further message of a transfer from now on. Any thread. */
void hl_rpz_server_remove(struct hl_rpz_server *s, struct hl_rpz_zone *z);

/* Runs in the calling thread until stop_fd is readable. */
int hl_rpz_server_run(struct hl_rpz_server *s, struct hl_err *err);

struct hl_rpz_server_stats {
	uint64_t n_udp, n_tcp; /* messages that came */
	uint64_t n_dropped;    /* that no answer is due to */
	uint64_t n_malformed, n_refused, n_bad_key, n_bad_sig, n_bad_time;
	uint64_t n_connections, n_open;
	uint64_t n_crowded, n_slow; /* connections closed for want of room, for
				       taking too long */
};
/* Any thread. */
void hl_rpz_server_stats(
	const struct hl_rpz_server *s, struct hl_rpz_server_stats *out);

#endif
