/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "base/time.h"
#include "referral/bundle.h"
#include "referral/draft.h"
#include "referral/hold.h"
#include "referral/pack.h"
#include "seal/token.h"

/* From the approval on: holds, the outbox, downloads, the end. */

/* The case's clock runs for the police while a notice waits for them; until
 * they are told it has no deadline. */
static int hold(struct hl_referral_job *job, int64_t until_us)
{
	job->f.now.hold_until_us = until_us;
	if (job->f.c.now.state == HL_CASE_ACTIONING) {
		hl_referral_step(job->tx, job->f.now.case_id, HL_STEP_POLICE,
			job->now_us);
	}
	return hl_referral_record_act(
		&job->f, HL_ACTION_HOLD, HL_EVENT_REFERRAL_HELD);
}

static int enqueue(struct hl_referral_job *job, enum hl_event event)
{
	int r = hl_referral_record_act(&job->f, HL_ACTION_QUEUE, event);

	if (r) {
		return hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	job->f.now.last_error = HL_STR("");
	job->f.now.last_code = 0;
	hl_referral_enqueue(job->tx, &job->f, job->now_us);
	return 0;
}

/* What is told is looked up before it leaves, and watched: the worker gets
 * the address, if it has it not (the service was off, the case was closed in
 * between). Without its key the mail leaves unwatched; the case says so. */
static int share_address(struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_in_watch_share in = {.id = job->f.now.item_id};
	int r = hl_casefile_share_url(job->who, in.id, &in.worker_sealed, err);

	if (!r) {
		hl_tx_watch_share(job->tx, &in);
	}
	return hl_casefile_unreadable(r) ? 0 : r;
}

static int change_approve(struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_row_referral_get *f = &job->f.now;
	struct hl_referral_hold_ask ask =
		hl_referral_hold_of(job->who, job->desk, &job->f);
	struct hl_referral_hold police;
	int r;

	if (f->contact != HL_CONTACT_APPROVED) {
		return hl_referral_refuse(job->why, HL_REFERRAL_CONTACT);
	}
	r = hl_referral_record_act(
		&job->f, HL_ACTION_APPROVE, HL_EVENT_REFERRAL_APPROVED);
	if (r) {
		return hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	f->approved_by = job->who->actor.user_id;
	f->approved_at_us = job->now_us;
	r = share_address(job, err);
	if (r) {
		return r;
	}
	if (f->channel == HL_REFERRAL_BY_DOWNLOAD) {
		return job->desk->bundle_key ? 0
					     : hl_referral_refuse(job->why,
						       HL_REFERRAL_NO_BUNDLE);
	}
	r = hl_referral_pack_send(job, false, err);
	r = r ? r : hl_referral_hold(&ask, &police, err);
	if (r) {
		return r;
	}
	return police.applies && (!police.told || police.until_us > job->now_us)
		       ? hold(job, police.until_us)
		       : enqueue(job, HL_EVENT_REFERRAL_QUEUED);
}

int hl_referral_approve(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_referral_deed deed = {
		desk, HL_AUTHZ_REFERRAL_APPROVE, change_approve, NULL};

	return hl_referral_do(who, id, &deed, why, err);
}

static bool in_outbox(const struct hl_row_referral_get *f)
{
	return f->state == HL_REFERRAL_QUEUED ||
	       f->state == HL_REFERRAL_RETRYING;
}

/* HL_REFERRAL_SENDING while the worker has it. */
static int drop(struct hl_referral_job *job)
{
	if (job->f.now.lease_until_us > job->now_us) {
		return hl_referral_refuse(job->why, HL_REFERRAL_SENDING);
	}
	hl_tx_outbox_drop(
		job->tx, &(struct hl_in_outbox_drop){.done_at_us = job->now_us,
				 .referral_id = job->f.now.id,
				 .lease_until_us = job->now_us});
	return 0;
}

/* When nothing is left to be sent, what has been sent decides. */
static int settle(struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_in_referral_pending_besides in = {
		job->f.now.case_id, job->f.now.id};
	struct hl_row_referral_pending_besides *row;
	size_t n;
	int r = hl_get_referral_pending_besides(
		job->who->store, job->who->arena, &in, &row, &n, err);

	if (r || row->n || !job->f.c.now.passed_to ||
		job->f.c.now.state != HL_CASE_ACTIONING) {
		return r;
	}
	job->f.case_changed = true;
	return hl_casefile_all_told(&job->f.c, err);
}

/* Nothing else waits for the police: the notice's clock runs on. */
static int end_hold(struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_in_referral_held_besides in = {
		job->f.now.case_id, job->f.now.id};
	struct hl_row_referral_held_besides *row;
	size_t n;
	int r = hl_get_referral_held_besides(
		job->who->store, job->who->arena, &in, &row, &n, err);

	if (!r && !row->n && job->f.c.now.state == HL_CASE_ACTIONING) {
		hl_referral_step(job->tx, job->f.now.case_id, HL_STEP_NOTICE,
			job->now_us);
	}
	return r;
}

static int change_close(struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_row_referral_get *f = &job->f.now;
	bool held = f->state == HL_REFERRAL_LEA_HOLD;
	int r = in_outbox(f) ? drop(job) : 0;

	if (r) {
		return r;
	}
	r = hl_referral_record_act(
		&job->f, HL_ACTION_CLOSE, HL_EVENT_REFERRAL_CLOSED);
	if (r) {
		return hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	hl_tx_referral_unseal(job->tx, &(struct hl_in_referral_unseal){f->id});
	hl_tx_referral_unlink(job->tx, &(struct hl_in_referral_unlink){f->id});
	r = held ? end_hold(job, err) : 0;
	return r ? r : settle(job, err);
}

/* A draft is thrown away by whoever may approve it. */
static enum hl_authz_action closing_is(
	const struct hl_who *who, int64_t id, struct hl_err *err)
{
	struct hl_referral_record f;
	int r = hl_referral_record_load(who->store, who->arena, id, &f, err);

	return !r && f.now.state == HL_REFERRAL_DRAFT
		       ? HL_AUTHZ_REFERRAL_APPROVE
		       : HL_AUTHZ_REFERRAL_SEND;
}

int hl_referral_close(const struct hl_who *who, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_referral_deed deed = {
		.action = closing_is(who, id, err), .change = change_close};

	return hl_referral_do(who, id, &deed, why, err);
}

static int by_mail(const struct hl_referral_job *job)
{
	return job->f.now.channel == HL_REFERRAL_BY_MAIL
		       ? 0
		       : hl_referral_refuse(job->why, HL_REFERRAL_DOWNLOAD);
}

static int change_retry(struct hl_referral_job *job, struct hl_err *err)
{
	const struct hl_row_referral_get *f = &job->f.now;
	bool again = f->state == HL_REFERRAL_RETRYING ||
		     f->state == HL_REFERRAL_PERMANENT_ERROR;
	int r = by_mail(job);

	if (!r && !again && f->state != HL_REFERRAL_BOUNCED) {
		r = hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	if (!r && f->contact != HL_CONTACT_APPROVED) {
		r = hl_referral_refuse(job->why, HL_REFERRAL_CONTACT);
	}
	r = r ? r : hl_referral_hold_check(job, err);
	if (!r && in_outbox(f)) {
		r = drop(job);
	}
	if (f->state == HL_REFERRAL_BOUNCED) {
		job->f.now.sent_at_us = 0; /* it had reached nobody */
	}
	/* what failed for the contact's sake goes to the new contact */
	if (!r && f->state != HL_REFERRAL_RETRYING) {
		r = hl_referral_pack_send(job, false, err);
	}
	return r ? r : enqueue(job, HL_EVENT_REFERRAL_QUEUED);
}

int hl_referral_retry(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_referral_deed deed = {
		desk, HL_AUTHZ_REFERRAL_SEND, change_retry, NULL};

	return hl_referral_do(who, id, &deed, why, err);
}

static int change_remind(struct hl_referral_job *job, struct hl_err *err)
{
	const struct hl_row_referral_get *f = &job->f.now;
	int r = by_mail(job);

	if (!r && f->state != HL_REFERRAL_SENT &&
		f->state != HL_REFERRAL_ACKED) {
		r = hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	r = r ? r : hl_referral_hold_check(job, err);
	r = r ? r : hl_referral_pack_send(job, true, err);
	if (r) {
		return r;
	}
	hl_referral_record_note(
		&job->f, HL_EVENT_REFERRAL_REMINDED, f->attempts, f->answer);
	return enqueue(job, HL_EVENT_REFERRAL_QUEUED);
}

int hl_referral_remind(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_referral_deed deed = {
		desk, HL_AUTHZ_REFERRAL_SEND, change_remind, NULL};

	return hl_referral_do(who, id, &deed, why, err);
}

/* The notice itself has been sent and stays so, with the link in it. */
static int change_recall(struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_row_referral_get *f = &job->f.now;
	int r = in_outbox(f) ? drop(job) : 0;

	if (r) {
		return r;
	}
	if (!f->sent_at_us ||
		hl_referral_record_act(&job->f, HL_ACTION_RECALL,
			HL_EVENT_REFERRAL_RECALLED) ||
		(f->answer && hl_referral_record_act(&job->f, HL_ACTION_ACK,
				      HL_EVENT_REFERRAL_ANSWERED))) {
		return hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	f->last_error = HL_STR("");
	f->last_code = 0;
	hl_tx_referral_unseal(job->tx, &(struct hl_in_referral_unseal){f->id});
	hl_tx_referral_link_back(
		job->tx, &(struct hl_in_referral_link_back){f->id});
	return settle(job, err);
}

int hl_referral_recall(const struct hl_who *who, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_referral_deed deed = {
		.action = HL_AUTHZ_REFERRAL_SEND, .change = change_recall};

	return hl_referral_do(who, id, &deed, why, err);
}

static int change_bounced(struct hl_referral_job *job, struct hl_err *err)
{
	(void)err;
	if (hl_referral_record_act(
		    &job->f, HL_ACTION_BOUNCE, HL_EVENT_REFERRAL_BOUNCED)) {
		return hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	job->f.now.last_error = HL_STR("Its mail came back.");
	return 0;
}

int hl_referral_bounced(const struct hl_who *who, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_referral_deed deed = {
		.action = HL_AUTHZ_REFERRAL_SEND, .change = change_bounced};

	return hl_referral_do(who, id, &deed, why, err);
}

/* Downloads */

struct download {
	struct hl_buf *out;
};

static bool downloadable(const struct hl_row_referral_get *f)
{
	return f->kind == HL_RECIPIENT_POLICE &&
	       f->channel == HL_REFERRAL_BY_DOWNLOAD &&
	       (f->state == HL_REFERRAL_APPROVED ||
		       f->state == HL_REFERRAL_SENT ||
		       f->state == HL_REFERRAL_ACKED);
}

static int make_bundle(struct hl_referral_job *job,
	const struct hl_seal_token *token, struct hl_buf *out,
	struct hl_err *err)
{
	struct hl_referral_pack sealed, filled;
	char text[HL_SEAL_TOKEN_TEXT];
	int r = hl_referral_pack_open(
		job->who, job->f.now.id, &sealed, job->why, err);

	if (r) {
		return r;
	}
	r = hl_referral_pack_fill(&sealed, hl_seal_token_print(token, text),
		job->who->arena, &filled, err);
	explicit_bzero(text, sizeof(text));
	hl_buf_reset(out);
	return r ? r
		 : hl_referral_pack_bundle(
			   &filled, &job->f, job->desk, out, err);
}

/* The link of the newest download is the one that counts. */
static int change_download(struct hl_referral_job *job, struct hl_err *err)
{
	const struct download *d = job->with;
	const struct hl_settings *s = job->desk->settings;
	HL_SEAL_TOKEN_AUTO token;
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];

	if (!job->desk->bundle_key || !downloadable(&job->f.now)) {
		return hl_referral_refuse(job->why, HL_REFERRAL_NO_BUNDLE);
	}
	hl_seal_token_new(HL_SEAL_TOKEN_ANSWER, &token);
	int r = make_bundle(job, &token, d->out, err);
	if (r) {
		return r;
	}
	hl_seal_token_hash(&token, hash);
	hl_tx_referral_seal(job->tx,
		&(struct hl_in_referral_seal){.worker_sealed = HL_STR(""),
			.has_link = 0,
			.answer_hash = hl_str_mem(hash, sizeof(hash)),
			.id = job->f.now.id});
	job->f.now.answer_until_us =
		job->now_us + s->answer_ttl_days * HL_US_PER_DAY;
	hl_referral_record_note(&job->f, HL_EVENT_REFERRAL_EXPORTED,
		job->f.now.state, (int64_t)d->out->n);
	return 0;
}

int hl_referral_download(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id, struct hl_buf *out,
	struct hl_str *name, enum hl_referral_why *why, struct hl_err *err)
{
	struct download d = {out};
	struct hl_referral_deed deed = {
		desk, HL_AUTHZ_REFERRAL_SEND, change_download, &d};
	char ref[HL_REF_MAX];
	int r = hl_referral_do(who, id, &deed, why, err);

	if (r) {
		hl_buf_reset(out);
		return r;
	}
	*name = hl_arena_printf(who->arena, "%.*s.zip",
		HL_STR_ARG(hl_ref_print(HL_REF_REFERRAL, id, ref)));
	return name->p ? 0 : HL_FAIL(err, HL_E_NOMEM, "a file name");
}

/* The only way to "sent" that is no mail: a download that is in the log. */
static int change_handed(struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_referral_reached how = hl_referral_job_how(job);
	struct hl_row_referral_get *f = &job->f.now;
	int64_t until_us = f->answer_until_us;

	if (f->channel != HL_REFERRAL_BY_DOWNLOAD ||
		f->state != HL_REFERRAL_APPROVED) {
		return hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	if (!until_us) {
		return hl_referral_refuse(job->why, HL_REFERRAL_EXPORT_FIRST);
	}
	if (hl_referral_record_act(
		    &job->f, HL_ACTION_QUEUE, HL_EVENT_REFERRAL_QUEUED) ||
		hl_referral_record_act(
			&job->f, HL_ACTION_SEND, HL_EVENT_REFERRAL_SENT)) {
		return hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	if (f->answer && hl_referral_record_act(&job->f, HL_ACTION_ACK,
				 HL_EVENT_REFERRAL_ANSWERED)) {
		return hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	return hl_referral_reach(&how, &job->f, err);
}

int hl_referral_handed_over(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_referral_deed deed = {
		desk, HL_AUTHZ_REFERRAL_SEND, change_handed, NULL};

	return hl_referral_do(who, id, &deed, why, err);
}
