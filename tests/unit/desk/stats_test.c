/* SPDX-License-Identifier: Apache-2.0 */
/* The statistics page and its downloads. */
#include "world.h"

#include "base/json.h"
#include "base/time.h"

static void says(const struct world *w, const char *words)
{
	if (!memmem(w->body.p, w->body.n, words, strlen(words))) {
		fail_msg("no \"%s\" in\n%.*s", words,
			HL_STR_ARG(hl_buf_str(&w->body)));
	}
}

static void hides(const struct world *w, const char *words)
{
	if (memmem(w->body.p, w->body.n, words, strlen(words))) {
		fail_msg("\"%s\" in\n%.*s", words,
			HL_STR_ARG(hl_buf_str(&w->body)));
	}
}

/* The word "Duplicates" alone could be of the reports above it. */
static void the_rate_of_duplicates_says_of_what(void **state)
{
	struct world *w = *state;

	world_ask(w, SOFIE, "/statistics", NULL);
	assert_int_equal(200, w->status);
	says(w, "Duplicates among the addresses");
	hides(w, ">Duplicates<");
}

/* Cases that nobody has looked at need no facts, and reports that wait for
 * triage are not answers that somebody left out. */
static void what_waits_is_called_so(void **state)
{
	struct world *w = *state;

	world_ask(w, SOFIE, "/statistics", NULL);
	says(w, "Not decided yet");
	says(w, "Not triaged yet");
	hides(w, "More facts are needed");
}

/* hotline stats has a test for the same days. */
static void the_last_day_is_today(void **state)
{
	struct world *w = *state;
	HL_JSON_AUTO *json = NULL;
	int64_t from = 0, to = 0;

	world_ask(w, SOFIE, "/statistics.json", NULL);
	assert_int_equal(
		0, hl_json_parse(hl_buf_str(&w->body), w->body.n, &json, NULL));
	assert_int_equal(
		0, hl_time_parse_iso(hl_json_str(json, "from"), &from));
	assert_int_equal(0, hl_time_parse_iso(hl_json_str(json, "to"), &to));
	assert_true(to % HL_US_PER_DAY == 0 && to - from == 30 * HL_US_PER_DAY);
	assert_true(hl_time_now_us() < to);
	assert_true(hl_time_now_us() >= to - HL_US_PER_DAY);
}

/* Of two files with one name the wrong one is published. */
static void the_publication_has_its_own_name(void **state)
{
	static const struct {
		const char *path, *name;
	} rows[] = {
		{"/statistics.csv?from=2026-10-24&to=2026-11-22",
			"hotline-2026-10-24-2026-11-22.csv"},
		{"/statistics.csv?from=2026-10-24&to=2026-11-22&suppress=yes",
			"hotline-publication-2026-10-24-2026-11-22.csv"},
		{"/statistics.json?from=2026-10-24&to=2026-11-22&suppress=yes",
			"hotline-publication-2026-10-24-2026-11-22.json"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO head = HL_BUF_INIT(256);

		world_ask(w, SOFIE, rows[i].path, NULL);
		hl_buf_printf(&head, "filename=\"%s\"\n", rows[i].name);
		if (w->status != 200 ||
			!memmem(w->headers.p, w->headers.n, head.p, head.n)) {
			fail_msg("%s: %d\n%.*s", rows[i].path, w->status,
				HL_STR_ARG(hl_buf_str(&w->headers)));
		}
	}
}

/* Every picture of days tells how much, and of which days. */
static void pictures_have_scale_and_days(void **state)
{
	struct world *w = *state;
	int64_t day = hl_time_now_us() / HL_US_PER_DAY;
	char sql[512], iso[HL_TIME_ISO_MAX], words[128];

	snprintf(sql, sizeof(sql),
		"INSERT INTO list_consumer VALUES (1, 'c', 'x', 1, 2, 2, 1, "
		"x'', x'', 9, '', '', x'', '', 1, 1, 2, 1, 0, 0, 0); "
		"INSERT INTO list_count VALUES (1, %lld, 12345, 3, 7, 9, "
		"x'00')",
		(long long)day * 24 - 30);
	change(w->f, sql);
	hl_time_iso_s((day - 2) * HL_US_PER_DAY, iso);
	snprintf(sql, sizeof(sql), "/statistics?from=%.10s&to=%.10s", iso, iso);
	world_ask(w, SOFIE, sql, NULL);
	snprintf(words, sizeof(words),
		"The highest bar, of %.10s, stands for 12345.", iso);
	says(w, words);
	snprintf(words, sizeof(words), "<span>%.10s</span>", iso);
	says(w, words);
	hides(w, "stands for 0.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_day_is_today),
		cmocka_unit_test(the_publication_has_its_own_name),
		cmocka_unit_test(the_rate_of_duplicates_says_of_what),
		cmocka_unit_test(what_waits_is_called_so),
		cmocka_unit_test(pictures_have_scale_and_days),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
