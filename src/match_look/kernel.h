/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_LOOK_KERNEL_H
#define HL_MATCH_LOOK_KERNEL_H

#include "match_pdq/distance.h"
#include "match_rows/bytes.h"

/* Postings of one bucket, and how many bits their sketches may differ. */
struct hl_match_cell {
	uint32_t from, to;
	uint32_t limit;
};

struct hl_match_near {
	uint32_t row;
	uint32_t distance;
};

/* What is written once for each instruction set; all give the same. */
struct hl_match_kernels {
	/* Positions in the cells whose sketches differ from q in at most the
	 * cell's limit. Stops with SIZE_MAX when out could get too full. The
	 * sketches have 64 readable bytes behind them. */
	size_t (*sift)(const uint16_t *sketches,
		const struct hl_match_cell *cells, size_t n_cells, uint16_t q,
		uint32_t *out, size_t room);
	/* Of the hashes of the n rows, those within radius of q. */
	size_t (*near)(const uint8_t *hashes, const uint32_t *rows, size_t n,
		const uint8_t q[32], unsigned radius,
		struct hl_match_near *out);
	/* Of n hashes, one behind the other, those within radius of q; rows
	 * count from first. */
	size_t (*scan)(const uint8_t *hashes, uint32_t first, size_t n,
		const uint8_t q[32], unsigned radius,
		struct hl_match_near *out);
	/* The same by 96 bits of each hash in two planes: rows that may be
	 * near. Reads those n and nothing behind them, where a writer may be
	 * at work. */
	size_t (*peek)(const uint64_t *high, const uint32_t *low, size_t n,
		const uint8_t q[32], unsigned radius, uint32_t *out);
};

/* NULL: this build or this processor has no such. */
const struct hl_match_kernels *hl_match_kernels_of(uint32_t kernel);
/* The single ones; NULL where the build has none. */
extern const struct hl_match_kernels hl_match_kernels_scalar;
const struct hl_match_kernels *hl_match_kernels_avx2(void);
const struct hl_match_kernels *hl_match_kernels_avx512(void);

/* The near of processors that count bits in one instruction, as the caller is
 * compiled for one. */
static inline __attribute__((always_inline)) size_t hl_match_near_counted(
	const uint8_t *hashes, const uint32_t *rows, size_t count,
	const uint8_t q[32], unsigned radius, struct hl_match_near *out)
{
	uint8_t word[32];
	size_t n = 0;

	memcpy(word, q, sizeof(word));
	for (size_t i = 0; i < count; i++) {
		unsigned d =
			hl_pdq_distance(hashes + 32 * (size_t)rows[i], word);

		out[n] = (struct hl_match_near){rows[i], d};
		n += d <= radius;
	}
	return n;
}

#endif
