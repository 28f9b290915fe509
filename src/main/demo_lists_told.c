/* SPDX-License-Identifier: Apache-2.0 */
/* Who blocks by the list, what they told of it, and who appeals. */
#include <stdlib.h>

#include "base/file.h"
#include "base/time.h"
#include "cli/common.h"
#include "intake/appeal.h"
#include "main/demo_lists.h"
#include "publish/appeal.h"
#include "publish/consumer.h"
#include "store/sql.h"

/* of which one is told to be popular, so that there is something to try */
#define POPULAR HL_STR("# hosts that are never listed as a whole\n20.invalid\n")
#define TOLD_DAYS 45
#define APPEALED 9 /* the entry, in demo_lists.c */
enum { OPENS = 7, CLOSES = 21, WEEKEND = 2 };

static const struct {
	const char *name, *contact;
	enum hl_list_tier tier;
	enum hl_list_stage stage;
	int64_t budget;
	const char *notify;
	bool approved;
	int a_day; /* how much it blocks */
} consumers[] = {
	{"Example School", "Ms Example, network office, it@school.invalid",
		HL_LIST_TIER_ASKS, HL_LIST_STAGE_FIRST, 20000, "", true, 11},
	{"Example Internet", "Duty desk, noc@internet.invalid",
		HL_LIST_TIER_ASKS, HL_LIST_STAGE_REST, 400000, "", true, 260},
	{"Example Resolvers", "Mr Example, names@resolver.invalid",
		HL_LIST_TIER_CLEAR, HL_LIST_STAGE_REST, 1000, "192.0.2.53:53",
		false, 0},
};

struct hl_publish_setup hl_main_demo_lists_setup(
	const struct hl_main_demo_lists *lists, enum hl_main_demo_person who)
{
	struct hl_publish_setup setup = lists->setup;

	setup.secret = &lists->demo->session[who].secret;
	return setup;
}

static void later(void)
{
	hl_time_pretend(hl_time_now_us() + 10 * HL_US_PER_MIN);
}

static int said_no(int r, enum hl_publish_why why, struct hl_err *err)
{
	return r > 0 ? HL_FAIL(err, HL_E_INTERNAL, "lists: %s",
			       hl_vocab_label(&hl_vocab_publish_why, (int)why))
		     : r;
}

/* The school's token is kept, for the walk. */
static int approve(
	struct hl_main_demo_lists *l, int64_t id, bool keep, struct hl_err *err)
{
	struct hl_who simon = hl_main_demo_who(l->demo, HL_DEMO_SIMON);
	struct hl_publish_setup setup =
		hl_main_demo_lists_setup(l, HL_DEMO_SIMON);
	struct hl_publish_joining joining = {.decision = {id, 1}};
	struct hl_main_demo_logins *logins = &l->demo->logins;
	enum hl_publish_why why = 0;

	later();
	int r = hl_publish_consumer_approve(
		&simon, &setup, &joining, &why, err);
	if (!r && keep) {
		memcpy(logins->list_token, joining.shown.token,
			sizeof(joining.shown.token));
		hl_ref_print(HL_REF_CONSUMER, id, logins->consumer);
	}
	hl_publish_shown_wipe(&joining.shown);
	return said_no(r, why, err);
}

static int bring_in(struct hl_main_demo_lists *l, struct hl_err *err)
{
	struct hl_who sofie = hl_main_demo_who(l->demo, HL_DEMO_SOFIE);
	struct hl_publish_setup setup =
		hl_main_demo_lists_setup(l, HL_DEMO_SOFIE);
	enum hl_publish_why why = 0;
	int r = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(consumers) && !r; i++) {
		struct hl_publish_consumer c = {
			.name = hl_str_c(consumers[i].name),
			.contact = hl_str_c(consumers[i].contact),
			.tier = consumers[i].tier,
			.stage = consumers[i].stage,
			.budget = consumers[i].budget,
			.notify = hl_str_c(consumers[i].notify)};

		later();
		r = hl_publish_consumer_propose(&sofie, &setup, &c, &why, err);
		r = said_no(r, why, err);
		if (!r && consumers[i].approved) {
			l->consumers[i] = c.id;
			r = approve(l, c.id, i == 0, err);
		}
	}
	return r;
}

static int load(struct hl_main_demo_lists *l, struct hl_err *err)
{
	const struct hl_settings *s = l->demo->made->settings;
	char dir[HL_CLI_PATH_MAX], path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(l->demo->dir, s->keys_dir, dir, err);

	r = r ? r : hl_cli_path(dir, HL_SEAL_LIST_COMMIT, path, err);
	r = r ? r : hl_seal_list_commit_load(path, &l->commit, err);
	if (!r && *s->lists_popular_file) {
		r = hl_cli_path(l->demo->dir, s->lists_popular_file, path, err);
		r = r ? r : hl_file_write(path, POPULAR, 0644, err);
	}
	r = r ? r : hl_popular_new(POPULAR, NULL, &l->popular, err);
	l->setup = (struct hl_publish_setup){.commit = &l->commit,
		.popular = l->popular,
		.canary_domain = hl_str_c(s->lists_canary_domain)};
	return r;
}

int hl_main_demo_lists_new(struct hl_main_demo *demo,
	struct hl_main_demo_lists **out, struct hl_err *err)
{
	struct hl_main_demo_lists *l = calloc(1, sizeof(*l));

	*out = l;
	if (!l) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory");
	}
	l->demo = demo;
	int r = load(l, err);
	r = r ? r : hl_main_demo_root(demo, err);
	return r ? r : bring_in(l, err);
}

void hl_main_demo_lists_free(struct hl_main_demo_lists *lists)
{
	if (lists) {
		hl_popular_free(lists->popular);
		hl_seal_list_commit_wipe(&lists->commit);
	}
	free(lists);
}

static int appeal(struct hl_main_demo_lists *l,
	const struct hl_intake_appeal *words, struct hl_err *err)
{
	struct hl_main_demo *demo = l->demo;
	const struct hl_intake_at at = {
		demo->intake, demo->made->store, demo->arena, 0};
	HL_SEAL_RECEIPT_AUTO receipt;

	hl_time_pretend(hl_time_now_us() + HL_US_PER_S);
	return hl_intake_appeal(&at, words, HL_STR_NONE, &receipt, err);
}

/* The one that names no entry of ours is decided at once. */
static int decide_one(struct hl_main_demo_lists *l, struct hl_err *err)
{
	struct hl_who anna = hl_main_demo_who(l->demo, HL_DEMO_ANNA);
	const struct hl_publish_appeal *all;
	enum hl_publish_why why = 0;
	size_t n;
	int r = hl_publish_appeals(&anna, 10, &all, &n, err);

	if (r || !n) {
		return said_no(r, why, err);
	}
	hl_time_pretend(hl_time_now_us() + HL_US_PER_S);
	const struct hl_publish_ruling no = {.id = all[0].id,
		.version = all[0].version,
		.state = HL_LIST_APPEAL_REJECTED,
		.reason = HL_LIST_APPEAL_NOT_LISTED};
	r = hl_publish_appeal_decide(&anna, &l->setup, &no, &why, err);
	return said_no(r, why, err);
}

static int tell_appeals(struct hl_main_demo_lists *l, struct hl_err *err)
{
	const struct hl_intake_appeal other = {
		.address = HL_STR("https://www.example.com/shop/"),
		.words = HL_STR("My provider says that my shop is blocked.")};
	const struct hl_intake_appeal ours = {.entry = l->at[APPEALED].id,
		.address = HL_STR("http://share.15.invalid/s/1"),
		.words = HL_STR("This is our club's shared folder. We took the "
				"files out that somebody put there; please "
				"look again."),
		.contact = HL_STR("board@club.invalid")};
	int r = appeal(l, &other, err);

	r = r ? r : decide_one(l, err);
	return r ? r : appeal(l, &ours, err);
}

/* More on working days and around noon; no two hours are equal. */
static int64_t hits_of(int64_t hour, int a_day)
{
	int64_t clock = hour % 24, day = hour / 24 + 4; /* 1970: a Thursday */
	int64_t noon = clock < OPENS || clock > CLOSES
			       ? 0
			       : 8 - llabs(clock - (OPENS + CLOSES) / 2);
	int64_t wobble = 60 + (hour * 37 + day * 53) % 80;
	bool weekend = day % 7 == 0 || day % 7 == 6;

	return a_day * noon * wobble / (weekend ? WEEKEND : 1) / 3200;
}

/* An hour of a consumer, shared out to the entries in force then. Few people
 * stand behind an entry of a small consumer, so it has no line. */
static int tell_hour(const struct hl_main_demo_lists *l, size_t consumer,
	int64_t hour, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(l->demo->made->store, l->demo->arena);
	int64_t hits = 0, clients = 0, n = 0;
	int64_t at_us = hour * HL_US_PER_HOUR, id = l->consumers[consumer];

	for (size_t i = 0; i < HL_DEMO_LIST_ENTRIES; i++) {
		const struct hl_main_demo_listed *e = &l->at[i];
		int64_t some = hits_of(
			hour + (int64_t)i * 5, consumers[consumer].a_day);

		if (!e->from_us || e->from_us > at_us ||
			(e->to_us && e->to_us < at_us) || !some) {
			continue;
		}
		n++;
		hits += some;
		clients += some * 2 / 3;
		if (some * 2 / 3 >= 5) {
			hl_tx_lists_count_entry_add(
				tx, &(struct hl_in_lists_count_entry_add){id,
					    hour, e->id, some, some * 2 / 3});
		}
	}
	hl_tx_lists_count_add(
		tx, &(struct hl_in_lists_count_add){.consumer_id = id,
			    .hour = hour,
			    .hits = hits,
			    .clients = clients < 5 ? 0 : clients,
			    .entries = n,
			    .failed = hour % 23 ? 0 : 2,
			    .digest = HL_STR("invented")});
	hl_tx_lists_use_add(tx, &(struct hl_in_lists_use_add){id, hour,
					hits * 7 + hits_of(hour, 300), 0});
	return hl_tx_run(tx, err);
}

/* From when to when each entry was in force. */
static int find_times(struct hl_main_demo_lists *l, enum hl_list_state state,
	struct hl_err *err)
{
	struct hl_who sofie = hl_main_demo_who(l->demo, HL_DEMO_SOFIE);
	const struct hl_publish_filter filter = {
		.state = state, .n_most = HL_DEMO_LIST_ENTRIES};
	const struct hl_publish_row *rows;
	size_t n;
	int r = hl_publish_entries(&sofie, &filter, &rows, &n, err);

	for (size_t i = 0; !r && i < n * HL_DEMO_LIST_ENTRIES; i++) {
		const struct hl_publish_row *row =
			&rows[i / HL_DEMO_LIST_ENTRIES];
		struct hl_main_demo_listed *e =
			&l->at[i % HL_DEMO_LIST_ENTRIES];

		if (e->id == row->id) {
			e->from_us = row->approved_at_us;
			e->to_us = row->ended_at_us;
		}
	}
	return said_no(r, HL_PUBLISH_NOT_PERMITTED, err);
}

int hl_main_demo_lists_told(
	struct hl_main_demo_lists *lists, struct hl_err *err)
{
	int64_t end = hl_time_now_us() / HL_US_PER_HOUR;
	int r = tell_appeals(lists, err);

	r = r ? r : find_times(lists, HL_LIST_ACTIVE, err);
	r = r ? r : find_times(lists, HL_LIST_ENDED, err);
	for (size_t i = 0; i < HL_DEMO_LIST_CONSUMERS && !r; i++) {
		for (int64_t h = end - TOLD_DAYS * 24; h < end && !r; h++) {
			hl_arena_reset(lists->demo->arena);
			r = hits_of(h, consumers[i].a_day) || h % 24 == OPENS
				    ? tell_hour(lists, i, h, err)
				    : 0;
		}
	}
	return r;
}
