/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_UTF8_H
#define HL_BASE_UTF8_H

#include "base/buf.h"

#define HL_UTF8_REPLACEMENT 0xfffdu

/*
 * Decodes the first character of s (s.n > 0) and gives the bytes it took.
 * An ill-formed sequence gives U+FFFD and takes its maximal subpart, at
 * least one byte (Unicode 15, 3.9, "substitution of maximal subparts").
 */
size_t hl_utf8_next(struct hl_str s, uint32_t *c);
bool hl_utf8_valid(struct hl_str s);
/* Characters, each ill-formed sequence counted once. */
size_t hl_utf8_count(struct hl_str s);
void hl_utf8_put(struct hl_buf *b, uint32_t c);

/* What nobody sees and everybody is misled by: control characters but tab,
 * line feed and carriage return, Bidi_Control (UAX #9, 2) but the two marks,
 * line and paragraph separators, annotations, tags. */
bool hl_utf8_unseen(uint32_t c);
/*
 * Takes these out of text, in place; gives the new length. For what was
 * pasted: phones and word processors put such characters on the clipboard,
 * so that refusing them would turn away people who did nothing wrong. A
 * control character becomes a space, a separator or carriage return a line
 * feed.
 */
size_t hl_utf8_clean(char *text, size_t n);

#endif
