/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_SQUID_H
#define HL_CONSUME_SQUID_H

#include "consume/pool.h"

/*
 * A helper of squid's external_acl_type (docs/consumers.md): a line asks, a
 * line answers, and with channel numbers the answers may come in any order.
 *
 *   5 http://example.org/page 192.0.2.7  ->  5 OK message=42 tag=hotline log=42
 *   6 www.example.org:443 192.0.2.7      ->  6 ERR
 *
 * Asked for any, OK is bare: "go on asking", since something at that host is
 * listed or it could not be found out. Nothing is blocked or counted by it.
 *
 * OK is "listed", with the entry's number; ERR is "not listed", also for
 * what is no address and for what could not be asked about, since squid
 * refuses a request on BH. BH goes to lines without a number or an address,
 * which squid never sends if it is configured as the helper is.
 */

/* squid's longest address is 8 KiB, each byte of it escaped three. */
#define HL_CONSUME_SQUID_LINE_MAX 65536u

enum hl_consume_squid_field {
	HL_CONSUME_SQUID_OTHER, /* not looked at */
	HL_CONSUME_SQUID_URI,   /* %URI, %ru: host:port of a CONNECT too */
	HL_CONSUME_SQUID_DST,   /* %DST, %>rd: a host */
	HL_CONSUME_SQUID_SRC,   /* %SRC, %>a: who asks */
};
#define HL_CONSUME_SQUID_FIELDS_MAX 16
struct hl_consume_squid_format {
	enum hl_consume_squid_field fields[HL_CONSUME_SQUID_FIELDS_MAX];
	size_t n;
	bool no_channels; /* squid has concurrency=0 */
	/* Asked is whether anything at the host may be listed. */
	bool any;
};
/* As in squid.conf, "%URI %SRC"; other codes are passed over. HL_E_INVALID:
 * neither %URI nor %DST, or one of them twice, or more than 16. */
int hl_consume_squid_format_parse(struct hl_str text,
	struct hl_consume_squid_format *out, struct hl_err *err);

struct hl_consume_squid_line {
	uint64_t channel;
	struct hl_consume_question q;
};
/* Reads a line without its end; room is scratch space of at least
 * 2 × line.n + 32 bytes in which the parts lie. HL_E_INVALID: it has no
 * channel (out->channel is 0 then) or no address. */
int hl_consume_squid_line_parse(const struct hl_consume_squid_format *format,
	struct hl_str line, char *room, struct hl_consume_squid_line *out);

struct hl_consume_squid_config {
	struct hl_consume *consume;   /* borrowed, as the others are */
	struct hl_consume_pool *pool; /* NULL: answers wait for each other */
	const struct hl_consume_squid_format *format;
	/* Whole lines; from any thread, one at a time. */
	int (*write)(void *arg, struct hl_str lines, struct hl_err *err);
	void *arg;
};
struct hl_consume_squid;
int hl_consume_squid_new(const struct hl_consume_squid_config *config,
	struct hl_consume_squid **out, struct hl_err *err);
/* The pool must be drained. NULL is allowed. */
void hl_consume_squid_free(struct hl_consume_squid *s);
/* The next bytes, cut anywhere. What is sure is answered at once. Faults are
 * those of write. */
int hl_consume_squid_feed(
	struct hl_consume_squid *s, struct hl_str in, struct hl_err *err);

/* Reads in_fd until its end and answers on out_fd; config's write is not
 * used. */
int hl_consume_squid_run(const struct hl_consume_squid_config *config,
	int in_fd, int out_fd, struct hl_err *err);

#endif
