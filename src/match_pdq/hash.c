/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes as text, and the names of codes. */
#include "match_pdq/distance.h"
#include "hotline/match.h"

#include <string.h>

const char *hl_match_version(void)
{
	return HL_MATCH_VERSION;
}

const char *hl_match_code_name(int code)
{
	switch (code) {
	case HL_MATCH_OK:
		return "done";
	case HL_MATCH_NOTFOUND:
		return "not found";
	case HL_MATCH_MORE:
		return "more to do";
	case HL_MATCH_E_ARG:
		return "wrong argument";
	case HL_MATCH_E_NOMEM:
		return "no memory";
	case HL_MATCH_E_IO:
		return "input or output failed";
	case HL_MATCH_E_CORRUPT:
		return "damaged";
	case HL_MATCH_E_BUSY:
		return "in use";
	case HL_MATCH_E_LIMIT:
		return "over the limit";
	case HL_MATCH_E_VERSION:
		return "made by a newer version";
	case HL_MATCH_E_FULL:
		return "disk full";
	case HL_MATCH_E_STATE:
		return "called out of order";
	default:
		return "unknown";
	}
}

static int digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int hl_match_hash_parse(const char *text, size_t n, struct hl_match_hash *out)
{
	struct hl_match_hash hash;

	if (!text || !out || n != 2 * sizeof(hash.bytes)) {
		return HL_MATCH_E_ARG;
	}
	for (size_t i = 0; i < sizeof(hash.bytes); i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0) {
			return HL_MATCH_E_ARG;
		}
		hash.bytes[i] = (uint8_t)(high << 4 | low);
	}
	*out = hash;
	return 0;
}

void hl_match_hash_format(const struct hl_match_hash *hash, char out[65])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(hash->bytes); i++) {
		out[2 * i] = digits[hash->bytes[i] >> 4];
		out[2 * i + 1] = digits[hash->bytes[i] & 15];
	}
	out[64] = '\0';
}

unsigned hl_match_hash_distance(
	const struct hl_match_hash *a, const struct hl_match_hash *b)
{
	return hl_pdq_distance(a->bytes, b->bytes);
}
