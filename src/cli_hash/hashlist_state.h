/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_HASH_HASHLIST_STATE_H
#define HL_CLI_HASH_HASHLIST_STATE_H

#include "cli_hash/hashlist.h"

/*
 * How far an import has come, in FOLDER/import-LIST.json. The index keeps a
 * position with each commit; the file has the states of the last commit and
 * of the one that is about to be made, each under its position. So whichever
 * of the two the index has after a crash, its state is there. A position is
 * of one commit only: were they counted, the next commit to another list
 * would have that of the one that was not made.
 */
#define HL_CLI_HASHLIST_POSITION (UINT64_C(1) << 63)
uint64_t hl_cli_hashlist_position_new(void);

struct hl_cli_hashlist_state {
	const char *folder;
	uint32_t list;
	/* What must not have changed when it goes on. */
	uint64_t size;
	int64_t mtime_us;
	enum hl_hashlist_format format;
	unsigned kind;
	bool replace;
	struct hl_buf last, next; /* states as JSON */
};

/* From the file that is open; format must be known. */
int hl_cli_hashlist_state_init(struct hl_cli_hashlist_state *state,
	const struct hl_cli_hashlist_file *file, struct hl_err *err);
void hl_cli_hashlist_state_fini(struct hl_cli_hashlist_state *state);
/* Temporary files that killed imports left in the folder go. The caller has
 * the index open to write, so nobody else imports to it. */
void hl_cli_hashlist_state_clean(const char *folder);
/* Before a commit under this position. */
int hl_cli_hashlist_state_save(struct hl_cli_hashlist_state *state,
	uint64_t position, const struct hl_hashlist_reader *reader,
	const struct hl_apply_counts *counts, uint64_t report_bytes,
	struct hl_err *err);
/* HL_NOTFOUND: there is no state for this position: begin anew. HL_E_INVALID:
 * it is of another file or another way to import it. */
int hl_cli_hashlist_state_load(struct hl_cli_hashlist_state *state,
	uint64_t position, struct hl_buf *reader,
	struct hl_apply_counts *counts, uint64_t *report_bytes,
	struct hl_err *err);
/* The import is done. */
void hl_cli_hashlist_state_drop(const struct hl_cli_hashlist_state *state);
/* Commits a change of the list that is no import, onto the disk: an import
 * that was stopped does not go on over it. */
int hl_cli_hashlist_state_over(const char *folder, struct hl_match_index *index,
	uint32_t list, struct hl_err *err);

#endif
