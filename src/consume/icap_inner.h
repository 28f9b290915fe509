/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_ICAP_INNER_H
#define HL_CONSUME_ICAP_INNER_H

#include "consume/head.h"
#include "consume/icap_session.h"

/* What the two halves of a session share. */

enum hl_consume_icap_phase {
	HL_ICAP_HEAD,
	HL_ICAP_HTTP,  /* the encapsulated head */
	HL_ICAP_JUDGE, /* waits for one */
	HL_ICAP_BODY,  /* passes over it, or passes it on */
	HL_ICAP_ENDED,
};

/* One request. */
struct hl_consume_icap_request {
	size_t n_http;
	bool has_body, may_204, last;
	bool is_head; /* HTTP's method HEAD: an answer has no body */
	struct hl_consume_decision decision;
	char accept[256], languages[256], client[64];
	size_t n_accept, n_languages, n_client;
	bool passed_on; /* its body goes back as it comes */
	/* the chunk framing of its body */
	int chunk;
	size_t n_line;
	uint64_t left;
	bool line_empty;
};

struct hl_consume_icap_session {
	const struct hl_consume_icap_config *config;
	void *arg;
	struct hl_buf in, out;
	size_t at, sent; /* of in, of out */
	enum hl_consume_icap_phase phase;
	bool stepping;
	struct hl_consume_icap_request req;
};

/* Reads the head; 0 or the status to refuse it with. */
int hl_consume_icap_read_head(
	struct hl_consume_icap_session *s, const struct hl_consume_head *head);

/* Takes what it can of the body off in; *n bytes. 0: needs more, 1: that was
 * all, HL_E_INVALID: no chunks. */
int hl_consume_icap_read_body(
	struct hl_consume_icap_request *req, struct hl_str in, size_t *n);

void hl_consume_icap_put_options(struct hl_consume_icap_session *s);
void hl_consume_icap_put_refusal(struct hl_consume_icap_session *s, int status);
void hl_consume_icap_put_clear(struct hl_consume_icap_session *s);
void hl_consume_icap_put_listed(struct hl_consume_icap_session *s);
/* The request back as it came: its head now, its body as it comes. */
void hl_consume_icap_put_back(
	struct hl_consume_icap_session *s, struct hl_str http);

#endif
