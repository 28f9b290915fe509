/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BENCH_MEASURE_H
#define HL_BENCH_MEASURE_H

#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

/* One line of a bench without a peer, as `./bench.sh` promises. */
static inline void bench_tell(const char *name, double value, const char *unit)
{
	struct utsname u;

	uname(&u);
	printf("{\"name\":\"%s\",\"value\":%.4g,\"unit\":\"%s\",\"peer\":null,"
	       "\"ratio\":null,\"machine\":\"%s, %ld cores\"}\n",
		name, value, unit, u.machine, sysconf(_SC_NPROCESSORS_ONLN));
	fflush(stdout);
}

#endif
