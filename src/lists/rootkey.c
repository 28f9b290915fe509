/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of a root key: four lines of text,
 *
 *   OpenHotline root key 1
 *   name NAME
 *   public <64 hex digits>
 *   check <64 hex digits>
 *   sealed <150 hex digits>
 *
 * where sealed is the seed under the holder's password in the form of staff
 * secrets (docs/keys.md, type 3), which is tied to the seed's X25519 public
 * key, the check.
 */
#include <sodium.h>

#include "base/file.h"
#include "base/rand.h"
#include "base/text.h"
#include "lists/root.h"
#include "seal/password.h"
#include "seal/staffkey.h"

#define HEADING "OpenHotline root key 1"
enum { FILE_MAX = 1024 };

static bool name_is_fit(struct hl_str name)
{
	for (size_t i = 0; i < name.n; i++) {
		if ((unsigned char)name.p[i] < ' ') {
			return false;
		}
	}
	return name.n && name.n <= HL_LISTS_ROOT_NAME;
}

static int check(struct hl_str name, struct hl_str password, struct hl_err *err)
{
	if (!name_is_fit(name)) {
		return HL_FAIL(err, HL_E_INVALID,
			"a name of 1 to %d bytes in one line",
			HL_LISTS_ROOT_NAME);
	}
	if (hl_seal_password_check(&name, 1, password)) {
		return HL_FAIL(err, HL_E_INVALID,
			"a password of 12 characters or more that is not easy "
			"to guess, as four words that do not belong together");
	}
	return 0;
}

int hl_lists_rootkey_create(const char *path, struct hl_str name,
	struct hl_str password, struct hl_seal_sign_pub *pub,
	struct hl_err *err)
{
	HL_BUF_AUTO sealed = HL_BUF_INIT(HL_SEAL_STAFF_WRAP_BYTES);
	HL_BUF_AUTO text = HL_BUF_INIT(FILE_MAX);
	HL_SEAL_SIGN_KEY_AUTO key;
	HL_SEAL_SECRET_AUTO seed;
	struct hl_seal_pub tie;
	int r = check(name, password, err);

	if (r) {
		return r;
	}
	hl_rand_bytes(seed.b, sizeof(seed.b));
	hl_seal_sign_from_seed(seed.b, &key);
	hl_seal_pub_of(&seed, &tie);
	r = hl_seal_staff_wrap(
		0, &seed, password, &HL_SEAL_COST_DEFAULT, &sealed, err);
	if (r) {
		return r;
	}
	hl_buf_printf(&text, HEADING "\nname %.*s\npublic ", HL_STR_ARG(name));
	hl_text_put_hex(&text, key.pub.b, sizeof(key.pub.b));
	hl_buf_put(&text, HL_STR("\ncheck "));
	hl_text_put_hex(&text, tie.b, sizeof(tie.b));
	hl_buf_put(&text, HL_STR("\nsealed "));
	hl_text_put_hex(&text, sealed.p, sealed.n);
	hl_buf_put_c(&text, '\n');
	if (text.fault) {
		return HL_FAIL(err, text.fault, "no memory for a key");
	}
	r = hl_file_create(path, hl_buf_str(&text), 0600, err);
	if (!r) {
		*pub = key.pub;
	}
	return r;
}

static bool take(struct hl_str *rest, struct hl_str name, struct hl_str *value)
{
	struct hl_str line;

	if (!hl_str_next(rest, '\n', &line) || !hl_str_starts(line, name)) {
		return false;
	}
	*value = hl_str_sub(line, name.n, line.n);
	return true;
}

static int parse(struct hl_str rest, struct hl_seal_sign_pub *pub,
	struct hl_seal_pub *tie, uint8_t sealed[HL_SEAL_STAFF_WRAP_BYTES])
{
	struct hl_str value;

	if (!take(&rest, HL_STR(HEADING), &value) || value.n ||
		!take(&rest, HL_STR("name "), &value) ||
		!take(&rest, HL_STR("public "), &value) ||
		hl_text_parse_hex(value, pub->b, sizeof(pub->b)) ||
		!take(&rest, HL_STR("check "), &value) ||
		hl_text_parse_hex(value, tie->b, sizeof(tie->b)) ||
		!take(&rest, HL_STR("sealed "), &value) ||
		hl_text_parse_hex(value, sealed, HL_SEAL_STAFF_WRAP_BYTES)) {
		return HL_E_CORRUPT;
	}
	return 0;
}

int hl_lists_rootkey_load(const char *path, struct hl_str password,
	struct hl_seal_sign_key *key, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(FILE_MAX);
	uint8_t sealed[HL_SEAL_STAFF_WRAP_BYTES];
	struct hl_seal_sign_pub pub;
	HL_SEAL_SECRET_AUTO seed = {0};
	struct hl_seal_pub tie;
	int r = hl_file_read(path, &text, err);

	if (r) {
		return r == HL_NOTFOUND
			       ? HL_FAIL(err, r, "there is no %s", path)
			       : r;
	}
	if (parse(hl_buf_str(&text), &pub, &tie, sealed)) {
		return HL_FAIL(err, HL_E_CORRUPT, "%s is no root key", path);
	}
	r = hl_seal_staff_unwrap(0, &tie, password,
		hl_str_mem(sealed, sizeof(sealed)), &seed, err);
	if (r) {
		return r == HL_DENIED ? HL_FAIL(err, r,
						"%s: another password, or the "
						"file was changed",
						path)
				      : r;
	}
	hl_seal_sign_from_seed(seed.b, key);
	return memcmp(key->pub.b, pub.b, sizeof(pub.b)) == 0
		       ? 0
		       : HL_FAIL(err, HL_E_CORRUPT,
				 "%s: public and secret key do not fit", path);
}
