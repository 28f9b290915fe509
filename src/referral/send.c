/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/send.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "referral/header.h"
#include "referral/smtp.h"
#include "seal/sign.h"

static int done(struct hl_referral_sent *result,
	enum hl_referral_sent_status status, const char *text)
{
	*result = (struct hl_referral_sent){.status = status};
	snprintf(result->reply, sizeof(result->reply), "%s", text);
	return 0;
}

static int make_dir(const char *path, struct hl_err *err)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST
		       ? 0
		       : HL_FAIL_SYS(err, "make the folder %s", path);
}

static int make_maildir(const char *folder, struct hl_err *err)
{
	static const char *const parts[] = {"", "/tmp", "/new", "/cur"};
	char path[PATH_MAX];

	for (size_t i = 0; i < HL_ARRAY_LEN(parts); i++) {
		if (snprintf(path, sizeof(path), "%s%s", folder, parts[i]) >=
			PATH_MAX - NAME_MAX) {
			return HL_FAIL(err, HL_E_INVALID, "mail folder's path");
		}
		int r = make_dir(path, err);
		if (r) {
			return r;
		}
	}
	return 0;
}

/* The name follows from the bytes: the same message, delivered again by a
 * worker that died before it could say so, takes its own place. */
static void file_name(struct hl_str message, struct hl_buf *out)
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, (const unsigned char *)message.p, message.n);
	hl_text_put_hex(out, digest, 16);
	hl_buf_put(out, HL_STR(".hotline"));
}

static int write_synced(
	const char *path, struct hl_str message, struct hl_err *err)
{
	HL_FD_AUTO fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0) {
		return HL_FAIL_SYS(err, "create %s", path);
	}
	int r = hl_file_write_fd(fd, message, err);
	if (!r && fsync(fd) < 0) {
		r = HL_FAIL_SYS(err, "write %s", path);
	}
	return r;
}

static int move_synced(
	const char *from, const char *to, const char *dir, struct hl_err *err)
{
	HL_FD_AUTO fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || rename(from, to) < 0 || fsync(fd) < 0) {
		return HL_FAIL_SYS(err, "deliver into %s", dir);
	}
	return 0;
}

static int deliver(
	const char *folder, struct hl_str message, struct hl_err *err)
{
	HL_BUF_AUTO name = HL_BUF_INIT(NAME_MAX);
	char tmp[PATH_MAX], new[PATH_MAX], dir[PATH_MAX];
	int r = make_maildir(folder, err);

	file_name(message, &name);
	if (r || name.fault) {
		return r ? r : HL_FAIL(err, name.fault, "mail folder");
	}
	snprintf(tmp, sizeof(tmp), "%s/tmp/%s", folder, name.p);
	snprintf(new, sizeof(new), "%s/new/%s", folder, name.p);
	snprintf(dir, sizeof(dir), "%s/new", folder);
	r = write_synced(tmp, message, err);
	if (!r) {
		r = move_synced(tmp, new, dir, err);
	}
	if (r) {
		unlink(tmp);
	}
	return r;
}

static int send_to_folder(const struct hl_referral_transport *via,
	struct hl_str message, struct hl_referral_sent *result,
	struct hl_err *err)
{
	struct hl_err local, *why = err ? err : &local;

	if (!via->folder || !via->folder[0]) {
		return HL_FAIL(err, HL_E_INVALID, "no mail folder is set");
	}
	if (deliver(via->folder, message, why)) {
		done(result, HL_REFERRAL_MAIL_TRANSIENT, why->msg);
		result->config = true;
		return 0;
	}
	return done(result, HL_REFERRAL_MAIL_SENT, "delivered into the folder");
}

int hl_referral_mail_send(const struct hl_referral_transport *via,
	const struct hl_referral_envelope *envelope, struct hl_str message,
	struct hl_referral_sent *result, struct hl_err *err)
{
	if (!hl_referral_address_ok(envelope->from) ||
		!hl_referral_address_ok(envelope->to)) {
		return HL_FAIL(err, HL_E_INVALID,
			"a mail address of the envelope is not a plain one");
	}
	if (via->via == HL_MAIL_NONE) {
		return done(result, HL_REFERRAL_MAIL_SKIPPED,
			"mail is switched off");
	}
	if (!envelope->test && !via->production) {
		return done(result, HL_REFERRAL_MAIL_SKIPPED,
			"a production message, and this is no production "
			"installation");
	}
	if (via->via == HL_MAIL_FOLDER) {
		return send_to_folder(via, message, result, err);
	}
	return hl_referral_smtp_send(via, envelope, message, result, err);
}

const char *hl_referral_sent_name(enum hl_referral_sent_status status)
{
	switch (status) {
	case HL_REFERRAL_MAIL_SENT:
		return "sent";
	case HL_REFERRAL_MAIL_TRANSIENT:
		return "transient";
	case HL_REFERRAL_MAIL_PERMANENT:
		return "permanent";
	case HL_REFERRAL_MAIL_SKIPPED:
		return "skipped";
	}
	return "";
}
