/* SPDX-License-Identifier: Apache-2.0 */
/* Referrals: the list, one of them, what will be sent, what is done. */
#include "desk/refer.h"

#include "casework/moved.h"
#include "referral/answers.h"
#include "referral/document.h"
#include "web/templates.h"

static void fill_row(
	const struct hl_referral_row *from, struct hl_desk_referral_row *out)
{
	*out = (struct hl_desk_referral_row){.id = from->id,
		.case_id = from->case_id,
		.at_us = from->sent_at_us ? from->sent_at_us
					  : from->created_at_us,
		.recipient = from->recipient.name,
		.kind = hl_desk_word(&hl_vocab_recipient, (int)from->kind),
		.answer = from->answer ? hl_desk_word(&hl_vocab_answer,
						 (int)from->answer)
				       : HL_STR_NONE,
		.error = from->last_error,
		.tag = hl_desk_referral_tag(from->state),
		.is_test = from->is_test,
		.overdue = from->overdue,
		.moved = from->n_moved != 0};
}

static int add_tabs(struct hl_web_ctx *ctx, int state, bool moved,
	struct hl_desk_referrals *v)
{
	struct hl_referral_desk desk = hl_desk_referral_desk(ctx);
	struct hl_referral_counts counts;
	size_t most = hl_vocab_referral_state.n_words + 2, n = 0;
	struct hl_w_link *links =
		hl_arena_array(ctx->arena, most, sizeof(*links));
	int r = hl_referral_counts(hl_desk_who(ctx), &desk, &counts, &ctx->err);

	if (r || !links) {
		return r ? r : HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
	}
	links[n++] = (struct hl_w_link){.text = hl_web_tr(HL_TR("All")),
		.href = HL_STR("/referrals"),
		.current = !state && !v->overdue && !moved};
	if (counts.n_moved || moved) {
		links[n++] = (struct hl_w_link){
			.text = hl_web_tr(HL_TR("New address")),
			.href = HL_STR("/referrals?moved=1"),
			.current = moved,
			.count = hl_arena_printf(
				ctx->arena, "%lld", (long long)counts.n_moved)};
	}
	for (size_t i = 0; i < hl_vocab_referral_state.n_words; i++) {
		const struct hl_vocab_word *word =
			&hl_vocab_referral_state.words[i];

		if (word->value <= 0 || word->value > HL_REFERRAL_CLOSED ||
			(!counts.state[word->value] && state != word->value)) {
			continue;
		}
		links[n++] = (struct hl_w_link){.text = hl_web_tr(word->label),
			.href = hl_arena_printf(
				ctx->arena, "/referrals?state=%s", word->name),
			.current = state == word->value,
			.count = hl_arena_printf(ctx->arena, "%lld",
				(long long)counts.state[word->value])};
	}
	v->tabs = (struct hl_w_nav){
		hl_web_tr(HL_TR("Referrals by state")), links, n};
	v->n_contacts = counts.n_contacts;
	v->n_drafts = counts.state[HL_REFERRAL_DRAFT];
	v->n_overdue = counts.n_overdue;
	v->n_moved = counts.n_moved;
	return 0;
}

int hl_desk_referrals_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_referral_desk desk = hl_desk_referral_desk(ctx);
	const struct hl_referral_row *from;
	struct hl_desk_referral_row *rows;
	struct hl_desk_referrals v = {0};
	struct hl_web_form query;
	bool moved = false;
	size_t page = 1, n;
	int state = 0, r = hl_web_query_read(ctx, req, &query);

	if (!r) {
		moved = hl_web_form_has(&query, "moved", "1");
		hl_vocab_parse(&hl_vocab_referral_state,
			hl_web_form_get(&query, "state"), &state);
		v.overdue = !state && !moved &&
			    hl_web_form_get(&query, "overdue").n != 0;
		page = hl_desk_page_no(&query);
		r = add_tabs(ctx, state, moved, &v);
	}
	if (!r) {
		r = hl_referral_list(hl_desk_who(ctx), &desk,
			&(struct hl_referral_filter){
				.state = (enum hl_referral_state)state,
				.overdue = v.overdue,
				.moved = moved,
				.n_most = HL_DESK_ROWS + 1,
				.n_skip = hl_desk_page_skip(page)},
			&from, &n, &ctx->err);
	}
	if (r) {
		return r;
	}
	v.pages = hl_desk_pages(ctx->arena,
		state       ? hl_arena_printf(ctx->arena, "/referrals?state=%s",
				      hl_vocab_name(&hl_vocab_referral_state, state))
		: v.overdue ? HL_STR("/referrals?overdue=1")
			    : HL_STR("/referrals"),
		page, &n);
	rows = hl_arena_array(ctx->arena, n, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		fill_row(&from[i], &rows[i]);
	}
	v.rows = rows;
	v.n_rows = rows ? n : 0;
	v.tab_text = moved       ? hl_web_tr(HL_TR("New address"))
		     : state     ? hl_desk_word(&hl_vocab_referral_state, state)
		     : v.overdue ? hl_web_tr(HL_TR("No answer in time"))
				 : hl_web_tr(HL_TR("All"));
	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("Referrals")), "/referrals");
	v.page.web.wide = true;
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_referrals(&resp->body, &v);
	return 0;
}

static int referral_param(const struct hl_web_request *req, int64_t *id)
{
	return hl_desk_param(req, 0, HL_REF_REFERRAL, id);
}

struct hl_w_identity hl_desk_referral_head(
	struct hl_arena *arena, const struct hl_referral_row *row)
{
	return (struct hl_w_identity){.kind = hl_web_tr(HL_TR("Referral")),
		.ref = hl_desk_ref(arena, HL_REF_REFERRAL, row->id),
		.title = row->recipient.name,
		.tag = hl_desk_referral_tag(row->state)};
}

struct facts {
	struct hl_arena *arena;
	struct hl_w_summary_row at[16];
	size_t n;
};

static void put(struct facts *f, const char *key, struct hl_str value)
{
	if (value.n && f->n < HL_ARRAY_LEN(f->at)) {
		f->at[f->n++] = (struct hl_w_summary_row){
			.key = hl_web_tr(key), .value = value};
	}
}

static void put_at(struct facts *f, const char *key, int64_t at_us)
{
	put(f, key, at_us ? hl_desk_at(f->arena, at_us) : HL_STR_NONE);
}

static void add_facts(struct hl_web_ctx *ctx, const struct hl_referral_row *row,
	struct hl_desk_referral *v)
{
	struct facts f = {.arena = ctx->arena};
	struct hl_w_summary_row *kept;

	put(&f, HL_TR("Kind"),
		hl_desk_word(&hl_vocab_recipient, (int)row->kind));
	put(&f, HL_TR("Goes"),
		hl_desk_word(&hl_vocab_referral_channel, (int)row->channel));
	put(&f, HL_TR("Mail"), row->recipient.mail);
	put(&f, HL_TR("Drafted by"), row->created_name);
	put_at(&f, HL_TR("Drafted"), row->created_at_us);
	put(&f, HL_TR("Approved by"), row->approved_name);
	put_at(&f, HL_TR("Approved"), row->approved_at_us);
	if (row->state == HL_REFERRAL_LEA_HOLD && !row->hold_until_us) {
		put(&f, HL_TR("Kept back until"),
			hl_web_tr(HL_TR("the police have been told")));
	}
	put_at(&f, HL_TR("Kept back until"), row->hold_until_us);
	put_at(&f, HL_TR("Downloaded"), row->exported_at_us);
	put_at(&f, HL_TR("Sent"), row->sent_at_us);
	put_at(&f, HL_TR("Reminded"), row->reminded_at_us);
	put_at(&f, HL_TR("Next try"), row->next_at_us);
	put(&f, HL_TR("What went wrong"), row->last_error);
	put_at(&f, HL_TR("The answer link works until"), row->answer_until_us);
	put_at(&f, HL_TR("Closed"), row->closed_at_us);
	kept = hl_arena_array(ctx->arena, f.n, sizeof(*kept));
	if (kept && f.n) {
		memcpy(kept, f.at, f.n * sizeof(*kept));
	}
	v->facts = kept;
	v->n_facts = kept ? f.n : 0;
}

struct choice {
	bool can;
	const char *text, *where;
	bool is_link;
	const char *ask; /* what it means, for what cannot be taken back */
};

static void keep_deeds(struct hl_web_ctx *ctx, int64_t id,
	const struct choice *all, size_t n_all, struct hl_desk_referral *v)
{
	struct hl_desk_deed *deeds =
		hl_arena_array(ctx->arena, n_all, sizeof(*deeds));
	size_t n = 0, n_asked = 0;

	for (size_t i = 0; deeds && i < n_all; i++) {
		struct hl_str path =
			hl_desk_referral_path(ctx->arena, id, all[i].where);

		if (!all[i].can) {
			continue;
		}
		deeds[n] = (struct hl_desk_deed){.text = hl_web_tr(all[i].text),
			.href = all[i].is_link ? path : HL_STR_NONE,
			.action = all[i].is_link ? HL_STR_NONE : path,
			.ask = all[i].ask ? hl_web_tr(all[i].ask) : HL_STR_NONE,
			.kind = n ? HL_W_BUTTON_SECONDARY : HL_W_BUTTON};
		n++;
		n_asked += all[i].ask != NULL;
	}
	v->deeds = (struct hl_desk_deeds){
		deeds, n, n_asked, hl_desk_session_of(ctx)->csrf};
}

static void add_deeds(struct hl_web_ctx *ctx,
	const struct hl_referral_view *from, struct hl_desk_referral *v)
{
	const struct choice all[] = {
		{from->can_approve, HL_TR("Approve"), "/approve", false, NULL},
		{from->can_download, HL_TR("Download the bundle"), "/bundle",
			false, NULL},
		{from->can_hand_over, HL_TR("It has been handed over"),
			"/handed-over", false, NULL},
		{from->can_override,
			HL_TR("Release it although the police have not been "
			      "told"),
			"/override", true, NULL},
		{from->can_answer, HL_TR("Record an answer"), "/answer", true,
			NULL},
		{from->can_retry, HL_TR("Try again now"), "/retry", false,
			NULL},
		{from->can_remind, HL_TR("Remind them"), "/remind", false,
			NULL},
		{from->can_bounce, HL_TR("The mail came back"), "/bounced",
			false, NULL},
		{from->can_recall, HL_TR("Take the reminder back"), "/recall",
			false, NULL},
		{from->can_release, HL_TR("Release the police hold"),
			"/release", false,
			HL_TR("Only when the police have agreed. The recipient "
			      "is told at once, and that cannot be called "
			      "back.")},
		{from->can_confirm_removed, HL_TR("Confirm: it is gone"),
			"/removed", false,
			HL_TR("Only when somebody has looked. Reporters then "
			      "read “removed”.")},
		{from->can_cancel, HL_TR("Cancel it"), "/close", false,
			HL_TR("Nothing is sent, and this referral is over. "
			      "Another one can be drafted from the case.")},
		{from->can_close, HL_TR("Close it"), "/close", false,
			HL_TR("No answer is waited for any more, and nobody "
			      "is reminded.")},
	};

	keep_deeds(ctx, from->row.id, all, HL_ARRAY_LEN(all), v);
}

static struct hl_str via_text(const struct hl_referral_answered *a)
{
	return a->via == HL_REFERRAL_VIA_STAFF
		       ? hl_web_tr(HL_TR("typed in by staff"))
		       : hl_web_tr(HL_TR("by the answer link"));
}

static void add_answers(struct hl_web_ctx *ctx,
	const struct hl_referral_view *from, struct hl_desk_referral *v)
{
	struct hl_desk_answer_row *rows =
		hl_arena_array(ctx->arena, from->n_answers, sizeof(*rows));
	HL_BUF_AUTO text = HL_BUF_SECRET(64 * 1024);

	for (size_t i = 0; rows && i < from->n_answers; i++) {
		const struct hl_referral_answered *a = &from->answers[i];

		rows[i] = (struct hl_desk_answer_row){.id = a->id,
			.at_us = a->at_us,
			.case_id = a->case_id,
			.can_follow = a->can_follow,
			.answer =
				hl_desk_word(&hl_vocab_answer, (int)a->answer),
			.via = via_text(a),
			.reason = a->reason ? hl_desk_word(&hl_vocab_refusal,
						      (int)a->reason)
					    : HL_STR_NONE};
		if (a->new_address.n) {
			hl_buf_reset(&text);
			hl_referral_defang(&text, a->new_address);
			rows[i].new_address =
				hl_arena_dup(ctx->arena, hl_buf_str(&text));
		}
		if (a->note.n) {
			hl_buf_reset(&text);
			hl_referral_defang_words(&text, a->note);
			rows[i].note =
				hl_arena_dup(ctx->arena, hl_buf_str(&text));
		}
	}
	v->answers = rows;
	v->n_answers = rows ? from->n_answers : 0;
}

int hl_desk_referral_load(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_referral_view *out)
{
	struct hl_referral_desk desk = hl_desk_referral_desk(ctx);
	int64_t id;
	int r = referral_param(req, &id);

	return r ? r
		 : hl_referral_view(
			   hl_desk_who(ctx), &desk, id, out, &ctx->err);
}

static const struct hl_str *notes_of(
	struct hl_arena *arena, const struct hl_referral_view *from, size_t *n)
{
	struct hl_str *notes =
		hl_arena_array(arena, from->n_notes + 1, sizeof(*notes));

	*n = 0;
	if (!notes) {
		return NULL;
	}
	if (from->row.state == HL_REFERRAL_PERMANENT_ERROR ||
		from->row.state == HL_REFERRAL_BOUNCED) {
		notes[(*n)++] = hl_web_tr(
			HL_TR("It did not arrive. Check the address with the "
			      "recipient, then try again; or cancel it, and "
			      "tell them in another way."));
	}
	for (size_t i = 0; i < from->n_notes; i++) {
		notes[(*n)++] = hl_web_tr(from->notes[i]);
	}
	return notes;
}

int hl_desk_referral_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_referral v = {0};
	struct hl_referral_view from;
	int r = hl_desk_referral_load(ctx, req, &from);

	if (r) {
		return r;
	}
	hl_desk_page_init(ctx, req, &v.page,
		hl_desk_fill(ctx->arena, HL_TR("Referral {1}"),
			hl_desk_ref(ctx->arena, HL_REF_REFERRAL, from.row.id),
			HL_STR_NONE),
		"/referrals");
	v.page.web.back_href =
		hl_desk_case_path(ctx->arena, from.row.case_id, "");
	v.id = from.row.id;
	v.case_id = from.row.case_id;
	v.head = hl_desk_referral_head(ctx->arena, &from.row);
	add_facts(ctx, &from.row, &v);
	add_deeds(ctx, &from, &v);
	add_answers(ctx, &from, &v);
	v.notes = notes_of(ctx->arena, &from, &v.n_notes);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_referral(&resp->body, &v);
	return 0;
}

static void add_part(struct hl_desk_part *parts, size_t *n, const char *title,
	struct hl_str text)
{
	if (text.n) {
		parts[(*n)++] = (struct hl_desk_part){hl_web_tr(title), text};
	}
}

int hl_desk_preview_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_referral_desk desk = hl_desk_referral_desk(ctx);
	struct hl_desk_refer_end end = {0};
	struct hl_referral_preview from;
	struct hl_referral_view view;
	struct hl_desk_preview v = {0};
	struct hl_desk_part *parts =
		hl_arena_array(ctx->arena, 4, sizeof(*parts));
	int r = hl_desk_referral_load(ctx, req, &view);

	if (r || !parts) {
		return r ? r : HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
	}
	end.to = hl_desk_referral_path(ctx->arena, view.row.id, "");
	end.r = hl_referral_preview(hl_desk_who(ctx), &desk, view.row.id, &from,
		&end.why, &ctx->err);
	if (end.r) {
		return hl_desk_refer_end(ctx, req, resp, &end);
	}
	hl_desk_page_init(ctx, req, &v.page,
		hl_web_tr(HL_TR("What will be sent")), "/referrals");
	v.page.web.back_href = end.to;
	v.id = view.row.id;
	v.head = hl_desk_referral_head(ctx->arena, &view.row);
	bool by_mail = view.row.channel == HL_REFERRAL_BY_MAIL;
	v.from = by_mail ? from.from : HL_STR_NONE;
	v.to = by_mail ? from.to : HL_STR_NONE;
	v.subject = by_mail ? from.subject : HL_STR_NONE;
	v.can_approve = view.can_approve;
	if (by_mail) {
		add_part(parts, &v.n_parts, HL_TR("Text of the mail"),
			from.mail);
	}
	add_part(parts, &v.n_parts, HL_TR("Document"), from.text);
	add_part(parts, &v.n_parts, HL_TR("XARF, for programs"), from.xarf);
	add_part(parts, &v.n_parts, HL_TR("Document, for programs"), from.json);
	v.parts = parts;
	v.notes = notes_of(ctx->arena, &view, &v.n_notes);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_preview(&resp->body, &v);
	return 0;
}

typedef int deed(const struct hl_who *who, const struct hl_referral_desk *desk,
	int64_t id, enum hl_referral_why *why, struct hl_err *err);

static int press(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, deed *f, const char *notice)
{
	struct hl_referral_desk desk = hl_desk_referral_desk(ctx);
	struct hl_desk_refer_end end = {.notice = hl_web_tr(notice)};
	int64_t id;
	int r = referral_param(req, &id);

	if (r) {
		return r;
	}
	end.to = hl_desk_referral_path(ctx->arena, id, "");
	end.r = f(hl_desk_who(ctx), &desk, id, &end.why, &ctx->err);
	return hl_desk_refer_end(ctx, req, resp, &end);
}

int hl_desk_approve_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_referral_approve,
		HL_TR("Approved. Below stands what happens next."));
}

int hl_desk_hold_release_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_referral_release,
		HL_TR("Released. It goes out now."));
}

static int do_close(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	(void)desk;
	return hl_referral_close(who, id, why, err);
}

int hl_desk_referral_close_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(
		ctx, req, resp, do_close, HL_TR("The referral is closed."));
}

int hl_desk_retry_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_referral_retry,
		HL_TR("It is tried again now."));
}

int hl_desk_remind_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_referral_remind,
		HL_TR("A reminder goes out."));
}

static int do_recall(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	(void)desk;
	return hl_referral_recall(who, id, why, err);
}

int hl_desk_recall_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, do_recall,
		HL_TR("The reminder has been taken back. What was sent before "
		      "it stays sent."));
}

static int do_bounced(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	(void)desk;
	return hl_referral_bounced(who, id, why, err);
}

int hl_desk_bounced_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, do_bounced,
		HL_TR("Noted: the mail came back."));
}

int hl_desk_handed_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_referral_handed_over,
		HL_TR("Noted: it has been handed over."));
}

int hl_desk_removed_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_referral_confirm_removed,
		HL_TR("The address is recorded as gone. Reporters read "
		      "“removed”."));
}

/* A file; what keeps it back is said on the referral's page. */
int hl_desk_download_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_referral_desk desk = hl_desk_referral_desk(ctx);
	HL_BUF_AUTO bytes = HL_BUF_SECRET(HL_REFERRAL_DOC_MAX * 4);
	struct hl_desk_refer_end end = {0};
	struct hl_str name;
	int64_t id;
	int r = referral_param(req, &id);

	if (r) {
		return r;
	}
	end.to = hl_desk_referral_path(ctx->arena, id, "");
	end.r = hl_referral_download(hl_desk_who(ctx), &desk, id, &bytes, &name,
		&end.why, &ctx->err);
	if (end.r) {
		return hl_desk_refer_end(ctx, req, resp, &end);
	}
	hl_web_respond(resp, 200, "application/zip");
	hl_web_header_add(resp, "Content-Disposition",
		hl_arena_printf(ctx->arena, "attachment; filename=\"%.*s\"",
			HL_STR_ARG(name)));
	hl_buf_put(&resp->body, hl_buf_str(&bytes));
	return 0;
}

/* Which field of the form a problem is about. */
static void place_problem(
	const struct hl_referral_problem *problem, struct hl_desk_answer *v)
{
	struct hl_str field = hl_str_c(problem->field);
	struct hl_str text = hl_web_tr(problem->message);

	if (hl_str_eq(field, HL_STR("reason"))) {
		v->reason_error = text;
	} else if (hl_str_eq(field, HL_STR("new_address"))) {
		v->address_error = text;
	} else if (hl_str_eq(field, HL_STR("note"))) {
		v->note_error = text;
	} else {
		v->answer_error = text;
	}
}

static const struct hl_w_option *answer_options(
	struct hl_arena *arena, enum hl_recipient kind, int chosen, size_t *n)
{
	struct hl_w_option *options = hl_arena_array(
		arena, hl_vocab_answer.n_words, sizeof(*options));

	*n = 0;
	for (size_t i = 0; options && i < hl_vocab_answer.n_words; i++) {
		const struct hl_vocab_word *word = &hl_vocab_answer.words[i];

		if (word->value && hl_referral_answer_open_to(
					   (enum hl_answer)word->value, kind)) {
			options[(*n)++] = (struct hl_w_option){
				.value = hl_str_c(word->name),
				.text = hl_web_tr(word->label),
				.checked = chosen == word->value};
		}
	}
	return options;
}

static int show_answer(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_referral_view *view,
	struct hl_desk_answer *v)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	struct hl_w_error errors[4];
	int answer = 0, reason = 0;
	size_t n = 0;

	const struct hl_w_error all[] = {
		{v->answer_error, HL_STR("answer")},
		{v->reason_error, HL_STR("reason")},
		{v->address_error, HL_STR("new_address")},
		{v->note_error, HL_STR("note")},
	};
	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		if (all[i].text.n) {
			errors[n++] = all[i];
		}
	}
	hl_desk_page_init(ctx, req, &v->page,
		hl_web_tr(HL_TR("Record an answer")), "/referrals");
	v->page.web.back_href =
		hl_desk_referral_path(ctx->arena, view->row.id, "");
	hl_desk_page_errors(&v->page, errors, n);
	hl_vocab_parse(
		&hl_vocab_answer, hl_web_form_get(form, "answer"), &answer);
	hl_vocab_parse(
		&hl_vocab_refusal, hl_web_form_get(form, "reason"), &reason);
	v->id = view->row.id;
	v->head = hl_desk_referral_head(ctx->arena, &view->row);
	v->answers = answer_options(
		ctx->arena, view->row.kind, answer, &v->n_answers);
	v->reasons = hl_desk_options(ctx->arena, &hl_vocab_refusal,
		(uint32_t)reason, false, &v->n_reasons);
	v->new_address = hl_web_form_get(form, "new_address");
	v->note = hl_web_form_get(form, "note");
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_answer(&resp->body, v);
	return 0;
}

int hl_desk_answer_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_answer v = {0};
	struct hl_referral_view view;
	int r = hl_desk_referral_load(ctx, req, &view);

	if (r) {
		return r;
	}
	if (!view.can_answer) {
		return hl_desk_refuse(ctx, req, resp,
			hl_desk_referral_path(ctx->arena, view.row.id, ""),
			hl_web_tr(HL_TR("No answer can be recorded now.")));
	}
	return show_answer(ctx, req, resp, &view, &v);
}

int hl_desk_answer_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	static const char *const names[] = {
		"answer", "reason", "new_address", "note"};
	struct hl_referral_field fields[HL_ARRAY_LEN(names)];
	struct hl_desk_refer_end end = {
		.notice = hl_web_tr(HL_TR("The answer has been recorded."))};
	struct hl_referral_problem problem = {0};
	struct hl_referral_answer answer;
	struct hl_desk_answer v = {0};
	struct hl_referral_view view;
	size_t n = 0;
	int r = hl_desk_referral_load(ctx, req, &view);

	if (r) {
		return r;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		struct hl_str value = hl_web_form_get(
			&hl_desk_session_of(ctx)->form, names[i]);

		if (value.n) {
			fields[n++] = (struct hl_referral_field){
				hl_str_c(names[i]), value};
		}
	}
	r = hl_referral_answer_form(
		fields, n, view.row.kind, ctx->arena, &answer, &problem);
	if (r == HL_DENIED) {
		place_problem(&problem, &v);
		return show_answer(ctx, req, resp, &view, &v);
	}
	if (r) {
		return r;
	}
	end.to = hl_desk_referral_path(ctx->arena, view.row.id, "");
	end.r = hl_referral_staff_answer(
		hl_desk_who(ctx), view.row.id, &answer, &end.why, &ctx->err);
	if (hl_desk_refer_refused(end.r, end.why)) {
		v.answer_error =
			hl_desk_word(&hl_vocab_referral_why, (int)end.why);
		return show_answer(ctx, req, resp, &view, &v);
	}
	return hl_desk_refer_end(ctx, req, resp, &end);
}

/* What the page says once a new address has been reported. */
static struct hl_str followed_text(
	struct hl_web_ctx *ctx, int64_t from_id, int64_t case_id)
{
	return from_id == case_id
		       ? hl_web_tr(HL_TR("That is the address of this very "
					 "case. It counts as reported once "
					 "more."))
		       : hl_desk_fill(ctx->arena,
				 HL_TR("Reported. Its case is {1}: it waits to "
				       "be assessed, or counts once more if "
				       "it was known."),
				 hl_desk_ref(ctx->arena, HL_REF_CASE, case_id),
				 HL_STR_NONE);
}

static int follow(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_referral_view *view,
	const struct hl_referral_answered *answer)
{
	struct hl_casework_moved moved = {view->row.case_id, view->row.id,
		answer->id, answer->new_address};
	struct hl_desk_end end = {
		.to = hl_desk_referral_path(ctx->arena, view->row.id, "")};
	int64_t case_id;

	end.r = hl_casework_follow(hl_desk_who(ctx), hl_desk_of(ctx)->settings,
		&moved, &case_id, &end.why, &ctx->err);
	if (end.r == HL_E_INVALID) {
		return hl_desk_refuse(ctx, req, resp, end.to,
			hl_web_tr(HL_TR("The new address cannot be read as one "
					"address. Ask the recipient for it.")));
	}
	if (!end.r) {
		end.notice = followed_text(ctx, view->row.case_id, case_id);
	}
	return hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_follow_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_referral_view view;
	int64_t id = 0;
	int r = hl_desk_referral_load(ctx, req, &view);

	if (r) {
		return r;
	}
	hl_web_form_get_i64(&hl_desk_session_of(ctx)->form, "answer", &id);
	for (size_t i = 0; i < view.n_answers; i++) {
		if (view.answers[i].id == id && view.answers[i].can_follow) {
			return follow(ctx, req, resp, &view, &view.answers[i]);
		}
	}
	return hl_desk_refuse(ctx, req, resp,
		hl_desk_referral_path(ctx->arena, view.row.id, ""),
		hl_web_tr(HL_TR("There is no new address that you could make "
				"a case of now.")));
}
