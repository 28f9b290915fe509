/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes out of what people paste: a hash a line, or the lines of
 * `hotline hash`. A line that cannot be read refuses all, with its number:
 * who pastes ten should not find out later that there are nine.
 */
#include "domain/hash.h"

#include "base/json.h"

struct reading {
	struct hl_hash_set *out;
	enum hl_hash_problem problem;
};

static int refuse(struct reading *r, enum hl_hash_problem problem)
{
	r->problem = problem;
	return problem == HL_HASH_MANY ? HL_E_LIMIT : HL_E_INVALID;
}

static int add(struct reading *r, const struct hl_hash *hash)
{
	struct hl_hash_set *out = r->out;

	if (hl_hash_is_void(hash)) {
		return refuse(r, HL_HASH_VOID);
	}
	for (size_t i = 0; i < out->n; i++) {
		if (hl_hash_same(&out->at[i], hash)) {
			return 0;
		}
	}
	if (out->n == HL_HASH_TEXT_MAX) {
		return refuse(r, HL_HASH_MANY);
	}
	out->at[out->n++] = *hash;
	return 0;
}

static int kind_of(struct hl_str word)
{
	static const struct {
		struct hl_str name;
		enum hl_hash_kind kind;
	} names[] = {
		{HL_STR_INIT("pdq"), HL_HASH_PDQ},
		{HL_STR_INIT("md5"), HL_HASH_MD5},
		{HL_STR_INIT("sha1"), HL_HASH_SHA1},
		{HL_STR_INIT("sha-1"), HL_HASH_SHA1},
		{HL_STR_INIT("sha256"), HL_HASH_SHA256},
		{HL_STR_INIT("sha-256"), HL_HASH_SHA256},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		if (hl_str_eq_nocase(word, names[i].name)) {
			return (int)names[i].kind;
		}
	}
	return 0;
}

static bool is_gap(char c)
{
	return c == ' ' || c == '\t' || c == ':' || c == '=' || c == ',' ||
	       c == ';';
}

static struct hl_str next_word(struct hl_str *rest)
{
	size_t from = 0, to;

	while (from < rest->n && is_gap(rest->p[from])) {
		from++;
	}
	to = from;
	while (to < rest->n && !is_gap(rest->p[to])) {
		to++;
	}
	struct hl_str word = hl_str_sub(*rest, from, to - from);
	*rest = hl_str_sub(*rest, to, rest->n);
	return word;
}

static bool is_hex(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = (char)(s.p[i] | 0x20);

		if (!(s.p[i] >= '0' && s.p[i] <= '9') &&
			!(c >= 'a' && c <= 'f')) {
			return false;
		}
	}
	return s.n > 0;
}

static int read_quality(
	struct reading *r, struct hl_str word, struct hl_hash *hash)
{
	int64_t quality;

	if (!word.n) {
		return 0;
	}
	if (hash->kind != HL_HASH_PDQ || !hl_str_to_i64(word, &quality) ||
		quality < 0 || quality > 100) {
		return refuse(r, HL_HASH_QUALITY);
	}
	hash->quality = (int)quality;
	return 0;
}

/* "pdq f8f8… 97", "sha256: 9f86…", or the digits alone. */
static int read_line(struct reading *r, struct hl_str line)
{
	struct hl_str word = next_word(&line);
	struct hl_hash hash;
	int kind = kind_of(word);

	if (kind) {
		word = next_word(&line);
	} else if (is_hex(word) && word.n == 64) {
		return refuse(r, HL_HASH_AMBIGUOUS);
	} else if (is_hex(word) && (word.n == 32 || word.n == 40)) {
		kind = word.n == 32 ? HL_HASH_MD5 : HL_HASH_SHA1;
	} else {
		return refuse(r, is_hex(word) && word.n > 20 ? HL_HASH_LENGTH
							     : HL_HASH_NO_HASH);
	}
	if (hl_hash_parse((enum hl_hash_kind)kind, word, &hash)) {
		return refuse(r, HL_HASH_LENGTH);
	}
	int rc = read_quality(r, next_word(&line), &hash);
	if (!rc && hl_str_trim(line).n) {
		rc = refuse(r, HL_HASH_QUALITY);
	}
	return rc ? rc : add(r, &hash);
}

/* "f8f8…TAB97TABname", as `hotline hash` prints it plain. */
static bool is_printed(struct hl_str line)
{
	struct hl_str hex, quality;

	return hl_str_next(&line, '\t', &hex) && hex.n == 64 && is_hex(hex) &&
	       hl_str_next(&line, '\t', &quality) && quality.n > 0 &&
	       line.n > 0;
}

/* Behind the name: digests, marks, and other forms of the same hash. */
static int read_field(struct reading *r, struct hl_str field)
{
	size_t at = hl_str_find_char(field, '=');
	int kind = kind_of(hl_str_sub(field, 0, at));
	struct hl_hash hash;

	if (hl_str_eq(field, HL_STR("screening"))) {
		return refuse(r, HL_HASH_SCREENING);
	}
	if (at >= field.n || !kind) {
		return 0;
	}
	if (hl_hash_parse((enum hl_hash_kind)kind,
		    hl_str_sub(field, at + 1, field.n), &hash)) {
		return refuse(r, HL_HASH_LENGTH);
	}
	return add(r, &hash);
}

static int read_printed(struct reading *r, struct hl_str line)
{
	struct hl_str hex, quality, field;
	struct hl_hash hash;

	(void)hl_str_next(&line, '\t', &hex);
	(void)hl_str_next(&line, '\t', &quality);
	if (hl_hash_parse(HL_HASH_PDQ, hex, &hash)) {
		return refuse(r, HL_HASH_LENGTH);
	}
	int rc = read_quality(r, quality, &hash);
	rc = rc ? rc : add(r, &hash);
	(void)hl_str_next(&line, '\t', &field); /* the name */
	while (!rc && hl_str_next(&line, '\t', &field)) {
		rc = read_field(r, field);
	}
	return rc;
}

/* {"kind":"pdq","value":"…","quality":97}, or {"sha256":"…","pdq":"…"} */
static int read_object(struct reading *r, const json_t *object, size_t *n)
{
	struct hl_str kind = hl_json_str(object, "kind");
	int64_t quality = hl_json_int(object, "quality", -1);
	int rc = 0;

	for (size_t i = 0; i < hl_vocab_hash_kind.n_words && !rc; i++) {
		const struct hl_vocab_word *w = &hl_vocab_hash_kind.words[i];
		struct hl_str hex = hl_json_str(object,
			kind.p && hl_str_eq(kind, hl_str_c(w->name)) ? "value"
								     : w->name);
		struct hl_hash hash;

		if (!hex.p) {
			continue;
		}
		if (hl_hash_parse((enum hl_hash_kind)w->value, hex, &hash)) {
			return refuse(r, HL_HASH_LENGTH);
		}
		if (hash.kind == HL_HASH_PDQ) {
			if (quality < -1 || quality > 100) {
				return refuse(r, HL_HASH_QUALITY);
			}
			hash.quality = (int)quality;
		}
		*n += 1;
		rc = add(r, &hash);
	}
	return rc;
}

static int read_objects(struct reading *r, const json_t *list, size_t *n)
{
	size_t i;
	json_t *one;
	int rc = 0;

	json_array_foreach(list, i, one)
	{
		rc = rc ? rc : read_object(r, one, n);
	}
	return rc;
}

/* "frames" are the pictures of a file, or the frames of a film. */
static int read_json(struct reading *r, struct hl_str line)
{
	HL_JSON_AUTO *root = NULL;
	size_t n = 0;

	if (hl_json_parse(line, HL_HASH_TEXT_BYTES, &root, NULL)) {
		return refuse(r, HL_HASH_NO_HASH);
	}
	if (json_is_true(json_object_get(root, "screening"))) {
		return refuse(r, HL_HASH_SCREENING);
	}
	int rc = read_object(r, root, &n);
	if (!rc) {
		rc = read_objects(r, json_object_get(root, "hashes"), &n);
	}
	if (!rc) {
		rc = read_objects(r, json_object_get(root, "frames"), &n);
	}
	return rc || n ? rc : refuse(r, HL_HASH_NO_HASH);
}

static int read_one(struct reading *r, struct hl_str line)
{
	if (line.p[0] == '{') {
		return read_json(r, line);
	}
	return is_printed(line) ? read_printed(r, line) : read_line(r, line);
}

int hl_hash_read_text(struct hl_str text, struct hl_hash_set *out,
	struct hl_hash_fault *fault)
{
	struct reading r = {.out = out};
	struct hl_str line;
	int rc = text.n > HL_HASH_TEXT_BYTES ? refuse(&r, HL_HASH_MANY) : 0;

	*out = (struct hl_hash_set){0};
	*fault = (struct hl_hash_fault){.line = rc ? 1 : 0};
	while (!rc && hl_str_next(&text, '\n', &line)) {
		line = hl_str_trim(line);
		fault->line++;
		if (!line.n || line.p[0] == '#') {
			continue;
		}
		rc = read_one(&r, line);
	}
	fault->problem = r.problem;
	if (rc) {
		*out = (struct hl_hash_set){0};
	}
	return rc;
}
