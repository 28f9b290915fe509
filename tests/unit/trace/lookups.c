/* SPDX-License-Identifier: Apache-2.0 */
#include "lookups.h"

#include <stdlib.h>

static void set(struct hl_settings *s, const char *key, const char *value)
{
	ok(hl_settings_set(s, hl_str_c(key), hl_str_c(value), NULL));
}

static struct hl_trace_setup *make_setup(const char *enabled)
{
	HL_SETTINGS_AUTO *s = NULL;
	struct hl_trace_setup *setup;

	ok(hl_settings_new(&s, NULL));
	set(s, "trace.enabled", enabled);
	set(s, "trace.dns.servers", getenv("HL_TEST_DNS"));
	set(s, "trace.rdap.bootstrap", getenv("HL_TEST_RDAP"));
	set(s, "trace.geo.paths", getenv("HL_TEST_GEO"));
	set(s, "egress.allow_private_for_tests", "127.0.0.0/8");
	ok(hl_trace_setup_new(s, NULL, &setup, NULL));
	return setup;
}

int set_up(void **state)
{
	static struct fixture f;

	items_open(&f.items);
	f.setup = make_setup("yes");
	f.offline = make_setup("no");
	*state = &f;
	return 0;
}

int tear_down(void **state)
{
	struct fixture *f = *state;

	hl_trace_setup_free(f->setup);
	hl_trace_setup_free(f->offline);
	items_close(&f->items);
	return 0;
}

struct hl_trace_worker worker(struct fixture *f)
{
	return (struct hl_trace_worker){
		.store = items_as(&f->items, HL_STORE_WORKER),
		.setup = f->setup,
		.pub = &f->items.pub,
		.secret = &f->items.secret};
}

bool next(struct fixture *f)
{
	struct hl_trace_worker w = worker(f);
	struct hl_err err = {0};
	bool found;

	if (hl_trace_next(&w, &found, &err)) {
		fail_msg("%s", err.msg);
	}
	return found;
}

enum hl_trace_change again(struct fixture *f, int64_t id)
{
	struct hl_trace_worker w = worker(f);
	enum hl_trace_change change;
	struct hl_err err = {0};

	if (hl_trace_again(&w, id, &change, &err)) {
		fail_msg("%s", err.msg);
	}
	return change;
}

int64_t add(struct fixture *f, const char *url)
{
	return items_add(&f->items, url, HL_CASE_ACTIONING, HL_ITEM_UNCHECKED);
}

int64_t number(struct fixture *f, const char *sql, int64_t id)
{
	return items_number(&f->items, sql, id);
}
