/* SPDX-License-Identifier: Apache-2.0 */
/* hotline user, and what brings keys back from escrow sheets. */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "accounts/accounts.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/escrow.h"
#include "store/sql.h"

#define SHEETS_MAX (64 * 1024)
#define ok(expression) assert_int_equal(0, (expression))

static const struct hl_seal_cost cheap = {
	.mem_kib = 64, .passes = 1, .allow_weak = true};

struct fixture {
	char dir[64], path[96];
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_seal_ring ring;
	struct hl_who host;
	struct hl_buf sheets;
	struct capture c;
};

static void open_store(struct fixture *f)
{
	ok(hl_store_open(f->path,
		(enum hl_store_role)(HL_STORE_STAFF | HL_STORE_ADMIN),
		&f->store, NULL));
	f->host.store = f->store;
}

static void add(struct fixture *f, const char *login, unsigned roles)
{
	struct hl_accounts_user user = {.login = hl_str_c(login),
		.display_name = hl_str_c(login),
		.roles = roles};

	ok(hl_accounts_create(
		&f->host, &user, HL_STR("words to come in"), &cheap, NULL));
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct hl_seal_secret secret;
	struct hl_seal_pub worker;

	assert_non_null(f);
	ok(hl_seal_init(NULL));
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-user-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	f->arena = hl_arena_new(8 << 20, true);
	f->host = (struct hl_who){.ring = &f->ring, .arena = f->arena};
	open_store(f);
	hl_seal_keypair_new(&worker, &secret);
	ok(hl_accounts_found(f->store, f->arena, &worker, &f->ring, NULL));
	add(f, "sofie", HL_ROLE_SUPERVISOR);
	add(f, "adam", HL_ROLE_ADMIN);
	f->sheets = HL_BUF_SECRET(SHEETS_MAX);
	struct hl_cli_escrow_order order = {f->store, &f->ring, {2, 3}, 0};
	ok(hl_cli_escrow_make(&order, &f->sheets, NULL));
	capture_open(f->dir);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	struct fixture *f = *state;
	char name[128];

	capture_close(f->dir);
	hl_store_close(f->store);
	hl_arena_free(f->arena);
	hl_seal_ring_wipe(&f->ring);
	hl_buf_fini(&f->sheets);
	for (size_t i = 0; i < HL_ARRAY_LEN(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", f->path, ends[i]);
		unlink(name);
	}
	rmdir(f->dir);
	free(f);
	return 0;
}

/* Behind "user "; the store is the command's while it runs. */
static int run(struct fixture *f, const char *words, const char *input)
{
	char line[256];

	snprintf(line, sizeof(line), "user %s", words);
	hl_store_close(f->store);
	f->store = NULL;
	int status = capture_run(&f->c, hl_cli_user, line, input);
	open_store(f);
	return status;
}

/* What the list says of a login; the caller frees. */
static json_t *about(struct fixture *f, const char *login)
{
	struct hl_err err = {.msg = ""};
	json_t *all = NULL, *one, *found = NULL;
	size_t i;

	assert_int_equal(HL_CLI_OK, run(f, "list --json", NULL));
	ok(hl_json_parse(hl_str_c(f->c.text), sizeof(f->c.text), &all, &err));
	capture_members(all, "users");
	json_array_foreach(json_object_get(all, "users"), i, one)
	{
		if (hl_str_eq(hl_json_str(one, "login"), hl_str_c(login))) {
			found = json_incref(one);
		}
	}
	json_decref(all);
	assert_non_null(found);
	return found;
}

static bool has(struct fixture *f, const char *login, const char *member)
{
	HL_JSON_AUTO *user = about(f, login);

	return json_is_true(json_object_get(user, member));
}

static void people_come_change_and_go(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(HL_CLI_OK,
		run(f, "add anna \"Anna Example\" analyst,verifier", NULL));
	capture_says(&f->c, "anna can come in with the first password ");
	HL_JSON_AUTO *anna = about(f, "anna");
	capture_members(
		anna, "ref login name roles active second_factor holds_keys");
	assert_true(hl_str_eq(
		hl_json_str(anna, "roles"), HL_STR("analyst,verifier")));
	assert_true(
		hl_str_eq(hl_json_str(anna, "name"), HL_STR("Anna Example")));
	assert_true(json_is_false(json_object_get(anna, "holds_keys")));
	assert_int_equal(
		HL_CLI_FAILED, run(f, "add anna \"Anna Other\" analyst", NULL));
	capture_says(&f->c, "is taken");
	assert_int_equal(HL_CLI_OK, run(f, "roles anna verifier", NULL));
	assert_int_equal(HL_CLI_OK, run(f, "disable anna", NULL));
	assert_false(has(f, "anna", "active"));
	assert_int_equal(HL_CLI_OK, run(f, "enable anna", NULL));
	assert_true(has(f, "anna", "active"));
	assert_int_equal(HL_CLI_OK, run(f, "reset anna", NULL));
	capture_says(&f->c, "first password ");
	assert_int_equal(HL_CLI_OK, run(f, "list", NULL));
	capture_says(&f->c, "anna             verifier ");
	/* the last ones of their kind stay */
	assert_int_equal(HL_CLI_FAILED, run(f, "disable sofie", NULL));
	assert_int_equal(HL_CLI_FAILED, run(f, "disable adam", NULL));
	assert_int_equal(HL_CLI_FAILED, run(f, "roles sofie analyst", NULL));
	assert_true(has(f, "sofie", "active"));
}

/* The text of sheets from..to, of both keys. */
static const char *sheets(struct fixture *f, int from, int to)
{
	static char text[SHEETS_MAX];
	struct hl_str rest = hl_buf_str(&f->sheets), line;
	HL_BUF_AUTO out = HL_BUF_SECRET(SHEETS_MAX);
	int number = 0;

	while (hl_str_next(&rest, '\n', &line)) {
		if (hl_str_starts(line, HL_STR("# sheet "))) {
			number = line.p[8] - '0';
		}
		if (number >= from && number <= to) {
			hl_buf_put(&out, line);
			hl_buf_put_c(&out, '\n');
		}
	}
	snprintf(text, sizeof(text), "%.*s", (int)out.n, hl_buf_str(&out).p);
	return text;
}

static void keys_come_back_from_what_is_typed(void **state)
{
	struct fixture *f = *state;

	assert_false(has(f, "sofie", "holds_keys"));
	assert_int_equal(HL_CLI_OK, run(f, "recover sofie", sheets(f, 2, 3)));
	capture_says(&f->c,
		"sofie holds the queue key again and the identity key.\n");
	assert_true(has(f, "sofie", "holds_keys"));
	/* who holds some gets none */
	assert_int_equal(
		HL_CLI_FAILED, run(f, "recover sofie", sheets(f, 1, 2)));
}

static void keys_come_back_from_files(void **state)
{
	struct fixture *f = *state;
	char one[96], two[96], line[256];

	snprintf(one, sizeof(one), "%s/one", f->dir);
	snprintf(two, sizeof(two), "%s/two", f->dir);
	ok(hl_file_write(one, hl_str_c(sheets(f, 1, 1)), 0600, NULL));
	ok(hl_file_write(two, hl_str_c(sheets(f, 3, 3)), 0600, NULL));
	snprintf(line, sizeof(line), "recover sofie %s /nonexistent", one);
	assert_int_equal(HL_CLI_NOT_FOUND, run(f, line, NULL));
	capture_says(&f->c, "there is no file /nonexistent");
	snprintf(line, sizeof(line), "recover sofie %s %s", one, two);
	assert_int_equal(HL_CLI_OK, run(f, line, NULL));
	assert_true(has(f, "sofie", "holds_keys"));
	unlink(one);
	unlink(two);
}

static void what_does_not_bring_keys_back(void **state)
{
	struct fixture *f = *state;
	char *typed = strdup(sheets(f, 1, 2)), *letter;
	const struct {
		const char *words, *input;
		int status;
	} rows[] = {
		{"recover sofie", "", HL_CLI_FAILED},
		{"recover sofie", "nothing of a sheet\n", HL_CLI_FAILED},
		{"recover sofie", sheets(f, 1, 1), HL_CLI_FAILED},
		{"recover nobody", typed, HL_CLI_NOT_FOUND},
		{"recover adam", typed, HL_CLI_FAILED},
	};

	assert_non_null(typed);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int status = run(f, rows[i].words, rows[i].input);

		if (status != rows[i].status || !f->c.text[0]) {
			fail_msg("row %zu: %d: %s", i, status, f->c.text);
		}
	}
	/* one letter wrong in the first share */
	letter = strstr(typed, "\n");
	while (letter[1] == '#' || letter[1] == '\n') {
		letter = strstr(letter + 1, "\n");
	}
	letter[3] = letter[3] == '2' ? '3' : '2';
	assert_int_equal(HL_CLI_FAILED, run(f, "recover sofie", typed));
	assert_false(has(f, "sofie", "holds_keys"));
	free(typed);
}

static void wrong_command_lines(void **state)
{
	static const struct {
		const char *words;
		int status;
	} rows[] = {
		{"", HL_CLI_USAGE},
		{"lists", HL_CLI_USAGE},
		{"list more", HL_CLI_USAGE},
		{"list --nonsense", HL_CLI_USAGE},
		{"add anna", HL_CLI_USAGE},
		{"add anna Anna", HL_CLI_USAGE},
		{"add anna Anna nonsense", HL_CLI_USAGE},
		{"add anna Anna analyst,", HL_CLI_USAGE},
		{"roles sofie", HL_CLI_USAGE},
		{"roles sofie nonsense", HL_CLI_USAGE},
		{"disable", HL_CLI_USAGE},
		{"reset sofie more", HL_CLI_USAGE},
		{"recover", HL_CLI_USAGE},
		{"escrow sofie", HL_CLI_USAGE},
		{"add anna Anna analyst,administrator", HL_CLI_FAILED},
		{"add \"an na\" Anna analyst", HL_CLI_FAILED},
		{"roles nobody analyst", HL_CLI_NOT_FOUND},
		{"enable nobody", HL_CLI_NOT_FOUND},
		{"reset nobody", HL_CLI_NOT_FOUND},
		{"--help", HL_CLI_OK},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int status = run(f, rows[i].words, NULL);

		if (status != rows[i].status || !f->c.text[0]) {
			fail_msg("\"%s\" gives %d: %s", rows[i].words, status,
				f->c.text);
		}
	}
	setenv("HOTLINE_DIR", "/nonexistent", 1);
	assert_int_equal(HL_CLI_NOT_FOUND, run(f, "list", NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(people_come_change_and_go),
		TEST(keys_come_back_from_what_is_typed),
		TEST(keys_come_back_from_files),
		TEST(what_does_not_bring_keys_back),
		TEST(wrong_command_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
