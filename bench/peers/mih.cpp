// SPDX-License-Identifier: Apache-2.0
// The multi-index hashing of the PDQ reference, from a checkout, behind the
// functions that match_run loads.
#include <pdq/cpp/index/mih.h>

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

using facebook::pdq::hashing::Hash256;
using Index = facebook::pdq::index::MIH256<uint32_t>;

static Hash256 hash_of(const uint8_t *bytes)
{
	Hash256 hash;

	memcpy(hash.w, bytes, 32);
	return hash;
}

extern "C" const char *peer_name(size_t i)
{
	return i == 0 ? "ThreatExchange PDQ MIH" : nullptr;
}

extern "C" void *peer_build(size_t, const uint8_t *hashes, size_t n)
{
	auto *index = new Index;

	for (size_t i = 0; i < n; i++) {
		index->insert(
			hash_of(hashes + 32 * i), static_cast<uint32_t>(i));
	}
	return index;
}

extern "C" size_t peer_query(
	void *p, const uint8_t hash[32], unsigned radius)
{
	std::vector<std::pair<Hash256, uint32_t>> matches;

	static_cast<Index *>(p)->queryAll(
		hash_of(hash), static_cast<int>(radius), matches);
	return matches.size();
}

extern "C" void peer_free(void *p)
{
	delete static_cast<Index *>(p);
}
