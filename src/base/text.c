/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "base/err.h"

const char hl_text_crockford[33] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void hl_text_put_hex(struct hl_buf *b, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *in = p;

	for (size_t i = 0; i < n; i++) {
		hl_buf_put_c(b, digits[in[i] >> 4]);
		hl_buf_put_c(b, digits[in[i] & 15]);
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hl_text_parse_hex(struct hl_str s, void *out, size_t n)
{
	unsigned char *to = out;

	if (s.n != 2 * n) {
		return HL_E_INVALID;
	}
	for (size_t i = 0; i < n; i++) {
		int hi = hex_value(s.p[2 * i]), lo = hex_value(s.p[2 * i + 1]);

		if (hi < 0 || lo < 0) {
			return HL_E_INVALID;
		}
		to[i] = (unsigned char)(hi << 4 | lo);
	}
	return 0;
}

static const char b64[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char b64url[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void put_base64(
	struct hl_buf *b, const char *alphabet, const void *p, size_t n)
{
	const unsigned char *in = p;

	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)in[i] << 16;

		v |= i + 1 < n ? (unsigned)in[i + 1] << 8 : 0;
		v |= i + 2 < n ? in[i + 2] : 0;
		hl_buf_put_c(b, alphabet[v >> 18]);
		hl_buf_put_c(b, alphabet[(v >> 12) & 63]);
		if (i + 1 < n) {
			hl_buf_put_c(b, alphabet[(v >> 6) & 63]);
		}
		if (i + 2 < n) {
			hl_buf_put_c(b, alphabet[v & 63]);
		}
	}
}

void hl_text_put_base64(struct hl_buf *b, const void *p, size_t n)
{
	put_base64(b, b64, p, n);
	for (size_t i = n % 3; i == 1 || i == 2; i++) {
		hl_buf_put_c(b, '=');
	}
}

void hl_text_put_base64url(struct hl_buf *b, const void *p, size_t n)
{
	put_base64(b, b64url, p, n);
}

int hl_text_parse_base64url(struct hl_str s, void *out, size_t n)
{
	unsigned char *to = out;
	unsigned v = 0, bits = 0;
	size_t used = 0;

	if (s.n != (n * 4 + 2) / 3) {
		return HL_E_INVALID;
	}
	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] ? strchr(b64url, s.p[i]) : NULL;

		if (!at) {
			return HL_E_INVALID;
		}
		v = (v << 6 | (unsigned)(at - b64url)) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			to[used++] = (unsigned char)(v >> bits);
		}
	}
	return v & ((1u << bits) - 1) ? HL_E_INVALID : 0;
}

int hl_text_crockford_value(char c)
{
	if (c >= 'a' && c <= 'z') {
		c = (char)(c - 32);
	}
	if (c == 'O') {
		return 0;
	}
	if (c == 'I' || c == 'L') {
		return 1;
	}
	const char *at = c ? strchr(hl_text_crockford, c) : NULL;
	return at ? (int)(at - hl_text_crockford) : -1;
}

/* A weighted sum modulo 31, a prime: every single wrong symbol (bar the
 * pair of values 0 and 31) and every swap of neighbours changes it. */
static char ref_check(enum hl_ref_kind kind, int64_t id)
{
	int64_t sum = kind;

	for (int i = 1; i <= 8; i++) {
		sum += (i + 1) * (id & 31);
		id >>= 5;
	}
	return hl_text_crockford[sum % 31];
}

struct hl_str hl_ref_print(
	enum hl_ref_kind kind, int64_t id, char out[HL_REF_MAX])
{
	size_t n = 0;

	out[n++] = (char)kind;
	for (int i = 7; i >= 0; i--) {
		if (i == 7 || i == 3) {
			out[n++] = '-';
		}
		out[n++] = hl_text_crockford[(id >> (5 * i)) & 31];
	}
	out[n++] = '-';
	out[n++] = ref_check(kind, id);
	out[n] = '\0';
	return (struct hl_str){out, n};
}

int hl_ref_parse(enum hl_ref_kind kind, struct hl_str s, int64_t *id)
{
	char symbols[10];
	size_t n = 0;
	int64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '-' || s.p[i] == ' ') {
			continue;
		}
		if (n == sizeof(symbols)) {
			return HL_E_INVALID;
		}
		symbols[n++] = s.p[i];
	}
	if (n != sizeof(symbols) || (symbols[0] & ~0x20) != (int)kind) {
		return HL_E_INVALID;
	}
	for (size_t i = 1; i <= 8; i++) {
		int d = hl_text_crockford_value(symbols[i]);

		if (d < 0) {
			return HL_E_INVALID;
		}
		v = v << 5 | d;
	}
	int check = hl_text_crockford_value(symbols[9]);
	if (check < 0 || hl_text_crockford[check] != ref_check(kind, v)) {
		return HL_E_INVALID;
	}
	*id = v;
	return 0;
}
