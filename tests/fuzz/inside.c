/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Searching inside the sandbox: with HL_FUZZ_SANDBOX=1 every input is run by
 * a thread of its own that has entered the system call filter of the kind
 * HL_PROC_MEDIA. A filter holds for the thread that entered it, so libFuzzer,
 * in the first thread, still reads its corpus and writes what it finds, and
 * sees the coverage of both.
 *
 * What the thread cannot do is write the input that made it crash. Before it
 * is run, each is put into the file HL_FUZZ_INPUT, mapped: eight bytes of
 * length, then the bytes. tools/fuzz --sandbox takes it out of there.
 *
 * The linker leads LLVMFuzzerTestOneInput here (--wrap), so that any target
 * can be run like this.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proc/layers.h"

#define INPUT_MAX ((size_t)4 << 20)

int __real_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Loads libraries, which no decoder can when it is inside. */
size_t hl_media_late_prepare(void) __attribute__((weak));

struct kept {
	uint64_t n;
	uint8_t bytes[INPUT_MAX];
};

static struct {
	sem_t given; /* an input to run */
	sem_t done;
	const uint8_t *data;
	size_t size;
	struct kept *kept;
	int state; /* 0: not looked, 1: outside, 2: inside */
	unsigned long n;
} inside;

_Noreturn static void give_up(const char *what)
{
	fprintf(stderr, "ERROR: fuzzing in the sandbox: %s: %s\n", what,
		strerrordesc_np(errno));
	_exit(1);
}

static void enter(void)
{
	const struct hl_proc_sandbox box = {.kind = HL_PROC_MEDIA};
	struct hl_err err = {0};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		hl_proc_seccomp(&box, &err)) {
		give_up("enter");
	}
	if (open("/dev/null", O_RDONLY) >= 0 || errno != EPERM) {
		give_up("a file could be opened");
	}
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM) {
		give_up("a socket could be made");
	}
	fprintf(stderr, "INFO: in the sandbox: no file opens, no socket\n");
}

static void wait_for(sem_t *turn)
{
	while (sem_wait(turn) < 0) {
		if (errno != EINTR) {
			give_up("wait");
		}
	}
}

static void *run_inputs(void *arg)
{
	enter();
	for (;;) {
		wait_for(&inside.given);
		(void)__real_LLVMFuzzerTestOneInput(inside.data, inside.size);
		sem_post(&inside.done);
	}
	return arg;
}

static void map_kept(void)
{
	const char *path = getenv("HL_FUZZ_INPUT");
	int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644) : -1;

	if (!path) {
		return;
	}
	if (fd < 0 || ftruncate(fd, sizeof(struct kept)) < 0) {
		give_up(path);
	}
	inside.kept = mmap(NULL, sizeof(struct kept), PROT_READ | PROT_WRITE,
		MAP_SHARED, fd, 0);
	if (inside.kept == MAP_FAILED) {
		give_up(path);
	}
	close(fd);
}

static int look(void)
{
	const char *wanted = getenv("HL_FUZZ_SANDBOX");
	pthread_t thread;

	if (!wanted || strcmp(wanted, "1") != 0) {
		return 1;
	}
	if (hl_media_late_prepare) {
		(void)hl_media_late_prepare();
	}
	map_kept();
	if (sem_init(&inside.given, 0, 0) || sem_init(&inside.done, 0, 0) ||
		pthread_create(&thread, NULL, run_inputs, NULL)) {
		give_up("make a thread");
	}
	return 2;
}

static void keep(const uint8_t *data, size_t size)
{
	if (inside.kept) {
		inside.kept->n = size < INPUT_MAX ? size : INPUT_MAX;
		memcpy(inside.kept->bytes, data, inside.kept->n);
	}
}

int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t empty;

	/* The first input is empty: what is made once is made outside. */
	if (inside.n++ == 0) {
		return __real_LLVMFuzzerTestOneInput(data, size);
	}
	if (inside.state == 0) {
		inside.state = look();
	}
	if (inside.state == 1) {
		return __real_LLVMFuzzerTestOneInput(data, size);
	}
	keep(data, size);
	inside.data = data ? data : &empty;
	inside.size = size;
	sem_post(&inside.given);
	wait_for(&inside.done);
	return 0;
}
