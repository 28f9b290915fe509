/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_RPZ_ASK_H
#define TESTS_RPZ_ASK_H

#include "rpz/answer.h"

/* A zone of names, and signed questions to it. */
#define ORIGIN "block.example"
#define KEY_NAME "one.key.example"
#define NOW_S 1795382777u

extern const struct hl_rpz_key test_key;

/* One zone of ORIGIN with test_key. */
struct hl_rpz_zone *test_zone(void);
/* Sets "n0.example" to "n<n-1>.example"; gives what hl_rpz_zone_set() does. */
int test_set(struct hl_rpz_zone *z, size_t n, uint32_t serial);

struct test_question {
	const char *name; /* NULL: ORIGIN */
	uint16_t type;
	bool has_serial;
	uint32_t serial;
	bool edns;
	uint8_t edns_version;
	unsigned flags;               /* opcode and bits */
	const struct hl_rpz_key *key; /* NULL: not signed */
	uint64_t at_s;                /* 0: NOW_S */
};

/* Writes it; *chain can check what comes back. */
size_t test_ask(const struct test_question *q, uint8_t out[1024],
	struct hl_rpz_chain *chain);

#endif
