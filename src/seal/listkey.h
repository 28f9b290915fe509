/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_LISTKEY_H
#define HL_SEAL_LISTKEY_H

#include "seal/key.h"
#include "seal/sign.h"

/*
 * The keys of lists of addresses (docs/protocol/urllist.md): four files in
 * the folder of keys, outcomes as in seal/keyfile.h, and what follows from
 * the seed. Who may read which is in docs/keys.md.
 */
#define HL_SEAL_LIST_PLACE "lists.key"         /* what places are sealed to */
#define HL_SEAL_LIST_SEED "lists-seed.key"     /* keys of consumers */
#define HL_SEAL_LIST_COMMIT "lists-commit.key" /* s of clause 8 */
#define HL_SEAL_LIST_ONLINE "lists-online.key" /* signs manifests */

/* A ristretto255 scalar that is not zero, and s times the generator. */
struct hl_seal_list_commit {
	uint8_t pub[32];
	uint8_t s[32];
};
void hl_seal_list_commit_wipe(struct hl_seal_list_commit *key);
#define HL_SEAL_LIST_COMMIT_AUTO \
	__attribute__((          \
		cleanup(hl_seal_list_commit_wipe))) struct hl_seal_list_commit

/*
 * Makes those of the four that are not there in the folder, which is; *n_made
 * of them. Nothing is written over. The files belong together: whoever has
 * published must not call this when one is missing, since what was sealed or
 * committed to with it fits no new one. *place is the public half of the
 * first; a file that is there and damaged is a fault.
 */
int hl_seal_list_create(const char *dir, struct hl_seal_pub *place, int *n_made,
	struct hl_err *err);

/* Each takes the path of its file. The caller wipes what is secret. */
int hl_seal_list_place_load(const char *path, struct hl_seal_pub *pub,
	struct hl_seal_secret *secret, struct hl_err *err);
int hl_seal_list_seed_load(
	const char *path, struct hl_seal_key *seed, struct hl_err *err);
int hl_seal_list_commit_load(
	const char *path, struct hl_seal_list_commit *key, struct hl_err *err);
int hl_seal_list_online_load(
	const char *path, struct hl_seal_sign_key *key, struct hl_err *err);

/*
 * What a consumer's list of one epoch (days since 1970) is made with. The same
 * seed gives the same, so that an installation that was restored from its
 * backup goes on with the lists that are out; nothing of it tells the keys
 * of another consumer or day.
 */
struct hl_seal_list_keys {
	uint8_t oprf_seed[32]; /* for DeriveKeyPair of RFC 9497 */
	uint8_t prefilter[16];
	uint8_t k0[32]; /* of tier 0 */
};
void hl_seal_list_keys(const struct hl_seal_key *seed, uint64_t consumer,
	uint64_t epoch, struct hl_seal_list_keys *out);
void hl_seal_list_keys_wipe(struct hl_seal_list_keys *keys);
#define HL_SEAL_LIST_KEYS_AUTO \
	__attribute__((        \
		cleanup(hl_seal_list_keys_wipe))) struct hl_seal_list_keys

#endif
