/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_INNER_H
#define HL_CASEWORK_INNER_H

#include "casefile/casefile.h"
#include "casefile/sealed.h"
#include "casework/casework.h"
#include "store/sql.h"

/* Inside the room only. */

/* Sets *why, which may be NULL, and gives HL_DENIED. */
int hl_casework_refuse(enum hl_casework_why *why, enum hl_casework_why is);
/* hl_authz_check() with this room's reasons. */
int hl_casework_check(const struct hl_who *who, enum hl_authz_action action,
	const struct hl_authz_object *object, enum hl_casework_why *why);
/* The case, and whether it may be done with it as it is now. Of one that is
 * not there *c is zero and the answer is that of hl_casework_check(). */
struct hl_casework_question {
	int64_t case_id;
	enum hl_authz_action action;
};
int hl_casework_ask(const struct hl_who *who,
	const struct hl_casework_question *question, struct hl_casefile *c,
	enum hl_casework_why *why, struct hl_err *err);
/* Holds a queue key at all. */
bool hl_casework_has_key(const struct hl_who *who);

/*
 * One guarded change of a case: load, ask, change, put, run; again from the
 * start when somebody was faster. `change` alters job->c and may add
 * statements to job->tx; what it gives that is not 0 ends the whole.
 */
struct hl_casework_job {
	const struct hl_who *who;
	struct hl_casefile c;
	struct hl_tx *tx;
	int64_t now_us;
	enum hl_casework_why *why;
	const void *with; /* the caller's */
	void *out;
};
struct hl_casework_deed {
	enum hl_authz_action action;
	int (*change)(struct hl_casework_job *job, struct hl_err *err);
	const void *with;
	void *out;
};
int hl_casework_do(const struct hl_who *who, int64_t case_id,
	const struct hl_casework_deed *deed, enum hl_casework_why *why,
	struct hl_err *err);

/* A report's row; HL_NOTFOUND. */
int hl_casework_report(const struct hl_who *who, int64_t id,
	struct hl_row_report_get **out, struct hl_err *err);
/* Whether one of the report's cases (or its own state, when it has none)
 * allows the action. */
int hl_casework_report_check(const struct hl_who *who,
	const struct hl_row_report_get *report, enum hl_authz_action action,
	enum hl_casework_why *why, struct hl_err *err);
/* The same against a case that is known. */
struct hl_authz_object hl_casework_report_object(
	const struct hl_row_report_get *report, const struct hl_casefile *c,
	int64_t now_us);

/* What a report says that bears on priority. */
struct hl_casework_urgency {
	int danger, pay; /* enum hl_ynu */
	bool live;
	bool known;   /* has been assessed before */
	int youngest; /* enum hl_age */
};
/* The case's priority from what it was and what came to it. n_independent
 * and country are taken from c. Notes an event when it changes. */
void hl_casework_reweigh(struct hl_casefile *c,
	const struct hl_settings *settings,
	const struct hl_casework_urgency *more);

/* The answers of a report, opened. HL_DENIED: no key of that epoch.
 * HL_E_CRYPTO, HL_E_CORRUPT, HL_E_INVALID: broken. HL_NOTFOUND: erased. */
struct hl_casework_part {
	int64_t report_id, epoch;
	struct hl_str key_sealed, body_sealed;
};
int hl_casework_answers(const struct hl_who *who,
	const struct hl_casework_part *part, struct hl_arena *arena,
	struct hl_report *out, struct hl_err *err);

#define HL_CASEWORK_TRIES 4
/* Reading again within this span leaves no second event. */
#define HL_CASEWORK_READ_US (5 * INT64_C(60000000))

#endif
