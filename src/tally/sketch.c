/* SPDX-License-Identifier: Apache-2.0 */
#include "tally/sketch.h"

#include <math.h>

void hl_tally_sketch_merge(uint8_t *registers, const uint8_t *other, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (other[i] > registers[i]) {
			registers[i] = other[i];
		}
	}
}

size_t hl_tally_sketch_risen(
	const uint8_t *before, const uint8_t *now, size_t n)
{
	size_t risen = 0;

	for (size_t i = 0; i < n; i++) {
		risen += now[i] > before[i];
	}
	return risen;
}

/* The paper's figure 3; 0.7213 / (1 + 1.079 / n) from 128 registers on. */
static double alpha(size_t n)
{
	switch (n) {
	case 16:
		return 0.673;
	case 32:
		return 0.697;
	case 64:
		return 0.709;
	default:
		return 0.7213 / (1 + 1.079 / (double)n);
	}
}

uint64_t hl_tally_sketch_count(const uint8_t *registers, size_t n)
{
	double sum = 0, m = (double)n;
	size_t zeros = 0;

	for (size_t i = 0; i < n; i++) {
		sum += ldexp(1, -registers[i]);
		zeros += registers[i] == 0;
	}
	double estimate = alpha(n) * m * m / sum;
	if (zeros && estimate <= 2.5 * m) {
		estimate = m * log(m / (double)zeros);
	}
	return (uint64_t)(estimate + 0.5);
}
