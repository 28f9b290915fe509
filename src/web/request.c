/* SPDX-License-Identifier: Apache-2.0 */
#include "web/http.h"

const char *hl_web_method_name(enum hl_web_method m)
{
	static const char *const names[HL_WEB_N_METHODS] = {
		[HL_WEB_GET] = "GET",
		[HL_WEB_HEAD] = "HEAD",
		[HL_WEB_POST] = "POST",
		[HL_WEB_PUT] = "PUT",
		[HL_WEB_PATCH] = "PATCH",
		[HL_WEB_DELETE] = "DELETE",
		[HL_WEB_OPTIONS] = "OPTIONS",
	};

	return (unsigned)m < HL_WEB_N_METHODS ? names[m] : NULL;
}

struct hl_str hl_web_request_header(
	const struct hl_web_request *req, const char *name)
{
	for (size_t i = 0; i < req->n_headers; i++) {
		if (hl_str_eq_nocase(req->headers[i].name, hl_str_c(name))) {
			return hl_str_trim(req->headers[i].value);
		}
	}
	return HL_STR_NONE;
}

bool hl_web_request_is_type(const struct hl_web_request *req, const char *type)
{
	struct hl_str v = hl_web_request_header(req, "Content-Type");

	v = hl_str_trim(hl_str_sub(v, 0, hl_str_find_char(v, ';')));
	return hl_str_eq_nocase(v, hl_str_c(type));
}

/* "q=0", "q=0.0", "q=0.000": not wanted. */
static bool weight_is_zero(struct hl_str params)
{
	size_t at = hl_str_find(params, HL_STR("q="));

	if (at == params.n) {
		return false;
	}
	for (size_t i = at + 2; i < params.n; i++) {
		if (params.p[i] != '0' && params.p[i] != '.' &&
			params.p[i] != ' ') {
			return false;
		}
	}
	return true;
}

bool hl_web_request_takes_gzip(const struct hl_web_request *req)
{
	struct hl_str rest = hl_web_request_header(req, "Accept-Encoding");
	struct hl_str piece;
	bool any = false;

	while (rest.p && hl_str_next(&rest, ',', &piece)) {
		size_t end = hl_str_find_char(piece, ';');
		struct hl_str coding = hl_str_trim(hl_str_sub(piece, 0, end));
		bool wanted = !weight_is_zero(hl_str_sub(piece, end, piece.n));

		if (hl_str_eq_nocase(coding, HL_STR("gzip"))) {
			return wanted;
		}
		if (hl_str_eq(coding, HL_STR("*"))) {
			any = wanted;
		}
	}
	return any;
}
