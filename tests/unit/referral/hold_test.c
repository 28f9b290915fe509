/* SPDX-License-Identifier: Apache-2.0 */
/* Police first: nothing goes to a provider before they have been told. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"

#define WORLD(w)                 \
	struct world w;          \
	world_begin(&w, *state); \
	world_set(&w, "referral.police_hold_hours", "24")

/* What each of them gets who presses "release"; 0: it goes out. */
static enum hl_referral_why release(
	struct world *w, enum person person, int64_t id)
{
	struct hl_who self = who(w->f, person);
	enum hl_referral_why why = 0;
	struct hl_err err = {.msg = ""};
	int r = hl_referral_release(&self, &w->desk, id, &why, &err);

	if (r < 0) {
		fail_msg("release: %d %s", r, err.msg);
	}
	return r ? why : 0;
}

static int64_t until(struct world *w, int64_t id)
{
	return world_view(w, id).row.hold_until_us;
}

static bool has_note(const struct hl_referral_view *v, const char *part)
{
	for (size_t i = 0; i < v->n_notes; i++) {
		if (strstr(v->notes[i], part)) {
			return true;
		}
	}
	return false;
}

static void untold_there_is_no_deadline(void **state)
{
	WORLD(w);
	int64_t police = world_draft(&w, w.police);
	int64_t id = world_draft(&w, w.provider);

	struct hl_referral_view v = world_view(&w, id);

	assert_true(v.untold && has_note(&v, "Once approved, this waits"));
	struct hl_who rikke = who(w.f, RIKKE);
	ok(hl_referral_approve(&rikke, &w.desk, id, NULL, NULL));
	v = world_view(&w, id);
	assert_int_equal(HL_REFERRAL_LEA_HOLD, v.row.state);
	assert_int_equal(0, v.row.hold_until_us);
	assert_true(v.untold && has_note(&v, "has left"));
	assert_false(v.can_release);
	for (int day = 0; day < 40; day++) {
		later(w.f, HL_US_PER_DAY);
		assert_int_equal(0, world_holds(&w));
	}
	assert_int_equal(HL_REFERRAL_POLICE_FIRST, release(&w, RIKKE, id));
	assert_int_equal(HL_REFERRAL_POLICE_FIRST, release(&w, SIMON, id));
	/* approved is not told */
	rikke = who(w.f, RIKKE);
	ok(hl_referral_approve(&rikke, &w.desk, police, NULL, NULL));
	assert_int_equal(HL_REFERRAL_POLICE_FIRST, release(&w, RIKKE, id));
	assert_int_equal(0, until(&w, id));
	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_equal(
		world_view(&w, police).row.sent_at_us + 24 * HL_US_PER_HOUR,
		until(&w, id));
	assert_true(world_view(&w, id).can_release);
	assert_false(world_view(&w, id).can_override);
	later(w.f, 23 * HL_US_PER_HOUR);
	assert_int_equal(0, world_holds(&w));
	assert_int_equal(0, release(&w, RIKKE, id));
	assert_int_equal(1, world_send(&w).n_sent);
	check_history(w.f);
	world_end(&w);
}

/* What the police have not seen does not count for them. */
static void what_never_left_tells_nobody(void **state)
{
	WORLD(w);
	int64_t police = world_approved(&w, w.police);
	int64_t id = world_approved(&w, w.provider);
	struct hl_who rikke = who(w.f, RIKKE);

	w.fail_status = HL_REFERRAL_MAIL_PERMANENT;
	assert_int_equal(1, world_send(&w).n_failed);
	assert_int_equal(HL_REFERRAL_POLICE_FIRST, release(&w, RIKKE, id));
	ok(hl_referral_close(&rikke, police, NULL, NULL));
	assert_int_equal(HL_REFERRAL_POLICE_FIRST, release(&w, RIKKE, id));
	later(w.f, 90 * HL_US_PER_HOUR);
	assert_int_equal(0, world_holds(&w));
	assert_int_equal(HL_REFERRAL_LEA_HOLD, world_state(&w, id));
	world_end(&w);
}

static void a_bounce_takes_the_deadline_back(void **state)
{
	WORLD(w);
	int64_t police = world_approved(&w, w.police);
	int64_t id = world_approved(&w, w.provider);
	struct hl_who rikke;

	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_not_equal(0, until(&w, id));
	later(w.f, HL_US_PER_HOUR);
	rikke = who(w.f, RIKKE);
	ok(hl_referral_bounced(&rikke, police, NULL, NULL));
	assert_int_equal(HL_REFERRAL_POLICE_FIRST, release(&w, RIKKE, id));
	later(w.f, 30 * HL_US_PER_HOUR);
	assert_int_equal(0, world_holds(&w));
	assert_int_equal(HL_REFERRAL_LEA_HOLD, world_state(&w, id));
	assert_int_equal(0, until(&w, id));
	rikke = who(w.f, RIKKE);
	ok(hl_referral_retry(&rikke, &w.desk, police, NULL, NULL));
	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_equal(hl_time_now_us() + 24 * HL_US_PER_HOUR, until(&w, id));
	world_end(&w);
}

/* A bundle on a stick: told when it was handed over, or has been answered. */
static void a_download_counts_when_it_is_handed_over(void **state)
{
	WORLD(w);
	int64_t unit = world_recipient(&w, HL_RECIPIENT_POLICE, "", "DK");
	int64_t police = world_approved(&w, unit);
	int64_t id = world_approved(&w, w.provider);
	HL_BUF_AUTO bundle = HL_BUF_INIT(1 << 20);
	struct hl_who rikke = who(w.f, RIKKE);
	struct hl_str name;

	ok(hl_referral_download(
		&rikke, &w.desk, police, &bundle, &name, NULL, NULL));
	assert_int_equal(HL_REFERRAL_POLICE_FIRST, release(&w, RIKKE, id));
	later(w.f, HL_US_PER_HOUR);
	rikke = who(w.f, RIKKE);
	ok(hl_referral_handed_over(&rikke, &w.desk, police, NULL, NULL));
	assert_int_equal(hl_time_now_us() + 24 * HL_US_PER_HOUR, until(&w, id));
	later(w.f, 25 * HL_US_PER_HOUR);
	assert_int_equal(1, world_holds(&w));
	world_end(&w);
}

static void an_answer_shows_that_they_know(void **state)
{
	WORLD(w);
	int64_t unit = world_recipient(&w, HL_RECIPIENT_POLICE, "", "DK");
	int64_t police = world_approved(&w, unit);
	int64_t id = world_approved(&w, w.provider);
	char sql[160];

	later(w.f, HL_US_PER_HOUR);
	/* by the link of a download that nobody has marked yet */
	snprintf(sql, sizeof(sql),
		"UPDATE referral SET answer = 1, answered_at_us = %lld "
		"WHERE id = %lld",
		(long long)hl_time_now_us(), (long long)police);
	change(w.f, sql);
	assert_int_equal(0, world_holds(&w));
	assert_int_equal(hl_time_now_us() + 24 * HL_US_PER_HOUR, until(&w, id));
	later(w.f, 24 * HL_US_PER_HOUR);
	assert_int_equal(1, world_holds(&w));
	world_end(&w);
}

/* A rehearsal with the police is no word to them. */
static void a_test_does_not_count_for_a_real_notice(void **state)
{
	WORLD(w);
	world_set(&w, "mail.production", "no");
	int64_t test = world_approved(&w, w.police);
	int64_t rehearsed = world_approved(&w, w.provider);
	int64_t other = world_recipient(
		&w, HL_RECIPIENT_REGISTRAR, "a@names.example.org", "");

	world_set(&w, "mail.production", "yes");
	int64_t id = world_approved(&w, other);
	world_set(&w, "mail.production", "no");
	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_equal(HL_REFERRAL_SENT, world_state(&w, test));
	assert_int_not_equal(0, until(&w, rehearsed));
	assert_int_equal(0, until(&w, id));
	world_set(&w, "mail.production", "yes");
	later(w.f, 48 * HL_US_PER_HOUR);
	assert_int_equal(1, world_holds(&w));
	assert_int_equal(HL_REFERRAL_LEA_HOLD, world_state(&w, id));
	assert_int_equal(HL_REFERRAL_POLICE_FIRST, release(&w, RIKKE, id));
	world_end(&w);
}

static int override(struct world *w, enum person person, int64_t id,
	const char *reason, enum hl_referral_why *why)
{
	struct hl_who self = who(w->f, person);

	*why = 0;
	return hl_referral_override(
		&self, &w->desk, id, hl_str_c(reason), why, NULL);
}

/* The police cannot be reached: a supervisor, in words that are kept. */
static void an_emergency_needs_a_reason(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider);
	struct hl_casework_page page;
	enum hl_referral_why why;
	char ref[HL_REF_MAX], expected[80];

	assert_int_equal(HL_DENIED, override(&w, RIKKE, id, "now", &why));
	assert_int_equal(HL_REFERRAL_NOT_PERMITTED, why);
	assert_int_equal(HL_DENIED, override(&w, ANNA, id, "now", &why));
	assert_int_equal(HL_E_INVALID, override(&w, SIMON, id, "", &why));
	assert_int_equal(HL_E_INVALID, override(&w, SIMON, id, " \n", &why));
	assert_int_equal(HL_REFERRAL_LEA_HOLD, world_state(&w, id));
	assert_true(world_view(&w, id).can_override);
	ok(override(&w, SIMON, id, " A child is on its way there. ", &why));
	assert_int_equal(HL_REFERRAL_QUEUED, world_state(&w, id));
	assert_int_equal(
		1, number(w.f, "SELECT count(*) FROM event WHERE kind = 416"));
	assert_int_equal(
		0, number(w.f, "SELECT count(*) FROM event WHERE kind = 404"));
	struct hl_who simon = who(w.f, SIMON);
	ok(hl_casework_page(&simon, w.case_id, &page, NULL));
	assert_int_equal(1, page.n_notes);
	hl_ref_print(HL_REF_REFERRAL, id, ref);
	snprintf(expected, sizeof(expected), "%s: A child is on its way there.",
		ref);
	assert_true(hl_str_eq(hl_str_c(expected), page.notes[0].words));
	assert_int_equal(HL_DENIED, override(&w, SIMON, id, "again", &why));
	assert_int_equal(1, world_send(&w).n_sent);
	check_history(w.f);
	world_end(&w);
}

static void say(struct world *w, int64_t id, enum hl_answer answer)
{
	struct hl_who rikke = who(w->f, RIKKE);
	struct hl_referral_answer a = {.answer = answer};

	later(w->f, HL_US_PER_MIN);
	ok(hl_referral_staff_answer(&rikke, id, &a, NULL, NULL));
}

/* The notice has left; then the police ask for time after all. */
static void nobody_is_reminded_while_they_ask_to_wait(void **state)
{
	WORLD(w);
	int64_t police = world_approved(&w, w.police);
	int64_t id = world_approved(&w, w.provider);
	enum hl_referral_why why = 0;

	assert_int_equal(1, world_send(&w).n_sent);
	say(&w, police, HL_ANSWER_CLEARED);
	assert_int_equal(1, world_holds(&w));
	assert_int_equal(1, world_send(&w).n_sent);
	assert_true(world_view(&w, id).can_remind);
	say(&w, police, HL_ANSWER_HOLD);
	struct hl_referral_view v = world_view(&w, id);
	assert_true(v.asked && has_note(&v, "asked not to write"));
	assert_false(v.can_remind);
	struct hl_who rikke = who(w.f, RIKKE);
	assert_int_equal(
		HL_DENIED, hl_referral_remind(&rikke, &w.desk, id, &why, NULL));
	assert_int_equal(HL_REFERRAL_POLICE_ASKED, why);
	assert_true(world_view(&w, police).can_remind); /* they may be */
	rikke = who(w.f, RIKKE);
	ok(hl_referral_bounced(&rikke, id, NULL, NULL));
	assert_int_equal(
		HL_DENIED, hl_referral_retry(&rikke, &w.desk, id, &why, NULL));
	assert_int_equal(HL_REFERRAL_POLICE_ASKED, why);
	say(&w, police, HL_ANSWER_CLEARED);
	rikke = who(w.f, RIKKE);
	ok(hl_referral_retry(&rikke, &w.desk, id, &why, NULL));
	assert_int_equal(1, world_send(&w).n_sent);
	/* or their time is over */
	say(&w, police, HL_ANSWER_HOLD);
	later(w.f, 25 * HL_US_PER_HOUR);
	rikke = who(w.f, RIKKE);
	ok(hl_referral_remind(&rikke, &w.desk, id, &why, NULL));
	world_end(&w);
}

/* The operator's own word that nobody has to wait in that country. */
static void no_hours_no_hold(void **state)
{
	WORLD(w);
	int64_t waits = world_approved(&w, w.provider);
	int64_t other = world_recipient(
		&w, HL_RECIPIENT_REGISTRAR, "a@names.example.org", "");

	world_set(&w, "referral.police_hold.DE", "0");
	assert_int_equal(
		HL_REFERRAL_QUEUED, world_state(&w, world_approved(&w, other)));
	assert_false(world_view(&w, waits).untold);
	assert_int_equal(0, release(&w, RIKKE, waits));
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(untold_there_is_no_deadline),
		TEST(what_never_left_tells_nobody),
		TEST(a_bounce_takes_the_deadline_back),
		TEST(a_download_counts_when_it_is_handed_over),
		TEST(an_answer_shows_that_they_know),
		TEST(a_test_does_not_count_for_a_real_notice),
		TEST(an_emergency_needs_a_reason),
		TEST(nobody_is_reminded_while_they_ask_to_wait),
		TEST(no_hours_no_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
