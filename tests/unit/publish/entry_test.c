/* SPDX-License-Identifier: Apache-2.0 */
/* Two people for each entry, a third for a popular host. */
#include "help.h"

#include <sodium.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"
#include "urls_oprf/oprf.h"

static void one_proposes_another_approves(void **state)
{
	struct desk *d = *state;
	int64_t case_id = illegal_case(d, "http://example.org/a/b.html");
	int64_t id = propose_page(d, case_id);

	assert_int_equal(HL_LIST_PROPOSED, state_of(d, id));
	assert_int_equal(0, check_log(d));
	/* Anna judged the case and so might approve, but proposed it */
	assert_int_equal(HL_PUBLISH_SAME_PERSON, try_approve(d, ANNA, id));
	/* Vera had no part in the case, Adam sees no content */
	assert_int_not_equal(0, try_approve(d, VERA, id));
	assert_int_equal(HL_PUBLISH_NOT_PERMITTED, try_approve(d, ADAM, id));
	assert_int_equal(HL_PUBLISH_NOT_PERMITTED, try_approve(d, NOBODY, id));
	assert_int_equal(HL_LIST_PROPOSED, state_of(d, id));
	assert_int_equal(0, try_approve(d, BENNY, id));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, id));
	assert_int_equal(1, check_log(d));
	/* what both sign with is kept for who verifies */
	assert_int_equal(2, number(d->f, "SELECT count(DISTINCT sign_key) "
					 "FROM staff JOIN list_entry ON "
					 "sign_key IN (proposed_key, "
					 "approved_key)"));
	/* twice */
	assert_int_equal(HL_PUBLISH_WRONG_STATE, try_approve(d, SOFIE, id));
	assert_int_equal(1, check_log(d));
	assert_int_equal(HL_PUBLISH_NOT_PERMITTED, try_approve(d, SOFIE, 77));
}

static void who_saw_another_version_looks_again(void **state)
{
	struct desk *d = *state;
	int64_t id = propose_page(d, illegal_case(d, "http://example.org/"));
	struct hl_publish_decision old = {id, version_of(d, id) - 1};
	struct hl_publish_setup setup = setup_of(d, SOFIE);
	enum hl_publish_why why = 0;

	assert_int_equal(HL_DENIED,
		hl_publish_approve(AS(SOFIE), &setup, &old, &why, NULL));
	assert_int_equal(HL_PUBLISH_CHANGED, why);
	assert_int_equal(
		HL_DENIED, hl_publish_refuse(AS(SOFIE), &old, &why, NULL));
	assert_int_equal(HL_PUBLISH_CHANGED, why);
	assert_int_equal(HL_LIST_PROPOSED, state_of(d, id));
}

/* The leaf says what clause 8 says, and both signatures are good. */
static void the_leaf_can_be_verified(void **state)
{
	struct desk *d = *state;
	int64_t id = listed(d, "http://example.org/a?b=1", NULL);
	struct hl_publish_status status;
	struct hl_oprf_element c;
	struct hl_oprf_scalar s;
	HL_BUF_AUTO text = HL_BUF_INIT(512);
	uint8_t leaf[HL_URLS_LEAF];
	uint64_t entry = 0;

	read_leaf(d, 0, leaf);
	assert_int_equal(1, leaf[0]);
	assert_int_equal(HL_LIST_PAGE, leaf[1]);
	for (int i = 7; i >= 0; i--) {
		entry = entry << 8 | leaf[8 + i];
	}
	assert_int_equal(id, entry);
	memcpy(s.b, d->commit.s, sizeof(s.b));
	ok(hl_oprf_direct(HL_OPRF_MODE_OPRF, &s,
		(struct hl_oprf_view){"example.org", 11}, &c));
	assert_memory_equal(c.b, leaf + 16, 32);
	assert_memory_not_equal(leaf + 48, leaf + 144, 32);
	ok(hl_publish_status(AS(SOFIE), &status, NULL));
	hl_buf_put(&text, HL_STR("openhotline urllist approval 1\nhotline "));
	hl_text_put_hex(&text, status.hotline, sizeof(status.hotline));
	hl_buf_printf(
		&text, "\nentry %lld\nscope 1\ncommitment ", (long long)id);
	hl_text_put_hex(&text, c.b, sizeof(c.b));
	hl_buf_put(&text, HL_STR("\n"));
	for (size_t at = 48; at <= 144; at += 96) {
		assert_int_equal(0, crypto_sign_verify_detached(leaf + at + 32,
					    (const unsigned char *)text.p,
					    text.n, leaf + at));
	}
	for (size_t i = 240; i < 248; i++) {
		assert_int_equal(0, leaf[i]);
	}
}

static void a_popular_host_needs_a_third(void **state)
{
	struct desk *d = *state;
	int64_t case_id = illegal_case(d, "http://de.wikipedia.org/wiki/Z");
	int64_t id = propose_page(d, case_id);

	assert_int_equal(0, try_approve(d, SOFIE, id));
	assert_int_equal(HL_LIST_THIRD, state_of(d, id));
	assert_int_equal(0, check_log(d));
	assert_int_equal(HL_PUBLISH_SAME_PERSON, try_third(d, SOFIE, id));
	assert_int_not_equal(0, try_third(d, ANNA, id));
	assert_int_not_equal(0, try_third(d, RIKKE, id));
	assert_int_equal(HL_LIST_THIRD, state_of(d, id));
	assert_int_equal(0, try_third(d, SIMON, id));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, id));
	assert_int_equal(1, check_log(d));
	assert_int_equal(HL_PUBLISH_WRONG_STATE, try_third(d, SIMON, id));
}

/* It has become popular between the two. */
static void popular_is_asked_again(void **state)
{
	struct desk *d = *state;
	int64_t id = propose_page(d, illegal_case(d, "http://example.org/x"));

	hl_popular_free(d->popular);
	ok(hl_popular_new(HL_STR("example.org"), NULL, &d->popular, NULL));
	assert_int_equal(0, try_approve(d, SOFIE, id));
	assert_int_equal(HL_LIST_THIRD, state_of(d, id));
	assert_int_equal(1, number_of(d->f,
				    "SELECT popular FROM list_entry "
				    "WHERE id = %lld",
				    id));
}

static void a_popular_host_is_never_listed_whole(void **state)
{
	struct desk *d = *state;
	int64_t case_id = illegal_case(d, "http://de.wikipedia.org/wiki/Z");
	static const struct {
		enum hl_list_scope scope;
		int keep;
		enum hl_publish_why why;
	} rows[] = {
		{HL_LIST_DOMAIN, 3, HL_PUBLISH_POPULAR},
		{HL_LIST_DOMAIN, 2, HL_PUBLISH_POPULAR},
		{HL_LIST_DOMAIN, 1, HL_PUBLISH_NO_PLACE},
		{HL_LIST_FOLDER, 0, HL_PUBLISH_POPULAR},
		{HL_LIST_FOLDER, 7, HL_PUBLISH_NO_PLACE},
		{HL_LIST_FOLDER, 1, HL_PUBLISH_ALLOWED},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_publish_proposing p = {.case_id = case_id,
			.scope = rows[i].scope,
			.keep = rows[i].keep,
			.reason = HL_LIST_REASON_DEDICATED};
		enum hl_publish_why why = try_propose(d, ANNA, &p);

		if (why != rows[i].why) {
			fail_msg("row %zu: why %d", i, (int)why);
		}
	}
}

/* What has more than three segments is nobody's look-up expression. */
static void a_folder_has_three_segments_at_most(void **state)
{
	struct desk *d = *state;
	struct hl_publish_setup setup = setup_of(d, ANNA);
	struct hl_publish_offer offer;
	static const struct {
		const char *address;
		int deepest, n; /* folders */
	} rows[] = {{"http://a.example.org/", 0, 1},
		{"http://b.example.org/a/b/c/", 3, 4},
		{"http://c.example.org/a/b/c/x", 3, 4},
		{"http://d.example.org/a/b/c/d/", 3, 4},
		{"http://e.example.org/a/b/c/d/e/f/?q", 3, 4}};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t id = illegal_case(d, rows[i].address);
		int n = 0, deepest = 0;

		ok(hl_publish_offer(AS(ANNA), &setup, id, &offer, NULL));
		for (size_t k = 0; k < offer.n_places; k++) {
			const struct hl_publish_place *p = &offer.places[k];

			n += p->scope == HL_LIST_FOLDER;
			if (p->scope == HL_LIST_FOLDER && p->keep > deepest) {
				deepest = p->keep;
			}
		}
		if (n != rows[i].n || deepest != rows[i].deepest) {
			fail_msg("%s: %d folders, %d deep", rows[i].address, n,
				deepest);
		}
	}
	struct hl_publish_proposing p = {
		.case_id = illegal_case(d, "http://f.example.org/a/b/c/d/"),
		.scope = HL_LIST_FOLDER,
		.keep = 4,
		.reason = HL_LIST_REASON_DEDICATED};
	assert_int_equal(HL_PUBLISH_NO_PLACE, try_propose(d, ANNA, &p));
	p.keep = 3;
	assert_int_equal(0, try_propose(d, ANNA, &p));
}

static void what_is_wide_needs_a_reason(void **state)
{
	struct desk *d = *state;
	int64_t case_id = illegal_case(d, "http://a.example.org/b/c?d");
	struct hl_publish_proposing p = {
		.case_id = case_id, .scope = HL_LIST_DOMAIN, .keep = 2};

	assert_int_equal(HL_PUBLISH_REASON, try_propose(d, ANNA, &p));
	p.scope = HL_LIST_PAGE;
	p.keep = 0;
	p.reason = HL_LIST_REASON_MANY;
	assert_int_equal(HL_PUBLISH_REASON, try_propose(d, ANNA, &p));
	assert_int_equal(0, number(d->f, "SELECT count(*) FROM list_entry"));
	p.scope = (enum hl_list_scope)9;
	struct hl_publish_setup setup = setup_of(d, ANNA);
	assert_int_equal(HL_E_INVALID,
		hl_publish_propose(AS(ANNA), &setup, &p, NULL, NULL));
}

static void a_place_is_listed_once(void **state)
{
	struct desk *d = *state;
	int64_t one = illegal_case(d, "http://a.example.org/b/c");
	int64_t two = illegal_case(d, "http://a.example.org/b/d");
	struct hl_publish_proposing page = {
		.case_id = one, .scope = HL_LIST_PAGE};
	struct hl_publish_proposing folder = {.case_id = two,
		.scope = HL_LIST_FOLDER,
		.keep = 1,
		.reason = HL_LIST_REASON_DEDICATED};

	assert_int_equal(0, try_propose(d, ANNA, &page));
	assert_int_equal(HL_PUBLISH_LISTED, try_propose(d, BENNY, &page));
	assert_int_equal(0, try_propose(d, BENNY, &folder));
	/* what only waits covers nothing yet */
	assert_int_equal(0, try_approve(d, SOFIE, folder.entry_id));
	page.case_id = two;
	assert_int_equal(HL_PUBLISH_COVERED, try_propose(d, ANNA, &page));
	folder.case_id = one;
	assert_int_equal(HL_PUBLISH_LISTED, try_propose(d, ANNA, &folder));
}

static const struct unfit {
	const char *what, *sql;
	enum hl_publish_why why;
} unfit[] = {
	{"perhaps gone", "UPDATE item SET state = 3", HL_PUBLISH_NOT_SEEN},
	{"gone", "UPDATE item SET state = 4", HL_PUBLISH_NOT_SEEN},
	{"a test", "UPDATE cases SET is_test = 1", HL_PUBLISH_TEST},
	{"judged by nobody", "UPDATE cases SET first_by = 0, second_by = 0",
		HL_PUBLISH_NOT_JUDGED},
	{"judged by one", "UPDATE cases SET second_by = 0",
		HL_PUBLISH_NOT_JUDGED},
	{"legal", "UPDATE cases SET outcome = 5", HL_PUBLISH_NOT_PERMITTED},
	{"to be judged anew", "UPDATE cases SET state = 1",
		HL_PUBLISH_WRONG_STATE},
	{"erased", "UPDATE item SET url_sealed = x''", HL_PUBLISH_NO_ADDRESS},
};

static void what_is_unfit_is_refused(void **state)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(unfit); i++) {
		struct desk *d = *state;
		int64_t case_id = illegal_case(d, "http://example.org/u");
		struct hl_publish_proposing p = {.case_id = case_id,
			.scope = HL_LIST_PAGE,
			.looked = true};
		enum person person =
			unfit[i].why == HL_PUBLISH_NOT_PERMITTED ? ANNA : SOFIE;

		change(d->f, unfit[i].sql);
		enum hl_publish_why why = try_propose(d, person, &p);
		if (why != unfit[i].why ||
			number(d->f, "SELECT count(*) FROM list_entry")) {
			fail_msg("%s: why %d", unfit[i].what, (int)why);
		}
		close_desk(state);
		open_desk(state);
	}
}

/* The same between the two people. */
static void what_became_unfit_is_not_approved(void **state)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(unfit); i++) {
		struct desk *d = *state;
		int64_t id = propose_page(
			d, illegal_case(d, "http://example.org/u"));

		if (unfit[i].why != HL_PUBLISH_TEST &&
			unfit[i].why != HL_PUBLISH_NOT_JUDGED) {
			change(d->f, unfit[i].sql);
			if (!try_approve(d, SOFIE, id) || check_log(d)) {
				fail_msg("%s: approved", unfit[i].what);
			}
		}
		close_desk(state);
		open_desk(state);
	}
}

/* Resolved by a known hash: two people of ours must stand behind that. */
static const struct known {
	const char *what, *entry, *resolution; /* values of their rows */
	enum hl_publish_why why;
} known[] = {
	{"two of ours", "1, 2, 1003, 1004, 0", "1, 0", HL_PUBLISH_ALLOWED},
	{"one of ours", "1, 2, 1003, 0, 0", "1, 0", HL_PUBLISH_NOT_JUDGED},
	{"the same twice", "1, 2, 1003, 1003, 0", "1, 0",
		HL_PUBLISH_NOT_JUDGED},
	{"an import", "1, 2, 0, 0, 0", "1, 0", HL_PUBLISH_NOT_JUDGED},
	{"a partner's", "3, 2, 1003, 1004, 0", "1, 0", HL_PUBLISH_NOT_JUDGED},
	{"withdrawn", "1, 3, 1003, 1004, 0", "1, 0", HL_PUBLISH_NOT_JUDGED},
	{"doubted", "1, 2, 1003, 1004, 1", "1, 0", HL_PUBLISH_NOT_JUDGED},
	{"taken back", "1, 2, 1003, 1004, 0", "1, 1003", HL_PUBLISH_NOT_JUDGED},
};

static void put_resolution(
	struct desk *d, int64_t case_id, const struct known *row)
{
	char sql[2048];

	snprintf(sql, sizeof(sql),
		"UPDATE cases SET first_by = 0, second_by = 0; "
		"INSERT INTO hash_list SELECT 3, 2, 'Partner', 'Partner', "
		"source, negative, radius, resolve, resolve_radius, outcome, "
		"state, version, proposed_by, proposed_at_us, approved_by, "
		"approved_at_us, imported_at_us, owner_version FROM hash_list "
		"WHERE id = 1; "
		"INSERT INTO hash_entry (list_id, state, proposed_by, "
		"approved_by, n_deconfirmed, id, version, label, outcome, "
		"profile, facts, series, foreign_id, origin, case_id, "
		"proposed_at_us, approved_at_us, withdrawn_by, "
		"withdrawn_at_us, withdrawn_reason, n_confirmed) VALUES "
		"(%s, 1, 1, 0, 1, '', '{}', '', '', 2, 0, 0, 0, 0, 0, 0, 0); "
		"INSERT INTO hash_resolution (entry_id, undone_by, case_id, "
		"cycle, kind, distance, outcome, profile, facts, rules, at_us) "
		"VALUES (%s, %lld, 0, 4, 0, 1, '', '{}', '', 0)",
		row->entry, row->resolution, (long long)case_id);
	change(d->f, sql);
}

static void a_known_hash_needs_two_of_ours(void **state)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(known); i++) {
		struct desk *d = *state;
		int64_t case_id = illegal_case(d, "http://example.org/h");
		struct hl_publish_proposing p = {
			.case_id = case_id, .scope = HL_LIST_PAGE};

		put_resolution(d, case_id, &known[i]);
		enum hl_publish_why why = try_propose(d, SOFIE, &p);
		if (why != known[i].why) {
			fail_msg("%s: why %d", known[i].what, (int)why);
		}
		close_desk(state);
		open_desk(state);
	}
}

static void a_person_looks_where_the_watch_is_off(void **state)
{
	struct desk *d = *state;
	int64_t case_id = illegal_case(d, "http://example.org/l");
	struct hl_publish_proposing p = {
		.case_id = case_id, .scope = HL_LIST_PAGE};
	enum hl_publish_why why = 0;

	watch_off(d, case_id);
	later(d->f, HL_LIST_FRESH_US + 1);
	assert_int_equal(HL_PUBLISH_NOT_SEEN, try_propose(d, ANNA, &p));
	p.looked = true;
	assert_int_equal(0, try_propose(d, ANNA, &p));
	assert_int_equal(0, try_approve(d, SOFIE, p.entry_id));
	later(d->f, HL_US_PER_HOUR);
	struct hl_publish_decision now = {
		p.entry_id, version_of(d, p.entry_id)};
	ok(hl_publish_looked(AS(BENNY), &now, &why, NULL));
	assert_int_equal(hl_time_now_us(),
		number_of(d->f,
			"SELECT looked_at_us FROM list_entry WHERE id = %lld",
			p.entry_id));
	/* the same click again, and where the watch looks */
	assert_int_equal(
		HL_DENIED, hl_publish_looked(AS(BENNY), &now, &why, NULL));
	assert_int_equal(HL_PUBLISH_CHANGED, why);
	seen_online(d, case_id);
	now.version++;
	assert_int_equal(
		HL_DENIED, hl_publish_looked(AS(ANNA), &now, &why, NULL));
	assert_int_equal(HL_PUBLISH_WATCHED, why);
	/* the watch is on for it, but has not come by: off for the whole
	 * hotline, behind, or broken */
	later(d->f, HL_LIST_FRESH_US - HL_LIST_SOON_US - 1);
	assert_int_equal(
		HL_DENIED, hl_publish_looked(AS(ANNA), &now, &why, NULL));
	later(d->f, 1);
	ok(hl_publish_looked(AS(ANNA), &now, &why, NULL));
}

static void a_person_looks_where_the_watch_is_late(void **state)
{
	struct desk *d = *state;
	int64_t case_id = illegal_case(d, "http://example.org/late");
	struct hl_publish_proposing p = {
		.case_id = case_id, .scope = HL_LIST_PAGE};

	seen_online(d, case_id);
	later(d->f, HL_LIST_FRESH_US + 1);
	assert_int_equal(HL_PUBLISH_NOT_SEEN, try_propose(d, ANNA, &p));
	p.looked = true;
	assert_int_equal(0, try_propose(d, ANNA, &p));
	assert_int_equal(0, try_approve(d, SOFIE, p.entry_id));
}

/* What ran out comes back by the watch, or by two people, never by one. */
static void nobody_alone_brings_back_what_ran_out(void **state)
{
	struct desk *d = *state;
	int64_t case_id, id = listed(d, "http://example.org/old", &case_id);
	struct hl_publish_setup setup = setup_of(d, ANNA);
	struct hl_publish_decision now = {id, version_of(d, id)};
	struct hl_publish_entry entry;
	enum hl_publish_why why = 0;

	watch_off(d, case_id);
	later(d->f, HL_LIST_FRESH_US - 1);
	ok(hl_publish_entry(AS(ANNA), &setup, id, &entry, NULL));
	assert_true(entry.may_look);
	ok(hl_publish_looked(AS(ANNA), &now, &why, NULL));
	static const int64_t waits[] = {
		HL_LIST_FRESH_US, HL_US_PER_DAY, 300 * HL_US_PER_DAY};
	now.version = version_of(d, id);
	for (size_t i = 0; i < HL_ARRAY_LEN(waits); i++) {
		struct hl_in_list_entry_look in = {
			.id = id, .version = now.version};

		later(d->f, waits[i]);
		why = 0;
		assert_int_equal(HL_DENIED,
			hl_publish_looked(AS(ANNA), &now, &why, NULL));
		assert_int_equal(HL_PUBLISH_RAN_OUT, why);
		ok(hl_publish_entry(AS(ANNA), &setup, id, &entry, NULL));
		assert_false(entry.may_look);
		/* nor does the store take it */
		in.looked_at_us = hl_time_now_us();
		in.counts_us = in.looked_at_us - HL_LIST_FRESH_US;
		assert_int_equal(HL_CONFLICT, hl_do_list_entry_look(d->f->store,
						      d->f->arena, &in, NULL));
	}
}

/* The menu and its page ask for what a look can still keep. */
static void who_looks_is_asked_in_time(void **state)
{
	struct desk *d = *state;
	struct hl_publish_filter looks = {.looks = true, .n_most = 10};
	struct hl_publish_filter all = {.state = HL_LIST_ACTIVE, .n_most = 10};
	struct hl_publish_counts counts;
	const struct hl_publish_row *rows;
	static const struct {
		int64_t wait_us;
		size_t n;
	} times[] = {{0, 0}, {HL_LIST_FRESH_US - HL_LIST_SOON_US, 0}, {1, 1},
		{HL_LIST_SOON_US - 2, 1}, {1, 0}, {HL_US_PER_DAY, 0}};
	size_t n;

	listed(d, "http://example.org/soon", NULL);
	for (size_t i = 0; i < HL_ARRAY_LEN(times); i++) {
		later(d->f, times[i].wait_us);
		ok(hl_publish_counts(AS(SOFIE), &counts, NULL));
		ok(hl_publish_entries(AS(SOFIE), &looks, &rows, &n, NULL));
		if (n != times[i].n || counts.n_looks != (int64_t)n) {
			fail_msg("row %zu: %zu, counted %d", i, n,
				(int)counts.n_looks);
		}
		ok(hl_publish_entries(AS(SOFIE), &all, &rows, &n, NULL));
		assert_int_equal(1, n);
	}
}

static void refusing_and_ending(void **state)
{
	struct desk *d = *state;
	int64_t case_id = illegal_case(d, "http://example.org/r");
	int64_t id = propose_page(d, case_id);
	struct hl_publish_decision now = {id, version_of(d, id)};
	enum hl_publish_why why = 0;

	assert_int_equal(HL_DENIED,
		hl_publish_end(AS(SOFIE), &now, HL_LIST_END_WIDE, &why, NULL));
	assert_int_equal(HL_PUBLISH_WRONG_STATE, why);
	ok(hl_publish_refuse(AS(ANNA), &now, &why, NULL));
	assert_int_equal(HL_LIST_REFUSED, state_of(d, id));
	/* it may be proposed again */
	id = propose_page(d, case_id);
	assert_int_equal(0, try_approve(d, SOFIE, id));
	now = (struct hl_publish_decision){id, version_of(d, id)};
	assert_int_equal(HL_DENIED,
		hl_publish_end(AS(ANNA), &now, HL_LIST_END_WIDE, &why, NULL));
	assert_int_equal(HL_E_INVALID, hl_publish_end(AS(SOFIE), &now,
					       HL_LIST_END_APPEAL, &why, NULL));
	ok(hl_publish_end(AS(SOFIE), &now, HL_LIST_END_WIDE, &why, NULL));
	assert_int_equal(HL_LIST_ENDED, state_of(d, id));
	assert_int_equal(2, check_log(d));
	assert_int_equal(HL_DENIED,
		hl_publish_end(AS(SOFIE), &now, HL_LIST_END_WIDE, &why, NULL));
	/* nothing of the place is left */
	assert_int_equal(0, number(d->f, "SELECT count(*) FROM list_entry "
					 "WHERE place_sealed <> x''"));
}

/* The store itself refuses what the code above would not ask for. */
static void the_store_repeats_the_rules(void **state)
{
	struct desk *d = *state;
	int64_t id = propose_page(d, illegal_case(d, "http://example.org/s"));
	struct hl_in_list_entry_approve in = {.state = HL_LIST_ACTIVE,
		.approved_by = d->f->people[ANNA],
		.approved_key = HL_STR("k"),
		.approved_sig = HL_STR("s"),
		.place_sealed = HL_STR("p"),
		.id = id,
		.version = version_of(d, id)};

	assert_int_equal(HL_CONFLICT,
		hl_do_list_entry_approve(d->f->store, d->f->arena, &in, NULL));
	in.approved_by = d->f->people[SOFIE];
	change(d->f, "UPDATE list_entry SET popular = 1");
	assert_int_equal(HL_CONFLICT,
		hl_do_list_entry_approve(d->f->store, d->f->arena, &in, NULL));
	change(d->f, "UPDATE list_entry SET popular = 0");
	ok(hl_do_list_entry_approve(d->f->store, d->f->arena, &in, NULL));
}

static void without_a_key_nobody_signs(void **state)
{
	struct desk *d = *state;
	int64_t case_id = illegal_case(d, "http://example.org/k");
	struct hl_publish_proposing p = {
		.case_id = case_id, .scope = HL_LIST_PAGE};
	struct hl_publish_setup setup = setup_of(d, ANNA);
	enum hl_publish_why why = 0;

	struct hl_who anna = who(d->f, ANNA);
	anna.ring = &d->f->empty;
	assert_int_equal(
		HL_DENIED, hl_publish_propose(&anna, &setup, &p, &why, NULL));
	assert_int_equal(HL_PUBLISH_NO_KEY, why);
	setup.secret = NULL;
	assert_int_equal(HL_DENIED,
		hl_publish_propose(AS(ANNA), &setup, &p, &why, NULL));
	assert_int_equal(HL_PUBLISH_NO_PUBLISHER, why);
	setup = setup_of(d, ANNA);
	change(d->f, "UPDATE list_head SET public_key = x''");
	assert_int_equal(HL_DENIED,
		hl_publish_propose(AS(ANNA), &setup, &p, &why, NULL));
	assert_int_equal(HL_PUBLISH_NO_PUBLISHER, why);
	assert_int_equal(0, number(d->f, "SELECT count(*) FROM list_entry"));
}

/* Whoever looks at a case must see that it is on the list, even when nothing
 * more of it may be proposed. */
static void a_case_shows_its_entries(void **state)
{
	struct desk *d = *state;
	int64_t fresh = put_case(d->f, "http://fresh.example.org/"), case_id;
	int64_t id = listed(d, "http://a.example.org/b", &case_id);
	struct hl_publish_setup setup = setup_of(d, SOFIE);
	struct hl_publish_offer offer;

	assert_int_equal(HL_DENIED,
		hl_publish_offer(AS(SOFIE), &setup, fresh, &offer, NULL));
	assert_int_equal(0, offer.n_entries);
	ok(hl_casework_reopen(AS(SOFIE), case_id, NULL, NULL));
	assert_int_equal(HL_DENIED,
		hl_publish_offer(AS(SOFIE), &setup, case_id, &offer, NULL));
	assert_false(offer.may_propose);
	assert_int_equal(1, offer.n_entries);
	assert_int_equal(id, offer.entries[0].id);
	/* who may not read the case learns nothing of it */
	assert_int_equal(HL_DENIED,
		hl_publish_offer(AS(VERA), &setup, case_id, &offer, NULL));
	assert_int_equal(0, offer.n_entries);
	assert_int_not_equal(
		0, hl_publish_offer(AS(SOFIE), &setup, 5, &offer, NULL));
	assert_int_equal(0, offer.n_entries);
}

static void pages_show_what_may_be_done(void **state)
{
	struct desk *d = *state;
	int64_t case_id = illegal_case(d, "http://a.example.org/b/c?d");
	int64_t id = propose_page(d, case_id);
	struct hl_publish_setup setup = setup_of(d, SOFIE);
	const struct hl_publish_row *rows;
	struct hl_publish_offer offer;
	struct hl_publish_entry entry;
	struct hl_publish_counts counts;
	size_t n;

	ok(hl_publish_offer(AS(SOFIE), &setup, case_id, &offer, NULL));
	assert_true(offer.may_propose);
	assert_false(offer.needs_look);
	/* page, any query, /b/, /, a.example.org, example.org */
	assert_int_equal(6, offer.n_places);
	assert_int_equal(HL_PUBLISH_LISTED, offer.places[0].why);
	assert_true(hl_str_eq(offer.places[2].path, HL_STR("/b/")));
	assert_true(hl_str_eq(offer.places[5].host, HL_STR("example.org")));
	assert_int_equal(1, offer.n_entries);
	assert_int_equal(HL_DENIED,
		hl_publish_offer(AS(VERA), &setup, case_id, &offer, NULL));
	ok(hl_publish_entry(AS(SOFIE), &setup, id, &entry, NULL));
	assert_true(entry.may_approve && entry.may_refuse);
	assert_false(entry.may_end || entry.may_third || entry.broken);
	assert_true(hl_str_eq(entry.host, HL_STR("a.example.org")));
	assert_true(hl_str_eq(entry.path, HL_STR("/b/c?d")));
	ok(hl_publish_entry(AS(ANNA), &setup, id, &entry, NULL));
	assert_false(entry.may_approve);
	assert_int_equal(HL_PUBLISH_SAME_PERSON, entry.approve_why);
	/* who has no part in the case sees that there is one, not where */
	ok(hl_publish_entry(AS(VERA), &setup, id, &entry, NULL));
	assert_false(entry.address.n || entry.host.n || entry.may_approve);
	assert_int_equal(HL_NOTFOUND,
		hl_publish_entry(AS(ADAM), &setup, id, &entry, NULL));
	assert_int_equal(HL_NOTFOUND,
		hl_publish_entry(AS(SOFIE), &setup, 5, &entry, NULL));
	struct hl_publish_filter filter = {
		.state = HL_LIST_PROPOSED, .n_most = 10};
	ok(hl_publish_entries(AS(SOFIE), &filter, &rows, &n, NULL));
	assert_int_equal(1, n);
	assert_int_equal(HL_DENIED,
		hl_publish_entries(AS(ADAM), &filter, &rows, &n, NULL));
	ok(hl_publish_counts(AS(SOFIE), &counts, NULL));
	assert_int_equal(1, counts.n_proposed);
	assert_int_equal(2, number(d->f, "SELECT count(*) FROM event "
					 "WHERE kind = 1007"));
}

/* A consumer's counters do not make the page of an entry unreadable. */
static void absurd_counters_are_cut(void **state)
{
	struct desk *d = *state;
	int64_t id = listed(d, "http://example.org/n", NULL);
	struct hl_publish_setup setup = setup_of(d, SOFIE);
	const char *absurd[] = {"4611686018427387904, 4611686018427387904",
		"4611686018427387904, 4611686018427387904",
		"9223372036854775807, 9223372036854775807",
		"-9223372036854775807, -9223372036854775807", "7, 6"};
	struct hl_publish_entry entry;
	char sql[256];

	for (size_t i = 0; i < HL_ARRAY_LEN(absurd); i++) {
		snprintf(sql, sizeof(sql),
			"INSERT INTO list_count_entry VALUES (1, %lld, %lld, "
			"%s)",
			(long long)(hl_time_now_us() / HL_US_PER_HOUR) -
				(long long)i,
			(long long)id, absurd[i]);
		change(d->f, sql);
	}
	ok(hl_publish_entry(AS(SOFIE), &setup, id, &entry, NULL));
	assert_int_equal(3 * (INT64_C(1) << 40) + 7, entry.n_hits);
	assert_int_equal(3 * (INT64_C(1) << 40) + 6, entry.n_clients);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_DESK(one_proposes_another_approves),
		TEST_DESK(who_saw_another_version_looks_again),
		TEST_DESK(the_leaf_can_be_verified),
		TEST_DESK(a_popular_host_needs_a_third),
		TEST_DESK(popular_is_asked_again),
		TEST_DESK(a_popular_host_is_never_listed_whole),
		TEST_DESK(a_folder_has_three_segments_at_most),
		TEST_DESK(what_is_wide_needs_a_reason),
		TEST_DESK(a_place_is_listed_once),
		TEST_DESK(what_is_unfit_is_refused),
		TEST_DESK(what_became_unfit_is_not_approved),
		TEST_DESK(a_known_hash_needs_two_of_ours),
		TEST_DESK(a_person_looks_where_the_watch_is_off),
		TEST_DESK(a_person_looks_where_the_watch_is_late),
		TEST_DESK(nobody_alone_brings_back_what_ran_out),
		TEST_DESK(who_looks_is_asked_in_time),
		TEST_DESK(refusing_and_ending),
		TEST_DESK(the_store_repeats_the_rules),
		TEST_DESK(without_a_key_nobody_signs),
		TEST_DESK(a_case_shows_its_entries),
		TEST_DESK(pages_show_what_may_be_done),
		TEST_DESK(absurd_counters_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
