/* SPDX-License-Identifier: Apache-2.0 */
/* docs/protocol/match.md, asked and answered without a network. */
#include "place.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"

static void an_answer_says_what_where_and_how_far(void **state)
{
	struct place *p = *state;
	const uint64_t entries[] = {5, 6, 7};

	town_list(p->town, 1, false);
	town_list(p->town, 9, false);
	town_entry(p->town, 1, 5, 0);
	town_entry(p->town, 9, 5, 12);
	town_entry(p->town, 9, 7, 0);
	town_catch_up(p->town);
	assert_int_equal(200, place_ask_for(p, entries, 3, ""));
	assert_int_equal(5, hl_json_int(p->json, "position", 0));
	assert_true(hl_str_eq(
		hl_json_str(p->json, "registry"), hl_str_c(p->town->registry)));
	assert_int_equal(2, hl_json_int(place_result(p, 0), "found", -1));
	json_t *m = place_match(p, 0, 1);
	assert_int_equal(9, hl_json_int(m, "list", 0));
	assert_true(hl_str_eq(hl_json_str(m, "entry"), HL_STR("5")));
	assert_true(hl_str_eq(hl_json_str(m, "kind"), HL_STR("pdq")));
	assert_int_equal(12, hl_json_int(m, "distance", -1));
	assert_int_equal(0, hl_json_int(m, "part", -1));
	assert_true(hl_str_eq(hl_json_str(m, "label"), HL_STR("lab\"el")));
	assert_true(hl_str_eq(hl_json_str(json_object_get(m, "about"), "state"),
		HL_STR("approved")));
	assert_null(json_object_get(m, "negative"));
	assert_int_equal(0, hl_json_int(place_match(p, 0, 0), "distance", -1));
	assert_int_equal(0, hl_json_int(place_result(p, 1), "found", -1));
	assert_int_equal(1, hl_json_int(place_result(p, 2), "found", -1));
	json_t *lists = json_object_get(p->json, "lists");
	assert_int_equal(2, json_array_size(lists));
	assert_int_equal(9, hl_json_int(json_array_get(lists, 1), "id", 0));
	assert_int_equal(
		2, hl_json_int(json_array_get(lists, 1), "version", 0));
	/* the next answer names only what it has */
	assert_int_equal(200, place_ask_for(p, entries + 2, 1, ""));
	assert_int_equal(1, json_array_size(json_object_get(p->json, "lists")));
}

static void a_question_may_be_narrowed(void **state)
{
	struct place *p = *state;
	const uint64_t five = 5;

	town_list(p->town, 1, false);
	town_list(p->town, 2, false);
	town_entry(p->town, 1, 5, 20);
	town_entry(p->town, 2, 5, 10);
	town_entry(p->town, 2, 50, 0);
	town_catch_up(p->town);
	assert_int_equal(200, place_ask_for(p, &five, 1, ",\"radius\":15"));
	assert_int_equal(1, hl_json_int(place_result(p, 0), "found", -1));
	assert_int_equal(200, place_ask_for(p, &five, 1, ",\"radius\":0"));
	assert_int_equal(0, hl_json_int(place_result(p, 0), "found", -1));
	assert_int_equal(200, place_ask_for(p, &five, 1, ",\"lists\":[1]"));
	assert_int_equal(1, hl_json_int(place_result(p, 0), "found", -1));
	assert_int_equal(1, hl_json_int(place_match(p, 0, 0), "list", 0));
	assert_int_equal(200, place_ask_for(p, &five, 1, ",\"max\":1"));
	assert_int_equal(2, hl_json_int(place_result(p, 0), "found", -1));
	assert_true(
		json_is_true(json_object_get(place_result(p, 0), "truncated")));
	assert_int_equal(10, hl_json_int(place_match(p, 0, 0), "distance", -1));
	place_ask_for(p, &five, 1, ",\"lists\":[1,3]");
	place_has_code(p, 400, "unknown_list");
}

static void harmless_things_clear(void **state)
{
	struct place *p = *state;
	const uint64_t five = 5;

	town_list(p->town, 1, false);
	town_list(p->town, 2, true);
	town_entry(p->town, 1, 5, 10);
	town_entry(p->town, 2, 5, 4);
	town_catch_up(p->town);
	assert_int_equal(200, place_ask_for(p, &five, 1, ""));
	assert_true(
		json_is_true(json_object_get(place_result(p, 0), "cleared")));
	assert_true(json_is_true(
		json_object_get(place_match(p, 0, 0), "negative")));
	assert_null(json_object_get(place_match(p, 0, 1), "negative"));
}

static void kinds_may_stand_in_any_order(void **state)
{
	struct place *p = *state;
	struct town *t = p->town;
	static struct hl_lookup_hash three[3] = {
		{.kind = HL_MATCH_MD5, .bytes = {0xaa}}, {.kind = HL_MATCH_PDQ},
		{.kind = HL_MATCH_SHA256, .bytes = {0xbb}}};
	HL_BUF_AUTO b = HL_BUF_INIT(4096);

	town_list(t, 1, false);
	town_entry(t, 1, 5, 0);
	town_hash(5, 0, three[1].bytes);
	t->changes[1].hashes = three;
	t->changes[1].n_hashes = 3;
	town_catch_up(t);
	hl_buf_put(&b, HL_STR("{\"hashes\":[{\"kind\":\"sha256\",\"value\":\""
			      "bb000000000000000000000000000000"
			      "00000000000000000000000000000000\"}"));
	place_put_hash(&b, 5, 3);
	hl_buf_put(&b, HL_STR(",{\"kind\":\"md5\",\"value\":\""
			      "AA000000000000000000000000000000\"},"
			      "{\"kind\":\"sha1\",\"value\":\"aa0000000000000"
			      "0000000000000000000000000\"}"));
	place_put_hash(&b, 5, 0);
	hl_buf_put(&b, HL_STR("]}"));
	assert_int_equal(200, place_ask_json(p, b.p));
	static const char *const kinds[] = {
		"sha256", "pdq", "md5", NULL, "pdq"};
	for (size_t i = 0; i < 5; i++) {
		json_t *m = place_match(p, i, 0);

		if (!kinds[i]) {
			assert_null(m);
			continue;
		}
		assert_true(
			hl_str_eq(hl_json_str(m, "kind"), hl_str_c(kinds[i])));
		assert_true(
			hl_str_eq(hl_json_str(m, "label"), HL_STR("lab\"el")));
	}
	assert_int_equal(3, hl_json_int(place_match(p, 1, 0), "distance", -1));
}

static void who_may_not_is_told_so(void **state)
{
	struct place *p = *state;
	static const char *const odd[] = {"", "Bearer", "Bearer ",
		"Bearer hl_4fzzzL9J7v0vQ2d4uCq0lq3YQmZb3mQkS1o1hVb8x5E",
		"Basic aGw6eA==",
		"hl_4fzzzL9J7v0vQ2d4uCq0lq3YQmZb3mQkS1o1hVb8"};
	struct asked a = {HL_WEB_POST, "/v1/match", NULL, "application/json",
		HL_STR_INIT("{}"), NULL};

	/* before anything was heard of, the good key is none either */
	place_ask(p, &a);
	place_has_code(p, 401, "key");
	town_catch_up(p->town);
	for (size_t i = 0; i < HL_ARRAY_LEN(odd); i++) {
		a.authorization = odd[i];
		place_ask(p, &a);
		place_has_code(p, 401, "key");
	}
	a = (struct asked){
		HL_WEB_GET, "/v1/feed", "after=0", NULL, HL_STR_INIT(""), NULL};
	place_ask(p, &a);
	place_has_code(p, 404, "not_found");
	p->app.feed = &p->town->source;
	place_ask(p, &a);
	place_has_code(p, 403, "scope");
	p->town->key.scopes = HL_API_FEED;
	p->town->keys.tag[0] = 'f';
	town_catch_up(p->town);
	assert_int_equal(200, place_ask(p, &a));
	place_ask_json(p, "{}");
	place_has_code(p, 403, "scope");
}

static void refusals_have_their_code(void **state)
{
	struct place *p = *state;
	static const struct {
		struct asked a;
		int status;
		const char *code;
	} rows[] = {
		{{HL_WEB_GET, "/", NULL, NULL, {NULL, 0}, NULL}, 404,
			"not_found"},
		{{HL_WEB_GET, "/v1", NULL, NULL, {NULL, 0}, NULL}, 404,
			"not_found"},
		{{HL_WEB_GET, "/v2/match", NULL, NULL, {NULL, 0}, NULL}, 404,
			"not_found"},
		{{HL_WEB_GET, "/v1/match", NULL, NULL, {NULL, 0}, NULL}, 405,
			"method"},
		{{HL_WEB_DELETE, "/v1/hash", NULL, NULL, {NULL, 0}, NULL}, 405,
			"method"},
		{{HL_WEB_POST, "/v1/match", NULL, NULL, HL_STR_INIT("{}"),
			 NULL},
			415, "type"},
		{{HL_WEB_POST, "/v1/match", NULL, "text/plain",
			 HL_STR_INIT("{}"), NULL},
			415, "type"},
		{{HL_WEB_POST, "/v1/hash", NULL, "application/json",
			 HL_STR_INIT("{}"), NULL},
			415, "type"},
		{{HL_WEB_POST, "/v1/match", NULL,
			 "application/json; charset=utf-8", HL_STR_INIT("{"),
			 NULL},
			400, "malformed"},
		{{HL_WEB_POST, "/v1/match", "radius=99", "image/png",
			 HL_STR_INIT("SQUARE"), NULL},
			400, "malformed"},
		{{HL_WEB_POST, "/v1/hash", NULL, "image/png", HL_STR_INIT(""),
			 NULL},
			400, "malformed"},
	};

	town_list(p->town, 1, false);
	town_catch_up(p->town);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		place_ask(p, &rows[i].a);
		place_has_code(p, rows[i].status, rows[i].code);
	}
	char *large = calloc(1, 256 * 1024 + 2);
	assert_non_null(large);
	memset(large, ' ', 256 * 1024 + 1);
	place_ask_json(p, large);
	place_has_code(p, 413, "too_large");
	free(large);
}

static void without_an_index_it_says_so(void **state)
{
	struct place *p = *state;
	const uint64_t five = 5;

	town_list(p->town, 1, false);
	town_list(p->town, 2, false);
	p->town->n_at_once = 1;
	assert_int_equal(HL_LOOKUP_MORE, town_step(p->town));
	place_ask_for(p, &five, 1, "");
	place_has_code(p, 503, "loading");
}

/* All that a slow key may ask at once; it earns as much in 100 seconds. */
static void ask_all(struct place *p)
{
	uint64_t many[1000];

	for (size_t i = 0; i < 1000; i++) {
		many[i] = i + 1;
	}
	p->town->key.rate = 10;
	town_list(p->town, 1, false);
	town_catch_up(p->town);
	assert_int_equal(200, place_ask_for(p, many, 1000, ""));
	assert_int_equal(429, place_ask_for(p, many, 1000, ""));
}

static void rates_are_kept(void **state)
{
	struct place *p = *state;
	bool told = false;

	ask_all(p);
	place_has_code(p, 429, "rate");
	for (size_t i = 0; i < p->resp.n_headers; i++) {
		told |= hl_str_eq(
			p->resp.headers[i].name, HL_STR("Retry-After"));
	}
	assert_true(told);
}

/* A clock that was ahead and is put right stops nobody. */
static void rates_know_no_clock(void **state)
{
	struct place *p = *state;
	const uint64_t five = 5;
	int status = 0;

	ask_all(p);
	hl_time_pretend(hl_time_now_us() - 3600 * HL_US_PER_S);
	for (int i = 0; i < 3000 && status != 200; i++) {
		usleep(10000);
		status = place_ask_for(p, &five, 1, "");
	}
	hl_time_pretend(0);
	assert_int_equal(200, status);
}

static int ask_ready(struct place *p, const char *authorization)
{
	const struct asked a = {HL_WEB_GET, "/v1/ready", NULL, NULL,
		HL_STR_INIT(""), authorization};

	return place_ask(p, &a);
}

static void readiness_tells_where_it_stands(void **state)
{
	struct place *p = *state;

	assert_int_equal(503, ask_ready(p, ""));
	assert_int_equal(-1, hl_json_int(p->json, "seen_ms", 0));
	town_list(p->town, 1, false);
	town_entry(p->town, 1, 5, 0);
	town_catch_up(p->town);
	assert_int_equal(200, ask_ready(p, ""));
	assert_true(json_is_true(json_object_get(p->json, "ready")));
	assert_int_equal(2, hl_json_int(p->json, "position", 0));
	assert_int_equal(0, hl_json_int(p->json, "behind", -1));
	assert_int_equal(1, hl_json_int(p->json, "hashes", -1));
	assert_null(json_object_get(p->json, "lists"));
	assert_int_equal(200, ask_ready(p, NULL));
	json_t *list = json_array_get(json_object_get(p->json, "lists"), 0);
	assert_int_equal(1, hl_json_int(list, "entries", 0));
	assert_true(hl_str_eq(hl_json_str(list, "owner"), HL_STR("Example")));
	for (uint64_t i = 10; i < 20; i++) {
		town_entry(p->town, 1, i, 0);
	}
	p->town->n_at_once = 2;
	assert_int_equal(HL_LOOKUP_MORE, town_step(p->town));
	assert_int_equal(200, ask_ready(p, ""));
	assert_int_equal(8, hl_json_int(p->json, "behind", -1));
}

static void measures_count(void **state)
{
	struct place *p = *state;
	const uint64_t entries[] = {5, 6};
	const struct asked a = {
		HL_WEB_GET, "/metrics", NULL, NULL, HL_STR_INIT(""), NULL};
	static const char *const lines[] = {
		"\nhotline_match_lookups_total 2\n",
		"\nhotline_match_matches_total 1\n",
		"\nhotline_match_requests_total{path=\"/v1/match\","
		"status=\"2xx\"} 1\n",
		"\nhotline_match_requests_total{path=\"/v1/match\","
		"status=\"4xx\"} 1\n",
		"\nhotline_match_duration_seconds_bucket{le=\"+Inf\"} 1\n",
		"\nhotline_match_duration_seconds_count 1\n",
		"\nhotline_match_index_hashes 1\n",
		"\nhotline_match_position 2\n",
		"\nhotline_match_pictures_seconds_total 0.000000\n",
		"\nhotline_match_ready 1\n",
	};

	town_list(p->town, 1, false);
	town_entry(p->town, 1, 5, 0);
	town_catch_up(p->town);
	assert_int_equal(200, place_ask_for(p, entries, 2, ""));
	assert_int_equal(400, place_ask_json(p, "{}"));
	assert_int_equal(200, place_ask(p, &a));
	for (size_t i = 0; i < HL_ARRAY_LEN(lines); i++) {
		if (!strstr(p->resp.body.p, lines[i])) {
			fail_msg("no %s in %s", lines[i], p->resp.body.p);
		}
	}
}

static void the_feed_is_handed_on(void **state)
{
	struct place *p = *state;
	static const struct {
		const char *query;
		int status;
	} rows[] = {
		{"after=0", 200},
		{"after=0&max=1", 200},
		{"after=2&wait=20", 200},
		{"after=3", 410},
		{"", 400},
		{"after=-1", 400},
		{"after=x", 400},
		{"after=0&max=0", 400},
		{"after=0&max=5001", 400},
		{"after=0&wait=21", 400},
	};

	p->app.feed = &p->town->source;
	p->town->key.scopes = HL_API_FEED;
	town_list(p->town, 1, false);
	town_entry(p->town, 1, 5, 0);
	town_catch_up(p->town);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		const struct asked a = {HL_WEB_GET, "/v1/feed", rows[i].query,
			NULL, HL_STR_INIT(""), NULL};
		int status = place_ask(p, &a);

		if (status != rows[i].status) {
			fail_msg("\"%s\": %d", rows[i].query, status);
		}
	}
	struct hl_lookup_batch b;
	const struct asked all = {
		HL_WEB_GET, "/v1/feed", "after=0", NULL, HL_STR_INIT(""), NULL};
	const struct hl_lookup_ask from_0 = {.after = 0};
	assert_int_equal(200, place_ask(p, &all));
	assert_int_equal(0, hl_lookup_feed_parse(hl_buf_str(&p->resp.body),
				    p->arena, &b, NULL));
	assert_int_equal(0, hl_lookup_batch_check(&b, &from_0, NULL));
	assert_int_equal(2, b.n);
	assert_int_equal(1, b.keys->n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)
		T(an_answer_says_what_where_and_how_far),
		T(a_question_may_be_narrowed),
		T(harmless_things_clear),
		T(kinds_may_stand_in_any_order),
		T(who_may_not_is_told_so),
		T(refusals_have_their_code),
		T(without_an_index_it_says_so),
		T(rates_are_kept),
		T(rates_know_no_clock),
		T(readiness_tells_where_it_stands),
		T(measures_count),
		T(the_feed_is_handed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
