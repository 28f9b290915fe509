/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of a store that others write to, and of one that nobody has open. */
#include "store/backup.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/sql.h"
#include "store/handle.h"
#include "store/inspect.h"

#define BIG 60000u /* bytes of a value */

static char dir[64], path[96], socket_path[96], to[96];
static pid_t store_pid;
static volatile int stop;

static void on_term(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

/* Listens before it forks, so that nobody comes too early. */
static void start_store(void)
{
	struct hl_store *store = NULL;
	int fd = -1;

	assert_int_equal(0, hl_store_listen(socket_path, &fd, NULL));
	store_pid = fork();
	if (store_pid) {
		close(fd);
		return;
	}
	signal(SIGTERM, on_term);
	while (hl_store_open(path, HL_STORE_ADMIN, &store, NULL) ==
		HL_CONFLICT) {
		usleep(1000);
	}
	struct hl_store_server server = {.store = store,
		.listen_fd = fd,
		.admin_uid = getuid(),
		.stop = &stop};
	int r = store ? hl_store_serve(&server, NULL) : 1;
	hl_store_close(store);
	_exit(r ? 1 : 0);
}

static void end_store(int signal_number)
{
	if (store_pid) {
		kill(store_pid, signal_number);
		waitpid(store_pid, NULL, 0);
		store_pid = 0;
	}
}

static struct hl_store *connect_store(void)
{
	struct hl_store *store = NULL;

	assert_int_equal(0, hl_store_connect(socket_path, &store, NULL));
	return store;
}

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/hl-backup-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/store.db", dir);
	snprintf(socket_path, sizeof(socket_path), "%s/sock", dir);
	snprintf(to, sizeof(to), "%s/copy.db", dir);
	return 0;
}

static int tear_down(void **state)
{
	char command[96];

	(void)state;
	end_store(SIGKILL);
	for (const char *const *end = (const char *const[]){"store.db",
		     "store.db-wal", "sock", "copy.db", "copy.db-wal", NULL};
		*end; end++) {
		snprintf(command, sizeof(command), "%s/%s", dir, *end);
		unlink(command);
	}
	assert_int_equal(0, rmdir(dir));
	return 0;
}

/* One batch: a value and an entry of the log that has its number. */
static int put(struct hl_store *store, int key)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	char *value = hl_arena_alloc(arena, BIG);
	struct hl_tx *tx = hl_tx_begin(store, arena);

	memset(value, 'v', BIG);
	hl_tx_meta_put(
		tx, &(struct hl_in_meta_put){hl_arena_printf(arena, "k%d", key),
			    hl_str_mem(value, BIG)});
	hl_tx_event(tx, &(struct hl_store_event){.kind = 1, .object_id = key});
	return hl_tx_run(tx, NULL);
}

static void put_many(int from, int n)
{
	struct hl_store *store = connect_store();

	for (int i = from; i < from + n; i++) {
		assert_int_equal(0, put(store, i));
	}
	hl_store_close(store);
}

static bool has_key(struct hl_store *store, int key)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	struct hl_in_meta_get in = {hl_arena_printf(arena, "k%d", key)};
	struct hl_row_meta_get *rows;
	size_t n = 0;

	assert_int_equal(
		0, hl_get_meta_get(store, arena, &in, &rows, &n, NULL));
	return n == 1;
}

/* Keys 0, 1, 2 … that the copy has; a batch is in it whole or not at all. */
static int keys_of_copy(int64_t last_seq)
{
	struct hl_store *store = NULL;
	int n = 0;

	assert_int_equal(0, hl_store_open(to, HL_STORE_ADMIN, &store, NULL));
	while (has_key(store, n)) {
		n++;
	}
	hl_store_close(store);
	assert_int_equal(last_seq, n);
	return n;
}

static bool nothing_is_left(void)
{
	char log[128];

	snprintf(log, sizeof(log), "%s-wal", to);
	return access(to, F_OK) < 0 && access(log, F_OK) < 0;
}

static void a_running_store_is_copied(void **state)
{
	struct hl_store_backup given = {.from = path, .to = to};
	struct hl_store_copied got;
	struct stat st;

	(void)state;
	start_store();
	put_many(0, 40);
	given.running = connect_store();
	assert_int_equal(0, hl_store_backup(&given, &got, NULL));
	hl_store_close(given.running);
	assert_int_equal(0, stat(to, &st));
	assert_int_equal(got.bytes, st.st_size);
	assert_int_equal(0600, st.st_mode & 0777);
	assert_true(got.version > 0);
	assert_int_equal(40, keys_of_copy(got.last_seq));
}

struct meddler {
	bool done;
	int64_t before_us, size;
};

static int64_t changed_us(int64_t *size)
{
	struct stat st;

	assert_int_equal(0, stat(path, &st));
	*size = st.st_size;
	return st.st_mtim.tv_sec * INT64_C(1000000) + st.st_mtim.tv_nsec / 1000;
}

/* Far more pages than SQLite lets a log have before it takes them in. */
static bool write_much(void *arg, int64_t done, int64_t all)
{
	struct meddler *m = arg;
	int64_t size;

	assert_true(done > 0 && all > 0);
	if (!m->done) {
		m->done = true;
		m->before_us = changed_us(&m->size);
		put_many(100, 150);
		assert_int_equal(m->before_us, changed_us(&size));
		assert_int_equal(m->size, size);
	}
	return true;
}

static void the_file_lies_still_while_others_write(void **state)
{
	struct meddler m = {0};
	struct hl_store_backup given = {
		.from = path, .to = to, .progress = write_much, .arg = &m};
	struct hl_store_copied got;
	struct hl_store_look look;
	int64_t size;

	(void)state;
	start_store();
	put_many(0, 100);
	given.running = connect_store();
	assert_int_equal(0, hl_store_backup(&given, &got, NULL));
	assert_true(m.done);
	assert_int_equal(250, keys_of_copy(got.last_seq));
	put_many(250, 1);
	assert_int_not_equal(m.before_us, changed_us(&size));
	assert_true(size > m.size);
	hl_store_close(given.running);
	end_store(SIGTERM);
	assert_int_equal(0, hl_store_inspect(path, &look, NULL));
	assert_false(look.damaged);
	assert_int_equal(251, look.last_seq);
}

static void *writer(void *arg)
{
	struct hl_store *store = connect_store();
	int *n = arg;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		assert_int_equal(0, put(store, *n));
		__atomic_add_fetch(n, 1, __ATOMIC_RELEASE);
	}
	hl_store_close(store);
	return NULL;
}

static void copies_under_load_have_all_that_was_confirmed(void **state)
{
	struct hl_store_backup given = {.from = path, .to = to};
	struct hl_store_copied got;
	pthread_t thread;
	int n = 0;

	(void)state;
	start_store();
	given.running = connect_store();
	pthread_create(&thread, NULL, writer, &n);
	for (int i = 0; i < 10; i++) {
		while (__atomic_load_n(&n, __ATOMIC_ACQUIRE) < 20 * i + 1) {
			usleep(1000);
		}
		int before = __atomic_load_n(&n, __ATOMIC_ACQUIRE);
		assert_int_equal(0, hl_store_backup(&given, &got, NULL));
		assert_true(keys_of_copy(got.last_seq) >= before);
		assert_int_equal(0, unlink(to));
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	stop = 0;
	hl_store_close(given.running);
}

static void a_store_that_nobody_runs_is_copied(void **state)
{
	static const int ends[] = {SIGTERM, SIGKILL};
	struct hl_store_backup given = {.from = path, .to = to};
	struct hl_store_copied got;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(ends); i++) {
		start_store();
		put_many(30 * (int)i, 30);
		end_store(ends[i]);
		assert_int_equal(0, hl_store_backup(&given, &got, NULL));
		assert_int_equal(30 * (int)i + 30, keys_of_copy(got.last_seq));
		assert_int_equal(0, unlink(to));
	}
}

static bool break_off(void *arg, int64_t done, int64_t all)
{
	(void)arg;
	(void)all;
	return done == 0;
}

static bool kill_store(void *arg, int64_t done, int64_t all)
{
	(void)arg;
	(void)done;
	(void)all;
	end_store(SIGKILL);
	return true;
}

static void nothing_is_left_of_a_copy_that_failed(void **state)
{
	static const struct {
		const char *name;
		bool (*progress)(void *arg, int64_t done, int64_t all);
		int expected;
	} table[] = {
		{"broken off", break_off, HL_E_TIMEOUT},
		{"the store was killed", kill_store, HL_E_UNAVAILABLE},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(table); i++) {
		struct hl_store_backup given = {
			.from = path, .to = to, .progress = table[i].progress};
		struct hl_store_copied got;

		start_store();
		put_many(0, 10);
		given.running = connect_store();
		int r = hl_store_backup(&given, &got, NULL);
		if (r != table[i].expected || !nothing_is_left()) {
			fail_msg("%s: %d", table[i].name, r);
		}
		hl_store_close(given.running);
		end_store(SIGKILL);
	}
}

static void the_hold_ends_with_the_link(void **state)
{
	struct hl_store_backup given = {.from = path, .to = to};
	struct hl_store_copied got;
	struct hl_err err = {0};
	int r = HL_CONFLICT;

	(void)state;
	start_store();
	put_many(0, 3);
	struct hl_store *other = connect_store();
	assert_int_equal(0, hl_store_hold(other, true, NULL));
	given.running = connect_store();
	assert_int_equal(HL_CONFLICT, hl_store_backup(&given, &got, &err));
	assert_string_equal("another backup is running", err.msg);
	assert_true(nothing_is_left());
	hl_store_close(other);
	for (int i = 0; i < 1000 && r == HL_CONFLICT; i++) {
		r = hl_store_backup(&given, &got, NULL);
	}
	assert_int_equal(0, r);
	assert_int_equal(3, keys_of_copy(got.last_seq));
	assert_int_equal(
		HL_E_UNAVAILABLE, hl_store_hold(given.running, false, NULL));
	hl_store_close(given.running);
}

static void write_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0 &&
		    write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static void what_cannot_be_copied_is_refused(void **state)
{
	struct hl_store_backup given = {.from = path, .to = to};
	struct hl_store_copied got;
	char text[8] = "";

	(void)state;
	assert_int_equal(HL_NOTFOUND, hl_store_backup(&given, &got, NULL));
	write_file(path, "this is no store, and was none before this either; "
			 "longer than the hundred bytes of SQLite's own head");
	assert_int_equal(HL_E_CORRUPT, hl_store_backup(&given, &got, NULL));
	assert_true(nothing_is_left());
	unlink(path);
	start_store();
	put_many(0, 1);
	assert_int_equal(HL_CONFLICT, hl_store_backup(&given, &got, NULL));
	assert_true(nothing_is_left());
	write_file(to, "mine");
	given.running = connect_store();
	assert_int_equal(HL_CONFLICT, hl_store_backup(&given, &got, NULL));
	hl_store_close(given.running);
	int fd = open(to, O_RDONLY);
	assert_int_equal(4, read(fd, text, sizeof(text)));
	close(fd);
	assert_string_equal("mine", text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_running_store_is_copied),
		TEST(the_file_lies_still_while_others_write),
		TEST(copies_under_load_have_all_that_was_confirmed),
		TEST(a_store_that_nobody_runs_is_copied),
		TEST(nothing_is_left_of_a_copy_that_failed),
		TEST(the_hold_ends_with_the_link),
		TEST(what_cannot_be_copied_is_refused),
	};

	return cmocka_run_group_tests_name("store/backup", tests, NULL, NULL);
}
