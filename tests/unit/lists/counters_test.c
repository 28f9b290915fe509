/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/service.h"

#include <sodium.h>
#include <stdio.h>

#include "base/text.h"
#include "tally/record.h"
#include "town.h"
#include "web/http.h"

#define HOUR (NOW - NOW % HL_TALLY_HOUR_US)
#define LARGE HL_TALLY_NUMBER_MAX
enum { LINES = 600 };

struct desk {
	struct town *town;
	struct hl_arena *arena;
	struct hl_web_response resp;
	uint8_t secret[HL_TALLY_SECRET_BYTES];
	struct hl_tally_entry entry[LINES];
	struct hl_tally_record rec;
};

/* Entries 1 to n, of 5 clients and 9 hits each. */
static void lines(struct desk *d, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		d->entry[i] = (struct hl_tally_entry){i + 1, 9, 5};
	}
	d->rec = (struct hl_tally_record){.consumer = 1,
		.hour_us = HOUR,
		.hits = 9 * n,
		.entries = n,
		.entry = d->entry,
		.n_entry = n};
	memcpy(d->rec.hotline, d->town->shelf.view->hotline,
		sizeof(d->rec.hotline));
}

static void begin(struct desk *d, void **state)
{
	static const uint8_t seed[crypto_sign_SEEDBYTES] = "seed";
	uint8_t pub[HL_TALLY_PUB_BYTES];
	HL_BUF_AUTO hex = HL_BUF_INIT(128);

	*d = (struct desk){
		.town = *state, .arena = hl_arena_new(1 << 24, false)};
	hl_web_response_init(&d->resp, 1 << 16);
	crypto_sign_seed_keypair(pub, d->secret, seed);
	hl_text_put_hex(&hex, pub, sizeof(pub));
	town_entries(d->town, 1, LINES);
	town_sql(d->town, "UPDATE list_consumer SET sign_key = x'%.*s'",
		HL_STR_ARG(hl_buf_str(&hex)));
	town_look(d->town, NOW);
}

static void end(struct desk *d)
{
	hl_web_response_fini(&d->resp);
	hl_arena_free(d->arena);
}

/* Its status; "" or where it was refused in *at. */
static int post(struct desk *d, char at[64])
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_TALLY_TEXT_MAX);
	const struct hl_web_header h[] = {
		{HL_STR("Authorization"), hl_str_c(d->town->token)},
		{HL_STR("Content-Type"), HL_STR("text/plain")}};
	struct hl_web_ctx ctx = {.app = &d->town->app,
		.arena = d->arena,
		.error_page = hl_lists_error,
		.now_us = NOW};

	assert_int_equal(0, hl_tally_write(&d->rec, d->secret, &text, NULL));
	const struct hl_web_request req = {.method = HL_WEB_POST,
		.path = HL_STR("/v1/lists/counters"),
		.headers = h,
		.n_headers = 2,
		.body = hl_buf_str(&text)};
	hl_web_response_fini(&d->resp);
	hl_web_response_init(&d->resp, 1 << 16);
	hl_web_handle(hl_lists_handle, &ctx, &req, &d->resp);
	hl_buf_put_c(&d->resp.body, '\0');
	const char *found = strstr(d->resp.body.p, "\"at\":\"");
	snprintf(at, 64, "%.*s", found ? (int)strcspn(found + 6, "\"") : 0,
		found ? found + 6 : "");
	return d->resp.status;
}

static void refused_numbers(void **state)
{
	static const struct {
		uint64_t hits, clients, entries, failed;
		struct hl_tally_entry a, b;
		const char *at;
	} rows[] = {
		{12, 5, 2, 1, {1, 5, 5}, {2, 5, 5}, ""},
		/* of hours before: more than the total, which has clients of
		 * hours before as well */
		{1, 5, 1, 0, {1, 16, 9}, {2, 7, 6}, ""},
		{LARGE, LARGE, LARGE, LARGE, {1, LARGE - 7, 5}, {2, 7, 6}, ""},
		{LARGE + 1, 0, 2, 0, {1, 5, 5}, {2, 5, 5}, "/hits"},
		{9, LARGE + 1, 2, 0, {1, 5, 5}, {2, 5, 5}, "/clients"},
		{9, 5, LARGE + 1, 0, {1, 5, 5}, {2, 5, 5}, "/entries"},
		{9, 5, 2, INT64_MAX, {1, 5, 5}, {2, 5, 5}, "/failed"},
		{9, 5, 2, 0, {1, LARGE + 1, 5}, {2, 5, 5}, "/entry"},
		{9, 5, 2, 0, {1, LARGE - 6, 5}, {2, 7, 6}, "/entry"},
		{9, 5, 2, 0, {1, INT64_MAX, 5}, {2, INT64_MAX, 6}, "/entry"},
		{9, 5, 2, 0, {1, 5, 6}, {2, 5, 5}, "/entry"},
		{9, 5, 2, 0, {1, 5, 5}, {2, 5, 4}, "/entry"},
		{9, 4, 2, 0, {1, 5, 5}, {2, 5, 5}, "/clients"},
	};
	struct desk d;
	char at[64];

	begin(&d, state);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		lines(&d, 2);
		d.rec.hour_us -= (int64_t)i * HL_TALLY_HOUR_US;
		d.rec.hits = rows[i].hits;
		d.rec.clients = rows[i].clients;
		d.rec.entries = rows[i].entries;
		d.rec.failed = rows[i].failed;
		d.entry[0] = rows[i].a;
		d.entry[1] = rows[i].b;
		int status = post(&d, at);
		if (status != (*rows[i].at ? 400 : 204) ||
			strcmp(at, rows[i].at) != 0) {
			fail_msg("row %zu: %d \"%s\"", i, status, at);
		}
	}
	end(&d);
}

static void the_same_and_another(void **state)
{
	struct desk d;
	char at[64];

	begin(&d, state);
	lines(&d, LINES);
	assert_int_equal(204, post(&d, at));
	assert_int_equal(204, post(&d, at));
	assert_int_equal(LINES,
		town_count(d.town, "SELECT count(*) FROM list_count_entry"));
	town_look(d.town, NOW + HL_US_PER_S);
	lines(&d, 3);
	assert_int_equal(409, post(&d, at));
	lines(&d, 0);
	d.rec.hour_us += HL_TALLY_HOUR_US;
	assert_int_equal(204, post(&d, at));
	assert_int_equal(
		2, town_count(d.town, "SELECT count(*) FROM list_count"));
	end(&d);
}

/* The store fails in the middle of the lines: no other text is taken for that
 * hour then, and the same one again is whole. */
static void a_fault_between(void **state)
{
	struct desk d;
	char at[64];

	begin(&d, state);
	town_sql(d.town, "CREATE TRIGGER halt BEFORE INSERT ON list_count_entry"
			 " WHEN NEW.entry_id = 400"
			 " BEGIN SELECT RAISE(ABORT, 'halt'); END");
	town_look(d.town, NOW + HL_US_PER_S);
	lines(&d, LINES);
	assert_int_equal(500, post(&d, at));
	town_sql(d.town, "DROP TRIGGER halt");
	town_look(d.town, NOW + 2 * HL_US_PER_S);
	lines(&d, 3);
	assert_int_equal(409, post(&d, at));
	lines(&d, LINES);
	assert_int_equal(204, post(&d, at));
	assert_int_equal(LINES,
		town_count(d.town, "SELECT count(*) FROM list_count_entry"));
	assert_int_equal(
		9 * LINES, town_count(d.town, "SELECT hits FROM list_count"));
	end(&d);
}

#define IN_TOWN(f) cmocka_unit_test_setup_teardown(f, town_make, town_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TOWN(refused_numbers),
		IN_TOWN(the_same_and_another),
		IN_TOWN(a_fault_between),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
