/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PROC_CALLS_H
#define HL_PROC_CALLS_H

#include <stddef.h>

/* The system calls of seccomp.c's filters by what they are for, as
 * libseccomp's numbers; inside the room only. */
struct hl_proc_calls {
	const int *calls; /* __NR_SCMP_ERROR: unknown to libseccomp */
	size_t n;
};

extern const struct hl_proc_calls hl_proc_calls_everybody; /* but media */
extern const struct hl_proc_calls hl_proc_calls_media;     /* all it has */
extern const struct hl_proc_calls hl_proc_calls_zygote;
extern const struct hl_proc_calls hl_proc_calls_accepting;
extern const struct hl_proc_calls hl_proc_calls_connecting;
extern const struct hl_proc_calls hl_proc_calls_looking; /* at files */
extern const struct hl_proc_calls hl_proc_calls_changing;
extern const struct hl_proc_calls hl_proc_calls_shutting;
extern const struct hl_proc_calls hl_proc_calls_deadly; /* to who calls */
extern const struct hl_proc_calls hl_proc_calls_sanitizers;

#endif
