/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_CSRF_H
#define HL_WEB_CSRF_H

#include "web/http.h"

/*
 * Only our own pages may send our forms. Two things are checked at each
 * POST: what the browser says of where the request came from, and a token in
 * the form that only a page of this session can hold.
 */
#define HL_WEB_CSRF_FIELD "csrf"
#define HL_WEB_CSRF_KEY_BYTES 32
#define HL_WEB_CSRF_MAX 44

/* The token of a session, in out; its view. */
struct hl_str hl_web_csrf_token(const uint8_t key[HL_WEB_CSRF_KEY_BYTES],
	struct hl_str session, char out[HL_WEB_CSRF_MAX]);

/*
 * 0 or HL_DENIED. Sec-Fetch-Site, when sent, must be same-origin; Origin,
 * when sent and not "null", must be our own: req->origin, or what Host says
 * when that is not set. "null" is what browsers send with our own
 * Referrer-Policy of no-referrer, so it says nothing. The token must fit in
 * any case.
 */
int hl_web_csrf_check(const struct hl_web_request *req,
	const uint8_t key[HL_WEB_CSRF_KEY_BYTES], struct hl_str session,
	struct hl_str token);

/* The first part alone, for forms before there is a session. */
int hl_web_csrf_check_origin(const struct hl_web_request *req);

#endif
