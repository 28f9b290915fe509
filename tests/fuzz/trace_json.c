/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trace.h"

#include <assert.h>

/*
 * A stored trace, damaged in whatever way, is refused or is one whose every
 * question can be answered and that is written back the same.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_ARENA_AUTO *arena = hl_arena_new(16 << 20, false);
	HL_BUF_AUTO one = HL_BUF_INIT(8 << 20), two = HL_BUF_INIT(8 << 20);
	struct hl_trace *t = hl_arena_alloc(arena, sizeof(*t));
	struct hl_trace *back = hl_arena_alloc(arena, sizeof(*back));

	assert(t && back);
	if (hl_trace_read_json(hl_str_mem(data, size), arena, t, NULL)) {
		return 0;
	}
	assert(strlen(hl_trace_country(t)) <= 2);
	hl_trace_provider(t);
	hl_trace_contact(t);
	assert(t->chosen >= 0 || hl_trace_asn(t) == 0);
	hl_trace_put_json(&one, t);
	assert(!one.fault);
	if (one.n > 1 << 20) {
		return 0;
	}
	assert(!hl_trace_read_json(hl_buf_str(&one), arena, back, NULL));
	assert(hl_trace_host_id(t) == hl_trace_host_id(back));
	hl_trace_changed(t, back);
	hl_trace_put_json(&two, back);
	assert(hl_str_eq(hl_buf_str(&one), hl_buf_str(&two)));
	return 0;
}
