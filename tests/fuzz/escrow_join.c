/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/escrow.h"

#include <assert.h>

#include "base/text.h"
#include "seal/bytes.h"

/*
 * First byte even: the rest is what people typed, shares apart by '/'. Odd:
 * the rest is cut into shares as bytes, their checks are put right and they
 * are printed, so that the search gets behind the checks. Either way there is
 * an outcome, a reason, and a secret only with 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RAW = 49, SHARE = 55, TEXT = 96, MOST = 34 };

static void join(const struct hl_str *shares, size_t n)
{
	static const struct hl_seal_secret zero;
	struct hl_seal_secret secret = zero;
	struct hl_seal_share_info info;
	struct hl_err err = {0};
	int r = hl_seal_escrow_join(shares, n, &secret, &err);

	assert(r == 0 || r == HL_E_INVALID || r == HL_E_CRYPTO);
	if (r) {
		assert(memcmp(&secret, &zero, sizeof(zero)) == 0);
		assert(err.msg[0]);
		return;
	}
	assert(hl_seal_escrow_info(shares[0], &info, NULL) == 0);
	assert(info.k >= 2 && info.k <= info.n && (size_t)info.k <= n);
	assert(info.number >= 1 && info.number <= info.n);
}

static void print(const uint8_t raw[RAW], char out[TEXT])
{
	const struct hl_seal_digest how = {.domain = "OHL escrow share"};
	uint8_t bytes[SHARE], check[16], values[88];
	size_t n = 0;

	memcpy(bytes, raw, RAW);
	bytes[0] = bytes[0] & 7 ? 1 : 2;
	hl_seal_digest(&how, bytes, RAW, check, sizeof(check));
	memcpy(bytes + RAW, check, SHARE - RAW);
	hl_seal_bits_split(bytes, SHARE, values);
	for (uint8_t line = 0; line < 4; line++) {
		const uint8_t *v = values + line * 22;

		for (size_t i = 0; i < 22; i++) {
			out[n++] = hl_text_crockford[v[i]];
		}
		out[n++] = hl_text_crockford[hl_seal_check_value(
			v, 22, (uint8_t)(line + 1))];
		out[n++] = '\n';
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char texts[MOST][TEXT];
	struct hl_str shares[MOST], rest, piece;
	size_t n = 0;

	if (size == 0) {
		return 0;
	}
	rest = hl_str_mem(data + 1, size - 1);
	if (data[0] % 2 == 0) {
		while (n < MOST && hl_str_next(&rest, '/', &piece)) {
			shares[n++] = piece;
		}
	}
	while (data[0] % 2 == 1 && n < MOST && rest.n >= RAW) {
		print((const uint8_t *)rest.p, texts[n]);
		shares[n] = hl_str_mem(texts[n], TEXT);
		n++;
		rest = hl_str_sub(rest, RAW, rest.n);
	}
	join(shares, n);
	return 0;
}
