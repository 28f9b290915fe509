/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_JOB_H
#define HL_WEB_JOB_H

#include <event2/http.h>

#include "web/http.h"
#include "web/limit.h"
#include "web/server.h"

/*
 * One request on its way through the pool. Made and emptied on the loop's
 * thread, worked on by one pool thread in between; `ev` is touched by the
 * loop only.
 */
struct hl_web_job {
	struct hl_web_job *next;
	struct evhttp_request *ev;
	struct hl_arena *arena;
	struct hl_web_request req;
	struct hl_web_response resp;
	struct hl_str bytes; /* what to send */
	void *owner;
};

/* NULL without memory. */
struct hl_web_job *hl_web_job_new(const struct hl_web_config *config);
void hl_web_job_free(struct hl_web_job *j);
/* Wipes what it held, ready for the next. */
void hl_web_job_reset(struct hl_web_job *j);

/* Copies the request out of evhttp's and wipes its body there. HL_E_NOMEM,
 * HL_E_LIMIT, HL_E_INVALID. */
int hl_web_job_fill(struct hl_web_job *j, struct evhttp_request *ev,
	const struct hl_web_config *config, struct hl_web_salt *salt);

/* Puts status, headers and body into evhttp's request and sends it. done is
 * called with the job when the bytes are not needed any more. */
void hl_web_job_send(struct hl_web_job *j, const struct hl_web_config *config,
	bool close, void (*done)(struct hl_web_job *j));

#endif
