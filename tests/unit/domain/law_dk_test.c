/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The baseline and the Danish profile against a second reading of the same
 * law, written as C below: over every combination of answers, with nothing
 * left unanswered, both must come to the same outcome.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "domain/law.h"

enum answer { NO, MAYBE, YES };

static enum answer both(enum answer a, enum answer b)
{
	return a < b ? a : b;
}

static enum answer either(enum answer a, enum answer b)
{
	return a > b ? a : b;
}

static enum answer opposite(enum answer a)
{
	return (enum answer)(YES - a);
}

static enum answer when(bool yes, bool maybe)
{
	return yes ? YES : maybe ? MAYBE : NO;
}

struct view {
	enum answer photographic; /* taken of something real */
	enum answer drawn;        /* words, sound, drawing, plain graphics */
	enum answer convincing;   /* photographic, or looks like it */
	enum answer child, small_child, adult;
	enum answer activity, focus, sexualised;
	enum answer nothing_sexual;
	enum answer offensive;
};

static struct view view_of(const struct hl_facts *f)
{
	int material = f->value[HL_FACT_MATERIAL];
	int lifelike = f->value[HL_FACT_LIFELIKE];
	int age = f->value[HL_FACT_AGE];
	int act = f->value[HL_FACT_ACT];
	int posing = f->value[HL_FACT_POSING];
	bool computer = material == HL_MATERIAL_GENERATED;
	bool unclear_age = age == HL_AGE_UNDETERMINED;
	bool unclear_act = act == HL_ACT_UNDETERMINED;
	bool unclear_posing = posing == HL_POSING_UNDETERMINED;
	struct view v;

	v.photographic = when(material == HL_MATERIAL_PHOTO ||
				      material == HL_MATERIAL_VIDEO ||
				      material == HL_MATERIAL_LIVE,
		false);
	v.convincing = either(v.photographic,
		when(computer && lifelike == HL_YNU_YES,
			computer && lifelike == HL_YNU_UNKNOWN));
	v.drawn = when(material == HL_MATERIAL_TEXT ||
			       material == HL_MATERIAL_AUDIO ||
			       material == HL_MATERIAL_DRAWING ||
			       (computer && lifelike == HL_YNU_NO),
		computer && lifelike == HL_YNU_UNKNOWN);
	v.small_child = when(age == HL_AGE_INFANT || age == HL_AGE_PREPUBESCENT,
		unclear_age);
	v.child = either(v.small_child, when(age == HL_AGE_PUBESCENT, false));
	v.adult = when(age == HL_AGE_ADULT, unclear_age);
	v.activity = when(
		act == HL_ACT_INVOLVED || act == HL_ACT_PRESENT, unclear_act);
	v.focus = when(posing == HL_POSING_FOCUS, unclear_posing);
	v.sexualised = when(posing == HL_POSING_SEXUALISED, unclear_posing);
	v.nothing_sexual = both(when(act == HL_ACT_NONE, unclear_act),
		when(posing == HL_POSING_NONE, unclear_posing));
	v.offensive = when(f->value[HL_FACT_OFFENSIVE] == HL_YNU_YES,
		f->value[HL_FACT_OFFENSIVE] == HL_YNU_UNKNOWN);
	return v;
}

static enum hl_outcome second_reading(const struct hl_facts *f)
{
	struct view v = view_of(f);
	enum answer forbidden = either(v.activity, v.focus);
	enum answer baseline =
		both(both(v.photographic, v.small_child), forbidden);
	enum answer national = both(both(v.convincing, v.child), forbidden);
	bool generated = f->value[HL_FACT_MATERIAL] == HL_MATERIAL_GENERATED;

	if (baseline == YES) {
		return HL_OUTCOME_BASELINE;
	}
	if (national == YES) {
		return HL_OUTCOME_NATIONAL;
	}
	if (baseline == MAYBE || national == MAYBE) {
		return HL_OUTCOME_CANNOT_TELL;
	}
	if (both(both(either(v.photographic, when(generated, false)), v.child),
		    v.sexualised) == YES) {
		return HL_OUTCOME_SEXUALISED;
	}
	if (both(both(v.drawn, opposite(v.adult)),
		    opposite(v.nothing_sexual)) == YES ||
		v.offensive == YES) {
		return HL_OUTCOME_OFFENSIVE;
	}
	if (v.adult == YES || v.nothing_sexual == YES) {
		return HL_OUTCOME_LEGAL;
	}
	return HL_OUTCOME_CANNOT_TELL;
}

static struct hl_law *load(const char *name)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_LAW_BYTES_MAX);
	struct hl_law *law = NULL;
	char path[500];

	snprintf(path, sizeof(path), "%s/laws/%s", getenv("HL_SOURCE_ROOT"),
		name);
	assert_int_equal(0, hl_file_read(path, &text, NULL));
	assert_int_equal(0, hl_law_load(hl_buf_str(&text), name, &law, NULL));
	return law;
}

static void compare(const struct hl_law *const laws[2],
	const struct hl_facts *f, int counts[HL_OUTCOME_CANNOT_TELL + 1])
{
	enum hl_outcome want = second_reading(f);
	struct hl_law_result r;

	hl_law_evaluate(laws, 2, f, &r);
	if (r.outcome != want || r.missing) {
		fail_msg("material %d lifelike %d age %d act %d posing %d "
			 "offensive %d: %s, second reading %s",
			f->value[HL_FACT_MATERIAL], f->value[HL_FACT_LIFELIKE],
			f->value[HL_FACT_AGE], f->value[HL_FACT_ACT],
			f->value[HL_FACT_POSING], f->value[HL_FACT_OFFENSIVE],
			hl_vocab_name(&hl_vocab_outcome, (int)r.outcome),
			hl_vocab_name(&hl_vocab_outcome, (int)want));
	}
	counts[want]++;
}

static void every_complete_answer(void **state)
{
	struct hl_law *own[2] = {load("baseline.json"), load("dk.json")};
	const struct hl_law *const laws[2] = {own[0], own[1]};
	int counts[HL_OUTCOME_CANNOT_TELL + 1] = {0};
	struct hl_facts f = {0};

	(void)state;
	f.value[HL_FACT_ACCESS] = HL_ACCESS_SEEN;
	for (int i = 0; i < 7 * 3 * 4 * 4 * 5 * 3 * 3; i++) {
		int rest = i;

		f.value[HL_FACT_MATERIAL] = rest % 7 + 1;
		f.value[HL_FACT_LIFELIKE] = (rest /= 7) % 3 + 1;
		f.value[HL_FACT_ACT] = (rest /= 3) % 4 + 1;
		f.value[HL_FACT_POSING] = (rest /= 4) % 4 + 1;
		f.value[HL_FACT_AGE] = (rest /= 4) % 5 + 1;
		f.value[HL_FACT_COMMERCIAL] = (rest /= 5) % 3 + 1;
		f.value[HL_FACT_OFFENSIVE] = (rest /= 3) % 3 + 1;
		compare(laws, &f, counts);
	}
	/* every outcome that facts can give does come up */
	for (int o = HL_OUTCOME_BASELINE; o <= HL_OUTCOME_LEGAL; o++) {
		assert_true(counts[o] > 0);
	}
	assert_true(counts[HL_OUTCOME_CANNOT_TELL] > 0);
	hl_law_free(own[0]);
	hl_law_free(own[1]);
}

/* Taking an answer back never makes a decided outcome lighter: it stays, or
 * becomes a question. */
static void taking_an_answer_back(void **state)
{
	struct hl_law *own[2] = {load("baseline.json"), load("dk.json")};
	const struct hl_law *const laws[2] = {own[0], own[1]};
	static const enum hl_fact used[] = {HL_FACT_MATERIAL, HL_FACT_LIFELIKE,
		HL_FACT_ACT, HL_FACT_POSING, HL_FACT_AGE, HL_FACT_COMMERCIAL,
		HL_FACT_OFFENSIVE};
	struct hl_facts f = {0};

	(void)state;
	f.value[HL_FACT_ACCESS] = HL_ACCESS_SEEN;
	for (int i = 0; i < 7 * 3 * 4 * 4 * 5 * 3; i++) {
		struct hl_law_result whole, part;
		int rest = i;

		f.value[HL_FACT_MATERIAL] = rest % 7 + 1;
		f.value[HL_FACT_LIFELIKE] = (rest /= 7) % 3 + 1;
		f.value[HL_FACT_ACT] = (rest /= 3) % 4 + 1;
		f.value[HL_FACT_POSING] = (rest /= 4) % 4 + 1;
		f.value[HL_FACT_AGE] = (rest /= 4) % 5 + 1;
		f.value[HL_FACT_OFFENSIVE] = (rest /= 5) % 3 + 1;
		f.value[HL_FACT_COMMERCIAL] = HL_YNU_NO;
		hl_law_evaluate(laws, 2, &f, &whole);
		for (size_t k = 0; k < HL_ARRAY_LEN(used); k++) {
			struct hl_facts less = f;

			less.value[used[k]] = 0;
			hl_law_evaluate(laws, 2, &less, &part);
			if (part.outcome != whole.outcome &&
				part.outcome != HL_OUTCOME_UNANSWERED) {
				fail_msg("row %d without %d: %d, not %d", i,
					(int)used[k], part.outcome,
					whole.outcome);
			}
			if (part.outcome == HL_OUTCOME_UNANSWERED) {
				assert_int_equal(hl_vocab_bit((int)used[k]),
					part.missing);
			}
		}
	}
	hl_law_free(own[0]);
	hl_law_free(own[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_complete_answer),
		cmocka_unit_test(taking_an_answer_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
