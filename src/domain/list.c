/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/list.h"

bool hl_list_reason_fits(enum hl_list_scope scope, enum hl_list_reason reason)
{
	bool wide = scope == HL_LIST_FOLDER || scope == HL_LIST_DOMAIN;

	return hl_vocab_find(&hl_vocab_list_scope, (int)scope) &&
	       hl_vocab_find(&hl_vocab_list_reason, (int)reason) &&
	       wide == (reason != HL_LIST_REASON_NONE);
}

bool hl_list_end_by_person(enum hl_list_end why)
{
	return why == HL_LIST_END_GONE || why == HL_LIST_END_PERSON ||
	       why == HL_LIST_END_MISTAKE || why == HL_LIST_END_WIDE ||
	       why == HL_LIST_END_ASKED;
}

bool hl_list_appeal_fits(
	enum hl_list_appeal_state state, enum hl_list_appeal_why why)
{
	switch (state) {
	case HL_LIST_APPEAL_UPHELD:
		return why >= HL_LIST_APPEAL_NOT_ILLEGAL &&
		       why <= HL_LIST_APPEAL_OTHER;
	case HL_LIST_APPEAL_REJECTED:
		return why >= HL_LIST_APPEAL_STANDS &&
		       why <= HL_LIST_APPEAL_NO_GROUNDS;
	case HL_LIST_APPEAL_OPEN:
		break;
	}
	return false;
}

static const struct {
	enum hl_list_state from;
	enum hl_list_act act;
	enum hl_list_state to;
} transitions[] = {
	{HL_LIST_PROPOSED, HL_LIST_ACT_APPROVE, HL_LIST_ACTIVE},
	{HL_LIST_PROPOSED, HL_LIST_ACT_APPROVE_POPULAR, HL_LIST_THIRD},
	{HL_LIST_PROPOSED, HL_LIST_ACT_REFUSE, HL_LIST_REFUSED},
	{HL_LIST_PROPOSED, HL_LIST_ACT_END, HL_LIST_ENDED},
	{HL_LIST_THIRD, HL_LIST_ACT_THIRD, HL_LIST_ACTIVE},
	{HL_LIST_THIRD, HL_LIST_ACT_REFUSE, HL_LIST_REFUSED},
	{HL_LIST_THIRD, HL_LIST_ACT_END, HL_LIST_ENDED},
	{HL_LIST_ACTIVE, HL_LIST_ACT_LOOK, HL_LIST_ACTIVE},
	{HL_LIST_ACTIVE, HL_LIST_ACT_END, HL_LIST_ENDED},
};

int hl_list_next(
	enum hl_list_state from, enum hl_list_act act, enum hl_list_state *to)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(transitions); i++) {
		if (transitions[i].from == from && transitions[i].act == act) {
			*to = transitions[i].to;
			return 0;
		}
	}
	return HL_DENIED;
}

#define VOCAB(name, words)                        \
	const struct hl_vocab hl_vocab_##name = { \
		#name, HL_ARRAY_LEN(words), words}

static const struct hl_vocab_word scopes[] = {
	{HL_LIST_PAGE, "page", HL_MSG("This page")},
	{HL_LIST_ANY_QUERY, "any_query",
		HL_MSG("This page, whatever stands behind “?”")},
	{HL_LIST_FOLDER, "folder", HL_MSG("Everything in this folder")},
	{HL_LIST_DOMAIN, "domain", HL_MSG("The whole domain")},
};
VOCAB(list_scope, scopes);

static const struct hl_vocab_word kinds[] = {
	{HL_LIST_OF_CASE, "case", HL_MSG("Of a case")},
	{HL_LIST_CANARY, "canary", HL_MSG("A canary")},
};
VOCAB(list_kind, kinds);

static const struct hl_vocab_word states[] = {
	{HL_LIST_PROPOSED, "proposed", HL_MSG("Waits for approval")},
	{HL_LIST_ACTIVE, "active", HL_MSG("In force")},
	{HL_LIST_THIRD, "third", HL_MSG("Waits for a third person")},
	{HL_LIST_REFUSED, "refused", HL_MSG("Refused")},
	{HL_LIST_ENDED, "ended", HL_MSG("Ended")},
};
VOCAB(list_state, states);

static const struct hl_vocab_word acts[] = {
	{HL_LIST_ACT_APPROVE, "approve", HL_MSG("Approve")},
	{HL_LIST_ACT_APPROVE_POPULAR, "approve_popular",
		HL_MSG("Approve, of a popular host")},
	{HL_LIST_ACT_THIRD, "third", HL_MSG("Approve as the third person")},
	{HL_LIST_ACT_REFUSE, "refuse", HL_MSG("Refuse")},
	{HL_LIST_ACT_LOOK, "look", HL_MSG("Say that it is still there")},
	{HL_LIST_ACT_END, "end", HL_MSG("End")},
};
VOCAB(list_act, acts);

static const struct hl_vocab_word reasons[] = {
	{HL_LIST_REASON_NONE, "none", HL_MSG("None is needed")},
	{HL_LIST_REASON_DEDICATED, "dedicated",
		HL_MSG("There is nothing else in it")},
	{HL_LIST_REASON_MANY, "many",
		HL_MSG("Too many confirmed pages to list each")},
	{HL_LIST_REASON_MOVES, "moves",
		HL_MSG("The same content moves within it all the time")},
};
VOCAB(list_reason, reasons);

static const struct hl_vocab_word ends[] = {
	{HL_LIST_END_NOT, "not", HL_MSG("It has not ended")},
	{HL_LIST_END_GONE, "gone", HL_MSG("The content is gone")},
	{HL_LIST_END_APPEAL, "appeal", HL_MSG("An appeal was upheld")},
	{HL_LIST_END_PERSON, "person", HL_MSG("Another reason")},
	{HL_LIST_END_ROLLBACK, "rollback", HL_MSG("The list was rolled back")},
	{HL_LIST_END_CASE, "case",
		HL_MSG("The case was reopened, or is no longer illegal")},
	{HL_LIST_END_ERASED, "erased", HL_MSG("The case was erased")},
	{HL_LIST_END_CONSUMER, "consumer", HL_MSG("Its consumer ended")},
	{HL_LIST_END_MISTAKE, "mistake", HL_MSG("It was listed by mistake")},
	{HL_LIST_END_WIDE, "wide", HL_MSG("It blocked more than it should")},
	{HL_LIST_END_ASKED, "asked",
		HL_MSG("The police or a court asked for it")},
	{HL_LIST_END_UNSEEN, "unseen", HL_MSG("Nobody looked in time")},
};
VOCAB(list_end, ends);

static const struct hl_vocab_word consumer_states[] = {
	{HL_LIST_CONSUMER_PROPOSED, "proposed", HL_MSG("Waits for approval")},
	{HL_LIST_CONSUMER_ACTIVE, "active", HL_MSG("In use")},
	{HL_LIST_CONSUMER_REFUSED, "refused", HL_MSG("Refused")},
	{HL_LIST_CONSUMER_ENDED, "ended", HL_MSG("Ended")},
};
VOCAB(list_consumer_state, consumer_states);

static const struct hl_vocab_word tiers[] = {
	{HL_LIST_TIER_OFFLINE, "offline",
		HL_MSG("Cannot ask: its list can be guessed at")},
	{HL_LIST_TIER_ASKS, "asks", HL_MSG("Asks us for each host")},
	{HL_LIST_TIER_CLEAR, "clear",
		HL_MSG("A vetted resolver: whole domains in clear")},
};
VOCAB(list_tier, tiers);

static const struct hl_vocab_word stages[] = {
	{HL_LIST_STAGE_FIRST, "first", HL_MSG("Gets new entries first")},
	{HL_LIST_STAGE_REST, "rest",
		HL_MSG("Gets new entries after the first ones")},
};
VOCAB(list_stage, stages);

static const struct hl_vocab_word breakers[] = {
	{HL_LIST_BREAKER_DELTA, "delta", HL_MSG("Too much came within a day")},
	{HL_LIST_BREAKER_POPULAR, "popular",
		HL_MSG("A popular host without a third person")},
	{HL_LIST_BREAKER_LOSS, "loss", HL_MSG("Too much went within a day")},
	{HL_LIST_BREAKER_HALTED, "halted", HL_MSG("Publication is halted")},
};
VOCAB(list_breaker, breakers);

static const struct hl_vocab_word edition_states[] = {
	{HL_LIST_EDITION_HELD, "held", HL_MSG("Held back")},
	{HL_LIST_EDITION_PUBLISHED, "published", HL_MSG("Published")},
	{HL_LIST_EDITION_REFUSED, "refused", HL_MSG("Refused")},
	{HL_LIST_EDITION_OVERTAKEN, "overtaken",
		HL_MSG("A later one took its place")},
	{HL_LIST_EDITION_RELEASED, "released",
		HL_MSG("Released, goes out next")},
	{HL_LIST_EDITION_OUT, "out",
		HL_MSG("Released, went out as a later one")},
};
VOCAB(list_edition_state, edition_states);

static const struct hl_vocab_word appeal_states[] = {
	{HL_LIST_APPEAL_OPEN, "open", HL_MSG("Open")},
	{HL_LIST_APPEAL_UPHELD, "upheld", HL_MSG("Upheld")},
	{HL_LIST_APPEAL_REJECTED, "rejected", HL_MSG("Rejected")},
};
VOCAB(list_appeal_state, appeal_states);

static const struct hl_vocab_word appeal_whys[] = {
	{HL_LIST_APPEAL_WHY_NONE, "none", HL_MSG("Not decided yet")},
	{HL_LIST_APPEAL_NOT_ILLEGAL, "not_illegal",
		HL_MSG("What is there is not illegal")},
	{HL_LIST_APPEAL_GONE, "gone", HL_MSG("The content is gone")},
	{HL_LIST_APPEAL_WIDE, "wide", HL_MSG("It blocked more than it should")},
	{HL_LIST_APPEAL_OTHER, "other",
		HL_MSG("There is other content at this address now")},
	{HL_LIST_APPEAL_STANDS, "stands",
		HL_MSG("We looked again, and the entry is right")},
	{HL_LIST_APPEAL_NOT_LISTED, "not_listed",
		HL_MSG("No entry of ours blocks this address")},
	{HL_LIST_APPEAL_NO_GROUNDS, "no_grounds",
		HL_MSG("It says nothing that could be judged")},
};
VOCAB(list_appeal_why, appeal_whys);
