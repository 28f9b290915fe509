/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "../trace/items.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

/* An installation with one watched item, as the host's administrator has. */
struct fixture {
	struct items items;
	int64_t item;
	char ref[HL_REF_MAX];
	char out[8192];
};

static void write_conf(struct fixture *f, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/hotline.conf", f->items.dir);
	ok(hl_file_write(path, hl_str_c(text), 0600, NULL));
}

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){0};
	items_open(&f.items);
	f.item = items_add(&f.items, "http://secret.invalid/words",
		HL_CASE_MONITORING, HL_ITEM_ONLINE);
	items_change(&f.items,
		"INSERT INTO watch (item_id, active, stage, misses, "
		"last_miss_us, last_at_us, last_verdict, next_at_us, "
		"lease_until_us, started_at_us, checks) SELECT id, 1, 0, 0, "
		"0, 1795340000000000, 2, 1795340600000000, 0, "
		"1795340000000000, 7 FROM item WHERE id = %lld",
		f.item);
	hl_ref_print(HL_REF_ITEM, f.item, f.ref);
	write_conf(&f, "store.path = store.db\nwatch.enabled = yes\n");
	setenv("HOTLINE_DIR", f.items.dir, 1);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char path[128];

	snprintf(path, sizeof(path), "%s/hotline.conf", f->items.dir);
	unlink(path);
	items_close(&f->items);
	return 0;
}
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Runs the command; standard output and error go to f->out. */
static int run(struct fixture *f, const char *const *args)
{
	char words[4][64] = {"watch"}, *argv[6] = {words[0]};
	FILE *to = tmpfile();
	int keep_out = dup(1), keep_err = dup(2), argc = 1;

	assert_true(to && keep_out >= 0 && keep_err >= 0);
	for (; argc < 4 && args[argc - 1]; argc++) {
		snprintf(
			words[argc], sizeof(words[argc]), "%s", args[argc - 1]);
		argv[argc] = words[argc];
	}
	hl_store_close(f->items.store);
	f->items.store = NULL;
	fflush(stdout);
	dup2(fileno(to), 1);
	dup2(fileno(to), 2);
	int status = hl_cli_watch(argc, argv);
	fflush(stdout);
	dup2(keep_out, 1);
	dup2(keep_err, 2);
	close(keep_out);
	close(keep_err);
	rewind(to);
	size_t n = fread(f->out, 1, sizeof(f->out) - 1, to);
	f->out[n] = '\0';
	fclose(to);
	assert_null(strstr(f->out, "secret.invalid"));
	return status;
}
#define RUN(f, ...) run(f, (const char *const[]){__VA_ARGS__, NULL})

static void says(struct fixture *f, const char *words)
{
	if (!strstr(f->out, words)) {
		fail_msg("no \"%s\" in: %s", words, f->out);
	}
}

static void status_tells_switch_and_counts(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(0, RUN(f, "status", "--json"));
	assert_string_equal("{\"enabled\":true,\"http\":false,\"watched\":1,"
			    "\"due\":0,\"wants_person\":0,"
			    "\"paused_or_ended\":0,"
			    "\"without_address\":0}\n",
		f->out);
	assert_int_equal(0, RUN(f, "status"));
	says(f, "The watch is switched on.");
	says(f, "DNS only");
	write_conf(f, "store.path = store.db\nwatch.enabled = no\n");
	items_change(&f->items,
		"UPDATE watch SET next_at_us = 1, wants_person = 1 "
		"WHERE item_id = %lld",
		f->item);
	assert_int_equal(0, RUN(f, "status", "--json"));
	says(f, "{\"enabled\":false,");
	says(f, "\"due\":1,\"wants_person\":1,");
	assert_int_equal(0, RUN(f, "status"));
	says(f, "switched off");
}

/* Nobody looks at what the worker has no address of. */
static void what_waits_for_its_address_is_told(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(0, RUN(f, "status"));
	assert_null(strstr(f->out, "queue key"));
	items_change(&f->items,
		"UPDATE item SET worker_sealed = x'' WHERE id = %lld", f->item);
	assert_int_equal(0, RUN(f, "status", "--json"));
	says(f, "\"without_address\":1}");
	assert_int_equal(0, RUN(f, "status"));
	says(f, "without address  1\n1 is not looked at");
	says(f, "\nWhen somebody who holds the queue key signs in");
	assert_int_equal(0, RUN(f, "list"));
	says(f, " waiting ");
	says(f, " - ");
	assert_int_equal(0, RUN(f, "list", "--json"));
	says(f, "\"watch\":\"waiting\"");
	assert_null(strstr(f->out, "\"next\""));
	write_conf(f, "store.path = store.db\nwatch.enabled = no\n");
	assert_int_equal(0, RUN(f, "status"));
	says(f, "When the watch is switched on and somebody");
	/* erased: nothing can be given */
	items_change(&f->items,
		"UPDATE item SET url_sealed = x'' WHERE id = %lld", f->item);
	assert_int_equal(0, RUN(f, "status", "--json"));
	says(f, "\"without_address\":0}");
}

static void list_shows_numbers_only(void **state)
{
	struct fixture *f = *state;
	HL_BUF_AUTO expected = HL_BUF_INIT(1024);
	char at[HL_REF_MAX];
	int64_t case_id = items_number(
		&f->items, "SELECT case_id FROM item WHERE id = %lld", f->item);

	hl_ref_print(HL_REF_CASE, case_id, at);
	hl_buf_printf(&expected,
		"{\"items\":[{\"item\":\"%s\",\"case\":\"%s\",\"watch\":"
		"\"watched\",\"state\":\"online\",\"verdict\":\"resolves\","
		"\"looks\":7,\"misses\":0,\"country\":\"\",\"since\":"
		"\"2026-11-22T09:33:20Z\",\"last\":\"2026-11-22T09:33:20Z\","
		"\"next\":\"2026-11-22T09:43:20Z\"}],\"more\":false}\n",
		f->ref, at);
	assert_int_equal(0, RUN(f, "list", "--json"));
	assert_string_equal(expected.p, f->out);
	assert_int_equal(0, RUN(f, "list"));
	says(f, f->ref);
	says(f, at);
	says(f, " watched online ");
}

static int64_t is(struct fixture *f, const char *what)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		"SELECT %s FROM watch w JOIN item i ON i.id = w.item_id "
		"WHERE i.id = %%lld",
		what);
	return items_number(&f->items, sql, f->item);
}

/* Pausing is not ending. */
static void a_pause_keeps_what_resuming_needs(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(0, RUN(f, "pause", f->ref));
	assert_int_equal(
		1, is(f, "w.active = 0 AND w.next_at_us = 1795340600000000 AND "
			 "length(i.worker_sealed) > 0"));
	assert_int_equal(0, RUN(f, "resume", f->ref));
	assert_string_equal("", f->out);
	assert_int_equal(1, is(f, "w.active"));
	/* the worker never had it: it goes on as soon as it has */
	assert_int_equal(0, RUN(f, "pause", f->ref));
	items_change(&f->items,
		"UPDATE item SET worker_sealed = x'' WHERE id = %lld", f->item);
	assert_int_equal(0, RUN(f, "resume", f->ref));
	says(f, "when somebody who\nholds the queue key opens the queue");
	assert_int_equal(1, is(f, "w.active"));
	assert_int_equal(0, RUN(f, "status", "--json"));
	says(f, "\"without_address\":1}");
}

static void nothing_is_given_back_to_what_has_ended(void **state)
{
	static const char *const ends[] = {
		"UPDATE watch SET active = 0, next_at_us = 0 WHERE item_id = "
		"%lld",
		"UPDATE cases SET state = 10, closed_reason = 2 WHERE id = "
		"(SELECT case_id FROM item WHERE id = %lld)",
		"UPDATE item SET url_sealed = x'' WHERE id = %lld",
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(ends); i++) {
		struct fixture *f = *state;

		items_change(&f->items,
			"UPDATE item SET worker_sealed = x'' WHERE id = %lld",
			f->item);
		assert_int_equal(0, RUN(f, "pause", f->ref));
		items_change(&f->items, ends[i], f->item);
		if (RUN(f, "resume", f->ref) != 1 || is(f, "w.active")) {
			fail_msg("%s: %s", ends[i], f->out);
		}
		says(f, "in the workbench");
		/* nor does pausing make it one that can go on */
		assert_int_equal(0, RUN(f, "pause", f->ref));
		assert_int_equal(1, RUN(f, "resume", f->ref));
		tear_down(state);
		set_up(state);
	}
}

static void pause_and_resume_are_in_the_log(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(0, RUN(f, "pause", f->ref));
	assert_string_equal("", f->out);
	assert_int_equal(
		0, items_number(&f->items,
			   "SELECT active FROM watch WHERE item_id = %lld",
			   f->item));
	assert_int_equal(1,
		items_events(&f->items, HL_EVENT_ITEM_WATCH_PAUSED, f->item));
	assert_int_equal(0, RUN(f, "list"));
	says(f, " paused ");
	assert_int_equal(0, RUN(f, "resume", f->ref));
	assert_int_equal(1,
		items_events(&f->items, HL_EVENT_ITEM_WATCH_RESUMED, f->item));
	assert_int_equal(0, RUN(f, "list"));
	says(f, " watched ");
	/* without the key the address cannot be given back */
	items_change(&f->items,
		"UPDATE item SET worker_sealed = x'' WHERE id = %lld", f->item);
	items_change(&f->items,
		"UPDATE watch SET active = 0, next_at_us = 0 "
		"WHERE item_id = %lld",
		f->item);
	assert_int_equal(1, RUN(f, "resume", f->ref));
	says(f, "in the workbench");
	assert_int_equal(0, RUN(f, "list"));
	says(f, " ended ");
	assert_int_equal(1,
		items_events(&f->items, HL_EVENT_ITEM_WATCH_RESUMED, f->item));
}

static void what_is_not_there_and_what_makes_no_sense(void **state)
{
	static const struct {
		const char *args[4];
		int status;
	} rows[] = {
		{{"--help"}, 0},
		{{"pause", "T000-0000-0"}, 1},
		{{"pause", "R234"}, 1},
		{{NULL}, 2},
		{{"begin"}, 2},
		{{"pause"}, 2},
		{{"resume"}, 2},
		{{"status", "now"}, 2},
		{{"list", "--all"}, 2},
		{{"pause", "--json", "T1"}, 2},
	};
	struct fixture *f = *state;
	char other[HL_REF_MAX];

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int status = run(f, rows[i].args);

		if (status != rows[i].status) {
			fail_msg("row %zu: %d: %s", i, status, f->out);
		}
	}
	/* the help names what list prints and pause takes */
	assert_int_equal(0, RUN(f, "--help"));
	says(f, "T-XXXX-XXXX-X");
	hl_ref_print(HL_REF_ITEM, f->item ^ 1, other);
	assert_int_equal(3, RUN(f, "pause", other));
	setenv("HOTLINE_DIR", "/nonexistent", 1);
	assert_int_equal(3, RUN(f, "status"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(status_tells_switch_and_counts),
		TEST(what_waits_for_its_address_is_told),
		TEST(list_shows_numbers_only),
		TEST(a_pause_keeps_what_resuming_needs),
		TEST(nothing_is_given_back_to_what_has_ended),
		TEST(pause_and_resume_are_in_the_log),
		TEST(what_is_not_there_and_what_makes_no_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
