/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: match_index FOLDER N
 *
 * Makes a match service's folder with an index of N entries in one list,
 * position N, as bench/service.py wants it: the PDQ hash of entry i is four
 * times splitmix64 of 4 i, big end first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hotline/match.h"
#include "lookup/shelf.h"

static const struct hl_lookup_name name = {
	.registry = "be0cbe0cbe0cbe0cbe0cbe0cbe0cbe0c", .number = 1};

static uint64_t splitmix64(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static void hash_of(uint64_t i, uint8_t out[32])
{
	for (size_t w = 0; w < 4; w++) {
		uint64_t x = splitmix64(4 * i + w);

		for (size_t b = 0; b < 8; b++) {
			out[w * 8 + b] = (uint8_t)(x >> (56 - 8 * b));
		}
	}
}

static int fill(
	struct hl_match_index *index, uint64_t n, struct hl_match_error *err)
{
	static const char about[] =
		"\"label\":\"\",\"about\":{\"ref\":\"H-7K3Q-X9M2-C\","
		"\"state\":\"approved\",\"outcome\":\"illegal_baseline\","
		"\"origin\":\"partner\",\"confirmations\":0,"
		"\"deconfirmations\":0}";
	const struct hl_match_list list = {.size_of = sizeof(list),
		.id = 1,
		.name = "Bench",
		.owner = "Example",
		.version = 1};
	int r = hl_match_list_put(index, &list, err);

	for (uint64_t i = 1; !r && i <= n; i++) {
		struct hl_match_entry e = {.list = 1,
			.id = i,
			.kind = HL_MATCH_PDQ,
			.payload = about,
			.payload_bytes = sizeof(about) - 1};

		hash_of(i, e.hash);
		r = hl_match_index_put(index, &e, err);
	}
	return r ? r : hl_match_index_commit(index, n, 0, err);
}

int main(int argc, char **argv)
{
	const struct hl_match_index_options options = {
		.size_of = sizeof(options),
		.flags = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE |
			 HL_MATCH_OPEN_BULK};
	struct hl_match_index *index = NULL;
	struct hl_match_error err = {0};
	char path[HL_LOOKUP_PATH_MAX];

	if (argc != 3 || hl_lookup_name_path(argv[1], &name, path, NULL)) {
		return 2;
	}
	int r = hl_match_index_open(path, &options, &index, &err);
	if (!r) {
		r = fill(index, strtoull(argv[2], NULL, 10), &err);
	}
	hl_match_index_close(index);
	if (!r) {
		r = hl_lookup_name_write(
			argv[1], HL_LOOKUP_CURRENT, &name, NULL);
	}
	if (r) {
		fprintf(stderr, "match_index: %d %s\n", r, err.text);
	}
	return r ? 1 : 0;
}
