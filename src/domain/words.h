/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_WORDS_H
#define HL_DOMAIN_WORDS_H

/*
 * What reporters and analysts can say. Values are stored: never renumber.
 * 0 is "nobody answered"; "unknown" or "cannot tell" is an answer.
 */
enum hl_ynu {
	HL_YNU_UNANSWERED = 0,
	HL_YNU_YES = 1,
	HL_YNU_NO = 2,
	HL_YNU_UNKNOWN = 3,
};

/* Kind of place where the reporter found it. */
enum hl_place {
	HL_PLACE_UNANSWERED = 0,
	HL_PLACE_WEBSITE = 1,
	HL_PLACE_FORUM = 2, /* forum or social network */
	HL_PLACE_CHAT = 3,  /* chat or messenger */
	HL_PLACE_EMAIL = 4,
	HL_PLACE_NEWSGROUP = 5,
	HL_PLACE_PEER2PEER = 6,
	HL_PLACE_MOBILE = 7, /* mobile phone, SMS */
	HL_PLACE_LIVESTREAM = 8,
	HL_PLACE_GAME = 9,
	HL_PLACE_ELSEWHERE = 10,
	HL_PLACE_UNKNOWN = 11,
};

/* When the reporter saw it. */
enum hl_seen {
	HL_SEEN_UNANSWERED = 0,
	HL_SEEN_TODAY = 1,
	HL_SEEN_WEEK = 2,
	HL_SEEN_MONTH = 3,
	HL_SEEN_EARLIER = 4,
	HL_SEEN_UNKNOWN = 5,
};

/* A set: masks of 1 << value. */
enum hl_payment {
	HL_PAYMENT_CARD = 1,
	HL_PAYMENT_TRANSFER = 2,
	HL_PAYMENT_WALLET = 3,
	HL_PAYMENT_CRYPTO = 4,
	HL_PAYMENT_VOUCHER = 5,
	HL_PAYMENT_SMS = 6,
	HL_PAYMENT_IN_KIND = 7,
	HL_PAYMENT_OTHER = 8,
	HL_PAYMENT_UNKNOWN = 9,
};

/* What follows from facts and law; 0 is "more facts are needed". Ordered by
 * weight among 1 to 5: a lower value outweighs a higher one. */
enum hl_outcome {
	HL_OUTCOME_UNANSWERED = 0,
	HL_OUTCOME_BASELINE = 1,
	HL_OUTCOME_NATIONAL = 2,
	HL_OUTCOME_SEXUALISED = 3, /* sexualised but legal */
	HL_OUTCOME_OFFENSIVE = 4,  /* offensive but legal */
	HL_OUTCOME_LEGAL = 5,      /* not illegal */
	HL_OUTCOME_PAYWALL = 6,
	HL_OUTCOME_GONE = 7,
	HL_OUTCOME_CANNOT_TELL = 8,
};

static inline int hl_outcome_illegal(enum hl_outcome o)
{
	return o == HL_OUTCOME_BASELINE || o == HL_OUTCOME_NATIONAL;
}

#endif
