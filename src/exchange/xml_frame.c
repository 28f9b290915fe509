/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine over bytes that knows tags, quotes in them, comments, CDATA and
 * processing instructions. A tag of the outer levels is kept in the window
 * until its end; within a piece everything is.
 */
#include "exchange/xml_frame.h"

enum lex { TEXT, OPENED, BANG, COMMENT, CDATA, INSTRUCTION, TAG };

static struct hl_str without_prefix(struct hl_str name)
{
	size_t colon = hl_str_find_char(name, ':');

	return colon < name.n ? hl_str_sub(name, colon + 1, name.n) : name;
}

struct hl_str hl_exchange_xml_name(struct hl_str tag)
{
	size_t from = tag.n > 1 && tag.p[1] == '/' ? 2 : 1, to = from;

	while (to < tag.n && !memchr(" \t\r\n/>", tag.p[to], 6)) {
		to++;
	}
	return hl_str_sub(tag, from, to - from);
}

/* FNV-1a: names only have to be told apart by chance. */
#define DIGEST_BEGIN UINT64_C(0xcbf29ce484222325)

static uint64_t digest_on(uint64_t h, char c)
{
	return (h ^ (unsigned char)c) * UINT64_C(0x100000001b3);
}

static uint64_t digest(struct hl_str name)
{
	uint64_t h = DIGEST_BEGIN;

	for (size_t i = 0; i < name.n; i++) {
		h = digest_on(h, name.p[i]);
	}
	return h;
}

/* The tag that ends here, outside of pieces, where it is still there. */
static struct hl_str tag_of(const struct hl_hashlist_reader *r)
{
	return hl_str_mem(r->in.window.p + r->in.keep, r->in.at - r->in.keep);
}

static int keep_tag(struct hl_hashlist_reader *r, struct hl_buf *to,
	struct hl_str tag, struct hl_err *err)
{
	hl_buf_fini(to);
	*to = HL_BUF_INIT(HL_EXCHANGE_TAG_MAX);
	hl_buf_put(to, tag);
	return to->fault ? hl_exchange_broken(r, "a start tag is too long", err)
			 : 0;
}

static int depth_check(struct hl_hashlist_reader *r, struct hl_err *err)
{
	const struct hl_exchange_xml *x = r->own;

	if (x->depth < HL_HASHLIST_DEPTH_MAX) {
		return 0;
	}
	return HL_FAIL(err, HL_E_LIMIT,
		"line %llu: nested deeper than %d "
		"levels",
		(unsigned long long)r->in.line, HL_HASHLIST_DEPTH_MAX);
}

/* A start tag at the level it stands on: whether a piece begins with it. */
static int opens(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_exchange_xml *x = r->own;
	struct hl_str tag = tag_of(r);
	struct hl_str name = without_prefix(hl_exchange_xml_name(tag));

	if (x->depth == 0) {
		if (x->done) {
			return hl_exchange_broken(
				r, "there is something behind the end", err);
		}
		if (!hl_str_eq(name, HL_STR("queryResult"))) {
			return hl_exchange_broken(
				r, "the outer element is no queryResult", err);
		}
		return keep_tag(r, &x->root, tag, err);
	}
	if (x->depth == 1) {
		x->meta = hl_str_eq(name, HL_STR("paging"));
		x->stale = !x->meta && !hl_str_eq(name, HL_STR("images")) &&
			   !hl_str_eq(name, HL_STR("videos"));
		if (!x->meta) {
			return keep_tag(r, &x->group, tag, err);
		}
	}
	x->inside = true;
	return 0;
}

/* An element is closed, the level already lowered. */
static int closed(struct hl_exchange_xml *x)
{
	x->done = x->depth == 0;
	if (x->depth == 1) {
		x->stale = false;
	}
	if (x->inside && x->depth == (x->meta ? 1 : 2)) {
		x->inside = false;
		return HL_EXCHANGE_FRAMED;
	}
	return 0;
}

static int start_tag(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_exchange_xml *x = r->own;
	int rc = depth_check(r, err);

	if (rc == 0 && !x->inside && !x->stale) {
		rc = opens(r, err);
	}
	if (rc) {
		return rc;
	}
	if (x->slash) {
		return closed(x);
	}
	x->names[x->depth++] = x->digest;
	return 0;
}

static int end_tag(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_exchange_xml *x = r->own;

	if (x->depth == 0 || x->names[x->depth - 1] != x->digest) {
		return hl_exchange_broken(
			r, "an end tag does not fit its start tag", err);
	}
	x->depth--;
	return closed(x);
}

static int tag_ends(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_exchange_xml *x = r->own;

	x->lex = TEXT;
	if (x->n_name == 0) {
		return hl_exchange_broken(r, "a tag has no name", err);
	}
	return x->closing ? end_tag(r, err) : start_tag(r, err);
}

/* True while c belongs to the name. */
static bool in_name(struct hl_exchange_xml *x, char c)
{
	if (!x->naming || memchr(" \t\r\n/>", c, 6)) {
		x->naming = false;
		return false;
	}
	x->digest = digest_on(x->digest, c);
	x->n_name++;
	return true;
}

static int in_tag(struct hl_hashlist_reader *r, char c, struct hl_err *err)
{
	struct hl_exchange_xml *x = r->own;

	if (in_name(x, c)) {
		return 0;
	}
	if (x->quote) {
		x->quote = c == x->quote ? '\0' : x->quote;
		return 0;
	}
	if (c == '"' || c == '\'') {
		x->quote = c;
	} else if (c == '<') {
		return hl_exchange_broken(r, "a tag stands in a tag", err);
	} else if (c == '>') {
		return tag_ends(r, err);
	}
	x->slash = c == '/';
	return 0;
}

/* The XML declaration, which names the encoding the bytes had. */
static int declaration(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_str text = tag_of(r), name;
	size_t at = hl_str_find(text, HL_STR("encoding"));

	if (!hl_str_starts(text, HL_STR("<?xml ")) || at == text.n) {
		return 0;
	}
	name = hl_str_sub(text, at + 8, text.n);
	while (name.n && memchr(" \t\r\n=\"'", name.p[0], 7)) {
		name = hl_str_sub(name, 1, name.n);
	}
	at = 0;
	while (at < name.n && !memchr("\"' ", name.p[at], 3)) {
		at++;
	}
	name = hl_str_sub(name, 0, at);
	if (hl_str_eq_nocase(name, HL_STR("utf-8")) ||
		hl_str_eq_nocase(name, HL_STR("us-ascii")) ||
		(hl_str_eq_nocase(name, HL_STR("utf-16")) &&
			r->in.encoding != HL_EXCHANGE_UTF8)) {
		return 0;
	}
	return hl_exchange_broken(
		r, "the declared encoding is not UTF-8 or UTF-16", err);
}

/* Behind "<!": "--", "[CDATA[" or a document type, which is refused. */
static int bang(struct hl_hashlist_reader *r, char c, struct hl_err *err)
{
	static const char cdata[] = "[CDATA[";
	struct hl_exchange_xml *x = r->own;

	if (x->depth == 0 && c == '[') {
		return hl_exchange_broken(
			r, "there is text outside of the elements", err);
	}
	if (c == '-' && (x->n_run == 0 || x->n_run == 100)) {
		x->n_run += 100;
		if (x->n_run == 200) {
			x->lex = COMMENT;
			x->n_run = 0;
		}
		return 0;
	}
	if (x->n_run < 7 && c == cdata[x->n_run]) {
		if (++x->n_run == 7) {
			x->lex = CDATA;
			x->n_run = 0;
		}
		return 0;
	}
	return hl_exchange_broken(
		r, "document types and entities are refused", err);
}

/* Up to a closing run of n bytes c and '>'. */
static bool run_ends(struct hl_exchange_xml *x, char c, char of, unsigned n)
{
	if (c == of) {
		x->n_run += x->n_run < n;
		return false;
	}
	if (c == '>' && x->n_run == n) {
		x->lex = TEXT;
		return true;
	}
	x->n_run = 0;
	return false;
}

static int opened(struct hl_hashlist_reader *r, char c)
{
	struct hl_exchange_xml *x = r->own;

	x->n_run = 0;
	x->quote = '\0';
	x->slash = false;
	x->lex = c == '!' ? BANG : c == '?' ? INSTRUCTION : TAG;
	x->closing = c == '/';
	x->naming = true;
	x->n_name = 0;
	x->digest = DIGEST_BEGIN;
	if (x->lex == TAG && !x->closing) {
		in_name(x, c);
	}
	return 0;
}

static int text(struct hl_hashlist_reader *r, char c, struct hl_err *err)
{
	struct hl_exchange_xml *x = r->own;

	if (c == '<') {
		if (!x->inside) {
			hl_exchange_begin(r);
		}
		x->lex = OPENED;
		return 0;
	}
	if (x->depth == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n') {
		return hl_exchange_broken(
			r, "there is text outside of the elements", err);
	}
	return 0;
}

static int one(struct hl_hashlist_reader *r, char c, struct hl_err *err)
{
	struct hl_exchange_xml *x = r->own;
	int rc;

	switch ((enum lex)x->lex) {
	case OPENED:
		if (c != '>') {
			return opened(r, c);
		}
		return hl_exchange_broken(r, "a tag has no name", err);
	case BANG:
		rc = bang(r, c, err);
		break;
	case COMMENT:
		run_ends(x, c, '-', 2);
		return 0;
	case CDATA:
		run_ends(x, c, ']', 2);
		return 0;
	case INSTRUCTION:
		rc = run_ends(x, c, '?', 1) && !x->begun ? declaration(r, err)
							 : 0;
		break;
	case TAG:
		rc = in_tag(r, c, err);
		break;
	case TEXT:
	default:
		rc = text(r, c, err);
		break;
	}
	return rc;
}

/* What is kept without being in a piece is a tag, and those are short. */
static int tag_check(struct hl_hashlist_reader *r, struct hl_err *err)
{
	const struct hl_exchange_xml *x = r->own;

	if (x->lex == TEXT || x->lex == COMMENT || x->lex == CDATA ||
		(x->lex == INSTRUCTION && x->begun)) {
		r->in.keep = r->in.at;
		return 0;
	}
	return r->in.at - r->in.keep > HL_EXCHANGE_TAG_MAX
		       ? hl_exchange_broken(r, "a tag is too long", err)
		       : 0;
}

int hl_exchange_xml_frame(struct hl_hashlist_reader *r, struct hl_err *err)
{
	struct hl_exchange_xml *x = r->own;
	struct hl_exchange_input *in = &r->in;

	while (in->at < in->window.n) {
		char c = in->window.p[in->at++];
		int rc = one(r, c, err);

		in->line += c == '\n';
		if (rc) {
			return rc;
		}
		x->begun |= x->lex == TEXT;
		if (!x->inside) {
			rc = tag_check(r, err);
		}
		if (rc) {
			return rc;
		}
	}
	return HL_EXCHANGE_WANTS;
}

int hl_exchange_xml_end(struct hl_hashlist_reader *r, struct hl_err *err)
{
	const struct hl_exchange_xml *x = r->own;

	if (x->done && x->lex == TEXT) {
		return 0;
	}
	return hl_exchange_short(r,
		x->root.n ? "the file ends before its elements are closed"
			  : "the file is empty",
		err);
}

void hl_exchange_xml_save(
	const struct hl_hashlist_reader *r, struct hl_buf *out)
{
	const struct hl_exchange_xml *x = r->own;

	hl_json_put_member(out, "root", hl_buf_str(&x->root));
	hl_json_put_member(out, "group", hl_buf_str(&x->group));
}

static bool load_tag(
	struct hl_exchange_xml *x, struct hl_buf *to, struct hl_str tag)
{
	*to = HL_BUF_INIT(HL_EXCHANGE_TAG_MAX);
	hl_buf_put(to, tag);
	x->names[x->depth++] = digest(hl_exchange_xml_name(tag));
	return tag.n > 2 && tag.p[0] == '<' && tag.p[tag.n - 1] == '>' &&
	       !to->fault;
}

int hl_exchange_xml_load(struct hl_hashlist_reader *r, const json_t *state)
{
	struct hl_exchange_xml *x = r->own;

	if (!load_tag(x, &x->root, hl_json_str(state, "root")) ||
		!load_tag(x, &x->group, hl_json_str(state, "group"))) {
		return HL_E_INVALID;
	}
	x->begun = true;
	return 0;
}

void hl_exchange_xml_fini(struct hl_hashlist_reader *r)
{
	struct hl_exchange_xml *x = r->own;

	hl_buf_fini(&x->root);
	hl_buf_fini(&x->group);
}
