/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list bundle: what an auditor asks for, made here. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/common.h"
#include "cli_list/commands.h"
#include "cli_list/install.h"
#include "lists/bundle.h"
#include "lists/verify.h"

static const char help[] =
	"usage: hotline list bundle CONSUMER [VERSION] -o FILE\n"
	"\n"
	"Writes the proof that two people approved each row of a consumer's "
	"list,\n"
	"of its newest version or of VERSION, for hotline list audit. "
	"CONSUMER is\n"
	"its number, U-... . It is made of what the hotline keeps: the newest "
	"17\n"
	"versions.\n"
	"\n"
	"exit status: 0 written, 1 failed, 3 no such consumer or version, or "
	"no\n"
	"             installation, 4 the store cannot be reached\n";

struct wish {
	uint64_t consumer, version; /* version 0: the newest */
	const char *to;
};

static int find_version(
	struct hl_cli_session *s, struct wish *w, struct hl_err *err)
{
	struct hl_lists_version *versions;
	size_t n;
	int r = hl_lists_versions(s->store, s->arena, &versions, &n, err);

	for (size_t i = 0; !r && i < n && !w->version; i++) {
		if (versions[i].consumer == w->consumer) {
			w->version = versions[i].version;
		}
	}
	return r || w->version
		       ? r
		       : HL_FAIL(err, HL_NOTFOUND, "it has no list yet");
}

static int bundle(struct hl_cli_session *s, void *arg, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT(HL_LISTS_BUNDLE_MAX);
	struct wish *w = arg;
	char folder[HL_CLI_PATH_MAX];
	struct hl_lists_keys keys = {0};
	int r = hl_cli_list_install(folder, &keys, err);

	if (!r) {
		r = find_version(s, w, err);
	}
	const struct hl_lists_prover p = {
		.folder = folder, .keys = &keys, .store = s->store};
	if (!r) {
		r = hl_lists_bundle_make(
			&p, w->consumer, w->version, &out, err);
		if (r == HL_NOTFOUND) {
			HL_FAIL(err, r,
				"version %llu is not kept, or has no proofs "
				"(tier 0)",
				(unsigned long long)w->version);
		}
	}
	hl_lists_keys_wipe(&keys);
	return r ? r : hl_file_write(w->to, hl_buf_str(&out), 0600, err);
}

/* What is wrong with the words, or NULL. */
static const char *take_words(struct wish *w, int argc, char **argv)
{
	int64_t id, version = 0;

	if (argc < 2 || !w->to || !w->to[0]) {
		return "of which CONSUMER, and -o which FILE?";
	}
	if (argc > 3 || hl_cli_unknown(argc, argv)) {
		return "there is a word too many";
	}
	if (hl_ref_parse(HL_REF_CONSUMER, hl_str_c(argv[1]), &id)) {
		return "CONSUMER is a number as U-XXXX-XXXX-X: mistyped?";
	}
	if (argc == 3 &&
		(!hl_str_to_i64(hl_str_c(argv[2]), &version) || version < 1)) {
		return "VERSION is a number from 1";
	}
	w->consumer = (uint64_t)id;
	w->version = (uint64_t)version;
	return NULL;
}

int hl_cli_list_bundle(int argc, char **argv)
{
	struct wish w = {.to = NULL};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	w.to = hl_cli_option(&argc, argv, "-o");
	const char *wrong = take_words(&w, argc, argv);
	if (wrong) {
		fprintf(stderr, "hotline list bundle: %s\n\n%s", wrong, help);
		return HL_CLI_USAGE;
	}
	return hl_cli_list_session("list bundle", bundle, &w);
}
