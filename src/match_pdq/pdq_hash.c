/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the decimated picture to quality and hash. Sums of floats are in the
 * order of the reference's, or bits would differ.
 */
#include "match_pdq/pdq.h"

#include <string.h>

enum { N_TERMS = HL_PDQ_TERMS * HL_PDQ_TERMS };

/*
 * sqrt(2/64) cos(pi n / 128), computed in double and rounded. All factors of
 * the transform are one of these or its negative, to the last bit.
 */
static const float cosines[64] = {
	0x1.6a09e6p-3F,
	0x1.69edfcp-3F,
	0x1.699a42p-3F,
	0x1.690ec6p-3F,
	0x1.684b9cp-3F,
	0x1.6750e4p-3F,
	0x1.661ec2p-3F,
	0x1.64b568p-3F,
	0x1.63150ap-3F,
	0x1.613decp-3F,
	0x1.5f3056p-3F,
	0x1.5cec98p-3F,
	0x1.5a730cp-3F,
	0x1.57c414p-3F,
	0x1.54e018p-3F,
	0x1.51c78cp-3F,
	0x1.4e7ae8p-3F,
	0x1.4afab2p-3F,
	0x1.474772p-3F,
	0x1.4361bap-3F,
	0x1.3f4a24p-3F,
	0x1.3b015p-3F,
	0x1.3687eap-3F,
	0x1.31dea2p-3F,
	0x1.2d062ep-3F,
	0x1.27ff5p-3F,
	0x1.22caccp-3F,
	0x1.1d6972p-3F,
	0x1.17dc14p-3F,
	0x1.12238ep-3F,
	0x1.0c40c2p-3F,
	0x1.063498p-3F,
	0x1p-3F,
	0x1.f347dap-4F,
	0x1.e642b8p-4F,
	0x1.d8f29ap-4F,
	0x1.cb598cp-4F,
	0x1.bd79aap-4F,
	0x1.af5516p-4F,
	0x1.a0edfep-4F,
	0x1.92469cp-4F,
	0x1.83613p-4F,
	0x1.74400ap-4F,
	0x1.64e57ap-4F,
	0x1.5553e4p-4F,
	0x1.458daap-4F,
	0x1.35953cp-4F,
	0x1.256d12p-4F,
	0x1.1517a8p-4F,
	0x1.049782p-4F,
	0x1.e7de5ep-5F,
	0x1.c6427ap-5F,
	0x1.a4608ap-5F,
	0x1.823dc8p-5F,
	0x1.5fdf76p-5F,
	0x1.3d4aep-5F,
	0x1.1a855ep-5F,
	0x1.ef2894p-6F,
	0x1.a8fa12p-6F,
	0x1.628a08p-6F,
	0x1.1be352p-6F,
	0x1.aa21a8p-7F,
	0x1.1c3af6p-7F,
	0x1.1c50e2p-8F,
};

/* Of term i at sample j. */
static float factor(unsigned i, unsigned j)
{
	unsigned n = (i + 1) * (2 * j + 1) % 256;

	if (n > 128) {
		n = 256 - n;
	}
	return n < 64 ? cosines[n] : -cosines[128 - n];
}

static int step_of(float a, float b)
{
	int d = (int)(((a - b) * 100) / 255);

	return d < 0 ? -d : d;
}

int hl_pdq_quality(float small[HL_PDQ_SIDE][HL_PDQ_SIDE])
{
	int sum = 0;

	for (int i = 0; i < HL_PDQ_SIDE - 1; i++) {
		for (int j = 0; j < HL_PDQ_SIDE; j++) {
			sum += step_of(small[i][j], small[i + 1][j]);
		}
	}
	for (int i = 0; i < HL_PDQ_SIDE; i++) {
		for (int j = 0; j < HL_PDQ_SIDE - 1; j++) {
			sum += step_of(small[i][j], small[i][j + 1]);
		}
	}
	return sum / 90 < 100 ? sum / 90 : 100;
}

void hl_pdq_transform(struct hl_match_pdq *pdq,
	float small[HL_PDQ_SIDE][HL_PDQ_SIDE],
	float terms[HL_PDQ_TERMS][HL_PDQ_TERMS])
{
	float factors[HL_PDQ_SIDE][HL_PDQ_TERMS];

	for (unsigned k = 0; k < HL_PDQ_SIDE; k++) {
		for (unsigned i = 0; i < HL_PDQ_TERMS; i++) {
			factors[k][i] = factor(i, k);
		}
	}
	pdq->kernel->transform(small, factors, terms);
}

/* The k-th smallest, from 0; changes the order of v. */
static float smallest(float *v, int n, int k)
{
	int from = 0, to = n - 1;

	while (from < to) {
		float pivot = v[k];
		int i = from, j = to;

		while (i <= j) {
			while (v[i] < pivot) {
				i++;
			}
			while (pivot < v[j]) {
				j--;
			}
			if (i <= j) {
				float t = v[i];

				v[i++] = v[j];
				v[j--] = t;
			}
		}
		if (j < k) {
			from = i;
		}
		if (k < i) {
			to = j;
		}
	}
	return v[k];
}

/* Turning a picture transposes its terms or not, and negates some. */
static float turned(float terms[HL_PDQ_TERMS][HL_PDQ_TERMS],
	enum hl_match_dihedral form, unsigned i, unsigned j)
{
	switch (form) {
	case HL_MATCH_ROTATE90:
		return i & 1 ? terms[j][i] : -terms[j][i];
	case HL_MATCH_ROTATE180:
		return (i + j) & 1 ? -terms[i][j] : terms[i][j];
	case HL_MATCH_ROTATE270:
		return j & 1 ? terms[j][i] : -terms[j][i];
	case HL_MATCH_FLIPX:
		return i & 1 ? terms[i][j] : -terms[i][j];
	case HL_MATCH_FLIPY:
		return j & 1 ? terms[i][j] : -terms[i][j];
	case HL_MATCH_FLIP_PLUS1:
		return terms[j][i];
	case HL_MATCH_FLIP_MINUS1:
		return (i + j) & 1 ? -terms[j][i] : terms[j][i];
	case HL_MATCH_ORIGINAL:
	default:
		return terms[i][j];
	}
}

void hl_pdq_bits(float terms[HL_PDQ_TERMS][HL_PDQ_TERMS],
	enum hl_match_dihedral form, struct hl_match_hash *out)
{
	float v[N_TERMS], order[N_TERMS], median;

	for (unsigned k = 0; k < N_TERMS; k++) {
		v[k] = turned(terms, form, k / HL_PDQ_TERMS, k % HL_PDQ_TERMS);
	}
	memcpy(order, v, sizeof(order));
	median = smallest(order, N_TERMS, N_TERMS / 2 - 1);
	memset(out, 0, sizeof(*out));
	for (unsigned k = 0; k < N_TERMS; k++) {
		if (v[k] > median) {
			out->bytes[31 - k / 8] |= (uint8_t)(1 << k % 8);
		}
	}
}
