/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the case page: from what casework hands out to views. */
#include "desk/work.h"

#include "base/time.h"
#include "referral/document.h"
#include "trace/trace.h"

#define ROWS_MOST 24

/* A summary list that leaves out what is not there. */
struct rows {
	struct hl_arena *arena;
	struct hl_w_summary_row *at;
	size_t n;
};

static struct rows rows_new(struct hl_arena *arena)
{
	return (struct rows){.arena = arena,
		.at = hl_arena_array(
			arena, ROWS_MOST, sizeof(struct hl_w_summary_row))};
}

static void put(struct rows *rows, struct hl_str key, struct hl_str value)
{
	if (rows->at && value.n && rows->n < ROWS_MOST) {
		rows->at[rows->n++] =
			(struct hl_w_summary_row){.key = key, .value = value};
	}
}

static void put_word(struct rows *rows, const char *key,
	const struct hl_vocab *vocab, int value)
{
	put(rows, hl_web_tr(key),
		value ? hl_desk_word(vocab, value) : HL_STR_NONE);
}

/* Somebody's words, so that nothing in them can be clicked. */
static struct hl_str words(struct hl_arena *arena, struct hl_str text)
{
	HL_BUF_AUTO out = HL_BUF_SECRET(512 * 1024);

	if (!text.n) {
		return HL_STR_NONE;
	}
	hl_referral_defang_words(&out, text);
	return hl_arena_dup(arena, hl_buf_str(&out));
}

/* "Assessment for 2 h 5 min, held by Anna until 22 Nov 2026, 10:30 UTC" */
static struct hl_str clock_text(
	struct hl_web_ctx *ctx, const struct hl_casework_row *row)
{
	int64_t took = ctx->now_us - row->step_since_us;
	HL_BUF_AUTO text = HL_BUF_INIT(512);

	if (!row->step) {
		return HL_STR_NONE;
	}
	hl_buf_put(&text, hl_desk_word(&hl_vocab_step, (int)row->step));
	hl_buf_put(&text, HL_STR("\n"));
	hl_time_span(&text, took);
	return hl_arena_dup(ctx->arena, hl_buf_str(&text));
}

static struct hl_str holder_text(
	struct hl_web_ctx *ctx, const struct hl_casework_row *row)
{
	if (!row->holder) {
		return hl_web_tr(HL_TR("Nobody"));
	}
	return hl_desk_fill(ctx->arena, HL_TR("{1}\nuntil {2}"),
		row->holder_name, hl_desk_at(ctx->arena, row->lease_until_us));
}

static struct hl_str priority_text(
	struct hl_web_ctx *ctx, const struct hl_casework_row *row)
{
	struct hl_str reasons = hl_desk_words(
		ctx->arena, &hl_vocab_priority, row->priority.reasons);

	return hl_arena_printf(ctx->arena, "%d%s%.*s", row->priority.score,
		reasons.n ? "\n" : "", HL_STR_ARG(reasons));
}

static struct hl_str reports_text(
	struct hl_web_ctx *ctx, const struct hl_casework_row *row)
{
	struct hl_str all =
		hl_arena_printf(ctx->arena, "%lld", (long long)row->n_reports);

	if (row->n_reports < 2) {
		return all;
	}
	return hl_desk_fill(ctx->arena, HL_TR("{1}, {2} of them independent"),
		all,
		hl_arena_printf(
			ctx->arena, "%lld", (long long)row->n_independent));
}

/* When the next look is, or why there is none. */
static struct hl_str watch_text(
	struct hl_web_ctx *ctx, const struct hl_casework_page *from)
{
	if (!from->watch_active) {
		return from->closed_at_us
			       ? HL_STR_NONE
			       : hl_web_tr(HL_TR("None: the watch is stopped. "
						 "The next referral starts it, "
						 "or “Watch it again”."));
	}
	if (!hl_desk_of(ctx)->settings->watch_enabled) {
		return hl_web_tr(HL_TR("None: the watch is switched off."));
	}
	return from->worker_has_address
		       ? hl_desk_at(ctx->arena, from->watch_next_us)
		       : hl_web_tr(HL_TR(
				 "None yet: the worker has not been given "
				 "the address. It gets it when somebody "
				 "with the key opens the queue, or "
				 "by “Watch it again”."));
}

static void put_item(struct hl_web_ctx *ctx, struct rows *rows,
	const struct hl_casework_page *from)
{
	struct hl_arena *arena = rows->arena;

	put_word(rows, HL_TR("Address is"), &hl_vocab_item_state,
		(int)from->item_state);
	put_word(rows, HL_TR("The reporter sees"), &hl_vocab_public_status,
		(int)from->public_status);
	put(rows, hl_web_tr(HL_TR("Passed on to")),
		hl_desk_words(arena, &hl_vocab_recipient, from->passed_to));
	put(rows, hl_web_tr(HL_TR("Gone since")),
		from->removed_at_us ? hl_desk_at(arena, from->removed_at_us)
				    : HL_STR_NONE);
	if (from->watched) {
		put(rows, hl_web_tr(HL_TR("Next check")),
			watch_text(ctx, from));
	}
	put_word(rows, HL_TR("Closed because"), &hl_vocab_close_reason,
		(int)from->closed_reason);
	put(rows, hl_web_tr(HL_TR("Closed")),
		from->closed_at_us ? hl_desk_at(arena, from->closed_at_us)
				   : HL_STR_NONE);
	put(rows, hl_web_tr(HL_TR("Viewed in all")),
		from->viewed_us ? hl_desk_span(arena, from->viewed_us)
				: HL_STR_NONE);
}

void hl_desk_case_facts(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out)
{
	const struct hl_casework_row *row = &from->row;
	struct rows rows = rows_new(ctx->arena);

	put(&rows, hl_web_tr(HL_TR("Clock")), clock_text(ctx, row));
	put(&rows, hl_web_tr(HL_TR("Held by")), holder_text(ctx, row));
	put(&rows, hl_web_tr(HL_TR("Priority")), priority_text(ctx, row));
	put_word(&rows, HL_TR("Outcome"), &hl_vocab_outcome, (int)row->outcome);
	put(&rows, hl_web_tr(HL_TR("Reports")), reports_text(ctx, row));
	put(&rows, hl_web_tr(HL_TR("Host country")), row->country);
	put(&rows, hl_web_tr(HL_TR("Opened")),
		hl_desk_at(ctx->arena, row->created_at_us));
	put(&rows, hl_web_tr(HL_TR("Item")),
		hl_desk_ref(ctx->arena, HL_REF_ITEM, row->item_id));
	if (from->content) {
		put_item(ctx, &rows, from);
	}
	out->facts = rows.at;
	out->n_facts = rows.n;
}

/* One a line, as they may be pasted. */
static struct hl_str hashes_text(
	struct hl_arena *arena, const struct hl_report *a)
{
	HL_BUF_AUTO text = HL_BUF_INIT(16384);

	for (size_t i = 0; i < a->n_hashes; i++) {
		hl_buf_printf(&text, "%s%s ", i ? "\n" : "",
			hl_vocab_name(
				&hl_vocab_hash_kind, (int)a->hashes[i].kind));
		hl_hash_put(&text, &a->hashes[i]);
		if (a->hashes[i].quality != HL_HASH_QUALITY_UNKNOWN) {
			hl_buf_printf(&text, " %d", a->hashes[i].quality);
		}
	}
	return hl_arena_dup(arena, hl_buf_str(&text));
}

const struct hl_w_summary_row *hl_desk_answers(struct hl_arena *arena,
	const struct hl_casework_report *report, size_t *n)
{
	const struct hl_report *a = &report->answers;
	struct rows rows = rows_new(arena);

	put_word(&rows, HL_TR("Child in danger now"), &hl_vocab_ynu,
		(int)a->danger);
	put_word(&rows, HL_TR("Kind of place"), &hl_vocab_place, (int)a->place);
	put(&rows, hl_web_tr(HL_TR("As typed")),
		words(arena, a->addresses_text));
	put(&rows, hl_web_tr(HL_TR("Where on the page")),
		words(arena, a->where));
	put_word(&rows, HL_TR("Seen"), &hl_vocab_seen, (int)a->seen);
	put(&rows, hl_web_tr(HL_TR("Seen, in words")),
		words(arena, a->seen_note));
	put_word(&rows, HL_TR("One has to pay"), &hl_vocab_ynu, (int)a->pay);
	put(&rows, hl_web_tr(HL_TR("How to pay")), words(arena, a->pay_note));
	put(&rows, hl_web_tr(HL_TR("In the reporter’s words")),
		words(arena, a->words));
	put(&rows, hl_web_tr(HL_TR("Hashes")), hashes_text(arena, a));
	put(&rows, hl_web_tr(HL_TR("Language of the form")), a->language);
	*n = rows.n;
	return rows.at;
}

static struct hl_str event_object(
	struct hl_arena *arena, const struct hl_casework_event *e)
{
	switch (e->object) {
	case HL_OBJECT_REPORT:
		return hl_desk_ref(arena, HL_REF_REPORT, e->object_id);
	case HL_OBJECT_REFERRAL:
		return hl_desk_ref(arena, HL_REF_REFERRAL, e->object_id);
	case HL_OBJECT_RECIPIENT:
		return hl_desk_ref(arena, HL_REF_RECIPIENT, e->object_id);
	case HL_OBJECT_HASH_LIST:
		return hl_desk_ref(arena, HL_REF_HASH_LIST, e->object_id);
	case HL_OBJECT_HASH:
		return hl_desk_ref(arena, HL_REF_HASH, e->object_id);
	case HL_OBJECT_LIST_ENTRY:
		return hl_desk_ref(arena, HL_REF_LIST_ENTRY, e->object_id);
	case HL_OBJECT_CONSUMER:
		return hl_desk_ref(arena, HL_REF_CONSUMER, e->object_id);
	case HL_OBJECT_APPEAL:
		return hl_desk_ref(arena, HL_REF_APPEAL, e->object_id);
	case HL_OBJECT_EDITION:
	case HL_OBJECT_NONE:
	case HL_OBJECT_CASE:
	case HL_OBJECT_ITEM:
	case HL_OBJECT_USER:
	case HL_OBJECT_SYSTEM:
	default:
		return HL_STR_NONE;
	}
}

/* Whether a time is of a clock that was wrong: no event is of the future. */
static bool is_ahead(int64_t at_us)
{
	return at_us > hl_time_wall_us() + HL_US_PER_MIN;
}

/* An object that the page is not about, or that the time can't be true. */
static struct hl_str event_text(
	struct hl_arena *arena, const struct hl_casework_event *e, int64_t own)
{
	struct hl_str text =
		e->object_id == own ? HL_STR_NONE : event_object(arena, e);

	if (!is_ahead(e->at_us)) {
		return text;
	}
	struct hl_str why = hl_web_tr(
		HL_TR("The clock was ahead: this was earlier than it says."));
	return text.n ? hl_arena_printf(arena, "%.*s %.*s", HL_STR_ARG(text),
				HL_STR_ARG(why))
		      : why;
}

const struct hl_w_event *hl_desk_events(struct hl_arena *arena,
	const struct hl_casework_event *events, size_t n, int64_t own)
{
	struct hl_w_event *made = hl_arena_array(arena, n, sizeof(*made));

	for (size_t i = 0; made && i < n; i++) {
		const struct hl_casework_event *e = &events[n - 1 - i];

		made[i] = (struct hl_w_event){
			.title = hl_desk_word(&hl_vocab_event, (int)e->kind),
			.by = e->name,
			.text = event_text(arena, e, own),
			.at_us = e->at_us};
	}
	return made;
}

static bool is_reading(const struct hl_casework_event *e)
{
	return e->kind == HL_EVENT_CASE_READ ||
	       e->kind == HL_EVENT_REPORT_READ ||
	       e->kind == HL_EVENT_REFERRAL_READ ||
	       e->kind == HL_EVENT_ITEM_READ;
}

/* Readings apart: they would drown what was done. */
static void add_events(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out)
{
	size_t n = from->n_events, n_done = 0, n_read = 0;
	struct hl_casework_event *done =
		hl_arena_array(ctx->arena, n, sizeof(*done));
	struct hl_casework_event *read =
		hl_arena_array(ctx->arena, n, sizeof(*read));

	for (size_t i = 0; done && read && i < n; i++) {
		if (is_reading(&from->events[i])) {
			read[n_read++] = from->events[i];
		} else {
			done[n_done++] = from->events[i];
		}
	}
	out->events = hl_desk_events(ctx->arena, done, n_done, 0);
	out->n_events = out->events ? n_done : 0;
	out->reads = hl_desk_events(ctx->arena, read, n_read, 0);
	out->n_reads = out->reads ? n_read : 0;
}

static void add_reports(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out)
{
	struct hl_desk_case_report *made =
		hl_arena_array(ctx->arena, from->n_reports, sizeof(*made));

	for (size_t i = 0; made && i < from->n_reports; i++) {
		const struct hl_casework_report *r = &from->reports[i];

		made[i] = (struct hl_desk_case_report){.id = r->id,
			.received_at_us = r->received_at_us,
			.state = hl_desk_word(
				&hl_vocab_report_state, (int)r->state),
			.is_test = r->is_test,
			.danger = r->danger == HL_YNU_YES,
			.open = r->open,
			.broken = r->broken,
			.has_contact = r->has_contact};
		if (r->open) {
			made[i].answers = hl_desk_answers(
				ctx->arena, r, &made[i].n_answers);
		}
	}
	out->reports = made;
	out->n_reports = made ? from->n_reports : 0;
}

static void add_steps(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out)
{
	struct hl_desk_step *made =
		hl_arena_array(ctx->arena, from->n_steps, sizeof(*made));

	for (size_t i = 0; made && i < from->n_steps; i++) {
		const struct hl_casework_step *s = &from->steps[i];
		int64_t end = s->ended_at_us ? s->ended_at_us : ctx->now_us;

		made[i] = (struct hl_desk_step){
			.step = hl_desk_word(&hl_vocab_step, (int)s->step),
			.name = s->name,
			.from_us = s->started_at_us,
			.took_us = end - s->started_at_us,
			.runs = !s->ended_at_us};
	}
	out->steps = made;
	out->n_steps = made ? from->n_steps : 0;
}

static void add_notes(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out)
{
	struct hl_desk_note *made =
		hl_arena_array(ctx->arena, from->n_notes, sizeof(*made));

	for (size_t i = 0; made && i < from->n_notes; i++) {
		const struct hl_casework_note *n = &from->notes[i];

		made[i] = (struct hl_desk_note){.name = n->name,
			.words = n->words.n ? words(ctx->arena, n->words)
					    : hl_web_tr(HL_TR("(cannot be "
							      "opened)")),
			.at_us = n->at_us};
	}
	out->notes = made;
	out->n_notes = made ? from->n_notes : 0;
}

static struct hl_w_tag referral_tag(enum hl_referral_state state)
{
	const char *colour = "blue";

	if (state == HL_REFERRAL_BOUNCED ||
		state == HL_REFERRAL_PERMANENT_ERROR) {
		colour = "red";
	} else if (state == HL_REFERRAL_CLOSED) {
		colour = "grey";
	} else if (state == HL_REFERRAL_SENT || state == HL_REFERRAL_ACKED) {
		colour = "green";
	}
	return (struct hl_w_tag){
		hl_desk_word(&hl_vocab_referral_state, (int)state),
		hl_str_c(colour)};
}

static void add_referrals(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out)
{
	struct hl_desk_case_referral *made =
		hl_arena_array(ctx->arena, from->n_referrals, sizeof(*made));

	for (size_t i = 0; made && i < from->n_referrals; i++) {
		const struct hl_casework_referral *r = &from->referrals[i];

		made[i] = (struct hl_desk_case_referral){.id = r->id,
			.at_us = r->sent_at_us ? r->sent_at_us
					       : r->created_at_us,
			.recipient = r->name,
			.kind = hl_desk_word(&hl_vocab_recipient, (int)r->kind),
			.answer = r->answer ? hl_desk_word(&hl_vocab_answer,
						      (int)r->answer)
					    : HL_STR_NONE,
			.tag = referral_tag(r->state),
			.moved = r->n_moved != 0,
			.is_test = r->is_test};
	}
	out->referrals = made;
	out->n_referrals = made ? from->n_referrals : 0;
}

static void add_checks(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out)
{
	struct hl_desk_check_row *made =
		hl_arena_array(ctx->arena, from->n_checks, sizeof(*made));

	for (size_t i = 0; made && i < from->n_checks; i++) {
		made[i] = (struct hl_desk_check_row){
			.at_us = from->checks[i].at_us,
			.verdict = hl_desk_word(
				&hl_vocab_check, (int)from->checks[i].verdict)};
	}
	out->checks = made;
	out->n_checks = made ? from->n_checks : 0;
}

void hl_desk_case_history(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out)
{
	add_reports(ctx, from, out);
	add_events(ctx, from, out);
	add_steps(ctx, from, out);
	add_notes(ctx, from, out);
	add_referrals(ctx, from, out);
	add_checks(ctx, from, out);
	out->assessments = hl_desk_assessments(ctx, from, &out->n_assessments);
	out->n_hidden = from->n_hidden;
}

/* One line a host: "192.0.2.7, DK, AS64500 Example" */
static struct hl_str hosts_text(
	struct hl_arena *arena, const struct hl_trace *t)
{
	HL_BUF_AUTO text = HL_BUF_SECRET(8192);
	char address[HL_NET_ADDR_MAX];

	for (size_t i = 0; i < t->n_hosts; i++) {
		const struct hl_trace_host *h = &t->hosts[i];

		hl_buf_printf(&text, "%s%.*s", i ? "\n" : "",
			HL_STR_ARG(hl_net_addr_print(&h->addr, address)));
		if (h->place.country[0]) {
			hl_buf_printf(&text, ", %s", h->place.country);
		}
		if (h->place.asn) {
			hl_buf_printf(&text, ", AS%u %.*s",
				(unsigned)h->place.asn,
				HL_STR_ARG(h->place.as_name));
		}
	}
	return hl_arena_dup(arena, hl_buf_str(&text));
}

static void put_trace(struct rows *rows, const struct hl_trace *t)
{
	const struct hl_trace_contact *contact = hl_trace_contact(t);

	put(rows, hl_web_tr(HL_TR("Host")), words(rows->arena, t->name));
	put(rows, hl_web_tr(HL_TR("Network addresses")),
		hosts_text(rows->arena, t));
	put(rows, hl_web_tr(HL_TR("Provider")), hl_trace_provider(t));
	put(rows, hl_web_tr(HL_TR("Abuse contact")),
		contact ? contact->mail : HL_STR_NONE);
}

static const struct hl_casework_trace *first_of(
	const struct hl_casework_page *from, int source)
{
	for (size_t i = 0; i < from->n_traces; i++) {
		if (from->traces[i].source == source) {
			return &from->traces[i];
		}
	}
	return NULL;
}

/* What address data on the disk says, and of which day that is. */
static struct hl_str dated(
	struct hl_arena *arena, struct hl_str value, int64_t made_us)
{
	char text[HL_TIME_ISO_MAX];
	struct hl_str day = hl_time_human(made_us, text);

	day = hl_str_sub(day, 0, hl_str_find_char(day, ','));
	return made_us ? hl_desk_fill(arena,
				 HL_TR("{1}\nby address data of {2}"), value,
				 day)
		       : hl_desk_fill(arena,
				 HL_TR("{1}\nby address data of unknown age"),
				 value, HL_STR_NONE);
}

/* found: what the look-up knew of the chosen host; NULL: a person typed it
 * in. A registry's country or network has the look-up's own date. */
static void put_place(struct rows *rows, const struct hl_casework_trace *t,
	const struct hl_trace_place *found)
{
	struct hl_str country = t->country, network = t->network;

	if (found && country.n &&
		hl_str_eq(country, hl_str_c(found->country))) {
		country = dated(rows->arena, country, found->country_made_us);
	}
	if (found && network.n && hl_str_eq(network, found->as_name)) {
		network = dated(rows->arena, network, found->asn_made_us);
	}
	put(rows, hl_web_tr(HL_TR("Country")), country);
	put(rows, hl_web_tr(HL_TR("Network")), network);
	if (t->asn) {
		put(rows, hl_web_tr(HL_TR("AS number")),
			hl_arena_printf(
				rows->arena, "AS%lld", (long long)t->asn));
	}
}

static void add_typed(struct hl_web_ctx *ctx,
	const struct hl_casework_trace *typed,
	const struct hl_casework_trace *found, struct hl_desk_case *out)
{
	struct rows rows = rows_new(ctx->arena);

	put(&rows, hl_web_tr(HL_TR("Recorded")),
		hl_desk_at(ctx->arena, typed->at_us));
	put_place(&rows, typed, NULL);
	out->typed = rows.at;
	out->n_typed = rows.n;
	out->typed_differs = found && found->at_us > typed->at_us &&
			     found->country.n &&
			     !hl_str_eq(found->country, typed->country);
}

/* What counts and the newest look-up; what they say is case data and came
 * sealed. */
void hl_desk_case_trace(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out)
{
	struct rows rows = rows_new(ctx->arena);
	struct hl_trace *t = hl_arena_alloc(ctx->arena, sizeof(*t));
	const struct hl_casework_trace *typed = first_of(from, 2);
	const struct hl_casework_trace *found = first_of(from, 1);

	out->may_trace = hl_casework_allows(from, HL_AUTHZ_CASE_TRACE);
	if (typed) {
		add_typed(ctx, typed, found, out);
	}
	if (!found || !t) {
		return;
	}
	put(&rows, hl_web_tr(HL_TR("Looked up")),
		hl_desk_at(ctx->arena, found->at_us));
	bool whole = found->facts.n &&
		     hl_trace_read_json(found->facts, ctx->arena, t, NULL) == 0;
	put_place(&rows, found,
		whole && t->chosen >= 0 ? &t->hosts[t->chosen].place : NULL);
	if (whole) {
		put_trace(&rows, t);
		out->missing = t->missing;
		out->n_missing = t->n_missing;
	}
	out->trace = rows.at;
	out->n_trace = rows.n;
}
