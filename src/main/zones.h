/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_ZONES_H
#define HL_MAIN_ZONES_H

#include <pthread.h>

#include "lists/zones.h"
#include "main/processes.h"

/* Policy zones in the process lists: its sockets, and a thread that serves. */

/* lists.rpz_listen is one address, and lists.rpz_zone is set. HL_E_INVALID
 * says what to set. */
int hl_main_rpz_check(const struct hl_settings *settings, struct hl_err *err);
/* A UDP socket; by the supervisor. HL_CONFLICT: the address is in use. */
int hl_main_rpz_bind(const char *address, int *fd, struct hl_err *err);

struct hl_main_zones {
	struct hl_lists_zones *zones; /* NULL: nobody gets one */
	bool runs;
	pthread_t thread;
};
int hl_main_zones_open(struct hl_proc_self *self,
	const struct hl_main_hotline *hotline,
	const struct hl_seal_secret *place, struct hl_main_zones *out,
	struct hl_err *err);
int hl_main_zones_start(struct hl_main_zones *z, struct hl_err *err);
/* When the supervisor has said stop. */
void hl_main_zones_close(struct hl_main_zones *z);

#endif
