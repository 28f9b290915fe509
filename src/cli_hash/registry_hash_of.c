/* SPDX-License-Identifier: Apache-2.0 */
/* Of what was computed of a file, the hashes that an item gets. */
#include "cli_hash/registry.h"

static bool has(const struct hl_hash_set *set, const struct hl_hash *hash)
{
	for (size_t i = 0; i < set->n; i++) {
		if (hl_hash_same(&set->at[i], hash)) {
			return true;
		}
	}
	return false;
}

static int add(struct hl_hash_set *out, enum hl_hash_kind kind,
	const uint8_t *bytes, int quality)
{
	struct hl_str value = hl_str_mem(bytes, hl_hash_bytes(kind));
	struct hl_hash hash;

	if (hl_hash_from(kind, value, quality, &hash) ||
		hl_hash_is_void(&hash) || has(out, &hash)) {
		return 0;
	}
	if (out->n == HL_CLI_REGISTRY_ITEM_MOST) {
		return HL_E_LIMIT;
	}
	out->at[out->n++] = hash;
	return 0;
}

static int add_frame(
	struct hl_hash_set *out, const struct hl_match_frame *frame)
{
	return add(out, HL_HASH_PDQ, frame->hash.bytes, frame->quality);
}

/* One that is like one of the same film says nothing more. */
static bool is_news(const struct hl_match_frame *const *taken, size_t n,
	const struct hl_match_frame *frame)
{
	for (size_t i = 0; i < n; i++) {
		if (hl_match_hash_distance(&taken[i]->hash, &frame->hash) <=
			HL_HASH_RADIUS) {
			return false;
		}
	}
	return frame->quality >= HL_HASH_QUALITY_MIN;
}

/* The first that is news in each of so many stretches of the film. */
static int add_film(struct hl_hash_set *out, const struct hl_media_result *from)
{
	const struct hl_match_frame *taken[HL_CLI_REGISTRY_FRAMES];
	size_t n = 0, next = 0;
	int r = 0;

	for (size_t i = 0; i < from->n_frames && !r; i++) {
		const struct hl_match_frame *frame = &from->frames[i].pdq;
		size_t part = i * HL_CLI_REGISTRY_FRAMES / from->n_frames;

		if (part < next || !is_news(taken, n, frame)) {
			continue;
		}
		next = part + 1;
		taken[n++] = frame;
		r = add_frame(out, frame);
	}
	return r;
}

int hl_cli_registry_hashes_of(
	const struct hl_media_result *result, struct hl_hash_set *out)
{
	int r = 0;

	if (result->digests) {
		r = add(out, HL_HASH_SHA256, result->sha256,
			HL_HASH_QUALITY_UNKNOWN);
		r = r ? r
		      : add(out, HL_HASH_SHA1, result->sha1,
				HL_HASH_QUALITY_UNKNOWN);
		r = r ? r
		      : add(out, HL_HASH_MD5, result->md5,
				HL_HASH_QUALITY_UNKNOWN);
	}
	if (r || result->status != HL_MEDIA_HASHED ||
		(result->flags & (HL_MEDIA_FLAWED | HL_MEDIA_SCALED))) {
		return r;
	}
	return result->n_frames == 1 ? add_frame(out, &result->frames[0].pdq)
				     : add_film(out, result);
}
