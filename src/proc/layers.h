/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PROC_LAYERS_H
#define HL_PROC_LAYERS_H

#include "proc/sandbox.h"

/* The two layers of a sandbox that need files of their own; inside the room
 * only. no_new_privs must be set before either. */

/* *version is 0 when the kernel has no Landlock; nothing is shut then. */
int hl_proc_landlock(
	const struct hl_proc_sandbox *box, int *version, struct hl_err *err);

/* Another layer over all of the above: no file at all. */
int hl_proc_landlock_files(struct hl_err *err);

int hl_proc_seccomp(const struct hl_proc_sandbox *box, struct hl_err *err);

#endif
