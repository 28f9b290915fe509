/* SPDX-License-Identifier: Apache-2.0 */
/* What the columns of a row say. */
#include "exchange/csv.h"

#include "base/text.h"

static const struct {
	const char *name;
	uint8_t column;
} names[] = {
	{"id", HL_EXCHANGE_CSV_ID},
	{"entryid", HL_EXCHANGE_CSV_ID},
	{"mediaid", HL_EXCHANGE_CSV_ID},
	{"imageid", HL_EXCHANGE_CSV_ID},
	{"kind", HL_EXCHANGE_CSV_KIND},
	{"type", HL_EXCHANGE_CSV_KIND},
	{"hashtype", HL_EXCHANGE_CSV_KIND},
	{"algorithm", HL_EXCHANGE_CSV_KIND},
	{"hash", HL_EXCHANGE_CSV_HASH},
	{"value", HL_EXCHANGE_CSV_HASH},
	{"hashvalue", HL_EXCHANGE_CSV_HASH},
	{"signal", HL_EXCHANGE_CSV_HASH},
	{"pdq", HL_EXCHANGE_CSV_PDQ},
	{"md5", HL_EXCHANGE_CSV_MD5},
	{"sha1", HL_EXCHANGE_CSV_SHA1},
	{"sha256", HL_EXCHANGE_CSV_SHA256},
	{"photodna", HL_EXCHANGE_CSV_PHOTODNA},
	{"quality", HL_EXCHANGE_CSV_QUALITY},
	{"part", HL_EXCHANGE_CSV_PART},
	{"frame", HL_EXCHANGE_CSV_PART},
	{"seconds", HL_EXCHANGE_CSV_SECONDS},
	{"timestamp", HL_EXCHANGE_CSV_SECONDS},
	{"label", HL_EXCHANGE_CSV_LABEL},
	{"category", HL_EXCHANGE_CSV_LABEL},
	{"classification", HL_EXCHANGE_CSV_LABEL},
	{"series", HL_EXCHANGE_CSV_SERIES},
	{"seriesname", HL_EXCHANGE_CSV_SERIES},
	{"tags", HL_EXCHANGE_CSV_TAGS},
	{"owner", HL_EXCHANGE_CSV_OWNER},
	{"member", HL_EXCHANGE_CSV_OWNER},
	{"mime", HL_EXCHANGE_CSV_MIME},
	{"mimetype", HL_EXCHANGE_CSV_MIME},
	{"size", HL_EXCHANGE_CSV_SIZE},
	{"mediasize", HL_EXCHANGE_CSV_SIZE},
	{"updated", HL_EXCHANGE_CSV_UPDATED},
	{"dateupdated", HL_EXCHANGE_CSV_UPDATED},
	{"media", HL_EXCHANGE_CSV_MEDIA},
	{"mediatype", HL_EXCHANGE_CSV_MEDIA},
	{"deleted", HL_EXCHANGE_CSV_DELETED},
	{"victimidentified", HL_EXCHANGE_CSV_FLAGS},
	{"offenderidentified", HL_EXCHANGE_CSV_FLAGS + 1},
	{"distributed", HL_EXCHANGE_CSV_FLAGS + 2},
	{"isdistributed", HL_EXCHANGE_CSV_FLAGS + 2},
	{"suspected", HL_EXCHANGE_CSV_FLAGS + 3},
	{"issuspected", HL_EXCHANGE_CSV_FLAGS + 3},
	{"selfgenerated", HL_EXCHANGE_CSV_FLAGS + 4},
	{"harmless", HL_EXCHANGE_CSV_FLAGS + 5},
};

static uint8_t column_of(struct hl_str cell)
{
	char plain[24];
	size_t n = 0;

	for (size_t i = 0; i < cell.n; i++) {
		char c = cell.p[i];

		if (c == ' ' || c == '-' || c == '_') {
			continue;
		}
		if (n == sizeof(plain)) {
			return HL_EXCHANGE_CSV_UNKNOWN;
		}
		plain[n++] = c;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		if (hl_str_eq_nocase(
			    hl_str_mem(plain, n), hl_str_c(names[i].name))) {
			return names[i].column;
		}
	}
	return HL_EXCHANGE_CSV_UNKNOWN;
}

bool hl_exchange_csv_is_name(struct hl_str cell)
{
	return column_of(cell) != HL_EXCHANGE_CSV_UNKNOWN;
}

/* A row of values may have "md5" in it too, but no names stand beside a
 * hash. */
static bool has_hash(const struct hl_exchange_cells *cells)
{
	uint8_t bytes[32];

	for (size_t i = 0; i < cells->n; i++) {
		size_t n = cells->cells[i].n;

		if ((n == 32 || n == 40 || n == 64) &&
			hl_text_parse_hex(cells->cells[i], bytes, n / 2) == 0) {
			return true;
		}
	}
	return false;
}

bool hl_exchange_csv_header(
	struct hl_hashlist_reader *r, const struct hl_exchange_cells *cells)
{
	struct hl_exchange_csv *own = r->own;
	uint64_t seen = 0;

	own->n_columns = cells->n;
	for (size_t i = 0; i < cells->n; i++) {
		own->columns[i] = column_of(cells->cells[i]);
		seen |= UINT64_C(1) << own->columns[i];
	}
	if (seen == 1 || has_hash(cells)) {
		return false;
	}
	if (seen & 1) {
		hl_exchange_note(r, "columns of unknown names are not read");
	}
	return true;
}

void hl_exchange_csv_default(struct hl_exchange_csv *own)
{
	static const uint8_t columns[] = {HL_EXCHANGE_CSV_ID,
		HL_EXCHANGE_CSV_KIND, HL_EXCHANGE_CSV_HASH,
		HL_EXCHANGE_CSV_QUALITY, HL_EXCHANGE_CSV_PART,
		HL_EXCHANGE_CSV_SECONDS, HL_EXCHANGE_CSV_LABEL};

	memcpy(own->columns, columns, sizeof(columns));
	own->n_columns = sizeof(columns);
}

/* The first cell of a column that is not empty. */
static struct hl_str cell_of(const struct hl_exchange_csv *own,
	const struct hl_exchange_cells *cells, unsigned column)
{
	for (size_t i = 0; i < cells->n; i++) {
		if (own->columns[i] == column && cells->cells[i].n) {
			return cells->cells[i];
		}
	}
	return HL_STR_NONE;
}

/* The id, or the first hash in the place of one. */
static struct hl_str id_of(
	struct hl_hashlist_reader *r, const struct hl_exchange_cells *cells)
{
	static const uint8_t columns[] = {HL_EXCHANGE_CSV_HASH,
		HL_EXCHANGE_CSV_MD5, HL_EXCHANGE_CSV_SHA1,
		HL_EXCHANGE_CSV_SHA256, HL_EXCHANGE_CSV_PDQ};
	struct hl_str id = cell_of(r->own, cells, HL_EXCHANGE_CSV_ID);

	if (id.n) {
		return id;
	}
	for (size_t i = 0; i < sizeof(columns) && id.n == 0; i++) {
		id = cell_of(r->own, cells, columns[i]);
	}
	return hl_exchange_lower(r, id);
}

static struct hl_str keep(struct hl_hashlist_reader *r, struct hl_str s)
{
	return s.n ? hl_arena_dup(r->arena, s) : HL_STR_NONE;
}

static void put_how(struct hl_hashlist_reader *r,
	const struct hl_exchange_cells *cells, struct hl_hashlist_hash *how)
{
	const struct hl_exchange_csv *own = r->own;
	struct hl_str quality = cell_of(own, cells, HL_EXCHANGE_CSV_QUALITY);
	struct hl_str part = cell_of(own, cells, HL_EXCHANGE_CSV_PART);
	struct hl_str seconds = cell_of(own, cells, HL_EXCHANGE_CSV_SECONDS);
	uint64_t n;

	*how = (struct hl_hashlist_hash){.quality = -1, .at_ms = -1};
	if (quality.n) {
		if (hl_exchange_number(quality, &n) && n <= 100) {
			how->quality = (int16_t)n;
		} else {
			hl_exchange_note(r, "the quality is no number from 0 "
					    "to 100");
		}
	}
	if (part.n) {
		if (hl_exchange_number(part, &n) && n <= INT32_MAX) {
			how->part = (uint32_t)n;
		} else {
			hl_exchange_note(r, "the part is no number");
		}
	}
	if (seconds.n) {
		how->at_ms = hl_exchange_seconds(seconds);
		if (how->at_ms < 0) {
			hl_exchange_note(r, "the seconds are no number");
		}
	}
}

static unsigned kind_by_length(const struct hl_hashlist_reader *r, size_t n)
{
	if (r->options.kind) {
		return r->options.kind;
	}
	return n == 32 ? HL_MATCH_MD5 : n == 40 ? HL_MATCH_SHA1 : HL_MATCH_PDQ;
}

static void put_other(
	struct hl_hashlist_reader *r, struct hl_str name, struct hl_str value)
{
	name = keep(r, name);
	value = keep(r, value);
	if (name.p && value.p) {
		hl_exchange_put_other(r, name, value);
	} else {
		hl_exchange_miss(r, "too many hashes of other kinds");
	}
}

static void put_hashes(
	struct hl_hashlist_reader *r, const struct hl_exchange_cells *cells)
{
	const struct hl_exchange_csv *own = r->own;
	struct hl_str kind = cell_of(own, cells, HL_EXCHANGE_CSV_KIND);
	struct hl_str hash = cell_of(own, cells, HL_EXCHANGE_CSV_HASH);
	struct hl_hashlist_hash how;
	unsigned known =
		kind.n ? hl_hashlist_kind_of(kind) : kind_by_length(r, hash.n);

	put_how(r, cells, &how);
	how.kind = (uint16_t)known;
	if (hash.n && known) {
		hl_exchange_put_hex(r, hash, &how);
	} else if (hash.n) {
		put_other(r, kind, hash);
	}
	for (unsigned k = 1; k < HL_HASHLIST_KINDS; k++) {
		hash = cell_of(own, cells, HL_EXCHANGE_CSV_PDQ + k - 1);
		how.kind = (uint16_t)k;
		if (hash.n) {
			hl_exchange_put_hex(r, hash, &how);
		}
	}
	hash = cell_of(own, cells, HL_EXCHANGE_CSV_PHOTODNA);
	if (hash.n) {
		put_other(r, HL_STR("PhotoDNA"), hash);
	}
}

static void put_media(struct hl_hashlist_reader *r, struct hl_str media)
{
	if (hl_str_eq_nocase(media, HL_STR("picture")) ||
		hl_str_eq_nocase(media, HL_STR("image"))) {
		r->record.media = HL_HASHLIST_PICTURE;
	} else if (hl_str_eq_nocase(media, HL_STR("video"))) {
		r->record.media = HL_HASHLIST_VIDEO;
	} else if (media.n) {
		hl_exchange_note(r, "media is neither picture nor video");
	}
}

static void put_flags(
	struct hl_hashlist_reader *r, const struct hl_exchange_cells *cells)
{
	for (unsigned i = 0; i < 6; i++) {
		struct hl_str cell =
			cell_of(r->own, cells, HL_EXCHANGE_CSV_FLAGS + i);
		int yes = cell.n ? hl_exchange_yes(cell) : -1;

		hl_exchange_flag(&r->record, (uint16_t)(1u << i), yes);
		if (cell.n && yes < 0) {
			hl_exchange_note(r, "a flag is neither yes nor no");
		}
	}
}

static void put_texts(
	struct hl_hashlist_reader *r, const struct hl_exchange_cells *cells)
{
	const struct {
		unsigned column;
		struct hl_str *to;
	} texts[] = {
		{HL_EXCHANGE_CSV_LABEL, &r->record.label},
		{HL_EXCHANGE_CSV_SERIES, &r->record.series},
		{HL_EXCHANGE_CSV_TAGS, &r->record.tags},
		{HL_EXCHANGE_CSV_OWNER, &r->record.owner},
		{HL_EXCHANGE_CSV_MIME, &r->record.mime},
		{HL_EXCHANGE_CSV_UPDATED, &r->record.updated},
	};
	struct hl_str size = cell_of(r->own, cells, HL_EXCHANGE_CSV_SIZE);

	for (size_t i = 0; i < HL_ARRAY_LEN(texts); i++) {
		*texts[i].to = keep(r, cell_of(r->own, cells, texts[i].column));
	}
	if (size.n && !hl_exchange_number(size, &r->record.size_bytes)) {
		hl_exchange_note(r, "the size is no number");
	}
}

static int begin(struct hl_hashlist_reader *r,
	const struct hl_exchange_cells *cells, struct hl_str id)
{
	struct hl_str deleted = cell_of(r->own, cells, HL_EXCHANGE_CSV_DELETED);
	const char *bad = hl_exchange_bad_id(id);
	int yes = deleted.n ? hl_exchange_yes(deleted) : 0;

	if (!bad && yes < 0) {
		bad = "deleted is neither yes nor no";
	}
	if (bad) {
		return hl_exchange_refuse(r, bad);
	}
	hl_exchange_mend(r);
	r->record.id = keep(r, id);
	r->record.deleted = yes == 1;
	put_texts(r, cells);
	put_flags(r, cells);
	put_media(r, cell_of(r->own, cells, HL_EXCHANGE_CSV_MEDIA));
	return 0;
}

int hl_exchange_csv_row(
	struct hl_hashlist_reader *r, const struct hl_exchange_cells *cells)
{
	struct hl_exchange_csv *own = r->own;
	struct hl_str id = id_of(r, cells);
	const struct hl_hashlist_record *record = &r->record;
	int rc;

	if (own->rows.open && !hl_str_eq(id, record->id)) {
		r->record.incomplete |= hl_exchange_bad_id(id) != NULL;
		return HL_EXCHANGE_CSV_OTHER;
	}
	if (!own->rows.open) {
		rc = begin(r, cells, id);
		if (rc) {
			return rc;
		}
	}
	put_hashes(r, cells);
	if (!own->rows.open && record->n_hashes + record->n_others == 0 &&
		!record->deleted) {
		return hl_exchange_refuse(r, "there is no hash that can be "
					     "read");
	}
	own->rows.open = true;
	return HL_EXCHANGE_LOST;
}
