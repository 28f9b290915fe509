/* SPDX-License-Identifier: Apache-2.0 */
#include "web/catalogue.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "web/plural.h"

/*
 * The file is a header, two tables of (length, offset) and the strings; the
 * originals are sorted, so a look-up is a binary search (GNU gettext manual,
 * "The Format of GNU MO Files"). Everything is checked once when loaded:
 * each string lies inside the file and ends with a NUL, the order is right
 * and the plural rule gives an existing form for the first 200 numbers.
 */
#define MAGIC 0x950412deu
#define HEADER_BYTES 28u
#define FORMS_MAX 8u

struct hl_web_catalogue {
	char *bytes;
	size_t n_bytes;
	uint32_t n, originals, translations;
	bool swapped;
	struct hl_str rule; /* absent: one form */
	uint64_t n_forms;
};

static uint32_t word_at(const struct hl_web_catalogue *c, size_t at)
{
	uint32_t v;

	memcpy(&v, c->bytes + at, sizeof(v));
	return c->swapped ? __builtin_bswap32(v) : v;
}

/* The whole string, with the NULs between its plural forms. */
static struct hl_str string_at(
	const struct hl_web_catalogue *c, uint32_t table, uint32_t i)
{
	size_t entry = (size_t)table + (size_t)i * 8;

	return (struct hl_str){
		c->bytes + word_at(c, entry + 4), word_at(c, entry)};
}

static bool string_fits(
	const struct hl_web_catalogue *c, uint32_t table, uint32_t i)
{
	size_t entry = (size_t)table + (size_t)i * 8;
	size_t n = word_at(c, entry), at = word_at(c, entry + 4);

	return at < c->n_bytes && n < c->n_bytes - at && !c->bytes[at + n] &&
	       hl_utf8_valid(string_at(c, table, i));
}

static struct hl_str first_form(struct hl_str s)
{
	return hl_str_sub(s, 0, hl_str_find_char(s, '\0'));
}

static bool tables_fit(const struct hl_web_catalogue *c)
{
	size_t bytes = (size_t)c->n * 8;

	if (c->originals > c->n_bytes || bytes > c->n_bytes - c->originals ||
		c->translations > c->n_bytes ||
		bytes > c->n_bytes - c->translations) {
		return false;
	}
	for (uint32_t i = 0; i < c->n; i++) {
		if (!string_fits(c, c->originals, i) ||
			!string_fits(c, c->translations, i)) {
			return false;
		}
		if (i && hl_str_cmp(
				 first_form(string_at(c, c->originals, i - 1)),
				 first_form(string_at(c, c->originals, i))) >=
				 0) {
			return false;
		}
	}
	return true;
}

/* The text behind name in the catalogue's own header, up to end. */
static struct hl_str header_field(
	struct hl_str header, struct hl_str name, char end)
{
	size_t at = hl_str_find(header, name);
	struct hl_str v = hl_str_sub(header, at + name.n, header.n);

	if (at == header.n) {
		return HL_STR_NONE;
	}
	return hl_str_trim(hl_str_sub(v, 0, hl_str_find_char(v, end)));
}

static bool read_rule(struct hl_web_catalogue *c)
{
	struct hl_str header = hl_web_catalogue_find(c, HL_STR(""), 1);
	struct hl_str forms = header_field(header, HL_STR("nplurals="), ';');
	int64_t n_forms;
	uint64_t form;

	c->n_forms = 1;
	if (!forms.p) {
		return true;
	}
	c->rule = header_field(header, HL_STR("plural="), ';');
	if (!hl_str_to_i64(forms, &n_forms) || n_forms < 1 ||
		n_forms > (int64_t)FORMS_MAX) {
		return false;
	}
	c->n_forms = (uint64_t)n_forms;
	for (uint64_t n = 0; n < 200; n++) {
		if (hl_web_plural_eval(c->rule, n, &form) ||
			form >= c->n_forms) {
			return false;
		}
	}
	return true;
}

static bool load(struct hl_web_catalogue *c)
{
	if (c->n_bytes < HEADER_BYTES) {
		return false;
	}
	c->swapped = word_at(c, 0) != MAGIC;
	if (word_at(c, 0) != MAGIC || word_at(c, 4) >> 16) {
		return false;
	}
	c->n = word_at(c, 8);
	c->originals = word_at(c, 12);
	c->translations = word_at(c, 16);
	return tables_fit(c) && read_rule(c);
}

int hl_web_catalogue_new(
	struct hl_str mo, struct hl_web_catalogue **out, struct hl_err *err)
{
	struct hl_web_catalogue *c = calloc(1, sizeof(*c));

	if (c) {
		c->bytes = malloc(mo.n + 1);
	}
	if (!c || !c->bytes) {
		hl_web_catalogue_free(c);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a catalogue");
	}
	if (mo.n) {
		memcpy(c->bytes, mo.p, mo.n);
	}
	c->n_bytes = mo.n;
	if (!load(c)) {
		hl_web_catalogue_free(c);
		return HL_FAIL(err, HL_E_INVALID, "no catalogue of messages");
	}
	*out = c;
	return 0;
}

void hl_web_catalogue_free(struct hl_web_catalogue *c)
{
	if (c) {
		free(c->bytes);
		free(c);
	}
}

static struct hl_str form_of(
	const struct hl_web_catalogue *c, struct hl_str all, int64_t n)
{
	uint64_t form = 0;
	struct hl_str piece = HL_STR_NONE;

	if (c->rule.p && hl_web_plural_eval(c->rule,
				 n < 0 ? (uint64_t)-n : (uint64_t)n, &form)) {
		return HL_STR_NONE;
	}
	for (uint64_t i = 0; i <= form; i++) {
		if (!hl_str_next(&all, '\0', &piece)) {
			return HL_STR_NONE;
		}
	}
	return piece;
}

struct hl_str hl_web_catalogue_find(
	const struct hl_web_catalogue *c, struct hl_str msgid, int64_t n)
{
	uint32_t low = 0, high = c->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		struct hl_str key = string_at(c, c->originals, mid);
		int order = hl_str_cmp(msgid, first_form(key));

		if (order < 0) {
			high = mid;
		} else if (order > 0) {
			low = mid + 1;
		} else if (first_form(key).n == key.n) {
			return string_at(c, c->translations, mid);
		} else {
			return form_of(
				c, string_at(c, c->translations, mid), n);
		}
	}
	return HL_STR_NONE;
}
