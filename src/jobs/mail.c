/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves by mail, and the holds before it. */
#include "jobs/inner.h"

#include "base/log.h"
#include "base/time.h"
#include "referral/outbox.h"

#define BATCH 50

/* The look just before a referral leaves. */
static enum hl_referral_host before_send(
	void *ctx, const struct hl_referral_parcel *parcel)
{
	struct hl_jobs_thread *t = ctx;
	struct hl_trace_worker w = hl_jobs_tracer(t);
	enum hl_trace_change change;
	struct hl_err err = {0};

	if (!t->jobs->settings->trace_enabled) {
		return HL_REFERRAL_HOST_OK;
	}
	int r = hl_trace_again(&w, parcel->item_id, &change, &err);
	if (r == HL_NOTFOUND || r == HL_E_INVALID) {
		return HL_REFERRAL_HOST_OK; /* nothing to look up */
	}
	if (r) {
		hl_log_err(HL_LOG_WARN, "worker.trace_again", &err);
		return HL_REFERRAL_HOST_UNAVAILABLE;
	}
	return change == HL_TRACE_HOST ? HL_REFERRAL_HOST_CHANGED
				       : HL_REFERRAL_HOST_OK;
}

static int send_mail(void *ctx, const struct hl_referral_envelope *envelope,
	struct hl_str message, struct hl_referral_sent *result,
	struct hl_err *err)
{
	const struct hl_jobs_thread *t = ctx;

	return hl_referral_mail_send(
		&t->jobs->transport, envelope, message, result, err);
}

static struct hl_referral_outbox outbox(struct hl_jobs_thread *t)
{
	return (struct hl_referral_outbox){.store = t->store,
		.settings = t->jobs->settings,
		.worker = t->jobs->secret,
		.ctx = t,
		.before_send = before_send,
		.send = send_mail};
}

static int run_outbox(struct hl_jobs_thread *t, struct hl_arena *arena,
	bool *more, struct hl_err *err)
{
	struct hl_referral_outbox o = outbox(t);
	struct hl_referral_round round = {0};
	int r = hl_referral_outbox_run(&o, arena, 10, &round, err);

	*more = round.more;
	if (!r && round.config) {
		return HL_FAIL(err, HL_E_UNAVAILABLE, "mail cannot be sent: %s",
			round.reply);
	}
	return r;
}

static int run_holds(struct hl_jobs_thread *t, struct hl_arena *arena,
	bool *more, struct hl_err *err)
{
	struct hl_referral_outbox o = outbox(t);
	int n = 0;
	int r = hl_referral_holds_run(&o, arena, BATCH, &n, err);

	*more = n == BATCH;
	return r;
}

static int run_links(struct hl_jobs_thread *t, struct hl_arena *arena,
	bool *more, struct hl_err *err)
{
	struct hl_referral_outbox o = outbox(t);

	(void)more;
	return hl_referral_links_run(&o, arena, err);
}

static const struct hl_jobs_job jobs[] = {
	{"worker.holds", HL_US_PER_S, run_holds},
	{"worker.outbox", HL_US_PER_S, run_outbox},
	{"worker.links", HL_US_PER_HOUR, run_links},
	{"worker.alarm", 5 * HL_US_PER_S, hl_jobs_alarm},
};
const struct hl_jobs_list hl_jobs_mail = {jobs, HL_ARRAY_LEN(jobs)};
