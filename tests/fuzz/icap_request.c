/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/icap_session.h"

#include <assert.h>
#include <stdlib.h>

/*
 * Whatever a client sends and however it is cut, the answers are the same,
 * and a session always either reads, waits for a judge, or has ended. The
 * first byte says where to cut.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check(void *arg, struct hl_str url, struct hl_consume_decision *out)
{
	(void)arg;
	out->what = (enum hl_consume_what)(url.n % 4);
	out->entry = url.n;
	return 0;
}

struct run {
	struct hl_consume_icap_session *session;
	bool waits;
};

static void unsure(void *arg, const struct hl_consume_question *q)
{
	struct run *run = arg;

	assert(q->url.n % 4 == HL_CONSUME_UNSURE);
	run->waits = true;
}

static void judge(struct run *run)
{
	static const struct hl_consume_decision listed = {
		.what = HL_CONSUME_LISTED, .entry = 1};

	while (run->waits) {
		run->waits = false;
		assert(hl_consume_icap_state(run->session) ==
			HL_CONSUME_ICAP_JUDGED);
		hl_consume_icap_judged(run->session, &listed);
	}
}

static void run_all(const struct hl_consume_icap_config *config,
	struct hl_str in, size_t cut, struct hl_buf *out)
{
	struct run run = {.waits = false};

	assert(!hl_consume_icap_session_new(config, &run, &run.session, NULL));
	while (in.n) {
		size_t room = hl_consume_icap_room(run.session);
		struct hl_str part = hl_str_sub(in, 0, cut < room ? cut : room);

		if (!part.n) {
			assert(hl_consume_icap_state(run.session) ==
				HL_CONSUME_ICAP_ENDED);
			break;
		}
		hl_consume_icap_feed(run.session, part);
		judge(&run);
		struct hl_str said = hl_consume_icap_output(run.session);
		hl_buf_put(out, said);
		hl_consume_icap_sent(run.session, said.n);
		in = hl_str_sub(in, part.n, in.n);
	}
	hl_consume_icap_session_free(run.session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct hl_consume_judge judge_all = {.check = check};
	struct hl_consume consume = {
		.judge = &judge_all, .logged_us = INT64_MAX};
	const struct hl_stop_config stop = {.hotline = HL_STR_INIT("x")};
	const struct hl_consume_icap_config config = {
		&consume, &stop, 1, unsure};
	HL_BUF_AUTO whole = HL_BUF_INIT(64u << 20);
	HL_BUF_AUTO cut = HL_BUF_INIT(64u << 20);

	if (!size || size > 16384) {
		return 0;
	}
	struct hl_str in = hl_str_mem(data + 1, size - 1);
	run_all(&config, in, in.n + 1, &whole);
	run_all(&config, in, data[0] + 1u, &cut);
	assert(!whole.fault && !cut.fault);
	assert(hl_str_eq(hl_buf_str(&whole), hl_buf_str(&cut)));
	assert(!whole.n ||
		hl_str_starts(hl_buf_str(&whole), HL_STR("ICAP/1.0 ")));
	return 0;
}
