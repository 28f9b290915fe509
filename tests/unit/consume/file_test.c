/* SPDX-License-Identifier: Apache-2.0 */
/* The list in a text file: what lines mean, and rereading. */
#include "consume/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"

struct place {
	char dir[64], path[96];
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/hl-consume-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/list", p->dir);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	rmdir(p->dir);
	free(p);
	return 0;
}

static void put(struct place *p, const char *lines)
{
	assert_int_equal(
		0, hl_file_write(p->path, hl_str_c(lines), 0600, NULL));
}

static struct hl_consume_decision ask(
	struct hl_consume_file *f, const char *url)
{
	const struct hl_consume_judge *j = hl_consume_file_judge(f);
	struct hl_consume_decision d = {.host_only = *url == '!'};

	assert_int_equal(0, j->check(j->arg, hl_str_c(url + d.host_only), &d));
	return d;
}

static const char some[] = "# a list\n"
			   "\n"
			   "example.org/one/page.html entry=42\n"
			   "  EXAMPLE.org/Two/  # a folder\r\n"
			   "whole.example\n"
			   "whole.example/exact.html entry=99\n"
			   "example.org/find?q=1\n"
			   "deep.example.net/a entry=5\n"
			   "slow.example/x entry=6 confirm=1\n"
			   "gone.example entry=7 confirm=fail\n"
			   "example.org/one/page.html entry=43\n"
			   "both.example/p entry=80\n"
			   "both.example entry=81\n"
			   "192.0.2.1/p\n"
			   "[2001:db8::1]/p\n"
			   "b\xc3\xbc"
			   "cher.example\n"
			   "front.example/\n";

static void what_lines_mean(void **state)
{
	static const struct {
		const char *url;
		enum hl_consume_what what;
		uint64_t entry;
		enum hl_consume_reason reason;
	} rows[] = {
		{"http://example.org/one/page.html", HL_CONSUME_LISTED, 42,
			HL_CONSUME_PAGE},
		{"https://example.org:8443/one/%70age.html#x",
			HL_CONSUME_LISTED, 42, HL_CONSUME_PAGE},
		{"http://example.org/one/page.html?a=b", HL_CONSUME_LISTED, 42,
			HL_CONSUME_PAGE},
		{"http://www.example.org/one/page.html", HL_CONSUME_CLEAR, 0,
			0},
		{"!http://example.org/one/page.html", HL_CONSUME_CLEAR, 0, 0},
		{"!https://a.whole.example:443/", HL_CONSUME_LISTED, 5,
			HL_CONSUME_DOMAIN},
		{"http://front.example/", HL_CONSUME_LISTED, 17,
			HL_CONSUME_DIRECTORY},
		{"!http://front.example/", HL_CONSUME_CLEAR, 0, 0},
		{"http://example.org/one/page.htm", HL_CONSUME_CLEAR, 0, 0},
		{"http://example.org/one/", HL_CONSUME_CLEAR, 0, 0},
		{"http://example.org/", HL_CONSUME_CLEAR, 0, 0},
		{"http://notexample.org/one/page.html", HL_CONSUME_CLEAR, 0, 0},
		{"http://example.org/Two/deep/er/x", HL_CONSUME_LISTED, 4,
			HL_CONSUME_DIRECTORY},
		{"http://example.org/Two", HL_CONSUME_CLEAR, 0, 0},
		{"https://whole.example/", HL_CONSUME_LISTED, 5,
			HL_CONSUME_DOMAIN},
		{"https://a.b.whole.example/x/y?z", HL_CONSUME_LISTED, 5,
			HL_CONSUME_DOMAIN},
		{"http://whole.example/exact.html", HL_CONSUME_LISTED, 99,
			HL_CONSUME_PAGE},
		{"http://example.org/find?q=1", HL_CONSUME_LISTED, 7,
			HL_CONSUME_PAGE},
		{"http://example.org/find?q=2", HL_CONSUME_CLEAR, 0, 0},
		{"http://deep.example.net/a", HL_CONSUME_LISTED, 5,
			HL_CONSUME_PAGE},
		{"http://example.net/a", HL_CONSUME_CLEAR, 0, 0},
		{"http://slow.example/x", HL_CONSUME_UNSURE, 0, 0},
		{"http://slow.example/y", HL_CONSUME_CLEAR, 0, 0},
		{"http://gone.example/", HL_CONSUME_UNSURE, 0, 0},
		{"http://both.example/p", HL_CONSUME_LISTED, 80,
			HL_CONSUME_PAGE},
		{"http://both.example/q", HL_CONSUME_LISTED, 81,
			HL_CONSUME_DOMAIN},
		{"http://192.0.2.1/p", HL_CONSUME_LISTED, 14, HL_CONSUME_PAGE},
		{"http://3221225985/p", HL_CONSUME_LISTED, 14, HL_CONSUME_PAGE},
		{"http://[2001:DB8:0:0::1]/p", HL_CONSUME_LISTED, 15,
			HL_CONSUME_PAGE},
		{"http://xn--bcher-kva.example/", HL_CONSUME_LISTED, 16,
			HL_CONSUME_DOMAIN},
		{"", HL_CONSUME_UNREADABLE, 0, 0},
		{"https://", HL_CONSUME_UNREADABLE, 0, 0},
		{"urn:x", HL_CONSUME_UNREADABLE, 0, 0},
		{"http://[zz]/", HL_CONSUME_UNREADABLE, 0, 0},
	};
	struct hl_consume_file *f;

	put(*state, some);
	assert_int_equal(0,
		hl_consume_file_new(((struct place *)*state)->path, &f, NULL));
	assert_int_equal(15, hl_consume_file_count(f));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_consume_decision d = ask(f, rows[i].url);

		if (d.what != rows[i].what || d.entry != rows[i].entry ||
			d.reason != rows[i].reason) {
			fail_msg("%s: %s, entry %d, %s", rows[i].url,
				hl_consume_what_name(d.what), (int)d.entry,
				hl_consume_reason_name(d.reason));
		}
	}
	hl_consume_file_free(f);
}

/* Asked for any: the paths do not count, the rest is as ever. */
static void anything_at_a_host(void **state)
{
	static const struct {
		const char *url;
		enum hl_consume_what what;
	} rows[] = {
		{"http://example.org/", HL_CONSUME_LISTED},
		{"https://Example.ORG:8443/other?x", HL_CONSUME_LISTED},
		{"http://www.example.org/one/page.html", HL_CONSUME_CLEAR},
		{"http://notexample.org/", HL_CONSUME_CLEAR},
		{"http://front.example/x", HL_CONSUME_LISTED},
		{"http://a.whole.example/", HL_CONSUME_LISTED},
		{"http://deep.example.net/", HL_CONSUME_LISTED},
		{"http://example.net/", HL_CONSUME_CLEAR},
		{"http://slow.example/y", HL_CONSUME_LISTED},
		{"http://3221225985/", HL_CONSUME_LISTED},
		{"http://[2001:DB8:0:0::1]/", HL_CONSUME_LISTED},
		{"", HL_CONSUME_UNREADABLE},
		{"urn:x", HL_CONSUME_UNREADABLE},
	};
	struct hl_consume_file *f;

	put(*state, some);
	assert_int_equal(0,
		hl_consume_file_new(((struct place *)*state)->path, &f, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		const struct hl_consume_judge *j = hl_consume_file_judge(f);
		struct hl_consume_decision d = {.any = true};

		assert_int_equal(
			0, j->check(j->arg, hl_str_c(rows[i].url), &d));
		if (d.what != rows[i].what) {
			fail_msg("%s: %s", rows[i].url,
				hl_consume_what_name(d.what));
		}
	}
	hl_consume_file_free(f);
}

static void confirming(void **state)
{
	struct hl_consume_decision d = {.host_only = false};
	struct hl_consume_file *f;
	struct hl_err err = {0};

	put(*state, some);
	assert_int_equal(0,
		hl_consume_file_new(((struct place *)*state)->path, &f, NULL));
	const struct hl_consume_judge *j = hl_consume_file_judge(f);
	assert_int_equal(0,
		j->confirm(j->arg, HL_STR("http://slow.example/x"), &d, &err));
	assert_int_equal(HL_CONSUME_LISTED, d.what);
	assert_int_equal(6, d.entry);
	assert_int_equal(
		0, j->confirm(j->arg, HL_STR("http://example.com/"), &d, &err));
	assert_int_equal(HL_CONSUME_CLEAR, d.what);
	assert_int_equal(HL_E_UNAVAILABLE,
		j->confirm(j->arg, HL_STR("http://gone.example/"), &d, &err));
	assert_null(strstr(err.msg, "gone.example"));
	hl_consume_file_free(f);
}

static void bad_lines_are_named(void **state)
{
	static const struct {
		const char *lines, *says;
	} rows[] = {
		{"example.org\nhttp://example.org/\n", "line 2"},
		{"example.org:8080/x\n", "line 1"},
		{"/path\n", "line 1"},
		{"a\nb\n[zz]\n", "line 3"},
		{"example.org entry=0\n", "line 1"},
		{"example.org entry=x\n", "line 1"},
		{"example.org confirm=0\n", "line 1"},
		{"example.org confirm=60001\n", "line 1"},
		{"example.org what=1\n", "line 1"},
	};
	struct place *p = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_consume_file *f;
		struct hl_err err = {0};

		put(p, rows[i].lines);
		int r = hl_consume_file_new(p->path, &f, &err);
		if (r != HL_E_INVALID || !strstr(err.msg, rows[i].says)) {
			fail_msg("row %zu: %d %s", i, r, err.msg);
		}
		assert_null(f);
	}
}

static void no_file_and_an_empty_one(void **state)
{
	struct place *p = *state;
	struct hl_consume_file *f;

	assert_int_equal(
		HL_NOTFOUND, hl_consume_file_new("/tmp/hl/none", &f, NULL));
	put(p, "");
	assert_int_equal(0, hl_consume_file_new(p->path, &f, NULL));
	assert_int_equal(HL_CONSUME_CLEAR, ask(f, "http://a.example/").what);
	hl_consume_file_free(f);
}

/* A list that is wrong or gone leaves the old one in force. */
static void rereading(void **state)
{
	struct place *p = *state;
	struct hl_consume_file *f;

	put(p, "a.example\n");
	assert_int_equal(0, hl_consume_file_new(p->path, &f, NULL));
	assert_int_equal(HL_CONSUME_LISTED, ask(f, "http://a.example/").what);
	put(p, "b.example\n");
	assert_int_equal(0, hl_consume_file_reread(f, false, NULL));
	assert_int_equal(HL_CONSUME_CLEAR, ask(f, "http://a.example/").what);
	assert_int_equal(HL_CONSUME_LISTED, ask(f, "http://b.example/").what);
	put(p, "c.example\nhttp://\n");
	assert_int_equal(HL_E_INVALID, hl_consume_file_reread(f, false, NULL));
	assert_int_equal(HL_CONSUME_LISTED, ask(f, "http://b.example/").what);
	unlink(p->path);
	assert_int_equal(HL_NOTFOUND, hl_consume_file_reread(f, false, NULL));
	assert_int_equal(HL_CONSUME_LISTED, ask(f, "http://b.example/").what);
	put(p, "c.example\n");
	assert_int_equal(0, hl_consume_file_reread(f, false, NULL));
	assert_int_equal(HL_CONSUME_LISTED, ask(f, "http://c.example/").what);
	hl_consume_file_free(f);
}

static void watching_sees_a_change(void **state)
{
	struct place *p = *state;
	struct hl_consume_file *f;
	int fds[2];

	put(p, "a.example\n");
	assert_int_equal(0, pipe(fds));
	assert_int_equal(0, hl_consume_file_new(p->path, &f, NULL));
	assert_int_equal(0, hl_consume_file_watch(f, fds[0], NULL));
	put(p, "b.example\n");
	assert_int_equal(1, write(fds[1], "x", 1));
	while (ask(f, "http://b.example/").what != HL_CONSUME_LISTED) {
		usleep(1000);
	}
	put(p, "c.example\n"); /* and without being told */
	while (ask(f, "http://c.example/").what != HL_CONSUME_LISTED) {
		usleep(1000);
	}
	hl_consume_file_free(f);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_lines_mean, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			anything_at_a_host, set_up, tear_down),
		cmocka_unit_test_setup_teardown(confirming, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			bad_lines_are_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			no_file_and_an_empty_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rereading, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			watching_sees_a_change, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
