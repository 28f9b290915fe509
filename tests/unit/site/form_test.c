/* SPDX-License-Identifier: Apache-2.0 */
#include "browser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"

static int64_t count(struct browser *b, const char *table)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", table);
	return fixture_number(b->f, sql);
}

static void routes_are_well_formed(void **state)
{
	(void)state;
	assert_null(hl_web_route_check(&hl_site_routes));
}

static void from_the_first_page_to_the_status(void **state)
{
	struct browser *b = *state;
	char receipt[27], again[27], form[64];

	browser_get(b, "/");
	browser_must(b, "start", 200, "Report now");
	browser_fill(b);
	browser_must(b, "check", 200, "http://example.org/x");
	browser_press_send(b);
	browser_must_go(b, "/report/receipt");
	browser_get(b, "/report/receipt");
	browser_must(b, "receipt", 200, "We have your report");
	browser_receipt(b, receipt);
	browser_post(b, "/report/receipt", "");
	browser_must(b, "not saved", 422, "href=\"#saved\"");
	browser_receipt(b, again);
	assert_string_equal(receipt, again);
	browser_get(b, "/report/receipt.txt");
	browser_must(b, "file", 200, receipt);
	browser_post(b, "/report/receipt", "saved=yes");
	browser_must_go(b, "/report/done");
	assert_string_equal("", b->cookie);
	browser_get(b, "/report/done");
	browser_must(b, "done", 200, "What happens next");
	browser_get(b, "/report/receipt");
	browser_must(b, "receipt later", 404, "no longer shown");
	snprintf(form, sizeof(form), "receipt=%s", receipt);
	browser_post(b, "/status", form);
	browser_must(b, "status", 200, "Received");
	assert_int_equal(1, count(b, "report"));
	assert_int_equal(0, count(b, "draft"));
}

static void send_pressed_twice_is_one_report(void **state)
{
	struct browser *b = *state;
	char cookie[64], csrf[64], first[27], second[27];
	HL_BUF_AUTO page = HL_BUF_INIT(1 << 20);

	browser_fill(b);
	hl_buf_put(&page, hl_buf_str(&b->body));
	snprintf(cookie, sizeof(cookie), "%s", b->cookie);
	snprintf(csrf, sizeof(csrf), "%s", b->csrf);
	browser_press_send(b);
	browser_must_go(b, "/report/receipt");
	browser_get(b, "/report/receipt");
	browser_receipt(b, first);
	/* The page before is still open in another window. */
	hl_buf_reset(&b->body);
	hl_buf_put(&b->body, hl_buf_str(&page));
	browser_press_send(b);
	browser_must_go(b, "/report/receipt");
	browser_get(b, "/report/receipt");
	browser_receipt(b, second);
	assert_string_equal(first, second);
	/* Every page of the form leads to the receipt now. */
	browser_get(b, "/report/words");
	browser_must_go(b, "/report/receipt");
	browser_post(b, "/report/words", "words=late");
	browser_must_go(b, "/report/receipt");
	browser_get(b, "/report/check");
	browser_must_go(b, "/report/receipt");
	assert_int_equal(1, count(b, "report"));
}

static void what_another_window_changed_is_shown_again(void **state)
{
	struct browser *b = *state;
	HL_BUF_AUTO page = HL_BUF_INIT(1 << 20);

	browser_fill(b);
	hl_buf_put(&page, hl_buf_str(&b->body));
	browser_post(b, "/report/words", "words=from+elsewhere&change=1");
	browser_must_go(b, "/report/check");
	hl_buf_reset(&b->body);
	hl_buf_put(&b->body, hl_buf_str(&page));
	browser_press_send(b);
	browser_must_go(b, "/report/check?changed=1");
	browser_get(b, b->location);
	browser_must(b, "changed", 200, "changed in another window");
	browser_must(b, "changed", 200, "from elsewhere");
	assert_int_equal(0, count(b, "report"));
}

/* Each row: what is posted, and what the page then says at which field. */
static void bad_answers_come_back_with_a_reason(void **state)
{
	struct browser *b = *state;
	static const struct {
		const char *name, *page, *form, *fill;
		size_t n_fill;
		const char *says;
	} rows[] = {
		{"no choice", "/report/danger", "", NULL, 0,
			"href=\"#danger\""},
		{"unknown choice", "/report/danger", "danger=maybe", NULL, 0,
			"href=\"#danger\""},
		{"unanswered as a choice", "/report/place", "place=unanswered",
			NULL, 0, "href=\"#place\""},
		{"no UTF-8", "/report/words", "words=%ff%fe", NULL, 0,
			"href=\"#words\""},
		{"half a character", "/report/words", "words=%c3", NULL, 0,
			"href=\"#words\""},
		{"a picture", "/report/addresses",
			"addresses=data%3aimage/png%3bbase64%2ciVBORw0KGgo=",
			NULL, 0, "Never send pictures"},
		{"10,001 characters", "/report/words", "words=", "x", 10001,
			"10,000 characters or fewer"},
		{"10,001 wide ones", "/report/words", "words=", "%c3%a6", 10001,
			"10,000 characters or fewer"},
		{"2,001 characters", "/report/where", "where=", "x", 2001,
			"2,000 characters or fewer"},
		{"201 characters", "/report/contact", "contact=", "x", 201,
			"200 characters or fewer"},
		{"64 KiB and one", "/report/addresses", "addresses=", "x",
			65537, "too long for one report"},
		{"escaped too long", "/report/addresses", "addresses=", "%3c",
			30000, "too long for one report"},
		{"201 addresses", "/report/addresses", "addresses=",
			"http://a.example/+", 201, "200 addresses"},
	};

	browser_get(b, "/report/danger");
	browser_post(b, "/report/danger", "danger=no");
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO form = HL_BUF_INIT(1 << 20);

		hl_buf_put(&form, hl_str_c(rows[i].form));
		for (size_t k = 0; k < rows[i].n_fill; k++) {
			hl_buf_put(&form, hl_str_c(rows[i].fill));
		}
		browser_get(b, rows[i].page);
		browser_post(b, rows[i].page, form.n ? form.p : "");
		browser_must(b, rows[i].name, 422, rows[i].says);
		browser_must(b, rows[i].name, 422, "<title>Error: ");
	}
	browser_get(b, "/report/check");
	assert_false(browser_sees(b, "xxxx"));
	assert_true(browser_sees(b, "Not answered"));
}

static void limits_themselves_are_taken(void **state)
{
	struct browser *b = *state;
	static const struct {
		const char *name, *page, *form, *fill;
		size_t n_fill;
	} rows[] = {
		{"10,000 wide ones", "/report/words", "words=", "%c3%a6",
			10000},
		{"64 KiB", "/report/addresses", "addresses=", "x", 65536},
		{"200 addresses", "/report/addresses",
			"addresses=", "http://a.example/+", 200},
		{"line breaks", "/report/where", "where=", "a%0d%0a", 600},
		{"form feed", "/report/words", "words=a%0cb%00c", "", 0},
		{"a number from a telephone", "/report/contact",
			"contact=%e2%80%aa+45+12%e2%80%ac", "", 0},
		{"a word processor's lines", "/report/words",
			"words=a%e2%80%a8b%c2%85c", "", 0},
		{"marks that people paste", "/report/addresses",
			"addresses=", "http://a.example/%e2%80%8e+", 3},
	};

	browser_get(b, "/report/danger");
	browser_post(b, "/report/danger", "danger=no");
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO form = HL_BUF_INIT(1 << 20);

		hl_buf_put(&form, hl_str_c(rows[i].form));
		for (size_t k = 0; k < rows[i].n_fill; k++) {
			hl_buf_put(&form, hl_str_c(rows[i].fill));
		}
		browser_get(b, rows[i].page);
		browser_post(b, rows[i].page, form.p);
		browser_must(b, rows[i].name, 303, "");
	}
}

static void nothing_to_look_for_is_not_sent(void **state)
{
	struct browser *b = *state;

	browser_fill(b);
	browser_post(b, "/report/addresses", "addresses=&change=1");
	browser_post(b, "/report/where", "where=+&change=1");
	browser_post(b, "/report/words", "words=%0a&change=1");
	browser_get(b, "/report/check");
	browser_press_send(b);
	browser_must(b, "no matter", 422, "/report/addresses?change=1");
	browser_must(b, "no matter", 422, "Give an address");
	assert_int_equal(0, count(b, "report"));
}

static void danger_comes_with_contacts_first(void **state)
{
	struct browser *b = *state;

	browser_get(b, "/report/danger");
	browser_post(b, "/report/danger", "danger=yes");
	browser_must_go(b, "/report/emergency?new=1");
	browser_get(b, b->location);
	browser_must(b, "emergency", 200, "112");
	browser_must(b, "emergency", 200, "href=\"/report/place?new=1\"");
	browser_get(b, "/report/place?new=1");
	browser_must(b, "place", 200, "Where did you see it?");
	/* Changed to yes on the way back. */
	browser_post(b, "/report/danger", "danger=yes&change=1");
	browser_must_go(b, "/report/emergency?change=1");
	browser_get(b, b->location);
	browser_must(b, "emergency", 200, "href=\"/report/check\"");
}

static void going_back_shows_the_answers(void **state)
{
	struct browser *b = *state;

	browser_fill(b);
	browser_get(b, "/report/seen?change=1");
	browser_must(b, "seen", 200, "value=\"today\" checked");
	browser_must(b, "seen", 200, "value=\"noon\"");
	browser_must(b, "seen", 200, "name=\"change\" value=\"1\"");
	browser_must(b, "seen", 200,
		"class=\"govuk-back-link\" href=\"/report/check\"");
	browser_get(b, "/report/addresses");
	browser_must(b, "addresses", 200, "hxxp://example[.]org/x</textarea>");
	browser_must(b, "addresses", 200,
		"class=\"govuk-back-link\" href=\"/report/place\"");
}

/* As the status page numbers them, and as triage does. */
static void addresses_are_numbered_once(void **state)
{
	struct browser *b = *state;

	browser_fill(b);
	browser_post(b, "/report/addresses",
		"change=1&addresses=http://a.example/%0Asome+words%0A"
		"A.example%0Ahttp://999.1.1.1/%0Ahttp://b.example/");
	browser_get(b, "/report/check");
	browser_must(b, "first", 200, "Address 1</strong>");
	browser_must(b, "repeated", 200, "Address 1 again</strong>");
	browser_must(b, "unreadable", 200, "Address 2</strong>");
	browser_must(b, "unreadable", 200, "We cannot read this");
	browser_must(b, "last", 200, "Address 3</strong>");
	browser_must(b, "words", 200, "Words</strong>");
	assert_false(browser_sees(b, "Address 4"));
}

static void markup_in_answers_stays_text(void **state)
{
	struct browser *b = *state;

	browser_fill(b);
	browser_post(b, "/report/words",
		"words=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27%26&change=1");
	browser_get(b, "/report/check");
	assert_false(browser_sees(b, "<script>"));
	assert_true(browser_sees(b, "&lt;script&gt;alert(1)"));
	browser_get(b, "/report/words");
	assert_false(browser_sees(b, "<script>"));
}

static void without_cookies_it_says_so(void **state)
{
	struct browser *b = *state;

	browser_get(b, "/report/danger");
	browser_post(b, "/report/danger", "danger=no");
	b->cookie[0] = 0;
	browser_get(b, b->location);
	browser_must(b, "no cookie", 404, "does not keep cookies");
	browser_get(b, "/report/words");
	browser_must(b, "deep link", 404, "no longer here");
	browser_get(b, "/report/check");
	browser_must(b, "check", 404, "no longer here");
	browser_post(b, "/report/send", "version=1");
	browser_must(b, "send", 404, "no longer here");
}

static void a_late_answer_is_kept(void **state)
{
	struct browser *b = *state;
	int64_t now = hl_time_now_us() + HL_US_PER_DAY;

	hl_time_pretend(now);
	browser_fill(b);
	hl_time_pretend(now + 61 * HL_US_PER_MIN);
	browser_post(b, "/report/words", "words=written+for+an+hour");
	browser_must_go(b, "/report/danger?again=1");
	browser_get(b, b->location);
	browser_must(
		b, "again", 200, "Your earlier answers are no longer here");
	browser_get(b, "/report/words");
	browser_must(b, "words", 200, "written for an hour</textarea>");
	browser_get(b, "/report/check");
	assert_false(browser_sees(b, "third reply"));
}

/* A tab that was left open does not make a sent report look lost. */
static void an_old_tab_does_not_take_a_report_back(void **state)
{
	struct browser *b = *state;
	char cookie[64], csrf[64];

	browser_fill(b);
	snprintf(cookie, sizeof(cookie), "%s", b->cookie);
	browser_press_send(b);
	browser_must_go(b, "/report/receipt");
	browser_get(b, "/report/receipt");
	snprintf(csrf, sizeof(csrf), "%s", b->csrf);
	browser_post(b, "/report/receipt", "saved=yes");
	browser_must_go(b, "/report/done");
	snprintf(b->cookie, sizeof(b->cookie), "%s", cookie);
	snprintf(b->csrf, sizeof(b->csrf), "%s", csrf);
	browser_post(b, "/report/words", "words=one+more+thing");
	browser_must_go(b, "/report/danger?again=1");
	browser_get(b, b->location);
	browser_must(b, "old tab", 200, "If you sent it, we have it");
}

static void looking_keeps_answers_alive(void **state)
{
	struct browser *b = *state;
	int64_t now = hl_time_now_us() + HL_US_PER_DAY;

	hl_time_pretend(now);
	browser_fill(b);
	for (int i = 1; i <= 5; i++) {
		hl_time_pretend(now + i * 40 * HL_US_PER_MIN);
		browser_get(b, "/report/check");
		browser_must(b, "alive", 200, "third reply");
	}
	/* The page that was shown first may still be sent. */
	browser_press_send(b);
	browser_must_go(b, "/report/receipt");
}

static void forged_posts_change_nothing(void **state)
{
	struct browser *b = *state;
	char csrf[64];

	browser_fill(b);
	snprintf(csrf, sizeof(csrf), "%s", b->csrf);
	b->csrf[0] = 0;
	browser_post(b, "/report/words", "words=forged");
	browser_must(b, "no token", 403, "did not accept");
	snprintf(b->csrf, sizeof(b->csrf), "%s", csrf);
	b->csrf[3] ^= 1;
	browser_post(b, "/report/words", "words=forged");
	browser_must(b, "wrong token", 403, "did not accept");
	snprintf(b->csrf, sizeof(b->csrf), "%s", csrf);
	b->fetch_site = "cross-site";
	browser_post(b, "/report/words", "words=forged");
	browser_must(b, "other site", 403, "did not accept");
	browser_post(b, "/report/send", "version=8");
	browser_must(b, "sent by another site", 403, "did not accept");
	b->fetch_site = "same-origin";
	browser_get(b, "/report/check");
	assert_false(browser_sees(b, "forged"));
	browser_post(b, "/report/words", "words=mine&change=1");
	browser_must_go(b, "/report/check");
	assert_int_equal(0, count(b, "report"));
}

static void exit_leaves_nothing(void **state)
{
	struct browser *b = *state;

	browser_fill(b);
	assert_int_equal(1, count(b, "draft"));
	browser_get(b, "/exit");
	browser_must_go(b, "https://www.wikipedia.org");
	struct hl_str headers = hl_buf_str(&b->headers);
	assert_true(
		hl_str_find(headers, HL_STR("Clear-Site-Data: ")) < headers.n);
	assert_string_equal("", b->cookie);
	assert_int_equal(0, count(b, "draft"));
	browser_get(b, "/exit");
	browser_must_go(b, "https://www.wikipedia.org");
}

static void without_keys_answers_are_kept(void **state)
{
	struct browser *b = *state;

	browser_fill(b);
	browser_press_send(b);
	browser_must(b, "send", 503, "answers are kept");
	browser_get(b, "/report/check");
	browser_must(b, "check", 200, "third reply");
}

/* The store gives no answer: what was typed is on the page, with a button. */
static void a_store_that_is_away_loses_no_words(void **state)
{
	struct browser *b = *state;
	struct hl_store *away, *store = b->f->store;
	int ends[2];

	browser_fill(b);
	assert_int_equal(0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends));
	close(ends[1]);
	assert_int_equal(0, hl_store_link(ends[0], &away, NULL));
	b->f->store = away;
	b->fetch_site = "same-origin";
	browser_post(b, "/report/words?change=1",
		"words=a+red+%3Cdoor%3E%0D%0Aand+a+gate");
	browser_must(b, "away", 503, "press the button");
	assert_true(browser_sees(b, "action=\"/report/words?change=1\""));
	assert_true(browser_sees(b, "name=\"words\" value=\"a red "
				    "&lt;door&gt;\nand a gate\""));
	b->fetch_site = NULL;
	browser_post(b, "/report/words", "words=a+red+door");
	browser_must(b, "old browser", 503, "Go back");
	b->f->store = store;
	hl_store_close(away);
	close(ends[0]);
}

/* Another tab began a new report meanwhile: the words can go into it. */
static void words_outlive_their_draft(void **state)
{
	struct browser *b = *state;
	char newer[64];

	browser_fill(b);
	snprintf(b->csrf, sizeof(b->csrf), "of-an-earlier-report");
	snprintf(newer, sizeof(newer), "%s", b->cookie);
	b->fetch_site = "same-origin";
	browser_post(b, "/report/words", "words=a+red+door");
	browser_must(b, "stale", 403, "Nothing has been saved yet");
	assert_true(browser_sees(b, "value=\"a red door\""));
	assert_true(browser_sees(b, b->csrf));
	browser_post(b, "/report/words", "words=a+red+door");
	assert_int_equal(303, b->status);
	snprintf(b->csrf, sizeof(b->csrf), "of-an-earlier-report");
	b->fetch_site = "cross-site";
	browser_post(b, "/report/words", "words=a+red+door");
	browser_must(b, "forged", 403, "did not seem to come from our own");
	assert_false(browser_sees(b, "a red door"));
	b->fetch_site = NULL;
}

static void floods_from_one_place_are_slowed(void **state)
{
	struct browser *b = *state;
	int n = 0;

	b->peer = 77;
	do {
		b->cookie[0] = 0;
		b->csrf[0] = 0;
		browser_post(b, "/report/danger", "danger=no");
		n++;
	} while (b->status == 303 && n < 1000);
	browser_must(b, "flood", 429, "Too many forms");
	assert_int_equal(b->settings->report_rate_limit + 1, n);
	/* Others, and somebody whose address is not known, go on. */
	b->peer = 78;
	browser_post(b, "/report/danger", "danger=no");
	assert_int_equal(303, b->status);
}

static void unknown_pages_look_like_ours(void **state)
{
	struct browser *b = *state;
	static const struct {
		const char *target;
		int status;
		const char *says;
	} rows[] = {
		{"/nothing", 404, "Page not found"},
		{"/report/nothing", 404, "Page not found"},
		{"/report/", 404, "Page not found"},
		{"/report/send", 404, ""},
		{"/static/nothing.css", 404, "Page not found"},
		{"/api/v1/reports", 405, "\"error\":\"method\""},
		{"/api/v1/nothing", 404, "\"error\":\"not_found\""},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		browser_get(b, rows[i].target);
		browser_must(b, rows[i].target, rows[i].status, rows[i].says);
	}
}

int main(void)
{
#define WITH(set_up, test) \
	cmocka_unit_test_setup_teardown(test, set_up, browser_tear_down)
#define BROWSE(test) WITH(browser_set_up, test)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_are_well_formed),
		BROWSE(from_the_first_page_to_the_status),
		BROWSE(send_pressed_twice_is_one_report),
		BROWSE(what_another_window_changed_is_shown_again),
		BROWSE(bad_answers_come_back_with_a_reason),
		BROWSE(limits_themselves_are_taken),
		BROWSE(nothing_to_look_for_is_not_sent),
		BROWSE(danger_comes_with_contacts_first),
		BROWSE(going_back_shows_the_answers),
		BROWSE(addresses_are_numbered_once),
		BROWSE(markup_in_answers_stays_text),
		BROWSE(without_cookies_it_says_so),
		BROWSE(a_late_answer_is_kept),
		BROWSE(an_old_tab_does_not_take_a_report_back),
		BROWSE(looking_keeps_answers_alive),
		BROWSE(forged_posts_change_nothing),
		BROWSE(exit_leaves_nothing),
		WITH(browser_set_up_bare, without_keys_answers_are_kept),
		BROWSE(a_store_that_is_away_loses_no_words),
		BROWSE(words_outlive_their_draft),
		BROWSE(floods_from_one_place_are_slowed),
		BROWSE(unknown_pages_look_like_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
