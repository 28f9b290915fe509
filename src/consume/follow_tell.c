/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters: each hour's text is sent as it lies in the folder, and removed
 * when the hotline has said that it has it. Whoever is cut off in between
 * sends the same bytes again, which the hotline counts once.
 */
#include "base/log.h"
#include "base/time.h"
#include "consume/follow_inner.h"

#define TYPE "text/plain; charset=us-ascii"
#define TELL_MOST 256 /* hours in one go */

/* 0: taken, or never will be. HL_DENIED: not now. */
static int judge(struct hl_consume_follow *f, int status)
{
	switch (status) {
	case 204:
	case 200:
		f->counters = HL_CONSUME_FINE;
		f->standing.told = hl_time_wall_us() / HL_US_PER_S;
		return 0;
	case 409:
		/* it has this hour with another text, for good */
		hl_log(HL_LOG_ERROR, "list.counters",
			"the hotline has other counters of an hour, and this "
			"record is dropped: do two followers share a "
			"consumer?");
		return 0;
	case 400:
	case 413:
	case 415:
		f->counters = HL_CONSUME_COUNTERS;
		return HL_DENIED;
	default:
		return HL_DENIED; /* later */
	}
}

/* The hotline would refuse it for ever, and all others behind it. */
static bool is_too_old(int64_t hour_us)
{
	/* an hour less: clocks differ */
	return hour_us <
	       hl_time_wall_us() - HL_TALLY_OLDEST_US + HL_US_PER_HOUR;
}

static int tell_one(struct hl_consume_follow *f, struct hl_buf *text)
{
	struct hl_consume_response answer;
	struct hl_err err = {0};
	int64_t hour_us;

	hl_buf_reset(text);
	int r = hl_tally_waiting(f->config.tally, text, &hour_us, &err);
	if (!r && is_too_old(hour_us)) {
		hl_log(HL_LOG_WARN, "list.counters",
			"counters of an hour 90 days ago could not be told in "
			"time, and are dropped");
		return hl_tally_taken(f->config.tally, hour_us, &err);
	}
	if (!r) {
		r = hl_consume_remote_ask(f->config.remote,
			&(struct hl_consume_request){
				.path = "/v1/lists/counters",
				.type = TYPE,
				.body = hl_buf_str(text),
				.most = 4096},
			&answer, &err);
	}
	if (!r) {
		r = judge(f, answer.status);
	}
	if (!r) {
		r = hl_tally_taken(f->config.tally, hour_us, &err);
	}
	if (r < 0) {
		hl_log_err(HL_LOG_WARN, "list.counters", &err);
	}
	return r;
}

void hl_consume_follow_tell(struct hl_consume_follow *f)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_TALLY_TEXT_MAX + 1024);
	int r = f->config.tally ? 0 : HL_NOTFOUND;

	for (int i = 0; !r && i < TELL_MOST; i++) {
		r = tell_one(f, &text);
	}
}
