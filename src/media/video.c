/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Videos by FFmpeg's libraries, sampled as vPDQ does: of the first video
 * stream, each frame whose number is a multiple of (int)(seconds * rate),
 * scaled with SWS_AREA to RGB24 of the stream's size; seconds are number /
 * rate. docs/media.md has the rule, and what of the reference was mended.
 *
 * What is kept small, because the file is a stranger's:
 *
 *   - The demuxer is chosen here by the first bytes, among eight; nothing is
 *     guessed by FFmpeg. It reads from memory and can open nothing else: no
 *     protocol is allowed, and a demuxer that asks for another file is
 *     refused.
 *   - Decoders are those on a list; streams other than the one are thrown
 *     away unread.
 *   - One thread, one decoded frame and one scaled frame at a time.
 *   - A frame of another size than the stream's passes the limits again.
 *
 * A packet that does not decode is passed over, as FFmpeg's own tools do, and
 * the result is marked as flawed.
 */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "media/video.h"
#include "media/video_file.h"

struct video {
	struct hl_media_video_file file;
	const struct hl_media_av *av; /* the file's */
	AVCodecContext *codec;
	struct SwsContext *scaler;
	AVPacket *packet;
	AVFrame *frame;
	AVFrame *scaled;
	struct hl_media_shape shape; /* of what is handed on */
	double rate;                 /* frames a second; 0: not known */
	uint32_t step;               /* every step-th is handed on */
	uint32_t first;              /* number of the first */
	uint64_t n_frames;           /* decoded */
};

static bool knows(const uint8_t *head, size_t n)
{
	return hl_media_video_demuxer(head, n);
}

static int open_codec(struct video *v)
{
	const AVCodecParameters *is = v->file.stream->codecpar;
	const AVCodec *decoder = v->av->avcodec_find_decoder(is->codec_id);
	AVDictionary *options = NULL;
	int rc;

	v->codec = decoder ? v->av->avcodec_alloc_context3(decoder) : NULL;
	if (!v->codec) {
		return decoder ? HL_MEDIA_NO_MEMORY
			       : hl_media_note(v->file.sink,
					 HL_MEDIA_UNSUPPORTED,
					 "a codec that is not known");
	}
	rc = v->av->avcodec_parameters_to_context(v->codec, is);
	if (rc < 0) {
		return hl_media_video_fault(
			&v->file, rc, "the stream's header is broken");
	}
	v->codec->thread_count = 1;
	v->codec->max_pixels =
		(int64_t)(v->file.in->limits.pixels_max & INT64_MAX);
	v->av->av_dict_set(
		&options, "codec_whitelist", hl_media_video_decoders, 0);
	rc = v->av->avcodec_open2(v->codec, decoder, &options);
	v->av->av_dict_free(&options);
	if (rc == AVERROR(ENOMEM)) {
		return HL_MEDIA_NO_MEMORY;
	}
	return rc < 0 ? hl_media_note(v->file.sink, HL_MEDIA_UNSUPPORTED,
				"%s, or its header is broken", decoder->name)
		      : 0;
}

static double rate_of(const AVStream *stream)
{
	AVRational r = stream->avg_frame_rate;

	if (r.num <= 0 || r.den <= 0) {
		r = stream->r_frame_rate;
	}
	return r.num <= 0 || r.den <= 0 ? 0 : (double)r.num / (double)r.den;
}

/* (int)(seconds * rate), and 1 where that is nothing. */
static uint32_t step_of(double seconds, double rate)
{
	double step = seconds * rate;

	if (!isfinite(step) || step < 1) {
		return 1;
	}
	return step >= INT_MAX ? INT_MAX : (uint32_t)step;
}

/* The matrix of a phone that was held upright, in EXIF's terms. */
static uint8_t orientation_of(struct video *v)
{
	static const int8_t forms[8][4] = {{1, 0, 0, 1}, {-1, 0, 0, 1},
		{-1, 0, 0, -1}, {1, 0, 0, -1}, {0, 1, 1, 0}, {0, 1, -1, 0},
		{0, -1, -1, 0}, {0, -1, 1, 0}};
	size_t n = 0;
	const uint8_t *side = v->av->av_stream_get_side_data(
		v->file.stream, AV_PKT_DATA_DISPLAYMATRIX, &n);
	int32_t m[9];
	int8_t signs[4];

	if (!side || n < sizeof(m)) {
		return 0;
	}
	memcpy(m, side, sizeof(m));
	for (size_t i = 0; i < 4; i++) {
		int32_t part = m[i / 2 * 3 + i % 2];

		signs[i] = (int8_t)((part > 0) - (part < 0));
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(forms); i++) {
		if (memcmp(forms[i], signs, sizeof(signs)) == 0) {
			return (uint8_t)(i + 1);
		}
	}
	return 0;
}

static int make_frames(struct video *v)
{
	v->shape.width = (uint32_t)v->file.stream->codecpar->width;
	v->shape.height = (uint32_t)v->file.stream->codecpar->height;
	v->shape.pixels = HL_MATCH_RGB24;
	v->shape.oriented = orientation_of(v);
	v->packet = v->av->av_packet_alloc();
	v->frame = v->av->av_frame_alloc();
	v->scaled = v->av->av_frame_alloc();
	if (!v->packet || !v->frame || !v->scaled) {
		return HL_MEDIA_NO_MEMORY;
	}
	v->scaled->format = AV_PIX_FMT_RGB24;
	v->scaled->width = (int)v->shape.width;
	v->scaled->height = (int)v->shape.height;
	return v->av->av_frame_get_buffer(v->scaled, 0) < 0 ? HL_MEDIA_NO_MEMORY
							    : 0;
}

static int hand_on(struct video *v)
{
	AVFrame *from = v->frame, *to = v->scaled;
	int rc = from->width <= 0 || from->height <= 0
			 ? HL_MEDIA_DAMAGED
			 : hl_media_check_size(v->file.in, v->file.sink,
				   (uint64_t)from->width,
				   (uint64_t)from->height);

	if (rc) {
		return rc;
	}
	v->shape.number = v->first + (uint32_t)v->n_frames;
	v->shape.seconds = v->rate > 0 ? (double)v->n_frames / v->rate : 0;
	rc = hl_media_begin(v->file.sink, &v->shape);
	if (rc) {
		return rc;
	}
	v->scaler = v->av->sws_getCachedContext(v->scaler, from->width,
		from->height, (enum AVPixelFormat)from->format, to->width,
		to->height, AV_PIX_FMT_RGB24, SWS_AREA, NULL, NULL, NULL);
	if (!v->scaler) {
		return hl_media_note(v->file.sink, HL_MEDIA_UNSUPPORTED,
			"pixels that cannot be scaled");
	}
	if (v->av->sws_scale(v->scaler, (const uint8_t *const *)from->data,
		    from->linesize, 0, from->height, to->data,
		    to->linesize) <= 0) {
		return hl_media_video_fault(
			&v->file, 0, "a frame cannot be scaled");
	}
	rc = hl_media_rows(v->file.sink, to->data[0], (size_t)to->linesize[0],
		v->shape.height);
	return rc ? rc : hl_media_end(v->file.sink);
}

/* All that the decoder has ready; packet NULL: and what it keeps back. */
static int decode_packet(struct video *v, const AVPacket *packet)
{
	int code = v->av->avcodec_send_packet(v->codec, packet), rc = 0;

	if (code == AVERROR(ENOMEM)) {
		return HL_MEDIA_NO_MEMORY;
	}
	v->file.sink->flawed |= code < 0 && code != AVERROR_EOF;
	while (rc == 0) {
		code = v->av->avcodec_receive_frame(v->codec, v->frame);
		if (code < 0) {
			break;
		}
		if (v->n_frames >= UINT32_MAX - v->first) {
			return HL_MEDIA_ENOUGH;
		}
		v->file.sink->flawed |= v->frame->decode_error_flags != 0;
		rc = v->n_frames % v->step == 0 ? hand_on(v) : 0;
		v->n_frames++;
	}
	if (code == AVERROR(ENOMEM)) {
		return HL_MEDIA_NO_MEMORY;
	}
	v->file.sink->flawed |=
		code < 0 && code != AVERROR(EAGAIN) && code != AVERROR_EOF;
	return rc;
}

static int decode_all(struct video *v)
{
	int code, rc = 0;

	while (rc == 0 &&
		(code = v->av->av_read_frame(v->file.format, v->packet)) >= 0) {
		if (v->packet->stream_index == v->file.stream->index) {
			rc = decode_packet(v, v->packet);
		}
		v->av->av_packet_unref(v->packet);
	}
	if (rc) {
		return rc;
	}
	if (code == AVERROR(ENOMEM)) {
		return HL_MEDIA_NO_MEMORY;
	}
	v->file.sink->flawed |= code != AVERROR_EOF;
	rc = decode_packet(v, NULL);
	return rc || v->n_frames ? rc
				 : hl_media_video_fault(&v->file, 0,
					   "no frame can be decoded");
}

static void free_all(struct video *v)
{
	v->av->sws_freeContext(v->scaler);
	v->av->av_frame_free(&v->scaled);
	v->av->av_frame_free(&v->frame);
	v->av->av_packet_free(&v->packet);
	v->av->avcodec_free_context(&v->codec);
}

static int run(struct video *v, const char *demuxer, double seconds)
{
	int rc = hl_media_video_open(&v->file, demuxer);

	if (rc == 0) {
		v->av = &v->file.av;
		rc = open_codec(v);
		rc = rc ? rc : make_frames(v);
		v->rate = rate_of(v->file.stream);
		v->step = step_of(seconds, v->rate);
		rc = rc ? rc : decode_all(v);
		free_all(v);
	}
	hl_media_video_close(&v->file);
	return rc;
}

static int decode(const struct hl_media_input *in, struct hl_media_sink *sink)
{
	struct video v = {.file = {.in = in, .sink = sink}};
	const char *demuxer = hl_media_video_demuxer(in->bytes, in->n);

	if (!demuxer) {
		return hl_media_note(
			sink, HL_MEDIA_DAMAGED, "the container is broken");
	}
	return run(&v, demuxer, in->video_every > 0 ? in->video_every : 1);
}

int hl_media_video_sequence(const struct hl_media_input *in,
	struct hl_media_sink *sink, uint32_t number)
{
	struct video v = {.file = {.in = in, .sink = sink}, .first = number};

	return run(&v, "mov", 0);
}

const struct hl_media_decoder hl_media_video = {
	.format = HL_MEDIA_VIDEO,
	.knows = knows,
	.decode = decode,
};
