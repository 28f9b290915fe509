/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_MERGE_H
#define HL_MATCH_MERGE_H

/* Several sources of rows as one, in the order of keys. */
#include "match/change.h"
#include "match_file/build.h"

struct hl_match_sources {
	struct hl_match_segment **segment;
	size_t n_segments;
	struct hl_match_table **table;
	size_t n_tables;
	/* Sorted rows of a bulk load, each key once; or NULL. */
	const struct hl_match_row *(*bulk_row)(const struct hl_match_bulk *bulk,
		unsigned kind, size_t at, struct hl_match_row *out);
	const struct hl_match_bulk *bulk;
};

/* Adds the rows that were alive after `change`. 0 or no memory. */
int hl_match_merge(const struct hl_match_sources *from, uint64_t change,
	struct hl_match_build *build);

/* Deaths in the sources after `change`, as deaths in the new segment. 0 or no
 * memory, then with nothing done. */
int hl_match_merge_deaths(const struct hl_match_sources *from, uint64_t change,
	struct hl_match_segment *to);

/* Under `maintaining` and the lock: the sources' rows become one segment, or
 * none; the lock is given back while the file is written. */
int hl_match_turn(struct hl_match_index *index,
	const struct hl_match_sources *from,
	const struct hl_match_frozen *state, struct hl_match_error *err);

#endif
