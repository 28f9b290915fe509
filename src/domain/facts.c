/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/facts.h"

#include "base/json.h"
#include "base/utf8.h"

/*
 * The sealed document of an assessment. It is strict both ways: a member
 * that this version does not know is a fault, since to skip a fact would be
 * to answer it with "unanswered".
 */

#define FACTS_SCHEMA 1
#define FACTS_JSON_MAX (64 * 1024)

static const struct {
	const struct hl_vocab *vocab;
	int undetermined;
} facts[HL_FACT_LAST + 1] = {
	[HL_FACT_ACCESS] = {&hl_vocab_access, HL_ACCESS_UNREACHABLE},
	[HL_FACT_MATERIAL] = {&hl_vocab_material, -1},
	[HL_FACT_LIFELIKE] = {&hl_vocab_ynu, HL_YNU_UNKNOWN},
	[HL_FACT_ACT] = {&hl_vocab_act, HL_ACT_UNDETERMINED},
	[HL_FACT_POSING] = {&hl_vocab_posing, HL_POSING_UNDETERMINED},
	[HL_FACT_AGE] = {&hl_vocab_age, HL_AGE_UNDETERMINED},
	[HL_FACT_SEX] = {&hl_vocab_sex, HL_SEX_UNDETERMINED},
	[HL_FACT_CHILDREN] = {&hl_vocab_children, HL_CHILDREN_UNDETERMINED},
	[HL_FACT_COMMERCIAL] = {&hl_vocab_ynu, HL_YNU_UNKNOWN},
	[HL_FACT_SITE] = {&hl_vocab_site, HL_SITE_UNDETERMINED},
	[HL_FACT_SELFMADE] = {&hl_vocab_ynu, HL_YNU_UNKNOWN},
	[HL_FACT_OFFENSIVE] = {&hl_vocab_ynu, HL_YNU_UNKNOWN},
};

static bool is_fact(int fact)
{
	return fact > 0 && fact <= HL_FACT_LAST;
}

const struct hl_vocab *hl_fact_vocab(enum hl_fact fact)
{
	return is_fact((int)fact) ? facts[fact].vocab : NULL;
}

bool hl_fact_undetermined(enum hl_fact fact, int value)
{
	return is_fact((int)fact) && facts[fact].undetermined == value;
}

static bool is_child(int age)
{
	return age == HL_AGE_INFANT || age == HL_AGE_PREPUBESCENT ||
	       age == HL_AGE_PUBESCENT;
}

static bool has_child_in_act(const struct hl_facts *f)
{
	return f->value[HL_FACT_ACT] == HL_ACT_PRESENT ||
	       f->value[HL_FACT_ACT] == HL_ACT_INVOLVED;
}

/* What only somebody who saw the content can say. */
static bool has_content(const struct hl_facts *f)
{
	return f->value[HL_FACT_MATERIAL] || has_child_in_act(f) ||
	       is_child(f->value[HL_FACT_AGE]) ||
	       f->value[HL_FACT_POSING] == HL_POSING_SEXUALISED ||
	       f->value[HL_FACT_POSING] == HL_POSING_FOCUS;
}

size_t hl_facts_conflicts(const struct hl_facts *f,
	struct hl_facts_conflict out[HL_FACTS_CONFLICTS])
{
	const int *v = f->value;
	bool counted = v[HL_FACT_CHILDREN] >= HL_CHILDREN_ONE &&
		       v[HL_FACT_CHILDREN] <= HL_CHILDREN_MORE;
	const struct {
		bool is;
		enum hl_fact at;
		const char *text;
	} rows[HL_FACTS_CONFLICTS] = {
		{v[HL_FACT_ACCESS] && v[HL_FACT_ACCESS] != HL_ACCESS_SEEN &&
				has_content(f),
			HL_FACT_ACCESS,
			HL_MSG("You answered what the content shows: then it "
			       "was seen. Or take those answers back")},
		{v[HL_FACT_MATERIAL] == HL_MATERIAL_DRAWING &&
				v[HL_FACT_LIFELIKE] == HL_YNU_YES,
			HL_FACT_LIFELIKE,
			HL_MSG("What could be taken for a photograph is "
			       "recorded as computer-generated, not as a "
			       "drawing")},
		{v[HL_FACT_AGE] == HL_AGE_ADULT && has_child_in_act(f),
			HL_FACT_AGE,
			HL_MSG("You answered that a child takes part or is "
			       "present: then the youngest is no adult")},
		{v[HL_FACT_AGE] == HL_AGE_ADULT && counted, HL_FACT_CHILDREN,
			HL_MSG("You counted children: then the youngest is no "
			       "adult")},
		{v[HL_FACT_CHILDREN] == HL_CHILDREN_NONE &&
				(is_child(v[HL_FACT_AGE]) ||
					has_child_in_act(f)),
			HL_FACT_CHILDREN,
			HL_MSG("You answered a child’s age or part: then "
			       "there is at least one child")},
		{v[HL_FACT_COMMERCIAL] == HL_YNU_NO && f->payments,
			HL_FACT_COMMERCIAL,
			HL_MSG("You named ways to pay: then one has to pay")},
	};
	size_t n = 0;

	for (size_t i = 0; i < HL_FACTS_CONFLICTS; i++) {
		if (rows[i].is) {
			out[n++] = (struct hl_facts_conflict){
				rows[i].at, rows[i].text};
		}
	}
	return n;
}

static void put_payments(struct hl_buf *b, uint32_t set)
{
	hl_json_put_name(b, hl_vocab_payment.name);
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < hl_vocab_payment.n_words; i++) {
		const struct hl_vocab_word *w = &hl_vocab_payment.words[i];

		if (set & hl_vocab_bit(w->value)) {
			hl_json_put_sep(b);
			hl_json_put_str(b, hl_str_c(w->name));
		}
	}
	hl_buf_put_c(b, ']');
}

void hl_facts_put_json(struct hl_buf *b, const struct hl_facts *f)
{
	hl_buf_put_c(b, '{');
	hl_json_put_member_i64(b, "schema", FACTS_SCHEMA);
	for (int fact = 1; fact <= HL_FACT_LAST; fact++) {
		const char *word =
			hl_vocab_name(facts[fact].vocab, f->value[fact]);

		if (f->value[fact] && *word) {
			hl_json_put_member(b,
				hl_vocab_name(&hl_vocab_fact, fact),
				hl_str_c(word));
		}
	}
	if (f->payments) {
		put_payments(b, f->payments);
	}
	if (f->note.n) {
		hl_json_put_member(b, "note", f->note);
	}
	hl_buf_put_c(b, '}');
}

static int parse_fact(
	int fact, const json_t *value, struct hl_facts *out, struct hl_err *err)
{
	const char *name = hl_vocab_name(&hl_vocab_fact, fact);
	struct hl_str word;
	int v = 0;

	if (!json_is_string(value)) {
		return HL_FAIL(
			err, HL_E_INVALID, "facts: %s is no string", name);
	}
	word = hl_str_mem(json_string_value(value), json_string_length(value));
	if (hl_vocab_parse(facts[fact].vocab, word, &v) || !v) {
		return HL_FAIL(err, HL_E_INVALID,
			"facts: %s is not in its vocabulary", name);
	}
	out->value[fact] = v;
	return 0;
}

static int parse_payments(
	const json_t *value, struct hl_facts *out, struct hl_err *err)
{
	size_t i;
	json_t *entry;

	if (!json_is_array(value)) {
		return HL_FAIL(err, HL_E_INVALID, "facts: payment is no list");
	}
	json_array_foreach(value, i, entry)
	{
		struct hl_str word = hl_str_c(json_string_value(entry));
		int v = 0;

		if (hl_vocab_parse(&hl_vocab_payment, word, &v)) {
			return HL_FAIL(err, HL_E_INVALID,
				"facts: payment %zu is not in its vocabulary",
				i);
		}
		out->payments |= hl_vocab_bit(v);
	}
	return 0;
}

static int parse_note(struct hl_arena *a, const json_t *value,
	struct hl_facts *out, struct hl_err *err)
{
	struct hl_str note;

	if (!json_is_string(value)) {
		return HL_FAIL(err, HL_E_INVALID, "facts: note is no string");
	}
	note = hl_str_mem(json_string_value(value), json_string_length(value));
	if (hl_utf8_count(note) > HL_FACTS_NOTE_MAX) {
		return HL_FAIL(err, HL_E_INVALID, "facts: note is too long");
	}
	out->note = hl_arena_dup(a, note);
	if (!out->note.p) {
		return HL_FAIL(err, HL_E_NOMEM, "facts: no memory");
	}
	return 0;
}

static int parse_member(struct hl_arena *a, const char *name,
	const json_t *value, struct hl_facts *out, struct hl_err *err)
{
	int fact;

	if (hl_vocab_parse(&hl_vocab_fact, hl_str_c(name), &fact) == 0) {
		return parse_fact(fact, value, out, err);
	}
	if (strcmp(name, hl_vocab_payment.name) == 0) {
		return parse_payments(value, out, err);
	}
	if (strcmp(name, "note") == 0) {
		return parse_note(a, value, out, err);
	}
	if (strcmp(name, "schema") == 0) {
		return 0;
	}
	return HL_FAIL(err, HL_E_INVALID, "facts: a member is not known");
}

int hl_facts_parse_json(struct hl_arena *a, struct hl_str json,
	struct hl_facts *out, struct hl_err *err)
{
	HL_JSON_AUTO *root = NULL;
	struct hl_facts f = {0};
	const char *name;
	json_t *value;
	int rc = hl_json_parse(json, FACTS_JSON_MAX, &root, err);

	if (rc) {
		return rc;
	}
	if (!json_is_object(root) ||
		hl_json_int(root, "schema", 0) != FACTS_SCHEMA) {
		return HL_FAIL(err, HL_E_INVALID, "facts: not of schema 1");
	}
	json_object_foreach(root, name, value)
	{
		rc = parse_member(a, name, value, &f, err);
		if (rc) {
			return rc;
		}
	}
	*out = f;
	return 0;
}

uint32_t hl_facts_differ(const struct hl_facts *a, const struct hl_facts *b)
{
	uint32_t differ = a->payments != b->payments;

	for (int fact = 1; fact <= HL_FACT_LAST; fact++) {
		if (a->value[fact] != b->value[fact]) {
			differ |= hl_vocab_bit(fact);
		}
	}
	return differ;
}
