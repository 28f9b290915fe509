/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_FOLLOW_H
#define HL_CONSUME_FOLLOW_H

#include "consume/remote.h"
#include "consume/standing.h"
#include "hotline/urls.h"
#include "tally/tally.h"

/*
 * Keeps a list in step with its hotline, as docs/protocol/urllist.md says in
 * clause 4, and tells the counters. What is refused changes nothing: answers
 * go on by the list that is here, whose entries run out by themselves.
 */
struct hl_consume_follow_config {
	struct hl_urls_list *list;        /* opened with KEEP; borrowed, as */
	struct hl_consume_remote *remote; /* all else is */
	struct hl_tally *tally;           /* NULL: no counters */
	const char *status_file;          /* NULL: none */
};

struct hl_consume_follow;
int hl_consume_follow_new(const struct hl_consume_follow_config *config,
	struct hl_consume_follow **out, struct hl_err *err);
void hl_consume_follow_free(struct hl_consume_follow *f);

/*
 * One round: roots, the manifest, the list, counters. 0, or a fault, which is
 * logged and an alarm; *pause_s is how long to wait in either case.
 */
int hl_consume_follow_round(
	struct hl_consume_follow *f, uint32_t *pause_s, struct hl_err *err);
void hl_consume_follow_standing(
	struct hl_consume_follow *f, struct hl_consume_standing *out);

/*
 * Rounds until stop_fd can be read; at once when wake_fd can (an eventfd or a
 * signalfd, which is read), though not twice within 5 seconds. ready() is
 * called after the first.
 */
struct hl_consume_follow_loop {
	int stop_fd;
	int wake_fds[2]; /* -1: none */
	void (*ready)(void *arg);
	/* Before each further round: true ends, as stop_fd does. NULL: never */
	bool (*is_over)(void *arg);
	void *arg;
};
void hl_consume_follow_run(
	struct hl_consume_follow *f, const struct hl_consume_follow_loop *loop);

#endif
