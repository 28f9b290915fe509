/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A life of the library in which one allocation fails: the first, in the next
 * life the second, and so on until a life needs no more. The linker's --wrap
 * brings every allocation of the library here, and every mapping.
 *
 * In each life the call that failed must say HL_MATCH_E_NOMEM, must have
 * changed nothing, and works when it is called again; at the end the folder
 * is sound and everything is found.
 */
#include <hotline/match.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { N = 9000, N_FOUND = 4, LIVES_MAX = 100000 };

static long left = -1; /* allocations until one fails; under 0: none does */
static unsigned n_failed;

static int fails(void)
{
	if (left < 0 || left-- > 0) {
		return 0;
	}
	n_failed++;
	errno = ENOMEM;
	return 1;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
int __real_posix_memalign(void **out, size_t align, size_t n);
void *__real_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n);
int __wrap_posix_memalign(void **out, size_t align, size_t n);
void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

void *__wrap_aligned_alloc(size_t align, size_t n)
{
	return fails() ? NULL : __real_aligned_alloc(align, n);
}

int __wrap_posix_memalign(void **out, size_t align, size_t n)
{
	return fails() ? ENOMEM : __real_posix_memalign(out, align, n);
}

void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	return fails() ? MAP_FAILED : __real_mmap(at, n, prot, flags, fd, off);
}

static void bad(const char *what, int r, const struct hl_match_error *err)
{
	printf("%s: %s, %s\n", what, hl_match_code_name(r), err->text);
	exit(1);
}

/* Calls it, and again if the failure was at its expense. */
#define MUST(call)                                                \
	do {                                                      \
		unsigned before = n_failed;                       \
		int r = (call);                                   \
                                                                  \
		if (r == HL_MATCH_E_NOMEM && n_failed > before) { \
			r = (call);                               \
		}                                                 \
		if (r < 0) {                                      \
			bad(#call, r, &err);                      \
		}                                                 \
	} while (0)

static void entry_of(uint64_t i, struct hl_match_entry *entry)
{
	static const char payload[] = "a note";
	uint64_t x = i / 2 + 1;

	memset(entry, 0, sizeof(*entry));
	entry->list = 1;
	entry->id = i;
	entry->kind = HL_MATCH_PDQ;
	entry->payload = payload;
	entry->payload_bytes = i % 5 ? 0 : sizeof(payload);
	for (size_t k = 0; k < sizeof(entry->hash); k++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		entry->hash[k] = (uint8_t)(x >> 56);
	}
	entry->hash[7] ^= (uint8_t)(i % 2 ? 3 : 0);
}

static void hash(void)
{
	static uint8_t grey[200 * 150];
	struct hl_match_picture picture = {.rows = grey,
		.stride = 200,
		.width = 200,
		.height = 150,
		.pixels = HL_MATCH_GREY8};
	struct hl_match_error err = {0};
	struct hl_match_pdq_result result;
	struct hl_match_frame frame = {.number = 1, .quality = 100};
	struct hl_match_video_result video;

	for (size_t i = 0; i < sizeof(grey); i++) {
		grey[i] = (uint8_t)(i * i / 77);
	}
	MUST(hl_match_pdq_image(&picture, NULL, &result, &err));
	frame.hash = result.hash;
	MUST(hl_match_video_compare(&frame, 1, &frame, 1, NULL, &video));
	if (video.query_percent < 100) {
		bad("a video unlike itself", 0, &err);
	}
}

static void change(struct hl_match_index *index)
{
	struct hl_match_list list = {
		.size_of = sizeof(list), .id = 1, .name = "example"};
	struct hl_match_error err = {0};
	struct hl_match_entry entry;

	MUST(hl_match_list_put(index, &list, &err));
	MUST(hl_match_label_put(index, 1, 7, "seven", &err));
	for (uint64_t i = 0; i < N; i++) {
		entry_of(i, &entry);
		MUST(hl_match_index_put(index, &entry, &err));
	}
	MUST(hl_match_index_commit(index, 1, 0, &err));
	MUST(hl_match_index_maintain(index, &err));
	for (uint64_t i = 0; i < N; i += 10) {
		MUST(hl_match_index_remove(index, 1, i, &err));
	}
	MUST(hl_match_index_commit(index, 2, 0, &err));
	MUST(hl_match_index_compact(index, &err));
}

/* Both of a pair are found, or the one that was not removed. */
static void ask(struct hl_match_index *index)
{
	struct hl_match_found found[N_FOUND];
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err = {0};
	struct hl_match_entry entry;

	MUST(hl_match_reader_new(index, &reader, &err));
	for (uint64_t i = 0; i < N; i += 19) {
		struct hl_match_answer answer = {
			.matches = found, .n_max = N_FOUND};
		uint64_t wanted = i / 2 * 2 % 10 ? 2 : 1;

		entry_of(i, &entry);
		MUST(hl_match_reader_query(
			reader, entry.hash, NULL, &answer, &err));
		if (answer.n_found != wanted || found[0].id / 2 != i / 2) {
			printf("entry %d: %d found\n", (int)i,
				(int)answer.n_found);
			exit(1);
		}
	}
	hl_match_reader_free(reader);
}

static void open_and(const char *folder, uint32_t flags,
	void (*act)(struct hl_match_index *index))
{
	struct hl_match_index_options options = {
		.size_of = sizeof(options), .flags = flags};
	struct hl_match_index *index = NULL;
	struct hl_match_error err = {0};

	MUST(hl_match_index_open(folder, &options, &index, &err));
	act(index);
	hl_match_index_close(index);
}

static void live(const char *folder)
{
	struct hl_match_error err = {0};

	hash();
	open_and(folder, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE, change);
	open_and(folder, 0, ask);
	open_and(folder, HL_MATCH_OPEN_WRITE, ask);
	MUST(hl_match_index_verify(folder, NULL, NULL, &err));
}

/* usage: starved FOLDER FIRST STEP: prints how many lives there were. */
int main(int argc, char **argv)
{
	long step = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
	long nth = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
	char folder[4096];
	int n = 0;

	if (step < 1) {
		return 2;
	}
	for (; n < LIVES_MAX; nth += step, n++) {
		snprintf(folder, sizeof(folder), "%s/%ld", argv[1], nth);
		n_failed = 0;
		left = nth;
		live(folder);
		if (n_failed == 0) {
			break;
		}
	}
	printf("%ld allocations, %d lives\n", nth, n);
	return n == LIVES_MAX;
}
