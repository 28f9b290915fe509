/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_FOLDER_H
#define HL_TEST_FOLDER_H

/* Folders for indexes, entries made of a seed, and how they are put. */
#include "hotline/match.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { PATH_BYTES = 512 };

void folder_make(char path[PATH_BYTES]);
void folder_empty(const char *path);
void folder_remove(const char *path);
/* splitmix64 */
uint64_t draw(uint64_t *seed);
uint32_t below(uint64_t *seed, uint32_t n);
void draw_hash(uint64_t *seed, uint8_t hash[32]);
/* Flips exactly n bits. */
void flip(uint64_t *seed, uint8_t hash[32], unsigned n);
struct hl_match_index *index_open(const char *path, uint32_t flags);
void good(int rc, const struct hl_match_error *err);
void list_add(struct hl_match_index *index, uint32_t id, uint32_t flags);
struct hl_match_entry entry_of(
	uint32_t list, uint64_t id, const uint8_t hash[32]);
void entry_add(
	struct hl_match_index *index, const struct hl_match_entry *entry);
void commit_now(
	struct hl_match_index *index, uint64_t position, uint32_t flags);
void maintain_all(struct hl_match_index *index);

#endif
