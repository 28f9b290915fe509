/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_EXCHANGE_JSON_FRAME_H
#define HL_EXCHANGE_JSON_FRAME_H

#include "exchange/inner.h"

/*
 * Finds the elements of the arrays that hold records in JSON of any size.
 * What lies around them is stepped over: nesting, strings and separators are
 * checked, words and numbers are not.
 */
enum {
	HL_EXCHANGE_LEVELS_MAX = 8,
	HL_EXCHANGE_KEY_MAX = 24, /* longer names are unknown ones */
};

/* What a value is, by the name before it. */
enum hl_exchange_role {
	HL_EXCHANGE_SKIP = 0,
	HL_EXCHANGE_RECORD,
	HL_EXCHANGE_ARRAY, /* if it is one, its elements are records */
	HL_EXCHANGE_META,  /* a piece that the parser wants to see */
};

struct hl_exchange_json {
	/* Open levels: 'E' the outer object, 'A' an array of records, 'C' an
	 * element of one that turned out to hold such an array itself. */
	char levels[HL_EXCHANGE_LEVELS_MAX];
	uint8_t n_levels;
	uint8_t expect; /* enum in json_frame.c */
	uint8_t lex;    /* the same */
	bool escaped;
	enum hl_exchange_role role;
	/* Inside a value: a bit a level, 1 for an object. */
	uint64_t bits;
	unsigned depth;
	char key[HL_EXCHANGE_KEY_MAX];
	size_t n_key;
	char second[HL_EXCHANGE_KEY_MAX]; /* the last string of a record */
	size_t n_second;
	bool colon; /* it was a name: ':' stood behind it */
	/* By the format: level is the innermost of levels. */
	enum hl_exchange_role (*role_of)(char level, struct hl_str key);
	/* The name that makes an element a level 'C', or NULL. */
	const char *inner;
};

int hl_exchange_json_frame(struct hl_hashlist_reader *r, struct hl_err *err);
int hl_exchange_json_end(struct hl_hashlist_reader *r, struct hl_err *err);
void hl_exchange_json_save(
	const struct hl_hashlist_reader *r, struct hl_buf *out);
int hl_exchange_json_load(struct hl_hashlist_reader *r, const json_t *state);
/* A piece by jansson, into r->json; HL_EXCHANGE_LOST and reported. */
int hl_exchange_json_read(struct hl_hashlist_reader *r, struct hl_str piece);
/* The member as text: a string, or a number's digits, in r's memory. */
struct hl_str hl_exchange_json_text(
	struct hl_hashlist_reader *r, const json_t *object, const char *name);
/* Strings of an array, or its objects' "text", joined by commas; a string as
 * it is. */
struct hl_str hl_exchange_json_list(
	struct hl_hashlist_reader *r, const json_t *list);

#endif
