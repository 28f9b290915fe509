/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An answer is B, any number of F, and D; or D alone. B and every F have one
 * length, which follows from what was asked, so that nothing in a message
 * says how long a part of it is, but for the note at the end of D.
 */
#include "media/wire.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

#define FLAGS_OF_RESULT \
	(HL_MEDIA_SCALED | HL_MEDIA_FLAWED | HL_MEDIA_CUT | HL_MEDIA_TURNED)

struct writer {
	uint8_t *p;
	size_t n;
};

static void put(struct writer *w, const void *value, size_t n)
{
	memcpy(w->p + w->n, value, n);
	w->n += n;
}

static void put_u8(struct writer *w, unsigned value)
{
	w->p[w->n++] = (uint8_t)value;
}

static void put_kind(struct writer *w, char kind, uint32_t no)
{
	put_u8(w, (unsigned char)kind);
	put(w, &no, sizeof(no));
}

size_t hl_media_put_begin(uint8_t out[HL_MEDIA_MESSAGE_MAX], uint32_t no,
	enum hl_media_format format, const struct hl_media_shape *first)
{
	struct writer w = {out, 0};
	bool scaled = first->full_width != 0;
	uint32_t width = scaled ? first->full_width : first->width;
	uint32_t height = scaled ? first->full_height : first->height;

	put_kind(&w, 'B', no);
	put_u8(&w, format);
	put(&w, &width, sizeof(width));
	put(&w, &height, sizeof(height));
	put_u8(&w, first->oriented);
	return w.n;
}

size_t hl_media_put_frame(uint8_t out[HL_MEDIA_MESSAGE_MAX], uint32_t no,
	uint32_t asked, const struct hl_media_frame *frame)
{
	struct writer w = {out, 0};

	put_kind(&w, 'F', no);
	put(&w, &frame->pdq.number, sizeof(frame->pdq.number));
	put(&w, &frame->pdq.seconds, sizeof(frame->pdq.seconds));
	put_u8(&w, (unsigned)frame->pdq.quality);
	put(&w, &frame->pdq.hash, sizeof(frame->pdq.hash));
	if (asked & HL_MEDIA_CLI512) {
		put_u8(&w, (unsigned)frame->cli512.quality);
		put(&w, &frame->cli512.hash, sizeof(frame->cli512.hash));
	}
	if (asked & HL_MEDIA_DIHEDRAL) {
		put(&w, frame->dihedral, sizeof(frame->dihedral));
	}
	return w.n;
}

size_t hl_media_put_done(uint8_t out[HL_MEDIA_MESSAGE_MAX], uint32_t no,
	const struct hl_media_done *done)
{
	struct writer w = {out, 0};

	put_kind(&w, 'D', no);
	put_u8(&w, done->status);
	put_u8(&w, done->format);
	put(&w, &done->flags, sizeof(done->flags));
	put(&w, done->note, strnlen(done->note, HL_MEDIA_NOTE_MAX - 1));
	return w.n;
}

#define KIND_BYTES (1 + sizeof(uint32_t))

/* Reading: a length that was checked once for all parts. */
struct reader {
	const uint8_t *p;
};

static void get(struct reader *r, void *value, size_t n)
{
	memcpy(value, r->p, n);
	r->p += n;
}

static unsigned get_u8(struct reader *r)
{
	return *r->p++;
}

static int broken(struct hl_err *err, const char *what)
{
	return HL_FAIL(err, HL_E_CORRUPT, "a worker's answer: %s", what);
}

static bool is_format(unsigned format)
{
	return format > HL_MEDIA_UNKNOWN && format < HL_MEDIA_N_FORMATS;
}

static int take_begin(struct hl_media_answer *a, struct reader r, size_t n,
	struct hl_err *err)
{
	struct hl_media_result *out = a->out;
	uint32_t width, height;

	if (n != KIND_BYTES + 2 * sizeof(uint32_t) + 2 || a->begun) {
		return broken(err, "a beginning of another length, or twice");
	}
	unsigned format = get_u8(&r);
	get(&r, &width, sizeof(width));
	get(&r, &height, sizeof(height));
	unsigned orientation = get_u8(&r);
	if (!is_format(format) || orientation > 8 || width == 0 ||
		height == 0 || width > a->limits->side_max ||
		height > a->limits->side_max ||
		(uint64_t)width * height > a->limits->pixels_max) {
		return broken(err, "a picture that cannot be");
	}
	a->begun = true;
	out->format = (enum hl_media_format)format;
	out->width = width;
	out->height = height;
	out->orientation = (uint8_t)orientation;
	return 0;
}

static size_t frame_bytes(uint32_t asked)
{
	const size_t hash = sizeof(struct hl_match_hash);
	size_t n = KIND_BYTES + sizeof(uint32_t) + sizeof(double) + 1 + hash;

	n += asked & HL_MEDIA_CLI512 ? 1 + hash : 0;
	return n + (asked & HL_MEDIA_DIHEDRAL ? 8 * hash : 0);
}

static struct hl_media_frame *room(struct hl_media_answer *a)
{
	struct hl_media_result *out = a->out;

	if (out->n_frames == a->n_frames_cap) {
		size_t cap = a->n_frames_cap ? 2 * a->n_frames_cap : 1;
		void *more =
			reallocarray(out->frames, cap, sizeof(*out->frames));

		if (!more) {
			return NULL;
		}
		out->frames = more;
		a->n_frames_cap = cap;
	}
	return &out->frames[out->n_frames];
}

static void get_frame(
	struct reader *r, uint32_t asked, struct hl_media_frame *frame)
{
	memset(frame, 0, sizeof(*frame));
	get(r, &frame->pdq.number, sizeof(frame->pdq.number));
	get(r, &frame->pdq.seconds, sizeof(frame->pdq.seconds));
	frame->pdq.quality = (int)get_u8(r);
	get(r, &frame->pdq.hash, sizeof(frame->pdq.hash));
	if (asked & HL_MEDIA_CLI512) {
		frame->cli512.quality = (int)get_u8(r);
		get(r, &frame->cli512.hash, sizeof(frame->cli512.hash));
	}
	if (asked & HL_MEDIA_DIHEDRAL) {
		get(r, frame->dihedral, sizeof(frame->dihedral));
	}
}

static bool follows(
	const struct hl_media_result *out, const struct hl_media_frame *frame)
{
	const struct hl_match_frame *last =
		out->n_frames ? &out->frames[out->n_frames - 1].pdq : NULL;

	return frame->pdq.quality <= 100 && frame->cli512.quality <= 100 &&
	       isfinite(frame->pdq.seconds) && frame->pdq.seconds >= 0 &&
	       (!last || (frame->pdq.number > last->number &&
				 frame->pdq.seconds >= last->seconds));
}

static int take_frame(struct hl_media_answer *a, struct reader r, size_t n,
	struct hl_err *err)
{
	struct hl_media_frame *frame;

	if (n != frame_bytes(a->asked) || !a->begun) {
		return broken(err, "a frame of another length, or too early");
	}
	if (a->out->n_frames >= a->limits->frames_max) {
		return broken(err, "more frames than were asked for");
	}
	frame = room(a);
	if (!frame) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for frames");
	}
	get_frame(&r, a->asked, frame);
	if (!follows(a->out, frame)) {
		return broken(err, "a frame that cannot be");
	}
	a->out->n_frames++;
	return 0;
}

/* What a worker may say of a file; the rest is the parent's to say. */
static bool is_workers(unsigned status)
{
	switch (status) {
	case HL_MEDIA_HASHED:
	case HL_MEDIA_NO_PICTURE:
	case HL_MEDIA_UNSUPPORTED:
	case HL_MEDIA_REFUSED:
	case HL_MEDIA_DAMAGED:
	case HL_MEDIA_NO_MEMORY:
		return true;
	default:
		return false;
	}
}

static bool agrees(const struct hl_media_answer *a, unsigned status,
	unsigned format, uint32_t flags)
{
	uint32_t allowed = FLAGS_OF_RESULT;

	if (!(a->asked & HL_MEDIA_SCREENING)) {
		allowed &= ~(uint32_t)HL_MEDIA_SCALED;
	}
	if (!(a->asked & HL_MEDIA_UPRIGHT)) {
		allowed &= ~(uint32_t)HL_MEDIA_TURNED;
	}
	return is_workers(status) && !(flags & ~allowed) &&
	       (status == HL_MEDIA_HASHED) <= (a->out->n_frames > 0) &&
	       (status == HL_MEDIA_NO_PICTURE ? format == HL_MEDIA_UNKNOWN
					      : is_format(format)) &&
	       (!a->begun || format == (unsigned)a->out->format);
}

static int take_done(struct hl_media_answer *a, struct reader r, size_t n,
	struct hl_err *err)
{
	const size_t fixed = KIND_BYTES + 2 + sizeof(uint32_t);
	uint32_t flags;

	if (n < fixed || n - fixed >= sizeof(a->note)) {
		return broken(err, "an end of another length");
	}
	unsigned status = get_u8(&r);
	unsigned format = get_u8(&r);
	get(&r, &flags, sizeof(flags));
	if (!agrees(a, status, format, flags)) {
		return broken(err, "an end that cannot be");
	}
	get(&r, a->note, n - fixed);
	a->note[n - fixed] = '\0';
	for (char *c = a->note; *c; c++) {
		*c = *c >= ' ' && *c <= '~' ? *c : '?';
	}
	a->out->status = (enum hl_media_status)status;
	a->out->format = (enum hl_media_format)format;
	a->out->flags = flags;
	a->done = true;
	return 0;
}

int hl_media_answer_take(struct hl_media_answer *answer, const uint8_t *p,
	size_t n, struct hl_err *err)
{
	struct reader r = {p + 1};
	uint32_t no;

	if (n < KIND_BYTES || n > HL_MEDIA_MESSAGE_MAX || answer->done) {
		return broken(err, "a message too much");
	}
	get(&r, &no, sizeof(no));
	if (no != answer->no) {
		return broken(err, "a message about another file");
	}
	switch (p[0]) {
	case 'B':
		return take_begin(answer, r, n, err);
	case 'F':
		return take_frame(answer, r, n, err);
	case 'D':
		return take_done(answer, r, n, err);
	default:
		return broken(err, "a message of no kind");
	}
}

static const char *words(enum hl_media_status status)
{
	static const char *const text[HL_MEDIA_N_STATUSES] = {
		[HL_MEDIA_HASHED] = "hashed",
		[HL_MEDIA_NO_PICTURE] = "no picture or video that is known",
		[HL_MEDIA_UNSUPPORTED] = "a form that is not supported",
		[HL_MEDIA_REFUSED] = "refused",
		[HL_MEDIA_DAMAGED] = "damaged",
		[HL_MEDIA_NO_MEMORY] = "wanted too much memory",
		[HL_MEDIA_TOO_LONG] = "took too long",
		[HL_MEDIA_CRASHED] = "the decoder crashed",
		[HL_MEDIA_UNREADABLE] = "could not be read",
		[HL_MEDIA_UNAVAILABLE] = "no decoder could be started",
	};

	return text[status];
}

void hl_media_result_say(struct hl_media_result *result, const char *note)
{
	bool hashed = result->status == HL_MEDIA_HASHED;
	const char *flawed = hashed && result->flags & HL_MEDIA_FLAWED
				     ? ", as far as the damage allows"
				     : "";
	const char *cut =
		result->flags & HL_MEDIA_CUT ? ", only the first frames" : "";

	snprintf(result->text, sizeof(result->text), "%s%s%s%s%s",
		words(result->status), flawed, cut, *note ? ": " : "", note);
}

/* Aligned as the kernel wants it. The padding has room for a second one. */
union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

int hl_media_give(int socket, const void *message, size_t n, int fd)
{
	struct iovec iov = {(void *)(uintptr_t)message, n};
	union control control = {0};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	}
	return sendmsg(socket, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -1 : 0;
}

/* The one that came along; two are as good as none. */
static int only_one(struct msghdr *msg)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int came[2];
	size_t n;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
		c->cmsg_len < CMSG_LEN(sizeof(came[0]))) {
		return -1;
	}
	n = c->cmsg_len < CMSG_LEN(sizeof(came)) ? 1 : 2;
	memcpy(came, CMSG_DATA(c), n * sizeof(came[0]));
	if (n == 1) {
		return came[0];
	}
	close(came[0]);
	close(came[1]);
	return -1;
}

ssize_t hl_media_take(int socket, void *message, size_t n, int *fd)
{
	struct iovec iov = {message, n};
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(socket, &msg, MSG_CMSG_CLOEXEC);

	*fd = got > 0 ? only_one(&msg) : -1;
	return got;
}
