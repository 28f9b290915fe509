/* SPDX-License-Identifier: Apache-2.0 */
/* Questions, good and bad: docs/protocol/match.md, "POST /v1/match". */
#include "lookup/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/buf.h"

#define PDQ "f8f8f0cce0f4e84d0e370a22028f67f0b36e2ed596623e1d33e6339c4e9c9b22"
#define MD5 "d41d8cd98f00b204e9800998ecf8427e"
#define SHA1 "da39a3ee5e6b4b0d3255bfef95601890afd80709"
#define ONE "{\"kind\":\"md5\",\"value\":\"" MD5 "\"}"

static int parse(struct hl_arena *arena, struct hl_str body,
	struct hl_lookup_question *q, struct hl_lookup_wrong *wrong)
{
	*wrong = (struct hl_lookup_wrong){.detail = NULL};
	return hl_lookup_question_parse(body, arena, q, wrong);
}

static void a_whole_question(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	struct hl_lookup_question q;
	struct hl_lookup_wrong wrong;
	const struct hl_str body = HL_STR(
		" {\"max\":100,\"hashes\":[{\"value\":\"" PDQ
		"\",\"kind\":\"pdq\"},{\"kind\":\"sha1\",\"value\":\"" SHA1
		"\"},{\"kind\":\"sha256\",\"value\":\"" PDQ "\"}," ONE "],"
		"\"radius\":20,\"lists\":[4,65535]}\n");

	(void)state;
	assert_int_equal(0, parse(arena, body, &q, &wrong));
	assert_int_equal(4, q.n);
	assert_int_equal(HL_MATCH_PDQ, q.asked[0].kind);
	assert_int_equal(0xf8, q.asked[0].bytes[0]);
	assert_int_equal(0x22, q.asked[0].bytes[31]);
	assert_int_equal(HL_MATCH_SHA1, q.asked[1].kind);
	assert_int_equal(0, q.asked[1].bytes[20]);
	assert_int_equal(HL_MATCH_SHA256, q.asked[2].kind);
	assert_int_equal(HL_MATCH_MD5, q.asked[3].kind);
	assert_int_equal(2, q.n_lists);
	assert_int_equal(65535, q.lists[1]);
	assert_int_equal(20, q.radius);
	assert_int_equal(100, q.n_most);
}

static void what_is_left_out_has_its_default(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	struct hl_lookup_question q;
	struct hl_lookup_wrong wrong;

	(void)state;
	assert_int_equal(
		0, parse(arena, HL_STR("{\"hashes\":[" ONE "]}"), &q, &wrong));
	assert_int_equal(0, q.radius); /* each list's own */
	assert_int_equal(10, q.n_most);
	assert_null(q.lists);
	assert_int_equal(
		0, parse(arena, HL_STR("{\"hashes\":[" ONE "],\"radius\":0}"),
			   &q, &wrong));
	assert_int_equal(-1, q.radius); /* equal only */
}

static const struct {
	const char *what, *body, *at;
} bad[] = {
	{"nothing", "", ""},
	{"no JSON", "hashes", ""},
	{"half", "{\"hashes\":[" ONE, ""},
	{"two texts", "{\"hashes\":[" ONE "]}{}", ""},
	{"no object", "[" ONE "]", ""},
	{"a member twice", "{\"max\":1,\"max\":1,\"hashes\":[" ONE "]}", ""},
	{"no hashes", "{}", "/hashes"},
	{"no hash", "{\"hashes\":[]}", "/hashes"},
	{"hashes no list", "{\"hashes\":" ONE "}", "/hashes"},
	{"hashes null", "{\"hashes\":null}", "/hashes"},
	{"a misspelt member", "{\"hashes\":[" ONE "],\"raduis\":1}", ""},
	{"a hash as a string", "{\"hashes\":[\"" MD5 "\"]}", "/hashes/0"},
	{"a hash without kind", "{\"hashes\":[{\"value\":\"" MD5 "\"}]}",
		"/hashes/0"},
	{"a hash with more",
		"{\"hashes\":[{\"kind\":\"md5\",\"value\":\"" MD5
		"\",\"quality\":1}]}",
		"/hashes/0"},
	{"a kind in capitals",
		"{\"hashes\":[" ONE ",{\"kind\":\"MD5\",\"value\":\"" MD5
		"\"}]}",
		"/hashes/1/kind"},
	{"a kind that is none",
		"{\"hashes\":[{\"kind\":\"phash\",\"value\":\"" MD5 "\"}]}",
		"/hashes/0/kind"},
	{"a kind that is a number",
		"{\"hashes\":[{\"kind\":2,\"value\":\"" MD5 "\"}]}",
		"/hashes/0/kind"},
	{"too short", "{\"hashes\":[{\"kind\":\"pdq\",\"value\":\"" MD5 "\"}]}",
		"/hashes/0/value"},
	{"too long", "{\"hashes\":[{\"kind\":\"md5\",\"value\":\"" SHA1 "\"}]}",
		"/hashes/0/value"},
	{"no digits",
		"{\"hashes\":[{\"kind\":\"md5\",\"value\":"
		"\"d41d8cd98f00b204e9800998ecf8427g\"}]}",
		"/hashes/0/value"},
	{"a space before it",
		"{\"hashes\":[{\"kind\":\"md5\",\"value\":\" " MD5 "\"}]}",
		"/hashes/0/value"},
	{"a NUL in it",
		"{\"hashes\":[{\"kind\":\"md5\",\"value\":"
		"\"d41d8cd98f00b204\\u00009800998ecf8427e\"}]}",
		""},
	{"radius over 63", "{\"hashes\":[" ONE "],\"radius\":64}", "/radius"},
	{"radius under 0", "{\"hashes\":[" ONE "],\"radius\":-1}", "/radius"},
	{"radius a string", "{\"hashes\":[" ONE "],\"radius\":\"3\"}",
		"/radius"},
	{"radius broken", "{\"hashes\":[" ONE "],\"radius\":3.5}", "/radius"},
	{"max 0", "{\"hashes\":[" ONE "],\"max\":0}", "/max"},
	{"max over 100", "{\"hashes\":[" ONE "],\"max\":101}", "/max"},
	{"max enormous", "{\"hashes\":[" ONE "],\"max\":1e300}", "/max"},
	{"lists empty", "{\"hashes\":[" ONE "],\"lists\":[]}", "/lists"},
	{"lists null", "{\"hashes\":[" ONE "],\"lists\":null}", "/lists"},
	{"list 0", "{\"hashes\":[" ONE "],\"lists\":[1,0]}", "/lists/1"},
	{"list too high", "{\"hashes\":[" ONE "],\"lists\":[65536]}",
		"/lists/0"},
	{"list by name", "{\"hashes\":[" ONE "],\"lists\":[\"a\"]}",
		"/lists/0"},
};

static void bad_questions_are_refused_at_their_place(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	struct hl_lookup_question q;
	struct hl_lookup_wrong wrong;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(bad); i++) {
		int r = parse(arena, hl_str_c(bad[i].body), &q, &wrong);

		if (r != HL_E_INVALID || !wrong.detail ||
			strcmp(wrong.at, bad[i].at) != 0) {
			fail_msg("%s: %d at \"%s\"", bad[i].what, r, wrong.at);
		}
		if (strstr(wrong.detail, MD5)) {
			fail_msg("%s: the refusal repeats it", bad[i].what);
		}
	}
}

static void put_many(struct hl_buf *b, size_t n)
{
	hl_buf_put(b, HL_STR("{\"hashes\":["));
	for (size_t i = 0; i < n; i++) {
		hl_buf_put(b, i ? HL_STR("," ONE) : HL_STR(ONE));
	}
	hl_buf_put(b, HL_STR("]}"));
}

static void a_thousand_and_no_more(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	HL_BUF_AUTO body = HL_BUF_INIT(1 << 20);
	struct hl_lookup_question q;
	struct hl_lookup_wrong wrong;

	(void)state;
	put_many(&body, 1000);
	assert_int_equal(0, parse(arena, hl_buf_str(&body), &q, &wrong));
	assert_int_equal(1000, q.n);
	hl_buf_reset(&body);
	put_many(&body, 1001);
	assert_int_equal(
		HL_E_INVALID, parse(arena, hl_buf_str(&body), &q, &wrong));
	assert_string_equal("/hashes", wrong.at);
}

static void lists_have_at_most_64(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	HL_BUF_AUTO body = HL_BUF_INIT(1 << 16);
	struct hl_lookup_question q;
	struct hl_lookup_wrong wrong;

	(void)state;
	for (int n = 64; n < 66; n++) {
		hl_buf_reset(&body);
		hl_buf_put(&body, HL_STR("{\"hashes\":[" ONE "],\"lists\":[1"));
		for (int i = 1; i < n; i++) {
			hl_buf_put(&body, HL_STR(",2"));
		}
		hl_buf_put(&body, HL_STR("]}"));
		assert_int_equal(n == 64 ? 0 : HL_E_INVALID,
			parse(arena, hl_buf_str(&body), &q, &wrong));
	}
}

static void queries_of_pictures(void **state)
{
	static const struct {
		const char *query;
		int r;
		int32_t radius;
		size_t most, lists;
	} rows[] = {
		{"", 0, 0, 10, 0},
		{"radius=20&max=5&lists=1,4", 0, 20, 5, 2},
		{"radius=0", 0, -1, 10, 0},
		{"lists=7", 0, 0, 10, 1},
		{"lists=1%2C4", 0, 0, 10, 2},
		{"radius=64", HL_E_INVALID, 0, 0, 0},
		{"radius=", HL_E_INVALID, 0, 0, 0},
		{"radius=abc", HL_E_INVALID, 0, 0, 0},
		{"max=0", HL_E_INVALID, 0, 0, 0},
		{"lists=", HL_E_INVALID, 0, 0, 0},
		{"lists=1,,2", HL_E_INVALID, 0, 0, 0},
		{"lists=0", HL_E_INVALID, 0, 0, 0},
		{"list=1", HL_E_INVALID, 0, 0, 0},
		{"lists=1&lists=2", HL_E_INVALID, 0, 0, 0},
		{"max=1&radius=2&max=1", HL_E_INVALID, 0, 0, 0},
		{"max=%zz", HL_E_INVALID, 0, 0, 0},
	};
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_lookup_question q;
		struct hl_lookup_wrong wrong = {.detail = NULL};
		int r = hl_lookup_question_query(
			hl_str_c(rows[i].query), arena, &q, &wrong);

		if (r != rows[i].r ||
			(!r && (q.radius != rows[i].radius ||
				       q.n_most != rows[i].most ||
				       q.n_lists != rows[i].lists))) {
			fail_msg("\"%s\": %d", rows[i].query, r);
		}
	}
}

static void no_memory_is_told(void **state)
{
	HL_ARENA_AUTO *arena = hl_arena_new(16, false);
	struct hl_lookup_question q;
	struct hl_lookup_wrong wrong;

	(void)state;
	assert_int_equal(HL_E_NOMEM,
		parse(arena, HL_STR("{\"hashes\":[" ONE "]}"), &q, &wrong));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_question),
		cmocka_unit_test(what_is_left_out_has_its_default),
		cmocka_unit_test(bad_questions_are_refused_at_their_place),
		cmocka_unit_test(a_thousand_and_no_more),
		cmocka_unit_test(lists_have_at_most_64),
		cmocka_unit_test(queries_of_pictures),
		cmocka_unit_test(no_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
