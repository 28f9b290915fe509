/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_INSIGHT_INSIGHT_H
#define HL_INSIGHT_INSIGHT_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/store.h"

/*
 * Statistics of a period; every number is defined in docs/statistics.md.
 * Durations are microseconds and mean something only where n > 0.
 */
struct hl_insight_span {
	int64_t n;
	int64_t median_us, p90_us; /* nearest rank */
};

/* A count with the value of an enumeration (label from its vocabulary) or
 * with a text. */
struct hl_insight_count {
	int64_t value;
	struct hl_str text;
	int64_t n;
};
struct hl_insight_counts {
	size_t n;
	struct hl_insight_count *at; /* in the arena */
};

struct hl_insight_step {
	int step; /* enum hl_step */
	struct hl_insight_span span;
	int64_t n_running, oldest_us; /* how long the oldest has run */
};

struct hl_insight_referrals {
	int kind; /* enum hl_recipient */
	int64_t n_made, n_waiting, n_held, n_sent, n_answered, n_failed;
	struct hl_insight_span to_answer;
};

struct hl_insight_band {
	int64_t from, to; /* to not included; INT64_MAX for the last */
	int64_t n, n_illegal;
};

#define HL_INSIGHT_STEPS 8
#define HL_INSIGHT_AGES 5
#define HL_INSIGHT_BANDS 4
#define HL_INSIGHT_RECIPIENTS 6

struct hl_insight {
	int64_t from_us, to_us, made_at_us;
	int64_t n_reports, n_untriaged;
	struct hl_insight_counts by_triage, by_place, by_channel, by_day;
	int64_t n_addresses, n_duplicates, n_new_items;
	int64_t n_cases;
	int64_t n_known; /* resolved without a view in the period */
	struct hl_insight_counts outcomes, countries, answers;
	struct hl_insight_step steps[HL_INSIGHT_STEPS]; /* step i + 1 */
	struct hl_insight_referrals referrals[HL_INSIGHT_RECIPIENTS];
	struct hl_insight_span removal, notice_to_removal;
	int64_t online_by_age[HL_INSIGHT_AGES];
	struct hl_insight_band priority[HL_INSIGHT_BANDS];
	/* what consumers of lists of addresses told, by day */
	struct hl_insight_counts blocked, clients, entries_hit, let_through;
};

/* What page and program show unless told otherwise: so many UTC days, of
 * which today is the last, also what is still to come of it. */
#define HL_INSIGHT_DAYS 30
int64_t hl_insight_today_end(int64_t now_us);

/* HL_E_INVALID when from_us is not before to_us. Texts are in the arena. */
int hl_insight_collect(struct hl_store *store, struct hl_arena *arena,
	int64_t from_us, int64_t to_us, struct hl_insight *out,
	struct hl_err *err);

/*
 * Hides small numbers and what gives them away, as docs/statistics.md says,
 * for publication: a hidden number becomes HL_INSIGHT_HIDDEN, a list that
 * is left out becomes empty. Numbers are lost; call it once, before put_json
 * or put_csv.
 */
#define HL_INSIGHT_HIDDEN (-1)
void hl_insight_suppress(struct hl_insight *in);

void hl_insight_put_json(struct hl_buf *out, const struct hl_insight *in);
void hl_insight_put_csv(struct hl_buf *out, const struct hl_insight *in);
/* Plain text for a terminal. */
void hl_insight_put_text(struct hl_buf *out, const struct hl_insight *in);

/*
 * Charts as SVG elements for a page that has its own style sheet; the same
 * numbers stand in a table beside each, so the picture is hidden from screen
 * readers. Bars of counts with labels; nothing for an empty set.
 */
struct hl_insight_bar {
	struct hl_str label;
	int64_t n;
};
void hl_insight_put_svg_bars(
	struct hl_buf *out, const struct hl_insight_bar *bars, size_t n_bars);
/* What a picture of counts by day shows: UTC days since 1970, and the day of
 * its highest column; all 0 when there is nothing to draw. */
struct hl_insight_drawn {
	int64_t first, last, most, most_day;
};
struct hl_insight_drawn hl_insight_drawn_of(
	const struct hl_insight *in, const struct hl_insight_counts *days);
/* Counts by UTC day as a line of columns, the whole period wide. */
void hl_insight_put_svg_days(struct hl_buf *out, const struct hl_insight *in,
	const struct hl_insight_counts *days);

/* What a consumer of lists asked for in a period, by day; in the arena.
 * asked and refused have the same days. HL_E_INVALID as for collect. */
struct hl_insight_use {
	struct hl_insight_counts asked, refused;
};
int hl_insight_list_use(struct hl_store *store, struct hl_arena *arena,
	int64_t consumer_id, const struct hl_insight *period,
	struct hl_insight_use *out, struct hl_err *err);

#endif
