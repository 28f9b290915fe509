/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list begin */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/common.h"
#include "cli_list/commands.h"
#include "cli_list/root_tell.h"
#include "consume/remote.h"
#include "consume/setup.h"
#include "hotline/urls.h"
#include "urls_file/manifest.h"

static const char help[] =
	"usage: hotline list begin FOLDER --hotline URL --consumer U-... "
	"--root FILE\n"
	"                          --token-file FILE [--ca-file FILE] "
	"[--anew]\n"
	"                          [--fingerprint HEX]\n"
	"\n"
	"Sets up a folder for a hotline's list, and prints the public key by "
	"which the\n"
	"hotline knows the counters of this consumer. The list itself comes "
	"with\n"
	"\"hotline list follow FOLDER\".\n"
	"\n"
	"  --hotline URL     https://...; http:// on this host alone\n"
	"  --consumer U-...  the number that the hotline gave\n"
	"  --root FILE       the hotline's root keys, which came by a way that "
	"is\n"
	"                    trusted\n"
	"  --token-file FILE a file with the token, which stays where it is\n"
	"  --ca-file FILE    certificates to trust instead of the system's\n"
	"  --fingerprint HEX of the root, as the hotline tells it by "
	"telephone;\n"
	"                    another root is refused\n"
	"  --anew            begins again in a folder that was set up: its "
	"list is\n"
	"                    lost, its key and counters stay\n"
	"\n"
	"Exit status: 0 done, 1 failed, 2 the command line makes no sense, "
	"3 a file\n"
	"is missing.\n";

struct begin {
	const char *folder, *url, *consumer, *root_file, *token_file, *ca_file,
		*told;
	bool anew;
	char fingerprint[HL_LIST_FINGERPRINT];
	struct hl_consume_setup setup;
	struct hl_buf root;
};

static bool take_options(struct begin *b, int argc, char **argv)
{
	b->url = hl_cli_option(&argc, argv, "--hotline");
	b->consumer = hl_cli_option(&argc, argv, "--consumer");
	b->root_file = hl_cli_option(&argc, argv, "--root");
	b->token_file = hl_cli_option(&argc, argv, "--token-file");
	b->ca_file = hl_cli_option(&argc, argv, "--ca-file");
	b->told = hl_cli_option(&argc, argv, "--fingerprint");
	b->anew = hl_cli_flag(&argc, argv, "--anew");
	b->folder = argc == 2 && argv[1][0] != '-' ? argv[1] : NULL;
	return b->folder && *b->folder && b->url && b->consumer &&
	       b->root_file && b->token_file;
}

static int whole_path(const char *path, char out[PATH_MAX], struct hl_err *err)
{
	if (realpath(path, out)) {
		return 0;
	}
	if (errno == ENOENT) {
		return HL_FAIL(err, HL_NOTFOUND, "there is no file %s", path);
	}
	return HL_FAIL_SYS(err, "find %s", path);
}

static int take_root(struct begin *b, struct hl_err *err)
{
	struct hl_urls_root root;
	struct hl_urls_text text;
	int r = hl_file_read(b->root_file, &b->root, err);

	if (r == HL_NOTFOUND) {
		HL_FAIL(err, r, "there is no %s", b->root_file);
	}
	if (!r) {
		r = hl_urls_root_read(hl_buf_str(&b->root), &root, &text, err);
	}
	if (r) {
		return r;
	}
	memcpy(b->setup.hotline, root.hotline, sizeof(root.hotline));
	hl_list_root_fingerprint(hl_buf_str(&b->root), b->fingerprint);
	if (b->told &&
		!hl_list_fingerprint_is(b->fingerprint, hl_str_c(b->told))) {
		return HL_FAIL(err, HL_E_INVALID,
			"the root has another fingerprint, %s: somebody "
			"exchanged it, or it is another root; ask the hotline",
			b->fingerprint);
	}
	return 0;
}

/* All that can be wrong, before anything is made. */
static int check(struct begin *b, struct hl_err *err)
{
	HL_BUF_AUTO token = HL_BUF_SECRET(4096);
	int64_t id;

	if (hl_ref_parse(HL_REF_CONSUMER, hl_str_c(b->consumer), &id)) {
		return HL_FAIL(err, HL_E_INVALID,
			"--consumer is the number that the hotline gave, "
			"U-XXXX-XXXX-X: mistyped?");
	}
	b->setup.consumer = (uint64_t)id;
	int r = hl_consume_remote_check(b->url, err);
	if (!r) {
		snprintf(b->setup.url, sizeof(b->setup.url), "%s", b->url);
		r = whole_path(b->token_file, b->setup.token_file, err);
	}
	if (!r && b->ca_file) {
		r = whole_path(b->ca_file, b->setup.ca_file, err);
	}
	if (!r) {
		r = hl_consume_token_read(b->setup.token_file, &token, err);
	}
	return r ? r : take_root(b, err);
}

static int make_folder(const char *path, struct hl_err *err)
{
	if (mkdir(path, 0750) < 0 && errno != EEXIST) {
		return HL_FAIL_SYS(err, "make the folder %s", path);
	}
	return 0;
}

static int make_folders(const struct begin *b, struct hl_err *err)
{
	char list[PATH_MAX], tally[PATH_MAX];
	struct hl_consume_setup old;
	int r = make_folder(b->folder, err);

	if (!r && !b->anew) {
		r = hl_consume_setup_read(b->folder, &old, err);
		if (r != HL_NOTFOUND) {
			return HL_FAIL(err, HL_E_INVALID,
				"%s is set up already: --anew begins again",
				b->folder);
		}
		r = 0;
	}
	if (!r) {
		r = hl_consume_setup_path(
			b->folder, HL_CONSUME_SETUP_LIST, list, err);
	}
	if (!r) {
		r = hl_consume_setup_path(
			b->folder, HL_CONSUME_SETUP_TALLY, tally, err);
	}
	if (!r) {
		r = make_folder(list, err);
	}
	return r ? r : make_folder(tally, err);
}

static int begin_list(const struct begin *b, struct hl_err *err)
{
	const struct hl_urls_options options = {
		.size_of = sizeof(options), .flags = HL_URLS_OPEN_KEEP};
	struct hl_urls_list *list = NULL;
	struct hl_urls_error why = {0};
	char path[PATH_MAX];
	int r = hl_consume_setup_path(
		b->folder, HL_CONSUME_SETUP_LIST, path, err);

	if (r) {
		return r;
	}
	int code = hl_urls_open(path, &options, &list, &why);
	if (code >= 0) {
		code = hl_urls_begin(
			list, b->setup.consumer, b->root.p, b->root.n, 0, &why);
	}
	hl_urls_close(list);
	if (code == HL_URLS_E_BUSY) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"\"hotline list follow\" runs on this folder: stop it "
			"first");
	}
	return code < 0 ? HL_FAIL(err, HL_E_INVALID, "%s: %s",
				  hl_urls_code_name(code), why.text)
			: 0;
}

static int run(struct begin *b, struct hl_err *err)
{
	uint8_t key[HL_CONSUME_PUBLIC_BYTES];
	HL_BUF_AUTO text = HL_BUF_INIT(256);
	int r = check(b, err);

	if (!r) {
		r = make_folders(b, err);
	}
	if (!r) {
		r = hl_consume_key_make(b->folder, key, err);
	}
	if (!r) {
		r = begin_list(b, err);
	}
	if (!r) {
		r = hl_consume_setup_write(b->folder, &b->setup, err);
	}
	if (r) {
		return r;
	}
	hl_text_put_base64url(&text, key, sizeof(key));
	printf("%.*s\n", HL_STR_ARG(hl_buf_str(&text)));
	fprintf(stderr, "Set up. Root fingerprint:\n  %s\n%s", b->fingerprint,
		b->told ? "It is the one that --fingerprint told.\n"
			: "Compare it with the hotline's by telephone before "
			  "you go on.\n");
	fprintf(stderr,
		"Send the public key above to the hotline, then: hotline list "
		"follow %s\n",
		b->folder);
	return 0;
}

int hl_cli_list_begin(int argc, char **argv)
{
	struct begin b = {.root = HL_BUF_INIT(HL_URLS_TEXT_MAX)};
	struct hl_err err = {0};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	if (!take_options(&b, argc, argv)) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	int r = run(&b, &err);
	hl_buf_fini(&b.root);
	return r ? hl_cli_fail("list begin", r, &err) : HL_CLI_OK;
}
