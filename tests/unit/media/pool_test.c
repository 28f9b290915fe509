/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool with real workers. Beside the product's decoders there is one for
 * files that begin with "test:", which does what the next word says: crash,
 * loop, eat memory, try what is forbidden, lie. It is in this program only.
 */
#include "media/pool.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/str.h"
#include "base/time.h"
#include "media/decode.h"
#include "picture.h"

#define GREYS 64u

static int give_picture(struct hl_media_sink *sink, uint32_t number)
{
	const struct hl_media_shape shape = {.width = GREYS,
		.height = GREYS,
		.pixels = HL_MATCH_GREY8,
		.number = number};
	uint8_t row[GREYS];
	int r = hl_media_begin(sink, &shape);

	for (uint32_t y = 0; !r && y < GREYS; y++) {
		for (uint32_t x = 0; x < GREYS; x++) {
			row[x] = (uint8_t)(x * y + number);
		}
		r = hl_media_rows(sink, row, sizeof(row), 1);
	}
	return r ? r : hl_media_end(sink);
}

static int do_crash(struct hl_media_sink *sink)
{
	(void)sink;
	signal(SIGSEGV, SIG_DFL); /* past the sanitizers' own handler */
	return raise(SIGSEGV);
}

static int do_abort(struct hl_media_sink *sink)
{
	(void)sink;
	abort();
	return 0;
}

static int do_loop(struct hl_media_sink *sink)
{
	(void)give_picture(sink, 0); /* what was done before is kept */
	for (volatile uint64_t i = 0; i != UINT64_MAX; i++) {
	}
	return 0;
}

/* As a library that looks whether it got memory. */
static int do_eat(struct hl_media_sink *sink)
{
	(void)sink;
	for (size_t n = 0; n < (size_t)1 << 34; n += (size_t)1 << 20) {
		char *p = malloc((size_t)1 << 20);

		if (!p) {
			return HL_MEDIA_NO_MEMORY;
		}
		memset(p, 1, (size_t)1 << 20);
		__asm__ volatile("" : : "r"(p) : "memory");
	}
	return 0;
}

/* As one that does not look. */
static int do_eat_and_fall(struct hl_media_sink *sink)
{
	int r = do_eat(sink);

	if (r == HL_MEDIA_NO_MEMORY) {
		abort();
	}
	return r;
}

static int do_exec(struct hl_media_sink *sink)
{
	char *argv[] = {(char[]){"/bin/true"}, NULL};

	(void)sink;
	return execve(argv[0], argv, argv + 1);
}

static int do_exit(struct hl_media_sink *sink)
{
	(void)sink;
	_exit(3);
}

/* Messages of its own on the worker's socket. */
static int do_lie(struct hl_media_sink *sink)
{
	(void)sink;
	send(3, "F?", 2, 0);
	return 0;
}

/* Answers itself, so that what the worker says then would be taken for the
 * answer to the next file. */
static int do_answer_twice(struct hl_media_sink *sink)
{
	const uint8_t none[11] = {'D', 1, 0, 0, 0, HL_MEDIA_NO_PICTURE};

	(void)sink;
	send(3, none, sizeof(none), 0);
	return 0;
}

static int do_frames(struct hl_media_sink *sink)
{
	int r = 0;

	for (uint32_t i = 0; !r && i < 100; i++) {
		r = give_picture(sink, i);
	}
	return r;
}

static int do_nothing(struct hl_media_sink *sink)
{
	(void)sink;
	return 0;
}

static int do_forget_rows(struct hl_media_sink *sink)
{
	const struct hl_media_shape shape = {
		.width = 9, .height = 9, .pixels = HL_MATCH_GREY8};
	int r = hl_media_begin(sink, &shape);

	return r ? r : hl_media_end(sink);
}

static int do_picture(struct hl_media_sink *sink)
{
	return give_picture(sink, 0);
}

static const struct {
	const char *word;
	int (*act)(struct hl_media_sink *sink);
} acts[] = {
	{"crash", do_crash},
	{"abort", do_abort},
	{"loop", do_loop},
	{"eat and fall", do_eat_and_fall},
	{"eat", do_eat},
	{"exec", do_exec},
	{"exit", do_exit},
	{"lie", do_lie},
	{"frames", do_frames},
	{"nothing", do_nothing},
	{"forget", do_forget_rows},
	{"answer twice", do_answer_twice},
	{"picture", do_picture},
};

static bool knows_test(const uint8_t *head, size_t n)
{
	return n >= 5 && memcmp(head, "test:", 5) == 0;
}

static int decode_test(
	const struct hl_media_input *in, struct hl_media_sink *sink)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(acts); i++) {
		size_t n = strlen(acts[i].word);

		if (in->n == n + 5 &&
			memcmp(in->bytes + 5, acts[i].word, n) == 0) {
			return acts[i].act(sink);
		}
	}
	return HL_MEDIA_UNSUPPORTED;
}

static const struct hl_media_decoder test_decoder = {
	.format = HL_MEDIA_BMP, .knows = knows_test, .decode = decode_test};
static const struct hl_media_decoder *const decoders[] = {
	&test_decoder, &hl_media_jpeg, &hl_media_png, NULL};

static struct hl_media_setup usual(void)
{
	return (struct hl_media_setup){
		.n_workers = 1,
		.decoders = decoders,
		.user = geteuid() == 0 ? "nobody" : NULL,
		.limits = {.seconds_max = 1,
			.memory_max = (uint64_t)64 << 20,
			.frames_max = 10,
			.bytes_max = (uint64_t)80 << 20},
	};
}

static struct hl_media_pool *make_pool(const struct hl_media_setup *setup)
{
	struct hl_media_pool *pool;
	struct hl_err err = {0};

	if (hl_media_pool_new(setup, &pool, &err)) {
		fail_msg("%s", err.msg);
	}
	return pool;
}

static void hash_word(struct hl_media_pool *pool, const char *word,
	struct hl_media_result *out)
{
	char bytes[64];
	int n = snprintf(bytes, sizeof(bytes), "test:%s", word);

	assert_int_equal(0,
		hl_media_hash_bytes(pool, bytes, (size_t)n, NULL, out, NULL));
}

#ifdef HL_SANITIZED
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

static const struct {
	const char *word;
	enum hl_media_status status;
	size_t n_frames;
	const char *says;
	bool not_sanitized; /* no limit on memory there */
} fates[] = {
	{"picture", HL_MEDIA_HASHED, 1, "hashed", false},
	{"crash", HL_MEDIA_CRASHED, 0, "the decoder crashed: SIGSEGV", false},
	{"abort", HL_MEDIA_CRASHED, 0, "the decoder crashed: SIGABRT", true},
	{"loop", HL_MEDIA_TOO_LONG, 1, "took too long: more than 1 s", false},
	{"eat", HL_MEDIA_NO_MEMORY, 0, "wanted too much memory", true},
	{"eat and fall", HL_MEDIA_NO_MEMORY, 0,
		"wanted too much memory: more than 64 MiB", true},
	{"exec", HL_MEDIA_CRASHED, 0,
		"the decoder crashed: it tried what the sandbox forbids",
		false},
	{"exit", HL_MEDIA_CRASHED, 0,
		"the decoder crashed: it ended with status 3", false},
	{"lie", HL_MEDIA_CRASHED, 0,
		"the decoder crashed: its answer made no sense", false},
	{"answer twice", HL_MEDIA_NO_PICTURE, 0,
		"no picture or video that is known", false},
	{"frames", HL_MEDIA_HASHED, 10, "hashed, only the first frames", false},
	{"nothing", HL_MEDIA_DAMAGED, 0, "damaged: there is no picture in it",
		false},
	{"forget", HL_MEDIA_DAMAGED, 0, "damaged: rows are missing", false},
	{"what?", HL_MEDIA_UNSUPPORTED, 0, "a form that is not supported",
		false},
};

/* Each costs its own file and leaves a clear line; the next is hashed, in a
 * worker that served before and in a fresh one. */
static void each_fate_costs_one_file(void **state)
{
	struct hl_media_setup setup = usual();
	struct hl_media_pool *pool = make_pool(&setup);

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(fates); i++) {
		struct hl_media_result r;

		if (fates[i].not_sanitized && sanitized) {
			continue;
		}
		hash_word(pool, fates[i].word, &r);
		if (r.status != fates[i].status ||
			r.n_frames != fates[i].n_frames ||
			strcmp(r.text, fates[i].says) != 0) {
			fail_msg("%s: %s, %zu frames, %s", fates[i].word,
				hl_media_status_name(r.status), r.n_frames,
				r.text);
		}
		hl_media_result_fini(&r);
		hash_word(pool, "picture", &r);
		if (r.status != HL_MEDIA_HASHED || r.n_frames != 1) {
			fail_msg("behind %s: %s", fates[i].word, r.text);
		}
		hl_media_result_fini(&r);
	}
	hl_media_pool_free(pool);
}

static struct hl_match_pdq_result hash_here(const struct picture *p)
{
	const struct hl_match_picture picture = {p->rgb, (size_t)p->width * 3,
		p->width, p->height, HL_MATCH_RGB24};
	struct hl_match_pdq_result out;

	assert_int_equal(0, hl_match_pdq_image(&picture, NULL, &out, NULL));
	return out;
}

/* Through the pool as beside it, with all that can be asked for. */
static void pictures_give_their_hashes(void **state)
{
	const struct hl_media_options all = {.flags = HL_MEDIA_CLI512 |
						      HL_MEDIA_DIHEDRAL |
						      HL_MEDIA_DIGESTS};
	struct hl_media_setup setup = usual();
	struct hl_media_pool *pool = make_pool(&setup);

	(void)state;
	for (unsigned seed = 0; seed < 20; seed++) {
		struct picture p;
		struct file f;
		struct hl_media_result r;

		picture_make(&p, 60 + seed * 41, 700 - seed * 30, seed);
		picture_png(&p, &(struct png_how){.type = 2}, &f);
		struct hl_match_pdq_result here = hash_here(&p);
		assert_int_equal(
			0, hl_media_hash_bytes(pool, f.p, f.n, &all, &r, NULL));
		assert_int_equal(HL_MEDIA_HASHED, r.status);
		assert_int_equal(HL_MEDIA_PNG, r.format);
		assert_int_equal(p.width, r.width);
		assert_int_equal(p.height, r.height);
		assert_int_equal(f.n, r.n_bytes);
		assert_int_equal(here.quality, r.frames[0].pdq.quality);
		assert_memory_equal(&here.hash, &r.frames[0].pdq.hash, 32);
		assert_memory_equal(&here.hash,
			&r.frames[0].dihedral[HL_MATCH_ORIGINAL], 32);
		assert_true(r.digests);
		assert_int_equal(0, r.flags);
		hl_media_result_fini(&r);
		file_fini(&f);
		picture_fini(&p);
	}
	hl_media_pool_free(pool);
}

static void upright_is_the_turned_picture(void **state)
{
	const struct hl_media_options upright = {.flags = HL_MEDIA_UPRIGHT};
	struct hl_media_setup setup = usual();
	struct hl_media_pool *pool = make_pool(&setup);
	struct picture p, turned;
	struct file f;
	struct hl_media_result r;

	(void)state;
	picture_make(&p, 120, 90, 3);
	picture_make(&turned, 90, 120, 0);
	for (uint32_t y = 0; y < 120; y++) { /* 6: clockwise by 90 degrees */
		for (uint32_t x = 0; x < 90; x++) {
			memcpy(turned.rgb + (y * 90 + x) * 3,
				p.rgb + ((89 - x) * 120 + y) * 3, 3);
		}
	}
	struct hl_match_pdq_result stored = hash_here(&p);
	struct hl_match_pdq_result shown = hash_here(&turned);
	picture_png(&p, &(struct png_how){.type = 2, .orientation = 6}, &f);
	assert_int_equal(
		0, hl_media_hash_bytes(pool, f.p, f.n, NULL, &r, NULL));
	assert_int_equal(6, r.orientation);
	assert_int_equal(0, r.flags);
	assert_memory_equal(&stored.hash, &r.frames[0].pdq.hash, 32);
	hl_media_result_fini(&r);
	assert_int_equal(
		0, hl_media_hash_bytes(pool, f.p, f.n, &upright, &r, NULL));
	assert_int_equal(HL_MEDIA_TURNED, r.flags);
	assert_int_equal(120, r.width); /* as the file has it */
	assert_memory_equal(&shown.hash, &r.frames[0].pdq.hash, 32);
	hl_media_result_fini(&r);
	file_fini(&f);
	picture_fini(&turned);
	picture_fini(&p);
	hl_media_pool_free(pool);
}

static void hex(const uint8_t *p, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++) {
		snprintf(out + 2 * i, 3, "%02x", p[i]);
	}
}

/* The digests of "abc", from RFC 1321 and FIPS 180. */
static void digests_are_those_of_the_bytes(void **state)
{
	const struct hl_media_options digests = {.flags = HL_MEDIA_DIGESTS};
	struct hl_media_setup setup = usual();
	struct hl_media_pool *pool = make_pool(&setup);
	struct hl_media_result r;
	char text[65];

	(void)state;
	assert_int_equal(
		0, hl_media_hash_bytes(pool, "abc", 3, &digests, &r, NULL));
	assert_int_equal(HL_MEDIA_NO_PICTURE, r.status);
	assert_true(r.digests);
	hex(r.md5, 16, text);
	assert_string_equal("900150983cd24fb0d6963f7d28e17f72", text);
	hex(r.sha1, 20, text);
	assert_string_equal("a9993e364706816aba3e25717850c26c9cd0d89d", text);
	hex(r.sha256, 32, text);
	assert_string_equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb"
			    "410ff61f20015ad",
		text);
	hl_media_result_fini(&r);
	assert_int_equal(
		0, hl_media_hash_bytes(pool, "", 0, &digests, &r, NULL));
	assert_int_equal(HL_MEDIA_NO_PICTURE, r.status);
	assert_string_equal(
		"no picture or video that is known: it is empty", r.text);
	hex(r.md5, 16, text);
	assert_string_equal("d41d8cd98f00b204e9800998ecf8427e", text);
	hl_media_result_fini(&r);
	hl_media_pool_free(pool);
}

static int file_of(const char *bytes, size_t n, off_t size)
{
	char path[] = "/tmp/hl-media-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(n, write(fd, bytes, n));
	assert_int_equal(0, ftruncate(fd, size));
	int read_only = open(path, O_RDONLY);
	close(fd);
	unlink(path);
	return read_only;
}

static int pipe_of(const char *bytes)
{
	int ends[2];

	assert_int_equal(0, pipe(ends));
	assert_int_equal(strlen(bytes), write(ends[1], bytes, strlen(bytes)));
	close(ends[1]);
	return ends[0];
}

static void descriptors_of_every_kind(void **state)
{
	const off_t large = (off_t)70 << 20;
	const struct hl_media_options digests = {.flags = HL_MEDIA_DIGESTS};
	const struct {
		const char *name;
		int fd;
		enum hl_media_status status;
	} rows[] = {
		{"file", file_of("test:picture", 12, 12), HL_MEDIA_HASHED},
		{"pipe", pipe_of("test:picture"), HL_MEDIA_HASHED},
		{"empty file", file_of("", 0, 0), HL_MEDIA_NO_PICTURE},
		{"empty pipe", pipe_of(""), HL_MEDIA_NO_PICTURE},
		{"folder", open("/", O_RDONLY), HL_MEDIA_UNREADABLE},
		{"no descriptor", 9999, HL_MEDIA_UNREADABLE},
		/* over what is copied, with a hole in it */
		{"large file", file_of("what", 4, large), HL_MEDIA_NO_PICTURE},
		{"too large", file_of("what", 4, (off_t)90 << 20),
			HL_MEDIA_REFUSED},
	};
	struct hl_media_setup setup = usual();
	struct hl_media_pool *pool = make_pool(&setup);

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_media_result r;

		/* read from its start, wherever it was */
		(void)lseek(rows[i].fd, 3, SEEK_SET);
		assert_int_equal(0,
			hl_media_hash_fd(pool, rows[i].fd, &digests, &r, NULL));
		if (r.status != rows[i].status ||
			r.digests != (r.status == HL_MEDIA_HASHED ||
					     r.status == HL_MEDIA_NO_PICTURE)) {
			fail_msg("%s: %s, digests %d", rows[i].name, r.text,
				r.digests);
		}
		hl_media_result_fini(&r);
		close(rows[i].fd);
	}
	hl_media_pool_free(pool);
}

static void options_that_make_no_sense(void **state)
{
	static const struct hl_media_options rows[] = {{.flags = 1u << 20},
		{.video_every = -1},
		{.video_every = (double)__builtin_nan("")}};
	struct hl_media_setup setup = usual();
	struct hl_media_pool *pool = make_pool(&setup);

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_media_result r;

		assert_int_equal(HL_E_INVALID,
			hl_media_hash_bytes(pool, "x", 1, &rows[i], &r, NULL));
		hl_media_result_fini(&r);
	}
	hl_media_pool_free(pool);
}

static enum hl_media_status hash_part(struct hl_media_pool *pool,
	const struct file *f, size_t n, struct hl_media_result *r)
{
	assert_int_equal(0, hl_media_hash_bytes(pool, f->p, n, NULL, r, NULL));
	return r->status;
}

/* Noise, so that a part of the bytes is that part of the rows. */
static void half_a_picture_is_one(void **state)
{
	struct hl_media_setup setup = usual();
	struct hl_media_pool *pool = make_pool(&setup);
	struct hl_media_result r;
	struct picture p;
	struct file f;
	uint32_t seed = 1;

	(void)state;
	picture_make(&p, 100, 100, 1);
	for (size_t i = 0; i < 30000; i++) {
		seed = seed * 1664525u + 1013904223u;
		p.rgb[i] = (uint8_t)(seed >> 24);
	}
	picture_png(&p, &(struct png_how){.type = 2}, &f);
	assert_int_equal(HL_MEDIA_DAMAGED, hash_part(pool, &f, f.n / 3, &r));
	assert_int_equal(0, r.n_frames);
	hl_media_result_fini(&r);
	assert_int_equal(HL_MEDIA_HASHED, hash_part(pool, &f, f.n / 3 * 2, &r));
	assert_int_equal(1, r.n_frames);
	assert_int_equal(HL_MEDIA_FLAWED, r.flags);
	assert_string_equal("hashed, as far as the damage allows: the file "
			    "ends too early",
		r.text);
	hl_media_result_fini(&r);
	file_fini(&f);
	picture_fini(&p);
	hl_media_pool_free(pool);
}

/* Without the libraries that take long to load, their formats are told as
 * unsupported, and all else works. */
static void a_quick_start_leaves_some_out(void **state)
{
	static const char avif[] = "\0\0\0\x1c"
				   "ftypavif\0\0\0\0avifmif1miaf";
	struct hl_media_setup setup = usual();
	struct hl_media_result r;

	(void)state;
	setup.decoders = NULL;
	for (int quick = 0; quick < 2; quick++) {
		setup.quick_start = quick;
		struct hl_media_pool *pool = make_pool(&setup);

		assert_int_equal(0, hl_media_hash_bytes(pool, avif,
					    sizeof(avif) - 1, NULL, &r, NULL));
		assert_int_equal(HL_MEDIA_AVIF, r.format);
		assert_int_equal(
			quick ? HL_MEDIA_UNSUPPORTED : HL_MEDIA_DAMAGED,
			r.status);
		hl_media_result_fini(&r);
		hl_media_pool_free(pool);
	}
}

struct load {
	struct hl_media_pool *pool;
	int n_wrong;
};

static void *work(void *arg)
{
	static const char *const words[] = {
		"picture", "crash", "picture", "frames", "exit", "picture"};
	struct load *load = arg;

	for (size_t i = 0; i < 60; i++) {
		const char *word = words[i % HL_ARRAY_LEN(words)];
		struct hl_media_result r;
		bool good = strcmp(word, "crash") && strcmp(word, "exit");

		hash_word(load->pool, word, &r);
		if ((r.status == HL_MEDIA_HASHED) != good) {
			__atomic_add_fetch(&load->n_wrong, 1, __ATOMIC_RELAXED);
		}
		hl_media_result_fini(&r);
	}
	return NULL;
}

static void many_threads_and_few_workers(void **state)
{
	struct hl_media_setup setup = usual();
	struct load load = {0};
	pthread_t threads[8];

	(void)state;
	setup.n_workers = 3;
	setup.files_per_worker = 7;
	setup.limits.seconds_max = 30;
	load.pool = make_pool(&setup);
	assert_int_equal(3, hl_media_pool_workers(load.pool));
	for (size_t i = 0; i < HL_ARRAY_LEN(threads); i++) {
		assert_int_equal(
			0, pthread_create(&threads[i], NULL, work, &load));
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(threads); i++) {
		pthread_join(threads[i], NULL);
	}
	assert_int_equal(0, load.n_wrong);
	hl_media_pool_free(load.pool);
}

static pid_t start_zygote(const struct hl_media_setup *setup, const int ends[2])
{
	pid_t pid = fork();

	if (pid == 0) {
		if (dup2(ends[1], 3) < 0 || close_range(4, ~0u, 0) < 0) {
			_exit(2);
		}
		_exit(hl_media_zygote_run(setup, 3, NULL, NULL) ? 1 : 0);
	}
	assert_true(pid > 0);
	return pid;
}

/* As in a house: somebody else's child, that dies and comes back on the same
 * socket, while the pool stays; and a pool that comes back. */
static void a_zygote_that_is_started_again(void **state)
{
	struct hl_media_setup setup = usual();
	struct hl_media_pool *pool;
	struct hl_media_result r;
	int ends[2], status;

	(void)state;
	assert_int_equal(
		0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	pid_t pid = start_zygote(&setup, ends);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(0, hl_media_pool_attach(
					    &setup, dup(ends[0]), &pool, NULL));
		hash_word(pool, "picture", &r);
		assert_int_equal(HL_MEDIA_HASHED, r.status);
		hl_media_result_fini(&r);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		pid = start_zygote(&setup, ends);
		hash_word(pool, "picture", &r);
		assert_string_equal("hashed", r.text);
		hl_media_result_fini(&r);
		hl_media_pool_free(pool);
	}
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(0, status);
}

static void no_zygote_is_no_fault_of_the_file(void **state)
{
	struct hl_media_setup setup = usual();
	struct hl_media_pool *pool;
	struct hl_media_result r;
	int ends[2];

	(void)state;
	assert_int_equal(
		0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	assert_int_equal(0, hl_media_pool_attach(&setup, ends[0], &pool, NULL));
	close(ends[1]);
	hash_word(pool, "picture", &r);
	assert_int_equal(HL_MEDIA_UNAVAILABLE, r.status);
	hl_media_result_fini(&r);
	hl_media_pool_free(pool);
	hl_media_pool_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fate_costs_one_file),
		cmocka_unit_test(pictures_give_their_hashes),
		cmocka_unit_test(upright_is_the_turned_picture),
		cmocka_unit_test(digests_are_those_of_the_bytes),
		cmocka_unit_test(descriptors_of_every_kind),
		cmocka_unit_test(options_that_make_no_sense),
		cmocka_unit_test(half_a_picture_is_one),
		cmocka_unit_test(a_quick_start_leaves_some_out),
		cmocka_unit_test(many_threads_and_few_workers),
		cmocka_unit_test(a_zygote_that_is_started_again),
		cmocka_unit_test(no_zygote_is_no_fault_of_the_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
