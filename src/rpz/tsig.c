/* SPDX-License-Identifier: Apache-2.0 */
#include "rpz/tsig.h"

#include <assert.h>
#include <sodium.h>

#define SECRET_MIN 16

/* "hmac-sha256." and "hmac-sha512." on the wire. */
static const uint8_t alg_names[][13] = {
	[HL_RPZ_SHA256] = "\x0bhmac-sha256",
	[HL_RPZ_SHA512] = "\x0bhmac-sha512",
};

static size_t mac_bytes(enum hl_rpz_alg alg)
{
	return alg == HL_RPZ_SHA512 ? crypto_auth_hmacsha512_BYTES
				    : crypto_auth_hmacsha256_BYTES;
}

struct mac {
	enum hl_rpz_alg alg;
	union {
		crypto_auth_hmacsha256_state s256;
		crypto_auth_hmacsha512_state s512;
	} u;
};

static void mac_init(struct mac *m, const struct hl_rpz_secret *key)
{
	m->alg = key->alg;
	if (m->alg == HL_RPZ_SHA512) {
		crypto_auth_hmacsha512_init(&m->u.s512, key->p, key->n);
	} else {
		crypto_auth_hmacsha256_init(&m->u.s256, key->p, key->n);
	}
}

static void mac_add(struct mac *m, const void *p, size_t n)
{
	if (m->alg == HL_RPZ_SHA512) {
		crypto_auth_hmacsha512_update(&m->u.s512, p, n);
	} else {
		crypto_auth_hmacsha256_update(&m->u.s256, p, n);
	}
}

static void mac_final(struct mac *m, uint8_t out[HL_RPZ_MAC_MAX])
{
	if (m->alg == HL_RPZ_SHA512) {
		crypto_auth_hmacsha512_final(&m->u.s512, out);
	} else {
		crypto_auth_hmacsha256_final(&m->u.s256, out);
	}
	sodium_memzero(&m->u, sizeof(m->u));
}

int hl_rpz_secret_init(const struct hl_rpz_key *key, struct hl_rpz_secret *out,
	struct hl_err *err)
{
	if (hl_rpz_name_parse(key->name, &out->name) || out->name.n == 1) {
		return HL_FAIL(err, HL_E_INVALID,
			"a key's name must be a domain name, as "
			"provider-1.hotline.example");
	}
	if (key->alg != HL_RPZ_SHA256 && key->alg != HL_RPZ_SHA512) {
		return HL_FAIL(err, HL_E_INVALID,
			"a key must be for hmac-sha256 or hmac-sha512");
	}
	if (key->secret.n < SECRET_MIN || key->secret.n > HL_RPZ_SECRET_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"a key must have 16 to 128 bytes, not %zu",
			key->secret.n);
	}
	out->alg = key->alg;
	out->n = key->secret.n;
	memcpy(out->p, key->secret.p, out->n);
	return 0;
}

/* -- what is signed: RFC 8945 clause 4.3 -- */

struct fields {
	uint64_t signed_s;
	uint16_t fudge_s, error;
	const uint8_t *other;
	uint16_t n_other;
};

static void add_out(struct mac *m, const struct hl_rpz_out *o)
{
	mac_add(m, o->p, o->n);
}

static void add_prior(struct mac *m, const struct hl_rpz_chain *chain)
{
	uint8_t b[2];
	struct hl_rpz_out o = {b, 0, sizeof(b), false};

	if (chain->n_mac) {
		hl_rpz_put_16(&o, chain->n_mac);
		add_out(m, &o);
		mac_add(m, chain->mac, chain->n_mac);
	}
}

static void add_fields(
	struct mac *m, const struct hl_rpz_chain *chain, const struct fields *f)
{
	uint8_t b[HL_RPZ_WIRE_MAX + 64];
	struct hl_rpz_out o = {b, 0, sizeof(b), false};

	if (!chain->began) {
		hl_rpz_put(&o, chain->key->name.p, chain->key->name.n);
		hl_rpz_put_16(&o, HL_RPZ_ANY);
		hl_rpz_put_32(&o, 0);
		hl_rpz_put(
			&o, alg_names[chain->key->alg], sizeof(alg_names[0]));
	}
	hl_rpz_put_48(&o, f->signed_s);
	hl_rpz_put_16(&o, f->fudge_s);
	if (!chain->began) {
		hl_rpz_put_16(&o, f->error);
		hl_rpz_put_16(&o, f->n_other);
	}
	add_out(m, &o);
	if (!chain->began && f->n_other) {
		mac_add(m, f->other, f->n_other);
	}
}

static void put_record(struct hl_rpz_out *o, const struct hl_rpz_name *key,
	struct hl_str alg, const struct fields *f, struct hl_str mac)
{
	hl_rpz_put(o, key->p, key->n);
	hl_rpz_put_16(o, HL_RPZ_TSIG);
	hl_rpz_put_16(o, HL_RPZ_ANY);
	hl_rpz_put_32(o, 0);
	hl_rpz_put_16(o, (unsigned)(alg.n + 16 + mac.n + f->n_other));
	hl_rpz_put(o, alg.p, alg.n);
	hl_rpz_put_48(o, f->signed_s);
	hl_rpz_put_16(o, f->fudge_s);
	hl_rpz_put_16(o, (unsigned)mac.n);
	hl_rpz_put(o, mac.p, mac.n);
}

static void put_rest(
	struct hl_rpz_out *o, uint16_t original_id, const struct fields *f)
{
	hl_rpz_put_16(o, original_id);
	hl_rpz_put_16(o, f->error);
	hl_rpz_put_16(o, f->n_other);
	if (f->n_other) {
		hl_rpz_put(o, f->other, f->n_other);
	}
	hl_rpz_count(o, HL_RPZ_AT_AR);
}

size_t hl_rpz_sign_bytes(const struct hl_rpz_chain *chain)
{
	/* name, head, algorithm, fixed fields, MAC, a time */
	return chain->key ? chain->key->name.n + 10u + sizeof(alg_names[0]) +
				    16u + mac_bytes(chain->key->alg) + 6u
			  : 0;
}

void hl_rpz_sign(
	struct hl_rpz_chain *chain, uint64_t now_s, struct hl_rpz_out *o)
{
	uint8_t server_time[6], id_bytes[2];
	struct hl_rpz_out id = {id_bytes, 0, sizeof(id_bytes), false};
	struct hl_rpz_out t = {server_time, 0, sizeof(server_time), false};
	bool bad_time = chain->error == HL_RPZ_BADTIME;
	/* clause 5.2.3: the request's time, and ours beside it */
	struct fields f = {.signed_s = bad_time ? chain->request_s : now_s,
		.fudge_s = HL_RPZ_FUDGE_S,
		.error = chain->error,
		.other = server_time,
		.n_other = bad_time ? sizeof(server_time) : 0};
	struct mac m;

	if (!chain->key || o->over) {
		return;
	}
	hl_rpz_put_48(&t, now_s);
	mac_init(&m, chain->key);
	add_prior(&m, chain);
	/* as it is signed, a message has its original id (clause 4.3.2) */
	hl_rpz_put_16(&id, chain->original_id);
	add_out(&m, &id);
	mac_add(&m, o->p + 2, o->n - 2);
	add_fields(&m, chain, &f);
	mac_final(&m, chain->mac);
	chain->n_mac = (uint16_t)mac_bytes(chain->key->alg);
	chain->began = chain->began || chain->error == 0;
	put_record(o, &chain->key->name,
		hl_str_mem(alg_names[chain->key->alg], sizeof(alg_names[0])),
		&f, hl_str_mem(chain->mac, chain->n_mac));
	put_rest(o, chain->original_id, &f);
}

void hl_rpz_put_unsigned(
	struct hl_rpz_out *o, const struct hl_rpz_msg *m, uint16_t error)
{
	const struct hl_rpz_tsig *t = &m->tsig;
	struct fields f = {
		.signed_s = t->signed_s, .fudge_s = t->fudge_s, .error = error};

	put_record(o, &t->key, hl_str_mem(t->alg.p, t->alg.n), &f, HL_STR_NONE);
	put_rest(o, t->original_id, &f);
}

/* The message as it was before it was signed: the original id, one record
 * less. */
static void add_message(struct mac *m, const struct hl_rpz_msg *msg)
{
	uint8_t head[HL_RPZ_HEAD];
	struct hl_rpz_out o = {head, 0, sizeof(head), false};

	hl_rpz_put(&o, msg->p, sizeof(head));
	hl_rpz_set_16(&o, 0, msg->tsig.original_id);
	hl_rpz_set_16(&o, HL_RPZ_AT_AR,
		(unsigned)(head[HL_RPZ_AT_AR] << 8 | head[HL_RPZ_AT_AR + 1]) -
			1);
	add_out(m, &o);
	mac_add(m, msg->p + HL_RPZ_HEAD, msg->tsig.at - HL_RPZ_HEAD);
}

static bool in_time(const struct hl_rpz_tsig *t, uint64_t now_s)
{
	uint64_t off =
		now_s > t->signed_s ? now_s - t->signed_s : t->signed_s - now_s;

	/* no longer than ours: what was recorded must not be good for long */
	return off <= t->fudge_s && off <= HL_RPZ_FUDGE_S;
}

int hl_rpz_verify(struct hl_rpz_chain *chain, const struct hl_rpz_msg *msg,
	uint64_t now_s)
{
	const struct hl_rpz_tsig *t = &msg->tsig;
	const struct hl_rpz_secret *key = chain->key;
	size_t whole = mac_bytes(key->alg);
	uint8_t mac[HL_RPZ_MAC_MAX];
	struct mac m;

	assert(t->present && hl_rpz_name_eq(&t->key, &key->name));
	if (t->alg.n != sizeof(alg_names[0]) ||
		memcmp(t->alg.p, alg_names[key->alg], t->alg.n) != 0) {
		return HL_RPZ_BADKEY;
	}
	/* clause 5.2.2.1 */
	if (t->n_mac > whole || t->n_mac < 10 || t->n_mac < whole / 2) {
		return HL_E_INVALID;
	}
	mac_init(&m, key);
	add_prior(&m, chain);
	add_message(&m, msg);
	add_fields(&m, chain,
		&(struct fields){t->signed_s, t->fudge_s, t->error, t->other,
			t->n_other});
	mac_final(&m, mac);
	if (sodium_memcmp(mac, t->mac, t->n_mac) != 0) {
		return HL_RPZ_BADSIG;
	}
	chain->original_id = t->original_id;
	chain->request_s = t->signed_s;
	memcpy(chain->mac, t->mac, t->n_mac);
	chain->n_mac = t->n_mac;
	chain->error = t->n_mac < whole     ? HL_RPZ_BADTRUNC
		       : !in_time(t, now_s) ? HL_RPZ_BADTIME
					    : 0;
	return chain->error;
}
