/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls of each kind of process. Three answers: what is listed
 * works; what no process of ours ever calls kills the process, for it is no
 * longer ours; all else fails with EPERM, so that a library that merely
 * tries something goes on. clone3 fails with ENOSYS, since its flags lie in
 * memory where no filter can read them: the C library then takes clone.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "proc/layers.h"

#ifdef HL_SANITIZED
#define SANITIZED true
#else
#define SANITIZED false
#endif

/* A name that an older libseccomp lacks is -1 by its own headers, and is
 * left out; negative numbers below that are its pseudo calls. */
#define CALL(name) SCMP_SYS(name)

static const int everybody[] = {
	/* descriptors that are open */
	CALL(read),
	CALL(readv),
	CALL(write),
	CALL(writev),
	CALL(close),
	CALL(close_range),
	CALL(fstat),
	CALL(lseek),
	CALL(fcntl),
	CALL(dup),
	CALL(dup2),
	CALL(dup3),
	CALL(pipe2),
	CALL(eventfd2),
	/* waiting */
	CALL(poll),
	CALL(ppoll),
	CALL(select),
	CALL(pselect6),
	CALL(epoll_create1),
	CALL(epoll_ctl),
	CALL(epoll_wait),
	CALL(epoll_pwait),
	CALL(epoll_pwait2),
	CALL(timerfd_create),
	CALL(timerfd_settime),
	CALL(timerfd_gettime),
	CALL(nanosleep),
	CALL(clock_nanosleep),
	CALL(restart_syscall),
	/* sockets that are open */
	CALL(recvfrom),
	CALL(recvmsg),
	CALL(recvmmsg),
	CALL(sendto),
	CALL(sendmsg),
	CALL(sendmmsg),
	CALL(shutdown),
	CALL(getsockopt),
	CALL(setsockopt),
	CALL(getsockname),
	CALL(getpeername),
	/* memory and threads */
	CALL(munmap),
	CALL(mremap),
	CALL(madvise),
	CALL(brk),
	CALL(mlock),
	CALL(munlock),
	CALL(mlock2),
	CALL(memfd_create), /* to hand to a process of the kind HL_PROC_MEDIA */
	CALL(futex),
	CALL(futex_waitv),
	CALL(sched_yield),
	CALL(sched_getaffinity),
	CALL(set_robust_list),
	CALL(get_robust_list),
	CALL(rseq),
	CALL(membarrier),
	CALL(getcpu),
	/* signals to itself; see rules() for tgkill */
	CALL(rt_sigaction),
	CALL(rt_sigprocmask),
	CALL(rt_sigreturn),
	CALL(rt_sigtimedwait),
	CALL(sigaltstack),
	/* itself */
	CALL(getpid),
	CALL(gettid),
	CALL(getppid),
	CALL(getuid),
	CALL(geteuid),
	CALL(getgid),
	CALL(getegid),
	CALL(getrusage),
	CALL(times),
	CALL(getrlimit),
	CALL(uname),
	CALL(sysinfo),
	CALL(exit),
	CALL(exit_group),
	/* time and chance */
	CALL(clock_gettime),
	CALL(clock_getres),
	CALL(gettimeofday),
	CALL(time),
	CALL(getrandom),
};

/* All that a decoder has; it shares nothing with the list above, so that
 * what others come to need does not come to it. */
static const int media[] = {
	/* its one socket, and the file that came with a message */
	CALL(recvmsg),
	CALL(sendmsg),
	CALL(sendto),
	CALL(read),
	CALL(write),
	CALL(writev),
	CALL(close),
	CALL(fstat),
	CALL(lseek),
	CALL(poll),
	CALL(nanosleep),
	CALL(clock_nanosleep),
	CALL(restart_syscall),
	/* memory; see media_forms() for mmap */
	CALL(munmap),
	CALL(mremap),
	CALL(madvise),
	CALL(brk),
	CALL(futex),
	CALL(sched_yield),
	CALL(sched_getaffinity),
	CALL(getcpu),
	/* signals to itself */
	CALL(rt_sigaction),
	CALL(rt_sigprocmask),
	CALL(rt_sigreturn),
	CALL(sigaltstack),
	/* itself */
	CALL(getpid),
	CALL(gettid),
	CALL(getuid),
	CALL(geteuid),
	CALL(getgid),
	CALL(getegid),
	CALL(getrusage),
	CALL(times),
	CALL(getrlimit),
	CALL(uname),
	CALL(sysinfo),
	CALL(exit),
	CALL(exit_group),
	/* time and chance */
	CALL(clock_gettime),
	CALL(clock_getres),
	CALL(gettimeofday),
	CALL(time),
	CALL(getrandom),
};

/* Forking, watching and shutting in those of the kind HL_PROC_MEDIA. */
static const int zygote[] = {
	CALL(clone),
	CALL(fork),
	CALL(vfork),
	CALL(wait4),
	CALL(waitid),
	CALL(kill),
	CALL(tgkill), /* by those it forks, to themselves */
	CALL(prctl),
	CALL(seccomp),
	CALL(capset),
	CALL(setrlimit),
	CALL(prlimit64),
	CALL(landlock_create_ruleset),
	CALL(landlock_restrict_self),
	CALL(stat),
	CALL(newfstatat),
};

static const int accepting[] = {CALL(accept), CALL(accept4)};

/* Looking at files; which ones is Landlock's and the user's affair. */
static const int looking[] = {
	CALL(stat),
	CALL(lstat),
	CALL(newfstatat),
	CALL(statx),
	CALL(access),
	CALL(faccessat),
	CALL(faccessat2),
	CALL(readlink),
	CALL(readlinkat),
	CALL(getdents64),
	CALL(getcwd),
	CALL(pread64),
	CALL(preadv),
	CALL(fadvise64),
	CALL(statfs),
	CALL(fstatfs),
	CALL(flock),
};

static const int changing[] = {
	CALL(open),
	CALL(openat),
	CALL(creat),
	CALL(pwrite64),
	CALL(pwritev),
	CALL(fsync),
	CALL(fdatasync),
	CALL(sync_file_range),
	CALL(ftruncate),
	CALL(truncate),
	CALL(fallocate),
	CALL(unlink),
	CALL(unlinkat),
	CALL(rename),
	CALL(renameat),
	CALL(renameat2),
	CALL(link),
	CALL(linkat),
	CALL(mkdir),
	CALL(mkdirat),
	CALL(rmdir),
	CALL(fchmod),
	CALL(fchown),
	CALL(umask),
	CALL(utimensat),
	CALL(msync),
};

/* For shutting more of them; seccomp cannot be widened by any. */
static const int shutting[] = {
	CALL(landlock_create_ruleset), CALL(landlock_restrict_self)};

static const int connecting[] = {CALL(connect), CALL(bind)};

/* No process of ours does any of this, not even by accident. */
static const int deadly[] = {
	CALL(execve),
	CALL(execveat),
	CALL(ptrace),
	CALL(process_vm_readv),
	CALL(process_vm_writev),
	CALL(mount),
	CALL(umount2),
	CALL(pivot_root),
	CALL(chroot),
	CALL(move_mount),
	CALL(open_tree),
	CALL(fsopen),
	CALL(fsmount),
	CALL(setns),
	CALL(unshare),
	CALL(init_module),
	CALL(finit_module),
	CALL(delete_module),
	CALL(kexec_load),
	CALL(kexec_file_load),
	CALL(bpf),
	CALL(perf_event_open),
	CALL(userfaultfd),
	CALL(add_key),
	CALL(request_key),
	CALL(keyctl),
	CALL(io_uring_setup),
	CALL(io_uring_enter),
	CALL(io_uring_register),
	CALL(open_by_handle_at),
	CALL(name_to_handle_at),
	CALL(reboot),
	CALL(swapon),
	CALL(swapoff),
	CALL(acct),
	CALL(settimeofday),
	CALL(clock_settime),
	CALL(adjtimex),
	CALL(clock_adjtime),
	CALL(quotactl),
	CALL(syslog),
	CALL(sethostname),
	CALL(setdomainname),
	CALL(iopl),
	CALL(ioperm),
	CALL(modify_ldt),
	CALL(lookup_dcookie),
	CALL(vhangup),
	CALL(pidfd_getfd),
	CALL(kcmp),
	CALL(memfd_secret),
};

/* What the sanitizers' run time needs to look for leaks and to report. */
static const int sanitizers[] = {
	CALL(ptrace),
	CALL(clone),
	CALL(wait4),
	CALL(prctl),
	CALL(kill),
	CALL(tgkill),
	CALL(mmap),
	CALL(mprotect),
	CALL(prlimit64),
	CALL(sched_getscheduler),
	CALL(personality),
};

/* The first fault sticks. */
struct filter {
	scmp_filter_ctx ctx;
	int fault;
};

static bool listed(int call, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (calls[i] == call) {
			return true;
		}
	}
	return false;
}

static void add(struct filter *f, uint32_t action, int call)
{
	if (!f->fault && call != __NR_SCMP_ERROR) {
		f->fault = seccomp_rule_add(f->ctx, action, call, 0);
	}
}

static void add_if(struct filter *f, uint32_t action, int call,
	struct scmp_arg_cmp condition)
{
	if (!f->fault) {
		f->fault = seccomp_rule_add_array(
			f->ctx, action, call, 1, &condition);
	}
}

static void add_all(struct filter *f, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		add(f, SCMP_ACT_ALLOW, calls[i]);
	}
}

static void kill_deadly(struct filter *f)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(deadly); i++) {
		if (!SANITIZED || !listed(deadly[i], sanitizers,
					  HL_ARRAY_LEN(sanitizers))) {
			add(f, SCMP_ACT_KILL_PROCESS, deadly[i]);
		}
	}
}

static void add_if_two(struct filter *f, int call, struct scmp_arg_cmp a,
	struct scmp_arg_cmp b)
{
	const struct scmp_arg_cmp both[] = {a, b};

	if (!f->fault) {
		f->fault = seccomp_rule_add_array(
			f->ctx, SCMP_ACT_ALLOW, call, 2, both);
	}
}

/* Those of which only a form is allowed, to every kind. */
static void forms(struct filter *f)
{
	const uint32_t yes = SCMP_ACT_ALLOW;
	const scmp_datum_t self = (scmp_datum_t)getpid();

	add(f, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3));
	/* fstat(2) as the C library makes it */
	add_if(f, yes, CALL(newfstatat),
		SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
	if (SANITIZED) {
		add_all(f, sanitizers, HL_ARRAY_LEN(sanitizers));
		return;
	}
	add_if(f, yes, CALL(tgkill), SCMP_A0(SCMP_CMP_EQ, self));
	add_if(f, yes, CALL(kill), SCMP_A0(SCMP_CMP_EQ, self));
	add_if(f, yes, CALL(mprotect),
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	add_if(f, yes, CALL(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
	/* Reading limits: the pointer to new ones is NULL. */
	add_if(f, yes, CALL(prlimit64), SCMP_A2(SCMP_CMP_EQ, 0));
}

static void common_forms(struct filter *f)
{
	const uint32_t yes = SCMP_ACT_ALLOW;

	add_if(f, yes, CALL(ioctl), SCMP_A1(SCMP_CMP_EQ, FIONREAD));
	add_if(f, yes, CALL(ioctl), SCMP_A1(SCMP_CMP_EQ, FIONBIO));
	add_if(f, yes, CALL(ioctl), SCMP_A1(SCMP_CMP_EQ, TCGETS));
	add_if(f, yes, CALL(socketpair), SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
	if (!SANITIZED) {
		add_if(f, yes, CALL(clone),
			SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD,
				CLONE_THREAD));
		add_if(f, yes, CALL(mmap),
			SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	}
}

/* Private memory only: the limit on memory counts no other. */
static void media_forms(struct filter *f)
{
	if (!SANITIZED) {
		add_if_two(f, CALL(mmap),
			SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
			SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_TYPE, MAP_PRIVATE));
	}
}

static void add_reading(struct filter *f)
{
	const scmp_datum_t not_reading =
		O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);

	add_all(f, looking, HL_ARRAY_LEN(looking));
	add_if(f, SCMP_ACT_ALLOW, CALL(open),
		SCMP_A1(SCMP_CMP_MASKED_EQ, not_reading, O_RDONLY));
	add_if(f, SCMP_ACT_ALLOW, CALL(openat),
		SCMP_A2(SCMP_CMP_MASKED_EQ, not_reading, O_RDONLY));
}

static bool any(const char *const *paths)
{
	return paths && *paths;
}

static void add_kind(struct filter *f, const struct hl_proc_sandbox *box)
{
	bool matches =
		box->kind == HL_PROC_MATCH || box->kind == HL_PROC_REPLICA;
	bool goes_out =
		box->kind == HL_PROC_WORKER || box->kind == HL_PROC_REPLICA;
	bool writes = box->kind == HL_PROC_STORE ||
		      ((box->kind == HL_PROC_WORKER || matches) &&
			      any(box->write_paths));

	if (goes_out) {
		add_all(f, connecting, HL_ARRAY_LEN(connecting));
		add_if(f, SCMP_ACT_ALLOW, CALL(socket),
			SCMP_A0(SCMP_CMP_EQ, AF_INET));
		add_if(f, SCMP_ACT_ALLOW, CALL(socket),
			SCMP_A0(SCMP_CMP_EQ, AF_INET6));
	}
	if (box->kind == HL_PROC_ZYGOTE) {
		add_all(f, zygote, HL_ARRAY_LEN(zygote));
	} else if (box->kind != HL_PROC_WORKER) {
		add_all(f, accepting, HL_ARRAY_LEN(accepting));
	}
	if (matches) {
		/* pictures go to their decoders in memory of their own */
		add(f, SCMP_ACT_ALLOW, CALL(memfd_create));
	}
	if (box->kind == HL_PROC_STORE) {
		add_all(f, shutting, HL_ARRAY_LEN(shutting));
	}
	if (writes) {
		add_all(f, looking, HL_ARRAY_LEN(looking));
		add_all(f, changing, HL_ARRAY_LEN(changing));
	} else if (any(box->read_paths)) {
		add_reading(f);
	}
}

int hl_proc_seccomp(const struct hl_proc_sandbox *box, struct hl_err *err)
{
	struct filter f = {.ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM))};

	if (!f.ctx) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for seccomp");
	}
	f.fault = seccomp_attr_set(
		f.ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!f.fault) {
		/* Sorted as a tree: a call passes ~8 comparisons, not 150. */
		f.fault = seccomp_attr_set(f.ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	}
	forms(&f);
	if (box->kind == HL_PROC_MEDIA) {
		add_all(&f, media, HL_ARRAY_LEN(media));
		media_forms(&f);
	} else {
		add_all(&f, everybody, HL_ARRAY_LEN(everybody));
		common_forms(&f);
		add_kind(&f, box);
	}
	kill_deadly(&f);
	if (!f.fault) {
		f.fault = seccomp_load(f.ctx);
	}
	seccomp_release(f.ctx);
	if (f.fault) {
		errno = -f.fault;
		return HL_FAIL_SYS(err, "seccomp");
	}
	return 0;
}
