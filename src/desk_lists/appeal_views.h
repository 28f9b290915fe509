/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_LISTS_APPEAL_VIEWS_H
#define HL_DESK_LISTS_APPEAL_VIEWS_H

#include "desk/views.h"

/* Views of the pages of appeals. Texts are translated already. */

struct hl_desk_lists_appeal_row {
	int64_t id, at_us, entry_id;
	struct hl_w_tag tag;
	struct hl_str reason, by;
};
struct hl_desk_lists_appeals {
	struct hl_desk_page page;
	const struct hl_desk_lists_appeal_row *rows;
	size_t n_rows;
};
/* An entry that an appeal may be about, and why it may. */
struct hl_desk_lists_appeal_entry {
	int64_t id;
	struct hl_w_tag tag;
	struct hl_str text;
};
struct hl_desk_lists_appeal {
	struct hl_desk_page page;
	int64_t id, version;
	struct hl_w_identity head;
	const struct hl_w_summary_row *facts;
	size_t n_facts;
	struct hl_str address, words, contact, hidden, waits;
	bool broken, may_decide, open;
	bool in_force; /* an entry that it may be about is */
	const struct hl_desk_lists_appeal_entry *entries;
	struct hl_str none; /* why there is no entry */
	/* open ones that name one of these entries, and how many name none */
	const int64_t *others;
	size_t n_others, n_unnamed;
	/* options: of the entries */
	const struct hl_w_option *upheld, *rejected, *options;
	size_t n_upheld, n_rejected, n_entries;
	struct hl_str reason_error, entry_error;
};

#endif
