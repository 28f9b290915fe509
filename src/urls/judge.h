/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_JUDGE_H
#define HL_URLS_JUDGE_H

/* Whether a root or a manifest may follow what is known: clause 4, steps 1 to
 * 5. Nothing is changed here. */
#include "urls/inner.h"

enum {
	HL_URLS_AHEAD_S = 300, /* that something may be made in the future */
	/* that a version may be above the seconds since 1970 */
	HL_URLS_JUMP_MAX = 1000000
};

/* A root that begins a folder: signed by a threshold of its own. */
int hl_urls_judge_first(struct hl_str bytes, int64_t now,
	struct hl_urls_root *out, struct hl_urls_error *err);
/* The next root. HL_URLS_NOTFOUND: the one that is known. */
int hl_urls_judge_root(const struct hl_urls_known *known, struct hl_str bytes,
	int64_t now, struct hl_urls_root *out, struct hl_urls_error *err);

struct hl_urls_judged {
	struct hl_urls_manifest manifest;
	uint8_t digest[HL_URLS_DIGEST];
	bool root_first; /* names the next root, which is not known */
	bool is_reset;   /* counts anew, under other keys */
};
/* HL_URLS_NOTFOUND: the manifest that is known. */
int hl_urls_judge_manifest(const struct hl_urls_known *known,
	struct hl_str bytes, int64_t now, struct hl_urls_judged *out,
	struct hl_urls_error *err);

#endif
