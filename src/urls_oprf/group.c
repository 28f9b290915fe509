/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsodium's products refuse bad encodings and results that are the
 * identity by one and the same answer, and take any 255 bits for a scalar.
 * Here each of these has its own code. Checks of scalars compare in constant
 * time and branch on validity alone.
 *
 * libsodium 1.0.18 also leaves the highest bit of an encoding unread, so that
 * an element would have two; RFC 9496, 4.3.1 has one.
 */
#include "urls_oprf/group.h"

#include <sodium.h>
#include <string.h>

int hl_oprf_view_check(struct hl_oprf_view view, size_t n_max)
{
	if (!view.p && view.n) {
		return HL_OPRF_E_ARG;
	}
	return view.n > n_max ? HL_OPRF_E_LIMIT : 0;
}

/* What libsodium does not look at, and what it does not tell apart. */
static int encoding_check(const uint8_t b[HL_OPRF_ELEMENT_BYTES])
{
	if (b[31] & 0x80) {
		return HL_OPRF_E_ELEMENT;
	}
	return sodium_is_zero(b, HL_OPRF_ELEMENT_BYTES) ? HL_OPRF_E_IDENTITY
							: 0;
}

int hl_oprf_element_check(const struct hl_oprf_element *e)
{
	int r = encoding_check(e->b);

	if (!r && !crypto_core_ristretto255_is_valid_point(e->b)) {
		r = HL_OPRF_E_ELEMENT;
	}
	return r;
}

/* 0 as well; the order and above not. */
static int scalar_below_order(const struct hl_oprf_scalar *k)
{
	uint8_t wide[64] = {0};
	struct hl_oprf_scalar reduced;

	memcpy(wide, k->b, sizeof(k->b));
	crypto_core_ristretto255_scalar_reduce(reduced.b, wide);
	int r = sodium_memcmp(reduced.b, k->b, sizeof(k->b));
	sodium_memzero(wide, sizeof(wide));
	sodium_memzero(&reduced, sizeof(reduced));
	return r == 0;
}

int hl_oprf_scalar_check(const struct hl_oprf_scalar *k)
{
	if (sodium_is_zero(k->b, sizeof(k->b))) {
		return HL_OPRF_E_ZERO;
	}
	return scalar_below_order(k) ? 0 : HL_OPRF_E_SCALAR;
}

int hl_oprf_multiply_checked(const struct hl_oprf_scalar *k,
	const struct hl_oprf_element *e, struct hl_oprf_element *out)
{
	struct hl_oprf_element product;
	int r = encoding_check(e->b);

	if (r) {
		return r;
	}
	if (crypto_scalarmult_ristretto255(product.b, k->b, e->b)) {
		return HL_OPRF_E_ELEMENT;
	}
	*out = product;
	sodium_memzero(&product, sizeof(product));
	return 0;
}

int hl_oprf_multiply(const struct hl_oprf_scalar *k,
	const struct hl_oprf_element *e, struct hl_oprf_element *out)
{
	int r = hl_oprf_scalar_check(k);

	return r ? r : hl_oprf_multiply_checked(k, e, out);
}

int hl_oprf_multiply_any(const struct hl_oprf_scalar *k,
	const struct hl_oprf_element *e, struct hl_oprf_element *out)
{
	struct hl_oprf_element product;

	if (encoding_check(e->b) == HL_OPRF_E_ELEMENT) {
		return HL_OPRF_E_ELEMENT;
	}
	if (crypto_scalarmult_ristretto255(product.b, k->b, e->b)) {
		if (hl_oprf_element_check(e) == HL_OPRF_E_ELEMENT) {
			return HL_OPRF_E_ELEMENT;
		}
		memset(&product, 0, sizeof(product));
	}
	*out = product;
	return 0;
}

void hl_oprf_multiply_base(
	const struct hl_oprf_scalar *k, struct hl_oprf_element *out)
{
	struct hl_oprf_element product;

	memset(&product, 0, sizeof(product));
	if (crypto_scalarmult_ristretto255_base(product.b, k->b)) {
		memset(&product, 0, sizeof(product));
	}
	*out = product;
}

int hl_oprf_element_read(const void *p, size_t n, struct hl_oprf_element *out)
{
	struct hl_oprf_element read;

	if (!p || !out) {
		return HL_OPRF_E_ARG;
	}
	if (n != HL_OPRF_ELEMENT_BYTES) {
		return HL_OPRF_E_LENGTH;
	}
	memcpy(read.b, p, n);
	int r = hl_oprf_element_check(&read);
	if (!r) {
		*out = read;
	}
	return r;
}

int hl_oprf_scalar_read(const void *p, size_t n, struct hl_oprf_scalar *out)
{
	struct hl_oprf_scalar read;

	if (!p || !out) {
		return HL_OPRF_E_ARG;
	}
	if (n != HL_OPRF_SCALAR_BYTES) {
		return HL_OPRF_E_LENGTH;
	}
	memcpy(read.b, p, n);
	int r = hl_oprf_scalar_check(&read);
	if (!r) {
		*out = read;
	}
	sodium_memzero(&read, sizeof(read));
	return r;
}
