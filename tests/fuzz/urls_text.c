/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/manifest.h"

#include <assert.h>

/* A root or a manifest from anybody: what is read says on paper exactly what
 * was read, so two readers cannot differ over it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_BUF_AUTO again = HL_BUF_INIT(2 * HL_URLS_TEXT_MAX);
	struct hl_str bytes = hl_str_mem(data, size);
	struct hl_urls_manifest manifest;
	struct hl_urls_text text;
	struct hl_urls_root root;
	bool is_read = false;

	if (!hl_urls_root_read(bytes, &root, &text, NULL)) {
		hl_urls_root_put(&root, &again);
		assert(!hl_urls_root_signed(&text, &root) ||
			root.threshold <= root.n_root);
		is_read = true;
	} else if (!hl_urls_manifest_read(bytes, &manifest, &text, NULL)) {
		hl_urls_manifest_put(&manifest, &again);
		is_read = true;
	}
	if (is_read) {
		assert(hl_str_eq(hl_buf_str(&again), text.signed_part));
	}
	return 0;
}
