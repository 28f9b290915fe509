/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PROC_SANDBOX_H
#define HL_PROC_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Shuts a process in, for good: docs/processes.md has the table of what
 * each kind may still do. Called once, by a process with one thread, when
 * it has opened what it needs and before its first byte of input.
 */
enum hl_proc_kind {
	HL_PROC_PUBLIC = 1,
	HL_PROC_STAFF,
	HL_PROC_WORKER,
	HL_PROC_STORE,
	HL_PROC_ZYGOTE,  /* forks those of the next kind */
	HL_PROC_MEDIA,   /* decodes hostile files; of one thread for good */
	HL_PROC_MATCH,   /* answers, and keeps the index in its folder */
	HL_PROC_REPLICA, /* the same, and connects to its hotline */
	HL_PROC_LISTS,   /* answers, and keeps lists in its folder */
};

struct hl_proc_sandbox {
	enum hl_proc_kind kind;
	/* System user to become when started as root; NULL: stay. */
	const char *user;
	/* Files and folders that may be read, and those in which everything
	 * may be done; each list ends with NULL, either may be NULL. What is
	 * not there is left out. */
	const char *const *read_paths;
	const char *const *write_paths;
	/* Limit on address space; 0: none. HL_PROC_MEDIA: on what it may
	 * write to, so that a file that is mapped does not count. */
	size_t memory_bytes;
	unsigned cpu_seconds; /* then it is killed; 0: no limit */
};

/* What was shut; for `hotline doctor`. */
struct hl_proc_shut {
	bool user;    /* another user, or no capability left */
	bool seccomp; /* system calls */
	int landlock; /* version of the kernel's interface, 0: has none */
};

/* A fault means that the process must end: it may be half shut. *out may be
 * NULL. HL_E_INVALID: no such user. HL_E_INTERNAL: more than one thread. */
int hl_proc_sandbox_enter(const struct hl_proc_sandbox *box,
	struct hl_proc_shut *out, struct hl_err *err);

/*
 * For the store, when it has opened its file: no file can be opened, made,
 * renamed or removed from here on; what is open stays so. The same rules
 * about faults and threads hold. Nothing where the kernel has no Landlock.
 */
int hl_proc_sandbox_shut_files(struct hl_err *err);

#endif
