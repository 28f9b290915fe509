/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/head.h"

static struct hl_str without_cr(struct hl_str line)
{
	if (line.n && line.p[line.n - 1] == '\r') {
		line.n--;
	}
	return line;
}

int hl_consume_head_parse(struct hl_str text, struct hl_consume_head *out)
{
	struct hl_str line;

	*out = (struct hl_consume_head){.fields = text};
	if (!hl_str_next(&out->fields, '\n', &line)) {
		return HL_E_INVALID;
	}
	line = without_cr(line);
	if (!hl_str_next(&line, ' ', &out->method) ||
		!hl_str_next(&line, ' ', &out->target) ||
		!hl_str_next(&line, ' ', &out->version) || line.n ||
		!out->method.n || !out->target.n || !out->version.n) {
		return HL_E_INVALID;
	}
	return 0;
}

struct hl_str hl_consume_head_field(
	const struct hl_consume_head *head, const char *name)
{
	struct hl_str rest = head->fields, line;
	const struct hl_str wanted = hl_str_c(name);

	while (hl_str_next(&rest, '\n', &line)) {
		if (line.n > wanted.n && line.p[wanted.n] == ':' &&
			hl_str_eq_nocase(
				hl_str_sub(line, 0, wanted.n), wanted)) {
			return hl_str_trim(
				hl_str_sub(line, wanted.n + 1, line.n));
		}
	}
	return HL_STR_NONE;
}

bool hl_consume_head_url(const struct hl_consume_head *head, struct hl_buf *out)
{
	struct hl_str target = head->target;
	size_t colon = hl_str_find_char(target, ':');

	if (hl_str_eq(head->method, HL_STR("CONNECT"))) {
		hl_buf_put(out, HL_STR("https://"));
		hl_buf_put(out, target);
		hl_buf_put_c(out, '/');
		return true;
	}
	if (target.n && target.p[0] == '/') {
		struct hl_str host = hl_consume_head_field(head, "Host");

		if (host.n) {
			hl_buf_put(out, HL_STR("http://"));
			hl_buf_put(out, host);
			hl_buf_put(out, target);
		}
	} else if (hl_str_starts(hl_str_sub(target, colon, 3), HL_STR("://"))) {
		hl_buf_put(out, target);
	}
	return false;
}
