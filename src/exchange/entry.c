/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/entry.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/text.h"

#define TEXT_BIT (UINT64_C(1) << 63)

/* As a number is written: no sign, no zero in front. */
static bool is_plain(struct hl_str id, uint64_t *out)
{
	int64_t n;

	if (id.n == 0 || id.n > 19 || id.p[0] < '0' || id.p[0] > '9' ||
		(id.p[0] == '0' && id.n > 1) || !hl_str_to_i64(id, &n)) {
		return false;
	}
	*out = (uint64_t)n;
	return true;
}

uint64_t hl_entry_id(struct hl_str id)
{
	uint8_t digest[crypto_hash_sha256_BYTES];
	uint64_t n;

	if (is_plain(id, &n)) {
		return n;
	}
	crypto_hash_sha256(digest, (const uint8_t *)(id.p ? id.p : ""), id.n);
	n = 0;
	for (size_t i = 0; i < 8; i++) {
		n = n << 8 | digest[i];
	}
	return n | TEXT_BIT;
}

/* ---- From a record ---------------------------------------------------- */

static int by_kind_and_part(const void *pa, const void *pb)
{
	const struct hl_match_entry *a = pa, *b = pb;

	if (a->kind != b->kind) {
		return a->kind < b->kind ? -1 : 1;
	}
	if (a->part != b->part) {
		return a->part < b->part ? -1 : 1;
	}
	return memcmp(a->hash, b->hash, sizeof(a->hash));
}

/* The second of two equal hashes goes; of two others it gets the part behind
 * the last of its kind. */
static void separate(struct hl_entry *e)
{
	size_t to = 0;

	for (size_t i = 0; i < e->n; i++) {
		struct hl_match_entry *h = &e->hashes[i];
		const struct hl_match_entry *last =
			to ? &e->hashes[to - 1] : NULL;

		if (last && by_kind_and_part(last, h) == 0) {
			continue;
		}
		if (last && last->kind == h->kind && h->part <= last->part) {
			h->part = last->part + 1;
		}
		e->hashes[to++] = *h;
	}
	e->n = to;
}

static void put_text(struct hl_buf *b, const char *name, struct hl_str text)
{
	if (text.n) {
		hl_json_put_member(b, name, text);
	}
}

static void put_number(struct hl_buf *b, const char *name, uint64_t n)
{
	if (n && n <= INT64_MAX) {
		hl_json_put_member_i64(b, name, (int64_t)n);
	}
}

static void put_others(
	struct hl_buf *b, const struct hl_hashlist_record *record)
{
	if (record->n_others == 0) {
		return;
	}
	hl_json_put_name(b, "others");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < record->n_others; i++) {
		hl_json_put_sep(b);
		hl_buf_put_c(b, '[');
		hl_json_put_str(b, record->others[i].name);
		hl_buf_put_c(b, ',');
		hl_json_put_str(b, record->others[i].value);
		hl_buf_put_c(b, ']');
	}
	hl_buf_put_c(b, ']');
}

/* What a payload is made of, the first being left out first. */
enum cut { ALL, NO_OTHERS, NO_TAGS, ID_ONLY };

static void put_members(struct hl_buf *b,
	const struct hl_hashlist_record *record,
	const struct hl_hashlist_hash *hash, bool first, enum cut cut)
{
	if (cut < ID_ONLY) {
		put_text(b, "series", record->series);
		put_text(b, "owner", record->owner);
		put_text(b, "mime", record->mime);
		put_text(b, "updated", record->updated);
		put_number(b, "size", record->size_bytes);
	}
	put_number(b, "media", (uint64_t)record->media);
	put_number(b, "known", record->known);
	put_number(b, "set", record->set);
	if (hash->quality >= 0) {
		hl_json_put_member_i64(b, "quality", hash->quality);
	}
	if (hash->at_ms >= 0) {
		hl_json_put_member_i64(b, "ms", hash->at_ms);
	}
	if (cut < NO_TAGS) {
		put_text(b, "tags", record->tags);
	}
	if (cut < NO_OTHERS && first) {
		put_others(b, record);
	}
}

static bool is_its_hash(const struct hl_entry *e, struct hl_str id)
{
	HL_BUF_AUTO hex = HL_BUF_INIT(128);

	hl_text_put_hex(&hex, e->hashes[0].hash,
		hl_hashlist_kind_bytes(e->hashes[0].kind));
	return e->n == 1 && hl_str_eq(hl_buf_str(&hex), id);
}

static void put_payload(struct hl_buf *b, const struct hl_entry *e,
	const struct hl_hashlist_record *record,
	const struct hl_match_entry *hash, enum cut cut)
{
	bool text = (e->id & TEXT_BIT) && !is_its_hash(e, record->id);
	bool first = hash == e->hashes;

	hl_buf_reset(b);
	hl_buf_put_c(b, '{');
	put_text(b, "id", text ? record->id : HL_STR_NONE);
	if (hash->label == 0 && cut < ID_ONLY) {
		put_text(b, "label", record->label);
	}
	/* payload holds the record's hash until now. */
	put_members(b, record, hash->payload, first, cut);
	hl_buf_put_c(b, '}');
	if (b->n == 2) {
		hl_buf_reset(b);
	}
}

static int set_payload(struct hl_arena *arena, struct hl_entry *e,
	const struct hl_hashlist_record *record, struct hl_match_entry *hash)
{
	HL_BUF_AUTO b = HL_BUF_INIT(HL_MATCH_PAYLOAD_MAX);
	struct hl_str kept;

	for (enum cut cut = ALL; cut <= ID_ONLY; cut++) {
		put_payload(&b, e, record, hash, cut);
		if (!b.fault) {
			e->n_cut += (size_t)cut;
			break;
		}
		if (b.fault != HL_E_LIMIT) {
			return HL_E_NOMEM;
		}
	}
	kept = hl_arena_dup(arena, hl_buf_str(&b));
	hash->payload = kept.n ? kept.p : NULL;
	hash->payload_bytes = (uint32_t)kept.n;
	return kept.p ? 0 : HL_E_NOMEM;
}

int hl_entry_of(struct hl_arena *arena, const struct hl_hashlist_record *record,
	uint32_t list, uint16_t label, struct hl_entry *out, struct hl_err *err)
{
	int rc = 0;

	*out = (struct hl_entry){
		.id = hl_entry_id(record->id), .n = record->n_hashes};
	out->hashes = hl_arena_array(arena, out->n, sizeof(*out->hashes));
	for (size_t i = 0; out->hashes && i < out->n; i++) {
		const struct hl_hashlist_hash *hash = &record->hashes[i];
		struct hl_match_entry *to = &out->hashes[i];

		*to = (struct hl_match_entry){.list = list,
			.part = hash->part,
			.id = out->id,
			.kind = hash->kind,
			.label = label,
			.payload = hash};
		memcpy(to->hash, hash->bytes, sizeof(to->hash));
	}
	if (!out->hashes) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for an entry");
	}
	qsort(out->hashes, out->n, sizeof(*out->hashes), by_kind_and_part);
	separate(out);
	for (size_t i = 0; i < out->n && rc == 0; i++) {
		rc = set_payload(arena, out, record, &out->hashes[i]);
	}
	return rc ? HL_FAIL(err, rc, "no memory for an entry") : 0;
}

bool hl_entry_same(const struct hl_entry *a, const struct hl_entry *b)
{
	if (a->id != b->id || a->n != b->n) {
		return false;
	}
	for (size_t i = 0; i < a->n; i++) {
		const struct hl_match_entry *x = &a->hashes[i];
		const struct hl_match_entry *y = &b->hashes[i];

		if (by_kind_and_part(x, y) || x->label != y->label ||
			!hl_str_eq(hl_str_mem(x->payload, x->payload_bytes),
				hl_str_mem(y->payload, y->payload_bytes))) {
			return false;
		}
	}
	return true;
}

/* ---- From an index ---------------------------------------------------- */

static bool take(struct hl_arena *arena, struct hl_entry *e, size_t *cap,
	const struct hl_match_entry *hash)
{
	struct hl_str kept = hl_str_mem(hash->payload, hash->payload_bytes);

	if (e->n == *cap) {
		size_t more = *cap ? 4 * *cap : 4;
		struct hl_match_entry *bigger =
			hl_arena_array(arena, more, sizeof(*bigger));

		if (!bigger) {
			return false;
		}
		if (e->n) {
			memcpy(bigger, e->hashes, e->n * sizeof(*bigger));
		}
		e->hashes = bigger;
		*cap = more;
	}
	if (kept.n) {
		kept = hl_arena_dup(arena, kept);
	}
	e->hashes[e->n] = *hash;
	e->hashes[e->n++].payload = kept.n ? kept.p : NULL;
	return kept.n == hash->payload_bytes;
}

/* From *at, which is its first hash, on. */
static int gather(struct hl_match_reader *reader, struct hl_arena *arena,
	struct hl_match_entry *at, struct hl_entry *out)
{
	size_t cap = 0;
	int rc = 0;

	*out = (struct hl_entry){.id = at->id};
	while (rc == 0 && at->id == out->id) {
		uint32_t list = at->list;

		if (!take(arena, out, &cap, at)) {
			return HL_E_NOMEM;
		}
		rc = hl_match_reader_next(reader, at);
		if (rc == 0 && at->list != list) {
			break;
		}
	}
	return rc < 0 ? HL_E_CORRUPT : 0;
}

int hl_entry_find(struct hl_match_reader *reader, struct hl_arena *arena,
	uint32_t list, uint64_t id, struct hl_entry *out)
{
	struct hl_match_entry at = {.list = list, .id = id};
	int rc = hl_match_reader_next(reader, &at);

	if (rc < 0) {
		return HL_E_CORRUPT;
	}
	if (rc || at.list != list || at.id != id) {
		return HL_NOTFOUND;
	}
	return gather(reader, arena, &at, out);
}

int hl_entry_written(struct hl_match_index *index, struct hl_arena *arena,
	uint32_t list, uint64_t id, struct hl_entry *out)
{
	uint8_t payload[HL_MATCH_PAYLOAD_MAX];
	struct hl_match_entry at = {.list = list, .id = id};
	size_t cap = 0;
	int rc;

	*out = (struct hl_entry){.id = id};
	while ((rc = hl_match_index_entry(index, &at, payload)) == 0) {
		if (!take(arena, out, &cap, &at)) {
			return HL_E_NOMEM;
		}
	}
	return rc < 0 ? HL_E_CORRUPT : out->n ? 0 : HL_NOTFOUND;
}

int hl_entry_next(struct hl_match_reader *reader, struct hl_arena *arena,
	uint32_t list, uint64_t after, bool first, struct hl_entry *out)
{
	struct hl_match_entry at = {.list = list, .id = after};
	int rc;

	if (!first) {
		at.kind = UINT16_MAX;
		at.part = UINT32_MAX;
	}
	rc = hl_match_reader_next(reader, &at);
	if (rc < 0) {
		return HL_E_CORRUPT;
	}
	return rc || at.list != list ? HL_NOTFOUND
				     : gather(reader, arena, &at, out);
}

/* NULL for an empty payload and for one of another program. */
static json_t *read_payload(struct hl_str payload)
{
	json_t *json = NULL;

	if (payload.n == 0 ||
		hl_json_parse(payload, HL_MATCH_PAYLOAD_MAX, &json, NULL)) {
		return NULL;
	}
	return json;
}

static struct hl_str text_by(struct hl_arena *arena, uint64_t id, unsigned kind,
	const uint8_t *hash, const json_t *payload)
{
	HL_BUF_AUTO hex = HL_BUF_INIT(128);
	struct hl_str text = hl_json_str(payload, "id");

	if (!(id & TEXT_BIT)) {
		return hl_arena_printf(arena, "%llu", (unsigned long long)id);
	}
	if (text.n) {
		return hl_arena_dup(arena, text);
	}
	hl_text_put_hex(&hex, hash, hl_hashlist_kind_bytes(kind));
	return hl_arena_dup(arena, hl_buf_str(&hex));
}

struct hl_str hl_entry_text_of(struct hl_arena *arena, uint64_t id,
	unsigned kind, const uint8_t hash[32], struct hl_str payload)
{
	HL_JSON_AUTO *json = read_payload(payload);

	return text_by(arena, id, kind, hash, json);
}

struct hl_str hl_entry_text(struct hl_arena *arena, const struct hl_entry *e)
{
	const struct hl_match_entry *h = e->hashes;

	return hl_entry_text_of(arena, e->id, h->kind, h->hash,
		hl_str_mem(h->payload, h->payload_bytes));
}

static void take_others(struct hl_arena *arena, const json_t *list,
	struct hl_hashlist_record *out)
{
	size_t n = json_array_size(list);
	struct hl_hashlist_other *others =
		n ? hl_arena_array(arena, n, sizeof(*others)) : NULL;

	for (size_t i = 0; others && i < n; i++) {
		const json_t *pair = json_array_get(list, i);
		const json_t *name = json_array_get(pair, 0);
		const json_t *value = json_array_get(pair, 1);

		if (json_is_string(name) && json_is_string(value)) {
			others[out->n_others++] = (struct hl_hashlist_other){
				hl_arena_dup(arena,
					hl_str_c(json_string_value(name))),
				hl_arena_dup(arena,
					hl_str_c(json_string_value(value)))};
		}
	}
	out->others = others;
}

static void take_members(struct hl_arena *arena, const json_t *json,
	struct hl_hashlist_record *out)
{
	const struct {
		const char *name;
		struct hl_str *to;
	} texts[] = {{"label", &out->label}, {"series", &out->series},
		{"tags", &out->tags}, {"owner", &out->owner},
		{"mime", &out->mime}, {"updated", &out->updated}};
	int64_t media = hl_json_int(json, "media", 0);
	int64_t size = hl_json_int(json, "size", 0);

	for (size_t i = 0; i < HL_ARRAY_LEN(texts); i++) {
		struct hl_str text = hl_json_str(json, texts[i].name);

		if (text.n) {
			*texts[i].to = hl_arena_dup(arena, text);
		}
	}
	out->known = (uint16_t)hl_json_int(json, "known", 0);
	out->set = (uint16_t)hl_json_int(json, "set", 0);
	out->size_bytes = size > 0 ? (uint64_t)size : 0;
	out->media = media == HL_HASHLIST_PICTURE || media == HL_HASHLIST_VIDEO
			     ? (enum hl_hashlist_media)media
			     : HL_HASHLIST_MEDIA_UNKNOWN;
	take_others(arena, json_object_get(json, "others"), out);
}

static void take_hash(const struct hl_match_entry *from, const json_t *json,
	struct hl_hashlist_hash *to)
{
	int64_t quality = hl_json_int(json, "quality", -1);
	int64_t ms = hl_json_int(json, "ms", -1);

	*to = (struct hl_hashlist_hash){.kind = from->kind,
		.quality = (int16_t)(quality <= 100 ? quality : -1),
		.part = from->part,
		.at_ms = ms >= 0 ? ms : -1};
	memcpy(to->bytes, from->hash, sizeof(to->bytes));
}

int hl_entry_record(struct hl_arena *arena, const struct hl_entry *e,
	struct hl_str label, struct hl_hashlist_record *out, struct hl_err *err)
{
	struct hl_hashlist_hash *hashes =
		hl_arena_array(arena, e->n, sizeof(*hashes));

	*out = (struct hl_hashlist_record){
		.label = label, .hashes = hashes, .n_hashes = e->n};
	out->id = hl_entry_text(arena, e);
	if (!hashes || !out->id.p) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for an entry");
	}
	for (size_t i = 0; i < e->n; i++) {
		const struct hl_match_entry *from = &e->hashes[i];
		HL_JSON_AUTO *json = read_payload(
			hl_str_mem(from->payload, from->payload_bytes));

		take_hash(from, json, &hashes[i]);
		if (i == 0 && json) {
			take_members(arena, json, out);
		}
	}
	return 0;
}
