/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_LISTENER_H
#define HL_MAIN_LISTENER_H

#include "proc/links.h"
#include "proc/supervise.h"
#include "store/store.h"
#include "web/server.h"

/* What public and staff have in common: serving HTTP in a supervised
 * process, a link to the store for each thread. */

/* The index-th thread's link; for hl_web_config.thread_new. */
int hl_main_link(const struct hl_proc_links *links, size_t index,
	struct hl_store **out, struct hl_err *err);

/* Makes the server, says ready, serves until the supervisor says stop. Gives
 * the exit status. */
int hl_main_listen(
	struct hl_proc_self *self, const struct hl_web_config *config);

#endif
