/* SPDX-License-Identifier: Apache-2.0 */
#include "web/listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/file.h"

static void addresses_to_listen_on(void **state)
{
	static const char *const wrong[] = {"", "127.0.0.1", ":80", "80",
		"127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "localhost:80",
		"::1:80", "[::1]", "[127.0.0.1]:80", "unix:", "unix:relative",
		"127.0.0.1:80x"};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(wrong); i++) {
		int fd = -1;

		if (hl_web_listen(hl_str_c(wrong[i]), &fd, NULL) !=
			HL_E_INVALID) {
			fail_msg("\"%s\" taken", wrong[i]);
		}
	}
	HL_FD_AUTO fd = -1;
	int on = 0;
	socklen_t n = sizeof(on);
	assert_int_equal(0, hl_web_listen(HL_STR("[::1]:0"), &fd, NULL));
	getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &n);
	assert_int_equal(1, on);
	HL_BUF_AUTO name = HL_BUF_INIT(100);
	assert_int_equal(0, hl_web_listen_name(fd, &name, NULL));
	assert_memory_equal("[::1]:", name.p, 6);
	int second = -1;
	assert_int_equal(
		HL_E_IO, hl_web_listen(hl_buf_str(&name), &second, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_to_listen_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
