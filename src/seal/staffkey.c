/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/staffkey.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

#include "base/rand.h"
#include "seal/box.h"
#include "seal/bytes.h"

/*
 * The wrapped staff secret:
 *   0  version 1 | 1  type 3 | 2  KDF 1, Argon2id | 3  memory, KiB, be32
 *   7  passes, be32 | 11  salt 16 | 27  ciphertext 32 | 59  tag 16
 * Key and nonce come from HKDF over Argon2id's output. The salt is fresh at
 * each wrap, so the nonce need not be stored.
 */
enum {
	AT_MEM = 3,
	AT_PASSES = 7,
	AT_SALT = 11,
	AT_BOX = 27,
	SALT = crypto_pwhash_argon2id_SALTBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	PASSWORD_MAX = 1024,
	MEM_LEAST_KIB = 8, /* what Argon2 itself needs */
};

_Static_assert(SALT == AT_BOX - AT_SALT, "layout");
_Static_assert(
	AT_BOX + HL_SEAL_KEY_BYTES + TAG == HL_SEAL_STAFF_WRAP_BYTES, "layout");

struct material {
	uint8_t key[HL_SEAL_KEY_BYTES];
	uint8_t nonce[NONCE];
};

static bool cost_in_range(uint32_t mem_kib, uint32_t passes)
{
	return mem_kib >= MEM_LEAST_KIB && mem_kib <= HL_SEAL_COST_MAX_KIB &&
	       passes >= 1 && passes <= HL_SEAL_COST_MAX_PASSES;
}

static int check_password(struct hl_str password, struct hl_err *err)
{
	if (password.n == 0) {
		return HL_FAIL(err, HL_E_INVALID, "empty password");
	}
	if (password.n > PASSWORD_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "password over %d bytes",
			PASSWORD_MAX);
	}
	return 0;
}

/* Cost and salt are read from the head of the wrapped value. */
static int stretch(const uint8_t *head, struct hl_str password,
	struct material *m, struct hl_err *err)
{
	uint8_t strong[32];

	if (crypto_pwhash(strong, sizeof(strong), password.p, password.n,
		    head + AT_SALT, hl_seal_get_be32(head + AT_PASSES),
		    (size_t)hl_seal_get_be32(head + AT_MEM) * 1024,
		    crypto_pwhash_ALG_ARGON2ID13) != 0) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for Argon2id");
	}
	const struct hl_seal_hkdf in = {
		.ikm = hl_str_mem(strong, sizeof(strong)),
		.salt = hl_str_mem(head + AT_SALT, SALT),
		.info = HL_STR("OpenHotline v1 staff wrap"),
	};
	hl_seal_hkdf(&in, m, sizeof(*m));
	sodium_memzero(strong, sizeof(strong));
	return 0;
}

struct wrap_aad {
	uint8_t domain[16];
	uint8_t head[AT_BOX];
	uint8_t staff_id[8];
	uint8_t pub[HL_SEAL_KEY_BYTES];
};

static void make_aad(struct wrap_aad *a, const uint8_t *head, int64_t staff_id,
	const struct hl_seal_pub *pub)
{
	memcpy(a->domain, "OHL staff wrap 1", sizeof(a->domain));
	memcpy(a->head, head, sizeof(a->head));
	hl_seal_put_be64(a->staff_id, (uint64_t)staff_id);
	memcpy(a->pub, pub->b, sizeof(a->pub));
}

static int check_cost(const struct hl_seal_cost *cost, struct hl_err *err)
{
	if (!cost_in_range(cost->mem_kib, cost->passes) ||
		(cost->mem_kib < HL_SEAL_COST_MIN_KIB && !cost->allow_weak)) {
		return HL_FAIL(err, HL_E_INVALID, "Argon2id cost out of range");
	}
	return 0;
}

static void write_head(uint8_t *head, const struct hl_seal_cost *cost)
{
	head[0] = 1;
	head[1] = 3;
	head[2] = 1;
	hl_seal_put_be32(head + AT_MEM, cost->mem_kib);
	hl_seal_put_be32(head + AT_PASSES, cost->passes);
	hl_rand_bytes(head + AT_SALT, SALT);
}

int hl_seal_staff_wrap(int64_t staff_id, const struct hl_seal_secret *secret,
	struct hl_str password, const struct hl_seal_cost *cost,
	struct hl_buf *out, struct hl_err *err)
{
	uint8_t w[HL_SEAL_STAFF_WRAP_BYTES];
	struct hl_seal_pub pub;
	struct wrap_aad a;
	struct material m;
	int r = check_cost(cost, err);

	if (!r) {
		r = check_password(password, err);
	}
	if (r) {
		return r;
	}
	write_head(w, cost);
	r = stretch(w, password, &m, err);
	if (r) {
		return r;
	}
	hl_seal_pub_of(secret, &pub);
	make_aad(&a, w, staff_id, &pub);
	crypto_aead_xchacha20poly1305_ietf_encrypt(w + AT_BOX, NULL, secret->b,
		sizeof(secret->b), (const uint8_t *)&a, sizeof(a), NULL,
		m.nonce, m.key);
	sodium_memzero(&m, sizeof(m));
	hl_buf_put_mem(out, w, sizeof(w));
	return out->fault ? HL_FAIL(err, out->fault, "no room") : 0;
}

int hl_seal_staff_unwrap(int64_t staff_id, const struct hl_seal_pub *pub,
	struct hl_str password, struct hl_str wrapped,
	struct hl_seal_secret *secret, struct hl_err *err)
{
	const uint8_t *w = (const uint8_t *)wrapped.p;
	struct wrap_aad a;
	struct material m;

	if (wrapped.n != HL_SEAL_STAFF_WRAP_BYTES || w[0] != 1 || w[1] != 3 ||
		w[2] != 1 ||
		!cost_in_range(hl_seal_get_be32(w + AT_MEM),
			hl_seal_get_be32(w + AT_PASSES))) {
		return HL_FAIL(err, HL_E_CORRUPT, "staff %lld: wrapped key",
			(long long)staff_id);
	}
	if (password.n == 0 || password.n > PASSWORD_MAX) {
		return HL_DENIED;
	}
	int r = stretch(w, password, &m, err);
	if (r) {
		return r;
	}
	make_aad(&a, w, staff_id, pub);
	r = crypto_aead_xchacha20poly1305_ietf_decrypt(secret->b, NULL, NULL,
		w + AT_BOX, HL_SEAL_KEY_BYTES + TAG, (const uint8_t *)&a,
		sizeof(a), m.nonce, m.key);
	sodium_memzero(&m, sizeof(m));
	return r == 0 ? 0 : HL_DENIED;
}

int hl_seal_staff_pretend(struct hl_str password,
	const struct hl_seal_cost *cost, struct hl_err *err)
{
	uint8_t head[AT_BOX];
	struct material m;

	if (!cost_in_range(cost->mem_kib, cost->passes) ||
		check_password(password, NULL)) {
		return HL_DENIED;
	}
	write_head(head, cost);
	int r = stretch(head, password, &m, err);
	if (r == 0) {
		sodium_memzero(&m, sizeof(m));
	}
	return r ? r : HL_DENIED;
}

void hl_seal_staff_key(const struct hl_seal_secret *secret,
	enum hl_seal_staff_use use, struct hl_seal_key *out)
{
	static const struct hl_str uses[] = {
		[HL_SEAL_STAFF_TOTP] = HL_STR_INIT("totp"),
		[HL_SEAL_STAFF_RECOVERY] = HL_STR_INIT("recovery codes"),
		[HL_SEAL_STAFF_SIGN] = HL_STR_INIT("list approvals"),
	};
	const struct hl_seal_hkdf in = {
		.ikm = hl_str_mem(secret->b, sizeof(secret->b)),
		.salt = HL_STR("OpenHotline v1 staff key"),
		.info = uses[use],
	};

	hl_seal_hkdf(&in, out->b, sizeof(out->b));
}

static const char *purpose_kind(enum hl_seal_purpose p)
{
	switch (p) {
	case HL_SEAL_QUEUE:
		return "grant.queue";
	case HL_SEAL_IDENTITY:
		return "grant.identity";
	case HL_SEAL_URL:
		return "grant.url";
	}
	return NULL;
}

static struct hl_seal_label grant_label(
	const struct hl_seal_grant *g, char field[32])
{
	snprintf(field, 32, "holder.%lld", (long long)g->holder_id);
	return (struct hl_seal_label){
		.kind = purpose_kind(g->purpose),
		.id = g->epoch_id,
		.field = field,
		.schema = 1,
		.exact = true,
	};
}

int hl_seal_grant(const struct hl_seal_grant *g, const struct hl_seal_pub *to,
	const uint8_t key[HL_SEAL_KEY_BYTES], struct hl_buf *out,
	struct hl_err *err)
{
	char field[32];
	const struct hl_seal_label label = grant_label(g, field);

	return hl_seal_to(
		to, &label, hl_str_mem(key, HL_SEAL_KEY_BYTES), out, err);
}

int hl_seal_grant_open(const struct hl_seal_grant *g,
	const struct hl_seal_secret *holder, struct hl_str granted,
	uint8_t key[HL_SEAL_KEY_BYTES], struct hl_err *err)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(HL_SEAL_KEY_BYTES);
	char field[32];
	const struct hl_seal_label label = grant_label(g, field);
	int r = hl_seal_open(holder, &label, granted, &plain, err);

	if (r) {
		return r;
	}
	if (plain.n != HL_SEAL_KEY_BYTES) {
		return HL_FAIL(err, HL_E_CORRUPT, "a granted key's size");
	}
	memcpy(key, plain.p, plain.n);
	return 0;
}

enum { SESSION_BYTES = HL_SEAL_KEY_BYTES + 4 };

static struct hl_seal_label session_label(int64_t staff_id)
{
	return (struct hl_seal_label){
		.kind = "session",
		.id = staff_id,
		.field = "staff secret",
		.schema = 1,
		.exact = true,
	};
}

int hl_seal_session_wrap(const struct hl_seal_token *token,
	const struct hl_seal_session *session, struct hl_buf *out,
	struct hl_err *err)
{
	const struct hl_seal_label label = session_label(session->staff_id);
	HL_SEAL_KEY_AUTO key;
	uint8_t plain[SESSION_BYTES];

	memcpy(plain, session->secret.b, HL_SEAL_KEY_BYTES);
	hl_seal_put_be32(plain + HL_SEAL_KEY_BYTES, session->state);
	hl_seal_token_key(token, &key);
	int r = hl_seal_sym(
		&key, &label, hl_str_mem(plain, sizeof(plain)), out, err);
	sodium_memzero(plain, sizeof(plain));
	return r;
}

int hl_seal_session_open(const struct hl_seal_token *token, int64_t staff_id,
	struct hl_str wrapped, struct hl_seal_session *out, struct hl_err *err)
{
	const struct hl_seal_label label = session_label(staff_id);
	HL_BUF_AUTO plain = HL_BUF_SECRET(SESSION_BYTES);
	HL_SEAL_KEY_AUTO key;

	hl_seal_token_key(token, &key);
	int r = hl_seal_sym_open(&key, &label, wrapped, &plain, err);
	if (r) {
		return r;
	}
	if (plain.n != SESSION_BYTES) {
		return HL_FAIL(err, HL_E_CORRUPT, "a session's size");
	}
	out->staff_id = staff_id;
	memcpy(out->secret.b, plain.p, HL_SEAL_KEY_BYTES);
	out->state =
		hl_seal_get_be32((const uint8_t *)plain.p + HL_SEAL_KEY_BYTES);
	return 0;
}

void hl_seal_url_hash(const struct hl_seal_key *url_key,
	struct hl_str canonical, uint8_t out[HL_SEAL_URL_HASH_BYTES])
{
	const struct hl_seal_digest how = {
		"OHL url hash 1", url_key->b, sizeof(url_key->b)};

	hl_seal_digest(
		&how, canonical.p, canonical.n, out, HL_SEAL_URL_HASH_BYTES);
}
