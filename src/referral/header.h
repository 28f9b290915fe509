/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_HEADER_H
#define HL_REFERRAL_HEADER_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Mail header fields (RFC 5322, 2047, 2231). Whatever words are given, what
 * is put is one field: printable ASCII, lines of at most 78 characters (bar
 * one long address), CRLF only before a folding space and at the end.
 * Control characters in words become spaces.
 */

/* Puts `name: words` CRLF. name is a literal of at most 32 characters. */
void hl_referral_header_words(
	struct hl_buf *b, const char *name, struct hl_str words);

/* Puts `name: "display" <address>` CRLF; an empty display is left out.
 * HL_E_INVALID, nothing put, when the address is not a plain one. */
int hl_referral_header_address(struct hl_buf *b, const char *name,
	struct hl_str display, struct hl_str address);

/* Puts `; param="value"` for Content-Type and Content-Disposition, each on
 * a line of its own and without the field's last CRLF: quoted, or RFC 2231
 * (with continuations) when it is beyond ASCII or long. */
void hl_referral_header_param(
	struct hl_buf *b, const char *param, struct hl_str value);

/* local@domain in ASCII: a dot-atom of at most 64 characters, a host name,
 * 254 in all. No quoted local part, no address literal. */
bool hl_referral_address_ok(struct hl_str address);
/* The part behind '@' of an address that is ok. Borrowed. */
struct hl_str hl_referral_address_domain(struct hl_str address);

#endif
