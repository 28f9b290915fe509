/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/standing.h"

#include <assert.h>

/* A follower's status: what is taken is graded at any time, printed, and
 * written again it is read as the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t times[] = {0, 1, 1795338000, INT64_MAX};
	HL_BUF_AUTO text = HL_BUF_INIT(HL_CONSUME_STANDING_MAX);
	HL_BUF_AUTO twice = HL_BUF_INIT(HL_CONSUME_STANDING_MAX);
	struct hl_consume_standing s, again;
	enum hl_consume_alarm alarm;
	struct hl_err err = {0};

	if (hl_consume_standing_parse(hl_str_mem(data, size), &s, &err)) {
		assert(err.msg[0]);
		return 0;
	}
	hl_consume_standing_put(&s, &text);
	assert(!hl_consume_standing_parse(hl_buf_str(&text), &again, &err));
	hl_consume_standing_put(&again, &twice);
	assert(hl_str_eq(hl_buf_str(&text), hl_buf_str(&twice)));
	for (size_t i = 0; i < HL_ARRAY_LEN(times); i++) {
		hl_buf_reset(&text);
		enum hl_consume_grade grade =
			hl_consume_standing_print(&s, times[i], &text);

		assert(!text.fault &&
			hl_str_starts(hl_buf_str(&text), HL_STR("LIST ")));
		assert(grade ==
			hl_consume_standing_grade(&s, times[i], &alarm));
		assert(*hl_consume_alarm_name(alarm));
	}
	return 0;
}
