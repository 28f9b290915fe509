/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_ANSWERS_H
#define HL_REFERRAL_ANSWERS_H

#include "referral/answer.h"
#include "referral/service.h"

/* Answers of recipients: by their link, or typed in by staff. */

/* answer.via */
enum hl_referral_via {
	HL_REFERRAL_VIA_PAGE = 1,
	HL_REFERRAL_VIA_JSON = 2,
	HL_REFERRAL_VIA_STAFF = 3,
};

/* Who holds a link. All that the public process can learn by it. */
struct hl_referral_link {
	int64_t id;
	char ref[16]; /* "F-…" */
	char case_ref[16];
	enum hl_recipient kind;
	struct hl_str recipient; /* its name */
	bool is_test;
	int64_t sent_at_us, until_us;
	enum hl_answer answer; /* the latest; 0 none */
	int64_t answered_at_us;
	struct hl_referral_link_answer {
		int64_t at_us;
		enum hl_answer answer;
	} const *answers; /* oldest first */
	size_t n_answers;
};

/* token as it stands in the address. HL_NOTFOUND: unknown, mistyped or
 * withdrawn. HL_DENIED: it has expired. For the public process. */
int hl_referral_link(struct hl_store *store, struct hl_arena *arena,
	struct hl_str token, struct hl_referral_link *out, struct hl_err *err);

/*
 * Records an answer by link. Outcomes as hl_referral_link(). The same answer
 * again changes nothing (*repeat). The answer has been read with
 * hl_referral_answer_json() or _form() for link->kind.
 */
int hl_referral_link_answer(struct hl_store *store, struct hl_arena *arena,
	struct hl_str token, enum hl_referral_via via,
	const struct hl_referral_answer *answer,
	enum hl_referral_repeat *repeat, struct hl_err *err);

/* An answer that came by telephone or mail, typed in. */
int hl_referral_staff_answer(const struct hl_who *who, int64_t id,
	const struct hl_referral_answer *answer, enum hl_referral_why *why,
	struct hl_err *err);

/* A provider says "removed" and the watch is off, or a person has looked:
 * the item is declared gone, and reporters read "removed". */
int hl_referral_confirm_removed(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err);

#endif
