/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_KEYFILE_H
#define HL_SEAL_KEYFILE_H

#include "base/buf.h"
#include "seal/key.h"

/*
 * Secret keys in files, mode 0600, one key each; form in docs/keys.md.
 *
 * Creating gives HL_CONFLICT when the file is there: a key is never written
 * over. Loading gives HL_NOTFOUND, or HL_E_CORRUPT for a file that is not
 * such a key or whose public and secret halves do not fit, or HL_E_INVALID
 * when the file is no plain file (a symbolic link is none) or group or others
 * have any access to it.
 */
struct hl_seal_keyfile {
	const char *kind; /* literal, "worker" */
	struct hl_str pub;
	struct hl_str secret;
};
int hl_seal_keyfile_create(const char *path, const struct hl_seal_keyfile *key,
	struct hl_err *err);
/* Reads a file of that kind into pub and secret, whose lengths must
 * fit. */
struct hl_seal_keyfile_out {
	const char *kind;
	void *pub;
	size_t pub_n;
	void *secret;
	size_t secret_n;
};
int hl_seal_keyfile_load(const char *path,
	const struct hl_seal_keyfile_out *out, struct hl_err *err);

/* The worker's X25519 key pair. */
int hl_seal_worker_create(
	const char *path, struct hl_seal_pub *pub, struct hl_err *err);
/* The caller wipes secret; see hl_seal_secret_new(). */
int hl_seal_worker_load(const char *path, struct hl_seal_pub *pub,
	struct hl_seal_secret *secret, struct hl_err *err);

#endif
