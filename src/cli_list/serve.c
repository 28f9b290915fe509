/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_list/serve.h"

#include <errno.h>
#include <stdio.h>

#include "base/file.h"
#include "base/log.h"
#include "cli/common.h"
#include "web/listen.h"

static int give_up(struct hl_err *err)
{
	hl_log_err(HL_LOG_ERROR, "list.serve", err);
	switch (err->code) {
	case HL_NOTFOUND:
		return HL_CLI_NOT_FOUND;
	default:
		return HL_CLI_FAILED;
	}
}

static int live(struct hl_proc_self *self, void *arg)
{
	struct hl_list_service *s = arg;
	struct hl_err err = {0};

	hl_log_init(s->verb, HL_LOG_INFO);
	int r = hl_list_source_open(&s->source, &err);
	if (!r) {
		r = hl_list_source_enter(&s->source, &err);
	}
	if (!r) {
		const struct hl_consume_pool_config config = {
			.consume = &s->source.consume,
			.n_threads = s->n_threads};

		r = hl_consume_pool_new(&config, &s->pool, &err);
	}
	if (!r) {
		r = s->serve(s, self, &err);
	}
	hl_consume_pool_free(s->pool);
	hl_list_source_close(&s->source);
	return r ? give_up(&err) : 0;
}

static void say_ready(void *arg)
{
	const struct hl_list_service *s = arg;
	HL_BUF_AUTO name = HL_BUF_INIT(256);

	hl_web_listen_name(s->listen_fd, &name, NULL);
	hl_log(HL_LOG_INFO, "list.serving", "%.*s",
		HL_STR_ARG(hl_buf_str(&name)));
}

/* The list is read here too: what is wrong with it is told at once. */
static int prepare(struct hl_list_service *s, struct hl_err *err)
{
	int r = hl_stop_check(&s->stop, err);

	if (!r) {
		r = hl_list_source_open(&s->source, err);
	}
	hl_list_source_close(&s->source);
	if (r) {
		return r;
	}
	r = hl_web_listen(hl_str_c(s->listen), &s->listen_fd, err);
	if (r && err->sys_errno == EADDRINUSE) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"%s: the address is in use by another program",
			s->listen);
	}
	return r;
}

static int take_connections(struct hl_list_service *s, int *argc, char **argv)
{
	const char *text = hl_cli_option(argc, argv, "--connections");
	int64_t n = 0;

	if (text && (!hl_str_to_i64(hl_str_c(text), &n) || n < 1 || n > 3000)) {
		fprintf(stderr,
			"hotline list %s: --connections is a number from 1 to "
			"3000\n",
			s->verb);
		return -1;
	}
	s->n_connections = (size_t)n;
	return 0;
}

static void take_stop(struct hl_stop_config *stop, int *argc, char **argv)
{
	const struct {
		const char *option;
		struct hl_str *to;
	} rows[] = {{"--hotline", &stop->hotline},
		{"--contact", &stop->contact.href}, {"--appeal", &stop->appeal},
		{"--who", &stop->consumer}, {"--who-uri", &stop->consumer_uri},
		{"--worry", &stop->worry.href},
		{"--worry-name", &stop->worry.name},
		{"--young", &stop->young.href},
		{"--young-name", &stop->young.name}};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		*rows[i].to =
			hl_str_c(hl_cli_option(argc, argv, rows[i].option));
	}
}

static bool take_options(struct hl_list_service *s, int argc, char **argv)
{
	s->listen = hl_cli_option(&argc, argv, "--listen");
	take_stop(&s->stop, &argc, argv);
	if (!hl_list_source_take(&s->source, s->verb, &argc, argv) ||
		!hl_list_threads_take(s->verb, &argc, argv, &s->n_threads) ||
		take_connections(s, &argc, argv)) {
		return false;
	}
	if (argc != 1 || !s->listen || !s->stop.hotline.p) {
		fputs(s->help, stderr);
		return false;
	}
	return true;
}

static int supervise(struct hl_list_service *s, int *failed, struct hl_err *err)
{
	const struct hl_proc_child child = {.name = s->verb,
		.run = live,
		.arg = s,
		.fds = &s->listen_fd,
		.n_fds = 1,
		.takes_hup = true};
	const struct hl_proc_options options = {
		.on_ready = say_ready, .arg = s, .failed_status = failed};

	return hl_proc_supervise(&child, 1, &options, err);
}

int hl_list_serve(struct hl_list_service *s, int argc, char **argv)
{
	struct hl_err err = {0};
	int failed = 0;
	char name[64];

	s->listen_fd = -1;
	s->source.hup_fd = -1;
	if (hl_cli_help(argc, argv, s->help)) {
		return HL_CLI_OK;
	}
	if (!take_options(s, argc, argv)) {
		return HL_CLI_USAGE;
	}
	snprintf(name, sizeof(name), "list %s", s->verb);
	hl_log_init("supervisor", HL_LOG_INFO);
	int r = prepare(s, &err);
	if (!r) {
		r = supervise(s, &failed, &err);
	}
	hl_file_closep(&s->listen_fd);
	int status = r ? hl_cli_fail(name, r, &err) : HL_CLI_OK;
	return failed ? failed : status;
}
