/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table by hash holds two kinds of rows: expressions with a path, and
 * hosts. A host is there if it or any page of it is listed, so that most
 * addresses are settled by one look-up for each of their five hosts.
 */
#include "consume/file_table.h"

#include <stdlib.h>

#include "base/rand.h"
#include "consume/file.h"

static uint64_t mix(uint64_t h, struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	}
	return h;
}

static size_t slot_of(const struct hl_consume_table *t, uint64_t hash)
{
	return (size_t)((hash ^ hash >> 29) * UINT64_C(0x9e3779b97f4a7c15) >>
			32) &
	       (t->n_slots - 1);
}

/* The row of host + path, of which path may be empty. */
static struct hl_consume_row *find(const struct hl_consume_table *t,
	struct hl_str host, struct hl_str path, uint64_t hash)
{
	for (size_t i = slot_of(t, hash); t->slots[i];
		i = (i + 1) & (t->n_slots - 1)) {
		struct hl_consume_row *row = &t->rows[t->slots[i] - 1];
		const char *text = t->text.p + row->at;

		if (row->hash == hash && row->n == host.n + path.n &&
			memcmp(text, host.p, host.n) == 0 &&
			(!path.n ||
				memcmp(text + host.n, path.p, path.n) == 0)) {
			return row;
		}
	}
	return NULL;
}

const struct hl_consume_row *hl_consume_table_find(
	const struct hl_consume_table *t, const struct hl_url_exprs *exprs,
	const struct hl_consume_decision *asked)
{
	bool whole_only = asked->host_only || asked->any;

	for (size_t h = 0; h < exprs->n_hosts; h++) {
		struct hl_str host = exprs->hosts[h];
		uint64_t hash = mix(t->seed, host);
		const struct hl_consume_row *whole =
			find(t, host, HL_STR_NONE, hash);

		/* pages are those of the host itself */
		size_t n = whole && h == 0 && !whole_only ? exprs->n_paths : 0;

		for (size_t p = 0; p < n; p++) {
			const struct hl_consume_row *row = find(t, host,
				exprs->paths[p], mix(hash, exprs->paths[p]));

			if (row) {
				return row;
			}
		}
		if (whole && (whole->reason || (asked->any && h == 0))) {
			return whole;
		}
	}
	return NULL;
}

/* -- reading -- */

struct line {
	size_t number;
	struct hl_str expression;
	int64_t entry, confirm_ms;
};

static int read_word(struct hl_str word, struct line *line, struct hl_err *err)
{
	static const struct hl_str entry = HL_STR_INIT("entry="),
				   confirm = HL_STR_INIT("confirm=");

	if (hl_str_starts(word, entry) &&
		hl_str_to_i64(
			hl_str_sub(word, entry.n, word.n), &line->entry) &&
		line->entry > 0) {
		return 0;
	}
	if (hl_str_eq(word, HL_STR("confirm=fail"))) {
		line->confirm_ms = -1;
		return 0;
	}
	if (hl_str_starts(word, confirm) &&
		hl_str_to_i64(hl_str_sub(word, confirm.n, word.n),
			&line->confirm_ms) &&
		line->confirm_ms > 0 &&
		line->confirm_ms <= HL_CONSUME_FILE_CONFIRM_MAX_MS) {
		return 0;
	}
	return HL_FAIL(err, HL_E_INVALID,
		"line %zu: behind the expression stands entry=NUMBER, "
		"confirm=MILLISECONDS (up to 60000) or confirm=fail",
		line->number);
}

/* True if there is something in the line. */
static int split(struct hl_str text, struct line *line, struct hl_err *err)
{
	struct hl_str rest = hl_str_sub(text, 0, hl_str_find_char(text, '#'));
	struct hl_str word;
	int r = 0;

	line->expression = HL_STR_NONE;
	line->entry = (int64_t)line->number;
	line->confirm_ms = 0;
	while (!r && hl_str_next(&rest, ' ', &word)) {
		word = hl_str_trim(word);
		if (!word.n) {
			continue;
		}
		if (!line->expression.p) {
			line->expression = word;
		} else {
			r = read_word(word, line, err);
		}
	}
	return r;
}

static int grow(struct hl_consume_table *t, struct hl_err *err)
{
	size_t cap = t->cap_rows ? 2 * t->cap_rows : 64;
	struct hl_consume_row *rows =
		realloc(t->rows, cap * sizeof(t->rows[0]));

	if (!rows) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for the list");
	}
	t->rows = rows;
	t->cap_rows = cap;
	return 0;
}

static int add(struct hl_consume_table *t, struct hl_str host,
	struct hl_str path, const struct hl_consume_row *about,
	struct hl_err *err)
{
	int r = t->n_rows == t->cap_rows ? grow(t, err) : 0;

	if (r) {
		return r;
	}
	struct hl_consume_row *row = &t->rows[t->n_rows++];
	*row = *about;
	row->hash = mix(mix(t->seed, host), path);
	row->at = (uint32_t)t->text.n;
	row->n = (uint32_t)(host.n + path.n);
	hl_buf_put(&t->text, host);
	hl_buf_put(&t->text, path);
	return t->text.fault
		       ? HL_FAIL(err, t->text.fault, "the list is too long")
		       : 0;
}

static int add_line(
	struct hl_consume_table *t, const struct line *line, struct hl_err *err)
{
	HL_BUF_AUTO canon = HL_BUF_INIT(HL_URL_MAX + 1);
	HL_BUF_AUTO typed = HL_BUF_INIT(HL_URL_MAX + 8);
	struct hl_url_parts parts;
	bool whole =
		hl_str_find_char(line->expression, '/') == line->expression.n;

	hl_buf_put(&typed, HL_STR("http://"));
	hl_buf_put(&typed, line->expression);
	/* slashes in front would be taken for those of "http://" */
	if (typed.fault || line->expression.p[0] == '/' ||
		line->expression.p[0] == '\\' ||
		hl_str_find(line->expression, HL_STR("://")) <
			line->expression.n ||
		hl_url_canon(hl_buf_str(&typed), &canon, NULL) ||
		hl_url_split(hl_buf_str(&canon), &parts, NULL) ||
		parts.port.p) {
		return HL_FAIL(err, HL_E_INVALID,
			"line %zu: an expression is HOST or HOST/PATH, "
			"without http:// and without a port",
			line->number);
	}
	struct hl_str path = {parts.path.p,
		parts.path.n + (parts.query.p ? 1 + parts.query.n : 0)};
	struct hl_consume_row row = {.entry = (uint64_t)line->entry,
		.confirm_ms = (int32_t)line->confirm_ms,
		.reason = HL_CONSUME_DOMAIN};
	t->n_lines++;
	if (whole) {
		return add(t, parts.host, HL_STR_NONE, &row, err);
	}
	row.reason = path.p[path.n - 1] == '/' && !parts.query.p
			     ? HL_CONSUME_DIRECTORY
			     : HL_CONSUME_PAGE;
	int r = add(t, parts.host, path, &row, err);
	return r ? r
		 : add(t, parts.host, HL_STR_NONE,
			   &(struct hl_consume_row){.reason = 0}, err);
}

/* Of equal expressions the first line counts; a host that is listed as a
 * whole is so wherever it stands. */
static int make_slots(struct hl_consume_table *t, struct hl_err *err)
{
	t->n_slots = 16;
	while (t->n_slots < 2 * t->n_rows) {
		t->n_slots *= 2;
	}
	t->slots = calloc(t->n_slots, sizeof(t->slots[0]));
	if (!t->slots) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for the list");
	}
	for (size_t i = 0; i < t->n_rows; i++) {
		struct hl_consume_row *row = &t->rows[i];
		struct hl_str text = hl_str_mem(t->text.p + row->at, row->n);
		struct hl_consume_row *old =
			find(t, text, HL_STR_NONE, row->hash);
		size_t at = slot_of(t, row->hash);

		if (old && !old->reason) {
			*old = *row;
		}
		while (!old && t->slots[at]) {
			at = (at + 1) & (t->n_slots - 1);
		}
		if (!old) {
			t->slots[at] = (uint32_t)i + 1;
		}
	}
	return 0;
}

int hl_consume_table_new(
	struct hl_str lines, struct hl_consume_table **out, struct hl_err *err)
{
	struct hl_consume_table *t = calloc(1, sizeof(*t));
	struct line line = {.number = 0};
	struct hl_str text;
	int r = 0;

	*out = NULL;
	if (!t) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for the list");
	}
	t->text = HL_BUF_INIT(UINT32_MAX);
	hl_rand_bytes(&t->seed, sizeof(t->seed));
	while (!r && hl_str_next(&lines, '\n', &text)) {
		line.number++;
		r = split(text, &line, err);
		if (!r && line.expression.p) {
			r = add_line(t, &line, err);
		}
	}
	r = r ? r : make_slots(t, err);
	if (r) {
		hl_consume_table_free(t);
		return r;
	}
	*out = t;
	return 0;
}

void hl_consume_table_free(struct hl_consume_table *t)
{
	if (t) {
		hl_buf_fini(&t->text);
		free(t->rows);
		free(t->slots);
		free(t);
	}
}
