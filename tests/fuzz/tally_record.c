/* SPDX-License-Identifier: Apache-2.0 */
#include "tally/record.h"

#include <assert.h>
#include <sodium.h>

#include "base/text.h"
#include "tally/sum.h"

/*
 * Any bytes as a record of counters, once as they are and once signed, so that
 * all of the form is reached. What is taken has one spelling: written again it
 * is the same, and it can be added up.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t seed[crypto_sign_SEEDBYTES] = "fuzz";

static void put_signed(
	struct hl_buf *out, struct hl_str members, const uint8_t *secret)
{
	uint8_t pub[HL_TALLY_PUB_BYTES], hash[crypto_hash_sha256_BYTES];
	uint8_t signature[crypto_sign_BYTES];

	crypto_sign_ed25519_sk_to_pk(pub, secret);
	crypto_sign_detached(
		signature, NULL, (const uint8_t *)members.p, members.n, secret);
	crypto_hash_sha256(hash, pub, sizeof(pub));
	hl_buf_put(out, members);
	hl_buf_put(out, HL_STR("signature "));
	hl_text_put_hex(out, hash, 8);
	hl_buf_put_c(out, ' ');
	hl_text_put_base64url(out, signature, sizeof(signature));
	hl_buf_put_c(out, '\n');
}

static void taken(const struct hl_tally_record *r, struct hl_str text,
	const uint8_t *secret)
{
	HL_BUF_AUTO again = HL_BUF_INIT(HL_TALLY_TEXT_MAX);
	struct hl_tally_sum *sum;
	struct hl_tally_totals totals;

	if (r->n_entry <= HL_TALLY_ENTRIES_MAX) {
		assert(hl_tally_write(r, secret, &again, NULL) == 0);
		assert(hl_str_eq(text, hl_buf_str(&again)));
	}
	assert(hl_tally_sum_new(&sum, NULL) == 0);
	assert(hl_tally_sum_add(sum, r, NULL) == 0);
	hl_tally_sum_totals(sum, &totals);
	assert(totals.hits == r->hits && totals.n_entries == r->n_entry);
	hl_tally_sum_free(sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t pub[HL_TALLY_PUB_BYTES], secret[HL_TALLY_SECRET_BYTES];
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)8 << 20, false);
	HL_BUF_AUTO text = HL_BUF_INIT(HL_TALLY_TEXT_MAX * 2);
	struct hl_tally_record r;

	assert(arena && sodium_init() >= 0);
	crypto_sign_seed_keypair(pub, secret, seed);
	assert(hl_tally_read(hl_str_mem(data, size), pub, arena, &r, NULL) ||
		size);
	put_signed(&text, hl_str_mem(data, size), secret);
	if (hl_tally_read(hl_buf_str(&text), pub, arena, &r, NULL) == 0) {
		taken(&r, hl_buf_str(&text), secret);
	}
	return 0;
}
