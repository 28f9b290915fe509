/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include <stdio.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "base/utf8.h"
#include "cli/common.h"
#include "referral/bundle.h"

/* Works anywhere: it needs no installation, no network and no secret. */

enum { KEYS_MAX = 16, UNPROVEN = 5 };

static const char help[] =
	"usage: hotline refer verify [--json] [--key FILE]... BUNDLE\n"
	"\n"
	"Checks a police bundle: that it is whole and unchanged, and that one\n"
	"of the keys signed it. BUNDLE is a file, or - for standard input.\n"
	"\n"
	"  --key FILE  the hotline's public key, one line that begins with\n"
	"              \"openhotline-ed25519\"; may be given several times\n"
	"  --json      print the result as one JSON object\n"
	"\n"
	"Exit status: 0 genuine; 1 refused; 2 wrong usage; 4 a file cannot be\n"
	"read; 5 whole, but without --key nobody knows who signed it.\n";

struct keys {
	size_t n;
	struct hl_seal_sign_pub at[KEYS_MAX];
};

static int read_file(const char *path, struct hl_buf *out)
{
	struct hl_err err = {.msg = ""};
	int r = hl_file_read(
		strcmp(path, "-") == 0 ? "/dev/stdin" : path, out, &err);

	if (r == HL_E_LIMIT) {
		return 0; /* told by the one who reads it */
	}
	if (r) {
		fprintf(stderr, "hotline refer verify: %s\n",
			r == HL_NOTFOUND ? "no such file" : err.msg);
		return HL_CLI_UNAVAILABLE;
	}
	return 0;
}

static int read_key(const char *path, struct keys *keys)
{
	HL_BUF_AUTO text = HL_BUF_INIT(4096);

	if (keys->n == KEYS_MAX) {
		fprintf(stderr, "hotline refer verify: at most %d keys\n",
			KEYS_MAX);
		return HL_CLI_USAGE;
	}
	int status = read_file(path, &text);
	if (status) {
		return status;
	}
	if (hl_seal_sign_pub_parse(hl_buf_str(&text), &keys->at[keys->n])) {
		fprintf(stderr,
			"hotline refer verify: %s: not a line "
			"\"openhotline-ed25519 KEY\"\n",
			path);
		return HL_CLI_UNAVAILABLE;
	}
	keys->n++;
	return 0;
}

/* Words from the bundle, which could hold what a terminal obeys. */
static void put_words(struct hl_buf *out, struct hl_str words)
{
	while (words.n) {
		uint32_t c;

		words = hl_str_sub(words, hl_utf8_next(words, &c), words.n);
		hl_utf8_put(out, c < 0x20 || (c >= 0x7f && c < 0xa0) ||
						 (c >= 0x202a && c <= 0x202e) ||
						 (c >= 0x2066 && c <= 0x2069)
					 ? HL_UTF8_REPLACEMENT
					 : c);
	}
}

static void put_human(struct hl_buf *out,
	const struct hl_referral_bundle_info *info, bool proven)
{
	char human[HL_TIME_ISO_MAX];

	hl_buf_printf(out, "referral  %s\ncase      %s\nhotline   ", info->ref,
		info->case_ref);
	put_words(out, hl_str_c(info->hotline));
	hl_buf_printf(out, "\nwritten   %.*s\nmode      %s\n",
		HL_STR_ARG(hl_time_human(info->created_at_us, human)),
		info->test ? "TEST, no real case" : "production");
	for (size_t i = 0; i < HL_REFERRAL_BUNDLE_PARTS; i++) {
		hl_buf_printf(out, "%-9s %s, %zu bytes\n", info->parts[i].name,
			info->parts[i].sha256, info->parts[i].size_bytes);
	}
	hl_buf_printf(out, "key       %s\n", info->key_id);
	hl_buf_put(out,
		proven ? HL_STR("Whole, unchanged, and signed by this key.\n")
		       : HL_STR("Whole and unchanged, but the signer is not "
				"proven: get the hotline's key\nby another way "
				"and give it with --key.\n"));
}

static void put_json(struct hl_buf *out,
	const struct hl_referral_bundle_info *info, bool proven)
{
	char iso[HL_TIME_ISO_MAX];

	hl_buf_put_c(out, '{');
	hl_json_put_member(
		out, "bundle", proven ? HL_STR("genuine") : HL_STR("unproven"));
	hl_json_put_member(out, "referral", hl_str_c(info->ref));
	hl_json_put_member(out, "case", hl_str_c(info->case_ref));
	hl_json_put_member(out, "hotline", hl_str_c(info->hotline));
	hl_json_put_member(out, "mode",
		info->test ? HL_STR("test") : HL_STR("production"));
	hl_json_put_member(
		out, "created_at", hl_time_iso_s(info->created_at_us, iso));
	hl_json_put_member(out, "key_id", hl_str_c(info->key_id));
	hl_json_put_name(out, "members");
	hl_buf_put_c(out, '[');
	for (size_t i = 0; i < HL_REFERRAL_BUNDLE_PARTS; i++) {
		hl_json_put_sep(out);
		hl_buf_put_c(out, '{');
		hl_json_put_member(out, "name", hl_str_c(info->parts[i].name));
		hl_json_put_member_i64(
			out, "size", (int64_t)info->parts[i].size_bytes);
		hl_json_put_member(
			out, "sha256", hl_str_c(info->parts[i].sha256));
		hl_buf_put_c(out, '}');
	}
	hl_buf_put(out, HL_STR("]}\n"));
}

static int refused(const struct hl_err *err, bool json)
{
	fprintf(stderr, "hotline refer verify: refused: %s\n", err->msg);
	if (json) {
		HL_BUF_AUTO out = HL_BUF_INIT(2048);

		hl_buf_put_c(&out, '{');
		hl_json_put_member(&out, "bundle", HL_STR("refused"));
		hl_json_put_member(&out, "reason", hl_str_c(err->msg));
		hl_buf_put(&out, HL_STR("}\n"));
		fwrite(out.p, 1, out.n, stdout);
	}
	return HL_CLI_FAILED;
}

static int verify(const char *path, const struct keys *keys, bool json)
{
	HL_BUF_AUTO bytes = HL_BUF_SECRET(HL_REFERRAL_BUNDLE_MAX + 1);
	HL_BUF_AUTO out = HL_BUF_INIT(16384);
	struct hl_referral_bundle_info info;
	struct hl_err err = {.msg = ""};
	int status = read_file(path, &bytes);

	if (status) {
		return status;
	}
	if (bytes.fault == HL_E_LIMIT) {
		HL_FAIL(&err, HL_E_LIMIT, "the file is too large");
		return refused(&err, json);
	}
	int r = hl_referral_bundle_verify(
		hl_buf_str(&bytes), keys->at, keys->n, &info, &err);
	bool unproven = r == HL_DENIED && keys->n == 0;
	if (r && !unproven) {
		return refused(&err, json);
	}
	(json ? put_json : put_human)(&out, &info, !unproven);
	fwrite(out.p, 1, out.n, stdout);
	return unproven ? UNPROVEN : HL_CLI_OK;
}

int hl_cli_refer_verify(int argc, char **argv)
{
	struct keys keys = {.n = 0};
	const char *key;

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	bool json = hl_cli_flag(&argc, argv, "--json");
	while ((key = hl_cli_option(&argc, argv, "--key"))) {
		int status = read_key(key, &keys);

		if (status) {
			return status;
		}
	}
	const char *unknown = hl_cli_unknown(argc, argv);
	if (argc != 2 || (unknown && strcmp(unknown, "-") != 0)) {
		fprintf(stderr, "%s", help);
		return HL_CLI_USAGE;
	}
	return verify(argv[1], &keys, json);
}
