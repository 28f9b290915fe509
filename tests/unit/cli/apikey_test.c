/* SPDX-License-Identifier: Apache-2.0 */
/* hotline apikey as it is typed. */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
	struct hl_store *store = NULL;

	assert_non_null(f);
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-apikey-XXXXXX");
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
	static const char *const ends[] = {"", "-wal", "-shm"};
	struct fixture *f = *state;
	char name[128];

	capture_close(f->dir);
	for (size_t i = 0; i < HL_ARRAY_LEN(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", f->path, ends[i]);
		unlink(name);
	}
	rmdir(f->dir);
	free(f);
	return 0;
}

static int run(struct fixture *f, const char *words)
{
	char line[300];

	snprintf(line, sizeof(line), "apikey %s", words);
	return capture_run(&f->c, hl_cli_apikey, line, NULL);
}

/* Makes one; its reference and its key. */
static void make(
	struct fixture *f, const char *words, char ref[16], char key[64])
{
	char line[256];

	snprintf(line, sizeof(line), "create %s", words);
	assert_int_equal(HL_CLI_OK, run(f, line));
	capture_says(&f->c, "This key is shown once.");
	const char *at = strstr(f->c.text, "K-");
	const char *tab = at ? strchr(at, '\t') : NULL;
	if (!tab || tab - at != 13 || strcspn(tab + 1, "\n") != 46) {
		fail_msg("not as expected: %s", f->c.text);
		return;
	}
	snprintf(ref, 16, "%.13s", at);
	snprintf(key, 64, "%.46s", tab + 1);
}

static void a_key_is_made_shown_once_and_revoked(void **state)
{
	struct fixture *f = *state;
	char ref[16], key[64], line[64];

	make(f, "\"Example platform\" --scope match,hash --rate 50", ref, key);
	assert_int_equal(46, strlen(key));
	HL_JSON_AUTO *all =
		capture_json(&f->c, hl_cli_apikey, "apikey list --json");
	capture_hides(&f->c, key);
	json_t *one = json_array_get(json_object_get(all, "keys"), 0);
	capture_members(one, "ref name scopes rate state created expires");
	assert_true(hl_str_eq(hl_json_str(one, "ref"), hl_str_c(ref)));
	assert_true(
		hl_str_eq(hl_json_str(one, "scopes"), HL_STR("match,hash")));
	assert_int_equal(50, hl_json_int(one, "rate", 0));
	snprintf(line, sizeof(line), "revoke %s", ref);
	assert_int_equal(HL_CLI_OK, run(f, line));
	assert_int_equal(HL_CLI_OK, run(f, "list"));
	capture_says(&f->c, "revoked");
	capture_hides(&f->c, key);
	assert_int_equal(HL_CLI_NOT_FOUND, run(f, line));
}

static void a_key_may_last_for_ever(void **state)
{
	struct fixture *f = *state;
	char ref[16], key[64];

	make(f, "a --scope feed --days 0", ref, key);
	assert_int_equal(HL_CLI_OK, run(f, "list"));
	capture_says(&f->c, "until -  ");
	capture_says(&f->c, "used -  ");
}

static void wrong_words_are_usage(void **state)
{
	struct fixture *f = *state;
	static const char *const lines[] = {"", "create", "create a",
		"create a --scope", "create a --scope match,", "create a b",
		"create a --scope all", "create a --scope match --rate many",
		"create a --scope match --rate 1000001",
		"create a --scope match --days -1",
		"create a --scope match --json", "list a", "list --scope match",
		"revoke", "revoke K-7K3Q", "revoke R-7K3Q-X9M2-C", "forget a",
		"list --all"};

	for (size_t i = 0; i < HL_ARRAY_LEN(lines); i++) {
		int status = run(f, lines[i]);

		if (status != HL_CLI_USAGE) {
			fail_msg("\"%s\" gave %d: %s", lines[i], status,
				f->c.text);
		}
	}
	assert_int_equal(HL_CLI_OK, run(f, "list"));
	assert_string_equal("", f->c.text);
}

static void what_makes_no_key_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
		HL_CLI_FAILED, run(f, "create a --scope match --rate 0"));
	assert_int_equal(HL_CLI_FAILED, run(f, "create \"\" --scope match"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(a_key_is_made_shown_once_and_revoked),
		T(a_key_may_last_for_ever),
		T(wrong_words_are_usage),
		T(what_makes_no_key_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
