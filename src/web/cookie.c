/* SPDX-License-Identifier: Apache-2.0 */
#include "web/cookie.h"

#include <stdio.h>

#define NAME_MAX_BYTES 64u

static struct hl_str full_name(
	bool secure, const char *name, char out[NAME_MAX_BYTES])
{
	struct hl_str prefix = secure ? HL_STR("__Host-") : HL_STR("");
	size_t n = strlen(name);

	if (prefix.n + n >= NAME_MAX_BYTES) {
		return HL_STR_NONE;
	}
	memcpy(out, prefix.p, prefix.n);
	memcpy(out + prefix.n, name, n + 1);
	return hl_str_mem(out, prefix.n + n);
}

struct hl_str hl_web_cookie_find(
	struct hl_str header, struct hl_str name, size_t *n_found)
{
	struct hl_str piece, found = HL_STR_NONE;

	while (header.p && hl_str_next(&header, ';', &piece)) {
		size_t eq = hl_str_find_char(piece, '=');

		if (eq < piece.n &&
			hl_str_eq(
				hl_str_trim(hl_str_sub(piece, 0, eq)), name)) {
			found = hl_str_trim(hl_str_sub(piece, eq + 1, piece.n));
			(*n_found)++;
		}
	}
	return found;
}

struct hl_str hl_web_cookie_get(
	const struct hl_web_request *req, const char *name)
{
	char space[NAME_MAX_BYTES];
	struct hl_str full = full_name(req->secure, name, space);
	struct hl_str found = HL_STR_NONE;
	size_t n_found = 0;

	for (size_t i = 0; full.n && i < req->n_headers; i++) {
		const struct hl_web_header *h = &req->headers[i];

		if (hl_str_eq_nocase(h->name, HL_STR("Cookie"))) {
			size_t before = n_found;
			struct hl_str v =
				hl_web_cookie_find(h->value, full, &n_found);

			found = n_found > before ? v : found;
		}
	}
	return n_found == 1 ? found : HL_STR_NONE;
}

static bool value_allowed(struct hl_str v)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			!(c >= '0' && c <= '9') && (!c || !strchr("-_.~", c))) {
			return false;
		}
	}
	return true;
}

void hl_web_cookie_set(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const char *name, struct hl_str value,
	int max_age_s)
{
	char space[NAME_MAX_BYTES], age[32] = "";
	struct hl_str full = full_name(req->secure, name, space);

	if (!full.n || !value_allowed(value)) {
		resp->fault = HL_E_INVALID;
		return;
	}
	if (max_age_s) {
		snprintf(age, sizeof(age), "; Max-Age=%d",
			max_age_s < 0 ? 0 : max_age_s);
	}
	hl_web_header_add(resp, "Set-Cookie",
		hl_arena_printf(ctx->arena,
			"%.*s=%.*s; Path=/%s%s; HttpOnly; SameSite=Strict",
			HL_STR_ARG(full), HL_STR_ARG(value), age,
			req->secure ? "; Secure" : ""));
}
