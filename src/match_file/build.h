/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_FILE_BUILD_H
#define HL_MATCH_FILE_BUILD_H

/* Makes a segment's file from rows that come in the order of their keys. */
#include "match_file/segment.h"

struct hl_match_payload {
	const uint8_t *p;
	uint32_t n;
};

struct hl_match_gathered {
	uint16_t kind;
	uint32_t width;
	size_t n, room;
	uint8_t *hash;
	uint64_t *id;
	struct hl_match_run *run;
	size_t n_runs, room_runs;
	/* NULL while all are zero. */
	uint32_t *part;
	uint16_t *label;
	struct hl_match_payload *payload;
};

struct hl_match_build {
	struct hl_match_gathered kind[HL_MATCH_KINDS];
};

void hl_match_build_init(struct hl_match_build *build);
void hl_match_build_fini(struct hl_match_build *build);
/* Payloads are borrowed until the file is written. false: no memory, or too
 * many rows. */
bool hl_match_build_add(
	struct hl_match_build *build, const struct hl_match_row *row);
uint64_t hl_match_build_rows(const struct hl_match_build *build);
int hl_match_build_write(const struct hl_match_build *build, int folder,
	uint32_t number, const uint8_t identity[16],
	struct hl_match_error *err);

/* The slots of PDQ hashes, or the directory of an exact kind. */
int hl_match_build_slots(const struct hl_match_gathered *rows,
	const struct hl_match_rows *layout, struct hl_match_out *out,
	struct hl_match_error *err);
int hl_match_build_directory(const struct hl_match_gathered *rows,
	const struct hl_match_rows *layout, struct hl_match_out *out,
	struct hl_match_error *err);

#endif
