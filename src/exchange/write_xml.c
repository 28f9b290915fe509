/* SPDX-License-Identifier: Apache-2.0 */
/* NCMEC hash sharing v2. */
#include "exchange/write.h"

#include "base/text.h"
#include "base/utf8.h"

void hl_exchange_write_ncmec_head(struct hl_hashlist_writer *w)
{
	hl_buf_put(w->out,
		HL_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		       "<queryResult xmlns=\"https://hashsharing.ncmec.org/"
		       "hashsharing/v2\">\n"));
}

/* XML 1.0, 2.2: what is no character of XML becomes a space or U+FFFD. */
static void put_text(struct hl_buf *out, struct hl_str s)
{
	while (s.n) {
		uint32_t c;
		size_t n = hl_utf8_next(s, &c);

		s = hl_str_sub(s, n, s.n);
		if (c == '&') {
			hl_buf_put(out, HL_STR("&amp;"));
		} else if (c == '<') {
			hl_buf_put(out, HL_STR("&lt;"));
		} else if (c == '>') {
			hl_buf_put(out, HL_STR("&gt;"));
		} else if (c == '"') {
			hl_buf_put(out, HL_STR("&quot;"));
		} else if (c < 0x20) {
			hl_buf_put_c(out, ' ');
		} else {
			hl_utf8_put(out, c == 0xfffe || c == 0xffff
						 ? HL_UTF8_REPLACEMENT
						 : c);
		}
	}
}

static void put_element(
	struct hl_buf *out, const char *name, struct hl_str text)
{
	if (text.n == 0) {
		return;
	}
	hl_buf_printf(out, "<%s>", name);
	put_text(out, text);
	hl_buf_printf(out, "</%s>", name);
}

static void close_group(struct hl_hashlist_writer *w)
{
	if (w->group) {
		hl_buf_printf(w->out, "</%s>\n",
			w->group == HL_HASHLIST_VIDEO ? "videos" : "images");
	}
	w->group = HL_HASHLIST_MEDIA_UNKNOWN;
}

static void open_group(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record)
{
	enum hl_hashlist_media group = record->media == HL_HASHLIST_VIDEO
					       ? HL_HASHLIST_VIDEO
					       : HL_HASHLIST_PICTURE;

	if (w->group == group) {
		return;
	}
	close_group(w);
	w->group = group;
	hl_buf_printf(w->out, "<%s>\n",
		group == HL_HASHLIST_VIDEO ? "videos" : "images");
}

/* An id "member/id" of which the owner is "member name". */
static void put_member(
	struct hl_buf *out, const struct hl_hashlist_record *record)
{
	size_t slash = hl_str_find_char(record->id, '/');
	struct hl_str member = hl_str_sub(record->id, 0, slash);
	struct hl_str name = record->owner, id = record->id;

	if (slash < record->id.n && hl_str_starts(name, member) &&
		(name.n == member.n || name.p[member.n] == ' ')) {
		name = hl_str_trim(hl_str_sub(name, member.n, name.n));
		id = hl_str_sub(id, slash + 1, id.n);
		hl_buf_put(out, HL_STR("<member id=\""));
		put_text(out, member);
		hl_buf_put(out, HL_STR("\">"));
		put_text(out, name);
		hl_buf_put(out, HL_STR("</member>"));
	} else {
		put_element(out, "member", name);
	}
	put_element(out, "timestamp", record->updated);
	put_element(out, "id", id);
}

/* XML 1.0, 2.3, the ASCII of it. */
static bool is_name(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!letter && (i == 0 || ((c < '0' || c > '9') && c != '-' &&
						  c != '_' && c != '.'))) {
			return false;
		}
	}
	return s.n > 0 && s.n < 64;
}

static void put_hashes(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record)
{
	hl_buf_put(w->out, HL_STR("<fingerprints>"));
	for (size_t i = 0; i < record->n_hashes; i++) {
		const struct hl_hashlist_hash *hash = &record->hashes[i];
		const char *name = hl_hashlist_kind_name(hash->kind);

		hl_buf_printf(w->out, "<%s>", name);
		hl_text_put_hex(w->out, hash->bytes,
			hl_hashlist_kind_bytes(hash->kind));
		hl_buf_printf(w->out, "</%s>", name);
	}
	for (size_t i = 0; i < record->n_others; i++) {
		struct hl_str name = record->others[i].name;
		char text[64];

		if (hl_str_eq_nocase(name, HL_STR("PhotoDNA"))) {
			name = HL_STR("pdna");
		}
		if (!is_name(name)) {
			w->n_lost++;
			continue;
		}
		snprintf(text, sizeof(text), "%.*s", HL_STR_ARG(name));
		put_element(w->out, text, record->others[i].value);
	}
	hl_buf_put(w->out, HL_STR("</fingerprints>"));
}

void hl_exchange_write_ncmec(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record)
{
	bool video = record->media == HL_HASHLIST_VIDEO;
	const char *name = record->deleted
				   ? (video ? "deletedVideo" : "deletedImage")
				   : (video ? "video" : "image");

	open_group(w, record);
	hl_buf_printf(w->out, "<%s>", name);
	put_member(w->out, record);
	if (record->deleted) {
		w->n_lost += record->n_hashes + record->n_others;
	} else {
		put_element(w->out, "classification", record->label);
		put_hashes(w, record);
	}
	hl_buf_printf(w->out, "</%s>\n", name);
}

void hl_exchange_write_ncmec_end(struct hl_hashlist_writer *w)
{
	close_group(w);
	hl_buf_put(w->out, HL_STR("</queryResult>\n"));
}
