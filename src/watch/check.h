/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WATCH_CHECK_H
#define HL_WATCH_CHECK_H

#include "net/fetch.h"

/*
 * One look whether an item is still at its address: docs/watch.md. It keeps
 * numbers only, never content.
 */

/* Stable: the names are stored. */
enum hl_watch_verdict {
	HL_WATCH_ONLINE,
	HL_WATCH_RESOLVES,
	HL_WATCH_GONE,
	HL_WATCH_UNREACHABLE,
	HL_WATCH_BLOCKED,
	HL_WATCH_REDIRECTED,
	HL_WATCH_REFUSED,
	HL_WATCH_ERROR,
	HL_WATCH_N_VERDICTS,
};

/* What a verdict counts as. */
enum hl_watch_sight { HL_WATCH_PRESENT, HL_WATCH_ABSENT, HL_WATCH_UNSURE };

struct hl_watch_config {
	const struct hl_net_client *client;
	bool http;      /* may the web server be asked? */
	int connect_ms; /* 0: 10 s */
	int total_ms;   /* of each question; 0: 20 s */
};

struct hl_watch_look {
	int64_t at_us;
	int64_t took_us;
	enum hl_watch_verdict verdict;
	const char *why; /* a static sentence */
	enum hl_net_dns_status dns;
	bool asked_http;
	enum hl_net_end end; /* of the last question, if asked_http */
	int status;          /* the last HTTP status, 0 if none */
	bool connected;
	struct hl_net_endpoint to; /* if connected */
	enum hl_net_move move;
	int n_redirects;
	bool tls_unverified; /* the certificate did not verify */
};

/* Blocks for at most four questions' time. Every outcome is 0 with
 * out->verdict; lack of memory is the only fault. Any thread. */
int hl_watch_check(struct hl_str url, const struct hl_watch_config *config,
	struct hl_watch_look *out, struct hl_err *err);

enum hl_watch_sight hl_watch_sight_of(enum hl_watch_verdict v);
/* "online"; static. */
const char *hl_watch_verdict_name(enum hl_watch_verdict v);
/* "It is still there."; static, for people. */
const char *hl_watch_verdict_text(enum hl_watch_verdict v);
int hl_watch_verdict_parse(struct hl_str s, enum hl_watch_verdict *out);

/* The evidence as an object: numbers and names, no address of the item. */
void hl_watch_put_json(struct hl_buf *b, const struct hl_watch_look *look);

#endif
