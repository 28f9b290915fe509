/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An independent model of PDQ, from the description in docs/matching.md and
 * nothing of the library: each step over the whole picture, one after the
 * other, as plainly as it can be written. Only the order in which floats are
 * added is kept, since it decides bits.
 */
#include "slow_pdq.h"
#include "pictures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct plane {
	int rows, cols;
	float *at; /* row by row */
};

/* Step 1: the grey of the picture. */
static float grey(const struct hl_match_picture *p, int row, int col)
{
	const uint8_t *px = (const uint8_t *)p->rows + (size_t)row * p->stride +
			    (size_t)col * test_pixel_bytes(p->pixels);
	float r = px[0], g, b;

	if (p->pixels == HL_MATCH_GREY8) {
		return r;
	}
	g = px[1];
	b = px[2];
	if (p->pixels == HL_MATCH_BGR24) {
		float t = r;

		r = b;
		b = t;
	}
	r = 0.299f * r;
	g = 0.587f * g;
	b = 0.114f * b;
	return (r + g) + b;
}

static struct plane plane_of(
	const struct hl_match_picture *p, enum hl_match_path path)
{
	int rows = (int)p->height, cols = (int)p->width;
	int pick = path == HL_MATCH_CLI512 && (rows > 512 || cols > 512);
	struct plane f = {pick ? 512 : rows, pick ? 512 : cols, NULL};

	f.at = malloc(sizeof(float) * (size_t)(f.rows * f.cols));
	for (int i = 0; i < f.rows; i++) {
		for (int j = 0; j < f.cols; j++) {
			int row = pick ? (int)(i * (double)rows / 512.0) : i;
			int col = pick ? (int)(j * (double)cols / 512.0) : j;

			f.at[i * f.cols + j] = grey(p, row, col);
		}
	}
	return f;
}

/* Step 3: one box pass over n values that lie `step` apart. */
static void box(const float *in, float *out, int n, int step, int w)
{
	int half = (w + 2) / 2, add = 0, drop = 0, to = 0, count = 0;
	float sum = 0;

	for (int i = 0; i < half - 1; i++, count++) {
		sum += in[add++ * step];
	}
	for (int i = 0; i < w - half + 1; i++) {
		sum += in[add++ * step];
		count++;
		out[to++ * step] = sum / (float)count;
	}
	for (int i = 0; i < n - w; i++) {
		sum += in[add++ * step];
		sum -= in[drop++ * step];
		out[to++ * step] = sum / (float)count;
	}
	for (int i = 0; i < half - 1; i++) {
		sum -= in[drop++ * step];
		count--;
		out[to++ * step] = sum / (float)count;
	}
}

/* Steps 2 and 3: the filter. */
static void blur(struct plane *f)
{
	int along_row = (f->cols + 127) / 128,
	    along_col = (f->rows + 127) / 128;
	float *other = malloc(sizeof(float) * (size_t)(f->rows * f->cols));

	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < f->rows; i++) {
			box(f->at + i * f->cols, other + i * f->cols, f->cols,
				1, along_row);
		}
		for (int j = 0; j < f->cols; j++) {
			box(other + j, f->at + j, f->rows, f->cols, along_col);
		}
	}
	free(other);
}

/* Step 4. */
static void decimate(const struct plane *f, float to[64][64])
{
	for (int i = 0; i < 64; i++) {
		for (int j = 0; j < 64; j++) {
			int row = (int)(((i + 0.5) * f->rows) / 64);
			int col = (int)(((j + 0.5) * f->cols) / 64);

			to[i][j] = f->at[row * f->cols + col];
		}
	}
}

/* Step 5. */
static int quality(float a[64][64])
{
	int sum = 0;

	for (int i = 0; i < 64; i++) {
		for (int j = 0; j < 64; j++) {
			float down = i < 63 ? a[i][j] - a[i + 1][j] : 0;
			float right = j < 63 ? a[i][j] - a[i][j + 1] : 0;

			sum += abs((int)((down * 100) / 255));
			sum += abs((int)((right * 100) / 255));
		}
	}
	return sum / 90 > 100 ? 100 : sum / 90;
}

/* Step 6. */
static void transform(float a[64][64], float b[16][16])
{
	const double pi = 3.14159265358979323846;
	const float scale = (float)sqrt(2.0 / 64);
	static float d[16][64];
	float t[16][64];

	for (int i = 0; i < 16 && d[0][0] == 0; i++) {
		for (int j = 63; j >= 0; j--) {
			d[15 - i][j] =
				(float)(scale * cos((pi / 2 / 64.0) * (16 - i) *
							(2 * j + 1)));
		}
	}
	for (int i = 0; i < 16; i++) {
		for (int j = 0; j < 64; j++) {
			t[i][j] = 0;
			for (int k = 0; k < 64; k++) {
				t[i][j] += d[i][k] * a[k][j];
			}
		}
	}
	for (int i = 0; i < 16; i++) {
		for (int j = 0; j < 16; j++) {
			b[i][j] = 0;
			for (int k = 0; k < 64; k++) {
				b[i][j] += t[i][k] * d[j][k];
			}
		}
	}
}

static int by_value(const void *a, const void *b)
{
	const float *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Steps 7 and 8, through the hexadecimal form. */
static struct hl_match_hash bits(float b[16][16])
{
	struct hl_match_hash hash;
	unsigned words[16] = {0};
	float order[256];
	char text[65];

	memcpy(order, b, sizeof(order));
	qsort(order, 256, sizeof(float), by_value);
	for (int i = 0; i < 16; i++) {
		for (int j = 0; j < 16; j++) {
			if (b[i][j] > order[127]) {
				words[i] |= 1u << j;
			}
		}
	}
	for (int i = 0; i < 16; i++) {
		snprintf(text + 4 * i, 5, "%04x", words[15 - i]);
	}
	hl_match_hash_parse(text, 64, &hash);
	return hash;
}

/*
 * Mirroring left to right negates the terms of the even columns (whose
 * cosine is odd about the middle), top to bottom those of the even rows;
 * exchanging x and y transposes.
 */
static struct hl_match_hash form_of(float b[16][16], int form)
{
	static const struct {
		int swap, even_rows, even_cols;
	} how[8] = {
		[HL_MATCH_ORIGINAL] = {0, 0, 0},
		[HL_MATCH_ROTATE90] = {1, 1, 0},
		[HL_MATCH_ROTATE180] = {0, 1, 1},
		[HL_MATCH_ROTATE270] = {1, 0, 1},
		[HL_MATCH_FLIPX] = {0, 1, 0},
		[HL_MATCH_FLIPY] = {0, 0, 1},
		[HL_MATCH_FLIP_PLUS1] = {1, 0, 0},
		[HL_MATCH_FLIP_MINUS1] = {1, 1, 1},
	};
	float c[16][16];

	for (int i = 0; i < 16; i++) {
		for (int j = 0; j < 16; j++) {
			c[i][j] = how[form].swap ? b[j][i] : b[i][j];
			if (how[form].even_rows && i % 2 == 0) {
				c[i][j] = -c[i][j];
			}
			if (how[form].even_cols && j % 2 == 0) {
				c[i][j] = -c[i][j];
			}
		}
	}
	return bits(c);
}

void slow_pdq(const struct hl_match_picture *picture, enum hl_match_path path,
	int n_forms, struct slow_pdq *out)
{
	struct plane f = plane_of(picture, path);
	float small[64][64], terms[16][16];
	int q;

	memset(out, 0, sizeof(*out));
	if (f.rows >= 5 && f.cols >= 5) {
		if (f.rows == 64 && f.cols == 64) {
			memcpy(small, f.at, sizeof(small));
			transform(small, terms);
			out->hash.quality = quality(small);
			out->hash.hash = bits(terms);
		}
		blur(&f);
		decimate(&f, small);
		transform(small, terms);
		q = quality(small);
		for (int i = 0; i < n_forms; i++) {
			out->forms[i].quality = q;
			out->forms[i].hash = form_of(terms, i);
		}
		if (f.rows != 64 || f.cols != 64) {
			out->hash.quality = q;
			out->hash.hash = bits(terms);
		}
	}
	free(f.at);
}
