/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A writer is killed at a call, another goes on, and then the power fails: of
 * the files there is what was synced, and of the rest sometimes this and
 * sometimes that. Whoever opens it must find the last durable commit or a
 * later one, and exactly what belongs to it.
 */
#include "disk.h"

#include <fcntl.h>
#include <sys/stat.h>

enum {
	ROWS = 5,    /* of a commit; each but the first removes one more */
	MANY = 8200, /* more than a table; with their payload, than a log */
	PAYLOAD = 2100
};

static bool many; /* the first commit has MANY rows more */

static void put_rows(struct hl_match_index *index, uint32_t list,
	uint64_t first, uint32_t n, uint32_t payload_bytes)
{
	static const char payload[PAYLOAD];
	uint64_t seed = first;

	for (uint32_t i = 0; i < n; i++) {
		struct hl_match_entry e = {.list = list,
			.id = first + i,
			.kind = HL_MATCH_PDQ,
			.payload = payload,
			.payload_bytes = payload_bytes};

		draw_hash(&seed, e.hash);
		entry_add(index, &e);
	}
}

static void next_commit(
	struct disk *disk, struct hl_match_index *index, uint32_t flags)
{
	uint64_t number = hl_match_index_position(index) + 1;
	struct hl_match_error err = {0};

	if (number == 1) {
		list_add(index, 1, 0);
		list_add(index, 2, 0);
	}
	if (number == 1 && many) {
		put_rows(index, 2, 1, MANY, PAYLOAD);
	}
	put_rows(index, 1, 100 * number, ROWS, 0);
	if (number > 1) {
		good(hl_match_index_remove(index, 1, 100 * (number - 1), &err),
			&err);
	}
	disk->tried = number > disk->tried ? number : disk->tried;
	commit_now(index, number, flags);
	if (flags & HL_MATCH_DURABLE) {
		disk->durable = number;
	}
}

static uint64_t rows_at(uint64_t position)
{
	return position == 0
		       ? 0
		       : (many ? MANY : 0) + ROWS * position - (position - 1);
}

/* What a power failure leaves, whatever got to the disk early. */
static void look(struct disk *disk, const char *when, long which)
{
	for (int early = 0; early < EARLY_KINDS; early++) {
		const struct hl_match_index_options options = {
			.size_of = sizeof(options)};
		struct hl_match_stats stats = {.size_of = sizeof(stats)};
		struct hl_match_index *index = NULL;
		struct hl_match_error err = {0};
		uint64_t position;
		int rc;

		if (!disk_power_fails(disk, (enum disk_early)early)) {
			assert_int_equal(disk->durable, 0);
			continue;
		}
		rc = hl_match_index_open(disk->after, &options, &index, &err);
		if (rc == HL_MATCH_NOTFOUND && disk->durable == 0) {
			/* Not made yet: it can be made. */
			hl_match_index_close(index_open(disk->after,
				HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE));
			continue;
		}
		if (rc) {
			fail_msg("%s %ld, early %d: %d %s", when, which, early,
				rc, err.text);
		}
		position = hl_match_index_position(index);
		hl_match_index_stats(index, 0, &stats);
		if (position < disk->durable || position > disk->tried ||
			stats.n_hashes != rows_at(position)) {
			fail_msg("%s %ld, early %d: %llu rows at %llu, which "
				 "was %llu to %llu",
				when, which, early,
				(unsigned long long)stats.n_hashes,
				(unsigned long long)position,
				(unsigned long long)disk->durable,
				(unsigned long long)disk->tried);
		}
		hl_match_index_close(index);
	}
}

static struct hl_match_index *open_to_write(const struct disk *disk)
{
	return index_open(
		disk->index, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE);
}

/* -- writers; all end without closing -- */

static void one_durable(struct disk *disk)
{
	next_commit(disk, open_to_write(disk), HL_MATCH_DURABLE);
}

static void not_durable(struct disk *disk)
{
	next_commit(disk, open_to_write(disk), 0);
}

static void only_open(struct disk *disk)
{
	hl_match_index_close(open_to_write(disk));
}

static void compact(struct hl_match_index *index)
{
	struct hl_match_error err = {0};

	good(hl_match_index_compact(index, &err), &err);
}

static void everything(struct disk *disk)
{
	struct hl_match_index *index = open_to_write(disk);

	next_commit(disk, index, HL_MATCH_DURABLE);
	next_commit(disk, index, 0);
	compact(index);
	next_commit(disk, index, 0);
	compact(index);
	next_commit(disk, index, HL_MATCH_DURABLE);
	next_commit(disk, index, 0);
	put_rows(index, 2, 9000, 3, 9);
}

/* Committed rows that are put by in segments, and others in the next two files
 * of the log that never are committed. */
static void two_files_on(struct disk *disk)
{
	struct hl_match_index *index = open_to_write(disk);

	next_commit(disk, index, 0);
	put_rows(index, 2, 20000, MANY, PAYLOAD);
	maintain_all(index);
}

/* The same in one file, which is synced behind the rows nobody commits. */
static void some_more(struct disk *disk)
{
	struct hl_match_index *index = open_to_write(disk);

	next_commit(disk, index, 0);
	put_rows(index, 2, 20000, 10, PAYLOAD);
	maintain_all(index);
}

static void in_bulk(struct disk *disk)
{
	struct hl_match_index *index = index_open(
		disk->index, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE |
				     HL_MATCH_OPEN_BULK);

	list_add(index, 1, 0);
	list_add(index, 2, 0);
	put_rows(index, 1, 100, ROWS, 0);
	disk->tried = 1;
	commit_now(index, 1, 0);
	disk->durable = 1;
	list_add(index, 3, 0);
	commit_now(index, 1, 0);
}

/* -- rounds -- */

struct round {
	void (*first)(struct disk *disk);
	long first_from; /* calls before it are another round's */
	bool pwrites;
};

static struct disk *fresh(const struct round *round)
{
	struct disk *disk = disk_new();

	disk->pwrites = round->pwrites;
	return disk;
}

/* The first writer ends at each of its calls in turn. */
static long first_ends(const struct round *round)
{
	bool whole = false;
	long which = round->first_from;

	for (; !whole; which++) {
		struct disk *disk = fresh(round);

		whole = disk_run(disk, which, round->first);
		look(disk, "first ended at", which);
		if (!many) {
			assert_true(disk_run(disk, 0, only_open));
			look(disk, "opened, after", which);
		}
		assert_true(disk_run(disk, 0, one_durable));
		assert_true(disk->durable > 0);
		look(disk, "second, after", which);
		disk_free(disk);
	}
	return which - round->first_from;
}

/* The second does, after a first that came to its end. */
static long second_ends(const struct round *round)
{
	bool whole = false;
	long which = 1;

	for (; !whole; which++) {
		struct disk *disk = fresh(round);

		assert_true(disk_run(disk, 0, round->first));
		whole = disk_run(disk, which, one_durable);
		look(disk, "second ended at", which);
		assert_true(disk_run(disk, 0, one_durable));
		look(disk, "third, after", which);
		disk_free(disk);
	}
	return which - 1;
}

static void all_rounds(const struct round *round, bool with_many)
{
	long first, second;

	many = with_many;
	first = first_ends(round);
	second = second_ends(round);
	many = false;
	print_message("# ended at %ld and %ld calls\n", first, second);
	assert_true(first > 5 && second > 3);
}

static void at_each_call(void **state)
{
	const struct round round = {everything, 1, true};

	(void)state;
	all_rounds(&round, false);
}

static void at_each_call_in_bulk(void **state)
{
	const struct round round = {in_bulk, 1, true};

	(void)state;
	all_rounds(&round, false);
}

/* Making the index is in the rounds above. */
static void at_each_call_of_many(void **state)
{
	const struct round round = {two_files_on, 10, false};

	(void)state;
	all_rounds(&round, true);
}

/* -- single cases -- */

/* Killed before any sync of a commit that filled one file of the log and went
 * on in the next. */
static void log_of_who_died(void **state)
{
	struct disk *disk = disk_new();

	(void)state;
	many = true;
	assert_true(disk_run(disk, 0, not_durable));
	assert_true(disk_run(disk, 0, one_durable));
	assert_int_equal(disk->durable, 2);
	look(disk, "after", 2);
	many = false;
	disk_free(disk);
}

/* What was cut off must not come back behind the new: it was on the disk. */
static void tail_cut_off(void **state)
{
	struct disk *disk = disk_new();

	(void)state;
	many = true;
	assert_true(disk_run(disk, 0, some_more));
	disk_settles(disk);
	assert_true(disk_run(disk, 0, not_durable));
	look(disk, "after", 2);
	many = false;
	disk_free(disk);
}

/* Four commits of four writers, of whom only the last asks for the disk. */
static void small_logs_of_who_died(void **state)
{
	struct disk *disk = disk_new();

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(disk_run(disk, 0, not_durable));
	}
	assert_true(disk_run(disk, 0, one_durable));
	assert_int_equal(disk->durable, 4);
	look(disk, "after", 4);
	disk_free(disk);
}

/* Nothing is synced or cut when an index is opened that was left in order: the
 * one call is for the file of the lock. */
static void opening_is_cheap(void **state)
{
	struct disk *disk = disk_new();

	(void)state;
	assert_true(disk_run(disk, 0, one_durable));
	assert_true(disk_run(disk, 0, only_open));
	assert_int_equal(disk->calls, 1);
	assert_true(disk_run(disk, 0, not_durable));
	assert_true(disk_run(disk, 0, only_open));
	assert_int_equal(disk->calls, 1);
	look(disk, "after", 2);
	disk_free(disk);
}

static void name_of_the_folder(void **state)
{
	struct disk *disk = disk_new();

	(void)state;
	/* Somebody else made it, or was killed when it was made. */
	assert_int_equal(mkdir(disk->index, 0700), 0);
	assert_false(disk->named);
	assert_true(disk_run(disk, 0, one_durable));
	assert_true(disk->named);
	look(disk, "after", 1);
	disk_free(disk);
}

/* Whoever may not read the folder above can make an index all the same. */
static void folder_above_unreadable(void **state)
{
	char path[PATH_BYTES], inner[PATH_BYTES + 16];

	(void)state;
	folder_make(path);
	(void)snprintf(inner, sizeof(inner), "%s/index", path);
	assert_int_equal(chmod(path, 0300), 0);
	hl_match_index_close(
		index_open(inner, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE));
	assert_int_equal(chmod(path, 0700), 0);
	folder_remove(inner);
	folder_remove(path);
}

static void log_path(const struct disk *disk, unsigned number, char *out)
{
	(void)snprintf(out, 2 * PATH_BYTES, "%s/log-%08x", disk->index, number);
}

static void three_logs(struct disk *disk)
{
	struct hl_match_index *index = open_to_write(disk);

	next_commit(disk, index, 0);
	put_rows(index, 2, 20000, MANY, PAYLOAD);
	next_commit(disk, index, HL_MATCH_DURABLE);
}

/* The log went on twice before it was synced: the only record that says so is
 * two files on. */
static void damage_two_files_before(void **state)
{
	struct disk *disk = disk_new();
	struct hl_match_index *index = NULL;
	struct hl_match_error err = {0};
	char path[2 * PATH_BYTES];
	int fd;

	(void)state;
	many = true;
	assert_true(disk_run(disk, 0, three_logs));
	many = false;
	log_path(disk, 3, path);
	assert_int_equal(access(path, F_OK), 0);
	log_path(disk, 1, path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "damage", 6, 5000), 6);
	close(fd);
	assert_int_equal(hl_match_index_open(disk->index, NULL, &index, &err),
		HL_MATCH_E_CORRUPT);
	assert_non_null(strstr(err.text, "log-00000001"));
	disk_free(disk);
}

/* A later file of the log is not deleted if one before it is not there. */
static void missing_between(void **state)
{
	const struct hl_match_index_options write = {
		.size_of = sizeof(write), .flags = HL_MATCH_OPEN_WRITE};
	struct disk *disk = disk_new();
	struct hl_match_index *index = NULL;
	struct hl_match_error err = {0};
	char path[2 * PATH_BYTES];

	(void)state;
	many = true;
	assert_true(disk_run(disk, 0, three_logs));
	many = false;
	log_path(disk, 2, path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(hl_match_index_open(disk->index, &write, &index, &err),
		HL_MATCH_E_CORRUPT);
	assert_non_null(strstr(err.text, "missing"));
	log_path(disk, 3, path);
	assert_int_equal(access(path, F_OK), 0);
	disk_free(disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_of_who_died),
		cmocka_unit_test(tail_cut_off),
		cmocka_unit_test(small_logs_of_who_died),
		cmocka_unit_test(opening_is_cheap),
		cmocka_unit_test(name_of_the_folder),
		cmocka_unit_test(folder_above_unreadable),
		cmocka_unit_test(damage_two_files_before),
		cmocka_unit_test(missing_between),
		cmocka_unit_test(at_each_call),
		cmocka_unit_test(at_each_call_in_bulk),
		cmocka_unit_test(at_each_call_of_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
