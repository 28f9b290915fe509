/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what should be published (wanted) and what is (published), what is
 * published from now on:
 *
 *   published and wanted           stays
 *   new                            comes, unless growth is held
 *   gone, by a person or its time  leaves, whatever is held
 *   gone by itself                 leaves, unless loss is held
 *
 * What is held is an edition of its own, which a person releases or refuses.
 * It stays back until then, also when the day is over in which it came.
 */
#include "base/log.h"
#include "domain/event.h"
#include "lists/decide.h"
#include "store/sql.h"
#include "store/tx.h"

enum { BATCH = 200 };

static struct hl_lists_set set_of(
	const struct hl_lists_entries *e, int64_t now_us)
{
	struct hl_lists_set set;

	set.at = hl_lists_entries_members(e, now_us, &set.n);
	return set;
}

/* now_us: with what came and went within the day before; 0: without. */
static int compare(const struct hl_lists_entries *now, int64_t now_us,
	const struct hl_lists_entries *wanted, struct hl_lists_change *out,
	struct hl_err *err)
{
	const struct hl_lists_set a = set_of(now, now_us),
				  b = set_of(wanted, 0);

	return a.at && b.at ? hl_lists_compare(&a, &b, out, err)
			    : HL_FAIL(err, HL_E_NOMEM, "no memory to compare");
}

static void digest_of(const struct hl_lists_entries *e, uint8_t out[32])
{
	const struct hl_lists_set set = set_of(e, 0);

	hl_lists_set_digest(&set, out);
}

/* A set that went out before, when its file was lost: those that the store
 * says went out. */
static int recover(
	struct hl_lists_deciding *d, int64_t edition, struct hl_err *err)
{
	struct hl_lists_publisher *p = d->look->p;
	const struct hl_lists_entries *wanted = d->wanted;
	HL_LISTS_ENTRIES_AUTO *e = NULL;
	int r = hl_lists_entries_new(&e, err);

	for (size_t i = 0; i < wanted->n && !r; i++) {
		if (wanted->at[i].released_at_us || wanted->at[i].canary) {
			r = hl_lists_entries_add(e, &wanted->at[i], err);
		}
	}
	for (size_t i = 0; i < e->n; i++) {
		e->at[i].since_us = e->at[i].released_at_us;
	}
	if (r) {
		return r;
	}
	hl_log(HL_LOG_WARN, "lists.recover",
		"what edition %lld published is not in the folder; %zu entries "
		"are taken from the store",
		(long long)edition, e->n);
	e->edition = edition;
	p->published = e;
	d->alters = true;
	e = NULL;
	return 0;
}

static int know_published(struct hl_lists_deciding *d, struct hl_err *err)
{
	struct hl_lists_publisher *p = d->look->p;
	int64_t edition = 0;

	for (size_t i = 0; i < d->n_editions && !edition; i++) {
		if (d->editions[i].state == HL_LIST_EDITION_PUBLISHED) {
			edition = d->editions[i].id;
		}
	}
	if (p->published && p->published->edition == edition) {
		return 0;
	}
	hl_lists_entries_free(p->published);
	p->published = NULL;
	if (!edition) {
		return hl_lists_entries_new(&p->published, err);
	}
	int r = hl_lists_entries_load(
		p->config.folder, edition, &p->published, err);
	return r == HL_NOTFOUND || r == HL_E_CORRUPT ? recover(d, edition, err)
						     : r;
}

/* The newest edition that a person was asked about; NULL: none, or it is out,
 * or overtaken. */
static const struct hl_lists_edition_row *last_held(
	const struct hl_lists_deciding *d)
{
	for (size_t i = 0; i < d->n_editions; i++) {
		switch ((enum hl_list_edition_state)d->editions[i].state) {
		case HL_LIST_EDITION_HELD:
		case HL_LIST_EDITION_REFUSED:
		case HL_LIST_EDITION_RELEASED:
			return &d->editions[i];
		case HL_LIST_EDITION_PUBLISHED:
		case HL_LIST_EDITION_OVERTAKEN:
		case HL_LIST_EDITION_OUT:
			break;
		}
	}
	return NULL;
}

/* What is wanted now is what a person saw, or so near to it that nothing would
 * trip between the two. */
static bool is_near(const struct hl_lists_deciding *d,
	const struct hl_lists_edition_row *held, bool exactly)
{
	struct hl_lists_change change;
	uint8_t digest[32];

	digest_of(d->wanted, digest);
	if (memcmp(digest, held->digest, sizeof(digest)) == 0) {
		return true;
	}
	return !exactly && d->seen &&
	       compare(d->seen, 0, d->wanted, &change, NULL) == 0 &&
	       hl_lists_breakers(&change, false) == 0;
}

/* Whether a person ended something that never went out. */
static int find_withdrawn(struct hl_lists_deciding *d, struct hl_err *err)
{
	const struct hl_lists_look *look = d->look;

	for (size_t i = 0; i < d->seen->n; i++) {
		d->seen->at[i].minute = UINT32_MAX;
	}
	int r = hl_lists_mark_ends(
		look->p->config.store, d->seen, d->wanted, look->now_us, err);
	for (size_t i = 0; i < d->seen->n; i++) {
		const struct hl_lists_entry *e = &d->seen->at[i];

		d->withdrawn |= e->leaves && !e->canary && !e->released_at_us;
	}
	return r;
}

static bool new_waits(const struct hl_lists_deciding *d)
{
	const struct hl_lists_entries *w = d->wanted,
				      *now = d->look->p->published;

	for (size_t i = 0; i < w->n; i++) {
		if (!w->at[i].canary &&
			!hl_lists_entries_find(now, w->at[i].id) &&
			hl_lists_entries_find(d->seen, w->at[i].id)) {
			return true;
		}
	}
	return false;
}

static bool gone_waits(const struct hl_lists_deciding *d)
{
	const struct hl_lists_entries *now = d->look->p->published;

	for (size_t i = 0; i < now->n; i++) {
		const struct hl_lists_entry *e = &now->at[i];

		if (!e->canary && !e->leaves &&
			!hl_lists_entries_find(d->wanted, e->id) &&
			!hl_lists_entries_find(d->seen, e->id)) {
			return true;
		}
	}
	return false;
}

/*
 * What waits, or was refused, does not go out since a day has passed. When a
 * person has taken some of it back, it is judged anew.
 */
static int stay_held(struct hl_lists_deciding *d,
	const struct hl_lists_edition_row *held, struct hl_err *err)
{
	unsigned why =
		held->held & (HL_LIST_BREAKER_DELTA | HL_LIST_BREAKER_LOSS);

	if (!why || !d->seen) {
		return 0;
	}
	int r = find_withdrawn(d, err);
	bool new =
		!d->withdrawn && (why & HL_LIST_BREAKER_DELTA) && new_waits(d);
	bool gone = gone_waits(d);

	d->held |= new || gone ? why : 0;
	d->holds_new |= new;
	d->holds_gone |= gone;
	return r;
}

/* What a person was shown, if the folder has it: a yes is to the digest, and a
 * folder that was put back may have another set under this number. */
static void load_seen(
	struct hl_lists_deciding *d, const struct hl_lists_edition_row *held)
{
	uint8_t digest[32];

	if (hl_lists_held_load(
		    d->look->p->config.folder, held->id, &d->seen, NULL) != 0) {
		d->seen = NULL;
		return;
	}
	digest_of(d->seen, digest);
	if (memcmp(digest, held->digest, sizeof(digest)) != 0) {
		hl_lists_entries_free(d->seen);
		d->seen = NULL;
	}
}

static int judge(struct hl_lists_deciding *d, struct hl_err *err)
{
	struct hl_lists_look *look = d->look;
	const struct hl_lists_edition_row *held = last_held(d);
	int r = compare(
		look->p->published, look->now_us, d->wanted, &d->change, err);

	if (r) {
		return r;
	}
	if (held) {
		load_seen(d, held);
	}
	d->held = hl_lists_breakers(&d->change, look->p->head.halted);
	if (held && held->state == HL_LIST_EDITION_RELEASED &&
		is_near(d, held, false)) {
		d->released = held->id;
		d->held &= HL_LIST_BREAKER_HALTED;
	}
	d->holds_new = hl_lists_holds_new(d->held, &d->change);
	d->holds_gone = hl_lists_holds_gone(d->held, &d->change);
	return held && held->state != HL_LIST_EDITION_RELEASED
		       ? stay_held(d, held, err)
		       : 0;
}

/* An edition in numbers of hosts: against what is published, whoever took
 * something off. Breakers count otherwise. */
struct numbers {
	size_t n_hosts, n_more, n_less;
};

static int count_hosts(const struct hl_lists_deciding *d,
	const struct hl_lists_entries *of, struct numbers *out,
	struct hl_err *err)
{
	const struct hl_lists_entries *now = d->look->p->published;
	struct hl_lists_change there, back;
	int r = compare(now, 0, of, &there, err);

	if (!r) {
		r = compare(of, 0, now, &back, err);
	}
	if (!r) {
		*out = (struct numbers){
			back.n_hosts, there.n_added, back.n_added};
	}
	return r;
}

/* People know nothing of canaries, which are no entries of a case. */
static int64_t n_of_cases(const struct hl_lists_entries *e)
{
	int64_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		n += !e->at[i].canary;
	}
	return n;
}

static void put_edition(struct hl_lists_deciding *d, struct hl_tx *tx,
	int64_t id, const struct hl_lists_entries *of, const struct numbers *n)
{
	bool held = of == d->wanted;
	uint8_t digest[32];

	digest_of(of, digest);
	hl_tx_lists_edition_add(
		tx, &(struct hl_in_lists_edition_add){.id = id,
			    .at_us = d->look->now_us,
			    .n_entries = n_of_cases(of),
			    .n_hosts = (int64_t)n->n_hosts,
			    .n_added = (int64_t)n->n_more,
			    .n_removed = (int64_t)n->n_less,
			    .held = held ? d->held : 0,
			    .state = held ? HL_LIST_EDITION_HELD
					  : HL_LIST_EDITION_PUBLISHED,
			    .seq = d->look->p->head.seq,
			    .digest = hl_str_mem(digest, sizeof(digest))});
	hl_tx_event(tx, &(struct hl_store_event){
				.kind = held ? HL_EVENT_EDITION_HELD
					     : HL_EVENT_EDITION_PUBLISHED,
				.object_kind = HL_OBJECT_EDITION,
				.object_id = id,
				.a = (int64_t)n->n_more,
				.b = (int64_t)n->n_less});
}

static void overtake(struct hl_lists_deciding *d, struct hl_tx *tx, bool all)
{
	for (size_t i = 0; i < d->n_editions; i++) {
		const struct hl_lists_edition_row *e = &d->editions[i];
		bool is_released = e->state == HL_LIST_EDITION_RELEASED;

		if (e->state != HL_LIST_EDITION_HELD &&
			(!is_released || (!all && e->id == d->released))) {
			continue;
		}
		hl_tx_lists_edition_move(
			tx, &(struct hl_in_lists_edition_move){
				    .to_state = HL_LIST_EDITION_OVERTAKEN,
				    .id = e->id,
				    .from_state = e->state});
	}
}

static int64_t next_edition(const struct hl_lists_deciding *d)
{
	return d->n_editions ? d->editions[0].id + 1 : 1;
}

/* An edition for a person to look at, unless one like it is there. */
static int hold(struct hl_lists_deciding *d, struct hl_err *err)
{
	const struct hl_lists_edition_row *last = last_held(d);
	int64_t id = next_edition(d);
	struct numbers numbers = {0};

	bool exactly = d->withdrawn ||
		       (last && last->state == HL_LIST_EDITION_REFUSED);

	if (last && is_near(d, last, exactly)) {
		return 0;
	}
	int r = count_hosts(d, d->wanted, &numbers, err);
	if (!r) {
		r = hl_lists_held_save(
			d->wanted, d->look->p->config.folder, id, err);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx =
		hl_tx_begin(d->look->p->config.store, d->look->arena);
	overtake(d, tx, true);
	put_edition(d, tx, id, d->wanted, &numbers);
	r = hl_tx_run(tx, err);
	if (!r) {
		hl_log(HL_LOG_WARN, "lists.held",
			"edition %lld waits for a person: %zu hosts more, %zu "
			"fewer, %zu in all",
			(long long)id, numbers.n_more, numbers.n_less,
			numbers.n_hosts);
		hl_lists_entries_tidy(d->look->p->config.folder,
			d->look->p->published->edition, id);
	}
	return r;
}

/* Tells the store which went out for the first time; may be said again. */
static int tell_released(struct hl_lists_deciding *d, struct hl_err *err)
{
	const struct hl_lists_entries *e = d->next;
	size_t i = 0;
	int r = 0;

	while (!r && i < e->n) {
		HL_ARENA_AUTO *arena = hl_arena_new((size_t)1 << 20, false);
		struct hl_tx *tx =
			arena ? hl_tx_begin(d->look->p->config.store, arena)
			      : NULL;
		size_t n = 0;

		for (; tx && i < e->n && n < BATCH; i++) {
			if (!e->at[i].untold) {
				continue;
			}
			hl_tx_lists_entry_released(
				tx, &(struct hl_in_lists_entry_released){
					    .first_edition = e->edition,
					    .released_at_us =
						    e->at[i].released_at_us,
					    .id = e->at[i].id});
			n++;
		}
		if (!tx || n) {
			r = hl_tx_run(tx, err);
		} else {
			hl_tx_drop(tx);
		}
	}
	return r;
}

static int publish(struct hl_lists_deciding *d, struct hl_err *err)
{
	struct hl_lists_publisher *p = d->look->p;
	struct numbers numbers = {0};

	d->next->edition = next_edition(d);
	int r = count_hosts(d, d->next, &numbers, err);
	if (!r) {
		r = hl_lists_entries_save(d->next, p->config.folder, err);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(p->config.store, d->look->arena);
	if (!d->holds_new && !d->holds_gone) {
		overtake(d, tx, false);
	}
	if (d->released && !d->holds_new && !d->holds_gone) {
		hl_tx_lists_edition_move(
			tx, &(struct hl_in_lists_edition_move){
				    .to_state = HL_LIST_EDITION_OUT,
				    .id = d->released,
				    .from_state = HL_LIST_EDITION_RELEASED});
	}
	put_edition(d, tx, d->next->edition, d->next, &numbers);
	r = hl_tx_run(tx, err);
	return r ? r : tell_released(d, err);
}

/* Nothing to publish anew; what waited may have become too little to wait. */
static int settle(struct hl_lists_deciding *d, struct hl_err *err)
{
	struct hl_lists_publisher *p = d->look->p;
	bool waits = false;

	for (size_t i = 0; i < d->n_editions; i++) {
		waits |= d->editions[i].state == HL_LIST_EDITION_HELD ||
			 d->editions[i].state == HL_LIST_EDITION_RELEASED;
	}
	d->next->edition = p->published->edition;
	int r = d->next->edition && d->alters
			? hl_lists_entries_save(d->next, p->config.folder, err)
			: 0;
	if (!r && waits && !d->holds_new && !d->holds_gone) {
		struct hl_tx *tx = hl_tx_begin(p->config.store, d->look->arena);

		overtake(d, tx, true);
		r = hl_tx_run(tx, err);
	}
	return r ? r : tell_released(d, err);
}

static int decide(struct hl_lists_deciding *d, struct hl_err *err)
{
	struct hl_lists_publisher *p = d->look->p;
	const struct hl_lists_opening opening = {
		&p->config.keys->place, &p->config.keys->commit, p->published};
	int r = hl_lists_mark_ends(
		p->config.store, p->published, d->wanted, d->look->now_us, err);

	if (!r) {
		r = hl_lists_entries_open(d->wanted, &opening, err);
	}
	if (!r) {
		r = judge(d, err);
	}
	if (!r) {
		r = hl_lists_merge(d, err);
	}
	if (!r) {
		r = hl_lists_entries_open(d->next, &opening, err);
	}
	if (r) {
		return r;
	}
	r = d->differs ? publish(d, err) : settle(d, err);
	if (r) {
		return r;
	}
	hl_lists_entries_free(p->published);
	p->published = d->next;
	d->next = NULL;
	const struct hl_lists_edition_row *last = last_held(d);
	hl_lists_entries_tidy(
		p->config.folder, p->published->edition, last ? last->id : 0);
	bool withholds = (d->holds_new && d->change.adds) ||
			 (d->holds_gone && d->change.loses);
	if (!withholds) {
		return 0;
	}
	/* numbered behind what was just published */
	r = hl_lists_editions(p->config.store, d->look->arena, &d->editions,
		&d->n_editions, err);
	return r ? r : hold(d, err);
}

/*
 * An entry that was approved since the log was read waits for the next look:
 * the manifest must name a log that has the leaf of each row.
 */
static void leave_out_unlogged(struct hl_lists_deciding *d)
{
	struct hl_lists_entries *w = d->wanted;
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		if (w->at[i].leaf < d->look->p->tree.n) {
			w->at[n++] = w->at[i];
		}
	}
	w->n = n;
}

int hl_lists_decide(struct hl_lists_look *look, struct hl_err *err)
{
	struct hl_lists_deciding d = {.look = look};
	struct hl_lists_publisher *p = look->p;
	size_t n_popular = 0;
	int r = hl_lists_wanted(
		p->config.store, look->now_us, &d.wanted, &n_popular, err);

	if (!r) {
		leave_out_unlogged(&d);
		r = hl_lists_editions(p->config.store, look->arena, &d.editions,
			&d.n_editions, err);
	}
	if (!r) {
		r = know_published(&d, err);
	}
	if (!r) {
		r = hl_lists_entries_new(&d.next, err);
	}
	if (!r) {
		r = decide(&d, err);
	}
	if (!r && n_popular) {
		hl_log(HL_LOG_WARN, "lists.popular",
			"%zu entries of popular hosts lack a third person and "
			"are left out",
			n_popular);
	}
	hl_lists_entries_free(d.wanted);
	hl_lists_entries_free(d.next);
	hl_lists_entries_free(d.seen);
	return r;
}
