/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_FILE_FILE_H
#define HL_MATCH_FILE_FILE_H

/* Files of a folder: names, whole ones, and large ones checked by blocks. */
#include "hotline/match.h"

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HL_MATCH_NAME_BYTES = 24, /* with the NUL */
	HL_MATCH_BLOCK = 65536,
	HL_MATCH_HEAD = 4096,
	/* Files are written in pieces of a huge page, at multiples of it: then
	 * the system keeps them in huge pages, if it can. */
	HL_MATCH_PIECE = 2 << 20
};

void hl_match_file_name(
	char out[HL_MATCH_NAME_BYTES], const char *kind, uint32_t number);
/* The number of a name of that kind; false: of another form. */
bool hl_match_file_number(const char *name, const char *kind, uint32_t *out);

/* HL_MATCH_NOTFOUND: no such file. Bytes are the caller's to free. */
int hl_match_file_read(int folder, const char *name, uint64_t most,
	uint8_t **out, size_t *n, struct hl_match_error *err);
/* All of the n bytes to a place of an open file; 0, or -1 with errno. */
int hl_match_file_put(int fd, const uint8_t *p, size_t n, uint64_t at);
/* A new file with these bytes, on the disk when it returns. */
int hl_match_file_write(int folder, const char *name, const void *bytes,
	size_t n, struct hl_match_error *err);
/* HL_MATCH_NOTFOUND: no such folder. */
int hl_match_folder_open(
	const char *path, int *folder, struct hl_match_error *err);
int hl_match_folder_sync(int folder, struct hl_match_error *err);
/* Its own name, in the folder above. */
int hl_match_folder_sync_name(int folder, struct hl_match_error *err);
/* To read its names from the first on; NULL with errno. The caller closes
 * it. */
DIR *hl_match_folder_names(int folder);

/* A large file being written from HL_MATCH_HEAD on. After a fault every call
 * does nothing; _finish() tells it. */
struct hl_match_out {
	char name[HL_MATCH_NAME_BYTES];
	int folder;
	int fd;
	int code;
	struct hl_match_error err;
	uint64_t at; /* of the piece in the file */
	uint8_t *piece;
	size_t n;
	uint64_t *checks;
	size_t n_checks, room;
};
static inline uint64_t hl_match_out_at(const struct hl_match_out *out)
{
	return out->at + out->n;
}
int hl_match_out_open(struct hl_match_out *out, int folder, const char *name,
	struct hl_match_error *err);
void hl_match_out_put(struct hl_match_out *out, const void *p, size_t n);
/* Zeros to the next multiple of 64, and `more` before that. */
void hl_match_out_pad(struct hl_match_out *out, size_t more);
/* Writes the table of checks, then the head with the places that are told
 * here, then syncs. The file is gone if it fails. */
int hl_match_out_finish(struct hl_match_out *out, uint8_t head[HL_MATCH_HEAD],
	struct hl_match_error *err);
/* Gives up. */
void hl_match_out_drop(struct hl_match_out *out);

#endif
