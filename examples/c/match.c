/* SPDX-License-Identifier: Apache-2.0 */
/* Puts three hashes on a list, and asks which of them is near a fourth.
 *     cc match.c -o match $(pkg-config --cflags --libs hotline-match)
 *     ./match FOLDER */
#include <hotline/match.h>
#include <stdio.h>
#include <string.h>

static const char *known[3] = {
	"d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22",
	"0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
	"5555555555555555aaaaaaaaaaaaaaaa5555555555555555aaaaaaaaaaaaaaaa"};
/* The first again, with eight of its bits turned. */
static const char *asked =
	"d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9bdd";

int main(int argc, char **argv)
{
	struct hl_match_index_options options = {.size_of = sizeof(options),
		.flags = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE};
	struct hl_match_list list = {
		.size_of = sizeof(list), .id = 1, .name = "example"};
	struct hl_match_entry entry = {.list = 1, .kind = HL_MATCH_PDQ};
	struct hl_match_found found[10];
	struct hl_match_answer answer = {.matches = found, .n_max = 10};
	struct hl_match_index *index = NULL;
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err = {0};
	struct hl_match_hash hash;
	int r;

	if (argc != 2) {
		fputs("usage: match FOLDER\n", stderr);
		return 2;
	}
	r = hl_match_index_open(argv[1], &options, &index, &err);
	r = r ? r : hl_match_list_put(index, &list, &err);
	for (unsigned i = 0; r == 0 && i < 3; i++) {
		hl_match_hash_parse(known[i], 64, &hash);
		memcpy(entry.hash, hash.bytes, sizeof(hash.bytes));
		entry.id = 100 + i;
		r = hl_match_index_put(index, &entry, &err);
	}
	r = r ? r : hl_match_index_commit(index, 0, HL_MATCH_DURABLE, &err);
	r = r ? r : hl_match_reader_new(index, &reader, &err);
	hl_match_hash_parse(asked, 64, &hash);
	r = r ? r
	      : hl_match_reader_query(reader, hash.bytes, NULL, &answer, &err);
	for (size_t i = 0; r == 0 && i < answer.n; i++) {
		printf("list %s, entry %llu, distance %u\n", list.name,
			(unsigned long long)found[i].id, found[i].distance);
	}
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", hl_match_code_name(r), err.text);
	}
	hl_match_reader_free(reader);
	hl_match_index_close(index);
	return r < 0;
}
