/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_TOTP_H
#define HL_SEAL_TOTP_H

#include "base/buf.h"
#include "base/err.h"
#include "seal/key.h"

/*
 * The second factor: TOTP (RFC 6238; SHA-1, six digits, 30 seconds, as every
 * authenticator app has it) and recovery codes for when the phone is gone.
 * Secret and codes' key belong under keys of hl_seal_staff_key().
 */
#define HL_SEAL_TOTP_BYTES 20
#define HL_SEAL_TOTP_BASE32 33 /* printed, with a NUL */

struct hl_seal_totp {
	uint8_t b[HL_SEAL_TOTP_BYTES];
};
/* The caller wipes it; the AUTO form does so by itself. */
void hl_seal_totp_new(struct hl_seal_totp *t);
void hl_seal_totp_wipe(struct hl_seal_totp *t);
#define HL_SEAL_TOTP_AUTO \
	__attribute__((cleanup(hl_seal_totp_wipe))) struct hl_seal_totp

/*
 * Checks six digits (spaces between them are fine) for now and for one step
 * before and after. 0 with the step that fits in *step, which the caller lets
 * nobody use twice; HL_DENIED, and *step as it was.
 */
int hl_seal_totp_check(const struct hl_seal_totp *t, int64_t now_us,
	struct hl_str typed, int64_t *step);
/* Makes OpenSSL load what it needs; called once before the process enters its
 * sandbox. HL_E_INTERNAL when it can't. */
int hl_seal_totp_init(struct hl_err *err);
/* The code of one step: six digits and a NUL. For tests and demonstrations. */
void hl_seal_totp_code(const struct hl_seal_totp *t, int64_t step, char out[7]);
/* Steps of 30 s since 1970. */
int64_t hl_seal_totp_step(int64_t now_us);

/* RFC 4648 base 32, for typing it into an app. Gives a view of out. */
struct hl_str hl_seal_totp_base32(
	const struct hl_seal_totp *t, char out[HL_SEAL_TOTP_BASE32]);
/* Appends "otpauth://totp/…"; both names percent-encoded. */
void hl_seal_totp_uri(const struct hl_seal_totp *t, struct hl_str issuer,
	struct hl_str login, struct hl_buf *out);

/*
 * Appends the QR code of text as the "d" of one SVG path, one unit a module,
 * with the four empty modules around it that the standard asks for; *size is
 * the side of the whole. HL_E_LIMIT when text is too long for a QR code.
 */
int hl_seal_qr_path(
	struct hl_str text, struct hl_buf *out, int *size, struct hl_err *err);

#define HL_SEAL_RECOVERY_CODES 10
#define HL_SEAL_RECOVERY_TEXT 12 /* "ABCDE-FGHJK", with a NUL */
#define HL_SEAL_RECOVERY_HASH 32

/* A fresh code of 50 bits. Gives a view of out; the caller wipes it. */
struct hl_str hl_seal_recovery_new(char out[HL_SEAL_RECOVERY_TEXT]);
/* What the store keeps of a code as typed or printed; HL_E_INVALID when it
 * has not the form of one. */
int hl_seal_recovery_hash(const struct hl_seal_key *key, struct hl_str typed,
	uint8_t out[HL_SEAL_RECOVERY_HASH]);
/* Looks typed up among the n hashes still unused; *index says which, and the
 * caller deletes it in a guarded update before it lets anybody in.
 * HL_DENIED. */
int hl_seal_recovery_match(const struct hl_seal_key *key, struct hl_str typed,
	const uint8_t (*hashes)[HL_SEAL_RECOVERY_HASH], size_t n,
	size_t *index);

#endif
