/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ten thousand pictures of random sizes, forms and contents, each hashed by
 * the slow model and by every kernel that runs here, its rows handed over in
 * random pieces and strides: hash and quality, and of every fourth all eight
 * forms, must be the same to the bit. HL_PDQ_PICTURES sets another number,
 * HL_PDQ_SEED another beginning.
 */
#include "hotline/match.h"
#include "pictures.h"
#include "slow_pdq.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#ifdef HL_SANITIZED /* slower; the plain build has them all */
enum { PICTURES = 3000 };
#else
enum { PICTURES = 10000 };
#endif

static uint32_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static uint32_t between(uint64_t *seed, uint32_t least, uint32_t most)
{
	return least + next(seed) % (most - least + 1);
}

/* Most are small; edges of windows, bands and chunks are favoured. */
static uint32_t side(uint64_t *seed)
{
	static const uint16_t edges[] = {
		63, 64, 65, 127, 128, 129, 130, 255, 256, 257, 384, 385};

	switch (next(seed) % 8) {
	case 0:
		return between(seed, 1, 8);
	case 1:
		return edges[next(seed) % (sizeof(edges) / sizeof(edges[0]))];
	case 2:
		return between(seed, 100, 300);
	default:
		return between(seed, 5, 100);
	}
}

static void size(uint64_t *seed, struct hl_match_picture *p)
{
	uint32_t kind = next(seed) % 256;

	p->width = side(seed);
	p->height = side(seed);
	if (kind == 0) {
		p->width = between(seed, 500, 1200);
		p->height = between(seed, 500, 700);
	} else if (kind < 6) {
		p->width = between(seed, 600, 6000);
		p->height = between(seed, 1, 40);
	} else if (kind < 12) {
		p->width = between(seed, 1, 40);
		p->height = between(seed, 600, 6000);
	} else if (kind < 16) {
		p->width = p->height = 64;
	}
}

/* Noise, hills, ramps, checks; or few levels; or a flat one with spots. */
static uint8_t *paint(uint64_t *seed, struct hl_match_picture *p)
{
	uint32_t kind = next(seed) % 8, row, spots;
	uint8_t *rows, base = (uint8_t)next(seed);

	p->stride = (size_t)p->width * test_pixel_bytes(p->pixels);
	row = (uint32_t)p->stride;
	p->stride += next(seed) % 3 ? 0 : next(seed) % 70;
	rows = malloc(p->stride * p->height);
	memset(rows, base, p->stride * p->height);
	p->rows = rows;
	spots = kind == 0 ? between(seed, 0, 9) : row * p->height;
	for (uint32_t i = 0; i < spots; i++) {
		uint32_t at = kind == 0 ? next(seed) % (row * p->height) : i;
		uint32_t y = at / row, x = at % row, value;

		value = kind < 4 ? next(seed) : (x * (base | 1u) + y * 3) / 5;
		value = kind == 3 ? (value & 1) * 255 : value;
		value = kind > 5 ? test_triangle(value) : value;
		rows[y * p->stride + x] = (uint8_t)value;
	}
	return rows;
}

/* Rows in pieces; some of them from a copy that lies elsewhere, so that a
 * kernel which reads on behind its rows is seen by the sanitizer. */
static void feed(uint64_t *seed, struct hl_match_pdq *pdq,
	const struct hl_match_picture *p)
{
	const uint8_t *row = p->rows;
	size_t bytes = (size_t)p->width * test_pixel_bytes(p->pixels);
	uint32_t left = p->height, most = next(seed) % 3 ? left : 9;

	while (left) {
		uint32_t n = between(seed, 1, most < left ? most : left);

		if (n == 1) {
			uint8_t *copy = malloc(bytes);

			memcpy(copy, row, bytes);
			assert_int_equal(
				hl_match_pdq_rows(pdq, copy, bytes, 1), 0);
			free(copy);
		} else {
			assert_int_equal(
				hl_match_pdq_rows(pdq, row, p->stride, n), 0);
		}
		row += n * p->stride;
		left -= n;
	}
}

static int agrees(uint64_t *seed, const struct hl_match_picture *p,
	const struct hl_match_pdq_options *options, const struct slow_pdq *want)
{
	static const struct slow_pdq none;
	struct hl_match_pdq *pdq = NULL;
	struct slow_pdq got = none;

	assert_int_equal(hl_match_pdq_new(p->width, p->height, p->pixels,
				 options, &pdq, NULL),
		0);
	if (next(seed) % 16 == 0) {
		hl_match_pdq_rows(pdq, p->rows, p->stride, p->height / 2);
		hl_match_pdq_reset(pdq);
	}
	feed(seed, pdq, p);
	assert_int_equal(hl_match_pdq_finish(pdq, &got.hash), 0);
	if (memcmp(want->forms, none.forms, sizeof(none.forms)) != 0) {
		assert_int_equal(hl_match_pdq_dihedral(pdq, got.forms), 0);
	}
	hl_match_pdq_free(pdq);
	return memcmp(&got, want, sizeof(got)) == 0;
}

static void one(uint64_t seed, size_t n_seen[HL_MATCH_KERNEL_NEON + 1])
{
	uint64_t begin = seed;
	struct hl_match_picture p = {0};
	struct hl_match_pdq_options options = {.size_of = sizeof(options)};
	struct slow_pdq want;
	uint8_t *rows;

	p.pixels = (enum hl_match_pixels)between(
		&seed, HL_MATCH_GREY8, HL_MATCH_RGBA32);
	options.path = (enum hl_match_path)(next(&seed) % 4 == 0);
	size(&seed, &p);
	rows = paint(&seed, &p);
	slow_pdq(&p, options.path, next(&seed) % 4 ? 0 : 8, &want);
	for (int k = HL_MATCH_KERNEL_SCALAR; k <= HL_MATCH_KERNEL_NEON; k++) {
		options.kernel = (enum hl_match_kernel)k;
		if (!hl_match_kernel_usable(options.kernel)) {
			continue;
		}
		n_seen[k]++;
		if (!agrees(&seed, &p, &options, &want)) {
			fail_msg("seed %llu: kernel %d, path %d, %u x %u, "
				 "pixels %d",
				(unsigned long long)begin, k, options.path,
				p.width, p.height, p.pixels);
		}
	}
	free(rows);
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

static void same_bits_from_every_kernel(void **state)
{
	uint64_t n = setting("HL_PDQ_PICTURES", PICTURES);
	uint64_t seed = setting("HL_PDQ_SEED", 1);
	size_t n_seen[HL_MATCH_KERNEL_NEON + 1] = {0};

	(void)state;
	for (uint64_t i = 0; i < n; i++) {
		one((seed + i) * 0x9e3779b97f4a7c15u, n_seen);
	}
	assert_int_equal(n_seen[HL_MATCH_KERNEL_SCALAR], n);
	print_message("pictures by kernel: scalar %zu, sse2 %zu, avx2 %zu, "
		      "avx512 %zu, neon %zu\n",
		n_seen[HL_MATCH_KERNEL_SCALAR], n_seen[HL_MATCH_KERNEL_SSE2],
		n_seen[HL_MATCH_KERNEL_AVX2], n_seen[HL_MATCH_KERNEL_AVX512],
		n_seen[HL_MATCH_KERNEL_NEON]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_bits_from_every_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
