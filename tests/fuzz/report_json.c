/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/duplicate.h"
#include "domain/facts.h"
#include "domain/report.h"

#include <assert.h>

/*
 * What is read as a report, or as facts, is written as a document that is
 * read as the same again; checking and digesting a report never fail.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_both(struct hl_buf *out, const struct hl_report *r)
{
	hl_report_put_json(out, r);
	hl_buf_put_c(out, '\n');
	hl_report_put_contact_json(out, r);
}

static void try_report(struct hl_arena *arena, struct hl_str json)
{
	static struct hl_report r, back;
	HL_BUF_AUTO body = HL_BUF_INIT((size_t)8 << 20), contact = body;
	HL_BUF_AUTO one = body, two = body, digest = body;
	struct hl_report_fault faults[HL_FIELD_LAST];

	memset(&r, 0, sizeof(r));
	memset(&back, 0, sizeof(back));
	if (hl_report_parse_json(arena, json, &r, NULL)) {
		return;
	}
	assert(hl_report_check(&r, HL_FIELD_ALL, faults) <= HL_FIELD_LAST);
	hl_duplicate_put_digest_input(&digest, &r);
	hl_report_put_json(&body, &r);
	hl_report_put_contact_json(&contact, &r);
	assert(!hl_report_parse_json(arena, hl_buf_str(&body), &back, NULL));
	assert(!hl_report_parse_json(arena, hl_buf_str(&contact), &back, NULL));
	put_both(&one, &r);
	put_both(&two, &back);
	assert(!one.fault && !digest.fault);
	assert(hl_str_eq(hl_buf_str(&one), hl_buf_str(&two)));
}

static void try_facts(struct hl_arena *arena, struct hl_str json)
{
	HL_BUF_AUTO text = HL_BUF_INIT((size_t)1 << 20);
	struct hl_facts f, back;

	if (hl_facts_parse_json(arena, json, &f, NULL)) {
		return;
	}
	hl_facts_put_json(&text, &f);
	assert(!hl_facts_parse_json(arena, hl_buf_str(&text), &back, NULL));
	assert(!hl_facts_differ(&f, &back));
	assert(hl_str_eq(f.note, back.note));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)16 << 20, false);

	assert(arena);
	try_report(arena, hl_str_mem(data, size));
	try_facts(arena, hl_str_mem(data, size));
	return 0;
}
