/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/verify.h"

#include <assert.h>

#include "lists/tree.h"

/* A bundle from anybody: it never has more of anything than its text has room
 * for, and held against no manifest and no list it is refused. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct hl_lists_audit in = {
		.bundle = hl_str_mem(data, size), .manifest = HL_STR("")};
	struct hl_lists_audit_found found;
	struct hl_lists_bundle b;
	struct hl_err err = {0};

	if (!hl_lists_bundle_read(in.bundle, &b, &err)) {
		struct hl_lists_tree tree = {0};
		uint8_t head[32];

		assert(b.n_leaves * HL_URLS_LEAF +
				b.n_rows * sizeof(b.rows->n) +
				b.n_proofs * HL_LISTS_PROOF <
			size);
		for (size_t i = 0; i < b.n_leaves; i++) {
			hl_lists_tree_add(
				&tree, hl_str_mem(b.leaves[i], HL_URLS_LEAF));
		}
		hl_lists_tree_head(&tree, head);
	} else {
		assert(err.msg[0]);
	}
	hl_lists_bundle_free(&b);
	assert(hl_lists_audit(&in, &found, &err) && !found.people);
	hl_lists_audit_free(&found);
	return 0;
}
