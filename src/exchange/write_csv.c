/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/inner.h"
#include "exchange/write.h"

#include "base/text.h"

enum { FLAGS = 6 };

void hl_exchange_write_csv_head(struct hl_hashlist_writer *w)
{
	hl_buf_put(w->out,
		HL_STR("id,kind,hash,quality,part,seconds,label,deleted,media,"
		       "series,tags,owner,mime,size,updated,"
		       "victimidentified,offenderidentified,distributed,"
		       "suspected,selfgenerated,harmless\r\n"));
}

/* RFC 4180, 2.6 and 2.7; spaces at the ends would be lost without quotes, as
 * they are with them, since the reader trims. */
static void put(struct hl_buf *out, struct hl_str cell)
{
	bool quotes = false;

	for (size_t i = 0; i < cell.n && !quotes; i++) {
		quotes = memchr(",\";\t\r\n", cell.p[i], 6) != NULL;
	}
	if (!quotes) {
		hl_buf_put(out, cell);
		return;
	}
	hl_buf_put_c(out, '"');
	for (size_t i = 0; i < cell.n; i++) {
		if (cell.p[i] == '"') {
			hl_buf_put_c(out, '"');
		}
		hl_buf_put_c(out, cell.p[i]);
	}
	hl_buf_put_c(out, '"');
}

static void put_next(struct hl_buf *out, struct hl_str cell)
{
	hl_buf_put_c(out, ',');
	put(out, cell);
}

static void put_hash(struct hl_buf *out, const struct hl_hashlist_hash *hash)
{
	hl_buf_printf(out, ",%s,", hl_hashlist_kind_name(hash->kind));
	hl_text_put_hex(out, hash->bytes, hl_hashlist_kind_bytes(hash->kind));
	hl_buf_put_c(out, ',');
	if (hash->quality >= 0) {
		hl_buf_printf(out, "%d", hash->quality);
	}
	hl_buf_put_c(out, ',');
	if (hash->part) {
		hl_buf_printf(out, "%u", hash->part);
	}
	hl_buf_put_c(out, ',');
	if (hash->at_ms >= 0) {
		hl_exchange_put_seconds(out, hash->at_ms);
	}
}

static void put_entry(
	struct hl_buf *out, const struct hl_hashlist_record *record)
{
	static const char *const media[] = {"", "picture", "video"};

	put_next(out, record->label);
	put_next(out, record->deleted ? HL_STR("yes") : HL_STR(""));
	put_next(out, hl_str_c(media[record->media]));
	put_next(out, record->series);
	put_next(out, record->tags);
	put_next(out, record->owner);
	put_next(out, record->mime);
	hl_buf_put_c(out, ',');
	if (record->size_bytes) {
		hl_buf_printf(
			out, "%llu", (unsigned long long)record->size_bytes);
	}
	put_next(out, record->updated);
	for (unsigned i = 0; i < FLAGS; i++) {
		unsigned flag = 1u << i;

		put_next(out, !(record->known & flag) ? HL_STR("")
			      : record->set & flag    ? HL_STR("yes")
						      : HL_STR("no"));
	}
	hl_buf_put(out, HL_STR("\r\n"));
}

void hl_exchange_write_csv(
	struct hl_hashlist_writer *w, const struct hl_hashlist_record *record)
{
	for (size_t i = 0; i < record->n_hashes; i++) {
		put(w->out, record->id);
		put_hash(w->out, &record->hashes[i]);
		put_entry(w->out, record);
	}
	for (size_t i = 0; i < record->n_others; i++) {
		put(w->out, record->id);
		put_next(w->out, record->others[i].name);
		put_next(w->out, record->others[i].value);
		hl_buf_put(w->out, HL_STR(",,,"));
		put_entry(w->out, record);
	}
	if (record->n_hashes + record->n_others == 0) {
		put(w->out, record->id);
		hl_buf_put(w->out, HL_STR(",,,,,"));
		put_entry(w->out, record);
	}
}
