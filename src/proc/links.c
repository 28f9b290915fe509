/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/links.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for several of the store's largest packets on their way. */
#define SEND_BYTES (1 << 20)

static void enlarge(int fd)
{
	int bytes = SEND_BYTES;

	/* Past the system's limit as root; else up to it, which suffices. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes))) {
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	}
}

int hl_proc_links_open(size_t n, struct hl_proc_links *out, struct hl_err *err)
{
	out->n = 0;
	if (n > HL_PROC_LINKS_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "%zu links, at most %d", n,
			HL_PROC_LINKS_MAX);
	}
	while (out->n < n) {
		int ends[2];

		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			    ends) < 0) {
			int r = HL_FAIL_SYS(err, "socket pair");

			hl_proc_links_close(out);
			return r;
		}
		enlarge(ends[0]);
		enlarge(ends[1]);
		out->store_ends[out->n] = ends[0];
		out->client_ends[out->n] = ends[1];
		out->n++;
	}
	return 0;
}

void hl_proc_links_close(struct hl_proc_links *links)
{
	for (size_t i = 0; i < links->n; i++) {
		close(links->store_ends[i]);
		close(links->client_ends[i]);
	}
	links->n = 0;
}
