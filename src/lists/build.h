/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_BUILD_H
#define HL_LISTS_BUILD_H

#include "lists/set.h"
#include "urls_file/make.h"
#include "urls_file/manifest.h"
#include "urls_oprf/oprf.h"

/* A consumer's list file and deltas in the folder: rows that did not change
 * are taken over from the version before, as they are sealed there. */

/* What its rows of one epoch are made with, kept from build to build: 150 µs
 * a host to make. */
struct hl_lists_host {
	uint8_t host_c[HL_LISTS_HOST_BYTES];
	uint8_t n[HL_URLS_ELEMENT];
	struct hl_urls_keys keys;
};
struct hl_lists_plant {
	uint64_t consumer, epoch;
	int tier;
	struct hl_oprf_scalar k;
	struct hl_seal_list_keys keys;
	struct hl_lists_host *hosts; /* ascending by host_c */
	size_t n_hosts;
};
/* HL_E_NOMEM, HL_E_CRYPTO. */
int hl_lists_plant_new(const struct hl_seal_key *seed, uint64_t consumer,
	uint64_t epoch, int tier, struct hl_lists_plant **out,
	struct hl_err *err);
void hl_lists_plant_free(struct hl_lists_plant *p);
/* The consumer's key of an epoch alone. */
int hl_lists_key(const struct hl_seal_key *seed, uint64_t consumer,
	uint64_t epoch, struct hl_oprf_scalar *out, struct hl_err *err);

struct hl_lists_job {
	const char *folder;
	const uint8_t *hotline; /* 16 bytes */
	struct hl_lists_plant *plant;
	const struct hl_lists_entry **entries; /* sorted in place */
	size_t n;
	uint64_t version, before; /* before: 0 none of this epoch */
	bool anyway;              /* also when nothing has changed */
};
struct hl_lists_built {
	bool changed; /* else nothing was written */
	uint32_t n_rows;
	uint64_t bytes;
	uint8_t root[HL_URLS_DIGEST];
	size_t n_kept; /* rows taken over */
	uint32_t n_deltas;
	struct hl_urls_delta_ref delta[HL_URLS_DELTAS_MAX];
};
int hl_lists_build(const struct hl_lists_job *job, struct hl_lists_built *out,
	struct hl_err *err);

/* What is kept beside a list for its audit: for each row, in order, N and the
 * place of a leaf. */
struct hl_lists_proof_row {
	uint8_t n[HL_URLS_ELEMENT];
	uint32_t leaf, zero;
};

/* Names in the folder. */
enum hl_lists_file {
	HL_LISTS_LIST,
	HL_LISTS_ROWS,
	HL_LISTS_BUNDLE,
	HL_LISTS_DELTA
};
#define HL_LISTS_PATH 4096
int hl_lists_path(const char *folder, enum hl_lists_file kind,
	uint64_t consumer, uint64_t version, uint64_t from,
	char out[HL_LISTS_PATH], struct hl_err *err);
/* Removes files of the consumer that are of versions before `oldest`, and
 * deltas that lead to versions before `before`. */
void hl_lists_tidy(const char *folder, uint64_t consumer, uint64_t oldest,
	uint64_t before);
/* Removes the files of a version that did not go out. */
void hl_lists_drop(const char *folder, uint64_t consumer, uint64_t version);
/* Versions whose list file is in the folder, ascending, the newest 16 at most
 * below `below`. */
size_t hl_lists_there(const char *folder, uint64_t consumer, uint64_t below,
	uint64_t out[HL_URLS_DELTAS_MAX]);

/* A file that is mapped to be read; HL_NOTFOUND. */
struct hl_lists_map {
	void *p;
	size_t n;
};
int hl_lists_map(
	const char *path, struct hl_lists_map *out, struct hl_err *err);
void hl_lists_unmap(struct hl_lists_map *map);

#endif
