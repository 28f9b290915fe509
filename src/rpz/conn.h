/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_RPZ_CONN_H
#define HL_RPZ_CONN_H

#include "rpz/answer.h"

struct event_base;

/* The TCP connections of a server, of its loop's thread. */
struct hl_rpz_conns;

struct hl_rpz_conns *hl_rpz_conns_new(struct event_base *base,
	const struct hl_rpz_server_conf *conf, struct hl_rpz_table *table);
void hl_rpz_conns_free(struct hl_rpz_conns *cs);

/* Takes what waits at a listening socket. False when the process has no
 * descriptor or memory left: do not come again at once. */
bool hl_rpz_conns_accept(struct hl_rpz_conns *cs, int listen_fd);
/* Closes those that send a zone which is gone. */
void hl_rpz_conns_reap(struct hl_rpz_conns *cs);

#endif
