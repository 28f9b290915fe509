/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_RPZ_XFER_H
#define HL_RPZ_XFER_H

#include "rpz/zone.h"

/*
 * One transfer (RFC 5936, RFC 1995), written a message at a time from a
 * version that it keeps. Holds a zone and a version until it is over.
 */
#define HL_RPZ_XFER_MESSAGE 16000 /* below what a name's pointer reaches */

struct hl_rpz_xfer {
	struct hl_rpz_zone *zone; /* NULL: none */
	struct hl_rpz_version *version;
	struct hl_rpz_chain chain;
	uint8_t question[HL_RPZ_HEAD + HL_RPZ_WIRE_MAX + 4];
	struct hl_rpz_msg asked; /* p is `question` */
	bool edns;               /* the next message has an OPT */
	bool whole;              /* AXFR, also as an answer to IXFR */
	size_t delta;            /* the first that is sent */
	size_t part, pos;        /* where it stands */
};

/* Begins an answer to q, which had a good signature with that chain. Takes
 * over v. whole: everything; otherwise what came after q's serial, which is
 * in the history. */
void hl_rpz_xfer_init(struct hl_rpz_xfer *x, struct hl_rpz_zone *z,
	struct hl_rpz_version *v, const struct hl_rpz_chain *chain,
	const struct hl_rpz_msg *q);
void hl_rpz_xfer_fini(struct hl_rpz_xfer *x);
/* Writes the next message, signed at now_s; true when it was the last. */
bool hl_rpz_xfer_next(
	struct hl_rpz_xfer *x, uint64_t now_s, struct hl_rpz_out *o);

/* The SOA of a version, its owner the question's name. */
void hl_rpz_put_soa(
	struct hl_rpz_out *o, const struct hl_rpz_zone *z, uint32_t serial);

#endif
