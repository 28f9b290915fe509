/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/vocab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "domain/authz.h"
#include "domain/hash.h"
#include "domain/list.h"
#include "domain/event.h"
#include "domain/facts.h"
#include "domain/priority.h"
#include "domain/report.h"
#include "domain/state.h"

static bool name_is_plain(const char *name)
{
	for (const char *p = name; *p; p++) {
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') &&
			*p != '_' && *p != '.') {
			return false;
		}
	}
	return *name != '\0';
}

static void every_word_is_found_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < hl_vocab_n_all; i++) {
		const struct hl_vocab *v = hl_vocab_all[i];

		for (size_t k = 0; k < v->n_words; k++) {
			const struct hl_vocab_word *w = &v->words[k];
			int back = -1;

			if (!name_is_plain(w->name) || !w->label[0]) {
				fail_msg("%s %d: bad text", v->name, w->value);
			}
			if (k && w->value <= w[-1].value) {
				fail_msg("%s %s: not ascending", v->name,
					w->name);
			}
			if (hl_vocab_find(v, w->value) != w ||
				hl_vocab_parse(v, hl_str_c(w->name), &back) ||
				back != w->value) {
				fail_msg("%s %s: not found", v->name, w->name);
			}
			assert_string_equal(
				w->name, hl_vocab_name(v, w->value));
			assert_string_equal(
				w->label, hl_vocab_label(v, w->value));
		}
	}
}

static void vocabulary_names_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < hl_vocab_n_all; i++) {
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(
				hl_vocab_all[i]->name, hl_vocab_all[k]->name);
		}
	}
}

static void what_is_no_word_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "Website", "website ", " website", "web", "websites", "1"};
	int value = 77;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(wrong); i++) {
		if (hl_vocab_parse(&hl_vocab_place, hl_str_c(wrong[i]),
			    &value) != HL_NOTFOUND ||
			value != 77) {
			fail_msg("\"%s\" was taken", wrong[i]);
		}
	}
	assert_int_equal(HL_NOTFOUND,
		hl_vocab_parse(&hl_vocab_place, HL_STR_NONE, &value));
	assert_null(hl_vocab_find(&hl_vocab_place, 99));
	assert_null(hl_vocab_find(&hl_vocab_place, -1));
	assert_string_equal("", hl_vocab_name(&hl_vocab_place, 99));
	assert_string_equal("", hl_vocab_label(&hl_vocab_place, 99));
}

/* The stored values: a change here breaks every store there is. */
static void stored_values_stay(void **state)
{
	static const struct {
		const struct hl_vocab *v;
		const char *name;
		int value;
	} rows[] = {
		{&hl_vocab_place, "unknown", HL_PLACE_UNKNOWN},
		{&hl_vocab_place, "peer_to_peer", 6},
		{&hl_vocab_outcome, "illegal_baseline", 1},
		{&hl_vocab_outcome, "cannot_tell", 8},
		{&hl_vocab_age, "prepubescent", 2},
		{&hl_vocab_children, "7", 7},
		{&hl_vocab_material, "computer_generated", 6},
		{&hl_vocab_triage, "insufficient", 4},
		{&hl_vocab_answer, "refused", 5},
		{&hl_vocab_public_status, "removed", 6},
		{&hl_vocab_recipient, "police", 1},
		{&hl_vocab_role, "administrator", 16},
		{&hl_vocab_step, "removal", HL_STEP_LAST},
		{&hl_vocab_case_state, "erased", 11},
		{&hl_vocab_referral_state, "lea_hold", 3},
		{&hl_vocab_event, "report.received", 101},
		{&hl_vocab_event, "system.clock", 708},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int value = -1;

		assert_int_equal(0, hl_vocab_parse(rows[i].v,
					    hl_str_c(rows[i].name), &value));
		if (value != rows[i].value) {
			fail_msg("%s: %d", rows[i].name, value);
		}
	}
}

static void no_table_has_gaps(void **state)
{
	static const struct {
		const struct hl_vocab *v;
		int first, last;
	} rows[] = {
		{&hl_vocab_ynu, 0, HL_YNU_UNKNOWN},
		{&hl_vocab_place, 0, HL_PLACE_UNKNOWN},
		{&hl_vocab_seen, 0, HL_SEEN_UNKNOWN},
		{&hl_vocab_payment, 1, HL_PAYMENT_UNKNOWN},
		{&hl_vocab_outcome, 0, HL_OUTCOME_CANNOT_TELL},
		{&hl_vocab_fact, 1, HL_FACT_LAST},
		{&hl_vocab_access, 0, HL_ACCESS_UNREACHABLE},
		{&hl_vocab_material, 0, HL_MATERIAL_LIVE},
		{&hl_vocab_act, 0, HL_ACT_UNDETERMINED},
		{&hl_vocab_posing, 0, HL_POSING_UNDETERMINED},
		{&hl_vocab_age, 0, HL_AGE_UNDETERMINED},
		{&hl_vocab_sex, 0, HL_SEX_UNDETERMINED},
		{&hl_vocab_children, 0, HL_CHILDREN_UNDETERMINED},
		{&hl_vocab_site, 0, HL_SITE_UNDETERMINED},
		{&hl_vocab_triage, 0, HL_TRIAGE_INSUFFICIENT},
		{&hl_vocab_triage_reason, 0, HL_TRIAGE_REASON_PRIVATE_PLACE},
		{&hl_vocab_close_reason, 0, HL_CLOSE_REFUSED},
		{&hl_vocab_answer, 0, HL_ANSWER_ALREADY_GONE},
		{&hl_vocab_refusal, 0, HL_REFUSAL_OTHER},
		{&hl_vocab_public_status, 0, HL_STATUS_INSUFFICIENT},
		{&hl_vocab_recipient, 0, HL_RECIPIENT_PAYMENT},
		{&hl_vocab_referral_kind, 0, HL_REFERRAL_PAYMENT_NOTICE},
		{&hl_vocab_contact_state, 0, HL_CONTACT_RETIRED},
		{&hl_vocab_check, 0, HL_CHECK_REFUSED},
		{&hl_vocab_step, 0, HL_STEP_LAST},
		{&hl_vocab_object, 0, HL_OBJECT_APPEAL},
		{&hl_vocab_report_state, 1, HL_REPORT_ERASED},
		{&hl_vocab_case_state, 1, HL_CASE_ERASED},
		{&hl_vocab_item_state, 1, HL_ITEM_HOST_CHANGED},
		{&hl_vocab_referral_state, 1, HL_REFERRAL_CLOSED},
		{&hl_vocab_machine, 0, HL_MACHINE_REFERRAL},
		{&hl_vocab_action, 1, HL_ACTION_LAST},
		{&hl_vocab_report_field, 1, HL_FIELD_LAST},
		{&hl_vocab_report_problem, 1, HL_PROBLEM_CONTENT},
		{&hl_vocab_priority, 1, HL_PRIORITY_LAST},
		{&hl_vocab_authz_action, 1, HL_AUTHZ_ACTION_LAST},
		{&hl_vocab_authz_why, 0, HL_AUTHZ_TAKEN},
		{&hl_vocab_authz_user_why, 0, HL_AUTHZ_USER_KEYS_ON_SHEETS},
		{&hl_vocab_hash_kind, 1, HL_HASH_SHA256},
		{&hl_vocab_hash_how, 1, HL_HASH_FILE},
		{&hl_vocab_hash_list_kind, 1, HL_HASH_LIST_PARTNER},
		{&hl_vocab_hash_list_state, 1, HL_HASH_LIST_RETIRED},
		{&hl_vocab_hash_state, 1, HL_HASH_WITHDRAWN},
		{&hl_vocab_hash_origin, 1, HL_HASH_FROM_FILE},
		{&hl_vocab_hash_opinion, 1, HL_HASH_DECONFIRM},
		{&hl_vocab_hash_reason, 0, HL_HASH_REASON_OWNER},
		{&hl_vocab_hash_problem, 0, HL_HASH_SCREENING},
		{&hl_vocab_list_scope, 1, HL_LIST_DOMAIN},
		{&hl_vocab_list_kind, 1, HL_LIST_CANARY},
		{&hl_vocab_list_state, 1, HL_LIST_ENDED},
		{&hl_vocab_list_act, 1, HL_LIST_ACT_END},
		{&hl_vocab_list_reason, 0, HL_LIST_REASON_MOVES},
		{&hl_vocab_list_end, 0, HL_LIST_END_UNSEEN},
		{&hl_vocab_list_consumer_state, 1, HL_LIST_CONSUMER_ENDED},
		{&hl_vocab_list_tier, 0, HL_LIST_TIER_CLEAR},
		{&hl_vocab_list_stage, 1, HL_LIST_STAGE_REST},
		{&hl_vocab_list_edition_state, 1, HL_LIST_EDITION_OUT},
		{&hl_vocab_list_appeal_state, 1, HL_LIST_APPEAL_REJECTED},
		{&hl_vocab_list_appeal_why, 0, HL_LIST_APPEAL_NO_GROUNDS},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		const struct hl_vocab *v = rows[i].v;
		int span = rows[i].last - rows[i].first + 1;

		if (v->words[0].value != rows[i].first ||
			v->words[v->n_words - 1].value != rows[i].last ||
			(int)hl_vocab_count(v) != span) {
			fail_msg("%s has %zu words, not %d", v->name,
				v->n_words, span);
		}
	}
}

static void every_event_has_its_word_and_object(void **state)
{
	static const int all[] = {
#define X(constant, value) HL_EVENT_##constant,
		HL_EVENT_LIST(X)
#undef X
	};

	(void)state;
	assert_int_equal(HL_ARRAY_LEN(all), hl_vocab_event.n_words);
	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		enum hl_object kind = hl_event_object((enum hl_event)all[i]);
		const char *object = hl_vocab_name(&hl_vocab_object, (int)kind);
		const char *name = hl_vocab_name(&hl_vocab_event, all[i]);

		if (!name[0] || strncmp(name, object, strlen(object)) != 0 ||
			name[strlen(object)] != '.') {
			fail_msg("event %d: %s, %s", all[i], name, object);
		}
	}
	assert_int_equal(HL_OBJECT_NONE, hl_event_object((enum hl_event)1));
	assert_int_equal(HL_OBJECT_NONE, hl_event_object((enum hl_event)9000));
}

static void sets_hold_only_words(void **state)
{
	uint32_t card = hl_vocab_bit(HL_PAYMENT_CARD);

	(void)state;
	assert_true(hl_vocab_valid_set(&hl_vocab_payment, 0));
	assert_true(hl_vocab_valid_set(&hl_vocab_payment, card));
	assert_false(hl_vocab_valid_set(&hl_vocab_payment, card | 1));
	assert_false(hl_vocab_valid_set(&hl_vocab_payment, UINT32_C(1) << 31));
	assert_int_equal(0, hl_vocab_bit(0));
	assert_int_equal(0, hl_vocab_bit(32));
	assert_int_equal(0, hl_vocab_bit(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_is_found_both_ways),
		cmocka_unit_test(vocabulary_names_differ),
		cmocka_unit_test(what_is_no_word_is_refused),
		cmocka_unit_test(stored_values_stay),
		cmocka_unit_test(no_table_has_gaps),
		cmocka_unit_test(every_event_has_its_word_and_object),
		cmocka_unit_test(sets_hold_only_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
