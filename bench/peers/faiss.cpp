// SPDX-License-Identifier: Apache-2.0
// Faiss's exact binary indexes behind the functions that match_run loads.
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHash.h>
#include <faiss/IndexBinaryIVF.h>
#include <faiss/impl/AuxIndexStructures.h>

#include <algorithm>
#include <cstdint>
#include <memory>

namespace {

const char *const names[] = {"faiss flat", "faiss multi-hash 16x16, 1 flip",
	"faiss IVF, all lists", nullptr};

struct Peer {
	std::unique_ptr<faiss::IndexBinary> quantizer;
	std::unique_ptr<faiss::IndexBinary> index;
};

void make_ivf(Peer *peer, const uint8_t *hashes, size_t n)
{
	size_t lists = std::max<size_t>(n / 1000, 1);

	peer->quantizer.reset(new faiss::IndexBinaryFlat(256));
	auto *ivf = new faiss::IndexBinaryIVF(
		peer->quantizer.get(), 256, lists);
	peer->index.reset(ivf);
	ivf->nprobe = lists;
	ivf->cp.niter = 4;
	ivf->train(std::min<size_t>(n, 40 * lists), hashes);
}

} // namespace

extern "C" const char *peer_name(size_t i)
{
	return names[i];
}

extern "C" void *peer_build(size_t i, const uint8_t *hashes, size_t n)
{
	auto *peer = new Peer;

	if (i == 0) {
		peer->index.reset(new faiss::IndexBinaryFlat(256));
	} else if (i == 1) {
		auto *hash = new faiss::IndexBinaryMultiHash(256, 16, 16);

		peer->index.reset(hash);
		hash->nflip = 1;
	} else if (n > 2000000) {
		delete peer; // takes minutes to train
		return nullptr;
	} else {
		make_ivf(peer, hashes, n);
	}
	peer->index->add(static_cast<int64_t>(n), hashes);
	return peer;
}

extern "C" size_t peer_query(
	void *p, const uint8_t hash[32], unsigned radius)
{
	auto *peer = static_cast<Peer *>(p);
	faiss::RangeSearchResult result(1);

	peer->index->range_search(
		1, hash, static_cast<int>(radius) + 1, &result);
	return result.lims[1];
}

extern "C" void peer_free(void *p)
{
	delete static_cast<Peer *>(p);
}
