/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/time.h"
#include "domain/event.h"
#include "domain/state.h"

static void assert_str(struct hl_str want, struct hl_str got)
{
	assert_int_equal(want.n, got.n);
	assert_memory_equal(want.p, got.p, want.n);
}

static void saved_draft(struct fixture *f, int n, struct hl_intake_draft *d)
{
	hl_intake_draft_init(d);
	fixture_report(f->arena, n, &d->report);
	assert_int_equal(0, hl_intake_draft_save(&f->at, d, NULL));
}

static int64_t n_reports(struct fixture *f)
{
	return fixture_number(f, "SELECT count(*) FROM report");
}

static void staff_can_open_what_was_sent(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d;
	struct hl_report got = {0};

	saved_draft(f, 5, &d);
	assert_int_equal(0, hl_intake_submit_draft(&f->at, &d, NULL));
	assert_true(d.submitted);
	int64_t id = fixture_number(f, "SELECT id FROM report");
	fixture_open(f, id, HL_INTAKE_PART_ANSWERS, &got);
	assert_str(d.report.addresses_text, got.addresses_text);
	assert_str(d.report.words, got.words);
	assert_int_equal(HL_PLACE_FORUM, got.place);
	assert_int_equal(0, got.contact.n);
	fixture_open(f, id, HL_INTAKE_PART_CONTACT, &got);
	assert_str(d.report.contact, got.contact);
}

static void the_row_says_what_triage_needs(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d;
	static const struct {
		const char *sql;
		int64_t want;
	} rows[] = {
		{"SELECT channel FROM report", HL_INTAKE_FORM},
		{"SELECT danger FROM report", HL_YNU_NO},
		{"SELECT place FROM report", HL_PLACE_FORUM},
		{"SELECT has_contact FROM report", 1},
		{"SELECT is_test FROM report", 0},
		{"SELECT state FROM report", HL_REPORT_RECEIVED},
		{"SELECT length(mailbox_key) FROM report", 32},
		{"SELECT length(lookup) FROM report", 16},
		{"SELECT count(*) FROM report_part WHERE epoch = 1", 2},
		{"SELECT count(*) FROM event", 1},
		{"SELECT kind FROM event", HL_EVENT_REPORT_RECEIVED},
		{"SELECT object_id = (SELECT id FROM report) FROM event", 1},
		{"SELECT b FROM event", HL_REPORT_RECEIVED},
	};

	saved_draft(f, 1, &d);
	assert_int_equal(0, hl_intake_submit_draft(&f->at, &d, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t got = fixture_number(f, rows[i].sql);

		if (got != rows[i].want) {
			fail_msg("%s: %d", rows[i].sql, (int)got);
		}
	}
}

static void sent_twice_is_one_report(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d, stale, later;
	char cookie[HL_SEAL_TOKEN_TEXT];

	saved_draft(f, 1, &d);
	stale = d;
	assert_int_equal(0, hl_intake_submit_draft(&f->at, &d, NULL));
	/* As another window would, which had loaded the answers before. */
	assert_int_equal(0, hl_intake_submit_draft(&f->at, &stale, NULL));
	assert_memory_equal(&d.receipt, &stale.receipt, sizeof(d.receipt));
	/* And as the page does when it is loaded again. */
	assert_int_equal(0,
		hl_intake_draft_load(&f->at,
			hl_seal_token_print(&d.token, cookie), &later, NULL));
	assert_true(later.submitted);
	assert_int_equal(0, hl_intake_submit_draft(&f->at, &later, NULL));
	assert_memory_equal(&d.receipt, &later.receipt, sizeof(d.receipt));
	assert_int_equal(1, n_reports(f));
	/* Nothing of the answers is left in the draft. */
	assert_int_equal(0, later.report.words.n);
	assert_int_equal(
		HL_CONFLICT, hl_intake_draft_save(&f->at, &stale, NULL));
}

static void a_draft_that_is_gone_or_changed_sends_nothing(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d, other;
	char cookie[HL_SEAL_TOKEN_TEXT];

	saved_draft(f, 1, &d);
	other = d;
	assert_int_equal(0, hl_intake_draft_save(&f->at, &other, NULL));
	assert_int_equal(HL_CONFLICT, hl_intake_submit_draft(&f->at, &d, NULL));
	assert_false(d.submitted);
	hl_intake_draft_drop(
		&f->at, hl_seal_token_print(&d.token, cookie), NULL);
	assert_int_equal(
		HL_NOTFOUND, hl_intake_submit_draft(&f->at, &other, NULL));
	assert_int_equal(0, n_reports(f));
}

static void a_new_epoch_is_used_at_once(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d, e;
	struct hl_report got = {0};

	saved_draft(f, 1, &d);
	assert_int_equal(0, hl_intake_submit_draft(&f->at, &d, NULL));
	saved_draft(f, 2, &e);
	fixture_new_epoch(f);
	assert_int_equal(0, hl_intake_submit_draft(&f->at, &e, NULL));
	assert_int_equal(2, n_reports(f));
	int64_t id = fixture_number(f, "SELECT report_id FROM report_part "
				       "WHERE epoch = 2 AND part = 1");
	fixture_open(f, id, HL_INTAKE_PART_ANSWERS, &got);
	fixture_open(f, id, HL_INTAKE_PART_CONTACT, &got);
	assert_str(e.report.contact, got.contact);
}

static void without_keys_no_report_is_taken(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d;

	saved_draft(f, 1, &d);
	assert_int_equal(
		HL_E_UNAVAILABLE, hl_intake_submit_draft(&f->at, &d, NULL));
	assert_false(d.submitted);
}

static void an_idempotency_key_repeats_the_receipt(void **state)
{
	struct fixture *f = *state;
	struct hl_report a, b;
	struct hl_seal_receipt first, again, other;
	struct hl_str key = HL_STR("4fd0c1b2-1111");

	fixture_report(f->arena, 1, &a);
	fixture_report(f->arena, 2, &b);
	assert_int_equal(0, hl_intake_submit(&f->at, &a, key, &first, NULL));
	assert_int_equal(0, hl_intake_submit(&f->at, &a, key, &again, NULL));
	assert_memory_equal(&first, &again, sizeof(first));
	assert_int_equal(1, n_reports(f));
	/* Another report under the same key is another report. */
	assert_int_equal(0, hl_intake_submit(&f->at, &b, key, &other, NULL));
	assert_memory_not_equal(&first, &other, sizeof(first));
	assert_int_equal(
		0, hl_intake_submit(&f->at, &a, HL_STR("k2"), &other, NULL));
	assert_memory_not_equal(&first, &other, sizeof(first));
	assert_int_equal(3, n_reports(f));
	assert_int_equal(HL_INTAKE_API,
		fixture_number(f, "SELECT min(channel) FROM report"));
}

static void without_a_key_each_is_a_report(void **state)
{
	struct fixture *f = *state;
	struct hl_report a;
	struct hl_seal_receipt one, two;

	fixture_report(f->arena, 1, &a);
	assert_int_equal(
		0, hl_intake_submit(&f->at, &a, HL_STR_NONE, &one, NULL));
	assert_int_equal(
		0, hl_intake_submit(&f->at, &a, HL_STR_NONE, &two, NULL));
	assert_memory_not_equal(&one, &two, sizeof(one));
	assert_int_equal(2, n_reports(f));
}

/* Of 100 reports with their contacts no word can be found. */
static void planted_words_are_nowhere(void **state)
{
	struct fixture *f = *state;
	static const char *const words[] = {"quillfeather%d", "b%d.marmalade",
		"gangplank %d", "wednesday-%d", "doubloons-%d", "snapdragon %d",
		"pelican%d"};

	for (int i = 0; i < 100; i++) {
		struct hl_intake_draft d;

		saved_draft(f, i, &d);
		assert_int_equal(0, hl_intake_submit_draft(&f->at, &d, NULL));
	}
	assert_int_equal(100, n_reports(f));
	assert_true(fixture_files_have(f, HL_STR("CREATE TABLE report")));
	for (size_t w = 0; w < HL_ARRAY_LEN(words); w++) {
		char stem[32];

		snprintf(stem, sizeof(stem), "%.*s",
			(int)strcspn(words[w], "%"), words[w]);
		if (strlen(stem) > 1 && fixture_files_have(f, hl_str_c(stem))) {
			fail_msg("%s is in the store", stem);
		}
	}
	assert_false(fixture_files_have(f, HL_STR(".marmalade")));
}

#define N_SENT 30

struct sender {
	struct fixture *f;
	int link;
	int shown;
	struct hl_seal_receipt receipts[N_SENT];
};

/* What the process does for a visitor: a draft, answers, twice "send". */
static int send_one(
	const struct hl_intake_at *at, int n, struct hl_seal_receipt *receipt)
{
	struct hl_intake_draft d;
	char cookie[HL_SEAL_TOKEN_TEXT];

	hl_intake_draft_init(&d);
	fixture_report(at->arena, n, &d.report);
	int r = hl_intake_draft_save(at, &d, NULL);
	/* A draft that the store took just before it crashed. */
	if (r == 0 || r == HL_CONFLICT) {
		r = hl_intake_draft_load(
			at, hl_seal_token_print(&d.token, cookie), &d, NULL);
	}
	if (!r) {
		r = hl_intake_submit_draft(at, &d, NULL);
	}
	*receipt = d.receipt;
	return r;
}

static void *sender(void *arg)
{
	struct sender *s = arg;
	struct hl_arena *arena = hl_arena_new(4 << 20, true);
	struct hl_store *store;
	struct hl_intake_at at = {.intake = s->f->intake, .arena = arena};

	hl_store_link(s->f->ends[s->link][0], &store, NULL);
	at.store = store;
	for (int i = 0; i < N_SENT; i++) {
		s->shown += send_one(&at, s->link * N_SENT + i,
				    &s->receipts[s->shown]) == 0;
		hl_arena_reset(arena);
	}
	hl_store_close(store);
	hl_arena_free(arena);
	return NULL;
}

static void every_shown_receipt_is_there_once(void **state)
{
	struct fixture *f = *state;
	static struct sender senders[N_LINKS];
	pthread_t threads[N_LINKS];
	int shown = 0;

	for (int i = 1; i < N_LINKS; i++) {
		senders[i] = (struct sender){.f = f, .link = i};
		pthread_create(&threads[i], NULL, sender, &senders[i]);
	}
	for (int i = 0; i < 12; i++) {
		usleep(3000 + (useconds_t)i * 700);
		fixture_kill_server(f);
		fixture_start_server(f);
	}
	for (int i = 1; i < N_LINKS; i++) {
		pthread_join(threads[i], NULL);
		shown += senders[i].shown;
		for (int k = 0; k < senders[i].shown; k++) {
			struct hl_intake_status status;

			assert_int_equal(0, hl_intake_status(&f->at,
						    &senders[i].receipts[k],
						    &status, NULL));
			assert_int_equal(HL_STATUS_RECEIVED, status.all);
		}
	}
	assert_int_equal((N_LINKS - 1) * N_SENT, shown);
	assert_int_equal(shown, n_reports(f));
	assert_int_equal(
		shown, fixture_number(f, "SELECT count(*) FROM event"));
}

struct twin {
	struct fixture *f;
	int link;
	struct hl_intake_draft draft;
	int r;
};

static void *twin(void *arg)
{
	struct twin *t = arg;
	struct hl_arena *arena = hl_arena_new(4 << 20, true);
	struct hl_store *store;

	hl_store_link(t->f->ends[t->link][0], &store, NULL);
	struct hl_intake_at at = {t->f->intake, store, arena, 0};
	t->r = hl_intake_submit_draft(&at, &t->draft, NULL);
	hl_store_close(store);
	hl_arena_free(arena);
	return NULL;
}

static void twins_at_the_same_time_are_one_report(void **state)
{
	struct fixture *f = *state;

	for (int round = 0; round < 20; round++) {
		struct twin twins[4];
		pthread_t threads[4];
		struct hl_intake_draft d;

		saved_draft(f, round, &d);
		for (int i = 0; i < 4; i++) {
			twins[i] = (struct twin){f, i + 1, d, -1};
			pthread_create(&threads[i], NULL, twin, &twins[i]);
		}
		for (int i = 0; i < 4; i++) {
			pthread_join(threads[i], NULL);
		}
		for (int i = 0; i < 4; i++) {
			assert_int_equal(0, twins[i].r);
			assert_memory_equal(&twins[0].draft.receipt,
				&twins[i].draft.receipt, sizeof(d.receipt));
		}
	}
	assert_int_equal(20, n_reports(f));
}

int main(void)
{
#define WITH(set_up, test) \
	cmocka_unit_test_setup_teardown(test, set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		WITH(fixture_set_up, staff_can_open_what_was_sent),
		WITH(fixture_set_up, the_row_says_what_triage_needs),
		WITH(fixture_set_up, sent_twice_is_one_report),
		WITH(fixture_set_up,
			a_draft_that_is_gone_or_changed_sends_nothing),
		WITH(fixture_set_up, a_new_epoch_is_used_at_once),
		WITH(fixture_set_up_bare, without_keys_no_report_is_taken),
		WITH(fixture_set_up, an_idempotency_key_repeats_the_receipt),
		WITH(fixture_set_up, without_a_key_each_is_a_report),
		WITH(fixture_set_up, planted_words_are_nowhere),
		WITH(fixture_set_up_served, every_shown_receipt_is_there_once),
		WITH(fixture_set_up_served,
			twins_at_the_same_time_are_one_report),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
