/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_STANDING_H
#define HL_CONSUME_STANDING_H

#include "base/buf.h"
#include "base/err.h"

/*
 * How the follower of a list stands: a small file that it writes each minute,
 * and that `hotline list status` grades. No address of anybody is in it.
 */
enum hl_consume_alarm {
	HL_CONSUME_FINE,
	HL_CONSUME_EMPTY,       /* no list was taken yet */
	HL_CONSUME_UNREACHABLE, /* no answer, or one that says "later" */
	HL_CONSUME_TOKEN,
	HL_CONSUME_REVOKED,
	HL_CONSUME_FORGED,
	HL_CONSUME_ROLLBACK,
	HL_CONSUME_FORWARD,
	HL_CONSUME_FROZEN,
	HL_CONSUME_CLOCK,
	HL_CONSUME_ROOT,
	HL_CONSUME_CANON,
	HL_CONSUME_FORM, /* what came breaks the protocol */
	HL_CONSUME_FULL,
	HL_CONSUME_DAMAGED,  /* the folder */
	HL_CONSUME_COUNTERS, /* refused */
	HL_CONSUME_STOPPED,  /* nobody writes the file any more */
	HL_CONSUME_OTHER,    /* signed by the hotline, for another consumer */
	HL_CONSUME_NO_LIST,  /* it answers, and has none for this consumer */
	HL_CONSUME_N_ALARMS,
};
/* As monitoring programs take them. */
enum hl_consume_grade {
	HL_CONSUME_OK = 0,
	HL_CONSUME_WARNING = 1,
	HL_CONSUME_CRITICAL = 2,
	HL_CONSUME_UNKNOWN = 3,
};

/* "forged"; static. "" for another number. */
const char *hl_consume_alarm_name(enum hl_consume_alarm alarm);
/* What has happened and what to do, a sentence; static. */
const char *hl_consume_alarm_text(enum hl_consume_alarm alarm);
/* Of the alarm by itself, however old it is. */
enum hl_consume_grade hl_consume_alarm_grade(enum hl_consume_alarm alarm);
/* The text of s's own alarm, by whether there is a list. */
struct hl_consume_standing;
const char *hl_consume_standing_text(const struct hl_consume_standing *s);
/* From what libhotline-urls says, enum hl_urls_code. */
enum hl_consume_alarm hl_consume_alarm_of(int code);

/* Times in seconds since 1970, 0: never. */
struct hl_consume_standing {
	int64_t at;
	enum hl_consume_alarm alarm;
	int64_t since; /* of the alarm */
	uint64_t version, root, epoch, rows;
	int64_t made, expires; /* of the manifest */
	int64_t asked;         /* last round without a fault */
	int64_t next;
	uint64_t faults;  /* rounds in a row */
	uint64_t waiting; /* hours of counters */
	int64_t told;     /* when counters were last taken */
};

#define HL_CONSUME_STANDING_MAX ((size_t)4096)
/* The file's text, and back. HL_E_INVALID names the line. */
void hl_consume_standing_put(
	const struct hl_consume_standing *s, struct hl_buf *out);
int hl_consume_standing_parse(struct hl_str text,
	struct hl_consume_standing *out, struct hl_err *err);

/* *alarm is what is shown: also that nobody writes, or that the list has
 * expired since. */
enum hl_consume_grade hl_consume_standing_grade(
	const struct hl_consume_standing *s, int64_t now,
	enum hl_consume_alarm *alarm);
/* Lines for people and monitoring; the first is the summary. */
enum hl_consume_grade hl_consume_standing_print(
	const struct hl_consume_standing *s, int64_t now, struct hl_buf *out);

#endif
