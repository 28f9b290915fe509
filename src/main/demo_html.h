/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_DEMO_HTML_H
#define HL_MAIN_DEMO_HTML_H

#include "base/buf.h"

/*
 * Reads HTML as our own templates write it: lower-case names, every
 * attribute value in double quotes. Not for pages of others.
 */

/* Takes the next tag off *rest: its name with what follows inside "<" and
 * ">", as `input type="text" name="a"` or `/form`. False: no more. */
bool hl_main_html_tag(struct hl_str *rest, struct hl_str *tag);
bool hl_main_html_is(struct hl_str tag, const char *name);
/* The raw value of an attribute, empty for one without; absent: there is no
 * such attribute. */
struct hl_str hl_main_html_attr(struct hl_str tag, const char *name);
/* Appends text with its character references resolved. */
void hl_main_html_put_plain(struct hl_buf *out, struct hl_str raw);
/* Appends the words of a page. */
void hl_main_html_put_text(struct hl_buf *out, struct hl_str html);

#endif
