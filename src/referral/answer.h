/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_ANSWER_H
#define HL_REFERRAL_ANSWER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "domain/flow.h"

/* What a recipient answers, docs/protocol/answer.md. Pure. */
#define HL_REFERRAL_ANSWER_BYTES_MAX (16 * 1024)
#define HL_REFERRAL_NOTE_CHARS_MAX 2000
#define HL_REFERRAL_NEW_ADDRESS_MAX 2048

struct hl_referral_answer {
	enum hl_answer answer;
	enum hl_refusal reason;    /* with HL_ANSWER_REFUSED */
	struct hl_str new_address; /* with HL_ANSWER_MOVED */
	struct hl_str note;        /* may be absent */
};

/* Why it was not taken; code and field are stable, 0 is "it was". */
struct hl_referral_problem {
	const char *code;    /* "reason_missing"; static */
	const char *message; /* English for people, through gettext; static */
	char field[32];      /* "reason"; may be empty */
	int status;          /* of HTTP */
};

/* One field of a form, in the order in which they came. */
struct hl_referral_field {
	struct hl_str name;
	struct hl_str value;
};

/*
 * 0, or HL_DENIED with *problem filled in; HL_E_NOMEM. Strings of *out are
 * copies in a, trimmed, line ends as one line feed. What a police unit alone
 * may answer is refused to others.
 */
int hl_referral_answer_json(struct hl_str body, enum hl_recipient recipient,
	struct hl_arena *a, struct hl_referral_answer *out,
	struct hl_referral_problem *problem);
int hl_referral_answer_form(const struct hl_referral_field *fields,
	size_t n_fields, enum hl_recipient recipient, struct hl_arena *a,
	struct hl_referral_answer *out, struct hl_referral_problem *problem);

/* What the store keeps, taken as it was once accepted: rules that have become
 * stricter hide nothing. HL_E_CORRUPT, HL_E_NOMEM. */
int hl_referral_answer_stored(struct hl_str stored, struct hl_arena *a,
	struct hl_referral_answer *out);

/* Whether this kind of recipient may give this answer; for the buttons. */
bool hl_referral_answer_open_to(
	enum hl_answer answer, enum hl_recipient recipient);

enum hl_referral_repeat {
	HL_REFERRAL_RECORDED, /* the first one */
	HL_REFERRAL_REPEATED, /* equal to the present one: change nothing */
	HL_REFERRAL_CHANGED,  /* keep both, this one counts */
};
/* present is NULL when there is none. */
enum hl_referral_repeat hl_referral_answer_compare(
	const struct hl_referral_answer *present,
	const struct hl_referral_answer *next);

/* {"answer":"moved","new_address":"…"} for the store and the page's JSON;
 * hl_referral_answer_json() and _stored() read it back. */
void hl_referral_answer_put(
	struct hl_buf *out, const struct hl_referral_answer *answer);
/* {"referral":"F-…","answer":"removed","state":"recorded"} */
void hl_referral_answer_put_result(struct hl_buf *out, struct hl_str ref,
	enum hl_answer answer, enum hl_referral_repeat state);
/* {"error":"…","field":"…","message":"…"} */
void hl_referral_problem_put(
	struct hl_buf *out, const struct hl_referral_problem *problem);

#endif
