/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: pdq_peer PIXELS WIDTH HEIGHT ROUNDS
 *
 * As pdq_time.c, of Meta's C++ reference. pdq.py compiles it against a
 * checkout of facebook/ThreatExchange; nothing of that is in this tree.
 */
#include <pdq/cpp/hashing/pdqhashing.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

#include "pdq_picture.h"

namespace pdq = facebook::pdq::hashing;

static double cpu_ms()
{
	timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return double(t.tv_sec) * 1e3 + double(t.tv_nsec) / 1e6;
}

static int hash(uint8_t *p, int pixels, int width, int height, pdq::Hash256 &h)
{
	static float a[64][64], t[16][64], b[16][16];
	std::vector<float> one(size_t(width) * size_t(height)), two(one.size());
	int quality = 0;

	if (pixels == 1) {
		pdq::fillFloatLumaFromGrey(
			p, height, width, width, 1, one.data());
	} else {
		pdq::fillFloatLumaFromRGB(p, p + 1, p + 2, height, width,
			3 * width, 3, one.data());
	}
	pdq::pdqHash256FromFloatLuma(one.data(), two.data(), height, width, a,
		t, b, h, quality);
	return quality;
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: pdq_peer PIXELS WIDTH HEIGHT ROUNDS\n");
		return 2;
	}
	int pixels = atoi(argv[1]), width = atoi(argv[2]);
	int height = atoi(argv[3]), rounds = atoi(argv[4]), quality = 0;
	uint8_t *p = pdq_picture(
		size_t(width) * (pixels == 1 ? 1 : 3), size_t(height));
	std::vector<double> ms;
	pdq::Hash256 h;

	for (int i = 0; i <= rounds; i++) {
		double from = cpu_ms();

		quality = hash(p, pixels, width, height, h);
		if (i) {
			ms.push_back(cpu_ms() - from);
		}
	}
	std::sort(ms.begin(), ms.end());
	printf("%.6f %s %d\n", ms[ms.size() / 2], h.format().c_str(), quality);
	return 0;
}
