/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/law.h"

#include <assert.h>

#include "base/json.h"

/*
 * A profile loads or is refused with a message; one that loads gives a sound
 * result for any facts, here for those that the bytes themselves choose.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct hl_facts facts_of(const uint8_t *data, size_t size, size_t from)
{
	struct hl_facts f = {0};

	for (int fact = 1; fact <= HL_FACT_LAST; fact++) {
		const struct hl_vocab *v = hl_fact_vocab((enum hl_fact)fact);
		size_t at = (from + (size_t)fact) % size;

		f.value[fact] = v->words[data[at] % v->n_words].value;
	}
	f.value[HL_FACT_ACCESS] = HL_ACCESS_SEEN;
	return f;
}

static void check_result(const struct hl_law *law, const struct hl_facts *f)
{
	HL_BUF_AUTO text = HL_BUF_INIT(64 * 1024), json = text;
	HL_JSON_AUTO *root = NULL;
	struct hl_law_result r;

	hl_law_evaluate(&law, 1, f, &r);
	assert((r.outcome == HL_OUTCOME_UNANSWERED) == (r.missing != 0));
	assert(r.n_rules <= hl_law_n_rules(law));
	for (int fact = 1; fact <= HL_FACT_LAST; fact++) {
		assert(!(r.missing & hl_vocab_bit(fact)) || !f->value[fact]);
	}
	hl_law_put_explanation(&text, &r);
	hl_law_put_json(&json, &r);
	assert(text.n && !text.fault && !json.fault);
	assert(hl_json_parse(hl_buf_str(&json), json.n, &root, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_LAW_AUTO *law = NULL;
	struct hl_err err = {0};
	struct hl_facts none = {0};

	if (hl_law_load(hl_str_mem(data, size), "x", &law, &err)) {
		assert(!law && err.code < 0 && err.msg[0]);
		return 0;
	}
	none.value[HL_FACT_ACCESS] = HL_ACCESS_SEEN;
	check_result(law, &none);
	for (size_t i = 0; i < 8; i++) {
		struct hl_facts f = facts_of(data, size, i * 13);

		check_result(law, &f);
	}
	return 0;
}
