/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine over bytes. Around records it expects names, colons, values and
 * commas in their order; within a value it counts brackets and steps over
 * strings. A value of role record or meta is a piece: from its first byte to
 * behind its last. JSON's names and strings are compared as they are spelled:
 * one that is escaped without need is an unknown name.
 */
#include "exchange/json_frame.h"

enum expect { TOP, NAME_OR_END, NAME, COLON, VALUE, VALUE_OR_END, COMMA, DONE };
enum lex { BETWEEN, IN_NAME, IN_STRING, IN_WORD, IN_NEST, IN_NEST_STRING };

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.';
}

static char level(const struct hl_exchange_json *j)
{
	return j->n_levels ? j->levels[j->n_levels - 1] : '\0';
}

static void push(struct hl_exchange_json *j, char kind)
{
	j->levels[j->n_levels++] = kind;
	j->expect = kind == 'A' ? VALUE_OR_END : NAME_OR_END;
}

static void pop(struct hl_exchange_json *j)
{
	j->n_levels--;
	j->expect = j->n_levels ? COMMA : DONE;
}

static struct hl_str key_of(const char *key, size_t n)
{
	return n < HL_EXCHANGE_KEY_MAX ? hl_str_mem(key, n) : HL_STR("");
}

static void put_key(char *key, size_t *n, char c)
{
	if (*n < HL_EXCHANGE_KEY_MAX) {
		key[(*n)++] = c;
	}
}

/* The value whose last byte was just passed is whole. */
static int value_ends(struct hl_exchange_json *j)
{
	j->lex = BETWEEN;
	j->expect = COMMA;
	return j->role == HL_EXCHANGE_SKIP ? 0 : HL_EXCHANGE_FRAMED;
}

static int nest(struct hl_hashlist_reader *r, bool object, struct hl_err *err)
{
	struct hl_exchange_json *j = r->own;

	if (j->depth == HL_HASHLIST_DEPTH_MAX) {
		return HL_FAIL(err, HL_E_LIMIT,
			"line %llu: nested deeper than %d levels",
			(unsigned long long)r->in.line, HL_HASHLIST_DEPTH_MAX);
	}
	j->bits = j->bits << 1 | object;
	j->depth++;
	j->lex = IN_NEST;
	j->n_second = 0;
	j->colon = false;
	return 0;
}

static bool at_levels_end(const struct hl_exchange_json *j)
{
	return j->n_levels >= HL_EXCHANGE_LEVELS_MAX - 2;
}

static int value_begins(
	struct hl_hashlist_reader *r, char c, struct hl_err *err)
{
	struct hl_exchange_json *j = r->own;
	bool object = c == '{';

	j->role = level(j) == 'A'
			  ? HL_EXCHANGE_RECORD
			  : j->role_of(level(j), key_of(j->key, j->n_key));
	if (j->role == HL_EXCHANGE_ARRAY) {
		if (c == '[' && !at_levels_end(j)) {
			push(j, 'A');
			return 0;
		}
		j->role = HL_EXCHANGE_SKIP;
	}
	hl_exchange_begin(r);
	if (object || c == '[') {
		j->depth = 0;
		return nest(r, object, err);
	}
	if (c != '"' && !is_word(c)) {
		return hl_exchange_broken(r, "a value is missing", err);
	}
	j->lex = c == '"' ? IN_STRING : IN_WORD;
	j->escaped = false;
	return 0;
}

static int top(struct hl_hashlist_reader *r, char c, struct hl_err *err)
{
	struct hl_exchange_json *j = r->own;

	if (c != '{' && c != '[') {
		return hl_exchange_broken(
			r, "the file is neither object nor array", err);
	}
	push(j, c == '{' ? 'E' : 'A');
	return 0;
}

static int name_or_end(struct hl_hashlist_reader *r, char c, struct hl_err *err)
{
	struct hl_exchange_json *j = r->own;

	if (c == '}' && j->expect == NAME_OR_END) {
		pop(j);
		return 0;
	}
	if (c != '"') {
		return hl_exchange_broken(r, "a name is missing", err);
	}
	j->lex = IN_NAME;
	j->escaped = false;
	j->n_key = 0;
	return 0;
}

static int comma_or_end(
	struct hl_hashlist_reader *r, char c, struct hl_err *err)
{
	struct hl_exchange_json *j = r->own;
	bool array = level(j) == 'A';

	if (c == ',') {
		j->expect = array ? VALUE : NAME;
	} else if (c == (array ? ']' : '}')) {
		pop(j);
	} else {
		return hl_exchange_broken(
			r, "a comma or a closing bracket is missing", err);
	}
	return 0;
}

static int between(struct hl_hashlist_reader *r, char c, struct hl_err *err)
{
	struct hl_exchange_json *j = r->own;

	switch ((enum expect)j->expect) {
	case TOP:
		return top(r, c, err);
	case NAME_OR_END:
	case NAME:
		return name_or_end(r, c, err);
	case COLON:
		if (c != ':') {
			return hl_exchange_broken(r, "a colon is missing", err);
		}
		j->expect = VALUE;
		return 0;
	case VALUE_OR_END:
		if (c == ']') {
			pop(j);
			return 0;
		}
		return value_begins(r, c, err);
	case VALUE:
		return value_begins(r, c, err);
	case COMMA:
		return comma_or_end(r, c, err);
	case DONE:
	default:
		return hl_exchange_broken(
			r, "there is something behind the end", err);
	}
}

/* An element holds an array of records itself: it becomes a level. */
static bool turns(struct hl_exchange_json *j, char c)
{
	return c == '[' && j->inner && j->colon && j->depth == 1 &&
	       j->role == HL_EXCHANGE_RECORD && (j->bits & 1) &&
	       !at_levels_end(j) &&
	       hl_str_eq(key_of(j->second, j->n_second), hl_str_c(j->inner));
}

static int closes(struct hl_hashlist_reader *r, bool object, struct hl_err *err)
{
	struct hl_exchange_json *j = r->own;

	if ((j->bits & 1) != object) {
		return hl_exchange_broken(
			r, "brackets that do not fit each other", err);
	}
	j->bits >>= 1;
	j->depth--;
	return j->depth ? 0 : value_ends(j);
}

static int in_nest(struct hl_hashlist_reader *r, char c, struct hl_err *err)
{
	struct hl_exchange_json *j = r->own;

	switch (c) {
	case '"':
		j->lex = IN_NEST_STRING;
		j->escaped = false;
		j->n_second = 0;
		j->colon = false;
		return 0;
	case ':':
		j->colon = true;
		return 0;
	case '{':
	case '[':
		if (turns(j, c)) {
			j->lex = BETWEEN;
			push(j, 'C');
			push(j, 'A');
			return 0;
		}
		return nest(r, c == '{', err);
	case '}':
	case ']':
		return closes(r, c == '}', err);
	case ',':
		j->colon = false;
		return 0;
	default:
		return 0;
	}
}

/* True when the string is over. */
static bool in_string(struct hl_exchange_json *j, char c)
{
	if (j->escaped) {
		j->escaped = false;
		return false;
	}
	j->escaped = c == '\\';
	return c == '"';
}

static int in_text(struct hl_exchange_json *j, char c)
{
	bool over = in_string(j, c);

	switch ((enum lex)j->lex) {
	case IN_NAME:
		if (over) {
			j->lex = BETWEEN;
			j->expect = COLON;
		} else {
			put_key(j->key, &j->n_key, c);
		}
		return 0;
	case IN_NEST_STRING:
		if (over) {
			j->lex = IN_NEST;
		} else if (j->depth == 1) {
			put_key(j->second, &j->n_second, c);
		}
		return 0;
	case BETWEEN:
	case IN_STRING:
	case IN_WORD:
	case IN_NEST:
	default:
		return over ? value_ends(j) : 0;
	}
}

static int one(struct hl_hashlist_reader *r, char c, struct hl_err *err)
{
	struct hl_exchange_json *j = r->own;

	switch ((enum lex)j->lex) {
	case BETWEEN:
		return is_space(c) ? 0 : between(r, c, err);
	case IN_WORD:
		if (is_word(c)) {
			return 0;
		}
		r->in.at--; /* what ended the word is looked at again */
		return value_ends(j);
	case IN_NEST:
		return in_nest(r, c, err);
	case IN_NAME:
	case IN_STRING:
	case IN_NEST_STRING:
	default:
		return in_text(j, c);
	}
}

int hl_exchange_json_frame(struct hl_hashlist_reader *r, struct hl_err *err)
{
	const struct hl_exchange_json *j = r->own;
	struct hl_exchange_input *in = &r->in;

	while (in->at < in->window.n) {
		size_t before = in->at;
		char c = in->window.p[in->at++];
		int rc = one(r, c, err);

		if (rc < 0) {
			in->at = before;
			return rc;
		}
		in->line += c == '\n' && in->at > before;
		if (rc) {
			return rc;
		}
		if (j->lex == BETWEEN || j->lex == IN_NAME ||
			j->role == HL_EXCHANGE_SKIP) {
			in->keep = in->at;
			r->over = false;
		}
	}
	return HL_EXCHANGE_WANTS;
}

int hl_exchange_json_end(struct hl_hashlist_reader *r, struct hl_err *err)
{
	const struct hl_exchange_json *j = r->own;

	if (j->expect == DONE) {
		return 0;
	}
	return hl_exchange_short(r,
		j->expect == TOP ? "the file is empty"
		: j->lex == BETWEEN
			? "the file ends before its brackets are closed"
			: "the file ends inside a value",
		err);
}

void hl_exchange_json_save(
	const struct hl_hashlist_reader *r, struct hl_buf *out)
{
	const struct hl_exchange_json *j = r->own;

	hl_json_put_member(out, "levels", hl_str_mem(j->levels, j->n_levels));
}

/* Behind a record: its array is open, a comma or the end comes next. */
int hl_exchange_json_load(struct hl_hashlist_reader *r, const json_t *state)
{
	struct hl_exchange_json *j = r->own;
	struct hl_str levels = hl_json_str(state, "levels");

	if (levels.n == 0 || levels.n > HL_EXCHANGE_LEVELS_MAX ||
		levels.p[levels.n - 1] != 'A') {
		return HL_E_INVALID;
	}
	for (size_t i = 0; i < levels.n; i++) {
		char c = levels.p[i];

		if (c != 'A' && c != (i ? 'C' : 'E')) {
			return HL_E_INVALID;
		}
		j->levels[i] = c;
	}
	j->n_levels = (uint8_t)levels.n;
	j->expect = COMMA;
	return 0;
}

/* ---- What both formats do with a piece -------------------------------- */

int hl_exchange_json_read(struct hl_hashlist_reader *r, struct hl_str piece)
{
	hl_exchange_new(r);
	if (hl_json_parse(piece, piece.n, &r->json, NULL)) {
		return hl_exchange_refuse(r, "the record is not valid JSON");
	}
	return 0;
}

struct hl_str hl_exchange_json_text(
	struct hl_hashlist_reader *r, const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	if (json_is_integer(v)) {
		return hl_arena_printf(
			r->arena, "%lld", (long long)json_integer_value(v));
	}
	return hl_json_str(object, name);
}

static struct hl_str text_of(const json_t *v)
{
	return json_is_object(v) ? hl_json_str(v, "text")
	       : json_is_string(v)
		       ? hl_str_mem(json_string_value(v), json_string_length(v))
		       : HL_STR_NONE;
}

struct hl_str hl_exchange_json_list(
	struct hl_hashlist_reader *r, const json_t *list)
{
	HL_BUF_AUTO all = HL_BUF_SECRET(r->options.record_max);
	const json_t *one;
	size_t i;

	if (json_is_object(list)) {
		list = json_object_get(list, "data");
	}
	if (json_is_string(list)) {
		return text_of(list);
	}
	json_array_foreach(list, i, one)
	{
		struct hl_str text = text_of(one);

		if (text.n) {
			hl_buf_put(&all, all.n ? HL_STR(",") : HL_STR(""));
			hl_buf_put(&all, text);
		}
	}
	return all.n ? hl_arena_dup(r->arena, hl_buf_str(&all)) : HL_STR_NONE;
}
