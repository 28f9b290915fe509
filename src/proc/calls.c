/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/calls.h"

#include <seccomp.h>

#include "base/str.h"

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
	/* signals to itself; see forms() for tgkill */
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

#define LIST(of)                     \
	{                            \
		of, HL_ARRAY_LEN(of) \
	}

const struct hl_proc_calls hl_proc_calls_everybody = LIST(everybody);
const struct hl_proc_calls hl_proc_calls_media = LIST(media);
const struct hl_proc_calls hl_proc_calls_zygote = LIST(zygote);
const struct hl_proc_calls hl_proc_calls_accepting = LIST(accepting);
const struct hl_proc_calls hl_proc_calls_looking = LIST(looking);
const struct hl_proc_calls hl_proc_calls_changing = LIST(changing);
const struct hl_proc_calls hl_proc_calls_shutting = LIST(shutting);
const struct hl_proc_calls hl_proc_calls_connecting = LIST(connecting);
const struct hl_proc_calls hl_proc_calls_deadly = LIST(deadly);
const struct hl_proc_calls hl_proc_calls_sanitizers = LIST(sanitizers);
