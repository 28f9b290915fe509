/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/file.h"

int hl_proc_notify(const char *state, struct hl_err *err)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	const char *path = getenv("NOTIFY_SOCKET");
	size_t n = path ? strlen(path) : 0;

	if (n == 0) {
		return HL_NOTFOUND;
	}
	if ((path[0] != '/' && path[0] != '@') || n >= sizeof(to.sun_path)) {
		return HL_FAIL(err, HL_E_INVALID,
			"NOTIFY_SOCKET is no path of a socket");
	}
	memcpy(to.sun_path, path, n);
	if (to.sun_path[0] == '@') {
		to.sun_path[0] = '\0'; /* an abstract socket, unix(7) */
	}
	HL_FD_AUTO fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return HL_FAIL_SYS(err, "socket");
	}
	socklen_t size =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
		    (const struct sockaddr *)&to, size) < 0) {
		return HL_FAIL_SYS(err, "notify the service manager");
	}
	return 0;
}
