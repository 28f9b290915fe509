/* SPDX-License-Identifier: Apache-2.0 */
#include "urls/judge.h"

#include "url/url.h"

static int refuse(struct hl_urls_error *err, int code, const char *why)
{
	return hl_urls_fault(err, code, "%s", why);
}

static int check_clock(int64_t made, int64_t now, struct hl_urls_error *err)
{
	return made > now + HL_URLS_AHEAD_S
		       ? refuse(err, HL_URLS_E_CLOCK,
				 "it was made in the future: see that this "
				 "clock is right")
		       : 0;
}

static int read_root(struct hl_str bytes, struct hl_urls_root *out,
	struct hl_urls_text *text, struct hl_urls_error *err)
{
	struct hl_err why = {0};

	return hl_urls_root_read(bytes, out, text, &why)
		       ? hl_urls_fault_of(err, &why, "root")
		       : 0;
}

int hl_urls_judge_first(struct hl_str bytes, int64_t now,
	struct hl_urls_root *out, struct hl_urls_error *err)
{
	struct hl_urls_text text;
	int rc = read_root(bytes, out, &text, err);

	if (rc) {
		return rc;
	}
	if (!hl_urls_root_signed(&text, out)) {
		return refuse(err, HL_URLS_E_FORGED,
			"root: too few of its own keys signed it");
	}
	return check_clock(out->made, now, err);
}

static bool same_text(const struct hl_urls_text *text, struct hl_str known)
{
	return known.n >= text->signed_part.n &&
	       memcmp(known.p, text->signed_part.p, text->signed_part.n) == 0;
}

int hl_urls_judge_root(const struct hl_urls_known *known, struct hl_str bytes,
	int64_t now, struct hl_urls_root *out, struct hl_urls_error *err)
{
	struct hl_urls_text text;
	int rc = read_root(bytes, out, &text, err);

	if (rc) {
		return rc;
	}
	if (memcmp(out->hotline, known->root.hotline, HL_URLS_HOTLINE) != 0) {
		return refuse(
			err, HL_URLS_E_FORGED, "root: is another hotline's");
	}
	if (out->version == known->root.version) {
		return same_text(&text, hl_buf_str(&known->root_text))
			       ? HL_URLS_NOTFOUND
			       : refuse(err, HL_URLS_E_FORGED,
					 "root: another one of this version "
					 "is known");
	}
	if (out->version < known->root.version) {
		return refuse(err, HL_URLS_E_ROLLBACK,
			"root: is older than the one that is known");
	}
	if (out->version != known->root.version + 1) {
		return refuse(err, HL_URLS_E_FORWARD,
			"root: is not the next one; take those before first");
	}
	if (!hl_urls_root_signed(&text, &known->root) ||
		!hl_urls_root_signed(&text, out)) {
		return refuse(err, HL_URLS_E_FORGED,
			"root: too few keys of the one before, or of its own, "
			"signed it");
	}
	return check_clock(out->made, now, err);
}

/* No online key of the newest root stood in the one of the list. */
static bool counts_anew(const struct hl_urls_known *known)
{
	for (uint32_t i = 0; i < known->root.n_online; i++) {
		for (uint32_t k = 0; k < known->under.n_online; k++) {
			if (memcmp(known->root.online[i],
				    known->under.online[k],
				    HL_URLS_PUBLIC) == 0) {
				return false;
			}
		}
	}
	return true;
}

/* Step 4. */
static int check_order(const struct hl_urls_known *known,
	const struct hl_urls_judged *new, struct hl_urls_error *err)
{
	const struct hl_urls_manifest *have = &known->manifest;
	const struct hl_urls_manifest *m = &new->manifest;
	bool is_same = memcmp(new->digest, known->digest, HL_URLS_DIGEST) == 0;

	if (m->version < have->version || m->made < have->made) {
		return refuse(err, HL_URLS_E_ROLLBACK,
			"manifest: is older than the one that is known");
	}
	if (m->version == have->version) {
		return is_same ? HL_URLS_NOTFOUND
			       : refuse(err, HL_URLS_E_FORGED,
					 "manifest: another one of this "
					 "version is known");
	}
	if (m->version > (uint64_t)m->made + HL_URLS_JUMP_MAX) {
		return refuse(err, HL_URLS_E_FORWARD,
			"manifest: its version runs ahead");
	}
	if (m->version == have->version + 1 &&
		memcmp(m->previous, known->digest, HL_URLS_DIGEST) != 0) {
		return refuse(err, HL_URLS_E_FORGED,
			"manifest: does not follow the one that is known");
	}
	return 0;
}

/* Two consumers mixed up look like a forgery, and are none if the signature is
 * good; nothing of the manifest is used in either case. */
static int check_whose(const struct hl_urls_known *known,
	const struct hl_urls_manifest *m, const struct hl_urls_text *text,
	struct hl_urls_error *err)
{
	if (memcmp(m->hotline, known->root.hotline, HL_URLS_HOTLINE) != 0) {
		return refuse(err, HL_URLS_E_FORGED,
			"manifest: is another hotline's");
	}
	if (m->consumer == known->consumer) {
		return 0;
	}
	return m->root == known->root.version &&
			       hl_urls_text_signers(text, known->root.online,
				       known->root.n_online)
		       ? refuse(err, HL_URLS_E_OTHER,
				 "manifest: the hotline signed it for another "
				 "consumer: is the token this one's?")
		       : refuse(err, HL_URLS_E_FORGED,
				 "manifest: is another consumer's");
}

/* Steps 2 and 3. */
static int check_itself(const struct hl_urls_known *known,
	const struct hl_urls_manifest *m, const struct hl_urls_text *text,
	int64_t now, struct hl_urls_error *err)
{
	if (m->root != known->root.version) {
		return refuse(
			err, HL_URLS_E_FORGED, "manifest: is of another root");
	}
	if (known->root.expires <= now) {
		return refuse(err, HL_URLS_E_ROOT,
			"the newest root has expired: ask the hotline for the "
			"next one");
	}
	if (!hl_urls_text_signers(
		    text, known->root.online, known->root.n_online)) {
		return refuse(err, HL_URLS_E_FORGED,
			"manifest: no online key of the root signed it");
	}
	if (m->expires <= now) {
		return refuse(err, HL_URLS_E_FROZEN,
			"manifest: has expired: is there a newer one?");
	}
	return check_clock(m->made, now, err);
}

int hl_urls_judge_manifest(const struct hl_urls_known *known,
	struct hl_str bytes, int64_t now, struct hl_urls_judged *out,
	struct hl_urls_error *err)
{
	struct hl_err why = {0};
	struct hl_urls_text text;
	int rc;

	memset(out, 0, sizeof(*out));
	if (hl_urls_manifest_read(bytes, &out->manifest, &text, &why)) {
		return hl_urls_fault_of(err, &why, "manifest");
	}
	hl_urls_text_digest(&text, out->digest);
	rc = check_whose(known, &out->manifest, &text, err);
	if (rc) {
		return rc;
	}
	if (out->manifest.root == known->root.version + 1) {
		out->root_first = true;
		return 0;
	}
	rc = check_itself(known, &out->manifest, &text, now, err);
	if (!rc && hl_urls_known_manifest(known)) {
		out->is_reset = counts_anew(known);
		rc = out->is_reset ? 0 : check_order(known, out, err);
	}
	if (!rc && out->manifest.canon != HL_URL_CANON_VERSION) {
		return hl_urls_fault(err, HL_URLS_E_CANON,
			"manifest: needs canonical form %u; this library "
			"makes %u",
			out->manifest.canon, HL_URL_CANON_VERSION);
	}
	return rc;
}
