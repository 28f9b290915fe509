/* SPDX-License-Identifier: Apache-2.0 */
/* ThreatExchange: pages of /threat_updates and /threat_descriptors. */
#include "exchange/json_frame.h"

static enum hl_exchange_role role_of(char level, struct hl_str key)
{
	if (level != 'E') {
		return HL_EXCHANGE_SKIP;
	}
	return hl_str_eq(key, HL_STR("data"))     ? HL_EXCHANGE_ARRAY
	       : hl_str_eq(key, HL_STR("paging")) ? HL_EXCHANGE_META
						  : HL_EXCHANGE_SKIP;
}

static int frame(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_exchange_json *j = r->own;

	j->role_of = role_of;
	return hl_exchange_json_frame(r, err);
}

static int read_paging(struct hl_hashlist_reader *r)
{
	struct hl_str link = hl_json_str(r->json, "next");

	hl_buf_reset(&r->next_page);
	hl_buf_put(&r->next_page, link);
	if (r->next_page.fault) {
		hl_buf_reset(&r->next_page);
		hl_exchange_note(r, "the link to the next page is too long");
	}
	return HL_EXCHANGE_LOST;
}

/* "hash,quality,seconds" */
static void put_frame(
	struct hl_hashlist_reader *r, const json_t *text, size_t number)
{
	struct hl_hashlist_hash how = {
		.kind = HL_MATCH_PDQ, .part = (uint32_t)number};
	struct hl_str all = json_is_string(text)
				    ? hl_str_mem(json_string_value(text),
					      json_string_length(text))
				    : HL_STR_NONE;
	struct hl_str hash, quality, seconds;
	uint64_t n = 0;

	if (!hl_str_next(&all, ',', &hash) ||
		!hl_str_next(&all, ',', &quality) ||
		!hl_str_next(&all, ',', &seconds) || all.n ||
		!hl_exchange_number(quality, &n) || n > 100) {
		hl_exchange_miss(
			r, "a frame is not of the form hash,quality,seconds");
		return;
	}
	how.quality = (int16_t)n;
	how.at_ms = hl_exchange_seconds(seconds);
	if (how.at_ms < 0) {
		hl_exchange_note(r, "the seconds are no number");
	}
	hl_exchange_put_hex(r, hash, &how);
}

static void put_frames(struct hl_hashlist_reader *r, struct hl_str text)
{
	HL_JSON_AUTO *frames = NULL;
	const json_t *one;
	size_t i;

	r->record.media = HL_HASHLIST_VIDEO;
	if (hl_json_parse(text, text.n, &frames, NULL) ||
		!json_is_array(frames)) {
		hl_exchange_miss(r, "the frames are no array of JSON");
		return;
	}
	json_array_foreach(frames, i, one)
	{
		put_frame(r, one, i);
	}
}

static struct hl_str indicator_of(const json_t *o)
{
	static const char *const names[] = {
		"raw_indicator", "indicator", "signal"};
	struct hl_str text = HL_STR_NONE;

	for (size_t i = 0; i < HL_ARRAY_LEN(names) && !text.n; i++) {
		text = hl_json_str(o, names[i]);
	}
	if (!text.n) {
		text = hl_json_str(
			json_object_get(o, "indicator"), "indicator");
	}
	return text;
}

static struct hl_str type_of(const json_t *o)
{
	struct hl_str type = hl_json_str(o, "type");

	if (!type.n) {
		type = hl_json_str(o, "signal_type");
	}
	if (!type.n) {
		type = hl_json_str(json_object_get(o, "indicator"), "type");
	}
	return type;
}

static void put_hash(struct hl_hashlist_reader *r)
{
	struct hl_str text = indicator_of(r->json), type = type_of(r->json);
	struct hl_str name = type;

	if (name.n > 5 &&
		hl_str_eq_nocase(hl_str_sub(name, 0, 5), HL_STR("HASH_"))) {
		name = hl_str_sub(name, 5, name.n);
	}
	if (hl_str_eq_nocase(name, HL_STR("vpdq"))) {
		put_frames(r, text);
		return;
	}
	if (hl_str_eq_nocase(name, HL_STR("video_md5"))) {
		r->record.media = HL_HASHLIST_VIDEO;
		name = HL_STR("md5");
	}
	hl_exchange_put_named(r, hl_hashlist_kind_of(name) ? name : type, text);
}

static bool is_time(const json_t *v)
{
	return json_is_integer(v) || json_is_string(v);
}

/* The opinions: status, tags, owner; NULL of an indicator without any. */
static void put_opinion(struct hl_hashlist_reader *r, const json_t *d)
{
	const json_t *owner = json_object_get(d, "owner");
	struct hl_str status = hl_json_str(d, "status");
	struct hl_str tags =
		hl_exchange_json_list(r, json_object_get(d, "tags"));
	struct hl_hashlist_record *record = &r->record;

	if (status.n) {
		bool harmless = hl_str_eq(status, HL_STR("NON_MALICIOUS"));
		bool before = !(record->known & HL_HASHLIST_HARMLESS) ||
			      (record->set & HL_HASHLIST_HARMLESS);

		if (!record->label.n || (before && !harmless)) {
			record->label = status;
		}
		hl_exchange_flag(
			record, HL_HASHLIST_HARMLESS, before && harmless);
	}
	if (!record->owner.n) {
		record->owner = hl_json_str(owner, "name");
	}
	if (!record->owner.n) {
		record->owner = hl_json_str(owner, "id");
	}
	if (tags.n && record->tags.n) {
		record->tags = hl_arena_printf(r->arena, "%.*s,%.*s",
			HL_STR_ARG(record->tags), HL_STR_ARG(tags));
	} else if (tags.n) {
		record->tags = tags;
	}
}

static void put_opinions(struct hl_hashlist_reader *r, const json_t *o)
{
	const json_t *list = json_object_get(o, "descriptors"), *one;
	size_t i;

	if (!list) {
		put_opinion(r, o);
		return;
	}
	if (json_is_object(list)) {
		list = json_object_get(list, "data");
	}
	json_array_foreach(list, i, one)
	{
		put_opinion(r, one);
	}
	if (json_array_size(list) == 0) {
		r->record.deleted = true;
	}
}

static int parse(
	struct hl_hashlist_reader *r, struct hl_str piece, struct hl_err *err)
{
	const struct hl_exchange_json *j = r->own;
	const json_t *gone;
	const char *bad;
	int rc = hl_exchange_json_read(r, piece);

	(void)err;
	if (rc) {
		return rc;
	}
	if (j->role == HL_EXCHANGE_META) {
		return read_paging(r);
	}
	if (!json_is_object(r->json)) {
		return hl_exchange_refuse(r, "the record is no object");
	}
	r->record.id = hl_str_trim(hl_exchange_json_text(r, r->json, "id"));
	if (r->record.id.n == 0) {
		r->record.id = hl_str_trim(indicator_of(r->json));
	}
	bad = hl_exchange_bad_id(r->record.id);
	if (bad) {
		return hl_exchange_refuse(r, bad);
	}
	gone = json_object_get(r->json, "should_delete");
	if (gone && !json_is_boolean(gone)) {
		return hl_exchange_refuse(r, "should_delete is no boolean");
	}
	put_opinions(r, r->json);
	r->record.deleted |= json_is_true(gone);
	if (is_time(json_object_get(r->json, "last_updated"))) {
		r->record.updated =
			hl_exchange_json_text(r, r->json, "last_updated");
	}
	put_hash(r);
	if (r->record.n_hashes + r->record.n_others == 0 &&
		!r->record.deleted) {
		return hl_exchange_refuse(
			r, "there is no hash that can be read");
	}
	return 0;
}

const struct hl_exchange_ops hl_exchange_tx = {
	.bytes = sizeof(struct hl_exchange_json),
	.frame = frame,
	.end = hl_exchange_json_end,
	.parse = parse,
	.save = hl_exchange_json_save,
	.load = hl_exchange_json_load,
};
