/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/words.h"

#include "domain/vocab.h"

static const struct hl_vocab_word ynu[] = {
	{HL_YNU_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_YNU_YES, "yes", HL_MSG("Yes")},
	{HL_YNU_NO, "no", HL_MSG("No")},
	{HL_YNU_UNKNOWN, "unknown", HL_MSG("I don’t know")},
};
const struct hl_vocab hl_vocab_ynu = {"ynu", HL_ARRAY_LEN(ynu), ynu};

static const struct hl_vocab_word places[] = {
	{HL_PLACE_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_PLACE_WEBSITE, "website", HL_MSG("Website")},
	{HL_PLACE_FORUM, "forum", HL_MSG("Forum or social network")},
	{HL_PLACE_CHAT, "chat", HL_MSG("Chat or messenger")},
	{HL_PLACE_EMAIL, "email", HL_MSG("E-mail")},
	{HL_PLACE_NEWSGROUP, "newsgroup", HL_MSG("Newsgroup")},
	{HL_PLACE_PEER2PEER, "peer_to_peer",
		HL_MSG("File sharing (peer-to-peer)")},
	{HL_PLACE_MOBILE, "mobile", HL_MSG("Mobile phone or SMS")},
	{HL_PLACE_LIVESTREAM, "live_stream", HL_MSG("Live stream")},
	{HL_PLACE_GAME, "game", HL_MSG("Online game")},
	{HL_PLACE_ELSEWHERE, "elsewhere", HL_MSG("Somewhere else")},
	{HL_PLACE_UNKNOWN, "unknown", HL_MSG("I don’t know")},
};
const struct hl_vocab hl_vocab_place = {"place", HL_ARRAY_LEN(places), places};

static const struct hl_vocab_word seen[] = {
	{HL_SEEN_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_SEEN_TODAY, "today", HL_MSG("Today")},
	{HL_SEEN_WEEK, "week", HL_MSG("In the last 7 days")},
	{HL_SEEN_MONTH, "month", HL_MSG("In the last month")},
	{HL_SEEN_EARLIER, "earlier", HL_MSG("Longer ago")},
	{HL_SEEN_UNKNOWN, "unknown", HL_MSG("I don’t know")},
};
const struct hl_vocab hl_vocab_seen = {"seen", HL_ARRAY_LEN(seen), seen};

static const struct hl_vocab_word payments[] = {
	{HL_PAYMENT_CARD, "card", HL_MSG("Credit or debit card")},
	{HL_PAYMENT_TRANSFER, "transfer", HL_MSG("Bank transfer")},
	{HL_PAYMENT_WALLET, "wallet", HL_MSG("Online wallet")},
	{HL_PAYMENT_CRYPTO, "cryptocurrency", HL_MSG("Cryptocurrency")},
	{HL_PAYMENT_VOUCHER, "voucher", HL_MSG("Prepaid voucher or gift card")},
	{HL_PAYMENT_SMS, "sms", HL_MSG("SMS or phone bill")},
	{HL_PAYMENT_IN_KIND, "in_kind",
		HL_MSG("In exchange for other material")},
	{HL_PAYMENT_OTHER, "other", HL_MSG("Another way")},
	{HL_PAYMENT_UNKNOWN, "unknown", HL_MSG("Cannot tell")},
};
const struct hl_vocab hl_vocab_payment = {
	"payment", HL_ARRAY_LEN(payments), payments};

static const struct hl_vocab_word outcomes[] = {
	{HL_OUTCOME_UNANSWERED, "undecided", HL_MSG("More facts are needed")},
	{HL_OUTCOME_BASELINE, "illegal_baseline",
		HL_MSG("Illegal (international baseline)")},
	{HL_OUTCOME_NATIONAL, "illegal_national",
		HL_MSG("Illegal (national law)")},
	{HL_OUTCOME_SEXUALISED, "sexualised_legal",
		HL_MSG("Sexualised but legal")},
	{HL_OUTCOME_OFFENSIVE, "offensive_legal",
		HL_MSG("Offensive but legal")},
	{HL_OUTCOME_LEGAL, "not_illegal", HL_MSG("Not illegal")},
	{HL_OUTCOME_PAYWALL, "pay_wall", HL_MSG("Behind a pay wall")},
	{HL_OUTCOME_GONE, "already_gone", HL_MSG("Already gone")},
	{HL_OUTCOME_CANNOT_TELL, "cannot_tell", HL_MSG("Cannot tell")},
};
const struct hl_vocab hl_vocab_outcome = {
	"outcome", HL_ARRAY_LEN(outcomes), outcomes};
