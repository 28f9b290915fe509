/* SPDX-License-Identifier: Apache-2.0 */
#include "web/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define H "Host: e.invalid\r\n"
#define GET "GET / HTTP/1.1\r\n" H
#define POST "POST / HTTP/1.1\r\n" H
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

struct row {
	const char *name;
	struct hl_str in;
	int status;
	int phase; /* when status is 0 */
};

#define START HL_WEB_GUARD_START

static const struct row rows[] = {
	{"plain GET", HL_STR_INIT(GET "\r\n"), 0, START},
	{"two in one", HL_STR_INIT(GET "\r\n" GET "\r\n"), 0, START},
	{"body", HL_STR_INIT(POST "Content-Length: 3\r\n\r\na=b"), 0, START},
	{"body and next",
		HL_STR_INIT(POST "Content-Length: 1\r\n\r\na" GET "\r\n"), 0,
		START},
	{"empty body", HL_STR_INIT(POST "Content-Length: 0\r\n\r\n"), 0, START},
	{"half a body", HL_STR_INIT(POST "Content-Length: 3\r\n\r\na="), 0,
		HL_WEB_GUARD_BODY},
	{"half a head", HL_STR_INIT(GET), 0, HL_WEB_GUARD_HEADERS},
	{"half a line", HL_STR_INIT("GET / HT"), 0, HL_WEB_GUARD_REQUEST_LINE},
	{"chunks",
		HL_STR_INIT(CHUNKED "3\r\na=b\r\n0A\r\n0123456789\r\n0\r\n"
				    "\r\n"),
		0, START},
	{"chunk open", HL_STR_INIT(CHUNKED "3\r\na="), 0,
		HL_WEB_GUARD_CHUNK_DATA},
	{"HTTP/1.0 without host", HL_STR_INIT("GET / HTTP/1.0\r\n\r\n"), 0,
		START},
	{"100-continue",
		HL_STR_INIT(POST "Expect: 100-continue\r\n"
				 "Content-Length: 0\r\n\r\n"),
		0, START},
	{"tab in a value", HL_STR_INIT(GET "A: b\tc\r\n\r\n"), 0, START},
	{"high bytes in a value", HL_STR_INIT(GET "A: \xc3\xa6\r\n\r\n"), 0,
		START},
	{"GET with length 0", HL_STR_INIT(GET "Content-Length: 0\r\n\r\n"), 0,
		START},
	{"IPv6 host", HL_STR_INIT("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
		0, START},

	{"two lengths",
		HL_STR_INIT(POST "Content-Length: 1\r\nContent-Length: 1\r\n"),
		400, 0},
	{"length in other case twice",
		HL_STR_INIT(POST "Content-Length: 1\r\ncontent-length: 2\r\n"),
		400, 0},
	{"length list", HL_STR_INIT(POST "Content-Length: 1, 1\r\n"), 400, 0},
	{"length +1", HL_STR_INIT(POST "Content-Length: +1\r\n"), 400, 0},
	{"length -1", HL_STR_INIT(POST "Content-Length: -1\r\n"), 400, 0},
	{"length 0x1", HL_STR_INIT(POST "Content-Length: 0x1\r\n"), 400, 0},
	{"length 1a", HL_STR_INIT(POST "Content-Length: 1a\r\n"), 400, 0},
	{"length empty", HL_STR_INIT(POST "Content-Length:\r\n"), 400, 0},
	{"length too large", HL_STR_INIT(POST "Content-Length: 1001\r\n"), 413,
		0},
	{"length huge",
		HL_STR_INIT(POST "Content-Length: 18446744073709551617\r\n"),
		413, 0},
	{"no length", HL_STR_INIT(POST "\r\n"), 411, 0},
	{"length and chunked",
		HL_STR_INIT(POST "Content-Length: 1\r\n"
				 "Transfer-Encoding: chunked\r\n\r\n"),
		400, 0},
	{"chunked and length",
		HL_STR_INIT(POST "Transfer-Encoding: chunked\r\n"
				 "Content-Length: 1\r\n\r\n"),
		400, 0},
	{"gzip, chunked",
		HL_STR_INIT(POST "Transfer-Encoding: gzip, chunked\r\n"), 400,
		0},
	{"identity", HL_STR_INIT(POST "Transfer-Encoding: identity\r\n"), 400,
		0},
	{"xchunked", HL_STR_INIT(POST "Transfer-Encoding: xchunked\r\n"), 400,
		0},
	{"chunked twice",
		HL_STR_INIT(POST "Transfer-Encoding: chunked\r\n"
				 "Transfer-Encoding: chunked\r\n"),
		400, 0},
	{"chunked in HTTP/1.0",
		HL_STR_INIT("POST / HTTP/1.0\r\n"
			    "Transfer-Encoding: chunked\r\n"),
		400, 0},
	{"GET with a body", HL_STR_INIT(GET "Content-Length: 3\r\n\r\n"), 400,
		0},
	{"GET chunked", HL_STR_INIT(GET "Transfer-Encoding: chunked\r\n\r\n"),
		400, 0},
	{"no host", HL_STR_INIT("GET / HTTP/1.1\r\n\r\n"), 400, 0},
	{"two hosts", HL_STR_INIT(GET H), 400, 0},
	{"empty host", HL_STR_INIT("GET / HTTP/1.1\r\nHost:\r\n"), 400, 0},
	{"host with a slash", HL_STR_INIT("GET / HTTP/1.1\r\nHost: a/b\r\n"),
		400, 0},
	{"host with a space", HL_STR_INIT("GET / HTTP/1.1\r\nHost: a b\r\n"),
		400, 0},
	{"NUL in a value", HL_STR_INIT(GET "A: b\0c\r\n"), 400, 0},
	{"NUL in a name", HL_STR_INIT(GET "A\0: b\r\n"), 400, 0},
	{"NUL in a body", HL_STR_INIT(POST "Content-Length: 3\r\n\r\na\0b"),
		400, 0},
	{"NUL in a target", HL_STR_INIT("GET /\0 HTTP/1.1\r\n"), 400, 0},
	{"escape in a value", HL_STR_INIT(GET "A: \x1b\r\n"), 400, 0},
	{"DEL in a value", HL_STR_INIT(GET "A: \x7f\r\n"), 400, 0},
	{"bare LF", HL_STR_INIT("GET / HTTP/1.1\n"), 400, 0},
	{"bare LF in headers", HL_STR_INIT(GET "A: b\nC: d\r\n"), 400, 0},
	{"bare CR", HL_STR_INIT(GET "A: b\rC: d\r\n"), 400, 0},
	{"folded", HL_STR_INIT(GET "A: b\r\n c\r\n"), 400, 0},
	{"folded with a tab", HL_STR_INIT(GET "A: b\r\n\tc: d\r\n"), 400, 0},
	{"space before colon", HL_STR_INIT(POST "Content-Length : 3\r\n"), 400,
		0},
	{"no colon", HL_STR_INIT(GET "A\r\n"), 400, 0},
	{"no name", HL_STR_INIT(GET ": b\r\n"), 400, 0},
	{"odd name", HL_STR_INIT(GET "A(b): c\r\n"), 400, 0},
	{"name not ASCII", HL_STR_INIT(GET "\xc3\xa6: c\r\n"), 400, 0},
	{"empty line first", HL_STR_INIT("\r\nGET / HTTP/1.1\r\n"), 400, 0},
	{"two spaces", HL_STR_INIT("GET  / HTTP/1.1\r\n"), 400, 0},
	{"leading space", HL_STR_INIT(" GET / HTTP/1.1\r\n"), 400, 0},
	{"trailing space", HL_STR_INIT("GET / HTTP/1.1 \r\n"), 505, 0},
	{"no version", HL_STR_INIT("GET /\r\n"), 400, 0},
	{"HTTP/0.9", HL_STR_INIT("GET / HTTP/0.9\r\n"), 505, 0},
	{"HTTP/2.0", HL_STR_INIT("GET / HTTP/2.0\r\n"), 505, 0},
	{"lower-case version", HL_STR_INIT("GET / http/1.1\r\n"), 400, 0},
	{"method unknown", HL_STR_INIT("BREW / HTTP/1.1\r\n"), 501, 0},
	{"lower-case method", HL_STR_INIT("get / HTTP/1.1\r\n"), 501, 0},
	{"CONNECT", HL_STR_INIT("CONNECT e.invalid:80 HTTP/1.1\r\n"), 501, 0},
	{"TRACE", HL_STR_INIT("TRACE / HTTP/1.1\r\n"), 501, 0},
	{"odd method", HL_STR_INIT("G(T / HTTP/1.1\r\n"), 400, 0},
	{"absolute target", HL_STR_INIT("GET http://e.invalid/ HTTP/1.1\r\n"),
		400, 0},
	{"target //", HL_STR_INIT("GET //e.invalid/ HTTP/1.1\r\n"), 400, 0},
	{"target *", HL_STR_INIT("OPTIONS * HTTP/1.1\r\n"), 400, 0},
	{"target with #", HL_STR_INIT("GET /a#b HTTP/1.1\r\n"), 400, 0},
	{"target not ASCII", HL_STR_INIT("GET /\xc3\xa6 HTTP/1.1\r\n"), 400, 0},
	{"target with backslash", HL_STR_INIT("GET /\\a HTTP/1.1\r\n"), 400, 0},
	{"TLS to the wrong port", HL_STR_INIT("\x16\x03\x01\x02"), 400, 0},
	{"unknown expectation", HL_STR_INIT(POST "Expect: tea\r\n"), 417, 0},
	{"gzipped body", HL_STR_INIT(POST "Content-Encoding: gzip\r\n"), 415,
		0},
	{"chunk extension", HL_STR_INIT(CHUNKED "3;a=b\r\n"), 400, 0},
	{"chunk size 0x3", HL_STR_INIT(CHUNKED "0x3\r\n"), 400, 0},
	{"chunk size +3", HL_STR_INIT(CHUNKED "+3\r\n"), 400, 0},
	{"chunk size with space", HL_STR_INIT(CHUNKED "3 \r\n"), 400, 0},
	{"chunk size empty", HL_STR_INIT(CHUNKED "\r\n"), 400, 0},
	{"chunk size huge", HL_STR_INIT(CHUNKED "FFFFFFFFFFFFFFFF\r\n"), 400,
		0},
	{"chunk too large", HL_STR_INIT(CHUNKED "3E9\r\n"), 413, 0},
	{"chunk without its CRLF", HL_STR_INIT(CHUNKED "1\r\nab\r\n"), 400, 0},
	{"trailer", HL_STR_INIT(CHUNKED "0\r\nA: b\r\n"), 400, 0},
	{"chunk with bare LF", HL_STR_INIT(CHUNKED "1\na"), 400, 0},
};

static int feed(struct hl_web_guard *g, struct hl_str in, size_t step)
{
	for (size_t at = 0; at < in.n; at += step) {
		int status = hl_web_guard_feed(g, hl_str_sub(in, at, step));

		if (status) {
			return status;
		}
	}
	return 0;
}

/* Each row gives the same however the network cuts it up. */
static void rows_at_once_and_in_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		for (size_t step = 1; step < 200; step += step < 8 ? 1 : 40) {
			struct hl_web_guard g;

			hl_web_guard_init(&g, 1000, 1000);
			int status = feed(&g, rows[i].in, step);
			int phase = g.phase;
			hl_web_guard_fini(&g);
			if (status != rows[i].status ||
				(!status && phase != rows[i].phase)) {
				fail_msg("%s, %zu at a time: status %d, "
					 "phase %d",
					rows[i].name, step, status, phase);
			}
		}
	}
}

static void sizes(void **state)
{
	HL_BUF_AUTO in = HL_BUF_INIT(100000);
	struct hl_web_guard g;

	(void)state;
	hl_web_guard_init(&g, 1000, 1000);
	hl_buf_put(&in, HL_STR("GET / HTTP/1.1\r\n"));
	for (int i = 0; i < 990; i++) {
		hl_buf_put_c(&in, 'a');
	}
	assert_int_equal(431, feed(&g, hl_buf_str(&in), 7));
	hl_web_guard_fini(&g);

	hl_web_guard_init(&g, 100000, 1000);
	hl_buf_reset(&in);
	hl_buf_put(&in, HL_STR(GET));
	for (int i = 0; i < 64; i++) {
		hl_buf_put(&in, HL_STR("A: b\r\n"));
	}
	assert_int_equal(431, feed(&g, hl_buf_str(&in), 1000));
	hl_web_guard_fini(&g);

	hl_web_guard_init(&g, 100000, 1000);
	hl_buf_reset(&in);
	hl_buf_put(&in, HL_STR("GET /"));
	for (int i = 0; i < 4096; i++) {
		hl_buf_put_c(&in, 'a');
	}
	hl_buf_put(&in, HL_STR(" HTTP/1.1\r\n"));
	assert_int_equal(414, feed(&g, hl_buf_str(&in), 1000));
	hl_web_guard_fini(&g);
}

/* Where bodies may be pictures, a NUL in one is a byte as any other, and
 * elsewhere it is refused as before. */
static void binary_bodies(void **state)
{
	static const struct {
		struct hl_str in;
		int status;
	} nuls[] = {
		{HL_STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
			     "4\r\n\r\n\0a\0\0GET / HTTP/1.1\r\n"),
			0},
		{HL_STR_INIT("POST / HTTP/1.1\r\nHost: a\r\n"
			     "Transfer-Encoding: chunked\r\n\r\n"
			     "2\r\n\0\0\r\n0\r\n\r\n"),
			0},
		{HL_STR_INIT("POST / HTTP/1.1\r\nHost: a\0\r\n"), 400},
		{HL_STR_INIT("PO\0ST / HTTP/1.1\r\n"), 400},
		{HL_STR_INIT("GET /\0 HTTP/1.1\r\n"), 400},
		{HL_STR_INIT("POST / HTTP/1.1\r\nHost: a\r\n"
			     "Transfer-Encoding: chunked\r\n\r\n\0"),
			400},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(nuls); i++) {
		for (size_t step = 1; step < 100; step += 9) {
			struct hl_web_guard g;

			hl_web_guard_init(&g, 1000, 1000);
			g.binary = true;
			int status = feed(&g, nuls[i].in, step);
			hl_web_guard_fini(&g);
			if (status != nuls[i].status) {
				fail_msg("row %zu, %zu at a time: %d", i, step,
					status);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_at_once_and_in_pieces),
		cmocka_unit_test(sizes),
		cmocka_unit_test(binary_bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
