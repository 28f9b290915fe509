/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LISTS_WORLD_H
#define LISTS_WORLD_H

#include "base/text.h"
#include "base/time.h"
#include "desk_lists/lists.h"
#include "publish/consumer.h"
#include "publish/entry.h"
#include "seal/listkey.h"
#include "world.h"

/* The world of the workbench with the pages of lists: a publisher that has its
 * key, and a case that the watch has just seen. */
#define LISTS_URL "https://lists.example.org"
struct lists {
	struct world *w;
	struct hl_desk_lists lists;
	struct hl_seal_list_commit commit;
	struct hl_popular *popular;
	struct hl_seal_secret place;
};

/* Whether the page that was answered last has these bytes. */
bool says(const struct lists *l, const char *words);
void get(struct lists *l, int person, const char *path);
void post(struct lists *l, int person, const char *path, const char *fields);
/* Fails with `step` unless the last answer had this status. */
void expect(const struct lists *l, int status, const char *step);
void case_path(struct lists *l, const char *suffix, char path[96]);
void path_of(
	enum hl_ref_kind kind, int64_t id, const char *suffix, char path[96]);
/* A form with the version that is in the store. */
void press(struct lists *l, int person, enum hl_ref_kind kind, int64_t id,
	const char *suffix, const char *more);
/* For cmocka: a group's, and a test's, beginning and end. */
int open_lists(void **state);
int close_lists(void **state);
int fresh(void **state);
/* Proposed by Anna, and by Sofie; their ids. */
int64_t proposed(struct lists *l);
int64_t consumer(struct lists *l, const char *more);
void set_root(struct lists *l, int64_t version, int64_t days_left);

#define TEST_PAGES(name) cmocka_unit_test_setup(name, fresh)

#endif
