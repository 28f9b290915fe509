/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PROC_SUPERVISE_H
#define HL_PROC_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Runs a table of child processes: forks, watches, restarts and stops them.
 * docs/processes.md tells what happens when. The supervisor must have one
 * thread only; children may make threads.
 */

/* What a child is told about itself; lives as long as the process. */
struct hl_proc_self {
	const char *name;
	/* Not 0 once it shall stop: finish what runs and return. System
	 * calls that wait are interrupted then, and stop_fd becomes
	 * readable; it is only polled, never read. */
	const volatile int *stop;
	int stop_fd;
	int ready_fd; /* for hl_proc_ready() */
};

struct hl_proc_child {
	const char *name; /* a literal: "store" */
	/* The child's life; gives its exit status, 0 to 255. */
	int (*run)(struct hl_proc_self *self, void *arg);
	void *arg;
	/* Descriptors it keeps besides 0, 1 and 2; all others are closed. */
	const int *fds;
	size_t n_fds;
	int stage;      /* 0 starts first and stops last */
	bool takes_hup; /* it handles SIGHUP; for others it is ignored */
};

/* Said once by a child, when it is about to serve. */
void hl_proc_ready(struct hl_proc_self *self);

struct hl_proc_options {
	int ready_ms;         /* patience with a child that starts; 0: 10 s */
	int stop_ms;          /* patience with a stage that stops; 0: 10 s */
	int hurry_ms;         /* later a signal kills; 0: 2 s */
	int healthy_ms;       /* ready for so long: no longer failing; 0: 1 s */
	int backoff_first_ms; /* 0: 100 */
	int backoff_most_ms;  /* 0: 5 s */
	/* Called once, when every child was ready for the first time. */
	void (*on_ready)(void *arg);
	void *arg;
	int *failed_status; /* of a child that could not start; may be NULL */
};

#define HL_PROC_MAX_CHILDREN 16

/*
 * Runs until SIGTERM or SIGINT and until all children have ended. 0 after an
 * orderly stop; HL_E_UNAVAILABLE when a child ended with a status other than
 * 0 before everything was ready for the first time, which is then in
 * *failed_status; else that is left alone.
 */
int hl_proc_supervise(const struct hl_proc_child *children, size_t n_children,
	const struct hl_proc_options *options, struct hl_err *err);

#endif
