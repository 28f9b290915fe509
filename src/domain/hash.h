/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_HASH_H
#define HL_DOMAIN_HASH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "domain/vocab.h"

/* Hashes of content, and the words of the registry of known ones:
 * docs/registry.md. Values are stored: never renumber. */

/* The numbers are those of hotline/match.h. */
enum hl_hash_kind {
	HL_HASH_PDQ = 1,
	HL_HASH_MD5 = 2,
	HL_HASH_SHA1 = 3,
	HL_HASH_SHA256 = 4,
};
#define HL_HASH_BYTES 32 /* of the longest */

/* How an item came by a hash. */
enum hl_hash_how {
	HL_HASH_TYPED = 1,    /* by somebody who works on the case */
	HL_HASH_REPORTED = 2, /* with a report, by its sender */
	HL_HASH_FILE = 3,     /* computed here, from an operator's file */
};

enum hl_hash_list_kind {
	HL_HASH_LIST_OWN = 1,
	HL_HASH_LIST_PARTNER = 2,
};
enum hl_hash_list_state {
	HL_HASH_LIST_PROPOSED = 1, /* nothing on it counts yet */
	HL_HASH_LIST_ACTIVE = 2,
	HL_HASH_LIST_RETIRED = 3,
};
/* The lists that every installation has. */
#define HL_HASH_LIST_ASSESSED 1
#define HL_HASH_LIST_HARMLESS 2
#define HL_HASH_LISTS_MAX 65535

enum hl_hash_state {
	HL_HASH_PROPOSED = 1, /* by one; counts when another has approved */
	HL_HASH_ACTIVE = 2,
	HL_HASH_WITHDRAWN = 3,
};
/* Where an entry comes from. */
enum hl_hash_origin {
	HL_HASH_FROM_CASE = 1,
	HL_HASH_FROM_TYPING = 2,
	HL_HASH_FROM_PARTNER = 3,
	HL_HASH_FROM_FILE = 4,
};

enum hl_hash_opinion {
	HL_HASH_CONFIRM = 1,
	HL_HASH_DECONFIRM = 2,
};
/* Why an entry was withdrawn, confirmed or deconfirmed. */
enum hl_hash_reason {
	HL_HASH_REASON_UNANSWERED = 0,
	HL_HASH_REASON_SAME = 1,      /* confirms: seen and judged alike */
	HL_HASH_REASON_OTHER_LAW = 2, /* confirms: illegal there as well */
	HL_HASH_REASON_NOT_ILLEGAL = 3,
	HL_HASH_REASON_OTHER_CONTENT = 4, /* the hash is of something else */
	HL_HASH_REASON_TYPO = 5,
	HL_HASH_REASON_TOO_COMMON = 6, /* a logo, a blank picture */
	HL_HASH_REASON_OWNER = 7,      /* its owner took it back */
};

/* Whether the reason says that an entry is right. */
bool hl_hash_reason_confirms(enum hl_hash_reason reason);
/* Whether an opinion, or 0 for withdrawing, may have this reason. */
bool hl_hash_reason_fits(int opinion, enum hl_hash_reason reason);

#define HL_HASH_QUALITY_UNKNOWN (-1)
#define HL_HASH_QUALITY_MIN 50 /* of PDQ: under it nothing is resolved */
#define HL_HASH_RADIUS 31      /* a match, unless its list says else */
#define HL_HASH_RADIUS_MAX 63
#define HL_HASH_RESOLVE_RADIUS 10 /* close enough without a view */

/* A plain value; bytes behind the kind's length are zero. */
struct hl_hash {
	enum hl_hash_kind kind;
	int quality; /* of PDQ: 0 to 100, or UNKNOWN; else UNKNOWN */
	uint8_t value[HL_HASH_BYTES];
};

/* Bytes of a kind; 0 for a number that is no kind. */
size_t hl_hash_bytes(enum hl_hash_kind kind);
/* The value's bytes, borrowed from the struct. */
struct hl_str hl_hash_str(const struct hl_hash *hash);
/* Of as many bytes as the kind has. HL_E_INVALID. */
int hl_hash_from(enum hl_hash_kind kind, struct hl_str bytes, int quality,
	struct hl_hash *out);
/* From hexadecimal digits, either case. HL_E_INVALID. */
int hl_hash_parse(
	enum hl_hash_kind kind, struct hl_str hex, struct hl_hash *out);
/* Lower case. */
void hl_hash_put(struct hl_buf *out, const struct hl_hash *hash);
/* Kind and value; quality does not matter. */
bool hl_hash_same(const struct hl_hash *a, const struct hl_hash *b);
/* No content has it by chance: all bytes equal, or the hash of no bytes. */
bool hl_hash_is_void(const struct hl_hash *hash);

/*
 * Hashes that somebody pasted, a line each, or what `hotline hash` printed:
 * docs/registry.md, "Hashes as text". Each is taken once. HL_E_INVALID: a
 * line cannot be read; HL_E_LIMIT: over HL_HASH_TEXT_MAX hashes or bytes.
 * Then nothing is given but *fault.
 */
#define HL_HASH_TEXT_MAX 64
#define HL_HASH_TEXT_BYTES 65536
enum hl_hash_problem {
	HL_HASH_FINE = 0,
	HL_HASH_NO_HASH = 1,   /* neither a kind nor digits */
	HL_HASH_AMBIGUOUS = 2, /* 64 digits: SHA-256 or PDQ? */
	HL_HASH_LENGTH = 3,    /* not as many digits as the kind has */
	HL_HASH_QUALITY = 4,   /* not 0 to 100, or not of PDQ */
	HL_HASH_VOID = 5,      /* hl_hash_is_void() */
	HL_HASH_MANY = 6,
	HL_HASH_SCREENING = 7, /* of a picture that was decoded smaller */
};
struct hl_hash_fault {
	enum hl_hash_problem problem;
	size_t line; /* from 1 */
};
struct hl_hash_set {
	size_t n;
	struct hl_hash at[HL_HASH_TEXT_MAX];
};
int hl_hash_read_text(struct hl_str text, struct hl_hash_set *out,
	struct hl_hash_fault *fault);

#endif
