/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/file.h"
#include "cli/commands.h"
#include "referral/answer.h"
#include "referral/bundle.h"
#include "referral/compose.h"
#include "referral/mail.h"
#include "referral/xarf.h"
#include "sample.h"

/*
 * Makes what other programs shall read, for readers_test.py:
 *   make xarf I test|production       one XARF document on stdout
 *   make mail test|production         a mail with two attachments
 *   make words SUBJECT NAME FILE      a mail with these words
 *   make bundle FILE KEYFILE          a bundle and its public key
 *   make answer JSON                  "taken", or the code of the refusal
 *   make verify ARGS...               hotline refer verify
 */
static int print(const struct hl_buf *b)
{
	return fwrite(b->p, 1, b->n, stdout) == b->n && !b->fault ? 0 : 1;
}

static void document(struct hl_referral_doc *d, const char *mode)
{
	sample_doc(d);
	d->test = strcmp(mode, "test") == 0;
}

static int xarf(const char *index, const char *mode)
{
	static const uint8_t id[HL_REFERRAL_XARF_ID_BYTES] = {0x5a};
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_XARF_MAX);
	struct hl_referral_doc d;

	document(&d, mode);
	return hl_referral_xarf_put(&d, strcmp(index, "1") == 0, id, &out, NULL)
		       ? 1
		       : print(&out);
}

static int mail(const char *mode)
{
	static const uint8_t id[HL_REFERRAL_XARF_ID_BYTES] = {0x5a};
	HL_BUF_AUTO text = HL_BUF_INIT(65536), json = HL_BUF_INIT(65536);
	HL_BUF_AUTO subject = HL_BUF_INIT(512), out = HL_BUF_INIT(1 << 20);
	struct hl_referral_attachment files[2];
	struct hl_referral_doc d;

	document(&d, mode);
	d.recipient_kind = HL_RECIPIENT_PROVIDER;
	if (hl_referral_mail_text(&d, &text) ||
		hl_referral_mail_subject(&d, &subject) ||
		hl_referral_xarf_put(&d, 0, id, &json, NULL)) {
		return 1;
	}
	files[0] = (struct hl_referral_attachment){
		HL_STR("xarf.json"), "application/json", hl_buf_str(&json)};
	files[1] = (struct hl_referral_attachment){
		HL_STR("æ, a long name of a file.bin"),
		"application/octet-stream", hl_str_mem("\0\r\n.\r\n\xff", 7)};
	struct hl_referral_mail m = {.from_name = d.hotline.name,
		.from = d.hotline.mail,
		.to = HL_STR("abuse@host.example.org"),
		.subject = hl_buf_str(&subject),
		.ref = d.ref,
		.idempotency_key = HL_STR("k"),
		.at_us = d.created_at_us,
		.test = d.test,
		.text = hl_buf_str(&text),
		.attachments = files,
		.n_attachments = 2};
	return hl_referral_mail_build(&m, &out, NULL) ? 1 : print(&out);
}

static int words(const char *subject, const char *name, const char *file)
{
	HL_BUF_AUTO out = HL_BUF_INIT(1 << 20);
	struct hl_referral_attachment a = {
		hl_str_c(file), "text/plain", HL_STR("x")};
	struct hl_referral_mail m = {.from_name = hl_str_c(name),
		.from = HL_STR("notice@hotline.example.org"),
		.to = HL_STR("abuse@host.example.org"),
		.subject = hl_str_c(subject),
		.ref = HL_STR("F-1"),
		.idempotency_key = HL_STR("k"),
		.text = hl_str_c(subject),
		.attachments = &a,
		.n_attachments = 1};

	return hl_referral_mail_build(&m, &out, NULL) ? 1 : print(&out);
}

static int bundle(const char *path, const char *key_path)
{
	static const uint8_t seed[32] = {7};
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_BUNDLE_MAX);
	HL_BUF_AUTO pub = HL_BUF_INIT(256);
	HL_SEAL_SIGN_KEY_AUTO key;
	struct hl_referral_doc d;

	document(&d, "production");
	hl_seal_sign_from_seed(seed, &key);
	hl_seal_sign_pub_print(&key.pub, &pub);
	int r = hl_referral_compose_bundle(&d, &key, &out, NULL);
	r = r ? r : hl_file_write(path, hl_buf_str(&out), 0644, NULL);
	r = r ? r : hl_file_write(key_path, hl_buf_str(&pub), 0644, NULL);
	return r ? 1 : 0;
}

static int answer(const char *json)
{
	HL_ARENA_AUTO *a = hl_arena_new(65536, true);
	struct hl_referral_answer out;
	struct hl_referral_problem problem;
	int r = hl_referral_answer_json(
		hl_str_c(json), HL_RECIPIENT_POLICE, a, &out, &problem);

	puts(r == 0 ? "taken" : r == HL_DENIED ? problem.code : "fault");
	return r < 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "xarf") == 0 && argc == 4) {
		return xarf(argv[2], argv[3]);
	}
	if (strcmp(what, "mail") == 0 && argc == 3) {
		return mail(argv[2]);
	}
	if (strcmp(what, "words") == 0 && argc == 5) {
		return words(argv[2], argv[3], argv[4]);
	}
	if (strcmp(what, "bundle") == 0 && argc == 4) {
		return bundle(argv[2], argv[3]);
	}
	if (strcmp(what, "answer") == 0 && argc == 3) {
		return answer(argv[2]);
	}
	if (strcmp(what, "verify") == 0) {
		return hl_cli_refer_verify(argc - 1, argv + 1);
	}
	return 2;
}
