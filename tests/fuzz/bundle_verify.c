/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "referral/bundle.h"
#include "referral/zip.h"

/*
 * Nothing that is not byte for byte a bundle verifies. The first byte
 * chooses how deep the input reaches: as the whole file; as five members
 * (each a length of two bytes and the data) packed as they should be; and
 * the same with a signature that is right, so that the manifest is what is
 * searched.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct hl_str take(struct hl_str *in)
{
	size_t n = in->n >= 2 ? (size_t)((unsigned char)in->p[0] << 8 |
					 (unsigned char)in->p[1])
			      : 0;
	struct hl_str piece = hl_str_sub(*in, 2, n);

	*in = hl_str_sub(*in, 2 + n, in->n);
	return piece;
}

static void pack(struct hl_str in, const struct hl_seal_sign_key *key,
	struct hl_buf *out)
{
	struct hl_referral_member m[5] = {
		{HL_STR("manifest.json"), {NULL, 0}},
		{HL_STR("signature"), {NULL, 0}},
		{HL_STR("case.json"), {NULL, 0}},
		{HL_STR("case.html"), {NULL, 0}},
		{HL_STR("case.txt"), {NULL, 0}},
	};
	uint8_t signature[HL_SEAL_SIGN_BYTES];

	for (size_t i = 0; i < 5; i++) {
		m[i].data = take(&in);
	}
	if (key) {
		hl_seal_sign(key, m[0].data, signature);
		m[1].data = hl_str_mem(signature, sizeof(signature));
	}
	hl_referral_zip_write(m, 5, INT64_C(1795337255000000), out);
}

static void check(struct hl_str bytes, const struct hl_seal_sign_key *key)
{
	struct hl_referral_bundle_info info;
	struct hl_err err = {.msg = ""};
	int r = hl_referral_bundle_verify(bytes, &key->pub, 1, &info, &err);

	if (r < 0) {
		assert(err.msg[0]);
		for (const char *p = err.msg; *p; p++) {
			assert(*p >= ' ' && *p <= '~');
		}
		return;
	}
	/* What verifies is what the writer makes of the same parts. */
	HL_BUF_AUTO again = HL_BUF_INIT(HL_REFERRAL_BUNDLE_MAX);
	struct hl_referral_bundle b = {.ref = hl_str_c(info.ref),
		.case_ref = hl_str_c(info.case_ref),
		.hotline = hl_str_c(info.hotline),
		.test = info.test,
		.created_at_us = info.created_at_us};
	for (size_t i = 0; i < HL_REFERRAL_BUNDLE_PARTS; i++) {
		b.parts[i] = hl_referral_bundle_part_of(bytes, i);
		assert(b.parts[i].n == info.parts[i].size_bytes);
	}
	if (r == 0) {
		assert(!hl_referral_bundle_write(&b, key, &again, NULL));
		assert(hl_str_eq(hl_buf_str(&again), bytes));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[32] = {1};
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_BUNDLE_MAX);
	HL_SEAL_SIGN_KEY_AUTO key;

	if (size == 0) {
		return 0;
	}
	struct hl_str in = hl_str_mem(data + 1, size - 1);
	hl_seal_sign_from_seed(seed, &key);
	if (data[0] % 3 == 0) {
		check(in, &key);
		return 0;
	}
	pack(in, data[0] % 3 == 1 ? NULL : &key, &out);
	check(hl_buf_str(&out), &key);
	return 0;
}
