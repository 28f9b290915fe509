/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_PAGE_H
#define HL_REFERRAL_PAGE_H

#include "referral/document.h"

/*
 * What the forms for people share. A page is written once, as sections of
 * labelled rows and paragraphs, and comes out as HTML or as plain text: so
 * both say the same in the same order.
 */
struct hl_referral_page {
	struct hl_buf *out;
	bool html;
	bool in_rows; /* a table is open */
};

/* msgid in the document's language. */
struct hl_str hl_referral_tr(
	const struct hl_referral_doc *d, const char *msgid);
/* The document's statement, or the one of good faith. */
struct hl_str hl_referral_statement(const struct hl_referral_doc *d);

void hl_referral_page_begin(struct hl_referral_page *p,
	const struct hl_referral_doc *d, struct hl_str title);
void hl_referral_page_end(struct hl_referral_page *p);
/* Words that nobody may overlook: "This is a test". */
void hl_referral_page_banner(struct hl_referral_page *p, struct hl_str words);
void hl_referral_page_section(struct hl_referral_page *p, struct hl_str words);
/* A smaller heading inside a section. */
void hl_referral_page_part(struct hl_referral_page *p, struct hl_str words);
/* One row; nothing when value is empty. */
void hl_referral_page_row(
	struct hl_referral_page *p, struct hl_str label, struct hl_str value);
/* Lines of words; line feeds are kept. */
void hl_referral_page_words(struct hl_referral_page *p, struct hl_str words);

/* Plain text: lines of at most 72 columns, broken at spaces, each behind
 * `indent` spaces. */
void hl_referral_page_wrap(
	struct hl_buf *out, size_t indent, struct hl_str words);

#endif
