/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/service.h"

#include <stdio.h>
#include <stdlib.h>

#include "town.h"

/* Versions: NOW in seconds, and one more. */
#define FIRST "1795338000"
#define SECOND "1795338001"
#include "web/http.h"

struct call {
	struct town *town;
	struct hl_arena *arena;
	struct hl_web_response resp;
	int64_t now_us;
	int status;
};

static void call(struct call *c, enum hl_web_method method, const char *path,
	const struct hl_web_header *headers, size_t n_headers,
	struct hl_str body)
{
	const struct hl_web_request req = {.method = method,
		.path = hl_str_c(path),
		.headers = headers,
		.n_headers = n_headers,
		.body = body};
	struct hl_web_ctx ctx = {.app = &c->town->app,
		.arena = c->arena,
		.error_page = hl_lists_error,
		.now_us = c->now_us ? c->now_us : NOW};

	hl_web_response_fini(&c->resp);
	hl_web_response_init(&c->resp, 1 << 20);
	hl_web_handle(hl_lists_handle, &ctx, &req, &c->resp);
	c->status = c->resp.status;
}

static void get(struct call *c, const char *path, const char *token)
{
	const struct hl_web_header h[] = {
		{HL_STR("Authorization"), hl_str_c(token)}};

	call(c, HL_WEB_GET, path, h, token ? 1 : 0, HL_STR(""));
}

static void post(struct call *c, const void *body, size_t n)
{
	const struct hl_web_header h[] = {
		{HL_STR("Authorization"), hl_str_c(c->town->token)},
		{HL_STR("Content-Type"), HL_STR("application/octet-stream")}};

	call(c, HL_WEB_POST, "/v1/lists/confirm", h, 2, hl_str_mem(body, n));
}

static const char *text_of(struct call *c)
{
	hl_buf_put_c(&c->resp.body, '\0');
	return c->resp.body.p;
}

static void begin(struct call *c, void **state)
{
	*c = (struct call){
		.town = *state, .arena = hl_arena_new(1 << 22, false)};
	hl_web_response_init(&c->resp, 1 << 20);
	town_look(c->town, NOW);
}

static void end(struct call *c)
{
	hl_web_response_fini(&c->resp);
	hl_arena_free(c->arena);
}

static void who_may_ask(void **state)
{
	static const char *const bad[] = {NULL, "", "Bearer ", "Bearer hl_",
		"Bearer x", "Basic hl_AAAA",
		"Bearer hl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
	static const char *const paths[] = {"/v1/lists/manifest",
		"/v1/lists/list/" FIRST, "/v1/lists/delta/" FIRST "/" SECOND};
	struct call c;

	begin(&c, state);
	for (size_t i = 0; i < HL_ARRAY_LEN(bad); i++) {
		for (size_t k = 0; k < HL_ARRAY_LEN(paths); k++) {
			get(&c, paths[k], bad[i]);
			if (c.status != 401) {
				fail_msg("%s, row %zu: %d", paths[k], i,
					c.status);
			}
		}
	}
	assert_non_null(strstr(text_of(&c), "urn:openhotline:lists:token"));
	get(&c, "/v1/lists/ready", NULL);
	assert_int_equal(204, c.status);
	get(&c, "/v1/lists/root/1", NULL);
	assert_int_equal(200, c.status);
	get(&c, "/v1/lists/root/2", NULL);
	assert_int_equal(404, c.status);
	get(&c, "/v1/lists/manifest", c.town->token);
	assert_int_equal(200, c.status);
	end(&c);
}

static void odd_paths(void **state)
{
	static const struct {
		const char *path;
		int status;
	} rows[] = {
		{"/", 404},
		{"/v1/lists/root/0", 404},
		{"/v1/lists/root/01", 404},
		{"/v1/lists/root/-1", 404},
		{"/v1/lists/root/99999999999999999999", 404},
		{"/v1/lists/list/0", 404},
		{"/v1/lists/list/" SECOND, 404},
		{"/v1/lists/list/" FIRST ".list", 404},
		{"/v1/lists/list/..%2f" FIRST, 404},
		{"/v1/lists/delta/0/" FIRST, 404},
		{"/v1/lists/delta/" FIRST "/" FIRST, 404},
		{"/v1/lists/confirm", 405},
	};
	struct call c;

	begin(&c, state);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		get(&c, rows[i].path, c.town->token);
		if (c.status != rows[i].status) {
			fail_msg("%s: %d", rows[i].path, c.status);
		}
	}
	end(&c);
}

static void the_manifest_and_its_files(void **state)
{
	struct call c;
	struct hl_urls_manifest m;
	struct hl_urls_file file;

	begin(&c, state);
	const struct hl_web_header h[] = {
		{HL_STR("Authorization"), hl_str_c(c.town->token)},
		{HL_STR("If-None-Match"), HL_STR("\"" FIRST "\"")}};
	call(&c, HL_WEB_GET, "/v1/lists/manifest", h, 2, HL_STR(""));
	assert_int_equal(304, c.status);
	town_entry(c.town, 7, 1, NOW);
	town_look(c.town, NOW + HL_US_PER_S);
	call(&c, HL_WEB_GET, "/v1/lists/manifest", h, 2, HL_STR(""));
	assert_int_equal(200, c.status);
	assert_int_equal(0, hl_urls_manifest_read(
				    hl_buf_str(&c.resp.body), &m, NULL, NULL));
	assert_int_equal(NOW / HL_US_PER_S + 1, m.version);
	get(&c, "/v1/lists/list/" SECOND, c.town->token);
	assert_int_equal(200, c.status);
	assert_int_equal(m.list_bytes, c.resp.lent.n);
	assert_int_equal(0, hl_urls_file_open(&file, c.resp.lent.p,
				    c.resp.lent.n, m.list_root, NULL));
	assert_int_equal(0, hl_urls_file_check(&file, NULL));
	hl_urls_file_fini(&file);
	get(&c, "/v1/lists/delta/" FIRST "/" SECOND, c.town->token);
	assert_int_equal(200, c.status);
	assert_int_equal(m.delta[0].bytes, c.resp.lent.n);
	end(&c);
}

static size_t question(
	uint8_t *body, uint64_t epoch, uint32_t n, const char *host)
{
	struct hl_oprf_scalar blind;
	struct hl_oprf_element e;

	memset(body, 0, 16);
	body[0] = 1;
	body[2] = (uint8_t)n;
	body[3] = (uint8_t)(n >> 8);
	for (int i = 0; i < 8; i++) {
		body[8 + i] = (uint8_t)(epoch >> 8 * i);
	}
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(
			0, hl_oprf_blind(HL_OPRF_MODE_OPRF,
				   (struct hl_oprf_view){host, strlen(host)},
				   &blind, &e));
		memcpy(body + 16 + (size_t)i * 32, e.b, 32);
	}
	return 16 + (size_t)n * 32;
}

#define EPOCH (NOW / HL_US_PER_DAY)

static void a_host_is_confirmed(void **state)
{
	struct hl_oprf_scalar blind, k;
	struct hl_oprf_element e, n, want;
	const struct hl_oprf_view host = {"h7.example", 10};
	uint8_t body[48];
	struct call c;

	begin(&c, state);
	question(body, (uint64_t)EPOCH, 1, "h7.example");
	assert_int_equal(0, hl_oprf_blind(HL_OPRF_MODE_OPRF, host, &blind, &e));
	memcpy(body + 16, e.b, 32);
	post(&c, body, sizeof(body));
	assert_int_equal(200, c.status);
	assert_int_equal(48, c.resp.body.n);
	memcpy(e.b, c.resp.body.p + 16, 32);
	assert_int_equal(0, hl_oprf_unblind(&blind, &e, &n));
	assert_int_equal(0,
		hl_lists_key(&c.town->keys.seed, 1, (uint64_t)EPOCH, &k, NULL));
	assert_int_equal(0, hl_oprf_direct(HL_OPRF_MODE_OPRF, &k, host, &want));
	assert_memory_equal(want.b, n.b, 32);
	end(&c);
}

static void malformed_questions(void **state)
{
	uint8_t body[16 + 65 * 32];
	struct call c;

	begin(&c, state);
	const size_t n = question(body, (uint64_t)EPOCH, 2, "a.example");
	const size_t lengths[] = {0, 1, 15, 16, n - 1, n + 1};
	for (size_t i = 0; i < HL_ARRAY_LEN(lengths); i++) {
		post(&c, body, lengths[i]);
		if (c.status != 400) {
			fail_msg("%zu bytes: %d", lengths[i], c.status);
		}
	}
	static const size_t wrong[] = {0, 1, 4, 7};
	for (size_t i = 0; i < HL_ARRAY_LEN(wrong); i++) {
		body[wrong[i]] ^= 2;
		post(&c, body, n);
		assert_int_equal(400, c.status);
		body[wrong[i]] ^= 2;
	}
	/* no element, and the identity: the whole request */
	memset(body + 48, 0xff, 32);
	post(&c, body, n);
	assert_int_equal(400, c.status);
	assert_non_null(strstr(text_of(&c), "/elements/1"));
	memset(body + 48, 0, 32);
	post(&c, body, n);
	assert_int_equal(400, c.status);
	post(&c, body, question(body, (uint64_t)EPOCH, 64, "a.example"));
	assert_int_equal(200, c.status);
	post(&c, body, question(body, (uint64_t)EPOCH, 65, "a.example"));
	assert_int_equal(413, c.status);
	const struct hl_web_header h[] = {
		{HL_STR("Authorization"), hl_str_c(c.town->token)}};
	call(&c, HL_WEB_POST, "/v1/lists/confirm", h, 1, HL_STR("x"));
	assert_int_equal(415, c.status);
	end(&c);
}

/* What is malformed has cost work by then, and is counted like the rest. */
static void malformed_elements_are_counted(void **state)
{
	uint8_t body[16 + 64 * 32];
	struct call c;
	int n_refused = 0;

	begin(&c, state);
	size_t n = question(body, (uint64_t)EPOCH, 64, "a.example");
	memset(body + n - 32, 0xff, 32);
	do {
		post(&c, body, n);
		n_refused++;
	} while (c.status == 400 && n_refused < 10000);
	assert_int_equal(429, c.status);
	assert_true(n_refused > 1);
	end(&c);
}

static void epochs(void **state)
{
	uint8_t body[48];
	struct call c;

	begin(&c, state);
	for (int64_t d = -2; d <= 1; d++) {
		post(&c, body,
			question(body, (uint64_t)(EPOCH + d), 1, "a.example"));
		/* the day before is over since two hours after midnight, but
		 * the first list was made at nine */
		assert_int_equal(d == 0 || d == -1 ? 200 : 409, c.status);
	}
	c.now_us = NOW + 2 * HL_US_PER_HOUR;
	post(&c, body, question(body, (uint64_t)EPOCH - 1, 1, "a.example"));
	assert_int_equal(409, c.status);
	assert_non_null(strstr(text_of(&c), "lists:epoch"));
	/* no new list yet: the day before goes on */
	c.now_us = (EPOCH + 1) * HL_US_PER_DAY + HL_US_PER_HOUR;
	post(&c, body, question(body, (uint64_t)EPOCH, 1, "a.example"));
	assert_int_equal(200, c.status);
	town_look(c.town, c.now_us);
	post(&c, body, question(body, (uint64_t)EPOCH, 1, "a.example"));
	assert_int_equal(200, c.status);
	post(&c, body, question(body, (uint64_t)EPOCH + 1, 1, "a.example"));
	assert_int_equal(200, c.status);
	end(&c);
}

#define FETCH(what) "SELECT " what " FROM list_consumer WHERE last_fetch > 0"

/* What the store has of it; looking there is a restart. */
static int64_t fetched_at(struct call *c, const char *token, int64_t now_us)
{
	struct hl_err err = {0};

	town_look(c->town, NOW + 2 * HL_US_PER_HOUR);
	c->now_us = now_us;
	get(c, "/v1/lists/ready", c->town->token);
	get(c, "/v1/lists/manifest", token);
	assert_int_equal(token ? 200 : 401, c->status);
	assert_int_equal(0, hl_lists_uses_save(c->town->uses, c->town->store,
				    now_us, &err));
	return town_count(c->town, "SELECT max(last_fetch) FROM list_consumer");
}

/* By the hour; somebody without a token fetches nothing. */
static void the_last_fetch_is_kept(void **state)
{
	const int64_t hour = NOW / HL_US_PER_HOUR;
	struct call c;

	begin(&c, state);
	assert_int_equal(0, fetched_at(&c, NULL, NOW));
	assert_int_equal(hour, fetched_at(&c, c.town->token, NOW));
	assert_int_equal(hour, fetched_at(&c, NULL, NOW + HL_US_PER_HOUR));
	assert_int_equal(
		hour + 1, fetched_at(&c, c.town->token, NOW + HL_US_PER_HOUR));
	/* a clock that was set back */
	assert_int_equal(hour + 1, fetched_at(&c, c.town->token, NOW));
	assert_int_equal(
		0, town_count(c.town, "SELECT count(*) FROM list_use"));
	assert_int_equal(1, town_count(c.town, "SELECT count(*) FROM "
					       "list_consumer WHERE "
					       "last_fetch > 0"));
	end(&c);
}

static void the_budget(void **state)
{
	uint8_t body[16 + 64 * 32];
	struct call c;
	size_t n;

	begin(&c, state);
	n = question(body, (uint64_t)EPOCH, 50, "a.example");
	for (int i = 0; i < 5; i++) {
		post(&c, body, n);
		assert_int_equal(200, c.status);
	}
	post(&c, body, n);
	assert_int_equal(429, c.status);
	assert_non_null(strstr(text_of(&c), "lists:budget"));
	/* it is remembered over a restart */
	struct hl_err err = {0};
	assert_int_equal(
		0, hl_lists_uses_save(c.town->uses, c.town->store, NOW, &err));
	town_close(c.town);
	town_open(c.town);
	assert_int_equal(
		0, hl_lists_uses_load(c.town->uses, c.town->store, NOW, &err));
	town_look(c.town, NOW + HL_US_PER_MIN);
	post(&c, body, n);
	assert_int_equal(429, c.status);
	assert_int_equal(250, town_count(c.town, "SELECT asked FROM list_use"));
	end(&c);
}

static void revoked(void **state)
{
	struct call c;

	begin(&c, state);
	town_sql(c.town, "UPDATE list_consumer SET state = 4");
	town_look(c.town, NOW + HL_US_PER_S);
	get(&c, "/v1/lists/manifest", c.town->token);
	assert_int_equal(403, c.status);
	assert_non_null(strstr(text_of(&c), "lists:revoked"));
	end(&c);
}

static void before_the_first_look(void **state)
{
	struct call c;

	begin(&c, state);
	town_close(c.town);
	town_open(c.town);
	get(&c, "/v1/lists/manifest", c.town->token);
	assert_int_equal(503, c.status);
	end(&c);
}

#define IN_TOWN(f) cmocka_unit_test_setup_teardown(f, town_make, town_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TOWN(who_may_ask),
		IN_TOWN(odd_paths),
		IN_TOWN(the_manifest_and_its_files),
		IN_TOWN(a_host_is_confirmed),
		IN_TOWN(malformed_questions),
		IN_TOWN(malformed_elements_are_counted),
		IN_TOWN(epochs),
		IN_TOWN(the_last_fetch_is_kept),
		IN_TOWN(the_budget),
		IN_TOWN(revoked),
		IN_TOWN(before_the_first_look),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
