/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_LISTS_TOWN_H
#define HL_TESTS_LISTS_TOWN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lists/build.h"
#include "lists/root.h"
#include "lists/service.h"
#include "lists/verify.h"
#include "lists/zones.h"

/*
 * A hotline with keys, a root and consumers in a folder of its own. Rows that
 * people make in the workbench are put into the store's file while nobody has
 * it open, so that each change is a restart as well.
 */
#define NOW (INT64_C(20779) * HL_US_PER_DAY + 9 * HL_US_PER_HOUR)

struct town {
	char dir[80], db[112], folder[112];
	struct hl_lists_keys keys;
	struct hl_seal_pub place;
	struct hl_store *store;
	struct hl_lists_publisher *publisher;
	struct hl_lists_shelf shelf;
	struct hl_lists_uses *uses;
	struct hl_lists_app app;
	struct hl_lists_zones *zones; /* the test's; NULL: none */
	int stage_minutes;
	int64_t n_leaves;
	int64_t seen_us; /* of entries that are put; 0: NOW */
	char token[64];  /* "Bearer hl_…" of consumer 1, or the last seeded */
};

int town_make(void **state);
/* A hotline that is there: hotline.db and keys/ in dir. */
void town_seed(struct town *t, const char *dir);
int town_remove(void **state);
/* With or without what the process has in memory. */
void town_open(struct town *t);
void town_close(struct town *t);
void town_sql(struct town *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* In force, approved by two, seen at `seen`; host "h<id / of_host>.example". */
void town_entry(struct town *t, int64_t id, int of_host, int64_t seen_us);
void town_entries(struct town *t, int64_t first, int64_t last);
void town_canary(struct town *t, int64_t id, int64_t consumer);
void town_consumer(struct town *t, int64_t id, int tier, int stage);
/* Its TSIG key: named "c1" for consumer 1, of the bytes 0 to 31. */
void town_tsig(struct town *t, int64_t consumer, const char *notify);
/* One look, which must go well. */
void town_look(struct town *t, int64_t now_us);
/* Of the newest version of a consumer. */
void town_manifest(
	struct town *t, int64_t consumer, struct hl_urls_manifest *out);
/* Whether the newest list has this host, and the minute of its entry. */
bool town_lists(
	struct town *t, int64_t consumer, const char *host, uint32_t *minute);
/* A person who approved nothing releases, or refuses, the newest edition that
 * is held: 0; HL_NOTFOUND: none is; HL_CONFLICT: it may not be decided. */
int town_decide(struct town *t, bool releases);
/* One of the two who approved all entries: 0 or 1. */
void town_approver(int who, struct hl_seal_sign_key *out);
int64_t town_count(struct town *t, const char *sql);

#endif
