/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child's first and last steps: it ties its life to the supervisor's,
 * closes what is not its own, and learns of SIGTERM through a flag and an
 * eventfd. A signal handler can reach nothing but globals, so there is one.
 */
#include "proc/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

static struct {
	volatile int stop;
	volatile int fd;
} on_term;

static void take_term(int signal)
{
	const uint64_t one = 1;
	int kept = errno;

	(void)signal;
	on_term.stop = 1;
	(void)!write(on_term.fd, &one, sizeof(one));
	errno = kept;
}

static int compare_fds(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Closes all but 0, 1, 2 and the sorted list. */
static int close_others(int *keep, size_t n)
{
	unsigned from = 3;

	qsort(keep, n, sizeof(*keep), compare_fds);
	for (size_t i = 0; i < n; i++) {
		if (keep[i] < (int)from) {
			continue;
		}
		if ((unsigned)keep[i] > from &&
			close_range(from, (unsigned)keep[i] - 1, 0) < 0) {
			return -1;
		}
		from = (unsigned)keep[i] + 1;
	}
	return close_range(from, ~0u, 0);
}

static void set_signals(const struct hl_proc_child *child)
{
	/* No SA_RESTART: what waits shall look at the flag. */
	struct sigaction term = {.sa_handler = take_term};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t none;

	sigemptyset(&none);
	sigaction(SIGTERM, &term, NULL);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGHUP, &ignore, NULL);
	if (child->takes_hup) {
		struct sigaction standard = {.sa_handler = SIG_DFL};

		sigaction(SIGHUP, &standard, NULL);
	}
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int prepare(const struct hl_proc_child *child, pid_t parent,
	struct hl_proc_self *self)
{
	int keep[128];
	size_t n = 0;

	prctl(PR_SET_NAME, child->name);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent) {
		return -1; /* the supervisor is gone already */
	}
	if (child->n_fds > HL_ARRAY_LEN(keep) - 2) {
		return -1;
	}
	self->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (self->stop_fd < 0) {
		return -1;
	}
	for (size_t i = 0; i < child->n_fds; i++) {
		keep[n++] = child->fds[i];
	}
	keep[n++] = self->stop_fd;
	keep[n++] = self->ready_fd;
	on_term.stop = 0;
	on_term.fd = self->stop_fd;
	self->stop = &on_term.stop;
	set_signals(child);
	return close_others(keep, n);
}

_Noreturn static void live(
	const struct hl_proc_child *child, pid_t parent, int ready_fd)
{
	struct hl_proc_self self = {.name = child->name, .ready_fd = ready_fd};

	if (prepare(child, parent, &self) < 0) {
		hl_log(HL_LOG_ERROR, "proc.prepare", "%s: %s", child->name,
			strerrordesc_np(errno));
		_exit(71); /* EX_OSERR */
	}
	int status = child->run(&self, child->arg);
	fflush(NULL);
	_exit(status & 0xff);
}

void hl_proc_ready(struct hl_proc_self *self)
{
	if (self->ready_fd >= 0) {
		(void)!write(self->ready_fd, "r", 1);
		close(self->ready_fd);
		self->ready_fd = -1;
	}
}

int hl_proc_child_start(const struct hl_proc_child *child, pid_t *pid,
	int *ready_fd, struct hl_err *err)
{
	pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0) {
		return HL_FAIL_SYS(err, "pipe");
	}
	fflush(NULL); /* or the child would write it again */
	*pid = fork();
	if (*pid < 0) {
		int r = HL_FAIL_SYS(err, "fork %s", child->name);

		close(ends[0]);
		close(ends[1]);
		return r;
	}
	if (*pid == 0) {
		close(ends[0]);
		live(child, parent, ends[1]);
	}
	close(ends[1]);
	*ready_fd = ends[0];
	return 0;
}
