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

#endif
