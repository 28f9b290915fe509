/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_INSIGHT_ROWS_H
#define HL_INSIGHT_ROWS_H

#include "insight/insight.h"

/*
 * The statistics as rows of section, name, measure and value, in a fixed
 * order: what JSON, CSV and the terminal are written from. Inside the room.
 */
enum hl_insight_measure {
	HL_INSIGHT_N,       /* a count */
	HL_INSIGHT_SECONDS, /* a duration that rests on `base` values */
	HL_INSIGHT_RATE,    /* thousandths, of `base` values */
};

struct hl_insight_row {
	const char *section;
	struct hl_str name; /* borrowed until the next row; "" for one */
	const char *measure;
	enum hl_insight_measure type;
	int64_t value;
	int64_t base; /* of durations and rates: 0 means there is none */
	bool hidden;  /* by hl_insight_suppress(), or derived from such */
};

typedef void hl_insight_each(void *arg, const struct hl_insight_row *row);
void hl_insight_rows(
	const struct hl_insight *in, hl_insight_each *each, void *arg);

#endif
