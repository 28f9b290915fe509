/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CASEWORK_FIXTURE_H
#define CASEWORK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "casefile/casefile.h"
#include "casework/assess.h"
#include "casework/case.h"
#include "casework/close.h"
#include "casework/contact.h"
#include "casework/lease.h"
#include "casework/note.h"
#include "casework/sweep.h"
#include "casework/triage.h"
#include "casework/viewing.h"
#include "domain/duplicate.h"
#include "domain/report.h"
#include "store/sql.h"

/* An installation with real keys and a handful of people. */
enum person {
	ANNA,   /* analyst */
	VERA,   /* verifier */
	BENNY,  /* analyst and verifier */
	SOFIE,  /* supervisor */
	SIMON,  /* supervisor */
	RIKKE,  /* referral officer */
	ADAM,   /* administrator */
	NOBODY, /* knows the way in and has no role */
	N_PEOPLE,
};

struct fixture {
	char dir[64], path[96];
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_seal_ring ring, empty;
	struct hl_seal_secret worker;
	struct hl_settings *settings;
	struct hl_law *law[2];
	struct hl_casework_laws laws;
	int64_t people[N_PEOPLE];
	int64_t start_us; /* the time that the tests pretend at first */
};

int set_up(void **state);
int tear_down(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

struct hl_who who(struct fixture *f, enum person person);
/* Lets the pretended clock go on. */
void later(struct fixture *f, int64_t us);

/* A sealed report in the store; received now. */
int64_t put_report(struct fixture *f, const struct hl_report *report);
int64_t put_addresses(struct fixture *f, const char *addresses);
/* Triages everything as Anna; gives how many were done. */
size_t triage_all(struct fixture *f);
/* One new address, triaged: its case. */
int64_t put_case(struct fixture *f, const char *address);
int64_t case_of(struct fixture *f, int64_t report_id, int64_t position);

/* As somebody else with the file: one number; and a change. */
int64_t number(struct fixture *f, const char *sql);
void change(struct fixture *f, const char *sql);
/* The same with one id in the place of %lld. */
int64_t number_of(struct fixture *f, const char *sql, int64_t id);

/* Facts that lead to an outcome under the profiles in laws/. */
struct hl_facts facts_for(enum hl_outcome outcome);
/* A case on its way: taken and assessed by Anna, then by Benny. */
void assess(struct fixture *f, int64_t case_id, enum hl_outcome outcome);
void verify(struct fixture *f, int64_t case_id, enum hl_outcome outcome);

/* A referral of the case to a recipient called "Host", its id 9. */
void put_referral(struct fixture *f, int64_t case_id, int state);
void load(struct fixture *f, int64_t case_id, struct hl_casefile *out);
/* The event log has no gap in its chain of states: each change of a case,
 * item or report begins where the last one ended. */
void check_history(struct fixture *f);

#define ok(expression) assert_int_equal(0, (expression))

#endif
