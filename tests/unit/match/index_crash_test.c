/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child changes an index by a rule that depends on the number of the commit
 * only, and is killed at a random moment. The index must then have exactly
 * the state of its position, which is the last commit that the child told of
 * or the one after.
 */
#include "model.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

/* What a commit does, to an index or to a model. */
struct target {
	struct hl_match_index *index;
	struct model *model;
};

static void do_put(struct target *t, const struct hl_match_entry *e)
{
	if (t->model) {
		model_put(t->model, e);
	} else {
		entry_add(t->index, e);
	}
}

static void do_list(struct target *t, uint32_t id)
{
	struct hl_match_list list = {
		.size_of = sizeof(list), .id = id, .name = "a list"};
	struct hl_match_error err;

	if (t->model) {
		model_list_put(t->model, &list);
	} else {
		good(hl_match_list_put(t->index, &list, &err), &err);
	}
}

static void do_remove(struct target *t, uint32_t list, uint64_t id)
{
	struct hl_match_error err;

	if (t->model) {
		model_remove(t->model, list, id);
	} else {
		good(hl_match_index_remove(t->index, list, id, &err), &err);
	}
}

static void do_commit(struct target *t, uint64_t number)
{
	uint64_t seed = number * 977;
	uint32_t n = 1 + below(&seed, 60);

	if (number == 1) {
		do_list(t, 1);
		do_list(t, 2);
	}
	for (uint32_t i = 0; i < n; i++) {
		struct hl_match_entry e = {.list = 1 + below(&seed, 2),
			.id = below(&seed, 900),
			.kind = HL_MATCH_PDQ,
			.label = (uint16_t)below(&seed, 3),
			.payload_bytes = below(&seed, 3) ? 0 : 7,
			.payload = "invalid"};

		draw_hash(&seed, e.hash);
		if (below(&seed, 4) == 0) {
			do_remove(t, e.list, e.id);
		} else {
			do_put(t, &e);
		}
	}
}

struct shared {
	_Atomic uint64_t told;
	_Atomic uint64_t durable;
};

static void child(const char *path, struct shared *shared, uint64_t seed)
{
	struct hl_match_index *index =
		index_open(path, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE);
	struct target t = {.index = index};
	struct hl_match_error err;

	for (;;) {
		uint64_t number = hl_match_index_position(index) + 1;
		bool durable = below(&seed, 3) == 0;

		do_commit(&t, number);
		commit_now(index, number, durable ? HL_MATCH_DURABLE : 0);
		shared->told = number;
		if (durable) {
			shared->durable = number;
		}
		if (below(&seed, 20) == 0) {
			good(hl_match_index_compact(index, &err), &err);
		} else if (below(&seed, 10) == 0) {
			good(hl_match_index_maintain(index, &err), &err);
		}
	}
}

static void kill_soon(const char *path, struct shared *shared, uint64_t *seed)
{
	struct timespec nap = {0, 200000 + (long)below(seed, 30000) * 1000};
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		child(path, shared, *seed);
		_exit(1);
	}
	nanosleep(&nap, NULL);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSIGNALED(status)) {
		fail_msg("the child ended with %d", WEXITSTATUS(status));
	}
}

static void killed_at_any_moment(void **state)
{
	const char *more = getenv("HL_MATCH_KILLS");
	unsigned kills = more ? (unsigned)strtoul(more, NULL, 10) : 60;
	struct shared *shared = mmap(NULL, sizeof(*shared),
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct model model = {0};
	struct target t = {.model = &model};
	uint64_t seed = 5, done = 0, advanced = 0;
	char path[PATH_BYTES];

	(void)state;
	assert_true(shared != MAP_FAILED);
	folder_make(path);
	/* The child may be killed before it has made the index. */
	hl_match_index_close(
		index_open(path, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE));
	for (unsigned i = 0; i < kills; i++) {
		struct hl_match_reader *reader = NULL;
		struct hl_match_index *index;
		struct hl_match_error err = {0};
		uint64_t position;

		kill_soon(path, shared, &seed);
		draw(&seed);
		good(hl_match_index_verify(path, NULL, NULL, &err), &err);
		index = index_open(path, HL_MATCH_OPEN_VERIFY);
		position = hl_match_index_position(index);
		if (position < shared->told || position > shared->told + 1) {
			fail_msg("kill %u: at %llu, the child told of %llu", i,
				(unsigned long long)position,
				(unsigned long long)shared->told);
		}
		shared->told = position;
		advanced += position > done;
		while (done < position) {
			do_commit(&t, ++done);
		}
		good(hl_match_reader_new(index, &reader, &err), &err);
		same_content(&model, index, reader);
		hl_match_reader_free(reader);
		hl_match_index_close(index);
	}
	print_message("# %llu commits, %llu of %u rounds made some\n",
		(unsigned long long)done, (unsigned long long)advanced, kills);
	assert_true(advanced > kills / 4);
	model_fini(&model);
	munmap(shared, sizeof(*shared));
	folder_remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
