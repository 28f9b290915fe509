/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/icap_inner.h"

/* "req-hdr=0, req-body=412": where each part begins (RFC 3507 clause
 * 4.4.1). False: no order in which a request can be. */
static bool read_encapsulated(
	struct hl_str value, struct hl_consume_icap_request *req)
{
	struct hl_str piece;
	bool head = false;

	while (hl_str_next(&value, ',', &piece)) {
		size_t eq = hl_str_find_char(piece, '=');
		struct hl_str name = hl_str_trim(hl_str_sub(piece, 0, eq));
		int64_t at;

		if (!hl_str_to_i64(
			    hl_str_trim(hl_str_sub(piece, eq + 1, piece.n)),
			    &at) ||
			at < 0 || at > HL_CONSUME_ICAP_HTTP_MAX) {
			return false;
		}
		if (hl_str_eq_nocase(name, HL_STR("req-hdr"))) {
			if (head || at != 0) {
				return false;
			}
			head = true;
			continue;
		}
		req->has_body = hl_str_eq_nocase(name, HL_STR("req-body")) ||
				hl_str_eq_nocase(name, HL_STR("opt-body"));
		req->n_http = (size_t)at;
		return value.n == 0 && head == (at > 0) &&
		       (req->has_body ||
			       hl_str_eq_nocase(name, HL_STR("null-body")));
	}
	return false;
}

static bool has_word(struct hl_str list, struct hl_str word)
{
	struct hl_str piece;

	while (list.p && hl_str_next(&list, ',', &piece)) {
		if (hl_str_eq_nocase(hl_str_trim(piece), word)) {
			return true;
		}
	}
	return false;
}

static size_t copy(char *to, size_t room, struct hl_str s)
{
	size_t n = s.n <= room ? s.n : 0;

	memcpy(to, s.p ? s.p : "", n);
	return n;
}

int hl_consume_icap_read_head(
	struct hl_consume_icap_session *s, const struct hl_consume_head *head)
{
	struct hl_consume_icap_request *req = &s->req;
	struct hl_str parts = hl_consume_head_field(head, "Encapsulated");
	struct hl_str preview = hl_consume_head_field(head, "Preview");
	bool options = hl_str_eq(head->method, HL_STR("OPTIONS"));

	*req = (struct hl_consume_icap_request){
		.last = has_word(hl_consume_head_field(head, "Connection"),
			HL_STR("close"))};
	if (!hl_str_eq(head->version, HL_STR("ICAP/1.0"))) {
		return 505;
	}
	if (!options && !hl_str_eq(head->method, HL_STR("REQMOD"))) {
		return 405;
	}
	if ((parts.p || !options) && !read_encapsulated(parts, req)) {
		return 400;
	}
	req->may_204 =
		preview.p ||
		has_word(hl_consume_head_field(head, "Allow"), HL_STR("204"));
	req->n_client = copy(req->client, sizeof(req->client),
		hl_consume_head_field(head, "X-Client-IP"));
	return 0;
}

/* -- chunks, RFC 9112 clause 7.1 -- */

enum { SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER };
#define LINE_MAX_BYTES 1024u
#define TRAILER_MAX_BYTES 8192u

static int hex(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int take_size(struct hl_consume_icap_request *r, char c)
{
	int digit = hex(c);

	if (r->chunk == SIZE && digit >= 0 && r->left >> 56 == 0) {
		r->left = r->left << 4 | (unsigned)digit;
	} else if (c == '\r' && r->n_line > 1) {
		r->chunk = SIZE_LF;
	} else if ((c == ';' || c == ' ') && r->n_line > 1) {
		r->chunk = EXTENSION;
	} else if (r->chunk != EXTENSION || c == '\n') {
		return HL_E_INVALID;
	}
	return r->n_line > LINE_MAX_BYTES ? HL_E_INVALID : 0;
}

/* The lines behind the last chunk, to the empty one. */
static int take_trailer(struct hl_consume_icap_request *r, char c)
{
	if (r->n_line > TRAILER_MAX_BYTES) {
		return HL_E_INVALID;
	}
	if (c == '\n') {
		bool over = r->line_empty;

		r->line_empty = true;
		return over;
	}
	if (c != '\r') {
		r->line_empty = false;
	}
	return 0;
}

static int take_byte(struct hl_consume_icap_request *r, char c)
{
	r->n_line++;
	switch (r->chunk) {
	case SIZE:
	case EXTENSION:
		return take_size(r, c);
	case SIZE_LF:
		r->chunk = r->left ? DATA : TRAILER;
		r->n_line = 0;
		r->line_empty = true;
		return c == '\n' ? 0 : HL_E_INVALID;
	case DATA_CR:
		r->chunk = DATA_LF;
		return c == '\r' ? 0 : HL_E_INVALID;
	case DATA_LF:
		r->chunk = SIZE;
		r->n_line = 0;
		return c == '\n' ? 0 : HL_E_INVALID;
	default:
		return take_trailer(r, c);
	}
}

int hl_consume_icap_read_body(
	struct hl_consume_icap_request *req, struct hl_str in, size_t *n)
{
	int r = 0;

	*n = 0;
	while (r == 0 && *n < in.n) {
		if (req->chunk != DATA) {
			r = take_byte(req, in.p[(*n)++]);
			continue;
		}
		size_t part =
			in.n - *n < req->left ? in.n - *n : (size_t)req->left;
		*n += part;
		req->left -= part;
		req->chunk = req->left ? DATA : DATA_CR;
	}
	return r;
}
