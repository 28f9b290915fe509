/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TRACE_ASN_H
#define HL_TRACE_ASN_H

#include "net/addr.h"

/*
 * Look-up in a text of lines FIRST,LAST,NUMBER,NAME, sorted by FIRST, as it
 * lies in memory: a binary search over byte offsets that never reads more
 * than some thirty lines. Pure; allocates nothing.
 *
 * 0 with the number and a view of the name as it stands, quotes and all;
 * HL_NOTFOUND when no range holds the address; HL_E_CORRUPT at a line that
 * is not of this form.
 */
int hl_trace_asn_find(struct hl_str text, const struct hl_net_addr *a,
	uint32_t *asn, struct hl_str *name);

/* The name without the quotes of RFC 4180 into out, at most max bytes, cut
 * at a character. Gives the bytes written. */
size_t hl_trace_asn_name(struct hl_str quoted, char *out, size_t max);

#endif
