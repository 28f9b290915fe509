/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for the network: look-ups of hosts, and looks at items. */
#include "jobs/inner.h"

#include "base/time.h"
#include "watch/run.h"

struct hl_trace_worker hl_jobs_tracer(const struct hl_jobs_thread *t)
{
	return (struct hl_trace_worker){.store = t->store,
		.setup = t->jobs->trace,
		.pub = t->jobs->pub,
		.secret = t->jobs->secret};
}

static int run_trace(struct hl_jobs_thread *t, struct hl_arena *arena,
	bool *more, struct hl_err *err)
{
	struct hl_trace_worker w = hl_jobs_tracer(t);

	(void)arena;
	return hl_trace_next(&w, more, err);
}

/* The host behind an address by DNS and address data alone: registries are
 * not asked at every look. */
static uint64_t host_id(void *ctx, struct hl_str url)
{
	const struct hl_jobs_thread *t = ctx;
	struct hl_trace_config config = *hl_trace_setup_config(t->jobs->trace);
	HL_ARENA_AUTO *arena = hl_arena_new(HL_TRACE_ARENA_BYTES, true);
	struct hl_trace now;

	config.rdap = NULL;
	if (!arena || hl_trace_run(url, &config, arena, &now, NULL)) {
		return 0;
	}
	return hl_trace_host_id(&now);
}

static int run_watch(struct hl_jobs_thread *t, struct hl_arena *arena,
	bool *more, struct hl_err *err)
{
	const struct hl_settings *settings = t->jobs->settings;
	struct hl_watch_worker w = {.store = t->store,
		.check = {.client = hl_trace_setup_client(t->jobs->trace),
			.http = settings->watch_http},
		.plan = &t->plan,
		.secret = t->jobs->secret,
		.host_id = host_id,
		.ctx = t};

	(void)arena;
	return settings->watch_enabled ? hl_watch_next(&w, more, err) : 0;
}

static const struct hl_jobs_job trace_jobs[] = {
	{"worker.trace", HL_US_PER_S, run_trace},
};
static const struct hl_jobs_job watch_jobs[] = {
	{"worker.watch", HL_US_PER_S, run_watch},
};
const struct hl_jobs_list hl_jobs_network[2] = {
	{trace_jobs, HL_ARRAY_LEN(trace_jobs)},
	{watch_jobs, HL_ARRAY_LEN(watch_jobs)},
};
