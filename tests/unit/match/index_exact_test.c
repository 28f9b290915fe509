/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Look-ups against a search from end to end: every radius, every kernel,
 * uniform, clustered and skewed hashes, and hashes that are made to have the
 * slots full. bench/match_run --exact does the same with ten million.
 */
#include "folder.h"

#include <stdbool.h>

enum { LARGE = 40000, MATCHES = 50000 };

struct set {
	char path[PATH_BYTES];
	size_t n;
	uint8_t (*hash)[32];
	uint64_t seed;
};

enum shape { UNIFORM, CLUSTERED, SKEWED, SAME_SLOTS, SHAPES };

static void make_hash(struct set *s, enum shape shape, size_t i)
{
	uint8_t *hash = s->hash[i];

	draw_hash(&s->seed, hash);
	switch (shape) {
	case CLUSTERED:
		if (i % 50 != 0) {
			memcpy(hash, s->hash[i - i % 50], 32);
			flip(&s->seed, hash, below(&s->seed, 60));
		}
		break;
	case SKEWED:
		/* Three of four bits are one, in some bytes nearly all, and
		 * half of the bytes are as their neighbour. */
		for (int k = 0; k < 32; k++) {
			hash[k] |= (uint8_t)draw(&s->seed);
			if (k > 0 && below(&s->seed, 2)) {
				hash[k] = hash[k - 1];
			}
			if (k % 5 == 0) {
				hash[k] |= (uint8_t)draw(&s->seed) |
					   (uint8_t)draw(&s->seed);
			}
		}
		break;
	case SAME_SLOTS:
		if (i > 0 && i % 4 != 0) {
			memcpy(hash, s->hash[0], 24);
			flip(&s->seed, hash, below(&s->seed, 3));
		}
		break;
	case UNIFORM:
	case SHAPES:
	default:
		break;
	}
}

/* Two segments and some recent rows, when there are many. */
static void make_set(struct set *s, enum shape shape, size_t n)
{
	struct hl_match_list list = {
		.size_of = sizeof(list), .id = 1, .radius = 63};
	struct hl_match_index *index;
	struct hl_match_error err = {0};

	folder_make(s->path);
	s->n = n;
	s->hash = calloc(n, 32);
	assert_non_null(s->hash);
	index = index_open(s->path, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE);
	good(hl_match_list_put(index, &list, &err), &err);
	for (size_t i = 0; i < n; i++) {
		struct hl_match_entry e;

		make_hash(s, shape, i);
		e = entry_of(1, i, s->hash[i]);
		entry_add(index, &e);
		if (i == n * 3 / 4) {
			commit_now(index, 1, 0);
			good(hl_match_index_compact(index, &err), &err);
		}
	}
	commit_now(index, 2, 0);
	hl_match_index_close(index);
}

static void drop_set(struct set *s)
{
	free(s->hash);
	folder_remove(s->path);
}

static size_t near_rows(const struct set *s, const uint8_t q[32],
	unsigned radius, uint16_t *distance)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct hl_match_hash a, b;

		memcpy(a.bytes, q, 32);
		memcpy(b.bytes, s->hash[i], 32);
		distance[i] = (uint16_t)hl_match_hash_distance(&a, &b);
		n += distance[i] <= radius;
	}
	return n;
}

static void ask_one(const struct set *s, struct hl_match_reader *reader,
	const uint8_t q[32], unsigned radius)
{
	static struct hl_match_found found[MATCHES];
	static uint16_t distance[LARGE];
	const struct hl_match_query query = {.size_of = sizeof(query),
		.radius = radius ? (int32_t)radius : -1};
	struct hl_match_answer answer = {.matches = found, .n_max = MATCHES};
	struct hl_match_error err = {0};
	size_t want = near_rows(s, q, radius, distance);

	good(hl_match_reader_query(reader, q, &query, &answer, &err), &err);
	if (answer.n_found != want || answer.n != want) {
		fail_msg("radius %u: %llu of %zu", radius,
			(unsigned long long)answer.n_found, want);
	}
	for (size_t i = 0; i < answer.n; i++) {
		if (found[i].distance != distance[found[i].id] ||
			memcmp(found[i].hash, s->hash[found[i].id], 32) != 0 ||
			(i > 0 &&
				(found[i].distance < found[i - 1].distance ||
					(found[i].distance ==
							found[i - 1].distance &&
						found[i].id <=
							found[i - 1].id)))) {
			fail_msg("radius %u: match %zu", radius, i);
		}
	}
}

static void ask_all(struct set *s, uint32_t kernel, unsigned queries)
{
	const struct hl_match_index_options options = {
		.size_of = sizeof(options), .kernel = kernel};
	struct hl_match_index *index = NULL;
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err = {0};
	int rc = hl_match_index_open(s->path, &options, &index, &err);

	if (rc == HL_MATCH_E_ARG && kernel != HL_MATCH_KERNEL_SCALAR) {
		print_message("# kernel %u is not usable here\n", kernel);
		return;
	}
	good(rc, &err);
	good(hl_match_reader_new(index, &reader, &err), &err);
	for (unsigned radius = 0; radius <= 63; radius++) {
		for (unsigned i = 0; i < queries; i++) {
			uint8_t q[32];
			unsigned d = radius > 40 ? radius : 40;

			memcpy(q, s->hash[below(&s->seed, (uint32_t)s->n)], 32);
			flip(&s->seed, q, below(&s->seed, d + 1));
			ask_one(s, reader, q, radius);
		}
	}
	hl_match_reader_free(reader);
	hl_match_index_close(index);
}

static void all_radii(size_t n, unsigned queries)
{
	static const uint32_t kernels[] = {HL_MATCH_KERNEL_SCALAR,
		HL_MATCH_KERNEL_AVX2, HL_MATCH_KERNEL_AVX512};

	for (enum shape shape = 0; shape < SHAPES; shape++) {
		struct set s = {.seed = n + shape};

		make_set(&s, shape, n);
		for (size_t k = 0; k < 3; k++) {
			ask_all(&s, kernels[k], queries);
		}
		drop_set(&s);
	}
}

static void a_few_rows(void **state)
{
	(void)state;
	all_radii(1, 1);
	all_radii(37, 4);
}

static void some_rows(void **state)
{
	(void)state;
	all_radii(700, 6);
	all_radii(5000, 2);
}

static void many_rows(void **state)
{
	(void)state;
	all_radii(LARGE, 1);
}

/* An entry is found up to its list's radius and not beyond. */
static void every_distance(void **state)
{
	struct set s = {.seed = 4};
	struct hl_match_index *index;
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err = {0};

	(void)state;
	make_set(&s, UNIFORM, LARGE);
	index = index_open(s.path, 0);
	good(hl_match_reader_new(index, &reader, &err), &err);
	for (unsigned i = 0; i < 41 * 50; i++) {
		struct hl_match_found found[4];
		struct hl_match_answer answer = {.matches = found, .n_max = 4};
		const struct hl_match_query query = {
			.size_of = sizeof(query), .radius = 31};
		uint32_t id = below(&s.seed, LARGE);
		unsigned d = i % 41;
		uint8_t q[32];

		memcpy(q, s.hash[id], 32);
		flip(&s.seed, q, d);
		good(hl_match_reader_query(reader, q, &query, &answer, &err),
			&err);
		assert_int_equal(answer.n, d <= 31);
		if (d <= 31) {
			assert_int_equal(found[0].id, id);
			assert_int_equal(found[0].distance, d);
		}
	}
	hl_match_reader_free(reader);
	hl_match_index_close(index);
	drop_set(&s);
}

/* A batch says what its queries say one by one. */
static void batches(void **state)
{
	enum { N = 200, EACH = 3 };
	static struct hl_match_found one[N][EACH], all[N][EACH];
	static struct hl_match_answer a[N], b[N];
	static uint8_t q[N][32];
	struct set s = {.seed = 6};
	struct hl_match_index *index;
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err = {0};

	(void)state;
	make_set(&s, CLUSTERED, 20000);
	index = index_open(s.path, 0);
	good(hl_match_reader_new(index, &reader, &err), &err);
	for (size_t i = 0; i < N; i++) {
		memcpy(q[i], s.hash[below(&s.seed, 20000)], 32);
		flip(&s.seed, q[i], below(&s.seed, 33));
		a[i] = (struct hl_match_answer){.matches = one[i], .n_max = 3};
		b[i] = (struct hl_match_answer){.matches = all[i], .n_max = 3};
		good(hl_match_reader_query(reader, q[i], NULL, &a[i], &err),
			&err);
	}
	good(hl_match_reader_batch(reader, q[0], N, NULL, b, &err), &err);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(a[i].n_found, b[i].n_found);
		assert_int_equal(a[i].n, b[i].n);
		assert_int_equal(a[i].truncated, b[i].truncated);
		for (size_t k = 0; k < a[i].n; k++) {
			assert_memory_equal(
				&one[i][k].hash, &all[i][k].hash, 32);
			assert_int_equal(one[i][k].id, all[i][k].id);
		}
	}
	good(hl_match_reader_batch(reader, q[0], 0, NULL, NULL, &err), &err);
	hl_match_reader_free(reader);
	hl_match_index_close(index);
	drop_set(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_few_rows),
		cmocka_unit_test(some_rows),
		cmocka_unit_test(many_rows),
		cmocka_unit_test(every_distance),
		cmocka_unit_test(batches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
