/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TRACE_LOOKUPS_H
#define TESTS_TRACE_LOOKUPS_H

#include "items.h"

#include "trace/record.h"

/* Items in a store and the worker that traces them, with the DNS, RDAP and
 * address data fixtures. */
struct fixture {
	struct items items;
	struct hl_trace_setup *setup, *offline;
};

int set_up(void **state);
int tear_down(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

struct hl_trace_worker worker(struct fixture *f);
/* A look at what is due; whether anything was. */
bool next(struct fixture *f);
/* The look before a referral leaves. */
enum hl_trace_change again(struct fixture *f, int64_t id);
int64_t add(struct fixture *f, const char *url);
int64_t number(struct fixture *f, const char *sql, int64_t id);

/* Whether the item has a value; `is` is a literal condition. */
#define item_is(f, id, is) \
	assert_int_equal(  \
		1, number(f, "SELECT " is " FROM item WHERE id = %lld", id))

#endif
