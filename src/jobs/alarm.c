/* SPDX-License-Identifier: Apache-2.0 */
/* Mails somebody that the block lists wait for a person, at most once an hour.
 * It says which edition and why, and names no address. */
#include "jobs/inner.h"

#include "base/log.h"
#include "base/time.h"
#include "domain/list.h"
#include "referral/mail.h"
#include "store/sql.h"

#define TEXT_MAX 4096

static void put_text(const struct hl_settings *s,
	const struct hl_row_lists_alarm *row, struct hl_buf *out)
{
	char at[HL_TIME_ISO_MAX];
	struct hl_str when = hl_time_human(row->at_us, at);

	hl_buf_printf(out,
		"Edition %lld of the block lists waits for a "
		"person since %.*s.\n\n",
		(long long)row->id, HL_STR_ARG(when));
	if (row->held & HL_LIST_BREAKER_LOSS) {
		hl_buf_put(out, HL_STR("So many entries ended by themselves "
				       "within a day that the watch may be at "
				       "fault. They "
				       "stay blocked until somebody decides, "
				       "or 72 hours "
				       "after each was last seen.\n"));
	}
	if (row->held & (HL_LIST_BREAKER_DELTA | HL_LIST_BREAKER_POPULAR)) {
		hl_buf_put(out,
			HL_STR("Very much came, or went by itself, "
			       "within a day. What is new is kept back until "
			       "somebody decides.\n"));
	}
	hl_buf_put(out, HL_STR("What people take off leaves all the same.\n\n"
			       "A supervisor who stands behind none of it "
			       "releases or refuses "
			       "it in the workbench:\n"));
	hl_buf_printf(out, "%s/lists/editions\n", s->staff_url);
}

static int mail_it(const struct hl_jobs_thread *t,
	const struct hl_row_lists_alarm *row, struct hl_referral_sent *sent,
	struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(TEXT_MAX);
	HL_BUF_AUTO message = HL_BUF_INIT(4 * TEXT_MAX);
	const struct hl_settings *s = t->jobs->settings;
	char ref[32], key[48];

	put_text(s, row, &text);
	snprintf(ref, sizeof(ref), "edition-%lld", (long long)row->id);
	snprintf(key, sizeof(key), "list edition %lld", (long long)row->id);
	const struct hl_referral_mail mail = {
		.from_name = hl_str_c(s->service_name),
		.from = hl_str_c(s->mail_from),
		.to = hl_str_c(s->lists_alarm_mail),
		.subject = HL_STR("The block lists wait for a person"),
		.ref = hl_str_c(ref),
		.idempotency_key = hl_str_c(key),
		.at_us = row->at_us,
		.test = !s->mail_production,
		.text = hl_buf_str(&text)};
	const struct hl_referral_envelope envelope = {
		mail.from, mail.to, mail.test};
	int r = text.fault ? HL_FAIL(err, text.fault, "no room for a mail")
			   : hl_referral_mail_build(&mail, &message, err);

	return r ? r
		 : hl_referral_mail_send(&t->jobs->transport, &envelope,
			   hl_buf_str(&message), sent, err);
}

int hl_jobs_alarm(struct hl_jobs_thread *t, struct hl_arena *arena, bool *more,
	struct hl_err *err)
{
	const struct hl_settings *s = t->jobs->settings;
	const struct hl_in_lists_alarm in = {hl_time_now_us() - HL_US_PER_HOUR};
	struct hl_referral_sent sent = {0};
	struct hl_row_lists_alarm *row;
	size_t n;

	(void)more;
	if (!*s->lists_alarm_mail || s->mail_transport == HL_MAIL_NONE) {
		return 0;
	}
	int r = hl_get_lists_alarm(t->store, arena, &in, &row, &n, err);
	if (r || !n) {
		return r;
	}
	r = mail_it(t, row, &sent, err);
	if (r) {
		return r;
	}
	if (sent.status != HL_REFERRAL_MAIL_SENT) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"lists.alarm_mail cannot be reached: %s", sent.reply);
	}
	hl_log(HL_LOG_INFO, "worker.alarm",
		"mailed that edition %lld of the block lists waits",
		(long long)row->id);
	struct hl_tx *tx = hl_tx_begin(t->store, arena);
	hl_tx_lists_alarm_mailed(tx,
		&(struct hl_in_lists_alarm_mailed){hl_time_now_us(), row->id});
	return hl_tx_run(tx, err);
}
