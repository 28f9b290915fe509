/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A version is out when its row is in the store; files are written before.
 *
 * Its number is the time in seconds, one a second at most. Under one number
 * and one key of a row nothing else may ever be sealed, and consumers take no
 * number for the second time: so a hotline that was put back to an hour ago,
 * its store, its folder or both, must come to no number that went out since.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "lists/inner.h"
#include "store/sql.h"
#include "url/url.h"

/* Behind the clock by more: it was set back. */
/* WAIT_S: consumers ask up to a tenth later and need some seconds, and what is
 * taken off shall be open everywhere within a minute. */
enum { WAIT_S = 45, AHEAD_S = 2 };

struct issuing {
	struct hl_lists_look *look;
	const struct hl_lists_consumer *who;
	struct hl_lists_stand *stand;
	const struct hl_lists_version *last; /* NULL: none */
	uint64_t epoch, version;
	const struct hl_lists_entry **entries;
	size_t n;
	uint8_t content[32];
	struct hl_lists_built built;
};

struct hl_lists_version *hl_lists_newest(
	const struct hl_lists_look *look, uint64_t consumer)
{
	for (size_t i = 0; i < look->n_versions; i++) {
		if (look->versions[i].consumer == consumer) {
			return &look->versions[i];
		}
	}
	return NULL;
}

struct hl_lists_stand *hl_lists_stand_of(
	struct hl_lists_publisher *p, uint64_t consumer)
{
	struct hl_lists_stand *s = p->stands;

	while (s && s->consumer != consumer) {
		s = s->next;
	}
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (s) {
			s->consumer = consumer;
			s->next = p->stands;
			p->stands = s;
		}
	}
	return s;
}

bool hl_lists_is_for(
	const struct hl_lists_entry *e, const struct hl_lists_consumer *who)
{
	if (e->canary) {
		return !e->consumer_id || (uint64_t)e->consumer_id == who->id;
	}
	return e->staged || who->stage == HL_LIST_STAGE_FIRST;
}

static int select_entries(struct issuing *s, struct hl_err *err)
{
	const struct hl_lists_entries *all = s->look->p->published;
	struct hl_seal_sha256 h;

	s->entries = calloc(all->n + 1, sizeof(*s->entries));
	if (!s->entries) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a list");
	}
	hl_seal_sha256_init(&h);
	for (size_t i = 0; i < all->n; i++) {
		const struct hl_lists_entry *e = &all->at[i];

		if (hl_lists_is_for(e, s->who)) {
			uint64_t said[2] = {(uint64_t)e->id, e->minute};

			hl_seal_sha256_add(&h, hl_str_mem(said, sizeof(said)));
			s->entries[s->n++] = e;
		}
	}
	uint64_t more[2] = {s->epoch, (uint64_t)s->who->tier};
	hl_seal_sha256_add(&h, hl_str_mem(more, sizeof(more)));
	hl_seal_sha256_end(&h, s->content);
	return 0;
}

/* The manifest that is out: its form was ours. */
static bool read_last(const struct issuing *s, struct hl_urls_manifest *out,
	uint8_t digest[HL_URLS_DIGEST])
{
	struct hl_urls_text text;

	if (!s->last ||
		hl_urls_manifest_read(s->last->manifest, out, &text, NULL)) {
		return false;
	}
	hl_urls_text_digest(&text, digest);
	return true;
}

static bool file_is_there(const struct issuing *s)
{
	struct hl_lists_map map;
	char path[HL_LISTS_PATH];
	bool there =
		hl_lists_path(s->look->p->config.folder, HL_LISTS_LIST,
			s->who->id, s->last->version, 0, path, NULL) == 0 &&
		hl_lists_map(path, &map, NULL) == 0;

	if (there) {
		there = map.n == s->last->bytes;
		hl_lists_unmap(&map);
	}
	return there;
}

/* A file of a version that the store does not remember: another folder, or a
 * crash. It may have gone out, and nothing may seem to follow it. */
static uint64_t newest_file(const struct issuing *s)
{
	uint64_t there[HL_URLS_DELTAS_MAX];
	size_t n = hl_lists_there(
		s->look->p->config.folder, s->who->id, UINT64_MAX, there);

	return n ? there[n - 1] : 0;
}

/* False: not before the next second. */
static bool next_version(struct issuing *s)
{
	uint64_t now_s = (uint64_t)(s->look->now_us / HL_US_PER_S);
	uint64_t known = s->last ? s->last->version : 0;
	uint64_t file = newest_file(s);
	uint64_t least = file > known ? file + 2 : known + 1;

	s->version = least > now_s ? least : now_s;
	if (s->version > now_s + AHEAD_S) {
		hl_log(HL_LOG_WARN, "lists.clock",
			"consumer %s gets version %llu, which is ahead of "
			"the clock: was it set back?",
			HL_REF_TEXT(HL_REF_CONSUMER, s->who->id),
			(unsigned long long)s->version);
		return true;
	}
	return s->version == now_s;
}

static void fill_manifest(const struct issuing *s, struct hl_urls_manifest *m)
{
	const struct hl_lists_publisher *p = s->look->p;
	struct hl_urls_manifest before;

	*m = (struct hl_urls_manifest){.consumer = s->who->id,
		.root = p->n_roots,
		.version = s->version,
		.made = s->look->now_us / HL_US_PER_S,
		.wait_s = WAIT_S,
		.canon = HL_URL_CANON_VERSION,
		.tier = (uint32_t)s->who->tier,
		.epoch = s->epoch,
		.rows = s->built.n_rows,
		.list_bytes = s->built.bytes,
		.n_deltas = s->built.n_deltas,
		.log_leaves = p->tree.n};
	m->expires = m->made + HL_LISTS_EXPIRES_US / HL_US_PER_S;
	memcpy(m->hotline, p->head.hotline, sizeof(m->hotline));
	memcpy(m->list_root, s->built.root, sizeof(m->list_root));
	memcpy(m->delta, s->built.delta,
		s->built.n_deltas * sizeof(m->delta[0]));
	hl_lists_tree_head(&p->tree, m->log_head);
	if (!read_last(s, &before, m->previous)) {
		memset(m->previous, 0, sizeof(m->previous));
	}
}

static int sign(const struct issuing *s, struct hl_str *out, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	struct hl_urls_manifest m;

	fill_manifest(s, &m);
	hl_urls_manifest_put(&m, &text);
	int r = text.fault
			? HL_FAIL(err, text.fault, "a manifest is too long")
			: hl_urls_text_sign(&text,
				  s->look->p->config.keys->online.secret, err);
	if (r) {
		return r;
	}
	*out = hl_arena_dup(s->look->arena, hl_buf_str(&text));
	return out->p ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory to sign");
}

static int commit(const struct issuing *s, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)1 << 20, false);
	const struct hl_lists_publisher *p = s->look->p;
	struct hl_str manifest;
	int r = arena ? sign(s, &manifest, err)
		      : HL_FAIL(err, HL_E_NOMEM, "no memory to publish");

	if (r) {
		return r;
	}
	const struct hl_in_lists_version_add row = {
		.consumer_id = (int64_t)s->who->id,
		.version = (int64_t)s->version,
		.edition_id = p->published->edition,
		.epoch = (int64_t)s->epoch,
		.n_rows = s->built.n_rows,
		.size_bytes = (int64_t)s->built.bytes,
		.root = hl_str_mem(s->built.root, sizeof(s->built.root)),
		.manifest = manifest,
		.made_at_us = s->look->now_us,
		.expires_at_us = s->look->now_us + HL_LISTS_EXPIRES_US};
	return hl_do_lists_version_add(p->config.store, arena, &row, err);
}

static int make_plant(struct issuing *s, struct hl_err *err)
{
	struct hl_lists_plant *p = s->stand->plant;

	if (p && p->epoch == s->epoch && p->tier == s->who->tier) {
		return 0;
	}
	hl_lists_plant_free(p);
	s->stand->plant = NULL;
	return hl_lists_plant_new(&s->look->p->config.keys->seed, s->who->id,
		s->epoch, s->who->tier, &s->stand->plant, err);
}

static int make(struct issuing *s, bool anyway, struct hl_err *err)
{
	const struct hl_lists_publisher *p = s->look->p;
	bool same_epoch = s->last && s->last->epoch == s->epoch;
	const struct hl_lists_job job = {.folder = p->config.folder,
		.hotline = p->head.hotline,
		.plant = s->stand->plant,
		.entries = s->entries,
		.n = s->n,
		.version = s->version,
		.before = same_epoch ? s->last->version : 0,
		.anyway = anyway};
	int64_t began_us = hl_time_mono_us();
	int r = hl_lists_build(&job, &s->built, err);

	if (r || !s->built.changed) {
		return r;
	}
	r = commit(s, err);
	if (r) {
		return r;
	}
	hl_log(HL_LOG_INFO, "lists.version",
		"consumer %s has version %llu: %u hosts, %zu rows as before, "
		"%lld ms",
		HL_REF_TEXT(HL_REF_CONSUMER, s->who->id),
		(unsigned long long)s->version, s->built.n_rows,
		s->built.n_kept,
		(long long)((hl_time_mono_us() - began_us) / 1000));
	uint64_t there[HL_URLS_DELTAS_MAX];
	size_t n =
		hl_lists_there(p->config.folder, s->who->id, s->version, there);
	hl_lists_tidy(p->config.folder, s->who->id, n ? there[0] : 0,
		n ? there[n - 1] : s->version);
	return 0;
}

static int issue(struct issuing *s, struct hl_err *err)
{
	struct hl_lists_look *look = s->look;
	struct hl_urls_manifest before;
	uint8_t digest[HL_URLS_DIGEST];
	int r = select_entries(s, err);

	if (r) {
		return r;
	}
	bool there = s->last && file_is_there(s);
	bool anyway = !there || !read_last(s, &before, digest) ||
		      before.root != look->p->n_roots ||
		      before.epoch != s->epoch ||
		      before.tier != (uint32_t)s->who->tier ||
		      s->last->made_at_us + HL_LISTS_RENEW_US <= look->now_us;
	if (!anyway && s->stand->has_content &&
		memcmp(s->content, s->stand->content, 32) == 0) {
		return 0;
	}
	if (!next_version(s)) {
		look->waits = true;
		return 0;
	}
	r = make_plant(s, err);
	if (!r) {
		r = make(s, anyway, err);
	}
	if (r) {
		hl_lists_drop(look->p->config.folder, s->who->id, s->version);
	} else {
		memcpy(s->stand->content, s->content, 32);
		s->stand->has_content = true;
	}
	return r;
}

static int issue_one(struct hl_lists_look *look,
	const struct hl_lists_consumer *who, struct hl_err *err)
{
	struct issuing s = {.look = look,
		.who = who,
		.epoch = (uint64_t)(look->now_us / HL_US_PER_DAY)};
	int r;

	s.stand = hl_lists_stand_of(look->p, who->id);
	if (!s.stand) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to publish");
	}
	bool zone = !who->ended && who->tier == HL_LIST_TIER_CLEAR &&
		    look->p->config.zones;
	if (!zone && !s.stand->no_zone) {
		hl_lists_zone_tidy(look->p->config.folder, who->id, 0);
		s.stand->no_zone = true;
	}
	if (zone) {
		s.stand->no_zone = false;
		return hl_lists_issue_zone(look, who, err);
	}
	if (who->ended || who->tier == HL_LIST_TIER_CLEAR) {
		return 0;
	}
	s.last = hl_lists_newest(look, who->id);
	r = issue(&s, err);
	free(s.entries);
	return r;
}

int hl_lists_issue(struct hl_lists_look *look, struct hl_err *err)
{
	int first = 0;

	for (size_t i = 0; i < look->n_consumers; i++) {
		struct hl_err why = {0};
		int r = issue_one(look, &look->consumers[i], &why);

		if (r && !first) {
			first = r;
			if (err) {
				*err = why;
			}
		} else if (r) {
			hl_log_err(HL_LOG_ERROR, "lists.build", &why);
		}
	}
	return first;
}
