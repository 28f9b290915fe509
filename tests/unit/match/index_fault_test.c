/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same work again and again, and each time one call of the system or of
 * the allocator fails: the first, the second, and so on until none is left.
 * Whatever fails, the index must still have what it had, do the work when it
 * is asked again, and have the last commit when it is opened again.
 */
#include "model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>

static long left = -1; /* calls until one fails; -1: none will */
static int number = ENOMEM;

static bool fails(void)
{
	if (left > 0 && --left == 0) {
		left = -1;
		errno = number;
		return true;
	}
	return false;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t m);
void *__real_realloc(void *p, size_t n);
ssize_t __real_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __real_pread64(int fd, void *p, size_t n, off_t at);
int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_renameat(int a, const char *from, int b, const char *to);
int __real_ftruncate64(int fd, off_t n);
int __real_openat64(int folder, const char *name, int flags, mode_t mode);
void *__real_mmap64(
	void *at, size_t n, int prot, int flags, int fd, off_t offset);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t m);
void *__wrap_realloc(void *p, size_t n);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at);
ssize_t __wrap_pread64(int fd, void *p, size_t n, off_t at);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __wrap_ftruncate64(int fd, off_t n);
int __wrap_openat64(int folder, const char *name, int flags, mode_t mode);
void *__wrap_mmap64(
	void *at, size_t n, int prot, int flags, int fd, off_t offset);

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t m)
{
	return fails() ? NULL : __real_calloc(n, m);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

/* A disk that is full takes a part first. */
ssize_t __wrap_pwrite64(int fd, const void *p, size_t n, off_t at)
{
	if (fails()) {
		(void)!__real_pwrite64(fd, p, n / 2, at);
		errno = number;
		return -1;
	}
	return __real_pwrite64(fd, p, n, at);
}

ssize_t __wrap_pread64(int fd, void *p, size_t n, off_t at)
{
	return fails() ? -1 : __real_pread64(fd, p, n, at);
}

int __wrap_fsync(int fd)
{
	return fails() ? -1 : __real_fsync(fd);
}

int __wrap_fdatasync(int fd)
{
	return fails() ? -1 : __real_fdatasync(fd);
}

int __wrap_renameat(int a, const char *from, int b, const char *to)
{
	return fails() ? -1 : __real_renameat(a, from, b, to);
}

int __wrap_ftruncate64(int fd, off_t n)
{
	return fails() ? -1 : __real_ftruncate64(fd, n);
}

int __wrap_openat64(int folder, const char *name, int flags, mode_t mode)
{
	return fails() ? -1 : __real_openat64(folder, name, flags, mode);
}

void *__wrap_mmap64(
	void *at, size_t n, int prot, int flags, int fd, off_t offset)
{
	return fails() ? MAP_FAILED
		       : __real_mmap64(at, n, prot, flags, fd, offset);
}

struct work {
	char path[PATH_BYTES];
	struct hl_match_index *index;
	struct hl_match_reader *reader;
	struct model now, committed;
	bool either; /* the last commit may have been made */
	uint64_t seed;
};

static void model_copy(struct model *to, const struct model *from)
{
	model_fini(to);
	*to = *from;
	to->entry = malloc((from->room + 1) * sizeof(*to->entry));
	to->payload = malloc((from->room + 1) * 16);
	assert_true(to->entry && to->payload);
	if (from->n > 0) {
		memcpy(to->entry, from->entry, from->n * sizeof(*to->entry));
		memcpy(to->payload, from->payload, from->n * 16);
	}
}

static struct hl_match_entry some(struct work *w, uint32_t list, uint64_t id)
{
	struct hl_match_entry e = {.list = list,
		.id = id,
		.kind = HL_MATCH_PDQ,
		.label = (uint16_t)(id % 3),
		.payload_bytes = id % 2 ? 9 : 0,
		.payload = "neutral 1"};
	uint64_t seed = id * 7919 + list + w->seed;

	draw_hash(&seed, e.hash);
	return e;
}

static int put_it(struct work *w, const struct hl_match_entry *e,
	struct hl_match_error *err)
{
	int rc = hl_match_index_put(w->index, e, err);

	if (rc == 0) {
		model_put(&w->now, e);
	}
	return rc;
}

static int new_row(struct work *w, struct hl_match_error *err)
{
	struct hl_match_entry e = some(w, 1, 5000);

	e.part = 3;
	return put_it(w, &e, err);
}

static int replaced_row(struct work *w, struct hl_match_error *err)
{
	struct hl_match_entry e = some(w, 2, 11);

	e.hash[4] ^= 255;
	return put_it(w, &e, err);
}

static int other_kind(struct work *w, struct hl_match_error *err)
{
	struct hl_match_entry e = some(w, 2, 11);

	e.kind = HL_MATCH_MD5;
	memset(e.hash + 16, 0, 16);
	return put_it(w, &e, err);
}

static int removed_row(struct work *w, struct hl_match_error *err)
{
	int rc = hl_match_index_remove(w->index, 1, 17, err);

	if (rc == 0) {
		model_remove(&w->now, 1, 17);
	}
	return rc == HL_MATCH_NOTFOUND ? 0 : rc;
}

static int new_list(struct work *w, struct hl_match_error *err)
{
	struct hl_match_list list = {
		.size_of = sizeof(list), .id = 4, .radius = 20};
	int rc = hl_match_list_put(w->index, &list, err);

	if (rc == 0) {
		model_list_put(&w->now, &list);
	}
	return rc;
}

static int new_label(struct work *w, struct hl_match_error *err)
{
	return hl_match_label_put(w->index, 1, 300, "a word", err);
}

static int removed_list(struct work *w, struct hl_match_error *err)
{
	int rc = hl_match_list_remove(w->index, 3, err);

	if (rc == 0) {
		model_unlist(&w->now, 3);
	}
	return rc == HL_MATCH_NOTFOUND ? 0 : rc;
}

static int commit_with(
	struct work *w, uint32_t flags, struct hl_match_error *err)
{
	int rc = hl_match_index_commit(w->index, 77, flags, err);

	w->either = rc != 0;
	if (rc == 0) {
		long kept = left;

		left = -1;
		model_copy(&w->committed, &w->now);
		left = kept;
	}
	return rc;
}

static int committed(struct work *w, struct hl_match_error *err)
{
	return commit_with(w, 0, err);
}

static int committed_durably(struct work *w, struct hl_match_error *err)
{
	return commit_with(w, HL_MATCH_DURABLE, err);
}

static int maintained(struct work *w, struct hl_match_error *err)
{
	int rc;

	do {
		rc = hl_match_index_maintain(w->index, err);
	} while (rc == HL_MATCH_MORE);
	return rc;
}

static int compacted(struct work *w, struct hl_match_error *err)
{
	return hl_match_index_compact(w->index, err);
}

static int asked(struct work *w, struct hl_match_error *err)
{
	struct hl_match_found found[4];
	struct hl_match_answer answer = {.matches = found, .n_max = 4};
	struct hl_match_entry e = some(w, 2, 23);

	return hl_match_reader_query(w->reader, e.hash, NULL, &answer, err);
}

static int walked(struct work *w, struct hl_match_error *err)
{
	struct hl_match_entry at = {0};
	int rc = hl_match_reader_next(w->reader, &at);

	(void)err;
	return rc;
}

static int followed(struct work *w, struct hl_match_error *err)
{
	struct hl_match_index *other = NULL;
	const struct hl_match_index_options options = {
		.size_of = sizeof(options)};
	int rc = hl_match_index_open(w->path, &options, &other, err);

	if (rc == 0) {
		rc = hl_match_index_follow(other, err);
	}
	hl_match_index_close(other);
	return rc == HL_MATCH_NOTFOUND ? 0 : rc;
}

static int opened(struct work *w, struct hl_match_error *err)
{
	const struct hl_match_index_options options = {
		.size_of = sizeof(options), .flags = HL_MATCH_OPEN_WRITE};
	int rc = 0;

	if (!w->index) {
		rc = hl_match_index_open(w->path, &options, &w->index, err);
	}
	return rc ? rc : hl_match_reader_new(w->index, &w->reader, err);
}

static int (*const steps[])(struct work *w, struct hl_match_error *err) = {
	opened,
	new_row,
	replaced_row,
	other_kind,
	removed_row,
	new_list,
	new_label,
	asked,
	walked,
	committed,
	removed_list,
	committed_durably,
	maintained,
	followed,
	new_row,
	compacted,
	replaced_row,
	committed_durably,
	compacted,
	asked,
	followed,
};
enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

static void closed(struct work *w)
{
	hl_match_reader_free(w->reader);
	hl_match_index_close(w->index);
	w->reader = NULL;
	w->index = NULL;
}

/* 1,200 rows in a segment, 30 in the log, on three lists. */
static void prepare(struct work *w)
{
	folder_empty(w->path);
	w->index =
		index_open(w->path, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE);
	for (uint32_t list = 1; list <= 3; list++) {
		struct hl_match_list l = {.size_of = sizeof(l), .id = list};

		list_add(w->index, list, 0);
		(void)snprintf(l.name, sizeof(l.name), "list %u", list);
		model_list_put(&w->now, &l);
	}
	for (uint64_t id = 0; id < 410; id++) {
		for (uint32_t list = 1; list <= 3; list++) {
			struct hl_match_entry e = some(w, list, id);

			entry_add(w->index, &e);
			model_put(&w->now, &e);
		}
		if (id == 400) {
			struct hl_match_error err;

			commit_now(w->index, 1, 0);
			good(hl_match_index_compact(w->index, &err), &err);
		}
	}
	commit_now(w->index, 2, HL_MATCH_DURABLE);
	model_copy(&w->committed, &w->now);
	hl_match_index_close(w->index);
	w->index = NULL;
}

static bool has(struct work *w, struct model *m)
{
	struct hl_match_stats stats = {.size_of = sizeof(stats)};

	hl_match_index_stats(w->index, 0, &stats);
	return stats.n_hashes == m->n && stats.n_lists == m->n_lists;
}

/* What a step that failed left: nothing lost now, nothing after opening. */
static void check_after(struct work *w, size_t step)
{
	struct hl_match_error err = {0};
	int rc;

	if (w->reader) {
		same_content(&w->now, w->index, w->reader);
		rc = steps[step](w, &err);
		/* After a sync that failed it must be opened again. */
		if (rc && rc != HL_MATCH_E_IO) {
			fail_msg("step %zu again: %d %s", step, rc, err.text);
		}
		same_content(&w->now, w->index, w->reader);
	}
	closed(w);
	good(hl_match_index_verify(w->path, NULL, NULL, &err), &err);
	good(opened(w, &err), &err);
	same_content(w->either && has(w, &w->now) ? &w->now : &w->committed,
		w->index, w->reader);
}

/* false: nothing failed any more. */
static bool one_fails(struct work *w, long which)
{
	struct hl_match_error err = {0};
	size_t step;
	int rc = 0;

	prepare(w);
	left = which;
	for (step = 0; step < STEPS && rc == 0; step++) {
		rc = steps[step](w, &err);
	}
	if (left > 0) {
		assert_int_equal(rc, 0);
		left = -1;
		closed(w);
		return false;
	}
	left = -1;
	if (rc > 0 || (rc < 0 && err.code != 0 && err.code != rc)) {
		fail_msg("call %ld, step %zu: %d, err %d", which, step - 1, rc,
			err.code);
	}
	check_after(w, step - 1);
	closed(w);
	return true;
}

static void each_call_fails(int with)
{
	struct work w = {.seed = 9};
	long which = 1;

	folder_make(w.path);
	number = with;
	while (one_fails(&w, which)) {
		model_fini(&w.now);
		model_fini(&w.committed);
		which++;
	}
	print_message("# %ld calls failed in turn\n", which - 1);
	assert_true(which > 100);
	model_fini(&w.now);
	model_fini(&w.committed);
	folder_remove(w.path);
}

static void no_memory(void **state)
{
	(void)state;
	each_call_fails(ENOMEM);
}

static void disk_full(void **state)
{
	(void)state;
	each_call_fails(ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory),
		cmocka_unit_test(disk_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
