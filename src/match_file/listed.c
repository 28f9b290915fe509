/* SPDX-License-Identifier: Apache-2.0 */
/* A segment as the manifest lists it, with its removal file. */
#include "match_file/manifest.h"
#include "match_rows/fault.h"

static int open_map(const struct hl_match_opening *how,
	const struct hl_match_listed *listed, struct hl_match_map **out,
	struct hl_match_error *err)
{
	char name[HL_MATCH_NAME_BYTES];
	int rc = hl_match_map_open(how->folder, listed->number, how->identity,
		how->populate, out, err);

	hl_match_file_name(name, "seg", listed->number);
	if (rc) {
		return rc == HL_MATCH_NOTFOUND
			       ? hl_match_fault_at(err, name, 0, "missing")
			       : rc;
	}
	if ((*out)->check != listed->check || (*out)->bytes != listed->bytes) {
		rc = hl_match_fault_at(err, name, 0, "not the one listed");
	} else if (how->verify) {
		rc = hl_match_map_verify(*out, true, err);
	}
	if (rc) {
		hl_match_map_unref(*out);
	}
	return rc;
}

static int read_removal(const struct hl_match_opening *how,
	const struct hl_match_listed *listed, struct hl_match_segment *segment,
	struct hl_match_error *err)
{
	char name[HL_MATCH_NAME_BYTES];
	int rc = hl_match_removal_read(segment, how->folder, how->identity,
		listed->removal, listed->removal_check, err);

	hl_match_file_name(name, "rem", listed->removal);
	return rc == HL_MATCH_NOTFOUND
		       ? hl_match_fault_at(err, name, 0, "missing")
		       : rc;
}

int hl_match_listed_open(const struct hl_match_opening *how,
	const struct hl_match_listed *listed, struct hl_match_map *there,
	struct hl_match_segment **out, struct hl_match_error *err)
{
	struct hl_match_map *map = there;
	int rc = 0;

	if (there) {
		there->refs++;
	} else {
		rc = open_map(how, listed, &map, err);
	}
	if (rc) {
		return rc;
	}
	if (hl_match_segment_new(map, out)) {
		return hl_match_fault_memory(err);
	}
	rc = listed->removal ? read_removal(how, listed, *out, err) : 0;
	if (rc) {
		hl_match_segment_unref(*out);
		*out = NULL;
	}
	return rc;
}
