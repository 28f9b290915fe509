/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_HEIF_REFS_H
#define HL_MEDIA_HEIF_REFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whether the pictures of a HEIF file are made of one another in a way that
 * can be followed to its end: no circle, no chain of more than 8, and none
 * that takes more than 100,000 others to decode. libheif 1.15 follows them
 * until the stack or the patience is used up.
 *
 * 1: yes; 0: no; -1: no memory.
 */
int hl_media_heif_refs_end(const uint8_t *file, size_t n);

#endif
