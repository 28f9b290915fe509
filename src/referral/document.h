/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_DOCUMENT_H
#define HL_REFERRAL_DOCUMENT_H

#include "base/buf.h"
#include "base/err.h"
#include "domain/facts.h"
#include "domain/flow.h"

/*
 * What a referral says, and its forms: JSON, a page, text, and the text of
 * the mail. Pure: the same document gives the same bytes. docs/referral.md
 * has the meaning of each field. Everything is borrowed; absent views, 0 and
 * "unanswered" are left out of every form.
 */

struct hl_referral_party {
	struct hl_str name;
	struct hl_str country; /* "DK" */
	struct hl_str mail;
	struct hl_str url;   /* of the hotline, for people */
	struct hl_str phone; /* of the hotline */
};

/* One thing that a look-up told, with the time of that look-up. */
struct hl_referral_trace {
	const char *kind; /* "a", "aaaa", "cname", "country", "asn",
			     "network", "abuse_contact" */
	struct hl_str value;
	struct hl_str source; /* "dns", "rdap", a data file's name */
	int64_t at_us;
};

struct hl_referral_address {
	struct hl_str ref;
	struct hl_str canonical;   /* hl_url_canon(), or a word's own form */
	struct hl_str as_reported; /* the first spelling; may be absent */
	int64_t reported_at_us;
	int64_t seen_at_us; /* an analyst saw it there */
	int64_t n_reports;
	const struct hl_referral_trace *trace;
	size_t n_trace;
};

struct hl_referral_law {
	struct hl_str profile; /* "dk" */
	struct hl_str title;
	struct hl_str checked_on;
};

struct hl_referral_clause {
	struct hl_str rule; /* "dk.image" */
	struct hl_str clause;
	struct hl_str because;
};

/* name: stable, for programs; label: English, through gettext. */
struct hl_referral_time {
	const char *name;
	const char *label;
	int64_t at_us;
};
struct hl_referral_count {
	const char *name;
	const char *label;
	int64_t n;
};

/* What every document says of content that is known. */
#define HL_REFERRAL_KNOWN                                                  \
	HL_MSG("The content was recognised by its hash, which is that of " \
	       "content judged before. Nobody looked at it at this "       \
	       "address.")

struct hl_referral_doc {
	struct hl_str ref;      /* "F-…" */
	struct hl_str case_ref; /* "C-…" */
	bool test;
	int64_t created_at_us;
	enum hl_recipient recipient_kind;
	struct hl_referral_party hotline;
	struct hl_referral_party recipient;

	const struct hl_referral_address *addresses;
	size_t n_addresses;
	enum hl_outcome outcome;
	/* recognised by its hash: nobody looked at it at this address */
	bool known;
	const struct hl_referral_law *laws;
	size_t n_laws;
	const struct hl_referral_clause *clauses;
	size_t n_clauses;
	const struct hl_facts *facts; /* NULL: none; its note stays out */
	const struct hl_referral_time *times;
	size_t n_times;
	const struct hl_referral_count *counts;
	size_t n_counts;

	struct hl_str statement; /* absent: hl_referral_good_faith() */
	struct hl_str note;      /* of the referral officer */
	struct hl_str answer_url;
	int64_t answer_until_us;

	struct hl_str language; /* of the labels; absent: "en" */
	bool right_to_left;
	struct hl_str (*tr)(const char *msgid); /* NULL: English */
};

#define HL_REFERRAL_DOC_MAX (4u * 1024 * 1024)

/* Each appends its form; 0 or out's fault. */
int hl_referral_doc_json(const struct hl_referral_doc *d, struct hl_buf *out);
int hl_referral_doc_html(const struct hl_referral_doc *d, struct hl_buf *out);
int hl_referral_doc_text(const struct hl_referral_doc *d, struct hl_buf *out);

/* Subject and text of the mail. What it tells depends on recipient_kind:
 * the police learn references and find the rest in the bundle, all others
 * get the addresses and the reasons, never facts or history. */
int hl_referral_mail_subject(
	const struct hl_referral_doc *d, struct hl_buf *out);
int hl_referral_mail_text(const struct hl_referral_doc *d, struct hl_buf *out);

/* The statement of Regulation (EU) 2022/2065, Article 16(2)(d). */
const char *hl_referral_good_faith(void);

/* An address so that no program makes a link of it: docs/referral.md. */
void hl_referral_defang(struct hl_buf *out, struct hl_str address);
/* Somebody's words, with what looks like an address in them defanged. */
void hl_referral_defang_words(struct hl_buf *out, struct hl_str words);

#endif
