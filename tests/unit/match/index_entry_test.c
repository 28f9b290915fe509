/* SPDX-License-Identifier: Apache-2.0 */
/* The writer sees of an entry what a reader that walks all of it sees. */
#include "folder.h"

enum { IDS = 40, STEPS = 4000 };

static char folder[PATH_BYTES];

static struct hl_match_index *open_it(uint32_t flags)
{
	struct hl_match_index_options options = {
		.size_of = sizeof(options), .flags = flags};
	struct hl_match_index *index = NULL;

	assert_int_equal(
		hl_match_index_open(folder, &options, &index, NULL), 0);
	return index;
}

static uint32_t random_of(uint32_t *state, uint32_t n)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % n;
}

static void put(struct hl_match_index *index, uint32_t *state)
{
	char payload[16];
	struct hl_match_entry entry = {.list = 1 + random_of(state, 2),
		.part = random_of(state, 5),
		.id = random_of(state, IDS),
		.kind = (uint16_t)(1 + random_of(state, 4)),
		.label = (uint16_t)random_of(state, 3)};

	entry.hash[0] = (uint8_t)(1 + random_of(state, 255));
	entry.payload_bytes = (uint32_t)snprintf(
		payload, sizeof(payload), "%u", random_of(state, 1000));
	entry.payload = payload;
	assert_int_equal(hl_match_index_put(index, &entry, NULL), 0);
}

/* Both walks, side by side. */
static void compare(struct hl_match_index *index)
{
	struct hl_match_reader *reader;
	struct hl_match_entry want = {.list = 0};
	uint8_t payload[HL_MATCH_PAYLOAD_MAX];

	assert_int_equal(hl_match_reader_new(index, &reader, NULL), 0);
	int rc = hl_match_reader_next(reader, &want);
	for (uint32_t list = 1; list <= 2; list++) {
		for (uint64_t id = 0; id < IDS; id++) {
			struct hl_match_entry got = {.list = list, .id = id};

			while (hl_match_index_entry(index, &got, payload) ==
				0) {
				assert_int_equal(rc, 0);
				assert_int_equal(got.list, want.list);
				assert_int_equal(got.id, want.id);
				assert_int_equal(got.kind, want.kind);
				assert_int_equal(got.part, want.part);
				assert_int_equal(got.label, want.label);
				assert_memory_equal(got.hash, want.hash, 32);
				assert_int_equal(
					got.payload_bytes, want.payload_bytes);
				assert_memory_equal(got.payload, want.payload,
					got.payload_bytes);
				rc = hl_match_reader_next(reader, &want);
			}
		}
	}
	assert_int_equal(rc, HL_MATCH_NOTFOUND);
	hl_match_reader_free(reader);
}

static void as_a_reader_sees_it(void **state)
{
	struct hl_match_index *index =
		open_it(HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE);
	struct hl_match_list list = {.size_of = sizeof(list), .id = 1};
	uint32_t random = 7;

	(void)state;
	assert_int_equal(hl_match_list_put(index, &list, NULL), 0);
	list.id = 2;
	assert_int_equal(hl_match_list_put(index, &list, NULL), 0);
	for (uint64_t i = 1; i <= STEPS; i++) {
		if (random_of(&random, 12) == 0) {
			hl_match_index_remove(index, 1 + random_of(&random, 2),
				random_of(&random, IDS), NULL);
		} else {
			put(index, &random);
		}
		if (random_of(&random, 100) == 0) {
			assert_int_equal(
				hl_match_index_commit(index, i, 0, NULL), 0);
			compare(index);
		}
		if (random_of(&random, 400) == 0) {
			assert_int_equal(
				hl_match_index_commit(index, i, 0, NULL), 0);
			assert_true(hl_match_index_compact(index, NULL) >= 0);
			compare(index);
		}
	}
	compare(index);
	hl_match_index_close(index);
}

static void refuses_what_breaks_its_description(void **state)
{
	struct hl_match_index *index = open_it(0);
	struct hl_match_entry at = {.list = 1};
	uint8_t payload[HL_MATCH_PAYLOAD_MAX];

	(void)state;
	assert_int_equal(
		hl_match_index_entry(index, &at, payload), HL_MATCH_E_STATE);
	assert_int_equal(
		hl_match_index_entry(NULL, &at, payload), HL_MATCH_E_ARG);
	assert_int_equal(
		hl_match_index_entry(index, NULL, payload), HL_MATCH_E_ARG);
	assert_int_equal(
		hl_match_index_entry(index, &at, NULL), HL_MATCH_E_ARG);
	hl_match_index_close(index);
	index = open_it(HL_MATCH_OPEN_WRITE);
	at.list = 77;
	assert_int_equal(
		hl_match_index_entry(index, &at, payload), HL_MATCH_NOTFOUND);
	hl_match_index_close(index);
}

static int make_folder(void **state)
{
	(void)state;
	folder_make(folder);
	return 0;
}

static int drop_folder(void **state)
{
	(void)state;
	folder_remove(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_a_reader_sees_it),
		cmocka_unit_test(refuses_what_breaks_its_description),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
