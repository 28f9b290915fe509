/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_COOKIE_H
#define HL_WEB_COOKIE_H

#include "web/http.h"

/*
 * Cookies of our own: HttpOnly, SameSite=Strict, for the whole site; over
 * https they are Secure and their names begin with "__Host-", which no other
 * host can set.
 */

/* The value of the cookie set under that name; absent when it is not there,
 * or there twice: then somebody else set one of them. */
struct hl_str hl_web_cookie_get(
	const struct hl_web_request *req, const char *name);

/* value: letters, digits and -_.~ only; anything else is a fault of resp.
 * max_age_s 0: until the browser closes; -1: take it away. */
void hl_web_cookie_set(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const char *name, struct hl_str value,
	int max_age_s);

/* One cookie out of a header's value (RFC 6265 clause 5.4), for tests. */
struct hl_str hl_web_cookie_find(
	struct hl_str header, struct hl_str name, size_t *n_found);

#endif
