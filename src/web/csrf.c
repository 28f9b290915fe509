/* SPDX-License-Identifier: Apache-2.0 */
#include "web/csrf.h"

#include <sodium.h>

#include "base/text.h"

struct hl_str hl_web_csrf_token(const uint8_t key[HL_WEB_CSRF_KEY_BYTES],
	struct hl_str session, char out[HL_WEB_CSRF_MAX])
{
	static const unsigned char label[] = "openhotline csrf 1";
	unsigned char mac[crypto_auth_hmacsha512256_BYTES];
	crypto_auth_hmacsha512256_state st;
	HL_BUF_AUTO text = HL_BUF_INIT(HL_WEB_CSRF_MAX);

	crypto_auth_hmacsha512256_init(&st, key, HL_WEB_CSRF_KEY_BYTES);
	crypto_auth_hmacsha512256_update(&st, label, sizeof(label));
	crypto_auth_hmacsha512256_update(
		&st, (const unsigned char *)session.p, session.n);
	crypto_auth_hmacsha512256_final(&st, mac);
	hl_text_put_base64url(&text, mac, sizeof(mac));
	memset(out, 0, HL_WEB_CSRF_MAX);
	if (text.n && text.n < HL_WEB_CSRF_MAX) {
		memcpy(out, text.p, text.n);
	}
	return hl_str_mem(out, text.n);
}

int hl_web_csrf_check_origin(const struct hl_web_request *req)
{
	struct hl_str site = hl_web_request_header(req, "Sec-Fetch-Site");
	struct hl_str origin = hl_web_request_header(req, "Origin");
	struct hl_str scheme =
		req->secure ? HL_STR("https://") : HL_STR("http://");

	if (site.p && !hl_str_eq(site, HL_STR("same-origin"))) {
		return HL_DENIED;
	}
	if (!origin.p || hl_str_eq(origin, HL_STR("null"))) {
		return 0;
	}
	if (!hl_str_starts(origin, scheme) ||
		!hl_str_eq_nocase(
			hl_str_sub(origin, scheme.n, origin.n), req->host)) {
		return HL_DENIED;
	}
	return 0;
}

int hl_web_csrf_check(const struct hl_web_request *req,
	const uint8_t key[HL_WEB_CSRF_KEY_BYTES], struct hl_str session,
	struct hl_str token)
{
	char want[HL_WEB_CSRF_MAX];

	if (!session.n || hl_web_csrf_check_origin(req)) {
		return HL_DENIED;
	}
	bool same =
		hl_str_eq_secret(hl_web_csrf_token(key, session, want), token);
	explicit_bzero(want, sizeof(want));
	return same ? 0 : HL_DENIED;
}
