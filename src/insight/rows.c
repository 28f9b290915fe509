/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/rows.h"

#include "base/time.h"
#include "domain/flow.h"
#include "domain/vocab.h"

static const char *const age_names[HL_INSIGHT_AGES] = {"under_1_day",
	"1_to_3_days", "3_to_7_days", "7_to_30_days", "over_30_days"};

struct walk {
	hl_insight_each *each;
	void *arg;
	const char *section;
	struct hl_str name;
};

static void count(struct walk *w, const char *measure, int64_t n)
{
	w->each(w->arg, &(struct hl_insight_row){w->section, w->name, measure,
				HL_INSIGHT_N, n, n, n == HL_INSIGHT_HIDDEN});
}

static void rate(struct walk *w, const char *measure, int64_t n, int64_t of)
{
	bool hidden = n == HL_INSIGHT_HIDDEN || of == HL_INSIGHT_HIDDEN;

	w->each(w->arg, &(struct hl_insight_row){w->section, w->name, measure,
				HL_INSIGHT_RATE,
				of ? (n * 1000 + of / 2) / of : 0, of, hidden});
}

static void seconds(
	struct walk *w, const char *measure, int64_t us, int64_t base)
{
	w->each(w->arg, &(struct hl_insight_row){w->section, w->name, measure,
				HL_INSIGHT_SECONDS, us / HL_US_PER_S, base,
				base == HL_INSIGHT_HIDDEN});
}

static void span(struct walk *w, const struct hl_insight_span *s)
{
	count(w, "n", s->n);
	seconds(w, "median_s", s->median_us, s->n);
	seconds(w, "p90_s", s->p90_us, s->n);
}

static void begin(struct walk *w, const char *section)
{
	w->section = section;
	w->name = HL_STR("");
}

static void vocab_counts(struct walk *w, const char *section,
	const struct hl_vocab *vocab, const struct hl_insight_counts *counts)
{
	begin(w, section);
	for (size_t i = 0; i < counts->n; i++) {
		w->name = hl_str_c(
			hl_vocab_name(vocab, (int)counts->at[i].value));
		count(w, "n", counts->at[i].n);
	}
}

static void day_counts(struct walk *w, const char *section,
	const struct hl_insight_counts *counts)
{
	begin(w, section);
	for (size_t i = 0; i < counts->n; i++) {
		char at[HL_TIME_ISO_MAX];

		w->name = hl_str_sub(
			hl_time_iso_s(counts->at[i].value * HL_US_PER_DAY, at),
			0, 10);
		count(w, "n", counts->at[i].n);
	}
}

static void put_reports(struct walk *w, const struct hl_insight *in)
{
	static const char *const channels[] = {
		"unknown", "form", "api", "answer"};

	begin(w, "reports");
	count(w, "n", in->n_reports);
	count(w, "untriaged_now", in->n_untriaged);
	vocab_counts(w, "triage", &hl_vocab_triage, &in->by_triage);
	vocab_counts(w, "place", &hl_vocab_place, &in->by_place);
	begin(w, "channel");
	for (size_t i = 0; i < in->by_channel.n; i++) {
		int64_t v = in->by_channel.at[i].value;

		w->name = hl_str_c(channels[v >= 1 && v <= 3 ? v : 0]);
		count(w, "n", in->by_channel.at[i].n);
	}
	day_counts(w, "day", &in->by_day);
	begin(w, "addresses");
	count(w, "n", in->n_addresses);
	count(w, "duplicates", in->n_duplicates);
	count(w, "new_items", in->n_new_items);
	rate(w, "duplicate_rate", in->n_duplicates, in->n_addresses);
}

static void put_cases(struct walk *w, const struct hl_insight *in)
{
	begin(w, "cases");
	count(w, "n", in->n_cases);
	count(w, "without_a_view", in->n_known);
	vocab_counts(w, "outcome", &hl_vocab_outcome, &in->outcomes);
	begin(w, "country");
	for (size_t i = 0; i < in->countries.n; i++) {
		w->name = in->countries.at[i].text.n ? in->countries.at[i].text
						     : HL_STR("unknown");
		count(w, "n", in->countries.at[i].n);
	}
	begin(w, "step");
	for (size_t i = 0; i < HL_INSIGHT_STEPS; i++) {
		const struct hl_insight_step *s = &in->steps[i];

		w->name = hl_str_c(hl_vocab_name(&hl_vocab_step, s->step));
		span(w, &s->span);
		count(w, "running_now", s->n_running);
		seconds(w, "oldest_running_s", s->oldest_us, s->n_running);
	}
}

static void put_referrals(struct walk *w, const struct hl_insight *in)
{
	begin(w, "referral");
	for (size_t i = 0; i < HL_INSIGHT_RECIPIENTS; i++) {
		const struct hl_insight_referrals *f = &in->referrals[i];

		w->name = hl_str_c(hl_vocab_name(&hl_vocab_recipient, f->kind));
		count(w, "made", f->n_made);
		count(w, "waiting", f->n_waiting);
		count(w, "held", f->n_held);
		count(w, "failed", f->n_failed);
		count(w, "sent", f->n_sent);
		count(w, "answered", f->n_answered);
		rate(w, "response_rate", f->n_answered, f->n_sent);
		seconds(w, "answer_median_s", f->to_answer.median_us,
			f->to_answer.n);
		seconds(w, "answer_p90_s", f->to_answer.p90_us, f->to_answer.n);
	}
	vocab_counts(w, "answer", &hl_vocab_answer, &in->answers);
}

static void put_removals(struct walk *w, const struct hl_insight *in)
{
	begin(w, "removal");
	w->name = HL_STR("from_report");
	span(w, &in->removal);
	w->name = HL_STR("from_notice");
	span(w, &in->notice_to_removal);
	begin(w, "still_online");
	for (size_t i = 0; i < HL_INSIGHT_AGES; i++) {
		w->name = hl_str_c(age_names[i]);
		count(w, "n", in->online_by_age[i]);
	}
	begin(w, "priority");
	for (size_t i = 0; i < HL_INSIGHT_BANDS; i++) {
		const struct hl_insight_band *b = &in->priority[i];
		HL_BUF_AUTO name = HL_BUF_INIT(64);

		if (b->to == INT64_MAX) {
			hl_buf_printf(
				&name, "%lld_and_more", (long long)b->from);
		} else {
			hl_buf_printf(&name, "%lld_to_%lld", (long long)b->from,
				(long long)b->to - 1);
		}
		w->name = hl_buf_str(&name);
		count(w, "decided", b->n);
		count(w, "illegal", b->n_illegal);
		rate(w, "illegal_rate", b->n_illegal, b->n);
	}
}

static void put_lists(struct walk *w, const struct hl_insight *in)
{
	day_counts(w, "blocked_requests", &in->blocked);
	day_counts(w, "blocked_clients", &in->clients);
	day_counts(w, "blocked_entries", &in->entries_hit);
	day_counts(w, "blocked_let_through", &in->let_through);
}

void hl_insight_rows(
	const struct hl_insight *in, hl_insight_each *each, void *arg)
{
	struct walk w = {.each = each, .arg = arg};

	put_reports(&w, in);
	put_cases(&w, in);
	put_referrals(&w, in);
	put_removals(&w, in);
	put_lists(&w, in);
}
