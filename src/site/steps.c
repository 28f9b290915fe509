/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The questions, as a table. Every page of the form is made from a row, so
 * that a question cannot be asked in one place and forgotten in another.
 */
#include "site/inner.h"

const struct hl_site_step hl_site_steps[HL_SITE_N_STEPS] = {
	{.slug = "danger",
		.choice = HL_FIELD_DANGER,
		.heading = HL_TR("Is a child in danger right now?"),
		.hint = HL_TR("For example: it is happening now, or you know "
			      "the child."),
		.row = HL_TR("Child in danger now")},
	{.slug = "place",
		.choice = HL_FIELD_PLACE,
		.heading = HL_TR("Where did you see it?"),
		.row = HL_TR("Kind of place")},
	{.slug = "addresses",
		.text = HL_FIELD_ADDRESSES,
		.heading = HL_TR("What is the address? (optional)"),
		.hint = HL_TR("Paste one or more addresses, best one on a "
			      "line. Any form will do, such as "
			      "example.org/page or hxxp://example[.]org."),
		.more = HL_TR("Do not go back to the place to copy the "
			      "address. If you do not have it, leave this "
			      "empty and describe the place on the next "
			      "page."),
		.row = HL_TR("Addresses"),
		.rows = 6},
	{.slug = "where",
		.text = HL_FIELD_WHERE,
		.heading = HL_TR("Where on the page or in the app is it? "
				 "(optional)"),
		.hint = HL_TR("For example: the third picture, a user name, "
			      "the name of a channel or group, the subject "
			      "of an e-mail."),
		.row = HL_TR("Where on the page"),
		.rows = 4,
		.max_chars = HL_REPORT_LINE_CHARS},
	{.slug = "seen",
		.choice = HL_FIELD_SEEN,
		.text = HL_FIELD_SEEN_NOTE,
		.heading = HL_TR("When did you see it? (optional)"),
		.text_label = HL_TR("Date and time, if you know (optional)"),
		.text_hint = HL_TR("In any form. Say where you are if the "
				   "time matters."),
		.row = HL_TR("When you saw it"),
		.rows = 1,
		.max_chars = HL_REPORT_SHORT_CHARS},
	{.slug = "pay",
		.choice = HL_FIELD_PAY,
		.text = HL_FIELD_PAY_NOTE,
		.heading = HL_TR("Do people have to pay to see it? (optional)"),
		.hint = HL_TR("Do not pay to find out."),
		.text_label = HL_TR("How do they pay? (optional)"),
		.text_hint = HL_TR("For example: card, bank transfer, "
				   "cryptocurrency."),
		.row = HL_TR("Payment"),
		.rows = 1,
		.max_chars = HL_REPORT_SHORT_CHARS},
	{.slug = "words",
		.text = HL_FIELD_WORDS,
		.heading = HL_TR("Is there anything else we should know? "
				 "(optional)"),
		.hint = HL_TR("For example: a password that is shown on the "
			      "page, who else knows, why you think a child "
			      "is harmed. A few words are enough."),
		.row = HL_TR("Anything else"),
		.rows = 8,
		.max_chars = HL_REPORT_WORDS_CHARS},
	{.slug = "contact",
		.text = HL_FIELD_CONTACT,
		.heading = HL_TR("May we contact you? (optional)"),
		.hint = HL_TR("You can stay anonymous: leave this empty. If "
			      "you give an e-mail address or a phone number, "
			      "we may ask you a question."),
		.more = HL_TR("It is locked away apart from your report. A "
			      "member of staff can see it only after a "
			      "second one has agreed, and each look is "
			      "recorded."),
		.row = HL_TR("Contact"),
		.rows = 1,
		.max_chars = HL_REPORT_SHORT_CHARS},
};

size_t hl_site_step_find(struct hl_str slug)
{
	size_t i = 0;

	while (i < HL_SITE_N_STEPS &&
		!hl_str_eq(slug, hl_str_c(hl_site_steps[i].slug))) {
		i++;
	}
	return i;
}

struct hl_str hl_site_step_path(
	struct hl_arena *arena, size_t step, bool change)
{
	return hl_arena_printf(arena, "/report/%s%s", hl_site_steps[step].slug,
		change ? "?change=1" : "");
}

uint32_t hl_site_step_fields(const struct hl_site_step *step)
{
	return (step->choice ? UINT32_C(1) << step->choice : 0) |
	       (step->text ? UINT32_C(1) << step->text : 0);
}

const struct hl_vocab *hl_site_field_vocab(enum hl_report_field field)
{
	switch ((int)field) {
	case HL_FIELD_PLACE:
		return &hl_vocab_place;
	case HL_FIELD_SEEN:
		return &hl_vocab_seen;
	default:
		return &hl_vocab_ynu;
	}
}

int hl_site_field_word(const struct hl_report *r, enum hl_report_field field)
{
	switch ((int)field) {
	case HL_FIELD_DANGER:
		return (int)r->danger;
	case HL_FIELD_PLACE:
		return (int)r->place;
	case HL_FIELD_SEEN:
		return (int)r->seen;
	case HL_FIELD_PAY:
		return (int)r->pay;
	default:
		return 0;
	}
}

struct hl_str *hl_site_field_text(
	struct hl_report *r, enum hl_report_field field)
{
	switch ((int)field) {
	case HL_FIELD_ADDRESSES:
		return &r->addresses_text;
	case HL_FIELD_WHERE:
		return &r->where;
	case HL_FIELD_SEEN_NOTE:
		return &r->seen_note;
	case HL_FIELD_PAY_NOTE:
		return &r->pay_note;
	case HL_FIELD_WORDS:
		return &r->words;
	default:
		return &r->contact;
	}
}

struct hl_str hl_site_fault_text(const struct hl_report_fault *fault)
{
	static const struct {
		int field; /* 0: any */
		enum hl_report_problem problem;
		const char *text;
	} rows[] = {
		{HL_FIELD_DANGER, HL_PROBLEM_EMPTY,
			HL_TR("Select whether a child is in danger right now, "
			      "or that you don’t know")},
		{HL_FIELD_PLACE, HL_PROBLEM_EMPTY,
			HL_TR("Select where you saw it, or that you don’t "
			      "know")},
		{HL_FIELD_ADDRESSES, HL_PROBLEM_TOO_LONG,
			HL_TR("These addresses are too long for one report. "
			      "Send the rest in a second report")},
		{HL_FIELD_ADDRESSES, HL_PROBLEM_TOO_MANY,
			HL_TR("One report can hold 200 addresses. Leave the "
			      "first 200 here and send the rest in a second "
			      "report")},
		{HL_FIELD_WHERE, HL_PROBLEM_TOO_LONG,
			HL_TR("Shorten this to 2,000 characters or fewer")},
		{HL_FIELD_WORDS, HL_PROBLEM_TOO_LONG,
			HL_TR("Shorten this to 10,000 characters or fewer")},
		{0, HL_PROBLEM_EMPTY, HL_TR("Answer this question")},
		{0, HL_PROBLEM_TOO_LONG,
			HL_TR("Shorten this to 200 characters or fewer")},
		{0, HL_PROBLEM_MALFORMED,
			HL_TR("This could not be read. Please enter it "
			      "again")},
		{0, HL_PROBLEM_CONTENT,
			HL_TR("This carries a picture or film itself: a text "
			      "that begins with “data:”. Take it out, and give "
			      "the address of the page instead. Never send "
			      "pictures")},
		{0, HL_PROBLEM_NO_MATTER,
			HL_TR("Give an address, or say where it is, or "
			      "describe it in words")},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (rows[i].problem == fault->problem &&
			(!rows[i].field ||
				rows[i].field == (int)fault->field)) {
			return hl_web_tr(rows[i].text);
		}
	}
	return hl_web_tr(HL_TR("This cannot be sent"));
}
