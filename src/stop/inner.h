/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STOP_INNER_H
#define HL_STOP_INNER_H

#include "base/text.h"
#include "stop/words.h"

/* Inside the room only. */

enum hl_stop_form { HL_STOP_HTML, HL_STOP_TEXT, HL_STOP_JSON };
/* By an Accept header (RFC 9110 clause 12.5.1); HTML when nothing fits: an
 * answer that nobody asked for is better than none. */
enum hl_stop_form hl_stop_form_of(struct hl_str accept);

/* One page being written. */
struct hl_stop_view {
	const struct hl_stop_config *config;
	enum hl_stop_reason reason;
	size_t language;
	struct hl_str ref; /* absent: no entry is known */
	char ref_text[HL_REF_MAX];
	struct hl_buf *out;
};
void hl_stop_put_html(struct hl_stop_view *v);
void hl_stop_put_text(struct hl_stop_view *v);
void hl_stop_put_json(struct hl_stop_view *v);

/* The sentence that says why. */
enum hl_stop_word hl_stop_why(enum hl_stop_reason reason);
/* The appeal's address, with the entry if it is known. */
void hl_stop_put_appeal(const struct hl_stop_view *v, struct hl_buf *out);
static inline bool hl_stop_has(const struct hl_stop_link *link)
{
	return link->name.n || link->href.n;
}
/* Name, or what the address has behind "mailto:" and "tel:". */
struct hl_str hl_stop_link_name(const struct hl_stop_link *link);

/* Writes words; what stands in braces is given to place(), which fills it. */
typedef void hl_stop_place(
	struct hl_stop_view *v, struct hl_str name, const void *arg);
typedef void hl_stop_plain(struct hl_buf *out, struct hl_str piece);
void hl_stop_put_words(struct hl_stop_view *v, enum hl_stop_word word,
	hl_stop_plain *plain, hl_stop_place *place, const void *arg);

#endif
