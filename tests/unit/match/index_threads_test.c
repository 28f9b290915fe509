/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread writes, one maintains, several read, and another index of the
 * same folder follows. Every change moves one entry from a hash to another
 * with a part beside it, so a reader that sees half of a change, or one that
 * was never made, finds out. And rows are put one by one, with each kernel
 * looking at the newest of them. Compiled a second time for ThreadSanitizer.
 */
#include "folder.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

enum { IDS = 64, READERS = 3 };

struct scene {
	char path[PATH_BYTES];
	struct hl_match_index *index;
	struct hl_match_index *follower;
	_Atomic bool stop;
	_Atomic uint64_t wrong, asked, moved;
};

/* The hash of an entry after its nth move: far from all others. */
static void hash_of(uint64_t id, uint64_t move, uint8_t hash[32])
{
	uint64_t seed = id << 32 | (move & 1);

	draw_hash(&seed, hash);
}

static void put_at(struct scene *s, uint64_t id, uint64_t move)
{
	struct hl_match_entry e = {.list = 1,
		.id = id,
		.kind = HL_MATCH_PDQ,
		.label = (uint16_t)(move & 1),
		.payload_bytes = 8,
		.payload = &move};

	hash_of(id, move, e.hash);
	entry_add(s->index, &e);
}

static void *writes(void *arg)
{
	struct scene *s = arg;
	uint64_t seed = UINT64_MAX / 3, fresh = IDS;
	struct hl_match_error err;

	for (uint64_t move = 1; !atomic_load(&s->stop); move++) {
		for (uint64_t id = 0; id < IDS; id++) {
			put_at(s, id, move);
		}
		/* What comes and goes. */
		for (int i = 0; i < 200; i++) {
			uint8_t hash[32];
			struct hl_match_entry e;

			draw_hash(&seed, hash);
			e = entry_of(2, fresh++, hash);
			entry_add(s->index, &e);
			if (fresh > IDS + 5000) {
				good(hl_match_index_remove(
					     s->index, 2, fresh - 5000, &err),
					&err);
			}
		}
		commit_now(s->index, move, move % 16 ? 0 : HL_MATCH_DURABLE);
		atomic_store(&s->moved, move);
	}
	return NULL;
}

static void *maintains(void *arg)
{
	struct scene *s = arg;
	struct hl_match_error err;

	for (unsigned i = 1; !atomic_load(&s->stop); i++) {
		good(i % 5 ? hl_match_index_maintain(s->index, &err)
			   : hl_match_index_compact(s->index, &err),
			&err);
	}
	return NULL;
}

/* Of its two hashes an entry has one, and what belongs to that. */
static void look(struct scene *s, struct hl_match_reader *reader, uint64_t id)
{
	struct hl_match_found found[2][4];
	struct hl_match_answer answer[2] = {{.matches = found[0], .n_max = 4},
		{.matches = found[1], .n_max = 4}};
	struct hl_match_error err;
	uint8_t hash[2][32];
	size_t which;
	uint64_t move;

	hash_of(id, 0, hash[0]);
	hash_of(id, 1, hash[1]);
	good(hl_match_reader_batch(reader, hash[0], 2, NULL, answer, &err),
		&err);
	atomic_fetch_add(&s->asked, 1);
	which = answer[0].n ? 0 : 1;
	if (answer[0].n + answer[1].n != 1 || found[which][0].id != id ||
		found[which][0].label != which ||
		found[which][0].payload_bytes != 8) {
		atomic_fetch_add(&s->wrong, 1);
		return;
	}
	memcpy(&move, found[which][0].payload, 8);
	if ((move & 1) != which) {
		atomic_fetch_add(&s->wrong, 1);
	}
}

static void *reads(void *arg)
{
	struct scene *s = arg;
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err;
	uint64_t seed = (uint64_t)(uintptr_t)&seed;

	good(hl_match_reader_new(s->index, &reader, &err), &err);
	while (!atomic_load(&s->stop)) {
		struct hl_match_entry at = {0};

		for (int i = 0; i < 50; i++) {
			look(s, reader, below(&seed, IDS));
		}
		at.list = 1 + below(&seed, 2);
		at.id = below(&seed, 3000);
		for (int i = 0; i < 3; i++) {
			if (hl_match_reader_next(reader, &at)) {
				break;
			}
		}
		(void)hl_match_reader_label(reader, 1, 1);
	}
	hl_match_reader_free(reader);
	return NULL;
}

/* The other process, but for the process: commits are seen whole. */
static void *follows(void *arg)
{
	struct scene *s = arg;
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err;
	uint64_t before = 0;

	good(hl_match_reader_new(s->follower, &reader, &err), &err);
	while (!atomic_load(&s->stop)) {
		struct hl_match_found found;
		struct hl_match_answer answer = {.matches = &found, .n_max = 1};
		uint64_t position, moves[IDS];

		good(hl_match_index_follow(s->follower, &err), &err);
		position = hl_match_index_position(s->follower);
		for (uint64_t id = 0; id < IDS; id++) {
			uint8_t hash[32];

			hash_of(id, position, hash);
			good(hl_match_reader_query(
				     reader, hash, NULL, &answer, &err),
				&err);
			moves[id] = 0;
			if (answer.n == 1) {
				memcpy(&moves[id], found.payload, 8);
			}
			if (moves[id] != position) {
				atomic_fetch_add(&s->wrong, 1);
			}
		}
		if (position < before) {
			atomic_fetch_add(&s->wrong, 1);
		}
		before = position;
	}
	hl_match_reader_free(reader);
	return NULL;
}

static void nobody_sees_half(void **state)
{
	struct scene s = {.wrong = 0};
	pthread_t thread[READERS + 3];
	struct timespec nap = {3, 0};
	const struct hl_match_index_options plain = {.size_of = sizeof(plain)};
	struct hl_match_index_options writing = plain;
	struct hl_match_error err = {0};

	(void)state;
	folder_make(s.path);
	writing.flags = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE;
	good(hl_match_index_open(s.path, &writing, &s.index, &err), &err);
	list_add(s.index, 1, 0);
	list_add(s.index, 2, 0);
	for (uint64_t id = 0; id < IDS; id++) {
		put_at(&s, id, 0);
	}
	commit_now(s.index, 0, 0);
	good(hl_match_index_open(s.path, &plain, &s.follower, &err), &err);
	assert_int_equal(pthread_create(&thread[0], NULL, writes, &s), 0);
	assert_int_equal(pthread_create(&thread[1], NULL, maintains, &s), 0);
	assert_int_equal(pthread_create(&thread[2], NULL, follows, &s), 0);
	for (int i = 0; i < READERS; i++) {
		assert_int_equal(
			pthread_create(&thread[3 + i], NULL, reads, &s), 0);
	}
	nanosleep(&nap, NULL);
	atomic_store(&s.stop, true);
	for (int i = 0; i < READERS + 3; i++) {
		pthread_join(thread[i], NULL);
	}
	print_message("# %llu look-ups while %llu commits were made\n",
		(unsigned long long)s.asked, (unsigned long long)s.moved);
	assert_int_equal(s.wrong, 0);
	assert_true(s.asked > 100 && s.moved > 3);
	hl_match_index_close(s.follower);
	hl_match_index_close(s.index);
	folder_remove(s.path);
}

/* Rows are added one by one while others look at those before them. */
static void *asks(void *arg)
{
	struct scene *s = arg;
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err;
	uint64_t seed = (uint64_t)(uintptr_t)&seed;

	good(hl_match_reader_new(s->index, &reader, &err), &err);
	while (!atomic_load(&s->stop)) {
		uint64_t n = atomic_load(&s->moved), id;
		struct hl_match_found found;
		struct hl_match_answer answer = {.matches = &found, .n_max = 1};
		uint8_t hash[32];

		if (n == 0) {
			continue;
		}
		/* Half of the time the row that has just been added. */
		id = below(&seed, 2) ? n - 1 : below(&seed, (uint32_t)n);
		hash_of(id, 0, hash);
		good(hl_match_reader_query(reader, hash, NULL, &answer, &err),
			&err);
		atomic_fetch_add(&s->asked, 1);
		if (answer.n_found != 1 || found.id != id) {
			atomic_fetch_add(&s->wrong, 1);
		}
	}
	hl_match_reader_free(reader);
	return NULL;
}

/* Every kernel reads rows that were published, and none behind them. */
static void nobody_looks_behind_the_last(void **state)
{
	enum { ROWS = 3000, ASKERS = 2 };

	(void)state;
	for (uint32_t kernel = 0; kernel <= HL_MATCH_KERNEL_NEON; kernel++) {
		struct scene s = {.wrong = 0};
		const struct hl_match_index_options options = {
			.size_of = sizeof(options),
			.flags = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE,
			.kernel = kernel};
		struct hl_match_error err = {0};
		pthread_t thread[ASKERS];

		folder_make(s.path);
		if (hl_match_index_open(s.path, &options, &s.index, &err)) {
			assert_int_equal(err.code, HL_MATCH_E_ARG);
			folder_remove(s.path);
			continue; /* not of this processor */
		}
		list_add(s.index, 1, 0);
		for (int i = 0; i < ASKERS; i++) {
			assert_int_equal(
				pthread_create(&thread[i], NULL, asks, &s), 0);
		}
		for (uint64_t id = 0; id < ROWS || atomic_load(&s.asked) < 100;
			id++) {
			put_at(&s, id, 0);
			atomic_store(&s.moved, id + 1);
		}
		atomic_store(&s.stop, true);
		for (int i = 0; i < ASKERS; i++) {
			pthread_join(thread[i], NULL);
		}
		print_message("# kernel %u: %llu look-ups\n", kernel,
			(unsigned long long)s.asked);
		assert_int_equal(s.wrong, 0);
		hl_match_index_close(s.index);
		folder_remove(s.path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_looks_behind_the_last),
		cmocka_unit_test(nobody_sees_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
