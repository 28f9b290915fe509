/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"

struct row {
	const char *answer, *note, *new_address, *reason; /* NULL: absent */
	const char *code;                                 /* NULL: taken */
	const char *field;                                /* at fault */
};

/* Each row as JSON and as a form: the same comes out of both. */
static const struct row rows[] = {
	{"removed", NULL, NULL, NULL, NULL, NULL},
	{"removed", "At 09:40 UTC.", NULL, NULL, NULL, NULL},
	{" removed\t", NULL, NULL, NULL, "text_invalid", "answer"},
	{" removed ", NULL, NULL, NULL, NULL, NULL},
	{"already_gone", NULL, NULL, NULL, NULL, NULL},
	{"received", NULL, NULL, NULL, NULL, NULL},
	{"not_ours", NULL, NULL, NULL, NULL, NULL},
	{"moved", NULL, "https://b.example.org/x", NULL, NULL, NULL},
	{"moved", NULL, "b.example.org", NULL, NULL, NULL},
	{"moved", NULL, "hxxps://b[.]example[.]org/x", NULL, NULL, NULL},
	{"moved", NULL, "FTP://b.example.org/x", NULL, NULL, NULL},
	{"moved", NULL, "http://192.0.2.7:8080/", NULL, NULL, NULL},
	{"moved", NULL, "http://elsewhere.invalid/f/71", NULL, NULL, NULL},
	{"moved", NULL,
		"magnet:?xt=urn:btih:"
		"0123456789abcdef0123456789abcdef01234567",
		NULL, NULL, NULL},
	{"need_more", "Which of the two?", NULL, NULL, NULL, NULL},
	{"refused", NULL, NULL, "no_authority", NULL, NULL},
	{"refused", "We are a mirror.", NULL, "other", NULL, NULL},
	{NULL, NULL, NULL, NULL, "answer_missing", "answer"},
	{"", NULL, NULL, NULL, "answer_missing", "answer"},
	{"  ", "x", NULL, NULL, "answer_missing", "answer"},
	{"unanswered", NULL, NULL, NULL, "answer_unknown", "answer"},
	{"Removed", NULL, NULL, NULL, "answer_unknown", "answer"},
	{"gone", NULL, NULL, NULL, "answer_unknown", "answer"},
	{"hold", NULL, NULL, NULL, "answer_not_yours", "answer"},
	{"cleared", NULL, NULL, NULL, "answer_not_yours", "answer"},
	{"moved", NULL, NULL, NULL, "address_missing", "new_address"},
	{"moved", NULL, " ", NULL, "address_missing", "new_address"},
	{"moved", NULL, "some where", NULL, "address_invalid", "new_address"},
	{"moved", NULL, "nowhere", NULL, "address_invalid", "new_address"},
	{"moved", NULL, "<b>.org", NULL, "address_invalid", "new_address"},
	{"moved", NULL, "javascript:alert(1)", NULL, "address_invalid",
		"new_address"},
	{"moved", NULL, "JavaScript://b.example.org/%0aalert(1)", NULL,
		"address_invalid", "new_address"},
	{"moved", NULL, "vbscript:x.y", NULL, "address_invalid", "new_address"},
	{"moved", NULL, "data:text/html,a.example.org", NULL, "address_invalid",
		"new_address"},
	{"moved", NULL, "file:///etc/a.conf", NULL, "address_invalid",
		"new_address"},
	{"moved", NULL, "about:blank", NULL, "address_invalid", "new_address"},
	{"moved", NULL, "blob:https://b.example.org/1", NULL, "address_invalid",
		"new_address"},
	{"moved", NULL, "somebody@b.example.org", NULL, "address_invalid",
		"new_address"},
	{"moved", NULL, "http://a.example.org http://b.example.org", NULL,
		"address_invalid", "new_address"},
	{"moved", NULL, "look at http://a.example.org", NULL, "address_invalid",
		"new_address"},
	{"moved", NULL, "http://", NULL, "address_invalid", "new_address"},
	{"moved", NULL, "magnet:?xt=urn:btih:0", NULL, "address_invalid",
		"new_address"},
	{"moved", NULL, "a.example\norg", NULL, "text_invalid", "new_address"},
	{"removed", NULL, "https://b.example.org", NULL, "address_unexpected",
		"new_address"},
	{"refused", "why", NULL, NULL, "reason_missing", "reason"},
	{"refused", NULL, NULL, "because", "reason_unknown", "reason"},
	{"refused", NULL, NULL, "unanswered", "reason_unknown", "reason"},
	{"removed", NULL, NULL, "other", "reason_unexpected", "reason"},
	{"need_more", NULL, NULL, NULL, "note_missing", "note"},
	{"need_more", " \r\n ", NULL, NULL, "note_missing", "note"},
	{"refused", NULL, NULL, "other", "note_missing", "note"},
	{"removed", "a\x1b[31mb", NULL, NULL, "text_invalid", "note"},
	{"removed", "a\xc2\x85", NULL, NULL, "text_invalid", "note"},
};

static void put_member(struct hl_buf *b, const char *name, const char *value)
{
	if (value) {
		hl_json_put_member(b, name, hl_str_c(value));
	}
}

static void judge(const char *how, size_t i, int r,
	const struct hl_referral_problem *problem)
{
	const struct row *row = &rows[i];

	if (r != (row->code ? HL_DENIED : 0) ||
		(row->code && (strcmp(problem->code, row->code) != 0 ||
				      strcmp(problem->field, row->field) != 0 ||
				      problem->status != 422 ||
				      !problem->message[0]))) {
		fail_msg("%s row %zu (%s): %d %s %s", how, i,
			row->answer ? row->answer : "none", r,
			r ? problem->code : "", r ? problem->field : "");
	}
}

static void json_and_form_agree(void **state)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_ARENA_AUTO *a = hl_arena_new(65536, true);
		HL_BUF_AUTO body = HL_BUF_INIT(65536);
		struct hl_referral_field fields[5] = {
			{HL_STR("csrf"), HL_STR("x")}};
		const char *const values[] = {rows[i].answer, rows[i].note,
			rows[i].new_address, rows[i].reason};
		static const char *const names[] = {
			"answer", "note", "new_address", "reason"};
		struct hl_referral_answer json, form;
		struct hl_referral_problem problem;
		size_t n = 1;

		hl_buf_put_c(&body, '{');
		for (size_t k = 0; k < 4; k++) {
			put_member(&body, names[k], values[k]);
			if (values[k]) {
				fields[n].name = hl_str_c(names[k]);
				fields[n++].value = hl_str_c(values[k]);
			}
		}
		hl_buf_put_c(&body, '}');
		int r = hl_referral_answer_json(hl_buf_str(&body),
			HL_RECIPIENT_PROVIDER, a, &json, &problem);
		judge("JSON", i, r, &problem);
		int s = hl_referral_answer_form(
			fields, n, HL_RECIPIENT_PROVIDER, a, &form, &problem);
		judge("form", i, s, &problem);
		if (!r) {
			assert_int_equal(HL_REFERRAL_REPEATED,
				hl_referral_answer_compare(&json, &form));
		}
	}
}

static void json_that_is_none_is_refused(void **state)
{
	static const struct {
		const char *body, *code, *field;
		int status;
	} table[] = {
		{"", "not_json", "", 400},
		{"{", "not_json", "", 400},
		{"{\"answer\":\"removed\"} x", "not_json", "", 400},
		{"{\"answer\":\"removed\",\"answer\":\"moved\"}", "not_json",
			"", 400},
		{"{\"answer\":\"\\u0000\"}", "not_json", "", 400},
		{"{\"answer\":\"\xff\"}", "not_json", "", 400},
		{"[]", "not_object", "", 400},
		{"\"removed\"", "not_object", "", 400},
		{"null", "not_object", "", 400},
		{"{\"answer\":1}", "member_type", "answer", 422},
		{"{\"note\":null}", "member_type", "note", 422},
		{"{\"answers\":\"removed\"}", "member_unknown", "answers", 422},
		{"{\"<script>\":\"removed\"}", "member_unknown", "", 422},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(table); i++) {
		HL_ARENA_AUTO *a = hl_arena_new(65536, true);
		struct hl_referral_answer out;
		struct hl_referral_problem problem;

		int r = hl_referral_answer_json(hl_str_c(table[i].body),
			HL_RECIPIENT_PROVIDER, a, &out, &problem);
		if (r != HL_DENIED ||
			strcmp(problem.code, table[i].code) != 0 ||
			strcmp(problem.field, table[i].field) != 0 ||
			problem.status != table[i].status) {
			fail_msg("%s: %d %s", table[i].body, r,
				r ? problem.code : "");
		}
	}
}

static void limits_are_exact(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 20, true);
	HL_BUF_AUTO note = HL_BUF_INIT(65536);
	struct hl_referral_answer out;
	struct hl_referral_problem problem;
	struct hl_referral_field fields[2] = {
		{HL_STR("answer"), HL_STR("removed")}};

	for (int i = 0; i < HL_REFERRAL_NOTE_CHARS_MAX; i++) {
		hl_buf_put(&note, HL_STR("æ"));
	}
	fields[1].name = HL_STR("note");
	fields[1].value = hl_buf_str(&note);
	assert_int_equal(0, hl_referral_answer_form(fields, 2,
				    HL_RECIPIENT_PROVIDER, a, &out, &problem));
	hl_buf_put(&note, HL_STR("æ"));
	fields[1].value = hl_buf_str(&note);
	assert_int_equal(
		HL_DENIED, hl_referral_answer_form(fields, 2,
				   HL_RECIPIENT_PROVIDER, a, &out, &problem));
	assert_string_equal("note_too_long", problem.code);

	while (note.n <= HL_REFERRAL_ANSWER_BYTES_MAX) {
		hl_buf_put_c(&note, 'x');
	}
	fields[1].value = hl_buf_str(&note);
	assert_int_equal(
		HL_DENIED, hl_referral_answer_form(fields, 2,
				   HL_RECIPIENT_PROVIDER, a, &out, &problem));
	assert_string_equal("too_large", problem.code);
	assert_int_equal(413, problem.status);
	assert_int_equal(
		HL_DENIED, hl_referral_answer_json(hl_buf_str(&note),
				   HL_RECIPIENT_PROVIDER, a, &out, &problem));
	assert_string_equal("too_large", problem.code);

	fields[1] = fields[0];
	assert_int_equal(
		HL_DENIED, hl_referral_answer_form(fields, 2,
				   HL_RECIPIENT_PROVIDER, a, &out, &problem));
	assert_string_equal("member_twice", problem.code);
}

static void only_the_police_hold_and_clear(void **state)
{
	for (int who = 0; who <= HL_RECIPIENT_PAYMENT; who++) {
		bool police = who == HL_RECIPIENT_POLICE;

		assert_int_equal(
			police, hl_referral_answer_open_to(HL_ANSWER_HOLD,
					(enum hl_recipient)who));
		assert_int_equal(
			police, hl_referral_answer_open_to(HL_ANSWER_CLEARED,
					(enum hl_recipient)who));
		assert_true(hl_referral_answer_open_to(
			HL_ANSWER_REMOVED, (enum hl_recipient)who));
		assert_false(hl_referral_answer_open_to(
			HL_ANSWER_UNANSWERED, (enum hl_recipient)who));
	}
}

/* One answer in each field's other value. */
static void repeats_and_changes_are_told_apart(void **state)
{
	struct hl_referral_answer a = {.answer = HL_ANSWER_REFUSED,
		.reason = HL_REFUSAL_OTHER,
		.note = HL_STR("x")};
	struct hl_referral_answer b[] = {a, a, a, a};

	b[0].answer = HL_ANSWER_REMOVED;
	b[1].reason = HL_REFUSAL_COURT_ORDER;
	b[2].note = HL_STR("y");
	b[3].new_address = HL_STR("b.example.org");
	assert_int_equal(
		HL_REFERRAL_RECORDED, hl_referral_answer_compare(NULL, &a));
	assert_int_equal(
		HL_REFERRAL_REPEATED, hl_referral_answer_compare(&a, &a));
	for (size_t i = 0; i < HL_ARRAY_LEN(b); i++) {
		assert_int_equal(HL_REFERRAL_CHANGED,
			hl_referral_answer_compare(&a, &b[i]));
	}
}

static void what_is_put_reads_back(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(65536, true);
	HL_BUF_AUTO out = HL_BUF_INIT(65536);
	struct hl_referral_answer in = {.answer = HL_ANSWER_REFUSED,
		.reason = HL_REFUSAL_OTHER,
		.note = HL_STR("two\nlines \"æ\"")};
	struct hl_referral_answer back;
	struct hl_referral_problem problem = {.code = "c", .message = "m"};

	hl_referral_answer_put(&out, &in);
	assert_int_equal(0, hl_referral_answer_json(hl_buf_str(&out),
				    HL_RECIPIENT_PROVIDER, a, &back, &problem));
	assert_int_equal(
		HL_REFERRAL_REPEATED, hl_referral_answer_compare(&in, &back));

	hl_buf_reset(&out);
	hl_referral_answer_put_result(
		&out, HL_STR("F-1"), HL_ANSWER_REMOVED, HL_REFERRAL_CHANGED);
	assert_string_equal("{\"referral\":\"F-1\",\"answer\":\"removed\","
			    "\"state\":\"changed\"}",
		out.p);
	hl_buf_reset(&out);
	hl_referral_problem_put(&out, &problem);
	assert_string_equal("{\"error\":\"c\",\"message\":\"m\"}", out.p);
}

/* Also what today's rules would not take any more. */
static void what_was_stored_is_read(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(65536, true);
	struct hl_referral_answer back;

	assert_int_equal(
		0, hl_referral_answer_stored(
			   HL_STR("{\"answer\":\"moved\",\"new_address\":"
				  "\"javascript:1\",\"note\":\"n\"}"),
			   a, &back));
	assert_int_equal(HL_ANSWER_MOVED, back.answer);
	assert_true(hl_str_eq(HL_STR("javascript:1"), back.new_address));
	assert_true(hl_str_eq(HL_STR("n"), back.note));
	assert_int_equal(HL_E_CORRUPT,
		hl_referral_answer_stored(HL_STR("{}"), a, &back));
	assert_int_equal(
		HL_E_CORRUPT, hl_referral_answer_stored(HL_STR("x"), a, &back));
}

static void line_ends_become_one(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(65536, true);
	struct hl_referral_field fields[] = {
		{HL_STR("answer"), HL_STR("need_more")},
		{HL_STR("note"), HL_STR("\r\na\r\nb\rc\n\n")}};
	struct hl_referral_answer out;
	struct hl_referral_problem problem;

	assert_int_equal(0, hl_referral_answer_form(fields, 2,
				    HL_RECIPIENT_POLICE, a, &out, &problem));
	assert_true(hl_str_eq(out.note, HL_STR("a\nb\nc")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_and_form_agree),
		cmocka_unit_test(json_that_is_none_is_refused),
		cmocka_unit_test(limits_are_exact),
		cmocka_unit_test(only_the_police_hold_and_clear),
		cmocka_unit_test(repeats_and_changes_are_told_apart),
		cmocka_unit_test(what_is_put_reads_back),
		cmocka_unit_test(what_was_stored_is_read),
		cmocka_unit_test(line_ends_become_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
