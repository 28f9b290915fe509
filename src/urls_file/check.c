/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/list.h"

#include "urls_file/bytes.h"

#include <sodium.h>

/* Step 6 of clause 4: all that a reader relies on, once for a whole file. Its
 * pages are good by then, so what is wrong here was made wrong. */

static int wrong(struct hl_err *err, const char *what, uint64_t at)
{
	return HL_FAIL(err, HL_E_INVALID, "the list is out of form: %s %llu",
		what, (unsigned long long)at);
}

static int check_buckets(const struct hl_urls_file *f, struct hl_err *err)
{
	uint64_t n = (UINT64_C(1) << (f->head.bits - HL_URLS_REST_BITS)) + 1;
	uint32_t before = 0, now = 0;

	for (uint64_t i = 0; i < n; i++, before = now) {
		now = hl_urls_get32(f->p + f->buckets + 4 * i);
		if (now < before || (i == 0 && now) || now > f->head.n) {
			return wrong(err, "bucket", i);
		}
	}
	return now == f->head.n ? 0 : wrong(err, "bucket", n - 1);
}

/* Within a bucket: by remainder, then tag. */
static int check_bucket(const struct hl_urls_file *f, uint32_t from,
	uint32_t to, struct hl_err *err)
{
	for (uint32_t i = from; i < to; i++) {
		const uint8_t *rest = f->p + f->rests + 2 * (uint64_t)i;
		const uint8_t *tag = f->p + f->tags + HL_URLS_TAG * (uint64_t)i;
		unsigned now = hl_urls_get16(rest);

		if (now >> HL_URLS_REST_BITS) {
			return wrong(err, "remainder", i);
		}
		if (i == from || hl_urls_get16(rest - 2) < now) {
			continue;
		}
		if (hl_urls_get16(rest - 2) > now ||
			memcmp(tag - HL_URLS_TAG, tag, HL_URLS_TAG) >= 0) {
			return wrong(err, "order of row", i);
		}
	}
	return 0;
}

static int check_order(const struct hl_urls_file *f, struct hl_err *err)
{
	uint64_t n = UINT64_C(1) << (f->head.bits - HL_URLS_REST_BITS);
	int rc = 0;

	for (uint64_t i = 0; i < n && !rc; i++) {
		const uint8_t *p = f->p + f->buckets + 4 * i;

		rc = check_bucket(
			f, hl_urls_get32(p), hl_urls_get32(p + 4), err);
	}
	return rc;
}

static int check_rows(const struct hl_urls_file *f, struct hl_err *err)
{
	uint64_t place = 0;

	for (uint32_t i = 0; i < f->head.n; i++) {
		uint32_t units = f->p[f->units + i];
		const uint8_t *sealed = f->p + f->rows + HL_URLS_UNIT * place;

		if (!hl_urls_units_good(units)) {
			return wrong(err, "units of row", i);
		}
		if (i % 64 == 0 &&
			hl_urls_get32(f->p + f->places + i / 64 * 4) != place) {
			return wrong(err, "place of row", i);
		}
		place += units;
		if (HL_URLS_UNIT * place > f->rows_bytes ||
			!hl_urls_row_padded(sealed, units) ||
			hl_urls_row_version(sealed) > f->head.version) {
			return wrong(err, "sealed row", i);
		}
	}
	return HL_URLS_UNIT * place == f->rows_bytes
		       ? 0
		       : wrong(err, "row", f->head.n);
}

static int check_padding(const struct hl_urls_file *f, struct hl_err *err)
{
	uint64_t n = f->head.n;
	uint64_t last = UINT64_C(1) << (f->head.bits - HL_URLS_REST_BITS);
	const uint64_t gap[][2] = {
		{f->buckets + 4 * (last + 1), f->rests},
		{f->rests + 2 * n, f->tags},
		{f->units + n, f->places},
		{f->places + 4 * ((n + 63) / 64), f->rows},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(gap); i++) {
		if (!sodium_is_zero(f->p + gap[i][0], gap[i][1] - gap[i][0])) {
			return wrong(err, "padding before", gap[i][1]);
		}
	}
	return 0;
}

int hl_urls_file_check(struct hl_urls_file *file, struct hl_err *err)
{
	int rc = hl_urls_file_pages(file, err);

	rc = rc ? rc : check_buckets(file, err);
	rc = rc ? rc : check_order(file, err);
	rc = rc ? rc : check_rows(file, err);
	return rc ? rc : check_padding(file, err);
}
