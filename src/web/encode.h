/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_ENCODE_H
#define HL_WEB_ENCODE_H

#include "web/http.h"

/*
 * The bytes to send for a response: a static file's or its gzipped form, the
 * body, or the body compressed now when the response allows it and the client
 * takes it. Adds the headers that say so. *bytes is borrowed from resp.
 * Without memory to compress, the body goes as it is.
 */
void hl_web_encode(const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str *bytes);

/* Appends in, gzipped (RFC 1952, no name, no time). HL_E_LIMIT, HL_E_NOMEM. */
int hl_web_gzip(struct hl_str in, struct hl_buf *out);

#endif
