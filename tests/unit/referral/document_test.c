/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/utf8.h"
#include "sample.h"

static bool has(const struct hl_buf *b, const char *words)
{
	return hl_str_find(hl_buf_str(b), hl_str_c(words)) < b->n;
}

static void want(const struct hl_buf *b, const char *words)
{
	if (!has(b, words)) {
		fail_msg("lacks \"%s\" in:\n%s", words, b->p);
	}
}

static void unwanted(const struct hl_buf *b, const char *words)
{
	if (has(b, words)) {
		fail_msg("has \"%s\" in:\n%s", words, b->p);
	}
}

static void nothing_is_left_to_click(void **state)
{
	static const char *const rows[][2] = {
		{"https://example.org/a.html",
			"hxxps://example[.]org/a[.]html"},
		{"HTTP://Example.org", "hxxp://Example[.]org"},
		{"ftp://example.org", "fxp://example[.]org"},
		{"www.example.org", "www[.]example[.]org"},
		{"http://user:word@example.org:8080/",
			"hxxp://user[:]word[@]example[.]org[:]8080/"},
		{"http://192.0.2.1/", "hxxp://192[.]0[.]2[.]1/"},
		{"mailto:a@example.org", "mailto[:]a[@]example[.]org"},
		{"magnet:?xt=urn:btih:00", "magnet[:]?xt=urn[:]btih[:]00"},
		{"view-source:https://example.org",
			"view-source[:]hxxps://example[.]org"},
		{"http://example.org/?u=https://b.example.org",
			"hxxp://example[.]org/?u=hxxps://b[.]example[.]org"},
		{"xhttp://a.b", "xhttp[:]//a[.]b"},
		{"example\xe3\x80\x82org", "example[.]org"},
		{"a\nb\x1b[0m\xe2\x80\xae!", "a\xef\xbf\xbd"
					     "b\xef\xbf\xbd[0m\xef\xbf\xbd"
					     "!"},
		{"hxxps://example[.]org[:]80/", "hxxps://example[.]org[:]80/"},
		{"a[@]example.org", "a[@]example[.]org"},
		{"[.", "[[.]"},
		{"\xff", "\xef\xbf\xbd"},
		{"", ""},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(1000);

		hl_referral_defang(&out, hl_str_c(rows[i][0]));
		if (!hl_str_eq(hl_buf_str(&out), hl_str_c(rows[i][1]))) {
			fail_msg("%s gave %s", rows[i][0], out.p);
		}
	}
}

static void words_keep_their_full_stops(void **state)
{
	static const char *const rows[][2] = {
		{"See this. And that.", "See this. And that."},
		{"look at example.org, please.",
			"look at example[.]org, please."},
		{"https://example.org/a.\nNext: line",
			"hxxps://example[.]org/a[.]\nNext: line"},
		{"write to a@example.org!", "write to a[@]example[.]org!"},
		{"at 8:15 h", "at 8:15 h"},
		{" \t ", " \t "},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(1000);

		hl_referral_defang_words(&out, hl_str_c(rows[i][0]));
		if (!hl_str_eq(hl_buf_str(&out), hl_str_c(rows[i][1]))) {
			fail_msg("%s gave %s", rows[i][0], out.p);
		}
	}
}

static void json_says_all_of_it(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_DOC_MAX);
	HL_JSON_AUTO *j = NULL;
	struct hl_referral_doc d;
	struct hl_err err;

	sample_doc(&d);
	assert_int_equal(0, hl_referral_doc_json(&d, &out));
	if (hl_json_parse(hl_buf_str(&out), out.n, &j, &err)) {
		fail_msg("%s: %s", err.msg, out.p);
	}
	assert_true(hl_str_eq(
		hl_json_str(j, "format"), HL_STR("openhotline-case/1")));
	assert_true(hl_str_eq(hl_json_str(j, "mode"), HL_STR("production")));

	const json_t *a = json_array_get(json_object_get(j, "addresses"), 0);
	assert_true(hl_str_eq(
		hl_json_str(a, "canonical"), d.addresses[0].canonical));
	assert_true(hl_str_eq(
		hl_json_str(a, "as_reported"), d.addresses[0].as_reported));
	assert_int_equal(3, hl_json_int(a, "n_reports", 0));
	const json_t *t = json_array_get(json_object_get(a, "trace"), 0);
	assert_true(hl_str_eq(
		hl_json_str(t, "at"), HL_STR("2026-11-22T08:46:35Z")));

	/* Facts by vocabulary name, unanswered ones left out, payments too. */
	assert_int_equal(5, json_array_size(json_object_get(j, "facts")));
	want(&out, "\"name\":\"age\"");
	want(&out, "\"value\":\"prepubescent\"");
	want(&out, "\"value\":\"card\"");
	want(&out, "Straffeloven § 235(1)");
	want(&out, "\"name\":\"earlier_removals\"");
	unwanted(&out, "Never happened");
	unwanted(&out, "not for others");
	unwanted(&out, "unanswered");
}

static void pages_show_nothing_that_loads_or_leads(void **state)
{
	static const char *const never[] = {"href", "src=", "<a ", "<img",
		"<link", "<form", "<script", "@import", "url(",
		"http:", "www.example.org", "example.org/a/", "abuse@",
		"192.0.2.7", "\x1b", "\xe2\x80\xae", "not for others",
		"Never happened"};
	HL_BUF_AUTO html = HL_BUF_INIT(HL_REFERRAL_DOC_MAX);
	struct hl_referral_doc d;

	sample_doc(&d);
	assert_int_equal(0, hl_referral_doc_html(&d, &html));
	for (size_t i = 0; i < HL_ARRAY_LEN(never); i++) {
		unwanted(&html, never[i]);
	}
	want(&html, "default-src 'none'");
	want(&html, "hxxps://www[.]example[.]org[:]8443/a/b[.]html?q=1");
	want(&html, "www[.]example[.]org/a");
	want(&html, "&lt;b&gt;&amp;&quot;");
	want(&html, "Before puberty");
	want(&html, "<html lang=\"en\">");
	unwanted(&html, "real case");

	d.test = true;
	d.right_to_left = true;
	d.language = HL_STR("ar");
	hl_buf_reset(&html);
	assert_int_equal(0, hl_referral_doc_html(&d, &html));
	want(&html, "class=\"banner\">This is a test.");
	want(&html, "<html lang=\"ar\" dir=\"rtl\">");
}

/* Every line that carries a value in one form does so in the other. */
static void text_says_what_the_page_says(void **state)
{
	static const char *const both[] = {"F-7K3Q-X9M2-C", "C-0123-4567-8",
		"hxxps://www[.]example[.]org[:]8443/a/b[.]html?q=1",
		"192[.]0[.]2[.]7 (dns, 22 Nov 2026, 08:46 UTC)",
		"abuse[@]host[.]example[.]org", "Example Hosting", "AS64500",
		"Straffeloven § 235(1)", "Before puberty", "Received",
		"in good faith", "https://hotline.example.org/answer/"};
	HL_BUF_AUTO html = HL_BUF_INIT(HL_REFERRAL_DOC_MAX);
	HL_BUF_AUTO text = HL_BUF_INIT(HL_REFERRAL_DOC_MAX);
	struct hl_referral_doc d;

	sample_doc(&d);
	assert_int_equal(0, hl_referral_doc_html(&d, &html));
	assert_int_equal(0, hl_referral_doc_text(&d, &text));
	for (size_t i = 0; i < HL_ARRAY_LEN(both); i++) {
		want(&html, both[i]);
		want(&text, both[i]);
	}
	unwanted(&text, "<td");
	unwanted(&text, "\x1b");
	assert_true(hl_utf8_valid(hl_buf_str(&text)));
	d.test = true;
	hl_buf_reset(&text);
	assert_int_equal(0, hl_referral_doc_text(&d, &text));
	want(&text, "*** This is a test.");
}

static void mail_tells_each_recipient_its_part(void **state)
{
	HL_BUF_AUTO police = HL_BUF_INIT(65536), host = HL_BUF_INIT(65536);
	HL_BUF_AUTO subject = HL_BUF_INIT(256);
	struct hl_referral_doc d;

	sample_doc(&d);
	assert_int_equal(0, hl_referral_mail_text(&d, &police));
	want(&police, "police");
	want(&police, "https://hotline.example.org/answer/");
	unwanted(&police, "hxxps://www[.]");

	d.recipient_kind = HL_RECIPIENT_PROVIDER;
	assert_int_equal(0, hl_referral_mail_text(&d, &host));
	want(&host, "hxxps://www[.]example[.]org[:]8443/a/b[.]html?q=1");
	want(&host, "hxxp://[2001:db8::9]/x|y");
	want(&host, "Straffeloven § 235(1)");
	want(&host, "We make this notice in good faith");
	want(&host, "https://hotline.example.org/answer/");
	unwanted(&host, "puberty");
	unwanted(&host, "https://www.");
	unwanted(&host, "C-0123-4567-8");
	unwanted(&host, "Received");
	unwanted(&host, "TEST");

	d.test = true;
	d.statement = HL_STR("Own words.");
	hl_buf_reset(&host);
	assert_int_equal(0, hl_referral_mail_text(&d, &host));
	want(&host, "THIS IS A TEST");
	want(&host, "Own words.");
	unwanted(&host, "good faith");

	assert_int_equal(0, hl_referral_mail_subject(&d, &subject));
	assert_string_equal(
		"Notice of illegal content, F-7K3Q-X9M2-C", subject.p);
}

static struct hl_str shout(const char *msgid)
{
	return strcmp(msgid, "Referral") == 0 ? HL_STR("HENVISNING")
					      : hl_str_c(msgid);
}

static void words_come_in_the_readers_language(void **state)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_REFERRAL_DOC_MAX);
	struct hl_referral_doc d;

	sample_doc(&d);
	d.tr = shout;
	assert_int_equal(0, hl_referral_doc_text(&d, &text));
	want(&text, "HENVISNING F-7K3Q-X9M2-C\n=====");
	unwanted(&text, "Referral");
}

static void a_full_buffer_is_a_fault(void **state)
{
	int (*const forms[])(const struct hl_referral_doc *,
		struct hl_buf *) = {hl_referral_doc_json, hl_referral_doc_html,
		hl_referral_doc_text, hl_referral_mail_text};
	struct hl_referral_doc d;

	sample_doc(&d);
	for (size_t i = 0; i < HL_ARRAY_LEN(forms); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(100);

		assert_int_equal(HL_E_LIMIT, forms[i](&d, &out));
	}
}

static void an_empty_document_is_one(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_DOC_MAX);
	struct hl_referral_doc d = {.ref = HL_STR("F-7K3Q-X9M2-C")};
	HL_JSON_AUTO *j = NULL;

	assert_int_equal(0, hl_referral_doc_json(&d, &out));
	assert_int_equal(0, hl_json_parse(hl_buf_str(&out), out.n, &j, NULL));
	assert_null(json_object_get(j, "outcome"));
	assert_null(json_object_get(j, "created_at"));
	hl_buf_reset(&out);
	assert_int_equal(0, hl_referral_doc_html(&d, &out));
	unwanted(&out, "1970");
	unwanted(&out, "Outcome");
}

/* Nobody may read that analysts looked at what nobody looked at. */
static void known_content_says_so(void **state)
{
	int (*const writers[])(const struct hl_referral_doc *,
		struct hl_buf *) = {hl_referral_doc_json, hl_referral_doc_html,
		hl_referral_doc_text};
	struct hl_referral_doc d;

	(void)state;
	sample_doc(&d);
	for (size_t i = 0; i < HL_ARRAY_LEN(writers); i++) {
		HL_BUF_AUTO seen = HL_BUF_INIT(1 << 20);
		HL_BUF_AUTO known = HL_BUF_INIT(1 << 20);

		d.known = false;
		assert_int_equal(0, writers[i](&d, &seen));
		unwanted(&seen, "Nobody looked at it at this address");
		d.known = true;
		assert_int_equal(0, writers[i](&d, &known));
		want(&known, "Nobody looked at it at this address");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_left_to_click),
		cmocka_unit_test(words_keep_their_full_stops),
		cmocka_unit_test(json_says_all_of_it),
		cmocka_unit_test(pages_show_nothing_that_loads_or_leads),
		cmocka_unit_test(text_says_what_the_page_says),
		cmocka_unit_test(mail_tells_each_recipient_its_part),
		cmocka_unit_test(words_come_in_the_readers_language),
		cmocka_unit_test(a_full_buffer_is_a_fault),
		cmocka_unit_test(an_empty_document_is_one),
		cmocka_unit_test(known_content_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
