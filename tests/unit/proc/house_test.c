/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real work inside the sandboxes: the store and a web server under the
 * supervisor, killed while the test talks to them; look-ups and HTTP from a
 * worker.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/rand.h"
#include "base/time.h"
#include "net/fetch.h"
#include "proc/links.h"
#include "proc/sandbox.h"
#include "proc/supervise.h"
#include "store/sql.h"
#include "web/listen.h"
#include "web/server.h"

static char folder[64], db[96];
static struct hl_proc_links links;
static _Atomic int *store_pid, *public_pid; /* shared */
static int listener;

static const char *user(void)
{
	return geteuid() == 0 ? "nobody" : NULL;
}

static int store_run(struct hl_proc_self *self, void *arg)
{
	const char *const paths[] = {folder, NULL};
	const struct hl_proc_sandbox box = {.kind = HL_PROC_STORE,
		.user = user(),
		.write_paths = paths,
		.memory_bytes = (size_t)1 << 30};
	const struct hl_store_peer peers[] = {
		{links.store_ends[0], HL_STORE_STAFF},
		{links.store_ends[1], HL_STORE_STAFF}};
	struct hl_store *store = NULL;
	struct hl_err err = {0};

	(void)arg;
	if (hl_proc_sandbox_enter(&box, NULL, &err) ||
		hl_store_open(db, HL_STORE_WORKER, &store, &err)) {
		hl_log_err(HL_LOG_ERROR, "test.store", &err);
		return 1;
	}
	struct hl_store_server server = {.store = store,
		.peers = peers,
		.n_peers = 2,
		.listen_fd = -1,
		.stop = self->stop};
	atomic_store(store_pid, getpid());
	hl_proc_ready(self);
	int r = hl_store_serve(&server, &err);
	hl_store_close(store);
	return r != 0;
}

/* Shows what the store has under "key0". */
static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_row_meta_get *rows;
	size_t n = 0;
	int r = hl_get_meta_get(ctx->thread, ctx->arena,
		&(struct hl_in_meta_get){HL_STR("key0")}, &rows, &n, &ctx->err);

	(void)req;
	if (r || n != 1) {
		return r ? r : HL_NOTFOUND;
	}
	resp->status = 200;
	resp->type = HL_STR("text/plain");
	hl_buf_put(&resp->body, rows[0].value);
	return 0;
}

static int link_store(
	void *app, size_t index, void **thread, struct hl_err *err)
{
	struct hl_store *store = NULL;
	int r = hl_store_link(links.client_ends[1], &store, err);

	(void)app;
	(void)index;
	*thread = store;
	return r;
}

static void unlink_store(void *app, void *thread)
{
	(void)app;
	hl_store_close(thread);
}

static void *wait_for_stop(void *arg)
{
	/* web/server.h: it may be stopped from any thread */
	struct {
		struct hl_web_server *server;
		int fd;
	} *it = arg;
	struct pollfd p = {.fd = it->fd, .events = POLLIN};

	while (poll(&p, 1, -1) != 1) {
	}
	hl_web_server_stop(it->server);
	return NULL;
}

static int public_run(struct hl_proc_self *self, void *arg)
{
	const struct hl_proc_sandbox box = {.kind = HL_PROC_PUBLIC,
		.user = user(),
		.memory_bytes = (size_t)2 << 30};
	struct hl_web_config config;
	struct {
		struct hl_web_server *server;
		int fd;
	} it = {.fd = self->stop_fd};
	struct hl_err err = {0};
	pthread_t stopper;

	(void)arg;
	hl_web_config_init(&config);
	config.listen_fd = listener;
	config.handler = show;
	config.thread_new = link_store;
	config.thread_free = unlink_store;
	config.n_threads = 1;
	if (hl_proc_sandbox_enter(&box, NULL, &err) ||
		hl_web_server_new(&config, &it.server, &err)) {
		hl_log_err(HL_LOG_ERROR, "test.public", &err);
		return 1;
	}
	pthread_create(&stopper, NULL, wait_for_stop, &it);
	atomic_store(public_pid, getpid());
	hl_proc_ready(self);
	int r = hl_web_server_run(it.server, &err);
	pthread_join(stopper, NULL);
	hl_web_server_free(it.server);
	return r != 0;
}

static pid_t start_house(void)
{
	const struct hl_proc_child children[] = {
		{.name = "store",
			.run = store_run,
			.fds = links.store_ends,
			.n_fds = 2},
		{.name = "public",
			.run = public_run,
			.fds = (int[]){links.client_ends[1], listener},
			.n_fds = 2,
			.stage = 1},
	};
	const struct hl_proc_options quick = {.healthy_ms = 1, .stop_ms = 5000};
	pid_t pid = fork();

	if (pid == 0) {
		_exit(hl_proc_supervise(children, 2, &quick, NULL) ? 1 : 0);
	}
	return pid;
}

static int put(struct hl_store *store, int key)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 16, false);

	return hl_do_meta_put(store, a,
		&(struct hl_in_meta_put){
			hl_arena_printf(a, "key%d", key), HL_STR("value")},
		NULL);
}

static bool is_there(struct hl_store *store, int key)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 16, false);
	struct hl_row_meta_get *rows;
	size_t n = 0;

	assert_int_equal(0, hl_get_meta_get(store, a,
				    &(struct hl_in_meta_get){
					    hl_arena_printf(a, "key%d", key)},
				    &rows, &n, NULL));
	return n == 1;
}

/* Kills the store at odd moments until told to stop. */
static pid_t start_killer(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (int last = 0;;) {
			int now = atomic_load(store_pid);

			usleep(hl_rand_below(20000));
			if (now && now != last) {
				kill(now, SIGKILL);
				last = now;
			}
		}
	}
	return pid;
}

static void end(pid_t pid, int with)
{
	int status;

	kill(pid, with);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(with == SIGKILL ? SIGKILL : 0, status);
}

static void the_store_works_in_its_box_and_when_killed(void **state)
{
	struct hl_store *store = NULL;
	int n = 0;

	(void)state;
	pid_t house = start_house();
	assert_int_equal(0, hl_store_link(links.client_ends[0], &store, NULL));
	assert_int_equal(0, put(store, n++));
	int first = atomic_load(store_pid);
	pid_t killer = start_killer();
	for (int64_t until = hl_time_mono_us() + 2 * HL_US_PER_S;
		hl_time_mono_us() < until;) {
		if (put(store, n) == 0) {
			n++;
		}
	}
	end(killer, SIGKILL);
	assert_true(n > 10);
	assert_int_not_equal(first, atomic_load(store_pid));
	for (int i = 0; i < n; i++) {
		assert_true(is_there(store, i));
	}
	hl_store_close(store);
	end(house, SIGTERM);
}

/* One question to the web server; true if the page came as it should. */
static bool ask(void)
{
	static const char question[] = "GET / HTTP/1.1\r\nHost: "
				       "localhost\r\nConnection: close\r\n\r\n";
	struct sockaddr_in to;
	socklen_t size = sizeof(to);
	char answer[4000];
	size_t n = 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	getsockname(listener, (struct sockaddr *)&to, &size);
	assert_int_equal(0, connect(fd, (struct sockaddr *)&to, size));
	send(fd, question, sizeof(question) - 1, MSG_NOSIGNAL);
	for (ssize_t got = 1; got > 0 && n < sizeof(answer); n += (size_t)got) {
		got = recv(fd, answer + n, sizeof(answer) - n, 0);
		if (got < 0) {
			break;
		}
	}
	close(fd);
	struct hl_str all = hl_str_mem(answer, n);
	return hl_str_starts(all, HL_STR("HTTP/1.1 200")) &&
	       hl_str_ends(all, HL_STR("value"));
}

/* Whoever connects while nobody listens waits in the socket's queue, which
 * is the supervisor's. */
static void the_web_server_comes_back_when_killed(void **state)
{
	struct hl_store *store = NULL;

	(void)state;
	pid_t house = start_house();
	assert_int_equal(0, hl_store_link(links.client_ends[0], &store, NULL));
	assert_int_equal(0, put(store, 0));
	assert_true(ask());
	for (int i = 0; i < 5; i++) {
		kill(atomic_load(public_pid), SIGKILL);
		assert_true(ask());
		kill(atomic_load(store_pid), SIGKILL);
		assert_true(ask());
	}
	hl_store_close(store);
	end(house, SIGTERM);
}

/* The worker. */

static const char *const worker_paths[] = {"/etc/resolv.conf", "/etc/hosts",
	"/etc/nsswitch.conf", "/etc/ssl", "/usr/share/ca-certificates", NULL};

static void enter_worker(void)
{
	const struct hl_proc_sandbox box = {.kind = HL_PROC_WORKER,
		.user = user(),
		.read_paths = worker_paths,
		.memory_bytes = (size_t)1 << 30};
	struct hl_err err = {0};

	if (hl_proc_sandbox_enter(&box, NULL, &err)) {
		hl_log_err(HL_LOG_ERROR, "test.worker", &err);
		_exit(9);
	}
}

static int listen_on(int type, struct sockaddr_in *at)
{
	socklen_t n = sizeof(*at);
	int fd = socket(AF_INET, type, 0);

	*at = (struct sockaddr_in){.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_int_equal(0, bind(fd, (struct sockaddr *)at, n));
	assert_int_equal(0, getsockname(fd, (struct sockaddr *)at, &n));
	if (type == SOCK_STREAM) {
		assert_int_equal(0, listen(fd, 4));
	}
	return fd;
}

/* Asks for a page from 127.0.0.1:port; gives the HTTP status. */
static int fetch(int port)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 20, false);
	struct hl_net_policy_config config = {
		.allow = hl_arena_printf(a, "127.0.0.1/32:%d", port)};
	struct hl_net_dns_config dns;
	struct hl_net_policy *policy = NULL;
	struct hl_net_got got = {0};

	if (hl_net_policy_new(&config, &policy, NULL) ||
		hl_net_dns_config_init(&dns, HL_STR(""), NULL)) {
		return 1;
	}
	enter_worker();
	const struct hl_net_client client = {.policy = policy, .dns = &dns};
	const struct hl_net_ask ask = {
		.url = hl_arena_printf(a, "http://127.0.0.1:%d/", port),
		.keep = true,
		.max_bytes = 100,
		.connect_ms = 5000,
		.total_ms = 5000};
	if (hl_net_fetch(&client, &ask, a, &got, NULL)) {
		return 2;
	}
	hl_net_policy_free(policy);
	return got.end == HL_NET_DONE ? got.status : 3;
}

static void the_worker_fetches_from_its_box(void **state)
{
	static const char page[] = "HTTP/1.1 204 No Content\r\n\r\n";
	struct sockaddr_in at;
	char question[2000];
	int status, fd = listen_on(SOCK_STREAM, &at);

	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		_exit(fetch(ntohs(at.sin_port)));
	}
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(1, poll(&p, 1, 10000));
	int caller = accept(fd, NULL, NULL);
	assert_true(recv(caller, question, sizeof(question), 0) > 0);
	send(caller, page, sizeof(page) - 1, 0);
	waitpid(pid, &status, 0);
	assert_int_equal(204 << 8, status);
	close(caller);
	close(fd);
}

static int look_up(int port)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 20, false);
	struct hl_net_dns_config dns;
	struct hl_net_dns out;

	if (hl_net_dns_config_init(
		    &dns, hl_arena_printf(a, "127.0.0.1:%d", port), NULL)) {
		return 1;
	}
	dns.deadline_ms = dns.timeout_ms = 300;
	enter_worker();
	if (hl_net_dns_resolve(&dns, HL_STR("host.invalid"), a, &out, NULL)) {
		return 2;
	}
	return out.status == HL_NET_DNS_TIMEOUT ? 0 : 3;
}

/* The question arrives; nobody answers it. */
static void the_worker_asks_the_dns_from_its_box(void **state)
{
	struct sockaddr_in at;
	char question[512];
	int status, fd = listen_on(SOCK_DGRAM, &at);

	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		_exit(look_up(ntohs(at.sin_port)));
	}
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(1, poll(&p, 1, 10000));
	ssize_t n = recv(fd, question, sizeof(question), 0);
	assert_non_null(memmem(question, n > 0 ? (size_t)n : 0, "invalid", 7));
	waitpid(pid, &status, 0);
	assert_int_equal(0, status);
	close(fd);
}

static int set_up(void **state)
{
	struct passwd pw, *nobody = NULL;
	char buf[4096];

	(void)state;
	if (user()) {
		getpwnam_r(user(), &pw, buf, sizeof(buf), &nobody);
	}
	hl_log_init("test", HL_LOG_ERROR);
	snprintf(folder, sizeof(folder), "/tmp/hl-house-XXXXXX");
	assert_non_null(mkdtemp(folder));
	if (nobody) {
		assert_int_equal(
			0, chown(folder, nobody->pw_uid, nobody->pw_gid));
	}
	snprintf(db, sizeof(db), "%s/store.db", folder);
	store_pid = mmap(NULL, 2 * sizeof(*store_pid), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	public_pid = store_pid + 1;
	assert_int_equal(
		0, hl_web_listen(HL_STR("127.0.0.1:0"), &listener, NULL));
	return hl_proc_links_open(2, &links, NULL);
}

static int tear_down(void **state)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};

	(void)state;
	hl_proc_links_close(&links);
	for (size_t i = 0; i < HL_ARRAY_LEN(ends); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s%s", db, ends[i]);
		unlink(path);
	}
	munmap(store_pid, 2 * sizeof(*store_pid));
	close(listener);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_store_works_in_its_box_and_when_killed),
		cmocka_unit_test(the_web_server_comes_back_when_killed),
		cmocka_unit_test(the_worker_fetches_from_its_box),
		cmocka_unit_test(the_worker_asks_the_dns_from_its_box),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
