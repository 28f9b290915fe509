/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/str.h"

/* Runs the command with standard streams on files; gives its exit status. */
static int run(
	const char *const *args, const char *in, char *out, size_t out_max)
{
	static char name[] = "url";
	char words[6][96], *argv[8] = {name};
	FILE *from = tmpfile(), *to = tmpfile();
	int keep_in = dup(0), keep_out = dup(1), argc = 1;

	for (int i = 0; args[i]; i++, argc++) {
		snprintf(words[i], sizeof(words[i]), "%s", args[i]);
		argv[argc] = words[i];
	}
	assert_true(from && to && keep_in >= 0 && keep_out >= 0);
	fputs(in, from);
	rewind(from);
	fflush(stdout);
	dup2(fileno(from), 0);
	dup2(fileno(to), 1);
	int status = hl_cli_url(argc, argv);
	fflush(stdout);
	dup2(keep_in, 0);
	dup2(keep_out, 1);
	close(keep_in);
	close(keep_out);
	rewind(to);
	size_t n = fread(out, 1, out_max - 1, to);
	out[n] = '\0';
	rewind(stdin);
	fclose(from);
	fclose(to);
	return status;
}

static const struct {
	const char *args[6], *in, *out;
	int status;
} rows[] = {
	{{"canon", "HTTP://Example.ORG:80/a/../b#c"}, "",
		"http://example.org/b\n", 0},
	{{"canon", "example.org", "b.example"}, "",
		"http://example.org/\nhttp://b.example/\n", 0},
	{{"canon", "example.org", "http://", "b.example"}, "",
		"http://example.org/\nhttp://b.example/\n", 1},
	{{"canon"}, "example.org\n\n b.example \n",
		"http://example.org/\nhttp://b.example/\n", 0},
	{{"canon"}, "", "", 0},
	{{"canon", "--", "-a.example"}, "", "http://a.example/\n", 0},
	/* as the form reads it */
	{{"canon", "hxxp://EXAMPLE[.]org.:80/a"}, "", "http://example.org/a\n",
		0},
	{{"canon", "(example.org/a)."}, "", "http://example.org/a\n", 0},
	{{"canon", "A@Example.org"}, "", "a@example.org\n", 0},
	{{"canon", "--json", "not a url"}, "",
		"{\"input\":\"not a url\",\"error\":\"there is no address in "
		"this\"}\n",
		1},
	{{"canon", "--json", "http://exa mple.org"}, "",
		"{\"input\":\"http://exa mple.org\",\"error\":\"there is more "
		"than one address in this\"}\n",
		1},
	{{"canon", "--json", "at example.org"}, "",
		"{\"input\":\"at example.org\",\"error\":\"there is more than "
		"an address in this\"}\n",
		1},
	{{"canon", "--json", "..."}, "",
		"{\"input\":\"...\",\"error\":\"there is no address in "
		"this\"}\n",
		1},
	{{"expressions", "hxxp://a[.]example"}, "", "a.example/\n", 0},
	{{"expressions", "--json", "a@example.org"}, "",
		"{\"input\":\"a@example.org\",\"error\":\"the address is none "
		"of the web: there is nothing to look up\"}\n",
		1},
	{{"canon", "--json", "https://a.example.org/b"}, "",
		"{\"input\":\"https://a.example.org/b\","
		"\"canonical\":\"https://a.example.org/b\","
		"\"key\":\"a.example.org/b\",\"host\":\"a.example.org\","
		"\"registrable\":\"example.org\",\"version\":1}\n",
		0},
	{{"canon", "--json", "192.0.2.7"}, "",
		"{\"input\":\"192.0.2.7\","
		"\"canonical\":\"http://192.0.2.7/\",\"key\":\"192.0.2.7/\","
		"\"host\":\"192.0.2.7\",\"version\":1}\n",
		0},
	{{"canon", "--json", "http://a:b/"}, "",
		"{\"input\":\"http://a:b/\",\"error\":\"the address has a "
		"port that is no number up to 65535\"}\n",
		1},
	{{"expressions", "http://a.example.org/b?c"}, "",
		"a.example.org/b?c\na.example.org/b\na.example.org/\n"
		"example.org/b?c\nexample.org/b\nexample.org/\n",
		0},
	{{"expressions", "a.example", "--json"}, "",
		"{\"input\":\"a.example\",\"canonical\":\"http://a.example/\","
		"\"expressions\":[\"a.example/\"]}\n",
		0},
	{{"extract"}, "hxxp://example[.]org/a, or so\nb.example",
		"web\thttp://example.org/a\nwords\tor so\n"
		"web\thttp://b.example/\n",
		0},
	{{"extract", "--json", "a http://"}, "",
		"{\"piece\":\"a\",\"kind\":\"words\",\"why\":\"is no "
		"address\"}\n{\"piece\":\"http://\",\"kind\":\"words\","
		"\"why\":\"has no host\"}\n",
		1},
	{{"extract", "--json", "a@example.org"}, "",
		"{\"piece\":\"a@example.org\",\"kind\":\"email\","
		"\"address\":\"a@example.org\","
		"\"canonical\":\"a@example.org\"}\n",
		0},
	{{NULL}, "", "", 2},
	{{"cannon"}, "", "", 2},
	{{"canon", "--yaml"}, "", "", 2},
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char out[2048];
		int status = run(rows[i].args, rows[i].in, out, sizeof(out));

		if (status != rows[i].status || strcmp(out, rows[i].out)) {
			fail_msg("row %zu: %d %s", i, status, out);
		}
	}
}

static void help_is_an_answer(void **state)
{
	static const char *const args[] = {"--help", NULL};
	char out[2048];

	(void)state;
	assert_int_equal(0, run(args, "", out, sizeof(out)));
	assert_non_null(strstr(out, "Exit status"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(help_is_an_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
