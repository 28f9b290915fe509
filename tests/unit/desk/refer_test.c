/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of referrals and recipients do with what is typed there. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "referral/draft.h"
#include "world.h"

static void path_of(char out[80], const char *before, enum hl_ref_kind kind,
	int64_t id, const char *after)
{
	char ref[HL_REF_MAX];

	hl_ref_print(kind, id, ref);
	snprintf(out, 80, "%s%s%s", before, ref, after);
}

static void post(
	struct world *w, enum person person, const char *path, const char *form)
{
	char body[1024];

	snprintf(body, sizeof(body), "csrf=%s&%s", w->csrf[person], form);
	world_ask(w, (int)person, path, body);
}

static bool says(const struct world *w, const char *words)
{
	struct hl_str body = hl_buf_str(&w->body);

	return hl_str_find(body, hl_str_c(words)) < body.n;
}

static void expect(const struct world *w, int status, const char *words)
{
	if (w->status != status || (words && !says(w, words))) {
		fail_msg("status %d (expected %d), \"%s\" in: %.*s", w->status,
			status, words ? words : "",
			HL_STR_ARG(hl_buf_str(&w->body)));
	}
}

static int64_t only(struct world *w, const char *sql)
{
	return number(w->f, sql);
}

static void any_approved_recipient_can_be_chosen(void **state)
{
	struct world *w = *state;
	char path[80], form[80];
	struct hl_who sofie = who(w->f, SOFIE), rikke = who(w->f, RIKKE);
	struct hl_referral_recipient r = {.kind = HL_RECIPIENT_PROVIDER,
		.name = HL_STR("Other Host"),
		.mail = HL_STR("abuse@other.example.org"),
		.country = HL_STR("NL"),
		.asn = 64500,
		.channel = HL_REFERRAL_BY_MAIL};
	int64_t id;

	ok(hl_referral_recipient_add(&sofie, &r, &id, NULL));
	path_of(path, "/case/", HL_REF_CASE, w->cases[ACTING], "/refer");
	world_ask(w, RIKKE, path, NULL);
	assert_int_equal(200, w->status);
	assert_false(says(w, "Other Host")); /* waits for approval */
	ok(hl_referral_recipient_decide(&rikke, id, true, NULL, NULL));
	world_ask(w, RIKKE, path, NULL);
	expect(w, 200, "Other Host, NL, AS64500, abuse@other.example.org");
	/* an analyst who took part drafts, and sees no list of recipients */
	world_ask(w, ANNA, path, NULL);
	expect(w, 200, "Who is to be told");
	assert_false(says(w, "Other Host"));
	path_of(form, "other=", HL_REF_RECIPIENT, id, "");
	post(w, RIKKE, path, form);
	assert_int_equal(303, w->status);
	assert_int_equal(2, only(w, "SELECT count(*) FROM referral"));
	/* now it is listed, and no longer among the others */
	world_ask(w, RIKKE, path, NULL);
	expect(w, 200, "Chosen by hand");
	assert_false(says(w, "Other Host, NL"));
	post(w, RIKKE, path, "other=");
	expect(w, 422, "Choose who is to be told");
	world_restore(w);
}

static void recipients_show_their_network(void **state)
{
	struct world *w = *state;

	change(w->f, "UPDATE recipient SET asn = 64501");
	world_ask(w, RIKKE, "/recipients", NULL);
	expect(w, 200, "AS64501");
	world_restore(w);
}

/* Said once, and done when it is meant. */
static void a_second_contact_with_an_address_is_asked_about(void **state)
{
	struct world *w = *state;
	static const char second[] =
		"kind=provider&name=Second&channel=mail&mail=ABUSE@example.org";
	static const char third[] =
		"name=Third&channel=mail&mail=abuse%40example.org";
	char path[80], form[256];

	post(w, RIKKE, "/recipients/add", second);
	expect(w, 422, "Another contact has this address");
	expect(w, 422, "Example Host has this address already");
	assert_int_equal(1, only(w, "SELECT count(*) FROM recipient"));
	snprintf(form, sizeof(form), "%s&same=yes", second);
	post(w, RIKKE, "/recipients/add", form);
	assert_int_equal(303, w->status);
	assert_int_equal(2, only(w, "SELECT count(*) FROM recipient"));
	/* another address, then the same as the first one's */
	post(w, RIKKE, "/recipients/add",
		"kind=provider&name=Third&channel=mail&mail=c@example.org");
	assert_int_equal(303, w->status);
	path_of(path, "/recipient/", HL_REF_RECIPIENT,
		only(w, "SELECT id FROM recipient WHERE name = 'Third'"), "");
	post(w, RIKKE, path, third);
	expect(w, 422, "Another contact has this address");
	snprintf(form, sizeof(form), "%s&same=yes", third);
	post(w, RIKKE, path, form);
	assert_int_equal(303, w->status);
	/* what stays as it is needs no question */
	post(w, RIKKE, path,
		"name=Renamed&channel=mail&mail=abuse%40example.org");
	assert_int_equal(303, w->status);
	/* a contact that is out of use is none */
	world_restore(w);
	change(w->f, "UPDATE recipient SET state = 4");
	post(w, RIKKE, "/recipients/add", second);
	assert_int_equal(303, w->status);
	world_restore(w);
}

/* What is said is what was done. */
static void a_change_says_what_it_did(void **state)
{
	struct world *w = *state;
	static const struct {
		const char *form, *notice;
		int64_t contact;
	} rows[] = {
		{"name=Renamed&channel=mail&mail=abuse%40example.org", "Saved.",
			HL_CONTACT_APPROVED},
		{"name=Renamed&channel=mail&mail=other%40example.org",
			"Saved. The new address waits for another person’s "
			"approval.",
			HL_CONTACT_PROPOSED},
		{"name=Again&channel=mail&mail=other%40example.org", "Saved.",
			HL_CONTACT_PROPOSED},
	};
	char path[80];

	path_of(path, "/recipient/", HL_REF_RECIPIENT, w->recipient, "");
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		post(w, RIKKE, path, rows[i].form);
		if (w->status != 303 || strcmp(w->notice, rows[i].notice) ||
			only(w, "SELECT state FROM recipient") !=
				rows[i].contact) {
			fail_msg("row %zu: %d \"%s\"", i, w->status, w->notice);
		}
	}
	/* a name that turns what stands beside it */
	post(w, RIKKE, path,
		"name=a%E2%80%AEb&channel=mail&mail=other%40example.org");
	assert_int_equal(303, w->status);
	assert_int_equal(1, only(w, "SELECT count(*) FROM recipient "
				    "WHERE name = 'ab'"));
	post(w, RIKKE, path,
		"name=a%E2%80%8Fb&channel=mail&mail=other%40example.org");
	expect(w, 422, "without invisible ones");
	world_restore(w);
}

/* The words on the pages of a notice that would overtake the police. */
static void police_first_is_said_and_meant(void **state)
{
	struct world *w = *state;
	char page[80], approve[80], release[80], override[80];

	path_of(page, "/referral/", HL_REF_REFERRAL, w->referral, "");
	path_of(approve, "/referral/", HL_REF_REFERRAL, w->referral,
		"/approve");
	path_of(release, "/referral/", HL_REF_REFERRAL, w->referral,
		"/release");
	path_of(override, "/referral/", HL_REF_REFERRAL, w->referral,
		"/override");
	world_ask(w, RIKKE, page, NULL);
	expect(w, 200, "Once approved, this waits until they have been");
	post(w, RIKKE, approve, "");
	assert_int_equal(303, w->status);
	world_ask(w, RIKKE, page, NULL);
	expect(w, 200, "the police have been told");
	assert_false(says(w, "Release"));
	post(w, RIKKE, release, "");
	assert_int_equal(3, only(w, "SELECT state FROM referral"));
	post(w, RIKKE, override, "reason=now");
	assert_int_equal(3, only(w, "SELECT state FROM referral"));
	world_ask(w, SIMON, page, NULL);
	expect(w, 200, "/override");
	world_ask(w, SIMON, override, NULL);
	expect(w, 200, "Why can it not wait?");
	post(w, SIMON, override, "reason=%20");
	expect(w, 422, "Say why, in at most 2,000 characters");
	post(w, SIMON, override, "reason=Their+line+is+dead.");
	assert_int_equal(303, w->status);
	assert_int_equal(4, only(w, "SELECT state FROM referral"));
	world_restore(w);
}

/* What nobody has followed is work to do until it has been. */
static void a_new_address_becomes_a_case(void **state)
{
	struct world *w = *state;
	static const char moved[] =
		"answer=moved&new_address=hxxp%3A%2F%2Fnew%5B.%5Dexample.org";
	char page[80], answer[80], follow[80], at[80], form[80];

	path_of(page, "/referral/", HL_REF_REFERRAL, w->referral, "");
	path_of(answer, "/referral/", HL_REF_REFERRAL, w->referral, "/answer");
	path_of(follow, "/referral/", HL_REF_REFERRAL, w->referral, "/follow");
	path_of(at, "/case/", HL_REF_CASE, w->cases[ACTING], "");
	change(w->f, "UPDATE referral SET state = 5, sent_at_us = 1, "
		     "approved_at_us = 1");
	post(w, RIKKE, answer, "answer=moved&new_address=javascript%3A1");
	expect(w, 422, "Give one web address");
	post(w, RIKKE, answer, moved);
	assert_string_equal("The answer has been recorded.", w->notice);
	world_ask(w, RIKKE, "/referrals?moved=1", NULL);
	expect(w, 200, "One recipient gave a new address");
	expect(w, 200, page);
	world_ask(w, RIKKE, at, NULL);
	expect(w, 200, "Make a case of it");
	world_ask(w, RIKKE, page, NULL);
	expect(w, 200, "Make a case of the new address");
	/* who took part reads it, and has no such button */
	world_ask(w, ANNA, page, NULL);
	expect(w, 200, "hxxp://new[.]example[.]org");
	assert_false(says(w, "Make a case of the new address"));
	snprintf(form, sizeof(form), "answer=%lld",
		(long long)only(w, "SELECT id FROM answer"));
	post(w, ANNA, follow, form);
	post(w, RIKKE, follow, "answer=1");
	assert_int_equal('!', w->notice[0]);
	assert_int_equal(0, only(w, "SELECT sum(report_id) FROM answer"));
	post(w, RIKKE, follow, form);
	assert_int_equal(303, w->status);
	assert_non_null(strstr(w->notice, "Reported. Its case is C-"));
	world_ask(w, RIKKE, page, NULL);
	expect(w, 200, "Its case:");
	assert_false(says(w, "Make a case of the new address"));
	world_ask(w, RIKKE, "/referrals?moved=1", NULL);
	expect(w, 200, "No referrals here");
	world_ask(w, RIKKE, at, NULL);
	assert_false(says(w, "Make a case of it"));
	world_restore(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_approved_recipient_can_be_chosen),
		cmocka_unit_test(recipients_show_their_network),
		cmocka_unit_test(
			a_second_contact_with_an_address_is_asked_about),
		cmocka_unit_test(a_change_says_what_it_did),
		cmocka_unit_test(a_new_address_becomes_a_case),
		cmocka_unit_test(police_first_is_said_and_meant),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
