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

#include "proc/calls.h"
#include "proc/layers.h"

#ifdef HL_SANITIZED
#define SANITIZED true
#else
#define SANITIZED false
#endif

/* The first fault sticks. */
struct filter {
	scmp_filter_ctx ctx;
	int fault;
};

static bool listed(int call, const struct hl_proc_calls *in)
{
	for (size_t i = 0; i < in->n; i++) {
		if (in->calls[i] == call) {
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

static void add_all(struct filter *f, const struct hl_proc_calls *all)
{
	for (size_t i = 0; i < all->n; i++) {
		add(f, SCMP_ACT_ALLOW, all->calls[i]);
	}
}

static void kill_deadly(struct filter *f)
{
	const struct hl_proc_calls *all = &hl_proc_calls_deadly;

	for (size_t i = 0; i < all->n; i++) {
		if (!SANITIZED ||
			!listed(all->calls[i], &hl_proc_calls_sanitizers)) {
			add(f, SCMP_ACT_KILL_PROCESS, all->calls[i]);
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

	add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
	/* fstat(2) as the C library makes it */
	add_if(f, yes, SCMP_SYS(newfstatat),
		SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
	if (SANITIZED) {
		add_all(f, &hl_proc_calls_sanitizers);
		return;
	}
	add_if(f, yes, SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, self));
	add_if(f, yes, SCMP_SYS(kill), SCMP_A0(SCMP_CMP_EQ, self));
	add_if(f, yes, SCMP_SYS(mprotect),
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	add_if(f, yes, SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
	/* Reading limits: the pointer to new ones is NULL. */
	add_if(f, yes, SCMP_SYS(prlimit64), SCMP_A2(SCMP_CMP_EQ, 0));
}

static void common_forms(struct filter *f)
{
	const uint32_t yes = SCMP_ACT_ALLOW;

	add_if(f, yes, SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, FIONREAD));
	add_if(f, yes, SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, FIONBIO));
	add_if(f, yes, SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, TCGETS));
	add_if(f, yes, SCMP_SYS(socketpair), SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
	if (!SANITIZED) {
		add_if(f, yes, SCMP_SYS(clone),
			SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD,
				CLONE_THREAD));
		add_if(f, yes, SCMP_SYS(mmap),
			SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	}
}

/* Private memory only: the limit on memory counts no other. */
static void media_forms(struct filter *f)
{
	if (!SANITIZED) {
		add_if_two(f, SCMP_SYS(mmap),
			SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
			SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_TYPE, MAP_PRIVATE));
	}
}

static void add_reading(struct filter *f)
{
	const scmp_datum_t not_reading =
		O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);

	add_all(f, &hl_proc_calls_looking);
	add_if(f, SCMP_ACT_ALLOW, SCMP_SYS(open),
		SCMP_A1(SCMP_CMP_MASKED_EQ, not_reading, O_RDONLY));
	add_if(f, SCMP_ACT_ALLOW, SCMP_SYS(openat),
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
		      ((box->kind == HL_PROC_WORKER || matches ||
			       box->kind == HL_PROC_LISTS) &&
			      any(box->write_paths));

	if (goes_out) {
		add_all(f, &hl_proc_calls_connecting);
		add_if(f, SCMP_ACT_ALLOW, SCMP_SYS(socket),
			SCMP_A0(SCMP_CMP_EQ, AF_INET));
		add_if(f, SCMP_ACT_ALLOW, SCMP_SYS(socket),
			SCMP_A0(SCMP_CMP_EQ, AF_INET6));
	}
	if (box->kind == HL_PROC_ZYGOTE) {
		add_all(f, &hl_proc_calls_zygote);
	} else if (box->kind != HL_PROC_WORKER) {
		add_all(f, &hl_proc_calls_accepting);
	}
	if (matches) {
		/* pictures go to their decoders in memory of their own */
		add(f, SCMP_ACT_ALLOW, SCMP_SYS(memfd_create));
	}
	if (box->kind == HL_PROC_STORE) {
		add_all(f, &hl_proc_calls_shutting);
	}
	if (writes) {
		add_all(f, &hl_proc_calls_looking);
		add_all(f, &hl_proc_calls_changing);
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
		add_all(&f, &hl_proc_calls_media);
		media_forms(&f);
	} else {
		add_all(&f, &hl_proc_calls_everybody);
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
