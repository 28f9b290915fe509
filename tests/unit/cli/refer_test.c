/* SPDX-License-Identifier: Apache-2.0 */
/* hotline refer, as the host's administrator runs it, on an installation
 * with referrals in several states. */
#include "../referral/world.h"
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/common.h"

#define MEMBERS                                                 \
	"ref case recipient recipient_name kind channel state " \
	"test created_at"

struct scene {
	struct world w;
	struct capture c;
	int64_t sent, failed, draft;
};

/* One that left, one that the server did not want, one draft. */
static struct scene *make_scene(struct fixture *f)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_begin(&s->w, f);
	s->sent = world_approved(&s->w, s->w.police);
	world_send(&s->w);
	s->w.fail_status = HL_REFERRAL_MAIL_PERMANENT;
	s->failed = world_approved(&s->w, s->w.provider);
	world_send(&s->w);
	s->draft = world_draft(&s->w, s->w.partner);
	capture_open(f->dir);
	return s;
}

static void drop_scene(struct scene *s)
{
	capture_close(s->w.f->dir);
	world_end(&s->w);
	free(s);
}

/* The store is one process's; the fixture takes it back when it is asked.
 * No line may show what a referral is about. */
static int run(struct scene *s, const char *line)
{
	hl_store_close(s->w.f->store);
	s->w.f->store = NULL;
	int status = capture_run(&s->c, hl_cli_refer, line, NULL);
	number(s->w.f, "SELECT 1");
	capture_hides(&s->c, "www.example.org");
	capture_hides(&s->c, "evil");
	capture_hides(&s->c, "act at once");
	return status;
}

static json_t *run_json(struct scene *s, const char *line)
{
	hl_store_close(s->w.f->store);
	s->w.f->store = NULL;
	json_t *json = capture_json(&s->c, hl_cli_refer, line);
	number(s->w.f, "SELECT 1");
	return json;
}

static const char *with(
	const char *verb, enum hl_ref_kind kind, int64_t id, const char *more)
{
	static char line[128];
	char ref[HL_REF_MAX];

	hl_ref_print(kind, id, ref);
	snprintf(line, sizeof(line), "refer %s %s%s", verb, ref, more);
	return line;
}

static void want(const json_t *object, const char *name, const char *value)
{
	struct hl_str got = hl_json_str(object, name);

	if (!hl_str_eq(got, hl_str_c(value))) {
		fail_msg("%s is %.*s", name, HL_STR_ARG(got));
	}
}

static void referrals_are_listed(void **state)
{
	struct scene *s = make_scene(*state);
	char ref[HL_REF_MAX];

	HL_JSON_AUTO *all = run_json(s, "refer list --json");
	capture_members(all, "referrals");
	const json_t *list = json_object_get(all, "referrals");
	assert_int_equal(3, json_array_size(list));
	for (size_t i = 0; i < 3; i++) {
		const json_t *one = json_array_get(list, i);

		want(one, "case",
			hl_ref_print(HL_REF_CASE, s->w.case_id, ref).p);
		want(one, "recipient_name", "Invented recipient");
		assert_true(json_is_false(json_object_get(one, "test")));
	}
	HL_JSON_AUTO *some =
		run_json(s, "refer list --state permanent_error --json");
	list = json_object_get(some, "referrals");
	assert_int_equal(1, json_array_size(list));
	const json_t *one = json_array_get(list, 0);
	capture_members(
		one, MEMBERS " approved_at attempts last_code last_error");
	want(one, "ref", hl_ref_print(HL_REF_REFERRAL, s->failed, ref).p);
	want(one, "kind", "provider");
	want(one, "state", "permanent_error");
	want(one, "last_error", "not now");
	assert_int_equal(451, hl_json_int(one, "last_code", 0));
	/* for people */
	assert_int_equal(HL_CLI_OK, run(s, "refer list"));
	capture_says(&s->c, ref);
	capture_says(&s->c, "not now");
	capture_says(&s->c, "draft");
	assert_int_equal(HL_CLI_OK, run(s, "refer list --state=queued"));
	assert_string_equal("", s->c.text);
	drop_scene(s);
}

static void one_is_shown(void **state)
{
	struct scene *s = make_scene(*state);
	const int64_t ids[] = {s->draft, s->sent};
	const char *const members[] = {MEMBERS " attempts last_code last_error",
		MEMBERS " approved_at sent_at attempts last_code last_error"};

	for (size_t i = 0; i < 2; i++) {
		HL_JSON_AUTO *shown = run_json(
			s, with("show", HL_REF_REFERRAL, ids[i], " --json"));
		const json_t *list = json_object_get(shown, "referrals");

		assert_int_equal(1, json_array_size(list));
		capture_members(json_array_get(list, 0), members[i]);
	}
	assert_int_equal(
		HL_CLI_OK, run(s, with("show", HL_REF_REFERRAL, s->sent, "")));
	capture_says(&s->c, "to         Invented recipient, mail\n");
	capture_says(&s->c, "sent       2026-11-");
	capture_says(&s->c, "tries      1, last reply code ");
	drop_scene(s);
}

static void what_failed_goes_back_into_the_outbox(void **state)
{
	struct scene *s = make_scene(*state);

	assert_int_equal(HL_CLI_OK,
		run(s, with("retry", HL_REF_REFERRAL, s->failed, "")));
	assert_string_equal("in the outbox\n", s->c.text);
	s->w.fail_status = 0;
	world_send(&s->w);
	assert_int_equal(2, world_mails(&s->w));
	/* what has left is not sent again from here, nor a draft */
	for (int i = 0; i < 3; i++) {
		const int64_t ids[] = {s->failed, s->sent, s->draft};

		assert_int_equal(HL_CLI_FAILED,
			run(s, with("retry", HL_REF_REFERRAL, ids[i], "")));
		capture_says(&s->c, "hotline refer: ");
	}
	world_send(&s->w);
	assert_int_equal(2, world_mails(&s->w));
	drop_scene(s);
}

static int64_t parse_new(const struct capture *c)
{
	struct hl_str ref = hl_str_c(c->text);
	int64_t id = 0;

	ref = hl_str_sub(ref, 0, hl_str_find_char(ref, ' '));
	assert_int_equal(0, hl_ref_parse(HL_REF_RECIPIENT, ref, &id));
	return id;
}

static void recipients_come_and_are_decided(void **state)
{
	struct scene *s = make_scene(*state);

	assert_int_equal(HL_CLI_OK,
		run(s, "refer recipients add police - \"Invented Unit\" "
		       "--country DK"));
	capture_says(&s->c, " waits for approval\n");
	int64_t unit = parse_new(&s->c);
	assert_int_equal(HL_CLI_OK,
		run(s, "refer recipients add provider net@isp.example.org "
		       "\"Invented Net\" --asn 64501"));
	int64_t net = parse_new(&s->c);
	/* the same again is there already */
	assert_int_equal(HL_CLI_UNAVAILABLE,
		run(s, "refer recipients add provider net@isp.example.org "
		       "\"Invented Net\" --asn 64501"));
	capture_says(&s->c, "there is such a recipient already");
	assert_int_equal(HL_CLI_OK,
		run(s, with("recipients approve", HL_REF_RECIPIENT, unit, "")));
	assert_string_equal("approved\n", s->c.text);
	assert_int_equal(HL_CLI_OK,
		run(s, with("recipients reject", HL_REF_RECIPIENT, net, "")));
	assert_string_equal("rejected\n", s->c.text);
	/* only once */
	assert_int_equal(HL_CLI_NOT_FOUND,
		run(s, with("recipients approve", HL_REF_RECIPIENT, net, "")));
	HL_JSON_AUTO *all = run_json(s, "refer recipients list --json");
	const json_t *list = json_object_get(all, "recipients"), *one;
	size_t i, seen = 0;

	json_array_foreach(list, i, one)
	{
		capture_members(one, "ref kind name mail country asn channel "
				     "state source referrals");
		if (hl_str_eq(hl_json_str(one, "name"),
			    HL_STR("Invented Unit"))) {
			want(one, "channel", "download");
			want(one, "state", "approved");
			want(one, "country", "DK");
			want(one, "source", "typed");
			seen++;
		}
	}
	assert_int_equal(1, seen);
	assert_int_equal(HL_CLI_OK, run(s, "refer recipients list"));
	capture_says(&s->c, "unit@police.example.org");
	capture_says(&s->c, "download  Invented Unit");
	drop_scene(s);
}

static void wrong_command_lines(void **state)
{
	static const struct {
		const char *words; /* behind the command's name */
		int status;
	} rows[] = {
		{"", HL_CLI_USAGE},
		{" lists", HL_CLI_USAGE},
		{" list more", HL_CLI_USAGE},
		{" list --state nonsense", HL_CLI_USAGE},
		{" list --nonsense", HL_CLI_USAGE},
		{" show", HL_CLI_USAGE},
		{" show nonsense", HL_CLI_USAGE},
		{" show C-7K3Q-X9M2-C", HL_CLI_USAGE},
		{" retry", HL_CLI_USAGE},
		{" retry F-0 F-1", HL_CLI_USAGE},
		{" recipients", HL_CLI_USAGE},
		{" recipients list more", HL_CLI_USAGE},
		{" recipients add police -", HL_CLI_USAGE},
		{" recipients add nobody a@b.example.org N", HL_CLI_USAGE},
		{" recipients add provider nonsense N", HL_CLI_USAGE},
		{" recipients add provider - N", HL_CLI_USAGE},
		{" recipients add provider a@b.example.org N --asn x",
			HL_CLI_USAGE},
		{" recipients add provider a@b.example.org N --country DNK",
			HL_CLI_USAGE},
		{" recipients approve", HL_CLI_USAGE},
		{" recipients approve nonsense", HL_CLI_USAGE},
		{" --help", HL_CLI_OK},
		{" list --help", HL_CLI_OK},
		{" verify --help", HL_CLI_OK},
		{" verify", HL_CLI_USAGE},
	};
	static const char *const verbs[] = {"show", "retry"};
	struct scene *s = make_scene(*state);
	char line[128];

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		snprintf(line, sizeof(line), "refer%s", rows[i].words);
		int status = run(s, line);

		if (status != rows[i].status || !s->c.text[0]) {
			fail_msg(
				"\"%s\" gives %d: %s", line, status, s->c.text);
		}
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(verbs); i++) {
		assert_int_equal(HL_CLI_NOT_FOUND,
			run(s, with(verbs[i], HL_REF_REFERRAL, 4711, "")));
	}
	assert_int_equal(HL_CLI_NOT_FOUND,
		run(s, with("show", HL_REF_REFERRAL, 4711, " --json")));
	assert_int_equal(HL_CLI_NOT_FOUND,
		run(s, with("recipients reject", HL_REF_RECIPIENT, 4711, "")));
	setenv("HOTLINE_DIR", "/nonexistent", 1);
	assert_int_equal(HL_CLI_NOT_FOUND, run(s, "refer list"));
	drop_scene(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(referrals_are_listed),
		TEST(one_is_shown),
		TEST(what_failed_goes_back_into_the_outbox),
		TEST(recipients_come_and_are_decided),
		TEST(wrong_command_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
