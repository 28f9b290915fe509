/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/verify.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/text.h"
#include "domain/list.h"
#include "lists/tree.h"
#include "urls_file/bytes.h"
#include "urls_oprf/proof.h"

_Static_assert((int)HL_LISTS_PROOF == HL_OPRF_PROOF_BYTES, "proofs");

enum { SCOPE_MAX = 4 };
#define STATEMENT_MAX 512
#define AHEAD_S 300

/* An entry that ended. */
struct ended {
	uint64_t entry;
	uint32_t minute;
	uint8_t why; /* enum hl_list_end */
};

struct looking {
	const struct hl_lists_audit *in;
	struct hl_lists_audit_found *found;
	struct hl_lists_bundle bundle;
	struct hl_urls_manifest manifest;
	struct hl_urls_file file;
	bool open;
	struct ended *ended; /* ascending */
	uint8_t *used;       /* leaves that a row has named */
};

static int no(struct hl_err *err, const char *why)
{
	return HL_FAIL(err, HL_E_INVALID, "%s", why);
}

static bool all_zero(const uint8_t *p, size_t n)
{
	return sodium_is_zero(p, n);
}

/* --- what the manifest says of bundle and list --- */

static int check_manifest(struct looking *l, struct hl_err *err)
{
	const struct hl_lists_bundle *b = &l->bundle;
	const struct hl_urls_manifest *m = &l->manifest;
	const struct hl_urls_root *root = l->in->root;
	struct hl_urls_text text;
	int r = hl_urls_manifest_read(
		l->in->manifest, &l->manifest, &text, err);

	if (r) {
		return r;
	}
	if (root && memcmp(root->hotline, m->hotline, HL_URLS_HOTLINE) != 0) {
		return no(err, "the root is of another hotline");
	}
	if (root && root->version != m->root) {
		return HL_FAIL(err, HL_E_INVALID,
			"the manifest is made under root %llu: give that one",
			(unsigned long long)m->root);
	}
	if (root &&
		!hl_urls_text_signers(&text, root->online, root->n_online)) {
		return no(err, "no online key of the root signed the manifest");
	}
	if (root &&
		!hl_urls_text_signers(&b->text, root->online, root->n_online)) {
		return no(err, "no online key of the root signed the bundle");
	}
	if (memcmp(b->hotline, m->hotline, HL_URLS_HOTLINE) != 0 ||
		b->consumer != m->consumer) {
		return no(err,
			"the bundle is of another hotline or consumer than the "
			"manifest");
	}
	if (b->version != m->version || b->epoch != m->epoch) {
		return no(err,
			"the bundle is of another version than the manifest");
	}
	if (m->tier != 1) {
		return no(err, "a list of tier 0 has no proofs");
	}
	return b->log_leaves != m->log_leaves ||
			       memcmp(b->log_head, m->log_head, HL_URLS_DIGEST)
		       ? no(err, "the manifest names another log of approvals")
		       : 0;
}

static int check_list(struct looking *l, struct hl_err *err)
{
	const struct hl_urls_manifest *m = &l->manifest;
	const struct hl_urls_head *h = &l->file.head;
	int r = l->in->list.n == m->list_bytes
			? hl_urls_file_open(&l->file, l->in->list.p,
				  l->in->list.n, m->list_root, err)
			: no(err, "the list is not as long as the manifest "
				  "says: it is another one");

	if (r) {
		return r;
	}
	l->open = true;
	r = hl_urls_file_check(&l->file, err);
	if (r) {
		return r;
	}
	return memcmp(h->hotline, m->hotline, HL_URLS_HOTLINE) != 0 ||
			       h->consumer != m->consumer ||
			       h->version != m->version ||
			       h->epoch != m->epoch || h->tier != m->tier ||
			       h->canon != m->canon || h->n != m->rows
		       ? no(err, "the list's header says other than the "
				 "manifest")
		       : 0;
}

/* --- the log --- */

static bool is_approver(const struct hl_lists_audit *in, const uint8_t *key)
{
	for (size_t i = 0; in->approvers && i < in->n_approvers; i++) {
		if (memcmp(in->approvers[i], key, HL_URLS_PUBLIC) == 0) {
			return true;
		}
	}
	return !in->approvers;
}

static const char *leaf_fault(const struct looking *l, const uint8_t *leaf)
{
	HL_BUF_AUTO text = HL_BUF_INIT(STATEMENT_MAX);
	const uint8_t *first = leaf + HL_URLS_LEAF_FIRST;

	if (leaf[2] || leaf[3] ||
		!all_zero(leaf + HL_URLS_LEAF_PAD,
			HL_URLS_LEAF - HL_URLS_LEAF_PAD)) {
		return "has bytes that must be zero";
	}
	if ((int64_t)hl_urls_get32(leaf + HL_URLS_LEAF_MINUTE) * 60 >
		l->manifest.made + AHEAD_S) {
		return "is dated after the manifest";
	}
	if (leaf[0] == HL_URLS_LEAF_ENDED) {
		return all_zero(leaf + HL_URLS_LEAF_C,
			       HL_URLS_LEAF - HL_URLS_LEAF_C)
			       ? NULL
			       : "has bytes that must be zero";
	}
	if (leaf[0] != HL_URLS_LEAF_APPROVED || !leaf[1] ||
		leaf[1] > SCOPE_MAX) {
		return "is of no kind that there is";
	}
	if (memcmp(first, first + HL_URLS_LEAF_PERSON, HL_URLS_PUBLIC) == 0) {
		return "was approved by one person twice";
	}
	hl_urls_statement(&text, l->bundle.hotline, leaf);
	for (int i = 0; i < 2; i++) {
		const uint8_t *key = first + (ptrdiff_t)i * HL_URLS_LEAF_PERSON;

		if (!is_approver(l->in, key)) {
			return "has the key of somebody who is not on the list "
			       "of approvers";
		}
		if (text.fault ||
			crypto_sign_verify_detached(key + HL_URLS_PUBLIC,
				(const uint8_t *)text.p, text.n, key)) {
			return "has a signature that is not this key's";
		}
	}
	return NULL;
}

static int check_head(const struct hl_lists_bundle *b, struct hl_err *err)
{
	struct hl_lists_tree tree = {0};
	uint8_t head[32];

	if (b->n_leaves != b->log_leaves) {
		return HL_FAIL(err, HL_E_INVALID,
			"%zu leaves are there, and the log has %llu",
			b->n_leaves, (unsigned long long)b->log_leaves);
	}
	for (size_t i = 0; i < b->n_leaves; i++) {
		hl_lists_tree_add(
			&tree, hl_str_mem(b->leaves[i], HL_URLS_LEAF));
	}
	hl_lists_tree_head(&tree, head);
	return memcmp(head, b->log_head, sizeof(head))
		       ? no(err, "the leaves do not give the head of the log: "
				 "one was changed, left out or put in")
		       : 0;
}

static int by_entry(const void *a, const void *b)
{
	uint64_t x = ((const struct ended *)a)->entry;
	uint64_t y = ((const struct ended *)b)->entry;

	return (x > y) - (x < y);
}

static void add_ended(struct looking *l, const uint8_t *leaf)
{
	l->ended[l->found->n_ended++] =
		(struct ended){hl_urls_get64(leaf + HL_URLS_LEAF_ENTRY),
			hl_urls_get32(leaf + HL_URLS_LEAF_MINUTE), leaf[1]};
}

static int check_leaves(struct looking *l, struct hl_err *err)
{
	const struct hl_lists_bundle *b = &l->bundle;
	struct hl_lists_audit_found *f = l->found;
	int r = check_head(b, err);

	if (r) {
		return r;
	}
	l->ended = calloc(b->n_leaves + 1, sizeof(*l->ended));
	l->used = calloc(b->n_leaves + 1, 1);
	if (!l->ended || !l->used) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for the log");
	}
	for (size_t i = 0; i < b->n_leaves; i++) {
		const char *why = leaf_fault(l, b->leaves[i]);

		if (why) {
			return HL_FAIL(
				err, HL_E_INVALID, "leaf %zu %s", i, why);
		}
		if (b->leaves[i][0] == HL_URLS_LEAF_ENDED) {
			add_ended(l, b->leaves[i]);
		} else {
			f->n_entries++;
		}
	}
	qsort(l->ended, f->n_ended, sizeof(*l->ended), by_entry);
	for (size_t i = 1; i < f->n_ended; i++) {
		if (l->ended[i].entry == l->ended[i - 1].entry) {
			return no(err, "an entry ends twice");
		}
	}
	return 0;
}

/* --- rows and proofs --- */

/* Ended by itself, and not too long ago for a breaker to keep it. */
static bool may_be_held(const struct looking *l, const struct ended *e)
{
	bool itself = e->why == HL_LIST_END_GONE ||
		      e->why == HL_LIST_END_CASE ||
		      e->why == HL_LIST_END_ERASED;

	return itself && l->manifest.made - (int64_t)e->minute * 60 <=
				 HL_LIST_FRESH_US / HL_US_PER_S;
}

static const char *entry_fault(struct looking *l, uint64_t entry)
{
	const struct ended key = {.entry = entry}, *e;

	e = bsearch(&key, l->ended, l->found->n_ended, sizeof(key), by_entry);
	if (!e) {
		return NULL;
	}
	if (!may_be_held(l, e)) {
		return "names an entry that has ended";
	}
	l->found->n_held++;
	return NULL;
}

static const char *row_fault(struct looking *l, size_t i)
{
	const struct hl_lists_bundle_row *row = &l->bundle.rows[i];
	const uint8_t *leaf;
	uint8_t tag[HL_URLS_TAG];
	const char *why;

	if (row->leaf >= l->bundle.n_leaves) {
		return "names a leaf that is not in the log";
	}
	leaf = l->bundle.leaves[row->leaf];
	if (leaf[0] != HL_URLS_LEAF_APPROVED) {
		return "names a leaf that approves nothing";
	}
	why = entry_fault(l, hl_urls_get64(leaf + HL_URLS_LEAF_ENTRY));
	if (why) {
		return why;
	}
	if (l->used[row->leaf]) {
		return "names a leaf of another row";
	}
	l->used[row->leaf] = 1;
	hl_urls_tag(row->n, tag);
	return memcmp(tag, l->file.p + l->file.tags + i * HL_URLS_TAG,
		       sizeof(tag))
		       ? "has another tag in the list"
		       : NULL;
}

static int check_rows(struct looking *l, struct hl_err *err)
{
	const struct hl_lists_bundle *b = &l->bundle;

	if (b->n_rows != l->file.head.n) {
		return HL_FAIL(err, HL_E_INVALID,
			"the list has %u rows, of which the bundle has %zu: a "
			"row has no approval",
			l->file.head.n, b->n_rows);
	}
	for (size_t i = 0; i < b->n_rows; i++) {
		const char *why = row_fault(l, i);

		if (why) {
			return HL_FAIL(err, HL_E_INVALID, "row %zu %s", i, why);
		}
	}
	return 0;
}

/* The pair of a row: C of its leaf, and N. */
static void pair_of(const struct hl_lists_bundle *b, size_t i,
	struct hl_oprf_element *c, struct hl_oprf_element *d)
{
	memcpy(c->b, b->leaves[b->rows[i].leaf] + HL_URLS_LEAF_C, sizeof(c->b));
	memcpy(d->b, b->rows[i].n, sizeof(d->b));
}

static int check_proof(const struct hl_lists_bundle *b, size_t which,
	const struct hl_oprf_element *pub, const uint8_t *bind,
	struct hl_err *err)
{
	const size_t from = which * HL_OPRF_PAIRS_MAX;
	struct hl_oprf_element c, d;
	struct hl_oprf_proof proof;
	struct hl_oprf_pairs pairs;
	int r = hl_oprf_verify_begin(&pairs, pub, bind);

	for (size_t i = from;
		!r && i < b->n_rows && i < from + HL_OPRF_PAIRS_MAX; i++) {
		pair_of(b, i, &c, &d);
		r = hl_oprf_pair(&pairs, &c, &d);
		if (r) {
			return HL_FAIL(err, HL_E_INVALID, "row %zu: %s", i,
				hl_oprf_code_name(r));
		}
	}
	memcpy(proof.b, b->proofs[which], sizeof(proof.b));
	if (!r) {
		r = hl_oprf_verify_end(&pairs, &proof);
	}
	return r ? HL_FAIL(err, HL_E_INVALID,
			   "proof %zu does not hold: some row from %zu on is "
			   "not of the host that was approved (%s)",
			   which, from, hl_oprf_code_name(r))
		 : 0;
}

static int check_proofs(const struct hl_lists_bundle *b, struct hl_err *err)
{
	const size_t n =
		(b->n_rows + HL_OPRF_PAIRS_MAX - 1) / HL_OPRF_PAIRS_MAX;
	uint8_t digest[HL_OPRF_BIND_BYTES];
	struct hl_oprf_element pub, c, d;
	struct hl_oprf_bind bind;
	int r = hl_oprf_element_read(b->key, sizeof(b->key), &pub);

	if (r) {
		return HL_FAIL(err, HL_E_INVALID, "the key of the bundle: %s",
			hl_oprf_code_name(r));
	}
	if (b->n_proofs != n) {
		return HL_FAIL(err, HL_E_INVALID,
			"%zu proofs are there, and %zu are needed", b->n_proofs,
			n);
	}
	hl_oprf_bind_begin(&bind, &pub);
	for (size_t i = 0; i < b->n_rows; i++) {
		pair_of(b, i, &c, &d);
		hl_oprf_bind_pair(&bind, &c, &d);
	}
	hl_oprf_bind_end(&bind, digest);
	for (size_t i = 0; i < n && !r; i++) {
		r = check_proof(b, i, &pub, digest, err);
	}
	return r;
}

/* --- what it tells --- */

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, HL_URLS_ELEMENT);
}

static size_t count_hosts(uint8_t (*c)[HL_URLS_ELEMENT], size_t n)
{
	size_t hosts = 0;

	qsort(c, n, sizeof(*c), by_bytes);
	for (size_t i = 0; i < n; i++) {
		hosts += !i || by_bytes(c[i], c[i - 1]) != 0;
	}
	return hosts;
}

static void count_people(struct hl_lists_audit_found *f,
	uint8_t (*keys)[HL_URLS_PUBLIC], size_t n)
{
	qsort(keys, n, sizeof(*keys), by_bytes);
	for (size_t i = 0; i < n; i++) {
		if (!i || by_bytes(keys[i], keys[i - 1]) != 0) {
			memcpy(f->people[f->n_people++].key, keys[i],
				HL_URLS_PUBLIC);
		}
		f->people[f->n_people - 1].n++;
	}
}

static int tell(const struct hl_lists_bundle *b, struct hl_lists_audit_found *f,
	struct hl_err *err)
{
	uint8_t(*c)[HL_URLS_ELEMENT] = calloc(b->n_leaves + 1, sizeof(*c));
	uint8_t(*keys)[HL_URLS_PUBLIC] =
		calloc(2 * b->n_leaves + 1, sizeof(*keys));
	size_t n = 0;
	int r = 0;

	f->people = calloc(2 * b->n_leaves + 1, sizeof(*f->people));
	if (!c || !keys || !f->people) {
		r = HL_FAIL(err, HL_E_NOMEM, "no memory for the log");
	}
	for (size_t i = 0; i < b->n_leaves && !r; i++) {
		const uint8_t *leaf = b->leaves[i];

		if (leaf[0] != HL_URLS_LEAF_APPROVED) {
			continue;
		}
		memcpy(c[n], leaf + HL_URLS_LEAF_C, sizeof(*c));
		memcpy(keys[2 * n], leaf + HL_URLS_LEAF_FIRST, sizeof(*keys));
		memcpy(keys[2 * n + 1],
			leaf + HL_URLS_LEAF_FIRST + HL_URLS_LEAF_PERSON,
			sizeof(*keys));
		n++;
	}
	if (!r) {
		f->n_hosts = count_hosts(c, n);
		count_people(f, keys, 2 * n);
	}
	free(c);
	free(keys);
	return r;
}

static int look(struct looking *l, struct hl_err *err)
{
	int r = hl_lists_bundle_read(l->in->bundle, &l->bundle, err);

	if (!r) {
		r = check_manifest(l, err);
	}
	if (!r) {
		r = check_list(l, err);
	}
	if (!r) {
		r = check_leaves(l, err);
	}
	if (!r) {
		r = check_rows(l, err);
	}
	return r ? r : check_proofs(&l->bundle, err);
}

int hl_lists_audit(const struct hl_lists_audit *in,
	struct hl_lists_audit_found *out, struct hl_err *err)
{
	struct looking l = {.in = in, .found = out};

	*out = (struct hl_lists_audit_found){0};
	int r = look(&l, err);
	if (!r) {
		out->consumer = l.bundle.consumer;
		out->version = l.bundle.version;
		out->n_rows = l.bundle.n_rows;
		out->n_leaves = l.bundle.n_leaves;
		r = tell(&l.bundle, out, err);
	}
	if (l.open) {
		hl_urls_file_fini(&l.file);
	}
	hl_lists_bundle_free(&l.bundle);
	free(l.ended);
	free(l.used);
	return r;
}

void hl_lists_audit_free(struct hl_lists_audit_found *found)
{
	free(found->people);
	found->people = NULL;
}
