/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LOOKUP_ASK_H
#define HL_LOOKUP_ASK_H

#include "base/arena.h"
#include "base/err.h"
#include "hotline/match.h"

/* What POST /v1/match asks, docs/protocol/match.md. */
#define HL_LOOKUP_BODY_MAX (256u * 1024)
#define HL_LOOKUP_BATCH_MAX 1000u
#define HL_LOOKUP_ASKED_LISTS_MAX 64u
#define HL_LOOKUP_MATCHES_MAX 100u
#define HL_LOOKUP_MATCHES_DEFAULT 10u

struct hl_lookup_asked {
	uint16_t kind; /* enum hl_match_kind; 0: answered without a look */
	uint8_t bytes[32];
};

struct hl_lookup_question {
	struct hl_lookup_asked *asked;
	size_t n;
	uint32_t *lists; /* NULL: all */
	size_t n_lists;
	int32_t radius; /* as of struct hl_match_query */
	size_t n_most;  /* matches a hash */
};

/* Where and how a question breaks its form. */
struct hl_lookup_wrong {
	char at[48];        /* a JSON pointer, or the name of a parameter */
	const char *detail; /* static: a sentence that says what to do */
};

/* Everything in the arena. HL_E_INVALID: *wrong says why. HL_E_NOMEM. */
int hl_lookup_question_parse(struct hl_str body, struct hl_arena *arena,
	struct hl_lookup_question *out, struct hl_lookup_wrong *wrong);

/* The same of a query string, without hashes. */
int hl_lookup_question_query(struct hl_str query, struct hl_arena *arena,
	struct hl_lookup_question *out, struct hl_lookup_wrong *wrong);

#endif
