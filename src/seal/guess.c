/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capitals, spaces, punctuation and figures in the place of letters are the
 * first things that guessing programs put on; here they are taken off before
 * words are looked for.
 */
#include "seal/guess.h"

#include <sodium.h>

#define FOLDED_MAX 160 /* bytes; more is enough in any case */
#define PIECE_MIN 3
#define KINDS_MAX 6

enum { WORD_POINTS = 4, ROW_POINTS = 2, LETTER_POINTS = 2 };

/* Small letters only, at least four. */
static const struct hl_str common[] = {
	HL_STR_INIT("adgangskode"),
	HL_STR_INIT("admin"),
	HL_STR_INIT("administrator"),
	HL_STR_INIT("amsterdam"),
	HL_STR_INIT("april"),
	HL_STR_INIT("arsenal"),
	HL_STR_INIT("asdfgh"),
	HL_STR_INIT("august"),
	HL_STR_INIT("autumn"),
	HL_STR_INIT("azerty"),
	HL_STR_INIT("baseball"),
	HL_STR_INIT("batman"),
	HL_STR_INIT("batterystaple"),
	HL_STR_INIT("berlin"),
	HL_STR_INIT("bienvenue"),
	HL_STR_INIT("changeme"),
	HL_STR_INIT("changethis"),
	HL_STR_INIT("charlie"),
	HL_STR_INIT("childprotection"),
	HL_STR_INIT("company"),
	HL_STR_INIT("computer"),
	HL_STR_INIT("contrasena"),
	HL_STR_INIT("copenhagen"),
	HL_STR_INIT("correcthorse"),
	HL_STR_INIT("correcthorsebatterystaple"),
	HL_STR_INIT("december"),
	HL_STR_INIT("default"),
	HL_STR_INIT("donotenter"),
	HL_STR_INIT("dragon"),
	HL_STR_INIT("efteraar"),
	HL_STR_INIT("facebook"),
	HL_STR_INIT("february"),
	HL_STR_INIT("football"),
	HL_STR_INIT("freedom"),
	HL_STR_INIT("friday"),
	HL_STR_INIT("geheim"),
	HL_STR_INIT("google"),
	HL_STR_INIT("guest"),
	HL_STR_INIT("haslo"),
	HL_STR_INIT("helpdesk"),
	HL_STR_INIT("hemmelig"),
	HL_STR_INIT("hotline"),
	HL_STR_INIT("hunter"),
	HL_STR_INIT("iloveyou"),
	HL_STR_INIT("internet"),
	HL_STR_INIT("january"),
	HL_STR_INIT("jennifer"),
	HL_STR_INIT("jordan"),
	HL_STR_INIT("july"),
	HL_STR_INIT("june"),
	HL_STR_INIT("killer"),
	HL_STR_INIT("kobenhavn"),
	HL_STR_INIT("kodeord"),
	HL_STR_INIT("letmein"),
	HL_STR_INIT("liverpool"),
	HL_STR_INIT("login"),
	HL_STR_INIT("london"),
	HL_STR_INIT("losenord"),
	HL_STR_INIT("loveyou"),
	HL_STR_INIT("madrid"),
	HL_STR_INIT("manager"),
	HL_STR_INIT("march"),
	HL_STR_INIT("master"),
	HL_STR_INIT("michael"),
	HL_STR_INIT("monday"),
	HL_STR_INIT("monkey"),
	HL_STR_INIT("motdepasse"),
	HL_STR_INIT("nopassword"),
	HL_STR_INIT("november"),
	HL_STR_INIT("october"),
	HL_STR_INIT("office"),
	HL_STR_INIT("openhotline"),
	HL_STR_INIT("paris"),
	HL_STR_INIT("parola"),
	HL_STR_INIT("password"),
	HL_STR_INIT("passwort"),
	HL_STR_INIT("pokemon"),
	HL_STR_INIT("police"),
	HL_STR_INIT("politi"),
	HL_STR_INIT("princess"),
	HL_STR_INIT("qwerty"),
	HL_STR_INIT("qwertyuiop"),
	HL_STR_INIT("qwertz"),
	HL_STR_INIT("root"),
	HL_STR_INIT("salasana"),
	HL_STR_INIT("samsung"),
	HL_STR_INIT("saturday"),
	HL_STR_INIT("secret"),
	HL_STR_INIT("senha"),
	HL_STR_INIT("september"),
	HL_STR_INIT("service"),
	HL_STR_INIT("shadow"),
	HL_STR_INIT("sommer"),
	HL_STR_INIT("spring"),
	HL_STR_INIT("starwars"),
	HL_STR_INIT("stockholm"),
	HL_STR_INIT("summer"),
	HL_STR_INIT("sunday"),
	HL_STR_INIT("sunshine"),
	HL_STR_INIT("superman"),
	HL_STR_INIT("support"),
	HL_STR_INIT("system"),
	HL_STR_INIT("test"),
	HL_STR_INIT("tester"),
	HL_STR_INIT("testing"),
	HL_STR_INIT("thequickbrownfox"),
	HL_STR_INIT("thursday"),
	HL_STR_INIT("trustno"),
	HL_STR_INIT("trustnobody"),
	HL_STR_INIT("tuesday"),
	HL_STR_INIT("user"),
	HL_STR_INIT("velkommen"),
	HL_STR_INIT("wachtwoord"),
	HL_STR_INIT("wednesday"),
	HL_STR_INIT("welcome"),
	HL_STR_INIT("whatever"),
	HL_STR_INIT("willkommen"),
	HL_STR_INIT("winter"),
	HL_STR_INIT("zxcvbn"),
};

/* Keys beside each other, and above each other; read both ways. */
static const struct hl_str rows[] = {
	HL_STR_INIT("abcdefghijklmnopqrstuvwxyz"),
	HL_STR_INIT("012345678901234567890"),
	HL_STR_INIT("qwertyuiop"),
	HL_STR_INIT("asdfghjkl"),
	HL_STR_INIT("zxcvbnm"),
	HL_STR_INIT("qwertzuiop"),
	HL_STR_INIT("yxcvbnm"),
	HL_STR_INIT("azertyuiop"),
	HL_STR_INIT("qsdfghjklm"),
	HL_STR_INIT("wxcvbn"),
	HL_STR_INIT("1qaz2wsx3edc4rfv5tgb6yhn7ujm"),
	HL_STR_INIT("qazwsxedcrfvtgbyhnujm"),
	HL_STR_INIT("zaqxswcdevfrbgtnhymju"),
	HL_STR_INIT("1q2w3e4r5t6y7u8i9o0p"),
	HL_STR_INIT("q1w2e3r4t5y6u7i8o9p0"),
};

/* Letters, digits and the bytes of other scripts, small; what is left out of
 * punctuation is counted by kinds. */
static struct hl_str fold(struct hl_str s, char out[FOLDED_MAX], int *kinds)
{
	bool seen[128] = {false};
	size_t n = 0;

	*kinds = 0;
	for (size_t i = 0; i < s.n && n < FOLDED_MAX; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
		bool kept = letter || (c >= '0' && c <= '9') || c >= 0x80;

		if (!kept && c != ' ' && !seen[c]) {
			seen[c] = true;
			*kinds += *kinds < KINDS_MAX;
		}
		if (kept || c == '@' || c == '$') {
			out[n++] = letter     ? (char)(c | 0x20)
				   : c == '@' ? 'a'
				   : c == '$' ? 's'
					      : (char)c;
		}
	}
	return (struct hl_str){out, n};
}

/* c as typed stands for the letter w. */
static bool stands_for(char c, char w)
{
	static const char *const pairs = "0o1i1l3e4a5s7t8b";

	if (c == w) {
		return true;
	}
	for (const char *p = pairs; *p; p += 2) {
		if (p[0] == c && p[1] == w) {
			return true;
		}
	}
	return false;
}

/* The length of the word that s begins with, or 0. */
static size_t begins(struct hl_str s, struct hl_str word)
{
	if (word.n < PIECE_MIN || s.n < word.n) {
		return 0;
	}
	for (size_t i = 0; i < word.n; i++) {
		if (!stands_for(s.p[i], word.p[i])) {
			return 0;
		}
	}
	return word.n;
}

/* Of a text's words, one after the other and all together. */
static size_t begins_own(struct hl_str s, struct hl_str text)
{
	char folded[FOLDED_MAX];
	int kinds;
	size_t best = begins(s, fold(text, folded, &kinds));

	for (size_t at = 0; at < text.n;) {
		size_t end = at;

		while (end < text.n && !strchr(" .-_,&", text.p[end])) {
			end++;
		}
		size_t n = begins(
			s, fold(hl_str_sub(text, at, end), folded, &kinds));
		best = n > best ? n : best;
		at = end + 1;
	}
	return best;
}

static size_t begins_common(struct hl_str s)
{
	size_t best = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(common); i++) {
		size_t n = begins(s, common[i]);

		best = n > best ? n : best;
	}
	return best;
}

/* How far s follows the row from its place at, in steps of 1 or -1. */
static size_t follow(struct hl_str s, struct hl_str row, size_t at, bool back)
{
	size_t n = 0;

	while (n < s.n && at < row.n && s.p[n] == row.p[at]) {
		n++;
		at += back ? (size_t)-1 : 1;
	}
	return n;
}

static size_t begins_row(struct hl_str s)
{
	size_t best = 1;

	while (best < s.n && s.p[best] == s.p[0]) {
		best++;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		for (size_t at = 0; at < rows[i].n; at++) {
			size_t on = follow(s, rows[i], at, false);
			size_t back = follow(s, rows[i], at, true);

			best = on > best ? on : best;
			best = back > best ? back : best;
		}
	}
	return best >= PIECE_MIN ? best : 0;
}

/* The longest beginning of what follows at that stands before it as well. */
static size_t begins_again(struct hl_str s, size_t at)
{
	size_t best = 0;

	for (size_t from = 0; from < at; from++) {
		size_t n = 0;

		while (at + n < s.n && from + n < at &&
			s.p[from + n] == s.p[at + n]) {
			n++;
		}
		best = n > best ? n : best;
	}
	return best >= PIECE_MIN ? best : 0;
}

static size_t take_single(char c, struct hl_seal_guess *out)
{
	bool digit = c >= '0' && c <= '9';
	bool inside = ((unsigned char)c & 0xc0) == 0x80; /* of a character */

	if (digit) {
		out->points++;
	} else if (!inside) {
		out->points += LETTER_POINTS;
		out->n_letters++;
	}
	return 1;
}

static size_t take(const struct hl_str *own, size_t n_own, struct hl_str s,
	size_t at, struct hl_seal_guess *out)
{
	struct hl_str rest = hl_str_sub(s, at, s.n);
	size_t name = 0, word = begins_common(rest), row = begins_row(rest);
	size_t again = begins_again(s, at);

	for (size_t i = 0; i < n_own; i++) {
		size_t n = begins_own(rest, own[i]);

		name = n > name ? n : name;
	}
	row = again > row ? again : row;
	if (!name && !word && !row) {
		return take_single(rest.p[0], out);
	}
	if (row > name && row > word) {
		out->points += ROW_POINTS;
		return row;
	}
	out->points += WORD_POINTS;
	out->n_own += name >= word;
	out->n_common += word > name;
	return name >= word ? name : word;
}

void hl_seal_guess(const struct hl_str *own, size_t n_own,
	struct hl_str password, struct hl_seal_guess *out)
{
	char folded[FOLDED_MAX];
	int kinds;
	struct hl_str s = fold(password, folded, &kinds);

	*out = (struct hl_seal_guess){.points = kinds};
	for (size_t at = 0; at < s.n;) {
		at += take(own, n_own, s, at, out);
	}
	sodium_memzero(folded, sizeof(folded));
}
