/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_SERVER_H
#define HL_WEB_SERVER_H

#include "web/http.h"

/*
 * HTTP/1.1 on one listening socket: a loop on the caller's thread that reads
 * and writes, and a fixed pool of threads on which handlers run. There is no
 * access log and nothing keeps a client's address.
 */
struct hl_web_config {
	int listen_fd; /* from hl_web_listen(); owned by the server */
	hl_web_handler *handler;
	hl_web_handler *error_page; /* shows ctx->status; may be NULL */
	void *app;
	/* What each pool thread owns, made and freed on the main thread;
	 * NULL when there is nothing. */
	int (*thread_new)(
		void *app, size_t index, void **thread, struct hl_err *err);
	void (*thread_free)(void *app, void *thread);
	size_t n_threads, n_queue, n_connections;
	size_t head_max_bytes, body_max_bytes;
	size_t arena_max_bytes, response_max_bytes;
	int head_ms, body_ms, idle_ms, write_ms;
	int grace_ms; /* how long a stop waits for requests under way */
	/* The header in which a trusted proxy gives the client's address,
	 * such as "X-Real-IP"; NULL: the socket's peer; "": a proxy that
	 * gives none, so that nobody is known. */
	const char *peer_header;
	/* How browsers reach us, as public.url; NULL: as Host says. */
	const char *origin;
	/* What pages can be shown in; NULL: English. Borrowed. */
	const struct hl_web_languages *languages;
	bool secure;    /* the proxy in front speaks https */
	bool binary;    /* bodies may have NULs, as pictures do */
	size_t n_large; /* bodies over 1 MiB at a time; 0: any number */
};

/* 4 threads, 256 waiting requests, 1,024 connections, heads of 16 KiB and
 * bodies of 256 KiB, 10 s for a head, 30 s for a body, idle or answer. */
void hl_web_config_init(struct hl_web_config *c);

struct hl_web_server;

/* Copies config. On a fault listen_fd is closed. */
int hl_web_server_new(const struct hl_web_config *config,
	struct hl_web_server **out, struct hl_err *err);
/* Serves until stopped: then finishes what runs, at most grace_ms. Leaves
 * SIGPIPE blocked in the calling thread. */
int hl_web_server_run(struct hl_web_server *s, struct hl_err *err);
/* From any thread or signal handler. */
void hl_web_server_stop(struct hl_web_server *s);
/* NULL is allowed. */
void hl_web_server_free(struct hl_web_server *s);

/* For the metrics: requests answered and refused for a full queue. */
struct hl_web_counts {
	uint64_t n_requests, n_busy, n_faults;
	size_t n_connections, n_running;
};
/* From any thread. */
void hl_web_server_counts(
	const struct hl_web_server *s, struct hl_web_counts *out);

#endif
