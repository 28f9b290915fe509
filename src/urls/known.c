/* SPDX-License-Identifier: Apache-2.0 */
#include "urls/folder.h"

void hl_urls_known_init(struct hl_urls_known *known)
{
	memset(known, 0, sizeof(*known));
	known->root_text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	known->manifest_text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	known->under_text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
}

int hl_urls_known_copy(const struct hl_urls_known *from,
	struct hl_urls_known *to, struct hl_urls_error *err)
{
	struct hl_buf root = to->root_text, manifest = to->manifest_text;
	struct hl_buf under = to->under_text;

	*to = *from;
	to->root_text = root;
	to->manifest_text = manifest;
	to->under_text = under;
	hl_buf_put(&to->root_text, hl_buf_str(&from->root_text));
	hl_buf_put(&to->manifest_text, hl_buf_str(&from->manifest_text));
	hl_buf_put(&to->under_text, hl_buf_str(&from->under_text));
	return to->root_text.fault || to->manifest_text.fault ||
			       to->under_text.fault
		       ? hl_urls_fault_memory(err)
		       : 0;
}

void hl_urls_known_fini(struct hl_urls_known *known)
{
	hl_buf_fini(&known->root_text);
	hl_buf_fini(&known->manifest_text);
	hl_buf_fini(&known->under_text);
}

/* It was all checked when it was taken; that it still holds costs little. */
static int parse(struct hl_urls_known *known, struct hl_err *why)
{
	struct hl_urls_text text;
	int rc = hl_urls_root_read(
		hl_buf_str(&known->root_text), &known->root, NULL, why);

	if (rc || !known->manifest_text.n) {
		return rc;
	}
	rc = hl_urls_root_read(
		hl_buf_str(&known->under_text), &known->under, NULL, why);
	if (!rc) {
		rc = hl_urls_manifest_read(hl_buf_str(&known->manifest_text),
			&known->manifest, &text, why);
	}
	if (!rc && (!hl_urls_text_signers(&text, known->under.online,
			    known->under.n_online) ||
			   known->manifest.consumer != known->consumer ||
			   memcmp(known->manifest.hotline, known->root.hotline,
				   HL_URLS_HOTLINE))) {
		rc = HL_FAIL(why, HL_E_CORRUPT, "manifest and root differ");
	}
	if (!rc) {
		hl_urls_text_digest(&text, known->digest);
	}
	return rc;
}

int hl_urls_known_parse(struct hl_urls_known *known, struct hl_urls_error *err)
{
	struct hl_err why = {0};
	int rc = parse(known, &why);

	return rc ? hl_urls_fault(err, HL_URLS_E_CORRUPT,
			    "state: damaged: %s; begin anew with a root",
			    why.msg)
		  : 0;
}
