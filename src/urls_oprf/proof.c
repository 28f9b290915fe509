/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All pairs become one: M = sum of d_i * C_i, Z = sum of d_i * D_i, with d_i
 * hashed from the pair (RFC 9497, 2.2.1, ComputeComposites). Who has the key
 * needs no second sum: Z = k * M. M and Z are sums so far, as elements, so
 * nothing of a pair stays. Z and M may be the identity on the way and at the
 * end, and c or s 0: chances of 2^-252 that a hostile prover can choose, and
 * that are computed like any other.
 */
#include "urls_oprf/proof.h"

#include "urls_oprf/group.h"

#include <string.h>

enum { PHASE_PROVE = 0x70, PHASE_VERIFY = 0x76, PHASE_OVER = 0x6f };

static const uint8_t audit_context[] = "openhotline urllist 1 audit";
static const uint8_t pairs_label[] = "openhotline urllist 1 pairs";
static const uint8_t element_bytes[2] = {0, HL_OPRF_ELEMENT_BYTES};

void hl_oprf_bind_begin(
	struct hl_oprf_bind *bind, const struct hl_oprf_element *pub)
{
	crypto_hash_sha512_init(&bind->state);
	crypto_hash_sha512_update(
		&bind->state, pairs_label, sizeof(pairs_label));
	crypto_hash_sha512_update(&bind->state, pub->b, sizeof(pub->b));
}

void hl_oprf_bind_pair(struct hl_oprf_bind *bind,
	const struct hl_oprf_element *c, const struct hl_oprf_element *d)
{
	crypto_hash_sha512_update(&bind->state, c->b, sizeof(c->b));
	crypto_hash_sha512_update(&bind->state, d->b, sizeof(d->b));
}

void hl_oprf_bind_end(
	struct hl_oprf_bind *bind, uint8_t out[HL_OPRF_BIND_BYTES])
{
	crypto_hash_sha512_final(&bind->state, out);
}

static void set_context(struct hl_oprf_context *context, const uint8_t *bind)
{
	if (!bind) {
		(void)hl_oprf_context_of(HL_OPRF_MODE_VOPRF, context);
		return;
	}
	/* With the zero that ends it. */
	memcpy(context->b, audit_context, sizeof(audit_context));
	memcpy(context->b + sizeof(audit_context), bind, HL_OPRF_BIND_BYTES);
	context->n = sizeof(audit_context) + HL_OPRF_BIND_BYTES;
}

static void begin(struct hl_oprf_pairs *pairs,
	const struct hl_oprf_element *pub, const uint8_t *bind, int phase)
{
	crypto_hash_sha512_state state;
	struct hl_oprf_tag tag;

	memset(pairs, 0, sizeof(*pairs));
	pairs->pub = *pub;
	pairs->phase = phase;
	set_context(&pairs->context, bind);
	struct hl_oprf_view seed =
		hl_oprf_tag_of("Seed-", &pairs->context, &tag);
	const uint8_t length[2] = {0, (uint8_t)seed.n};
	crypto_hash_sha512_init(&state);
	crypto_hash_sha512_update(&state, element_bytes, 2);
	crypto_hash_sha512_update(&state, pub->b, sizeof(pub->b));
	crypto_hash_sha512_update(&state, length, 2);
	crypto_hash_sha512_update(&state, seed.p, seed.n);
	crypto_hash_sha512_final(&state, pairs->seed);
}

int hl_oprf_prove_begin(struct hl_oprf_pairs *pairs,
	const struct hl_oprf_scalar *key, const uint8_t *bind)
{
	struct hl_oprf_element pub;

	if (!pairs) {
		return HL_OPRF_E_ARG;
	}
	pairs->phase = PHASE_OVER;
	int r = hl_oprf_key_pub(key, &pub);
	if (!r) {
		begin(pairs, &pub, bind, PHASE_PROVE);
	}
	return r;
}

int hl_oprf_verify_begin(struct hl_oprf_pairs *pairs,
	const struct hl_oprf_element *pub, const uint8_t *bind)
{
	if (!pairs || !pub) {
		return HL_OPRF_E_ARG;
	}
	pairs->phase = PHASE_OVER;
	int r = hl_oprf_element_check(pub);
	if (!r) {
		begin(pairs, pub, bind, PHASE_VERIFY);
	}
	return r;
}

/* d_i */
static void factor(const struct hl_oprf_pairs *pairs,
	const struct hl_oprf_element *c, const struct hl_oprf_element *d,
	struct hl_oprf_scalar *out)
{
	static const uint8_t seed_bytes[2] = {0, 64};
	const uint8_t number[2] = {(uint8_t)(pairs->n >> 8), (uint8_t)pairs->n};
	const struct hl_oprf_view parts[] = {{seed_bytes, 2},
		{pairs->seed, sizeof(pairs->seed)}, {number, 2},
		{element_bytes, 2}, {c->b, sizeof(c->b)}, {element_bytes, 2},
		{d->b, sizeof(d->b)}, {"Composite", 9}};
	struct hl_oprf_tag tag;

	(void)hl_oprf_hash_to_scalar(parts, sizeof(parts) / sizeof(parts[0]),
		hl_oprf_tag_of("HashToScalar-", &pairs->context, &tag), out);
}

/* *sum += k * e */
static int add(const struct hl_oprf_scalar *k, const struct hl_oprf_element *e,
	struct hl_oprf_element *sum)
{
	struct hl_oprf_element term;
	int r = hl_oprf_multiply_any(k, e, &term);

	if (!r && crypto_core_ristretto255_add(sum->b, sum->b, term.b)) {
		r = HL_OPRF_E_ELEMENT;
	}
	return r;
}

static int take(struct hl_oprf_pairs *pairs, const struct hl_oprf_element *c,
	const struct hl_oprf_element *d)
{
	struct hl_oprf_scalar by;

	if (sodium_is_zero(c->b, sizeof(c->b)) ||
		sodium_is_zero(d->b, sizeof(d->b))) {
		return HL_OPRF_E_IDENTITY;
	}
	factor(pairs, c, d, &by);
	int r = add(&by, c, &pairs->m);
	if (r) {
		return r;
	}
	if (pairs->phase == PHASE_VERIFY) {
		return add(&by, d, &pairs->z);
	}
	return hl_oprf_element_check(d);
}

int hl_oprf_pair(struct hl_oprf_pairs *pairs, const struct hl_oprf_element *c,
	const struct hl_oprf_element *d)
{
	if (!pairs || !c || !d) {
		return HL_OPRF_E_ARG;
	}
	if (pairs->phase != PHASE_PROVE && pairs->phase != PHASE_VERIFY) {
		return HL_OPRF_E_STATE;
	}
	if (pairs->fault) {
		return pairs->fault;
	}
	if (pairs->n == HL_OPRF_PAIRS_MAX) {
		return HL_OPRF_E_FULL;
	}
	pairs->fault = take(pairs, c, d);
	pairs->n++;
	return pairs->fault;
}

/* What an end begins with; after it nothing but a beginning goes on. */
static int end(struct hl_oprf_pairs *pairs, int phase)
{
	if (pairs->phase != phase) {
		return HL_OPRF_E_STATE;
	}
	pairs->phase = PHASE_OVER;
	if (pairs->fault) {
		return pairs->fault;
	}
	return pairs->n ? 0 : HL_OPRF_E_STATE;
}

/* c of t2 and t3. */
static void challenge(const struct hl_oprf_pairs *pairs,
	const struct hl_oprf_element *t2, const struct hl_oprf_element *t3,
	struct hl_oprf_scalar *c)
{
	const struct hl_oprf_view parts[] = {{element_bytes, 2},
		{pairs->pub.b, 32}, {element_bytes, 2}, {pairs->m.b, 32},
		{element_bytes, 2}, {pairs->z.b, 32}, {element_bytes, 2},
		{t2->b, 32}, {element_bytes, 2}, {t3->b, 32}, {"Challenge", 9}};
	struct hl_oprf_tag tag;

	(void)hl_oprf_hash_to_scalar(parts, sizeof(parts) / sizeof(parts[0]),
		hl_oprf_tag_of("HashToScalar-", &pairs->context, &tag), c);
}

static int draw(const struct hl_oprf_scalar *given, struct hl_oprf_scalar *r)
{
	if (!given) {
		crypto_core_ristretto255_scalar_random(r->b);
		return 0;
	}
	*r = *given;
	return hl_oprf_scalar_check(r);
}

static int prove(struct hl_oprf_pairs *pairs, const struct hl_oprf_scalar *key,
	const struct hl_oprf_scalar *r, struct hl_oprf_proof *out)
{
	struct hl_oprf_element t2, t3;
	struct hl_oprf_scalar c, product, s;
	int fault = hl_oprf_multiply_any(key, &pairs->m, &pairs->z);

	if (!fault) {
		fault = hl_oprf_multiply_any(r, &pairs->m, &t3);
	}
	if (fault) {
		return fault;
	}
	hl_oprf_multiply_base(r, &t2);
	challenge(pairs, &t2, &t3, &c);
	crypto_core_ristretto255_scalar_mul(product.b, c.b, key->b);
	crypto_core_ristretto255_scalar_sub(s.b, r->b, product.b);
	memcpy(out->b, c.b, sizeof(c.b));
	memcpy(out->b + sizeof(c.b), s.b, sizeof(s.b));
	sodium_memzero(&product, sizeof(product));
	return 0;
}

int hl_oprf_prove_end(struct hl_oprf_pairs *pairs,
	const struct hl_oprf_scalar *key, const struct hl_oprf_scalar *r,
	struct hl_oprf_proof *out)
{
	struct hl_oprf_element pub;
	struct hl_oprf_scalar drawn;

	if (!pairs || !key || !out) {
		return HL_OPRF_E_ARG;
	}
	int fault = end(pairs, PHASE_PROVE);
	if (!fault) {
		fault = hl_oprf_key_pub(key, &pub);
	}
	if (!fault && memcmp(&pub, &pairs->pub, sizeof(pub)) != 0) {
		fault = HL_OPRF_E_ARG;
	}
	if (!fault) {
		fault = draw(r, &drawn);
		if (!fault) {
			fault = prove(pairs, key, &drawn, out);
		}
		sodium_memzero(&drawn, sizeof(drawn));
	}
	return fault;
}

/* s may be 0, c as well. */
static int read_public(const uint8_t *p, struct hl_oprf_scalar *out)
{
	memcpy(out->b, p, sizeof(out->b));
	int r = hl_oprf_scalar_check(out);
	return r == HL_OPRF_E_ZERO ? 0 : r;
}

int hl_oprf_verify_end(
	struct hl_oprf_pairs *pairs, const struct hl_oprf_proof *proof)
{
	struct hl_oprf_element t2, t3;
	struct hl_oprf_scalar c, s, expected;

	if (!pairs || !proof) {
		return HL_OPRF_E_ARG;
	}
	int r = end(pairs, PHASE_VERIFY);
	if (!r) {
		r = read_public(proof->b, &c);
	}
	if (!r) {
		r = read_public(proof->b + sizeof(c.b), &s);
	}
	if (r) {
		return r;
	}
	hl_oprf_multiply_base(&s, &t2);
	memset(&t3, 0, sizeof(t3));
	if (add(&c, &pairs->pub, &t2) || add(&s, &pairs->m, &t3) ||
		add(&c, &pairs->z, &t3)) {
		return HL_OPRF_E_PROOF;
	}
	challenge(pairs, &t2, &t3, &expected);
	return sodium_memcmp(expected.b, c.b, sizeof(c.b)) ? HL_OPRF_E_PROOF
							   : 0;
}

static int feed(struct hl_oprf_pairs *pairs, const struct hl_oprf_list *list)
{
	int r = 0;

	if (!list || !list->c || !list->d) {
		return HL_OPRF_E_ARG;
	}
	for (size_t i = 0; i < list->n && !r; i++) {
		r = hl_oprf_pair(pairs, &list->c[i], &list->d[i]);
	}
	return r;
}

int hl_oprf_prove(const struct hl_oprf_scalar *key,
	const struct hl_oprf_list *list, const struct hl_oprf_scalar *r,
	struct hl_oprf_proof *out)
{
	struct hl_oprf_pairs pairs;
	int fault = hl_oprf_prove_begin(&pairs, key, NULL);

	if (!fault) {
		fault = feed(&pairs, list);
	}
	return fault ? fault : hl_oprf_prove_end(&pairs, key, r, out);
}

int hl_oprf_verify(const struct hl_oprf_element *pub,
	const struct hl_oprf_list *list, const struct hl_oprf_proof *proof)
{
	struct hl_oprf_pairs pairs;
	int r = hl_oprf_verify_begin(&pairs, pub, NULL);

	if (!r) {
		r = feed(&pairs, list);
	}
	return r ? r : hl_oprf_verify_end(&pairs, proof);
}
