/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/casework.h"

#include "casework/queue.h"

static const struct hl_vocab_word whys[] = {
	{HL_CASEWORK_ALLOWED, "allowed", HL_MSG("Allowed")},
	{HL_CASEWORK_NOT_PERMITTED, "not_permitted",
		HL_MSG("You may not do this.")},
	{HL_CASEWORK_NOT_HELD, "not_held",
		HL_MSG("You do not hold this case, or your time for it ran "
		       "out. Take it first.")},
	{HL_CASEWORK_SAME_PERSON, "same_person",
		HL_MSG("Another person must do this.")},
	{HL_CASEWORK_WRONG_STATE, "wrong_state",
		HL_MSG("The case has moved on: this can no longer be done.")},
	{HL_CASEWORK_ON_HOLD, "on_hold", HL_MSG("A legal hold forbids this.")},
	{HL_CASEWORK_BLIND, "blind",
		HL_MSG("Not before the second assessment is in.")},
	{HL_CASEWORK_TAKEN, "taken",
		HL_MSG("Somebody else holds this case now.")},
	{HL_CASEWORK_EXPOSURE, "exposure",
		HL_MSG("Your viewing time for today is used up. You can take "
		       "new cases tomorrow.")},
	{HL_CASEWORK_NO_KEY, "no_key",
		HL_MSG("You have not been handed the key that this needs. Ask "
		       "a supervisor.")},
	{HL_CASEWORK_BUSY, "busy",
		HL_MSG("Others are changing this at the moment. Try again.")},
	{HL_CASEWORK_REFERRALS, "referrals",
		HL_MSG("Referrals of this case are still on their way. Cancel "
		       "them or wait for them first.")},
	{HL_CASEWORK_UNFIT, "unfit",
		HL_MSG("That person may not work on this case.")},
	{HL_CASEWORK_PROPOSED, "proposed",
		HL_MSG("This was asked for before.")},
	{HL_CASEWORK_REASON, "reason",
		HL_MSG("This reason contradicts what is known of the case. "
		       "Choose another, or have it assessed anew.")},
	{HL_CASEWORK_REGISTRY, "registry",
		HL_MSG("The list of known hashes does not take this.")},
};
const struct hl_vocab hl_vocab_casework_why = {
	"casework_why", HL_ARRAY_LEN(whys), whys};

static const struct hl_vocab_word tabs[] = {
	{HL_CASEWORK_ALL, "all", HL_MSG("All")},
	{HL_CASEWORK_UNASSIGNED, "unassigned", HL_MSG("Unassigned")},
	{HL_CASEWORK_MINE, "mine", HL_MSG("Mine")},
	{HL_CASEWORK_TO_VERIFY, "to_verify", HL_MSG("To verify")},
	{HL_CASEWORK_TO_ADJUDICATE, "to_adjudicate", HL_MSG("To decide")},
	{HL_CASEWORK_TO_ACT, "to_act", HL_MSG("To act on")},
	{HL_CASEWORK_MONITORED, "monitored", HL_MSG("Being watched")},
	{HL_CASEWORK_CLOSED, "closed", HL_MSG("Closed")},
};
const struct hl_vocab hl_vocab_casework_tab = {
	"casework_tab", HL_ARRAY_LEN(tabs), tabs};
