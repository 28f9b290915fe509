/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_RPZ_WIRE_H
#define HL_RPZ_WIRE_H

#include "rpz/name.h"

/* Messages as they come and as they are written (RFC 1035 clause 4, RFC 6891
 * for OPT, RFC 8945 clause 4.2 for TSIG). Pure; allocates nothing. */
#define HL_RPZ_HEAD 12

enum { HL_RPZ_OP_QUERY = 0, HL_RPZ_OP_NOTIFY = 4 };

enum {
	HL_RPZ_RCODE_OK = 0,
	HL_RPZ_RCODE_FORMERR = 1,
	HL_RPZ_RCODE_SERVFAIL = 2,
	HL_RPZ_RCODE_NOTIMP = 4,
	HL_RPZ_RCODE_REFUSED = 5,
	HL_RPZ_RCODE_NOTAUTH = 9,
	HL_RPZ_RCODE_BADVERS = 16,
};

enum {
	HL_RPZ_NS = 2,
	HL_RPZ_CNAME = 5,
	HL_RPZ_SOA = 6,
	HL_RPZ_OPT = 41,
	HL_RPZ_TSIG = 250,
	HL_RPZ_IXFR = 251,
	HL_RPZ_AXFR = 252,
	HL_RPZ_IN = 1,
	HL_RPZ_ANY = 255,
};

enum {
	HL_RPZ_FLAG_QR = 0x8000,
	HL_RPZ_FLAG_AA = 0x0400,
	HL_RPZ_FLAG_TC = 0x0200
};

struct hl_rpz_tsig {
	bool present;
	size_t at; /* where the record begins; the message ends with it */
	struct hl_rpz_name key, alg;
	uint64_t signed_s;
	uint16_t fudge_s, original_id, error;
	const uint8_t *mac; /* borrowed from the message */
	uint16_t n_mac;
	const uint8_t *other;
	uint16_t n_other;
};

/* One message with one question. */
struct hl_rpz_msg {
	const uint8_t *p; /* borrowed */
	size_t n;
	uint16_t id, flags;
	uint8_t opcode, rcode;
	struct hl_rpz_name qname;
	uint16_t qtype, qclass;
	size_t question_end;
	bool has_serial; /* of an SOA in the authority section */
	uint32_t serial;
	bool has_edns;
	uint8_t edns_version;
	uint16_t edns_size;
	struct hl_rpz_tsig tsig;
};

/*
 * HL_NOTFOUND for what has no complete head: nobody can be answered.
 * HL_E_INVALID for another fault of form, with id, flags and opcode set, and
 * the question if question_end is not 0.
 */
int hl_rpz_msg_read(const uint8_t *p, size_t n, struct hl_rpz_msg *out);

/* What a message is written into. The first put that does not fit sets
 * `over`; nothing is written from there on. */
struct hl_rpz_out {
	uint8_t *p;
	size_t n, max;
	bool over;
};

void hl_rpz_put(struct hl_rpz_out *o, const void *p, size_t n);
void hl_rpz_put_8(struct hl_rpz_out *o, unsigned v);
void hl_rpz_put_16(struct hl_rpz_out *o, unsigned v);
void hl_rpz_put_32(struct hl_rpz_out *o, uint32_t v);
void hl_rpz_put_48(struct hl_rpz_out *o, uint64_t v);
/* Over what stands at `at`. */
void hl_rpz_set_16(struct hl_rpz_out *o, size_t at, unsigned v);
/* Adds one to the count at `at`. */
void hl_rpz_count(struct hl_rpz_out *o, size_t at);

/* Offsets of the counts in the head. */
enum {
	HL_RPZ_AT_QD = 4,
	HL_RPZ_AT_AN = 6,
	HL_RPZ_AT_NS = 8,
	HL_RPZ_AT_AR = 10
};

/* Head and question of an answer to q; without a question if q has none
 * that could be read. */
void hl_rpz_put_head(
	struct hl_rpz_out *o, const struct hl_rpz_msg *q, unsigned rcode);
/* RFC 6891 clause 6.1.2; rcode: its upper bits go here. */
void hl_rpz_put_opt(struct hl_rpz_out *o, unsigned rcode);

#endif
