/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/answer.h"

#include <stdio.h>

#include "base/json.h"
#include "base/utf8.h"
#include "domain/vocab.h"
#include "url/extract.h"

/*
 * Both forms are first brought into the same four texts, then judged by the
 * same rules in the same order, so that a form and a JSON answer can never
 * differ in what they are allowed.
 */
#define ADDRESS_ARENA ((size_t)256 * 1024)

enum part { ANSWER, NOTE, NEW_ADDRESS, REASON, N_PARTS };

static const char *const names[N_PARTS] = {
	"answer", "note", "new_address", "reason"};

enum why {
	TOO_LARGE,
	NOT_JSON,
	NOT_OBJECT,
	MEMBER_UNKNOWN,
	MEMBER_TYPE,
	MEMBER_TWICE,
	ANSWER_MISSING,
	ANSWER_UNKNOWN,
	ANSWER_NOT_YOURS,
	ADDRESS_MISSING,
	ADDRESS_INVALID,
	ADDRESS_UNEXPECTED,
	REASON_MISSING,
	REASON_UNKNOWN,
	REASON_UNEXPECTED,
	NOTE_MISSING,
	NOTE_TOO_LONG,
	TEXT_INVALID,
};

static const struct {
	const char *code;
	int status;
	const char *message;
} problems[] = {
	[TOO_LARGE] = {"too_large", 413, HL_MSG("The answer is too long")},
	[NOT_JSON] = {"not_json", 400, HL_MSG("This is not valid JSON")},
	[NOT_OBJECT] = {"not_object", 400,
		HL_MSG("The answer must be one JSON object")},
	[MEMBER_UNKNOWN] = {"member_unknown", 422,
		HL_MSG("There is no such member")},
	[MEMBER_TYPE] = {"member_type", 422,
		HL_MSG("This member must be a string")},
	[MEMBER_TWICE] = {"member_twice", 422,
		HL_MSG("This is there more than once")},
	[ANSWER_MISSING] = {"answer_missing", 422,
		HL_MSG("Choose what came of it")},
	[ANSWER_UNKNOWN] = {"answer_unknown", 422,
		HL_MSG("There is no such answer")},
	[ANSWER_NOT_YOURS] = {"answer_not_yours", 422,
		HL_MSG("Only the police can give this answer")},
	[ADDRESS_MISSING] = {"address_missing", 422,
		HL_MSG("Give the new address")},
	[ADDRESS_INVALID] = {"address_invalid", 422,
		HL_MSG("Give one web address, such as "
		       "https://example.org/page, or a magnet or ed2k "
		       "link")},
	[ADDRESS_UNEXPECTED] = {"address_unexpected", 422,
		HL_MSG("A new address belongs only to the answer that it "
		       "moved")},
	[REASON_MISSING] = {"reason_missing", 422,
		HL_MSG("Choose why you do not act")},
	[REASON_UNKNOWN] = {"reason_unknown", 422,
		HL_MSG("There is no such reason")},
	[REASON_UNEXPECTED] = {"reason_unexpected", 422,
		HL_MSG("A reason belongs only to a refusal")},
	[NOTE_MISSING] = {"note_missing", 422,
		HL_MSG("Say in a few words what you need or why")},
	[NOTE_TOO_LONG] = {"note_too_long", 422,
		HL_MSG("The note must be 2,000 characters or fewer")},
	[TEXT_INVALID] = {"text_invalid", 422,
		HL_MSG("This holds characters that cannot be read")},
};

static int refuse(
	struct hl_referral_problem *problem, enum why why, const char *field)
{
	*problem = (struct hl_referral_problem){.code = problems[why].code,
		.message = problems[why].message,
		.status = problems[why].status};
	snprintf(problem->field, sizeof(problem->field), "%s",
		field ? field : "");
	return HL_DENIED;
}

/* Text of people: UTF-8, no control characters but tab and line ends. */
static bool is_text(struct hl_str s, bool lines)
{
	if (!hl_utf8_valid(s)) {
		return false;
	}
	while (s.n) {
		uint32_t c;

		s = hl_str_sub(s, hl_utf8_next(s, &c), s.n);
		bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
		if (control &&
			!(lines && (c == '\n' || c == '\r' || c == '\t'))) {
			return false;
		}
	}
	return true;
}

/* A copy with "\r\n" and "\r" as "\n". */
static int keep(struct hl_arena *a, struct hl_str s, struct hl_str *out)
{
	char *to = hl_arena_alloc(a, s.n + 1);
	size_t n = 0;

	if (!to) {
		return HL_E_NOMEM;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\r') {
			to[n++] = s.p[i];
		} else if (i + 1 == s.n || s.p[i + 1] != '\n') {
			to[n++] = '\n';
		}
	}
	*out = hl_str_mem(to, n);
	return 0;
}

/*
 * One address and nothing else, found as in what a reporter pastes, and of a
 * kind that a case can be made of: the web, an onion, magnet, ed2k. What a
 * browser would run is none.
 */
static int check_address(struct hl_str s, bool *is)
{
	HL_ARENA_AUTO *a = hl_arena_new(ADDRESS_ARENA, true);
	struct hl_url_list found;
	int r = a ? 0 : HL_E_NOMEM;

	*is = false;
	if (s.n > HL_REFERRAL_NEW_ADDRESS_MAX) {
		return 0;
	}
	r = r ? r : hl_url_extract(s, a, &found, NULL);
	if (!r && found.n == 1) {
		enum hl_url_kind kind = found.v[0].kind;

		*is = kind == HL_URL_WEB || kind == HL_URL_ONION ||
		      kind == HL_URL_P2P;
	}
	return r == HL_E_NOMEM ? r : 0;
}

bool hl_referral_answer_open_to(
	enum hl_answer answer, enum hl_recipient recipient)
{
	switch (answer) {
	case HL_ANSWER_HOLD:
	case HL_ANSWER_CLEARED:
		return recipient == HL_RECIPIENT_POLICE;
	case HL_ANSWER_REMOVED:
	case HL_ANSWER_MOVED:
	case HL_ANSWER_NOT_OURS:
	case HL_ANSWER_NEED_MORE:
	case HL_ANSWER_REFUSED:
	case HL_ANSWER_RECEIVED:
	case HL_ANSWER_ALREADY_GONE:
		return true;
	case HL_ANSWER_UNANSWERED:
		break;
	}
	return false;
}

static int judge_answer(struct hl_str text, enum hl_recipient recipient,
	struct hl_referral_answer *out, struct hl_referral_problem *problem)
{
	int value = 0;

	if (text.n == 0) {
		return refuse(problem, ANSWER_MISSING, names[ANSWER]);
	}
	if (hl_vocab_parse(&hl_vocab_answer, text, &value) || value == 0) {
		return refuse(problem, ANSWER_UNKNOWN, names[ANSWER]);
	}
	out->answer = (enum hl_answer)value;
	return hl_referral_answer_open_to(out->answer, recipient)
		       ? 0
		       : refuse(problem, ANSWER_NOT_YOURS, names[ANSWER]);
}

static int judge_address(struct hl_str text, struct hl_referral_answer *out,
	struct hl_referral_problem *problem)
{
	if (out->answer != HL_ANSWER_MOVED) {
		return text.n ? refuse(problem, ADDRESS_UNEXPECTED,
					names[NEW_ADDRESS])
			      : 0;
	}
	if (text.n == 0) {
		return refuse(problem, ADDRESS_MISSING, names[NEW_ADDRESS]);
	}
	bool is;
	int r = check_address(text, &is);

	return r || is ? r
		       : refuse(problem, ADDRESS_INVALID, names[NEW_ADDRESS]);
}

static int judge_reason(struct hl_str text, struct hl_referral_answer *out,
	struct hl_referral_problem *problem)
{
	int value = 0;

	if (out->answer != HL_ANSWER_REFUSED) {
		return text.n ? refuse(problem, REASON_UNEXPECTED,
					names[REASON])
			      : 0;
	}
	if (text.n == 0) {
		return refuse(problem, REASON_MISSING, names[REASON]);
	}
	if (hl_vocab_parse(&hl_vocab_refusal, text, &value) || value == 0) {
		return refuse(problem, REASON_UNKNOWN, names[REASON]);
	}
	out->reason = (enum hl_refusal)value;
	return 0;
}

static int judge_note(struct hl_str text, struct hl_referral_answer *out,
	struct hl_referral_problem *problem)
{
	bool wanted = out->answer == HL_ANSWER_NEED_MORE ||
		      out->reason == HL_REFUSAL_OTHER;

	if (wanted && text.n == 0) {
		return refuse(problem, NOTE_MISSING, names[NOTE]);
	}
	return hl_utf8_count(text) <= HL_REFERRAL_NOTE_CHARS_MAX
		       ? 0
		       : refuse(problem, NOTE_TOO_LONG, names[NOTE]);
}

static int judge(struct hl_str text[N_PARTS], enum hl_recipient recipient,
	struct hl_arena *a, struct hl_referral_answer *out,
	struct hl_referral_problem *problem)
{
	int r = 0;

	*out = (struct hl_referral_answer){0};
	for (int i = 0; i < N_PARTS; i++) {
		if (!is_text(text[i], i == NOTE)) {
			return refuse(problem, TEXT_INVALID, names[i]);
		}
		text[i] = hl_str_trim(text[i]);
	}
	r = judge_answer(text[ANSWER], recipient, out, problem);
	r = r ? r : judge_address(text[NEW_ADDRESS], out, problem);
	r = r ? r : judge_reason(text[REASON], out, problem);
	r = r ? r : judge_note(text[NOTE], out, problem);
	if (!r && text[NEW_ADDRESS].n) {
		r = keep(a, text[NEW_ADDRESS], &out->new_address);
	}
	if (!r && text[NOTE].n) {
		r = keep(a, text[NOTE], &out->note);
	}
	return r;
}

static int part_of(struct hl_str name)
{
	for (int i = 0; i < N_PARTS; i++) {
		if (hl_str_eq(name, hl_str_c(names[i]))) {
			return i;
		}
	}
	return -1;
}

/* A name from outside is told back only if it is a plain one. */
static const char *plain_name(const char *name)
{
	size_t n = strlen(name);

	return n < 32 && strspn(name, "abcdefghijklmnopqrstuvwxyz_") == n
		       ? name
		       : NULL;
}

static int take_members(json_t *j, struct hl_str text[N_PARTS],
	struct hl_referral_problem *problem)
{
	const char *name;
	json_t *v;

	if (!json_is_object(j)) {
		return refuse(problem, NOT_OBJECT, NULL);
	}
	json_object_foreach(j, name, v)
	{
		int part = part_of(hl_str_c(name));

		if (part < 0) {
			return refuse(
				problem, MEMBER_UNKNOWN, plain_name(name));
		}
		if (!json_is_string(v)) {
			return refuse(problem, MEMBER_TYPE, names[part]);
		}
		text[part] =
			hl_str_mem(json_string_value(v), json_string_length(v));
	}
	return 0;
}

int hl_referral_answer_json(struct hl_str body, enum hl_recipient recipient,
	struct hl_arena *a, struct hl_referral_answer *out,
	struct hl_referral_problem *problem)
{
	struct hl_str text[N_PARTS] = {{NULL, 0}};
	HL_JSON_AUTO *j = NULL;
	int r = hl_json_parse(body, HL_REFERRAL_ANSWER_BYTES_MAX, &j, NULL);

	if (r == HL_E_NOMEM) {
		return r;
	}
	if (r) {
		return refuse(
			problem, r == HL_E_LIMIT ? TOO_LARGE : NOT_JSON, NULL);
	}
	r = take_members(j, text, problem);
	return r ? r : judge(text, recipient, a, out, problem);
}

int hl_referral_answer_stored(struct hl_str stored, struct hl_arena *a,
	struct hl_referral_answer *out)
{
	struct hl_str text[N_PARTS] = {{NULL, 0}};
	struct hl_referral_problem problem;
	HL_JSON_AUTO *j = NULL;
	int answer = 0, reason = 0;
	int r = hl_json_parse(
		stored, 2 * HL_REFERRAL_ANSWER_BYTES_MAX, &j, NULL);

	*out = (struct hl_referral_answer){0};
	if (r == HL_E_NOMEM) {
		return r;
	}
	if (r || take_members(j, text, &problem) ||
		hl_vocab_parse(&hl_vocab_answer, text[ANSWER], &answer)) {
		return HL_E_CORRUPT;
	}
	hl_vocab_parse(&hl_vocab_refusal, text[REASON], &reason);
	out->answer = (enum hl_answer)answer;
	out->reason = (enum hl_refusal)reason;
	r = text[NEW_ADDRESS].n ? keep(a, text[NEW_ADDRESS], &out->new_address)
				: 0;
	return r || !text[NOTE].n ? r : keep(a, text[NOTE], &out->note);
}

int hl_referral_answer_form(const struct hl_referral_field *fields,
	size_t n_fields, enum hl_recipient recipient, struct hl_arena *a,
	struct hl_referral_answer *out, struct hl_referral_problem *problem)
{
	struct hl_str text[N_PARTS] = {{NULL, 0}};
	size_t bytes = 0;

	for (size_t i = 0; i < n_fields; i++) {
		int part = part_of(fields[i].name);

		if (part < 0) {
			continue;
		}
		if (text[part].p) {
			return refuse(problem, MEMBER_TWICE, names[part]);
		}
		text[part] =
			hl_str_mem(fields[i].value.p ? fields[i].value.p : "",
				fields[i].value.n);
		bytes += fields[i].value.n;
	}
	if (bytes > HL_REFERRAL_ANSWER_BYTES_MAX) {
		return refuse(problem, TOO_LARGE, NULL);
	}
	return judge(text, recipient, a, out, problem);
}

enum hl_referral_repeat hl_referral_answer_compare(
	const struct hl_referral_answer *present,
	const struct hl_referral_answer *next)
{
	if (!present || present->answer == HL_ANSWER_UNANSWERED) {
		return HL_REFERRAL_RECORDED;
	}
	return present->answer == next->answer &&
			       present->reason == next->reason &&
			       hl_str_eq(present->new_address,
				       next->new_address) &&
			       hl_str_eq(present->note, next->note)
		       ? HL_REFERRAL_REPEATED
		       : HL_REFERRAL_CHANGED;
}

void hl_referral_answer_put(
	struct hl_buf *out, const struct hl_referral_answer *answer)
{
	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "answer",
		hl_str_c(hl_vocab_name(&hl_vocab_answer, (int)answer->answer)));
	if (answer->reason) {
		hl_json_put_member(out, "reason",
			hl_str_c(hl_vocab_name(
				&hl_vocab_refusal, (int)answer->reason)));
	}
	if (answer->new_address.n) {
		hl_json_put_member(out, "new_address", answer->new_address);
	}
	if (answer->note.n) {
		hl_json_put_member(out, "note", answer->note);
	}
	hl_buf_put_c(out, '}');
}

void hl_referral_answer_put_result(struct hl_buf *out, struct hl_str ref,
	enum hl_answer answer, enum hl_referral_repeat state)
{
	static const char *const states[] = {
		[HL_REFERRAL_RECORDED] = "recorded",
		[HL_REFERRAL_REPEATED] = "repeated",
		[HL_REFERRAL_CHANGED] = "changed",
	};

	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "referral", ref);
	hl_json_put_member(out, "answer",
		hl_str_c(hl_vocab_name(&hl_vocab_answer, (int)answer)));
	hl_json_put_member(out, "state", hl_str_c(states[state]));
	hl_buf_put_c(out, '}');
}

void hl_referral_problem_put(
	struct hl_buf *out, const struct hl_referral_problem *problem)
{
	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "error", hl_str_c(problem->code));
	if (problem->field[0]) {
		hl_json_put_member(out, "field", hl_str_c(problem->field));
	}
	hl_json_put_member(out, "message", hl_str_c(problem->message));
	hl_buf_put_c(out, '}');
}
