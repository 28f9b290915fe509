/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/box.h"

#include <sodium.h>
#include <stdio.h>

/* The wrap's own label, in storage of the caller's. */
static int key_label(const struct hl_seal_label *of, char field[72],
	struct hl_seal_label *out, struct hl_err *err)
{
	if (!of->field || strnlen(of->field, 61) > 60) {
		return HL_FAIL(
			err, HL_E_INVALID, "field name of a sealed value");
	}
	snprintf(field, 72, "%s.key", of->field);
	*out = *of;
	out->field = field;
	out->exact = true;
	return 0;
}

int hl_seal_key_wrap(const struct hl_seal_pub *to,
	const struct hl_seal_label *label, const struct hl_seal_key *key,
	struct hl_buf *out, struct hl_err *err)
{
	struct hl_seal_label wrap;
	char field[72];
	int r = key_label(label, field, &wrap, err);

	if (r) {
		return r;
	}
	return hl_seal_to(
		to, &wrap, hl_str_mem(key->b, sizeof(key->b)), out, err);
}

int hl_seal_key_unwrap(const struct hl_seal_secret *secret,
	const struct hl_seal_label *label, struct hl_str wrapped,
	struct hl_seal_key *key, struct hl_err *err)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(256);
	struct hl_seal_label wrap;
	char field[72];
	int r = key_label(label, field, &wrap, err);

	if (!r) {
		r = hl_seal_open(secret, &wrap, wrapped, &plain, err);
	}
	if (r) {
		return r;
	}
	if (plain.n != sizeof(key->b)) {
		return HL_FAIL(
			err, HL_E_CORRUPT, "a wrapped key of wrong size");
	}
	memcpy(key->b, plain.p, plain.n);
	return 0;
}

int hl_seal_key_rewrap(const struct hl_seal_secret *from,
	const struct hl_seal_pub *to, const struct hl_seal_label *label,
	struct hl_str wrapped, struct hl_buf *out, struct hl_err *err)
{
	HL_SEAL_KEY_AUTO key;
	int r = hl_seal_key_unwrap(from, label, wrapped, &key, err);

	return r ? r : hl_seal_key_wrap(to, label, &key, out, err);
}

int hl_seal_report(const struct hl_seal_pub *queue_pub,
	const struct hl_seal_label *label, struct hl_str plaintext,
	struct hl_buf *out_wrapped_key, struct hl_buf *out_body,
	struct hl_err *err)
{
	HL_SEAL_KEY_AUTO key;

	hl_seal_key_new(&key);
	int r = hl_seal_sym(&key, label, plaintext, out_body, err);
	if (r) {
		return r;
	}
	return hl_seal_key_wrap(queue_pub, label, &key, out_wrapped_key, err);
}

int hl_seal_report_open(const struct hl_seal_secret *queue,
	const struct hl_seal_label *label, struct hl_str wrapped_key,
	struct hl_str body, struct hl_buf *out, struct hl_err *err)
{
	HL_SEAL_KEY_AUTO key;
	int r = hl_seal_key_unwrap(queue, label, wrapped_key, &key, err);

	return r ? r : hl_seal_sym_open(&key, label, body, out, err);
}
