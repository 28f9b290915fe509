/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/moved.h"

#include "base/rand.h"
#include "base/text.h"
#include "base/time.h"
#include "casework/link.h"
#include "seal/receipt.h"

/*
 * Three batches. The first makes the report and marks the answer, so that
 * there is one report however often it is pressed; the second is triage; the
 * third writes the notes. Who dies in between leaves a report that waits for
 * triage as all others do, or two notes too few.
 */

/* As for triage. */
#define ARENA_MAX ((size_t)16 * 1024 * 1024)
#define SEALED_MAX ((size_t)64 * 1024)

struct follow {
	struct hl_who who; /* the caller's with an arena of its own */
	const struct hl_settings *settings;
	const struct hl_casework_moved *moved;
	struct hl_casefile_keys keys;
	struct hl_url_list found;
	struct hl_report report; /* as it is sealed */
	int64_t report_id;       /* 0: not made yet */
	bool is_test;
	bool linked; /* by this call */
};

static int check(
	struct follow *f, enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casefile c;
	struct hl_casework_question question = {
		f->moved->case_id, HL_AUTHZ_CASE_FOLLOW};
	int r = hl_casework_ask(&f->who, &question, &c, why, err);

	if (!r && (!hl_casework_has_key(&f->who) || !f->who.ring->has_url)) {
		r = hl_casework_refuse(why, HL_CASEWORK_NO_KEY);
	}
	f->is_test = !r && c.now.is_test;
	return r;
}

/* The answer, and whether it has been followed already. */
static int read_answer(struct follow *f, struct hl_err *err)
{
	struct hl_in_answer_moved in = {
		f->moved->answer_id, f->moved->referral_id, f->moved->case_id};
	struct hl_row_answer_moved *row;
	size_t n;
	int r = hl_get_answer_moved(
		f->who.store, f->who.arena, &in, &row, &n, err);

	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	f->report_id = row->report_id;
	f->is_test = f->is_test || row->is_test;
	return 0;
}

/* The recipient's words are the address; where it comes from stands with it
 * for whoever assesses it. */
static int make_report(struct follow *f, struct hl_err *err)
{
	char case_ref[HL_REF_MAX], referral_ref[HL_REF_MAX];
	struct hl_str a =
		hl_ref_print(HL_REF_CASE, f->moved->case_id, case_ref);
	struct hl_str b = hl_ref_print(
		HL_REF_REFERRAL, f->moved->referral_id, referral_ref);
	int r = hl_url_extract(f->moved->address, f->who.arena, &f->found, err);

	if (r || f->found.n != 1 || f->found.n_addresses != 1) {
		return r && r != HL_E_LIMIT
			       ? r
			       : HL_FAIL(err, HL_E_INVALID,
					 "there is not one address in it");
	}
	f->report = (struct hl_report){.danger = HL_YNU_UNKNOWN,
		.place = HL_PLACE_UNKNOWN,
		.addresses_text = f->moved->address,
		.addresses = {f->found.v[0].address},
		.n_addresses = 1,
		.pay = HL_YNU_UNKNOWN,
		.words = hl_arena_printf(f->who.arena,
			"New address, given in the answer to %.*s of %.*s.",
			HL_STR_ARG(b), HL_STR_ARG(a))};
	return f->report.words.p ? 0 : HL_FAIL(err, HL_E_NOMEM, "a report");
}

static int seal(
	struct follow *f, struct hl_in_report_part_put *out, struct hl_err *err)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(SEALED_MAX);
	HL_BUF_AUTO key = HL_BUF_INIT(4096);
	HL_BUF_AUTO body = HL_BUF_INIT(SEALED_MAX);
	struct hl_seal_label label = HL_LABEL_REPORT_BODY(out->report_id);
	int r;

	hl_report_put_json(&plain, &f->report);
	r = plain.fault ? HL_FAIL(err, plain.fault, "a report")
			: hl_seal_report(&f->keys.queue, &label,
				  hl_buf_str(&plain), &key, &body, err);
	if (r) {
		return r;
	}
	out->part = HL_REPORT_PART_ANSWERS;
	out->kind = HL_KEY_QUEUE;
	out->epoch = f->keys.queue_epoch;
	out->key_sealed = hl_arena_dup(f->who.arena, hl_buf_str(&key));
	out->body_sealed = hl_arena_dup(f->who.arena, hl_buf_str(&body));
	return out->key_sealed.p && out->body_sealed.p
		       ? 0
		       : HL_FAIL(err, HL_E_NOMEM, "a report");
}

/* Nobody gets the receipt: what became of it stands with the answer. */
static void put_row(struct follow *f, struct hl_tx *tx, int64_t id)
{
	HL_SEAL_RECEIPT_AUTO receipt;
	uint8_t lookup[HL_SEAL_LOOKUP_BYTES];
	struct hl_seal_pub mailbox;

	hl_seal_receipt_new(&receipt);
	hl_seal_receipt_lookup(&receipt, lookup);
	hl_seal_receipt_mailbox(&receipt, &mailbox, NULL);
	hl_tx_report_put(
		tx, &(struct hl_in_report_put){.id = id,
			    .lookup = hl_arena_dup(f->who.arena,
				    hl_str_mem(lookup, sizeof(lookup))),
			    .mailbox_key = hl_arena_dup(
				    f->who.arena, hl_seal_pub_str(&mailbox)),
			    .received_at_us = hl_time_now_us(),
			    .channel = HL_CASEWORK_CHANNEL_ANSWER,
			    .danger = f->report.danger,
			    .place = f->report.place,
			    .is_test = f->is_test});
}

/* HL_CONFLICT: somebody else has followed it, or the key is a new one. */
static int put_report(struct follow *f, struct hl_err *err)
{
	int64_t actor = f->who.actor.user_id, id = hl_rand_id();
	struct hl_in_report_part_put part = {.report_id = id};
	int r = hl_casefile_keys(f->who.store, f->who.arena, &f->keys, err);

	r = r ? r : seal(f, &part, err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(f->who.store, f->who.arena);
	put_row(f, tx, id);
	hl_tx_report_part_put(tx, &part);
	hl_tx_answer_followed(
		tx, &(struct hl_in_answer_followed){id, f->moved->answer_id});
	hl_tx_happened(tx, actor, HL_EVENT_REPORT_RECEIVED, id, 0,
		hl_state_first(HL_MACHINE_REPORT));
	hl_tx_happened(tx, actor, HL_EVENT_REFERRAL_FOLLOWED,
		f->moved->referral_id, id, 0);
	r = hl_tx_run(tx, err);
	f->report_id = r ? 0 : id;
	return r;
}

static int ensure_report(
	struct follow *f, enum hl_casework_why *why, struct hl_err *err)
{
	int r = HL_CONFLICT;

	for (int i = 0; i < HL_CASEWORK_TRIES && r == HL_CONFLICT; i++) {
		r = read_answer(f, err);
		if (!r && !f->report_id) {
			r = put_report(f, err);
		}
	}
	return r == HL_CONFLICT ? hl_casework_refuse(why, HL_CASEWORK_BUSY) : r;
}

static int link_once(struct follow *f, struct hl_err *err)
{
	struct hl_row_report_get *row;
	int r = hl_casework_report(&f->who, f->report_id, &row, err);

	if (r || row->state != HL_REPORT_RECEIVED) {
		return r;
	}
	r = hl_casework_link(&(struct hl_casework_linking){.who = &f->who,
				     .settings = f->settings,
				     .keys = &f->keys,
				     .report = row,
				     .answers = &f->report,
				     .found = &f->found},
		err);
	f->linked = r == 0;
	return r;
}

static int ensure_case(struct follow *f, int64_t *case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_in_report_links in = {f->report_id};
	struct hl_row_report_links *row;
	size_t n;
	int r = hl_casefile_keys(f->who.store, f->who.arena, &f->keys, err);

	r = r ? r : HL_CONFLICT;
	for (int i = 0; i < HL_CASEWORK_TRIES && r == HL_CONFLICT; i++) {
		r = link_once(f, err);
	}
	if (r == HL_CONFLICT) {
		return hl_casework_refuse(why, HL_CASEWORK_BUSY);
	}
	r = r ? r
	      : hl_get_report_links(
			f->who.store, f->who.arena, &in, &row, &n, err);
	*case_id = !r && n ? row->case_id : 0;
	return r ? r : *case_id ? 0 : HL_NOTFOUND;
}

struct note {
	int64_t case_id;
	struct hl_str words;
};

static int put_note(
	struct follow *f, const struct note *note, struct hl_err *err)
{
	int64_t actor = f->who.actor.user_id;
	struct hl_in_note_add in = {.id = hl_rand_id(),
		.case_id = note->case_id,
		.staff_id = actor,
		.at_us = hl_time_now_us(),
		.epoch = f->keys.queue_epoch};
	struct hl_seal_label label = HL_LABEL_NOTE(in.id);
	struct hl_casefile c;
	int r = hl_casefile_load(
		f->who.store, f->who.arena, note->case_id, &c, err);

	r = r ? r
	      : hl_casefile_seal(f->who.arena, &f->keys.queue, &label,
			note->words, &in.words_sealed, err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(f->who.store, f->who.arena);
	hl_tx_note_add(tx, &in);
	hl_casefile_note(&c, HL_EVENT_CASE_NOTED, 0, 0);
	hl_casefile_put(tx, &c, actor);
	return hl_tx_run(tx, err);
}

/* What names both cases; that it is missing after a fault keeps nobody from
 * finding the way, since the report says it too. */
static int put_notes(struct follow *f, int64_t to, struct hl_err *err)
{
	char from_ref[HL_REF_MAX], to_ref[HL_REF_MAX], referral_ref[HL_REF_MAX];
	struct hl_str a =
		hl_ref_print(HL_REF_CASE, f->moved->case_id, from_ref);
	struct hl_str b = hl_ref_print(HL_REF_CASE, to, to_ref);
	struct hl_str c = hl_ref_print(
		HL_REF_REFERRAL, f->moved->referral_id, referral_ref);
	const struct note notes[] = {
		{f->moved->case_id,
			hl_arena_printf(f->who.arena,
				"Moved, says the answer to %.*s: its new "
				"address is %.*s.",
				HL_STR_ARG(c), HL_STR_ARG(b))},
		{to, hl_arena_printf(f->who.arena,
			     "Moved here, says the answer to %.*s of %.*s.",
			     HL_STR_ARG(c), HL_STR_ARG(a))},
	};
	int r = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(notes) && r >= 0; i++) {
		r = HL_CONFLICT;
		if (i && to == f->moved->case_id) {
			return 0; /* it has not moved at all */
		}
		for (int k = 0; k < HL_CASEWORK_TRIES && r == HL_CONFLICT;
			k++) {
			r = put_note(f, &notes[i], err);
		}
	}
	return r < 0 ? r : 0;
}

static int follow(struct follow *f, int64_t *case_id, enum hl_casework_why *why,
	struct hl_err *err)
{
	int r = check(f, why, err);

	r = r ? r : read_answer(f, err);
	r = r ? r : make_report(f, err);
	r = r ? r : ensure_report(f, why, err);
	r = r ? r : ensure_case(f, case_id, why, err);
	return r || !f->linked ? r : put_notes(f, *case_id, err);
}

int hl_casework_follow(const struct hl_who *who,
	const struct hl_settings *settings,
	const struct hl_casework_moved *moved, int64_t *case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(ARENA_MAX, true);
	struct follow *f = arena ? hl_arena_alloc(arena, sizeof(*f)) : NULL;

	*case_id = 0;
	if (!f) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for triage");
	}
	*f = (struct follow){.who = *who, .settings = settings, .moved = moved};
	f->who.arena = arena;
	return follow(f, case_id, why, err);
}
