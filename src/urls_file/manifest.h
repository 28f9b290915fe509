/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_FILE_MANIFEST_H
#define HL_URLS_FILE_MANIFEST_H

/* The root and the manifest, clause 4: read, written, signed. Whether one may
 * follow another is for src/urls to say. */
#include "urls_file/list.h"
#include "urls_file/text.h"

enum {
	HL_URLS_ROOT_KEYS_MIN = 2,
	HL_URLS_ROOT_KEYS_MAX = 7,
	HL_URLS_ONLINE_KEYS_MAX = 4,
	HL_URLS_DELTAS_MAX = 16,
	HL_URLS_MANIFEST_DAY = 86400, /* seconds it may be good for */
	HL_URLS_WAIT_MIN = 30,
	HL_URLS_WAIT_MAX = 86400
};

struct hl_urls_root {
	uint8_t hotline[HL_URLS_HOTLINE];
	uint64_t version;
	int64_t made, expires; /* seconds since 1970 */
	uint32_t threshold;
	uint32_t n_root, n_online;
	uint8_t root[HL_URLS_ROOT_KEYS_MAX][HL_URLS_PUBLIC];
	uint8_t online[HL_URLS_ONLINE_KEYS_MAX][HL_URLS_PUBLIC];
};

/* *text stays open for who counts signatures; NULL if nobody does.
 * HL_E_INVALID, HL_E_LIMIT. */
int hl_urls_root_read(struct hl_str bytes, struct hl_urls_root *out,
	struct hl_urls_text *text, struct hl_err *err);
/* With the empty line, without signatures. */
void hl_urls_root_put(const struct hl_urls_root *root, struct hl_buf *out);
/* A threshold of the root keys of `by` signed the text. */
bool hl_urls_root_signed(
	const struct hl_urls_text *text, const struct hl_urls_root *by);

struct hl_urls_delta_ref {
	uint64_t from, bytes;
	uint8_t digest[HL_URLS_DIGEST];
};

struct hl_urls_manifest {
	uint8_t hotline[HL_URLS_HOTLINE];
	uint64_t consumer;
	uint64_t root; /* version of the root */
	uint64_t version;
	int64_t made, expires;
	uint32_t wait_s;
	uint32_t canon, tier;
	uint64_t epoch;
	uint32_t rows;
	uint8_t previous[HL_URLS_DIGEST];
	uint64_t list_bytes;
	uint8_t list_root[HL_URLS_DIGEST];
	uint32_t n_deltas;
	struct hl_urls_delta_ref delta[HL_URLS_DELTAS_MAX];
	uint64_t log_leaves;
	uint8_t log_head[HL_URLS_DIGEST];
};

int hl_urls_manifest_read(struct hl_str bytes, struct hl_urls_manifest *out,
	struct hl_urls_text *text, struct hl_err *err);
void hl_urls_manifest_put(
	const struct hl_urls_manifest *manifest, struct hl_buf *out);
#endif
