/* SPDX-License-Identifier: Apache-2.0 */
/* The whole life of referrals, as officers, the worker and recipients lead
 * it, with a mail folder. */
#include "world.h"

#include "base/time.h"
#include "referral/bundle.h"
#include "referral/xarf.h"

#define WORLD(w)        \
	struct world w; \
	world_begin(&w, *state)

static struct hl_referral_answer says(enum hl_answer answer)
{
	return (struct hl_referral_answer){.answer = answer};
}

static enum hl_referral_repeat answer_by(
	struct world *w, struct hl_str token, enum hl_answer answer)
{
	struct hl_referral_answer a = says(answer);
	enum hl_referral_repeat repeat;
	struct hl_err err = {.msg = ""};
	int r = hl_referral_link_answer(w->f->store, w->f->arena, token,
		HL_REFERRAL_VIA_PAGE, &a, &repeat, &err);

	if (r) {
		fail_msg("answer: %d %s", r, err.msg);
	}
	return repeat;
}

static void assert_in(struct hl_str text, const char *words)
{
	if (hl_str_find(text, hl_str_c(words)) == text.n) {
		fail_msg("\"%s\" is not in: %.*s", words, HL_STR_ARG(text));
	}
}

static void assert_not_in(struct hl_str text, const char *words)
{
	if (hl_str_find(text, hl_str_c(words)) < text.n) {
		fail_msg("\"%s\" is in: %.*s", words, HL_STR_ARG(text));
	}
}

static void plan_names_everybody(void **state)
{
	WORLD(w);
	struct hl_who rikke = who(w.f, RIKKE), vera = who(w.f, VERA);
	struct hl_referral_plan plan;

	ok(hl_referral_plan(&rikke, &w.desk, w.case_id, &plan, NULL));
	assert_int_equal(3, plan.n);
	assert_true(plan.at[0].kind == HL_RECIPIENT_POLICE &&
		    plan.at[0].recipient.id == w.police &&
		    plan.at[0].hold_hours == 0);
	assert_int_equal(w.provider, plan.at[1].recipient.id);
	assert_int_equal(HL_REFERRAL_PLAN_READY, plan.at[1].state);
	assert_int_equal(w.partner, plan.at[2].recipient.id);
	assert_true(
		hl_str_eq(HL_STR("abuse@host.example.org"), plan.abuse_mail));
	assert_true(plan.may_draft);
	assert_int_equal(HL_NOTFOUND,
		hl_referral_plan(&vera, &w.desk, w.case_id, &plan, NULL));
	assert_int_equal(
		HL_NOTFOUND, hl_referral_plan(&rikke, &w.desk, 5, &plan, NULL));
	world_end(&w);
}

static void plan_says_what_is_missing(void **state)
{
	WORLD(w);
	struct hl_who rikke;
	struct hl_referral_plan plan;

	change(w.f, "UPDATE recipient SET state = 1 WHERE kind = 2; "
		    "UPDATE recipient SET state = 4 WHERE kind = 1;"
		    "UPDATE item SET country = ''");
	rikke = who(w.f, RIKKE);
	world_set(&w, "mail.transport", "none");
	ok(hl_referral_plan(&rikke, &w.desk, w.case_id, &plan, NULL));
	assert_int_equal(2, plan.n);
	assert_int_equal(HL_REFERRAL_PLAN_MISSING, plan.at[0].state);
	assert_int_equal(HL_REFERRAL_PLAN_WAITS, plan.at[1].state);
	assert_true(plan.at[1].recipient.may_approve);
	assert_int_equal(2, plan.n_missing); /* country, mail is off */
	world_end(&w);
}

static void contacts_take_two_persons(void **state)
{
	WORLD(w);
	struct hl_who sofie = who(w.f, SOFIE), rikke = who(w.f, RIKKE),
		      anna = who(w.f, ANNA);
	struct hl_referral_recipient r = {.kind = HL_RECIPIENT_REGISTRAR,
		.name = HL_STR("Names Ltd"),
		.mail = HL_STR("abuse@names.example.org"),
		.channel = HL_REFERRAL_BY_MAIL};
	struct hl_referral_draft_input in = {.case_id = w.case_id};
	enum hl_referral_why why;
	int64_t id, referral;

	ok(hl_referral_recipient_add(&sofie, &r, &id, NULL));
	assert_int_equal(
		HL_CONFLICT, hl_referral_recipient_add(&sofie, &r, &id, NULL));
	assert_int_equal(
		HL_DENIED, hl_referral_recipient_add(&anna, &r, &id, NULL));
	id = number(w.f, "SELECT id FROM recipient WHERE kind = 5");
	sofie = who(w.f, SOFIE);
	rikke = who(w.f, RIKKE);
	in.recipient_id = id;
	assert_int_equal(HL_DENIED,
		hl_referral_draft(&rikke, &w.desk, &in, &referral, &why, NULL));
	assert_int_equal(HL_REFERRAL_CONTACT, why);
	assert_int_equal(HL_DENIED,
		hl_referral_recipient_decide(&sofie, id, true, &why, NULL));
	assert_int_equal(HL_REFERRAL_SAME_PERSON, why);
	ok(hl_referral_recipient_decide(&rikke, id, true, &why, NULL));
	assert_int_equal(HL_DENIED,
		hl_referral_recipient_decide(&rikke, id, false, &why, NULL));
	assert_int_equal(HL_REFERRAL_WRONG_STATE, why);
	/* a new address has to be approved anew */
	r.id = id;
	r.mail = HL_STR("other@names.example.org");
	ok(hl_referral_recipient_change(&rikke, &r, &why, NULL));
	ok(hl_referral_recipient_get(&rikke, id, &r, NULL));
	assert_int_equal(HL_CONTACT_PROPOSED, r.state);
	assert_false(r.may_approve);
	world_end(&w);
}

static void names_are_what_is_seen(void **state)
{
	static const struct {
		const char *name;
		enum hl_referral_recipient_problem problem;
	} rows[] = {
		{"Example Host", HL_RECIPIENT_OK},
		{"B\xc3\xb8rn & s\xc3\xb8n \xe0\xae\xb7", HL_RECIPIENT_OK},
		/* a joiner, which some scripts cannot be written without */
		{"\xd9\x85\xe2\x80\x8c\xd9\x85", HL_RECIPIENT_OK},
		{"", HL_RECIPIENT_NAME},
		{" \t", HL_RECIPIENT_NAME},
		{"a\nb", HL_RECIPIENT_NAME},
		{"a\x7f", HL_RECIPIENT_NAME},
		{"a\xc2\x85", HL_RECIPIENT_NAME},
		{"a\xe2\x80\xae"
		 "b",
			HL_RECIPIENT_NAME},
		{"a\xe2\x81\xa6"
		 "b",
			HL_RECIPIENT_NAME},
		{"a\xe2\x80\x8f"
		 "b",
			HL_RECIPIENT_NAME},
		{"a\xd8\x9c"
		 "b",
			HL_RECIPIENT_NAME},
		{"a\xe2\x80\xa8"
		 "b",
			HL_RECIPIENT_NAME},
		{"a\xff", HL_RECIPIENT_NAME},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_referral_recipient r = {.kind = HL_RECIPIENT_PROVIDER,
			.name = hl_str_c(rows[i].name),
			.mail = HL_STR("abuse@example.org"),
			.channel = HL_REFERRAL_BY_MAIL};

		if (hl_referral_recipient_check(&r) != rows[i].problem) {
			fail_msg("row %zu: %s", i, rows[i].name);
		}
	}
}

static void from_draft_to_removed(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider);
	HL_BUF_AUTO mail = HL_BUF_INIT(1 << 20);
	struct hl_casefile c;
	struct hl_referral_view v;
	struct hl_who rikke;
	enum hl_referral_why why;

	assert_int_equal(HL_REFERRAL_QUEUED, world_state(&w, id));
	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_equal(1, w.n_looks);
	assert_int_equal(1, world_mails(&w));
	world_mail(&w, 0, &mail);
	assert_in(hl_buf_str(&mail), "<abuse@host.example.org>");
	assert_in(hl_buf_str(&mail), "name=\"xarf.json\"");
	assert_not_in(hl_buf_str(&mail), "[TEST]");
	assert_not_in(hl_buf_str(&mail), "made-when");
	v = world_view(&w, id);
	assert_int_equal(HL_REFERRAL_SENT, v.row.state);
	assert_int_equal(1, v.row.attempts);
	load(w.f, w.case_id, &c);
	assert_int_equal(HL_CASE_MONITORING, c.now.state);
	assert_int_equal(HL_STATUS_TO_PROVIDER, c.public_status);
	assert_int_equal(1, number(w.f, "SELECT count(*) FROM watch "
					"WHERE active = 1 AND next_at_us > 0"));
	assert_int_equal(0, number(w.f, "SELECT sum(length(worker_sealed)) "
					"FROM referral"));

	struct hl_str token = world_token(&w, 0);
	later(w.f, HL_US_PER_HOUR);
	assert_int_equal(
		HL_REFERRAL_RECORDED, answer_by(&w, token, HL_ANSWER_REMOVED));
	assert_int_equal(
		HL_REFERRAL_REPEATED, answer_by(&w, token, HL_ANSWER_REMOVED));
	assert_int_equal(
		HL_REFERRAL_CHANGED, answer_by(&w, token, HL_ANSWER_RECEIVED));
	assert_int_equal(
		HL_REFERRAL_CHANGED, answer_by(&w, token, HL_ANSWER_REMOVED));
	v = world_view(&w, id);
	assert_int_equal(HL_REFERRAL_ACKED, v.row.state);
	assert_int_equal(3, v.n_answers);
	assert_true(v.answers[2].open && v.can_confirm_removed);
	/* a provider's word does not make it gone; the watch or a person does
	 */
	load(w.f, w.case_id, &c);
	assert_int_equal(HL_STATUS_TO_PROVIDER, c.public_status);
	world_set(&w, "watch.enabled", "yes");
	assert_false(world_view(&w, id).can_confirm_removed);
	rikke = who(w.f, RIKKE);
	assert_int_equal(HL_DENIED,
		hl_referral_confirm_removed(&rikke, &w.desk, id, &why, NULL));
	assert_int_equal(HL_REFERRAL_WATCHED, why);
	world_set(&w, "watch.enabled", "no");
	ok(hl_referral_confirm_removed(&rikke, &w.desk, id, NULL, NULL));
	load(w.f, w.case_id, &c);
	assert_int_equal(HL_ITEM_OFFLINE, c.now.item_state);
	assert_int_equal(HL_STATUS_REMOVED, c.public_status);
	assert_int_equal(HL_CASE_CLOSED, c.now.state);
	check_history(w.f);
	world_end(&w);
}

static void the_preview_is_what_leaves(void **state)
{
	WORLD(w);
	int64_t id = world_draft(&w, w.provider);
	struct hl_who rikke = who(w.f, RIKKE), vera = who(w.f, VERA),
		      adam = who(w.f, ADAM);
	struct hl_referral_preview p;
	enum hl_referral_why why;

	ok(hl_referral_preview(&rikke, &w.desk, id, &p, &why, NULL));
	assert_in(p.json, "http://www.example.org/pictures/1");
	assert_in(p.json, "\"abuse_contact\"");
	assert_in(p.json, "192.0.2.7");
	assert_in(p.html, "hxxp");
	assert_in(p.mail, "hxxp://www[.]example[.]org/pictures/1");
	assert_not_in(p.mail, "http://www.example.org");
	assert_in(p.mail, "/answer/made-when-this-is-approved-");
	ok(hl_referral_xarf_check(p.xarf, NULL));
	assert_int_equal(HL_NOTFOUND,
		hl_referral_preview(&vera, &w.desk, id, &p, &why, NULL));
	assert_int_equal(HL_NOTFOUND,
		hl_referral_preview(&adam, &w.desk, id, &p, &why, NULL));
	assert_int_equal(
		1, number(w.f, "SELECT count(*) FROM event WHERE kind = 413"));
	world_end(&w);
}

/* What somebody types in later is not in the draft. */
static void a_draft_says_that_the_host_has_changed(void **state)
{
	static const struct {
		const char *country;
		int asn;
		bool newer;
	} rows[] = {
		{"DE", 64500, false}, /* looked up again, the same */
		{"", 0, false},       /* nothing found */
		{"DE", 64501, true},
		{"NL", 64500, true},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		WORLD(w);
		int64_t id = world_draft(&w, w.provider);
		char sql[400];

		later(w.f, HL_US_PER_MIN);
		snprintf(sql, sizeof(sql),
			"INSERT INTO trace (id, item_id, at_us, epoch, "
			"facts_sealed, worker_sealed, source, country, asn, "
			"network, missing) VALUES (78, %lld, %lld, 1, x'', "
			"x'', 1, '%s', %d, 'EXAMPLE-NET', 0)",
			(long long)w.item_id, (long long)hl_time_now_us(),
			rows[i].country, rows[i].asn);
		change(w.f, sql);
		if (world_view(&w, id).row.newer_host != rows[i].newer) {
			fail_msg("row %zu", i);
		}
		struct hl_who rikke = who(w.f, RIKKE);
		ok(hl_referral_approve(&rikke, &w.desk, id, NULL, NULL));
		assert_false(world_view(&w, id).row.newer_host);
		world_end(&w);
		tear_down(state);
		set_up(state);
	}
}

static void a_second_click_makes_nothing(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider), other;
	struct hl_who rikke = who(w.f, RIKKE);
	struct hl_referral_draft_input in = {w.case_id, w.provider, {0}};
	enum hl_referral_why why;

	assert_int_equal(HL_DENIED,
		hl_referral_draft(&rikke, &w.desk, &in, &other, &why, NULL));
	assert_int_equal(HL_REFERRAL_EXISTS, why);
	assert_int_equal(HL_DENIED,
		hl_referral_approve(&rikke, &w.desk, id, &why, NULL));
	assert_int_equal(HL_REFERRAL_WRONG_STATE, why);
	assert_int_equal(1, number(w.f, "SELECT count(*) FROM outbox"));
	rikke = who(w.f, RIKKE);
	/* closed before it left: another may be made */
	ok(hl_referral_close(&rikke, id, &why, NULL));
	assert_int_equal(0, world_send(&w).n_sent);
	other = world_approved(&w, w.provider);
	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_equal(HL_REFERRAL_SENT, world_state(&w, other));
	assert_int_equal(HL_REFERRAL_CLOSED, world_state(&w, id));
	world_end(&w);
}

static void tests_say_so(void **state)
{
	WORLD(w);
	HL_BUF_AUTO mail = HL_BUF_INIT(1 << 20);
	int64_t id;

	world_set(&w, "mail.production", "no");
	w.via.production = false;
	id = world_approved(&w, w.provider);
	assert_int_equal(1, world_send(&w).n_sent);
	world_mail(&w, 0, &mail);
	assert_in(hl_buf_str(&mail), "Subject: [TEST] ");
	assert_in(hl_buf_str(&mail), "X-OpenHotline-Test: yes");
	assert_true(world_view(&w, id).row.is_test);
	world_end(&w);
}

/* Made in production, then the installation is set back to tests. */
static void what_is_skipped_is_not_sent(void **state)
{
	static const struct {
		const char *key, *value, *words;
	} rows[] = {
		{"mail.transport", "none", "switched off"},
		{"mail.production", "no", "test messages only"},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		WORLD(w);
		struct hl_referral_round round;
		int64_t id;

		id = world_approved(&w, w.provider);
		world_set(&w, rows[i].key, rows[i].value);
		round = world_send(&w);
		if (round.n_skipped != 1 || round.n_sent || w.n_sends) {
			fail_msg("%s: skipped %d, sent %d, tried %d",
				rows[i].key, round.n_skipped, round.n_sent,
				w.n_sends);
		}
		struct hl_referral_view v = world_view(&w, id);
		assert_int_equal(HL_REFERRAL_QUEUED, v.row.state);
		assert_in(v.row.last_error, rows[i].words);
		assert_int_equal(1, v.n_notes);
		/* and sent when it is switched on again */
		world_set(&w, "mail.transport", "folder");
		world_set(&w, "mail.production", "yes");
		later(w.f, 10 * HL_US_PER_MIN);
		assert_int_equal(1, world_send(&w).n_sent);
		assert_int_equal(0, world_view(&w, id).row.last_error.n);
		world_end(&w);
		tear_down(state);
		set_up(state);
	}
}

static void a_bundle_is_handed_over(void **state)
{
	WORLD(w);
	int64_t unit = world_recipient(&w, HL_RECIPIENT_POLICE, "", "DE");
	int64_t id = world_approved(&w, unit);
	HL_BUF_AUTO zip = HL_BUF_SECRET(HL_REFERRAL_BUNDLE_MAX);
	struct hl_who rikke = who(w.f, RIKKE);
	struct hl_referral_bundle_info info;
	struct hl_str name;
	enum hl_referral_why why;

	assert_int_equal(HL_REFERRAL_APPROVED, world_state(&w, id));
	assert_int_equal(HL_DENIED,
		hl_referral_handed_over(&rikke, &w.desk, id, &why, NULL));
	assert_int_equal(HL_REFERRAL_EXPORT_FIRST, why);
	ok(hl_referral_download(&rikke, &w.desk, id, &zip, &name, &why, NULL));
	assert_true(hl_str_ends(name, HL_STR(".zip")));
	ok(hl_referral_bundle_verify(
		hl_buf_str(&zip), &w.key.pub, 1, &info, NULL));
	struct hl_str json = hl_referral_bundle_part_of(hl_buf_str(&zip), 0);
	assert_in(json, "/answer/");
	assert_not_in(json, "made-when-this-is-approved");
	size_t at = hl_str_find(json, HL_STR("/answer/"));
	struct hl_str token = hl_str_sub(json, at + 8, 27);
	struct hl_referral_link link;
	ok(hl_referral_link(w.f->store, w.f->arena, token, &link, NULL));
	assert_int_equal(id, link.id);
	ok(hl_referral_handed_over(&rikke, &w.desk, id, &why, NULL));
	assert_int_equal(HL_REFERRAL_SENT, world_state(&w, id));
	assert_int_equal(0, number(w.f, "SELECT count(*) FROM outbox"));
	assert_int_equal(1, number(w.f, "SELECT count(*) FROM event "
					"WHERE kind = 414"));
	assert_int_equal(HL_STATUS_TO_POLICE,
		number(w.f, "SELECT public_status FROM item"));
	world_end(&w);
}

static void one_link_opens_one_referral(void **state)
{
	WORLD(w);
	int64_t a = world_approved(&w, w.provider);
	int64_t b = world_approved(&w, w.partner);
	struct hl_referral_link link;
	struct hl_str token, other = HL_STR("AAAAAAAAAAAAAAAAAAAAAAAAAAA");
	struct hl_referral_answer no = says(HL_ANSWER_HOLD);
	enum hl_referral_repeat repeat;

	assert_int_equal(2, world_send(&w).n_sent);
	token = world_token(&w, 0);
	ok(hl_referral_link(w.f->store, w.f->arena, token, &link, NULL));
	assert_true(link.id == a || link.id == b);
	int64_t first = link.id;
	ok(hl_referral_link(
		w.f->store, w.f->arena, world_token(&w, 1), &link, NULL));
	assert_int_equal(first == a ? b : a, link.id);
	assert_int_equal(HL_NOTFOUND,
		hl_referral_link(w.f->store, w.f->arena, other, &link, NULL));
	assert_int_equal(HL_NOTFOUND, hl_referral_link(w.f->store, w.f->arena,
					      HL_STR("x"), &link, NULL));
	/* a provider cannot hold or clear */
	assert_int_equal(HL_E_INVALID,
		hl_referral_link_answer(w.f->store, w.f->arena, token,
			HL_REFERRAL_VIA_JSON, &no, &repeat, NULL));
	later(w.f, 400 * HL_US_PER_DAY);
	assert_int_equal(HL_DENIED,
		hl_referral_link(w.f->store, w.f->arena, token, &link, NULL));
	no.answer = HL_ANSWER_REMOVED;
	assert_int_equal(HL_DENIED,
		hl_referral_link_answer(w.f->store, w.f->arena, token,
			HL_REFERRAL_VIA_JSON, &no, &repeat, NULL));
	w.outbox.store = w.f->store;
	later(w.f, 40 * HL_US_PER_DAY);
	ok(hl_referral_links_run(&w.outbox, w.f->arena, NULL));
	assert_int_equal(HL_NOTFOUND,
		hl_referral_link(w.f->store, w.f->arena, token, &link, NULL));
	world_end(&w);
}

static void words_are_sealed(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider);
	struct hl_referral_answer a = {.answer = HL_ANSWER_MOVED,
		.new_address = HL_STR("http://unheard-of.example.org/2"),
		.note = HL_STR("quite unmistakable words")};
	struct hl_who rikke;
	enum hl_referral_repeat repeat;

	world_send(&w);
	struct hl_str token = world_token(&w, 0);
	ok(hl_referral_link_answer(w.f->store, w.f->arena, token,
		HL_REFERRAL_VIA_JSON, &a, &repeat, NULL));
	assert_int_equal(
		0, number(w.f, "SELECT count(*) FROM answer WHERE "
			       "instr(words_sealed, 'unmistakable') > 0 OR "
			       "instr(words_sealed, 'unheard') > 0"));
	struct hl_referral_view v = world_view(&w, id);
	assert_true(v.answers[0].open);
	assert_true(hl_str_eq(a.new_address, v.answers[0].new_address));
	assert_true(hl_str_eq(a.note, v.answers[0].note));
	assert_int_equal(HL_REFERRAL_VIA_JSON, v.answers[0].via);
	later(w.f, HL_US_PER_MIN);
	/* by telephone */
	a = says(HL_ANSWER_REMOVED);
	rikke = who(w.f, RIKKE);
	ok(hl_referral_staff_answer(&rikke, id, &a, NULL, NULL));
	v = world_view(&w, id);
	assert_int_equal(2, v.n_answers);
	assert_int_equal(w.f->people[RIKKE], v.answers[1].staff_id);
	assert_int_equal(HL_ANSWER_REMOVED, v.row.answer);
	world_end(&w);
}

static void reminders_have_a_new_link(void **state)
{
	WORLD(w);
	int64_t id = world_approved(&w, w.provider);
	HL_BUF_AUTO mail = HL_BUF_INIT(1 << 20);
	struct hl_referral_link link;
	struct hl_who rikke;

	world_send(&w);
	struct hl_str token = world_token(&w, 0);
	assert_false(world_view(&w, id).row.overdue);
	later(w.f, 20 * HL_US_PER_DAY);
	assert_true(world_view(&w, id).row.overdue);
	rikke = who(w.f, RIKKE);
	ok(hl_referral_remind(&rikke, &w.desk, id, NULL, NULL));
	/* what they have works until they have the other */
	w.fail_status = HL_REFERRAL_MAIL_TRANSIENT;
	assert_int_equal(1, world_send(&w).n_retried);
	ok(hl_referral_link(w.f->store, w.f->arena, token, &link, NULL));
	w.fail_status = 0;
	later(w.f, HL_US_PER_HOUR);
	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_equal(2, world_mails(&w));
	world_mail(&w, 1, &mail);
	if (hl_str_find(hl_buf_str(&mail), HL_STR("Reminder: ")) == mail.n) {
		hl_buf_reset(&mail);
		world_mail(&w, 0, &mail);
	}
	assert_in(hl_buf_str(&mail), "Subject: Reminder: ");
	assert_int_equal(HL_NOTFOUND,
		hl_referral_link(w.f->store, w.f->arena, token, &link, NULL));
	assert_false(world_view(&w, id).row.overdue);
	rikke = who(w.f, RIKKE);
	ok(hl_referral_bounced(&rikke, id, NULL, NULL));
	assert_true(world_view(&w, id).can_retry);
	rikke = who(w.f, RIKKE);
	ok(hl_referral_retry(&rikke, &w.desk, id, NULL, NULL));
	assert_int_equal(1, world_send(&w).n_sent);
	world_end(&w);
}

static int64_t n_overdue(struct world *w, int64_t *first)
{
	struct hl_who rikke = who(w->f, RIKKE);
	struct hl_referral_filter filter = {.overdue = true, .n_most = 9};
	const struct hl_referral_row *rows;
	struct hl_referral_counts counts;
	size_t n;

	ok(hl_referral_counts(&rikke, &w->desk, &counts, NULL));
	ok(hl_referral_list(&rikke, &w->desk, &filter, &rows, &n, NULL));
	assert_int_equal(counts.n_overdue, n);
	for (size_t i = 0; i < n; i++) {
		assert_true(rows[i].overdue);
	}
	*first = n ? rows[0].id : 0;
	return (int64_t)n;
}

static void who_does_not_answer_is_listed(void **state)
{
	WORLD(w);
	int64_t one = world_approved(&w, w.provider), first;
	int64_t other = world_approved(&w, w.partner);
	struct hl_referral_answer a = says(HL_ANSWER_REMOVED);
	struct hl_who rikke;

	assert_int_equal(0, n_overdue(&w, &first)); /* nothing has left */
	later(w.f, 30 * HL_US_PER_DAY);
	assert_int_equal(0, n_overdue(&w, &first));
	assert_int_equal(2, world_send(&w).n_sent);
	later(w.f, 23 * HL_US_PER_HOUR);
	assert_int_equal(0, n_overdue(&w, &first));
	later(w.f, 2 * HL_US_PER_HOUR);
	assert_int_equal(2, n_overdue(&w, &first));
	rikke = who(w.f, RIKKE);
	ok(hl_referral_staff_answer(&rikke, one, &a, NULL, NULL));
	assert_int_equal(1, n_overdue(&w, &first));
	assert_int_equal(other, first);
	rikke = who(w.f, RIKKE);
	ok(hl_referral_remind(&rikke, &w.desk, other, NULL, NULL));
	assert_int_equal(1, world_send(&w).n_sent);
	assert_int_equal(0, n_overdue(&w, &first));
	later(w.f, 25 * HL_US_PER_HOUR);
	assert_int_equal(1, n_overdue(&w, &first));
	rikke = who(w.f, RIKKE);
	ok(hl_referral_bounced(&rikke, other, NULL, NULL));
	assert_int_equal(0, n_overdue(&w, &first));
	world_end(&w);
}

/* The notice stays sent, and its link good, whatever became of a reminder. */
static void a_reminder_can_be_taken_back(void **state)
{
	static const struct {
		int fail; /* of the reminder; 0: it has not been tried */
		enum hl_referral_state waits;
		bool answered;
	} rows[] = {
		{0, HL_REFERRAL_QUEUED, false},
		{HL_REFERRAL_MAIL_TRANSIENT, HL_REFERRAL_RETRYING, false},
		{HL_REFERRAL_MAIL_PERMANENT, HL_REFERRAL_PERMANENT_ERROR,
			false},
		{0, HL_REFERRAL_QUEUED, true},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		WORLD(w);
		int64_t id = world_approved(&w, w.provider);
		struct hl_referral_answer a = says(HL_ANSWER_RECEIVED);
		struct hl_referral_link link;
		enum hl_referral_repeat repeat;
		enum hl_referral_why why = 0;
		struct hl_who rikke;

		assert_int_equal(1, world_send(&w).n_sent);
		struct hl_str token = world_token(&w, 0);
		later(w.f, HL_US_PER_DAY);
		rikke = who(w.f, RIKKE);
		assert_int_equal(
			HL_DENIED, hl_referral_recall(&rikke, id, &why, NULL));
		assert_int_equal(HL_REFERRAL_WRONG_STATE, why);
		ok(hl_referral_remind(&rikke, &w.desk, id, NULL, NULL));
		w.fail_status = rows[i].fail;
		if (rows[i].fail) {
			world_send(&w);
		}
		if (rows[i].answered) {
			ok(hl_referral_link_answer(w.f->store, w.f->arena,
				token, HL_REFERRAL_VIA_PAGE, &a, &repeat,
				NULL));
		}
		struct hl_referral_view v = world_view(&w, id);
		assert_int_equal(rows[i].waits, v.row.state);
		assert_true(v.can_recall && !v.can_cancel);
		rikke = who(w.f, RIKKE);
		ok(hl_referral_recall(&rikke, id, &why, NULL));
		assert_int_equal(
			rows[i].answered ? HL_REFERRAL_ACKED : HL_REFERRAL_SENT,
			world_state(&w, id));
		w.fail_status = 0;
		later(w.f, HL_US_PER_DAY);
		assert_int_equal(0, world_send(&w).n_sent);
		ok(hl_referral_link(
			w.f->store, w.f->arena, token, &link, NULL));
		a = says(HL_ANSWER_REMOVED);
		ok(hl_referral_link_answer(w.f->store, w.f->arena, token,
			HL_REFERRAL_VIA_PAGE, &a, &repeat, NULL));
		assert_int_equal(HL_REFERRAL_ACKED, world_state(&w, id));
		check_history(w.f);
		world_end(&w);
		tear_down(state);
		set_up(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plan_names_everybody),
		TEST(plan_says_what_is_missing),
		TEST(contacts_take_two_persons),
		cmocka_unit_test(names_are_what_is_seen),
		TEST(from_draft_to_removed),
		TEST(the_preview_is_what_leaves),
		TEST(a_draft_says_that_the_host_has_changed),
		TEST(a_second_click_makes_nothing),
		TEST(tests_say_so),
		TEST(what_is_skipped_is_not_sent),
		TEST(a_bundle_is_handed_over),
		TEST(one_link_opens_one_referral),
		TEST(words_are_sealed),
		TEST(reminders_have_a_new_link),
		TEST(who_does_not_answer_is_listed),
		TEST(a_reminder_can_be_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
