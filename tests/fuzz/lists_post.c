/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/service.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "seal/token.h"
#include "store/sql.h"
#include "tally/record.h"
#include "web/http.h"

/*
 * What a consumer with a token posts: questions (the first byte is even) and
 * counters, these as they are or signed. The answer is one that the page has;
 * what was taken keeps to the page's bounds.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EPOCH INT64_C(20779)
#define NOW (EPOCH * HL_US_PER_DAY + 9 * HL_US_PER_HOUR)
enum { HEAD = 16, ELEMENT = 32 };

static struct {
	char folder[32], db[48], bearer[64];
	uint8_t pub[HL_TALLY_PUB_BYTES], secret[HL_TALLY_SECRET_BYTES];
	struct hl_lists_shelf shelf;
	struct hl_lists_app app;
} s = {.folder = "/tmp/fuzz-post-XXXXXX"};

static void clear(void)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char path[64];

	hl_lists_app_fini(&s.app);
	hl_lists_shelf_fini(&s.shelf);
	hl_lists_uses_free(s.app.uses);
	hl_store_close(s.app.store);
	for (size_t i = 0; i < HL_ARRAY_LEN(ends); i++) {
		snprintf(path, sizeof(path), "%s%s", s.db, ends[i]);
		(void)unlink(path);
	}
	assert(rmdir(s.folder) == 0);
}

static void put_view(void)
{
	static const uint8_t seed[crypto_sign_SEEDBYTES] = "fuzz";
	char text[HL_SEAL_TOKEN_TEXT];
	struct hl_oprf_element unused;
	struct hl_seal_token token;
	struct hl_lists_view *view;

	assert(!hl_lists_view_new(&view, NULL));
	memcpy(view->hotline, "fuzz", 4);
	view->seats = hl_arena_array(view->arena, 1, sizeof(*view->seats));
	assert(view->seats);
	view->n_seats = 1;
	struct hl_lists_seat *seat = &view->seats[0];
	*seat = (struct hl_lists_seat){.version = 1,
		.epoch = EPOCH,
		.before_until_us = NOW + 1,
		.who = {.id = 1,
			.tier = HL_LIST_TIER_ASKS,
			.has_token = true,
			.budget = INT64_C(1) << 50,
			.has_sign_key = true}};
	assert(!hl_oprf_key_new(&seat->k, &unused));
	seat->k_before = seat->k;
	crypto_sign_seed_keypair(s.pub, s.secret, seed);
	memcpy(seat->who.sign_key, s.pub, sizeof(s.pub));
	hl_seal_token_new(HL_SEAL_TOKEN_LIST, &token);
	hl_seal_token_hash(&token, seat->who.token_hash);
	snprintf(s.bearer, sizeof(s.bearer), "Bearer hl_%.*s",
		HL_STR_ARG(hl_seal_token_print(&token, text)));
	hl_lists_shelf_put(&s.shelf, view);
}

static void put_consumer(void)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	const struct hl_in_list_consumer_add in = {.id = 1,
		.name = HL_STR("one"),
		.contact = HL_STR(""),
		.sign_key = hl_str_mem(s.pub, sizeof(s.pub)),
		.risk = HL_STR(""),
		.notify = HL_STR("")};
	struct hl_err err = {0};

	assert(arena);
	assert(!hl_do_list_consumer_add(s.app.store, arena, &in, &err));
}

static void begin(void)
{
	if (s.app.store) {
		return;
	}
	assert(!hl_seal_init(NULL) && mkdtemp(s.folder));
	snprintf(s.db, sizeof(s.db), "%s/store.db", s.folder);
	s.app = (struct hl_lists_app){.shelf = &s.shelf, .folder = s.folder};
	assert(!hl_store_open(s.db,
		(enum hl_store_role)(HL_STORE_LISTS | HL_STORE_STAFF),
		&s.app.store, NULL));
	assert(!hl_lists_uses_new(&s.app.uses, NULL));
	hl_lists_app_init(&s.app);
	hl_lists_shelf_init(&s.shelf);
	put_view();
	put_consumer();
	assert(atexit(clear) == 0);
}

static int post(const char *path, struct hl_str type, struct hl_str body,
	struct hl_web_response *resp)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)8 << 20, false);
	const struct hl_web_header h[] = {
		{HL_STR("Authorization"), hl_str_c(s.bearer)},
		{HL_STR("Content-Type"), type}};
	const struct hl_web_request req = {.method = HL_WEB_POST,
		.path = hl_str_c(path),
		.headers = h,
		.n_headers = 2,
		.body = body};
	struct hl_web_ctx ctx = {.app = &s.app,
		.arena = arena,
		.error_page = hl_lists_error,
		.now_us = NOW};

	assert(arena);
	hl_web_response_init(resp, 1 << 16);
	hl_web_handle(hl_lists_handle, &ctx, &req, resp);
	return resp->status;
}

static void question(struct hl_str body)
{
	struct hl_web_response resp;
	int status = post("/v1/lists/confirm",
		HL_STR("application/octet-stream"), body, &resp);

	assert(status == 200 || status == 400 || status == 409 ||
		status == 413);
	if (status == 200) {
		assert(resp.body.n == body.n);
		assert((body.n - HEAD) % ELEMENT == 0);
		assert(!memcmp(resp.body.p, body.p, 4));
		assert(!memcmp(resp.body.p + 8, body.p + 8, 8));
	}
	hl_web_response_fini(&resp);
}

static void put_signature(struct hl_buf *out)
{
	uint8_t hash[crypto_hash_sha256_BYTES], signature[crypto_sign_BYTES];

	crypto_sign_detached(
		signature, NULL, (const uint8_t *)out->p, out->n, s.secret);
	crypto_hash_sha256(hash, s.pub, sizeof(s.pub));
	hl_buf_put(out, HL_STR("signature "));
	hl_text_put_hex(out, hash, 8);
	hl_buf_put_c(out, ' ');
	hl_text_put_base64url(out, signature, sizeof(signature));
	hl_buf_put_c(out, '\n');
}

static void taken(struct hl_str text)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)8 << 20, false);
	struct hl_tally_record r;
	uint64_t told = 0;

	assert(!hl_tally_read(text, s.pub, arena, &r, NULL));
	assert(r.consumer == 1 && !memcmp(r.hotline, "fuzz", 4));
	assert(r.hits <= HL_TALLY_NUMBER_MAX);
	assert(r.failed <= HL_TALLY_NUMBER_MAX);
	assert(!r.clients || r.clients >= 5);
	for (size_t i = 0; i < r.n_entry; i++) {
		assert(r.entry[i].clients >= 5);
		assert(r.entry[i].clients <= r.entry[i].hits);
		assert(r.entry[i].hits <= HL_TALLY_NUMBER_MAX);
		told += r.entry[i].hits;
	}
	assert(told <= HL_TALLY_NUMBER_MAX);
}

static void counters(struct hl_str body, bool is_signed)
{
	HL_BUF_AUTO text = HL_BUF_INIT((size_t)4 << 20);
	struct hl_web_response resp;

	hl_buf_put(&text, body);
	if (is_signed) {
		put_signature(&text);
	}
	int status = post("/v1/lists/counters", HL_STR("text/plain"),
		hl_buf_str(&text), &resp);
	assert(status == 204 || status == 400 || status == 409);
	if (status == 204) {
		taken(hl_buf_str(&text));
	}
	hl_web_response_fini(&resp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	begin();
	if (!size) {
		return 0;
	}
	struct hl_str body = hl_str_mem(data + 1, size - 1);
	if (data[0] % 2 == 0) {
		question(body);
	} else {
		counters(body, data[0] & 2);
	}
	return 0;
}
