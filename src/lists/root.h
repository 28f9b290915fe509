/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_ROOT_H
#define HL_LISTS_ROOT_H

#include "seal/sign.h"
#include "urls_file/manifest.h"

/*
 * The root of lists and the keys that sign it, which people keep offline:
 * docs/protocol/urllist.md, clause 4; docs/lists.md, "The root".
 */

/* A root key in a file under its holder's password. HL_CONFLICT: the file is
 * there. HL_E_INVALID: no name, or no password that is fit. Takes 0.1 s. */
#define HL_LISTS_ROOT_NAME 60
int hl_lists_rootkey_create(const char *path, struct hl_str name,
	struct hl_str password, struct hl_seal_sign_pub *pub,
	struct hl_err *err);
/* HL_DENIED: another password. HL_NOTFOUND, HL_E_CORRUPT. */
int hl_lists_rootkey_load(const char *path, struct hl_str password,
	struct hl_seal_sign_key *key, struct hl_err *err);

/* What an installed root has to fit. */
struct hl_lists_rooting {
	uint8_t hotline[HL_URLS_HOTLINE];
	struct hl_seal_sign_pub online; /* lists-online.key */
	struct hl_str before;           /* the newest root; absent: none */
	int64_t now;                    /* seconds since 1970 */
};

/* The next root, which nobody has signed. Without keys those of before stay.
 * HL_E_INVALID. */
struct hl_lists_root_wish {
	const struct hl_seal_sign_pub *keys;
	size_t n_keys;
	unsigned threshold; /* 0: as before, or 2 */
	int days;           /* until it expires */
};
int hl_lists_root_draft(const struct hl_lists_rooting *in,
	const struct hl_lists_root_wish *wish, struct hl_buf *out,
	struct hl_err *err);

/* Adds a signature to a draft or to a root that others have signed.
 * HL_CONFLICT: this key has signed. HL_E_INVALID: the key is in neither root,
 * or it is no root. */
int hl_lists_root_sign(struct hl_buf *text, const struct hl_seal_sign_key *key,
	struct hl_str before, struct hl_err *err);

/* How far a draft is: whose keys have signed of its own and of the root
 * before. */
struct hl_lists_root_state {
	struct hl_urls_root root, before;
	bool has_before;
	size_t n_own, n_before;                /* good signatures */
	bool signed_by[HL_URLS_ROOT_KEYS_MAX]; /* of the root's own keys */
};
int hl_lists_root_look(const struct hl_lists_rooting *in, struct hl_str text,
	struct hl_lists_root_state *out, struct hl_err *err);
/* HL_E_INVALID: it may not be installed; err says why. */
int hl_lists_root_check(const struct hl_lists_rooting *in,
	const struct hl_lists_root_state *state, struct hl_err *err);

#endif
