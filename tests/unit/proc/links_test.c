/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/links.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <cmocka.h>

static void each_pair_is_connected(void **state)
{
	struct hl_proc_links l;

	(void)state;
	assert_int_equal(0, hl_proc_links_open(3, &l, NULL));
	assert_int_equal(3, l.n);
	for (size_t i = 0; i < l.n; i++) {
		char out = (char)('a' + i), in = 0;

		assert_int_equal(1, send(l.client_ends[i], &out, 1, 0));
		assert_int_equal(1, recv(l.store_ends[i], &in, 1, 0));
		assert_int_equal(out, in);
		assert_true(fcntl(l.store_ends[i], F_GETFD) & FD_CLOEXEC);
	}
	hl_proc_links_close(&l);
	hl_proc_links_close(&l);
	assert_int_equal(0, l.n);
}

/* The store's largest packet has 176 KiB; several must fit on their way. */
static void large_packets_keep_their_borders(void **state)
{
	static const size_t size = 176u << 10;
	struct hl_proc_links l;
	char *packet = calloc(1, size);

	(void)state;
	assert_non_null(packet);
	assert_int_equal(0, hl_proc_links_open(1, &l, NULL));
	for (char i = 0; i < 2; i++) {
		packet[0] = i;
		assert_int_equal(size,
			send(l.client_ends[0], packet, size, MSG_DONTWAIT));
	}
	for (char i = 0; i < 2; i++) {
		assert_int_equal(size, recv(l.store_ends[0], packet, size, 0));
		assert_int_equal(i, packet[0]);
	}
	hl_proc_links_close(&l);
	free(packet);
}

static void too_many_are_refused(void **state)
{
	struct hl_err err;
	struct hl_proc_links l;

	(void)state;
	assert_int_equal(HL_E_LIMIT,
		hl_proc_links_open(HL_PROC_LINKS_MAX + 1, &l, &err));
	assert_int_equal(0, l.n);
	assert_int_equal(0, hl_proc_links_open(HL_PROC_LINKS_MAX, &l, &err));
	hl_proc_links_close(&l);
}

static void all_or_none(void **state)
{
	struct rlimit old, few;
	struct hl_proc_links l;
	int before = open("/dev/null", O_RDONLY), after;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &old);
	few = old;
	few.rlim_cur = (rlim_t)before + 6;
	assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &few));
	assert_int_equal(HL_E_IO, hl_proc_links_open(10, &l, NULL));
	assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &old));
	assert_int_equal(0, l.n);
	after = open("/dev/null", O_RDONLY);
	assert_int_equal(before + 1, after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pair_is_connected),
		cmocka_unit_test(large_packets_keep_their_borders),
		cmocka_unit_test(too_many_are_refused),
		cmocka_unit_test(all_or_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
