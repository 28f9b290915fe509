/* SPDX-License-Identifier: Apache-2.0 */
/* What the store process can reach when it is shut in as src/main/store.c
 * does it: its open file, and nothing by name, not even that file. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "proc/sandbox.h"
#include "store/sql.h"

enum { NO_LANDLOCK = 77, FAILED = 1, N_ROWS = 300, VALUE_BYTES = 16384 };

static bool refused(const char *path, int flags)
{
	HL_FD_AUTO fd = open(path, flags | O_CLOEXEC, 0600);

	return fd < 0 && errno == EACCES;
}

static int put(struct hl_store *store, int i, struct hl_str value)
{
	struct hl_arena *arena = hl_arena_new(1 << 20, true);
	struct hl_tx *tx = hl_tx_begin(store, arena);

	hl_tx_meta_put(tx, &(struct hl_in_meta_put){
				   hl_arena_printf(arena, "row %d", i), value});
	int r = hl_tx_run(tx, NULL);
	hl_arena_free(arena);
	return r;
}

/* So much that the log starts again several times and statements of many
 * pages are undone: what SQLite may want files for. */
static bool works(struct hl_store *store)
{
	static char bytes[VALUE_BYTES];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = 'x';
	}
	for (int i = 0; i < N_ROWS; i++) {
		if (put(store, i, hl_str_mem(bytes, sizeof(bytes)))) {
			return false;
		}
	}
	return put(store, N_ROWS, HL_STR("last")) == 0;
}

static int shut_in(struct hl_store **store)
{
	const char *const writes[] = {".", NULL};
	const struct hl_proc_sandbox box = {
		.kind = HL_PROC_STORE, .write_paths = writes};
	struct hl_proc_shut shut;

	if (hl_proc_sandbox_enter(&box, &shut, NULL) ||
		hl_store_open("hotline.db", HL_STORE_ADMIN, store, NULL) ||
		hl_store_settle(*store, NULL) ||
		hl_proc_sandbox_shut_files(NULL)) {
		return FAILED;
	}
	return shut.landlock ? 0 : NO_LANDLOCK;
}

/* The step that went otherwise than it should; 0: none. */
static int live(void)
{
	struct hl_store *store = NULL;
	int r = shut_in(&store);

	if (r) {
		return r;
	}
	const bool steps[] = {works(store), refused("keys/sign.key", O_RDONLY),
		refused("keys", O_RDONLY | O_DIRECTORY),
		refused("keys/new.key", O_WRONLY | O_CREAT),
		refused("hotline.conf", O_RDONLY),
		refused("hotline.conf", O_WRONLY),
		refused("audit.checkpoints", O_WRONLY | O_APPEND),
		refused("hotline.db", O_RDONLY),
		refused("hotline.db-journal", O_RDWR | O_CREAT),
		refused("/etc/passwd", O_RDONLY), unlink("hotline.db") < 0,
		unlink("keys/sign.key") < 0,
		rename("keys/sign.key", "hotline.conf") < 0,
		mkdir("new", 0700) < 0, works(store)};

	hl_store_close(store);
	for (size_t i = 0; i < HL_ARRAY_LEN(steps); i++) {
		if (!steps[i]) {
			return (int)i + 2;
		}
	}
	return 0;
}

static void make_house(void)
{
	static const char *const files[] = {
		"hotline.conf", "audit.checkpoints", "keys/sign.key"};

	assert_int_equal(0, mkdir("keys", 0700));
	for (size_t i = 0; i < HL_ARRAY_LEN(files); i++) {
		assert_int_equal(
			0, hl_file_create(files[i], HL_STR("x\n"), 0600, NULL));
	}
}

/* All is there for the next process, and the log is empty. */
static void check_what_is_left(void)
{
	struct hl_arena *arena = hl_arena_new(1 << 20, true);
	struct hl_store *store = NULL;
	struct hl_row_meta_get *rows;
	struct stat st;
	size_t n;

	assert_int_equal(0, stat("hotline.db-wal", &st));
	assert_int_equal(0, st.st_size);
	assert_int_equal(
		0, hl_store_open("hotline.db", HL_STORE_ADMIN, &store, NULL));
	for (int i = 0; i <= N_ROWS; i++) {
		struct hl_in_meta_get in = {
			hl_arena_printf(arena, "row %d", i)};

		assert_int_equal(
			0, hl_get_meta_get(store, arena, &in, &rows, &n, NULL));
		if (n != 1) {
			fail_msg("row %d is lost", i);
		}
		hl_arena_reset(arena);
	}
	hl_store_close(store);
	hl_arena_free(arena);
}

static int run_shut_in(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		_exit(live());
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void the_store_reaches_no_file(void **state)
{
	char dir[] = "/tmp/hl-store-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(0, chdir(dir));
	make_house();
	int result = run_shut_in();
	if (result == 0) {
		check_what_is_left();
	}
	assert_int_equal(0, chdir("/"));
	pid_t pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-r", dir, (char *)NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	if (result == NO_LANDLOCK) {
		skip();
	}
	if (result) {
		fail_msg("step %d", result - 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_store_reaches_no_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
