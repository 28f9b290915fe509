/* SPDX-License-Identifier: Apache-2.0 */
#include "hotline/match.h"

#include <assert.h>
#include <string.h>

/*
 * A hash and a line of a frame from any bytes: what is read is written in one
 * form, and that is read as the same; what is refused leaves the output as it
 * was.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hash(const char *text, size_t n)
{
	struct hl_match_hash hash, again;
	char written[65];

	memset(&hash, 0x55, sizeof(hash));
	again = hash;
	if (hl_match_hash_parse(text, n, &hash)) {
		assert(memcmp(&hash, &again, sizeof(hash)) == 0);
		return;
	}
	assert(n == 64);
	hl_match_hash_format(&hash, written);
	assert(strncasecmp(written, text, 64) == 0);
	assert(hl_match_hash_parse(written, 64, &again) == 0);
	assert(hl_match_hash_distance(&hash, &again) == 0);
}

static void frame(const char *text, size_t n)
{
	struct hl_match_frame frame, again;
	char written[128], twice[128];
	int length;

	memset(&frame, 0x55, sizeof(frame));
	again = frame;
	if (hl_match_frame_parse(text, n, &frame)) {
		assert(memcmp(&frame, &again, sizeof(frame)) == 0);
		return;
	}
	assert(frame.quality >= 0 && frame.quality <= 100);
	assert(frame.seconds >= 0 && frame.seconds < 1e10);
	length = hl_match_frame_format(&frame, written, sizeof(written));
	if (length == HL_MATCH_E_ARG) { /* rounded up to the end of time */
		assert(frame.seconds > 9999999999.0);
		return;
	}
	assert(length > 0 && (size_t)length == strlen(written));
	assert(hl_match_frame_parse(written, (size_t)length, &again) == 0);
	assert(again.number == frame.number && again.quality == frame.quality);
	assert(hl_match_hash_distance(&again.hash, &frame.hash) == 0);
	assert(hl_match_frame_format(&again, twice, sizeof(twice)) == length);
	assert(strcmp(written, twice) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	hash(text, size);
	frame(text, size);
	return 0;
}
