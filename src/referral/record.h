/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_RECORD_H
#define HL_REFERRAL_RECORD_H

#include "casefile/casefile.h"
#include "casefile/sealed.h"
#include "referral/service.h"
#include "store/sql.h"

/* Inside the room: a referral with its case in memory, loaded, changed and
 * put back in one batch, for staff and for the worker. */

#define HL_REFERRAL_EVENTS 4
struct hl_referral_record {
	struct hl_row_referral_get now; /* change this */
	int64_t version;                /* as loaded */
	struct hl_casefile c;
	bool case_changed; /* put the case back too */
	int n_events;
	struct {
		enum hl_event event;
		int64_t from, to;
	} events[HL_REFERRAL_EVENTS];
};

/* HL_NOTFOUND. */
int hl_referral_record_load(struct hl_store *store, struct hl_arena *arena,
	int64_t id, struct hl_referral_record *out, struct hl_err *err);
/* A transition with its event; HL_DENIED, nothing changed. */
int hl_referral_record_act(struct hl_referral_record *f, enum hl_action action,
	enum hl_event event);
void hl_referral_record_note(struct hl_referral_record *f, enum hl_event event,
	int64_t a, int64_t b);
void hl_referral_record_put(
	struct hl_tx *tx, struct hl_referral_record *f, int64_t actor);
/* What hl_authz_check() is asked about; f NULL: there is none. */
struct hl_authz_object hl_referral_record_object(
	const struct hl_referral_record *f, int64_t now_us);

/* The running step of the case becomes `step`. */
void hl_referral_step(
	struct hl_tx *tx, int64_t case_id, enum hl_step step, int64_t now_us);
/* Puts the referral's mail in the outbox. */
void hl_referral_enqueue(
	struct hl_tx *tx, const struct hl_referral_record *f, int64_t now_us);

/*
 * What follows when a referral has reached its recipient: who has been told,
 * the watch, holds that count from now, the case's state. Call it after the
 * transition; adds to tx.
 */
struct hl_referral_reached {
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_tx *tx;
	const struct hl_settings *settings;
	int64_t now_us;
};
int hl_referral_reach(const struct hl_referral_reached *how,
	struct hl_referral_record *f, struct hl_err *err);

/* Ends a hold: to the outbox, and the case's clock back to notice when
 * nothing else of it is held. */
int hl_referral_unhold(const struct hl_referral_reached *how,
	struct hl_referral_record *f, enum hl_action action,
	enum hl_event event, struct hl_err *err);

/* Sets *why, which may be NULL, and gives HL_DENIED. */
int hl_referral_refuse(enum hl_referral_why *why, enum hl_referral_why is);
int hl_referral_check(const struct hl_who *who, enum hl_authz_action action,
	const struct hl_authz_object *object, enum hl_referral_why *why);
struct hl_referral_recipient;
struct hl_referral_recipient hl_referral_recipient_row(
	const struct hl_row_recipient_list *row);
/* A proposed contact's row with its event; actor 0: the command line. */
struct hl_referral_recipient_new {
	struct hl_store *store;
	struct hl_arena *arena;
	int64_t actor;
};
int hl_referral_recipient_put(const struct hl_referral_recipient_new *how,
	const struct hl_referral_recipient *r, int64_t id, struct hl_err *err);
/* Whether s is local@domain as the mail room takes it. */
bool hl_referral_mail_plain(struct hl_str s);

/*
 * One guarded change by a person: load, ask, change, put, run; again from
 * the start when somebody was faster. `change` alters job->f and may add to
 * job->tx; what it gives that is not 0 ends the whole.
 */
struct hl_referral_job {
	const struct hl_who *who;
	const struct hl_referral_desk *desk; /* may be NULL */
	struct hl_referral_record f;
	struct hl_tx *tx;
	int64_t now_us;
	enum hl_referral_why *why;
	const void *with; /* the caller's */
};
struct hl_referral_deed {
	const struct hl_referral_desk *desk;
	enum hl_authz_action action;
	int (*change)(struct hl_referral_job *job, struct hl_err *err);
	const void *with;
};
int hl_referral_do(const struct hl_who *who, int64_t id,
	const struct hl_referral_deed *deed, enum hl_referral_why *why,
	struct hl_err *err);
struct hl_referral_reached hl_referral_job_how(
	const struct hl_referral_job *job);

#define HL_REFERRAL_TRIES 4

#endif
