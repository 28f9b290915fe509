/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TRACE_TRACE_H
#define HL_TRACE_TRACE_H

#include "trace/geo.h"
#include "trace/rdap.h"

/*
 * Where an address is hosted and who answers for it: docs/trace.md. The
 * record is dated, complete in itself, and case data: it is kept sealed.
 */
struct hl_trace_config {
	const struct hl_net_client *client;
	const struct hl_trace_geo *geo;   /* NULL: none */
	const struct hl_trace_rdap *rdap; /* NULL: off */
	bool offline; /* ask nobody: client and rdap may be NULL */
};

struct hl_trace_host {
	struct hl_net_addr addr;
	uint32_t ttl_s;
	struct hl_trace_place place;
	int record; /* index of the registry's answer, -1 if not asked */
};

/* What an arena for one trace must be able to hold. */
#define HL_TRACE_ARENA_BYTES (8 << 20)

#define HL_TRACE_RECORDS 6
#define HL_TRACE_MISSING 12
struct hl_trace {
	int64_t at_us;
	struct hl_str name; /* the host, or the address as text */
	bool is_address;    /* the DNS was not asked */
	struct hl_net_dns dns;
	size_t n_hosts;
	struct hl_trace_host hosts[HL_NET_DNS_HOSTS];
	size_t n_records;
	struct hl_trace_record records[HL_TRACE_RECORDS];
	int chosen; /* the item's host, index; -1 if there is none */
	size_t n_missing;
	struct hl_str missing[HL_TRACE_MISSING]; /* sentences, for people */
};

/*
 * Traces a web address or a host. Blocks for the DNS deadline and that of
 * each RDAP question. Whatever cannot be found out is 0 with a sentence in
 * out->missing; HL_E_INVALID if there is no host in the target; else only
 * lack of memory is a fault. Strings are in the arena.
 */
int hl_trace_run(struct hl_str target, const struct hl_trace_config *config,
	struct hl_arena *arena, struct hl_trace *out, struct hl_err *err);

/* Of the chosen host; "", absent or NULL if unknown. Borrowed from t. */
const char *hl_trace_country(const struct hl_trace *t);
struct hl_str hl_trace_provider(const struct hl_trace *t);
uint32_t hl_trace_asn(const struct hl_trace *t);
const struct hl_trace_contact *hl_trace_contact(const struct hl_trace *t);
/* A number that stands for the chosen host's country and network, to see a
 * change of host in later looks; 0 if unknown. Not secret, not reversible
 * to an address. */
uint64_t hl_trace_host_id(const struct hl_trace *t);

/* Stable: the names are stored. */
enum hl_trace_change {
	HL_TRACE_UNKNOWN,
	HL_TRACE_SAME,
	HL_TRACE_ADDRESS,
	HL_TRACE_HOST,
	HL_TRACE_GONE,
	HL_TRACE_BACK,
	HL_TRACE_N_CHANGES,
};
enum hl_trace_change hl_trace_changed(
	const struct hl_trace *before, const struct hl_trace *now);
const char *hl_trace_change_name(enum hl_trace_change c);

void hl_trace_put_json(struct hl_buf *b, const struct hl_trace *t);
/* What hl_trace_put_json() wrote. HL_E_INVALID for another form. Strings are
 * in the arena. */
int hl_trace_read_json(struct hl_str json, struct hl_arena *arena,
	struct hl_trace *out, struct hl_err *err);

#endif
