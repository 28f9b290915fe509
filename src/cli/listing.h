/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_LISTING_H
#define HL_CLI_LISTING_H

#include "cli/common.h"
#include "domain/vocab.h"

/*
 * What `report` and `case` share: list [--state S] [--limit N], show REF and
 * counts, each with --json. The verbs write to `out`, which is printed when
 * they give 0.
 */
struct hl_cli_listing {
	struct hl_store *store;
	struct hl_arena *arena;
	bool json;
	int state;       /* 0: any */
	int64_t limit;   /* 1..1000, 50 unless set */
	const char *ref; /* of show */
	struct hl_buf out;
};

typedef int hl_cli_listing_fn(struct hl_cli_listing *l, struct hl_err *err);

struct hl_cli_listing_verbs {
	const char *name; /* of the command */
	const char *help;
	const struct hl_vocab *states;
	hl_cli_listing_fn *list, *show, *counts;
};

int hl_cli_listing(
	int argc, char **argv, const struct hl_cli_listing_verbs *verbs);

/* Puts a member unless the time is 0. */
void hl_cli_put_time(struct hl_buf *out, const char *name, int64_t at_us);

#endif
