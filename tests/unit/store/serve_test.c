/* SPDX-License-Identifier: Apache-2.0 */
/* The store as a process of its own, killed while others write. */
#include "store/sql.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_LINKS 8
#define N_WRITES 40

static char dir[64], path[96];
static int ends[N_LINKS][2];

static volatile int stop;

static void on_term(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

static pid_t start_store(enum hl_store_role role)
{
	struct hl_store_peer peers[N_LINKS];
	struct hl_store *store = NULL;
	sigset_t term, before;

	/* one that comes before there is a handler must wait for it */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	pid_t pid = fork();
	if (pid) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		return pid;
	}
	signal(SIGTERM, on_term);
	sigprocmask(SIG_SETMASK, &before, NULL);
	for (int i = 0; i < N_LINKS; i++) {
		peers[i] = (struct hl_store_peer){ends[i][1], role};
	}
	while (hl_store_open(path, role, &store, NULL) == HL_CONFLICT) {
		usleep(1000);
	}
	struct hl_store_server server = {.store = store,
		.peers = peers,
		.n_peers = N_LINKS,
		.listen_fd = -1,
		.stop = &stop};
	int r = store ? hl_store_serve(&server, NULL) : 1;
	hl_store_close(store);
	_exit(r ? 1 : 0);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/hl-serve-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/store.db", dir);
	for (int i = 0; i < N_LINKS; i++) {
		assert_int_equal(
			0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends[i]));
	}
	return 0;
}

static int tear_down(void **state)
{
	char wal[128];

	(void)state;
	for (int i = 0; i < N_LINKS; i++) {
		close(ends[i][0]);
		close(ends[i][1]);
	}
	snprintf(wal, sizeof(wal), "%s-wal", path);
	unlink(wal);
	unlink(path);
	rmdir(dir);
	return 0;
}

static int write_one(struct hl_store *store, struct hl_arena *arena, int key)
{
	struct hl_tx *tx = hl_tx_begin(store, arena);

	hl_tx_meta_put(
		tx, &(struct hl_in_meta_put){
			    hl_arena_printf(arena, "k%d", key), HL_STR("v")});
	hl_tx_event(tx, &(struct hl_store_event){.kind = 1, .object_id = key});
	return hl_tx_run(tx, NULL);
}

/* Writes its keys one after the other; says how many were confirmed. */
static void *writer(void *arg)
{
	int link = *(int *)arg;
	struct hl_arena *arena = hl_arena_new(1 << 20, false);
	struct hl_store *store;
	intptr_t done = 0;

	hl_store_link(ends[link][0], &store, NULL);
	for (int i = 0; i < N_WRITES; i++) {
		done += write_one(store, arena, link * N_WRITES + i) == 0;
		hl_arena_reset(arena);
	}
	hl_store_close(store);
	hl_arena_free(arena);
	return (void *)done;
}

static void stop_store(pid_t pid)
{
	int status = 0;

	kill(pid, SIGTERM);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static size_t count_keys(void)
{
	struct hl_arena *arena = hl_arena_new(1 << 22, false);
	struct hl_store *store;
	size_t found = 0;

	assert_int_equal(0, hl_store_open(path, HL_STORE_STAFF, &store, NULL));
	for (int i = 0; i < N_LINKS * N_WRITES; i++) {
		struct hl_in_meta_get in = {hl_arena_printf(arena, "k%d", i)};
		struct hl_row_meta_get *rows;
		size_t n;

		assert_int_equal(
			0, hl_get_meta_get(store, arena, &in, &rows, &n, NULL));
		found += n;
	}
	hl_store_close(store);
	hl_arena_free(arena);
	return found;
}

static void killed_under_load_nothing_confirmed_is_lost(void **state)
{
	pthread_t threads[N_LINKS];
	int links[N_LINKS];
	intptr_t confirmed = 0;
	pid_t pid = start_store(HL_STORE_STAFF);

	(void)state;
	for (int i = 0; i < N_LINKS; i++) {
		links[i] = i;
		pthread_create(&threads[i], NULL, writer, &links[i]);
	}
	for (int i = 0; i < 10; i++) {
		usleep(4000);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		pid = start_store(HL_STORE_STAFF);
	}
	for (int i = 0; i < N_LINKS; i++) {
		void *done;

		pthread_join(threads[i], &done);
		confirmed += (intptr_t)done;
	}
	stop_store(pid);
	assert_int_equal(N_LINKS * N_WRITES, confirmed);
	assert_int_equal(confirmed, count_keys());
}

static void rubbish_on_a_link_harms_nobody(void **state)
{
	pid_t pid = start_store(HL_STORE_STAFF);
	struct hl_arena *arena = hl_arena_new(1 << 20, false);
	struct hl_store *store;
	char rubbish[4096];

	(void)state;
	memset(rubbish, 0xab, sizeof(rubbish));
	for (size_t n = 1; n < sizeof(rubbish); n *= 2) {
		assert_int_equal((int)n, send(ends[1][0], rubbish, n, 0));
	}
	hl_store_link(ends[0][0], &store, NULL);
	assert_int_equal(0, write_one(store, arena, 1));
	hl_store_close(store);
	hl_arena_free(arena);
	stop_store(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			killed_under_load_nothing_confirmed_is_lost, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			rubbish_on_a_link_harms_nobody, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
