/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_GUARD_H
#define HL_WEB_GUARD_H

#include "base/buf.h"

#define HL_WEB_GUARD_PATH 64u

/*
 * Reads along with a connection, byte by byte and before evhttp does, and
 * refuses everything about which two HTTP implementations could disagree
 * (RFC 9112): evhttp behind it only ever sees requests of one meaning.
 *
 * Refused: control characters and bare CR or LF in a head; names that are no
 * token or have a space before ":"; folded lines; a missing, second or odd
 * Host; a second Content-Length or one that is not digits only; any
 * Transfer-Encoding but "chunked"; both together; a body with a method that
 * has none, or without its length; chunk extensions and trailers; targets
 * other than "/…"; heads and bodies over their maximum; NUL anywhere.
 */
struct hl_web_guard {
	size_t head_max_bytes;
	uint64_t body_max_bytes;
	int phase;          /* enum hl_web_guard_phase */
	struct hl_buf line; /* of the head, or of the chunk framing */
	size_t n_head, n_headers, n_host;
	uint64_t left, n_body;
	char path[HL_WEB_GUARD_PATH]; /* of the request under way */
	bool cr, http10, may_have_body, has_length, chunked;
	bool binary; /* set behind init: bodies may have NULs */
};

enum hl_web_guard_phase {
	HL_WEB_GUARD_START, /* between requests */
	HL_WEB_GUARD_REQUEST_LINE,
	HL_WEB_GUARD_HEADERS,
	HL_WEB_GUARD_BODY,
	HL_WEB_GUARD_CHUNK_SIZE,
	HL_WEB_GUARD_CHUNK_DATA,
	HL_WEB_GUARD_CHUNK_END,
	HL_WEB_GUARD_LAST_CRLF,
};

void hl_web_guard_init(
	struct hl_web_guard *g, size_t head_max_bytes, uint64_t body_max_bytes);
void hl_web_guard_fini(struct hl_web_guard *g);

/* The next bytes of the connection. 0, or the status to refuse it with;
 * after that the guard must not be fed again. */
int hl_web_guard_feed(struct hl_web_guard *g, struct hl_str in);

/* The path of the request that is being read, as sent and without its query,
 * cut off if it is long; absent before it is known. */
struct hl_str hl_web_guard_path(const struct hl_web_guard *g);

/* Whether a head or a body has begun and is not complete. */
bool hl_web_guard_in_head(const struct hl_web_guard *g);
bool hl_web_guard_in_body(const struct hl_web_guard *g);

#endif
