/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends whole reports to a running public process, as many at a time as
 * asked, and measures. Each connection is kept and sends its next report when
 * the answer to the last one is complete. Only an answer 201 with a receipt
 * counts; the server gives it when the report is on the disk.
 *
 * Server CPU is that of the process given by --tree and of its children, from
 * /proc. Sends to loopback addresses only and stops by itself.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/time.h"

#define MAX_CONNECTIONS 1024
#define MAX_SECONDS 120
#define MAX_SAMPLES (1u << 21)

struct connection {
	int fd;
	struct hl_buf out, in;
	size_t n_sent;
	int64_t since_us;
};

struct load {
	struct sockaddr_in to;
	int n_connections;
	int seconds;
	long tree;
	int epoll;
	bool draining;
	long n_ok, n_errors, n_open, serial;
	uint32_t *took_us;
	size_t n_took;
	struct connection connections[MAX_CONNECTIONS];
};

static void die(const char *what)
{
	fprintf(stderr, "report_load: %s\n", what);
	exit(1);
}

static void put_report(struct hl_buf *out, long serial)
{
	char body[1024];
	int n = snprintf(body, sizeof(body),
		"{\"schema\":1,\"danger\":\"no\",\"place\":\"forum\","
		"\"addresses\":[\"https://board%ld.example.org/thread/%ld\","
		"\"hxxp://files%ld[.]invalid/a/b?c=%ld\"],"
		"\"where\":\"third reply from the top\",\"seen\":\"today\","
		"\"pay\":\"unknown\",\"words\":\"Made by a load test, number "
		"%ld. It says nothing and is long enough to be like what "
		"people write when they explain where they saw it.\","
		"\"contact\":\"load%ld@example.org\",\"language\":\"en\"}",
		serial % 97, serial, serial % 89, serial, serial, serial);

	hl_buf_reset(out);
	hl_buf_printf(out,
		"POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1\r\n"
		"Content-Type: application/json\r\n"
		"Content-Length: %d\r\n\r\n",
		n);
	hl_buf_put_mem(out, body, (size_t)n);
}

static void watch(struct load *l, struct connection *c, int op, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = c};

	if (epoll_ctl(l->epoll, op, c->fd, &ev) < 0) {
		die("epoll_ctl");
	}
}

static void dial(struct load *l, struct connection *c)
{
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 ||
		connect(c->fd, (struct sockaddr *)&l->to, sizeof(l->to)) < 0) {
		die("cannot connect");
	}
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	watch(l, c, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

static void begin(struct load *l, struct connection *c)
{
	put_report(&c->out, ++l->serial);
	hl_buf_reset(&c->in);
	c->n_sent = 0;
	c->since_us = hl_time_mono_us();
}

static void hang_up(struct load *l, struct connection *c)
{
	close(c->fd);
	c->fd = -1;
	l->n_open--;
}

static void again(struct load *l, struct connection *c, bool broken)
{
	if (l->draining) {
		hang_up(l, c);
		return;
	}
	begin(l, c);
	if (broken) {
		close(c->fd);
		dial(l, c);
	} else {
		watch(l, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
	}
}

/* Length of the whole answer once its head is there; 0 before. */
static size_t answer_length(struct hl_str in)
{
	size_t head = hl_str_find(in, HL_STR("\r\n\r\n"));
	struct hl_str lines = hl_str_sub(in, 0, head);
	struct hl_str line;
	int64_t n = 0;

	if (head == in.n) {
		return 0;
	}
	while (hl_str_next(&lines, '\n', &line)) {
		size_t colon = hl_str_find_char(line, ':');

		if (hl_str_eq_nocase(hl_str_sub(line, 0, colon),
			    HL_STR("content-length"))) {
			hl_str_to_i64(
				hl_str_trim(hl_str_sub(line, colon + 1, 20)),
				&n);
		}
	}
	return head + 4 + (size_t)n;
}

static void count(struct load *l, const struct connection *c)
{
	struct hl_str in = hl_buf_str(&c->in);

	if (hl_str_starts(in, HL_STR("HTTP/1.1 201")) &&
		hl_str_find(in, HL_STR("\"receipt\":\"")) < in.n) {
		l->n_ok++;
		if (l->n_took < MAX_SAMPLES) {
			l->took_us[l->n_took++] =
				(uint32_t)(hl_time_mono_us() - c->since_us);
		}
	} else {
		l->n_errors++;
	}
}

static void on_writable(struct load *l, struct connection *c)
{
	struct hl_str rest = hl_str_sub(
		hl_buf_str(&c->out), c->n_sent, c->out.n - c->n_sent);
	ssize_t n = send(c->fd, rest.p, rest.n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN) {
		l->n_errors++;
		again(l, c, true);
		return;
	}
	c->n_sent += n > 0 ? (size_t)n : 0;
	if (c->n_sent == c->out.n) {
		watch(l, c, EPOLL_CTL_MOD, EPOLLIN);
	}
}

static void on_readable(struct load *l, struct connection *c)
{
	char *at = hl_buf_reserve(&c->in, 4096);
	ssize_t n = at ? recv(c->fd, at, 4096, MSG_DONTWAIT) : 0;

	if (n <= 0) {
		if (n == 0 || errno != EAGAIN) {
			l->n_errors++;
			again(l, c, true);
		}
		return;
	}
	c->in.n += (size_t)n;
	size_t whole = answer_length(hl_buf_str(&c->in));
	if (whole && c->in.n >= whole) {
		count(l, c);
		again(l, c, false);
	}
}

static void run(struct load *l)
{
	int64_t end_us = hl_time_mono_us() + l->seconds * HL_US_PER_S;
	struct epoll_event events[64];

	while (l->n_open > 0) {
		int64_t now_us = hl_time_mono_us();
		int n = epoll_wait(l->epoll, events, 64, 100);

		l->draining = now_us >= end_us;
		if (now_us > end_us + 20 * HL_US_PER_S) {
			l->n_errors += l->n_open;
			return;
		}
		for (int i = 0; i < n; i++) {
			struct connection *c = events[i].data.ptr;

			if (events[i].events & EPOLLOUT) {
				on_writable(l, c);
			} else if (c->fd >= 0) {
				on_readable(l, c);
			}
		}
	}
}

/* utime + stime in milliseconds of a process that is root or its child. */
static double cpu_of(const char *pid, long root)
{
	char path[300], line[1024];
	long ppid = 0, user = 0, sys = 0;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(line, 1, sizeof(line) - 1, f) : 0;
	if (f) {
		fclose(f);
	}
	line[n] = 0;
	/* The name in brackets may hold spaces. Behind it: state, ppid, … */
	char *field = strrchr(line, ')');
	for (int i = 3; field && i <= 15; i++) {
		field = strchr(field + 1, ' ');
		long v = field ? strtol(field + 1, NULL, 10) : 0;

		ppid = i == 4 ? v : ppid;
		user = i == 14 ? v : user;
		sys = i == 15 ? v : sys;
	}
	if (!field || (ppid != root && strtol(pid, NULL, 10) != root)) {
		return 0;
	}
	return (double)(user + sys) * 1000.0 / (double)sysconf(_SC_CLK_TCK);
}

static double cpu_ms(long root)
{
	DIR *proc = opendir("/proc");
	const struct dirent *e;
	double sum = 0;

	while (proc && root && (e = readdir(proc))) {
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9') {
			sum += cpu_of(e->d_name, root);
		}
	}
	if (proc) {
		closedir(proc);
	}
	return sum;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static double quantile_ms(const struct load *l, double q)
{
	return l->n_took ? l->took_us[(size_t)(q * (double)(l->n_took - 1))] /
				   1000.0
			 : 0;
}

static long number(const char *s, long least, long most)
{
	int64_t v = 0;

	if (!s || !hl_str_to_i64(hl_str_c(s), &v) || v < least || v > most) {
		die("usage: report_load PORT [CONNECTIONS [SECONDS [PID]]]");
	}
	return (long)v;
}

int main(int argc, char **argv)
{
	struct load *l = calloc(1, sizeof(*l));
	double before, wall;

	l->to = (struct sockaddr_in){.sin_family = AF_INET,
		.sin_port = htons((uint16_t)number(argv[1], 1, 65535)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	l->n_connections =
		argc > 2 ? (int)number(argv[2], 1, MAX_CONNECTIONS) : 64;
	l->seconds = argc > 3 ? (int)number(argv[3], 1, MAX_SECONDS) : 10;
	l->tree = argc > 4 ? number(argv[4], 1, 1 << 22) : 0;
	l->took_us = calloc(MAX_SAMPLES, sizeof(*l->took_us));
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	before = cpu_ms(l->tree);
	wall = (double)hl_time_mono_us();
	for (int i = 0; i < l->n_connections; i++) {
		l->connections[i].out = HL_BUF_INIT(65536);
		l->connections[i].in = HL_BUF_INIT(65536);
		begin(l, &l->connections[i]);
		dial(l, &l->connections[i]);
		l->n_open++;
	}
	run(l);
	wall = ((double)hl_time_mono_us() - wall) / 1e6;
	qsort(l->took_us, l->n_took, sizeof(*l->took_us), by_size);
	printf("{\"bench\":\"reports\",\"connections\":%d,\"seconds\":%.2f,"
	       "\"reports\":%ld,\"errors\":%ld,\"per_second\":%.0f,"
	       "\"p50_ms\":%.1f,\"p95_ms\":%.1f,\"p99_ms\":%.1f,"
	       "\"server_cpu_ms\":%.3f}\n",
		l->n_connections, wall, l->n_ok, l->n_errors,
		(double)l->n_ok / wall, quantile_ms(l, 0.5),
		quantile_ms(l, 0.95), quantile_ms(l, 0.99),
		l->n_ok && l->tree
			? (cpu_ms(l->tree) - before) / (double)l->n_ok
			: 0.0);
	return l->n_errors || !l->n_ok;
}
