/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The feed as a replica reads it. It comes from a hotline that the replica
 * trusts about its lists; about its bytes nobody is trusted.
 */
#include "lookup/feed.h"

#include <stdlib.h>

#include "accounts/apikey.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

#define LINE_MAX_BYTES (1u << 20)

/* The first fault sticks. */
struct reading {
	struct hl_arena *arena;
	size_t n_line;
	int fault;
};

static void spoil(struct reading *r)
{
	r->fault = r->fault ? r->fault : HL_E_INVALID;
}

static json_t *member(struct reading *r, const json_t *of, const char *name)
{
	json_t *v = json_object_get(of, name);

	if (!v) {
		spoil(r);
	}
	return v;
}

static uint64_t number(
	struct reading *r, const json_t *of, const char *name, uint64_t most)
{
	const json_t *v = member(r, of, name);
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < 0 || (uint64_t)n > most) {
		spoil(r);
		return 0;
	}
	return (uint64_t)n;
}

static struct hl_str text(
	struct reading *r, const json_t *of, const char *name, size_t n_most)
{
	struct hl_str v = hl_json_str(of, name);

	if (!v.p || v.n > n_most) {
		spoil(r);
		return HL_STR("");
	}
	v = hl_arena_dup(r->arena, v);
	if (!v.p) {
		r->fault = HL_E_NOMEM;
	}
	return v;
}

static bool boolean(struct reading *r, const json_t *of, const char *name)
{
	const json_t *v = member(r, of, name);

	if (!json_is_boolean(v)) {
		spoil(r);
	}
	return json_is_true(v);
}

static void *room(struct reading *r, size_t n, size_t size)
{
	void *p = hl_arena_array(r->arena, n ? n : 1, size);

	if (!p) {
		r->fault = HL_E_NOMEM;
	}
	return p;
}

/* 1 to 2^63 - 1, decimal, without a zero at its beginning. */
static uint64_t entry_id(struct reading *r, const json_t *of)
{
	struct hl_str v = hl_json_str(of, "entry");
	int64_t id = 0;

	if (v.n == 0 || v.n > 19 || v.p[0] == '0' || !hl_str_to_i64(v, &id) ||
		id < 1) {
		spoil(r);
		return 0;
	}
	return (uint64_t)id;
}

static void read_hash(
	struct reading *r, const json_t *of, struct hl_lookup_hash *out)
{
	struct hl_str value = hl_json_str(of, "value");

	out->kind = (uint16_t)hl_lookup_kind_parse(hl_json_str(of, "kind"));
	out->part = (uint32_t)number(r, of, "part", UINT32_MAX);
	if (!out->kind || hl_text_parse_hex(value, out->bytes,
				  hl_lookup_kind_bytes(out->kind))) {
		spoil(r);
	}
}

static void read_hashes(
	struct reading *r, const json_t *of, struct hl_lookup_change *c)
{
	const json_t *list = member(r, of, "hashes");
	size_t n = json_array_size(list);

	if (!json_is_array(list) || n == 0 || n > HL_LOOKUP_HASHES_MAX) {
		spoil(r);
		return;
	}
	struct hl_lookup_hash *to = room(r, n, sizeof(*to));
	for (size_t i = 0; to && i < n && !r->fault; i++) {
		read_hash(r, json_array_get(list, i), &to[i]);
	}
	c->hashes = to;
	c->n_hashes = to ? n : 0;
}

static void read_about(
	struct reading *r, const json_t *of, struct hl_lookup_change *c)
{
	const json_t *about = member(r, of, "about");

	if (!json_is_object(about)) {
		spoil(r);
		return;
	}
	char *compact = json_dumps(about, JSON_COMPACT);
	if (!compact) {
		r->fault = HL_E_NOMEM;
		return;
	}
	c->about = hl_arena_dup(r->arena, hl_str_c(compact));
	if (!c->about.p) {
		r->fault = HL_E_NOMEM;
	} else if (c->about.n > HL_LOOKUP_ABOUT_MAX) {
		spoil(r);
	}
	free(compact);
}

static void read_list(
	struct reading *r, const json_t *of, struct hl_lookup_change *c)
{
	c->name = text(r, of, "name", HL_LOOKUP_NAME_MAX);
	c->owner = text(r, of, "owner", HL_LOOKUP_NAME_MAX);
	c->version = number(r, of, "version", INT64_MAX);
	c->radius = (uint32_t)number(r, of, "radius", HL_MATCH_RADIUS_MAX);
	c->negative = boolean(r, of, "negative");
}

static enum hl_lookup_op op_of(struct hl_str name)
{
	static const struct {
		struct hl_str name;
		enum hl_lookup_op op;
	} rows[] = {{HL_STR_INIT("list"), HL_LOOKUP_LIST},
		{HL_STR_INIT("list_gone"), HL_LOOKUP_LIST_GONE},
		{HL_STR_INIT("entry"), HL_LOOKUP_ENTRY},
		{HL_STR_INIT("gone"), HL_LOOKUP_GONE}};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_str_eq(name, rows[i].name)) {
			return rows[i].op;
		}
	}
	return 0;
}

static void read_change(
	struct reading *r, const json_t *of, struct hl_lookup_change *c)
{
	c->seq = number(r, of, "seq", INT64_MAX);
	c->op = op_of(hl_json_str(of, "op"));
	c->list = (uint32_t)number(r, of, "list", HL_MATCH_LISTS_MAX);
	switch (c->op) {
	case HL_LOOKUP_LIST:
		read_list(r, of, c);
		break;
	case HL_LOOKUP_LIST_GONE:
		break;
	case HL_LOOKUP_ENTRY:
		c->entry = entry_id(r, of);
		c->label = text(r, of, "label", HL_LOOKUP_NAME_MAX);
		read_about(r, of, c);
		read_hashes(r, of, c);
		break;
	case HL_LOOKUP_GONE:
		c->entry = entry_id(r, of);
		break;
	default:
		spoil(r);
	}
}

static unsigned read_scopes(struct reading *r, const json_t *list)
{
	unsigned scopes = 0;

	if (!json_is_array(list)) {
		spoil(r);
		return 0;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *word = json_array_get(list, i);
		int scope;

		/* a scope of a later version is none that is known here */
		if (json_is_string(word) &&
			!hl_vocab_parse(&hl_accounts_scopes,
				hl_str_c(json_string_value(word)), &scope)) {
			scopes |= (unsigned)scope;
		}
	}
	return scopes;
}

static void read_key(
	struct reading *r, const json_t *of, struct hl_lookup_key *k)
{
	k->id = (int64_t)number(r, of, "id", INT64_MAX);
	k->rate = (int64_t)number(r, of, "rate", HL_ACCOUNTS_RATE_MAX);
	k->until_us = (int64_t)number(r, of, "until",
			      INT64_MAX / (uint64_t)HL_US_PER_S) *
		      HL_US_PER_S;
	k->scopes = read_scopes(r, member(r, of, "scopes"));
	if (hl_text_parse_hex(
		    hl_json_str(of, "hash"), k->hash, sizeof(k->hash))) {
		spoil(r);
	}
}

static void copy_digits(struct reading *r, struct hl_str from, char to[33])
{
	uint8_t bytes[16];

	if (hl_text_parse_hex(from, bytes, sizeof(bytes))) {
		spoil(r);
		return;
	}
	memcpy(to, from.p, 32);
	to[32] = '\0';
}

static void read_keys(
	struct reading *r, const json_t *of, struct hl_lookup_batch *out)
{
	const json_t *list = member(r, of, "list");
	size_t n = json_array_size(list);
	struct hl_lookup_keys *keys = room(r, 1, sizeof(*keys));

	if (!json_is_array(list) || n > HL_ACCOUNTS_KEYS_MAX) {
		spoil(r);
	}
	if (r->fault) {
		return;
	}
	struct hl_lookup_key *to = room(r, n, sizeof(*to));
	for (size_t i = 0; to && i < n && !r->fault; i++) {
		read_key(r, json_array_get(list, i), &to[i]);
	}
	copy_digits(r, hl_json_str(of, "tag"), keys->tag);
	keys->list = to;
	keys->n = n;
	out->keys = keys;
}

static void read_head(
	struct reading *r, const json_t *of, struct hl_lookup_batch *out)
{
	const json_t *keys = json_object_get(of, "keys");

	if (number(r, of, "feed", 1) != 1) {
		spoil(r);
	}
	copy_digits(r, hl_json_str(of, "registry"), out->registry);
	out->after = number(r, of, "after", INT64_MAX);
	out->last = number(r, of, "last", INT64_MAX);
	out->head = number(r, of, "head", INT64_MAX);
	out->floor = number(r, of, "floor", INT64_MAX);
	out->n = (size_t)number(r, of, "changes", HL_LOOKUP_CHANGES_MAX);
	if (keys && !r->fault) {
		read_keys(r, keys, out);
	}
}

static json_t *next_line(struct reading *r, struct hl_str *rest)
{
	size_t n = hl_str_find_char(*rest, '\n');
	json_t *line = NULL;

	r->n_line++;
	if (n == rest->n || r->fault) {
		spoil(r); /* cut */
		return NULL;
	}
	int code = hl_json_parse(
		hl_str_sub(*rest, 0, n), LINE_MAX_BYTES, &line, NULL);
	if (code || !json_is_object(line)) {
		spoil(r);
	}
	*rest = hl_str_sub(*rest, n + 1, rest->n);
	return line;
}

static void read_all(
	struct reading *r, struct hl_str rest, struct hl_lookup_batch *out)
{
	HL_JSON_AUTO *head = next_line(r, &rest);

	read_head(r, head, out);
	struct hl_lookup_change *to =
		r->fault ? NULL : room(r, out->n, sizeof(*to));
	for (size_t i = 0; to && i < out->n && !r->fault; i++) {
		HL_JSON_AUTO *line = next_line(r, &rest);

		if (!r->fault) {
			read_change(r, line, &to[i]);
		}
	}
	HL_JSON_AUTO *end = r->fault ? NULL : next_line(r, &rest);
	if (!r->fault &&
		(number(r, end, "end", INT64_MAX) != out->last || rest.n)) {
		spoil(r);
	}
	out->changes = to;
}

int hl_lookup_feed_parse(struct hl_str text, struct hl_arena *arena,
	struct hl_lookup_batch *out, struct hl_err *err)
{
	struct reading r = {.arena = arena};

	*out = (struct hl_lookup_batch){.n = 0};
	read_all(&r, text, out);
	if (r.fault == HL_E_NOMEM) {
		return HL_FAIL(err, r.fault, "no memory for the feed");
	}
	return r.fault ? HL_FAIL(err, r.fault,
				 "line %zu of the feed has not its form",
				 r.n_line)
		       : 0;
}
