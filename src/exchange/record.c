/* SPDX-License-Identifier: Apache-2.0 */
/* Names of formats and kinds, and the values that all formats share. */
#include "exchange/csv.h"

#include "base/text.h"
#include "base/utf8.h"

static const char *const format_names[] = {
	[HL_HASHLIST_LINES] = "lines",
	[HL_HASHLIST_CSV] = "csv",
	[HL_HASHLIST_VICS1] = "vics1",
	[HL_HASHLIST_VICS2] = "vics2",
	[HL_HASHLIST_NCMEC] = "ncmec",
	[HL_HASHLIST_TX] = "tx",
	[HL_HASHLIST_HASH] = "hash",
};

static const struct {
	const char *name;
	size_t bytes;
} kinds[HL_HASHLIST_KINDS] = {
	[0] = {"other", 0},
	[HL_MATCH_PDQ] = {"pdq", 32},
	[HL_MATCH_MD5] = {"md5", 16},
	[HL_MATCH_SHA1] = {"sha1", 20},
	[HL_MATCH_SHA256] = {"sha256", 32},
};

const char *hl_hashlist_format_name(enum hl_hashlist_format format)
{
	size_t i = (size_t)format;

	return i < HL_ARRAY_LEN(format_names) ? format_names[i] : NULL;
}

enum hl_hashlist_format hl_hashlist_format_of(struct hl_str name)
{
	for (size_t i = 1; i < HL_ARRAY_LEN(format_names); i++) {
		if (hl_str_eq(name, hl_str_c(format_names[i]))) {
			return (enum hl_hashlist_format)i;
		}
	}
	return hl_str_eq(name, HL_STR("vics")) ? HL_HASHLIST_VICS2 : 0;
}

const char *hl_hashlist_kind_name(unsigned kind)
{
	return kinds[kind < HL_HASHLIST_KINDS ? kind : 0].name;
}

size_t hl_hashlist_kind_bytes(unsigned kind)
{
	return kinds[kind < HL_HASHLIST_KINDS ? kind : 0].bytes;
}

unsigned hl_hashlist_kind_of(struct hl_str name)
{
	char plain[8];
	size_t n = 0;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c == '-' || c == '_' || c == ' ') {
			continue;
		}
		if (n == sizeof(plain)) {
			return 0;
		}
		plain[n++] = c;
	}
	for (unsigned kind = 1; kind < HL_HASHLIST_KINDS; kind++) {
		if (hl_str_eq_nocase(
			    hl_str_mem(plain, n), hl_str_c(kinds[kind].name))) {
			return kind;
		}
	}
	return 0;
}

static bool has(struct hl_str s, const char *needle)
{
	return hl_str_find(s, hl_str_c(needle)) < s.n;
}

static bool is_hex(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
			    (c >= 'A' && c <= 'F'))) {
			return false;
		}
	}
	return s.n != 0;
}

/* A line that is a hash, or two words with a hash behind. */
static bool is_hash_line(struct hl_str line)
{
	size_t at = hl_str_find_char(line, ' ');
	struct hl_str word =
		at < line.n ? hl_str_trim(hl_str_sub(line, at, line.n)) : line;

	return is_hex(word) && word.n >= 32;
}

/* "hash TAB quality TAB path", as `hotline hash` prints it; one of the first
 * two may be damaged. Columns without names have a kind in the second place,
 * which is no number. */
static bool is_printed_row(struct hl_str line)
{
	struct hl_str digits, quality;
	uint64_t n;

	return hl_str_next(&line, '\t', &digits) &&
	       hl_str_next(&line, '\t', &quality) && line.n &&
	       (hl_exchange_number(quality, &n) ||
		       (digits.n == 64 && is_hex(digits) && quality.n <= 3 &&
			       !hl_hashlist_kind_of(quality)));
}

/* Its object begins with the path. */
static bool is_printed_json(struct hl_str head)
{
	return head.n && head.p[0] == '{' &&
	       hl_str_starts(hl_str_trim(hl_str_sub(head, 1, head.n)),
		       HL_STR("\"path\""));
}

static bool is_printed_line(struct hl_str line)
{
	return is_printed_json(line) || is_printed_row(line);
}

static bool separates(char c)
{
	return c == ',' || c == ';' || c == '\t';
}

static bool is_row(struct hl_str line)
{
	for (size_t i = 0; i < line.n; i++) {
		if (separates(line.p[i])) {
			return true;
		}
	}
	return false;
}

static struct hl_str without_quotes(struct hl_str cell)
{
	cell = hl_str_trim(cell);
	return cell.n > 1 && cell.p[0] == '"' && cell.p[cell.n - 1] == '"'
		       ? hl_str_sub(cell, 1, cell.n - 2)
		       : cell;
}

/* A row with the name of a column in it. */
static bool is_header(struct hl_str line)
{
	bool named = false;
	size_t from = 0;

	for (size_t i = 0; i <= line.n; i++) {
		if (i == line.n || separates(line.p[i])) {
			named |= hl_exchange_csv_is_name(without_quotes(
				hl_str_sub(line, from, i - from)));
			from = i + 1;
		}
	}
	return named && is_row(line);
}

/* The next line that says something. */
static bool next_line(struct hl_str *head, struct hl_str *line)
{
	while (hl_str_next(head, '\n', line)) {
		*line = hl_str_trim(*line);
		if (line->n && line->p[0] != '#') {
			return true;
		}
	}
	return false;
}

static bool has_printed_line(struct hl_str head)
{
	struct hl_str line;

	while (next_line(&head, &line)) {
		if (is_printed_line(line)) {
			return true;
		}
	}
	return false;
}

/* One line may be damaged, the first too: where no names of columns stand
 * above, all are asked. */
static enum hl_hashlist_format guess_text(struct hl_str head)
{
	struct hl_str all = head, line;
	size_t n_rows = 0, n_hashes = 0;

	if (next_line(&head, &line) && !is_printed_line(line) &&
		is_header(line)) {
		return HL_HASHLIST_CSV;
	}
	if (has_printed_line(all)) {
		return HL_HASHLIST_HASH;
	}
	while (next_line(&all, &line)) {
		bool row = is_row(line);

		n_rows += row;
		n_hashes += !row && is_hash_line(line);
	}
	return n_hashes && n_hashes >= n_rows ? HL_HASHLIST_LINES
	       : n_rows                       ? HL_HASHLIST_CSV
					      : 0;
}

static enum hl_hashlist_format guess_json(struct hl_str head)
{
	if (has_printed_line(head)) {
		return HL_HASHLIST_HASH;
	}
	return has(head, "odata.") || has(head, "\"MediaID\"") ||
			       has(head, "\"Media\"") || has(head, "\"MD5\"")
		       ? HL_HASHLIST_VICS2
	       : has(head, "\"data\"") || has(head, "indicator")
		       ? HL_HASHLIST_TX
		       : 0;
}

/* Pictures and archives have many of the characters that no text has; one may
 * be damage. In UTF-16, which a mark or a NUL tells, they are halves. */
static bool is_binary(struct hl_str head)
{
	size_t n = 0;

	if (hl_str_starts(head, HL_STR("\xff\xfe")) ||
		hl_str_starts(head, HL_STR("\xfe\xff")) ||
		(head.n > 1 && (head.p[0] == 0) != (head.p[1] == 0))) {
		return false;
	}
	for (size_t i = 0; i < head.n; i++) {
		unsigned char c = (unsigned char)head.p[i];

		n += c < 0x20 && c != '\t' && c != '\n' && c != '\r';
	}
	return n > head.n / 64 && n > 1;
}

enum hl_hashlist_format hl_hashlist_guess(struct hl_str head)
{
	char plain[4096];
	size_t n = 0;

	if (is_binary(head)) {
		return 0;
	}
	/* UTF-16 becomes readable enough without its NULs and its mark. */
	for (size_t i = 0; i < head.n && n < sizeof(plain); i++) {
		unsigned char c = (unsigned char)head.p[i];

		if (c != 0 && !(i < 3 && c >= 0xbb)) {
			plain[n++] = (char)c;
		}
	}
	head = hl_str_trim(hl_str_mem(plain, n));
	if (head.n && head.p[0] == '<') {
		return HL_HASHLIST_NCMEC;
	}
	if (head.n && (head.p[0] == '{' || head.p[0] == '[')) {
		return guess_json(head);
	}
	return guess_text(head);
}

const char *hl_exchange_bad_id(struct hl_str id)
{
	if (id.n == 0) {
		return "there is no id";
	}
	if (id.n > HL_HASHLIST_ID_MAX) {
		return "the id has over 512 bytes";
	}
	if (!hl_utf8_valid(id)) {
		return "the id is not UTF-8";
	}
	for (size_t i = 0; i < id.n; i++) {
		if ((unsigned char)id.p[i] < 0x20 || id.p[i] == 0x7f) {
			return "the id has control characters";
		}
	}
	return NULL;
}

int hl_exchange_yes(struct hl_str word)
{
	static const char *const words[] = {
		"false", "true", "no", "yes", "0", "1", "n", "y"};

	for (size_t i = 0; i < HL_ARRAY_LEN(words); i++) {
		if (hl_str_eq_nocase(word, hl_str_c(words[i]))) {
			return (int)(i & 1);
		}
	}
	return -1;
}

bool hl_exchange_number(struct hl_str text, uint64_t *out)
{
	int64_t n;

	if (text.n == 0 || text.p[0] == '-' || !hl_str_to_i64(text, &n)) {
		return false;
	}
	*out = (uint64_t)n;
	return true;
}

int64_t hl_exchange_seconds(struct hl_str text)
{
	size_t dot = hl_str_find_char(text, '.');
	struct hl_str part = hl_str_sub(text, dot + 1, text.n);
	uint64_t seconds;
	int64_t ms = 0, unit = 100;

	if (!hl_exchange_number(hl_str_sub(text, 0, dot), &seconds) ||
		seconds > UINT32_MAX || (dot < text.n && part.n == 0)) {
		return -1;
	}
	for (size_t i = 0; i < part.n; i++, unit /= 10) {
		if (part.p[i] < '0' || part.p[i] > '9') {
			return -1;
		}
		ms += unit * (part.p[i] - '0');
	}
	return (int64_t)seconds * 1000 + ms;
}

void hl_exchange_put_seconds(struct hl_buf *out, int64_t ms)
{
	hl_buf_printf(out, "%lld.%03lld", (long long)(ms / 1000),
		(long long)(ms % 1000));
}

void hl_exchange_flag(struct hl_hashlist_record *record, uint16_t flag, int yes)
{
	if (yes < 0) {
		return;
	}
	record->known |= flag;
	record->set = (uint16_t)(yes ? record->set | flag
				     : record->set & ~(unsigned)flag);
}
