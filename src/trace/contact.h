/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TRACE_CONTACT_H
#define HL_TRACE_CONTACT_H

#include "trace/rdap.h"

/* The contacts of a network while they are being collected. */
struct hl_trace_ranking {
	struct hl_trace_network *net;
	int rank[HL_TRACE_CONTACTS]; /* of net->contacts: depth */
};

/* Puts c at its place: by source, doubt, depth, pref, then as they come. Of
 * two with the same address the better stays; the last is pushed out. */
void hl_trace_contact_add(struct hl_trace_ranking *w,
	const struct hl_trace_contact *c, int depth);

/* Can stand in a mail address that we take. */
bool hl_trace_mail_char(char c);

#endif
