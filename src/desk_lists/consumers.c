/* SPDX-License-Identifier: Apache-2.0 */
/* Consumers: the table, a new one, and the fields that both forms have. */
#include "desk_lists/consumer.h"

#include "web/templates.h"

/* Older than this, a list was not taken over, or not made. */
#define STALE_US HL_US_PER_DAY

/* Worst first. */
enum {
	NO_TOKEN,
	NO_SECRET,
	RUN_OUT,
	NOT_FETCHED,
	DAY_USED_UP,
	HOUR_USED_UP,
	SHORT,
	MORE_THAN_EVER,
	N_ALARMS
};

static const char *const words[N_ALARMS] = {
	[NO_TOKEN] = HL_TR("It has no token and gets nothing."),
	[NO_SECRET] =
		HL_TR("It came to tier 2 and has no secret for transfers: it "
		      "gets nothing. Give it a new token, which makes one."),
	[RUN_OUT] = HL_TR("Its list has run out: it blocks nothing. Look "
			  "whether the publisher runs."),
	[NOT_FETCHED] = HL_TR("It has not fetched its list for a day. Ask its "
			      "contact."),
	[DAY_USED_UP] = HL_TR("It has used up its budget of today: hosts it "
			      "asks for are let through until midnight UTC."),
	[HOUR_USED_UP] =
		HL_TR("It used up a quarter of its budget within an hour, "
		      "which is all it may ask for in one: hosts beyond that "
		      "are let through until the hour has passed."),
	[SHORT] = HL_TR("What is left of its budget, of today or of this "
			"hour, is not enough: hosts beyond that are let "
			"through."),
	[MORE_THAN_EVER] =
		HL_TR("It asked over twice as much today as on the days "
		      "before. Ask its contact; its token may be in wrong "
		      "hands."),
};

/* Of tier 2, whose list comes over DNS, nobody knows. */
static bool fetched_of_late(
	const struct hl_web_ctx *ctx, const struct hl_publish_consumer *c)
{
	return c->tier == HL_LIST_TIER_CLEAR || !c->has_token ||
	       ctx->now_us - c->approved_at_us < STALE_US ||
	       ctx->now_us - c->fetched_hour * HL_US_PER_HOUR <
		       STALE_US + HL_US_PER_HOUR;
}

/* The secret for transfers is made with a token, for who is of tier 2 then. */
static bool needs_secret(const struct hl_publish_consumer *c)
{
	return c->has_token && c->tier == HL_LIST_TIER_CLEAR && !c->tsig_name.n;
}

/* Which budget did not suffice, if one did not a moment ago; N_ALARMS: none.
 * Up to three quarters of a day's it was the hour's for certain. */
static int short_of_budget(
	const struct hl_web_ctx *ctx, const struct hl_publish_consumer *c)
{
	int64_t hour = ctx->now_us / HL_US_PER_HOUR;

	if (!c->refused_today) {
		return N_ALARMS;
	}
	if (c->asked_today >= c->budget) {
		return DAY_USED_UP;
	}
	if (hour > c->refused_hour + 1) {
		return N_ALARMS; /* the sixty minutes are over */
	}
	return c->asked_today <= c->budget / 4 * 3 ? HOUR_USED_UP : SHORT;
}

size_t hl_desk_lists_alarms(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *c,
	struct hl_str out[HL_DESK_LISTS_ALARMS])
{
	int budget = short_of_budget(ctx, c);
	const bool is[N_ALARMS] = {
		[NO_TOKEN] = !c->has_token,
		[NO_SECRET] = needs_secret(c),
		[RUN_OUT] = c->expires_at_us && c->expires_at_us <= ctx->now_us,
		[NOT_FETCHED] = !fetched_of_late(ctx, c),
		[DAY_USED_UP] = budget == DAY_USED_UP,
		[HOUR_USED_UP] = budget == HOUR_USED_UP,
		[SHORT] = budget == SHORT,
		[MORE_THAN_EVER] = c->asked_before > 0 &&
				   c->asked_today > 2 * c->asked_before,
	};
	size_t n = 0;

	_Static_assert(N_ALARMS == HL_DESK_LISTS_ALARMS, "room for each");
	for (size_t i = 0; i < N_ALARMS; i++) {
		if (is[i] && c->state == HL_LIST_CONSUMER_ACTIVE) {
			out[n++] = hl_web_tr(words[i]);
		}
	}
	return n;
}

void hl_desk_lists_consumer_row(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *from,
	struct hl_desk_lists_consumer_row *out)
{
	struct hl_str alarms[HL_DESK_LISTS_ALARMS];

	*out = (struct hl_desk_lists_consumer_row){.id = from->id,
		.version = from->list_version,
		.made_at_us = from->made_at_us,
		.asked = from->asked_today,
		.budget = from->budget,
		.name = from->name,
		.tier = hl_desk_word(&hl_vocab_list_tier, (int)from->tier),
		.age = from->made_at_us
			       ? hl_desk_span(ctx->arena,
					 ctx->now_us - from->made_at_us)
			       : HL_STR_NONE,
		.alarm = hl_desk_lists_alarms(ctx, from, alarms) > 0,
		.clear = from->tier == HL_LIST_TIER_CLEAR,
		.tag = hl_desk_lists_consumer_tag(from->state)};
}

int hl_desk_lists_consumers_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_consumers v = {0};
	const struct hl_publish_consumer *from;
	struct hl_desk_lists_consumer_row *rows;
	size_t n = 0;
	int r = hl_publish_consumers(hl_desk_who(ctx), &from, &n, &ctx->err);

	if (r) {
		return r;
	}
	rows = hl_arena_array(ctx->arena, n + 1, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		hl_desk_lists_consumer_row(ctx, &from[i], &rows[i]);
	}
	v.rows = rows;
	v.n_rows = rows ? n : 0;
	v.may_add = hl_desk_lists_may(ctx, HL_AUTHZ_CONSUMER_MANAGE);
	v.n_unset = hl_desk_lists_unset(ctx, v.unset);
	hl_desk_page_init(ctx, req, &v.page,
		hl_web_tr(HL_TR("Consumers of the list")), HL_DESK_LISTS);
	v.page.web.wide = true;
	v.page.web.back_href = HL_STR(HL_DESK_LISTS);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_lists_consumers(&resp->body, &v);
	return 0;
}

/* What each tier means, and its risk, in plain words. */
static const char *tier_hint(int tier)
{
	switch (tier) {
	case HL_LIST_TIER_OFFLINE:
		return HL_TR("For devices without a network. Whoever gets hold "
			     "of its file can test any number of names without "
			     "asking us, and finds every host that is in their "
			     "dictionary. Two supervisors sign that risk off.");
	case HL_LIST_TIER_ASKS:
		return HL_TR("The usual choice. It asks us about one host in "
			     "some hundreds; we do not learn which. A stolen "
			     "file tells nothing; with the token as well, as "
			     "much as the budget lets through.");
	case HL_LIST_TIER_CLEAR:
		return HL_TR("Gets the names of whole domains in clear, over "
			     "DNS, and no pages or folders. Everybody who can "
			     "read its configuration can read them: only for "
			     "operators whom you know.");
	default:
		return "";
	}
}

static const struct hl_w_option *all_of(struct hl_arena *arena,
	const struct hl_vocab *vocab, int chosen, bool hints, size_t *n)
{
	struct hl_w_option *options =
		hl_arena_array(arena, vocab->n_words, sizeof(*options));

	*n = options ? vocab->n_words : 0;
	for (size_t i = 0; i < *n; i++) {
		const struct hl_vocab_word *w = &vocab->words[i];

		options[i] = (struct hl_w_option){.value = hl_str_c(w->name),
			.text = hl_web_tr(w->label),
			.hint = hints ? hl_web_tr(tier_hint(w->value))
				      : HL_STR_NONE,
			.checked = w->value == chosen};
	}
	return options;
}

void hl_desk_lists_consumer_options(
	struct hl_web_ctx *ctx, struct hl_desk_lists_fields *f)
{
	f->tiers = all_of(
		ctx->arena, &hl_vocab_list_tier, f->tier, true, &f->n_tiers);
	f->stages = all_of(ctx->arena, &hl_vocab_list_stage, f->stage, false,
		&f->n_stages);
}

void hl_desk_lists_consumer_fields(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *from,
	struct hl_desk_lists_fields *out)
{
	*out = (struct hl_desk_lists_fields){.name = from->name,
		.contact = from->contact,
		.budget = hl_desk_lists_number(ctx->arena, from->budget),
		.risk = from->risk,
		.notify = from->notify,
		.sign_key = from->sign_key,
		.tier = (int)from->tier,
		.stage = (int)from->stage};
}

size_t hl_desk_lists_consumer_errors(const struct hl_desk_lists_fields *f,
	struct hl_w_error errors[HL_DESK_LISTS_ERRORS])
{
	const struct hl_w_error all[] = {{f->name_error, HL_STR("name")},
		{f->contact_error, HL_STR("contact")},
		{f->tier_error, HL_STR("tier")},
		{f->risk_error, HL_STR("risk")},
		{f->notify_error, HL_STR("notify")},
		{f->stage_error, HL_STR("stage")},
		{f->budget_error, HL_STR("budget")},
		{f->sign_key_error, HL_STR("sign_key")},
		{f->error, HL_STR("consumer")}};
	size_t n = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		if (all[i].text.n) {
			errors[n++] = all[i];
		}
	}
	return n;
}

static void check_words(unsigned bad, struct hl_desk_lists_fields *f)
{
	if (bad & HL_PUBLISH_BAD_NAME) {
		f->name_error = hl_web_tr(
			HL_TR("Name the consumer, in 60 characters at most"));
	}
	if (bad & HL_PUBLISH_BAD_CONTACT) {
		f->contact_error = hl_web_tr(
			HL_TR("Say whom to call there, in 200 characters at "
			      "most"));
	}
	if ((f->tier == HL_LIST_TIER_OFFLINE && !hl_str_trim(f->risk).n) ||
		bad & HL_PUBLISH_BAD_RISK) {
		f->risk_error = hl_web_tr(
			HL_TR("Write why the risk is taken, in 300 characters "
			      "at most"));
	}
}

static void check_form(unsigned bad, struct hl_desk_lists_fields *f)
{
	if (f->tier < 0) {
		f->tier_error = hl_web_tr(HL_TR("Choose how it checks"));
	}
	if (f->stage < 0) {
		f->stage_error =
			hl_web_tr(HL_TR("Choose when it gets new entries"));
	}
	if (bad & HL_PUBLISH_BAD_NOTIFY) {
		f->notify_error = hl_web_tr(
			HL_TR("Write numeric addresses with ports, one a line "
			      "and 8 at most, as 192.0.2.1:53 or "
			      "[2001:db8::1]:53"));
	}
	if (bad & HL_PUBLISH_BAD_KEY) {
		f->sign_key_error = hl_web_tr(
			HL_TR("Copy the key as “hotline list begin” printed "
			      "it there: 43 letters, digits, “-” and “_”"));
	}
}

bool hl_desk_lists_consumer_read(struct hl_web_ctx *ctx,
	struct hl_publish_consumer *c, struct hl_desk_lists_fields *f)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	struct hl_w_error errors[HL_DESK_LISTS_ERRORS];

	*f = (struct hl_desk_lists_fields){.tier = -1, .stage = -1};
	c->name = f->name = hl_web_form_get(form, "name");
	c->contact = f->contact = hl_web_form_get(form, "contact");
	c->risk = f->risk = hl_web_form_get(form, "risk");
	c->notify = f->notify = hl_web_form_get(form, "notify");
	c->sign_key = f->sign_key = hl_web_form_get(form, "sign_key");
	f->budget = hl_web_form_get(form, "budget");
	hl_vocab_parse(
		&hl_vocab_list_tier, hl_web_form_get(form, "tier"), &f->tier);
	hl_vocab_parse(&hl_vocab_list_stage, hl_web_form_get(form, "stage"),
		&f->stage);
	c->tier = (enum hl_list_tier)(f->tier < 0 ? 1 : f->tier);
	c->stage = (enum hl_list_stage)(f->stage < 0 ? 2 : f->stage);
	unsigned bad = hl_publish_consumer_bad(c);
	check_words(bad, f);
	check_form(bad, f);
	if (!hl_str_to_i64(f->budget, &c->budget) || c->budget < 1 ||
		c->budget > HL_PUBLISH_BUDGET_MAX) {
		f->budget_error =
			hl_web_tr(HL_TR("Enter a number from 1 to 100000000"));
	}
	return hl_desk_lists_consumer_errors(f, errors) == 0;
}

void hl_desk_lists_consumer_refused(
	enum hl_publish_why why, struct hl_desk_lists_fields *f)
{
	struct hl_str *at = why == HL_PUBLISH_NAME_TAKEN ? &f->name_error
			    : why == HL_PUBLISH_RISK     ? &f->risk_error
							 : &f->error;

	*at = hl_desk_lists_why(why);
}

static int show_add(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_desk_lists_consumer_add *v)
{
	struct hl_w_error errors[HL_DESK_LISTS_ERRORS];
	size_t n = hl_desk_lists_consumer_errors(&v->fields, errors);

	hl_desk_page_init(ctx, req, &v->page,
		hl_web_tr(HL_TR("Add a consumer")), HL_DESK_LISTS);
	v->page.web.back_href = HL_STR(HL_DESK_LISTS_CONSUMERS);
	hl_desk_page_errors(&v->page, errors, n);
	hl_desk_lists_consumer_options(ctx, &v->fields);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_lists_consumer_add(&resp->body, v);
	return 0;
}

int hl_desk_lists_consumer_add_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_consumer_add v = {
		.fields = {.budget = HL_STR("10000"),
			.tier = HL_LIST_TIER_ASKS,
			.stage = HL_LIST_STAGE_REST}};

	return show_add(ctx, req, resp, &v);
}

int hl_desk_lists_consumer_add_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_publish_setup setup = hl_desk_lists_setup(ctx);
	enum hl_publish_why why = HL_PUBLISH_ALLOWED;
	struct hl_desk_lists_consumer_add v = {0};
	struct hl_publish_consumer c = {0};

	if (!hl_desk_lists_consumer_read(ctx, &c, &v.fields)) {
		return show_add(ctx, req, resp, &v);
	}
	int r = hl_publish_consumer_propose(
		hl_desk_who(ctx), &setup, &c, &why, &ctx->err);
	if (hl_desk_lists_refused(r, why)) {
		hl_desk_lists_consumer_refused(why, &v.fields);
		return show_add(ctx, req, resp, &v);
	}
	if (r) {
		return r;
	}
	return hl_desk_go(ctx, req, resp,
		hl_desk_lists_consumer_path(ctx->arena, c.id, ""),
		hl_web_tr(HL_TR("Proposed. Another supervisor has to approve "
				"it before it gets anything.")));
}
