/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/report.h"

#include <strings.h>

#include "base/utf8.h"

/*
 * What is accepted. Nobody is turned away for how they write: the form takes
 * unseen characters out before (hl_web_form_parse()), programs are told of
 * them, since they can make an address look like another one.
 */

static bool is_blank(struct hl_str s)
{
	return hl_str_trim(s).n == 0;
}

static bool has_hostile(struct hl_str s)
{
	while (s.n) {
		uint32_t c;
		size_t n = hl_utf8_next(s, &c);

		if (hl_utf8_unseen(c)) {
			return true;
		}
		s = hl_str_sub(s, n, s.n);
	}
	return false;
}

static size_t skip_token(struct hl_str s, size_t at)
{
	while (at < s.n && s.p[at] > ' ' && s.p[at] <= '~' &&
		!strchr("/;,:\"<>()[]", s.p[at])) {
		at++;
	}
	return at;
}

/* "data:image/png;": RFC 2397 with a media type. Content itself must never
 * come in, neither as an address nor between words. */
static bool has_content(struct hl_str s)
{
	static const char scheme[] = "data:";
	const size_t n = sizeof(scheme) - 1;

	for (size_t i = 0; i + n < s.n; i++) {
		if (strncasecmp(s.p + i, scheme, n) != 0) {
			continue;
		}
		size_t slash = skip_token(s, i + n);
		if (slash == i + n || slash == s.n || s.p[slash] != '/') {
			continue;
		}
		size_t end = skip_token(s, slash + 1);
		if (end > slash + 1 && end < s.n &&
			(s.p[end] == ';' || s.p[end] == ',')) {
			return true;
		}
	}
	return false;
}

/* 0 is no problem. */
static enum hl_report_problem text_problem(struct hl_str s, size_t max_chars)
{
	/* Four bytes are the longest character: bounds the work below. */
	if (s.n > 4 * max_chars) {
		return HL_PROBLEM_TOO_LONG;
	}
	if (!hl_utf8_valid(s)) {
		return HL_PROBLEM_MALFORMED;
	}
	if (hl_utf8_count(s) > max_chars) {
		return HL_PROBLEM_TOO_LONG;
	}
	if (has_content(s)) {
		return HL_PROBLEM_CONTENT;
	}
	return has_hostile(s) ? HL_PROBLEM_HOSTILE : 0;
}

static enum hl_report_problem word_problem(
	const struct hl_vocab *v, int value, bool required)
{
	if (!value) {
		return required ? HL_PROBLEM_EMPTY : 0;
	}
	return hl_vocab_find(v, value) ? 0 : HL_PROBLEM_MALFORMED;
}

/* What was pasted and what was found in it are bounded together. */
static enum hl_report_problem addresses_problem(const struct hl_report *r)
{
	size_t bytes = r->addresses_text.n;
	enum hl_report_problem p =
		text_problem(r->addresses_text, HL_REPORT_TEXT_BYTES);

	if (!p && r->n_addresses > HL_REPORT_ADDRESSES_MAX) {
		p = HL_PROBLEM_TOO_MANY;
	}
	for (size_t i = 0; !p && i < r->n_addresses; i++) {
		bytes += r->addresses[i].n;
		p = r->addresses[i].n > HL_REPORT_ADDRESS_BYTES
			    ? HL_PROBLEM_TOO_LONG
			    : text_problem(
				      r->addresses[i], HL_REPORT_ADDRESS_BYTES);
	}
	if (!p && (r->addresses_text.n > HL_REPORT_TEXT_BYTES ||
			  bytes > 2 * HL_REPORT_TEXT_BYTES)) {
		p = HL_PROBLEM_TOO_LONG;
	}
	return p;
}

/* BCP 47, the form that the interface offers: letters, digits, hyphens. */
static enum hl_report_problem language_problem(struct hl_str s)
{
	if (s.n > 35) {
		return HL_PROBLEM_TOO_LONG;
	}
	for (size_t i = 0; i < s.n; i++) {
		char c = (char)(s.p[i] | 0x20);
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';

		if (!(c >= 'a' && c <= 'z') && !digit && s.p[i] != '-') {
			return HL_PROBLEM_MALFORMED;
		}
	}
	return 0;
}

static enum hl_report_problem field_problem(
	const struct hl_report *r, enum hl_report_field field)
{
	switch (field) {
	case HL_FIELD_DANGER:
		return word_problem(&hl_vocab_ynu, (int)r->danger, true);
	case HL_FIELD_PLACE:
		return word_problem(&hl_vocab_place, (int)r->place, true);
	case HL_FIELD_ADDRESSES:
		return addresses_problem(r);
	case HL_FIELD_WHERE:
		return text_problem(r->where, HL_REPORT_LINE_CHARS);
	case HL_FIELD_SEEN:
		return word_problem(&hl_vocab_seen, (int)r->seen, false);
	case HL_FIELD_SEEN_NOTE:
		return text_problem(r->seen_note, HL_REPORT_SHORT_CHARS);
	case HL_FIELD_PAY:
		return word_problem(&hl_vocab_ynu, (int)r->pay, false);
	case HL_FIELD_PAY_NOTE:
		return text_problem(r->pay_note, HL_REPORT_SHORT_CHARS);
	case HL_FIELD_WORDS:
		return text_problem(r->words, HL_REPORT_WORDS_CHARS);
	case HL_FIELD_CONTACT:
		return text_problem(r->contact, HL_REPORT_SHORT_CHARS);
	case HL_FIELD_LANGUAGE:
		return language_problem(r->language);
	case HL_FIELD_HASHES:
		return r->n_hashes > HL_REPORT_HASHES_MAX ? HL_PROBLEM_TOO_MANY
							  : 0;
	}
	return 0;
}

static bool has_no_matter(const struct hl_report *r, uint32_t fields)
{
	uint32_t all = hl_vocab_bit(HL_FIELD_ADDRESSES) |
		       hl_vocab_bit(HL_FIELD_WHERE) |
		       hl_vocab_bit(HL_FIELD_WORDS);

	return (fields & all) == all && !r->n_addresses &&
	       is_blank(r->addresses_text) && is_blank(r->where) &&
	       is_blank(r->words);
}

size_t hl_report_check(const struct hl_report *r, uint32_t fields,
	struct hl_report_fault faults[HL_FIELD_LAST])
{
	size_t n = 0;

	for (int field = 1; field <= HL_FIELD_LAST; field++) {
		enum hl_report_problem p = 0;

		if (fields & hl_vocab_bit(field)) {
			p = field_problem(r, (enum hl_report_field)field);
		}
		if (!p && field == HL_FIELD_ADDRESSES &&
			has_no_matter(r, fields)) {
			p = HL_PROBLEM_NO_MATTER;
		}
		if (p) {
			faults[n++] = (struct hl_report_fault){
				(enum hl_report_field)field, p};
		}
	}
	return n;
}

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
	{HL_FIELD_HASHES, "hashes", HL_MSG("Hashes")},
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
	{HL_PROBLEM_CONTENT, "content",
		HL_MSG("Send no pictures, not even as data: addresses")},
};
const struct hl_vocab hl_vocab_report_problem = {
	"report_problem", HL_ARRAY_LEN(problems), problems};
