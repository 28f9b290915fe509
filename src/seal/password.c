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

/* Folded to lower case, letters and digits only, as fold() makes them; each
 * is refused with up to four characters around it. */
static const struct hl_str common[] = {
	HL_STR_INIT("password"),
	HL_STR_INIT("passwort"),
	HL_STR_INIT("passw0rd"),
	HL_STR_INIT("adgangskode"),
	HL_STR_INIT("kodeord"),
	HL_STR_INIT("motdepasse"),
	HL_STR_INIT("contrasena"),
	HL_STR_INIT("wachtwoord"),
	HL_STR_INIT("administrator"),
	HL_STR_INIT("administrator1"),
	HL_STR_INIT("openhotline"),
	HL_STR_INIT("hotlinehotline"),
	HL_STR_INIT("childprotection"),
	HL_STR_INIT("changeme"),
	HL_STR_INIT("changemenow"),
	HL_STR_INIT("changethis"),
	HL_STR_INIT("letmeinletmein"),
	HL_STR_INIT("letmeinplease"),
	HL_STR_INIT("welcome"),
	HL_STR_INIT("welcomeback"),
	HL_STR_INIT("willkommen"),
	HL_STR_INIT("velkommen"),
	HL_STR_INIT("iloveyou"),
	HL_STR_INIT("iloveyousomuch"),
	HL_STR_INIT("qwertyuiop"),
	HL_STR_INIT("qwertyuiopasdfghjkl"),
	HL_STR_INIT("qwertzuiop"),
	HL_STR_INIT("azertyuiop"),
	HL_STR_INIT("asdfghjkl"),
	HL_STR_INIT("1qaz2wsx3edc"),
	HL_STR_INIT("1q2w3e4r5t6y"),
	HL_STR_INIT("qazwsxedcrfv"),
	HL_STR_INIT("zaqxswcdevfr"),
	HL_STR_INIT("q1w2e3r4t5y6"),
	HL_STR_INIT("correcthorsebatterystaple"),
	HL_STR_INIT("thequickbrownfox"),
	HL_STR_INIT("secretsecret"),
	HL_STR_INIT("topsecret"),
	HL_STR_INIT("donotenter"),
	HL_STR_INIT("ihavenopassword"),
	HL_STR_INIT("passwordpassword"),
	HL_STR_INIT("mypassword"),
	HL_STR_INIT("thisismypassword"),
	HL_STR_INIT("monkeymonkey"),
	HL_STR_INIT("dragondragon"),
	HL_STR_INIT("sunshine"),
	HL_STR_INIT("football"),
	HL_STR_INIT("baseball"),
	HL_STR_INIT("superman"),
	HL_STR_INIT("starwars"),
	HL_STR_INIT("computer"),
	HL_STR_INIT("internet"),
	HL_STR_INIT("princess"),
	HL_STR_INIT("trustno1"),
	HL_STR_INIT("trustnobody"),
};

enum { FOLDED_MAX = 128, AROUND = 4 };

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

static bool holds(struct hl_str s, struct hl_str word)
{
	return word.n && s.n <= word.n + AROUND && hl_str_find(s, word) < s.n;
}

static bool is_common(struct hl_str folded)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(common); i++) {
		if (holds(folded, common[i])) {
			return true;
		}
	}
	return false;
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

static enum hl_seal_password_fault check_guessable(
	struct hl_str login, struct hl_str password)
{
	enum hl_seal_password_fault fault = HL_SEAL_PASSWORD_OK;
	char p[FOLDED_MAX], l[FOLDED_MAX];
	struct hl_str folded = fold(password, p), name = fold(login, l);

	if (holds(folded, name)) {
		fault = HL_SEAL_PASSWORD_LOGIN;
	} else if (is_common(folded)) {
		fault = HL_SEAL_PASSWORD_COMMON;
	} else if (is_repeated(password) || is_row(password) ||
		   (folded.n && is_repeated(folded)) || is_row(folded)) {
		fault = HL_SEAL_PASSWORD_PATTERN;
	}
	sodium_memzero(p, sizeof(p));
	return fault;
}

enum hl_seal_password_fault hl_seal_password_check(
	struct hl_str login, struct hl_str password)
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
	return check_guessable(login, password);
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
