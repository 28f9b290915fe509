/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_PDQ_PDQ_H
#define HL_MATCH_PDQ_PDQ_H

/* Inside of the PDQ hasher: shared by pdq.c, pdq_hash.c and the kernels. */
#include "hotline/match.h"

#include <stdbool.h>

/*
 * No product and sum may be contracted to one rounding in what follows: it
 * would change bits. The build says so too; this is for those who compile
 * the library with flags of their own.
 */
#ifdef __FAST_MATH__
#error "hashes would not be PDQ with -ffast-math"
#endif
#define HL_PDQ_PRAGMA(x) _Pragma(#x)
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
/* Around code for a processor that not everyone has. */
#define HL_PDQ_TARGET_BEGIN(which)          \
	HL_PDQ_PRAGMA(clang attribute push( \
		__attribute__((target(which))), apply_to = function))
#define HL_PDQ_TARGET_END HL_PDQ_PRAGMA(clang attribute pop)
#else
#pragma GCC optimize("fp-contract=off")
#define HL_PDQ_TARGET_BEGIN(which)      \
	HL_PDQ_PRAGMA(GCC push_options) \
	HL_PDQ_PRAGMA(GCC target(which))
#define HL_PDQ_TARGET_END HL_PDQ_PRAGMA(GCC pop_options)
#endif

enum {
	HL_PDQ_SIDE = 64,     /* of the decimated picture */
	HL_PDQ_TERMS = 16,    /* of the transform, each way */
	HL_PDQ_SIDE_MIN = 5,  /* below: no hash */
	HL_PDQ_PICK = 512,    /* side of what HL_MATCH_CLI512 picks */
	HL_PDQ_CHUNK = 128,   /* columns that a kernel works on at a time */
	HL_PDQ_ROWS_MAX = 32, /* most rows of a band */
	HL_PDQ_ALIGN = 64
};

struct hl_pdq_kernel {
	unsigned n_rows; /* of a band */
	/* Takes the next n_rows rows into the first three passes and calls
	 * hl_pdq_fold() for each row that comes out of them. */
	void (*band)(struct hl_match_pdq *pdq, const uint8_t *const *rows);
	void (*transform)(float small[HL_PDQ_SIDE][HL_PDQ_SIDE],
		float factors[HL_PDQ_SIDE][HL_PDQ_TERMS],
		float terms[HL_PDQ_TERMS][HL_PDQ_TERMS]);
};

struct hl_match_pdq {
	uint32_t width, height; /* of what is fed */
	uint32_t cols, rows;    /* of what is hashed */
	enum hl_match_pixels pixels;
	uint32_t pixel_bytes;
	bool picks, small, whole; /* CLI512 at work; no hash; no filter */
	const struct hl_pdq_kernel *kernel;
	uint32_t window_x, window_y;
	uint32_t n_fed;    /* rows, of height */
	uint32_t n_pushed; /* rows, of rows */
	uint32_t n_staged; /* rows in stage */
	uint32_t n_steps;  /* rows that the first column pass has taken */
	uint32_t n_folded; /* rows that the second one has taken */
	uint32_t n_out;    /* rows of out that are done */
	uint32_t at_x[HL_PDQ_SIDE], at_y[HL_PDQ_SIDE];

	/* First column pass: the last window_y rows and their sums. */
	float *ring, *sums;
	size_t ring_stride; /* floats */
	/* Row passes, transposed: a column of a band lies together. The first
	 * window_x columns are those before the chunk. */
	float *first, *boxed, *second;
	/* Second column pass, on the columns that are kept. */
	float *fold_ring;
	float fold_sums[HL_PDQ_SIDE];
	uint8_t *stage;      /* a band of rows */
	uint8_t *zeros;      /* a row of zeros */
	size_t stage_stride; /* bytes, of stage and zeros */

	float out[HL_PDQ_SIDE][HL_PDQ_SIDE];
	float plain[HL_PDQ_SIDE][HL_PDQ_SIDE]; /* unfiltered, if whole */
	void *memory;
	size_t state_bytes; /* at its start, zero in the beginning */
};

/* Columns before the one that a window of this size is written to. */
static inline uint32_t hl_pdq_lead(uint32_t window)
{
	return (window + 2) / 2 - 1;
}

/* Values under the window when it is written to `at`, of n; 1 beyond. */
static inline uint32_t hl_pdq_count(uint32_t at, uint32_t window, uint32_t n)
{
	uint32_t in = at + hl_pdq_lead(window) + 1;

	if (in <= n) {
		return in < window ? in : window;
	}
	return in - n < window ? window - (in - n) : 1;
}

/* The float that the algorithm starts from, of one pixel. */
static inline float hl_pdq_grey(const uint8_t *p, enum hl_match_pixels pixels)
{
	if (pixels == HL_MATCH_GREY8) {
		return p[0];
	}
	if (pixels == HL_MATCH_BGR24) {
		return 0.299f * p[2] + 0.587f * p[1] + 0.114f * p[0];
	}
	return 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2];
}

/* One row of HL_PDQ_SIDE values into the second column pass. */
void hl_pdq_fold(struct hl_match_pdq *pdq, const float *row);
/* NULL: not in this build or not on this processor. */
const struct hl_pdq_kernel *hl_pdq_kernel_of(enum hl_match_kernel kernel);
extern const struct hl_pdq_kernel hl_pdq_scalar, hl_pdq_sse2, hl_pdq_avx2,
	hl_pdq_avx512, hl_pdq_neon;

/* Quality of the decimated picture, 0 to 100. */
int hl_pdq_quality(float small[HL_PDQ_SIDE][HL_PDQ_SIDE]);
/* The 16 x 16 terms of lowest frequency without the constant ones. */
void hl_pdq_transform(struct hl_match_pdq *pdq,
	float small[HL_PDQ_SIDE][HL_PDQ_SIDE],
	float terms[HL_PDQ_TERMS][HL_PDQ_TERMS]);
/* The hash of the terms turned to a dihedral form. */
void hl_pdq_bits(float terms[HL_PDQ_TERMS][HL_PDQ_TERMS],
	enum hl_match_dihedral form, struct hl_match_hash *out);

#endif
