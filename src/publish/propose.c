/* SPDX-License-Identifier: Apache-2.0 */
/* From a case to a proposed entry. */
#include "publish/inner.h"

#include "base/rand.h"
#include "casefile/casefile.h"
#include "url/url.h"

int64_t hl_publish_seen_at(const struct hl_publish_seen *seen)
{
	return seen->by_watch_us > seen->by_person_us ? seen->by_watch_us
						      : seen->by_person_us;
}

bool hl_publish_is_fresh(const struct hl_publish_seen *seen, int64_t now_us)
{
	return seen->item_state != HL_ITEM_SUSPECT_OFFLINE &&
	       seen->item_state != HL_ITEM_OFFLINE &&
	       hl_publish_seen_at(seen) > hl_publish_over_us(now_us);
}

int64_t hl_publish_over_us(int64_t now_us)
{
	return now_us - HL_LIST_FRESH_US;
}

int64_t hl_publish_soon_us(int64_t now_us)
{
	return hl_publish_over_us(now_us) + HL_LIST_SOON_US;
}

bool hl_publish_watch_tells(bool watched, int64_t seen_us, int64_t now_us)
{
	return watched && seen_us > hl_publish_soon_us(now_us);
}

int hl_publish_address(const struct hl_who *who,
	const struct hl_publish_item *item, struct hl_str *out,
	enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_seal_label label = HL_LABEL_ITEM_URL(item->id);
	int r = hl_casefile_open(
		who, item->epoch, &label, item->sealed, out, err);

	if (r == HL_DENIED) {
		return hl_publish_no(why, HL_PUBLISH_NO_KEY);
	}
	return r || out->n ? r : hl_publish_no(why, HL_PUBLISH_NO_ADDRESS);
}

int hl_publish_seal_place(const struct hl_who *who,
	const struct hl_publish_bench *bench, int64_t entry_id,
	const struct hl_publish_place *place, struct hl_str *out,
	struct hl_err *err)
{
	struct hl_seal_label label = HL_LABEL_LIST_PLACE(entry_id);
	HL_BUF_AUTO text = HL_BUF_SECRET(2 * HL_URL_MAX);

	hl_buf_put(&text, place->host);
	hl_buf_put_c(&text, '\n');
	hl_buf_put(&text, place->path);
	if (text.fault) {
		return HL_FAIL(err, text.fault, "no room for a place");
	}
	return hl_casefile_seal(who->arena, &bench->place_key, &label,
		hl_buf_str(&text), out, err);
}

/* A case as this room sees it. */
struct subject {
	struct hl_row_list_case_get *row;
	struct hl_publish_seen seen;
	struct hl_str address;
	struct hl_publish_places places;
};

/* What keeps a case from being listed at all. */
static int judge(const struct subject *s, enum hl_publish_why *why)
{
	if (s->row->is_test) {
		return hl_publish_no(why, HL_PUBLISH_TEST);
	}
	if (!s->row->sound) {
		return hl_publish_no(why, HL_PUBLISH_NOT_JUDGED);
	}
	return 0;
}

static int open_case(const struct hl_who *who,
	const struct hl_publish_setup *setup, struct subject *s,
	enum hl_publish_why *why, struct hl_err *err)
{
	const struct hl_publish_item item = {
		s->row->item_id, s->row->epoch, s->row->url_sealed};
	int r = hl_publish_address(who, &item, &s->address, why, err);

	if (r) {
		return r;
	}
	if (!setup->popular || !setup->commit) {
		return hl_publish_no(why, HL_PUBLISH_NO_PUBLISHER);
	}
	r = hl_publish_places(setup->popular, s->address, &s->places, NULL);
	return r ? hl_publish_no(why, HL_PUBLISH_NO_ADDRESS) : 0;
}

/* The case for whoever may propose; *why of a refusal. */
static int begin(const struct hl_who *who, int64_t case_id, struct subject *s,
	enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_in_list_case_get in = {case_id};
	struct hl_casefile c;
	size_t n = 0;
	int r = hl_casefile_load(who->store, who->arena, case_id, &c, err);

	if (r < 0) {
		return r;
	}
	struct hl_authz_object o =
		hl_casefile_object(r ? NULL : &c, hl_time_now_us());
	r = hl_publish_check(who, HL_AUTHZ_LIST_PROPOSE, &o, why);
	if (!r) {
		r = hl_get_list_case_get(
			who->store, who->arena, &in, &s->row, &n, err);
	}
	if (r || !n) {
		return r ? r : hl_publish_no(why, HL_PUBLISH_CHANGED);
	}
	if (s->row->version != c.version) {
		return hl_publish_no(why, HL_PUBLISH_CHANGED);
	}
	s->seen =
		(struct hl_publish_seen){.item_state = (int)s->row->item_state,
			.by_watch_us = s->row->seen_at_us};
	return 0;
}

/* What is listed or waits at each place says which may be proposed. */
static int look_up(const struct hl_who *who,
	const struct hl_publish_setup *setup, struct hl_publish_places *places,
	struct hl_err *err)
{
	bool covered = false;

	for (size_t i = places->n; i-- > 0;) {
		struct hl_publish_place *place = &places->at[i];
		uint8_t hash[HL_PUBLISH_HASH_BYTES];
		struct hl_row_list_entry_at *row;
		size_t n;

		hl_publish_hash(setup->commit, place, hash);
		struct hl_in_list_entry_at in = {
			hl_str_mem(hash, sizeof(hash)), 0};
		int r = hl_get_list_entry_at(
			who->store, who->arena, &in, &row, &n, err);
		if (r) {
			return r;
		}
		if (n) {
			place->why = HL_PUBLISH_LISTED;
		} else if (covered) {
			place->why = HL_PUBLISH_COVERED;
		}
		covered |= n && row->state == HL_LIST_ACTIVE;
	}
	return 0;
}

/* Nobody has seen it of late, and nobody has found it gone. */
static bool needs_look(const struct subject *s)
{
	return !hl_publish_is_fresh(&s->seen, hl_time_now_us()) &&
	       s->seen.item_state != HL_ITEM_SUSPECT_OFFLINE &&
	       s->seen.item_state != HL_ITEM_OFFLINE;
}

static int offer(const struct hl_who *who, const struct hl_publish_setup *setup,
	struct subject *s, struct hl_publish_offer *out, struct hl_err *err)
{
	struct hl_publish_place *made;
	int r = judge(s, &out->why);

	if (!r) {
		r = open_case(who, setup, s, &out->why, err);
	}
	if (r) {
		return r;
	}
	out->address = s->address;
	r = look_up(who, setup, &s->places, err);
	made = hl_arena_array(who->arena, s->places.n, sizeof(*made));
	if (r || !made) {
		return r ? r : HL_FAIL(err, HL_E_NOMEM, "no memory for places");
	}
	memcpy(made, s->places.at, s->places.n * sizeof(*made));
	out->places = made;
	out->n_places = s->places.n;
	out->needs_look = needs_look(s);
	out->may_propose = out->needs_look ||
			   hl_publish_is_fresh(&s->seen, hl_time_now_us());
	return out->may_propose ? 0
				: hl_publish_no(&out->why, HL_PUBLISH_NOT_SEEN);
}

/* Also before two people judged the case, and after it was opened again. */
static int add_entries(const struct hl_who *who, struct hl_publish_offer *out,
	struct hl_err *err)
{
	struct hl_publish_asked asked = {
		.case_id = out->case_id, .n_most = 100};
	bool may;
	int r = hl_publish_may_read(who, out->case_id, &may, err);

	return r || !may ? r
			 : hl_publish_rows(who, &asked, &out->entries,
				   &out->n_entries, err);
}

int hl_publish_offer(const struct hl_who *who,
	const struct hl_publish_setup *setup, int64_t case_id,
	struct hl_publish_offer *out, struct hl_err *err)
{
	struct subject s = {0};

	*out = (struct hl_publish_offer){.case_id = case_id};
	int r = begin(who, case_id, &s, &out->why, err);
	bool refused = r == HL_NOTFOUND ||
		       (r == HL_DENIED && out->why == HL_PUBLISH_NOT_PERMITTED);
	if (!r) {
		out->item_id = s.row->item_id;
		out->seen_at_us = hl_publish_seen_at(&s.seen);
		r = offer(who, setup, &s, out, err);
	}
	if (r < 0) {
		return r;
	}
	int fault = add_entries(who, out, err);
	return fault ? fault : refused ? r : 0;
}

/* The place, and that it may be proposed. */
static int choose(const struct hl_who *who,
	const struct hl_publish_setup *setup, struct subject *s,
	const struct hl_publish_proposing *p,
	const struct hl_publish_place **out, enum hl_publish_why *why,
	struct hl_err *err)
{
	int r = judge(s, why);

	if (!r) {
		r = open_case(who, setup, s, why, err);
	}
	if (!r) {
		r = look_up(who, setup, &s->places, err);
	}
	if (r) {
		return r;
	}
	*out = hl_publish_place_find(&s->places, p->scope, p->keep);
	if (!*out) {
		return hl_publish_no(why, HL_PUBLISH_NO_PLACE);
	}
	if ((*out)->why) {
		return hl_publish_no(why, (*out)->why);
	}
	if (p->looked && needs_look(s)) {
		s->seen.by_person_us = hl_time_now_us();
	}
	return hl_publish_is_fresh(&s->seen, hl_time_now_us())
		       ? 0
		       : hl_publish_no(why, HL_PUBLISH_NOT_SEEN);
}

static int write(const struct hl_who *who, const struct hl_publish_setup *setup,
	const struct subject *s, const struct hl_publish_place *place,
	struct hl_publish_proposing *p, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_publish_signature signature;
	struct hl_publish_bench bench;
	struct hl_publish_mark mark;
	struct hl_str sealed;
	int64_t id = hl_rand_id();
	int r = hl_publish_bench(who, setup, &bench, why, err);

	if (!r) {
		r = hl_publish_mark(setup->commit, place, &mark, err);
	}
	if (!r) {
		r = hl_publish_seal_place(who, &bench, id, place, &sealed, err);
	}
	if (r) {
		return r;
	}
	const struct hl_publish_statement what = {bench.head->hotline, id,
		place->scope,
		hl_str_mem(mark.commitment, sizeof(mark.commitment))};
	hl_publish_sign(setup->secret, &what, &signature);
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_publish_put_key(tx, who, &signature.key, who->arena);
	hl_tx_list_entry_add(tx,
		&(struct hl_in_list_entry_add){.id = id,
			.scope = place->scope,
			.keep = place->keep,
			.reason = p->reason,
			.place_hash = hl_str_mem(mark.hash, sizeof(mark.hash)),
			.place_sealed = sealed,
			.commitment = what.commitment,
			.popular = place->popular,
			.proposed_by = who->actor.user_id,
			.proposed_at_us = hl_time_now_us(),
			.proposed_key = hl_str_mem(
				signature.key.b, sizeof(signature.key.b)),
			.proposed_sig = hl_str_mem(
				signature.sig, sizeof(signature.sig)),
			.looked_at_us = s->seen.by_person_us,
			.case_id = p->case_id,
			.version = s->row->version});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_LIST_PROPOSED, id,
		place->scope, s->seen.by_person_us > 0);
	r = hl_publish_run(tx, why, err);
	p->entry_id = r ? 0 : id;
	return r;
}

int hl_publish_propose(const struct hl_who *who,
	const struct hl_publish_setup *setup, struct hl_publish_proposing *p,
	enum hl_publish_why *why, struct hl_err *err)
{
	const struct hl_publish_place *place = NULL;
	struct subject s = {0};

	p->entry_id = 0;
	if (!hl_vocab_find(&hl_vocab_list_scope, (int)p->scope)) {
		return HL_FAIL(err, HL_E_INVALID, "there is no such scope");
	}
	int r = begin(who, p->case_id, &s, why, err);
	if (!r && !hl_list_reason_fits(p->scope, p->reason)) {
		r = hl_publish_no(why, HL_PUBLISH_REASON);
	}
	if (!r) {
		r = choose(who, setup, &s, p, &place, why, err);
	}
	return r ? r : write(who, setup, &s, place, p, why, err);
}
