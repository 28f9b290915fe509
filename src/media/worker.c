/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs with nothing but memory, the processor and one socket. A job is a
 * message with a descriptor; the answer goes out in pieces as they come, so
 * that the frames of a video that takes too long are not lost.
 */
#include "media/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "media/hasher.h"
#include "media/wire.h"

struct worker {
	const struct hl_media_setup *setup;
	int fd;
	struct hl_media_job job;
	enum hl_media_format format; /* of the file under way */
};

static int say(struct worker *w, const uint8_t *message, size_t n)
{
	ssize_t sent;

	do {
		sent = send(w->fd, message, n, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)n ? 0 : HL_MEDIA_UNAVAILABLE;
}

static int on_begin(void *arg, const struct hl_media_shape *first)
{
	struct worker *w = arg;
	uint8_t message[HL_MEDIA_MESSAGE_MAX];

	return say(w, message,
		hl_media_put_begin(message, w->job.no, w->format, first));
}

static int on_frame(void *arg, const struct hl_media_frame *frame)
{
	struct worker *w = arg;
	uint8_t message[HL_MEDIA_MESSAGE_MAX];

	return say(w, message,
		hl_media_put_frame(message, w->job.no, w->job.flags, frame));
}

static const struct hl_media_decoder *find_decoder(
	const struct worker *w, const uint8_t *bytes, size_t n)
{
	const struct hl_media_decoder *const *all = w->setup->decoders;

	n = n < HL_MEDIA_HEAD_MAX ? n : HL_MEDIA_HEAD_MAX;
	for (all = all ? all : hl_media_decoders(); *all; all++) {
		if ((*all)->knows(bytes, n)) {
			return *all;
		}
	}
	return NULL;
}

static int decode(struct worker *w, const struct hl_media_decoder *decoder,
	const struct hl_media_input *in)
{
	const struct hl_media_hearer hearer = {on_begin, on_frame, w};
	struct hl_media_hasher *hasher = hl_media_hasher_new(in, &hearer);
	struct hl_media_done done = {.status = HL_MEDIA_NO_MEMORY, .note = ""};
	uint8_t message[HL_MEDIA_MESSAGE_MAX];

	done.format = w->format = decoder->format;
	if (hasher) {
		struct hl_media_sink *sink = hl_media_hasher_sink(hasher);

		done.status = hl_media_hasher_settle(
			hasher, decoder->decode(in, sink), &done.flags);
		done.note = sink->note;
	}
	int r = say(w, message, hl_media_put_done(message, w->job.no, &done));

	hl_media_hasher_free(hasher);
	return r;
}

static int no_picture(struct worker *w)
{
	const struct hl_media_done done = {
		.status = HL_MEDIA_NO_PICTURE, .note = ""};
	uint8_t message[HL_MEDIA_MESSAGE_MAX];

	return say(w, message, hl_media_put_done(message, w->job.no, &done));
}

static int do_job(struct worker *w, int file)
{
	size_t n = (size_t)w->job.n_bytes;
	void *bytes = mmap(NULL, n, PROT_READ, MAP_PRIVATE, file, 0);
	const struct hl_media_input in = {
		.bytes = bytes,
		.n = n,
		.flags = w->job.flags,
		.video_every = w->job.video_every,
		.limits = w->setup->limits,
	};

	if (bytes == MAP_FAILED) {
		return HL_MEDIA_UNAVAILABLE;
	}
	const struct hl_media_decoder *decoder = find_decoder(w, bytes, n);
	int r = decoder ? decode(w, decoder, &in) : no_picture(w);

	munmap(bytes, n);
	return r;
}

/* The file's descriptor; -1: hung up, or no job. */
static int next_job(struct worker *w)
{
	int file;
	ssize_t n;

	do {
		n = hl_media_take(w->fd, &w->job, sizeof(w->job), &file);
	} while (n < 0 && errno == EINTR);
	if (n == sizeof(w->job) && w->job.magic == HL_MEDIA_JOB_MAGIC &&
		w->job.n_bytes > 0) {
		return file;
	}
	if (file >= 0) {
		close(file);
	}
	return -1;
}

int hl_media_worker_run(const struct hl_media_setup *setup, int fd)
{
	struct worker w = {.setup = setup, .fd = fd};
	int file;

	while ((file = next_job(&w)) >= 0) {
		int r = do_job(&w, file);

		close(file);
		if (r) {
			return EX_IOERR;
		}
	}
	return 0;
}
