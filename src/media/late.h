/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_LATE_H
#define HL_MEDIA_LATE_H

#include <stddef.h>

/*
 * Libraries that are not linked but loaded by who decodes: av.h, heif_lib.h.
 *
 * Reads them from the disk, which takes some 100 ms: to be called by a
 * process that will fork decoders, before it enters its sandbox. What is not
 * there is left out, and its formats will be HL_MEDIA_UNSUPPORTED.
 *
 * Gives the bytes of writable memory that they take, some 30 MB, for which a
 * limit on it has to leave room.
 */
size_t hl_media_late_prepare(void);

#endif
