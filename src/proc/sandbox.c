/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order matters: the user is looked up while files can still be read,
 * then Landlock opens its paths as the old user; then the user changes, then
 * what changing the user resets (the
 * signal at the supervisor's death, dumpable), and seccomp last, since it
 * forbids most of the above.
 */
#include "proc/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "proc/layers.h"

/* How many descriptors each kind may have. */
static const rlim_t max_files[] = {
	[HL_PROC_PUBLIC] = 4096,
	[HL_PROC_STAFF] = 4096,
	[HL_PROC_WORKER] = 512,
	[HL_PROC_STORE] = 256,
	[HL_PROC_ZYGOTE] = 64,
	[HL_PROC_MEDIA] = 16,
	[HL_PROC_MATCH] = 4096,
	[HL_PROC_REPLICA] = 4096,
	[HL_PROC_LISTS] = 4096,
};

static int refuse_threads(struct hl_err *err)
{
	struct stat st;

	/* A folder's links are itself, "." and one ".." a subfolder. */
	if (stat("/proc/self/task", &st) == 0 && st.st_nlink > 3) {
		return HL_FAIL(err, HL_E_INTERNAL,
			"threads were made before the sandbox");
	}
	return 0;
}

static int limit(int what, rlim_t most, struct hl_err *err)
{
	struct rlimit now;

	if (getrlimit(what, &now) < 0) {
		return HL_FAIL_SYS(err, "getrlimit");
	}
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most) {
		most = now.rlim_max;
	}
	now.rlim_cur = now.rlim_max = most;
	if (setrlimit(what, &now) < 0) {
		return HL_FAIL_SYS(err, "setrlimit");
	}
	return 0;
}

/* What else a decoder has no use for. Left out under sanitizers, whose
 * shadow is memory too, as is the limit on memory. */
static int limit_media(const struct hl_proc_sandbox *box, struct hl_err *err)
{
	static const int nothing[] = {
		RLIMIT_FSIZE, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE};
	int r = 0;

	for (size_t i = 0; !r && i < HL_ARRAY_LEN(nothing); i++) {
		r = limit(nothing[i], 0, err);
	}
	if (!r && box->memory_bytes) {
		r = limit(RLIMIT_DATA, box->memory_bytes, err);
	}
	return r;
}

static int limit_memory(const struct hl_proc_sandbox *box, struct hl_err *err)
{
#ifdef HL_SANITIZED
	(void)box;
	(void)err;
	(void)limit_media;
	return 0;
#else
	if (box->kind == HL_PROC_MEDIA) {
		return limit_media(box, err);
	}
	return box->memory_bytes ? limit(RLIMIT_AS, box->memory_bytes, err) : 0;
#endif
}

static int set_limits(const struct hl_proc_sandbox *box, struct hl_err *err)
{
	int r = limit(RLIMIT_CORE, 0, err);

	if (!r) {
		r = limit(RLIMIT_NOFILE, max_files[box->kind], err);
	}
	if (!r && box->cpu_seconds) {
		r = limit(RLIMIT_CPU, box->cpu_seconds, err);
	}
	return r ? r : limit_memory(box, err);
}

/* Who the process shall become; wanted only when it is root now. */
struct identity {
	bool wanted;
	uid_t uid;
	gid_t gid;
};

static int find_user(const char *name, struct identity *out, struct hl_err *err)
{
	struct passwd user, *found;
	char buf[4096];

	*out = (struct identity){.wanted = name && geteuid() == 0};
	if (!out->wanted) {
		return 0;
	}
	int code = getpwnam_r(name, &user, buf, sizeof(buf), &found);
	if (code) {
		errno = code;
		return HL_FAIL_SYS(err, "look up the user %s", name);
	}
	if (!found) {
		return HL_FAIL(err, HL_E_INVALID, "there is no user %s", name);
	}
	out->uid = user.pw_uid;
	out->gid = user.pw_gid;
	return 0;
}

static int become(const struct identity *who, struct hl_err *err)
{
	if (setgroups(0, NULL) < 0 ||
		setresgid(who->gid, who->gid, who->gid) < 0 ||
		setresuid(who->uid, who->uid, who->uid) < 0) {
		return HL_FAIL_SYS(err, "become another user");
	}
	if (who->uid != 0 && setuid(0) == 0) {
		return HL_FAIL(err, HL_E_INTERNAL, "still able to be root");
	}
	return 0;
}

/* Without any capability, but for a process that owns files: root's way
 * through the permissions of folders above them. */
static int drop_capabilities(
	const struct hl_proc_sandbox *box, struct hl_err *err)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};

	if (box->write_paths && geteuid() == 0) {
		data[0].effective = data[0].permitted =
			1u << CAP_DAC_OVERRIDE | 1u << CAP_FOWNER;
	}
	if (syscall(SYS_capset, &head, data) < 0) {
		return HL_FAIL_SYS(err, "drop capabilities");
	}
	return 0;
}

static int change_user(const struct hl_proc_sandbox *box,
	const struct identity *who, struct hl_err *err)
{
	int r = who->wanted ? become(who, err) : 0;

	return r ? r : drop_capabilities(box, err);
}

static int tie_again(pid_t parent, struct hl_err *err)
{
#ifndef HL_SANITIZED
	if (prctl(PR_SET_DUMPABLE, 0) < 0) {
		return HL_FAIL_SYS(err, "not dumpable");
	}
#endif
	/* prctl(2): cleared when the user changes. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) {
		return HL_FAIL_SYS(err, "end with the supervisor");
	}
	if (getppid() != parent) {
		return HL_FAIL(err, HL_E_UNAVAILABLE, "the supervisor is gone");
	}
	return 0;
}

int hl_proc_sandbox_enter(const struct hl_proc_sandbox *box,
	struct hl_proc_shut *out, struct hl_err *err)
{
	struct hl_proc_shut shut = {0};
	struct identity who;
	pid_t parent = getppid();
	int r = refuse_threads(err);

	if (!r) {
		r = find_user(box->user, &who, err);
	}
	if (!r) {
		r = set_limits(box, err);
	}
	if (!r && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		r = HL_FAIL_SYS(err, "no new privileges");
	}
	if (!r) {
		r = hl_proc_landlock(box, &shut.landlock, err);
	}
	if (!r) {
		r = change_user(box, &who, err);
	}
	if (!r) {
		r = tie_again(parent, err);
	}
	if (!r) {
		r = hl_proc_seccomp(box, err);
	}
	if (r) {
		return r;
	}
	shut.user = shut.seccomp = true;
	if (shut.landlock == 0) {
		hl_log(HL_LOG_WARN, "proc.landlock",
			"this kernel has no Landlock; files are guarded by "
			"user and seccomp only");
	}
	if (out) {
		*out = shut;
	}
	return 0;
}

int hl_proc_sandbox_shut_files(struct hl_err *err)
{
	int r = refuse_threads(err);

	return r ? r : hl_proc_landlock_files(err);
}
