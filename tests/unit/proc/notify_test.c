/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

/* A socket as a service manager has it; its name as in NOTIFY_SOCKET. */
static int manager(const char *name)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	size_t n = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(at.sun_path, name, n);
	if (name[0] == '@') {
		at.sun_path[0] = '\0';
	}
	assert_int_equal(
		0, bind(fd, (struct sockaddr *)&at,
			   (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				       n)));
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void expect_told(int fd, const char *text)
{
	char got[64] = "";

	assert_int_equal(0, hl_proc_notify(text, NULL));
	assert_int_equal((ssize_t)strlen(text),
		recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT));
	assert_string_equal(text, got);
}

static void tells_a_path(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "/tmp/hl-notify-%d", (int)getpid());
	int fd = manager(name);
	expect_told(fd, "READY=1");
	expect_told(fd, "STOPPING=1");
	close(fd);
	assert_int_equal(HL_E_IO, hl_proc_notify("READY=1", NULL));
	unlink(name);
}

static void tells_an_abstract_socket(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "@hl-notify-%d", (int)getpid());
	int fd = manager(name);
	expect_told(fd, "READY=1");
	close(fd);
}

static void nobody_asked(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(HL_NOTFOUND, hl_proc_notify("READY=1", NULL));
	setenv("NOTIFY_SOCKET", "", 1);
	assert_int_equal(HL_NOTFOUND, hl_proc_notify("READY=1", NULL));
}

static void names_that_are_none(void **state)
{
	char longest[200];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	const char *const rows[] = {"relative", "vsock:1:2", longest};
	for (size_t i = 0; i < 3; i++) {
		setenv("NOTIFY_SOCKET", rows[i], 1);
		if (hl_proc_notify("READY=1", NULL) != HL_E_INVALID) {
			fail_msg("row %zu", i);
		}
	}
	unsetenv("NOTIFY_SOCKET");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_a_path),
		cmocka_unit_test(tells_an_abstract_socket),
		cmocka_unit_test(nobody_asked),
		cmocka_unit_test(names_that_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
