/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trace.h"

#include <assert.h>

/*
 * Whatever a registry sends: contacts are usable mail addresses, each once,
 * in their order; and a record with the network survives being stored.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_contacts(const struct hl_trace_network *n)
{
	assert(n->n_contacts <= HL_TRACE_CONTACTS);
	assert(n->n_links <= HL_TRACE_LINKS);
	for (size_t i = 0; i < n->n_contacts; i++) {
		const struct hl_trace_contact *c = &n->contacts[i];

		assert(hl_trace_mail_usable(c->mail));
		assert(!memchr(c->name.p, '\n', c->name.n));
		for (size_t j = 0; j < i; j++) {
			const struct hl_trace_contact *b = &n->contacts[j];

			assert(!hl_str_eq_nocase(b->mail, c->mail));
			assert(b->source <= c->source);
		}
	}
}

static void check_stored(struct hl_trace *t, struct hl_arena *arena)
{
	HL_BUF_AUTO one = HL_BUF_INIT(4 << 20), two = HL_BUF_INIT(4 << 20);
	struct hl_trace *back = hl_arena_alloc(arena, sizeof(*back));

	hl_trace_put_json(&one, t);
	assert(back && !one.fault);
	assert(!hl_trace_read_json(hl_buf_str(&one), arena, back, NULL));
	hl_trace_put_json(&two, back);
	assert(hl_str_eq(hl_buf_str(&one), hl_buf_str(&two)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_ARENA_AUTO *arena = hl_arena_new(16 << 20, false);
	struct hl_trace *t = hl_arena_alloc(arena, sizeof(*t));

	assert(t);
	t->name = t->dns.name = HL_STR("site.invalid");
	t->chosen = -1;
	t->n_records = 1;
	t->records[0].end = HL_TRACE_RDAP_OK;
	if (hl_trace_rdap_parse(hl_str_mem(data, size), arena,
		    &t->records[0].network, NULL)) {
		return 0;
	}
	check_contacts(&t->records[0].network);
	check_stored(t, arena);
	return 0;
}
