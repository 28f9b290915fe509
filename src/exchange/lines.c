/* SPDX-License-Identifier: Apache-2.0 */
/* One hash a line, with or without its kind before it. */
#include "exchange/inner.h"

#include "base/utf8.h"

int hl_exchange_rows_frame(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_exchange_rows *own = r->own;
	struct hl_exchange_input *in = &r->in;

	(void)err;
	while (in->at < in->window.n) {
		char c = in->window.p[in->at++];

		if (!own->inside) {
			hl_exchange_begin(r);
			own->inside = true;
		}
		if (c == '\n') {
			in->line++;
			own->inside = false;
			return HL_EXCHANGE_FRAMED;
		}
	}
	return HL_EXCHANGE_WANTS;
}

int hl_exchange_rows_end(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_exchange_rows *own = r->own;

	(void)err;
	if (own->inside) {
		own->inside = false;
		return HL_EXCHANGE_FRAMED;
	}
	if (own->open) {
		own->closing = true;
		r->in.keep = r->in.at;
		r->line = r->in.line;
		return HL_EXCHANGE_FRAMED;
	}
	return 0;
}

static unsigned kind_by_length(const struct hl_hashlist_reader *r, size_t n)
{
	if (r->options.kind) {
		return r->options.kind;
	}
	for (unsigned kind = 1; kind < HL_HASHLIST_KINDS; kind++) {
		if (n == 2 * hl_hashlist_kind_bytes(kind)) {
			return kind;
		}
	}
	return HL_MATCH_PDQ;
}

/* "kind hash": the kind is what stands before white space. */
static struct hl_str take_name(struct hl_str *line)
{
	struct hl_str name = HL_STR_NONE;

	for (size_t i = 0; i < line->n; i++) {
		if (line->p[i] == ' ' || line->p[i] == '\t') {
			name = hl_str_sub(*line, 0, i);
			*line = hl_str_trim(hl_str_sub(*line, i, line->n));
			break;
		}
	}
	return name;
}

static const char *put(
	struct hl_hashlist_reader *r, struct hl_str name, struct hl_str digits)
{
	struct hl_hashlist_hash how = {.quality = -1, .at_ms = -1};
	bool video = hl_str_eq_nocase(name, HL_STR("video_md5"));
	unsigned kind = video    ? HL_MATCH_MD5
			: name.n ? hl_hashlist_kind_of(name)
				 : kind_by_length(r, digits.n);

	r->record.media = video ? HL_HASHLIST_VIDEO : HL_HASHLIST_MEDIA_UNKNOWN;
	r->record.id = digits;
	if (kind == 0) {
		hl_exchange_put_other(r, name, digits);
		return NULL;
	}
	how.kind = (uint16_t)kind;
	r->record.id = hl_exchange_lower(r, digits);
	return hl_exchange_put_hash(r, digits, &how);
}

static int parse(
	struct hl_hashlist_reader *r, struct hl_str piece, struct hl_err *err)
{
	struct hl_str line = hl_str_trim(piece), name;
	const char *bad;

	(void)err;
	if (line.n == 0 || line.p[0] == '#') {
		return HL_EXCHANGE_LOST;
	}
	hl_exchange_new(r);
	if (!hl_utf8_valid(line)) {
		return hl_exchange_refuse(r, "the line is not UTF-8");
	}
	name = take_name(&line);
	bad = hl_exchange_bad_id(line);
	if (!bad) {
		bad = put(r, name, line);
	}
	return bad ? hl_exchange_refuse(r, bad) : 0;
}

static void save(const struct hl_hashlist_reader *r, struct hl_buf *out)
{
	(void)r;
	(void)out;
}

static int load(struct hl_hashlist_reader *r, const json_t *state)
{
	(void)r;
	(void)state;
	return 0;
}

const struct hl_exchange_ops hl_exchange_lines = {
	.bytes = sizeof(struct hl_exchange_rows),
	.frame = hl_exchange_rows_frame,
	.end = hl_exchange_rows_end,
	.parse = parse,
	.save = save,
	.load = load,
};
