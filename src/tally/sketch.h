/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TALLY_SKETCH_H
#define HL_TALLY_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How many different 64-bit hashes there were, from a row of registers
 * (Flajolet and others 2007, "HyperLogLog"; linear counting while few were
 * set). n registers, a power of two from 16 to 65,536, zero at first; the
 * standard error of an estimate is 1.04 / sqrt(n), and below n / 4 hashes far
 * less. Two rows of one salt are merged by taking the larger of each register.
 */
#define HL_TALLY_ALL_REGISTERS 4096  /* 1.6 % */
#define HL_TALLY_ENTRY_REGISTERS 256 /* 6.5 % */

/* Whether it changed anything. */
static inline bool hl_tally_sketch_add(
	uint8_t *registers, size_t n, uint64_t hash)
{
	/* The low bits choose; the others, with a one behind them so that
	 * they end, tell how long the run of zeros is. */
	uint64_t rest = (hash / n) | (UINT64_C(1) << 48);
	uint8_t rank = (uint8_t)(1 + __builtin_ctzll(rest));
	uint8_t *at = &registers[hash & (n - 1)];

	if (rank <= *at) {
		return false;
	}
	*at = rank;
	return true;
}

void hl_tally_sketch_merge(uint8_t *registers, const uint8_t *other, size_t n);
/* How many registers are above those of an earlier row: no fewer hashes came
 * since, for each raises one. */
size_t hl_tally_sketch_risen(
	const uint8_t *before, const uint8_t *now, size_t n);
/* Never more than there were while fewer than 16 were added. */
uint64_t hl_tally_sketch_count(const uint8_t *registers, size_t n);

#endif
