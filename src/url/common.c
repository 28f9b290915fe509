/* SPDX-License-Identifier: Apache-2.0 */
#include "url/inner.h"

int hl_url_default_port(struct hl_str scheme)
{
	static const struct {
		struct hl_str scheme;
		int port;
	} special[] = {
		{HL_STR_INIT("https"), 443},
		{HL_STR_INIT("http"), 80},
		{HL_STR_INIT("ftp"), 21},
		{HL_STR_INIT("ws"), 80},
		{HL_STR_INIT("wss"), 443},
		{HL_STR_INIT("file"), 0},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(special); i++) {
		if (hl_str_eq(scheme, special[i].scheme)) {
			return special[i].port;
		}
	}
	return -1;
}

enum hl_url_why hl_url_parse_port(struct hl_str s, int *port)
{
	int v = 0;

	*port = -1;
	for (size_t i = 0; i < s.n; i++) {
		if (!hl_url_is_digit(s.p[i])) {
			return HL_URL_WHY_PORT;
		}
		v = v * 10 + (s.p[i] - '0');
		if (v > 65535) {
			return HL_URL_WHY_PORT;
		}
	}
	*port = s.n ? v : -1;
	return HL_URL_READABLE;
}

const char *hl_url_why_text(enum hl_url_why why)
{
	static const char *const texts[HL_URL_N_WHY] = {
		[HL_URL_READABLE] = "can be read",
		[HL_URL_WHY_WORDS] = "is no address",
		[HL_URL_WHY_NO_SCHEME] = "is relative to nothing",
		[HL_URL_WHY_SCHEME] = "has a scheme of another kind",
		[HL_URL_WHY_NO_HOST] = "has no host",
		[HL_URL_WHY_HOST] = "has a host that browsers refuse",
		[HL_URL_WHY_IP] = "has a number for a host that is no "
				  "network address",
		[HL_URL_WHY_PORT] = "has a port that is no number up to "
				    "65535",
		[HL_URL_WHY_LONG] = "is too long",
		[HL_URL_WHY_EMAIL] = "has an @ but is no e-mail address",
		[HL_URL_WHY_HASH] = "lacks the hash that names its content",
		[HL_URL_WHY_CONTENT] = "carries content itself",
	};

	return (unsigned)why < HL_URL_N_WHY ? texts[why] : "is unknown";
}

int hl_url_fail(struct hl_err *err, int why)
{
	if (why == 0) {
		return 0;
	}
	if (why < 0) {
		return HL_FAIL(err, why, "reading an address");
	}
	return HL_FAIL(err, why == HL_URL_WHY_LONG ? HL_E_LIMIT : HL_E_INVALID,
		"the address %s", hl_url_why_text((enum hl_url_why)why));
}
