/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real supervisor in a forked process, with children that tell what
 * happens to them in memory shared with the test.
 */
#include "proc/supervise.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/str.h"
#include "base/time.h"
#include "proc/links.h"

#define SLOW_MS 30000 /* more than any step takes on a loaded machine */

/* What one child told; the last life's pid and the count of lives. */
struct told {
	_Atomic int pid, lives, stops, hups;
	_Atomic int64_t started_us[16], stopped_us;
	_Atomic int n_fds;
	_Atomic int misbehave; /* how often it still goes wrong */
	_Atomic int stopping, may_end;
};

static struct shared {
	struct told of[4];
	_Atomic int ready; /* calls of on_ready */
	int failed_status; /* the supervisor has ended when it is read */
} * shared;

static void log_quietly(void)
{
	hl_log_init("test", HL_LOG_ERROR);
}

static void told_start(struct told *t)
{
	int life = atomic_load(&t->lives);

	if (life < 16) {
		atomic_store(&t->started_us[life], hl_time_mono_us());
	}
	atomic_store(&t->pid, getpid());
	atomic_store(&t->lives, life + 1);
}

static void told_stop(struct told *t)
{
	atomic_store(&t->stopped_us, hl_time_mono_us());
	atomic_fetch_add(&t->stops, 1);
}

/* Children. */

static int steady(struct hl_proc_self *self, void *arg)
{
	struct told *t = arg;
	struct pollfd p = {.fd = self->stop_fd, .events = POLLIN};

	told_start(t);
	hl_proc_ready(self);
	while (poll(&p, 1, -1) != 1) {
	}
	told_stop(t);
	return *self->stop ? 0 : 1;
}

/* Looks at the flag only. */
static int polling(struct hl_proc_self *self, void *arg)
{
	struct told *t = arg;

	told_start(t);
	hl_proc_ready(self);
	while (!*self->stop) {
		poll(NULL, 0, 20);
	}
	told_stop(t);
	return 0;
}

static int ends_at_once(struct hl_proc_self *self, void *arg)
{
	struct told *t = arg;

	told_start(t);
	if (atomic_fetch_sub(&t->misbehave, 1) > 0) {
		return 3;
	}
	return steady(self, &(struct told){0});
}

static int ends_after_ready(struct hl_proc_self *self, void *arg)
{
	struct told *t = arg;

	told_start(t);
	hl_proc_ready(self);
	if (atomic_fetch_sub(&t->misbehave, 1) > 0) {
		return 3;
	}
	while (!*self->stop) {
		poll(NULL, 0, 20);
	}
	return 0;
}

static int crashes_while_starting(struct hl_proc_self *self, void *arg)
{
	struct told *t = arg;

	told_start(t);
	if (atomic_fetch_sub(&t->misbehave, 1) > 0) {
		kill(getpid(), SIGKILL);
	}
	return steady(self, &(struct told){0});
}

static int hangs_while_starting(struct hl_proc_self *self, void *arg)
{
	struct told *t = arg;

	told_start(t);
	if (atomic_fetch_sub(&t->misbehave, 1) > 0) {
		for (;;) {
			pause();
		}
	}
	return steady(self, &(struct told){0});
}

static int deaf(struct hl_proc_self *self, void *arg)
{
	told_start(arg);
	signal(SIGTERM, SIG_IGN);
	hl_proc_ready(self);
	while (!*self->stop) {
		pause();
	}
	return 0;
}

static int slow_to_stop(struct hl_proc_self *self, void *arg)
{
	struct told *t = arg;

	told_start(t);
	hl_proc_ready(self);
	while (!*self->stop) {
		poll(NULL, 0, 5);
	}
	atomic_store(&t->stopping, 1);
	while (!atomic_load(&t->may_end)) {
		poll(NULL, 0, 5);
	}
	told_stop(t);
	return 0;
}

static int counts_fds(struct hl_proc_self *self, void *arg)
{
	struct told *t = arg;
	int n = 0;

	for (int fd = 0; fd < 1024; fd++) {
		n += fcntl(fd, F_GETFD) >= 0;
	}
	atomic_store(&t->n_fds, n);
	return steady(self, arg);
}

static struct told *hup_told;

static void take_hup(int signal)
{
	(void)signal;
	atomic_fetch_add(&hup_told->hups, 1);
}

static int takes_hup(struct hl_proc_self *self, void *arg)
{
	hup_told = arg;
	signal(SIGHUP, take_hup);
	return steady(self, arg);
}

/* The supervisor. */

static void count_ready(void *arg)
{
	struct shared *s = arg;

	atomic_fetch_add(&s->ready, 1);
}

/* Patient, so that a loaded machine is not taken for a child at fault. A
 * test that waits for the end of patience shortens it for itself. */
static const struct hl_proc_options patient = {.stop_ms = SLOW_MS,
	.ready_ms = SLOW_MS,
	.healthy_ms = 2 * SLOW_MS,
	.backoff_first_ms = 5,
	.backoff_most_ms = 20,
	.on_ready = count_ready};

static pid_t running; /* the supervisor of the test that runs */

static pid_t supervise(const struct hl_proc_child *children, size_t n,
	const struct hl_proc_options *given)
{
	struct hl_proc_options opt = *given;
	pid_t pid;

	opt.arg = shared;
	pid = fork();
	if (pid == 0) {
		struct hl_err err;

		_exit(-hl_proc_supervise(children, n, &opt, &err));
	}
	assert_true(pid > 0);
	running = pid;
	return pid;
}

static int end_of(pid_t pid)
{
	int status;

	assert_int_equal(pid, waitpid(pid, &status, 0));
	running = 0;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : WTERMSIG(status);
}

static int stop(pid_t pid)
{
	kill(pid, SIGTERM);
	return end_of(pid);
}

/* Waits until *value >= least. */
static void wait_for(_Atomic int *value, int least, const char *what)
{
	int64_t until = hl_time_mono_us() + SLOW_MS * INT64_C(1000);

	while (atomic_load(value) < least) {
		if (hl_time_mono_us() > until) {
			fail_msg("%s: %d, not %d, after %d ms", what,
				atomic_load(value), least, SLOW_MS);
		}
		poll(NULL, 0, 1);
	}
}

static bool gone(int pid)
{
	int64_t until = hl_time_mono_us() + SLOW_MS * INT64_C(1000);

	while (kill(pid, 0) == 0) {
		if (hl_time_mono_us() > until) {
			return false;
		}
		poll(NULL, 0, 1);
	}
	return true;
}

static int fresh(void **state)
{
	(void)state;
	log_quietly();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsetenv("NOTIFY_SOCKET");
	/* A shell ignores both in what it starts in the background. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	/* Orphans come to the test, so that it sees their end. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return shared == MAP_FAILED;
}

static int clean(void **state)
{
	(void)state;
	if (running) {
		kill(running, SIGKILL); /* the test failed */
		end_of(running);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0) {
	}
	return munmap(shared, sizeof(*shared));
}

static void starts_and_stops(void **state)
{
	const struct hl_proc_child children[] = {
		{.name = "a", .run = steady, .arg = &shared->of[0]},
		{.name = "b", .run = polling, .arg = &shared->of[1]},
	};

	(void)state;
	pid_t pid = supervise(children, 2, &patient);
	wait_for(&shared->ready, 1, "ready");
	assert_int_equal(0, stop(pid));
	assert_int_equal(1, shared->of[0].stops);
	assert_int_equal(1, shared->of[1].stops);
	assert_int_equal(1, shared->of[0].lives);
	assert_int_equal(1, shared->ready);
}

static void a_crash_stops_nobody_else(void **state)
{
	static const int signals[] = {SIGKILL, SIGQUIT, SIGUSR1};
	const struct hl_proc_child children[] = {
		{.name = "a", .run = steady, .arg = &shared->of[0]},
		{.name = "b", .run = steady, .arg = &shared->of[1]},
	};

	(void)state;
	pid_t pid = supervise(children, 2, &patient);
	wait_for(&shared->ready, 1, "ready");
	int other = shared->of[1].pid;
	for (int i = 0; i < 3; i++) {
		kill(shared->of[0].pid, signals[i]);
		wait_for(&shared->of[0].lives, i + 2, "lives");
	}
	assert_int_equal(other, shared->of[1].pid);
	assert_int_equal(1, shared->of[1].lives);
	assert_int_equal(1, shared->ready);
	assert_int_equal(0, stop(pid));
}

/* At once the first time, then 50, 100, 200 and never more than 200 ms. */
static void restarts_wait_longer_each_time(void **state)
{
	static const int64_t least_ms[] = {0, 50, 100, 200, 200};
	struct hl_proc_options opt = patient;
	struct told *t = &shared->of[0];
	const struct hl_proc_child children[] = {
		{.name = "a", .run = ends_after_ready, .arg = t},
	};

	(void)state;
	opt.backoff_first_ms = 50;
	opt.backoff_most_ms = 200;
	t->misbehave = 5;
	pid_t pid = supervise(children, 1, &opt);
	wait_for(&t->lives, 6, "lives");
	for (int i = 0; i < 5; i++) {
		int64_t ms = (t->started_us[i + 1] - t->started_us[i]) / 1000;

		if (ms < least_ms[i]) {
			fail_msg("restart %d after %d ms", i + 1, (int)ms);
		}
	}
	assert_int_equal(0, stop(pid));
}

/* Once waiting takes longer than the test is ready to, who comes back has
 * not waited. */
static void wait_very_long(struct hl_proc_options *opt)
{
	opt->backoff_first_ms = 10 * SLOW_MS;
	opt->backoff_most_ms = 10 * SLOW_MS;
}

static void the_first_restart_does_not_wait(void **state)
{
	struct hl_proc_options opt = patient;
	const struct hl_proc_child children[] = {
		{.name = "a", .run = ends_after_ready, .arg = &shared->of[0]},
	};

	(void)state;
	wait_very_long(&opt);
	shared->of[0].misbehave = 1;
	pid_t pid = supervise(children, 1, &opt);
	wait_for(&shared->of[0].lives, 2, "lives");
	assert_int_equal(0, stop(pid));
}

/* Until the supervisor knows that the child is ready: no sooner does it
 * pass a signal on. */
static void wait_until_seen(pid_t supervisor, struct told *t)
{
	int before = t->hups;
	int64_t until = hl_time_mono_us() + SLOW_MS * INT64_C(1000);

	while (t->hups == before && hl_time_mono_us() < until) {
		kill(supervisor, SIGHUP);
		poll(NULL, 0, 2);
	}
	assert_true(t->hups > before);
}

/* Lived long enough between its ends: no waiting. */
static void a_healthy_life_forgives(void **state)
{
	struct hl_proc_options opt = patient;
	struct told *t = &shared->of[0];
	const struct hl_proc_child children[] = {
		{.name = "a", .run = takes_hup, .arg = t, .takes_hup = true},
	};

	(void)state;
	wait_very_long(&opt);
	opt.healthy_ms = 50;
	pid_t pid = supervise(children, 1, &opt);
	for (int i = 1; i <= 4; i++) {
		wait_for(&t->lives, i, "lives");
		wait_until_seen(pid, t);
		poll(NULL, 0, opt.healthy_ms + 1);
		kill(t->pid, SIGKILL);
		wait_for(&t->lives, i + 1, "lives");
	}
	assert_int_equal(0, stop(pid));
}

/* Only that does: the second end in a row has to wait. */
static void a_short_life_does_not_forgive(void **state)
{
	struct hl_proc_options opt = patient;
	struct told *t = &shared->of[0];
	const struct hl_proc_child children[] = {
		{.name = "a", .run = ends_after_ready, .arg = t},
	};

	(void)state;
	wait_very_long(&opt);
	t->misbehave = 2;
	pid_t pid = supervise(children, 1, &opt);
	wait_for(&t->lives, 2, "lives");
	poll(NULL, 0, 200);
	assert_int_equal(2, t->lives);
	assert_int_equal(0, stop(pid));
}

static void a_wrong_configuration_stops_all(void **state)
{
	const struct hl_proc_child children[] = {
		{.name = "a", .run = steady, .arg = &shared->of[0]},
		{.name = "b",
			.run = ends_at_once,
			.arg = &shared->of[1],
			.stage = 1},
	};

	(void)state;
	struct hl_proc_options opt = patient;
	opt.failed_status = &shared->failed_status;
	shared->of[1].misbehave = 1;
	pid_t pid = supervise(children, 2, &opt);
	assert_int_equal(HL_E_UNAVAILABLE, end_of(pid));
	assert_int_equal(3, shared->failed_status);
	assert_int_equal(0, shared->ready);
	assert_int_equal(1, shared->of[0].stops);
}

static void a_crash_while_starting_is_tried_again(void **state)
{
	const struct hl_proc_child children[] = {
		{.name = "a",
			.run = crashes_while_starting,
			.arg = &shared->of[0]},
	};

	(void)state;
	shared->of[0].misbehave = 2;
	pid_t pid = supervise(children, 1, &patient);
	wait_for(&shared->ready, 1, "ready");
	assert_int_equal(3, shared->of[0].lives);
	assert_int_equal(0, stop(pid));
}

static void a_hung_start_is_tried_again(void **state)
{
	struct hl_proc_options opt = patient;
	const struct hl_proc_child children[] = {
		{.name = "a",
			.run = hangs_while_starting,
			.arg = &shared->of[0]},
	};

	(void)state;
	opt.ready_ms = 300;
	shared->of[0].misbehave = 1;
	pid_t pid = supervise(children, 1, &opt);
	wait_for(&shared->ready, 1, "ready");
	/* more often where starting takes that long anyway */
	assert_true(shared->of[0].lives >= 2);
	assert_int_equal(0, stop(pid));
}

static void stages_start_upwards_and_stop_downwards(void **state)
{
	const struct hl_proc_child children[] = {
		{.name = "c", .run = steady, .arg = &shared->of[2], .stage = 2},
		{.name = "a", .run = steady, .arg = &shared->of[0]},
		{.name = "b", .run = steady, .arg = &shared->of[1], .stage = 1},
	};

	(void)state;
	pid_t pid = supervise(children, 3, &patient);
	wait_for(&shared->ready, 1, "ready");
	assert_int_equal(0, stop(pid));
	for (int i = 0; i < 2; i++) {
		assert_true(shared->of[i].started_us[0] <
			    shared->of[i + 1].started_us[0]);
		assert_true(shared->of[i].stopped_us >
			    shared->of[i + 1].stopped_us);
	}
}

static void who_does_not_hear_is_killed(void **state)
{
	struct hl_proc_options opt = patient;
	const struct hl_proc_child children[] = {
		{.name = "a", .run = steady, .arg = &shared->of[0]},
		{.name = "b", .run = deaf, .arg = &shared->of[1], .stage = 1},
	};

	(void)state;
	opt.stop_ms = 1000; /* also for "a", which hears */
	pid_t pid = supervise(children, 2, &opt);
	wait_for(&shared->ready, 1, "ready");
	int64_t from = hl_time_mono_us();
	assert_int_equal(0, stop(pid));
	assert_true(hl_time_mono_us() - from >= 1000000);
	assert_int_equal(1, shared->of[0].stops);
}

static void a_late_signal_hurries(void **state)
{
	struct hl_proc_options opt = patient;
	const struct hl_proc_child children[] = {
		{.name = "a", .run = deaf, .arg = &shared->of[0]},
	};

	(void)state;
	opt.stop_ms = 10 * SLOW_MS;
	opt.hurry_ms = 20;
	pid_t pid = supervise(children, 1, &opt);
	wait_for(&shared->ready, 1, "ready");
	int64_t from = hl_time_mono_us();
	kill(pid, SIGTERM);
	poll(NULL, 0, 10); /* one that comes too early is followed by others */
	do {
		kill(pid, SIGINT);
		poll(NULL, 0, 50);
	} while (running && waitpid(pid, NULL, WNOHANG) == 0);
	running = 0;
	assert_true(hl_time_mono_us() - from < SLOW_MS * INT64_C(1000));
}

/* As timeout(1) does it: to the process, and then to its group. */
static void signals_close_together_are_one(void **state)
{
	struct hl_proc_options opt = patient;
	const struct hl_proc_child children[] = {
		{.name = "a", .run = slow_to_stop, .arg = &shared->of[0]},
	};

	(void)state;
	opt.stop_ms = 10 * SLOW_MS;
	opt.hurry_ms = 10 * SLOW_MS;
	pid_t pid = supervise(children, 1, &opt);
	wait_for(&shared->ready, 1, "ready");
	kill(pid, SIGTERM);
	wait_for(&shared->of[0].stopping, 1, "told to stop");
	for (int i = 0; i < 3; i++) {
		kill(pid, i ? SIGTERM : SIGINT);
		poll(NULL, 0, 20);
	}
	atomic_store(&shared->of[0].may_end, 1);
	assert_int_equal(0, end_of(pid));
	assert_int_equal(1, shared->of[0].stops);
}

static void children_end_with_the_supervisor(void **state)
{
	const struct hl_proc_child children[] = {
		{.name = "a", .run = steady, .arg = &shared->of[0]},
		{.name = "b", .run = deaf, .arg = &shared->of[1]},
	};

	(void)state;
	pid_t pid = supervise(children, 2, &patient);
	wait_for(&shared->ready, 1, "ready");
	kill(pid, SIGKILL);
	assert_int_equal(SIGKILL, end_of(pid));
	for (int i = 0; i < 2; i++) {
		waitpid(shared->of[i].pid, NULL, 0);
		assert_true(gone(shared->of[i].pid));
	}
}

static void only_its_own_descriptors(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(0, pipe(ends));
	const struct hl_proc_child children[] = {
		{.name = "none", .run = counts_fds, .arg = &shared->of[0]},
		{.name = "two",
			.run = counts_fds,
			.arg = &shared->of[1],
			.fds = (int[]){ends[1], ends[0]},
			.n_fds = 2},
	};
	pid_t pid = supervise(children, 2, &patient);
	wait_for(&shared->ready, 1, "ready");
	/* 0, 1, 2, the pipe for readiness and the eventfd */
	assert_int_equal(5, shared->of[0].n_fds);
	assert_int_equal(7, shared->of[1].n_fds);
	assert_int_equal(0, stop(pid));
	close(ends[0]);
	close(ends[1]);
}

static void hup_is_passed_to_those_that_want_it(void **state)
{
	const struct hl_proc_child children[] = {
		{.name = "a", .run = steady, .arg = &shared->of[0]},
		{.name = "b",
			.run = takes_hup,
			.arg = &shared->of[1],
			.takes_hup = true},
	};

	(void)state;
	pid_t pid = supervise(children, 2, &patient);
	wait_for(&shared->ready, 1, "ready");
	kill(pid, SIGHUP);
	wait_for(&shared->of[1].hups, 1, "hups");
	/* Sent straight to the one that does not want it: ignored. */
	kill(shared->of[0].pid, SIGHUP);
	kill(shared->of[0].pid, SIGINT);
	poll(NULL, 0, 20);
	assert_int_equal(0, stop(pid));
	assert_int_equal(1, shared->of[0].lives);
	assert_int_equal(1, shared->of[1].lives);
}

/* One end of a link dies and comes back; what was sent meanwhile waits. */
static int echoes(struct hl_proc_self *self, void *arg)
{
	const struct hl_proc_links *links = arg;
	char c;

	told_start(&shared->of[0]);
	hl_proc_ready(self);
	while (!*self->stop) {
		if (recv(links->store_ends[0], &c, 1, 0) != 1) {
			continue;
		}
		if (c == '!') {
			kill(getpid(), SIGKILL);
		}
		send(links->store_ends[0], &c, 1, 0);
	}
	return 0;
}

static void links_outlive_a_process(void **state)
{
	struct hl_proc_links links;
	char c = 0;

	(void)state;
	assert_int_equal(0, hl_proc_links_open(1, &links, NULL));
	const struct hl_proc_child children[] = {{.name = "a",
		.run = echoes,
		.arg = &links,
		.fds = links.store_ends,
		.n_fds = 1}};
	pid_t pid = supervise(children, 1, &patient);
	for (const char *p = "a!b!c"; *p; p++) {
		assert_int_equal(1, send(links.client_ends[0], p, 1, 0));
	}
	for (const char *p = "abc"; *p; p++) {
		assert_int_equal(1, recv(links.client_ends[0], &c, 1, 0));
		assert_int_equal(*p, c);
	}
	assert_int_equal(3, shared->of[0].lives);
	assert_int_equal(0, stop(pid));
	hl_proc_links_close(&links);
}

static void the_service_manager_is_told(void **state)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	const struct hl_proc_child children[] = {
		{.name = "a", .run = steady, .arg = &shared->of[0]},
	};
	char got[32] = "";
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	snprintf(at.sun_path, sizeof(at.sun_path), "/tmp/hl-sup-%d",
		(int)getpid());
	assert_int_equal(0, bind(fd, (struct sockaddr *)&at, sizeof(at)));
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
	pid_t pid = supervise(children, 1, &patient);
	recv(fd, got, sizeof(got) - 1, 0);
	assert_string_equal("READY=1", got);
	assert_int_equal(0, stop(pid));
	ssize_t n = recv(fd, got, sizeof(got) - 1, 0);
	got[n > 0 ? n : 0] = '\0';
	assert_string_equal("STOPPING=1", got);
	unlink(at.sun_path);
	close(fd);
}

static void bad_tables_are_refused(void **state)
{
	const struct hl_proc_child child = {.name = "a", .run = steady};

	(void)state;
	assert_int_equal(
		HL_E_INVALID, hl_proc_supervise(&child, 0, NULL, NULL));
	assert_int_equal(
		HL_E_INVALID, hl_proc_supervise(&child,
				      HL_PROC_MAX_CHILDREN + 1, NULL, NULL));
}

/* At its best: how busy the machine is does not matter. */
static void starts_in_a_fifth_of_a_second(void **state)
{
	struct hl_proc_child children[4] = {0};
	int64_t best = INT64_MAX;

	(void)state;
	for (int i = 0; i < 4; i++) {
		children[i] = (struct hl_proc_child){.name = "a",
			.run = steady,
			.arg = &shared->of[i],
			.stage = i > 0};
	}
	for (int i = 1; i <= 20 && best > 200000; i++) {
		int64_t from = hl_time_mono_us();
		pid_t pid = supervise(children, 4, &patient);
		wait_for(&shared->ready, i, "ready");
		int64_t took = hl_time_mono_us() - from;
		assert_int_equal(0, stop(pid));
		best = took < best ? took : best;
	}
	if (best > 200000) {
		fail_msg("%d us", (int)best);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fresh, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(starts_and_stops),
		CASE(a_crash_stops_nobody_else),
		CASE(restarts_wait_longer_each_time),
		CASE(the_first_restart_does_not_wait),
		CASE(a_healthy_life_forgives),
		CASE(a_short_life_does_not_forgive),
		CASE(a_wrong_configuration_stops_all),
		CASE(a_crash_while_starting_is_tried_again),
		CASE(a_hung_start_is_tried_again),
		CASE(stages_start_upwards_and_stop_downwards),
		CASE(who_does_not_hear_is_killed),
		CASE(a_late_signal_hurries),
		CASE(signals_close_together_are_one),
		CASE(children_end_with_the_supervisor),
		CASE(only_its_own_descriptors),
		CASE(hup_is_passed_to_those_that_want_it),
		CASE(links_outlive_a_process),
		CASE(the_service_manager_is_told),
		CASE(bad_tables_are_refused),
		CASE(starts_in_a_fifth_of_a_second),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
