/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking up what another process has committed. When the manifest was not
 * replaced the log's new tail is applied; else the state is loaded anew, with
 * the maps that are still in use.
 */
#include "match/change.h"
#include "match_rows/fault.h"

#include <stdlib.h>
#include <string.h>

static int follow_tail(struct hl_match_index *index, struct hl_match_error *err)
{
	int rc;

	index->quiet = true;
	rc = hl_match_replay(index, NULL, err);
	index->quiet = false;
	/* What was applied before a fault is a part of a commit: it stays
	 * unseen until the rest follows. */
	if (!rc) {
		hl_match_view_publish(index);
	}
	return rc;
}

static int follow_anew(struct hl_match_index *index, struct hl_match_error *err)
{
	struct hl_match_manifest m;
	int rc = hl_match_manifest_read(index->folder, &m, err);

	if (rc) {
		return rc;
	}
	if (memcmp(m.identity, index->identity, sizeof(m.identity)) != 0) {
		hl_match_manifest_fini(&m);
		return hl_match_fault(err, HL_MATCH_E_STATE,
			"another index stands there now: open it again");
	}
	rc = hl_match_load(index, &m, err);
	index->quiet = false;
	if (!rc) {
		hl_match_view_publish(index);
	}
	hl_match_manifest_fini(&m);
	return rc;
}

int hl_match_index_follow(
	struct hl_match_index *index, struct hl_match_error *err)
{
	struct hl_match_error why = {0};
	uint64_t generation = 0;
	int rc = 0;

	if (!index || index->flags & HL_MATCH_OPEN_WRITE) {
		return hl_match_fault(
			err, HL_MATCH_E_STATE, "it is open to write");
	}
	pthread_mutex_lock(&index->lock);
	for (int tries = 0; tries < 20; tries++) {
		if (hl_match_manifest_generation(index->folder, &generation)) {
			rc = hl_match_fault_io(&why, "manifest", "read");
			break;
		}
		rc = generation == index->generation && !index->broken
			     ? follow_tail(index, &why)
			     : follow_anew(index, &why);
		index->broken = rc < 0;
		/* A fault because files were exchanged meanwhile is none. */
		if (rc >= 0) {
			break;
		}
	}
	hl_match_view_reclaim(index);
	pthread_mutex_unlock(&index->lock);
	return hl_match_told(err, &why, rc);
}
