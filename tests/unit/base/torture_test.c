/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of a piece of work fails once: the linker leads malloc
 * and its kin here (--wrap), and the n-th call gives NULL. The work must
 * then say so, leak nothing (the sanitizers look) and wipe its secrets. It
 * goes on until a run needed fewer than n allocations and succeeded.
 */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/time.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);

static int fail_at;         /* the allocation that fails, 0 for none */
static int n_allocs;        /* so far */
static int n_held;          /* allocated and not freed */
static const char *watched; /* looked at when its block is freed */
static size_t watched_bytes;
static bool watched_was_wiped;

static bool refuse(void)
{
	return ++n_allocs == fail_at;
}

void *__wrap_malloc(size_t n)
{
	void *p = refuse() ? NULL : __real_malloc(n);

	n_held += p != NULL;
	return p;
}

void *__wrap_calloc(size_t n, size_t size)
{
	void *p = refuse() ? NULL : __real_calloc(n, size);

	n_held += p != NULL;
	return p;
}

void *__wrap_realloc(void *p, size_t n)
{
	void *q = refuse() ? NULL : __real_realloc(p, n);

	n_held += !p && q;
	return q;
}

void __wrap_free(void *p)
{
	const char *block = p;

	n_held -= p != NULL;
	if (watched && block <= watched &&
		watched < block + malloc_usable_size(p)) {
		watched_was_wiped = true;
		for (size_t i = 0; i < watched_bytes; i++) {
			watched_was_wiped &= watched[i] == 0;
		}
		watched = NULL;
	}
	__real_free(p);
}

/* The pieces of work: 0, or HL_E_NOMEM. Nothing else is right. */

static int fill_buf(bool secret)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);

	b.secret = secret;
	for (int i = 0; i < 2000; i++) {
		hl_buf_put(&b, HL_STR("0123456789"));
		hl_buf_printf(&b, "%03d", i % 1000);
	}
	if (!b.fault && b.n != 26000) {
		return HL_E_INTERNAL;
	}
	/* what was put before the fault is still there */
	if (b.n && strlen(b.p) != b.n) {
		return HL_E_INTERNAL;
	}
	return b.fault;
}

static int plain_buf(void)
{
	return fill_buf(false);
}

static int secret_buf(void)
{
	return fill_buf(true);
}

static int fill_arena(bool secret)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 20, secret);
	bool all = a != NULL;

	for (int i = 0; a && i < 20; i++) {
		all &= hl_arena_alloc(a, 3000) != NULL;
		all &= hl_arena_dup(a, HL_STR("text")).p != NULL;
		all &= hl_arena_printf(a, "%05000d", i).p != NULL;
	}
	if (a) {
		hl_arena_reset(a);
		all &= hl_arena_array(a, 10, 10) != NULL;
	}
	return all ? 0 : HL_E_NOMEM;
}

static int plain_arena(void)
{
	return fill_arena(false);
}

static int secret_arena(void)
{
	return fill_arena(true);
}

static int put_json(void)
{
	HL_BUF_AUTO b = HL_BUF_INIT(10000);

	hl_buf_put_c(&b, '{');
	for (int i = 0; i < 50; i++) {
		hl_json_put_member(&b, "name", HL_STR("<\"&"));
		hl_json_put_member_i64(&b, "n", i);
	}
	hl_time_span(&b, HL_US_PER_DAY);
	return b.fault;
}

static int read_file(void)
{
	HL_BUF_AUTO b = HL_BUF_SECRET(1 << 20);

	return hl_file_read("/proc/self/status", &b, NULL);
}

static const struct {
	const char *name;
	int (*work)(void);
	int least_allocs; /* or the row tries nothing */
} rows[] = {
	{"buf", plain_buf, 5},
	{"secret buf", secret_buf, 5},
	{"arena", plain_arena, 5},
	{"secret arena", secret_arena, 5},
	{"json", put_json, 3},
	{"file", read_file, 1},
};

static void each_allocation_fails_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int r = HL_E_NOMEM, failures = 0;

		for (int at = 1; r == HL_E_NOMEM && at < 1000; at++) {
			n_allocs = n_held = 0;
			fail_at = at;
			r = rows[i].work();
			fail_at = 0;
			if (n_held != 0) {
				fail_msg("%s, %d: %d left", rows[i].name, at,
					n_held);
			}
			failures += r == HL_E_NOMEM;
		}
		if (r != 0 || failures < rows[i].least_allocs) {
			fail_msg("%s: %d after %d failures", rows[i].name, r,
				failures);
		}
	}
}

/* Looks at n bytes at the moment when their block is freed. */
static void watch(const char *p, size_t n)
{
	watched = p;
	watched_bytes = n;
	watched_was_wiped = false;
}

static void a_secret_buf_is_wiped_when_it_moves(void **state)
{
	HL_BUF_AUTO b = HL_BUF_SECRET(10000);

	(void)state;
	hl_buf_put(&b, HL_STR("secret words"));
	watch(b.p, b.cap);
	while (watched) {
		hl_buf_put(&b, HL_STR("more of them"));
	}
	assert_true(watched_was_wiped);
	assert_int_equal(0, memcmp(b.p, "secret words", 12));
}

static void a_secret_buf_is_wiped_when_freed(void **state)
{
	struct hl_buf b = HL_BUF_SECRET(10000);

	(void)state;
	hl_buf_put(&b, HL_STR("secret words"));
	watch(b.p, b.cap);
	hl_buf_fini(&b);
	assert_null(watched);
	assert_true(watched_was_wiped);
}

/* The wrapper does see what is not wiped. */
static void a_plain_buf_is_not_wiped(void **state)
{
	struct hl_buf b = HL_BUF_INIT(10000);

	(void)state;
	hl_buf_put(&b, HL_STR("any words"));
	watch(b.p, b.cap);
	hl_buf_fini(&b);
	assert_null(watched);
	assert_false(watched_was_wiped);
}

/* Fills two blocks of an arena and watches a piece of one when it goes. */
static bool large_piece_is_wiped(bool secret, void (*end)(struct hl_arena *))
{
	struct hl_arena *a = hl_arena_new(100000, secret);
	char *large = hl_arena_alloc(a, 50000);

	hl_arena_alloc(a, 10);
	memset(large, 'x', 50000);
	watch(large, 50000);
	end(a);
	assert_null(watched);
	if (end == hl_arena_reset) {
		hl_arena_free(a);
	}
	return watched_was_wiped;
}

static void a_secret_arena_is_wiped(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(100000, true);
	char *kept = memset(hl_arena_alloc(a, 100), 'x', 100);

	(void)state;
	hl_arena_reset(a);
	assert_ptr_equal(kept, hl_arena_alloc(a, 200));
	assert_int_equal(0, kept[0] | kept[99]);
	assert_true(large_piece_is_wiped(true, hl_arena_free));
	assert_true(large_piece_is_wiped(true, hl_arena_reset));
	assert_false(large_piece_is_wiped(false, hl_arena_free));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_fails_once),
		cmocka_unit_test(a_secret_buf_is_wiped_when_it_moves),
		cmocka_unit_test(a_secret_buf_is_wiped_when_freed),
		cmocka_unit_test(a_plain_buf_is_not_wiped),
		cmocka_unit_test(a_secret_arena_is_wiped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
