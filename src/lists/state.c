/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set in a file of the folder:
 *
 *   "HLLSTATE" u32 form u32 0 | u64 edition | u64 n | n entries |
 *   u64 m | m that went within the day | SHA-256
 *
 * an entry being its numbers, commitment and sealed place. What is published
 * is named by the store's newest published edition: this file is written
 * before that row, so that whichever edition the store names has its file.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "lists/set.h"
#include "seal/sign.h"

#define MAGIC "HLLSTATE"
enum {
	FORM = 2,
	HEAD = 32,
	FIXED = 96,
	GONE = 56,
	PATH_BYTES = 4096,
	ZONE_NAME = 32
};
#define FILE_MAX ((size_t)4 << 30)

struct cursor {
	const uint8_t *p;
	size_t n;
	bool bad;
};

static void put(struct hl_buf *b, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++, v >>= 8) {
		hl_buf_put_c(b, (char)(v & 0xff));
	}
}

static uint64_t get(struct cursor *c, size_t bytes)
{
	uint64_t v = 0;

	if (c->n < bytes) {
		c->bad = true;
		return 0;
	}
	for (size_t i = bytes; i-- > 0;) {
		v = v << 8 | c->p[i];
	}
	c->p += bytes;
	c->n -= bytes;
	return v;
}

enum { CANARY = 1, STAGED = 2, LEAVES = 4 };

static void put_entry(struct hl_buf *b, const struct hl_lists_entry *e)
{
	put(b, (uint64_t)e->id, 8);
	put(b, (uint64_t)e->consumer_id, 8);
	put(b, (uint64_t)e->seen_at_us, 8);
	put(b, (uint64_t)e->released_at_us, 8);
	put(b, (uint64_t)e->since_us, 8);
	put(b, e->scope, 4);
	put(b, e->minute, 4);
	put(b, e->leaf, 4);
	put(b,
		(e->canary ? CANARY : 0u) | (e->staged ? STAGED : 0u) |
			(e->leaves ? LEAVES : 0u),
		4);
	hl_buf_put_mem(b, e->host_c, sizeof(e->host_c));
	put(b, e->sealed.n, 8);
	hl_buf_put(b, e->sealed);
}

static void put_gone(struct hl_buf *b, const struct hl_lists_gone *g)
{
	put(b, (uint64_t)g->id, 8);
	put(b, (uint64_t)g->since_us, 8);
	put(b, (uint64_t)g->gone_at_us, 8);
	hl_buf_put_mem(b, g->host_c, sizeof(g->host_c));
}

static int path_of(const char *folder, const char *name, int64_t edition,
	char out[PATH_BYTES], struct hl_err *err)
{
	int n = snprintf(out, PATH_BYTES, "%s/%s-%lld", folder, name,
		(long long)edition);

	return n > 0 && n < PATH_BYTES
		       ? 0
		       : HL_FAIL(err, HL_E_LIMIT, "a path is too long");
}

static int save(const struct hl_lists_entries *e, const char *folder,
	const char *name, int64_t edition, struct hl_err *err)
{
	HL_BUF_AUTO b = HL_BUF_INIT(FILE_MAX);
	uint8_t digest[HL_SEAL_SHA256_BYTES];
	char path[PATH_BYTES];
	int r = path_of(folder, name, edition, path, err);

	if (r) {
		return r;
	}
	hl_buf_put(&b, HL_STR(MAGIC));
	put(&b, FORM, 4);
	put(&b, 0, 4);
	put(&b, (uint64_t)edition, 8);
	put(&b, e->n, 8);
	for (size_t i = 0; i < e->n; i++) {
		put_entry(&b, &e->at[i]);
	}
	put(&b, e->n_gone, 8);
	for (size_t i = 0; i < e->n_gone; i++) {
		put_gone(&b, &e->gone[i]);
	}
	hl_seal_sha256(hl_buf_str(&b), digest);
	hl_buf_put_mem(&b, digest, sizeof(digest));
	if (b.fault) {
		return HL_FAIL(err, b.fault, "no memory to keep the list");
	}
	return hl_file_write(path, hl_buf_str(&b), 0600, err);
}

static void get_host(struct cursor *c, uint8_t out[HL_LISTS_HOST_BYTES])
{
	if (c->n < HL_LISTS_HOST_BYTES) {
		c->bad = true;
		return;
	}
	memcpy(out, c->p, HL_LISTS_HOST_BYTES);
	c->p += HL_LISTS_HOST_BYTES;
	c->n -= HL_LISTS_HOST_BYTES;
}

static void get_entry(struct cursor *c, struct hl_lists_entry *e)
{
	*e = (struct hl_lists_entry){.id = (int64_t)get(c, 8)};
	e->consumer_id = (int64_t)get(c, 8);
	e->seen_at_us = (int64_t)get(c, 8);
	e->released_at_us = (int64_t)get(c, 8);
	e->since_us = (int64_t)get(c, 8);
	e->scope = (uint32_t)get(c, 4);
	e->minute = (uint32_t)get(c, 4);
	e->leaf = (uint32_t)get(c, 4);
	uint64_t flags = get(c, 4);
	e->canary = flags & CANARY;
	e->staged = flags & STAGED;
	e->leaves = flags & LEAVES;
	get_host(c, e->host_c);
	uint64_t n = get(c, 8);
	c->bad |= n > c->n;
	if (!c->bad) {
		e->sealed = hl_str_mem(c->p, n);
		c->p += n;
		c->n -= n;
	}
}

static int parse_gone(
	struct cursor *c, struct hl_lists_entries *out, struct hl_err *err)
{
	uint64_t n = get(c, 8);
	int r = 0;

	if (c->bad || n != c->n / GONE || c->n % GONE) {
		return HL_FAIL(err, HL_E_CORRUPT, "a list of another length");
	}
	for (uint64_t i = 0; i < n && !r; i++) {
		struct hl_lists_gone g = {.id = (int64_t)get(c, 8)};

		g.since_us = (int64_t)get(c, 8);
		g.gone_at_us = (int64_t)get(c, 8);
		get_host(c, g.host_c);
		if (i && out->gone[i - 1].id >= g.id) {
			return HL_FAIL(err, HL_E_CORRUPT, "a damaged entry");
		}
		r = hl_lists_entries_add_gone(out, &g, err);
	}
	return r;
}

static int parse(struct hl_str all, int64_t edition,
	struct hl_lists_entries *out, struct hl_err *err)
{
	uint8_t digest[HL_SEAL_SHA256_BYTES];
	struct cursor c = {(const uint8_t *)all.p, all.n, false};

	if (all.n < HEAD + sizeof(digest) ||
		!hl_str_starts(all, HL_STR(MAGIC))) {
		return HL_FAIL(err, HL_E_CORRUPT, "no list of entries");
	}
	c.n -= sizeof(digest);
	hl_seal_sha256(hl_str_sub(all, 0, c.n), digest);
	if (memcmp(digest, c.p + c.n, sizeof(digest)) != 0) {
		return HL_FAIL(err, HL_E_CORRUPT, "a list is damaged");
	}
	c.p += 8;
	c.n -= 8;
	uint64_t form = get(&c, 8), id = get(&c, 8), n = get(&c, 8);
	if (form != FORM || id != (uint64_t)edition || n > c.n / FIXED) {
		return HL_FAIL(err, HL_E_CORRUPT, "a list of another form");
	}
	for (uint64_t i = 0; i < n; i++) {
		struct hl_lists_entry e;

		get_entry(&c, &e);
		if (c.bad || (out->n && out->at[out->n - 1].id >= e.id)) {
			return HL_FAIL(err, HL_E_CORRUPT, "a damaged entry");
		}
		int r = hl_lists_entries_add(out, &e, err);
		if (r) {
			return r;
		}
	}
	return parse_gone(&c, out, err);
}

static int load(const char *folder, const char *name, int64_t edition,
	struct hl_lists_entries **out, struct hl_err *err)
{
	HL_BUF_AUTO b = HL_BUF_INIT(FILE_MAX);
	HL_LISTS_ENTRIES_AUTO *e = NULL;
	char path[PATH_BYTES];
	int r = path_of(folder, name, edition, path, err);

	if (!r) {
		r = hl_file_read(path, &b, err);
	}
	if (!r) {
		r = hl_lists_entries_new(&e, err);
	}
	if (!r) {
		r = parse(hl_buf_str(&b), edition, e, err);
	}
	if (!r) {
		e->edition = edition;
		*out = e;
		e = NULL;
	}
	return r;
}

int hl_lists_entries_save(const struct hl_lists_entries *e, const char *folder,
	struct hl_err *err)
{
	return save(e, folder, "state", e->edition, err);
}

int hl_lists_entries_load(const char *folder, int64_t edition,
	struct hl_lists_entries **out, struct hl_err *err)
{
	return load(folder, "state", edition, out, err);
}

int hl_lists_held_save(const struct hl_lists_entries *e, const char *folder,
	int64_t edition, struct hl_err *err)
{
	return save(e, folder, "held", edition, err);
}

int hl_lists_held_load(const char *folder, int64_t edition,
	struct hl_lists_entries **out, struct hl_err *err)
{
	return load(folder, "held", edition, out, err);
}

static void zone_name(uint64_t consumer, char out[ZONE_NAME])
{
	snprintf(out, ZONE_NAME, "zone-%llu", (unsigned long long)consumer);
}

int hl_lists_zone_save(const struct hl_lists_entries *e, const char *folder,
	uint64_t consumer, uint64_t version, struct hl_err *err)
{
	char name[ZONE_NAME];

	zone_name(consumer, name);
	return save(e, folder, name, (int64_t)version, err);
}

int hl_lists_zone_load(const char *folder, uint64_t consumer, uint64_t version,
	struct hl_lists_entries **out, struct hl_err *err)
{
	char name[ZONE_NAME];

	zone_name(consumer, name);
	return load(folder, name, (int64_t)version, out, err);
}

/* Of other editions than those two. */
static bool is_old(const char *name, const void *arg)
{
	const int64_t *kept = arg, state = kept[0], held = kept[1];
	struct hl_str s = hl_str_c(name);
	int64_t n;

	if (hl_str_starts(s, HL_STR("state-"))) {
		return hl_str_to_i64(hl_str_sub(s, 6, s.n), &n) && n != state;
	}
	return hl_str_starts(s, HL_STR("held-")) &&
	       hl_str_to_i64(hl_str_sub(s, 5, s.n), &n) && n != held;
}

/* Removes what `is` says of the folder. */
static void tidy(const char *folder, bool (*is)(const char *, const void *),
	const void *arg)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char path[PATH_BYTES];

	while (d && (e = readdir(d))) {
		int n = snprintf(
			path, sizeof(path), "%s/%s", folder, e->d_name);

		if (n > 0 && n < PATH_BYTES && is(e->d_name, arg)) {
			unlink(path);
		}
	}
	if (d) {
		closedir(d);
	}
}

void hl_lists_entries_tidy(const char *folder, int64_t state, int64_t held)
{
	tidy(folder, is_old, (const int64_t[]){state, held});
}

struct of_zone {
	char lead[ZONE_NAME];
	uint64_t version;
};

static bool is_of_zone(const char *name, const void *arg)
{
	const struct of_zone *z = arg;
	struct hl_str s = hl_str_c(name), lead = hl_str_c(z->lead);
	int64_t n;

	return hl_str_starts(s, lead) && lead.n < s.n && s.p[lead.n] == '-' &&
	       hl_str_to_i64(hl_str_sub(s, lead.n + 1, s.n), &n) &&
	       (uint64_t)n != z->version;
}

void hl_lists_zone_tidy(const char *folder, uint64_t consumer, uint64_t version)
{
	struct of_zone z = {.version = version};

	zone_name(consumer, z.lead);
	tidy(folder, is_of_zone, &z);
}
