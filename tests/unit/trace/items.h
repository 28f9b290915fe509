/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TRACE_ITEMS_H
#define TESTS_TRACE_ITEMS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "casefile/casefile.h"
#include "casefile/sealed.h"
#include "store/sql.h"

/* A founded installation with items in a store of its own, for the tests of
 * what the worker does with them. */
struct items {
	char dir[64], path[96];
	enum hl_store_role role;
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_seal_ring ring;
	struct hl_seal_pub pub; /* the worker's */
	struct hl_seal_secret secret;
	int64_t start_us; /* the time that is pretended at first */
};

void items_open(struct items *f);
void items_close(struct items *f);

/* Goes on with the rights of one role only. */
struct hl_store *items_as(struct items *f, enum hl_store_role role);
/* A person with these roles and the queue key. */
struct hl_who items_who(struct items *f, unsigned roles);

/* An item with its case, judged illegal, as staff would have sealed it. */
int64_t items_add(struct items *f, const char *url, enum hl_case_state state,
	enum hl_item_state item);
void items_load(struct items *f, int64_t item_id, struct hl_casefile *out);

/* As somebody else with the file. %lld stands for the id. */
int64_t items_number(struct items *f, const char *sql, int64_t id);
void items_change(struct items *f, const char *sql, int64_t id);
/* How many such events the item, or its case, has. */
int64_t items_events(struct items *f, enum hl_event event, int64_t object_id);

/* Lets the pretended clock go on, or back. */
void items_later(int64_t us);
/* Runs the DNS fixture's tool: "set", "unset", "pause", "resume". */
void items_dns(const char *verb, const char *name, const char *data);

#define ok(expression) assert_int_equal(0, (expression))

#endif
