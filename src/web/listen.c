/* SPDX-License-Identifier: Apache-2.0 */
#include "web/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"

#define BACKLOG 511

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_storage storage;
};

static bool parse_unix(struct hl_str path, union address *a, socklen_t *n)
{
	if (path.n == 0 || path.p[0] != '/' ||
		path.n >= sizeof(a->un.sun_path) ||
		hl_str_find_char(path, '\0') < path.n) {
		return false;
	}
	a->un.sun_family = AF_UNIX;
	memcpy(a->un.sun_path, path.p, path.n);
	*n = sizeof(a->un);
	return true;
}

static bool parse_tcp(struct hl_str s, union address *a, socklen_t *n)
{
	size_t colon = s.n;
	char host[INET6_ADDRSTRLEN] = {0};
	int64_t port;

	while (colon > 0 && s.p[colon - 1] != ':') {
		colon--;
	}
	if (colon < 2 || !hl_str_to_i64(hl_str_sub(s, colon, s.n), &port) ||
		port < 0 || port > 65535) {
		return false;
	}
	struct hl_str h = hl_str_sub(s, 0, colon - 1);
	bool v6 = h.n > 2 && h.p[0] == '[' && h.p[h.n - 1] == ']';
	if (v6) {
		h = hl_str_sub(h, 1, h.n - 2);
	}
	if (h.n >= sizeof(host)) {
		return false;
	}
	memcpy(host, h.p, h.n);
	if (v6) {
		a->in6.sin6_family = AF_INET6;
		a->in6.sin6_port = htons((uint16_t)port);
		*n = sizeof(a->in6);
		return inet_pton(AF_INET6, host, &a->in6.sin6_addr) == 1;
	}
	a->in.sin_family = AF_INET;
	a->in.sin_port = htons((uint16_t)port);
	*n = sizeof(a->in);
	return inet_pton(AF_INET, host, &a->in.sin_addr) == 1;
}

/* Takes away a socket file that nobody answers on. */
static void remove_dead(const union address *a, socklen_t n)
{
	HL_FD_AUTO fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat st;

	if (fd >= 0 && connect(fd, &a->any, n) < 0 && errno == ECONNREFUSED &&
		!lstat(a->un.sun_path, &st) && S_ISSOCK(st.st_mode)) {
		unlink(a->un.sun_path);
	}
}

static int open_socket(const union address *a, socklen_t n, struct hl_err *err)
{
	int family = a->any.sa_family, on = 1;
	HL_FD_AUTO fd =
		socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		return HL_FAIL_SYS(err, "cannot make a socket");
	}
	if (family == AF_UNIX) {
		remove_dead(a, n);
	} else if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
		   setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on))) {
		/* TCP_NODELAY: accepted sockets inherit it; without it
		 * small answers wait 40 ms for an acknowledgement. */
		return HL_FAIL_SYS(err, "cannot set socket options");
	}
	if (bind(fd, &a->any, n) || listen(fd, BACKLOG)) {
		return HL_FAIL_SYS(err, "cannot listen");
	}
	if (family == AF_UNIX && chmod(a->un.sun_path, 0660)) {
		return HL_FAIL_SYS(err, "cannot set the socket's mode");
	}
	int given = fd;
	fd = -1;
	return given;
}

int hl_web_listen(struct hl_str address, int *fd, struct hl_err *err)
{
	static const struct hl_str scheme = HL_STR_INIT("unix:");
	union address a = {0};
	socklen_t n;
	bool ok = hl_str_starts(address, scheme)
			  ? parse_unix(hl_str_sub(address, scheme.n, address.n),
				    &a, &n)
			  : parse_tcp(address, &a, &n);

	if (!ok) {
		return HL_FAIL(err, HL_E_INVALID,
			"not an address to listen on: %.*s",
			HL_STR_ARG(address));
	}
	int r = open_socket(&a, n, err);
	if (r < 0) {
		return r;
	}
	*fd = r;
	return 0;
}

int hl_web_listen_name(int fd, struct hl_buf *out, struct hl_err *err)
{
	union address a = {0};
	socklen_t n = sizeof(a);
	char host[INET6_ADDRSTRLEN] = "";

	if (getsockname(fd, &a.any, &n)) {
		return HL_FAIL_SYS(err, "no socket");
	}
	if (a.any.sa_family == AF_UNIX) {
		hl_buf_printf(out, "unix:%s", a.un.sun_path);
	} else if (a.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a.in6.sin6_addr, host, sizeof(host));
		hl_buf_printf(out, "[%s]:%u", host, ntohs(a.in6.sin6_port));
	} else {
		inet_ntop(AF_INET, &a.in.sin_addr, host, sizeof(host));
		hl_buf_printf(out, "%s:%u", host, ntohs(a.in.sin_port));
	}
	return out->fault;
}
