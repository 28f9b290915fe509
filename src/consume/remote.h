/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_REMOTE_H
#define HL_CONSUME_REMOTE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * The hotline, asked over HTTPS; over plain http on this host alone, since
 * the token would be readable on its way. A connection is kept and used
 * again. No redirect is followed and no proxy of the environment is used.
 */
struct hl_consume_remote_config {
	const char *url;     /* "https://lists.example.org", path allowed */
	struct hl_str token; /* "hl_…", copied into memory that is wiped */
	const char *ca_file; /* NULL or "": the system's */
	long connect_ms;     /* 0: 5,000 */
	long answer_ms;      /* 0: as long as a kilobyte a second comes */
	int stop_fd;         /* readable: give up; -1: none */
};

/* HL_E_INVALID: the URL is none that may be asked. */
int hl_consume_remote_check(const char *url, struct hl_err *err);

struct hl_consume_remote;
int hl_consume_remote_new(const struct hl_consume_remote_config *config,
	struct hl_consume_remote **out, struct hl_err *err);
void hl_consume_remote_free(struct hl_consume_remote *r);

struct hl_consume_request {
	const char *path;   /* "/v1/lists/manifest" */
	const char *etag;   /* for If-None-Match; NULL or "": none */
	const char *type;   /* of the body; NULL: a GET */
	struct hl_str body; /* of a POST */
	size_t most;        /* bytes of the answer's body */
};

#define HL_CONSUME_ETAG_MAX 128
struct hl_consume_response {
	int status;
	uint32_t retry_s; /* Retry-After in seconds; 0: none */
	char etag[HL_CONSUME_ETAG_MAX];
	struct hl_str body; /* borrowed until the next request */
};

/*
 * One thread at a time. 0: some answer came, see status. HL_E_UNAVAILABLE: it
 * could not be reached; HL_E_TIMEOUT: not in time, or stop_fd; HL_E_LIMIT: the
 * answer is too large.
 */
int hl_consume_remote_ask(struct hl_consume_remote *r,
	const struct hl_consume_request *request,
	struct hl_consume_response *out, struct hl_err *err);

/* Files that it reads while it runs, beside ca_file; ends with NULL. */
const char *const *hl_consume_remote_paths(void);

#endif
