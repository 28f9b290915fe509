/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/feed.h"

#include <inttypes.h>

#include "accounts/apikey.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

static const struct {
	const char *name;
	size_t bytes;
} kinds[] = {
	[HL_MATCH_PDQ] = {"pdq", 32},
	[HL_MATCH_MD5] = {"md5", 16},
	[HL_MATCH_SHA1] = {"sha1", 20},
	[HL_MATCH_SHA256] = {"sha256", 32},
};

size_t hl_lookup_kind_bytes(int kind)
{
	return kind > 0 && kind < (int)HL_ARRAY_LEN(kinds) ? kinds[kind].bytes
							   : 0;
}

const char *hl_lookup_kind_name(int kind)
{
	return hl_lookup_kind_bytes(kind) ? kinds[kind].name : "";
}

int hl_lookup_kind_parse(struct hl_str name)
{
	for (int i = 1; i < (int)HL_ARRAY_LEN(kinds); i++) {
		if (hl_str_eq(name, hl_str_c(kinds[i].name))) {
			return i;
		}
	}
	return 0;
}

static bool entry_is_good(const struct hl_lookup_change *c)
{
	bool good = c->n_hashes > 0 && c->n_hashes <= HL_LOOKUP_HASHES_MAX &&
		    c->label.n <= HL_LOOKUP_NAME_MAX && c->about.n >= 2 &&
		    c->about.n <= HL_LOOKUP_ABOUT_MAX && c->about.p[0] == '{';

	for (size_t i = 0; good && i < c->n_hashes; i++) {
		good = hl_lookup_kind_bytes(c->hashes[i].kind) > 0;
	}
	return good;
}

static bool change_is_good(const struct hl_lookup_change *c)
{
	bool of_entry = c->op == HL_LOOKUP_ENTRY || c->op == HL_LOOKUP_GONE;

	if (c->list < 1 || c->list > HL_MATCH_LISTS_MAX ||
		(of_entry && (c->entry < 1 || c->entry > INT64_MAX))) {
		return false;
	}
	if (c->op == HL_LOOKUP_LIST) {
		return c->name.n > 0 && c->name.n <= HL_LOOKUP_NAME_MAX &&
		       c->owner.n <= HL_LOOKUP_NAME_MAX &&
		       c->radius <= HL_MATCH_RADIUS_MAX;
	}
	return c->op != HL_LOOKUP_ENTRY || entry_is_good(c);
}

int hl_lookup_batch_check(const struct hl_lookup_batch *b,
	const struct hl_lookup_ask *ask, struct hl_err *err)
{
	uint64_t seq = b->after;

	if (b->after != ask->after || b->last < b->after || b->head < b->last ||
		b->n > HL_LOOKUP_CHANGES_MAX ||
		(b->n > 0 && b->last == b->after)) {
		return HL_FAIL(err, HL_E_INVALID,
			"the feed was asked after %" PRIu64
			" and answered after %" PRIu64 " to %" PRIu64
			" of %" PRIu64,
			ask->after, b->after, b->last, b->head);
	}
	for (size_t i = 0; i < b->n; i++) {
		const struct hl_lookup_change *c = &b->changes[i];

		if (c->seq <= seq || c->seq > b->last) {
			return HL_FAIL(err, HL_E_INVALID,
				"change %" PRIu64 " of the feed is out of "
				"order",
				c->seq);
		}
		if (!change_is_good(c)) {
			return HL_FAIL(err, HL_E_INVALID,
				"change %" PRIu64 " of the feed has not its "
				"form",
				c->seq);
		}
		seq = c->seq;
	}
	return 0;
}

/* -- writing -- */

static void put_u64(struct hl_buf *out, const char *name, uint64_t value)
{
	hl_json_put_name(out, name);
	hl_buf_printf(out, "%" PRIu64, value);
}

static void put_key(struct hl_buf *out, const struct hl_lookup_key *k)
{
	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member_i64(out, "id", k->id);
	hl_json_put_name(out, "hash");
	hl_buf_put_c(out, '"');
	hl_text_put_hex(out, k->hash, sizeof(k->hash));
	hl_buf_put_c(out, '"');
	hl_json_put_name(out, "scopes");
	hl_buf_put_c(out, '[');
	for (size_t i = 0; i < hl_accounts_scopes.n_words; i++) {
		const struct hl_vocab_word *w = &hl_accounts_scopes.words[i];

		if (k->scopes & (unsigned)w->value) {
			hl_json_put_sep(out);
			hl_json_put_str(out, hl_str_c(w->name));
		}
	}
	hl_buf_put_c(out, ']');
	hl_json_put_member_i64(out, "rate", k->rate);
	hl_json_put_member_i64(out, "until", k->until_us / HL_US_PER_S);
	hl_buf_put_c(out, '}');
}

static void put_keys(struct hl_buf *out, const struct hl_lookup_keys *keys)
{
	hl_json_put_name(out, "keys");
	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "tag", hl_str_c(keys->tag));
	hl_json_put_name(out, "list");
	hl_buf_put_c(out, '[');
	for (size_t i = 0; i < keys->n; i++) {
		put_key(out, &keys->list[i]);
	}
	hl_buf_put(out, HL_STR("]}"));
}

static void put_head(struct hl_buf *out, const struct hl_lookup_batch *b)
{
	hl_buf_put(out, HL_STR("{\"feed\":1"));
	hl_json_put_member(out, "registry", hl_str_c(b->registry));
	put_u64(out, "after", b->after);
	put_u64(out, "last", b->last);
	put_u64(out, "head", b->head);
	put_u64(out, "floor", b->floor);
	put_u64(out, "changes", b->n);
	if (b->keys) {
		put_keys(out, b->keys);
	}
	hl_buf_put(out, HL_STR("}\n"));
}

static void put_id(struct hl_buf *out, uint64_t id)
{
	hl_json_put_name(out, "entry");
	hl_buf_printf(out, "\"%" PRIu64 "\"", id);
}

static void put_hash(struct hl_buf *out, const struct hl_lookup_hash *h)
{
	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "kind", hl_str_c(hl_lookup_kind_name(h->kind)));
	put_u64(out, "part", h->part);
	hl_json_put_name(out, "value");
	hl_buf_put_c(out, '"');
	hl_text_put_hex(out, h->bytes, hl_lookup_kind_bytes(h->kind));
	hl_buf_put(out, HL_STR("\"}"));
}

static void put_entry(struct hl_buf *out, const struct hl_lookup_change *c)
{
	put_id(out, c->entry);
	hl_json_put_member(out, "label", c->label);
	hl_json_put_name(out, "about");
	hl_buf_put(out, c->about);
	hl_json_put_name(out, "hashes");
	hl_buf_put_c(out, '[');
	for (size_t i = 0; i < c->n_hashes; i++) {
		put_hash(out, &c->hashes[i]);
	}
	hl_buf_put_c(out, ']');
}

static void put_list(struct hl_buf *out, const struct hl_lookup_change *c)
{
	hl_json_put_member(out, "name", c->name);
	hl_json_put_member(out, "owner", c->owner);
	put_u64(out, "version", c->version);
	hl_json_put_member_bool(out, "negative", c->negative);
	put_u64(out, "radius", c->radius);
}

static void put_change(struct hl_buf *out, const struct hl_lookup_change *c)
{
	static const char *const ops[] = {[HL_LOOKUP_LIST] = "list",
		[HL_LOOKUP_LIST_GONE] = "list_gone",
		[HL_LOOKUP_ENTRY] = "entry",
		[HL_LOOKUP_GONE] = "gone"};

	hl_buf_put_c(out, '{');
	put_u64(out, "seq", c->seq);
	hl_json_put_member(out, "op", hl_str_c(ops[c->op]));
	put_u64(out, "list", c->list);
	if (c->op == HL_LOOKUP_LIST) {
		put_list(out, c);
	} else if (c->op == HL_LOOKUP_ENTRY) {
		put_entry(out, c);
	} else if (c->op == HL_LOOKUP_GONE) {
		put_id(out, c->entry);
	}
	hl_buf_put(out, HL_STR("}\n"));
}

void hl_lookup_feed_put(struct hl_buf *out, const struct hl_lookup_batch *b)
{
	put_head(out, b);
	for (size_t i = 0; i < b->n; i++) {
		put_change(out, &b->changes[i]);
	}
	hl_buf_printf(out, "{\"end\":%" PRIu64 "}\n", b->last);
}
