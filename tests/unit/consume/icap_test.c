/* SPDX-License-Identifier: Apache-2.0 */
/* ICAP sessions without sockets: what is answered to what, wherever the
 * bytes are cut. */
#include "consume/icap_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/text.h"
#include "consume/stop.h"

struct bench {
	struct hl_consume_judge judge;
	struct hl_consume consume;
	struct hl_stop_config stop;
	struct hl_consume_icap_config config;
	struct hl_consume_icap_session *session;
	struct hl_buf out;
	char unsure[256];
	bool at_once; /* judged from within unsure() */
};

static const struct hl_consume_decision listed = {
	.what = HL_CONSUME_LISTED, .entry = 42, .reason = HL_CONSUME_PAGE};

static int check(void *arg, struct hl_str url, struct hl_consume_decision *out)
{
	(void)arg;
	if (hl_str_find(url, HL_STR("unsure")) < url.n) {
		out->what = HL_CONSUME_UNSURE;
	} else if (hl_str_find(url, HL_STR("bad")) < url.n) {
		*out = listed;
	} else {
		out->what = url.n ? HL_CONSUME_CLEAR : HL_CONSUME_UNREADABLE;
	}
	return 0;
}

static void unsure(void *arg, const struct hl_consume_question *q)
{
	struct bench *b = arg;

	snprintf(b->unsure, sizeof(b->unsure), "%.*s for %.*s",
		HL_STR_ARG(q->url), HL_STR_ARG(q->client));
	if (b->at_once) {
		hl_consume_icap_judged(b->session, &listed);
	}
}

static void start(struct bench *b)
{
	*b = (struct bench){.judge = {b, check, NULL}};
	b->consume.judge = &b->judge;
	b->stop.consumer = HL_STR("The <b>School");
	b->stop.hotline = HL_STR("The <b>Line");
	b->config = (struct hl_consume_icap_config){
		&b->consume, &b->stop, 17, unsure};
	b->out = HL_BUF_INIT(64u << 20);
	assert_int_equal(0,
		hl_consume_icap_session_new(&b->config, b, &b->session, NULL));
}

static void finish(struct bench *b)
{
	hl_consume_icap_session_free(b->session);
	hl_buf_fini(&b->out);
}

static void drain(struct bench *b)
{
	for (;;) {
		struct hl_str out = hl_consume_icap_output(b->session);

		if (!out.n) {
			return;
		}
		hl_buf_put(&b->out, out);
		hl_consume_icap_sent(b->session, out.n);
		hl_consume_icap_feed(b->session, HL_STR(""));
	}
}

static void feed(struct bench *b, struct hl_str in, size_t cut)
{
	while (in.n) {
		size_t room = hl_consume_icap_room(b->session);
		struct hl_str part = hl_str_sub(in, 0, cut < room ? cut : room);

		if (!part.n) {
			break;
		}
		hl_consume_icap_feed(b->session, part);
		drain(b);
		in = hl_str_sub(in, part.n, in.n);
	}
}

static size_t count(const struct bench *b, const char *what)
{
	struct hl_str rest = hl_buf_str(&b->out), needle = hl_str_c(what);
	size_t n = 0, at;

	while ((at = hl_str_find(rest, needle)) < rest.n) {
		n++;
		rest = hl_str_sub(rest, at + needle.n, rest.n);
	}
	return n;
}

#define REQMOD "REQMOD icap://127.0.0.1/x ICAP/1.0\r\nHost: 127.0.0.1\r\n"
#define NO_BODY(n) \
	"Allow: 204\r\nEncapsulated: req-hdr=0, null-body=" n "\r\n\r\n"

#define NOTHING "Allow: 204\r\nEncapsulated: null-body=0\r\n\r\n"

/* 1 clear, 2 listed, 3 a CONNECT to what is listed, 4 HEAD, 5 with a preview
 * and a body that is never sent, 6 with a body and without a preview. */
static const char many[] =
	"OPTIONS icap://127.0.0.1/x ICAP/1.0\r\nHost: "
	"127.0.0.1\r\n\r\n" REQMOD NO_BODY(
		"34") "GET http://example.org/ HTTP/1.1\r\n" REQMOD
		NO_BODY("55") "GET /bad HTTP/1.1\r\nHost: "
			      "h\r\nAccept-Language: fr, "
			      "en\r\n\r\n" REQMOD NO_BODY(
				      "32") "CONNECT bad.example:443 "
					    "HTTP/1.1" REQMOD NO_BODY(
						    "24") "HEAD "
							  "http://bad "
							  "HTTP/"
							  "1.1" REQMOD
							  "Preview: "
							  "0\r\nEncapsu"
							  "lated: "
							  "req-hdr=0, "
							  "req-body="
							  "24\r\n\r\n"
							  "POST "
							  "http://bad "
							  "HTTP/1.1"
							  "0\r\n\r"
							  "\n" REQMOD
							  "Preview: "
							  "4\r\nEncapsu"
							  "lated: "
							  "req-hdr=0, "
							  "req-body="
							  "24\r\n\r\n"
							  "POST "
							  "http://abc "
							  "HTTP/1.1"
							  "3;x="
							  "\"y\"\r\nabc"
							  "\r\n0; "
							  "ieof\r\n\r"
							  "\n" REQMOD "Allow: "
							  "trailers, "
							  "204\r\nEncap"
							  "sulated: "
							  "req-hdr=0, "
							  "req-body="
							  "24\r\n\r\n"
							  "POST "
							  "http://bad "
							  "HTTP/1.1"
							  "A\r\n0123456"
							  "789\r\n00\r"
							  "\nTrailer: "
							  "x\r\n\r"
							  "\n" REQMOD NOTHING;

static void wherever_it_is_cut(void **state)
{
	char first[65536] = "";

	(void)state;
	for (size_t cut = 1; cut < sizeof(many); cut++) {
		struct bench b;

		start(&b);
		/* the lengths above are checked by what comes of it */
		feed(&b, hl_str_c(many), cut);
		if (cut == 1) {
			snprintf(first, sizeof(first), "%s", b.out.p);
		}
		assert_string_equal(first, b.out.p);
		assert_int_equal(
			HL_CONSUME_ICAP_IDLE, hl_consume_icap_state(b.session));
		assert_int_equal(3, count(&b, "ICAP/1.0 204 No Content"));
		assert_int_equal(6, count(&b, "ICAP/1.0 200 OK"));
		assert_int_equal(5, count(&b, "HTTP/1.1 451 "));
		assert_int_equal(1, count(&b, "Max-Connections: 17\r\n"));
		assert_int_equal(5, count(&b, "X-Hotline-Entry: 42\r\n"));
		assert_int_equal(1, count(&b, "Content-Language: fr\r\n"));
		assert_int_equal(4, count(&b, "</title>"));
		assert_true(count(&b, "The &lt;b&gt;School") >= 4);
		assert_int_equal(0, count(&b, "<b>"));
		assert_int_equal(1, count(&b, ", null-body="));
		finish(&b);
	}
}

static void refusals(void **state)
{
	static const struct {
		const char *request, *status;
	} rows[] = {
		{"RESPMOD icap://h/x ICAP/1.0\r\nEncapsulated: "
		 "null-body=0\r\n\r\n",
			"405"},
		{"REQMOD icap://h/x ICAP/1.1\r\nEncapsulated: "
		 "null-body=0\r\n\r\n",
			"505"},
		{"GET / HTTP/1.1\r\n\r\n", "505"},
		{"x\r\n\r\n", "400"},
		{REQMOD "\r\n", "400"},
		{REQMOD "Encapsulated: \r\n\r\n", "400"},
		{REQMOD "Encapsulated: req-hdr=0\r\n\r\n", "400"},
		{REQMOD "Encapsulated: req-hdr=1, null-body=9\r\n\r\n", "400"},
		{REQMOD "Encapsulated: null-body=9\r\n\r\n", "400"},
		{REQMOD "Encapsulated: req-hdr=0, null-body=65537\r\n\r\n",
			"400"},
		{REQMOD "Encapsulated: req-hdr=0, null-body=-1\r\n\r\n", "400"},
		{REQMOD "Encapsulated: req-hdr=0, res-body=9\r\n\r\n", "400"},
		{REQMOD "Encapsulated: req-hdr=0, null-body=9, "
			"req-body=9\r\n\r\n",
			"400"},
		{REQMOD "Allow: 204\r\nEncapsulated: req-body=0\r\n\r\nzz\r\n",
			"400"},
		{REQMOD "Allow: 204\r\nEncapsulated: req-body=0\r\n\r\n\r\n",
			"400"},
		{REQMOD "Allow: 204\r\nEncapsulated: req-body=0\r\n\r\n"
			"1\r\nab\r\n",
			"400"},
		{REQMOD "Allow: 204\r\nEncapsulated: req-body=0\r\n\r\n"
			"fffffffffffffffff\r\n",
			"400"},
		{"OPTIONS icap://h/x ICAP/1.0\r\nEncapsulated: "
		 "opt-body=0\r\n\r\n",
			"400"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct bench b;

		start(&b);
		feed(&b, hl_str_c(rows[i].request), 4096);
		if (!b.out.n || strncmp(b.out.p + 9, rows[i].status, 3) != 0 ||
			count(&b, "Connection: close\r\n") != 1 ||
			hl_consume_icap_state(b.session) !=
				HL_CONSUME_ICAP_ENDED) {
			fail_msg("row %zu: %s", i, b.out.p ? b.out.p : "");
		}
		assert_int_equal(0, hl_consume_icap_room(b.session));
		finish(&b);
	}
}

static void a_head_that_never_ends(void **state)
{
	struct bench b;

	(void)state;
	start(&b);
	feed(&b, HL_STR(REQMOD), 4096);
	for (size_t i = 0; i < 1000; i++) {
		feed(&b, HL_STR("X-Long: 0123456789abcdef\r\n"), 4096);
	}
	assert_int_equal(1, count(&b, "ICAP/1.0 400 "));
	assert_int_equal(
		HL_CONSUME_ICAP_ENDED, hl_consume_icap_state(b.session));
	finish(&b);
}

/* A client without 204 gets all of it back, and nothing is kept. */
static void back_as_it_came(void **state)
{
	static const struct hl_str head = HL_STR_INIT(
		REQMOD "Encapsulated: req-hdr=0, req-body=24\r\n\r\n"
		       "POST http://abc HTTP/1.1");
	char chunk[10 + 4095 + 2];
	struct bench b;

	(void)state;
	start(&b);
	memset(chunk, 'x', sizeof(chunk));
	memcpy(chunk, "000fff;a\r\n", 10);
	memcpy(chunk + 10 + 4095, "\r\n", 2);
	feed(&b, head, 7);
	for (size_t i = 0; i < 1000; i++) {
		feed(&b, hl_str_mem(chunk, sizeof(chunk)), 1500);
		assert_int_equal(HL_CONSUME_ICAP_IN_BODY,
			hl_consume_icap_state(b.session));
	}
	feed(&b, HL_STR("0\r\n\r\n"), 2);
	assert_int_equal(
		HL_CONSUME_ICAP_IDLE, hl_consume_icap_state(b.session));
	assert_int_equal(
		1, count(&b, "Encapsulated: req-hdr=0, req-body=24\r\n\r\n"
			     "POST http://abc HTTP/1.1000fff;a\r\nxxx"));
	assert_true(b.out.n > 1000 * 4107 && b.out.n < 1000 * 4107 + 300);
	assert_int_equal(1, count(&b, "xx\r\n0\r\n\r\n"));
	finish(&b);
}

static void what_is_not_sent_stops_reading(void **state)
{
	struct bench b;
	char many_x[4096];

	(void)state;
	start(&b);
	memset(many_x, 'x', sizeof(many_x));
	hl_consume_icap_feed(b.session,
		HL_STR(REQMOD "Encapsulated: req-hdr=0, req-body=24\r\n\r\n"
			      "POST http://abc HTTP/1.1fffffff\r\n"));
	size_t n = 0;
	while (hl_consume_icap_room(b.session) && n < 100000) {
		hl_consume_icap_feed(
			b.session, hl_str_mem(many_x, sizeof(many_x)));
		n++;
	}
	assert_true(n * sizeof(many_x) <= HL_CONSUME_ICAP_OUT_MAX + 8192);
	drain(&b);
	assert_true(hl_consume_icap_room(b.session) > 0);
	finish(&b);
}

static void what_must_be_confirmed(void **state)
{
	static const struct hl_str ask =
		HL_STR_INIT(REQMOD "X-Client-IP: 192.0.2.1\r\n" NO_BODY(
			"27") "GET http://unsure HTTP/1.1\r"
			      "OPTIONS icap://h/x ICAP/1.0\r\n\r\n");

	(void)state;
	for (int at_once = 0; at_once < 2; at_once++) {
		struct bench b;

		start(&b);
		b.at_once = at_once;
		feed(&b, ask, ask.n);
		assert_string_equal("http://unsure for 192.0.2.1", b.unsure);
		if (!at_once) {
			assert_int_equal(0, b.out.n);
			assert_int_equal(HL_CONSUME_ICAP_JUDGED,
				hl_consume_icap_state(b.session));
			assert_int_equal(0, hl_consume_icap_room(b.session));
			hl_consume_icap_judged(b.session, &listed);
			drain(&b);
		}
		assert_int_equal(1, count(&b, "HTTP/1.1 451 "));
		assert_int_equal(1, count(&b, "Methods: REQMOD"));
		/* a second judgement is of nothing */
		size_t n = b.out.n;
		hl_consume_icap_judged(b.session, &listed);
		drain(&b);
		assert_int_equal(n, b.out.n);
		finish(&b);
	}
}

static void the_last_request(void **state)
{
	struct bench b;

	(void)state;
	start(&b);
	feed(&b,
		HL_STR(REQMOD "Connection: x, Close\r\n" NOTHING
			      "OPTIONS icap://h/x ICAP/1.0\r\n\r\n"),
		4096);
	assert_int_equal(1, count(&b, "ICAP/1.0 204"));
	assert_int_equal(1, count(&b, "Connection: close\r\n"));
	assert_int_equal(0, count(&b, "Methods"));
	assert_int_equal(
		HL_CONSUME_ICAP_ENDED, hl_consume_icap_state(b.session));
	finish(&b);
}

/* -- the stop page -- */

#define ENTRY 987654321

static void what_the_page_is_asked(void **state)
{
	static const struct {
		const char *entry, *scope;
		int64_t is;
		enum hl_stop_reason reason;
	} rows[] = {
		{"42", "page", 0, HL_STOP_PAGE},
		{"", "", 0, HL_STOP_UNKNOWN},
		{"E-0000-0000-1", "directory", 0, HL_STOP_FOLDER},
		{"<script>", "folder", 0, HL_STOP_FOLDER},
		{"R-7K3Q-X9M2-C", "domain", 0, HL_STOP_SITE},
		{NULL, "else", 0, HL_STOP_UNKNOWN},
	};
	struct hl_consume_decision d = listed;
	char ref[HL_REF_MAX];

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_stop_ask ask = hl_consume_stop_ask_text(
			hl_str_c(rows[i].entry), hl_str_c(rows[i].scope));

		assert_int_equal(rows[i].is, ask.entry);
		assert_int_equal(rows[i].reason, ask.reason);
	}
	assert_int_equal(
		ENTRY, hl_consume_stop_ask_text(
			       hl_ref_print(HL_REF_LIST_ENTRY, ENTRY, ref),
			       HL_STR_NONE)
			       .entry);
	/* a number of a text file is no reference */
	assert_int_equal(0, hl_consume_stop_ask(&d).entry);
	d.is_ref = true;
	assert_int_equal(42, hl_consume_stop_ask(&d).entry);
	d.reason = HL_CONSUME_DOMAIN;
	assert_int_equal(HL_STOP_SITE, hl_consume_stop_ask(&d).reason);
	d.reason = (enum hl_consume_reason)77;
	assert_int_equal(HL_STOP_UNKNOWN, hl_consume_stop_ask(&d).reason);
}

/* As a browser asks it; a header that is too long is as not sent. */
static void forms_of_the_page(void **state)
{
	static const struct {
		const char *accept, *language, *type, *tag;
	} rows[] = {
		{"*/*", "da-DK, en;q=0.5", "text/html; charset=utf-8", "da"},
		{"application/json", "xx", "application/json", "en"},
		{"text/plain", ";;,,q=", "text/plain; charset=utf-8", "en"},
		{"image/png", "uk", "text/html; charset=utf-8", "uk"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char http[512], ask[1024], want[64];
		struct bench b;

		snprintf(http, sizeof(http),
			"GET http://bad/ HTTP/1.1\r\nAccept: %s\r\n"
			"Accept-Language: %s\r\n\r\n",
			rows[i].accept, rows[i].language);
		snprintf(ask, sizeof(ask),
			REQMOD "Allow: 204\r\nEncapsulated: req-hdr=0, "
			       "null-body=%zu\r\n\r\n%s",
			strlen(http), http);
		start(&b);
		b.stop.consumer_uri = HL_STR("https://school.example/");
		feed(&b, hl_str_c(ask), 4096);
		snprintf(want, sizeof(want), "Content-Type: %s\r\n",
			rows[i].type);
		assert_int_equal(1, count(&b, want));
		snprintf(want, sizeof(want), "Content-Language: %s\r\n",
			rows[i].tag);
		assert_int_equal(1, count(&b, want));
		assert_int_equal(1, count(&b, "Cache-Control: no-store\r\n"));
		assert_int_equal(1, count(&b, "rel=\"blocked-by\"\r\n"));
		assert_int_equal(0, count(&b, "http://bad"));
		finish(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wherever_it_is_cut),
		cmocka_unit_test(refusals),
		cmocka_unit_test(a_head_that_never_ends),
		cmocka_unit_test(back_as_it_came),
		cmocka_unit_test(what_is_not_sent_stops_reading),
		cmocka_unit_test(what_must_be_confirmed),
		cmocka_unit_test(the_last_request),
		cmocka_unit_test(what_the_page_is_asked),
		cmocka_unit_test(forms_of_the_page),
	};

	return cmocka_run_group_tests_name("icap", tests, NULL, NULL);
}
