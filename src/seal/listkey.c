/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/listkey.h"

#include <sodium.h>
#include <stdio.h>

#include "base/rand.h"
#include "seal/bytes.h"
#include "seal/keyfile.h"

#define KIND_PLACE "lists"
#define KIND_SEED "lists-seed"
#define KIND_COMMIT "lists-commit"
#define KIND_ONLINE "lists-online"

enum { KEY = HL_SEAL_KEY_BYTES, PATH_BYTES = 4096 };

/* Both halves of a key file, as they stand in it. */
struct halves {
	uint8_t pub[KEY], secret[KEY];
};

static void halves_wipe(struct halves *h)
{
	sodium_memzero(h, sizeof(*h));
}
#define HALVES_AUTO __attribute__((cleanup(halves_wipe))) struct halves

void hl_seal_list_commit_wipe(struct hl_seal_list_commit *key)
{
	sodium_memzero(key, sizeof(*key));
}

void hl_seal_list_keys_wipe(struct hl_seal_list_keys *keys)
{
	sodium_memzero(keys, sizeof(*keys));
}

/* Each kind: a fresh secret, and the public half of one; -1 if the secret can
 * be none. The seed's public half is a check and no key. */
static void random_secret(uint8_t secret[KEY])
{
	hl_rand_bytes(secret, KEY);
}

static void random_scalar(uint8_t secret[KEY])
{
	crypto_core_ristretto255_scalar_random(secret);
}

static int pub_of_place(const uint8_t secret[KEY], uint8_t pub[KEY])
{
	return crypto_scalarmult_base(pub, secret);
}

static int pub_of_seed(const uint8_t secret[KEY], uint8_t pub[KEY])
{
	const struct hl_seal_digest how = {"OHL list seed", secret, KEY};

	hl_seal_digest(&how, "", 0, pub, KEY);
	return 0;
}

/* One file has one number: a scalar that is not below the order is none. */
static int pub_of_commit(const uint8_t secret[KEY], uint8_t pub[KEY])
{
	uint8_t wide[64] = {0}, reduced[KEY];

	memcpy(wide, secret, KEY);
	crypto_core_ristretto255_scalar_reduce(reduced, wide);
	int differs = sodium_memcmp(reduced, secret, KEY);
	sodium_memzero(wide, sizeof(wide));
	sodium_memzero(reduced, sizeof(reduced));
	return differs ? -1 : crypto_scalarmult_ristretto255_base(pub, secret);
}

static int pub_of_online(const uint8_t secret[KEY], uint8_t pub[KEY])
{
	HL_SEAL_SIGN_KEY_AUTO key;

	hl_seal_sign_from_seed(secret, &key);
	memcpy(pub, key.pub.b, KEY);
	return 0;
}

static const struct kind {
	const char *file, *kind;
	void (*fresh)(uint8_t secret[KEY]);
	int (*pub_of)(const uint8_t secret[KEY], uint8_t pub[KEY]);
} kinds[] = {
	{HL_SEAL_LIST_PLACE, KIND_PLACE, random_secret, pub_of_place},
	{HL_SEAL_LIST_SEED, KIND_SEED, random_secret, pub_of_seed},
	{HL_SEAL_LIST_COMMIT, KIND_COMMIT, random_scalar, pub_of_commit},
	{HL_SEAL_LIST_ONLINE, KIND_ONLINE, random_secret, pub_of_online},
};
enum { PLACE, SEED, COMMIT, ONLINE };

static int load(const char *path, const struct kind *k, struct halves *h,
	struct hl_err *err)
{
	uint8_t fits[KEY];
	int r = hl_seal_keyfile_load(path,
		&(struct hl_seal_keyfile_out){
			k->kind, h->pub, KEY, h->secret, KEY},
		err);

	if (r) {
		return r;
	}
	if (k->pub_of(h->secret, fits) || sodium_memcmp(fits, h->pub, KEY)) {
		halves_wipe(h);
		return HL_FAIL(err, HL_E_CORRUPT,
			"%s: public and secret key do not fit", path);
	}
	return 0;
}

static int create(const char *path, const struct kind *k, struct hl_err *err)
{
	HALVES_AUTO h;

	k->fresh(h.secret);
	if (k->pub_of(h.secret, h.pub)) {
		return HL_FAIL(err, HL_E_CRYPTO, "no key for %s", path);
	}
	const struct hl_seal_keyfile key = {
		.kind = k->kind,
		.pub = hl_str_mem(h.pub, KEY),
		.secret = hl_str_mem(h.secret, KEY),
	};
	return hl_seal_keyfile_create(path, &key, err);
}

static int ensure(const char *dir, const struct kind *k, struct halves *h,
	int *n_made, struct hl_err *err)
{
	char path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, k->file);

	if (n < 0 || n >= PATH_BYTES) {
		return HL_FAIL(err, HL_E_LIMIT, "a path is too long");
	}
	int r = load(path, k, h, err);
	if (r != HL_NOTFOUND) {
		return r;
	}
	r = create(path, k, err);
	if (!r) {
		++*n_made;
	}
	/* somebody else's is as good */
	return r && r != HL_CONFLICT ? r : load(path, k, h, err);
}

int hl_seal_list_create(const char *dir, struct hl_seal_pub *place, int *n_made,
	struct hl_err *err)
{
	int r = 0;

	*n_made = 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && !r; i++) {
		HALVES_AUTO h = {0};

		r = ensure(dir, &kinds[i], &h, n_made, err);
		if (!r && i == PLACE) {
			memcpy(place->b, h.pub, KEY);
		}
	}
	return r;
}

int hl_seal_list_place_load(const char *path, struct hl_seal_pub *pub,
	struct hl_seal_secret *secret, struct hl_err *err)
{
	HALVES_AUTO h = {0};
	int r = load(path, &kinds[PLACE], &h, err);

	if (!r) {
		memcpy(pub->b, h.pub, KEY);
		memcpy(secret->b, h.secret, KEY);
	}
	return r;
}

int hl_seal_list_seed_load(
	const char *path, struct hl_seal_key *seed, struct hl_err *err)
{
	HALVES_AUTO h = {0};
	int r = load(path, &kinds[SEED], &h, err);

	if (!r) {
		memcpy(seed->b, h.secret, KEY);
	}
	return r;
}

int hl_seal_list_commit_load(
	const char *path, struct hl_seal_list_commit *key, struct hl_err *err)
{
	HALVES_AUTO h = {0};
	int r = load(path, &kinds[COMMIT], &h, err);

	if (!r) {
		memcpy(key->pub, h.pub, KEY);
		memcpy(key->s, h.secret, KEY);
	}
	return r;
}

int hl_seal_list_online_load(
	const char *path, struct hl_seal_sign_key *key, struct hl_err *err)
{
	HALVES_AUTO h = {0};
	int r = load(path, &kinds[ONLINE], &h, err);

	if (!r) {
		hl_seal_sign_from_seed(h.secret, key);
	}
	return r;
}

static void put_le64(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 8; i++, v >>= 8) {
		p[i] = (uint8_t)v;
	}
}

void hl_seal_list_keys(const struct hl_seal_key *seed, uint64_t consumer,
	uint64_t epoch, struct hl_seal_list_keys *out)
{
	const struct hl_seal_digest oprf = {"OHL list oprf 1", seed->b, KEY};
	const struct hl_seal_digest filter = {"OHL list filt 1", seed->b, KEY};
	const struct hl_seal_digest k0 = {"OHL list k0 1", seed->b, KEY};
	uint8_t who[16];

	put_le64(who, consumer);
	put_le64(who + 8, epoch);
	hl_seal_digest(&oprf, who, sizeof(who), out->oprf_seed,
		sizeof(out->oprf_seed));
	hl_seal_digest(&filter, who, sizeof(who), out->prefilter,
		sizeof(out->prefilter));
	hl_seal_digest(&k0, who, sizeof(who), out->k0, sizeof(out->k0));
}
