/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/report.h"

static const struct hl_vocab_word fields[] = {
	{HL_FIELD_DANGER, "danger", HL_MSG("Is a child in danger now?")},
	{HL_FIELD_PLACE, "place", HL_MSG("What kind of place is it?")},
	{HL_FIELD_ADDRESSES, "addresses", HL_MSG("Addresses")},
	{HL_FIELD_WHERE, "where", HL_MSG("Where on the page")},
	{HL_FIELD_SEEN, "seen", HL_MSG("When did you see it?")},
	{HL_FIELD_SEEN_NOTE, "seen_note", HL_MSG("Date and time")},
	{HL_FIELD_PAY, "pay", HL_MSG("Does one have to pay?")},
	{HL_FIELD_PAY_NOTE, "pay_note", HL_MSG("How one pays")},
	{HL_FIELD_WORDS, "words", HL_MSG("Anything else")},
	{HL_FIELD_CONTACT, "contact", HL_MSG("Your contact")},
	{HL_FIELD_LANGUAGE, "language", HL_MSG("Language")},
};
const struct hl_vocab hl_vocab_report_field = {
	"report_field", HL_ARRAY_LEN(fields), fields};

static const struct hl_vocab_word problems[] = {
	{HL_PROBLEM_EMPTY, "empty", HL_MSG("Answer this question")},
	{HL_PROBLEM_TOO_LONG, "too_long", HL_MSG("This is too long")},
	{HL_PROBLEM_TOO_MANY, "too_many", HL_MSG("These are too many")},
	{HL_PROBLEM_MALFORMED, "malformed", HL_MSG("This cannot be read")},
	{HL_PROBLEM_HOSTILE, "hostile",
		HL_MSG("This contains characters that cannot be shown")},
	{HL_PROBLEM_NO_MATTER, "no_matter",
		HL_MSG("Give an address, or say where it is")},
};
const struct hl_vocab hl_vocab_report_problem = {
	"report_problem", HL_ARRAY_LEN(problems), problems};
