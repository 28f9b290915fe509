/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/setup.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"

#define TOKEN_MAX 256

enum name { URL, HOTLINE, CONSUMER, TOKEN, CA, N_NAMES };

static const char *const names[N_NAMES] = {
	[URL] = "url",
	[HOTLINE] = "hotline",
	[CONSUMER] = "consumer",
	[TOKEN] = "token-file",
	[CA] = "ca-file",
};

/* Printable, without blanks at its ends, and it fits. */
static bool take_text(struct hl_str value, char *out, size_t n_max)
{
	bool good = value.n > 0 && value.n < n_max;

	for (size_t i = 0; good && i < value.n; i++) {
		good = (unsigned char)value.p[i] >= ' ' && value.p[i] != 0x7f;
	}
	if (good) {
		memcpy(out, value.p, value.n);
		out[value.n] = '\0';
	}
	return good;
}

static bool take(struct hl_consume_setup *s, enum name name, struct hl_str v)
{
	int64_t id = 0;

	switch (name) {
	case URL:
		return take_text(v, s->url, sizeof(s->url));
	case HOTLINE:
		return !hl_text_parse_hex(v, s->hotline, sizeof(s->hotline));
	case CONSUMER:
		if (!hl_str_to_i64(v, &id) || id < 1 || id >> HL_ID_BITS) {
			return false;
		}
		s->consumer = (uint64_t)id;
		return true;
	case TOKEN:
		return take_text(v, s->token_file, sizeof(s->token_file)) &&
		       v.p[0] == '/';
	case CA:
		return take_text(v, s->ca_file, sizeof(s->ca_file)) &&
		       v.p[0] == '/';
	case N_NAMES:
		break;
	}
	return false;
}

static enum name name_of(struct hl_str text)
{
	size_t i = 0;

	while (i < N_NAMES && !hl_str_eq(text, hl_str_c(names[i]))) {
		i++;
	}
	return (enum name)i;
}

/* 0, or what is wrong with the line. */
static const char *take_line(
	struct hl_consume_setup *s, struct hl_str line, unsigned *seen)
{
	size_t blank = hl_str_find_char(line, ' ');
	enum name name = name_of(hl_str_sub(line, 0, blank));
	struct hl_str value =
		hl_str_trim(hl_str_sub(line, blank, line.n - blank));

	if (name == N_NAMES) {
		return "no such name";
	}
	if (*seen & 1u << name) {
		return "said twice";
	}
	*seen |= 1u << name;
	return take(s, name, value) ? NULL : "breaks its form";
}

int hl_consume_setup_parse(
	struct hl_str text, struct hl_consume_setup *out, struct hl_err *err)
{
	struct hl_str line;
	unsigned seen = 0, number = 0;

	*out = (struct hl_consume_setup){0};
	if (text.n > HL_CONSUME_SETUP_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "%s is over %zu bytes",
			HL_CONSUME_SETUP_CONF, HL_CONSUME_SETUP_MAX);
	}
	while (hl_str_next(&text, '\n', &line)) {
		line = hl_str_trim(line);
		number++;
		const char *why = line.n && line.p[0] != '#'
					  ? take_line(out, line, &seen)
					  : NULL;
		if (why) {
			return HL_FAIL(err, HL_E_INVALID, "%s, line %u: %s",
				HL_CONSUME_SETUP_CONF, number, why);
		}
	}
	for (unsigned i = 0; i < N_NAMES; i++) {
		if (!(seen & 1u << i) && i != CA) {
			return HL_FAIL(err, HL_E_INVALID, "%s: %s is missing",
				HL_CONSUME_SETUP_CONF, names[i]);
		}
	}
	return 0;
}

void hl_consume_setup_put(const struct hl_consume_setup *s, struct hl_buf *out)
{
	hl_buf_put(out, HL_STR("# of hotline list begin\n"));
	hl_buf_printf(out, "%s %s\n%s ", names[URL], s->url, names[HOTLINE]);
	hl_text_put_hex(out, s->hotline, sizeof(s->hotline));
	hl_buf_printf(out, "\n%s %" PRIu64 "\n%s %s\n", names[CONSUMER],
		s->consumer, names[TOKEN], s->token_file);
	if (s->ca_file[0]) {
		hl_buf_printf(out, "%s %s\n", names[CA], s->ca_file);
	}
}

int hl_consume_setup_path(const char *folder, const char *name,
	char out[PATH_MAX], struct hl_err *err)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", folder, name);

	return n > 0 && n < PATH_MAX
		       ? 0
		       : HL_FAIL(err, HL_E_LIMIT,
				 "the path of the folder is too long");
}

int hl_consume_setup_read(
	const char *folder, struct hl_consume_setup *out, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_CONSUME_SETUP_MAX);
	char path[PATH_MAX];
	int r = hl_consume_setup_path(folder, HL_CONSUME_SETUP_CONF, path, err);

	if (!r) {
		r = hl_file_read(path, &text, err);
	}
	if (r == HL_NOTFOUND) {
		HL_FAIL(err, r,
			"%s is not set up: \"hotline list begin\" does so",
			folder);
		return r;
	}
	return r ? r : hl_consume_setup_parse(hl_buf_str(&text), out, err);
}

int hl_consume_setup_write(const char *folder,
	const struct hl_consume_setup *setup, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_CONSUME_SETUP_MAX);
	struct hl_consume_setup again;
	char path[PATH_MAX];

	hl_consume_setup_put(setup, &text);
	if (text.fault) {
		return HL_FAIL(err, text.fault, "no room for the settings");
	}
	/* a path with a line's end in it would be read as another thing */
	int r = hl_consume_setup_parse(hl_buf_str(&text), &again, err);
	if (!r) {
		r = hl_consume_setup_path(
			folder, HL_CONSUME_SETUP_CONF, path, err);
	}
	return r ? r : hl_file_write(path, hl_buf_str(&text), 0640, err);
}

/* ---- Token and key ---------------------------------------------------- */

static bool is_token(struct hl_str token)
{
	bool good = hl_str_starts(token, HL_STR("hl_")) && token.n >= 8;

	for (size_t i = 0; good && i < token.n; i++) {
		good = token.p[i] > ' ' && token.p[i] < 0x7f;
	}
	return good;
}

int hl_consume_token_read(
	const char *path, struct hl_buf *out, struct hl_err *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & 07)) {
		return HL_FAIL(err, HL_E_INVALID,
			"%s can be read by everybody: chmod o= it", path);
	}
	int r = hl_file_read(path, out, err);
	if (r == HL_NOTFOUND) {
		HL_FAIL(err, r, "there is no %s with the token", path);
		return r;
	}
	if (r == HL_E_LIMIT || (!r && out->n > TOKEN_MAX) ||
		(!r && !is_token(hl_str_trim(hl_buf_str(out))))) {
		return HL_FAIL(err, HL_E_INVALID,
			"%s holds no token: the hotline gave one that begins "
			"with hl_",
			path);
	}
	return r;
}

static int read_seed(const char *path, uint8_t seed[crypto_sign_SEEDBYTES],
	struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_SECRET(HL_CONSUME_SETUP_MAX);
	int r = hl_file_read(path, &text, err);

	if (r) {
		return r;
	}
	if (hl_text_parse_hex(hl_str_trim(hl_buf_str(&text)), seed,
		    crypto_sign_SEEDBYTES)) {
		return HL_FAIL(err, HL_E_CORRUPT,
			"%s is damaged: remove it, then hotline list begin "
			"--anew makes another key for the hotline",
			path);
	}
	return 0;
}

int hl_consume_key_read(const char *folder,
	uint8_t secret[HL_CONSUME_SECRET_BYTES], struct hl_err *err)
{
	uint8_t seed[crypto_sign_SEEDBYTES];
	uint8_t public_key[HL_CONSUME_PUBLIC_BYTES];
	char path[PATH_MAX];
	int r = hl_consume_setup_path(folder, HL_CONSUME_SETUP_KEY, path, err);

	if (!r) {
		r = read_seed(path, seed, err);
	}
	if (!r) {
		crypto_sign_seed_keypair(public_key, secret, seed);
	}
	sodium_memzero(seed, sizeof(seed));
	return r;
}

static int write_seed(const char *folder, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_SECRET(HL_CONSUME_SETUP_MAX);
	uint8_t seed[crypto_sign_SEEDBYTES];
	char path[PATH_MAX];
	int r = hl_consume_setup_path(folder, HL_CONSUME_SETUP_KEY, path, err);

	if (r) {
		return r;
	}
	randombytes_buf(seed, sizeof(seed));
	hl_text_put_hex(&text, seed, sizeof(seed));
	hl_buf_put_c(&text, '\n');
	sodium_memzero(seed, sizeof(seed));
	return hl_file_create(path, hl_buf_str(&text), 0600, err);
}

int hl_consume_key_make(const char *folder,
	uint8_t public_key[HL_CONSUME_PUBLIC_BYTES], struct hl_err *err)
{
	uint8_t secret[HL_CONSUME_SECRET_BYTES];

	if (sodium_init() < 0) {
		return HL_FAIL(err, HL_E_INTERNAL, "libsodium does not start");
	}
	int r = hl_consume_key_read(folder, secret, err);
	if (r == HL_NOTFOUND) {
		r = write_seed(folder, err);
		r = r && r != HL_CONFLICT
			    ? r
			    : hl_consume_key_read(folder, secret, err);
	}
	if (!r) {
		crypto_sign_ed25519_sk_to_pk(public_key, secret);
	}
	sodium_memzero(secret, sizeof(secret));
	return r;
}
