/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PUBLISH_HELP_H
#define PUBLISH_HELP_H

#include "fixture.h"
#include "publish/appeal.h"
#include "publish/consumer.h"
#include "publish/edition.h"
#include "publish/sweep.h"
#include "seal/listkey.h"
#include "urls_file/leaf.h"

/* An installation that can publish, and what each person signs with. */
struct desk {
	struct fixture *f;
	struct hl_seal_list_commit commit;
	struct hl_popular *popular;
	struct hl_seal_secret place, secrets[N_PEOPLE];
};

int open_desk(void **state);
int close_desk(void **state);
#define TEST_DESK(name) \
	cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

/* As that person, with the store as it is open now; d is the test's. */
#define AS(person) (&(struct hl_who[1]){who(d->f, person)}[0])
struct hl_publish_setup setup_of(struct desk *d, enum person person);

/* A case that Anna and Benny found illegal, seen online by the watch now. */
int64_t illegal_case(struct desk *d, const char *address);
/* The watch has seen it now, or is switched off for it. */
void seen_online(struct desk *d, int64_t case_id);
void watch_off(struct desk *d, int64_t case_id);

/* Anna proposes the page; fails the test unless it is as `why`. */
int64_t propose_page(struct desk *d, int64_t case_id);
enum hl_publish_why try_propose(struct desk *d, enum person person,
	struct hl_publish_proposing *proposing);
/* Each as it is now; the refusal or 0. */
enum hl_publish_why try_approve(
	struct desk *d, enum person person, int64_t entry_id);
enum hl_publish_why try_third(
	struct desk *d, enum person person, int64_t entry_id);
/* Proposed by Anna, approved by Sofie. */
int64_t listed(struct desk *d, const char *address, int64_t *case_id);

int64_t version_of(struct desk *d, int64_t entry_id);
enum hl_list_state state_of(struct desk *d, int64_t entry_id);
int64_t sweep(struct desk *d);
/* Leaves without gaps, each of 248 bytes; how many. */
int64_t check_log(struct desk *d);
/* One of them. */
void read_leaf(struct desk *d, int64_t place, uint8_t *leaf);

#endif
