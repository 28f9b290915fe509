/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_HASH_VIEWS_H
#define HL_DESK_HASH_VIEWS_H

#include "desk/hash_list_views.h"

/* Views of the registry of known hashes. Texts are translated already. */

struct hl_desk_hash_row {
	struct hl_str kind, value, quality, how;
	struct hl_str token; /* names it in a form: "sha256:9f86…" */
	int64_t at_us;
	bool may_remove, may_choose;
};
/* An entry that one of the item's hashes leads to. */
struct hl_desk_match_row {
	int64_t entry_id;
	struct hl_w_tag tag;
	struct hl_str match, list, outcome, series, why;
};
struct hl_desk_case_entry {
	int64_t id;
	struct hl_str list;
	struct hl_w_tag tag;
};

/* The section of the case page. */
struct hl_desk_case_hashes {
	int64_t case_id;
	struct hl_str csrf;
	/* why nobody had to look, or who wanted people to */
	const struct hl_w_summary_row *known;
	size_t n_known;
	bool in_force;
	struct hl_str taken_back;
	const struct hl_desk_hash_row *rows;
	size_t n_rows;
	const struct hl_desk_match_row *matches;
	size_t n_matches;
	bool truncated;
	const struct hl_desk_case_entry *entries;
	size_t n_entries;
	bool may_change, may_recognise, may_propose;
	struct hl_str text, text_error;            /* typed, not taken */
	const struct hl_w_option *choices, *lists; /* to propose */
	size_t n_choices, n_lists;
};

struct hl_desk_hash_entry_row {
	int64_t id, at_us, n_values, n_resolved;
	struct hl_str list, outcome, label, series, by;
	struct hl_w_tag tag;
	bool doubted, confirmed, mine;
};
struct hl_desk_hash_entries {
	struct hl_desk_page page;
	struct hl_w_nav tabs;
	struct hl_str tab_text;
	const struct hl_desk_hash_entry_row *rows;
	size_t n_rows;
	struct hl_w_pagination pages;
	struct hl_w_empty empty;
	bool may_type;
};

struct hl_desk_hash_opinion {
	struct hl_w_tag tag;
	struct hl_str reason, by;
	int64_t at_us;
	bool stands;
};
struct hl_desk_hash_use {
	int64_t case_id, at_us;
	struct hl_str match;
	bool undone;
};
struct hl_desk_hash_entry {
	struct hl_desk_page page;
	int64_t id;
	struct hl_w_identity head;
	bool doubted;
	const struct hl_w_summary_row *facts;
	size_t n_facts;
	const struct hl_desk_hash_row *rows;
	size_t n_rows;
	size_t n_more; /* that are not shown */
	const struct hl_desk_hash_opinion *opinions;
	size_t n_opinions;
	const struct hl_desk_hash_use *uses;
	size_t n_uses;
	const struct hl_w_event *events;
	size_t n_events;
	bool may_approve, may_withdraw, may_say;
	struct hl_str waits; /* why not, when somebody else must */
	const struct hl_w_option *opinion_options, *say_reasons, *reasons;
	size_t n_opinion_options, n_say_reasons, n_reasons;
	struct hl_str hotline;
	struct hl_str opinion_error, say_error, hotline_error, reason_error;
};

struct hl_desk_hash_add {
	struct hl_desk_page page;
	const struct hl_w_option *lists, *outcomes;
	size_t n_lists, n_outcomes;
	struct hl_str text, series;
	struct hl_str list_error, outcome_error, text_error, series_error;
};

#endif
