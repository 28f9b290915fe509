/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "referral/header.h"

#define AT INT64_C(1795337255000000) /* 2026-11-22T08:47:35Z */

static struct hl_referral_mail sample(void)
{
	return (struct hl_referral_mail){
		.from_name = HL_STR("Example hotline"),
		.from = HL_STR("notice@hotline.example.org"),
		.to = HL_STR("abuse@host.example.org"),
		.subject = HL_STR("Notice"),
		.ref = HL_STR("F-7K3Q-X9M2-C"),
		.idempotency_key = HL_STR("outbox 1"),
		.at_us = AT,
		.text = HL_STR("Hello\n"),
	};
}

static bool has(const struct hl_buf *b, const char *words)
{
	return hl_str_find(hl_buf_str(b), hl_str_c(words)) < b->n;
}

/* Seven-bit, CRLF only in pairs, no long line, and headers before a blank
 * line of which each begins with a name we know. */
static const char *form_fault(struct hl_str mail)
{
	static const char *const names[] = {
		"Date: ", "From: ", "To: ", "Reply-To: ", "Subject: ",
		"Message-ID: ", "Auto-Submitted: ", "X-OpenHotline-Referral: ",
		"X-OpenHotline-Test: ", "MIME-Version: ", "Content-Type: ",
		"Content-Transfer-Encoding: "};
	bool body = false;

	while (mail.n) {
		size_t end = hl_str_find(mail, HL_STR("\r\n"));
		struct hl_str line = hl_str_sub(mail, 0, end);
		bool known = line.n && line.p[0] == ' ';

		for (size_t i = 0; i < line.n; i++) {
			if (line.p[i] < ' ' || line.p[i] > '~') {
				return "a byte that may not be there";
			}
		}
		for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
			known = known ||
				hl_str_starts(line, hl_str_c(names[i]));
		}
		if (end == mail.n) {
			return "an end without CRLF";
		}
		if (!body && line.n && (!known || line.n > 78)) {
			return "a header line";
		}
		if (!body && line.n && hl_str_trim(line).n == 0) {
			return "a blank folded line";
		}
		if (body && line.n > 76) {
			return "a long line in the body";
		}
		body = body || line.n == 0;
		mail = hl_str_sub(mail, end + 2, mail.n);
	}
	return body ? NULL : "no body";
}

static void build(const struct hl_referral_mail *m, struct hl_buf *out)
{
	struct hl_err err;

	if (hl_referral_mail_build(m, out, &err)) {
		fail_msg("%s", err.msg);
	}
	const char *fault = form_fault(hl_buf_str(out));
	if (fault) {
		fail_msg("%s in:\n%s", fault, out->p);
	}
}

static void a_plain_mail(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(65536);
	struct hl_referral_mail m = sample();

	build(&m, &out);
	assert_true(hl_str_starts(hl_buf_str(&out),
		HL_STR("Date: Sun, 22 Nov 2026 08:47:35 +0000\r\n"
		       "From: Example hotline\r\n"
		       " <notice@hotline.example.org>\r\n"
		       "To: abuse@host.example.org\r\n"
		       "Subject: Notice\r\n"
		       "Message-ID: <F-7K3Q-X9M2-C.")));
	assert_true(has(&out, "@hotline.example.org>\r\n"
			      "Auto-Submitted: auto-generated\r\n"
			      "X-OpenHotline-Referral: F-7K3Q-X9M2-C\r\n"
			      "MIME-Version: 1.0\r\n"
			      "Content-Type: text/plain; charset=utf-8\r\n"));
	assert_true(hl_str_ends(hl_buf_str(&out), HL_STR("\r\n\r\nHello\r\n")));
	assert_false(has(&out, "TEST"));
}

static void test_mode_shows(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(65536);
	struct hl_referral_mail m = sample();

	m.test = true;
	build(&m, &out);
	assert_true(has(&out, "\r\nSubject: [TEST] Notice\r\n"));
	assert_true(has(&out, "\r\nX-OpenHotline-Test: yes\r\n"));
}

static void the_id_follows_from_the_key(void **state)
{
	struct hl_referral_mail m = sample(), other = sample();
	HL_BUF_AUTO a = HL_BUF_INIT(200), b = HL_BUF_INIT(200);
	HL_BUF_AUTO c = HL_BUF_INIT(200);

	hl_referral_mail_id(&m, &a);
	m.at_us += 1000000;
	m.text = HL_STR("other words");
	hl_referral_mail_id(&m, &b);
	assert_string_equal(a.p, b.p);
	other.idempotency_key = HL_STR("outbox 2");
	hl_referral_mail_id(&other, &c);
	assert_string_not_equal(a.p, c.p);
}

/* Words from anywhere, put into every place that takes words. */
static void no_words_make_a_header(void **state)
{
	static const char *const rows[] = {"", " ", "\r\n", "\n\n",
		"a\r\nBcc: x@example.org", "a\nBcc: x@example.org",
		"a\rBcc: x@example.org", "a\r\n\r\nbody", "\r\n .\r\n",
		"a\xe2\x80\xa8"
		"Bcc: x@example.org",
		"a\xc2\x85"
		"Bcc: x@example.org",
		"=?UTF-8?Q?a=0D=0ABcc:_x?=", "a =?UTF-8?B?DQpCY2M6IHg=?= b",
		"\"quoted\" \\ back", "a <x@example.org>, b", "(comment",
		"a;b,c:d", "\x7f\x1b[31m", "\xff\xfe\xc3", "æøå",
		"trailing \x7f", "\x7f leading", "two  spaces",
		"\xe2\x80\xae"
		"esrever",
		"a very long line of words that has to be folded somewhere in "
		"the middle because no line of a header may be longer than "
		"seventy-eight characters, whatever it says and whoever says "
		"it, for as long as it likes",
		"onewordthatislongerthanalinemaybeonewordthatislongerthanaline"
		"maybeonewordthatislongerthanalinemaybe",
		"æææææææææææææææææææææææææææææææææææææææææææææææææææææææææææ"
		"æææææææææææææææææææææææææææææææææææææææææææææææææææææææææææ",
		"\xf0\x9f\x93\xa7\xf0\x9f\x93\xa7\xf0\x9f\x93\xa7"
		"\xf0\x9f\x93\xa7\xf0\x9f\x93\xa7\xf0\x9f\x93\xa7"
		"\xf0\x9f\x93\xa7\xf0\x9f\x93\xa7\xf0\x9f\x93\xa7"
		"\xf0\x9f\x93\xa7\xf0\x9f\x93\xa7\xf0\x9f\x93\xa7"};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_referral_attachment file = {.name = hl_str_c(rows[i]),
			.type = "application/json",
			.data = hl_str_c(rows[i])};
		HL_BUF_AUTO out = HL_BUF_INIT(65536);
		struct hl_referral_mail m = sample();
		struct hl_err err;

		m.from_name = m.to_name = m.subject = m.text = file.name;
		m.idempotency_key = HL_STR("k");
		m.attachments = &file;
		m.n_attachments = 1;
		assert_int_equal(0, hl_referral_mail_build(&m, &out, &err));
		const char *fault = form_fault(hl_buf_str(&out));
		if (fault) {
			fail_msg("row %zu: %s:\n%s", i, fault, out.p);
		}
	}
}

static void words_take_these_forms(void **state)
{
	static const char *const rows[][2] = {
		{"", "X: \r\n"},
		{"Plain words", "X: Plain words\r\n"},
		{"a\r\nb", "X: =?UTF-8?B?YSAgYg==?=\r\n"},
		{"a\nb", "X: a b\r\n"},
		{"æ", "X: =?UTF-8?B?w6Y=?=\r\n"},
		{"=?x?=", "X: =?UTF-8?B?PT94Pz0=?=\r\n"},
		{"a = b?", "X: a = b?\r\n"},
		{"\xff", "X: =?UTF-8?B?77+9?=\r\n"},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(1000);

		hl_referral_header_words(&out, "X", hl_str_c(rows[i][0]));
		if (!hl_str_eq(hl_buf_str(&out), hl_str_c(rows[i][1]))) {
			fail_msg("%s gave %s", rows[i][0], out.p);
		}
	}
}

static void names_take_these_forms(void **state)
{
	static const char *const rows[][2] = {
		{"", "To: a@b.example\r\n"},
		{"Example hotline",
			"To: Example hotline\r\n <a@b.example>\r\n"},
		{"Hotline, Example",
			"To: \"Hotline, Example\"\r\n <a@b.example>\r\n"},
		{"A \"b\" \\",
			"To: \"A \\\"b\\\" \\\\\"\r\n <a@b.example>\r\n"},
		{"Æ", "To: =?UTF-8?B?w4Y=?=\r\n <a@b.example>\r\n"},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(1000);

		assert_int_equal(0,
			hl_referral_header_address(&out, "To",
				hl_str_c(rows[i][0]), HL_STR("a@b.example")));
		if (!hl_str_eq(hl_buf_str(&out), hl_str_c(rows[i][1]))) {
			fail_msg("%s gave %s", rows[i][0], out.p);
		}
	}
}

static void parameters_take_these_forms(void **state)
{
	static const char *const rows[][2] = {
		{"xarf.json", ";\r\n filename=\"xarf.json\""},
		{"a\"b\\c", ";\r\n filename=\"a\\\"b\\\\c\""},
		{"æ.json", ";\r\n filename*0*=UTF-8''%C3%A6.json"},
		{"a long name of a file, 1234.json",
			";\r\n filename*0*=UTF-8''a%20long%20name%20of%20a"
			";\r\n filename*1*=%20file%2C%201234.json"},
		{"=?x", ";\r\n filename*0*=UTF-8''%3D%3Fx"},
		{"", ";\r\n filename=\"\""},
		{"æ=?/*'%",
			";\r\n filename*0*=UTF-8''%C3%A6%3D%3F%2F%2A%27%25"},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(1000);

		hl_referral_header_param(
			&out, "filename", hl_str_c(rows[i][0]));
		if (!hl_str_eq(hl_buf_str(&out), hl_str_c(rows[i][1]))) {
			fail_msg("%s gave %s", rows[i][0], out.p);
		}
	}
}

static void text_takes_these_forms(void **state)
{
	static const char *const rows[][2] = {
		{"", ""},
		{"a", "a\r\n"},
		{"a\n", "a\r\n"},
		{"a\r\nb\rc\nd", "a\r\nb\r\nc\r\nd\r\n"},
		{"a=b", "a=3Db\r\n"},
		{"end \n", "end=20\r\n"},
		{"end\t", "end=09\r\n"},
		{"a\tb", "a=09b\r\n"},
		{"-- \nx", "--=20\r\nx\r\n"},
		{".\n..a", "=2E\r\n=2E.a\r\n"},
		{"From me\nFrom", "=46rom me\r\n=46rom\r\n"},
		{"æ", "=C3=A6\r\n"},
		{"\xff\x01\x7f", "=EF=BF=BD=EF=BF=BD=EF=BF=BD\r\n"},
		{"0123456789012345678901234567890123456789012345678901234567890"
		 "123456789012345",
			"01234567890123456789012345678901234567890123456789"
			"0123456789012345678901234=\r\n5\r\n"},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(1000);

		hl_referral_mail_put_text(&out, hl_str_c(rows[i][0]));
		if (!hl_str_eq(hl_buf_str(&out), hl_str_c(rows[i][1]))) {
			fail_msg("row %zu gave %s", i, out.p);
		}
	}
}

static void what_is_not_plain_is_refused(void **state)
{
	static const char *const refs[] = {"", "F 1", "F-1\r\nBcc: x",
		"0123456789012345678901234567890123456789"};
	HL_BUF_AUTO out = HL_BUF_INIT(65536);
	struct hl_referral_mail m;

	for (size_t i = 0; i < HL_ARRAY_LEN(refs); i++) {
		m = sample();
		m.ref = hl_str_c(refs[i]);
		assert_int_equal(
			HL_E_INVALID, hl_referral_mail_build(&m, &out, NULL));
	}
	m = sample();
	m.idempotency_key = HL_STR_NONE;
	assert_int_equal(HL_E_INVALID, hl_referral_mail_build(&m, &out, NULL));
	m = sample();
	m.n_attachments = HL_REFERRAL_ATTACHMENTS_MAX + 1;
	assert_int_equal(HL_E_INVALID, hl_referral_mail_build(&m, &out, NULL));
	m = sample();
	m.to = HL_STR("a@b\r\nBcc: x@example.org");
	assert_int_equal(HL_E_INVALID, hl_referral_mail_build(&m, &out, NULL));
	m = sample();
	m.from = HL_STR("a");
	assert_int_equal(HL_E_INVALID, hl_referral_mail_build(&m, &out, NULL));
	m = sample();
	m.reply_to = HL_STR("a b@example.org");
	assert_int_equal(HL_E_INVALID, hl_referral_mail_build(&m, &out, NULL));

	struct hl_buf tiny = HL_BUF_INIT(100);
	m = sample();
	assert_int_equal(HL_E_LIMIT, hl_referral_mail_build(&m, &tiny, NULL));
	hl_buf_fini(&tiny);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_mail),
		cmocka_unit_test(test_mode_shows),
		cmocka_unit_test(the_id_follows_from_the_key),
		cmocka_unit_test(no_words_make_a_header),
		cmocka_unit_test(words_take_these_forms),
		cmocka_unit_test(names_take_these_forms),
		cmocka_unit_test(parameters_take_these_forms),
		cmocka_unit_test(text_takes_these_forms),
		cmocka_unit_test(what_is_not_plain_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
