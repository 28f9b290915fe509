/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BENCH_PDQ_PICTURE_H
#define HL_BENCH_PDQ_PICTURE_H

/* The picture that ours and the peer's hash, from integers; also C++. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline uint8_t *pdq_picture(size_t row_bytes, size_t n_rows)
{
	uint8_t *bytes = (uint8_t *)malloc(row_bytes * n_rows);
	uint32_t seed = 1;

	for (size_t i = 0; bytes && i < row_bytes * n_rows; i++) {
		size_t x = i % row_bytes, y = i / row_bytes;

		seed = seed * 1664525u + 1013904223u;
		bytes[i] = (uint8_t)((x * 700 / row_bytes + y * 500 / n_rows +
					     (seed >> 28)) &
				     255);
	}
	return bytes;
}

#endif
