/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_RPZ_NAME_H
#define HL_RPZ_NAME_H

#include "base/err.h"
#include "base/str.h"

/* Domain names as text and on the wire (RFC 1035 clause 3.1). Pure. */
#define HL_RPZ_WIRE_MAX 255

struct hl_rpz_name {
	uint8_t p[HL_RPZ_WIRE_MAX]; /* lower case, with the root's zero */
	uint8_t n;
};

/* Letters, digits, '-' and '_' in labels of 1 to 63; a dot at the end is
 * allowed; "." is the root. HL_E_INVALID else. */
int hl_rpz_name_parse(struct hl_str text, struct hl_rpz_name *out);
bool hl_rpz_name_eq(const struct hl_rpz_name *a, const struct hl_rpz_name *b);

/*
 * Reads a name of a message at *at, lower-cased, and moves *at behind it.
 * Pointers must lead back. HL_E_INVALID for what is none.
 */
int hl_rpz_name_read(
	const uint8_t *msg, size_t n, size_t *at, struct hl_rpz_name *out);

/* Why a canonical host cannot stand in front of `room` bytes of an origin on
 * the wire; NULL if it can. Static. */
const char *hl_rpz_host_fault(struct hl_str host, size_t room);
/* Writes the labels of a good host, without the root: host.n + 1 bytes. */
void hl_rpz_host_put(const uint8_t *host, size_t n, uint8_t *to);

#endif
