/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the list while the history is lived: which story's address is
 * proposed, by whom, and what becomes of it. */
#include "main/demo_lists.h"

#include "base/time.h"
#include "publish/sweep.h"

enum deed { END = 0, PROPOSE, APPROVE, REFUSE, LOOK, TAKE_OFF };
/* When: minutes after two people judged it, or, below zero, before the end
 * of the history. LOOK is done again every so many hours until the next. */
struct act {
	int at_min;
	enum deed deed;
	enum hl_main_demo_person by;
	int arg;
};
#define ACTS 5
#define TWO_DAYS 48
#define DAY_MIN (24 * 60)

static const struct told {
	const char *address; /* of its story */
	enum hl_list_scope scope;
	int keep;
	enum hl_list_reason reason;
	struct act acts[ACTS];
} entries[HL_DEMO_LIST_ENTRIES] = {
	/* ends by itself when the content is gone */
	{"http://video.epsilon.invalid/v/3301", HL_LIST_PAGE, 0, 0,
		{{20, PROPOSE, HL_DEMO_ANNA, 0},
			{35, APPROVE, HL_DEMO_SOFIE, 0}}},
	{"http://img.iota.invalid/i/9c1", HL_LIST_PAGE, 0, 0,
		{{30, PROPOSE, HL_DEMO_BEN, 0}, {70, APPROVE, HL_DEMO_RITA, 0},
			{2000, LOOK, HL_DEMO_RITA, TWO_DAYS},
			/* so late that on each day something is in force */
			{24 * DAY_MIN, TAKE_OFF, HL_DEMO_SIMON,
				HL_LIST_END_ASKED}}},
	{"http://host.three.invalid/open/", HL_LIST_DOMAIN, 3,
		HL_LIST_REASON_DEDICATED,
		{{25, PROPOSE, HL_DEMO_RITA, 0},
			{260, APPROVE, HL_DEMO_SIMON, 0},
			{2000, LOOK, HL_DEMO_RITA, TWO_DAYS}}},
	{"http://chan.nu.invalid/b/res/10020", HL_LIST_FOLDER, 2,
		HL_LIST_REASON_MANY,
		{{30, PROPOSE, HL_DEMO_BEN, 0}, {95, APPROVE, HL_DEMO_SOFIE, 0},
			{2000, LOOK, HL_DEMO_RITA, TWO_DAYS}}},
	{"http://mirror.five.invalid/m", HL_LIST_PAGE, 0, 0,
		{{30, PROPOSE, HL_DEMO_RITA, 0},
			{60, APPROVE, HL_DEMO_SIMON, 0},
			{2000, LOOK, HL_DEMO_RITA, TWO_DAYS},
			{4 * DAY_MIN, TAKE_OFF, HL_DEMO_SOFIE,
				HL_LIST_END_GONE}}},
	{"http://pics.seven.invalid/set/9", HL_LIST_FOLDER, 1,
		HL_LIST_REASON_MANY,
		{{40, PROPOSE, HL_DEMO_ANNA, 0},
			{200, APPROVE, HL_DEMO_RITA, 0},
			{2000, LOOK, HL_DEMO_RITA, TWO_DAYS},
			{6 * DAY_MIN, TAKE_OFF, HL_DEMO_SIMON,
				HL_LIST_END_WIDE}}},
	{"http://tube.eight.invalid/c/1", HL_LIST_DOMAIN, 3,
		HL_LIST_REASON_DEDICATED,
		{{35, PROPOSE, HL_DEMO_ANNA, 0},
			{400, REFUSE, HL_DEMO_RITA, 0}}},
	/* ends tonight, unless somebody looks */
	{"http://store.nine.invalid/f/2", HL_LIST_PAGE, 0, 0,
		{{28, PROPOSE, HL_DEMO_ANNA, 0},
			{100, APPROVE, HL_DEMO_SOFIE, 0},
			{2000, LOOK, HL_DEMO_RITA, TWO_DAYS},
			{-57 * 60, LOOK, HL_DEMO_RITA, 0}}},
	{"http://video.13.invalid/v/1", HL_LIST_PAGE, 0, 0,
		{{22, PROPOSE, HL_DEMO_ANNA, 0},
			{80, APPROVE, HL_DEMO_SOFIE, 0},
			{2000, LOOK, HL_DEMO_RITA, TWO_DAYS},
			{-700, LOOK, HL_DEMO_RITA, 0}}},
	/* somebody appeals: demo_lists_told.c */
	{"http://share.15.invalid/s/1", HL_LIST_PAGE, 0, 0,
		{{30, PROPOSE, HL_DEMO_BEN, 0}, {70, APPROVE, HL_DEMO_SIMON, 0},
			{2000, LOOK, HL_DEMO_RITA, TWO_DAYS},
			{-500, LOOK, HL_DEMO_RITA, 0}}},
	{"http://gallery.16.invalid/r/2", HL_LIST_FOLDER, 1,
		HL_LIST_REASON_MOVES,
		{{33, PROPOSE, HL_DEMO_ANNA, 0}, {85, APPROVE, HL_DEMO_RITA, 0},
			{2000, LOOK, HL_DEMO_RITA, TWO_DAYS},
			{-900, LOOK, HL_DEMO_RITA, 0}}},
	{"http://img.19.invalid/7", HL_LIST_PAGE, 0, 0,
		{{-300, PROPOSE, HL_DEMO_ANNA, 0}}},
	/* a popular host: waits for a third */
	{"http://forum.20.invalid/p/1", HL_LIST_FOLDER, 1, HL_LIST_REASON_MANY,
		{{-1500, PROPOSE, HL_DEMO_RITA, 0},
			{-1440, APPROVE, HL_DEMO_SOFIE, 0}}},
};

static int64_t due_us(const struct hl_main_demo_lists *l, size_t i, int next)
{
	const struct act *act = &entries[i].acts[next];
	int64_t us = act->at_min * HL_US_PER_MIN;

	return next >= ACTS || act->deed == END ? 0
	       : us < 0                         ? l->demo->end_us + us
						: l->at[i].judged_us + us;
}

void hl_main_demo_lists_judged(struct hl_main_demo_lists *lists,
	const char *addresses, int64_t case_id)
{
	for (size_t i = 0; i < HL_DEMO_LIST_ENTRIES; i++) {
		struct hl_main_demo_listed *e = &lists->at[i];

		if (!e->case_id && strcmp(entries[i].address, addresses) == 0) {
			e->case_id = case_id;
			e->judged_us = hl_time_now_us();
			e->due_us = due_us(lists, i, 0);
		}
	}
}

static int find_version(const struct hl_who *who,
	const struct hl_publish_setup *setup, int64_t id,
	struct hl_publish_decision *out, struct hl_err *err)
{
	struct hl_publish_entry entry;
	int r = hl_publish_entry(who, setup, id, &entry, err);

	if (!r) {
		*out = (struct hl_publish_decision){id, entry.row.version};
	}
	return r;
}

static int propose(const struct hl_who *who,
	const struct hl_publish_setup *setup, const struct told *told,
	struct hl_main_demo_listed *e, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_publish_proposing p = {.case_id = e->case_id,
		.scope = told->scope,
		.keep = told->keep,
		.reason = told->reason,
		.looked = true};
	int r = hl_publish_propose(who, setup, &p, why, err);

	e->id = p.entry_id;
	return r;
}

static int look(const struct hl_who *who, const struct hl_publish_setup *setup,
	struct hl_main_demo_listed *e, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_publish_decision d;
	int r = find_version(who, setup, e->id, &d, err);

	return r ? r : hl_publish_looked(who, &d, why, err);
}

static int decide(const struct hl_who *who,
	const struct hl_publish_setup *setup, const struct act *act,
	struct hl_main_demo_listed *e, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_publish_decision d;
	int r = act->deed == LOOK ? look(who, setup, e, why, err)
				  : find_version(who, setup, e->id, &d, err);

	if (r || act->deed == LOOK) {
		return r;
	}
	switch ((int)act->deed) {
	case APPROVE:
		return hl_publish_approve(who, setup, &d, why, err);
	case REFUSE:
		return hl_publish_refuse(who, &d, why, err);
	default:
		return hl_publish_end(
			who, &d, (enum hl_list_end)act->arg, why, err);
	}
}

static void go_on(struct hl_main_demo_lists *l, size_t i)
{
	struct hl_main_demo_listed *e = &l->at[i];
	const struct act *act = &entries[i].acts[e->next];
	int64_t next_us = due_us(l, i, e->next + 1);
	int64_t again_us = hl_time_now_us() + act->arg * HL_US_PER_HOUR;

	if (act->deed == LOOK && act->arg &&
		again_us < (next_us ? next_us : l->demo->end_us)) {
		e->due_us = again_us;
		return;
	}
	e->next++;
	e->due_us = next_us;
}

static int live(struct hl_main_demo_lists *l, size_t i, struct hl_err *err)
{
	struct hl_main_demo_listed *e = &l->at[i];
	const struct act *act = &entries[i].acts[e->next];
	struct hl_who who = hl_main_demo_who(l->demo, act->by);
	struct hl_publish_setup setup = hl_main_demo_lists_setup(l, act->by);
	enum hl_publish_why why = 0;
	int64_t now_us = hl_time_now_us();

	hl_arena_reset(l->demo->arena);
	hl_time_pretend(e->due_us > now_us ? e->due_us : now_us + HL_US_PER_S);
	int r = act->deed == PROPOSE
			? propose(&who, &setup, &entries[i], e, &why, err)
			: decide(&who, &setup, act, e, &why, err);
	go_on(l, i);
	return r > 0 ? HL_FAIL(err, HL_E_INTERNAL, "list entry of %s, %d: %s",
			       entries[i].address, (int)act->deed,
			       hl_vocab_label(&hl_vocab_publish_why, (int)why))
		     : r;
}

int hl_main_demo_lists_until(
	struct hl_main_demo_lists *lists, int64_t at_us, struct hl_err *err)
{
	int64_t n_ended;
	int r = hl_publish_sweep(
		lists->demo->made->store, lists->demo->arena, &n_ended, err);

	while (!r) {
		struct hl_main_demo_listed *first = NULL;

		for (size_t i = 0; i < HL_DEMO_LIST_ENTRIES; i++) {
			struct hl_main_demo_listed *e = &lists->at[i];

			if (e->due_us && e->due_us < at_us &&
				(!first || e->due_us < first->due_us)) {
				first = e;
			}
		}
		if (!first) {
			return 0;
		}
		r = live(lists, (size_t)(first - lists->at), err);
	}
	return r;
}
