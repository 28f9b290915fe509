/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By brute force: all small tables are published, and those that look the
 * same are put together. A hidden cell must have two values at least among
 * them; so must a small number that is not printed at all. The publication
 * itself is compared, so whatever it gives away counts.
 */
#include "insight/insight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/time.h"
#include "domain/flow.h"
#include "domain/words.h"

#define CELLS 14
#define MOST 6 /* in a cell: small ones, and two that are not */
#define LISTS 6

/* One table: its numbers, which of them must not be known, and a digest of
 * what was published. */
struct table {
	uint64_t digest;
	int64_t cell[CELLS];
	uint32_t secret; /* 1 << cell */
};

struct tables {
	size_t n, max, n_cells;
	struct table *at;
};

struct model {
	struct hl_insight in;
	struct hl_insight_count rows[LISTS][4];
	struct tables *tables;
};

static uint64_t digest_of(const struct hl_insight *in)
{
	HL_BUF_AUTO csv = HL_BUF_INIT(1 << 20);
	uint64_t h = 14695981039346656037u;

	hl_insight_put_csv(&csv, in);
	assert_int_equal(0, csv.fault);
	for (size_t i = 0; i < csv.n; i++) {
		h = (h ^ (uint8_t)csv.p[i]) * 1099511628211u;
	}
	return h;
}

static void model_start(struct model *m, struct tables *tables)
{
	*m = (struct model){.tables = tables};
	m->in.to_us = 3 * HL_US_PER_DAY;
}

/* A list with a row for each number that is not 0, as the store gives it. */
static void set_list(struct model *m, int list,
	struct hl_insight_counts *counts, const int64_t *values,
	const int64_t *n)
{
	counts->n = 0;
	counts->at = m->rows[list];
	for (size_t i = 0; i < 3; i++) {
		if (n[i]) {
			counts->at[counts->n++] = (struct hl_insight_count){
				.value = values[i], .n = n[i]};
		}
	}
}

static struct table *add_table(struct tables *t)
{
	if (t->n == t->max) {
		t->max = t->max ? 2 * t->max : 4096;
		t->at = realloc(t->at, t->max * sizeof(*t->at));
		assert_non_null(t->at);
	}
	t->at[t->n] = (struct table){0};
	return &t->at[t->n++];
}

/* Publishes; `now` points at the cells that can be seen, `always` says which
 * are secret when small even where no cell stands for them. */
static void publish(struct model *m, const int64_t *const *now,
	const int64_t *cells, uint32_t always)
{
	struct table *t = add_table(m->tables);

	hl_insight_suppress(&m->in);
	t->digest = digest_of(&m->in);
	for (size_t i = 0; i < m->tables->n_cells; i++) {
		bool gone = now[i] && *now[i] == HL_INSIGHT_HIDDEN;
		bool small = cells[i] >= 1 && cells[i] <= 4;

		t->cell[i] = cells[i];
		if (gone || (small && (always >> i & 1))) {
			t->secret |= UINT32_C(1) << i;
		}
	}
}

static int by_digest(const void *a, const void *b)
{
	const struct table *x = a, *y = b;

	return x->digest < y->digest ? -1 : x->digest > y->digest;
}

static void check_alike(const struct tables *t, size_t from, size_t to)
{
	for (size_t i = 0; i < t->n_cells; i++) {
		uint32_t secret = 0;
		bool varies = false;

		for (size_t k = from; k < to; k++) {
			secret |= t->at[k].secret >> i & 1;
			varies = varies ||
				 t->at[k].cell[i] != t->at[from].cell[i];
		}
		if (secret && !varies) {
			fail_msg("cell %zu is %lld in all %zu tables alike; "
				 "the first: %lld %lld %lld %lld %lld %lld",
				i, (long long)t->at[from].cell[i], to - from,
				(long long)t->at[from].cell[0],
				(long long)t->at[from].cell[1],
				(long long)t->at[from].cell[2],
				(long long)t->at[from].cell[3],
				(long long)t->at[from].cell[4],
				(long long)t->at[from].cell[5]);
		}
	}
}

/* How many tables have a secret; frees them. */
static size_t check_tables(struct tables *t)
{
	size_t n_secret = 0;

	qsort(t->at, t->n, sizeof(*t->at), by_digest);
	for (size_t i = 0, k; i < t->n; i = k) {
		for (k = i; k < t->n && t->at[k].digest == t->at[i].digest;
			k++) {
			n_secret += t->at[k].secret != 0;
		}
		check_alike(t, i, k);
	}
	free(t->at);
	return n_secret;
}

/* Writes the digits of number in base MOST + 1; false when it has more. */
static bool digits(int64_t number, int64_t *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		cells[i] = number % (MOST + 1);
		number /= MOST + 1;
	}
	return number == 0;
}

/* Three days and the three channels that there are,
 * with the same sum. */
static void lists_with_one_total(void **state)
{
	static const int64_t values[] = {0, 1, 2};
	struct tables tables = {.n_cells = 7};
	int64_t c[7];

	(void)state;
	for (int64_t k = 0; digits(k, c, 6); k++) {
		struct model m;

		c[6] = c[0] + c[1] + c[2];
		if (c[6] != c[3] + c[4] + c[5]) {
			continue;
		}
		model_start(&m, &tables);
		m.in.n_reports = c[6];
		set_list(&m, 0, &m.in.by_day, values, c);
		set_list(&m, 1, &m.in.by_channel, values, c + 3);
		publish(&m,
			(const int64_t *[7]){NULL, NULL, NULL, NULL, NULL, NULL,
				&m.in.n_reports},
			c, 0x7f);
	}
	assert_true(check_tables(&tables) > 5000);
}

/* All reports there are, so that what waits is what was not triaged: the
 * total, the triaged ones and the waiting ones tell of each other. */
static void reports_that_wait(void **state)
{
	static const int64_t values[] = {
		0, HL_TRIAGE_ACCEPTED, HL_TRIAGE_DUPLICATE};
	struct tables tables = {.n_cells = 6};
	int64_t c[6];

	(void)state;
	for (int64_t k = 0; digits(k, c, 3); k++) {
		struct model m;
		struct hl_insight_step *intake;

		if (c[1] == 4 && c[2] == 4 && c[0] % 4 == 0) {
			continue; /* known: there are no more names here */
		}
		model_start(&m, &tables);
		intake = &m.in.steps[HL_STEP_INTAKE - 1];
		m.in.n_reports = c[3] = c[0] + c[1] + c[2];
		m.in.n_untriaged = intake->n_running = c[4] = c[0];
		intake->span.n = c[5] = c[1] + c[2];
		set_list(&m, 0, &m.in.by_triage, values, c);
		publish(&m,
			(const int64_t *[6]){NULL, NULL, NULL, &m.in.n_reports,
				&m.in.n_untriaged, &intake->span.n},
			c, 0x3f);
	}
	assert_true(check_tables(&tables) > 100);
}

static void try_addresses(int64_t most_other)
{
	struct tables tables = {.n_cells = 4};
	int64_t c[4];

	for (int64_t k = 0; digits(k, c, 3); k++) {
		struct model m;

		if (c[2] > most_other) {
			continue;
		}
		model_start(&m, &tables);
		m.in.n_duplicates = c[0];
		m.in.n_new_items = c[1];
		m.in.n_addresses = c[3] = c[0] + c[1] + c[2];
		publish(&m,
			(const int64_t *[4]){&m.in.n_duplicates,
				&m.in.n_new_items, NULL, &m.in.n_addresses},
			c, 0xf);
	}
	assert_true(check_tables(&tables) > 20);
}

/* Also where every address is known to be either new or a duplicate. */
static void addresses_and_their_rate(void **state)
{
	(void)state;
	try_addresses(MOST);
	try_addresses(0);
}

/* Not yet decided, illegal and legal cases, in two bands of priority and in
 * two countries: cells 0-2 by outcome, 3-4 illegal and 5-6 decided by band,
 * 7-8 by country. */
static void publish_case(struct tables *tables, int64_t *c)
{
	static const int64_t values[] = {
		0, HL_OUTCOME_BASELINE, HL_OUTCOME_LEGAL};
	int64_t countries[3] = {c[7], c[8], 0};
	/* by outcome, since there are no more names here */
	bool is_full = c[0] + c[1] + c[2] == 12;
	struct model m;

	model_start(&m, tables);
	m.in.n_cases = c[9] = c[0] + c[1] + c[2];
	set_list(&m, 0, &m.in.outcomes, values, c);
	set_list(&m, 1, &m.in.countries, values, countries);
	for (size_t i = 0; i < m.in.countries.n; i++) {
		struct hl_insight_count *at = &m.in.countries.at[i];

		at->text = at->value ? HL_STR("NL") : HL_STR("DK");
	}
	for (int i = 0; i < HL_INSIGHT_BANDS; i++) {
		m.in.priority[i].to = i;
	}
	for (int i = 0; i < 2; i++) {
		m.in.priority[i].n_illegal = c[3 + i];
		m.in.priority[i].n = c[5 + i];
	}
	publish(&m,
		(const int64_t *[10]){NULL, NULL, NULL,
			&m.in.priority[0].n_illegal,
			&m.in.priority[1].n_illegal, &m.in.priority[0].n,
			&m.in.priority[1].n, NULL, NULL, &m.in.n_cases},
		c, is_full ? 0x3f8 : 0x3ff);
}

static void cases_with_priority_and_country(void **state)
{
	struct tables tables = {.n_cells = 10};
	int64_t c[CELLS];

	(void)state;
	for (int64_t k = 0; digits(k, c, 5); k++) {
		if (c[3] > c[1] || c[4] > c[2]) {
			continue;
		}
		int64_t legal = c[4]; /* of the first band */

		c[4] = c[1] - c[3];
		c[5] = c[3] + legal;
		c[6] = c[4] + c[2] - legal;
		for (c[7] = 0; c[7] <= c[1]; c[7]++) {
			c[8] = c[1] - c[7];
			publish_case(&tables, c);
		}
		c[4] = legal;
	}
	assert_true(check_tables(&tables) > 10000);
}

/* Two kinds of recipient and what they answered; cells 0-3 are answered and
 * not answered, 4-5 the answers, 6-8 the sums. */
static void referrals_and_answers(void **state)
{
	static const int64_t values[] = {
		0, HL_ANSWER_REMOVED, HL_ANSWER_REFUSED};
	struct tables tables = {.n_cells = 8};
	int64_t c[8];

	(void)state;
	for (int64_t k = 0; digits(k, c, 5); k++) {
		struct hl_insight_referrals *f;
		struct model m;
		int64_t n[3] = {c[1] + c[3], c[4], c[0] + c[2] - c[4]};

		if (n[2] < 0) {
			continue;
		}
		model_start(&m, &tables);
		c[5] = n[2];
		f = m.in.referrals;
		for (int i = 0; i < 2; i++) {
			f[i].kind = i + 1;
			f[i].n_answered = c[2 * i];
			f[i].n_sent = c[6 + i] = c[2 * i] + c[2 * i + 1];
			f[i].to_answer.n = c[2 * i];
		}
		set_list(&m, 0, &m.in.answers, values, n);
		publish(&m,
			(const int64_t *[8]){&f[0].n_answered, NULL,
				&f[1].n_answered, NULL, NULL, NULL,
				&f[0].n_sent, &f[1].n_sent},
			c, 0xff);
	}
	assert_true(check_tables(&tables) > 5000);
}

static void referrals_by_state(void **state)
{
	struct tables tables = {.n_cells = 5};
	int64_t c[5];

	(void)state;
	for (int64_t k = 0; digits(k, c, 4); k++) {
		struct hl_insight_referrals *f;
		struct model m;

		model_start(&m, &tables);
		f = m.in.referrals;
		f->n_waiting = c[0];
		f->n_held = c[1];
		f->n_failed = c[2];
		f->n_made = c[4] = c[0] + c[1] + c[2] + c[3];
		publish(&m,
			(const int64_t *[5]){&f->n_waiting, &f->n_held,
				&f->n_failed, NULL, &f->n_made},
			c, 0x1f);
	}
	assert_true(check_tables(&tables) > 1000);
}

/* Removals with and without a notice before, and ages with a known sum. */
static void removals_and_ages(void **state)
{
	struct tables tables = {.n_cells = 3};
	int64_t c[HL_INSIGHT_AGES];

	(void)state;
	for (int64_t k = 0; digits(k, c, 2); k++) {
		struct model m;

		model_start(&m, &tables);
		m.in.notice_to_removal.n = c[0];
		m.in.removal.n = c[2] = c[0] + c[1];
		publish(&m,
			(const int64_t *[3]){&m.in.notice_to_removal.n, NULL,
				&m.in.removal.n},
			c, 0x7);
	}
	assert_true(check_tables(&tables) > 20);
	tables = (struct tables){.n_cells = HL_INSIGHT_AGES};
	for (int64_t k = 0; digits(k, c, 4); k++) {
		struct model m;
		int64_t *a = m.in.online_by_age;

		c[4] = 20 - c[0] - c[1] - c[2] - c[3];
		if (c[4] < 0) {
			continue;
		}
		model_start(&m, &tables);
		memcpy(a, c, sizeof(m.in.online_by_age));
		publish(&m,
			(const int64_t *[5]){&a[0], &a[1], &a[2], &a[3], &a[4]},
			c, 0x1f);
	}
	assert_true(check_tables(&tables) > 1000);
}

static void has(const struct hl_buf *csv, const char *line)
{
	if (!strstr(csv->p, line)) {
		fail_msg("no \"%s\" in\n%s", line, csv->p);
	}
}

/* The publication that gave itself away: 50 reports, 40 + 9 + 1; 56
 * addresses, 52 + 4. What is large stays. */
static void a_publication_to_read(void **state)
{
	static const int64_t places[] = {
		HL_PLACE_WEBSITE, HL_PLACE_FORUM, HL_PLACE_CHAT};
	static const int64_t n[] = {40, 9, 1};
	HL_BUF_AUTO csv = HL_BUF_INIT(1 << 20), json = HL_BUF_INIT(1 << 20);
	struct model m;

	(void)state;
	model_start(&m, NULL);
	m.in.n_reports = 50;
	set_list(&m, 0, &m.in.by_place, places, n);
	m.in.n_addresses = 56;
	m.in.n_new_items = 52;
	m.in.n_duplicates = 4;
	m.in.removal = (struct hl_insight_span){3, HL_US_PER_S, HL_US_PER_S};
	hl_insight_suppress(&m.in);
	hl_insight_put_csv(&csv, &m.in);
	has(&csv, "reports,,n,50\r\n");
	has(&csv, "place,website,n,40\r\n");
	has(&csv, "place,forum,n,hidden\r\n");
	has(&csv, "place,chat,n,hidden\r\n");
	has(&csv, "addresses,,n,hidden\r\n");
	has(&csv, "addresses,,duplicates,hidden\r\n");
	has(&csv, "addresses,,new_items,52\r\n");
	has(&csv, "addresses,,duplicate_rate,hidden\r\n");
	has(&csv, "removal,from_report,median_s,hidden\r\n");
	has(&csv, "removal,from_notice,median_s,\r\n");
	hl_insight_put_json(&json, &m.in);
	has(&json, "\"duplicate_rate\":\"hidden\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_with_one_total),
		cmocka_unit_test(reports_that_wait),
		cmocka_unit_test(addresses_and_their_rate),
		cmocka_unit_test(cases_with_priority_and_country),
		cmocka_unit_test(referrals_and_answers),
		cmocka_unit_test(referrals_by_state),
		cmocka_unit_test(removals_and_ages),
		cmocka_unit_test(a_publication_to_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
