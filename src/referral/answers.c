/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/answers.h"

#include "base/rand.h"
#include "base/text.h"
#include "base/time.h"
#include "referral/record.h"
#include "seal/token.h"

/*
 * The public process finds a referral by the hash of its link and by nothing
 * else, seals what was answered and cannot read it back. So that the same
 * answer twice is told from another one, each is kept with a digest under a
 * key that follows from the link.
 */
#define ANSWERS_MOST 50
#define DIGEST_BYTES 16

struct visit {
	struct hl_store *store;
	struct hl_arena *arena;
	struct hl_seal_token token;
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];
	struct hl_str by; /* a view of hash */
	struct hl_row_answer_link *row;
	struct hl_row_answer_given *given;
	size_t n_given;
	int64_t now_us;
	int64_t at_us; /* of the answer: behind all others, whatever the clock
			  says */
};

static int enter(struct visit *v, struct hl_str token, struct hl_err *err)
{
	size_t n;

	if (hl_seal_token_parse(HL_SEAL_TOKEN_ANSWER, token, &v->token)) {
		return HL_NOTFOUND;
	}
	hl_seal_token_hash(&v->token, v->hash);
	v->by = hl_str_mem(v->hash, sizeof(v->hash));
	v->now_us = hl_time_now_us();
	v->at_us = v->now_us;
	int r = hl_get_answer_link(v->store, v->arena,
		&(struct hl_in_answer_link){v->by}, &v->row, &n, err);
	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	if (v->row->answer_until_us && v->row->answer_until_us <= v->now_us) {
		return HL_DENIED;
	}
	r = hl_get_answer_given(v->store, v->arena,
		&(struct hl_in_answer_given){v->by}, &v->given, &v->n_given,
		err);
	if (!r && v->n_given && v->given[v->n_given - 1].at_us >= v->at_us) {
		v->at_us = v->given[v->n_given - 1].at_us + 1;
	}
	return r;
}

static int show(
	const struct visit *v, struct hl_referral_link *out, struct hl_err *err)
{
	const struct hl_row_answer_link *row = v->row;
	struct hl_referral_link_answer *list =
		hl_arena_array(v->arena, v->n_given + 1, sizeof(*list));

	if (!list) {
		return HL_FAIL(err, HL_E_NOMEM, "answers");
	}
	for (size_t i = 0; i < v->n_given; i++) {
		list[i].at_us = v->given[i].at_us;
		list[i].answer = (enum hl_answer)v->given[i].answer;
	}
	*out = (struct hl_referral_link){.id = row->id,
		.kind = (enum hl_recipient)row->kind,
		.recipient = row->name,
		.is_test = row->is_test != 0,
		.sent_at_us = row->sent_at_us,
		.until_us = row->answer_until_us,
		.answer = (enum hl_answer)row->answer,
		.answered_at_us = row->answered_at_us,
		.answers = list,
		.n_answers = v->n_given};
	hl_ref_print(HL_REF_REFERRAL, row->id, out->ref);
	hl_ref_print(HL_REF_CASE, row->case_id, out->case_ref);
	return 0;
}

int hl_referral_link(struct hl_store *store, struct hl_arena *arena,
	struct hl_str token, struct hl_referral_link *out, struct hl_err *err)
{
	struct visit v = {.store = store, .arena = arena};
	int r = enter(&v, token, err);

	*out = (struct hl_referral_link){0};
	r = r ? r : show(&v, out, err);
	hl_seal_token_wipe(&v.token);
	return r;
}

static void digest_of(
	const struct visit *v, struct hl_str words, uint8_t out[DIGEST_BYTES])
{
	HL_SEAL_KEY_AUTO key;

	hl_seal_token_key(&v->token, &key);
	hl_seal_hkdf(
		&(struct hl_seal_hkdf){.ikm = hl_str_mem(key.b, sizeof(key.b)),
			.salt = words,
			.info = HL_STR("openhotline answer")},
		out, DIGEST_BYTES);
}

static bool means_gone(enum hl_answer answer)
{
	return answer == HL_ANSWER_REMOVED || answer == HL_ANSWER_ALREADY_GONE;
}

static int seal_words(struct hl_store *store, struct hl_arena *arena,
	int64_t id, struct hl_str words, struct hl_row_answer_key **key,
	struct hl_str *sealed, struct hl_err *err)
{
	struct hl_seal_label label = HL_LABEL_ANSWER(id);
	struct hl_seal_pub pub;
	size_t n;
	int r = hl_get_answer_key(store, arena, key, &n, err);

	if (r) {
		return r;
	}
	if (!n || hl_seal_pub_from((*key)->public_key, &pub)) {
		return HL_FAIL(err, HL_E_UNAVAILABLE, "there is no queue key");
	}
	return hl_casefile_seal(arena, &pub, &label, words, sealed, err);
}

/* The referral's own state follows where the table of states lets it: an
 * answer that overtakes the record of the sending is kept all the same. */
static int state_after(int64_t state)
{
	int to = (int)state;

	hl_state_next(HL_MACHINE_REFERRAL, (int)state, HL_ACTION_ACK, &to);
	return to;
}

static int write_answer(struct visit *v, enum hl_referral_via via,
	enum hl_answer answer, struct hl_str words, struct hl_err *err)
{
	uint8_t digest[DIGEST_BYTES];
	struct hl_row_answer_key *key;
	struct hl_in_answer_add in = {.id = hl_rand_id(),
		.at_us = v->at_us,
		.answer = answer,
		.via = via,
		.answer_hash = v->by,
		.now_us = v->now_us};
	int state = state_after(v->row->state);
	int r = seal_words(
		v->store, v->arena, in.id, words, &key, &in.words_sealed, err);

	if (r) {
		return r;
	}
	digest_of(v, words, digest);
	in.epoch = key->epoch;
	in.digest = hl_str_mem(digest, sizeof(digest));
	struct hl_tx *tx = hl_tx_begin(v->store, v->arena);
	hl_tx_answer_add(tx, &in);
	hl_tx_answer_record(tx, &(struct hl_in_answer_record){.state = state,
					.answer = answer,
					.answered_at_us = v->at_us,
					.answer_hash = v->by,
					.version = v->row->version});
	if (means_gone(answer)) {
		hl_tx_answer_watch_now(
			tx, &(struct hl_in_answer_watch_now){v->now_us, v->by});
	}
	hl_tx_happened(
		tx, 0, HL_EVENT_REFERRAL_ANSWERED, v->row->id, answer, state);
	return hl_tx_run(tx, err);
}

static bool said_before(const struct visit *v, struct hl_str words)
{
	uint8_t digest[DIGEST_BYTES];

	if (!v->n_given) {
		return false;
	}
	digest_of(v, words, digest);
	return hl_str_eq_secret(v->given[v->n_given - 1].digest,
		hl_str_mem(digest, sizeof(digest)));
}

static int answer_once(struct visit *v, struct hl_str token,
	enum hl_referral_via via, const struct hl_referral_answer *answer,
	enum hl_referral_repeat *repeat, struct hl_err *err)
{
	HL_BUF_AUTO words = HL_BUF_SECRET(HL_REFERRAL_ANSWER_BYTES_MAX * 2);
	int r = enter(v, token, err);

	if (r) {
		return r;
	}
	if (!hl_referral_answer_open_to(
		    answer->answer, (enum hl_recipient)v->row->kind)) {
		return HL_FAIL(err, HL_E_INVALID, "not this one's to answer");
	}
	hl_referral_answer_put(&words, answer);
	if (words.fault) {
		return HL_FAIL(err, words.fault, "an answer's words");
	}
	if (said_before(v, hl_buf_str(&words))) {
		*repeat = HL_REFERRAL_REPEATED;
		return 0;
	}
	if (v->n_given >= ANSWERS_MOST) {
		return HL_FAIL(err, HL_E_LIMIT, "referral %lld has %zu answers",
			(long long)v->row->id, v->n_given);
	}
	*repeat = v->n_given ? HL_REFERRAL_CHANGED : HL_REFERRAL_RECORDED;
	return write_answer(v, via, answer->answer, hl_buf_str(&words), err);
}

int hl_referral_link_answer(struct hl_store *store, struct hl_arena *arena,
	struct hl_str token, enum hl_referral_via via,
	const struct hl_referral_answer *answer,
	enum hl_referral_repeat *repeat, struct hl_err *err)
{
	struct visit v = {.store = store, .arena = arena};
	int r = HL_CONFLICT;

	for (int i = 0; i < HL_REFERRAL_TRIES && r == HL_CONFLICT; i++) {
		r = answer_once(&v, token, via, answer, repeat, err);
	}
	hl_seal_token_wipe(&v.token);
	return r == HL_CONFLICT ? HL_FAIL(err, HL_E_UNAVAILABLE,
					  "an answer met others again and "
					  "again")
				: r;
}

/* By staff */

static int change_answer(struct hl_referral_job *job, struct hl_err *err)
{
	const struct hl_referral_answer *answer = job->with;
	const struct hl_who *who = job->who;
	struct hl_row_referral_get *f = &job->f.now;
	HL_BUF_AUTO words = HL_BUF_SECRET(HL_REFERRAL_ANSWER_BYTES_MAX * 2);
	struct hl_row_answer_key *key;
	struct hl_in_answer_add_staff in = {.id = hl_rand_id(),
		.referral_id = f->id,
		.at_us = job->now_us > f->answered_at_us
				 ? job->now_us
				 : f->answered_at_us + 1,
		.answer = answer->answer,
		.via = HL_REFERRAL_VIA_STAFF,
		.staff_id = who->actor.user_id};

	if (!hl_referral_answer_open_to(
		    answer->answer, (enum hl_recipient)f->kind)) {
		return HL_FAIL(err, HL_E_INVALID, "not this one's to answer");
	}
	hl_referral_answer_put(&words, answer);
	int r = words.fault ? HL_FAIL(err, words.fault, "an answer's words")
			    : seal_words(who->store, who->arena, in.id,
				      hl_buf_str(&words), &key,
				      &in.words_sealed, err);
	if (r) {
		return r;
	}
	in.epoch = key->epoch;
	f->state = state_after(f->state);
	f->answer = answer->answer;
	f->answered_at_us = in.at_us;
	hl_referral_record_note(
		&job->f, HL_EVENT_REFERRAL_ANSWERED, answer->answer, f->state);
	hl_tx_answer_add_staff(job->tx, &in);
	if (means_gone(answer->answer)) {
		hl_tx_referral_watch_now(
			job->tx, &(struct hl_in_referral_watch_now){
					 job->now_us, f->item_id});
	}
	return 0;
}

int hl_referral_staff_answer(const struct hl_who *who, int64_t id,
	const struct hl_referral_answer *answer, enum hl_referral_why *why,
	struct hl_err *err)
{
	struct hl_referral_deed deed = {.action = HL_AUTHZ_ANSWER_RECORD,
		.change = change_answer,
		.with = answer};

	return hl_referral_do(who, id, &deed, why, err);
}

/* HL_DENIED while the watch finds out by itself. */
static int check_watch(struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_in_referral_watched in = {job->f.now.item_id};
	struct hl_row_referral_watched *row;
	size_t n;
	int r = hl_get_referral_watched(
		job->who->store, job->who->arena, &in, &row, &n, err);

	return r ? r
	       : n && row->active && job->desk->settings->watch_enabled
		       ? hl_referral_refuse(job->why, HL_REFERRAL_WATCHED)
		       : 0;
}

/* With nothing left to be sent, a case whose address is gone is done. */
static int close_case(struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_in_referral_pending_besides in = {job->f.now.case_id, 0};
	struct hl_row_referral_pending_besides *row;
	size_t n;
	int r = hl_get_referral_pending_besides(
		job->who->store, job->who->arena, &in, &row, &n, err);

	if (r || row->n || job->f.c.now.state != HL_CASE_MONITORING) {
		return r;
	}
	return hl_casefile_close(&job->f.c, HL_CLOSE_REMOVED, err);
}

static int change_removed(struct hl_referral_job *job, struct hl_err *err)
{
	struct hl_casefile *c = &job->f.c;
	struct hl_authz_object o = hl_casefile_object(c, job->now_us);
	int r = hl_referral_check(job->who, HL_AUTHZ_WATCH_PAUSE, &o, job->why);

	if (!r && !means_gone((enum hl_answer)job->f.now.answer)) {
		r = hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	r = r ? r : check_watch(job, err);
	if (r) {
		return r;
	}
	if (hl_casefile_item_act(
		    c, HL_ACTION_DECLARE_GONE, HL_EVENT_ITEM_OFFLINE, err)) {
		return hl_referral_refuse(job->why, HL_REFERRAL_WRONG_STATE);
	}
	job->f.case_changed = true;
	hl_tx_referral_watch_end(
		job->tx, &(struct hl_in_referral_watch_end){c->item_id});
	r = close_case(job, err);
	if (!r && c->now.state == HL_CASE_CLOSED) {
		hl_casefile_forget(job->tx, c);
	}
	return r;
}

int hl_referral_confirm_removed(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_referral_deed deed = {
		desk, HL_AUTHZ_REFERRAL_READ, change_removed, NULL};

	return hl_referral_do(who, id, &deed, why, err);
}
