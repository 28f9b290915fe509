/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules after NIST SP 800-63B, 5.1.1.2: a least length, no rules about kinds
 * of characters, and a list of what is tried first. Argon2id makes each
 * guess dear; these rules keep the first thousand guesses from fitting.
 */
#include "seal/password.h"

#include <sodium.h>

#include "base/rand.h"
#include "base/text.h"
#include "base/utf8.h"
#include "seal/guess.h"

enum { FOLDED_MAX = 128 };

/* ASCII letters and digits, lower case; other bytes as they are, ASCII
 * punctuation and spaces left out. */
static struct hl_str fold(struct hl_str s, char out[FOLDED_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < FOLDED_MAX; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z') {
			c = (char)(c + 32);
		}
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			(unsigned char)c >= 0x80) {
			out[n++] = c;
		}
	}
	return (struct hl_str){out, n};
}

/* "abcabcabcabc": equal to itself moved by half or less. */
static bool is_repeated(struct hl_str s)
{
	for (size_t period = 1; period <= s.n / 2; period++) {
		if (memcmp(s.p, s.p + period, s.n - period) == 0) {
			return true;
		}
	}
	return false;
}

/* "123456789012", "lkjihgfedcba": nearly every step is one up or down. */
static bool is_row(struct hl_str s)
{
	size_t up = 0, down = 0;

	for (size_t i = 1; i < s.n; i++) {
		up += s.p[i] == s.p[i - 1] + 1 ||
		      (s.p[i - 1] == '9' && s.p[i] == '0');
		down += s.p[i] == s.p[i - 1] - 1 ||
			(s.p[i - 1] == '0' && s.p[i] == '9');
	}
	return s.n > 3 && (up + 3 >= s.n || down + 3 >= s.n);
}

static bool is_text(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f) {
			return false;
		}
	}
	return hl_utf8_valid(s);
}

static bool is_pattern(struct hl_str password)
{
	char p[FOLDED_MAX];
	struct hl_str folded = fold(password, p);
	bool found = is_repeated(password) || is_row(password) ||
		     (folded.n && is_repeated(folded)) || is_row(folded);

	sodium_memzero(p, sizeof(p));
	return found;
}

static enum hl_seal_password_fault check_guessable(
	const struct hl_str *own, size_t n_own, struct hl_str password)
{
	struct hl_seal_guess guess;

	hl_seal_guess(own, n_own, password, &guess);
	int n_words = guess.n_own + guess.n_common;
	/* a word or two with any number of figures are not more than that */
	bool bare =
		n_words && n_words < HL_SEAL_PASSWORD_WORDS && !guess.n_letters;

	if (guess.points >= HL_SEAL_GUESS_ENOUGH && !bare) {
		return is_pattern(password) ? HL_SEAL_PASSWORD_PATTERN
					    : HL_SEAL_PASSWORD_OK;
	}
	return guess.n_own      ? HL_SEAL_PASSWORD_OWN
	       : guess.n_common ? HL_SEAL_PASSWORD_COMMON
				: HL_SEAL_PASSWORD_PATTERN;
}

enum hl_seal_password_fault hl_seal_password_check(
	const struct hl_str *own, size_t n_own, struct hl_str password)
{
	if (password.n > HL_SEAL_PASSWORD_MAX) {
		return HL_SEAL_PASSWORD_LONG;
	}
	if (!is_text(password)) {
		return HL_SEAL_PASSWORD_TEXT;
	}
	if (hl_utf8_count(password) < HL_SEAL_PASSWORD_MIN) {
		return HL_SEAL_PASSWORD_SHORT;
	}
	return check_guessable(own, n_own, password);
}

struct hl_str hl_seal_password_random(char out[HL_SEAL_PASSWORD_RANDOM])
{
	uint8_t random[16];
	size_t n = 0;

	hl_rand_bytes(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++) {
		if (i && i % 4 == 0) {
			out[n++] = '-';
		}
		out[n++] = hl_text_crockford[random[i] & 31];
	}
	out[n] = '\0';
	sodium_memzero(random, sizeof(random));
	return (struct hl_str){out, n};
}
