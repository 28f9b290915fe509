/* SPDX-License-Identifier: Apache-2.0 */
/* The thread of a case through the rooms: what one does and another needs.
 * Run with the DNS fixture. */
#include "world.h"

#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "casework/share.h"
#include "trace/record.h"
#include "watch/run.h"

#define HOST "www.example.org"

struct thread {
	struct world w;
	struct hl_net_dns_config dns;
	struct hl_net_policy *policy;
	struct hl_net_client client;
	struct hl_watch_plan plan;
};

static void dns(char *verb, bool with_address)
{
	char *tool = getenv("HL_DNS_PY"), *dir = getenv("HL_TEST_DNS_DIR");
	char host[] = HOST, ttl[] = "1", type[] = "A", at[] = "192.0.2.7";
	char *argv[] = {tool, verb, dir, host, with_address ? ttl : NULL, type,
		at, NULL};
	pid_t pid;
	int status;

	assert_non_null(tool);
	ok(posix_spawn(&pid, tool, NULL, NULL, argv, environ));
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void appear(void)
{
	char verb[] = "set";

	dns(verb, true);
}

static void vanish(void)
{
	char verb[] = "unset";

	dns(verb, false);
}

static void thread_begin(struct thread *t, struct fixture *f)
{
	*t = (struct thread){0};
	world_begin(&t->w, f);
	ok(hl_net_policy_new(
		&(struct hl_net_policy_config){0}, &t->policy, NULL));
	ok(hl_net_dns_config_init(
		&t->dns, hl_str_c(getenv("HL_TEST_DNS")), NULL));
	t->dns.timeout_ms = 5000;
	t->dns.deadline_ms = 15000;
	t->client = (struct hl_net_client){.policy = t->policy,
		.dns = &t->dns,
		.user_agent = "Mozilla/5.0"};
	hl_watch_plan_default(&t->plan);
	appear();
}

static void thread_end(struct thread *t)
{
	hl_net_policy_free(t->policy);
	world_end(&t->w);
}

#define THREAD(t)        \
	struct thread t; \
	thread_begin(&t, *state)

/* What the worker does when its turn comes; whether there was anything. */
static bool look(struct thread *t)
{
	struct hl_watch_worker worker = {.store = t->w.f->store,
		.check = {.client = &t->client},
		.plan = &t->plan,
		.secret = &t->w.f->worker};
	struct hl_err err = {.msg = ""};
	bool found;

	if (hl_watch_next(&worker, &found, &err)) {
		fail_msg("a look: %s", err.msg);
	}
	return found;
}

static void expect(struct thread *t, const char *when, enum hl_case_state state,
	enum hl_item_state item)
{
	struct hl_casefile c;

	load(t->w.f, t->w.case_id, &c);
	if (c.now.state != (int)state || c.now.item_state != (int)item) {
		fail_msg("%s: case %d, item %d", when, c.now.state,
			c.now.item_state);
	}
}

/* Told, watched, seen once. */
static void pass_on(struct thread *t)
{
	world_approved(&t->w, t->w.provider);
	assert_int_equal(1, world_send(&t->w).n_sent);
	later(t->w.f, HL_US_PER_HOUR);
	assert_true(look(t));
	expect(t, "passed on", HL_CASE_MONITORING, HL_ITEM_ONLINE);
}

/* How many sealed values the worker could open. */
static int64_t copies(struct thread *t)
{
	return number(t->w.f,
		"SELECT (SELECT count(*) FROM item WHERE worker_sealed <> x'')"
		" + (SELECT count(*) FROM trace WHERE worker_sealed <> x'')"
		" + (SELECT count(*) FROM referral WHERE worker_sealed <> "
		"x'')");
}

static void close_it(struct thread *t, enum hl_close_reason reason)
{
	struct hl_who sofie = who(t->w.f, SOFIE);

	ok(hl_casework_close(&sofie, t->w.case_id, reason, NULL, NULL));
	later(t->w.f, HL_US_PER_DAY);
	assert_false(look(t));
	assert_int_equal(0, copies(t));
}

static void reopen(struct thread *t, bool with_keys)
{
	struct hl_who sofie = who(t->w.f, SOFIE);

	sofie.ring = with_keys ? sofie.ring : &t->w.f->empty;
	ok(hl_casework_reopen(&sofie, t->w.case_id, NULL, NULL));
	later(t->w.f, HL_US_PER_S);
}

static struct hl_casework_page page(struct thread *t)
{
	struct hl_who sofie = who(t->w.f, SOFIE);
	struct hl_casework_page page;

	ok(hl_casework_page(&sofie, t->w.case_id, &page, NULL));
	return page;
}

/* Neither looking up hosts nor watching was on when it was reported. */
static void what_is_approved_can_be_watched(void **state)
{
	THREAD(t);

	assert_int_equal(
		1, number(t.w.f, "SELECT length(worker_sealed) = 0 FROM item"));
	pass_on(&t);
	thread_end(&t);
}

/* Passed on by a version, or by somebody, that gave the worker no address. */
static void what_is_shared_later_is_watched(void **state)
{
	THREAD(t);
	struct hl_who rikke;
	size_t n;

	world_approved(&t.w, t.w.provider);
	assert_int_equal(1, world_send(&t.w).n_sent);
	change(t.w.f, "UPDATE item SET worker_sealed = x''");
	later(t.w.f, HL_US_PER_HOUR);
	assert_false(look(&t));
	rikke = who(t.w.f, RIKKE);
	ok(hl_casework_share(&rikke, 10, &n, NULL));
	assert_int_equal(1, n);
	assert_true(look(&t));
	expect(&t, "shared", HL_CASE_MONITORING, HL_ITEM_ONLINE);
	thread_end(&t);
}

/* What was drafted is what leaves, whatever became of the item's own seal. */
static void a_broken_seal_keeps_no_mail_back(void **state)
{
	THREAD(t);
	int64_t id = world_draft(&t.w, t.w.provider);

	change(t.w.f, "UPDATE item SET url_sealed = zeroblob(200)");
	struct hl_who rikke = who(t.w.f, RIKKE);
	ok(hl_referral_approve(&rikke, &t.w.desk, id, NULL, NULL));
	assert_int_equal(1, world_send(&t.w).n_sent);
	later(t.w.f, HL_US_PER_HOUR);
	assert_false(look(&t));
	assert_true(page(&t).watch_active && page(&t).address_broken);
	assert_false(page(&t).worker_has_address);
	thread_end(&t);
}

static void reopened_by_a_person_is_watched(void **state)
{
	static const struct {
		const char *name;
		enum hl_close_reason reason;
		enum hl_item_state then; /* while it was closed */
		bool is_there;
		enum hl_item_state seen;
	} rows[] = {
		{"gone, and there again", HL_CLOSE_REMOVED, HL_ITEM_OFFLINE,
			true, HL_ITEM_ONLINE},
		{"gone, and still gone", HL_CLOSE_REMOVED, HL_ITEM_OFFLINE,
			false, HL_ITEM_OFFLINE},
		{"passed on, and there", HL_CLOSE_PASSED_ON, HL_ITEM_ONLINE,
			true, HL_ITEM_ONLINE},
		{"passed on, and away", HL_CLOSE_PASSED_ON, HL_ITEM_ONLINE,
			false, HL_ITEM_SUSPECT_OFFLINE},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		THREAD(t);
		pass_on(&t);
		close_it(&t, rows[i].reason);
		expect(&t, rows[i].name, HL_CASE_CLOSED, rows[i].then);
		if (!rows[i].is_there) {
			vanish();
		}
		reopen(&t, true);
		assert_true(page(&t).worker_has_address);
		if (!look(&t)) {
			fail_msg("%s: nobody looks", rows[i].name);
		}
		expect(&t, rows[i].name, HL_CASE_NEW, rows[i].seen);
		assert_int_equal(1, number(t.w.f, "SELECT active FROM watch"));
		assert_int_equal(1, number(t.w.f, "SELECT count(*) FROM event "
						  "WHERE kind = 311"));
		check_history(t.w.f);
		thread_end(&t);
		tear_down(state);
		set_up(state);
	}
}

/* Who lacks the key opens it all the same; the page says that nobody looks,
 * and the next approval mends it. */
static void reopened_without_the_key(void **state)
{
	THREAD(t);

	pass_on(&t);
	close_it(&t, HL_CLOSE_REMOVED);
	reopen(&t, false);
	assert_false(look(&t));
	assert_true(page(&t).watched);
	assert_false(page(&t).watch_active);
	assert_false(page(&t).worker_has_address);
	assess(t.w.f, t.w.case_id, HL_OUTCOME_BASELINE);
	verify(t.w.f, t.w.case_id, HL_OUTCOME_BASELINE);
	change(t.w.f, "UPDATE referral SET state = 10");
	world_approved(&t.w, t.w.provider);
	assert_int_equal(1, world_send(&t.w).n_sent);
	later(t.w.f, HL_US_PER_HOUR);
	assert_true(look(&t));
	assert_true(page(&t).watch_active);
	thread_end(&t);
}

/* By somebody who reports it as back, or as it was long ago. */
static void reported_again_is_watched(void **state)
{
	static const struct {
		const char *name;
		enum hl_close_reason reason;
		int64_t days;
		enum hl_case_state then;
	} rows[] = {
		{"back", HL_CLOSE_REMOVED, 1, HL_CASE_ACTIONING},
		{"long ago", HL_CLOSE_PASSED_ON, 400, HL_CASE_NEW},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		THREAD(t);
		pass_on(&t);
		close_it(&t, rows[i].reason);
		world_set(&t.w, "watch.enabled", "yes");
		later(t.w.f, rows[i].days * HL_US_PER_DAY);
		put_addresses(t.w.f, "http://www.example.org/pictures/1");
		assert_int_equal(1, triage_all(t.w.f));
		expect(&t, rows[i].name, rows[i].then, HL_ITEM_ONLINE);
		if (!look(&t)) {
			fail_msg("%s: nobody looks", rows[i].name);
		}
		thread_end(&t);
		tear_down(state);
		set_up(state);
	}
}

static void by_a_person(struct thread *t)
{
	close_it(t, HL_CLOSE_PASSED_ON);
}

static void by_confirming(struct thread *t)
{
	struct hl_who rikke;
	int64_t id = number(t->w.f, "SELECT id FROM referral");

	change(t->w.f, "UPDATE referral SET state = 6, answer = 1");
	rikke = who(t->w.f, RIKKE);
	ok(hl_referral_confirm_removed(&rikke, &t->w.desk, id, NULL, NULL));
}

static void by_declaring(struct thread *t)
{
	struct hl_who rikke = who(t->w.f, RIKKE);

	ok(hl_watch_declare_gone(&rikke, t->w.item_id, NULL, NULL));
}

/* Another recipient's server refuses the message for good. */
static void fail_one(struct thread *t)
{
	int64_t id = world_approved(&t->w, t->w.partner);

	t->w.fail_status = HL_REFERRAL_MAIL_PERMANENT;
	assert_int_equal(1, world_send(&t->w).n_failed);
	assert_int_equal(HL_REFERRAL_PERMANENT_ERROR, world_state(&t->w, id));
}

static void what_is_closed_leaves_the_worker_nothing(void **state)
{
	static const struct {
		const char *name;
		void (*run)(struct thread *t);
		bool one_failed;
	} rows[] = {
		{"by a person", by_a_person, false},
		{"by a person, one message failed", by_a_person, true},
		{"by confirming an answer", by_confirming, false},
		{"by declaring it gone", by_declaring, false},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		THREAD(t);
		pass_on(&t);
		change(t.w.f, "UPDATE trace SET worker_sealed = x'01'");
		if (rows[i].one_failed) {
			fail_one(&t);
		}
		assert_int_equal(2 + rows[i].one_failed, copies(&t));
		rows[i].run(&t);
		if (copies(&t)) {
			fail_msg("%s: %d are left", rows[i].name,
				(int)copies(&t));
		}
		assert_int_equal(HL_CASE_CLOSED,
			number(t.w.f, "SELECT state FROM cases"));
		/* ended, not paused */
		assert_int_equal(0,
			number(t.w.f, "SELECT active + next_at_us FROM watch"));
		assert_int_equal(1, number(t.w.f, "SELECT url_sealed <> x'' "
						  "FROM item"));
		thread_end(&t);
		tear_down(state);
		set_up(state);
	}
}

static void what_is_not_illegal_leaves_the_worker_nothing(void **state)
{
	THREAD(t);

	world_set(&t.w, "trace.enabled", "yes");
	int64_t id = put_case(t.w.f, "http://other.example.org/");
	assert_int_equal(1, copies(&t));
	assess(t.w.f, id, HL_OUTCOME_LEGAL);
	assert_int_equal(0, copies(&t));
	thread_end(&t);
}

/* It may be wanted after the end too, and begins nothing. */
static void a_reminder_after_the_end_begins_nothing(void **state)
{
	static const enum hl_referral_sent_status ends[] = {
		HL_REFERRAL_MAIL_SENT, HL_REFERRAL_MAIL_PERMANENT};

	for (size_t i = 0; i < HL_ARRAY_LEN(ends); i++) {
		THREAD(t);
		pass_on(&t);
		close_it(&t, HL_CLOSE_PASSED_ON);
		int64_t id = number(t.w.f, "SELECT id FROM referral");
		struct hl_who rikke = who(t.w.f, RIKKE);
		ok(hl_referral_remind(&rikke, &t.w.desk, id, NULL, NULL));
		assert_int_equal(1, copies(&t));
		t.w.fail_status = i ? (int)ends[i] : 0;
		world_send(&t.w);
		assert_int_equal(ends[i] == HL_REFERRAL_MAIL_SENT
					 ? HL_REFERRAL_SENT
					 : HL_REFERRAL_PERMANENT_ERROR,
			world_state(&t.w, id));
		assert_int_equal(0, copies(&t));
		assert_int_equal(0, number(t.w.f, "SELECT active FROM watch"));
		thread_end(&t);
		tear_down(state);
		set_up(state);
	}
}

/* Plan and document go by what a person typed in, and show the look-up. */
static void what_is_typed_in_stands_beside_the_look_up(void **state)
{
	THREAD(t);
	struct hl_who sofie = who(t.w.f, SOFIE), rikke = who(t.w.f, RIKKE);
	struct hl_trace_typed typed = {.country = HL_STR("SE"),
		.network = HL_STR("Told by the registrar"),
		.asn = 64999};
	struct hl_referral_preview p;
	struct hl_referral_plan plan;
	static const char *const words[] = {
		"{\"kind\":\"country\",\"value\":\"SE\",\"source\":"
		"\"typed in\",\"at\":\"2026-",
		"{\"kind\":\"asn\",\"value\":\"AS64999\",\"source\":"
		"\"typed in\"",
		"{\"kind\":\"country\",\"value\":\"DE\",\"source\":"
		"\"address data\",\"at\":\"2026-",
		"\"EXAMPLE-NET\"", "\"abuse@host.example.org\""};

	ok(hl_trace_type_in(&sofie, t.w.item_id, &typed, NULL, NULL));
	ok(hl_referral_plan(&rikke, &t.w.desk, t.w.case_id, &plan, NULL));
	assert_true(hl_str_eq(HL_STR("SE"), plan.host_country));
	/* whom the look-up named can still be told */
	assert_int_equal(t.w.provider, plan.at[1].recipient.id);
	int64_t id = world_draft(&t.w, t.w.police);
	rikke = who(t.w.f, RIKKE);
	ok(hl_referral_preview(&rikke, &t.w.desk, id, &p, NULL, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(words); i++) {
		if (hl_str_find(p.json, hl_str_c(words[i])) == p.json.n) {
			fail_msg("%s is not in %.*s", words[i],
				HL_STR_ARG(p.json));
		}
	}
	thread_end(&t);
}

#define ODD "hxxp://WWW[.]example[.]org:80/pictures/./2"

static bool says(struct hl_str text, const char *words)
{
	return hl_str_find(text, hl_str_c(words)) < text.n;
}

/* A case that was reported in an odd spelling, then in others. */
static void report_oddly(struct thread *t)
{
	int64_t first = put_addresses(
		t->w.f, "look here " ODD ", and at example.org too");

	later(t->w.f, HL_US_PER_MIN);
	put_addresses(t->w.f, "http://www.example.org/pictures/2#top");
	triage_all(t->w.f);
	t->w.case_id = case_of(t->w.f, first, 1);
	assess(t->w.f, t->w.case_id, HL_OUTCOME_BASELINE);
	verify(t->w.f, t->w.case_id, HL_OUTCOME_BASELINE);
}

static struct hl_referral_preview preview(struct thread *t, int64_t id)
{
	struct hl_who rikke = who(t->w.f, RIKKE);
	struct hl_referral_preview p;

	ok(hl_referral_preview(&rikke, &t->w.desk, id, &p, NULL, NULL));
	return p;
}

static void the_police_read_it_as_it_was_reported(void **state)
{
	THREAD(t);

	report_oddly(&t);
	struct hl_referral_preview p =
		preview(&t, world_draft(&t.w, t.w.police));
	assert_true(says(p.json, "\"as_reported\":\"" ODD "\""));
	assert_true(says(
		p.json, "\"canonical\":\"http://www.example.org/pictures/2\""));
	assert_true(says(p.html, "As it was reported"));
	assert_true(says(p.html, "hxxp://WWW[.]example[.]org"));
	assert_true(says(p.text, "As it was reported: hxxp"));
	/* nothing else that stood there */
	assert_false(says(p.json, "look here") || says(p.json, "#top"));
	assert_int_equal(1,
		number(t.w.f, "SELECT count(*) FROM event e JOIN report r ON "
			      "r.id = e.object_id WHERE e.kind = 102 AND e.a = "
			      "1 AND e.b <> 0"));
	/* whom the address tells enough are not told how it was written */
	p = preview(&t, world_draft(&t.w, t.w.provider));
	assert_false(says(p.json, "as_reported") || says(p.mail, "WWW"));
	assert_false(says(p.xarf, "WWW") || says(p.html, "WWW"));
	thread_end(&t);
}

static void a_spelling_that_cannot_be_read_is_left_out(void **state)
{
	static const char *const changes[] = {
		"UPDATE report_part SET key_sealed = x'', body_sealed = x''",
		"UPDATE report_part SET epoch = 7",
		"UPDATE report_part SET body_sealed = zeroblob(300)",
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(changes); i++) {
		THREAD(t);
		report_oddly(&t);
		change(t.w.f, changes[i]);
		struct hl_referral_preview p =
			preview(&t, world_draft(&t.w, t.w.police));
		if (says(p.json, "as_reported") || !says(p.json, "canonical")) {
			fail_msg("%s: %.*s", changes[i], HL_STR_ARG(p.json));
		}
		thread_end(&t);
		tear_down(state);
		set_up(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_approved_can_be_watched),
		TEST(what_is_shared_later_is_watched),
		TEST(a_broken_seal_keeps_no_mail_back),
		TEST(reopened_by_a_person_is_watched),
		TEST(reopened_without_the_key),
		TEST(reported_again_is_watched),
		TEST(what_is_closed_leaves_the_worker_nothing),
		TEST(what_is_not_illegal_leaves_the_worker_nothing),
		TEST(a_reminder_after_the_end_begins_nothing),
		TEST(what_is_typed_in_stands_beside_the_look_up),
		TEST(the_police_read_it_as_it_was_reported),
		TEST(a_spelling_that_cannot_be_read_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
