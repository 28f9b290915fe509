/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/totp.h"

#include <sodium.h>

#include "base/rand.h"
#include "base/text.h"
#include "seal/bytes.h"

enum { SYMBOLS = 10, GROUP = 5 };

struct hl_str hl_seal_recovery_new(char out[HL_SEAL_RECOVERY_TEXT])
{
	uint8_t random[SYMBOLS];
	size_t n = 0;

	hl_rand_bytes(random, sizeof(random));
	for (size_t i = 0; i < SYMBOLS; i++) {
		if (i == GROUP) {
			out[n++] = '-';
		}
		out[n++] = hl_text_crockford[random[i] & 31];
	}
	out[n] = '\0';
	sodium_memzero(random, sizeof(random));
	return (struct hl_str){out, n};
}

static bool read_symbols(struct hl_str typed, char out[SYMBOLS])
{
	size_t n = 0;

	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];

		if (c == ' ' || c == '-') {
			continue;
		}
		int v = hl_text_crockford_value(c);
		if (v < 0 || n == SYMBOLS) {
			return false;
		}
		out[n++] = hl_text_crockford[v];
	}
	return n == SYMBOLS;
}

int hl_seal_recovery_hash(const struct hl_seal_key *key, struct hl_str typed,
	uint8_t out[HL_SEAL_RECOVERY_HASH])
{
	const struct hl_seal_digest how = {
		"OHL recovery 1", key->b, sizeof(key->b)};
	char symbols[SYMBOLS];

	if (!read_symbols(typed, symbols)) {
		return HL_E_INVALID;
	}
	hl_seal_digest(
		&how, symbols, sizeof(symbols), out, HL_SEAL_RECOVERY_HASH);
	sodium_memzero(symbols, sizeof(symbols));
	return 0;
}

int hl_seal_recovery_match(const struct hl_seal_key *key, struct hl_str typed,
	const uint8_t (*hashes)[HL_SEAL_RECOVERY_HASH], size_t n, size_t *index)
{
	uint8_t hash[HL_SEAL_RECOVERY_HASH];
	size_t found = n;

	if (hl_seal_recovery_hash(key, typed, hash)) {
		return HL_DENIED;
	}
	for (size_t i = 0; i < n; i++) {
		if (sodium_memcmp(hash, hashes[i], sizeof(hash)) == 0) {
			found = i;
		}
	}
	if (found == n) {
		return HL_DENIED;
	}
	*index = found;
	return 0;
}
