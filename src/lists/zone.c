/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The zone of a consumer of tier 2: whole domains and its canaries. As with
 * lists a version is out when its row is in the store. Its number is the time
 * in seconds, so that a store that was put back never gives out a serial for
 * the second time.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "lists/inner.h"
#include "store/sql.h"

struct zoning {
	struct hl_lists_look *look;
	const struct hl_lists_consumer *who;
	const struct hl_lists_version *last; /* NULL: none */
	struct hl_lists_entries *entries;    /* what the zone has */
	struct hl_str *names;
	size_t n_bad;
	uint64_t version;
	uint8_t digest[HL_SEAL_SHA256_BYTES];
};

static bool is_whole(const struct hl_lists_entry *e)
{
	return e->canary || e->scope == HL_LIST_DOMAIN;
}

/* The hosts of e, in an array of its own. */
static int names_of(const struct hl_lists_entries *e, struct hl_str **out,
	struct hl_err *err)
{
	*out = calloc(e->n + 1, sizeof(**out));
	if (!*out) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a zone");
	}
	for (size_t i = 0; i < e->n; i++) {
		(*out)[i] = e->at[i].host;
	}
	return 0;
}

static int take(
	struct zoning *s, const struct hl_lists_entry *e, struct hl_err *err)
{
	struct hl_lists_zones *zones = s->look->p->config.zones;

	if (!is_whole(e) || !hl_lists_is_for(e, s->who)) {
		return 0;
	}
	if (hl_lists_zones_fault(zones, s->who->id, e->host)) {
		s->n_bad++;
		return 0;
	}
	return hl_lists_entries_add(s->entries, e, err);
}

static int select_names(struct zoning *s, struct hl_err *err)
{
	const struct hl_lists_entries *all = s->look->p->published;
	struct hl_seal_sha256 h;
	int r = hl_lists_entries_new(&s->entries, err);

	for (size_t i = 0; i < all->n && !r; i++) {
		r = take(s, &all->at[i], err);
	}
	if (!r) {
		r = names_of(s->entries, &s->names, err);
	}
	if (r) {
		return r;
	}
	hl_seal_sha256_init(&h);
	for (size_t i = 0; i < s->entries->n; i++) {
		hl_seal_sha256_add(&h, s->names[i]);
		hl_seal_sha256_add(&h, HL_STR("\n"));
	}
	hl_seal_sha256_end(&h, s->digest);
	return 0;
}

static bool is_due(const struct zoning *s)
{
	return !s->last || s->last->manifest.n ||
	       memcmp(s->digest, s->last->root, sizeof(s->digest)) != 0 ||
	       s->last->made_at_us + HL_LISTS_RENEW_US <= s->look->now_us;
}

static uint64_t next_version(const struct zoning *s)
{
	uint64_t now_s = (uint64_t)(s->look->now_us / HL_US_PER_S);
	uint64_t after = s->last ? s->last->version + 1 : 1;

	return after > now_s ? after : now_s;
}

static int set(const struct zoning *s, const struct hl_str *names, size_t n,
	uint64_t version, struct hl_err *err)
{
	return hl_lists_zones_set(s->look->p->config.zones, s->who->id, names,
		n, (uint32_t)version, err);
}

/* What was out before a restart, so that those who have it get differences.
 * Without its file they get everything. */
static void set_last(const struct zoning *s)
{
	const struct hl_lists_publisher *p = s->look->p;
	const struct hl_lists_opening opening = {
		&p->config.keys->place, &p->config.keys->commit, p->published};
	HL_LISTS_ENTRIES_AUTO *e = NULL;
	struct hl_str *names = NULL;
	int r = s->last ? hl_lists_zone_load(p->config.folder, s->who->id,
				  s->last->version, &e, NULL)
			: HL_NOTFOUND;

	if (!r) {
		r = hl_lists_entries_open(e, &opening, NULL);
	}
	if (!r) {
		r = names_of(e, &names, NULL);
	}
	if (!r) {
		r = set(s, names, e->n, s->last->version, NULL);
	}
	if (r && r != HL_NOTFOUND) {
		hl_log(HL_LOG_WARN, "lists.zone",
			"consumer %s gets its zone as a whole: what "
			"it had cannot be read",
			HL_REF_TEXT(HL_REF_CONSUMER, s->who->id));
	}
	free(names);
}

static int commit(const struct zoning *s, struct hl_err *err)
{
	const struct hl_lists_publisher *p = s->look->p;
	uint64_t bytes = 0;

	for (size_t i = 0; i < s->entries->n; i++) {
		bytes += s->names[i].n;
	}
	const struct hl_in_lists_version_add row = {
		.consumer_id = (int64_t)s->who->id,
		.version = (int64_t)s->version,
		.edition_id = p->published->edition,
		.n_rows = (int64_t)s->entries->n,
		.size_bytes = (int64_t)bytes,
		.root = hl_str_mem(s->digest, sizeof(s->digest)),
		.manifest = HL_STR(""),
		.made_at_us = s->look->now_us,
		.expires_at_us = s->look->now_us + HL_LISTS_EXPIRES_US};
	return hl_do_lists_version_add(
		p->config.store, s->look->arena, &row, err);
}

static int make(struct zoning *s, struct hl_err *err)
{
	const char *folder = s->look->p->config.folder;
	int r;

	s->version = next_version(s);
	r = hl_lists_zone_save(s->entries, folder, s->who->id, s->version, err);
	if (!r) {
		r = commit(s, err);
	}
	if (r) {
		return r;
	}
	hl_lists_zone_tidy(folder, s->who->id, s->version);
	hl_log(s->n_bad ? HL_LOG_WARN : HL_LOG_INFO, "lists.version",
		"consumer %s has version %" PRIu64
		" of its zone: %zu names, %zu left out that no zone can have",
		HL_REF_TEXT(HL_REF_CONSUMER, s->who->id), s->version,
		s->entries->n, s->n_bad);
	return 0;
}

static int issue(struct zoning *s, bool fresh, struct hl_err *err)
{
	bool due;
	int r = select_names(s, err);

	if (r) {
		return r;
	}
	due = is_due(s);
	if (due && fresh) {
		set_last(s);
	}
	if (due) {
		r = make(s, err);
	} else {
		s->version = s->last->version;
	}
	if (r) {
		return r;
	}
	if (!due && !fresh) {
		hl_lists_zones_vouch(s->look->p->config.zones, s->who->id);
		return 0;
	}
	return set(s, s->names, s->entries->n, s->version, err);
}

int hl_lists_issue_zone(struct hl_lists_look *look,
	const struct hl_lists_consumer *who, struct hl_err *err)
{
	struct zoning s = {.look = look, .who = who};
	bool fresh = false;
	int r = hl_lists_zones_want(look->p->config.zones, who, &fresh, err);

	if (r) {
		return r == HL_NOTFOUND ? 0 : r;
	}
	s.last = hl_lists_newest(look, who->id);
	r = issue(&s, fresh, err);
	hl_lists_entries_free(s.entries);
	free(s.names);
	return r;
}
