/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <errno.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/str.h"

/* The clips are FFmpeg's test picture, made once with its encoders. */

static void decode_ask(const char *clip, struct ask ask, struct frames *out)
{
	const char *folder = getenv("HL_MEDIA_CLIPS");
	char path[512];
	uint8_t *bytes;

	assert_non_null(folder);
	snprintf(path, sizeof(path), "%s/%s", folder, clip);
	ask.n = file_bytes(path, &bytes);
	ask.bytes = bytes;
	ask.decoder = ask.decoder ? ask.decoder : &hl_media_video;
	frames_of(&ask, out);
	free(bytes);
}

static void decode_clip(const char *clip, double every, struct frames *out)
{
	decode_ask(clip, (struct ask){.video_every = every}, out);
}

static void decode_limited(
	const char *clip, uint64_t pixels_max, struct frames *out)
{
	decode_ask(clip,
		(struct ask){.video_every = 0.01, .pixels_max = pixels_max},
		out);
}

/*
 * What the reference's program for vPDQ says of the clips, a frame a second;
 * and the last one of second.mkv, which the reference loses because it asks
 * the decoder for its last frames only when the video is stream 0. Scaling
 * may differ by a bit from processor to processor, so two are allowed.
 */
static const struct {
	const char *clip;
	const char *lines[5]; /* number,quality,hash,seconds */
} vectors[] = {
	{"h264.mp4",
		{"0,100,5a9987f4d297a56a7d1997e65a955ea4746e52915eeef011aa66e"
		 "011155a44e6,0.000",
			"10,100,92b72bc0780fa54c5ab795c8bab75e847c48d2b756c4f"
			"a3fa84ca837957a04c8,1.000",
			"20,100,5297a5e0f80f294a5a9794a07a976e69f468d2975ee07"
			"b1fa864b097155a4ee8,2.000",
			"30,100,d2b72fe8780fa5425ab696c05ab65e817c4a52b7d6c0f"
			"93fea48e036957a06c8,3.000"}},
	{"hevc.mp4",
		{"0,100,1295856afe8785eaf81317e6115156a45eea5b91eaa6f911a076a"
		 "057555a56ee,0.000"}},
	{"mjpeg.avi",
		{"0,100,5093a3545ea641d2da975ee4d01bd6a4546e53916ee65a11ea66e"
		 "ad7855a44ee,0.000",
			"2,100,13b7e85256840372f2975e84b233d68554cc53336eccf2"
			"33ea4ceaf7857a44cc,1.000"}},
	{"mpeg2.ts",
		{"0,100,5a91a94a5ea4055bea13bee4d0117fac54e65119eee67811ea6ee"
		 "a15855a15ee,0.000"}},
	{"mpeg2.vob",
		{"0,100,5a91a94a5ea4055bea13bee4d0117fac54e65119eee67811ea6ee"
		 "a15855a15ee,0.000"}},
	{"rotated.mp4",
		{"0,100,1295856a7e87856a5a1797ee111156a45eee5a91eae6f911a866a"
		 "857555a56e6,0.000"}},
	{"second.mkv",
		{"0,100,2a95afc2d016856a5a9927e63b515ea454ae7a916ae6f119a076a"
		 "857555a5ee6,0.000",
			"8,100,0a97a5e8d40f854a7ab795c81ab7fe84542c7ab76ac4f1"
			"33a04ca077577a5cc8,1.000",
			NULL}},
	{"slow.mp4",
		{"0,100,1295856a7e87856a5a1797ee111156a45eee5a91eae6f911a866a"
		 "857555a56e6,0.000",
			"1,100,1a95856a5ea7856ada95dea2115c56a35efa5b95eaa2f9"
			"15a862a855555856e2,4.000",
			"2,100,1b97a5785ea585605a17b6a0115756ad5ee87b97eaa0f9"
			"17a864a857555a56e0,8.000",
			"3,100,1297a5e85e8785e2da1596ee11515ea45eea5a99eaa6b9"
			"11a866aa55555a56e6,12.000"}},
	{"sorenson.flv",
		{"0,100,1295856a7e87856a5a1797ee111156a45eee5a91eae6f911a866a"
		 "857555a56ee,0.000"}},
	{"theora.ogv",
		{"0,100,da1d25c25aad15529b9deee6a95f7ea0556651116ee6b811eae60"
		 "81d855a076e,0.000"}},
	{"vp9.webm",
		{"0,100,f9cf3198911899049118b99b379a0798664e0798b7b3b7b2b7b0f"
		 "ef78118684f,0.000",
			"5,100,794f3918a118f9829198fbba2f18279826c52590d7ba97"
			"ba97b2fef78110684f,1.000"}},
	{"wmv.asf",
		{"0,100,5291a94a5ea7b952ea1537e691d9cea6546a53916ee6f811ea66e"
		 "a15855a04ee,0.000"}},
};

static void expect_line(
	const char *clip, const struct frame *frame, const char *line)
{
	char hex[65] = "", hash_hex[65];
	struct hl_match_hash hash;
	const char *at = line;
	char *rest;
	unsigned long number = strtoul(at, &rest, 10);

	at = strchr(rest + 1, ',') + 1;
	memcpy(hex, at, 64);
	assert_int_equal(hl_match_hash_parse(hex, 64, &hash), 0);
	hl_match_hash_format(&frame->pdq.hash, hash_hex);
	if (frame->shape.number != number ||
		frame->shape.seconds != strtod(at + 65, NULL) ||
		hl_match_hash_distance(&hash, &frame->pdq.hash) > 2) {
		fail_msg("%s: %u,%d,%s,%.3f, not %s", clip, frame->shape.number,
			frame->pdq.quality, hash_hex, frame->shape.seconds,
			line);
	}
}

static void frames_are_those_of_the_reference(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(vectors); i++) {
		struct frames frames;
		size_t n = 0;

		decode_clip(vectors[i].clip, 1, &frames);
		if (frames.status != 0 || frames.flawed) {
			fail_msg("%s: %d %s", vectors[i].clip, frames.status,
				frames.note);
		}
		for (; n < 5 && vectors[i].lines[n]; n++) {
			assert_true(frames.n > n);
			expect_line(vectors[i].clip, &frames.all[n],
				vectors[i].lines[n]);
		}
		if (frames.n !=
			n + (strcmp(vectors[i].clip, "second.mkv") == 0)) {
			fail_msg("%s: %zu frames", vectors[i].clip, frames.n);
		}
		frames_fini(&frames);
	}
}

/* The decoder keeps frames back, and they are asked for at the end. */
static void the_last_frames_are_not_lost(void **state)
{
	struct frames frames;

	(void)state;
	decode_clip("second.mkv", 1, &frames);
	assert_int_equal(frames.n, 3);
	assert_int_equal(frames.all[2].shape.number, 16);
	assert_true(frames.all[2].shape.seconds == 2.0);
	frames_fini(&frames);
}

static void frames_are_sampled_by_the_rule(void **state)
{
	/* 33 frames, 10 a second */
	static const struct {
		double every;
		uint32_t step;
	} rows[] = {
		{1, 10},
		{0.5, 5},
		{0.55, 5},
		{0.3, 3},
		{0.1, 1},
		{0.01, 1},
		{2, 20},
		{100, 1000},
		{1e300, INT32_MAX},
		{0, 10},  /* not said: 1 */
		{-3, 10}, /* no sense: 1 */
		{0.0 / 0.0, 10},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct frames frames;
		size_t n = (32 + rows[i].step) / rows[i].step;

		decode_clip("h264.mp4", rows[i].every, &frames);
		if (frames.status != 0 || frames.n != n) {
			fail_msg("every %g: %zu frames, not %zu", rows[i].every,
				frames.n, n);
		}
		for (size_t k = 0; k < n; k++) {
			assert_int_equal(
				frames.all[k].shape.number, k * rows[i].step);
		}
		frames_fini(&frames);
	}
}

/* All that a program prints. */
static size_t output_of(char *const *args, uint8_t *to, size_t n_max)
{
	int ends[2], status;
	posix_spawn_file_actions_t actions;
	pid_t pid;
	size_t n = 0;
	ssize_t got;

	assert_int_equal(pipe(ends), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	int failed = posix_spawnp(&pid, args[0], &actions, NULL, args, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	while (!failed && (got = read(ends[0], to + n, n_max - n)) > 0) {
		n += (size_t)got;
	}
	close(ends[0]);
	if (failed) {
		return 0;
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	return n;
}

static void expect_as_ffmpeg(const char *clip, uint8_t *room, size_t n_room)
{
	char path[512];
	char *args[] = {(char[]){"ffmpeg"}, (char[]){"-v"}, (char[]){"error"},
		(char[]){"-noautorotate"}, (char[]){"-i"}, path,
		(char[]){"-map"}, (char[]){"0:v:0"}, (char[]){"-vf"},
		(char[]){"scale=flags=area,format=rgb24"}, (char[]){"-vsync"},
		(char[]){"passthrough"}, (char[]){"-f"}, (char[]){"rawvideo"},
		(char[]){"-"}, NULL};
	struct frames frames;
	size_t n, at = 0;

	snprintf(path, sizeof(path), "%s/%s", getenv("HL_MEDIA_CLIPS"), clip);
	n = output_of(args, room, n_room);
	decode_clip(clip, 1e-9, &frames);
	for (size_t i = 0; i < frames.n; i++) {
		const struct frame *frame = &frames.all[i];
		size_t size =
			(size_t)3 * frame->shape.width * frame->shape.height;

		if (at + size > n || memcmp(room + at, frame->rgb, size)) {
			fail_msg("%s: frame %zu is another", clip, i);
		}
		at += size;
	}
	if (at != n || n == 0) {
		fail_msg("%s: %zu bytes of %zu", clip, at, n);
	}
	frames_fini(&frames);
}

static void all_frames_are_those_of_ffmpeg_if_it_is_installed(void **state)
{
	char *args[] = {(char[]){"ffmpeg"}, (char[]){"-version"}, NULL};
	size_t n_room = 8 << 20;
	uint8_t *room = malloc(n_room);

	(void)state;
	assert_non_null(room);
	if (output_of(args, room, n_room) == 0) {
		free(room);
		skip();
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(vectors); i++) {
		expect_as_ffmpeg(vectors[i].clip, room, n_room);
	}
	free(room);
}

static void the_orientation_is_offered(void **state)
{
	struct frames frames;

	(void)state;
	decode_clip("rotated.mp4", 1, &frames);
	assert_int_equal(frames.all[0].shape.oriented, 8);
	frames_fini(&frames);
	decode_clip("vp9.webm", 1, &frames);
	assert_int_equal(frames.all[0].shape.oriented, 0);
	frames_fini(&frames);
}

/* Four frames of 48 x 32, then five of 96 x 80: all are hashed in the size
 * that the stream says, and the limits hold for those that come later, too.
 * (The decoder drops the one that it keeps back when the size changes.) */
static void frames_may_change_their_size(void **state)
{
	struct frames frames;

	(void)state;
	decode_clip("resized.ts", 0.01, &frames);
	assert_int_equal(frames.status, 0);
	assert_int_equal(frames.n, 9);
	for (size_t i = 0; i < frames.n; i++) {
		assert_int_equal(frames.all[i].shape.width, 48);
		assert_int_equal(frames.all[i].shape.height, 32);
		assert_int_equal(frames.all[i].pdq.quality, 100);
	}
	frames_fini(&frames);
	decode_limited("resized.ts", 96 * 80 - 1, &frames);
	assert_in_range(frames.status, HL_MEDIA_REFUSED, HL_MEDIA_DAMAGED);
	assert_in_range(frames.n, 0, 4);
	frames_fini(&frames);
}

static void enough_ends_it(void **state)
{
	struct frames frames;

	(void)state;
	decode_ask("h264.mp4", (struct ask){.video_every = 0.1, .most = 7},
		&frames);
	assert_int_equal(frames.status, HL_MEDIA_ENOUGH);
	assert_int_equal(frames.n, 7);
	frames_fini(&frames);
}

static void sound_alone_is_unsupported(void **state)
{
	struct frames frames;

	(void)state;
	decode_clip("sound.m4a", 1, &frames);
	assert_int_equal(frames.status, HL_MEDIA_UNSUPPORTED);
	assert_int_equal(frames.n, 0);
	frames_fini(&frames);
}

/* A moving AVIF: its picture, then each frame of its track. */
static void sequences_give_every_frame(void **state)
{
	struct frames frames;

	(void)state;
	decode_ask("sequence.avif", (struct ask){.decoder = &hl_media_avif},
		&frames);
	assert_int_equal(frames.status, 0);
	assert_int_equal(frames.n, 6);
	for (uint32_t i = 0; i < 6; i++) {
		assert_int_equal(frames.all[i].shape.number, i);
	}
	assert_true(hl_match_hash_distance(&frames.all[0].pdq.hash,
			    &frames.all[1].pdq.hash) < 12);
	frames_fini(&frames);
}

static void big_frames_are_refused(void **state)
{
	size_t n_refused = 0;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(vectors); i++) {
		struct frames frames;

		decode_limited(vectors[i].clip, 1000, &frames);
		/* Where only what is coded has the size, FFmpeg is held to
		 * the limit, and then knows none. */
		n_refused += frames.status == HL_MEDIA_REFUSED;
		if (frames.status < HL_MEDIA_REFUSED ||
			frames.status > HL_MEDIA_DAMAGED || frames.n) {
			fail_msg("%s: %d %s", vectors[i].clip, frames.status,
				frames.note);
		}
		frames_fini(&frames);
	}
	assert_true(n_refused > HL_ARRAY_LEN(vectors) / 2);
}

/* Cut at any place: no crash, frames or a reason, never a clean bill for
 * nothing. */
static void short_files_end_well(void **state)
{
	size_t n_some = 0, n_flawed = 0;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(vectors); i++) {
		uint8_t *bytes;
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", getenv("HL_MEDIA_CLIPS"),
			vectors[i].clip);
		size_t n_all = file_bytes(path, &bytes);
		for (size_t n = 0; n < n_all; n += 1 + n_all / 9) {
			struct ask ask = {.decoder = &hl_media_video,
				.bytes = bytes,
				.n = n};
			struct frames frames;

			frames_of(&ask, &frames);
			assert_true(frames.n > 0 || frames.status > 0);
			n_some += frames.n > 0;
			n_flawed += frames.flawed;
			frames_fini(&frames);
		}
		free(bytes);
	}
	assert_true(n_some > 0 && n_flawed > 0);
}

static void what_is_no_video_is_not_known(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		bool known;
	} rows[] = {
		{"", 0, false},
		{"RIFF\0\0\0\0WEBP", 12, false},
		{"RIFF\0\0\0\0AVI ", 12, true},
		{"\0\0\0\x18"
		 "ftypisom",
			12, true},
		{"\x1a\x45\xdf\xa3", 4, true},
		{"#EXTM3U\nhttps://example.org/a.ts\n", 33, false},
		{"ffconcat version 1.0\nfile a.mp4\n", 32, false},
		{"<?xml version=\"1.0\"?><MPD/>", 27, false},
		{"G", 1, false},
		{"GGGGGGGG", 8, false},
		{"v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\n", 31, false},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_media_video.knows((const uint8_t *)rows[i].bytes,
			    rows[i].n) != rows[i].known) {
			fail_msg("row %zu", i);
		}
	}
}

/* A container in which another format stands is not handed to that one. */
static void the_container_is_not_guessed(void **state)
{
	static const char lists[][64] = {
		"\x1a\x45\xdf\xa3#EXTM3U\nhttps://example.org/a.ts\n",
		"OggS#EXTM3U\n#EXTINF:1,\nhttps://example.org/a.ts\n",
		"FLV\x01"
		"ffconcat version 1.0\nfile '/etc/hostname'\n",
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(lists); i++) {
		struct ask ask = {.decoder = &hl_media_video,
			.bytes = lists[i],
			.n = strlen(lists[i])};
		struct frames frames;

		frames_of(&ask, &frames);
		assert_true(frames.status > 0);
		assert_int_equal(frames.n, 0);
		frames_fini(&frames);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_those_of_the_reference),
		cmocka_unit_test(the_last_frames_are_not_lost),
		cmocka_unit_test(frames_are_sampled_by_the_rule),
		cmocka_unit_test(
			all_frames_are_those_of_ffmpeg_if_it_is_installed),
		cmocka_unit_test(the_orientation_is_offered),
		cmocka_unit_test(frames_may_change_their_size),
		cmocka_unit_test(enough_ends_it),
		cmocka_unit_test(sound_alone_is_unsupported),
		cmocka_unit_test(sequences_give_every_frame),
		cmocka_unit_test(big_frames_are_refused),
		cmocka_unit_test(short_files_end_well),
		cmocka_unit_test(what_is_no_video_is_not_known),
		cmocka_unit_test(the_container_is_not_guessed),
	};

	return cmocka_run_group_tests_name("media/video", tests, NULL, NULL);
}
