/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each decoder needs nothing that the sandbox forbids: no file, no thread, no
 * library that is loaded late. The files of the corpora and the clips are
 * hashed by a pool's worker, and decoded here, and both must be the same.
 */
#include "frames.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "media/pool.h"

static const struct hl_media_decoder *decoder_of(const uint8_t *p, size_t n)
{
	const struct hl_media_decoder *const *d = hl_media_decoders();
	size_t head = n < HL_MEDIA_HEAD_MAX ? n : HL_MEDIA_HEAD_MAX;

	while (*d && !(*d)->knows(p, head)) {
		d++;
	}
	return *d;
}

static void compare(struct hl_media_pool *pool, const char *path)
{
	uint8_t *bytes;
	size_t n = file_bytes(path, &bytes);
	struct ask ask = {
		.decoder = decoder_of(bytes, n), .bytes = bytes, .n = n};
	struct hl_media_result result;
	struct frames frames;

	assert_non_null(ask.decoder);
	frames_of(&ask, &frames);
	assert_int_equal(
		hl_media_hash_bytes(pool, bytes, n, NULL, &result, NULL), 0);
	if ((int)result.status != frames.status ||
		result.format != ask.decoder->format ||
		result.n_frames != frames.n ||
		(frames.n == 0 && frames.status == 0)) {
		fail_msg("%s: %s as %s, %zu frames; %d, %zu here", path,
			result.text, hl_media_format_name(result.format),
			result.n_frames, frames.status, frames.n);
	}
	for (size_t i = 0; i < frames.n; i++) {
		assert_memory_equal(&result.frames[i].pdq.hash,
			&frames.all[i].pdq.hash, sizeof(struct hl_match_hash));
		assert_int_equal(result.frames[i].pdq.number,
			frames.all[i].shape.number);
	}
	hl_media_result_fini(&result);
	frames_fini(&frames);
	free(bytes);
}

static size_t compare_folder(struct hl_media_pool *pool, const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char path[1024];

		if (entry->d_name[0] == '.') {
			continue;
		}
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		compare(pool, path);
		n++;
	}
	closedir(dir);
	return n;
}

static void all_formats_are_decoded_in_the_sandbox(void **state)
{
	static const char *const formats[] = {
		"webp", "gif", "tiff", "bmp", "heif", "video"};
	struct hl_media_setup setup = {.n_workers = 1};
	struct hl_media_pool *pool = NULL;
	char path[1024];

	(void)state;
	assert_int_equal(hl_media_pool_new(&setup, &pool, NULL), 0);
	for (size_t i = 0; i < HL_ARRAY_LEN(formats); i++) {
		snprintf(path, sizeof(path), "%s/media_%s",
			getenv("HL_MEDIA_CORPUS"), formats[i]);
		assert_true(compare_folder(pool, path) > 3);
	}
	assert_true(compare_folder(pool, getenv("HL_MEDIA_CLIPS")) > 10);
	hl_media_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_formats_are_decoded_in_the_sandbox),
	};

	return cmocka_run_group_tests_name("media/sandbox", tests, NULL, NULL);
}
