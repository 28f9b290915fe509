/* SPDX-License-Identifier: Apache-2.0 */
/* What lies in the follower's folder is broken by somebody else. */
#include <glob.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "town.h"

static void list_file(struct town *t, char out[256])
{
	char pattern[256];
	glob_t found;

	(void)snprintf(pattern, sizeof(pattern), "%s/list-*", t->s->w->folder);
	assert_int_equal(0, glob(pattern, 0, NULL, &found));
	assert_int_equal(1, found.gl_pathc);
	(void)snprintf(out, 256, "%s", found.gl_pathv[0]);
	globfree(&found);
}

static void status_says(
	struct town *t, enum hl_consume_alarm alarm, enum hl_consume_grade g)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_CONSUME_STANDING_MAX);
	struct hl_consume_standing s;
	enum hl_consume_alarm shown;

	assert_int_equal(0, hl_file_read(t->status, &text, NULL));
	assert_int_equal(
		0, hl_consume_standing_parse(hl_buf_str(&text), &s, NULL));
	assert_int_equal(g, hl_consume_standing_grade(&s, s.at, &shown));
	assert_string_equal(
		hl_consume_alarm_name(alarm), hl_consume_alarm_name(shown));
}

/* Emptied, then removed: each is mended by the next round, and is an alarm
 * for as long as it cannot be. */
static void mends_the_folder(void **state)
{
	struct town t;
	char name[256];

	(void)state;
	town_begin(&t, false);
	assert_int_equal(0, town_round(&t));
	for (unsigned i = 0; i < 2; i++) {
		list_file(&t, name);
		assert_int_equal(0, i ? unlink(name) : truncate(name, 0));
		stub_stop(t.s);
		assert_true(town_round(&t) < 0);
		assert_true(town_round(&t) < 0);
		status_says(&t, HL_CONSUME_DAMAGED, HL_CONSUME_CRITICAL);
		stub_start(t.s);
		assert_int_equal(0, town_round(&t));
		status_says(&t, HL_CONSUME_FINE, HL_CONSUME_OK);
		assert_int_equal(2 + i, t.s->n_lists);
		assert_int_equal(1, town_version(&t));
		list_file(&t, name);
	}
	/* what says which list it is needs nobody */
	(void)snprintf(name, sizeof(name), "%s/state", t.s->w->folder);
	assert_int_equal(0, unlink(name));
	assert_int_equal(0, town_round(&t));
	status_says(&t, HL_CONSUME_FINE, HL_CONSUME_OK);
	assert_int_equal(3, t.s->n_lists);
	assert_int_equal(0, access(name, R_OK));
	town_end(&t);
}

/* Nothing tells that a byte has turned but all of them, read at the start. */
static void reads_all_at_first(void **state)
{
	struct hl_urls_list *list;
	struct town t;
	char name[256];
	FILE *f;

	(void)state;
	town_begin(&t, false);
	for (unsigned i = 0; i < 1500; i++) {
		(void)snprintf(name, sizeof(name), "h%u.example", i);
		world_put(t.s->w, name, "/", HL_URLS_SCOPE_DOMAIN, i + 10);
	}
	world_publish(t.s->w);
	assert_int_equal(0, town_round(&t));
	hl_urls_close(t.list);
	list_file(&t, name);
	f = fopen(name, "r+b");
	assert_non_null(f);
	assert_int_equal(0, fseek(f, 2 * 65536 + 50, SEEK_SET));
	assert_int_equal(4, fwrite("\377\377\377\377", 1, 4, f));
	assert_int_equal(0, fclose(f));
	list = world_open(t.s->w, HL_URLS_OPEN_KEEP);
	assert_int_equal(2, world_stats(t.s->w, list).version);
	t.list = list;
	hl_consume_follow_free(t.follow);
	const struct hl_consume_follow_config config = {
		t.list, t.remote, t.tally, t.status};
	assert_int_equal(0, hl_consume_follow_new(&config, &t.follow, NULL));
	assert_int_equal(0, town_round(&t));
	assert_int_equal(2, t.s->n_lists);
	assert_int_equal(0, hl_urls_verify(t.list, NULL));
	town_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mends_the_folder),
		cmocka_unit_test(reads_all_at_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
