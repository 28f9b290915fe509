/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_JOBS_JOBS_H
#define HL_JOBS_JOBS_H

#include "domain/settings.h"
#include "referral/send.h"
#include "seal/sign.h"
#include "store/store.h"
#include "trace/setup.h"

/*
 * The worker process: what time brings about. One thread does the short work
 * (leases, holds, purges, checkpoints), the others what waits for the
 * network: mail, traces, checks. docs/processes.md, "The worker".
 *
 * A fault in one job is logged, at most once a minute for each, and keeps no
 * other job: when DNS, mail server or store are away, work waits in the
 * store and goes on when they are back.
 */
#define HL_JOBS_LINKS 4 /* one store link for each thread */

struct hl_jobs {
	const struct hl_settings *settings;
	struct hl_store *stores[HL_JOBS_LINKS]; /* role worker; borrowed */
	const struct hl_seal_pub *pub;
	const struct hl_seal_secret *secret;
	const struct hl_seal_sign_key *sign; /* for checkpoints */
	const char *checkpoints_path;
	const struct hl_trace_setup *trace;
	struct hl_referral_transport transport;
};

/* Works until stop_fd becomes readable; ends within one network time-out.
 * HL_E_NOMEM when it cannot begin. */
int hl_jobs_run(const struct hl_jobs *jobs, int stop_fd, struct hl_err *err);

#endif
