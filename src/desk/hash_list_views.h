/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_HASH_LIST_VIEWS_H
#define HL_DESK_HASH_LIST_VIEWS_H

#include "desk/views.h"

/* Views of lists of known hashes. Texts are translated already. */

struct hl_desk_hash_list_row {
	int64_t id, n_active, n_proposed, imported_us;
	struct hl_str name, owner, kind, resolves;
	struct hl_w_tag tag;
	bool negative;
};
struct hl_desk_hash_lists {
	struct hl_desk_page page;
	const struct hl_desk_hash_list_row *rows;
	size_t n_rows;
	int64_t n_proposed, n_doubted, n_changes;
	bool may_manage, resolve;
	struct hl_str switched; /* by whom and when */
};

struct hl_desk_hash_label_row {
	int64_t label, n;
	struct hl_str text, outcome;
	const struct hl_w_option *outcomes;
	size_t n_outcomes;
};
/* A change that waits for a second supervisor. */
struct hl_desk_hash_proposal {
	int64_t id;
	const struct hl_w_summary_row *rows; /* what it is to be */
	size_t n_rows;
	struct hl_str by, at;
	bool mine, may_approve, may_drop;
};
struct hl_desk_hash_list {
	struct hl_desk_page page;
	int64_t id, version; /* id 0: a new one */
	struct hl_w_identity head;
	const struct hl_w_summary_row *facts;
	size_t n_facts;
	const struct hl_desk_hash_label_row *labels;
	size_t n_labels;
	const struct hl_desk_hash_proposal *proposals;
	size_t n_proposals;
	const struct hl_w_option *kinds, *outcomes;
	size_t n_kinds, n_outcomes;
	struct hl_str name, owner, source, radius, resolve_radius;
	struct hl_str kind_error, name_error, owner_error, source_error,
		radius_error, outcome_error, resolve_error, waits_error;
	int outcome; /* that is chosen */
	bool negative, resolve, in_use;
	bool may_change, may_approve, may_retire, may_resolve, must_wait;
};

#endif
