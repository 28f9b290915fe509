/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_FILE_TEXT_H
#define HL_URLS_FILE_TEXT_H

/*
 * Signed texts of lines, clause 4: root, manifest, audit bundle, counters.
 *
 * Reading goes member by member in the order of the page:
 *
 *     hl_urls_text_open(&t, text, "openhotline urllist counters 1", max, err)
 *     hl_urls_text_want(&t, "hotline"), hl_urls_text_hex(&t, id, 16)
 *     while (hl_urls_text_next(&t, "entry")) { hl_urls_text_number(…) … }
 *     hl_urls_text_end(&t, err)
 *
 * The first fault sticks, and everything after it gives zeros and false, so
 * that only _end() need be asked; loops end. Views are of the caller's text.
 */
#include "base/buf.h"
#include "base/err.h"

enum {
	HL_URLS_TEXT_MAX = 65536, /* root and manifest */
	HL_URLS_LINE_MAX = 512,
	HL_URLS_SIGNATURES_MAX = 16,
	HL_URLS_PUBLIC = 32, /* Ed25519 */
	HL_URLS_SECRET = 64, /* as libsodium has it: seed and public key */
	HL_URLS_KEYID = 8,
	HL_URLS_SIGNATURE = 64
};

struct hl_urls_text {
	struct hl_str signed_part; /* up to and with the empty line */
	struct hl_str signatures;
	struct hl_str rest; /* members that were not read yet */
	struct hl_str line; /* the words that are left of this member */
	const char *member; /* its name, for what is said of a fault */
	unsigned number;    /* of the line */
	bool bad;
	const char *why;
};

/*
 * The text as a whole: ASCII, its first line, no line over HL_URLS_LINE_MAX,
 * at most `max` bytes, an empty line, then 1 to HL_URLS_SIGNATURES_MAX
 * signatures of the right form and nothing else. HL_E_INVALID, HL_E_LIMIT.
 */
int hl_urls_text_open(struct hl_urls_text *t, struct hl_str text,
	const char *first, size_t max, struct hl_err *err);

/* The next member is this one, and is begun; false else. What is left of the
 * one before is a fault. */
bool hl_urls_text_next(struct hl_urls_text *t, const char *name);
/* The same, and another one is a fault. */
void hl_urls_text_want(struct hl_urls_text *t, const char *name);
/* The next word of the member: a decimal number without leading zeros. */
uint64_t hl_urls_text_number(
	struct hl_urls_text *t, uint64_t least, uint64_t most);
/* A time, "2026-11-22T09:00:00Z", in seconds since 1970. */
int64_t hl_urls_text_time(struct hl_urls_text *t);
/* n bytes in lower-case hex, in base64url. */
void hl_urls_text_hex(struct hl_urls_text *t, void *out, size_t n);
void hl_urls_text_base64(struct hl_urls_text *t, void *out, size_t n);
/* A fault of the reader's own, of the member that is read. */
void hl_urls_text_refuse(struct hl_urls_text *t, const char *why);
/* No member is left and nothing was wrong: 0, or HL_E_INVALID that names line
 * and member. */
int hl_urls_text_end(struct hl_urls_text *t, struct hl_err *err);

/* How many of the n keys, which all differ, signed it. */
size_t hl_urls_text_signers(const struct hl_urls_text *t,
	const uint8_t keys[][HL_URLS_PUBLIC], size_t n);

/* --- writing: into a buffer, whose fault is asked at the end --- */

/* "name", then words, each with a blank before it, then the line's end. */
void hl_urls_text_put(struct hl_buf *b, const char *name);
void hl_urls_text_put_number(struct hl_buf *b, uint64_t v);
void hl_urls_text_put_time(struct hl_buf *b, int64_t seconds);
void hl_urls_text_put_hex(struct hl_buf *b, const void *p, size_t n);
void hl_urls_text_put_base64(struct hl_buf *b, const void *p, size_t n);
void hl_urls_text_put_end(struct hl_buf *b);
/* The empty line, once behind the members. */
void hl_urls_text_close(struct hl_buf *b);
/* Adds a signature over all up to and with the empty line; more may follow,
 * also to a text that somebody else signed. HL_E_INVALID: there is no empty
 * line; the buffer's fault. */
int hl_urls_text_sign(struct hl_buf *b, const uint8_t secret[HL_URLS_SECRET],
	struct hl_err *err);

/* SHA-256 of the signed part: what the next manifest's `previous` is. */
void hl_urls_text_digest(const struct hl_urls_text *t, uint8_t out[32]);
void hl_urls_keyid(
	const uint8_t key[HL_URLS_PUBLIC], uint8_t out[HL_URLS_KEYID]);

#endif
