/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/manifest.h"

static const char first[] = "openhotline urllist root 1";

/* Each key stands there once: a threshold counts keys. */
static bool all_differ(const uint8_t keys[][HL_URLS_PUBLIC], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (memcmp(keys[i], keys[k], HL_URLS_PUBLIC) == 0) {
				return false;
			}
		}
	}
	return true;
}

static uint32_t read_keys(struct hl_urls_text *t, const char *name,
	uint8_t keys[][HL_URLS_PUBLIC], uint32_t max)
{
	uint32_t n = 0;

	while (hl_urls_text_next(t, name)) {
		if (n == max) {
			hl_urls_text_refuse(t, "stands there too often");
			break;
		}
		hl_urls_text_base64(t, keys[n++], HL_URLS_PUBLIC);
	}
	return n;
}

static int check(const struct hl_urls_root *root, struct hl_err *err)
{
	const char *why = NULL;

	if (root->n_root < HL_URLS_ROOT_KEYS_MIN || !root->n_online) {
		why = "too few keys";
	} else if (root->threshold > root->n_root) {
		why = "a threshold over the number of root keys";
	} else if (root->expires <= root->made) {
		why = "an end before its beginning";
	} else if (!all_differ(root->root, root->n_root) ||
		   !all_differ(root->online, root->n_online)) {
		why = "one key twice";
	}
	return why ? HL_FAIL(err, HL_E_INVALID, "the root has %s", why) : 0;
}

int hl_urls_root_read(struct hl_str bytes, struct hl_urls_root *out,
	struct hl_urls_text *text, struct hl_err *err)
{
	struct hl_urls_text own, *t = text ? text : &own;
	int rc = hl_urls_text_open(t, bytes, first, HL_URLS_TEXT_MAX, err);

	if (rc) {
		return rc;
	}
	memset(out, 0, sizeof(*out));
	hl_urls_text_want(t, "hotline");
	hl_urls_text_hex(t, out->hotline, sizeof(out->hotline));
	hl_urls_text_want(t, "version");
	out->version = hl_urls_text_number(t, 1, UINT64_MAX - 1);
	hl_urls_text_want(t, "made");
	out->made = hl_urls_text_time(t);
	hl_urls_text_want(t, "expires");
	out->expires = hl_urls_text_time(t);
	hl_urls_text_want(t, "threshold");
	out->threshold =
		(uint32_t)hl_urls_text_number(t, 1, HL_URLS_ROOT_KEYS_MAX);
	out->n_root = read_keys(t, "root", out->root, HL_URLS_ROOT_KEYS_MAX);
	out->n_online =
		read_keys(t, "online", out->online, HL_URLS_ONLINE_KEYS_MAX);
	rc = hl_urls_text_end(t, err);
	return rc ? rc : check(out, err);
}

static void put_keys(struct hl_buf *out, const char *name,
	const uint8_t keys[][HL_URLS_PUBLIC], uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		hl_urls_text_put(out, name);
		hl_urls_text_put_base64(out, keys[i], HL_URLS_PUBLIC);
		hl_urls_text_put_end(out);
	}
}

void hl_urls_root_put(const struct hl_urls_root *root, struct hl_buf *out)
{
	hl_urls_text_put(out, first);
	hl_urls_text_put(out, "\nhotline");
	hl_urls_text_put_hex(out, root->hotline, sizeof(root->hotline));
	hl_urls_text_put(out, "\nversion");
	hl_urls_text_put_number(out, root->version);
	hl_urls_text_put(out, "\nmade");
	hl_urls_text_put_time(out, root->made);
	hl_urls_text_put(out, "\nexpires");
	hl_urls_text_put_time(out, root->expires);
	hl_urls_text_put(out, "\nthreshold");
	hl_urls_text_put_number(out, root->threshold);
	hl_urls_text_put_end(out);
	put_keys(out, "root", root->root, root->n_root);
	put_keys(out, "online", root->online, root->n_online);
	hl_urls_text_close(out);
}

bool hl_urls_root_signed(
	const struct hl_urls_text *text, const struct hl_urls_root *by)
{
	return hl_urls_text_signers(text, by->root, by->n_root) >=
	       by->threshold;
}
