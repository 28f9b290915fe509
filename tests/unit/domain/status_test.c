/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define TOLD(kind) (UINT32_C(1) << HL_RECIPIENT_##kind)

static void what_a_reporter_is_told(void **state)
{
	static const struct {
		const char *what;
		struct hl_public_status_input in;
		enum hl_public_status status;
	} rows[] = {
		{"just in", {.state = HL_CASE_NEW, .item = HL_ITEM_UNCHECKED},
			HL_STATUS_RECEIVED},
		{"somebody took it", {.state = HL_CASE_ASSIGNED},
			HL_STATUS_ASSESSING},
		{"given back", {.state = HL_CASE_NEW, .touched = true},
			HL_STATUS_ASSESSING},
		{"the two differ", {.state = HL_CASE_DISAGREED},
			HL_STATUS_ASSESSING},
		{"agreed, nobody told yet",
			{.state = HL_CASE_AGREED,
				.outcome = HL_OUTCOME_BASELINE,
				.item = HL_ITEM_ONLINE},
			HL_STATUS_ASSESSING},
		{"police told",
			{.state = HL_CASE_ACTIONING,
				.outcome = HL_OUTCOME_BASELINE,
				.passed_to = TOLD(POLICE)},
			HL_STATUS_TO_POLICE},
		{"police and provider told",
			{.state = HL_CASE_MONITORING,
				.outcome = HL_OUTCOME_BASELINE,
				.passed_to = TOLD(POLICE) | TOLD(PROVIDER)},
			HL_STATUS_TO_PROVIDER},
		{"police and partner told",
			{.state = HL_CASE_MONITORING,
				.passed_to = TOLD(POLICE) | TOLD(PARTNER)},
			HL_STATUS_TO_PARTNER},
		{"a platform is a provider",
			{.state = HL_CASE_MONITORING,
				.passed_to = TOLD(PLATFORM)},
			HL_STATUS_TO_PROVIDER},
		{"told and gone",
			{.state = HL_CASE_MONITORING,
				.item = HL_ITEM_OFFLINE,
				.passed_to = TOLD(POLICE)},
			HL_STATUS_REMOVED},
		{"told, one miss is not gone",
			{.state = HL_CASE_MONITORING,
				.item = HL_ITEM_SUSPECT_OFFLINE,
				.passed_to = TOLD(PROVIDER)},
			HL_STATUS_TO_PROVIDER},
		{"back online",
			{.state = HL_CASE_ACTIONING,
				.item = HL_ITEM_ONLINE,
				.passed_to = TOLD(PROVIDER)},
			HL_STATUS_TO_PROVIDER},
		{"gone before anybody was told",
			{.state = HL_CASE_CLOSED,
				.reason = HL_CLOSE_GONE,
				.item = HL_ITEM_OFFLINE},
			HL_STATUS_UNREACHABLE},
		{"not illegal",
			{.state = HL_CASE_CLOSED,
				.outcome = HL_OUTCOME_LEGAL,
				.reason = HL_CLOSE_NOT_ILLEGAL},
			HL_STATUS_NOT_ILLEGAL},
		{"closed as removed",
			{.state = HL_CASE_CLOSED,
				.outcome = HL_OUTCOME_NATIONAL,
				.reason = HL_CLOSE_REMOVED,
				.passed_to = TOLD(PROVIDER)},
			HL_STATUS_REMOVED},
		{"behind a pay wall",
			{.state = HL_CASE_CLOSED, .reason = HL_CLOSE_PAYWALL},
			HL_STATUS_UNREACHABLE},
		{"erased stays as it was",
			{.state = HL_CASE_ERASED,
				.reason = HL_CLOSE_NOT_ILLEGAL},
			HL_STATUS_NOT_ILLEGAL},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		enum hl_public_status s = hl_public_status_of(&rows[i].in);

		if (s != rows[i].status) {
			fail_msg("%s: %s", rows[i].what,
				hl_vocab_name(&hl_vocab_public_status, (int)s));
		}
	}
}

static void check_one(const struct hl_public_status_input *in)
{
	enum hl_public_status s = hl_public_status_of(in);

	if (!s || !*hl_vocab_name(&hl_vocab_public_status, (int)s)) {
		fail_msg("state %d reason %d told %x: no status", in->state,
			in->reason, in->passed_to);
	}
	if (s == HL_STATUS_OUT_OF_REMIT || s == HL_STATUS_INSUFFICIENT) {
		fail_msg("state %d: a case says what only triage says",
			in->state);
	}
	if (s == HL_STATUS_REMOVED && !in->passed_to &&
		in->reason != HL_CLOSE_REMOVED) {
		fail_msg("state %d: removed, and nobody was told", in->state);
	}
	if (in->state == HL_CASE_NEW && !in->passed_to) {
		assert_int_equal(HL_STATUS_RECEIVED, s);
	}
}

/* Every combination gives a status that is true. The outcome itself never
 * shows: whether it is the baseline or the nation's law tells the reporter
 * of illegal material nothing, and somebody who tests the hotline much. */
static void every_combination_has_one(void **state)
{
	struct hl_public_status_input in = {0};

	(void)state;
	for (int s = HL_CASE_NEW; s <= HL_CASE_ERASED; s++) {
		for (int r = 0; r <= HL_CLOSE_REFUSED; r++) {
			for (int i = HL_ITEM_UNCHECKED;
				i <= HL_ITEM_HOST_CHANGED; i++) {
				for (uint32_t told = 0; told < 128; told += 2) {
					in.state = (enum hl_case_state)s;
					in.reason = (enum hl_close_reason)r;
					in.item = (enum hl_item_state)i;
					in.passed_to = told;
					in.outcome = HL_OUTCOME_BASELINE;
					check_one(&in);
					enum hl_public_status one =
						hl_public_status_of(&in);
					in.outcome = HL_OUTCOME_NATIONAL;
					assert_int_equal(
						one, hl_public_status_of(&in));
				}
			}
		}
	}
}

static void reasons_that_fit(void **state)
{
	static const struct {
		const char *what;
		struct hl_public_status_input in;
		bool fits;
	} rows[] = {
		{"nobody has assessed it",
			{.state = HL_CASE_NEW, .reason = HL_CLOSE_NOT_ILLEGAL},
			false},
		{"nobody could",
			{.state = HL_CASE_NEW, .reason = HL_CLOSE_CANNOT_TELL},
			true},
		{"agreed, called legal by one",
			{.state = HL_CASE_AGREED,
				.reason = HL_CLOSE_NOT_ILLEGAL},
			false},
		{"adjudicated, called unclear by one",
			{.state = HL_CASE_ADJUDICATED,
				.reason = HL_CLOSE_CANNOT_TELL},
			false},
		{"told, called legal by one",
			{.state = HL_CASE_MONITORING,
				.reason = HL_CLOSE_NOT_ILLEGAL,
				.passed_to = TOLD(POLICE)},
			false},
		{"passed on to nobody",
			{.state = HL_CASE_AGREED, .reason = HL_CLOSE_PASSED_ON},
			false},
		{"passed on",
			{.state = HL_CASE_MONITORING,
				.reason = HL_CLOSE_PASSED_ON,
				.passed_to = TOLD(POLICE)},
			true},
		{"removed, nobody told",
			{.state = HL_CASE_AGREED, .reason = HL_CLOSE_REMOVED},
			false},
		{"gone, nobody told",
			{.state = HL_CASE_AGREED, .reason = HL_CLOSE_GONE},
			true},
		{"gone, somebody told",
			{.state = HL_CASE_MONITORING,
				.reason = HL_CLOSE_GONE,
				.passed_to = TOLD(PROVIDER)},
			false},
		{"no reason", {.state = HL_CASE_NEW}, false},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_close_reason_fits(&rows[i].in) != rows[i].fits) {
			fail_msg("%s", rows[i].what);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_reporter_is_told),
		cmocka_unit_test(every_combination_has_one),
		cmocka_unit_test(reasons_that_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
