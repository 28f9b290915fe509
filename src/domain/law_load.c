/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/law_rules.h"

#include <stdlib.h>

#include "base/json.h"

/*
 * Reads a profile strictly: a member that is not known, a source that is not
 * listed or an answer that does not exist refuses the whole file, because a
 * rule that silently never holds would call illegal material legal. Faults
 * name the file, the rule and what is wrong.
 */

int hl_law_bad(
	const struct hl_law_loader *l, const char *what, const char *detail)
{
	return HL_FAIL(l->err, HL_E_INVALID, "%s:%s%s %s%s%.60s", l->name,
		l->rule ? " rule " : "", l->rule ? l->rule : "", what,
		detail ? ": " : "", detail ? detail : "");
}

/* A copy that lives as long as the profile; NULL without memory. */
static const char *keep(const struct hl_law_loader *l, const char *s)
{
	return hl_arena_dup(l->law->arena, hl_str_c(s)).p;
}

/* A required text of 1 to max bytes. */
static int text(const struct hl_law_loader *l, const json_t *obj,
	const char *member, size_t max, const char **out)
{
	struct hl_str s = hl_json_str(obj, member);

	if (!s.n || hl_str_trim(s).n != s.n || s.n > max) {
		return hl_law_bad(
			l, "needs a text without spaces around it", member);
	}
	*out = keep(l, s.p);
	return *out ? 0 : HL_FAIL(l->err, HL_E_NOMEM, "%s: memory", l->name);
}

static int only_members(
	const struct hl_law_loader *l, json_t *obj, const char *const *allowed)
{
	const char *name;
	json_t *value;

	json_object_foreach(obj, name, value)
	{
		size_t i = 0;

		(void)value;
		while (allowed[i] && strcmp(allowed[i], name) != 0) {
			i++;
		}
		if (!allowed[i]) {
			return hl_law_bad(
				l, "has a member that is not known", name);
		}
	}
	return 0;
}

static bool is_id(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++) {
		bool letter = s[i] >= 'a' && s[i] <= 'z';
		bool digit = s[i] >= '0' && s[i] <= '9';

		if (!letter && !(i && (digit || s[i] == '-'))) {
			return false;
		}
	}
	return n > 0 && n <= 40;
}

/* "2026-11-22", a day of the calendar's range. */
static bool is_date(const char *s)
{
	static const char form[] = "dddd-dd-dd";

	if (strlen(s) != sizeof(form) - 1) {
		return false;
	}
	for (size_t i = 0; form[i]; i++) {
		bool digit = s[i] >= '0' && s[i] <= '9';

		if (form[i] == 'd' ? !digit : s[i] != form[i]) {
			return false;
		}
	}
	return strcmp(s + 5, "01-00") > 0 && strcmp(s + 5, "12-32") < 0 &&
	       strcmp(s + 8, "00") > 0 && strcmp(s + 8, "32") < 0;
}

/* Sources: what clauses point to, each with its place in the law. */
static int check_sources(struct hl_law_loader *l, json_t *root)
{
	static const char *const members[] = {
		"id", "title", "url", "note", NULL};
	size_t i;
	json_t *source;

	l->sources = json_object_get(root, "sources");
	if (!json_is_array(l->sources) || !json_array_size(l->sources)) {
		return hl_law_bad(l, "needs a list of sources", NULL);
	}
	json_array_foreach(l->sources, i, source)
	{
		const char *id, *title;
		int rc = only_members(l, source, members);

		rc = rc ? rc : text(l, source, "id", 40, &id);
		rc = rc ? rc : text(l, source, "title", 200, &title);
		if (rc) {
			return rc;
		}
		if (!is_id(id)) {
			return hl_law_bad(
				l, "has a source whose id is no id", id);
		}
	}
	return 0;
}

static const json_t *find_source(
	const struct hl_law_loader *l, struct hl_str id)
{
	size_t i;
	json_t *source;

	json_array_foreach(l->sources, i, source)
	{
		if (id.n && hl_str_eq(id, hl_json_str(source, "id"))) {
			return source;
		}
	}
	return NULL;
}

/* The titles of a rule's sources in one line. */
static int clauses(struct hl_law_loader *l, const json_t *obj, const char **out)
{
	const json_t *list = json_object_get(obj, "clauses");
	HL_BUF_AUTO line = HL_BUF_INIT(2000);
	size_t i;
	json_t *entry;

	if (!json_is_array(list) || !json_array_size(list)) {
		return hl_law_bad(l, "cites no clause", NULL);
	}
	json_array_foreach(list, i, entry)
	{
		const json_t *source =
			find_source(l, hl_str_c(json_string_value(entry)));

		if (!source) {
			return hl_law_bad(l,
				"cites a source that is not listed",
				json_string_value(entry));
		}
		hl_buf_put(&line, i ? HL_STR("; ") : HL_STR(""));
		hl_buf_put(&line, hl_json_str(source, "title"));
	}
	if (line.fault) {
		return hl_law_bad(l, "cites too much", NULL);
	}
	*out = hl_arena_dup(l->law->arena, hl_buf_str(&line)).p;
	return *out ? 0 : HL_FAIL(l->err, HL_E_NOMEM, "%s: memory", l->name);
}

static int rank_and_outcome(
	struct hl_law_loader *l, const json_t *obj, struct hl_law_rule *rule)
{
	int64_t rank = hl_json_int(obj, "rank", 0);
	int outcome = 0;

	if (rank < 1 || rank > 9999) {
		return hl_law_bad(l, "needs a rank from 1 to 9999", NULL);
	}
	if (hl_vocab_parse(
		    &hl_vocab_outcome, hl_json_str(obj, "outcome"), &outcome) ||
		outcome < HL_OUTCOME_BASELINE || outcome > HL_OUTCOME_LEGAL) {
		return hl_law_bad(
			l, "has an outcome that no law can give", NULL);
	}
	/* One profile says what is illegal everywhere, the other what is
	 * illegal in its country; neither speaks for the other. */
	if (l->law->international != (outcome == HL_OUTCOME_BASELINE)) {
		return hl_law_bad(
			l, "has an outcome of the other kind of profile", NULL);
	}
	rule->rank = (int)rank;
	rule->outcome = (enum hl_outcome)outcome;
	return 0;
}

static int check_unique(struct hl_law_loader *l, const struct hl_law_rule *rule)
{
	for (size_t i = 0; i < l->law->n_rules; i++) {
		const struct hl_law_rule *other = &l->law->rules[i].rule;

		if (strcmp(other->id, rule->id) == 0) {
			return hl_law_bad(l, "stands twice", NULL);
		}
		if (other->rank == rule->rank) {
			return hl_law_bad(l, "has the rank of", other->id);
		}
	}
	return 0;
}

static int load_rule(struct hl_law_loader *l, json_t *obj)
{
	static const char *const members[] = {
		"id", "rank", "outcome", "clauses", "because", "when", NULL};
	struct hl_law_entry *entry = &l->law->rules[l->law->n_rules];
	struct hl_law_rule *rule = &entry->rule;
	int rc = text(l, obj, "id", 40, &rule->id);

	if (rc) {
		return rc;
	}
	l->rule = rule->id;
	if (!is_id(rule->id)) {
		return hl_law_bad(l, "has an id that is no id", NULL);
	}
	rc = only_members(l, obj, members);
	rc = rc ? rc : rank_and_outcome(l, obj, rule);
	rc = rc ? rc : check_unique(l, rule);
	rc = rc ? rc : text(l, obj, "because", 300, &rule->because);
	rc = rc ? rc : clauses(l, obj, &rule->clauses);
	rc = rc ? rc
		: hl_law_condition(
			  l, json_object_get(obj, "when"), 0, &entry->when);
	if (rc == 0) {
		l->law->n_rules++;
		l->rule = NULL;
	}
	return rc;
}

static int by_weight(const void *a, const void *b)
{
	const struct hl_law_rule *x = &((const struct hl_law_entry *)a)->rule;
	const struct hl_law_rule *y = &((const struct hl_law_entry *)b)->rule;

	return x->outcome != y->outcome ? (int)x->outcome - (int)y->outcome
					: x->rank - y->rank;
}

static int load_rules(struct hl_law_loader *l, const json_t *root)
{
	const json_t *list = json_object_get(root, "rules");
	size_t i;
	json_t *obj;

	if (!json_is_array(list) || !json_array_size(list)) {
		return hl_law_bad(l, "needs a list of rules", NULL);
	}
	if (json_array_size(list) > HL_LAW_RULES_MAX) {
		return hl_law_bad(l, "has too many rules", NULL);
	}
	json_array_foreach(list, i, obj)
	{
		int rc = load_rule(l, obj);

		if (rc) {
			return rc;
		}
	}
	qsort(l->law->rules, l->law->n_rules, sizeof(l->law->rules[0]),
		by_weight);
	return 0;
}

static int load_kind(struct hl_law_loader *l, const json_t *root)
{
	struct hl_str kind = hl_json_str(root, "kind");
	struct hl_str country = hl_json_str(root, "country");

	l->law->international = hl_str_eq(kind, HL_STR("international"));
	l->law->country = "";
	if (l->law->international) {
		return country.p ? hl_law_bad(l, "is of no country", NULL) : 0;
	}
	if (!hl_str_eq(kind, HL_STR("national"))) {
		return hl_law_bad(
			l, "is neither national nor international", NULL);
	}
	if (country.n != 2 || country.p[0] < 'A' || country.p[0] > 'Z' ||
		country.p[1] < 'A' || country.p[1] > 'Z') {
		return hl_law_bad(l, "needs its country as two capitals", NULL);
	}
	return text(l, root, "country", 2, &l->law->country);
}

static int load_head(struct hl_law_loader *l, const json_t *root)
{
	struct hl_law *law = l->law;
	int rc;

	if (!hl_str_eq(
		    hl_json_str(root, "format"), HL_STR("openhotline-law-1"))) {
		return hl_law_bad(
			l, "is not of the format openhotline-law-1", NULL);
	}
	rc = text(l, root, "id", 40, &law->id);
	rc = rc ? rc : text(l, root, "title", 200, &law->title);
	rc = rc ? rc : text(l, root, "checked_on", 10, &law->checked_on);
	rc = rc ? rc : text(l, root, "disclaimer", 1000, &law->disclaimer);
	rc = rc ? rc : load_kind(l, root);
	if (rc) {
		return rc;
	}
	if (!is_id(law->id)) {
		return hl_law_bad(l, "has an id that is no id", NULL);
	}
	return is_date(law->checked_on)
		       ? 0
		       : hl_law_bad(l, "needs the day it was checked on", NULL);
}

static int load_doubts(struct hl_law_loader *l, const json_t *root)
{
	const json_t *doubts = json_object_get(root, "doubts");
	size_t i;
	json_t *entry;

	if (!json_is_array(doubts) ||
		json_array_size(doubts) > HL_LAW_DOUBTS_MAX) {
		return hl_law_bad(l, "needs a list of up to 32 doubts", NULL);
	}
	json_array_foreach(doubts, i, entry)
	{
		if (!json_is_string(entry)) {
			return hl_law_bad(
				l, "has a doubt that is no text", NULL);
		}
		l->law->doubts[i] = keep(l, json_string_value(entry));
		if (!l->law->doubts[i]) {
			return HL_FAIL(
				l->err, HL_E_NOMEM, "%s: memory", l->name);
		}
		l->law->n_doubts = i + 1;
	}
	return 0;
}

static int load_root(struct hl_law_loader *l, json_t *root)
{
	static const char *const members[] = {"format", "id", "title", "kind",
		"country", "checked_on", "disclaimer", "sources", "doubts",
		"rules", NULL};
	int rc;

	if (!json_is_object(root)) {
		return hl_law_bad(l, "is no JSON object", NULL);
	}
	rc = only_members(l, root, members);
	rc = rc ? rc : load_head(l, root);
	rc = rc ? rc : load_doubts(l, root);
	rc = rc ? rc : check_sources(l, root);
	return rc ? rc : load_rules(l, root);
}

static int parse(struct hl_law_loader *l, struct hl_str json, json_t **root)
{
	struct hl_err why = {0};
	int rc = hl_json_parse(json, HL_LAW_BYTES_MAX, root, &why);

	return rc ? HL_FAIL(l->err, rc, "%s: %.120s", l->name, why.msg) : 0;
}

int hl_law_load(struct hl_str json, const char *name, struct hl_law **out,
	struct hl_err *err)
{
	HL_LAW_AUTO *law = calloc(1, sizeof(*law));
	HL_JSON_AUTO *root = NULL;
	struct hl_law_loader l = {law, name, NULL, NULL, err};
	int rc;

	if (!law) {
		return HL_FAIL(err, HL_E_NOMEM, "%s: memory", name);
	}
	law->arena = hl_arena_new(4 * HL_LAW_BYTES_MAX, false);
	if (!law->arena) {
		return HL_FAIL(err, HL_E_NOMEM, "%s: memory", name);
	}
	rc = parse(&l, json, &root);
	rc = rc ? rc : load_root(&l, root);
	if (rc) {
		return rc;
	}
	*out = law;
	law = NULL;
	return 0;
}
