/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/text.h"

#include "base/text.h"
#include "base/time.h"

#include <sodium.h>

/*
 * The form of the whole text is checked when it is opened, so the readers
 * of members have nothing to do but to compare words. What was signed is a
 * view of the very bytes that are read.
 */

static int refuse(struct hl_err *err, const char *first, const char *why)
{
	return HL_FAIL(err, HL_E_INVALID, "\"%s\": %s", first, why);
}

/* Printable ASCII and line feeds, in lines that are not too long, ended. */
static const char *check_lines(struct hl_str text)
{
	size_t line = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\n') {
			line = 0;
		} else if (c < ' ' || c > '~') {
			return "has bytes that are no printable ASCII";
		} else if (++line > HL_URLS_LINE_MAX) {
			return "has a line over 512 bytes";
		}
	}
	return line || !text.n ? "ends within a line" : NULL;
}

struct signature {
	uint8_t keyid[HL_URLS_KEYID];
	uint8_t bytes[HL_URLS_SIGNATURE];
};

static bool word_hex(struct hl_str word, void *out, size_t n)
{
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] >= 'A' && word.p[i] <= 'F') {
			return false;
		}
	}
	return hl_text_parse_hex(word, out, n) == 0;
}

/* Takes the next line off *rest and reads it. */
static bool next_signature(struct hl_str *rest, struct signature *out)
{
	struct hl_str line, word;

	return hl_str_next(rest, '\n', &line) &&
	       hl_str_next(&line, ' ', &word) &&
	       hl_str_eq(word, HL_STR("signature")) &&
	       hl_str_next(&line, ' ', &word) &&
	       word_hex(word, out->keyid, sizeof(out->keyid)) &&
	       hl_text_parse_base64url(line, out->bytes, sizeof(out->bytes)) ==
		       0;
}

static const char *check_signatures(struct hl_str rest)
{
	struct signature one;
	size_t n = 0;

	while (rest.n) {
		if (n++ == HL_URLS_SIGNATURES_MAX) {
			return "has more than 16 signatures";
		}
		if (!next_signature(&rest, &one)) {
			return "has a signature that is out of form";
		}
	}
	return n ? NULL : "is not signed";
}

int hl_urls_text_open(struct hl_urls_text *t, struct hl_str text,
	const char *first, size_t max, struct hl_err *err)
{
	struct hl_str lead = hl_str_c(first);
	size_t end = hl_str_find(text, HL_STR("\n\n"));
	const char *why;

	*t = (struct hl_urls_text){.number = 1};
	if (text.n > max) {
		return HL_FAIL(err, HL_E_LIMIT, "\"%s\": has over %zu bytes",
			first, max);
	}
	if (!hl_str_starts(text, lead) || text.n == lead.n ||
		text.p[lead.n] != '\n') {
		return refuse(err, first, "does not begin with this line");
	}
	why = check_lines(text);
	if (!why && end == text.n) {
		why = "has no empty line";
	}
	if (why) {
		return refuse(err, first, why);
	}
	t->signed_part = hl_str_sub(text, 0, end + 2);
	t->signatures = hl_str_sub(text, end + 2, text.n);
	/* Members, each with its line feed. */
	t->rest = hl_str_sub(text, lead.n + 1, end - lead.n);
	why = check_signatures(t->signatures);
	return why ? refuse(err, first, why) : 0;
}

void hl_urls_text_refuse(struct hl_urls_text *t, const char *why)
{
	if (!t->bad) {
		t->bad = true;
		t->why = why;
	}
}

static bool is_next(const struct hl_urls_text *t, struct hl_str name)
{
	return hl_str_starts(t->rest, name) && t->rest.n > name.n &&
	       (t->rest.p[name.n] == ' ' || t->rest.p[name.n] == '\n');
}

bool hl_urls_text_next(struct hl_urls_text *t, const char *name)
{
	struct hl_str lead = hl_str_c(name);
	size_t end;

	if (!t->bad && t->line.p) {
		hl_urls_text_refuse(t, "has more words than it may");
	}
	if (t->bad || !is_next(t, lead)) {
		return false;
	}
	end = hl_str_find_char(t->rest, '\n');
	/* Absent where there is no word. */
	t->line = lead.n < end
			  ? hl_str_sub(t->rest, lead.n + 1, end - lead.n - 1)
			  : HL_STR_NONE;
	t->rest = hl_str_sub(t->rest, end + 1, t->rest.n);
	t->member = name;
	t->number++;
	return true;
}

void hl_urls_text_want(struct hl_urls_text *t, const char *name)
{
	if (!hl_urls_text_next(t, name) && !t->bad) {
		t->number++;
		t->member = name;
		hl_urls_text_refuse(t, "is not where it must be");
	}
}

static struct hl_str next_word(struct hl_urls_text *t)
{
	struct hl_str word = HL_STR_NONE;

	if (!t->bad && !hl_str_next(&t->line, ' ', &word)) {
		hl_urls_text_refuse(t, "has fewer words than it must");
	}
	return t->bad ? HL_STR_NONE : word;
}

static bool read_number(struct hl_str word, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < word.n; i++) {
		unsigned digit = (unsigned)word.p[i] - '0';

		if (digit > 9 || (i && !*out) ||
			__builtin_mul_overflow(*out, 10, out) ||
			__builtin_add_overflow(*out, digit, out)) {
			return false;
		}
	}
	return word.n > 0;
}

uint64_t hl_urls_text_number(
	struct hl_urls_text *t, uint64_t least, uint64_t most)
{
	struct hl_str word = next_word(t);
	uint64_t v;

	if (t->bad) {
		return 0;
	}
	if (!read_number(word, &v)) {
		hl_urls_text_refuse(t, "is no number");
	} else if (v < least || v > most) {
		hl_urls_text_refuse(t, "is out of bounds");
	}
	return t->bad ? 0 : v;
}

int64_t hl_urls_text_time(struct hl_urls_text *t)
{
	struct hl_str word = next_word(t);
	int64_t us = 0;

	if (!t->bad && (word.n != sizeof("2026-11-22T09:00:00Z") - 1 ||
			       hl_time_parse_iso(word, &us) || us < 0)) {
		hl_urls_text_refuse(t, "is no time");
	}
	return t->bad ? 0 : us / HL_US_PER_S;
}

void hl_urls_text_hex(struct hl_urls_text *t, void *out, size_t n)
{
	struct hl_str word = next_word(t);

	if (!t->bad && !word_hex(word, out, n)) {
		hl_urls_text_refuse(t, "is not as much hex as it must be");
	}
	if (t->bad) {
		memset(out, 0, n);
	}
}

void hl_urls_text_base64(struct hl_urls_text *t, void *out, size_t n)
{
	struct hl_str word = next_word(t);

	if (!t->bad && hl_text_parse_base64url(word, out, n)) {
		hl_urls_text_refuse(
			t, "is not as much base64url as it must be");
	}
	if (t->bad) {
		memset(out, 0, n);
	}
}

int hl_urls_text_end(struct hl_urls_text *t, struct hl_err *err)
{
	if (!t->bad && t->line.p) {
		hl_urls_text_refuse(t, "has more words than it may");
	}
	if (!t->bad && t->rest.n) {
		t->number++;
		return HL_FAIL(err, HL_E_INVALID,
			"line %u: a member that may not stand there",
			t->number);
	}
	return t->bad ? HL_FAIL(err, HL_E_INVALID, "line %u: \"%s\" %s",
				t->number, t->member ? t->member : "", t->why)
		      : 0;
}

void hl_urls_keyid(
	const uint8_t key[HL_URLS_PUBLIC], uint8_t out[HL_URLS_KEYID])
{
	uint8_t whole[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(whole, key, HL_URLS_PUBLIC);
	memcpy(out, whole, HL_URLS_KEYID);
}

static bool signed_by(
	const struct hl_urls_text *t, const uint8_t key[HL_URLS_PUBLIC])
{
	struct hl_str rest = t->signatures;
	uint8_t keyid[HL_URLS_KEYID];
	struct signature one;

	hl_urls_keyid(key, keyid);
	while (rest.n && next_signature(&rest, &one)) {
		if (memcmp(one.keyid, keyid, sizeof(keyid)) == 0 &&
			!crypto_sign_verify_detached(one.bytes,
				(const unsigned char *)t->signed_part.p,
				t->signed_part.n, key)) {
			return true;
		}
	}
	return false;
}

size_t hl_urls_text_signers(const struct hl_urls_text *t,
	const uint8_t keys[][HL_URLS_PUBLIC], size_t n)
{
	size_t signers = 0;

	for (size_t i = 0; i < n; i++) {
		signers += signed_by(t, keys[i]);
	}
	return signers;
}

void hl_urls_text_digest(const struct hl_urls_text *t, uint8_t out[32])
{
	crypto_hash_sha256(
		out, (const unsigned char *)t->signed_part.p, t->signed_part.n);
}
