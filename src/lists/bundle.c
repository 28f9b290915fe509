/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/bundle.h"

#include <sodium.h>

#include "base/file.h"
#include "base/log.h"
#include "lists/build.h"
#include "lists/verify.h"
#include "store/sql.h"
#include "urls_oprf/proof.h"

enum { LEAVES = 2000 };

/* What one bundle is made of. */
struct making {
	const struct hl_lists_prover *p;
	struct hl_urls_manifest manifest;
	struct hl_lists_map map;
	const struct hl_lists_proof_row *rows; /* manifest.rows of them */
	struct hl_buf leaves;                  /* one after another */
	struct hl_oprf_scalar k;               /* k' */
	struct hl_oprf_element pub;
	struct hl_buf *out;
};

static bool stopped(const struct hl_lists_prover *p)
{
	return p->stop && *p->stop;
}

static int give_up(struct hl_err *err)
{
	return HL_FAIL(err, HL_E_UNAVAILABLE, "told to stop");
}

static void take_store(const struct hl_lists_prover *p)
{
	if (p->store_lock) {
		pthread_mutex_lock(p->store_lock);
	}
}

static void give_store(const struct hl_lists_prover *p)
{
	if (p->store_lock) {
		pthread_mutex_unlock(p->store_lock);
	}
}

static int read_manifest(struct making *m, uint64_t consumer, uint64_t version,
	struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)1 << 20, false);
	const struct hl_in_lists_manifest in = {
		.consumer_id = (int64_t)consumer, .version = (int64_t)version};
	struct hl_row_lists_manifest *row = NULL;
	size_t n = 0;

	if (!arena) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a bundle");
	}
	take_store(m->p);
	int r = hl_get_lists_manifest(m->p->store, arena, &in, &row, &n, err);
	give_store(m->p);
	if (!r && !n) {
		return HL_NOTFOUND;
	}
	if (!r) {
		r = hl_urls_manifest_read(
			row->manifest, &m->manifest, NULL, err);
	}
	return !r && m->manifest.tier != HL_LIST_TIER_ASKS ? HL_NOTFOUND : r;
}

static int read_rows(struct making *m, struct hl_err *err)
{
	char path[HL_LISTS_PATH];
	int r = hl_lists_path(m->p->folder, HL_LISTS_ROWS, m->manifest.consumer,
		m->manifest.version, 0, path, err);

	if (r || !m->manifest.rows) {
		return r;
	}
	r = hl_lists_map(path, &m->map, err);
	if (r) {
		return r;
	}
	if (m->map.n != m->manifest.rows * sizeof(*m->rows)) {
		return HL_FAIL(
			err, HL_E_CORRUPT, "%s is not of this list", path);
	}
	m->rows = m->map.p;
	for (uint32_t i = 0; i < m->manifest.rows; i++) {
		if (m->rows[i].leaf >= m->manifest.log_leaves) {
			return HL_FAIL(err, HL_E_CORRUPT,
				"row %u of version %llu is not in the log that "
				"its manifest names",
				i, (unsigned long long)m->manifest.version);
		}
	}
	return 0;
}

/* One page of the log from *at on. */
static int read_page(struct making *m, uint64_t *at, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)8 << 20, true);
	const struct hl_in_lists_leaves in = {
		.place = (int64_t)*at, .n_most = LEAVES};
	struct hl_row_lists_leaves *rows = NULL;
	size_t n = 0;

	if (!arena) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a bundle");
	}
	take_store(m->p);
	int r = hl_get_lists_leaves(m->p->store, arena, &in, &rows, &n, err);
	give_store(m->p);
	for (size_t i = 0; !r && i < n && *at < m->manifest.log_leaves; i++) {
		if (rows[i].place != (int64_t)*at ||
			rows[i].leaf.n != HL_URLS_LEAF) {
			n = 0;
			break;
		}
		hl_buf_put(&m->leaves, rows[i].leaf);
		++*at;
	}
	return !r && !n ? HL_FAIL(err, HL_E_CORRUPT,
				  "the log of approvals has a gap at %llu",
				  (unsigned long long)*at)
			: r;
}

static int read_leaves(struct making *m, struct hl_err *err)
{
	uint64_t at = 0;
	int r = 0;

	while (!r && at < m->manifest.log_leaves) {
		r = stopped(m->p) ? give_up(err) : read_page(m, &at, err);
	}
	return r ? r
	       : m->leaves.fault
		       ? HL_FAIL(err, m->leaves.fault, "no memory for the log")
		       : 0;
}

/* k' = k / s, and B. */
static int make_key(struct making *m, struct hl_err *err)
{
	struct hl_oprf_scalar k, inverse;
	int r = hl_lists_key(&m->p->keys->seed, m->manifest.consumer,
		m->manifest.epoch, &k, err);

	if (r) {
		return r;
	}
	r = crypto_core_ristretto255_scalar_invert(
		inverse.b, m->p->keys->commit.s);
	crypto_core_ristretto255_scalar_mul(m->k.b, k.b, inverse.b);
	sodium_memzero(&k, sizeof(k));
	sodium_memzero(&inverse, sizeof(inverse));
	if (!r) {
		r = hl_oprf_key_pub(&m->k, &m->pub);
	}
	return r ? HL_FAIL(err, HL_E_CRYPTO, "no key for a proof") : 0;
}

static void pair_of(const struct making *m, size_t i, struct hl_oprf_element *c,
	struct hl_oprf_element *d)
{
	memcpy(c->b,
		m->leaves.p + (size_t)m->rows[i].leaf * HL_URLS_LEAF +
			HL_URLS_LEAF_C,
		sizeof(c->b));
	memcpy(d->b, m->rows[i].n, sizeof(d->b));
}

static void put_head(const struct making *m)
{
	const struct hl_urls_manifest *f = &m->manifest;
	struct hl_buf *b = m->out;

	hl_buf_put(b, HL_STR(HL_LISTS_BUNDLE_FIRST "\n"));
	hl_urls_text_put(b, "hotline");
	hl_urls_text_put_hex(b, f->hotline, sizeof(f->hotline));
	hl_urls_text_put_end(b);
	hl_urls_text_put(b, "consumer");
	hl_urls_text_put_number(b, f->consumer);
	hl_urls_text_put_end(b);
	hl_urls_text_put(b, "version");
	hl_urls_text_put_number(b, f->version);
	hl_urls_text_put_end(b);
	hl_urls_text_put(b, "epoch");
	hl_urls_text_put_number(b, f->epoch);
	hl_urls_text_put_end(b);
	hl_urls_text_put(b, "key");
	hl_urls_text_put_base64(b, m->pub.b, sizeof(m->pub.b));
	hl_urls_text_put_end(b);
	hl_urls_text_put(b, "log");
	hl_urls_text_put_number(b, f->log_leaves);
	hl_urls_text_put_hex(b, f->log_head, sizeof(f->log_head));
	hl_urls_text_put_end(b);
}

static void put_lines(const struct making *m)
{
	struct hl_buf *b = m->out;

	for (size_t i = 0; i < m->leaves.n; i += HL_URLS_LEAF) {
		hl_urls_text_put(b, "leaf");
		hl_urls_text_put_base64(b, m->leaves.p + i, HL_URLS_LEAF);
		hl_urls_text_put_end(b);
	}
	for (size_t i = 0; i < m->manifest.rows; i++) {
		hl_urls_text_put(b, "row");
		hl_urls_text_put_number(b, m->rows[i].leaf);
		hl_urls_text_put_base64(b, m->rows[i].n, HL_URLS_ELEMENT);
		hl_urls_text_put_end(b);
	}
}

static int put_proof(const struct making *m, size_t from, const uint8_t *bind,
	struct hl_err *err)
{
	const size_t n = m->manifest.rows;
	struct hl_oprf_element c, d;
	struct hl_oprf_proof proof;
	struct hl_oprf_pairs pairs;
	int r = hl_oprf_prove_begin(&pairs, &m->k, bind);

	for (size_t i = from; !r && i < n && i < from + HL_OPRF_PAIRS_MAX;
		i++) {
		if (stopped(m->p)) {
			return give_up(err);
		}
		pair_of(m, i, &c, &d);
		r = hl_oprf_pair(&pairs, &c, &d);
	}
	if (!r) {
		r = hl_oprf_prove_end(&pairs, &m->k, NULL, &proof);
	}
	if (r) {
		return HL_FAIL(err, HL_E_CORRUPT,
			"no proof for version %llu: %s",
			(unsigned long long)m->manifest.version,
			hl_oprf_code_name(r));
	}
	hl_urls_text_put(m->out, "proof");
	hl_urls_text_put_base64(m->out, proof.b, sizeof(proof.b));
	hl_urls_text_put_end(m->out);
	return 0;
}

static int put_proofs(const struct making *m, struct hl_err *err)
{
	uint8_t digest[HL_OPRF_BIND_BYTES];
	struct hl_oprf_element c, d;
	struct hl_oprf_bind bind;
	int r = 0;

	hl_oprf_bind_begin(&bind, &m->pub);
	for (size_t i = 0; i < m->manifest.rows; i++) {
		pair_of(m, i, &c, &d);
		hl_oprf_bind_pair(&bind, &c, &d);
	}
	hl_oprf_bind_end(&bind, digest);
	for (size_t i = 0; !r && i < m->manifest.rows; i += HL_OPRF_PAIRS_MAX) {
		r = put_proof(m, i, digest, err);
	}
	return r;
}

static int make(struct making *m, struct hl_err *err)
{
	int r = read_rows(m, err);

	if (!r) {
		r = read_leaves(m, err);
	}
	if (!r) {
		r = make_key(m, err);
	}
	if (r) {
		return r;
	}
	put_head(m);
	put_lines(m);
	r = put_proofs(m, err);
	if (r) {
		return r;
	}
	hl_urls_text_close(m->out);
	return m->out->fault
		       ? HL_FAIL(err, m->out->fault, "no memory for a bundle")
		       : hl_urls_text_sign(
				 m->out, m->p->keys->online.secret, err);
}

int hl_lists_bundle_make(const struct hl_lists_prover *p, uint64_t consumer,
	uint64_t version, struct hl_buf *out, struct hl_err *err)
{
	struct making m = {
		.p = p, .out = out, .leaves = HL_BUF_INIT(HL_LISTS_BUNDLE_MAX)};
	int r = read_manifest(&m, consumer, version, err);

	if (!r) {
		r = make(&m, err);
	}
	hl_lists_unmap(&m.map);
	hl_buf_fini(&m.leaves);
	sodium_memzero(&m.k, sizeof(m.k));
	return r;
}

int hl_lists_bundle_keep(const struct hl_lists_prover *p, uint64_t consumer,
	uint64_t version, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT(HL_LISTS_BUNDLE_MAX);
	struct hl_lists_map map;
	char path[HL_LISTS_PATH];
	int r = hl_lists_path(
		p->folder, HL_LISTS_BUNDLE, consumer, version, 0, path, err);

	if (!r && hl_lists_map(path, &map, NULL) == 0) {
		hl_lists_unmap(&map);
		return 0;
	}
	if (!r) {
		r = hl_lists_bundle_make(p, consumer, version, &out, err);
	}
	return r ? r : hl_file_write(path, hl_buf_str(&out), 0600, err);
}
