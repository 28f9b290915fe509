/* SPDX-License-Identifier: Apache-2.0 */
#include "media/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>

enum { N = 3 };

struct hl_media_digest {
	EVP_MD_CTX *ctx[N];
	bool good;
};

struct hl_media_digest *hl_media_digest_new(void)
{
	const EVP_MD *kinds[N] = {EVP_md5(), EVP_sha1(), EVP_sha256()};
	struct hl_media_digest *d = calloc(1, sizeof(*d));

	if (!d) {
		return NULL;
	}
	d->good = true;
	for (int i = 0; i < N; i++) {
		d->ctx[i] = EVP_MD_CTX_new();
		if (!d->ctx[i] ||
			!EVP_DigestInit_ex(d->ctx[i], kinds[i], NULL)) {
			hl_media_digest_free(d);
			return NULL;
		}
	}
	return d;
}

void hl_media_digest_free(struct hl_media_digest *digest)
{
	for (int i = 0; digest && i < N; i++) {
		EVP_MD_CTX_free(digest->ctx[i]);
	}
	free(digest);
}

void hl_media_digest_more(
	struct hl_media_digest *digest, const void *p, size_t n)
{
	for (int i = 0; i < N; i++) {
		digest->good &= EVP_DigestUpdate(digest->ctx[i], p, n) == 1;
	}
}

void hl_media_digest_finish(
	struct hl_media_digest *digest, struct hl_media_result *result)
{
	uint8_t *out[N] = {result->md5, result->sha1, result->sha256};

	for (int i = 0; i < N; i++) {
		digest->good &=
			EVP_DigestFinal_ex(digest->ctx[i], out[i], NULL) == 1;
	}
	result->digests = digest->good;
}
