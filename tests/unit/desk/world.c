/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "accounts/apikey.h"
#include "accounts/session.h"
#include "base/file.h"
#include "base/time.h"
#include "referral/draft.h"
#include "registry/entry.h"
#include "web/csrf.h"

#define FIRST "first words to come in"
#define SECOND "quite other words for later"
#define ALL_ROLES                                                \
	((enum hl_store_role)(HL_STORE_PUBLIC | HL_STORE_STAFF | \
			      HL_STORE_WORKER | HL_STORE_ADMIN))

static const struct hl_seal_cost cheap = {
	.mem_kib = 64, .passes = 1, .allow_weak = true};
static const struct hl_accounts_limits limits = {60, 24};

static const struct {
	const char *login;
	unsigned roles;
} people[N_VISITORS] = {
	[ANNA] = {"anna", HL_ROLE_ANALYST},
	[VERA] = {"vera", HL_ROLE_VERIFIER},
	[BENNY] = {"benny", HL_ROLE_ANALYST | HL_ROLE_VERIFIER},
	[SOFIE] = {"sofie", HL_ROLE_SUPERVISOR},
	[SIMON] = {"simon", HL_ROLE_SUPERVISOR},
	[RIKKE] = {"rikke", HL_ROLE_REFERRAL},
	[ADAM] = {"adam", HL_ROLE_ADMIN},
	[HALF] = {"halfway", HL_ROLE_ANALYST},
};

static void open_store(struct fixture *f)
{
	ok(hl_store_open(f->path, ALL_ROLES, &f->store, NULL));
}

static void load_laws(struct fixture *f)
{
	static const char *const files[] = {"baseline.json", "dk.json"};

	for (size_t i = 0; i < HL_ARRAY_LEN(files); i++) {
		HL_BUF_AUTO text = HL_BUF_INIT(HL_LAW_BYTES_MAX);
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", getenv("HL_LAWS"),
			files[i]);
		ok(hl_file_read(path, &text, NULL));
		ok(hl_law_load(hl_buf_str(&text), files[i], &f->law[i], NULL));
	}
	f->laws = (struct hl_casework_laws){
		(const struct hl_law *const *)f->law, 2, f->settings};
}

static void hire(struct world *w)
{
	struct fixture *f = w->f;
	struct hl_who host = {
		.ring = &f->ring, .store = f->store, .arena = f->arena};

	for (int i = 0; i < N_VISITORS; i++) {
		struct hl_accounts_user user = {
			.login = hl_str_c(people[i].login),
			.display_name = hl_str_c(people[i].login),
			.roles = people[i].roles};

		if (!people[i].login) {
			continue;
		}
		ok(hl_accounts_create(
			&host, &user, HL_STR(FIRST), &cheap, NULL));
		if (user.roles & HL_ROLE_CONTENT) {
			ok(hl_accounts_grant(&host, user.id, NULL));
		}
		if (i < N_PEOPLE) {
			f->people[i] = user.id;
		}
	}
}

/* The first login with all its steps. */
static void sign_in(struct world *w, int i)
{
	struct fixture *f = w->f;
	HL_BUF_AUTO codes = HL_BUF_SECRET(4096);
	enum hl_seal_password_fault why;
	struct hl_accounts_session s;
	struct hl_seal_token token;
	struct hl_seal_totp totp;
	char code[7];

	ok(hl_accounts_login(f->store, f->arena,
		&(struct hl_accounts_typed){
			hl_str_c(people[i].login), HL_STR(FIRST)},
		&limits, &token, NULL));
	w->tokens[i] = token;
	if (i == HALF) {
		return;
	}
	ok(hl_accounts_open(f->store, f->arena, &token, &limits, &s, NULL));
	hl_accounts_enrol_secret(&token, &totp);
	hl_seal_totp_code(&totp, hl_seal_totp_step(hl_time_now_us()), code);
	ok(hl_accounts_enrol(f->store, f->arena,
		&(struct hl_accounts_step){
			&token, &s, &limits, hl_str_c(code), NULL},
		&w->tokens[i], &codes, NULL));
	ok(hl_accounts_open(
		f->store, f->arena, &w->tokens[i], &limits, &s, NULL));
	ok(hl_accounts_password(f->store, f->arena, &s,
		&(struct hl_accounts_new_password){&w->tokens[i], HL_STR(FIRST),
			HL_STR(SECOND), &cheap, HL_STR_NONE},
		&why, NULL));
	hl_accounts_session_wipe(&s);
}

static void fill_cookie(struct world *w, int i)
{
	char text[HL_SEAL_TOKEN_TEXT];

	snprintf(w->cookies[i], sizeof(w->cookies[i]), "desk=%.*s",
		HL_STR_ARG(hl_seal_token_print(&w->tokens[i], text)));
}

/* "PLANTED" stands in everything that only readers may see. */
static void put_things(struct world *w)
{
	struct fixture *f = w->f;

	for (int i = 0; i < UNKNOWN; i++) {
		char address[64];

		snprintf(address, sizeof(address),
			"http://planted%d.invalid/page", i);
		w->reports[i] = put_report(
			f, &(struct hl_report){.place = HL_PLACE_WEBSITE,
				   .addresses_text = hl_str_c(address),
				   .contact = HL_STR("planted contact"),
				   .words = hl_arena_printf(
					   f->arena, "planted words %d", i)});
		triage_all(f);
		w->cases[i] = case_of(f, w->reports[i], 1);
		assert_int_not_equal(0, w->cases[i]);
	}
	w->waiting = put_report(
		f, &(struct hl_report){.words = HL_STR("planted, no address"),
			   .contact = HL_STR("planted contact")});
	triage_all(f);
	w->cases[UNKNOWN] = w->reports[UNKNOWN] = INT64_C(123456789);
}

static void move_things(struct world *w)
{
	struct fixture *f = w->f;
	struct hl_who anna = who(f, ANNA), benny = who(f, BENNY),
		      vera = who(f, VERA);

	assess(f, w->cases[VERIFYING], HL_OUTCOME_BASELINE);
	ok(hl_casework_take(
		&vera, f->settings, w->cases[VERIFYING], NULL, NULL));
	assess(f, w->cases[DIFFERING], HL_OUTCOME_BASELINE);
	verify(f, w->cases[DIFFERING], HL_OUTCOME_LEGAL);
	assess(f, w->cases[ACTING], HL_OUTCOME_BASELINE);
	verify(f, w->cases[ACTING], HL_OUTCOME_BASELINE);
	assess(f, w->cases[CLOSED], HL_OUTCOME_LEGAL);
	ok(hl_casework_take(
		&anna, f->settings, w->cases[HELD_ANNA], NULL, NULL));
	ok(hl_casework_take(
		&benny, f->settings, w->cases[HELD_BENNY], NULL, NULL));
}

static void put_draft(struct world *w)
{
	struct fixture *f = w->f;
	struct hl_who sofie = who(f, SOFIE), rikke = who(f, RIKKE);
	struct hl_referral_recipient r = {.kind = HL_RECIPIENT_PROVIDER,
		.name = HL_STR("Example Host"),
		.mail = HL_STR("abuse@example.org"),
		.channel = HL_REFERRAL_BY_MAIL};
	struct hl_referral_desk desk = {.settings = f->settings,
		.laws = (const struct hl_law *const *)f->law,
		.n_laws = 2,
		.bundle_key = &w->sign};
	struct hl_referral_draft_input in = {.case_id = w->cases[ACTING]};
	enum hl_referral_why why = HL_REFERRAL_ALLOWED;
	struct hl_err err = {0};

	ok(hl_referral_recipient_add(&sofie, &r, &w->recipient, NULL));
	ok(hl_referral_recipient_decide(
		&rikke, w->recipient, true, NULL, NULL));
	in.recipient_id = w->recipient;
	if (hl_referral_draft(&rikke, &desk, &in, &w->referral, &why, &err)) {
		fail_msg("draft: why %d, %s", (int)why, err.msg);
	}
}

static void put_hashes(struct world *w)
{
	struct hl_who sofie = who(w->f, SOFIE);
	struct hl_registry_list list = {.kind = HL_HASH_LIST_PARTNER,
		.name = HL_STR("Partner"),
		.owner = HL_STR("Partner"),
		.source = HL_STR("by hand"),
		.radius = 31};
	struct hl_registry_entry entry = {.list = {.id = HL_HASH_LIST_ASSESSED},
		.outcome = HL_OUTCOME_BASELINE,
		.origin = HL_HASH_FROM_TYPING};
	struct hl_hash_set set;
	struct hl_hash_fault fault;

	ok(hl_hash_read_text(
		HL_STR("md5 0123456789abcdef0123456789abcdef"), &set, &fault));
	ok(hl_registry_list_propose(&sofie, &list, NULL, NULL));
	ok(hl_registry_type(&sofie, &entry, &set, NULL, NULL));
	w->hash_list = list.id;
	w->hash = entry.id;
}

static void put_apikey(struct world *w)
{
	struct hl_who adam = who(w->f, ADAM);
	struct hl_accounts_apikey key = {.name = HL_STR("Example platform"),
		.scopes = HL_API_MATCH | HL_API_HASH,
		.rate = 20};
	char text[HL_ACCOUNTS_KEY_TEXT];

	ok(hl_accounts_apikey_create(&adam, &key, text, NULL));
	w->apikey = key.id;
}

static void copy_file(const char *from, const char *to)
{
	HL_BUF_AUTO data = HL_BUF_INIT((size_t)64 << 20);

	ok(hl_file_read(from, &data, NULL));
	ok(hl_file_write(to, hl_buf_str(&data), 0600, NULL));
}

void world_restore(struct world *w)
{
	char wal[128];

	hl_store_close(w->f->store);
	snprintf(wal, sizeof(wal), "%s-wal", w->f->path);
	unlink(wal);
	copy_file(w->kept, w->f->path);
	open_store(w->f);
}

static void take_csrf(struct world *w)
{
	for (int i = 0; i < N_PEOPLE; i++) {
		if (!people[i].login) {
			continue;
		}
		world_ask(w, i, "/account", NULL);
		assert_int_equal(200, w->status);
		struct hl_str all = hl_buf_str(&w->body);
		size_t at = hl_str_find(all, HL_STR("name=\"csrf\" value=\""));
		assert_true(at < all.n);
		struct hl_str rest = hl_str_sub(all, at + 19, all.n);
		snprintf(w->csrf[i], sizeof(w->csrf[i]), "%.*s",
			(int)hl_str_find_char(rest, '"'), rest.p);
	}
}

static void make_installation(struct world *w)
{
	struct fixture *f = w->f;
	struct hl_seal_pub pub;
	struct hl_seal_sign_pub sign_pub;
	char path[128];

	ok(hl_seal_init(NULL));
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-desk-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	snprintf(w->kept, sizeof(w->kept), "%s/kept.db", f->dir);
	f->arena = hl_arena_new((size_t)256 << 20, true);
	ok(hl_settings_new(&f->settings, NULL));
	ok(hl_settings_set(
		f->settings, HL_STR("operator.country"), HL_STR("DK"), NULL));
	ok(hl_settings_set(f->settings, HL_STR("mail.from"),
		HL_STR("notices@example.org"), NULL));
	snprintf(path, sizeof(path), "%s/sign.key", f->dir);
	ok(hl_seal_sign_create(path, &sign_pub, NULL));
	ok(hl_seal_sign_load(path, &w->sign, NULL));
	unlink(path);
	open_store(f);
	hl_seal_keypair_new(&pub, &f->worker);
	ok(hl_accounts_found(f->store, f->arena, &pub, &f->ring, NULL));
	load_laws(f);
}

int world_set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->f = calloc(1, sizeof(*w->f));
	assert_non_null(w->f);
	make_installation(w);
	hire(w);
	for (int i = 0; i < N_VISITORS; i++) {
		if (people[i].login) {
			sign_in(w, i);
			fill_cookie(w, i);
		}
	}
	put_things(w);
	move_things(w);
	put_draft(w);
	put_hashes(w);
	put_apikey(w);
	w->headers = HL_BUF_INIT(32768);
	w->body = HL_BUF_INIT((size_t)8 << 20);
	w->arena = hl_arena_new((size_t)64 << 20, true);
	ok(hl_desk_init(&w->app, w->f->settings, NULL));
	w->app.laws[0] = w->f->law[0];
	w->app.laws[1] = w->f->law[1];
	w->app.n_laws = 2;
	w->app.sign = &w->sign;
	w->app.checkpoints_path = "/nonexistent";
	take_csrf(w);
	hl_store_close(w->f->store);
	copy_file(w->f->path, w->kept);
	open_store(w->f);
	*state = w;
	return 0;
}

int world_tear_down(void **state)
{
	struct world *w = *state;
	void *fixture = w->f;

	hl_desk_fini(&w->app);
	hl_buf_fini(&w->headers);
	hl_buf_fini(&w->body);
	hl_arena_free(w->arena);
	hl_seal_sign_wipe(&w->sign);
	unlink(w->kept);
	free(w);
	return tear_down(&fixture);
}

static void take_notice(struct world *w, struct hl_str cookie)
{
	size_t at = hl_str_find(cookie, HL_STR("notice="));
	struct hl_str text = hl_str_sub(cookie, at + 7, cookie.n);

	text = hl_str_sub(text, 0, hl_str_find_char(text, ';'));
	if (at < cookie.n && text.n * 3 / 4 < sizeof(w->notice)) {
		memset(w->notice, 0, sizeof(w->notice));
		hl_text_parse_base64url(text, w->notice, text.n * 3 / 4);
	}
}

static void take_header(void *arg, const char *name, struct hl_str value)
{
	struct world *w = arg;

	hl_buf_printf(&w->headers, "%s: %.*s\n", name, HL_STR_ARG(value));
	if (!strcmp(name, "Location")) {
		snprintf(w->location, sizeof(w->location), "%.*s",
			HL_STR_ARG(value));
	} else if (!strcmp(name, "Set-Cookie")) {
		take_notice(w, value);
	}
}

void world_ask(struct world *w, int person, const char *path, const char *body)
{
	struct hl_web_header headers[] = {
		{HL_STR("Cookie"),
			hl_str_c(person < 0 ? "" : w->cookies[person])},
		{HL_STR("Content-Type"),
			HL_STR("application/x-www-form-urlencoded")},
		{HL_STR("Sec-Fetch-Site"), hl_str_c(w->fetch_site)},
	};
	struct hl_str target = hl_str_c(path);
	size_t at = hl_str_find_char(target, '?');
	struct hl_web_request req = {.method = body ? HL_WEB_POST : HL_WEB_GET,
		.path = hl_str_sub(target, 0, at),
		.query = at < target.n ? hl_str_sub(target, at + 1, target.n)
				       : HL_STR_NONE,
		.host = HL_STR("desk.example.org"),
		.body = hl_str_c(body),
		.headers = headers,
		.n_headers = w->fetch_site ? 3 : (body ? 2 : 1)};
	struct hl_web_response resp;

	hl_arena_reset(w->arena);
	w->thread.store = w->f->store;
	struct hl_web_ctx ctx = {.app = &w->app,
		.thread = &w->thread,
		.error_page = hl_desk_error,
		.arena = w->arena,
		.now_us = hl_time_now_us()};
	hl_web_response_init(&resp, (size_t)8 << 20);
	hl_web_handle(hl_desk_handle, &ctx, &req, &resp);
	w->status = resp.status;
	w->location[0] = 0;
	w->notice[0] = 0;
	hl_buf_reset(&w->headers);
	hl_web_response_headers(&resp, false, take_header, w);
	hl_buf_reset(&w->body);
	hl_buf_put(&w->body, hl_buf_str(&resp.body));
	hl_web_response_fini(&resp);
}
