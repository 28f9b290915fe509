/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_CONN_H
#define HL_WEB_CONN_H

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * The connections of a server as we watch them beside evhttp: each with its
 * guard and its deadline. All calls on the loop's thread.
 */
#define HL_WEB_LARGE (1u << 20)
struct hl_web_conn_limits {
	size_t head_max_bytes;
	uint64_t body_max_bytes;
	size_t n_max;
	/* Bodies of over HL_WEB_LARGE bytes that may be under way at a time;
	 * 0: any number. One more is refused with 503. */
	size_t n_large_max;
	bool binary; /* bodies may have NULs */
	int head_ms, body_ms, idle_ms, write_ms;
	/* Appends the answer to what is refused; path: where it is known. */
	void (*refuse)(
		void *arg, int status, struct hl_str path, struct hl_buf *out);
	void *refuse_arg;
};

struct hl_web_conns;

/* Watches what http accepts. Borrows both. */
int hl_web_conns_new(const struct hl_web_conn_limits *limits,
	struct event_base *base, struct evhttp *http, struct hl_web_conns **out,
	struct hl_err *err);
void hl_web_conns_free(struct hl_web_conns *cs);
/* The listener to hold back while there are too many connections; NULL when
 * it is closed. */
void hl_web_conns_set_listener(
	struct hl_web_conns *cs, struct evconnlistener *listener);
/* From any thread. */
size_t hl_web_conns_count(const struct hl_web_conns *cs);
/* Ends those that wait for a request. */
void hl_web_conns_stop(struct hl_web_conns *cs);

/* A request is complete and being worked on: no deadline. False when its
 * connection has no guard, for want of memory: it must be refused. */
bool hl_web_conns_busy(struct hl_web_conns *cs, struct evhttp_request *req);
/* Its answer is on its way. */
void hl_web_conns_sending(struct hl_web_conns *cs, struct evhttp_request *req);
/* It has been sent. */
void hl_web_conns_sent(struct hl_web_conns *cs, struct evhttp_request *req);

#endif
