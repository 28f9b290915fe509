/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever reads a position and then asks finds all that belongs to it. */
#include "hotline/match.h"

#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { COMMITS = 60, EACH = 1500 };

struct asker {
	struct hl_match_index *index;
	_Atomic int stop;
	unsigned n_asked, n_missing;
};

/* splitmix64 */
static uint64_t draw(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static void remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *e;

	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] != '.') {
			(void)unlinkat(dirfd(dir), e->d_name, 0);
		}
	}
	closedir(dir);
	assert_int_equal(rmdir(path), 0);
}

static void entry_of(uint64_t id, struct hl_match_entry *entry)
{
	uint64_t seed = id;

	memset(entry, 0, sizeof(*entry));
	entry->list = 1;
	entry->id = id;
	entry->kind = HL_MATCH_PDQ;
	for (size_t i = 0; i < sizeof(entry->hash); i++) {
		entry->hash[i] = (uint8_t)draw(&seed);
	}
}

/* The position is the number of entries. */
static void *ask(void *arg)
{
	struct asker *asker = arg;
	struct hl_match_reader *reader = NULL;
	uint64_t seed = 5;

	if (hl_match_reader_new(asker->index, &reader, NULL)) {
		return NULL;
	}
	while (!atomic_load(&asker->stop)) {
		struct hl_match_found found[2];
		struct hl_match_answer answer = {.matches = found, .n_max = 2};
		struct hl_match_entry entry;
		uint64_t n = hl_match_index_position(asker->index);

		if (n == 0) {
			continue;
		}
		entry_of(n - 1 - draw(&seed) % n % EACH, &entry);
		if (hl_match_reader_query(
			    reader, entry.hash, NULL, &answer, NULL)) {
			break;
		}
		asker->n_asked++;
		asker->n_missing += answer.n == 0 || found[0].id != entry.id;
	}
	hl_match_reader_free(reader);
	return NULL;
}

static void commits(
	struct hl_match_index *writer, struct hl_match_index *follower)
{
	for (uint64_t id = 0; id < (uint64_t)COMMITS * EACH; id++) {
		struct hl_match_entry entry;

		entry_of(id, &entry);
		assert_int_equal(hl_match_index_put(writer, &entry, NULL), 0);
		if (id % EACH == EACH - 1) {
			assert_int_equal(
				hl_match_index_commit(writer, id + 1, 0, NULL),
				0);
			assert_true(hl_match_index_maintain(writer, NULL) >= 0);
			assert_int_equal(
				hl_match_index_follow(follower, NULL), 0);
			assert_int_equal(
				hl_match_index_position(follower), id + 1);
		}
	}
}

static void is_never_ahead(void **state)
{
	struct hl_match_index_options options = {.size_of = sizeof(options),
		.flags = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE};
	struct hl_match_list list = {
		.size_of = sizeof(list), .id = 1, .name = "one"};
	struct hl_match_index *writer = NULL;
	struct asker asker = {.n_asked = 0};
	char folder[] = "/tmp/hl-position-XXXXXX";
	pthread_t thread;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(
		hl_match_index_open(folder, &options, &writer, NULL), 0);
	assert_int_equal(hl_match_list_put(writer, &list, NULL), 0);
	assert_int_equal(hl_match_index_commit(writer, 0, 0, NULL), 0);
	assert_int_equal(
		hl_match_index_open(folder, NULL, &asker.index, NULL), 0);
	assert_int_equal(pthread_create(&thread, NULL, ask, &asker), 0);
	commits(writer, asker.index);
	atomic_store(&asker.stop, 1);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(asker.n_asked > COMMITS);
	assert_int_equal(asker.n_missing, 0);
	hl_match_index_close(asker.index);
	hl_match_index_close(writer);
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(is_never_ahead)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
