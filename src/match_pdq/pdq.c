/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PDQ by rows. A picture passes two box filters, each along rows, then along
 * columns, and of the result 64 x 64 samples are kept. Rows gather to a band
 * of as many as the kernel's vectors have lanes; the kernel takes a band
 * through the first three passes and keeps 64 values a row, and fold() below
 * is the fourth, on those alone. So all that must be remembered is the last
 * window_y rows of one pass. docs/matching.md has the algorithm.
 */
#include "match_pdq/pdq.h"

#include <stdlib.h>
#include <string.h>

static int refuse(struct hl_match_error *err, int code, const char *text)
{
	if (err) {
		memset(err, 0, sizeof(*err));
		err->code = code;
		memcpy(err->text, text, strlen(text));
	}
	return code;
}

static uint32_t bytes_of(enum hl_match_pixels pixels)
{
	switch (pixels) {
	case HL_MATCH_GREY8:
		return 1;
	case HL_MATCH_RGB24:
	case HL_MATCH_BGR24:
		return 3;
	case HL_MATCH_RGBA32:
		return 4;
	default:
		return 0;
	}
}

/* Everything about the picture that does not change while it is hashed. */
static void measure(struct hl_match_pdq *pdq, enum hl_match_path path)
{
	pdq->picks = path == HL_MATCH_CLI512 &&
		     (pdq->width > HL_PDQ_PICK || pdq->height > HL_PDQ_PICK);
	pdq->cols = pdq->picks ? HL_PDQ_PICK : pdq->width;
	pdq->rows = pdq->picks ? HL_PDQ_PICK : pdq->height;
	pdq->small = pdq->cols < HL_PDQ_SIDE_MIN || pdq->rows < HL_PDQ_SIDE_MIN;
	pdq->whole = pdq->cols == HL_PDQ_SIDE && pdq->rows == HL_PDQ_SIDE;
	pdq->window_x = (pdq->cols + 2 * HL_PDQ_SIDE - 1) / (2 * HL_PDQ_SIDE);
	pdq->window_y = (pdq->rows + 2 * HL_PDQ_SIDE - 1) / (2 * HL_PDQ_SIDE);
	for (uint32_t i = 0; i < HL_PDQ_SIDE; i++) {
		pdq->at_x[i] = (2 * i + 1) * pdq->cols / (2 * HL_PDQ_SIDE);
		pdq->at_y[i] = (2 * i + 1) * pdq->rows / (2 * HL_PDQ_SIDE);
	}
}

/* Gives each array its place; returns their bytes. Called with NULL first. */
static size_t lay_out(struct hl_match_pdq *pdq, uint8_t *base)
{
	size_t n_rows = pdq->kernel->n_rows, at = 0;
	size_t chunk = sizeof(float) * n_rows * HL_PDQ_CHUNK;
	size_t before = sizeof(float) * n_rows * pdq->window_x;
	size_t line;

	/* An odd number of cache lines, so that rows differ in their sets. */
	pdq->ring_stride = ((pdq->cols + 15) / 16 | 1) * 16;
	pdq->stage_stride =
		((size_t)pdq->cols * pdq->pixel_bytes + HL_PDQ_ALIGN - 1) /
		HL_PDQ_ALIGN * HL_PDQ_ALIGN;
	line = sizeof(float) * pdq->ring_stride;
#define PLACE(member, bytes)                                        \
	do {                                                        \
		if (base) {                                         \
			pdq->member = (void *)(base + at);          \
		}                                                   \
		at += ((bytes) + HL_PDQ_ALIGN - 1) / HL_PDQ_ALIGN * \
		      HL_PDQ_ALIGN;                                 \
	} while (0)
	PLACE(ring, line * pdq->window_y);
	PLACE(sums, line);
	PLACE(fold_ring, sizeof(float) * HL_PDQ_SIDE * pdq->window_y);
	pdq->state_bytes = at;
	PLACE(zeros, pdq->stage_stride);
	PLACE(stage, pdq->stage_stride * n_rows);
	PLACE(first, before + chunk);
	PLACE(second, before + chunk);
	PLACE(boxed, chunk);
#undef PLACE
	return at;
}

static int make(struct hl_match_pdq **out, const struct hl_match_pdq *like)
{
	struct hl_match_pdq *pdq = malloc(sizeof(*pdq));
	size_t n;

	if (!pdq) {
		return HL_MATCH_E_NOMEM;
	}
	*pdq = *like;
	if (!pdq->small) {
		n = lay_out(pdq, NULL);
		pdq->memory = aligned_alloc(HL_PDQ_ALIGN, n);
		if (!pdq->memory) {
			free(pdq);
			return HL_MATCH_E_NOMEM;
		}
		lay_out(pdq, pdq->memory);
		memset(pdq->zeros, 0, pdq->stage_stride);
	}
	hl_match_pdq_reset(pdq);
	*out = pdq;
	return 0;
}

int hl_match_pdq_new(uint32_t width, uint32_t height,
	enum hl_match_pixels pixels, const struct hl_match_pdq_options *options,
	struct hl_match_pdq **out, struct hl_match_error *err)
{
	struct hl_match_pdq like = {
		.width = width, .height = height, .pixels = pixels};
	struct hl_match_pdq_options set = {.size_of = sizeof(set)};

	if (options) {
		size_t n = options->size_of;

		memcpy(&set, options, n < sizeof(set) ? n : sizeof(set));
	}
	like.pixel_bytes = bytes_of(pixels);
	like.kernel = hl_pdq_kernel_of(set.kernel);
	if (!out || !width || !height || width > HL_MATCH_SIDE_MAX ||
		height > HL_MATCH_SIDE_MAX) {
		return refuse(err, HL_MATCH_E_ARG, "the size of the picture");
	}
	if (!like.pixel_bytes) {
		return refuse(err, HL_MATCH_E_ARG, "the form of the pixels");
	}
	if (!like.kernel) {
		return refuse(err, HL_MATCH_E_ARG, "the kernel is not usable");
	}
	if (set.path != HL_MATCH_FULLRES && set.path != HL_MATCH_CLI512) {
		return refuse(err, HL_MATCH_E_ARG, "the path of the hash");
	}
	measure(&like, set.path);
	if (make(out, &like)) {
		return refuse(err, HL_MATCH_E_NOMEM, "no memory for a picture");
	}
	return 0;
}

void hl_match_pdq_reset(struct hl_match_pdq *pdq)
{
	if (!pdq) {
		return;
	}
	pdq->n_fed = pdq->n_pushed = pdq->n_staged = 0;
	pdq->n_steps = pdq->n_folded = pdq->n_out = 0;
	memset(pdq->fold_sums, 0, sizeof(pdq->fold_sums));
	if (pdq->memory) {
		memset(pdq->memory, 0, pdq->state_bytes);
	}
}

void hl_match_pdq_free(struct hl_match_pdq *pdq)
{
	if (pdq) {
		free(pdq->memory);
		free(pdq);
	}
}

void hl_pdq_fold(struct hl_match_pdq *pdq, const float *row)
{
	uint32_t w = pdq->window_y, lead = hl_pdq_lead(w);
	float *ring =
		pdq->fold_ring + (size_t)(pdq->n_folded % w) * HL_PDQ_SIDE;
	float *sums = pdq->fold_sums;
	uint32_t at = pdq->n_folded++ - lead;

	for (unsigned j = 0; j < HL_PDQ_SIDE; j++) {
		sums[j] += row[j];
		sums[j] -= ring[j];
		ring[j] = row[j];
	}
	while (pdq->n_out < HL_PDQ_SIDE && pdq->at_y[pdq->n_out] == at) {
		float n = (float)hl_pdq_count(at, w, pdq->rows);

		for (unsigned j = 0; j < HL_PDQ_SIDE; j++) {
			pdq->out[pdq->n_out][j] = sums[j] / n;
		}
		pdq->n_out++;
	}
}

/* A band of what is staged, with zeros behind it. */
static void flush(struct hl_match_pdq *pdq)
{
	const uint8_t *rows[HL_PDQ_ROWS_MAX];

	for (uint32_t r = 0; r < pdq->kernel->n_rows; r++) {
		rows[r] = r < pdq->n_staged ? pdq->stage + r * pdq->stage_stride
					    : pdq->zeros;
	}
	pdq->kernel->band(pdq, rows);
	pdq->n_staged = 0;
}

/* The windows slide out of the picture. */
static void end_rows(struct hl_match_pdq *pdq)
{
	static const float zeros[HL_PDQ_SIDE];
	uint32_t lead = hl_pdq_lead(pdq->window_y);

	if (pdq->n_staged) {
		flush(pdq);
	}
	while (pdq->n_steps < pdq->rows + lead) {
		flush(pdq);
	}
	while (pdq->n_out < HL_PDQ_SIDE) {
		hl_pdq_fold(pdq, zeros);
	}
}

static void keep_plain(
	struct hl_match_pdq *pdq, const uint8_t *row, size_t stride, size_t n)
{
	for (size_t y = 0; y < n; y++, row += stride) {
		for (size_t x = 0; x < HL_PDQ_SIDE; x++) {
			pdq->plain[pdq->n_pushed + y][x] = hl_pdq_grey(
				row + x * pdq->pixel_bytes, pdq->pixels);
		}
	}
}

/* Rows of what is hashed. */
static void push(
	struct hl_match_pdq *pdq, const uint8_t *row, size_t stride, size_t n)
{
	uint32_t band = pdq->kernel->n_rows;
	const uint8_t *rows[HL_PDQ_ROWS_MAX];

	if (pdq->whole) {
		keep_plain(pdq, row, stride, n);
	}
	pdq->n_pushed += (uint32_t)n;
	while (n) {
		if (!pdq->n_staged && n >= band) {
			for (uint32_t r = 0; r < band; r++, row += stride) {
				rows[r] = row;
			}
			pdq->kernel->band(pdq, rows);
			n -= band;
			continue;
		}
		memcpy(pdq->stage + pdq->n_staged * pdq->stage_stride, row,
			(size_t)pdq->cols * pdq->pixel_bytes);
		if (++pdq->n_staged == band) {
			flush(pdq);
		}
		row += stride;
		n--;
	}
	if (pdq->n_pushed == pdq->rows) {
		end_rows(pdq);
	}
}

/* The pixels that CLI512 takes from a row, as often as it takes the row. */
static void pick(struct hl_match_pdq *pdq, const uint8_t *row, uint32_t y)
{
	uint8_t picked[HL_PDQ_PICK * 4];
	uint32_t n = pdq->pixel_bytes;

	if (pdq->n_pushed * pdq->height / HL_PDQ_PICK != y) {
		return;
	}
	for (uint32_t x = 0; x < HL_PDQ_PICK; x++) {
		memcpy(picked + x * n,
			row + (size_t)(x * pdq->width / HL_PDQ_PICK) * n, n);
	}
	while (pdq->n_pushed < HL_PDQ_PICK &&
		pdq->n_pushed * pdq->height / HL_PDQ_PICK == y) {
		push(pdq, picked, 0, 1);
	}
}

int hl_match_pdq_rows(struct hl_match_pdq *pdq, const void *rows, size_t stride,
	size_t n_rows)
{
	const uint8_t *row = rows;

	if (!pdq || (n_rows && !rows) ||
		(n_rows && stride < (size_t)pdq->width * pdq->pixel_bytes)) {
		return HL_MATCH_E_ARG;
	}
	if (n_rows > pdq->height - pdq->n_fed) {
		return HL_MATCH_E_STATE;
	}
	if (pdq->picks) {
		for (uint32_t y = 0; y < n_rows; y++, row += stride) {
			pick(pdq, row, pdq->n_fed + y);
		}
	} else if (!pdq->small && n_rows) {
		push(pdq, row, stride, n_rows);
	}
	pdq->n_fed += (uint32_t)n_rows;
	return 0;
}

static int ready(const struct hl_match_pdq *pdq, const void *out)
{
	if (!pdq || !out) {
		return HL_MATCH_E_ARG;
	}
	return pdq->n_fed == pdq->height ? 0 : HL_MATCH_E_STATE;
}

int hl_match_pdq_finish(
	struct hl_match_pdq *pdq, struct hl_match_pdq_result *out)
{
	float terms[HL_PDQ_TERMS][HL_PDQ_TERMS];
	float(*small)[HL_PDQ_SIDE];
	int rc = ready(pdq, out);

	if (rc) {
		return rc;
	}
	memset(out, 0, sizeof(*out));
	if (!pdq->small) {
		small = pdq->whole ? pdq->plain : pdq->out;
		out->quality = hl_pdq_quality(small);
		hl_pdq_transform(pdq, small, terms);
		hl_pdq_bits(terms, HL_MATCH_ORIGINAL, &out->hash);
	}
	return 0;
}

int hl_match_pdq_dihedral(
	struct hl_match_pdq *pdq, struct hl_match_pdq_result out[8])
{
	float terms[HL_PDQ_TERMS][HL_PDQ_TERMS];
	int rc = ready(pdq, out), quality;

	if (rc) {
		return rc;
	}
	memset(out, 0, 8 * sizeof(*out));
	if (pdq->small) {
		return 0;
	}
	hl_pdq_transform(pdq, pdq->out, terms);
	quality = hl_pdq_quality(pdq->out);
	for (unsigned i = 0; i < 8; i++) {
		out[i].quality = quality;
		hl_pdq_bits(terms, (enum hl_match_dihedral)i, &out[i].hash);
	}
	return 0;
}

int hl_match_pdq_image(const struct hl_match_picture *picture,
	const struct hl_match_pdq_options *options,
	struct hl_match_pdq_result *out, struct hl_match_error *err)
{
	struct hl_match_pdq *pdq = NULL;
	int rc;

	if (!picture || !out) {
		return refuse(err, HL_MATCH_E_ARG, "no picture");
	}
	rc = hl_match_pdq_new(picture->width, picture->height, picture->pixels,
		options, &pdq, err);
	if (rc) {
		return rc;
	}
	rc = hl_match_pdq_rows(
		pdq, picture->rows, picture->stride, picture->height);
	if (rc) {
		refuse(err, rc, "rows or stride of the picture");
	} else {
		rc = hl_match_pdq_finish(pdq, out);
	}
	hl_match_pdq_free(pdq);
	return rc;
}
