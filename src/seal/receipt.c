/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/receipt.h"

#include <sodium.h>

#include "base/rand.h"
#include "base/text.h"
#include "base/utf8.h"
#include "seal/bytes.h"

enum { SYMBOLS = HL_SEAL_RECEIPT_SYMBOLS, GROUP = 5, SEED = 17 };

static uint8_t check_of(const char symbols[SYMBOLS])
{
	uint8_t values[SYMBOLS], check;

	for (size_t i = 0; i < SYMBOLS; i++) {
		values[i] = (uint8_t)hl_text_crockford_value(symbols[i]);
	}
	check = hl_seal_check_value(values, SYMBOLS, SEED);
	sodium_memzero(values, sizeof(values));
	return check;
}

void hl_seal_receipt_new(struct hl_seal_receipt *r)
{
	uint8_t random[SYMBOLS];

	hl_rand_bytes(random, sizeof(random));
	for (size_t i = 0; i < SYMBOLS; i++) {
		r->symbols[i] = hl_text_crockford[random[i] & 31];
	}
	sodium_memzero(random, sizeof(random));
}

void hl_seal_receipt_wipe(struct hl_seal_receipt *r)
{
	sodium_memzero(r, sizeof(*r));
}

struct hl_str hl_seal_receipt_print(
	const struct hl_seal_receipt *r, char out[HL_SEAL_RECEIPT_TEXT])
{
	size_t n = 0;

	for (size_t i = 0; i < SYMBOLS; i++) {
		out[n++] = r->symbols[i];
		if (i % GROUP == GROUP - 1) {
			out[n++] = '-';
		}
	}
	out[n++] = hl_text_crockford[check_of(r->symbols)];
	out[n] = '\0';
	return (struct hl_str){out, n};
}

/* What stands between symbols: what people type, and what their word
 * processors make of it. */
static bool is_separator(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '-' || c == '.' ||
	       c == '_' || c == 0xa0 || c == 0xad ||
	       (c >= 0x2000 && c <= 0x2015) || c == 0x202f || c == 0x2060 ||
	       c == 0x2212 || c == 0x3000 || c == 0xfeff;
}

static enum hl_seal_receipt_fault read_symbols(
	struct hl_str typed, char symbols[SYMBOLS + 1])
{
	size_t n = 0;

	while (typed.n) {
		uint32_t c;
		size_t took = hl_utf8_next(typed, &c);

		typed = hl_str_sub(typed, took, typed.n);
		if (is_separator(c)) {
			continue;
		}
		int v = c < 0x80 ? hl_text_crockford_value((char)c) : -1;
		if (v < 0) {
			return HL_SEAL_RECEIPT_SYMBOL;
		}
		if (n > SYMBOLS) {
			return HL_SEAL_RECEIPT_LONG;
		}
		symbols[n++] = hl_text_crockford[v];
	}
	if (n == 0) {
		return HL_SEAL_RECEIPT_EMPTY;
	}
	return n <= SYMBOLS ? HL_SEAL_RECEIPT_SHORT : HL_SEAL_RECEIPT_OK;
}

int hl_seal_receipt_parse(struct hl_str typed, struct hl_seal_receipt *r,
	enum hl_seal_receipt_fault *fault)
{
	char symbols[SYMBOLS + 1];
	enum hl_seal_receipt_fault f = read_symbols(typed, symbols);

	if (!f && hl_text_crockford[check_of(symbols)] != symbols[SYMBOLS]) {
		f = HL_SEAL_RECEIPT_CHECK;
	}
	if (!f) {
		memcpy(r->symbols, symbols, SYMBOLS);
	}
	sodium_memzero(symbols, sizeof(symbols));
	if (fault) {
		*fault = f;
	}
	return f ? HL_E_INVALID : 0;
}

static void derive(const struct hl_seal_receipt *r, struct hl_str info,
	void *out, size_t n)
{
	const struct hl_seal_hkdf in = {
		.ikm = hl_str_mem(r->symbols, SYMBOLS),
		.salt = HL_STR("OpenHotline v1 receipt"),
		.info = info,
	};

	hl_seal_hkdf(&in, out, n);
}

void hl_seal_receipt_lookup(
	const struct hl_seal_receipt *r, uint8_t out[HL_SEAL_LOOKUP_BYTES])
{
	derive(r, HL_STR("lookup"), out, HL_SEAL_LOOKUP_BYTES);
}

void hl_seal_receipt_mailbox(const struct hl_seal_receipt *r,
	struct hl_seal_pub *pub, struct hl_seal_secret *secret)
{
	HL_SEAL_SECRET_AUTO s;

	derive(r, HL_STR("mailbox"), s.b, sizeof(s.b));
	if (pub) {
		hl_seal_pub_of(&s, pub);
	}
	if (secret) {
		*secret = s;
	}
}
