/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/squid.h"

#include <assert.h>
#include <stdlib.h>

/*
 * Whatever squid sends and however it is cut: each line has one answer, in
 * its form, and the answers do not hang on the cuts. The first byte says
 * where to cut.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check(void *arg, struct hl_str url, struct hl_consume_decision *out)
{
	uint64_t *sum = arg;

	for (size_t i = 0; i < url.n; i++) {
		*sum = *sum * 31 + (unsigned char)url.p[i];
	}
	out->what = (enum hl_consume_what)(*sum % 4);
	out->entry = *sum;
	return 0;
}

static int confirm(void *arg, struct hl_str url,
	struct hl_consume_decision *out, struct hl_err *err)
{
	(void)err;
	return check(arg, url, out);
}

static int collect(void *arg, struct hl_str text, struct hl_err *err)
{
	struct hl_buf *b = arg;

	(void)err;
	hl_buf_put(b, text);
	return b->fault;
}

static void run(struct hl_str in, size_t cut, struct hl_buf *out)
{
	uint64_t sum = 1;
	const struct hl_consume_judge judge = {
		.arg = &sum, .check = check, .confirm = confirm};
	struct hl_consume consume = {.judge = &judge, .logged_us = INT64_MAX};
	struct hl_consume_squid_format format = {0};
	struct hl_consume_squid *s;

	assert(!hl_consume_squid_format_parse(
		HL_STR("%URI %SRC"), &format, NULL));
	const struct hl_consume_squid_config config = {.consume = &consume,
		.format = &format,
		.write = collect,
		.arg = out};
	assert(!hl_consume_squid_new(&config, &s, NULL));
	while (in.n) {
		struct hl_str part = hl_str_sub(in, 0, cut);

		assert(!hl_consume_squid_feed(s, part, NULL));
		in = hl_str_sub(in, part.n, in.n);
	}
	hl_consume_squid_free(s);
}

static size_t count_lines(struct hl_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		n += s.p[i] == '\n';
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_BUF_AUTO whole = HL_BUF_INIT(128 * size + 128);
	HL_BUF_AUTO cut = HL_BUF_INIT(128 * size + 128);

	if (!size) {
		return 0;
	}
	struct hl_str in = hl_str_mem(data + 1, size - 1), rest, line;
	run(in, in.n + 1, &whole);
	run(in, data[0] + 1u, &cut);
	assert(hl_str_eq(hl_buf_str(&whole), hl_buf_str(&cut)));
	assert(count_lines(in) == count_lines(hl_buf_str(&whole)));
	rest = hl_buf_str(&whole);
	while (hl_str_next(&rest, '\n', &line) && line.n) {
		size_t at = hl_str_find_char(line, ' ');
		struct hl_str word = hl_str_sub(line, at + 1, 3);

		assert(line.p[0] >= '0' && line.p[0] <= '9');
		assert(hl_str_eq(word, HL_STR("ERR")) ||
			hl_str_eq(word, HL_STR("OK ")) ||
			hl_str_eq(word, HL_STR("BH ")));
	}
	return 0;
}
