/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/view.h"

#include "base/time.h"
#include "referral/hold.h"
#include "store/sql.h"

/* What a person sees of referrals, and what they can do about one. */

static struct hl_referral_row row_of(
	const struct hl_row_referral_view *v, int remind_hours, int64_t now_us)
{
	bool waits = v->state == HL_REFERRAL_SENT && !v->answer;
	int64_t since = v->reminded_at_us > v->sent_at_us ? v->reminded_at_us
							  : v->sent_at_us;

	return (struct hl_referral_row){.id = v->id,
		.case_id = v->case_id,
		.item_id = v->item_id,
		.version = v->version,
		.kind = (enum hl_recipient)v->kind,
		.channel = (enum hl_referral_channel)v->channel,
		.state = (enum hl_referral_state)v->state,
		.is_test = v->is_test != 0,
		.recipient = {.id = v->recipient_id,
			.kind = (enum hl_recipient)v->kind,
			.name = v->name,
			.mail = v->mail,
			.country = v->country,
			.asn = v->asn,
			.channel = (enum hl_referral_channel)v->channel,
			.state = (enum hl_contact_state)v->contact},
		.hold_until_us = v->hold_until_us,
		.created_by = v->created_by,
		.created_at_us = v->created_at_us,
		.approved_by = v->approved_by,
		.approved_at_us = v->approved_at_us,
		.created_name = v->created_name,
		.approved_name = v->approved_name,
		.sent_at_us = v->sent_at_us,
		.closed_at_us = v->closed_at_us,
		.exported_at_us = v->exported_at_us,
		.reminded_at_us = v->reminded_at_us,
		.answer = (enum hl_answer)v->answer,
		.answered_at_us = v->answered_at_us,
		.answer_until_us = v->answer_until_us,
		.attempts = v->attempts,
		.next_at_us = v->next_at_us,
		.last_code = (int)v->last_code,
		.last_error = v->last_error,
		.case_state = (enum hl_case_state)v->case_state,
		.outcome = (enum hl_outcome)v->outcome,
		.n_moved = v->n_moved,
		.newer_host = v->newer_host != 0,
		.overdue = waits && remind_hours > 0 &&
			   since + remind_hours * HL_US_PER_HOUR < now_us};
}

/* Who has not answered since then is overdue; 0: nobody ever is. */
static int64_t silent_since(const struct hl_referral_desk *desk)
{
	int hours = desk->settings->referral_remind_hours;

	return hours > 0 ? hl_time_now_us() - hours * HL_US_PER_HOUR : 0;
}

int hl_referral_list(const struct hl_who *who,
	const struct hl_referral_desk *desk,
	const struct hl_referral_filter *filter,
	const struct hl_referral_row **out, size_t *n, struct hl_err *err)
{
	struct hl_in_referral_view in = {.case_id = filter->case_id,
		.state = filter->state,
		.silent_since_us = filter->overdue ? silent_since(desk) : 0,
		.moved = filter->moved,
		.n_most = (int64_t)filter->n_most,
		.n_skip = (int64_t)filter->n_skip};
	struct hl_row_referral_view *rows;
	struct hl_referral_row *made;

	*n = 0;
	if (hl_authz_check(&who->actor, HL_AUTHZ_RECIPIENT_READ, NULL, NULL)) {
		return HL_DENIED;
	}
	int r = hl_get_referral_view(
		who->store, who->arena, &in, &rows, n, err);
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n + 1, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "referrals");
	}
	for (size_t i = 0; i < *n; i++) {
		made[i] =
			row_of(&rows[i], desk->settings->referral_remind_hours,
				hl_time_now_us());
	}
	*out = made;
	return 0;
}

static int count_overdue(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t *n_overdue,
	struct hl_err *err)
{
	struct hl_in_referral_silent in = {silent_since(desk)};
	struct hl_row_referral_silent *row;
	size_t n;
	int r = hl_get_referral_silent(
		who->store, who->arena, &in, &row, &n, err);

	*n_overdue = !r && n ? row->n : 0;
	return r;
}

int hl_referral_counts(const struct hl_who *who,
	const struct hl_referral_desk *desk, struct hl_referral_counts *out,
	struct hl_err *err)
{
	struct hl_row_referral_counts *rows;
	struct hl_row_recipient_unapproved *contacts;
	struct hl_row_referral_moved *moved;
	size_t n, n_contacts, n_moved;

	*out = (struct hl_referral_counts){0};
	if (hl_authz_check(&who->actor, HL_AUTHZ_RECIPIENT_READ, NULL, NULL)) {
		return HL_DENIED;
	}
	int r = hl_get_referral_counts(who->store, who->arena, &rows, &n, err);
	if (!r) {
		r = hl_get_recipient_unapproved(
			who->store, who->arena, &contacts, &n_contacts, err);
	}
	if (!r) {
		r = hl_get_referral_moved(
			who->store, who->arena, &moved, &n_moved, err);
	}
	for (size_t i = 0; i < n && !r; i++) {
		if (rows[i].state > 0 && rows[i].state <= HL_REFERRAL_CLOSED) {
			out->state[rows[i].state] = rows[i].n;
		}
	}
	out->n_contacts = r ? 0 : contacts->n;
	out->n_moved = r ? 0 : moved->n;
	return r ? r : count_overdue(who, desk, &out->n_overdue, err);
}

static int open_answer(const struct hl_who *who,
	const struct hl_row_answer_list *row, struct hl_referral_answered *out,
	struct hl_err *err)
{
	struct hl_seal_label label = HL_LABEL_ANSWER(row->id);
	struct hl_referral_answer answer;
	struct hl_str plain;
	int r = hl_casefile_open(
		who, row->epoch, &label, row->words_sealed, &plain, err);

	*out = (struct hl_referral_answered){.id = row->id,
		.at_us = row->at_us,
		.case_id = row->case_id,
		.answer = (enum hl_answer)row->answer,
		.via = (int)row->via,
		.staff_id = row->staff_id};
	if (!r && plain.n) {
		r = hl_referral_answer_stored(plain, who->arena, &answer);
	}
	if (r || !plain.n) {
		return r == HL_E_NOMEM ? r : 0; /* shown as not to be read */
	}
	out->open = true;
	out->reason = answer.reason;
	out->new_address = answer.new_address;
	out->note = answer.note;
	return 0;
}

/* A new address is followed from its referral, by the case's permission. */
static void put_follow(const struct hl_who *who,
	const struct hl_referral_record *f, struct hl_referral_view *v,
	struct hl_referral_answered *answers)
{
	struct hl_authz_object o = hl_casefile_object(&f->c, hl_time_now_us());
	bool may = hl_authz_check(
			   &who->actor, HL_AUTHZ_CASE_FOLLOW, &o, NULL) == 0;

	for (size_t i = 0; i < v->n_answers; i++) {
		answers[i].can_follow =
			may && answers[i].new_address.n && !answers[i].case_id;
	}
}

static int put_answers(const struct hl_who *who,
	const struct hl_referral_record *f, struct hl_referral_view *v,
	struct hl_err *err)
{
	struct hl_in_answer_list in = {v->row.id};
	struct hl_row_answer_list *rows;
	struct hl_referral_answered *made;
	size_t n;
	int r = hl_get_answer_list(who->store, who->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, n + 1, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "answers");
	}
	for (size_t i = 0; i < n && !r; i++) {
		r = open_answer(who, &rows[i], &made[i], err);
	}
	v->answers = made;
	v->n_answers = n;
	put_follow(who, f, v, made);
	return r;
}

static bool allows(
	const struct hl_referral_view *v, enum hl_authz_action action)
{
	for (size_t i = 0; i < v->n_may; i++) {
		if (v->may[i].action == action) {
			return v->may[i].why == HL_AUTHZ_ALLOWED;
		}
	}
	return false;
}

static void put_may(const struct hl_who *who, struct hl_referral_view *v,
	const struct hl_authz_object *o)
{
	static const enum hl_authz_action actions[] = {HL_AUTHZ_REFERRAL_READ,
		HL_AUTHZ_REFERRAL_APPROVE, HL_AUTHZ_REFERRAL_SEND,
		HL_AUTHZ_REFERRAL_RELEASE, HL_AUTHZ_REFERRAL_OVERRIDE,
		HL_AUTHZ_ANSWER_RECORD};

	for (size_t i = 0; i < HL_ARRAY_LEN(actions); i++) {
		struct hl_referral_may *may = &v->may[v->n_may++];

		may->action = actions[i];
		hl_authz_check(&who->actor, actions[i], o, &may->why);
	}
}

static bool is_in(enum hl_referral_state state, unsigned mask)
{
	return (mask >> (unsigned)state & 1) != 0;
}
#define S(state) (1u << HL_REFERRAL_##state)

/* Whether the watch will find out by itself that an item is gone. */
static int is_watched(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t item_id, bool *watched,
	struct hl_err *err)
{
	struct hl_in_referral_watched in = {item_id};
	struct hl_row_referral_watched *row;
	size_t n;
	int r = hl_get_referral_watched(
		who->store, who->arena, &in, &row, &n, err);

	*watched = !r && n && row->active && desk->settings->watch_enabled;
	return r;
}

static void put_can(const struct hl_who *who,
	const struct hl_referral_desk *desk, struct hl_referral_view *v,
	const struct hl_referral_record *f)
{
	enum hl_referral_state state = v->row.state;
	bool mail = v->row.channel == HL_REFERRAL_BY_MAIL;
	bool send = allows(v, HL_AUTHZ_REFERRAL_SEND);
	struct hl_authz_object o = hl_casefile_object(&f->c, hl_time_now_us());
	bool gone = v->row.answer == HL_ANSWER_REMOVED ||
		    v->row.answer == HL_ANSWER_ALREADY_GONE;

	v->can_approve = allows(v, HL_AUTHZ_REFERRAL_APPROVE);
	v->can_release = !v->untold && allows(v, HL_AUTHZ_REFERRAL_RELEASE);
	v->can_override = v->untold && allows(v, HL_AUTHZ_REFERRAL_OVERRIDE);
	v->can_recall =
		send && v->row.sent_at_us &&
		is_in(state, S(QUEUED) | S(RETRYING) | S(PERMANENT_ERROR));
	v->can_cancel =
		v->can_approve ||
		(send && !v->can_recall &&
			is_in(state, S(APPROVED) | S(LEA_HOLD) | S(QUEUED) |
					     S(RETRYING) | S(PERMANENT_ERROR)));
	v->can_retry =
		send && mail && !v->asked &&
		is_in(state, S(RETRYING) | S(PERMANENT_ERROR) | S(BOUNCED));
	v->can_remind =
		send && mail && !v->asked && is_in(state, S(SENT) | S(ACKED));
	v->can_close = send && is_in(state, S(SENT) | S(ACKED) | S(BOUNCED));
	v->can_bounce = send && mail && state == HL_REFERRAL_SENT;
	v->can_download = send && !mail && desk->bundle_key &&
			  is_in(state, S(APPROVED) | S(SENT) | S(ACKED));
	v->can_hand_over = send && !mail && state == HL_REFERRAL_APPROVED &&
			   v->row.exported_at_us;
	v->can_answer = allows(v, HL_AUTHZ_ANSWER_RECORD);
	v->can_confirm_removed =
		gone && f->c.now.item_state != HL_ITEM_OFFLINE &&
		hl_authz_check(&who->actor, HL_AUTHZ_WATCH_PAUSE, &o, NULL) ==
			0;
}

static void add_note(struct hl_referral_view *v, const char *note)
{
	if (v->n_notes < HL_REFERRAL_NOTES_MAX) {
		v->notes[v->n_notes++] = note;
	}
}

static void put_notes(
	const struct hl_referral_desk *desk, struct hl_referral_view *v)
{
	bool waits = is_in(v->row.state, S(QUEUED) | S(RETRYING));

	if (v->row.is_test) {
		add_note(v, HL_MSG("This is a test: the message says so in its "
				   "subject and its text."));
	}
	if (waits && desk->settings->mail_transport == HL_MAIL_NONE) {
		add_note(v, HL_MSG("Mail is switched off (mail.transport): "
				   "this has not been sent."));
	} else if (waits && !v->row.is_test &&
		   !desk->settings->mail_production) {
		add_note(v, HL_MSG("This installation sends test messages "
				   "only (mail.production): this has not been "
				   "sent."));
	}
	if (v->untold && v->row.state == HL_REFERRAL_LEA_HOLD) {
		add_note(v, HL_MSG("Police first: this waits until a referral "
				   "of this case to the police has left, and "
				   "its time counts from then. Approve that "
				   "referral, or draft one."));
	} else if (v->untold) {
		add_note(v, HL_MSG("Police first: the police have not been "
				   "told of this case. Once approved, this "
				   "waits until they have been."));
	}
	if (v->asked && v->row.state != HL_REFERRAL_LEA_HOLD) {
		add_note(v, HL_MSG("The police have asked not to write to "
				   "this recipient now: no reminder can be "
				   "sent until they clear it or their time is "
				   "over."));
	}
	if (v->row.recipient.state != HL_CONTACT_APPROVED) {
		add_note(v, HL_MSG("The contact is not approved (any more)."));
	}
	if (v->row.state == HL_REFERRAL_APPROVED &&
		v->row.channel == HL_REFERRAL_BY_DOWNLOAD) {
		add_note(v, HL_MSG("Download the bundle, hand it to the "
				   "police, and mark it as handed over."));
	}
	if (v->row.n_moved) {
		add_note(v, HL_MSG("The recipient gave a new address: make a "
				   "case of it below."));
	}
	if (v->row.newer_host) {
		add_note(v, HL_MSG("What is known of the host has changed "
				   "since this was drafted. To send what is "
				   "known now, cancel this draft and make a "
				   "new one."));
	}
	if (v->row.overdue) {
		add_note(v, HL_MSG("No answer for longer than the settings "
				   "wait (referral.remind_hours): consider a "
				   "reminder."));
	}
}

/* That nobody was told is of interest before it has left only. */
static int put_police(const struct hl_who *who,
	const struct hl_referral_desk *desk, struct hl_referral_view *v,
	const struct hl_referral_record *f, struct hl_err *err)
{
	struct hl_referral_hold_ask ask = hl_referral_hold_of(who, desk, f);
	struct hl_referral_hold hold;
	int r = hl_referral_hold(&ask, &hold, err);

	v->asked = !r && hold.asked && v->row.state != HL_REFERRAL_CLOSED;
	v->untold = !r && hold.applies && !hold.told &&
		    is_in(v->row.state, S(DRAFT) | S(LEA_HOLD));
	return r;
}

static int put_row(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	struct hl_referral_view *out, struct hl_err *err)
{
	struct hl_in_referral_view in = {.id = id, .n_most = 1};
	struct hl_row_referral_view *rows;
	size_t n;
	int r = hl_get_referral_view(
		who->store, who->arena, &in, &rows, &n, err);

	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	out->row = row_of(
		rows, desk->settings->referral_remind_hours, hl_time_now_us());
	return 0;
}

int hl_referral_view(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	struct hl_referral_view *out, struct hl_err *err)
{
	struct hl_referral_record f;
	bool watched;
	int r = hl_referral_record_load(who->store, who->arena, id, &f, err);

	*out = (struct hl_referral_view){0};
	if (r < 0) {
		return r;
	}
	struct hl_authz_object o =
		hl_referral_record_object(r ? NULL : &f, hl_time_now_us());
	if (hl_authz_check(&who->actor, HL_AUTHZ_REFERRAL_READ, &o, NULL)) {
		return HL_NOTFOUND;
	}
	r = put_row(who, desk, id, out, err);
	r = r ? r : put_answers(who, &f, out, err);
	r = r ? r : put_police(who, desk, out, &f, err);
	r = r ? r : is_watched(who, desk, f.now.item_id, &watched, err);
	if (r) {
		return r;
	}
	put_may(who, out, &o);
	put_can(who, desk, out, &f);
	out->can_confirm_removed = out->can_confirm_removed && !watched;
	put_notes(desk, out);
	return 0;
}
