/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange/inner.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/utf8.h"

enum { ARENA_MAX = 64 << 20, RECORD_MIN = 8 << 10 };

static const struct hl_exchange_ops *ops_of(enum hl_hashlist_format format)
{
	switch (format) {
	case HL_HASHLIST_LINES:
		return &hl_exchange_lines;
	case HL_HASHLIST_CSV:
		return &hl_exchange_csv;
	case HL_HASHLIST_VICS1:
	case HL_HASHLIST_VICS2:
		return &hl_exchange_vics;
	case HL_HASHLIST_NCMEC:
		return &hl_exchange_ncmec;
	case HL_HASHLIST_TX:
		return &hl_exchange_tx;
	case HL_HASHLIST_HASH:
		return &hl_exchange_printed;
	default:
		return NULL;
	}
}

int hl_hashlist_reader_new(const struct hl_hashlist_options *options,
	struct hl_hashlist_reader **out, struct hl_err *err)
{
	const struct hl_exchange_ops *ops = ops_of(options->format);
	struct hl_hashlist_reader *r;
	int rc;

	*out = NULL;
	if (!ops || options->kind >= HL_HASHLIST_KINDS) {
		return HL_FAIL(err, HL_E_INVALID, "no such hash-list format");
	}
	r = calloc(1, sizeof(*r));
	if (!r) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a hash list");
	}
	r->options = *options;
	if (r->options.record_max == 0) {
		r->options.record_max = HL_HASHLIST_RECORD_MAX;
	}
	if (r->options.record_max < RECORD_MIN) {
		r->options.record_max = RECORD_MIN;
	}
	r->ops = ops;
	r->own = calloc(1, ops->bytes);
	r->arena = hl_arena_new(ARENA_MAX, true);
	r->next_page = HL_BUF_SECRET(4096);
	rc = hl_exchange_input_init(&r->in, r->options.record_max, err);
	if (rc == 0 && (!r->own || !r->arena)) {
		rc = HL_FAIL(err, HL_E_NOMEM, "no memory for a hash list");
	}
	if (rc) {
		hl_hashlist_reader_free(r);
		return rc;
	}
	*out = r;
	return 0;
}

void hl_hashlist_reader_free(struct hl_hashlist_reader *r)
{
	if (!r) {
		return;
	}
	if (r->own && r->ops->fini) {
		r->ops->fini(r);
	}
	free(r->own);
	free(r->hashes);
	free(r->others);
	json_decref(r->json);
	hl_arena_free(r->arena);
	hl_buf_fini(&r->next_page);
	hl_exchange_input_fini(&r->in);
	free(r);
}

void hl_hashlist_reader_feed(struct hl_hashlist_reader *r, struct hl_str bytes)
{
	if (bytes.n == 0) {
		r->in.ended = true;
	} else if (!r->in.ended) {
		r->in.fed = bytes;
	}
}

void hl_exchange_begin(struct hl_hashlist_reader *r)
{
	r->in.keep = r->in.at - 1;
	r->offset = hl_exchange_input_offset(&r->in, r->in.keep);
	r->line = r->in.line;
	r->over = false;
}

static void report(struct hl_hashlist_reader *r, const char *what, bool whole)
{
	struct hl_hashlist_report one = {
		.line = r->line,
		.offset = r->offset,
		.whole = whole,
		.what = what,
	};

	if (r->options.report) {
		r->options.report(r->options.arg, &one);
	}
}

int hl_exchange_refuse(struct hl_hashlist_reader *r, const char *what)
{
	r->totals.n_bad++;
	r->record.incomplete = true;
	r->torn = true;
	report(r, what, true);
	return HL_EXCHANGE_LOST;
}

void hl_exchange_note(struct hl_hashlist_reader *r, const char *what)
{
	r->totals.n_notes++;
	report(r, what, false);
}

/* It was read, and says nothing. */
static const char of_zeros[] = "a PDQ hash of zeros, which many pictures have";

void hl_exchange_miss(struct hl_hashlist_reader *r, const char *what)
{
	r->record.incomplete |= what != of_zeros;
	hl_exchange_note(r, what);
}

void hl_exchange_mend(struct hl_hashlist_reader *r)
{
	r->record.incomplete |= r->torn;
	r->torn = false;
}

static int fault_at(struct hl_hashlist_reader *r, size_t at, const char *what,
	struct hl_err *err)
{
	return HL_FAIL(err, HL_E_INVALID, "line %llu, byte %llu: %s",
		(unsigned long long)r->in.line,
		(unsigned long long)hl_exchange_input_offset(&r->in, at), what);
}

int hl_exchange_broken(
	struct hl_hashlist_reader *r, const char *what, struct hl_err *err)
{
	return fault_at(r, r->in.at - 1, what, err);
}

int hl_exchange_short(
	struct hl_hashlist_reader *r, const char *what, struct hl_err *err)
{
	return fault_at(r, r->in.at, what, err);
}

/* ---- Parts of a record ------------------------------------------------ */

static bool grow(void **array, size_t *cap, size_t n, size_t size)
{
	size_t more = *cap ? 2 * *cap : 16;
	void *bigger;

	if (n < *cap) {
		return true;
	}
	bigger = reallocarray(*array, more, size);
	if (!bigger) {
		return false;
	}
	*array = bigger;
	*cap = more;
	return true;
}

static const char *put_hash(
	struct hl_hashlist_reader *r, const struct hl_hashlist_hash *hash)
{
	void *array = r->hashes;

	if (r->record.n_hashes == HL_HASHLIST_HASHES_MAX) {
		return "more than 16384 hashes in one record";
	}
	if (!grow(&array, &r->hashes_cap, r->record.n_hashes, sizeof(*hash))) {
		return "no memory for a hash";
	}
	r->hashes = array;
	r->hashes[r->record.n_hashes++] = *hash;
	r->record.hashes = r->hashes;
	return NULL;
}

const char *hl_exchange_put_hash(struct hl_hashlist_reader *r,
	struct hl_str digits, const struct hl_hashlist_hash *how)
{
	static const uint8_t zeros[32];
	struct hl_hashlist_hash hash = *how;
	size_t n = hl_hashlist_kind_bytes(hash.kind);

	digits = hl_str_trim(digits);
	if (digits.n != 2 * n) {
		return "a hash has another number of digits than its kind";
	}
	memset(hash.bytes, 0, sizeof(hash.bytes));
	if (hl_text_parse_hex(digits, hash.bytes, n)) {
		return "a hash has other characters than hexadecimal digits";
	}
	if (hash.kind == HL_MATCH_PDQ && memcmp(hash.bytes, zeros, 32) == 0) {
		return of_zeros;
	}
	return put_hash(r, &hash);
}

void hl_exchange_put_hex(struct hl_hashlist_reader *r, struct hl_str digits,
	const struct hl_hashlist_hash *how)
{
	const char *bad = hl_exchange_put_hash(r, digits, how);

	if (bad) {
		hl_exchange_miss(r, bad);
	}
}

struct hl_str hl_exchange_lower(
	struct hl_hashlist_reader *r, struct hl_str digits)
{
	char *p = hl_arena_alloc(r->arena, digits.n + 1);

	for (size_t i = 0; p && i < digits.n; i++) {
		char c = digits.p[i];

		p[i] = (char)(c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c);
	}
	return p ? hl_str_mem(p, digits.n) : HL_STR_NONE;
}

static void count_other(struct hl_hashlist_totals *t, struct hl_str name)
{
	struct hl_hashlist_count *c = t->others;
	char text[HL_HASHLIST_NAME_MAX] = "";
	size_t n = 0;

	for (size_t i = 0; i < name.n && n + 1 < sizeof(text); i++) {
		unsigned char b = (unsigned char)name.p[i];

		text[n++] = b > 0x20 && b < 0x7f && b != '"' && b != '\\'
				    ? (char)b
				    : '_';
	}
	for (; c < t->others + t->n_others; c++) {
		if (strcmp(c->name, text) == 0) {
			break;
		}
	}
	if (c == t->others + HL_HASHLIST_NAMES_MAX) {
		c--;
		memcpy(c->name, "further", sizeof("further"));
	} else if (c == t->others + t->n_others) {
		t->n_others++;
		memcpy(c->name, text, sizeof(text));
	}
	c->n++;
}

void hl_exchange_put_other(
	struct hl_hashlist_reader *r, struct hl_str name, struct hl_str value)
{
	void *array = r->others;

	if (r->record.n_others == HL_HASHLIST_HASHES_MAX ||
		!grow(&array, &r->others_cap, r->record.n_others,
			sizeof(*r->others))) {
		hl_exchange_miss(r, "too many hashes of other kinds");
		return;
	}
	r->others = array;
	r->others[r->record.n_others++] =
		(struct hl_hashlist_other){.name = name, .value = value};
	r->record.others = r->others;
}

void hl_exchange_put_named(
	struct hl_hashlist_reader *r, struct hl_str name, struct hl_str value)
{
	unsigned kind = hl_hashlist_kind_of(name);
	struct hl_hashlist_hash how = {
		.kind = (uint16_t)kind, .quality = -1, .at_ms = -1};

	name = hl_str_trim(name);
	value = hl_str_trim(value);
	if (value.n == 0) {
		return;
	}
	if (kind) {
		hl_exchange_put_hex(r, value, &how);
	} else if (name.n == 0 || !hl_utf8_valid(name) ||
		   !hl_utf8_valid(value)) {
		hl_exchange_miss(r, "a hash has no kind");
	} else {
		hl_exchange_put_other(r, name, value);
	}
}

/* ---- Records ---------------------------------------------------------- */

void hl_exchange_new(struct hl_hashlist_reader *r)
{
	json_decref(r->json);
	r->json = NULL;
	hl_arena_reset(r->arena);
	r->record = (struct hl_hashlist_record){
		.line = r->line, .offset = r->offset};
}

/* For CSV a record goes on over many pieces: its parser begins it itself. */
static int parse(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_str piece =
		hl_str_mem(r->in.window.p + r->in.keep, r->in.at - r->in.keep);

	if (r->over) {
		return hl_exchange_refuse(
			r, "the record is larger than the limit");
	}
	return r->ops->parse(r, piece, err);
}

static void count(struct hl_hashlist_reader *r)
{
	const struct hl_hashlist_record *record = &r->record;

	r->totals.n_records++;
	r->totals.n_deleted += record->deleted;
	r->totals.n_incomplete += record->incomplete;
	for (size_t i = 0; i < record->n_hashes; i++) {
		r->totals.n_hashes[record->hashes[i].kind]++;
	}
	r->totals.n_hashes[0] += record->n_others;
	for (size_t i = 0; i < record->n_others; i++) {
		count_other(&r->totals, record->others[i].name);
	}
}

/* As hl_exchange_input_fill(), of what a record may have. */
static int refill(struct hl_hashlist_reader *r, struct hl_err *err)
{
	if (r->in.at - r->in.keep > r->options.record_max) {
		r->over = true;
	}
	if (r->over) {
		r->in.keep = r->in.at;
	}
	return hl_exchange_input_fill(&r->in, err);
}

static int step(struct hl_hashlist_reader *r, struct hl_err *err)
{
	int rc = r->ops->frame(r, err);

	if (rc != HL_EXCHANGE_WANTS) {
		return rc;
	}
	rc = refill(r, err);
	if (rc) {
		return rc < 0 ? rc : HL_EXCHANGE_LOST;
	}
	if (!r->in.ended) {
		return HL_EXCHANGE_WANTS;
	}
	return r->ops->end(r, err);
}

static int next(struct hl_hashlist_reader *r, struct hl_err *err)
{
	for (;;) {
		int rc = step(r, err);

		if (rc == HL_EXCHANGE_WANTS) {
			return HL_HASHLIST_MORE;
		}
		if (rc == 0) {
			return HL_HASHLIST_END;
		}
		if (rc == HL_EXCHANGE_FRAMED) {
			rc = parse(r, err);
			if (rc != HL_EXCHANGE_LOST) {
				return rc;
			}
			r->in.keep = r->in.at;
			r->over = false;
		} else if (rc < 0) {
			return rc;
		}
	}
}

int hl_hashlist_reader_next(struct hl_hashlist_reader *r,
	struct hl_hashlist_record *out, struct hl_err *err)
{
	int rc;

	if (r->fault.code) {
		if (err) {
			*err = r->fault;
		}
		return r->fault.code;
	}
	if (r->border) {
		r->in.keep = r->in.at;
		r->border = false;
	}
	rc = next(r, &r->fault);
	if (rc < 0) {
		if (err) {
			*err = r->fault;
		}
		return rc;
	}
	if (rc == 0) {
		count(r);
		r->border = true;
		*out = r->record;
	}
	return rc;
}

const struct hl_hashlist_totals *hl_hashlist_reader_totals(
	const struct hl_hashlist_reader *r)
{
	return &r->totals;
}

struct hl_str hl_hashlist_reader_next_page(const struct hl_hashlist_reader *r)
{
	return r->next_page.n ? hl_buf_str(&r->next_page) : HL_STR_NONE;
}
