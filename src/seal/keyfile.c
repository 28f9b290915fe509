/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

enum { FILE_MAX = 1024 };

#define HEADING "OpenHotline secret key 1"

static void write_text(const struct hl_seal_keyfile *key, struct hl_buf *b)
{
	hl_buf_printf(b, HEADING "\nkind %s\npublic ", key->kind);
	hl_text_put_hex(b, key->pub.p, key->pub.n);
	hl_buf_printf(b, "\nsecret ");
	hl_text_put_hex(b, key->secret.p, key->secret.n);
	hl_buf_put_c(b, '\n');
}

int hl_seal_keyfile_create(
	const char *path, const struct hl_seal_keyfile *key, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_SECRET(FILE_MAX);

	write_text(key, &text);
	if (text.fault) {
		return HL_FAIL(err, text.fault, "key too long for a file");
	}
	return hl_file_create(path, hl_buf_str(&text), 0600, err);
}

/* The open file is what is checked, not its name: nothing can be put in its
 * place between the two. */
static int check_access(int fd, const char *path, struct hl_err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		return HL_FAIL_SYS(err, "stat %s", path);
	}
	if (!S_ISREG(st.st_mode)) {
		return HL_FAIL(err, HL_E_INVALID, "%s is no plain file", path);
	}
	if (st.st_mode & (S_IRWXG | S_IRWXO)) {
		return HL_FAIL(err, HL_E_INVALID,
			"%s is open to others (mode %03o): chmod 600 it", path,
			(unsigned)st.st_mode & 0777);
	}
	return 0;
}

static int read_text(const char *path, struct hl_buf *out, struct hl_err *err)
{
	HL_FD_AUTO fd = open(path,
		O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 && errno == ENOENT) {
		return HL_FAIL(err, HL_NOTFOUND, "there is no %s", path);
	}
	if (fd < 0 && errno == ELOOP) {
		return HL_FAIL(err, HL_E_INVALID, "%s is a link", path);
	}
	if (fd < 0) {
		return HL_FAIL_SYS(err, "open %s", path);
	}
	int r = check_access(fd, path, err);
	char *at = r ? NULL : hl_buf_reserve(out, FILE_MAX);
	if (!at) {
		return r ? r : HL_FAIL(err, out->fault, "no room");
	}
	ssize_t got;
	do {
		got = read(fd, at, FILE_MAX);
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		return HL_FAIL_SYS(err, "read %s", path);
	}
	out->n += (size_t)got;
	return 0;
}

/* Takes the line "name VALUE" off rest. */
static bool take_hex(
	struct hl_str *rest, struct hl_str name, void *to, size_t n)
{
	struct hl_str line;

	return hl_str_next(rest, '\n', &line) && hl_str_starts(line, name) &&
	       hl_text_parse_hex(hl_str_sub(line, name.n, line.n), to, n) == 0;
}

static bool take_line(
	struct hl_str *rest, struct hl_str before, struct hl_str after)
{
	struct hl_str line;

	return hl_str_next(rest, '\n', &line) && hl_str_starts(line, before) &&
	       hl_str_eq(hl_str_sub(line, before.n, line.n), after);
}

int hl_seal_keyfile_load(const char *path,
	const struct hl_seal_keyfile_out *out, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_SECRET(FILE_MAX);
	int r = read_text(path, &text, err);

	if (r) {
		return r;
	}
	struct hl_str rest = hl_buf_str(&text);
	if (!take_line(&rest, HL_STR(HEADING), HL_STR("")) ||
		!take_line(&rest, HL_STR("kind "), hl_str_c(out->kind)) ||
		!take_hex(&rest, HL_STR("public "), out->pub, out->pub_n) ||
		!take_hex(
			&rest, HL_STR("secret "), out->secret, out->secret_n) ||
		rest.n) {
		sodium_memzero(out->secret, out->secret_n);
		return HL_FAIL(
			err, HL_E_CORRUPT, "%s is no %s key", path, out->kind);
	}
	return 0;
}

int hl_seal_worker_create(
	const char *path, struct hl_seal_pub *pub, struct hl_err *err)
{
	HL_SEAL_SECRET_AUTO secret;
	struct hl_seal_pub fresh;

	hl_seal_keypair_new(&fresh, &secret);
	const struct hl_seal_keyfile key = {
		.kind = "worker",
		.pub = hl_seal_pub_str(&fresh),
		.secret = hl_str_mem(secret.b, sizeof(secret.b)),
	};
	int r = hl_seal_keyfile_create(path, &key, err);
	if (!r) {
		*pub = fresh;
	}
	return r;
}

int hl_seal_worker_load(const char *path, struct hl_seal_pub *pub,
	struct hl_seal_secret *secret, struct hl_err *err)
{
	struct hl_seal_pub fits;
	int r = hl_seal_keyfile_load(path,
		&(struct hl_seal_keyfile_out){"worker", pub->b, sizeof(pub->b),
			secret->b, sizeof(secret->b)},
		err);

	if (r) {
		return r;
	}
	hl_seal_pub_of(secret, &fits);
	if (sodium_memcmp(fits.b, pub->b, sizeof(fits.b)) != 0) {
		hl_seal_secret_wipe(secret);
		return HL_FAIL(err, HL_E_CORRUPT,
			"%s: public and secret key do not fit", path);
	}
	return 0;
}
