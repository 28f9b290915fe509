/* SPDX-License-Identifier: Apache-2.0 */
/* hotline stats: which days it counts. */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/time.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "store/store.h"

struct fixture {
	char dir[64], path[96];
	struct capture c;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct hl_store *store;

	assert_non_null(f);
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-stats-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_ADMIN, &store, NULL));
	hl_store_close(store);
	capture_open(f->dir);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char wal[128];

	hl_time_pretend(0);
	capture_close(f->dir);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	unlink(wal);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

static bool is(const json_t *json, const char *name, const char *text)
{
	return hl_str_eq(hl_json_str(json, name), hl_str_c(text));
}

/* The same days as the page: whole ones, with today. */
static void the_days_that_are_counted(void **state)
{
	static const struct {
		const char *now, *line, *from, *to;
	} rows[] = {
		{"2026-11-22T11:40:00Z", "stats --json", "2026-10-24T00:00:00Z",
			"2026-11-23T00:00:00Z"},
		{"2026-11-22T00:00:00Z", "stats --json", "2026-10-24T00:00:00Z",
			"2026-11-23T00:00:00Z"},
		{"2026-11-22T23:59:59Z", "stats --json", "2026-10-24T00:00:00Z",
			"2026-11-23T00:00:00Z"},
		{"2026-11-22T11:40:00Z", "stats --json --from 2026-11-01",
			"2026-11-01T00:00:00Z", "2026-11-23T00:00:00Z"},
		{"2026-11-22T11:40:00Z", "stats --json --to 2026-11-01",
			"2026-10-02T00:00:00Z", "2026-11-01T00:00:00Z"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t now;

		assert_int_equal(
			0, hl_time_parse_iso(hl_str_c(rows[i].now), &now));
		hl_time_pretend(now);
		HL_JSON_AUTO *json =
			capture_json(&f->c, hl_cli_stats, rows[i].line);
		if (!is(json, "from", rows[i].from) ||
			!is(json, "to", rows[i].to)) {
			fail_msg("row %zu: %s", i, f->c.text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_days_that_are_counted, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
