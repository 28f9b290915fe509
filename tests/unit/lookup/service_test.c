/* SPDX-License-Identifier: Apache-2.0 */
/* docs/protocol/match.md, asked and answered without a network. */
#include "town.h"

#include <stdio.h>
#include <stdlib.h>

#include "accounts/apikey.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "lookup/service.h"
#include "media/decode.h"
#include "media/pool.h"
#include "web/http.h"

struct place {
	struct town *town;
	struct hl_lookup_app app;
	void *thread;
	struct hl_arena *arena;
	struct hl_web_response resp;
	json_t *json; /* of the answer */
	char key[HL_ACCOUNTS_KEY_TEXT];
};

/* A decoder that is as bad as decoders can be. */
static bool knows_crash(const uint8_t *head, size_t n)
{
	return n >= 5 && memcmp(head, "CRASH", 5) == 0;
}

static int crash(const struct hl_media_input *in, struct hl_media_sink *sink)
{
	(void)in;
	(void)sink;
	abort();
}

/* A picture of one colour but for a square. */
static bool knows_square(const uint8_t *head, size_t n)
{
	return n >= 6 && memcmp(head, "SQUARE", 6) == 0;
}

static int square(const struct hl_media_input *in, struct hl_media_sink *sink)
{
	static uint8_t rows[128 * 128];
	const struct hl_media_shape shape = {
		.width = 128, .height = 128, .pixels = HL_MATCH_GREY8};

	for (size_t i = 0; i < sizeof(rows); i++) {
		size_t x = i % 128, y = i / 128;

		rows[i] = (uint8_t)(x * y / 70 + (x > 40 && y > 60 ? 90 : 0));
	}
	int r = hl_media_check_size(in, sink, 128, 128);
	r = r ? r : hl_media_begin(sink, &shape);
	r = r ? r : hl_media_rows(sink, rows, 128, 128);
	return r ? r : hl_media_end(sink);
}

static const struct hl_media_decoder bad_one = {
	HL_MEDIA_JPEG, knows_crash, crash};
static const struct hl_media_decoder good_one = {
	HL_MEDIA_PNG, knows_square, square};
static const struct hl_media_decoder *const decoders[] = {
	&bad_one, &good_one, NULL};

static void make_key(struct place *p)
{
	HL_SEAL_TOKEN_AUTO token = {0};
	char text[HL_SEAL_TOKEN_TEXT];

	hl_seal_token_new(HL_SEAL_TOKEN_API, &token);
	hl_seal_token_print(&token, text);
	hl_seal_token_hash(&token, p->town->key.hash);
	snprintf(p->key, sizeof(p->key), "hl_%s", text);
	p->town->key.scopes = HL_API_MATCH | HL_API_HASH | HL_API_METRICS;
	p->town->key.rate = 5000;
}

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	const struct hl_media_setup setup = {
		.n_workers = 1, .decoders = decoders};
	void *town;

	assert_non_null(p);
	assert_int_equal(0, hl_seal_init(NULL));
	assert_int_equal(0, hl_media_pool_new(&setup, &p->app.media, NULL));
	town_set_up(&town);
	p->town = town;
	make_key(p);
	p->app.shelf = p->town->shelf;
	p->app.ring = p->town->ring;
	p->app.follower = p->town->follower;
	p->app.n_pictures_most = 2;
	hl_lookup_app_init(&p->app);
	assert_int_equal(0, hl_lookup_thread_new(&p->app, 0, &p->thread, NULL));
	p->arena = hl_arena_new((size_t)64 << 20, false);
	hl_web_response_init(&p->resp, (size_t)64 << 20);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	void *town = p->town;

	json_decref(p->json);
	hl_web_response_fini(&p->resp);
	hl_arena_free(p->arena);
	hl_lookup_thread_free(&p->app, p->thread);
	hl_media_pool_free(p->app.media);
	hl_lookup_app_fini(&p->app);
	free(p);
	return town_tear_down(&town);
}

struct asked {
	enum hl_web_method method;
	const char *path, *query, *type;
	struct hl_str body;
	const char *authorization; /* NULL: the key; "": none */
};

/* The status; the body of the answer is read as JSON if it is. */
static int ask(struct place *p, const struct asked *a)
{
	char bearer[100];
	struct hl_web_header headers[2];
	struct hl_web_request req = {.method = a->method,
		.path = hl_str_c(a->path),
		.query = hl_str_c(a->query),
		.body = a->body,
		.headers = headers};
	struct hl_web_ctx ctx = {.app = &p->app,
		.thread = p->thread,
		.error_page = hl_lookup_error,
		.arena = p->arena,
		.now_us = hl_time_now_us()};

	snprintf(bearer, sizeof(bearer), "Bearer %s", p->key);
	const char *who = a->authorization ? a->authorization : bearer;
	if (*who) {
		headers[req.n_headers++] = (struct hl_web_header){
			HL_STR("Authorization"), hl_str_c(who)};
	}
	if (a->type) {
		headers[req.n_headers++] = (struct hl_web_header){
			HL_STR("Content-Type"), hl_str_c(a->type)};
	}
	hl_arena_reset(p->arena);
	hl_web_response_fini(&p->resp);
	hl_web_response_init(&p->resp, (size_t)64 << 20);
	json_decref(p->json);
	p->json = NULL;
	hl_web_handle(hl_lookup_handle, &ctx, &req, &p->resp);
	hl_json_parse(
		hl_buf_str(&p->resp.body), (size_t)64 << 20, &p->json, NULL);
	return p->resp.status;
}

static int ask_json(struct place *p, const char *body)
{
	const struct asked a = {HL_WEB_POST, "/v1/match", NULL,
		"application/json", hl_str_c(body), NULL};

	return ask(p, &a);
}

static void has_code(struct place *p, int status, const char *code)
{
	struct hl_str got = hl_json_str(p->json, "code");

	if (p->resp.status != status || !hl_str_eq(got, hl_str_c(code)) ||
		hl_json_int(p->json, "status", 0) != status ||
		!hl_json_str(p->json, "detail").n ||
		!hl_str_eq(p->resp.type, HL_STR("application/problem+json"))) {
		fail_msg("not %d %s: %.*s", status, code,
			HL_STR_ARG(hl_buf_str(&p->resp.body)));
	}
}

static void put_hash(struct hl_buf *b, uint64_t entry, unsigned flip)
{
	uint8_t hash[32];

	town_hash(entry, flip, hash);
	hl_json_put_sep(b);
	hl_buf_put(b, HL_STR("{\"kind\":\"pdq\",\"value\":\""));
	hl_text_put_hex(b, hash, 32);
	hl_buf_put(b, HL_STR("\"}"));
}

/* Asks for entries' own hashes; more: members behind them. */
static int ask_for(
	struct place *p, const uint64_t *entries, size_t n, const char *more)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);

	hl_buf_put(&b, HL_STR("{\"hashes\":["));
	for (size_t i = 0; i < n; i++) {
		put_hash(&b, entries[i], 0);
	}
	hl_buf_printf(&b, "]%s}", more);
	return ask_json(p, b.p);
}

static json_t *result(struct place *p, size_t i)
{
	return json_array_get(json_object_get(p->json, "results"), i);
}

static json_t *match(struct place *p, size_t i, size_t m)
{
	return json_array_get(json_object_get(result(p, i), "matches"), m);
}

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
	assert_int_equal(200, ask_for(p, entries, 3, ""));
	assert_int_equal(5, hl_json_int(p->json, "position", 0));
	assert_true(hl_str_eq(
		hl_json_str(p->json, "registry"), hl_str_c(p->town->registry)));
	assert_int_equal(2, hl_json_int(result(p, 0), "found", -1));
	json_t *m = match(p, 0, 1);
	assert_int_equal(9, hl_json_int(m, "list", 0));
	assert_true(hl_str_eq(hl_json_str(m, "entry"), HL_STR("5")));
	assert_true(hl_str_eq(hl_json_str(m, "kind"), HL_STR("pdq")));
	assert_int_equal(12, hl_json_int(m, "distance", -1));
	assert_int_equal(0, hl_json_int(m, "part", -1));
	assert_true(hl_str_eq(hl_json_str(m, "label"), HL_STR("lab\"el")));
	assert_true(hl_str_eq(hl_json_str(json_object_get(m, "about"), "state"),
		HL_STR("approved")));
	assert_null(json_object_get(m, "negative"));
	assert_int_equal(0, hl_json_int(match(p, 0, 0), "distance", -1));
	assert_int_equal(0, hl_json_int(result(p, 1), "found", -1));
	assert_int_equal(1, hl_json_int(result(p, 2), "found", -1));
	json_t *lists = json_object_get(p->json, "lists");
	assert_int_equal(2, json_array_size(lists));
	assert_int_equal(9, hl_json_int(json_array_get(lists, 1), "id", 0));
	assert_int_equal(
		2, hl_json_int(json_array_get(lists, 1), "version", 0));
	/* the next answer names only what it has */
	assert_int_equal(200, ask_for(p, entries + 2, 1, ""));
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
	assert_int_equal(200, ask_for(p, &five, 1, ",\"radius\":15"));
	assert_int_equal(1, hl_json_int(result(p, 0), "found", -1));
	assert_int_equal(200, ask_for(p, &five, 1, ",\"radius\":0"));
	assert_int_equal(0, hl_json_int(result(p, 0), "found", -1));
	assert_int_equal(200, ask_for(p, &five, 1, ",\"lists\":[1]"));
	assert_int_equal(1, hl_json_int(result(p, 0), "found", -1));
	assert_int_equal(1, hl_json_int(match(p, 0, 0), "list", 0));
	assert_int_equal(200, ask_for(p, &five, 1, ",\"max\":1"));
	assert_int_equal(2, hl_json_int(result(p, 0), "found", -1));
	assert_true(json_is_true(json_object_get(result(p, 0), "truncated")));
	assert_int_equal(10, hl_json_int(match(p, 0, 0), "distance", -1));
	ask_for(p, &five, 1, ",\"lists\":[1,3]");
	has_code(p, 400, "unknown_list");
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
	assert_int_equal(200, ask_for(p, &five, 1, ""));
	assert_true(json_is_true(json_object_get(result(p, 0), "cleared")));
	assert_true(json_is_true(json_object_get(match(p, 0, 0), "negative")));
	assert_null(json_object_get(match(p, 0, 1), "negative"));
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
	put_hash(&b, 5, 3);
	hl_buf_put(&b, HL_STR(",{\"kind\":\"md5\",\"value\":\""
			      "AA000000000000000000000000000000\"},"
			      "{\"kind\":\"sha1\",\"value\":\"aa0000000000000"
			      "0000000000000000000000000\"}"));
	put_hash(&b, 5, 0);
	hl_buf_put(&b, HL_STR("]}"));
	assert_int_equal(200, ask_json(p, b.p));
	static const char *const kinds[] = {
		"sha256", "pdq", "md5", NULL, "pdq"};
	for (size_t i = 0; i < 5; i++) {
		json_t *m = match(p, i, 0);

		if (!kinds[i]) {
			assert_null(m);
			continue;
		}
		assert_true(
			hl_str_eq(hl_json_str(m, "kind"), hl_str_c(kinds[i])));
		assert_true(
			hl_str_eq(hl_json_str(m, "label"), HL_STR("lab\"el")));
	}
	assert_int_equal(3, hl_json_int(match(p, 1, 0), "distance", -1));
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
	ask(p, &a);
	has_code(p, 401, "key");
	town_catch_up(p->town);
	for (size_t i = 0; i < HL_ARRAY_LEN(odd); i++) {
		a.authorization = odd[i];
		ask(p, &a);
		has_code(p, 401, "key");
	}
	a = (struct asked){
		HL_WEB_GET, "/v1/feed", "after=0", NULL, HL_STR_INIT(""), NULL};
	ask(p, &a);
	has_code(p, 404, "not_found");
	p->app.feed = &p->town->source;
	ask(p, &a);
	has_code(p, 403, "scope");
	p->town->key.scopes = HL_API_FEED;
	p->town->keys.tag[0] = 'f';
	town_catch_up(p->town);
	assert_int_equal(200, ask(p, &a));
	ask_json(p, "{}");
	has_code(p, 403, "scope");
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
		ask(p, &rows[i].a);
		has_code(p, rows[i].status, rows[i].code);
	}
	char *large = calloc(1, 256 * 1024 + 2);
	assert_non_null(large);
	memset(large, ' ', 256 * 1024 + 1);
	ask_json(p, large);
	has_code(p, 413, "too_large");
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
	ask_for(p, &five, 1, "");
	has_code(p, 503, "loading");
}

static void rates_are_kept(void **state)
{
	struct place *p = *state;
	uint64_t many[1000];
	int n = 0;

	for (size_t i = 0; i < 1000; i++) {
		many[i] = i + 1;
	}
	town_list(p->town, 1, false);
	town_catch_up(p->town);
	/* a second's worth at once, and not much more */
	while (n < 10 && ask_for(p, many, 1000, "") == 200) {
		n++;
	}
	assert_true(n >= 5 && n < 10);
	has_code(p, 429, "rate");
	bool told = false;
	for (size_t i = 0; i < p->resp.n_headers; i++) {
		told |= hl_str_eq(
			p->resp.headers[i].name, HL_STR("Retry-After"));
	}
	assert_true(told);
}

static int send_picture(struct place *p, const char *path, const char *body)
{
	const struct asked a = {HL_WEB_POST, path, NULL,
		"application/octet-stream", hl_str_c(body), NULL};

	return ask(p, &a);
}

static const json_t *hash_at(struct place *p, size_t i)
{
	return json_array_get(json_object_get(p->json, "hashes"), i);
}

static void a_picture_is_hashed(void **state)
{
	struct place *p = *state;

	town_list(p->town, 1, false);
	town_catch_up(p->town);
	assert_int_equal(200, send_picture(p, "/v1/hash", "SQUARE"));
	assert_true(
		hl_str_eq(hl_json_str(p->json, "status"), HL_STR("hashed")));
	assert_true(hl_str_eq(hl_json_str(p->json, "format"), HL_STR("png")));
	assert_int_equal(6, hl_json_int(p->json, "bytes", 0));
	assert_int_equal(128, hl_json_int(p->json, "width", 0));
	assert_int_equal(1, hl_json_int(p->json, "pictures", 0));
	assert_int_equal(
		4, json_array_size(json_object_get(p->json, "hashes")));
	/* md5sum's word */
	assert_true(hl_str_eq(hl_json_str(hash_at(p, 2), "value"),
		HL_STR("12dec4e1f7ec620651b2b95c440ffac0")));
	assert_true(
		hl_str_eq(hl_json_str(hash_at(p, 3), "kind"), HL_STR("pdq")));
	assert_null(json_object_get(p->json, "results"));
}

/* What hash says of a picture is what match finds it by. */
static void a_picture_is_found(void **state)
{
	struct place *p = *state;
	struct town *t = p->town;

	town_list(t, 1, false);
	town_catch_up(t);
	assert_int_equal(200, send_picture(p, "/v1/hash", "SQUARE"));
	town_entry(t, 1, 5, 0);
	assert_int_equal(
		0, hl_text_parse_hex(hl_json_str(hash_at(p, 3), "value"),
			   t->hashes[1].bytes, 32));
	int quality = (int)hl_json_int(hash_at(p, 3), "quality", -1);
	town_catch_up(t);
	assert_int_equal(200, send_picture(p, "/v1/match", "SQUARE"));
	assert_int_equal(
		4, json_array_size(json_object_get(p->json, "results")));
	assert_int_equal(0, hl_json_int(result(p, 0), "found", -1));
	assert_true(quality >= 50);
	assert_int_equal(1, hl_json_int(result(p, 3), "found", -1));
	assert_int_equal(0, hl_json_int(match(p, 3, 0), "distance", -1));
}

static void what_is_no_picture_has_digests(void **state)
{
	struct place *p = *state;

	town_list(p->town, 1, false);
	town_catch_up(p->town);
	assert_int_equal(200, send_picture(p, "/v1/match", "a text"));
	assert_true(hl_str_eq(
		hl_json_str(p->json, "status"), HL_STR("no-picture")));
	assert_int_equal(
		3, json_array_size(json_object_get(p->json, "results")));
}

static void a_decoder_that_crashes_costs_one_answer(void **state)
{
	struct place *p = *state;
	const uint64_t five = 5;

	town_list(p->town, 1, false);
	town_entry(p->town, 1, 5, 0);
	town_catch_up(p->town);
	for (int i = 0; i < 3; i++) {
		send_picture(p, "/v1/match", "CRASH");
		has_code(p, 422, "refused");
		assert_int_equal(200, ask_for(p, &five, 1, ""));
		assert_int_equal(1, hl_json_int(result(p, 0), "found", -1));
	}
	assert_int_equal(200, send_picture(p, "/v1/hash", "SQUARE"));
	assert_int_equal(3, p->app.counts.pictures[HL_MEDIA_CRASHED]);
}

static void pictures_need_their_scope_and_decoders(void **state)
{
	struct place *p = *state;
	struct hl_media_pool *media = p->app.media;

	p->town->key.scopes = HL_API_MATCH;
	town_list(p->town, 1, false);
	town_catch_up(p->town);
	send_picture(p, "/v1/match", "SQUARE");
	has_code(p, 403, "scope");
	send_picture(p, "/v1/hash", "SQUARE");
	has_code(p, 403, "scope");
	p->town->key.scopes = HL_API_MATCH | HL_API_HASH;
	p->town->keys.tag[0] = 'f';
	town_catch_up(p->town);
	p->app.n_pictures_most = 0;
	send_picture(p, "/v1/hash", "SQUARE");
	has_code(p, 503, "busy");
	p->app.media = NULL;
	send_picture(p, "/v1/hash", "SQUARE");
	has_code(p, 503, "no_decoder");
	p->app.media = media;
}

static int ask_ready(struct place *p, const char *authorization)
{
	const struct asked a = {HL_WEB_GET, "/v1/ready", NULL, NULL,
		HL_STR_INIT(""), authorization};

	return ask(p, &a);
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
		"\nhotline_match_ready 1\n",
	};

	town_list(p->town, 1, false);
	town_entry(p->town, 1, 5, 0);
	town_catch_up(p->town);
	assert_int_equal(200, ask_for(p, entries, 2, ""));
	assert_int_equal(400, ask_json(p, "{}"));
	assert_int_equal(200, ask(p, &a));
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
		int status = ask(p, &a);

		if (status != rows[i].status) {
			fail_msg("\"%s\": %d", rows[i].query, status);
		}
	}
	struct hl_lookup_batch b;
	const struct asked all = {
		HL_WEB_GET, "/v1/feed", "after=0", NULL, HL_STR_INIT(""), NULL};
	const struct hl_lookup_ask from_0 = {.after = 0};
	assert_int_equal(200, ask(p, &all));
	assert_int_equal(0, hl_lookup_feed_parse(hl_buf_str(&p->resp.body),
				    p->arena, &b, NULL));
	assert_int_equal(0, hl_lookup_batch_check(&b, &from_0, NULL));
	assert_int_equal(2, b.n);
	assert_int_equal(1, b.keys->n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(an_answer_says_what_where_and_how_far),
		T(a_question_may_be_narrowed),
		T(harmless_things_clear),
		T(kinds_may_stand_in_any_order),
		T(who_may_not_is_told_so),
		T(refusals_have_their_code),
		T(without_an_index_it_says_so),
		T(rates_are_kept),
		T(a_picture_is_hashed),
		T(a_picture_is_found),
		T(what_is_no_picture_has_digests),
		T(a_decoder_that_crashes_costs_one_answer),
		T(pictures_need_their_scope_and_decoders),
		T(readiness_tells_where_it_stands),
		T(measures_count),
		T(the_feed_is_handed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
