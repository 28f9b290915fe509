/* SPDX-License-Identifier: Apache-2.0 */
/* The queue: tabs, filters, pages, and references that are typed in. */
#include "fixture.h"

#include "base/text.h"
#include "base/time.h"

static struct hl_casework_list list(struct fixture *f, enum person p,
	const struct hl_casework_filter *filter)
{
	struct hl_who w = who(f, p);
	struct hl_casework_cursor from = {0};
	struct hl_casework_list out;

	ok(hl_casework_queue(&w, filter, &from, 100, &out, NULL));
	return out;
}

/* One case in each place of the work. */
struct scene {
	int64_t fresh, held, lapsed, waiting, verifying, differ, act, closed;
};

static struct scene make_scene(struct fixture *f)
{
	struct scene s;
	struct hl_who anna, benny;

	s.lapsed = put_case(f, "example.org/lapsed");
	anna = who(f, ANNA);
	ok(hl_casework_take(&anna, f->settings, s.lapsed, NULL, NULL));
	later(f, 2 * HL_US_PER_HOUR);
	s.fresh = put_case(f, "example.org/fresh");
	s.held = put_case(f, "example.org/held");
	s.waiting = put_case(f, "example.org/waiting");
	s.verifying = put_case(f, "example.org/verifying");
	s.differ = put_case(f, "example.org/differ");
	s.act = put_case(f, "example.org/act");
	s.closed = put_case(f, "example.org/closed");
	anna = who(f, ANNA);
	benny = who(f, BENNY);
	ok(hl_casework_take(&anna, f->settings, s.held, NULL, NULL));
	assess(f, s.waiting, HL_OUTCOME_BASELINE);
	assess(f, s.verifying, HL_OUTCOME_BASELINE);
	ok(hl_casework_take(&benny, f->settings, s.verifying, NULL, NULL));
	assess(f, s.differ, HL_OUTCOME_BASELINE);
	verify(f, s.differ, HL_OUTCOME_LEGAL);
	assess(f, s.act, HL_OUTCOME_BASELINE);
	verify(f, s.act, HL_OUTCOME_BASELINE);
	assess(f, s.closed, HL_OUTCOME_LEGAL);
	return s;
}

static bool has(const struct hl_casework_list *l, int64_t id)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->rows[i].id == id) {
			return true;
		}
	}
	return false;
}

static void tabs_and_their_counts(void **state)
{
	static const struct {
		enum person person;
		enum hl_casework_tab tab;
		size_t n;
	} rows[] = {
		{ANNA, HL_CASEWORK_ALL, 8},
		{ANNA, HL_CASEWORK_UNASSIGNED, 2},
		{ANNA, HL_CASEWORK_MINE, 1},
		{BENNY, HL_CASEWORK_MINE, 1},
		{VERA, HL_CASEWORK_MINE, 0},
		{ANNA, HL_CASEWORK_TO_VERIFY, 0}, /* all are her own */
		{VERA, HL_CASEWORK_TO_VERIFY, 1}, /* Benny holds the other */
		{SOFIE, HL_CASEWORK_TO_ADJUDICATE, 1},
		{RIKKE, HL_CASEWORK_TO_ACT, 1},
		{RIKKE, HL_CASEWORK_MONITORED, 0},
		{SOFIE, HL_CASEWORK_CLOSED, 1},
	};
	struct fixture *f = *state;
	struct scene s = make_scene(f);

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_casework_filter filter = {.tab = rows[i].tab};
		struct hl_casework_list l = list(f, rows[i].person, &filter);
		struct hl_who w = who(f, rows[i].person);
		struct hl_casework_counts counts;

		ok(hl_casework_counts(&w, &counts, NULL));
		if (l.n != rows[i].n ||
			counts.tab[rows[i].tab] != (int64_t)rows[i].n) {
			fail_msg("row %zu: %zu rows, count %d", i, l.n,
				(int)counts.tab[rows[i].tab]);
		}
	}
	struct hl_casework_list l = list(f, ANNA,
		&(struct hl_casework_filter){.tab = HL_CASEWORK_UNASSIGNED});
	assert_true(has(&l, s.fresh) && has(&l, s.lapsed));
	for (size_t i = 0; i < l.n; i++) {
		assert_int_equal(0, l.rows[i].holder);
		assert_int_equal(0, l.rows[i].holder_name.n);
		assert_true(l.rows[i].may_take);
	}
	l = list(
		f, ANNA, &(struct hl_casework_filter){.tab = HL_CASEWORK_MINE});
	assert_true(hl_str_eq(HL_STR("Anna Analyst"), l.rows[0].holder_name));
	assert_int_equal(HL_STEP_ASSESSMENT, l.rows[0].step);
	assert_true(l.rows[0].lease_until_us > hl_time_now_us());
}

static void filters(void **state)
{
	struct fixture *f = *state;
	struct scene s = make_scene(f);
	const struct {
		struct hl_casework_filter filter;
		size_t n;
	} rows[] = {
		{{.state = HL_CASE_NEW}, 1},
		{{.state = HL_CASE_ASSIGNED}, 2},
		{{.state = HL_CASE_CLOSED, .tab = HL_CASEWORK_MINE}, 0},
		{{.outcome = HL_OUTCOME_BASELINE}, 1},
		{{.outcome = HL_OUTCOME_LEGAL}, 1},
		{{.danger = true}, 1},
		{{.country = HL_STR_INIT("DK")}, 1},
		{{.country = HL_STR_INIT("dk")}, 0},
		{{.tab = (enum hl_casework_tab)99}, 0},
		{{.state = 99}, 0},
	};
	char sql[256];

	snprintf(sql, sizeof(sql),
		"UPDATE cases SET danger = 1 WHERE id = %lld;"
		"UPDATE item SET country = 'DK' WHERE case_id = %lld",
		(long long)s.fresh, (long long)s.act);
	change(f, sql);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_casework_list l = list(f, SOFIE, &rows[i].filter);

		if (l.n != rows[i].n) {
			fail_msg("row %zu: %zu rows", i, l.n);
		}
	}
}

static void pages_follow_one_another(void **state)
{
	struct fixture *f = *state;
	struct hl_casework_filter filter = {.tab = HL_CASEWORK_UNASSIGNED};
	struct hl_casework_cursor from = {0};
	struct hl_casework_list l;
	int64_t last = INT64_MAX;
	size_t n = 0, pages = 0;
	char text[HL_CASEWORK_CURSOR_MAX];

	for (int i = 0; i < 25; i++) {
		char address[64];

		snprintf(address, sizeof(address), "example.org/%d", i);
		put_addresses(f, address);
		for (int k = 0; k < i % 4; k++) {
			put_addresses(f, address);
		}
	}
	triage_all(f);
	do {
		struct hl_who w = who(f, ANNA);

		ok(hl_casework_queue(&w, &filter, &from, 7, &l, NULL));
		for (size_t i = 0; i < l.n; i++) {
			assert_true(l.rows[i].priority.score <= last);
			last = l.rows[i].priority.score;
		}
		n += l.n;
		pages++;
		/* as a link would carry it */
		ok(hl_casework_cursor_parse(
			hl_casework_cursor_print(&l.next, text), &from));
	} while (l.more);
	assert_int_equal(25, n);
	assert_int_equal(4, pages);
}

static void cursors_out_of_form(void **state)
{
	static const char *const texts[] = {"", "1", "1.2", "1.2.3.4", "a.b.c",
		"1.2.-3", "1..3", "99999999999999999999.1.1", " 1.2.3"};
	struct hl_casework_cursor c = {1, 2, 3};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(texts); i++) {
		if (hl_casework_cursor_parse(hl_str_c(texts[i]), &c) !=
			HL_E_INVALID) {
			fail_msg("\"%s\" was taken", texts[i]);
		}
	}
	assert_int_equal(2, c.created_at_us);
}

static void references_lead_to_their_object(void **state)
{
	struct fixture *f = *state;
	int64_t report = put_addresses(f, "example.org/a"), id, item;
	struct hl_casework_found found;
	char text[HL_REF_MAX];

	triage_all(f);
	id = case_of(f, report, 1);
	item = number(f, "SELECT id FROM item");
	put_referral(f, id, 4);
	const struct {
		enum hl_ref_kind kind;
		int64_t id;
		const char *may; /* A S R N */
	} rows[] = {{HL_REF_REPORT, report, "S"}, {HL_REF_CASE, id, "ASR"},
		{HL_REF_ITEM, item, "ASR"}, {HL_REF_REFERRAL, 9, "S"},
		{HL_REF_REPORT, 12345, ""}, {HL_REF_CASE, 12345, ""},
		{HL_REF_ITEM, 12345, ""}, {HL_REF_REFERRAL, 12345, ""},
		{HL_REF_STAFF, f->people[ANNA], ""}};
	static const struct {
		enum person person;
		char letter;
	} people[] = {{ANNA, 'A'}, {SOFIE, 'S'}, {RIKKE, 'R'}, {ADAM, 'D'},
		{NOBODY, 'N'}};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		for (size_t k = 0; k < HL_ARRAY_LEN(people); k++) {
			struct hl_who w = who(f, people[k].person);
			bool may = strchr(rows[i].may, people[k].letter);
			int r = hl_casework_find(&w,
				hl_ref_print(rows[i].kind, rows[i].id, text),
				&found, NULL);

			if (r != (may ? 0 : HL_NOTFOUND)) {
				fail_msg("row %zu, %c: %d", i, people[k].letter,
					r);
			}
			if (may) {
				assert_int_equal(rows[i].kind, found.kind);
				assert_int_equal(rows[i].id, found.id);
				assert_int_equal(id, found.case_id);
			}
		}
	}
	struct hl_who anna = who(f, ANNA);
	static const char *const nonsense[] = {
		"", "C-", "example.org", "C", "C-7K3Q-X9M2-0"};
	for (size_t i = 0; i < HL_ARRAY_LEN(nonsense); i++) {
		assert_int_equal(HL_NOTFOUND,
			hl_casework_find(
				&anna, hl_str_c(nonsense[i]), &found, NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tabs_and_their_counts),
		TEST(filters),
		TEST(pages_follow_one_another),
		TEST(cursors_out_of_form),
		TEST(references_lead_to_their_object),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
