/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each of the 40 bytes of secret and tag is the constant term of its own
 * random polynomial of degree k - 1 over GF(2^8); share x is the value of
 * all of them at x. Any k values give the constant term by interpolation,
 * and for k - 1 values every constant term is equally likely.
 *
 * The tag is a digest of the secret and is split with it, so that joining
 * notices a share that was forged, while a single share still says nothing.
 * Arithmetic is without tables and branches on secrets: no timing shows.
 */
#include "seal/escrow.h"

#include <sodium.h>

#include "base/rand.h"
#include "base/text.h"
#include "seal/bytes.h"

enum {
	VERSION = 1,
	SET = 5,
	AT_K = 6,
	AT_N = 7,
	AT_X = 8,
	AT_Y = 9,
	TAG = 8,
	Y = HL_SEAL_KEY_BYTES + TAG,
	AT_CHECK = AT_Y + Y,
	CHECK = 6,
	SHARE = AT_CHECK + CHECK,
	LINES = 4,
	LINE = SHARE * 8 / 5 / LINES,
	GROUP = 5,
};
_Static_assert(SHARE == 55 && LINE == 22, "docs/keys.md");

struct share {
	uint8_t b[SHARE];
};

/* In GF(2^8) with x^8 + x^4 + x^3 + x + 1. */
static uint8_t times(uint8_t a, uint8_t b)
{
	unsigned product = 0, factor = a;

	for (int i = 0; i < 8; i++) {
		product ^= factor & (0u - (unsigned)(b >> i & 1));
		factor = factor << 1 ^ (0x11bu & (0u - (factor >> 7)));
	}
	return (uint8_t)product;
}

/* a^254, which is 1/a. */
static uint8_t inverse(uint8_t a)
{
	uint8_t square = a, result = 1;

	for (int i = 0; i < 7; i++) {
		square = times(square, square);
		result = times(result, square);
	}
	return result;
}

static void digest(
	const char *domain, const void *p, size_t n, uint8_t *out, size_t out_n)
{
	const struct hl_seal_digest how = {.domain = domain};
	uint8_t full[16];

	hl_seal_digest(&how, p, n, full, sizeof(full));
	memcpy(out, full, out_n);
	sodium_memzero(full, sizeof(full));
}

static void check_of(const struct share *s, uint8_t out[CHECK])
{
	digest("OHL escrow share", s->b, AT_CHECK, out, CHECK);
}

/* Values 22 at a time; the line's number goes into its check, so that lines
 * in the wrong order are found. */
static void print_share(const struct share *s, struct hl_buf *out)
{
	uint8_t values[LINES * LINE];

	hl_seal_bits_split(s->b, SHARE, values);
	for (uint8_t line = 0; line < LINES; line++) {
		const uint8_t *v = values + line * LINE;

		for (size_t i = 0; i < LINE; i++) {
			hl_buf_put_c(out, hl_text_crockford[v[i]]);
			if (i % GROUP == GROUP - 1) {
				hl_buf_put_c(out, ' ');
			}
		}
		hl_buf_put_c(out, hl_text_crockford[hl_seal_check_value(
					  v, LINE, (uint8_t)(line + 1))]);
		hl_buf_put_c(out, '\n');
	}
	sodium_memzero(values, sizeof(values));
}

/* Horner's rule at x for all bytes; coeffs[0] is the constant term. */
static void evaluate(const uint8_t (*coeffs)[Y], int k, uint8_t x, uint8_t *y)
{
	memset(y, 0, Y);
	for (int c = k - 1; c >= 0; c--) {
		for (size_t i = 0; i < Y; i++) {
			y[i] = times(y[i], x) ^ coeffs[c][i];
		}
	}
}

int hl_seal_escrow_split(const struct hl_seal_secret *secret, int k, int n,
	struct hl_buf *out, struct hl_err *err)
{
	uint8_t coeffs[HL_SEAL_ESCROW_MAX][Y];
	struct share s;

	if (k < 2 || k > n || n > HL_SEAL_ESCROW_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"escrow needs 2 <= K <= N <= %d, not %d/%d",
			HL_SEAL_ESCROW_MAX, k, n);
	}
	hl_rand_bytes(coeffs, sizeof(coeffs));
	memcpy(coeffs[0], secret->b, HL_SEAL_KEY_BYTES);
	digest("OHL escrow tag", secret->b, HL_SEAL_KEY_BYTES,
		coeffs[0] + HL_SEAL_KEY_BYTES, TAG);
	s.b[0] = VERSION;
	hl_rand_bytes(s.b + 1, SET);
	s.b[AT_K] = (uint8_t)k;
	s.b[AT_N] = (uint8_t)n;
	for (int x = 1; x <= n; x++) {
		s.b[AT_X] = (uint8_t)x;
		evaluate(
			(const uint8_t(*)[Y])coeffs, k, (uint8_t)x, s.b + AT_Y);
		check_of(&s, s.b + AT_CHECK);
		print_share(&s, out);
	}
	sodium_memzero(coeffs, sizeof(coeffs));
	sodium_memzero(&s, sizeof(s));
	return out->fault ? HL_FAIL(err, out->fault, "no room for shares") : 0;
}

/* Symbols of all lines, each line's check behind its 22. */
static int read_values(struct hl_str text, uint8_t values[LINES * (LINE + 1)],
	struct hl_err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == ' ' || c == '-' || (c >= '\t' && c <= '\r')) {
			continue;
		}
		int v = hl_text_crockford_value(c);
		if (v < 0) {
			return HL_FAIL(err, HL_E_INVALID,
				"line %zu has a character that no share has",
				n / (LINE + 1) + 1);
		}
		if (n == LINES * (LINE + 1)) {
			return HL_FAIL(err, HL_E_INVALID,
				"more than %d symbols", LINES * (LINE + 1));
		}
		values[n++] = (uint8_t)v;
	}
	if (n != LINES * (LINE + 1)) {
		return HL_FAIL(err, HL_E_INVALID, "%zu symbols instead of %d",
			n, LINES * (LINE + 1));
	}
	return 0;
}

static int check_form(const struct share *s, struct hl_err *err)
{
	uint8_t check[CHECK];

	check_of(s, check);
	if (sodium_memcmp(check, s->b + AT_CHECK, CHECK) != 0) {
		return HL_FAIL(err, HL_E_INVALID,
			"several symbols are wrong: compare each line");
	}
	if (s->b[0] != VERSION || s->b[AT_K] < 2 || s->b[AT_K] > s->b[AT_N] ||
		s->b[AT_N] > HL_SEAL_ESCROW_MAX || s->b[AT_X] < 1 ||
		s->b[AT_X] > s->b[AT_N]) {
		return HL_FAIL(err, HL_E_INVALID, "a share of unknown form");
	}
	return 0;
}

static int read_share(struct hl_str text, struct share *s, struct hl_err *err)
{
	uint8_t values[LINES * (LINE + 1)];
	int r = read_values(text, values, err);

	for (uint8_t line = 0; !r && line < LINES; line++) {
		uint8_t *from = values + line * (LINE + 1);

		if (hl_seal_check_value(from, LINE, (uint8_t)(line + 1)) !=
			from[LINE]) {
			r = HL_FAIL(err, HL_E_INVALID,
				"line %d is mistyped or in the wrong place",
				line + 1);
		}
		memmove(values + line * LINE, from, LINE);
	}
	if (!r) {
		hl_seal_bits_join(values, LINES * LINE, s->b);
		r = check_form(s, err);
	}
	sodium_memzero(values, sizeof(values));
	return r;
}

int hl_seal_escrow_info(struct hl_str share, struct hl_seal_share_info *info,
	struct hl_err *err)
{
	uint8_t symbols[8];
	struct share s;
	int r = read_share(share, &s, err);

	if (r) {
		return r;
	}
	hl_seal_bits_split(s.b + 1, SET, symbols);
	for (size_t i = 0; i < sizeof(symbols); i++) {
		info->set[i] = hl_text_crockford[symbols[i]];
	}
	info->set[8] = '\0';
	info->k = s.b[AT_K];
	info->n = s.b[AT_N];
	info->number = s.b[AT_X];
	sodium_memzero(&s, sizeof(s));
	return 0;
}

/* Reads all, and sees that they are different shares of one set. */
static int read_all(const struct hl_str *texts, size_t n, struct share *shares,
	struct hl_err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct hl_err why = {0};
		int r = read_share(texts[i], &shares[i], &why);

		if (r) {
			return HL_FAIL(
				err, r, "share %zu given: %s", i + 1, why.msg);
		}
		if (memcmp(shares[i].b, shares[0].b, AT_X) != 0) {
			return HL_FAIL(err, HL_E_INVALID,
				"share %zu given is of another set than the "
				"first",
				i + 1);
		}
		for (size_t k = 0; k < i; k++) {
			if (shares[k].b[AT_X] == shares[i].b[AT_X]) {
				return HL_FAIL(err, HL_E_INVALID,
					"share number %d was given twice",
					shares[i].b[AT_X]);
			}
		}
	}
	if (n == 0 || n < shares[0].b[AT_K]) {
		return HL_FAIL(err, HL_E_INVALID, "%zu shares, %d are needed",
			n, n ? shares[0].b[AT_K] : 2);
	}
	return 0;
}

/* The polynomials' values at x from those of k shares (Lagrange). */
static void interpolate(
	const struct share *shares, size_t k, uint8_t x, uint8_t out[Y])
{
	memset(out, 0, Y);
	for (size_t i = 0; i < k; i++) {
		uint8_t xi = shares[i].b[AT_X], up = 1, down = 1;

		for (size_t m = 0; m < k; m++) {
			if (m != i) {
				uint8_t xm = shares[m].b[AT_X];

				up = times(up, x ^ xm);
				down = times(down, xi ^ xm);
			}
		}
		up = times(up, inverse(down));
		for (size_t b = 0; b < Y; b++) {
			out[b] ^= times(shares[i].b[AT_Y + b], up);
		}
	}
}

static int combine(const struct share *shares, size_t n,
	struct hl_seal_secret *secret, struct hl_err *err)
{
	size_t k = shares[0].b[AT_K];
	uint8_t joined[Y], tag[TAG];
	int wrong = 0;

	for (size_t i = k; i < n; i++) {
		interpolate(shares, k, shares[i].b[AT_X], joined);
		wrong |= sodium_memcmp(joined, shares[i].b + AT_Y, Y);
	}
	interpolate(shares, k, 0, joined);
	digest("OHL escrow tag", joined, HL_SEAL_KEY_BYTES, tag, TAG);
	wrong |= sodium_memcmp(tag, joined + HL_SEAL_KEY_BYTES, TAG);
	if (!wrong) {
		memcpy(secret->b, joined, HL_SEAL_KEY_BYTES);
	}
	sodium_memzero(joined, sizeof(joined));
	sodium_memzero(tag, sizeof(tag));
	return wrong ? HL_FAIL(err, HL_E_CRYPTO,
			       "the shares do not fit one another")
		     : 0;
}

int hl_seal_escrow_join(const struct hl_str *shares_given, size_t n_shares,
	struct hl_seal_secret *secret, struct hl_err *err)
{
	struct share shares[HL_SEAL_ESCROW_MAX];

	if (n_shares > HL_SEAL_ESCROW_MAX) {
		return HL_FAIL(err, HL_E_INVALID, "more than %d shares",
			HL_SEAL_ESCROW_MAX);
	}
	int r = read_all(shares_given, n_shares, shares, err);
	if (!r) {
		r = combine(shares, n_shares, secret, err);
	}
	sodium_memzero(shares, sizeof(shares));
	return r;
}
