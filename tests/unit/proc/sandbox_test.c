/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each row forks a child that opens what it is given, enters the sandbox of
 * one kind, tries one thing, and tells the errno by its exit status; 0 means
 * that it worked. NOT is any refusal by Landlock; those rows are left out
 * where the kernel has none.
 */
#include "proc/sandbox.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "attempt.h"
#include "base/file.h"
#include "base/str.h"

enum { NOT = -1, KILLED = -2 };

#define OTHER_STATUS 250 /* the sandbox could not be entered */

#define P (1u << HL_PROC_PUBLIC)
#define F (1u << HL_PROC_STAFF)
#define W (1u << HL_PROC_WORKER)
#define S (1u << HL_PROC_STORE)
#define Z (1u << HL_PROC_ZYGOTE)
#define M (1u << HL_PROC_MEDIA)
/* that of lists may what the other does */
#define A (1u << HL_PROC_MATCH | 1u << HL_PROC_LISTS)
#define R (1u << HL_PROC_REPLICA)

#define ALL (P | F | W | S | A | R)

enum paths { NONE, READS, WRITES };

struct row {
	const char *name;
	int (*attempt)(void);
	unsigned kinds;
	enum paths paths;
	int expected;
	bool not_sanitized; /* sanitizers need it, so it works there */
};

static const struct row rows[] = {
	/* files */
	{"open /etc/passwd", attempt_open_passwd, P | F | W | Z | M | A | R,
		NONE, EPERM, false},
	{"open /etc/passwd, given others", attempt_open_passwd, ALL, READS, NOT,
		false},
	{"open without any path", attempt_open_given, P | F | W | Z | M | A | R,
		NONE, EPERM, false},
	{"open a file that was given", attempt_open_given, ALL, READS, 0,
		false},
	{"open its neighbour", attempt_open_other, ALL, READS, NOT, false},
	{"write to it", attempt_write_given, P | F | W | A | R, READS, EPERM,
		false},
	{"write to it, as the store", attempt_write_given, S, READS, NOT,
		false},
	{"truncate it", attempt_truncate_given, P | F | W | A | R, READS, EPERM,
		false},
	{"truncate it, as the store", attempt_truncate_given, S, READS, NOT,
		false},
	{"create", attempt_create_in_mine, P | F | W | A | R, READS, EPERM,
		false},
	{"create, as the store", attempt_create_in_mine, S, READS, NOT, false},
	{"unnamed file", attempt_unnamed_in_mine, P | F | W | A | R, READS,
		EPERM, false},
	{"unnamed file, as the store", attempt_unnamed_in_mine, S, READS, NOT,
		false},
	{"create in the folder given", attempt_create_in_mine, W | S | A | R,
		WRITES, 0, false},
	{"rename and remove", attempt_rename_and_remove, W | S | A | R, WRITES,
		0, false},
	{"write durably", attempt_write_durably, W | S | A | R, WRITES, 0,
		false},
	{"list the folder", attempt_list_folder, W | S | A | R, WRITES, 0,
		false},
	{"create elsewhere", attempt_create_in_other, W | S | A | R, WRITES,
		NOT, false},
	{"public never writes", attempt_create_in_mine, P | F | Z | M, WRITES,
		EPERM, false},
	{"look at a path", attempt_look_at_path, P | F | M | A | R, NONE, EPERM,
		false},
	{"look at a descriptor", attempt_look_at_fd, ALL | Z | M, NONE, 0,
		false},
	{"mount", attempt_mount_tmp, ALL | Z | M, NONE, KILLED, false},
	{"chroot", attempt_change_root, ALL | Z | M, NONE, KILLED, false},
	/* network */
	{"TCP socket", attempt_tcp_socket, P | F | S | Z | M | A, NONE, EPERM,
		false},
	{"TCP socket, worker", attempt_tcp_socket, W | R, NONE, 0, false},
	{"UDP over IPv6", attempt_udp6_socket, P | F | S | Z | M | A, NONE,
		EPERM, false},
	{"UDP over IPv6, worker", attempt_udp6_socket, W | R, NONE, 0, false},
	{"Unix socket", attempt_unix_socket, ALL | Z | M, NONE, EPERM, false},
	{"netlink", attempt_netlink_socket, ALL | Z | M, NONE, EPERM, false},
	{"packet socket", attempt_raw_socket, ALL | Z | M, NONE, EPERM, false},
	{"connect", attempt_connect_tcp, P | F | S | Z | M | A, NONE, EPERM,
		false},
	{"connect, worker", attempt_connect_tcp, W | R, NONE, 0, false},
	{"connect a socket it had", attempt_connect_inherited,
		P | F | S | Z | M | A, NONE, EPERM, false},
	{"bind a socket it had", attempt_bind_inherited, P | F | S | Z | M | A,
		NONE, EPERM, false},
	{"listen", attempt_listen_inherited, ALL | Z | M, NONE, EPERM, false},
	{"connect to a Unix socket", attempt_connect_unix,
		P | F | S | Z | M | A, NONE, EPERM, false},
	{"accept", attempt_accept_one, P | F | S | A | R, NONE, 0, false},
	{"accept, worker", attempt_accept_one, W | Z | M, NONE, EPERM, false},
	{"socket pair", attempt_use_pair, ALL | Z, NONE, 0, false},
	/* processes */
	{"exec", attempt_exec_true, ALL | Z | M, NONE, KILLED, false},
	{"ptrace", attempt_trace_me, ALL | Z | M, NONE, KILLED, true},
	{"read another's memory", attempt_read_parent, ALL | Z | M, NONE,
		KILLED, false},
	{"fork", attempt_fork_child, ALL | M, NONE, EPERM, true},
	{"thread", attempt_make_thread, ALL, NONE, 0, false},
	{"fork, zygote", attempt_fork_child, Z, NONE, 0, false},
	{"thread, media", attempt_make_thread, M, NONE, EPERM, true},
	{"signal to the parent", attempt_kill_parent, ALL | M, NONE, EPERM,
		false},
	{"signal to itself", attempt_raise_harmless, ALL | Z | M, NONE, 0,
		false},
	/* privileges and the kernel */
	{"namespace", attempt_new_namespace, ALL | Z | M, NONE, KILLED, false},
	{"bpf", attempt_load_bpf, ALL | Z | M, NONE, KILLED, false},
	{"io_uring", attempt_set_ring, ALL | Z | M, NONE, KILLED, false},
	{"keyring", attempt_new_keyring, ALL | Z | M, NONE, KILLED, false},
	{"set the clock", attempt_set_clock, ALL | Z | M, NONE, KILLED, false},
	{"become root", attempt_become_root, ALL | Z | M, NONE, EPERM, false},
	{"raise a limit", attempt_raise_limit, ALL | Z | M, NONE, EPERM, false},
	{"no core file", attempt_dump_core_limit, ALL | Z | M, NONE, 0, false},
	{"executable memory", attempt_executable_memory, ALL | Z | M, NONE,
		EPERM, true},
	{"memory made executable", attempt_make_executable, ALL | Z | M, NONE,
		EPERM, true},
	{"64 MiB", attempt_use_much_memory, ALL | Z | M, NONE, 0, false},
	{"8 GiB", attempt_more_than_allowed_memory, ALL | Z | M, NONE, ENOMEM,
		true},
	{"memory to share", attempt_shared_memory, M, NONE, EPERM, true},
	{"memory to hand on", attempt_memory_file, ALL | Z, NONE, 0, false},
	{"memory to hand on, media", attempt_memory_file, M, NONE, EPERM,
		false},
	{"a pair of its own", attempt_use_pair, M, NONE, EPERM, false},
	{"time and chance", attempt_time_and_chance, ALL | Z | M, NONE, 0,
		false},
};

#ifdef HL_SANITIZED
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

_Noreturn static void child(const struct row *row, enum hl_proc_kind kind)
{
	const char *reads[] = {place.file, "/nonexistent/there", NULL};
	const char *writes[] = {place.mine, NULL};
	struct hl_proc_sandbox box = {
		.kind = kind,
		.user = geteuid() == 0 ? "nobody" : NULL,
		.read_paths = row->paths == READS ? reads : NULL,
		.write_paths = row->paths == WRITES ? writes : NULL,
		.memory_bytes = (size_t)2 << 30,
	};
	struct hl_err err = {0};

	place.inherited =
		socket(row->attempt == attempt_connect_unix ? AF_UNIX : AF_INET,
			SOCK_STREAM, 0);
	if (hl_proc_sandbox_enter(&box, NULL, &err)) {
		fprintf(stderr, "# %s\n", err.msg);
		_exit(OTHER_STATUS);
	}
	_exit(row->attempt());
}

static bool as_expected(const struct row *row, int status)
{
	if (row->expected == KILLED) {
		return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) == OTHER_STATUS) {
		return false;
	}
	return row->expected == NOT ? WEXITSTATUS(status) != 0
				    : WEXITSTATUS(status) == row->expected;
}

/* A caller for accept, waiting in the listener's queue. */
static int queue_caller(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(0, connect(fd, (const struct sockaddr *)&place.at,
				    sizeof(place.at)));
	return fd;
}

static void run_row(const struct row *row, enum hl_proc_kind kind)
{
	int status, caller = -1;

	if ((row->not_sanitized && sanitized) ||
		(row->expected == NOT && !place.landlock)) {
		return;
	}
	if (row->attempt == attempt_accept_one) {
		caller = queue_caller();
	}
	pid_t pid = fork();
	if (pid == 0) {
		child(row, kind);
	}
	assert_true(pid > 0);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	if (!as_expected(row, status)) {
		fail_msg("%s, kind %d: %s %d (%s)", row->name, kind,
			WIFSIGNALED(status) ? "signal" : "gave",
			WIFSIGNALED(status) ? WTERMSIG(status)
					    : WEXITSTATUS(status),
			WIFSIGNALED(status)
				? ""
				: strerrordesc_np(WEXITSTATUS(status)));
	}
	if (caller >= 0) {
		close(caller);
	}
	/* what an earlier row made */
	char path[160];
	snprintf(path, sizeof(path), "%s/new", place.mine);
	unlink(path);
}

static void run_kind(enum hl_proc_kind kind)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (rows[i].kinds & (1u << kind)) {
			run_row(&rows[i], kind);
		}
	}
}

static void the_public_process(void **state)
{
	(void)state;
	run_kind(HL_PROC_PUBLIC);
}

static void the_staff_process(void **state)
{
	(void)state;
	run_kind(HL_PROC_STAFF);
}

static void the_worker(void **state)
{
	(void)state;
	run_kind(HL_PROC_WORKER);
}

static void the_store(void **state)
{
	(void)state;
	run_kind(HL_PROC_STORE);
}

static void the_match_process(void **state)
{
	(void)state;
	run_kind(HL_PROC_MATCH);
}

static void the_process_of_lists(void **state)
{
	(void)state;
	run_kind(HL_PROC_LISTS);
}

static void a_replica(void **state)
{
	(void)state;
	run_kind(HL_PROC_REPLICA);
}

static void the_zygote(void **state)
{
	(void)state;
	run_kind(HL_PROC_ZYGOTE);
}

static void the_media_worker(void **state)
{
	(void)state;
	run_kind(HL_PROC_MEDIA);
}

/* Every attempt that is refused above must work, or fail otherwise, without
 * a sandbox, or the row proves nothing. */
static void nothing_is_refused_outside(void **state)
{
	static int (*const works[])(void) = {attempt_open_passwd,
		attempt_open_given, attempt_open_other, attempt_write_given,
		attempt_create_in_mine, attempt_create_in_other,
		attempt_tcp_socket, attempt_udp6_socket, attempt_unix_socket,
		attempt_netlink_socket, attempt_connect_tcp, attempt_use_pair,
		attempt_fork_child, attempt_kill_parent,
		attempt_executable_memory, attempt_make_executable,
		attempt_look_at_path, attempt_trace_me,
		attempt_more_than_allowed_memory, attempt_shared_memory,
		attempt_make_thread};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(works); i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			_exit(works[i]());
		}
		waitpid(pid, &status, 0);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
			fail_msg("attempt %zu fails anyway: %d", i, status);
		}
	}
}

static void *wait_forever(void *arg)
{
	pause();
	return arg;
}

static int enter_status(const struct hl_proc_sandbox *box, bool threads)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		pthread_t thread;
		int ends[2];

		if (threads &&
			(pipe(ends) < 0 || pthread_create(&thread, NULL,
						   wait_forever, NULL))) {
			_exit(99);
		}
		_exit(-hl_proc_sandbox_enter(box, NULL, NULL));
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : 1;
}

static void threads_are_refused(void **state)
{
	const struct hl_proc_sandbox box = {.kind = HL_PROC_STORE};

	(void)state;
	assert_int_equal(HL_E_INTERNAL, enter_status(&box, true));
	assert_int_equal(0, enter_status(&box, false));
}

static void an_unknown_user_is_refused(void **state)
{
	const struct hl_proc_sandbox box = {
		.kind = HL_PROC_STORE, .user = "nobody-of-this-name"};

	(void)state;
	if (geteuid() != 0) {
		skip();
	}
	assert_int_equal(HL_E_INVALID, enter_status(&box, false));
}

/* Entering tells what was shut, and the process is another user's. */
static void tells_what_is_shut(void **state)
{
	const struct hl_proc_sandbox box = {
		.kind = HL_PROC_PUBLIC, .user = "nobody"};
	int status;

	(void)state;
	if (geteuid() != 0) {
		skip();
	}
	pid_t pid = fork();
	if (pid == 0) {
		struct hl_proc_shut shut = {0};

		if (hl_proc_sandbox_enter(&box, &shut, NULL) || !shut.user ||
			!shut.seccomp || getuid() == 0 || getgid() == 0) {
			_exit(1);
		}
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(0, status);
}

static void write_file(const char *path)
{
	assert_int_equal(0, hl_file_write(path, HL_STR("x"), 0644, NULL));
}

static int set_up(void **state)
{
	socklen_t n = sizeof(place.at);

	(void)state;
	place.parent = getpid();
	place.landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
	snprintf(place.folder, sizeof(place.folder), "/tmp/hl-sandbox-XXXXXX");
	assert_non_null(mkdtemp(place.folder));
	snprintf(place.mine, sizeof(place.mine), "%s/mine", place.folder);
	snprintf(place.other, sizeof(place.other), "%s/other", place.folder);
	snprintf(place.file, sizeof(place.file), "%s/file", place.mine);
	snprintf(place.secret, sizeof(place.secret), "%s/secret", place.other);
	snprintf(place.socket, sizeof(place.socket), "%s/socket", place.mine);
	umask(0);
	assert_int_equal(0, mkdir(place.mine, 0777));
	assert_int_equal(0, mkdir(place.other, 0777));
	assert_int_equal(0, chmod(place.folder, 0755));
	write_file(place.file);
	write_file(place.secret);
	place.listener = socket(AF_INET, SOCK_STREAM, 0);
	place.at = (struct sockaddr_in){.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_int_equal(0, bind(place.listener, (struct sockaddr *)&place.at,
				    sizeof(place.at)));
	assert_int_equal(0, listen(place.listener, 64));
	assert_int_equal(0,
		getsockname(place.listener, (struct sockaddr *)&place.at, &n));
	return 0;
}

static void remove_in(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		if (entry->d_name[0] != '.') {
			unlinkat(dirfd(d), entry->d_name, 0);
		}
	}
	if (d) {
		closedir(d);
	}
	rmdir(folder);
}

static int tear_down(void **state)
{
	(void)state;
	close(place.listener);
	remove_in(place.mine);
	remove_in(place.other);
	return rmdir(place.folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_refused_outside),
		cmocka_unit_test(the_public_process),
		cmocka_unit_test(the_staff_process),
		cmocka_unit_test(the_worker),
		cmocka_unit_test(the_store),
		cmocka_unit_test(the_match_process),
		cmocka_unit_test(the_process_of_lists),
		cmocka_unit_test(a_replica),
		cmocka_unit_test(the_zygote),
		cmocka_unit_test(the_media_worker),
		cmocka_unit_test(threads_are_refused),
		cmocka_unit_test(an_unknown_user_is_refused),
		cmocka_unit_test(tells_what_is_shut),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
