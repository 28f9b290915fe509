/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_FACTS_H
#define HL_DOMAIN_FACTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "domain/vocab.h"
#include "domain/words.h"

/* What an analyst records about an item: facts, never a verdict. */

/* The facts of an assessment; the index of struct hl_facts.value. */
enum hl_fact {
	HL_FACT_ACCESS = 1,     /* enum hl_access */
	HL_FACT_MATERIAL = 2,   /* enum hl_material */
	HL_FACT_LIFELIKE = 3,   /* enum hl_ynu: could be taken for a photo */
	HL_FACT_ACT = 4,        /* enum hl_act */
	HL_FACT_POSING = 5,     /* enum hl_posing */
	HL_FACT_AGE = 6,        /* enum hl_age, of the youngest */
	HL_FACT_SEX = 7,        /* enum hl_sex */
	HL_FACT_CHILDREN = 8,   /* enum hl_children */
	HL_FACT_COMMERCIAL = 9, /* enum hl_ynu */
	HL_FACT_SITE = 10,      /* enum hl_site */
	HL_FACT_SELFMADE = 11,  /* enum hl_ynu */
	HL_FACT_OFFENSIVE = 12, /* enum hl_ynu: offensive in another way */
	HL_FACT_LAST = HL_FACT_OFFENSIVE,
};

/* What the analyst met at the address. */
enum hl_access {
	HL_ACCESS_UNANSWERED = 0,
	HL_ACCESS_SEEN = 1,
	HL_ACCESS_PAYWALL = 2,
	HL_ACCESS_GONE = 3,
	HL_ACCESS_UNREACHABLE = 4, /* did not get to see it: cannot tell */
};

enum hl_material {
	HL_MATERIAL_UNANSWERED = 0,
	HL_MATERIAL_PHOTO = 1,
	HL_MATERIAL_VIDEO = 2,
	HL_MATERIAL_TEXT = 3,
	HL_MATERIAL_AUDIO = 4,
	HL_MATERIAL_DRAWING = 5,
	HL_MATERIAL_GENERATED = 6, /* computer-generated */
	HL_MATERIAL_LIVE = 7,
};

enum hl_act {
	HL_ACT_UNANSWERED = 0,
	HL_ACT_NONE = 1,
	HL_ACT_PRESENT = 2,  /* in the child's presence */
	HL_ACT_INVOLVED = 3, /* the child takes part */
	HL_ACT_UNDETERMINED = 4,
};

enum hl_posing {
	HL_POSING_UNANSWERED = 0,
	HL_POSING_NONE = 1,
	HL_POSING_SEXUALISED = 2,
	HL_POSING_FOCUS = 3, /* sexual organs, for a sexual purpose */
	HL_POSING_UNDETERMINED = 4,
};

/* Apparent age band, as ICCAM v3. */
enum hl_age {
	HL_AGE_UNANSWERED = 0,
	HL_AGE_INFANT = 1,
	HL_AGE_PREPUBESCENT = 2,
	HL_AGE_PUBESCENT = 3,
	HL_AGE_ADULT = 4,
	HL_AGE_UNDETERMINED = 5,
};

enum hl_sex {
	HL_SEX_UNANSWERED = 0,
	HL_SEX_FEMALE = 1,
	HL_SEX_MALE = 2,
	HL_SEX_BOTH = 3,
	HL_SEX_UNDETERMINED = 4,
};

/* How many children; 1 to 10 are that many. */
enum hl_children {
	HL_CHILDREN_UNANSWERED = 0,
	HL_CHILDREN_ONE = 1,
	HL_CHILDREN_TEN = 10,
	HL_CHILDREN_MORE = 11,
	HL_CHILDREN_NONE = 12,
	HL_CHILDREN_UNDETERMINED = 13,
};

enum hl_site {
	HL_SITE_UNANSWERED = 0,
	HL_SITE_WEBSITE = 1,
	HL_SITE_IMAGE_HOST = 2,
	HL_SITE_FILE_HOST = 3,
	HL_SITE_VIDEO = 4,
	HL_SITE_FORUM = 5,
	HL_SITE_SOCIAL = 6,
	HL_SITE_BLOG = 7,
	HL_SITE_BANNER = 8, /* banner or link site */
	HL_SITE_SEARCH = 9,
	HL_SITE_REDIRECTOR = 10, /* short links */
	HL_SITE_MESSENGER = 11,
	HL_SITE_HIDDEN = 12, /* hidden service */
	HL_SITE_OTHER = 13,
	HL_SITE_UNDETERMINED = 14,
};

#define HL_FACTS_NOTE_MAX 4000

/* A plain value; all zero is "nothing answered". */
struct hl_facts {
	int value[HL_FACT_LAST + 1]; /* by enum hl_fact; [0] unused */
	uint32_t payments;           /* set of enum hl_payment */
	struct hl_str note;          /* the analyst's words; may be absent */
};

/* The words a fact may take; NULL for a number that is no fact. */
const struct hl_vocab *hl_fact_vocab(enum hl_fact fact);
/* Whether the answer means "looked, and cannot tell". */
bool hl_fact_undetermined(enum hl_fact fact, int value);

/* Answers that cannot be true together: the later of them, and a sentence for
 * whoever gave them. */
struct hl_facts_conflict {
	enum hl_fact at;
	const char *text;
};
#define HL_FACTS_CONFLICTS 6
/* In the form's order; gives their number. */
size_t hl_facts_conflicts(const struct hl_facts *f,
	struct hl_facts_conflict out[HL_FACTS_CONFLICTS]);

/* {"schema":1,"access":"seen",…}; what is unanswered is left out. */
void hl_facts_put_json(struct hl_buf *b, const struct hl_facts *f);
/* The note is copied into a. HL_E_INVALID names the member at fault. */
int hl_facts_parse_json(struct hl_arena *a, struct hl_str json,
	struct hl_facts *out, struct hl_err *err);
/* Two assessments have the same answers; notes do not matter. The mask of
 * 1 << fact that differ, bit 0 for payments. */
uint32_t hl_facts_differ(const struct hl_facts *a, const struct hl_facts *b);

#endif
