/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/report.h"

#include "base/json.h"

/*
 * The sealed documents, schema 1. One table says which member is which
 * field of the struct; writing and reading both walk it. Words are kept by
 * their names, so that a reader of another version can never take one for
 * another.
 */

enum kind { WORD, TEXT, LIST, HASHES };

static const struct row {
	const char *name;
	enum kind kind;
	bool contact; /* of the contact's document */
	size_t offset;
	const struct hl_vocab *vocab;
	size_t max_bytes;
} rows[] = {
#define AT(member) offsetof(struct hl_report, member)
	{"danger", WORD, false, AT(danger), &hl_vocab_ynu, 0},
	{"place", WORD, false, AT(place), &hl_vocab_place, 0},
	{"addresses_text", TEXT, false, AT(addresses_text), NULL,
		HL_REPORT_TEXT_BYTES},
	{"addresses", LIST, false, 0, NULL, HL_REPORT_ADDRESS_BYTES},
	{"where", TEXT, false, AT(where), NULL, 4 * HL_REPORT_LINE_CHARS},
	{"seen", WORD, false, AT(seen), &hl_vocab_seen, 0},
	{"seen_note", TEXT, false, AT(seen_note), NULL,
		4 * HL_REPORT_SHORT_CHARS},
	{"pay", WORD, false, AT(pay), &hl_vocab_ynu, 0},
	{"pay_note", TEXT, false, AT(pay_note), NULL,
		4 * HL_REPORT_SHORT_CHARS},
	{"words", TEXT, false, AT(words), NULL, 4 * HL_REPORT_WORDS_CHARS},
	{"language", TEXT, false, AT(language), NULL, 35},
	{"hashes", HASHES, false, 0, NULL, 0},
	{"contact", TEXT, true, AT(contact), NULL, 4 * HL_REPORT_SHORT_CHARS},
#undef AT
};

/* Every enum of the struct has the size of an int: asserted below. */
_Static_assert(sizeof(enum hl_ynu) == sizeof(int) &&
		       sizeof(enum hl_place) == sizeof(int) &&
		       sizeof(enum hl_seen) == sizeof(int),
	"words are read through int");

static int word_of(const struct hl_report *r, const struct row *row)
{
	int value;

	memcpy(&value, (const char *)r + row->offset, sizeof(value));
	return value;
}

static struct hl_str text_of(const struct hl_report *r, const struct row *row)
{
	struct hl_str s;

	memcpy(&s, (const char *)r + row->offset, sizeof(s));
	return s;
}

static void put_list(struct hl_buf *b, const struct hl_report *r)
{
	hl_json_put_name(b, "addresses");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < r->n_addresses; i++) {
		hl_json_put_sep(b);
		hl_json_put_str(b, r->addresses[i]);
	}
	hl_buf_put_c(b, ']');
}

static void put_hashes(struct hl_buf *b, const struct hl_report *r)
{
	hl_json_put_name(b, "hashes");
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < r->n_hashes; i++) {
		const struct hl_hash *hash = &r->hashes[i];

		hl_json_put_sep(b);
		hl_buf_put_c(b, '{');
		hl_json_put_member(b, "kind",
			hl_str_c(hl_vocab_name(
				&hl_vocab_hash_kind, (int)hash->kind)));
		hl_json_put_name(b, "value");
		hl_buf_put_c(b, '"');
		hl_hash_put(b, hash);
		hl_buf_put_c(b, '"');
		if (hash->quality != HL_HASH_QUALITY_UNKNOWN) {
			hl_json_put_member_i64(b, "quality", hash->quality);
		}
		hl_buf_put_c(b, '}');
	}
	hl_buf_put_c(b, ']');
}

static void put_row(
	struct hl_buf *b, const struct hl_report *r, const struct row *row)
{
	struct hl_str s;
	const char *word;

	switch (row->kind) {
	case WORD:
		word = hl_vocab_name(row->vocab, word_of(r, row));
		if (word_of(r, row) && *word) {
			hl_json_put_member(b, row->name, hl_str_c(word));
		}
		return;
	case TEXT:
		s = text_of(r, row);
		if (s.n) {
			hl_json_put_member(b, row->name, s);
		}
		return;
	case LIST:
		if (r->n_addresses) {
			put_list(b, r);
		}
		return;
	case HASHES:
		if (r->n_hashes) {
			put_hashes(b, r);
		}
		return;
	}
}

static void put_document(
	struct hl_buf *b, const struct hl_report *r, bool contact)
{
	hl_buf_put_c(b, '{');
	hl_json_put_member_i64(b, "schema", HL_REPORT_SCHEMA);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (rows[i].contact == contact) {
			put_row(b, r, &rows[i]);
		}
	}
	hl_buf_put_c(b, '}');
}

void hl_report_put_json(struct hl_buf *b, const struct hl_report *r)
{
	put_document(b, r, false);
}

void hl_report_put_contact_json(struct hl_buf *b, const struct hl_report *r)
{
	put_document(b, r, true);
}

static int copy_text(struct hl_arena *a, const json_t *value,
	const struct row *row, struct hl_str *out, struct hl_err *err)
{
	struct hl_str s;

	if (!json_is_string(value)) {
		return HL_FAIL(err, HL_E_INVALID, "report: %s is no string",
			row->name);
	}
	s = hl_str_mem(json_string_value(value), json_string_length(value));
	if (s.n > row->max_bytes) {
		return HL_FAIL(
			err, HL_E_INVALID, "report: %s is too long", row->name);
	}
	*out = hl_arena_dup(a, s);
	return out->p ? 0 : HL_FAIL(err, HL_E_NOMEM, "report: no memory");
}

static int parse_word(const json_t *value, const struct row *row,
	struct hl_report *r, struct hl_err *err)
{
	struct hl_str name = hl_str_c(json_string_value(value));
	int v = 0;

	if (hl_vocab_parse(row->vocab, name, &v) || !v) {
		return HL_FAIL(err, HL_E_INVALID,
			"report: %s is not in its vocabulary", row->name);
	}
	memcpy((char *)r + row->offset, &v, sizeof(v));
	return 0;
}

static int parse_list(struct hl_arena *a, const json_t *value,
	const struct row *row, struct hl_report *r, struct hl_err *err)
{
	size_t i;
	json_t *entry;

	if (!json_is_array(value) ||
		json_array_size(value) > HL_REPORT_ADDRESSES_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"report: addresses is no list or too long");
	}
	r->n_addresses = 0;
	json_array_foreach(value, i, entry)
	{
		int rc = copy_text(a, entry, row, &r->addresses[i], err);

		if (rc) {
			return rc;
		}
		r->n_addresses = i + 1;
	}
	return 0;
}

/* {"kind":"pdq","value":"f8f8…","quality":97}, the last of PDQ only. */
static int parse_hash(
	const json_t *entry, struct hl_hash *out, struct hl_err *err)
{
	const json_t *quality = json_object_get(entry, "quality");
	size_t n = quality ? 3 : 2;
	int64_t q = hl_json_int(entry, "quality", -2);
	int kind = 0;

	if (hl_vocab_parse(
		    &hl_vocab_hash_kind, hl_json_str(entry, "kind"), &kind) ||
		hl_hash_parse((enum hl_hash_kind)kind,
			hl_json_str(entry, "value"), out) ||
		json_object_size(entry) != n || hl_hash_is_void(out)) {
		return HL_FAIL(err, HL_E_INVALID,
			"report: hashes has one that is no hash");
	}
	if (quality && (kind != HL_HASH_PDQ || q < 0 || q > 100)) {
		return HL_FAIL(err, HL_E_INVALID,
			"report: hashes has a quality that is none");
	}
	out->quality = quality ? (int)q : HL_HASH_QUALITY_UNKNOWN;
	return 0;
}

static int parse_hashes(
	const json_t *value, struct hl_report *r, struct hl_err *err)
{
	size_t i;
	json_t *entry;

	if (!json_is_array(value) ||
		json_array_size(value) > HL_REPORT_HASHES_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"report: hashes is no list or too long");
	}
	r->n_hashes = 0;
	json_array_foreach(value, i, entry)
	{
		int rc = parse_hash(entry, &r->hashes[i], err);

		if (rc) {
			return rc;
		}
		r->n_hashes = i + 1;
	}
	return 0;
}

static int parse_row(struct hl_arena *a, const json_t *value,
	const struct row *row, struct hl_report *r, struct hl_err *err)
{
	struct hl_str s;
	int rc;

	switch (row->kind) {
	case WORD:
		return parse_word(value, row, r, err);
	case LIST:
		return parse_list(a, value, row, r, err);
	case HASHES:
		return parse_hashes(value, r, err);
	case TEXT:
		rc = copy_text(a, value, row, &s, err);
		if (rc == 0) {
			memcpy((char *)r + row->offset, &s, sizeof(s));
		}
		return rc;
	}
	return HL_FAIL(err, HL_E_INTERNAL, "report: bad table");
}

static const struct row *find_row(const char *name)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].name, name) == 0) {
			return &rows[i];
		}
	}
	return NULL;
}

int hl_report_parse_json(struct hl_arena *a, struct hl_str json,
	struct hl_report *r, struct hl_err *err)
{
	HL_JSON_AUTO *root = NULL;
	const char *name;
	json_t *value;
	int rc = hl_json_parse(json, HL_REPORT_JSON_MAX, &root, err);

	if (rc) {
		return rc;
	}
	if (!json_is_object(root) ||
		hl_json_int(root, "schema", 0) != HL_REPORT_SCHEMA) {
		return HL_FAIL(err, HL_E_INVALID, "report: not of schema %d",
			HL_REPORT_SCHEMA);
	}
	json_object_foreach(root, name, value)
	{
		const struct row *row = find_row(name);

		if (!row && strcmp(name, "schema") != 0) {
			return HL_FAIL(err, HL_E_INVALID,
				"report: a member is not known");
		}
		rc = row ? parse_row(a, value, row, r, err) : 0;
		if (rc) {
			return rc;
		}
	}
	return 0;
}
