/* SPDX-License-Identifier: Apache-2.0 */
/* docs/protocol/match.md, "What a replica does". */
#include "town.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "lookup/near.h"
#include "proc/sandbox.h"

static struct hl_lookup_standing standing(struct town *t)
{
	struct hl_lookup_standing s;

	hl_lookup_follower_standing(t->follower, &s);
	return s;
}

static void changes_are_seen_in_order(void **state)
{
	struct town *t = *state;

	assert_int_equal(-1, town_found(t, 1));
	town_list(t, 1, false);
	town_entry(t, 1, 1, 0);
	town_entry(t, 1, 2, 5);
	town_catch_up(t);
	assert_int_equal(1, town_found(t, 1));
	assert_int_equal(1, town_found(t, 2));
	assert_int_equal(0, town_found(t, 3));
	assert_int_equal(3, town_position(t));
	town_entry(t, 1, 2, 40); /* its hash is another now */
	town_gone(t, 1, 1);
	town_gone(t, 1, 99); /* was never there */
	town_catch_up(t);
	assert_int_equal(0, town_found(t, 1));
	assert_int_equal(0, town_found(t, 2));
	town_entry(t, 1, 2, 0);
	town_list_gone(t, 1);
	town_list_gone(t, 1);
	town_catch_up(t);
	assert_int_equal(0, town_found(t, 2));
	assert_int_equal(9, town_position(t));
	assert_false(standing(t).loading);
	assert_int_equal(0, standing(t).behind_us);
}

static void an_entry_before_its_list_in_one_answer(void **state)
{
	struct town *t = *state;

	town_entry(t, 1, 1, 0);
	town_list(t, 1, false);
	town_entry(t, 2, 2, 0); /* whose list never comes */
	town_catch_up(t);
	assert_int_equal(1, town_found(t, 1));
	assert_int_equal(0, town_found(t, 2));
	assert_int_equal(3, town_position(t));
}

static void nothing_is_shown_before_the_first_load_is_whole(void **state)
{
	struct town *t = *state;

	t->n_at_once = 10;
	town_list(t, 1, false);
	for (uint64_t i = 1; i < 30; i++) {
		town_entry(t, 1, i, 0);
	}
	assert_int_equal(HL_LOOKUP_MORE, town_step(t));
	assert_int_equal(-1, town_found(t, 1));
	assert_true(standing(t).loading);
	assert_int_equal(HL_LOOKUP_MORE, town_step(t));
	assert_int_equal(-1, town_found(t, 1));
	town_catch_up(t);
	assert_int_equal(1, town_found(t, 29));
	assert_int_equal(1, standing(t).n_loads);
}

static void a_load_that_was_ended_goes_on(void **state)
{
	struct town *t = *state;

	t->n_at_once = 10;
	town_list(t, 1, false);
	for (uint64_t i = 1; i < 40; i++) {
		town_entry(t, 1, i, 0);
	}
	assert_int_equal(HL_LOOKUP_MORE, town_step(t));
	assert_int_equal(HL_LOOKUP_MORE, town_step(t));
	int asked = t->n_asked;
	town_restart(t);
	assert_int_equal(-1, town_found(t, 1));
	town_catch_up(t);
	assert_true(t->n_asked - asked <= 4);
	assert_int_equal(1, town_found(t, 1));
	assert_int_equal(1, town_found(t, 39));
}

static void what_was_whole_is_there_after_a_restart(void **state)
{
	struct town *t = *state;

	town_list(t, 1, false);
	town_entry(t, 1, 1, 0);
	town_catch_up(t);
	town_restart(t);
	/* before anybody was asked */
	assert_int_equal(1, town_found(t, 1));
	assert_int_equal(2, town_position(t));
	town_entry(t, 1, 2, 0);
	town_catch_up(t);
	assert_int_equal(1, town_found(t, 2));
	assert_int_equal(0, standing(t).n_loads);
}

static void odd_answers_change_nothing(void **state)
{
	static const struct {
		const char *what;
		enum spoil spoil;
	} rows[] = {
		{"nobody there", SPOIL_UNAVAILABLE},
		{"an answer to something else", SPOIL_AFTER},
		{"out of order", SPOIL_ORDER},
		{"the answer before", SPOIL_REPEAT},
	};
	struct town *t = *state;

	town_list(t, 1, false);
	town_entry(t, 1, 1, 0);
	town_catch_up(t);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint64_t position = town_position(t), entry = 100 + i * 2;

		t->repeat_after = position - 1;
		town_entry(t, 1, entry, 0);
		town_entry(t, 1, entry + 1, 0);
		t->spoil = rows[i].spoil;
		if (town_step(t) >= 0 || town_position(t) != position ||
			town_found(t, entry) != 0 || town_found(t, 1) != 1) {
			fail_msg("%s was taken", rows[i].what);
		}
		t->spoil = WHOLE;
		town_catch_up(t);
		assert_int_equal(1, town_found(t, entry));
		assert_int_equal(1, town_found(t, entry + 1));
	}
	assert_int_equal(HL_ARRAY_LEN(rows), standing(t).n_faults);
	assert_int_equal(1, standing(t).n_loads);
}

static void another_registry_is_never_mixed_in(void **state)
{
	struct town *t = *state;

	town_list(t, 1, false);
	town_entry(t, 1, 1, 0);
	town_entry(t, 1, 2, 0);
	town_catch_up(t);
	/* another one, which has come as far and knows another entry */
	t->registry[0] = 'e';
	t->n = 0;
	town_list(t, 1, false);
	town_list(t, 2, false);
	town_entry(t, 1, 3, 0);
	assert_int_equal(HL_LOOKUP_MORE, town_step(t));
	assert_int_equal(-1, town_found(t, 1));
	town_catch_up(t);
	assert_int_equal(0, town_found(t, 1));
	assert_int_equal(1, town_found(t, 3));
	town_restart(t);
	assert_int_equal(0, town_found(t, 1));
	assert_int_equal(1, town_found(t, 3));
}

static void load_again_beside(struct town *t)
{
	uint64_t position = town_position(t);

	t->n_at_once = 2;
	int r;
	while ((r = town_step(t)) == HL_LOOKUP_MORE) {
		/* the old one answers meanwhile */
		if (standing(t).loading) {
			assert_int_equal(1, town_found(t, 1));
			assert_int_equal(position, town_position(t));
		}
	}
	assert_int_equal(0, r);
	assert_int_equal(2, standing(t).n_loads);
}

static void too_far_behind_it_loads_beside_the_old(void **state)
{
	struct town *t = *state;

	town_list(t, 1, false);
	town_entry(t, 1, 1, 0);
	town_catch_up(t);
	for (uint64_t i = 2; i < 10; i++) {
		town_entry(t, 1, i, 0);
	}
	town_gone(t, 1, 1);
	t->floor = 5;
	load_again_beside(t);
	assert_int_equal(0, town_found(t, 1));
	assert_int_equal(1, town_found(t, 9));
}

static void a_source_that_has_forgotten(void **state)
{
	struct town *t = *state;

	town_list(t, 1, false);
	town_entry(t, 1, 1, 0);
	town_catch_up(t);
	t->spoil = SPOIL_OLD;
	assert_int_equal(HL_LOOKUP_MORE, town_step(t));
	t->spoil = WHOLE;
	load_again_beside(t);
	assert_int_equal(1, town_found(t, 1));
}

static void a_source_that_is_behind_us(void **state)
{
	struct town *t = *state;

	town_list(t, 1, false);
	town_entry(t, 1, 1, 0);
	town_entry(t, 1, 2, 0);
	town_catch_up(t);
	t->n = 2;
	town_catch_up(t);
	assert_int_equal(1, town_found(t, 1));
	assert_int_equal(0, town_found(t, 2));
	assert_int_equal(2, town_position(t));
}

static void count_folder(const char *path, bool folder, void *arg)
{
	size_t *n = arg;

	(void)path;
	*n += folder;
}

static size_t n_indexes(struct town *t)
{
	size_t n = 0;

	town_files(t->dir, count_folder, &n);
	return n;
}

static void old_indexes_are_removed(void **state)
{
	struct town *t = *state;

	town_list(t, 1, false);
	town_catch_up(t);
	assert_int_equal(1, n_indexes(t));
	for (char c = 'a'; c < 'e'; c++) {
		t->registry[0] = c;
		town_catch_up(t);
	}
	assert_int_equal(1, n_indexes(t));
}

/* Writes over the beginning of every file of the index. */
static void damage(const char *path, bool folder, void *arg)
{
	char noise[200];
	FILE *f = folder || !strstr(path, "-1/") ? NULL : fopen(path, "r+");

	(void)arg;
	memset(noise, 'x', sizeof(noise));
	if (f) {
		assert_int_equal(1, fwrite(noise, sizeof(noise), 1, f));
		fclose(f);
	}
}

static void a_broken_index_is_loaded_again(void **state)
{
	struct town *t = *state;

	town_list(t, 1, false);
	town_entry(t, 1, 1, 0);
	town_catch_up(t);
	hl_lookup_seat_fini(&t->seat);
	hl_lookup_follower_free(t->follower);
	t->follower = NULL;
	town_files(t->dir, damage, NULL);
	town_restart(t);
	assert_int_equal(-1, town_found(t, 1));
	town_catch_up(t);
	assert_int_equal(1, town_found(t, 1));
}

static void one_folder_has_one_writer(void **state)
{
	struct town *t = *state;
	const struct hl_lookup_follow_config config = {
		t->dir, &t->source, t->shelf, t->ring};
	struct hl_lookup_follower *other = NULL;

	town_list(t, 1, false);
	town_catch_up(t);
	assert_int_equal(
		HL_CONFLICT, hl_lookup_follower_new(&config, &other, NULL));
}

static void a_full_disk_shows_no_half_batch(void **state)
{
	struct town *t = *state;
	struct rlimit before, none = {.rlim_cur = 4096};

	town_list(t, 1, false);
	town_entry(t, 1, 1, 0);
	town_catch_up(t);
	for (uint64_t i = 2; i < 900; i++) {
		town_entry(t, 1, i, 0);
	}
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	none.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &none);
	int r = town_step(t);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_true(r < 0);
	assert_int_equal(2, town_position(t));
	assert_int_equal(1, town_found(t, 1));
	assert_int_equal(0, town_found(t, 2));
	town_catch_up(t);
	assert_int_equal(1, town_found(t, 899));
}

static void keys_come_with_the_feed(void **state)
{
	struct town *t = *state;
	const uint8_t other[32] = {2};
	struct hl_lookup_pass pass;
	int64_t now_us = hl_time_now_us();

	assert_int_equal(HL_NOTFOUND,
		hl_lookup_ring_find(t->ring, t->key.hash, now_us, &pass));
	town_catch_up(t);
	assert_int_equal(
		0, hl_lookup_ring_find(t->ring, t->key.hash, now_us, &pass));
	uint8_t before[32];
	memcpy(before, t->key.hash, 32);
	memcpy(t->key.hash, other, 32);
	t->keys.tag[0] = 'f';
	town_catch_up(t);
	assert_int_equal(HL_NOTFOUND,
		hl_lookup_ring_find(t->ring, before, now_us, &pass));
	assert_int_equal(0, hl_lookup_ring_find(t->ring, other, now_us, &pass));
}

/* A list of radius 0 has matches at distance 0 and at no other. */
static void a_list_may_be_of_equal_hashes_only(void **state)
{
	struct town *t = *state;

	t->equal_only = true;
	town_list(t, 1, false);
	t->equal_only = false;
	town_list(t, 2, false);
	town_entry(t, 1, 5, 0);
	town_entry(t, 1, 6, 1);
	town_entry(t, 2, 7, 1);
	town_catch_up(t);
	assert_int_equal(1, town_found(t, 5));
	assert_int_equal(0, town_found(t, 6));
	assert_int_equal(1, town_found(t, 7));
	town_list(t, 1, false); /* it is given a radius */
	town_catch_up(t);
	assert_int_equal(1, town_found(t, 6));
}

static void triage_sees_what_is_near(void **state)
{
	struct town *t = *state;
	struct hl_lookup_near *near = NULL;
	struct hl_registry_hit hits[4];
	uint8_t hash[32];
	size_t n = 9;

	assert_int_equal(0, hl_lookup_near_new(t->dir, &near, NULL));
	const struct hl_registry_near *of = hl_lookup_near_of(near);
	town_hash(5, 0, hash);
	assert_int_equal(0, of->find(of->ctx, hash, hits, 4, &n, NULL));
	assert_int_equal(0, n);
	town_list(t, 1, false);
	town_entry(t, 1, 5, 12);
	town_catch_up(t);
	assert_int_equal(0, of->find(of->ctx, hash, hits, 4, &n, NULL));
	assert_int_equal(1, n);
	assert_int_equal(5, hits[0].entry_id);
	assert_int_equal(12, hits[0].distance);
	town_gone(t, 1, 5);
	town_catch_up(t);
	usleep(300000);
	assert_int_equal(0, of->find(of->ctx, hash, hits, 4, &n, NULL));
	assert_int_equal(0, n);
	hl_lookup_near_free(near);
}

/* As the staff process does, which may read the folder and nothing else. */
static void triage_sees_it_from_its_sandbox(void **state)
{
	struct town *t = *state;
	const char *const reads[] = {t->dir, NULL};
	const struct hl_proc_sandbox box = {
		.kind = HL_PROC_STAFF, .read_paths = reads};
	int status, go[2], seen[2];
	char c = 0;

	town_list(t, 1, false);
	town_catch_up(t);
	assert_int_equal(0, pipe(go));
	assert_int_equal(0, pipe(seen));
	pid_t pid = fork();
	if (pid == 0) {
		struct hl_lookup_near *near = NULL;
		struct hl_registry_hit hits[4];
		uint8_t hash[32];
		size_t before = 9, after = 9;

		if (hl_proc_sandbox_enter(&box, NULL, NULL) ||
			hl_lookup_near_new(t->dir, &near, NULL)) {
			_exit(99);
		}
		const struct hl_registry_near *of = hl_lookup_near_of(near);
		town_hash(5, 0, hash);
		int r = of->find(of->ctx, hash, hits, 4, &before, NULL);
		r = r ? r : write(seen[1], "s", 1) != 1;
		r = r ? r : read(go[0], &c, 1) != 1;
		r = r ? r : of->find(of->ctx, hash, hits, 4, &after, NULL);
		_exit(r ? 98 : (int)(before * 10 + after));
	}
	close(seen[1]);
	assert_int_equal(1, read(seen[0], &c, 1));
	town_entry(t, 1, 5, 9);
	for (uint64_t i = 10; i < 900; i++) {
		town_entry(t, 1, i, 0);
	}
	town_catch_up(t);
	usleep(300000);
	assert_int_equal(1, write(go[1], "g", 1));
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFEXITED(status));
	assert_int_equal(1, WEXITSTATUS(status));
	close(seen[0]);
	close(go[0]);
	close(go[1]);
}

/* A follower in a process of its own that is killed while it takes up
 * changes, many times; what it leaves is always a state between two
 * batches. */
static void killed_at_any_moment(void **state)
{
	struct town *t = *state;

	town_list(t, 1, false);
	for (uint64_t i = 1; i < 2000; i++) {
		town_entry(t, 1, i, 0);
	}
	t->n_at_once = 20;
	hl_lookup_follower_free(t->follower);
	t->follower = NULL;
	for (unsigned round = 0; round < 30; round++) {
		pid_t pid = fork();

		if (pid == 0) {
			town_restart(t);
			town_catch_up(t);
			_exit(0);
		}
		usleep(1000 + round * 1500);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		town_restart(t);
		uint64_t position = town_position(t);
		if (position > 0) {
			assert_int_equal(t->n, position);
		}
		hl_lookup_seat_fini(&t->seat);
		hl_lookup_follower_free(t->follower);
		t->follower = NULL;
	}
	town_restart(t);
	town_catch_up(t);
	for (uint64_t i = 1; i < 2000; i += 37) {
		assert_int_equal(1, town_found(t, i));
	}
	assert_int_equal(t->n, town_position(t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, town_set_up, town_tear_down)
		T(changes_are_seen_in_order),
		T(an_entry_before_its_list_in_one_answer),
		T(nothing_is_shown_before_the_first_load_is_whole),
		T(a_load_that_was_ended_goes_on),
		T(what_was_whole_is_there_after_a_restart),
		T(odd_answers_change_nothing),
		T(another_registry_is_never_mixed_in),
		T(too_far_behind_it_loads_beside_the_old),
		T(a_source_that_has_forgotten),
		T(a_source_that_is_behind_us),
		T(old_indexes_are_removed),
		T(a_broken_index_is_loaded_again),
		T(one_folder_has_one_writer),
		T(a_full_disk_shows_no_half_batch),
		T(keys_come_with_the_feed),
		T(a_list_may_be_of_equal_hashes_only),
		T(triage_sees_what_is_near),
		T(triage_sees_it_from_its_sandbox),
		T(killed_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
