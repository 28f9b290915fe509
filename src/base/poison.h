/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_POISON_H
#define HL_BASE_POISON_H

/*
 * Put before every source file by the build: the functions below have no
 * safe use, or a better one stands beside them, and may not be named at
 * all. Their declarations come first, since even those would be refused
 * later. rand and random are only in tools/check/banned, since headers of
 * libraries use them as names.
 */
#include <alloca.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#pragma GCC poison strcpy stpcpy strcat strncpy strncat strtok
#pragma GCC poison sprintf vsprintf gets
#pragma GCC poison scanf fscanf sscanf vscanf vfscanf vsscanf
#pragma GCC poison atoi atol atoll atof
#pragma GCC poison system popen mktemp tmpnam tempnam
#pragma GCC poison srand rand_r srandom drand48
#undef alloca
#undef strdupa
#undef strndupa
#pragma GCC poison alloca strdupa strndupa

#endif
