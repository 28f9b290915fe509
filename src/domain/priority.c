/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/priority.h"

static const struct hl_vocab_word reasons[] = {
	{HL_PRIORITY_DANGER, "danger", HL_MSG("Child in danger now")},
	{HL_PRIORITY_UNKNOWN_CONTENT, "unknown_content",
		HL_MSG("Not assessed before")},
	{HL_PRIORITY_INDEPENDENT, "independent_reports",
		HL_MSG("Several independent reports")},
	{HL_PRIORITY_HOSTED_HOME, "hosted_home",
		HL_MSG("Hosted in our country")},
	{HL_PRIORITY_PAY_SITE, "pay_site", HL_MSG("One has to pay")},
	{HL_PRIORITY_INFANT, "infant", HL_MSG("Infant or toddler")},
	{HL_PRIORITY_PREPUBESCENT, "prepubescent",
		HL_MSG("Child before puberty")},
	{HL_PRIORITY_LIVE, "live", HL_MSG("Live stream")},
};
const struct hl_vocab hl_vocab_priority = {
	"priority", HL_ARRAY_LEN(reasons), reasons};

const struct hl_priority_weights hl_priority_defaults = {
	.points = {[HL_PRIORITY_DANGER] = 100,
		[HL_PRIORITY_UNKNOWN_CONTENT] = 30,
		[HL_PRIORITY_INDEPENDENT] = 10,
		[HL_PRIORITY_HOSTED_HOME] = 20,
		[HL_PRIORITY_PAY_SITE] = 10,
		[HL_PRIORITY_INFANT] = 25,
		[HL_PRIORITY_PREPUBESCENT] = 15,
		[HL_PRIORITY_LIVE] = 40},
	.independent_max = 5,
};

/* How often a reason counts: 0 when it does not hold. */
static int times(const struct hl_priority_input *in,
	const struct hl_priority_weights *weights,
	enum hl_priority_reason reason)
{
	int others = in->n_independent - 1;

	switch (reason) {
	case HL_PRIORITY_DANGER:
		return in->danger == HL_YNU_YES;
	case HL_PRIORITY_UNKNOWN_CONTENT:
		return !in->known;
	case HL_PRIORITY_INDEPENDENT:
		others = others < 0 ? 0 : others;
		return others > weights->independent_max
			       ? weights->independent_max
			       : others;
	case HL_PRIORITY_HOSTED_HOME:
		return in->hosted_home == HL_YNU_YES;
	case HL_PRIORITY_PAY_SITE:
		return in->pay == HL_YNU_YES;
	case HL_PRIORITY_INFANT:
		return in->youngest == HL_AGE_INFANT;
	case HL_PRIORITY_PREPUBESCENT:
		return in->youngest == HL_AGE_PREPUBESCENT;
	case HL_PRIORITY_LIVE:
		return in->live;
	}
	return 0;
}

static int points(const struct hl_priority_input *in,
	const struct hl_priority_weights *weights, int reason)
{
	return times(in, weights, (enum hl_priority_reason)reason) *
	       weights->points[reason];
}

struct hl_priority hl_priority_of(const struct hl_priority_input *in,
	const struct hl_priority_weights *weights)
{
	struct hl_priority p = {0};

	for (int reason = 1; reason <= HL_PRIORITY_LAST; reason++) {
		int n = points(in, weights, reason);

		if (n > 0) {
			p.score += n;
			p.reasons |= hl_vocab_bit(reason);
		}
	}
	return p;
}

void hl_priority_put_reasons(struct hl_buf *out, struct hl_priority p,
	const struct hl_priority_input *in,
	const struct hl_priority_weights *weights)
{
	bool first = true;

	for (int reason = 1; reason <= HL_PRIORITY_LAST; reason++) {
		if (!(p.reasons & hl_vocab_bit(reason))) {
			continue;
		}
		hl_buf_printf(out, "%s%s +%d", first ? "" : ", ",
			hl_vocab_label(&hl_vocab_priority, reason),
			points(in, weights, reason));
		first = false;
	}
	if (first) {
		hl_buf_put(out, HL_STR("none"));
	}
}
