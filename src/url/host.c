/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <unicode/uidna.h>

#include "url/inner.h"

/*
 * Hosts, clause 3.5 of the URL standard: a percent-decoded domain goes
 * through UTS 46 and then, if its last label is a number, through the IPv4
 * parser with all its old shapes (octal, hexadecimal, fewer parts).
 */

/* A number of the IPv4 parser: 0x hex, 0 octal, else decimal; saturates.
 * False if it is none. */
static bool ipv4_number(struct hl_str s, uint64_t *out)
{
	unsigned base = 10;

	if (s.n == 0) {
		return false;
	}
	if (s.n >= 2 && s.p[0] == '0' && (s.p[1] | 0x20) == 'x') {
		base = 16;
		s = hl_str_sub(s, 2, s.n);
	} else if (s.n >= 2 && s.p[0] == '0') {
		base = 8;
	}
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		int d = hl_url_hex(s.p[i]);

		if (d < 0 || (unsigned)d >= base) {
			return false;
		}
		if (*out <= UINT32_MAX) {
			*out = *out * base + (unsigned)d;
		}
	}
	return true;
}

static bool ends_in_number(struct hl_str s)
{
	struct hl_str last = s;
	uint64_t v;

	for (size_t i = s.n; i > 0; i--) {
		if (s.p[i - 1] == '.') {
			last = hl_str_sub(s, i, s.n);
			break;
		}
	}
	if (!last.n || !hl_url_is_digit(last.p[0])) {
		return false;
	}
	size_t digits = 0;
	while (digits < last.n && hl_url_is_digit(last.p[digits])) {
		digits++;
	}
	return digits == last.n || ipv4_number(last, &v);
}

enum hl_url_why hl_url_ipv4(struct hl_str s, uint32_t *out)
{
	uint64_t parts[4], v = 0;
	size_t n = 0;
	struct hl_str piece;

	if (s.n > 1 && s.p[s.n - 1] == '.') {
		s.n--;
	}
	if (!ends_in_number(s)) {
		return HL_URL_WHY_WORDS;
	}
	while (hl_str_next(&s, '.', &piece)) {
		if (n == 4 || !ipv4_number(piece, &parts[n])) {
			return HL_URL_WHY_IP;
		}
		n++;
	}
	for (size_t i = 0; i + 1 < n; i++) {
		if (parts[i] > 255) {
			return HL_URL_WHY_IP;
		}
		v |= parts[i] << (24 - 8 * i);
	}
	if (parts[n - 1] >= (uint64_t)1 << (8 * (5 - n))) {
		return HL_URL_WHY_IP;
	}
	*out = (uint32_t)(v | parts[n - 1]);
	return HL_URL_READABLE;
}

void hl_url_put_ipv4(struct hl_buf *b, uint32_t ip)
{
	hl_buf_printf(b, "%u.%u.%u.%u", ip >> 24, (ip >> 16) & 255,
		(ip >> 8) & 255, ip & 255);
}

/* The first longest run of two or more zero pieces: [*from, *from + n). */
static size_t longest_zeros(const uint16_t g[8], size_t *from)
{
	size_t best = 1, run = 0;

	*from = 8;
	for (size_t i = 0; i < 8; i++) {
		run = g[i] ? 0 : run + 1;
		if (run > best) {
			best = run;
			*from = i + 1 - run;
		}
	}
	return *from < 8 ? best : 0;
}

bool hl_url_put_ipv6(struct hl_buf *b, struct hl_str s)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char raw[16];
	uint16_t g[8];
	size_t from;

	if (s.n >= sizeof(text) || hl_str_find_char(s, '\0') < s.n) {
		return false;
	}
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET6, text, raw) != 1) {
		return false;
	}
	for (size_t i = 0; i < 8; i++) {
		g[i] = (uint16_t)(raw[2 * i] << 8 | raw[2 * i + 1]);
	}
	size_t n = longest_zeros(g, &from);
	hl_buf_put_c(b, '[');
	for (size_t i = 0; i < 8; i++) {
		if (n && i == from) {
			hl_buf_put(b, i ? HL_STR(":") : HL_STR("::"));
			i += n - 1;
			continue;
		}
		hl_buf_printf(b, i < 7 ? "%x:" : "%x", g[i]);
	}
	hl_buf_put_c(b, ']');
	return true;
}

bool hl_url_is_plain_ascii(struct hl_str s)
{
	bool label = true;

	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80 ||
			(label && hl_url_starts_nocase(hl_str_sub(s, i, s.n),
					  HL_STR("xn--")))) {
			return false;
		}
		label = s.p[i] == '.';
	}
	return true;
}

/* What UTS 46 reports only with CheckHyphens and VerifyDnsLength, which the
 * URL standard switches off. */
#define IDNA_TOLERATED                                                     \
	(UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |            \
		UIDNA_ERROR_DOMAIN_NAME_TOO_LONG |                         \
		UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN | \
		UIDNA_ERROR_HYPHEN_3_4)

int hl_url_to_ascii(struct hl_str domain, struct hl_buf *out)
{
	UErrorCode ec = U_ZERO_ERROR;
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	char ascii[HL_URL_HOST_MAX];

	if (domain.n > HL_URL_HOST_MAX) {
		return HL_URL_WHY_LONG;
	}
	UIDNA *idna = uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
					      UIDNA_NONTRANSITIONAL_TO_ASCII |
					      UIDNA_NONTRANSITIONAL_TO_UNICODE,
		&ec);
	if (U_FAILURE(ec)) {
		return HL_E_NOMEM;
	}
	int32_t n = uidna_nameToASCII_UTF8(idna, domain.p, (int32_t)domain.n,
		ascii, (int32_t)sizeof(ascii), &info, &ec);
	uidna_close(idna);
	if (ec == U_BUFFER_OVERFLOW_ERROR) {
		return HL_URL_WHY_LONG;
	}
	if (U_FAILURE(ec) || (info.errors & ~(uint32_t)IDNA_TOLERATED)) {
		return HL_URL_WHY_HOST;
	}
	hl_buf_put_mem(out, ascii, (size_t)n);
	explicit_bzero(ascii, (size_t)n);
	return 0;
}

static int put_opaque(
	struct hl_buf *b, struct hl_str raw, enum hl_url_host_kind *kind)
{
	for (size_t i = 0; i < raw.n; i++) {
		if (hl_url_is(raw.p[i], HL_URL_C_BAD_HOST)) {
			return HL_URL_WHY_HOST;
		}
	}
	hl_url_put_encoded(b, raw, HL_URL_C_C0);
	*kind = raw.n ? HL_URL_HOST_OPAQUE : HL_URL_HOST_EMPTY;
	return 0;
}

/* ascii is lower case already. */
static int put_ascii_host(
	struct hl_buf *b, struct hl_str ascii, enum hl_url_host_kind *kind)
{
	uint32_t ip = 0;

	for (size_t i = 0; i < ascii.n; i++) {
		if (hl_url_is(ascii.p[i], HL_URL_C_BAD_DOMAIN)) {
			return HL_URL_WHY_HOST;
		}
	}
	enum hl_url_why why = hl_url_ipv4(ascii, &ip);
	if (why == HL_URL_WHY_IP) {
		return why;
	}
	if (why == HL_URL_READABLE) {
		*kind = HL_URL_HOST_IPV4;
		hl_url_put_ipv4(b, ip);
		return 0;
	}
	*kind = HL_URL_HOST_DOMAIN;
	hl_buf_put(b, ascii);
	return ascii.n ? 0 : HL_URL_WHY_NO_HOST;
}

static int put_domain(
	struct hl_buf *b, struct hl_str raw, enum hl_url_host_kind *kind)
{
	HL_BUF_AUTO ascii = HL_BUF_SECRET(HL_URL_HOST_MAX);
	char plain[HL_URL_MAX];
	int why = 0;

	if (raw.n > sizeof(plain)) {
		return HL_URL_WHY_LONG;
	}
	struct hl_str name = hl_str_mem(plain, hl_url_unescape(raw, plain));
	if (name.n > HL_URL_HOST_MAX) {
		why = HL_URL_WHY_LONG;
	} else if (hl_url_is_plain_ascii(name)) {
		for (size_t i = 0; i < name.n; i++) {
			plain[i] = hl_url_lower(plain[i]);
		}
	} else {
		why = hl_url_to_ascii(name, &ascii);
		why = why ? why : ascii.fault;
		name = hl_buf_str(&ascii);
	}
	if (why == 0) {
		why = put_ascii_host(b, name, kind);
	}
	explicit_bzero(plain, raw.n);
	return why;
}

int hl_url_put_host(struct hl_buf *b, struct hl_str raw, bool special,
	enum hl_url_host_kind *kind)
{
	if (raw.n && raw.p[0] == '[') {
		*kind = HL_URL_HOST_IPV6;
		if (raw.n < 2 || raw.p[raw.n - 1] != ']' ||
			!hl_url_put_ipv6(b, hl_str_sub(raw, 1, raw.n - 2))) {
			return HL_URL_WHY_IP;
		}
		return 0;
	}
	return special ? put_domain(b, raw, kind) : put_opaque(b, raw, kind);
}
