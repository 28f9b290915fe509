/* SPDX-License-Identifier: Apache-2.0 */
/* The head of every answer of the public process: each route, as nobody,
 * with a draft and with a receipt; refused, forged and unknown. */
#include "../web/head_check.h"
#include "browser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void check(const struct browser *b, const char *what, const char *path)
{
	const char *fault = head_fault(hl_buf_str(&b->headers), b->body.n,
		strncmp(path, "/static/", 8) == 0 && b->status == 200);

	if (fault) {
		fail_msg("%s %s: %d lacks %s\n%.*s", what, path, b->status,
			fault, HL_STR_ARG(hl_buf_str(&b->headers)));
	}
}

/* What stands for the parameter of a pattern, NULL at the end. */
static const char *const *fillings(const char *pattern)
{
	static const char *const none[] = {"", NULL};
	static const char *const files[] = {"exit.js", "nothing.css", NULL};
	static const char *const steps[] = {"danger", "place", "addresses",
		"where", "seen", "pay", "words", "contact", "nothing", NULL};
	static const char *const tokens[] = {"nothing", "%22%0d%0a", NULL};

	if (strstr(pattern, ":file")) {
		return files;
	}
	if (strstr(pattern, ":step")) {
		return steps;
	}
	return strstr(pattern, ":token") ? tokens : none;
}

static void ask_all_ways(struct browser *b, const char *path)
{
	static const char *const forms[] = {"", "danger=no", "receipt=x",
		"version=%00", "a=%ff&&&=&b", "words=%E2%80%AE"};
	static const char *const sites[] = {NULL, "cross-site"};

	browser_get(b, path);
	check(b, "GET", path);
	for (size_t i = 0; i < HL_ARRAY_LEN(forms); i++) {
		for (size_t k = 0; k < HL_ARRAY_LEN(sites); k++) {
			b->fetch_site = sites[k];
			browser_post(b, path, forms[i]);
			b->fetch_site = NULL;
			check(b, forms[i], path);
		}
	}
	browser_send(b, path, "application/json", HL_STR("{\"schema\":1}"));
	check(b, "JSON to", path);
	browser_send(b, path, "text/plain", HL_STR("words"));
	check(b, "text to", path);
}

static void ask_everything(struct browser *b)
{
	for (size_t i = 0; i < hl_site_routes.n; i++) {
		const char *pattern = hl_site_routes.rows[i].pattern;
		const char *colon = strchr(pattern, ':');
		int n = (int)(colon ? (size_t)(colon - pattern)
				    : strlen(pattern));

		for (const char *const *f = fillings(pattern); *f; f++) {
			char path[128];

			snprintf(path, sizeof(path), "%.*s%s", n, pattern, *f);
			ask_all_ways(b, path);
		}
	}
	ask_all_ways(b, "/nothing/here");
	ask_all_ways(b, "/api/v1/nothing");
}

static void as_nobody(void **state)
{
	struct browser *b = *state;
	char path[128];

	browser_get(b, "/");
	struct hl_str page = hl_buf_str(&b->body);
	size_t at = hl_str_find(page, HL_STR("/static/"));
	assert_true(at < page.n);
	page = hl_str_sub(page, at, page.n);
	snprintf(path, sizeof(path), "%.*s", (int)hl_str_find_char(page, '"'),
		page.p);
	browser_get(b, path);
	assert_int_equal(200, b->status);
	check(b, "GET", path);
	ask_everything(b);
}

static void with_answers(void **state)
{
	struct browser *b = *state;

	browser_fill(b);
	browser_get(b, "/report/check");
	assert_int_equal(200, b->status);
	check(b, "GET", "/report/check");
	ask_everything(b);
}

static void with_a_receipt(void **state)
{
	struct browser *b = *state;

	browser_fill(b);
	browser_press_send(b);
	browser_must_go(b, "/report/receipt");
	check(b, "POST", "/report/send");
	browser_get(b, "/report/receipt.txt");
	browser_must(b, "file", 200, "");
	check(b, "GET", "/report/receipt.txt");
	assert_true(head_attaches(hl_buf_str(&b->headers)));
	ask_everything(b);
}

/* The check finds what is missing. */
static void a_bare_head_is_found(void **state)
{
	struct browser *b = *state;

	browser_get(b, "/");
	struct hl_str head = hl_buf_str(&b->headers);
	assert_null(head_fault(head, 1, false));
	for (size_t at = 0; at < head.n;) {
		size_t n = hl_str_find_char(hl_str_sub(head, at, head.n), '\n');
		HL_BUF_AUTO less = HL_BUF_INIT(8192);
		struct hl_str line = hl_str_sub(head, at, n);

		hl_buf_put(&less, hl_str_sub(head, 0, at));
		hl_buf_put(&less, hl_str_sub(head, at + n + 1, head.n));
		if (!hl_str_starts(line, HL_STR("Cross-Origin-Embedder")) &&
			!head_fault(hl_buf_str(&less), 1, false)) {
			fail_msg("nobody misses %.*s", HL_STR_ARG(line));
		}
		at += n + 1;
	}
}

int main(void)
{
#define BROWSE(test) \
	cmocka_unit_test_setup_teardown(test, browser_set_up, browser_tear_down)
	const struct CMUnitTest tests[] = {
		BROWSE(a_bare_head_is_found),
		BROWSE(as_nobody),
		BROWSE(with_answers),
		BROWSE(with_a_receipt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
