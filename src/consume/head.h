/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_HEAD_H
#define HL_CONSUME_HEAD_H

#include "base/buf.h"
#include "base/err.h"

/* The head of a request of HTTP or ICAP, which have one form. Inside the
 * room only. All are views of the text. */
struct hl_consume_head {
	struct hl_str method, target, version;
	struct hl_str fields; /* the lines behind the first */
};

/* text begins with the request line; the empty line may be there or not.
 * HL_E_INVALID: the first line has no three words. */
int hl_consume_head_parse(struct hl_str text, struct hl_consume_head *out);
/* The first field of that name, trimmed; absent if there is none. */
struct hl_str hl_consume_head_field(
	const struct hl_consume_head *head, const char *name);

/* Puts the address that an HTTP request asks for: its target if that is
 * whole, or with its Host; host and port of a CONNECT as https. Nothing if
 * none can be told. True: only the host is known. */
bool hl_consume_head_url(
	const struct hl_consume_head *head, struct hl_buf *out);

#endif
