/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_HASH_HASHLIST_NATURE_H
#define HL_CLI_HASH_HASHLIST_NATURE_H

#include "cli_hash/hashlist.h"

/* What a list is, beside its entries, as far as options say it. */
struct hl_cli_hashlist_nature {
	bool negative;
	uint32_t radius;   /* 0: not said */
	const char *owner; /* NULL: not said */
};

/* Takes --negative, --radius and --owner; NULL, or what is wrong. */
const char *hl_cli_hashlist_nature_options(
	struct hl_cli_hashlist_nature *nature, int *argc, char **argv);
bool hl_cli_hashlist_nature_said(const struct hl_cli_hashlist_nature *nature);

/* HL_CONFLICT, with what it is and how it is changed: the list is not as the
 * options say. An import that changed it would change what all of its entries
 * mean. */
int hl_cli_hashlist_nature_check(const struct hl_cli_hashlist_nature *nature,
	const struct hl_match_list *list, struct hl_err *err);
/* What was said; the rest stays. */
void hl_cli_hashlist_nature_put(const struct hl_cli_hashlist_nature *nature,
	struct hl_match_list *list);

#endif
