/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of lists: who comes in, what they show and to whom, what comes
 * back when something is missing, and that it takes two.
 */
#include "lists_world.h"

#include <stdio.h>
#include <string.h>

/* Fills the pattern of a route with something that is not there. */
static void fill(const struct hl_web_route *route, char path[96])
{
	struct hl_str pattern = hl_str_c(route->pattern);
	size_t at = hl_str_find_char(pattern, ':');
	struct hl_str rest = hl_str_sub(pattern, at, pattern.n);
	size_t end = at + hl_str_find_char(rest, '/');

	snprintf(path, 96, "%.*s%s%.*s", (int)at, pattern.p,
		at < pattern.n ? "7" : "",
		end < pattern.n ? (int)(pattern.n - end) : 0,
		end < pattern.n ? pattern.p + end : "");
}

static void each_route_has_a_door(void **state)
{
	struct lists *l = *state;
	char path[96];

	assert_null(hl_web_route_check(&hl_desk_lists_routes));
	assert_true(hl_desk_lists_routes.n > 30);
	for (size_t i = 0; i < hl_desk_lists_routes.n; i++) {
		const struct hl_web_route *r = &hl_desk_lists_routes.rows[i];

		fill(r, path);
		for (int person = -1; person < N_VISITORS; person++) {
			if (person >= 0 && person != ADAM && person != HALF &&
				person != NOBODY) {
				continue;
			}
			if (r->method == HL_WEB_POST) {
				post(l, person, path, "");
			} else {
				get(l, person, path);
			}
			if (l->w->status == 200 ||
				(l->w->status == 303 &&
					strncmp(l->w->location, "/log", 4))) {
				fail_msg("%s by %d: status %d, to %s", path,
					person, l->w->status, l->w->location);
			}
			assert_false(says(l, "planted"));
		}
	}
}

static void what_is_nowhere_stays_nowhere(void **state)
{
	struct lists *l = *state;
	static const char *const paths[] = {"/lists/entry/E-00000-00000",
		"/lists/entry/x", "/lists/consumer/U-00000-00000",
		"/lists/appeal/A-00000-00000", "/lists/edition/0/roll-back",
		"/lists/edition/9223372036854775807/roll-back",
		"/lists/edition/-1/roll-back", "/lists/edition/x/roll-back",
		"/lists/nothing", "/case/C-00000-00000/list"};

	for (size_t i = 0; i < HL_ARRAY_LEN(paths); i++) {
		get(l, SOFIE, paths[i]);
		expect(l, 404, paths[i]);
	}
}

static void empty_pages_say_so(void **state)
{
	struct lists *l = *state;
	static const struct {
		const char *path, *words;
	} pages[] = {{"/lists", "Nothing has been published yet."},
		{"/lists", "Nobody gets the list yet."},
		{"/lists/entries", "No entries here"},
		{"/lists/entries?tab=look", "No entries here"},
		{"/lists/entries?tab=nothing&page=-3", "No entries here"},
		{"/lists/consumers", "Nobody gets the list yet"},
		{"/lists/editions", "No editions yet"},
		{"/lists/appeals", "No appeals"}};

	for (size_t i = 0; i < HL_ARRAY_LEN(pages); i++) {
		get(l, SOFIE, pages[i].path);
		expect(l, 200, pages[i].path);
		if (!says(l, pages[i].words)) {
			fail_msg("%s lacks: %s", pages[i].path, pages[i].words);
		}
	}
	change(l->w->f, "UPDATE list_head SET public_key = x''");
	get(l, SOFIE, "/lists");
	assert_true(says(l, "The publisher has not been set up"));
}

static void what_is_missing_is_asked_for(void **state)
{
	struct lists *l = *state;
	static const struct {
		const char *fields, *words, *kept;
	} rows[] = {{"", "Choose what is to be blocked", NULL},
		{"place=everything", "Choose what is to be blocked", NULL},
		{"place=domain-2", "Choose why more than the page",
			"value=\"domain-2\" checked"},
		{"place=page&reason=nonsense", NULL, NULL}};
	char path[96];

	case_path(l, "/list", path);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		post(l, ANNA, path, rows[i].fields);
		if (!rows[i].words) {
			expect(l, 303, rows[i].fields);
			continue;
		}
		expect(l, 422, rows[i].fields);
		assert_true(says(l, rows[i].words));
		if (rows[i].kept && !says(l, rows[i].kept)) {
			fail_msg("%s: not kept", rows[i].fields);
		}
	}
}

/* No two choices say the same of what they block. */
static void each_choice_says_what_it_blocks(void **state)
{
	struct lists *l = *state;
	char path[96];

	case_path(l, "/list", path);
	get(l, ANNA, path);
	expect(l, 200, "the page");
	assert_true(says(l, "Everything at this name"));
	assert_true(says(l, "Blocked is everything at this name, all pages"));
	assert_true(says(l, "and the same with “?” and anything behind it"));
}

static void who_looks_where_the_watch_does_not_says_so(void **state)
{
	struct lists *l = *state;
	char path[96];

	change(l->w->f, "UPDATE watch SET active = 0, last_seen_us = 0");
	case_path(l, "/list", path);
	get(l, ANNA, path);
	expect(l, 200, "the page");
	assert_true(says(l, "I looked: it is still there"));
	post(l, ANNA, path, "place=page");
	expect(l, 422, "without a look");
	assert_true(says(l, "value=\"page\" checked"));
	post(l, ANNA, path, "place=page&looked=yes");
	expect(l, 303, "with a look");
}

static void an_entry_takes_two(void **state)
{
	struct lists *l = *state;
	int64_t id = proposed(l);
	char path[96], ref[HL_REF_MAX];

	hl_ref_print(HL_REF_LIST_ENTRY, id, ref);
	case_path(l, "", path);
	get(l, ANNA, path);
	assert_true(says(l, ref) && says(l, "Proposed by you"));
	get(l, SOFIE, "/approvals");
	assert_true(says(l, ref) && says(l, "Block an address"));
	path_of(HL_REF_LIST_ENTRY, id, "", path);
	get(l, ANNA, path);
	assert_false(says(l, "/approve\""));
	press(l, ANNA, HL_REF_LIST_ENTRY, id, "/approve", "");
	expect(l, 303, "approve by the proposer");
	assert_int_equal('!', l->w->notice[0]);
	get(l, SOFIE, path);
	assert_true(says(l, "/approve\""));
	post(l, SOFIE, "/lists/entry/E-00000-00000/approve", "version=1");
	expect(l, 404, "approve what is not there");
	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/approve", "");
	expect(l, 303, "approve");
	assert_int_not_equal('!', l->w->notice[0]);
	get(l, SOFIE, path);
	assert_true(says(l, "In force") && says(l, "End it"));
	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/approve", "");
	assert_int_equal('!', l->w->notice[0]); /* twice */
}

static void an_address_is_for_those_who_see_the_case(void **state)
{
	struct lists *l = *state;
	int64_t id = proposed(l);
	char path[96];

	path_of(HL_REF_LIST_ENTRY, id, "", path);
	get(l, ANNA, path);
	assert_true(says(l, "planted5.invalid"));
	get(l, VERA, path); /* had no part in it */
	expect(l, 200, "the page");
	assert_false(says(l, "planted"));
	assert_true(says(l, "who may see the case"));
	get(l, VERA, "/lists/entries");
	assert_false(says(l, "planted"));
}

static void an_end_has_a_reason(void **state)
{
	struct lists *l = *state;
	int64_t id = proposed(l);

	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/approve", "");
	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/end", "");
	expect(l, 422, "without a reason");
	assert_true(says(l, "Choose why it ends"));
	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/end", "reason=rollback");
	expect(l, 422, "a reason that is the program's own");
	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/end", "reason=mistake");
	expect(l, 303, "with a reason");
	assert_int_equal(HL_LIST_ENDED,
		number_of(l->w->f,
			"SELECT state FROM list_entry WHERE id = "
			"%lld",
			id));
}

static void what_ended_says_why(void **state)
{
	struct lists *l = *state;
	int64_t id = proposed(l);

	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/approve", "");
	get(l, SOFIE, "/lists/entries?tab=in-force");
	assert_false(says(l, "blocked more than it should"));
	press(l, SIMON, HL_REF_LIST_ENTRY, id, "/end", "reason=wide");
	expect(l, 303, "end");
	get(l, SOFIE, "/lists/entries?tab=ended");
	assert_true(says(l, "It blocked more than it should"));
}

static void a_number_leads_to_its_entry(void **state)
{
	struct lists *l = *state;
	int64_t id = proposed(l);
	char path[128], ref[HL_REF_MAX];

	snprintf(path, sizeof(path), "/lists/entries?entry=%.*s",
		HL_STR_ARG(hl_ref_print(HL_REF_LIST_ENTRY, id, ref)));
	get(l, VERA, path);
	expect(l, 303, "a number");
	assert_non_null(strstr(l->w->location, ref));
	snprintf(path, sizeof(path), "/find?ref=%s", ref);
	get(l, VERA, path);
	expect(l, 303, "the search of the queue");
	assert_non_null(strstr(l->w->location, "/lists/entry/"));
	get(l, VERA, "/lists/entries?entry=%3Cb%3E");
	expect(l, 422, "no number");
	assert_true(says(l, "value=\"&lt;b&gt;\""));
	get(l, VERA, "/lists/entries?entry=E-00000-00000");
	expect(l, 422, "nobody's number");
}

static void the_overview_warns_of_the_root(void **state)
{
	static const struct {
		int64_t version, days_left;
		const char *says; /* NULL: no alarm */
	} rows[] = {
		{0, 0, "No root is installed"},
		{3, -1, "The root has expired"},
		{3, 29, "The root expires on"},
		{3, 31, NULL},
	};
	struct lists *l = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		set_root(l, rows[i].version, rows[i].days_left);
		get(l, SOFIE, "/lists");
		expect(l, 200, "overview");
		assert_int_equal(
			rows[i].says != NULL, says(l, "id=\"alarms\""));
		assert_true(!rows[i].says || says(l, rows[i].says));
	}
}

static size_t place_of(const struct lists *l, const char *words)
{
	struct hl_str all = hl_buf_str(&l->w->body);
	size_t at = hl_str_find(all, hl_str_c(words));

	if (at == all.n) {
		fail_msg("%s is not there", words);
	}
	return at;
}

/* Whatever they are of: what waits longest comes first. */
static void what_waits_longest_comes_first(void **state)
{
	struct lists *l = *state;
	static const struct {
		long long consumer_at, entry_at, hash_at;
		int order[3]; /* of consumer, entry, list of hashes */
	} rows[] = {{3, 2, 1, {2, 1, 0}}, {1, 2, 3, {0, 1, 2}},
		{2, 3, 1, {2, 0, 1}}};

	proposed(l);
	consumer(l, "tier=asks");
	change(l->w->f, "UPDATE hash_entry SET state = 1");
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char sql[256];

		snprintf(sql, sizeof(sql),
			"UPDATE list_consumer SET proposed_at_us = %lld; "
			"UPDATE list_entry SET proposed_at_us = %lld; "
			"UPDATE hash_entry SET proposed_at_us = %lld",
			rows[i].consumer_at, rows[i].entry_at, rows[i].hash_at);
		change(l->w->f, sql);
		get(l, SIMON, "/approvals");
		expect(l, 200, "approvals");
		const size_t at[] = {
			place_of(l, "Give a consumer the block list"),
			place_of(l, "Block an address"),
			place_of(l, "href=\"/hash/H-")};
		const int *o = rows[i].order;
		if (at[o[0]] > at[o[1]] || at[o[1]] > at[o[2]]) {
			fail_msg(
				"row %zu: %zu %zu %zu", i, at[0], at[1], at[2]);
		}
	}
}

static void one_halts_and_two_resume(void **state)
{
	struct lists *l = *state;

	post(l, ANNA, "/lists/halt", "");
	expect(l, 404, "an analyst");
	post(l, SOFIE, "/lists/halt", "");
	expect(l, 303, "halt");
	get(l, VERA, "/lists");
	assert_true(says(l, "Publication is halted"));
	post(l, SOFIE, "/lists/resume", "");
	get(l, SIMON, "/approvals");
	assert_true(says(l, "Resume the block list"));
	post(l, SOFIE, "/lists/resume", "");
	get(l, VERA, "/lists");
	assert_true(says(l, "Publication is halted"));
	post(l, SIMON, "/lists/resume", "");
	get(l, VERA, "/lists");
	assert_false(says(l, "Publication is halted"));
}

static void put_edition(struct lists *l, int id, int state, int held)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		"INSERT INTO list_edition (id, at_us, n_entries, n_hosts, "
		"n_added, n_removed, held, state, seq, digest, decided_by, "
		"decided_at_us) VALUES (%d, 1, 7, 6, 5, 4, %d, %d, 1, "
		"zeroblob(32), 0, 0)",
		id, held, state);
	change(l->w->f, sql);
}

static void what_is_held_says_why(void **state)
{
	struct lists *l = *state;

	put_edition(l, 1, HL_LIST_EDITION_PUBLISHED, 0);
	put_edition(l, 2, HL_LIST_EDITION_HELD,
		HL_LIST_BREAKER_DELTA | HL_LIST_BREAKER_POPULAR);
	get(l, SOFIE, "/lists");
	assert_true(says(l, "Held back") &&
		    says(l, "Too much came within a day; "));
	get(l, SOFIE, "/lists/editions");
	assert_true(says(l, "Too much came within a day"));
	post(l, SOFIE, "/lists/edition/2/release", "digest=00");
	expect(l, 404, "another digest");
	post(l, SOFIE, "/lists/edition/2/hold", "");
	expect(l, 303, "refuse");
	assert_int_equal(HL_LIST_EDITION_REFUSED,
		number(l->w->f, "SELECT state FROM list_edition WHERE id = 2"));
}

static void a_roll_back_takes_two(void **state)
{
	struct lists *l = *state;

	put_edition(l, 1, HL_LIST_EDITION_PUBLISHED, 0);
	put_edition(l, 2, HL_LIST_EDITION_PUBLISHED, 0);
	put_edition(l, 3, HL_LIST_EDITION_HELD, HL_LIST_BREAKER_DELTA);
	get(l, SOFIE, "/lists/edition/2/roll-back");
	expect(l, 303, "to the newest that went out");
	get(l, SOFIE, "/lists/edition/1/roll-back");
	expect(l, 200, "asks first");
	post(l, SOFIE, "/lists/edition/1/roll-back", "");
	expect(l, 303, "propose");
	get(l, SIMON, "/approvals");
	assert_true(says(l, "Roll the block list back"));
	get(l, SOFIE, "/lists/editions");
	assert_true(says(l, "Another supervisor has to approve it."));
	assert_false(says(l, "/approve\""));
	get(l, SIMON, "/lists/editions");
	assert_true(says(l, "/approve\""));
}

static int64_t put_appeal(struct lists *l, int64_t entry_id)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		"INSERT INTO list_appeal (id, entry_id, lookup, epoch, "
		"key_sealed, body_sealed, received_at_us, state, version, "
		"decided_by, decided_at_us, why) VALUES (77, %lld, x'01', 1, "
		"x'00', x'00', 5, 1, 1, 0, 0, 0)",
		(long long)entry_id);
	change(l->w->f, sql);
	return 77;
}

static void an_appeal_is_for_somebody_new(void **state)
{
	struct lists *l = *state;
	int64_t entry = proposed(l), id = put_appeal(l, entry);
	char path[96];

	press(l, SOFIE, HL_REF_LIST_ENTRY, entry, "/approve", "");
	path_of(HL_REF_APPEAL, id, "", path);
	get(l, RIKKE, path);
	expect(l, 404, "a referral officer");
	get(l, SOFIE, path);
	expect(l, 200, "who approved");
	assert_false(says(l, "Decide it"));
	press(l, SOFIE, HL_REF_APPEAL, id, "", "why=stands");
	assert_int_equal('!', l->w->notice[0]);
	get(l, SIMON, path);
	assert_true(says(l, "Decide it"));
	assert_true(says(l, "It cannot be opened")); /* of damaged bytes */
	press(l, SIMON, HL_REF_APPEAL, id, "", "why=nonsense");
	expect(l, 422, "no decision");
	press(l, SIMON, HL_REF_APPEAL, id, "", "why=wide");
	expect(l, 303, "uphold");
	assert_int_equal(HL_LIST_ENDED,
		number_of(l->w->f,
			"SELECT state FROM list_entry WHERE id = "
			"%lld",
			entry));
	get(l, SIMON, "/lists/appeals");
	assert_true(says(l, "Upheld"));
}

/* Words alone, as the stop page's button leads to: what is named is shown with
 * its state, and nobody is told that nothing is blocked. */
static void an_appeal_that_names_its_entry(void **state)
{
	struct lists *l = *state;
	int64_t entry = proposed(l), id = put_appeal(l, entry);
	char path[96], row[128], ref[HL_REF_MAX];

	press(l, SOFIE, HL_REF_LIST_ENTRY, entry, "/approve", "");
	path_of(HL_REF_APPEAL, id, "", path);
	get(l, SIMON, path);
	expect(l, 200, "the page");
	hl_ref_print(HL_REF_LIST_ENTRY, entry, ref);
	snprintf(row, sizeof(row),
		"\">%s</a> <strong class=\"govuk-tag govuk-tag--green", ref);
	assert_true(says(l, row));
	assert_true(says(l, "The appeal names it."));
	assert_false(says(l, "No entry in force"));
	assert_false(says(l, "value=\"not_listed\""));
	assert_true(says(l, "value=\"stands\""));
	assert_true(says(l, "the entry ends at once"));
	press(l, SIMON, HL_REF_APPEAL, id, "", "why=gone&entry=zzz");
	expect(l, 422, "about an entry that is none");
	assert_true(says(l, "Choose the entry that it is about"));
	press(l, SIMON, HL_REF_LIST_ENTRY, entry, "/end", "reason=mistake");
	get(l, SIMON, path);
	assert_false(says(l, row));
	assert_false(says(l, "the entry ends at once"));
	assert_true(says(l, "value=\"not_listed\""));
}

static void an_appeal_that_names_nothing(void **state)
{
	struct lists *l = *state;
	char path[96];

	path_of(HL_REF_APPEAL, put_appeal(l, 0), "", path);
	get(l, SIMON, path);
	expect(l, 200, "the page");
	assert_true(says(l, "Not known: what was written cannot be read."));
	assert_false(says(l, "The appeal names it"));
}

/* Sent twice: the page of one, decided or not, leads to the other. */
static void appeals_about_the_same_entry(void **state)
{
	struct lists *l = *state;
	int64_t entry = proposed(l), id = put_appeal(l, entry);
	char path[96], link[96], other[HL_REF_MAX];

	press(l, SOFIE, HL_REF_LIST_ENTRY, entry, "/approve", "");
	path_of(HL_REF_APPEAL, id, "", path);
	get(l, SIMON, path);
	assert_false(says(l, "Other appeals that wait"));
	change(l->w->f,
		"INSERT INTO list_appeal SELECT 78, entry_id, x'02', epoch, "
		"key_sealed, body_sealed, received_at_us, state, version, "
		"decided_by, decided_at_us, why FROM list_appeal WHERE id = "
		"77; INSERT INTO list_appeal SELECT 79, 0, x'03', epoch, "
		"key_sealed, body_sealed, received_at_us, state, version, "
		"decided_by, decided_at_us, why FROM list_appeal WHERE id = "
		"77");
	press(l, SIMON, HL_REF_APPEAL, id, "", "why=stands");
	expect(l, 303, "reject");
	get(l, SIMON, path);
	hl_ref_print(HL_REF_APPEAL, 78, other);
	snprintf(link, sizeof(link), "href=\"/lists/appeal/%s\"", other);
	assert_true(says(l, link));
	assert_true(says(l, "One other names no entry"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_PAGES(each_route_has_a_door),
		TEST_PAGES(what_is_nowhere_stays_nowhere),
		TEST_PAGES(empty_pages_say_so),
		TEST_PAGES(what_is_missing_is_asked_for),
		TEST_PAGES(each_choice_says_what_it_blocks),
		TEST_PAGES(who_looks_where_the_watch_does_not_says_so),
		TEST_PAGES(an_entry_takes_two),
		TEST_PAGES(an_address_is_for_those_who_see_the_case),
		TEST_PAGES(an_end_has_a_reason),
		TEST_PAGES(what_ended_says_why),
		TEST_PAGES(a_number_leads_to_its_entry),
		TEST_PAGES(the_overview_warns_of_the_root),
		TEST_PAGES(what_waits_longest_comes_first),
		TEST_PAGES(one_halts_and_two_resume),
		TEST_PAGES(what_is_held_says_why),
		TEST_PAGES(a_roll_back_takes_two),
		TEST_PAGES(an_appeal_is_for_somebody_new),
		TEST_PAGES(an_appeal_that_names_its_entry),
		TEST_PAGES(an_appeal_that_names_nothing),
		TEST_PAGES(appeals_about_the_same_entry),
	};

	return cmocka_run_group_tests(tests, open_lists, close_lists);
}
