/* SPDX-License-Identifier: Apache-2.0 */
/* What a supervisor changes while the index is asked counts: a case is never
 * resolved by what no longer holds. */
#include "fixture.h"

#include <stdio.h>

#include "casework/hashes.h"
#include "registry/known.h"
#include "registry/list.h"

#define LIST 3
#define ENTRY 900

/* Two that are far from one another; the first comes first. */
static struct hl_hash pdq_no(int number)
{
	struct hl_hash hash = {.kind = HL_HASH_PDQ, .quality = 90};

	for (size_t i = 0; i < HL_HASH_BYTES; i++) {
		hash.value[i] = (uint8_t)((number == 1 ? 11 : 199) + 37 * i);
	}
	hash.value[0] = (uint8_t)number;
	return hash;
}

/* Sofie does one of these when the second hash is asked for. */
enum act {
	NOTHING,
	NO_OUTCOME,
	NO_MEANING, /* of the label */
	NEARER_ONLY,
	MATCHES_NEARER_ONLY,
	MAY_NOT,
	OUT_OF_USE,
	HARMLESS_ONE,
	OTHER_SOURCE, /* changes nothing that matters */
};
struct meantime {
	struct fixture *f;
	enum act act;
	int64_t harmless; /* waits for the second */
	int n_asked, n_done;
};

static void change_list(struct hl_who *sofie, enum act act)
{
	struct hl_registry_list list;
	bool waits;

	ok(hl_registry_list(sofie, LIST, &list, NULL));
	list.outcome = act == NO_OUTCOME ? 0 : list.outcome;
	list.resolve_radius = act == NEARER_ONLY ? 0 : list.resolve_radius;
	list.radius = act == MATCHES_NEARER_ONLY ? 0 : list.radius;
	list.resolve = act != MAY_NOT;
	list.source = act == OTHER_SOURCE ? HL_STR("a portal") : list.source;
	ok(hl_registry_list_change(sofie, &list, &waits, NULL, NULL));
	assert_false(waits);
}

static void act(const struct meantime *m)
{
	struct hl_who sofie = who(m->f, SOFIE), simon = who(m->f, SIMON);
	struct hl_registry_label label = {.list_id = LIST, .label = 1};
	struct hl_registry_list list;
	bool waits;

	if (m->act == NO_MEANING) {
		ok(hl_registry_label_put(&sofie, &label, &waits, NULL, NULL));
		assert_false(waits);
	} else if (m->act == OUT_OF_USE) {
		ok(hl_registry_list(&sofie, LIST, &list, NULL));
		ok(hl_registry_list_retire(
			&sofie, LIST, list.version, &waits, NULL, NULL));
	} else if (m->act == HARMLESS_ONE) {
		ok(hl_registry_approve(&simon, m->harmless, NULL, NULL));
	} else {
		change_list(&sofie, m->act);
	}
}

/* The entry is one bit from the first hash. */
static int find(void *ctx, const uint8_t pdq[32], struct hl_registry_hit *hits,
	size_t n_max, size_t *n, struct hl_err *err)
{
	struct meantime *m = ctx;

	(void)err;
	assert_true(n_max > 0);
	*n = pdq[0] == 1;
	hits[0] = (struct hl_registry_hit){ENTRY, 0, 1};
	if (++m->n_asked == 2 && m->act != NOTHING) {
		assert_int_equal(2, pdq[0]); /* the first is found by now */
		act(m);
		m->n_done++;
	}
	return 0;
}

/* A partner's list in use that may resolve, with one entry; row by row, since
 * only an import puts them. */
static void put_list(struct fixture *f, bool labelled)
{
	struct hl_hash hash = pdq_no(1);
	char sql[640], hex[2 * HL_HASH_BYTES + 1];

	hash.value[31] ^= 1;
	for (size_t i = 0; i < HL_HASH_BYTES; i++) {
		snprintf(hex + 2 * i, 3, "%02x", hash.value[i]);
	}
	snprintf(sql, sizeof(sql),
		"INSERT INTO hash_list VALUES (%d, 2, 'P', 'Owner', 'by hand', "
		"0, 31, 1, 10, %d, 2, 1, %lld, 1, %lld, 1, 1, '')",
		LIST, labelled ? 0 : 1, (long long)f->people[SOFIE],
		(long long)f->people[SIMON]);
	change(f, sql);
	change(f, "INSERT INTO hash_label VALUES (3, 1, 'A1', 1)");
	snprintf(sql, sizeof(sql),
		"INSERT INTO hash_entry VALUES (%d, %d, 2, 1, %d, 0, '', '', "
		"'', 'x', 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
		ENTRY, LIST, labelled);
	change(f, sql);
	snprintf(sql, sizeof(sql),
		"INSERT INTO hash_value VALUES (%d, 1, 0, x'%s', 90)", ENTRY,
		hex);
	change(f, sql);
}

/* A new case whose item has both hashes, from a sender with a key. */
static int64_t put_hashed(struct fixture *f)
{
	struct hl_report report = {.place = HL_PLACE_WEBSITE,
		.addresses_text = HL_STR("https://example.org/second"),
		.n_hashes = 2};

	report.hashes[0] = pdq_no(1);
	report.hashes[1] = pdq_no(2);
	int64_t id = put_report(f, &report);
	change(f, "UPDATE report SET sender = 5");
	triage_all(f);
	return case_of(f, id, 1);
}

/* Typed by Sofie; it waits. */
static int64_t put_harmless(struct fixture *f)
{
	struct hl_who sofie = who(f, SOFIE);
	struct hl_hash_set set = {.n = 1};
	struct hl_registry_entry entry = {.list = {.id = HL_HASH_LIST_HARMLESS},
		.outcome = HL_OUTCOME_LEGAL,
		.origin = HL_HASH_FROM_TYPING};

	set.at[0] = pdq_no(1);
	ok(hl_registry_type(&sofie, &entry, &set, NULL, NULL));
	return entry.id;
}

static void try_act(struct fixture *f, enum act what, bool resolves)
{
	put_list(f, what == NO_MEANING);
	int64_t id = put_hashed(f);
	struct meantime m = {f, what, put_harmless(f), 0, 0};
	struct hl_registry_near near = {find, &m};
	struct hl_casework_known known = {.laws = &f->laws, .near = &near};
	struct hl_who anna = who(f, ANNA);
	struct hl_casefile c;
	size_t n = 0;

	ok(hl_casework_recognise_new(&anna, &known, 10, &n, NULL));
	load(f, id, &c);
	if (n != resolves || (what != NOTHING) != m.n_done ||
		(c.now.state == HL_CASE_NEW) == resolves ||
		number(f, "SELECT count(*) FROM hash_resolution") != resolves) {
		fail_msg("act %d: %zu resolved, done %d, state %d", (int)what,
			n, m.n_done, c.now.state);
	}
}

static void what_changes_while_it_is_looked_up(void **state)
{
	static const struct {
		enum act act;
		bool resolves;
	} rows[] = {{NOTHING, true}, {NO_OUTCOME, false}, {NO_MEANING, false},
		{NEARER_ONLY, false}, {MATCHES_NEARER_ONLY, false},
		{MAY_NOT, false}, {OUT_OF_USE, false}, {HARMLESS_ONE, false},
		{OTHER_SOURCE, true}};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		try_act(*state, rows[i].act, rows[i].resolves);
		tear_down(state);
		set_up(state);
	}
}

/* The statement holds only for what was read, whoever calls it. */
static void the_statement_compares(void **state)
{
	static const struct {
		const char *what;
		int entry, list, as_of; /* off by */
		int r;
	} rows[] = {{"another entry's version", 1, 0, 0, HL_CONFLICT},
		{"another list's version", 0, -1, 0, HL_CONFLICT},
		{"an older look-up", 0, 0, -1, HL_CONFLICT},
		{"all as it was", 0, 0, 0, 0}};
	struct fixture *f = *state;
	int64_t id, head;

	put_list(f, false);
	id = put_hashed(f);
	head = number(f, "SELECT max(seq) FROM hash_change");
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_in_resolution_add in = {.case_id = id,
			.kind = HL_HASH_PDQ,
			.outcome = HL_OUTCOME_BASELINE,
			.profile = HL_STR(""),
			.facts = HL_STR("{}"),
			.rules = HL_STR(""),
			.entry_id = ENTRY,
			.entry_version = 1 + rows[i].entry,
			.list_version = 1 + rows[i].list,
			.as_of = head + rows[i].as_of};

		if (hl_do_resolution_add(f->store, f->arena, &in, NULL) !=
			rows[i].r) {
			fail_msg("%s", rows[i].what);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_changes_while_it_is_looked_up),
		TEST(the_statement_compares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
