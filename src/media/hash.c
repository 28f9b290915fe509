/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file's way: copied, given to a worker, digested here while the worker
 * decodes, the answer taken piece by piece until it ends, the worker ends or
 * the time does. A worker that served strangers before may be broken by one
 * of them, so what fails in it is tried once more in a fresh one.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "base/time.h"
#include "media/slot.h"
#include "media/source.h"
#include "media/wire.h"

struct run {
	struct hl_media_pool *pool;
	struct hl_media_slot *slot;
	struct hl_media_source *source;
	const struct hl_media_options *options;
	struct hl_media_result *result;
	struct hl_media_answer answer;
	int64_t until_us;
};

static void settle(
	struct run *run, enum hl_media_status status, const char *note)
{
	run->result->status = status;
	hl_media_result_say(run->result, note);
}

static int send_job(struct run *run, struct hl_err *err)
{
	struct hl_media_job job = {
		.magic = HL_MEDIA_JOB_MAGIC,
		.no = ++run->slot->n_files,
		.flags = run->options->flags,
		.n_bytes = run->source->n,
		.video_every = run->options->video_every,
	};

	if (hl_media_give(run->slot->fd, &job, sizeof(job), run->source->fd)) {
		return HL_FAIL(err, HL_E_UNAVAILABLE, "give a file: %s",
			strerrordesc_np(errno));
	}
	run->answer.no = job.no;
	return 0;
}

static enum hl_media_status by_signal(
	const struct run *run, const struct hl_media_end *end, char note[64])
{
	int signal = WTERMSIG(end->wait_status);
	const struct hl_media_limits *limits = &run->pool->limits;

	if (signal == SIGSYS) {
		snprintf(note, 64, "it tried what the sandbox forbids");
		return HL_MEDIA_CRASHED;
	}
	/* What it maps of the file counts as memory that it has. */
	if (end->peak_bytes >= limits->memory_max / 10 * 9 + run->source->n) {
		snprintf(note, 64, "more than %llu MiB",
			(unsigned long long)limits->memory_max >> 20);
		return HL_MEDIA_NO_MEMORY;
	}
	snprintf(note, 64, "SIG%s", sigabbrev_np(signal));
	return HL_MEDIA_CRASHED;
}

/* The worker hung up: why? */
static void find_cause(struct run *run)
{
	struct hl_media_end end;
	char note[64] = "";
	enum hl_media_status status = HL_MEDIA_CRASHED;

	hl_media_slot_empty(run->pool, run->slot, &end);
	if (!end.known) {
		status = HL_MEDIA_UNAVAILABLE;
	} else if (WIFSIGNALED(end.wait_status)) {
		status = by_signal(run, &end, note);
	} else if (WEXITSTATUS(end.wait_status) == EX_OSERR) {
		status = HL_MEDIA_UNAVAILABLE;
		snprintf(note, sizeof(note), "the sandbox was not entered");
	} else {
		snprintf(note, sizeof(note), "it ended with status %d",
			WEXITSTATUS(end.wait_status));
	}
	settle(run, status, note);
}

static void give_up(
	struct run *run, enum hl_media_status status, const char *note)
{
	struct hl_media_end ignored;

	hl_media_slot_empty(run->pool, run->slot, &ignored);
	settle(run, status, note);
}

static void too_long(struct run *run)
{
	char note[64];

	snprintf(note, sizeof(note), "more than %u s",
		run->pool->limits.seconds_max);
	give_up(run, HL_MEDIA_TOO_LONG, note);
}

/* Whether there is more to come; a fault is the caller's lack of memory. */
static int take_message(struct run *run, bool *more, struct hl_err *err)
{
	uint8_t message[HL_MEDIA_MESSAGE_MAX + 1];
	ssize_t n = recv(run->slot->fd, message, sizeof(message), MSG_DONTWAIT);

	*more = true;
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return 0;
	}
	*more = false;
	if (n <= 0) {
		find_cause(run);
		return 0;
	}
	int r = hl_media_answer_take(&run->answer, message, (size_t)n, err);
	if (r == HL_E_CORRUPT) {
		give_up(run, HL_MEDIA_CRASHED, "its answer made no sense");
		return 0;
	}
	*more = !r && !run->answer.done;
	return r;
}

static int wait_ms(const struct run *run, bool digesting)
{
	int64_t left = run->until_us - hl_time_mono_us();

	if (digesting || left <= 0) {
		return 0;
	}
	return left > 60 * HL_US_PER_S ? 60000 : (int)(left / 1000) + 1;
}

static int take_answer(struct run *run, struct hl_err *err)
{
	bool digesting = true, more = true;
	int r = 0;

	while (!r && more) {
		struct pollfd p = {run->slot->fd, POLLIN, 0};

		digesting = digesting &&
			    hl_media_source_step(run->source, run->result);
		if (poll(&p, 1, wait_ms(run, digesting)) > 0) {
			r = take_message(run, &more, err);
		}
		if (more && hl_time_mono_us() >= run->until_us) {
			too_long(run);
			more = false;
		}
	}
	return r;
}

/* Frames of an earlier try are forgotten; what the file itself tells, kept. */
static void begin_answer(struct run *run)
{
	struct hl_media_result *result = run->result;

	run->answer = (struct hl_media_answer){
		.limits = &run->pool->limits,
		.asked = run->options->flags,
		.out = result,
	};
	free(result->frames);
	result->frames = NULL;
	result->n_frames = 0;
	result->format = HL_MEDIA_UNKNOWN;
	result->flags = 0;
	result->width = result->height = 0;
	result->orientation = 0;
}

static int try_once(struct run *run, struct hl_err *err)
{
	int64_t from = hl_time_mono_us();
	struct hl_err why = {0};
	int r;

	begin_answer(run);
	if (hl_media_slot_fill(run->pool, run->slot, &why) ||
		send_job(run, &why)) {
		give_up(run, HL_MEDIA_UNAVAILABLE, why.msg);
		return 0;
	}
	run->until_us =
		from + (int64_t)run->pool->limits.seconds_max * HL_US_PER_S;
	r = take_answer(run, err);
	from = hl_time_mono_us() - from;
	run->slot->worked_us += from;
	run->result->worked_us += from;
	if (r) {
		give_up(run, HL_MEDIA_UNAVAILABLE, "");
	} else if (run->answer.done) {
		settle(run, run->result->status, run->answer.note);
	}
	return r;
}

static bool is_worth_another(const struct run *run, uint32_t n_files_before)
{
	enum hl_media_status status = run->result->status;

	return status == HL_MEDIA_UNAVAILABLE ||
	       (n_files_before > 0 && (status == HL_MEDIA_CRASHED ||
					      status == HL_MEDIA_NO_MEMORY));
}

static int run_in_slot(struct run *run, struct hl_err *err)
{
	uint32_t before = run->slot->fd >= 0 ? run->slot->n_files : 0;
	int r = try_once(run, err);
	struct hl_media_end ignored;

	/* What it holds on to would be missing for the next. */
	if (run->result->status == HL_MEDIA_NO_MEMORY) {
		hl_media_slot_empty(run->pool, run->slot, &ignored);
	}
	if (!r && is_worth_another(run, before)) {
		r = try_once(run, err);
	}
	return r;
}

static bool is_digestible(const struct run *run)
{
	return run->options->flags & HL_MEDIA_DIGESTS &&
	       (run->result->status == HL_MEDIA_HASHED ||
		       run->result->status == HL_MEDIA_NO_PICTURE);
}

static int run(struct run *run, struct hl_err *err)
{
	int r = 0;

	if (is_digestible(run)) {
		r = hl_media_source_want_digests(run->source, err);
	}
	if (!r && run->result->status == HL_MEDIA_HASHED) {
		run->slot = hl_media_slot_take(run->pool);
		r = run_in_slot(run, err);
		hl_media_slot_give(run->pool, run->slot);
	}
	while (!r && hl_media_source_step(run->source, run->result)) {
	}
	return r;
}

static int check_options(struct hl_media_options *options, struct hl_err *err)
{
	const uint32_t known = HL_MEDIA_SCREENING | HL_MEDIA_DIHEDRAL |
			       HL_MEDIA_CLI512 | HL_MEDIA_DIGESTS |
			       HL_MEDIA_UPRIGHT;

	if (options->video_every == 0) {
		options->video_every = 1;
	}
	if (options->flags & ~known || !isfinite(options->video_every) ||
		options->video_every < 0) {
		return HL_FAIL(err, HL_E_INVALID, "options of hashing");
	}
	return 0;
}

static int begin(const struct hl_media_options *given,
	struct hl_media_options *options, struct hl_media_result *out,
	struct hl_err *err)
{
	*out = (struct hl_media_result){0};
	*options = given ? *given : (struct hl_media_options){0};
	return check_options(options, err);
}

/* r: what came of making the source, which is ended. */
static int end(struct run *one, int r, struct hl_err *err)
{
	if (!r) {
		r = run(one, err);
	}
	hl_media_source_fini(one->source);
	return r;
}

int hl_media_hash_fd(struct hl_media_pool *pool, int fd,
	const struct hl_media_options *options, struct hl_media_result *out,
	struct hl_err *err)
{
	struct hl_media_source source = {.fd = -1};
	struct hl_media_options mine;
	struct run one = {.pool = pool,
		.source = &source,
		.options = &mine,
		.result = out};
	int r = begin(options, &mine, out, err);

	if (!r) {
		r = hl_media_source_fd(&source, fd, &pool->limits, out, err);
	}
	return end(&one, r, err);
}

int hl_media_hash_bytes(struct hl_media_pool *pool, const void *bytes, size_t n,
	const struct hl_media_options *options, struct hl_media_result *out,
	struct hl_err *err)
{
	struct hl_media_source source = {.fd = -1};
	struct hl_media_options mine;
	struct run one = {.pool = pool,
		.source = &source,
		.options = &mine,
		.result = out};
	int r = begin(options, &mine, out, err);

	if (!r) {
		r = hl_media_source_bytes(
			&source, bytes, n, pool->limits.bytes_max, out, err);
	}
	return end(&one, r, err);
}

void hl_media_result_fini(struct hl_media_result *result)
{
	free(result->frames);
	*result = (struct hl_media_result){0};
}
