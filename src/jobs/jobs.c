/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/inner.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#include "audit/audit.h"
#include "base/log.h"
#include "base/time.h"
#include "casework/sweep.h"
#include "domain/event.h"
#include "store/sql.h"

#define ARENA_BYTES (64u << 20)
#define TICK_MS 1000
#define LOG_EVERY_US HL_US_PER_MIN
#define BATCH 50
#define CLOCK_JUMP_US (30 * HL_US_PER_S)

static int run_leases(struct hl_jobs_thread *t, struct hl_arena *arena,
	bool *more, struct hl_err *err)
{
	size_t n = 0;
	int r = hl_casework_expire_leases(
		t->store, arena, t->jobs->settings, BATCH, &n, err);

	*more = n == BATCH;
	return r;
}

static int run_reports(struct hl_jobs_thread *t, struct hl_arena *arena,
	bool *more, struct hl_err *err)
{
	size_t n = 0;
	int r = hl_casework_settle_reports(t->store, arena, BATCH, &n, err);

	*more = n == BATCH;
	return r;
}

static int run_priorities(struct hl_jobs_thread *t, struct hl_arena *arena,
	bool *more, struct hl_err *err)
{
	size_t n = 0;
	int r = hl_casework_reprioritise(
		t->store, arena, t->jobs->settings, BATCH, &n, err);

	*more = n == BATCH;
	return r;
}

static int run_purge(struct hl_jobs_thread *t, struct hl_arena *arena,
	bool *more, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(t->store, arena);
	int64_t now = hl_time_now_us();

	(void)more;
	hl_tx_session_purge(tx, &(struct hl_in_session_purge){now});
	hl_tx_draft_purge(tx, &(struct hl_in_draft_purge){now});
	return hl_tx_run(tx, err);
}

static int run_checkpoint(struct hl_jobs_thread *t, struct hl_arena *arena,
	bool *more, struct hl_err *err)
{
	(void)more;
	return hl_audit_checkpoint(
		t->store, arena, t->jobs->sign, t->jobs->checkpoints_path, err);
}

/* The wall clock against the one that only counts: a jump is an event, so
 * that times in the log can be understood later. Nothing else minds. */
static int run_clock(struct hl_jobs_thread *t, struct hl_arena *arena,
	bool *more, struct hl_err *err)
{
	struct timespec ts;
	int64_t mono = hl_time_mono_us();

	(void)more;
	clock_gettime(CLOCK_REALTIME, &ts);
	int64_t wall = ts.tv_sec * HL_US_PER_S + ts.tv_nsec / 1000;
	int64_t jump =
		t->mono_us ? (wall - t->wall_us) - (mono - t->mono_us) : 0;
	t->wall_us = wall;
	t->mono_us = mono;
	if (jump < CLOCK_JUMP_US && jump > -CLOCK_JUMP_US) {
		return 0;
	}
	hl_log(HL_LOG_WARN, "worker.clock", "the clock jumped by %lld s",
		(long long)(jump / HL_US_PER_S));
	struct hl_tx *tx = hl_tx_begin(t->store, arena);
	hl_tx_event(tx, &(struct hl_store_event){.kind = HL_EVENT_SYSTEM_CLOCK,
				.object_kind = HL_OBJECT_SYSTEM,
				.a = jump / HL_US_PER_S});
	return hl_tx_run(tx, err);
}

static const struct hl_jobs_job short_jobs[] = {
	{"worker.clock", 10 * HL_US_PER_S, run_clock},
	{"worker.leases", 5 * HL_US_PER_S, run_leases},
	{"worker.reports", 2 * HL_US_PER_S, run_reports},
	{"worker.priorities", 10 * HL_US_PER_S, run_priorities},
	{"worker.purge", HL_US_PER_MIN, run_purge},
	{"worker.checkpoint", HL_US_PER_HOUR, run_checkpoint},
};
static bool stopping(const struct hl_jobs_thread *t, int wait_ms)
{
	struct pollfd p = {.fd = t->stop_fd, .events = POLLIN};

	return poll(&p, 1, wait_ms) > 0;
}

/* Complains at most once a minute: what is away for long is said, not
 * shouted. */
static void complain(
	struct hl_jobs_thread *t, size_t i, const struct hl_err *err)
{
	int64_t now = hl_time_mono_us();

	if (!t->logged_us[i] || now - t->logged_us[i] > LOG_EVERY_US) {
		t->logged_us[i] = now;
		hl_log_err(HL_LOG_WARN, t->list[i].event, err);
	}
}

static void run_job(struct hl_jobs_thread *t, struct hl_arena *arena, size_t i)
{
	bool more = true;

	while (more && !stopping(t, 0)) {
		struct hl_err err = {0};

		more = false;
		hl_arena_reset(arena);
		if (t->list[i].run(t, arena, &more, &err)) {
			complain(t, i, &err);
			break;
		}
	}
	t->due_us[i] = hl_time_mono_us() + t->list[i].every_us;
}

static void *run_thread(void *arg)
{
	struct hl_jobs_thread *t = arg;
	struct hl_arena *arena = hl_arena_new(ARENA_BYTES, true);

	while (arena && !stopping(t, TICK_MS)) {
		for (size_t i = 0; i < t->n_list; i++) {
			if (hl_time_mono_us() >= t->due_us[i]) {
				run_job(t, arena, i);
			}
		}
	}
	hl_arena_free(arena);
	return NULL;
}

static int begin(struct hl_jobs_thread *t, const struct hl_jobs_job *list,
	size_t n, struct hl_err *err)
{
	t->list = list;
	t->n_list = n;
	t->logged_us = calloc(n, sizeof(*t->logged_us));
	t->due_us = calloc(n, sizeof(*t->due_us));
	if (!t->logged_us || !t->due_us ||
		pthread_create(&t->id, NULL, run_thread, t) != 0) {
		free(t->logged_us);
		free(t->due_us);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for the worker");
	}
	return 0;
}

int hl_jobs_run(const struct hl_jobs *jobs, int stop_fd, struct hl_err *err)
{
	const struct hl_jobs_list lists[HL_JOBS_LINKS] = {
		{short_jobs, HL_ARRAY_LEN(short_jobs)}, hl_jobs_mail,
		hl_jobs_network[0], hl_jobs_network[1]};
	struct hl_jobs_thread threads[HL_JOBS_LINKS] = {0};
	struct hl_watch_plan plan;
	size_t n = 0;
	int r = hl_watch_plan_set(&plan, jobs->settings, err);

	for (; n < HL_JOBS_LINKS && !r; n++) {
		threads[n] = (struct hl_jobs_thread){.jobs = jobs,
			.store = jobs->stores[n],
			.stop_fd = stop_fd,
			.plan = plan};
		r = begin(&threads[n], lists[n].jobs, lists[n].n, err);
		if (r) {
			break;
		}
	}
	for (size_t i = 0; i < n; i++) {
		/* on a fault the process ends, and the threads with it */
		if (!r) {
			pthread_join(threads[i].id, NULL);
			free(threads[i].logged_us);
			free(threads[i].due_us);
		}
	}
	return r;
}
