/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: rpz_primary PORT
 *
 * A primary on 127.0.0.1 for the end-to-end test and the bench, in the
 * sandbox of a process that can make no socket. Commands, a line each, are
 * answered by a line, "ok …" or "fault …":
 *   zone ORIGIN KEY sha256|sha512 HEX [notify=ADDR:PORT] [stop=HOST]
 *        [refresh=S] [retry=S] [expire=S] [ttl=S]   serves one; its number
 *   set ZONE SERIAL N   N lines of names follow; milliseconds that it took
 *   clear ZONE          remove ZONE
 *   stats ZONE          a JSON object
 */
#include <netinet/in.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "proc/sandbox.h"
#include "rpz/rpz.h"

#define ZONES_MAX 16

struct primary {
	struct hl_rpz_server *server;
	struct hl_rpz_zone *zones[ZONES_MAX];
	size_t n;
};

static void die(const char *what, const struct hl_err *err)
{
	if (err) {
		fprintf(stderr, "rpz_primary: %s: %s\n", what, err->msg);
	} else {
		perror(what);
	}
	exit(1);
}

static int bound(int type, uint16_t port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int on = 1;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
		bind(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
		(type == SOCK_STREAM && listen(fd, 64))) {
		die("the port", NULL);
	}
	return fd;
}

static int64_t number(struct hl_str s)
{
	int64_t n = -1;

	(void)hl_str_to_i64(s, &n);
	return n;
}

static void set_option(struct hl_rpz_zone_conf *c, struct hl_net_endpoint *to,
	struct hl_str word)
{
	size_t at = hl_str_find_char(word, '=');
	struct hl_str name = hl_str_sub(word, 0, at);
	struct hl_str value = hl_str_sub(word, at + 1, word.n);
	const struct {
		const char *name;
		uint32_t *out;
	} times[] = {{"refresh", &c->times.refresh}, {"retry", &c->times.retry},
		{"expire", &c->times.expire}, {"ttl", &c->times.ttl}};

	if (hl_str_eq(name, HL_STR("notify")) &&
		!hl_net_endpoint_parse(value, 53, &to[c->n_notify])) {
		c->n_notify++;
	} else if (hl_str_eq(name, HL_STR("stop"))) {
		c->stop_host = value;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(times); i++) {
		if (hl_str_eq(name, hl_str_c(times[i].name))) {
			*times[i].out = (uint32_t)number(value);
		}
	}
}

static int add_zone(struct primary *p, struct hl_str rest, struct hl_err *err)
{
	struct hl_str word, alg = HL_STR_NONE, hex = HL_STR_NONE;
	struct hl_net_endpoint to[HL_RPZ_NOTIFY_MAX];
	struct hl_rpz_zone_conf c;
	struct hl_rpz_key key = {.alg = HL_RPZ_SHA256};
	uint8_t secret[64];

	hl_rpz_zone_conf_init(&c);
	(void)hl_str_next(&rest, ' ', &c.origin);
	(void)hl_str_next(&rest, ' ', &key.name);
	(void)hl_str_next(&rest, ' ', &alg);
	(void)hl_str_next(&rest, ' ', &hex);
	if (hl_str_eq(alg, HL_STR("sha512"))) {
		key.alg = HL_RPZ_SHA512;
	}
	key.secret = hl_str_mem(secret, hex.n / 2);
	if (hex.n / 2 > sizeof(secret) ||
		hl_text_parse_hex(hex, secret, hex.n / 2) ||
		p->n == ZONES_MAX) {
		return HL_FAIL(err, HL_E_INVALID, "no such key");
	}
	while (hl_str_next(&rest, ' ', &word) && c.n_notify < 8) {
		set_option(&c, to, word);
	}
	c.keys = &key;
	c.n_keys = 1;
	c.notify = to;
	int r = hl_rpz_zone_new(&c, &p->zones[p->n], err);
	r = r ? r : hl_rpz_server_add(p->server, p->zones[p->n], err);
	if (!r) {
		printf("ok %zu\n", p->n++);
	}
	return r;
}

/* The names' lines, each its own block, as a caller has them. */
static struct hl_str *read_names(size_t n)
{
	struct hl_str *names = calloc(n + 1, sizeof(*names));
	char *line = NULL;
	size_t cap = 0;

	for (size_t i = 0; names && i < n; i++) {
		ssize_t len = getline(&line, &cap, stdin);

		if (len <= 0) {
			die("the names", NULL);
		}
		names[i] = hl_str_mem(
			strndup(line, (size_t)len - 1), (size_t)len - 1);
	}
	free(line);
	return names;
}

static void free_names(struct hl_str *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		union {
			const char *borrowed;
			char *owned;
		} p = {.borrowed = names[i].p};

		free(p.owned);
	}
	free(names);
}

static int set_names(
	struct hl_rpz_zone *z, struct hl_str rest, struct hl_err *err)
{
	struct hl_str serial = HL_STR_NONE, count = HL_STR_NONE;

	(void)hl_str_next(&rest, ' ', &serial);
	(void)hl_str_next(&rest, ' ', &count);
	size_t n = (size_t)number(count);
	struct hl_str *names = read_names(n);
	int64_t began_us = hl_time_mono_us();
	int r = hl_rpz_zone_set(z, names, n, (uint32_t)number(serial), err);

	free_names(names, n);
	if (!r) {
		printf("ok %.3f\n",
			(double)(hl_time_mono_us() - began_us) / 1000);
	}
	return r;
}

static void print_stats(struct primary *p, struct hl_rpz_zone *z)
{
	struct hl_rpz_zone_stats s;
	struct hl_rpz_server_stats all;
	struct rusage used;

	hl_rpz_zone_stats(z, &s);
	hl_rpz_server_stats(p->server, &all);
	getrusage(RUSAGE_SELF, &used);
	printf("ok {\"serial\":%u,\"names\":%lu,\"deltas\":%lu,\"axfr\":%lu,"
	       "\"ixfr\":%lu,\"soa\":%lu,\"done\":%lu,\"done_serial\":%u,"
	       "\"broken\":%lu,\"sent\":%lu,\"notify\":%lu,\"notify_ok\":%lu,"
	       "\"bad_sig\":%lu,\"bad_key\":%lu,\"refused\":%lu,"
	       "\"malformed\":%lu,\"set_bytes\":%lu,\"peak_kib\":%ld,"
	       "\"cpu_s\":%.3f}\n",
		s.serial, s.n_names, s.n_deltas, s.n_axfr, s.n_ixfr, s.n_soa,
		s.n_done, s.done_serial, s.n_broken, s.sent_bytes, s.n_notify,
		s.n_notify_ok, all.n_bad_sig, all.n_bad_key, all.n_refused,
		all.n_malformed, s.set_bytes, used.ru_maxrss,
		(double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
			(double)(used.ru_utime.tv_usec +
				 used.ru_stime.tv_usec) /
				1e6);
}

static int run_line(struct primary *p, struct hl_str line, struct hl_err *err)
{
	struct hl_str verb = HL_STR_NONE, which = HL_STR_NONE, rest = line;

	(void)hl_str_next(&rest, ' ', &verb);
	if (hl_str_eq(verb, HL_STR("zone"))) {
		return add_zone(p, rest, err);
	}
	(void)hl_str_next(&rest, ' ', &which);
	int64_t i = number(which);
	if (i < 0 || (size_t)i >= p->n) {
		return HL_FAIL(err, HL_E_INVALID, "no such zone");
	}
	if (hl_str_eq(verb, HL_STR("set"))) {
		return set_names(p->zones[i], rest, err);
	}
	if (hl_str_eq(verb, HL_STR("stats"))) {
		print_stats(p, p->zones[i]);
		return 0;
	}
	if (hl_str_eq(verb, HL_STR("clear"))) {
		hl_rpz_zone_clear(p->zones[i]);
	} else if (hl_str_eq(verb, HL_STR("remove"))) {
		hl_rpz_server_remove(p->server, p->zones[i]);
	} else {
		return HL_FAIL(err, HL_E_INVALID, "no such command");
	}
	puts("ok");
	return 0;
}

static void *serve(void *arg)
{
	struct hl_err err = {0};

	if (hl_rpz_server_run(arg, &err)) {
		die("serving", &err);
	}
	return NULL;
}

static void follow_commands(struct primary *p)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		struct hl_err err = {0};
		int r = run_line(
			p, hl_str_trim(hl_str_mem(line, (size_t)n)), &err);

		if (r) {
			printf("fault %d %s\n", r, err.msg);
		}
		fflush(stdout);
	}
	free(line);
}

int main(int argc, char **argv)
{
	struct hl_proc_sandbox box = {.kind = HL_PROC_MATCH};
	struct hl_rpz_server_conf c;
	struct primary p = {.n = 0};
	struct hl_err err = {0};
	uint16_t port = 0;
	pthread_t thread;

	if (argc != 2 || hl_net_port_parse(hl_str_c(argv[1]), &port)) {
		die("usage: rpz_primary PORT", NULL);
	}
	hl_rpz_server_conf_init(&c);
	c.listeners[0] = (struct hl_rpz_listener){
		bound(SOCK_DGRAM, port), bound(SOCK_STREAM, port)};
	c.n_listeners = 1;
	c.stop_fd = eventfd(0, EFD_CLOEXEC);
	c.notify_ms = 200;
	if (hl_proc_sandbox_enter(&box, NULL, &err)) {
		die("the sandbox", &err);
	}
	if (hl_rpz_server_new(&c, &p.server, &err)) {
		die("the server", &err);
	}
	if (pthread_create(&thread, NULL, serve, p.server)) {
		die("a thread", NULL);
	}
	puts("ok");
	fflush(stdout);
	follow_commands(&p);
	if (write(c.stop_fd, &(uint64_t){1}, 8) != 8) {
		die("stopping", NULL);
	}
	pthread_join(thread, NULL);
	hl_rpz_server_free(p.server);
	for (size_t i = 0; i < p.n; i++) {
		hl_rpz_zone_free(p.zones[i]);
	}
	close(c.listeners[0].udp_fd);
	close(c.listeners[0].tcp_fd);
	return 0;
}
