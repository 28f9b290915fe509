/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every route of the workbench, by everybody, on every object: one's own,
 * another's, and one that is not there. What is expected comes from
 * hl_authz_check() with the object as it is in the store.
 */
#include <stdio.h>

#include "casework/inner.h"
#include "world.h"

struct row {
	const struct hl_web_route *route;
	int person;
	int64_t id;
	enum hl_object kind;
	bool known, planted; /* planted: what is in it is PLANTED */
	char path[160];
};

static const char *const names[N_VISITORS] = {"anna", "vera", "benny", "sofie",
	"simon", "rikke", "adam", "nobody", "halfway"};

static void blame(const struct world *w, const struct row *row, const char *why)
{
	fail_msg("%s %s as %s: %s (status %d, to %s)",
		hl_web_method_name(row->route->method), row->path,
		row->person < 0 ? "nobody" : names[row->person], why, w->status,
		w->location);
}

static struct hl_authz_actor actor_of(struct world *w, int person)
{
	return who(w->f, (enum person)person).actor;
}

/* A form without fields, with the token of the session. */
static void ask(struct world *w, const struct row *row)
{
	char body[256] = "";

	snprintf(body, sizeof(body), "csrf=%s",
		row->person >= 0 ? w->csrf[row->person] : "x");
	world_ask(w, row->person, row->path,
		row->route->method == HL_WEB_POST ? body : NULL);
}

static struct hl_authz_object object_of(
	struct world *w, const struct row *row, enum hl_authz_action action)
{
	struct hl_casefile c;
	struct hl_authz_object o = {0};

	if (!row->known) {
		return o;
	}
	switch (row->kind) {
	case HL_OBJECT_CASE:
		load(w->f, row->id, &c);
		return hl_casefile_object(&c, hl_time_now_us());
	case HL_OBJECT_REFERRAL:
		load(w->f, w->cases[ACTING], &c);
		o = hl_casefile_object(&c, hl_time_now_us());
		if (hl_authz_object_kind(action) == HL_OBJECT_REFERRAL) {
			o.case_state = o.state;
			o.state = HL_REFERRAL_DRAFT;
			o.drafted_by = w->f->people[RIKKE];
		}
		return o;
	case HL_OBJECT_RECIPIENT:
		o.exists = true;
		o.drafted_by = w->f->people[SOFIE];
		return o;
	case HL_OBJECT_USER:
		o.exists = true;
		o.user_id = row->id;
		return o;
	case HL_OBJECT_SYSTEM: /* a key of a program */
		o.exists = true;
		return o;
	case HL_OBJECT_HASH_LIST:
	case HL_OBJECT_HASH: /* both just proposed */
		o.exists = true;
		o.state = 1;
		o.drafted_by = w->f->people[SOFIE];
		return o;
	case HL_OBJECT_NONE:
	case HL_OBJECT_REPORT:
	case HL_OBJECT_ITEM:
	case HL_OBJECT_LIST_ENTRY: /* of desk_lists */
	case HL_OBJECT_CONSUMER:
	case HL_OBJECT_EDITION:
	case HL_OBJECT_APPEAL:
		break;
	}
	return o;
}

/* 0 or HL_DENIED, with the reason. */
static int expected(struct world *w, const struct row *row,
	enum hl_authz_action action, enum hl_authz_why *why)
{
	struct hl_authz_actor actor = actor_of(w, row->person);
	struct hl_who self = who(w->f, (enum person)row->person);
	enum hl_casework_why report_why = HL_CASEWORK_NOT_PERMITTED;
	struct hl_row_report_get *report;

	*why = HL_AUTHZ_NOT_PERMITTED;
	if (row->kind == HL_OBJECT_NONE &&
		hl_authz_object_kind(action) != HL_OBJECT_NONE) {
		/* a list, or a form for something new: whoever ever may */
		return hl_authz_may_ever(&actor, action) ? 0 : HL_DENIED;
	}
	if (row->kind != HL_OBJECT_NONE && !row->known) {
		return HL_DENIED;
	}
	if (row->kind == HL_OBJECT_REPORT) {
		ok(hl_casework_report(&self, row->id, &report, NULL));
		int r = hl_casework_report_check(
			&self, report, action, &report_why, NULL);
		*why = (enum hl_authz_why)report_why;
		return r;
	}
	struct hl_authz_object o = object_of(w, row, action);
	return hl_authz_check(&actor, action, &o, why);
}

static bool may_read(struct world *w, const struct row *row)
{
	enum hl_authz_why why;

	switch (row->kind) {
	case HL_OBJECT_CASE:
		return expected(w, row, HL_AUTHZ_CASE_READ, &why) == 0;
	case HL_OBJECT_REPORT:
		return expected(w, row, HL_AUTHZ_REPORT_READ, &why) == 0;
	case HL_OBJECT_REFERRAL:
		return expected(w, row, HL_AUTHZ_REFERRAL_READ, &why) == 0;
	case HL_OBJECT_HASH_LIST:
	case HL_OBJECT_HASH:
		return expected(w, row, HL_AUTHZ_HASH_READ, &why) == 0;
	case HL_OBJECT_NONE:
	case HL_OBJECT_ITEM:
	case HL_OBJECT_RECIPIENT:
	case HL_OBJECT_USER:
	case HL_OBJECT_SYSTEM:
	case HL_OBJECT_LIST_ENTRY:
	case HL_OBJECT_CONSUMER:
	case HL_OBJECT_EDITION:
	case HL_OBJECT_APPEAL:
		break;
	}
	return false;
}

static void check_leak(struct world *w, const struct row *row)
{
	struct hl_str body = hl_buf_str(&w->body);

	if (hl_str_find(body, HL_STR("planted")) < body.n &&
		!may_read(w, row)) {
		blame(w, row, "content in the answer");
	}
}

/* The page that this person gets for what is not there. */
static void check_nothing(struct world *w, const struct row *row)
{
	HL_BUF_AUTO got = HL_BUF_INIT((size_t)1 << 20);

	hl_buf_put(&got, hl_buf_str(&w->body));
	if (w->status != 404) {
		blame(w, row, "is not as if it were not there");
	}
	world_ask(w, row->person, "/case/C-00000-00000", NULL);
	if (!hl_str_eq(hl_buf_str(&got), hl_buf_str(&w->body))) {
		blame(w, row, "tells more than that it is not there");
	}
}

static int64_t version_of(struct world *w, const struct row *row)
{
	struct hl_casefile c;

	if (row->kind != HL_OBJECT_CASE || !row->known) {
		return 0;
	}
	load(w->f, row->id, &c);
	return c.version;
}

static bool is_queue_page(const struct row *row)
{
	return row->kind == HL_OBJECT_CASE && row->known &&
	       !strcmp(row->route->pattern, "/case/:ref") &&
	       row->route->method == HL_WEB_GET;
}

/* Pages about a case that one may read but not change now. */
static bool is_plan(const struct row *row)
{
	return row->route->method == HL_WEB_GET &&
	       !strcmp(row->route->pattern, "/case/:ref/refer");
}

static void check_denied(struct world *w, const struct row *row,
	enum hl_authz_why why, int64_t version)
{
	check_leak(w, row);
	if (version_of(w, row) != version) {
		blame(w, row, "was refused and changed the case");
	}
	struct hl_authz_actor actor = actor_of(w, row->person);
	if ((is_queue_page(row) &&
		    hl_authz_may_ever(&actor, HL_AUTHZ_QUEUE_VIEW)) ||
		(is_plan(row) && may_read(w, row) &&
			hl_authz_may_ever(&actor, HL_AUTHZ_REFERRAL_DRAFT))) {
		if (w->status != 200) {
			blame(w, row, "a row of the queue is not shown");
		}
		return;
	}
	if (why == HL_AUTHZ_NOT_PERMITTED && !may_read(w, row)) {
		check_nothing(w, row);
	} else if (w->status != 303 && w->status != 404 && w->status != 409 &&
		   w->status != 422) {
		blame(w, row, "was not refused");
	}
}

static void check_allowed(struct world *w, const struct row *row)
{
	if (w->status != 200 && w->status != 303 && w->status != 422) {
		blame(w, row, "was not allowed");
	}
	check_leak(w, row);
	if (row->route->method == HL_WEB_POST) {
		world_restore(w);
	}
}

static void try_row(struct world *w, const struct row *row)
{
	enum hl_authz_action action = (enum hl_authz_action)row->route->action;
	enum hl_authz_why why = HL_AUTHZ_ALLOWED;
	int64_t version = version_of(w, row);
	int denied = expected(w, row, action, &why);

	ask(w, row);
	if (denied) {
		check_denied(w, row, why, version);
	} else {
		check_allowed(w, row);
	}
}

static enum hl_object kind_of(const struct hl_web_route *route)
{
	static const struct {
		const char *prefix;
		enum hl_object kind;
	} kinds[] = {{"/case/:", HL_OBJECT_CASE},
		{"/report/:", HL_OBJECT_REPORT},
		{"/referral/:", HL_OBJECT_REFERRAL},
		{"/recipient/:", HL_OBJECT_RECIPIENT},
		{"/staff/:", HL_OBJECT_USER},
		{"/hash-list/:", HL_OBJECT_HASH_LIST},
		{"/hash/:", HL_OBJECT_HASH}, {"/api-key/:", HL_OBJECT_SYSTEM}};

	for (size_t i = 0; i < HL_ARRAY_LEN(kinds); i++) {
		if (hl_str_starts(hl_str_c(route->pattern),
			    hl_str_c(kinds[i].prefix))) {
			return kinds[i].kind;
		}
	}
	return HL_OBJECT_NONE;
}

static void fill_path(struct row *row, enum hl_ref_kind kind)
{
	struct hl_str pattern = hl_str_c(row->route->pattern);
	size_t at = hl_str_find(pattern, HL_STR(":ref"));
	char ref[HL_REF_MAX] = "";

	if (at < pattern.n) {
		hl_ref_print(kind, row->id, ref);
	}
	snprintf(row->path, sizeof(row->path), "%.*s%s%s", (int)at, pattern.p,
		ref, at < pattern.n ? pattern.p + at + 4 : "");
}

static void try_object(struct world *w, struct row row, int64_t id, bool known,
	enum hl_ref_kind kind)
{
	row.id = id;
	row.known = known;
	fill_path(&row, kind);
	try_row(w, &row);
}

static void try_route(
	struct world *w, const struct hl_web_route *route, int person)
{
	struct row row = {
		.route = route, .person = person, .kind = kind_of(route)};
	int64_t none = w->cases[UNKNOWN];

	switch (row.kind) {
	case HL_OBJECT_CASE:
		for (int i = 0; i < N_THINGS; i++) {
			try_object(
				w, row, w->cases[i], i != UNKNOWN, HL_REF_CASE);
		}
		break;
	case HL_OBJECT_REPORT:
		for (int i = 0; i < N_THINGS; i++) {
			try_object(w, row, w->reports[i], i != UNKNOWN,
				HL_REF_REPORT);
		}
		try_object(w, row, w->waiting, true, HL_REF_REPORT);
		break;
	case HL_OBJECT_REFERRAL:
		try_object(w, row, w->referral, true, HL_REF_REFERRAL);
		try_object(w, row, none, false, HL_REF_REFERRAL);
		break;
	case HL_OBJECT_RECIPIENT:
		try_object(w, row, w->recipient, true, HL_REF_RECIPIENT);
		try_object(w, row, none, false, HL_REF_RECIPIENT);
		break;
	case HL_OBJECT_HASH_LIST:
		try_object(w, row, w->hash_list, true, HL_REF_HASH_LIST);
		try_object(w, row, none, false, HL_REF_HASH_LIST);
		break;
	case HL_OBJECT_HASH:
		try_object(w, row, w->hash, true, HL_REF_HASH);
		try_object(w, row, none, false, HL_REF_HASH);
		break;
	case HL_OBJECT_SYSTEM:
		try_object(w, row, w->apikey, true, HL_REF_API_KEY);
		try_object(w, row, none, false, HL_REF_API_KEY);
		break;
	case HL_OBJECT_USER:
	case HL_OBJECT_NONE:
	case HL_OBJECT_ITEM:
	case HL_OBJECT_LIST_ENTRY:
	case HL_OBJECT_CONSUMER:
	case HL_OBJECT_EDITION:
	case HL_OBJECT_APPEAL:
		try_object(w, row, w->f->people[VERA], true, HL_REF_STAFF);
		break;
	}
}

/* Routes by the matrix; those of one's own account have no row in it. */
static void everybody_on_everything(void **state)
{
	struct world *w = *state;
	size_t n = 0;

	for (size_t i = 0; i < hl_desk_routes.n; i++) {
		const struct hl_web_route *route = &hl_desk_routes.rows[i];

		if (route->action <= 0) {
			continue;
		}
		for (int person = 0; person < NOBODY; person++) {
			try_route(w, route, person);
		}
		n++;
	}
	assert_true(n > 70);
}

static void nobody_comes_past_the_door(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < hl_desk_routes.n; i++) {
		struct row row = {
			.route = &hl_desk_routes.rows[i], .person = -1};

		if (row.route->action == HL_DESK_OPEN) {
			continue;
		}
		row.id = w->cases[HELD_ANNA];
		fill_path(&row, HL_REF_CASE);
		ask(w, &row);
		if (w->status != 303 || strcmp(w->location, "/login") ||
			w->body.n) {
			blame(w, &row, "was let in");
		}
	}
}

static void a_password_alone_does_not_do(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < hl_desk_routes.n; i++) {
		struct row row = {
			.route = &hl_desk_routes.rows[i], .person = HALF};

		if (row.route->action == HL_DESK_OPEN ||
			row.route->action == HL_DESK_HALF ||
			row.route->method == HL_WEB_POST) {
			continue;
		}
		row.id = w->cases[HELD_ANNA];
		fill_path(&row, HL_REF_CASE);
		ask(w, &row);
		if (w->status != 303 || strcmp(w->location, "/login/setup") ||
			w->body.n) {
			blame(w, &row, "was let in");
		}
	}
}

static void the_administrator_reads_nothing(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < hl_desk_routes.n; i++) {
		struct row row = {
			.route = &hl_desk_routes.rows[i], .person = ADAM};

		if (row.route->action == HL_DESK_OPEN ||
			row.route->method == HL_WEB_POST) {
			continue;
		}
		for (int k = 0; k < UNKNOWN; k++) {
			row.id = w->cases[k];
			fill_path(&row, HL_REF_CASE);
			ask(w, &row);
			struct hl_str body = hl_buf_str(&w->body);

			if (hl_str_find(body, HL_STR("planted")) < body.n) {
				blame(w, &row, "content");
			}
		}
	}
}

/* The test would find content if it were there. */
static void the_planted_words_are_shown_to_who_may(void **state)
{
	struct world *w = *state;
	struct row row = {.route = &hl_desk_routes.rows[0], .person = ANNA};
	char ref[HL_REF_MAX], path[64];

	hl_ref_print(HL_REF_CASE, w->cases[HELD_ANNA], ref);
	snprintf(path, sizeof(path), "/case/%s", ref);
	world_ask(w, ANNA, path, NULL);
	struct hl_str body = hl_buf_str(&w->body);
	if (w->status != 200 ||
		hl_str_find(body, HL_STR("planted words 0")) == body.n) {
		blame(w, &row, "shows nothing");
	}
	assert_true(hl_str_find(body, HL_STR("planted contact")) == body.n);
}

static void the_second_assessor_sees_no_first_one(void **state)
{
	struct world *w = *state;
	static const char *const pages[] = {"", "/verify"};
	char ref[HL_REF_MAX], path[64];

	hl_ref_print(HL_REF_CASE, w->cases[VERIFYING], ref);
	for (size_t i = 0; i < HL_ARRAY_LEN(pages); i++) {
		snprintf(path, sizeof(path), "/case/%s%s", ref, pages[i]);
		world_ask(w, VERA, path, NULL);
		assert_int_equal(200, w->status);
		struct hl_str body = hl_buf_str(&w->body);
		assert_true(hl_str_find(body, HL_STR("Illegal")) == body.n);
		assert_true(hl_str_find(body, HL_STR("\" checked")) == body.n);
		assert_true(hl_str_find(body, HL_STR("\" selected")) == body.n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_planted_words_are_shown_to_who_may),
		cmocka_unit_test(the_second_assessor_sees_no_first_one),
		cmocka_unit_test(nobody_comes_past_the_door),
		cmocka_unit_test(a_password_alone_does_not_do),
		cmocka_unit_test(the_administrator_reads_nothing),
		cmocka_unit_test(everybody_on_everything),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
