/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the library many things and prints what it answers, so that two
 * builds of it can be compared: hashes of drawn pictures of awkward sizes by
 * each kernel, and matches in a folder that is filled, changed and merged.
 */
#include <hotline/match.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_HASHES = 20000, N_QUERIES = 200, N_MATCHES = 8 };

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void check(int r, const struct hl_match_error *err)
{
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", hl_match_code_name(r), err->text);
		exit(1);
	}
}

static void put_hash(const uint8_t *bytes)
{
	struct hl_match_hash hash;
	char text[65];

	memcpy(hash.bytes, bytes, sizeof(hash.bytes));
	hl_match_hash_format(&hash, text);
	printf(" %s", text);
}

/* Blocks of different brightness, with some noise. */
static void draw(uint8_t *at, uint32_t width, uint32_t height, size_t each)
{
	uint64_t seed = 77;

	for (size_t i = 0; i < (size_t)width * height * each; i++) {
		size_t x = i / each % width * 7 / width;
		size_t y = i / each / width * 5 / height;

		at[i] = (uint8_t)(x * 31 + y * 17 + next(&seed) % 40);
	}
}

static void hash_one(const struct hl_match_picture *picture,
	const struct hl_match_pdq_options *options)
{
	struct hl_match_error err = {0};
	struct hl_match_pdq_result forms[8];
	struct hl_match_pdq *pdq;

	check(hl_match_pdq_new(picture->width, picture->height, picture->pixels,
		      options, &pdq, &err),
		&err);
	check(hl_match_pdq_rows(
		      pdq, picture->rows, picture->stride, picture->height),
		&err);
	check(hl_match_pdq_dihedral(pdq, forms), &err);
	hl_match_pdq_free(pdq);
	printf("%ux%u %d %d: %d", picture->width, picture->height,
		(int)picture->pixels, (int)options->path, forms[0].quality);
	for (int i = 0; i < 8; i++) {
		put_hash(forms[i].hash.bytes);
	}
	putchar('\n');
}

static void hash_pictures(void)
{
	static const uint32_t sides[][2] = {{1, 1}, {5, 5}, {64, 64}, {65, 63},
		{127, 129}, {640, 480}, {513, 1021}, {1500, 7}};
	uint8_t *pixels = malloc(4 * 1024 * 1024);

	for (size_t i = 0; pixels && i < sizeof(sides) / sizeof(*sides); i++) {
		for (int form = HL_MATCH_GREY8; form <= HL_MATCH_RGBA32;
			form++) {
			uint32_t each = form == HL_MATCH_GREY8    ? 1
					: form == HL_MATCH_RGBA32 ? 4
								  : 3;
			struct hl_match_picture picture = {.rows = pixels,
				.stride = (size_t)sides[i][0] * each,
				.width = sides[i][0],
				.height = sides[i][1],
				.pixels = (enum hl_match_pixels)form};
			struct hl_match_pdq_options options = {
				.size_of = sizeof(options)};

			draw(pixels, sides[i][0], sides[i][1], each);
			for (int k = 0; k <= HL_MATCH_KERNEL_NEON; k++) {
				options.kernel = (enum hl_match_kernel)k;
				if (k == 0 || hl_match_kernel_usable(
						      options.kernel)) {
					hash_one(&picture, &options);
				}
			}
			options.kernel = HL_MATCH_KERNEL_AUTO;
			options.path = HL_MATCH_CLI512;
			hash_one(&picture, &options);
		}
	}
	free(pixels);
}

static void entry_of(uint64_t i, struct hl_match_entry *entry)
{
	uint64_t seed = i / 4 * 2654435761u + 1;

	memset(entry, 0, sizeof(*entry));
	entry->list = 1 + (uint32_t)(i % 3);
	entry->id = i;
	entry->kind = HL_MATCH_PDQ;
	for (size_t k = 0; k < sizeof(entry->hash); k++) {
		entry->hash[k] = (uint8_t)(next(&seed) >> 24);
	}
	/* Four near each other: 0, 8, 16 and 24 bits away. */
	for (uint64_t k = 0; k < i % 4; k++) {
		entry->hash[5 * k] ^= 0xff;
	}
}

static void fill(struct hl_match_index *index)
{
	struct hl_match_error err = {0};
	struct hl_match_entry entry;

	for (uint32_t id = 1; id <= 3; id++) {
		struct hl_match_list list = {.size_of = sizeof(list),
			.id = id,
			.flags = id == 3 ? HL_MATCH_LIST_NEGATIVE : 0};

		check(hl_match_list_put(index, &list, &err), &err);
	}
	for (uint64_t i = 0; i < N_HASHES; i++) {
		entry_of(i, &entry);
		check(hl_match_index_put(index, &entry, &err), &err);
		if (i % 7 == 6) {
			entry_of(i - 3, &entry);
			check(hl_match_index_remove(
				      index, entry.list, entry.id, &err),
				&err);
		}
	}
	check(hl_match_index_commit(index, 1, 0, &err), &err);
}

static void ask(struct hl_match_index *index)
{
	struct hl_match_error err = {0};
	struct hl_match_found found[N_MATCHES];
	struct hl_match_reader *reader;
	struct hl_match_entry entry;

	check(hl_match_reader_new(index, &reader, &err), &err);
	for (uint64_t i = 0; i < N_QUERIES; i++) {
		struct hl_match_answer answer = {
			.matches = found, .n_max = N_MATCHES};

		entry_of(i * 101, &entry);
		check(hl_match_reader_query(
			      reader, entry.hash, NULL, &answer, &err),
			&err);
		printf("query %d: %d %d %d", (int)i, (int)answer.n_found,
			answer.truncated, answer.cleared);
		for (size_t k = 0; k < answer.n; k++) {
			printf(" %u/%u/%u", found[k].list,
				(unsigned)found[k].id, found[k].distance);
		}
		putchar('\n');
	}
	hl_match_reader_free(reader);
}

int main(int argc, char **argv)
{
	struct hl_match_index_options options = {.size_of = sizeof(options),
		.flags = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE};
	struct hl_match_error err = {0};
	struct hl_match_index *index;

	hash_pictures();
	check(argc == 2 ? hl_match_index_open(argv[1], &options, &index, &err)
			: HL_MATCH_E_ARG,
		&err);
	fill(index);
	ask(index);
	check(hl_match_index_compact(index, &err), &err);
	ask(index);
	hl_match_index_close(index);
	return 0;
}
