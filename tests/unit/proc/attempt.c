/* SPDX-License-Identifier: Apache-2.0 */
#include "attempt.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rand.h"
#include "base/time.h"

struct place place;

static int or_errno(long result)
{
	return result < 0 ? errno : 0;
}

static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0) {
		return errno;
	}
	close(fd);
	return 0;
}

int attempt_open_given(void)
{
	return try_open(place.file, O_RDONLY);
}

int attempt_open_other(void)
{
	return try_open(place.secret, O_RDONLY);
}

int attempt_open_passwd(void)
{
	return try_open("/etc/passwd", O_RDONLY);
}

int attempt_write_given(void)
{
	return try_open(place.file, O_WRONLY);
}

int attempt_truncate_given(void)
{
	return try_open(place.file, O_RDONLY | O_TRUNC);
}

int attempt_create_in_mine(void)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/new", place.mine);
	return try_open(path, O_WRONLY | O_CREAT);
}

int attempt_unnamed_in_mine(void)
{
	return try_open(place.mine, O_RDWR | O_TMPFILE);
}

int attempt_create_in_other(void)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/new", place.other);
	return try_open(path, O_WRONLY | O_CREAT);
}

int attempt_rename_and_remove(void)
{
	char from[160], to[160];
	int r = attempt_create_in_mine();

	snprintf(from, sizeof(from), "%s/new", place.mine);
	snprintf(to, sizeof(to), "%s/newer", place.mine);
	if (!r) {
		r = or_errno(rename(from, to));
	}
	return r ? r : or_errno(unlink(to));
}

int attempt_write_durably(void)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/durable", place.mine);
	return hl_file_write(path, HL_STR("x"), 0600, NULL) ? EIO : 0;
}

int attempt_list_folder(void)
{
	DIR *d = opendir(place.mine);

	if (!d) {
		return errno;
	}
	int r = readdir(d) ? 0 : EIO;
	closedir(d);
	return r;
}

static int make_socket(int family, int type)
{
	int fd = socket(family, type, 0);

	if (fd < 0) {
		return errno;
	}
	close(fd);
	return 0;
}

int attempt_tcp_socket(void)
{
	return make_socket(AF_INET, SOCK_STREAM);
}

int attempt_udp6_socket(void)
{
	return make_socket(AF_INET6, SOCK_DGRAM);
}

int attempt_unix_socket(void)
{
	return make_socket(AF_UNIX, SOCK_STREAM);
}

int attempt_netlink_socket(void)
{
	return make_socket(AF_NETLINK, SOCK_RAW);
}

int attempt_raw_socket(void)
{
	return make_socket(AF_PACKET, SOCK_RAW);
}

int attempt_connect_tcp(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0) {
		return errno;
	}
	return or_errno(connect(
		fd, (const struct sockaddr *)&place.at, sizeof(place.at)));
}

int attempt_connect_inherited(void)
{
	return or_errno(connect(place.inherited,
		(const struct sockaddr *)&place.at, sizeof(place.at)));
}

int attempt_bind_inherited(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET};

	return or_errno(bind(
		place.inherited, (const struct sockaddr *)&any, sizeof(any)));
}

int attempt_listen_inherited(void)
{
	return or_errno(listen(place.inherited, 1));
}

int attempt_accept_one(void)
{
	int fd = accept4(
		place.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	return fd < 0 ? errno : or_errno(send(fd, "x", 1, MSG_NOSIGNAL));
}

int attempt_use_pair(void)
{
	int ends[2];
	char c = 'x';

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0) {
		return errno;
	}
	if (send(ends[0], &c, 1, 0) < 0 || recv(ends[1], &c, 1, 0) < 0) {
		return errno;
	}
	return 0;
}

int attempt_exec_true(void)
{
	char *argv[] = {(char[]){"/bin/true"}, NULL};

	execv("/bin/true", argv);
	return errno;
}

int attempt_trace_me(void)
{
	return or_errno(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

int attempt_read_parent(void)
{
	char c;
	struct iovec to = {&c, 1}, from = {&c, 1};

	return or_errno(process_vm_readv(place.parent, &to, 1, &from, 1, 0));
}

int attempt_mount_tmp(void)
{
	return or_errno(mount("none", place.mine, "tmpfs", 0, NULL));
}

int attempt_new_namespace(void)
{
	return or_errno(unshare(CLONE_NEWUSER));
}

int attempt_load_bpf(void)
{
	return or_errno(syscall(SYS_bpf, 0, NULL, 0));
}

int attempt_set_ring(void)
{
	return or_errno(syscall(SYS_io_uring_setup, 1, NULL));
}

int attempt_new_keyring(void)
{
	return or_errno(syscall(SYS_keyctl, 0, -2, 1));
}

int attempt_set_clock(void)
{
	struct timespec ts = {0};

	return or_errno(clock_settime(CLOCK_REALTIME, &ts));
}

int attempt_fork_child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		_exit(0);
	}
	return or_errno(pid);
}

static void *answer(void *arg)
{
	return arg;
}

int attempt_make_thread(void)
{
	pthread_t thread;
	void *result = NULL;
	int r = pthread_create(&thread, NULL, answer, &result);

	if (r) {
		return r;
	}
	pthread_join(thread, &result);
	return result == &result ? 0 : EIO;
}

int attempt_kill_parent(void)
{
	return or_errno(kill(place.parent, 0));
}

int attempt_raise_harmless(void)
{
	signal(SIGUSR1, SIG_IGN);
	return raise(SIGUSR1) ? errno : 0;
}

int attempt_executable_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

int attempt_make_executable(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		return 0; /* not the refusal that is looked for */
	}
	return or_errno(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

int attempt_use_much_memory(void)
{
	void *p = malloc(64u << 20);

	if (!p) {
		return ENOMEM;
	}
	explicit_bzero(p, 64u << 20);
	free(p);
	return 0;
}

int attempt_more_than_allowed_memory(void)
{
	void *p = mmap(NULL, (size_t)8 << 30, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

int attempt_shared_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

int attempt_memory_file(void)
{
	int fd = memfd_create("x", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	return fd < 0 ? errno : or_errno(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
}

int attempt_become_root(void)
{
	return or_errno(setuid(0));
}

int attempt_raise_limit(void)
{
	struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};

	return or_errno(setrlimit(RLIMIT_CORE, &more));
}

int attempt_dump_core_limit(void)
{
	struct rlimit now;

	if (getrlimit(RLIMIT_CORE, &now) < 0) {
		return errno;
	}
	return now.rlim_cur == 0 && now.rlim_max == 0 ? 0 : EIO;
}

int attempt_change_root(void)
{
	return or_errno(chroot(place.mine));
}

int attempt_time_and_chance(void)
{
	struct timespec ts = {.tv_nsec = 1000};
	char out[HL_TIME_ISO_MAX];

	hl_time_iso(hl_time_now_us(), out);
	return hl_rand_id() > 0 ? or_errno(nanosleep(&ts, NULL)) : EIO;
}

int attempt_look_at_fd(void)
{
	struct stat st;

	return or_errno(fstat(place.listener, &st));
}

int attempt_look_at_path(void)
{
	struct stat st;

	return or_errno(stat(place.secret, &st));
}

int attempt_connect_unix(void)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	memcpy(to.sun_path, place.socket, strlen(place.socket));
	return or_errno(connect(
		place.inherited, (const struct sockaddr *)&to, sizeof(to)));
}
