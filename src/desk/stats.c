/* SPDX-License-Identifier: Apache-2.0 */
/* The statistics page: each picture with its table beside it. */
#include "desk/inner.h"

#include "base/time.h"
#include "domain/flow.h"
#include "domain/words.h"
#include "insight/insight.h"
#include "web/templates.h"

#define TABLES_MAX 16

struct build {
	struct hl_arena *arena;
	const struct hl_insight *in;
	struct hl_desk_stats_table *tables;
	size_t n_tables;
};

static struct hl_str number(struct hl_arena *arena, int64_t n)
{
	return hl_arena_printf(arena, "%lld", (long long)n);
}

static struct hl_str span_text(struct hl_arena *arena, int64_t us, int64_t n)
{
	HL_BUF_AUTO text = HL_BUF_INIT(64);

	if (n == 0) {
		return HL_STR("–");
	}
	hl_time_span(&text, us);
	return hl_arena_dup(arena, hl_buf_str(&text));
}

static struct hl_str percent(struct hl_arena *arena, int64_t n, int64_t of)
{
	if (of == 0) {
		return HL_STR("–");
	}
	return hl_arena_printf(
		arena, "%lld %%", (long long)((n * 100 + of / 2) / of));
}

/* A table of n_rows × n_columns; the heads are marked English words. */
static struct hl_desk_stats_table *add_table(struct build *b, const char *title,
	const char *const *heads, size_t n_columns, size_t n_rows)
{
	struct hl_desk_stats_table *t = &b->tables[b->n_tables++];
	struct hl_w_column *columns =
		hl_arena_array(b->arena, n_columns, sizeof(*columns));
	struct hl_str *cells = hl_arena_array(
		b->arena, n_rows * n_columns + 1, sizeof(*cells));

	t->title = hl_web_tr(title);
	t->empty = n_rows == 0;
	if (!columns || !cells) {
		t->empty = true;
		return t;
	}
	for (size_t i = 0; i < n_columns; i++) {
		columns[i] = (struct hl_w_column){
			.head = hl_web_tr(heads[i]), .numeric = i > 0};
	}
	t->table = (struct hl_w_table){.caption = t->title,
		.columns = columns,
		.n_columns = n_columns,
		.cells = cells,
		.n_rows = n_rows};
	return t;
}

static void set_cell(struct hl_desk_stats_table *t, size_t row, size_t column,
	struct hl_str text)
{
	if (!t->empty) {
		struct hl_str *cells =
			(struct hl_str *)(uintptr_t)t->table.cells;

		cells[row * t->table.n_columns + column] = text;
	}
}

/* A picture stands under the heading, so the table's caption says what it
 * adds. */
static void set_caption(struct build *b, struct hl_desk_stats_table *t)
{
	struct hl_str more = hl_web_tr(HL_TR("in numbers"));

	t->table.caption = hl_arena_printf(
		b->arena, "%.*s, %.*s", HL_STR_ARG(t->title), HL_STR_ARG(more));
}

static void add_bars(struct build *b, struct hl_desk_stats_table *t,
	const struct hl_insight_bar *bars, size_t n)
{
	HL_BUF_AUTO svg = HL_BUF_INIT(1 << 20);

	hl_insight_put_svg_bars(&svg, bars, n);
	if (svg.n) {
		t->chart.markup = hl_arena_dup(b->arena, hl_buf_str(&svg));
		set_caption(b, t);
	}
}

/* The value 0 has the words of a form with no answer; here it is work that
 * is still to be done. */
static struct hl_str label_of(
	const struct hl_vocab *vocab, const struct hl_insight_count *count)
{
	if (!vocab) {
		return count->text;
	}
	if (vocab == &hl_vocab_outcome &&
		count->value == HL_OUTCOME_UNANSWERED) {
		return hl_web_tr(HL_TR("Not decided yet"));
	}
	if (vocab == &hl_vocab_triage && count->value == HL_TRIAGE_UNANSWERED) {
		return hl_web_tr(HL_TR("Not triaged yet"));
	}
	return hl_web_tr(hl_vocab_label(vocab, (int)count->value));
}

/* Words of a vocabulary (NULL: the counts' own texts) with their counts. */
static void add_counts(struct build *b, const char *title, const char *head,
	const struct hl_vocab *vocab, const struct hl_insight_counts *counts)
{
	const char *heads[] = {head, HL_TR("Number")};
	struct hl_desk_stats_table *t =
		add_table(b, title, heads, 2, counts->n);
	struct hl_insight_bar *bars =
		hl_arena_array(b->arena, counts->n + 1, sizeof(*bars));

	for (size_t i = 0; bars && i < counts->n; i++) {
		struct hl_str label = label_of(vocab, &counts->at[i]);

		if (!label.n) {
			label = hl_web_tr(HL_TR("Unknown"));
		}
		set_cell(t, i, 0, label);
		set_cell(t, i, 1, number(b->arena, counts->at[i].n));
		bars[i] = (struct hl_insight_bar){label, counts->at[i].n};
	}
	if (bars) {
		add_bars(b, t, bars, counts->n);
	}
}

static struct hl_str iso_day(struct hl_arena *arena, int64_t day)
{
	char at[HL_TIME_ISO_MAX];

	return hl_arena_dup(arena,
		hl_str_sub(hl_time_iso_s(day * HL_US_PER_DAY, at), 0, 10));
}

struct hl_w_days hl_desk_days(struct hl_arena *arena,
	const struct hl_insight *in, const struct hl_insight_counts *days)
{
	struct hl_insight_drawn drawn = hl_insight_drawn_of(in, days);
	HL_BUF_AUTO svg = HL_BUF_INIT(1 << 20);
	struct hl_w_days out = {.first = iso_day(arena, drawn.first),
		.last = iso_day(arena, drawn.last)};

	if (drawn.most > 0) {
		out.most = number(arena, drawn.most);
		out.most_day = iso_day(arena, drawn.most_day);
	}
	hl_insight_put_svg_days(&svg, in, days);
	out.chart.markup = hl_arena_dup(arena, hl_buf_str(&svg));
	return out;
}

/* Counts by day, drawn. */
static void add_days(struct build *b, const char *title,
	const char *const heads[2], const struct hl_insight_counts *days)
{
	struct hl_desk_stats_table *t = add_table(b, title, heads, 2, days->n);

	for (size_t i = 0; i < days->n; i++) {
		set_cell(t, i, 0, iso_day(b->arena, days->at[i].value));
		set_cell(t, i, 1, number(b->arena, days->at[i].n));
	}
	if (days->n) {
		t->days = hl_desk_days(b->arena, b->in, days);
		set_caption(b, t);
	}
}

static void add_reports(struct build *b)
{
	static const char *const heads[] = {HL_TR("Day"), HL_TR("Reports")};

	add_days(b, HL_TR("Reports a day"), heads, &b->in->by_day);
}

/* What consumers of lists of addresses told. */
static void add_blocked(struct build *b)
{
	static const char *const heads[][2] = {
		{HL_TR("Day"), HL_TR("Blocked requests")},
		{HL_TR("Day"), HL_TR("Client-days")},
		{HL_TR("Day"), HL_TR("Entries")},
		{HL_TR("Day"), HL_TR("Let through")}};

	add_days(b, HL_TR("Block lists: blocked requests a day"), heads[0],
		&b->in->blocked);
	add_days(b, HL_TR("Block lists: clients a day"), heads[1],
		&b->in->clients);
	add_days(b, HL_TR("Block lists: entries that were hit, a day"),
		heads[2], &b->in->entries_hit);
	add_days(b,
		HL_TR("Block lists: let through a day, since nobody could be "
		      "asked"),
		heads[3], &b->in->let_through);
}

static void add_steps(struct build *b)
{
	static const char *const heads[] = {HL_TR("Step"), HL_TR("Ended"),
		HL_TR("Median"), HL_TR("90th percentile"), HL_TR("Running"),
		HL_TR("Oldest")};
	struct hl_desk_stats_table *t = add_table(
		b, HL_TR("Time in each step"), heads, 6, HL_INSIGHT_STEPS);

	for (size_t i = 0; i < HL_INSIGHT_STEPS; i++) {
		const struct hl_insight_step *s = &b->in->steps[i];

		set_cell(t, i, 0,
			hl_web_tr(hl_vocab_label(&hl_vocab_step, s->step)));
		set_cell(t, i, 1, number(b->arena, s->span.n));
		set_cell(t, i, 2,
			span_text(b->arena, s->span.median_us, s->span.n));
		set_cell(t, i, 3,
			span_text(b->arena, s->span.p90_us, s->span.n));
		set_cell(t, i, 4, number(b->arena, s->n_running));
		set_cell(t, i, 5,
			span_text(b->arena, s->oldest_us, s->n_running));
	}
}

static void add_referrals(struct build *b)
{
	static const char *const heads[] = {HL_TR("Recipient"), HL_TR("Made"),
		HL_TR("Sent"), HL_TR("Answered"), HL_TR("Response rate"),
		HL_TR("Median time to answer"), HL_TR("Held"), HL_TR("Failed")};
	struct hl_desk_stats_table *t =
		add_table(b, HL_TR("Referrals and answers"), heads, 8,
			HL_INSIGHT_RECIPIENTS);

	for (size_t i = 0; i < HL_INSIGHT_RECIPIENTS; i++) {
		const struct hl_insight_referrals *f = &b->in->referrals[i];

		set_cell(t, i, 0,
			hl_web_tr(
				hl_vocab_label(&hl_vocab_recipient, f->kind)));
		set_cell(t, i, 1, number(b->arena, f->n_made));
		set_cell(t, i, 2, number(b->arena, f->n_sent));
		set_cell(t, i, 3, number(b->arena, f->n_answered));
		set_cell(t, i, 4, percent(b->arena, f->n_answered, f->n_sent));
		set_cell(t, i, 5,
			span_text(b->arena, f->to_answer.median_us,
				f->to_answer.n));
		set_cell(t, i, 6, number(b->arena, f->n_held));
		set_cell(t, i, 7, number(b->arena, f->n_failed));
	}
}

static void add_online(struct build *b)
{
	static const char *const heads[] = {
		HL_TR("Age since the first report"), HL_TR("Still online")};
	static const char *const ages[HL_INSIGHT_AGES] = {HL_TR("Under 1 day"),
		HL_TR("1 to 3 days"), HL_TR("3 to 7 days"),
		HL_TR("7 to 30 days"), HL_TR("Over 30 days")};
	struct hl_desk_stats_table *t = add_table(b,
		HL_TR("Illegal and still online"), heads, 2, HL_INSIGHT_AGES);
	struct hl_insight_bar bars[HL_INSIGHT_AGES];

	for (size_t i = 0; i < HL_INSIGHT_AGES; i++) {
		bars[i] = (struct hl_insight_bar){
			hl_web_tr(ages[i]), b->in->online_by_age[i]};
		set_cell(t, i, 0, bars[i].label);
		set_cell(t, i, 1, number(b->arena, bars[i].n));
	}
	add_bars(b, t, bars, HL_INSIGHT_AGES);
}

static void add_priority(struct build *b)
{
	static const char *const heads[] = {HL_TR("Priority"), HL_TR("Decided"),
		HL_TR("Illegal"), HL_TR("Share")};
	struct hl_desk_stats_table *t =
		add_table(b, HL_TR("Did priority foretell the outcome?"), heads,
			4, HL_INSIGHT_BANDS);

	for (size_t i = 0; i < HL_INSIGHT_BANDS; i++) {
		const struct hl_insight_band *band = &b->in->priority[i];

		set_cell(t, i, 0,
			band->to == INT64_MAX
				? hl_arena_printf(b->arena, "%lld +",
					  (long long)band->from)
				: hl_arena_printf(b->arena, "%lld–%lld",
					  (long long)band->from,
					  (long long)band->to - 1));
		set_cell(t, i, 1, number(b->arena, band->n));
		set_cell(t, i, 2, number(b->arena, band->n_illegal));
		set_cell(t, i, 3, percent(b->arena, band->n_illegal, band->n));
	}
}

static struct hl_w_table summary(struct build *b)
{
	static const char *const heads[] = {HL_TR("Measure"), HL_TR("Value")};
	const struct hl_insight *in = b->in;
	struct hl_desk_stats_table *t =
		add_table(b, HL_TR("At a glance"), heads, 2, 10);
	const struct {
		const char *label;
		struct hl_str value;
	} rows[] = {
		{HL_TR("Reports"), number(b->arena, in->n_reports)},
		{HL_TR("Reports that wait for triage now"),
			number(b->arena, in->n_untriaged)},
		{HL_TR("Addresses in them"), number(b->arena, in->n_addresses)},
		{HL_TR("Duplicates among the addresses"),
			percent(b->arena, in->n_duplicates, in->n_addresses)},
		{HL_TR("Cases opened"), number(b->arena, in->n_cases)},
		{HL_TR("Cases resolved without a view"),
			number(b->arena, in->n_known)},
		{HL_TR("Removals"), number(b->arena, in->removal.n)},
		{HL_TR("Median time from report to removal"),
			span_text(b->arena, in->removal.median_us,
				in->removal.n)},
		{HL_TR("Nine of ten removed within"),
			span_text(b->arena, in->removal.p90_us, in->removal.n)},
		{HL_TR("Median time from notice to removal"),
			span_text(b->arena, in->notice_to_removal.median_us,
				in->notice_to_removal.n)},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		set_cell(t, i, 0, hl_web_tr(rows[i].label));
		set_cell(t, i, 1, rows[i].value);
	}
	b->n_tables--; /* it stands by itself */
	return t->table;
}

static bool parse_day(struct hl_arena *arena, struct hl_str day, int64_t *at_us)
{
	struct hl_str full =
		hl_arena_printf(arena, "%.*sT00:00:00Z", HL_STR_ARG(day));

	return full.n == 20 && hl_time_parse_iso(full, at_us) == 0;
}

struct period {
	struct hl_str from, to; /* days, the last one included */
	int64_t from_us, to_us;
	bool wrong;
};

static struct hl_str day_of(struct hl_arena *arena, int64_t at_us)
{
	char at[HL_TIME_ISO_MAX];

	return hl_arena_dup(arena, hl_str_sub(hl_time_iso_s(at_us, at), 0, 10));
}

static void read_period(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct period *p)
{
	struct hl_web_form query = {0};
	int64_t today = hl_insight_today_end(ctx->now_us) - HL_US_PER_DAY;

	hl_web_query_read(ctx, req, &query);
	p->from = hl_web_form_get(&query, "from");
	p->to = hl_web_form_get(&query, "to");
	p->wrong =
		(p->from.n && !parse_day(ctx->arena, p->from, &p->from_us)) ||
		(p->to.n && !parse_day(ctx->arena, p->to, &p->to_us));
	if (!p->to.n || p->wrong) {
		p->to_us = today;
	}
	if (!p->from.n || p->wrong) {
		p->from_us = p->to_us - (HL_INSIGHT_DAYS - 1) * HL_US_PER_DAY;
	}
	p->to_us += HL_US_PER_DAY;
	if (p->from_us >= p->to_us) {
		p->wrong = true;
		p->to_us = p->from_us + HL_US_PER_DAY;
	}
	/* what was typed goes on into names and links only as a day */
	if (!p->from.n || !p->wrong) {
		p->from = day_of(ctx->arena, p->from_us);
	}
	if (!p->to.n || !p->wrong) {
		p->to = day_of(ctx->arena, p->to_us - 1);
	}
}

static void fill(struct hl_web_ctx *ctx, const struct hl_insight *in,
	struct hl_desk_stats *v)
{
	struct build b = {.arena = ctx->arena,
		.in = in,
		.tables = hl_arena_array(ctx->arena, TABLES_MAX,
			sizeof(struct hl_desk_stats_table))};

	if (!b.tables) {
		return;
	}
	v->summary = summary(&b);
	b.tables[0] = (struct hl_desk_stats_table){0};
	add_reports(&b);
	add_counts(&b, HL_TR("Reports by triage"), HL_TR("Triage"),
		&hl_vocab_triage, &in->by_triage);
	add_counts(&b, HL_TR("Reports by kind of place"), HL_TR("Place"),
		&hl_vocab_place, &in->by_place);
	add_counts(&b, HL_TR("Cases by outcome"), HL_TR("Outcome"),
		&hl_vocab_outcome, &in->outcomes);
	add_counts(&b, HL_TR("Illegal items by host country"), HL_TR("Country"),
		NULL, &in->countries);
	add_steps(&b);
	add_referrals(&b);
	add_counts(&b, HL_TR("What recipients answered"), HL_TR("Answer"),
		&hl_vocab_answer, &in->answers);
	add_online(&b);
	add_priority(&b);
	add_blocked(&b);
	v->tables = b.tables;
	v->n_tables = b.n_tables;
}

static struct hl_str with_period(struct hl_arena *arena, const char *path,
	const struct period *p, const char *more)
{
	return hl_arena_printf(arena, "%s?from=%.*s&to=%.*s%s", path,
		HL_STR_ARG(p->from), HL_STR_ARG(p->to), more);
}

int hl_desk_stats_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_stats v = {0};
	struct hl_insight in;
	struct period p;

	read_period(ctx, req, &p);
	int r = hl_insight_collect(hl_desk_store(ctx), ctx->arena, p.from_us,
		p.to_us, &in, &ctx->err);
	if (r) {
		return r;
	}
	hl_desk_page_init(ctx, req, &v.page, hl_web_tr(HL_TR("Statistics")),
		"/statistics");
	v.page.web.wide = true;
	v.from = p.from;
	v.to = p.to;
	struct hl_w_error problem = {HL_STR_NONE, HL_STR("from")};
	if (p.wrong) {
		v.period_error = hl_web_tr(
			HL_TR("Enter days as 2026-11-22, the first one "
			      "before the last"));
		problem.text = v.period_error;
	}
	hl_desk_page_errors(&v.page, &problem, p.wrong);
	fill(ctx, &in, &v);
	v.csv_href = with_period(ctx->arena, "/statistics.csv", &p, "");
	v.json_href = with_period(ctx->arena, "/statistics.json", &p, "");
	v.publish_href =
		with_period(ctx->arena, "/statistics.csv", &p, "&suppress=yes");
	hl_web_respond(resp, p.wrong ? 422 : 200, "text/html");
	hl_tmpl_desk_stats(&resp->body, &v);
	return 0;
}

static int export_as(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, bool json)
{
	struct hl_web_form query = {0};
	struct hl_insight in;
	struct period p;

	read_period(ctx, req, &p);
	if (p.wrong) {
		return hl_web_error(ctx, req, resp, 400);
	}
	hl_web_query_read(ctx, req, &query);
	bool suppress = hl_web_form_has(&query, "suppress", "yes");
	int r = hl_insight_collect(hl_desk_store(ctx), ctx->arena, p.from_us,
		p.to_us, &in, &ctx->err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(hl_desk_store(ctx), ctx->arena);
	hl_tx_event(tx,
		&(struct hl_store_event){.kind = HL_EVENT_SYSTEM_STATS_EXPORTED,
			.actor = hl_desk_who(ctx)->actor.user_id,
			.object_kind = HL_OBJECT_SYSTEM,
			.a = json,
			.b = suppress});
	r = hl_tx_run(tx, &ctx->err);
	if (r) {
		return r;
	}
	hl_web_respond(resp, 200, json ? "application/json" : "text/csv");
	hl_web_header_add(resp, "Content-Disposition",
		hl_arena_printf(ctx->arena,
			"attachment; filename=\"hotline-%s%.*s-%.*s.%s\"",
			suppress ? "publication-" : "", HL_STR_ARG(p.from),
			HL_STR_ARG(p.to), json ? "json" : "csv"));
	if (suppress) {
		hl_insight_suppress(&in);
	}
	if (json) {
		hl_insight_put_json(&resp->body, &in);
	} else {
		hl_insight_put_csv(&resp->body, &in);
	}
	return 0;
}

int hl_desk_stats_csv_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return export_as(ctx, req, resp, false);
}

int hl_desk_stats_json_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return export_as(ctx, req, resp, true);
}
