/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept, committed to, signed and logged of a place: urllist.md,
 * clause 8. The secret s also keys the hash by which equal places are found,
 * so that a copy of the store alone tests no names. */
#include <sodium.h>

#include "publish/inner.h"
#include "seal/bytes.h"
#include "seal/staffkey.h"
#include "urls_file/leaf.h"
#include "urls_oprf/oprf.h"

#define STATEMENT_MAX 512

void hl_publish_hash(const struct hl_seal_list_commit *commit,
	const struct hl_publish_place *place,
	uint8_t out[HL_PUBLISH_HASH_BYTES])
{
	const struct hl_seal_digest how = {
		"OHL list place 1", commit->s, sizeof(commit->s)};
	HL_BUF_AUTO text = HL_BUF_SECRET(2 * HL_URL_MAX);

	hl_buf_printf(&text, "%d\n", (int)place->scope);
	hl_buf_put(&text, place->host);
	hl_buf_put_c(&text, '\n');
	hl_buf_put(&text, place->path);
	hl_seal_digest(&how, text.p, text.n, out, HL_PUBLISH_HASH_BYTES);
}

int hl_publish_mark(const struct hl_seal_list_commit *commit,
	const struct hl_publish_place *place, struct hl_publish_mark *out,
	struct hl_err *err)
{
	struct hl_oprf_view host = {place->host.p, place->host.n};
	struct hl_oprf_element c;
	struct hl_oprf_scalar s;

	hl_publish_hash(commit, place, out->hash);
	memcpy(s.b, commit->s, sizeof(s.b));
	int r = hl_oprf_direct(HL_OPRF_MODE_OPRF, &s, host, &c);
	sodium_memzero(&s, sizeof(s));
	if (r) {
		return HL_FAIL(err, HL_E_CRYPTO, "no commitment: %s",
			hl_oprf_code_name(r));
	}
	memcpy(out->commitment, c.b, sizeof(out->commitment));
	return 0;
}

/* Of who approves; when, stands in the leaf alone. */
static void put_leaf(uint8_t leaf[HL_URLS_LEAF], uint32_t minute,
	const struct hl_publish_statement *what)
{
	const struct hl_urls_leaf_head head = {.kind = HL_URLS_LEAF_APPROVED,
		.what = (int)what->scope,
		.minute = minute,
		.entry = (uint64_t)what->entry_id};

	hl_urls_leaf_begin(&head, leaf);
	memcpy(leaf + HL_URLS_LEAF_C, what->commitment.p,
		HL_PUBLISH_HASH_BYTES);
}

static void put_statement(
	struct hl_buf *out, const struct hl_publish_statement *what)
{
	uint8_t leaf[HL_URLS_LEAF];

	put_leaf(leaf, 0, what);
	hl_urls_statement(out, (const uint8_t *)what->hotline.p, leaf);
}

void hl_publish_sign(const struct hl_seal_secret *secret,
	const struct hl_publish_statement *what,
	struct hl_publish_signature *out)
{
	HL_BUF_AUTO text = HL_BUF_INIT(STATEMENT_MAX);
	HL_SEAL_SIGN_KEY_AUTO key;
	HL_SEAL_KEY_AUTO seed;

	hl_seal_staff_key(secret, HL_SEAL_STAFF_SIGN, &seed);
	hl_seal_sign_from_seed(seed.b, &key);
	put_statement(&text, what);
	out->key = key.pub;
	hl_seal_sign(&key, hl_buf_str(&text), out->sig);
}

int hl_publish_verify(const struct hl_publish_statement *what,
	struct hl_str key, struct hl_str sig, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(STATEMENT_MAX);
	struct hl_seal_sign_pub pub;

	put_statement(&text, what);
	if (key.n == sizeof(pub.b) && !text.fault) {
		memcpy(pub.b, key.p, sizeof(pub.b));
		if (!hl_seal_sign_verify(&pub, hl_buf_str(&text), sig)) {
			return 0;
		}
	}
	return HL_FAIL(err, HL_E_CORRUPT,
		"entry %lld: its proposer's signature does not fit",
		(long long)what->entry_id);
}

static uint32_t minute_now(void)
{
	return (uint32_t)(hl_time_now_us() / HL_US_PER_MIN);
}

static void add_leaf(struct hl_tx *tx, struct hl_arena *arena, int64_t entry_id,
	const uint8_t *leaf)
{
	struct hl_str kept =
		hl_arena_dup(arena, hl_str_mem(leaf, HL_URLS_LEAF));

	hl_tx_list_leaf_add(tx, &(struct hl_in_list_leaf_add){entry_id, kept});
}

void hl_publish_leaf_begin(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_publish_leaf *leaf)
{
	uint8_t b[HL_URLS_LEAF];

	put_leaf(b, minute_now(), &leaf->what);
	for (size_t i = 0; i < 2; i++) {
		uint8_t *at = b + HL_URLS_LEAF_FIRST + i * HL_URLS_LEAF_PERSON;

		memcpy(at, leaf->keys[i].p, HL_SEAL_SIGN_PUB_BYTES);
		memcpy(at + HL_SEAL_SIGN_PUB_BYTES, leaf->sigs[i].p,
			HL_SEAL_SIGN_BYTES);
	}
	add_leaf(tx, arena, leaf->what.entry_id, b);
}

void hl_publish_leaf_end(struct hl_tx *tx, struct hl_arena *arena,
	int64_t entry_id, enum hl_list_end why)
{
	const struct hl_urls_leaf_head head = {.kind = HL_URLS_LEAF_ENDED,
		.what = (int)why,
		.minute = minute_now(),
		.entry = (uint64_t)entry_id};
	uint8_t b[HL_URLS_LEAF];

	hl_urls_leaf_begin(&head, b);
	add_leaf(tx, arena, entry_id, b);
}
