/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_oprf/proof.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

/*
 * The first byte chooses what the others are: the body of a request to
 * confirm, evaluated elements of an answer, a proof with pairs after it, a
 * scalar, or an input.
 *
 * Whatever is taken can be undone to the same bytes, so it had one encoding;
 * what is refused names the element; and no proof holds of what is false.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ELEMENTS_MAX = 8 };

/* Key of RFC 9497, A.1.2, so that its proofs are a start. */
static const struct hl_oprf_scalar key = {
	{0xe6, 0xf7, 0x3f, 0x34, 0x4b, 0x79, 0xb3, 0x79, 0xf1, 0xa0, 0xdd, 0x37,
		0xe0, 0x7f, 0xf6, 0x2e, 0x38, 0xd9, 0xf7, 0x13, 0x45, 0xce,
		0x62, 0xae, 0x3a, 0x9b, 0xc6, 0x0b, 0x04, 0xcc, 0xd9, 0x09}};

static struct hl_oprf_element element_at(const uint8_t *data, size_t i)
{
	struct hl_oprf_element e;

	memcpy(e.b, data + i * sizeof(e.b), sizeof(e.b));
	return e;
}

static void check_refused(const uint8_t *data, size_t size, int r, size_t bad,
	const uint8_t *answer)
{
	struct hl_oprf_element e;

	if (r == HL_OPRF_E_LENGTH) {
		assert(size == 0 || size % 32);
		return;
	}
	assert(r == HL_OPRF_E_ELEMENT || r == HL_OPRF_E_IDENTITY);
	assert(bad < size / 32);
	for (size_t i = 0; i < bad; i++) {
		assert(!hl_oprf_element_read(data + 32 * i, 32, &e));
	}
	assert(hl_oprf_element_read(data + 32 * bad, 32, &e) == r);
	assert(sodium_is_zero(answer, size));
}

static void request(const uint8_t *data, size_t size)
{
	uint8_t answer[32 * ELEMENTS_MAX + 31] = {1};
	size_t bad = SIZE_MAX;
	int r = hl_oprf_evaluate_all(&key, data, size, answer, &bad);

	if (r) {
		check_refused(data, size, r, bad, answer);
		return;
	}
	for (size_t i = 0; i < size / 32; i++) {
		struct hl_oprf_element e = element_at(answer, i);

		assert(!hl_oprf_unblind(&key, &e, &e));
		assert(!memcmp(e.b, data + 32 * i, 32));
	}
}

static void answer(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size / 32; i++) {
		struct hl_oprf_element e = element_at(data, i), n;
		struct hl_oprf_output output, again;
		const struct hl_oprf_view host = {"example.org", 11};
		int r = hl_oprf_unblind(&key, &e, &n);

		assert(r == hl_oprf_finalize(host, &key, &e, &output));
		assert(r == hl_oprf_element_read(e.b, 32, &e));
		if (!r) {
			assert(!hl_oprf_output(host, &n, &again));
			assert(!memcmp(&output, &again, sizeof(again)));
			assert(!hl_oprf_evaluate(&key, &n, &n));
			assert(!memcmp(&n, &e, sizeof(e)));
		}
	}
}

/* 64 bytes of a proof, then C and D by turns. */
static void proof(const uint8_t *data, size_t size)
{
	struct hl_oprf_proof given;
	struct hl_oprf_element pub;
	struct hl_oprf_pairs pairs;
	bool honest = true;
	int fault = 0;

	if (size < sizeof(given)) {
		return;
	}
	memcpy(&given, data, sizeof(given));
	assert(!hl_oprf_key_pub(&key, &pub));
	assert(!hl_oprf_verify_begin(&pairs, &pub, NULL));
	data += sizeof(given);
	size_t n = (size - sizeof(given)) / 64;
	for (size_t i = 0; i < n && !fault; i++) {
		struct hl_oprf_element c = element_at(data, 2 * i), kc;
		struct hl_oprf_element d = element_at(data, 2 * i + 1);

		fault = hl_oprf_pair(&pairs, &c, &d);
		honest = honest && !hl_oprf_evaluate(&key, &c, &kc) &&
			 !memcmp(&kc, &d, sizeof(d));
	}
	int r = hl_oprf_verify_end(&pairs, &given);
	assert(!fault || r == fault);
	assert(n || r == HL_OPRF_E_STATE);
	assert(r || honest);
}

static void scalar(const uint8_t *data, size_t size)
{
	struct hl_oprf_scalar k;
	struct hl_oprf_element pub;
	int r = hl_oprf_scalar_read(data, size, &k);

	assert((r == HL_OPRF_E_LENGTH) == (size != 32));
	if (size == 32) {
		memcpy(k.b, data, sizeof(k.b));
		assert(hl_oprf_key_pub(&k, &pub) == r);
	}
	if (!r) {
		assert(k.b[31] <= 0x10);
		assert(!hl_oprf_element_read(pub.b, 32, &pub));
	}
}

static void input(const uint8_t *data, size_t size)
{
	const struct hl_oprf_view view = {data, size};
	struct hl_oprf_scalar blind;
	struct hl_oprf_element e, direct;

	assert(!hl_oprf_blind(HL_OPRF_MODE_OPRF, view, &blind, &e));
	assert(!hl_oprf_evaluate(&key, &e, &e));
	assert(!hl_oprf_unblind(&blind, &e, &e));
	assert(!hl_oprf_direct(HL_OPRF_MODE_OPRF, &key, view, &direct));
	assert(!memcmp(&e, &direct, sizeof(e)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parts[])(const uint8_t *, size_t) = {
		request, answer, proof, scalar, input};

	assert(!hl_oprf_init());
	if (size < 1 || size > 1 + 32 * ELEMENTS_MAX + 31) {
		return 0;
	}
	parts[data[0] % 5](data + 1, size - 1);
	return 0;
}
