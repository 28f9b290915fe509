/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URL_INNER_H
#define HL_URL_INNER_H

#include "url/extract.h"

/* Inside the room only: character classes, hosts, and the parsers that say
 * why. A "why" result is 0, an enum hl_url_why, or a negative fault. */

/* Bits of hl_url_class[]. The first six are the percent-encode sets of the
 * standard, clause 1.3. */
enum {
	HL_URL_C_C0 = 1 << 0,
	HL_URL_C_FRAGMENT = 1 << 1,
	HL_URL_C_QUERY = 1 << 2,
	HL_URL_C_SPECIAL_QUERY = 1 << 3,
	HL_URL_C_PATH = 1 << 4,
	HL_URL_C_USERINFO = 1 << 5,
	HL_URL_C_BAD_HOST = 1 << 6,   /* forbidden host code points */
	HL_URL_C_BAD_DOMAIN = 1 << 7, /* forbidden domain code points */
	/* What the canonical form escapes, per part. */
	HL_URL_C_CANON_HOST = 1 << 8,
	HL_URL_C_CANON_PATH = 1 << 9,
	HL_URL_C_CANON_QUERY = 1 << 10,
	HL_URL_C_PLAIN_HOST = 1 << 11, /* A–Z a–z 0–9 - _ . */
	HL_URL_C_SCHEME = 1 << 12,     /* A–Z a–z 0–9 + - . */
};
extern const uint16_t hl_url_class[256];

static inline bool hl_url_is(char c, unsigned bits)
{
	return (hl_url_class[(unsigned char)c] & bits) != 0;
}

static inline bool hl_url_is_alpha(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

static inline bool hl_url_is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline bool hl_url_is_alnum(char c)
{
	return hl_url_is_alpha(c) || hl_url_is_digit(c);
}

static inline char hl_url_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* c is one of the characters of set; NUL never is. */
static inline bool hl_url_in(char c, const char *set)
{
	return c && strchr(set, c) != NULL;
}

/* 0–15, or -1. */
int hl_url_hex(char c);
bool hl_url_starts_nocase(struct hl_str s, struct hl_str prefix);
/* Position of the first of the characters of set, or s.n. */
size_t hl_url_find_any(struct hl_str s, const char *set);
/* Without C0 controls and spaces at both ends (clause 4.4, step 1). */
struct hl_str hl_url_trim(struct hl_str s);
/* Copies without tab, LF and CR; gives how many bytes are left. */
size_t hl_url_strip(struct hl_str s, char *out);
/* Length of "scheme" in front of ':'; 0 if s does not begin with one. */
size_t hl_url_scheme_len(struct hl_str s);

/* Puts s with the bytes of the set as %XX. */
void hl_url_put_escaped(struct hl_buf *b, struct hl_str s, unsigned set);
/* The same for text: ill-formed UTF-8 becomes U+FFFD first. */
void hl_url_put_encoded(struct hl_buf *b, struct hl_str s, unsigned set);
/* Decodes %XX once. out has room for s.n bytes; gives the length. */
size_t hl_url_unescape(struct hl_str s, char *out);
/* Decodes until no %XX is left, in one pass. */
size_t hl_url_unescape_all(struct hl_str s, char *out);

/* READABLE: *out is the address; WHY_WORDS: does not end in a number;
 * WHY_IP: ends in a number, yet is none (clause 3.5). */
enum hl_url_why hl_url_ipv4(struct hl_str s, uint32_t *out);
void hl_url_put_ipv4(struct hl_buf *b, uint32_t ip);
/* s without brackets; false if it is none. Puts [compressed]. */
bool hl_url_put_ipv6(struct hl_buf *b, struct hl_str s);

/* Domain to ASCII (UTS 46, not transitional, not strict). WHY_HOST. */
int hl_url_to_ascii(struct hl_str domain, struct hl_buf *out);
/* Plain ASCII, with no label that begins "xn--". */
bool hl_url_is_plain_ascii(struct hl_str s);
/* The host parser, clause 3.5. Puts the host, sets *kind. */
int hl_url_put_host(struct hl_buf *b, struct hl_str raw, bool special,
	enum hl_url_host_kind *kind);

/* -1: not special. 0: special without a port (file). */
int hl_url_default_port(struct hl_str scheme);
/* Digits only, at most 65535; *port is -1 for none. */
enum hl_url_why hl_url_parse_port(struct hl_str s, int *port);

int hl_url_parse_why(struct hl_str input, const struct hl_url *base,
	struct hl_arena *a, struct hl_url *out);
int hl_url_canon_why(struct hl_str input, struct hl_buf *out);
/* Turns a why result into a return code with its message. */
int hl_url_fail(struct hl_err *err, int why);

/* --- extraction --- */

/* The text with its disguises taken off. at[i] is where byte i comes from
 * in the text; at[n] is the end of the text. */
struct hl_url_clean {
	char *p;
	uint32_t *at;
	size_t n;
};
/* 0 or HL_E_NOMEM; in the arena. */
int hl_url_refang(
	struct hl_str text, struct hl_arena *a, struct hl_url_clean *out);

/* Length of a web scheme with its separator in front of s, spelled rightly
 * or wrongly ("hxxp://", "https//"); *scheme is what is meant. 0: none. */
size_t hl_url_spelled_scheme(struct hl_str s, struct hl_str *scheme);
/* s is a host, perhaps with port and path, that stands for an address
 * although it has no scheme. */
bool hl_url_is_bare_address(struct hl_str s);
/* s begins with a scheme whose addresses have no "//": mailto:, magnet:. */
bool hl_url_has_opaque_scheme(struct hl_str s);
/* Makes out words that are no address, and says why: a why or a fault.
 * Gives 0 or the fault. */
int hl_url_give_none(struct hl_url_found *out, int why);
/* Copies both into out; the key is canon. The caller sets the kind. */
int hl_url_give(struct hl_str address, struct hl_str canon, struct hl_arena *a,
	struct hl_url_found *out);
/* "magnet:" and "ed2k:" links; fill out as hl_url_classify() does. */
int hl_url_read_magnet(
	struct hl_str s, struct hl_arena *a, struct hl_url_found *out);
int hl_url_read_ed2k(
	struct hl_str s, struct hl_arena *a, struct hl_url_found *out);

/* Reads one piece without surrounding punctuation; fills all of out but
 * piece and same_as. 0 or a fault. */
int hl_url_classify(
	struct hl_str s, struct hl_arena *a, struct hl_url_found *out);

#endif
