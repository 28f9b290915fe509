/* SPDX-License-Identifier: Apache-2.0 */
/* What the worker can reach when it is shut in as src/main/worker.c does it:
 * its two places, and neither the store nor the keys beside them. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "proc/sandbox.h"
#include "referral/send.h"

enum { NO_LANDLOCK = 77 };

static bool refused(const char *path, int flags)
{
	HL_FD_AUTO fd = open(path, flags | O_CLOEXEC, 0600);

	return fd < 0 && errno == EACCES;
}

static bool appends(const char *path)
{
	HL_FD_AUTO fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);

	return fd >= 0 && write(fd, "x", 1) == 1 && fsync(fd) == 0;
}

static bool delivers(const char *folder)
{
	const struct hl_referral_transport via = {
		.via = HL_MAIL_FOLDER, .production = true, .folder = folder};
	const struct hl_referral_envelope envelope = {
		HL_STR("a@example.org"), HL_STR("b@example.org"), true};
	struct hl_referral_sent sent;

	return hl_referral_mail_send(&via, &envelope, HL_STR("Subject: x\n\n"),
		       &sent, NULL) == 0 &&
	       sent.status == HL_REFERRAL_MAIL_SENT;
}

/* The step that went otherwise than it should; 0: none. */
static int live(void)
{
	const char *const writes[] = {"audit.checkpoints", "outbox", NULL};
	const struct hl_proc_sandbox box = {
		.kind = HL_PROC_WORKER, .write_paths = writes};
	struct hl_proc_shut shut;

	if (hl_proc_sandbox_enter(&box, &shut, NULL)) {
		return 1;
	}
	if (shut.landlock == 0) {
		return NO_LANDLOCK;
	}
	const bool steps[] = {appends("audit.checkpoints"), delivers("outbox"),
		refused("hotline.db", O_RDONLY), refused("hotline.db", O_RDWR),
		refused("hotline.conf", O_WRONLY),
		refused("keys/sign.key", O_RDONLY),
		refused("keys/new.key", O_WRONLY | O_CREAT),
		refused("hotline.db-wal", O_RDWR | O_CREAT),
		unlink("hotline.db") < 0, rename("hotline.conf", "c") < 0};

	for (size_t i = 0; i < HL_ARRAY_LEN(steps); i++) {
		if (!steps[i]) {
			return (int)i + 2;
		}
	}
	return 0;
}

static void make_house(void)
{
	static const char *const files[] = {"hotline.db", "hotline.conf",
		"audit.checkpoints", "keys/sign.key"};

	assert_int_equal(0, mkdir("keys", 0700));
	assert_int_equal(0, mkdir("outbox", 0700));
	for (size_t i = 0; i < HL_ARRAY_LEN(files); i++) {
		assert_int_equal(
			0, hl_file_create(files[i], HL_STR("x\n"), 0600, NULL));
	}
}

static void the_worker_reaches_its_places_alone(void **state)
{
	char dir[] = "/tmp/hl-worker-XXXXXX", remove[64];
	int status = 0;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(0, chdir(dir));
	make_house();
	pid = fork();
	if (pid == 0) {
		_exit(live());
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	snprintf(remove, sizeof(remove), "%s", dir);
	assert_int_equal(0, chdir("/"));
	pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-r", remove, (char *)NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_LANDLOCK) {
		skip();
	}
	if (WEXITSTATUS(status)) {
		fail_msg("step %d", WEXITSTATUS(status) - 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worker_reaches_its_places_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
