/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/insight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/json.h"
#include "base/time.h"
#include "domain/flow.h"
#include "domain/state.h"
#include "domain/words.h"

#define T0 (INT64_C(1780000000) * HL_US_PER_S) /* some day in 2026 */

struct fixture {
	char dir[64], path[96];
	struct hl_arena *arena;
	struct hl_insight in;
};

static void run_sql(struct fixture *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void run_sql(struct fixture *f, const char *fmt, ...)
{
	char sql[2048];
	va_list ap;
	sqlite3 *db;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	assert_int_equal(SQLITE_OK, sqlite3_open(f->path, &db));
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	}
	sqlite3_close(db);
}

static int collect(struct fixture *f, int64_t from, int64_t to)
{
	struct hl_store *store;

	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_STAFF, &store, NULL));
	int r = hl_insight_collect(store, f->arena, from, to, &f->in, NULL);
	hl_store_close(store);
	return r;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct hl_store *store;

	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-insight-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	f->arena = hl_arena_new(16 << 20, false);
	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_STAFF, &store, NULL));
	hl_store_close(store);
	hl_time_pretend(T0 + 40 * HL_US_PER_DAY);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char wal[128];

	hl_time_pretend(0);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	unlink(wal);
	unlink(f->path);
	rmdir(f->dir);
	hl_arena_free(f->arena);
	free(f);
	return 0;
}

static void add_report(
	struct fixture *f, int id, int64_t at, int triage, int64_t waited)
{
	run_sql(f,
		"INSERT INTO report (id, lookup, mailbox_key, "
		"received_at_us, channel, danger, place, has_contact, "
		"is_test, state, triage, triage_reason, triaged_at_us, "
		"triaged_by, digest, contact_asked_by, "
		"contact_granted_to, contact_granted_by) VALUES (%d, "
		"x'%08x', x'00', %lld, 1, 2, "
		"%d, 0, 0, 3, %d, 0, %lld, 0, x'', 0, 0, 0)",
		id, id, (long long)at, HL_PLACE_WEBSITE, triage,
		(long long)(at + waited));
}

/* One case with one item, reported at `at`, removed after `removed` if not
 * 0, with a priority and an outcome. */
static void add_case(struct fixture *f, int id, int64_t at, int outcome,
	int64_t removed, int priority)
{
	run_sql(f,
		"INSERT INTO cases (id, state, state_at_us, version, "
		"created_at_us, priority, reasons, danger, is_test, "
		"holder, lease_until_us, first_by, second_by, third_by, "
		"outcome, closed_reason, closed_at_us, reopened, "
		"legal_hold) VALUES (%d, 9, %lld, 1, %lld, %d, 0, 2, 0, "
		"0, 0, 0, 0, 0, %d, 0, 0, 0, 0)",
		id, (long long)at, (long long)at, priority, outcome);
	run_sql(f,
		"INSERT INTO item (id, case_id, url_hash, host_hash, "
		"canon_version, kind, epoch, url_sealed, worker_sealed, state, "
		"public_status, passed_to, n_reports, n_independent, "
		"first_at_us, last_at_us, country, asn, network, provider_id, "
		"traced_at_us, removed_at_us) VALUES (%d, %d, x'%08x', x'00', "
		"1, 1, 1, "
		"x'', x'', %d, 1, 0, 1, 1, %lld, %lld, '%s', 0, '', 0, 0, "
		"%lld)",
		id, id, id, removed ? HL_ITEM_OFFLINE : HL_ITEM_ONLINE,
		(long long)at, (long long)at, id % 2 ? "DK" : "NL",
		(long long)(removed ? at + removed : 0));
}

static void link_address(struct fixture *f, int report, int item, int verdict)
{
	run_sql(f,
		"INSERT INTO report_item (report_id, position, item_id, "
		"verdict, reason, linked_at_us) VALUES (%d, 1, %d, %d, "
		"0, 0)",
		report, item, verdict);
}

static void add_step(
	struct fixture *f, int id, int step, int64_t at, int64_t us)
{
	run_sql(f,
		"INSERT INTO case_step (id, case_id, step, holder, "
		"started_at_us, ended_at_us) VALUES (%d, %d, %d, 0, %lld, "
		"%lld)",
		id, id % 1000, step, (long long)at,
		(long long)(us ? at + us : 0));
}

static void an_empty_store_gives_a_page_of_zeros(void **state)
{
	struct fixture *f = *state;
	HL_BUF_AUTO json = HL_BUF_INIT(1 << 20), csv = HL_BUF_INIT(1 << 20);
	HL_JSON_AUTO *parsed = NULL;

	assert_int_equal(0, collect(f, T0, T0 + HL_US_PER_DAY));
	hl_insight_put_json(&json, &f->in);
	assert_int_equal(
		0, hl_json_parse(hl_buf_str(&json), json.n, &parsed, NULL));
	const json_t *reports = json_object_get(parsed, "reports");
	assert_int_equal(0, hl_json_int(reports, "n", -1));
	const json_t *removal = json_object_get(parsed, "removal");
	assert_true(json_is_null(json_object_get(
		json_object_get(removal, "from_report"), "median_s")));
	hl_insight_put_csv(&csv, &f->in);
	assert_non_null(strstr(csv.p, "\r\nreports,,n,0\r\n"));
	assert_non_null(strstr(csv.p, "\r\nremoval,from_report,median_s,\r\n"));
}

static void a_period_that_ends_before_it_begins_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(HL_E_INVALID, collect(f, T0, T0));
	assert_int_equal(HL_E_INVALID, collect(f, T0, T0 - 1));
}

static void a_known_history_gives_its_numbers(void **state)
{
	struct fixture *f = *state;
	const int64_t hour = HL_US_PER_HOUR, day = HL_US_PER_DAY;

	add_report(f, 1, T0, HL_TRIAGE_ACCEPTED, 1 * hour);
	add_report(f, 2, T0 + day, HL_TRIAGE_ACCEPTED, 2 * hour);
	add_report(f, 3, T0 + day, HL_TRIAGE_DUPLICATE, 9 * hour);
	add_report(f, 4, T0 - 1, HL_TRIAGE_ACCEPTED, hour); /* before it */
	add_case(f, 1, T0, HL_OUTCOME_BASELINE, 2 * day, 130);
	add_case(f, 2, T0 + day, HL_OUTCOME_LEGAL, 0, 10);
	add_case(f, 3, T0 + 2 * day, HL_OUTCOME_NATIONAL, 0, 50);
	add_case(f, 5, T0 + 3 * day, HL_OUTCOME_BASELINE, 4 * day, 130);
	link_address(f, 1, 1, HL_TRIAGE_ACCEPTED);
	link_address(f, 2, 2, HL_TRIAGE_ACCEPTED);
	link_address(f, 3, 1, HL_TRIAGE_DUPLICATE);
	add_step(f, 1, HL_STEP_ASSESSMENT, T0, 10 * HL_US_PER_MIN);
	add_step(f, 2, HL_STEP_ASSESSMENT, T0, 30 * HL_US_PER_MIN);
	add_step(f, 3, HL_STEP_ASSESSMENT, T0, 50 * HL_US_PER_MIN);
	add_step(f, 5, HL_STEP_ASSESSMENT, T0 + 39 * day, 0); /* runs */
	run_sql(f, "INSERT INTO recipient (id, kind, name, mail, country, "
		   "asn, channel, state, source, created_at_us, "
		   "decided_at_us, decided_by) VALUES (1, 2, 'Host', "
		   "'a@x.invalid', "
		   "'DK', 0, 1, 2, 1, 0, 0, 0)");
	for (int i = 1; i <= 3; i++) {
		run_sql(f,
			"INSERT INTO referral (id, case_id, item_id, "
			"recipient_id, kind, channel, state, version, is_test, "
			"idempotency, hold_until_us, created_by, "
			"created_at_us, "
			"approved_by, approved_at_us, sent_at_us, "
			"closed_at_us, "
			"answer, answered_at_us, answer_hash, answer_until_us, "
			"attempts, last_code, last_error, epoch, "
			"document_sealed, worker_sealed) VALUES (%d, 1, 1, 1, "
			"2, "
			"1, %d, "
			"1, 0, x'%02x', 0, 0, %lld, 0, 0, %lld, 0, %d, %lld, "
			"x'', 0, 0, 0, '', 1, x'', x'')",
			i, i == 3 ? HL_REFERRAL_SENT : HL_REFERRAL_ACKED, i,
			(long long)T0, (long long)(T0 + hour),
			i == 3 ? 0 : HL_ANSWER_REMOVED,
			(long long)(i == 3 ? 0 : T0 + (1 + i) * hour));
	}
	run_sql(f,
		"INSERT INTO answer (id, referral_id, at_us, answer, "
		"via, epoch, words_sealed) VALUES (1, 1, %lld, 1, 1, 1, "
		"x''), "
		"(2, 2, %lld, 1, 1, 1, x''), (3, 2, %lld, 1, 1, 1, x'')",
		(long long)(T0 + 2 * hour), (long long)(T0 + 3 * hour),
		(long long)(T0 + 30 * hour));

	assert_int_equal(0, collect(f, T0, T0 + 30 * day));
	const struct hl_insight *in = &f->in;
	assert_int_equal(3, in->n_reports);
	assert_int_equal(2, in->by_day.n);
	assert_int_equal(2, in->by_day.at[1].n);
	assert_int_equal(3, in->n_addresses);
	assert_int_equal(1, in->n_duplicates);
	assert_int_equal(2, in->n_new_items);
	/* waits of 1, 1, 2 and 9 hours: report 4 was triaged in the period */
	assert_int_equal(4, in->steps[HL_STEP_INTAKE - 1].span.n);
	assert_true(in->steps[HL_STEP_INTAKE - 1].span.median_us == hour);
	assert_true(in->steps[HL_STEP_INTAKE - 1].span.p90_us == 9 * hour);
	const struct hl_insight_step *s = &in->steps[HL_STEP_ASSESSMENT - 1];
	assert_int_equal(3, s->span.n);
	assert_true(s->span.median_us == 30 * HL_US_PER_MIN);
	assert_true(s->span.p90_us == 50 * HL_US_PER_MIN);
	assert_int_equal(1, s->n_running);
	assert_true(s->oldest_us == day);
	assert_int_equal(4, in->n_cases);
	assert_int_equal(1, in->countries.n);
	assert_int_equal(3, in->countries.at[0].n); /* odd ids: DK */
	const struct hl_insight_referrals *p =
		&in->referrals[HL_RECIPIENT_PROVIDER - 1];
	assert_int_equal(3, p->n_made);
	assert_int_equal(3, p->n_sent);
	assert_int_equal(2, p->n_answered);
	assert_int_equal(2, p->to_answer.n);
	assert_true(p->to_answer.median_us == hour);
	assert_true(p->to_answer.p90_us == 2 * hour);
	assert_int_equal(2, in->removal.n);
	assert_true(in->removal.median_us == 2 * day);
	assert_true(in->removal.p90_us == 4 * day);
	assert_int_equal(1, in->notice_to_removal.n);
	assert_true(in->notice_to_removal.median_us == 2 * day - hour);
	assert_int_equal(1, in->online_by_age[4]);
	assert_int_equal(2, in->priority[3].n);
	assert_int_equal(2, in->priority[3].n_illegal);
	assert_int_equal(1, in->priority[0].n);
	assert_int_equal(0, in->priority[0].n_illegal);
}

/* Ids that are equal modulo 1000 belong to one case. */
static void a_step_in_several_hands_is_one(void **state)
{
	struct fixture *f = *state;
	const int64_t m = HL_US_PER_MIN;

	add_case(f, 1, T0, HL_OUTCOME_BASELINE, 0, 1);
	add_step(f, 1, HL_STEP_TRIAGE, T0, 5 * m);
	add_step(f, 1001, HL_STEP_ASSESSMENT, T0 + 5 * m, 10 * m);
	add_step(f, 2001, HL_STEP_ASSESSMENT, T0 + 15 * m, 20 * m);
	add_step(f, 3001, HL_STEP_VERIFICATION, T0 + 35 * m, 5 * m);
	add_step(f, 4001, HL_STEP_ASSESSMENT, T0 + 40 * m, 2 * m);
	add_step(f, 5001, HL_STEP_VERIFICATION, T0 + 42 * m, 3 * m);
	add_step(f, 6001, HL_STEP_NOTICE, T0 + 45 * m, 0);
	add_case(f, 2, T0, HL_OUTCOME_BASELINE, 0, 1);
	add_step(f, 2, HL_STEP_VERIFICATION, T0 + 60 * m, 8 * m);
	add_step(f, 1002, HL_STEP_VERIFICATION, T0 + 68 * m, 0);
	add_case(f, 3, T0, HL_OUTCOME_BASELINE, 0, 1);
	add_step(f, 3, HL_STEP_VERIFICATION, T0, 8 * m);
	add_step(f, 1003, HL_STEP_ADJUDICATION, T0 + 8 * m, m);
	add_step(f, 2003, HL_STEP_VERIFICATION, T0 + 80 * m, 0);
	assert_int_equal(0, collect(f, T0, T0 + HL_US_PER_DAY));
	const struct hl_insight_step *s = f->in.steps;
	assert_int_equal(1, s[HL_STEP_TRIAGE - 1].span.n);
	assert_int_equal(2, s[HL_STEP_ASSESSMENT - 1].span.n);
	assert_true(s[HL_STEP_ASSESSMENT - 1].span.median_us == 2 * m);
	assert_true(s[HL_STEP_ASSESSMENT - 1].span.p90_us == 30 * m);
	assert_int_equal(3, s[HL_STEP_VERIFICATION - 1].span.n);
	assert_true(s[HL_STEP_VERIFICATION - 1].span.p90_us == 8 * m);
	assert_int_equal(2, s[HL_STEP_VERIFICATION - 1].n_running);
	assert_true(s[HL_STEP_VERIFICATION - 1].oldest_us ==
		    40 * HL_US_PER_DAY - 60 * m);
	/* the hand that ended in the period does not end the step in it */
	assert_int_equal(0, collect(f, T0, T0 + 20 * m));
	assert_int_equal(0, s[HL_STEP_ASSESSMENT - 1].span.n);
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void percentiles_agree_with_a_slow_model(void **state)
{
	struct fixture *f = *state;
	uint64_t seed = 12345;
	int64_t all[60];

	for (size_t n = 1; n <= HL_ARRAY_LEN(all); n++) {
		add_case(f, (int)n, T0, HL_OUTCOME_LEGAL, 0, 1);
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		all[n - 1] = (int64_t)(seed >> 40) + 1;
		add_step(f, (int)n, HL_STEP_TRIAGE, T0, all[n - 1]);
		if (n % 7 && n > 4) {
			continue;
		}
		int64_t sorted[HL_ARRAY_LEN(all)];
		memcpy(sorted, all, sizeof(all));
		qsort(sorted, n, sizeof(*sorted), by_size);
		assert_int_equal(0, collect(f, T0, T0 + HL_US_PER_DAY));
		const struct hl_insight_span *s =
			&f->in.steps[HL_STEP_TRIAGE - 1].span;
		if (s->median_us != sorted[(n * 50 + 99) / 100 - 1] ||
			s->p90_us != sorted[(n * 90 + 99) / 100 - 1]) {
			fail_msg("n = %zu", n);
		}
	}
}

static void small_cells_are_hidden(void **state)
{
	struct fixture *f = *state;
	HL_BUF_AUTO csv = HL_BUF_INIT(1 << 20), json = HL_BUF_INIT(1 << 20);

	for (int i = 1; i <= 7; i++) {
		add_report(f, i, T0,
			i <= 5 ? HL_TRIAGE_ACCEPTED : HL_TRIAGE_DUPLICATE,
			HL_US_PER_S);
	}
	assert_int_equal(0, collect(f, T0, T0 + HL_US_PER_DAY));
	hl_insight_suppress(&f->in);
	hl_insight_put_csv(&csv, &f->in);
	assert_non_null(strstr(csv.p, "reports,,n,7\r\n"));
	assert_non_null(strstr(csv.p, "triage,accepted,n,hidden\r\n"));
	assert_non_null(strstr(csv.p, "triage,duplicate,n,hidden\r\n"));
	hl_insight_put_json(&json, &f->in);
	assert_null(strstr(json.p, "\"duplicate\":{\"n\":2"));
}

static void labels_in_charts_are_escaped(void **state)
{
	HL_BUF_AUTO svg = HL_BUF_INIT(1 << 16);
	struct hl_insight_bar bars[] = {
		{HL_STR_INIT("a <b> & c"), 3}, {HL_STR_INIT("d"), 0}};

	(void)state;
	hl_insight_put_svg_bars(&svg, bars, 2);
	assert_non_null(strstr(svg.p, "a &lt;b&gt; &amp; c"));
	hl_buf_reset(&svg);
	hl_insight_put_svg_bars(&svg, bars, 0);
	assert_int_equal(0, svg.n);
}

static void a_picture_of_days_has_its_scale(void **state)
{
	struct hl_insight_count at[] = {{.value = 101, .n = 2},
		{.value = 103, .n = 7}, {.value = 104, .n = 7}};
	const struct hl_insight_counts days = {HL_ARRAY_LEN(at), at};
	const struct hl_insight_counts none = {0};
	struct hl_insight period = {
		.from_us = 100 * HL_US_PER_DAY, .to_us = 110 * HL_US_PER_DAY};
	struct hl_insight_drawn d = hl_insight_drawn_of(&period, &days);

	(void)state;
	assert_int_equal(100, d.first);
	assert_int_equal(109, d.last);
	assert_int_equal(7, d.most);
	assert_int_equal(103, d.most_day); /* the first of them */
	d = hl_insight_drawn_of(&period, &none);
	assert_int_equal(0, d.first + d.last + d.most);
	period.from_us = -2000 * HL_US_PER_DAY; /* too long for columns */
	d = hl_insight_drawn_of(&period, &days);
	assert_int_equal(101, d.first);
	assert_int_equal(104, d.last);
}

/* Two consumers, by day; what is before and after does not count. */
static void what_was_blocked_is_told_by_day(void **state)
{
	struct fixture *f = *state;
	const int64_t day0 = T0 / HL_US_PER_DAY;
	const int64_t from = day0 * HL_US_PER_DAY;
	struct hl_insight_use use = {0};
	struct hl_store *store;

	for (int i = 1; i <= 2; i++) {
		run_sql(f,
			"INSERT INTO list_consumer VALUES (%d, 'c%d', "
			"'x', 1, "
			"2, 2, 1, x'', x'', 9, '', '', x'', '', 1, 1, "
			"2, 1, 0, "
			"0, 0)",
			i, i);
	}
	for (int hour = -1; hour <= 48; hour += 7) {
		long long at = (long long)day0 * 24 + hour;

		run_sql(f,
			"INSERT INTO list_count VALUES (1, %lld, 10, "
			"4, 1, 2, "
			"x''), (2, %lld, 1, 0, 1, 0, x'');"
			"INSERT INTO list_count_entry VALUES "
			"(1, %lld, 5, 9, 5), (2, %lld, 5, 1, 5), "
			"(2, %lld, 6, 1, 5);"
			"INSERT INTO list_use VALUES (1, %lld, 30, 1), "
			"(2, %lld, 500, 0)",
			at, at, at, at, at, at, at);
	}
	assert_int_equal(0, collect(f, from, from + 2 * HL_US_PER_DAY));
	const struct hl_insight *in = &f->in;
	/* hours 6, 13, 20; then 27, 34, 41, and 48 is of the third day
	 */
	assert_int_equal(2, in->blocked.n);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(day0 + (int64_t)i, in->blocked.at[i].value);
		assert_int_equal(33, in->blocked.at[i].n);
		assert_int_equal(12, in->clients.at[i].n);
		assert_int_equal(6, in->let_through.at[i].n);
		assert_int_equal(2, in->entries_hit.at[i].n);
	}
	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_STAFF, &store, NULL));
	assert_int_equal(
		0, hl_insight_list_use(store, f->arena, 1, in, &use, NULL));
	hl_store_close(store);
	assert_int_equal(2, use.asked.n);
	assert_int_equal(90, use.asked.at[1].n);
	assert_int_equal(3, use.refused.at[1].n);
	f->in.blocked.at[0].n = 3;
	hl_insight_suppress(&f->in);
	assert_int_equal(HL_INSIGHT_HIDDEN, in->blocked.at[0].n);
	assert_int_equal(33, in->blocked.at[1].n);
	assert_int_equal(HL_INSIGHT_HIDDEN, in->entries_hit.at[0].n);
	assert_int_equal(12, in->clients.at[0].n);
}

/* Two rows of 2^62: what others told is there all the same. */
static void absurd_counters_are_cut(void **state)
{
	struct fixture *f = *state;
	const int64_t day = T0 / HL_US_PER_DAY, most = INT64_C(1) << 40;
	const int64_t from = day * HL_US_PER_DAY;
	struct hl_insight_use use = {0};
	struct hl_store *store;

	run_sql(f, "INSERT INTO list_consumer VALUES (1, 'c', 'x', 1, 2, 2, 1, "
		   "x'', x'', 9, '', '', x'', '', 1, 1, 2, 1, 0, 0, 0)");
	for (int hour = 0; hour < 3; hour++) {
		long long n = hour < 2 ? 1LL << 62 : 5;
		long long at = (long long)day * 24 + hour;

		run_sql(f,
			"INSERT INTO list_count VALUES (1, %lld, %lld, %lld, "
			"1, %lld, x''); "
			"INSERT INTO list_use VALUES (1, %lld, %lld, %lld)",
			at, n, n, n, at, n, n);
	}
	assert_int_equal(0, collect(f, from, from + HL_US_PER_DAY));
	assert_int_equal(1, f->in.blocked.n);
	assert_int_equal(2 * most + 5, f->in.blocked.at[0].n);
	assert_int_equal(2 * most + 5, f->in.clients.at[0].n);
	assert_int_equal(2 * most + 5, f->in.let_through.at[0].n);
	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_STAFF, &store, NULL));
	assert_int_equal(
		0, hl_insight_list_use(store, f->arena, 1, &f->in, &use, NULL));
	hl_store_close(store);
	assert_int_equal(2 * most + 5, use.asked.at[0].n);
	assert_int_equal(2 * most + 5, use.refused.at[0].n);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_empty_store_gives_a_page_of_zeros),
		TEST(a_period_that_ends_before_it_begins_is_refused),
		TEST(a_known_history_gives_its_numbers),
		TEST(what_was_blocked_is_told_by_day),
		TEST(absurd_counters_are_cut),
		TEST(a_step_in_several_hands_is_one),
		TEST(percentiles_agree_with_a_slow_model),
		TEST(small_cells_are_hidden),
		TEST(labels_in_charts_are_escaped),
		TEST(a_picture_of_days_has_its_scale),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
