/* SPDX-License-Identifier: Apache-2.0 */
#include "hotline/match.h"

#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The files of an index as somebody else could have written them. The input
 * is a row of (file, offset, bytes) that are laid over a sound index, whose
 * checks are then made right again, so that what is behind them is reached.
 * Whatever the files say, opening refuses or gives an index that answers,
 * and nothing is read beside a file.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The library's own check, which is not in its header. */
uint64_t hl_match_check(const void *p, size_t n, uint64_t seed);

enum { FILES = 3, FILE_MAX = 1 << 18 };
static const char *const names[FILES] = {
	"manifest", "seg-00000001", "log-00000001"};

struct index_files {
	char folder[64];
	uint8_t *bytes[FILES];
	size_t n[FILES];
};

static void put_rows(struct hl_match_index *index, uint64_t from, uint64_t to)
{
	for (; from < to; from++) {
		struct hl_match_entry e = {.list = 1 + from % 2,
			.id = from,
			.part = from % 3 == 0,
			.kind = from % 16 ? HL_MATCH_PDQ : HL_MATCH_MD5,
			.label = (uint16_t)(from % 5),
			.payload_bytes = from % 7 ? 0 : 4,
			.payload = "word"};

		for (size_t i = 0; i < (from % 16 ? 32u : 16u); i++) {
			e.hash[i] = (uint8_t)(from * 2654435761u >> (i % 24));
		}
		assert(hl_match_index_put(index, &e, NULL) == 0);
	}
}

static void make_index(const char *folder)
{
	const struct hl_match_index_options options = {
		.size_of = sizeof(options),
		.flags = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE};
	const struct hl_match_list one = {.size_of = sizeof(one), .id = 1};
	const struct hl_match_list two = {.size_of = sizeof(two), .id = 2};
	struct hl_match_index *index = NULL;

	assert(hl_match_index_open(folder, &options, &index, NULL) == 0);
	assert(hl_match_list_put(index, &one, NULL) == 0);
	assert(hl_match_list_put(index, &two, NULL) == 0);
	assert(hl_match_label_put(index, 1, 3, "word", NULL) == 0);
	put_rows(index, 0, 600);
	assert(hl_match_index_commit(index, 1, 0, NULL) == 0);
	assert(hl_match_index_compact(index, NULL) == 0);
	put_rows(index, 590, 610);
	assert(hl_match_index_remove(index, 1, 600, NULL) == 0);
	assert(hl_match_index_commit(index, 2, HL_MATCH_DURABLE, NULL) == 0);
	hl_match_index_close(index);
}

static void path_of(const struct index_files *f, int i, char out[128])
{
	(void)snprintf(out, 128, "%s/%s", f->folder, names[i]);
}

static void read_files(struct index_files *f)
{
	for (int i = 0; i < FILES; i++) {
		char path[128];
		FILE *file;

		path_of(f, i, path);
		file = fopen(path, "rb");
		assert(file);
		f->bytes[i] = malloc(FILE_MAX);
		assert(f->bytes[i]);
		f->n[i] = fread(f->bytes[i], 1, FILE_MAX, file);
		assert(f->n[i] < FILE_MAX);
		fclose(file);
	}
}

static void put64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, 8);
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static void mend_segment(uint8_t *p, size_t n)
{
	uint64_t end = get64(p + 40);

	if (n < 4096 || end < 4096 || end > n || (n - end) % 8) {
		return;
	}
	for (uint64_t i = 0; i * 65536 < end && end + 8 * i + 8 <= n; i++) {
		uint64_t at = i ? i * 65536 : 4096;
		uint64_t to = (i + 1) * 65536 < end ? (i + 1) * 65536 : end;

		put64(p + end + 8 * i, hl_match_check(p + at, to - at, i));
	}
	put64(p + 48, hl_match_check(p + end, n - end, 0));
	put64(p + 4088, hl_match_check(p, 4088, 0));
}

static void mend_log(uint8_t *p, size_t n)
{
	for (size_t at = 32; at + 16 <= n;) {
		uint32_t size;

		memcpy(&size, p + at, 4);
		if (size < 24 || size > n - at || size % 8) {
			return;
		}
		put64(p + at + 8, 0);
		put64(p + at + 8,
			hl_match_check(p + at, size, (uint64_t)1 << 40 ^ at));
		at += size;
	}
}

/* The manifest is told of the segment's new check, if it still names one. */
static void mend_manifest(uint8_t *p, size_t n, const uint8_t *segment)
{
	if (n >= 48) {
		put64(p + n - 8 - 16, get64(segment + 4088));
		put64(p + n - 8, hl_match_check(p, n - 8, 0));
	}
}

static void write_files(const struct index_files *f, uint8_t *bytes[FILES])
{
	for (int i = 0; i < FILES; i++) {
		char path[128];
		int fd;

		path_of(f, i, path);
		fd = open(path, O_WRONLY | O_TRUNC);
		assert(fd >= 0);
		assert(write(fd, bytes[i], f->n[i]) == (ssize_t)f->n[i]);
		close(fd);
	}
}

static void read_index(struct hl_match_index *index)
{
	struct hl_match_found found[4];
	struct hl_match_answer answer = {.matches = found, .n_max = 4};
	struct hl_match_reader *reader = NULL;
	struct hl_match_entry at = {0};
	struct hl_match_list list = {.size_of = sizeof(list)};
	uint8_t hash[32] = {1, 2, 3};

	assert(hl_match_reader_new(index, &reader, NULL) == 0);
	for (uint32_t kind = 1; kind <= 2; kind++) {
		const struct hl_match_query q = {.size_of = sizeof(q),
			.kind = kind,
			.radius = kind == 1 ? 40 : 0};

		assert(hl_match_reader_query(reader, hash, &q, &answer, NULL) ==
			0);
		assert(answer.n <= 4 && answer.n <= answer.n_found);
	}
	for (int i = 0; i < 1000 && hl_match_reader_next(reader, &at) == 0;
		i++) {
		assert(at.payload_bytes <= HL_MATCH_PAYLOAD_MAX);
	}
	while (hl_match_reader_next_list(reader, list.id, &list) == 0) {
		assert(strlen(list.name) < sizeof(list.name));
		(void)hl_match_reader_label(reader, list.id, 3);
	}
	hl_match_reader_free(reader);
}

static void try_folder(const struct index_files *f)
{
	const struct hl_match_index_options options = {
		.size_of = sizeof(options), .flags = HL_MATCH_OPEN_NO_POPULATE};
	struct hl_match_index *index = NULL;

	if (hl_match_index_open(f->folder, &options, &index, NULL) == 0) {
		read_index(index);
		(void)hl_match_index_follow(index, NULL);
	}
	hl_match_index_close(index);
}

/* The sound index is made once; its folder goes when the process ends. */
static struct index_files sound = {.folder = "/dev/shm/hl-fuzz-XXXXXX"};

static void clear(void)
{
	struct index_files *f = &sound;
	char path[128];

	for (int i = 0; i < FILES; i++) {
		path_of(f, i, path);
		(void)unlink(path);
		free(f->bytes[i]);
	}
	(void)snprintf(path, sizeof(path), "%s/lock", f->folder);
	(void)unlink(path);
	(void)rmdir(f->folder);
}

static void make_sound(void)
{
	if (!sound.bytes[0]) {
		assert(mkdtemp(sound.folder));
		make_index(sound.folder);
		read_files(&sound);
		assert(atexit(clear) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes[FILES];

	make_sound();
	for (int i = 0; i < FILES; i++) {
		bytes[i] = malloc(FILE_MAX);
		assert(bytes[i]);
		memcpy(bytes[i], sound.bytes[i], sound.n[i]);
	}
	/* file, offset (3 bytes), count, bytes */
	while (size >= 5) {
		size_t file = data[0] % FILES, n = data[4] % 16 + 1u;
		size_t at = (size_t)data[1] | (size_t)data[2] << 8 |
			    (size_t)data[3] << 16;

		data += 5;
		size -= 5;
		n = n < size ? n : size;
		at %= sound.n[file];
		n = n < sound.n[file] - at ? n : sound.n[file] - at;
		memcpy(bytes[file] + at, data, n);
		data += n;
		size -= n;
	}
	mend_segment(bytes[1], sound.n[1]);
	mend_log(bytes[2], sound.n[2]);
	mend_manifest(bytes[0], sound.n[0], bytes[1]);
	write_files(&sound, bytes);
	try_folder(&sound);
	for (int i = 0; i < FILES; i++) {
		free(bytes[i]);
	}
	return 0;
}
