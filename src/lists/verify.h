/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_VERIFY_H
#define HL_LISTS_VERIFY_H

/*
 * The auditor of docs/protocol/urllist.md, clause 8: reads a bundle and holds
 * it against the manifest and the list of its version. Needs no installation,
 * no key and no address.
 */
#include "urls_file/leaf.h"
#include "urls_file/manifest.h"

enum { HL_LISTS_PROOF = 64 };
#define HL_LISTS_BUNDLE_FIRST "openhotline urllist audit 1"
/* Of one bundle: a list of the longest kind with four leaves a row. */
#define HL_LISTS_BUNDLE_MAX ((size_t)1 << 35)

struct hl_lists_bundle_row {
	uint64_t leaf;
	uint8_t n[HL_URLS_ELEMENT];
};
struct hl_lists_bundle {
	struct hl_urls_text text; /* for who counts signatures */
	uint8_t hotline[HL_URLS_HOTLINE];
	uint64_t consumer, version, epoch;
	uint8_t key[HL_URLS_ELEMENT]; /* B */
	uint64_t log_leaves;
	uint8_t log_head[HL_URLS_DIGEST];
	uint8_t (*leaves)[HL_URLS_LEAF];
	struct hl_lists_bundle_row *rows;
	uint8_t (*proofs)[HL_LISTS_PROOF];
	size_t n_leaves, n_rows, n_proofs;
};
/* The form alone; views are of the caller's text. HL_E_INVALID, HL_E_LIMIT,
 * HL_E_NOMEM. *out is to be freed also after a fault. */
int hl_lists_bundle_read(
	struct hl_str text, struct hl_lists_bundle *out, struct hl_err *err);
void hl_lists_bundle_free(struct hl_lists_bundle *b);

struct hl_lists_audit {
	struct hl_str bundle, manifest, list;
	/* NULL: who signed bundle and manifest is not looked at. */
	const struct hl_urls_root *root;
	/* NULL: any two that differ. */
	const uint8_t (*approvers)[HL_URLS_PUBLIC];
	size_t n_approvers;
};
struct hl_lists_audit_person {
	uint8_t key[HL_URLS_PUBLIC];
	uint64_t n; /* entries that they approved */
};
struct hl_lists_audit_found {
	uint64_t consumer, version;
	uint64_t n_rows, n_leaves;
	uint64_t n_entries, n_hosts; /* that were ever approved */
	uint64_t n_ended;
	uint64_t n_held; /* rows that a breaker keeps until a person looks */
	struct hl_lists_audit_person *people; /* ascending by key */
	size_t n_people;
};
/* 0: all of it holds. HL_E_INVALID, HL_E_LIMIT, HL_E_CRYPTO: it does not, and
 * err says what. HL_E_NOMEM: it could not be looked at. *out is to be freed
 * also after a fault. */
int hl_lists_audit(const struct hl_lists_audit *in,
	struct hl_lists_audit_found *out, struct hl_err *err);
void hl_lists_audit_free(struct hl_lists_audit_found *found);

#endif
