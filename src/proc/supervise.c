/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One loop around poll(): signals arrive through a signalfd, readiness
 * through a pipe from each child that starts, and the nearest deadline is
 * the timeout. Each child is in one of these states:
 *
 *   OFF ──start──► STARTING ──"r"──► READY
 *    ▲                │                │
 *    └─── restart_at ─┴──── it ended ──┘        (after stopping: for good)
 */
#include "proc/supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "proc/child.h"
#include "proc/notify.h"

enum state { OFF, STARTING, READY };

struct worker {
	const struct hl_proc_child *child;
	enum state state;
	pid_t pid;
	int ready_fd;
	int64_t since_us;      /* in this state */
	int64_t restart_at_us; /* when OFF */
	int failures;          /* in a row */
};

struct supervisor {
	struct worker workers[HL_PROC_MAX_CHILDREN];
	size_t n;
	struct hl_proc_options opt;
	int signal_fd;
	sigset_t old_mask;
	bool all_ready_once;
	bool stopping;
	int64_t hurry_at_us; /* from then on another signal kills */
	int stop_stage;      /* this and higher ones were told to stop */
	int64_t kill_at_us;  /* what is left of the stage */
	int failed_status;   /* of a child that could not start */
	const char *failed_name;
};

static int or_else(int value, int otherwise)
{
	return value > 0 ? value : otherwise;
}

static int64_t backoff_us(const struct supervisor *s, int failures)
{
	int64_t ms = s->opt.backoff_first_ms;

	if (failures <= 1) {
		return 0;
	}
	for (int i = 2; i < failures && ms < s->opt.backoff_most_ms; i++) {
		ms *= 2;
	}
	return 1000 *
	       (ms < s->opt.backoff_most_ms ? ms : s->opt.backoff_most_ms);
}

static void set_state(struct worker *w, enum state state)
{
	w->state = state;
	w->since_us = hl_time_mono_us();
}

static void close_ready(struct worker *w)
{
	hl_file_closep(&w->ready_fd);
}

static void start(struct supervisor *s, struct worker *w)
{
	struct hl_err err = {0};

	if (hl_proc_child_start(w->child, &w->pid, &w->ready_fd, &err)) {
		hl_log_err(HL_LOG_ERROR, "proc.start", &err);
		w->failures++;
		w->restart_at_us = hl_time_mono_us() +
				   s->opt.backoff_most_ms * INT64_C(1000);
		return;
	}
	set_state(w, STARTING);
}

static bool stage_ready(const struct supervisor *s, int below)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->workers[i].child->stage < below &&
			s->workers[i].state != READY) {
			return false;
		}
	}
	return true;
}

/* Starts what is due. Stages only matter until all were ready once. */
static void start_due(struct supervisor *s)
{
	int64_t now = hl_time_mono_us();

	for (size_t i = 0; i < s->n && !s->stopping; i++) {
		struct worker *w = &s->workers[i];

		if (w->state == OFF && w->restart_at_us <= now &&
			(s->all_ready_once ||
				stage_ready(s, w->child->stage))) {
			start(s, w);
		}
	}
}

static void say_ready(struct supervisor *s)
{
	struct hl_err err = {0};

	s->all_ready_once = true;
	hl_log(HL_LOG_INFO, "proc.ready", "all %zu processes are ready", s->n);
	if (hl_proc_notify("READY=1", &err) < 0) {
		hl_log_err(HL_LOG_WARN, "proc.notify", &err);
	}
	if (s->opt.on_ready) {
		s->opt.on_ready(s->opt.arg);
	}
}

static void take_ready(struct supervisor *s, struct worker *w)
{
	char c;
	ssize_t n = read(w->ready_fd, &c, 1);

	if (n < 0 && errno == EINTR) {
		return;
	}
	close_ready(w);
	if (n == 1 && w->state == STARTING) {
		set_state(w, READY);
		if (!s->all_ready_once && stage_ready(s, INT32_MAX)) {
			say_ready(s);
		}
	}
}

static void tell_end(const struct supervisor *s, const struct worker *w,
	int status, int64_t wait_us)
{
	enum hl_log_level level = s->stopping ? HL_LOG_INFO : HL_LOG_WARN;
	const char *then = s->stopping ? "" : ", starts again";
	int ms = (int)(wait_us / 1000);

	if (WIFSIGNALED(status)) {
		hl_log(level, "proc.ended", "%s died by SIG%s%s in %d ms",
			w->child->name, sigabbrev_np(WTERMSIG(status)), then,
			ms);
	} else {
		hl_log(level, "proc.ended",
			"%s ended with status %d%s in %d ms", w->child->name,
			WEXITSTATUS(status), then, ms);
	}
}

static void begin_stop(struct supervisor *s);

static void take_end(struct supervisor *s, struct worker *w, int status)
{
	int64_t now = hl_time_mono_us();
	bool healthy = w->state == READY &&
		       now - w->since_us >= s->opt.healthy_ms * INT64_C(1000);

	w->failures = healthy ? 1 : w->failures + 1;
	w->restart_at_us = now + backoff_us(s, w->failures);
	tell_end(s, w, status, w->restart_at_us - now);
	close_ready(w);
	w->pid = -1;
	set_state(w, OFF);
	if (!s->all_ready_once && !s->stopping && WIFEXITED(status) &&
		WEXITSTATUS(status) != 0) {
		s->failed_name = w->child->name;
		s->failed_status = WEXITSTATUS(status);
		begin_stop(s);
	}
}

static void reap(struct supervisor *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct worker *w = &s->workers[i];
		int status;

		if (w->state != OFF && waitpid(w->pid, &status, WNOHANG) > 0) {
			take_end(s, w, status);
		}
	}
}

static bool stage_running(const struct supervisor *s, int from)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->workers[i].state != OFF &&
			s->workers[i].child->stage >= from) {
			return true;
		}
	}
	return false;
}

static void signal_stage(const struct supervisor *s, int from, int signal)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->workers[i].state != OFF &&
			s->workers[i].child->stage >= from) {
			kill(s->workers[i].pid, signal);
		}
	}
}

/* The highest stage below `below` that still runs, or -1. */
static int next_stage(const struct supervisor *s, int below)
{
	int best = -1;

	for (size_t i = 0; i < s->n; i++) {
		int stage = s->workers[i].child->stage;

		if (s->workers[i].state != OFF && stage < below &&
			stage > best) {
			best = stage;
		}
	}
	return best;
}

/* Goes down the stages as they empty; true when nothing runs any more. */
static bool go_on_stopping(struct supervisor *s)
{
	int64_t now = hl_time_mono_us();

	while (!stage_running(s, s->stop_stage)) {
		int stage = next_stage(s, s->stop_stage);

		if (stage < 0) {
			return true;
		}
		s->stop_stage = stage;
		s->kill_at_us = now + s->opt.stop_ms * INT64_C(1000);
		signal_stage(s, stage, SIGTERM);
	}
	if (now >= s->kill_at_us) {
		signal_stage(s, s->stop_stage, SIGKILL);
		s->kill_at_us = now + HL_US_PER_S;
	}
	return false;
}

static void begin_stop(struct supervisor *s)
{
	int64_t now = hl_time_mono_us();

	if (s->stopping) {
		/* one wish often comes twice: timeout(1) signals the process
		 * and then its group, which must not cost what is unsaved */
		if (now >= s->hurry_at_us) {
			signal_stage(s, 0, SIGKILL);
		}
		return;
	}
	s->stopping = true;
	s->hurry_at_us = now + s->opt.hurry_ms * INT64_C(1000);
	s->stop_stage = INT32_MAX;
	hl_proc_notify("STOPPING=1", NULL);
	hl_log(HL_LOG_INFO, "proc.stop", "stopping");
}

static void pass_hup(const struct supervisor *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->workers[i].state == READY &&
			s->workers[i].child->takes_hup) {
			kill(s->workers[i].pid, SIGHUP);
		}
	}
}

static void take_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGTERM:
		case SIGINT:
			begin_stop(s);
			break;
		case SIGHUP:
			pass_hup(s);
			break;
		default:
			break;
		}
	}
	/* Several ends can share one SIGCHLD. */
	reap(s);
}

static void kill_late(struct supervisor *s)
{
	int64_t now = hl_time_mono_us();

	for (size_t i = 0; i < s->n; i++) {
		struct worker *w = &s->workers[i];

		if (w->state == STARTING &&
			now - w->since_us >= s->opt.ready_ms * INT64_C(1000)) {
			hl_log(HL_LOG_WARN, "proc.late",
				"%s is not ready after %d ms", w->child->name,
				s->opt.ready_ms);
			kill(w->pid, SIGKILL);
			w->since_us = now;
		}
	}
}

/* Milliseconds until something is due, -1 for never. */
static int until_due(const struct supervisor *s)
{
	int64_t due = s->stopping ? s->kill_at_us : INT64_MAX;

	for (size_t i = 0; i < s->n; i++) {
		const struct worker *w = &s->workers[i];
		int64_t at = INT64_MAX;

		if (w->state == STARTING) {
			at = w->since_us + s->opt.ready_ms * INT64_C(1000);
		} else if (w->state == OFF && !s->stopping &&
			   (s->all_ready_once ||
				   stage_ready(s, w->child->stage))) {
			at = w->restart_at_us;
		}
		due = at < due ? at : due;
	}
	if (due == INT64_MAX) {
		return -1;
	}
	int64_t left = due - hl_time_mono_us();
	return left <= 0 ? 0 : (int)(left / 1000) + 1;
}

static void wait_and_take(struct supervisor *s)
{
	struct pollfd polls[HL_PROC_MAX_CHILDREN + 1];

	for (size_t i = 0; i < s->n; i++) {
		polls[i] = (struct pollfd){s->workers[i].ready_fd, POLLIN, 0};
	}
	polls[s->n] = (struct pollfd){s->signal_fd, POLLIN, 0};
	if (poll(polls, s->n + 1, until_due(s)) <= 0) {
		return;
	}
	/* Readiness first: a child may say it and end at once. */
	for (size_t i = 0; i < s->n; i++) {
		if (polls[i].revents && s->workers[i].ready_fd >= 0) {
			take_ready(s, &s->workers[i]);
		}
	}
	if (polls[s->n].revents) {
		take_signals(s);
	}
}

static int open_signals(struct supervisor *s, struct hl_err *err)
{
	sigset_t mine;

	sigemptyset(&mine);
	sigaddset(&mine, SIGTERM);
	sigaddset(&mine, SIGINT);
	sigaddset(&mine, SIGHUP);
	sigaddset(&mine, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mine, &s->old_mask);
	s->signal_fd = signalfd(-1, &mine, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signal_fd < 0 ? HL_FAIL_SYS(err, "signalfd") : 0;
}

static void set_up(struct supervisor *s, const struct hl_proc_child *children,
	size_t n, const struct hl_proc_options *given)
{
	if (given) {
		s->opt = *given;
	}
	s->opt.ready_ms = or_else(s->opt.ready_ms, 10000);
	s->opt.stop_ms = or_else(s->opt.stop_ms, 10000);
	s->opt.hurry_ms = or_else(s->opt.hurry_ms, 2000);
	s->opt.healthy_ms = or_else(s->opt.healthy_ms, 1000);
	s->opt.backoff_first_ms = or_else(s->opt.backoff_first_ms, 100);
	s->opt.backoff_most_ms = or_else(s->opt.backoff_most_ms, 5000);
	s->n = n;
	for (size_t i = 0; i < n; i++) {
		s->workers[i] = (struct worker){
			.child = &children[i], .pid = -1, .ready_fd = -1};
	}
}

int hl_proc_supervise(const struct hl_proc_child *children, size_t n_children,
	const struct hl_proc_options *options, struct hl_err *err)
{
	struct supervisor s = {.signal_fd = -1};

	if (n_children == 0 || n_children > HL_PROC_MAX_CHILDREN) {
		return HL_FAIL(err, HL_E_INVALID, "%zu children", n_children);
	}
	set_up(&s, children, n_children, options);
	int r = open_signals(&s, err);
	if (r) {
		return r;
	}
	for (;;) {
		if (s.stopping && go_on_stopping(&s)) {
			break;
		}
		start_due(&s);
		wait_and_take(&s);
		kill_late(&s);
	}
	close(s.signal_fd);
	sigprocmask(SIG_SETMASK, &s.old_mask, NULL);
	if (s.failed_name && s.opt.failed_status) {
		*s.opt.failed_status = s.failed_status;
	}
	if (s.failed_name) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"%s ended with status %d while starting", s.failed_name,
			s.failed_status);
	}
	return 0;
}
