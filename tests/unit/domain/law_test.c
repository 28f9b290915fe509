/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/law.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"

static struct hl_law *baseline, *dk;

static struct hl_law *load_file(const char *name)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_LAW_BYTES_MAX);
	struct hl_law *law = NULL;
	struct hl_err err = {0};
	char path[500];

	snprintf(path, sizeof(path), "%s/laws/%s", getenv("HL_SOURCE_ROOT"),
		name);
	assert_int_equal(0, hl_file_read(path, &text, NULL));
	if (hl_law_load(hl_buf_str(&text), name, &law, &err)) {
		fail_msg("%s", err.msg);
	}
	return law;
}

static int load_all(void **state)
{
	(void)state;
	baseline = load_file("baseline.json");
	dk = load_file("dk.json");
	return 0;
}

static int free_all(void **state)
{
	(void)state;
	hl_law_freep(&baseline);
	hl_law_freep(&dk);
	return 0;
}

/* "age=adult act=none": what is not named is unanswered. */
static struct hl_facts facts_of(const char *spec)
{
	struct hl_str rest = hl_str_c(spec), piece;
	struct hl_facts f = {0};

	while (*spec && hl_str_next(&rest, ' ', &piece)) {
		size_t at = hl_str_find_char(piece, '=');
		int fact = 0, value = 0;

		if (!piece.n) {
			continue;
		}
		if (hl_vocab_parse(
			    &hl_vocab_fact, hl_str_sub(piece, 0, at), &fact) ||
			hl_vocab_parse(hl_fact_vocab((enum hl_fact)fact),
				hl_str_sub(piece, at + 1, piece.n), &value)) {
			fail_msg("%s: no such fact", spec);
		}
		f.value[fact] = value;
	}
	return f;
}

/* "age act", in the order of the facts. */
static void put_set(struct hl_buf *out, uint32_t set)
{
	for (int fact = 1; fact <= HL_FACT_LAST; fact++) {
		if (set & hl_vocab_bit(fact)) {
			hl_buf_printf(out, "%s%s", out->n ? " " : "",
				hl_vocab_name(&hl_vocab_fact, fact));
		}
	}
}

static void put_rules(struct hl_buf *out, const struct hl_law_result *r)
{
	for (size_t i = 0; i < r->n_rules; i++) {
		hl_buf_printf(out, "%s%s", i ? " " : "", r->rules[i]->id);
	}
}

struct row {
	const char *facts;
	const char *outcome;
	const char *rules;
	const char *missing;
	const char *unsure;
	const char *at_least;
};

static void check_row(
	const struct hl_law *const *laws, size_t n_laws, const struct row *row)
{
	HL_BUF_AUTO rules = HL_BUF_INIT(500), missing = HL_BUF_INIT(500);
	HL_BUF_AUTO unsure = HL_BUF_INIT(500);
	struct hl_facts f = facts_of(row->facts);
	struct hl_law_result r;
	const char *outcome, *at_least;

	hl_law_evaluate(laws, n_laws, &f, &r);
	put_rules(&rules, &r);
	put_set(&missing, r.missing);
	put_set(&unsure, r.unsure);
	outcome = hl_vocab_name(&hl_vocab_outcome, (int)r.outcome);
	at_least = r.at_least
			   ? hl_vocab_name(&hl_vocab_outcome, (int)r.at_least)
			   : "";
	if (strcmp(outcome, row->outcome) != 0 ||
		strcmp(at_least, row->at_least ? row->at_least : "") != 0 ||
		!hl_str_eq(hl_buf_str(&rules), hl_str_c(row->rules)) ||
		!hl_str_eq(hl_buf_str(&missing), hl_str_c(row->missing)) ||
		!hl_str_eq(hl_buf_str(&unsure), hl_str_c(row->unsure))) {
		fail_msg("\"%s\" gives %s; rules %s; missing %s; unsure %s; "
			 "at least %s",
			row->facts, outcome, rules.p ? rules.p : "-",
			missing.p ? missing.p : "-", unsure.p ? unsure.p : "-",
			at_least);
	}
}

#define SEEN "access=seen "
#define ACTIVITY "baseline-activity"
#define FOCUS "baseline-focus"

static void denmark_and_baseline(void **state)
{
	static const struct row rows[] = {
		/* what the address alone decides */
		{"", "undecided", "", "access", "", ""},
		{"access=gone", "already_gone", "", "", "", ""},
		{"access=pay_wall", "pay_wall", "", "", "", ""},
		{"access=unreachable", "cannot_tell", "", "", "access", ""},
		{"material=photo age=infant act=involved", "undecided", "",
			"access", "", ""},
		/* the baseline */
		{SEEN "material=photo age=prepubescent act=involved",
			"illegal_baseline", ACTIVITY, "", "", ""},
		{SEEN "material=video age=infant act=present posing=none",
			"illegal_baseline", ACTIVITY, "", "", ""},
		{SEEN "material=live age=infant act=none posing=focus",
			"illegal_baseline", FOCUS, "", "", ""},
		{SEEN "material=photo age=infant act=involved posing=focus",
			"illegal_baseline", ACTIVITY " " FOCUS, "", "", ""},
		/* the nation's own */
		{SEEN "material=photo age=pubescent act=involved",
			"illegal_national", "dk-235-activity", "", "", ""},
		{SEEN "material=photo age=pubescent act=none posing=focus "
		      "commercial=yes",
			"illegal_national", "dk-235-focus dk-226-commercial",
			"", "", ""},
		{SEEN "material=live age=pubescent act=involved posing=focus",
			"illegal_national",
			"dk-235-activity dk-235-focus dk-227-live", "", "", ""},
		{SEEN "material=computer_generated lifelike=yes "
		      "age=prepubescent act=involved",
			"illegal_national", "dk-235-activity", "", "", ""},
		/* legal */
		{SEEN "material=photo age=prepubescent act=none "
		      "posing=sexualised",
			"sexualised_legal", "dk-sexualised", "", "", ""},
		{SEEN "material=drawing age=prepubescent act=involved",
			"offensive_legal", "dk-fiction", "", "", ""},
		{SEEN "material=computer_generated lifelike=no "
		      "age=prepubescent act=none posing=focus",
			"offensive_legal", "dk-fiction", "", "", ""},
		{SEEN "material=photo age=adult act=involved offensive=yes",
			"offensive_legal", "dk-offensive", "", "", ""},
		{SEEN "material=photo age=adult act=involved offensive=no",
			"not_illegal", "dk-adults", "", "", ""},
		{SEEN "material=photo age=infant act=none posing=none "
		      "offensive=no",
			"not_illegal", "dk-not-sexual", "", "", ""},
		{SEEN "material=text age=adult act=none posing=none "
		      "offensive=no",
			"not_illegal", "dk-adults dk-not-sexual", "", "", ""},
		/* cannot tell */
		{SEEN "material=photo age=undetermined act=involved "
		      "posing=none commercial=no offensive=no",
			"cannot_tell", "", "", "age", ""},
		{SEEN "material=photo age=prepubescent act=undetermined "
		      "posing=none commercial=no offensive=no",
			"cannot_tell", "", "", "act", ""},
		{SEEN "material=photo age=pubescent act=undetermined "
		      "posing=focus",
			"illegal_national", "dk-235-focus", "", "", ""},
		{SEEN "material=photo age=infant act=undetermined "
		      "posing=focus",
			"illegal_baseline", FOCUS, "", "", ""},
	};
	const struct hl_law *const laws[] = {baseline, dk};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		check_row(laws, 2, &rows[i]);
	}
}

/* What was not answered is asked for, and only if it matters. */
static void unanswered_is_never_a_default(void **state)
{
	static const struct row rows[] = {
		{SEEN, "undecided", "",
			"material lifelike act posing age commercial offensive",
			"", ""},
		{SEEN "material=photo", "undecided", "",
			"act posing age commercial offensive", "", ""},
		{SEEN "material=photo age=infant", "undecided", "",
			"act posing commercial offensive", "", ""},
		{SEEN "material=photo age=adult", "undecided", "", "offensive",
			"", ""},
		{SEEN "material=photo age=infant act=none posing=none",
			"undecided", "", "offensive", "", ""},
		{SEEN "material=photo age=infant act=none", "undecided", "",
			"posing commercial offensive", "", ""},
		{SEEN "material=computer_generated age=infant act=involved",
			"undecided", "", "lifelike posing offensive", "", ""},
		/* sure to be illegal here, perhaps everywhere */
		{SEEN "material=photo act=involved age=pubescent",
			"illegal_national", "dk-235-activity", "", "", ""},
		{SEEN "material=photo act=undetermined age=infant", "undecided",
			"", "posing commercial offensive", "act", ""},
		/* sex and number never decide anything */
		{SEEN "material=photo age=prepubescent act=involved sex=both "
		      "children=2",
			"illegal_baseline", ACTIVITY, "", "", ""},
	};
	const struct hl_law *const laws[] = {baseline, dk};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		check_row(laws, 2, &rows[i]);
	}
}

static void baseline_alone_calls_nothing_legal(void **state)
{
	static const struct row rows[] = {
		{SEEN "material=photo age=adult act=none posing=none "
		      "offensive=no",
			"cannot_tell", "", "", "", ""},
		{SEEN "material=photo age=pubescent act=involved",
			"cannot_tell", "", "", "", ""},
		{SEEN "material=photo age=infant act=involved",
			"illegal_baseline", ACTIVITY, "", "", ""},
	};
	const struct hl_law *const laws[] = {baseline};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		check_row(laws, 1, &rows[i]);
	}
	check_row(NULL, 0,
		&(struct row){SEEN "age=adult", "cannot_tell", "", "", "", ""});
}

/* A profile in which a weightier rule can be open while a lesser is sure. */
static void a_lesser_outcome_waits_for_the_weightier(void **state)
{
	static const struct row rows[] = {
		{SEEN "material=photo age=pubescent", "undecided", "n-children",
			"commercial", "", "illegal_national"},
		{SEEN "material=photo age=pubescent commercial=no",
			"illegal_national", "n-children", "", "", ""},
		{SEEN "material=photo age=pubescent commercial=unknown",
			"illegal_national", "n-children", "", "commercial", ""},
		{SEEN "material=photo age=pubescent commercial=yes",
			"illegal_baseline", "i-paid", "", "", ""},
	};
	static const char head[] =
		"\"format\":\"openhotline-law-1\",\"title\":\"T\","
		"\"checked_on\":\"2026-11-22\",\"disclaimer\":\"Not advice.\","
		"\"doubts\":[],\"sources\":[{\"id\":\"s\",\"title\":\"S\"}],";
	char one[900], two[900];
	struct hl_law *i = NULL, *n = NULL;

	(void)state;
	snprintf(one, sizeof(one),
		"{%s\"id\":\"i\",\"kind\":\"international\",\"rules\":[{"
		"\"id\":\"i-paid\",\"rank\":1,\"outcome\":\"illegal_baseline\","
		"\"clauses\":[\"s\"],\"because\":\"B.\","
		"\"when\":{\"commercial\":[\"yes\"]}}]}",
		head);
	snprintf(two, sizeof(two),
		"{%s\"id\":\"n\",\"kind\":\"national\",\"country\":\"XX\","
		"\"rules\":[{\"id\":\"n-children\",\"rank\":1,"
		"\"outcome\":\"illegal_national\",\"clauses\":[\"s\"],"
		"\"because\":\"B.\",\"when\":{\"age\":[\"pubescent\"]}}]}",
		head);
	assert_int_equal(0, hl_law_load(hl_str_c(one), "i", &i, NULL));
	assert_int_equal(0, hl_law_load(hl_str_c(two), "n", &n, NULL));
	for (size_t k = 0; k < HL_ARRAY_LEN(rows); k++) {
		const struct hl_law *const laws[] = {n, i};

		check_row(laws, 2, &rows[k]);
	}
	hl_law_free(i);
	hl_law_free(n);
}

/* Over all answers to the facts that the profiles use: the result never
 * gets lighter when an unanswered fact is answered, an undecided result
 * names something to answer, and a decided one no missing fact. */
static void every_combination_is_sound(void **state)
{
	const struct hl_law *const laws[] = {baseline, dk};
	struct hl_facts f = {0};
	size_t n = 0;

	(void)state;
	f.value[HL_FACT_ACCESS] = HL_ACCESS_SEEN;
	for (int i = 0; i < 8 * 4 * 5 * 5 * 6 * 4 * 4; i++) {
		struct hl_law_result r;
		int rest = i;

		f.value[HL_FACT_MATERIAL] = rest % 8;
		f.value[HL_FACT_LIFELIKE] = (rest /= 8) % 4;
		f.value[HL_FACT_ACT] = (rest /= 4) % 5;
		f.value[HL_FACT_POSING] = (rest /= 5) % 5;
		f.value[HL_FACT_AGE] = (rest /= 5) % 6;
		f.value[HL_FACT_COMMERCIAL] = (rest /= 6) % 4;
		f.value[HL_FACT_OFFENSIVE] = (rest /= 4) % 4;
		hl_law_evaluate(laws, 2, &f, &r);
		if ((r.outcome == HL_OUTCOME_UNANSWERED) != (r.missing != 0)) {
			fail_msg("row %d: %d missing %x", i, r.outcome,
				r.missing);
		}
		for (int k = 1; k <= HL_FACT_LAST; k++) {
			if ((r.missing & hl_vocab_bit(k)) && f.value[k]) {
				fail_msg("row %d asks for answered %d", i, k);
			}
		}
		if (r.outcome == HL_OUTCOME_LEGAL &&
			(f.value[HL_FACT_ACT] == HL_ACT_INVOLVED ||
				f.value[HL_FACT_POSING] == HL_POSING_FOCUS) &&
			f.value[HL_FACT_AGE] != HL_AGE_ADULT) {
			fail_msg("row %d is called legal", i);
		}
		n += r.outcome == HL_OUTCOME_BASELINE;
	}
	/* 3 materials × 2 ages × (acts and posings that suffice, none that
	 * suffices before them left open) × what does not matter */
	assert_int_equal(3 * 2 * (2 * 5 + 3 * 1) * 4 * 4 * 4, n);
}

static void explanations(void **state)
{
	const struct hl_law *const laws[] = {baseline, dk};
	struct hl_facts f = facts_of(
		SEEN "material=photo age=pubescent act=involved posing=none");
	HL_BUF_AUTO text = HL_BUF_INIT(4000), json = HL_BUF_INIT(4000);
	HL_JSON_AUTO *root = NULL;
	struct hl_law_result r;

	(void)state;
	hl_law_evaluate(laws, 2, &f, &r);
	hl_law_put_explanation(&text, &r);
	assert_non_null(strstr(text.p, "Illegal (national law)\n"));
	assert_non_null(strstr(text.p, "dk-235-activity: "));
	assert_non_null(strstr(text.p, "§ 235, stk. 1"));
	hl_law_put_json(&json, &r);
	assert_int_equal(
		0, hl_json_parse(hl_buf_str(&json), 4000, &root, NULL));
	assert_true(hl_str_eq(
		hl_json_str(root, "outcome"), HL_STR("illegal_national")));
	assert_int_equal(1, json_array_size(json_object_get(root, "rules")));
	assert_int_equal(0, json_array_size(json_object_get(root, "missing")));
}

static void an_open_result_says_what_is_missing(void **state)
{
	const struct hl_law *const laws[] = {baseline, dk};
	struct hl_facts f = facts_of(SEEN "material=photo age=adult");
	HL_BUF_AUTO text = HL_BUF_INIT(4000), json = HL_BUF_INIT(4000);
	struct hl_law_result r;

	(void)state;
	hl_law_evaluate(laws, 2, &f, &r);
	hl_law_put_explanation(&text, &r);
	assert_string_equal("More facts are needed\n"
			    "Not answered: Offensive in another way\n",
		text.p);
	hl_law_put_json(&json, &r);
	assert_string_equal("{\"outcome\":\"undecided\",\"rules\":[],"
			    "\"missing\":[\"offensive\"],\"unsure\":[]}",
		json.p);
}

static void profiles_say_what_they_are(void **state)
{
	const struct hl_law *const laws[] = {baseline, dk};

	(void)state;
	assert_string_equal("baseline", hl_law_id(baseline));
	assert_string_equal("", hl_law_country(baseline));
	assert_string_equal("Denmark", hl_law_title(dk));
	assert_string_equal("DK", hl_law_country(dk));
	for (size_t i = 0; i < 2; i++) {
		int last = 0;

		assert_string_equal("2026-11-22", hl_law_checked_on(laws[i]));
		assert_non_null(
			strstr(hl_law_disclaimer(laws[i]), "not legal advice"));
		assert_true(hl_law_n_rules(laws[i]) > 0);
		assert_true(hl_law_doubt(laws[i], 0)[0] != '\0');
		assert_null(hl_law_doubt(laws[i], HL_LAW_DOUBTS_MAX));
		for (size_t k = 0; hl_law_rule(laws[i], k); k++) {
			const struct hl_law_rule *r = hl_law_rule(laws[i], k);
			int weight = (int)r->outcome * 10000 + r->rank;

			assert_true(weight > last);
			assert_true(r->clauses[0] && r->because[0]);
			last = weight;
		}
	}
	assert_null(hl_law_rule(dk, hl_law_n_rules(dk)));
}

/* A good profile in which one thing is replaced by another. */
static const char good[] =
	"{\"format\":\"openhotline-law-1\",\"id\":\"xx\",\"title\":\"T\","
	"\"kind\":\"national\",\"country\":\"XX\","
	"\"checked_on\":\"2026-11-22\",\"disclaimer\":\"Not advice.\","
	"\"sources\":[{\"id\":\"s-1\",\"title\":\"S\",\"url\":\"u\"}],"
	"\"doubts\":[\"D\"],"
	"\"rules\":[{\"id\":\"r-1\",\"rank\":1,"
	"\"outcome\":\"not_illegal\",\"clauses\":[\"s-1\"],"
	"\"because\":\"B.\",\"when\":{\"all\":[{\"age\":[\"adult\"]},"
	"{\"not\":{\"act\":[\"none\",\"present\"]}}]}},"
	"{\"id\":\"r-2\",\"rank\":2,\"outcome\":\"illegal_national\","
	"\"clauses\":[\"s-1\"],\"because\":\"C.\","
	"\"when\":{\"commercial\":[\"yes\"]}}]}";

static void replace(struct hl_buf *out, const char *old, const char *new)
{
	const char *at = strstr(good, old);

	if (!at) {
		fail_msg("not in the profile: %s", old);
		return;
	}
	hl_buf_put_mem(out, good, (size_t)(at - good));
	hl_buf_put(out, hl_str_c(new));
	hl_buf_put(out, hl_str_c(at + strlen(old)));
}

static void malformed_profiles(void **state)
{
	static const struct {
		const char *old, *new, *message;
	} rows[] = {
		{"{\"format", "[\"format", "x.json: not valid JSON"},
		{"openhotline-law-1", "openhotline-law-2", "format"},
		{"\"id\":\"xx\"", "\"id\":\"Xx\"", "id that is no id"},
		{"\"id\":\"xx\"", "\"id\":7", "text"},
		{"\"title\":\"T\"", "\"title\":\"\"", "title"},
		{"\"title\":\"T\"", "\"title\":\" T\"", "title"},
		{"\"title\":\"T\"", "\"titel\":\"T\"", "not known: titel"},
		{"national\",\"country", "regional\",\"country",
			"neither national"},
		{"\"country\":\"XX\"", "\"country\":\"xx\"", "capitals"},
		{"\"country\":\"XX\",", "", "capitals"},
		{"national\",", "international\",", "of no country"},
		{"2026-11-22", "2026-13-22", "day it was checked"},
		{"2026-11-22", "22.11.2026", "day it was checked"},
		{"2026-11-22", "2026-11-2", "day it was checked"},
		{"2026-11-22", "2026-11-00", "day it was checked"},
		{"\"disclaimer\":\"Not advice.\",", "", "disclaimer"},
		{"[{\"id\":\"s-1\",\"title\":\"S\",\"url\":\"u\"}]", "[]",
			"list of sources"},
		{"\"url\":\"u\"", "\"ulr\":\"u\"", "not known: ulr"},
		{"\"s-1\",\"title", "\"S 1\",\"title", "no id: S 1"},
		{"[\"D\"]", "\"D\"", "doubts"},
		{"[\"D\"]", "[5]", "doubt"},
		{"\"rules\":[", "\"rules\":{},\"x\":[", "not known: x"},
		{"\"id\":\"r-1\"", "\"id\":\"1r\"", "id that is no id"},
		{"\"id\":\"r-2\"", "\"id\":\"r-1\"", "r-1 stands twice"},
		{"\"rank\":2", "\"rank\":1", "has the rank of: r-1"},
		{"\"rank\":2", "\"rank\":0", "rank from 1"},
		{"\"rank\":2", "\"rank\":\"2\"", "rank from 1"},
		{"not_illegal", "pay_wall", "no law can give"},
		{"not_illegal", "fine", "no law can give"},
		{"not_illegal", "illegal_baseline", "other kind"},
		{"\"clauses\":[\"s-1\"]", "\"clauses\":[]", "no clause"},
		{"\"clauses\":[\"s-1\"]", "\"clauses\":[\"s-2\"]",
			"rule r-1 cites a source that is not listed: s-2"},
		{"\"clauses\":[\"s-1\"]", "\"clauses\":[null]", "not listed"},
		{"\"because\":\"B.\"", "\"because\":\"\"", "because"},
		{"\"because\":\"B.\"", "\"becuase\":\"B.\"",
			"not known: becuase"},
		{"\"when\":{\"commercial\":[\"yes\"]}", "\"when\":{}",
			"rule r-2 needs conditions"},
		{"\"when\":{\"commercial\":[\"yes\"]}",
			"\"when\":{\"commercial\":[\"yes\"],\"age\":[\"adult"
			"\"]}",
			"one member each"},
		{",\"when\":{\"commercial\":[\"yes\"]}", "",
			"needs conditions"},
		{"\"commercial\":[\"yes\"]", "\"commerce\":[\"yes\"]",
			"not exist: commerce"},
		{"\"commercial\":[\"yes\"]", "\"commercial\":\"yes\"",
			"list of answers: commercial"},
		{"\"commercial\":[\"yes\"]", "\"commercial\":[]",
			"list of answers"},
		{"\"commercial\":[\"yes\"]", "\"commercial\":[\"maybe\"]",
			"no answer of the fact: commercial"},
		{"\"commercial\":[\"yes\"]", "\"commercial\":[\"unanswered\"]",
			"no answer of the fact"},
		{"\"commercial\":[\"yes\"]", "\"commercial\":[7]",
			"no answer of the fact"},
		{"\"all\":[", "\"all\":[{\"any\":[]},", "empty list"},
		{"\"not\":{\"act\"", "\"not\":{\"not\":{\"x\":1},\"act\"",
			"one member each"},
	};
	struct hl_law *law = NULL;

	(void)state;
	assert_int_equal(0, hl_law_load(hl_str_c(good), "x", &law, NULL));
	hl_law_freep(&law);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO text = HL_BUF_INIT(4000);
		struct hl_err err = {0};

		replace(&text, rows[i].old, rows[i].new);
		if (hl_law_load(hl_buf_str(&text), "x.json", &law, &err) !=
				HL_E_INVALID ||
			law || strncmp(err.msg, "x.json:", 7) != 0 ||
			!strstr(err.msg, rows[i].message)) {
			fail_msg("row %zu, %s: %s", i, rows[i].new, err.msg);
		}
	}
}

static void too_much_is_refused(void **state)
{
	HL_BUF_AUTO deep = HL_BUF_INIT(8000), wide = HL_BUF_INIT(200000);
	struct hl_law *law = NULL;
	struct hl_err err = {0};

	(void)state;
	hl_buf_put(&deep, HL_STR("\"when\":"));
	for (int i = 0; i < HL_LAW_DEPTH_MAX; i++) {
		hl_buf_put(&deep, HL_STR("{\"not\":"));
	}
	hl_buf_put(&deep, HL_STR("{\"age\":[\"adult\"]}"));
	for (int i = 0; i < HL_LAW_DEPTH_MAX; i++) {
		hl_buf_put_c(&deep, '}');
	}
	replace(&wide, "\"when\":{\"commercial\":[\"yes\"]}", deep.p);
	assert_int_equal(
		HL_E_INVALID, hl_law_load(hl_buf_str(&wide), "x", &law, &err));
	assert_non_null(strstr(err.msg, "too deep"));

	hl_buf_reset(&wide);
	hl_buf_reset(&deep);
	hl_buf_put(&deep, HL_STR("{\"any\":["));
	deep.max = 100000;
	for (int i = 0; i < HL_LAW_NODES_MAX; i++) {
		hl_buf_put(&deep, HL_STR("{\"age\":[\"adult\"]},"));
	}
	hl_buf_put(&deep, HL_STR("{\"age\":[\"adult\"]}]}"));
	replace(&wide, "{\"commercial\":[\"yes\"]}", deep.p);
	assert_int_equal(
		HL_E_INVALID, hl_law_load(hl_buf_str(&wide), "x", &law, &err));
	assert_non_null(strstr(err.msg, "too many conditions"));

	hl_buf_reset(&wide);
	while (wide.n <= HL_LAW_BYTES_MAX) {
		hl_buf_put(&wide, HL_STR("                "));
	}
	assert_int_equal(
		HL_E_LIMIT, hl_law_load(hl_buf_str(&wide), "x", &law, &err));
	assert_null(law);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(denmark_and_baseline),
		cmocka_unit_test(unanswered_is_never_a_default),
		cmocka_unit_test(baseline_alone_calls_nothing_legal),
		cmocka_unit_test(a_lesser_outcome_waits_for_the_weightier),
		cmocka_unit_test(every_combination_is_sound),
		cmocka_unit_test(explanations),
		cmocka_unit_test(an_open_result_says_what_is_missing),
		cmocka_unit_test(profiles_say_what_they_are),
		cmocka_unit_test(malformed_profiles),
		cmocka_unit_test(too_much_is_refused),
	};
	return cmocka_run_group_tests(tests, load_all, free_all);
}
