/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/outbox.h"

#include "base/rand.h"
#include "base/time.h"
#include "referral/hold.h"
#include "referral/pack.h"
#include "referral/retry.h"

/*
 * A message is leased, sent, and what came of it is written down, in this
 * order. When the worker dies in between, the lease runs out and the same
 * bytes are sent again under the same Message-ID: at least once, and the
 * referral says that it may have arrived twice. Times that lie further ahead
 * than this file ever sets them come from a clock that was set back since,
 * and count as due.
 */
#define LEASE_US (10 * HL_US_PER_MIN)
#define FAR_US (12 * HL_US_PER_HOUR)
#define SKIP_US (5 * HL_US_PER_MIN)
/* How long a notice waits for a look at its host that does not work. */
#define LOOK_US HL_US_PER_HOUR
/* A clock set ahead must not make one failure the last. */
#define FEWEST_TRIES 8
#define RECORD_TRIES 8
#define LINKS_KEPT_US (30 * HL_US_PER_DAY)
#define TRY_ARENA ((size_t)4 * 1024 * 1024)

enum row_state { WAITING = 1, DONE = 2, GIVEN_UP = 3 };

struct attempt {
	const struct hl_referral_outbox *o;
	struct hl_arena *arena; /* of this one alone, secret */
	const struct hl_row_outbox_due *due;
	int64_t now_us, lease_until_us;
	struct hl_referral_record f;
	struct hl_referral_sent sent;
	struct hl_referral_round *round;
};

static int load(struct attempt *a, struct hl_err *err)
{
	return hl_referral_record_load(
		a->o->store, a->arena, a->due->referral_id, &a->f, err);
}

static struct hl_referral_reached how(struct attempt *a, struct hl_tx *tx)
{
	return (struct hl_referral_reached){.store = a->o->store,
		.arena = a->arena,
		.tx = tx,
		.settings = a->o->settings,
		.now_us = a->now_us};
}

/* An earlier try was taken and never written down. */
static int lease(struct attempt *a, struct hl_err *err)
{
	bool lost = a->due->lease_until_us != 0;
	struct hl_tx *tx = hl_tx_begin(a->o->store, a->arena);

	a->lease_until_us = a->now_us + LEASE_US;
	hl_tx_outbox_lease(tx, &(struct hl_in_outbox_lease){a->lease_until_us,
				       a->due->id, a->due->lease_until_us});
	if (lost && !hl_referral_record_act(&a->f, HL_ACTION_RETRY,
			    HL_EVENT_REFERRAL_RETRYING)) {
		a->f.now.last_error = HL_STR(
			"An earlier try ended without a record: the message "
			"may arrive twice.");
		hl_referral_record_put(tx, &a->f, 0);
	}
	return hl_tx_run(tx, err);
}

static void add_done(const struct attempt *a, struct hl_tx *tx,
	enum row_state state, int64_t tries, int64_t next_at_us)
{
	hl_tx_outbox_done(
		tx, &(struct hl_in_outbox_done){.state = state,
			    .attempts = a->due->attempts + tries,
			    .next_at_us = next_at_us,
			    .done_at_us = state == WAITING ? 0 : a->now_us,
			    .id = a->due->id,
			    .lease_until_us = a->lease_until_us});
}

static struct hl_str keep(const struct attempt *a, const char *text)
{
	return hl_arena_dup(a->arena, hl_str_c(text));
}

static int on_sent(struct attempt *a, struct hl_tx *tx, struct hl_err *err)
{
	struct hl_referral_reached reached = how(a, tx);
	struct hl_row_referral_get *f = &a->f.now;
	bool twice = f->last_error.n && a->due->lease_until_us;
	int r = hl_referral_record_act(
		&a->f, HL_ACTION_SEND, HL_EVENT_REFERRAL_SENT);

	if (!r && f->answer) {
		r = hl_referral_record_act(
			&a->f, HL_ACTION_ACK, HL_EVENT_REFERRAL_ANSWERED);
	}
	f->attempts++;
	f->last_code = a->sent.code;
	f->last_error = twice ? f->last_error : HL_STR("");
	add_done(a, tx, DONE, 1, 0);
	return r ? r : hl_referral_reach(&reached, &a->f, err);
}

static int on_permanent(struct attempt *a, struct hl_tx *tx, struct hl_err *err)
{
	(void)err;
	a->f.now.attempts++;
	a->f.now.last_code = a->sent.code;
	a->f.now.last_error = keep(a, a->sent.reply);
	add_done(a, tx, GIVEN_UP, 1, 0);
	if (a->f.c.now.state >= HL_CASE_CLOSED) {
		hl_tx_referral_unseal(
			tx, &(struct hl_in_referral_unseal){a->f.now.id});
	}
	return hl_referral_record_act(
		&a->f, HL_ACTION_FAIL, HL_EVENT_REFERRAL_FAILED);
}

static int on_transient(struct attempt *a, struct hl_tx *tx, struct hl_err *err)
{
	int64_t n_failed = a->due->attempts + 1;
	int64_t next = a->now_us + HL_US_PER_HOUR;
	int r = hl_referral_retry_next(&hl_referral_backoff_default,
		(unsigned)n_failed, a->due->created_at_us, a->now_us,
		hl_rand_below(UINT32_MAX), &next);

	if (r == HL_NOTFOUND && n_failed >= FEWEST_TRIES) {
		return on_permanent(a, tx, err);
	}
	a->f.now.attempts++;
	a->f.now.last_code = a->sent.code;
	a->f.now.last_error = keep(a, a->sent.reply);
	add_done(a, tx, WAITING, 1, next);
	return hl_referral_record_act(
		&a->f, HL_ACTION_RETRY, HL_EVENT_REFERRAL_RETRYING);
}

/* Nothing was tried: neither sent nor failed, and the page says why. */
static int on_skipped(struct attempt *a, struct hl_tx *tx, struct hl_err *err)
{
	(void)err;
	a->f.now.last_error = keep(a, a->sent.reply);
	add_done(a, tx, WAITING, 0, a->now_us + SKIP_US);
	return 0;
}

static int on_superseded(
	struct attempt *a, struct hl_tx *tx, struct hl_err *err)
{
	struct hl_casefile *c = &a->f.c;
	int r = hl_referral_record_act(
		&a->f, HL_ACTION_CLOSE, HL_EVENT_REFERRAL_CLOSED);

	a->f.now.last_error = HL_STR("The host has changed: not sent. The "
				     "case needs a new plan.");
	a->f.case_changed = true;
	if (!r && c->now.item_state != HL_ITEM_HOST_CHANGED) {
		r = hl_casefile_item_act(c, HL_ACTION_CHANGE_HOST,
			HL_EVENT_ITEM_HOST_CHANGED, err);
	}
	if (!r && c->now.state == HL_CASE_MONITORING) {
		r = hl_casefile_act(
			c, HL_ACTION_ACT, HL_EVENT_CASE_ACTIONING, err);
	}
	hl_tx_referral_unseal(tx, &(struct hl_in_referral_unseal){a->f.now.id});
	hl_tx_referral_unlink(tx, &(struct hl_in_referral_unlink){a->f.now.id});
	add_done(a, tx, GIVEN_UP, 0, 0);
	return r;
}

typedef int (*recorder)(
	struct attempt *a, struct hl_tx *tx, struct hl_err *err);

/* Others may change the case meanwhile; what happened outside is written
 * down all the same. */
static int record(struct attempt *a, recorder on, struct hl_err *err)
{
	int r = HL_CONFLICT;

	for (int i = 0; i < RECORD_TRIES && r == HL_CONFLICT; i++) {
		struct hl_tx *tx;

		r = load(a, err);
		if (r) {
			break;
		}
		tx = hl_tx_begin(a->o->store, a->arena);
		r = on(a, tx, err);
		if (r) {
			hl_tx_drop(tx);
			break;
		}
		hl_referral_record_put(tx, &a->f, 0);
		r = hl_tx_run(tx, err);
	}
	return r;
}

static int write_down(struct attempt *a, struct hl_err *err)
{
	switch (a->sent.status) {
	case HL_REFERRAL_MAIL_SENT:
		a->round->n_sent++;
		return record(a, on_sent, err);
	case HL_REFERRAL_MAIL_TRANSIENT:
		a->round->n_retried++;
		break;
	case HL_REFERRAL_MAIL_PERMANENT:
		a->round->n_failed++;
		return record(a, on_permanent, err);
	case HL_REFERRAL_MAIL_SKIPPED:
		a->round->n_skipped++;
		return record(a, on_skipped, err);
	}
	return record(a, on_transient, err);
}

static void say(struct attempt *a, enum hl_referral_sent_status status,
	const char *reply)
{
	size_t n = strlen(reply);

	a->sent = (struct hl_referral_sent){.status = status};
	n = n < sizeof(a->sent.reply) ? n : sizeof(a->sent.reply) - 1;
	memcpy(a->sent.reply, reply, n);
}

static int open_mail(struct attempt *a, struct hl_buf *plain,
	struct hl_referral_sealed_mail *mail, struct hl_err *err)
{
	struct hl_in_referral_mail in = {a->f.now.id};
	struct hl_seal_label label = HL_LABEL_REFERRAL_MAIL(a->f.now.id);
	struct hl_row_referral_mail *row;
	size_t n;
	int r = hl_get_referral_mail(a->o->store, a->arena, &in, &row, &n, err);

	if (r) {
		return r;
	}
	if (!n || !row->worker_sealed.n ||
		hl_seal_open(
			a->o->worker, &label, row->worker_sealed, plain, err) ||
		hl_referral_sealed_read(hl_buf_str(plain), mail, err)) {
		return HL_NOTFOUND;
	}
	return 0;
}

static void hand_over(
	struct attempt *a, const struct hl_referral_sealed_mail *mail)
{
	struct hl_err err = {.msg = ""};
	struct hl_referral_envelope envelope = {.from = mail->from,
		.to = mail->to,
		.test = a->f.now.is_test != 0};
	int r = a->o->send(a->o->ctx, &envelope, mail->message, &a->sent, &err);

	if (r == HL_E_INVALID) {
		say(a, HL_REFERRAL_MAIL_PERMANENT, err.msg);
	} else if (r) {
		say(a, HL_REFERRAL_MAIL_TRANSIENT,
			err.msg[0] ? err.msg : hl_err_name(r));
	}
	if (a->sent.config) {
		a->round->config = true;
		memcpy(a->round->reply, a->sent.reply, sizeof(a->sent.reply));
	}
}

/* What keeps it from being tried at all; true if something does. */
static bool set_aside(struct attempt *a)
{
	const struct hl_settings *s = a->o->settings;

	if (s->mail_transport == HL_MAIL_NONE) {
		say(a, HL_REFERRAL_MAIL_SKIPPED, "Mail is switched off.");
	} else if (!s->mail_production && !a->f.now.is_test) {
		say(a, HL_REFERRAL_MAIL_SKIPPED,
			"This installation sends test messages only.");
	} else if (a->f.now.contact != HL_CONTACT_APPROVED) {
		say(a, HL_REFERRAL_MAIL_PERMANENT,
			"The contact is not approved any more.");
	} else {
		return false;
	}
	return true;
}

static enum hl_referral_host look(const struct attempt *a)
{
	struct hl_referral_parcel parcel = {.referral_id = a->f.now.id,
		.case_id = a->f.now.case_id,
		.item_id = a->f.now.item_id,
		.kind = (enum hl_recipient)a->f.now.kind,
		.is_test = a->f.now.is_test != 0,
		.attempts = a->f.now.attempts};

	if (!a->o->before_send ||
		(parcel.kind != HL_RECIPIENT_PROVIDER &&
			parcel.kind != HL_RECIPIENT_PARTNER)) {
		return HL_REFERRAL_HOST_OK;
	}
	return a->o->before_send(a->o->ctx, &parcel);
}

static int deliver(struct attempt *a, struct hl_err *err)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(TRY_ARENA);
	struct hl_referral_sealed_mail mail;
	enum hl_referral_host host;
	int r;

	if (set_aside(a)) {
		return write_down(a, err);
	}
	r = open_mail(a, &plain, &mail, err);
	if (r == HL_NOTFOUND) {
		say(a, HL_REFERRAL_MAIL_PERMANENT,
			"The sealed message cannot be opened by this worker.");
		return write_down(a, err);
	}
	if (r) {
		return r;
	}
	host = look(a);
	if (host == HL_REFERRAL_HOST_CHANGED) {
		a->round->n_superseded++;
		return record(a, on_superseded, err);
	}
	if (host == HL_REFERRAL_HOST_UNAVAILABLE &&
		a->now_us - a->due->created_at_us < LOOK_US) {
		say(a, HL_REFERRAL_MAIL_TRANSIENT,
			"The host could not be looked up again.");
	} else {
		hand_over(a, &mail);
	}
	return write_down(a, err);
}

/* Closed, or gone on by other ways, since it was put here. */
static int discard(struct attempt *a, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(a->o->store, a->arena);

	add_done(a, tx, GIVEN_UP, 0, 0);
	return hl_tx_run(tx, err);
}

static int try_one(struct attempt *a, struct hl_err *err)
{
	int r = load(a, err);

	if (!r) {
		r = lease(a, err);
	}
	if (!r) {
		r = load(a, err);
	}
	if (r) {
		return r;
	}
	return a->f.now.state == HL_REFERRAL_QUEUED ||
			       a->f.now.state == HL_REFERRAL_RETRYING
		       ? deliver(a, err)
		       : discard(a, err);
}

int hl_referral_outbox_run(const struct hl_referral_outbox *o,
	struct hl_arena *arena, int n_most, struct hl_referral_round *out,
	struct hl_err *err)
{
	int64_t now = hl_time_now_us();
	struct hl_in_outbox_due in = {
		now, now + FAR_US, now + LEASE_US, n_most + 1};
	struct hl_row_outbox_due *rows;
	size_t n;
	int r = hl_get_outbox_due(o->store, arena, &in, &rows, &n, err);

	*out = (struct hl_referral_round){0};
	out->more = !r && n > (size_t)n_most;
	for (size_t i = 0; i < n && (int)i < n_most && !r; i++) {
		HL_ARENA_AUTO *own = hl_arena_new(TRY_ARENA, true);
		struct attempt a = {.o = o,
			.arena = own,
			.due = &rows[i],
			.now_us = hl_time_now_us(),
			.round = out};

		r = own ? try_one(&a, err)
			: HL_FAIL(err, HL_E_NOMEM, "a message");
		r = r > 0 ? 0 : r; /* somebody else's now */
	}
	return r;
}

/* Until when a hold lasts by what the police know and said; 0: without a
 * deadline, since they have not been told, or not any more (it bounced). */
static int64_t deadline(const struct hl_row_referral_holds *row,
	const struct hl_referral_hold *police)
{
	if (!police->told) {
		return 0;
	}
	return police->until_us > row->hold_until_us ? police->until_us
						     : row->hold_until_us;
}

static int change_hold(const struct hl_referral_reached *reached,
	struct hl_referral_record *f, int64_t until_us, bool cleared,
	struct hl_err *err)
{
	if (cleared || (until_us && until_us <= reached->now_us)) {
		return hl_referral_unhold(reached, f,
			cleared ? HL_ACTION_UNHOLD : HL_ACTION_EXPIRE,
			cleared ? HL_EVENT_REFERRAL_RELEASED
				: HL_EVENT_REFERRAL_HOLD_EXPIRED,
			err);
	}
	f->now.hold_until_us = until_us;
	hl_referral_record_note(f, HL_EVENT_REFERRAL_HELD, HL_REFERRAL_LEA_HOLD,
		HL_REFERRAL_LEA_HOLD);
	return 0;
}

static int run_hold(const struct hl_referral_outbox *o, struct hl_arena *arena,
	const struct hl_row_referral_holds *row, int *n_released,
	struct hl_err *err)
{
	struct hl_referral_record f;
	struct hl_referral_reached reached = {
		o->store, arena, NULL, o->settings, hl_time_now_us()};
	struct hl_referral_hold_ask ask = {o->store, arena, o->settings,
		row->case_id, row->kind, row->is_test, row->country};
	struct hl_referral_hold police;
	int r = hl_referral_hold(&ask, &police, err);
	int64_t until = r ? 0 : deadline(row, &police);

	if (r || (!police.cleared && until == row->hold_until_us &&
			 (!until || until > reached.now_us))) {
		return r;
	}
	r = hl_referral_record_load(o->store, arena, row->id, &f, err);
	if (r) {
		return r;
	}
	reached.tx = hl_tx_begin(o->store, arena);
	r = change_hold(&reached, &f, until, police.cleared, err);
	if (r) {
		hl_tx_drop(reached.tx);
		return r;
	}
	hl_referral_record_put(reached.tx, &f, 0);
	r = hl_tx_run(reached.tx, err);
	*n_released += !r && f.now.state == HL_REFERRAL_QUEUED;
	return r;
}

int hl_referral_holds_run(const struct hl_referral_outbox *o,
	struct hl_arena *arena, int n_most, int *n_released, struct hl_err *err)
{
	struct hl_in_referral_holds in = {hl_time_now_us(), n_most};
	struct hl_row_referral_holds *rows;
	size_t n;
	int r = hl_get_referral_holds(o->store, arena, &in, &rows, &n, err);

	*n_released = 0;
	for (size_t i = 0; i < n && !r; i++) {
		r = run_hold(o, arena, &rows[i], n_released, err);
		r = r > 0 ? 0 : r; /* released by a person meanwhile */
	}
	return r;
}

int hl_referral_links_run(const struct hl_referral_outbox *o,
	struct hl_arena *arena, struct hl_err *err)
{
	return hl_do_answer_links_end(o->store, arena,
		&(struct hl_in_answer_links_end){
			hl_time_now_us() - LINKS_KEPT_US},
		err);
}
