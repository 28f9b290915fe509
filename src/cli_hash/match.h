/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_HASH_MATCH_H
#define HL_CLI_HASH_MATCH_H

#include "cli_hash/hashlist.h"
#include "media/pool.h"

/* `hotline match`: look-ups and where they come from. */
enum { HL_MATCH_FORMS = 8, HL_MATCH_SHOWN_MAX = 1000 };

struct hl_look {
	struct hl_match_index *index;
	struct hl_match_reader *reader;
	struct hl_arena *arena;
	struct hl_match_found *found; /* room for max */
	size_t max;
	int32_t radius;
	uint32_t *lists;
	size_t n_lists;
	unsigned kind; /* of hashes that say none */
	int quality_min;
	bool json, dihedral;
	struct hl_media_pool *pool; /* made for the first file */
	/* What came of it. */
	uint64_t n_inputs, n_matched, n_failed;
	bool matched; /* the input that is being looked up */
	bool shown;   /* there is a line on it */
};

/* One hash of an input. */
struct hl_look_hash {
	struct hl_str input; /* as typed, or the file's path */
	unsigned kind;
	int quality;      /* -1: not known */
	int64_t frame;    /* -1: none */
	const char *form; /* of a picture turned or mirrored; NULL */
	uint8_t bytes[32];
};

/* Looks up and prints what was found. Faults of the index. */
int hl_look_up(struct hl_look *look, const struct hl_look_hash *hash,
	struct hl_err *err);
/* An input is over: says so if nothing of it matched. */
void hl_look_end(struct hl_look *look, struct hl_str input);
/* An input that could not be read; counted, and said on standard error. */
void hl_look_failed(struct hl_look *look, struct hl_str input, const char *why);

/* An argument: a hash, or else a file. */
int hl_look_argument(
	struct hl_look *look, const char *text, struct hl_err *err);
/* Lines of standard input: hashes, or what `hotline hash` prints. */
int hl_look_lines(struct hl_look *look, struct hl_err *err);

#endif
