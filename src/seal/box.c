/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One core, two ways to come by its key. Both formats start with a head of
 * three bytes (version, type, padding) and end with ciphertext and tag:
 *
 *   to a public key   head | ephemeral public key 32 | ciphertext | tag 16
 *   symmetric         head | nonce 24                | ciphertext | tag 16
 *
 * The middle part is called the lead. Sealed to a public key, key and nonce
 * both come out of HKDF over the shared secret, with both public keys as its
 * salt: the key is used once, so the nonce need not be random or stored.
 * Head and label are the associated data. The plaintext is padded and
 * encrypted where the caller's buffer will keep it, so that no copy is left
 * anywhere else.
 */
#include "seal/box.h"

#include <sodium.h>

#include "base/rand.h"
#include "seal/bytes.h"

enum {
	HEAD = 3,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	LENGTH = 4,
	LABEL_TEXT_MAX = 64,
	BUCKET_MIN = 256,
};
enum box_type { TO_PUB = 1, SYM = 2 };
enum box_padding { EXACT = 0, BUCKETS = 1 };

_Static_assert(HEAD + HL_SEAL_KEY_BYTES + TAG == HL_SEAL_TO_OVERHEAD, "box.h");
_Static_assert(HEAD + NONCE + TAG == HL_SEAL_SYM_OVERHEAD, "box.h");

struct material {
	uint8_t key[HL_SEAL_KEY_BYTES];
	uint8_t nonce[NONCE];
};

static void material_wipe(struct material *m)
{
	sodium_memzero(m, sizeof(*m));
}
#define MATERIAL_AUTO __attribute__((cleanup(material_wipe))) struct material

struct aad {
	uint8_t b[32 + HEAD + 2 * (1 + LABEL_TEXT_MAX) + 8 + 4];
	size_t n;
};

static void aad_put(struct aad *a, const void *p, size_t n)
{
	memcpy(a->b + a->n, p, n);
	a->n += n;
}

static bool aad_put_text(struct aad *a, const char *text)
{
	size_t n = text ? strnlen(text, LABEL_TEXT_MAX + 1) : 0;
	uint8_t len = (uint8_t)n;

	if (n == 0 || n > LABEL_TEXT_MAX) {
		return false;
	}
	aad_put(a, &len, 1);
	aad_put(a, text, n);
	return true;
}

static int aad_make(const uint8_t head[HEAD], const struct hl_seal_label *label,
	struct aad *a, struct hl_err *err)
{
	static const char domain[] = "OpenHotline v1 label";
	uint8_t number[8];

	a->n = 0;
	aad_put(a, domain, sizeof(domain) - 1);
	aad_put(a, head, HEAD);
	if (!aad_put_text(a, label->kind)) {
		return HL_FAIL(err, HL_E_INVALID, "seal label without a kind");
	}
	hl_seal_put_be64(number, (uint64_t)label->id);
	aad_put(a, number, 8);
	if (!aad_put_text(a, label->field)) {
		return HL_FAIL(err, HL_E_INVALID, "seal label without a field");
	}
	hl_seal_put_be32(number, label->schema);
	aad_put(a, number, 4);
	return 0;
}

size_t hl_seal_padded(size_t n)
{
	size_t bucket = BUCKET_MIN;

	if (n > HL_SEAL_MAX_BYTES) {
		return 0;
	}
	while (bucket < n + LENGTH) {
		bucket *= 2;
	}
	return bucket;
}

static void pad(struct hl_str plaintext, uint8_t *to, size_t size, bool exact)
{
	size_t at = exact ? 0 : LENGTH;

	if (!exact) {
		hl_seal_put_be32(to, (uint32_t)plaintext.n);
	}
	if (plaintext.n) {
		memcpy(to + at, plaintext.p, plaintext.n);
	}
	memset(to + at + plaintext.n, 0, size - at - plaintext.n);
}

/* What the head says is authentic here; a form that this code does not
 * write is refused all the same. Moves the plaintext to the front. */
static bool unpad(uint8_t *p, size_t size, bool exact, size_t *n)
{
	if (exact) {
		*n = size;
		return true;
	}
	if (size < BUCKET_MIN) {
		return false;
	}
	size_t len = hl_seal_get_be32(p);
	if (len > HL_SEAL_MAX_BYTES || hl_seal_padded(len) != size ||
		!sodium_is_zero(p + LENGTH + len, size - LENGTH - len)) {
		return false;
	}
	memmove(p, p + LENGTH, len);
	*n = len;
	return true;
}

/* Room for the whole sealed value, its head written. */
static int start(enum box_type type, const struct hl_seal_label *label,
	struct hl_str plaintext, struct hl_buf *out, struct hl_err *err)
{
	size_t size = label->exact ? plaintext.n : hl_seal_padded(plaintext.n);
	size_t over = type == SYM ? HL_SEAL_SYM_OVERHEAD : HL_SEAL_TO_OVERHEAD;

	if (plaintext.n > HL_SEAL_MAX_BYTES) {
		return HL_FAIL(err, HL_E_LIMIT, "too long to seal");
	}
	char *at = hl_buf_reserve(out, over + size);
	if (!at) {
		return HL_FAIL(err, out->fault, "no room for a sealed value");
	}
	at[0] = 1;
	at[1] = (char)type;
	at[2] = label->exact ? EXACT : BUCKETS;
	return 0;
}

static int finish(const struct material *m, size_t lead,
	const struct hl_seal_label *label, struct hl_str plaintext,
	struct hl_buf *out, struct hl_err *err)
{
	uint8_t *head = (uint8_t *)out->p + out->n, *body = head + HEAD + lead;
	size_t size = label->exact ? plaintext.n : hl_seal_padded(plaintext.n);
	struct aad a;
	int r = aad_make(head, label, &a, err);

	if (r) {
		return r;
	}
	pad(plaintext, body, size, label->exact);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
		body, NULL, body, size, a.b, a.n, NULL, m->nonce, m->key);
	out->n += HEAD + lead + size + TAG;
	out->p[out->n] = '\0';
	return 0;
}

/* False for a public key of small order, which would share a known secret. */
static bool agree(const struct hl_seal_secret *ours,
	const struct hl_seal_pub *theirs, const uint8_t ephemeral[32],
	const uint8_t recipient[32], struct material *m)
{
	uint8_t shared[32], salt[64];

	if (crypto_scalarmult(shared, ours->b, theirs->b) != 0) {
		return false;
	}
	memcpy(salt, ephemeral, 32);
	memcpy(salt + 32, recipient, 32);
	const struct hl_seal_hkdf in = {
		.ikm = hl_str_mem(shared, sizeof(shared)),
		.salt = hl_str_mem(salt, sizeof(salt)),
		.info = HL_STR("OpenHotline v1 seal-to"),
	};
	hl_seal_hkdf(&in, m, sizeof(*m));
	sodium_memzero(shared, sizeof(shared));
	return true;
}

int hl_seal_to(const struct hl_seal_pub *to, const struct hl_seal_label *label,
	struct hl_str plaintext, struct hl_buf *out, struct hl_err *err)
{
	HL_SEAL_SECRET_AUTO ephemeral;
	MATERIAL_AUTO m;
	struct hl_seal_pub pub;
	int r = start(TO_PUB, label, plaintext, out, err);

	if (r) {
		return r;
	}
	hl_seal_keypair_new(&pub, &ephemeral);
	if (!agree(&ephemeral, to, pub.b, to->b, &m)) {
		return HL_FAIL(err, HL_E_CRYPTO, "a public key is not usable");
	}
	memcpy(out->p + out->n + HEAD, pub.b, sizeof(pub.b));
	return finish(&m, sizeof(pub.b), label, plaintext, out, err);
}

int hl_seal_sym(const struct hl_seal_key *key,
	const struct hl_seal_label *label, struct hl_str plaintext,
	struct hl_buf *out, struct hl_err *err)
{
	MATERIAL_AUTO m;
	int r = start(SYM, label, plaintext, out, err);

	if (r) {
		return r;
	}
	memcpy(m.key, key->b, sizeof(m.key));
	hl_rand_bytes(m.nonce, sizeof(m.nonce));
	memcpy(out->p + out->n + HEAD, m.nonce, NONCE);
	return finish(&m, NONCE, label, plaintext, out, err);
}

static int check_form(enum box_type type, size_t over, struct hl_str sealed,
	struct hl_err *err)
{
	if (sealed.n < over || sealed.n - over > HL_SEAL_MAX_BYTES + LENGTH ||
		sealed.p[0] != 1 || sealed.p[1] != (char)type ||
		(sealed.p[2] != EXACT && sealed.p[2] != BUCKETS)) {
		return HL_FAIL(
			err, HL_E_CORRUPT, "no sealed value of its kind");
	}
	return 0;
}

static int unseal(const struct material *m, size_t lead,
	const struct hl_seal_label *label, struct hl_str sealed,
	struct hl_buf *out, struct hl_err *err)
{
	const uint8_t *head = (const uint8_t *)sealed.p;
	size_t size = sealed.n - HEAD - lead - TAG, n = 0;
	struct aad a;
	int r = aad_make(head, label, &a, err);

	if (r) {
		return r;
	}
	out->secret = true;
	uint8_t *to = (uint8_t *)hl_buf_reserve(out, size);
	if (!to) {
		return HL_FAIL(err, out->fault, "no room for an opened value");
	}
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(to, NULL, NULL,
		    head + HEAD + lead, size + TAG, a.b, a.n, m->nonce,
		    m->key) != 0) {
		out->p[out->n] = '\0';
		return HL_FAIL(err, HL_E_CRYPTO,
			"%s %lld: key, label or bytes do not fit", label->kind,
			(long long)label->id);
	}
	if (!unpad(to, size, head[2] == EXACT, &n)) {
		r = HL_FAIL(err, HL_E_CORRUPT, "sealed value badly padded");
	}
	sodium_memzero(to + n, size - n);
	out->n += n;
	out->p[out->n] = '\0';
	return r;
}

int hl_seal_open(const struct hl_seal_secret *secret,
	const struct hl_seal_label *label, struct hl_str sealed,
	struct hl_buf *out, struct hl_err *err)
{
	MATERIAL_AUTO m;
	struct hl_seal_pub ephemeral, own;
	int r = check_form(TO_PUB, HL_SEAL_TO_OVERHEAD, sealed, err);

	if (r) {
		return r;
	}
	memcpy(ephemeral.b, sealed.p + HEAD, sizeof(ephemeral.b));
	hl_seal_pub_of(secret, &own);
	if (!agree(secret, &ephemeral, ephemeral.b, own.b, &m)) {
		return HL_FAIL(err, HL_E_CRYPTO, "sealed under a void key");
	}
	return unseal(&m, sizeof(own.b), label, sealed, out, err);
}

int hl_seal_sym_open(const struct hl_seal_key *key,
	const struct hl_seal_label *label, struct hl_str sealed,
	struct hl_buf *out, struct hl_err *err)
{
	MATERIAL_AUTO m;
	int r = check_form(SYM, HL_SEAL_SYM_OVERHEAD, sealed, err);

	if (r) {
		return r;
	}
	memcpy(m.key, key->b, sizeof(m.key));
	memcpy(m.nonce, sealed.p + HEAD, NONCE);
	return unseal(&m, NONCE, label, sealed, out, err);
}
