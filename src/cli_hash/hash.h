/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_HASH_HASH_H
#define HL_CLI_HASH_HASH_H

#include "base/buf.h"
#include "media/pool.h"

/* The parts of `hotline hash`. */

struct hl_cli_hash {
	bool json;
	bool quiet;
	bool recursive;
	const char *files_from; /* NULL: none */
	struct hl_media_options options;
	struct hl_media_setup setup;
};

/* How it ended. */
struct hl_cli_hash_tally {
	uint64_t n_files;
	uint64_t n_hashed;
	uint64_t n_failed;      /* the exit status tells of these */
	uint64_t n_unavailable; /* among them, for want of a decoder */
};

/* As whom decoders run when we are root; NULL: as who we are. */
const char *hl_cli_hash_user(void);

/* Of a path that names what is no file, with what it is. */
#define HL_CLI_HASH_NO_FILE "is %s, no file; name \"-\" for standard input"

/*
 * Opens a file to be hashed. -1: it is not there, cannot be read, or is no
 * regular file; errno and the status and text of *out say which. Waits for
 * nobody.
 */
int hl_cli_hash_open(const char *path, struct hl_media_result *out);

/* Appends the lines of one file. */
void hl_cli_hash_put(struct hl_buf *out, const struct hl_cli_hash *how,
	struct hl_str path, const struct hl_media_result *result);

/* Appends the path so that it breaks no line and no terminal. */
void hl_cli_hash_put_path(struct hl_buf *out, struct hl_str path);

/*
 * Hashes the paths in their order, and those that how->files_from lists
 * behind them, on all workers of the pool; prints as it goes. A fault: memory
 * or output failed.
 */
int hl_cli_hash_run(const struct hl_cli_hash *how, struct hl_media_pool *pool,
	char *const *paths, struct hl_cli_hash_tally *tally,
	struct hl_err *err);

#endif
