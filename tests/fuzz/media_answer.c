/* SPDX-License-Identifier: Apache-2.0 */
#include "media/wire.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * What a worker that was taken over may say. The first byte is what was asked
 * for; then come messages, each behind two bytes of its length. Whatever is
 * taken is in its bounds and in order.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct hl_media_limits limits = {
	.pixels_max = 1u << 20, .side_max = 4096, .frames_max = 5};

static void check_frames(const struct hl_media_result *r)
{
	assert(r->n_frames <= limits.frames_max);
	for (size_t i = 0; i < r->n_frames; i++) {
		const struct hl_match_frame *f = &r->frames[i].pdq;

		assert(f->quality >= 0 && f->quality <= 100);
		assert(isfinite(f->seconds) && f->seconds >= 0);
		assert(i == 0 || f->number > r->frames[i - 1].pdq.number);
		assert(i == 0 || f->seconds >= r->frames[i - 1].pdq.seconds);
	}
}

static void check(const struct hl_media_answer *a)
{
	struct hl_media_result *r = a->out;

	check_frames(r);
	assert(r->n_frames == 0 || a->begun);
	assert(!a->begun ||
		(r->width > 0 && r->height > 0 && r->width <= limits.side_max &&
			r->height <= limits.side_max &&
			(uint64_t)r->width * r->height <= limits.pixels_max &&
			r->format > HL_MEDIA_UNKNOWN &&
			r->format < HL_MEDIA_N_FORMATS));
	assert(r->orientation <= 8);
	if (a->done) {
		assert(r->status < HL_MEDIA_TOO_LONG);
		assert(r->status != HL_MEDIA_HASHED || r->n_frames > 0);
		hl_media_result_say(r, a->note);
		assert(memchr(r->text, 0, sizeof(r->text)));
		for (const char *c = r->text; *c; c++) {
			assert(*c >= ' ' && *c <= '~');
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_media_result result = {0};
	struct hl_media_answer answer = {
		.limits = &limits, .no = 7, .out = &result};
	int r = 0;

	if (size == 0) {
		return 0;
	}
	answer.asked = data[0];
	data++;
	size--;
	while (size >= 2 && r == 0) {
		size_t n = data[0] + 256u * data[1];

		n = n < size - 2 ? n : size - 2;
		r = hl_media_answer_take(&answer, data + 2, n, NULL);
		assert(r == 0 || r == HL_E_CORRUPT || r == HL_E_NOMEM);
		check(&answer);
		data += 2 + n;
		size -= 2 + n;
	}
	hl_media_result_fini(&result);
	return 0;
}
