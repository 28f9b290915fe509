/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_ICAP_SESSION_H
#define HL_CONSUME_ICAP_SESSION_H

#include "consume/ask.h"
#include "stop/stop.h"

/*
 * One connection of an ICAP client without its socket: bytes in, bytes out.
 * One thread at a time. Inside the room, and for tests.
 */
#define HL_CONSUME_ICAP_HEAD_MAX 8192u  /* of ICAP */
#define HL_CONSUME_ICAP_HTTP_MAX 65536u /* the head that is encapsulated */
/* What is not sent yet; a session reads no more above it. */
#define HL_CONSUME_ICAP_OUT_MAX (512u << 10)

struct hl_consume_icap_config {
	struct hl_consume *consume;        /* borrowed, as the others are */
	const struct hl_stop_config *stop; /* checked */
	size_t n_connections;              /* told to clients */
	/* An address must be confirmed; borrowed until this returns. Answered
	 * by hl_consume_icap_judged(), perhaps at once. */
	void (*unsure)(void *arg, const struct hl_consume_question *q);
};

struct hl_consume_icap_session;
/* arg is for unsure. */
int hl_consume_icap_session_new(const struct hl_consume_icap_config *config,
	void *arg, struct hl_consume_icap_session **out, struct hl_err *err);
void hl_consume_icap_session_free(struct hl_consume_icap_session *s);

/* How many bytes may be fed now; 0: it waits for a judge or for what it said
 * to be sent. */
size_t hl_consume_icap_room(const struct hl_consume_icap_session *s);
/* The next bytes, cut anywhere, at most the room; none is allowed, and goes
 * on with what is there after something was sent. */
void hl_consume_icap_feed(struct hl_consume_icap_session *s, struct hl_str in);
void hl_consume_icap_judged(struct hl_consume_icap_session *s,
	const struct hl_consume_decision *decision);

/* What is to be sent; borrowed until the next call. */
struct hl_str hl_consume_icap_output(const struct hl_consume_icap_session *s);
void hl_consume_icap_sent(struct hl_consume_icap_session *s, size_t n);

enum hl_consume_icap_state {
	HL_CONSUME_ICAP_IDLE, /* between requests */
	HL_CONSUME_ICAP_IN_HEAD,
	HL_CONSUME_ICAP_IN_BODY,
	HL_CONSUME_ICAP_JUDGED, /* being so */
	HL_CONSUME_ICAP_ENDED,  /* to be closed when all is sent */
};
enum hl_consume_icap_state hl_consume_icap_state(
	const struct hl_consume_icap_session *s);

#endif
