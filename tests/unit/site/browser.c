/* SPDX-License-Identifier: Apache-2.0 */
#include "browser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/time.h"

static int set_up(void **state, int (*store)(void **))
{
	struct browser *b = calloc(1, sizeof(*b));
	void *fixture;

	store(&fixture);
	b->f = fixture;
	assert_int_equal(0, hl_settings_new(&b->settings, NULL));
	assert_int_equal(0, hl_site_init(&b->site, b->settings, false, NULL));
	b->arena = hl_arena_new((size_t)16 << 20, true);
	b->body = HL_BUF_INIT(1 << 20);
	b->headers = HL_BUF_INIT(1 << 16);
	*state = b;
	return 0;
}

int browser_set_up(void **state)
{
	return set_up(state, fixture_set_up);
}

int browser_set_up_bare(void **state)
{
	return set_up(state, fixture_set_up_bare);
}

int browser_tear_down(void **state)
{
	struct browser *b = *state;
	void *fixture = b->f;

	hl_site_fini(&b->site);
	hl_settings_free(b->settings);
	hl_arena_free(b->arena);
	hl_buf_fini(&b->body);
	hl_buf_fini(&b->headers);
	free(b);
	return fixture_tear_down(&fixture);
}

static void copy(char *out, size_t max, struct hl_str s)
{
	assert_true(s.n < max);
	memcpy(out, s.p ? s.p : "", s.n);
	out[s.n] = 0;
}

static void take_header(void *arg, const char *name, struct hl_str value)
{
	struct browser *b = arg;

	hl_buf_printf(&b->headers, "%s: %.*s\n", name, HL_STR_ARG(value));
	if (!strcmp(name, "Location")) {
		copy(b->location, sizeof(b->location), value);
	}
	if (!strcmp(name, "Set-Cookie")) {
		struct hl_str pair =
			hl_str_sub(value, 0, hl_str_find_char(value, ';'));
		bool gone = hl_str_find(value, HL_STR("Max-Age=0")) < value.n;

		copy(b->cookie, sizeof(b->cookie), gone ? HL_STR("") : pair);
	}
}

/* The piece of the page between two others; absent if it is not there. */
static struct hl_str between(
	const struct browser *b, const char *before, const char *after)
{
	struct hl_str all = hl_buf_str(&b->body);
	size_t at = hl_str_find(all, hl_str_c(before));

	if (at == all.n) {
		return HL_STR_NONE;
	}
	struct hl_str rest = hl_str_sub(all, at + strlen(before), all.n);
	return hl_str_sub(rest, 0, hl_str_find(rest, hl_str_c(after)));
}

static void visit(struct browser *b, struct hl_web_request *req)
{
	struct hl_web_header headers[6];
	struct hl_web_response resp;
	struct hl_err err = {0};

	hl_arena_reset(b->arena);
	b->thread.store = b->f->store;
	struct hl_web_ctx ctx = {.app = &b->site,
		.thread = &b->thread,
		.error_page = hl_site_error,
		.arena = b->arena,
		.now_us = hl_time_now_us(),
		.err = err};

	req->host = HL_STR("hotline.example.org");
	req->peer = b->peer;
	headers[req->n_headers++] =
		(struct hl_web_header){HL_STR("Cookie"), hl_str_c(b->cookie)};
	if (b->fetch_site) {
		headers[req->n_headers++] = (struct hl_web_header){
			HL_STR("Sec-Fetch-Site"), hl_str_c(b->fetch_site)};
	}
	if (b->key) {
		headers[req->n_headers++] = (struct hl_web_header){
			HL_STR("Idempotency-Key"), hl_str_c(b->key)};
	}
	if (b->bearer) {
		headers[req->n_headers++] = (struct hl_web_header){
			HL_STR("Authorization"), hl_str_c(b->bearer)};
	}
	if (b->speaks) {
		headers[req->n_headers++] = (struct hl_web_header){
			HL_STR("Accept-Language"), hl_str_c(b->speaks)};
	}
	if (req->headers) {
		headers[req->n_headers++] = req->headers[0];
	}
	req->headers = headers;
	hl_web_response_init(&resp, 1 << 20);
	hl_web_handle(hl_site_handle, &ctx, req, &resp);
	b->status = resp.status;
	b->location[0] = 0;
	hl_buf_reset(&b->headers);
	hl_web_response_headers(&resp, false, take_header, b);
	hl_buf_reset(&b->body);
	hl_buf_put(&b->body, hl_buf_str(&resp.body));
	hl_web_response_fini(&resp);
	struct hl_str csrf = between(b, "name=\"csrf\" value=\"", "\"");
	if (csrf.n) {
		copy(b->csrf, sizeof(b->csrf), csrf);
	}
}

static struct hl_web_request request(
	enum hl_web_method method, const char *target)
{
	struct hl_str all = hl_str_c(target);
	size_t at = hl_str_find_char(all, '?');

	return (struct hl_web_request){.method = method,
		.path = hl_str_sub(all, 0, at),
		.query = at < all.n ? hl_str_sub(all, at + 1, all.n)
				    : HL_STR_NONE};
}

void browser_get(struct browser *b, const char *target)
{
	struct hl_web_request req = request(HL_WEB_GET, target);

	visit(b, &req);
}

void browser_send(struct browser *b, const char *target, const char *type,
	struct hl_str body)
{
	struct hl_web_request req = request(HL_WEB_POST, target);
	const struct hl_web_header header = {
		HL_STR("Content-Type"), hl_str_c(type)};

	req.body = body;
	req.headers = &header;
	visit(b, &req);
}

void browser_post(struct browser *b, const char *target, const char *form)
{
	HL_BUF_AUTO body = HL_BUF_INIT(1 << 20);

	hl_buf_printf(&body, "%s", form);
	if (b->csrf[0]) {
		hl_buf_printf(&body, "%scsrf=%s", body.n ? "&" : "", b->csrf);
	}
	browser_send(b, target, "application/x-www-form-urlencoded",
		hl_buf_str(&body));
}

bool browser_sees(const struct browser *b, const char *text)
{
	struct hl_str all = hl_buf_str(&b->body);

	return !text[0] || hl_str_find(all, hl_str_c(text)) < all.n;
}

void browser_must(
	const struct browser *b, const char *row, int status, const char *text)
{
	if (b->status != status || !browser_sees(b, text)) {
		fail_msg("%s: %d (wanted %d with \"%s\")\n%s", row, b->status,
			status, text, b->body.n ? b->body.p : "");
	}
}

void browser_must_go(const struct browser *b, const char *location)
{
	if (b->status != 303 || strcmp(b->location, location) != 0) {
		fail_msg("%d to \"%s\", wanted \"%s\"\n%s", b->status,
			b->location, location, b->body.n ? b->body.p : "");
	}
}

void browser_fill(struct browser *b)
{
	static const struct {
		const char *page, *form;
	} rows[] = {
		{"/report/danger", "danger=no"},
		{"/report/place", "place=forum"},
		{"/report/addresses",
			"addresses=hxxp%3A%2F%2Fexample%5B.%5Dorg%2Fx"},
		{"/report/where", "where=third+reply"},
		{"/report/seen", "seen=today&seen_note=noon"},
		{"/report/pay", "pay=unknown&pay_note="},
		{"/report/words", "words=nothing+more"},
		{"/report/contact", "contact=a%40example.org"},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		browser_get(b, rows[i].page);
		assert_int_equal(200, b->status);
		browser_post(b, rows[i].page, rows[i].form);
		if (b->status != 303) {
			fail_msg("%s: %d", rows[i].page, b->status);
		}
	}
	browser_must_go(b, "/report/check");
	browser_get(b, "/report/check");
	assert_int_equal(200, b->status);
}

void browser_press_send(struct browser *b)
{
	struct hl_str version = between(b, "name=\"version\" value=\"", "\"");
	char form[64];

	snprintf(form, sizeof(form), "version=%.*s", HL_STR_ARG(version));
	browser_post(b, "/report/send", form);
}

void browser_receipt(const struct browser *b, char out[27])
{
	copy(out, 27, between(b, "translate=\"no\" dir=\"ltr\">", "<"));
	assert_int_equal(25, strlen(out));
}
