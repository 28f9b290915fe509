/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/asn.h"

#include <assert.h>

/* The first byte picks the kind of address, the next 4 or 16 are it, the
 * rest is a table: what is found lies inside the table. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_net_addr a = {.v6 = size && data[0] & 1};
	size_t n = a.v6 ? 16 : 4;
	struct hl_str name;
	char out[64];
	uint32_t asn;

	if (size < n + 1) {
		return 0;
	}
	memcpy(a.b, data + 1, n);
	struct hl_str text = hl_str_mem(data + 1 + n, size - 1 - n);
	if (!hl_trace_asn_find(text, &a, &asn, &name)) {
		assert(name.p >= text.p && name.p + name.n <= text.p + text.n);
		assert(hl_trace_asn_name(name, out, sizeof(out)) <=
			sizeof(out));
	}
	return 0;
}
