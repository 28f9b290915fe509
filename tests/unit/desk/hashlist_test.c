/* SPDX-License-Identifier: Apache-2.0 */
/* The page of a list of known hashes: what one supervisor alone may do there
 * and what waits for another. */
#include <stdio.h>
#include <string.h>

#include "registry/entry.h"
#include "registry/proposal.h"
#include "world.h"

#define LIST HL_HASH_LIST_ASSESSED

static bool says(const struct world *w, const char *words)
{
	struct hl_str all = hl_buf_str(&w->body);

	return hl_str_find(all, hl_str_c(words)) < all.n;
}

static void see(struct world *w, int person)
{
	char ref[HL_REF_MAX], path[96];

	hl_ref_print(HL_REF_HASH_LIST, LIST, ref);
	snprintf(path, sizeof(path), "/hash-list/%s", ref);
	world_ask(w, person, path, NULL);
	assert_int_equal(200, w->status);
}

static void post(
	struct world *w, int person, const char *suffix, const char *fields)
{
	char ref[HL_REF_MAX], path[96], body[512];

	hl_ref_print(HL_REF_HASH_LIST, LIST, ref);
	snprintf(path, sizeof(path), "/hash-list/%s%s", ref, suffix);
	snprintf(body, sizeof(body), "csrf=%s&%s", w->csrf[person], fields);
	world_ask(w, person, path, body);
}

static struct hl_registry_list list_now(struct world *w)
{
	struct hl_who sofie = who(w->f, SOFIE);
	struct hl_registry_list list;

	ok(hl_registry_list(&sofie, LIST, &list, NULL));
	return list;
}

static void save(struct world *w, int person, int radius, const char *resolve)
{
	char fields[256];

	snprintf(fields, sizeof(fields),
		"version=%d&source=Cases&radius=%d&resolve_radius=10&outcome=&%"
		"s",
		(int)list_now(w).version, radius, resolve);
	post(w, person, "", fields);
}

static void decide(struct world *w, int person, const char *suffix, int version)
{
	struct hl_who sofie = who(w->f, SOFIE);
	const struct hl_registry_proposal *all;
	char fields[96];
	size_t n;

	ok(hl_registry_proposals(&sofie, LIST, &all, &n, NULL));
	snprintf(fields, sizeof(fields), "proposal=%d&version=%d",
		n ? (int)all[0].id : 0, version);
	post(w, person, suffix, fields);
	assert_int_equal(303, w->status);
}

static bool told(const struct world *w, const char *words)
{
	return strstr(w->notice, words) != NULL;
}

static void what_it_shows_to_whom(void **state)
{
	struct world *w = *state;

	save(w, SOFIE, 40, "resolve=yes");
	assert_int_equal(303, w->status);
	assert_true(told(w, "waits for another supervisor"));
	assert_int_equal(31, list_now(w).radius);
	see(w, SOFIE);
	assert_true(says(w, "up to 40 bits apart, instead of 31"));
	assert_true(says(w, "You proposed it"));
	assert_true(says(w, "Withdraw the change"));
	assert_false(says(w, "Approve the change"));
	see(w, SIMON);
	assert_true(says(w, "Proposed by"));
	assert_true(says(w, "Approve the change"));
	assert_true(says(w, "Refuse the change"));
	see(w, ANNA);
	assert_true(says(w, "up to 40 bits apart, instead of 31"));
	assert_false(says(w, "the change</button>"));
	world_ask(w, SIMON, "/approvals", NULL);
	assert_true(says(w, "Let a list of known hashes count for more"));
	world_ask(w, SIMON, "/hashes", NULL);
	assert_true(says(w, "href=\"/approvals\""));
	world_restore(w);
}

static void another_approves_what_they_saw(void **state)
{
	struct world *w = *state;

	save(w, SOFIE, 40, "resolve=yes");
	int version = (int)list_now(w).version;
	decide(w, SOFIE, "/change/approve", version);
	assert_true(told(w, "Somebody else must do this"));
	decide(w, SIMON, "/change/approve", version - 1);
	assert_true(told(w, "Somebody else has just changed this"));
	assert_int_equal(31, list_now(w).radius);
	decide(w, SIMON, "/change/approve", version);
	assert_true(told(w, "Approved"));
	assert_int_equal(40, list_now(w).radius);
	decide(w, SIMON, "/change/approve", version); /* twice */
	assert_true(told(w, "Somebody else has just changed this"));
	world_restore(w);
}

static void no_farther_than_it_matches(void **state)
{
	struct world *w = *state;

	save(w, SOFIE, 4, "resolve=yes");
	decide(w, SIMON, "/change/approve", (int)list_now(w).version);
	see(w, SOFIE);
	assert_true(says(w, "PDQ up to 4 bits apart"));
	assert_false(says(w, "PDQ up to 10 bits apart"));
	world_restore(w);
}

static void less_is_done_at_once(void **state)
{
	struct world *w = *state;

	save(w, SOFIE, 20, "");
	assert_int_equal(303, w->status);
	assert_false(told(w, "waits"));
	assert_int_equal(20, list_now(w).radius);
	assert_false(list_now(w).resolve);
	save(w, SOFIE, 20, "resolve=yes"); /* back on is more */
	assert_true(told(w, "waits for another supervisor"));
	assert_false(list_now(w).resolve);
	see(w, SIMON);
	assert_true(says(w, "yes, instead of no"));
	world_restore(w);
}

static void a_second_change_keeps_what_was_typed(void **state)
{
	struct world *w = *state;

	save(w, SOFIE, 40, "resolve=yes");
	save(w, SIMON, 50, "resolve=yes");
	assert_int_equal(422, w->status);
	assert_true(says(w, "A change of this waits"));
	assert_true(says(w, "value=\"50\""));
	assert_true(says(w, "href=\"#proposed\""));
	world_restore(w);
}

static void withdrawn_and_refused(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 2; i++) {
		save(w, SOFIE, 40, "resolve=yes");
		decide(w, i ? SIMON : SOFIE, "/change/drop", 0);
		assert_true(told(w, "The list counts as before"));
		see(w, SIMON);
		assert_false(says(w, "id=\"proposed\""));
	}
	assert_int_equal(31, list_now(w).radius);
	world_restore(w);
}

/* An entry of what is harmless, typed by Sofie, approved by Simon. */
static int64_t put_harmless(struct world *w)
{
	struct hl_who sofie = who(w->f, SOFIE), simon = who(w->f, SIMON);
	struct hl_hash_set set = {.n = 1, .at = {{.kind = HL_HASH_MD5}}};
	struct hl_registry_entry entry = {.list = {.id = HL_HASH_LIST_HARMLESS},
		.outcome = HL_OUTCOME_LEGAL,
		.origin = HL_HASH_FROM_TYPING};

	set.at[0].quality = HL_HASH_QUALITY_UNKNOWN;
	set.at[0].value[0] = 7;
	ok(hl_registry_type(&sofie, &entry, &set, NULL, NULL));
	ok(hl_registry_approve(&simon, entry.id, NULL, NULL));
	return entry.id;
}

static void what_is_harmless_goes_by_two(void **state)
{
	struct world *w = *state;
	char ref[HL_REF_MAX], list[HL_REF_MAX], path[96], body[256];

	hl_ref_print(HL_REF_HASH, put_harmless(w), ref);
	hl_ref_print(HL_REF_HASH_LIST, HL_HASH_LIST_HARMLESS, list);
	snprintf(path, sizeof(path), "/hash/%s/withdraw", ref);
	snprintf(body, sizeof(body), "csrf=%s&reason=typo", w->csrf[SOFIE]);
	world_ask(w, SOFIE, path, body);
	assert_int_equal(303, w->status);
	assert_true(told(w, "another supervisor has to approve"));
	snprintf(path, sizeof(path), "/hash/%s", ref);
	world_ask(w, SIMON, path, NULL);
	assert_true(says(w, "Its withdrawal waits for another supervisor"));
	assert_false(says(w, "Withdraw it"));
	world_ask(w, SIMON, "/approvals", NULL);
	assert_true(says(w, "Let something harmless hold no case back"));
	snprintf(path, sizeof(path), "/hash-list/%s", list);
	world_ask(w, SIMON, path, NULL);
	assert_true(says(w, "Withdrawn is"));
	assert_true(says(w, ref));
	assert_true(says(w, "A mistake in typing"));
	assert_true(says(w, "Approve the change"));
	world_restore(w);
}

/* Half a form, and words that are none, are not taken for "nothing". */
static void an_outcome_that_is_none_is_not_taken(void **state)
{
	static const char *const bad[] = {"", "&outcome=xyz", "&outcome=0"};
	struct world *w = *state;
	char fields[256];

	for (size_t i = 0; i < HL_ARRAY_LEN(bad); i++) {
		snprintf(fields, sizeof(fields),
			"version=%d&source=Other&radius=31&resolve_radius=10"
			"&resolve=yes%s",
			(int)list_now(w).version, bad[i]);
		post(w, SOFIE, "", fields);
		if (w->status != 422 || !says(w, "Choose what entries")) {
			fail_msg("%s: %d", bad[i], w->status);
		}
		snprintf(fields, sizeof(fields), "label=1%s", bad[i]);
		post(w, SOFIE, "/label", fields);
		if (w->status != 303 || !told(w, "Choose what the label")) {
			fail_msg("label%s: %s", bad[i], w->notice);
		}
	}
	post(w, SOFIE, "/label", "label=1&outcome="); /* there is none */
	assert_true(told(w, "!"));
	world_restore(w);
}

/* The form of a list of harmless things has no outcome: it stays. */
static void what_the_form_has_not_stays(void **state)
{
	struct world *w = *state;
	char ref[HL_REF_MAX], path[96], body[256];
	struct hl_who sofie = who(w->f, SOFIE);
	struct hl_registry_list list;

	snprintf(path, sizeof(path), "/hash-list/%.*s",
		HL_STR_ARG(hl_ref_print(
			HL_REF_HASH_LIST, HL_HASH_LIST_HARMLESS, ref)));
	snprintf(body, sizeof(body), "csrf=%s&version=1&source=Other&radius=31",
		w->csrf[SOFIE]);
	world_ask(w, SOFIE, path, body);
	assert_int_equal(303, w->status);
	ok(hl_registry_list(&sofie, HL_HASH_LIST_HARMLESS, &list, NULL));
	assert_true(hl_str_eq(HL_STR("Other"), list.source));
	assert_int_equal(HL_OUTCOME_LEGAL, list.outcome);
	world_restore(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_shows_to_whom),
		cmocka_unit_test(another_approves_what_they_saw),
		cmocka_unit_test(no_farther_than_it_matches),
		cmocka_unit_test(less_is_done_at_once),
		cmocka_unit_test(a_second_change_keeps_what_was_typed),
		cmocka_unit_test(withdrawn_and_refused),
		cmocka_unit_test(what_is_harmless_goes_by_two),
		cmocka_unit_test(an_outcome_that_is_none_is_not_taken),
		cmocka_unit_test(what_the_form_has_not_stays),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
