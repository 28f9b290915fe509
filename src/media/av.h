/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_AV_H
#define HL_MEDIA_AV_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
#include <stdbool.h>

/*
 * FFmpeg's libraries, found by name when the first is asked for and not
 * linked: they bring two hundred others with them, which nobody but a decoder
 * of videos should have in his memory, and 50 ms more to each start.
 */
#define HL_MEDIA_AV_FUNCTIONS(X)                  \
	X(AVUTIL, av_malloc)                      \
	X(AVUTIL, av_freep)                       \
	X(AVUTIL, av_dict_set)                    \
	X(AVUTIL, av_dict_free)                   \
	X(AVUTIL, av_frame_alloc)                 \
	X(AVUTIL, av_frame_free)                  \
	X(AVUTIL, av_frame_get_buffer)            \
	X(AVUTIL, av_log_set_level)               \
	X(AVCODEC, av_packet_alloc)               \
	X(AVCODEC, av_packet_free)                \
	X(AVCODEC, av_packet_unref)               \
	X(AVCODEC, avcodec_find_decoder)          \
	X(AVCODEC, avcodec_alloc_context3)        \
	X(AVCODEC, avcodec_free_context)          \
	X(AVCODEC, avcodec_parameters_to_context) \
	X(AVCODEC, avcodec_open2)                 \
	X(AVCODEC, avcodec_send_packet)           \
	X(AVCODEC, avcodec_receive_frame)         \
	X(AVFORMAT, av_find_input_format)         \
	X(AVFORMAT, av_read_frame)                \
	X(AVFORMAT, av_stream_get_side_data)      \
	X(AVFORMAT, avformat_alloc_context)       \
	X(AVFORMAT, avformat_open_input)          \
	X(AVFORMAT, avformat_find_stream_info)    \
	X(AVFORMAT, avformat_close_input)         \
	X(AVFORMAT, avio_alloc_context)           \
	X(AVFORMAT, avio_context_free)            \
	X(SWSCALE, sws_getCachedContext)          \
	X(SWSCALE, sws_scale)                     \
	X(SWSCALE, sws_freeContext)

struct hl_media_av {
#define HL_MEDIA_AV_MEMBER(library, name) __typeof__(name) *name;
	HL_MEDIA_AV_FUNCTIONS(HL_MEDIA_AV_MEMBER)
#undef HL_MEDIA_AV_MEMBER
};

/*
 * Fills *av in. The libraries are read from the disk at the first call, and
 * never let go; later ones open nothing. False: they are not there, or of
 * other versions than those that this was built with. They are told to print
 * nothing.
 */
bool hl_media_av_load(struct hl_media_av *av);

#endif
