/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/registry.h"

#include <sodium.h>
#include <stdio.h>

#include "accounts/apikey.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/text.h"
#include "base/time.h"
#include "lookup/shelf.h"
#include "registry/feed.h"
#include "store/sql.h"

struct reading {
	struct hl_lookup_registry *of;
	const struct hl_lookup_ask *ask;
	struct hl_arena *arena;
	struct hl_lookup_batch *out;
};

/* At most so many bytes, and no half character. */
static struct hl_str cut(struct hl_str s, size_t n_most)
{
	size_t n = s.n < n_most ? s.n : n_most;

	while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80) {
		n--;
	}
	return hl_str_sub(s, 0, n);
}

static void of_list(struct reading *r, const struct hl_registry_feed_list *list,
	struct hl_lookup_change *c)
{
	struct hl_str owner =
		list->owner.n ? list->owner : hl_str_c(r->of->owner);

	c->op = HL_LOOKUP_LIST;
	c->name = cut(list->name, HL_LOOKUP_NAME_MAX);
	c->owner = cut(owner, HL_LOOKUP_NAME_MAX);
	c->version = (uint64_t)list->version;
	c->negative = list->negative;
	c->radius = (uint32_t)list->radius;
}

static int quality_of(const struct hl_registry_feed_entry *e)
{
	for (size_t i = 0; i < e->n_values; i++) {
		if (e->values[i].kind == HL_HASH_PDQ) {
			return e->values[i].quality;
		}
	}
	return HL_HASH_QUALITY_UNKNOWN;
}

static void put_word(struct hl_buf *out, const char *name,
	const struct hl_vocab *vocab, int value)
{
	if (value) {
		hl_json_put_member(
			out, name, hl_str_c(hl_vocab_name(vocab, value)));
	}
}

static void put_about(
	struct hl_buf *out, const struct hl_registry_feed_entry *e)
{
	char ref[HL_REF_MAX];
	int quality = quality_of(e);

	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "ref", hl_ref_print(HL_REF_HASH, e->id, ref));
	hl_json_put_member(out, "state",
		e->n_deconfirmed ? HL_STR("disputed") : HL_STR("approved"));
	put_word(out, "outcome", &hl_vocab_outcome, (int)e->outcome);
	put_word(out, "origin", &hl_vocab_hash_origin, (int)e->origin);
	if (e->series.n) {
		hl_json_put_member(out, "series", cut(e->series, 200));
	}
	if (e->foreign_id.n) {
		hl_json_put_member(out, "foreign_id", cut(e->foreign_id, 200));
	}
	hl_json_put_member_i64(out, "confirmations", e->n_confirmed);
	hl_json_put_member_i64(out, "deconfirmations", e->n_deconfirmed);
	if (quality != HL_HASH_QUALITY_UNKNOWN) {
		hl_json_put_member_i64(out, "quality", quality);
	}
	hl_buf_put_c(out, '}');
}

static int of_entry(struct reading *r, const struct hl_registry_feed_entry *e,
	struct hl_lookup_change *c)
{
	HL_BUF_AUTO about = HL_BUF_INIT(HL_LOOKUP_ABOUT_MAX);
	struct hl_lookup_hash *to =
		hl_arena_array(r->arena, e->n_values, sizeof(*to));

	put_about(&about, e);
	c->op = HL_LOOKUP_ENTRY;
	c->label = cut(e->label_text, HL_LOOKUP_NAME_MAX);
	c->about = hl_arena_dup(r->arena, hl_buf_str(&about));
	if (about.fault || !to || !c->about.p) {
		return about.fault ? about.fault : HL_E_NOMEM;
	}
	for (size_t i = 0; i < e->n_values; i++) {
		to[i].kind = (uint16_t)e->values[i].kind;
		to[i].part = (uint32_t)e->parts[i];
		memcpy(to[i].bytes, e->values[i].value, sizeof(to[i].bytes));
	}
	c->hashes = to;
	c->n_hashes = e->n_values;
	return 0;
}

static int of_change(struct reading *r, const struct hl_registry_change *from,
	struct hl_lookup_change *c)
{
	*c = (struct hl_lookup_change){.seq = (uint64_t)from->seq,
		.list = (uint32_t)from->list_id,
		.entry = (uint64_t)from->entry_id};
	if (!from->entry_id) {
		c->op = HL_LOOKUP_LIST_GONE;
		if (from->list) {
			of_list(r, from->list, c);
		}
		return 0;
	}
	c->op = HL_LOOKUP_GONE;
	/* an entry without a hash cannot be found: as good as gone */
	return from->entry && from->entry->n_values
		       ? of_entry(r, from->entry, c)
		       : 0;
}

/* Entries may have thousands of hashes; fewer of them then. */
static int read_some(
	struct reading *r, struct hl_registry_feed *feed, struct hl_err *err)
{
	size_t n_most = r->ask->n_most;
	int code;

	do {
		code = hl_registry_feed(r->of->store, r->arena,
			(int64_t)r->ask->after, n_most, feed, err);
		n_most /= 8;
	} while (code == HL_E_LIMIT && n_most > 0);
	return code;
}

static int read_changes(struct reading *r, struct hl_err *err)
{
	struct hl_registry_feed feed;
	struct hl_lookup_batch *out = r->out;
	int code = read_some(r, &feed, err);

	if (code) {
		return code;
	}
	if (r->ask->after > (uint64_t)feed.head) {
		return HL_NOTFOUND; /* of a later state than this store's */
	}
	struct hl_lookup_change *to =
		hl_arena_array(r->arena, feed.n, sizeof(*to));
	if (!to) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for the feed");
	}
	for (size_t i = 0; i < feed.n && !code; i++) {
		code = of_change(r, &feed.at[i], &to[i]);
	}
	out->after = r->ask->after;
	out->last = (uint64_t)feed.last;
	out->head = (uint64_t)feed.head;
	out->changes = to;
	out->n = feed.n;
	memcpy(out->registry, r->of->registry, sizeof(out->registry));
	return code ? HL_FAIL(err, code, "the feed could not be made") : 0;
}

static void tag_keys(struct hl_lookup_keys *keys)
{
	crypto_generichash_state state;
	uint8_t digest[16];

	crypto_generichash_init(&state, NULL, 0, sizeof(digest));
	for (size_t i = 0; i < keys->n; i++) {
		const struct hl_lookup_key *k = &keys->list[i];
		const int64_t numbers[] = {
			k->id, k->rate, k->until_us, k->scopes};

		crypto_generichash_update(
			&state, (const uint8_t *)numbers, sizeof(numbers));
		crypto_generichash_update(&state, k->hash, sizeof(k->hash));
	}
	crypto_generichash_final(&state, digest, sizeof(digest));
	sodium_bin2hex(keys->tag, sizeof(keys->tag), digest, sizeof(digest));
}

static int read_keys(struct reading *r, struct hl_err *err)
{
	struct hl_in_apikey_good in = {hl_time_now_us()};
	struct hl_row_apikey_good *rows;
	size_t n, n_good = 0;
	int code =
		hl_get_apikey_good(r->of->store, r->arena, &in, &rows, &n, err);
	struct hl_lookup_keys *keys = hl_arena_alloc(r->arena, sizeof(*keys));
	struct hl_lookup_key *to =
		code ? NULL : hl_arena_array(r->arena, n, sizeof(*to));

	if (code || !keys || !to) {
		return code ? code : HL_FAIL(err, HL_E_NOMEM, "no memory");
	}
	for (size_t i = 0; i < n && n_good < HL_ACCOUNTS_KEYS_MAX; i++) {
		struct hl_lookup_key *k = &to[n_good];

		if (rows[i].key_hash.n == sizeof(k->hash)) {
			*k = (struct hl_lookup_key){.id = rows[i].id,
				.scopes = (unsigned)rows[i].scopes,
				.rate = rows[i].rate,
				.until_us = rows[i].expires_at_us};
			memcpy(k->hash, rows[i].key_hash.p, sizeof(k->hash));
			n_good++;
		}
	}
	keys->list = to;
	keys->n = n_good;
	tag_keys(keys);
	if (!r->ask->keys_tag || strcmp(keys->tag, r->ask->keys_tag) != 0) {
		r->out->keys = keys;
	}
	return 0;
}

static int read_registry(void *arg, const struct hl_lookup_ask *ask,
	struct hl_arena *arena, struct hl_lookup_batch *out, struct hl_err *err)
{
	struct reading r = {arg, ask, arena, out};

	*out = (struct hl_lookup_batch){.n = 0};
	int code = read_changes(&r, err);
	return code ? code : read_keys(&r, err);
}

static void tell_used(void *arg, const int64_t *ids, size_t n, int64_t day)
{
	const struct hl_lookup_registry *r = arg;
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	struct hl_tx *tx = arena ? hl_tx_begin(r->store, arena) : NULL;
	struct hl_err err = {0};

	for (size_t i = 0; i < n; i++) {
		hl_tx_apikey_used(
			tx, &(struct hl_in_apikey_used){day, ids[i], day});
	}
	if (hl_tx_run(tx, &err)) {
		hl_log_err(HL_LOG_WARN, "match.used", &err);
	}
}

void hl_lookup_registry_init(struct hl_lookup_registry *r)
{
	r->source = (struct hl_lookup_source){
		.arg = r, .read = read_registry, .used = tell_used};
}

int hl_lookup_registry_id(const char *folder, char out[HL_LOOKUP_REGISTRY_TEXT],
	struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(256);
	char path[HL_LOOKUP_PATH_MAX];
	uint8_t bytes[16];
	int n = snprintf(path, sizeof(path), "%s/registry", folder);

	if (n < 0 || (size_t)n >= sizeof(path)) {
		return HL_FAIL(err, HL_E_LIMIT, "a path is too long");
	}
	int r = hl_file_read(path, &text, err);
	struct hl_str known = hl_str_trim(hl_buf_str(&text));
	if (r < 0) {
		return r;
	}
	if (r || hl_text_parse_hex(known, bytes, sizeof(bytes))) {
		hl_rand_bytes(bytes, sizeof(bytes));
		hl_buf_reset(&text);
		hl_text_put_hex(&text, bytes, sizeof(bytes));
		known = hl_buf_str(&text);
		r = hl_file_write(path, known, 0600, err);
	}
	if (!r) {
		memcpy(out, known.p, HL_LOOKUP_REGISTRY_TEXT - 1);
		out[HL_LOOKUP_REGISTRY_TEXT - 1] = '\0';
	}
	return r;
}
