/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/*
 * One call after another fails, or is the last that a process makes: every
 * allocation, and every call that touches the folder, by their names in the
 * linker's table. What was there stays, or what is new is there as a whole.
 */

enum { ALLOCATION, FOLDER };
static long left = -1; /* calls until one fails; below 0: none does */
static int which, number;
static bool dies;
static unsigned n_failed;

static bool fails(int kind)
{
	if (left < 0 || kind != which || left-- > 0) {
		return false;
	}
	if (dies) {
		_exit(9);
	}
	n_failed++;
	errno = number;
	return true;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_mmap64(void *at, size_t n, int prot, int flags, int fd, off_t off);
int __real_openat64(int at, const char *name, int flags, ...);
ssize_t __real_write(int fd, const void *p, size_t n);
int __real_fsync(int fd);
int __real_renameat(int a, const char *from, int b, const char *to);
int __real_unlinkat(int at, const char *name, int flags);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_mmap64(void *at, size_t n, int prot, int flags, int fd, off_t off);
int __wrap_openat64(int at, const char *name, int flags, ...);
ssize_t __wrap_write(int fd, const void *p, size_t n);
int __wrap_fsync(int fd);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __wrap_unlinkat(int at, const char *name, int flags);

void *__wrap_malloc(size_t n)
{
	return fails(ALLOCATION) ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails(ALLOCATION) ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails(ALLOCATION) ? NULL : __real_realloc(p, n);
}

void *__wrap_mmap64(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	return fails(ALLOCATION) ? MAP_FAILED
				 : __real_mmap64(at, n, prot, flags, fd, off);
}

int __wrap_openat64(int at, const char *name, int flags, ...)
{
	return fails(FOLDER) ? -1 : __real_openat64(at, name, flags, 0644);
}

ssize_t __wrap_write(int fd, const void *p, size_t n)
{
	bool bad = fails(FOLDER);

	/* Half of it is there, as on a disk that is full. */
	if (bad && __real_write(fd, p, n / 2) >= 0) {
		errno = number;
	}
	return bad ? -1 : __real_write(fd, p, n);
}

int __wrap_fsync(int fd)
{
	return fails(FOLDER) ? -1 : __real_fsync(fd);
}

int __wrap_renameat(int a, const char *from, int b, const char *to)
{
	return fails(FOLDER) ? -1 : __real_renameat(a, from, b, to);
}

int __wrap_unlinkat(int at, const char *name, int flags)
{
	return fails(FOLDER) ? -1 : __real_unlinkat(at, name, flags);
}

static struct world *a_world(void)
{
	struct world *w = world_new(1);

	world_put(w, "one.example.org", "/", 4, 1);
	world_publish(w);
	hl_urls_close(world_keep(w, 0));
	world_put(w, "two.example.org", "/", 4, 2);
	world_publish(w);
	return w;
}

static int open_it(struct world *w, uint32_t flags, struct hl_urls_list **out)
{
	struct hl_urls_options options = {
		.size_of = sizeof(options), .flags = flags};

	return hl_urls_open(w->folder, &options, out, NULL);
}

/* Whether it says 1 or 2, and answers so. */
static uint64_t version_there(struct world *w)
{
	struct hl_urls_list *list = world_open(w, HL_URLS_OPEN_VERIFY);
	struct hl_urls_reader *reader = NULL;
	uint64_t version = world_stats(w, list).version;

	assert_int_equal(0, hl_urls_reader_new(list, &reader, NULL));
	assert_int_equal(HL_URLS_LISTED,
		world_ask(w, reader, "http://one.example.org").verdict);
	assert_int_equal(version == 2 ? HL_URLS_LISTED : HL_URLS_CLEAR,
		world_ask(w, reader, "http://two.example.org").verdict);
	hl_urls_reader_free(reader);
	hl_urls_close(list);
	return version;
}

/* Opens, looks, takes by delta or whole; the code of what failed. */
static int step(struct world *w, bool whole, struct hl_urls_list **list)
{
	struct hl_urls_wanted wanted;
	int rc = *list ? 0 : open_it(w, HL_URLS_OPEN_KEEP, list);

	rc = rc ? rc : world_look(w, *list, &wanted);
	if (rc == 0 && whole) {
		rc = hl_urls_whole(*list, &wanted);
	}
	return rc ? rc : world_take(w, *list, &wanted);
}

static void one_fails(int kind, int with, bool whole)
{
	for (long nth = 0;; nth++) {
		struct world *w = a_world();
		struct hl_urls_list *list = NULL;
		int rc, again;

		n_failed = 0;
		which = kind;
		number = with;
		left = nth;
		rc = step(w, whole, &list);
		left = -1;
		if (n_failed && rc < 0) {
			int code = kind == ALLOCATION || with == ENOMEM
					   ? HL_URLS_E_NOMEM
				   : with == ENOSPC ? HL_URLS_E_FULL
						    : HL_URLS_E_IO;

			assert_int_equal(code, rc);
			assert_in_range(version_there(w), 1, 2);
			again = step(w, whole, &list);
			assert_in_range(again, 0, HL_URLS_NOTFOUND);
		} else {
			assert_int_equal(0, rc);
		}
		assert_int_equal(2, world_stats(w, list).version);
		hl_urls_close(list);
		assert_int_equal(2, version_there(w));
		world_free(w);
		if (!n_failed) {
			/* At least as many as there must be. */
			assert_true(nth > 6);
			return;
		}
	}
}

static void allocations(void **state)
{
	one_fails(ALLOCATION, ENOMEM, false);
	one_fails(ALLOCATION, ENOMEM, true);
}

static void disk(void **state)
{
	one_fails(FOLDER, EIO, false);
	one_fails(FOLDER, ENOSPC, true);
}

/* Both files are gone while it is open. */
static void break_folder(const struct world *w)
{
	char path[128];
	glob_t found;

	(void)snprintf(path, sizeof(path), "%s/list-*", w->folder);
	assert_int_equal(0, glob(path, 0, NULL, &found));
	for (size_t i = 0; i < found.gl_pathc; i++) {
		assert_int_equal(0, unlink(found.gl_pathv[i]));
	}
	globfree(&found);
	(void)snprintf(path, sizeof(path), "%s/state", w->folder);
	assert_int_equal(0, unlink(path));
}

static void mend_fails(int kind, int with)
{
	long nth = 0;

	do {
		struct world *w = a_world();
		struct hl_urls_list *list = world_open(w, HL_URLS_OPEN_KEEP);

		break_folder(w);
		n_failed = 0;
		which = kind;
		number = with;
		left = nth++;
		assert_true(hl_urls_refresh(list, NULL) < 0);
		left = -1;
		/* the next look sees all that is broken still */
		assert_int_equal(
			HL_URLS_E_CORRUPT, hl_urls_refresh(list, NULL));
		assert_int_equal(0, step(w, false, &list));
		assert_int_equal(HL_URLS_NOTFOUND, hl_urls_refresh(list, NULL));
		assert_int_equal(2, version_there(w));
		hl_urls_close(list);
		world_free(w);
	} while (n_failed);
	assert_true(nth > 4); /* as many as there must be */
}

static void mending(void **state)
{
	(void)state;
	mend_fails(ALLOCATION, ENOMEM);
	mend_fails(FOLDER, EIO);
}

/* Readers and confirming need memory too. */
static void readers(void **state)
{
	struct world *w = a_world();
	struct hl_urls_list *list = world_open(w, 0);
	struct hl_urls_decision d;

	which = ALLOCATION;
	number = ENOMEM;
	for (long nth = 0;; nth++) {
		struct hl_urls_reader *reader = NULL;
		int rc;

		n_failed = 0;
		left = nth;
		rc = hl_urls_reader_new(list, &reader, NULL);
		left = -1;
		assert_int_equal(n_failed ? HL_URLS_E_NOMEM : 0, rc);
		if (rc) {
			continue;
		}
		/* From here on nothing is allocated for a plain host. */
		left = 0;
		d = world_check(w, reader, "http://WWW.example.org/%41?b=%20");
		assert_int_equal(HL_URLS_CLEAR, d.verdict);
		d = world_check(w, reader, "http://one.example.org/");
		assert_int_equal(HL_URLS_UNSURE, d.verdict);
		d = world_ask(w, reader, "http://one.example.org/");
		assert_int_equal(HL_URLS_LISTED, d.verdict);
		assert_int_equal(0, n_failed);
		left = -1;
		hl_urls_reader_free(reader);
		break;
	}
	hl_urls_close(list);
	world_free(w);
}

/* A process that ends at each call it makes, as kill -9 would have it. */
static void killed(void **state)
{
	unsigned seen[3] = {0};

	which = FOLDER;
	for (long nth = 0;; nth++) {
		struct world *w = a_world();
		struct hl_urls_list *list = NULL;
		uint64_t version;
		int status;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			dies = true;
			left = nth;
			_exit(step(w, nth % 2, &list) ? 1 : 0);
		}
		assert_int_equal(child, waitpid(child, &status, 0));
		assert_true(WIFEXITED(status));
		assert_int_not_equal(1, WEXITSTATUS(status));
		version = version_there(w);
		seen[version]++;
		assert_in_range(step(w, false, &list), 0, HL_URLS_NOTFOUND);
		hl_urls_close(list);
		assert_int_equal(2, version_there(w));
		world_free(w);
		if (WEXITSTATUS(status) == 0) {
			assert_int_equal(2, version);
			break;
		}
	}
	assert_true(seen[1] > 4 && seen[2] > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations),
		cmocka_unit_test(disk),
		cmocka_unit_test(mending),
		cmocka_unit_test(readers),
		cmocka_unit_test(killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
