/* SPDX-License-Identifier: Apache-2.0 */
/* The feed's lines: docs/protocol/match.md, "GET /v1/feed". */
#include "lookup/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "accounts/apikey.h"
#include "base/time.h"

#define REG "5f0c1d2e3f405162738495a6b7c8d9ea"
#define TAG "00112233445566778899aabbccddeeff"
#define MD5 "d41d8cd98f00b204e9800998ecf8427e"
#define SHA256 \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HEAD(changes)                                                  \
	"{\"feed\":1,\"registry\":\"" REG "\",\"after\":4,\"last\":9," \
	"\"head\":12,\"floor\":0,\"changes\":" #changes "}\n"
#define END "{\"end\":9}\n"
#define LIST                                                                \
	"{\"seq\":5,\"op\":\"list\",\"list\":1,\"name\":\"Assessed here\"," \
	"\"owner\":\"Example\",\"version\":7,\"negative\":false,"           \
	"\"radius\":31}\n"
#define ENTRY                                                             \
	"{\"seq\":9,\"op\":\"entry\",\"list\":1,\"entry\":\"77\","        \
	"\"label\":\"a\",\"about\":{\"state\":\"approved\"},\"hashes\":[" \
	"{\"kind\":\"md5\",\"part\":0,\"value\":\"" MD5 "\"}]}\n"

static int parse(
	struct hl_arena *arena, const char *text, struct hl_lookup_batch *b)
{
	return hl_lookup_feed_parse(hl_str_c(text), arena, b, NULL);
}

static const struct hl_lookup_ask after_four = {.after = 4, .n_most = 10};

static void what_is_written_is_read_again(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	HL_BUF_AUTO out = HL_BUF_INIT(1 << 20), again = out;
	const struct hl_lookup_hash hashes[] = {{HL_MATCH_PDQ, 0, {1, 2, 3}},
		{HL_MATCH_PDQ, 7, {0xff}}, {HL_MATCH_SHA1, 0, {9}}};
	const struct hl_lookup_change changes[] = {
		{.seq = 5,
			.op = HL_LOOKUP_LIST,
			.list = 65535,
			.name = HL_STR_INIT("Known <b>\"safe\"</b>"),
			.owner = HL_STR_INIT(""),
			.version = INT64_MAX,
			.radius = 63,
			.negative = true},
		{.seq = 6,
			.op = HL_LOOKUP_ENTRY,
			.list = 65535,
			.entry = INT64_MAX,
			.label = HL_STR_INIT("é"),
			.about = HL_STR_INIT("{}"),
			.hashes = hashes,
			.n_hashes = 3},
		{.seq = 8, .op = HL_LOOKUP_GONE, .list = 1, .entry = 3},
		{.seq = 9, .op = HL_LOOKUP_LIST_GONE, .list = 2}};
	const struct hl_lookup_key key = {.id = 7,
		.hash = {1, 2},
		.scopes = HL_API_MATCH | HL_API_FEED,
		.rate = 1000,
		.until_us = 1800000000 * HL_US_PER_S};
	const struct hl_lookup_keys keys = {TAG, &key, 1};
	const struct hl_lookup_batch batch = {
		REG, 4, 9, 12, 2, changes, HL_ARRAY_LEN(changes), &keys};
	struct hl_lookup_batch got;

	(void)state;
	hl_lookup_feed_put(&out, &batch);
	assert_int_equal(
		0, hl_lookup_feed_parse(hl_buf_str(&out), arena, &got, NULL));
	assert_int_equal(0, hl_lookup_batch_check(&got, &after_four, NULL));
	hl_lookup_feed_put(&again, &got);
	assert_true(hl_str_eq(hl_buf_str(&out), hl_buf_str(&again)));
	assert_int_equal(4, got.n);
	assert_true(got.changes[0].negative);
	assert_int_equal(3, got.changes[1].n_hashes);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(hashes[i].part, got.changes[1].hashes[i].part);
		assert_memory_equal(
			hashes[i].bytes, got.changes[1].hashes[i].bytes, 32);
	}
	assert_int_equal(key.until_us, got.keys->list[0].until_us);
	assert_int_equal(key.scopes, got.keys->list[0].scopes);
}

static void an_answer_that_was_cut_is_refused_anywhere(void **state)
{
	const char whole[] = HEAD(2) LIST ENTRY END;
	struct hl_lookup_batch b;

	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);

		if (hl_lookup_feed_parse(hl_str_mem(whole, n), arena, &b,
			    NULL) != HL_E_INVALID) {
			fail_msg("%zu bytes were taken", n);
		}
	}
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	assert_int_equal(0, parse(arena, whole, &b));
}

static const struct {
	const char *what, *text;
} bad[] = {
	{"another form", "{\"feed\":2,\"registry\":\"" REG
			 "\",\"after\":0,\"last\":0,\"head\":0,\"floor\":0,"
			 "\"changes\":0}\n{\"end\":0}\n"},
	{"a short registry", "{\"feed\":1,\"registry\":\"5f\",\"after\":0,"
			     "\"last\":0,\"head\":0,\"floor\":0,"
			     "\"changes\":0}\n{\"end\":0}\n"},
	{"fewer changes", HEAD(2) LIST END},
	{"more changes", HEAD(1) LIST ENTRY END},
	{"another end", HEAD(1) LIST "{\"end\":8}\n"},
	{"more behind it", HEAD(1) LIST END "\n"},
	{"too many changes", HEAD(5001) END},
	{"no operation", HEAD(1) "{\"seq\":5,\"list\":1}\n" END},
	{"another operation",
		HEAD(1) "{\"seq\":5,\"op\":\"drop\",\"list\":1}\n" END},
	{"list 65536", HEAD(1) "{\"seq\":5,\"op\":\"list_gone\",\"list\":65536}"
			       "\n" END},
	{"entry as a number", HEAD(1) "{\"seq\":5,\"op\":\"gone\",\"list\":1,"
				      "\"entry\":77}\n" END},
	{"entry 0", HEAD(1) "{\"seq\":5,\"op\":\"gone\",\"list\":1,"
			    "\"entry\":\"0\"}\n" END},
	{"entry +1", HEAD(1) "{\"seq\":5,\"op\":\"gone\",\"list\":1,"
			     "\"entry\":\"+1\"}\n" END},
	{"entry 2^63", HEAD(1) "{\"seq\":5,\"op\":\"gone\",\"list\":1,"
			       "\"entry\":\"9223372036854775808\"}\n" END},
	{"about a list",
		HEAD(1) "{\"seq\":5,\"op\":\"entry\",\"list\":1,\"entry\":"
			"\"7\",\"label\":\"\",\"about\":[],\"hashes\":[{"
			"\"kind\":\"md5\",\"part\":0,\"value\":\"" MD5
			"\"}]}\n" END},
	{"no hashes",
		HEAD(1) "{\"seq\":5,\"op\":\"entry\",\"list\":1,\"entry\":"
			"\"7\",\"label\":\"\",\"about\":{},\"hashes\":[]}"
			"\n" END},
	{"a hash too short",
		HEAD(1) "{\"seq\":5,\"op\":\"entry\",\"list\":1,\"entry\":"
			"\"7\",\"label\":\"\",\"about\":{},\"hashes\":[{"
			"\"kind\":\"sha1\",\"part\":0,\"value\":\"" MD5
			"\"}]}\n" END},
	{"a negative part",
		HEAD(1) "{\"seq\":5,\"op\":\"entry\",\"list\":1,\"entry\":"
			"\"7\",\"label\":\"\",\"about\":{},\"hashes\":[{"
			"\"kind\":\"md5\",\"part\":-1,\"value\":\"" MD5
			"\"}]}\n" END},
	{"a name of 64 bytes",
		HEAD(1) "{\"seq\":5,\"op\":\"list\",\"list\":1,\"name\":"
			"\"" SHA256 "\",\"owner\":\"\",\"version\":1,"
			"\"negative\":false,\"radius\":31}\n" END},
	{"no negative",
		HEAD(1) "{\"seq\":5,\"op\":\"list\",\"list\":1,\"name\":\"a\","
			"\"owner\":\"\",\"version\":1,\"radius\":31}\n" END},
	{"keys without a tag",
		"{\"feed\":1,\"registry\":\"" REG "\",\"after\":0,\"last\":0,"
		"\"head\":0,\"floor\":0,\"changes\":0,\"keys\":{\"list\":[]}"
		"}\n{\"end\":0}\n"},
	{"a key without a hash",
		"{\"feed\":1,\"registry\":\"" REG "\",\"after\":0,\"last\":0,"
		"\"head\":0,\"floor\":0,\"changes\":0,\"keys\":{\"tag\":\"" TAG
		"\",\"list\":[{\"id\":1,\"scopes\":[],\"rate\":1,"
		"\"until\":0}]}}\n{\"end\":0}\n"},
};

static void what_breaks_the_form_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(bad); i++) {
		HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
		struct hl_lookup_batch b;
		int r = parse(arena, bad[i].text, &b);

		if (r != HL_E_INVALID) {
			fail_msg("%s: %d", bad[i].what, r);
		}
	}
}

static void numbers_are_held_against_each_other(void **state)
{
	struct hl_lookup_change two[] = {
		{.seq = 5, .op = HL_LOOKUP_LIST_GONE, .list = 1},
		{.seq = 9, .op = HL_LOOKUP_LIST_GONE, .list = 1}};
	const struct hl_lookup_batch good = {REG, 4, 9, 12, 0, two, 2, NULL};
	static const struct {
		const char *what;
		uint64_t after, last, head, first, second;
	} rows[] = {
		{"another beginning", 3, 9, 12, 5, 9},
		{"an end before the beginning", 4, 3, 12, 5, 9},
		{"a head before the end", 4, 9, 8, 5, 9},
		{"changes, and no way on", 4, 4, 12, 5, 9},
		{"a change that is known", 4, 9, 12, 4, 9},
		{"a change twice", 4, 9, 12, 5, 5},
		{"out of order", 4, 9, 12, 6, 5},
		{"beyond the end", 4, 9, 12, 5, 10},
	};

	(void)state;
	assert_int_equal(0, hl_lookup_batch_check(&good, &after_four, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_lookup_batch b = good;

		b.after = rows[i].after;
		b.last = rows[i].last;
		b.head = rows[i].head;
		two[0].seq = rows[i].first;
		two[1].seq = rows[i].second;
		if (hl_lookup_batch_check(&b, &after_four, NULL) !=
			HL_E_INVALID) {
			fail_msg("%s was taken", rows[i].what);
		}
	}
}

static void changes_are_held_against_their_form(void **state)
{
	const struct hl_lookup_hash hash = {9, 0, {0}};
	const struct hl_lookup_change rows[] = {
		{.seq = 5, .op = HL_LOOKUP_LIST_GONE, .list = 0},
		{.seq = 5, .op = HL_LOOKUP_LIST_GONE, .list = 65536},
		{.seq = 5, .op = HL_LOOKUP_GONE, .list = 1, .entry = 0},
		{.seq = 5, .op = HL_LOOKUP_LIST, .list = 1, .radius = 31},
		{.seq = 5,
			.op = HL_LOOKUP_LIST,
			.list = 1,
			.name = HL_STR_INIT("a"),
			.radius = 64},
		{.seq = 5,
			.op = HL_LOOKUP_ENTRY,
			.list = 1,
			.entry = 1,
			.about = HL_STR_INIT("{}"),
			.hashes = &hash,
			.n_hashes = 1},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		const struct hl_lookup_batch b = {
			REG, 4, 9, 12, 0, &rows[i], 1, NULL};

		if (hl_lookup_batch_check(&b, &after_four, NULL) !=
			HL_E_INVALID) {
			fail_msg("row %zu was taken", i);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(an_answer_that_was_cut_is_refused_anywhere),
		cmocka_unit_test(what_breaks_the_form_is_refused),
		cmocka_unit_test(numbers_are_held_against_each_other),
		cmocka_unit_test(changes_are_held_against_their_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
