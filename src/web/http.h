/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_HTTP_H
#define HL_WEB_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * A request, a response and what lies between. A handler is a function from
 * the one to the other: it knows no sockets and is called as well by a test.
 */
enum hl_web_method {
	HL_WEB_GET = 1,
	HL_WEB_HEAD,
	HL_WEB_POST,
	HL_WEB_PUT,
	HL_WEB_PATCH,
	HL_WEB_DELETE,
	HL_WEB_OPTIONS,
};
#define HL_WEB_N_METHODS 8
/* "GET"; NULL for a number that is no method. Static. */
const char *hl_web_method_name(enum hl_web_method m);

struct hl_web_header {
	struct hl_str name, value;
};

#define HL_WEB_PARAMS_MAX 4
#define HL_WEB_HEADERS_MAX 16

/* Everything borrowed until the handler returns. Headers that name network
 * addresses are taken out before a handler sees them. */
struct hl_web_request {
	enum hl_web_method method;
	struct hl_str path;  /* as sent; begins with "/" */
	struct hl_str query; /* behind "?"; absent without one */
	struct hl_str host;
	struct hl_str body;
	const struct hl_web_header *headers;
	size_t n_headers;
	struct hl_str params[HL_WEB_PARAMS_MAX]; /* the router's, decoded */
	size_t n_params;
	uint64_t peer; /* who, for limits only: see limit.h; 0 not known */
	bool secure;   /* https, as the reader's browser sees it */
	/* The address by which browsers reach us, as "https://host"; absent:
	 * the one that Host names. */
	struct hl_str origin;
};

/* The header's value, trimmed; the absent view when it is not there. */
struct hl_str hl_web_request_header(
	const struct hl_web_request *req, const char *name);
/* The media type without its parameters equals type. */
bool hl_web_request_is_type(const struct hl_web_request *req, const char *type);
/* gzip is welcome (RFC 9110 clause 12.5.3). */
bool hl_web_request_takes_gzip(const struct hl_web_request *req);

struct hl_web_static;
struct hl_web_language;

/* Zero is status 0 and an empty body; the server makes it ready. */
struct hl_web_response {
	int status;
	struct hl_str type; /* literal or from the request's arena */
	struct hl_buf body; /* secret */
	struct hl_web_header headers[HL_WEB_HEADERS_MAX];
	size_t n_headers;
	const struct hl_web_static *file; /* instead of body */
	/* Instead of body, as of a file that is mapped: stays until lent_free
	 * is called with lent_arg, once, on the loop's thread. */
	struct hl_str lent;
	void (*lent_free)(void *arg);
	void *lent_arg;
	bool compress;  /* only for pages without any secret (BREACH) */
	bool cacheable; /* without it, Cache-Control: no-store */
	int fault;      /* sticky: HL_E_LIMIT, HL_E_INVALID */
};

struct hl_web_ctx;

/*
 * Fills resp and gives 0. HL_NOTFOUND, HL_DENIED and HL_CONFLICT show the
 * error page for 404, 403 and 409. A fault is logged with ctx->err and shows
 * the one for 400 (HL_E_INVALID: what came in broke its form), 413
 * (HL_E_LIMIT), 503 (HL_E_UNAVAILABLE, HL_E_TIMEOUT, HL_E_FULL) or 500.
 */
typedef int hl_web_handler(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp);

/* What a handler works with besides the request. */
struct hl_web_ctx {
	void *app;     /* the process's; constant while it serves */
	void *thread;  /* this pool thread's own, such as its store */
	void *session; /* set by the process's outermost handler */
	int status;    /* for the error page's handler: what to show */
	hl_web_handler *error_page; /* NULL: a plain page */
	struct hl_arena *arena;     /* the request's, secret */
	/* what words are in now (language.h); NULL in some tests */
	const struct hl_web_language *language;
	int64_t now_us;
	struct hl_err err;
};

void hl_web_response_init(struct hl_web_response *resp, size_t max_bytes);
void hl_web_response_fini(struct hl_web_response *resp);

/* status and type with the body that the caller puts; text/html, text/plain
 * and text/csv get their charset. */
void hl_web_respond(struct hl_web_response *resp, int status, const char *type);
/* Name: a literal; value: a literal or in the request's arena. A value with
 * control characters, or one too many, is a fault. */
void hl_web_header_add(
	struct hl_web_response *resp, const char *name, struct hl_str value);
/* 303 See Other to a path of our own ("/…"); anything else is a fault. */
int hl_web_see_other(struct hl_web_response *resp, struct hl_str location);
/* Tells the browser to forget what it has of this site. */
void hl_web_clear_site(struct hl_web_response *resp);

/* The error page for status instead of whatever resp held. */
int hl_web_error(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int status);
/* "Not Found"; "Error" for a number without a phrase. Static. */
const char *hl_web_phrase(int status);

/* Calls the handler and turns its outcome into a response, always. */
void hl_web_handle(hl_web_handler *handler, struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp);

/* Runs put for each header that every response carries and for those of
 * resp, in an order that does not change. One of resp stands in the place of
 * one of the same name that every response carries. */
void hl_web_response_headers(const struct hl_web_response *resp, bool secure,
	void (*put)(void *arg, const char *name, struct hl_str value),
	void *arg);

#endif
