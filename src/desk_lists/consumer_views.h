/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_LISTS_CONSUMER_VIEWS_H
#define HL_DESK_LISTS_CONSUMER_VIEWS_H

#include "desk/views.h"

/* Views of the pages of consumers. Texts are translated already. */

struct hl_desk_lists_consumer_row {
	int64_t id, version, made_at_us, asked, budget;
	struct hl_str name, tier, age;
	struct hl_w_tag tag;
	bool alarm;
	bool clear; /* tier 2: asks for nothing */
};
#define HL_DESK_LISTS_UNSET 2
struct hl_desk_lists_consumers {
	struct hl_desk_page page;
	const struct hl_desk_lists_consumer_row *rows;
	size_t n_rows;
	bool may_add;
	struct hl_str unset[HL_DESK_LISTS_UNSET]; /* what is not set */
	size_t n_unset;
};

/* What is typed of a consumer. */
struct hl_desk_lists_fields {
	struct hl_str name, contact, budget, risk, notify, sign_key;
	struct hl_str name_error, contact_error, tier_error, stage_error,
		budget_error, risk_error, notify_error, sign_key_error, error;
	int tier, stage; /* -1: none is chosen */
	const struct hl_w_option *tiers, *stages;
	size_t n_tiers, n_stages;
};
struct hl_desk_lists_consumer_add {
	struct hl_desk_page page;
	struct hl_desk_lists_fields fields;
};

/* A change that waits for a second supervisor. */
struct hl_desk_lists_change {
	int64_t id;
	const struct hl_w_summary_row *rows; /* what it is to be */
	size_t n_rows;
	struct hl_str by, at;
	bool may_approve, may_drop, mine, offline;
};
/* A step of setting it up: words, and what to copy. */
struct hl_desk_lists_step {
	struct hl_str title, text, code;
};
#define HL_DESK_LISTS_ALARMS 8
struct hl_desk_lists_consumer {
	struct hl_desk_page page;
	int64_t id, version;
	struct hl_w_identity head;
	const struct hl_w_summary_row *facts;
	size_t n_facts;
	struct hl_str alarms[HL_DESK_LISTS_ALARMS];
	size_t n_alarms;
	struct hl_str waits, approve_error;
	bool may_approve, may_refuse, may_change, may_end, may_token;
	bool offline, clear, proposed, active;
	struct hl_str risk;
	struct hl_desk_lists_fields fields;
	bool change_open; /* what was typed is shown again */
	const struct hl_desk_lists_change *changes;
	size_t n_changes;
	const int64_t *canaries;
	size_t n_canaries;
	struct hl_w_days days;
	struct hl_w_table use;
	const struct hl_desk_lists_step *steps;
	size_t n_steps;
};
/* A token, shown once. */
struct hl_desk_lists_once {
	struct hl_desk_page page;
	int64_t id;
	struct hl_str ref, name, token, tsig, tsig_name, zone;
	struct hl_str url, begin; /* absent: lists.url is not set, or tier 2 */
};

#endif
