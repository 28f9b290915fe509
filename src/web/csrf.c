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

struct place {
	struct hl_str scheme, host; /* with a port that is not the usual one */
};

static struct place place_of(struct hl_str scheme, struct hl_str host)
{
	struct hl_str port = hl_str_eq_nocase(scheme, HL_STR("https"))
				     ? HL_STR(":443")
				     : HL_STR(":80");

	if (hl_str_ends(host, port)) {
		host = hl_str_sub(host, 0, host.n - port.n);
	}
	return (struct place){scheme, host};
}

/* Of a URL without a user name; *rest is what follows the host. */
static struct place read_place(struct hl_str url, struct hl_str *rest)
{
	size_t at = hl_str_find(url, HL_STR("://"));
	struct hl_str host = hl_str_sub(url, at + 3, url.n);
	size_t end = hl_str_find_char(host, '/');

	*rest = hl_str_sub(host, end, host.n);
	return place_of(hl_str_sub(url, 0, at), hl_str_sub(host, 0, end));
}

static bool same_place(struct place a, struct place b)
{
	return a.host.n && hl_str_eq_nocase(a.scheme, b.scheme) &&
	       hl_str_eq_nocase(a.host, b.host);
}

/* Names alone: "127.example.org" is none of ours. */
static bool is_loopback(struct hl_str host)
{
	size_t colon = hl_str_starts(host, HL_STR("[::1]"))
			       ? 5
			       : hl_str_find_char(host, ':');
	struct hl_str name = hl_str_sub(host, 0, colon);

	return hl_str_eq(name, HL_STR("127.0.0.1")) ||
	       hl_str_eq(name, HL_STR("[::1]")) ||
	       hl_str_eq_nocase(name, HL_STR("localhost"));
}

/*
 * A proxy may put its own name for us into Host, so what counts is the
 * address that we are set up with. When that is this host itself, which has
 * several names and which a tunnel gives other ports, Host says which of
 * them the browser meant.
 */
static bool is_ours(const struct hl_web_request *req, struct hl_str origin)
{
	struct hl_str rest;
	struct place from = read_place(origin, &rest);
	struct place asked = place_of(
		req->secure ? HL_STR("https") : HL_STR("http"), req->host);

	if (rest.n) {
		return false;
	}
	if (!req->origin.n) {
		return same_place(from, asked);
	}
	struct place own = read_place(req->origin, &rest);
	return same_place(from, own) ||
	       (is_loopback(own.host) && is_loopback(from.host) &&
		       same_place(from, asked));
}

int hl_web_csrf_check_origin(const struct hl_web_request *req)
{
	struct hl_str site = hl_web_request_header(req, "Sec-Fetch-Site");
	struct hl_str origin = hl_web_request_header(req, "Origin");

	if (site.p && !hl_str_eq(site, HL_STR("same-origin"))) {
		return HL_DENIED;
	}
	if (!origin.p || hl_str_eq(origin, HL_STR("null"))) {
		return 0;
	}
	return is_ours(req, origin) ? 0 : HL_DENIED;
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
