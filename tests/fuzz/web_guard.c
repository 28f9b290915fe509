/* SPDX-License-Identifier: Apache-2.0 */
#include "web/guard.h"

#include <assert.h>

/*
 * The bytes of a connection give the same verdict however they arrive: all
 * at once, one by one, or in the pieces that the first byte asks for.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD_MAX 2000
#define BODY_MAX 1000

/* The status, or the phase as a negative number. */
static int judge(struct hl_str in, size_t step)
{
	struct hl_web_guard g;
	int status = 0;

	hl_web_guard_init(&g, HEAD_MAX, BODY_MAX);
	while (in.n && !status) {
		status = hl_web_guard_feed(&g, hl_str_sub(in, 0, step));
		in = hl_str_sub(in, step, in.n);
	}
	assert(g.line.n <= HEAD_MAX);
	assert(status || g.left <= BODY_MAX);
	assert(status == 0 || (status >= 400 && status <= 505));
	if (!status) {
		status = -1 - g.phase;
	}
	hl_web_guard_fini(&g);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1) {
		return 0;
	}
	struct hl_str in = hl_str_mem(data + 1, size - 1);
	int whole = judge(in, in.n ? in.n : 1);

	/* A NUL anywhere in what has arrived refuses at once, and may so
	 * come before another reason. */
	if (hl_str_find_char(in, '\0') < in.n) {
		assert(judge(in, 1) > 0 && whole == 400);
		return 0;
	}
	assert(whole == judge(in, 1));
	assert(whole == judge(in, 1 + data[0]));
	return 0;
}
