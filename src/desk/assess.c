/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three assessments. One form: facts, then a page that shows what the
 * law profiles make of them, then saving. The second is the same form and
 * shows nothing of the first. Nothing typed is lost: answers travel in the
 * form until they are saved, also when the time for the case ran out or
 * somebody else was faster.
 */
#include "casework/assess.h"

#include "base/utf8.h"
#include "casework/lease.h"
#include "desk/work.h"
#include "web/templates.h"

struct kind {
	int round;
	enum hl_authz_action action;
	const char *path, *title, *lead;
	int (*save)(const struct hl_who *who,
		const struct hl_casework_laws *laws, int64_t case_id,
		const struct hl_facts *facts, struct hl_casework_assessed *out,
		enum hl_casework_why *why, struct hl_err *err);
};

static const struct kind kinds[] = {
	{1, HL_AUTHZ_CASE_ASSESS, "/assess", HL_TR("Assess"),
		HL_TR("Record what you found. The law profiles make the "
		      "outcome from it."),
		hl_casework_assess},
	{2, HL_AUTHZ_CASE_VERIFY, "/verify", HL_TR("Assess a second time"),
		HL_TR("Record what you found yourself. What the first "
		      "assessor answered is shown when yours is saved."),
		hl_casework_verify},
	{3, HL_AUTHZ_CASE_ADJUDICATE, "/adjudicate", HL_TR("Decide"),
		HL_TR("Two assessments differ. Record what holds; it decides "
		      "the case."),
		hl_casework_adjudicate},
};

static const struct {
	enum hl_fact fact;
	bool select;
	const char *hint;
} questions[] = {
	{HL_FACT_ACCESS, false, NULL},
	{HL_FACT_MATERIAL, false, NULL},
	{HL_FACT_LIFELIKE, false,
		HL_TR("For computer-generated material. A drawing that "
		      "could is recorded as computer-generated.")},
	{HL_FACT_ACT, false, NULL},
	{HL_FACT_POSING, false, NULL},
	{HL_FACT_AGE, false, NULL},
	{HL_FACT_SEX, false, NULL},
	{HL_FACT_CHILDREN, true, NULL},
	{HL_FACT_SELFMADE, false, NULL},
	{HL_FACT_OFFENSIVE, false,
		HL_TR("Violence, hatred and the like, apart from the rest.")},
	{HL_FACT_COMMERCIAL, false,
		HL_TR("Somebody makes money with it: payment or "
		      "advertising.")},
	{HL_FACT_SITE, true, NULL},
};

/* One request on its way. */
struct visit {
	struct hl_web_ctx *ctx;
	const struct hl_web_request *req;
	struct hl_web_response *resp;
	const struct kind *kind;
	int64_t id;
	struct hl_casework_page *page;
	struct hl_facts facts;
	struct hl_law_result law;
	struct hl_w_error errors[HL_FACT_LAST + HL_FACTS_CONFLICTS + 3];
	size_t n_errors;
	struct hl_desk_assess v;
};

static struct hl_str name_of(enum hl_fact fact)
{
	return hl_str_c(hl_vocab_name(&hl_vocab_fact, (int)fact));
}

static void read_facts(struct visit *t)
{
	const struct hl_web_form *form = &hl_desk_session_of(t->ctx)->form;
	struct hl_str word;
	size_t at = 0;

	for (int f = 1; f <= HL_FACT_LAST; f++) {
		enum hl_fact fact = (enum hl_fact)f;

		hl_vocab_parse(hl_fact_vocab(fact),
			hl_web_form_get(form, hl_vocab_name(&hl_vocab_fact, f)),
			&t->facts.value[f]);
	}
	while (hl_web_form_next(form, "payments", &at, &word)) {
		int payment;

		if (!hl_vocab_parse(&hl_vocab_payment, word, &payment)) {
			t->facts.payments |= hl_vocab_bit(payment);
		}
	}
	t->facts.note = hl_web_form_get(form, "note");
}

static void add_error(struct visit *t, struct hl_str text, struct hl_str field)
{
	if (t->n_errors < HL_ARRAY_LEN(t->errors)) {
		t->errors[t->n_errors++] = (struct hl_w_error){text, field};
	}
}

static struct hl_str error_of(const struct visit *t, struct hl_str field)
{
	for (size_t i = 0; i < t->n_errors; i++) {
		if (hl_str_eq(t->errors[i].field, field)) {
			return t->errors[i].text;
		}
	}
	return HL_STR_NONE;
}

static void look_for_conflicts(struct visit *t)
{
	struct hl_facts_conflict found[HL_FACTS_CONFLICTS];
	size_t n = hl_facts_conflicts(&t->facts, found);

	for (size_t i = 0; i < n; i++) {
		add_error(t, hl_web_tr(found[i].text), name_of(found[i].at));
	}
}

/* What keeps the answers from giving an outcome, in the form's order. */
static void look(struct visit *t)
{
	const struct hl_desk_app *app = hl_desk_of(t->ctx);

	hl_law_evaluate(app->laws, app->n_laws, &t->facts, &t->law);
	for (size_t i = 0; i < HL_ARRAY_LEN(questions); i++) {
		enum hl_fact fact = questions[i].fact;

		if (!t->law.outcome && t->law.missing & (1u << fact)) {
			add_error(t,
				hl_desk_fill(t->ctx->arena,
					HL_TR("Answer: {1}"),
					hl_desk_word(&hl_vocab_fact, (int)fact),
					HL_STR_NONE),
				name_of(fact));
		}
	}
	if (!t->law.outcome && !t->n_errors) {
		add_error(t, hl_web_tr(HL_TR("More facts are needed")),
			name_of(HL_FACT_ACCESS));
	}
	look_for_conflicts(t);
	if (hl_utf8_count(t->facts.note) > HL_FACTS_NOTE_MAX) {
		add_error(t,
			hl_web_tr(HL_TR("The note is too long: at most 4,000 "
					"characters")),
			HL_STR("note"));
	}
}

static void add_question(struct visit *t, size_t i, struct hl_desk_question *q)
{
	enum hl_fact fact = questions[i].fact;
	const struct hl_vocab *vocab = hl_fact_vocab(fact);
	int value = t->facts.value[fact];
	struct hl_w_choice *c = &q->choice;

	q->as = questions[i].select ? HL_DESK_SELECT : HL_DESK_RADIOS;
	q->seen_only = fact != HL_FACT_ACCESS;
	c->name = name_of(fact);
	c->label = hl_desk_word(&hl_vocab_fact, (int)fact);
	c->hint =
		questions[i].hint ? hl_web_tr(questions[i].hint) : HL_STR_NONE;
	c->error = error_of(t, c->name);
	c->small = true;
	c->options = questions[i].select
			     ? hl_desk_choices(t->ctx->arena, vocab, value,
				       hl_web_tr(HL_TR("Not answered")),
				       &c->n_options)
			     : hl_desk_options(t->ctx->arena, vocab,
				       (uint32_t)value, false, &c->n_options);
}

static void add_payments(struct visit *t, struct hl_desk_question *q)
{
	struct hl_w_choice *c = &q->choice;

	q->as = HL_DESK_CHECKS;
	q->seen_only = true;
	c->name = HL_STR("payments");
	c->label = hl_web_tr(HL_TR("Ways to pay"));
	c->hint = hl_web_tr(HL_TR("All that are offered. Only if one has to "
				  "pay."));
	c->small = true;
	c->options = hl_desk_options(t->ctx->arena, &hl_vocab_payment,
		t->facts.payments, true, &c->n_options);
}

static void add_questions(struct visit *t)
{
	struct hl_desk_question *q = hl_arena_array(
		t->ctx->arena, HL_ARRAY_LEN(questions) + 1, sizeof(*q));
	size_t n = 0;

	for (size_t i = 0; q && i < HL_ARRAY_LEN(questions); i++) {
		add_question(t, i, &q[n++]);
		if (questions[i].fact == HL_FACT_COMMERCIAL) {
			add_payments(t, &q[n++]);
		}
	}
	t->v.questions = q;
	t->v.n_questions = n;
	t->v.note = t->facts.note;
	t->v.note_error = error_of(t, HL_STR("note"));
}

/* The assessments of this cycle, and where they differ. */
static void add_both(struct visit *t)
{
	const struct hl_casework_assessment *pair[2] = {NULL, NULL};
	struct hl_casework_page some = *t->page;
	struct hl_casework_assessment *kept =
		hl_arena_array(t->ctx->arena, 2, sizeof(*kept));
	struct hl_w_summary_row *rows =
		hl_arena_array(t->ctx->arena, HL_FACT_LAST, sizeof(*rows));

	for (size_t i = 0; i < t->page->n_assessments; i++) {
		const struct hl_casework_assessment *a =
			&t->page->assessments[i];

		if (a->cycle == t->page->cycle && a->round < 3 && a->round) {
			pair[a->round - 1] = a;
		}
	}
	if (!pair[0] || !pair[1] || !kept || !rows) {
		return;
	}
	kept[0] = *pair[0];
	kept[1] = *pair[1];
	some.assessments = kept;
	some.n_assessments = 2;
	t->v.both = hl_desk_assessments(t->ctx, &some, &t->v.n_both);
	uint32_t differ = hl_facts_differ(&kept[0].facts, &kept[1].facts);
	for (int f = 1; f <= HL_FACT_LAST; f++) {
		const struct hl_vocab *vocab = hl_fact_vocab((enum hl_fact)f);

		if (!(differ & (1u << f))) {
			continue;
		}
		rows[t->v.n_differ++] = (struct hl_w_summary_row){
			.key = hl_desk_word(&hl_vocab_fact, f),
			.value = hl_desk_fill(t->ctx->arena,
				HL_TR("First: {1}\nSecond: {2}"),
				hl_desk_word(vocab, kept[0].facts.value[f]),
				hl_desk_word(vocab, kept[1].facts.value[f]))};
	}
	t->v.differ = rows;
}

static void begin(struct visit *t)
{
	struct hl_desk_assess *v = &t->v;

	hl_desk_page_init(
		t->ctx, t->req, &v->page, hl_web_tr(t->kind->title), "/queue");
	v->page.web.wide = t->kind->round == 3;
	v->page.web.back_href = hl_desk_case_path(t->ctx->arena, t->id, "");
	hl_desk_case_head(t->ctx, t->page, &v->head);
	v->address = t->page->content ? t->page->address : HL_STR_NONE;
	v->action = hl_desk_case_path(t->ctx->arena, t->id, t->kind->path);
	v->lead = hl_web_tr(t->kind->lead);
	v->round = t->kind->round;
	if (t->kind->round == 3 && t->page->content) {
		add_both(t);
	}
}

static int render(struct visit *t)
{
	hl_desk_page_errors(&t->v.page, t->errors, t->n_errors);
	hl_web_respond(t->resp, t->n_errors ? 422 : 200, "text/html");
	hl_tmpl_desk_assess(&t->resp->body, &t->v);
	return 0;
}

static int show_form(struct visit *t)
{
	begin(t);
	add_questions(t);
	return render(t);
}

/* Whether taking the case again would let these answers be saved. */
static bool may_retake(const struct visit *t)
{
	enum hl_case_state state = t->page->row.state;
	bool fits = t->kind->round == 1
			    ? state == HL_CASE_NEW || state == HL_CASE_ASSIGNED
		    : t->kind->round == 2 ? state == HL_CASE_VERIFYING
					  : state == HL_CASE_DISAGREED;

	return fits && hl_casework_allows(t->page, HL_AUTHZ_CASE_LEASE) &&
	       t->page->row.holder != hl_desk_who(t->ctx)->actor.user_id;
}

/* Not now: the answers stay, with the reason and a way on. */
static int show_refusal(struct visit *t, enum hl_casework_why why)
{
	t->v.retake = may_retake(t);
	t->v.refusal = hl_desk_word(&hl_vocab_casework_why,
		t->v.retake ? HL_CASEWORK_NOT_HELD : (int)why);
	add_error(t, t->v.refusal, HL_STR_NONE);
	return show_form(t);
}

static struct hl_str follows(const struct visit *t)
{
	enum hl_outcome outcome = t->law.outcome;
	enum hl_close_reason reason = hl_casework_reason_of(outcome, &t->facts);

	if (t->kind->round == 1 &&
		hl_casework_needs_second(outcome, &t->facts)) {
		return hl_web_tr(HL_TR("The case then waits for a second, "
				       "blind assessment by somebody else."));
	}
	if (t->kind->round == 2) {
		return hl_web_tr(HL_TR("It is then compared with the first. If "
				       "they differ, a third person decides."));
	}
	if (!reason) {
		return hl_web_tr(HL_TR("The case is then to be passed on."));
	}
	return hl_desk_fill(t->ctx->arena, HL_TR("The case then closes: {1}."),
		hl_desk_word(&hl_vocab_close_reason, (int)reason), HL_STR_NONE);
}

static void add_laws(struct visit *t)
{
	const struct hl_desk_app *app = hl_desk_of(t->ctx);
	struct hl_arena *arena = t->ctx->arena;
	struct hl_w_summary_row *laws =
		hl_arena_array(arena, app->n_laws, sizeof(*laws));
	struct hl_w_summary_row *rules =
		hl_arena_array(arena, t->law.n_rules, sizeof(*rules));

	for (size_t i = 0; laws && i < app->n_laws; i++) {
		const struct hl_law *law = app->laws[i];

		laws[i] = (struct hl_w_summary_row){
			.key = hl_str_c(hl_law_title(law)),
			.value = hl_desk_fill(arena,
				HL_TR("Checked on {1}. {2}"),
				hl_str_c(hl_law_checked_on(law)),
				hl_str_c(hl_law_disclaimer(law)))};
	}
	for (size_t i = 0; rules && i < t->law.n_rules; i++) {
		rules[i] = hl_desk_rule_row(t->law.rules[i]);
	}
	t->v.laws = laws;
	t->v.n_laws = laws ? app->n_laws : 0;
	t->v.rules = rules;
	t->v.n_rules = rules ? t->law.n_rules : 0;
}

/* The answers travel with the check page. */
static void add_hidden(struct visit *t)
{
	size_t most = HL_FACT_LAST + hl_vocab_payment.n_words;
	struct hl_desk_hidden *hidden =
		hl_arena_array(t->ctx->arena, most, sizeof(*hidden));
	size_t n = 0;

	for (int f = 1; hidden && f <= HL_FACT_LAST; f++) {
		if (t->facts.value[f]) {
			hidden[n++] = (struct hl_desk_hidden){
				name_of((enum hl_fact)f),
				hl_str_c(hl_vocab_name(
					hl_fact_vocab((enum hl_fact)f),
					t->facts.value[f]))};
		}
	}
	for (size_t i = 0; hidden && i < hl_vocab_payment.n_words; i++) {
		const struct hl_vocab_word *word = &hl_vocab_payment.words[i];

		if (t->facts.payments & hl_vocab_bit(word->value)) {
			hidden[n++] = (struct hl_desk_hidden){
				HL_STR("payments"), hl_str_c(word->name)};
		}
	}
	t->v.hidden = hidden;
	t->v.n_hidden = n;
}

static void add_unsure(struct visit *t)
{
	struct hl_str *names =
		hl_arena_array(t->ctx->arena, HL_FACT_LAST, sizeof(*names));

	for (int f = 1; names && f <= HL_FACT_LAST; f++) {
		if (t->law.unsure & (1u << f)) {
			names[t->v.n_unsure++] =
				hl_desk_word(&hl_vocab_fact, f);
		}
	}
	t->v.unsure = names;
}

static int show_check(struct visit *t)
{
	begin(t);
	t->v.checking = true;
	t->v.note = t->facts.note;
	t->v.outcome = hl_desk_word(&hl_vocab_outcome, (int)t->law.outcome);
	t->v.follows = follows(t);
	t->v.facts = hl_desk_fact_rows(t->ctx->arena, &t->facts, &t->v.n_facts);
	add_laws(t);
	add_unsure(t);
	add_hidden(t);
	return render(t);
}

static struct hl_str saved_text(const struct hl_casework_assessed *done)
{
	switch (done->state) {
	case HL_CASE_ASSESSED:
	case HL_CASE_VERIFYING:
		return hl_web_tr(HL_TR("Saved. The case waits for a second "
				       "assessment by somebody else."));
	case HL_CASE_DISAGREED:
		return hl_web_tr(HL_TR("Saved. The two assessments differ: a "
				       "third person decides."));
	case HL_CASE_CLOSED:
		return hl_web_tr(HL_TR("Saved. The case is closed."));
	case HL_CASE_NEW:
	case HL_CASE_ASSIGNED:
	case HL_CASE_AGREED:
	case HL_CASE_ADJUDICATED:
	case HL_CASE_ACTIONING:
	case HL_CASE_MONITORING:
	case HL_CASE_ERASED:
	default:
		return hl_web_tr(HL_TR("Saved. The case is to be passed on."));
	}
}

static int save(struct visit *t)
{
	const struct hl_desk_app *app = hl_desk_of(t->ctx);
	struct hl_casework_laws laws = {app->laws, app->n_laws, app->settings};
	enum hl_casework_why why = HL_CASEWORK_ALLOWED;
	struct hl_casework_assessed done;
	int r = t->kind->save(hl_desk_who(t->ctx), &laws, t->id, &t->facts,
		&done, &why, &t->ctx->err);

	if (hl_desk_refused(r, why)) {
		return show_refusal(t, why);
	}
	return r ? r
		 : hl_desk_go(t->ctx, t->req, t->resp,
			   hl_desk_case_path(t->ctx->arena, t->id, ""),
			   saved_text(&done));
}

static enum hl_casework_why why_not(const struct visit *t)
{
	for (size_t i = 0; i < t->page->n_may; i++) {
		if (t->page->may[i].action == t->kind->action) {
			return (enum hl_casework_why)t->page->may[i].why;
		}
	}
	return HL_CASEWORK_NOT_PERMITTED;
}

static int load(struct visit *t)
{
	int r = hl_desk_case_param(t->req, &t->id);

	t->page = hl_arena_alloc(t->ctx->arena, sizeof(*t->page));
	if (!t->page) {
		return HL_FAIL(&t->ctx->err, HL_E_NOMEM, "no memory");
	}
	return r ? r
		 : hl_casework_page(
			   hl_desk_who(t->ctx), t->id, t->page, &t->ctx->err);
}

static int get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct kind *kind)
{
	struct visit t = {.ctx = ctx, .req = req, .resp = resp, .kind = kind};
	int r = load(&t);

	if (r) {
		return r;
	}
	enum hl_casework_why why = why_not(&t);
	if (why) {
		struct hl_desk_end end = {.r = HL_DENIED,
			.why = why,
			.to = hl_desk_case_path(ctx->arena, t.id, "")};

		return hl_desk_end(ctx, req, resp, &end);
	}
	return show_form(&t);
}

/* Takes the case again, without losing what was typed. */
static int take_again(struct visit *t, enum hl_casework_why *why)
{
	int r = hl_casework_take(hl_desk_who(t->ctx),
		hl_desk_of(t->ctx)->settings, t->id, why, &t->ctx->err);

	return r ? r : load(t);
}

static int post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct kind *kind)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	struct visit t = {.ctx = ctx, .req = req, .resp = resp, .kind = kind};
	enum hl_casework_why why = HL_CASEWORK_ALLOWED;
	int r = load(&t);

	read_facts(&t);
	if (!r && hl_web_form_has(form, "do", "retake")) {
		r = take_again(&t, &why);
	}
	if (hl_desk_refused(r, why)) {
		return show_refusal(&t, why);
	}
	if (r) {
		return r;
	}
	why = why_not(&t);
	if (why == HL_CASEWORK_NOT_PERMITTED) {
		return HL_DENIED;
	}
	if (why) {
		return show_refusal(&t, why);
	}
	if (hl_web_form_has(form, "do", "change")) {
		return show_form(&t);
	}
	look(&t);
	if (t.n_errors) {
		return show_form(&t);
	}
	return hl_web_form_has(form, "do", "save") ? save(&t) : show_check(&t);
}

int hl_desk_assess_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return get(ctx, req, resp, &kinds[0]);
}

int hl_desk_assess_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return post(ctx, req, resp, &kinds[0]);
}

int hl_desk_verify_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return get(ctx, req, resp, &kinds[1]);
}

int hl_desk_verify_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return post(ctx, req, resp, &kinds[1]);
}

int hl_desk_adjudicate_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return get(ctx, req, resp, &kinds[2]);
}

int hl_desk_adjudicate_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return post(ctx, req, resp, &kinds[2]);
}
