/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_TEXT_H
#define HL_BASE_TEXT_H

#include "base/buf.h"

/* Binary as text: hex, base64 (RFC 4648) and Crockford's base 32. */

/* Lower case. */
void hl_text_put_hex(struct hl_buf *b, const void *p, size_t n);
/* Exactly 2 × n digits, either case; HL_E_INVALID else. */
int hl_text_parse_hex(struct hl_str s, void *out, size_t n);

/* RFC 4648 clause 4, padded, no line breaks. */
void hl_text_put_base64(struct hl_buf *b, const void *p, size_t n);
/* Clause 5, URL-safe, unpadded. */
void hl_text_put_base64url(struct hl_buf *b, const void *p, size_t n);
/* Exactly n bytes, unpadded, canonical; HL_E_INVALID else. */
int hl_text_parse_base64url(struct hl_str s, void *out, size_t n);

/* The 32 symbols of Crockford's base 32: no I, L, O, U. */
extern const char hl_text_crockford[33];
/* The value of one symbol, folding case, I and L to 1, O to 0; -1 else. */
int hl_text_crockford_value(char c);

/*
 * References that people see: a letter, eight symbols of a random 40-bit id
 * and a check symbol, as "R-7K3Q-X9M2-C". They reveal no counts.
 */
#define HL_REF_MAX 16
enum hl_ref_kind {
	HL_REF_REPORT = 'R',
	HL_REF_CASE = 'C',
	HL_REF_ITEM = 'T',
	HL_REF_REFERRAL = 'F',
	HL_REF_STAFF = 'S',
	HL_REF_RECIPIENT = 'P',
	HL_REF_HASH_LIST = 'L',
	HL_REF_HASH = 'H', /* an entry of a hash list */
	HL_REF_API_KEY = 'K',
	HL_REF_LIST_ENTRY = 'E',
	HL_REF_CONSUMER = 'U',
	HL_REF_APPEAL = 'A',
};
#define HL_ID_BITS 40
/* Gives a view of out. */
struct hl_str hl_ref_print(
	enum hl_ref_kind kind, int64_t id, char out[HL_REF_MAX]);
/* For a line of the log, as people know it; lives as long as its block. */
#define HL_REF_TEXT(kind, id) \
	(hl_ref_print(kind, (int64_t)(id), (char[HL_REF_MAX]){0}).p)
/* Case, spaces and hyphens do not matter. HL_E_INVALID for another kind, a
 * wrong check symbol or any other form. */
int hl_ref_parse(enum hl_ref_kind kind, struct hl_str s, int64_t *id);

#endif
