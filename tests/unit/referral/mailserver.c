/* SPDX-License-Identifier: Apache-2.0 */
#include "mailserver.h"

#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"

/* The distribution's own: others may be slow wrappers. */
#define PYTHON "/usr/bin/python3"

extern char **environ;

/* Runs a program and gives its exit status; what it prints goes to out. */
static int run(const char *const *args, struct hl_buf *out)
{
	posix_spawn_file_actions_t actions;
	char *argv[12] = {NULL};
	int fds[2], status;
	pid_t pid;

	for (size_t i = 0; args[i]; i++) {
		assert_true(i < HL_ARRAY_LEN(argv) - 1);
		argv[i] = strdup(args[i]);
	}
	assert_int_equal(0, pipe2(fds, O_CLOEXEC));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
	posix_spawn_file_actions_addclose(&actions, fds[0]);
	assert_int_equal(
		0, posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ));
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	for (;;) {
		char *at = hl_buf_reserve(out, 4096);
		ssize_t n = at ? read(fds[0], at, 4096) : 0;

		if (n <= 0) {
			break;
		}
		out->n += (size_t)n;
	}
	close(fds[0]);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	for (size_t i = 0; argv[i]; i++) {
		free(argv[i]);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int fixture(const char *a, const char *b, const char *c, const char *d)
{
	HL_BUF_AUTO out = HL_BUF_INIT(65536);

	return run((const char *const[]){PYTHON, getenv("HL_MAIL_FIXTURE"), a,
			   b, c, d, NULL},
		&out);
}

static void copy(char *to, size_t size, const json_t *from, const char *name)
{
	int n = snprintf(to, size, "%.*s", HL_STR_ARG(hl_json_str(from, name)));

	assert_true(n > 0 && (size_t)n < size);
}

void mailserver_start(struct mailserver *s, const char *const *options)
{
	HL_BUF_AUTO out = HL_BUF_INIT(65536);
	HL_JSON_AUTO *server = NULL;
	const char *args[10] = {
		PYTHON, getenv("HL_MAIL_FIXTURE"), "start", s->dir};

	assert_non_null(args[1]);
	snprintf(s->dir, sizeof(s->dir), "/tmp/hl-mail-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	for (size_t i = 0; options && options[i]; i++) {
		args[4 + i] = options[i];
	}
	assert_int_equal(0, run(args, &out));
	assert_int_equal(
		0, hl_json_parse(hl_buf_str(&out), out.n, &server, NULL));
	copy(s->url, sizeof(s->url), server, "url");
	copy(s->ca_file, sizeof(s->ca_file), server, "ca_file");
	copy(s->user, sizeof(s->user), server, "user");
	copy(s->password, sizeof(s->password), server, "password");
}

void mailserver_tell(
	const struct mailserver *s, const char *command, const char *value)
{
	assert_int_equal(0, fixture("tell", s->dir, command, value));
}

bool mailserver_wait(const struct mailserver *s, int n, const char *seconds)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", n);
	return fixture("wait", s->dir, number, seconds) == 0;
}

void mailserver_read(const struct mailserver *s, struct hl_buf *out)
{
	HL_BUF_AUTO list = HL_BUF_INIT(65536);
	struct hl_str rest, path;

	assert_int_equal(
		0, run((const char *const[]){PYTHON, getenv("HL_MAIL_FIXTURE"),
			       "list", s->dir, NULL},
			   &list));
	rest = hl_buf_str(&list);
	assert_true(hl_str_next(&rest, '\n', &path) && path.n > 0);
	list.p[path.n] = '\0';
	assert_int_equal(0, hl_file_read(path.p, out, NULL));
}

void mailserver_log(const struct mailserver *s, struct hl_buf *out)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/log/mainlog", s->dir);
	assert_int_equal(0, hl_file_read(path, out, NULL));
}

void mailserver_stop(struct mailserver *s)
{
	HL_BUF_AUTO out = HL_BUF_INIT(65536);

	assert_int_equal(0, fixture("stop", s->dir, NULL, NULL));
	assert_int_equal(
		0, run((const char *const[]){"rm", "-rf", s->dir, NULL}, &out));
}
