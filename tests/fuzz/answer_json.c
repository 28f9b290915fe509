/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "base/utf8.h"
#include "referral/answer.h"

/*
 * An answer that is taken is within its limits and reads back from what is
 * stored as the same answer; a refusal always has a code, a message and a
 * status. The first byte chooses the recipient, and JSON or a form whose
 * names and values are separated by NUL.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_form(struct hl_str in, enum hl_recipient who,
	struct hl_arena *a, struct hl_referral_answer *out,
	struct hl_referral_problem *problem)
{
	struct hl_referral_field fields[16];
	size_t n = 0;

	while (n < 16 && hl_str_next(&in, '\0', &fields[n].name)) {
		fields[n].value = HL_STR_NONE;
		hl_str_next(&in, '\0', &fields[n].value);
		n++;
	}
	return hl_referral_answer_form(fields, n, who, a, out, problem);
}

static void check_taken(const struct hl_referral_answer *answer,
	enum hl_recipient who, struct hl_arena *a)
{
	HL_BUF_AUTO stored = HL_BUF_INIT(1 << 20);
	struct hl_referral_answer back;
	struct hl_referral_problem problem;

	assert(hl_referral_answer_open_to(answer->answer, who));
	assert(hl_utf8_count(answer->note) <= HL_REFERRAL_NOTE_CHARS_MAX);
	assert((answer->new_address.n > 0) ==
		(answer->answer == HL_ANSWER_MOVED));
	assert((answer->reason != 0) == (answer->answer == HL_ANSWER_REFUSED));
	hl_referral_answer_put(&stored, answer);
	if (stored.n <= HL_REFERRAL_ANSWER_BYTES_MAX) {
		assert(!hl_referral_answer_json(
			hl_buf_str(&stored), who, a, &back, &problem));
		assert(hl_referral_answer_compare(answer, &back) ==
			HL_REFERRAL_REPEATED);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 20, false);
	struct hl_referral_answer answer;
	struct hl_referral_problem problem;

	if (!a || size == 0) {
		return 0;
	}
	enum hl_recipient who = (enum hl_recipient)(data[0] % 8);
	struct hl_str in = hl_str_mem(data + 1, size - 1);
	int r = data[0] & 0x80 ? read_form(in, who, a, &answer, &problem)
			       : hl_referral_answer_json(
					 in, who, a, &answer, &problem);
	if (r == 0) {
		check_taken(&answer, who, a);
	} else {
		assert(r == HL_DENIED || r == HL_E_NOMEM);
		assert(r != HL_DENIED ||
			(problem.code[0] && problem.message[0] &&
				problem.status >= 400));
	}
	return 0;
}
