/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "lists/bundle.h"
#include "store/sql.h"
#include "town.h"

/* The first version: the second in which it was made. */
#define FIRST ((uint64_t)(NOW / HL_US_PER_S))

/* The bundle, the manifest and the list of a version. */
struct files {
	struct hl_buf bundle, list, manifest;
};

static struct hl_lists_prover prover_of(struct town *t)
{
	return (struct hl_lists_prover){
		.folder = t->folder, .keys = &t->keys, .store = t->store};
}

static void begin(struct town *t, uint64_t version, struct files *f)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	const struct hl_lists_prover p = prover_of(t);
	const struct hl_in_lists_manifest in = {1, (int64_t)version};
	struct hl_row_lists_manifest *row;
	char path[HL_LISTS_PATH];
	struct hl_err err = {0};
	size_t n;

	*f = (struct files){HL_BUF_INIT(1 << 24), HL_BUF_INIT(1 << 24),
		HL_BUF_INIT(1 << 20)};
	if (hl_lists_bundle_make(&p, 1, version, &f->bundle, &err)) {
		fail_msg("%s", err.msg);
	}
	assert_int_equal(
		0, hl_get_lists_manifest(t->store, arena, &in, &row, &n, &err));
	assert_int_equal(1, n);
	hl_buf_put(&f->manifest, row->manifest);
	assert_int_equal(0, hl_lists_path(t->folder, HL_LISTS_LIST, 1, version,
				    0, path, &err));
	assert_int_equal(0, hl_file_read(path, &f->list, &err));
}

static void end(struct files *f)
{
	hl_buf_fini(&f->bundle);
	hl_buf_fini(&f->list);
	hl_buf_fini(&f->manifest);
}

static int audit(const struct files *f, struct hl_lists_audit_found *found)
{
	const struct hl_lists_audit in = {.bundle = hl_buf_str(&f->bundle),
		.manifest = hl_buf_str(&f->manifest),
		.list = hl_buf_str(&f->list)};
	struct hl_err err = {0};

	return hl_lists_audit(&in, found, &err);
}

static void empty_and_shared_hosts(void **state)
{
	struct town *t = *state;
	struct hl_lists_audit_found found;
	struct files f;

	town_look(t, NOW);
	begin(t, FIRST, &f);
	assert_int_equal(0, audit(&f, &found));
	assert_int_equal(0, found.n_rows + found.n_leaves + found.n_people);
	hl_lists_audit_free(&found);
	end(&f);
	/* ten entries of five hosts: h1 to h5 */
	for (int64_t id = 2; id < 12; id++) {
		town_entry(t, id, 2, NOW);
	}
	town_look(t, NOW + HL_US_PER_S);
	begin(t, FIRST + 1, &f);
	assert_int_equal(0, audit(&f, &found));
	assert_int_equal(5, found.n_rows);
	assert_int_equal(10, found.n_entries);
	assert_int_equal(5, found.n_hosts);
	assert_int_equal(2, found.n_people);
	assert_int_equal(10, found.people[1].n);
	hl_lists_audit_free(&found);
	end(&f);
}

/* Gone by itself, as the sweep writes it. */
static void gone(struct town *t, int64_t id, int64_t at_us)
{
	char zeros[2 * (HL_URLS_LEAF - 16) + 1], text[33];
	uint32_t minute = (uint32_t)(at_us / HL_US_PER_MIN);

	memset(zeros, '0', sizeof(zeros) - 1);
	zeros[sizeof(zeros) - 1] = 0;
	snprintf(text, sizeof(text), "02010000%08x%02x00000000000000",
		__builtin_bswap32(minute), (unsigned)id);
	town_sql(t,
		"UPDATE list_entry SET state = 5, ended_why = 1, "
		"place_sealed = x'' WHERE id = %lld",
		(long long)id);
	town_sql(t,
		"INSERT INTO list_leaf (place, entry_id, leaf) VALUES "
		"((SELECT max(place) + 1 FROM list_leaf), %lld, x'%s%s')",
		(long long)id, text, zeros);
}

/* The breaker keeps what ended by itself: the proof is good all the same, and
 * says so, for as long as a hold can last. */
static void what_is_held_back_is_told(void **state)
{
	struct town *t = *state;
	struct hl_lists_audit_found found;
	struct files f;

	town_entries(t, 1, 20);
	town_look(t, NOW);
	for (int64_t id = 11; id <= 20; id++) {
		gone(t, id, NOW + HL_US_PER_HOUR);
	}
	/* 11 hours later the list is renewed, with the log as it is now */
	town_look(t, NOW + 12 * HL_US_PER_HOUR);
	begin(t, FIRST + 12 * 3600, &f);
	assert_int_equal(0, audit(&f, &found));
	assert_int_equal(20, found.n_rows);
	assert_int_equal(10, found.n_ended);
	assert_int_equal(10, found.n_held);
	hl_lists_audit_free(&found);
	end(&f);
}

/* Whatever one byte of a bundle becomes, no audit is good that was not: but
 * for its signature, which only a root can judge. */
static void one_byte(void **state)
{
	struct town *t = *state;
	struct hl_lists_audit_found found;
	struct files f;

	town_entries(t, 1, 3);
	town_look(t, NOW);
	begin(t, FIRST, &f);
	struct hl_str text = hl_buf_str(&f.bundle);
	size_t n = hl_str_find(text, HL_STR("\n\n"));
	for (size_t i = 0; i < n; i += 7) {
		char was = f.bundle.p[i];

		f.bundle.p[i] = was == 'A' ? 'B' : 'A';
		if (!audit(&f, &found)) {
			fail_msg("byte %zu of %zu", i, n);
		}
		hl_lists_audit_free(&found);
		f.bundle.p[i] = was;
	}
	for (size_t i = 0; i < n; i += 97) {
		struct files cut = f;

		cut.bundle.n = i;
		assert_true(audit(&cut, &found) != 0);
		hl_lists_audit_free(&found);
	}
	assert_int_equal(0, audit(&f, &found));
	hl_lists_audit_free(&found);
	end(&f);
}

/* No such version or consumer, tier 0, told to stop, rows of another list. */
static void what_cannot_be_made(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(1 << 24);
	struct town *t = *state;
	struct hl_lists_prover p;
	char path[HL_LISTS_PATH];

	town_entries(t, 1, 3);
	town_consumer(t, 2, HL_LIST_TIER_OFFLINE, HL_LIST_STAGE_FIRST);
	town_look(t, NOW);
	p = prover_of(t);
	assert_int_equal(
		HL_NOTFOUND, hl_lists_bundle_make(&p, 1, 9, &out, NULL));
	assert_int_equal(
		HL_NOTFOUND, hl_lists_bundle_make(&p, 7, FIRST, &out, NULL));
	assert_int_equal(
		HL_NOTFOUND, hl_lists_bundle_make(&p, 2, FIRST, &out, NULL));
	const _Atomic bool stop = true;
	p.stop = &stop;
	assert_int_equal(HL_E_UNAVAILABLE,
		hl_lists_bundle_make(&p, 1, FIRST, &out, NULL));
	assert_int_equal(0, hl_lists_path(t->folder, HL_LISTS_ROWS, 1, FIRST, 0,
				    path, NULL));
	assert_int_equal(0, truncate(path, 50));
	p.stop = NULL;
	assert_int_equal(
		HL_E_CORRUPT, hl_lists_bundle_make(&p, 1, FIRST, &out, NULL));
}

/* Asked often and by many: one thread, one of each consumer; the file is
 * whole. */
static void proofs_are_made_once(void **state)
{
	struct town *t = *state;
	struct hl_lists_proofs proofs = {.n = 0};
	char path[HL_LISTS_PATH];
	struct stat st = {0};

	town_entries(t, 1, 20);
	town_look(t, NOW);
	const struct hl_lists_prover p = prover_of(t);
	assert_int_equal(0, hl_lists_path(t->folder, HL_LISTS_BUNDLE, 1, FIRST,
				    0, path, NULL));
	hl_lists_proofs_init(&proofs);
	do {
		assert_true(hl_lists_proofs_want(&proofs, &p, 1, FIRST));
		usleep(1000);
	} while (stat(path, &st));
	assert_true(st.st_size > 20 * 337);
	hl_lists_proofs_fini(&proofs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			empty_and_shared_hosts, town_make, town_remove),
		cmocka_unit_test_setup_teardown(
			what_is_held_back_is_told, town_make, town_remove),
		cmocka_unit_test_setup_teardown(
			one_byte, town_make, town_remove),
		cmocka_unit_test_setup_teardown(
			what_cannot_be_made, town_make, town_remove),
		cmocka_unit_test_setup_teardown(
			proofs_are_made_once, town_make, town_remove),
	};

	if (hl_seal_init(NULL)) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
