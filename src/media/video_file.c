/* SPDX-License-Identifier: Apache-2.0 */
/* The container of a video: which it is, and its first video stream. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "media/video_file.h"

#define BUFFER_BYTES 65536
#define TS_PACKET 188u
#define M2TS_PACKET 192u

const char hl_media_video_decoders[] =
	"h264,hevc,vp8,vp9,libdav1d,mpeg1video,mpeg2video,mpeg4,msmpeg4v1,"
	"msmpeg4v2,msmpeg4,h263,h263p,flv,vp6,vp6f,vp6a,wmv1,wmv2,wmv3,vc1,"
	"theora,mjpeg,rawvideo,png,prores,dnxhd,dvvideo,ffv1,huffyuv,svq1,"
	"svq3,cinepak";

static bool starts(const uint8_t *head, size_t n, size_t at, const char *with,
	size_t n_with)
{
	return n >= at + n_with && memcmp(head + at, with, n_with) == 0;
}

static bool every(const uint8_t *head, size_t n, size_t first, size_t step)
{
	size_t k = 0;

	for (size_t at = first; at < n && k < 5; at += step, k++) {
		if (head[at] != 0x47) {
			return false;
		}
	}
	return k >= 3;
}

static bool starts_with_box(const uint8_t *head, size_t n)
{
	static const char *const boxes[] = {
		"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"};

	for (size_t i = 0; i < HL_ARRAY_LEN(boxes); i++) {
		if (starts(head, n, 4, boxes[i], 4)) {
			return true;
		}
	}
	return false;
}

const char *hl_media_video_demuxer(const uint8_t *head, size_t n)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *demuxer;
	} known[] = {
		{"\x1a\x45\xdf\xa3", 4, "matroska"},
		{"FLV\x01", 4, "flv"},
		{"\x30\x26\xb2\x75\x8e\x66\xcf\x11", 8, "asf"},
		{"OggS", 4, "ogg"},
		{"\x00\x00\x01\xba", 4, "mpeg"},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(known); i++) {
		if (starts(head, n, 0, known[i].bytes, known[i].n)) {
			return known[i].demuxer;
		}
	}
	if (starts(head, n, 0, "RIFF", 4) && starts(head, n, 8, "AVI ", 4)) {
		return "avi";
	}
	if (starts_with_box(head, n)) {
		return "mov";
	}
	return every(head, n, 0, TS_PACKET) || every(head, n, 4, M2TS_PACKET)
		       ? "mpegts"
		       : NULL;
}

static int read_bytes(void *arg, uint8_t *to, int n)
{
	struct hl_media_video_file *v = arg;
	size_t left = v->in->n - v->at;
	size_t take = n < 0 ? 0 : (size_t)n < left ? (size_t)n : left;

	if (take == 0) {
		return AVERROR_EOF;
	}
	memcpy(to, v->in->bytes + v->at, take);
	v->at += take;
	return (int)take;
}

static int64_t seek_to(void *arg, int64_t to, int whence)
{
	struct hl_media_video_file *v = arg;
	int64_t n = (int64_t)v->in->n, from = 0;

	whence &= ~AVSEEK_FORCE;
	if (whence == AVSEEK_SIZE) {
		return n;
	}
	if (whence != SEEK_SET) {
		from = whence == SEEK_CUR ? (int64_t)v->at : n;
	}
	if (to < -from || to > n - from) {
		return AVERROR(EINVAL);
	}
	v->at = (size_t)(from + to);
	return from + to;
}

static int open_nothing(AVFormatContext *format, AVIOContext **out,
	const char *url, int flags, AVDictionary **options)
{
	(void)format;
	(void)url;
	(void)flags;
	(void)options;
	*out = NULL;
	return AVERROR(EACCES);
}

int hl_media_video_fault(
	struct hl_media_video_file *v, int code, const char *what)
{
	if (code == AVERROR(ENOMEM)) {
		return HL_MEDIA_NO_MEMORY;
	}
	return hl_media_note(v->sink, HL_MEDIA_DAMAGED, "%s", what);
}

static int open_format(struct hl_media_video_file *v, const char *name)
{
	const AVInputFormat *demuxer = v->av.av_find_input_format(name);
	AVDictionary *options = NULL;
	uint8_t *buffer = v->av.av_malloc(BUFFER_BYTES);

	if (!demuxer) {
		v->av.av_freep(&buffer);
		return hl_media_note(v->sink, HL_MEDIA_UNSUPPORTED,
			"FFmpeg was built without %s", name);
	}
	v->io = buffer ? v->av.avio_alloc_context(buffer, BUFFER_BYTES, 0, v,
				 read_bytes, NULL, seek_to)
		       : NULL;
	v->format = v->av.avformat_alloc_context();
	if (!v->io || !v->format) {
		if (!v->io) {
			v->av.av_freep(&buffer);
		}
		return HL_MEDIA_NO_MEMORY;
	}
	v->format->pb = v->io;
	v->format->flags |= AVFMT_FLAG_CUSTOM_IO;
	v->format->io_open = open_nothing;
	v->av.av_dict_set(&options, "protocol_whitelist", "none", 0);
	v->av.av_dict_set(&options, "format_whitelist", demuxer->name, 0);
	v->av.av_dict_set(
		&options, "codec_whitelist", hl_media_video_decoders, 0);
	int rc = v->av.avformat_open_input(&v->format, NULL, demuxer, &options);
	v->av.av_dict_free(&options);
	return rc < 0 ? hl_media_video_fault(v, rc, "the container is broken")
		      : 0;
}

/* Options for the decoders that find_stream_info opens. */
static int find_info(struct hl_media_video_file *v)
{
	unsigned n = v->format->nb_streams;
	AVDictionary **options = calloc(n ? n : 1, sizeof(AVDictionary *));
	char most[24];

	if (!options) {
		return HL_MEDIA_NO_MEMORY;
	}
	snprintf(most, sizeof(most), "%llu",
		(unsigned long long)v->in->limits.pixels_max);
	for (unsigned i = 0; i < n; i++) {
		v->av.av_dict_set(&options[i], "threads", "1", 0);
		v->av.av_dict_set(&options[i], "max_pixels", most, 0);
	}
	int rc = v->av.avformat_find_stream_info(v->format, options);

	for (unsigned i = 0; i < n; i++) {
		v->av.av_dict_free(&options[i]);
	}
	free(options);
	return rc < 0 ? hl_media_video_fault(v, rc, "the streams are broken")
		      : 0;
}

static int check_size(struct hl_media_video_file *v)
{
	const AVCodecParameters *is = v->stream->codecpar;

	return hl_media_check_size(v->in, v->sink,
		is->width < 0 ? 0 : (uint64_t)is->width,
		is->height < 0 ? 0 : (uint64_t)is->height);
}

static void find_stream(struct hl_media_video_file *v)
{
	v->stream = NULL;
	for (unsigned i = 0; i < v->format->nb_streams; i++) {
		AVStream *stream = v->format->streams[i];

		if (!v->stream &&
			stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO) {
			v->stream = stream;
		}
	}
}

/* A size that the container says, before any picture is decoded for it. */
static int refuse_early(struct hl_media_video_file *v)
{
	find_stream(v);
	return v->stream && v->stream->codecpar->width > 0 &&
			       v->stream->codecpar->height > 0
		       ? check_size(v)
		       : 0;
}

static int choose_stream(struct hl_media_video_file *v)
{
	find_stream(v);
	for (unsigned i = 0; i < v->format->nb_streams; i++) {
		if (v->format->streams[i] != v->stream) {
			v->format->streams[i]->discard = AVDISCARD_ALL;
		}
	}
	if (!v->stream) {
		return hl_media_note(v->sink, HL_MEDIA_UNSUPPORTED,
			"there is no video in it");
	}
	if (v->stream->codecpar->width <= 0 ||
		v->stream->codecpar->height <= 0) {
		return hl_media_note(v->sink, HL_MEDIA_DAMAGED,
			"no size is known, or one over the limits");
	}
	return check_size(v);
}

int hl_media_video_open(struct hl_media_video_file *v, const char *demuxer)
{
	int rc;

	if (!hl_media_av_load(&v->av)) {
		return hl_media_note(v->sink, HL_MEDIA_UNSUPPORTED,
			"FFmpeg's libraries are not installed");
	}
	v->loaded = true;
	rc = open_format(v, demuxer);
	rc = rc ? rc : refuse_early(v);
	rc = rc ? rc : find_info(v);
	return rc ? rc : choose_stream(v);
}

void hl_media_video_close(struct hl_media_video_file *v)
{
	if (!v->loaded) {
		return;
	}
	v->av.avformat_close_input(&v->format);
	if (v->io) {
		/* FFmpeg may have put another in the place of the first. */
		v->av.av_freep(&v->io->buffer);
	}
	v->av.avio_context_free(&v->io);
}
