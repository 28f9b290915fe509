/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/sign.h"

#include <sodium.h>
#include <stdio.h>

#include "base/rand.h"
#include "base/text.h"
#include "seal/keyfile.h"

#define KIND "sign"
#define PUB_PREFIX "openhotline-ed25519 "

void hl_seal_sign_from_seed(
	const uint8_t seed[32], struct hl_seal_sign_key *key)
{
	crypto_sign_seed_keypair(key->pub.b, key->secret, seed);
}

void hl_seal_sign_wipe(struct hl_seal_sign_key *key)
{
	sodium_memzero(key, sizeof(*key));
}

int hl_seal_sign_create(
	const char *path, struct hl_seal_sign_pub *pub, struct hl_err *err)
{
	HL_SEAL_SIGN_KEY_AUTO key;
	uint8_t seed[32];

	hl_rand_bytes(seed, sizeof(seed));
	hl_seal_sign_from_seed(seed, &key);
	const struct hl_seal_keyfile file = {
		.kind = KIND,
		.pub = hl_str_mem(key.pub.b, sizeof(key.pub.b)),
		.secret = hl_str_mem(seed, sizeof(seed)),
	};
	int r = hl_seal_keyfile_create(path, &file, err);
	sodium_memzero(seed, sizeof(seed));
	if (!r) {
		*pub = key.pub;
	}
	return r;
}

int hl_seal_sign_load(
	const char *path, struct hl_seal_sign_key *key, struct hl_err *err)
{
	struct hl_seal_sign_pub stored;
	uint8_t seed[32];
	int r = hl_seal_keyfile_load(path,
		&(struct hl_seal_keyfile_out){
			KIND, stored.b, sizeof(stored.b), seed, sizeof(seed)},
		err);

	if (r) {
		return r;
	}
	hl_seal_sign_from_seed(seed, key);
	sodium_memzero(seed, sizeof(seed));
	if (sodium_memcmp(stored.b, key->pub.b, sizeof(stored.b)) != 0) {
		hl_seal_sign_wipe(key);
		return HL_FAIL(err, HL_E_CORRUPT,
			"%s: public and secret key do not fit", path);
	}
	return 0;
}

void hl_seal_sign_pub_print(
	const struct hl_seal_sign_pub *pub, struct hl_buf *out)
{
	hl_buf_put(out, HL_STR(PUB_PREFIX));
	hl_text_put_base64url(out, pub->b, sizeof(pub->b));
	hl_buf_put_c(out, '\n');
}

int hl_seal_sign_pub_parse(struct hl_str text, struct hl_seal_sign_pub *pub)
{
	struct hl_str line = hl_str_trim(text);

	if (!hl_str_starts(line, HL_STR(PUB_PREFIX))) {
		return HL_E_INVALID;
	}
	return hl_text_parse_base64url(
		hl_str_sub(line, sizeof(PUB_PREFIX) - 1, line.n), pub->b,
		sizeof(pub->b));
}

struct hl_str hl_seal_sign_id(
	const struct hl_seal_sign_pub *pub, char out[HL_SEAL_SIGN_ID_TEXT])
{
	uint8_t digest[HL_SEAL_SHA256_BYTES];

	hl_seal_sha256(hl_str_mem(pub->b, sizeof(pub->b)), digest);
	sodium_bin2hex(out, HL_SEAL_SIGN_ID_TEXT, digest, 8);
	return (struct hl_str){out, 16};
}

void hl_seal_sign(const struct hl_seal_sign_key *key, struct hl_str message,
	uint8_t out[HL_SEAL_SIGN_BYTES])
{
	crypto_sign_detached(
		out, NULL, (const uint8_t *)message.p, message.n, key->secret);
}

int hl_seal_sign_verify(const struct hl_seal_sign_pub *pub,
	struct hl_str message, struct hl_str signature)
{
	if (signature.n != HL_SEAL_SIGN_BYTES ||
		crypto_sign_verify_detached((const uint8_t *)signature.p,
			(const uint8_t *)message.p, message.n, pub->b) != 0) {
		return HL_DENIED;
	}
	return 0;
}

void hl_seal_sha256_init(struct hl_seal_sha256 *h)
{
	crypto_hash_sha256_init(&h->state);
}

void hl_seal_sha256_add(struct hl_seal_sha256 *h, struct hl_str data)
{
	crypto_hash_sha256_update(&h->state, (const uint8_t *)data.p, data.n);
}

void hl_seal_sha256_end(
	struct hl_seal_sha256 *h, uint8_t out[HL_SEAL_SHA256_BYTES])
{
	crypto_hash_sha256_final(&h->state, out);
}

void hl_seal_sha256(struct hl_str data, uint8_t out[HL_SEAL_SHA256_BYTES])
{
	struct hl_seal_sha256 h;

	hl_seal_sha256_init(&h);
	hl_seal_sha256_add(&h, data);
	hl_seal_sha256_end(&h, out);
}
