/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/rdap.h"

#include <assert.h>

/* A table that is taken names only https bases that end in a slash. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const addrs[] = {"192.0.2.1", "203.0.113.255",
		"2001:db8::1", "::", "255.255.255.255"};
	struct hl_trace_bootstrap *b = NULL;

	if (hl_trace_bootstrap_parse(hl_str_mem(data, size), &b, NULL)) {
		return 0;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(addrs); i++) {
		struct hl_net_addr a;
		int r = hl_net_addr_parse(hl_str_c(addrs[i]), &a);

		assert(!r);
		struct hl_str base = hl_trace_bootstrap_find(b, &a);
		assert(!base.p || hl_str_starts(base, HL_STR("https://")));
		assert(!base.p || hl_str_ends(base, HL_STR("/")));
	}
	hl_trace_bootstrap_free(b);
	return 0;
}
