/* SPDX-License-Identifier: Apache-2.0 */
#include "media/pool.h"

#include <errno.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "media/slot.h"
#include "media/zygote.h"

#define FILES_PER_WORKER 64u

static uint32_t count_cores(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0) {
		return 1;
	}
	return (uint32_t)CPU_COUNT(&set);
}

static uint32_t count_slots(const struct hl_media_setup *setup)
{
	uint32_t n = setup->n_workers ? setup->n_workers : count_cores();

	n = n ? n : 1;
	return n < HL_MEDIA_SLOTS_MAX ? n : HL_MEDIA_SLOTS_MAX;
}

static int make_slots(struct hl_media_pool *pool, uint32_t n)
{
	pool->slots = calloc(n, sizeof(*pool->slots));
	if (!pool->slots) {
		return -1;
	}
	pool->n_slots = n;
	for (uint32_t i = 0; i < n; i++) {
		pool->slots[i].no = i;
		pool->slots[i].fd = -1;
	}
	return 0;
}

int hl_media_pool_attach(const struct hl_media_setup *setup, int control,
	struct hl_media_pool **out, struct hl_err *err)
{
	const struct hl_media_setup none = {0};
	struct hl_media_pool *pool = calloc(1, sizeof(*pool));

	setup = setup ? setup : &none;
	if (!pool || make_slots(pool, count_slots(setup)) < 0) {
		free(pool);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a pool");
	}
	pool->limits = setup->limits;
	hl_media_limits_default(&pool->limits);
	pool->files_per_worker = setup->files_per_worker
					 ? setup->files_per_worker
					 : FILES_PER_WORKER;
	pool->control = control;
	pool->question_no = (uint32_t)hl_time_mono_us();
	pthread_mutex_init(&pool->lock, NULL);
	pthread_mutex_init(&pool->control_lock, NULL);
	pthread_cond_init(&pool->freed, NULL);
	*out = pool;
	return 0;
}

_Noreturn static void be_zygote(
	const struct hl_media_setup *setup, int control, pid_t parent)
{
	struct hl_err err = {0};
	const int fd = 3;

	prctl(PR_SET_NAME, "media zygote");
	/* Ctrl-C is for the parent, whose end ends this one. */
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent ||
		(control != fd && dup2(control, fd) < 0) ||
		close_range((unsigned)fd + 1, ~0u, 0) < 0) {
		_exit(EX_OSERR);
	}
	if (hl_media_zygote_run(setup, fd, NULL, &err)) {
		hl_log(HL_LOG_ERROR, "media.zygote", "%s", err.msg);
		_exit(EX_OSERR);
	}
	_exit(0);
}

int hl_media_pool_new(const struct hl_media_setup *setup,
	struct hl_media_pool **out, struct hl_err *err)
{
	const struct hl_media_setup none = {0};
	pid_t parent = getpid();
	int ends[2], r;

	setup = setup ? setup : &none;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		return HL_FAIL_SYS(err, "socketpair");
	}
	r = hl_media_pool_attach(setup, ends[0], out, err);
	if (r) {
		close(ends[0]);
		close(ends[1]);
		return r;
	}
	fflush(NULL); /* or the child would write it again */
	pid_t pid = fork();
	if (pid == 0) {
		be_zygote(setup, ends[1], parent);
	}
	close(ends[1]);
	(*out)->zygote = pid;
	if (pid < 0) {
		r = HL_FAIL_SYS(err, "fork");
		(*out)->zygote = 0;
		hl_media_pool_free(*out);
		*out = NULL;
	}
	return r;
}

void hl_media_pool_free(struct hl_media_pool *pool)
{
	if (!pool) {
		return;
	}
	for (uint32_t i = 0; i < pool->n_slots; i++) {
		if (pool->slots[i].fd >= 0) {
			close(pool->slots[i].fd);
		}
	}
	close(pool->control);
	while (pool->zygote > 0 && waitpid(pool->zygote, NULL, 0) < 0 &&
		errno == EINTR) {
	}
	pthread_cond_destroy(&pool->freed);
	pthread_mutex_destroy(&pool->control_lock);
	pthread_mutex_destroy(&pool->lock);
	free(pool->slots);
	free(pool);
}

uint32_t hl_media_pool_workers(const struct hl_media_pool *pool)
{
	return pool->n_slots;
}
