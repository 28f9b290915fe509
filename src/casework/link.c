/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/link.h"

#include "base/rand.h"
#include "base/time.h"
#include "domain/duplicate.h"
#include "domain/status.h"
#include "seal/staffkey.h"

/*
 * A report names places; each is new or known. All are looked up first, then
 * written: usually in one batch, in several when the report names many. The
 * first batch writes the digest, which marks the report as begun and settles
 * whether it is one sent again; the last one moves it on. In between, the
 * row of each place is what tells a later run where to go on.
 */

/* A batch takes this much before the next is begun. */
#define BATCH_OPS 190
#define BATCH_BYTES ((size_t)96 * 1024)
#define PLACE_OPS 12
#define HASH HL_SEAL_URL_HASH_BYTES

struct place {
	const struct hl_url_found *found; /* words: an address gone wrong */
	int64_t position;
	struct hl_str hash;
	struct hl_casefile c; /* of a known one */
	enum hl_duplicate_link link;
	bool done; /* it has its row */
};

struct state {
	const struct hl_casework_linking *l;
	struct place *places;
	size_t n_places;
	const struct hl_row_report_links *rows; /* from earlier batches */
	size_t n_rows;
	bool begun, resent;
	bool accepted; /* at least one place is, earlier ones included */
	struct hl_str digest;
	struct hl_tx *tx;
	size_t ops, bytes;
};

static struct hl_str keep(const struct state *s, const void *p, size_t n)
{
	return hl_arena_dup(s->l->who->arena, hl_str_mem(p, n));
}

static struct hl_str hash_of(const struct state *s, struct hl_str text)
{
	uint8_t hash[HASH];

	if (!text.n) {
		return HL_STR("");
	}
	hl_seal_url_hash(&s->l->who->ring->url, text, hash);
	return keep(s, hash, sizeof(hash));
}

static bool has_row(const struct state *s, int64_t position, int64_t item_id)
{
	for (size_t i = 0; i < s->n_rows; i++) {
		if (s->rows[i].position == position ||
			(item_id && s->rows[i].item_id == item_id)) {
			return true;
		}
	}
	return false;
}

static int look_up(struct state *s, struct place *p, struct hl_err *err)
{
	const struct hl_casework_linking *l = s->l;
	struct hl_duplicate_item item = {0};
	struct hl_in_item_by_hash in = {p->hash};
	struct hl_row_item_by_hash *row;
	size_t n;
	int r = hl_get_item_by_hash(
		l->who->store, l->who->arena, &in, &row, &n, err);

	if (!r && n) {
		r = hl_casefile_load_item(
			l->who->store, l->who->arena, row->id, &p->c, err);
		item = (struct hl_duplicate_item){.known = true,
			.case_open = p->c.now.state < HL_CASE_CLOSED,
			.state = (enum hl_item_state)p->c.now.item_state,
			.outcome = (enum hl_outcome)p->c.now.outcome,
			.last_report_at_us = row->last_at_us};
	}
	p->link = hl_duplicate_address(&item, l->report->received_at_us,
		l->settings->duplicate_window_days * HL_US_PER_DAY);
	p->done = has_row(s, p->position, p->c.item_id);
	return r == HL_NOTFOUND ? HL_CONFLICT : r;
}

/* Places in the reporter's order, each once. */
static int find_places(struct state *s, struct hl_err *err)
{
	const struct hl_url_list *found = s->l->found;
	int64_t position = 0;
	int r = 0;

	for (size_t i = 0; i < s->n_rows && s->l->typed_in; i++) {
		position = s->rows[i].position;
	}
	s->places =
		hl_arena_array(s->l->who->arena, found->n, sizeof(*s->places));
	if (!s->places) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for places");
	}
	for (size_t i = 0; i < found->n && !r; i++) {
		const struct hl_url_found *f = &found->v[i];
		struct place *p = &s->places[s->n_places];
		bool words = f->kind == HL_URL_WORDS;

		if (words ? f->why == HL_URL_WHY_WORDS : f->same_as != i) {
			continue;
		}
		*p = (struct place){.found = f, .position = ++position};
		s->n_places++;
		if (words) {
			p->done = has_row(s, position, 0);
		} else {
			p->hash = hash_of(s, f->key);
			r = look_up(s, p, err);
		}
	}
	return r;
}

static int make_digest(struct state *s, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_SECRET((size_t)4 * HL_REPORT_JSON_MAX);
	struct hl_report r = *s->l->answers;
	const struct hl_url_list *found = s->l->found;

	r.n_addresses = 0;
	for (size_t i = 0; i < found->n; i++) {
		if (found->v[i].kind != HL_URL_WORDS &&
			found->v[i].same_as == i &&
			r.n_addresses < HL_REPORT_ADDRESSES_MAX) {
			r.addresses[r.n_addresses++] = found->v[i].key;
		}
	}
	hl_duplicate_put_digest_input(&text, &r);
	s->digest = hash_of(s, hl_buf_str(&text));
	return text.fault || !s->digest.p
		       ? HL_FAIL(err, HL_E_NOMEM, "no memory for a digest")
		       : 0;
}

static int find_twin(struct state *s, struct hl_err *err)
{
	int64_t at = s->l->report->received_at_us;
	struct hl_in_report_twin in = {.digest = s->digest,
		.id = s->l->report->id,
		.from_us = at - HL_DUPLICATE_RESEND_US,
		.to_us = at + HL_DUPLICATE_RESEND_US};
	struct hl_row_report_twin *row;
	size_t n;
	int r = hl_get_report_twin(
		s->l->who->store, s->l->who->arena, &in, &row, &n, err);

	if (!r) {
		/* whichever of the two was triaged first is the earlier */
		int64_t earlier = n == 0 ? 0
				  : row->received_at_us < at
					  ? row->received_at_us
					  : at;
		s->resent = hl_duplicate_report(NULL, 0, earlier, at) ==
			    HL_DUPLICATE_RESENT;
	}
	return r;
}

static int prepare(struct state *s, struct hl_err *err)
{
	const struct hl_casework_linking *l = s->l;
	struct hl_in_report_links in = {l->report->id};
	struct hl_in_report_digest digest = {l->report->id};
	struct hl_row_report_links *rows;
	struct hl_row_report_digest *before;
	size_t n;
	int r = hl_get_report_links(
		l->who->store, l->who->arena, &in, &rows, &s->n_rows, err);

	s->rows = rows;
	if (!r) {
		r = hl_get_report_digest(l->who->store, l->who->arena, &digest,
			&before, &n, err);
	}
	if (r) {
		return r;
	}
	s->begun = l->typed_in || (n && before->digest.n);
	s->resent = l->report->triage_reason == HL_TRIAGE_REASON_RESENT;
	for (size_t i = 0; i < s->n_rows; i++) {
		s->accepted |= s->rows[i].verdict == HL_TRIAGE_ACCEPTED;
	}
	if (!s->begun) {
		r = make_digest(s, err);
		if (!r) {
			r = find_twin(s, err);
		}
	}
	return r ? r : find_places(s, err);
}

static void open_batch(struct state *s)
{
	s->tx = hl_tx_begin(s->l->who->store, s->l->who->arena);
	s->ops = 0;
	s->bytes = 0;
}

static void put_begin(struct state *s)
{
	const struct hl_row_report_get *report = s->l->report;
	int64_t at = report->received_at_us;

	if (!s->resent) {
		hl_tx_report_alone(
			s->tx, &(struct hl_in_report_alone){s->digest,
				       report->id, at - HL_DUPLICATE_RESEND_US,
				       at + HL_DUPLICATE_RESEND_US});
	}
	hl_tx_report_begin(
		s->tx, &(struct hl_in_report_begin){.digest = s->digest,
			       .triage = s->resent ? HL_TRIAGE_DUPLICATE
						   : HL_TRIAGE_ACCEPTED,
			       .triage_reason =
				       s->resent ? HL_TRIAGE_REASON_RESENT : 0,
			       .triaged_at_us = hl_time_now_us(),
			       .triaged_by = s->l->who->actor.user_id,
			       .id = report->id});
	/* a = 1: opened by triage, shown to nobody */
	hl_tx_happened(s->tx, s->l->who->actor.user_id, HL_EVENT_REPORT_READ,
		report->id, 1, 0);
	s->ops += 3;
}

static void put_row(struct state *s, const struct place *p, int64_t item_id)
{
	bool known = p->link == HL_DUPLICATE_COUNTS;
	enum hl_triage_reason why = s->resent ? HL_TRIAGE_REASON_RESENT
					      : HL_TRIAGE_REASON_SAME_ADDRESS;
	struct hl_in_report_item_add in = {.report_id = s->l->report->id,
		.position = p->position,
		.item_id = item_id,
		.verdict = known ? HL_TRIAGE_DUPLICATE : HL_TRIAGE_ACCEPTED,
		.reason = known ? why : HL_TRIAGE_REASON_UNANSWERED,
		.linked_at_us = hl_time_now_us()};

	if (!item_id) {
		in.verdict = HL_TRIAGE_INSUFFICIENT;
		in.reason = HL_TRIAGE_REASON_UNREADABLE;
	}
	s->accepted |= in.verdict == HL_TRIAGE_ACCEPTED;
	hl_tx_report_item_add(s->tx, &in);
}

/* The hashes that came with the report are those of its address, when it
 * names one alone; else nobody could say which is whose. */
static void put_hashes(struct state *s, int64_t item_id)
{
	const struct hl_casework_linking *l = s->l;
	size_t n = l->answers && l->found->n_addresses == 1
			   ? l->answers->n_hashes
			   : 0;

	for (size_t i = 0; i < n; i++) {
		const struct hl_hash *hash = &l->answers->hashes[i];

		hl_tx_item_hash_put(
			s->tx, &(struct hl_in_item_hash_put){.item_id = item_id,
				       .kind = hash->kind,
				       .value = keep(s, hash->value,
					       hl_hash_bytes(hash->kind)),
				       .quality = hash->quality,
				       .how = HL_HASH_REPORTED,
				       .vouched = l->report->sender != 0,
				       .report_id = l->report->id,
				       .at_us = hl_time_now_us()});
	}
	if (n) {
		hl_tx_happened(s->tx, l->who->actor.user_id,
			HL_EVENT_ITEM_HASH_ADDED, item_id, (int64_t)n,
			HL_HASH_REPORTED);
	}
	s->ops += n;
}

static struct hl_casework_urgency urgency(const struct state *s)
{
	const struct hl_report *answers = s->l->answers;

	return (struct hl_casework_urgency){.danger = (int)s->l->report->danger,
		.pay = answers ? (int)answers->pay : HL_YNU_UNANSWERED,
		.live = s->l->report->place == HL_PLACE_LIVESTREAM};
}

static int seal_url(struct state *s, const struct place *p, int64_t item_id,
	bool to_worker, struct hl_str *out, struct hl_err *err)
{
	const struct hl_casefile_keys *keys = s->l->keys;
	struct hl_seal_label queue = HL_LABEL_ITEM_URL(item_id);
	struct hl_seal_label worker = HL_LABEL_ITEM_URL_WORKER(item_id);
	bool wanted =
		s->l->settings->trace_enabled || s->l->settings->watch_enabled;

	if (to_worker && (!wanted || !keys->worker_epoch)) {
		*out = HL_STR("");
		return 0;
	}
	int r = hl_casefile_seal(s->l->who->arena,
		to_worker ? &keys->worker : &keys->queue,
		to_worker ? &worker : &queue, p->found->address, out, err);
	s->bytes += r ? 0 : out->n;
	return r;
}

static void put_new_case(struct state *s, int64_t case_id)
{
	int64_t now = hl_time_now_us();
	struct hl_casework_urgency more = urgency(s);
	struct hl_casefile c = {.id = case_id, .n_independent = 1};
	int state = hl_state_first(HL_MACHINE_CASE);

	c.now.reasons = hl_vocab_bit(HL_PRIORITY_UNKNOWN_CONTENT);
	hl_casework_reweigh(&c, s->l->settings, &more);
	hl_tx_case_add(s->tx, &(struct hl_in_case_add){.id = case_id,
				      .state = state,
				      .state_at_us = now,
				      .created_at_us = now,
				      .priority = c.now.priority,
				      .reasons = c.now.reasons,
				      .danger = s->l->report->danger,
				      .is_test = s->l->report->is_test});
	hl_tx_casefile_step_begin(
		s->tx, &(struct hl_in_casefile_step_begin){.id = hl_rand_id(),
			       .case_id = case_id,
			       .step = hl_state_step(HL_MACHINE_CASE, state),
			       .started_at_us = now});
	hl_tx_happened(s->tx, s->l->who->actor.user_id, HL_EVENT_CASE_OPENED,
		case_id, 0, state);
}

static int put_new(struct state *s, const struct place *p, struct hl_err *err)
{
	int64_t at = s->l->report->received_at_us;
	struct hl_in_item_add in = {.id = hl_rand_id(),
		.case_id = hl_rand_id(),
		.url_hash = p->hash,
		.host_hash = hash_of(s, hl_url_host_of(p->found->canon)),
		.canon_version = HL_URL_CANON_VERSION,
		.kind = (int)p->found->kind,
		.epoch = s->l->keys->queue_epoch,
		.state = hl_state_first(HL_MACHINE_ITEM),
		.public_status = hl_public_status_of(
			&(struct hl_public_status_input){.state = HL_CASE_NEW,
				.item = HL_ITEM_UNCHECKED}),
		.status_at_us = hl_time_now_us(),
		.first_at_us = at,
		.last_at_us = at};
	int r = seal_url(s, p, in.id, false, &in.url_sealed, err);

	if (!r) {
		r = seal_url(s, p, in.id, true, &in.worker_sealed, err);
	}
	if (r) {
		return r;
	}
	put_new_case(s, in.case_id);
	hl_tx_item_add(s->tx, &in);
	hl_tx_happened(s->tx, s->l->who->actor.user_id, HL_EVENT_ITEM_CREATED,
		in.id, 0, in.state);
	put_hashes(s, in.id);
	put_row(s, p, in.id);
	return 0;
}

/* A case that is open and not being watched goes on as it is. */
static int act_again(struct place *p, struct hl_err *err)
{
	struct hl_casefile *c = &p->c;
	bool back = p->link == HL_DUPLICATE_REAPPEARED;

	if (c->now.state != HL_CASE_CLOSED &&
		c->now.state != HL_CASE_MONITORING) {
		return 0;
	}
	return hl_casefile_act(c, back ? HL_ACTION_REAPPEAR : HL_ACTION_REOPEN,
		HL_EVENT_CASE_REOPENED, err);
}

/* The reporter's word that it is there stands until a check says else. */
static int open_again(struct state *s, struct place *p, struct hl_err *err)
{
	struct hl_casefile *c = &p->c;
	struct hl_in_item_again in = {
		.trace_due_us = hl_time_now_us(), .id = c->item_id};
	int r = act_again(p, err);

	if (!r && c->now.item_state == HL_ITEM_OFFLINE) {
		r = hl_casefile_item_act(
			c, HL_ACTION_UP, HL_EVENT_ITEM_REAPPEARED, err);
	}
	if (!r) {
		r = seal_url(s, p, c->item_id, true, &in.worker_sealed, err);
	}
	if (r) {
		return r == HL_DENIED ? HL_FAIL(err, HL_E_INTERNAL,
						"case %lld does not reopen",
						(long long)c->id)
				      : r;
	}
	hl_tx_item_again(s->tx, &in);
	hl_tx_watch_soon(s->tx,
		&(struct hl_in_watch_soon){
			.next_at_us = hl_time_now_us(), .item_id = c->item_id});
	return 0;
}

static bool is_changed(const struct hl_casefile *c)
{
	return c->n_changes || c->now.danger != c->was.danger ||
	       c->now.reasons != c->was.reasons ||
	       c->now.is_test != c->was.is_test;
}

static int put_known(struct state *s, struct place *p, struct hl_err *err)
{
	struct hl_casefile *c = &p->c;
	struct hl_casework_urgency more = urgency(s);
	int r = 0;

	hl_tx_item_count(
		s->tx, &(struct hl_in_item_count){.n_independent = !s->resent,
			       .last_at_us = s->l->report->received_at_us,
			       .id = c->item_id,
			       .case_version = c->version});
	if (p->link != HL_DUPLICATE_COUNTS) {
		more.known = c->was.outcome != 0;
		r = open_again(s, p, err);
	}
	if (!r && c->now.state < HL_CASE_CLOSED) {
		c->n_independent += !s->resent;
		c->now.is_test = c->now.is_test && s->l->report->is_test;
		hl_casework_reweigh(c, s->l->settings, &more);
	}
	if (!r && is_changed(c)) {
		hl_casefile_put(s->tx, c, s->l->who->actor.user_id);
	}
	put_hashes(s, c->item_id);
	put_row(s, p, c->item_id);
	return r;
}

static int put_place(struct state *s, struct place *p, struct hl_err *err)
{
	s->ops += PLACE_OPS;
	s->bytes += 1024;
	if (p->found->kind == HL_URL_WORDS) {
		put_row(s, p, 0);
		return 0;
	}
	return p->link == HL_DUPLICATE_NEW ? put_new(s, p, err)
					   : put_known(s, p, err);
}

static void put_finish(struct state *s)
{
	const struct hl_row_report_get *report = s->l->report;
	int64_t actor = s->l->who->actor.user_id;
	enum hl_triage_reason why = s->resent ? HL_TRIAGE_REASON_RESENT
					      : HL_TRIAGE_REASON_SAME_ADDRESS;
	bool fresh = s->accepted && !s->resent;
	int from = (int)report->state, triaged = from, to = 0;

	if (!s->l->typed_in && !hl_state_next(HL_MACHINE_REPORT, from,
				       HL_ACTION_TRIAGE, &triaged)) {
		hl_tx_happened(s->tx, actor, HL_EVENT_REPORT_TRIAGED,
			report->id, from, triaged);
	}
	/* a state that knows no link gives 0, which no row is in */
	hl_state_next(HL_MACHINE_REPORT, triaged, HL_ACTION_LINK, &to);
	hl_tx_report_finish(s->tx,
		&(struct hl_in_report_finish){.state = to,
			.triage = fresh ? HL_TRIAGE_ACCEPTED
					: HL_TRIAGE_DUPLICATE,
			.triage_reason =
				fresh ? HL_TRIAGE_REASON_UNANSWERED : why,
			.triaged_at_us = hl_time_now_us(),
			.triaged_by = actor,
			.id = report->id,
			.state_before = to ? from : 0});
	hl_tx_happened(
		s->tx, actor, HL_EVENT_REPORT_LINKED, report->id, triaged, to);
}

int hl_casework_link(
	const struct hl_casework_linking *linking, struct hl_err *err)
{
	struct state s = {.l = linking};
	int r = prepare(&s, err);

	open_batch(&s);
	if (!r && !s.begun) {
		put_begin(&s);
	}
	for (size_t i = 0; i < s.n_places && !r; i++) {
		if (s.places[i].done) {
			continue;
		}
		if (s.ops > BATCH_OPS || s.bytes > BATCH_BYTES) {
			r = hl_tx_run(s.tx, err);
			open_batch(&s);
		}
		if (!r) {
			r = put_place(&s, &s.places[i], err);
		}
	}
	if (r) {
		hl_tx_drop(s.tx);
		return r;
	}
	put_finish(&s);
	return hl_tx_run(s.tx, err);
}
