/* SPDX-License-Identifier: Apache-2.0 */
/* hotline hashlist remove: a list and all of its entries. */
#include "cli_hash/hashlist.h"
#include "cli_hash/hashlist_state.h"

#include <stdio.h>

#include "cli/common.h"

struct removal {
	struct hl_match_index *index;
	struct hl_match_list list;
	struct hl_match_stats stats;
};

static int take_away(
	const struct removal *r, const char *folder, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	int rc = hl_match_list_remove(r->index, r->list.id, &why);

	if (rc < 0) {
		return hl_apply_fail(err, rc, &why);
	}
	rc = hl_cli_hashlist_state_over(folder, r->index, r->list.id, err);
	if (rc) {
		return rc;
	}
	while ((rc = hl_match_index_maintain(r->index, &why)) ==
		HL_MATCH_MORE) {
	}
	return rc < 0 ? hl_apply_fail(err, rc, &why) : 0;
}

static int run(struct removal *r, const char *folder, const char *name,
	struct hl_err *err)
{
	int rc = hl_cli_hashlist_open_own(
		folder, HL_MATCH_OPEN_WRITE, &r->index, err);

	if (rc == 0) {
		rc = hl_cli_hashlist_find(r->index, name, &r->list, err);
	}
	if (rc == 0 && hl_match_index_stats(r->index, r->list.id, &r->stats)) {
		rc = HL_FAIL(err, HL_E_CORRUPT, "the index cannot be read");
	}
	return rc ? rc : take_away(r, folder, err);
}

int hl_cli_hashlist_remove(int argc, char **argv)
{
	const char *folder = hl_cli_option(&argc, argv, "--index");
	const char *name = hl_cli_option(&argc, argv, "--list");
	struct removal r = {.stats = {.size_of = sizeof(r.stats)}};
	struct hl_err err = {.msg = ""};
	int rc;

	if (!folder || !*folder || !name || !*name || argc != 1) {
		return hl_cli_hashlist_usage("remove wants --index and --list");
	}
	rc = run(&r, folder, name, &err);
	hl_match_index_close(r.index);
	if (rc) {
		return hl_cli_hashlist_fail(rc, &err);
	}
	printf("%10llu entries removed, and list %u\n",
		(unsigned long long)r.stats.n_entries, r.list.id);
	return HL_CLI_OK;
}
