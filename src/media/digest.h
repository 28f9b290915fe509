/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_DIGEST_H
#define HL_MEDIA_DIGEST_H

#include "media/media.h"

/* MD5, SHA-1 and SHA-256 of the same bytes in one go. Inside the room. */
struct hl_media_digest;

/* NULL: no memory. */
struct hl_media_digest *hl_media_digest_new(void);
void hl_media_digest_free(struct hl_media_digest *digest);
void hl_media_digest_more(
	struct hl_media_digest *digest, const void *p, size_t n);
/* Once, into *result, with result->digests = true unless one of the above
 * failed. */
void hl_media_digest_finish(
	struct hl_media_digest *digest, struct hl_media_result *result);

#endif
