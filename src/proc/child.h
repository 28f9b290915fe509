/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PROC_CHILD_H
#define HL_PROC_CHILD_H

#include <sys/types.h>

#include "proc/supervise.h"

/*
 * Forks one child of the supervisor. *ready_fd becomes readable when it has
 * said that it is ready, and when it has ended. Inside the room only.
 */
int hl_proc_child_start(const struct hl_proc_child *child, pid_t *pid,
	int *ready_fd, struct hl_err *err);

#endif
