/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_PRIORITY_H
#define HL_DOMAIN_PRIORITY_H

#include "base/buf.h"
#include "domain/facts.h"

/*
 * The order of the queue, from stated reasons: each reason that holds adds
 * its weight, and is shown with the case. The score is stored with the
 * reasons so that one can check later whether priority foretold anything.
 */
enum hl_priority_reason {
	HL_PRIORITY_DANGER = 1, /* a child is said to be in danger now */
	HL_PRIORITY_UNKNOWN_CONTENT = 2, /* nobody has assessed it before */
	HL_PRIORITY_INDEPENDENT = 3,     /* several independent reports */
	HL_PRIORITY_HOSTED_HOME = 4,
	HL_PRIORITY_PAY_SITE = 5,
	HL_PRIORITY_INFANT = 6,
	HL_PRIORITY_PREPUBESCENT = 7,
	HL_PRIORITY_LIVE = 8, /* a live stream */
	HL_PRIORITY_LAST = HL_PRIORITY_LIVE,
};
extern const struct hl_vocab hl_vocab_priority;

/* Points by reason; [0] unused. INDEPENDENT counts for each report after
 * the first, up to independent_max of them. */
struct hl_priority_weights {
	int points[HL_PRIORITY_LAST + 1];
	int independent_max;
};

/* 100, 30, 10 each up to 5, 20, 10, 25, 15, 40. */
extern const struct hl_priority_weights hl_priority_defaults;

struct hl_priority_input {
	enum hl_ynu danger;      /* as the reporter said */
	bool known;              /* assessed before */
	int n_independent;       /* reports, the first included */
	enum hl_ynu hosted_home; /* in the operator's own country */
	enum hl_ynu pay;         /* reporter's or analyst's answer */
	enum hl_age youngest;    /* the analyst's, when there is one */
	bool live;               /* place or material is a live stream */
};

struct hl_priority {
	int score;        /* never negative; higher is sooner */
	uint32_t reasons; /* mask of 1 << enum hl_priority_reason */
};

/* What nobody answered adds nothing. */
struct hl_priority hl_priority_of(const struct hl_priority_input *in,
	const struct hl_priority_weights *weights);
/* "child in danger now +100, hosted at home +20"; "none" when empty. */
void hl_priority_put_reasons(struct hl_buf *out, struct hl_priority p,
	const struct hl_priority_input *in,
	const struct hl_priority_weights *weights);

#endif
