/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/key.h"

#include <assert.h>
#include <sodium.h>

#include "base/rand.h"

int hl_seal_init(struct hl_err *err)
{
	if (sodium_init() < 0) {
		return HL_FAIL(err, HL_E_INTERNAL, "libsodium did not start");
	}
	return 0;
}

void hl_seal_pub_of(
	const struct hl_seal_secret *secret, struct hl_seal_pub *pub)
{
	crypto_scalarmult_base(pub->b, secret->b);
}

void hl_seal_keypair_new(struct hl_seal_pub *pub, struct hl_seal_secret *secret)
{
	hl_rand_bytes(secret->b, sizeof(secret->b));
	hl_seal_pub_of(secret, pub);
}

void hl_seal_key_new(struct hl_seal_key *key)
{
	hl_rand_bytes(key->b, sizeof(key->b));
}

void hl_seal_secret_wipe(struct hl_seal_secret *secret)
{
	sodium_memzero(secret, sizeof(*secret));
}

void hl_seal_key_wipe(struct hl_seal_key *key)
{
	sodium_memzero(key, sizeof(*key));
}

struct hl_seal_secret *hl_seal_secret_new(void)
{
	/* The guard pages need the library's own start. */
	struct hl_seal_secret *s =
		sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*s));

	if (s) {
		memset(s, 0, sizeof(*s));
	}
	return s;
}

void hl_seal_secret_free(struct hl_seal_secret *secret)
{
	sodium_free(secret);
}

int hl_seal_pub_from(struct hl_str stored, struct hl_seal_pub *pub)
{
	if (stored.n != sizeof(pub->b)) {
		return HL_E_CORRUPT;
	}
	memcpy(pub->b, stored.p, stored.n);
	return 0;
}

/* Absent is empty, and the library wants a pointer for that as well. */
static const uint8_t *bytes_of(struct hl_str s)
{
	return (const uint8_t *)(s.p ? s.p : "");
}

/* RFC 5869, 2.2 and 2.3; HMAC pads an empty salt to zeros by itself. */
void hl_seal_hkdf(const struct hl_seal_hkdf *in, void *out, size_t n)
{
	crypto_auth_hmacsha256_state st;
	uint8_t prk[32], block[32], *to = out;

	assert(n > 0 && n <= 255 * sizeof(block));
	crypto_auth_hmacsha256_init(&st, bytes_of(in->salt), in->salt.n);
	crypto_auth_hmacsha256_update(
		&st, (const uint8_t *)in->ikm.p, in->ikm.n);
	crypto_auth_hmacsha256_final(&st, prk);
	for (uint8_t i = 1; n > 0; i++) {
		size_t take = n < sizeof(block) ? n : sizeof(block);

		crypto_auth_hmacsha256_init(&st, prk, sizeof(prk));
		if (i > 1) {
			crypto_auth_hmacsha256_update(
				&st, block, sizeof(block));
		}
		crypto_auth_hmacsha256_update(
			&st, bytes_of(in->info), in->info.n);
		crypto_auth_hmacsha256_update(&st, &i, 1);
		crypto_auth_hmacsha256_final(&st, block);
		memcpy(to, block, take);
		to += take;
		n -= take;
	}
	sodium_memzero(&st, sizeof(st));
	sodium_memzero(prk, sizeof(prk));
	sodium_memzero(block, sizeof(block));
}
