/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/recipient.h"

#include "base/rand.h"
#include "base/time.h"
#include "base/utf8.h"
#include "referral/header.h"
#include "referral/record.h"

#define NAME_MAX_BYTES 200

struct hl_referral_recipient hl_referral_recipient_row(
	const struct hl_row_recipient_list *row)
{
	return (struct hl_referral_recipient){
		.id = row->id,
		.kind = (enum hl_recipient)row->kind,
		.name = row->name,
		.mail = row->mail,
		.country = row->country,
		.asn = row->asn,
		.channel = (enum hl_referral_channel)row->channel,
		.state = (enum hl_contact_state)row->state,
		.source = (int)row->source,
		.proposed_by = row->proposed_by,
		.created_at_us = row->created_at_us,
		.decided_at_us = row->decided_at_us,
		.decided_by = row->decided_by,
		.proposed_name = row->proposed_name,
		.decided_name = row->decided_name,
		.n_referrals = row->n_referrals,
	};
}

static struct hl_authz_object object_of(const struct hl_referral_recipient *r)
{
	return (struct hl_authz_object){.exists = r != NULL,
		.state = r ? (int)r->state : 0,
		.drafted_by = r ? r->proposed_by : 0,
		.now_us = hl_time_now_us()};
}

static bool may_approve(
	const struct hl_who *who, const struct hl_referral_recipient *r)
{
	struct hl_authz_object o = object_of(r);

	return r->state == HL_CONTACT_PROPOSED &&
	       hl_authz_check(
		       &who->actor, HL_AUTHZ_RECIPIENT_APPROVE, &o, NULL) == 0;
}

static int list(const struct hl_who *who, const struct hl_in_recipient_list *in,
	const struct hl_referral_recipient **out, size_t *n, struct hl_err *err)
{
	struct hl_row_recipient_list *rows;
	int r = hl_get_recipient_list(
		who->store, who->arena, in, &rows, n, err);
	struct hl_referral_recipient *made;

	*out = NULL;
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n + 1, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "recipients");
	}
	for (size_t i = 0; i < *n; i++) {
		made[i] = hl_referral_recipient_row(&rows[i]);
		made[i].may_approve = may_approve(who, &made[i]);
	}
	*out = made;
	return 0;
}

int hl_referral_recipients(const struct hl_who *who, enum hl_recipient kind,
	enum hl_contact_state state, const struct hl_referral_recipient **out,
	size_t *n, struct hl_err *err)
{
	struct hl_in_recipient_list in = {0, kind, state};

	*n = 0;
	if (hl_authz_check(&who->actor, HL_AUTHZ_RECIPIENT_READ, NULL, NULL)) {
		return HL_DENIED;
	}
	return list(who, &in, out, n, err);
}

int hl_referral_recipient_get(const struct hl_who *who, int64_t id,
	struct hl_referral_recipient *out, struct hl_err *err)
{
	struct hl_in_recipient_list in = {.id = id ? id : -1};
	const struct hl_referral_recipient *rows;
	size_t n;
	int r;

	if (hl_authz_check(&who->actor, HL_AUTHZ_RECIPIENT_READ, NULL, NULL)) {
		return HL_NOTFOUND;
	}
	r = list(who, &in, &rows, &n, err);
	if (!r && n) {
		*out = rows[0];
	}
	return r ? r : n ? 0 : HL_NOTFOUND;
}

bool hl_referral_mail_plain(struct hl_str s)
{
	return hl_referral_address_ok(s);
}

static bool is_country(struct hl_str s)
{
	return !s.n || (s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' &&
			       s.p[1] >= 'A' && s.p[1] <= 'Z');
}

static bool is_name(struct hl_str s)
{
	if (!hl_str_trim(s).n || s.n > NAME_MAX_BYTES || !hl_utf8_valid(s)) {
		return false;
	}
	while (s.n) {
		uint32_t c;

		s = hl_str_sub(s, hl_utf8_next(s, &c), s.n);
		/* the two marks also turn what stands beside a name */
		if (c < 0x20 || c == 0x200e || c == 0x200f || c == 0x61c ||
			hl_utf8_unseen(c)) {
			return false;
		}
	}
	return true;
}

enum hl_referral_recipient_problem hl_referral_recipient_check(
	const struct hl_referral_recipient *r)
{
	bool download = r->channel == HL_REFERRAL_BY_DOWNLOAD;

	if (!r->kind || !hl_vocab_find(&hl_vocab_recipient, (int)r->kind)) {
		return HL_RECIPIENT_KIND;
	}
	if (!is_name(r->name)) {
		return HL_RECIPIENT_NAME;
	}
	if ((!download && r->channel != HL_REFERRAL_BY_MAIL) ||
		(download && r->kind != HL_RECIPIENT_POLICE)) {
		return HL_RECIPIENT_CHANNEL;
	}
	if ((r->mail.n || !download) && !hl_referral_mail_plain(r->mail)) {
		return HL_RECIPIENT_MAIL;
	}
	if (!is_country(r->country)) {
		return HL_RECIPIENT_COUNTRY;
	}
	return r->asn < 0 || r->asn > UINT32_MAX ? HL_RECIPIENT_ASN
						 : HL_RECIPIENT_OK;
}

int hl_referral_recipient_same(struct hl_store *store, struct hl_arena *arena,
	const struct hl_referral_recipient *r,
	struct hl_referral_recipient *out, struct hl_err *err)
{
	struct hl_in_recipient_list all = {0};
	struct hl_row_recipient_list *rows;
	size_t n;
	int e = hl_get_recipient_list(store, arena, &all, &rows, &n, err);

	for (size_t i = 0; !e && i < n && r->mail.n; i++) {
		bool used = rows[i].state == HL_CONTACT_APPROVED ||
			    rows[i].state == HL_CONTACT_PROPOSED;

		if (used && rows[i].id != r->id &&
			hl_str_eq_nocase(rows[i].mail, r->mail)) {
			*out = hl_referral_recipient_row(&rows[i]);
			return 0;
		}
	}
	return e ? e : HL_NOTFOUND;
}

static int fault_of(const struct hl_referral_recipient *r, struct hl_err *err)
{
	enum hl_referral_recipient_problem p = hl_referral_recipient_check(r);

	return p ? HL_FAIL(err, HL_E_INVALID, "%s",
			   hl_vocab_label(&hl_vocab_recipient_problem, (int)p))
		 : 0;
}

int hl_referral_recipient_put(const struct hl_referral_recipient_new *how,
	const struct hl_referral_recipient *r, int64_t id, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(how->store, how->arena);

	hl_tx_recipient_add(
		tx, &(struct hl_in_recipient_add){.id = id,
			    .kind = r->kind,
			    .name = hl_str_trim(r->name),
			    .mail = r->mail.p ? r->mail : HL_STR(""),
			    .country = r->country.p ? r->country : HL_STR(""),
			    .asn = r->asn,
			    .channel = r->channel,
			    .state = HL_CONTACT_PROPOSED,
			    .source = 1,
			    .created_at_us = hl_time_now_us(),
			    .proposed_by = how->actor});
	hl_tx_happened(
		tx, how->actor, HL_EVENT_RECIPIENT_PROPOSED, id, r->kind, 1);
	return hl_tx_run(tx, err);
}

int hl_referral_recipient_add(const struct hl_who *who,
	const struct hl_referral_recipient *r, int64_t *id, struct hl_err *err)
{
	struct hl_referral_recipient first = {.state = HL_CONTACT_PROPOSED};
	struct hl_referral_recipient_new how = {
		who->store, who->arena, who->actor.user_id};
	struct hl_authz_object o = object_of(&first);
	int e = hl_authz_check(
		&who->actor, HL_AUTHZ_RECIPIENT_CHANGE, &o, NULL);

	e = e ? e : fault_of(r, err);
	if (e) {
		return e;
	}
	*id = hl_rand_id();
	return hl_referral_recipient_put(&how, r, *id, err);
}

struct decision {
	enum hl_authz_action action;
	enum hl_contact_state from, to;
	enum hl_event event;
};

/* From one state to another, by one who may. */
static int decide(const struct hl_who *who, int64_t id,
	const struct decision *d, enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_referral_recipient row;
	int r = hl_referral_recipient_get(who, id, &row, err);
	struct hl_authz_object o = object_of(r ? NULL : &row);
	struct hl_tx *tx;

	if (r < 0) {
		return r;
	}
	r = hl_referral_check(who, d->action, &o, why);
	if (r) {
		return r;
	}
	if (row.state != d->from) {
		return hl_referral_refuse(why, HL_REFERRAL_WRONG_STATE);
	}
	tx = hl_tx_begin(who->store, who->arena);
	hl_tx_recipient_decide(
		tx, &(struct hl_in_recipient_decide){.state = d->to,
			    .decided_at_us = o.now_us,
			    .decided_by = who->actor.user_id,
			    .id = id,
			    .state_before = d->from});
	hl_tx_happened(tx, who->actor.user_id, d->event, id, d->from, d->to);
	r = hl_tx_run(tx, err);
	return r == HL_CONFLICT
		       ? hl_referral_refuse(why, HL_REFERRAL_WRONG_STATE)
		       : r;
}

int hl_referral_recipient_decide(const struct hl_who *who, int64_t id,
	bool approve, enum hl_referral_why *why, struct hl_err *err)
{
	struct decision d = {HL_AUTHZ_RECIPIENT_APPROVE, HL_CONTACT_PROPOSED,
		approve ? HL_CONTACT_APPROVED : HL_CONTACT_REJECTED,
		approve ? HL_EVENT_RECIPIENT_APPROVED
			: HL_EVENT_RECIPIENT_REJECTED};

	return decide(who, id, &d, why, err);
}

int hl_referral_recipient_retire(const struct hl_who *who, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct decision d = {HL_AUTHZ_RECIPIENT_CHANGE, HL_CONTACT_APPROVED,
		HL_CONTACT_RETIRED, HL_EVENT_RECIPIENT_CHANGED};

	return decide(who, id, &d, why, err);
}

int hl_referral_recipient_change(const struct hl_who *who,
	const struct hl_referral_recipient *r, enum hl_referral_why *why,
	struct hl_err *err)
{
	struct hl_referral_recipient was;
	int e = hl_referral_recipient_get(who, r->id, &was, err);
	struct hl_authz_object o = object_of(e ? NULL : &was);
	enum hl_contact_state state;
	struct hl_tx *tx;

	if (e < 0) {
		return e;
	}
	e = hl_referral_check(who, HL_AUTHZ_RECIPIENT_CHANGE, &o, why);
	if (!e) {
		struct hl_referral_recipient next = *r;

		next.kind = was.kind;
		e = fault_of(&next, err);
	}
	if (e) {
		return e;
	}
	bool same = hl_str_eq(r->mail, was.mail);
	state = same ? was.state : HL_CONTACT_PROPOSED;
	tx = hl_tx_begin(who->store, who->arena);
	hl_tx_recipient_change(tx,
		&(struct hl_in_recipient_change){.name = hl_str_trim(r->name),
			.mail = r->mail,
			.country = r->country,
			.asn = r->asn,
			.channel = r->channel,
			.state = state,
			.proposed_by =
				same ? was.proposed_by : who->actor.user_id,
			.id = r->id,
			.mail_before = was.mail,
			.state_before = was.state});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_RECIPIENT_CHANGED,
		r->id, was.state, state);
	e = hl_tx_run(tx, err);
	return e == HL_CONFLICT ? hl_referral_refuse(why, HL_REFERRAL_BUSY) : e;
}
