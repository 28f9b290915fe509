/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_list/scout.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

#define LOOK_MS 1000

/* A datagram. */
struct news {
	int code; /* 0: the rest is good */
	char msg[sizeof(((struct hl_err *)0)->msg)];
	struct hl_consume_setup setup;
	size_t n_token;
	char token[HL_LIST_TOKEN_MAX];
};

int hl_list_settle(const char *folder, struct hl_consume_setup *setup,
	struct hl_buf *token, struct hl_err *err)
{
	int r = hl_consume_setup_read(folder, setup, err);

	hl_buf_reset(token);
	return r ? r : hl_consume_token_read(setup->token_file, token, err);
}

static void look(const char *folder, struct news *news)
{
	HL_BUF_AUTO token = HL_BUF_SECRET(HL_LIST_TOKEN_MAX);
	struct hl_err err = {0};

	memset(news, 0, sizeof(*news));
	news->code = hl_list_settle(folder, &news->setup, &token, &err);
	memcpy(news->msg, err.msg, sizeof(news->msg));
	if (!news->code) {
		news->n_token = token.n;
		memcpy(news->token, token.p, token.n);
	}
}

/* Tells what has changed. */
static void watch(const char *folder, int fd)
{
	struct pollfd other = {.fd = fd};
	struct news now, told = {0};

	do {
		look(folder, &now);
		if (!now.code || strcmp(now.msg, told.msg) != 0) {
			(void)!send(fd, &now, sizeof(now), MSG_NOSIGNAL);
			memcpy(told.msg, now.msg, sizeof(told.msg));
		}
	} while (now.code && poll(&other, 1, LOOK_MS) == 0);
	sodium_memzero(&now, sizeof(now));
}

/* Not a child of who sent it, who could not reap it. */
static void live(const char *folder, int fd)
{
	if (fork() != 0) {
		_exit(0);
	}
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	if (fd != 3) { /* nobody waits for its ends of what is open here */
		dup2(fd, 3);
	}
	close_range(0, 2, 0);
	close_range(4, ~0u, 0);
	watch(folder, 3);
	_exit(0);
}

int hl_list_scout_send(const char *folder, int *fd, struct hl_err *err)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
		return HL_FAIL_SYS(err, "make a pair of sockets");
	}
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		live(folder, ends[1]);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return HL_FAIL_SYS(err, "fork");
	}
	waitpid(pid, NULL, 0);
	*fd = ends[0];
	return 0;
}

static int take(const struct news *news, struct hl_consume_setup *setup,
	struct hl_buf *token, struct hl_err *err)
{
	if (news->code) {
		return HL_FAIL(err, HL_E_UNAVAILABLE, "%.*s",
			(int)sizeof(news->msg) - 1, news->msg);
	}
	*setup = news->setup;
	hl_buf_reset(token);
	hl_buf_put(token, hl_str_mem(news->token, news->n_token));
	return token->fault;
}

int hl_list_scout_hear(int fd, struct hl_consume_setup *setup,
	struct hl_buf *token, struct hl_err *err)
{
	struct news news;
	ssize_t n = recv(fd, &news, sizeof(news), MSG_DONTWAIT);
	int r = n == (ssize_t)sizeof(news) && news.n_token <= sizeof(news.token)
			? take(&news, setup, token, err)
			: HL_NOTFOUND;

	sodium_memzero(&news, sizeof(news));
	return r;
}
