/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's side, and what may go wrong there. */
#include "world.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/time.h"
#include "mailserver.h"
#include "referral/admin.h"

#define WORLD(w)        \
	struct world w; \
	world_begin(&w, *state)

static void say_police(struct world *w, int64_t id, enum hl_answer answer)
{
	struct hl_who rikke = who(w->f, RIKKE);
	struct hl_referral_answer a = {.answer = answer};

	ok(hl_referral_staff_answer(&rikke, id, &a, NULL, NULL));
}

static int64_t step_of(struct world *w)
{
	return number(w->f, "SELECT step FROM case_step WHERE ended_at_us = 0");
}

/* Police told, a notice to the provider on hold. */
static int64_t hold(struct world *w, int64_t *police)
{
	world_set(w, "referral.police_hold_hours", "24");
	*police = world_approved(w, w->police);
	assert_int_equal(1, world_send(w).n_sent);
	later(w->f, HL_US_PER_HOUR);
	int64_t id = world_approved(w, w->provider);
	assert_int_equal(HL_REFERRAL_LEA_HOLD, world_state(w, id));
	assert_int_equal(0, world_send(w).n_sent);
	return id;
}

static void a_hold_ends_by_its_deadline(void **state)
{
	WORLD(w);
	int64_t police, id = hold(&w, &police);

	int64_t sent_at = world_view(&w, police).row.sent_at_us;

	assert_int_equal(sent_at + 24 * HL_US_PER_HOUR,
		world_view(&w, id).row.hold_until_us);
	later(w.f, 22 * HL_US_PER_HOUR);
	assert_int_equal(0, world_holds(&w));
	/* the clock is set back, and on again */
	hl_time_pretend(w.f->start_us - 48 * HL_US_PER_HOUR);
	assert_int_equal(0, world_holds(&w));
	hl_time_pretend(w.f->start_us + 25 * HL_US_PER_HOUR);
	assert_int_equal(1, world_holds(&w));
	assert_int_equal(0, world_holds(&w));
	assert_int_equal(HL_REFERRAL_QUEUED, world_state(&w, id));
	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_equal(
		1, number(w.f, "SELECT count(*) FROM event WHERE kind = 405"));
	check_history(w.f);
	world_end(&w);
}

static void a_person_ends_a_hold(void **state)
{
	WORLD(w);
	int64_t police, id = hold(&w, &police);
	struct hl_who rikke, anna = who(w.f, ANNA);
	enum hl_referral_why why;

	assert_int_equal(
		HL_DENIED, hl_referral_release(&anna, &w.desk, id, &why, NULL));
	rikke = who(w.f, RIKKE);
	ok(hl_referral_release(&rikke, &w.desk, id, &why, NULL));
	assert_int_equal(HL_DENIED,
		hl_referral_release(&rikke, &w.desk, id, &why, NULL));
	assert_int_equal(1, world_send(&w).n_sent);
	world_end(&w);
}

static void the_police_end_a_hold(void **state)
{
	WORLD(w);
	int64_t police, id = hold(&w, &police);

	say_police(&w, police, HL_ANSWER_CLEARED);
	assert_int_equal(HL_REFERRAL_LEA_HOLD, world_state(&w, id));
	assert_int_equal(1, world_holds(&w));
	assert_int_equal(1, world_send(&w).n_sent);
	/* and what comes later is not held */
	int64_t other = world_recipient(
		&w, HL_RECIPIENT_REGISTRAR, "a@names.example.org", "");
	assert_int_equal(
		HL_REFERRAL_QUEUED, world_state(&w, world_approved(&w, other)));
	world_end(&w);
}

static void the_police_ask_for_more_time(void **state)
{
	WORLD(w);
	int64_t police, id = hold(&w, &police);

	later(w.f, 20 * HL_US_PER_HOUR);
	say_police(&w, police, HL_ANSWER_HOLD);
	later(w.f, 4 * HL_US_PER_HOUR); /* past the first deadline */
	assert_int_equal(0, world_holds(&w));
	assert_int_equal(
		world_view(&w, police).row.answered_at_us + 24 * HL_US_PER_HOUR,
		world_view(&w, id).row.hold_until_us);
	later(w.f, 21 * HL_US_PER_HOUR);
	assert_int_equal(1, world_holds(&w));
	world_end(&w);
}

/* The unit of the host's country was told later and is silent. */
static void any_unit_may_end_a_hold(void **state)
{
	WORLD(w);
	int64_t police, id = hold(&w, &police);
	int64_t unit = world_recipient(&w, HL_RECIPIENT_POLICE, "", "DE");

	later(w.f, HL_US_PER_MIN);
	world_approved(&w, unit);
	later(w.f, HL_US_PER_MIN);
	say_police(&w, police, HL_ANSWER_CLEARED);
	later(w.f, HL_US_PER_MIN);
	say_police(&w, police, HL_ANSWER_RECEIVED); /* takes nothing back */
	assert_int_equal(1, world_holds(&w));
	assert_int_equal(HL_REFERRAL_QUEUED, world_state(&w, id));
	world_end(&w);
}

static void a_reminder_moves_no_deadline(void **state)
{
	WORLD(w);
	int64_t police, id = hold(&w, &police);
	int64_t until = world_view(&w, id).row.hold_until_us;
	int64_t sent = world_view(&w, police).row.sent_at_us;
	struct hl_who rikke = who(w.f, RIKKE);

	later(w.f, 3 * HL_US_PER_HOUR);
	ok(hl_referral_remind(&rikke, &w.desk, police, NULL, NULL));
	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_equal(until, world_view(&w, id).row.hold_until_us);
	assert_int_equal(sent, world_view(&w, police).row.sent_at_us);
	world_end(&w);
}

/* What is back online begins anew: everybody is told again, police first. */
static void what_comes_back_is_referred_anew(void **state)
{
	WORLD(w);
	int64_t police, id = hold(&w, &police);
	struct hl_referral_plan plan;
	struct hl_casefile c;
	struct hl_who rikke;

	say_police(&w, police, HL_ANSWER_CLEARED);
	world_holds(&w);
	assert_int_equal(1, world_send(&w).n_sent);
	later(w.f, HL_US_PER_DAY);
	load(w.f, w.case_id, &c);
	assert_int_equal(HL_CASE_MONITORING, c.now.state);
	ok(hl_casefile_act(
		&c, HL_ACTION_REAPPEAR, HL_EVENT_CASE_REOPENED, NULL));
	struct hl_tx *tx = hl_tx_begin(w.f->store, w.f->arena);
	hl_casefile_put(tx, &c, 0);
	ok(hl_tx_run(tx, NULL));
	later(w.f, HL_US_PER_MIN);
	rikke = who(w.f, RIKKE);
	ok(hl_referral_plan(&rikke, &w.desk, w.case_id, &plan, NULL));
	assert_false(plan.cleared);
	assert_int_equal(HL_REFERRAL_PLAN_READY, plan.at[0].state);
	assert_int_equal(HL_REFERRAL_PLAN_READY, plan.at[1].state);
	int64_t again = world_approved(&w, w.provider);
	assert_int_not_equal(id, again);
	assert_int_equal(HL_REFERRAL_LEA_HOLD, world_state(&w, again));
	assert_int_equal(0, world_holds(&w));
	check_history(w.f);
	world_end(&w);
}

/* A provider's own link can end nothing, and a partner is not held. */
static void the_clock_runs_for_the_police(void **state)
{
	WORLD(w);
	int64_t police;

	world_set(&w, "referral.police_hold_hours", "24");
	police = world_draft(&w, w.police); /* keeps the case open */
	int64_t id = world_approved(&w, w.provider);
	assert_int_equal(HL_STEP_POLICE, step_of(&w));
	assert_int_equal(HL_REFERRAL_QUEUED,
		world_state(&w, world_approved(&w, w.partner)));
	struct hl_who simon = who(w.f, SIMON);
	ok(hl_referral_override(&simon, &w.desk, id,
		HL_STR("Their line is dead."), NULL, NULL));
	assert_int_equal(HL_STEP_NOTICE, step_of(&w));
	assert_int_equal(2, world_send(&w).n_sent);
	assert_int_equal(
		HL_CASE_ACTIONING, number(w.f, "SELECT state FROM cases"));
	/* thrown away: nothing is left to send */
	struct hl_who rikke = who(w.f, RIKKE);
	ok(hl_referral_close(&rikke, police, NULL, NULL));
	assert_int_equal(
		HL_CASE_MONITORING, number(w.f, "SELECT state FROM cases"));
	assert_int_equal(HL_STEP_REMOVAL, step_of(&w));
	check_history(w.f);
	world_end(&w);
}

static void transient_is_tried_again(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider);
	int tries = 0;

	w.fail_status = HL_REFERRAL_MAIL_TRANSIENT;
	for (int i = 0; i < 40 && tries < 4; i++) {
		tries += world_send(&w).n_retried;
		later(w.f, HL_US_PER_MIN);
	}
	assert_int_equal(4, tries);
	struct hl_referral_view v = world_view(&w, id);
	assert_int_equal(HL_REFERRAL_RETRYING, v.row.state);
	assert_int_equal(4, v.row.attempts);
	assert_int_equal(451, v.row.last_code);
	assert_true(v.row.next_at_us > hl_time_now_us());
	/* a clock that was set back does not keep it for a year */
	later(w.f, -400 * HL_US_PER_DAY);
	w.fail_status = 0;
	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_equal(HL_REFERRAL_SENT, world_state(&w, id));
	world_end(&w);
}

static void permanent_waits_for_a_person(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider);
	struct hl_who rikke;

	w.fail_status = HL_REFERRAL_MAIL_PERMANENT;
	assert_int_equal(1, world_send(&w).n_failed);
	later(w.f, HL_US_PER_DAY);
	assert_int_equal(0, world_send(&w).n_failed);
	struct hl_referral_view v = world_view(&w, id);
	assert_int_equal(HL_REFERRAL_PERMANENT_ERROR, v.row.state);
	assert_true(v.can_retry && v.can_cancel);
	assert_true(hl_str_eq(HL_STR("not now"), v.row.last_error));
	rikke = who(w.f, RIKKE);
	ok(hl_referral_retry(&rikke, &w.desk, id, NULL, NULL));
	w.fail_status = 0;
	assert_int_equal(1, world_send(&w).n_sent);
	world_end(&w);
}

static void it_gives_up_at_last(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider);
	int failed = 0;

	w.fail_status = HL_REFERRAL_MAIL_TRANSIENT;
	for (int i = 0; i < 200 && !failed; i++) {
		failed = world_send(&w).n_retried &&
			 world_state(&w, id) == HL_REFERRAL_PERMANENT_ERROR;
		later(w.f, HL_US_PER_HOUR);
	}
	assert_true(failed);
	assert_true(hl_time_now_us() - w.f->start_us > 5 * HL_US_PER_DAY);
	world_end(&w);
}

static void another_host_needs_another_plan(void **state)
{
	WORLD(w);
	int64_t police = world_approved(&w, w.police);
	int64_t id = world_approved(&w, w.provider);
	struct hl_casefile c;

	w.host = HL_REFERRAL_HOST_CHANGED;
	struct hl_referral_round round = world_send(&w);
	assert_int_equal(1, round.n_sent); /* the police want it anyway */
	assert_int_equal(1, round.n_superseded);
	assert_int_equal(1, w.n_sends);
	assert_int_equal(HL_REFERRAL_SENT, world_state(&w, police));
	assert_int_equal(HL_REFERRAL_CLOSED, world_state(&w, id));
	load(w.f, w.case_id, &c);
	assert_int_equal(HL_CASE_ACTIONING, c.now.state);
	assert_int_equal(HL_ITEM_HOST_CHANGED, c.now.item_state);
	assert_int_equal(0, number(w.f, "SELECT sum(length(worker_sealed)) "
					"FROM referral"));
	/* to the new host's provider */
	w.host = HL_REFERRAL_HOST_OK;
	int64_t other = world_recipient(
		&w, HL_RECIPIENT_PROVIDER, "abuse@other.example.org", "");
	world_approved(&w, other);
	assert_int_equal(1, world_send(&w).n_sent);
	load(w.f, w.case_id, &c);
	assert_int_equal(HL_CASE_MONITORING, c.now.state);
	assert_int_equal(HL_ITEM_ONLINE, c.now.item_state);
	check_history(w.f);
	world_end(&w);
}

static void no_look_delays_an_hour(void **state)
{
	WORLD(w);
	int sent = 0;

	world_approved(&w, w.provider);
	w.host = HL_REFERRAL_HOST_UNAVAILABLE;
	assert_int_equal(1, world_send(&w).n_retried);
	for (int i = 0; i < 24 * 60 && !sent; i++) {
		later(w.f, HL_US_PER_MIN);
		sent = world_send(&w).n_sent;
	}
	assert_int_equal(1, sent);
	assert_true(hl_time_now_us() - w.f->start_us >= HL_US_PER_HOUR);
	assert_true(hl_time_now_us() - w.f->start_us < 3 * HL_US_PER_HOUR);
	world_end(&w);
}

static void retired_contacts_get_nothing(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider);
	struct hl_who rikke = who(w.f, RIKKE);

	ok(hl_referral_recipient_retire(&rikke, w.provider, NULL, NULL));
	assert_int_equal(1, world_send(&w).n_failed);
	assert_int_equal(0, w.n_sends);
	assert_int_equal(HL_REFERRAL_PERMANENT_ERROR, world_state(&w, id));
	world_end(&w);
}

static void cancel_while_sending(struct world *w)
{
	struct hl_who rikke = who(w->f, RIKKE);
	enum hl_referral_why why;
	int64_t id = w->item_id; /* lent by the test */

	assert_int_equal(HL_DENIED, hl_referral_close(&rikke, id, &why, NULL));
	assert_int_equal(HL_REFERRAL_SENDING, why);
	w->before = NULL;
}

static void no_cancelling_while_it_is_sent(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider);

	w.outbox.before_send = NULL;
	w.item_id = id;
	w.before = cancel_while_sending;
	assert_int_equal(1, world_send(&w).n_sent);
	assert_null(w.before);
	assert_int_equal(HL_REFERRAL_SENT, world_state(&w, id));
	world_end(&w);
}

static int send_and_die(void *ctx, const struct hl_referral_envelope *envelope,
	struct hl_str message, struct hl_referral_sent *result,
	struct hl_err *err)
{
	struct world *w = ctx;

	if (hl_referral_mail_send(&w->via, envelope, message, result, err)) {
		_exit(3);
	}
	kill(getpid(), SIGKILL);
	return 0;
}

static void killed_between_sent_and_recorded(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider);
	int status;

	hl_store_close(w.f->store);
	w.f->store = NULL;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct hl_referral_round round;

		w.outbox.send = send_and_die;
		if (hl_store_open(
			    w.f->path, HL_STORE_WORKER, &w.f->store, NULL)) {
			_exit(2);
		}
		w.outbox.store = w.f->store;
		hl_referral_outbox_run(&w.outbox, w.f->arena, 10, &round, NULL);
		_exit(4);
	}
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	change(w.f, "SELECT 1");
	assert_int_equal(1, world_mails(&w));
	assert_int_equal(HL_REFERRAL_QUEUED, world_state(&w, id));
	assert_int_equal(0, world_send(&w).n_sent); /* leased still */
	later(w.f, 11 * HL_US_PER_MIN);
	assert_int_equal(1, world_send(&w).n_sent);
	struct hl_referral_view v = world_view(&w, id);
	assert_int_equal(HL_REFERRAL_SENT, v.row.state);
	/* not silently */
	assert_true(hl_str_find(v.row.last_error, HL_STR("arrive twice")) <
		    v.row.last_error.n);
	assert_int_equal(
		1, number(w.f, "SELECT count(*) FROM event WHERE kind = 408"));
	/* the same bytes under the same name: the folder keeps one */
	assert_int_equal(1, world_mails(&w));
	world_end(&w);
}

static void a_full_disk_delays(void **state)
{
	WORLD(w);
	struct rlimit before, none;
	int64_t id = world_approved(&w, w.provider);
	struct hl_referral_round round;

	/* the folder's disk is full, the store's is not */
	ok(getrlimit(RLIMIT_FSIZE, &before));
	signal(SIGXFSZ, SIG_IGN);
	none = before;
	none.rlim_cur = 100;
	w.via.folder = "/dev/full/mail";
	round = world_send(&w);
	assert_int_equal(1, round.n_retried);
	assert_true(round.config && round.reply[0]);
	assert_int_equal(HL_REFERRAL_RETRYING, world_state(&w, id));
	/* the store's is full: nothing is lost, the fault is told */
	w.via.folder = w.folder;
	later(w.f, HL_US_PER_HOUR);
	w.outbox.store = w.f->store;
	ok(setrlimit(RLIMIT_FSIZE, &none));
	int r = hl_referral_outbox_run(&w.outbox, w.f->arena, 10, &round, NULL);
	ok(setrlimit(RLIMIT_FSIZE, &before));
	assert_true(r < 0);
	later(w.f, HL_US_PER_HOUR);
	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_equal(1, world_mails(&w));
	world_end(&w);
}

static void over_a_real_mail_server(void **state)
{
	WORLD(w);
	struct mailserver s;
	HL_BUF_AUTO mail = HL_BUF_INIT(1 << 20);
	int64_t id = world_approved(&w, w.provider);

	mailserver_start(&s, NULL);
	world_set(&w, "mail.smtp.url", s.url);
	world_set(&w, "mail.transport", "smtp");
	w.via = (struct hl_referral_transport){.via = HL_MAIL_SMTP,
		.production = true,
		.url = s.url,
		.user = s.user,
		.password = s.password,
		.ca_file = s.ca_file,
		.total_timeout_ms = 10000};
	assert_int_equal(1, world_send(&w).n_sent);
	assert_true(mailserver_wait(&s, 1, "10"));
	mailserver_read(&s, &mail);
	assert_true(hl_str_find(hl_buf_str(&mail),
			    HL_STR("X-OpenHotline-Referral: F-")) < mail.n);
	assert_int_equal(250, world_view(&w, id).row.last_code);
	mailserver_stop(&s);
	/* gone: retried, nothing lost */
	id = world_approved(&w, w.partner);
	assert_int_equal(1, world_send(&w).n_retried);
	assert_int_equal(HL_REFERRAL_RETRYING, world_state(&w, id));
	w.via = (struct hl_referral_transport){
		.via = HL_MAIL_FOLDER, .production = true, .folder = w.folder};
	later(w.f, HL_US_PER_HOUR);
	assert_int_equal(1, world_send(&w).n_sent);
	world_end(&w);
}

/* Delivered, not recorded yet, and the recipient is quick. */
static int send_and_answer(void *ctx,
	const struct hl_referral_envelope *envelope, struct hl_str message,
	struct hl_referral_sent *result, struct hl_err *err)
{
	struct world *w = ctx;
	struct hl_referral_answer a = {.answer = HL_ANSWER_REMOVED};
	enum hl_referral_repeat repeat;

	ok(hl_referral_mail_send(&w->via, envelope, message, result, err));
	ok(hl_referral_link_answer(w->f->store, w->f->arena, world_token(w, 0),
		HL_REFERRAL_VIA_PAGE, &a, &repeat, NULL));
	assert_int_equal(
		HL_REFERRAL_QUEUED, world_view(w, w->provider).row.state);
	return 0;
}

static void an_answer_may_overtake_the_record(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider);

	w.provider = id; /* lent to the sender */
	w.outbox.send = send_and_answer;
	assert_int_equal(1, world_send(&w).n_sent);
	struct hl_referral_view v = world_view(&w, id);
	assert_int_equal(HL_REFERRAL_ACKED, v.row.state);
	assert_int_equal(HL_ANSWER_REMOVED, v.row.answer);
	assert_int_equal(1, v.n_answers);
	world_end(&w);
}

/* From the command line on the host, without any key. */
static void the_host_retries(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider), other;
	enum hl_referral_why why;
	struct hl_referral_recipient r = {.kind = HL_RECIPIENT_POLICE,
		.name = HL_STR("Unit"),
		.channel = HL_REFERRAL_BY_DOWNLOAD};

	assert_int_equal(HL_DENIED, hl_referral_admin_retry(w.f->store,
					    w.f->arena, id, &why, NULL));
	assert_int_equal(HL_REFERRAL_WRONG_STATE, why);
	w.fail_status = HL_REFERRAL_MAIL_PERMANENT;
	world_send(&w);
	hl_store_close(w.f->store);
	ok(hl_store_open(w.f->path, HL_STORE_ADMIN, &w.f->store, NULL));
	ok(hl_referral_admin_retry(w.f->store, w.f->arena, id, &why, NULL));
	assert_int_equal(HL_NOTFOUND,
		hl_referral_admin_retry(w.f->store, w.f->arena, 5, &why, NULL));
	ok(hl_referral_admin_recipient_add(
		w.f->store, w.f->arena, &r, &other, NULL));
	ok(hl_referral_admin_recipient_decide(
		w.f->store, w.f->arena, other, true, NULL));
	assert_int_equal(
		HL_CONFLICT, hl_referral_admin_recipient_decide(w.f->store,
				     w.f->arena, other, false, NULL));
	change(w.f, "SELECT 1"); /* all roles again */
	w.fail_status = 0;
	assert_int_equal(1, world_send(&w).n_sent);
	world_end(&w);
}

/* Each process may run its own statements and no others. */
static void roles_are_narrow(void **state)
{
	WORLD(w);
	struct hl_store *store;
	struct hl_referral_link link;
	struct hl_referral_round round;
	struct hl_row_referral_document *document;
	struct hl_row_recipient_list *recipients;
	struct hl_row_referral_mail *mail;
	size_t n;
	int64_t id = world_approved(&w, w.provider);

	hl_store_close(w.f->store);
	ok(hl_store_open(w.f->path, HL_STORE_PUBLIC, &store, NULL));
	assert_int_equal(HL_NOTFOUND,
		hl_referral_link(store, w.f->arena,
			HL_STR("AAAAAAAAAAAAAAAAAAAAAAAAAAA"), &link, NULL));
	assert_int_equal(
		HL_DENIED, hl_get_referral_document(store, w.f->arena,
				   &(struct hl_in_referral_document){id},
				   &document, &n, NULL));
	assert_int_equal(HL_DENIED, hl_get_recipient_list(store, w.f->arena,
					    &(struct hl_in_recipient_list){0},
					    &recipients, &n, NULL));
	w.outbox.store = store;
	assert_int_not_equal(0,
		hl_referral_outbox_run(&w.outbox, w.f->arena, 5, &round, NULL));
	hl_store_close(store);
	ok(hl_store_open(w.f->path, HL_STORE_STAFF, &store, NULL));
	assert_int_equal(HL_DENIED,
		hl_get_referral_mail(store, w.f->arena,
			&(struct hl_in_referral_mail){id}, &mail, &n, NULL));
	hl_store_close(store);
	ok(hl_store_open(w.f->path, HL_STORE_WORKER, &w.f->store, NULL));
	assert_int_equal(
		HL_DENIED, hl_get_referral_document(w.f->store, w.f->arena,
				   &(struct hl_in_referral_document){id},
				   &document, &n, NULL));
	assert_int_equal(1, world_send(&w).n_sent);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_hold_ends_by_its_deadline),
		TEST(a_person_ends_a_hold),
		TEST(the_police_end_a_hold),
		TEST(the_police_ask_for_more_time),
		TEST(any_unit_may_end_a_hold),
		TEST(a_reminder_moves_no_deadline),
		TEST(what_comes_back_is_referred_anew),
		TEST(the_clock_runs_for_the_police),
		TEST(transient_is_tried_again),
		TEST(permanent_waits_for_a_person),
		TEST(it_gives_up_at_last),
		TEST(another_host_needs_another_plan),
		TEST(no_look_delays_an_hour),
		TEST(retired_contacts_get_nothing),
		TEST(no_cancelling_while_it_is_sent),
		TEST(killed_between_sent_and_recorded),
		TEST(a_full_disk_delays),
		TEST(over_a_real_mail_server),
		TEST(an_answer_may_overtake_the_record),
		TEST(the_host_retries),
		TEST(roles_are_narrow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
