/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public pages with a store of their own, for browser tests and benches:
 *
 *   site_server DIR [KEY=VALUE...]
 *
 * DIR gets a fresh store with fresh keys; KEY=VALUE are settings. Prints one
 * JSON line with the address and the process, then serves until it is told
 * to stop. The store is a process of its own, as in an installation; there is
 * no sandbox and nobody can open the reports.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "seal/key.h"
#include "site/site.h"
#include "store/sql.h"
#include "web/language.h"
#include "web/listen.h"
#include "web/server.h"

#define N_THREADS 16

struct harness {
	struct hl_site_app site; /* first: it is what handlers see */
	int ends[N_THREADS][2];
	struct hl_site_thread threads[N_THREADS];
};

static struct hl_web_server *server;
static volatile int stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
	if (server) {
		hl_web_server_stop(server);
	}
}

static void die(const char *what, const struct hl_err *err)
{
	fprintf(stderr, "site_server: %s: %s\n", what, err->msg);
	exit(1);
}

static void add_key(struct hl_store *store, enum hl_key_kind kind)
{
	struct hl_arena *arena = hl_arena_new(1 << 20, true);
	struct hl_seal_pub pub;
	struct hl_seal_secret secret;
	struct hl_err err = {0};

	hl_seal_keypair_new(&pub, &secret);
	hl_seal_secret_wipe(&secret);
	struct hl_in_key_epoch_add in = {.kind = kind,
		.epoch = 1,
		.public_key = hl_seal_pub_str(&pub),
		.created_at_us = hl_time_now_us()};
	if (hl_do_key_epoch_add(store, arena, &in, &err)) {
		die("key", &err);
	}
	hl_arena_free(arena);
}

static void serve_store(struct harness *h, const char *dir)
{
	struct hl_store_peer peers[N_THREADS];
	struct hl_store *store;
	struct hl_err err = {0};
	char path[400];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	hl_log_init("store", HL_LOG_WARN);
	snprintf(path, sizeof(path), "%s/store.db", dir);
	if (hl_store_open(path, HL_STORE_ADMIN, &store, &err)) {
		die("store", &err);
	}
	add_key(store, HL_KEY_QUEUE);
	add_key(store, HL_KEY_IDENTITY);
	add_key(store, HL_KEY_WORKER);
	for (int i = 0; i < N_THREADS; i++) {
		peers[i] =
			(struct hl_store_peer){h->ends[i][1], HL_STORE_PUBLIC};
	}
	struct hl_store_server s = {.store = store,
		.peers = peers,
		.n_peers = N_THREADS,
		.listen_fd = -1,
		.stop = &stop};
	if (hl_store_serve(&s, &err)) {
		die("store", &err);
	}
	hl_store_close(store);
	exit(0);
}

static int thread_new(
	void *app, size_t index, void **thread, struct hl_err *err)
{
	struct harness *h = app;

	*thread = &h->threads[index];
	return hl_store_link(h->ends[index][0], &h->threads[index].store, err);
}

static void thread_free(void *app, void *thread)
{
	struct hl_site_thread *t = thread;

	(void)app;
	hl_store_close(t->store);
}

static struct hl_settings *settings_of(int argc, char **argv)
{
	struct hl_settings *settings;
	struct hl_err err = {0};

	if (hl_settings_new(&settings, &err)) {
		die("settings", &err);
	}
	for (int i = 2; i < argc; i++) {
		struct hl_str arg = hl_str_c(argv[i]);
		size_t at = hl_str_find_char(arg, '=');

		if (hl_settings_set(settings, hl_str_sub(arg, 0, at),
			    hl_str_sub(arg, at + 1, arg.n), &err)) {
			die(argv[i], &err);
		}
	}
	return settings;
}

/* English words from right to left for those who ask for Arabic: the layout
 * can be looked at before there is a translation. */
static const struct hl_web_language languages[] = {
	{.tag = "en"}, {.tag = "ar", .rtl = true}};
static const struct hl_web_languages language_table = {
	languages, HL_ARRAY_LEN(languages)};

static void serve(struct harness *h, const char *address)
{
	struct hl_web_config config;
	struct hl_err err = {0};
	HL_BUF_AUTO name = HL_BUF_INIT(256);
	int fd;

	hl_web_config_init(&config);
	if (hl_web_listen(hl_str_c(address), &fd, &err) ||
		hl_web_listen_name(fd, &name, &err)) {
		die("listen", &err);
	}
	config.listen_fd = fd;
	config.handler = hl_site_handle;
	config.error_page = hl_site_error;
	config.app = h;
	config.thread_new = thread_new;
	config.thread_free = thread_free;
	config.n_threads = N_THREADS;
	config.languages = &language_table;
	if (hl_web_server_new(&config, &server, &err)) {
		die("server", &err);
	}
	printf("{\"url\":\"http://%.*s\",\"pid\":%d}\n",
		HL_STR_ARG(hl_buf_str(&name)), (int)getpid());
	fflush(stdout);
	if (hl_web_server_run(server, &err)) {
		die("server", &err);
	}
	hl_web_server_free(server);
}

int main(int argc, char **argv)
{
	static struct harness h;
	struct hl_err err = {0};
	const struct sigaction act = {.sa_handler = on_signal};

	if (argc < 2 || hl_seal_init(&err)) {
		fprintf(stderr, "usage: site_server DIR [KEY=VALUE...]\n");
		return 2;
	}
	struct hl_settings *settings = settings_of(argc, argv);

	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	for (int i = 0; i < N_THREADS; i++) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, h.ends[i])) {
			return 1;
		}
	}
	pid_t store = fork();
	if (store == 0) {
		serve_store(&h, argv[1]);
	}
	hl_log_init("public", HL_LOG_WARN);
	if (hl_site_init(&h.site, settings, true, &err)) {
		die("site", &err);
	}
	serve(&h, settings->public_listen);
	hl_site_fini(&h.site);
	kill(store, SIGTERM);
	waitpid(store, NULL, 0);
	hl_settings_free(settings);
	return 0;
}
