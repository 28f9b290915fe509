/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small cells for publication; the rule is in docs/statistics.md. A cell
 * that is hidden must not follow from what is left, also for somebody who
 * knows this file. Two means:
 *
 * A list whose total is published hides its small cells together with all
 * cells of the least value that is not small. Every order of the hidden
 * values then gives the same publication, so that each could be another
 * one's. Where no cell is large enough to stand by, the whole list goes.
 *
 * Numbers with a total of their own lose the total instead, and the rate.
 * A rest that nobody prints (not answered, neither new nor known) is a cell
 * like the others.
 *
 * Hidden numbers are HL_INSIGHT_HIDDEN; what is derived from one is hidden
 * where rows are made.
 */
#include "insight/insight.h"

#include "base/time.h"
#include "domain/flow.h"
#include "domain/vocab.h"
#include "domain/words.h"

#define LEAST 5    /* the least count that is published */
#define CHANNELS 3 /* form, api, answer */

static bool small(int64_t n)
{
	return n > 0 && n < LEAST;
}

static bool hidden(int64_t n)
{
	return n == HL_INSIGHT_HIDDEN;
}

static void hide(int64_t *n)
{
	if (*n != 0) {
		*n = HL_INSIGHT_HIDDEN;
	}
}

static void hide_small(int64_t *n)
{
	if (small(*n)) {
		*n = HL_INSIGHT_HIDDEN;
	}
}

static bool any_small(const struct hl_insight_counts *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (small(list->at[i].n)) {
			return true;
		}
	}
	return false;
}

/* The least value of the list that is not small; 0 if there is none. */
static int64_t companion(const struct hl_insight_counts *list)
{
	int64_t least = 0;

	for (size_t i = 0; i < list->n; i++) {
		int64_t n = list->at[i].n;

		if (n >= LEAST && (least == 0 || n < least)) {
			least = n;
		}
	}
	return least;
}

static int64_t sum(const struct hl_insight_counts *list)
{
	int64_t total = 0;

	for (size_t i = 0; i < list->n; i++) {
		total += list->at[i].n;
	}
	return total;
}

/* A list of small cells only, and every name there is has the most that is
 * small: known without being printed. The cases and reports that wait may be
 * known to be none, so the vocabularies' 0 is not among the names. */
static bool is_full(const struct hl_insight_counts *list, int64_t n_names)
{
	return companion(list) == 0 &&
	       sum(list) >= (LEAST - 1) * (n_names > 0 ? n_names : 1);
}

static int64_t n_names_of(const struct hl_vocab *vocab)
{
	return (int64_t)hl_vocab_count(vocab) - 1;
}

/* True if anything had to be hidden. */
static bool hide_list(struct hl_insight_counts *list)
{
	int64_t least = companion(list);

	if (!any_small(list)) {
		return false;
	}
	if (least == 0) {
		list->n = 0;
		return true;
	}
	for (size_t i = 0; i < list->n; i++) {
		if (list->at[i].n <= least) {
			hide(&list->at[i].n);
		}
	}
	return true;
}

/* The count of a value, 0 without one. */
static int64_t count_of(const struct hl_insight_counts *list, int64_t value)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->at[i].value == value) {
			return list->at[i].n;
		}
	}
	return 0;
}

/* Reports that wait stand in two other places as well: as the running
 * intake, and as what is missing from the reports that were triaged. */
static void hide_waiting(struct hl_insight *in, int64_t waiting_before)
{
	struct hl_insight_step *intake = &in->steps[HL_STEP_INTAKE - 1];
	int64_t waiting = count_of(&in->by_triage, 0);

	if (hidden(in->n_reports) || waiting != waiting_before) {
		hide(&in->n_untriaged);
		hide(&intake->n_running);
		hide(&intake->span.n);
	}
	hide_small(&in->n_untriaged);
}

static void hide_reports(struct hl_insight *in)
{
	int64_t n_days = (in->to_us - 1) / HL_US_PER_DAY -
			 in->from_us / HL_US_PER_DAY + 1;
	int64_t waiting = count_of(&in->by_triage, 0);

	if (in->n_reports < LEAST ||
		is_full(&in->by_triage, n_names_of(&hl_vocab_triage)) ||
		is_full(&in->by_place, n_names_of(&hl_vocab_place)) ||
		is_full(&in->by_channel, CHANNELS) ||
		is_full(&in->by_day, n_days)) {
		hide(&in->n_reports);
		in->by_triage.n = in->by_place.n = 0;
		in->by_channel.n = in->by_day.n = 0;
	}
	hide_list(&in->by_triage);
	hide_list(&in->by_place);
	hide_list(&in->by_channel);
	hide_list(&in->by_day);
	hide_waiting(in, waiting);
}

static void hide_addresses(struct hl_insight *in)
{
	int64_t rest = in->n_addresses - in->n_duplicates - in->n_new_items;

	if (small(in->n_duplicates) || small(in->n_new_items) || small(rest)) {
		hide(&in->n_addresses);
	}
	hide_small(&in->n_duplicates);
	hide_small(&in->n_new_items);
}

static bool band_is_small(const struct hl_insight_band *b)
{
	return small(b->n) || small(b->n_illegal) || small(b->n - b->n_illegal);
}

/* Its sums are the decided and the illegal cases among the outcomes, so it
 * is published as a whole or not at all, with the zeros that do not follow
 * from the outcomes. */
static void hide_priority(struct hl_insight *in, bool whole)
{
	bool lists_gone = in->n_cases != 0 && in->outcomes.n == 0;
	int64_t n_decided = 0, n_illegal = 0;

	for (size_t i = 0; i < HL_INSIGHT_BANDS; i++) {
		n_decided += in->priority[i].n;
		n_illegal += in->priority[i].n_illegal;
		whole = whole || band_is_small(&in->priority[i]);
	}
	for (size_t i = 0; whole && i < HL_INSIGHT_BANDS; i++) {
		if (n_decided > 0 || lists_gone) {
			in->priority[i].n = HL_INSIGHT_HIDDEN;
		}
		if (n_illegal > 0 || lists_gone) {
			in->priority[i].n_illegal = HL_INSIGHT_HIDDEN;
		}
	}
}

static void hide_cases(struct hl_insight *in)
{
	int64_t baseline = count_of(&in->outcomes, HL_OUTCOME_BASELINE);
	int64_t national = count_of(&in->outcomes, HL_OUTCOME_NATIONAL);

	if (in->n_cases < LEAST ||
		is_full(&in->outcomes, n_names_of(&hl_vocab_outcome))) {
		hide(&in->n_cases);
		in->outcomes.n = 0;
	}
	bool touched = hide_list(&in->outcomes) || hidden(in->n_cases);
	if (count_of(&in->outcomes, HL_OUTCOME_BASELINE) != baseline ||
		count_of(&in->outcomes, HL_OUTCOME_NATIONAL) != national) {
		in->countries.n = 0; /* their sum is the illegal ones' */
	}
	hide_list(&in->countries);
	if (small(in->n_known) || (in->n_known && touched)) {
		hide(&in->n_known);
	}
	hide_priority(in, touched);
}

static void hide_steps(struct hl_insight *in)
{
	for (size_t i = 0; i < HL_INSIGHT_STEPS; i++) {
		hide_small(&in->steps[i].span.n);
		hide_small(&in->steps[i].n_running);
	}
}

/* True if what was sent or answered had to be hidden. */
static bool hide_kind(struct hl_insight_referrals *f)
{
	int64_t rest = f->n_made - f->n_waiting - f->n_held - f->n_failed;
	bool sent = small(f->n_answered) || small(f->n_sent - f->n_answered);

	if (small(f->n_waiting) || small(f->n_held) || small(f->n_failed) ||
		small(rest)) {
		hide(&f->n_made);
	}
	if (sent) {
		hide(&f->n_sent);
	}
	hide_small(&f->n_waiting);
	hide_small(&f->n_held);
	hide_small(&f->n_failed);
	hide_small(&f->n_answered);
	hide_small(&f->to_answer.n);
	return sent;
}

/* What was answered adds up to the answers of all kinds, and "no answer yet"
 * to what was sent without one. */
static void hide_referrals(struct hl_insight *in)
{
	bool touched = false;

	for (size_t i = 0; i < HL_INSIGHT_RECIPIENTS; i++) {
		touched = hide_kind(&in->referrals[i]) || touched;
	}
	if (touched || any_small(&in->answers)) {
		in->answers.n = 0;
	}
}

static void hide_removals(struct hl_insight *in)
{
	int64_t *all = &in->removal.n, *noticed = &in->notice_to_removal.n;

	if (small(*all) || small(*noticed) || small(*all - *noticed)) {
		hide(noticed);
	}
	hide_small(all);
}

static void hide_online(struct hl_insight *in)
{
	struct hl_insight_count cells[HL_INSIGHT_AGES] = {0};
	struct hl_insight_counts list = {HL_INSIGHT_AGES, cells};

	for (size_t i = 0; i < HL_INSIGHT_AGES; i++) {
		cells[i].n = in->online_by_age[i];
	}
	hide_list(&list);
	for (size_t i = 0; i < HL_INSIGHT_AGES; i++) {
		in->online_by_age[i] =
			list.n == 0 ? HL_INSIGHT_HIDDEN : cells[i].n;
	}
}

/* Their sums are published nowhere. */
static void hide_lists(struct hl_insight *in)
{
	struct hl_insight_counts *lists[] = {
		&in->blocked, &in->clients, &in->entries_hit, &in->let_through};

	for (size_t i = 0; i < HL_ARRAY_LEN(lists); i++) {
		for (size_t k = 0; k < lists[i]->n; k++) {
			hide_small(&lists[i]->at[k].n);
		}
	}
}

void hl_insight_suppress(struct hl_insight *in)
{
	hide_reports(in);
	hide_addresses(in);
	hide_cases(in);
	hide_steps(in);
	hide_referrals(in);
	hide_removals(in);
	hide_online(in);
	hide_lists(in);
}
