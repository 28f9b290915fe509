/* SPDX-License-Identifier: Apache-2.0 */
#include "web/form.h"

#include <assert.h>

#include "base/utf8.h"
#include "web/tmpl.h"

/*
 * What is taken is valid text without control characters and within the
 * limits; written out again as our own pages write it, it reads the same.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct hl_str s)
{
	assert(s.p && hl_utf8_valid(s));
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		assert(c >= 0x20 || c == '\t' || c == '\n');
		assert(c != 0x7f);
	}
}

static void check_again(struct hl_arena *arena, const struct hl_web_form *f)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1u << 22);
	struct hl_web_form back;

	for (size_t i = 0; i < f->n; i++) {
		if (i) {
			hl_buf_put_c(&text, '&');
		}
		hl_web_put_part(&text, f->fields[i].name);
		hl_buf_put_c(&text, '=');
		hl_web_put_part(&text, f->fields[i].value);
	}
	assert(hl_web_form_parse(arena, hl_buf_str(&text), &back, NULL) == 0);
	assert(back.n == f->n);
	for (size_t i = 0; i < f->n; i++) {
		assert(hl_str_eq(back.fields[i].name, f->fields[i].name));
		assert(hl_str_eq(back.fields[i].value, f->fields[i].value));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1u << 24, true);
	struct hl_web_form f;
	int r = hl_web_form_parse(arena, hl_str_mem(data, size), &f, NULL);

	assert(r == 0 || r == HL_E_INVALID || r == HL_E_LIMIT);
	if (r) {
		return 0;
	}
	assert(f.n <= HL_WEB_FIELDS_MAX);
	for (size_t i = 0; i < f.n; i++) {
		check_text(f.fields[i].name);
		check_text(f.fields[i].value);
		assert(f.fields[i].name.n <= HL_WEB_FIELD_NAME_MAX);
	}
	check_again(arena, &f);
	return 0;
}
