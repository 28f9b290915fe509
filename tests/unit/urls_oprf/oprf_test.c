/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_oprf/oprf.h"

#include "oprf_test.h"
#include "vectors.h"

#define FF30 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

/* What is no element, of each kind that RFC 9496, A.3 has. */
static const struct {
	const char *hex;
	int code;
} bad_elements[] = {
	{ZEROS, HL_OPRF_E_IDENTITY},
	{"00ff" FF30, HL_OPRF_E_ELEMENT},
	{"ff" FF30 "7f", HL_OPRF_E_ELEMENT},
	{"ed" FF30 "7f", HL_OPRF_E_ELEMENT}, /* the field's prime */
	{"ec" FF30 "7f", HL_OPRF_E_ELEMENT}, /* -1: y would be 0 */
	{"0100000000000000000000000000000000000000000000000000000000000000",
		HL_OPRF_E_ELEMENT}, /* negative */
	{"ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
		HL_OPRF_E_ELEMENT},
	{"26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
		HL_OPRF_E_ELEMENT}, /* no square */
	{"3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
		HL_OPRF_E_ELEMENT}, /* negative xy */
	/* The generator with its high bit set. */
	{"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6",
		HL_OPRF_E_ELEMENT},
};

static const struct {
	const char *hex;
	int code;
} some_scalars[] = {
	{ZEROS, HL_OPRF_E_ZERO},
	{ORDER, HL_OPRF_E_SCALAR},
	{"ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", 0},
	{"eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
		HL_OPRF_E_SCALAR},
	{"0100000000000000000000000000000000000000000000000000000000000000", 0},
	{"0100000000000000000000000000000000000000000000000000000000000080",
		HL_OPRF_E_SCALAR},
	{"ffff" FF30, HL_OPRF_E_SCALAR},
};

static struct hl_oprf_view input_of(
	const struct vector *v, uint8_t *room, size_t n_room)
{
	return (struct hl_oprf_view){room, from_hex(v->input, room, n_room)};
}

static void derives_the_keys_of_the_rfc(void **state)
{
	uint8_t seed[32], info[8];
	struct hl_oprf_scalar key;
	struct hl_oprf_element pub, wanted = element(pub_hex);

	from_hex(seed_hex, seed, sizeof(seed));
	from_hex(info_hex, info, sizeof(info));
	for (int mode = 0; mode < 2; mode++) {
		struct hl_oprf_scalar want = scalar(key_hex[mode]);

		assert_int_equal(hl_oprf_key_derive((enum hl_oprf_mode)mode,
					 (struct hl_oprf_view){seed, 32},
					 (struct hl_oprf_view){info, 8}, &key),
			0);
		assert_memory_equal(&key, &want, sizeof(key));
	}
	assert_int_equal(hl_oprf_key_pub(&key, &pub), 0);
	assert_memory_equal(&pub, &wanted, sizeof(pub));
}

static void refuses_seeds(void **state)
{
	static uint8_t bytes[65536];
	const struct {
		int mode;
		struct hl_oprf_view seed, info;
		int code;
	} rows[] = {
		{0, {bytes, 31}, {bytes, 1}, HL_OPRF_E_LENGTH},
		{0, {bytes, 33}, {bytes, 1}, HL_OPRF_E_LENGTH},
		{0, {bytes, 0}, {bytes, 1}, HL_OPRF_E_LENGTH},
		{0, {NULL, 32}, {bytes, 1}, HL_OPRF_E_ARG},
		{0, {bytes, 32}, {NULL, 1}, HL_OPRF_E_ARG},
		{0, {bytes, 32}, {NULL, 0}, 0},
		{0, {bytes, 32}, {bytes, 65535}, 0},
		{0, {bytes, 32}, {bytes, 65536}, HL_OPRF_E_LIMIT},
		{2, {bytes, 32}, {bytes, 1}, HL_OPRF_E_ARG},
	};
	struct hl_oprf_scalar key;

	for (size_t i = 0; i < N_OF(rows); i++) {
		if (hl_oprf_key_derive((enum hl_oprf_mode)rows[i].mode,
			    rows[i].seed, rows[i].info, &key) != rows[i].code) {
			fail_msg("row %zu", i);
		}
	}
	assert_int_equal(
		hl_oprf_key_derive(0, rows[0].seed, rows[0].info, NULL),
		HL_OPRF_E_ARG);
}

/* Both ways: through blinding, and of who has key and input. */
static void vector_holds(const struct vector *v)
{
	uint8_t room[64];
	const enum hl_oprf_mode mode = (enum hl_oprf_mode)v->mode;
	const struct hl_oprf_view input = input_of(v, room, sizeof(room));
	const struct hl_oprf_scalar key = scalar(key_hex[v->mode]);
	const struct hl_oprf_scalar blind = scalar(v->blind);
	const struct hl_oprf_element blinded = element(v->blinded);
	const struct hl_oprf_element evaluated = element(v->evaluated);
	struct hl_oprf_element got, n, direct;
	struct hl_oprf_output output, wanted;

	from_hex(v->output, wanted.b, sizeof(wanted.b));
	assert_int_equal(hl_oprf_blind_with(mode, input, &blind, &got), 0);
	assert_memory_equal(&got, &blinded, sizeof(got));
	assert_int_equal(hl_oprf_evaluate(&key, &blinded, &got), 0);
	assert_memory_equal(&got, &evaluated, sizeof(got));
	assert_int_equal(
		hl_oprf_finalize(input, &blind, &evaluated, &output), 0);
	assert_memory_equal(&output, &wanted, sizeof(output));
	assert_int_equal(hl_oprf_unblind(&blind, &evaluated, &n), 0);
	assert_int_equal(hl_oprf_direct(mode, &key, input, &direct), 0);
	assert_memory_equal(&n, &direct, sizeof(n));
	assert_int_equal(hl_oprf_output(input, &n, &output), 0);
	assert_memory_equal(&output, &wanted, sizeof(output));
	assert_int_equal(hl_oprf_compute(mode, &key, input, &output), 0);
	assert_memory_equal(&output, &wanted, sizeof(output));
}

static void vectors_of_the_rfc_hold(void **state)
{
	for (size_t i = 0; i < N_OF(vectors); i++) {
		vector_holds(&vectors[i]);
	}
}

static void random_blinds_come_to_the_same(void **state)
{
	struct hl_oprf_scalar key, blind[2];
	struct hl_oprf_element pub, e[2], n[2], direct;
	const struct hl_oprf_view host = text("a.example.org");

	assert_int_equal(hl_oprf_key_new(&key, &pub), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(hl_oprf_blind(HL_OPRF_MODE_OPRF, host,
					 &blind[i], &e[i]),
			0);
		/* In place. */
		n[i] = e[i];
		assert_int_equal(hl_oprf_evaluate(&key, &n[i], &n[i]), 0);
		assert_int_equal(hl_oprf_unblind(&blind[i], &n[i], &n[i]), 0);
	}
	assert_memory_not_equal(&blind[0], &blind[1], sizeof(blind[0]));
	assert_memory_not_equal(&e[0], &e[1], sizeof(e[0]));
	assert_memory_equal(&n[0], &n[1], sizeof(n[0]));
	assert_int_equal(
		hl_oprf_direct(HL_OPRF_MODE_OPRF, &key, host, &direct), 0);
	assert_memory_equal(&n[0], &direct, sizeof(direct));
	assert_int_equal(
		hl_oprf_direct(HL_OPRF_MODE_VOPRF, &key, host, &direct), 0);
	assert_memory_not_equal(&n[0], &direct, sizeof(direct));
}

static void refuses_what_is_no_element(void **state)
{
	const struct hl_oprf_scalar key = scalar(key_hex[0]);
	struct hl_oprf_element out, before;

	memset(&before, 7, sizeof(before));
	for (size_t i = 0; i < N_OF(bad_elements); i++) {
		struct hl_oprf_element e = element(bad_elements[i].hex);
		const int code = bad_elements[i].code;

		out = before;
		if (hl_oprf_element_read(e.b, 32, &out) != code ||
			hl_oprf_evaluate(&key, &e, &out) != code ||
			hl_oprf_unblind(&key, &e, &out) != code) {
			fail_msg("row %zu", i);
		}
		assert_memory_equal(&out, &before, sizeof(out));
	}
	assert_int_equal(
		hl_oprf_element_read(before.b, 31, &out), HL_OPRF_E_LENGTH);
	assert_int_equal(
		hl_oprf_element_read(before.b, 33, &out), HL_OPRF_E_LENGTH);
	assert_int_equal(hl_oprf_element_read(NULL, 32, &out), HL_OPRF_E_ARG);
}

static void refuses_what_is_no_scalar(void **state)
{
	const struct hl_oprf_element e = element(vectors[0].blinded);
	struct hl_oprf_element out;
	struct hl_oprf_scalar read;

	for (size_t i = 0; i < N_OF(some_scalars); i++) {
		struct hl_oprf_scalar s = scalar(some_scalars[i].hex);
		const int code = some_scalars[i].code;

		if (hl_oprf_scalar_read(s.b, 32, &read) != code ||
			hl_oprf_key_pub(&s, &out) != code ||
			hl_oprf_evaluate(&s, &e, &out) != code ||
			hl_oprf_unblind(&s, &e, &out) != code ||
			hl_oprf_blind_with(0, text("a"), &s, &out) != code ||
			hl_oprf_direct(0, &s, text("a"), &out) != code) {
			fail_msg("row %zu", i);
		}
	}
	assert_int_equal(hl_oprf_scalar_read(e.b, 31, &read), HL_OPRF_E_LENGTH);
	assert_int_equal(hl_oprf_scalar_read(NULL, 32, &read), HL_OPRF_E_ARG);
}

static void inputs_have_an_end(void **state)
{
	static uint8_t bytes[65536];
	const struct {
		struct hl_oprf_view input;
		int code;
	} rows[] = {
		{{NULL, 0}, 0},
		{{bytes, 65535}, 0},
		{{bytes, 65536}, HL_OPRF_E_LIMIT},
		{{NULL, 1}, HL_OPRF_E_ARG},
	};
	struct hl_oprf_scalar key = scalar(key_hex[0]), blind;
	struct hl_oprf_element e, x = element(vectors[0].blinded);
	struct hl_oprf_output output;

	for (size_t i = 0; i < N_OF(rows); i++) {
		const struct hl_oprf_view in = rows[i].input;
		const int code = rows[i].code;

		if (hl_oprf_element_of(0, in, &e) != code ||
			hl_oprf_blind(0, in, &blind, &e) != code ||
			hl_oprf_output(in, &x, &output) != code ||
			hl_oprf_finalize(in, &key, &x, &output) != code ||
			hl_oprf_compute(0, &key, in, &output) != code) {
			fail_msg("row %zu", i);
		}
	}
	assert_int_equal(
		hl_oprf_element_of((enum hl_oprf_mode)2, rows[0].input, &e),
		HL_OPRF_E_ARG);
}

static void answers_whole_requests(void **state)
{
	const struct hl_oprf_scalar key = scalar(key_hex[1]);
	uint8_t body[4 * 32], answer[4 * 32], zeros[4 * 32] = {0};
	static const size_t broken[] = {0, 1, 31, 33, 63, 65, 127};
	size_t bad = 99;

	for (size_t i = 0; i < 4; i++) {
		from_hex(vectors[2 + i].blinded, body + 32 * i, 32);
	}
	assert_int_equal(
		hl_oprf_evaluate_all(&key, body, 128, answer, &bad), 0);
	assert_int_equal(bad, 99);
	for (size_t i = 0; i < 4; i++) {
		struct hl_oprf_element e = element(vectors[2 + i].evaluated);

		assert_memory_equal(answer + 32 * i, e.b, 32);
	}
	for (size_t i = 0; i < N_OF(broken); i++) {
		assert_int_equal(hl_oprf_evaluate_all(
					 &key, body, broken[i], answer, &bad),
			HL_OPRF_E_LENGTH);
	}
	body[2 * 32] ^= 1; /* negative */
	assert_int_equal(hl_oprf_evaluate_all(&key, body, 128, answer, &bad),
		HL_OPRF_E_ELEMENT);
	assert_int_equal(bad, 2);
	assert_memory_equal(answer, zeros, sizeof(answer));
	memset(body + 32, 0, 32);
	assert_int_equal(hl_oprf_evaluate_all(&key, body, 128, answer, NULL),
		HL_OPRF_E_IDENTITY);
}

static void refuses_null(void **state)
{
	struct hl_oprf_scalar s = scalar(key_hex[0]);
	struct hl_oprf_element e = element(vectors[0].blinded);
	struct hl_oprf_output o;
	const struct hl_oprf_view in = text("a");
	const int codes[] = {
		hl_oprf_key_new(NULL, &e),
		hl_oprf_key_new(&s, NULL),
		hl_oprf_key_pub(NULL, &e),
		hl_oprf_key_pub(&s, NULL),
		hl_oprf_element_of(0, in, NULL),
		hl_oprf_element_read(e.b, 32, NULL),
		hl_oprf_scalar_read(s.b, 32, NULL),
		hl_oprf_blind(0, in, NULL, &e),
		hl_oprf_blind(0, in, &s, NULL),
		hl_oprf_blind_with(0, in, NULL, &e),
		hl_oprf_blind_with(0, in, &s, NULL),
		hl_oprf_evaluate(NULL, &e, &e),
		hl_oprf_evaluate(&s, NULL, &e),
		hl_oprf_evaluate(&s, &e, NULL),
		hl_oprf_evaluate_all(NULL, &e, 32, &o, NULL),
		hl_oprf_evaluate_all(&s, NULL, 32, &o, NULL),
		hl_oprf_evaluate_all(&s, &e, 32, NULL, NULL),
		hl_oprf_unblind(NULL, &e, &e),
		hl_oprf_unblind(&s, NULL, &e),
		hl_oprf_unblind(&s, &e, NULL),
		hl_oprf_output(in, NULL, &o),
		hl_oprf_output(in, &e, NULL),
		hl_oprf_finalize(in, NULL, &e, &o),
		hl_oprf_finalize(in, &s, &e, NULL),
		hl_oprf_compute(0, NULL, in, &o),
		hl_oprf_compute(0, &s, in, NULL),
	};

	for (size_t i = 0; i < N_OF(codes); i++) {
		if (codes[i] != HL_OPRF_E_ARG) {
			fail_msg("row %zu: %d", i, codes[i]);
		}
	}
}

static void every_code_has_a_name(void **state)
{
	for (int code = HL_OPRF_E_SYSTEM; code <= 0; code++) {
		assert_non_null(hl_oprf_code_name(code));
		assert_string_not_equal(hl_oprf_code_name(code), "unknown");
	}
	assert_string_equal(hl_oprf_code_name(1), "unknown");
	assert_string_equal(hl_oprf_code_name(HL_OPRF_E_SYSTEM - 1), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derives_the_keys_of_the_rfc),
		cmocka_unit_test(refuses_seeds),
		cmocka_unit_test(vectors_of_the_rfc_hold),
		cmocka_unit_test(random_blinds_come_to_the_same),
		cmocka_unit_test(refuses_what_is_no_element),
		cmocka_unit_test(refuses_what_is_no_scalar),
		cmocka_unit_test(inputs_have_an_end),
		cmocka_unit_test(answers_whole_requests),
		cmocka_unit_test(refuses_null),
		cmocka_unit_test(every_code_has_a_name),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
