/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/time.h"

/* Run by tests/fixtures/dns.py with the zones of dns.records. */

static struct hl_net_dns_config real_server(void)
{
	struct hl_net_dns_config c;
	const char *where = getenv("HL_TEST_DNS");

	assert_non_null(where);
	assert_int_equal(0, hl_net_dns_config_init(&c, hl_str_c(where), NULL));
	assert_int_equal(1, c.n_servers);
	return c;
}

static void look_up(const struct hl_net_dns_config *c, const char *name,
	struct hl_arena *arena, struct hl_net_dns *out)
{
	struct hl_err err = {0};

	if (hl_net_dns_resolve(c, hl_str_c(name), arena, out, &err)) {
		fail_msg("%s: %s", name, err.msg);
	}
}

/* "from>to/ttl from>to/ttl | addr/ttl addr/ttl" */
static void describe(const struct hl_net_dns *d, struct hl_buf *b)
{
	char text[HL_NET_ADDR_MAX];

	for (size_t i = 0; i < d->n_hops; i++) {
		hl_buf_printf(b, "%.*s>%.*s/%u ", HL_STR_ARG(d->hops[i].from),
			HL_STR_ARG(d->hops[i].to), d->hops[i].ttl_s);
	}
	hl_buf_put_c(b, '|');
	for (size_t i = 0; i < d->n_hosts; i++) {
		hl_net_addr_print(&d->hosts[i].addr, text);
		hl_buf_printf(b, " %s/%u", text, d->hosts[i].ttl_s);
	}
}

static void each_kind_of_answer(void **state)
{
	static const struct {
		const char *name;
		enum hl_net_dns_status status;
		const char *found; /* NULL: any */
	} rows[] = {
		{"one.invalid", HL_NET_DNS_OK, "| 192.0.2.1/300"},
		{"ONE.Invalid.", HL_NET_DNS_OK, "| 192.0.2.1/300"},
		{"two.invalid", HL_NET_DNS_OK,
			"| 192.0.2.3/300 192.0.2.20/300 2001:db8::2/120"},
		{"six.invalid", HL_NET_DNS_OK, "| 2001:db8::6/60"},
		{"text.invalid", HL_NET_DNS_NODATA, "|"},
		{"nowhere.invalid", HL_NET_DNS_NXDOMAIN, "|"},
		{"a.b.c.nowhere.invalid", HL_NET_DNS_NXDOMAIN, "|"},
		{"www.invalid", HL_NET_DNS_OK,
			"www.invalid>edge.invalid/30 "
			"edge.invalid>two.invalid/20 "
			"| 192.0.2.3/300 192.0.2.20/300 2001:db8::2/120"},
		{"far.invalid", HL_NET_DNS_OK,
			"far.invalid>host.example.org/30 | 198.51.100.7/40"},
		{"gone.invalid", HL_NET_DNS_NXDOMAIN,
			"gone.invalid>nowhere.invalid/30 |"},
		{"away.invalid", HL_NET_DNS_NXDOMAIN,
			"away.invalid>nowhere.example.org/30 |"},
		{"empty.invalid", HL_NET_DNS_NODATA,
			"empty.invalid>text.invalid/30 |"},
		{"lost.invalid", HL_NET_DNS_REFUSED,
			"lost.invalid>host.unserved.test/30 |"},
		{"odd.invalid", HL_NET_DNS_BAD_NAME,
			"odd.invalid>a\\032b.example.org/30 |"},
		{"host.unserved.test", HL_NET_DNS_REFUSED, "|"},
		{"www.broken.test", HL_NET_DNS_SERVFAIL, "|"},
		{"round.invalid", HL_NET_DNS_LOOP, NULL},
		{"self.invalid", HL_NET_DNS_LOOP, NULL},
		{"z1.invalid", HL_NET_DNS_LOOP, NULL},
		{"c0.invalid", HL_NET_DNS_LOOP, NULL},
		{"", HL_NET_DNS_BAD_NAME, "|"},
		{".", HL_NET_DNS_BAD_NAME, "|"},
		{"a..invalid", HL_NET_DNS_BAD_NAME, "|"},
		{".invalid", HL_NET_DNS_BAD_NAME, "|"},
		{"a b.invalid", HL_NET_DNS_BAD_NAME, "|"},
		{"a\\046b.invalid", HL_NET_DNS_BAD_NAME, "|"},
		{"b\xc3\xbc.invalid", HL_NET_DNS_BAD_NAME, "|"},
	};
	struct hl_net_dns_config c = real_server();

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
		HL_BUF_AUTO got = HL_BUF_INIT(8192);
		struct hl_net_dns d;

		look_up(&c, rows[i].name, arena, &d);
		describe(&d, &got);
		if (d.status != rows[i].status ||
			(rows[i].found && !hl_str_eq(hl_buf_str(&got),
						  hl_str_c(rows[i].found)))) {
			fail_msg("%s: %s, %s", rows[i].name,
				hl_net_dns_status_name(d.status), got.p);
		}
	}
}

static void each_kind_of_address_has_its_status(void **state)
{
	struct hl_net_dns_config c = real_server();
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	struct hl_net_dns d;

	(void)state;
	look_up(&c, "one.invalid", arena, &d);
	assert_int_equal(HL_NET_DNS_OK, d.status_a);
	assert_int_equal(HL_NET_DNS_NODATA, d.status_aaaa);
	look_up(&c, "six.invalid", arena, &d);
	assert_int_equal(HL_NET_DNS_NODATA, d.status_a);
	assert_int_equal(HL_NET_DNS_OK, d.status_aaaa);
}

static void too_many_addresses_are_cut_and_told(void **state)
{
	struct hl_net_dns_config c = real_server();
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	struct hl_net_dns d;

	(void)state;
	/* 100 addresses fill more than the 1232 bytes we take over UDP */
	look_up(&c, "many.invalid", arena, &d);
	assert_int_equal(HL_NET_DNS_OK, d.status);
	assert_int_equal(HL_NET_DNS_HOSTS, d.n_hosts);
	assert_true(d.more);
	for (size_t i = 1; i < d.n_hosts; i++) {
		assert_true(hl_net_addr_cmp(&d.hosts[i - 1].addr,
				    &d.hosts[i].addr) < 0);
	}
}

/* A bound UDP port that nobody reads; its number in *port. */
static int black_hole(uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(0, bind(fd, (const struct sockaddr *)&at, n));
	assert_int_equal(0, getsockname(fd, (struct sockaddr *)&at, &n));
	*port = ntohs(at.sin_port);
	return fd;
}

static struct hl_net_endpoint local_port(uint16_t port)
{
	return (struct hl_net_endpoint){
		.addr = {.b = {127, 0, 0, 1}}, .port = port};
}

static void a_silent_server_is_a_timeout_and_the_next_is_asked(void **state)
{
	struct hl_net_dns_config c = real_server();
	struct hl_net_dns_config silent = {
		.n_servers = 1, .timeout_ms = 100, .deadline_ms = 300};
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	struct hl_net_dns d;
	uint16_t port;
	int fd = black_hole(&port);

	(void)state;
	silent.servers[0] = local_port(port);
	int64_t start = hl_time_mono_us();
	look_up(&silent, "one.invalid", arena, &d);
	int64_t took = hl_time_mono_us() - start;
	assert_int_equal(HL_NET_DNS_TIMEOUT, d.status);
	assert_false(hl_net_dns_is_gone(d.status));
	assert_true(took < 3 * HL_US_PER_S);
	silent.n_servers = 2;
	silent.deadline_ms = 8000;
	silent.servers[1] = c.servers[0];
	look_up(&silent, "one.invalid", arena, &d);
	assert_int_equal(HL_NET_DNS_OK, d.status);
	assert_int_equal(1, d.n_hosts);
	close(fd);
}

static void no_server_is_unreachable(void **state)
{
	struct hl_net_dns_config c = {.timeout_ms = 200, .deadline_ms = 2000};
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	struct hl_net_dns d;
	uint16_t port;
	int fd = black_hole(&port);

	(void)state;
	close(fd); /* nobody is there now */
	look_up(&c, "one.invalid", arena, &d);
	assert_int_equal(HL_NET_DNS_UNREACHABLE, d.status);
	c.servers[c.n_servers++] = local_port(port);
	look_up(&c, "one.invalid", arena, &d);
	assert_int_equal(HL_NET_DNS_UNREACHABLE, d.status);
}

static void fixture(const char *verb, const char *name, const char *ttl,
	const char *type, const char *data)
{
	char *dir = getenv("HL_TEST_DNS_DIR"), *tool = getenv("HL_DNS_PY");
	char text[5][64];
	int status;
	pid_t pid;

	assert_non_null(dir);
	assert_non_null(tool);
	snprintf(text[0], 64, "%s", verb);
	snprintf(text[1], 64, "%s", name ? name : "");
	snprintf(text[2], 64, "%s", ttl ? ttl : "");
	snprintf(text[3], 64, "%s", type ? type : "");
	snprintf(text[4], 64, "%s", data ? data : "");
	char *argv[] = {tool, text[0], dir, name ? text[1] : NULL,
		ttl ? text[2] : NULL, text[3], text[4], NULL};
	assert_int_equal(0, posix_spawn(&pid, tool, NULL, NULL, argv, environ));
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void a_zone_that_changes_is_seen(void **state)
{
	struct hl_net_dns_config c = real_server();
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	HL_BUF_AUTO got = HL_BUF_INIT(1024);
	struct hl_net_dns d;

	(void)state;
	look_up(&c, "moving.invalid", arena, &d);
	assert_int_equal(HL_NET_DNS_NXDOMAIN, d.status);
	fixture("set", "moving.invalid", "7", "A", "203.0.113.77");
	look_up(&c, "moving.invalid", arena, &d);
	describe(&d, &got);
	assert_string_equal("| 203.0.113.77/7", got.p);
	fixture("set", "moving.invalid", "8", "CNAME", "one.invalid.");
	look_up(&c, "moving.invalid", arena, &d);
	hl_buf_reset(&got);
	describe(&d, &got);
	assert_string_equal(
		"moving.invalid>one.invalid/8 | 192.0.2.1/300", got.p);
	fixture("unset", "moving.invalid", NULL, NULL, NULL);
	look_up(&c, "moving.invalid", arena, &d);
	assert_int_equal(HL_NET_DNS_NXDOMAIN, d.status);
}

static void a_paused_server_times_out(void **state)
{
	struct hl_net_dns_config c = real_server();
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	struct hl_net_dns d;

	(void)state;
	c.timeout_ms = 100;
	c.deadline_ms = 400;
	fixture("pause", NULL, NULL, NULL, NULL);
	look_up(&c, "one.invalid", arena, &d);
	fixture("resume", NULL, NULL, NULL, NULL);
	assert_int_equal(HL_NET_DNS_TIMEOUT, d.status);
	c = real_server();
	look_up(&c, "one.invalid", arena, &d);
	assert_int_equal(HL_NET_DNS_OK, d.status);
}

static void the_json_tells_all(void **state)
{
	struct hl_net_dns_config c = real_server();
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	HL_BUF_AUTO b = HL_BUF_INIT(8192);
	HL_JSON_AUTO *json = NULL;
	struct hl_net_dns d;

	(void)state;
	look_up(&c, "www.invalid", arena, &d);
	hl_net_dns_put_json(&b, &d);
	assert_int_equal(0, hl_json_parse(hl_buf_str(&b), 8192, &json, NULL));
	assert_true(hl_str_eq(HL_STR("ok"), hl_json_str(json, "status")));
	assert_int_equal(2, json_array_size(json_object_get(json, "chain")));
	assert_int_equal(
		3, json_array_size(json_object_get(json, "addresses")));
}

static void server_lists(void **state)
{
	static const struct {
		const char *text;
		int r;
		size_t n;
	} rows[] = {
		{"192.0.2.53", 0, 1},
		{"192.0.2.53:5353, [2001:db8::53]:53", 0, 2},
		{"192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4", 0, 4},
		{"192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4,192.0.2.5",
			HL_E_LIMIT, 0},
		{"resolver.example.org", HL_E_INVALID, 0},
		{"192.0.2.53,", 0, 1},
		{"192.0.2.53,,192.0.2.54", HL_E_INVALID, 0},
		{"192.0.2.53;192.0.2.54", HL_E_INVALID, 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_net_dns_config c;
		int r = hl_net_dns_config_init(
			&c, hl_str_c(rows[i].text), NULL);

		if (r != rows[i].r || (!r && c.n_servers != rows[i].n)) {
			fail_msg("%s: %d", rows[i].text, r);
		}
	}
}

static void status_names_round_trip(void **state)
{
	enum hl_net_dns_status back;

	(void)state;
	for (int i = 0; i < HL_NET_DNS_N_STATUSES; i++) {
		const char *name =
			hl_net_dns_status_name((enum hl_net_dns_status)i);

		assert_int_equal(
			0, hl_net_dns_status_parse(hl_str_c(name), &back));
		assert_int_equal(i, back);
		assert_true(strlen(hl_net_dns_status_text(
				    (enum hl_net_dns_status)i)) > 10);
	}
	assert_int_equal(
		HL_E_INVALID, hl_net_dns_status_parse(HL_STR("okay"), &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_answer),
		cmocka_unit_test(each_kind_of_address_has_its_status),
		cmocka_unit_test(too_many_addresses_are_cut_and_told),
		cmocka_unit_test(
			a_silent_server_is_a_timeout_and_the_next_is_asked),
		cmocka_unit_test(no_server_is_unreachable),
		cmocka_unit_test(a_zone_that_changes_is_seen),
		cmocka_unit_test(a_paused_server_times_out),
		cmocka_unit_test(the_json_tells_all),
		cmocka_unit_test(server_lists),
		cmocka_unit_test(status_names_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
