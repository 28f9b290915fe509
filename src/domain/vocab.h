/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_VOCAB_H
#define HL_DOMAIN_VOCAB_H

#include "base/err.h"
#include "base/str.h"

/*
 * One table for each enumeration of the field. The value is what the store
 * keeps and never changes its meaning; the name is what JSON, CSV, forms and
 * the command line use; the label is English for people and goes through
 * gettext where it is shown. In every table of facts and answers the value 0
 * is "nobody answered": it has a name and a label for pages, is never
 * written to JSON, and never means anything else.
 */

/* Marks a string for translation and does nothing. */
#define HL_MSG(text) text

struct hl_vocab_word {
	int value;
	const char *name;
	const char *label;
};

struct hl_vocab {
	const char *name; /* of the enumeration: "place" */
	size_t n_words;
	const struct hl_vocab_word *words; /* ascending by value */
};

/* All below: static strings, thread-safe. NULL for a value without word. */
const struct hl_vocab_word *hl_vocab_find(const struct hl_vocab *v, int value);
/* "" for a value without word. */
const char *hl_vocab_name(const struct hl_vocab *v, int value);
const char *hl_vocab_label(const struct hl_vocab *v, int value);
static inline size_t hl_vocab_count(const struct hl_vocab *v)
{
	return v->n_words;
}
/* The value of an exact name. HL_NOTFOUND leaves *value alone. */
int hl_vocab_parse(const struct hl_vocab *v, struct hl_str name, int *value);

/*
 * Sets are masks of 1 << value; 0 is "nobody answered". Names in JSON lists
 * and repeated form fields. True if every bit of set has a word of its own
 * that is not the value 0.
 */
static inline uint32_t hl_vocab_bit(int value)
{
	return value > 0 && value < 32 ? UINT32_C(1) << value : 0;
}
bool hl_vocab_valid_set(const struct hl_vocab *v, uint32_t set);

/* words.h */
extern const struct hl_vocab hl_vocab_ynu;
extern const struct hl_vocab hl_vocab_place;
extern const struct hl_vocab hl_vocab_seen;
extern const struct hl_vocab hl_vocab_payment; /* a set */
extern const struct hl_vocab hl_vocab_outcome;
/* facts.h */
extern const struct hl_vocab hl_vocab_fact;
extern const struct hl_vocab hl_vocab_access;
extern const struct hl_vocab hl_vocab_material;
extern const struct hl_vocab hl_vocab_act;
extern const struct hl_vocab hl_vocab_posing;
extern const struct hl_vocab hl_vocab_age;
extern const struct hl_vocab hl_vocab_sex;
extern const struct hl_vocab hl_vocab_children;
extern const struct hl_vocab hl_vocab_site;
/* flow.h */
extern const struct hl_vocab hl_vocab_triage;
extern const struct hl_vocab hl_vocab_triage_reason;
extern const struct hl_vocab hl_vocab_close_reason;
extern const struct hl_vocab hl_vocab_answer;
extern const struct hl_vocab hl_vocab_refusal;
extern const struct hl_vocab hl_vocab_public_status;
extern const struct hl_vocab hl_vocab_recipient;
extern const struct hl_vocab hl_vocab_referral_kind;
extern const struct hl_vocab hl_vocab_contact_state;
extern const struct hl_vocab hl_vocab_check;
extern const struct hl_vocab hl_vocab_role; /* values are bits themselves */
extern const struct hl_vocab hl_vocab_step;
/* event.h, state.h */
extern const struct hl_vocab hl_vocab_event;
extern const struct hl_vocab hl_vocab_object;
extern const struct hl_vocab hl_vocab_report_state;
extern const struct hl_vocab hl_vocab_case_state;
extern const struct hl_vocab hl_vocab_item_state;
extern const struct hl_vocab hl_vocab_referral_state;

/* hash.h */
extern const struct hl_vocab hl_vocab_hash_kind;
extern const struct hl_vocab hl_vocab_hash_how;
extern const struct hl_vocab hl_vocab_hash_list_kind;
extern const struct hl_vocab hl_vocab_hash_list_state;
extern const struct hl_vocab hl_vocab_hash_state;
extern const struct hl_vocab hl_vocab_hash_origin;
extern const struct hl_vocab hl_vocab_hash_opinion;
extern const struct hl_vocab hl_vocab_hash_reason;
extern const struct hl_vocab hl_vocab_hash_problem;

/* list.h */
extern const struct hl_vocab hl_vocab_list_scope;
extern const struct hl_vocab hl_vocab_list_kind;
extern const struct hl_vocab hl_vocab_list_state;
extern const struct hl_vocab hl_vocab_list_act;
extern const struct hl_vocab hl_vocab_list_reason;
extern const struct hl_vocab hl_vocab_list_end;
extern const struct hl_vocab hl_vocab_list_consumer_state;
extern const struct hl_vocab hl_vocab_list_tier;
extern const struct hl_vocab hl_vocab_list_stage;
extern const struct hl_vocab hl_vocab_list_breaker; /* values are bits */
extern const struct hl_vocab hl_vocab_list_edition_state;
extern const struct hl_vocab hl_vocab_list_appeal_state;
extern const struct hl_vocab hl_vocab_list_appeal_why;

/* Every table above, for tests and for `--json` self-description. */
extern const struct hl_vocab *const hl_vocab_all[];
extern const size_t hl_vocab_n_all;

#endif
