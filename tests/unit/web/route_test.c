/* SPDX-License-Identifier: Apache-2.0 */
#include "web/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pages.h"
#include "web/static.h"

static int nothing(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	hl_web_respond(resp, 200, "text/html");
	return 0;
}

enum { HOME = 1, LIST, NEW, SHOW, EDIT, SEND, PAIR };

static const struct hl_web_route table_rows[] = {
	{HL_WEB_GET, "/", HOME, nothing},
	{HL_WEB_GET, "/case", LIST, nothing},
	{HL_WEB_GET, "/case/:ref", SHOW, nothing},
	{HL_WEB_GET, "/case/new", NEW, nothing},
	{HL_WEB_POST, "/case/:ref", EDIT, nothing},
	{HL_WEB_POST, "/case/:ref/send", SEND, nothing},
	{HL_WEB_GET, "/a/:x/b/:y", PAIR, nothing},
};
static const struct hl_web_routes table = {
	table_rows, HL_ARRAY_LEN(table_rows)};

static void paths_find_their_row(void **state)
{
	static const struct {
		enum hl_web_method method;
		const char *path;
		int action; /* 0: none */
		const char *first, *second;
	} rows[] = {
		{HL_WEB_GET, "/", HOME, "", ""},
		{HL_WEB_HEAD, "/", HOME, "", ""},
		{HL_WEB_GET, "/case", LIST, "", ""},
		{HL_WEB_GET, "/case/", 0, "", ""},
		{HL_WEB_GET, "/case/new", NEW, "", ""},
		{HL_WEB_GET, "/case/C-1", SHOW, "C-1", ""},
		{HL_WEB_GET, "/case/%43-1", SHOW, "C-1", ""},
		{HL_WEB_GET, "/case/n%65w", SHOW, "new", ""},
		{HL_WEB_POST, "/case/new", EDIT, "new", ""},
		{HL_WEB_POST, "/case/x/send", SEND, "x", ""},
		{HL_WEB_POST, "/case//send", 0, "", ""},
		{HL_WEB_GET, "/a/1/b/2", PAIR, "1", "2"},
		{HL_WEB_GET, "/a/1/c/2", 0, "", ""},
		{HL_WEB_GET, "/case/a/b", 0, "", ""},
		{HL_WEB_GET, "/CASE", 0, "", ""},
		{HL_WEB_GET, "//", 0, "", ""},
		{HL_WEB_GET, "/case/%2F", 0, "", ""},
		{HL_WEB_GET, "/case/%00", 0, "", ""},
		{HL_WEB_GET, "/case/%", 0, "", ""},
		{HL_WEB_GET, "/case/%ff", 0, "", ""},
		{HL_WEB_GET, "/case/..", SHOW, "..", ""},
		{HL_WEB_GET, "/:ref", 0, "", ""},
		{HL_WEB_DELETE, "/", 0, "", ""},
		{HL_WEB_HEAD, "/case/x/send", 0, "", ""},
	};

	(void)state;
	assert_null(hl_web_route_check(&table));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct t_web t;
		struct hl_web_match m;

		t_web_init(&t);
		t.req.method = rows[i].method;
		t.req.path = hl_str_c(rows[i].path);
		hl_web_route_find(&table, &t.req, t.ctx.arena, &m);
		if ((m.route ? m.route->action : 0) != rows[i].action ||
			!hl_str_eq(m.req.params[0], hl_str_c(rows[i].first)) ||
			!hl_str_eq(m.req.params[1], hl_str_c(rows[i].second))) {
			fail_msg("%s: %d", rows[i].path,
				m.route ? m.route->action : 0);
		}
		t_web_fini(&t);
	}
}

static void refusals(void **state)
{
	static const struct {
		enum hl_web_method method;
		const char *path;
		int status;
		const char *allow;
	} rows[] = {
		{HL_WEB_DELETE, "/", 405, "GET, HEAD"},
		{HL_WEB_GET, "/case/x/send", 405, "POST"},
		{HL_WEB_PUT, "/case/x", 405, "GET, HEAD, POST"},
		{HL_WEB_GET, "/none", 404, ""},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct t_web t;

		t_web_init(&t);
		t.req.method = rows[i].method;
		t.req.path = hl_str_c(rows[i].path);
		hl_web_route_call(&table, &t.ctx, &t.req, &t.resp);
		if (t.resp.status != rows[i].status ||
			!hl_str_eq(t_web_sent(&t, "Allow"),
				hl_str_c(rows[i].allow))) {
			fail_msg("%s: %d", rows[i].path, t.resp.status);
		}
		t_web_fini(&t);
	}
}

static void tables_with_mistakes(void **state)
{
	static const struct hl_web_route
		none[] = {{HL_WEB_GET, "case", 1, nothing}},
		handler[] = {{HL_WEB_GET, "/x", 1, NULL}},
		many[] = {{HL_WEB_GET, "/:a/:b/:c/:d/:e", 1, nothing}},
		twice[] = {{HL_WEB_GET, "/a/:x", 1, nothing},
			{HL_WEB_POST, "/a/:x", 1, nothing},
			{HL_WEB_GET, "/a/:y", 1, nothing}};
	static const struct hl_web_routes tables[] = {
		{none, 1}, {handler, 1}, {many, 1}, {twice, 3}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(tables); i++) {
		if (!hl_web_route_check(&tables[i])) {
			fail_msg("table %zu", i);
		}
	}
}

static void seeing_other_places(void **state)
{
	static const struct {
		const char *where;
		int status;
	} rows[] = {{"/", 303}, {"/a?b#c", 303}, {"//e.invalid", 0},
		{"https://e.invalid/", 0}, {"a", 0}, {"", 0}, {"/\\e", 0},
		{"/a\r\nX: y", 303}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct t_web t;

		t_web_init(&t);
		hl_web_see_other(&t.resp, hl_str_c(rows[i].where));
		bool has = t_web_sent(&t, "Location").p != NULL;
		bool lines = strchr(rows[i].where, '\r') != NULL;
		if (t.resp.status != rows[i].status ||
			has != (rows[i].status && !lines) ||
			(t.resp.fault != 0) == has) {
			fail_msg("%s: %d", rows[i].where, t.resp.status);
		}
		t_web_fini(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_find_their_row),
		cmocka_unit_test(refusals),
		cmocka_unit_test(tables_with_mistakes),
		cmocka_unit_test(seeing_other_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
