/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_oprf/proof.h"

#include "oprf_test.h"
#include "vectors.h"

enum { PAIRS = 5 };

struct made {
	struct hl_oprf_scalar key;
	struct hl_oprf_element pub, c[PAIRS], d[PAIRS];
	struct hl_oprf_list list;
	struct hl_oprf_proof proof;
};

static void make(struct made *m)
{
	assert_int_equal(hl_oprf_key_new(&m->key, &m->pub), 0);
	for (size_t i = 0; i < PAIRS; i++) {
		assert_int_equal(
			hl_oprf_element_of(HL_OPRF_MODE_VOPRF,
				(struct hl_oprf_view){&i, sizeof(i)}, &m->c[i]),
			0);
		assert_int_equal(
			hl_oprf_evaluate(&m->key, &m->c[i], &m->d[i]), 0);
	}
	m->list = (struct hl_oprf_list){m->c, m->d, PAIRS};
	assert_int_equal(hl_oprf_prove(&m->key, &m->list, NULL, &m->proof), 0);
	assert_int_equal(hl_oprf_verify(&m->pub, &m->list, &m->proof), 0);
}

static void vectors_of_the_rfc_hold(void **state)
{
	const struct hl_oprf_scalar key = scalar(key_hex[1]);
	const struct hl_oprf_element pub = element(pub_hex);

	for (size_t i = 0; i < N_OF(proof_vectors); i++) {
		const struct proof_vector *v = &proof_vectors[i];
		const struct hl_oprf_scalar r = scalar(v->r);
		struct hl_oprf_element c[2], d[2];
		const struct hl_oprf_list list = {c, d, (size_t)v->n};
		struct hl_oprf_proof proof, wanted;

		for (int k = 0; k < v->n; k++) {
			c[k] = element(vectors[v->first + k].blinded);
			d[k] = element(vectors[v->first + k].evaluated);
		}
		from_hex(v->proof, wanted.b, sizeof(wanted.b));
		assert_int_equal(hl_oprf_prove(&key, &list, &r, &proof), 0);
		assert_memory_equal(&proof, &wanted, sizeof(proof));
		assert_int_equal(hl_oprf_verify(&pub, &list, &proof), 0);
	}
}

/* Digest and proof by another implementation, of the RFC's batch of two. */
static void bound_proofs_are_as_they_are_described(void **state)
{
	const struct hl_oprf_scalar key = scalar(key_hex[1]);
	const struct hl_oprf_scalar r = scalar(proof_vectors[2].r);
	const struct hl_oprf_element pub = element(pub_hex);
	uint8_t bind[64], wanted[64];
	struct hl_oprf_bind binding;
	struct hl_oprf_pairs pairs;
	struct hl_oprf_proof proof;

	hl_oprf_bind_begin(&binding, &pub);
	for (int pass = 0; pass < 2; pass++) {
		for (int k = 4; k < 6; k++) {
			struct hl_oprf_element c = element(vectors[k].blinded);
			struct hl_oprf_element d =
				element(vectors[k].evaluated);

			if (pass == 0) {
				hl_oprf_bind_pair(&binding, &c, &d);
			} else {
				assert_int_equal(
					hl_oprf_pair(&pairs, &c, &d), 0);
			}
		}
		if (pass == 0) {
			hl_oprf_bind_end(&binding, bind);
			assert_int_equal(
				hl_oprf_prove_begin(&pairs, &key, bind), 0);
		}
	}
	from_hex("8ef3f2cd06c4cf7091526c66b7964cab"
		 "0448eae88ad18f132b5bf5b335c07e7d"
		 "1663ac649b3319d0c0c3eccb5e3da264"
		 "1aa4ded5d02e52097510d7181f7bea10",
		wanted, sizeof(wanted));
	assert_memory_equal(bind, wanted, sizeof(bind));
	assert_int_equal(hl_oprf_prove_end(&pairs, &key, &r, &proof), 0);
	from_hex("50ffe3f5968486ea09ee6af723867560"
		 "31bd2c36c4623b86b409f07c76ce1400"
		 "d19cc308530c62f282d70d5682731d79"
		 "8310b68aa2db06631d3926e6b0ef790b",
		wanted, sizeof(wanted));
	assert_memory_equal(&proof, wanted, sizeof(proof));
}

static int verify_bound(const struct made *m, const uint8_t *bind,
	const struct hl_oprf_proof *proof)
{
	struct hl_oprf_pairs pairs;
	int r = hl_oprf_verify_begin(&pairs, &m->pub, bind);

	for (size_t i = 0; i < m->list.n && !r; i++) {
		r = hl_oprf_pair(&pairs, &m->c[i], &m->d[i]);
	}
	return r ? r : hl_oprf_verify_end(&pairs, proof);
}

static void a_bound_proof_holds_under_its_digest_only(void **state)
{
	struct made m;
	struct hl_oprf_pairs pairs;
	struct hl_oprf_proof bound;
	uint8_t bind[64] = {1, 2, 3};

	make(&m);
	assert_int_equal(hl_oprf_prove_begin(&pairs, &m.key, bind), 0);
	for (size_t i = 0; i < PAIRS; i++) {
		assert_int_equal(hl_oprf_pair(&pairs, &m.c[i], &m.d[i]), 0);
	}
	assert_int_equal(hl_oprf_prove_end(&pairs, &m.key, NULL, &bound), 0);
	assert_int_equal(verify_bound(&m, bind, &bound), 0);
	assert_int_equal(verify_bound(&m, NULL, &bound), HL_OPRF_E_PROOF);
	assert_int_equal(verify_bound(&m, bind, &m.proof), HL_OPRF_E_PROOF);
	bind[63] ^= 1;
	assert_int_equal(verify_bound(&m, bind, &bound), HL_OPRF_E_PROOF);
}

static void swap(struct hl_oprf_element *a, struct hl_oprf_element *b)
{
	struct hl_oprf_element was = *a;

	*a = *b;
	*b = was;
}

static void other_element(struct made *m)
{
	m->d[3] = m->d[0];
}

static void swapped_pairs(struct made *m)
{
	swap(&m->c[1], &m->c[2]);
	swap(&m->d[1], &m->d[2]);
}

static void swapped_answers(struct made *m)
{
	swap(&m->d[1], &m->d[2]);
}

static void swapped_sides(struct made *m)
{
	for (size_t i = 0; i < PAIRS; i++) {
		swap(&m->c[i], &m->d[i]);
	}
}

static void one_less(struct made *m)
{
	m->list.n--;
}

static void other_key(struct made *m)
{
	m->pub = m->c[0];
}

static void other_c(struct made *m)
{
	m->proof.b[0] ^= 1;
}

static void other_s(struct made *m)
{
	m->proof.b[32] ^= 1;
}

static void no_c(struct made *m)
{
	memset(m->proof.b, 0, 32);
}

static void no_s(struct made *m)
{
	memset(m->proof.b + 32, 0, 32);
}

static void nothing(struct made *m)
{
	memset(m->proof.b, 0, 64);
}

static void wide_c(struct made *m)
{
	from_hex(ORDER, m->proof.b, 32);
}

static void wide_s(struct made *m)
{
	from_hex(ORDER, m->proof.b + 32, 32);
}

static void identity_c(struct made *m)
{
	memset(&m->c[4], 0, 32);
}

static void identity_d(struct made *m)
{
	memset(&m->d[4], 0, 32);
}

static void broken_c(struct made *m)
{
	m->c[0].b[0] ^= 1; /* negative */
}

static void broken_d(struct made *m)
{
	m->d[0].b[0] ^= 1;
}

/* A second encoding of the same element. */
static void high_c(struct made *m)
{
	m->c[0].b[31] |= 0x80;
}

static void high_d(struct made *m)
{
	m->d[0].b[31] |= 0x80;
}

static void broken_key(struct made *m)
{
	m->pub.b[0] ^= 1;
}

static void identity_key(struct made *m)
{
	memset(&m->pub, 0, 32);
}

static void what_was_changed_does_not_hold(void **state)
{
	static const struct {
		void (*change)(struct made *m);
		int code;
	} rows[] = {
		{other_element, HL_OPRF_E_PROOF},
		{swapped_pairs, HL_OPRF_E_PROOF},
		{swapped_answers, HL_OPRF_E_PROOF},
		{swapped_sides, HL_OPRF_E_PROOF},
		{one_less, HL_OPRF_E_PROOF},
		{other_key, HL_OPRF_E_PROOF},
		{other_c, HL_OPRF_E_PROOF},
		{other_s, HL_OPRF_E_PROOF},
		{no_c, HL_OPRF_E_PROOF},
		{no_s, HL_OPRF_E_PROOF},
		{nothing, HL_OPRF_E_PROOF},
		{wide_c, HL_OPRF_E_SCALAR},
		{wide_s, HL_OPRF_E_SCALAR},
		{identity_c, HL_OPRF_E_IDENTITY},
		{identity_d, HL_OPRF_E_IDENTITY},
		{broken_c, HL_OPRF_E_ELEMENT},
		{broken_d, HL_OPRF_E_ELEMENT},
		{high_c, HL_OPRF_E_ELEMENT},
		{high_d, HL_OPRF_E_ELEMENT},
		{broken_key, HL_OPRF_E_ELEMENT},
		{identity_key, HL_OPRF_E_IDENTITY},
	};
	struct made good, m;

	make(&good);
	for (size_t i = 0; i < N_OF(rows); i++) {
		m = good;
		m.list.c = m.c;
		m.list.d = m.d;
		rows[i].change(&m);
		int r = hl_oprf_verify(&m.pub, &m.list, &m.proof);
		if (r != rows[i].code) {
			fail_msg("row %zu: %d", i, r);
		}
	}
}

static void a_proof_of_what_is_false_does_not_hold(void **state)
{
	struct made m;
	struct hl_oprf_proof proof;

	make(&m);
	m.d[2] = m.c[2];
	assert_int_equal(hl_oprf_prove(&m.key, &m.list, NULL, &proof), 0);
	assert_int_equal(
		hl_oprf_verify(&m.pub, &m.list, &proof), HL_OPRF_E_PROOF);
}

static void proofs_differ_each_time(void **state)
{
	struct made m;
	struct hl_oprf_proof again;

	make(&m);
	assert_int_equal(hl_oprf_prove(&m.key, &m.list, NULL, &again), 0);
	assert_memory_not_equal(&again, &m.proof, sizeof(again));
}

static void out_of_order(void **state)
{
	struct made m;
	struct hl_oprf_pairs pairs;
	struct hl_oprf_scalar other = {{2}}, zero = {{0}};
	struct hl_oprf_proof proof;

	make(&m);
	assert_int_equal(hl_oprf_prove_begin(&pairs, &m.key, NULL), 0);
	assert_int_equal(hl_oprf_verify_end(&pairs, &m.proof), HL_OPRF_E_STATE);
	assert_int_equal(hl_oprf_prove_end(&pairs, &m.key, NULL, &proof),
		HL_OPRF_E_STATE); /* no pair */
	assert_int_equal(
		hl_oprf_pair(&pairs, &m.c[0], &m.d[0]), HL_OPRF_E_STATE);
	assert_int_equal(hl_oprf_verify_begin(&pairs, &m.pub, NULL), 0);
	assert_int_equal(hl_oprf_prove_end(&pairs, &m.key, NULL, &proof),
		HL_OPRF_E_STATE);
	assert_int_equal(hl_oprf_verify_end(&pairs, &m.proof), HL_OPRF_E_STATE);
	/* A beginning that fails leaves nothing begun. */
	assert_int_equal(
		hl_oprf_prove_begin(&pairs, &zero, NULL), HL_OPRF_E_ZERO);
	assert_int_equal(
		hl_oprf_pair(&pairs, &m.c[0], &m.d[0]), HL_OPRF_E_STATE);
	/* Another key, and a bad r. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(hl_oprf_prove_begin(&pairs, &m.key, NULL), 0);
		assert_int_equal(hl_oprf_pair(&pairs, &m.c[0], &m.d[0]), 0);
		assert_int_equal(hl_oprf_prove_end(&pairs, i ? &m.key : &other,
					 i ? &zero : NULL, &proof),
			i ? HL_OPRF_E_ZERO : HL_OPRF_E_ARG);
	}
}

static void a_bad_pair_is_remembered(void **state)
{
	struct made m;
	struct hl_oprf_pairs pairs;
	struct hl_oprf_element none = {{0}};
	struct hl_oprf_proof proof;

	make(&m);
	assert_int_equal(hl_oprf_prove_begin(&pairs, &m.key, NULL), 0);
	assert_int_equal(hl_oprf_pair(&pairs, &m.c[0], &m.d[0]), 0);
	assert_int_equal(
		hl_oprf_pair(&pairs, &none, &m.d[0]), HL_OPRF_E_IDENTITY);
	assert_int_equal(
		hl_oprf_pair(&pairs, &m.c[0], &m.d[0]), HL_OPRF_E_IDENTITY);
	assert_int_equal(hl_oprf_prove_end(&pairs, &m.key, NULL, &proof),
		HL_OPRF_E_IDENTITY);
	/* Who proves looks at D as well, though it needs C alone. */
	broken_d(&m);
	assert_int_equal(hl_oprf_prove_begin(&pairs, &m.key, NULL), 0);
	assert_int_equal(
		hl_oprf_pair(&pairs, &m.c[0], &m.d[0]), HL_OPRF_E_ELEMENT);
}

/* As many pairs as there may be, told by number and not by feeding them. */
static void a_proof_gets_full(void **state)
{
	struct made m;
	struct hl_oprf_pairs pairs;
	struct hl_oprf_proof proof;

	make(&m);
	assert_int_equal(hl_oprf_prove_begin(&pairs, &m.key, NULL), 0);
	pairs.n = HL_OPRF_PAIRS_MAX - 1;
	assert_int_equal(hl_oprf_pair(&pairs, &m.c[0], &m.d[0]), 0);
	assert_int_equal(
		hl_oprf_pair(&pairs, &m.c[0], &m.d[0]), HL_OPRF_E_FULL);
	assert_int_equal(hl_oprf_prove_end(&pairs, &m.key, NULL, &proof), 0);
	assert_int_equal(hl_oprf_verify_begin(&pairs, &m.pub, NULL), 0);
	pairs.n = HL_OPRF_PAIRS_MAX - 1;
	assert_int_equal(hl_oprf_pair(&pairs, &m.c[0], &m.d[0]), 0);
	assert_int_equal(hl_oprf_verify_end(&pairs, &proof), 0);
}

static void refuses_null(void **state)
{
	struct made m;
	struct hl_oprf_pairs p;
	struct hl_oprf_proof proof;

	make(&m);
	const struct hl_oprf_list no_c_side = {NULL, m.d, 1};
	const struct hl_oprf_list no_d_side = {m.c, NULL, 1};
	assert_int_equal(hl_oprf_prove_begin(&p, &m.key, NULL), 0);
	const int codes[] = {
		hl_oprf_prove_begin(NULL, &m.key, NULL),
		hl_oprf_verify_begin(NULL, &m.pub, NULL),
		hl_oprf_verify_begin(&p, NULL, NULL),
		hl_oprf_pair(NULL, m.c, m.d),
		hl_oprf_pair(&p, NULL, m.d),
		hl_oprf_pair(&p, m.c, NULL),
		hl_oprf_prove_end(NULL, &m.key, NULL, &proof),
		hl_oprf_prove_end(&p, NULL, NULL, &proof),
		hl_oprf_prove_end(&p, &m.key, NULL, NULL),
		hl_oprf_verify_end(NULL, &proof),
		hl_oprf_verify_end(&p, NULL),
		hl_oprf_prove_begin(&p, NULL, NULL),
		hl_oprf_prove(&m.key, NULL, NULL, &proof),
		hl_oprf_prove(&m.key, &no_c_side, NULL, &proof),
		hl_oprf_verify(&m.pub, &no_d_side, &proof),
	};

	for (size_t i = 0; i < N_OF(codes); i++) {
		if (codes[i] != HL_OPRF_E_ARG) {
			fail_msg("row %zu: %d", i, codes[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_of_the_rfc_hold),
		cmocka_unit_test(bound_proofs_are_as_they_are_described),
		cmocka_unit_test(a_bound_proof_holds_under_its_digest_only),
		cmocka_unit_test(what_was_changed_does_not_hold),
		cmocka_unit_test(a_proof_of_what_is_false_does_not_hold),
		cmocka_unit_test(proofs_differ_each_time),
		cmocka_unit_test(out_of_order),
		cmocka_unit_test(a_bad_pair_is_remembered),
		cmocka_unit_test(a_proof_gets_full),
		cmocka_unit_test(refuses_null),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
