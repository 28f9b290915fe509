/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/box.h"

#include <assert.h>
#include <sodium.h>

/*
 * The first byte chooses: the input as a value sealed to a public key, as a
 * symmetric one, or as what a hostile sealer who has the key encrypted. The
 * first two never open, since nobody can find a tag by chance. The third is
 * made here from docs/keys.md, not by the code under test, and opens only in
 * the one form that sealing writes.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct hl_seal_label label = {
	.kind = "report", .id = 7, .field = "body", .schema = 1};
static const struct hl_seal_key key = {{1, 2, 3}};

static void must_not_open(int r, const struct hl_buf *out)
{
	assert(r == HL_E_CORRUPT || r == HL_E_CRYPTO || r == HL_E_LIMIT);
	assert(out->n == 0);
}

static void open_raw(bool sym, struct hl_str sealed)
{
	static const struct hl_seal_secret secret = {{4, 5, 6}};
	HL_BUF_AUTO out = HL_BUF_SECRET(1 << 16);

	must_not_open(sym ? hl_seal_sym_open(&key, &label, sealed, &out, NULL)
			  : hl_seal_open(&secret, &label, sealed, &out, NULL),
		&out);
}

/* head | nonce, zero | ciphertext and tag */
static void encrypt(uint8_t padding, struct hl_str plain, struct hl_buf *out)
{
	static const char tail[] = "\6report\0\0\0\0\0\0\0\7\4body\0\0\0\1";
	uint8_t nonce[24] = {0}, aad[64];
	const uint8_t head[3] = {1, 2, padding};
	size_t n = 20;

	memcpy(aad, "OpenHotline v1 label", n);
	memcpy(aad + n, head, sizeof(head));
	n += sizeof(head);
	memcpy(aad + n, tail, sizeof(tail) - 1);
	n += sizeof(tail) - 1;
	hl_buf_put_mem(out, head, sizeof(head));
	hl_buf_put_mem(out, nonce, sizeof(nonce));
	uint8_t *at = (uint8_t *)hl_buf_reserve(out, plain.n + 16);
	assert(at);
	crypto_aead_xchacha20poly1305_ietf_encrypt(at, NULL,
		(const uint8_t *)plain.p, plain.n, aad, n, NULL, nonce, key.b);
	out->n += plain.n + 16;
}

/* What opened, padded as docs/keys.md says, is what was encrypted. */
static void check_opened(
	uint8_t padding, struct hl_str plain, const struct hl_buf *opened)
{
	size_t size = 256;

	if (padding == 0) {
		assert(hl_str_eq(plain, hl_buf_str(opened)));
		return;
	}
	while (size < opened->n + 4) {
		size *= 2;
	}
	assert(plain.n == size);
	assert((uint8_t)plain.p[3] == (opened->n & 255));
	assert(memcmp(plain.p + 4, opened->p, opened->n) == 0);
	for (size_t i = 4 + opened->n; i < size; i++) {
		assert(plain.p[i] == 0);
	}
}

/* The plaintext fills up to a bucket with zeros, so that the search gets to
 * the checks behind the length. */
static void open_crafted(uint8_t how, struct hl_str in)
{
	HL_BUF_AUTO plain = HL_BUF_INIT(1 << 16), sealed = HL_BUF_INIT(1 << 17);
	HL_BUF_AUTO out = HL_BUF_SECRET(1 << 16);
	uint8_t padding = how & 3;

	hl_buf_put(&plain, hl_str_sub(in, 0, 2048));
	while (how & 4 && (plain.n < 256 || (plain.n & (plain.n - 1)))) {
		hl_buf_put_c(&plain, '\0');
	}
	encrypt(padding, hl_buf_str(&plain), &sealed);
	int r = hl_seal_sym_open(&key, &label, hl_buf_str(&sealed), &out, NULL);
	if (r == 0) {
		check_opened(padding, hl_buf_str(&plain), &out);
	} else {
		assert(r == HL_E_CORRUPT && out.n == 0 && padding != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2) {
		return 0;
	}
	struct hl_str rest = hl_str_mem(data + 2, size - 2);
	if (data[0] % 4 < 2) {
		open_raw(data[0] & 1, rest);
	} else {
		open_crafted(data[1], rest);
	}
	return 0;
}
