/* SPDX-License-Identifier: Apache-2.0 */
#include "lists_world.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool says(const struct lists *l, const char *words)
{
	struct hl_str all = hl_buf_str(&l->w->body);

	return hl_str_find(all, hl_str_c(words)) < all.n;
}

void get(struct lists *l, int person, const char *path)
{
	world_ask(l->w, person, path, NULL);
}

void post(struct lists *l, int person, const char *path, const char *fields)
{
	char body[1024];

	snprintf(body, sizeof(body), "csrf=%s&%s",
		person < 0 ? "x" : l->w->csrf[person], fields);
	world_ask(l->w, person, path, body);
}

void expect(const struct lists *l, int status, const char *step)
{
	if (l->w->status != status) {
		fail_msg("%s: status %d instead of %d, notice %s", step,
			l->w->status, status, l->w->notice);
	}
}

void case_path(struct lists *l, const char *suffix, char path[96])
{
	char ref[HL_REF_MAX];

	hl_ref_print(HL_REF_CASE, l->w->cases[ACTING], ref);
	snprintf(path, 96, "/case/%s%s", ref, suffix);
}

void path_of(
	enum hl_ref_kind kind, int64_t id, const char *suffix, char path[96])
{
	char ref[HL_REF_MAX];

	hl_ref_print(kind, id, ref);
	snprintf(path, 96, "/lists/%s/%s%s",
		kind == HL_REF_LIST_ENTRY ? "entry"
		: kind == HL_REF_CONSUMER ? "consumer"
					  : "appeal",
		ref, suffix);
}

void press(struct lists *l, int person, enum hl_ref_kind kind, int64_t id,
	const char *suffix, const char *more)
{
	const char *sql =
		kind == HL_REF_LIST_ENTRY
			? "SELECT version FROM list_entry WHERE id = %lld"
		: kind == HL_REF_CONSUMER
			? "SELECT version FROM list_consumer WHERE id = %lld"
			: "SELECT version FROM list_appeal WHERE id = %lld";
	char path[96], fields[512];

	snprintf(fields, sizeof(fields), "version=%lld&%s",
		(long long)number_of(l->w->f, sql, id), more);
	path_of(kind, id, suffix, path);
	post(l, person, path, fields);
}

static void put_publisher(struct lists *l)
{
	HL_BUF_AUTO sql = HL_BUF_INIT(512);
	struct hl_seal_pub pub;

	hl_seal_keypair_new(&pub, &l->place);
	hl_buf_put(&sql, HL_STR("UPDATE list_head SET public_key = x'"));
	hl_text_put_hex(&sql, pub.b, sizeof(pub.b));
	hl_buf_put(&sql, HL_STR("'"));
	hl_buf_put_c(&sql, '\0');
	change(l->w->f, sql.p);
}

/* The watch has just seen what the case is about. */
static void put_watch(struct lists *l)
{
	char sql[512];
	long long id = (long long)l->w->cases[ACTING];
	long long now = (long long)hl_time_now_us();

	snprintf(sql, sizeof(sql),
		"UPDATE item SET state = 2 WHERE case_id = %lld; "
		"INSERT OR REPLACE INTO watch (item_id, active, stage, misses, "
		"last_miss_us, last_at_us, last_seen_us, last_verdict, "
		"next_at_us, lease_until_us, started_at_us) "
		"SELECT id, 1, 0, 0, 0, %lld, %lld, 1, 0, 0, 0 FROM item "
		"WHERE case_id = %lld",
		id, now, now, id);
	change(l->w->f, sql);
}

int open_lists(void **state)
{
	struct lists *l = calloc(1, sizeof(*l));
	struct hl_publish_setup setup = {0};
	void *w;

	assert_non_null(l);
	ok(world_set_up(&w));
	l->w = w;
	crypto_core_ristretto255_scalar_random(l->commit.s);
	crypto_scalarmult_ristretto255_base(l->commit.pub, l->commit.s);
	ok(hl_popular_new(HL_STR(""), NULL, &l->popular, NULL));
	setup.commit = &l->commit;
	setup.popular = l->popular;
	setup.canary_domain = HL_STR("birds.example.org");
	hl_desk_lists_init(&l->lists, &setup,
		&(struct hl_desk_lists_reach){.url = LISTS_URL,
			.rpz_listen = "192.0.2.53:5353",
			.rpz_zone = "lists.example.org"});
	l->w->app.extra = &l->lists.extra;
	*state = l;
	return 0;
}

int close_lists(void **state)
{
	struct lists *l = *state;
	void *w = l->w;

	ok(world_tear_down(&w));
	hl_popular_free(l->popular);
	free(l);
	return 0;
}

int fresh(void **state)
{
	struct lists *l = *state;

	world_restore(l->w);
	put_publisher(l);
	put_watch(l);
	return 0;
}

int64_t proposed(struct lists *l)
{
	char path[96];

	case_path(l, "/list", path);
	post(l, ANNA, path, "place=page");
	expect(l, 303, "propose");
	return number(l->w->f, "SELECT max(id) FROM list_entry");
}

int64_t consumer(struct lists *l, const char *more)
{
	char fields[512];

	snprintf(fields, sizeof(fields),
		"name=School&contact=Ms+Example&stage=rest&budget=500&%s",
		more);
	post(l, SOFIE, "/lists/consumers/add", fields);
	expect(l, 303, "add a consumer");
	return number(l->w->f, "SELECT max(id) FROM list_consumer");
}

void set_root(struct lists *l, int64_t version, int64_t days_left)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
		"UPDATE list_head SET root_version = %lld, root_expires_us = "
		"%lld",
		(long long)version,
		(long long)(hl_time_now_us() + days_left * HL_US_PER_DAY));
	change(l->w->f, sql);
}
