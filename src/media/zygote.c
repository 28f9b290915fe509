/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process of one thread that has read nothing and forks workers: each
 * begins from the same clean memory, in half a millisecond, and the process
 * that asks may have threads and a sandbox that forbids forking.
 */
#include "media/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/file.h"
#include "media/late.h"
#include "media/wire.h"
#include "media/worker.h"
#include "proc/sandbox.h"

#define WORKER_FD 3

struct zygote {
	const struct hl_media_setup *setup; /* with all limits */
	int control;
	int null;                       /* /dev/null */
	size_t late_bytes;              /* what media/late.h loaded */
	pid_t pids[HL_MEDIA_SLOTS_MAX]; /* 0: none */
};

/* What libraries print goes nowhere: a stranger could word it. */
static int keep_only(const struct zygote *z, int fd)
{
	for (int i = 0; i < WORKER_FD; i++) {
#ifdef HL_SANITIZED
		if (i == STDERR_FILENO) {
			continue; /* for their reports */
		}
#endif
		if (dup2(z->null, i) < 0) {
			return -1;
		}
	}
	if (fd != WORKER_FD && dup2(fd, WORKER_FD) < 0) {
		return -1;
	}
	return close_range(WORKER_FD + 1, ~0u, 0);
}

_Noreturn static void be_worker(const struct zygote *z, int fd)
{
	/* The clock of the parent ends a file; this ends a worker whose
	 * parent stands still. The parent takes a fresh one before the sum
	 * of its files comes near. */
	const struct hl_proc_sandbox box = {
		.kind = HL_PROC_MEDIA,
		.memory_bytes = z->setup->limits.memory_max + z->late_bytes,
		.cpu_seconds = 2 * z->setup->limits.seconds_max + 2,
	};

	prctl(PR_SET_NAME, "media worker");
	signal(SIGTERM, SIG_DFL);
	if (keep_only(z, fd) || hl_proc_sandbox_enter(&box, NULL, NULL)) {
		_exit(EX_OSERR);
	}
	_exit(hl_media_worker_run(z->setup, WORKER_FD));
}

static void reap(struct zygote *z, uint32_t slot, struct hl_media_told *told)
{
	struct rusage used = {0};
	int status = 0;

	if (z->pids[slot] == 0) {
		told->sys_errno = ESRCH;
		return;
	}
	/* One that has ended already keeps its own status. */
	kill(z->pids[slot], SIGKILL);
	while (wait4(z->pids[slot], &status, 0, &used) < 0 && errno == EINTR) {
	}
	z->pids[slot] = 0;
	told->wait_status = status;
	told->peak_bytes = (uint64_t)used.ru_maxrss * 1024;
}

static void clear(struct zygote *z)
{
	struct hl_media_told ignored;

	for (uint32_t i = 0; i < HL_MEDIA_SLOTS_MAX; i++) {
		reap(z, i, &ignored);
	}
}

static void spawn(
	struct zygote *z, uint32_t slot, int fd, struct hl_media_told *told)
{
	struct hl_media_told ignored = {0};

	if (fd < 0) {
		told->sys_errno = EBADF;
		return;
	}
	reap(z, slot, &ignored);
	pid_t pid = fork();
	if (pid == 0) {
		be_worker(z, fd);
	}
	if (pid < 0) {
		told->sys_errno = errno;
		return;
	}
	z->pids[slot] = pid;
}

/* 1: a question, with *fd or -1; -1: none, go on; 0: hung up. */
static int next_question(struct zygote *z, struct hl_media_question *q, int *fd)
{
	ssize_t n = hl_media_take(z->control, q, sizeof(*q), fd);

	if (n <= 0) {
		return n < 0 && errno == EINTR ? -1 : 0;
	}
	return n == sizeof(*q) && q->magic == HL_MEDIA_QUESTION_MAGIC &&
			       q->slot < HL_MEDIA_SLOTS_MAX
		       ? 1
		       : -1;
}

static void answer(struct zygote *z, const struct hl_media_question *q, int fd)
{
	struct hl_media_told told = {.no = q->no};

	switch (q->ask) {
	case HL_MEDIA_SPAWN:
		spawn(z, q->slot, fd, &told);
		break;
	case HL_MEDIA_REAP:
		reap(z, q->slot, &told);
		break;
	case HL_MEDIA_CLEAR:
		clear(z);
		break;
	default:
		told.sys_errno = EINVAL;
	}
	(void)send(z->control, &told, sizeof(told), MSG_NOSIGNAL);
}

int hl_media_zygote_run(const struct hl_media_setup *setup, int control,
	const volatile int *stop, struct hl_err *err)
{
	struct hl_media_setup full = *setup;
	HL_FD_AUTO null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct zygote z = {.setup = &full, .control = control, .null = null};
	const struct hl_proc_sandbox box = {
		.kind = HL_PROC_ZYGOTE, .user = setup->user};
	int r;

	hl_media_limits_default(&full.limits);
	if (null < 0) {
		return HL_FAIL_SYS(err, "open /dev/null");
	}
	if (!setup->quick_start) {
		z.late_bytes = hl_media_late_prepare(); /* no worker can */
	}
	r = hl_proc_sandbox_enter(&box, NULL, err);
	if (r) {
		return r;
	}
	while (!stop || !*stop) {
		struct hl_media_question q;
		int fd, got = next_question(&z, &q, &fd);

		if (got > 0) {
			answer(&z, &q, fd);
		}
		if (fd >= 0) {
			close(fd);
		}
		if (got == 0) {
			break;
		}
	}
	clear(&z);
	return 0;
}
