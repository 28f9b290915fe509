/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct hl_arena *arena;

static int new_arena(void **state)
{
	(void)state;
	arena = hl_arena_new((size_t)1 << 20, true);
	return arena ? 0 : -1;
}

static int free_arena(void **state)
{
	(void)state;
	hl_arena_freep(&arena);
	return 0;
}

static void empty_facts_are_an_empty_document(void **state)
{
	HL_BUF_AUTO json = HL_BUF_INIT(1000);
	struct hl_facts none = {0}, back;

	(void)state;
	memset(&back, 0xff, sizeof(back));
	hl_facts_put_json(&json, &none);
	assert_string_equal("{\"schema\":1}", json.p);
	assert_int_equal(
		0, hl_facts_parse_json(arena, hl_buf_str(&json), &back, NULL));
	assert_int_equal(0, hl_facts_differ(&none, &back));
	assert_null(back.note.p);
}

/* Every answer to every fact comes back as itself. */
static void every_answer_round_trips(void **state)
{
	(void)state;
	for (int fact = 1; fact <= HL_FACT_LAST; fact++) {
		const struct hl_vocab *v = hl_fact_vocab((enum hl_fact)fact);

		for (size_t i = 0; i < v->n_words; i++) {
			HL_BUF_AUTO json = HL_BUF_INIT(1000);
			struct hl_facts f = {0}, back;

			f.value[fact] = v->words[i].value;
			f.payments = hl_vocab_bit(HL_PAYMENT_CRYPTO) |
				     hl_vocab_bit(HL_PAYMENT_UNKNOWN);
			f.note = HL_STR("two \"quoted\" words\nand <a line>");
			hl_facts_put_json(&json, &f);
			assert_int_equal(
				0, hl_facts_parse_json(arena, hl_buf_str(&json),
					   &back, NULL));
			assert_int_equal(0, hl_facts_differ(&f, &back));
			assert_true(hl_str_eq(f.note, back.note));
		}
	}
}

static void bad_documents(void **state)
{
	static const struct {
		const char *json, *message;
	} rows[] = {
		{"", "not valid JSON"},
		{"[]", "schema"},
		{"{}", "schema"},
		{"{\"schema\":2}", "schema"},
		{"{\"schema\":\"1\"}", "schema"},
		{"{\"schema\":1,\"age\":3}", "age is no string"},
		{"{\"schema\":1,\"age\":\"old\"}", "age is not in"},
		{"{\"schema\":1,\"age\":\"unanswered\"}", "age is not in"},
		{"{\"schema\":1,\"age\":\"\"}", "age is not in"},
		{"{\"schema\":1,\"Age\":\"adult\"}", "not known"},
		{"{\"schema\":1,\"payment\":\"card\"}", "no list"},
		{"{\"schema\":1,\"payment\":[\"card\",\"shells\"]}",
			"payment 1"},
		{"{\"schema\":1,\"payment\":[4]}", "payment 0"},
		{"{\"schema\":1,\"note\":7}", "note"},
		{"{\"schema\":1,\"verdict\":\"illegal\"}", "not known"},
		{"{\"schema\":1,\"age\":\"adult\",\"age\":\"infant\"}",
			"not valid JSON"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_facts f = {.payments = 77};
		struct hl_err err = {0};
		int rc = hl_facts_parse_json(
			arena, hl_str_c(rows[i].json), &f, &err);

		if (rc != HL_E_INVALID || !strstr(err.msg, rows[i].message) ||
			f.payments != 77) {
			fail_msg("%s: %d %s", rows[i].json, rc, err.msg);
		}
	}
}

static void long_notes_are_refused(void **state)
{
	HL_BUF_AUTO note = HL_BUF_INIT(100000), json = HL_BUF_INIT(100000);
	struct hl_facts f = {0}, back;

	(void)state;
	while (note.n < 2 * HL_FACTS_NOTE_MAX) {
		hl_buf_put(&note, HL_STR("ø"));
	}
	f.note = hl_buf_str(&note);
	hl_facts_put_json(&json, &f);
	assert_int_equal(
		0, hl_facts_parse_json(arena, hl_buf_str(&json), &back, NULL));
	hl_buf_put_c(&note, '.');
	f.note = hl_buf_str(&note);
	hl_buf_reset(&json);
	hl_facts_put_json(&json, &f);
	assert_int_equal(HL_E_INVALID,
		hl_facts_parse_json(arena, hl_buf_str(&json), &back, NULL));
}

static void differences(void **state)
{
	struct hl_facts a = {0}, b = {0};

	(void)state;
	b.note = HL_STR("notes do not matter");
	assert_int_equal(0, hl_facts_differ(&a, &b));
	b.value[HL_FACT_AGE] = HL_AGE_INFANT;
	a.value[HL_FACT_SITE] = HL_SITE_BLOG;
	assert_int_equal(hl_vocab_bit(HL_FACT_AGE) | hl_vocab_bit(HL_FACT_SITE),
		hl_facts_differ(&a, &b));
	a = b;
	a.payments = hl_vocab_bit(HL_PAYMENT_SMS);
	assert_int_equal(1, hl_facts_differ(&a, &b));
}

static void cannot_tell_is_an_answer(void **state)
{
	int n = 0;

	(void)state;
	for (int fact = 1; fact <= HL_FACT_LAST; fact++) {
		const struct hl_vocab *v = hl_fact_vocab((enum hl_fact)fact);

		assert_int_equal(0, v->words[0].value);
		assert_false(hl_fact_undetermined((enum hl_fact)fact, 0));
		for (size_t i = 0; i < v->n_words; i++) {
			n += hl_fact_undetermined(
				(enum hl_fact)fact, v->words[i].value);
		}
	}
	assert_int_equal(HL_FACT_LAST - 1, n); /* the kind is always known */
	assert_null(hl_fact_vocab((enum hl_fact)0));
	assert_null(hl_fact_vocab((enum hl_fact)(HL_FACT_LAST + 1)));
	assert_false(hl_fact_undetermined((enum hl_fact)99, 1));
}

static void contradictions(void **state)
{
#define F(name) [HL_FACT_##name]
#define SEEN F(ACCESS) = HL_ACCESS_SEEN
	static const struct {
		const char *what;
		struct hl_facts f;
		int at; /* 0: none */
	} rows[] = {
		{"nothing answered", {.value = {0}}, 0},
		{"gone", {.value = {F(ACCESS) = HL_ACCESS_GONE}}, 0},
		{"behind a pay wall, with its price",
			{.value = {F(ACCESS) = HL_ACCESS_PAYWALL,
				 F(COMMERCIAL) = HL_YNU_YES},
				.payments = 2},
			0},
		{"gone, and what it shows",
			{.value = {F(ACCESS) = HL_ACCESS_GONE,
				 F(MATERIAL) = HL_MATERIAL_PHOTO}},
			HL_FACT_ACCESS},
		{"not reached, and whom it shows",
			{.value = {F(ACCESS) = HL_ACCESS_UNREACHABLE,
				 F(AGE) = HL_AGE_PUBESCENT}},
			HL_FACT_ACCESS},
		{"an adult, a child who takes part",
			{.value = {SEEN, F(AGE) = HL_AGE_ADULT,
				 F(ACT) = HL_ACT_INVOLVED}},
			HL_FACT_AGE},
		{"an adult, three children",
			{.value = {SEEN, F(AGE) = HL_AGE_ADULT,
				 F(CHILDREN) = 3}},
			HL_FACT_CHILDREN},
		{"an adult, nobody can tell how many children",
			{.value = {SEEN, F(AGE) = HL_AGE_ADULT,
				 F(CHILDREN) = HL_CHILDREN_UNDETERMINED}},
			0},
		{"a child's age, no child",
			{.value = {SEEN, F(AGE) = HL_AGE_PREPUBESCENT,
				 F(CHILDREN) = HL_CHILDREN_NONE}},
			HL_FACT_CHILDREN},
		{"an act with a child, no child",
			{.value = {SEEN, F(ACT) = HL_ACT_PRESENT,
				 F(CHILDREN) = HL_CHILDREN_NONE}},
			HL_FACT_CHILDREN},
		{"a drawing like a photograph",
			{.value = {SEEN, F(MATERIAL) = HL_MATERIAL_DRAWING,
				 F(LIFELIKE) = HL_YNU_YES}},
			HL_FACT_LIFELIKE},
		{"computer-generated, like a photograph",
			{.value = {SEEN, F(MATERIAL) = HL_MATERIAL_GENERATED,
				 F(LIFELIKE) = HL_YNU_YES}},
			0},
		{"free, with ways to pay",
			{.value = {SEEN, F(COMMERCIAL) = HL_YNU_NO},
				.payments = 2},
			HL_FACT_COMMERCIAL},
	};
#undef SEEN
#undef F

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_facts_conflict found[HL_FACTS_CONFLICTS];
		size_t n = hl_facts_conflicts(&rows[i].f, found);

		if (n != (rows[i].at != 0) ||
			(n && (int)found[0].at != rows[i].at)) {
			fail_msg("%s: %zu, at %d", rows[i].what, n,
				n ? (int)found[0].at : 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_facts_are_an_empty_document),
		cmocka_unit_test(every_answer_round_trips),
		cmocka_unit_test(bad_documents),
		cmocka_unit_test(long_notes_are_refused),
		cmocka_unit_test(differences),
		cmocka_unit_test(cannot_tell_is_an_answer),
		cmocka_unit_test(contradictions),
	};
	return cmocka_run_group_tests(tests, new_arena, free_arena);
}
