/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_NET_HOP_H
#define HL_NET_HOP_H

#include <curl/curl.h>

#include "net/fetch.h"

/*
 * One step of a fetch, shared by fetch.c (the chain of redirects), hop.c
 * (judging where it goes) and hop_http.c (asking). Functions give HL_DENIED
 * when the step ended otherwise than with an answer; got->end says how.
 */
struct hl_net_hop {
	const struct hl_net_client *client;
	const struct hl_net_ask *ask;
	struct hl_arena *arena;
	struct hl_net_got *got;
	struct hl_buf body;
	size_t header_bytes;
	bool refused; /* by the policy, in the socket callback */
	bool enough;  /* we ended the body ourselves */
	bool too_big;
	bool no_memory;
	struct hl_str location;
	/* of the URL, in curl's reading, which is what is connected to */
	struct hl_str scheme, host;
	uint16_t port;
};

/* The addresses of the host that the policy lets through, as
 * "HOST:PORT:A,B", and the first of them as "::A:PORT". */
struct hl_net_places {
	struct curl_slist *resolve;
	struct curl_slist *connect_to;
};

enum { HL_NET_URL_MAX = 8192 };

/* Sets end and why; gives HL_DENIED. */
int hl_net_hop_end(
	struct hl_net_got *got, enum hl_net_end end, const char *why);
/* The whole step, for at most left_ms; first: the look-up is kept. */
int hl_net_hop_run(
	struct hl_net_hop *h, int64_t left_ms, bool first, struct hl_err *err);
/* The policy's word on one address. HL_DENIED with a sentence in *why. */
int hl_net_hop_check(struct hl_net_hop *h, const struct hl_net_endpoint *to,
	const char **why);
/* The question itself. */
int hl_net_hop_ask(struct hl_net_hop *h, const struct hl_net_places *places,
	int64_t left_ms, struct hl_err *err);

/* A copy of one part of u in the arena; absent if it has none. */
struct hl_str hl_net_url_part(
	struct hl_arena *arena, CURLU *u, CURLUPart part, unsigned flags);
void hl_net_url_freep(CURLU **u);
int hl_net_list_add(struct curl_slist **list, const struct hl_buf *text,
	struct hl_err *err);
void hl_net_list_freep(struct curl_slist **l);

#endif
