/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock by its bare system calls: the C library has no wrappers, and the
 * header of the build machine may be older than the kernel. Each version of
 * the kernel's interface knows more rights; what a kernel does not know may
 * not be named to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "proc/layers.h"

/* linux/landlock.h, as of version 6 */
struct ruleset {
	uint64_t fs, net, scoped;
};
struct path_rule {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

#define CREATE_VERSION 1u
#define RULE_PATH_BENEATH 1

#define FS_EXECUTE (1ull << 0)
#define FS_WRITE_FILE (1ull << 1)
#define FS_READ_FILE (1ull << 2)
#define FS_READ_DIR (1ull << 3)
#define FS_ALL_V1 ((1ull << 13) - 1)
#define FS_REFER (1ull << 13)     /* version 2 */
#define FS_TRUNCATE (1ull << 14)  /* version 3 */
#define FS_IOCTL_DEV (1ull << 15) /* version 5 */
/* Those that a rule on a file, not a folder, may have. */
#define FS_OF_FILE \
	(FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

#define NET_BIND_TCP (1ull << 0) /* version 4 */
#define NET_CONNECT_TCP (1ull << 1)

#define SCOPE_ABSTRACT_SOCKET (1ull << 0) /* version 6 */
#define SCOPE_SIGNAL (1ull << 1)

static struct ruleset rights(int version, enum hl_proc_kind kind)
{
	struct ruleset r = {.fs = FS_ALL_V1};

	r.fs |= version >= 2 ? FS_REFER : 0;
	r.fs |= version >= 3 ? FS_TRUNCATE : 0;
	r.fs |= version >= 5 ? FS_IOCTL_DEV : 0;
	if (version >= 4) {
		r.net = NET_BIND_TCP;
		r.net |= kind == HL_PROC_WORKER || kind == HL_PROC_REPLICA
				 ? 0
				 : NET_CONNECT_TCP;
	}
	if (version >= 6) {
		r.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
	}
	return r;
}

/* Older kernels know a shorter struct and refuse a longer one only if what
 * they do not know is not 0; the size is told all the same. */
static size_t ruleset_size(int version)
{
	if (version >= 6) {
		return sizeof(struct ruleset);
	}
	return version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

static int allow(
	int ruleset, const char *path, uint64_t allowed, struct hl_err *err)
{
	HL_FD_AUTO fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0) {
		return errno == ENOENT ? 0 : HL_FAIL_SYS(err, "open %s", path);
	}
	if (fstat(fd, &st) < 0) {
		return HL_FAIL_SYS(err, "stat %s", path);
	}
	if (!S_ISDIR(st.st_mode)) {
		allowed &= FS_OF_FILE;
	}
	struct path_rule rule = {allowed, fd};
	if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule,
		    0) < 0) {
		return HL_FAIL_SYS(err, "Landlock: allow %s", path);
	}
	return 0;
}

static int allow_all(int ruleset, const char *const *paths, uint64_t allowed,
	struct hl_err *err)
{
	for (; paths && *paths; paths++) {
		int r = allow(ruleset, *paths, allowed, err);

		if (r) {
			return r;
		}
	}
	return 0;
}

static int version_here(void)
{
	long v = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);

	/* ENOSYS: not built in; EOPNOTSUPP: switched off at boot */
	return v < 0 ? 0 : (int)v;
}

static int enter(int ruleset, struct hl_err *err)
{
	return syscall(SYS_landlock_restrict_self, ruleset, 0) < 0
		       ? HL_FAIL_SYS(err, "Landlock: enter")
		       : 0;
}

int hl_proc_landlock(
	const struct hl_proc_sandbox *box, int *version, struct hl_err *err)
{
	*version = version_here();
	if (*version == 0) {
		return 0;
	}
	struct ruleset r = rights(*version, box->kind);
	HL_FD_AUTO ruleset = (int)syscall(
		SYS_landlock_create_ruleset, &r, ruleset_size(*version), 0);
	if (ruleset < 0) {
		return HL_FAIL_SYS(err, "Landlock: make a ruleset");
	}
	int code = allow_all(
		ruleset, box->read_paths, FS_READ_FILE | FS_READ_DIR, err);
	if (!code) {
		code = allow_all(ruleset, box->write_paths,
			r.fs & ~(FS_EXECUTE | FS_IOCTL_DEV), err);
	}
	return code ? code : enter(ruleset, err);
}

int hl_proc_landlock_files(struct hl_err *err)
{
	int version = version_here();
	struct ruleset r = {.fs = rights(version, HL_PROC_STORE).fs};

	if (version == 0) {
		return 0;
	}
	HL_FD_AUTO ruleset =
		(int)syscall(SYS_landlock_create_ruleset, &r, sizeof(r.fs), 0);
	return ruleset < 0 ? HL_FAIL_SYS(err, "Landlock: make a ruleset")
			   : enter(ruleset, err);
}
