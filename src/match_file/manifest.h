/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_FILE_MANIFEST_H
#define HL_MATCH_FILE_MANIFEST_H

/* The manifest in memory, read and written whole. */
#include "match_file/segment.h"
#include "match_rows/catalog.h"
#include "match_rows/table.h"

enum { HL_MATCH_MANIFEST_MAX = 1 << 30 };

struct hl_match_listed {
	uint32_t number;
	uint32_t removal;
	uint64_t bytes;
	uint64_t check;
	uint64_t removal_check;
};

/* How to open what is listed. */
struct hl_match_opening {
	int folder;
	const uint8_t *identity;
	bool populate; /* the pages are read in */
	bool verify;   /* all blocks are compared with their checks */
};
/* HL_MATCH_E_CORRUPT if the files are missing or not those. `there`, or NULL,
 * is a map of it that is open already: one more reference is taken. */
int hl_match_listed_open(const struct hl_match_opening *how,
	const struct hl_match_listed *listed, struct hl_match_map *there,
	struct hl_match_segment **out, struct hl_match_error *err);

struct hl_match_manifest {
	uint64_t generation;
	uint8_t identity[16];
	uint64_t position;
	uint32_t log_number;
	uint32_t next_number;
	uint64_t log_offset;
	uint64_t synced_offset;
	uint32_t synced_number;
	uint8_t order[256];
	struct hl_match_catalog *catalog;
	struct hl_match_counts *counts; /* a list each */
	struct hl_match_listed *segment;
	size_t n_segments;
};

/* HL_MATCH_NOTFOUND: there is none. */
int hl_match_manifest_read(
	int folder, struct hl_match_manifest *out, struct hl_match_error *err);
/* In place of the old one, and on the disk, when it returns 0. */
int hl_match_manifest_write(int folder, const struct hl_match_manifest *m,
	struct hl_match_error *err);
void hl_match_manifest_fini(struct hl_match_manifest *m);
/* Opens it and reads no more than the generation. */
int hl_match_manifest_generation(int folder, uint64_t *out);

#endif
