/* SPDX-License-Identifier: Apache-2.0 */
#include "place.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/time.h"
#include "media/decode.h"

/* Decoders as bad as decoders can be, by what the file begins with. */
static bool begins(const uint8_t *p, size_t n, const char *word)
{
	return n >= strlen(word) && memcmp(p, word, strlen(word)) == 0;
}

static bool knows_bad(const uint8_t *head, size_t n)
{
	return begins(head, n, "CRASH") || begins(head, n, "LOOP") ||
	       begins(head, n, "LARGE") || begins(head, n, "MEMORY");
}

static int be_bad(const struct hl_media_input *in, struct hl_media_sink *sink)
{
	if (in->bytes[0] == 'M') {
		return HL_MEDIA_NO_MEMORY;
	}
	if (in->bytes[1] == 'A') {
		return hl_media_check_size(in, sink, 60000, 60000);
	}
	if (in->bytes[0] == 'C') {
		abort();
	}
	for (volatile uint64_t i = 0; i != UINT64_MAX; i++) {
	}
	return 0;
}

/* A picture of one colour but for a square. */
static bool knows_square(const uint8_t *head, size_t n)
{
	return begins(head, n, "SQUARE");
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
	sink->flawed = in->n > 6 && in->bytes[6] == '!';
	sink->more = in->n > 6 && in->bytes[in->n - 1] == '+';
	r = r ? r : hl_media_begin(sink, &shape);
	r = r ? r : hl_media_rows(sink, rows, 128, 128);
	return r ? r : hl_media_end(sink);
}

static const struct hl_media_decoder bad_one = {
	HL_MEDIA_JPEG, knows_bad, be_bad};
static const struct hl_media_decoder good_one = {
	HL_MEDIA_PNG, knows_square, square};
const struct hl_media_decoder *const place_decoders[] = {
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

int place_set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	const struct hl_media_setup setup = {
		.n_workers = 1, .decoders = place_decoders};
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

int place_tear_down(void **state)
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

int place_ask(struct place *p, const struct asked *a)
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

int place_ask_json(struct place *p, const char *body)
{
	const struct asked a = {HL_WEB_POST, "/v1/match", NULL,
		"application/json", hl_str_c(body), NULL};

	return place_ask(p, &a);
}

void place_has_code(struct place *p, int status, const char *code)
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

void place_put_hash(struct hl_buf *b, uint64_t entry, unsigned flip)
{
	uint8_t hash[32];

	town_hash(entry, flip, hash);
	hl_json_put_sep(b);
	hl_buf_put(b, HL_STR("{\"kind\":\"pdq\",\"value\":\""));
	hl_text_put_hex(b, hash, 32);
	hl_buf_put(b, HL_STR("\"}"));
}

int place_ask_for(
	struct place *p, const uint64_t *entries, size_t n, const char *more)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);

	hl_buf_put(&b, HL_STR("{\"hashes\":["));
	for (size_t i = 0; i < n; i++) {
		place_put_hash(&b, entries[i], 0);
	}
	hl_buf_printf(&b, "]%s}", more);
	return place_ask_json(p, b.p);
}

int place_send_picture(struct place *p, const char *path, const char *body)
{
	const struct asked a = {HL_WEB_POST, path, NULL,
		"application/octet-stream", hl_str_c(body), NULL};

	return place_ask(p, &a);
}

json_t *place_result(struct place *p, size_t i)
{
	return json_array_get(json_object_get(p->json, "results"), i);
}

json_t *place_match(struct place *p, size_t i, size_t m)
{
	return json_array_get(
		json_object_get(place_result(p, i), "matches"), m);
}
