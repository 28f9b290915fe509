/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_REPORT_H
#define HL_DOMAIN_REPORT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "domain/hash.h"
#include "domain/vocab.h"
#include "domain/words.h"

/*
 * The answers of the public form, and the JSON that is sealed. Views are
 * borrowed from whoever filled the struct. The contact is a document of its
 * own so that it can be sealed under its own key.
 */
#define HL_REPORT_SCHEMA 1
#define HL_REPORT_ADDRESSES_MAX 200
#define HL_REPORT_ADDRESS_BYTES 4096
#define HL_REPORT_TEXT_BYTES 65536  /* the pasted addresses */
#define HL_REPORT_WORDS_CHARS 10000 /* anything else */
#define HL_REPORT_LINE_CHARS 2000   /* where on the page */
#define HL_REPORT_SHORT_CHARS 200   /* when, how to pay, contact */
#define HL_REPORT_HASHES_MAX 64
#define HL_REPORT_JSON_MAX (1280 * 1024)

enum hl_report_field {
	HL_FIELD_DANGER = 1,
	HL_FIELD_PLACE = 2,
	HL_FIELD_ADDRESSES = 3,
	HL_FIELD_WHERE = 4,
	HL_FIELD_SEEN = 5,
	HL_FIELD_SEEN_NOTE = 6,
	HL_FIELD_PAY = 7,
	HL_FIELD_PAY_NOTE = 8,
	HL_FIELD_WORDS = 9,
	HL_FIELD_CONTACT = 10,
	HL_FIELD_LANGUAGE = 11,
	HL_FIELD_HASHES = 12,
	HL_FIELD_LAST = HL_FIELD_HASHES,
};
#define HL_FIELD_ALL UINT32_C(0x1ffe)
/* Names are those of the form's inputs and of the JSON members. */
extern const struct hl_vocab hl_vocab_report_field;

struct hl_report {
	enum hl_ynu danger; /* is a child in danger now */
	enum hl_place place;
	struct hl_str addresses_text;                     /* as pasted */
	struct hl_str addresses[HL_REPORT_ADDRESSES_MAX]; /* found in it */
	size_t n_addresses;
	struct hl_str where; /* where on the page or in the app */
	enum hl_seen seen;
	struct hl_str seen_note;
	enum hl_ynu pay; /* does one have to pay */
	struct hl_str pay_note;
	struct hl_str words;
	struct hl_hash hashes[HL_REPORT_HASHES_MAX]; /* of what is there */
	size_t n_hashes;        /* by program only: no form asks for them */
	struct hl_str contact;  /* not in the report's JSON */
	struct hl_str language; /* of the form: "en", "da", "pt-BR" */
};

enum hl_report_problem {
	HL_PROBLEM_EMPTY = 1, /* must be answered */
	HL_PROBLEM_TOO_LONG = 2,
	HL_PROBLEM_TOO_MANY = 3,
	HL_PROBLEM_MALFORMED = 4, /* no UTF-8, or no word of its vocabulary */
	HL_PROBLEM_HOSTILE = 5,   /* control or direction-changing characters */
	HL_PROBLEM_NO_MATTER = 6, /* neither address, place on it nor words */
	HL_PROBLEM_CONTENT = 7,   /* carries a picture or film: data: */
};
extern const struct hl_vocab hl_vocab_report_problem;

struct hl_report_fault {
	enum hl_report_field field;
	enum hl_report_problem problem;
};

/* What is wrong with the fields in the mask of 1 << field; at most one
 * fault a field, in the order of the form. NO_MATTER is looked for only if
 * ADDRESSES, WHERE and WORDS are all in the mask. Gives the number. */
size_t hl_report_check(const struct hl_report *r, uint32_t fields,
	struct hl_report_fault faults[HL_FIELD_LAST]);

/* {"schema":1,"danger":"yes",…} without the contact; also half-finished
 * ones. What is unanswered is left out. */
void hl_report_put_json(struct hl_buf *b, const struct hl_report *r);
/* {"schema":1,"contact":"…"} */
void hl_report_put_contact_json(struct hl_buf *b, const struct hl_report *r);
/*
 * Reads either document into *r, leaving what it does not mention: read
 * the report first, then the contact if one may. Strings are copied into a,
 * which should be a secret one. HL_E_INVALID names the member at fault;
 * unknown members and schemas are refused.
 */
int hl_report_parse_json(struct hl_arena *a, struct hl_str json,
	struct hl_report *r, struct hl_err *err);

#endif
