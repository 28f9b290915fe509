/* SPDX-License-Identifier: Apache-2.0 */
#include "url/inner.h"

#include "base/utf8.h"

/* Folded and kept apart from "/" and "%", so that two different pairs never
 * give one key. */
static void put_folded(struct hl_buf *b, struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool space = (unsigned char)s.p[i] <= ' ';

		if (space && i && (unsigned char)s.p[i - 1] <= ' ') {
			continue;
		}
		if (s.p[i] == '/' || s.p[i] == '%') {
			hl_buf_printf(b, "%%%02X", (unsigned char)s.p[i]);
		} else {
			hl_buf_put_c(b, space ? ' ' : hl_url_lower(s.p[i]));
		}
	}
}

static bool is_sound(struct hl_str s)
{
	return s.n && hl_utf8_valid(s) && hl_utf8_count(s) <= HL_URL_PLACE_MAX;
}

int hl_url_place(struct hl_str service, struct hl_str name, struct hl_arena *a,
	struct hl_url_found *out, struct hl_err *err)
{
	HL_BUF_AUTO address = HL_BUF_SECRET(HL_URL_MAX);
	HL_BUF_AUTO canon = HL_BUF_SECRET(HL_URL_MAX);

	service = hl_str_trim(service);
	name = hl_str_trim(name);
	if (!is_sound(service) || !is_sound(name)) {
		return HL_FAIL(err, HL_E_INVALID,
			"a place needs a service and a name in it");
	}
	hl_buf_put(&address, service);
	hl_buf_put(&address, HL_STR(": "));
	hl_buf_put(&address, name);
	hl_buf_put(&canon, HL_STR("place:"));
	put_folded(&canon, service);
	hl_buf_put_c(&canon, '/');
	/* "@name" and "name" are one */
	put_folded(&canon, name.n > 1 && name.p[0] == '@'
				   ? hl_str_sub(name, 1, name.n)
				   : name);
	if (address.fault || canon.fault) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a place");
	}
	*out = (struct hl_url_found){
		.piece = hl_arena_dup(a, hl_buf_str(&address)),
		.kind = HL_URL_PLACE};
	int r = hl_url_give(hl_buf_str(&address), hl_buf_str(&canon), a, out);
	return r ? HL_FAIL(err, r, "no memory for a place") : 0;
}
