/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_fuzz.h"

/*
 * A list file as somebody else could have written it: edits over a sound one,
 * with its digests made right again. Whatever it says, nothing beside it is
 * read; one that passes the check answers and walks as one does that is sound,
 * and a delta merges into it.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct hl_buf sound, next, delta;

static void clear(void)
{
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
		assert(atexit(clear) == 0);
	}
}

static void ask(struct hl_urls_file *file, bool is_good)
{
	struct hl_urls_walk walk = {0};
	struct hl_urls_row row;
	uint32_t from, to, at, units;
	const uint8_t *sealed;
	uint64_t n = 0;

	/* All of them for one that is sound; else where the edits may be. */
	for (uint64_t v = 0; v < 1 << 13; v += is_good ? 1 : 61) {
		if (hl_urls_file_find(file, v, &from, &to)) {
			assert(from < to && to <= file->head.n);
			n += to - from;
			(void)hl_urls_file_sealed(file, from, &sealed, &units);
		}
	}
	if (is_good && file->head.bits <= 13) {
		assert(n == file->head.n);
	}
	for (n = 0; hl_urls_file_next(file, &walk, &row); n++) {
		if (is_good) {
			assert(hl_urls_file_find(file, row.v, &from, &to) &&
				hl_urls_file_tagged(
					file, from, to, row.tag, &at) &&
				at == n);
		}
	}
	assert(!is_good || n == file->head.n);
}

static void merge(struct hl_urls_file *file, bool is_good)
{
	HL_BUF_AUTO out = HL_BUF_INIT(FUZZ_LIST_MAX);
	const struct hl_urls_sink sink = {&out, hl_urls_sink_buf};
	struct hl_urls_file merged;
	struct hl_urls_made made;

	memcpy(delta.p + 40, file->root, sizeof(file->root));
	hl_urls_put64((uint8_t *)delta.p + 24, file->head.version);
	hl_urls_put64((uint8_t *)delta.p + 32, file->head.version + 1);
	if (file->head.version == UINT64_MAX ||
		hl_urls_delta_apply(
			file, delta.p, delta.n, &sink, &made, NULL)) {
		return;
	}
	assert(!hl_urls_file_open(&merged, out.p, out.n, made.root, NULL));
	/* What is added was sealed for version 4. */
	assert(!is_good || file->head.version < 3 ||
		!hl_urls_file_check(&merged, NULL));
	hl_urls_file_fini(&merged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_urls_file file;
	uint8_t *bytes;
	size_t n;

	make_sound();
	bytes = malloc(sound.n);
	assert(bytes);
	memcpy(bytes, sound.p, sound.n);
	n = fuzz_edit(data, size, bytes, sound.n);
	bytes = realloc(bytes, n);
	assert(bytes);
	fuzz_mend(bytes, n);
	if (!hl_urls_file_open(&file, bytes, n, NULL, NULL)) {
		bool is_good = !hl_urls_file_check(&file, NULL);

		ask(&file, is_good);
		merge(&file, is_good);
		hl_urls_file_fini(&file);
	}
	free(bytes);
	return 0;
}
