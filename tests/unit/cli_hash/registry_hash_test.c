/* SPDX-License-Identifier: Apache-2.0 */
/* hotline registry hash: files onto a case's item, against a real store and
 * real decoders. */
#include "../registry/help.h"
#include "../cli/capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "casework/hashes.h"
#include "cli_hash/commands.h"
#include "cli/common.h"
#include "cli_hash/registry.h"
#include "picture.h"

static struct capture c;

static void path_of(const struct fixture *f, const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", f->dir, name);
}

static void put(
	const struct fixture *f, const char *name, const void *p, size_t n)
{
	char path[128];

	path_of(f, name, path);
	ok(hl_file_write(path, hl_str_mem(p, n), 0600, NULL));
}

/* "quetzal-a.png" and "-b.png": pictures; "-cut.png": a part of one;
 * "-words": none; "-empty". */
static const char *const names[] = {"quetzal-a.png", "quetzal-b.png",
	"quetzal-cut.png", "quetzal-words", "quetzal-empty"};

static void put_files(const struct fixture *f)
{
	for (unsigned i = 0; i < 2; i++) {
		struct picture picture;
		struct file file;

		picture_make(&picture, 160, 120, i + 1);
		picture_png(&picture, &(struct png_how){.type = 2}, &file);
		put(f, names[i], file.p, file.n);
		put(f, names[2], file.p, 60);
		file_fini(&file);
		picture_fini(&picture);
	}
	put(f, names[3], "no picture\n", 11);
	put(f, names[4], "", 0);
}

static void drop_files(const struct fixture *f)
{
	char path[128];

	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		path_of(f, names[i], path);
		unlink(path);
	}
}

/* Nothing but the program's own answer names the file. */
static int run_ref(
	struct fixture *f, const char *ref, const char *name, const char *more)
{
	char line[400];

	snprintf(line, sizeof(line), "registry hash %s %s/%s%s", ref, f->dir,
		name, more);
	capture_open(f->dir);
	put_files(f);
	hl_store_close(f->store);
	f->store = NULL;
	int status = capture_run(&c, hl_cli_registry, line, NULL);
	number(f, "SELECT 1");
	capture_close(f->dir);
	drop_files(f);
	return status;
}

static int run(
	struct fixture *f, int64_t case_id, const char *name, const char *more)
{
	char ref[HL_REF_MAX];
	struct hl_str text = hl_ref_print(HL_REF_CASE, case_id, ref);
	char word[HL_REF_MAX + 1];

	snprintf(word, sizeof(word), "%.*s", HL_STR_ARG(text));
	return run_ref(f, word, name, more);
}

static int64_t n_hashes(struct fixture *f)
{
	return number(f, "SELECT count(*) FROM item_hash");
}

static void a_picture_gives_four_hashes_once(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "https://example.org/one");

	assert_int_equal(HL_CLI_OK, run(f, id, "quetzal-a.png", " --dry-run"));
	capture_says(&c, ": 4 would be added, 0 there already\n");
	assert_int_equal(0, n_hashes(f));
	assert_int_equal(HL_CLI_OK, run(f, id, "quetzal-a.png", ""));
	capture_says(&c, ": 4 added, 0 there already\n");
	capture_says(&c, "sha256 ");
	assert_int_equal(4, n_hashes(f));
	assert_int_equal(4, number(f, "SELECT count(*) FROM item_hash WHERE "
				      "how = 3 AND vouched = 1 AND looked = 0 "
				      "AND added_by = 0 AND report_id = 0"));
	assert_true(
		number(f, "SELECT quality FROM item_hash WHERE kind = 1") > 0);
	int64_t events = number(f,
		"SELECT count(*) FROM event WHERE kind = 314 AND a = 4 "
		"AND b = 3 AND actor = 0");
	assert_int_equal(1, events);
	/* again: nothing is written, no event either */
	assert_int_equal(HL_CLI_OK, run(f, id, "quetzal-a.png", ""));
	capture_says(&c, ": 0 added, 4 there already\n");
	assert_int_equal(4, n_hashes(f));
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 314"));
}

static void json_has_every_file(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "https://example.org/one");
	char more[128];

	snprintf(more, sizeof(more), " %s/quetzal-words --json", f->dir);
	assert_int_equal(HL_CLI_OK, run(f, id, "quetzal-a.png", more));
	HL_JSON_AUTO *all = NULL;
	ok(hl_json_parse(hl_str_c(c.text), sizeof(c.text), &all, NULL));
	capture_members(all, "case dry_run added there files");
	assert_int_equal(7, hl_json_int(all, "added", 0));
	const json_t *files = json_object_get(all, "files");
	assert_int_equal(2, json_array_size(files));
	const json_t *one = json_array_get(files, 1);
	capture_members(one, "path status text hashes");
	assert_true(
		hl_str_eq(hl_json_str(one, "status"), HL_STR("no-picture")));
	assert_int_equal(3, json_array_size(json_object_get(one, "hashes")));
}

static void what_is_no_picture_has_digests(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "https://example.org/one");

	assert_int_equal(HL_CLI_OK, run(f, id, "quetzal-words", ""));
	capture_says(&c, "; digests only");
	assert_int_equal(3, n_hashes(f));
	assert_int_equal(HL_CLI_FAILED, run(f, id, "quetzal-cut.png", ""));
	assert_int_equal(6, n_hashes(f));
	assert_int_equal(
		0, number(f, "SELECT count(*) FROM item_hash WHERE kind = 1"));
	assert_int_equal(HL_CLI_FAILED, run(f, id, "quetzal-empty", ""));
	assert_int_equal(6, n_hashes(f));
}

static void what_cannot_be_is_refused_whole(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "https://example.org/one");

	assert_int_equal(HL_CLI_NOT_FOUND,
		run_ref(f, "C-0000-0000-1", "quetzal-a.png", ""));
	assert_int_equal(
		HL_CLI_NOT_FOUND, run(f, id + 1000, "quetzal-a.png", ""));
	capture_says(&c, "there is no case C-");
	assert_int_equal(HL_CLI_NOT_FOUND,
		run(f, id, "quetzal-a.png", " /nonexistent/file"));
	capture_says(&c, "there is no file /nonexistent/file");
	assert_int_equal(HL_CLI_FAILED, run(f, id, "quetzal-a.png", " /tmp"));
	assert_int_equal(0, n_hashes(f));
	change(f, "UPDATE cases SET state = 10");
	assert_int_equal(HL_CLI_OK, run(f, id, "quetzal-a.png", ""));
	assert_int_equal(4, n_hashes(f));
	change(f, "UPDATE cases SET state = 11");
	assert_int_equal(HL_CLI_FAILED, run(f, id, "quetzal-b.png", ""));
	capture_says(&c, "has been erased");
	assert_int_equal(4, n_hashes(f));
}

static void an_item_has_only_so_many(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "https://example.org/one");

	change(f, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		  "FROM n WHERE i < 61) INSERT INTO item_hash SELECT "
		  "item.id, 2, randomblob(16), -1, 1, 1, 0, 0, 1, 0 "
		  "FROM n, item");
	assert_int_equal(HL_CLI_FAILED, run(f, id, "quetzal-a.png", ""));
	capture_says(&c, "an item has 64 at most");
	assert_int_equal(61, n_hashes(f));
	assert_int_equal(HL_CLI_OK, run(f, id, "quetzal-words", ""));
	assert_int_equal(64, n_hashes(f));
}

/* What a stranger claimed is vouched for by the file, and the next triage
 * resolves by it. */
static void the_next_triage_looks_them_up(void **state)
{
	struct fixture *f = *state;
	int64_t first = put_case(f, "https://example.org/one"), second;
	struct hl_casework_known known = {.laws = &f->laws};
	struct hl_hash_set set = {.n = 1, .at[0].kind = HL_HASH_SHA256};
	struct hl_who anna;
	size_t n;

	assert_int_equal(HL_CLI_OK, run(f, first, "quetzal-a.png", ""));
	const char *at = strstr(c.text, "sha256 ");
	assert_non_null(at);
	ok(hl_hash_parse(HL_HASH_SHA256, hl_str_mem(at + 7, 64), &set.at[0]));
	put_entry(f, HL_HASH_LIST_ASSESSED, &set, HL_OUTCOME_BASELINE);
	second = put_case(f, "https://example.org/two");
	change(f, "UPDATE item_hash SET looked = 1, vouched = 0, how = 2");
	anna = who(f, ANNA);
	ok(hl_casework_recognise_new(&anna, &known, 9, &n, NULL));
	assert_int_equal(0, n);
	assert_int_equal(HL_CLI_OK, run(f, second, "quetzal-a.png", ""));
	assert_int_equal(HL_CLI_OK, run(f, first, "quetzal-a.png", ""));
	capture_says(&c, ": 4 added, 0 there already\n");
	assert_int_equal(8, n_hashes(f));
	anna = who(f, ANNA);
	ok(hl_casework_recognise_new(&anna, &known, 9, &n, NULL));
	assert_int_equal(2, n);
	assert_int_equal(2, number(f, "SELECT count(*) FROM hash_resolution"));
}

static void a_crash_leaves_digests(void **state)
{
	struct hl_media_frame frame = {.pdq.quality = 90};
	struct hl_media_result result = {.status = HL_MEDIA_CRASHED,
		.digests = true,
		.frames = &frame,
		.n_frames = 1};
	struct hl_hash_set set = {0};

	(void)state;
	memset(frame.pdq.hash.bytes, 1, 16);
	for (uint8_t i = 0; i < 32; i++) {
		result.md5[i % 16] = result.sha1[i % 20] = i;
		result.sha256[i] = i;
	}
	ok(hl_cli_registry_hashes_of(&result, &set));
	assert_int_equal(3, set.n);
	ok(hl_cli_registry_hashes_of(&result, &set)); /* each once */
	assert_int_equal(3, set.n);
	result.status = HL_MEDIA_HASHED;
	result.flags = HL_MEDIA_FLAWED;
	ok(hl_cli_registry_hashes_of(&result, &set));
	assert_int_equal(3, set.n);
	result.flags = 0;
	ok(hl_cli_registry_hashes_of(&result, &set));
	assert_int_equal(4, set.n);
	assert_int_equal(90, set.at[3].quality);
}

static void a_film_gives_some_of_its_frames(void **state)
{
	enum { N = 600 };
	struct hl_media_frame *frames = calloc(N, sizeof(*frames));
	struct hl_media_result result = {.frames = frames, .n_frames = N};
	struct hl_hash_set set = {0};

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		struct hl_hash hash = hash_no(HL_HASH_PDQ, i);

		memcpy(frames[i].pdq.hash.bytes, hash.value, 32);
		frames[i].pdq.quality = i < N / 2 ? 10 : 90;
	}
	ok(hl_cli_registry_hashes_of(&result, &set));
	assert_int_equal(HL_CLI_REGISTRY_FRAMES / 2, set.n);
	/* a still film is one picture */
	for (unsigned i = 1; i < N; i++) {
		frames[i] = frames[0];
		frames[i].pdq.quality = 90;
	}
	set.n = 0;
	ok(hl_cli_registry_hashes_of(&result, &set));
	assert_int_equal(1, set.n);
	free(frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_picture_gives_four_hashes_once),
		TEST(json_has_every_file),
		TEST(what_is_no_picture_has_digests),
		TEST(what_cannot_be_is_refused_whole),
		TEST(an_item_has_only_so_many),
		TEST(the_next_triage_looks_them_up),
		cmocka_unit_test(a_crash_leaves_digests),
		cmocka_unit_test(a_film_gives_some_of_its_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
