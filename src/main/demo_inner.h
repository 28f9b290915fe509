/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_DEMO_INNER_H
#define HL_MAIN_DEMO_INNER_H

#include "accounts/session.h"
#include "domain/law.h"
#include "domain/words.h"
#include "intake/intake.h"
#include "main/demo.h"
#include "main/demo_logins.h"

/* What happens to a report, a step after the other. */
enum hl_main_demo_deed {
	HL_DEMO_END = 0,
	HL_DEMO_TAKE,    /* arg: nothing; stays with who took it */
	HL_DEMO_ASSESS,  /* arg: enum hl_outcome */
	HL_DEMO_VERIFY,  /* arg: enum hl_outcome */
	HL_DEMO_SETTLE,  /* arg: enum hl_outcome; the supervisor's decision */
	HL_DEMO_NOTE,    /* arg: index into the notes */
	HL_DEMO_TRACE,   /* where it is hosted, typed in */
	HL_DEMO_CLOSE,   /* arg: enum hl_close_reason */
	HL_DEMO_REOPEN,  /* to be assessed anew */
	HL_DEMO_KEEP,    /* a legal hold */
	HL_DEMO_PROPOSE, /* to erase it */
	HL_DEMO_ASK,     /* for the reporter's contact */
	HL_DEMO_RELEASE, /* the contact */
	HL_DEMO_DECIDE,  /* arg: enum hl_triage_reason; without an address */
	HL_DEMO_DRAFT,   /* arg: enum hl_recipient */
	HL_DEMO_TELL,    /* the police and the provider */
	HL_DEMO_REFER,   /* arg: enum hl_recipient; drafted and approved */
	HL_DEMO_UNHOLD,  /* the provider may be told now */
	HL_DEMO_ANSWER,  /* arg: enum hl_answer, of the provider */
	HL_DEMO_POLICE,  /* arg: enum hl_answer, of the police */
	HL_DEMO_PARTNER, /* arg: enum hl_answer, of the partner hotline */
	HL_DEMO_REMIND,
	HL_DEMO_BOUNCE,
	HL_DEMO_CONFIRM, /* the officer has looked: it is gone */
};
struct hl_main_demo_step {
	int after_min;
	enum hl_main_demo_deed deed;
	int arg;
};
#define HL_MAIN_DEMO_STEPS 12
struct hl_main_demo_plot {
	struct hl_main_demo_step steps[HL_MAIN_DEMO_STEPS];
};

struct hl_main_demo_host {
	const char *country, *network;
	int asn;
};

/* A report: when, from the first day of the history on; what; what becomes
 * of it. */
struct hl_main_demo_story {
	int day, hour;
	const char *addresses, *where;
	enum hl_place place;
	const struct hl_main_demo_host *host; /* NULL: nobody knows */
	const struct hl_main_demo_plot *plot;
	enum hl_ynu danger, pay; /* unanswered: unknown */
	const char *contact;
};
extern const struct hl_main_demo_story hl_main_demo_stories[];
extern const size_t hl_main_demo_n_stories;

/* A demonstration while it is being made; inside demo*.c only. */
struct hl_main_demo {
	struct hl_main_install *made;
	const char *dir;
	struct hl_arena *arena; /* emptied before each step of the history */
	struct hl_main_demo_logins logins;
	int64_t staff_id[HL_DEMO_PEOPLE];
	struct hl_accounts_session session[HL_DEMO_PEOPLE];
	struct hl_intake *intake;
	struct hl_law *laws[2]; /* the baseline, the national one */
	struct hl_main_demo_post *post;
	struct hl_main_demo_lists *lists;
	int64_t api_key_id; /* of the invented platform */
	int64_t begin_us, end_us;
};

/* How far back the history begins. */
#define HL_MAIN_DEMO_DAYS 60

/* Makes the people, lets each come in once as a person does, and keeps their
 * sessions, whose keys the history is made with. */
int hl_main_demo_staff(struct hl_main_demo *demo, struct hl_err *err);
/* Acting as that person. Borrows from demo. */
struct hl_who hl_main_demo_who(
	const struct hl_main_demo *demo, enum hl_main_demo_person person);

/* Lives the stories from begin_us to end_us, one step after the other in the
 * order of time. */
int hl_main_demo_history(struct hl_main_demo *demo, struct hl_err *err);

#endif
