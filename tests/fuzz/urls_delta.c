/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_fuzz.h"

/*
 * A delta as somebody else could have written it, over a sound one. What can
 * be applied gives a file that opens, whose buckets, order and places are
 * right; what cannot gives nothing that anybody takes.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct hl_buf sound, next, delta;
static struct hl_urls_file from;

static void clear(void)
{
	hl_urls_file_fini(&from);
	hl_buf_fini(&sound);
	hl_buf_fini(&next);
	hl_buf_fini(&delta);
}

static void make_sound(void)
{
	if (!sound.n) {
		sound = HL_BUF_INIT(FUZZ_LIST_MAX);
		next = HL_BUF_INIT(FUZZ_LIST_MAX);
		delta = HL_BUF_INIT(FUZZ_LIST_MAX);
		fuzz_list(3, 0, &sound);
		fuzz_list(4, 9, &next);
		fuzz_delta(&sound, &next, &delta);
		assert(!hl_urls_file_open(&from, sound.p, sound.n, NULL, NULL));
		assert(atexit(clear) == 0);
	}
}

static void look(const struct hl_buf *out, const struct hl_urls_made *made)
{
	struct hl_urls_walk walk = {0};
	struct hl_urls_row row, last = {0};
	struct hl_urls_file file;
	uint32_t n = 0;

	assert(made->bytes == out->n);
	assert(!hl_urls_file_open(&file, out->p, out->n, made->root, NULL));
	for (; hl_urls_file_next(&file, &walk, &row); n++, last = row) {
		assert(n == 0 || last.v < row.v ||
			(last.v == row.v &&
				memcmp(last.tag, row.tag, HL_URLS_TAG) < 0));
	}
	assert(n == file.head.n);
	hl_urls_file_fini(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_BUF_AUTO out = HL_BUF_INIT(FUZZ_LIST_MAX);
	const struct hl_urls_sink sink = {&out, hl_urls_sink_buf};
	struct hl_urls_made made;
	uint8_t *bytes;
	size_t n;

	make_sound();
	bytes = malloc(delta.n);
	assert(bytes);
	memcpy(bytes, delta.p, delta.n);
	n = fuzz_edit(data, size, bytes, delta.n);
	bytes = realloc(bytes, n);
	assert(bytes);
	if (!hl_urls_delta_apply(&from, bytes, n, &sink, &made, NULL)) {
		look(&out, &made);
	}
	free(bytes);
	return 0;
}
