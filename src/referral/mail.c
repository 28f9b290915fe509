/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/mail.h"

#include <time.h>

#include "base/text.h"
#include "base/time.h"
#include "base/utf8.h"
#include "referral/header.h"
#include "seal/sign.h"

/*
 * The whole message is seven-bit with short lines, so that no server on the
 * way has a reason to change it. Every body is quoted-printable or base64,
 * in which "=_" cannot appear: a boundary that begins with it can be in no
 * part, whatever the parts hold.
 */
enum { LINE_BYTES = 76 };

static void put_hash(struct hl_buf *out, const struct hl_referral_mail *m)
{
	struct hl_seal_sha256 h;
	uint8_t digest[HL_SEAL_SHA256_BYTES];

	hl_seal_sha256_init(&h);
	hl_seal_sha256_add(&h, m->ref);
	hl_seal_sha256_add(&h, HL_STR("\n"));
	hl_seal_sha256_add(&h, m->idempotency_key);
	hl_seal_sha256_end(&h, digest);
	hl_text_put_hex(out, digest, 12);
}

void hl_referral_mail_id(const struct hl_referral_mail *m, struct hl_buf *out)
{
	hl_buf_put(out, m->ref);
	hl_buf_put_c(out, '.');
	put_hash(out, m);
	hl_buf_put_c(out, '@');
	hl_buf_put(out, hl_referral_address_domain(m->from));
}

/* RFC 5322, 3.3, with names that no locale changes. */
static void put_date(struct hl_buf *out, int64_t at_us)
{
	static const char days[][4] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)(at_us / HL_US_PER_S);
	struct tm tm;

	if (at_us < 0 || !gmtime_r(&t, &tm)) {
		t = 0;
		gmtime_r(&t, &tm);
	}
	hl_buf_printf(out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
		days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* One character's bytes at the end of an encoded line of *col columns. */
static void put_qp(struct hl_buf *out, size_t *col, struct hl_str c, bool raw)
{
	size_t need = raw ? c.n : 3 * c.n;

	if (*col + need > LINE_BYTES - 1) {
		hl_buf_put(out, HL_STR("=\r\n"));
		*col = 0;
	}
	for (size_t i = 0; i < c.n; i++) {
		if (raw) {
			hl_buf_put_c(out, c.p[i]);
		} else {
			hl_buf_printf(out, "=%02X", (unsigned char)c.p[i]);
		}
	}
	*col += need;
}

/* A dot or an "F" (of "From ") at the start of a line, a space at its end
 * and tabs are changed by some programs on the way. */
static bool is_raw(uint32_t c, size_t col, struct hl_str rest)
{
	if (c == ' ') {
		return rest.n && rest.p[0] != '\n' && rest.p[0] != '\r';
	}
	return c > ' ' && c < 0x7f && c != '=' &&
	       !(col == 0 && (c == '.' || c == 'F'));
}

void hl_referral_mail_put_text(struct hl_buf *out, struct hl_str text)
{
	size_t col = 0;
	uint32_t c = '\n';

	while (text.n && !out->fault) {
		struct hl_str at = text;
		size_t n = hl_utf8_next(text, &c);

		text = hl_str_sub(text, n, text.n);
		if (c == '\r') {
			text = hl_str_sub(text,
				hl_str_starts(text, HL_STR("\n")), text.n);
			c = '\n';
		}
		if (c == '\n') {
			hl_buf_put(out, HL_STR("\r\n"));
			col = 0;
		} else if (c == HL_UTF8_REPLACEMENT || c == 0x7f ||
			   (c < ' ' && c != '\t')) {
			put_qp(out, &col, HL_STR("\xef\xbf\xbd"), false);
		} else {
			put_qp(out, &col, hl_str_sub(at, 0, n),
				is_raw(c, col, text));
		}
	}
	if (c != '\n') {
		hl_buf_put(out, HL_STR("\r\n"));
	}
}

static void put_base64_lines(struct hl_buf *out, struct hl_str data)
{
	const size_t step = LINE_BYTES / 4 * 3;

	for (size_t i = 0; i < data.n && !out->fault; i += step) {
		struct hl_str line = hl_str_sub(data, i, step);

		hl_text_put_base64(out, line.p, line.n);
		hl_buf_put(out, HL_STR("\r\n"));
	}
}

static void put_text_part(struct hl_buf *out, struct hl_str text)
{
	hl_buf_put(out,
		HL_STR("Content-Type: text/plain; charset=utf-8\r\n"
		       "Content-Transfer-Encoding: quoted-printable\r\n\r\n"));
	hl_referral_mail_put_text(out, text);
}

static void put_attachment(
	struct hl_buf *out, const struct hl_referral_attachment *a)
{
	hl_buf_printf(out, "Content-Type: %s", a->type);
	hl_referral_header_param(out, "name", a->name);
	hl_buf_put(out, HL_STR("\r\nContent-Transfer-Encoding: base64\r\n"
			       "Content-Disposition: attachment"));
	hl_referral_header_param(out, "filename", a->name);
	hl_buf_put(out, HL_STR("\r\n\r\n"));
	put_base64_lines(out, a->data);
}

static void put_body(struct hl_buf *out, const struct hl_referral_mail *m)
{
	HL_BUF_AUTO boundary = HL_BUF_INIT(64);

	if (m->n_attachments == 0) {
		put_text_part(out, m->text);
		return;
	}
	hl_buf_put(&boundary, HL_STR("=_"));
	put_hash(&boundary, m);
	if (boundary.fault) {
		out->fault = boundary.fault;
		return;
	}
	hl_buf_printf(out,
		"Content-Type: multipart/mixed;\r\n boundary=\"%s\"\r\n\r\n",
		boundary.p);
	hl_buf_printf(out, "--%s\r\n", boundary.p);
	put_text_part(out, m->text);
	for (size_t i = 0; i < m->n_attachments; i++) {
		hl_buf_printf(out, "\r\n--%s\r\n", boundary.p);
		put_attachment(out, &m->attachments[i]);
	}
	hl_buf_printf(out, "\r\n--%s--\r\n", boundary.p);
}

static int put_addresses(struct hl_buf *out, const struct hl_referral_mail *m,
	struct hl_err *err)
{
	if (hl_referral_header_address(out, "From", m->from_name, m->from) ==
		HL_E_INVALID) {
		return HL_FAIL(err, HL_E_INVALID, "the sender's mail address");
	}
	if (hl_referral_header_address(out, "To", m->to_name, m->to) ==
		HL_E_INVALID) {
		return HL_FAIL(
			err, HL_E_INVALID, "the recipient's mail address");
	}
	if (m->reply_to.n &&
		hl_referral_header_address(out, "Reply-To", HL_STR_NONE,
			m->reply_to) == HL_E_INVALID) {
		return HL_FAIL(err, HL_E_INVALID, "the mail address to reply");
	}
	return 0;
}

static void put_subject(struct hl_buf *out, const struct hl_referral_mail *m)
{
	HL_BUF_AUTO words = HL_BUF_INIT(m->subject.n + 8);

	hl_buf_put(&words, m->test ? HL_STR("[TEST] ") : HL_STR(""));
	hl_buf_put(&words, m->subject);
	out->fault = out->fault ? out->fault : words.fault;
	hl_referral_header_words(out, "Subject", hl_buf_str(&words));
}

static void put_identity(struct hl_buf *out, const struct hl_referral_mail *m)
{
	hl_buf_put(out, HL_STR("Message-ID: <"));
	hl_referral_mail_id(m, out);
	hl_buf_put(out, HL_STR(">\r\nAuto-Submitted: auto-generated\r\n"
			       "X-OpenHotline-Referral: "));
	hl_buf_put(out, m->ref);
	hl_buf_put(out, m->test ? HL_STR("\r\nX-OpenHotline-Test: yes\r\n")
				: HL_STR("\r\n"));
	hl_buf_put(out, HL_STR("MIME-Version: 1.0\r\n"));
}

static bool ref_ok(struct hl_str ref)
{
	for (size_t i = 0; i < ref.n; i++) {
		char c = ref.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			    (c >= '0' && c <= '9') || c == '-')) {
			return false;
		}
	}
	return ref.n > 0 && ref.n < 32;
}

int hl_referral_mail_build(const struct hl_referral_mail *m, struct hl_buf *out,
	struct hl_err *err)
{
	if (!ref_ok(m->ref) || m->idempotency_key.n == 0) {
		return HL_FAIL(err, HL_E_INVALID,
			"a mail needs a plain reference and a key");
	}
	if (m->n_attachments > HL_REFERRAL_ATTACHMENTS_MAX) {
		return HL_FAIL(err, HL_E_INVALID, "%zu attachments, at most %d",
			m->n_attachments, HL_REFERRAL_ATTACHMENTS_MAX);
	}
	put_date(out, m->at_us);
	int r = put_addresses(out, m, err);
	if (r) {
		return r;
	}
	put_subject(out, m);
	put_identity(out, m);
	put_body(out, m);
	return out->fault ? HL_FAIL(err, out->fault, "mail of referral %.*s",
				    HL_STR_ARG(m->ref))
			  : 0;
}
