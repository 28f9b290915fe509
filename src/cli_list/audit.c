/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list audit: docs/protocol/urllist.md, clause 8, for anybody. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/common.h"
#include "cli_list/commands.h"
#include "lists/build.h"
#include "lists/verify.h"
#include "seal/key.h"
#include "seal/sign.h"

#define APPROVERS_MAX ((size_t)1 << 20)

static const char help[] =
	"usage: hotline list audit BUNDLE MANIFEST LIST\n"
	"                          [--approvers FILE] [--root FILE]\n"
	"\n"
	"Checks that two people approved what stands behind each row of a "
	"list,\n"
	"without learning an address, and tells what it found. The three "
	"files are\n"
	"of one version: GET /v1/lists/audit/VERSION, /v1/lists/manifest and\n"
	"/v1/lists/list/VERSION. Needs no installation.\n"
	"\n"
	"  --approvers FILE  public keys of people who may approve, a line "
	"each, as\n"
	"                    the hotline gave them; without, any two that "
	"differ\n"
	"  --root FILE       the root that names who signs; without, it is "
	"not\n"
	"                    looked at who signed manifest and bundle\n"
	"\n"
	"exit status: 0 all of it holds, 1 it does not, and standard error "
	"says\n"
	"             what, 2 usage, 4 it could not be looked at\n";

struct auditing {
	struct hl_lists_map bundle, manifest, list;
	struct hl_urls_root root;
	uint8_t (*approvers)[HL_URLS_PUBLIC];
	size_t n_approvers;
};

static int map(const char *path, struct hl_lists_map *out, struct hl_err *err)
{
	int r = hl_lists_map(path, out, err);

	return r == HL_NOTFOUND ? HL_FAIL(err, r, "%s is not there", path) : r;
}

static struct hl_str view(const struct hl_lists_map *m)
{
	return hl_str_mem(m->p, m->n);
}

static int take_key(struct hl_str line, uint8_t out[HL_URLS_PUBLIC])
{
	struct hl_seal_sign_pub pub;

	if (!hl_seal_sign_pub_parse(line, &pub)) {
		memcpy(out, pub.b, HL_URLS_PUBLIC);
		return 0;
	}
	return hl_text_parse_base64url(hl_str_trim(line), out, HL_URLS_PUBLIC);
}

static int read_approvers(
	struct auditing *a, const char *path, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(APPROVERS_MAX);
	struct hl_str rest, line;
	int r = hl_file_read(path, &text, err), n = 0;

	if (r) {
		return r == HL_NOTFOUND
			       ? HL_FAIL(err, r, "%s is not there", path)
			       : r;
	}
	/* a key takes 43 characters */
	a->approvers = calloc(text.n / 43 + 1, sizeof(*a->approvers));
	if (!a->approvers) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for keys");
	}
	rest = hl_buf_str(&text);
	while (hl_str_next(&rest, '\n', &line)) {
		n++;
		if (!hl_str_trim(line).n) {
			continue;
		}
		if (take_key(line, a->approvers[a->n_approvers])) {
			return HL_FAIL(err, HL_E_IO,
				"%s, line %d: no public key", path, n);
		}
		a->n_approvers++;
	}
	return a->n_approvers ? 0
			      : HL_FAIL(err, HL_E_IO, "%s names nobody", path);
}

static int read_root(struct auditing *a, const char *path, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	int r = hl_file_read(path, &text, err);

	if (r == HL_NOTFOUND) {
		return HL_FAIL(err, r, "%s is not there", path);
	}
	if (!r && hl_urls_root_read(hl_buf_str(&text), &a->root, NULL, err)) {
		r = HL_E_IO;
	}
	return r;
}

static void print_found(
	const struct hl_lists_audit *in, const struct hl_lists_audit_found *f)
{
	char text[HL_REF_MAX];
	struct hl_str ref =
		hl_ref_print(HL_REF_CONSUMER, (int64_t)f->consumer, text);

	printf("version %" PRIu64 " for %.*s\n", f->version, HL_STR_ARG(ref));
	printf("rows %" PRIu64 ", each of an entry that two people approved\n",
		f->n_rows);
	printf("log %" PRIu64 " leaves: %" PRIu64
	       " entries approved, of %" PRIu64 " hosts; %" PRIu64 " ended\n",
		f->n_leaves, f->n_entries, f->n_hosts, f->n_ended);
	if (f->n_held) {
		printf("held back %" PRIu64 " rows of entries that ended by "
		       "themselves within 72 hours: a person looks first\n",
			f->n_held);
	}
	for (size_t i = 0; i < f->n_people; i++) {
		uint8_t id[HL_URLS_KEYID];

		hl_urls_keyid(f->people[i].key, id);
		printf("approver ");
		for (size_t k = 0; k < sizeof(id); k++) {
			printf("%02x", id[k]);
		}
		printf(" %" PRIu64 " entries\n", f->people[i].n);
	}
	printf("signatures of manifest and bundle: %s\n",
		in->root ? "good" : "not looked at (--root)");
	printf("approvers: %s\n", in->approvers ? "all on the list given"
						: "not compared (--approvers)");
	puts("good");
}

/* A fault of what was given is 1; of this machine 4. */
static int outcome(int r, const struct hl_err *err)
{
	switch (r) {
	case 0:
		return HL_CLI_OK;
	case HL_E_INVALID:
	case HL_E_LIMIT:
	case HL_E_CRYPTO:
	case HL_E_CORRUPT:
		fprintf(stderr, "hotline list audit: %s\n", err->msg);
		return HL_CLI_FAILED;
	default:
		fprintf(stderr, "hotline list audit: could not look: %s\n",
			err->msg);
		return HL_CLI_UNAVAILABLE;
	}
}

static int audit(const struct auditing *a, bool has_root)
{
	const struct hl_lists_audit in = {.bundle = view(&a->bundle),
		.manifest = view(&a->manifest),
		.list = view(&a->list),
		.root = has_root ? &a->root : NULL,
		.approvers = (const uint8_t(*)[HL_URLS_PUBLIC])a->approvers,
		.n_approvers = a->n_approvers};
	struct hl_lists_audit_found found;
	struct hl_err err = {0};
	int r = hl_lists_audit(&in, &found, &err);

	if (!r) {
		print_found(&in, &found);
	}
	hl_lists_audit_free(&found);
	return outcome(r, &err);
}

int hl_cli_list_audit(int argc, char **argv)
{
	struct auditing a = {0};
	struct hl_err err = {0};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	const char *approvers = hl_cli_option(&argc, argv, "--approvers");
	const char *root = hl_cli_option(&argc, argv, "--root");
	if (argc != 4 || hl_cli_unknown(argc, argv)) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	int r = hl_seal_init(&err);
	if (!r) {
		r = map(argv[1], &a.bundle, &err);
	}
	if (!r) {
		r = map(argv[2], &a.manifest, &err);
	}
	if (!r) {
		r = map(argv[3], &a.list, &err);
	}
	if (!r && approvers) {
		r = read_approvers(&a, approvers, &err);
	}
	if (!r && root) {
		r = read_root(&a, root, &err);
	}
	int status = r ? outcome(r, &err) : audit(&a, root != NULL);
	hl_lists_unmap(&a.bundle);
	hl_lists_unmap(&a.manifest);
	hl_lists_unmap(&a.list);
	free(a.approvers);
	return status;
}
