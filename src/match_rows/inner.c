/* SPDX-License-Identifier: Apache-2.0 */
/* Faults, XXH64 and the order of bits. */
#include "match_rows/inner.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/random.h>

static const uint64_t prime1 = 0x9E3779B185EBCA87u;
static const uint64_t prime2 = 0xC2B2AE3D27D4EB4Fu;
static const uint64_t prime3 = 0x165667B19E3779F9u;
static const uint64_t prime4 = 0x85EBCA77C2B2AE63u;
static const uint64_t prime5 = 0x27D4EB2F165667C5u;

int hl_match_fault(
	struct hl_match_error *err, int code, const char *format, ...)
{
	va_list args;

	if (err) {
		memset(err, 0, sizeof(*err));
		err->code = code;
		va_start(args, format);
		(void)vsnprintf(err->text, sizeof(err->text), format, args);
		va_end(args);
	}
	return code;
}

int hl_match_fault_io(
	struct hl_match_error *err, const char *file, const char *what)
{
	int number = errno, code = HL_MATCH_E_IO;

	if (number == ENOSPC || number == EDQUOT || number == EFBIG) {
		code = HL_MATCH_E_FULL;
	} else if (number == ENOMEM) {
		code = HL_MATCH_E_NOMEM;
	}
	hl_match_fault(err, code, "%s: %s: %s", file, what,
		strerrordesc_np(number) ? strerrordesc_np(number) : "unknown");
	if (err) {
		err->sys_errno = number;
	}
	return code;
}

int hl_match_fault_at(struct hl_match_error *err, const char *file,
	uint64_t offset, const char *what)
{
	hl_match_fault(err, HL_MATCH_E_CORRUPT, "%s: damaged at %llu: %s", file,
		(unsigned long long)offset, what);
	if (err) {
		err->offset = offset;
	}
	return HL_MATCH_E_CORRUPT;
}

int hl_match_told(
	struct hl_match_error *err, const struct hl_match_error *why, int code)
{
	if (err && code < 0) {
		*err = *why;
		err->code = code;
	}
	return code;
}

static uint64_t turn(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static uint64_t take(uint64_t sum, uint64_t word)
{
	return turn(sum + word * prime2, 31) * prime1;
}

static uint64_t finish(uint64_t h, const uint8_t *p, size_t n)
{
	for (; n >= 8; p += 8, n -= 8) {
		h = turn(h ^ take(0, hl_match_get64(p)), 27) * prime1 + prime4;
	}
	if (n >= 4) {
		h = turn(h ^ hl_match_get32(p) * prime1, 23) * prime2 + prime3;
		p += 4;
		n -= 4;
	}
	for (; n > 0; p++, n--) {
		h = turn(h ^ *p * prime5, 11) * prime1;
	}
	h = (h ^ h >> 33) * prime2;
	h = (h ^ h >> 29) * prime3;
	return h ^ h >> 32;
}

uint64_t hl_match_check(const void *data, size_t n, uint64_t seed)
{
	const uint8_t *p = data;
	uint64_t lane[4] = {
		seed + prime1 + prime2, seed + prime2, seed, seed - prime1};
	uint64_t h = seed + prime5;
	size_t all = n;

	if (n >= 32) {
		for (; n >= 32; p += 32, n -= 32) {
			for (size_t i = 0; i < 4; i++) {
				lane[i] = take(
					lane[i], hl_match_get64(p + 8 * i));
			}
		}
		h = turn(lane[0], 1) + turn(lane[1], 7) + turn(lane[2], 12) +
		    turn(lane[3], 18);
		for (size_t i = 0; i < 4; i++) {
			h = (h ^ take(0, lane[i])) * prime1 + prime4;
		}
	}
	return finish(h + all, p, n);
}

uint32_t hl_match_width(uint32_t kind)
{
	static const uint8_t widths[] = {0, 32, 16, 20, 32};

	return kind < sizeof(widths) ? widths[kind] : 0;
}

int hl_match_random(void *out, size_t n)
{
	uint8_t *p = out;

	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno != EINTR) {
			return -1;
		}
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		}
	}
	return 0;
}

bool hl_match_shuffle_draw(uint8_t order[256])
{
	uint32_t random[256];

	if (hl_match_random(random, sizeof(random))) {
		return false;
	}
	for (unsigned i = 0; i < 256; i++) {
		order[i] = (uint8_t)i;
	}
	for (unsigned i = 255; i > 0; i--) {
		unsigned j = (unsigned)((uint64_t)random[i] * (i + 1) >> 32);
		uint8_t kept = order[i];

		order[i] = order[j];
		order[j] = kept;
	}
	return true;
}

bool hl_match_shuffle_init(
	struct hl_match_shuffle *shuffle, const uint8_t order[256])
{
	bool seen[256] = {false};
	uint64_t bits[256][4] = {{0}};

	for (unsigned place = 0; place < 256; place++) {
		unsigned bit = order[place];

		if (seen[bit]) {
			return false;
		}
		seen[bit] = true;
		/* Place 0 is bit 7 of byte 0 of the stored hash. */
		bits[bit][place / 64] = UINT64_C(1) << ((place % 64) ^ 7);
	}
	memcpy(shuffle->order, order, 256);
	for (unsigned nibble = 0; nibble < 64; nibble++) {
		for (unsigned v = 0; v < 16; v++) {
			for (unsigned k = 0; k < 4; k++) {
				uint64_t *to = shuffle->to[nibble][v];
				const uint64_t *one = bits[4 * nibble + k];

				for (unsigned w = 0; w < 4; w++) {
					uint64_t on = (v >> (3 - k)) & 1;

					to[w] = (k ? to[w] : 0) | on * one[w];
				}
			}
		}
	}
	return true;
}

void hl_match_shuffle_store(const struct hl_match_shuffle *shuffle,
	const uint8_t hash[32], uint8_t stored[32])
{
	uint64_t sum[4] = {0};

	for (unsigned i = 0; i < 32; i++) {
		const uint64_t *high = shuffle->to[2 * i][hash[i] >> 4];
		const uint64_t *low = shuffle->to[2 * i + 1][hash[i] & 15];

		for (unsigned w = 0; w < 4; w++) {
			sum[w] |= high[w] | low[w];
		}
	}
	memcpy(stored, sum, sizeof(sum));
}

void hl_match_shuffle_undo(const struct hl_match_shuffle *shuffle,
	const uint8_t stored[32], uint8_t hash[32])
{
	memset(hash, 0, 32);
	for (unsigned place = 0; place < 256; place++) {
		unsigned bit = shuffle->order[place];

		if (stored[place / 8] >> (7 - place % 8) & 1) {
			hash[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		}
	}
}
