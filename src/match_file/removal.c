/* SPDX-License-Identifier: Apache-2.0 */
/* The file of the dead rows of a segment: read and written whole. */
#include "match_file/segment.h"
#include "match_rows/bytes.h"
#include "match_rows/fault.h"

#include <stdlib.h>
#include <string.h>

enum { REMOVAL_HEAD = 40 };

static size_t words_of(const struct hl_match_segment *segment, unsigned kind)
{
	return ((size_t)segment->map->rows[kind].n + 63) / 64;
}

static size_t removal_bytes(const struct hl_match_segment *segment)
{
	size_t n = REMOVAL_HEAD + 8;

	for (unsigned i = 0; i < HL_MATCH_KINDS; i++) {
		n += 8 + 8 * words_of(segment, i);
	}
	return n;
}

int hl_match_removal_write(const struct hl_match_segment *segment, int folder,
	const uint8_t identity[16], uint64_t change,
	struct hl_match_removed *file, struct hl_match_error *err)
{
	size_t n = removal_bytes(segment), at = REMOVAL_HEAD;
	uint64_t *words = calloc(n / 8, 8);
	uint8_t *p = (uint8_t *)words;
	const uint32_t head[2] = {1, segment->map->number};
	char name[HL_MATCH_NAME_BYTES];
	uint64_t size = n;
	int rc;

	if (!words) {
		return hl_match_fault_memory(err);
	}
	memcpy(p, "HLMREM1\n", 8);
	memcpy(p + 8, head, 8);
	memcpy(p + 16, identity, 16);
	memcpy(p + 32, &size, 8);
	file->n_dead = 0;
	for (unsigned i = 0; i < HL_MATCH_KINDS; i++) {
		words[at / 8] = segment->map->rows[i].n;
		file->n_dead += hl_match_deaths_write(
			&segment->dead[i], change, words + at / 8 + 1);
		at += 8 + 8 * words_of(segment, i);
	}
	file->check = words[at / 8] = hl_match_check(p, at, 0);
	hl_match_file_name(name, "rem", file->number);
	rc = hl_match_file_write(folder, name, p, n, err);
	free(words);
	return rc;
}

static int removal_take(struct hl_match_segment *segment, const uint8_t *p,
	const char *name, struct hl_match_error *err)
{
	size_t at = REMOVAL_HEAD;

	for (unsigned i = 0; i < HL_MATCH_KINDS; i++) {
		size_t n = words_of(segment, i);
		uint64_t *old = n ? malloc(8 * n) : NULL;

		if (hl_match_get64(p + at) != segment->map->rows[i].n) {
			free(old);
			return hl_match_fault_at(err, name, at, "rows");
		}
		if (n > 0 && !old) {
			return hl_match_fault_memory(err);
		}
		if (n > 0) {
			memcpy(old, p + at + 8, 8 * n);
			hl_match_deaths_load(&segment->dead[i], old);
		}
		at += 8 + 8 * n;
	}
	return 0;
}

int hl_match_removal_read(struct hl_match_segment *segment, int folder,
	const uint8_t identity[16], uint32_t number, uint64_t check,
	struct hl_match_error *err)
{
	size_t wanted = removal_bytes(segment), n = 0;
	char name[HL_MATCH_NAME_BYTES];
	uint8_t *p = NULL;
	int rc;

	hl_match_file_name(name, "rem", number);
	rc = hl_match_file_read(folder, name, wanted, &p, &n, err);
	if (rc) {
		return rc;
	}
	if (n != wanted || memcmp(p, "HLMREM1\n", 8) != 0) {
		rc = hl_match_fault_at(err, name, 0, "not its removal file");
	} else if (hl_match_check(p, n - 8, 0) != check ||
		   hl_match_get64(p + n - 8) != check) {
		rc = hl_match_fault_at(err, name, n - 8, "check");
	} else if (hl_match_get32(p + 8) != 1) {
		rc = hl_match_fault(err, HL_MATCH_E_VERSION,
			"%s: made by a newer version", name);
	} else if (hl_match_get32(p + 12) != segment->map->number ||
		   memcmp(p + 16, identity, 16) != 0) {
		rc = hl_match_fault_at(err, name, 12, "of another segment");
	} else {
		rc = removal_take(segment, p, name, err);
	}
	free(p);
	if (!rc) {
		segment->removal = (struct hl_match_removed){
			number, check, hl_match_segment_dead(segment)};
	}
	return rc;
}
