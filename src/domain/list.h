/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_LIST_H
#define HL_DOMAIN_LIST_H

#include "base/time.h"
#include "domain/vocab.h"

/* The words of lists of addresses that others block: docs/publish.md,
 * docs/protocol/urllist.md. Values are stored: never renumber. */

enum hl_list_scope {
	HL_LIST_PAGE = 1,
	HL_LIST_ANY_QUERY = 2, /* the page, whatever its query */
	HL_LIST_FOLDER = 3,
	HL_LIST_DOMAIN = 4,
};
/* list_entry.kind */
enum hl_list_kind {
	HL_LIST_OF_CASE = 1,
	HL_LIST_CANARY = 2,
};

enum hl_list_state {
	HL_LIST_PROPOSED = 1, /* by one */
	HL_LIST_ACTIVE = 2,   /* in force: it is published */
	HL_LIST_THIRD = 3,    /* two said yes; a popular host needs a third */
	HL_LIST_REFUSED = 4,
	HL_LIST_ENDED = 5,
};
enum hl_list_act {
	HL_LIST_ACT_APPROVE = 1, /* by a second person */
	HL_LIST_ACT_APPROVE_POPULAR = 2,
	HL_LIST_ACT_THIRD = 3,
	HL_LIST_ACT_REFUSE = 4,
	HL_LIST_ACT_LOOK = 5, /* somebody says: still there */
	HL_LIST_ACT_END = 6,
};

/* Why more than a page is listed. */
enum hl_list_reason {
	HL_LIST_REASON_NONE = 0,      /* of a page: it needs none */
	HL_LIST_REASON_DEDICATED = 1, /* there is nothing else in it */
	HL_LIST_REASON_MANY = 2,      /* too many pages to list each */
	HL_LIST_REASON_MOVES = 3,     /* its addresses change all the time */
};
/* Folder and domain have a reason, pages have none. */
bool hl_list_reason_fits(enum hl_list_scope scope, enum hl_list_reason reason);

/* Why an entry ended; also `why` of the log's leaf. */
enum hl_list_end {
	HL_LIST_END_NOT = 0,
	HL_LIST_END_GONE = 1,   /* the content is */
	HL_LIST_END_APPEAL = 2, /* upheld */
	HL_LIST_END_PERSON = 3, /* a supervisor, for another reason */
	HL_LIST_END_ROLLBACK = 4,
	HL_LIST_END_CASE = 5, /* reopened, or no longer illegal */
	HL_LIST_END_ERASED = 6,
	HL_LIST_END_CONSUMER = 7, /* of a canary: its consumer ended */
	HL_LIST_END_MISTAKE = 8,  /* should not have been listed */
	HL_LIST_END_WIDE = 9,     /* blocked more than it should */
	HL_LIST_END_ASKED = 10,   /* police or a court asked for it */
	HL_LIST_END_UNSEEN = 11,  /* nobody looked in time */
};
/* Whether a supervisor may give it as the reason. */
bool hl_list_end_by_person(enum hl_list_end why);

enum hl_list_consumer_state {
	HL_LIST_CONSUMER_PROPOSED = 1,
	HL_LIST_CONSUMER_ACTIVE = 2,
	HL_LIST_CONSUMER_REFUSED = 3,
	HL_LIST_CONSUMER_ENDED = 4,
};
enum hl_list_tier {
	HL_LIST_TIER_OFFLINE = 0, /* names can be tested without asking */
	HL_LIST_TIER_ASKS = 1,
	HL_LIST_TIER_CLEAR = 2, /* whole domains in clear, by DNS */
};
enum hl_list_stage {
	HL_LIST_STAGE_FIRST = 1, /* gets new entries before the others */
	HL_LIST_STAGE_REST = 2,
};

/* What held an edition back: a set of bits, list_edition.held. */
enum hl_list_breaker {
	HL_LIST_BREAKER_DELTA = 1 << 0,   /* too much came in a day */
	HL_LIST_BREAKER_POPULAR = 1 << 1, /* none: left out, and logged */
	HL_LIST_BREAKER_LOSS = 1 << 2,    /* too much went in a day */
	HL_LIST_BREAKER_HALTED = 1 << 3,  /* a person halted it */
};
enum hl_list_edition_state {
	HL_LIST_EDITION_HELD = 1, /* a person has to look */
	HL_LIST_EDITION_PUBLISHED = 2,
	HL_LIST_EDITION_REFUSED = 3,   /* by a person */
	HL_LIST_EDITION_OVERTAKEN = 4, /* the set is another one by now */
	HL_LIST_EDITION_RELEASED = 5,  /* a person said yes to its digest; the
					  publisher has not acted yet */
	HL_LIST_EDITION_OUT = 6, /* it was released, and what was held went
				  out under a later number */
};

enum hl_list_appeal_state {
	HL_LIST_APPEAL_OPEN = 1,
	HL_LIST_APPEAL_UPHELD = 2, /* the entry ended */
	HL_LIST_APPEAL_REJECTED = 3,
};
enum hl_list_appeal_why {
	HL_LIST_APPEAL_WHY_NONE = 0,
	/* upheld */
	HL_LIST_APPEAL_NOT_ILLEGAL = 1,
	HL_LIST_APPEAL_GONE = 2,
	HL_LIST_APPEAL_WIDE = 3,  /* blocked more than it should */
	HL_LIST_APPEAL_OTHER = 4, /* the address has other content now */
	/* rejected */
	HL_LIST_APPEAL_STANDS = 5,     /* looked again: it is right */
	HL_LIST_APPEAL_NOT_LISTED = 6, /* no entry of ours blocks it */
	HL_LIST_APPEAL_NO_GROUNDS = 7, /* says nothing that can be judged */
};
/* Whether a decision may have this reason. */
bool hl_list_appeal_fits(
	enum hl_list_appeal_state state, enum hl_list_appeal_why why);

/* How long an entry counts after somebody, or the watch, saw that it is
 * still there: urllist.md, clause 2. */
#define HL_LIST_FRESH_US (72 * INT64_C(3600) * HL_US_PER_S)
/* So long before it counts no more a person is asked to look; the watch has
 * then not seen it for two days, be it off, behind or broken. */
#define HL_LIST_SOON_US (24 * INT64_C(3600) * HL_US_PER_S)
/* So long after it counts no more the watch's sight brings it back; then it
 * ends, and two people have to list it anew. */
#define HL_LIST_REVIVE_US (96 * INT64_C(3600) * HL_US_PER_S)

/* HL_DENIED for an act that the state does not know; *to is left alone. */
int hl_list_next(
	enum hl_list_state from, enum hl_list_act act, enum hl_list_state *to);

#endif
