/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TRACE_RDAP_H
#define HL_TRACE_RDAP_H

#include "base/arena.h"
#include "net/fetch.h"

/*
 * Registration data of an address's network (RFC 9082, 9083), in it who
 * takes reports of abuse. docs/trace.md tells how the contact is found.
 */

/* Where a mail address was found; the order is the order of preference.
 * Stable: the names are stored. */
enum hl_trace_source {
	HL_TRACE_BY_ROLE,   /* an entity with the role abuse */
	HL_TRACE_BY_REMARK, /* a remark's line that speaks of abuse */
	HL_TRACE_BY_OTHER,  /* another role: not an abuse contact */
	HL_TRACE_N_SOURCES,
};

#define HL_TRACE_PREF_NONE 101
struct hl_trace_contact {
	struct hl_str mail;   /* one plain ASCII address */
	struct hl_str name;   /* as the registry has it, may be empty */
	struct hl_str handle; /* of the entity, may be empty */
	enum hl_trace_source source;
	int pref;      /* 1 best; HL_TRACE_PREF_NONE if not given */
	bool doubtful; /* the registry itself says it is not valid */
};

#define HL_TRACE_CONTACTS 12
#define HL_TRACE_LINKS 4
struct hl_trace_network {
	struct hl_str handle;
	struct hl_str name;
	struct hl_str holder; /* the registrant's name */
	struct hl_str type;
	struct hl_net_addr first, last;
	char country[3]; /* "" if not given */
	size_t n_contacts;
	struct hl_trace_contact contacts[HL_TRACE_CONTACTS]; /* best first */
	bool more; /* contacts beyond HL_TRACE_CONTACTS were left out */
	/* objects where else to look, in the order to try */
	size_t n_links;
	struct hl_str links[HL_TRACE_LINKS];
};

/* HL_E_INVALID for what is no IP network object, HL_E_LIMIT for over a
 * mebibyte. Strings are in the arena. */
int hl_trace_rdap_parse(struct hl_str json, struct hl_arena *arena,
	struct hl_trace_network *out, struct hl_err *err);
/* The best contact from an abuse role or remark; NULL if there is none. */
const struct hl_trace_contact *hl_trace_abuse_contact(
	const struct hl_trace_network *n);
bool hl_trace_network_has(
	const struct hl_trace_network *n, const struct hl_net_addr *a);
const char *hl_trace_source_name(enum hl_trace_source s);
int hl_trace_source_parse(struct hl_str s, enum hl_trace_source *out);
/* True for one ASCII local@domain that is safe in a mail's header. */
bool hl_trace_mail_usable(struct hl_str mail);

/* Which registry to ask: the IANA's bootstrap file (RFC 9224). Immutable
 * once made. */
struct hl_trace_bootstrap;
/* HL_E_INVALID for another form. *out is owned. */
int hl_trace_bootstrap_parse(struct hl_str json,
	struct hl_trace_bootstrap **out, struct hl_err *err);
void hl_trace_bootstrap_free(struct hl_trace_bootstrap *b);
void hl_trace_bootstrap_freep(struct hl_trace_bootstrap **b);
/* The base URL, with a slash at its end, of the longest prefix that holds
 * a; absent if there is none. Borrowed from b. */
struct hl_str hl_trace_bootstrap_find(
	const struct hl_trace_bootstrap *b, const struct hl_net_addr *a);

struct hl_trace_rdap {
	const struct hl_net_client *client;
	const char *base;                           /* asked for all, or NULL */
	const struct hl_trace_bootstrap *bootstrap; /* else; NULL: off */
	int total_ms; /* of each question; 0: 10 s */
};

/* Stable: the names are stored. */
enum hl_trace_rdap_end {
	HL_TRACE_RDAP_OK,
	HL_TRACE_RDAP_OFF,
	HL_TRACE_RDAP_NO_SERVICE,
	HL_TRACE_RDAP_NOT_FOUND,
	HL_TRACE_RDAP_BUSY,
	HL_TRACE_RDAP_REFUSED,
	HL_TRACE_RDAP_UNREACHABLE,
	HL_TRACE_RDAP_MALFORMED,
	HL_TRACE_RDAP_N_ENDS,
};

struct hl_trace_record {
	struct hl_net_addr asked;
	int64_t at_us;
	enum hl_trace_rdap_end end;
	struct hl_trace_network network; /* when end is OK */
};

/* Asks about one address, and further along links while there is no abuse
 * contact. Every outcome of the network is 0 with out->end; lack of memory
 * is the only fault. */
int hl_trace_rdap_ask(const struct hl_trace_rdap *rdap,
	const struct hl_net_addr *a, struct hl_arena *arena,
	struct hl_trace_record *out, struct hl_err *err);
const char *hl_trace_rdap_end_name(enum hl_trace_rdap_end e);
/* "The registry could not be reached."; static. */
const char *hl_trace_rdap_end_text(enum hl_trace_rdap_end e);
int hl_trace_rdap_end_parse(struct hl_str s, enum hl_trace_rdap_end *out);

#endif
