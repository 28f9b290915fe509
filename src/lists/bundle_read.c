/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a bundle: form alone. How many of each there can be follows from
 * the length of the text, so that nobody's number takes memory. */
#include <stdlib.h>

#include "lists/verify.h"

/* The least that a line of each takes. */
enum { LEAF_LINE = 337, ROW_LINE = 50, PROOF_LINE = 93 };

static bool room(struct hl_lists_bundle *b, size_t n)
{
	b->leaves = calloc(n / LEAF_LINE + 1, sizeof(*b->leaves));
	b->rows = calloc(n / ROW_LINE + 1, sizeof(*b->rows));
	b->proofs = calloc(n / PROOF_LINE + 1, sizeof(*b->proofs));
	return b->leaves && b->rows && b->proofs;
}

static void read_head(struct hl_lists_bundle *b, struct hl_urls_text *t)
{
	hl_urls_text_want(t, "hotline");
	hl_urls_text_hex(t, b->hotline, sizeof(b->hotline));
	hl_urls_text_want(t, "consumer");
	b->consumer = hl_urls_text_number(t, 0, UINT64_MAX);
	hl_urls_text_want(t, "version");
	b->version = hl_urls_text_number(t, 0, UINT64_MAX);
	hl_urls_text_want(t, "epoch");
	b->epoch = hl_urls_text_number(t, 0, UINT64_MAX);
	hl_urls_text_want(t, "key");
	hl_urls_text_base64(t, b->key, sizeof(b->key));
	hl_urls_text_want(t, "log");
	b->log_leaves = hl_urls_text_number(t, 0, UINT64_MAX);
	hl_urls_text_hex(t, b->log_head, sizeof(b->log_head));
}

int hl_lists_bundle_read(
	struct hl_str text, struct hl_lists_bundle *out, struct hl_err *err)
{
	struct hl_urls_text *t = &out->text;

	*out = (struct hl_lists_bundle){0};
	int r = hl_urls_text_open(
		t, text, HL_LISTS_BUNDLE_FIRST, HL_LISTS_BUNDLE_MAX, err);
	if (r) {
		return r;
	}
	if (!room(out, text.n)) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a bundle");
	}
	read_head(out, t);
	while (hl_urls_text_next(t, "leaf")) {
		hl_urls_text_base64(
			t, out->leaves[out->n_leaves], HL_URLS_LEAF);
		out->n_leaves += !t->bad;
	}
	while (hl_urls_text_next(t, "row")) {
		struct hl_lists_bundle_row *row = &out->rows[out->n_rows];

		row->leaf = hl_urls_text_number(t, 0, UINT64_MAX);
		hl_urls_text_base64(t, row->n, sizeof(row->n));
		out->n_rows += !t->bad;
	}
	while (hl_urls_text_next(t, "proof")) {
		hl_urls_text_base64(
			t, out->proofs[out->n_proofs], HL_LISTS_PROOF);
		out->n_proofs += !t->bad;
	}
	return hl_urls_text_end(t, err);
}

void hl_lists_bundle_free(struct hl_lists_bundle *b)
{
	free(b->leaves);
	free(b->rows);
	free(b->proofs);
	b->leaves = NULL;
	b->rows = NULL;
	b->proofs = NULL;
}
