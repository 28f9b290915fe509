/* SPDX-License-Identifier: Apache-2.0 */
#include "web/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <zlib.h>

#include "pages.h"
#include "web/encode.h"
#include "web/language.h"
#include "web/static.h"

static void put_line(void *arg, const char *name, struct hl_str value)
{
	hl_buf_printf(arg, "%s: %.*s\n", name, HL_STR_ARG(value));
}

static bool has_line(const struct hl_web_response *resp, bool secure,
	const char *line, struct hl_buf *out)
{
	hl_buf_reset(out);
	hl_web_response_headers(resp, secure, put_line, out);
	return strstr(out->p, line) != NULL;
}

static void every_answer_is_guarded(void **state)
{
	static const char *const always[] = {
		"Content-Security-Policy: default-src 'none'; style-src "
		"'self'; img-src 'self'; script-src 'self'; form-action "
		"'self'; base-uri 'none'; frame-ancestors 'none'\n",
		"Cross-Origin-Opener-Policy: same-origin\n",
		"Cross-Origin-Embedder-Policy: require-corp\n",
		"Cross-Origin-Resource-Policy: same-origin\n",
		"Permissions-Policy: accelerometer=(), ",
		"Referrer-Policy: no-referrer\n",
		"X-Content-Type-Options: nosniff\n",
		"X-Frame-Options: DENY\n",
		"Cache-Control: no-store\n",
	};
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	struct hl_web_ctx ctx = {0};
	struct t_web t;

	(void)state;
	for (int status = 200; status < 600; status += 101) {
		t_web_init(&t);
		hl_web_respond(&t.resp, status, "text/html");
		if (status >= 400) {
			hl_web_error(&ctx, &t.req, &t.resp, status);
		}
		for (size_t i = 0; i < HL_ARRAY_LEN(always); i++) {
			if (!has_line(&t.resp, false, always[i], &out)) {
				fail_msg("%d lacks %s", status, always[i]);
			}
		}
		assert_null(strstr(out.p, "Strict-Transport-Security"));
		assert_true(has_line(&t.resp, true,
			"Strict-Transport-Security: max-age=", &out));
		t_web_fini(&t);
	}
	t_web_init(&t);
	hl_web_clear_site(&t.resp);
	assert_true(has_line(&t.resp, false,
		"Clear-Site-Data: \"cache\", \"cookies\", \"storage\"\n",
		&out));
	t_web_fini(&t);
}

static void headers_that_are_refused(void **state)
{
	struct t_web t;

	(void)state;
	t_web_init(&t);
	hl_web_header_add(&t.resp, "A", HL_STR("b\r\nC: d"));
	assert_int_equal(HL_E_INVALID, t.resp.fault);
	assert_int_equal(0, t.resp.n_headers);
	t.resp.fault = 0;
	hl_web_header_add(&t.resp, "A", HL_STR_NONE);
	assert_int_equal(HL_E_INVALID, t.resp.fault);
	t.resp.fault = 0;
	for (int i = 0; i < HL_WEB_HEADERS_MAX; i++) {
		hl_web_header_add(&t.resp, "A", HL_STR("b"));
	}
	assert_int_equal(0, t.resp.fault);
	hl_web_header_add(&t.resp, "A", HL_STR("b"));
	assert_int_equal(HL_E_LIMIT, t.resp.fault);
	t_web_fini(&t);
}

/* What a handler gave, and what the client gets. */
static int outcome;

static int gives(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	hl_buf_put(&resp->body, HL_STR("half"));
	hl_web_header_add(resp, "Set-Cookie", HL_STR("half=1"));
	if (outcome == 0) {
		hl_web_respond(resp, 200, "text/plain");
	}
	return outcome == 99 ? 0 : outcome;
}

static int bad_error_page(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	hl_buf_put(&resp->body, HL_STR("half of the error page"));
	return HL_E_IO;
}

static int good_error_page(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	hl_web_respond(resp, ctx->status, "text/html");
	hl_buf_printf(&resp->body, "ours %d", ctx->status);
	return 0;
}

static void outcomes_become_pages(void **state)
{
	static const struct {
		int outcome, status;
	} rows[] = {{0, 200}, {HL_NOTFOUND, 404}, {HL_DENIED, 403},
		{HL_CONFLICT, 409}, {HL_E_INVALID, 400}, {HL_E_LIMIT, 413},
		{HL_E_UNAVAILABLE, 503}, {HL_E_TIMEOUT, 503}, {HL_E_FULL, 503},
		{HL_E_IO, 500}, {HL_E_NOMEM, 500}, {HL_E_CRYPTO, 500},
		{99, 500} /* nothing said */};
	static hl_web_handler *const pages[] = {
		NULL, bad_error_page, good_error_page};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows) * 3; i++) {
		struct t_web t;

		t_web_init(&t);
		t.ctx.error_page = pages[i % 3];
		outcome = rows[i / 3].outcome;
		hl_web_handle(gives, &t.ctx, &t.req, &t.resp);
		bool half = strstr(t.resp.body.p, "half") != NULL ||
			    t_web_sent(&t, "Set-Cookie").p;
		bool ours = strstr(t.resp.body.p, "ours") != NULL;
		bool later = t_web_sent(&t, "Retry-After").p != NULL;
		if (t.resp.status != rows[i / 3].status ||
			half != (outcome == 0) ||
			ours != (i % 3 == 2 && outcome != 0) ||
			later != (t.resp.status == 503)) {
			fail_msg("outcome %d, page %zu: %d, %s", outcome, i % 3,
				t.resp.status, t.resp.body.p);
		}
		t_web_fini(&t);
	}
}

static void pages_too_large_are_faults(void **state)
{
	struct t_web t;

	(void)state;
	t_web_init(&t);
	outcome = 0;
	t.resp.body.max = 3;
	hl_web_handle(gives, &t.ctx, &t.req, &t.resp);
	assert_int_equal(500, t.resp.status);
	t_web_fini(&t);
}

static void static_files(void **state)
{
	static const struct {
		const char *encoding, *etag; /* NULL: not sent */
		int status;
		bool gzip;
	} rows[] = {
		{NULL, NULL, 200, false},
		{"gzip, deflate, br", NULL, 200, true},
		{"br", NULL, 200, false},
		{"gzip", "\"other\"", 200, true},
		{"gzip", "", 304, false},
	};
	const struct hl_web_static *css = NULL;

	(void)state;
	assert_string_equal("/", hl_web_static_path("nothing.css"));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct t_web t;
		struct hl_str bytes;

		t_web_init(&t);
		t.req.path = hl_str_c(hl_web_static_path("public.css"));
		css = hl_web_static_find(t.req.path);
		assert_non_null(css);
		if (rows[i].encoding) {
			t_web_header(&t, "Accept-Encoding", rows[i].encoding);
		}
		if (rows[i].etag) {
			t_web_header(&t, "If-None-Match",
				rows[i].etag[0] ? rows[i].etag : css->etag);
		}
		assert_int_equal(
			0, hl_web_static_serve(&t.ctx, &t.req, &t.resp));
		hl_web_encode(&t.req, &t.resp, &bytes);
		bool gzip = t_web_sent(&t, "Content-Encoding").p != NULL;
		if (t.resp.status != rows[i].status || gzip != rows[i].gzip ||
			(t.resp.status == 200 &&
				bytes.p !=
					(gzip ? css->gzip.p : css->bytes.p))) {
			fail_msg("row %zu: %d", i, t.resp.status);
		}
		assert_true(t.resp.cacheable);
		t_web_fini(&t);
	}
	struct t_web t;
	t_web_init(&t);
	t.req.path = HL_STR("/static/public.css");
	assert_int_equal(
		HL_NOTFOUND, hl_web_static_serve(&t.ctx, &t.req, &t.resp));
	t_web_fini(&t);
}

static void gzip_comes_back(void **state)
{
	HL_BUF_AUTO in = HL_BUF_INIT(1u << 20), out = HL_BUF_INIT(1u << 20);
	static char back[1u << 20];

	(void)state;
	for (size_t size = 0; size < 300000; size = size * 3 + 1) {
		hl_buf_reset(&in);
		hl_buf_reset(&out);
		for (size_t i = 0; i < size; i++) {
			hl_buf_put_c(&in, (char)('a' + i * i % 23));
		}
		assert_int_equal(0, hl_web_gzip(hl_buf_str(&in), &out));
		z_stream z = {.next_in = (Bytef *)out.p,
			.avail_in = (uInt)out.n,
			.next_out = (Bytef *)back,
			.avail_out = sizeof(back)};
		assert_int_equal(Z_OK, inflateInit2(&z, 15 + 16));
		assert_int_equal(Z_STREAM_END, inflate(&z, Z_FINISH));
		assert_int_equal(size, z.total_out);
		assert_memory_equal(hl_buf_str(&in).p, back, size);
		inflateEnd(&z);
	}
	struct hl_buf small = HL_BUF_INIT(10);
	assert_int_equal(HL_E_LIMIT, hl_web_gzip(hl_buf_str(&in), &small));
	hl_buf_fini(&small);
}

static void who_takes_gzip(void **state)
{
	static const struct {
		const char *header;
		bool takes;
	} rows[] = {{"gzip", true}, {"GZIP", true}, {"br, gzip", true},
		{"gzip;q=0.5", true}, {"gzip; q=0", false},
		{"gzip;q=0.000", false}, {"*", true}, {"*;q=0", false},
		{"br", false}, {"", false}, {"xgzip", false},
		{"*, gzip;q=0", false}, {"identity", false}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct t_web t;

		t_web_init(&t);
		t_web_header(&t, "accept-encoding", rows[i].header);
		bool takes = hl_web_request_takes_gzip(&t.req);
		t_web_fini(&t);
		if (takes != rows[i].takes) {
			fail_msg("\"%s\"", rows[i].header);
		}
	}
}

static void languages(void **state)
{
	static const struct hl_web_language table_rows[] = {{.tag = "en"},
		{.tag = "da"}, {.tag = "pt-BR"}, {.tag = "ar", .rtl = true}};
	static const struct hl_web_languages table = {
		table_rows, HL_ARRAY_LEN(table_rows)};
	static const struct {
		const char *accept, *cookie, *want;
	} rows[] = {
		{"da", "", "da"},
		{"da-DK", "", "da"},
		{"DA", "", "da"},
		{"pt", "", "en"},
		{"pt-br", "", "pt-BR"},
		{"pt-BR-x-a", "", "pt-BR"},
		{"fr, da;q=0.5", "", "da"},
		{"en;q=0.3, da;q=0.7, ar;q=0.5", "", "da"},
		{"da;q=0", "", "en"},
		{"da;q=1.5, ar;q=0.1", "", "ar"},
		{"da;q=x, ar;q=0.1", "", "ar"},
		{"da;q=0.00001, ar;q=0.1", "", "ar"},
		{"da;q=.5, ar;q=0.1", "", "ar"},
		{"*", "", "en"},
		{"", "", "en"},
		{",,;;", "", "en"},
		{"da", "lang=ar", "ar"},
		{"da", "lang=fr", "da"},
		{"da", "lang=ar; lang=en", "da"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct t_web t;

		t_web_init(&t);
		t_web_header(&t, "Accept-Language", rows[i].accept);
		t_web_header(&t, "Cookie", rows[i].cookie);
		const char *got = hl_web_language_pick(&table, &t.req)->tag;
		assert_string_equal(
			"en", hl_web_language_pick(NULL, &t.req)->tag);
		t_web_fini(&t);
		if (strcmp(got, rows[i].want) != 0) {
			fail_msg("%s, %s: %s", rows[i].accept, rows[i].cookie,
				got);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_answer_is_guarded),
		cmocka_unit_test(headers_that_are_refused),
		cmocka_unit_test(outcomes_become_pages),
		cmocka_unit_test(pages_too_large_are_faults),
		cmocka_unit_test(static_files),
		cmocka_unit_test(gzip_comes_back),
		cmocka_unit_test(who_takes_gzip),
		cmocka_unit_test(languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
