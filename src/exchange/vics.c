/* SPDX-License-Identifier: Apache-2.0 */
/* VICS JSON 1.3 and 2.0: elements of value, or of Media in its cases. */
#include "exchange/json_frame.h"

static enum hl_exchange_role role_of(char level, struct hl_str key)
{
	if (hl_str_eq(key, HL_STR("Media")) ||
		(level == 'E' && hl_str_eq(key, HL_STR("value")))) {
		return HL_EXCHANGE_ARRAY;
	}
	return HL_EXCHANGE_SKIP;
}

static int frame(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_exchange_json *j = r->own;

	j->role_of = role_of;
	j->inner = "Media";
	return hl_exchange_json_frame(r, err);
}

/* A boolean, or words for one as 1.3's programs write them. */
static void put_flags(struct hl_hashlist_reader *r, const json_t *media)
{
	static const struct {
		const char *name;
		uint16_t flag;
	} flags[] = {
		{"VictimIdentified", HL_HASHLIST_VICTIM_IDENTIFIED},
		{"OffenderIdentified", HL_HASHLIST_OFFENDER_IDENTIFIED},
		{"IsDistributed", HL_HASHLIST_DISTRIBUTED},
		{"IsSuspected", HL_HASHLIST_SUSPECTED},
		{"SelfGenerated", HL_HASHLIST_SELF_GENERATED},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(flags); i++) {
		const json_t *v = json_object_get(media, flags[i].name);
		struct hl_str word =
			hl_exchange_json_text(r, media, flags[i].name);
		int yes = json_is_boolean(v) ? json_is_true(v)
			  : word.n           ? hl_exchange_yes(word)
					     : -1;

		hl_exchange_flag(&r->record, flags[i].flag, yes);
		if (yes < 0 && (word.n || (v && !json_is_null(v) &&
						  !json_is_string(v)))) {
			hl_exchange_note(r, "a flag is neither yes nor no");
		}
	}
}

static void put_hashes(struct hl_hashlist_reader *r, const json_t *media)
{
	static const char *const names[] = {
		"MD5", "SHA1", "SHA256", "PhotoDNA"};
	const json_t *list = json_object_get(media, "AlternativeHashes");
	const json_t *one;
	size_t i;

	for (i = 0; i < HL_ARRAY_LEN(names); i++) {
		const json_t *v = json_object_get(media, names[i]);

		if (v && !json_is_string(v) && !json_is_null(v)) {
			hl_exchange_miss(r, "a hash is no text");
		}
		hl_exchange_put_named(
			r, hl_str_c(names[i]), hl_json_str(media, names[i]));
	}
	if (list && !json_is_array(list) && !json_is_null(list)) {
		hl_exchange_miss(r, "AlternativeHashes is no array");
	}
	json_array_foreach(list, i, one)
	{
		struct hl_str value = hl_json_str(one, "HashValue");

		if (!value.p) {
			hl_exchange_miss(r, "a hash of AlternativeHashes has "
					    "no value");
			continue;
		}
		hl_exchange_put_named(r, hl_json_str(one, "HashName"), value);
	}
}

static void put_texts(struct hl_hashlist_reader *r, const json_t *media)
{
	struct hl_str size = hl_exchange_json_text(r, media, "MediaSize");

	r->record.label = hl_exchange_json_text(r, media, "Category");
	r->record.series = hl_json_str(media, "Series");
	r->record.tags =
		hl_exchange_json_list(r, json_object_get(media, "Tags"));
	r->record.mime = hl_json_str(media, "MimeType");
	r->record.updated = hl_json_str(media, "DateUpdated");
	if (size.n && !hl_exchange_number(size, &r->record.size_bytes)) {
		hl_exchange_note(r, "MediaSize is no number");
	}
}

static int parse(
	struct hl_hashlist_reader *r, struct hl_str piece, struct hl_err *err)
{
	const char *bad;
	int rc = hl_exchange_json_read(r, piece);

	(void)err;
	if (rc) {
		return rc;
	}
	if (!json_is_object(r->json)) {
		return hl_exchange_refuse(r, "the record is no object");
	}
	r->record.id =
		hl_str_trim(hl_exchange_json_text(r, r->json, "MediaID"));
	if (r->record.id.n == 0) {
		r->record.id = hl_exchange_lower(
			r, hl_str_trim(hl_json_str(r->json, "MD5")));
	}
	bad = hl_exchange_bad_id(r->record.id);
	if (bad) {
		return hl_exchange_refuse(r, bad);
	}
	put_hashes(r, r->json);
	if (r->record.n_hashes + r->record.n_others == 0) {
		return hl_exchange_refuse(
			r, "there is no hash that can be read");
	}
	put_texts(r, r->json);
	put_flags(r, r->json);
	return 0;
}

const struct hl_exchange_ops hl_exchange_vics = {
	.bytes = sizeof(struct hl_exchange_json),
	.frame = frame,
	.end = hl_exchange_json_end,
	.parse = parse,
	.save = hl_exchange_json_save,
	.load = hl_exchange_json_load,
};
