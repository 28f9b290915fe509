/* SPDX-License-Identifier: Apache-2.0 */
/* hotline report and hotline case, against a store that has a history. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/common.h"

typedef int command_fn(int argc, char **argv);

/* Words that stand in what people typed; no command may print them. */
static const char *const secrets[] = {
	"quetzal.example.org", "quetzal-words", "quetzal-note", "illegal"};

static char out[1 << 20];

static void make_folder(struct fixture *f)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/" HL_CLI_CONF, f->dir);
	FILE *conf = fopen(path, "w");
	assert_non_null(conf);
	fputs("store.path = store.db\n", conf);
	fclose(conf);
	setenv("HOTLINE_DIR", f->dir, 1);
}

static void drop_folder(struct fixture *f)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/" HL_CLI_CONF, f->dir);
	unlink(path);
	unsetenv("HOTLINE_DIR");
}

/* Runs a line of words; standard output goes to `out`. */
static int run(struct fixture *f, command_fn *command, const char *line)
{
	char words[8][64], *argv[9] = {NULL};
	struct hl_str rest = hl_str_c(line), piece;
	FILE *to = tmpfile();
	int keep = dup(1), keep_err = dup(2), argc = 0;

	while (argc < 8 && hl_str_next(&rest, ' ', &piece)) {
		snprintf(words[argc], sizeof(words[0]), "%.*s",
			HL_STR_ARG(piece));
		argv[argc] = words[argc];
		argc++;
	}
	hl_store_close(f->store);
	f->store = NULL;
	assert_true(to && keep >= 0 && keep_err >= 0);
	fflush(stdout);
	dup2(fileno(to), 1);
	dup2(fileno(to), 2); /* what it prints there counts as well */
	int status = command(argc, argv);
	fflush(stdout);
	dup2(keep, 1);
	dup2(keep_err, 2);
	close(keep);
	close(keep_err);
	rewind(to);
	out[fread(out, 1, sizeof(out) - 1, to)] = '\0';
	fclose(to);
	number(f, "SELECT 1"); /* opens the store again */
	for (size_t i = 0; i < HL_ARRAY_LEN(secrets); i++) {
		if (strstr(out, secrets[i])) {
			fail_msg("\"%s\" prints %s", line, secrets[i]);
		}
	}
	return status;
}

static json_t *run_json(
	struct fixture *f, command_fn *command, const char *line)
{
	struct hl_err err = {0};
	json_t *json = NULL;

	assert_int_equal(HL_CLI_OK, run(f, command, line));
	if (hl_json_parse(hl_str_c(out), sizeof(out), &json, &err)) {
		fail_msg("\"%s\": %s in %s", line, err.msg, out);
	}
	return json;
}

struct scene {
	int64_t report, undecided, waiting, fresh;
};

static struct scene make_scene(struct fixture *f)
{
	struct scene s;
	struct hl_who anna;

	s.report = put_report(
		f, &(struct hl_report){.danger = HL_YNU_YES,
			   .place = HL_PLACE_GAME,
			   .addresses_text = HL_STR(
				   "http://quetzal.example.org/a b.invalid"),
			   .words = HL_STR("quetzal-words"),
			   .contact = HL_STR("quetzal-words")});
	later(f, HL_US_PER_S);
	s.undecided = put_addresses(f, "nothing that leads anywhere");
	triage_all(f);
	s.waiting = case_of(f, s.report, 1);
	s.fresh = case_of(f, s.report, 2);
	anna = who(f, ANNA);
	ok(hl_casework_take(&anna, f->settings, s.waiting, NULL, NULL));
	ok(hl_casework_add_note(
		&anna, s.waiting, HL_STR("quetzal-note"), NULL, NULL));
	assess(f, s.waiting, HL_OUTCOME_BASELINE);
	make_folder(f);
	return s;
}

static void cases_are_listed(void **state)
{
	struct fixture *f = *state;
	struct scene s = make_scene(f);
	char ref[HL_REF_MAX], line[64];

	HL_JSON_AUTO *all = run_json(f, hl_cli_case, "case list --json");
	const json_t *cases = json_object_get(all, "cases");
	assert_int_equal(2, json_array_size(cases));
	HL_JSON_AUTO *some =
		run_json(f, hl_cli_case, "case list --json --state=verifying");
	cases = json_object_get(some, "cases");
	assert_int_equal(1, json_array_size(cases));
	const json_t *one = json_array_get(cases, 0);
	assert_true(hl_str_eq(hl_ref_print(HL_REF_CASE, s.waiting, ref),
		hl_json_str(one, "ref")));
	assert_int_equal(130, hl_json_int(one, "priority", 0));
	assert_null(json_object_get(one, "outcome"));
	assert_int_equal(2, json_array_size(json_object_get(one, "reasons")));
	HL_JSON_AUTO *first =
		run_json(f, hl_cli_case, "case list --json --limit 1");
	assert_int_equal(1, json_array_size(json_object_get(first, "cases")));
	hl_ref_print(HL_REF_CASE, s.waiting, ref);
	snprintf(line, sizeof(line), "case show %s --json", ref);
	HL_JSON_AUTO *shown = run_json(f, hl_cli_case, line);
	const json_t *steps = json_object_get(shown, "steps");
	assert_int_equal(3, json_array_size(steps));
	assert_true(hl_str_eq(HL_STR("Anna Analyst"),
		hl_json_str(json_array_get(steps, 1), "holder")));
	HL_JSON_AUTO *counts = run_json(f, hl_cli_case, "case counts --json");
	assert_int_equal(1, hl_json_int(counts, "new", -1));
	assert_int_equal(1, hl_json_int(counts, "verifying", -1));
	assert_int_equal(0, hl_json_int(counts, "closed", -1));
	/* for people */
	assert_int_equal(HL_CLI_OK, run(f, hl_cli_case, "case list"));
	assert_non_null(strstr(out, ref));
	assert_non_null(strstr(out, "danger"));
	snprintf(line, sizeof(line), "case show %s", ref);
	assert_int_equal(HL_CLI_OK, run(f, hl_cli_case, line));
	assert_non_null(strstr(out, "verification"));
	assert_non_null(strstr(out, "Anna Analyst"));
	assert_int_equal(HL_CLI_OK, run(f, hl_cli_case, "case counts"));
	assert_non_null(strstr(out, "verifying   1"));
	drop_folder(f);
}

static void reports_are_listed(void **state)
{
	struct fixture *f = *state;
	struct scene s = make_scene(f);
	char ref[HL_REF_MAX], line[64];

	HL_JSON_AUTO *all = run_json(f, hl_cli_report, "report list --json");
	const json_t *reports = json_object_get(all, "reports");
	assert_int_equal(2, json_array_size(reports));
	/* the newest first */
	const json_t *one = json_array_get(reports, 1);
	assert_true(hl_str_eq(HL_STR("linked"), hl_json_str(one, "state")));
	assert_true(hl_str_eq(HL_STR("yes"), hl_json_str(one, "danger")));
	assert_int_equal(2, hl_json_int(one, "addresses", 0));
	hl_ref_print(HL_REF_REPORT, s.report, ref);
	snprintf(line, sizeof(line), "report show %s --json", ref);
	HL_JSON_AUTO *shown = run_json(f, hl_cli_report, line);
	const json_t *addresses = json_object_get(shown, "addresses");
	assert_int_equal(2, json_array_size(addresses));
	char case_ref[HL_REF_MAX];
	assert_true(hl_str_eq(hl_ref_print(HL_REF_CASE, s.fresh, case_ref),
		hl_json_str(json_array_get(addresses, 1), "case")));
	HL_JSON_AUTO *counts =
		run_json(f, hl_cli_report, "report counts --json");
	assert_int_equal(1, hl_json_int(counts, "linked", -1));
	assert_int_equal(1, hl_json_int(counts, "triaged", -1));
	assert_int_equal(1, hl_json_int(counts, "waits_for_person", -1));
	assert_int_equal(HL_CLI_OK,
		run(f, hl_cli_report, "report list --state triaged"));
	hl_ref_print(HL_REF_REPORT, s.undecided, ref);
	assert_non_null(strstr(out, ref));
	assert_int_equal(HL_CLI_OK, run(f, hl_cli_report, "report counts"));
	assert_non_null(strstr(out, "waits_for_person 1"));
	hl_ref_print(HL_REF_REPORT, s.report, ref);
	snprintf(line, sizeof(line), "report show %s", ref);
	assert_int_equal(HL_CLI_OK, run(f, hl_cli_report, line));
	assert_non_null(strstr(out, case_ref));
	drop_folder(f);
}

static void wrong_command_lines(void **state)
{
	static const struct {
		const char *words; /* behind the command's name */
		int status;
	} rows[] = {
		{"", HL_CLI_USAGE},
		{" lists", HL_CLI_USAGE},
		{" list more", HL_CLI_USAGE},
		{" list --state nonsense", HL_CLI_USAGE},
		{" list --limit 0", HL_CLI_USAGE},
		{" list --limit 1001", HL_CLI_USAGE},
		{" list --limit ten", HL_CLI_USAGE},
		{" list --nonsense", HL_CLI_USAGE},
		{" counts --limit 3", HL_CLI_USAGE},
		{" counts more", HL_CLI_USAGE},
		{" show", HL_CLI_USAGE},
		{" show X-7K3Q-X9M2-C", HL_CLI_NOT_FOUND},
		{" show nonsense", HL_CLI_NOT_FOUND},
		{" --help", HL_CLI_OK},
		{" list --help", HL_CLI_OK},
		{" list", HL_CLI_OK}, /* nothing there is no failure */
		{" counts", HL_CLI_OK},
	};
	static const struct {
		const char *name;
		command_fn *run;
		enum hl_ref_kind kind;
	} commands[] = {{"case", hl_cli_case, HL_REF_CASE},
		{"report", hl_cli_report, HL_REF_REPORT}};
	struct fixture *f = *state;
	char line[128], ref[HL_REF_MAX];

	make_folder(f);
	for (size_t k = 0; k < HL_ARRAY_LEN(commands); k++) {
		for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
			snprintf(line, sizeof(line), "%s%s", commands[k].name,
				rows[i].words);
			int status = run(f, commands[k].run, line);

			if (status != rows[i].status) {
				fail_msg("\"%s\" gives %d", line, status);
			}
		}
		hl_ref_print(commands[k].kind, 4711, ref);
		snprintf(line, sizeof(line), "%s show %s", commands[k].name,
			ref);
		assert_int_equal(
			HL_CLI_NOT_FOUND, run(f, commands[k].run, line));
		assert_non_null(strstr(out, ref));
	}
	drop_folder(f);
	setenv("HOTLINE_DIR", "/nonexistent", 1);
	assert_int_equal(HL_CLI_NOT_FOUND, run(f, hl_cli_case, "case list"));
	unsetenv("HOTLINE_DIR");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cases_are_listed),
		TEST(reports_are_listed),
		TEST(wrong_command_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
