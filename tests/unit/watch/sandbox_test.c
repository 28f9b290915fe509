/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/sandbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "trace/setup.h"
#include "watch/check.h"

/* A trace and looks from inside the worker's sandbox, with the fixtures. */

struct ready {
	struct hl_trace_setup *setup;
	struct hl_arena *arena;
	char plain[64], secure[64];
};

static bool set(struct hl_settings *s, const char *key, const char *value)
{
	return hl_settings_set(s, hl_str_c(key), hl_str_c(value), NULL) == 0;
}

static bool get_ready(struct ready *r)
{
	HL_SETTINGS_AUTO *s = NULL;

	snprintf(r->plain, sizeof(r->plain), "http://site.invalid%s/online",
		strrchr(getenv("HL_TEST_HTTP"), ':'));
	snprintf(r->secure, sizeof(r->secure), "https://site.invalid%s/online",
		strrchr(getenv("HL_TEST_HTTPS"), ':'));
	r->arena = hl_arena_new(HL_TRACE_ARENA_BYTES, true);
	return r->arena && !hl_settings_new(&s, NULL) &&
	       set(s, "trace.enabled", "yes") &&
	       set(s, "trace.dns.servers", getenv("HL_TEST_DNS")) &&
	       set(s, "trace.rdap.bootstrap", getenv("HL_TEST_RDAP_TLS")) &&
	       set(s, "trace.rdap.ca_file", getenv("HL_TEST_RDAP_CA")) &&
	       set(s, "trace.geo.paths", getenv("HL_TEST_GEO")) &&
	       set(s, "egress.allow_private_for_tests", "127.0.0.1/32") &&
	       !hl_trace_setup_new(s, NULL, &r->setup, NULL);
}

static bool shut_in(void)
{
	const char *paths[16] = {
		getenv("HL_TEST_RDAP_CA"), getenv("HL_TEST_CA")};
	const char *const *more = hl_net_read_paths();
	struct hl_proc_sandbox box = {
		.kind = HL_PROC_WORKER, .read_paths = paths};

	for (size_t i = 0; more[i]; i++) {
		paths[i + 2] = more[i];
	}
	return hl_proc_sandbox_enter(&box, NULL, NULL) == 0;
}

static bool trace_works(const struct ready *r)
{
	struct hl_trace t;

	return !hl_trace_run(HL_STR("http://www.invalid/"),
		       hl_trace_setup_config(r->setup), r->arena, &t, NULL) &&
	       strcmp(hl_trace_country(&t), "DK") == 0 &&
	       hl_trace_contact(&t) != NULL;
}

static bool look_works(const struct ready *r, const char *url)
{
	struct hl_net_client client = *hl_trace_setup_client(r->setup);
	struct hl_watch_config config = {.client = &client,
		.http = true,
		.connect_ms = 2000,
		.total_ms = 2000};
	struct hl_watch_look l;

	client.ca_file = getenv("HL_TEST_CA");
	return !hl_watch_check(hl_str_c(url), &config, &l, NULL) &&
	       l.verdict == HL_WATCH_ONLINE && !l.tls_unverified;
}

/* Gives which step failed, 0 for none. */
static int in_child(void)
{
	struct ready r = {0};

	if (!get_ready(&r)) {
		return 1;
	}
	if (!shut_in()) {
		return 2;
	}
	if (!trace_works(&r)) {
		return 3;
	}
	if (!look_works(&r, r.plain)) {
		return 4;
	}
	return look_works(&r, r.secure) ? 0 : 5;
}

static void the_workers_sandbox_lets_look_ups_through(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		_exit(in_child());
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	if (WIFSIGNALED(status)) {
		fail_msg("killed by signal %d", WTERMSIG(status));
	}
	assert_int_equal(0, WEXITSTATUS(status));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_workers_sandbox_lets_look_ups_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
