/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/listkey.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "seal/keyfile.h"
#include "seal_test.h"

static const char *const files[] = {HL_SEAL_LIST_PLACE, HL_SEAL_LIST_SEED,
	HL_SEAL_LIST_COMMIT, HL_SEAL_LIST_ONLINE};
enum { N_FILES = 4 };

struct place {
	char dir[64];
	char path[N_FILES][96];
};

static int make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	const char *tmp = getenv("TMPDIR");
	char dir[sizeof(p->dir)];

	snprintf(dir, sizeof(dir), "%s/hl-list-XXXXXX",
		tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	if (!p || !mkdtemp(dir)) {
		free(p);
		return -1;
	}
	memcpy(p->dir, dir, sizeof(dir));
	for (int i = 0; i < N_FILES; i++) {
		snprintf(
			p->path[i], sizeof(p->path[i]), "%s/%s", dir, files[i]);
	}
	*state = p;
	return 0;
}

static int remove_place(void **state)
{
	struct place *p = *state;

	for (int i = 0; i < N_FILES; i++) {
		unlink(p->path[i]);
	}
	int r = rmdir(p->dir); /* fails when something else was left */
	free(p);
	return r;
}

/* All four as they are in the folder. */
struct all {
	struct hl_seal_pub place;
	struct hl_seal_secret place_secret;
	struct hl_seal_key seed;
	struct hl_seal_list_commit commit;
	struct hl_seal_sign_key online;
};

static void load_all(const struct place *p, struct all *a)
{
	memset(a, 0, sizeof(*a));
	assert_int_equal(0, hl_seal_list_place_load(p->path[0], &a->place,
				    &a->place_secret, NULL));
	assert_int_equal(0, hl_seal_list_seed_load(p->path[1], &a->seed, NULL));
	assert_int_equal(
		0, hl_seal_list_commit_load(p->path[2], &a->commit, NULL));
	assert_int_equal(
		0, hl_seal_list_online_load(p->path[3], &a->online, NULL));
}

static int load_one(const struct place *p, int i)
{
	struct all a;

	switch (i) {
	case 0:
		return hl_seal_list_place_load(
			p->path[0], &a.place, &a.place_secret, NULL);
	case 1:
		return hl_seal_list_seed_load(p->path[1], &a.seed, NULL);
	case 2:
		return hl_seal_list_commit_load(p->path[2], &a.commit, NULL);
	default:
		return hl_seal_list_online_load(p->path[3], &a.online, NULL);
	}
}

static void made_once(void **state)
{
	const struct place *p = *state;
	struct hl_seal_pub first, again;
	struct all a, b;
	struct stat st;
	uint8_t pub[32];
	int n = 0;

	for (int i = 0; i < N_FILES; i++) {
		assert_int_equal(HL_NOTFOUND, load_one(p, i));
	}
	assert_int_equal(0, hl_seal_list_create(p->dir, &first, &n, NULL));
	assert_int_equal(N_FILES, n);
	load_all(p, &a);
	assert_memory_equal(&first, &a.place, sizeof(first));
	assert_int_equal(
		0, crypto_scalarmult_ristretto255_base(pub, a.commit.s));
	assert_memory_equal(pub, a.commit.pub, sizeof(pub));
	for (int i = 0; i < N_FILES; i++) {
		assert_int_equal(0, stat(p->path[i], &st));
		assert_int_equal(0600, st.st_mode & 07777);
	}
	assert_int_equal(0, hl_seal_list_create(p->dir, &again, &n, NULL));
	assert_int_equal(0, n);
	assert_memory_equal(&first, &again, sizeof(first));
	load_all(p, &b);
	assert_memory_equal(&a, &b, sizeof(a));
}

static void only_the_missing(void **state)
{
	const struct place *p = *state;
	struct hl_seal_pub pub;
	struct all a, b;
	int n;

	for (int i = 0; i < N_FILES; i++) {
		assert_int_equal(
			0, hl_seal_list_create(p->dir, &pub, &n, NULL));
		load_all(p, &a);
		assert_int_equal(0, unlink(p->path[i]));
		assert_int_equal(
			0, hl_seal_list_create(p->dir, &pub, &n, NULL));
		assert_int_equal(1, n);
		load_all(p, &b);
		assert_int_equal(
			i != 0, !memcmp(&a.place, &b.place, sizeof(a.place)));
		assert_int_equal(
			i != 1, !memcmp(&a.seed, &b.seed, sizeof(a.seed)));
		assert_int_equal(i != 2,
			!memcmp(&a.commit, &b.commit, sizeof(a.commit)));
		assert_int_equal(i != 3,
			!memcmp(&a.online, &b.online, sizeof(a.online)));
	}
}

static void one_is_not_another(void **state)
{
	const struct place *p = *state;
	struct hl_seal_pub pub;
	char kept[112];
	int n;

	for (int i = 0; i < N_FILES; i++) {
		for (int k = 0; k < N_FILES; k++) {
			assert_int_equal(
				0, hl_seal_list_create(p->dir, &pub, &n, NULL));
			snprintf(kept, sizeof(kept), "%s.kept", p->path[k]);
			assert_int_equal(0, rename(p->path[k], kept));
			assert_int_equal(
				0, k == i ? rename(kept, p->path[i])
					  : rename(p->path[i], p->path[k]));
			assert_int_equal(
				k == i ? 0 : HL_E_CORRUPT, load_one(p, k));
			if (k != i) {
				assert_int_equal(0, unlink(kept));
				assert_int_equal(0, unlink(p->path[k]));
			}
		}
	}
}

#define HEAD "OpenHotline secret key 1\nkind "
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
/* The order of the group, little-endian, and one above. */
#define ORDER "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"
#define ABOVE "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"
#define ONE "0100000000000000000000000000000000000000000000000000000000000000"
#define BASE "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"

static void scalars_of_the_group_only(void **state)
{
	static const struct {
		const char *pub, *secret;
		int r;
	} rows[] = {
		{BASE, ONE, 0},
		{ZERO, ONE, HL_E_CORRUPT},
		{ZERO, ZERO, HL_E_CORRUPT},
		{ZERO, ORDER, HL_E_CORRUPT},
		{BASE, ABOVE, HL_E_CORRUPT},
	};
	const struct place *p = *state;
	char text[400];

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		snprintf(text, sizeof(text),
			HEAD "lists-commit\npublic %s\nsecret %s\n",
			rows[i].pub, rows[i].secret);
		assert_int_equal(0,
			hl_file_write(p->path[2], hl_str_c(text), 0600, NULL));
		int r = load_one(p, 2);
		if (r != rows[i].r) {
			fail_msg("row %zu: %d, not %d", i, r, rows[i].r);
		}
	}
}

static void damage_is_not_mended(void **state)
{
	const struct place *p = *state;
	struct hl_seal_pub pub;
	int n;

	for (int i = 0; i < N_FILES; i++) {
		assert_int_equal(
			0, hl_seal_list_create(p->dir, &pub, &n, NULL));
		assert_int_equal(0,
			hl_file_write(p->path[i], HL_STR("x\n"), 0600, NULL));
		assert_int_equal(HL_E_CORRUPT,
			hl_seal_list_create(p->dir, &pub, &n, NULL));
		assert_int_equal(0, n);
		assert_int_equal(0, unlink(p->path[i]));
	}
	assert_int_equal(0, chmod(p->path[0], 0640));
	assert_int_equal(
		HL_E_INVALID, hl_seal_list_create(p->dir, &pub, &n, NULL));
	assert_int_equal(0, chmod(p->path[0], 0600));
	assert_int_equal(HL_E_IO,
		hl_seal_list_create("/nonexistent.invalid", &pub, &n, NULL));
}

/* Made by Python's hashlib.blake2b from docs/keys.md. */
static void derived_keys(void **state)
{
	struct hl_seal_list_keys a, b;
	struct hl_seal_key seed;
	uint8_t want[32];

	(void)state;
	for (uint8_t i = 0; i < sizeof(seed.b); i++) {
		seed.b[i] = i;
	}
	hl_seal_list_keys(&seed, 0x0123456789, 20779, &a);
	from_hex("cf24842a3279c9468de3b7cd2c61a406"
		 "c871512a9e29a003e9406f7ed5878947",
		want, sizeof(want));
	assert_memory_equal(want, a.oprf_seed, 32);
	from_hex("6983c076c26cc3f811ff15572db4c1b3", want, sizeof(want));
	assert_memory_equal(want, a.prefilter, 16);
	from_hex("be895cbd56b819dc97a766957bdd860b"
		 "59d0cd12820ffff3d8717eea768627a2",
		want, sizeof(want));
	assert_memory_equal(want, a.k0, 32);
	const struct {
		uint64_t consumer, epoch;
	} others[] = {{0x0123456789, 20780}, {0x0123456788, 20779},
		{20779, 0x0123456789}, {0, 0}};
	for (size_t i = 0; i < HL_ARRAY_LEN(others); i++) {
		hl_seal_list_keys(
			&seed, others[i].consumer, others[i].epoch, &b);
		assert_memory_not_equal(a.oprf_seed, b.oprf_seed, 32);
		assert_memory_not_equal(a.prefilter, b.prefilter, 16);
		assert_memory_not_equal(a.k0, b.k0, 32);
	}
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(made_once),
		IN_PLACE(only_the_missing),
		IN_PLACE(one_is_not_another),
		IN_PLACE(scalars_of_the_group_only),
		IN_PLACE(damage_is_not_mended),
		cmocka_unit_test(derived_keys),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
