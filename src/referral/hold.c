/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/hold.h"

#include "base/rand.h"
#include "base/text.h"
#include "base/time.h"
#include "base/utf8.h"
#include "referral/draft.h"

/*
 * Police first: docs/referral.md. A notice to whoever could remove it or warn
 * the uploader waits until a referral of the case has reached the police and
 * their time is over, or they cleared it. Before they were told there is no
 * deadline (0), so that nothing but a supervisor with a reason ends the hold.
 */

#define ASKED_HOURS 24 /* they asked for time where none is set */

static bool may_be_held(int64_t kind)
{
	return kind == HL_RECIPIENT_PROVIDER || kind == HL_RECIPIENT_PLATFORM ||
	       kind == HL_RECIPIENT_REGISTRAR || kind == HL_RECIPIENT_PAYMENT;
}

struct hl_referral_hold_ask hl_referral_hold_of(const struct hl_who *who,
	const struct hl_referral_desk *desk, const struct hl_referral_record *f)
{
	return (struct hl_referral_hold_ask){.store = who->store,
		.arena = who->arena,
		.settings = desk->settings,
		.case_id = f->now.case_id,
		.kind = f->now.kind,
		.is_test = f->now.is_test,
		.country = f->c.country};
}

int hl_referral_hold(const struct hl_referral_hold_ask *ask,
	struct hl_referral_hold *out, struct hl_err *err)
{
	struct hl_in_referral_police in = {ask->case_id, ask->is_test};
	struct hl_row_referral_police *police;
	int hours = hl_settings_police_hold(ask->settings, ask->country);
	size_t n;
	int r = hl_get_referral_police(
		ask->store, ask->arena, &in, &police, &n, err);

	*out = (struct hl_referral_hold){0};
	if (r || !n) {
		return r;
	}
	out->told = police->told_at_us != 0;
	out->cleared = police->said == HL_ANSWER_CLEARED;
	bool asked = police->said == HL_ANSWER_HOLD;
	out->applies =
		may_be_held(ask->kind) && !out->cleared && (hours > 0 || asked);
	if (out->told) {
		out->until_us = police->told_at_us + hours * HL_US_PER_HOUR;
	}
	if (asked) {
		int64_t until = police->said_at_us +
				(hours ? hours : ASKED_HOURS) * HL_US_PER_HOUR;

		out->until_us = until > out->until_us ? until : out->until_us;
		out->asked = out->applies && out->until_us > hl_time_now_us();
	}
	return 0;
}

static int ask(const struct hl_referral_job *job, struct hl_referral_hold *out,
	struct hl_err *err)
{
	struct hl_referral_hold_ask in =
		hl_referral_hold_of(job->who, job->desk, &job->f);

	return hl_referral_hold(&in, out, err);
}

int hl_referral_hold_check(
	const struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_referral_hold hold;
	int r = ask(job, &hold, err);

	return r || !hold.asked
		       ? r
		       : hl_referral_refuse(job->why, HL_REFERRAL_POLICE_ASKED);
}

static int end(
	struct hl_referral_job *job, enum hl_event event, struct hl_err *err)
{
	struct hl_referral_reached how = hl_referral_job_how(job);
	int r = hl_referral_unhold(&how, &job->f, HL_ACTION_UNHOLD, event, err);

	return r == HL_DENIED
		       ? hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE)
		       : r;
}

static int change_release(struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_referral_hold hold;
	int r = ask(job, &hold, err);

	if (!r && hold.applies && !hold.told) {
		r = hl_referral_refuse(job->why, HL_REFERRAL_POLICE_FIRST);
	}
	return r ? r : end(job, HL_EVENT_REFERRAL_RELEASED, err);
}

int hl_referral_release(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_referral_deed deed = {
		desk, HL_AUTHZ_REFERRAL_RELEASE, change_release, NULL};

	return hl_referral_do(who, id, &deed, why, err);
}

/* The reason becomes a note of the case, sealed as others are. */
static int keep_reason(
	struct hl_referral_job *job, struct hl_str reason, struct hl_err *err)
{
	const struct hl_who *who = job->who;
	struct hl_casefile_keys keys;
	struct hl_in_note_add in = {.id = hl_rand_id(),
		.case_id = job->f.now.case_id,
		.staff_id = who->actor.user_id,
		.at_us = job->now_us};
	struct hl_seal_label label = HL_LABEL_NOTE(in.id);
	char ref[HL_REF_MAX];
	struct hl_str name = hl_ref_print(HL_REF_REFERRAL, job->f.now.id, ref);
	struct hl_str words = hl_arena_printf(
		who->arena, "%.*s: %.*s", HL_STR_ARG(name), HL_STR_ARG(reason));
	int r = words.p ? hl_casefile_keys(who->store, who->arena, &keys, err)
			: HL_FAIL(err, HL_E_NOMEM, "a reason");

	if (r) {
		return r;
	}
	in.epoch = keys.queue_epoch;
	r = hl_casefile_seal(
		who->arena, &keys.queue, &label, words, &in.words_sealed, err);
	if (!r) {
		hl_tx_note_add(job->tx, &in);
		hl_casefile_note(&job->f.c, HL_EVENT_CASE_NOTED, 0, 0);
		job->f.case_changed = true;
	}
	return r;
}

static int change_override(struct hl_referral_job *job, struct hl_err *err)
{
	const struct hl_str *reason = job->with;
	struct hl_referral_hold hold;
	int r = ask(job, &hold, err);

	r = r ? r : keep_reason(job, *reason, err);
	return r ? r
		 : end(job,
			   hold.applies && !hold.told
				   ? HL_EVENT_REFERRAL_OVERRIDDEN
				   : HL_EVENT_REFERRAL_RELEASED,
			   err);
}

int hl_referral_override(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id, struct hl_str reason,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_str words = hl_str_trim(reason);
	struct hl_referral_deed deed = {
		desk, HL_AUTHZ_REFERRAL_OVERRIDE, change_override, &words};

	if (!words.n || !hl_utf8_valid(words) ||
		hl_utf8_count(words) > HL_REFERRAL_REASON_CHARS) {
		return HL_FAIL(err, HL_E_INVALID,
			"a reason has 1 to %d characters",
			HL_REFERRAL_REASON_CHARS);
	}
	return hl_referral_do(who, id, &deed, why, err);
}
