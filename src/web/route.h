/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_ROUTE_H
#define HL_WEB_ROUTE_H

#include "web/http.h"

/*
 * A process's pages as one constant table that tests can walk: what may be
 * asked, what it does (for the authorisation matrix) and who answers.
 * A pattern is a path whose segments are literal or ":name"; each of the
 * latter takes one segment, not empty, and becomes one of req->params in
 * their order, decoded.
 */
struct hl_web_route {
	enum hl_web_method method; /* GET answers HEAD as well */
	const char *pattern;       /* "/case/:ref/assess" */
	int action;                /* a value of the table owner's enum */
	hl_web_handler *handler;
};

struct hl_web_routes {
	const struct hl_web_route *rows;
	size_t n;
};

struct hl_web_match {
	const struct hl_web_route *route;
	struct hl_web_request req; /* with its params */
	unsigned allowed;          /* without a route: bits 1 << method */
};

/* HL_NOTFOUND when no pattern fits (m->allowed 0) or only with other
 * methods (m->allowed set). Literal segments win over named ones. */
int hl_web_route_find(const struct hl_web_routes *t,
	const struct hl_web_request *req, struct hl_arena *arena,
	struct hl_web_match *m);

/* Finds and calls; 404, or 405 with Allow, when there is none. For processes
 * that need to look at the route first: find, look, then call. */
int hl_web_route_call(const struct hl_web_routes *t, struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp);
/* The 404 or 405 of a find that found nothing. */
int hl_web_route_refuse(const struct hl_web_match *m, struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp);

/* NULL, or the pattern of a row that is not well formed or can never be
 * reached because an earlier row takes the same requests. For tests. */
const char *hl_web_route_check(const struct hl_web_routes *t);

#endif
