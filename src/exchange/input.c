/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 goes through as it is, and whether it is well formed is seen by who
 * decodes a record. UTF-16 becomes UTF-8 here; since each character has one
 * length in both, a place in the window tells the place in the file.
 */
#include "exchange/input.h"

#include "base/utf8.h"

enum { STEP = 64 << 10 };

int hl_exchange_input_init(
	struct hl_exchange_input *in, size_t record_max, struct hl_err *err)
{
	size_t first = record_max < (size_t)2 * STEP ? record_max : 2 * STEP;

	*in = (struct hl_exchange_input){
		.window = HL_BUF_SECRET(record_max + 4 * STEP), .line = 1};
	if (!hl_buf_reserve(&in->window, first)) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a hash list");
	}
	return 0;
}

void hl_exchange_input_fini(struct hl_exchange_input *in)
{
	hl_buf_fini(&in->window);
}

/* Bytes that a stretch of the window has in the file. */
static uint64_t width(
	const struct hl_exchange_input *in, size_t from, size_t to)
{
	const unsigned char *p = (const unsigned char *)in->window.p;
	uint64_t n = 0;

	if (in->encoding < HL_EXCHANGE_UTF16LE) {
		return to - from;
	}
	for (size_t i = from; i < to; i++) {
		n += (p[i] & 0xc0) == 0x80 ? 0 : p[i] >= 0xf0 ? 4 : 2;
	}
	return n;
}

uint64_t hl_exchange_input_offset(struct hl_exchange_input *in, size_t at)
{
	if (at > in->mark) {
		in->mark_offset += width(in, in->mark, at);
		in->mark = at;
	}
	return in->mark_offset;
}

static void compact(struct hl_exchange_input *in)
{
	size_t gone = in->keep;

	if (gone == 0) {
		return;
	}
	hl_exchange_input_offset(in, gone);
	memmove(in->window.p, in->window.p + gone, in->window.n - gone);
	in->window.n -= gone;
	in->at -= gone;
	in->mark -= gone;
	in->keep = 0;
}

static size_t take(struct hl_exchange_input *in, size_t n)
{
	while (in->n_carry < n && in->fed.n) {
		in->carry[in->n_carry++] = (uint8_t)in->fed.p[0];
		in->fed = hl_str_sub(in->fed, 1, in->fed.n);
	}
	return in->n_carry;
}

static void begin(struct hl_exchange_input *in,
	enum hl_exchange_encoding encoding, size_t mark_bytes)
{
	in->encoding = encoding;
	in->mark_offset = mark_bytes;
	in->n_carry -= mark_bytes;
	memmove(in->carry, in->carry + mark_bytes, in->n_carry);
}

/* RFC 3629, 6, and RFC 2781, 3.2: the mark; without one a NUL beside an
 * ASCII character tells UTF-16, since no list begins with a NUL. */
static int look(struct hl_exchange_input *in, struct hl_err *err)
{
	size_t n = take(in, 4);
	const uint8_t *c = in->carry;

	if (n < 4 && !in->ended) {
		return 0;
	}
	if (n >= 4 && ((c[0] == 0 && c[1] == 0) || (c[2] == 0 && c[3] == 0))) {
		return HL_FAIL(err, HL_E_INVALID,
			"the file is UTF-32 or binary; UTF-8 and UTF-16 are "
			"read");
	}
	if (n >= 3 && c[0] == 0xef && c[1] == 0xbb && c[2] == 0xbf) {
		begin(in, HL_EXCHANGE_UTF8, 3);
	} else if (n >= 2 && c[0] == 0xff && c[1] == 0xfe) {
		begin(in, HL_EXCHANGE_UTF16LE, 2);
	} else if (n >= 2 && c[0] == 0xfe && c[1] == 0xff) {
		begin(in, HL_EXCHANGE_UTF16BE, 2);
	} else if (n >= 2 && c[0] != 0 && c[1] == 0) {
		begin(in, HL_EXCHANGE_UTF16LE, 0);
	} else if (n >= 2 && c[0] == 0 && c[1] != 0) {
		begin(in, HL_EXCHANGE_UTF16BE, 0);
	} else {
		begin(in, HL_EXCHANGE_UTF8, 0);
	}
	return 1;
}

static uint32_t unit(const struct hl_exchange_input *in, size_t at)
{
	const uint8_t *c = in->carry + at;

	return in->encoding == HL_EXCHANGE_UTF16LE
		       ? (uint32_t)c[0] | (uint32_t)c[1] << 8
		       : (uint32_t)c[1] | (uint32_t)c[0] << 8;
}

static void drop(struct hl_exchange_input *in, size_t n)
{
	in->n_carry -= n;
	memmove(in->carry, in->carry + n, in->n_carry);
}

/* Half a surrogate pair, in a form that is no UTF-8: who decodes the record
 * refuses it. */
static void put_half(struct hl_exchange_input *in, uint32_t c)
{
	hl_buf_put_c(&in->window, (char)0xed);
	hl_buf_put_c(&in->window, (char)(0x80 | (c >> 6 & 0x3f)));
	hl_buf_put_c(&in->window, (char)(0x80 | (c & 0x3f)));
}

/* One character; false when its bytes are not all there. */
static bool decode_one(struct hl_exchange_input *in)
{
	uint32_t c, low;

	if (take(in, 2) < 2) {
		return false;
	}
	c = unit(in, 0);
	if ((c & 0xfc00) == 0xd800) {
		if (take(in, 4) < 4 && !in->ended) {
			return false;
		}
		low = in->n_carry == 4 ? unit(in, 2) : 0;
		if ((low & 0xfc00) == 0xdc00) {
			drop(in, 4);
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
			hl_utf8_put(&in->window, c);
			return true;
		}
	}
	drop(in, 2);
	if ((c & 0xf800) == 0xd800) {
		put_half(in, c);
	} else {
		hl_utf8_put(&in->window, c);
	}
	return true;
}

static void copy(struct hl_exchange_input *in)
{
	size_t n = in->fed.n < STEP ? in->fed.n : STEP;

	hl_buf_put_mem(&in->window, in->carry, in->n_carry);
	in->n_carry = 0;
	hl_buf_put_mem(&in->window, in->fed.p, n);
	in->fed = hl_str_sub(in->fed, n, in->fed.n);
}

int hl_exchange_input_fill(struct hl_exchange_input *in, struct hl_err *err)
{
	size_t before;
	int rc = in->encoding == HL_EXCHANGE_UNSEEN ? look(in, err) : 1;

	if (rc <= 0) {
		return rc;
	}
	compact(in);
	before = in->window.n;
	if (in->encoding == HL_EXCHANGE_UTF8) {
		copy(in);
	} else {
		while (in->window.n - before < STEP && decode_one(in)) {
		}
	}
	if (in->window.fault) {
		return HL_FAIL(
			err, in->window.fault, "no memory for a hash list");
	}
	if (in->window.n == before && in->ended && in->n_carry) {
		return HL_FAIL(err, HL_E_INVALID,
			"the file ends inside a character of UTF-16");
	}
	return in->window.n > before;
}
