/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_JOBS_INNER_H
#define HL_JOBS_INNER_H

#include <pthread.h>

#include "jobs/jobs.h"
#include "trace/record.h"
#include "watch/schedule.h"

/* Inside the room only. */
struct hl_jobs_job;

struct hl_jobs_thread {
	const struct hl_jobs *jobs;
	struct hl_store *store;
	int stop_fd;
	struct hl_watch_plan plan;
	const struct hl_jobs_job *list;
	size_t n_list;
	int64_t wall_us, mono_us; /* at the last round, for clock jumps */
	int64_t *logged_us;       /* by job: when it last complained */
	int64_t *due_us;          /* by job, monotonic */
	pthread_t id;
};

/* One kind of work. *more: call again at once. */
struct hl_jobs_job {
	const char *event; /* for the log */
	int64_t every_us;
	int (*run)(struct hl_jobs_thread *t, struct hl_arena *arena, bool *more,
		struct hl_err *err);
};

/* The lists: short work, mail, traces, checks. */
struct hl_jobs_list {
	const struct hl_jobs_job *jobs;
	size_t n;
};
extern const struct hl_jobs_list hl_jobs_mail, hl_jobs_network[2];

/* A job of the list of mail: alarm.c. */
int hl_jobs_alarm(struct hl_jobs_thread *t, struct hl_arena *arena, bool *more,
	struct hl_err *err);

/* What traces of this thread work with. */
struct hl_trace_worker hl_jobs_tracer(const struct hl_jobs_thread *t);

#endif
