/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>

#include "base/rand.h"
#include "base/time.h"
#include "seal/bytes.h"

enum { DIGITS = 6, STEP_S = 30 };

void hl_seal_totp_new(struct hl_seal_totp *t)
{
	hl_rand_bytes(t->b, sizeof(t->b));
}

void hl_seal_totp_wipe(struct hl_seal_totp *t)
{
	sodium_memzero(t, sizeof(*t));
}

int64_t hl_seal_totp_step(int64_t now_us)
{
	return now_us / (STEP_S * HL_US_PER_S);
}

/* RFC 4226, 5.3: dynamic truncation. Without an HMAC there is no code, and
 * nothing that anybody types equals it. */
void hl_seal_totp_code(const struct hl_seal_totp *t, int64_t step, char out[7])
{
	uint8_t counter[8], mac[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	hl_seal_put_be64(counter, (uint64_t)step);
	if (!HMAC(EVP_sha1(), t->b, sizeof(t->b), counter, sizeof(counter), mac,
		    &n) ||
		n != 20) {
		memcpy(out, "------", 7);
		return;
	}
	uint32_t v = hl_seal_get_be32(mac + (mac[19] & 15)) & 0x7fffffff;
	snprintf(out, 7, "%06u", v % 1000000);
	sodium_memzero(mac, sizeof(mac));
}

int hl_seal_totp_init(struct hl_err *err)
{
	static const struct hl_seal_totp any;
	char code[7];

	hl_seal_totp_code(&any, 0, code);
	if (code[0] == '-') {
		return HL_FAIL(err, HL_E_INTERNAL, "OpenSSL has no HMAC-SHA-1");
	}
	return 0;
}

static bool read_digits(struct hl_str typed, char out[DIGITS])
{
	size_t n = 0;

	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];

		if (c == ' ' || c == '-') {
			continue;
		}
		if (c < '0' || c > '9' || n == DIGITS) {
			return false;
		}
		out[n++] = c;
	}
	return n == DIGITS;
}

/* All three steps are compared, whichever fits. */
int hl_seal_totp_check(const struct hl_seal_totp *t, int64_t now_us,
	struct hl_str typed, int64_t *step)
{
	int64_t now = hl_seal_totp_step(now_us), fits = -1;
	char digits[DIGITS], code[DIGITS + 1];

	if (!read_digits(typed, digits)) {
		return HL_DENIED;
	}
	for (int64_t near = now + 1; near >= now - 1; near--) {
		hl_seal_totp_code(t, near, code);
		if (sodium_memcmp(digits, code, DIGITS) == 0) {
			fits = near;
		}
	}
	sodium_memzero(code, sizeof(code));
	if (fits < 0) {
		return HL_DENIED;
	}
	*step = fits;
	return 0;
}

struct hl_str hl_seal_totp_base32(
	const struct hl_seal_totp *t, char out[HL_SEAL_TOTP_BASE32])
{
	static const char alphabet[33] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t values[HL_SEAL_TOTP_BASE32 - 1];

	hl_seal_bits_split(t->b, sizeof(t->b), values);
	for (size_t i = 0; i < sizeof(values); i++) {
		out[i] = alphabet[values[i]];
	}
	out[sizeof(values)] = '\0';
	sodium_memzero(values, sizeof(values));
	return (struct hl_str){out, HL_SEAL_TOTP_BASE32 - 1};
}

/* RFC 3986, 2.3: everything but unreserved characters. */
static void put_percent(struct hl_buf *out, struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '.' ||
			     c == '_' || c == '~';

		if (plain) {
			hl_buf_put_c(out, (char)c);
		} else {
			hl_buf_printf(out, "%%%02X", c);
		}
	}
}

void hl_seal_totp_uri(const struct hl_seal_totp *t, struct hl_str issuer,
	struct hl_str login, struct hl_buf *out)
{
	char secret[HL_SEAL_TOTP_BASE32];

	hl_buf_put(out, HL_STR("otpauth://totp/"));
	put_percent(out, issuer);
	hl_buf_put_c(out, ':');
	put_percent(out, login);
	hl_buf_put(out, HL_STR("?secret="));
	hl_buf_put(out, hl_seal_totp_base32(t, secret));
	hl_buf_put(out, HL_STR("&issuer="));
	put_percent(out, issuer);
	hl_buf_put(out, HL_STR("&algorithm=SHA1&digits=6&period=30"));
	sodium_memzero(secret, sizeof(secret));
}
