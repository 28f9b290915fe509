/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_PASSWORD_H
#define HL_SEAL_PASSWORD_H

#include "base/buf.h"

/*
 * What a staff password has to be. No hash of it is kept: the wrapped staff
 * key (seal/staffkey.h) is the verifier.
 */
#define HL_SEAL_PASSWORD_MIN 12    /* characters */
#define HL_SEAL_PASSWORD_MAX 1024  /* bytes */
#define HL_SEAL_PASSWORD_RANDOM 20 /* printed random one, with a NUL */
#define HL_SEAL_PASSWORD_WORDS 4   /* are enough, even common ones */

enum hl_seal_password_fault {
	HL_SEAL_PASSWORD_OK,
	HL_SEAL_PASSWORD_SHORT,   /* under HL_SEAL_PASSWORD_MIN characters */
	HL_SEAL_PASSWORD_LONG,    /* over HL_SEAL_PASSWORD_MAX bytes */
	HL_SEAL_PASSWORD_TEXT,    /* no UTF-8, or a control character */
	HL_SEAL_PASSWORD_OWN,     /* an own name, with little besides */
	HL_SEAL_PASSWORD_COMMON,  /* among those that are tried first */
	HL_SEAL_PASSWORD_PATTERN, /* one short piece repeated, a row of
				     neighbours or keys such as 123456789012,
				     figures alone */
};

/*
 * Judges a password that somebody chose. Any characters are fine, and none
 * are asked for; length and being unguessed are what counts (seal/guess.h).
 * own: names that are tried first for this person: the login, their name,
 * the hotline's.
 */
enum hl_seal_password_fault hl_seal_password_check(
	const struct hl_str *own, size_t n_own, struct hl_str password);

/* A first password for handing over: 80 random bits as
 * "ABCD-EFGH-JKMN-PQRS". Gives a view of out; the caller wipes it. */
struct hl_str hl_seal_password_random(char out[HL_SEAL_PASSWORD_RANDOM]);

#endif
