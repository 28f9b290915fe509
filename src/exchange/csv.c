/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV by RFC 4180. A row is a piece. Rows that follow each other with one id
 * are a record, so a record is known to be whole at the next row only: that
 * row is given back to the window and framed once more by the next call.
 */
#include "exchange/csv.h"

#include "base/utf8.h"

enum { AT_START, IN_CELL, IN_QUOTES, BEHIND_QUOTE };

static bool separates(const struct hl_exchange_csv *own, char c)
{
	return own->begun ? c == own->separator
			  : c == ',' || c == ';' || c == '\t';
}

/* Where in a cell the row is behind c. A quote opens at the start of a cell
 * only, so that one inside a bare cell does not eat the rows below. */
static uint8_t where(const struct hl_exchange_csv *own, char c)
{
	switch (own->where) {
	case IN_QUOTES:
		return c == '"' ? BEHIND_QUOTE : IN_QUOTES;
	case AT_START:
	case BEHIND_QUOTE:
		if (c == '"') {
			return IN_QUOTES;
		}
		break;
	default:
		break;
	}
	return separates(own, c) ? AT_START : IN_CELL;
}

static int frame(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_exchange_csv *own = r->own;
	struct hl_exchange_input *in = &r->in;

	(void)err;
	while (in->at < in->window.n) {
		char c = in->window.p[in->at++];

		if (!own->rows.inside) {
			hl_exchange_begin(r);
			own->rows.inside = true;
			own->where = AT_START;
		}
		in->line += c == '\n';
		if (c == '\n' && own->where != IN_QUOTES) {
			own->rows.inside = false;
			return HL_EXCHANGE_FRAMED;
		}
		own->where = where(own, c);
	}
	return HL_EXCHANGE_WANTS;
}

static char separator_of(struct hl_str row)
{
	static const char separators[] = ",;\t";
	size_t best = 0, most = 0;

	for (size_t s = 0; s < 3; s++) {
		size_t n = 0;

		for (size_t i = 0; i < row.n; i++) {
			n += row.p[i] == separators[s];
		}
		if (n > most) {
			most = n;
			best = s;
		}
	}
	return separators[best];
}

/* A cell in quotes, from behind the first one, unfolded to own->plain; at is
 * left behind the last quote. The absent view: it is not closed. */
static struct hl_str quoted(
	struct hl_exchange_csv *own, struct hl_str row, size_t *at)
{
	size_t from = own->plain.n;

	for (size_t i = *at; i < row.n; i++) {
		if (row.p[i] == '"' &&
			(i + 1 == row.n || row.p[i + 1] != '"')) {
			*at = i + 1;
			return hl_str_mem(
				own->plain.p + from, own->plain.n - from);
		}
		i += row.p[i] == '"';
		hl_buf_put_c(&own->plain, row.p[i]);
	}
	return HL_STR_NONE;
}

static struct hl_str bare(
	const struct hl_exchange_csv *own, struct hl_str row, size_t *at)
{
	size_t from = *at;

	while (*at < row.n && row.p[*at] != own->separator) {
		if (row.p[(*at)++] == '"') {
			return HL_STR_NONE;
		}
	}
	return hl_str_sub(row, from, *at - from);
}

/* The row's cells, until the next row; the reason when it is bad. */
static const char *split(struct hl_exchange_csv *own, struct hl_str row,
	struct hl_exchange_cells *out)
{
	size_t at = 0;

	hl_buf_reset(&own->plain);
	own->plain.max = row.n + 1;
	if (!hl_buf_reserve(&own->plain, row.n + 1)) {
		return "no memory for the row";
	}
	while (out->n < HL_EXCHANGE_COLUMNS_MAX) {
		bool quotes = at < row.n && row.p[at] == '"';
		struct hl_str cell;

		at += quotes;
		cell = quotes ? quoted(own, row, &at) : bare(own, row, &at);
		if (!cell.p) {
			return quotes ? "a quote is not closed"
				      : "a quote stands inside a bare cell";
		}
		if (at < row.n && row.p[at] != own->separator) {
			return "there is something behind a closing quote";
		}
		out->cells[out->n++] = hl_str_trim(cell);
		if (at++ == row.n) {
			return NULL;
		}
	}
	return "the row has over 64 cells";
}

static struct hl_str without_end(struct hl_str row)
{
	if (row.n && row.p[row.n - 1] == '\n') {
		row.n--;
	}
	if (row.n && row.p[row.n - 1] == '\r') {
		row.n--;
	}
	return row;
}

/* The record is whole: the row that showed it is looked at again. */
static int give(struct hl_hashlist_reader *r)
{
	struct hl_exchange_csv *own = r->own;

	own->rows.open = false;
	own->rows.closing = false;
	r->in.at = r->in.keep;
	r->in.line = r->line;
	return 0;
}

static int first_row(struct hl_hashlist_reader *r, struct hl_str row)
{
	struct hl_exchange_csv *own = r->own;
	struct hl_exchange_cells cells = {.n = 0};
	const char *bad;

	own->begun = true;
	own->separator = separator_of(row);
	bad = split(own, row, &cells);
	if (bad) {
		hl_exchange_csv_default(own);
		return hl_exchange_refuse(r, bad);
	}
	if (hl_exchange_csv_header(r, &cells)) {
		return HL_EXCHANGE_LOST;
	}
	hl_exchange_csv_default(own);
	return 0;
}

static int take_row(struct hl_hashlist_reader *r, struct hl_str row)
{
	struct hl_exchange_csv *own = r->own;
	struct hl_exchange_cells cells = {.n = 0};
	const char *bad = hl_utf8_valid(row) ? split(own, row, &cells)
					     : "the row is not UTF-8";

	if (bad) {
		return hl_exchange_refuse(r, bad);
	}
	if (cells.n > own->n_columns) {
		return hl_exchange_refuse(
			r, "the row has more cells than there are columns");
	}
	return hl_exchange_csv_row(r, &cells);
}

static int parse(
	struct hl_hashlist_reader *r, struct hl_str piece, struct hl_err *err)
{
	struct hl_exchange_csv *own = r->own;
	struct hl_str row = without_end(piece);
	int rc = 0;

	(void)err;
	if (own->rows.closing) {
		return give(r);
	}
	if (row.n == 0) {
		return HL_EXCHANGE_LOST;
	}
	if (!own->rows.open) {
		hl_exchange_new(r);
	}
	if (!own->begun) {
		rc = first_row(r, row);
	}
	if (rc == 0) {
		rc = take_row(r, row);
	}
	return rc == HL_EXCHANGE_CSV_OTHER ? give(r) : rc;
}

static void fini(struct hl_hashlist_reader *r)
{
	struct hl_exchange_csv *own = r->own;

	hl_buf_fini(&own->plain);
}

static void save(const struct hl_hashlist_reader *r, struct hl_buf *out)
{
	const struct hl_exchange_csv *own = r->own;

	hl_json_put_member_i64(out, "separator", own->separator);
	hl_json_put_name(out, "columns");
	hl_buf_put_c(out, '[');
	for (size_t i = 0; i < own->n_columns; i++) {
		hl_buf_printf(out, "%s%d", i ? "," : "", own->columns[i]);
	}
	hl_buf_put_c(out, ']');
}

static int load(struct hl_hashlist_reader *r, const json_t *state)
{
	struct hl_exchange_csv *own = r->own;
	int64_t separator = hl_json_int(state, "separator", 0);
	const json_t *columns = json_object_get(state, "columns");
	size_t n = json_array_size(columns);

	if ((separator != ',' && separator != ';' && separator != '\t') ||
		n == 0 || n > HL_EXCHANGE_COLUMNS_MAX) {
		return HL_E_INVALID;
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *column = json_array_get(columns, i);
		json_int_t c = json_integer_value(column);

		if (!json_is_integer(column) || c < 0 ||
			c >= HL_EXCHANGE_CSV_LAST) {
			return HL_E_INVALID;
		}
		own->columns[i] = (uint8_t)c;
	}
	own->n_columns = n;
	own->separator = (char)separator;
	own->begun = true;
	return 0;
}

const struct hl_exchange_ops hl_exchange_csv = {
	.bytes = sizeof(struct hl_exchange_csv),
	.frame = frame,
	.end = hl_exchange_rows_end,
	.parse = parse,
	.save = save,
	.load = load,
	.fini = fini,
};
