/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_HITS_H
#define HL_CONSUME_HITS_H

#include <sys/un.h>

#include "consume/judge.h"
#include "tally/tally.h"

/*
 * Hits go from the programs that block, of which there are several, to the
 * one follower that counts them: datagrams on a socket in the folder. Clients
 * are in memory until they are sent, 4,096 of them at most while nobody
 * listens; then hits count without. A sender never waits.
 */
struct hl_consume_hits;

/* Makes the socket, so before a sandbox. HL_E_LIMIT: the path is too long. */
int hl_consume_hits_new(
	const char *path, struct hl_consume_hits **out, struct hl_err *err);
/* Sends what it can; what is lost, since no follower took it, is logged.
 * NULL allowed. */
void hl_consume_hits_free(struct hl_consume_hits *h);
/* Counts for struct hl_consume; borrowed, lives as long as h. Any thread. */
const struct hl_consume_count *hl_consume_hits_count(struct hl_consume_hits *h);
/* The hotline says that the list's day is over: the follower shall ask. */
void hl_consume_hits_stale(struct hl_consume_hits *h);
/* Every some hundred milliseconds, from one thread: sends what waits. */
void hl_consume_hits_flush(struct hl_consume_hits *h);
/* Hits that wait, for tests. */
size_t hl_consume_hits_waiting(struct hl_consume_hits *h);

/* The follower's end: takes the place of a socket that nobody listens on any
 * more. Bound by hl_consume_hits_bind(), which may come after a sandbox. */
int hl_consume_hits_listen(const char *path, struct sockaddr_un *name, int *fd,
	struct hl_err *err);
int hl_consume_hits_bind(
	int fd, const struct sockaddr_un *name, struct hl_err *err);
/* Takes what is there, without waiting; anything that breaks its form is
 * passed over. True: somebody said stale. */
bool hl_consume_hits_take(int fd, struct hl_tally *tally);
/* Takes the last ones: who sends from here on keeps it for the next follower.
 */
void hl_consume_hits_end(int fd, struct hl_tally *tally);

#endif
