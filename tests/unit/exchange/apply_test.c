/* SPDX-License-Identifier: Apache-2.0 */
/* Records in an index: numbers of ids, what a payload keeps, and what is not
 * put. */
#include "exchange/apply.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/hl-apply-XXXXXX";
static struct hl_match_index *the_index;
static struct hl_arena *arena;

static int open_index(void **state)
{
	struct hl_match_index_options options = {.size_of = sizeof(options),
		.flags = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE};
	struct hl_match_list list = {.size_of = sizeof(list), .id = 1};

	(void)state;
	arena = hl_arena_new((size_t)64 << 20, false);
	return arena && mkdtemp(folder) &&
			       hl_match_index_open(folder, &options, &the_index,
				       NULL) == 0 &&
			       hl_match_list_put(the_index, &list, NULL) == 0
		       ? 0
		       : -1;
}

static int remove_one(
	const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)st;
	(void)type;
	(void)place;
	return remove(path);
}

static int close_index(void **state)
{
	(void)state;
	hl_match_index_close(the_index);
	hl_arena_free(arena);
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void numbers_of_ids(void **state)
{
	static const struct {
		const char *id;
		uint64_t number;
	} rows[] = {
		{"0", 0},
		{"7", 7},
		{"9223372036854775807", INT64_MAX},
		/* The first bytes of SHA-256, with the top bit. */
		{"", UINT64_C(0xe3b0c44298fc1c14)},
		{"abc", UINT64_C(0xba7816bf8f01cfea)},
		{"a", UINT64_C(0xca978112ca1bbdca)},
		{"hello", UINT64_C(0xacf24dba5fb0a30e)},
	};
	static const char *const text[] = {"07", "-7", "+7", " 7", "7 ", "7a",
		"9223372036854775808", "18446744073709551616", "7.0", "00"};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		assert_int_equal(
			rows[i].number, hl_entry_id(hl_str_c(rows[i].id)));
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(text); i++) {
		assert_true(hl_entry_id(hl_str_c(text[i])) >> 63);
	}
}

static struct hl_hashlist_hash hash_of(unsigned kind, unsigned part, int fill)
{
	struct hl_hashlist_hash hash = {.kind = (uint16_t)kind,
		.part = part,
		.quality = -1,
		.at_ms = -1};

	memset(hash.bytes, fill, hl_hashlist_kind_bytes(kind));
	return hash;
}

static void parts_of_their_own(void **state)
{
	struct hl_hashlist_hash hashes[] = {hash_of(HL_MATCH_PDQ, 0, 2),
		hash_of(HL_MATCH_MD5, 3, 1), hash_of(HL_MATCH_PDQ, 0, 1),
		hash_of(HL_MATCH_PDQ, 0, 1), hash_of(HL_MATCH_PDQ, 1, 9)};
	struct hl_hashlist_record record = {
		.id = HL_STR("5"), .hashes = hashes, .n_hashes = 5};
	struct hl_entry e;

	(void)state;
	assert_int_equal(0, hl_entry_of(arena, &record, 1, 0, &e, NULL));
	assert_int_equal(4, e.n);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(HL_MATCH_PDQ, e.hashes[i].kind);
		assert_int_equal(i, e.hashes[i].part);
		assert_int_equal(0, e.hashes[i].payload_bytes);
	}
	assert_int_equal(3, e.hashes[3].part);
}

static void a_payload_has_4096_bytes(void **state)
{
	static char many[5000];
	struct hl_hashlist_hash hash = hash_of(HL_MATCH_MD5, 0, 1);
	struct hl_hashlist_other other = {HL_STR("x"), hl_str_mem(many, 4990)};
	struct hl_hashlist_record record = {.id = HL_STR("a/b"),
		.tags = HL_STR("tag"),
		.known = 3,
		.set = 1,
		.hashes = &hash,
		.n_hashes = 1,
		.others = &other,
		.n_others = 1};
	struct hl_hashlist_record back;
	struct hl_entry e;

	(void)state;
	memset(many, 'z', sizeof(many));
	assert_int_equal(0, hl_entry_of(arena, &record, 1, 0, &e, NULL));
	assert_int_equal(1, e.n_cut);
	assert_int_equal(
		0, hl_entry_record(arena, &e, HL_STR_NONE, &back, NULL));
	assert_int_equal(0, back.n_others);
	assert_true(hl_str_eq(back.tags, HL_STR("tag")));
	record.tags = hl_str_mem(many, 4990);
	assert_int_equal(0, hl_entry_of(arena, &record, 1, 0, &e, NULL));
	record.series = record.tags;
	assert_int_equal(0, hl_entry_of(arena, &record, 1, 0, &e, NULL));
	assert_int_equal(
		0, hl_entry_record(arena, &e, HL_STR_NONE, &back, NULL));
	assert_true(hl_str_eq(back.id, record.id));
	assert_int_equal(1, back.set);
	assert_true(e.n_cut > 0 && !back.series.p && !back.tags.p);
}

static void apply_one(struct hl_apply *apply, const char *id, int fill)
{
	struct hl_hashlist_hash hash = hash_of(HL_MATCH_MD5, 0, fill);
	struct hl_hashlist_record record = {
		.id = hl_str_c(id), .hashes = &hash, .n_hashes = 1};

	assert_int_equal(0, hl_apply_record(apply, &record, NULL));
}

/* Two texts of one number cannot be made here: one is put by hand. */
static void collisions_are_noticed(void **state)
{
	struct hl_match_entry other = {.list = 1,
		.id = hl_entry_id(HL_STR("b")),
		.kind = HL_MATCH_MD5,
		.payload = "{\"id\":\"a\"}",
		.payload_bytes = 10,
		.hash = {1}};
	struct hl_apply_options options = {
		.index = the_index, .list = 1, .track = true};
	struct hl_apply *apply;
	struct hl_entry e;

	(void)state;
	assert_int_equal(0, hl_match_index_put(the_index, &other, NULL));
	assert_int_equal(0, hl_apply_new(&options, &apply, NULL));
	apply_one(apply, "b", 7);
	assert_int_equal(1, hl_apply_counts(apply)->n_collided);
	assert_int_equal(0, hl_apply_counts(apply)->n_added);
	assert_int_equal(0, hl_apply_sweep(apply, NULL));
	assert_int_equal(0, hl_apply_counts(apply)->n_removed);
	assert_int_equal(
		0, hl_entry_written(the_index, arena, 1, other.id, &e));
	assert_true(hl_str_eq(hl_entry_text(arena, &e), HL_STR("a")));
	hl_apply_free(apply);
	assert_int_equal(
		0, hl_match_index_remove(the_index, 1, other.id, NULL));
}

/* Labels beyond what an index has room for stand in payloads. */
static void many_labels(void **state)
{
	struct hl_apply_options options = {.index = the_index, .list = 1};
	struct hl_hashlist_hash hash = hash_of(HL_MATCH_MD5, 0, 4);
	struct hl_hashlist_record back;
	struct hl_apply *apply;
	struct hl_entry e;
	char id[16], label[24];

	(void)state;
	assert_int_equal(0, hl_apply_new(&options, &apply, NULL));
	for (int i = 0; i < 4200; i++) {
		struct hl_hashlist_record record = {
			.hashes = &hash, .n_hashes = 1};

		snprintf(id, sizeof(id), "%d", i);
		snprintf(label, sizeof(label), "label %d", i);
		record.id = hl_str_c(id);
		record.label = hl_str_c(label);
		assert_int_equal(0, hl_apply_record(apply, &record, NULL));
	}
	assert_int_equal(4200, hl_apply_counts(apply)->n_added);
	hl_apply_free(apply);
	assert_int_equal(0, hl_entry_written(the_index, arena, 1, 4095, &e));
	assert_int_equal(4096, e.hashes[0].label);
	assert_int_equal(0, hl_entry_written(the_index, arena, 1, 4199, &e));
	assert_int_equal(0, e.hashes[0].label);
	assert_int_equal(
		0, hl_entry_record(arena, &e, HL_STR_NONE, &back, NULL));
	assert_true(hl_str_eq(back.label, HL_STR("label 4199")));
}

/* What other programs keep in payloads is not ours to understand. */
static void payloads_of_others(void **state)
{
	static const char *const payloads[] = {"", "x", "{", "[]", "7", "{}",
		"{\"id\":7,\"known\":\"x\",\"others\":[7,[1,2],[\"a\"]],"
		"\"media\":9,\"quality\":1000,\"size\":-4}"};
	struct hl_match_entry hash = {.kind = HL_MATCH_MD5};
	struct hl_entry e = {.id = UINT64_MAX, .hashes = &hash, .n = 1};
	struct hl_hashlist_record back;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(payloads); i++) {
		hash.payload = payloads[i];
		hash.payload_bytes = (uint32_t)strlen(payloads[i]);
		assert_int_equal(0,
			hl_entry_record(arena, &e, HL_STR_NONE, &back, NULL));
		assert_true(hl_str_eq(
			back.id, HL_STR("00000000000000000000000000000000")));
		assert_int_equal(0, back.n_others);
		assert_int_equal(-1, back.hashes[0].quality);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_ids),
		cmocka_unit_test(parts_of_their_own),
		cmocka_unit_test(a_payload_has_4096_bytes),
		cmocka_unit_test(collisions_are_noticed),
		cmocka_unit_test(many_labels),
		cmocka_unit_test(payloads_of_others),
	};

	return cmocka_run_group_tests(tests, open_index, close_index);
}
