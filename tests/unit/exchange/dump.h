/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_EXCHANGE_DUMP_H
#define TESTS_EXCHANGE_DUMP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "exchange/hashlist.h"

/* Neutral hashes for tests, written as the formats write them. */
#define PDQ_A "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"
#define PDQ_B "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b23"
#define MD5_A "9e107d9d372bb6826bd81d3542a419d6"
#define MD5_B "e4d909c290d0fb1ca068ffaddf22cbd0"
#define SHA1_A "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
#define SHA256_A \
	"d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"

/*
 * What a reader makes of a file as text: a line for each record and each
 * report in their order, then "end" or the fault, then the totals. `step`
 * bytes are fed at once, 0 for all.
 */
void dump_file(struct hl_buf *out, const struct hl_hashlist_options *options,
	struct hl_str file, size_t step);
/* A record as dump_file() writes it, without its place if place is false. */
void dump_record(struct hl_buf *out, const struct hl_hashlist_record *record,
	bool place);
/* Where two texts first differ, as words for a failure. */
void dump_same(const char *what, struct hl_str got, struct hl_str want);

#endif
