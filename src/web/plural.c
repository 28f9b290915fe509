/* SPDX-License-Identifier: Apache-2.0 */
#include "web/plural.h"

/*
 * Precedence climbing over the text itself: the rules are some 60 bytes long
 * and evaluated a few times a page, so there is no tree to keep. Both sides
 * of && || ?: are evaluated; nothing has an effect, so nobody can tell. A
 * zero divisor gives zero.
 */
#define DEPTH_MAX 20

struct cursor {
	struct hl_str rest;
	uint64_t n;
	int depth;
	bool bad;
};

static uint64_t choice(struct cursor *c);

static void skip_spaces(struct cursor *c)
{
	while (c->rest.n && (c->rest.p[0] == ' ' || c->rest.p[0] == '\t')) {
		c->rest = hl_str_sub(c->rest, 1, c->rest.n);
	}
}

static bool accept(struct cursor *c, const char *token)
{
	skip_spaces(c);
	if (!hl_str_starts(c->rest, hl_str_c(token))) {
		return false;
	}
	c->rest = hl_str_sub(c->rest, strlen(token), c->rest.n);
	return true;
}

static uint64_t number(struct cursor *c)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < c->rest.n && c->rest.p[i] >= '0' && c->rest.p[i] <= '9' &&
		i < 9) {
		v = v * 10 + (uint64_t)(c->rest.p[i] - '0');
		i++;
	}
	c->bad = c->bad || i == 0;
	c->rest = hl_str_sub(c->rest, i, c->rest.n);
	return v;
}

static uint64_t primary(struct cursor *c)
{
	uint64_t v;

	if (++c->depth > DEPTH_MAX) {
		c->bad = true;
		return 0;
	}
	if (accept(c, "!")) {
		v = !primary(c);
	} else if (accept(c, "(")) {
		v = choice(c);
		c->bad = c->bad || !accept(c, ")");
	} else if (accept(c, "n")) {
		v = c->n;
	} else {
		v = number(c);
	}
	c->depth--;
	return v;
}

struct op {
	const char *token;
	int level;
};

/* Longer tokens first; level 1 binds least. */
static const struct op ops[] = {{"||", 1}, {"&&", 2}, {"==", 3}, {"!=", 3},
	{"<=", 4}, {">=", 4}, {"<", 4}, {">", 4}, {"+", 5}, {"-", 5}, {"*", 6},
	{"/", 6}, {"%", 6}};

static uint64_t divide(char op, uint64_t a, uint64_t b)
{
	if (b == 0) {
		return 0;
	}
	return op == '/' ? a / b : a % b;
}

static uint64_t apply(const char *op, uint64_t a, uint64_t b)
{
	switch (op[0]) {
	case '|':
		return a || b;
	case '&':
		return a && b;
	case '=':
		return a == b;
	case '!':
		return a != b;
	case '<':
		return op[1] ? a <= b : a < b;
	case '>':
		return op[1] ? a >= b : a > b;
	case '+':
		return a + b;
	case '-':
		return a - b;
	case '*':
		return a * b;
	default:
		return divide(op[0], a, b);
	}
}

static const struct op *accept_op(struct cursor *c, int least)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(ops); i++) {
		if (ops[i].level >= least && accept(c, ops[i].token)) {
			return &ops[i];
		}
	}
	return NULL;
}

static uint64_t binary(struct cursor *c, int least)
{
	uint64_t v = primary(c);
	const struct op *op;

	while (!c->bad && (op = accept_op(c, least))) {
		v = apply(op->token, v, binary(c, op->level + 1));
	}
	return v;
}

static uint64_t choice(struct cursor *c)
{
	if (++c->depth > DEPTH_MAX) {
		c->bad = true;
		return 0;
	}
	uint64_t v = binary(c, 1);

	if (!c->bad && accept(c, "?")) {
		uint64_t yes = choice(c);

		c->bad = c->bad || !accept(c, ":");
		uint64_t no = choice(c);
		v = v ? yes : no;
	}
	c->depth--;
	return v;
}

int hl_web_plural_eval(struct hl_str rule, uint64_t n, uint64_t *out)
{
	struct cursor c = {.rest = rule, .n = n};
	uint64_t v = choice(&c);

	skip_spaces(&c);
	if (c.bad || c.rest.n) {
		return HL_E_INVALID;
	}
	*out = v;
	return 0;
}
