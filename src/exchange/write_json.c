/* SPDX-License-Identifier: Apache-2.0 */
/* VICS and ThreatExchange. */
#include "exchange/inner.h"
#include "exchange/write.h"

#include "base/text.h"

static void begin(struct hl_hashlist_writer *w)
{
	hl_buf_put(w->out, w->n_elements++ ? HL_STR(",\n{") : HL_STR("\n{"));
}

/* A number where it is one in the form that JSON has. */
static void put_number_or_text(
	struct hl_buf *out, const char *name, struct hl_str text)
{
	uint64_t n;

	if (text.n == 0) {
		return;
	}
	if (hl_exchange_number(text, &n) && (text.n == 1 || text.p[0] != '0')) {
		hl_json_put_member_i64(out, name, (int64_t)n);
	} else {
		hl_json_put_member(out, name, text);
	}
}

static void put_text(struct hl_buf *out, const char *name, struct hl_str text)
{
	if (text.n) {
		hl_json_put_member(out, name, text);
	}
}

static void put_hex(struct hl_buf *out, const struct hl_hashlist_hash *hash)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < hl_hashlist_kind_bytes(hash->kind); i++) {
		hl_buf_put_c(out, digits[hash->bytes[i] >> 4]);
		hl_buf_put_c(out, digits[hash->bytes[i] & 15]);
	}
}

/* ---- VICS ------------------------------------------------------------- */

void hl_exchange_write_vics_head(struct hl_hashlist_writer *w)
{
	if (w->options.format == HL_HASHLIST_VICS1) {
		hl_buf_put(w->out,
			HL_STR("{\"odata.metadata\":\"http://github.com/ICMEC/"
			       "ProjectVic/DataModels/1.3.xml#Media\","));
	} else {
		hl_buf_put(w->out,
			HL_STR("{\"@odata.context\":\"http://github.com/"
			       "VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/"
			       "Default/$metadata#Media\","));
	}
	hl_buf_put(w->out, HL_STR("\"value\":["));
}

static void put_alternative(
	struct hl_buf *out, struct hl_str name, struct hl_str value)
{
	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "HashName", name);
	hl_json_put_member(out, "HashValue", value);
	hl_buf_put_c(out, '}');
}

static const struct hl_hashlist_hash *first_of(
	const struct hl_hashlist_record *record, unsigned kind)
{
	for (size_t i = 0; i < record->n_hashes; i++) {
		if (record->hashes[i].kind == kind) {
			return &record->hashes[i];
		}
	}
	return NULL;
}

static void put_main(struct hl_buf *out, const char *name,
	const struct hl_hashlist_hash *hash)
{
	if (hash) {
		hl_json_put_name(out, name);
		hl_buf_put_c(out, '"');
		put_hex(out, hash);
		hl_buf_put_c(out, '"');
	}
}

static void put_vics_hashes(
	struct hl_buf *out, const struct hl_hashlist_record *record)
{
	static const char *const names[HL_HASHLIST_KINDS] = {
		"", "PDQ", "MD5", "SHA1", "SHA256"};
	const struct hl_hashlist_hash *md5 = first_of(record, HL_MATCH_MD5);
	const struct hl_hashlist_hash *sha1 = first_of(record, HL_MATCH_SHA1);

	put_main(out, "MD5", md5);
	put_main(out, "SHA1", sha1);
	hl_json_put_name(out, "AlternativeHashes");
	hl_buf_put_c(out, '[');
	for (size_t i = 0; i < record->n_hashes; i++) {
		const struct hl_hashlist_hash *hash = &record->hashes[i];
		HL_BUF_AUTO hex = HL_BUF_INIT(128);

		if (hash != md5 && hash != sha1) {
			put_hex(&hex, hash);
			put_alternative(out, hl_str_c(names[hash->kind]),
				hl_buf_str(&hex));
		}
	}
	for (size_t i = 0; i < record->n_others; i++) {
		put_alternative(
			out, record->others[i].name, record->others[i].value);
	}
	hl_buf_put_c(out, ']');
}

static void put_vics_flags(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record)
{
	static const char *const names[] = {"VictimIdentified",
		"OffenderIdentified", "IsDistributed", "IsSuspected",
		"SelfGenerated"};
	bool old = w->options.format == HL_HASHLIST_VICS1;

	for (unsigned i = 0; i < HL_ARRAY_LEN(names) - old; i++) {
		bool set = record->set & 1u << i;

		if (!(record->known & 1u << i)) {
			continue;
		}
		if (old) {
			hl_json_put_member(w->out, names[i],
				set ? HL_STR("true") : HL_STR("false"));
		} else {
			hl_json_put_member_bool(w->out, names[i], set);
		}
	}
}

void hl_exchange_write_vics(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record)
{
	struct hl_buf *out = w->out;

	if (record->deleted || record->n_hashes + record->n_others == 0) {
		w->n_lost += record->n_hashes ? record->n_hashes : 1;
		return;
	}
	begin(w);
	put_number_or_text(out, "MediaID", record->id);
	put_number_or_text(out, "Category", record->label);
	put_vics_hashes(out, record);
	if (record->size_bytes && record->size_bytes <= INT64_MAX) {
		hl_json_put_member_i64(
			out, "MediaSize", (int64_t)record->size_bytes);
	}
	put_vics_flags(w, record);
	put_text(out, "Series", record->series);
	put_text(out, "Tags", record->tags);
	put_text(out, "DateUpdated", record->updated);
	if (w->options.format == HL_HASHLIST_VICS2) {
		put_text(out, "MimeType", record->mime);
	}
	hl_buf_put_c(out, '}');
}

/* ---- ThreatExchange --------------------------------------------------- */

static bool is_status(struct hl_str s)
{
	static const char *const words[] = {
		"MALICIOUS", "NON_MALICIOUS", "SUSPICIOUS", "UNKNOWN"};

	for (size_t i = 0; i < HL_ARRAY_LEN(words); i++) {
		if (hl_str_eq(s, hl_str_c(words[i]))) {
			return true;
		}
	}
	return false;
}

/* The label, if it is no status, goes before the tags. */
static void put_tags(
	struct hl_buf *out, const struct hl_hashlist_record *record)
{
	struct hl_str rest = record->tags, tag;

	hl_json_put_name(out, "tags");
	hl_buf_put_c(out, '[');
	if (record->label.n && !is_status(record->label)) {
		hl_json_put_str(out, record->label);
	}
	while (rest.n && hl_str_next(&rest, ',', &tag)) {
		hl_json_put_sep(out);
		hl_json_put_str(out, tag);
	}
	hl_buf_put_c(out, ']');
}

static void put_opinion(
	struct hl_buf *out, const struct hl_hashlist_record *record)
{
	bool harmless = record->set & HL_HASHLIST_HARMLESS;

	hl_buf_put(out, HL_STR(",\"descriptors\":{\"data\":[{"));
	if (record->owner.n) {
		hl_buf_put(out, HL_STR("\"owner\":{"));
		hl_json_put_member(out, "name", record->owner);
		hl_buf_put_c(out, '}');
	}
	hl_json_put_member(out, "status",
		is_status(record->label) ? record->label
		: harmless               ? HL_STR("NON_MALICIOUS")
					 : HL_STR("MALICIOUS"));
	put_tags(out, record);
	hl_buf_put(out, HL_STR("}]}"));
}

/* One indicator; type and text are absent for a deletion without them. A
 * record of many hashes becomes many, and ids are to differ. */
static void put_indicator(struct hl_hashlist_writer *w,
	const struct hl_hashlist_record *record, const char *type,
	struct hl_str text, size_t number)
{
	HL_BUF_AUTO id = HL_BUF_INIT(HL_HASHLIST_ID_MAX + 64);
	uint64_t n;

	hl_buf_put(&id, record->id);
	if (number) {
		hl_buf_printf(&id, "#%zu", number);
	}
	begin(w);
	hl_json_put_member(w->out, "id", hl_buf_str(&id));
	if (type) {
		hl_json_put_member(w->out, "type", hl_str_c(type));
		hl_json_put_member(w->out, "indicator", text);
	}
	if (hl_exchange_number(record->updated, &n)) {
		hl_json_put_member_i64(w->out, "last_updated", (int64_t)n);
	}
	hl_json_put_member_bool(w->out, "should_delete", record->deleted);
	if (!record->deleted) {
		put_opinion(w->out, record);
	}
	hl_buf_put_c(w->out, '}');
}

/* Whether the PDQ hashes are frames of which all is known. */
static bool has_frames(const struct hl_hashlist_record *record)
{
	size_t n = 0;

	for (size_t i = 0; i < record->n_hashes; i++) {
		const struct hl_hashlist_hash *hash = &record->hashes[i];

		if (hash->kind != HL_MATCH_PDQ) {
			continue;
		}
		if (hash->quality < 0 || hash->at_ms < 0) {
			return false;
		}
		n++;
	}
	return n > 0;
}

static void put_frames(struct hl_hashlist_writer *w,
	const struct hl_hashlist_record *record, size_t number)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_HASHLIST_RECORD_MAX);

	hl_buf_put_c(&text, '[');
	for (size_t i = 0; i < record->n_hashes; i++) {
		const struct hl_hashlist_hash *hash = &record->hashes[i];

		if (hash->kind != HL_MATCH_PDQ) {
			continue;
		}
		hl_json_put_sep(&text);
		hl_buf_put_c(&text, '"');
		hl_text_put_hex(&text, hash->bytes, sizeof(hash->bytes));
		hl_buf_printf(&text, ",%d,", hash->quality);
		hl_exchange_put_seconds(&text, hash->at_ms);
		hl_buf_put_c(&text, '"');
	}
	hl_buf_put_c(&text, ']');
	put_indicator(w, record, "HASH_VPDQ", hl_buf_str(&text), number);
}

static const char *type_of(
	const struct hl_hashlist_record *record, unsigned kind)
{
	switch (kind) {
	case HL_MATCH_PDQ:
		return "HASH_PDQ";
	case HL_MATCH_MD5:
		return record->media == HL_HASHLIST_VIDEO ? "HASH_VIDEO_MD5"
							  : "HASH_MD5";
	case HL_MATCH_SHA1:
		return "HASH_SHA1";
	default:
		return "HASH_SHA256";
	}
}

static void put_other(struct hl_hashlist_writer *w,
	const struct hl_hashlist_record *record, size_t i, size_t number)
{
	HL_BUF_AUTO type = HL_BUF_INIT(HL_HASHLIST_RECORD_MAX);

	hl_buf_put(&type, record->others[i].name);
	hl_buf_put_c(&type, '\0');
	put_indicator(w, record, type.p, record->others[i].value, number);
}

void hl_exchange_write_tx(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record)
{
	bool frames = has_frames(record);
	size_t number = 0;

	if (frames) {
		put_frames(w, record, number++);
	}
	for (size_t i = 0; i < record->n_hashes; i++) {
		const struct hl_hashlist_hash *hash = &record->hashes[i];
		HL_BUF_AUTO hex = HL_BUF_INIT(128);

		if (frames && hash->kind == HL_MATCH_PDQ) {
			continue;
		}
		hl_text_put_hex(
			&hex, hash->bytes, hl_hashlist_kind_bytes(hash->kind));
		put_indicator(w, record, type_of(record, hash->kind),
			hl_buf_str(&hex), number++);
	}
	for (size_t i = 0; i < record->n_others; i++) {
		put_other(w, record, i, number++);
	}
	if (number == 0) {
		put_indicator(w, record, NULL, HL_STR_NONE, 0);
	}
}
