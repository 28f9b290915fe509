/* SPDX-License-Identifier: Apache-2.0 */
/* squid's lines: formats, escapes, what is cut, too long or no line. */
#include "consume/squid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"

static struct hl_consume_squid_format format(const char *codes)
{
	struct hl_consume_squid_format f = {.no_channels = false};

	assert_int_equal(
		0, hl_consume_squid_format_parse(hl_str_c(codes), &f, NULL));
	return f;
}

static void formats(void **state)
{
	static const char *const wrong[] = {"", "%SRC", "%URI %DST", "%URI %ru",
		"%URI %SRC %>a", "URI", "%URI 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6"};
	struct hl_consume_squid_format f = format(" %METHOD  %>rd %>a ");

	(void)state;
	assert_int_equal(3, f.n);
	assert_int_equal(HL_CONSUME_SQUID_OTHER, f.fields[0]);
	assert_int_equal(HL_CONSUME_SQUID_DST, f.fields[1]);
	assert_int_equal(HL_CONSUME_SQUID_SRC, f.fields[2]);
	for (size_t i = 0; i < HL_ARRAY_LEN(wrong); i++) {
		if (hl_consume_squid_format_parse(
			    hl_str_c(wrong[i]), &f, NULL) != HL_E_INVALID) {
			fail_msg("taken: %s", wrong[i]);
		}
	}
}

static void lines(void **state)
{
	static const struct {
		const char *format, *line;
		int r;
		uint64_t channel;
		const char *url, *client;
	} rows[] = {
		{"%URI", "0 http://example.org/", 0, 0, "http://example.org/",
			NULL},
		{"%URI", "7 http://example.org/a%20b%25c%zz%4", 0, 7,
			"http://example.org/a b%c%zz%4", NULL},
		{"%URI %SRC", "7 http://example.org/ 2001:db8::1\r", 0, 7,
			"http://example.org/", "2001:db8::1"},
		{"%URI %SRC", "7  http://example.org/  192.0.2.1 - x", 0, 7,
			"http://example.org/", "192.0.2.1"},
		{"%METHOD %URI", "7 GET http://example.org/", 0, 7,
			"http://example.org/", NULL},
		{"%URI", "7 www.example.org:443", 0, 7,
			"https://www.example.org:443/", NULL},
		{"%URI", "7 [2001:db8::1]:443", 0, 7,
			"https://[2001:db8::1]:443/", NULL},
		{"%URI", "7 HTTPS://example.org/", 0, 7, "HTTPS://example.org/",
			NULL},
		{"%DST", "7 example.org", 0, 7, "http://example.org/", NULL},
		{"%DST", "7 2001:db8::1", 0, 7, "http://[2001:db8::1]/", NULL},
		{"%DST", "7 [2001:db8::1]", 0, 7, "http://[2001:db8::1]/",
			NULL},
		{"%DST %SRC", "7 - 192.0.2.1", 0, 7, "", "192.0.2.1"},
		{"%URI", "999999999999999999 -", 0, 999999999999999999u, "",
			NULL},
		{"%URI", "9999999999999999999 -", HL_E_INVALID, 0, NULL, NULL},
		{"%URI", "", HL_E_INVALID, 0, NULL, NULL},
		{"%URI", "7", HL_E_INVALID, 7, NULL, NULL},
		{"%URI", "7 ", HL_E_INVALID, 7, NULL, NULL},
		{"%URI", "-7 http://example.org/", HL_E_INVALID, 0, NULL, NULL},
		{"%URI", "http://example.org/", HL_E_INVALID, 0, NULL, NULL},
		{"%SRC %URI", "7 192.0.2.1", HL_E_INVALID, 7, NULL,
			"192.0.2.1"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_consume_squid_format f = format(rows[i].format);
		struct hl_consume_squid_line line;
		struct hl_str text = hl_str_c(rows[i].line);
		char *room = malloc(2 * text.n + 32);

		assert_non_null(room);
		int r = hl_consume_squid_line_parse(&f, text, room, &line);
		if (r != rows[i].r || line.channel != rows[i].channel ||
			(!r && !hl_str_eq(line.q.url, hl_str_c(rows[i].url))) ||
			!hl_str_eq(line.q.client, hl_str_c(rows[i].client))) {
			fail_msg("\"%s\": %d, %d, %.*s", rows[i].line, r,
				(int)line.channel, HL_STR_ARG(line.q.url));
		}
		free(room);
	}
}

/* -- the helper -- */

static int check(void *arg, struct hl_str url, struct hl_consume_decision *out)
{
	(void)arg;
	out->entry = 42;
	out->what =
		hl_str_find(url, HL_STR("unsure")) < url.n ? HL_CONSUME_UNSURE
		: hl_str_find(url, HL_STR("bad")) < url.n  ? HL_CONSUME_LISTED
							   : HL_CONSUME_CLEAR;
	return 0;
}

static int confirm(void *arg, struct hl_str url,
	struct hl_consume_decision *out, struct hl_err *err)
{
	(void)arg;
	if (hl_str_find(url, HL_STR("fail")) < url.n) {
		return HL_FAIL(err, HL_E_UNAVAILABLE, "nobody there");
	}
	*out = (struct hl_consume_decision){
		.what = HL_CONSUME_LISTED, .entry = UINT64_MAX};
	return 0;
}

static int collect(void *arg, struct hl_str text, struct hl_err *err)
{
	struct hl_buf *b = arg;

	(void)err;
	hl_buf_put(b, text);
	return b->fault;
}

struct helper {
	struct hl_consume_judge judge;
	struct hl_consume consume;
	struct hl_consume_squid_format format;
	struct hl_consume_pool *pool;
	struct hl_buf out;
	struct hl_consume_squid *squid;
};

static void start(struct helper *h, bool pool)
{
	*h = (struct helper){.judge = {NULL, check, confirm}};
	h->consume.judge = &h->judge;
	h->format = format("%URI");
	h->out = HL_BUF_INIT(1 << 24);
	const struct hl_consume_pool_config pc = {&h->consume, 3, 100};
	if (pool) {
		assert_int_equal(0, hl_consume_pool_new(&pc, &h->pool, NULL));
	}
	const struct hl_consume_squid_config config = {
		.consume = &h->consume,
		.pool = h->pool,
		.format = &h->format,
		.write = collect,
		.arg = &h->out,
	};
	assert_int_equal(0, hl_consume_squid_new(&config, &h->squid, NULL));
}

static void stop(struct helper *h)
{
	hl_consume_squid_free(h->squid);
	hl_consume_pool_free(h->pool);
	hl_buf_fini(&h->out);
}

static const char asked[] = "1 http://example.org/\n2 http://bad.example/\r\n"
			    "\n3\nx\n4 bad.example:443\n"
			    "5 http://unsure.example/\n"
			    "6 http://unsure.example/fail\n7 -\n";
static const char answered[] =
	"1 ERR\n2 OK message=42 tag=hotline log=42\n"
	"0 BH message=no%20channel\n3 BH message=no%20address\n"
	"0 BH message=no%20channel\n4 OK message=42 tag=hotline log=42\n"
	"5 OK message=18446744073709551615 tag=hotline "
	"log=18446744073709551615\n6 ERR\n7 ERR\n";

/* Wherever the bytes are cut, the answers are the same. */
static void cut_anywhere(void **state)
{
	(void)state;
	for (size_t cut = 1; cut < sizeof(asked); cut++) {
		struct hl_str rest = hl_str_c(asked);
		struct helper h;

		start(&h, false);
		while (rest.n) {
			assert_int_equal(
				0, hl_consume_squid_feed(h.squid,
					   hl_str_sub(rest, 0, cut), NULL));
			rest = hl_str_sub(rest, cut, rest.n);
		}
		assert_string_equal(answered, h.out.p);
		assert_int_equal(1, h.consume.n_open);
		stop(&h);
	}
}

/* Half a line at the end is no line. */
static void half_a_line_is_not_answered(void **state)
{
	struct helper h;

	(void)state;
	start(&h, false);
	assert_int_equal(0, hl_consume_squid_feed(h.squid,
				    HL_STR("1 http://bad.example/"), NULL));
	assert_int_equal(0, h.out.n);
	stop(&h);
}

/* It is asked about as far as it goes; the next line is read as ever. */
static void a_line_too_long(void **state)
{
	struct helper h;
	HL_BUF_AUTO in = HL_BUF_INIT(1 << 24);

	(void)state;
	hl_buf_put(&in, HL_STR("8 http://bad.example/"));
	while (in.n < 10 * HL_CONSUME_SQUID_LINE_MAX) {
		hl_buf_put_c(&in, 'a');
	}
	hl_buf_put(&in, HL_STR("\n9 http://bad.example/\n"));
	start(&h, false);
	assert_int_equal(
		0, hl_consume_squid_feed(h.squid, hl_buf_str(&in), NULL));
	assert_string_equal("8 OK message=42 tag=hotline log=42\n"
			    "9 OK message=42 tag=hotline log=42\n",
		h.out.p);
	/* Its address is not there: squid refuses a request on BH. */
	hl_buf_reset(&h.out);
	memset(in.p + 2, ' ', 20);
	in.p[in.n - strlen("\n9 http://bad.example/\n") - 1] = ' ';
	memset(in.p + 2, ' ', HL_CONSUME_SQUID_LINE_MAX);
	assert_int_equal(
		0, hl_consume_squid_feed(h.squid, hl_buf_str(&in), NULL));
	assert_string_equal(
		"8 ERR\n9 OK message=42 tag=hotline log=42\n", h.out.p);
	stop(&h);
}

static void nothing_but_line_ends(void **state)
{
	struct helper h;
	HL_BUF_AUTO in = HL_BUF_INIT(1 << 20);

	(void)state;
	while (in.n < 600000) {
		hl_buf_put_c(&in, '\n');
	}
	start(&h, false);
	assert_int_equal(
		0, hl_consume_squid_feed(h.squid, hl_buf_str(&in), NULL));
	assert_int_equal(
		600000 * strlen("0 BH message=no%20channel\n"), h.out.n);
	stop(&h);
}

static void nuls_are_bytes(void **state)
{
	struct helper h;

	(void)state;
	start(&h, false);
	assert_int_equal(0,
		hl_consume_squid_feed(h.squid,
			HL_STR("1 http://\0bad/\n\0002 x\n3 a%00bad\n"), NULL));
	assert_string_equal("1 OK message=42 tag=hotline log=42\n"
			    "0 BH message=no%20channel\n"
			    "3 OK message=42 tag=hotline log=42\n",
		h.out.p);
	stop(&h);
}

/* Each of many is answered once; the sure ones do not wait for the others. */
static void out_of_order(void **state)
{
	struct helper h;
	size_t n[3] = {0};
	struct hl_str rest, line;

	(void)state;
	start(&h, true);
	assert_int_equal(
		0, hl_consume_squid_feed(h.squid, hl_str_c(asked), NULL));
	hl_consume_pool_drain(h.pool);
	rest = hl_buf_str(&h.out);
	while (hl_str_next(&rest, '\n', &line) && line.n) {
		n[0]++;
		n[1] += hl_str_starts(line, HL_STR("5 OK message=184"));
		n[2] += hl_str_eq(line, HL_STR("6 ERR"));
	}
	assert_int_equal(9, n[0]);
	assert_int_equal(1, n[1]);
	assert_int_equal(1, n[2]);
	stop(&h);
}

/* A bare OK, also for what cannot be found out; nothing is counted. */
static void any_is_told_bare(void **state)
{
	static const char lines[] = "1 example.org\n2 bad.example\n"
				    "3 unsure.example\n4 unsure.fail.example\n"
				    "5 -\n6\nx\n";
	struct helper h;

	(void)state;
	start(&h, false);
	h.format = format("%DST");
	h.format.any = true;
	assert_int_equal(
		0, hl_consume_squid_feed(h.squid, hl_str_c(lines), NULL));
	assert_string_equal("1 ERR\n2 OK\n3 OK\n4 OK\n5 ERR\n"
			    "6 BH message=no%20address\n"
			    "0 BH message=no%20channel\n",
		h.out.p);
	assert_int_equal(0, h.consume.n_listed);
	assert_int_equal(0, h.consume.n_open);
	stop(&h);
}

static void any_out_of_order(void **state)
{
	struct helper h;

	(void)state;
	start(&h, true);
	h.format = format("%DST");
	h.format.any = true;
	assert_int_equal(
		0, hl_consume_squid_feed(h.squid,
			   HL_STR("7 unsure.fail.example\n8 example.org\n"),
			   NULL));
	hl_consume_pool_drain(h.pool);
	assert_true(strcmp(h.out.p, "8 ERR\n7 OK\n") == 0 ||
		    strcmp(h.out.p, "7 OK\n8 ERR\n") == 0);
	stop(&h);
}

static void without_channels(void **state)
{
	struct helper h;

	(void)state;
	start(&h, true);
	h.format.no_channels = true;
	assert_int_equal(0, hl_consume_squid_feed(h.squid,
				    HL_STR("http://unsure.example/\n"
					   "http://example.org/\n\n"),
				    NULL));
	assert_string_equal("OK message=18446744073709551615 tag=hotline "
			    "log=18446744073709551615\nERR\n"
			    "BH message=no%20address\n",
		h.out.p);
	stop(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(lines),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(half_a_line_is_not_answered),
		cmocka_unit_test(a_line_too_long),
		cmocka_unit_test(nothing_but_line_ends),
		cmocka_unit_test(nuls_are_bytes),
		cmocka_unit_test(out_of_order),
		cmocka_unit_test(any_is_told_bare),
		cmocka_unit_test(any_out_of_order),
		cmocka_unit_test(without_channels),
	};

	return cmocka_run_group_tests_name("squid", tests, NULL, NULL);
}
