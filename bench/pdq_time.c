/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: pdq_time KERNEL PIXELS WIDTH HEIGHT ROUNDS
 *
 * CPU time of hashing a generated picture that lies in memory, for pdq.py:
 * prints the milliseconds of the median round and the hash. KERNEL is a
 * number of enum hl_match_kernel, PIXELS 1 (grey) or 2 (RGB). Each round
 * makes its object, as one who hashes a single picture does.
 */
#include "hotline/match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pdq_picture.h"

enum { ROUNDS_MAX = 1000, NOT_USABLE = 3 };

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static unsigned number(const char *text)
{
	return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
	struct hl_match_pdq_options options = {.size_of = sizeof(options)};
	struct hl_match_picture p = {0};
	struct hl_match_pdq_result result;
	double ms[ROUNDS_MAX];
	unsigned rounds;
	char text[65];

	if (argc != 6) {
		fprintf(stderr, "usage: pdq_time KERNEL PIXELS WIDTH HEIGHT "
				"ROUNDS\n");
		return 2;
	}
	options.kernel = (enum hl_match_kernel)number(argv[1]);
	p.pixels = (enum hl_match_pixels)number(argv[2]);
	p.width = number(argv[3]);
	p.height = number(argv[4]);
	rounds = number(argv[5]);
	rounds = rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX;
	if (!hl_match_kernel_usable(options.kernel)) {
		return NOT_USABLE;
	}
	p.stride = (size_t)p.width * (p.pixels == HL_MATCH_RGB24 ? 3 : 1);
	p.rows = pdq_picture(p.stride, p.height);
	for (unsigned i = 0; i <= rounds; i++) { /* the first warms up */
		double from = cpu_ms();

		if (hl_match_pdq_image(&p, &options, &result, NULL)) {
			fprintf(stderr, "pdq_time: fault\n");
			return 1;
		}
		ms[i ? i - 1 : 0] = cpu_ms() - from;
	}
	qsort(ms, rounds, sizeof(ms[0]), by_value);
	hl_match_hash_format(&result.hash, text);
	printf("%.6f %s %d\n", ms[rounds / 2], text, result.quality);
	return 0;
}
