/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/root.h"

#include <inttypes.h>

#define CLOSED "\n\n"
enum { DAYS_MAX = 3 * 366 };

/* A draft has no signature; reading wants one. */
static bool is_draft(struct hl_str text)
{
	return hl_str_ends(text, HL_STR(CLOSED)) &&
	       hl_str_find(text, HL_STR(CLOSED)) == text.n - 2;
}

/* Reads a draft as if it were signed, by a signature that is none. */
static int read_any(struct hl_str text, struct hl_buf *copy,
	struct hl_urls_root *root, struct hl_urls_text *t, struct hl_err *err)
{
	static const uint8_t nothing[HL_URLS_SIGNATURE];

	hl_buf_put(copy, text);
	if (is_draft(text)) {
		hl_urls_text_put(copy, "signature");
		hl_urls_text_put_hex(copy, nothing, HL_URLS_KEYID);
		hl_urls_text_put_base64(copy, nothing, sizeof(nothing));
		hl_urls_text_put_end(copy);
	}
	if (copy->fault) {
		return HL_FAIL(err, copy->fault, "a root of another form");
	}
	return hl_urls_root_read(hl_buf_str(copy), root, t, err);
}

static int take_keys(const struct hl_lists_root_wish *wish,
	struct hl_urls_root *root, struct hl_err *err)
{
	if (wish->n_keys > HL_URLS_ROOT_KEYS_MAX) {
		return HL_FAIL(err, HL_E_INVALID, "at most %d root keys",
			HL_URLS_ROOT_KEYS_MAX);
	}
	if (wish->n_keys) {
		root->n_root = (uint32_t)wish->n_keys;
		for (size_t i = 0; i < wish->n_keys; i++) {
			memcpy(root->root[i], wish->keys[i].b, HL_URLS_PUBLIC);
		}
	}
	if (root->n_root < HL_URLS_ROOT_KEYS_MIN) {
		return HL_FAIL(err, HL_E_INVALID,
			"a root needs %d keys or more, each with another "
			"person",
			HL_URLS_ROOT_KEYS_MIN);
	}
	root->threshold = wish->threshold   ? wish->threshold
			  : root->threshold ? root->threshold
					    : 2;
	return root->threshold > root->n_root
		       ? HL_FAIL(err, HL_E_INVALID,
				 "%u signatures of %u keys cannot be had",
				 root->threshold, root->n_root)
		       : 0;
}

int hl_lists_root_draft(const struct hl_lists_rooting *in,
	const struct hl_lists_root_wish *wish, struct hl_buf *out,
	struct hl_err *err)
{
	struct hl_urls_root root = {0};
	int r = in->before.p ? hl_urls_root_read(in->before, &root, NULL, err)
			     : 0;

	if (!r && (wish->days < 1 || wish->days > DAYS_MAX)) {
		r = HL_FAIL(err, HL_E_INVALID, "a root lasts 1 to %d days",
			DAYS_MAX);
	}
	if (!r) {
		r = take_keys(wish, &root, err);
	}
	if (r) {
		return r;
	}
	memcpy(root.hotline, in->hotline, sizeof(root.hotline));
	root.version++;
	root.made = in->now;
	root.expires = in->now + (int64_t)wish->days * 86400;
	root.n_online = 1;
	memcpy(root.online[0], in->online.b, HL_URLS_PUBLIC);
	hl_urls_root_put(&root, out);
	HL_BUF_AUTO copy = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	struct hl_urls_text t;
	return out->fault ? HL_FAIL(err, out->fault, "a root is too long")
			  : read_any(hl_buf_str(out), &copy, &root, &t, err);
}

static bool has_key(
	const struct hl_urls_root *root, const struct hl_seal_sign_pub *pub)
{
	for (size_t i = 0; i < root->n_root; i++) {
		if (memcmp(root->root[i], pub->b, HL_URLS_PUBLIC) == 0) {
			return true;
		}
	}
	return false;
}

int hl_lists_root_sign(struct hl_buf *text, const struct hl_seal_sign_key *key,
	struct hl_str before, struct hl_err *err)
{
	HL_BUF_AUTO copy = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	struct hl_urls_root root, old = {0};
	uint8_t own[1][HL_URLS_PUBLIC];
	struct hl_urls_text t;
	int r = read_any(hl_buf_str(text), &copy, &root, &t, err);

	if (!r && before.p) {
		r = hl_urls_root_read(before, &old, NULL, err);
	}
	if (r) {
		return r;
	}
	if (!has_key(&root, &key->pub) && !has_key(&old, &key->pub)) {
		return HL_FAIL(err, HL_E_INVALID,
			"this key is none of the root's keys; one of the root "
			"before is taken with --before FILE");
	}
	memcpy(own[0], key->pub.b, sizeof(own[0]));
	if (hl_urls_text_signers(&t, own, 1)) {
		return HL_FAIL(
			err, HL_CONFLICT, "this key has signed it already");
	}
	return hl_urls_text_sign(text, key->secret, err);
}

int hl_lists_root_look(const struct hl_lists_rooting *in, struct hl_str text,
	struct hl_lists_root_state *out, struct hl_err *err)
{
	HL_BUF_AUTO copy = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	struct hl_urls_text t;

	*out = (struct hl_lists_root_state){.has_before = in->before.p != NULL};
	int r = read_any(text, &copy, &out->root, &t, err);
	if (!r && out->has_before) {
		r = hl_urls_root_read(in->before, &out->before, NULL, err);
	}
	if (r) {
		return r;
	}
	for (size_t i = 0; i < out->root.n_root; i++) {
		out->signed_by[i] =
			hl_urls_text_signers(&t, &out->root.root[i], 1) == 1;
		out->n_own += out->signed_by[i];
	}
	if (out->has_before) {
		out->n_before = hl_urls_text_signers(
			&t, out->before.root, out->before.n_root);
	}
	return 0;
}

static bool names_online(
	const struct hl_urls_root *root, const struct hl_seal_sign_pub *online)
{
	for (size_t i = 0; i < root->n_online; i++) {
		if (memcmp(root->online[i], online->b, HL_URLS_PUBLIC) == 0) {
			return true;
		}
	}
	return false;
}

int hl_lists_root_check(const struct hl_lists_rooting *in,
	const struct hl_lists_root_state *s, struct hl_err *err)
{
	uint64_t wanted = s->has_before ? s->before.version + 1 : 1;

	if (memcmp(s->root.hotline, in->hotline, sizeof(in->hotline)) != 0) {
		return HL_FAIL(
			err, HL_E_INVALID, "it is the root of another hotline");
	}
	if (s->root.version != wanted) {
		return HL_FAIL(err, HL_E_INVALID,
			"its version is %" PRIu64 ", and %" PRIu64
			" is the next",
			s->root.version, wanted);
	}
	if (s->root.made > in->now + 300 || s->root.expires <= in->now) {
		return HL_FAIL(err, HL_E_INVALID,
			"its time has not come or is over; draft another one");
	}
	if (!names_online(&s->root, &in->online)) {
		return HL_FAIL(err, HL_E_INVALID,
			"it does not name this hotline's lists-online.key");
	}
	if (s->n_own < s->root.threshold) {
		return HL_FAIL(err, HL_E_INVALID,
			"%zu of its keys have signed it, %u must", s->n_own,
			s->root.threshold);
	}
	if (s->has_before && s->n_before < s->before.threshold) {
		return HL_FAIL(err, HL_E_INVALID,
			"%zu keys of the root before have signed it, %u must",
			s->n_before, s->before.threshold);
	}
	return 0;
}
